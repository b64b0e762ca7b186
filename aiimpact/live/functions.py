"""What else models may call of NumPy: comparisons, conditions, tables, and what to write for the rest."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from aiimpact.live.formulas import rint
from aiimpact.live.symbols import (
    FUNCTIONS,
    INSTEAD,
    Symbol,
    TraceError,
    kind_of,
    number,
    plain,
    step,
)
from aiimpact.live.values import Value, apply, known_as, refuse_text, where


def _of_all_kinds(name: str, steps: str, of_conditions: str) -> None:
    """Let models call a function that NumPy has for numbers and, as another, for conditions."""
    function = functools.partial(apply, steps)
    known_as(function, name)
    of_numbers = FUNCTIONS[name]

    def recorded(*arguments: Any) -> Any:
        if all(kind_of(argument) == "boolean" for argument in map(plain, arguments)):
            return step(of_conditions, *map(plain, arguments)) if of_conditions else arguments[0]
        return of_numbers(*arguments)

    FUNCTIONS[name] = recorded


_of_all_kinds("multiply", "*", "&&")
_of_all_kinds("minimum", "min", "&&")
_of_all_kinds("maximum", "max", "||")
_of_all_kinds("absolute", "abs", "")


def _compared(name: str, steps: str) -> None:
    def recorded(a: Any, b: Any) -> Any:
        a, b = plain(a), plain(b)
        kinds = {kind_of(a), kind_of(b)}
        if "text" in kinds or "any" in kinds:
            if steps not in {"===", "!=="}:
                refuse_text(name, [a, b])
            if len(kinds) == 2 and "any" not in kinds:
                return np.bool_(steps == "!==")
        elif len(kinds) == 2:
            # To JavaScript true is not identical with 1.
            a, b = number(a), number(b)
        return step(steps, a, b)

    FUNCTIONS[name] = recorded


for _name, _step in {
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "===",
    "not_equal": "!==",
}.items():
    _compared(_name, _step)


def truth(value: Any) -> Any:
    """Say whether a number is not nought, as NumPy does: NaN is true."""
    value = plain(value)
    if kind_of(value) in {"text", "any"}:
        refuse_text("logical_and", [value])
    return value if kind_of(value) == "boolean" else step("!==", value, np.float64(0))


def _of_truths(name: str, steps: str) -> None:
    FUNCTIONS[name] = lambda *values: step(steps, *map(truth, values))


def _of_comparisons(name: str, steps: str) -> None:
    def recorded(*values: Any) -> Any:
        if any(kind_of(value) != "boolean" for value in map(plain, values)):
            msg = (
                f"np.{name} (&, |, ^, ~) works on the bits of a number, which the page cannot do. "
                "Put comparisons on both sides, in brackets, (a > 1) & (b > 2), or write np.logical_and(a, b)."
            )
            raise TraceError(msg)
        return step(steps, *map(plain, values))

    FUNCTIONS[name] = recorded


_of_truths("logical_and", "&&")
_of_truths("logical_or", "||")
_of_truths("logical_xor", "!==")
_of_truths("logical_not", "!")
# & | ^ ~ on comparisons are NumPy's way to write and, or, either, not.
_of_comparisons("bitwise_and", "&&")
_of_comparisons("bitwise_or", "||")
_of_comparisons("bitwise_xor", "!==")
_of_comparisons("invert", "!")


def _where(condition: Any, x: Any, y: Any) -> Any:
    return step("?", truth(condition), plain(x), plain(y))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    value = a if low is None else FUNCTIONS["maximum"](a, low)
    return value if high is None else FUNCTIONS["minimum"](value, high)


def _round(a: Any, decimals: int = 0) -> Any:
    tens = 10.0 ** abs(decimals)
    if not decimals:
        return FUNCTIONS["rint"](a)
    value = Value(a)
    _require_number("round", value.it)
    rounded = rint(value * tens if decimals > 0 else value / tens)
    return (rounded / tens if decimals > 0 else rounded * tens).it


def _require_number(name: str, value: Any) -> None:
    if kind_of(value) != "number":
        FUNCTIONS["rint"](value)
        msg = f"np.{name} needs a number."
        raise TraceError(msg)


def _select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    if len(condlist) != len(choicelist):
        msg = f"np.select needs a choice for each condition, got {len(condlist)} and {len(choicelist)}."
        raise TraceError(msg)
    chosen = plain(default)
    for condition, value in reversed(list(zip(condlist, choicelist, strict=True))):
        if kind_of(plain(condition)) != "boolean":
            msg = f"np.select needs conditions, got {condition!s}. Write a comparison: x > 0."
            raise TraceError(msg)
        chosen = step("?", plain(condition), plain(value), chosen)
    return chosen


def _polyval(p: Sequence[Any], x: Any) -> Any:
    _require_number("polyval", plain(x))
    value = 0 * Value(x)
    for coefficient in p:
        value = value * Value(x) + Value(coefficient)
    return value.it


def _interp(
    x: Any, xp: Sequence[Any], fp: Sequence[Any], left: Any = None, right: Any = None
) -> Any:
    knots, values = list(xp), list(fp)
    if any(isinstance(knot, Symbol) for knot in knots) or not (
        len(knots) == len(values) > 0 and all(a < b for a, b in itertools.pairwise(knots))
    ):
        msg = "np.interp in a model needs fixed knots that rise, and a value for each. Sort them, each once."
        raise TraceError(msg)
    _require_number("interp", plain(x))
    place = Value(x)

    def between(first: int, last: int) -> Any:
        """Halve the knots until two are left, so that no text nests deeper than it must."""
        if last - first > 1:
            middle = (first + last) // 2
            return where(place < knots[middle], between(first, middle), between(middle, last))
        low, high = Value(values[first]), Value(values[last])
        slope = (high - low) / (float(knots[last]) - float(knots[first]))
        return slope * (place - knots[first]) + low

    def clamped(inside: Any) -> Value:
        at_least = where(place < knots[0], values[0] if left is None else left, inside)
        return where(place > knots[-1], values[-1] if right is None else right, at_least)

    if len(knots) == 1:
        return clamped(values[0]).it
    inside = where(place == knots[-1], values[-1], between(0, len(knots) - 1))
    return where(place != place, place, clamped(inside)).it


FUNCTIONS |= {
    "where": _where,
    "clip": _clip,
    "round": _round,
    "around": _round,
    "select": _select,
    "polyval": _polyval,
    "interp": _interp,
}
INSTEAD |= {
    **dict.fromkeys(("sum", "mean", "prod"), "x itself, which is one number"),
    "logaddexp2": "np.logaddexp with natural logarithms",
    "piecewise": "np.select([x < 1, x < 2], [a, b], c)",
    "nan_to_num": "np.where(np.isnan(x), 0, x)",
    "isclose": "np.absolute(a - b) <= 1e-8 + 1e-5 * np.absolute(b)",
    "sinc": "np.where(x == 0, 1, np.sin(np.pi * x) / (np.pi * x))",
    "amax": "np.maximum(a, b)",
    "amin": "np.minimum(a, b)",
    "max": "np.maximum(a, b)",
    "min": "np.minimum(a, b)",
    "fix": "np.trunc(x)",
    "linspace": "x * np.linspace(0, 1, 5)",
    "arange": "np.arange over a fixed range, and np.where(i < n, step, 0)",
    "trapezoid": "np.sum((y[1:] + y[:-1]) / 2 * steps)",
    "isin": "(x == a) | (x == b)",
    "cumsum": "a loop, total = total + x, over a list",
    "left_shift": "x * 2 ** n",
    "right_shift": "np.floor(x / 2 ** n)",
}
