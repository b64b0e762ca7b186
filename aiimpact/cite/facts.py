"""A figure in a sentence that says, on hover, focus and tap, what stands behind it."""

from __future__ import annotations

import re
from html import escape
from itertools import count
from typing import TYPE_CHECKING

from aiimpact.live.numbers import number

if TYPE_CHECKING:
    from aiimpact.tables import Quantity

_numbers = count(1)


def fact(shown: str | float, *behind: Quantity, digits: int = 3) -> str:
    """Write a figure with the rows of the tables it rests on.

    Parameters
    ----------
    shown
        The figure as the sentence says it: text, or a number to be written in a few digits.
    *behind
        The quantities it is, or was computed from.
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

    Examples
    --------
    >>> from aiimpact import tables
    >>> run = tables.training_run("gpt3-175b", "energy_mwh")
    >>> "1,287 MWh, 2020, energy of the site" in fact("1,287 MWh", run)
    True
    """
    text = shown if isinstance(shown, str) else number(shown, digits)
    if not behind:
        msg = f"fact needs at least one quantity behind {text!r}. Pass a row: tables.constant(…)."
        raise ValueError(msg)
    # A number and its unit stay on one line.
    text = re.sub(r"(?<=\d) (?=[^\W\d]|%)", "\N{NO-BREAK SPACE}", text)
    identifier = f"fact-{next(_numbers)}"
    rows = "".join(f'<span class="fact-row">{_row(quantity)}</span>' for quantity in behind)
    return (
        f'<span class="fact" tabindex="0" role="note" aria-describedby="{identifier}">{escape(text)}'
        f'<span class="fact-card" role="tooltip" id="{identifier}">{rows}</span></span>'
    )


def _row(quantity: Quantity) -> str:
    low, mid, high = (number(x, 4) for x in (quantity.low, quantity.mid, quantity.high))
    value = mid if low == high else f"{mid} ({low} to {high})"
    unit = "" if quantity.unit == "1" else f" {quantity.unit}"
    doubt = "" if quantity.verified else " Not verified by us."
    return escape(f"{value}{unit}, {quantity.year}, {quantity.boundary}. {quantity.source}.{doubt}")
