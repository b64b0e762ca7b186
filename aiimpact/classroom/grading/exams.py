"""Exams under way: on this machine, on a pool of anybody's, or a share of them on a common disk.

An exam is JSON in and JSON out (:mod:`aiimpact.classroom.grading.exam`). What comes out is kept in a
folder under a name that changes with all that could change it, so an exam is held once, whoever
holds it and however often a run was interrupted.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from aiimpact.classroom.grading import intake, processes, watch
from aiimpact.classroom.grading.sandbox import LEVELS, Level, strongest
from aiimpact.classroom.speech import data, later, of

STARTING_UP = 60.0
"""How much longer than its exam a submission may take, to start and to report. [s]"""

MOST_TRIES = 3
"""How often an exam is held that broke off: a machine that was lost is not a student's fault."""

IN_FLIGHT = 200
"""How many exams are handed out at once: what is handed out is in memory. A larger pool needs more."""

_PACKAGE = Path(__file__).resolve().parents[2]

Outcome = dict[str, Any]


class UnfitError(RuntimeError):
    """A worker cannot grade as this machine would; the text says why."""


class Sitting(Protocol):
    """What can be examined: its key names the outcome, and :meth:`exam` is what the exam reads."""

    @property
    def key(self) -> str:
        """Different for anything that could change the outcome."""

    def exam(self) -> dict[str, Any]:
        """Give cells, student, limits and level, fit for JSON."""


Sat = TypeVar("Sat", bound=Sitting)


class Share(NamedTuple):
    """One of several equal shares of a class.

    Parameters
    ----------
    number : int
        Which, from 1.
    of : int
        How many there are.
    """

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Share:
        """Read it as a command line has it.

        Parameters
        ----------
        text : str
            Such as "3/16".

        Returns
        -------
        Share
            The share.

        Raises
        ------
        ValueError
            If it is no share.

        Examples
        --------
        >>> Share.read("3/16")
        Share(number=3, of=16)
        """
        number, _, of = text.partition("/")
        if number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
            return cls(int(number), int(of))
        msg = f"shard must be such as 3/16, the third of sixteen shares, got {text!r}."
        raise ValueError(msg)

    def has(self, key: str) -> bool:
        """Say whether an exam belongs to it.

        Parameters
        ----------
        key : str
            Name of its outcome.

        Returns
        -------
        bool
            True for exactly one of the shares.

        Examples
        --------
        >>> [Share(i, 3).has("00ff") for i in (1, 2, 3)]
        [True, False, False]
        """
        return int(key, 16) % self.of == self.number - 1


class Kept:
    """The folder of outcomes: each in a file of its own, whole or not there.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def find(self, key: str) -> Outcome | None:
        """Give an outcome, or None if there is none yet.

        Parameters
        ----------
        key : str
            Its name.

        Returns
        -------
        dict or None
            As :func:`hold` gave it.
        """
        try:
            text = (self._folder / f"{key}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        found: Outcome = of(json.loads(text))
        return found

    def keep(self, key: str, outcome: Outcome) -> None:
        """Keep an outcome, unless it says nothing of the submission.

        Parameters
        ----------
        key : str
            Its name.
        outcome : dict
            As :func:`hold` gave it.
        """
        if outcome.get("broke_off"):
            return
        # Written beside it and then moved: nobody finds half an outcome, on a common disk either.
        beside = self._folder / f"{key}.{socket.gethostname()}.{os.getpid()}.part"
        beside.write_text(json.dumps(data(outcome)), encoding="utf-8")
        beside.replace(self._folder / f"{key}.json")


def held(
    papers: Iterable[Sat], kept: Kept, executor: Executor, in_flight: int = IN_FLIGHT
) -> Iterator[tuple[Sat, Outcome]]:
    """Hold exams, those that were held before excepted.

    Parameters
    ----------
    papers : iterable of Sitting
        Who sits one. Read as far as there is room.
    kept : Kept
        Where outcomes are, and go.
    executor : concurrent.futures.Executor
        Who holds them: threads or processes of this machine, :class:`Here`, a cluster of Dask, …
    in_flight : int
        How many are handed out at once.

    Yields
    ------
    paper : Sitting
        One of those given.
    outcome : dict
        `cells` and `notes`, or `set_aside` with the reason.

    Raises
    ------
    UnfitError
        If a worker cannot grade as this machine would.
    concurrent.futures.BrokenExecutor
        If there is nobody left to hold them. What was held is kept.
    """
    waiting: dict[Future[Outcome], tuple[Sat, int]] = {}
    kit = library()

    def hand_out(paper: Sat, tries: int) -> None:
        waiting[executor.submit(hold, paper.exam(), kit)] = paper, tries

    def next_done() -> tuple[Sat, Outcome] | None:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        future = done.pop()
        paper, tries = waiting.pop(future)
        outcome = _outcome(future)
        if outcome.get("broke_off") and tries < MOST_TRIES:
            hand_out(paper, tries + 1)
            return None
        kept.keep(paper.key, outcome)
        return paper, outcome

    try:
        for paper in papers:
            if known := kept.find(paper.key):
                yield paper, known
                continue
            while len(waiting) >= in_flight:
                if done := next_done():
                    yield done
            hand_out(paper, 1)
        while waiting:
            if done := next_done():
                yield done
    finally:
        for future in waiting:
            future.cancel()


def _outcome(future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except (UnfitError, BrokenExecutor):
        raise
    except Exception as error:
        # Such as a worker of a cluster that was lost too often.
        why = later(
            "its exam broke off ({error}); grade again to try again", error=type(error).__name__
        )
        return {"set_aside": why, "broke_off": True}


def hold(
    exam: dict[str, Any],
    kit: str,
    started: Callable[[subprocess.Popen[str]], None] = lambda process: None,
) -> Outcome:
    """Hold one exam, in a process and a folder of its own that leave nothing behind.

    Parameters
    ----------
    exam : dict
        What :mod:`aiimpact.classroom.grading.exam` reads.
    kit : str
        What :func:`library` gives where the gradebook is.
    started : callable
        Called with the process.

    Returns
    -------
    dict
        `cells` and `notes`, or `set_aside` with the reason. With `broke_off` if that says nothing
        of the submission.

    Raises
    ------
    UnfitError
        If it would come out differently here.
    """
    _require_fit(exam["level"], kit)
    seconds = exam["limits"]["seconds"]
    with tempfile.TemporaryDirectory(prefix="exam-", ignore_cleanup_errors=True) as folder:
        # Another user must get through to the desk inside.
        Path(folder).chmod(0o711)
        process = subprocess.Popen(
            # With -P: nothing that lies where the teacher happens to be is imported.
            [sys.executable, "-P", "-m", "aiimpact.classroom.grading.exam"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=os.environ | {"TMPDIR": folder, "TEMP": folder, "PYTHONPATH": str(_PACKAGE.parent)},
            start_new_session=True,
        )
        try:
            started(process)
            written, _ = process.communicate(
                json.dumps(exam), timeout=seconds * watch.LONGEST + STARTING_UP
            )
        except subprocess.TimeoutExpired:
            return {"set_aside": watch.TOO_BUSY, "broke_off": True}
        finally:
            _end(process)
    if process.returncode != 0:
        code = process.returncode
        why = later("its exam broke off with code {code}; grade again to try again", code=code)
        return {"set_aside": why, "broke_off": True}
    result: Outcome = of(json.loads(written))
    return result


def _require_fit(level: Level, kit: str) -> None:
    if kit != library():
        msg = (
            f"{socket.gethostname()} has another Python, library or set of packages than the machine "
            "that keeps the gradebook. Marks must not depend on where an exam was held: install "
            "the same on both."
        )
        raise UnfitError(msg)
    order = list(LEVELS)
    if order.index(here := strongest()) > order.index(level):
        msg = (
            f"{socket.gethostname()} isolates at level {here!r} at best, the machine that keeps the "
            f"gradebook at {level!r}. Choose machines that isolate as well."
        )
        raise UnfitError(msg)


def _end(process: subprocess.Popen[str]) -> None:
    """End an exam and all that it has started."""
    processes.end(process.pid)
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@cache
def library() -> str:
    """Give a name for all of ours that makes up a mark: the library, Python, what is installed.

    Returns
    -------
    str
        Letters and digits, different for anything that could change a mark.
    """
    files = sorted(path for path in _PACKAGE.rglob("*") if path.suffix in (".py", ".csv", ".yaml"))
    installed = sorted(f"{x.name} {x.version}" for x in metadata.distributions())
    packages = "\n".join([platform.python_version(), *installed]).encode()
    # What a student is told in another language is kept with the outcome.
    spoken = sorted((_PACKAGE / "locale" / "dist").glob("*.json"))
    return intake.fingerprint(packages, *(path.read_bytes() for path in (*files, *spoken)))


class Here(ThreadPoolExecutor):
    """Exams on this machine; the end of the block ends those under way.

    Parameters
    ----------
    jobs : int
        How many at a time.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        self._running: list[subprocess.Popen[str]] = []
        self._ours = threading.Lock()
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue an exam; its process is known here, so that it can be ended."""
        return super().submit(fn, *args, **kwargs, started=self._started)

    def _started(self, process: subprocess.Popen[str]) -> None:
        with self._ours:
            if self._closed:
                msg = "The run was interrupted."
                raise RuntimeError(msg)
            self._running = [x for x in self._running if x.poll() is None]
            self._running.append(process)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End what is under way."""
        with self._ours:
            self._closed = True
            for process in self._running:
                if process.poll() is None:
                    _end(process)
        super().shutdown(wait, cancel_futures=cancel_futures)
