"""Outputs as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import altair as alt

from aiimpact.live.charts.drawing import (
    Chart,
    Drawing,
    Line,
    axis_of_numbers,
    choose,
    formula,
    in_unit,
    lines_of,
    made_rows,
    numbers_of,
    table_of,
    values,
    written_of,
)  # fmt: skip
from aiimpact.live.model import Model
from aiimpact.live.notation import GROUND, INK, REFERENCE, paints, seen, steps
from aiimpact.words import joined, say

_ROWS = "explorer_bars"
# The ends of the axis.
_LEAST, _MOST = "bars_least", "bars_most"


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
        chosen, unit = numbers_of(model, self.outputs, "Bars")
        lines = lines_of(chosen, lambda output: output.label)
        for label, value in self.references.items():
            fixed = repr(float(value))
            lines.append(Line(seen(label), fixed, fixed, fixed, kind="reference"))
        return Drawing(
            chart=self._layers(lines, unit, ranges=any(output.low for output in chosen)),
            description=say(
                "Bars of {names}{unit}.",
                names=joined([line.label for line in lines]),
                unit=in_unit(unit),
            ),
            table=table_of(lines, unit or "Value", model),
            data={_ROWS: self._rows(lines, unit, digits)},
            signals=[] if self.log else _ends(lines),
        )

    def _rows(self, lines: Sequence[Line], unit: str, digits: int) -> dict[str, Any]:
        """Say what each bar is drawn of: its length, its range, and where its number stands."""
        formulas = {
            "value": choose("datum.row", [line.value for line in lines]),
            "low": choose("datum.row", [line.low for line in lines]),
            "high": choose("datum.row", [line.high for line in lines]),
            "end": "!isFinite(+datum.value) ? 0 : datum.value < 0 ? min(datum.value, datum.low) "
            ": max(datum.value, datum.high)",
            "text": written_of("datum.value", unit, digits),
        }
        if self.log:
            formulas["room"] = "datum.end * 3"
        return {
            "values": [{"row": row, "kind": line.kind} for row, line in enumerate(lines)],
            "transform": [formula(name, text) for name, text in formulas.items()],
        }

    def _layers(self, lines: Sequence[Line], unit: str, *, ranges: bool) -> alt.TopLevelMixin:
        base = alt.Chart(made_rows(_ROWS))
        scale = (
            alt.Scale(type="log")
            if self.log
            else alt.Scale(domain=[alt.expr(_LEAST), alt.expr(_MOST)], nice=True, zero=True)
        )
        # Bars that might be stacked are groups in groups, each cut to its shape.
        title = None if self.log and len(steps(unit)) > 1 else unit
        axis = axis_of_numbers(unit, log=self.log)
        x = alt.X("value:Q", title=title, scale=scale, axis=axis, stack=None)
        places = alt.Scale(domain=list(range(len(lines))))
        y = alt.Y("row:O", title=None, axis=None, scale=places)
        colours = alt.Scale(domain=["now", "reference"], range=[paints(unit)[0].mark, REFERENCE])
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
        # Rows of their own: what is written over a bar stays where it is when the bar moves.
        named = alt.Chart(values({"row": i, "label": line.label} for i, line in enumerate(lines)))
        names = named.mark_text(align="left", baseline="bottom", dy=-11, color=INK)
        layers.append(names.encode(x=alt.value(0), y=y, text="label:N"))
        numbers = base.mark_text(
            align=alt.expr("datum.value < 0 ? 'right' : 'left'"),
            dx=alt.expr(f"datum.value < 0 ? -6 : {10 if self.log else 6}"),
            color=INK,
        )
        layers.append(numbers.encode(x="end:Q", y=y, text="text:N"))
        if self.log:
            layers.append(base.mark_tick(opacity=0).encode(x="room:Q", y=y))
        return alt.layer(*layers).properties(height=46 * len(lines))


def _ends(lines: Sequence[Line]) -> list[dict[str, str]]:
    """Say from where to where the axis goes: behind the longest bar, so that its number has room."""
    reached = dict.fromkeys(end for line in lines for end in (line.value, line.low, line.high))
    told = [f"(isFinite(+{end}) ? +{end} : 0)" for end in reached]
    return [
        {"name": name, "update": f"1.15 * {_folded(function, ['0', *told])}"}
        for name, function in ((_LEAST, "min"), (_MOST, "max"))
    ]


def _folded(function: str, told: Sequence[str]) -> str:
    return reduce(lambda so_far, one: f"{function}({so_far}, {one})", told)
