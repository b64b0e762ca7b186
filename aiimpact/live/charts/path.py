"""A series over another: where something goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from aiimpact import words
from aiimpact.live.charts.drawing import Chart, Drawing, many
from aiimpact.live.charts.lines import ROWS, length_of, places_of, rows_of, series_table
from aiimpact.live.model import Model
from aiimpact.live.notation import SERIES
from aiimpact.words import say


@dataclass(frozen=True)
class Path(Chart):
    """One series over another, step by step: a flight, or the state of a system.

    Parameters
    ----------
    x, y
        Names of two series of one length.
    equal
        Draw both axes to one scale, so that a circle is round.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Path("Distance [m]", "Height [m]", equal=True)
    """

    x: str
    y: str
    equal: bool = False
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        x, y = (many(model.output(name), "A path") for name in (self.x, self.y))
        last = length_of([x, y]) - 1
        rows = rows_of(last + 1, {"x": f"{x.id}[datum.k]", "y": f"{y.id}[datum.k]"})
        for field in ("x", "y"):
            extent = {"type": "extent", "field": field, "signal": f"explorer_{field}"}
            rows["transform"].append(extent)
        # What one pixel stands for, on the axis that needs more, with a margin.
        pixel = "1.06 * max(span(explorer_x) / width, span(explorer_y) / height)"

        def scale(field: str, size: str) -> alt.Scale:
            if not self.equal:
                return alt.Scale(zero=False)
            middle = f"(explorer_{field}[0] + explorer_{field}[1]) / 2"
            ends = [alt.expr(f"{middle} {sign} {pixel} * {size} / 2") for sign in "-+"]
            return alt.Scale(domain=ends, nice=False, zero=False)

        across = alt.X("x:Q", title=x.name, scale=scale("x", "width"), axis=alt.Axis(tickCount=6))
        up = alt.Y("y:Q", title=y.name, scale=scale("y", "height"), axis=alt.Axis(tickCount=5))
        base = alt.Chart(alt.NamedData(ROWS)).encode(x=across, y=up)
        # Not from left to right but as it goes.
        layers: list[Any] = [base.mark_line().encode(order="k:Q")]
        for k, filled in ((0, False), (last, True)):
            point = base.transform_filter(f"datum.k === {k}")
            layers.append(
                point.mark_point(color=SERIES[1], opacity=1, size=90, filled=filled, strokeWidth=2)
            )
        steps = places_of(None, model, last + 1)
        table = series_table(model, steps, [x, y])
        return Drawing(
            chart=alt.layer(*layers).properties(height=300),
            description=say(
                "Path of {y} over {x}, from an open dot at its start to a full one at its end.",
                y=words.counted_in(y.name)[1],
                x=words.counted_in(x.name)[1],
            ),
            table=table,
            data={ROWS: rows},
        )
