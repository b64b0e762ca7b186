"""Which exercise a notebook is, and which of its cells is which, when names have been lost."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from itertools import pairwise
from typing import Any, TypeVar

from aiimpact.classroom.grading.intake import SetAsideError
from aiimpact.classroom.grading.likeness import normal, pair
from aiimpact.classroom.speech import later
from aiimpact.words import LANGUAGES

Editions = Mapping[str, Mapping[str, Any]]
"""Notebooks by language and name."""

_Key = TypeVar("_Key", bound=Hashable)
_SPOKEN = re.compile(r"""\bwords\.use\(\s*["']([\w-]+)["']\s*\)""")

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


def language_of(cells: list[Any], released: Editions) -> str:
    """Find out in which language a student works.

    Parameters
    ----------
    cells : list of nbformat.NotebookNode
        As :func:`parse` gives them.
    released : mapping of str to mappings
        The exercises as they were handed out, by language and name.

    Returns
    -------
    str
        The language that the notebook chooses (`words.use`); where that is gone, the one in which
        most of its text was handed out.
    """
    for cell in cells:
        for language in _SPOKEN.findall(cell.source) if cell.cell_type == "code" else ():
            if language in LANGUAGES:
                return str(language)
    texts = _prose(cells)
    shared = {
        language: max(len(texts & _prose(notebook.cells)) for notebook in notebooks.values())
        for language, notebooks in released.items()
    }
    return max(shared, key=lambda language: shared[language])


def _prose(cells: list[Any]) -> set[str]:
    return {normal(cell.source) for cell in cells if cell.cell_type == "markdown"}


def recognise_edition(cells: list[Any], released: Editions) -> tuple[str, str]:
    """Find out which exercise a notebook is, and in which language.

    Parameters
    ----------
    cells : list of nbformat.NotebookNode
        As :func:`parse` gives them.
    released : mapping of str to mappings
        The exercises as they were handed out, by language and name.

    Returns
    -------
    language : str
        One of :data:`aiimpact.words.LANGUAGES`; it need not be among those handed out.
    name : str
        Name of the exercise.

    Raises
    ------
    SetAsideError
        If it is none of them.
    """
    spoken = language_of(cells, released)
    # Names of cells are the same in all languages; of two that are as alike the first counts.
    order = sorted(released, key=lambda language: language != spoken)
    known = {(x, name): notebook for x in order for name, notebook in released[x].items()}
    found, name = recognise(cells, known)
    return spoken if spoken not in released else found, name


def recognise(cells: list[Any], released: Mapping[_Key, Any]) -> _Key:
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
        Name of the exercise: its key.

    Raises
    ------
    SetAsideError
        If it is none of them.
    """
    ids = {cell.metadata.grade_id for cell in cells}
    shared: dict[_Key, float] = {name: len(ids & set(named(released[name]))) for name in released}
    if not any(shared.values()):
        texts = list(map(_text, cells))
        shared = {
            name: sum(how for _, how in pair(texts, _locked_texts(released[name])).values())
            for name in released
        }
    best = max(shared, key=lambda name: shared[name])
    if not shared[best]:
        raise SetAsideError(later("none of its cells belongs to an exercise"))
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
        What a teacher should know, to be said later.
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
    if not found:
        return []
    names = ", ".join(found)
    return [later("Cells had lost their names and were recognised: {names}.", names=names)]


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
