"""From a download to a folder for each student: first a plan that can be read, then the writing of it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiimpact.classroom import numbers
from aiimpact.classroom.grading import collection, identity, intake
from aiimpact.classroom.grading.collection import Collection, Origin
from aiimpact.classroom.grading.download import Download, Item, UnreadableError
from aiimpact.classroom.grading.layouts import Known, Platform, recognise
from aiimpact.classroom.grading.roster import Roster, identify

EVIDENCE = ("time", "number of the upload", "number of the copy", "date in the archive")


@dataclass(slots=True)
class Piece:
    """One file of a download, and what is to become of it.

    Parameters
    ----------
    item : aiimpact.classroom.grading.download.Item
        The file.
    claims : dict of str to str
        What its path says.
    student : str
        Whose it is; empty if that is not certain.
    known_by : str
        By what they are known.
    who : int or None
        Place on the roster.
    exercise : str
        Which exercise it is; empty if it is none.
    written : str
        The id in the notebook.
    order : list of str
        The larger, the newer.
    digest : str
        Of what is in it.
    left : str
        Why it is left over; empty if it is not.
    what : str
        What becomes of it, in words.
    path : str
        Where it goes in the folder of submissions; empty if it goes nowhere.
    """

    item: Item
    claims: dict[str, str] = field(default_factory=dict)
    student: str = ""
    known_by: str = ""
    who: int | None = None
    exercise: str = ""
    written: str = ""
    order: list[str] = field(default_factory=list)
    digest: str = ""
    left: str = ""
    what: str = ""
    path: str = ""

    @property
    def key(self) -> str:
        """What the platform calls the student."""
        return self.claims.get("student_id") or self.claims.get("tail", "")


@dataclass(slots=True)
class Plan:
    """What is to become of a download.

    Parameters
    ----------
    platform : aiimpact.classroom.grading.layouts.Platform
        Where it comes from.
    pieces : list of Piece
        All its files that may be somebody's.
    nobody : int
        How many files are not.
    before : aiimpact.classroom.grading.collection.Collection
        What was collected before.
    roster : aiimpact.classroom.grading.roster.Roster or None
        The class.
    stop : str
        Why it should not be carried out; empty if it may be.
    """

    platform: Platform
    pieces: list[Piece]
    nobody: int
    before: Collection
    roster: Roster | None
    stop: str = ""

    @property
    def taken(self) -> list[Piece]:
        """Those that are written."""
        return [piece for piece in self.pieces if piece.path]


def plan(
    download: Download,
    known: Known,
    out: Path,
    *,
    released: Mapping[str, Any],
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
    released : mapping of str to nbformat.NotebookNode
        The exercises as they were handed out, by name.
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
            piece.left = f"it is not named as {platform.title} names files"
        else:
            _look_into(piece, released)
            piece.order = _order(piece, platform, download.stamps)
        pieces.append(piece)
    result = Plan(platform, pieces, download.nobody, collection.read(out / collection.NAME), roster)
    _name_students(result, by_notebook)
    result.stop = _stop(result)
    _choose(result, out)
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


def _look_into(piece: Piece, released: Mapping[str, Any]) -> None:
    try:
        raw = piece.item.read()
    except UnreadableError as error:
        piece.left = str(error)
        return
    piece.digest = hashlib.sha256(raw).hexdigest()
    try:
        cells = intake.parse(raw)
        piece.written = identity.written_id(cells)
        piece.exercise = intake.recognise(cells, released)
    except intake.SetAsideError:
        # It is somebody's all the same; grading says why it is no exercise.
        return


def _order(piece: Piece, platform: Platform, stamps: Mapping[str, str]) -> list[str]:
    """Give what says how new a file is, in the order of :data:`EVIDENCE`; the larger, the newer."""
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


def _name_students(result: Plan, by_notebook: bool) -> None:
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
                piece.left = f"{why!r} is on the roster, but has no id there"
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
            piece.student, piece.known_by = numbers.normal(ids[0]), "the id in the notebook"
        elif len(ids) > 1:
            piece.left = (
                f"{_owner(piece)!r} has handed in notebooks with several ids: {', '.join(ids[:5])}"
            )
        else:
            piece.left = "no id is written in it"


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
            piece.left = "nothing in its name says whose it is"


_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def _unfit(student: str) -> str:
    """Say why an id cannot be the name of a folder on every system; empty if it can."""
    if (
        re.search(r'[<>:"/\\|?*]', student)
        or not student.isprintable()
        or student.strip(" .") != student
        or _RESERVED.fullmatch(student)
        or len(student.encode("utf-8", "replace")) > 200
    ):
        return f"the id {student[:60]!r} cannot be the name of a folder on every system"
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
            said = ", ".join(sorted(owners[place])[:5])
            piece.left, piece.student = (
                f"{piece.student!r} would be several students at once: {said}",
                "",
            )


def _stop(result: Plan) -> str:
    """Say why a plan should not be carried out: most ids in the notebooks are others."""
    told = [piece for piece in result.pieces if piece.written]
    roster = result.roster
    if roster and not roster.id_column:
        column = roster.column_of({p.who: p.written for p in told if p.who is not None})
        hint = f" {column!r} holds what they wrote: give ID_COLUMN={column!r}." if column else ""
        return (
            f"The roster has no column that is known to hold the ids of students. Its columns are: "
            f"{', '.join(roster.header)}.{hint or ' Say which with ID_COLUMN=title.'}"
        )
    pairs = [(piece.student, piece.written) for piece in told if piece.student]
    wrong = identity.disagreeing(pairs)
    if not wrong:
        return ""
    begin = f"In {len(wrong)} of {len(pairs)} notebooks the student has written another id"
    if not roster:
        return (
            f"{begin}: {result.platform.title} has {result.platform.says}, such as {wrong[0][0]!r}, and in the "
            f"notebook is {wrong[0][1]!r}. Give ROSTER=class.csv, a table that maps the one to the other, or "
            "IDS=notebook if you trust the ids that students wrote."
        )
    column = roster.column_of({p.who: p.written for p in told if p.who is not None})
    hint = f" {column!r} holds what they wrote: give ID_COLUMN={column!r}." if column else ""
    return f"{begin} than {roster.id_column!r} of the roster, such as {wrong[0][1]!r} for {wrong[0][0]!r}.{hint}"


def _choose(result: Plan, out: Path) -> None:
    """Of several files of a student for one exercise, take the newest."""
    groups: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in result.pieces:
        if not piece.left:
            groups[numbers.normal(piece.student), _slot(piece, result.platform)].append(piece)
    before = {(numbers.normal(o.student), o.slot): o for o in result.before.origins}
    used = _used(result.before, out)
    for (student, slot), pieces in groups.items():
        kept, note = _newest(pieces)
        for piece in pieces:
            piece.what = _fate(piece, kept, note, len(pieces))
        old = before.get((student, slot))
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


def _slot(piece: Piece, platform: Platform) -> str:
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
    return f"_{text}" if _RESERVED.fullmatch(text) else text


def _used(before: Collection, out: Path) -> set[str]:
    used = {_folded(origin.path) for origin in before.origins}
    if out.is_dir():
        used |= {
            _folded(path.relative_to(out).as_posix()) for path in out.rglob("*") if path.is_file()
        }
    return used


def _short(piece: Piece) -> str:
    return piece.claims["file_id"].rpartition("/")[2]


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
        if piece.what != "is there already" or not target.is_file():
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
            msg = f"{out / folder} is a link. Nothing is written through links: remove it."
            raise ValueError(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{intake.fingerprint(target.name.encode())}.part")
    beside.unlink(missing_ok=True)
    with beside.open("xb") as file:
        file.write(raw)
    beside.replace(target)


def _origin(piece: Piece, platform: Platform) -> Origin:
    noted = piece.what.startswith("taken, the newest")
    return Origin(
        student=piece.student,
        path=piece.path,
        exercise=piece.exercise,
        slot=_slot(piece, platform),
        original=piece.item.path,
        platform=platform.name,
        key=piece.key,
        folder=piece.claims.get("folder", ""),
        handed_in=piece.order[0],
        late="late" if piece.claims.get("late") else "",
        order=piece.order,
        digest=piece.digest,
        note=f"Of the files of this student it is {piece.what.removeprefix('taken, ')}."
        if noted
        else "",
    )
