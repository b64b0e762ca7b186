"""One judge: what a question of a page tells an answer, a check of an exercise tells it too."""

from __future__ import annotations

import contextlib
import io
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiimpact.ask import ask
from aiimpact.ask.judge import TOLERANCE, Verdict, accepted, judge, with_unit
from aiimpact.classroom import checks
from aiimpact.live import number

UNITS = ["", "%", "times", "MWh", "t CO2e", "kWh per day", "USD", "L", "% at a mended fault"]


def in_a_page(value, right, unit, quantities, **options):
    question = ask("How much?", name="q", answer=right, unit=unit, quantities=quantities, **options)
    return question.check(value)


def in_an_exercise(value, right, unit, quantities, **options):
    """Give the verdict of a check from what a student reads."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            checks.number(value, right, unit, **options, **quantities)
    except checks.KeepWorking as reply:
        shown = f"Keep working: {with_unit(number(value, 4), unit)}? "
        _, before, words = str(reply).partition(shown)
        return Verdict("keep-working", words if before else str(reply), reply.slip or None)
    return Verdict("got-it", printed.getvalue().removeprefix("Got it. ").rstrip("\n"))


# The answers of which page and exercise once said different things.
@pytest.mark.parametrize(
    ("value", "tolerance", "told"),
    [
        (1300, 0.02, Verdict("got-it", "It is 1,290 MWh.")),
        (1310, 0.02, Verdict("got-it", "It is 1,290 MWh.")),
        (1300, TOLERANCE, Verdict("keep-working", "Close, but not close enough. Check the rounding.")),
        (1310, TOLERANCE, Verdict("keep-working", "Close, but not close enough. Check the rounding.")),
        (1320, TOLERANCE, Verdict("keep-working", "Too high.")),
        (1180, 0.02, Verdict("keep-working", "Too small by the PUE: the building is left out.", "pue-missing")),
        (1185, 0.02, Verdict("keep-working", "Too small by the PUE: the building is left out.", "pue-missing")),
        (1185, TOLERANCE, Verdict("keep-working", "Too low.")),
        (1427, 0.02, Verdict("keep-working", "Too large by the PUE: the building is counted once too often.", "pue-twice")),
        (0, TOLERANCE, Verdict("keep-working", "Far too low, by more than ten times.")),
        (1_260_000, TOLERANCE, Verdict("keep-working", "Far too high, by more than ten times.")),
        (1_285_000, TOLERANCE, Verdict("keep-working", "1,000 times too large: kWh or MWh?", "unit-below")),
        (1287, TOLERANCE, Verdict("got-it", "It is 1,290 MWh.")),
    ],
)  # fmt: skip
def test_page_and_exercise_once_disagreed(value, tolerance, told):
    for where in (in_a_page, in_an_exercise):
        assert where(value, 1287.0, "MWh", {"pue": 1.1}, tolerance=tolerance) == told


def test_page_and_exercise_have_one_default():
    for value in (1280.0, 1281.0, 1293.0, 1294.0, 1170.0):
        page = in_a_page(value, 1287.0, "MWh", {"pue": 1.1})
        assert in_an_exercise(value, 1287.0, "MWh", {"pue": 1.1}) == page


@given(st.floats(1e-9, 1e12))
def test_by_default_three_digits_are_enough(right):
    written = float(f"{right:.3g}")
    assert judge(written, accepted(right)).tone == "got-it"


def test_by_default_two_digits_are_not_enough():
    assert judge(1300.0, accepted(1287.0)).tone == "keep-working"


factors = st.sampled_from([1.0, 1.001, 1.006, 1.05, 0.5, 1.1, 10, 100, 1000, 1e6, -1.0, 0.0])
rights = st.floats(1e-6, 1e9) | st.floats(-1e9, -1e-6) | st.just(0.0)
quantities = st.fixed_dictionaries(
    {}, optional={"pue": st.floats(1.0, 3.0), "load": st.floats(0.01, 1), "count": st.floats(1, 1e6)}
)  # fmt: skip


@given(
    right=rights,
    factor=factors | st.floats(1e-9, 1e9),
    upside_down=st.booleans(),
    unit=st.sampled_from(UNITS),
    quantities=quantities,
    tolerance=st.sampled_from([0.0, 0.001, TOLERANCE, 0.02, 0.3]),
)
@example(1287.0, 1 / 1.1, False, "MWh", {"pue": 1.1}, 0.02)
def test_page_and_exercise_say_the_same(right, factor, upside_down, unit, quantities, tolerance):
    value = right / factor if upside_down and factor else right * factor
    page = in_a_page(value, right, unit, quantities, tolerance=tolerance)
    assert in_an_exercise(value, right, unit, quantities, tolerance=tolerance) == page


@given(st.floats(1.0, 1e6), st.floats(0.1, 0.9))
def test_slips_of_one_task_are_told_alike(right, factor):
    words, wrong = "That leaves the last year out.", right * factor
    page = in_a_page(wrong, right, "a", {}, slips={words: (wrong, words)})
    assert in_an_exercise(wrong, right, "a", {}, mistakes={words: wrong}) == page
    assert page == Verdict("keep-working", words, words)


def test_a_mistake_that_comes_out_right_is_right():
    # Whose own numbers make it so is not told of it.
    verdict = in_an_exercise(100.0, 100.0, "a", {}, mistakes={"That is too long.": 100.1})
    assert verdict.tone == "got-it"


@pytest.mark.parametrize("value", [0.1 + 0.2 - 0.3, -1e-17, 0.0])
def test_what_floating_point_leaves_of_nought_is_nought(value):
    assert in_an_exercise(value, 0.0, "t", {}).tone == "got-it"
    assert in_an_exercise(0.0, value, "t", {}).tone == "got-it"
    checks.function(lambda x: x, [({"x": value}, 0.0)], "t")


def test_the_largest_numbers_are_judged_without_a_warning():
    for right in (1.7e308, -1.7e308, 5e-324):
        for value in (1.0, -1.0, 1e300):
            assert judge(value, accepted(right), "MWh").tone == "keep-working" or right < 1


def test_a_tolerance_is_a_share_in_both():
    for tolerance in (2, -0.1, math.nan, True, "2 %"):
        for where in (in_a_page, in_an_exercise):
            with pytest.raises(ValueError, match="tolerance must be at least 0 and less than 1"):
                where(1.0, 1.0, "t", {}, tolerance=tolerance)
