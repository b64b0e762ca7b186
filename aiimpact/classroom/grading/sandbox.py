"""A place for a student's Python: nothing of the grader's to see, no network, little of everything.

:func:`command` gives the command that starts it: a Python that closes the door behind itself
(:mod:`aiimpact.classroom.grading.door`) and then becomes the one that was asked for.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiimpact.classroom.speech import here, later
from aiimpact.words import say, sentences

Level = Literal["namespaces", "landlock", "user", "limits", "none"]

LEVELS: dict[Level, str] = {
    "namespaces": later(
        "Each submission sees an empty folder, Python and the library, and nothing else: no files "
        "of yours, no other process, no network. Time, memory, disk and processes are limited."
    ),
    "landlock": later(
        "Each submission can read Python and the library, write into a folder of its own, and "
        "nothing else: no files of yours, no network. It can see names and sizes of files and "
        "that other processes run. Time, memory, disk and processes are limited."
    ),
    "user": later(
        "NOT ISOLATED: a submission runs as another user without a network. It cannot change your "
        "files, but it can read what everybody may read, such as other submissions. Time and "
        "memory are limited."
    ),
    "limits": later(
        "NOT ISOLATED: time and memory are limited and Python refuses connections, but a "
        "submission runs with your rights and can read and delete your files."
    ),
    "none": later(
        "NOT ISOLATED: only time is limited and Python refuses connections. A submission runs with "
        "your rights and can read and delete your files."
    ),
}
"""What protects the grader, the strongest first, in words that are said later."""

ISOLATED: tuple[Level, ...] = ("namespaces", "landlock")
"""Levels at which work of people whom one does not know may be graded."""

HOW_TO_ISOLATE = later(
    'The page "What a submission can do" (book/teaching/safe.md) says how this machine can do '
    "better. If you trust everybody who has handed in, give --not-isolated."
)

FIRST_USER, USERS = 61_184, 4_336
"""Numbers that Linux keeps free for passing users, of which each submission gets its own."""

OPEN_FILES = 64
FILES = 10_000
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache")
DEVICES = ("/dev/null", "/dev/urandom")
_DOOR = """
import json, sys
sys.path.insert(0, sys.argv[1])
from aiimpact.classroom.grading import door
door.enter(json.loads(sys.argv[2]))
"""


class NotIsolatedError(RuntimeError):
    """The machine cannot keep submissions from the grader's files."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use.

    Parameters
    ----------
    cell_seconds : float
        Processor time for one cell, or for one answer to a test, in all processes. [s]
    seconds : float
        Processor time for the whole submission. [s]
    memory_mb : int
        Memory of all its processes, and address space of each. [MiB]
    disk_mb : int
        Files of the submission. [MiB]
    processes : int
        Processes and threads at once.
    printed : int
        Characters that are kept of what a cell prints.
    patience : float
        How many times as long it may take by the clock, which does not count what it waits for a
        processor.
    """

    cell_seconds: float = 20.0
    seconds: float = 180.0
    memory_mb: int = 2048
    disk_mb: int = 64
    processes: int = 32
    printed: int = 20_000
    patience: float = 3.0


def command(
    module: str, folder: Path, level: Level, limits: Limits, group: Path | None = None
) -> list[str]:
    """Give the command that runs a module of this library in a place of its own.

    Parameters
    ----------
    module : str
        Name of the module, such as "aiimpact.classroom.grading.desk".
    folder : pathlib.Path
        An empty folder, at any time used by one submission only.
    level : str
        One of :data:`LEVELS`.
    limits : Limits
        What the submission may use.
    group : pathlib.Path, optional
        A control group for it: :mod:`aiimpact.classroom.grading.cgroup`.

    Returns
    -------
    list of str
        Program and arguments.
    """
    package = Path(__file__).resolve().parents[2]
    python = [sys.executable, "-m", module]
    user = _passing_user(level, package)
    spec = {
        "level": level,
        "user": user,
        "counts_processes": _counts_for_itself(level, user),
        "folder": str(folder),
        "group": str(group or ""),
        "visible": [*SYSTEM, *DEVICES, sys.base_prefix, sys.prefix, str(package)],
        "devices": DEVICES,
        "library": str(package),
        "environment": _environment(package.parent),
        "python": python,
        "limits": dataclasses.asdict(limits),
        "files": FILES,
        "open_files": OPEN_FILES,
    }
    door = [sys.executable, "-I", "-S", "-c", _DOOR, str(package.parent), json.dumps(spec)]
    if level != "namespaces":
        return door
    own = ["--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child=KILL"]
    return ["unshare", *([] if _is_root() else ["--user", "--map-root-user"]), *own, *door]


def require_isolation(level: Level) -> None:
    """Refuse a level at which a submission could read or delete what is the grader's.

    Parameters
    ----------
    level : str
        One of :data:`LEVELS`.

    Raises
    ------
    NotIsolatedError
        If it is such a level; in words that say what to do.
    """
    if level not in ISOLATED:
        msg = sentences(say("Nothing was graded."), here(LEVELS[level]), here(HOW_TO_ISOLATE))
        raise NotIsolatedError(msg)


@functools.cache
def strongest() -> Level:
    """Find the strongest level that works on this machine.

    Returns
    -------
    str
        One of :data:`LEVELS`.
    """
    return next((level for level in LEVELS if works(level)), "none")


def works(level: Level) -> bool:
    """Say whether this machine can isolate at a level, by trying."""
    if level == "none":
        return True
    if sys.platform == "win32" or (level != "limits" and sys.platform != "linux"):
        return False
    if level == "user" and not _is_root():
        return False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # The module that is tried needs all that a student's code needs.
        tried = command("aiimpact.classroom.grading.desk", Path(folder), level, Limits())
        try:
            result = subprocess.run(tried, input=b"", capture_output=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return result.returncode == 0


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _passing_user(level: Level, package: Path) -> int | None:
    """Give a user that no other exam of this machine has now, so that limits count for each."""
    if not _is_root():
        return None
    python = Path(sys.base_prefix), Path(sys.prefix)
    if level == "landlock" and not all(map(_reachable, (*python, package))):
        # Python lies in root's home. Landlock holds for root too.
        return None
    return FIRST_USER + os.getpid() % USERS


def _reachable(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.resolve().parents))


def _counts_for_itself(level: Level, user: int | None) -> bool:
    """Say whether processes are counted for the submission and not for the whole user."""
    if level == "namespaces":
        # Since Linux 5.14 a user namespace has a count of its own.
        release = tuple(int(x) for x in re.findall(r"\d+", platform.release())[:2])
        return user is not None or release >= (5, 14)
    return user is not None


def _environment(library: Path) -> dict[str, str]:
    given = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR") if name in os.environ}
    return given | {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(library),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Grading twice must give the same marks, and a thread costs address space.
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",
    }
