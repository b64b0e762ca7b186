"""Numbers as a reader sees them. `live/page/src/numbers.js` does the same in the page."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

from aiimpact.words import counted, language

# Enough for any double, written out.
_EXACT = Context(prec=400)
# The digits of a value that falls between the steps of its control.
_BETWEEN = 10


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


def amount(value: float, scale: float, digits: int = 3, *, bare: bool = False) -> str:
    """Write a large number for a sentence, with the word that the language counts in.

    Parameters
    ----------
    value
        The number, in thousands, millions or billions.
    scale
        1e3, 1e6 or 1e9.
    digits
        Significant digits to keep.
    bare
        Whether the English sentence says the word elsewhere, as in "26 and 84 billion dollars".
        Chinese says it with each number.

    Returns
    -------
    str
        "132.4 billion"; in Chinese 1,324亿.

    Raises
    ------
    ValueError
        If English has no word for the scale.

    Examples
    --------
    >>> f"{amount(26, 1e9, bare=True)} and {amount(84.31, 1e9)} dollars"
    '26 and 84.3 billion dollars'
    """
    told, word = counted(float(f"{value:.{digits - 1}e}"), scale)
    text = number(value if language() == "en" else told, digits)
    return text if bare and language() == "en" else text + word


def written(
    value: float, *, decimals: int | None = None, digits: int = 3, commas: bool = True
) -> str:
    """Write the value of a control: in the control's own format, or in more digits if that would round it.

    Parameters
    ----------
    value
        A finite number.
    decimals
        Digits behind the point; if None, `digits` significant ones.
    digits
        Significant digits to keep.
    commas
        Whether thousands are set apart.

    Returns
    -------
    str
        The digits, with a minus and not a hyphen.

    Examples
    --------
    >>> written(1.1, decimals=2), written(1.123, decimals=1), written(2030, decimals=0, commas=False)
    ('1.10', '1.123', '2030')
    """
    exact = Decimal(repr(float(value)))
    if decimals is not None:
        rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT)
        if math.isclose(float(rounded), value, rel_tol=1e-12, abs_tol=0):
            text = f"{abs(rounded):{',' if commas else ''}f}"
            return f"−{text}" if rounded < 0 else text
        digits = _BETWEEN
    text = number(value, digits)
    if not math.isclose(float(text.replace(",", "").replace("−", "-")), value, rel_tol=1e-12):
        text = number(value, max(digits, _BETWEEN))
    return text if commas else text.replace(",", "")
