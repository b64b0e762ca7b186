"""Charts of an explorer, each with its numbers: our own, or what an author made with Altair."""

from __future__ import annotations

from aiimpact.live.charts.bars import Bars
from aiimpact.live.charts.curve import Curve
from aiimpact.live.charts.drawing import Chart, Drawing, Table
from aiimpact.live.charts.histogram import Histogram
from aiimpact.live.charts.lines import Areas, Lines, Steps
from aiimpact.live.charts.own import author_chart, require_description
from aiimpact.live.charts.path import Path
from aiimpact.live.charts.wedges import Wedges
from aiimpact.live.model import Model

__all__ = [
    "Areas",
    "Bars",
    "Chart",
    "Curve",
    "Drawing",
    "Histogram",
    "Lines",
    "Path",
    "Steps",
    "Table",
    "Wedges",
    "author_chart",
    "chart_for",
    "require_description",
]


def chart_for(model: Model) -> Chart:
    """Choose a chart where an author chose none."""
    return Bars() if model.readouts() else Lines()
