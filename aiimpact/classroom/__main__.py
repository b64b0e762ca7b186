"""`python -m aiimpact.classroom`: make editions, collect, grade, give back, look up a student's numbers."""

from __future__ import annotations

import argparse
import io
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from aiimpact import words
from aiimpact.classroom import numbers
from aiimpact.classroom.grading import commands as around_grading
from aiimpact.classroom.grading.sandbox import LEVELS, Limits
from aiimpact.classroom.speech import here
from aiimpact.words import say, sentences, speaking


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
    for stream in (sys.stdout, sys.stderr):
        # A pipe of Windows has no Chinese; what cannot be written must not stop a class.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = _parser().parse_args(arguments)
    try:
        language = words.edition(given.language) if given.language else words.language()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    with speaking(language):
        return _run(given)


def _run(given: argparse.Namespace) -> int:
    try:
        return int(given.run(given))
    except FileNotFoundError as error:
        missing = say(
            "There is no {file}. Look at the name, and where you are.", file=error.filename
        )
        print(missing if error.filename else error, file=sys.stderr)
        return 1
    except IsADirectoryError as error:
        print(say("{file} is a folder. Name a file in it.", file=error.filename), file=sys.stderr)
        return 1
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
        _say_where(edition)
        edition.set_defaults(run=_edition, teacher=name == "teacher")
    grade = commands.add_parser("grade", help="grade a folder that has a folder for each student")
    grade.add_argument("submissions", type=Path)
    grade.add_argument("--out", type=Path, default=Path("_build", "grading"))
    grade.add_argument("--jobs", type=int, help="how many at a time [as many as fit]")
    _say_where(grade)
    usual = Limits()
    grade.add_argument(
        "--cluster", metavar="ADDRESS", help="hold the exams on this cluster of Dask"
    )
    grade.add_argument(
        "--shard", metavar="3/16", help="hold the exams of one share only, and write no gradebook"
    )
    grade.add_argument("--cell-seconds", type=float, default=usual.cell_seconds)
    grade.add_argument("--seconds", type=float, default=usual.seconds)
    grade.add_argument("--memory-mb", type=int, default=usual.memory_mb)
    around_grading.add_tables(grade)
    grade.add_argument(
        "--as-named",
        action="store_true",
        help="grade also if most notebooks are of others than their folders say",
    )
    grade.add_argument(
        "--not-isolated",
        action="store_true",
        help="grade even if submissions can read or delete files of yours",
    )
    grade.set_defaults(run=_grade)
    mark = commands.add_parser("mark", help="open what is marked by hand, in nbgrader's Formgrader")
    mark.add_argument("--out", type=Path, default=Path("_build", "grading"))
    mark.add_argument("--port", type=int, default=8888)
    mark.set_defaults(run=_mark)
    around_grading.add(commands)
    _of_a_hub(commands)
    own = commands.add_parser(
        "numbers", help="print a student's own numbers, or strips to cut for a class"
    )
    own.add_argument("exercise", nargs="?", default="", help="such as 01")
    own.add_argument("student", nargs="?", default="", help="the student's id")
    own.add_argument(
        "--class", dest="ids", type=Path, help="a CSV file: ids, and names if you like"
    )
    own.add_argument("--exercise", dest="only", default="", help="such as 01 [all]")
    own.add_argument("--out", type=Path, default=Path("_build", "numbers"))
    own.set_defaults(run=_numbers)
    for command in commands.choices.values():
        _say_language(command)
    return parser


def _say_language(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--language",
        help=f"{', '.join(words.LANGUAGES)}: of notebooks, handouts and of what is said here [AIIMPACT_LANGUAGE, or en]. Exercises in "
        "another language than English lie in a folder of --exercises that is called like it; those of "
        "this clone are written by `python book/editions tree`. What a student is told when graded is in "
        "the language of their notebook",
    )


def _say_where(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--exercises",
        type=Path,
        metavar="DIR",
        help="where the exercises are [AIIMPACT_EXERCISES, or those of this clone]",
    )


def _of_a_hub(commands: Any) -> None:
    course = commands.add_parser("course", help="write a teacher's folder for nbgrader")
    course.add_argument("--out", type=Path, default=Path("_build", "course"))
    course.set_defaults(run=_course)
    settings = commands.add_parser("settings", help="print nbgrader's settings for a hub")
    settings.set_defaults(run=_settings)
    for command in (course, settings):
        command.add_argument("--course", help="its name [footprint]")
        command.add_argument(
            "--exchange", type=Path, help="the folder that all reach [/srv/nbgrader/exchange]"
        )
    publish = commands.add_parser("publish", help="write a repository for students, no solutions")
    publish.add_argument("--out", type=Path, default=Path("_build", "class"))
    publish.add_argument("--wheel", type=Path, help="the library, for Binder")
    publish.add_argument("--hub", help="address of a hub: print the links that students click on")
    publish.add_argument("--repository", help="where the repository will be, for those links")
    publish.set_defaults(run=_publish)
    for command in (course, publish):
        _say_where(command)


def _edition(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import editions

    make = editions.make_teacher if given.teacher else editions.make_student
    written = make(given.out, given.exercises, words.language())
    print(
        say(
            "{count} files in {folder}: a notebook and a handout for each exercise.",
            count=len(written),
            folder=given.out,
        )
    )
    return 0


def _grade(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import (
        cgroup,
        class_tables,
        cluster,
        exams,
        grade,
        intake,
        layouts,
        machine,
        progress,
        reports,
        sandbox,
    )

    limits = Limits(given.cell_seconds, given.seconds, given.memory_mb)
    level = sandbox.strongest()
    if not given.not_isolated:
        sandbox.require_isolation(level)
    jobs = given.jobs or machine.jobs(limits)
    print(here(LEVELS[level]))
    print(sentences(machine.described(limits, jobs), cgroup.described()))
    # A job that is told to end, as Slurm does it, ends as one that is interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    usual = {
        "limits": limits,
        "level": level,
        "jobs": jobs,
        "not_isolated": given.not_isolated,
        "source": given.exercises,
        "as_named": given.as_named,
        "progress": progress.Bar(),
    }
    people = None
    if given.roster:
        known = layouts.known(given.platforms)
        people = class_tables.read_roster(given.roster, known, given.id_column)
    try:
        if given.shard:
            share = exams.Share.read(given.shard)
            held = grade.hold_share(given.submissions, given.out, share, **usual)
            print(
                say(
                    "{count} exams of share {share} are held. Grade without --shard at the end.",
                    count=held,
                    share=given.shard,
                )
            )
            return 0
        pool = (
            cluster.dask(given.cluster) if given.cluster else nullcontext((None, exams.IN_FLIGHT))
        )
        with pool as (executor, in_flight):
            entries = grade.grade(
                given.submissions,
                given.out,
                executor=executor,
                in_flight=in_flight,
                roster=people,
                **usual,
            )
    except KeyboardInterrupt:
        told = say("Interrupted. What is done is kept: give the same command again to go on.")
        print(f"\n{told}")
        return 130
    print(reports.figures(entries, len(intake.survey(given.submissions))))
    for exercise, task, failed, seen in reports.hardest(entries)[:1]:
        if failed:
            print(
                say(
                    "Hardest task: {exercise}, {task}: {failed} of {count} have not solved it.",
                    exercise=exercise,
                    task=task,
                    failed=failed,
                    count=seen,
                )
            )
    for slip, times, _ in reports.commonest(entries)[:1]:
        print(say("Commonest slip: {slip}, {times} times.", slip=slip, times=times))
    overview = given.out / "overview.html"
    print(say("Open {overview} first, then gradebook.csv beside it.", overview=overview))
    return 0


def _mark(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import mark

    mark.serve(given.out, port=given.port)
    return 0


def _course(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import course

    made = course.make(
        given.out,
        course=given.course,
        exchange=given.exchange,
        where=given.exercises,
        language=words.language(),
    )
    print(
        say(
            "{count} assignments in {folder}. Go on there, with nbgrader.",
            count=len(made),
            folder=given.out / "source",
        )
    )
    return 0


def _settings(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import course

    print(course.settings(given.course, given.exchange), end="")
    return 0


def _publish(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import editions, publish

    new = publish.publish(
        given.out, where=given.exercises, wheel=given.wheel, language=words.language()
    )
    print(
        say("{folder} has a new commit: push it from there.", folder=given.out)
        if new
        else say("{folder} is as it was: push it from there.", folder=given.out)
    )
    if given.hub and given.repository:
        for source in editions.sources(given.exercises):
            print(publish.link(given.hub, given.repository, source.name))
    return 0


def _numbers(given: argparse.Namespace) -> int:
    if given.ids is None:
        print(numbers.own(given.exercise, given.student))
        return 0
    from aiimpact.classroom.grading import editions

    exercise = given.only or given.exercise
    written = editions.make_numbers(given.out, given.ids, exercise, language=words.language())
    print(
        say(
            "{count} pages in {folder}: print one, cut it, and give everybody a strip.",
            count=len(written),
            folder=given.out,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
