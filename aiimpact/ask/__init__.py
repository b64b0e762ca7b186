"""Questions that answer back, in a page without a kernel."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiimpact.ask.question import Question
    from aiimpact.ask.questions import ask, guess, sort
else:
    from aiimpact._lazy import importer

    __getattr__, __dir__ = importer(
        __name__,
        {"Question": "question", "ask": "questions", "guess": "questions", "sort": "questions"},
    )

__all__ = ["Question", "ask", "guess", "sort"]
