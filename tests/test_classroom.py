"""A student's own numbers, and what the checks say."""

from __future__ import annotations

import csv
import itertools
import math
import os
import subprocess
import sys
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiimpact.ask import slips
from aiimpact.classroom import checks, numbers

EXERCISES = sorted({p.exercise for p in numbers.parameters()})
CLASS = [f"s{i:03d}" for i in range(120)]


def drawn(exercise: str, student: str) -> tuple[Any, ...]:
    own = numbers.own(exercise, student)
    return tuple(getattr(own, p.name) for p in numbers.parameters() if p.exercise == exercise)


def possible(parameter: numbers.Parameter) -> tuple[Any, ...]:
    return parameter.values  # noqa: PD011 - no frame


# A student's own numbers


def test_the_numbers_of_an_id_are_these_for_ever():
    own = numbers.own("01", "s000")
    assert (own.pounds, own.chips, own.days, own.power_w) == (645_000, 1088, 37, 790)
    assert (own.pue, own.final_t, own.share_percent) == (1.43, 1770, 0.7)
    assert type(own.days) is int
    assert type(own.pue) is float


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_another_process_draws_the_same(seed):
    code = (
        "from aiimpact.classroom.numbers import own\n"
        f"print([(x, s, own(x, s)) for x in {EXERCISES} for s in ('s001', '学生', 'Zoë')])"
    )
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8"
    )
    here = [(x, s, numbers.own(x, s)) for x in EXERCISES for s in ("s001", "学生", "Zoë")]
    assert result.stdout.strip() == str(here), result.stderr


@given(st.text(alphabet="abcxyzé学0123456789._@-", min_size=1))
def test_capitals_blanks_and_width_of_an_id_do_not_count(student):
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in student)
    for exercise in EXERCISES:
        for typed in (student.upper(), f" {student}\n", wide):
            assert drawn(exercise, typed) == drawn(exercise, student)


@pytest.mark.parametrize("wrong", ["", "  ", "\u3000", None, 7, ..., b"s001"])
def test_an_id_that_is_none_is_refused_in_words(wrong, monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    with pytest.raises(ValueError, match=r"STUDENT must be your id, got .* between the quotes"):
        numbers.own("01", wrong)


@pytest.mark.parametrize("left_open", [..., "", "  ", "\u3000"])
def test_on_a_hub_an_id_that_is_left_open_is_the_name_of_who_has_logged_in(left_open, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "S101")
    own = numbers.own("01", left_open)
    assert own.pounds == numbers.own("01", "s101").pounds
    assert repr(own).startswith("# The numbers of S101, as you have logged in here.\nown.pounds = ")
    assert "S101" not in repr(numbers.own("01", "s101"))


def test_on_a_hub_an_id_that_is_written_counts_and_one_that_is_wrong_is_still_refused(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "s101")
    assert drawn("01", "s000") != drawn("01", "s101")
    assert numbers.own("01", "s000").pounds == 645_000
    for wrong in (None, 7, b"s001"):
        with pytest.raises(ValueError, match="STUDENT must be your id"):
            numbers.own("01", wrong)
    monkeypatch.setenv("JUPYTERHUB_USER", " ")
    with pytest.raises(ValueError, match="STUDENT must be your id"):
        numbers.own("01", "")


def test_an_exercise_or_a_number_that_is_not_there_is_refused_in_words():
    with pytest.raises(ValueError, match="exercise must be one of 00, 01"):
        numbers.own("77", "s001")
    with pytest.raises(AttributeError, match="no number 'pounce' among your own"):
        numbers.own("01", "s001").pounce  # noqa: B018


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_two_of_a_class_share_their_numbers(exercise):
    assert len({drawn(exercise, student) for student in CLASS}) == len(CLASS)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_neighbours_in_a_class_differ_in_most_numbers(exercise):
    same = [
        sum(a == b for a, b in zip(drawn(exercise, one), drawn(exercise, two), strict=True))
        for one, two in itertools.pairwise(CLASS)
    ]
    assert max(same) <= 0.6 * len(drawn(exercise, "s001"))


@pytest.mark.parametrize("p", numbers.parameters(), ids=lambda p: f"{p.exercise}-{p.name}")
def test_every_value_that_can_be_drawn_makes_sense(p):
    assert len(set(possible(p))) > 1
    assert p.what
    counted = [value for value in possible(p) if not isinstance(value, str)]
    assert all(math.isfinite(value) and value > 0 for value in counted)
    assert max(counted, default=1) < 1e13
    if p.unit == "%":
        assert max(counted) <= 100
    if "pue" in p.name:
        assert min(counted) >= 1
    if "utilisation" in p.name or p.name.endswith("_share"):
        assert max(counted) <= 1
    # No value has the tail of a float, such as 0.30000000000000004.
    assert all(len(repr(value)) < 15 for value in counted)


def test_every_name_that_can_be_drawn_is_a_row_of_a_table():
    keys = set()
    for path in (resources.files("aiimpact") / "data").iterdir():
        if path.name.endswith(".csv") and path.name != "own_numbers.csv":
            rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
            keys |= {value for row in rows for value in row.values()}
    words = {value for p in numbers.parameters() for value in possible(p) if isinstance(value, str)}
    assert words <= keys


def test_the_numbers_show_themselves_with_units():
    shown = repr(numbers.own("01", "s000"))
    assert "own.power_w = 790  # power of each [W]" in shown
    assert len(shown.splitlines()) == len(drawn("01", "s000"))


# The checks: three tones


def said(capsys, check, *args, **kwargs) -> str:
    """Give what a check says, one way or the other."""
    try:
        check(*args, **kwargs)
    except checks.Reply as reply:
        return str(reply)
    return capsys.readouterr().out.strip()


NUMBERS = [
    (100.0, "Got it. It is 100 MWh."),
    (100, "Got it. It is 100 MWh."),
    (100.4, "Got it. It is 100 MWh."),
    (np.float64(100), "Got it. It is 100 MWh."),
    (np.array([100.0]), "Got it. It is 100 MWh."),
    (pd.Series([100.0]), "Got it. It is 100 MWh."),
    (None, "Missing: the answer is not there yet."),
    (..., "Missing: the answer is not there yet."),
    (101.5, "Keep working: 101.5 MWh? Close, but not close enough. Check the rounding."),
    (130.0, "Keep working: 130 MWh? Too high."),
    (77.0, "Keep working: 77 MWh? Too low."),
    (100_000, "Keep working: 100,000 MWh? 1,000 times too large: kWh or MWh?"),
    (
        "100",
        "Keep working: the answer must be a number, got the text '100'. Write it in digits and without quotes: 100.",
    ),
    (
        "一百二十万",
        "Keep working: the answer must be a number, got the text '一百二十万'. Write it in digits and without quotes: 1200000.",
    ),
    (
        "５.５",
        "Keep working: the answer must be a number, got the text '５.５'. Write it in digits and without quotes: 5.5.",
    ),
    (
        "500吨",
        "Keep working: the answer must be a number, got the text '500吨'. Write the number alone, in digits: without quotes, words or a unit.",
    ),
    (
        (1, 200),
        "Keep working: the answer must be a number, got a list of 2. A comma makes a list: write 1200 for 1,200, and 0.5 for 0,5.",
    ),
    ([100.0], "Keep working: the answer must be a number, got a list of 1."),
    (True, "Keep working: the answer must be a number, got True, which says yes or no."),
    (100 + 0j, "Keep working: the answer must be a number, got a complex number. It comes"),
    (
        np.array([1.0, 2.0]),
        "Keep working: the answer must be a number, got an array of several values.",
    ),
    (pd.DataFrame({"a": [1]}), "Keep working: the answer must be a number, got a whole table."),
    (math.nan, "Keep working: the answer must be a finite number, got nan."),
    (-math.inf, "Keep working: the answer must be a finite number, got -inf."),
    (10**400, "Keep working: the answer must be a finite number, got inf."),
    (print, "Keep working: the answer must be a number, got a function. Call it."),
    (checks.Unsendable("Figure"), "Keep working: the answer must be a number, got a Figure."),
]


@pytest.mark.parametrize(("value", "words"), NUMBERS, ids=[repr(x)[:20] for x, _ in NUMBERS])
def test_a_number_is_answered_in_one_of_three_tones(capsys, value, words):
    assert said(capsys, checks.number, value, 100.0, "MWh").startswith(words)


def test_a_function_may_give_several_numbers(capsys):
    cases = [({"x": 2}, [2, 4])]
    for function, words in [
        (lambda x: [x, x * x], "Got it: "),
        (lambda x: (x, np.float64(4)), "Got it: "),
        (lambda x: np.array([x, x * x]), "Got it: "),
        (lambda x: None, "Missing: for x=2: the result (did you `return` it?) is not there yet."),
        (lambda x: [x], "Keep working: for x=2: the result (did you `return` it?) must be a list"),
        (lambda x: x, "Keep working: for x=2: the result (did you `return` it?) must be a list of"),
        (lambda x: [x, "4"], "Keep working: for x=2: number 2 of the result must be a number"),
        (lambda x: [x, 3], "Keep working: for x=2: 3 MWh? Too low"),
    ]:
        assert said(capsys, checks.function, function, cases, "MWh").startswith(words)


def test_a_repair_that_gives_nothing_is_missing_before_its_test_is_tried(capsys):
    words = said(
        capsys, checks.finds, good_test, bug=lambda x: x, fix=lambda x: None, example={"x": 2}
    )
    assert words == "Missing: for x=2: the result (did you `return` it?) is not there yet."


def share(tonnes: float) -> float:
    return 100 * (tonnes - 200) / tonnes


TAKEN_BACK = [
    (800, "Got it. It is 75 % of it."),
    (800_000, "Keep working: 800,000 t? 1,000 times too large: kg or t?"),
    (0.8, "Keep working: 0.8 t? 1,000 times too small: t or kt?"),
    (400, "Keep working: 50 % of it? Half."),
    (700, "Keep working: 71.43 % of it? Too low."),
    (None, "Missing: "),
    ("800", "Keep working: the answer must be a number, got the text '800'."),
]


@pytest.mark.parametrize(("answer", "words"), TAKEN_BACK, ids=[str(x) for x, _ in TAKEN_BACK])
def test_an_answer_is_judged_by_what_it_leads_back_to(capsys, answer, words):
    mistakes = {"Half.": 50.0}
    told = said(capsys, checks.taken_back, answer, share, 75, "% of it", of="t", mistakes=mistakes)
    assert told.startswith(words)


def test_the_one_of_two_answers_is_named_that_is_a_thousand_times_off(capsys):
    told = said(capsys, checks.taken_back, [30, 0.07], lambda a, b: a + b, 100, "TWh", of="TWh")
    assert told.startswith("Keep working: 0.07 TWh? 1,000 times too small")


def test_a_mistake_of_a_task_that_is_no_number_hides_nothing(capsys):
    wrong = {"a": math.nan, "b": math.inf, "c": 1j, "d": np.array([[50.0]])}
    assert said(capsys, checks.number, 50, 100.0, "a", mistakes=wrong) == "Keep working: 50 a? d"
    assert said(capsys, checks.number, 100, 100.0, "a", mistakes=wrong) == "Got it. It is 100 a."


def test_what_a_number_is_compared_with_may_be_missing_too(capsys):
    words = said(capsys, checks.number, 1.0, None, "MWh")
    assert words == "Missing: what this is compared with is not there yet."


QUANTITY = {"pue": 1.37, "years": 7.0, "count": 13.0, "trees": 0.021}
UNITS = sorted(
    {word for slip in slips.load() for word in slip.units}
    | {"", "MWh", "t CO2e", "L", "kW", "USD", "km"}
)


@pytest.mark.parametrize("slip", slips.load(), ids=lambda slip: slip.key)
def test_every_slip_is_named_somewhere(slip):
    quantities = {need: QUANTITY.get(need, 0.23) for need in slip.needs}
    for unit in UNITS:
        if slip.fits(unit, quantities):
            wrong = slip.result(70.0, quantities)
            with pytest.raises(checks.KeepWorking) as raised:
                checks.number(wrong, 70.0, unit, **quantities)
            if raised.value.slip == slip.key:
                assert slip.say(unit) in str(raised.value)
                return
    pytest.fail(f"{slip.key} is hidden by other slips in all of {UNITS}")


def test_a_mistake_of_the_task_is_named_before_slips(capsys):
    words = said(capsys, checks.number, 50.0, 100.0, "a", mistakes={"Half of it.": 50.0})
    assert words == "Keep working: 50 a? Half of it."


def test_a_range_says_possible_or_to_look_at_the_units(capsys):
    assert said(capsys, checks.between, 5, 1, 10, "t") == "5 t is a possible size."
    assert said(capsys, checks.between, 50, 1, 10, "t").startswith("Keep working: 50 t is outside")
    assert said(capsys, checks.between, None, 1, 10, "t").startswith("Missing: ")


def refuses(*_: object, **__: object) -> float:
    return 1 / 0


FUNCTIONS = [
    (lambda x, pue: x * pue, "Got it: your function gives the right number in all 2 cases tried."),
    (lambda x, pue: x, "Keep working: for x=1, pue=2: 1 MWh? Too small by the PUE"),
    (
        lambda x, pue: None,
        "Missing: for x=1, pue=2: the result (did you `return` it?) is not there",
    ),
    (
        lambda x, pue: "2",
        "Keep working: for x=1, pue=2: the result (did you `return` it?) must be a",
    ),
    (lambda a: a, "Keep working: for x=1, pue=2: your function raises TypeError: "),
    (refuses, "Keep working: for x=1, pue=2: your function raises ZeroDivisionError: division by"),
    (..., "Missing: a function is not there yet."),
    (2.0, "Keep working: this must be a function, got a float."),
]


@pytest.mark.parametrize(("function", "words"), FUNCTIONS, ids=range(len(FUNCTIONS)))
def test_a_function_is_answered_in_one_of_three_tones(capsys, function, words):
    cases = [({"x": 1, "pue": 2}, 2.0), ({"x": 3, "pue": 1.5}, 4.5)]
    assert said(capsys, checks.function, function, cases, "MWh").startswith(words)


CHOICES = [
    ("yes", "Got it."),
    ("no", "Keep working: 'no' is not it."),
    ("Yes", "Keep working: 'Yes' is none of 'yes', 'no'. Mind the spelling."),
    (["yes"], "Keep working: ['yes'] is not it."),
    ([], "Missing: "),
    (None, "Missing: "),
    (3, "Keep working: 3 is none of"),
    ([["yes"]], "Keep working: the answer must be made of 'yes', 'no', got a list of 1."),
    (True, "Keep working: the answer must be made of 'yes', 'no', got True"),
    (np.array(["yes", "no"]), "Keep working: the answer must be made of"),
    (np.str_("yes"), "Got it."),
    ("x" * 500, f"Keep working: '{'x' * 79}… is none of"),
    (math.nan, "Keep working: nan is none of"),
]


@pytest.mark.parametrize(("answer", "words"), CHOICES, ids=[repr(x) for x, _ in CHOICES])
def test_a_choice_is_answered_in_one_of_three_tones(capsys, answer, words):
    assert said(capsys, checks.choice, answer, ["yes", "no"], "yes").startswith(words)


def test_the_order_of_a_choice_counts(capsys):
    options, right = ["a", "b"], ["b", "a"]
    assert said(capsys, checks.choice, ("b", "a"), options, right) == "Got it."
    assert said(capsys, checks.choice, ["a", "b"], options, right).startswith("Keep working: ")


def good_test(function):
    assert function(2) == 4
    assert function(3) == 9


def every_other_time(function, calls=itertools.count()):  # noqa: B008 - it is to remember
    function(2)
    assert next(calls) % 2


def always(function):
    function(2)
    assert not function, "never right"


TESTS = [
    (good_test, "Got it: your test fails on the bug and passes on the fix."),
    (lambda function: function(2), "Keep working: your test passes on the function with the bug."),
    (always, "Keep working: your test fails on a function that is right"),
    (every_other_time, "Keep working: your test "),
    (lambda function: None, "Missing: the test does not call the function"),
    (
        lambda function: function(2) / 0,
        "Keep working: on a repaired function, your function raises ZeroDivisionError",
    ),
    (None, "Missing: a test is not there yet."),
    ("assert", "Keep working: this must be a test, got the text 'assert'."),
]


@pytest.mark.parametrize(("test", "words"), TESTS, ids=range(len(TESTS)))
def test_a_test_is_answered_in_one_of_three_tones(capsys, test, words):
    answer = said(capsys, checks.finds, test, bug=lambda x: x + x, fix=lambda x: x * x)
    assert answer.startswith(words)


ENTRY = """
id: mine
chapter: 1
claim: Training emitted 1104 tonnes.
article_values: [{value: 1104, unit: t CO2e}]
credited_to: Nobody.
primary_source: {authors: Patterson, year: 2021, title: Carbon, id: "arXiv:2104.10350", url: "https://doi.org/10.48550/arXiv.2104.10350"}
source_says: [{text: It prints 552., read: true}]
recompute: [{what: it, call: "grid.emissions_t(1287, 0.429)", gives: 552.1, unit: t CO2e, tolerance: 1}]
factor: {what: over, call: "1104 / 552", gives: 2, unit: "1", tolerance: 0.01}
verdict: wrong-by-factor(2)
why: The headline doubles it.
teach_today: {text: Name it., low: 540, high: 560, unit: t CO2e}
review_by: 2028-06-30
confidence: high
"""
RIGHT = {"gives": 552.1, "verdict": "wrong-by-factor(2)", "source": "2104.10350"}
CLAIMS = [
    (("", ""), "Got it: wrong-by-factor(2)."),
    (("factor(2)", "factor(2.03)"), "Keep working: the register does not take the entry"),
    (("factor(2)", "factor(3)"), "Keep working: "),
    (
        ("552.1, unit", "900, unit"),
        "Keep working: the step 'it' gives 552.123 t CO2e, you say 900.",
    ),
    (("2104.10350", "1906.02243"), "Keep working: that is not the primary source"),
    (
        ("grid.emissions_t(1287, 0.429)", "552.1 * 2 / 4"),
        "Keep working: the step 'it' gives 276.05",
    ),
    (("grid.emissions_t(1287, 0.429)", "__import__('os').getcwd()"), "Keep working: the call"),
    (("grid.emissions_t(1287, 0.429)", "grid.np.loadtxt('x')"), "Keep working: the call"),
    (("grid.emissions_t(1287, 0.429)", "tables._read('x')"), "Keep working: the call"),
    (("grid.emissions_t(1287, 0.429)", "9.0 ** 9.0 ** 9.0 ** 9.0"), "Keep working: the call"),
    (("grid.emissions_t(1287, 0.429)", "1 if 1 else 2"), "Keep working: the call"),
    (("confidence: high", ""), "Missing: the entry lacks confidence."),
    (("confidence: high", "confidence: ..."), "Missing: confidence still to be filled in."),
    (
        ("confidence: high", "confidence: high\nmood: good"),
        "Keep working: the register has no mood.",
    ),
    (
        ("year: 2021", "year: soon, month: May"),
        "Keep working: the register does not take the entry",
    ),
    (("review_by: 2028-06-30", "review_by: [[["), "Keep working: the entry is no YAML"),
    (("why: The", "why: &a The"), "Got it"),
    (
        ("why: The headline doubles it.", "why: &a [1]\nx: *a"),
        "Keep working: the register has no anch",
    ),
    (("why: The", "why: !!python/name:os.system The"), "Keep working: the entry is no YAML"),
]


@pytest.mark.parametrize(
    ("change", "words"), CLAIMS, ids=[c[1][:30] or "as it is" for c, _ in CLAIMS]
)
def test_a_claim_is_answered_in_one_of_three_tones(capsys, change, words):
    entry = ENTRY.replace(*change) if change[0] else ENTRY
    assert change == ("", "") or entry != ENTRY
    assert said(capsys, checks.claim, entry, **RIGHT).startswith(words)


@pytest.mark.parametrize("entry", [None, ..., 7, {}, "", "[" * 5000, "- 1\n- 2", "\x00", "a: b: c"])
def test_what_is_no_claim_is_said_in_words(capsys, entry):
    assert said(capsys, checks.claim, entry).startswith(("Missing: ", "Keep working: "))


@pytest.mark.parametrize("entry", ["[" * 9999, "{" * 9999, "- " * 4999, "a:\n" + "- " * 20 + "x"])
def test_an_entry_nested_without_end_is_not_read_to_its_end(capsys, entry):
    assert said(capsys, checks.claim, entry) == "Keep working: the entry is nested too deeply."


def test_a_claim_that_is_not_graded_is_not_told_whether_it_is_right(capsys):
    assert said(capsys, checks.claim, ENTRY).startswith("The entry can be read and its steps hold.")


def test_a_reply_shows_in_a_notebook_without_the_way_to_it():
    assert checks.KeepWorking("no")._render_traceback_() == ["Keep working: no"]
