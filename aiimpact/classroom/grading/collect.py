"""From a download to a folder for each student: first a plan that can be read, then the writing of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiimpact.classroom import numbers
from aiimpact.classroom.grading import collection, identity, intake, recognition
from aiimpact.classroom.grading.collection import Collection, Origin
from aiimpact.classroom.grading.download import Download, UnreadableError
from aiimpact.classroom.grading.layouts import Known, Platform, recognise
from aiimpact.classroom.grading.newest import choose, slot
from aiimpact.classroom.grading.pieces import Piece, Plan
from aiimpact.classroom.grading.roster import Roster
from aiimpact.classroom.grading.whose import name_students, stop
from aiimpact.words import say


def plan(
    download: Download,
    known: Known,
    out: Path,
    *,
    released: recognition.Editions,
    roster: Roster | None = None,
    by_notebook: bool = False,
    platform: Platform | None = None,
) -> Plan:
    """Find out whose each file of a download is, and what is to become of it. Nothing is written.

    Parameters
    ----------
    download : aiimpact.classroom.grading.download.Download
        What was downloaded.
    known : aiimpact.classroom.grading.layouts.Known
        Which platforms there are.
    out : pathlib.Path
        The folder of submissions; what was collected there before counts.
    released : mapping of str to mapping of str to nbformat.NotebookNode
        The exercises as they were handed out, by language and name.
    roster : aiimpact.classroom.grading.roster.Roster, optional
        The class.
    by_notebook : bool
        Whether the id in a notebook says whose it is.
    platform : aiimpact.classroom.grading.layouts.Platform, optional
        Where it comes from; recognised by the names, if left out.

    Returns
    -------
    Plan
        To be shown, and carried out by :func:`write`.
    """
    platform, inner = _recognised(download, known, roster, platform)
    paths = [item.path[inner:] for item in download.items]
    clones = [path[inner:] for path in download.clones]
    pieces = []
    for item, path in zip(download.items, paths, strict=True):
        piece = Piece(item, platform.read(path, clones))
        if piece.claims.get("receipt") or _ignored(piece, platform):
            download.nobody += 1
            continue
        if item.problem:
            piece.left = item.problem
        elif not piece.claims:
            piece.left = say(
                "it is not named as {platform} names files", platform=say(platform.title)
            )
        else:
            _look_into(piece, released)
            piece.order = _order(piece, platform, download.stamps)
        pieces.append(piece)
    result = Plan(platform, pieces, download.nobody, collection.read(out / collection.NAME), roster)
    name_students(result, by_notebook)
    result.stop = stop(result)
    choose(result, out)
    return result


def _recognised(
    download: Download, known: Known, roster: Roster | None, platform: Platform | None
) -> tuple[Platform, int]:
    """Give the platform, and how much of each path is a folder around everything, such as a zip's own name."""
    certain = inner = 0
    while True:
        paths = [item.path[inner:] for item in download.items]
        clones = [path[inner:] for path in download.clones]
        found = platform or recognise(paths, clones, known.platforms)
        if found is not known.platforms[-1] and (not platform or any(map(found.read, paths))):
            return found, inner
        (top, *more) = {path.partition("/")[0] for path in paths} or {""}
        rest = [path.removeprefix(f"{top}/") for path in paths]
        if more or rest == paths or top in clones:
            return found, certain
        inner += len(top) + 1
        if certain + len(top) + 1 == inner and not _may_be_a_student(top, rest, roster):
            certain = inner


def _may_be_a_student(top: str, rest: Sequence[str], roster: Roster | None) -> bool:
    if roster:
        return bool(roster.find(("id", "login", "email", "full_name"), top))
    folders = {path.partition("/")[0] for path in rest if "/" in path}
    return len(folders) < 2 and not top.casefold().endswith(".zip")


def _ignored(piece: Piece, platform: Platform) -> bool:
    return piece.claims.get("file_id", "").rpartition("/")[2] in platform.ignored


def _look_into(piece: Piece, released: recognition.Editions) -> None:
    try:
        raw = piece.item.read()
    except UnreadableError as error:
        piece.left = str(error)
        return
    piece.digest = hashlib.sha256(raw).hexdigest()
    try:
        cells = intake.parse(raw)
        piece.written = identity.written_id(cells)
        _, piece.exercise = recognition.recognise_edition(cells, released)
    except intake.SetAsideError:
        # It is somebody's all the same; grading says why it is no exercise.
        return


def _order(piece: Piece, platform: Platform, stamps: Mapping[str, str]) -> list[str]:
    """Give what says how new a file is, in the order of :data:`~aiimpact.classroom.grading.newest.EVIDENCE`; the larger, the newer."""
    folder = piece.item.path.rpartition("/")[0]
    while folder and folder not in stamps:
        folder = folder.rpartition("/")[0]
    time = moment(piece.claims.get("timestamp", "") or stamps.get(folder, ""))
    copy = platform.copy.search(piece.claims["file_id"]) if platform.copy else None
    packed = piece.item.packed
    return [
        time,
        piece.claims.get("number", "").zfill(20) if piece.claims.get("number") else "",
        copy[1].zfill(20) if copy else "",
        packed.isoformat(" ") if packed else "",
    ]


def moment(text: str) -> str:
    """Read a time in one of the forms in which platforms write it.

    Parameters
    ----------
    text : str
        Such as "2026-11-20-10-11-12".

    Returns
    -------
    str
        In UTC if the text names a zone; empty if it is no time.

    Examples
    --------
    >>> moment("2026-11-20-10-11-12"), moment("2026-11-20 10:11:12.5 UTC"), moment("soon")
    ('2026-11-20 10:11:12', '2026-11-20 10:11:12.500000', '')
    >>> moment("2026-11-20 10:11:12 +0800")
    '2026-11-20 02:11:12'
    """
    found = re.match(
        r"(\d{4}-\d\d-\d\d)[-T ](\d\d)[-:](\d\d)[-:](\d\d)(\.\d{1,6})?\s*([+-]\d\d:?\d\d)?", text
    )
    if not found:
        return ""
    day, hour, minute, second, part, zone = found.groups(default="")
    try:
        time = datetime.fromisoformat(f"{day} {hour}:{minute}:{second}{part}{zone}")
    except ValueError:
        return ""
    return (time.astimezone(UTC).replace(tzinfo=None) if zone else time).isoformat(" ")


def write(result: Plan, out: Path) -> int:
    """Carry out a plan.

    Parameters
    ----------
    result : Plan
        As :func:`plan` gives it, with the download still open.
    out : pathlib.Path
        The folder of submissions.

    Returns
    -------
    int
        How many files were written.

    Raises
    ------
    OSError
        If something cannot be written; what is written already is whole.
    ValueError
        If there is a link where a folder should be.
    """
    out.mkdir(parents=True, exist_ok=True)
    origins = {origin.path: origin for origin in result.before.origins}
    written = 0
    for piece in result.taken:
        target = out / piece.path
        if not piece.there or not target.is_file():
            _write(target, piece.item.read(), out)
            written += 1
        origins[piece.path] = _origin(piece, result.platform)
    people = result.roster.people if result.roster else []
    merged = {numbers.normal(person.id): person for person in (*result.before.people, *people)}
    kept = Collection(
        [person for key, person in merged.items() if key],
        [origins[path] for path in sorted(origins)],
    )
    kept.write(out / collection.NAME)
    return written


def _write(target: Path, raw: bytes, out: Path) -> None:
    for folder in target.relative_to(out).parents:
        if (out / folder).is_symlink() and folder != Path():
            msg = say(
                "{folder} is a link. Nothing is written through links: remove it.",
                folder=out / folder,
            )
            raise ValueError(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{intake.fingerprint(target.name.encode())}.part")
    beside.unlink(missing_ok=True)
    with beside.open("xb") as file:
        file.write(raw)
    beside.replace(target)


def _origin(piece: Piece, platform: Platform) -> Origin:
    return Origin(
        student=piece.student,
        path=piece.path,
        exercise=piece.exercise,
        slot=slot(piece, platform),
        original=piece.item.path,
        platform=platform.name,
        key=piece.key,
        folder=piece.claims.get("folder", ""),
        handed_in=piece.order[0],
        late="late" if piece.claims.get("late") else "",
        order=piece.order,
        digest=piece.digest,
        note=say("Of the files of this student it is {what}.", what=piece.newest)
        if piece.newest
        else "",
    )
