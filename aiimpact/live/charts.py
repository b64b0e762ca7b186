"""Charts of an explorer: bars, a curve, or what an author made with Altair, each with its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt

from aiimpact.live.aliases import aliases
from aiimpact.live.controls import Input
from aiimpact.live.draw import INK, MUTED, REFERENCE, SERIES
from aiimpact.live.model import Model, Output

# The data set of a curve.
_SWEPT = "explorer_curve"


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
    # Data sets that the chart names and Vega makes, by name.
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Signals that the chart's own expressions name.
    signals: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class _Line:
    """A labelled value of a chart: the expression that gives it, and its range."""

    label: str
    value: str
    low: str
    high: str
    kind: str = "now"


def _lines_of(outputs: Sequence[Output], label: Callable[[Output], str]) -> list[_Line]:
    return [_Line(label(o), o.id, o.low or o.id, o.high or o.id) for o in outputs]


def _table_of(lines: Sequence[_Line], heading: str, model: Model) -> Table:
    def rows(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
        values = model.evaluate(settings)
        by_id = {output.id: values[output.name] for output in model.outputs}
        return [
            {
                "label": line.label,
                "value": by_id[line.value] if line.value in by_id else float(line.value),
            }
            for line in lines
        ]

    choice = _choose("datum.row", [line.value for line in lines])
    return Table(
        columns=[("label", "Quantity"), ("value", heading)],
        data={
            "values": [{"row": row, "label": line.label} for row, line in enumerate(lines)],
            "transform": [{"type": "formula", "as": "value", "expr": choice}],
        },
        rows=rows,
    )


@dataclass(frozen=True)
class Bars:
    """Outputs as bars on one axis, beside fixed quantities to compare them with.

    Parameters
    ----------
    outputs
        Names of outputs of one unit. By default those that share the last output's unit.
    references
        Label to fixed value in the same unit, drawn in grey.
    log
        Draw dots on a logarithmic axis: a bar has no meaning there.

    Examples
    --------
    Two outputs of a model beside a published run:

    >>> chart = Bars(["IT energy [MWh]", "Site energy [MWh]"], references={"GPT-3": 1287})
    """

    outputs: Sequence[str] = ()
    references: Mapping[str, float] = field(default_factory=dict)
    log: bool = False

    def draw(self, model: Model) -> Drawing:
        """Build the chart for a traced model."""
        chosen = [model.output(name) for name in self.outputs] or model.outputs_of_last_unit()
        units = {output.unit for output in chosen}
        if len(units) > 1:
            msg = (
                f"Bars need outputs of one unit, got {', '.join(sorted(units))}. "
                "Choose some with Bars(outputs=[…]), or let the model return one unit."
            )
            raise ValueError(msg)
        unit = units.pop()
        lines = _lines_of(chosen, lambda output: output.label)
        for label, value in self.references.items():
            fixed = repr(float(value))
            lines.append(_Line(label, fixed, fixed, fixed, kind="reference"))
        return Drawing(
            chart=self._layers(lines, unit, ranges=any(output.low for output in chosen)),
            description=f"Bars of {_list([line.label for line in lines])}"
            + (f", in {unit}." if unit else "."),
            table=_table_of(lines, unit or "Value", model),
        )

    def _layers(self, lines: Sequence[_Line], unit: str, *, ranges: bool) -> alt.TopLevelMixin:
        base = alt.Chart(
            _values(
                {"row": i, "label": line.label, "kind": line.kind} for i, line in enumerate(lines)
            )
        ).transform_calculate(
            value=_choose("datum.row", [line.value for line in lines]),
            low=_choose("datum.row", [line.low for line in lines]),
            high=_choose("datum.row", [line.high for line in lines]),
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
            layers.append(
                base.mark_rule(strokeWidth=2, color=INK).encode(x="low:Q", x2="high:Q", y=y)
            )
        names = base.mark_text(align="left", baseline="bottom", dy=-11, color=INK)
        layers.append(names.encode(x=alt.value(0), y=y, text="label:N"))
        return alt.layer(*layers).properties(height=46 * len(lines))


@dataclass(frozen=True)
class Curve:
    """One output over the whole range of one input, with a mark at the present value.

    Parameters
    ----------
    x
        Name of an input with a numeric range.
    y
        Name of an output.
    log
        Logarithmic axis for the output.
    references
        Label to fixed value of the output, drawn as level lines.
    pieces
        How many straight pieces the curve is drawn in.

    Examples
    --------
    >>> chart = Curve("pue", "Site energy [MWh]", references={"GPT-3": 1287})
    """

    x: str
    y: str
    log: bool = False
    references: Mapping[str, float] = field(default_factory=dict)
    pieces: int = 120

    def draw(self, model: Model) -> Drawing:
        """Build the chart for a traced model: the model is traced once more along `x`."""
        given, output = model.input(self.x), model.output(self.y)
        if given.low is None or given.high is None or given.low >= given.high:
            msg = (
                f"A curve needs an input with a numeric range, {self.x!r} has none. "
                "Give it a slider: (low, high, step)."
            )
            raise ValueError(msg)
        if self.pieces < 1:
            msg = f"A curve has at least one piece, got pieces={self.pieces}. Leave it out for 120."
            raise ValueError(msg)
        parts = [part for part in (output.id, output.low, output.high) if part]
        steps = {"x": "pow(10, datum.i)" if given.log else "datum.i"} | model.along(
            self.x, "datum.x", parts
        )
        formulas = [{"type": "formula", "as": name, "expr": text} for name, text in steps.items()]

        def swept(pieces: int) -> dict[str, Any]:
            sequence = {"type": "sequence", "as": "i", **given.sequence(pieces)}
            return {"transform": [sequence, *formulas]}

        lines = f" and lines at {_list(list(self.references))}" if self.references else ""
        return Drawing(
            chart=self._layers(given, output),
            description=f"Curve of {output.name} over {given.title}, with a mark at the present value{lines}.",
            table=self._table(model, given, output, swept(given.cuts(10))),
            # Vega-Lite takes a tenth of a second for each formula, so only Vega sees them.
            data={_SWEPT: swept(self.pieces)},
        )

    def _layers(self, given: Input, output: Output) -> alt.TopLevelMixin:
        domain = alt.Scale(
            type="log" if given.log else "linear", nice=False, domain=[given.low, given.high]
        )
        x = alt.X("x:Q", title=given.title, scale=domain, axis=alt.Axis(grid=False, tickCount=6))
        scale = alt.Scale(type="log") if self.log else alt.Scale(zero=True)
        y = alt.Y(f"at_{output.id}:Q", title=output.name, scale=scale, axis=alt.Axis(tickCount=5))
        curve: list[alt.Chart] = []
        if output.low and output.high:
            band = alt.Chart().mark_area(opacity=0.18, clip=True)
            curve.append(band.encode(x=x, y=f"at_{output.low}:Q", y2=f"at_{output.high}:Q"))
        curve.append(alt.Chart().mark_line(clip=True).encode(x=x, y=y))
        # Band and line share the rows, which a model with a long program takes a while to make.
        layers: list[Any] = [alt.layer(*curve, data=alt.NamedData(_SWEPT))]
        if self.references:
            levels = alt.Chart(
                _values(
                    {"label": label, "level": level} for label, level in self.references.items()
                )
            )
            names = levels.mark_text(align="left", baseline="bottom", dx=4, dy=-3, color=INK)
            layers.append(levels.mark_rule(color=REFERENCE).encode(y="level:Q"))
            layers.append(names.encode(x=alt.value(0), y="level:Q", text="label:N"))
        now = alt.Chart(_values([{}])).transform_calculate(x=given.id, y=output.id)
        layers.append(now.mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x="x:Q"))
        layers.append(now.mark_point(color=SERIES[1], opacity=1, size=110).encode(x="x:Q", y="y:Q"))
        return alt.layer(*layers).properties(height=260)

    def _table(self, model: Model, given: Input, output: Output, data: Mapping[str, Any]) -> Table:
        field, sequence = f"at_{output.id}", given.sequence(given.cuts(10))

        def rows(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
            # Vega's own sum: np.arange rounds otherwise, and a table cell may show it.
            start, stop, step = sequence["start"], sequence["stop"], sequence["step"]
            places = [start + i * step for i in range(math.ceil((stop - start) / step))]
            points = [float(10**place if given.log else place) for place in places]
            return [
                {"x": x, field: model.evaluate({**settings, given.name: x})[output.name]}
                for x in points
            ]

        return Table(
            columns=[("x", given.title), (field, output.name)],
            data=data,
            rows=rows,
        )


def author_chart(chart: alt.TopLevelMixin, model: Model) -> Drawing:
    """Take an Altair chart as it is; it may name inputs and outputs in any expression."""
    lines = _lines_of(model.outputs, lambda output: output.name)
    return Drawing(
        chart,
        require_description(chart),
        _table_of(lines, "Value", model),
        signals=aliases(chart.to_dict(), model),
    )


def require_description(chart: alt.TopLevelMixin) -> str:
    """Return what a chart says of itself, or raise."""
    description = chart.to_dict().get("description")
    if not description:
        msg = (
            "The chart has no description, so nobody who cannot see it knows what it shows. "
            'Add .properties(description="…").'
        )
        raise ValueError(msg)
    return str(description)


def _choose(subject: str, cases: Sequence[str]) -> str:
    expression = "null"
    for key, value in reversed(list(enumerate(cases))):
        expression = f"{subject} === {key} ? {value} : {expression}"
    return expression


def _values(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
