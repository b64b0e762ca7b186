"""Every row of the library's tables as a page: the figures, their ranges and their sources."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from spoken import left_english

from aiimpact import tables, words
from aiimpact.cite import exact
from aiimpact.words import say

ROOT = Path(__file__).parents[2]
# Names and columns of tables, in words.
NAMES = (
    "constants", "accelerators", "training runs", "inference energy", "datacentre electricity",
    "pue wue", "grids", "water intensity", "carbon prices", "levers", "hong kong", "rules",
    "equivalences",
)  # fmt: skip
# Columns that no page shows.
LEFT_OUT = {"note", "iso", "short", "unverified_columns"}
HEADS = (
    "what it is", "low", "mid", "high", "unit", "year", "boundary", "source", "licence", "verified",
    "looked up", "tdp w", "mean power w low", "mean power w", "mean power w high",
    "peak flop per s", "precision", "model", "kind", "accelerator", "accelerators", "days",
    "accelerator hours", "power w", "power boundary", "pue", "grid kg per kwh", "energy mwh",
    "emissions t", "water m3", "parameters", "active parameters", "tokens", "flop", "flop per s",
    "hardware", "region", "series", "cooling", "climate", "convention", "local price", "currency",
    "in force", "asks", "number", "status",
)  # fmt: skip
# What a row says in words; in the other columns stand numbers, keys and names.
SAID = {
    *("name", "region", "kind", "boundary", "convention", "cooling", "climate"),
    *("asks", "status", "hardware", "power_boundary"),
}
ENGLISH = {"source", "licence", "precision", "series", "model", "accelerator", "number"}


def cell(column: str, value: Any) -> str:
    if pd.isna(value):
        return ""
    if column == "year":
        return str(int(value))
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, int | float):
        return exact(value)
    text = str(value)
    if column in ENGLISH:
        return left_english(escape(text))
    if column in SAID:
        text = say(text)
    return escape(words.name(text) if column == "unit" else text)


def is_of_numbers(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def name_of(table: str) -> str:
    return say(NAMES[NAMES.index(table.replace("_", " "))])


def head_of(column: str) -> str:
    # A name of something, while the column "name" of a class is one of people.
    return say(HEADS[HEADS.index(column.replace("_", " ") if column != "name" else "what it is")])


def table_html(name: str, frame: pd.DataFrame, columns: list[str]) -> str:
    numbers = {c for c in columns if is_of_numbers(frame[c])}
    mark = {c: ' class="number"' if c in numbers else "" for c in columns}
    head = "".join(f'<th scope="col"{mark[c]}>{escape(head_of(c))}</th>' for c in columns)
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(str(key))}</code></th>'
        + "".join(f"<td{mark[c]}>{cell(c, row[c])}</td>" for c in columns)
        + "</tr>"
        for key, row in frame.iterrows()
    )
    label = say("Table of {name}", name=name_of(name))
    return (
        f'<div class="data-table" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<table><thead><tr><th scope="col">{say("key")}</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def frame_of(name: str) -> pd.DataFrame:
    """Give a whole table: the page shows every series, the library gives one at a time."""
    frame: pd.DataFrame = tables.grids(series="all") if name == "grids" else getattr(tables, name)()
    return frame


class DataTable(Directive):
    """``{data-table} constants``: one table of the library, with its sources."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the table behind a fold."""
        name = self.arguments[0]
        frame = frame_of(name)
        columns = [column for column in frame.columns if column not in LEFT_OUT]
        verified = int(frame["verified"].sum())
        html = (
            '<details class="data-fold"><summary>'
            f"{say('{rows} rows, {verified} of them verified', rows=len(frame), verified=verified)}</summary>"
            f"{table_html(name, frame, columns)}</details>"
        )
        return [nodes.raw("", html, format="html")]


class DataCounts(SphinxDirective):
    """``{data-counts}``: how many rows were seen in print, in each table of this page and in all."""

    def run(self) -> list[nodes.Node]:
        """Write the counts under the names that the page gives its tables."""
        page = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        return [nodes.raw("", counts_html(named_tables(page)), format="html")]


def named_tables(page: str) -> dict[str, str]:
    """Give the tables of a page with their headings, and the profiles, too long for any page."""
    found = re.findall(r"^## (.+)\n\n```\{data-table\} (\w+)$", page, re.MULTILINE)
    return {name: heading for heading, name in found} | {"daily_profiles": say("Hourly profiles")}


def counts_html(names: dict[str, str]) -> str:
    verified = {heading: frame_of(name)["verified"] for name, heading in names.items()}
    verified[say("All")] = pd.concat(list(verified.values()))
    rows = "".join(
        f'<tr><th scope="row">{escape(heading)}</th><td>{len(seen):,}</td>'
        f"<td>{int(seen.sum()):,}</td><td>{int((~seen).sum()):,}</td></tr>"
        for heading, seen in verified.items()
    )
    columns = (say("Table"), say("Rows"), say("Verified"), say("Not verified"))
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    table = f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="pst-scrollable-table-container">{table}</div>'


def depend_on_data(app: Sphinx, docname: str, source: list[str]) -> None:
    if "{data-table}" in source[0] or "{data-counts}" in source[0]:
        for path in (ROOT / "aiimpact" / "data").glob("*.csv"):
            app.env.note_dependency(str(path))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("data-table", DataTable)
    app.add_directive("data-counts", DataCounts)
    app.connect("source-read", depend_on_data)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
