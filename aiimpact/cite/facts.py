"""A figure in a sentence that says, on hover, focus and tap, what stands behind it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from html import escape
from numbers import Real
from typing import Any, Protocol, runtime_checkable

from aiimpact import words
from aiimpact.cite.digits import exact
from aiimpact.live.notation import at_number
from aiimpact.numbers import number
from aiimpact.words import say


@runtime_checkable
class Sourced(Protocol):
    """What can stand behind a figure: a number, its unit, and who says so.

    Beside these, `low` and `high`, `year`, `boundary` (what is counted), `verified` and `looked_up`
    (a day, as 2026-11-30) are shown where there are any. A row of :mod:`aiimpact.tables` has all of them.
    """

    @property
    def mid(self) -> float:
        """The number, in its unit."""

    @property
    def unit(self) -> str:
        """Its unit; "" or "1" for none."""

    @property
    def source(self) -> str:
        """Authors, year, title and where to find it."""


@dataclass(frozen=True, slots=True)
class Published:
    """A number with its source, from outside of this book's tables.

    Parameters
    ----------
    mid : float
        The number. [`unit`]
    unit : str
        Its unit; empty for none.
    source : str
        Who says so: authors, title and where to find it.
    low, high : float, optional
        Its range. [`unit`]
    year : int, optional
        Year that it is about.
    boundary : str
        What is counted in it.
    verified : bool
        Whether you saw it in print.
    looked_up : str
        Day on which you last looked, as 2026-11-30; empty if that is not to be shown.

    Raises
    ------
    TypeError, ValueError
        If it is no finite number within its range, has no source, or the day is none.

    Examples
    --------
    >>> gravity = Published(9.80665, "m/s²", "BIPM, The International System of Units, 9th edition")
    >>> "9.80665 m/s². BIPM" in fact("9.81 m/s²", gravity)
    True
    """

    mid: float
    unit: str
    source: str
    low: float | None = None
    high: float | None = None
    year: int | None = None
    boundary: str = ""
    verified: bool = True
    looked_up: str = ""

    def __post_init__(self) -> None:
        for end in ("low", "high"):
            if getattr(self, end) is None:
                object.__setattr__(self, end, self.mid)
        _require_whole(self)


def fact(shown: str | float, *behind: Sourced, digits: int = 3) -> str:
    """Write a figure with what it rests on.

    Parameters
    ----------
    shown
        The figure as the sentence says it: text, or a number to be written in a few digits.
    *behind
        The numbers that it is, or was computed from, each with its source: rows of the tables, or
        :class:`Published`.
    digits
        Significant digits of a number.

    Returns
    -------
    str
        HTML that may stand in Markdown.

    Raises
    ------
    ValueError
        If nothing stands behind the figure.
    TypeError
        If what stands behind it has no source.

    Examples
    --------
    >>> from aiimpact import tables
    >>> run = tables.training_run("gpt3-175b", "energy_mwh")
    >>> "1,287 MWh, 2020, energy of the site" in fact("1,287 MWh", run)
    True
    """
    text = shown if isinstance(shown, str) else number(shown, digits)
    if not behind:
        msg = (
            f"fact needs at least one number with its source behind {text!r}, got none. "
            "Pass a row, tables.constant(…), or Published(value, unit, source)."
        )
        raise ValueError(msg)
    for value in behind:
        if not isinstance(value, Sourced):
            msg = (
                f"What stands behind {text!r} must have mid, unit and source, got {value!r}. "
                "Pass a row, tables.constant(…), or Published(value, unit, source)."
            )
            raise TypeError(msg)
        _require_whole(value)
    # A number and its unit stay on one line.
    text = re.sub(r"(?<=\d) (?=[^\W\d]|%)", "\N{NO-BREAK SPACE}", text)
    rows = [escape(_row(value)) for value in behind]
    shown_rows = map(_in_its_language, rows, behind)
    card = "".join(f'<span class="fact-row">{row}</span>' for row in shown_rows)
    # The description is no reference to the card: an id would have to differ from all of the page.
    return (
        f'<span class="fact" tabindex="0" role="note" aria-description="{" ".join(rows)}">{escape(text)}'
        f'<span class="fact-card" aria-hidden="true">{card}</span></span>'
    )


def _require_whole(value: Sourced) -> None:
    """Raise an error unless a number is finite and within its range, and has a unit and a source."""
    low, mid, high = ends = _ends(value)
    for end in ends:
        if isinstance(end, bool) or not isinstance(end, Real):
            msg = f"A number with its source must be a number, got {end!r}. Put its unit into unit."
            raise TypeError(msg)
    if not (all(map(math.isfinite, ends)) and low <= mid <= high):
        msg = (
            f"A number with its source must be finite and low <= mid <= high, got {mid:g} in "
            f"{low:g} to {high:g}. Sort the three, or leave out low and high."
        )
        raise ValueError(msg)
    for name in ("unit", "source"):
        text = getattr(value, name)
        if not isinstance(text, str):
            msg = f'{name} must be a text, got {text!r}. Write it between quotes: "…".'
            raise TypeError(msg)
    _day(value)
    if not value.source.strip():
        msg = f"source must say who says so, got {value.source!r}. Name author, title and address."
        raise ValueError(msg)


def _ends(value: Sourced) -> tuple[Any, Any, Any]:
    return getattr(value, "low", value.mid), value.mid, getattr(value, "high", value.mid)


def _row(value: Sourced) -> str:
    times, name_of_unit = words.counted_in(value.unit)
    low, mid, high = (exact(times * end if times != 1 else end) for end in _ends(value))
    shown = mid if low == high else say("{value} ({low} to {high})", value=mid, low=low, high=high)
    unit = "" if value.unit in {"", "1"} else at_number(name_of_unit)
    about = [getattr(value, "year", None), words.name(getattr(value, "boundary", "") or "")]
    said = f"{shown}{unit}"
    for part in filter(None, about):
        said = say("{said}, {part}", said=said, part=part)
    return say(
        "{said}. {source}.{seen}", said=said, source=value.source.rstrip("."), seen=_seen(value)
    )


def _in_its_language(row: str, value: Sourced) -> str:
    """Mark the source of an escaped row as English, where all around it is not."""
    if words.language() == "en":
        return row
    source = escape(value.source.rstrip("."))
    return row.replace(source, f'<span lang="en">{source}</span>', 1)


def _seen(value: Sourced) -> str:
    """Say whether and when somebody saw it in print."""
    day = _day(value)
    if not getattr(value, "verified", True):
        return (
            say(" Not verified by us, last tried on {day}.", day=day)
            if day
            else say(" Not verified by us.")
        )
    return say(" Looked up on {day}.", day=day) if day else ""


def _day(value: Sourced) -> str:
    text = getattr(value, "looked_up", "")
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        msg = f"looked_up must be a day such as 2026-11-30, got {text!r}. Leave it out if unknown."
        raise ValueError(msg) from None
    return words.date(day)
