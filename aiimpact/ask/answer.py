"""The right answer of a question: a number, a row with a range, or a function of what is given."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, Protocol, TypeGuard, runtime_checkable

from aiimpact.ask import slips
from aiimpact.ask.judge import Right, accepted, counts_as_right, with_unit
from aiimpact.live.explorer import Explorer
from aiimpact.live.model import Model
from aiimpact.live.trace import Symbol
from aiimpact.numbers import number
from aiimpact.words import say


@runtime_checkable
class Ranged(Protocol):
    """A number with its range: an interval, a row of a table, or anything else that has all three."""

    low: Any
    mid: Any
    high: Any


def is_finite(value: Any) -> TypeGuard[float]:
    """Say whether a value is a finite number."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def require_digits(digits: Any) -> None:
    """Raise an error unless `digits` is a whole number above zero."""
    if isinstance(digits, bool) or not isinstance(digits, int) or digits < 1:
        msg = f"digits must be a whole number of at least 1, got {digits!r}."
        raise ValueError(msg)


def given_numbers(quantities: Mapping[str, Any]) -> dict[str, float]:
    """Take the middle of each quantity."""
    given = {}
    for name, value in quantities.items():
        mid = value.mid if isinstance(value, Ranged) else value
        if not is_finite(mid):
            msg = (
                f"quantities[{name!r}] must be a finite number or a row of a table, got {value!r}."
            )
            raise TypeError(msg)
        given[name] = float(mid)
    return given


def call(value: Any, given: Mapping[str, Any]) -> Any:
    """Give a value, or what a function makes of the quantities that it names."""
    if not callable(value):
        return value
    arguments = {}
    for parameter in inspect.signature(value).parameters.values():
        if parameter.name in given:
            arguments[parameter.name] = given[parameter.name]
        elif parameter.default is parameter.empty:
            msg = (
                f"The answer needs {parameter.name!r}, which is not given.{_near(parameter.name, given)} "
                f"Write quantities={{{parameter.name!r}: …}}."
            )
            raise ValueError(msg)
    return value(**arguments)


def require_used(given: Iterable[str], answer: Any, own: Mapping[str, Any]) -> None:
    """Refuse a quantity that neither the answer nor a slip uses: its name is misspelt."""
    functions = [f for f in (answer, *(wrong for wrong, _ in own.values())) if callable(f)]
    known = {name for f in functions for name in inspect.signature(f).parameters}
    known |= {name for slip in slips.load() for name in slip.needs}
    for name in given:
        if name not in known:
            msg = (
                f"Neither the answer nor a slip uses {name!r}.{_near(name, known)} "
                f"Known: {', '.join(sorted(known))}."
            )
            raise ValueError(msg)


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def symbols(answer: Any, given: Mapping[str, float], explorer: Explorer) -> dict[str, Symbol]:
    """Give a symbol for each input of an explorer, once the answer is known to trace."""
    if not callable(answer):
        msg = (
            f"With an explorer the answer must be a function of its inputs, got {answer!r}. "
            "Write lambda pue: …, or leave out explorer=."
        )
        raise TypeError(msg)
    model = explorer._model
    Model(lambda **x: {"The answer": call(answer, {**given, **x})}, explorer.name, "", model.inputs)
    return model.symbols()


def ends_of(name: str, ends: Any) -> tuple[float, float]:
    """Take two numbers apart."""
    try:
        low, high = map(float, () if isinstance(ends, str) else ends)
    except (TypeError, ValueError):
        msg = f"{name} must be two numbers, (low, high), got {ends!r}."
        raise TypeError(msg) from None
    return low, high


def known(answer: Any, within: tuple[float, float] | None) -> Right:
    """Give the right answer with the range of what is known; both ends are it if nothing is said."""
    has_range = isinstance(answer, Ranged)
    low, mid, high = (answer.low, answer.mid, answer.high) if has_range else [answer] * 3
    if within is not None:
        low, high = ends_of("within", within)
    if isinstance(mid, Symbol):
        return Right(low, mid, high)
    for end in (low, mid, high):
        if isinstance(end, bool) or not isinstance(end, Real):
            msg = f"answer must be a number, an interval or a row of a table, got {answer!r}."
            raise TypeError(msg)
    found = Right(float(low), float(mid), float(high))
    if not (all(map(math.isfinite, found)) and found.low <= found.mid <= found.high):
        msg = (
            f"The right answer must be finite and within its range, got {mid:g} in {low:g} to "
            f"{high:g}. Sort the ends, or correct the answer."
        )
        raise ValueError(msg)
    return found


def right_of(known: Right, tolerance: float) -> Right:
    """Give the range that counts as right: what is known, or else what the tolerance lets pass."""
    by_tolerance = accepted(known.mid, tolerance)
    one = known.low is known.high or (isinstance(known.low, Real) and known.low == known.high)
    return by_tolerance if one else known


def own_slips(
    slips: Mapping[str, tuple[Any, str]], given: Mapping[str, Any], right: Right, unit: str
) -> dict[str, tuple[Any, str]]:
    """Work out the slips of one question alone; each must come out wrong."""
    found = {}
    for key, (wrong, words) in slips.items():
        value = call(wrong, given)
        if not isinstance(value, Symbol) and not is_finite(value):
            msg = f"slips[{key!r}] must come out as a finite number, got {value!r}."
            raise TypeError(msg)
        if counts_as_right(right, value):
            msg = (
                f"The slip {key!r} must come out wrong, got {with_unit(f'{value:g}', unit)}, which counts as right "
                f"({right.low:g} to {right.high:g}). Narrow the tolerance, or leave the slip out."
            )
            raise ValueError(msg)
        found[key] = (value, words)
    return found


def require_pairs(slips: Mapping[str, Any]) -> None:
    """Raise an error unless each slip of a question is a wrong answer and words."""
    for key, pair in slips.items():
        if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(pair[1], str):
            msg = (
                f'slips[{key!r}] must be a wrong answer and words, got {pair!r}. Write (950, "…").'
            )
            raise TypeError(msg)


def with_range(known: Right, unit: str, digits: int) -> str:
    """Write the right answer, with its range if it has one."""
    shown = with_unit(number(known.mid, digits), unit)
    if known.low == known.high:
        return shown
    ends = {"low": number(known.low, digits), "high": number(known.high, digits)}
    return say("{value} ({low} to {high})", value=shown, **ends)
