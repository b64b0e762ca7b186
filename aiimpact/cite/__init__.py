"""A number with its source, and what became of a claim."""

from aiimpact.cite.cards import Answers, Card, Verdicts, spell
from aiimpact.cite.facts import fact

__all__ = ["Answers", "Card", "Verdicts", "fact", "spell"]
