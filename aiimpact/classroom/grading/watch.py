"""How long a submission may go on, and when it has had enough."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiimpact.classroom.grading.processes import Meter, Use
from aiimpact.classroom.grading.sandbox import FILES, Limits
from aiimpact.classroom.speech import later

LONGEST = 20
"""How many times as long as on an idle machine anything may take on the busiest."""

TOO_BUSY = later("this machine was too busy to run it; grade again when it is not")


class Watch:
    """Counts what a submission uses, over all the desks that it has had.

    Time is processor time: what a cell computes, in all its processes. A cell that does not
    compute is stopped by the clock, and the clock stands still while the machine lets it wait.

    Parameters
    ----------
    limits : aiimpact.classroom.grading.sandbox.Limits
        What it may use.
    clock : callable
        Gives the time on a clock that does not jump. [s]
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.over = False
        """Whether the submission as a whole has had its time."""
        self.busy = ""
        """What the last one that was stopped had to wait for, in words, if it had to."""
        self._clock = clock
        self._start_s = clock()
        self._meter: Meter | None = None
        self._before, self._now = Use(), Use()
        self._asking = False
        self._asked: tuple[float, float, float] | None = None

    @property
    def longest_s(self) -> float:
        """How many seconds one question may take, whatever happens."""
        return self.limits.cell_seconds * LONGEST

    def follow(self, meter: Meter) -> None:
        """Watch a new desk. What earlier ones have used stays on the account."""
        self._before = Use(
            cpu_s=self._before.cpu_s + self._now.cpu_s,
            waited_s=self._before.waited_s + self._now.waited_s,
        )
        self._now, self._meter, self._asking = Use(), meter, False

    def ask(self) -> None:
        """Begin a question; its time counts from the next look on."""
        self._asked, self._asking = None, True

    def answered(self) -> None:
        """End a question."""
        self._asking = False

    def look(self, disk_mb: float = 0.0, files: int = 0) -> str:
        """Look whether it is enough.

        Parameters
        ----------
        disk_mb : float
            How large its files are, where no file system of its own bounds them. [MiB]
        files : int
            How many there are.

        Returns
        -------
        str
            Why it must be stopped, in words that follow "the cell" and are said later; empty if it may
            go on.
        """
        now_s = self._clock()
        use = self._now = self._meter.read(now_s) if self._meter else Use()
        limits = self.limits
        if use.memory_mb > limits.memory_mb:
            return too_much_memory(limits)
        if use.tasks > limits.processes + len(("unshare", "its first thread")):
            return later("ran more than {count} processes", count=limits.processes)
        if disk_mb > limits.disk_mb or files > FILES:
            return later(
                "wrote more than {size} MB or {count} files",
                size=f"{limits.disk_mb:,}",
                count=f"{FILES:,}",
            )
        return self._time(now_s, use)

    def _time(self, now_s: float, use: Use) -> str:
        limits = self.limits
        cpu_s = self._before.cpu_s + use.cpu_s
        waited_s = self._before.waited_s + use.waited_s
        if not use.known:  # The clock has to do.
            cpu_s = now_s - self._start_s
        if late := _late(cpu_s, now_s - self._start_s, waited_s, limits.seconds, limits.patience):
            self.over = True
            return late
        if not self._asking:
            return ""
        if self._asked is None:
            self._asked = cpu_s, now_s, waited_s
        spent = cpu_s - self._asked[0], now_s - self._asked[1], waited_s - self._asked[2]
        late = _late(*spent, limits.cell_seconds, limits.patience)
        # One that computes has had all its time, however long that took.
        if late and spent[0] <= limits.cell_seconds and spent[2] > spent[1] / 4:
            self.busy = later(
                "The machine was busy: in {passed} s a cell that was stopped had to wait {waited} s for a "
                "processor, which were not counted.",
                passed=f"{spent[1]:.0f}",
                waited=f"{spent[2]:.0f}",
            )
        return late


def _late(cpu_s: float, passed_s: float, waited_s: float, most_s: float, patience: float) -> str:
    if cpu_s > most_s:
        return later("ran longer than {seconds} s", seconds=f"{most_s:g}")
    if passed_s - waited_s > most_s * patience:
        return later("was not done after {seconds} s", seconds=f"{most_s * patience:g}")
    return ""


def too_much_memory(limits: Limits) -> str:
    """Say that something has used more memory than it may.

    Parameters
    ----------
    limits : aiimpact.classroom.grading.sandbox.Limits
        What it may use.

    Returns
    -------
    str
        Words that follow "the cell", to be said later.
    """
    return later("used more than {size} MB of memory", size=f"{limits.memory_mb:,}")
