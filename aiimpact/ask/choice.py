"""Questions whose answers are texts: one of several, or a line of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiimpact.ask.judge import Verdict
from aiimpact.ask.question import Question, labels, options_page
from aiimpact.ask.sheet import Sheet
from aiimpact.words import say


def one_of(sheet: Callable[..., Sheet], answer: str, choices: Mapping[str, str]) -> Question:
    """Ask for one of several texts, each with the words that come back."""
    if len(choices) < 2 or answer not in choices:
        msg = (
            f"answer must be one of two or more choices, got {answer!r} and "
            f"{', '.join(map(repr, choices))}. Write it as the choice is written."
        )
        raise ValueError(msg)
    for label, words in choices.items():
        if not (isinstance(label, str) and label.strip() and isinstance(words, str)):
            msg = (
                f"choices must be a dict of text to words, got {label!r}: {words!r}. "
                "Write numbers as texts, too."
            )
            raise TypeError(msg)
    options = {
        label: Verdict("got-it" if label == answer else "keep-working", words)
        for label, words in choices.items()
    }
    page = options_page("choices", labels(), say("Choose one first."), options)
    return Question(sheet(kind="choices", answer=answer, page=page), options=options)


def in_words(sheet: Callable[..., Sheet], answer: str, why: str) -> Question:
    """Ask for a line or two, to be compared with a model answer."""
    if not answer.strip():
        msg = f"answer must be the model answer to an open question, got {answer!r}. Write a line or two."
        raise ValueError(msg)
    page: dict[str, Any] = {
        "kind": "open",
        "labels": labels(),
        "missing": {"empty": say("Write a line first, then compare.")},
        "compare": say("Now compare it with the model answer below."),
    }
    return Question(sheet(kind="open", answer="", page=page, why=f"{answer}\n\n{why}"))
