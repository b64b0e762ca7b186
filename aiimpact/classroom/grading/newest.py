"""Which of several files of a student counts, and where it goes."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from aiimpact.classroom import numbers
from aiimpact.classroom.grading.collection import Collection, Origin
from aiimpact.classroom.grading.layouts import Platform
from aiimpact.classroom.grading.pieces import RESERVED, Piece, Plan
from aiimpact.classroom.speech import here, later
from aiimpact.words import say

EVIDENCE = (
    later("time"),
    later("number of the upload"),
    later("number of the copy"),
    later("date in the archive"),
)
"""What says that a file is newer, the strongest first."""


def choose(result: Plan, out: Path) -> None:
    """Of several files of a student for one exercise, take the newest, and say where it goes.

    Parameters
    ----------
    result : aiimpact.classroom.grading.pieces.Plan
        Its pieces are changed.
    out : pathlib.Path
        The folder of submissions.
    """
    groups: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in result.pieces:
        if not piece.left:
            groups[numbers.normal(piece.student), slot(piece, result.platform)].append(piece)
    before = {(numbers.normal(o.student), o.slot): o for o in result.before.origins}
    used = _used(result.before, out)
    for place, pieces in groups.items():
        kept, note = _newest(pieces)
        for piece in pieces:
            _decide(piece, kept, note, len(pieces))
        old = before.get(place)
        for piece in kept:
            _place(piece, old, used)


def _decide(piece: Piece, kept: Sequence[Piece], note: str, of: int) -> None:
    """Say what becomes of one of several files."""
    if not any(piece is each for each in kept):
        piece.what = _left_behind(piece, kept[0], note)
    elif note:
        piece.newest = say("the newest of {count} by the {evidence}", count=of, evidence=note)
        piece.what = say("taken, {newest}", newest=piece.newest)
    elif len(kept) == 1:
        piece.what = say("taken")
    else:
        piece.what = say("taken, and nothing says which of {count} is the newest", count=len(kept))


def _left_behind(piece: Piece, taken: Piece, note: str) -> str:
    file = _short(taken)
    if piece.digest == taken.digest:
        what = say("the same as {file}", file=file)
    else:
        what = say("older than {file}", file=file)
    return say("{what}, by the {evidence}", what=what, evidence=note) if note else what


def slot(piece: Piece, platform: Platform) -> str:
    """Give that of which a student has one: an exercise, or a file with a name.

    Parameters
    ----------
    piece : aiimpact.classroom.grading.pieces.Piece
        A file.
    platform : aiimpact.classroom.grading.layouts.Platform
        Where it comes from.

    Returns
    -------
    str
        The same for two files of which one counts.
    """
    if piece.exercise:
        return piece.exercise
    name = piece.claims["file_id"]
    return f"file {platform.copy.sub('', name) if platform.copy else name}".casefold()


def _newest(pieces: list[Piece]) -> tuple[list[Piece], str]:
    """Give the newest, and what says so; all of them, if nothing does."""
    distinct = {piece.digest: piece for piece in pieces}
    ranked = sorted(distinct.values(), key=lambda piece: piece.order, reverse=True)
    if len(ranked) == 1:
        return [max(pieces, key=lambda piece: piece.order)], ""
    first, second = ranked[0].order, ranked[1].order
    if first == second:
        return ranked, ""
    place = next(i for i, (a, b) in enumerate(zip(first, second, strict=True)) if a != b)
    shown = first[place].lstrip("0") if place in (1, 2) else first[place]
    evidence = here(EVIDENCE[place])
    return [ranked[0]], say("{evidence}: {value}", evidence=evidence, value=shown)


def _place(piece: Piece, old: Origin | None, used: set[str]) -> None:
    """Say where a file goes, beside what was collected before."""
    if old and old.digest == piece.digest:
        piece.what, piece.newest = say("is there already"), ""
        piece.path, piece.there = old.path, True
        return
    if old and piece.order < old.order:
        piece.what = say("older than what was collected before, {file}", file=old.original)
        return
    if old and piece.order > old.order:
        piece.what = _instead(piece.what)
        piece.newest = piece.newest and _instead(piece.newest)
        piece.path = old.path
        return
    if old:
        piece.what = _beside(piece.what)
        piece.newest = piece.newest and _beside(piece.newest)
    piece.path = _free(piece, used)


def _instead(what: str) -> str:
    return say("{what}, instead of what was collected before", what=what)


def _beside(what: str) -> str:
    return say("{what}, beside another of which nothing says that it is older", what=what)


def _free(piece: Piece, used: set[str]) -> str:
    """Give a path that differs from all others on every system."""
    parts = [_part(part) for part in piece.claims["file_id"].split("/")][-4:]
    parts = [
        part.removesuffix(".zip") or part if i < len(parts) - 1 else part
        for i, part in enumerate(parts)
    ]
    stem, dot, ending = parts[-1].rpartition(".")
    path, count = "/".join([piece.student, *parts]), 1
    while _folded(path) in used:
        count += 1
        last = f"{stem} ({count}){dot}{ending}" if dot and stem else f"{parts[-1]} ({count})"
        path = "/".join([piece.student, *parts[:-1], last])
    used.update(_folded(path[:i]) for i, c in enumerate(path) if c == "/" and "/" in path[:i])
    used.add(_folded(path))
    return path


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _part(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    text = "".join("_" if c in '<>:"\\|?*' or not c.isprintable() else c for c in text).strip(" ")
    stem, dot, ending = text.rpartition(".")
    short = stem.encode("utf-8", "replace")[:100].decode("utf-8", "ignore").rstrip(" ")
    text = f"{short}{dot}{ending[:20]}" if dot else text[:60]
    text = text.rstrip(" .") or "_"
    return f"_{text}" if RESERVED.fullmatch(text) else text


def _used(before: Collection, out: Path) -> set[str]:
    used = {_folded(origin.path) for origin in before.origins}
    if out.is_dir():
        used |= {
            _folded(path.relative_to(out).as_posix()) for path in out.rglob("*") if path.is_file()
        }
    return used


def _short(piece: Piece) -> str:
    return piece.claims["file_id"].rpartition("/")[2]
