"""Plain figures: an Altair chart as SVG in the page, with its description and its numbers."""

from __future__ import annotations

from html import escape
from typing import Any, cast

import altair as alt
import pandas as pd

from aiimpact.live import charts, markup


class Figure:
    """A chart that does not move: it prints, needs no script and follows dark mode.

    Parameters
    ----------
    chart
        An Altair chart with a description.
    table
        The numbers behind it, under headings with units.
    digits
        Significant digits in the table.

    Raises
    ------
    ValueError
        If the chart has no description.
    """

    def __init__(self, chart: alt.TopLevelMixin, table: pd.DataFrame, *, digits: int = 3) -> None:
        self.description = charts.require_description(chart)
        self.table = table
        self.digits = digits
        self._svg, _ = charts.to_svg(charts.to_vega(chart, width=charts.FIGURE_WIDTH))

    def __repr__(self) -> str:
        """Print what the chart shows and its numbers, so that a test compares them."""
        numbers = self.table.to_string(index=False, float_format=lambda value: f"{value:.6g}")
        return f"{self.description}\n{numbers}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        columns = [(str(column), str(column)) for column in self.table.columns]
        rows = cast("list[dict[str, Any]]", self.table.to_dict("records"))
        html = (
            '<div class="explorer explorer-figure">'
            f'<div class="explorer-chart" role="img" aria-label="{escape(self.description)}">'
            f"{self._svg}</div>{markup.table_html(columns, rows, self.digits)}</div>"
        )
        return {"text/html": html, "text/plain": repr(self)}
