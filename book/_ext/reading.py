"""How long a chapter takes, by a rule that "How to use this book" explains, and where to pause.

A sitting ends at a cell that begins with ``> **A good place to stop.**``, directly before a section.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bs4 import BeautifulSoup

WORDS_A_MINUTE = 200
LINES_OF_CODE_A_MINUTE = 10
MINUTES = {
    "figure": 0.5,
    "table": 0.5,
    "explorer": 3.0,
    "guess": 1.0,
    "choices": 1.0,
    "slider": 1.0,
    "number": 3.0,
    "sort": 3.0,
    "open": 4.0,
}
"""What takes more than its words: looking, trying, thinking. Rules of thumb of ours. [min]"""
ROUNDED_TO = 5
STOP = "> **A good place to stop.**"
STATED = re.compile(r"^\*(?:Reading time|Takes) about .+?\.(?= |\*$)", re.MULTILINE)

_OPENS = ".explorer:not(.claim), [data-question], table"
_CLOSED = f"details, style, script, .fact-card, {_OPENS}"
_LEFT_OUT = ("## Exercises", "## Sources")


def minutes_of(cells: Sequence[Any]) -> list[int]:
    """Say how long each sitting takes, exercises and sources not counted.

    Parameters
    ----------
    cells
        Those of a chapter, with their outputs.

    Returns
    -------
    list of int
        Rounded to five minutes, and never none. [min]
    """
    found = [0.0]
    for cell in _read(cells):
        if cell.source.startswith(STOP):
            found.append(0.0)
        found[-1] += _minutes(cell)
    return [max(ROUNDED_TO, ROUNDED_TO * round(minutes / ROUNDED_TO)) for minutes in found]


def stated(minutes: Sequence[int]) -> str:
    """Write the sentence under the title of a chapter.

    Parameters
    ----------
    minutes
        Those of each sitting. [min]

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> stated([20])
    'Takes about 20 minutes, exercises not counted.'
    >>> stated([35, 40])
    'Takes about 75 minutes in two sittings, of 35 and 40, exercises not counted.'
    """
    if len(minutes) == 1:
        return f"Takes about {minutes[0]} minutes, exercises not counted."
    many = {2: "two", 3: "three"}.get(len(minutes), str(len(minutes)))
    *first, last = map(str, minutes)
    sittings = f"{many} sittings, of {', '.join(first)} and {last}"
    return f"Takes about {sum(minutes)} minutes in {sittings}, exercises not counted."


def write(notebook: Any) -> None:
    """Put the sentence at the head of a chapter, in place of the one there; other notebooks have none."""
    if notebook.cells:
        head = notebook.cells[0]
        head.source = STATED.sub(f"*{stated(minutes_of(notebook.cells))}", head.source, count=1)


def _read(cells: Sequence[Any]) -> Iterator[Any]:
    """Leave out the sections that are no part of the reading."""
    section = ""
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            section = cell.source.splitlines()[0]
        if section not in _LEFT_OUT:
            yield cell


def _minutes(cell: Any) -> float:
    if cell.cell_type == "markdown":
        return _words(_told(cell.source)) / WORDS_A_MINUTE
    shown = not {"hide-input", "remove-input", "remove-cell"} & set(cell.metadata.get("tags", []))
    lines = [line for line in cell.source.splitlines() if line.strip()] if shown else []
    found = len(lines) / LINES_OF_CODE_A_MINUTE
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        markup = data.get("text/markdown") or data.get("text/html", "")
        page = BeautifulSoup(_told(markup), "html.parser")
        found += sum(MINUTES[kind] * count for kind, count in _kinds(page).items())
        for question in page.select(".ask-text"):
            found += _words(question.get_text(" ")) / WORDS_A_MINUTE
        for closed in page.select(_CLOSED):
            closed.decompose()
        found += _words(page.get_text(" ")) / WORDS_A_MINUTE
    return found


def _kinds(page: BeautifulSoup) -> Counter[str]:
    found = Counter(str(root["data-kind"]) for root in page.select("[data-question]"))
    found["explorer"] = len(page.select("[data-explorer]"))
    found["figure"] = len(page.select(".explorer-figure"))
    found["table"] = len(page.select("table")) - len(page.select(".explorer table, details table"))
    return found


def _told(markdown: str) -> str:
    return re.sub(r"\]\([^)]*\)|\$\$.*?\$\$", "", markdown, flags=re.DOTALL)


def _words(text: str) -> int:
    return len(re.findall(r"[^\W_]+", text))
