"""One boundary in the other: what is counted grows with where one stops counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from aiimpact import words
from aiimpact.live.charts.drawing import (
    Chart,
    Drawing,
    choose,
    drawn_of,
    formula,
    in_unit,
    lines_of,
    numbers_of,
    table_of,
    written_of,
)
from aiimpact.live.model import Model
from aiimpact.live.notation import GROUND, INK, MUTED, at_number, paints
from aiimpact.words import joined, say

_ROWS = "explorer_boxes"
_HEIGHT = 236
# The names beside the boxes: their room, and what each takes [px].
_ROOM, _LINE = 156, 36
_MOST = 6


@dataclass(frozen=True)
class Nested(Chart):
    """Boxes in boxes, each as large as its number: a chip in its server, the server in its hall.

    Parameters
    ----------
    outputs
        Names of two to six outputs of one unit, the innermost first; each counts what those before it
        count, and more. By default those that share the last output's unit.
    stands_for
        Unit of what they are shares or numbers of, which chooses the colour: "kWh" for parts in per cent.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Nested(["Chips [Wh]", "With the server [Wh]", "With the building [Wh]"])
    """

    outputs: Sequence[str] = ()
    stands_for: str = ""
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        chosen, unit = numbers_of(model, self.outputs, "Nested", most=_MOST)
        lines = lines_of(chosen, lambda output: output.label)
        drawn = {f"nested_{i}": output.id for i, output in enumerate(chosen)}
        numbers = list(drawn)
        most = numbers[0]
        for number in numbers[1:]:
            most = f"max({most}, {number})"
        largest = f"min({_HEIGHT}, max(60, width - {_ROOM}))"
        foot = f"({_HEIGHT} + {largest}) / 2"
        above = {"sort": {"field": ["at", "order"]}, "type": "window"}
        steps = [
            formula("value", choose("datum.row", [o.id for o in chosen])),
            formula("side", f"{largest} * sqrt(({choose('datum.row', numbers)}) / max({most}, 1e-300))"),
            formula("at", f"{foot} - datum.side"),
            # Names one below the other, as near to the upper edges of their boxes as they can be.
            {**above, "ops": ["row_number"], "as": ["rank"]},
            formula("free", f"datum.at - {_LINE} * datum.rank"),
            {**above, "ops": ["max"], "fields": ["free"], "as": ["pushed"], "frame": [None, 0]},
            formula(
                "place",
                f"min(datum.pushed + {_LINE} * datum.rank, {_HEIGHT} + {_LINE} * (datum.rank - {len(lines)} - 1))",
            ),
            formula("text", written_of("datum.value", unit, digits)),
        ]  # fmt: skip
        # The outermost is drawn first.
        rows = [{"row": row, "order": -row, "label": line.label} for row, line in enumerate(lines)][
            ::-1
        ]
        return Drawing(
            chart=self._layers(len(lines), unit, largest, foot),
            description=say(
                "Boxes in boxes, as large as {names}{unit}: the first is the innermost.",
                names=joined([line.label for line in lines]),
                unit=in_unit(unit),
            ),
            table=table_of(lines, unit or "Value", model),
            data={_ROWS: {"values": rows, "transform": steps}},
            signals=[{"name": name, "update": drawn_of(value)} for name, value in drawn.items()],
        )

    def _layers(self, count: int, unit: str, largest: str, foot: str) -> Any:
        colours = paints(self.stands_for or unit, count)
        base = alt.Chart(alt.NamedData(_ROWS))

        def at(expression: str) -> alt.Value:
            return alt.value(alt.expr(expression))

        def colour_of(of: Sequence[str]) -> alt.Color:
            return alt.Color(
                "row:O", scale=alt.Scale(domain=list(range(count)), range=[*of]), legend=None
            )

        boxes = base.mark_rect(stroke=GROUND, strokeWidth=3).encode(
            x=alt.value(0), x2=at("datum.side"), y=at("datum.at"), y2=at(foot),
            color=colour_of([paint.mark for paint in colours]),
        )  # fmt: skip
        edges = base.mark_rect(
            fill=None, stroke=colours[0].edge, strokeWidth=1.25, clip=False
        ).encode(x=alt.value(0), x2=at("datum.side"), y=at("datum.at"), y2=at(foot))
        # From the corner of a box to its name.
        leaders = base.mark_rule(color=MUTED, strokeWidth=1).encode(
            x=at("datum.side"), y=at("datum.at"),
            x2=at(f"{largest} + 14"), y2=at("datum.place + 14"),
        )  # fmt: skip
        names = base.mark_text(align="left", baseline="top", color=INK).encode(
            x=at(f"{largest} + 18"), y=at("datum.place + 1"), text="label:N"
        )
        number = f"datum.text + {at_number(words.counted_in(unit)[1])!r}"
        numbers = base.mark_text(
            align="left", baseline="top", fontWeight="bold", color=INK, text=alt.expr(number)
        )
        numbers = numbers.encode(x=at(f"{largest} + 18"), y=at("datum.place + 15"))
        return alt.layer(boxes, edges, leaders, names, numbers).properties(height=_HEIGHT + 4)
