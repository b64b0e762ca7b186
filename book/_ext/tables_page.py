"""Every row of the library's tables as a page: the figures, their ranges and their sources."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

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


class DataCounts(Directive):
    """``{data-counts} constants grids``: how many rows were seen in print, in each table and in all."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Write the counts."""
        counts = [
            (name.replace("_", " "), verified)
            for name in self.arguments[0].split()
            for verified in [frame_of(name)["verified"]]
        ]
        body = "".join(count_html(name, verified) for name, verified in counts)
        total = count_html("all", pd.concat([verified for _, verified in counts]))
        head = "".join(
            f'<th scope="col">{c}</th>' for c in ("Table", "Rows", "Verified", "Not verified")
        )
        html = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody><tfoot>{total}</tfoot></table>"
        return [nodes.raw("", html, format="html")]


def count_html(name: str, verified: pd.Series) -> str:
    cells = (len(verified), int(verified.sum()), int((~verified).sum()))
    return f'<tr><th scope="row">{name}</th>' + "".join(f"<td>{n:,}</td>" for n in cells) + "</tr>"


def depend_on_data(app: Sphinx, docname: str, source: list[str]) -> None:
    if "{data-table}" in source[0] or "{data-counts}" in source[0]:
        for path in (ROOT / "aiimpact" / "data").glob("*.csv"):
            app.env.note_dependency(str(path))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("data-table", DataTable)
    app.add_directive("data-counts", DataCounts)
    app.connect("source-read", depend_on_data)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
