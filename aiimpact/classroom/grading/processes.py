"""Processes that were started for a submission: what they use, and their end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PROC = Path("/proc")
PIPE_KB, SOCKET_KB = 64, 416
"""What a pipe or a socket may hold of memory that is mapped nowhere: as much as a kernel gives
unless it is asked for more, which the filter refuses. [KiB]"""


@dataclass(frozen=True, slots=True)
class Use:
    """What a process and all that it has started use.

    Parameters
    ----------
    memory_mb : int
        Memory now, what they share counted once. [MiB]
    tasks : int
        Processes and threads now.
    cpu_s : float
        Processor time since the first look, of those that have ended too. [s]
    waited_s : float
        How much of the time since the first look any of them was ready and had to wait for a
        processor. [s]
    known : bool
        Whether the system tells any of this.
    """

    memory_mb: int = 0
    tasks: int = 0
    cpu_s: float = 0.0
    waited_s: float = 0.0
    known: bool = True


@dataclass(frozen=True, slots=True)
class Process:
    """A line of /proc/<number>/stat."""

    number: int
    parent: int
    state: str
    cpu_s: float
    children_s: float
    """Of those that have ended and been waited for. [s]"""
    threads: int
    started: int


class Counter(Protocol):
    """What knows the processor time of a group of processes."""

    def cpu_s(self) -> float:
        """Give it, in seconds."""


class Meter:
    """Measures a process and all that it has started, again and again.

    Parameters
    ----------
    ancestor : int
        Number of the process.
    proc : pathlib.Path
        Where the system tells about processes. Where it does not, everything is 0.
    group : object, optional
        What counts the processor time of all of them exactly, if there is such a thing.
    """

    def __init__(self, ancestor: int, proc: Path = PROC, group: Counter | None = None) -> None:
        self.ancestor = ancestor
        self._proc, self._group = proc, group
        self._own_s: dict[tuple[int, int], float] = {}
        self._cpu_s = 0.0
        self._delays_s: dict[tuple[int, str], float] = {}
        self._waited_s = 0.0
        self._seen_s: float | None = None

    def read(self, now_s: float) -> Use:
        """Look.

        Parameters
        ----------
        now_s : float
            The time on a clock that does not jump. [s]

        Returns
        -------
        Use
            What they use now and have used.
        """
        if not self._proc.is_dir():
            return Use(known=False)
        family = family_of(self.ancestor, self._proc)
        for process in family:
            self._own_s[process.number, process.started] = process.cpu_s
        # A child that nobody waits for is missing in the second, one between two looks in the first.
        whole = sum(process.cpu_s + process.children_s for process in family)
        counted = self._group.cpu_s() if self._group else 0.0
        self._cpu_s = max(self._cpu_s, counted, whole, sum(self._own_s.values()))
        self._wait(family, now_s)
        living = [process for process in family if process.state != "Z"]
        kibibytes = sum(self._memory_kb(process) for process in living)
        kibibytes += self._buffers_kb(living)
        tasks = sum(process.threads for process in living)
        return Use(kibibytes >> 10, tasks, self._cpu_s, self._waited_s)

    def _wait(self, family: list[Process], now_s: float) -> None:
        delays = dict(self._delays(family))
        passed = 0.0 if self._seen_s is None else now_s - self._seen_s
        more = sum(max(0.0, s - self._delays_s.get(task, s)) for task, s in delays.items())
        # Ten of them wait together for a second: that is a second, not ten.
        self._waited_s += min(more, passed)
        self._delays_s, self._seen_s = delays, now_s

    def _delays(self, family: list[Process]) -> Iterator[tuple[tuple[int, str], float]]:
        for process in family:
            with contextlib.suppress(OSError):
                for task in os.scandir(self._proc / str(process.number) / "task"):
                    with contextlib.suppress(OSError, ValueError, IndexError):
                        delay_ns = int(
                            Path(task.path, "schedstat").read_text(encoding="ascii").split()[1]
                        )
                        yield (process.number, task.name), delay_ns / 1e9

    def _memory_kb(self, process: Process) -> int:
        if sys.platform == "win32":
            raise NotImplementedError
        folder = self._proc / str(process.number)
        # A process may end while we look at it.
        with contextlib.suppress(OSError):
            told = (folder / "smaps_rollup").read_text(encoding="utf-8", errors="replace")
            return sum(map(int, re.findall(r"^(?:Swap)?Pss: +(\d+)", told, flags=re.MULTILINE)))
        # One that lets nobody look is still told of, without regard to what is shared.
        with contextlib.suppress(OSError, ValueError, IndexError):
            return (
                int((folder / "statm").read_text(encoding="ascii").split()[1])
                * os.sysconf("SC_PAGE_SIZE")
                >> 10
            )
        return 0

    def _buffers_kb(self, family: list[Process]) -> int:
        """Count pipes and sockets at what they may hold: nobody tells what they do hold."""
        found = set()
        for process in family:
            with contextlib.suppress(OSError):
                for opened in os.scandir(self._proc / str(process.number) / "fd"):
                    with contextlib.suppress(OSError):
                        found.add(str(Path(opened.path).readlink()))
        pipes = sum(name.startswith("pipe:") for name in found)
        sockets = sum(name.startswith("socket:") for name in found)
        return pipes * PIPE_KB + sockets * SOCKET_KB


def family_of(ancestor: int, proc: Path = PROC) -> list[Process]:
    """Give a process and all that it has started, parents before children.

    Parameters
    ----------
    ancestor : int
        Number of the process.
    proc : pathlib.Path
        Where the system tells about processes.

    Returns
    -------
    list of Process
        Also those that have ended and that nobody has waited for; empty where nothing is told.
    """
    known = {process.number: process for process in _all(proc)}
    children: dict[int, list[Process]] = {}
    for process in known.values():
        children.setdefault(process.parent, []).append(process)
    family = [known[ancestor]] if ancestor in known else []
    for process in family:
        family += children.get(process.number, [])
    return family


def _all(proc: Path) -> Iterator[Process]:
    ticks_a_second = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
    with contextlib.suppress(OSError):
        for entry in os.scandir(proc):
            if entry.name.isdecimal():
                with contextlib.suppress(OSError, ValueError, IndexError):
                    told = Path(entry.path, "stat").read_text(encoding="utf-8", errors="replace")
                    # See proc_pid_stat(5). A name may hold anything, brackets too.
                    rest = told.rpartition(")")[2].split()
                    user, system, of_children, of_children_too = map(int, rest[11:15])
                    yield Process(
                        int(entry.name),
                        int(rest[1]),
                        rest[0],
                        (user + system) / ticks_a_second,
                        (of_children + of_children_too) / ticks_a_second,
                        int(rest[17]),
                        int(rest[19]),
                    )


def end(ancestor: int, *, itself: bool = True) -> None:
    """End a process and all that it has started.

    They are held still before the first is ended: a child whose parent is gone belongs to somebody
    else, and one that goes on may start others meanwhile.

    Parameters
    ----------
    ancestor : int
        Number of the process.
    itself : bool
        Whether it is ended too.
    """
    if sys.platform == "win32":
        # Nobody tells there who has started whom, but this ends a process with all of its own.
        if itself:
            tree = ["taskkill", "/T", "/F", "/PID", str(ancestor)]
            subprocess.run(tree, capture_output=True, check=False)
        return
    doomed: set[int] = set()
    new = {ancestor} if itself else _living(ancestor)
    while new:
        for number in new:
            _signal(number, "SIGSTOP")
        doomed |= new
        new = _living(ancestor) - doomed
    for number in doomed:
        _signal(number, "SIGKILL")


def _living(ancestor: int) -> set[int]:
    return {process.number for process in family_of(ancestor)[1:] if process.state != "Z"}


def _signal(number: int, name: str) -> None:
    with contextlib.suppress(OSError):
        os.kill(number, getattr(signal, name))


def size(folder: Path) -> tuple[float, int]:
    """Measure what lies in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; nothing in it is followed anywhere.

    Returns
    -------
    size_mb : float
        What it takes on the disk. [MiB]
    files : int
        How many files and folders there are.
    """
    blocks = count = 0
    for root, folders, files in os.walk(folder, onerror=None):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):
                blocks += getattr(Path(root, name).lstat(), "st_blocks", 0)
                count += 1
    return blocks / 2048, count


def deleted_mb(ancestor: int, largest_mb: int, proc: Path = PROC) -> float:
    """Measure files that are deleted and still held, so that they lie in no folder.

    Parameters
    ----------
    ancestor : int
        Number of the process that holds them, or whose children do.
    largest_mb : int
        How large a file may be, for one that is mapped and of which no more is told. [MiB]
    proc : pathlib.Path
        Where the system tells about processes.

    Returns
    -------
    float
        What they take. [MiB]
    """
    if sys.platform == "win32":
        return 0.0
    opened: dict[int, int] = {}
    mapped: set[int] = set()
    for process in family_of(ancestor, proc):
        folder = proc / str(process.number)
        with contextlib.suppress(OSError):
            for link in os.scandir(folder / "fd"):
                with contextlib.suppress(OSError):
                    status = link.stat()
                    if status.st_nlink == 0:
                        opened[status.st_ino] = status.st_blocks
        with contextlib.suppress(OSError):
            told = (folder / "maps").read_text(encoding="utf-8", errors="replace")
            mapped |= set(map(int, re.findall(r" (\d+) +/.* \(deleted\)$", told, re.MULTILINE)))
    return sum(opened.values()) / 2048 + len(mapped - opened.keys()) * largest_mb


def leave_with_parent() -> None:
    """Leave, by way of every `finally`, when the process that has started this one is gone."""
    if sys.platform == "linux":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        tell_when_parent_ends = 1
        told = (signal.SIGTERM, 0, 0, 0)
        ctypes.CDLL(None).prctl(tell_when_parent_ends, *map(ctypes.c_ulong, told))


def adopt() -> None:
    """Become the parent of what a process of ours leaves behind, so that it is found."""
    if sys.platform == "linux":
        become_subreaper = 36
        ctypes.CDLL(None).prctl(become_subreaper, *map(ctypes.c_ulong, (1, 0, 0, 0)))
