"""What the page computes with, in its own words and, to compare, in NumPy with the page's rules.

The page runs Vega's expressions, whose arithmetic is JavaScript's. The two differ where NumPy and
JavaScript do: ``pow(1, NaN)`` is NaN in a page, a condition is added as one or nought.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np

Kind = Literal["number", "boolean", "text", "any"]


class Step(NamedTuple):
    """One operation: its text, the same in NumPy, and the kind of what it gives."""

    text: str
    run: Callable[..., Any]
    gives: Kind


def _double(value: Any) -> Any:
    """Turn true and false into one and nought, as JavaScript's arithmetic does."""
    return value if value.dtype == np.float64 else value.astype(np.float64)


def _of_doubles(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        return function(*map(_double, values))

    return run


def _pow(base: Any, exponent: Any) -> Any:
    # C has 1 for pow(1, NaN) and pow(-1, inf), JavaScript has NaN.
    unknown = (np.abs(base) == 1) & ~np.isfinite(exponent)
    return np.where(unknown, np.nan, np.power(base, exponent))


def _is(a: Any, b: Any) -> Any:
    """JavaScript's ===: nothing of one kind equals anything of another."""
    kinds = {getattr(x, "dtype", np.dtype(object)).kind for x in (a, b)}
    if "O" in kinds or len(kinds) == 1:
        return np.asarray(a == b)
    return np.zeros(np.broadcast_shapes(np.shape(a), np.shape(b)), dtype=bool)


def _infix(operator: str) -> str:
    return "({0} " + operator + " {1})"


def _call(name: str, count: int = 1) -> str:
    return f"{name}({', '.join(f'{{{i}}}' for i in range(count))})"


STEPS: dict[str, Step] = {
    "+": Step(_infix("+"), _of_doubles(np.add), "number"),
    "-": Step(_infix("-"), _of_doubles(np.subtract), "number"),
    "*": Step(_infix("*"), _of_doubles(np.multiply), "number"),
    "/": Step(_infix("/"), _of_doubles(np.divide), "number"),
    "%": Step(_infix("%"), _of_doubles(np.fmod), "number"),
    "negate": Step("(-{0})", _of_doubles(np.negative), "number"),
    "number": Step("(+{0})", _of_doubles(np.positive), "number"),
    "pow": Step(_call("pow", 2), _of_doubles(_pow), "number"),
    "min": Step(_call("min", 2), _of_doubles(np.minimum), "number"),
    "max": Step(_call("max", 2), _of_doubles(np.maximum), "number"),
    "atan2": Step(_call("atan2", 2), _of_doubles(np.arctan2), "number"),
    "hypot": Step(_call("hypot", 2), _of_doubles(np.hypot), "number"),
    ">": Step(_infix(">"), _of_doubles(np.greater), "boolean"),
    ">=": Step(_infix(">="), _of_doubles(np.greater_equal), "boolean"),
    "<": Step(_infix("<"), _of_doubles(np.less), "boolean"),
    "<=": Step(_infix("<="), _of_doubles(np.less_equal), "boolean"),
    "===": Step(_infix("==="), _is, "boolean"),
    "!==": Step(_infix("!=="), lambda a, b: ~_is(a, b), "boolean"),
    # Only ever of conditions, so that truth needs no rules.
    "&&": Step(_infix("&&"), np.logical_and, "boolean"),
    "||": Step(_infix("||"), np.logical_or, "boolean"),
    "!": Step("(!{0})", np.logical_not, "boolean"),
    "?": Step("({0} ? {1} : {2})", np.where, "any"),
}
for _name, _function in {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
}.items():
    STEPS[_name] = Step(_call(_name), _of_doubles(_function), "number")
