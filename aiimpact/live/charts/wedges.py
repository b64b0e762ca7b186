"""Two paths, and the area between them shared out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt

from aiimpact import words
from aiimpact.live.charts.drawing import (
    ENDS,
    Chart,
    Drawing,
    end_labels,
    levels_named_above,
    made_rows,
    many,
    names_of,
    now_rule,
    one_unit,
    require_few,
    room_for,
)
from aiimpact.live.charts.lines import (
    ROWS,
    Steps,
    axis_of,
    items_of,
    length_of,
    places_of,
    rows_of,
    series_table,
)
from aiimpact.live.model import Model, Output
from aiimpact.live.notation import INK, MUTED, REFERENCE, WEDGES, shades
from aiimpact.words import joined, say

# A part that is smaller than this share of the upper path has no name: nobody sees it.
_SEEN = 0.004
# How far parts may miss the gap, as a share of the upper path.
_CLOSE = 1e-6


@dataclass(frozen=True)
class Wedges(Chart):
    """Two paths and, between them, the parts that lead from one to the other.

    A part above nought is a wedge between the paths. A part below nought adds to `top` instead: it is
    named above it, and where the parts together add, the area up to `bottom` is tinted.

    Parameters
    ----------
    x
        :class:`Steps`, or the name of a series. By default the steps are counted from 0.
    top
        Name of the series that is left, such as business as usual.
    bottom
        Name of the series that is arrived at. Its range, if it has one, is drawn as two thin lines.
    parts
        Names of up to six series of the same unit, the uppermost first. In each step they add up to
        `top` less `bottom`.
    at
        Name of an input on the same axis, whose present value is marked.
    references
        Label to fixed value, drawn as level lines that are named above the chart.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Wedges(
    ...     Steps("Year", 2025, 2035), top="As now [t]", bottom="Mine [t]", parts=["Less [t]", "Better [t]"]
    ... )
    """

    x: str | Steps | None = None
    top: str = ""
    bottom: str = ""
    parts: str | Sequence[str] = ()
    at: str | None = None
    references: Mapping[str, float] = field(default_factory=dict)
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        top, bottom = (many(model.output(name), "Wedges") for name in (self.top, self.bottom))
        parts = [many(model.output(name), "Wedges") for name in names_of(self.parts)]
        outputs = [top, bottom, *parts]
        require_few(parts, "Wedges", len(WEDGES))
        unit = one_unit(outputs, "Wedges", "parts")
        length = length_of(outputs)
        _require_sum(model, top, bottom, parts)
        places = places_of(self.x, model, length)
        data = {
            ROWS: rows_of(
                length, {"x": places.vega} | items_of(outputs) | _edges(top, bottom, parts)
            )
        }

        x = axis_of(places)

        def y(name: str) -> alt.Y:
            scale = alt.Scale(zero=True)
            return alt.Y(f"{name}:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=5))

        added = alt.Chart().mark_area(fill=REFERENCE, fillOpacity=0.35)
        shapes = [added.encode(x=x, y=y(top.id), y2="most:Q")]
        colours = shades(unit, len(parts))
        for i, colour in enumerate(colours):
            area = alt.Chart().mark_area(
                fill=colour.mark, fillOpacity=1, stroke=colour.edge, strokeWidth=1, opacity=1
            )
            shapes.append(area.encode(x=x, y=y(f"edge{i}"), y2=f"edge{i + 1}:Q"))
        for end in (bottom.low, bottom.high):
            if end:
                line = alt.Chart().mark_line(color=INK, strokeWidth=1, strokeDash=[2, 3])
                shapes.append(line.encode(x=x, y=y(end)))
        for output, ink in ((top, MUTED), (bottom, INK)):
            line = alt.Chart().mark_line(color=ink, strokeWidth=3)
            shapes.append(line.encode(x=x, y=y(output.id)))
        layers: list[Any] = [alt.layer(*shapes, data=made_rows(ROWS))]
        if self.at:
            layers.append(now_rule(model.input(self.at).id))
        layers += levels_named_above(self.references, digits)
        data[ENDS], names = _names(
            top, bottom, parts, [colour.word for colour in colours], length, digits
        )
        layers += [
            names,
            room_for([f"{words.name(output.label)} \N{MINUS SIGN}0.00" for output in outputs]),
        ]
        ranged = (
            say(", with a range around {name}", name=words.name(bottom.label)) if bottom.low else ""
        )
        return Drawing(
            chart=alt.layer(*layers).properties(height=300),
            description=say(
                "{top} and {bottom} over {x}{ranged}; the area between them in wedges of {names}, each named "
                "at its end with what it takes off or adds.",
                top=words.name(top.label),
                bottom=words.name(bottom.label),
                x=words.counted_in(places.title)[1],
                ranged=ranged,
                names=joined([words.name(part.label) for part in parts]),
            ),
            table=series_table(model, places, outputs, drawn=True),
            data=data,
        )


def _edges(top: Output, bottom: Output, parts: Sequence[Output]) -> dict[str, str]:
    """Write where each wedge ends and the next begins, from the uppermost down, and what those that add come to."""
    saved = " + ".join(f"max(datum.{part.id}, 0)" for part in parts)
    edges = {"edge0": f"datum.{bottom.id} + {saved}"}
    for i, part in enumerate(parts):
        edges[f"edge{i + 1}"] = f"datum.edge{i} - max(datum.{part.id}, 0)"
    added = " + ".join(f"max(-datum.{part.id}, 0)" for part in parts)
    return edges | {"most": f"datum.{top.id} + {added}"}


def _middles(top: Output, parts: Sequence[Output]) -> list[str]:
    """Write the middle of each part at the right end, of one that adds on top of those before it."""
    middles, reached = [], f"datum.end.{top.id}"
    for i, part in enumerate(parts):
        size = f"datum.end.{part.id}"
        wedge = f"(datum.end.edge{i} + datum.end.edge{i + 1}) / 2"
        middles.append(f"{size} < 0 ? {reached} - {size} / 2 : {wedge}")
        reached = f"{reached} + max(-{size}, 0)"
    return middles


def _names(
    top: Output,
    bottom: Output,
    parts: Sequence[Output],
    colours: Sequence[str],
    length: int,
    digits: int,
) -> tuple[dict[str, Any], alt.Chart]:
    """Write at the right end what each path comes to and what each part does."""
    number = f"',.{digits}r'"
    paths = [f"datum.end.{output.id}" for output in (top, bottom)]
    sizes = [f"datum.end.{part.id}" for part in parts]
    large = f"max(abs({paths[0]}), abs({paths[1]}))"
    return end_labels(
        ROWS,
        length - 1,
        [*_middles(top, parts), *paths],
        [output.label for output in (*parts, top, bottom)],
        said=[
            *(f"({s} < 0 ? '+' : '\N{MINUS SIGN}') + format(abs({s}), {number})" for s in sizes),
            *(f"format({path}, {number})" for path in paths),
        ],
        shown=[*(f"abs({size}) > {_SEEN} * {large}" for size in sizes), "true", "true"],
        colours=[*colours, MUTED, INK],
    )


def _require_sum(model: Model, top: Output, bottom: Output, parts: Sequence[Output]) -> None:
    """Raise unless the parts fill the gap."""
    found = model.evaluate(model.settings())
    for k, (high, low) in enumerate(zip(found[top.name], found[bottom.name], strict=True)):
        whole = math.fsum(found[part.name][k] for part in parts)
        if abs(whole - (high - low)) > _CLOSE * max(abs(high), abs(low)):
            msg = (
                f"The parts of wedges must add up to {top.name!r} less {bottom.name!r}: "
                f"item {k} gives {whole:.6g} instead of {high - low:.6g}. Add what is missing as a part."
            )
            raise ValueError(msg)
