"""What a teacher gets: gradebook, feedback for each student, and an overview of the class."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiimpact.classroom import intake, pages
from aiimpact.classroom.sandbox import LEVELS, Level

if TYPE_CHECKING:
    from aiimpact.classroom.grade import Entry


def write(entries: Sequence[Entry], out: Path, level: Level) -> None:
    """Write all reports.

    Parameters
    ----------
    entries : sequence of aiimpact.classroom.grade.Entry
        What was handed in, and what became of it.
    out : pathlib.Path
        Folder to write to.
    level : str
        How submissions were kept apart, one of :data:`aiimpact.classroom.sandbox.LEVELS`.
    """
    _write_table(out / "gradebook.csv", _GRADEBOOK, map(_gradebook_row, entries))
    _write_table(out / "tasks.csv", _TASKS, (row for entry in entries for row in _task_rows(entry)))
    for entry in entries:
        if not entry.set_aside:
            path = out / "feedback" / intake.file_name(entry.student) / f"{entry.exercise}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(feedback(entry), encoding="utf-8")
    (out / "overview.html").write_text(overview(entries, level), encoding="utf-8")


def figures(entries: Sequence[Entry], found: int) -> str:
    """Say in a line what became of everything that was handed in.

    Parameters
    ----------
    entries : sequence of aiimpact.classroom.grade.Entry
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
    return f"{found} handed in: {graded} graded, {aside} set aside, {lost} lost"


_GRADEBOOK = ("student", "exercise", "status", "points", "by hand", "of", "file", "notes")
_TASKS = ("student", "exercise", "task", "title", "points", "by hand", "of", "slip", "words")


def _gradebook_row(entry: Entry) -> Iterable[object]:
    notes = " ".join([entry.set_aside, *entry.notes]).strip()
    if entry.set_aside:
        return (entry.student, entry.exercise, "set aside", "", "", "", entry.file, notes)
    points = sum(mark.points for mark in entry.marks)
    by_hand = sum(mark.by_hand for mark in entry.marks)
    most = sum(mark.task.points for mark in entry.marks)
    return (entry.student, entry.exercise, "graded", points, by_hand, most, entry.file, notes)


def _task_rows(entry: Entry) -> Iterable[Iterable[object]]:
    for mark in entry.marks:
        task = (mark.task.number, mark.task.title)
        points = (mark.points, mark.by_hand, mark.task.points)
        yield (entry.student, entry.exercise, *task, *points, mark.slip, mark.words)


def _write_table(path: Path, head: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    # With the mark that makes a spreadsheet read it as Unicode.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([_harmless(value) for value in row] for row in rows)


def _harmless(value: object) -> object:
    """Keep a spreadsheet from taking a student's text for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return f"{value:g}" if isinstance(value, float) else value


def feedback(entry: Entry) -> str:
    """Write one student's page about one exercise.

    Parameters
    ----------
    entry : aiimpact.classroom.grade.Entry
        A submission that was graded.

    Returns
    -------
    str
        HTML without scripts. What the student wrote is in it as text.
    """
    points, most = sum(m.points for m in entry.marks), sum(m.task.points for m in entry.marks)
    by_hand = sum(mark.by_hand for mark in entry.marks)
    rest = f", {by_hand:g} more to be marked by hand" if by_hand else ""
    rows = [
        (f"{m.task.number} {m.task.title}", m.points, m.task.points, _state(m)) for m in entry.marks
    ]
    parts = [
        f"<h1>{escape(entry.exercise)}</h1>",
        f"<p>{escape(entry.student)}: <strong>{points:g} of {most:g} points</strong>{rest}</p>",
        *(f'<p class="open">{escape(note)}</p>' for note in entry.notes),
        pages.table(("Task", "Points", "Of", "What the checks say"), rows),
        "<h2>Your notebook</h2>",
        *map(_cell, entry.cells),
    ]
    return pages.page(f"{entry.exercise}, {entry.student}", "\n".join(parts))


def _state(mark: Any) -> str:
    if mark.words:
        return str(mark.words)
    return "Waits to be marked." if mark.by_hand else "Marked by hand, or left empty."


def _cell(cell: Any) -> str:
    given = cell.metadata.get("nbgrader", {})
    if given.get("locked") or (given.get("grade") and not given.get("solution")):
        # A test's source has hidden tests in it; what it said stands in the table.
        return ""
    printed = "".join(
        output.get("text", "") or "\n".join(output.get("traceback", []))
        for output in cell.get("outputs", [])
    )
    shown = f"<pre>{escape(cell.source)}</pre>"
    return shown + (f"<p>It printed:</p><pre>{escape(printed)}</pre>" if printed else "")


def overview(entries: Sequence[Entry], level: Level) -> str:
    """Write the overview of a class: what failed most, and which slip was commonest.

    Parameters
    ----------
    entries : sequence of aiimpact.classroom.grade.Entry
        What was handed in, and what became of it.
    level : str
        How submissions were kept apart.

    Returns
    -------
    str
        HTML without scripts.
    """
    graded = [entry for entry in entries if not entry.set_aside]
    aside = [(entry.file, entry.set_aside) for entry in entries if entry.set_aside]
    noted = [(entry.file, " ".join(entry.notes)) for entry in graded if entry.notes]
    parts = [
        "<h1>Overview of the class</h1>",
        f"<p>{escape(figures(entries, len(entries)))}.</p>",
        f"<p>{escape(LEVELS[level])}</p>",
        "<h2>Tasks, the hardest first</h2>",
        pages.table(("Exercise", "Task", "Not solved", "Handed in"), hardest(entries)),
        "<h2>Slips, the commonest first</h2>",
        pages.table(("Slip", "Times", "What they were told"), commonest(entries)),
        "<h2>Set aside</h2>",
        pages.table(("File", "Why"), aside),
        "<h2>Graded, with a note</h2>",
        pages.table(("File", "Note"), noted),
    ]
    return pages.page("Overview of the class", "\n".join(parts))


def hardest(entries: Iterable[Entry]) -> list[tuple[str, str, int, int]]:
    """Count for each task how many have not solved it.

    Parameters
    ----------
    entries : iterable of aiimpact.classroom.grade.Entry
        What was handed in.

    Returns
    -------
    list of tuple
        Exercise, task, not solved, handed in; the hardest first.
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
    entries : iterable of aiimpact.classroom.grade.Entry
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
