"""What a student gave, as a check reads it: a number, a function, nothing yet.

Whatever it is, what is said of it names its kind and what to do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from aiimpact.ask.judge import accepted, judge, with_unit
from aiimpact.classroom.replies import KeepWorking, Missing, Unsendable
from aiimpact.live import numbers

# What is left of nought where both sides were computed.
NOISE = 1e-12
# One digit more than an answer is shown in, so that one that is close is seen to differ.
_DIGITS = 4


def praise(
    value: float,
    right: float,
    unit: str,
    tolerance: float,
    quantities: Mapping[str, float],
    own: Mapping[str, tuple[float, str]] | None = None,
) -> str:
    """Give the words for a number that is right, and raise those for one that is not."""
    verdict = judge(value, accepted(right, tolerance, noise=NOISE), unit, quantities, own)
    if verdict.tone == "got-it":
        return verdict.words
    msg = f"{written(value, unit)}? {verdict.words}"
    raise KeepWorking(msg, verdict.slip or "")


def number_in(given: Any, what: str) -> float:
    """Read a finite number, or say why it is none."""
    if is_nothing(given):
        msg = f"{what} is not there yet."
        raise Missing(msg)
    given = bare(given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        msg = f"{what} must be a number, got {kind_of(given)}."
        raise KeepWorking(msg)
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        msg = f"{what} must be a finite number, got {value}. Look for a division by zero."
        raise KeepWorking(msg)
    return value


def bare(given: Any) -> Any:
    """Take a single value out of an array or a series of one, as an exam does that sends it."""
    single = getattr(given, "size", 0)
    return given.item() if isinstance(single, int) and single == 1 and _has_item(given) else given


def is_finite(given: Any) -> bool:
    """Say whether it is a number one can compute with."""
    return isinstance(given, int | float) and math.isfinite(given)


def _has_item(given: Any) -> bool:
    return callable(getattr(given, "item", None))


_KINDS = {
    "ndarray": "an array of several values",
    "Series": "a Series of several values",
    "DataFrame": "a whole table",
    "NAType": "a gap in a table (NA)",
    "complex": "a complex number. It comes out of a root or a power of a negative number",
    "set": "a set",
    "dict": "a dict. Take one value out of it",
    "Own": "all your numbers. Take one: own.…",
}


def kind_of(given: Any) -> str:
    """Say what it is, where it should be something else."""
    if isinstance(given, str):
        return f"the text {given[:40]!r}. Write it without quotes"
    if isinstance(given, bool):
        return f"{given}, which says yes or no"
    if isinstance(given, list | tuple):
        return f"a list of {len(given)}"
    name = given.kind if isinstance(given, Unsendable) else type(given).__name__
    if name in _KINDS:
        return _KINDS[name]
    if callable(given):
        return "a function. Call it"
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def require_function(given: Any, what: str) -> None:
    """Refuse what cannot be called."""
    if is_nothing(given):
        msg = f"{what} is not there yet."
        raise Missing(msg)
    if not callable(given):
        kind, *_ = kind_of(given).split(". ")
        msg = f"this must be {what}, got {kind}."
        raise KeepWorking(msg)


def call(given: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a student's function: an error in it is theirs, and they are told of it."""
    try:
        return given(*args, **kwargs)
    except AssertionError:
        raise
    except (Exception, SystemExit) as error:
        msg = f"your function raises {type(error).__name__}{says(error)}"
        raise KeepWorking(msg) from None


def says(error: BaseException) -> str:
    """Give what an error says, to be put after its name."""
    return f": {error}" if str(error) else ""


def is_nothing(given: Any) -> bool:
    """Say whether a task is as it was handed out."""
    return given is None or given is ...


def written(value: float, unit: str) -> str:
    """Write a student's number with its unit."""
    return with_unit(numbers.number(value, _DIGITS), unit)
