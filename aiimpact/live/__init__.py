"""Explorers: a model in Python that moves in a page without a kernel."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiimpact.live.charts import Bars, Curve
    from aiimpact.live.explorer import Explorer, explore
    from aiimpact.live.figure import Figure
    from aiimpact.live.model import Interval, interval
    from aiimpact.live.numbers import number
    from aiimpact.live.trace import TraceError
else:
    from aiimpact._lazy import importer

    __getattr__, __dir__ = importer(
        __name__,
        {
            "Bars": "charts",
            "Curve": "charts",
            "Explorer": "explorer",
            "explore": "explorer",
            "Figure": "figure",
            "Interval": "model",
            "interval": "model",
            "number": "numbers",
            "TraceError": "trace",
        },
    )

__all__ = [
    "Bars",
    "Curve",
    "Explorer",
    "Figure",
    "Interval",
    "TraceError",
    "explore",
    "interval",
    "number",
]
