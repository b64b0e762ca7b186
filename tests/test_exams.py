"""Exams are held once, by whoever is there, and a class of any size fits in memory."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiimpact.classroom.grading import exams, sandbox
from aiimpact.classroom.grading.alone import alone
from aiimpact.classroom.grading.exams import Kept, Share
from aiimpact.classroom.grading.progress import Bar


@dataclass(frozen=True)
class Sheet:
    key: str

    def exam(self) -> dict[str, Any]:
        return {"key": self.key}


class Asked(Executor):
    """Gives outcomes when it is asked to, and counts."""

    def __init__(self, outcome: Callable[[str, int], Any]) -> None:
        self.outcome = outcome
        self.tries: Counter[str] = Counter()

    def submit(self, fn: Any, /, exam: Any, *_: Any, **__: Any) -> Future[Any]:
        assert fn is exams.hold
        self.tries[exam["key"]] += 1
        future: Future[Any] = Future()
        given = self.outcome(exam["key"], self.tries[exam["key"]])
        if isinstance(given, Exception):
            future.set_exception(given)
        else:
            future.set_result(given)
        return future


GOOD = {"cells": [], "notes": []}
BROKEN = {"set_aside": "its exam broke off", "broke_off": True}


def sheets(count: int) -> list[Sheet]:
    return [Sheet(f"{i:024x}") for i in range(count)]


# Shares


@given(st.integers(1, 40), st.integers(0, 2**96 - 1))
def test_each_exam_belongs_to_one_share(of, number):
    key = f"{number:024x}"
    assert [Share(i, of).has(key) for i in range(1, of + 1)].count(True) == 1


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "", "a/b", "-1/3", "1/0", "1/3/5", "½/3"])
def test_a_share_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="the third of sixteen shares, got"):
        Share.read(text)


# Who holds them


def test_what_was_held_is_not_held_again(tmp_path):
    kept = Kept(tmp_path / "exams")
    for _ in range(2):
        executor = Asked(lambda key, tries: GOOD | {"notes": [key]})
        done = list(exams.held(sheets(5), kept, executor))
        assert {sheet.key: outcome["notes"] for sheet, outcome in done} == {
            sheet.key: [sheet.key] for sheet in sheets(5)
        }
    assert not executor.tries
    assert all(path.suffix == ".json" for path in (tmp_path / "exams").iterdir())


def test_an_exam_that_breaks_off_is_held_again(tmp_path):
    executor = Asked(lambda key, tries: GOOD if tries == exams.MOST_TRIES else BROKEN)
    done = list(exams.held(sheets(3), Kept(tmp_path), executor))
    assert [outcome for _, outcome in done] == [GOOD] * 3
    assert set(executor.tries.values()) == {exams.MOST_TRIES}


@pytest.mark.parametrize("outcome", [BROKEN, ConnectionError("the worker is gone")])
def test_one_that_always_breaks_off_is_told_and_not_kept(tmp_path, outcome):
    executor = Asked(lambda key, tries: outcome)
    ((_, result),) = exams.held(sheets(1), Kept(tmp_path), executor)
    assert "its exam broke off" in result["set_aside"]
    assert executor.tries.total() == exams.MOST_TRIES
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [BrokenExecutor("no worker"), exams.UnfitError("another Python")])
def test_nobody_left_to_hold_them_stops_the_run_and_what_was_held_is_kept(tmp_path, error):
    executor = Asked(lambda key, tries: error if key.endswith("3") else GOOD)
    with pytest.raises(type(error)):
        list(exams.held(sheets(5), Kept(tmp_path), executor, in_flight=1))
    assert len(list(tmp_path.iterdir())) == 3


def test_no_more_is_read_than_is_handed_out(tmp_path):
    read = 0

    def one_by_one() -> Iterator[Sheet]:
        nonlocal read
        for sheet in sheets(50):
            read += 1
            yield sheet

    executor = Asked(lambda key, tries: GOOD)
    for done, _ in enumerate(exams.held(one_by_one(), Kept(tmp_path), executor, 4), start=1):
        assert read - done <= 4
    assert read == 50


def test_a_worker_with_another_library_does_not_grade():
    exam = {"level": sandbox.strongest(), "limits": {"seconds": 1}}
    with pytest.raises(exams.UnfitError, match="another Python, library or set of packages"):
        exams.hold(exam, "0" * 24)


def test_a_worker_that_isolates_less_does_not_grade(monkeypatch):
    monkeypatch.setattr(exams, "strongest", lambda: "none")
    exam = {"level": "namespaces", "limits": {"seconds": 1}}
    with pytest.raises(exams.UnfitError, match="isolates at level 'none' at best"):
        exams.hold(exam, exams.library())


def test_another_process_can_hold_an_exam(tmp_path):
    @dataclass(frozen=True)
    class Real:
        key: str = "0" * 24

        def exam(self) -> dict[str, Any]:
            cell = {"role": "theirs", "source": "print(6 * 7)", "name": ""}
            limits = {"seconds": 60.0, "cell_seconds": 30.0}
            return {
                "cells": [cell],
                "student": "s001",
                "limits": limits,
                "level": sandbox.strongest(),
            }

    with ProcessPoolExecutor(1) as pool:
        ((_, outcome),) = exams.held([Real()], Kept(tmp_path), pool)
    assert [cell["printed"] for cell in outcome["cells"]] == ["42\n"]
    assert json.loads((tmp_path / f"{'0' * 24}.json").read_text()) == outcome


SLEEPER = "98765.4321"  # seconds, and a name to find it by


def sleepers() -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        # Any other process of the machine may end while it is read.
        with contextlib.suppress(OSError):
            if SLEEPER.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells that a parent is gone")
@pytest.mark.parametrize("how", ["the grader is killed", "the run is interrupted"])
def test_what_a_submission_started_ends_with_its_grader(how):
    limits = {"seconds": 60.0, "cell_seconds": 60.0}
    orphan = (
        f"import subprocess\nsubprocess.Popen(['sh', '-c', 'sleep {SLEEPER} & sleep {SLEEPER}'])"
    )
    cells = [{"role": "theirs", "source": f"{orphan}.wait()", "name": ""}]
    exam = {"cells": cells, "student": "s001", "limits": limits, "level": "limits"}
    code = (
        "import json, sys\nfrom aiimpact.classroom.grading import exams\n"
        "with exams.Here(1) as pool:\n"
        "    pool.submit(exams.hold, json.loads(sys.argv[1]), exams.library())\n"
        "    sys.stdin.readline()"
    )
    grader = subprocess.Popen([sys.executable, "-c", code, json.dumps(exam)], stdin=subprocess.PIPE)
    with grader:
        await_sleepers(lambda left: len(left) >= 2)
        if how == "the grader is killed":
            grader.kill()
        else:
            grader.stdin.close()
    await_sleepers(lambda left: not left)


def await_sleepers(enough: Callable[[list[int]], bool]) -> None:
    for _ in range(600):
        if enough(left := sleepers()):
            return
        time.sleep(0.1)
    for number in left:
        os.kill(number, signal.SIGKILL)
    raise AssertionError(left)


# One at a time in a folder


def require_refused(folder: Path, words: str, *, among_shares: bool = False) -> None:
    with pytest.raises(RuntimeError, match=words), alone(folder, among_shares=among_shares):
        raise AssertionError


def test_two_graders_in_one_folder_are_refused(tmp_path):
    with alone(tmp_path):
        require_refused(tmp_path, rf"process {os.getpid()} on .* is grading there")
        require_refused(tmp_path, "Wait until that is over, or give another OUT", among_shares=True)
    with alone(tmp_path):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has one kind of lock: no shares there")
def test_shares_may_be_held_side_by_side_and_no_gradebook_beside_them(tmp_path):
    with alone(tmp_path, among_shares=True), alone(tmp_path, among_shares=True):
        require_refused(tmp_path, "is in use")


def test_a_grader_that_is_killed_leaves_no_lock(tmp_path):
    code = (
        "import sys, time; from pathlib import Path\n"
        "from aiimpact.classroom.grading.alone import alone\n"
        "with alone(Path(sys.argv[1])): print('in', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, encoding="utf-8"
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        with pytest.raises(RuntimeError, match=f"process {process.pid} on"), alone(tmp_path):
            raise AssertionError
        process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    with alone(tmp_path):
        pass


# How long it will take


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_says_how_long_it_will_take_by_the_pace_of_the_last_minute():
    now = 0.0
    bar = Bar(stream := Terminal(), clock=lambda: now)
    bar(500, 1000)  # Held by an earlier run: no time at all.
    for done in range(501, 541):
        now += 6.0
        bar(done, 1000)
    shown = stream.getvalue().split("\r")
    assert "540/1000, about 46 min left" in shown[-1]
    now += 6.0
    bar(1000, 1000)
    assert stream.getvalue().endswith("] 1000/1000\x1b[K\n")


def test_where_there_is_no_terminal_the_bar_writes_a_line_for_each_tenth():
    bar = Bar(stream := io.StringIO(), clock=lambda: 0.0)
    for done in range(1, 1001):
        bar(done, 1000)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[-1].endswith("] 1000/1000")
    assert "\r" not in stream.getvalue()
