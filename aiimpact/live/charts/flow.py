"""Where something goes: a stream from which parts leave, one after the other."""

from __future__ import annotations

import json
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
    made_rows,
    numbers_of,
    table_of,
    written_of,
)
from aiimpact.live.model import Model
from aiimpact.live.notation import INK, MUTED, at_number, paints, seen
from aiimpact.words import joined, say

_ROWS, _ENDS = "explorer_flow", "explorer_parts"
_MOST = 6
_PIECES = 48
# Above the stream for the names of stations, between the ends of parts, for the names at the right [px].
_TOP, _LINE, _ROOM = 22, 31, 150


@dataclass(frozen=True)
class Flow(Chart):
    """A stream as wide as what flows, from which parts leave one after the other until the last is left.

    Parameters
    ----------
    parts
        Names of two to six outputs of one unit, which together are all that flows; the first leaves first.
        By default those that share the last output's unit.
    stations
        What stands where each part leaves: one name fewer than parts, or none.
    stands_for
        Unit of what they are shares or numbers of, which chooses the colour: "kWh" for parts in per cent.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Flow(
    ...     ["Lost in wires [%]", "Cooling [%]", "To the chips [%]"], stations=["Grid", "Building"]
    ... )
    """

    parts: Sequence[str] = ()
    stations: Sequence[str] = ()
    stands_for: str = ""
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        chosen, unit = numbers_of(model, self.parts, "Flow", argument="parts", most=_MOST)
        if len(chosen) < 2 or (self.stations and len(self.stations) != len(chosen) - 1):
            msg = (
                f"A flow has two parts or more and a station for each but the last, got {len(chosen)} parts and "
                f"{len(self.stations)} stations. Name one station where each part leaves, or none."
            )
            raise ValueError(msg)
        lines = lines_of(chosen, lambda output: output.label)
        drawn = {f"flow_{i}": output.id for i, output in enumerate(chosen)}
        numbers = list(drawn)
        count = len(chosen)
        thick = 44 + 18 * count
        height = _TOP + thick + _LINE * (count - 1) + 8
        pixel = f"({thick} / max({' + '.join(numbers)}, 1e-300))"
        widths = [f"{number} * {pixel}" for number in numbers]
        # What is left flows on at the top; the first to leave lies lowest.
        above = [" + ".join([str(_TOP), *widths[i + 1 :]]) for i in range(count)]
        ends = [f"{above[i]} + {_LINE} * {count - 1 - i}" for i in range(count)]
        length = f"max(80, width - {_ROOM})"
        starts = [f"0.85 * {length} * {i + 0.3} / {count}" for i in range(count)]
        bend = f"(0.15 * {length} + 0.85 * {length} * 0.7 / {count})"
        turn = f"min(max((datum.x - ({choose('datum.row', starts)})) / {bend}, 0), 1)"
        rows = {
            "row": f"floor(datum.k / {_PIECES + 1})",
            "x": f"(datum.k % {_PIECES + 1}) / {_PIECES} * {length}",
            "turned": turn,
            "share": "datum.turned * datum.turned * (3 - 2 * datum.turned)",
            "y": f"(1 - datum.share) * ({choose('datum.row', above)}) + datum.share * ({choose('datum.row', ends)})",
            "y2": f"datum.y + ({choose('datum.row', widths)})",
        }
        parts = {
            "value": choose("datum.row", [o.id for o in chosen]),
            "place": f"({choose('datum.row', ends)}) + ({choose('datum.row', widths)}) / 2",
            "text": written_of("datum.value", unit, digits),
            "start": choose("datum.row", starts),
        }
        sequence = {"type": "sequence", "as": "k", "start": 0, "stop": count * (_PIECES + 1)}
        named = [
            {"row": i, "label": line.label, "station": seen((*self.stations, "")[i]) if self.stations else ""}
            for i, line in enumerate(lines)
        ]  # fmt: skip
        labels = [line.label for line in lines]
        return Drawing(
            chart=self._layers(count, unit, length).properties(height=height),
            description=say(
                "A stream from which {names} leaves and {last} is left{unit}; each is as wide as its number."
                if count == 2
                else "A stream from which {names} leave and {last} is left{unit}; each is as wide as its number.",
                names=joined(labels[:-1]),
                last=labels[-1],
                unit=in_unit(unit),
            ),
            table=table_of(lines, unit or "Value", model),
            signals=[{"name": name, "update": drawn_of(value)} for name, value in drawn.items()],
            data={
                _ROWS: {"transform": [sequence, *(formula(name, text) for name, text in rows.items())]},
                _ENDS: {"values": named, "transform": [formula(name, text) for name, text in parts.items()]},
            },
        )  # fmt: skip

    def _layers(self, count: int, unit: str, length: str) -> Any:
        # What is left has the full colour.
        colours = paints(self.stands_for or unit, count)
        order = [*colours[1:], colours[0]]
        shapes = []
        for row, paint in enumerate(order):
            area = alt.Chart().transform_filter(f"datum.row === {row}")
            shapes.append(
                area.mark_area(
                    fill=paint.mark, stroke=paint.edge, strokeWidth=1, opacity=1, orient="vertical"
                ).encode(
                    x=alt.value(alt.expr("datum.x")),
                    y=alt.value(alt.expr("datum.y")),
                    y2=alt.value(alt.expr("datum.y2")),
                )
            )
        base = alt.Chart(alt.NamedData(_ENDS))
        right = alt.value(alt.expr(f"{length} + 10"))
        names = base.mark_text(align="left", baseline="bottom", color=INK).encode(
            x=right, y=alt.value(alt.expr("datum.place")), text="label:N"
        )
        said = f"datum.text + {json.dumps(at_number(words.counted_in(unit)[1]))}"
        numbers = base.mark_text(
            align="left", baseline="top", fontWeight="bold", color=INK, text=alt.expr(said)
        ).encode(x=right, y=alt.value(alt.expr("datum.place + 1")))
        layers = [alt.layer(*shapes, data=made_rows(_ROWS)), names, numbers]
        if self.stations:
            # On a phone they would run into one another.
            text = "width < 440 ? '' : datum.station"
            stations = base.mark_text(
                align="left", baseline="bottom", color=MUTED, text=alt.expr(text)
            )
            layers.append(
                stations.encode(x=alt.value(alt.expr("datum.start")), y=alt.value(_TOP - 6))
            )
        return alt.layer(*layers)
