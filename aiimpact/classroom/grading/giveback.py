"""Points back into the platform: a filled copy of the table that it has exported, and feedback as Moodle takes it."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiimpact.classroom import numbers
from aiimpact.classroom.grading import collection, reports
from aiimpact.classroom.grading.class_tables import kind_of, roster_of, same, says_points
from aiimpact.classroom.grading.collection import Collection
from aiimpact.classroom.grading.layouts import Known
from aiimpact.classroom.grading.roster import Person, Roster, letters
from aiimpact.classroom.grading.sheet import Cell, Sheet
from aiimpact.words import listed, say


@dataclass(frozen=True, slots=True)
class Points:
    """What one student got for one exercise.

    Parameters
    ----------
    student : str
        The id, as the gradebook has it.
    points, waiting, most : float
        Points so far, points that wait to be marked by hand, and what there was to get.
    """

    student: str
    points: float
    waiting: float
    most: float


@dataclass
class Filled:
    """What became of the rows of a table, by the names under which they are told."""

    filled: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def give_back(
    path: Path,
    out: Path,
    known: Known,
    *,
    roster: Roster | None = None,
    id_column: str = "",
    exercise: str = "",
    column: str = "",
    waiting: bool = False,
    convert: bool = False,
) -> list[str]:
    """Fill points into a table that a platform has exported; a filled copy is written beside it.

    Parameters
    ----------
    path : pathlib.Path
        The table. It is only read.
    out : pathlib.Path
        What grading wrote.
    known : aiimpact.classroom.grading.layouts.Known
        Which tables there are.
    roster : aiimpact.classroom.grading.roster.Roster, optional
        Who is who; what was collected with, if left out.
    id_column : str
        Title of the column of ids in the table, if there is no roster.
    exercise : str
        Which exercise the points are of; found, if there is only one way.
    column : str
        Title of the column that they go into; found, if there is only one way.
    waiting : bool
        Whether to fill in where answers wait to be marked by hand.
    convert : bool
        Whether to convert points to the platform's maximum.

    Returns
    -------
    list of str
        What was done, in lines.

    Raises
    ------
    ValueError
        If the table is not known, or it is not certain what belongs where.
    """
    points = _points(out)
    sheet = Sheet(path.read_bytes())
    header = [cell.text.strip() for cell in sheet.rows[0]] if sheet.rows else []
    table = kind_of(header, known)
    if "grades" not in table:
        needs = "; ".join(
            f"{t['name']}: {', '.join(t['needs'])}" for t in known.tables if "grades" in t
        )
        msg = say(
            "SHEET must be a table that a platform exports to take points back, with titles in English. The "
            "first line of {path} is: {titles}. Known are {needs}.",
            path=path,
            titles=", ".join(header)[:200],
            needs=needs,
        )
        raise ValueError(msg)
    kept = collection.read(out / "collected.json")
    if roster:
        kept.people = roster.people
    rows = [row for row in sheet.rows[1:] if not says_points([cell.text for cell in row])]
    theirs = roster_of(header, [[c.text for c in row] for row in rows], known, id_column, str(path))
    told = [say("{table}: {count} rows.", table=say(table["name"]), count=len(rows))]
    result = path.with_name(f"{path.stem}-filled{path.suffix}")
    pairs = _pairs(header, table, points, exercise, column, _by_numbers(theirs, kept))
    for name, place in pairs:
        students = [_student(person, kept, name, points[name]) for person in theirs.people]
        _refuse_maximum(sheet, rows, place, table, points[name], convert)
        filled = _fill(sheet, rows, place, table, theirs, students, points[name], waiting)
        told += _told(filled, name, header[place], students, points[name])
        told += _feedback(path, out, kept, name, points[name], waiting)
    result.write_bytes(sheet.written())
    return [
        *told,
        say(
            "Written: {file}. Everything else in it is as it was; {given} was not changed.",
            file=result,
            given=path.name,
        ),
    ]


def _points(out: Path) -> dict[str, dict[str, Points]]:
    """Read the gradebook: points by exercise and by id in the form in which it counts."""
    path = out / "gradebook.csv"
    if not path.exists():
        msg = say("OUT must be what `grade` wrote, and there is no {path}.", path=path)
        raise ValueError(msg)
    database = out / "gradebook.db"
    if database.exists() and database.stat().st_mtime > path.stat().st_mtime + 2:
        msg = say(
            "Something was marked in {folder} after its tables were written. Grade once more, then give back.",
            folder=out,
        )
        raise ValueError(msg)
    found: defaultdict[str, dict[str, Points]] = defaultdict(dict)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["status"] == "graded":
                figures = (float(row[title]) for title in ("points", "still to mark", "out of"))
                found[row["exercise"]][numbers.normal(row["student"])] = Points(
                    row["student"], *figures
                )
    if not found:
        msg = say("There is nothing to give back: nothing in {path} was graded.", path=path)
        raise ValueError(msg)
    return dict(found)


def _key(student: str) -> str:
    """Give an id as the gradebook has it, where it is kept from being a formula."""
    return numbers.normal(str(reports.harmless(student)))


def _by_numbers(theirs: Roster, kept: Collection) -> set[str]:
    """Give the exercises that were handed in under the numbers in a table."""
    there = {person.platform_id for person in theirs.people} - {""}
    return {o.exercise for o in kept.origins if o.exercise and o.key in there}


def _pairs(
    header: Sequence[str],
    table: Mapping[str, Any],
    points: Mapping[str, Any],
    exercise: str,
    column: str,
    numbered: set[str],
) -> list[tuple[str, int]]:
    """Find out which exercise goes into which column."""
    wanted = [name for name in points if not exercise or _is(name, exercise)]
    grades = table["grades"]
    if column:
        places = [i for i, title in enumerate(header) if same(title, column)]
    elif "column" in grades:
        places = [i for i, title in enumerate(header) if same(title, grades["column"])]
    else:
        never = grades.get("never", "(?!)")
        places = [
            i
            for i, title in enumerate(header)
            if re.fullmatch(grades["titles"], title) and not re.fullmatch(f"(?:{never}).*", title)
        ]
    if len(places) == 1 and len(wanted) > 1 and len(numbered & set(wanted)) == 1:
        wanted = list(numbered & set(wanted))
    if len(places) == 1 and len(wanted) == 1:
        return [(wanted[0], places[0])]
    pairs = [(name, i) for name in wanted for i in places if _fits(header[i], name)]
    if (
        not pairs
        or len({n for n, _ in pairs}) < len(pairs)
        or len({i for _, i in pairs}) < len(pairs)
    ):
        msg = say(
            "It is not certain which exercise goes where. Graded are: {exercises}. Columns for points: "
            "{columns}. Give EXERCISE=01 and COLUMN='title'.",
            exercises=listed(points),
            columns=listed(header[i] for i in places) or say("none"),
        )
        raise ValueError(msg)
    return pairs


def _is(name: str, exercise: str) -> bool:
    number = re.fullmatch(r"0*(\d+)", exercise.strip())
    return same(name, exercise) or bool(number and int(name[:2]) == int(number[1]))


def _fits(title: str, exercise: str) -> bool:
    number, _, words = exercise.partition("_")
    return letters(words) in letters(title) or bool(
        number.isdecimal() and re.search(rf"(?i)\bexercise\W*0*{int(number)}\b", title)
    )


def _student(
    person: Person, kept: Collection, exercise: str, points: Mapping[str, Points]
) -> str | None:
    """Find the id of a row's student; None if that is not certain."""
    if person.platform_id:
        keys = {
            o.student
            for o in kept.origins
            if o.exercise == exercise and o.key == person.platform_id
        }
        if len(keys) == 1:
            return keys.pop()
    class_ = Roster(kept.people)
    told = [
        class_.find(kinds, text)
        for kinds, text in (
            (["platform_id"], person.platform_id),
            (["email"], person.email),
            (["login"], person.login),
            (["id", "login"], person.id),
            (["full_name"], person.full_name),
        )
        if text
    ]
    told = [found for found in told if found]
    both = set.intersection(*told) if told else set()
    if len(both) == 1:
        return class_.people[both.pop()].id or None
    if kept.people:
        return None
    return next((x for x in (person.id, person.login) if x and _key(x) in points), None)


def _fill(
    sheet: Sheet,
    rows: Sequence[Sequence[Cell]],
    place: int,
    table: Mapping[str, Any],
    theirs: Roster,
    students: Sequence[str | None],
    points: Mapping[str, Points],
    waiting: bool,
) -> Filled:
    result = Filled()
    grades = table["grades"]
    comma = _has_comma(sheet, place, grades)
    for row, person, student in zip(rows, theirs.people, students, strict=True):
        name = student or person.full_name or person.email or person.id or person.platform_id
        theirs_now = points.get(_key(student)) if student else None
        if student is None:
            result.unknown.append(name)
        elif theirs_now is None:
            result.nothing.append(name)
        elif place >= len(row) or _closed(row, grades, theirs.header, place):
            result.closed.append(name)
        elif theirs_now.waiting and not waiting:
            result.waiting.append(name)
        else:
            most = _most(sheet, row, place, grades) or theirs_now.most
            value = theirs_now.points * most / theirs_now.most if theirs_now.most else 0.0
            result.filled.append(name)
            if _number(row[place].text) != round(value, 2):
                text = f"{value:.2f}".rstrip("0").rstrip(".")
                sheet.fill(row[place], text.replace(".", ",") if comma else text)
    return result


def _closed(
    row: Sequence[Cell], grades: Mapping[str, Any], header: Sequence[str], place: int
) -> bool:
    if row[place].text.strip() in grades.get("closed", ()):
        return True
    open_ = [i for i, title in enumerate(header) if same(title, grades.get("open", "\0"))]
    return any(row[i].text.strip().casefold() == "no" for i in open_ if i < len(row))


def _number(text: str) -> float | None:
    found = re.fullmatch(r"\d+(?:[.,]\d+)?", text.strip())
    return float(text.strip().replace(",", ".")) if found else None


def _most(sheet: Sheet, row: Sequence[Cell], place: int, grades: Mapping[str, Any]) -> float | None:
    """Give what the platform takes for the most points."""
    header = sheet.rows[0]
    if title := grades.get("most"):
        places = [i for i, cell in enumerate(header) if same(cell.text, title) and i < len(row)]
        return _number(row[places[0]].text) if places else None
    if name := grades.get("most_row"):
        found = [r for r in sheet.rows[1:4] if r[0].text.strip() == name and place < len(r)]
        return _number(found[0][place].text) if found else None
    pattern = re.search(grades.get("most_title", "(?!)"), header[place].text)
    return _number(pattern[1]) if pattern else None


def _has_comma(sheet: Sheet, place: int, grades: Mapping[str, Any]) -> bool:
    places = [i for i, c in enumerate(sheet.rows[0]) if same(c.text, grades.get("most", "\0"))]
    cells = (row[i].text for row in sheet.rows[1:] for i in [place, *places] if i < len(row))
    return any(re.fullmatch(r"\d+,\d+", text.strip()) for text in cells)


def _refuse_maximum(
    sheet: Sheet,
    rows: Sequence[Sequence[Cell]],
    place: int,
    table: Mapping[str, Any],
    points: Mapping[str, Points],
    convert: bool,
) -> None:
    ours = max(each.most for each in points.values())
    theirs = {_most(sheet, row, place, table["grades"]) for row in rows} - {None, 0.0}
    if not convert and any(most != ours for most in theirs):
        said = ", ".join(f"{most:g}" for most in sorted(x for x in theirs if x))
        msg = say(
            "In the platform there are {theirs} points to get, in the exercise {ours}. Set {ours} there and "
            "export again, or give CONVERT=1 to convert.",
            theirs=said,
            ours=f"{ours:g}",
        )
        raise ValueError(msg)


def _told(
    filled: Filled,
    exercise: str,
    title: str,
    students: Iterable[str | None],
    points: Mapping[str, Points],
) -> Iterator[str]:
    yield say(
        "{exercise} into {column}: {count} filled.",
        exercise=exercise,
        column=repr(title),
        count=len(filled.filled),
    )
    there = {_key(student) for student in students if student}
    gone = [each.student for key, each in points.items() if key not in there]
    for names, what in (
        (
            filled.waiting,
            say(
                "{count} wait to be marked by hand and were left out (make mark, then grade again; or "
                "WAITING=1): {names}",
                **_counted(filled.waiting),
            ),
        ),
        (
            filled.nothing,
            say(
                "{count} of the table handed in nothing that could be graded: {names}",
                **_counted(filled.nothing),
            ),
        ),
        (
            filled.closed,
            say(
                "{count} are closed in the platform and were left as they are: {names}",
                **_counted(filled.closed),
            ),
        ),
        (
            filled.unknown,
            say(
                "{count} of the table are nobody whom the roster tells apart: {names}",
                **_counted(filled.unknown),
            ),
        ),
        (
            gone,
            say("{count} are in the gradebook and not in the table: {names}", **_counted(gone)),
        ),
    ):
        if names:
            yield f"  {what}"


def _counted(names: Sequence[str]) -> dict[str, Any]:
    return {"count": len(names), "names": listed(names)}


def _feedback(
    path: Path,
    out: Path,
    kept: Collection,
    exercise: str,
    points: Mapping[str, Points],
    waiting: bool,
) -> Iterator[str]:
    """Pack feedback for Moodle: folders with the names that Moodle gave them."""
    pages = {}
    for origin in kept.origins:
        theirs = points.get(_key(origin.student))
        page = reports.page_of(out, origin.student, exercise)
        ready = theirs and (waiting or not theirs.waiting)
        if origin.folder and origin.exercise == exercise and ready and page.is_file():
            pages[f"{origin.folder}/{exercise}.html"] = page
    if not pages:
        return
    target = path.with_name(f"{path.stem}-feedback-{exercise}.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in sorted(pages.items()):
            # Always dated alike, so that the same pages give the same bytes; readable when unpacked.
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, page.read_bytes(), zipfile.ZIP_DEFLATED)
    told = say(
        "{count} pages of feedback for Moodle's “Upload multiple feedback files in a zip”: {file}",
        count=len(pages),
        file=target,
    )
    yield f"  {told}"
