"""NumPy's functions of numbers in steps of the page's arithmetic, the same at every edge.

Each is written as a plain function of values whose operators record one step each. Where the
page has no such function, the formula keeps its digits near nought as NumPy's does.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from aiimpact.live.symbols import FUNCTIONS, Symbol
from aiimpact.live.values import Value, apply, known_as, where

LARGEST = float(np.finfo(float).max)
# From here on every double is a whole number.
WHOLE = 2.0**52
# The square of a number above is too large for a double.
_HUGE = 1e150


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


known_as(lambda x: x, "conjugate")


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


def _pow(base: Any, exponent: Any) -> Value:
    return apply("pow", base, exponent)


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


def _of(name: str, x: Value) -> Value:
    """Apply a function that is made of steps."""
    return Value(FUNCTIONS[name](x.it))


@known_as
def _sinh(x: Value) -> Value:
    less = _of("expm1", x)
    # By halves, as e ** 710 is too large for a double and half of it is not.
    up, down = _exp(x / 2), _exp(-x / 2)
    return where(_abs(x) < 1, (less + less / (less + 1)) / 2, up * (up / 2) - down * (down / 2))


@known_as
def _cosh(x: Value) -> Value:
    up, down = _exp(x / 2), _exp(-x / 2)
    return up * (up / 2) + down * (down / 2)


@known_as
def _tanh(x: Value) -> Value:
    less = _of("expm1", 2 * x)
    return where(x > 20, 1, where(x < -20, -1, less / (less + 2)))


@known_as
def _arcsinh(x: Value) -> Value:
    size = _abs(x)
    small = _of("log1p", size + size * (size / (1 + apply("hypot", 1, size))))
    found = where(size > _HUGE, _log(size) + math.log(2), small)
    return where(x == 0, x, where(x < 0, -found, found))


@known_as
def _arccosh(x: Value) -> Value:
    above = x - 1
    small = _of("log1p", above + apply("sqrt", above) * apply("sqrt", above + 2))
    return where(x > _HUGE, _log(x) + math.log(2), small)


@known_as
def _arctanh(x: Value) -> Value:
    return (_of("log1p", x) - _of("log1p", -x)) / 2


@known_as
def _logaddexp(x: Value, y: Value) -> Value:
    apart = apply("max", x, y) + _of("log1p", _exp(-_abs(x - y)))
    return where(x == y, x + math.log(2), apart)


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
