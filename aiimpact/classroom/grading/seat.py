"""A student's seat: their Python behind the sandbox, asked for values and for answers of functions.

It is started when it is needed, and again when it is lost.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import queue
import shutil
import subprocess
import tempfile
import textwrap
import threading
import time
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

from aiimpact.classroom import checks, numbers
from aiimpact.classroom.grading import cgroup, processes, told
from aiimpact.classroom.grading.processes import Meter
from aiimpact.classroom.grading.sandbox import Level, Limits, command
from aiimpact.classroom.grading.told import LONGEST_REPLY, legible
from aiimpact.classroom.grading.watch import TOO_BUSY, Watch, too_much_memory
from aiimpact.classroom.speech import here, later
from aiimpact.words import say

LONGEST_LINE = 1_000_000
MOST_STRIKES = 8
FULL_SHEETS = 50
"""How many cells may print as much as a cell may; what all of them print is kept up to there."""

WATCH_SECONDS = 0.2
START_SECONDS = 60.0
"""How long a desk may take to be ready. A busy machine is not a student's fault. [s]"""


class _SaidLaterError(Exception):
    @property
    def why(self) -> str:
        """What is said later."""
        why: str = self.args[0]
        return why


class DeskLostError(_SaidLaterError):
    """The desk is gone; the text says why, in words that follow "the cell" and are said later."""


class ExamError(_SaidLaterError):
    """The submission cannot be graded; the text says why, and is said later."""


class BusyError(ExamError):
    """The machine was too busy, which is nobody's fault; the text says so."""


@dataclass(slots=True)
class Ran:
    """What became of one cell."""

    printed: str = ""
    failed: str = ""
    slip: str = ""
    note: str = ""
    left_out: str = ""


@dataclass
class Desk:
    """A student's Python behind the sandbox; started when it is needed, and again when it is lost."""

    limits: Limits
    level: Level
    student: str = ""
    history: list[str] = field(default_factory=list)
    strikes: int = 0
    calls: int = 0
    lost: str = ""
    _room: int = 0
    _process: subprocess.Popen[str] | None = None
    _group: cgroup.Group | None = None
    _excess: str = ""
    _answers: Answers = field(default_factory=lambda: Answers())
    _asked: int = 0
    _folder: str = ""

    def run(self, source: str) -> Ran:
        """Run a cell. One that loses the desk is left out, and the desk set up again."""
        try:
            answer = self._ask("run", source=source)
        except DeskLostError as lost:
            return _left_out(lost.why)
        failed = _error(answer["error"]) if answer.get("error") else ""
        if failed.startswith("MemoryError"):
            # What it holds would make later cells fail.
            self.close()
            return _left_out(too_much_memory(self.limits))
        self.history.append(source)
        printed = legible(answer.get("printed"), min(self.limits.printed, self._room))
        self._room -= len(printed)
        return Ran(told.without_paths(printed), told.without_paths(failed))

    def __post_init__(self) -> None:
        """Make room for what is printed, and start the clock."""
        self._room = FULL_SHEETS * self.limits.printed
        self.watch = Watch(self.limits)

    def value(self, name: str) -> Any:
        """Give what the student has under a name."""
        return self._understood(self._ask("value", name=name), name)

    def call(
        self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], held: str = ""
    ) -> Any:
        """Call a function of the student's."""
        self.calls += 1
        try:
            answer = self._ask(
                "call",
                name=function,
                held=held,
                args=[_sendable(x) for x in args],
                kwargs={key: _sendable(x) for key, x in kwargs.items()},
            )
        except DeskLostError as lost:
            msg = say("your function {name} {why}.", name=function, why=here(lost.why))
            raise checks.KeepWorking(msg) from None
        if answer.get("raised"):
            raised = told.without_paths(_error(answer["raised"]))
            if raised.startswith("AssertionError: "):
                raise AssertionError(raised.removeprefix("AssertionError: "))
            msg = say("your function raises {error}", error=raised)
            raise checks.KeepWorking(msg, raised=raised.partition(":")[0])
        return self._understood(answer, function)

    def close(self) -> None:
        """End the process and remove its folder."""
        self._answers.close()
        if self._process:
            processes.end(self._process.pid)
            self._process.wait()
            if self._process.stdin:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
            self._process = None
        if self._group:
            self._group.close()
            self._group = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""

    def _understood(self, answer: dict[str, Any], name: str) -> Any:
        if answer.get("callable"):
            return Remote(self, name, legible(answer.get("held"), 200))
        if "other" in answer:
            return checks.Unsendable(legible(answer["other"], 60))
        return answer.get("value", ...)

    def _ask(self, kind: str, **given: Any) -> dict[str, Any]:
        if self._excess:
            # What it used too much of was found when its answer was there already.
            self.close()
        try:
            if self._process is None:
                self._start()
            return self._exchange(kind, given)
        except (DeskLostError, OSError) as error:
            out_of_memory = self._group is not None and self._group.ran_out()
            self.close()
            if self.watch.over:
                raise ExamError(later("it {why}", why=self._excess)) from None
            self.strikes += 1
            why = error.why if isinstance(error, DeskLostError) else _ENDED
            msg = self._excess or (too_much_memory(self.limits) if out_of_memory else why)
            if self.strikes > MOST_STRIKES:
                told = later(
                    "its Python was lost {count} times; the last time a cell {why}",
                    count=self.strikes,
                    why=msg,
                )
                raise ExamError(told) from None
            self.lost = msg
            raise DeskLostError(msg) from None

    def _start(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="desk-")
        self._answers = Answers()
        self._excess = ""
        if above := cgroup.place():
            self._group = cgroup.Group(above, self.limits)
        self._process = subprocess.Popen(
            command(
                "aiimpact.classroom.grading.desk",
                Path(self._folder),
                self.level,
                self.limits,
                self._group.folder if self._group else None,
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
        )
        self.watch.follow(Meter(self._process.pid, group=self._group))
        threading.Thread(
            target=self._answers.read, args=(self._process.stdout,), daemon=True
        ).start()
        threading.Thread(target=self._look, args=(self._process,), daemon=True).start()
        self._asked = 0
        self._answer(START_SECONDS)
        # Who has left the id open on a hub has got the numbers of the name that the hub knows.
        hub = f"__import__('os').environ[{numbers.HUB_USER!r}] = {self.student!r}"
        for source in [hub, *self.history]:
            self._exchange("run", {"source": source})

    def _look(self, process: subprocess.Popen[str]) -> None:
        """End a desk that takes more than its share; limits alone count each process by itself."""
        while process.poll() is None and process is self._process:
            if why := self.watch.look(*self._held(process)):
                if process is self._process:
                    self._excess = why
                    processes.end(process.pid)
                return
            time.sleep(WATCH_SECONDS)

    def _held(self, process: subprocess.Popen[str]) -> tuple[float, int]:
        """Measure its files, where no file system of its own bounds them."""
        if self.level == "namespaces":
            return 0.0, 0
        size_mb, files = processes.size(Path(self._folder))
        return size_mb + processes.deleted_mb(process.pid, self.limits.disk_mb), files

    def _exchange(self, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        if self._process is None or self._process.stdin is None:
            raise AssertionError
        self._asked += 1
        ask = {"number": self._asked, "kind": kind, "with": given}
        self.watch.ask()
        try:
            self._process.stdin.write(json.dumps(ask) + "\n")
            self._process.stdin.flush()
            return self._answer(self.watch.longest_s)
        finally:
            self.watch.answered()

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            return _parsed(self._answers.get(seconds), self._asked)
        except queue.Empty:
            raise BusyError(TOO_BUSY) from None


class Answers:
    """What a desk has written and nobody has read yet: a line or two, whatever it sends."""

    def __init__(self) -> None:
        self._lines: queue.Queue[str] = queue.Queue(maxsize=2)
        self._closed = threading.Event()

    def read(self, stream: IO[str]) -> None:
        """Read to the end; no faster than somebody takes what was read."""
        with stream, contextlib.suppress(OSError, ValueError):
            while line := stream.readline(LONGEST_LINE):
                self._put(line)
        self._put("")

    def get(self, seconds: float) -> str:
        """Give the next line, and an empty text at the end."""
        return self._lines.get(timeout=seconds)

    def close(self) -> None:
        """Read no more."""
        self._closed.set()

    def _put(self, line: str) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                self._lines.put(line, timeout=WATCH_SECONDS)
                return


class Remote:
    """A function of the student's, called from here and run there."""

    def __init__(self, desk: Desk, name: str, held: str = "") -> None:
        self.desk = desk
        self.name = name
        self.held = held

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.desk.call(self.name, args, kwargs, self.held)


_ENDED = later("ended its Python")


def _left_out(why: str) -> Ran:
    """Say what became of a cell that lost the desk."""
    return Ran(failed=say("Left out: the cell {why}.", why=here(why)), left_out=why)


def _error(given: Any) -> str:
    """Write an error as the other side tells it, which may be anything."""
    if not isinstance(given, dict):
        return "Error: garbled"
    name, says = (legible(given.get(key), LONGEST_REPLY) for key in ("name", "says"))
    return f"{name or 'Error'}: {says}"


def _sendable(value: Any) -> Any:
    if isinstance(value, Remote):
        return {"own": value.name, "held": value.held}
    if isinstance(value, types.FunctionType):
        return {"source": textwrap.dedent(inspect.getsource(value)), "name": value.__name__}
    return {"value": value} if isinstance(value, dict) else value


def _parsed(line: str, number: int) -> dict[str, Any]:
    if not line:
        _lose(_ENDED)
    if not line.endswith("\n"):
        _lose(later("answered with too much"))
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        _lose(later("garbled its answers"))
    if not isinstance(answer, dict) or answer.get("number") != number:
        _lose(later("answered out of turn"))
    return answer


def _lose(why: str) -> NoReturn:
    raise DeskLostError(why)
