"""A question as every platform has it: plain data, between the page and the formats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any, NamedTuple

from aiimpact import words
from aiimpact.words import say, speaking

# What XML cannot hold, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_KINDS = {
    "guess": "guess",
    "number": "number",
    "open": "open question",
    "slider": "estimate",
    "choices": "choice",
    "sort": "sorting",
}


class Answer(NamedTuple):
    """A range of numbers, open where an end is None, and what they are told."""

    low: float | None
    high: float | None
    right: bool
    words: str
    slip: str | None = None


class Choice(NamedTuple):
    """One of several texts, and what it is told."""

    text: str
    right: bool
    words: str


class Thing(NamedTuple):
    """One thing to sort: its text, its box, and what each box is told, in their order."""

    text: str
    box: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One question; all texts are plain, and an empty line parts paragraphs.

    Attributes
    ----------
    name : str
        What the page calls it. [no unit]
    kind : str
        "number", "slider", "guess", "choices", "sort" or "open".
    text : str
        The question.
    unit : str
        Unit of the answer.
    right : float or None
        The right number. [`unit`]
    answers : tuple of Answer
        Of which the first that holds a number counts; the last two are open, one on each side.
    choices : tuple of Choice
        What to choose from.
    hints : tuple of str
        From the gentle to the plain.
    answer, why : str
        The right answer as it is shown, and what stands under it; of an open question the model answer.
    setting : tuple of str
        The values at which it is asked, where it is about an explorer: a heading, and a line a value.
    page : str
        Where it stands in the book, as a relative address.
    chapter : str
        Title of that page.
    stem : str
        What tells its page from the others in an identifier.
    tags : tuple of str
        Such as its kind.
    boxes : tuple of str
        What to sort into.
    things : tuple of Thing
        What is to be sorted.
    language : str
        Language of all that, one of `aiimpact.words.LANGUAGES`.
    """

    name: str
    kind: str
    text: str
    unit: str = ""
    right: float | None = None
    answers: tuple[Answer, ...] = ()
    choices: tuple[Choice, ...] = ()
    hints: tuple[str, ...] = ()
    answer: str = ""
    why: str = ""
    setting: tuple[str, ...] = ()
    page: str = ""
    chapter: str = ""
    stem: str = ""
    tags: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    things: tuple[Thing, ...] = ()
    language: str = "en"

    @property
    def id(self) -> str:
        """What names it in a bank today and after the next build; made of letters, digits, ``.``, ``_`` and ``-``.

        Examples
        --------
        >>> Item("megawatts", "number", "How much?", stem="00_the_boom").id
        '00_the_boom-megawatts'
        """
        return re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{self.stem}-{self.name}").strip("-")

    def at(self, *, page: str, chapter: str, stem: str, tags: Iterable[str] = ()) -> Item:
        """Say where it stands.

        Returns
        -------
        Item
            A copy that knows it.
        """
        return replace(self, page=page, chapter=chapter, stem=stem, tags=(*self.tags, *tags))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Item:
        """Read what ``dataclasses.asdict`` and JSON made of one.

        Returns
        -------
        Item
            The same again.
        """
        made: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
        }
        made["answers"] = tuple(Answer(*answer) for answer in data["answers"])
        made["choices"] = tuple(Choice(*choice) for choice in data["choices"])
        made["things"] = tuple(Thing(a, box, tuple(told)) for a, box, told in data["things"])
        return cls(**made)

    def question_html(self, address: str = "") -> str:
        """Write the question with its setting, its unit and, if the book has an address, a link to it.

        Parameters
        ----------
        address
            Where the book is published.

        Returns
        -------
        str
            HTML that is well-formed XML, too.
        """
        with speaking(self.language):
            return "".join(self._question(address))

    def _question(self, address: str) -> Iterator[str]:
        if self.setting:
            heading, *values = self.setting
            yield f"{html(heading)}<ul>{''.join(f'<li>{text(x)}</li>' for x in values)}</ul>"
        yield html(self.text)
        if self.answers:
            told = [say("This is a guess: within a factor of two is good.")] * (
                self.kind == "guess"
            )
            if self.unit:
                told.append(say("Unit of the answer: {unit}.", unit=words.name(self.unit)))
            told.append(say("Type the number in digits, without commas between the thousands."))
            yield html(("" if self.language.startswith("zh") else " ").join(told))
        if address and self.page:
            there = escape(f"{address.rstrip('/')}/{self.page}")
            link = say("This question in the book: {chapter}", chapter=self.chapter)
            yield f'<p><a href="{there}">{text(link)}</a></p>'

    def solution_html(self) -> str:
        """Write the right answer and what stands under it.

        Returns
        -------
        str
            HTML that is well-formed XML, too.
        """
        lines = self.answer.split("\n") if self.answer else []
        return "".join(f"<p><strong>{text(line)}</strong></p>" for line in lines) + html(self.why)

    def reasons_html(self) -> str:
        """Write why each thing does not belong elsewhere, for a format that says nothing to a wrong box.

        Returns
        -------
        str
            HTML that is well-formed XML, too; empty where nothing is sorted.
        """
        said = dict.fromkeys(words for thing in self.things for words in thing.told if words)
        return f"<ul>{''.join(f'<li>{text(x)}</li>' for x in said)}</ul>" if said else ""

    def hints_html(self) -> str:
        """Write the hints as a list, for a format that has no place for them.

        Returns
        -------
        str
            HTML that is well-formed XML, too; empty without hints.
        """
        listed = "".join(f"<li>{text(hint)}</li>" for hint in self.hints)
        with speaking(self.language):
            return f"<p>{say('Hints:')}</p><ol>{listed}</ol>" if listed else ""

    def units(self) -> tuple[str, ...]:
        """List how the unit may be written: as the reader is shown it, without its blanks, and as code has it.

        Returns
        -------
        tuple of str
            Each once; empty without a unit.

        Examples
        --------
        >>> Item("run", "number", "How much?", unit="t CO2e").units()
        ('t CO2e', 'tCO2e')
        """
        with speaking(self.language):
            shown = words.name(self.unit)
        written = (shown, shown.replace(" ", ""), self.unit, self.unit.replace(" ", ""))
        return tuple(dict.fromkeys(filter(None, written)))


def kind_said(kind: str) -> str:
    """Say what a reader calls a kind of question."""
    return say(_KINDS[kind])


def clean(plain: str) -> str:
    """Put plain text on one line, without what XML cannot hold."""
    return " ".join(_FORBIDDEN.sub("", plain).split())


def text(plain: str) -> str:
    """Write plain text as HTML on one line."""
    return escape(clean(plain), quote=False)


def html(plain: str) -> str:
    """Write plain text as paragraphs of HTML."""
    return "".join(f"<p>{text(part)}</p>" for part in plain.split("\n\n") if part.strip())


def within(language: str, written: str) -> str:
    """Say of some HTML in which language it is, for a platform may speak another."""
    return f'<div lang="{language}">{written}</div>' if written else ""
