"""A published number with the digits that it was published in."""

from __future__ import annotations

from decimal import Decimal

from aiimpact.numbers import number

# Nobody publishes more: what has more was computed, and most of them mean nothing.
_PUBLISHED = 12
_COMPUTED = 4


def exact(value: float) -> str:
    """Write a published number in full: what the text says, its source must say too.

    Parameters
    ----------
    value
        A number of a table, or one that was computed.

    Returns
    -------
    str
        All its digits; four of a number that was computed and has no end.

    Examples
    --------
    >>> exact(626_155.0), exact(15.149), exact(1 / 3)
    ('626,155', '15.149', '0.3333')
    """
    return number(value, digits_of(value))


def digits_of(value: float) -> int:
    """Count the significant digits in which a number is written.

    Parameters
    ----------
    value
        A number.

    Returns
    -------
    int
        At least one; four where it was computed.
    """
    # The last ones are what floating point makes of 0.1 + 0.2.
    digits = len(Decimal(f"{value:.15g}").normalize().as_tuple().digits)
    return digits if digits <= _PUBLISHED else _COMPUTED
