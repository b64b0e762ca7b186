"""Checks on the arguments of every formula, at next to no cost.

A formula is written once, for plain numbers. :func:`checked` makes it accept numbers, NumPy
arrays, pandas Series and symbols, and refuse what lies outside the physical range.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NoReturn, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
# A number, a NumPy array or a pandas Series: what goes in comes out.
Values = TypeVar("Values", float, NDArray[np.float64], "pd.Series[float]")

# Long arrays are checked and computed piece by piece, while a piece is in the processor's cache,
# so that the checks cost no second trip to memory.
_LONG = 1_000_000
_PIECE = 131_072

_LARGEST = float(np.finfo(np.float64).max)
_ABOVE_ZERO = float(np.nextafter(0.0, 1.0))


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
    """

    must: str
    low: float
    high: float = _LARGEST
    fix: str = ""

    def holds(self, values: Any) -> bool:
        """Say whether every value is in the range."""
        # Reductions take several times as long for a single number.
        if isinstance(values, float):
            return bool(self.low <= values <= self.high)
        # Bit by bit, numbers from 0 up are ordered like integers, and what is negative,
        # infinite or NaN comes after them all: one reduction instead of two.
        top = np.float64(self.high).view(np.uint64)
        if self.low == 0.0 and values.view(np.uint64).max() <= top:
            return True
        # NaN fails both comparisons.
        return bool(values.min() >= self.low and values.max() <= self.high)

    def but(self, fix: str) -> Rule:
        """Give the same range with advice of its own."""
        return replace(self, fix=fix)


_PER_CENT = "A share is a fraction: write 40 per cent as 0.4."

POSITIVE = Rule("greater than 0", _ABOVE_ZERO, fix="Leave out what is zero, missing or unknown.")
NOT_NEGATIVE = Rule("at least 0", 0.0, fix="Check its sign, or the order of a subtraction.")
POSITIVE_SHARE = Rule("greater than 0 and at most 1", _ABOVE_ZERO, 1.0, _PER_CENT)
SHARE = Rule("at least 0 and at most 1", 0.0, 1.0, _PER_CENT)
SHARE_BELOW_ONE = Rule("at least 0 and less than 1", 0.0, float(np.nextafter(1.0, 0.0)), _PER_CENT)
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
PUE = Rule("at least 1.0", 1.0, fix="A percentage overhead is pue = 1 + overhead / 100.")
# An all-coal grid emits about 1 kg; ten times that is grams taken for kilograms.
CARBON_INTENSITY = Rule(
    "between 0 and 10 kg/kWh", 0.0, 10.0, fix="Divide grams per kWh by 1000: 429 g is 0.429 kg."
)


# They follow NumPy's protocols, but mean something else by them or carry no index.
_NOT_ELEMENTWISE = (
    np.ndarray,
    np.generic,
    pd.DataFrame,
    pd.Index,
    pd.api.extensions.ExtensionArray,
)


_NUMBERS = frozenset({float, int, np.float64})


class _OutsideError(Exception):
    """Some value is outside its range; which one is looked up afterwards."""


def checked(
    **rules: Rule,
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Guard a formula: one rule for each of its arguments, by name.

    The formula then takes numbers, arrays, Series and symbols in any mixture, computes in
    double precision, and gives back the type it was given. A Series comes back under the
    formula's name. Symbols, and arrays of other libraries that follow NumPy's protocols, go
    through unchecked: their values are not known yet.
    """

    def decorate(formula: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        signature = inspect.signature(formula)
        limits = [(rule.low, rule.high) for rule in rules.values()]
        if list(signature.parameters) != list(rules):
            msg = f"{formula.__name__} takes {list(signature.parameters)}, got {list(rules)}."
            raise TypeError(msg)

        @functools.wraps(formula)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            if not kwargs and len(args) == len(limits) and _NUMBERS.issuperset(map(type, args)):
                # What is wrong with a number is said by the long way.
                with contextlib.suppress(_OutsideError, FloatingPointError):
                    return cast(Result, _of_numbers(formula, args, limits))
            given: Mapping[str, Any]
            if kwargs or len(args) != len(rules):
                given = signature.bind(*args, **kwargs).arguments
            else:
                given = dict(zip(rules, args, strict=True))
            result: Result = _run(formula, given, rules)
            return result

        return guarded

    return decorate


def _of_numbers(
    formula: Callable[..., Any], given: Sequence[Any], limits: Sequence[tuple[float, float]]
) -> Any:
    """Compute with single numbers only, as the steps of a year are, in half the time."""
    for value, (low, high) in zip(given, limits, strict=True):
        if not low <= value <= high:
            raise _OutsideError
    with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
        result = formula(*map(np.float64, given))
    return np.float64(result) if np.float64 in map(type, given) else float(result)


def _run(formula: Callable[..., Any], given: Mapping[str, Any], rules: Mapping[str, Rule]) -> Any:
    values = {name: _as_float64(name, value) for name, value in given.items()}
    known = [(i, rules[name]) for i, name in enumerate(values) if _is_known(values[name])]
    series = {name: value for name, value in given.items() if isinstance(value, pd.Series)}
    index = _require_alike(values, series)

    def check_and_compute(*pieces: Any) -> Any:
        for i, rule in known:
            if not rule.holds(pieces[i]):
                raise _OutsideError
        with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
            return formula(*pieces)

    try:
        if len(known) < len(values):
            return check_and_compute(*values.values())
        result = _in_pieces(check_and_compute, list(values.values()))
    except _OutsideError:
        _refuse(values, rules, series)
    except FloatingPointError:
        msg = (
            f"{formula.__name__} must be a finite number, but for these arguments it is too "
            f"large for one. Check the units of {' and '.join(given)}."
        )
        raise ValueError(msg) from None
    if isinstance(result, np.ndarray) and not result.ndim:
        result = result[()]  # np.where makes an array of a single number.
    if index is not None:
        return pd.Series(result, index=index, name=formula.__name__)
    if isinstance(result, np.ndarray) or any(
        isinstance(value, np.generic | np.ndarray) for value in given.values()
    ):
        return result
    return float(result)


def _in_pieces(function: Callable[..., Any], values: list[Any]) -> Any:
    shapes = {value.shape for value in values if value.shape}
    size = max((shape[0] for shape in shapes), default=1)
    if size < _LONG or shapes != {(size,)}:
        return function(*values)
    result = np.asarray(_Memory(size))
    for start in range(0, size, _PIECE):
        piece = slice(start, start + _PIECE)
        result[piece] = function(*(value[piece] if value.shape else value for value in values))
    return result


class _Memory:
    """Room for a long result, handed on to the next one when nobody holds the last any more.

    In a chain of formulas every intermediate result would otherwise come from fresh memory,
    which the system first has to clear: a third of the time of a whole chain.
    """

    _KEPT = 3
    _LARGEST_KEPT = 16_000_000
    _free: ClassVar[list[NDArray[np.float64]]] = []

    def __init__(self, size: int) -> None:
        # Of the list's methods only those that threads cannot interrupt are used.
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
        if len(self._free) < self._KEPT and self._room.size <= self._LARGEST_KEPT:
            self._free.append(self._room)


def _is_known(value: Any) -> bool:
    return isinstance(value, np.float64 | np.ndarray) and value.dtype == np.float64


def _is_symbolic(value: Any) -> bool:
    return getattr(type(value), "__symbolic__", False) is True


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
    if type(value) is np.ndarray:
        return _array(name, value, value)
    if _is_symbolic(value):
        return value
    # Another library's array, Dask's say, computes later and is not looked at here.
    if hasattr(value, "__array_ufunc__") and not isinstance(value, _NOT_ELEMENTWISE):
        return value
    _reject_type(name, value)


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
    if array.dtype == object and any(_is_symbolic(value) for value in array.flat):
        return array
    if array.dtype.kind not in "iuf":
        first = array.flat[0]
        msg = (
            f"{name} must hold numbers, got dtype {array.dtype}, such as {first!r}. "
            f"Convert it first: {name}.astype(float)."
        )
        raise TypeError(msg)
    return array.astype(np.float64, copy=False)


def _reject_type(name: str, value: Any) -> NoReturn:
    if isinstance(value, str | bytes):
        got, fix = f"the text {value!r}", "Write it without quotes, or convert it: float(text)."
    elif isinstance(value, list | tuple | range):
        got, fix = f"a {type(value).__name__}", f"Pass a NumPy array: np.array({name})."
    elif isinstance(value, pd.DataFrame):
        got, fix = "a DataFrame", "Pass one of its columns."
    elif isinstance(value, pd.Index | pd.api.extensions.ExtensionArray):
        got, fix = f"a pandas {type(value).__name__}", f"Pass its values: {name}.to_numpy()."
    elif isinstance(value, np.ma.MaskedArray):
        got, fix = "a masked array", "Leave out what is masked: array.compressed()."
    elif isinstance(value, np.ndarray):
        got, fix = f"a {type(value).__name__}", f"Pass a plain array: np.asarray({name})."
    elif value is None:
        got, fix = "None", "Fill in the missing value or leave the row out."
    else:
        got, fix = f"a {type(value).__name__}", f"Convert it first: float({name})."
    msg = f"{name} must be a number, a NumPy array or a pandas Series, got {got}. {fix}"
    raise TypeError(msg)


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
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        got = " and ".join(f"{shape} for {name}" for name, shape in shapes.items())
        msg = (
            f"{' and '.join(shapes)} must have the same shape, got {got}. "
            "Pass a single number or arrays of the same length."
        )
        raise ValueError(msg) from None
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
        if np.isnan(number):
            must, fix = f"a number {rule.must}", "Fill in the missing value or leave the row out."
        elif np.isinf(number):
            must, fix = f"finite and {rule.must}", "Look for a division by zero."
        msg = f"{name} must be {must}, got {number:.15g}{where}. {fix}"
        raise ValueError(msg)
    raise AssertionError  # pragma: no cover
