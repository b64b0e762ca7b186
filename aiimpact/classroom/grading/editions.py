"""Two editions from one source: the student's, with nothing to copy, and the teacher's, with all.

The source is `chapters/exercises`. nbgrader's own preprocessors take solutions, hidden tests and
outputs away and lock what a student must not change.
"""

from __future__ import annotations

import copy
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter
from nbgrader import utils
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from aiimpact.classroom.grading import pages

SOURCE = Path(__file__).resolve().parents[3] / "chapters" / "exercises"
"""Where the exercises are, in a clone of the project."""

_HEADING = re.compile(
    r"^## Task (?P<number>\d+) · (?P<title>.+)\n\n"
    r"\*Objective (?P<objective>\d+) · (?P<points>\d+) points?\*",
)
_STUB = "# YOUR CODE HERE"
_MARKER = re.compile(r"^\s*### (BEGIN|END) (SOLUTION|HIDDEN TESTS)\n?", flags=re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Task:
    """One task of an exercise, as its heading says.

    Parameters
    ----------
    number : int
        Its number in the exercise.
    title : str
        Its title.
    objective : int
        Number of the objective, at the head of the chapter, that it belongs to.
    points : int
        What it is worth.
    cells : tuple of str
        Names of the cells that are graded for it.
    """

    number: int
    title: str
    objective: int
    points: int
    cells: tuple[str, ...]


def sources(folder: Path = SOURCE) -> list[Path]:
    """Give the source notebooks in order.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are.

    Returns
    -------
    list of pathlib.Path
        One for each chapter.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    found = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    if not found:
        msg = f"There is no exercise in {folder}. Run this in a clone of the project."
        raise FileNotFoundError(msg)
    return found


def read(path: Path) -> Any:
    """Read a notebook.

    Parameters
    ----------
    path : pathlib.Path
        Its file.

    Returns
    -------
    nbformat.NotebookNode
        The notebook.
    """
    return nbformat.read(path, as_version=4)


def tasks(notebook: Any) -> list[Task]:
    """List the tasks of an exercise.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The source.

    Returns
    -------
    list of Task
        In their order.
    """
    found: list[tuple[re.Match[str], list[str]]] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (match := _HEADING.match(cell.source)):
            found.append((match, []))
        elif utils.is_grade(cell) and found:
            found[-1][1].append(cell.metadata.nbgrader.grade_id)
    return [
        Task(
            int(match["number"]),
            match["title"],
            int(match["objective"]),
            int(match["points"]),
            tuple(cells),
        )
        for match, cells in found
    ]


def answers(notebook: Any) -> dict[int, list[str]]:
    """List the cells that students answer in, under which a teacher may leave a comment.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The source.

    Returns
    -------
    dict of int to list of str
        Their names, by the number of the task.
    """
    found: dict[int, list[str]] = {}
    number = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (match := _HEADING.match(cell.source)):
            number = int(match["number"])
        elif utils.is_solution(cell) and number:
            found.setdefault(number, []).append(cell.metadata.nbgrader.grade_id)
    return found


def released(notebook: Any) -> Any:
    """Make the student's edition of an exercise.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The source; it is left as it is.

    Returns
    -------
    nbformat.NotebookNode
        Without solutions, hidden tests and outputs, with cells locked and checksums in them.
    """
    steps = (ClearHiddenTests(), ComputeChecksums(), CheckCellMetadata())
    return _through(steps, with_tests(notebook))


def with_tests(notebook: Any) -> Any:
    """Make the edition that the gradebook keeps: without solutions, but with hidden tests.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The source; it is left as it is.

    Returns
    -------
    nbformat.NotebookNode
        Without solutions and outputs.
    """
    # Without the usual `raise`: an open task then says that it is missing, in a check's words.
    clear = ClearSolutions(code_stub={"python": _STUB})
    return _through((LockCells(), clear, ClearOutput(), ComputeChecksums()), notebook)


def taught(notebook: Any) -> Any:
    """Make the teacher's edition of an exercise.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The source; it is left as it is.

    Returns
    -------
    nbformat.NotebookNode
        With solutions, hidden tests and outputs.
    """
    return _through((LockCells(), ComputeChecksums(), CheckCellMetadata()), notebook)


def make_student(out: Path, folder: Path = SOURCE) -> list[Path]:
    """Write the student's notebooks, and a handout to print for each.

    Parameters
    ----------
    out : pathlib.Path
        Folder to write to.
    folder : pathlib.Path
        Where the sources are.

    Returns
    -------
    list of pathlib.Path
        What was written.
    """
    return list(_write(out, folder, teacher=False))


def make_teacher(out: Path, folder: Path = SOURCE) -> list[Path]:
    """Write the teacher's notebooks, and a handout with solutions and points for each.

    Parameters
    ----------
    out : pathlib.Path
        Folder to write to.
    folder : pathlib.Path
        Where the sources are.

    Returns
    -------
    list of pathlib.Path
        What was written.
    """
    return list(_write(out, folder, teacher=True))


def _write(out: Path, folder: Path, *, teacher: bool) -> Iterable[Path]:
    out.mkdir(parents=True, exist_ok=True)
    for path in sources(folder):
        notebook = read(path)
        edition = taught(notebook) if teacher else released(notebook)
        target = out / path.name
        nbformat.write(edition, target)
        handout = target.with_suffix(".html")
        handout.write_text(_handout(edition, teacher=teacher), encoding="utf-8")
        yield from (target, handout)


def _through(steps: Iterable[Any], notebook: Any) -> Any:
    resources: dict[str, Any] = {}
    result = copy.deepcopy(notebook)
    for step in steps:
        result, resources = step.preprocess(result, resources)
    return result


def _handout(edition: Any, *, teacher: bool) -> str:
    """Turn an edition into a page to print: tasks and hints, and for a teacher the solutions."""
    notebook = copy.deepcopy(edition)
    kept = [cell for cell in notebook.cells if teacher or not utils.is_grade(cell)]
    for cell in kept:
        cell.source = _MARKER.sub("", cell.source).replace("<details>", "<details open>")
    # What a student writes on paper needs no set-up.
    notebook.cells = [cell for cell in kept if teacher or not _is_setup(cell)]
    exporter = HTMLExporter(template_name="basic", embed_images=True)
    with warnings.catch_warnings():
        # nbconvert 7 still calls what bleach and mistune have renamed.
        warnings.simplefilter("ignore", DeprecationWarning)
        body, _ = exporter.from_notebook_node(notebook)
    title = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    return pages.page(f"{title}, {'teacher' if teacher else 'student'}", body)


def _is_setup(cell: Any) -> bool:
    return cell.cell_type == "code" and not utils.is_solution(cell) and "def " not in cell.source
