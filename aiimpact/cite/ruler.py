"""A ruler: how many times what holds the claimed number is. The same for every claim, and logarithmic."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from aiimpact.numbers import number
from aiimpact.words import say

if TYPE_CHECKING:
    from aiimpact.claims import Claim, Compared

# Powers of ten to each side of the middle, with room for a label.
_REACH = 2.4
_TICKS = {-2: "÷100", -1: "÷10", 0: "holds", 1: "×10", 2: "×100"}
# What is printed with two digits is right to this.
_SAME = 1.02
# Below it a ratio reads better as one part of so many.
_FRACTION = 0.5


def ratios(size: Compared) -> tuple[float, float, float] | None:
    """Divide what is claimed by what holds.

    Parameters
    ----------
    size
        What :meth:`aiimpact.claims.Size.compute` gives.

    Returns
    -------
    tuple of float or None
        The least, the middle and the largest ratio; None if nothing is claimed.

    Examples
    --------
    >>> from aiimpact import claims
    >>> ratios(claims.get("tesla-3000-x-200k-miles").size.compute())[1] < 0.01
    True
    """
    if size.claimed_low is None or size.claimed_high is None:
        return None
    middle = math.sqrt(size.claimed_low * size.claimed_high) / size.mid
    return size.claimed_low / size.high, middle, size.claimed_high / size.low


def in_words(size: Compared) -> str:
    """Say how many times what holds is claimed.

    Parameters
    ----------
    size
        What :meth:`aiimpact.claims.Size.compute` gives.

    Returns
    -------
    str
        The ratio or its range; nothing if nothing is claimed.

    Examples
    --------
    >>> from aiimpact import claims
    >>> in_words(claims.get("strubell-626k-lb-five-cars").size.compute())
    '88 times what holds'
    """
    found = ratios(size)
    if found is None:
        return ""
    ends = list(dict.fromkeys(_times(value) for value in (found[0], found[2])))
    if ends == ["1"]:
        return say("what holds")
    ratio = say(" to ").join(ends)
    if found[2] > 1 / _SAME:
        return say("{ratio} times what holds", ratio=ratio)
    return say("{ratio} of what holds", ratio=ratio)


def ruler(claim: Claim, *, labels: bool = True) -> str:
    """Draw the ruler of a claim, as SVG in HTML.

    Parameters
    ----------
    claim
        An entry of the register.
    labels
        Whether the ticks have labels.

    Returns
    -------
    str
        The drawing; nothing for a claim without a size, or without a number.
    """
    size = claim.size.compute() if claim.size else None
    found = ratios(size) if size else None
    if size is None or found is None:
        return ""
    low, middle, high = map(_place, found)
    said = say("Claimed is {ratio}.", ratio=in_words(size))
    band = (
        f'<rect class="claim-band" x="{low:.2f}%" y="8" width="{high - low:.2f}%" height="10" rx="3"/>'
        if high - low > 1
        else ""
    )
    return (
        f'<svg class="claim-ruler claim-{escape(claim.word.outcome)} claim-{escape(claim.kind)}" '
        f'role="img" aria-label="{escape(said)}" '
        f'width="100%" height="{40 if labels else 26}">{scale(labels=labels)}{band}'
        f'<circle cx="{middle:.2f}%" cy="13" r="6"/></svg>'
    )


def scale(*, labels: bool = True) -> str:
    """Draw the scale that all rulers share.

    Parameters
    ----------
    labels
        Whether the ticks have labels.

    Returns
    -------
    str
        Parts of an SVG drawing.
    """
    lines = '<line class="claim-axis" x1="0" x2="100%" y1="13" y2="13"/>'
    for power, text in _TICKS.items():
        x = _place(10.0**power)
        half = 5 if power else 12
        lines += f'<line class="claim-axis" x1="{x:.2f}%" x2="{x:.2f}%" y1="{13 - half}" y2="{13 + half}"/>'
        lines += (
            f'<text x="{x:.2f}%" y="38" text-anchor="middle">{text if power else say("holds")}</text>'
            if labels
            else ""
        )
    return lines


def _place(ratio: float) -> float:
    """Give the place of a ratio on the ruler, in per cent of its length."""
    return 50 + 50 * max(-1.0, min(1.0, math.log10(ratio) / _REACH))


def _times(ratio: float) -> str:
    if 1 / _SAME < ratio < _SAME:
        return "1"
    return number(ratio, 2) if ratio > _FRACTION else f"1/{number(1 / ratio, 2)}"
