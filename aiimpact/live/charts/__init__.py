"""Charts of an explorer, each with its numbers: our own, or what an author made with Altair."""

from __future__ import annotations

from aiimpact.live.charts.balance import Balance
from aiimpact.live.charts.bars import Bars
from aiimpact.live.charts.curve import Curve
from aiimpact.live.charts.drawing import Chart, Drawing, Table, values
from aiimpact.live.charts.flow import Flow
from aiimpact.live.charts.histogram import Histogram
from aiimpact.live.charts.lines import Areas, Lines, Steps
from aiimpact.live.charts.nested import Nested
from aiimpact.live.charts.own import author_chart, require_description
from aiimpact.live.charts.path import Path
from aiimpact.live.charts.units import Bottle, Units
from aiimpact.live.charts.wedges import Wedges
from aiimpact.live.model import Model

__all__ = [
    "Areas",
    "Balance",
    "Bars",
    "Bottle",
    "Chart",
    "Curve",
    "Drawing",
    "Flow",
    "Histogram",
    "Lines",
    "Nested",
    "Path",
    "Steps",
    "Table",
    "Units",
    "Wedges",
    "author_chart",
    "chart_for",
    "require_description",
    "values",
]


def chart_for(model: Model) -> Chart:
    """Choose a chart where an author chose none."""
    return Bars() if model.readouts() else Lines()
