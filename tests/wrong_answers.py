"""Wrong answers to every task of every exercise, put to its check here, without a sandbox.

The teacher's side is :func:`aiimpact.classroom.grading.exam._Test` with a desk in this process. The
student's side is the cell as it was handed out, run with the answer itself, as a notebook does.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from nbgrader import utils

from aiimpact.classroom import checks
from aiimpact.classroom.grading import desk, editions, exam, seat
from aiimpact.classroom.grading.sandbox import Limits

STUDENTS = ("s000", "s007")


def _refuse(*_: Any, **__: Any) -> Any:
    msg = "no idea"
    raise ValueError(msg)


class Odd:
    """An object that answers every question with an error."""

    __eq__ = __repr__ = __bool__ = __len__ = __iter__ = _refuse
    __hash__ = None  # type: ignore[assignment]


INSTEAD_OF_ANYTHING: dict[str, Any] = {
    "skipped": ...,
    "None": None,
    "0": 0,
    "-1": -1,
    "42": 42,
    "1e300": 1e300,
    "1e-300": 1e-300,
    "10**400": 10**400,
    "text": "12",
    "empty text": "",
    "True": True,
    "complex": 3 + 4j,
    "NaN": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "list": [1.0, 2.0],
    "empty list": [],
    "tuple": (1, "a"),
    "nested": [["hours"], {"a": None}],
    "dict": {"a": 1.0},
    "set": {1.0},
    "array": np.array([1.0, 2.0, 3.0]),
    "array of one": np.array([[5.0]]),
    "array of a text": np.array(["12"]),
    "Series": pd.Series([1.0, 2.0]),
    "Series of one": pd.Series([5.0], index=["x"]),
    "DataFrame": pd.DataFrame({"a": [1.0]}),
    "NA": pd.NA,
    "date": pd.Timestamp("2024-01-01"),
    "type": float,
    "print": print,
    "odd": Odd(),
}


def _prints(*inputs: Any, **named: Any) -> None:
    print(*inputs, *named.values())


def _exits(*_: Any, **__: Any) -> Any:
    raise SystemExit(1)


def _endless(*inputs: Any, **named: Any) -> Any:
    return _endless(*inputs, **named)


INSTEAD_OF_A_FUNCTION: dict[str, Any] = {
    "raises": _refuse,
    "prints": _prints,
    "exits": _exits,
    "calls itself": _endless,
    "asserts": lambda *_, **__: exec("assert False"),
    "no argument": lambda: 1.0,
    "one argument": lambda x: x,
    "many arguments": lambda a, b, c, d, e, f, g: 1.0,
    "generator": lambda *x, **y: (i for i in x),
    "itself": lambda *x, **y: _prints,
} | {
    f"returns {name}": (lambda *_, value=value, **__: value)
    for name, value in INSTEAD_OF_ANYTHING.items()
}


@dataclass
class Cell:
    """A check: its source with hidden tests, as handed out, and the answers it is about."""

    exercise: str
    name: str
    source: str
    shown: str
    ours: dict[str, Any]
    right: dict[str, Any]
    points: float
    answers: list[str] = field(default_factory=list)


class Inside(desk.Desk):
    """A desk in this process, without cells."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._held = {}


class Beside(seat.Desk):
    """The exam's side of it."""

    def __init__(self, names: dict[str, Any]) -> None:
        super().__init__(Limits(), "limits")
        self._inside = Inside(names)

    def _ask(self, kind: str, **given: Any) -> dict[str, Any]:
        asked = json.loads(json.dumps({"kind": kind, "with": given}))
        kept = sys.stdout, sys.stderr
        try:
            return json.loads(json.dumps(desk._serve(self._inside, asked)))
        finally:
            sys.stdout, sys.stderr = kept


@cache
def cells(student: str) -> tuple[Cell, ...]:
    """Give all checks of all exercises with the right answers of one student."""
    return tuple(cell for path in editions.sources() for cell in _of(path, student))


def _of(path: Any, student: str) -> Iterator[Cell]:
    source = editions.read(path)
    handed_out = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in editions.released(source).cells
        if "nbgrader" in cell.metadata
    }
    ours: dict[str, Any] = {"STUDENT": student}
    right: dict[str, Any] = {}
    for cell in source.cells:
        if cell.cell_type != "code":
            continue
        name = cell.metadata.nbgrader.grade_id
        if utils.is_grade(cell):
            found = Cell(
                path.stem, name, cell.source, handed_out[name], dict(ours), dict(right),
                cell.metadata.nbgrader.points,
            )  # fmt: skip
            found.answers = exam._wanted(cell.source, ours)
            yield found
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            exec(cell.source, right)
            right["STUDENT"] = student
            if utils.is_locked(cell):
                exam._ours(cell.source, name, ours)


def in_exam(cell: Cell, answers: dict[str, Any]) -> seat.Ran:
    """Put a check to a student's answers as the grading does."""
    return put(cell.source, cell.name, dict(cell.ours), {**cell.right, **answers})


def put(source: str, name: str, ours: dict[str, Any], answers: dict[str, Any]) -> seat.Ran:
    """Put a test to answers: what is shown of it, then what is hidden."""
    test = exam._Test(source, name, ours, Beside(answers), stopped="")
    test.shown()
    test.hidden()
    return test.ran


def in_notebook(cell: Cell, answers: dict[str, Any]) -> str:
    """Run a check as it was handed out, as a notebook does, and give what is shown at the end."""
    names = {**cell.right, **answers}
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(cell.shown, f"<{cell.name}>", "exec"), names)
        except checks.Reply as reply:
            return str(reply)
    return ""
