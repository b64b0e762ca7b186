"""The article that the register checks: who wrote it, and what it says beside its claims."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from aiimpact.claims.parts import evaluate
from aiimpact.claims.texts import with_texts
from aiimpact.words import language, say

DECISIONS = {
    "no-claim": "Makes no claim that can be checked",
    "value": "A value",
    "elsewhere": "Checked elsewhere",
    "checked": "Checked here",
}
"""What becomes of a sentence of the article that is no entry of the register."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the article says and that is no entry of the register.

    Parameters
    ----------
    says : str
        What it says, in our words.
    decision : str
        One of `DECISIONS`.
    note : str
        Why, or what can be said instead; `{}` stands for each of `figures`.
    figures : tuple of str
        Calls that give the figures of the note, in the unit that the note names.
    source : str
        Where the note has it from, if it names somebody.
    claim : str
        The entry that treats it, if there is one.
    chapter : int or None
        The chapter that treats it, if there is one.
    """

    says: str
    decision: str
    note: str
    figures: tuple[str, ...] = ()
    source: str = ""
    claim: str = ""
    chapter: int | None = None

    def __post_init__(self) -> None:
        if self.decision not in DECISIONS:
            msg = (
                f"The remark {self.says!r} must have one of the decisions {', '.join(DECISIONS)}, "
                f"got {self.decision}. Choose one of them."
            )
            raise ValueError(msg)
        if self.note.count("{}") != len(self.figures):
            msg = (
                f"The remark {self.says!r} must have a call for each {{}} of its note, got "
                f"{len(self.figures)} for {self.note.count('{}')}. Add the call, or the {{}}."
            )
            raise ValueError(msg)

    def values(self) -> list[float]:
        """Compute the figures of the note.

        Returns
        -------
        list of float
            In the order of the note, in the unit that it names after each. [`unit`]

        Examples
        --------
        >>> Remark("x", "value", "Two and two are {}.", ("2 + 2",)).values()
        [4.0]
        """
        return [evaluate(call) for call in self.figures]


@dataclass(frozen=True, slots=True)
class Column:
    """The article.

    Parameters
    ----------
    title : str
        Its title, as printed.
    in_english : str
        The title in our words.
    language : str
        Language of the title, as HTML names it.
    given_name, family_name : str
        Who wrote it.
    affiliation : str
        Where the author worked.
    newspaper : str
        Where it was printed.
    date : datetime.date
        When.
    url : str
        Where the author's school keeps it.
    also_says : tuple of Remark
        What it says beside the claims of the register, in its own order.
    """

    title: str
    in_english: str
    language: str
    given_name: str
    family_name: str
    affiliation: str
    newspaper: str
    date: datetime.date
    url: str
    also_says: tuple[Remark, ...]


def column() -> Column:
    """Name the article that the register checks, and list what else it says, in the language in use.

    Returns
    -------
    Column
        Title, author, newspaper, date, address, and the remarks.

    Examples
    --------
    >>> column().newspaper, column().date.year
    ('Hong Kong Economic Journal', 2024)
    """
    return _read(language())


def column_entry() -> dict[str, Any]:
    """Give what `column.yaml` holds, in English.

    Returns
    -------
    dict
        The fields of :class:`Column`.

    Examples
    --------
    >>> column_entry()["family_name"]
    'Zhang'
    """
    text = (resources.files("aiimpact") / "data" / "column.yaml").read_text(encoding="utf-8")
    entry: dict[str, Any] = yaml.safe_load(text)
    return entry


@cache
def _read(_language: str) -> Column:
    entry = with_texts(column_entry(), say)
    remarks = tuple(
        Remark(**(remark | {"figures": tuple(remark.get("figures", ()))}))
        for remark in entry.pop("also_says")
    )
    return Column(**entry, also_says=remarks)
