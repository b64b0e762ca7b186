"""Outputs as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import altair as alt

from aiimpact.live.charts.drawing import (
    Chart,
    Drawing,
    Line,
    choose,
    lines_of,
    listed,
    one_unit,
    single,
    table_of,
    values,
)  # fmt: skip
from aiimpact.live.draw import GROUND, INK, REFERENCE, SERIES
from aiimpact.live.model import Model


@dataclass(frozen=True)
class Bars(Chart):
    """Outputs as bars on one axis, beside fixed quantities to compare them with.

    Parameters
    ----------
    outputs
        Names of outputs of one unit. By default those that share the last output's unit.
    references
        Label to fixed value in the same unit, drawn in grey.
    log
        Draw dots on a logarithmic axis: a bar has no meaning there.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    Two outputs of a model beside a published run:

    >>> chart = Bars(["IT energy [MWh]", "Site energy [MWh]"], references={"GPT-3": 1287})
    """

    outputs: Sequence[str] = ()
    references: Mapping[str, float] = field(default_factory=dict)
    log: bool = False
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        chosen = [model.output(name) for name in self.outputs] or model.outputs_of_last_unit()
        chosen = [single(output, "Bars") for output in chosen]
        unit = one_unit(chosen, "Bars", "outputs")
        lines = lines_of(chosen, lambda output: output.label)
        for label, value in self.references.items():
            fixed = repr(float(value))
            lines.append(Line(label, fixed, fixed, fixed, kind="reference"))
        ranges = any(output.low for output in chosen)
        return Drawing(
            chart=self._layers(lines, unit, digits, ranges=ranges),
            description=f"Bars of {listed([line.label for line in lines])}"
            + (f", in {unit}." if unit else "."),
            table=table_of(lines, unit or "Value", model),
        )

    def _layers(
        self, lines: Sequence[Line], unit: str, digits: int, *, ranges: bool
    ) -> alt.TopLevelMixin:
        base = alt.Chart(
            values(
                {"row": i, "label": line.label, "kind": line.kind} for i, line in enumerate(lines)
            )
        ).transform_calculate(
            value=choose("datum.row", [line.value for line in lines]),
            low=choose("datum.row", [line.low for line in lines]),
            high=choose("datum.row", [line.high for line in lines]),
            end="!isFinite(+datum.value) ? 0 : datum.value < 0 ? min(datum.value, datum.low) "
            ": max(datum.value, datum.high)",
            # The axis goes on behind the longest bar, so that its number has room.
            room=f"datum.end * {3 if self.log else 1.15}",
            text=f"isFinite(+datum.value) ? format(+datum.value, ',.{digits}~r') : '–'",
        )
        scale = alt.Scale(type="log") if self.log else alt.Scale(zero=True)
        x = alt.X("value:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=5))
        y = alt.Y("row:O", title=None, axis=None)
        colours = alt.Scale(domain=["now", "reference"], range=[SERIES[0], REFERENCE])
        mark = (
            base.mark_point(opacity=1) if self.log else base.mark_bar(height=16, cornerRadiusEnd=2)
        )
        layers: list[alt.Chart] = [
            mark.encode(x=x, y=y, color=alt.Color("kind:N", legend=None, scale=colours))
        ]
        if ranges:
            # With a rim, for half of a range lies on its bar.
            for width, colour in ((6, GROUND), (2, INK)):
                rule = base.mark_rule(strokeWidth=width, color=colour)
                layers.append(rule.encode(x="low:Q", x2="high:Q", y=y))
        names = base.mark_text(align="left", baseline="bottom", dy=-11, color=INK)
        layers.append(names.encode(x=alt.value(0), y=y, text="label:N"))
        numbers = base.mark_text(
            align=alt.expr("datum.value < 0 ? 'right' : 'left'"),
            dx=alt.expr(f"datum.value < 0 ? -6 : {10 if self.log else 6}"),
            color=INK,
        )
        layers.append(numbers.encode(x="end:Q", y=y, text="text:N"))
        layers.append(base.mark_tick(opacity=0).encode(x="room:Q", y=y))
        return alt.layer(*layers).properties(height=46 * len(lines))
