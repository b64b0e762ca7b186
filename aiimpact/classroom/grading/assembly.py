"""A paper put together: the student's answers, and our own cells as the source has them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import nbformat
from nbgrader import utils

from aiimpact.classroom.grading.likeness import normal
from aiimpact.classroom.grading.recognition import grade_id, is_answer, named
from aiimpact.classroom.speech import later


def assemble(cells: list[Any], source: Any, released: Any) -> tuple[list[Any], list[str]]:
    """Put a paper together: the student's answers, and our own cells as the source has them.

    Parameters
    ----------
    cells : list of nbformat.NotebookNode
        As :func:`parse` gives them.
    source : nbformat.NotebookNode
        The exercise with its tests.
    released : nbformat.NotebookNode
        The exercise as it was handed out.

    Returns
    -------
    cells : list of nbformat.NotebookNode
        To be run and graded, in order.
    notes : list of str
        What had been changed, to be said later.
    """
    ours, stubs = named(source), named(released)
    missing: list[str] = []
    paper = _kept(cells, ours, stubs)
    last_locked: Any = None
    answers: list[Any] = []
    for name, cell in ours.items():
        mine = next((kept for kept in paper if grade_id(kept) == name), None)
        if mine is None:
            missing.append(name)
            mine = copy.deepcopy(stubs[name] if is_answer(cell) else cell)
            paper.insert(_behind(paper, last_locked, *answers), mine)
        elif not is_answer(cell):
            # Locked cells keep their order, and a check never comes before what it is about.
            first = _behind(paper, last_locked, *(answers if utils.is_grade(cell) else ()))
            place = _behind(paper, mine) - 1
            if place < first:
                paper.insert(first, mine)
                del paper[place]
        if is_answer(cell):
            answers.append(mine)
        elif utils.is_grade(cell):
            answers = []
        else:
            last_locked = mine
    handed_out = {normal(cell.source) for cell in released.cells if not grade_id(cell)}
    for cell in paper:
        if not grade_id(cell) and normal(cell.source) in handed_out:
            cell.metadata["handed_out"] = True
    twice, changed = _changes(cells, ours, stubs)
    notes = []
    if missing:
        notes.append(later("Cells that were missing: {names}.", names=", ".join(missing)))
    if twice:
        notes.append(
            later(
                "Cells that were there more than once, of which the last counts: {names}.",
                names=", ".join(twice),
            )
        )
    if changed:
        notes.append(
            later(
                "Locked cells that had been changed, of which the original counts: {names}.",
                names=", ".join(changed),
            )
        )
    return paper, [*notes, *_move_answers_up(paper, stubs)]


def _move_answers_up(paper: list[Any], stubs: Mapping[str, Any]) -> Iterator[str]:
    """Take an answer that stands below the cell for it, which was left as it was."""
    for i, cell in enumerate(paper):
        name = grade_id(cell)
        if cell.cell_type == "code" or not name or not _same(cell, stubs[name]):
            continue
        texts = []
        while i + 1 < len(paper) and paper[i + 1].cell_type != "code" and not paper[i + 1].metadata:
            texts.append(paper.pop(i + 1).source)
        if "".join(texts).strip():
            cell.source = "\n\n".join(texts)
            yield later(
                "The answer to {name} stood in a cell below it and was taken from there.", name=name
            )


def _behind(paper: list[Any], *those: Any) -> int:
    """Give the first place behind all of these cells."""
    return max(
        (i + 1 for i, kept in enumerate(paper) if any(kept is cell for cell in those)), default=0
    )


def _kept(cells: list[Any], ours: Mapping[str, Any], stubs: Mapping[str, Any]) -> list[Any]:
    """Keep what a student has written, and the places of our own cells."""
    last = {cell.metadata.grade_id: i for i, cell in enumerate(cells)}
    kept = []
    for i, given in enumerate(cells):
        name = given.metadata.grade_id
        if name not in ours:
            kept.append(_plain(given))
        elif is_answer(ours[name]):
            kept.append(_plain(given))
            if last[name] == i:
                kept[-1] = copy.deepcopy(stubs[name])
                # An emptied cell is an answer that is not there yet, like one that was left alone.
                kept[-1].source = given.source if given.source.strip() else stubs[name].source
        elif last[name] == i:
            kept.append(copy.deepcopy(ours[name]))
    return kept


def _plain(cell: Any) -> Any:
    new = copy.deepcopy(cell)
    new.metadata = nbformat.from_dict({})
    return new


def _changes(
    cells: list[Any], ours: Mapping[str, Any], stubs: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    """Give the names of cells that are there more than once, and of changed ones of ours."""
    twice, changed = [], []
    for name, stub in stubs.items():
        given = [cell.source for cell in cells if cell.metadata.grade_id == name]
        if len(given) > 1:
            twice.append(name)
        if given and not is_answer(ours[name]) and normal(given[-1]) != normal(stub.source):
            changed.append(name)
    return twice, changed


def _same(one: Any, other: Any) -> bool:
    return normal(one.source) == normal(other.source)
