"""The commands around grading: `collect` before it, `give-back` after it."""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from aiimpact.classroom import numbers
from aiimpact.words import listed, say, sentences


def add(commands: Any) -> None:
    """Add both to a command line.

    Parameters
    ----------
    commands : object
        What `add_subparsers` of a command line gave.
    """
    collect = commands.add_parser(
        "collect",
        help="sort what a platform lets you download into a folder for each student",
        description="Shows what is recognised, as what, and what is left over; then asks before it writes. "
        "The download is only read.",
    )
    collect.add_argument("download", type=Path, metavar="FROM", help="a zip or a folder")
    collect.add_argument("--out", type=Path, default=Path("submissions"), help="[submissions]")
    add_tables(collect)
    collect.add_argument(
        "--ids",
        choices=("roster", "notebook"),
        default="roster",
        help="take whose it is from names and roster, or trust the id in each notebook [roster]",
    )
    collect.add_argument("--layout", help="such as moodle or canvas, if it is not recognised")
    collect.add_argument(
        "--pattern",
        help="a regular expression for the path of a file, with groups as nbgrader's zip_collect has "
        "them: student_id, file_id, timestamp, first_name, last_name, email",
    )
    collect.add_argument("--yes", action="store_true", help="write without asking")
    collect.set_defaults(run=_collect)
    back = commands.add_parser(
        "give-back",
        help="fill points into a table that Canvas, Moodle or Blackboard has exported",
        description="The table stays as it is; a filled copy is written beside it.",
    )
    back.add_argument("sheet", type=Path, help="the table, as the platform exported it")
    back.add_argument(
        "--out", type=Path, default=Path("_build", "grading"), help="what `grade` wrote"
    )
    add_tables(back)
    back.add_argument("--exercise", default="", help="which exercise the points are of, such as 01")
    back.add_argument("--column", default="", help="title of the column that the points go into")
    back.add_argument(
        "--waiting",
        action="store_true",
        help="fill in also where answers wait to be marked by hand",
    )
    back.add_argument(
        "--convert", action="store_true", help="convert the points to the platform's maximum"
    )
    back.set_defaults(run=_give_back)


def add_tables(command: argparse.ArgumentParser) -> None:
    """Let a command be told who is in the class.

    Parameters
    ----------
    command : argparse.ArgumentParser
        It gets the options.
    """
    command.add_argument(
        "--roster", type=Path, help="a table of the class: names, mails or logins, and ids"
    )
    command.add_argument("--id-column", default="", help="title of the column of ids in that table")
    command.add_argument("--platforms", type=Path, help="a file of your own like platforms.yaml")


def _collect(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import class_tables, collect, download, editions, layouts

    known = layouts.known(given.platforms)
    platform = known.platform(given.layout) if given.layout else None
    if given.pattern:
        platform = layouts.own_pattern(given.pattern)
    here, there = given.download.resolve(), given.out.resolve()
    if here == there or here in there.parents or there in here.parents:
        msg = say(
            "OUT must lie outside of FROM, and not around it, got {folder}.", folder=given.out
        )
        raise ValueError(msg)
    people = (
        class_tables.read_roster(given.roster, known, given.id_column) if given.roster else None
    )
    released = {
        language: {
            name: editions.released(x) for name, x in editions.exercises(None, language).items()
        }
        for language in editions.languages()
    }
    with download.opened(given.download, known) as opened:
        plan = collect.plan(
            opened,
            known,
            given.out,
            released=released,
            roster=people,
            by_notebook=given.ids == "notebook",
            platform=platform,
        )
        print("\n".join(shown(plan)))
        if plan.stop:
            print("", sentences(say("Nothing was written."), plan.stop), sep="\n", file=sys.stderr)
            return 1
        if not plan.taken:
            told = say("Nothing was written: there is nothing to take.")
            print("", told, sep="\n", file=sys.stderr)
            return 1
        if not given.yes and not _agreed(len(plan.taken), given.out):
            return 1
        written = collect.write(plan, given.out)
    print(
        say(
            "{count} files written to {folder}. Next: {command}",
            count=written,
            folder=given.out,
            command=f"make grade SUBMISSIONS='{given.out}'",
        )
    )
    return 0


def _agreed(files: int, out: Path) -> bool:
    if not sys.stdin.isatty():
        told = say("Nothing was written: there is nobody to ask. Give --yes (with make: YES=1).")
        print("", told, sep="\n", file=sys.stderr)
        return False
    asked = say("Write {count} files to {folder}? [y/N] ", count=files, folder=out)
    try:
        answer = input(f"\n{asked}")
    except EOFError:
        answer = ""
    if answer.strip().casefold() in ("y", "yes"):
        return True
    print(say("Nothing was written."))
    return False


def shown(plan: Any) -> Iterable[str]:
    """Show a plan: what is recognised, as what, and what is left over.

    Parameters
    ----------
    plan : aiimpact.classroom.grading.collect.Plan
        The plan.

    Yields
    ------
    str
        Lines.
    """
    fit = sum(bool(piece.claims) for piece in plan.pieces)
    yield say(
        "Recognised as {platform}: {fit} of {count} files.",
        platform=say(plan.platform.title),
        fit=fit,
        count=len(plan.pieces),
    )
    own = [piece for piece in plan.pieces if not piece.left]
    if own:
        rows = [
            (p.student, p.known_by, p.exercise or say("no exercise"), p.claims["file_id"], _what(p))
            for p in sorted(own, key=lambda p: (p.student, p.exercise, p.item.path))
        ]
        titles = say("student"), say("known by"), say("exercise"), say("file")
        yield from table((*titles, say("what becomes of it")), rows)
    left = [(piece.item.path, piece.left) for piece in plan.pieces if piece.left]
    if left:
        yield "\n" + say("Left over: {count}", count=len(left))
        yield from table((say("file"), say("why")), left)
    if plan.nobody:
        yield "\n" + say(
            "{count} more are nobody's work: what systems and platforms leave behind.",
            count=plan.nobody,
        )
    if plan.roster:
        there = {piece.student for piece in own} | {o.student for o in plan.before.origins}
        gone = [p.id or p.full_name for p in plan.roster.people if p.id not in there]
        if gone:
            yield "\n" + say(
                "Nothing from {count} of {of} on the roster: {names}",
                count=len(gone),
                of=len(plan.roster.people),
                names=listed(gone),
            )


def _what(piece: Any) -> str:
    if not piece.written or numbers.normal(piece.written) == numbers.normal(piece.student):
        return str(piece.what)
    return say("{what}; but the id in it is {id}", what=piece.what, id=repr(piece.written))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Lay out a table for a terminal.

    Parameters
    ----------
    head : sequence of str
        Titles.
    rows : iterable of sequences of str
        Texts; what cannot be printed is escaped.

    Yields
    ------
    str
        Lines.

    Examples
    --------
    >>> print(*table(("a", "b"), [("學", "x")]), sep=chr(10))
    a   b
    學  x
    """
    from aiimpact.classroom.grading.intake import printable

    lines = [head, *([_cut(printable(text)) for text in row] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (f"{x}{' ' * (wide - _width(x))}" for x, wide in zip(line, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _cut(text: str, most: int = 70) -> str:
    return text if len(text) <= most or " " in text else f"{text[: most - 20]}…{text[-19:]}"


def _width(text: str) -> int:
    marks = sum(unicodedata.combining(c) > 0 for c in text)
    return len(text) - marks + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def _give_back(given: argparse.Namespace) -> int:
    from aiimpact.classroom.grading import class_tables, giveback, layouts

    known = layouts.known(given.platforms)
    people = (
        class_tables.read_roster(given.roster, known, given.id_column) if given.roster else None
    )
    told = giveback.give_back(
        given.sheet,
        given.out,
        known,
        roster=people,
        id_column=given.id_column,
        exercise=given.exercise,
        column=given.column,
        waiting=given.waiting,
        convert=given.convert,
    )
    print("\n".join(told))
    return 0
