"""Ranges: what becomes of low, mid and high on the way through a formula.

There are two honest ways. **The worst together**: :func:`add`, :func:`multiply` and their like
take all inputs at the ends that hurt; nothing can lie outside, but it is unlikely that
everything goes wrong at once. **Many trials**: :func:`propagate` draws each input by chance
within its range, a few thousand times, and looks where nine of ten results lie. The first range
is always the wider one. :func:`show` prints either with no more digits than it supports.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aiimpact.words import say

Shape = Literal["triangular", "lognormal"]
# The ends of a range that nine of ten values lie within.
_TAIL = 0.05
# Uncertainty is shown in one digit, or in two where the first is 1 or 2.
_ONE_DIGIT_FROM = 3
_DIGITS_IF_EXACT = 3
_SMALLEST_CHUNK = 10_000


class Range(NamedTuple):
    """A low, a middle and a high value, in one unit.

    Parameters
    ----------
    low, mid, high : number
        The ends and what lies between them; numbers or symbols. [any unit]
    """

    low: Any
    mid: Any
    high: Any


def add(a: Range, b: Range) -> Range:
    """Add two ranges, the worst together.

    Parameters
    ----------
    a, b : Range
        Ranges in one unit, or rows of a table (:class:`aiimpact.tables.Quantity`); numbers or
        symbols.

    Returns
    -------
    Range
        Their sum.

    Examples
    --------
    >>> add(Range(1, 2, 3), Range(10, 20, 40))
    Range(low=11, mid=22, high=43)
    """
    return Range(a.low + b.low, a.mid + b.mid, a.high + b.high)


def subtract(a: Range, b: Range) -> Range:
    """Subtract two ranges, the worst together: the low end takes away the high one.

    Parameters
    ----------
    a, b : Range
        Ranges in one unit, or rows of a table (:class:`aiimpact.tables.Quantity`); numbers or
        symbols.

    Returns
    -------
    Range
        Their difference.

    Examples
    --------
    >>> subtract(Range(10, 20, 40), Range(1, 2, 3))
    Range(low=7, mid=18, high=39)
    """
    return Range(a.low - b.high, a.mid - b.mid, a.high - b.low)


def multiply(a: Range, b: Range) -> Range:
    """Multiply two ranges, right for any signs: the ends are among the four products of ends.

    Parameters
    ----------
    a, b : Range
        Ranges, or rows of a table (:class:`aiimpact.tables.Quantity`); numbers or symbols.

    Returns
    -------
    Range
        Their product.

    Examples
    --------
    >>> product = multiply(Range(-2, 1, 3), Range(-5, 4, 10))
    >>> float(product.low), product.mid, float(product.high)
    (-20.0, 4, 30.0)
    """
    ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Range(_smallest(ends), a.mid * b.mid, _largest(ends))


def divide(a: Range, b: Range) -> Range:
    """Divide two ranges, right for any signs of the first.

    Parameters
    ----------
    a : Range
        What is divided, a range or a row of a table; numbers or symbols.
    b : Range
        What it is divided by; zero must not lie within.

    Returns
    -------
    Range
        Their quotient.

    Raises
    ------
    ValueError
        If zero lies within `b`: the quotient has no bounds.

    Examples
    --------
    >>> float(divide(Range(-1.0, 2.0, 8.0), Range(2.0, 4.0, 4.0)).high)
    4.0
    """
    known = not any(getattr(type(x), "__symbolic__", False) for x in (b.low, b.high))
    if known and b.low <= 0 <= b.high:
        msg = (
            f"b must not have 0 within its range, got {b.low:g} to {b.high:g}. "
            "A quotient by nearly nothing has no bounds: narrow the range."
        )
        raise ValueError(msg)
    ends = [x / y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Range(_smallest(ends), a.mid / b.mid, _largest(ends))


def sample(
    ranges: Mapping[str, tuple[float, float, float]],
    *,
    size: int = 2000,
    seed: int = 2024,
    shape: Shape = "triangular",
) -> dict[str, NDArray[np.float64]]:
    """Draw each input within its range, spread evenly over its chances (Latin hypercube).

    Parameters
    ----------
    ranges : mapping of str to (low, mid, high)
        The inputs. An input without a range stays what it is.
    size : int
        How many draws.
    seed : int
        Where chance begins; the same seed gives the same draws.
    shape : {"triangular", "lognormal"}
        Triangular: never outside low and high, mid the likeliest. Lognormal: mid is the median,
        nine of ten values lie within a band of the width of low to high; for positive inputs
        that span factors rather than differences.

    Returns
    -------
    dict of str to array
        Draws of each input. [unit of its range]

    Raises
    ------
    ValueError
        If a range is out of order, not finite, or not positive where it is lognormal.

    References
    ----------
    McKay, Beckman and Conover 1979, Technometrics 21(2). https://doi.org/10.2307/1268522

    Examples
    --------
    >>> draws = sample({"pue": (1.1, 1.2, 1.5)}, size=1000)
    >>> round(float(draws["pue"].mean()), 2)
    1.27
    """
    _require_ranges(ranges, shape)
    return _draw(ranges, size, np.random.default_rng(seed), shape)


def _draw(
    ranges: Mapping[str, tuple[float, float, float]],
    size: int,
    random: np.random.Generator,
    shape: Shape,
) -> dict[str, NDArray[np.float64]]:
    draws = {}
    for name, (low, mid, high) in ranges.items():
        chances = (random.permutation(size) + random.random(size)) / size
        if low == high:
            draws[name] = np.full(size, float(mid))
        elif shape == "triangular":
            draws[name] = _triangular(chances, low, mid, high)
        else:
            normal = NormalDist()
            spread = math.log(high / low) / (2 * normal.inv_cdf(1 - _TAIL))
            draws[name] = mid * np.exp(spread * np.array([normal.inv_cdf(c) for c in chances]))
    return draws


def propagate(
    model: Callable[..., Any],
    ranges: Mapping[str, tuple[float, float, float]],
    *,
    size: int = 2000,
    seed: int = 2024,
    shape: Shape = "triangular",
    chunks: int | None = None,
) -> Range:
    """Run a model on many draws of its inputs and give the range of nine of ten results.

    Parameters
    ----------
    model : callable
        Function of the inputs by name, which works on arrays and gives one array.
    ranges, size, seed, shape
        As for :func:`sample`.
    chunks : int, optional
        How many draws at a time, at least 10,000, for more than fit in memory or one core can
        do. Dask computes the chunks, on all cores, or on the cluster of an open
        `dask.distributed.Client`. Each is a Latin hypercube of its own, drawn from `seed` and
        its number, and the percentiles are the means of theirs: the same on any cluster.

    Returns
    -------
    Range
        5th percentile, median and 95th percentile.

    Raises
    ------
    ValueError
        As for :func:`sample`, or if `chunks` is below 10,000.
    ModuleNotFoundError
        If `chunks` is given and Dask is not installed.

    Notes
    -----
    A thousand million draws on a cluster, here of this machine's own cores, after
    ``pip install "aiimpact[scale]"``::

        from aiimpact import datacentre, grid
        from aiimpact.uncertainty import propagate, show
        from dask.distributed import Client, LocalCluster


        def tonnes(pue, grid_kg_per_kwh):
            site_mwh = datacentre.site_energy_mwh(100, pue)
            return grid.emissions_t(site_mwh, grid_kg_per_kwh)


        if __name__ == "__main__":
            ranges = {"pue": (1.1, 1.2, 1.5), "grid_kg_per_kwh": (0.3, 0.4, 0.6)}
            with LocalCluster(dashboard_address=None) as cluster, Client(cluster):
                print(show(*propagate(tonnes, ranges, size=1_000_000_000, chunks=1_000_000)))

    References
    ----------
    JCGM 101:2008, Propagation of distributions using a Monte Carlo method.
    https://doi.org/10.59161/JCGM101-2008

    Examples
    --------
    Energy of 100 MWh on a site and a grid that are known only roughly:

    >>> tonnes = propagate(
    ...     lambda pue, grid: 100 * pue * grid,
    ...     {"pue": (1.1, 1.2, 1.5), "grid": (0.3, 0.4, 0.6)},
    ... )
    >>> show(*tonnes)
    '54 (42 to 71)'
    """
    if chunks is None:
        draws = sample(ranges, size=size, seed=seed, shape=shape)
        return Range(*_percentiles(model, draws))
    if chunks < _SMALLEST_CHUNK:
        msg = (
            f"chunks must be at least {_SMALLEST_CHUNK}, got {chunks}. "
            "Percentiles of fewer draws lean towards the middle: leave it out for few draws."
        )
        raise ValueError(msg)
    _require_ranges(ranges, shape)
    try:
        from dask import compute, delayed
    except ModuleNotFoundError:
        msg = "chunks needs Dask, which is not here. Install it: pip install 'aiimpact[scale]'."
        raise ModuleNotFoundError(msg) from None
    number = max(1, math.ceil(size / chunks))
    sizes = [(size + i) // number for i in range(number)]
    task, once = delayed(_chunk), delayed(model)
    rows = compute(*(task(once, ranges, n, (seed, i), shape) for i, n in enumerate(sizes)))
    return Range(*map(float, np.average(rows, axis=0, weights=sizes)))


def _chunk(
    model: Callable[..., Any],
    ranges: Mapping[str, tuple[float, float, float]],
    size: int,
    seed: tuple[int, int],
    shape: Shape,
) -> list[float]:
    return _percentiles(model, _draw(ranges, size, np.random.default_rng(seed), shape))


def _percentiles(model: Callable[..., Any], draws: dict[str, NDArray[np.float64]]) -> list[float]:
    results = np.asarray(model(**draws), dtype=float)
    percentiles: list[float] = np.quantile(results, [_TAIL, 1 / 2, 1 - _TAIL]).tolist()
    return percentiles


def decimals(low: float, mid: float, high: float) -> int:
    """Give the decimals that a range supports; negative for tens, hundreds and so on.

    Parameters
    ----------
    low, mid, high : float
        The range. [any unit]

    Returns
    -------
    int
        Decimals, so that half the width has one digit, or two where the first is 1 or 2. A
        value without a range gets three significant digits.

    Examples
    --------
    >>> decimals(0.16, 0.31, 0.60), decimals(42_300, 54_127, 70_800), decimals(552, 552, 552)
    (2, -3, 0)
    """
    half = (high - low) / 2
    if half == 0:
        return _DIGITS_IF_EXACT - 1 - math.floor(math.log10(abs(mid))) if mid else 0
    place = -math.floor(math.log10(half))
    return place if half * 10**place >= _ONE_DIGIT_FROM else place + 1


def show(low: float, mid: float, high: float) -> str:
    """Print a range with the digits that it supports.

    Parameters
    ----------
    low, mid, high : float
        The range. [any unit]

    Returns
    -------
    str
        The middle and, where there is one, the range.

    Examples
    --------
    >>> show(0.16, 0.31, 0.60)
    '0.31 (0.16 to 0.60)'
    >>> show(42_300, 54_127, 70_800)
    '54,000 (42,000 to 71,000)'
    >>> show(552.1, 552.1, 552.1)
    '552'
    """
    places = decimals(low, mid, high)
    texts = [f"{round(value, places):,.{max(places, 0)}f}" for value in (low, mid, high)]
    if low == high:
        return texts[1]
    return say("{value} ({low} to {high})", value=texts[1], low=texts[0], high=texts[2])


def _smallest(values: list[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = np.minimum(result, value)
    return result


def _largest(values: list[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = np.maximum(result, value)
    return result


def _triangular(
    chances: NDArray[np.float64], low: float, mid: float, high: float
) -> NDArray[np.float64]:
    below = (mid - low) / (high - low)
    rising = low + np.sqrt(chances * (high - low) * (mid - low))
    falling = high - np.sqrt((1 - chances) * (high - low) * (high - mid))
    return np.where(chances < below, rising, falling)


def _require_ranges(ranges: Mapping[str, tuple[float, float, float]], shape: Shape) -> None:
    for name, (low, mid, high) in ranges.items():
        if not (np.isfinite((low, mid, high)).all() and low <= mid <= high):
            msg = (
                f"{name} must have finite low <= mid <= high, got {low:g}, {mid:g}, {high:g}. "
                "Sort the three numbers, or repeat mid where there is no range."
            )
            raise ValueError(msg)
        if shape == "lognormal" and low <= 0:
            msg = (
                f"{name} must be greater than 0 for a lognormal shape, got {low:g}. "
                'Use shape="triangular".'
            )
            raise ValueError(msg)
