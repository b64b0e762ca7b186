"""The library beside plain pandas and NumPy: ten rows, a thousand, ten million.

Run it: ``python tests/bench_library.py``. The two take turns, only the processor's time counts,
and what is printed is the median of the ratios of such pairs: a busy machine slows both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from aiimpact import datacentre, grid, training

PAIRS = 25
LONG = 10_000_000


def library(hours: Any, power: Any, pue: Any, intensity: Any) -> Any:
    it = training.it_energy_mwh(hours, power)
    site = datacentre.site_energy_mwh(it, pue)
    return grid.emissions_t(site, intensity)


def by_hand(hours: Any, power: Any, pue: Any, intensity: Any) -> Any:
    it = hours * power / 1e6
    site = it * pue
    return site * intensity


class Preallocated:
    """The same by hand, in memory that is there already: what nobody writes, and nothing beats."""

    def __init__(self, rows: int) -> None:
        self.it, self.site, self.mass = (np.zeros(rows) for _ in range(3))

    def __call__(self, hours: Any, power: Any, pue: Any, intensity: Any) -> Any:
        np.multiply(hours, power, out=self.it)
        np.divide(self.it, 1e6, out=self.it)
        np.multiply(self.it, pue, out=self.site)
        return np.multiply(self.site, intensity, out=self.mass)


def table(rows: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    ends = {"hours": (0, 1e6), "power": (100, 700), "pue": (1, 2), "intensity": (0, 1)}
    return {name: random.uniform(*pair, rows) for name, pair in ends.items()}


def seconds(function: Callable[..., Any], inputs: dict[str, Any], calls: int) -> float:
    """Give the processor's time of one call."""
    start = time.process_time()
    for _ in range(calls):
        function(**inputs)
    return (time.process_time() - start) / calls


def compare(what: str, ours: Any, theirs: Any, inputs: dict[str, Any]) -> None:
    np.testing.assert_allclose(ours(**inputs), theirs(**inputs), rtol=1e-14)
    rows = len(inputs["hours"])
    calls = max(1, 20_000 // rows)
    pairs = [(seconds(ours, inputs, calls), seconds(theirs, inputs, calls)) for _ in range(PAIRS)]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(
        f"{rows:>10,} rows, {what:<23} library {one * 1e6:>9,.0f} µs, "
        f"by hand {other * 1e6:>9,.0f} µs, ratio {ratio:.2f}"
    )


def main() -> None:
    print("Hours to tonnes, three formulas with every check, processor's time:")
    few = pd.DataFrame(table(10))
    compare("pandas Series", library, by_hand, {name: few[name] for name in few})
    for rows in (10, 1_000, 100_000, LONG):
        compare("NumPy", library, by_hand, table(rows))
        compare("NumPy preallocated", library, Preallocated(rows), table(rows))


if __name__ == "__main__":
    main()
