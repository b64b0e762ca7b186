"""What an answer is told: rows of a range and words, of which the first that holds it counts.

One judge for a page and for an exercise. A question writes its rows once, and the page and
:meth:`Question.check` both only look one up; a check of :mod:`aiimpact.classroom` looks up at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import reduce
from numbers import Real
from typing import Any, Literal, NamedTuple

import numpy as np

from aiimpact import words
from aiimpact.ask import slips
from aiimpact.live.notation import close, typeset
from aiimpact.numbers import number
from aiimpact.words import say

Tone = Literal["missing", "keep-working", "got-it"]

TOLERANCE = 0.005
"""How far off counts as right, as a share of the answer: what rounding to three digits can lose.

An answer is shown in three digits, so what is shown counts as right too, and two digits are not
enough. A question for the head says that it takes more.
"""
DIGITS = 3
"""Significant digits in which an answer is shown."""

# What floating point may lose on the way to an answer that must be exact.
_ROUNDING = 1e-12
# How far from the number that a slip gives an answer still counts as that slip: as far as from the
# right one, but no more than this, or slips with factors close together would hide each other.
_NEAR = 0.05
# Close is what lies as far again beyond what counts as right, and all within this share of the answer:
# who rounds on the way is off by so much.
_CLOSE = 0.02


class Right(NamedTuple):
    """The right answer and the range that counts as right; numbers or symbols."""

    low: Any
    mid: Any
    high: Any


class Verdict(NamedTuple):
    """What an answer is told: one of three tones, words, and the slip if it has a name."""

    tone: Tone
    words: str
    slip: str | None = None


class Row(NamedTuple):
    """A range of answers, open where an end is None, and what they are told."""

    low: Any
    high: Any
    verdict: Verdict


def accepted(mid: Any, tolerance: float = TOLERANCE, *, noise: float = 0.0) -> Right:
    """Give the range that a tolerance lets pass.

    Parameters
    ----------
    mid
        The right answer; a number or a symbol.
    tolerance
        How far off counts as right, as a share of the answer.
    noise
        How far off counts as right in any case, in the unit of the answer: what is left of nought
        where both were computed.

    Returns
    -------
    Right
        The answer between its ends.

    Raises
    ------
    ValueError
        If the tolerance is no share.

    Examples
    --------
    >>> low, mid, high = accepted(100.0, 0.25)
    >>> round(low, 9), mid, round(high, 9)
    (75.0, 100.0, 125.0)
    """
    known = isinstance(tolerance, Real) and not isinstance(tolerance, bool)
    if not known or not 0 <= tolerance < 1:
        msg = (
            f"tolerance must be at least 0 and less than 1, got {tolerance!r}. "
            "It is a share of the answer: write 2 % as 0.02."
        )
        raise ValueError(msg)
    share = tolerance + _ROUNDING
    ends = [mid * (1 - share), mid * (1 + share)]
    if noise:
        ends += [mid - noise, mid + noise]
    return Right(_least(*ends), mid, _most(*ends))


def judge(
    value: float,
    right: Right,
    unit: str = "",
    quantities: Mapping[str, Any] | None = None,
    own: Mapping[str, tuple[float, str]] | None = None,
    digits: int = DIGITS,
) -> Verdict:
    """Say what an answer is told.

    Parameters
    ----------
    value
        The answer. [`unit`]
    right
        The right one, as :func:`accepted` gives it. [`unit`]
    unit
        Unit of both.
    quantities
        What went into it by name, as slips know it.
    own
        Slips of this question alone: name to wrong answer [`unit`] and words.
    digits
        Significant digits of the right answer in the words.

    Returns
    -------
    Verdict
        Tone, words, and the name of the slip or None.

    Examples
    --------
    >>> judge(1170, accepted(1287), "MWh", {"pue": 1.1})[1:]
    ('Too small by the PUE: the building is left out.', 'pue-missing')
    """
    first = _right(right, unit, digits)
    if _holds(first, value):
        return first.verdict
    return look_up(rows_of(right, unit, quantities or {}, own or {}, digits), value)


def look_up(rows: Sequence[Row], value: float) -> Verdict:
    """Give the verdict of the first row that holds a value."""
    for low, high, verdict in rows:
        if (low is None or low <= value) and (high is None or value <= high):
            return verdict
    msg = f"No row holds {value!r}: the last two must be open, one on each side."
    raise AssertionError(msg)


def rows_of(
    right: Right,
    unit: str,
    quantities: Mapping[str, Any],
    own: Mapping[str, tuple[Any, str]],
    digits: int = DIGITS,
) -> list[Row]:
    """Write the rows of a question: the right range, the slips in order, and the rest.

    Parameters
    ----------
    right
        The right answer and the range that counts as right; numbers or symbols. [`unit`]
    unit
        Unit of the answer.
    quantities
        What the question gives by name; numbers or symbols.
    own
        Slips of this question alone: name to wrong answer [`unit`] and words.
    digits
        Significant digits of the right answer in the words.

    Returns
    -------
    list of Row
        Of which the first that holds a value counts.
    """
    size = abs(right.mid)
    half = (right.high - right.low) / 2
    # Nothing is near nought as a share of it.
    reach = _least(_NEAR, half / (np.where(size == 0, 1, size) if _is_symbol(size) else size or 1))
    rows = [_right(right, unit, digits)]
    for key, (wrong, told) in own.items():
        if not _holds(rows[0], wrong):
            rows.append(_around(wrong, reach, Verdict("keep-working", told, key)))
    for slip in slips.load():
        if not slip.fits(unit, quantities):
            continue
        try:
            low, wrong, high = (slip.result(x, quantities) for x in right)
        except (ZeroDivisionError, OverflowError):
            continue
        ends = (low, high) if slip.wide else (wrong,)
        if any(all(_holds(row, x) for x in ends) for row in rows):
            continue  # Nobody would ever hear of it.
        verdict = Verdict("keep-working", slip.say(unit), slip.key)
        rows.append(Row(low, high, verdict) if slip.wide else _around(wrong, reach, verdict))
    return [
        row for row in rows + _rest(right, _most(reach, _CLOSE - reach) * size) if _is_finite(row)
    ]


def with_unit(text: str, unit: str) -> str:
    """Put the unit behind a number, where there is one, as a reader knows it."""
    shown = typeset(_of_one(unit) if text == "1" else words.name(unit))
    return close(f"{text} {shown}".strip())


# The s of plurals that have no other sign of it: years and litres of water, not boxes, cities or glass.
_PLURAL = re.compile(r"(?<=[a-z]{3})(?<!ie)(?<![shxz]e)(?<![isu])s(?=$| (?:a|of|per) )")


def _of_one(unit: str) -> str:
    """Give the unit of one: a year, a question; but "1 times as much"."""
    if words.language() != "en" or unit == "times":
        return words.name(unit)
    return _PLURAL.sub("", unit, count=1)


def counts_as_right(right: Right, value: Any) -> bool:
    """Say whether a value counts as right, where that is known by now."""
    return _holds(Row(right.low, right.high, Verdict("got-it", "")), value)


def _right(right: Right, unit: str, digits: int) -> Row:
    told = (
        say("That is right for the values set above.")
        if _is_symbol(right.mid)
        else say("It is {value}.", value=with_unit(number(right.mid, digits), unit))
    )
    return Row(right.low, right.high, Verdict("got-it", told))


def _is_symbol(value: Any) -> bool:
    return getattr(type(value), "__symbolic__", False) is True


def _least(*values: Any) -> Any:
    return reduce(np.minimum, values) if any(map(_is_symbol, values)) else min(values)


def _most(*values: Any) -> Any:
    return reduce(np.maximum, values) if any(map(_is_symbol, values)) else max(values)


def _holds(row: Row, value: Any) -> bool:
    """Say whether a row holds a value, where both are known by now."""
    known = not any(map(_is_symbol, (row.low, value, row.high)))
    return known and bool(row.low <= value <= row.high)


def _is_finite(row: Row) -> bool:
    """Say whether the ends of a row are numbers that a page can be told."""
    ends = (end for end in (row.low, row.high) if end is not None)
    return all(_is_symbol(end) or math.isfinite(end) for end in ends)


def _around(wrong: Any, reach: Any, verdict: Verdict) -> Row:
    ends = wrong * (1 - reach), wrong * (1 + reach)
    return Row(_least(*ends), _most(*ends), verdict)


def _rest(right: Right, near: Any) -> list[Row]:
    """Say of every other number at least on which side of the answer it lies."""
    low, mid, high = right
    told = [(low - near, high + near, say("Close, but not close enough. Check the rounding."))]
    if not _is_symbol(mid) and low > 0:
        told.append((None, low / 10, say("Far too low, by more than ten times.")))
        told.append((10 * high, None, say("Far too high, by more than ten times.")))
    told += [(None, mid, say("Too low.")), (mid, None, say("Too high."))]
    rows = [Row(low, high, Verdict("keep-working", text)) for low, high, text in told]
    if _is_symbol(mid):
        # Where the model divides by nought, no number is too low or too high.
        nowhere = Verdict(
            "missing", say("At the values set above there is no such number. Change one.")
        )
        rows.append(Row(None, None, nowhere))
    return rows
