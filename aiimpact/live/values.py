"""Values that steps of the page are made of by writing formulas, and how NumPy's names come to mean them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aiimpact.live.symbols import FUNCTIONS, AskedError, Symbol, TraceError, kind_of, plain, step


class Value:
    """A symbol or a constant whose operators are steps of the page."""

    __slots__ = ("it",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, it: Any) -> None:
        self.it: Any = it.it if isinstance(it, Value) else plain(it)

    def __add__(self, other: Any) -> Value:
        return apply("+", self, other)

    def __radd__(self, other: Any) -> Value:
        return apply("+", other, self)

    def __sub__(self, other: Any) -> Value:
        return apply("-", self, other)

    def __rsub__(self, other: Any) -> Value:
        return apply("-", other, self)

    def __mul__(self, other: Any) -> Value:
        return apply("*", self, other)

    def __rmul__(self, other: Any) -> Value:
        return apply("*", other, self)

    def __truediv__(self, other: Any) -> Value:
        return apply("/", self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return apply("/", other, self)

    def __mod__(self, other: Any) -> Value:
        return apply("%", self, other)

    def __neg__(self) -> Value:
        return apply("negate", self)

    def __lt__(self, other: Any) -> Value:
        return apply("<", self, other)

    def __le__(self, other: Any) -> Value:
        return apply("<=", self, other)

    def __gt__(self, other: Any) -> Value:
        return apply(">", self, other)

    def __ge__(self, other: Any) -> Value:
        return apply(">=", self, other)

    def __eq__(self, other: object) -> Value:  # type: ignore[override]
        return apply("===", self, other)

    def __ne__(self, other: object) -> Value:  # type: ignore[override]
        return apply("!==", self, other)

    def __and__(self, other: Any) -> Value:
        return apply("&&", self, other)

    def __or__(self, other: Any) -> Value:
        return apply("||", self, other)

    def __invert__(self) -> Value:
        return apply("!", self)


def apply(name: str, *arguments: Any) -> Value:
    """Take one step of the page's arithmetic."""
    return Value(step(name, *(Value(argument).it for argument in arguments)))


def where(condition: Any, a: Any, b: Any) -> Value:
    """Choose by a condition."""
    return apply("?", condition, a, b)


# Functions of conditions: NumPy gives a boolean, or computes in bytes or half precision.
_OF_CONDITIONS = {"divide", "where", "isnan", "isinf", "isfinite"}


Formula = Callable[..., Value | tuple[Value, ...]]


def known_as(function: Formula, name: str = "") -> Formula:
    """Let models call NumPy's function of that name."""
    name = name or function.__name__.strip("_")

    def recorded(*arguments: Any) -> Any:
        values = [plain(argument) for argument in arguments]
        kinds = {kind_of(value) for value in values}
        if kinds & {"text", "any"}:
            refuse_text(name, values)
        if kinds == {"boolean"} and name not in _OF_CONDITIONS:
            msg = (
                f"np.{name} of conditions alone is no number to NumPy. Write np.logical_and, np.logical_or or "
                "np.logical_xor to join them, and 1.0 * (a > b) to count with one."
            )
            raise TraceError(msg)
        result = function(*map(Value, values))
        return tuple(x.it for x in result) if isinstance(result, tuple) else result.it

    FUNCTIONS[name] = recorded
    return function


def refuse_text(name: str, values: Sequence[Any]) -> None:
    """Say that a text is no number."""
    for value in values:
        if isinstance(value, Symbol) and value.kind in {"text", "any"}:
            msg = f'The model computes np.{name} of {value!s}, which may be a text. Compare it: {value!s} == "…".'
            raise AskedError(msg, value)
    msg = f"The model computes np.{name} of a text. Use a number."
    raise TraceError(msg)
