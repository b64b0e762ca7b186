"""Which exercise a notebook is, and which of its cells is which, when names have been lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from aiimpact.classroom.grading.intake import SetAsideError
from aiimpact.classroom.grading.likeness import normal, pair

_DEFINITION = re.compile(r"^(?:def (?=\w)|(?=\w+[^\S\n]*=(?!=)))(\w+)", flags=re.MULTILINE)


def named(notebook: Any) -> dict[str, Any]:
    """Give the cells of an exercise by their names."""
    return {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}


def grade_id(cell: Any) -> str:
    """Give the name of a cell of an exercise.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        The cell.

    Returns
    -------
    str
        Its name; empty if it has none.
    """
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_answer(cell: Any) -> bool:
    """Say whether a cell is for an answer."""
    return bool(cell.metadata.nbgrader.solution)


def recognise(cells: list[Any], released: Mapping[str, Any]) -> str:
    """Find out which exercise a notebook is, whatever its file is called.

    Parameters
    ----------
    cells : list of nbformat.NotebookNode
        As :func:`parse` gives them.
    released : mapping of str to nbformat.NotebookNode
        The exercises as they were handed out, by name.

    Returns
    -------
    str
        Name of the exercise.

    Raises
    ------
    SetAsideError
        If it is none of them.
    """
    ids = {cell.metadata.grade_id for cell in cells}
    shared: dict[str, float] = {name: len(ids & set(named(released[name]))) for name in released}
    if not any(shared.values()):
        texts = list(map(_text, cells))
        shared = {
            name: sum(how for _, how in pair(texts, _locked_texts(released[name])).values())
            for name in released
        }
    best = max(shared, key=lambda name: shared[name])
    if not shared[best]:
        msg = "none of its cells belongs to an exercise"
        raise SetAsideError(msg)
    return best


def _text(cell: Any) -> str:
    """Give what tells a cell from others, whatever editor it has been through."""
    return f"{cell.cell_type}:{normal(cell.source)}"


def _locked_texts(released: Any) -> dict[str, str]:
    return {name: _text(cell) for name, cell in named(released).items() if not is_answer(cell)}


def name_again(cells: list[Any], released: Any) -> list[str]:
    """Name cells that have lost their names: by their text, by the text before them, by what they define.

    Some editors, and cells that are copied into a new notebook, keep no metadata. White space,
    quotes and line breaks may have changed on the way.

    Parameters
    ----------
    cells : list of nbformat.NotebookNode
        As :func:`parse` gives them; they are changed.
    released : nbformat.NotebookNode
        The exercise as it was handed out.

    Returns
    -------
    list of str
        What a teacher should know.
    """
    present = {cell.metadata.grade_id for cell in cells}
    nameless = [cell for cell in cells if not cell.metadata.grade_id]
    if not nameless:
        return []
    ours = {key: text for key, text in _locked_texts(released).items() if key not in present}
    for i, (name, _) in pair(list(map(_text, nameless)), ours).items():
        nameless[i].metadata.grade_id = name
    answers = {
        key: cell for key, cell in named(released).items() if is_answer(cell) and key not in present
    }
    _name_behind(cells, released, answers)
    _name_by_definitions(cells, answers)
    found = [cell.metadata.grade_id for cell in nameless if cell.metadata.grade_id]
    return [f"Cells had lost their names and were recognised: {', '.join(found)}."] if found else []


def _name_behind(cells: list[Any], released: Any, answers: Mapping[str, Any]) -> None:
    """Name answers that stand behind what they stood behind when they were handed out."""
    before = {
        grade_id(cell): _text(above)
        for above, cell in pairwise(released.cells)
        if grade_id(cell) in answers
    }
    for i, (name, _) in pair(list(map(_text, cells)), before).items():
        cell = cells[i + 1] if i + 1 < len(cells) else None
        if cell and not cell.metadata.grade_id and cell.cell_type == answers[name].cell_type:
            cell.metadata.grade_id = name


def _name_by_definitions(cells: list[Any], answers: Mapping[str, Any]) -> None:
    """Name answers in code that stand elsewhere, if only one cell defines what they must."""
    present = {cell.metadata.grade_id for cell in cells}
    left = [cell for cell in cells if cell.cell_type == "code" and not cell.metadata.grade_id]
    defined = [set(_DEFINITION.findall(cell.source)) for cell in left]
    for name, stub in answers.items():
        wanted = set(_DEFINITION.findall(stub.source))
        if name in present or stub.cell_type != "code" or not wanted:
            continue
        able = [cell for cell, names in zip(left, defined, strict=True) if wanted <= names]
        if len(able) == 1 and not able[0].metadata.grade_id:
            able[0].metadata.grade_id = name
