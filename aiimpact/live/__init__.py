"""Explorers and questions that work in a page without a kernel."""

# First: imported from deeper down, a part of it takes seconds longer on Python 3.11.
import altair  # noqa: F401

from aiimpact.live.ask import Question, ask, guess
from aiimpact.live.card import Answers, Card, Verdicts, spell
from aiimpact.live.charts import Bars, Curve
from aiimpact.live.explorer import Explorer, explore
from aiimpact.live.fact import fact
from aiimpact.live.figure import Figure
from aiimpact.live.model import Interval, interval
from aiimpact.live.numbers import number
from aiimpact.live.trace import TraceError

__all__ = [
    "Answers",
    "Bars",
    "Card",
    "Curve",
    "Explorer",
    "Figure",
    "Interval",
    "Question",
    "TraceError",
    "Verdicts",
    "ask",
    "explore",
    "fact",
    "guess",
    "interval",
    "number",
    "spell",
]
