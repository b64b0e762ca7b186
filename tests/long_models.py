"""Models of many steps, as one writes them: a loop in Python."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from aiimpact.live import Curve, Explorer, explore

CONTROLS = {"beta": (0.0, 1.0, 0.01), "gamma": (0.01, 0.5, 0.01), "first": (1, 1000)}


def epidemic(days: int, beta: Any = 0.3, gamma: Any = 0.1, first: Any = 10) -> dict[str, Any]:
    """Follow an epidemic day by day: susceptible, infected, recovered."""
    everybody = 1e6
    s, i, r = everybody - first, 1.0 * first, 0.0
    peak = i
    for _ in range(days):
        new, healed = beta * s * i / everybody, gamma * i
        s -= new
        i += new - healed
        r += healed
        peak = np.maximum(peak, i)
    return {"Susceptible": s, "Infected": i, "Recovered": r, "Peak": peak}


def explorer(days: int) -> Explorer:
    """Make an explorer of an epidemic with a curve over one input."""
    model = partial(epidemic, days)
    chart = Curve("beta", "Peak")
    return explore(model, name="epidemic", title="Epidemic", chart=chart, controls=CONTROLS)
