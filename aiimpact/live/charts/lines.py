"""Series over time, or over whatever their steps stand for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import altair as alt

from aiimpact import words
from aiimpact.live.charts.drawing import (
    ENDS,
    MOST_ROWS,
    Chart,
    Drawing,
    Table,
    axis_of_numbers,
    band,
    end_labels,
    formula,
    levels,
    made_rows,
    many,
    names_in_words,
    names_of,
    now_rule,
    one_unit,
    require_few,
    room_for,
)  # fmt: skip
from aiimpact.live.model import Model, Output
from aiimpact.live.notation import GROUND, paints, paints_of, steps
from aiimpact.words import joined, say

ROWS = "explorer_rows"


@dataclass(frozen=True)
class Steps:
    """What the items of a series stand for: evenly spaced times, or places.

    Parameters
    ----------
    title
        What the axis says, with the unit in brackets.
    first, last
        Where the first and the last item stand. Without `last` they are one apart.

    Examples
    --------
    >>> days = Steps("Day", 0, 365)
    """

    title: str
    first: float = 0
    last: float | None = None

    def __post_init__(self) -> None:
        """Raise unless both ends are numbers, and not the same one."""
        ends = [self.first] if self.last is None else [self.first, self.last]
        if not all(map(math.isfinite, ends)) or self.first == self.last:
            msg = f"Steps go from one number to another, got {self.first!r} to {self.last!r}. Leave the last out to count."
            raise ValueError(msg)

    def step(self, length: int) -> float:
        """Give the distance of two items, of so many."""
        if self.last is None or length == 1:
            return 1.0
        return float(self.last - self.first) / (length - 1)


@dataclass(frozen=True)
class _Places:
    """Where on the axis the items of a series stand, for Vega and for Python."""

    title: str
    vega: str
    python: Callable[[int, Mapping[str, Any]], float]
    is_year: bool


def length_of(outputs: Sequence[Output]) -> int:
    """Give the length that series share, or raise."""
    lengths = {output.name: len(output.value) for output in outputs}
    if len(set(lengths.values())) > 1:
        each = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        msg = f"Series of one chart must have one length: {each}. Let the model start all of them at once."
        raise ValueError(msg)
    return len(outputs[0].value)


def every_so_many(length: int) -> list[int]:
    """Choose which items of a series a table shows: all, or every tenth or such, and the last.

    Examples
    --------
    >>> every_so_many(366)
    [0, 50, 100, 150, 200, 250, 300, 350, 365]
    """
    if length <= MOST_ROWS:
        return list(range(length))
    steps = (size * 10**power for power in range(20) for size in (1, 2, 5))
    step = next(step for step in steps if (length - 2) // step + 2 <= MOST_ROWS)
    return [*range(0, length - 1, step), length - 1]


def places_of(x: str | Steps | None, model: Model, length: int) -> _Places:
    """Find out where the items of series stand."""
    if isinstance(x, str):
        output = many(model.output(x), "The x of lines")
        if len(output.value) != length:
            msg = f"{x!r} has {len(output.value)} items, and the series over it have {length}. Give them one length."
            raise ValueError(msg)
        return _Places(
            output.name, f"{output.id}[datum.k]", lambda k, found: found[output.name][k], False
        )
    steps = Steps("Step") if x is None else x
    if not isinstance(steps, Steps):
        msg = f"x is the name of a series or Steps, got {steps!r}. Outputs that are drawn over it go into ys=[…]."
        raise TypeError(msg)
    first, step = float(steps.first), steps.step(length)
    return _Places(
        steps.title,
        f"{first!r} + {step!r} * datum.k",
        lambda k, _: first + step * k,
        steps.title == "Year",
    )


def rows_of(keys: int | Sequence[int], formulas: Mapping[str, str]) -> dict[str, Any]:
    """Make a data set with a row for each item of series, or for some of them."""
    transform = [formula(name, text) for name, text in formulas.items()]
    if isinstance(keys, int):
        sequence = {"type": "sequence", "start": 0, "stop": keys, "as": "k"}
        return {"transform": [sequence, *transform]}
    return {"values": [{"k": k} for k in keys], "transform": transform}


def items_of(outputs: Sequence[Output]) -> dict[str, str]:
    """Write what a row has of series, their ranges too: field to expression."""
    keys = [key for o in outputs for key in (o.id, o.low, o.high) if key]
    return {key: f"{key}[datum.k]" for key in keys}


def series_table(
    model: Model, places: _Places, outputs: Sequence[Output], *, drawn: bool = False
) -> Table:
    """List series at a few of their places. Where that is all of them, rows that are drawn will do."""
    length = len(outputs[0].value)
    keys = every_so_many(length)
    items = {output.id: f"{output.id}[datum.k]" for output in outputs}
    own = rows_of(keys, {"x": places.vega} | items)

    def rows(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = model.evaluate(settings)
        return [
            {"x": places.python(k, found)} | {o.id: found[o.name][k] for o in outputs} for k in keys
        ]

    return Table(
        columns=[("x", places.title), *((o.id, o.name) for o in outputs)],
        data={"source": ROWS} if drawn and len(keys) == length else own,
        rows=rows,
    )


def _chosen(names: str | Sequence[str], model: Model, what: str) -> tuple[list[Output], str]:
    chosen = [model.output(name) for name in names_of(names)]
    if not chosen:
        units = [output.unit for output in model.series()][-1:]
        chosen = [output for output in model.series() if output.unit in units]
    outputs = [many(output, what) for output in chosen]
    if not outputs:
        msg = f"{what} need outputs that are series, and the model returns none. Return the list that a loop makes."
        raise ValueError(msg)
    require_few(outputs, what)
    return outputs, one_unit(outputs, what, "ys")


def table_of_series(model: Model) -> Table:
    """List the series that `Lines` would draw by itself, for a chart that draws them otherwise."""
    outputs, _ = _chosen((), model, "Lines")
    return series_table(model, places_of(None, model, length_of(outputs)), outputs)


def axis_of(places: _Places) -> alt.X:
    """Make the axis along which series run."""
    axis = alt.Axis(grid=False, tickCount=6)
    if places.is_year:
        axis = alt.Axis(grid=False, tickCount=6, format="d")
    return alt.X("x:Q", title=places.title, scale=alt.Scale(nice=False, zero=False), axis=axis)


@dataclass(frozen=True)
class Lines(Chart):
    """Series as lines, with their ranges, over time or whatever their steps stand for.

    Parameters
    ----------
    x
        :class:`Steps`, or the name of a series. By default the steps are counted from 0.
    ys
        Names of up to four series of one unit. By default those that share the last one's unit.
    at
        Name of an input on the same axis, whose present value is marked.
    log
        Logarithmic axis for the series.
    references
        Label to fixed value, drawn as level lines.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Lines(Steps("Day", 0, 365), ["Susceptible", "Infected", "Recovered"])
    """

    x: str | Steps | None = None
    ys: str | Sequence[str] = ()
    at: str | None = None
    log: bool = False
    references: Mapping[str, float] = field(default_factory=dict)
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        outputs, unit = _chosen(self.ys, model, "Lines")
        length = length_of(outputs)
        places = places_of(self.x, model, length)
        x = axis_of(places)
        scale = alt.Scale(type="log") if self.log else alt.Scale(zero=True)
        title = outputs[0].name if len(outputs) == 1 else unit
        if self.log and len(steps(unit)) > 1:
            title = outputs[0].label if len(outputs) == 1 else ""
        axis = axis_of_numbers(unit, log=self.log)
        colours = paints(unit, len(outputs))
        data = {ROWS: rows_of(length, {"x": places.vega} | items_of(outputs))}
        shapes: list[alt.Chart] = []
        for output, colour in zip(outputs, colours, strict=True):
            if output.low and output.high:
                area = alt.Chart().mark_area(**band(colour.edge))
                shapes.append(area.encode(x=x, y=f"{output.low}:Q", y2=f"{output.high}:Q"))
        for output, colour in zip(outputs, colours, strict=True):
            y = alt.Y(f"{output.id}:Q", title=title, scale=scale, axis=axis)
            line = alt.Chart().mark_line(clip=True, color=colour.edge, strokeDash=[*colour.dash])
            shapes.append(line.encode(x=x, y=y))
        layers: list[Any] = [alt.layer(*shapes, data=made_rows(ROWS))]
        if self.at:
            layers.append(now_rule(model.input(self.at).id))
        found = model.evaluate(model.settings())
        drawn = items_of(outputs).keys()
        layers += levels(
            self.references, [found[o.name] for o in model.outputs if o.id in drawn], log=self.log
        )
        if len(outputs) > 1:
            data[ENDS], names = end_labels(
                ROWS,
                length - 1,
                [f"datum.end.{output.id}" for output in outputs],
                [output.label for output in outputs],
                colours=[colour.word for colour in colours],
            )
            layers += [names, room_for([output.label for output in outputs])]
        more = [
            *([say("ranges around them")] if any(output.low for output in outputs) else []),
            *(
                [
                    say(
                        "a mark at the present {name}",
                        name=words.counted_in(model.input(self.at).title)[1],
                    )
                ]
                if self.at
                else []
            ),
            *(
                [
                    say(
                        "level lines at {names}",
                        names=joined([words.name(label) for label in self.references]),
                    )
                ]
                if self.references
                else []
            ),
        ]
        return Drawing(
            chart=alt.layer(*layers).properties(height=260),
            description=say(
                "Line of {names} over {x}{more}."
                if len(outputs) == 1
                else "Lines of {names} over {x}{more}.",
                names=names_in_words(outputs),
                x=words.counted_in(places.title)[1],
                more=say(", with {more}", more=joined(more)) if more else "",
            ),
            table=series_table(model, places, outputs, drawn=True),
            data=data,
        )


@dataclass(frozen=True)
class Areas(Chart):
    """Series stacked on one another: the parts of a whole, over time or whatever their steps stand for.

    Parameters
    ----------
    x
        :class:`Steps`, or the name of a series. By default the steps are counted from 0.
    ys
        Names of up to four series of one unit, the lowest first; none may fall below nought.
    stands_for
        Units that choose their colours, one for each, where their own unit does not: ``["kWh", "kg CO2e"]``.
    references
        Label to fixed value, drawn as level lines.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Areas(Steps("Year", 2025, 2055), ["Paid in [EUR]", "Interest [EUR]"])
    """

    x: str | Steps | None = None
    ys: str | Sequence[str] = ()
    stands_for: Sequence[str] = ()
    references: Mapping[str, float] = field(default_factory=dict)
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        outputs, unit = _chosen(self.ys, model, "Areas")
        if self.stands_for and len(self.stands_for) != len(outputs):
            msg = f"stands_for has a unit for each of {len(outputs)} series, got {len(self.stands_for)}. Leave it out, or name all."
            raise ValueError(msg)
        length = length_of(outputs)
        places = places_of(self.x, model, length)
        items = items_of(outputs)
        sums = list(accumulate([f"datum.{o.id}" for o in outputs], lambda a, b: f"{a} + {b}"))
        tops = {f"top{i}": text for i, text in enumerate(sums)}
        data = {ROWS: rows_of(length, {"x": places.vega} | items | tops)}
        title = outputs[0].name if len(outputs) == 1 else unit
        shapes: list[alt.Chart] = []
        colours = paints_of(self.stands_for or [unit] * len(outputs))
        for i, colour in enumerate(colours):
            y = alt.Y(
                f"top{i}:Q", title=title, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5)
            )
            y2 = alt.Y2(f"top{i - 1}:Q") if i else alt.Y2Datum(0)
            # A gap between neighbours, for those who do not tell their colours apart.
            area = alt.Chart().mark_area(fill=colour.mark, stroke=GROUND, strokeWidth=2, opacity=1)
            shapes.append(area.encode(x=axis_of(places), y=y, y2=y2))
            if colour.mark != colour.edge:
                line = alt.Chart().mark_line(color=colour.edge, strokeWidth=1)
                shapes.append(line.encode(x=axis_of(places), y=y))
        layers: list[Any] = [alt.layer(*shapes, data=made_rows(ROWS))]
        layers += levels(self.references)
        data[ENDS], names = end_labels(
            ROWS,
            length - 1,
            [f"datum.end.top{i} - datum.end.{output.id} / 2" for i, output in enumerate(outputs)],
            [output.label for output in outputs],
            colours=[colour.word for colour in colours],
        )
        layers += [names, room_for([output.label for output in outputs])]
        return Drawing(
            chart=alt.layer(*layers).properties(height=260),
            description=say(
                "Areas of {names}, stacked, over {x}.",
                names=names_in_words(outputs),
                x=words.counted_in(places.title)[1],
            ),
            table=series_table(model, places, outputs, drawn=True),
            data=data,
        )
