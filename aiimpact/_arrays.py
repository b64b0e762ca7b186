"""Arrays of other libraries: which of them a formula takes, and what to write for the others.

Dask arrays and Series stay lazy, and every block is checked when it is computed. An xarray
DataArray keeps its labels. A polars Series comes back as one. No library is imported here before
one of its objects has come in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np
import pandas as pd

_NUMBERS = (int, float, np.integer, np.floating)
# Libraries whose types go by their own name in a message.
_PLAIN = ("builtins", "numpy", "decimal", "fractions", "datetime")
# Derived from a Series there, but no column of values.
_NO_VALUES = ("dask Index",)
_FRAMES = ("DataFrame", "Dataset")
# What describes an argument does not describe the result.
_OF_THE_ARGUMENT = ("units", "long_name", "standard_name")
_PINT_UNITS = {
    **{unit.lower(): unit for unit in ("W", "MW", "Wh", "kWh", "MWh", "PJ", "MB", "GB", "TB")},
    **{unit.lower(): unit for unit in ("g", "kg", "t", "lb", "L", "mL", "s")},
    **{"gal": "gallon", "m3": "m**3", "hours": "hours", "days": "days", "years": "years"},
}


def is_symbolic(value: Any) -> bool:
    """Say whether a value stands for a number that is not known yet."""
    return getattr(type(value), "__symbolic__", False) is True


def is_foreign(value: Any) -> bool:
    """Say whether a value is an array of another library that a formula takes."""
    return _kind(value) != ""


def apply(guarded: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """Run a guarded formula on arrays of another library, and give back their kind."""
    kinds = {kind: name for name, value in given.items() if (kind := _kind(value))}
    # A DataArray may hold a Dask array, and an array of Dask may meet one of NumPy.
    kind = next(kind for kind in _APPLY if kind in kinds)
    apply_to, beside = _APPLY[kind]
    for name, value in given.items():
        if _kind(value) != kind and not isinstance(value, beside):
            msg = (
                f"{name} must be a number or of the kind of {kinds[kind]}, which is "
                f"{_article(kind)}, got {_article(_name(value))}. Turn one into the other's kind."
            )
            raise TypeError(msg)
    return apply_to(guarded, given)


def refuse(name: str, value: Any) -> NoReturn:
    """Say what to write in place of a value that is no number and no array to compute with."""
    kind = _name(value)
    got, last = _article(kind), kind.rpartition(" ")[2]
    if isinstance(value, str | bytes):
        got, fix = f"the text {value!r}", "Write it without quotes, or convert it: float(text)."
    elif isinstance(value, list | tuple | range):
        fix = f"Pass a NumPy array: np.array({name})."
    elif isinstance(value, pd.Index | pd.api.extensions.ExtensionArray):
        fix = f"Pass its values: {name}.to_numpy()."
    elif isinstance(value, np.ma.MaskedArray):
        got, fix = "a masked array", "Leave out what is masked: array.compressed()."
    elif isinstance(value, np.ndarray):
        fix = f"Pass a plain array: np.asarray({name})."
    elif value is None:
        got, fix = "None", "Fill in the missing value or leave the row out."
    elif last in _FRAMES:
        fix = 'Pass one of its columns: table["name"].'
    elif kind.startswith("polars "):
        fix = 'Pass a column of a table that is collected: table.collect()["name"].'
    elif kind.startswith("pint "):
        unit = f'"{_unit_of(name)}"' if _unit_of(name) else "unit"
        fix = f"Pass its number, in the unit of this argument: {name}.to({unit}).magnitude."
    elif kind.startswith("dask "):
        fix = f"Compute it first: {name}.compute()."
    elif hasattr(value, "__array__") or hasattr(value, "__array_ufunc__"):
        fix = f"Pass its values, if they are known: np.asarray({name})."
    else:
        fix = f"Convert it first: float({name})."
    msg = (
        f"{name} must be a number, a NumPy array, a pandas or polars Series, "
        f"or an array of Dask or xarray, got {got}. {fix}"
    )
    raise TypeError(msg)


def require_one_shape(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Require shapes that can be broadcast against each other."""
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        got = " and ".join(f"{shape} for {name}" for name, shape in shapes.items())
        msg = (
            f"{' and '.join(shapes)} must have the same shape, got {got}. "
            "Pass a single number or arrays of the same length."
        )
        raise ValueError(msg) from None


def _of_xarray(guarded: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    import xarray

    labelled = {name: x for name, x in given.items() if isinstance(x, xarray.DataArray)}
    try:
        xarray.align(*labelled.values(), join="exact", copy=False)
    except ValueError:
        msg = (
            f"{' and '.join(labelled)} must have the same labels along the dimensions that they "
            "share, got some that differ. Align them first: xarray.align(a, b, join='inner')."
        )
        raise ValueError(msg) from None
    result = xarray.apply_ufunc(
        guarded, *given.values(), dask="allowed", keep_attrs="drop_conflicts"
    )
    for attribute in _OF_THE_ARGUMENT:
        result.attrs.pop(attribute, None)
    return result.rename(guarded.__name__)


def _of_dask(guarded: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    import dask.array

    arrays = {
        name: dask.array.asarray(value)
        for name, value in given.items()
        if isinstance(value, dask.array.Array | np.ndarray)
    }
    for name, array in arrays.items():
        _require_numbers(name, array.dtype)
    if any(np.isnan(length) for array in arrays.values() for length in array.shape):
        # Of blocks of unknown length only Dask itself, while it computes, can say if they match.
        advice = "Find the lengths first: array.compute_chunk_sizes()."
        _require_same("number of blocks", {n: a.numblocks for n, a in arrays.items()}, advice)
    else:
        require_one_shape({name: array.shape for name, array in arrays.items()})
        arrays = dict(zip(arrays, dask.array.broadcast_arrays(*arrays.values()), strict=True))
    return dask.array.map_blocks(
        functools.partial(_of_block, guarded),
        *(arrays.get(name, value) for name, value in given.items()),
        dtype=np.float64,
        meta=np.empty((0,) * next(iter(arrays.values())).ndim),
    )


def _of_dask_series(guarded: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    columns = {name: x for name, x in given.items() if _kind(x) == _DASK_SERIES}
    for name, column in columns.items():
        _require_numbers(name, column.dtype)
    first = next(iter(columns))
    advice = f"Give both the same ones: series.repartition(divisions={first}.divisions)."
    _require_same("partitions", {n: c.divisions for n, c in columns.items()}, advice)
    # Whether the rows of two partitions belong together is seen when they are computed.
    return columns[first].map_partitions(
        functools.partial(_of_partition, guarded, list(given).index(first)),
        *(value for name, value in given.items() if name != first),
        meta=(guarded.__name__, np.float64),
    )


def _of_polars(guarded: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    import polars

    values = {}
    for name, value in given.items():
        values[name] = value
        if isinstance(value, polars.Series):
            if not (value.dtype.is_integer() or value.dtype.is_float()):
                _refuse_dtype(name, value.dtype, f"{name}.cast(float)")
            # What is missing becomes NaN, which is refused with its position.
            values[name] = value.cast(polars.Float64).to_numpy()
    lengths = {name: np.shape(value) for name, value in values.items() if np.ndim(value)}
    _require_same("length", lengths, "Take columns of one table.")
    return polars.Series(guarded.__name__, guarded(**values))


def _of_block(guarded: Callable[..., Any], *blocks: Any, block_id: tuple[int, ...]) -> Any:
    shape = np.broadcast_shapes(*map(np.shape, blocks))
    if 0 in shape:
        return np.empty(shape)
    try:
        return np.asarray(guarded(*blocks))
    except (ValueError, TypeError) as error:
        block = ", ".join(map(str, block_id))
        error.add_note(f"A position is that within a block of the Dask array: blocks[{block}].")
        raise


def _of_partition(guarded: Callable[..., Any], place: int, first: Any, *others: Any) -> Any:
    if first.empty and all(x.empty for x in others if isinstance(x, pd.Series)):
        return first.astype(np.float64).rename(guarded.__name__)
    try:
        return guarded(*others[:place], first, *others[place:])
    except (ValueError, TypeError) as error:
        error.add_note("A position is that within a partition of the Dask Series.")
        raise


def _require_same(what: str, found: Mapping[str, Any], advice: str) -> None:
    if len(set(found.values())) > 1:
        got = " and ".join(f"{value} for {name}" for name, value in found.items())
        msg = f"{' and '.join(found)} must have the same {what}, got {got}. {advice}"
        raise ValueError(msg)


def _require_numbers(name: str, dtype: Any) -> None:
    if getattr(dtype, "kind", "O") not in "iuf":
        _refuse_dtype(name, dtype, f"{name}.astype(float)")


def _refuse_dtype(name: str, dtype: Any, fix: str) -> NoReturn:
    msg = f"{name} must hold numbers, got dtype {dtype}. Convert it first: {fix}."
    raise TypeError(msg)


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouxAEIO' else 'a'} {name}"


def _name(value: Any) -> str:
    """Give the type's name, after that of its library where it is not Python's or NumPy's own."""
    library, name = type(value).__module__.partition(".")[0], type(value).__name__
    return name if library in _PLAIN else f"{library} {name}"


def _kind(value: Any) -> str:
    """Give the key of `_APPLY` that a value belongs to, if any does."""
    for base in type(value).__mro__:
        kind = f"{base.__module__.partition('.')[0]} {base.__name__}"
        if kind in _APPLY or kind in _NO_VALUES:
            return kind if kind in _APPLY else ""
    return ""


def _unit_of(name: str) -> str:
    """Read the unit off an argument's name, as Pint spells it: `power_w` is in W."""
    words = name.split("_")
    over = words.index("per") if "per" in words else len(words)
    units = [_PINT_UNITS.get(words[place]) for place in (over - 1, *range(over + 1, len(words)))]
    return "/".join(filter(None, units)) if all(units) else ""


_DASK_SERIES = "dask Series"
# What computes with each kind, and what may stand beside it: plain numbers always.
_APPLY: dict[str, tuple[Callable[..., Any], tuple[type, ...]]] = {
    "xarray DataArray": (_of_xarray, _NUMBERS),
    "dask Array": (_of_dask, (*_NUMBERS, np.ndarray)),
    _DASK_SERIES: (_of_dask_series, _NUMBERS),
    "polars Series": (_of_polars, (*_NUMBERS, np.ndarray)),
}
