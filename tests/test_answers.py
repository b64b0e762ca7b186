"""A model answer of an exercise says where each of its figures comes from, in its digits.

An answer ends with a comment that no reader sees and no student gets (the whole cell is the
solution): ``<!-- figures``, then a line for each figure, ``10.1 %: 100 * growth.cagr(…)``. Two
figures in a line have two values. So the words stand still, and a row that moves is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
import test_prose

import aiimpact
from aiimpact import tables
from aiimpact.classroom import numbers

EXERCISES = sorted((Path(__file__).parents[1] / "chapters/exercises").glob("*.ipynb"))
COMMENT = re.compile(r"<!-- figures\n(.*?)\n-->", re.DOTALL)
NUMERAL = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Bound(NamedTuple):
    """A figure of an answer and the expression that gives it."""

    text: str
    expression: str

    def numerals(self) -> list[str]:
        return NUMERAL.findall(self.text)


def answers(path: Path) -> Iterator[str]:
    """Give the model answers in words of an exercise notebook."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution"):
            yield cell.source


def bound(answer: str) -> list[Bound]:
    lines = "\n".join(COMMENT.findall(answer)).splitlines()
    return [Bound(*line.split(": ", 1)) for line in lines]


def agrees(numeral: str, value: float) -> bool:
    """Say whether a number as it is written is the value in that many digits."""
    plain = numeral.replace(",", "")
    decimals = len(plain.partition(".")[2])
    # A whole number may end in zeros that mean nothing: 320 of 318 would be wrong, 10 of 10.1 not.
    return f"{value:.{decimals}f}" == plain


def unbound(answer: str, chapter: int) -> list[str]:
    """Give the sentences of an answer with a figure that no line of its comment gives."""
    known = {numeral for line in bound(answer) for numeral in line.numerals()}
    told = COMMENT.sub("", answer)
    return [
        f"{figure.text!r} in: {sentence.strip()}"
        for sentence in test_prose.sentences(told)
        if not sentence.startswith("Points:")
        for figure in test_prose.figures(sentence)
        if (figure.unit, figure.value) not in test_prose.claimed(chapter)
        and not set(NUMERAL.findall(figure.text)) <= known
    ]


def wrong(answer: str, exercise: str) -> list[str]:
    """Give the lines of the comment that do not come out, or whose figure is not in the answer."""
    known = {name: getattr(aiimpact, name) for name in dir(aiimpact) if not name.startswith("_")}
    known |= {"q": tables.constant, "own": numbers.own(exercise, "s000")}
    told, found = COMMENT.sub("", answer), []
    for line in bound(answer):
        value = eval(line.expression, {"__builtins__": {"round": round}}, known)
        values = value if isinstance(value, tuple) else (value,)
        if line.text not in told:
            found.append(f"{line.text!r} is not in the answer")
        if not all(map(agrees, line.numerals(), values)) or len(line.numerals()) != len(values):
            found.append(f"{line.text!r} should be {', '.join(f'{v:.6g}' for v in values)}")
    return found


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_every_figure_of_an_answer_comes_out(path):
    found = list(answers(path))
    assert found
    for answer in found:
        assert unbound(answer, int(path.name[:2])) == []
        assert wrong(answer, path.name[:2]) == []


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            "It takes 416 TWh.\n\n<!-- figures\n416 TWh: q('datacentre-twh-2024').mid\n-->",
            "should be 415",
        ),
        ("It takes 415 TWh.\n\n<!-- figures\n0.42: q('datacentre-twh-2024').mid\n-->", "is not in"),
        ("From 1 to 2.\n\n<!-- figures\n1 to 2: 1\n-->", "should be 1"),
    ],
)
def test_a_figure_that_has_moved_is_noticed(answer, text):
    assert text in " ".join(wrong(answer, "05"))


def test_a_figure_without_a_line_is_noticed():
    answer = "It takes 415 TWh and 3.3 litres.\n\nPoints: 1 for 3 litres.\n\n<!-- figures\n415 TWh: 415\n-->"
    assert unbound(answer, 3) == ["'3.3 litres' in: It takes 415 TWh and 3.3 litres."]
    assert wrong(answer, "05") == []
