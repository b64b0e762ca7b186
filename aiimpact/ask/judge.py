"""What an answer is told: rows of a range and words, of which the first that holds it counts.

The rows are made here, once. The page and :meth:`Question.check` both only look one up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from aiimpact.ask import slips
from aiimpact.live.model import Interval
from aiimpact.live.numbers import number
from aiimpact.live.trace import Symbol

Tone = Literal["missing", "keep-working", "got-it"]

# How far from the number that a slip gives an answer still counts as that slip: as far as from the
# right one, but no more than this, or slips with factors close together would hide each other.
_NEAR = 0.05


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


def look_up(rows: Sequence[Row], value: float) -> Verdict:
    """Give the verdict of the first row that holds a value."""
    for low, high, verdict in rows:
        if (low is None or low <= value) and (high is None or value <= high):
            return verdict
    msg = f"No row holds {value!r}: the last two must be open, one on each side."
    raise AssertionError(msg)


def diagnose(
    answer: Interval,
    unit: str,
    quantities: Mapping[str, Any],
    own: Mapping[str, tuple[Any, str]],
    digits: int,
) -> list[Row]:
    """Write the rows of a question: the right range, the slips in order, and the rest.

    Parameters
    ----------
    answer
        The right answer and the range that counts as right; numbers or symbols. [`unit`]
    unit
        Unit of the answer.
    quantities
        What the question gives by name; numbers or symbols.
    own
        Slips of this question alone: name to wrong answer [`unit`] and words.
    digits
        Significant digits of the right answer in the words.

    Raises
    ------
    ValueError
        If a slip of `own` counts as right.
    """
    right = Row(answer.low, answer.high, Verdict("got-it", _praise(answer.mid, unit, digits)))
    size = np.absolute(answer.mid)
    # Nothing is near nought as a share of it.
    reach = np.minimum(_NEAR, (answer.high - answer.low) / 2 / np.where(size == 0, 1, size))
    rows = [right]
    for key, (wrong, words) in own.items():
        if _holds(right, wrong):
            msg = (
                f"The slip {key!r} must come out wrong, got {with_unit(f'{wrong:g}', unit)}, which counts as right "
                f"({answer.low:g} to {answer.high:g}). Narrow the tolerance, or leave the slip out."
            )
            raise ValueError(msg)
        rows.append(_around(wrong, reach, Verdict("keep-working", words, key)))
    for slip in slips.load():
        if not slip.fits(unit, quantities):
            continue
        try:
            low, wrong, high = (slip.result(x, quantities) for x in answer)
        except (ZeroDivisionError, OverflowError):
            continue
        told = (low, high) if slip.wide else (wrong,)
        if any(all(_holds(row, x) for x in told) for row in rows):
            continue  # Nobody would ever hear of it.
        verdict = Verdict("keep-working", slip.say(unit), slip.key)
        rows.append(Row(low, high, verdict) if slip.wide else _around(wrong, reach, verdict))
    return [row for row in rows + _rest(answer, reach * size) if _is_finite(row)]


def with_unit(text: str, unit: str) -> str:
    """Put the unit behind a number, where there is one."""
    return f"{text} {unit}".strip()


def _praise(mid: Any, unit: str, digits: int) -> str:
    if isinstance(mid, Symbol):
        return "That is right for the values set above."
    return f"It is {with_unit(number(mid, digits), unit)}."


def _holds(row: Row, value: Any) -> bool:
    """Say whether a row holds a value, where both are known by now."""
    known = not any(isinstance(x, Symbol) for x in (row.low, value, row.high))
    return known and bool(row.low <= value <= row.high)


def _is_finite(row: Row) -> bool:
    """Say whether the ends of a row are numbers that a page can be told."""
    ends = (end for end in (row.low, row.high) if end is not None)
    return all(isinstance(end, Symbol) or math.isfinite(end) for end in ends)


def _around(wrong: Any, reach: Any, verdict: Verdict) -> Row:
    ends = wrong * (1 - reach), wrong * (1 + reach)
    return Row(np.minimum(*ends), np.maximum(*ends), verdict)


def _rest(answer: Interval, near: Any) -> list[Row]:
    """Say of every other number at least on which side of the answer it lies."""
    low, mid, high = answer
    told = [(low - near, high + near, "Close, but not close enough. Check the rounding.")]
    if not isinstance(mid, Symbol) and low > 0:
        told.append((None, low / 10, "Far too low, by more than ten times."))
        told.append((10 * high, None, "Far too high, by more than ten times."))
    told += [(None, mid, "Too low."), (mid, None, "Too high.")]
    rows = [Row(low, high, Verdict("keep-working", words)) for low, high, words in told]
    if isinstance(mid, Symbol):
        # Where the model divides by nought, no number is too low or too high.
        nowhere = Verdict("missing", "At the values set above there is no such number. Change one.")
        rows.append(Row(None, None, nowhere))
    return rows
