"""What a student gave, as a check reads it: a number, a function, nothing yet.

Whatever it is, what is said of it names its kind and what to do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from aiimpact import numbers
from aiimpact.ask.judge import accepted, judge, with_unit
from aiimpact.classroom.replies import KeepWorking, Missing, Unsendable
from aiimpact.classroom.speech import here, later
from aiimpact.live import typed
from aiimpact.words import say, sentences

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
    msg = say("{answer}? {words}", answer=written(value, unit), words=verdict.words)
    raise KeepWorking(msg, verdict.slip or "", hint=verdict.words)


def number_in(given: Any, what: str) -> float:
    """Read a finite number, or say why it is none."""
    require_anything(given, what)
    given = bare(given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        kind, advice = kind_of(given)
        if isinstance(given, list | tuple) and len(given) > 1:
            advice = say("A comma makes a list: write 1200 for 1,200, and 0.5 for 0,5.")
        msg = say("{what} must be a number, got {kind}.", what=what, kind=kind)
        raise KeepWorking(sentences(msg, advice))
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        msg = say(
            "{what} must be a finite number, got {value}. Look for a division by zero.",
            what=what,
            value=value,
        )
        raise KeepWorking(msg)
    return value


def require_anything(given: Any, what: str) -> None:
    """Refuse what is not there yet."""
    if is_nothing(given):
        raise Missing(say("{what} is not there yet.", what=what))


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
    "ndarray": (later("an array of several values"), ""),
    "Series": (later("a Series of several values"), ""),
    "DataFrame": (later("a whole table"), ""),
    "NAType": (later("a gap in a table (NA)"), ""),
    "complex": (
        later("a complex number"),
        later("It comes out of a root or a power of a negative number."),
    ),
    "set": (later("a set"), ""),
    "dict": (later("a dict"), later("Take one value out of it.")),
    "Own": (later("all your numbers"), later("Take one: own.….")),
}


def kind_of(given: Any) -> tuple[str, str]:
    """Say what it is, where it should be something else, and in a sentence what to do about it."""
    if isinstance(given, str):
        kind = say("the text {text}", text=repr(given[:40]))
        value = typed.read(given)
        if math.isfinite(value):
            return kind, say(
                "Write it in digits and without quotes: {number}.", number=_as_code(value)
            )
        return kind, say("Write the number alone, in digits: without quotes, words or a unit.")
    if isinstance(given, bool):
        return say("{value}, which says yes or no", value=given), ""
    if isinstance(given, list | tuple):
        return say("a list of {count}", count=len(given)), ""
    name = given.kind if isinstance(given, Unsendable) else type(given).__name__
    if name in _KINDS:
        kind, advice = _KINDS[name]
        return here(kind), here(advice)
    if callable(given):
        return say("a function"), say("Call it.")
    return (
        say("an {kind}", kind=name) if name[:1] in "aeiouAEIOU" else say("a {kind}", kind=name)
    ), ""


def _as_code(value: float) -> str:
    """Write a number as Python reads it, without an exponent or a point where there need be none."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def require_function(given: Any, what: str) -> None:
    """Refuse what cannot be called."""
    require_anything(given, what)
    if not callable(given):
        kind, _ = kind_of(given)
        raise KeepWorking(say("this must be {what}, got {kind}.", what=what, kind=kind))


def call(given: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a student's function: an error in it is theirs, and they are told of it."""
    try:
        return given(*args, **kwargs)
    except AssertionError:
        raise
    except (Exception, SystemExit) as error:
        raise raises(error) from None


def raises(error: BaseException) -> KeepWorking:
    """Say what error a student's function has ended in."""
    kind = type(error).__name__
    shown = f"{kind}: {error}" if str(error) else kind
    return KeepWorking(say("your function raises {error}", error=shown), raised=kind)


def is_nothing(given: Any) -> bool:
    """Say whether a task is as it was handed out."""
    return given is None or given is ...


def written(value: float, unit: str) -> str:
    """Write a student's number with its unit."""
    return with_unit(numbers.number(value, _DIGITS), unit)
