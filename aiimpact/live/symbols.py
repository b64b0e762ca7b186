"""Symbols: numbers that are not known yet, and the record of what a model does with them."""

from __future__ import annotations

import functools
import inspect
import itertools
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from aiimpact.live.arithmetic import STEPS, Kind

# NumPy's name of a function to the same in steps of the page; `functions` fills it.
FUNCTIONS: dict[str, Callable[..., Any]] = {}
# NumPy's name of a function that a page cannot run to what to write.
INSTEAD: dict[str, str] = {}
_count = itertools.count()


class TraceError(TypeError):
    """A model does something that has no counterpart in the page; the text names the fix."""


class AskedError(TraceError):
    """A model asks for the value of a symbol, which is only known when a reader moves a control."""

    def __init__(self, message: str, symbol: Symbol) -> None:
        super().__init__(message)
        self.symbol = symbol


class _NoAttributeError(AskedError, AttributeError):
    """A model asks for an attribute that no number in a page has."""


class Symbol(NDArrayOperatorsMixin):
    """A number that is not known yet: an input of a model, or what became of it.

    Parameters
    ----------
    operation
        The name of a signal or a field, or of a step of the page's arithmetic.
    arguments
        What the step is applied to: symbols and plain values. A signal has none.
    kind
        "number", "boolean" or "text"; "any" where a control mixes them.
    label
        What an error message calls it.
    """

    __slots__ = ("arguments", "kind", "label", "operation", "order")
    # Library functions check the range of numbers; a control bounds a symbol instead.
    __symbolic__ = True

    def __init__(
        self,
        operation: str,
        arguments: Sequence[Any] = (),
        kind: Kind = "number",
        label: str = "",
    ) -> None:
        self.operation = operation
        self.arguments = tuple(arguments)
        self.kind = kind
        self.label = label or operation
        # What a symbol is made of was made before it, so a pass over a record is a sorted loop.
        self.order = next(_count)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = ufunc.__name__
        out, *_ = kwargs.pop("out", None) or (None,)
        if method != "__call__" or kwargs:
            how = f"np.{name}" if method == "__call__" else f"np.{name}.{method}"
            extra = f" with {', '.join(kwargs)}" if kwargs else ""
            msg = f"{how}{extra} cannot run in the page. Call np.{name} on plain arguments."
            raise TraceError(msg)
        result = _elementwise(known(name), inputs, ufunc.nout)
        return result if out is None or out is self else _put(out, result)

    def __array_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: Any, kwargs: Any
    ) -> Any:
        return of_function(func.__name__, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in FUNCTIONS:
            # NumPy calls these on the members of an object array.
            return functools.partial(FUNCTIONS[name], self)
        msg = (
            f"The model asks for .{name} of {self!s}, which is only known when a reader moves a control.\n"
            "Use NumPy's functions: np.exp(x), np.round(x, 2)."
        )
        raise _NoAttributeError(msg, self)

    # A number has no inside that could change: x += 1 makes a new one.
    __iadd__ = NDArrayOperatorsMixin.__add__
    __isub__ = NDArrayOperatorsMixin.__sub__
    __imul__ = NDArrayOperatorsMixin.__mul__
    __itruediv__ = NDArrayOperatorsMixin.__truediv__
    __ifloordiv__ = NDArrayOperatorsMixin.__floordiv__
    __imod__ = NDArrayOperatorsMixin.__mod__
    __ipow__ = NDArrayOperatorsMixin.__pow__
    __iand__ = NDArrayOperatorsMixin.__and__
    __ior__ = NDArrayOperatorsMixin.__or__
    __ixor__ = NDArrayOperatorsMixin.__xor__

    def __bool__(self) -> NoReturn:
        msg = (
            f"The model asks whether {self!s} holds (if, and, or, min, max, while, or one of NumPy's functions "
            "over an array of such numbers), but which way it goes is only known when a reader moves a control.\n"
            "Write np.where(condition, a, b), np.minimum, np.maximum, or & and | on comparisons, and for an "
            "array a loop over its items."
        )
        raise AskedError(msg, self)

    def _no_number(self, how: str, fix: str) -> NoReturn:
        msg = (
            f"The model needs {self!s} as a finished number ({how}), but it is only known when a reader "
            f"moves a control.\n{fix}"
        )
        raise AskedError(msg, self)

    def __float__(self) -> NoReturn:
        self._no_number(
            "float, or a function of math",
            "Leave out float(), and use NumPy's function of the same name: np.log for math.log, np.sqrt "
            "for math.sqrt, np.arctan2 for math.atan2.",
        )

    def __complex__(self) -> NoReturn:
        self._no_number("complex", "The page has no complex numbers: compute both parts.")

    def __int__(self) -> NoReturn:
        self._no_number("int", "Write np.trunc(x) for int(x).")

    def __index__(self) -> NoReturn:
        self._no_number(
            "range, a place in a list, a function of math",
            "Loop over a fixed range, the longest there can be, and count what applies: "
            "np.where(i < n, step, 0). For a place in a list, give the control the values themselves.",
        )

    def __floor__(self) -> NoReturn:
        self._no_number("math.floor", "Use NumPy's function: np.floor(x).")

    def __ceil__(self) -> NoReturn:
        self._no_number("math.ceil", "Use NumPy's function: np.ceil(x).")

    def __trunc__(self) -> NoReturn:
        self._no_number("math.trunc", "Use NumPy's function: np.trunc(x).")

    def __round__(self, digits: int | None = None) -> Any:
        return FUNCTIONS["round"](self, digits or 0)

    def __format__(self, spec: str) -> NoReturn:
        self._no_number("a format", "Return the number, and format outside the model.")

    def __hash__(self) -> NoReturn:
        msg = (
            f"The model looks {self!s} up in a table, but which row it means is only known when a "
            "reader moves a control.\nGive the control the values themselves: a dict of label to value."
        )
        raise AskedError(msg, self)

    def __iter__(self) -> NoReturn:
        msg = f"The model iterates over {self!s}, which is one number. Loop over a fixed range instead."
        raise AskedError(msg, self)

    def __str__(self) -> str:
        return _sketch(self)

    def __repr__(self) -> str:
        return f"Symbol({_sketch(self)})"


def known(name: str) -> Callable[..., Any]:
    """Find NumPy's function of that name as the page computes it, or raise."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    fix = (
        f"Write {INSTEAD[name]}." if name in INSTEAD else f"Known: {', '.join(sorted(FUNCTIONS))}."
    )
    msg = f"np.{name} has no counterpart in the page. {fix}"
    raise TraceError(msg)


def _usage(name: str) -> str:
    """Show how a function is called: ``np.where(condition, x, y)``."""
    return f"np.{name}({', '.join(inspect.signature(FUNCTIONS[name]).parameters)})"


def _elementwise(function: Callable[..., Any], given: Sequence[Any], results: int) -> Any:
    given = [
        np.asarray(x) if isinstance(x, Symbols) or hasattr(type(x), "to_numpy") else x
        for x in given
    ]
    if not any(isinstance(x, np.ndarray) and x.ndim for x in given):
        return function(*given)
    boxes = (x if isinstance(x, np.ndarray) else _boxed(x) for x in given)
    found = np.frompyfunc(function, len(given), results)(*boxes)
    return tuple(x.view(Symbols) for x in found) if results > 1 else found.view(Symbols)


class Symbols(np.ndarray[Any, Any]):
    """An array of symbols: NumPy's functions go through its items as the page computes them."""

    __symbolic__ = True

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if ufunc is np.matmul and method == "__call__":
            return _viewed(np.matmul(*map(np.asarray, inputs)))
        function = known(ufunc.__name__)
        # What NumPy's own mean and std say of memory does not matter here.
        if method == "__call__" and kwargs.keys() <= {"out", "casting", "dtype", "subok"}:
            found = _elementwise(function, inputs, ufunc.nout)
            (out,) = kwargs.get("out") or (None,)
            return found if out is None else _put(out, found)
        if method in {"reduce", "accumulate"} and ufunc.nin == 2:
            items = np.asarray(inputs[0])
            if ufunc in {np.add, np.multiply}:
                # A sum of conditions counts them.
                items = np.frompyfunc(number, 1, 1)(items)
            options = {key: kwargs[key] for key in ("axis", "keepdims") if key in kwargs}
            found = getattr(np.frompyfunc(function, 2, 1), method)(items, *inputs[1:], **options)
            return _viewed(found)
        msg = f"np.{ufunc.__name__}.{method} cannot run in the page. Write a loop over the items."
        raise TraceError(msg)

    def __array_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: Any, kwargs: Any
    ) -> Any:
        if func.__name__ in FUNCTIONS:
            return of_function(func.__name__, args, kwargs)
        return super().__array_function__(func, types, args, kwargs)


def _viewed(found: Any) -> Any:
    return found.view(Symbols) if isinstance(found, np.ndarray) else found


def _put(out: Any, found: Any) -> Any:
    if isinstance(out, np.ndarray) and out.dtype == object:
        np.asarray(out)[...] = found
        return out
    msg = (
        "An array of numbers has no room for a number that is only known when a reader moves a control. "
        "Write total = total + x for total += x."
    )
    raise TraceError(msg)


def of_function(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Call a function of NumPy's that is no ufunc, such as np.where, as the page computes it."""
    function = known(name)
    try:
        given = inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        msg = f"np.{name} in a model takes plain arguments. Write {_usage(name)}, and leave out the rest."
        raise TraceError(msg) from None
    given.apply_defaults()
    if name in {"where", "clip", "round", "around"}:
        return _elementwise(functools.partial(function, **given.kwargs), given.args, 1)
    if name == "select":
        conditions, choices, default = given.args
        many = len(conditions)

        def choose(*values: Any) -> Any:
            return function(values[:many], values[many:-1], values[-1])

        return _elementwise(choose, [*conditions, *choices, default], 1)
    if name in {"interp", "polyval"}:
        # Tables stay whole, places go one by one.
        first = list(given.args)
        at = 0 if name == "interp" else 1
        place, first[at] = first[at], None

        def one(x: Any) -> Any:
            return function(*first[:at], x, *first[at + 1 :], **given.kwargs)

        return _elementwise(one, [place], 1)
    return function(*given.args, **given.kwargs)


def _boxed(value: Any) -> Any:
    """Keep a symbol whole where NumPy would try to look inside."""
    box = np.empty((), dtype=object)
    box[()] = value
    return box


def plain(value: Any) -> Any:
    """Turn a constant of a model into a double, a boolean or a text."""
    if isinstance(value, Symbol | np.float64 | np.bool_ | str):
        return value
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value.item()
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, Real):
        try:
            return np.float64(value)
        except OverflowError:
            pass
    elif isinstance(value, str):
        return value
    msg = f"The model computes with {value!r:.60}, which is no number that a page can hold. Use a plain number."
    raise TraceError(msg)


def kind_of(value: Any) -> Kind:
    """Say what kind of value a symbol or a constant is."""
    if isinstance(value, Symbol):
        return value.kind
    if isinstance(value, str):
        return "text"
    return "boolean" if isinstance(value, bool | np.bool_) else "number"


def step(name: str, *arguments: Any) -> Any:
    """Record one step of the page's arithmetic; constants are computed as they come."""
    if name == "?":
        return _choice(*arguments)
    if not any(isinstance(argument, Symbol) for argument in arguments):
        with np.errstate(all="ignore"):
            return STEPS[name].run(*arguments)[()]
    if name in {"&&", "||", "!=="}:
        for known_one, other in (arguments, reversed(arguments)):
            if isinstance(known_one, np.bool_):
                return _joined(name, bool(known_one), other)
    return Symbol(name, arguments, STEPS[name].gives)


def _joined(name: str, known_one: bool, other: Symbol) -> Any:
    """Join a condition with one that is known."""
    if name == "!==":
        return step("!", other) if known_one else other
    decided = known_one == (name == "||")
    return np.bool_(known_one) if decided else other


def _choice(condition: Any, a: Any, b: Any) -> Any:
    if not isinstance(condition, Symbol):
        return a if condition else b
    kinds = kind_of(a), kind_of(b)
    if kinds[0] != kinds[1]:
        if "text" in kinds:
            msg = f"np.where gives a text in one case and a number in the other: {a!s}, {b!s}. Give two of a kind."
            raise TraceError(msg)
        a, b = number(a), number(b)
    return Symbol("?", (condition, a, b), kind_of(a))


def number(value: Any) -> Any:
    """Count a condition as one or nought; a number stays."""
    return step("number", value) if kind_of(value) == "boolean" else value


def literal(value: Any) -> str:
    """Write a constant in the page's words."""
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    value = float(value)
    if math.isnan(value):
        return "(0 / 0)"
    if math.isinf(value):
        return "(1 / 0)" if value > 0 else "(-1 / 0)"
    text = repr(value).removesuffix(".0")
    return f"({text})" if math.copysign(1, value) < 0 else text


def _sketch(value: Any, depth: int = 4) -> str:
    """Write a symbol for an error message, its inner parts left out."""
    if not isinstance(value, Symbol):
        return literal(value)
    if not value.arguments:
        return value.label
    if depth == 0:
        return "…"
    parts = [_sketch(argument, depth - 1) for argument in value.arguments]
    return STEPS[value.operation].text.format(*parts)
