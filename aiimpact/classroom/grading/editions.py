"""Two editions from one source: the student's, with nothing to copy, and the teacher's, with all.

The source is `chapters/exercises`. It has the solutions, so the package does not bring it along:
students install that too. nbgrader's own preprocessors take solutions, hidden tests and
outputs away and lock what a student must not change.
"""

from __future__ import annotations

import ast
import copy
import csv
import importlib.util
import json
import os
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from IPython.lib.pretty import pretty
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

from aiimpact import words
from aiimpact.classroom import numbers
from aiimpact.classroom.grading import class_tables, layouts, pages, paper
from aiimpact.words import say, speaking

SOURCE = Path(__file__).resolve().parents[3] / "chapters" / "exercises"
"""Where the exercises are, in a clone of the project."""

VARIABLE = "AIIMPACT_EXERCISES"
"""Variable that says where the exercises are, where this is no clone."""

STUB = "# YOUR CODE HERE"
"""What stands for a solution in a student's edition: without the usual `raise`, so that an open task
says that it is missing, in a check's words."""

TRANSLATED = Path("_build", "editions")
"""Where, in a clone, a tree with translated exercises lies for each language."""

# In every language: numbers count, and the dot between. What is not translated yet stands in a `span`.
_HEADING = re.compile(
    r"^## (?:<span[^>]*>)?[^\d\n]*(?P<number>\d+)\s*·\s*(?P<title>[^\n]+?)(?:</span>)?\n"
    r".*?\*[^\d*]*(?P<objective>\d+)[^\d*]*·[^\d*]*(?P<points>\d+)[^\d*]*\*",
    flags=re.DOTALL,
)
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


def folder(given: Path | None = None, language: str = "en") -> Path:
    """Say where the exercises are.

    Parameters
    ----------
    given : pathlib.Path, optional
        Where somebody says they are.
    language : str
        In which language: one of :data:`aiimpact.words.LANGUAGES`.

    Returns
    -------
    pathlib.Path
        What is given; else what :data:`VARIABLE` says; else the folder of the clone. Of another
        language than English it is a folder in it with the name of the language; of the clone, the
        one that `python book/editions tree` writes.
    """
    where = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else SOURCE)
    if language == "en":
        return where
    if where == SOURCE:
        return SOURCE.parents[1] / TRANSLATED / language / SOURCE.relative_to(SOURCE.parents[1])
    return where / language


def exercises(where: Path | None = None, language: str = "en") -> dict[str, Any]:
    """Read the source notebooks in a language.

    Parameters
    ----------
    where : pathlib.Path, optional
        Where they are; see :func:`folder`.
    language : str
        One of :data:`aiimpact.words.LANGUAGES`. Hong Kong's Chinese is written from Simplified Chinese.

    Returns
    -------
    dict of str to nbformat.NotebookNode
        By name, in order.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    if language == "zh-Hant-HK" and not folder(where, language).is_dir():
        simplified = exercises(where, "zh-Hans")
        return {name: _of_hong_kong(notebook) for name, notebook in simplified.items()}
    return {path.stem: read(path) for path in sources(where, language)}


def languages(where: Path | None = None) -> list[str]:
    """List the languages in which there are exercises, English first.

    Parameters
    ----------
    where : pathlib.Path, optional
        Where they are; see :func:`folder`.

    Returns
    -------
    list of str
        Of :data:`aiimpact.words.LANGUAGES`.
    """
    there = [x for x in words.LANGUAGES if x == "en" or folder(where, x).is_dir()]
    can_be_written = "zh-Hans" in there and "zh-Hant-HK" not in there and _has_opencc()
    return [*there, "zh-Hant-HK"] if can_be_written else there


def _has_opencc() -> bool:
    return importlib.util.find_spec("opencc") is not None


def _of_hong_kong(notebook: Any) -> Any:
    from aiimpact.locale.build import said  # Of a clone: it needs OpenCC.

    text = json.dumps(notebook, ensure_ascii=False).replace("zh-Hans", "zh-Hant-HK")
    return nbformat.from_dict(json.loads(said(text)))


def sources(where: Path | None = None, language: str = "en") -> list[Path]:
    """Give the source notebooks in order.

    Parameters
    ----------
    where : pathlib.Path, optional
        Where they are; see :func:`folder`.
    language : str
        One of :data:`aiimpact.words.LANGUAGES`.

    Returns
    -------
    list of pathlib.Path
        One for each chapter.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    where = folder(where, language)
    found = sorted(where.glob("[0-9][0-9]_*.ipynb"))
    if not found and language != "en":
        msg = say(
            "There is no exercise in this language in {folder}. Write the translated ones first: "
            "python book/editions tree (make does it by itself).",
            folder=where,
        )
        raise FileNotFoundError(msg)
    if not found:
        msg = (
            f"There is no exercise in {where}. They are in chapters/exercises of a clone of the "
            f"project, and not in the package, for they hold the solutions. Say where yours are: "
            f"--exercises DIR, or {VARIABLE}=DIR."
        )
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
    clear = ClearSolutions(code_stub={"python": STUB})
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


def make_student(out: Path, where: Path | None = None, language: str = "en") -> list[Path]:
    """Write the student's notebooks, and a handout to print for each.

    Parameters
    ----------
    out : pathlib.Path
        Folder to write to.
    where : pathlib.Path, optional
        Where the sources are; see :func:`folder`.
    language : str
        One of :data:`aiimpact.words.LANGUAGES`.

    Returns
    -------
    list of pathlib.Path
        What was written.
    """
    return list(_write(out, where, language, teacher=False))


def make_teacher(out: Path, where: Path | None = None, language: str = "en") -> list[Path]:
    """Write the teacher's notebooks, and a handout with solutions and points for each.

    Parameters
    ----------
    out : pathlib.Path
        Folder to write to.
    where : pathlib.Path, optional
        Where the sources are; see :func:`folder`.
    language : str
        One of :data:`aiimpact.words.LANGUAGES`.

    Returns
    -------
    list of pathlib.Path
        What was written.
    """
    return list(_write(out, where, language, teacher=True))


def _write(out: Path, where: Path | None, language: str, *, teacher: bool) -> Iterable[Path]:
    found = exercises(where, language)
    out.mkdir(parents=True, exist_ok=True)
    for name, notebook in found.items():
        edition = taught(notebook) if teacher else released(notebook)
        target = out / f"{name}.ipynb"
        nbformat.write(edition, target)
        handout = target.with_suffix(".html")
        with speaking(language):
            page = _teachers_page(edition) if teacher else _students_page(edition, notebook, name)
        handout.write_text(page, encoding="utf-8")
        yield from (target, handout)


def _through(steps: Iterable[Any], notebook: Any) -> Any:
    resources: dict[str, Any] = {}
    result = copy.deepcopy(notebook)
    for step in steps:
        result, resources = step.preprocess(result, resources)
    return result


def _teachers_page(edition: Any) -> str:
    """Turn an edition into a page to print: tasks, hints, solutions and points."""
    notebook = copy.deepcopy(edition)
    for cell in notebook.cells:
        cell.source = _MARKER.sub("", cell.source).replace("<details>", "<details open>")
    return pages.page(say("{title}, teacher", title=_title(notebook)), _html(notebook))


def _students_page(edition: Any, source: Any, name: str) -> str:
    """Turn an edition into a page to write on."""
    notebook = copy.deepcopy(edition)
    notebook.cells = list(paper.cells(edition, source, name[:2], _shown(source)))
    title = say("{title}, student", title=_title(edition))
    return pages.page(title, _html(notebook), style=paper.STYLE)


def _shown(source: Any) -> dict[str, str]:
    """Run the locked cells of a translated source, which has not been run, and give what they show."""
    shown: dict[str, str] = {}
    names: dict[str, Any] = {}
    if words.language() == "en":
        return shown
    for cell in source.cells:
        if cell.cell_type != "code" or utils.is_grade(cell) or utils.is_solution(cell):
            continue
        if re.search(r"\bown\b|headline", cell.source):
            continue
        tree = ast.parse(cell.source)
        last = tree.body[-1] if isinstance(tree.body[-1], ast.Expr) else None
        tree.body = tree.body[:-1] if last else tree.body
        exec(compile(tree, "<exercise>", "exec"), names)
        if last:
            value = eval(compile(ast.Expression(last.value), "<exercise>", "eval"), names)
            shown[cell.metadata.nbgrader.grade_id] = pretty(_said(value))
    return shown


def _said(value: Any) -> Any:
    """Say the names in a table; those by which students look something up stay in its index."""
    if not isinstance(value, pd.DataFrame):
        return value
    said = value.map(lambda x: say(x) if isinstance(x, str) else x)
    return said.rename(columns=say)


def _title(notebook: Any) -> str:
    return str(notebook.cells[0].source.splitlines()[0].removeprefix("# "))


def _html(notebook: Any) -> str:
    exporter = HTMLExporter(template_name="basic", embed_images=True)
    with warnings.catch_warnings():
        # nbconvert 7 still calls what bleach and mistune have renamed.
        warnings.simplefilter("ignore", DeprecationWarning)
        body, _ = exporter.from_notebook_node(notebook)
    return str(body)


def make_numbers(
    out: Path,
    ids: Path,
    exercise: str = "",
    where: Path | None = None,
    language: str = "en",
) -> list[Path]:
    """Write a page for each exercise with a strip of own numbers for each student of a class.

    Parameters
    ----------
    out : pathlib.Path
        Folder to write to.
    ids : pathlib.Path
        A CSV file with a line for each student: the id, and the name if you like. With titles of
        columns, `id` and `name` are looked for.
    exercise : str
        Number of the exercise, such as "01"; all of them, if left out.
    where : pathlib.Path, optional
        Where the sources are; see :func:`folder`.
    language : str
        One of :data:`aiimpact.words.LANGUAGES`.

    Returns
    -------
    list of pathlib.Path
        What was written.

    Raises
    ------
    ValueError
        If there is no such exercise, no student, or one of them twice.
    """
    students = roster(ids)
    chosen = {
        name: notebook
        for name, notebook in exercises(where, language).items()
        if name.startswith(exercise)
    }
    if not chosen:
        msg = say(
            "exercise must be the number of one, such as 01, got {given}.", given=repr(exercise)
        )
        raise ValueError(msg)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, notebook in chosen.items():
        title = re.sub(r"^[^:：]+[:：] ?", "", _title(notebook))
        target = out / f"{name}.html"
        with speaking(language):
            page = paper.strips(name[:2], title, students, lambda id_: _sentences(notebook, id_))  # noqa: B023
        target.write_text(page, encoding="utf-8")
        written.append(target)
    return written


def roster(ids: Path) -> list[tuple[str, str]]:
    """Read the ids and names of a class.

    Parameters
    ----------
    ids : pathlib.Path
        A CSV file with commas, semicolons or tabs.

    Returns
    -------
    list of (str, str)
        Ids, and names or nothing.

    Raises
    ------
    ValueError
        If there is no student, or one of them twice.
    """
    text = numbers.visible(class_tables.decoded(ids.read_bytes())[0])
    head = text.partition("\n")[0]
    rows = list(csv.reader(text.splitlines(), delimiter=max(",;\t", key=head.count)))
    # As in a roster: a table without titles has the ids first.
    of_a_class = layouts.known().tables[-1]["columns"]
    places = {
        kind: [
            i
            for i, cell in enumerate(rows[0] if rows else [])
            if any(class_tables.same(cell, title) for title in of_a_class[kind])
        ]
        for kind in ("id", "full_name")
    }
    at, named = 0, 1
    if places["id"]:
        at, named = places["id"][0], next(iter(places["full_name"]), len(rows[0]))
        rows = rows[1:]
    found = [
        (row[at].strip(), row[named].strip() if named < len(row) else "")
        for row in rows
        if at < len(row) and row[at].strip()
    ]
    known = [numbers.normal(student) for student, _ in found]
    if twice := sorted({student for student in known if known.count(student) > 1}):
        msg = say(
            "{path} must have each id once, got {ids} more than once.",
            path=ids,
            ids=", ".join(twice),
        )
        raise ValueError(msg)
    if not found:
        msg = say(
            "{path} must have a line for each student, with the id first, got none.", path=ids
        )
        raise ValueError(msg)
    return found


def _sentences(source: Any, student: str) -> list[str]:
    """Give what the locked cells of an exercise make of a student's numbers, in words."""
    names: dict[str, Any] = {"STUDENT": student}
    for cell in source.cells:
        if cell.cell_type == "code" and not utils.is_grade(cell) and not utils.is_solution(cell):
            exec(cell.source, names)
    return [names[name] for name in ("sentence", "headline") if name in names]
