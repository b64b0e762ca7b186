"""Tables of a class: read from whatever a platform has exported, and told apart by their titles."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiimpact.classroom import numbers
from aiimpact.classroom.grading.layouts import Known
from aiimpact.classroom.grading.roster import KINDS, Person, Roster, letters
from aiimpact.words import language, listed, say

LARGEST_TABLE = 50_000_000


def decoded(raw: bytes) -> tuple[str, str]:
    """Read the text of a table.

    Parameters
    ----------
    raw : bytes
        What is in the file.

    Returns
    -------
    text : str
        With the mark at its beginning, if there is one.
    encoding : str
        Which writes the same bytes again.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            return raw.decode(encoding, "surrogatepass"), encoding
    # What spreadsheets write in China, and in Hong Kong, where they are not told otherwise.
    chinese = {"zh-Hans": ("gb18030", "big5hkscs"), "zh-Hant-HK": ("big5hkscs", "gb18030")}
    for encoding in ("utf-8", *chinese.get(language(), ())):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == raw:
            return text, encoding
    # Every byte is a letter of this one, so that nothing is lost.
    return raw.decode("latin-1"), "latin-1"


def delimiter(text: str) -> str:
    """Find out what stands between the cells of a table.

    Parameters
    ----------
    text : str
        The table.

    Returns
    -------
    str
        A comma, a semicolon or a tab.

    Examples
    --------
    >>> delimiter("id;name")
    ';'
    """
    first = re.sub(r'"[^"]*"', "", text[:100_000]).lstrip("\ufeff\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)


def read_roster(path: Path, known: Known, id_column: str = "") -> Roster:
    """Read a roster from a file.

    Parameters
    ----------
    path : pathlib.Path
        A table with a row for each student, as a platform exports it or with two columns.
    known : aiimpact.classroom.grading.layouts.Known
        Which tables there are.
    id_column : str
        Title of the column of ids; found by its name, if left out.

    Returns
    -------
    Roster
        The class.

    Raises
    ------
    ValueError
        If the table is not understood, or one id stands in it twice.
    """
    if path.stat().st_size > LARGEST_TABLE:
        msg = say("ROSTER must be the table of a class, and {path} has more than 50 MB.", path=path)
        raise ValueError(msg)
    text = numbers.visible(decoded(path.read_bytes())[0])
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        msg = say("ROSTER must have a row for each student, and {path} is empty.", path=path)
        raise ValueError(msg)
    return roster_of(rows[0], rows[1:], known, id_column, str(path))


def roster_of(
    header: Sequence[str], rows: Sequence[Sequence[str]], known: Known, id_column: str, name: str
) -> Roster:
    """Make a roster of the rows of a table.

    Parameters
    ----------
    header : sequence of str
        Titles of its columns.
    rows : sequence of sequences of str
        One for each student.
    known : aiimpact.classroom.grading.layouts.Known
        Which tables there are.
    id_column : str
        Title of the column of ids; found by its name, if empty.
    name : str
        What to call the table.

    Returns
    -------
    Roster
        The class.

    Raises
    ------
    ValueError
        If the table is not understood, or one id stands in it twice.
    """
    head = [title.strip() for title in header]
    table = kind_of(head, known)
    places = {
        kind: [i for title in titles for i, x in enumerate(head) if same(x, title)]
        for kind, titles in table["columns"].items()
    }
    if id_column:
        places["id"] = [i for i, x in enumerate(head) if same(x, id_column)]
        if not places["id"]:
            msg = say(
                "ID_COLUMN must be one of the columns of {table}, {names}; got {given}.",
                table=name,
                names=listed(head),
                given=repr(id_column),
            )
            raise ValueError(msg)
    if not any(places.get(kind) for kind in (*KINDS, "last_name")):
        msg = say(
            "ROSTER must have a line of titles first, with a column of ids and one of names, mails or "
            "logins; the first line of {table} is: {names}. Titles that are known: id, name, email, login. "
            "Titles of your own go into a file like platforms.yaml, given as --platforms (with make: "
            "PLATFORMS=file).",
            table=name,
            names=listed(head)[:200],
        )
        raise ValueError(msg)
    # Of two columns that could hold the ids, an empty one does not.
    ids = next((i for i in places.get("id", ()) if any(_cell(row, i) for row in rows)), None)
    places["id"] = [] if ids is None else [ids]
    kept = [list(row) for row in rows if not says_points(row)]
    people = [_person(row, places) for row in kept]
    _refuse_twins(people, name)
    return Roster(people, table["name"], head, kept, "" if ids is None else head[ids])


def same(title: str, other: str) -> bool:
    """Say whether two titles of columns are the same.

    Parameters
    ----------
    title, other : str
        As they stand in a table.

    Returns
    -------
    bool
        Capitals, blanks and underscores do not count.

    Examples
    --------
    >>> same("Full_Name ", "full name")
    True
    """
    return letters(title) == letters(other)


def kind_of(header: Sequence[str], known: Known) -> dict[str, Any]:
    """Find out what kind of table a header belongs to.

    Parameters
    ----------
    header : sequence of str
        Titles of its columns.
    known : aiimpact.classroom.grading.layouts.Known
        Which tables there are.

    Returns
    -------
    dict
        What is known of it.
    """
    for table in known.tables:
        if all(any(same(title, need) for title in header) for need in table["needs"]):
            return table
    return known.tables[-1]


def _person(row: Sequence[str], places: Mapping[str, list[int]]) -> Person:
    def first(kind: str) -> str:
        return next((text for i in places.get(kind, ()) if (text := _cell(row, i))), "")

    name = first("full_name") or " ".join(filter(None, (first("first_name"), first("last_name"))))
    # Moodle writes "Participant 123456", in the teacher's language.
    number = first("platform_id")
    if found := re.fullmatch(r"\D+?(\d+)", number):
        number = found[1]
    return Person(first("id"), name, first("email"), first("login"), number)


def _cell(row: Sequence[str], i: int) -> str:
    return row[i].strip() if i < len(row) else ""


def says_points(row: Sequence[str]) -> bool:
    """Say whether a row is one of those that Canvas puts below its titles.

    Parameters
    ----------
    row : sequence of str
        Its cells.

    Returns
    -------
    bool
        True if it is no student's.
    """
    texts = {cell.strip() for cell in row} - {""}
    return bool(row) and (
        row[0].strip() == "Points Possible"
        or all(re.fullmatch(r"Muted|Manual Posting.*", text, re.IGNORECASE) for text in texts)
    )


def _refuse_twins(people: Iterable[Person], name: str) -> None:
    seen: dict[str, str] = {}
    for person in people:
        key = numbers.normal(person.id)
        if key and key in seen:
            msg = say(
                "Each id may stand in a roster once, and {id} stands twice in {table}, for {one} and {other}.",
                id=repr(person.id),
                table=name,
                one=repr(seen[key]),
                other=repr(person.full_name),
            )
            raise ValueError(msg)
        seen[key] = person.full_name
