"""Checks on the arguments of every formula, at next to no cost.

A formula is written once, for plain numbers. :func:`checked` makes it accept numbers, NumPy
arrays, pandas Series, symbols and some arrays of other libraries, and refuse what lies outside
the physical range.
"""

from __future__ import annotations

import contextlib
import contextvars
import difflib
import functools
import gc
import inspect
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn, ParamSpec, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aiimpact import _arrays

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
# A number, a NumPy array or a pandas Series: what goes in comes out.
Values = TypeVar("Values", float, NDArray[np.float64], "pd.Series[float]")

# Long arrays are checked and computed piece by piece, while a piece is in the processor's cache,
# so that the checks cost no second trip to memory.
_LONG, _PIECE = 65_536, 16_384

_LARGEST = float(np.finfo(np.float64).max)
_ABOVE_ZERO = float(np.nextafter(0.0, 1.0))
_DOUBLE, _BITS = np.dtype(np.float64), np.dtype(np.uint64)
_lowest, _highest = np.minimum.reduce, np.maximum.reduce
_ARRAY, _SERIES, _NUMBERS = np.ndarray, pd.Series, frozenset({float, int, np.float64})
# NumPy's way with a division by zero belongs to a context. To run a formula in a copy of this one
# takes a tenth of the time of entering `np.errstate`.
_STRICT = contextvars.Context()
_STRICT.run(np.seterr, over="raise", divide="raise", invalid="raise", under="ignore")
_run_in, _strict = contextvars.Context.run, _STRICT.copy


@dataclass(frozen=True)
class Rule:
    """The range of an argument, in words and in numbers, and how to mend a value outside it.

    Parameters
    ----------
    must
        How the sentence "`name` must be …" goes on.
    low, high
        Smallest and largest value allowed.
    fix
        What to do about a value outside.
    too_high
        What to do about one that is too high, where that is something else.
    """

    must: str
    low: float
    high: float = _LARGEST
    fix: str = ""
    too_high: str = ""

    @functools.cached_property
    def bits(self) -> tuple[np.uint64, np.uint64]:
        """Both ends, bit by bit, for a range that has nothing below 0.

        So read, numbers from 0 up are ordered like integers, and what is negative, infinite or
        NaN comes after them all: one look at an array tells it from those above the range.
        """
        low, high = np.array([self.low, self.high]).view(_BITS)
        return low, high

    def holds(self, values: Any) -> bool:
        """Say whether every value is in the range."""
        if isinstance(values, float):
            return self.low <= values <= self.high
        flat = values.reshape(-1)
        # `argmin` and `argmax` find a NaN first, and NaN fails both comparisons.
        return bool(self.low <= flat[flat.argmin()] and flat[flat.argmax()] <= self.high)

    def but(self, fix: str) -> Rule:
        """Give the same range with advice of its own."""
        return replace(self, fix=fix)


_SIGN = "Check its sign, or the order of a subtraction."
_LEAVE_OUT = "Leave out what is zero, missing or unknown."
_PER_CENT = "A share is a fraction: write 40 per cent as 0.4."
_GRAMS = "Divide grams per kWh by 1000: 429 g is 0.429 kg."

POSITIVE = Rule("greater than 0", _ABOVE_ZERO, fix=_LEAVE_OUT)
NOT_NEGATIVE = Rule("at least 0", 0.0, fix=_SIGN)
POSITIVE_SHARE = Rule("greater than 0 and at most 1", _ABOVE_ZERO, 1.0, _LEAVE_OUT, _PER_CENT)
SHARE = Rule("at least 0 and at most 1", 0.0, 1.0, _SIGN, _PER_CENT)
SHARE_BELOW_ONE = Rule(
    "at least 0 and less than 1", 0.0, float(np.nextafter(1.0, 0.0)), _SIGN, _PER_CENT
)
RATE = Rule(
    "greater than -1",
    float(np.nextafter(-1.0, 0.0)),
    fix="A rate is a fraction: write a fall of 5 per cent as -0.05.",
)
# A lever may cost energy: the worst of them measured here takes three times as much.
SAVING = Rule(
    "between -10 and 1",
    -10.0,
    1.0,
    fix="A saving is a fraction: write 40 per cent as 0.4, and 40 per cent more as -0.4.",
)
# The worst in the tables is 2.7; beyond 10 it is a percentage taken for a ratio.
PUE = Rule(
    "at least 1.0 and at most 10",
    1.0,
    10.0,
    "A percentage overhead is pue = 1 + overhead / 100.",
    "A PUE is a ratio: write 110 per cent as 1.1, and an overhead of 10 per cent as 1 + 10 / 100.",
)
# An all-coal grid emits about 1 kg; ten times that is grams taken for kilograms.
CARBON_INTENSITY = Rule("between 0 and 10 kg/kWh", 0.0, 10.0, _SIGN, _GRAMS)
POSITIVE_INTENSITY = Rule(
    "greater than 0 and at most 10 kg/kWh", _ABOVE_ZERO, 10.0, _LEAVE_OUT, _GRAMS
)


def checked(
    **rules: Rule,
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Guard a formula: one rule for each of its arguments, by name.

    The formula then takes numbers, arrays, Series and symbols in any mixture, computes in
    double precision, and gives back the type it was given. A Series comes back under the
    formula's name. Symbols go through unchecked, for their values are not known yet; a Dask
    array is checked block by block when it is computed. The rules stay on the formula as
    `formula.rules`.
    """

    def decorate(formula: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        names = list(inspect.signature(formula).parameters)
        if names != list(rules):
            msg = f"{formula.__name__} takes {names}, got {list(rules)}."
            raise TypeError(msg)
        limits = [
            (i, rule.low, rule.high, None if rule.low else rule.bits[1])
            for i, rule in enumerate(rules.values())
        ]

        @functools.wraps(formula)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            given: Sequence[Any] = args
            if kwargs or len(args) != len(names):
                given = _in_order(formula, names, args, kwargs)
            result: Result | None = _quick(formula, given, limits)
            if result is None:
                result = _run(guarded, formula, dict(zip(names, given, strict=True)), rules)
            return result

        vars(guarded)["rules"] = MappingProxyType(rules)
        return guarded

    return decorate


def _in_order(
    formula: Callable[..., Any], names: list[str], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> list[Any]:
    """Give the arguments in the formula's order, or say which name is wrong."""
    for name in kwargs:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}?" if near else f"It takes {' and '.join(names)}."
            msg = f"{formula.__name__} got an unexpected keyword argument {name!r}. {hint}"
            raise TypeError(msg)
    bound = [*args, *(kwargs[name] for name in names[len(args) :] if name in kwargs)]
    if len(bound) != len(names) or len(args) + len(kwargs) != len(names):
        inspect.signature(formula).bind(*args, **kwargs)  # Python's own words.
    return bound


def _quick(
    formula: Callable[..., Any], given: Sequence[Any], limits: Sequence[tuple[int, Any, Any, Any]]
) -> Any:
    """Compute with what is commonest, or give None.

    That is plain numbers, and beside them arrays or columns of doubles, of one length that is
    not long. What is anything else, or wrong, is left to the long way, which has words for it.
    """
    values = [*given]
    size, index = -1, None
    for i, low, high, top in limits:
        value = values[i]
        kind = type(value)
        if kind is not _ARRAY:
            if kind in _NUMBERS:
                if not low <= value <= high:
                    return None
                values[i] = _DOUBLE.type(value)
                continue
            if kind is not _SERIES or not (index is None or index.is_(value.index)):
                return None
            index, value = value.index, value.to_numpy()
            values[i] = value
        if value.dtype is not _DOUBLE or value.ndim != 1:
            return None
        if len(value) != size:
            if size > 0 or not 0 < len(value) < _LONG:
                return None
            size = len(value)
        # See Rule.bits. What looks for a place in a short array takes a third of the time of
        # `min` and `max`.
        if top is None:
            if not (low <= value[value.argmin()] and value[value.argmax()] <= high):
                return None
        else:
            bits = value.view(_BITS)
            if bits[bits.argmax()] > top:
                return None
    try:
        result = _run_in(_strict(), formula, *values)
    except FloatingPointError:
        return None
    if index is not None:
        return pd.Series(result, index=index, name=formula.__name__, copy=False)
    if size > 0:
        return result
    # np.where makes an array of a single number.
    return np.float64(result) if np.float64 in map(type, given) else float(result)


def _run(
    guarded: Callable[..., Any],
    formula: Callable[..., Any],
    given: Mapping[str, Any],
    rules: Mapping[str, Rule],
) -> Any:
    values = {name: _as_float64(name, value) for name, value in given.items()}
    series = {name: value for name, value in given.items() if isinstance(value, pd.Series)}
    index = _require_alike(values, series)
    operands = list(values.values())
    result, known = None, all(map(_is_known, operands))
    if known:
        with contextlib.suppress(FloatingPointError):
            result = _run_in(_strict(), _in_pieces, formula, operands, list(rules.values()))
    if result is None:
        for value, rule in zip(operands, rules.values(), strict=True):
            if _is_known(value) and not rule.holds(value):
                _refuse(values, rules, series)
        if any(map(_arrays.is_foreign, operands)):
            return _arrays.apply(guarded, given)
        try:
            result = _run_in(_strict(), formula, *operands)
        except FloatingPointError:
            msg = (
                f"{formula.__name__} must be a finite number, but for these arguments it is too "
                f"large for one. Check the units of {' and '.join(given)}."
            )
            raise ValueError(msg) from None
    if not known:
        return result
    if isinstance(result, np.ndarray) and not result.ndim:
        result = result[()]  # np.where makes an array of a single number.
    if index is not None:
        return pd.Series(result, index=index, name=formula.__name__)
    if isinstance(result, np.ndarray) or any(
        isinstance(value, np.generic | np.ndarray) for value in given.values()
    ):
        return result
    return float(result)


def _in_pieces(formula: Callable[..., Any], values: Sequence[Any], rules: Sequence[Rule]) -> Any:
    """Compute with long arrays of one length, or give None, as `_quick` does.

    Between two pieces Python finds nothing of its own in the cache, so little is done there.
    """
    shapes = {value.shape for value in values if value.shape}
    size = max(shapes, default=(1,))[0]
    if size < _LONG or shapes != {(size,)}:
        return None
    checks: list[tuple[Any, Any, Any]] = []
    for value, rule in zip(values, rules, strict=True):
        if value.shape:
            bits = rule.low >= 0
            checks.append((value.view(_BITS), *rule.bits) if bits else (value, rule.low, rule.high))
        elif not rule.holds(value):
            return None
    result = np.asarray(_Memory(size))
    for start in range(0, size, _PIECE):
        part = slice(start, start + _PIECE)
        for array, low, high in checks:
            piece = array[part]
            if not (_highest(piece) <= high and (low == 0 or low <= _lowest(piece))):
                return None
        result[part] = formula(*[value[part] if value.shape else value for value in values])
    return result


class _Memory:
    """Room for a long result, handed on to the next one when nobody holds the last any more.

    In a chain of formulas every intermediate result would otherwise come from fresh memory,
    which the system first has to clear: half of the time of a whole chain, or more. What is kept
    goes with the next collection of Python's garbage that looks beyond the youngest objects.
    """

    _LARGEST_KEPT = 11_000_000
    # Threads cannot interrupt the methods of a deque.
    _free: ClassVar[deque[NDArray[np.float64]]] = deque(maxlen=3)

    def __init__(self, size: int) -> None:
        try:
            self._room = self._free.pop()
        except IndexError:
            self._room = np.empty(size)
        if self._room.size != size:
            self._room = np.empty(size)

    @property
    def __array_interface__(self) -> dict[str, Any]:
        return self._room.__array_interface__

    def __del__(self) -> None:
        if self._room.size <= self._LARGEST_KEPT:
            self._free.append(self._room)

    @classmethod
    def release(cls, phase: str, info: Mapping[str, int]) -> None:
        if phase == "stop" and info["generation"]:
            cls._free.clear()


gc.callbacks.append(_Memory.release)


def _is_known(value: Any) -> bool:
    return isinstance(value, np.float64 | np.ndarray) and value.dtype == np.float64


def _as_float64(name: str, value: Any) -> Any:
    """Turn numbers, arrays and Series into double precision, and let symbols pass."""
    if isinstance(value, bool | np.bool_):
        msg = f"{name} must be a number, got {value}. Write 1 or 0 if you mean a number."
        raise TypeError(msg)
    if isinstance(value, int | float | np.integer | np.floating):
        try:
            return np.float64(value)
        except OverflowError:
            msg = f"{name} must fit a float, got one of {len(str(value))} digits. Check its unit."
            raise ValueError(msg) from None
    if isinstance(value, pd.Series):
        return _array(name, value, _numbers_of(name, value))
    if type(value) is np.ndarray or type(value) is np.memmap:
        return _array(name, value, value.view(np.ndarray))
    if _arrays.is_symbolic(value) or _arrays.is_foreign(value):
        return value
    _arrays.refuse(name, value)


def _numbers_of(name: str, series: pd.Series[Any]) -> NDArray[Any]:
    if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
        return series.to_numpy()
    return series.to_numpy(dtype=None if series.dtype.kind == "c" else np.float64, na_value=np.nan)


def _array(name: str, given: Any, array: NDArray[Any]) -> NDArray[Any]:
    if array.size == 0:
        kind = "Series" if isinstance(given, pd.Series) else "array"
        msg = (
            f"{name} must hold at least one value, got an empty {kind}. "
            "A selection that finds nothing often has a misspelt name in it."
        )
        raise ValueError(msg)
    if array.dtype == object and any(_arrays.is_symbolic(value) for value in array.flat):
        return array
    if array.dtype.kind not in "iuf":
        first = array.flat[0]
        msg = (
            f"{name} must hold numbers, got dtype {array.dtype}, such as {first!r}. "
            f"Convert it first: {name}.astype(float)."
        )
        raise TypeError(msg)
    return array.astype(np.float64, copy=False)


def _require_alike(
    values: Mapping[str, Any], series: Mapping[str, pd.Series[Any]]
) -> pd.Index[Any] | None:
    """Require shapes that go together, and one index for all Series; give back that index."""
    arrays = {name: x for name, x in values.items() if isinstance(x, np.ndarray) and x.ndim}
    if not arrays and not series:
        return None
    shapes = {name: array.shape for name, array in arrays.items()}
    first = next(iter(series or shapes), "")
    for name, shape in shapes.items():
        if name in series and not series[name].index.equals(series[first].index):
            msg = (
                f"{name} must have the same index as {first}, got two that differ. "
                "Join the tables first, so that each row has both values."
            )
            raise ValueError(msg)
        if series and shape != shapes[first]:
            msg = (
                f"{name} must have one value for each row of {first}, got shape {shape} for "
                f"{len(series[first])} rows. Pass a single number or a column of the same table."
            )
            raise ValueError(msg)
    _arrays.require_one_shape(shapes)
    return series[first].index if series else None


def _refuse(
    values: Mapping[str, Any], rules: Mapping[str, Rule], series: Mapping[str, pd.Series[Any]]
) -> NoReturn:
    """Name the first argument that breaks its rule, and the first place where it does."""
    for name, value in values.items():
        if not _is_known(value):
            continue
        rule = rules[name]
        bad = ~((value >= rule.low) & (value <= rule.high))
        if not bad.any():
            continue
        position = np.unravel_index(int(np.argmax(bad)), bad.shape)
        number, where = float(value[position]), ""
        if len(position) == 1:
            where = f" at position {position[0]}"
            if name in series:
                where += f" (index {series[name].index[int(position[0])]!r})"
        elif position:
            where = f" at position ({', '.join(str(i) for i in position)})"
        must, fix = rule.must, rule.fix
        if number > rule.high and rule.too_high:
            fix = rule.too_high
        if np.isnan(number):
            must, fix = f"a number {rule.must}", "Fill in the missing value or leave the row out."
        elif np.isinf(number):
            must, fix = f"finite and {rule.must}", "Look for a division by zero."
        got = f"{number:.15g}"
        if rule.low <= float(got) <= rule.high:
            got = repr(number)  # Only its last digit is outside.
        msg = f"{name} must be {must}, got {got}{where}. {fix}"
        raise ValueError(msg)
    raise AssertionError  # pragma: no cover
