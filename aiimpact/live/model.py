"""A model, traced: its inputs, its outputs, and what stands between them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple, TypeVar

import numpy as np

from aiimpact.live.controls import Input
from aiimpact.live.trace import Symbol, TraceError, compile_outputs, evaluate, hoist


class Interval(NamedTuple):
    """An output with its range, as :func:`interval` makes it."""

    low: Any
    mid: Any
    high: Any


def interval(low: Any, mid: Any, high: Any) -> Interval:
    """Give an output with its range: the readout and the charts show all three.

    Parameters
    ----------
    low, mid, high
        Numbers (or what a model made of its inputs), in one unit.

    Returns
    -------
    Interval
        What a model returns under the name of that output.

    Examples
    --------
    >>> def tonnes(site_mwh):
    ...     return {"Emissions [t CO2e]": interval(*(site_mwh * kg for kg in (0.3, 0.4, 0.5)))}
    >>> tonnes(100)
    {'Emissions [t CO2e]': Interval(low=30.0, mid=40.0, high=50.0)}
    """
    return Interval(low, mid, high)


@dataclass(frozen=True)
class Output:
    """An output of a model. `low` and `high` are the ids of the ends of its range, if it has one."""

    name: str
    id: str
    value: Any
    low: str | None = None
    high: str | None = None
    is_end: bool = False

    @property
    def label(self) -> str:
        """The name without the unit."""
        return self.name.split("[")[0].strip()

    @property
    def unit(self) -> str:
        """What stands in brackets in the name."""
        found = re.search(r"\[(.*)\]", self.name)
        return found[1] if found else ""


def require_name(name: str) -> None:
    """Raise unless `name` can name something in a page."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789") or "explorer"
        msg = f"name must be lower-case letters, digits and hyphens, got {name!r}. Try {slug!r}."
        raise ValueError(msg)


Named = TypeVar("Named", Input, Output)


class Model:
    """A function, traced: its inputs, its outputs, and the expressions between them."""

    def __init__(
        self, function: Callable[..., Any], name: str, title: str, inputs: Sequence[Input]
    ):
        self.function = function
        self.name = name
        self.title = title
        self.inputs = list(inputs)
        self.outputs = self._trace({given.name: Symbol(given.name) for given in inputs})
        self._same_in_all_rows: dict[str, Symbol] = {}
        self._require_faithful()

    def _trace(self, symbols: Mapping[str, Any]) -> list[Output]:
        return _flatten(self.function(**symbols), {given.name for given in self.inputs})

    def _require_faithful(self) -> None:
        """Compare the record with the model itself, at the defaults."""
        settings = self.settings()
        direct = self.evaluate(settings)
        for output in self.outputs:
            recorded = evaluate(output.value, settings)
            if not np.isclose(recorded, direct[output.name], rtol=1e-9, atol=0, equal_nan=True):
                msg = (
                    f"{output.name!r} comes out as {direct[output.name]!r} from numbers and as {recorded!r} "
                    "from symbols. The model asks for the type of its arguments, or keeps state: "
                    "make it a plain function of its inputs."
                )
                raise TraceError(msg)

    def settings(self) -> dict[str, Any]:
        """Read the controls: input name to present value."""
        return {given.name: given.value for given in self.inputs}

    def evaluate(self, settings: Mapping[str, Any]) -> dict[str, float]:
        """Run the model in Python: output name to number."""
        flat = _flatten(self.function(**settings), {given.name for given in self.inputs})
        return {output.name: float(output.value) for output in flat}

    def input(self, name: str) -> Input:
        """Find an input by name."""
        return _find(self.inputs, name, "input")

    def output(self, name: str) -> Output:
        """Find an output by name."""
        return _find(self.outputs, name, "output")

    def readouts(self) -> list[Output]:
        """List the outputs that have a line of their own."""
        return [output for output in self.outputs if not output.is_end]

    def outputs_of_last_unit(self) -> list[Output]:
        """List the outputs that share a unit with the last."""
        shown = self.readouts()
        return [output for output in shown if output.unit == shown[-1].unit]

    def program(self) -> dict[str, str]:
        """Write the outputs, and what rows of a data set share, as named expressions."""
        values = {output.id: output.value for output in self.outputs}
        return compile_outputs(values | self._same_in_all_rows)

    def along(self, name: str, symbol: str, ids: Iterable[str]) -> dict[str, str]:
        """Trace once more with one input replaced, as expressions on the rows of a data set.

        What is the same in every row is left to the program, which runs once.
        """
        symbols = {given.name: Symbol(given.name) for given in self.inputs}
        values = {
            output.id: output.value for output in self._trace(symbols | {name: Symbol(symbol)})
        }
        rows, self._same_in_all_rows = hoist({f"at_{key}": values[key] for key in ids}, symbol)
        return compile_outputs(rows, scope="datum.")


def _find(items: Sequence[Named], name: str, kind: str) -> Named:
    for item in items:
        if item.name == name:
            return item
    names = [item.name for item in items]
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    msg = (
        f"The model has no {kind} named {name!r}.{hint} Its {kind}s: {', '.join(map(repr, names))}."
    )
    raise ValueError(msg)


def identifier(name: str) -> str:
    """Turn an output's name into what a chart's expression calls it.

    Examples
    --------
    >>> identifier("Emissions [t CO2e]")
    'emissions_t_co2e'
    """
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_") or "output"


def _flatten(result: Any, taken: set[str]) -> list[Output]:
    if not isinstance(result, Mapping) or not result:
        msg = (
            f"A model must return a dict of output name to number, got {type(result).__name__}. "
            'Write return {"Energy [MWh]": energy}.'
        )
        raise TypeError(msg)
    outputs: list[Output] = []
    for name, value in result.items():
        key = identifier(name)
        if isinstance(value, Interval):
            low, high = f"{key}_low", f"{key}_high"
            outputs.append(Output(name, key, value.mid, low, high))
            outputs.append(Output(f"{name}, low", low, value.low, is_end=True))
            outputs.append(Output(f"{name}, high", high, value.high, is_end=True))
        else:
            outputs.append(Output(name, key, value))
    seen = set(taken)
    for output in outputs:
        if output.id in seen:
            msg = (
                f"The output {output.name!r} is called {output.id!r} in the chart, and so is an input, another "
                "output or a word of Vega's. Choose another name."
            )
            raise ValueError(msg)
        seen.add(output.id)
        if not (isinstance(output.value, Symbol | Real | np.bool_) or np.ndim(output.value) == 0):
            msg = (
                f"The output {output.name!r} is an array of shape {np.shape(output.value)}. Return one number "
                "an output, for example its sum."
            )
            raise TypeError(msg)
    return outputs
