"""slips.yaml is data, and tested as such: every slip computes, says what is true, and is found."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiimpact import units
from aiimpact.ask import ask, slips
from aiimpact.ask.judge import TOLERANCE

LADDERS = slips._read()[1]
SLIPS = slips.load()
QUANTITIES = {
    "pue": 1.58,
    "utilisation": 0.37,
    "load": 0.61,
    "share": 0.27,
    "years": 7.0,
    "runs": 17.0,
    "count": 950.0,
}
# Questions as chapters ask them: answer, unit, and what the question gives by name.
QUESTIONS: list[tuple[float, str, dict[str, float]]] = [
    (1287.0, "MWh", {"pue": 1.1}),
    (1287.0, "MWh", {"pue": 1.58}),
    (552.1, "t CO2e", {"pue": 1.12, "runs": 17}),
    (284.0, "t", {}),
    (626_155.0, "lb", {}),
    (1_217_000.0, "lb CO2e", {"count": 5}),
    (3_552_000.0, "hours", {"utilisation": 0.37}),
    (0.34, "Wh", {"load": 0.61, "count": 950}),
    (3.1, "L per kWh", {}),
    (429.0, "g CO2 per kWh", {"share": 0.27}),
    (0.429, "kg CO2e/kWh", {}),
    (700.0, "mL", {"count": 500}),
    (2.94, "million m3", {"years": 7}),
    (945.0, "TWh", {"years": 6, "share": 0.27}),
    (415.0, "USD bn", {}),
    (31.07, "%", {"years": 4}),
    (4.0, "%", {}),
    (118.0, "%", {}),
    (0.3, "", {"share": 0.27}),
    (2.3, "times", {}),
    (2.3, "W/W", {}),
    (126.0, "km", {}),
    (-12.5, "t CO2e", {}),
    (1170.0, "MWh", QUANTITIES),
    (60.0, "kW", {"utilisation": 0.37}),
    (17.0, "Mt", {}),
]
# What is said of a number that is off by a factor.
FACTORS = {"Ten": 10.0, "A million": 1e6, "A billion": 1e9}
SIZES = {
    **{f"{prefix}{unit}": size for unit in ("Wh", "W") for prefix, size in
       {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}.items()},
    "mg": 1e-3, "g": 1, "kg": 1e3, "t": 1e6, "kt": 1e9, "Mt": 1e12, "Gt": 1e15,
    "mL": 1, "L": 1e3, "m3": 1e6, "m": 1, "km": 1e3,
    "thousand": 1e3, "million": 1e6, "bn": 1e9, "trillion": 1e12,
}  # fmt: skip


def a_question(answer: Any, unit: str, quantities: dict[str, float], **options: Any) -> Any:
    return ask(
        "How much?", name="how-much", answer=answer, unit=unit, quantities=quantities, **options
    )


def fitting(unit: str, quantities: dict[str, float]) -> list[slips.Slip]:
    return [slip for slip in SLIPS if slip.fits(unit, quantities)]


def label(value: Any) -> str | None:
    return value.key if isinstance(value, slips.Slip) else None


each_slip = pytest.mark.parametrize("slip", SLIPS, ids=label)
each_question = pytest.mark.parametrize(("answer", "unit", "quantities"), QUESTIONS)


# The file


def test_keys_are_names_and_no_two_are_the_same():
    assert [key for key, count in Counter(slip.key for slip in SLIPS).items() if count > 1] == []
    assert [
        slip.key for slip in SLIPS if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slip.key)
    ] == []


@each_slip
def test_words_are_sentences(slip):
    assert slip.words[0].isupper() or slip.words[0].isdigit()
    assert slip.words[-1] in ".?"
    assert "  " not in slip.words
    assert ("{unit}" in slip.words, "{other}" in slip.words) == (bool(slip.rungs), bool(slip.rungs))


@each_slip
def test_units_are_words_that_a_unit_can_hold(slip):
    for word in (*slip.units, *slip.unless):
        assert re.fullmatch(r"[A-Za-z]+\d?|[%/]|", word), word
    assert not set(slip.units) & set(slip.unless)


@each_slip
def test_what_comes_out_is_another_number(slip):
    names = {node.id for node in ast.walk(ast.parse(slip.wrong)) if isinstance(node, ast.Name)}
    assert names <= {"answer", *QUANTITIES, *vars(units)}
    assert slip.needs == names & QUANTITIES.keys()
    for answer in (0.042, 3.7, 31.07, 1287.0):
        wrong = slip.result(answer, QUANTITIES)
        assert math.isfinite(wrong)
        assert not math.isclose(wrong, answer, rel_tol=0.05)


@each_slip
def test_words_say_how_far_off_and_to_which_side(slip):
    factor = slip.result(200.0, QUANTITIES) / 200.0
    if side := re.search(r"\btoo (large|small)\b|^Too (large|small)\b", slip.words):
        assert (factor > 1) == ("large" in side[0])
    if said := re.match(r"([\d.,]+|Ten|A million|A billion) times too", slip.words):
        times = FACTORS.get(said[1]) or float(said[1].replace(",", ""))
        digits = len(said[1].replace(",", "").replace(".", "").rstrip("0"))
        assert max(factor, 1 / factor) == pytest.approx(times, rel=0.5 * 10 ** (1 - digits))
    if "A tenth" in slip.words:
        assert abs(factor - 1) == pytest.approx(0.1, abs=0.02)
    said_anything = side or "Off by" in slip.words or "That is" in slip.words
    assert said_anything or slip.key.startswith(("upside-down", "wrong-sign", "pue-"))


@each_slip
def test_only_a_plain_factor_is_wide(slip):
    if slip.wide:
        assert not slip.needs
        factor = slip.result(1.0, {})
        assert factor > 0
        for answer in (0.3, 7.0, 1e6):
            assert slip.result(answer, {}) == pytest.approx(answer * factor)


def test_the_special_comes_before_the_general():
    kinds = [
        0
        if slip.needs
        else 3
        if slip.key.startswith(("ten-", "hundred-"))
        else 2
        if slip.wide
        else 1
        for slip in SLIPS
    ]
    assert kinds == sorted(kinds)


# Ladders


def test_each_rung_is_a_thousand_times_the_one_below():
    words = [word for ladder in LADDERS for word in ladder]
    assert len(words) == len(set(words))
    for ladder in LADDERS:
        for below, above in pairwise(ladder):
            assert SIZES[above] / SIZES[below] == pytest.approx(1000)


@pytest.mark.parametrize(
    ("unit", "below", "above"),
    [
        ("MWh", "kWh", "GWh"),
        ("Wh", None, "kWh"),
        ("TWh", "GWh", None),
        ("t CO2e", "kg", "kt"),
        ("m3", "L", None),
        ("m3 of water", "L", None),
        ("million m3", "thousand", "bn"),
        ("USD bn", "million", "trillion"),
        ("USD", None, None),
        ("thousand m3", None, "million"),
        ("g/kWh", "mg", "kg"),
        ("kg CO2e per MWh", "g", "t"),
        ("queries per kWh", None, None),
        ("L per kWh", "mL", "m3"),
        ("hours", None, None),
        ("%", None, None),
        ("", None, None),
        ("<script>", None, None),
    ],
)
def test_neighbours_of_a_unit(unit, below, above):
    assert (slips._neighbour(unit, -1), slips._neighbour(unit, 1)) == (below, above)
    by_key = {slip.key: slip for slip in SLIPS}
    assert by_key["unit-below"].fits(unit, {}) == (below is not None)
    assert by_key["unit-above"].fits(unit, {}) == (above is not None)
    counted = slips._neighbour(unit, 0)
    if below:
        assert by_key["unit-below"].say(unit) == f"1,000 times too large: {below} or {counted}?"
    if above:
        assert by_key["unit-above"].say(unit) == f"1,000 times too small: {counted} or {above}?"


@pytest.mark.parametrize(
    ("unit", "fits", "not_fit"),
    [
        ("", {"rest-of-one", "per-cent-for-fraction", "upside-down"}, {"hours-of-the-year"}),
        ("%", {"rest-of-hundred", "end-for-rise"}, {"rest-of-one", "thousand-large", "upside-down"}),
        ("times", {"upside-down"}, {"months-of-the-year", "rest-of-one"}),
        ("t CO2e", {"pounds-for-tonnes", "carbon-for-co2"}, {"gallons-for-litres", "tonnes-for-pounds"}),
        ("kWh per day", {"joules-for-watt-hours", "upside-down"}, {"kilometres-for-miles"}),
        ("lb", {"tonnes-for-pounds"}, {"pounds-for-tonnes", "unit-below"}),
        # A unit that the list does not know is a unit all the same.
        ("€", {"thousand-large"}, {"rest-of-one", "per-cent-for-fraction", "upside-down"}),
    ],
)  # fmt: skip
def test_units_decide_which_slips_are_sought(unit, fits, not_fit):
    found = {slip.key for slip in fitting(unit, {})}
    assert fits <= found
    assert not found & not_fit


def test_a_slip_is_not_sought_without_what_it_needs():
    assert not {slip.key for slip in fitting("MWh", {}) if slip.needs}
    given_pue = {slip.key for slip in fitting("MWh", {"pue": 1.1}) if slip.needs}
    assert given_pue == {slip.key for slip in SLIPS if slip.needs == {"pue"}}


# Found in questions


@each_question
def test_each_slip_is_named_or_one_before_it_with_the_same_number(answer, unit, quantities):
    question = a_question(answer, unit, quantities)
    results = {slip.key: slip.result(answer, quantities) for slip in fitting(unit, quantities)}
    order = list(results)
    for key, wrong in results.items():
        verdict = question.check(wrong)
        if math.isclose(wrong, answer, rel_tol=TOLERANCE):
            assert (verdict.tone, verdict.slip) == ("got-it", None)
            continue
        assert verdict.tone == "keep-working"
        assert verdict.slip is not None, (key, verdict)
        assert order.index(verdict.slip) <= order.index(key)
        # As much to either side belongs to a slip: two that are told apart lie further off.
        assert math.isclose(wrong, results[verdict.slip], rel_tol=1.01 * TOLERANCE), (key, verdict)
        (named,) = (slip for slip in SLIPS if slip.key == verdict.slip)
        assert verdict.words == named.say(unit)


def test_every_slip_is_found_in_some_question():
    found = {
        a_question(answer, unit, quantities).check(slip.result(answer, quantities)).slip
        for answer, unit, quantities in QUESTIONS
        for slip in fitting(unit, quantities)
    }
    assert [slip.key for slip in SLIPS if slip.key not in found] == []


@each_question
def test_what_is_right_is_never_called_a_slip(answer, unit, quantities):
    for options in ({}, {"tolerance": 0.2}, {"within": (answer - 3, answer + 30)}):
        question = a_question(answer, unit, quantities, **options)
        low, high = question._rows()[0][:2]
        for step in range(101):
            value = min(low + (high - low) * step / 100, high)
            verdict = question.check(value)
            assert (verdict.tone, verdict.slip) == ("got-it", None), (options, value)
            assert verdict.words.startswith("It is ")


@each_question
def test_a_range_is_wide_for_powers_of_a_thousand(answer, unit, quantities):
    low, high = sorted((answer * 0.4, answer * 2.2))
    question = a_question(answer, unit, quantities, within=(low, high))
    wide = [slip for slip in fitting(unit, quantities) if slip.wide]
    for slip in wide:
        for right in (low * 1.001 if low > 0 else low * 0.999, answer):
            verdict = question.check(slip.result(right, {}))
            assert verdict.slip is not None, (slip.key, verdict)


numbers = st.floats(1e-6, 1e12)
quantities_of_any_size = st.fixed_dictionaries(
    {},
    optional={
        "pue": st.floats(1.0, 3.0),
        "utilisation": st.floats(0.01, 1.0),
        "load": st.floats(0.01, 1.0),
        "share": st.floats(0.01, 1.0),
        "years": st.floats(1.0, 100.0),
        "runs": st.floats(1.0, 1e6),
        "count": st.floats(1.0, 1e9),
    },
)
some_units = st.sampled_from(["", "%", "times", *sorted({unit for _, unit, _ in QUESTIONS})])


@given(answer=numbers, scale=st.integers(-20, 20), quantities=quantities_of_any_size)
def test_a_slip_keeps_its_name_when_all_is_scaled(answer, scale, quantities):
    factor = 2.0**scale
    question = a_question(answer, "MWh", quantities)
    scaled = a_question(answer * factor, "MWh", quantities)
    for slip in fitting("MWh", quantities):
        wrong = slip.result(answer, quantities)
        assert question.check(wrong)[::2] == scaled.check(wrong * factor)[::2]


@given(
    answer=st.floats(-1e12, 1e12),
    unit=some_units,
    quantities=quantities_of_any_size,
    tolerance=st.floats(0, 0.9),
)
def test_rows_are_in_order_and_hold_every_number(answer, unit, quantities, tolerance):
    question = a_question(answer, unit, quantities, tolerance=tolerance)
    rows = question._rows()
    low, high, verdict = rows[0]
    assert verdict.tone == "got-it"
    assert low <= answer <= high
    for row in rows:
        assert row.low is None or row.high is None or row.low <= row.high
        assert all(end is None or math.isfinite(end) for end in row[:2])
    assert [row.verdict.tone for row in rows[1:] if row.verdict.tone != "keep-working"] == []
    for value in (-1.7e308, -1.0, -5e-324, 0.0, answer, 1.0, 1.7e308):
        assert (question.check(value).tone == "got-it") == (low <= value <= high)


@given(answer=numbers, unit=some_units, value=st.floats(-1e15, 1e15))
def test_what_has_no_name_is_told_the_right_side(answer, unit, value):
    verdict = a_question(answer, unit, {}).check(value)
    if verdict.slip is None and verdict.tone == "keep-working" and "Close" not in verdict.words:
        assert ("low" in verdict.words) == (value < answer)
        far = value <= answer / 10 or value >= answer * 10
        assert "Far" not in verdict.words or far
