"""What was handed in: every file is found, read if it can be, and set aside with a reason if not.

Nothing here writes to the folder of submissions, runs a student's code or follows a link.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from aiimpact.classroom.grading import layouts
from aiimpact.classroom.speech import later
from aiimpact.words import say

LARGEST = 20_000_000
CHECKPOINTS = ".ipynb_checkpoints"


class SetAsideError(Exception):
    """A file cannot be graded; the text says why, and is said later."""

    @property
    def why(self) -> str:
        """What is said later."""
        why: str = self.args[0]
        return why


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
            _set_aside(later("it is a checkpoint that Jupyter keeps"))
        try:
            status = self.path.lstat()
        except OSError as error:
            _set_aside(later("it cannot be read: {why}", why=error.strerror))
        if stat.S_ISLNK(status.st_mode):
            _set_aside(later("it is a link, not a file"))
        if not self.student:
            _set_aside(
                later(
                    "it lies outside a student's folder: move it into one, named by the student's id"
                )
            )
        if stat.S_ISDIR(status.st_mode):
            _set_aside(later("there is nothing in the folder that can be read"))
        if not stat.S_ISREG(status.st_mode):
            _set_aside(later("it is no plain file"))
        if status.st_size > LARGEST:
            _set_aside(later("it is larger than {size} MB", size=LARGEST // 1_000_000))
        try:
            return self.path.read_bytes()
        except OSError as error:
            _set_aside(later("it cannot be read: {why}", why=error.strerror))


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
        msg = say(
            "SUBMISSIONS must be a folder with a folder for each student, got {folder}. A download of a "
            "platform is sorted into one by make collect FROM=download.",
            folder=folder,
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
    b"PK": later("an archive or an Office document"),
    b"%PDF": later("a PDF"),
    b"\x89PNG": later("a picture"),
    b"\xff\xd8\xff": later("a picture"),
    b"<": later("a page"),
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
        _set_aside(later("it is empty"))
    for beginning, kind in _OTHERS.items():
        if raw.startswith(beginning):
            _set_aside(later("it is no notebook but {kind}", kind=kind))
    try:
        data = json.loads(raw)
    except UnicodeDecodeError:
        _set_aside(later("it is no notebook: its text is not in Unicode"))
    except (ValueError, RecursionError) as error:
        why = f"{type(error).__name__}: {str(error)[:100]}"
        _set_aside(later("it is no notebook: {why}", why=why))
    try:
        version = data["nbformat"]
        old = nbformat.versions[version].to_notebook_json(data)
        cells = nbformat.convert(old, 4)["cells"]
        return [_cell(cell) for cell in cells]
    except Exception as error:
        _set_aside(later("it is JSON but no notebook ({error})", error=type(error).__name__))


def _cell(cell: Any) -> Any:
    source = cell["source"].encode("utf-8", "backslashreplace").decode()
    name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
    new = new_code_cell if cell["cell_type"] == "code" else new_markdown_cell
    return new(source, metadata={"grade_id": name if isinstance(name, str) else ""})


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
