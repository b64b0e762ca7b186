"""Questions of a book for the question bank of a learning platform."""

from aiimpact.ask.bank.item import Answer, Choice, Item, Thing
from aiimpact.ask.bank.write import NAMES, write

__all__ = ["NAMES", "Answer", "Choice", "Item", "Thing", "write"]
