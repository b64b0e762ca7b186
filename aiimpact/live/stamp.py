"""A verdict as a stamp: whether something is right, and else how wrong it is. `page/src/stamp.js` does the same."""

from __future__ import annotations

import math
import re
from html import escape

from aiimpact.numbers import number
from aiimpact.words import say

# The number that a verdict ends with; where a word follows it, as in Chinese, that too.
_FACTOR = re.compile(r"(.*\S)(\s?)(\b[\d,]+(?:\.\d+)?)([\u3400-\u9fff]*)")
RIGHT, WRONG = "claim-stands", "claim-falls"


def judged(low: float, mid: float, high: float, digits: int = 3) -> tuple[str, str]:
    """Judge a ratio that is one where something is right.

    Parameters
    ----------
    low, mid, high
        The ratio and its range.
    digits
        Significant digits of the factor.

    Returns
    -------
    tuple of str
        The words, and the class of the outcome.

    Examples
    --------
    >>> judged(0.9, 1.02, 1.2), judged(110, 125.9, 140), judged(0.01, 0.02, 0.04)
    (('Right', 'claim-stands'), ('Wrong by a factor of 126', 'claim-falls'), ('Wrong by a factor of 50', 'claim-falls'))
    """
    if low <= 1 <= high:
        return say("Right"), RIGHT
    factor = max(mid, 1 / mid) if mid > 0 else math.inf
    if not math.isfinite(factor):
        return say("Wrong"), WRONG
    return say("Wrong by a factor of {factor}", factor=number(factor, digits)), WRONG


def stamp_html(words: str, kind: str, *, tag: str = "span", title: str = "") -> str:
    """Write a stamp: what counts is large, what leads to it small.

    Parameters
    ----------
    words
        A verdict.
    kind
        Classes of the outcome.
    tag
        The element.
    title
        What the words mean.

    Returns
    -------
    str
        HTML whose text is the words.

    Examples
    --------
    >>> stamp_html("Wrong by a factor of 88", "claim-falls")
    '<span class="stamp claim-falls"><small>Wrong by a factor of</small> <b>88</b></span>'
    """
    said = escape(words)
    if parts := _FACTOR.fullmatch(words):
        lead, space, factor, tail = map(escape, parts.groups())
        said = f"<small>{lead}</small>{space}<b>{factor}</b>" + (tail and f"<small>{tail}</small>")
    meant = f' title="{escape(title)}"' if title else ""
    return f'<{tag} class="stamp {escape(kind)}"{meant}>{said}</{tag}>'
