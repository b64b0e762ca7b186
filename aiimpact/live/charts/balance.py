"""A balance that tips to the heavier side."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from aiimpact import words
from aiimpact.live.charts.drawing import (
    Chart,
    Drawing,
    Line,
    drawn_of,
    formula,
    in_unit,
    single,
    table_of,
    values,
    written_of,
)
from aiimpact.live.charts.icons import Icon, icon_of
from aiimpact.live.model import Model
from aiimpact.live.notation import INK, MUTED, REFERENCE, at_number, colour, seen
from aiimpact.numbers import number
from aiimpact.words import say

_ICONS = "explorer_icons"
# Rows of the heap that stands on a pan.
_ROWS = 11
_MOST = _ROWS * (_ROWS + 1) // 2
# Where the beam hangs, how far its ends go down, and the whole [px].
_TOP, _DROP, _HEIGHT = 36, 32, 252
# From here on the beam stops: so many times as much.
_STOP = 100.0


@dataclass(frozen=True)
class Balance(Chart):
    """A balance with a heap of things on one pan and something fixed on the other.

    Parameters
    ----------
    output
        Name of the output that is weighed.
    against
        One label and its fixed value in the same unit, on the other pan.
    count
        Name of the output that says how many things are on the heap: ``"Cars [cars]"``.
    each
        How many things one picture stands for. The heap has up to 66 pictures.
    icon, other
        What is drawn on the two pans: names of icons or SVG paths, as for :class:`Units`.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> chart = Balance(
    ...     "Cars [MWh]", against={"GPT-3": 1287}, count="Cars [cars]", each=50, icon="car"
    ... )
    """

    output: str
    against: Mapping[str, float]
    count: str
    each: float = 1
    icon: str = "dot"
    other: str = "server"
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model."""
        weighed = single(model.output(self.output), "Balance")
        counted = single(model.output(self.count), "Balance")
        if len(self.against) != 1 or not all(value > 0 for value in self.against.values()):
            msg = f"A balance weighs against one value above zero, got {dict(self.against)!r}. Give one label and its value."
            raise ValueError(msg)
        if not self.each > 0:
            msg = f"each must be above zero, got {self.each!r}. Say how many things a picture stands for."
            raise ValueError(msg)
        ((label, fixed),) = self.against.items()
        lines = [
            Line(seen(weighed.label), weighed.id, weighed.id, weighed.id),
            Line(seen(label), repr(float(fixed)), repr(float(fixed)), repr(float(fixed))),
        ]
        place = _Place(weighed.id, float(fixed))
        things = seen(counted.unit) or say("things")
        return Drawing(
            chart=self._layers(lines, weighed.unit, place, digits, things),
            description=say(
                "A balance: {left} on the left, {right} on the right{unit}. The heavier side is down.",
                left=lines[0].label,
                right=lines[1].label,
                unit=in_unit(weighed.unit),
            ),
            table=table_of(lines, weighed.unit or "Value", model),
            data={_ICONS: place.heap(f"({drawn_of(counted.id)}) / {self.each!r}", icon_of(self.icon))},
        )  # fmt: skip

    def _layers(
        self, lines: list[Line], weighs: str, place: _Place, digits: int, things: str
    ) -> Any:
        one = alt.Chart(values([{}]))

        def rule(x: str, y: str, x2: str, y2: str, **style: Any) -> Any:
            ends = (alt.value(alt.expr(end)) for end in (x, y, x2, y2))
            return one.mark_rule(**{"color": MUTED, "strokeCap": "round"} | style).encode(
                **dict(zip(("x", "y", "x2", "y2"), ends, strict=True))
            )

        middle, top, foot = "width / 2", str(_TOP), str(_HEIGHT - 4)
        layers = [
            rule(middle, top, middle, foot, strokeWidth=4),
            rule("width / 2 - 26", foot, "width / 2 + 26", foot, strokeWidth=6),
            rule(*place.end(-1), *place.end(1), color=INK, strokeWidth=5),
            one.mark_point(filled=True, size=160, color=INK, opacity=1).encode(
                x=alt.value(alt.expr(middle)), y=alt.value(_TOP)
            ),
        ]
        for side in (-1, 1):
            x, y = place.end(side)
            pan = place.pan(side)
            for way in ("-", "+"):
                layers.append(rule(x, y, f"{x} {way} {place.half}", pan, strokeWidth=1))
            layers.append(
                rule(f"{x} - {place.half}", pan, f"{x} + {place.half}", pan, color=INK, strokeWidth=4)
            )  # fmt: skip
        heap = alt.Chart(alt.NamedData(_ICONS)).mark_point(
            shape=icon_of(self.icon).path, filled=True, opacity=1, color=colour(weighs)
        )
        layers.append(
            heap.encode(
                x=alt.value(alt.expr("datum.x")),
                y=alt.value(alt.expr("datum.y")),
                size=alt.value(alt.expr("datum.size")),
            )
        )
        other = icon_of(self.other)
        side_ = f"1.2 * {place.half}"
        layers.append(
            one.mark_point(shape=other.path, filled=True, opacity=1, color=REFERENCE).encode(
                x=alt.value(alt.expr(place.end(1)[0])),
                y=alt.value(alt.expr(f"{place.pan(1)} - 2 - 0.4 * {side_} * {other.up}")),
                size=alt.value(alt.expr(f"pow({side_}, 2)")),
            )
        )
        times, name_of_unit = words.counted_in(weighs)
        unit = json.dumps(at_number(name_of_unit))
        moved = f"({written_of(place.value, weighs, digits)}) + {unit}"
        still = f"{json.dumps(number(times * place.fixed, max(digits, 4)))} + {unit}"
        for side, line, said in zip((-1, 1), lines, (moved, still), strict=True):
            styles: tuple[dict[str, Any], ...] = ({"fontWeight": "normal"}, {"fontWeight": "bold"})
            for text, dy, style in zip(
                (json.dumps(line.label), said), (9, 25), styles, strict=True
            ):
                told = one.mark_text(
                    baseline="top", color=INK, fontSize=13, text=alt.expr(text), **style
                )
                layers.append(
                    told.encode(
                        x=alt.value(alt.expr(place.end(side)[0])),
                        y=alt.value(alt.expr(f"{place.pan(side)} + {dy}")),
                    )
                )
        if self.each != 1:
            note = json.dumps(
                say("Each one drawn: {number} {things}", number=f"{self.each:,.9g}", things=things)
            )
            noted = one.mark_text(baseline="top", color=MUTED, text=alt.expr(note))
            below = alt.value(alt.expr(f"{place.pan(-1)} + 43"))
            layers.append(noted.encode(x=alt.value(alt.expr(place.end(-1)[0])), y=below))
        return alt.layer(*layers).properties(height=_HEIGHT)


@dataclass(frozen=True)
class _Place:
    """Where things are: expressions of the chart's width and of what is weighed."""

    value: str
    fixed: float
    half: str = "min(0.18 * width, 84)"

    @property
    def tilt(self) -> str:
        times = f"max({drawn_of(self.value)}, 1e-9) / {self.fixed!r}"
        return f"(min(1, max(-1, log({times}) / {math.log(_STOP)!r})) * {_DROP})"

    def end(self, side: int) -> tuple[str, str]:
        """Give an end of the beam: -1 is what is weighed, 1 what is fixed."""
        arm = "min(0.31 * width, 200)"
        across = f"sqrt(pow({arm}, 2) - pow({self.tilt}, 2))"
        sign = "-" if side < 0 else "+"
        return f"width / 2 {sign} {across}", f"{_TOP} {'+' if side < 0 else '-'} {self.tilt}"

    def pan(self, side: int) -> str:
        return f"{self.end(side)[1]} + 1.3 * {self.half} + 16"

    def heap(self, count: str, icon: Icon) -> dict[str, Any]:
        """Pile up so many pictures, each row one shorter than the row below it, from its middle."""
        step = f"(1.84 * {self.half} / {_ROWS})"
        x, _ = self.end(-1)
        side = "(datum.k % 2 ? -1 : 1) * ceil(datum.k / 2) + (datum.up % 2 ? 0.5 : 0)"
        return {
            "transform": [
                {"type": "sequence", "as": "i", "start": 0, "stop": _MOST},
                formula("n", count),
                {"type": "filter", "expr": "datum.i < datum.n - 1e-9"},
                formula("j", f"{_MOST - 1} - datum.i"),
                formula("above", "floor((sqrt(8 * datum.j + 1) - 1) / 2)"),
                formula("up", f"{_ROWS - 1} - datum.above"),
                formula("k", "datum.above - (datum.j - datum.above * (datum.above + 1) / 2)"),
                formula("x", f"{x} + {step} * ({side})"),
                formula(
                    "y", f"{self.pan(-1)} - 3 - {step} * {icon.up} * (datum.up + 0.5)"
                ),
                formula("size", f"0.95 * pow({step}, 2) * min(1, datum.n - datum.i)"),
            ]
        }  # fmt: skip
