"""A bar that says how much is done, and how long the rest will take."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from typing import TextIO

from aiimpact.words import say

WINDOW_SECONDS = 60.0
"""How far back the pace is looked up: exams of an earlier run pass in no time. [s]"""

_WIDTH = 30


class Bar:
    """A bar on a terminal; elsewhere a line for each tenth.

    Parameters
    ----------
    stream : file
        Where it is written.
    clock : callable
        Gives the time. [s]

    Examples
    --------
    >>> times = iter([0.0, 60.0])
    >>> bar = Bar(sys.stdout, clock=lambda: next(times))
    >>> bar(1, 4)
    [#######.......................] 1/4, about 3 min left
    """

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream or sys.stdout
        self._clock = clock
        self._seen = deque([(clock(), 0)])
        self._shown = -1

    def __call__(self, done: int, of: int) -> None:
        """Show it.

        Parameters
        ----------
        done : int
            How many are done.
        of : int
            How many there are.
        """
        now = self._clock()
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] < now - WINDOW_SECONDS:
            self._seen.popleft()
        filled = _WIDTH * done // of
        bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{of}"
        text = self._with_rest(bar, of - done)
        if self._stream.isatty():
            end = "\n" if done == of else ""
            self._stream.write(f"\r{text}\x1b[K{end}")
        elif (tenth := 10 * done // of) != self._shown:
            self._shown = tenth
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def _with_rest(self, bar: str, exams: int) -> str:
        """Put behind the bar how long the rest will take, where that is known."""
        (then, before), (now, done) = self._seen[0], self._seen[-1]
        if not exams or done == before:
            return bar
        seconds = exams * (now - then) / (done - before)
        if seconds < 90:
            return say("{bar}, about {count} s left", bar=bar, count=f"{seconds:.0f}")
        minutes = round(seconds / 60)
        if minutes < 90:
            return say("{bar}, about {count} min left", bar=bar, count=minutes)
        return say("{bar}, about {count} h left", bar=bar, count=f"{seconds / 3600:.1f}")
