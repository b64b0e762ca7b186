"""NumPy's functions of numbers in steps of the page's arithmetic, the same at every edge.

Each is written as a plain function of values whose operators record one step each. Where the
page has no such function, the formula keeps its digits near nought as NumPy's does.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from aiimpact.live.symbols import (
    FUNCTIONS,
    AskedError,
    Symbol,
    TraceError,
    kind_of,
    plain,
    step,
)

LARGEST = float(np.finfo(float).max)
# From here on every double is a whole number.
WHOLE = 2.0**52


class Value:
    """A symbol or a constant whose operators are steps of the page."""

    __slots__ = ("it",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, it: Any) -> None:
        self.it: Any = it.it if isinstance(it, Value) else plain(it)

    def __add__(self, other: Any) -> Value:
        return apply("+", self, other)

    def __radd__(self, other: Any) -> Value:
        return apply("+", other, self)

    def __sub__(self, other: Any) -> Value:
        return apply("-", self, other)

    def __rsub__(self, other: Any) -> Value:
        return apply("-", other, self)

    def __mul__(self, other: Any) -> Value:
        return apply("*", self, other)

    def __rmul__(self, other: Any) -> Value:
        return apply("*", other, self)

    def __truediv__(self, other: Any) -> Value:
        return apply("/", self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return apply("/", other, self)

    def __mod__(self, other: Any) -> Value:
        return apply("%", self, other)

    def __neg__(self) -> Value:
        return apply("negate", self)

    def __lt__(self, other: Any) -> Value:
        return apply("<", self, other)

    def __le__(self, other: Any) -> Value:
        return apply("<=", self, other)

    def __gt__(self, other: Any) -> Value:
        return apply(">", self, other)

    def __ge__(self, other: Any) -> Value:
        return apply(">=", self, other)

    def __eq__(self, other: object) -> Value:  # type: ignore[override]
        return apply("===", self, other)

    def __ne__(self, other: object) -> Value:  # type: ignore[override]
        return apply("!==", self, other)

    def __and__(self, other: Any) -> Value:
        return apply("&&", self, other)

    def __or__(self, other: Any) -> Value:
        return apply("||", self, other)

    def __invert__(self) -> Value:
        return apply("!", self)


def apply(name: str, *arguments: Any) -> Value:
    """Take one step of the page's arithmetic."""
    return Value(step(name, *(Value(argument).it for argument in arguments)))


def where(condition: Any, a: Any, b: Any) -> Value:
    """Choose by a condition."""
    return apply("?", condition, a, b)


def _pow(base: Any, exponent: Any) -> Value:
    return apply("pow", base, exponent)


# Functions of conditions: NumPy gives a boolean, or computes in bytes or half precision.
_OF_CONDITIONS = {"divide", "where", "isnan", "isinf", "isfinite"}


def known_as(function: Callable[..., Value | tuple[Value, ...]], name: str = "") -> None:
    """Let models call NumPy's function of that name."""
    name = name or function.__name__.strip("_")

    def recorded(*arguments: Any) -> Any:
        values = [plain(argument) for argument in arguments]
        kinds = {kind_of(value) for value in values}
        if kinds & {"text", "any"}:
            refuse_text(name, values)
        if kinds == {"boolean"} and name not in _OF_CONDITIONS:
            msg = (
                f"np.{name} of conditions alone is no number to NumPy. Write np.logical_and, np.logical_or or "
                "np.logical_xor to join them, and 1.0 * (a > b) to count with one."
            )
            raise TraceError(msg)
        result = function(*map(Value, values))
        return tuple(x.it for x in result) if isinstance(result, tuple) else result.it

    FUNCTIONS[name] = recorded


def refuse_text(name: str, values: Sequence[Any]) -> None:
    """Say that a text is no number."""
    for value in values:
        if isinstance(value, Symbol) and value.kind in {"text", "any"}:
            msg = f'The model computes np.{name} of {value!s}, which may be a text. Compare it: {value!s} == "…".'
            raise AskedError(msg, value)
    msg = f"The model computes np.{name} of a text. Use a number."
    raise TraceError(msg)


# One step each.
for _name, _step in {
    "add": "+",
    "subtract": "-",
    "divide": "/",
    "fmod": "%",
    "negative": "negate",
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "floor": "floor",
    "ceil": "ceil",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "hypot": "hypot",
    "fabs": "abs",
}.items():
    known_as(functools.partial(apply, _step), _name)


@known_as
def _positive(x: Value) -> Value:
    return x


@known_as
def _square(x: Value) -> Value:
    return x * x


@known_as
def _reciprocal(x: Value) -> Value:
    return 1 / x


@known_as
def _deg2rad(x: Value) -> Value:
    return x * (math.pi / 180)


@known_as
def _rad2deg(x: Value) -> Value:
    return x * (180 / math.pi)


FUNCTIONS["radians"], FUNCTIONS["degrees"] = FUNCTIONS["deg2rad"], FUNCTIONS["rad2deg"]


@known_as
def _sign(x: Value) -> Value:
    return where(x > 0, 1, where(x < 0, -1, where(x == 0, 0, x)))


@known_as
def _power(x: Value, y: Value) -> Value:
    result = _pow(x, y)
    # JavaScript has NaN for 1 ** NaN and for 1 ** inf; NumPy has 1.
    if not isinstance(y.it, Symbol) and np.isfinite(y.it):
        return result
    if isinstance(x.it, Symbol):
        return where(x == 1, 1, where((x == -1) & (_abs(y) == math.inf), 1, result))
    return where(_abs(y) <= LARGEST, result, _power_of_one(x, y)) if abs(x.it) == 1 else result


def _power_of_one(x: Value, y: Value) -> Value:
    """Raise 1 or -1 to a power that is not finite."""
    return where((x == 1) | (y == y), 1, math.nan)


FUNCTIONS["float_power"] = FUNCTIONS["power"]


@known_as
def _exp2(x: Value) -> Value:
    return _pow(2, x)


def _abs(x: Any) -> Value:
    return apply("abs", x)


def _exp(x: Any) -> Value:
    return apply("exp", x)


def _log(x: Any) -> Value:
    return apply("log", x)


def _near(x: Value) -> Value:
    """Round what lies within a quarter of a whole number."""
    return apply("floor", x + 0.5)


@known_as
def _log2(x: Value) -> Value:
    found = _log(x) / math.log(2)
    whole = _near(found)
    return where(_pow(2, whole) == x, whole, found)


@known_as
def _log10(x: Value) -> Value:
    found = _log(x) / math.log(10)
    whole = _near(found)
    # Powers of ten up to 22 are doubles, and one over them is what 0.001 is read as.
    exact = where(whole < 0, 1 / _pow(10, -whole), _pow(10, whole))
    return where(exact == x, whole, found)


@known_as
def _log1p(x: Value) -> Value:
    # W. Kahan's: the error of 1 + x is put right by what became of x.
    more = 1 + x
    small = where(more == 1, x, _log(more) * (x / (more - 1)))
    return where(_abs(x) < 0.5, small, _log(more))


@known_as
def _expm1(x: Value) -> Value:
    e = _exp(x)
    small = where(e == 1, x, (e - 1) * (x / _log(e)))
    return where(_abs(x) < 1, small, e - 1)


def _less_one(x: Value) -> Value:
    return Value(FUNCTIONS["expm1"](x.it))


@known_as
def _sinh(x: Value) -> Value:
    less = _less_one(x)
    # By halves, as e ** 710 is too large for a double and half of it is not.
    up, down = _exp(x / 2), _exp(-x / 2)
    return where(_abs(x) < 1, (less + less / (less + 1)) / 2, up * (up / 2) - down * (down / 2))


@known_as
def _cosh(x: Value) -> Value:
    up, down = _exp(x / 2), _exp(-x / 2)
    return up * (up / 2) + down * (down / 2)


@known_as
def _tanh(x: Value) -> Value:
    less = _less_one(2 * x)
    return where(x > 20, 1, where(x < -20, -1, less / (less + 2)))


@known_as
def _cbrt(x: Value) -> Value:
    size = _abs(x)
    root = _pow(size, 1 / 3)
    # A step of Newton's, so that the root of 64 is 4.
    root = root - (root - size / (root * root)) / 3
    return where((size > 0) & (size <= LARGEST), where(x < 0, -root, root), x)


def rint(x: Value) -> Value:
    """Round to the nearest whole number, and halves to even."""
    # A sum above 2 ** 52 has no room for halves, and rounds them to even.
    size = _abs(x)
    even = (size + WHOLE) - WHOLE
    return where((x == 0) | ~(size < WHOLE), x, where(x < 0, -even, even))


known_as(rint, "rint")


@known_as
def _trunc(x: Value) -> Value:
    return where(x < 0, apply("ceil", x), apply("floor", x))


@known_as
def _isnan(x: Value) -> Value:
    return x != x


@known_as
def _isfinite(x: Value) -> Value:
    return _abs(x) <= LARGEST


@known_as
def _isinf(x: Value) -> Value:
    return _abs(x) > LARGEST


def _is_negative(x: Value) -> Value:
    return (x < 0) | ((x == 0) & (1 / x < 0))


known_as(_is_negative, "signbit")


@known_as
def _copysign(x: Value, y: Value) -> Value:
    return where(_is_negative(y), -_abs(x), _abs(x))


@known_as
def _heaviside(x: Value, at_nought: Value) -> Value:
    return where(x > 0, 1, where(x < 0, 0, where(x == 0, at_nought, x)))


def _divided(a: Value, b: Value) -> tuple[Value, Value]:
    """Divide as NumPy does: the quotient is rounded down, the remainder has the divisor's sign."""
    rest = a % b
    other = (rest < 0) != (b < 0)
    nought = where(b < 0, -0.0, 0.0)
    remainder = where(rest == 0, nought, where(other, rest + b, rest))
    quotient = (a - rest) / b
    quotient = where((rest != 0) & other, quotient - 1, quotient)
    down = apply("floor", quotient)
    down = where(quotient - down > 0.5, down + 1, down)
    down = where(quotient == 0, where(_is_negative(a / b), -0.0, 0.0), down)
    return where(b == 0, a / b, down), where(b == 0, rest, remainder)


known_as(_divided, "divmod")
known_as(lambda a, b: _divided(a, b)[0], "floor_divide")
known_as(lambda a, b: _divided(a, b)[1], "remainder")
FUNCTIONS["mod"] = FUNCTIONS["remainder"]


@known_as
def _fmin(a: Value, b: Value) -> Value:
    return where(a != a, b, where(b != b, a, apply("min", a, b)))


@known_as
def _fmax(a: Value, b: Value) -> Value:
    return where(a != a, b, where(b != b, a, apply("max", a, b)))
