"""How often an output takes which value, over seeded draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from aiimpact import words
from aiimpact.live.charts.drawing import Chart, Drawing, Table, formula, single
from aiimpact.live.choices import choices_of
from aiimpact.live.model import Model, Output
from aiimpact.live.notation import GROUND, INK, colour
from aiimpact.live.trace import TraceError, evaluate_all
from aiimpact.words import listed, say

_DRAWS, _BINS, _MARKS = "explorer_draws", "explorer_bins", "explorer_marks"
_FEWEST = 20
# A step of the page runs the model for each.
_MOST = 5000
_SHARES = {
    "smallest": 0.0, "5 % lie below": 0.05, "25 % lie below": 0.25, "median": 0.5,
    "75 % lie below": 0.75, "95 % lie below": 0.95, "largest": 1.0,
}  # fmt: skip


@dataclass(frozen=True)
class Histogram(Chart):
    """How often an output takes which value, when some inputs are drawn by lot.

    The model is run once for each draw, with the other inputs as their controls are. Inputs that are
    drawn are the draws here, wherever their controls stand.

    Parameters
    ----------
    output
        Name of an output that is a single number.
    draws
        Input name to draws, 20 to 5,000 of each, from a generator with a seed.
    bins
        About how many bars.
    log
        Bars of equal factors, on a logarithmic axis.
    title
        What is seen, above the chart; ``{…}`` around a name puts its value in.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> chart = Histogram("Emissions [t]", draws={"pue": rng.normal(1.2, 0.05, 500)})
    """

    output: str
    draws: Mapping[str, Any]
    bins: int = 30
    log: bool = False
    title: str = ""

    def draw(self, model: Model, digits: int = 3) -> Drawing:
        """Build the chart for a traced model: the model is traced once more along the draws."""
        output = single(model.output(self.output), "Histogram")
        if self.bins < 1:
            msg = f"A histogram has at least one bar, got bins={self.bins}. Leave it out for about 30."
            raise ValueError(msg)
        draws = self._arrays(model)
        fields = {name: f"datum.d{i}" for i, name in enumerate(draws)}
        found, program = model.along(fields, [output])
        at = f"at_{output.id}"
        columns = {f"d{i}": array for i, array in enumerate(draws.values())}
        given = [
            dict(zip(columns, map(float, row), strict=True))
            for row in zip(*columns.values(), strict=True)
        ]

        def sample(settings: Mapping[str, Any]) -> Any:
            signals = model.signals(settings)
            signals |= {fields[name]: array for name, array in draws.items()}
            (result,) = evaluate_all([found[at]], signals)
            return np.broadcast_to(np.asarray(result, dtype=float), len(given))

        _require_same(model, output, draws, sample)
        data: dict[str, Mapping[str, Any]] = {
            _DRAWS: {
                "values": given,
                "transform": [
                    *(formula(name, text) for name, text in program.items()),
                    formula("value", f"+datum.{at}"),
                    {"type": "filter", "expr": "isFinite(datum.value)"},
                    formula("place", "log(datum.value) / LN10" if self.log else "datum.value"),
                    {"type": "extent", "field": "place", "signal": "explorer_extent"},
                ],
            },
            _BINS: {
                "source": _DRAWS,
                "transform": [
                    {
                        "type": "bin",
                        "field": "place",
                        "extent": {"signal": "explorer_extent"},
                        "maxbins": self.bins,
                        "as": ["first", "last"],
                    },
                    {"type": "aggregate", "groupby": ["first", "last"]},
                    *(
                        formula(name, f"pow(10, datum.{name})" if self.log else f"datum.{name}")
                        for name in ("first", "last")
                    ),
                ],
            },
            _MARKS: _quantiles({"5 %": 0.05, say("median"): 0.5, "95 %": 0.95}),
        }
        names = [words.counted_in(model.input(name).title)[1] for name in draws]
        return Drawing(
            chart=self._layers(output),
            description=say(
                "Histogram of {name} over {count} draws of {names}, with lines at the median and where "
                "5 % and 95 % of the draws lie below.",
                name=words.counted_in(output.name)[1],
                count=f"{len(given):,}",
                names=listed(names),
            ),
            table=self._table(output, sample),
            data=data,
        )

    def _layers(self, output: Output) -> alt.TopLevelMixin:
        scale = alt.Scale(type="log" if self.log else "linear", zero=False, nice=False)
        x = alt.X("first:Q", title=output.name, scale=scale, axis=alt.Axis(grid=False, tickCount=6))
        y = alt.Y("count:Q", title=say("Draws"), axis=alt.Axis(tickCount=5))
        bars = alt.Chart(alt.NamedData(_BINS)).mark_rect(stroke=GROUND)
        marks = alt.Chart(alt.NamedData(_MARKS))
        dashed = alt.expr("datum.prob === 0.5 ? [1, 0] : [4, 3]")
        # With a rim, for they stand on bars.
        rims = marks.mark_rule(color=GROUND, strokeWidth=5)
        rules = marks.mark_rule(color=INK, strokeWidth=2, strokeDash=dashed)
        words = marks.mark_text(
            color=INK,
            baseline="bottom",
            align=alt.expr("datum.prob < 0.5 ? 'right' : datum.prob > 0.5 ? 'left' : 'center'"),
        )
        return alt.layer(
            bars.encode(
                x=x, x2="last:Q", y=y, y2=alt.Y2Datum(0), fill=alt.value(colour(output.unit))
            ),
            rims.encode(x="value:Q"),
            rules.encode(x="value:Q"),
            words.encode(x="value:Q", y=alt.value(-3), text="label:N"),
        ).properties(height=220)

    def _table(self, output: Output, sample: Any) -> Table:
        def rows(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
            results = sample(settings)
            results = results[np.isfinite(results)]
            found = np.quantile(results, list(_SHARES.values())) if results.size else [np.nan] * 7
            return [
                {"label": label, "value": float(value)}
                for label, value in zip(_SHARES, found, strict=True)
            ]

        return Table(
            columns=[("label", "Of the draws"), ("value", output.name)],
            data=_quantiles(_SHARES),
            rows=rows,
        )

    def _arrays(self, model: Model) -> dict[str, Any]:
        arrays: dict[str, Any] = {}
        for name, given in self.draws.items():
            if choices_of(model.input(name)):
                msg = f"The input {name!r} has options, which are no numbers to draw. Give it a slider."
                raise ValueError(msg)
            array = np.asarray(given, dtype=float)
            if (
                array.ndim != 1
                or not _FEWEST <= array.size <= _MOST
                or not np.isfinite(array).all()
            ):
                msg = (
                    f"The draws of {name!r} must be {_FEWEST} to {_MOST:,} finite numbers in one dimension, "
                    f"got shape {array.shape}. Write rng.normal(mean, deviation, 500)."
                )
                raise ValueError(msg)
            arrays[name] = array
        if len({array.size for array in arrays.values()}) != 1:
            sizes = ", ".join(f"{name!r}: {array.size}" for name, array in arrays.items()) or "none"
            msg = f"A histogram needs equally many draws of each input that is drawn, got {sizes}."
            raise ValueError(msg)
        return arrays


def _require_same(model: Model, output: Output, draws: Mapping[str, Any], sample: Any) -> None:
    """Raise unless model and record agree on some draws, which may lie beyond the controls."""
    settings = model.settings()
    recorded = sample(settings)
    for place in _some(recorded):
        drawn = {name: float(array[place]) for name, array in draws.items()}
        direct = model.evaluate(settings | drawn)[output.name]
        if not np.isclose(recorded[place], direct, rtol=1e-9, equal_nan=True):
            msg = (
                f"{output.name!r} comes out as {direct:.10g} from numbers and as {recorded[place]:.10g} from "
                f"symbols at the draw {drawn}. Make the model a plain function of its inputs, which are doubles."
            )
            raise TraceError(msg)


def _some(results: Sequence[float]) -> Iterator[int]:
    yield from {0, len(results) // 2, int(np.argmin(results)), int(np.argmax(results))}


def _quantiles(shares: Mapping[str, float]) -> dict[str, Any]:
    probs, labels = list(shares.values()), list(shares)
    return {
        "source": _DRAWS,
        "transform": [
            {"type": "quantile", "field": "value", "probs": probs},
            formula("label", f"{labels}[indexof({probs}, datum.prob)]"),
        ],
    }
