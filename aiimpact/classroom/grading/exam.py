"""One submission's exam: the student's cells run at a desk of their own, the tests run here.

A test asks the desk for values and for answers of functions, and judges them on this side, so a
submission can change its own Python as it likes: the tests, the right answers and the library that
computes them are out of its reach.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import json
import linecache
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiimpact.classroom import checks, numbers
from aiimpact.classroom.grading import processes, told
from aiimpact.classroom.grading.sandbox import Level, Limits
from aiimpact.classroom.grading.seat import (
    LONGEST_LINE,
    BusyError,
    Desk,
    DeskLostError,
    ExamError,
    Ran,
)
from aiimpact.classroom.grading.told import legible
from aiimpact.classroom.speech import data, here, later
from aiimpact.words import say, sentences, speaking

MOST_MEMORY_MB = 1024
"""What an exam itself may take more than at its start, whatever is sent to it. [MiB]"""


def sit(
    cells: Iterable[dict[str, Any]], student: str, limits: Limits, level: Level
) -> dict[str, Any]:
    """Let a student's cells run and put the tests to them.

    Parameters
    ----------
    cells : iterable of dict
        Code cells in order: `role` ("theirs", "ours" or "test"), `source`, and `name`.
    student : str
        Whose it is; tests take the numbers of this id.
    limits : Limits
        What it may use.
    level : str
        How it is kept apart, one of :data:`aiimpact.classroom.grading.sandbox.LEVELS`.

    Returns
    -------
    dict
        `cells`: what became of each, in the same order; `notes`: what a reader should know.

    Raises
    ------
    ExamError
        If it cannot be graded.
    """
    desk = Desk(limits, level, student)
    names: dict[str, Any] = {"STUDENT": student}
    done: list[Ran] = []
    tests: list[_Test] = []
    stopped = ""
    try:
        for cell in cells:
            if cell["role"] == "test":
                test = _Test(cell["source"], cell["name"], dict(names), desk, stopped)
                ran = test.shown()
                tests.append(test)
                stopped = ""
            else:
                ran = desk.run(cell["source"])
                if absent := re.match(
                    r"ModuleNotFoundError: No module named '([\w.]+)'", ran.failed
                ):
                    ran.note = later(
                        "It imports {module}, which is not installed here. If your students may use it, "
                        "install it and grade again.",
                        module=absent[1],
                    )
                stopped = stopped or _stopped(ran)
            if cell["role"] == "ours":
                _ours(cell["source"], cell["name"], names)
            done.append(ran)
        worked_as: Any = None
        with contextlib.suppress(DeskLostError):
            worked_as = desk.value("STUDENT")
        # From here on no cell runs and no value is read: what a function does with an input of a
        # hidden test, it can hand to nobody.
        for test in tests:
            test.hidden()
        notes = list(dict.fromkeys(ran.note for ran in done if ran.note))
        notes += _notes(worked_as, student)
        notes += [desk.watch.busy] if desk.watch.busy else []
    finally:
        desk.close()
    sent = [{"printed": x.printed, "failed": x.failed, "slip": x.slip} for x in done]
    return {"cells": sent, "notes": notes}


def _stopped(ran: Ran) -> str:
    """Say in one line what stopped a cell, if something did."""
    if ran.left_out:
        return say("A cell before this check was left out: it {why}.", why=here(ran.left_out))
    words = " ".join(ran.failed.split())[:200]
    return words and say("A cell before this check stops: {words}", words=words)


def _ours(source: str, name: str, names: dict[str, Any]) -> None:
    try:
        _execute(source, name, names)
    except ValueError as error:
        # Such as a folder whose name can be nobody's id.
        raise ExamError(str(error)) from None


def _notes(worked_as: Any, student: str) -> Iterable[str]:
    if (
        isinstance(worked_as, str)
        and not numbers.is_open(worked_as)
        and numbers.normal(worked_as) != numbers.normal(student)
    ):
        yield later(
            "The notebook was worked with the numbers of {other}, but it was handed in by {student}, "
            "whose numbers count.",
            other=repr(worked_as[:40]),
            student=repr(student),
        )


@dataclass
class _Test:
    """A test cell: what a student may read of it runs where it stands, what is hidden in the end."""

    source: str
    name: str
    names: dict[str, Any]
    desk: Desk
    stopped: str
    absent: list[str] = field(default_factory=list)
    ran: Ran = field(default_factory=Ran)

    def shown(self) -> Ran:
        """Run what a student has read, with the student's values as they are here."""
        try:
            for wanted in _wanted(self.source, self.names):
                value = self.names[wanted] = self.desk.value(wanted)
                if value is None or value is ...:
                    self.absent.append(wanted)
        except DeskLostError as lost:
            told_of = say("an answer of the notebook {why}.", why=here(lost.why))
            self._fail(checks.KeepWorking.toned(told_of))
        else:
            self._run(told.parts(self.source)[0], hidden=False)
        return self.ran

    def hidden(self) -> None:
        """Run what is hidden, unless it has failed already."""
        if not self.ran.failed:
            self._run(told.parts(self.source)[1], hidden=True)

    def _run(self, source: str, *, hidden: bool) -> None:
        sheet = io.StringIO()
        before, strikes = self.desk.calls, self.desk.strikes
        try:
            with contextlib.redirect_stdout(sheet):
                _execute(source, self.name, self.names)
        except ExamError:
            raise
        except Exception as error:
            # What is told of a value, which was there before any hidden input was, may be told.
            vague = hidden and self.desk.calls > before
            lost = self.desk.lost if self.desk.strikes > strikes else ""
            words, slip, note = told.of(
                error, self.name, self.absent, hidden=hidden, vague=vague, lost=lost
            )
            self._fail(words, slip)
            self.ran.note = note
        if hidden and self.desk.calls > before:
            passed = say("Got it, in the hidden cases too.") + "\n"
            self.ran.printed += "" if self.ran.failed else passed
        else:
            self.ran.printed += legible(sheet.getvalue(), LONGEST_LINE)

    def _fail(self, words: str, slip: str = "") -> None:
        self.ran.failed, self.ran.slip = sentences(words, self.stopped), slip


def _wanted(source: str, names: dict[str, Any]) -> list[str]:
    """Find the names that a test uses and that are neither ours, nor Python's, nor its own."""
    nodes = list(ast.walk(ast.parse(source)))
    used = {x.id for x in nodes if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Load)}
    bound = {x.id for x in nodes if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)}
    bound |= {x.name for x in nodes if isinstance(x, ast.FunctionDef)}
    bound |= {x.arg for x in nodes if isinstance(x, ast.arg)}
    return sorted(used - bound - names.keys() - vars(builtins).keys())


def _execute(source: str, name: str, names: dict[str, Any]) -> None:
    name = f"<{name}>"
    # So that inspect.getsource finds a function that is defined here.
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), names)


def main() -> None:
    """Sit one exam: read it from standard input, write the result to standard output."""
    _limit_ourselves()
    processes.leave_with_parent()
    processes.adopt()
    try:
        given = json.load(sys.stdin)
        limits = Limits(**given["limits"])
        # A notebook chooses its language itself; this is for one of an edition that is not here.
        with speaking(given.get("language", "en")):
            result = sit(given["cells"], given["student"], limits, given["level"])
    except ExamError as error:
        result = {"set_aside": error.why, "broke_off": isinstance(error, BusyError)}
    finally:
        processes.end(os.getpid(), itself=False)
    json.dump(data(result), sys.stdout)


def _limit_ourselves() -> None:
    """Keep what a submission sends back from filling the memory of the grader."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(ValueError, OSError):
        import resource

        # What numpy has reserved for each processor is not what a submission sends.
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + (MOST_MEMORY_MB << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
