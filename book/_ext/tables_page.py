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


class DataTable(Directive):
    """``{data-table} constants``: one table of the library, with its sources."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the table behind a fold."""
        name = self.arguments[0]
        # The page shows every series, each named in its row; the library gives one at a time.
        frame = tables.grids(series="all") if name == "grids" else getattr(tables, name)()
        left_out = {"note", "iso", "unverified_columns"}
        columns = [column for column in frame.columns if column not in left_out]
        verified = int(frame["verified"].sum())
        html = (
            f'<details class="data-fold"><summary>{len(frame)} rows, {verified} of them looked up</summary>'
            f"{table_html(name, frame, columns)}</details>"
        )
        return [nodes.raw("", html, format="html")]


def depend_on_data(app: Sphinx, docname: str, source: list[str]) -> None:
    if "{data-table}" in source[0]:
        for path in (ROOT / "aiimpact" / "data").glob("*.csv"):
            app.env.note_dependency(str(path))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("data-table", DataTable)
    app.connect("source-read", depend_on_data)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
