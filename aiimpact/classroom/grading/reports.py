"""What a teacher gets: gradebook, feedback for each student, and an overview of the class."""

from __future__ import annotations

import csv
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from aiimpact.classroom.grading import intake, pages
from aiimpact.classroom.grading.collection import Collection
from aiimpact.classroom.grading.entries import Entry, Mark
from aiimpact.classroom.grading.sandbox import LEVELS, Level
from aiimpact.classroom.speech import here, later
from aiimpact.words import language, say, sentences, speaking


def write(
    entries: Sequence[Entry], out: Path, level: Level, found: int, known: Collection | None = None
) -> None:
    """Write all reports.

    Parameters
    ----------
    entries : sequence of aiimpact.classroom.grading.entries.Entry
        What was handed in, and what became of it.
    out : pathlib.Path
        Folder to write to.
    level : str
        How submissions were kept apart, one of :data:`aiimpact.classroom.grading.sandbox.LEVELS`.
    found : int
        How much was handed in.
    known : aiimpact.classroom.grading.collection.Collection, optional
        Who is in the class, and when they handed in.
    """
    known = known or Collection()
    known.write(out / "collected.json")
    rows = ((*_gradebook_row(entry), *_origin(entry, known)) for entry in entries)
    _write_table(out / "gradebook.csv", (*_GRADEBOOK, *_WHO, *_WHEN), rows)
    tasks = (row for entry in entries for row in _task_rows(entry))
    _write_table(out / "tasks.csv", map(_titled, _TASKS), tasks)
    students = [*_student_rows(entries), *_rows_of_nothing(entries, known)]
    head = (*_students_head(entries), say("name"), say("mail"))
    _write_table(
        out / "students.csv", head, ((*row, *_who(str(row[0]), known)) for row in sorted(students))
    )
    # Of what is set aside by now, no page is left that could be handed out; nor is one of an
    # earlier version, which lay a folder higher.
    counts = {
        page_of(out, entry.student, entry.exercise) for entry in entries if not entry.set_aside
    }
    for page in (*out.glob("feedback/*/*.html"), *out.glob("feedback/*/*/*.html")):
        if page not in counts:
            page.unlink()
    (out / "overview.html").write_text(overview(entries, level, found), encoding="utf-8")


def write_feedback(entry: Entry, cells: Sequence[Any], out: Path) -> None:
    """Write one student's page about one exercise.

    Parameters
    ----------
    entry : aiimpact.classroom.grading.entries.Entry
        A submission that was graded.
    cells : sequence of nbformat.NotebookNode
        The notebook as it was graded.
    out : pathlib.Path
        Folder to write to.
    """
    path = page_of(out, entry.student, entry.exercise)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(feedback(entry, cells), encoding="utf-8")


def page_of(out: Path, student: str, exercise: str) -> Path:
    """Give the place of a student's page about one exercise: where nbgrader has its own.

    Parameters
    ----------
    out : pathlib.Path
        Folder of the reports.
    student : str
        Whose.
    exercise : str
        Which.

    Returns
    -------
    pathlib.Path
        Such as `feedback/s001/01_training_footprint/01_training_footprint.html`.
    """
    folder = out / "feedback" / intake.file_name(student) / exercise
    return folder / f"{exercise}.html"


def figures(entries: Sequence[Entry], found: int) -> str:
    """Say in a line what became of everything that was handed in.

    Parameters
    ----------
    entries : sequence of aiimpact.classroom.grading.entries.Entry
        What is accounted for.
    found : int
        How much there was.

    Returns
    -------
    str
        Graded, set aside and lost.
    """
    aside = sum(bool(entry.set_aside) for entry in entries)
    graded = len(entries) - aside
    lost = found - len({entry.file for entry in entries})
    return say(
        "{count} handed in: {graded} graded, {aside} set aside, {lost} lost.",
        count=found,
        graded=graded,
        aside=aside,
        lost=lost,
    )


# The gradebook is read by `give-back`, so its titles and its `status` are the same in every language.
_POINTS = ("points", "still to mark", "out of")
_OF_PEOPLE = ("points", later("still to mark"), later("out of"))
# Elsewhere "points" alone are percentage points, which Chinese has another word for.
_EARNED = later("points earned")
_GRADEBOOK = ("student", "exercise", "status", *_POINTS, "file", "notes")
_TASKS = (
    later("student"),
    later("exercise"),
    later("task"),
    later("title"),
    *_OF_PEOPLE,
    later("slip"),
    later("what the check said"),
)
_WHO = ("name", "mail")
_WHEN = ("handed in", "late")


def _titled(title: str) -> str:
    """Say the title of a column in a table that only people read."""
    return here(_EARNED if title == "points" and language() != "en" else title)


def _who(student: str, known: Collection) -> tuple[str, str]:
    person = known.person(student)
    return person.full_name, person.email


def _origin(entry: Entry, known: Collection) -> tuple[str, str, str, str]:
    origin = known.origin(entry.file)
    return (*_who(entry.student, known), origin.handed_in, origin.late)


def _gradebook_row(entry: Entry) -> Iterable[object]:
    notes = sentences(here(entry.set_aside), *map(here, entry.notes))
    if entry.set_aside:
        return (entry.student, entry.exercise, "set aside", "", "", "", entry.file, notes)
    return (entry.student, entry.exercise, "graded", *_points(entry), entry.file, notes)


def _points(*entries: Entry) -> tuple[float, float, int]:
    """Add up points, points that are still to be marked by hand, and what there was to get."""
    marks = [mark for entry in entries for mark in entry.marks]
    return (
        sum(mark.points for mark in marks),
        sum(mark.by_hand for mark in marks),
        sum(mark.task.points for mark in marks),
    )


def _exercises(entries: Iterable[Entry]) -> list[str]:
    return sorted({entry.exercise for entry in entries if not entry.set_aside})


def _students_head(entries: Iterable[Entry]) -> list[str]:
    return [
        say("student"),
        *_exercises(entries),
        *map(_titled, _OF_PEOPLE),
        say("set aside"),
    ]


def _student_rows(entries: Sequence[Entry]) -> Iterable[tuple[object, ...]]:
    """Give a line for each student; an exercise of which nothing was graded stays empty."""
    exercises = _exercises(entries)
    by_student = defaultdict(list)
    for entry in entries:
        by_student[entry.student].append(entry)
    for student in sorted(by_student.keys() - {""}):
        theirs = by_student[student]
        graded = {entry.exercise: entry for entry in theirs if not entry.set_aside}
        each = [_points(graded[x])[0] if x in graded else "" for x in exercises]
        yield (student, *each, *_points(*graded.values()), len(theirs) - len(graded))


def _rows_of_nothing(entries: Sequence[Entry], known: Collection) -> Iterable[tuple[object, ...]]:
    """Give a line for each of the roster who has handed in nothing."""
    for student in known.without_work(entry.student for entry in entries):
        yield (student, *("" for _ in _exercises(entries)), *_points(), 0)


def _task_rows(entry: Entry) -> Iterable[Iterable[object]]:
    for mark in entry.marks:
        task = (mark.task.number, mark.task.title)
        points = (mark.points, mark.by_hand, mark.task.points)
        yield (entry.student, entry.exercise, *task, *points, mark.slip, mark.words)


def _write_table(path: Path, head: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    # With the mark that makes a spreadsheet read it as Unicode.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([harmless(value) for value in row] for row in rows)


# At the beginning, or where a spreadsheet that expects semicolons begins a new cell.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def harmless(value: object) -> object:
    """Keep a spreadsheet from taking a student's text for a formula.

    Parameters
    ----------
    value : object
        What belongs into a cell.

    Returns
    -------
    object
        With an apostrophe before what would be a formula; a number as text.

    Examples
    --------
    >>> harmless("=1+1"), harmless("s001"), harmless(2.0)
    ("'=1+1", 's001', '2')
    """
    if isinstance(value, str):
        return _FORMULA.sub(r"\1'", value)
    return f"{value:g}" if isinstance(value, float) else value


def feedback(entry: Entry, cells: Sequence[Any]) -> str:
    """Put together one student's page about one exercise.

    Parameters
    ----------
    entry : aiimpact.classroom.grading.entries.Entry
        A submission that was graded.
    cells : sequence of nbformat.NotebookNode
        The notebook as it was graded.

    Returns
    -------
    str
        HTML without scripts. What the student wrote is in it as text.
    """
    with speaking(entry.language):
        return _feedback(entry, cells)


def _feedback(entry: Entry, cells: Sequence[Any]) -> str:
    points, by_hand, most = _points(entry)
    rows = [
        (f"{m.task.number} {_own_title(entry, m)}", m.points, m.task.points, _state(m))
        for m in entry.marks
    ]
    titles = say("Task"), say("Points"), say("Of"), say("What the checks say")
    parts = [
        f"<h1>{escape(entry.exercise)}</h1>",
        f"<p>{_reached(entry.student, points, by_hand, most)}</p>",
        *(f'<p class="open">{escape(here(note))}</p>' for note in entry.notes),
        pages.table(titles, rows),
        f"<h2>{escape(say('Your notebook'))}</h2>",
        *map(_cell, cells),
    ]
    return pages.page(f"{entry.exercise}, {entry.student}", "\n".join(parts))


def _own_title(entry: Entry, mark: Mark) -> str:
    return entry.titles.get(mark.task.number, mark.task.title)


def _reached(student: str, points: float, by_hand: float, most: float) -> str:
    """Say in HTML how many points there are, with the points in bold."""
    bold = say("{points} of {most} points", points=f"{points:g}", most=f"{most:g}")
    given = {"student": escape(student), "points": f"<strong>{escape(bold)}</strong>"}
    if not by_hand:
        return say("{student}: {points}", **given)
    return say(
        "{student}: {points}, {more} more to be marked by hand", **given, more=f"{by_hand:g}"
    )


def _state(mark: Mark) -> str:
    if mark.words:
        return mark.words
    return say("Waits to be marked.") if mark.by_hand else say("Marked by hand, or left empty.")


def _cell(cell: Any) -> str:
    if cell.metadata.get("handed_out"):
        # Of what everybody has got, the title of a task will do.
        title = re.match(r"## (.+)", cell.source)
        return f"<h3>{escape(title[1])}</h3>" if title else ""
    given = cell.metadata.get("nbgrader", {})
    if given.get("locked") or (given.get("grade") and not given.get("solution")):
        # A test's source has hidden tests in it; what it said stands in the table.
        return ""
    printed = "".join(
        output.get("text", "") or "\n".join(output.get("traceback", []))
        for output in cell.get("outputs", [])
    )
    shown = f"<pre>{escape(cell.source)}</pre>"
    if not printed:
        return shown
    return f"{shown}<p>{escape(say('It printed:'))}</p><pre>{escape(printed)}</pre>"


def overview(entries: Sequence[Entry], level: Level, found: int) -> str:
    """Write the overview of a class: what failed most, and which slip was commonest.

    Parameters
    ----------
    entries : sequence of aiimpact.classroom.grading.entries.Entry
        What was handed in, and what became of it.
    level : str
        How submissions were kept apart.
    found : int
        How much was handed in.

    Returns
    -------
    str
        HTML without scripts.
    """
    graded = [entry for entry in entries if not entry.set_aside]
    aside = [(entry.file, here(entry.set_aside)) for entry in entries if entry.set_aside]
    waiting = sum(mark.by_hand > 0 for entry in graded for mark in entry.marks)
    noted = [(e.file, sentences(*map(here, e.notes))) for e in graded if e.notes]
    title = say("Overview of the class")
    exercise, task, times, file = say("Exercise"), say("Task"), say("Times"), say("File")
    spread = (exercise, say("Graded"), say("Lowest"), say("Median"), say("Highest"), say("Out of"))
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(figures(entries, found))}</p>",
        f"<p>{escape(here(LEVELS[level]))}</p>",
        f"<p>{_waiting(waiting)}</p>" if waiting else "",
        _section(say("Exercises"), spread, _spread(graded)),
        _section(
            say("Tasks, the hardest first"),
            (exercise, task, say("Not solved"), say("Graded")),
            hardest(entries),
        ),
        _section(
            say("Slips, the commonest first"),
            (say("Slip"), times, say("What they were told, for example")),
            commonest(entries),
        ),
        _section(say("Set aside"), (file, say("Why")), aside),
        _section(say("Graded, with a note"), (file, say("Note")), noted),
    ]
    return pages.page(title, "\n".join(parts))


def _waiting(count: int) -> str:
    return say(
        "{count} answers wait to be marked by hand: see {command}.",
        count=count,
        command="<code>make mark</code>",
    )


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    body = pages.table(head, rows) if rows else f"<p>{escape(say('None.'))}</p>"
    return f"<h2>{escape(title)}</h2>\n{body}"


def _spread(graded: Iterable[Entry]) -> list[tuple[str, int, float, float, float, int]]:
    """Give for each exercise how many there are, and lowest, median and highest points so far."""
    found: defaultdict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for entry in graded:
        found[entry.exercise].append(_points(entry))
    rows = []
    for exercise in sorted(found):
        points = [each[0] for each in found[exercise]]
        middle = statistics.median(points)
        rows.append(
            (exercise, len(points), min(points), middle, max(points), found[exercise][0][2])
        )
    return rows


def hardest(entries: Iterable[Entry]) -> list[tuple[str, str, int, int]]:
    """Count for each task how many have not solved it.

    Parameters
    ----------
    entries : iterable of aiimpact.classroom.grading.entries.Entry
        What was handed in.

    Returns
    -------
    list of tuple
        Exercise, task, not solved, graded; the hardest first.
    """
    failed: Counter[tuple[str, str]] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        for mark in entry.marks:
            task = (entry.exercise, f"{mark.task.number} {mark.task.title}")
            seen[task] += 1
            failed[task] += not mark.solved
    order = sorted(seen, key=lambda task: (-failed[task] / seen[task], task))
    return [(*task, failed[task], seen[task]) for task in order]


def commonest(entries: Iterable[Entry]) -> list[tuple[str, int, str]]:
    """Count the slips that have a name.

    Parameters
    ----------
    entries : iterable of aiimpact.classroom.grading.entries.Entry
        What was handed in.

    Returns
    -------
    list of tuple
        Slip, times, an example of what a student was told; the commonest first.
    """
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for entry in entries:
        for mark in entry.marks:
            if mark.slip:
                counts[mark.slip] += 1
                words.setdefault(mark.slip, mark.words)
    return [(slip, times, words[slip]) for slip, times in counts.most_common()]
