"""A model, traced: its inputs, its outputs, and what stands between them."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple, TypeVar

import numpy as np

from aiimpact.live.choices import as_numpy, choices_of, kind_of_input, trace_choices
from aiimpact.live.controls import Input
from aiimpact.live.faithful import require_faithful
from aiimpact.live.symbols import number, plain
from aiimpact.live.trace import Symbol, TraceError, as_list, compile_outputs, hoist


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
        Numbers (or what a model made of its inputs), in one unit; or three series of one length.

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
    """An output of a model. `low` and `high` are the ids of the ends of its range, if it has one.

    The value of a series is a tuple.
    """

    name: str
    id: str
    value: Any
    low: str | None = None
    high: str | None = None
    is_end: bool = False

    @property
    def is_series(self) -> bool:
        """Whether it is many numbers in an order, as a loop makes them."""
        return isinstance(self.value, tuple)

    @property
    def items(self) -> tuple[Any, ...]:
        """The numbers of a series, or the one number."""
        return self.value if isinstance(self.value, tuple) else (self.value,)

    @property
    def last(self) -> str:
        """What the page calls its one number; of a series that is the last."""
        return f"{self.id}_last" if self.is_series else self.id

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
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        slug = (
            re.sub(r"[^a-z0-9]+", "-", str(name or "").lower()).strip("-0123456789") or "explorer"
        )
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
        self.outputs = self._trace(self.symbols())
        self._same_in_all_rows: dict[str, Symbol] = {}
        require_faithful(self)

    def symbols(self) -> dict[str, Symbol]:
        """Give a symbol for each input: input name to the signal that the page sets."""
        return {x.name: Symbol(x.id, kind=kind_of_input(x), label=x.name) for x in self.inputs}

    def _trace(self, symbols: Mapping[str, Any]) -> list[Output]:
        choices = {x.name: choices_of(x) for x in self.inputs if choices_of(x)}
        return trace_choices(lambda given: _flatten(self._call(given)), symbols, choices)

    def _call(self, given: Mapping[str, Any]) -> Any:
        # Numbers are NumPy's, so that 1 / 0 is what it is in the page, and not the end of it.
        with np.errstate(all="ignore"):
            try:
                return self.function(**{name: as_numpy(value) for name, value in given.items()})
            except TraceError:
                raise
            except Exception as error:
                said = [
                    f"any {k}" if isinstance(v, Symbol) else f"{k}={v!s}" for k, v in given.items()
                ]
                error.add_note(f"The model was run with {', '.join(said)}.")
                raise

    def settings(self) -> dict[str, Any]:
        """Read the controls: input name to present value."""
        return {given.name: given.value for given in self.inputs}

    def signals(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Turn settings into what the page sets: signal to value."""
        return {given.id: settings[given.name] for given in self.inputs}

    def evaluate(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Run the model in Python: output name to number, or to the list of numbers of a series.

        Numbers reach the model as NumPy's, as double as the page's are: dividing by nought gives
        inf, and the root of a negative number nan.
        """
        outputs = _flatten(self._call(settings))
        return {
            output.name: [float(item) for item in output.items]
            if output.is_series
            else float(output.value)
            for output in outputs
        }

    def numbers(self, settings: Mapping[str, Any]) -> dict[str, float]:
        """Run the model in Python: what the page calls each single number to the number."""
        values = self.evaluate(settings)
        found = {output.last: values[output.name] for output in self.outputs}
        return {
            key: value[-1] if isinstance(value, list) else value for key, value in found.items()
        }

    def input(self, name: str) -> Input:
        """Find an input by name."""
        return _find(self.inputs, name, "input")

    def output(self, name: str) -> Output:
        """Find an output by name."""
        return _find(self.outputs, name, "output")

    def readouts(self) -> list[Output]:
        """List the outputs that have a line of their own: single numbers."""
        return [output for output in self.outputs if not output.is_end and not output.is_series]

    def series(self) -> list[Output]:
        """List the outputs that are series."""
        return [output for output in self.outputs if not output.is_end and output.is_series]

    def outputs_of_last_unit(self) -> list[Output]:
        """List the outputs that share a unit with the last: single numbers, or series if there are no others."""
        shown = self.readouts() or self.series()
        return [output for output in shown if output.unit == shown[-1].unit]

    def vega_signals(self) -> list[dict[str, Any]]:
        """Write inputs, at their present values, and outputs as signals of Vega."""
        given = [{"name": k, "value": v} for k, v in self.signals(self.settings()).items()]
        return given + [{"name": k, "update": text} for k, text in self.program().items()]

    def program(self) -> dict[str, str]:
        """Write the outputs, and what rows of a data set share, as named expressions."""
        values = {
            output.id: as_list(output.value) if output.is_series else output.value
            for output in self.outputs
        }
        last = {
            output.last: f"{output.id}[{len(output.value) - 1}]"
            for output in self.outputs
            if output.is_series
        }
        return compile_outputs(values | self._same_in_all_rows) | last

    def along(
        self, fields: Mapping[str, str], outputs: Iterable[Output]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Trace once more with some inputs replaced, for the rows of a data set.

        What is the same in every row is left to the program, which runs once.

        Parameters
        ----------
        fields
            Input name to the field of a row that stands for it, such as "datum.x".
        outputs
            The outputs that the rows shall have, under ``at_`` and their ids.

        Returns
        -------
        values, program
            The outputs as symbols, and as named expressions on a row.
        """
        replaced = {name: Symbol(symbol, label=name) for name, symbol in fields.items()}
        traced = {output.id: output.value for output in self._trace(self.symbols() | replaced)}
        wanted = [key for o in outputs for key in (o.id, o.low, o.high) if key]
        values = {f"at_{key}": traced[key] for key in wanted}
        rows, parts = hoist(values, set(fields.values()), first=len(self._same_in_all_rows))
        self._same_in_all_rows |= parts
        return values, compile_outputs(rows, scope="datum.")


def _bare(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


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


# Name to value, ids of the ends of its range, and whether it is an end itself.
_Flat = dict[str, tuple[Any, str | None, str | None, bool]]


def _flatten(result: Any) -> list[Output]:
    if not isinstance(result, Mapping) or not result:
        got = "an empty dict" if isinstance(result, Mapping) else type(result).__name__
        msg = (
            f"A model must return a dict of output name to number, got {got}. "
            'Write return {"Energy [MWh]": energy}; the value may be a list made in a loop.'
        )
        raise TypeError(msg)
    flat: _Flat = {}
    for name, value in result.items():
        if not isinstance(name, str):
            msg = f"The name of an output must be a text, got {name!r}. Write {str(name)!r}."
            raise TypeError(msg)
        parts: _Flat = {name: (value, None, None, False)}
        if isinstance(value, Interval):
            low, high = f"o{len(flat) + 1}", f"o{len(flat) + 2}"
            parts = {
                name: (value.mid, low, high, False),
                f"{name}, low": (value.low, None, None, True),
                f"{name}, high": (value.high, None, None, True),
            }
        if twice := flat.keys() & parts.keys() | (result.keys() & parts.keys() - {name}):
            msg = f"Two outputs are called {twice.pop()!r}: one is an end of an interval. Rename the other."
            raise ValueError(msg)
        flat |= parts
    for name, value in result.items():
        if isinstance(value, Interval):
            sizes = {len(part) if is_many(part) else None for part in value}
            if len(sizes) > 1:
                msg = (
                    f"The interval {name!r} has ends of other lengths than its middle. "
                    "Give three numbers, or three series of one length."
                )
                raise ValueError(msg)
    return [
        Output(name, f"o{i}", _value(name, value), low, high, is_end=is_end)
        for i, (name, (value, low, high, is_end)) in enumerate(flat.items())
    ]


def is_many(value: Any) -> bool:
    """Say whether a value is a series: a list, or whatever becomes an array of one dimension."""
    if isinstance(value, list | tuple):
        return not isinstance(value, Interval)
    return not isinstance(value, Symbol | str) and np.ndim(value) > 0


def _value(name: str, value: Any) -> Any:
    """Check an output; a series becomes a tuple."""
    if not is_many(value):
        return _one_number(name, value)
    if not isinstance(value, list | tuple) and np.ndim(value) > 1:
        msg = (
            f"The output {name!r} is an array of shape {np.shape(value)}. Return one number "
            "an output, for example its sum, or a series: a list of numbers."
        )
        raise TypeError(msg)
    items = list(value)
    if not items:
        msg = f"The series {name!r} is empty. Append a number for each step of the loop."
        raise ValueError(msg)
    if any(is_many(item) or isinstance(item, Interval) for item in items):
        msg = (
            f"The series {name!r} has series in it. For a range write interval(low, mid, high) around three "
            "series; else return each under a name of its own."
        )
        raise TypeError(msg)
    # Items are numbers in the page as in Python: a condition counts one or nought.
    return tuple(
        number(plain(_one_number(f"{name}, item {k}", item))) for k, item in enumerate(items)
    )


def _one_number(name: str, value: Any) -> Any:
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value.item()
    if isinstance(value, Symbol):
        if value.kind in {"number", "boolean"}:
            return value
    elif isinstance(value, Real | np.bool_):
        if isinstance(value, int) and abs(value) > sys.float_info.max:
            msg = f"The output {name!r} must be a number that a page can hold, got one above {sys.float_info.max:.1e}. Return it in a larger unit."
            raise ValueError(msg)
        return value
    msg = f"The output {name!r} must be a number, got {value!s:.60} ({type(value).__name__})."
    raise TypeError(msg)
