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

EVIDENCE = ("time", "number of the upload", "number of the copy", "date in the archive")
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
            piece.what = _fate(piece, kept, note, len(pieces))
        old = before.get(place)
        for piece in kept:
            _place(piece, old, used)


def _fate(piece: Piece, kept: Sequence[Piece], note: str, of: int) -> str:
    """Say what becomes of one of several files."""
    if not any(piece is each for each in kept):
        same = piece.digest == kept[0].digest
        return f"{'the same as' if same else 'older than'} {_short(kept[0])}{f', by the {note}' if note else ''}"
    if note:
        return f"taken, the newest of {of} by the {note}"
    return (
        "taken" if len(kept) == 1 else f"taken, and nothing says which of {len(kept)} is the newest"
    )


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
    return [ranked[0]], f"{EVIDENCE[place]}: {shown}"


def _place(piece: Piece, old: Origin | None, used: set[str]) -> None:
    """Say where a file goes, beside what was collected before."""
    if old and old.digest == piece.digest:
        piece.what, piece.path = "is there already", old.path
        return
    if old and piece.order < old.order:
        piece.what = f"older than what was collected before, {old.original}"
        return
    if old and piece.order > old.order:
        piece.what, piece.path = f"{piece.what}, instead of what was collected before", old.path
        return
    if old:
        piece.what = f"{piece.what}, beside another of which nothing says that it is older"
    piece.path = _free(piece, used)


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
