"""Numbers as a reader sees them. `numbers.js` does the same in the page."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal


def number(value: float, digits: int = 3) -> str:
    """Write a number as a reader wants it: a few digits, thousands set apart.

    The page does the same in JavaScript; a browser test holds the two together.

    Parameters
    ----------
    value
        Any number.
    digits
        Significant digits to keep.

    Returns
    -------
    str
        The digits, with a minus and not a hyphen; a dash for what is no finite number.

    Examples
    --------
    >>> number(1287.12), number(0.08709), number(26.0), number(-1234567)
    ('1,290', '0.0871', '26', '−1,230,000')
    """
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    exact = Decimal(repr(float(value)))
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_UP)
    return f"{rounded.normalize():,f}".replace("-", "−")
