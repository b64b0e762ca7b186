"""`python -m aiimpact.classroom`: make editions, grade a class, look up a student's numbers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aiimpact.classroom import numbers
from aiimpact.classroom.grading.sandbox import LEVELS, Limits


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for.

    Parameters
    ----------
    arguments : list of str, optional
        The words after the command; those of this process, if left out.

    Returns
    -------
    int
        0 if all is well, 130 if it was interrupted, 1 if it could not be done.
    """
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aiimpact.classroom", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, what in (
        ("student", "write notebooks and handouts for students"),
        ("teacher", "write notebooks and handouts with solutions and points"),
    ):
        edition = commands.add_parser(name, help=what)
        edition.add_argument("--out", type=Path, default=Path("_build", name))
        edition.set_defaults(run=_edition, teacher=name == "teacher")
    grade = commands.add_parser("grade", help="grade a folder that has a folder for each student")
    grade.add_argument("submissions", type=Path)
    grade.add_argument("--out", type=Path, default=Path("_build", "grading"))
    grade.add_argument("--jobs", type=int, help="how many at a time [one for each processor]")
    usual = Limits()
    grade.add_argument("--cell-seconds", type=float, default=usual.cell_seconds)
    grade.add_argument("--seconds", type=float, default=usual.seconds)
    grade.add_argument("--memory-mb", type=int, default=usual.memory_mb)
    grade.set_defaults(run=_grade)
    mark = commands.add_parser("mark", help="open what is marked by hand, in nbgrader's Formgrader")
    mark.add_argument("--out", type=Path, default=Path("_build", "grading"))
    mark.add_argument("--port", type=int, default=8888)
    mark.set_defaults(run=_mark)
    own = commands.add_parser("numbers", help="print a student's own numbers")
    own.add_argument("exercise", help="such as 01")
    own.add_argument("student", help="the student's id")
    own.set_defaults(run=_numbers)
    return parser


def _edition(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import editions

    make = editions.make_teacher if given.teacher else editions.make_student
    written = make(given.out)
    print(f"{len(written)} files in {given.out}: a notebook and a handout for each exercise.")
    return 0


def _grade(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import grade, intake, reports, sandbox

    limits = Limits(given.cell_seconds, given.seconds, given.memory_mb)
    level = sandbox.strongest()
    print(LEVELS[level])
    try:
        entries = grade.grade(
            given.submissions,
            given.out,
            limits=limits,
            level=level,
            jobs=given.jobs,
            progress=_bar,
        )
    except KeyboardInterrupt:
        print("\nInterrupted. What is done is kept: give the same command again to go on.")
        return 130
    print(f"{reports.figures(entries, len(intake.survey(given.submissions)))}.")
    for exercise, task, failed, seen in reports.hardest(entries)[:1]:
        print(f"Hardest task: {exercise}, {task}: {failed} of {seen} have not solved it.")
    for slip, times, _ in reports.commonest(entries)[:1]:
        print(f"Commonest slip: {slip}, {times} times.")
    print(f"Open {given.out / 'overview.html'} first, then gradebook.csv beside it.")
    return 0


def _mark(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import mark

    mark.serve(given.out, port=given.port)
    return 0


def _bar(done: int, of: int) -> None:
    filled = 30 * done // of
    end = "\n" if done == of else ""
    print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done}/{of}", end=end, flush=True)


def _numbers(given: argparse.Namespace) -> int:
    print(numbers.own(given.exercise, given.student))
    return 0


if __name__ == "__main__":
    sys.exit(main())
