"""Plain figures: an Altair chart as SVG in the page, with its description and its numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Literal, Self, cast

import altair as alt
import pandas as pd

from aiimpact import words
from aiimpact.live import charts, draw, markup
from aiimpact.live.model import Model
from aiimpact.live.notation import GROUND, INK, REFERENCE, letters, paints, seen, wrapped
from aiimpact.numbers import number
from aiimpact.words import say

# Where a name beside its row goes on in a second line [letters].
_NAME = {True: 38, False: 42}
# What a letter takes in a wide font [px].
_LETTER = 7.5
# The shortest axis beside names. [px]
_NARROWEST = 250
Mark = Literal["bar", "point", "range"]


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
    headline
        What is seen, above the chart.
    narrow
        The chart for a phone; by default the same chart, drawn once more for its width.

    Raises
    ------
    ValueError
        If the chart has no description.
    """

    def __init__(
        self,
        chart: alt.TopLevelMixin,
        table: pd.DataFrame,
        *,
        digits: int = 3,
        headline: str = "",
        narrow: alt.TopLevelMixin | None = None,
    ) -> None:
        self.description = charts.require_description(chart)
        self.table = table
        self.digits = digits
        self.headline = headline
        self._draw({"wide": chart, "narrow": narrow or chart})

    def _draw(self, drawn: Mapping[str, alt.TopLevelMixin], **made: Any) -> None:
        self._svg = "".join(
            draw.to_svg(draw.to_vega(drawn[size], width=width, **made))[0]
            for size, width in draw.FIGURE_WIDTHS.items()
        )

    @classmethod
    def of(
        cls,
        chart: charts.Chart,
        outputs: Mapping[str, Any],
        *,
        description: str = "",
        digits: int = 3,
        headline: str = "",
    ) -> Self:
        """Draw numbers as an explorer draws the outputs of a model.

        Parameters
        ----------
        chart
            One of this package's charts, such as :class:`Bars` or :class:`Units`.
        outputs
            Name to number, a unit in brackets at the end of the name.
        description
            What the chart shows; by default what the chart says of itself.
        digits
            Significant digits of what is written.
        headline
            What is seen, above the chart.

        Examples
        --------
        >>> from aiimpact.live import Figure, Units
        >>> Figure.of(Units(["Homes [homes]"], icon="house"), {"Homes [homes]": 120})
        Houses, as many as Homes, in homes; all are drawn to one scale.
        Quantity  homes
           Homes    120
        """
        model = Model(lambda: dict(outputs), "figure", "", [])
        drawing = chart.draw(model, digits)
        figure = cls.__new__(cls)
        figure.description = description or drawing.description
        figure.digits, figure.headline = digits, headline
        rows = drawing.table.rows({})
        figure.table = pd.DataFrame(
            {heading: [row[field] for row in rows] for field, heading in drawing.table.columns}
        )
        figure._draw(
            dict.fromkeys(draw.FIGURE_WIDTHS, drawing.chart),
            signals=[*model.vega_signals(), *drawing.signals],
            data=drawing.data,
        )
        return figure

    @classmethod
    def rows(
        cls,
        table: pd.DataFrame,
        value: str,
        *,
        description: str,
        mark: Mark = "bar",
        ends: tuple[str, str] | None = None,
        labels: Sequence[str] | None = None,
        title: str | None = None,
        headline: str = "",
        domain: Sequence[float] | None = None,
        ticks: Sequence[float] | None = None,
        log: bool = False,
        level: float | None = None,
        digits: int = 3,
    ) -> Self:
        """Draw one value a row, each beside its name, on a phone below it, and write it out.

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
            Title of the axis; by default the heading of the value. Its unit chooses the colour.
        headline
            What is seen, above the chart.
        domain, ticks
            First and last value of the axis, and where it is marked.
        log
            Logarithmic axis. A bar has no meaning there.
        level
            Where a line crosses all rows.
        digits
            Significant digits in chart and table.

        Examples
        --------
        >>> table = pd.DataFrame({"Fuel": ["Gas", "Coal"], "kg CO2e/kWh": [0.4, 0.82]})
        >>> Figure.rows(table, "kg CO2e/kWh", description="Two bars: coal emits twice as much as gas.")
        Two bars: coal emits twice as much as gas.
        Fuel  kg CO2e/kWh
         Gas          0.4
        Coal         0.82
        """
        low, high = (table[end].to_list() for end in ends or (value, value))
        middle = table[value].to_list()
        times, _ = words.counted_in(title or value)

        def told(x: float) -> str:
            return number(times * x, digits)

        said = [told(x) for x in middle]
        if mark == "range":
            said = [
                say(" to ").join(dict.fromkeys(told(x) for x in sorted(both)))
                for both in zip(low, high, strict=True)
            ]
        names = [seen(str(name)) for name in (table.iloc[:, 0] if labels is None else labels)]
        drawn = pd.DataFrame(
            {"row": range(len(table)), "name": names, "value": middle, "low": low, "high": high}
        ).assign(said=said, end=[max(some) for some in zip(middle, low, high, strict=True)])
        axis = alt.Axis(values=list(ticks)) if ticks else alt.Axis(tickCount=5)
        if mark == "bar":
            # Its number says how long a bar is.
            axis = alt.Axis(labels=False, ticks=False, grid=False, domain=False, titlePadding=0)
        scale = alt.Scale(
            type="log" if log else "linear",
            domain=list(domain) if domain else alt.Undefined,
            # Without an axis, the longest bar goes to the end.
            nice=alt.Undefined if mark != "bar" else False,
        )

        def x(field: str) -> alt.X:
            return alt.X(f"{field}:Q", title=title or value, axis=axis, scale=scale)

        colour = paints(_unit_of(title or value))[0].mark

        def chart(*, beside: bool) -> Any:
            most = 1 if beside else max(len(_wrapped(name, beside=False)) for name in names)
            layers = _rows(
                drawn,
                x,
                mark,
                colour,
                ranged=bool(ends),
                level=level,
                room=_room(drawn, domain, log=log),
                beside=beside,
            )
            return alt.layer(*layers).properties(
                height=(30 if beside else 26 + 14 * most) * len(table) + 10, description=description
            )

        return cls(
            chart(beside=True),
            table,
            digits=digits,
            headline=headline,
            narrow=chart(beside=False),
        )

    def __repr__(self) -> str:
        """Print what the chart shows and its numbers, so that a test compares them."""
        numbers = self.table.to_string(index=False, float_format=lambda value: f"{value:.6g}")
        return f"{self.description}\n{numbers}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        columns = [(str(column), str(column)) for column in self.table.columns]
        rows = cast("list[dict[str, Any]]", self.table.to_dict("records"))
        html = (
            '<div class="explorer explorer-figure">'
            f"{self._headline()}{self._picture()}{markup.table_html(columns, rows, self.digits)}</div>"
        )
        return {"text/html": html, "text/plain": repr(self)}

    def _picture(self) -> str:
        """Give the drawing; where nothing can draw it, what it would show."""
        shown = escape(seen(self.description))
        if self._svg:
            return f'<div class="explorer-chart" role="img" aria-label="{shown}">{self._svg}</div>'
        missing = say(
            "There is no drawing here: this Python has no vl-convert. The table has its numbers."
        )
        return f'<p class="explorer-sentence">{shown}</p><p class="explorer-asleep explorer-failed">{missing}</p>'

    def _headline(self) -> str:
        return (
            f'<p class="explorer-title">{escape(seen(self.headline))}</p>' if self.headline else ""
        )


def _unit_of(title: str) -> str:
    found = re.search(r"\[(.*?)\]", title)
    return found[1] if found else title


def _wrapped(name: str, *, beside: bool) -> list[str]:
    return wrapped(name, _NAME[beside]) or [""]


def _room(drawn: pd.DataFrame, domain: Sequence[float] | None, *, log: bool) -> int:
    """Say how many pixels numbers reach beyond the right end of the axis, in a wide font."""
    size = math.log if log else float
    ends = [size(end) for end in drawn["end"]]
    low, high = map(size, (domain[0], domain[-1])) if domain else (min(ends), max(ends))
    beyond = (
        8 + _LETTER * letters(said) - (high - end) / ((high - low) or 1) * _NARROWEST
        for end, said in zip(ends, drawn["said"], strict=True)
    )
    return max(0, round(max(beyond)))


def _rows(
    drawn: pd.DataFrame,
    x: Callable[[str], alt.X],
    mark: Mark,
    colour: str,
    *,
    ranged: bool,
    level: float | None,
    room: int,
    beside: bool,
) -> list[alt.Chart]:
    """Draw rows, with their names beside them or above."""
    base = alt.Chart(drawn)
    places = alt.Scale(domain=list(range(len(drawn))))
    rule = alt.Axis(labels=False, ticks=False, domain=False, grid=mark != "bar", gridDash=[1, 3])
    y = alt.Y("row:O", title=None, scale=places, axis=rule)
    layers: list[alt.Chart] = []
    if level is not None:
        line = alt.Chart(pd.DataFrame({"value": [level]}))
        layers.append(line.mark_rule(strokeDash=[4, 4], color=REFERENCE).encode(x=x("value")))
    if mark == "bar":
        layers.append(
            base.mark_bar(height=15, cornerRadiusEnd=2, color=colour).encode(x=x("value"), y=y)
        )
    if ranged:
        width = 5 if mark == "range" else 2
        line = base.mark_rule(strokeWidth=width, opacity=0.8, color=colour)
        layers.append(line.encode(x=x("low"), x2="high:Q", y=y))
    if mark == "point":
        points = base.mark_point(size=100, opacity=1, color=colour, stroke=GROUND, strokeWidth=1)
        layers.append(points.encode(x=x("value"), y=y))
    numbers = base.encode(x=x("end"), y=y, text="said:N")
    layers.append(numbers.mark_text(align="left", dx=8, color=INK))
    spacer = alt.Chart(charts.values([{}])).mark_point(opacity=0, size=1, color=INK)
    layers.append(spacer.encode(x=alt.value(alt.expr(f"width + {room}"))))
    lines = [_wrapped(name, beside=beside) for name in drawn["name"]]
    left = 16 + _LETTER * max(letters(line) for some in lines for line in some)
    if beside:
        layers.append(spacer.encode(x=alt.value(-left)))
    for count in sorted({len(some) for some in lines}):
        rows = [{"row": i, "name": some} for i, some in enumerate(lines) if len(some) == count]
        names = alt.Chart(charts.values(rows)).mark_text(
            align="right" if beside else "left",
            dx=-12 if beside else 0,
            dy=-7 * (count - 1) if beside else -2 - 14 * count,
            lineHeight=14,
            color=INK,
        )
        layers.append(names.encode(x=alt.value(0), y=y, text="name:N"))
    return layers
