"""One grader at a time in a folder, also where several machines see it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from aiimpact.words import say

_FILE = ".grading"


@contextmanager
def alone(folder: Path, *, among_shares: bool = False) -> Iterator[None]:
    """Keep everybody else from grading into a folder while the block runs.

    The system gives the lock back when a process ends, however it ends.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; made if it is not there.
    among_shares : bool
        Whether others that say the same may be there too: those that hold exams and write no
        gradebook.

    Raises
    ------
    RuntimeError
        If somebody else is grading there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _FILE).open("a+", encoding="utf-8") as file:
        try:
            _lock(file, shared=among_shares)
        except OSError as error:
            file.seek(0)
            msg = say(
                "{folder} is in use: {who} is grading there ({why}). Wait until that is over, or give "
                "another OUT.",
                folder=folder,
                who=file.read(200).strip() or say("somebody"),
                why=error.strerror,
            )
            raise RuntimeError(msg) from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str], *, shared: bool) -> None:
        # A byte far behind the text, which others then can read.
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: IO[str], *, shared: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
