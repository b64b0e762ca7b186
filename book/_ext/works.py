"""The bibliography's works, which of them a text names, and the sources of rows that it has not."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.parsers.rst import Directive
from pybtex.database import parse_string
from sphinx.application import Sphinx
from spoken import left_english

from aiimpact.words import say

ROOT = Path(__file__).parents[2]
BIBLIOGRAPHY = ROOT / "book" / "references.bib"
DATA = ROOT / "aiimpact" / "data"
_DOI = re.compile(r"(?:doi:|doi\.org/)(10\.\d{4,}/[^\s\"'`)\],;>}]+)|arXiv:(\d{4}\.\d{4,5})", re.I)


class Work(NamedTuple):
    """A paper or report of the bibliography."""

    key: str
    author: str
    person: bool
    title: str
    year: str
    doi: str
    url: str
    in_our_words: bool

    def is_named(self, text: str, plain: str, ids: set[str]) -> bool:
        """Say whether a text names it: by identifier, by author and title, or by person and year."""
        if self.doi in ids:
            return True
        if self.url and self.url in text and re.search(re.escape(self.url) + r"(?![\w-])", text):
            return True
        if f" {self.author} " not in plain:
            return False
        return f" {self.title} " in plain or (self.person and f" {self.year} " in plain)


def words(text: str) -> str:
    """Give a text in small letters, without accents and signs."""
    text = text.replace("ö", "oe").replace("₂", "2")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower().replace("'", "").replace("’", "")))


def identifiers(text: str) -> set[str]:
    """Give the DOIs in a text; an arXiv number is one."""
    found = _DOI.findall(text)
    return {(doi or f"10.48550/arXiv.{number}").lower().rstrip(".") for doi, number in found}


@cache
def works() -> tuple[Work, ...]:
    """Read the bibliography."""
    found = []
    for key, entry in parse_string(BIBLIOGRAPHY.read_text("utf-8"), "bibtex").entries.items():
        field = {
            name: value.replace("{", "").replace("}", "") for name, value in entry.fields.items()
        }
        first = entry.persons["author"][0]
        last = words(" ".join([*first.prelast_names, *first.last_names]))
        # What stands behind the colon is often left out.
        title = words(field["title"].split(": ")[0])
        person = bool(first.first_names)
        found.append(
            Work(
                key,
                last,
                person,
                title,
                field.get("year", ""),
                field.get("doi", "").lower(),
                field.get("url", ""),
                # What has no title of its own, or one that we have not seen, is described.
                "described in our words" in field.get("note", "").lower(),
            )
        )
    return tuple(found)


def named(text: str) -> list[str]:
    """Give the keys of the works that a text names."""
    plain, ids = f" {words(text)} ", identifiers(text)
    return [work.key for work in works() if work.is_named(text, plain, ids)]


def row_sources() -> Counter[str]:
    """Give the sources of all rows, and how many rows rest on each."""
    rows: Counter[str] = Counter()
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            rows.update(row["source"] for row in csv.DictReader(file) if "source" in row)
    return rows


def other_sources() -> dict[str, int]:
    """Give the sources of rows that name no work of the bibliography; not what was worked out."""
    ours = ("arithmetic:", "measured")
    return {
        source: count
        for source, count in sorted(row_sources().items(), key=lambda item: item[0].lower())
        if not source.startswith(ours) and not named(source)
    }


class OtherSources(Directive):
    """``{other-sources}``: what single rows rest on, beside the works of the bibliography."""

    def run(self) -> list[nodes.Node]:
        """Write the list behind a fold."""
        sources = other_sources()
        items = "".join(
            f"<li>{left_english(escape(source))}{rows(count)}</li>"
            for source, count in sources.items()
        )
        html = (
            '<details class="data-fold other-sources"><summary>'
            f"{say('{count} sources of single rows', count=len(sources))}</summary>"
            f"<ul>{items}</ul></details>"
        )
        return [nodes.raw("", html, format="html")]


def rows(count: int) -> str:
    return say(" ({count} rows)", count=count) if count > 1 else ""


def depend_on_data(app: Sphinx, docname: str, source: list[str]) -> None:
    if "{other-sources}" in source[0]:
        for path in DATA.glob("*.csv"):
            app.env.note_dependency(str(path))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("other-sources", OtherSources)
    app.connect("source-read", depend_on_data)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
