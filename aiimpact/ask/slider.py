"""A number to answer with a logarithmic slider, and a guess beside the value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from aiimpact.ask.answer import ends_of, with_range
from aiimpact.ask.judge import Right, Row, Tone, Verdict, look_up, with_unit
from aiimpact.ask.question import Question, labels, options_page
from aiimpact.ask.sheet import Sheet, places, strip_svg
from aiimpact.numbers import number
from aiimpact.words import say

# The stops of a slider in each power of ten: numbers that people guess.
_STOPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_STOPS_IN_WORDS = f"the stops are {', '.join(map(str, _STOPS))} in each power of ten"
# A guess within a factor of two is a good one.
_GOOD_GUESS = 2.0
_SAME = 1.1


def slid(
    sheet: Callable[..., Sheet],
    known: Right,
    right: Right,
    rows: Sequence[Row],
    slider: tuple[float, float],
    unit: str,
    digits: int,
) -> Question:
    """Ask for a number on a slider."""
    stops = _stops(slider, right.mid)
    options = {with_unit(number(x), unit): look_up(rows, x) for x in stops}
    if not any(verdict.tone == "got-it" for verdict in options.values()):
        msg = (
            f"A stop of the slider must count as right, but none lies within {right.low:g} to "
            f"{right.high:g}. Widen tolerance= or within=; {_STOPS_IN_WORDS}."
        )
        raise ValueError(msg)
    page = options_page("slider", labels(), say("Move the slider first."), options)
    shown = with_range(known, unit, digits)
    asked = sheet(kind="slider", answer=shown, page=page)
    return Question(asked, lambda: rows, options, right=lambda: right.mid)


def guessed(
    sheet: Callable[..., Sheet], known: Right, slider: tuple[float, float], unit: str, digits: int
) -> Question:
    """Ask for a guess, to be put beside the value."""
    stops = _stops(slider, known.mid)
    texts = [with_unit(number(stop), unit) for stop in stops]
    options = {
        shown: _beside(stop, shown, known, unit, digits)
        for stop, shown in zip(stops, texts, strict=True)
    }
    value = with_unit(number(known.mid, digits), unit)
    page = options_page(
        "guess",
        {"missing": "", "keep-working": "", "got-it": say("A good guess.")},
        say("Move the slider to your guess first."),
        options,
    )
    page["places"] = dict(zip(texts, places(stops, stops[0], stops[-1]), strict=True))
    strip = strip_svg(known.mid, (known.low, known.high), (stops[0], stops[-1]), value)
    answer = with_range(known, unit, digits)
    asked = sheet(kind="guess", answer=answer, page=page, strip=strip)
    rows = _band(known, answer)
    return Question(asked, lambda: rows, options, right=lambda: known.mid)


def _band(known: Right, shown: str) -> list[Row]:
    """Say the same of any number, where there is no slider, as near as a range can."""
    low = min(known.low, known.mid / _GOOD_GUESS)
    high = max(known.high, known.mid * _GOOD_GUESS)
    return [
        Row(low, high, Verdict("got-it", say("A good guess. It is {shown}.", shown=shown))),
        Row(
            None,
            known.mid,
            Verdict("keep-working", say("It is {shown}: more than twice your guess.", shown=shown)),
        ),
        Row(
            known.mid,
            None,
            Verdict("keep-working", say("It is {shown}: less than half your guess.", shown=shown)),
        ),
    ]


def _stops(slider: tuple[float, float], answer: float) -> list[float]:
    """List the stops of a slider: round numbers, ten to a power of ten."""
    low, high = ends_of("slider", slider)
    stops: list[float] = []
    if 0 < low < high < math.inf:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        all_of_them = [float(f"{stop}e{power}") for power in powers for stop in _STOPS]
        stops = [stop for stop in all_of_them if low <= stop <= high]
    if not stops or not stops[0] < answer < stops[-1]:
        msg = (
            f"slider must have finite ends above 0 with stops on both sides of the answer {answer:g}, got "
            f"{low:g} and {high:g}. Move the ends apart; {_STOPS_IN_WORDS}."
        )
        raise ValueError(msg)
    return stops


def _beside(stop: float, shown: str, known: Right, unit: str, digits: int) -> Verdict:
    value = with_range(known, unit, digits)
    ratio = max(known.mid / stop, stop / known.mid)
    if known.low <= stop <= known.high or ratio <= _SAME:
        return Verdict(
            "got-it", say("You guessed {shown}, and it is {value}.", shown=shown, value=value)
        )
    told = {"shown": shown, "value": value, "times": number(ratio, 2)}
    words = (
        say("You guessed {shown}. It is {value}: {times} times your guess.", **told)
        if stop < known.mid
        else say("You guessed {shown}. It is {value}: your guess is {times} times that.", **told)
    )
    tone: Tone = "got-it" if ratio <= _GOOD_GUESS else "keep-working"
    return Verdict(tone, words)
