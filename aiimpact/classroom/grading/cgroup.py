"""A control group of the kernel for each submission, where we may make one.

The kernel then counts what nobody can count from outside, and at once: the buffers of sockets,
what is in no process, what comes and goes between two looks.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

from aiimpact.classroom.grading import machine
from aiimpact.classroom.grading.sandbox import Limits
from aiimpact.words import say

_NEEDED = {"memory", "pids"}
_numbers = itertools.count()


@functools.cache
def place() -> Path | None:
    """Find the nearest group around us in which we may make others: version 2 only.

    Returns
    -------
    pathlib.Path or None
        Its folder; None if there is none, as in most containers.
    """
    return next(filter(_may_be_used, machine.groups("")), None)


def described() -> str:
    """Say in a sentence who counts the memory of submissions.

    Returns
    -------
    str
        For the line above the bar.
    """
    if place():
        return say("The kernel itself counts the memory of each submission.")
    return say("The memory of each submission is looked at from outside, again and again.")


def _may_be_used(folder: Path) -> bool:
    try:
        given = set((folder / "cgroup.subtree_control").read_text().split())
    except OSError:
        return False
    if not given >= _NEEDED or not os.access(folder, os.W_OK):
        return False
    tried = None
    try:
        tried = Group(folder, Limits())
        enters = 'import sys; open(sys.argv[1], "w").write("0")'
        command = [sys.executable, "-I", "-S", "-c", enters, str(tried.folder / "cgroup.procs")]
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
    finally:
        if tried:
            tried.close()


class Group:
    """A group of its own for one desk; everything that is started in it stays in it."""

    def __init__(self, above: Path, limits: Limits) -> None:
        self.folder = above / f"aiimpact-{os.getpid()}-{next(_numbers)}"
        self.folder.mkdir()
        try:
            self._limit(limits)
        except OSError:
            self.close()
            raise

    def _limit(self, limits: Limits) -> None:
        # Its files are in memory as well.
        most = (limits.memory_mb + limits.disk_mb) << 20
        for name, value in (
            ("memory.max", most),
            ("memory.oom.group", 1),
            ("pids.max", limits.processes + len(("unshare", "its first thread"))),
        ):
            (self.folder / name).write_text(str(value))
        with contextlib.suppress(OSError):  # There is no such file where nothing is ever swapped.
            (self.folder / "memory.swap.max").write_text("0")

    def ran_out(self) -> bool:
        """Say whether the kernel has ended it because of its memory."""
        with contextlib.suppress(OSError):
            told = (self.folder / "memory.events").read_text().split()
            counts = dict(zip(told[::2], map(int, told[1::2]), strict=True))
            return counts.get("oom_kill", 0) > 0
        return False

    def cpu_s(self) -> float:
        """Give the processor time of all that was ever in it, in seconds."""
        with contextlib.suppress(OSError):
            told = (self.folder / "cpu.stat").read_text().split()
            return int(dict(zip(told[::2], told[1::2], strict=True))["usage_usec"]) / 1e6
        return 0.0

    def close(self) -> None:
        """End what is in it, and remove it."""
        with contextlib.suppress(OSError):
            (self.folder / "cgroup.kill").write_text("1")
        for _ in range(100):
            with contextlib.suppress(OSError):
                self.folder.rmdir()
            if not self.folder.exists():
                return
            time.sleep(0.01)
