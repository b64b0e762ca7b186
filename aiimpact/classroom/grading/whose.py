"""Whose the files of a download are: by roster, by the ids in notebooks, or by the platform's names."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from aiimpact.classroom import numbers
from aiimpact.classroom.grading import identity
from aiimpact.classroom.grading.layouts import Platform
from aiimpact.classroom.grading.pieces import RESERVED, Piece, Plan
from aiimpact.classroom.grading.roster import Roster, identify
from aiimpact.words import listed, say, sentences


def name_students(result: Plan, by_notebook: bool) -> None:
    """Find out whose each piece is; those of which that is not certain are left over.

    Parameters
    ----------
    result : aiimpact.classroom.grading.pieces.Plan
        Its pieces are changed.
    by_notebook : bool
        Whether the id in a notebook says whose it is.
    """
    pieces = [piece for piece in result.pieces if not piece.left]
    if by_notebook:
        _by_notebook(pieces)
    elif result.roster:
        for piece in pieces:
            piece.who, why = identify(piece.claims, result.platform, result.roster)
            if piece.who is None:
                piece.left = why
                continue
            person = result.roster.people[piece.who]
            piece.student, piece.known_by = person.id, why
            if not person.id:
                piece.left = say("{who} is on the roster, but has no id there", who=repr(why))
    else:
        _by_names(pieces, result.platform)
    for piece in pieces:
        if piece.student and (why := _unfit(piece.student)):
            piece.left, piece.student = why, ""
    _refuse_shared(pieces)


def _by_notebook(pieces: Sequence[Piece]) -> None:
    """Take the ids that students wrote; what lies beside a notebook goes with it."""
    theirs: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for piece in pieces:
        if piece.written and _owner(piece):
            theirs[_owner(piece)][numbers.normal(piece.written)] = piece.written
    for piece in pieces:
        ids = list(theirs[_owner(piece)].values()) if _owner(piece) else [piece.written]
        if len(ids) == 1 and ids[0]:
            piece.student, piece.known_by = numbers.normal(ids[0]), say("the id in the notebook")
        elif len(ids) > 1:
            piece.left = say(
                "{who} has handed in notebooks with several ids: {ids}",
                who=repr(_owner(piece)),
                ids=listed(ids[:5]),
            )
        else:
            piece.left = say("no id is written in it")


def _owner(piece: Piece) -> str:
    return piece.key or piece.claims.get("email", "") or piece.claims.get("full_name", "")


def _shared(names: Sequence[Sequence[str]]) -> int:
    """Give how many parts all names begin with; of a lone name, all parts but the last."""
    if len(names) == 1:
        return len(names[0]) - 1
    same = 0
    for parts in zip(*(name[:-1] for name in names), strict=False):
        if len(set(parts)) > 1:
            break
        same += 1
    return same


def _by_names(pieces: Sequence[Piece], platform: Platform) -> None:
    """Without a roster, what the platform calls a student has to do."""
    tails = {piece.claims["tail"] for piece in pieces if "tail" in piece.claims}
    shared = _shared([tail.split(platform.separator) for tail in tails])
    for piece in pieces:
        owner = _owner(piece)
        if tail := piece.claims.get("tail"):
            owner = platform.separator.join(tail.split(platform.separator)[shared:])
        if not owner and piece.written:
            words = re.split(
                r"[^\w-]+|_", unicodedata.normalize("NFKC", piece.claims["file_id"]).casefold()
            )
            owner = piece.written if numbers.normal(piece.written) in words else ""
        piece.student, piece.known_by = owner, owner
        if not owner:
            piece.left = say("nothing in its name says whose it is")


def _unfit(student: str) -> str:
    """Say why an id cannot be the name of a folder on every system; empty if it can."""
    if (
        re.search(r'[<>:"/\\|?*]', student)
        or not student.isprintable()
        or student.strip(" .") != student
        or RESERVED.fullmatch(student)
        or len(student.encode("utf-8", "replace")) > 200
    ):
        shown = repr(student[:60])
        return say("the id {id} cannot be the name of a folder on every system", id=shown)
    return ""


def _refuse_shared(pieces: Iterable[Piece]) -> None:
    """Two whom a platform tells apart are not one student."""
    owners: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    places: list[tuple[Piece, tuple[str, str]]] = []
    for piece in pieces:
        # The number of a clone's or an attempt's exercise is part of its name.
        if piece.left or not _owner(piece) or "tail" in piece.claims:
            continue
        # In the next download, or the next assignment, they may have another number.
        around = piece.item.path.partition(_owner(piece))[0].rpartition("/")[0]
        places.append((piece, (numbers.normal(piece.student), around)))
        owners[places[-1][1]].add(_owner(piece))
    for piece, place in places:
        if len(owners[place]) > 1:
            piece.left = say(
                "{id} would be several students at once: {names}",
                id=repr(piece.student),
                names=listed(sorted(owners[place])[:5]),
            )
            piece.student = ""


def stop(result: Plan) -> str:
    """Say why a plan should not be carried out: most ids in the notebooks are others.

    Parameters
    ----------
    result : aiimpact.classroom.grading.pieces.Plan
        With students named.

    Returns
    -------
    str
        What to type instead; empty if it may be carried out.
    """
    told = [piece for piece in result.pieces if piece.written]
    roster = result.roster
    if roster and not roster.id_column:
        head = say(
            "The roster has no column that is known to hold the ids of students. Its columns are: {names}.",
            names=listed(roster.header),
        )
        return sentences(head, _hint(roster, told) or say("Say which with ID_COLUMN=title."))
    pairs = [(piece.student, piece.written) for piece in told if piece.student]
    wrong = identity.disagreeing(pairs)
    if not wrong:
        return ""
    known, written = map(repr, wrong[0])
    counts: dict[str, Any] = {
        "count": len(wrong),
        "of": len(pairs),
        "known": known,
        "written": written,
    }
    if not roster:
        return say(
            "In {count} of {of} notebooks the student has written another id: {platform} has {says}, such as "
            "{known}, and in the notebook is {written}. Give ROSTER=class.csv, a table that maps the one to "
            "the other, or IDS=notebook if you trust the ids that students wrote.",
            platform=say(result.platform.title),
            says=say(result.platform.says),
            **counts,
        )
    head = say(
        "In {count} of {of} notebooks the student has written another id than {column} of the roster, such "
        "as {written} for {known}.",
        column=repr(roster.id_column),
        **counts,
    )
    return sentences(head, _hint(roster, told))


def _hint(roster: Roster, told: Iterable[Piece]) -> str:
    """Say which column of the roster holds what students have written, if one does."""
    column = repr(roster.column_of({p.who: p.written for p in told if p.who is not None}))
    if column == repr(""):
        return ""
    return say("{column} holds what they wrote: give ID_COLUMN={column}.", column=column)
