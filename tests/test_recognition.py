"""A notebook that has lost its metadata is recognised, whatever editor it has been through."""

from __future__ import annotations

import copy
import random
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiimpact.classroom.grading import editions, intake, likeness, recognition

SOURCES = {path.stem: editions.read(path) for path in editions.sources()}
RELEASED = {name: editions.released(source) for name, source in SOURCES.items()}
STEMS = sorted(SOURCES)


def handed_in(name: str, *, solved: bool) -> Any:
    """Give a notebook as it was handed out or solved, with nothing but its cells."""
    notebook = copy.deepcopy(RELEASED[name])
    answers = {
        recognition.grade_id(c): c.source for c in SOURCES[name].cells if recognition.grade_id(c)
    }
    for cell in notebook.cells:
        key = recognition.grade_id(cell)
        if solved and key and cell.metadata.nbgrader.solution:
            cell.source = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", answers[key])
        cell.metadata = nbformat.from_dict({})
    return notebook


def named(notebook: Any, name: str) -> list[str]:
    """Recognise a notebook as grading does, and give the names that its cells get."""
    cells = intake.parse(nbformat.writes(notebook).encode())
    assert recognition.recognise(cells, RELEASED) == name
    recognition.name_again(cells, RELEASED[name])
    return [cell.metadata.grade_id for cell in cells]


def names(name: str) -> list[str]:
    return [recognition.grade_id(cell) for cell in RELEASED[name].cells]


def each(change: Callable[[str], str]) -> Callable[[Any], None]:
    def change_all(notebook: Any) -> None:
        for cell in notebook.cells:
            cell.source = change(cell.source)

    return change_all


def _formatted(notebook: Any) -> None:
    """Let another formatter at the code: other quotes, other line breaks."""
    for width in ("50", "120"):
        command = [sys.executable, "-m", "ruff", "format", "-", "--stdin-filename", "x.ipynb"]
        command += ["--isolated", "--line-length", width, "--config", "format.quote-style='single'"]
        written = nbformat.writes(notebook)
        done = subprocess.run(command, input=written, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        notebook.cells = nbformat.reads(done.stdout, as_version=4).cells


def _reflowed(text: str) -> str:
    return re.sub(r"(?<=\w) (?=\w)", lambda m: "\n" if m.start() % 7 == 0 else " ", text)


EDITORS = {
    "nothing else": lambda notebook: None,
    "blanks at the ends of lines": each(lambda text: text.replace("\n", "  \n") + " \n\n"),
    "CRLF": each(lambda text: text.replace("\n", "\r\n")),
    "old line ends": each(lambda text: text.replace("\n", "\r")),
    "tabs": each(lambda text: text.replace("    ", "\t")),
    "blank lines": each(lambda text: text.replace("\n", "\n\n")),
    "no blank lines": each(lambda text: re.sub(r"\n+", "\n", text)),
    "indented": each(lambda text: re.sub(r"(?m)^", "   ", text)),
    "no indentation": each(lambda text: re.sub(r"(?m)^[ \t]+", "", text)),
    "blanks that do not break": each(lambda text: text.replace(" ", "\u00a0")),
    "curly quotes": each(
        lambda text: re.sub(r'"([^"\n]*)"', r"“\1”", text).replace("'", "’").replace("...", "…")
    ),
    "other hyphens": each(lambda text: text.replace("-", "–")),
    "a byte order mark": each(lambda text: f"\ufeff{text}"),
    "another formatter": _formatted,
    "paragraphs that flow": each(_reflowed),
    "a word here and there": each(lambda text: text.replace("the", "thee", 1)),
}


@pytest.mark.parametrize("solved", [False, True], ids=["handed out", "solved"])
@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("name", STEMS)
def test_every_cell_gets_its_name_again(name, editor, solved):
    notebook = handed_in(name, solved=solved)
    EDITORS[editor](notebook)
    assert named(notebook, name) == names(name)


def _scrambled(text: str, lot: random.Random) -> str:
    """Change white space at random, and nothing else; never inside of a word."""

    def instead(match: re.Match[str]) -> str:
        blanks = (" ", "  ", "\t", "\u00a0", match[0])
        ends = ("\n", "\r\n", " \n", "\n\n", "\n \t", "\n    ", match[0])
        return lot.choice(ends if "\n" in match[0] else blanks)

    around = ("", "\n", " ", "\t", "\r\n")
    return lot.choice(around) + re.sub(r"\s+", instead, text) + lot.choice(around)


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(STEMS),
    st.booleans(),
    st.integers(0, 10**6).map(random.Random),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_no_white_space_hides_a_cell(name, solved, lot, kept_names):
    """Some cells may have kept their names, and all may have any white space."""
    notebook = handed_in(name, solved=solved)
    for i, cell in enumerate(notebook.cells):
        cell.source = _scrambled(cell.source, lot)
        if i in kept_names and (key := names(name)[i]):
            cell.metadata = nbformat.from_dict({"nbgrader": {"grade_id": key}})
    assert named(notebook, name) == names(name)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(STEMS), st.integers(0, 10**6).map(random.Random))
def test_tasks_that_were_moved_are_recognised_where_they_are(name, lot):
    notebook = handed_in(name, solved=True)
    expected = list(zip(notebook.cells, names(name), strict=True))
    tasks: list[list[Any]] = [[]]
    for cell, key in expected:
        if cell.source.startswith("## Task"):
            tasks.append([])
        tasks[-1].append((cell, key))
    first, *others = tasks
    lot.shuffle(others)
    moved = [*first, *(pair for task in others for pair in task)]
    notebook.cells = [cell for cell, _ in moved]
    for cell in notebook.cells:
        cell.source = _scrambled(cell.source, lot)
    assert named(notebook, name) == [key for _, key in moved]


@pytest.mark.parametrize("name", STEMS)
def test_of_two_copies_no_name_is_given_twice(name):
    notebook = handed_in(name, solved=True)
    lot = random.Random(0)
    again = copy.deepcopy(notebook.cells)
    for cell in again:
        cell.source, cell.id = _scrambled(cell.source, lot), f"{cell.id}-again"
    notebook.cells += again
    given_names = [key for key in named(notebook, name) if key]
    assert sorted(given_names) == sorted(filter(None, names(name)))


@pytest.mark.parametrize("name", STEMS)
def test_an_answer_in_code_is_found_where_another_cell_came_between(name):
    notebook = handed_in(name, solved=True)
    keys = names(name)
    code = [i for i, key in enumerate(keys) if key and notebook.cells[i].cell_type == "code"]
    answers = [i for i in code if not keys[i].endswith(("-check", "-setup", "-own"))]
    for i in reversed(answers):
        notebook.cells.insert(i, nbformat.v4.new_markdown_cell("My notes.", id=f"note-{i}"))
    found = named(notebook, name)
    assert {keys[i] for i in answers} <= set(found)


def test_what_is_no_exercise_is_not_made_one():
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell("import math\nimport numpy as np\n"),
        nbformat.v4.new_markdown_cell("# Exercises: data centres\n\nMy summary of the chapter."),
        nbformat.v4.new_code_cell("own = 7"),
    ]
    with pytest.raises(intake.SetAsideError, match="none of its cells belongs to an exercise"):
        recognition.recognise(intake.parse(nbformat.writes(notebook).encode()), RELEASED)


def test_no_two_cells_of_an_exercise_are_alike():
    for released in RELEASED.values():
        texts = [
            likeness.normal(cell.source)
            for cell in released.cells
            if not recognition.grade_id(cell) or not cell.metadata.nbgrader.solution
        ]
        for i, one in enumerate(texts):
            assert all(likeness.likeness(one, other) < 0.6 for other in texts[:i])


def test_many_long_cells_of_a_hostile_notebook_cost_no_more_than_ours():
    ours = max((c.source for c in RELEASED[STEMS[0]].cells), key=len)
    compared = []
    notebook = handed_in(STEMS[0], solved=False)
    notebook.cells[:0] = [
        nbformat.v4.new_code_cell(ours[::-1] * (1 + 49 * (i % 2)), id=f"x{i}") for i in range(100)
    ]
    before, likeness.pieces = likeness.pieces, lambda text: compared.append(text) or before(text)
    try:
        assert named(notebook, STEMS[0])[100:] == names(STEMS[0])
    finally:
        likeness.pieces = before
    assert max(map(len, compared)) < 2 * len(ours)
    assert len(compared) < 20 * len(notebook.cells)
