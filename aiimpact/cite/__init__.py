"""A number with its source, and what became of a claim."""

from aiimpact.cite.cards import Answers, Card, Verdicts
from aiimpact.cite.digits import exact
from aiimpact.cite.facts import Published, Sourced, fact

__all__ = ["Answers", "Card", "Published", "Sourced", "Verdicts", "exact", "fact"]
