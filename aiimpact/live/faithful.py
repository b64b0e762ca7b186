"""Compare a model with its record: what Python says and what the page will say, over all controls."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from aiimpact.live.choices import choices_of, kind_of_input
from aiimpact.live.controls import Input
from aiimpact.live.trace import TraceError, evaluate_all, in_order

_RANDOM = 30
# A record this long is compared at fewer places, as each costs a run of the model.
_LONG = 5_000
# What rounding may leave where an output is next to nothing, as a share of its largest value.
_ROUNDING = 1e-12


class Recorded(Protocol):
    """A model with its record, as much of it as is compared here."""

    @property
    def inputs(self) -> Sequence[Input]:
        """Its inputs."""

    @property
    def outputs(self) -> Sequence[Any]:
        """Its outputs, each with a name and a recorded value."""

    def settings(self) -> dict[str, Any]:
        """Input name to present value."""

    def evaluate(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Output name to number, or to a list of them."""


def require_faithful(model: Recorded) -> None:
    """Raise unless model and record agree at the defaults, at all ends and options, and between."""
    items = [item for output in model.outputs for item in output.items]
    size = len(in_order(items))
    places = list(_places(model, _RANDOM if size < _LONG else _RANDOM * _LONG // size + 1))
    names = _names((output.name, output.items, output.is_series) for output in model.outputs)
    direct = np.empty((len(names), len(places)))
    for i, settings in enumerate(places):
        found = {
            name: (value if isinstance(value, list) else [value], isinstance(value, list))
            for name, value in model.evaluate(settings).items()
        }
        returned = _names((name, *value) for name, value in found.items())
        if returned != names:
            msg = (
                f"The model returns {_short(names)} from symbols, and {_short(returned)} "
                f"at {_said(settings)}. Return the same outputs each time, and series of the same length."
            )
            raise TraceError(msg)
        direct[:, i] = [item for values, _ in found.values() for item in values]
    signals = {
        given.id: _array([settings[given.name] for settings in places], kind_of_input(given))
        for given in model.inputs
    }
    for name, wanted, given in zip(names, direct, evaluate_all(items, signals), strict=True):
        page = np.broadcast_to(np.asarray(given, dtype=np.float64), wanted.shape)
        size_of_all = np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted))
        same = np.isclose(page, wanted, rtol=1e-9, atol=_ROUNDING * size_of_all, equal_nan=True)
        if not same.all():
            at = int(np.argmin(same))
            msg = (
                f"{name} comes out as {wanted[at]:.10g} from numbers and as {page[at]:.10g} from symbols, "
                f"which is what the page would show, at {_said(places[at])}.\n"
                "The model asks for the type of its arguments, keeps state, draws lots, or counts in whole numbers "
                "(// and % by nought, more digits than a double has). Make it a plain function of its inputs, which are doubles."
            )
            raise TraceError(msg)


def _names(outputs: Iterable[tuple[str, Sequence[Any], bool]]) -> list[str]:
    """Name every number: an output, or an item of a series."""
    return [
        f"{name!r}[{k}]" if many else repr(name)
        for name, items, many in outputs
        for k in range(len(items))
    ]


def _short(names: Sequence[str]) -> str:
    if len(names) <= 12:
        return ", ".join(names)
    return f"{', '.join(names[:5])} … {names[-1]} ({len(names)} numbers)"


def _said(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!s}" for name, value in settings.items())


def _array(values: Sequence[Any], kind: str) -> Any:
    types = {"number": np.float64, "boolean": np.bool_, "text": np.str_}
    return np.array(values, dtype=types.get(kind, object))


def _places(model: Recorded, count: int) -> Iterator[dict[str, Any]]:
    """List settings: the defaults, each end alone, all low, all high, and some by lot."""
    settings = model.settings()
    yield settings
    ends = {given.name: _ends(given) for given in model.inputs}
    for name, values in ends.items():
        for value in values:
            yield settings | {name: value}
    for side in (0, -1):
        yield {name: values[side] if values else settings[name] for name, values in ends.items()}
    lots = np.random.default_rng(20261101)
    for _ in range(count):
        yield {x.name: _by_lot(x, settings[x.name], lots) for x in model.inputs}


def _ends(given: Input) -> list[Any]:
    if given.low is None or given.high is None:
        return choices_of(given)
    return [given.low, given.high]


def _by_lot(given: Input, default: Any, lots: np.random.Generator) -> Any:
    if few := choices_of(given):
        return few[lots.integers(len(few))]
    # Nobody says where a control without ends may go.
    if given.low is None or given.high is None:
        return default
    share = lots.random()
    if given.log:
        low, high = math.log(given.low), math.log(given.high)
        return min(max(math.exp(low + share * (high - low)), given.low), given.high)
    value = given.low + share * (given.high - given.low)
    return round(value) if isinstance(default, int) else value
