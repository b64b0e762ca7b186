"""What was handed in: every file is found, read if it can be, and set aside with a reason if not.

Nothing here writes to the folder of submissions, runs a student's code or follows a link.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader import utils

from aiimpact.classroom.grading import layouts
from aiimpact.classroom.grading.likeness import normal, pair

_DEFINITION = re.compile(r"^(?:def (?=\w)|(?=\w+[^\S\n]*=(?!=)))(\w+)", flags=re.MULTILINE)

LARGEST = 20_000_000
CHECKPOINTS = ".ipynb_checkpoints"


class SetAsideError(Exception):
    """A file cannot be graded; the text says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing in the folder of submissions: a file, a link, or an empty folder of a student.

    Parameters
    ----------
    student : str
        Name of the student's folder, in characters that can be printed; empty outside of one.
    name : str
        Where it is in the folder of submissions, printable too.
    path : pathlib.Path
        Where it is.
    """

    student: str
    name: str
    path: Path

    def read(self) -> bytes:
        """Read a file that may be a notebook.

        Returns
        -------
        bytes
            What is in it.

        Raises
        ------
        SetAsideError
            If it is no plain file, lies outside a student's folder, or is too large.
        """
        if CHECKPOINTS in self.path.parts:
            _set_aside("it is a checkpoint that Jupyter keeps")
        try:
            status = self.path.lstat()
        except OSError as error:
            _set_aside(f"it cannot be read: {error.strerror}")
        if stat.S_ISLNK(status.st_mode):
            _set_aside("it is a link, not a file")
        if not self.student:
            _set_aside(
                "it lies outside a student's folder: move it into one, named by the student's id"
            )
        if stat.S_ISDIR(status.st_mode):
            _set_aside("there is nothing in the folder that can be read")
        if not stat.S_ISREG(status.st_mode):
            _set_aside("it is no plain file")
        if status.st_size > LARGEST:
            _set_aside(f"it is larger than {LARGEST // 1_000_000} MB")
        try:
            return self.path.read_bytes()
        except OSError as error:
            _set_aside(f"it cannot be read: {error.strerror}")


def survey(folder: Path) -> list[Found]:
    """Find everything that was handed in.

    Parameters
    ----------
    folder : pathlib.Path
        With a folder for each student in it.

    Returns
    -------
    list of Found
        In a fixed order. A folder without any file counts as one.

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    """
    if not folder.is_dir():
        msg = (
            f"SUBMISSIONS must be a folder with a folder for each student, got {folder}. A download of a "
            "platform is sorted into one by make collect FROM=download."
        )
        raise NotADirectoryError(msg)
    return sorted(_survey(folder), key=lambda found: found.name)


def _survey(folder: Path) -> Iterator[Found]:
    known = layouts.known()
    for entry in folder.iterdir():
        if known.is_nobody(entry.name) and entry.name != CHECKPOINTS:
            continue
        if not entry.is_dir() or entry.is_symlink():
            yield Found("", printable(entry.name), entry)
            continue
        files = [path for path in _files(entry) if not _is_nobody(path.relative_to(entry), known)]
        for path in files or [entry]:
            name = path.relative_to(folder).as_posix()
            yield Found(printable(entry.name), printable(name), path)


def _is_nobody(path: Path, known: layouts.Known) -> bool:
    # A checkpoint may be all that is left of somebody's work, and is told of.
    return CHECKPOINTS not in path.parts and known.is_nobody(path.as_posix())


def _files(folder: Path) -> Iterator[Path]:
    unreadable: list[Path] = []
    for where, folders, files in os.walk(
        folder, onerror=lambda error: unreadable.append(Path(error.filename))
    ):
        links = [name for name in folders if Path(where, name).is_symlink()]
        yield from (Path(where, name) for name in [*files, *links])
    yield from unreadable


def printable(name: str) -> str:
    r"""Write a file's name so that it can be printed, whatever bytes are in it.

    Parameters
    ----------
    name : str
        As the system gives it.

    Returns
    -------
    str
        With everything else as escapes; different for different names.

    Examples
    --------
    >>> printable("s00\udce9"), printable("学生"), printable("a\nb")
    ('s00\\xe9', '学生', 'a\\nb')
    """
    text = os.fsencode(name).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


_OTHERS = {
    b"PK": "an archive or an Office document",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"<": "a page",
}


def parse(raw: bytes) -> Any:
    """Read a notebook from a file of which nothing is known.

    Parameters
    ----------
    raw : bytes
        What is in the file.

    Returns
    -------
    nbformat.NotebookNode
        With cells that have a type, a source and metadata, and nothing else.

    Raises
    ------
    SetAsideError
        If it is no notebook; the text says what is wrong.
    """
    if not raw.strip():
        _set_aside("it is empty")
    for beginning, kind in _OTHERS.items():
        if raw.startswith(beginning):
            _set_aside(f"it is no notebook but {kind}")
    try:
        data = json.loads(raw)
    except UnicodeDecodeError:
        _set_aside("it is no notebook: its text is not in Unicode")
    except (ValueError, RecursionError) as error:
        _set_aside(f"it is no notebook: {type(error).__name__}: {str(error)[:100]}")
    try:
        version = data["nbformat"]
        old = nbformat.versions[version].to_notebook_json(data)
        cells = nbformat.convert(old, 4)["cells"]
        return [_cell(cell) for cell in cells]
    except Exception as error:
        _set_aside(f"it is JSON but no notebook ({type(error).__name__})")


def _cell(cell: Any) -> Any:
    source = cell["source"].encode("utf-8", "backslashreplace").decode()
    name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
    new = new_code_cell if cell["cell_type"] == "code" else new_markdown_cell
    return new(source, metadata={"grade_id": name if isinstance(name, str) else ""})


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
    shared: dict[str, float] = {name: len(ids & set(_named(released[name]))) for name in released}
    if not any(shared.values()):
        texts = list(map(_text, cells))
        shared = {
            name: sum(how for _, how in pair(texts, _locked_texts(released[name])).values())
            for name in released
        }
    best = max(shared, key=lambda name: shared[name])
    if not shared[best]:
        _set_aside("none of its cells belongs to an exercise")
    return best


def _text(cell: Any) -> str:
    """Give what tells a cell from others, whatever editor it has been through."""
    return f"{cell.cell_type}:{normal(cell.source)}"


def _locked_texts(released: Any) -> dict[str, str]:
    return {name: _text(cell) for name, cell in _named(released).items() if not _is_answer(cell)}


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
        key: cell
        for key, cell in _named(released).items()
        if _is_answer(cell) and key not in present
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
        What had been changed.
    """
    ours, stubs = _named(source), _named(released)
    missing: list[str] = []
    paper = _kept(cells, ours, stubs)
    last_locked: Any = None
    answers: list[Any] = []
    for name, cell in ours.items():
        mine = next((kept for kept in paper if grade_id(kept) == name), None)
        if mine is None:
            missing.append(name)
            mine = copy.deepcopy(stubs[name] if _is_answer(cell) else cell)
            paper.insert(_behind(paper, last_locked, *answers), mine)
        elif not _is_answer(cell):
            # Locked cells keep their order, and a check never comes before what it is about.
            first = _behind(paper, last_locked, *(answers if utils.is_grade(cell) else ()))
            place = _behind(paper, mine) - 1
            if place < first:
                paper.insert(first, mine)
                del paper[place]
        if _is_answer(cell):
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
    notes = [
        f"{what}: {', '.join(names)}."
        for what, names in (
            ("Cells that were missing", missing),
            ("Cells that were there more than once, of which the last counts", twice),
            ("Locked cells that had been changed, of which the original counts", changed),
        )
        if names
    ]
    return paper, notes + list(_move_answers_up(paper, stubs))


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
            yield f"The answer to {name} stood in a cell below it and was taken from there."


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
        elif _is_answer(ours[name]):
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
        if given and not _is_answer(ours[name]) and normal(given[-1]) != normal(stub.source):
            changed.append(name)
    return twice, changed


def _same(one: Any, other: Any) -> bool:
    return normal(one.source) == normal(other.source)


def _named(notebook: Any) -> dict[str, Any]:
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


def _is_answer(cell: Any) -> bool:
    return bool(cell.metadata.nbgrader.solution)


def fingerprint(*parts: bytes) -> str:
    """Give a short name that changes with any of the parts.

    Parameters
    ----------
    *parts : bytes
        What counts.

    Returns
    -------
    str
        Letters and digits.

    Examples
    --------
    >>> fingerprint(b"a", b"b") == fingerprint(b"ab")
    False
    """
    joined = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hashlib.sha256(joined).hexdigest()[:24]


def file_name(text: str) -> str:
    """Make a name for a file out of any text, different for different texts.

    Parameters
    ----------
    text : str
        Such as a student's id.

    Returns
    -------
    str
        Letters, digits, dots, hyphens and underscores.

    Examples
    --------
    >>> file_name("s001"), file_name("学生"), file_name("a b")[:4]
    ('s001', '学生', 'a_b-')
    """
    # A name may have 255 bytes, and a letter has up to four.
    safe = re.sub(r"[^\w.-]", "_", text).encode()[:200].decode(errors="ignore").lstrip(".")
    if safe == text:
        return safe
    return f"{safe}-{fingerprint(text.encode('utf-8', 'backslashreplace'))[:8]}"


def _set_aside(why: str) -> NoReturn:
    raise SetAsideError(why)
