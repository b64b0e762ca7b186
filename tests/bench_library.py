"""Ten million rows through the library and through the same NumPy expression by hand.

Run it: ``python tests/bench_library.py``. It prints medians of interleaved repeats.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from aiimpact import datacentre, grid, training

ROWS = 10_000_000
REPEATS = 15

random = np.random.default_rng(1)
hours = random.uniform(0, 1e6, ROWS)
power = random.uniform(100, 700, ROWS)
pue = random.uniform(1, 2, ROWS)
intensity = random.uniform(0, 1, ROWS)


def library() -> np.ndarray:
    it = training.it_energy_mwh(hours, power)
    site = datacentre.site_energy_mwh(it, pue)
    return grid.emissions_t(site, intensity)


def steps() -> np.ndarray:
    it = hours * power / 1e6
    site = it * pue
    return site * intensity


def expression() -> np.ndarray:
    return hours * power / 1e6 * pue * intensity


def seconds(function: Callable[[], np.ndarray]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> None:
    np.testing.assert_allclose(library(), steps(), rtol=1e-14)
    runs = [(seconds(library), seconds(steps), seconds(expression)) for _ in range(REPEATS)]
    ours, by_steps, by_expression = (
        statistics.median(column) for column in zip(*runs, strict=True)
    )
    print(f"library, hours to tonnes, {ROWS:,} rows: {ours * 1000:.0f} ms")
    print(f"by hand, step by step: {by_steps * 1000:.0f} ms, ratio {ours / by_steps:.2f}")
    print(
        f"by hand, one expression: {by_expression * 1000:.0f} ms, ratio {ours / by_expression:.2f}"
    )


if __name__ == "__main__":
    main()
