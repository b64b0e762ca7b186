"""So many things: numbers as pictures that can be counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt

from aiimpact import words
from aiimpact.live.charts.drawing import (
    Chart,
    Drawing,
    Line,
    choose,
    drawn_of,
    formula,
    in_places,
    in_unit,
    lines_of,
    numbers_of,
    single,
    table_of,
    values,
)
from aiimpact.live.charts.icons import BOTTLE, Icon, icon_of
from aiimpact.live.model import Model
from aiimpact.live.notation import INK, MUTED, REFERENCE, colour, seen, wrapped
from aiimpact.words import joined, say

_ICONS, _SIZES = "explorer_icons", "explorer_sizes"
# What one picture stands for, and how large it may be.
_EACH, _SIZE = "units_each", "units_size"
_WRITTEN = f"format({_EACH}, ',.9~r')"
# Pictures of one number, at most.
_MOST = 160
# The smallest and the largest side of a picture [px].
_SIDES = (5, 52)
# Above the pictures of a number, for its name [px].
_NAME = 32
_NOTE = 18


def each_of(most: str, limit: int) -> str:
    """Write how many things a picture stands for, so that there are not too many: 1, 2, 5, 10 and so on."""
    over = f"({most}) / {limit}"
    power = f"pow(10, floor(log({over}) / LN10))"
    times = f"({over}) / {power}"
    return f"!({over} > 1) ? 1 : {power} * ({times} <= 1 ? 1 : {times} <= 2 ? 2 : {times} <= 5 ? 5 : 10)"


def largest_of(name: str, fits: str) -> dict[str, Any]:
    """Make the data set of the sides that a picture may have, and the signal of the largest that fits."""
    return {
        "transform": [
            {"type": "sequence", "as": "s", "start": _SIDES[0], "stop": _SIDES[1] + 0.5, "step": 0.5},
            {"type": "filter", "expr": f"datum.s === {_SIDES[0]} || ({fits})"},
            {"type": "extent", "field": "s", "signal": name},
        ]
    }  # fmt: skip


def pictures(icon: Icon, *, share: str = "1") -> alt.Chart:
    """Draw an icon at each row of the data set of icons, smaller where it is only a part."""
    size = alt.value(alt.expr(f"0.8 * pow({_SIZE}[1], 2) * ({share})"))
    mark = alt.Chart(alt.NamedData(_ICONS)).mark_point(shape=icon.path, filled=True, opacity=1)
    placed: alt.Chart = mark.encode(
        x=alt.value(alt.expr("datum.x")), y=alt.value(alt.expr("datum.y")), size=size
    )
    return placed


@dataclass(frozen=True)
class Units(Chart):
    """So many things, drawn one by one: a car, a house or a drop for each, or for each twenty.

    Parameters
    ----------
    outputs
        Names of outputs of one unit, which says what is counted: ``"In the sentence [cars]"``. By default
        those that share the last output's unit.
    icon
        What is drawn: "car", "house", "person", "bottle", "drop", "leaf", "page", "bolt", "server", "chip", "dot",
        "square", or an SVG path in a square from -1 to 1.
    references
        Label to fixed number of the same things, drawn in grey.
    stands_for
        Unit of what the things stand for, which chooses their colour: "kWh" for houses that use so much.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Units(["Cars charged [cars]"], icon="car", references={"In the sentence": 3000})
    """

    outputs: Sequence[str] = ()
    icon: str = "dot"
    references: Mapping[str, float] = field(default_factory=dict)
    stands_for: str = ""
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        chosen, unit = numbers_of(model, self.outputs, "Units")
        lines = lines_of(chosen, lambda output: output.label)
        for label, value in self.references.items():
            fixed = repr(float(value))
            lines.append(Line(seen(label), fixed, fixed, fixed, kind="reference"))
        icon = icon_of(self.icon)
        height = 50 * len(lines) + 110
        counted = {f"units_{i}": line.value for i, line in enumerate(lines)}
        numbers = list(counted)
        most = numbers[0]
        for number in numbers[1:]:
            most = f"max({most}, {number})"
        return Drawing(
            chart=self._layers(lines, unit, icon, digits).properties(height=height),
            description=say(
                "{things}, as many as {names}{unit}; all are drawn to one scale.",
                things=words.name(f"{self.icon.capitalize() if self.icon.isalpha() else 'Thing'}s"),
                names=joined([line.label for line in lines]),
                unit=in_unit(unit),
            ),
            table=table_of(lines, unit or "Number", model),
            data=self._data(lines, numbers, icon, height),
            signals=[
                *({"name": name, "update": drawn_of(value)} for name, value in counted.items()),
                {"name": _EACH, "update": each_of(most, _MOST)},
            ],
        )  # fmt: skip

    def _data(
        self, lines: Sequence[Line], numbers: Sequence[str], icon: Icon, height: int
    ) -> dict[str, Any]:
        wide = f"width / {icon.across}"
        columns = f"max(1, floor({wide} / datum.s))"
        across = f"max(1, floor({wide} / {_SIZE}[1]))"
        rows = " + ".join(f"max(1, ceil({number} / {_EACH} / {columns}))" for number in numbers)
        room = height - _NAME * len(lines) - _NOTE
        # How many rows of pictures stand above those of each number.
        above = ["0"]
        for number in numbers:
            above.append(f"{above[-1]} + max(1, ceil({number} / {_EACH} / ({across})))")
        step = f"{_SIZE}[1] * {icon.up}"
        tops = [f"{_NAME * (i + 1)} + {step} * ({rows})" for i, rows in enumerate(above[:-1])]
        named = {
            "value": choose("datum.row", [line.value for line in lines]),
            "top": choose("datum.row", tops),
        }
        drawn = {
            "row": f"floor(datum.k / {_MOST})",
            "i": f"datum.k % {_MOST}",
            "n": f"({choose('datum.row', list(numbers))}) / {_EACH}",
        }
        placed = {
            "share": "min(1, datum.n - datum.i)",
            "x": f"(datum.i % ({across}) + 0.5) * {_SIZE}[1] * {icon.across}",
            "y": f"({choose('datum.row', tops)}) + (floor(datum.i / ({across})) + 0.5) * {step}",
        }
        return {
            _SIZES: largest_of(_SIZE, f"({rows}) * datum.s * {icon.up} <= {room}"),
            "explorer_named": {
                "values": [
                    {"row": row, "label": line.label, "kind": line.kind}
                    for row, line in enumerate(lines)
                ],
                "transform": [formula(name, text) for name, text in named.items()],
            },
            _ICONS: {
                "transform": [
                    {"type": "sequence", "as": "k", "start": 0, "stop": _MOST * len(lines)},
                    *(formula(name, text) for name, text in drawn.items()),
                    {"type": "filter", "expr": "datum.i < datum.n - 1e-9"},
                    *(formula(name, text) for name, text in placed.items()),
                ]
            },
        }

    def _layers(self, lines: Sequence[Line], unit: str, icon: Icon, digits: int) -> Any:
        painted = [
            REFERENCE if line.kind == "reference" else colour(self.stands_for or unit)
            for line in lines
        ]
        scale = alt.Scale(domain=list(range(len(lines))), range=painted)
        icons = pictures(icon, share="datum.share").encode(
            color=alt.Color("row:O", scale=scale, legend=None)
        )
        named = alt.Chart(alt.NamedData("explorer_named")).encode(
            x=alt.value(0), y=alt.value(alt.expr("datum.top - 8"))
        )
        value = f"(isFinite(+datum.value) ? format(+datum.value, ',.{digits}~r') : '–')"
        text = in_places(say("{name}: {value}"), name="datum.label", value=value)
        names = named.mark_text(align="left", baseline="bottom", color=INK, text=alt.expr(text))
        things = seen(unit) or say("things")
        said = say("Each one drawn stands for {number} {things}", number="{number}", things=things)
        note = f"{_EACH} > 1 ? {in_places(said, number=_WRITTEN)} : ''"
        noted = alt.Chart(values([{}])).mark_text(
            align="left", baseline="bottom", color=MUTED, text=alt.expr(note)
        )
        return alt.layer(
            icons, names, noted.encode(x=alt.value(0), y=alt.value(alt.expr("height")))
        )


@dataclass(frozen=True)
class Bottle(Chart):
    """A bottle, and how many of something it takes to fill it: drops that are as large as what each takes.

    Parameters
    ----------
    output
        Name of an output: what one takes, such as ``"One question [mL]"``.
    holds
        What the bottle holds, in the same unit.
    things
        What is counted, in the plural: "questions".
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Bottle("On site and off [mL]", holds=500, things="questions")
    """

    output: str
    holds: float
    things: str
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        output = single(model.output(self.output), "Bottle")
        if not self.holds > 0:
            msg = f"A bottle holds something, got holds={self.holds!r}. Give it in {output.unit or 'the unit of the output'}."
            raise ValueError(msg)
        height = 250
        side = height - 10
        # The body of the outline, below its shoulders and within its sides.
        wide, high, foot = 0.385 * side, 0.59 * side, 5 + 0.97 * side
        count = f"{float(self.holds)!r} / {output.id}"
        drawn = f"min(max({count}, 0), 1e300) / {_EACH}"
        fits = f"floor({wide} / datum.s) * floor({high} / datum.s) >= {drawn}"
        columns = f"max(1, floor({wide} / {_SIZE}[1]))"
        left, across = 0.25 * side - wide / 2, f"{wide} / ({columns})"
        up = f"{high} / ceil({drawn} / ({columns}))"
        icon = icon_of("drop")
        data = {
            _SIZES: largest_of(_SIZE, fits),
            _ICONS: {
                "transform": [
                    {"type": "sequence", "as": "i", "start": 0, "stop": _MOST},
                    {"type": "filter", "expr": f"datum.i < {drawn}"},
                    formula("x", f"{left} + (datum.i % ({columns}) + 0.5) * {across}"),
                    formula("y", f"{foot} - (floor(datum.i / ({columns})) + 0.5) * {up}"),
                    formula("share", f"min(1, {drawn} - datum.i)"),
                ]
            },
        }
        painted = colour(output.unit)
        said = f"isFinite({count}) ? format({count}, ',.{digits}~r') : '–'"
        holds = f"{format(float(self.holds), ',.12g')} {seen(output.unit)}".strip()
        # Beside the bottle a phone has room for a word or two.
        beside = [*wrapped(seen(self.things), 17), say("fill {volume}", volume=holds)]
        lines: list[tuple[str, int, Any, int]] = [
            (said, 26, "bold", 84),
            *((json.dumps(text), 15, "normal", 108 + 20 * i) for i, text in enumerate(beside)),
            (
                f"{_EACH} > 1 ? {in_places(say('Each drop counts {number}'), number=_WRITTEN)} : ''",
                12,
                "normal",
                118 + 20 * len(beside),
            ),
        ]
        one = alt.Chart(values([{}]))
        texts = [
            one.mark_text(
                align="left", color=INK, fontSize=size, fontWeight=weight, text=alt.expr(text)
            ).encode(x=alt.value(0.5 * side + 18), y=alt.value(y))
            for text, size, weight, y in lines
        ]
        outline = one.mark_point(
            shape=BOTTLE,
            fill=painted,
            fillOpacity=0.12,
            stroke=MUTED,
            strokeWidth=2,
            size=side**2,
            opacity=1,
        ).encode(x=alt.value(0.25 * side), y=alt.value(5 + side / 2))
        table = table_of(
            [
                Line(seen(output.label), output.id, output.id, output.id),
            ],
            output.unit or "Value",
            model,
        )
        drops = pictures(icon, share="datum.share").encode(color=alt.value(painted))
        return Drawing(
            chart=alt.layer(outline, drops, *texts).properties(height=height),
            description=say(
                "A bottle of {volume} filled with drops, one for each of the {things} that take {name}, "
                "or for as many as are said beside it.",
                volume=holds,
                things=words.name(self.things),
                name=words.name(output.label),
            ),
            table=table,
            data=data,
            signals=[{"name": _EACH, "update": each_of(count, 120)}],
        )
