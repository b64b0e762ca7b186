"""An exercise on paper: room to write, a table for one's own numbers, and nothing that needs a keyboard.

Hints are not on it. The teacher's handout has them, to read out or to cut out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from types import MappingProxyType
from typing import Any

from nbformat.v4 import new_markdown_cell
from nbgrader import utils

from aiimpact.classroom import numbers
from aiimpact.classroom.grading import pages
from aiimpact.words import say, sentences

STYLE = """
.line { border-bottom: 0.3mm solid #888; height: 8mm; break-inside: avoid; }
.blank { display: inline-block; border-bottom: 0.3mm solid #888; min-width: 45mm; height: 6mm; }
.given { margin: 0.8rem 0; break-inside: avoid; } table.own td { padding-block: 0.4rem; }
table.own td:last-child { white-space: nowrap; } table.own .blank { min-width: 30mm; }
"""

_HINT = re.compile(r"\s*<details>.*?</details>", flags=re.DOTALL)
# Title, a line of what there is, and the sentence that says to which chapter the exercise belongs. What
# follows is for the keyboard.
_HEAD = re.compile(r"[^\n]+\n\n[^\n]+\n\n[^\n]+?(?:\.(?= )|。)")
_NUMBER = re.compile(r"^(my_\w+) = \.\.\.(?:  # ?(.*))?$", flags=re.MULTILINE)
_DEFINITION = re.compile(r"^def .*?^\s+\"\"\".*?\"\"\"$", flags=re.MULTILINE | re.DOTALL)
_LINES_OF_A_FUNCTION = 6
_LINES_OF_A_TEXT = 16


def cells(
    edition: Any, source: Any, exercise: str, shown: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Any]:
    """Give the cells of a student's edition as they are printed.

    Parameters
    ----------
    edition : nbformat.NotebookNode
        The student's.
    source : nbformat.NotebookNode
        The source, whose outputs show what does not differ from student to student.
    exercise : str
        Number of the exercise, such as "01".
    shown : mapping of str to str
        What cells show of which the source has no output, by their names.

    Yields
    ------
    nbformat.NotebookNode
        Cells of Markdown, and code that is only read.
    """
    first, *others = zip(edition.cells, source.cells, strict=True)
    yield new_markdown_cell(_head(first[0].source))
    yield new_markdown_cell(_own_numbers(exercise))
    for cell, known in others:
        if utils.is_solution(cell):
            if room := _room(cell):
                yield new_markdown_cell(room)
        elif utils.is_grade(cell) or "numbers.own(" in cell.source:
            continue
        elif cell.cell_type == "markdown":
            yield new_markdown_cell(_HINT.sub("", cell.source))
        elif "def " in cell.source:
            yield cell
        elif "own." in cell.source or "headline" in cell.source:
            given = say("From your strip: {room}", room='<span class="blank"></span>')
            yield new_markdown_cell(f'<div class="given">{given}</div>\n{_lines(1)}')
        elif text := _printed(known) or shown.get(cell.metadata.nbgrader.grade_id, ""):
            yield new_markdown_cell(f"<pre>{escape(text)}</pre>")


def _head(text: str) -> str:
    head = _HEAD.match(text)
    instead = say(
        "Write each answer, with its unit, into the room below its task. Your numbers are your own: what "
        "the text calls `own.` and a name stands on your strip. Copy it into the table first."
    )
    return sentences(head[0] if head else text, instead)


def _printed(cell: Any) -> str:
    texts = [x.data["text/plain"] for x in cell.outputs if "data" in x]
    return "".join(texts[0]) if texts else ""


def _own_numbers(exercise: str) -> str:
    rows = "".join(
        f"<tr><td><code>own.{escape(p.name)}</code></td><td>{escape(say(p.what))}</td>"
        f'<td><span class="blank"></span> {_unit(p)}</td></tr>'
        for p in numbers.parameters()
        if p.exercise == exercise
    )
    titles = say("Name"), say("What it is"), say("Yours")
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    return f'<table class="own"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _room(cell: Any) -> str:
    """Leave room for an answer: by its kind, lines or blanks with units."""
    source = cell.source
    if cell.cell_type == "markdown":
        return _lines(_LINES_OF_A_TEXT)
    if "ENTRY" in source:
        entry = source.split('"""')[1].strip("\n")
        entry = re.sub(r"\.\.\.$|\{\w+\}", "_" * 36, entry, flags=re.MULTILINE)
        return f"<pre>{escape(entry)}</pre>\n\n{_lines(4)}"
    parts = [
        f"<pre>{escape(definition)}</pre>\n\n{_lines(_LINES_OF_A_FUNCTION)}"
        for definition in _DEFINITION.findall(source)
    ]
    answers = _NUMBER.findall(source)
    if answers:
        parts.append(_lines(2 + len(answers)))
    parts += [
        f'<div class="given"><code>{escape(name)}</code> = <span class="blank"></span> '
        f"{escape(_note(note))}</div>"
        for name, note in answers
    ]
    return "\n\n".join(parts)


def _note(note: str) -> str:
    """Give what stands behind an answer: its unit, or words to choose from, which stay as they are typed."""
    unit = re.fullmatch(r"\[(.+)\]", note)
    return say(unit[1], context="unit") if unit else note.strip("[]")


def _unit(parameter: numbers.Parameter) -> str:
    return "" if parameter.unit in ("", "1") else escape(say(parameter.unit, context="unit"))


def _lines(count: int) -> str:
    return '<div class="line"></div>' * count


# Strips with everybody's own numbers

_MUCH = 240
_LONG = 12
_STRIPS = """
@page { size: A4; margin: 8mm; }
body { font: 7pt/1.2 system-ui, sans-serif; margin: 0; padding: 0; max-width: none; }
.strip { display: flex; gap: 2mm; box-sizing: border-box; min-height: 18.6mm; padding: 0.4mm 0;
  border-bottom: 0.3mm dashed #555; break-inside: avoid; overflow-wrap: anywhere; }
.who { flex: 0 0 28mm; min-width: 0; } .little .what { font-size: 8pt; } .much .what { font-size: 6.7pt; }
.long .who strong { font-size: 8.5pt; }
.who span { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.what { flex: 1; } .who strong { display: block; font-size: 13pt; line-height: 1.1; }
.what span { display: inline-block; margin-right: 2mm; } .what p { margin: 0; }
@media screen { body { max-width: 194mm; margin: 8mm auto; } }
@media print { body { font-size: 7pt; } }
"""


def strips(
    exercise: str, title: str, students: Iterable[tuple[str, str]], texts: Any = lambda student: ()
) -> str:
    """Write a page with a strip of own numbers for each student: fifteen on a sheet, to be cut.

    Parameters
    ----------
    exercise : str
        Number of the exercise, such as "01".
    title : str
        Its title.
    students : iterable of (str, str)
        Ids, and names or nothing.
    texts : callable
        Gives the sentences that are a student's own too, such as a headline.

    Returns
    -------
    str
        HTML.
    """
    body = "".join(_strip(exercise, title, *student, texts(student[0])) for student in students)
    return pages.page(say("Own numbers: {title}", title=title), body, style=_STRIPS)


def _strip(exercise: str, title: str, student: str, name: str, texts: Iterable[str]) -> str:
    own = numbers.own(exercise, student)
    mine = "".join(
        f"<span><b>{escape(p.name)}</b> {escape(str(getattr(own, p.name)))} {_unit(p)}</span>"
        for p in numbers.parameters()
        if p.exercise == exercise
    )
    sentences = "".join(f"<p>{escape(text)}</p>" for text in texts)
    size = "much" if len(re.sub(r"<[^>]+>", "", mine + sentences)) > _MUCH else "little"
    size += " long" if len(student) > _LONG else ""
    return (
        f'<div class="strip {size}"><div class="who"><strong>{escape(student)}</strong>'
        f"<span>{escape(name)}</span>"
        f'<span>{escape(title)}</span></div><div class="what">{mine}{sentences}</div></div>'
    )
