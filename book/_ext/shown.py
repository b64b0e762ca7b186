"""Tables as a reader wants them: digits under digits, and on a phone each row a block whose cells are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx

from aiimpact.words import say

TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
# What pandas writes into its output for its own pages, once a table.
SCOPED = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?")
HAN = re.compile(r"[\u3400-\u9fff]")
YEARS = re.compile(r"\byear|年份|^年$")
UNIT = re.compile(r"\[[^\[\]]+\]$")
MISSING = {"NaN", "None", "NaT", "<NA>"}
# From here on decimals say nothing.
WHOLE = 1000
# So many columns do not fit on a phone, unless all but the names are numbers.
STACKED = 3

ROLES = {
    "thead, tbody": "rowgroup",
    "tr": "row",
    "td": "cell",
    "th": "rowheader",
    "thead th": "columnheader",
}


def as_shown(texts: Sequence[str], heading: str = "") -> list[str] | None:
    """Write a column of numbers with separators and without zeros that all of them end on.

    Parameters
    ----------
    texts
        The column as pandas writes it.
    heading
        Its name: years have no separator.

    Returns
    -------
    list of str or None
        The column for readers; none if it is not one of numbers.

    Examples
    --------
    >>> as_shown(["288000.0", "4.97", "-12.50", "NaN"])
    ['288,000', '4.97', '−12.50', '–']
    >>> as_shown(["300.0", "1000.0"]), as_shown(["2020.0"], "year")
    (['300', '1,000'], ['2020'])
    >>> as_shown(["5", "five"])
    """
    known = [text for text in texts if text not in MISSING]
    if not known or not all(map(NUMBER.fullmatch, known)):
        return None
    places = max(max(0, -int(Decimal(text).normalize().as_tuple().exponent)) for text in known)
    separator = "" if YEARS.search(heading) else ","

    def shown(text: str) -> str:
        if text in MISSING:
            return "\N{EN DASH}"
        value = Decimal(text)
        decimals = 0 if abs(value) >= WHOLE else places
        return f"{value:{separator}.{decimals}f}".replace("-", "\N{MINUS SIGN}")

    return list(map(shown, texts))


def set_table(html: str) -> str:
    """Put one table right: numbers, and the names of its columns on its cells."""
    page = BeautifulSoup(html, "html.parser")
    (table,) = page.select("table")
    heads = table.select("thead tr:first-child > :is(td, th)")
    rows = [row.select(":scope > :is(td, th)") for row in table.select("tbody tr")]
    # A head that is blank in the text may be missing here: names belong to the last cells.
    columns = zip(heads[::-1], *(row[::-1] for row in rows), strict=False)
    # Between references no catalogue has a say. A page that stays English keeps its own.
    if HAN.search(table.get_text()):
        for joint in table.find_all(string=", "):
            joint.replace_with(say(", "))
    frame = "dataframe" in table.get_attribute_list("class")
    words = 0
    for head, *cells in columns:
        name = head.get_text(" ", strip=True)
        for cell in cells:
            if cell.name == "td" and name:
                cell["data-label"] = name
        texts = [cell.get_text(strip=True) for cell in cells]
        plain = texts if frame else [text.replace(",", "") for text in texts]
        if all(cell.name == "td" for cell in cells) and (numbers := as_shown(plain, name)):
            # Prose has its own numbers, in as many digits as it means.
            add_class(head, "number")
            part_unit(head)
            if not name and not frame:
                head.name, head.string = "th", say("No.")
            for cell, text in zip(cells, numbers if frame else texts, strict=True):
                add_class(cell, "number")
                if text != cell.get_text(strip=True):
                    cell.string = text
        else:
            words += 1
    if frame:
        del table["border"]
        add_class(table, "table")
        for row in table.select("thead tr"):
            del row["style"]
    elif len(heads) >= STACKED and words > 1:
        add_class(table, "stacks")
        # Blocks are no cells to those who listen, unless they are called so.
        table["role"] = "table"
        for name, role in ROLES.items():
            for element in table.select(name):
                element["role"] = role
    return str(page)


def part_unit(head: Tag) -> None:
    """Keep the unit of a column together, so that it goes below the name where both have no room."""
    text = head.get_text()
    if len(head.contents) == 1 and (unit := UNIT.search(text)):
        head.string = text[: unit.start()]
        made = BeautifulSoup("<span></span>", "html.parser").span
        assert made is not None
        made["class"], made.string = "unit", unit[0]
        head.append(made)


def add_class(element: Tag, name: str) -> None:
    known = (text for text in element.get_attribute_list("class") if text)
    element["class"] = " ".join([*map(str, known), name])


def set_tables(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if doctree is not None:
        context["body"] = TABLE.sub(
            lambda match: set_table(match[0]) if is_shown(match[0]) else match[0],
            SCOPED.sub("", context["body"]),
        )


def is_shown(html: str) -> bool:
    """Say whether a table is one of a cell or of the text, and not part of something with its own style."""
    return bool(re.match(r'<table[^>]*class="[^"]*\b(dataframe|table)\b', html))


def setup(app: Sphinx) -> dict[str, Any]:
    # After `accessible`, which makes empty heads cells.
    app.connect("html-page-context", set_tables, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
