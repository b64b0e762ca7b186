"""What charts have in common: their parts, and the numbers behind them."""

from __future__ import annotations

import abc
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt

from aiimpact import words
from aiimpact.live.model import Model, Output
from aiimpact.live.notation import (
    GROUND,
    INK,
    MUTED,
    REFERENCE,
    SERIES,
    letters,
    seen,
    stepped,
    steps,
)
from aiimpact.numbers import number
from aiimpact.words import joined, say

# Between the labels of two lines [px].
_LABEL = 15
# What a letter of a name takes, about [px].
_LETTER = 6.5
# What a letter of a bold name takes in a wide font [px].
_WIDE = 8
# Rows of a table that nobody has to scroll.
MOST_ROWS = 12
# The data set of the labels at the right end of lines.
ENDS = "explorer_ends"


@dataclass(frozen=True)
class Table:
    """The numbers behind a chart.

    Parameters
    ----------
    columns
        Field and heading of each column.
    data
        How Vega makes the rows.
    rows
        How Python makes them, from the settings of the controls.
    """

    columns: Sequence[tuple[str, str]]
    data: Mapping[str, Any]
    rows: Callable[[Mapping[str, Any]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Drawing:
    """A chart with what a reader who does not see it needs."""

    chart: alt.TopLevelMixin
    description: str
    table: Table
    # Data sets that the chart names and Vega makes, by name; each after those it is made of.
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Signals that the chart's own expressions name.
    signals: Sequence[Mapping[str, Any]] = ()
    # Those of them that are the present ends of a control, which the page keeps up to date.
    ends: Sequence[str] = ()


class Chart(abc.ABC):
    """A chart that an author orders by what it shows."""

    title: str

    @abc.abstractmethod
    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model; numbers in it are written in so many digits."""


@dataclass(frozen=True)
class Line:
    """A labelled value of a chart: the expression that gives it, and its range."""

    label: str
    value: str
    low: str
    high: str
    kind: str = "now"


def lines_of(outputs: Sequence[Output], label: Callable[[Output], str]) -> list[Line]:
    """Give a line for each single number."""
    return [Line(seen(label(o)), o.id, o.low or o.id, o.high or o.id) for o in outputs]


def table_of(lines: Sequence[Line], heading: str, model: Model) -> Table:
    """List labelled values."""

    def rows(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
        by_id = model.numbers(settings)
        return [
            {
                "label": line.label,
                "value": by_id[line.value] if line.value in by_id else float(line.value),
            }
            for line in lines
        ]

    choice = choose("datum.row", [line.value for line in lines])
    return Table(
        columns=[("label", "Quantity"), ("value", heading)],
        data={
            "values": [{"row": row, "label": line.label} for row, line in enumerate(lines)],
            "transform": [formula("value", choice)],
        },
        rows=rows,
    )


def numbers_of(
    model: Model, names: Sequence[str], chart: str, *, argument: str = "outputs", most: int = 0
) -> tuple[list[Output], str]:
    """Give the outputs that a chart of numbers is to show, by default all of the last unit, and their unit."""
    outputs = [model.output(name) for name in names] or model.outputs_of_last_unit()
    outputs = [single(output, chart) for output in outputs]
    if most:
        require_few(outputs, chart, most)
    return outputs, one_unit(outputs, chart, argument)


def one_unit(outputs: Sequence[Output], chart: str, argument: str) -> str:
    """Give the unit that outputs share, or raise."""
    units = {output.unit for output in outputs}
    if len(units) > 1:
        msg = (
            f"{chart} needs outputs of one unit, got {', '.join(sorted(units))}. "
            f"Choose some with {chart}({argument}=[…]), or let the model return one unit."
        )
        raise ValueError(msg)
    return units.pop()


def require_few(outputs: Sequence[Output], chart: str, most: int = len(SERIES)) -> None:
    """Raise if there are more than have a colour."""
    if len(outputs) > most:
        msg = (
            f"{chart} shows up to {most} outputs, got {len(outputs)}: more cannot be told apart. "
            "Leave some out."
        )
        raise ValueError(msg)


def single(output: Output, chart: str) -> Output:
    """Give an output that is a single number, or raise."""
    if output.is_series:
        msg = (
            f"{chart} needs an output that is one number, and {output.name!r} is a series. "
            f"Use Lines(ys=[{output.name!r}]), or let the model return its last or largest number."
        )
        raise ValueError(msg)
    return output


def many(output: Output, chart: str) -> Output:
    """Give an output that is a series, or raise."""
    if not output.is_series:
        msg = (
            f"{chart} needs an output that is a series, and {output.name!r} is one number. "
            "Let the model return the list that its loop makes."
        )
        raise ValueError(msg)
    return output


def names_of(names: str | Sequence[str]) -> list[str]:
    """Take one name for a list of one."""
    return [names] if isinstance(names, str) else list(names)


def formula(name: str, text: str) -> dict[str, str]:
    """Write a field of a data set of Vega's."""
    return {"type": "formula", "as": name, "expr": text}


def written_of(value: str, unit: str, digits: int) -> str:
    """Write the text of a number, in the unit that the reader counts in."""
    times, _ = words.counted_in(unit)
    number = f"{times} * {value}" if times != 1 else f"+{value}"
    return f"isFinite(+{value}) ? format({number}, ',.{digits}~r') : '–'"


def drawn_of(value: str) -> str:
    """Write the part of a value that can be drawn as a length or as so many things."""
    return f"isFinite(+{value}) ? max(+{value}, 0) : 0"


def in_places(text: str, **expressions: str) -> str:
    """Write a text as an expression, with others in its places: "Each is {number}"."""
    parts = re.split(r"\{(\w+)\}", text)
    written = [expressions[part] if i % 2 else json.dumps(part) for i, part in enumerate(parts)]
    return " + ".join(part for part in written if part != '""')


def choose(subject: str, cases: Sequence[str]) -> str:
    """Write which of the cases is meant: the first for 0."""
    expression = "null"
    for key, value in reversed(list(enumerate(cases))):
        expression = f"{subject} === {key} ? {value} : {expression}"
    return expression


def values(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Give rows to a chart."""
    return alt.InlineData(values=[dict(row) for row in rows])


def in_unit(unit: str) -> str:
    """Write the end of a description: in which unit the numbers are."""
    return say(", in {unit}", unit=words.counted_in(unit)[1]) if unit else ""


def names_in_words(outputs: Sequence[Output]) -> str:
    """Write the names of outputs as a list in words."""
    return joined([words.counted_in(output.name)[1] for output in outputs])


def band(colour: str) -> dict[str, Any]:
    """Style a range: a tint that hides nothing, and edges that everybody sees."""
    return {
        "fill": colour,
        "fillOpacity": 0.28,
        "stroke": colour,
        "strokeWidth": 1,
        "opacity": 1,
        "clip": True,
    }


def levels(
    references: Mapping[str, float], lines: Sequence[Sequence[float]] = (), *, log: bool = False
) -> list[alt.Chart]:
    """Draw level lines under their names, each on the side where `lines` leave it room."""
    layers = []
    if log:
        lines = [[math.log(value) for value in line if value > 0] or [0.0] for line in lines]
    for on_right in (False, True):
        rows = [
            {"label": seen(label), "level": level, "room": _LETTER * letters(seen(label))}
            for label, level in references.items()
            if is_right_freer(math.log(level) if log else level, lines) == on_right
        ]
        if not rows:
            continue
        base = alt.Chart(values(rows))
        layers.append(base.mark_rule(color=REFERENCE).encode(y="level:Q"))
        # A name that is wider than a narrow chart goes over its right side, where no axis is.
        side: dict[str, Any] = {"align": "left", "dx": 4}
        x = alt.value(0)
        if on_right:
            side = {"align": "right", "dx": -4}
            x = alt.value(alt.expr("max(width, datum.room)"))
        # A line that runs behind a name is cut, so that the name can be read.
        for style in ({"stroke": GROUND, "strokeWidth": 4}, {"color": INK}):
            names = base.mark_text(baseline="bottom", dy=-3, **side, **style)
            layers.append(names.encode(x=x, y="level:Q", text="label:N"))
    return layers


def levels_named_above(references: Mapping[str, float], digits: int) -> list[alt.Chart]:
    """Draw level lines through a chart that is filled, and name them above it: inside, a name would hide what it lies on."""
    layers = []
    for i, (label, level) in enumerate(references.items()):
        said = seen(label) + say(": ") + number(level, digits)
        base = alt.Chart(values([{"level": level, "label": said}]))
        y = alt.value(-10 - 16 * i)
        for style in ({"color": GROUND, "strokeWidth": 3}, {"color": INK, "strokeDash": [5, 3]}):
            line = base.mark_rule(**style)
            layers.append(line.encode(y="level:Q"))
        sample = base.mark_rule(color=INK, strokeDash=[5, 3])
        layers.append(sample.encode(x=alt.value(0), x2=alt.value(21), y=y))
        name = base.mark_text(align="left", baseline="middle", dx=27)
        layers.append(name.encode(x=alt.value(0), y=y, text="label:N"))
    return layers


def is_right_freer(level: float, lines: Sequence[Sequence[float]]) -> bool:
    """Say whether lines run over a level where they begin, and are farther from it where they end.

    Examples
    --------
    >>> is_right_freer(180, [[180, 170, 160, 150], [180, 200, 230, 270]])
    True
    >>> is_right_freer(180, [[20, 30, 40, 50]])
    False
    """
    if not lines:
        return False
    height = max(level, *(max(line) for line in lines)) - min(level, *(min(line) for line in lines))
    third = len(lines[0]) // 3 + 1
    left, right = (
        min(abs(value - level) for line in lines for value in line[part])
        for part in (slice(third), slice(-third, None))
    )
    return left < min(right, height / 10)


def axis_of_numbers(unit: str, *, log: bool, ticks: int = 5) -> alt.Axis:
    """Make the axis of what has a unit; over many decades each label says a unit of its size."""
    if not (log and len(steps(unit)) > 1):
        return alt.Axis(tickCount=ticks)
    # Where decades lie close, Vega leaves labels out.
    text = f"datum.label === '' ? '' : {stepped(unit, 'datum.value')}"
    return alt.Axis(tickCount=ticks, labelExpr=text)


def now_rule(where: str) -> Any:
    """Draw an upright line at a signal's value."""
    rule = alt.Chart(values([{}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x="x:Q")
    return rule.transform_calculate(x=where)


def made_rows(name: str) -> alt.NamedData:
    """Name rows that Vega makes. Nothing is parsed, or it would copy each, with all in it, to be sure of a number."""
    return alt.NamedData(name, format=alt.JsonDataFormat(parse={"x": None}))


def room_for(labels: Sequence[str]) -> Any:
    """Keep the room that the longest name at the right end may need in a reader's font."""
    room = round(8 + _WIDE * max(letters(seen(label)) for label in labels))
    mark = alt.Chart(values([{}])).mark_point(opacity=0, size=1, color=INK)
    return mark.encode(x=alt.value(alt.expr(f"width + {room}")), y=alt.value(10))


def end_labels(
    rows: str,
    last: int,
    heights: Sequence[str],
    labels: Sequence[str],
    *,
    said: Sequence[str] = (),
    shown: Sequence[str] = (),
    colours: Sequence[str] = SERIES,
) -> tuple[dict[str, Any], alt.Chart]:
    """Write the name of each line at its right end, one below the other where lines end close together.

    Parameters
    ----------
    rows
        The data set of the lines.
    last
        The place of its last row, which expressions call `datum.end`.
    heights
        Expressions of where each line ends.
    labels
        Its name.
    said
        Expressions whose values follow the names, one each.
    shown
        Expressions that say whether a line is named at all, one each.
    colours
        The colour of each name.
    """
    below = {"sort": {"field": ["at", "row"]}, "type": "window"}
    name = f"{json.dumps([seen(label) for label in labels])}[datum.row]"
    if said:
        name = f"{name} + ' ' + ({choose('datum.row', said)})"
    count = str(len(labels))
    some: list[dict[str, Any]] = []
    if shown:
        some = [
            {"type": "filter", "expr": choose("datum.row", shown)},
            {"type": "joinaggregate", "ops": ["count"], "as": ["shown"]},
        ]
        count = "datum.shown"
    # Rows that stay: Vega makes the text of a row anew whenever the row is.
    data = {
        "values": [{"row": row} for row, _ in enumerate(labels)],
        "transform": [
            formula("end", f"data({json.dumps(rows)})[{last}]"),
            *some,
            formula("label", name),
            formula("at", f"scale('y', {choose('datum.row', heights)})"),
            {**below, "ops": ["row_number"], "as": ["rank"]},
            formula("free", f"datum.at - {_LABEL} * datum.rank"),
            {**below, "ops": ["max"], "fields": ["free"], "as": ["pushed"], "frame": [None, 0]},
            formula(
                "place",
                f"min(datum.pushed + {_LABEL} * datum.rank, "
                f"height + {_LABEL} * (datum.rank - {count}))",
            ),
        ],
    }
    scale = alt.Scale(domain=list(range(len(labels))), range=list(colours[: len(labels)]))
    names = alt.Chart(alt.NamedData(ENDS)).mark_text(align="left", dx=8, fontWeight="bold")
    return data, names.encode(
        x=alt.value(alt.expr("width")),
        y=alt.value(alt.expr("datum.place")),
        text="label:N",
        color=alt.Color("row:O", scale=scale, legend=None),
    )
