"""A half-done notebook gets words about its slip: every task, answered wrongly in dozens of ways."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import numpy as np
import pytest
import wrong_answers
from wrong_answers import INSTEAD_OF_A_FUNCTION, INSTEAD_OF_ANYTHING, Cell, put

from aiimpact.ask.judge import accepted, judge
from aiimpact.classroom.grading import editions, exam, sandbox, seat
from aiimpact.classroom.grading.sandbox import Limits

CELLS = wrong_answers.cells("s000")
NAMES = [cell.name for cell in CELLS]
TONE = re.compile(r"(Missing|Keep working): \S")
# What Python says of values, and a student has no use for.
JARGON = re.compile(
    r"cannot cope|Traceback|NoneType|ellipsis|Unsendable|object at 0x|unsupported operand|subscript"
    r"|not callable|truth value|unpack|ndarray|real number|scalars|operands|ambiguous"
)
STUB = re.compile(r"^(my_\w+) = \.\.\.  # [^\[\n]*\[([^\]\n]+)\]", flags=re.MULTILINE)
UNITS = {
    (path.stem, name): "" if unit == "1" else unit
    for path in editions.sources()
    for cell in editions.read(path).cells
    for name, unit in STUB.findall(cell.source)
}


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(given: Any, right: float) -> bool:
    return type(given) in (int, float) and abs(given) < 1e308 and math.isclose(given, right)


def wrong(cell: Cell, answer: str) -> dict[str, Any]:
    """Give what stands in for a right answer, by what is wrong with it."""
    right = cell.right[answer]
    given = dict(INSTEAD_OF_ANYTHING)
    if callable(right):
        given |= INSTEAD_OF_A_FUNCTION
    if is_number(right):
        given |= {"x1000": right * 1000, "/1000": right / 1000, "minus": -right, "half": right / 2}
        given |= {"numpy": np.float64(right * 3 + 1), "as a text": str(right), "in a list": [right]}
        # Nought may be right, and so may minus nought.
        given = {key: x for key, x in given.items() if x is not right and not same(x, right)}
    return given


def unhelpful(cell: Cell, answers: dict[str, Any], *, raises: bool = False) -> str:
    """Give what is wrong with the words for wrong answers, in the exam and in a notebook."""
    ran = wrong_answers.in_exam(cell, answers)
    shown = wrong_answers.in_notebook(cell, answers)
    if not TONE.match(ran.failed) or ran.note:
        return f"exam: {ran}"
    # The cell as it was handed out does not know the right answer.
    if shown and not TONE.match(shown):
        return f"notebook: {shown}"
    for words in (ran.failed, shown):
        if (found := JARGON.search(words)) and not raises:
            return f"{found[0]!r} is in {words!r}"
    return ""


@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_right_answers_get_full_points(cell):
    assert wrong_answers.in_exam(cell, {}).failed == ""
    assert wrong_answers.in_notebook(cell, {}) == ""


@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_a_wrong_answer_is_told_what_is_wrong(cell):
    assert cell.answers
    for answer in cell.answers:
        given = wrong(cell, answer)
        assert len(given) >= 12
        for why, value in given.items():
            # A student who raises an error of Python's has to read it.
            raises = callable(value) and (why in ("raises", "print", "type") or "argum" in why)
            # So has one whose test compares what is hard to compare.
            raises |= callable(value) and "test_" in cell.source
            said = unhelpful(cell, {answer: value}, raises=raises)
            assert not said, f"{answer}, {why}: {said}"


@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_what_is_skipped_is_missing(cell):
    nothing = dict.fromkeys(cell.answers, ...)
    assert wrong_answers.in_exam(cell, nothing).failed.startswith("Missing: ")
    assert wrong_answers.in_notebook(cell, nothing).startswith("Missing: ")
    for answer in cell.answers:
        for value in (..., None):
            assert wrong_answers.in_exam(cell, {answer: value}).failed.startswith("Missing: ")
            assert wrong_answers.in_notebook(cell, {answer: value}).startswith("Missing: ")


@pytest.mark.parametrize("student", wrong_answers.STUDENTS)
def test_a_thousand_times_too_much_or_too_little_is_named(student):
    named = 0
    for cell in wrong_answers.cells(student):
        for answer in cell.answers:
            right = cell.right[answer]
            unit = UNITS.get((cell.exercise, answer), "")
            for factor in (1000, 1 / 1000) if is_number(right) else ():
                told = judge(right * factor, accepted(right), unit)
                if "1,000 times" in told.words:
                    said = wrong_answers.in_exam(cell, {answer: right * factor}).failed
                    assert re.search(r"1,000 times|Look at the units", said), (answer, said)
                    named += "1,000 times" in said
    assert named >= 40


@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_no_mixture_of_right_and_wrong_stops_a_check(cell):
    lot = random.Random(0)
    numbers = [answer for answer in cell.answers if is_number(cell.right[answer])]
    for _ in range(12 if numbers else 0):
        answers = {}
        for answer in numbers:
            right = cell.right[answer]
            answers[answer] = lot.choice(
                [
                    right,
                    right * 10 ** lot.uniform(-4, 4),
                    -right,
                    lot.uniform(-100, 100),
                    np.array([right * lot.uniform(0, 3)]),
                    lot.choice(list(INSTEAD_OF_ANYTHING.values())),
                ]
            )
        ran = wrong_answers.in_exam(cell, answers)
        assert not ran.note, (answers, ran.note)
        assert not ran.failed or TONE.match(ran.failed), (answers, ran.failed)
        wrong_answers.in_notebook(cell, answers)


ENTRIES = [cell for cell in CELLS if cell.name.endswith("entry-check")]
BROKEN = {
    "no text": lambda entry: "",
    "blanks": lambda entry: " \n\t\n",
    "half of it": lambda entry: entry[: len(entry) // 2],
    "a tab": lambda entry: entry.replace("  chapter", "\tchapter"),
    "a bracket": lambda entry: entry.replace("why: ", "why: [[["),
    "a quote": lambda entry: entry.replace("why: ", 'why: "'),
    "an alias": lambda entry: entry.replace("why: ", "why: *a #"),
    "a tag": lambda entry: entry.replace("why: ", "why: !!python/name:os.system "),
    "two entries": lambda entry: entry + entry,
    "no dash": lambda entry: entry.replace("- id", "id", 1),
    "a list": lambda entry: "- 1\n- 2",
    "a number": lambda entry: "12",
    "a field less": lambda entry: re.sub(r"\n  confidence.*", "", entry),
    "a field more": lambda entry: entry + "  mood: good\n",
    "open ends": lambda entry: re.sub(r"verdict: .*", "verdict: ...", entry),
    "a verdict of its own": lambda entry: re.sub(r"verdict: .*", "verdict: maybe", entry),
    "a verdict without factor": lambda entry: re.sub(r"verdict: .*", "verdict: wrong-by-factor()", entry),
    "a call that is none": lambda entry: re.sub(r"(?<!factor:\n)    call: .*", "    call: 2 +", entry),
    "a call of what is not there": lambda entry: re.sub(r" call: .*", " call: grid.nothing(1)", entry),
    "a call of Python's": lambda entry: re.sub(r" call: .*", " call: open('/etc/passwd')", entry),
    "a text that it gives": lambda entry: re.sub(r" gives: .*", " gives: many", entry),
    "no number that it gives": lambda entry: re.sub(r" gives: .*", " gives: .nan", entry),
    "another number": lambda entry: re.sub(r" gives: .*", " gives: 1e9", entry),
    "no tolerance": lambda entry: re.sub(r" tolerance: .*", " tolerance: none", entry),
    "another source": lambda entry: re.sub(r"(?s)\n    id: .*?\n    url: .*?\n", "\n    id: x\n    url: https://doi.org/10.1\n", entry),
    "steps that are none": lambda entry: re.sub(r"(?s)recompute:.*?  verdict", "recompute: 7\n  verdict", entry),
    "no steps": lambda entry: re.sub(r"(?s)recompute:.*?  verdict", "recompute: []\n  verdict", entry),
    "teaching as a text": lambda entry: re.sub(r"(?s)teach_today:.*?  review", "teach_today: x\n  review", entry),
    "a date that is none": lambda entry: entry.replace("2028-06-30", "2028-02-30"),
}  # fmt: skip


@pytest.mark.parametrize("cell", ENTRIES, ids=lambda cell: cell.name)
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_entry_is_told_what_is_broken(cell, how):
    assert len(ENTRIES) == 7
    entry = BROKEN[how](cell.right["ENTRY"])
    assert entry != cell.right["ENTRY"]
    assert not unhelpful(cell, {"ENTRY": entry})


# What no check foresees

X = "x = answer + 1\nassert x"


def ran(source: str, **answers: Any) -> seat.Ran:
    names: dict[str, Any] = {}
    exam._execute("from aiimpact import grid\nfrom aiimpact.classroom import checks", "0", names)
    return put(source, "fragile", names, answers)


def test_a_check_that_stops_at_what_is_not_there_says_so_and_nobody_need_look():
    for answers in ({}, {"answer": None}):
        outcome = ran("x = answer + 1", **answers)
        words = "Missing: this check needs answer, which you have not given yet."
        assert (outcome.failed, outcome.note) == (words, "")


def test_a_check_that_stops_at_a_rule_of_the_library_gives_its_words_and_is_noted():
    outcome = ran("grid.emissions_t(1, answer)", answer=429)
    assert outcome.failed.startswith("Keep working: grid_kg_per_kwh must be between 0 and 10")
    assert "The check fragile cannot cope" in outcome.note


@pytest.mark.parametrize("source", ["answer['a']", "assert answer == 3", "1 / 0", "int('x')"])
def test_an_error_of_ours_is_told_to_the_teacher(source):
    outcome = ran(f"answer\n{source}", answer=2)
    assert outcome.failed == "The check stops at this answer. Your teacher is told to look at it."
    assert "The check fragile cannot cope with the answer, look at it yourself: " in outcome.note


# The same in an exam that is one

SKIPPED = """
STUDENT = "s000"
nan = float("nan")
def footprint_t(hours, power_w, pue, grid_kg_per_kwh):
    {}
my_tonnes = {!r}
my_run_t = {!r}
my_programme_t = {!r}
my_needed_kg_per_kwh = {!r}
my_answer = "possible"
"""
HALF_DONE = [
    (("pass", "12", 42, 0, 42), "must be a number", "is not there yet", "needs footprint_t", "0 t"),
    (("while True: pass", [1], 42, None, -1), "a list of 1", "ran longer", "ran longer", "not there"),
    (("print(1)", 3j, 42, 1e300, 4e2), "a complex number", "not there", "footprint_t", "outside"),
    (("1 / 0", math.nan, 42, True, 1), "finite", "ZeroDivision", "ZeroDivision", "True, which says"),
    (("import pandas; return pandas.Series([1, 2])", {}, 42, 1, 1), "dict", "Series", "Series", "%"),
]  # fmt: skip


@pytest.mark.parametrize("half_done", HALF_DONE, ids=[str(x[0][0])[:12] for x in HALF_DONE])
def test_a_half_done_notebook_sits_its_exam(half_done):
    answers, *says = half_done
    own = [cell for cell in CELLS if cell.exercise.startswith("01")]
    checked = [cell for cell in own if not cell.name.endswith(("profiler-check", "entry-check"))]
    source = editions.read(editions.sources()[1])
    ours = [cell.source for cell in source.cells if cell.cell_type == "code"]
    written = [
        {"role": "ours", "name": "setup", "source": ours[0]},
        {"role": "theirs", "name": "", "source": SKIPPED.format(*answers)},
        {"role": "ours", "name": "own", "source": 'own = numbers.own("01", STUDENT)'},
        *({"role": "test", "name": cell.name, "source": cell.source} for cell in checked),
    ]
    limits = Limits(cell_seconds=2)
    result = exam.sit(written, "s000", limits, sandbox.strongest())
    told = [cell["failed"] for cell in result["cells"][3:]]
    assert len(told) == 5
    assert all(TONE.match(words) for words in told)
    assert not any("cannot cope" in note for note in result["notes"])
    for words, part in zip(told, says, strict=False):
        assert part in words
