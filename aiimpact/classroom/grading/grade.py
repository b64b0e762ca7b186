"""Grading a class: each submission sits its exam in a place of its own, several at a time.

nbgrader's autograder runs what it is given as it is. Here the cells run behind
:mod:`aiimpact.classroom.grading.sandbox`, and nbgrader's preprocessors keep the book
(:mod:`aiimpact.classroom.grading.gradebook`). An exam that is over is kept, so that an interrupted run goes
on where it was.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from nbformat import ValidationError
from nbgrader import utils

from aiimpact.classroom.grading import editions, intake, machine, reports, sandbox, watch
from aiimpact.classroom.grading.entries import Entry
from aiimpact.classroom.grading.gradebook import Book
from aiimpact.classroom.grading.sandbox import Level, Limits, strongest

STARTING_UP = 60.0
"""How much longer than its exam a submission may take, to start and to report. [s]"""

_PACKAGE = Path(__file__).resolve().parents[2]

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Paper:
    """A submission that can sit its exam.

    Parameters
    ----------
    entry : Entry
        Where its outcome is written.
    cells : list of nbformat.NotebookNode
        What is run and graded.
    key : str
        Name of its outcome, different for anything that could change it.
    """

    entry: Entry
    cells: list[Any]
    key: str

    def exam(self, limits: Limits, level: Level) -> dict[str, Any]:
        """Write down what :mod:`aiimpact.classroom.grading.exam` reads.

        Parameters
        ----------
        limits : aiimpact.classroom.grading.sandbox.Limits
            What it may use.
        level : str
            How it is kept apart.

        Returns
        -------
        dict
            To be sent as JSON.
        """
        code = [cell for cell in self.cells if cell.cell_type == "code"]
        return {
            "cells": [
                {"role": _role(cell), "source": cell.source, "name": intake.grade_id(cell)}
                for cell in code
            ],
            "student": self.entry.student,
            "limits": dataclasses.asdict(limits),
            "level": level,
        }


def grade(
    submissions: Path,
    out: Path,
    *,
    limits: Limits | None = None,
    level: Level | None = None,
    jobs: int | None = None,
    not_isolated: bool = False,
    source: Path = editions.SOURCE,
    progress: Progress = lambda done, of: None,
) -> list[Entry]:
    """Grade everything in a folder, and write gradebook, feedback and overview.

    Parameters
    ----------
    submissions : pathlib.Path
        A folder with a folder for each student, whose name is the student's id. Only read.
    out : pathlib.Path
        Where to write. What is there already is not done again.
    limits : aiimpact.classroom.grading.sandbox.Limits, optional
        What each submission may use.
    level : str, optional
        How submissions are kept apart; the strongest that works here, if left out.
    jobs : int, optional
        How many at a time; if left out, as many as processors and memory are enough for.
    not_isolated : bool
        Whether to grade even if submissions can read or delete files of yours.
    source : pathlib.Path
        Where the exercises are.
    progress : callable
        Called with how many are done, and of how many.

    Returns
    -------
    list of Entry
        One for everything that was found, in the order of the files.

    Raises
    ------
    NotADirectoryError
        If there is no folder of submissions.
    aiimpact.classroom.grading.sandbox.NotIsolatedError
        If this machine cannot keep submissions apart, and `not_isolated` was not given.
    ValueError
        If there is nothing in it, or one of the two folders lies in the other.
    """
    limits, level = limits or Limits(), level or strongest()
    if not not_isolated:
        sandbox.require_isolation(level)
    found = intake.survey(submissions)
    if not found:
        msg = f"There is nothing in {submissions}. It must have a folder for each student."
        raise ValueError(msg)
    here, there = submissions.resolve(), out.resolve()
    if here == there or here in there.parents or there in here.parents:
        msg = f"OUT must lie outside of SUBMISSIONS, and not around it, got {out}."
        raise ValueError(msg)
    exercises = {path.stem: editions.read(path) for path in editions.sources(source)}
    papers, entries = plan(found, exercises)
    book = Book(out, {paper.entry.exercise: exercises[paper.entry.exercise] for paper in papers})
    with _Exams(out / "exams", limits, level, jobs or machine.jobs(limits)) as exams:
        for done, (paper, result) in enumerate(exams.sit(papers), start=1):
            entry = paper.entry
            entry.set_aside = result.get("set_aside", "")
            if not entry.set_aside:
                _record(book, paper, result)
            progress(done, len(papers))
    entries += [paper.entry for paper in papers]
    entries.sort(key=lambda entry: entry.file)
    reports.write(entries, out, level, len(found))
    return entries


def _record(book: Book, paper: Paper, result: dict[str, Any]) -> None:
    entry = paper.entry
    student = intake.file_name(entry.student)
    try:
        entry.marks = book.record(student, entry.exercise, paper.cells, result["cells"])
    except (LookupError, TypeError, ValueError, ValidationError) as error:
        # Nothing known leads here; if something does, the others still get their marks.
        entry.set_aside = f"the gradebook cannot take it: {type(error).__name__}: {error}"[:300]
        return
    entry.cells = paper.cells
    entry.notes += result["notes"]


def plan(
    found: Iterable[intake.Found], exercises: dict[str, Any]
) -> tuple[list[Paper], list[Entry]]:
    """Read what was handed in, and choose what is graded.

    Parameters
    ----------
    found : iterable of aiimpact.classroom.grading.intake.Found
        Everything there is.
    exercises : dict of str to nbformat.NotebookNode
        The sources by name.

    Returns
    -------
    papers : list of Paper
        What is graded: at most one for each student and exercise.
    set_aside : list of Entry
        All the rest.
    """
    released = {name: editions.released(source) for name, source in exercises.items()}
    kit = _kit(exercises)
    rivals: dict[tuple[str, str], list[Paper]] = defaultdict(list)
    set_aside = []
    for thing in found:
        entry = Entry(thing.student, thing.name)
        try:
            raw = thing.read()
            given = intake.parse(raw)
            name = entry.exercise = intake.recognise(given, released)
        except intake.SetAsideError as error:
            entry.set_aside = str(error)
            set_aside.append(entry)
            continue
        entry.notes = intake.name_again(given, released[name])
        cells, more = intake.assemble(given, exercises[name], released[name])
        entry.notes += more
        key = intake.fingerprint(kit, thing.student.encode(), name.encode(), raw)
        rivals[thing.student, name].append(Paper(entry, cells, key))
    chosen = []
    for (_, name), papers in rivals.items():
        named = [paper for paper in papers if paper.entry.file.endswith(f"/{name}.ipynb")]
        counts = papers if len(papers) == 1 else named if len(named) == 1 else []
        chosen += counts
        for paper in papers:
            if paper not in counts:
                paper.entry.set_aside = f"{len(papers)} notebooks are exercise {name}; " + (
                    f"{counts[0].entry.file} counts" if counts else "which one counts?"
                )
                set_aside.append(paper.entry)
    return chosen, set_aside


class _Exams:
    """Exams under way, several at a time; leaving the block ends those that are."""

    def __init__(self, folder: Path, limits: Limits, level: Level, jobs: int) -> None:
        self._folder, self._limits, self._level = folder, limits, level
        self._pool = ThreadPoolExecutor(jobs)
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._closed = False
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> _Exams:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closed = True
            for process in self._running:
                _end(process)
        self._pool.shutdown(cancel_futures=True)

    def sit(self, papers: list[Paper]) -> Iterable[tuple[Paper, dict[str, Any]]]:
        """Give the papers with their outcomes, as they are done."""
        waiting = {self._pool.submit(self._outcome, paper): paper for paper in papers}
        for future in as_completed(waiting):
            yield waiting[future], future.result()

    def _outcome(self, paper: Paper) -> dict[str, Any]:
        given = repr((self._limits, self._level)).encode()
        kept = self._folder / f"{intake.fingerprint(paper.key.encode(), given)}.json"
        if kept.exists():
            known: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
            return known
        result = self._run(paper.exam(self._limits, self._level))
        if result.get("broke_off"):
            return result
        # Written beside it and then moved: an interrupted run leaves no half an outcome.
        beside = kept.with_suffix(".part")
        beside.write_text(json.dumps(result), encoding="utf-8")
        beside.replace(kept)
        return result

    def _run(self, exam: dict[str, Any]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="exam-", ignore_cleanup_errors=True) as folder:
            # Another user must get through to the desk inside.
            Path(folder).chmod(0o711)
            with self._lock:
                if self._closed:
                    raise KeyboardInterrupt
                process = subprocess.Popen(
                    # With -P: nothing that lies where the teacher happens to be is imported.
                    [sys.executable, "-P", "-m", "aiimpact.classroom.grading.exam"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    encoding="utf-8",
                    env=os.environ
                    | {"TMPDIR": folder, "TEMP": folder, "PYTHONPATH": str(_PACKAGE.parent)},
                    start_new_session=True,
                )
                self._running.add(process)
            try:
                written, _ = process.communicate(
                    json.dumps(exam), timeout=self._limits.seconds * watch.LONGEST + STARTING_UP
                )
            except subprocess.TimeoutExpired:
                return {"set_aside": watch.TOO_BUSY, "broke_off": True}
            finally:
                _end(process)
                with self._lock:
                    self._running.discard(process)
        if self._closed:
            raise KeyboardInterrupt
        if process.returncode != 0:
            why = f"its exam broke off with code {process.returncode}; grade again to try again"
            return {"set_aside": why, "broke_off": True}
        result: dict[str, Any] = json.loads(written)
        return result


def _end(process: subprocess.Popen[str]) -> None:
    """End an exam and all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _role(cell: Any) -> str:
    if utils.is_grade(cell):
        return "test"
    return "ours" if utils.is_locked(cell) else "theirs"


def _kit(exercises: dict[str, Any]) -> bytes:
    """Give a name for all that makes up a mark on our side: exercises, library, what is installed."""
    files = sorted(path for path in _PACKAGE.rglob("*") if path.suffix in (".py", ".csv", ".yaml"))
    texts = [json.dumps(source, sort_keys=True).encode() for source in exercises.values()]
    installed = sorted(f"{x.name} {x.version}" for x in metadata.distributions())
    texts.append("\n".join([platform.python_version(), *installed]).encode())
    return intake.fingerprint(*texts, *(path.read_bytes() for path in files)).encode()
