"""Explorers: a model in Python that moves in a page without a kernel."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiimpact.live.charts import (
        Areas,
        Balance,
        Bars,
        Bottle,
        Curve,
        Flow,
        Histogram,
        Lines,
        Nested,
        Path,
        Steps,
        Units,
        Wedges,
    )
    from aiimpact.live.embed import embed_html, wake
    from aiimpact.live.explorer import Explorer, explore
    from aiimpact.live.figure import Figure
    from aiimpact.live.model import Interval, interval
    from aiimpact.live.notation import colour
    from aiimpact.live.trace import TraceError
    from aiimpact.numbers import amount, number
else:
    from aiimpact._lazy import importer

    __getattr__, __dir__ = importer(
        __name__,
        {
            "amount": ".numbers",
            "Areas": "charts",
            "Balance": "charts",
            "Bars": "charts",
            "Bottle": "charts",
            "colour": "notation",
            "Curve": "charts",
            "embed_html": "embed",
            "Explorer": "explorer",
            "explore": "explorer",
            "Figure": "figure",
            "Flow": "charts",
            "Histogram": "charts",
            "Interval": "model",
            "interval": "model",
            "Lines": "charts",
            "Nested": "charts",
            "number": ".numbers",
            "Path": "charts",
            "Steps": "charts",
            "TraceError": "trace",
            "Units": "charts",
            "wake": "embed",
            "Wedges": "charts",
        },
    )

__all__ = [
    "Areas",
    "Balance",
    "Bars",
    "Bottle",
    "Curve",
    "Explorer",
    "Figure",
    "Flow",
    "Histogram",
    "Interval",
    "Lines",
    "Nested",
    "Path",
    "Steps",
    "TraceError",
    "Units",
    "Wedges",
    "amount",
    "colour",
    "embed_html",
    "explore",
    "interval",
    "number",
    "wake",
]
