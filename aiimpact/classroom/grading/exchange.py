"""Collecting from nbgrader's exchange by who owns a submission, and not by what it is called.

The folder into which students hand in is open to all of them, and the name of a submission says
whose it is. nbgrader warns where the owner of the files is somebody else, and takes it. On The
Littlest JupyterHub it warns of everybody, for the system calls `s101` `jupyter-s101`.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

if sys.platform == "win32":
    msg = "An exchange of nbgrader's needs users and owners of files as Linux has them: start it there."
    raise ImportError(msg)

CONTAINER = "jovyan"
"""What every user is called in an image of Jupyter: there the owner says nothing."""

_LONGEST = 26


class Collect(ExchangeCollect):  # type: ignore[misc]
    """nbgrader's own, that leaves out what belongs to somebody else, with a reason.

    A course asks for it: `c.ExchangeFactory.collect = "aiimpact.classroom.grading.exchange.Collect"`.
    """

    src_records: list[dict[str, Any]]

    def init_src(self) -> None:
        """Find what was handed in."""
        self.check_owner = False  # It is done here, where what is wrong is not taken.
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        record: dict[str, Any] = super()._path_to_record(path)
        if why := refused(Path(path), record["username"]):
            self.log.error("%s is left out: %s", Path(path).name, why)
            record["username"] = ""
        return record


def refused(submission: Path, student: str) -> str:
    """Say why a submission cannot be this student's.

    Parameters
    ----------
    submission : pathlib.Path
        Its folder in the exchange.
    student : str
        Whose it claims to be.

    Returns
    -------
    str
        The reason; empty if there is none.
    """
    everything = [submission]
    for where, folders, files in os.walk(submission):
        everything += [Path(where, name) for name in (*folders, *files)]
    if links := [path.name for path in everything if path.is_symlink()]:
        return f"{links[0]} is a link, which can lead to files of the teacher's"
    number = submission.lstat().st_uid
    owner = _name(number)
    if number == os.getuid() or owner in (student, on_tljh(student)):
        return ""
    if owner not in ("", CONTAINER):
        return f"it claims to be from {student}, but {owner} has written it"
    # Of a number without a name all that can be told is that it is one student.
    claimed = sorted(
        {
            path.name.rsplit("+", 3)[0]
            for path in submission.parent.iterdir()
            if path.lstat().st_uid == number
        }
    )
    if len(claimed) > 1:
        return f"one user, number {number}, has handed in for {' and for '.join(claimed)}"
    return ""


def on_tljh(student: str) -> str:
    """Give the name that The Littlest JupyterHub's system has for one of its users.

    Parameters
    ----------
    student : str
        The name of the login.

    Returns
    -------
    str
        With a prefix; from 26 characters on cut, with a piece of a checksum behind it.

    Examples
    --------
    >>> on_tljh("s101"), on_tljh("a-name-that-is-very-long")
    ('jupyter-s101', 'jupyter-a-name-that-is-ver-a4663')
    """
    name = f"jupyter-{student}"
    if len(name) < _LONGEST:
        return name
    return f"{name[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:5]}"


def _name(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return ""
