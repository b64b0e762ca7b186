"""Rows of a question as the numerical answers of Moodle and GIFT: a centre and how far from it.

Both formats, like the page, take the first answer that fits. They know no range without an end, except
`*`, which takes all that is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from aiimpact.ask.bank.item import Answer

# How far a range without an end is followed, in sizes of its other end.
FAR = 1e6


class Centred(NamedTuple):
    """Numbers no further than `reach` from `centre`, or all that are left where there is no centre."""

    centre: str
    reach: str
    right: bool
    words: str


def centred(answers: Sequence[Answer], right: float) -> list[Centred]:
    """Write rows as centres and reaches, in an order in which the first that fits is the same.

    The ends are met within a part in a hundred million. On the other side of nought than the answer, a range
    without an end is followed for a million times its known end; what lies beyond is told the last words.

    Parameters
    ----------
    answers
        The rows; from the first that has an open end on, all numbers are held by one of them.
    right
        The number that a platform shows as the right one.

    Returns
    -------
    list of Centred
        The last one takes all that is left.

    Examples
    --------
    >>> rows = [Answer(9.9, 10.1, True, "Yes."), Answer(None, 10, False, "Too low."), Answer(10, None, False, "Too high.")]
    >>> [(row.centre, row.reach) for row in centred(rows, 10.0)]
    [('10', '0.1'), ('-4999990', '5000000'), ('*', '0')]
    """
    opened = next(i for i, row in enumerate(answers) if row.low is None or row.high is None)
    found: list[Centred] = []
    for row in answers[:opened]:
        assert row.low is not None
        assert row.high is not None
        if row.right and not found:
            # A platform shows the centre of the first right answer, so that is the right one, in few digits.
            shown = _shortest(right, row.low, row.high)
            inner = min(shown - row.low, row.high - shown)
            if not math.isclose(shown - row.low, row.high - shown, rel_tol=1e-6):
                found.append(_centred(shown, inner, row))
        found.append(_centred((row.low + row.high) / 2, (row.high - row.low) / 2, row))
    # What is left is on the answer's own side of nought, where a slip can be a billion times too large.
    pieces = list(_pieces(answers[opened:]))
    side = 1 if right >= 0 else -1
    *bounded, last = pieces[::side]
    for row in bounded:
        # One range holds the one before it, so that no number falls between two.
        end = row.high if side > 0 else row.low
        assert end is not None
        half = FAR * (abs(end) or 1) / 2
        found.append(_centred(end - side * half, half, row, digits=15))
    return [*found, Centred("*", "0", last.right, last.words)]


def _shortest(value: float, low: float, high: float) -> float:
    """Give a value in as few digits as keep it inside of its range by far, but six at least."""
    for digits in range(6, 16):
        short = float(f"{value:.{digits}g}")
        if abs(short - value) <= 1e-3 * min(value - low, high - value):
            return short
    return value


def _centred(centre: float, reach: float, row: Answer, digits: int = 9) -> Centred:
    return Centred(f"{centre:.15g}", f"{reach:.{digits}g}", row.right, row.words)


def _pieces(rows: Sequence[Answer]) -> Iterator[Answer]:
    """Cut the line at every end, from below: between two cuts, one row counts for all numbers."""
    cuts = sorted({end for row in rows for end in (row.low, row.high) if end is not None})
    if not cuts:
        yield rows[0]
        return
    between = [(low + high) / 2 for low, high in pairwise(cuts)]
    size = max(map(abs, cuts)) or 1
    told = [first(rows, x) for x in (cuts[0] - size, *between, cuts[-1] + size)]
    low = None
    for i, row in enumerate(told):
        if i + 1 < len(told) and told[i + 1] is row:
            continue
        high = cuts[i] if i < len(cuts) else None
        yield row._replace(low=low, high=high)
        low = high


def first(rows: Sequence[Answer], value: float) -> Answer:
    """Give the first row that holds a value."""
    return next(
        row
        for row in rows
        if (row.low is None or row.low <= value) and (row.high is None or value <= row.high)
    )
