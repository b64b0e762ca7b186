"""Grading a class: each submission sits its exam in a place of its own, several at a time.

nbgrader's autograder runs what it is given as it is. Here the cells run behind
:mod:`aiimpact.classroom.grading.sandbox`, held by :mod:`aiimpact.classroom.grading.exams`, and nbgrader's
preprocessors keep the book (:mod:`aiimpact.classroom.grading.gradebook`). An exam that is over is
kept, so that an interrupted run goes on where it was. No more notebooks are in memory at once than
are handed out, however large a class is.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nbformat import ValidationError
from nbgrader import utils

from aiimpact.classroom.grading import (
    assembly,
    collection,
    editions,
    exams,
    identity,
    intake,
    machine,
    receipts,
    recognition,
    reports,
    sandbox,
)
from aiimpact.classroom.grading.alone import alone
from aiimpact.classroom.grading.entries import Entry
from aiimpact.classroom.grading.exams import Share
from aiimpact.classroom.grading.gradebook import Book
from aiimpact.classroom.grading.roster import Roster
from aiimpact.classroom.grading.sandbox import Level, Limits, strongest
from aiimpact.classroom.speech import later
from aiimpact.words import language, say, speaking

NOT_YET = later("it was not graded yet: the run was interrupted. Give the same command again")

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Paper:
    """A submission that can sit its exam; its notebook is read when it is needed.

    Parameters
    ----------
    entry : Entry
        Where its outcome is written.
    key : str
        Name of its outcome, different for anything that could change it.
    read : callable
        Gives the cells that are run and graded, and what a teacher should know of them.
    written_id : str
        Whose it is, as the notebook says; empty if it does not.
    limits : aiimpact.classroom.grading.sandbox.Limits
        What it may use.
    level : str
        How it is kept apart.
    cells : list of nbformat.NotebookNode
        What is run and graded, while it is.
    """

    entry: Entry
    key: str
    read: Callable[[], tuple[list[Any], list[str]]]
    written_id: str
    limits: Limits
    level: Level
    cells: list[Any] = dataclasses.field(default_factory=list)

    def exam(self) -> dict[str, Any]:
        """Write down what :mod:`aiimpact.classroom.grading.exam` reads.

        Returns
        -------
        dict
            To be sent as JSON.
        """
        code = [cell for cell in self.cells if cell.cell_type == "code"]
        return {
            "cells": [
                {"role": _role(cell), "source": cell.source, "name": recognition.grade_id(cell)}
                for cell in code
            ],
            "student": self.entry.student,
            "language": self.entry.language,
            "limits": dataclasses.asdict(self.limits),
            "level": self.level,
        }


def grade(
    submissions: Path,
    out: Path,
    *,
    limits: Limits | None = None,
    level: Level | None = None,
    jobs: int | None = None,
    not_isolated: bool = False,
    executor: Executor | None = None,
    in_flight: int = exams.IN_FLIGHT,
    source: Path | None = None,
    roster: Roster | None = None,
    as_named: bool = False,
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
    executor : concurrent.futures.Executor, optional
        Who holds the exams, such as `client.get_executor(pure=False)` of a Dask cluster; this
        machine, if left out. It stays open.
    in_flight : int
        How many exams are handed out at once.
    source : pathlib.Path, optional
        Where the exercises are; see :func:`aiimpact.classroom.grading.editions.folder`.
    roster : aiimpact.classroom.grading.roster.Roster, optional
        The class; what it was collected with, if left out.
    as_named : bool
        Whether to grade also if most notebooks are of others than their folders say.
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
        If there is nothing in it, one of the two folders lies in the other, or most notebooks are of
        others than their folders say.
    RuntimeError
        If somebody else is grading into `out`.
    """
    limits, level = limits or Limits(), level or strongest()
    if not not_isolated:
        sandbox.require_isolation(level)
    plan = _plan(submissions, out, limits, level, source, as_named=as_named)
    known = collection.read(submissions / collection.NAME)
    known.people = roster.people if roster else known.people
    ours = plan.exercises.get(language(), plan.exercises["en"])
    sat = {paper.entry.exercise: ours[paper.entry.exercise] for paper in plan.papers}
    with alone(out), Book(out, sat) as book:
        holder = nullcontext(executor) if executor else exams.Here(jobs or machine.jobs(limits))
        try:
            with holder as pool:
                held = exams.held(_read(plan.papers), exams.Kept(out / "exams"), pool, in_flight)
                for done, (paper, outcome) in enumerate(held, start=1):
                    _record(book, paper, outcome, out)
                    progress(done, len(plan.papers))
        finally:
            # Of what an interrupted run has done there are tables, too.
            entries = [*plan.set_aside, *(paper.entry for paper in plan.papers)]
            entries.sort(key=lambda entry: entry.file)
            for entry in entries:
                entry.notes += filter(None, [known.origin(entry.file).note])
            reports.write(entries, out, level, plan.found, known)
            receipts.keep(entries, submissions, out)
    return entries


def hold_share(
    submissions: Path,
    out: Path,
    share: Share,
    *,
    limits: Limits | None = None,
    level: Level | None = None,
    jobs: int | None = None,
    not_isolated: bool = False,
    source: Path | None = None,
    as_named: bool = False,
    progress: Progress = lambda done, of: None,
) -> int:
    """Hold the exams of one share of a class, and no more: :func:`grade` then finds them held.

    For machines that see a common disk and nothing else of each other, such as those of a Slurm
    array.

    Parameters
    ----------
    submissions, out, limits, level, jobs, not_isolated, source, as_named, progress
        As for :func:`grade`.
    share : Share
        Which share.

    Returns
    -------
    int
        How many exams belong to it.

    Raises
    ------
    NotADirectoryError, ValueError, RuntimeError
        As :func:`grade` does.
    """
    limits, level = limits or Limits(), level or strongest()
    if not not_isolated:
        sandbox.require_isolation(level)
    plan = _plan(submissions, out, limits, level, source, as_named=as_named)
    papers = [paper for paper in plan.papers if share.has(paper.key)]
    with alone(out, among_shares=True), exams.Here(jobs or machine.jobs(limits)) as pool:
        held = exams.held(_read(papers), exams.Kept(out / "exams"), pool)
        for done, (paper, _) in enumerate(held, start=1):
            paper.cells = []
            progress(done, len(papers))
    return len(papers)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with everything that was handed in.

    Parameters
    ----------
    exercises : dict of str to dict of str to nbformat.NotebookNode
        The sources by language and name.
    found : int
        How much there is.
    papers : list of Paper
        What is graded: at most one for each student and exercise.
    set_aside : list of Entry
        All the rest.
    """

    exercises: recognition.Editions
    found: int
    papers: list[Paper]
    set_aside: list[Entry]


def _plan(
    submissions: Path,
    out: Path,
    limits: Limits,
    level: Level,
    source: Path | None,
    *,
    as_named: bool,
) -> Plan:
    found = intake.survey(submissions)
    if not found:
        msg = say(
            "There is nothing in {folder}. It must have a folder for each student.",
            folder=submissions,
        )
        raise ValueError(msg)
    here, there = submissions.resolve(), out.resolve()
    if here == there or here in there.parents or there in here.parents:
        msg = say(
            "OUT must lie outside of SUBMISSIONS, and not around it, got {folder}.", folder=out
        )
        raise ValueError(msg)
    exercises = {x: editions.exercises(source, x) for x in editions.languages(source)}
    papers, set_aside = choose(found, exercises, limits, level)
    if not as_named:
        pairs = [(paper.entry.student, paper.written_id) for paper in papers]
        identity.check(pairs, submissions, [paper.entry.file for paper in papers])
    return Plan(exercises, len(found), papers, set_aside)


def choose(
    found: Iterable[intake.Found], exercises: recognition.Editions, limits: Limits, level: Level
) -> tuple[list[Paper], list[Entry]]:
    """Look into what was handed in, and choose what is graded.

    Parameters
    ----------
    found : iterable of aiimpact.classroom.grading.intake.Found
        Everything there is.
    exercises : dict of str to dict of str to nbformat.NotebookNode
        The sources by language and name.
    limits : aiimpact.classroom.grading.sandbox.Limits
        What each may use.
    level : str
        How they are kept apart.

    Returns
    -------
    papers : list of Paper
        What is graded: at most one for each student and exercise.
    set_aside : list of Entry
        All the rest.
    """
    released = {
        spoken: {name: editions.released(source) for name, source in sources.items()}
        for spoken, sources in exercises.items()
    }
    settings = repr((limits, level)).encode()
    kits = {
        (spoken, name): intake.fingerprint(
            exams.library().encode(), json.dumps(source, sort_keys=True).encode(), settings
        ).encode()
        for spoken, sources in exercises.items()
        for name, source in sources.items()
    }
    rivals: dict[tuple[str, str], list[Paper]] = defaultdict(list)
    set_aside = []
    for thing in found:
        entry = Entry(thing.student, thing.name)
        try:
            raw = thing.read()
            given = intake.parse(raw)
            entry.language, name = recognition.recognise_edition(given, released)
        except intake.SetAsideError as error:
            entry.set_aside = error.why
            set_aside.append(entry)
            continue
        entry.exercise = name
        # Where there are no exercises in a student's language, the checks of the English ones speak it.
        spoken = entry.language if entry.language in exercises else "en"
        source = exercises[spoken][name]
        entry.titles = {task.number: task.title for task in editions.tasks(source)}
        key = intake.fingerprint(kits[spoken, name], thing.student.encode(), name.encode(), raw)
        whole = partial(_assembled, thing, intake.fingerprint(raw), source, released[spoken][name])
        written = identity.written_id(given)
        rivals[thing.student, name].append(Paper(entry, key, whole, written, limits, level))
    chosen = []
    for (_, name), papers in rivals.items():
        named = [paper for paper in papers if paper.entry.file.endswith(f"/{name}.ipynb")]
        counts = papers if len(papers) == 1 else named if len(named) == 1 else []
        chosen += counts
        for paper in papers:
            if paper not in counts:
                paper.entry.set_aside = _rival(len(papers), name, counts)
                set_aside.append(paper.entry)
    for paper in chosen:
        paper.entry.set_aside = NOT_YET
    return chosen, set_aside


def _rival(count: int, name: str, counts: list[Paper]) -> str:
    """Say why one of several notebooks of an exercise is not graded."""
    if counts:
        return later(
            "{count} notebooks are exercise {name}; {file} counts",
            count=count,
            name=name,
            file=counts[0].entry.file,
        )
    return later("{count} notebooks are exercise {name}; which one counts?", count=count, name=name)


def _assembled(
    thing: intake.Found, print_of: str, source: Any, released: Any
) -> tuple[list[Any], list[str]]:
    raw = thing.read()
    if intake.fingerprint(raw) != print_of:
        raise intake.SetAsideError(
            later("it has changed while the class was graded. Give the same command again")
        )
    given = intake.parse(raw)
    notes = recognition.name_again(given, released)
    cells, more = assembly.assemble(given, source, released)
    return cells, notes + more


def _read(papers: Iterable[Paper]) -> Iterator[Paper]:
    """Read each notebook when there is room for its exam."""
    for paper in papers:
        try:
            paper.cells, paper.entry.notes = paper.read()
        except intake.SetAsideError as error:
            paper.entry.set_aside = error.why
        else:
            yield paper


def _record(book: Book, paper: Paper, outcome: dict[str, Any], out: Path) -> None:
    entry, cells = paper.entry, paper.cells
    paper.cells = []
    entry.set_aside = outcome.get("set_aside", "")
    if entry.set_aside:
        return
    student = intake.file_name(entry.student)
    try:
        with speaking(entry.language):
            entry.marks = book.record(student, entry.exercise, cells, outcome["cells"])
    except (LookupError, TypeError, ValueError, ValidationError) as error:
        # Nothing known leads here; if something does, the others still get their marks.
        why = f"{type(error).__name__}: {error}"[:270]
        entry.set_aside = later("the gradebook cannot take it: {why}", why=why)
        return
    entry.notes += outcome["notes"]
    reports.write_feedback(entry, cells, out)


def _role(cell: Any) -> str:
    if utils.is_grade(cell):
        return "test"
    return "ours" if utils.is_locked(cell) else "theirs"
