"""Run a model once for each option of what it decides by, and join what comes out.

A checkbox and a list of options can only take so many values, so a model may ask them anything: an
``if``, a row of a dict, a format. A number can take too many, and needs ``np.where``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from aiimpact.live.arithmetic import Kind
from aiimpact.live.controls import Input
from aiimpact.live.symbols import AskedError, Symbol, TraceError, kind_of, step
from aiimpact.live.trace import in_order

MOST = 64


class _Text(str):
    """A text that NumPy's booleans come of, so that ``~(place == "a")`` is a condition as in the page."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> Any:
        same = str.__eq__(self, other)
        return same if same is NotImplemented else np.bool_(same)

    def __ne__(self, other: object) -> Any:
        differ = str.__ne__(self, other)
        return differ if differ is NotImplemented else np.bool_(differ)


def as_numpy(value: Any) -> Any:
    """Turn a value of a control into what a model is given: NumPy's double, boolean or text."""
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, str):
        return _Text(value)
    return np.float64(value) if isinstance(value, Real) else value


def choices_of(given: Input) -> list[Any]:
    """List the values that a control can take, where they are few: of options, or a checkbox."""
    if given.options:
        values = [as_numpy(value) for _, value in given.options]
        for value in values:
            if not isinstance(value, Real | str | np.bool_):
                msg = f"An option of {given.name} must be a number, a text or a boolean, got {value!r}. Give it a number."
                raise TypeError(msg)
        return list({(kind_of(value), value): value for value in values}.values())
    is_checkbox = isinstance(given.widget.value, bool | np.bool_)
    return [np.bool_(True), np.bool_(False)] if is_checkbox else []


def kind_of_input(given: Input) -> Kind:
    """Say what kind of value a control holds."""
    kinds = {kind_of(value) for value in choices_of(given) or [given.widget.value]}
    return kinds.pop() if len(kinds) == 1 else "any"


def trace_choices(
    trace: Callable[[Mapping[str, Any]], list[Any]],
    symbols: Mapping[str, Any],
    choices: Mapping[str, Sequence[Any]],
) -> list[Any]:
    """Trace a model, in one run if it never asks for a value, and else in one for each combination.

    Parameters
    ----------
    trace
        Symbols and values by input to outputs.
    symbols
        Input name to symbol.
    choices
        Input name to the values that it can take, where they are few.

    Notes
    -----
    A model that fails with symbols for another reason, as ``len(place)`` does, is run for all
    options too; if that fails as well, its first error stands.

    Raises
    ------
    TraceError
        If the model asks for the value of a number, or there are more than 64 combinations.
    """
    asked: list[str] = []
    while True:
        try:
            return _each(trace, symbols, {name: choices[name] for name in asked})
        except AskedError as error:
            behind = {node.operation for node in in_order([error.symbol]) if not node.arguments}
            names = [name for name, x in symbols.items() if x.operation in behind]
            if not names or not set(names) <= choices.keys() - set(asked):
                raise
            asked += names
            count = math.prod(len(choices[name]) for name in asked)
            if count > MOST:
                msg = (
                    f"{error}\nA model that asks for the value of {', '.join(asked)} is run once for each "
                    f"combination of options, of which there are {count}, more than {MOST}."
                )
                raise TraceError(msg) from None
        except TraceError:
            raise
        except Exception as error:
            if len(asked) == len(choices) or not 1 < math.prod(map(len, choices.values())) <= MOST:
                raise
            try:
                return _each(trace, symbols, choices)
            except Exception:
                raise error from None


def _each(
    trace: Callable[[Mapping[str, Any]], list[Any]],
    given: Mapping[str, Any],
    asked: Mapping[str, Sequence[Any]],
) -> list[Any]:
    if not asked:
        return trace(given)
    (name, values), *others = asked.items()
    symbol, rest = given[name], dict(others)
    joined = _each(trace, {**given, name: values[-1]}, rest)
    for value in reversed(values[:-1]):
        outputs = _each(trace, {**given, name: value}, rest)
        if _names(outputs) != _names(joined):
            msg = (
                "The outputs of a model have the same names whatever is chosen, and its series the same lengths, "
                f"got {_names(outputs)} for "
                f"{name}={value!s}, and {_names(joined)} otherwise. Return all of them each time."
            )
            raise TraceError(msg)
        condition = _is(symbol, value)
        joined = [
            replace(output, value=_choose(condition, output.value, other.value))
            for output, other in zip(outputs, joined, strict=True)
        ]
    return joined


def _choose(condition: Any, one: Any, other: Any) -> Any:
    if isinstance(one, tuple):
        return tuple(step("?", condition, a, b) for a, b in zip(one, other, strict=True))
    return step("?", condition, one, other)


def _is(symbol: Symbol, value: Any) -> Any:
    """Ask the page whether a control stands at a value."""
    if symbol.kind == "boolean":
        return symbol if value else step("!", symbol)
    return step("===", symbol, value)


def _names(outputs: Sequence[Any]) -> str:
    return ", ".join(
        f"{output.name!r} of length {len(output.value)}" if output.is_series else repr(output.name)
        for output in outputs
    )
