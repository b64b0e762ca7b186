"""Plain figures: an Altair chart as SVG in the page, with its description and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Literal, Self, cast

import altair as alt
import pandas as pd

from aiimpact.live import charts, draw, markup


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
        self._svg, _ = draw.to_svg(draw.to_vega(chart, width=draw.FIGURE_WIDTH))

    @classmethod
    def rows(
        cls,
        table: pd.DataFrame,
        value: str,
        *,
        description: str,
        mark: Literal["bar", "point", "range"] = "bar",
        ends: tuple[str, str] | None = None,
        labels: Sequence[str] | None = None,
        title: str | None = None,
        domain: Sequence[float] | None = None,
        ticks: Sequence[float] | None = None,
        log: bool = False,
        level: float | None = None,
        digits: int = 3,
    ) -> Self:
        """Draw one value a row, from the left, each under its name.

        Parameters
        ----------
        table
            A row for each name, which stands in the first column.
        value
            Heading of the column that is drawn.
        description
            What the chart shows.
        mark
            "bar", "point", or "range" where the middle between the ends means nothing.
        ends
            Headings of the lower and the upper end, drawn as a line.
        labels
            Names as the chart shows them, if they say more than the first column.
        title
            Title of the axis; by default the heading of the value.
        domain, ticks
            First and last value of the axis, and where it is marked.
        log
            Logarithmic axis. A bar has no meaning there.
        level
            Where a line crosses all rows.
        digits
            Significant digits in the table.

        Examples
        --------
        >>> table = pd.DataFrame({"Fuel": ["Gas", "Coal"], "kg CO2e/kWh": [0.4, 0.82]})
        >>> Figure.rows(table, "kg CO2e/kWh", description="Two bars: coal emits twice as much as gas.")
        Two bars: coal emits twice as much as gas.
        Fuel  kg CO2e/kWh
         Gas          0.4
        Coal         0.82
        """
        drawn = pd.DataFrame(
            {
                "name": list(table.iloc[:, 0] if labels is None else labels),
                "value": table[value].to_list(),
                "low": table[ends[0] if ends else value].to_list(),
                "high": table[ends[1] if ends else value].to_list(),
            }
        )
        base = alt.Chart(drawn).encode(y=alt.Y("name:N", sort=None, title=None, axis=None))
        axis = alt.Axis(values=list(ticks)) if ticks else alt.Axis(tickCount=5)
        scale = alt.Scale(
            type="log" if log else "linear", domain=list(domain) if domain else alt.Undefined
        )

        def x(field: str) -> alt.X:
            return alt.X(f"{field}:Q", title=title or value, axis=axis, scale=scale)

        layers: list[alt.Chart] = []
        if level is not None:
            line = alt.Chart(pd.DataFrame({"level": [level]}))
            layers.append(
                line.mark_rule(strokeDash=[4, 4], color=draw.REFERENCE).encode(x=x("level"))
            )
        if ends:
            width = 5 if mark == "range" else 2
            line = base.mark_rule(strokeWidth=width, opacity=0.8, color=draw.SERIES[0])
            layers.append(line.encode(x=x("low"), x2="high:Q"))
        if mark == "bar":
            layers.append(base.mark_bar(height=15, cornerRadiusEnd=2).encode(x=x("value")))
        elif mark == "point":
            layers.append(base.mark_point(size=100, opacity=1).encode(x=x("value")))
        text = base.mark_text(align="left", dy=-16)
        layers.append(text.encode(x=alt.value(0), text="name:N"))
        chart = alt.layer(*layers).properties(height=40 * len(table) + 30, description=description)
        return cls(chart, table, digits=digits)

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
