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

from aiimpact import tables
from aiimpact.cite import exact

ROOT = Path(__file__).parents[2]


def cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return "" if pd.isna(value) else exact(value)
    return "" if pd.isna(value) else escape(str(value))


def year(value: Any) -> str:
    return "" if pd.isna(value) else str(int(value))


def table_html(name: str, frame: pd.DataFrame, columns: list[str]) -> str:
    head = "".join(f'<th scope="col">{escape(column.replace("_", " "))}</th>' for column in columns)
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(str(key))}</code></th>'
        + "".join(f"<td>{year(row[c]) if c == 'year' else cell(row[c])}</td>" for c in columns)
        + "</tr>"
        for key, row in frame.iterrows()
    )
    return (
        '<div class="data-table" tabindex="0" role="region" '
        f'aria-label="Table of {escape(name.replace("_", " "))}">'
        f'<table><thead><tr><th scope="col">key</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
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
        left_out = {"note", "iso", "unverified_columns"}
        columns = [column for column in frame.columns if column not in left_out]
        verified = int(frame["verified"].sum())
        html = (
            f'<details class="data-fold"><summary>{len(frame)} rows, {verified} of them verified</summary>'
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
    return {name: heading for heading, name in found} | {"daily_profiles": "Hourly profiles"}


def counts_html(names: dict[str, str]) -> str:
    verified = {heading: frame_of(name)["verified"] for name, heading in names.items()}
    verified["All"] = pd.concat(list(verified.values()))
    rows = "".join(
        f'<tr><th scope="row">{escape(heading)}</th><td>{len(seen):,}</td>'
        f"<td>{int(seen.sum()):,}</td><td>{int((~seen).sum()):,}</td></tr>"
        for heading, seen in verified.items()
    )
    head = "".join(
        f'<th scope="col">{c}</th>' for c in ("Table", "Rows", "Verified", "Not verified")
    )
    return f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def depend_on_data(app: Sphinx, docname: str, source: list[str]) -> None:
    if "{data-table}" in source[0] or "{data-counts}" in source[0]:
        for path in (ROOT / "aiimpact" / "data").glob("*.csv"):
            app.env.note_dependency(str(path))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("data-table", DataTable)
    app.add_directive("data-counts", DataCounts)
    app.connect("source-read", depend_on_data)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
