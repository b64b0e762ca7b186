"""Outputs over an input."""

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
    Table,
    axis_of_numbers,
    band,
    end_labels,
    formula,
    levels,
    made_rows,
    names_in_words,
    names_of,
    now_rule,
    one_unit,
    require_few,
    room_for,
    single,
    values,
)  # fmt: skip
from aiimpact.live.controls import Input
from aiimpact.live.model import Model, Output
from aiimpact.live.notation import YOU, paints, steps
from aiimpact.words import joined, say

_SWEPT = "explorer_curve"


@dataclass(frozen=True)
class Curve(Chart):
    """One output or several over the whole range of one input, with a mark at the present value.

    Parameters
    ----------
    x
        Name of an input with a numeric range.
    y
        Name of an output, or of several of one unit, whose curves may cross.
    log
        Logarithmic axis for the outputs. By default where the input's slider is logarithmic and the outputs
        are proportional to it: on other axes a straight line would look bent.
    references
        Label to fixed value of the output, drawn as level lines.
    pieces
        How many straight pieces a curve is drawn in.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Curve("pue", "Site energy [MWh]", references={"GPT-3": 1287})
    >>> crossing = Curve("price", ["Demand [t]", "Supply [t]"])
    """

    x: str
    y: str | Sequence[str]
    log: bool | None = None
    references: Mapping[str, float] = field(default_factory=dict)
    pieces: int = 120
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model: the model is traced once more along `x`."""
        given = model.input(self.x)
        if given.low is None or given.high is None or given.low >= given.high:
            msg = (
                f"A curve needs an input with a numeric range, {self.x!r} has none. "
                "Give it a slider: (low, high, step)."
            )
            raise ValueError(msg)
        if self.pieces < 1:
            msg = f"A curve has at least one piece, got pieces={self.pieces}. Leave it out for 120."
            raise ValueError(msg)
        outputs = [single(model.output(name), "Curve") for name in names_of(self.y)]
        require_few(outputs, "Curve")
        unit = one_unit(outputs, "Curve", "y")
        log = self._is_log(model, given, outputs)
        low, high = f"{given.id}_low", f"{given.id}_high"
        _, program = model.along({self.x: "datum.x"}, outputs)

        def swept(pieces: int) -> dict[str, Any]:
            share = f"(datum.i / {pieces})"
            x = (
                f"{low} * pow({high} / {low}, {share})"
                if given.log
                else f"{low} + ({high} - {low}) * {share}"
            )
            formulas = [formula(name, text) for name, text in {"x": x, **program}.items()]
            sequence = {"type": "sequence", "as": "i", "start": 0, "stop": pieces + 1}
            return {"transform": [sequence, *formulas]}

        # Vega-Lite takes a tenth of a second for each formula, so only Vega sees them.
        data = {_SWEPT: swept(self.pieces)}
        found = [model.evaluate(model.settings() | {given.name: x}) for x in given.places(10)]
        drawn = [[row[output.name] for row in found] for output in outputs]
        colours = paints(unit, len(outputs))
        layers = self._layers(given, outputs, unit, log=log)
        layers += levels(self.references, drawn, log=log)
        layers += _marks(given, outputs, unit)
        if len(outputs) > 1:
            data[ENDS], names = end_labels(
                _SWEPT,
                self.pieces,
                [f"datum.end.at_{output.id}" for output in outputs],
                [output.label for output in outputs],
                colours=[colour.word for colour in colours],
            )
            layers += [names, room_for([output.label for output in outputs])]
        described = (
            "Curve of {names}{ranges} over {x}, with a mark at the present value{lines}."
            if len(outputs) == 1
            else "Curves of {names}{ranges} over {x}, with a mark at the present value{lines}."
        )
        lines = [words.name(label) for label in self.references]
        return Drawing(
            chart=alt.layer(*layers).properties(height=260),
            description=say(
                described,
                names=names_in_words(outputs),
                ranges=say(" with its range") if any(output.low for output in outputs) else "",
                x=words.counted_in(given.title)[1],
                lines=say(" and lines at {names}", names=joined(lines)) if lines else "",
            ),
            table=self._table(model, given, outputs, swept),
            data=data,
            signals=[{"name": low, "value": given.low}, {"name": high, "value": given.high}],
            ends=[low, high],
        )

    def _is_log(self, model: Model, given: Input, outputs: Sequence[Output]) -> bool:
        straight = given.log and self.log is not True and _are_proportional(model, given, outputs)
        if straight and self.log is False:
            names = joined([repr(output.name) for output in outputs])
            msg = (
                f"{names} is proportional to {given.name!r}, whose slider is logarithmic: over a linear axis the "
                "straight line would look bent. Leave log out, or give the input a linear slider."
            )
            raise ValueError(msg)
        return straight or bool(self.log)

    def _layers(
        self, given: Input, outputs: Sequence[Output], unit: str, *, log: bool
    ) -> list[Any]:
        domain = alt.Scale(
            type="log" if given.log else "linear",
            nice=False,
            domain=[alt.expr(f"{given.id}_{side}") for side in ("low", "high")],
        )
        x = alt.X("x:Q", title=given.title, scale=domain, axis=alt.Axis(grid=False, tickCount=6))
        scale = alt.Scale(type="log") if log else alt.Scale(zero=True)
        axis = axis_of_numbers(unit, log=log)
        title = outputs[0].name if len(outputs) == 1 else unit
        if log and len(steps(unit)) > 1:
            title = outputs[0].label if len(outputs) == 1 else ""
        colours = paints(unit, len(outputs))

        def y(output: Output) -> alt.Y:
            return alt.Y(f"at_{output.id}:Q", title=title, scale=scale, axis=axis)

        curves: list[alt.Chart] = []
        for output, colour in zip(outputs, colours, strict=True):
            if output.low and output.high:
                area = alt.Chart().mark_area(**band(colour.edge))
                curves.append(area.encode(x=x, y=f"at_{output.low}:Q", y2=f"at_{output.high}:Q"))
        for output, colour in zip(outputs, colours, strict=True):
            line = alt.Chart().mark_line(clip=True, color=colour.edge, strokeDash=[*colour.dash])
            curves.append(line.encode(x=x, y=y(output)))
        # Bands and lines share the rows, which a model with a long program takes a while to make.
        return [alt.layer(*curves, data=made_rows(_SWEPT))]

    def _table(self, model: Model, given: Input, outputs: Sequence[Output], swept: Any) -> Table:
        pieces = given.cuts(10)

        def rows(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
            found = []
            for x in given.places(pieces):
                at = model.evaluate({**settings, given.name: x})
                found.append({"x": x} | {f"at_{o.id}": at[o.name] for o in outputs})
            return found

        return Table(
            columns=[("x", given.title), *((f"at_{o.id}", o.name) for o in outputs)],
            data=swept(pieces),
            rows=rows,
        )


def _marks(given: Input, outputs: Sequence[Output], unit: str) -> list[Any]:
    """Mark the present value: one dot is the reader's, several have the colours of their curves."""
    layers = [now_rule(given.id)]
    colours = [paint.edge for paint in paints(unit, len(outputs))]
    for output, colour in zip(outputs, [YOU] if len(outputs) == 1 else colours, strict=True):
        now = alt.Chart(values([{}])).transform_calculate(x=given.id, y=output.id)
        point = now.mark_point(color=colour, opacity=1, size=110)
        layers.append(point.encode(x="x:Q", y="y:Q"))
    return layers


def _are_proportional(model: Model, given: Input, outputs: Sequence[Output]) -> bool:
    """Say whether outputs grow as the input does, over all of its range."""
    for output in outputs:
        found = []
        for x in given.places(4):
            y = model.evaluate(model.settings() | {given.name: x})[output.name]
            found.append(y / x if x else math.nan)
        if not all(0 < ratio < math.inf for ratio in found):
            return False
        if not all(math.isclose(ratio, found[0], rel_tol=1e-9) for ratio in found):
            return False
    return True
