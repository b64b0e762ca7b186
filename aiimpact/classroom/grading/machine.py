"""What this machine, or the container we are in, lets us use; and how many exams fit into it."""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path

from aiimpact.classroom.grading.sandbox import Limits
from aiimpact.words import say, sentences

EXAM_MB = 300
"""Memory that an exam needs beside the submission. [MiB]"""
_MEBIBYTE = 1 << 20


def processors(root: Path = Path("/")) -> int:
    """Count the processors that we may use, which a container or a batch system may have bounded.

    Parameters
    ----------
    root : pathlib.Path
        Where the file system of the machine begins.

    Returns
    -------
    int
        At least 1; a share of a processor counts as one.
    """
    if hasattr(os, "sched_getaffinity"):
        count: float = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    for group in groups("cpu", root):
        with contextlib.suppress(OSError, ValueError):  # Version 2 of the kernel's groups.
            quota, period = (group / "cpu.max").read_text().split()
            if quota != "max":
                count = min(count, int(quota) / int(period))
        with contextlib.suppress(OSError, ValueError):  # Version 1.
            quota_us = int((group / "cpu.cfs_quota_us").read_text())
            period_us = int((group / "cpu.cfs_period_us").read_text())
            if quota_us > 0:
                count = min(count, quota_us / period_us)
    return max(1, math.ceil(count))


def free_mb(root: Path = Path("/")) -> int | None:
    """Give the memory that is free for us.

    Parameters
    ----------
    root : pathlib.Path
        Where the file system of the machine begins.

    Returns
    -------
    int or None
        None where the system does not say. [MiB]
    """
    free = math.inf
    with contextlib.suppress(OSError):
        told = (root / "proc/meminfo").read_text()
        if found := re.search(r"^MemAvailable: +(\d+)", told, flags=re.MULTILINE):
            free = int(found[1]) / 1024
    for group in groups("memory", root):
        for most, used in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            with contextlib.suppress(OSError, ValueError):
                limit = int((group / most).read_text())
                free = min(free, (limit - _held(group, used)) / _MEBIBYTE)
    return None if math.isinf(free) else max(0, int(free))


def _held(group: Path, used: str) -> int:
    """Give what a group holds and would not give back: files that were read do not count."""
    held = int((group / used).read_text())
    with contextlib.suppress(OSError):
        told = (group / "memory.stat").read_text()
        if found := re.search(r"^(?:total_)?inactive_file (\d+)", told, flags=re.MULTILINE):
            held -= int(found[1])
    return held


def groups(controller: str, root: Path = Path("/")) -> Iterator[Path]:
    """Give the control groups that we are in, from ours up to the topmost that can be seen.

    Parameters
    ----------
    controller : str
        Such as "memory".
    root : pathlib.Path
        Where the file system of the machine begins.

    Yields
    ------
    pathlib.Path
        Folders; of version 2 first, then of version 1.
    """
    with contextlib.suppress(OSError):
        mounts = (root / "proc/self/mountinfo").read_text().splitlines()
        ours = (root / "proc/self/cgroup").read_text().splitlines()
        for wanted in dict.fromkeys(("", controller)):
            for line in ours:
                _, names, own = line.split(":", 2)
                if wanted in names.split(","):
                    yield from _up(own, wanted, mounts, root)


def _up(own: str, controller: str, mounts: list[str], root: Path) -> Iterator[Path]:
    """Find our group below where its tree is mounted. See proc_pid_mountinfo(5)."""
    for mount in mounts:
        before, _, after = mount.partition(" - ")
        begins_at, place = before.split()[3:5]
        kind, _, options = after.split()[:3]
        if kind != ("cgroup" if controller else "cgroup2"):
            continue
        if controller and controller not in options.split(","):
            continue
        # In a container the tree may begin at our own group, or far above what it shows.
        inside = Path(own).relative_to(begins_at) if Path(own).is_relative_to(begins_at) else Path()
        top = root / place.lstrip("/")
        for folder in (top / inside, *(top / inside).parents):
            if folder.is_dir() and folder.is_relative_to(top):
                yield folder
        return


def jobs(limits: Limits, root: Path = Path("/")) -> int:
    """Say how many exams at a time fit into this machine, also if every one takes all it may.

    Parameters
    ----------
    limits : aiimpact.classroom.grading.sandbox.Limits
        What each may use.
    root : pathlib.Path
        Where the file system of the machine begins.

    Returns
    -------
    int
        At least 1.
    """
    free = free_mb(root)
    fit = math.inf if free is None else free // one_mb(limits)
    return int(max(1, min(processors(root), fit)))


def one_mb(limits: Limits) -> int:
    """Give the most memory in MiB that one exam can take; its files are in memory too."""
    return limits.memory_mb + limits.disk_mb + EXAM_MB


def described(limits: Limits, count: int, root: Path = Path("/")) -> str:
    """Say in one line how many exams run at a time, and whether that is safe.

    Parameters
    ----------
    limits : aiimpact.classroom.grading.sandbox.Limits
        What each may use.
    count : int
        How many run at a time.
    root : pathlib.Path
        Where the file system of the machine begins.

    Returns
    -------
    str
        A sentence or two.
    """
    free, one = free_mb(root), one_mb(limits)
    usable = processors(root)
    many = say("{count} processors", count=usable) if usable > 1 else say("1 processor")
    if free is None:
        return say(
            "{count} at a time, on {processors}; each may take {size} MB of memory.",
            count=count,
            processors=many,
            size=f"{one:,}",
        )
    words = say(
        "{count} at a time, on {processors} and {free} MB of free memory; each may take {size} MB.",
        count=count,
        processors=many,
        free=f"{free:,}",
        size=f"{one:,}",
    )
    if count * one <= free:
        return words
    less = max(64, free // count - limits.disk_mb - EXAM_MB)
    more = say("That is more than there is: give --memory-mb {less}, or fewer --jobs.", less=less)
    return sentences(words, more)
