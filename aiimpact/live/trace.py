"""Symbols: run a Python model once and get it back as expressions for the page.

A model is a plain function on numbers. Called with a :class:`Symbol` for each input it
records what it does, and :func:`compile_outputs` writes that record in Vega's expression
language, which the page evaluates. Python stays the only place where a formula is written.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class TraceError(TypeError):
    """A model does something that has no counterpart in the page; the text names the fix."""


def _infix(operator: str) -> str:
    return "({0} " + operator + " {1})"


# NumPy's remainder has the sign of the divisor, Vega's that of the dividend.
_REMAINDER = "({0} % {1} + ({0} % {1} * {1} < 0 ? {1} : 0))"

# NumPy's name of an operation, and the same in Vega's expression language.
_EXPRESSIONS: dict[str, str] = {
    "add": _infix("+"),
    "subtract": _infix("-"),
    "multiply": _infix("*"),
    "divide": _infix("/"),
    "floor_divide": f"round(({{0}} - {_REMAINDER}) / {{1}})",
    "remainder": _REMAINDER,
    "power": "pow({0}, {1})",
    "float_power": "pow({0}, {1})",
    "square": "pow({0}, 2)",
    "negative": "(-{0})",
    "positive": "{0}",
    "absolute": "abs({0})",
    "sign": "({0} > 0 ? 1 : {0} < 0 ? -1 : {0})",
    "exp": "exp({0})",
    "exp2": "pow(2, {0})",
    "log": "log({0})",
    "log2": "(log({0}) / LN2)",
    "log10": "(log({0}) / LN10)",
    "sqrt": "sqrt({0})",
    "floor": "floor({0})",
    "ceil": "ceil({0})",
    "sin": "sin({0})",
    "cos": "cos({0})",
    "tan": "tan({0})",
    "minimum": "min({0}, {1})",
    "maximum": "max({0}, {1})",
    "greater": _infix(">"),
    "greater_equal": _infix(">="),
    "less": _infix("<"),
    "less_equal": _infix("<="),
    "equal": _infix("==="),
    "not_equal": _infix("!=="),
    "logical_and": "(!!{0} && !!{1})",
    "logical_or": "(!!{0} || !!{1})",
    "logical_not": "(!{0})",
    # & | ~ on comparisons are NumPy's way to write and, or, not.
    "bitwise_and": _infix("&&"),
    "bitwise_or": _infix("||"),
    "invert": "(!{0})",
    "where": "({0} ? {1} : {2})",
    "clip": "min(max({0}, {1}), {2})",
}

_ON_COMPARISONS = {"bitwise_and", "bitwise_or", "invert"}
_COMPARISONS = _ON_COMPARISONS | {
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "equal",
    "not_equal",
    "logical_and",
    "logical_or",
    "logical_not",
}

_INSTEAD = {
    "log1p": "np.log(1 + x)",
    "expm1": "np.exp(x) - 1",
    "cbrt": "x ** (1 / 3)",
    "round": "np.floor(x + 0.5)",
    "rint": "np.floor(x + 0.5)",
    "trunc": "np.where(x < 0, np.ceil(x), np.floor(x))",
    "select": "nested np.where(condition, a, b)",
    "interp": "nested np.where(condition, a, b)",
}


def _apply(operation: Callable[..., Any], *arguments: Any) -> Any:
    """Record one operation; constants are folded by NumPy as they come."""
    if not any(isinstance(argument, Symbol) for argument in arguments):
        return operation(*arguments)
    return Symbol(operation, arguments)


class Symbol(NDArrayOperatorsMixin):
    """A number that is not known yet: an input of a model, or what became of it.

    Parameters
    ----------
    operation
        A name for an input, or the NumPy function that was applied.
    arguments
        What the function was applied to: symbols and plain numbers.
    """

    __slots__ = ("arguments", "operation")
    # Library functions check the range of numbers; a control bounds a symbol instead.
    __symbolic__ = True

    def __init__(self, operation: str | Callable[..., Any], arguments: Sequence[Any] = ()) -> None:
        self.operation = operation
        self.arguments = tuple(arguments)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            how = (
                f"np.{ufunc.__name__}.{method}" if method != "__call__" else f"np.{ufunc.__name__}"
            )
            extra = f" with {', '.join(kwargs)}" if kwargs else ""
            msg = f"{how}{extra} cannot run in the page. Call np.{ufunc.__name__}(a, b) on plain arguments."
            raise TraceError(msg)
        _require_known(ufunc.__name__)
        if ufunc.__name__ in _ON_COMPARISONS and not all(map(_is_comparison, inputs)):
            msg = (
                f"np.{ufunc.__name__} (&, |, ~) works on the bits of a number, which the page cannot do. "
                "Put comparisons on both sides, in brackets, (a > 1) & (b > 2), or write np.logical_and(a, b)."
            )
            raise TraceError(msg)
        inputs = tuple(np.asarray(x) if hasattr(x, "to_numpy") else x for x in inputs)
        if any(isinstance(x, np.ndarray) and x.ndim for x in inputs):
            elementwise = np.frompyfunc(lambda *x: _apply(ufunc, *x), len(inputs), 1)
            return elementwise(*(_boxed(x) for x in inputs))
        return _apply(ufunc, *inputs)

    def __array_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: Any, kwargs: Any
    ) -> Any:
        name = func.__name__
        _require_known(name)
        if name == "clip":
            return _clip(*args, **kwargs)
        if kwargs or len(args) != 3:
            msg = (
                f"np.{name} in a model takes plain positional arguments: np.where(condition, a, b)."
            )
            raise TraceError(msg)
        return _apply(func, *args)

    # NumPy calls these on the members of an object array.
    def exp(self) -> Symbol:
        """Apply np.exp."""
        return np.exp(self)  # type: ignore[no-any-return]

    def log(self) -> Symbol:
        """Apply np.log."""
        return np.log(self)  # type: ignore[no-any-return]

    def sqrt(self) -> Symbol:
        """Apply np.sqrt."""
        return np.sqrt(self)  # type: ignore[no-any-return]

    def __bool__(self) -> NoReturn:
        msg = (
            f"The model asks whether {self!s} holds (if, and, or, min, max, while), but which way it "
            "goes is only known when a reader moves a control.\n"
            "Write np.where(condition, a, b), np.minimum, np.maximum, or & and | on comparisons."
        )
        raise TraceError(msg)

    def _no_number(self, *_: Any) -> NoReturn:
        msg = (
            f"The model needs {self!s} as a finished number (float, int, round, math.…, a format), "
            "but it is only known when a reader moves a control.\n"
            "Use NumPy's function of the same name (np.log for math.log), and format outside the model."
        )
        raise TraceError(msg)

    __float__ = __int__ = __index__ = __complex__ = __round__ = _no_number
    __trunc__ = __floor__ = __ceil__ = __format__ = _no_number

    def __hash__(self) -> NoReturn:
        msg = (
            f"The model looks {self!s} up in a table, but which row it means is only known when a "
            "reader moves a control.\nGive the control the values themselves: a dict of label to value."
        )
        raise TraceError(msg)

    def __iter__(self) -> NoReturn:
        msg = f"The model iterates over {self!s}, which is one number. Loop over a fixed range instead."
        raise TraceError(msg)

    def __str__(self) -> str:
        return _sketch(self)

    def __repr__(self) -> str:
        return f"Symbol({_sketch(self)})"


def _is_comparison(value: Any) -> bool:
    """Say whether a value can only be true or false."""
    if not isinstance(value, Symbol):
        return isinstance(value, bool | np.bool_)
    return not isinstance(value.operation, str) and value.operation.__name__ in _COMPARISONS


def _boxed(value: Any) -> Any:
    """Keep a symbol whole where NumPy would try to look inside."""
    if not isinstance(value, Symbol):
        return value
    box = np.empty((), dtype=object)
    box[()] = value
    return box


def _clip(value: Any, low: Any = None, high: Any = None, **bounds: Any) -> Any:
    low, high = bounds.pop("a_min", low), bounds.pop("a_max", high)
    low, high = bounds.pop("min", low), bounds.pop("max", high)
    if bounds:
        msg = (
            f"np.clip with {', '.join(bounds)} cannot run in the page. Write np.clip(x, low, high)."
        )
        raise TraceError(msg)
    if low is None:
        return value if high is None else _apply(np.minimum, value, high)
    return _apply(np.maximum, value, low) if high is None else _apply(np.clip, value, low, high)


def _require_known(name: str) -> None:
    if name in _EXPRESSIONS:
        return
    fix = _INSTEAD.get(name)
    fix = f"Write {fix}." if fix else f"Known functions: {', '.join(sorted(_EXPRESSIONS))}."
    msg = f"np.{name} has no counterpart in the page. {fix}"
    raise TraceError(msg)


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    number = float(value)
    if not math.isfinite(number):
        msg = f"The model uses {number} as a constant, which no chart can show. Use a finite bound."
        raise TraceError(msg)
    text = repr(number).removesuffix(".0")
    return f"({text})" if number < 0 else text


def write(value: Any, names: Mapping[int, str] | None = None) -> str:
    """Write a symbol as a Vega expression; nodes in `names` (by id) appear by that name."""
    if not isinstance(value, Symbol):
        return _literal(value)
    if names and id(value) in names:
        return names[id(value)]
    if isinstance(value.operation, str):
        return value.operation
    parts = [write(argument, names) for argument in value.arguments]
    return _EXPRESSIONS[value.operation.__name__].format(*parts)


def _sketch(value: Any, depth: int = 4) -> str:
    """Write a symbol for an error message, its inner parts left out."""
    if not isinstance(value, Symbol) or isinstance(value.operation, str):
        return write(value)
    if depth == 0:
        return "…"
    parts = [_sketch(argument, depth - 1) for argument in value.arguments]
    return _EXPRESSIONS[value.operation.__name__].format(*parts)


def _mentions(node: Symbol, position: int) -> int:
    """Count how often the text of an operation repeats one of its arguments."""
    assert not isinstance(node.operation, str)
    return _EXPRESSIONS[node.operation.__name__].count(f"{{{position}}}")


def evaluate(value: Any, inputs: Mapping[str, Any]) -> Any:
    """Run the record in Python: the check that a trace did what the model does."""
    done: dict[int, Any] = {}

    def run(node: Any) -> Any:
        if not isinstance(node, Symbol):
            return node
        if isinstance(node.operation, str):
            return inputs[node.operation]
        if id(node) not in done:
            done[id(node)] = node.operation(*(run(argument) for argument in node.arguments))
        return done[id(node)]

    return run(value)


def _merge_equals(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Make parts of a record that do the same to the same one part, wherever they came from."""
    known: dict[tuple[Any, ...], Symbol] = {}
    done: dict[int, Symbol] = {}

    def merged(node: Any) -> Any:
        if not isinstance(node, Symbol):
            return node
        if id(node) not in done:
            arguments = [merged(argument) for argument in node.arguments]
            name = node.operation if isinstance(node.operation, str) else node.operation.__name__
            marks = (id(a) if isinstance(a, Symbol) else _literal(a) for a in arguments)
            done[id(node)] = known.setdefault((name, *marks), Symbol(node.operation, arguments))
        return done[id(node)]

    return {name: merged(value) for name, value in outputs.items()}


def hoist(outputs: Mapping[str, Any], symbol: str) -> tuple[dict[str, Any], dict[str, Symbol]]:
    """Take out of outputs what does not depend on one of their symbols.

    Parameters
    ----------
    outputs
        Name to symbol or number.
    symbol
        The symbol, such as the field of a data set that differs from row to row.

    Returns
    -------
    outputs, parts
        The outputs with a name where a part was, and the parts by name (`_row_0`, `_row_1` …).

    Examples
    --------
    >>> outputs, parts = hoist({"t": Symbol("x") * (Symbol("mwh") * 0.429)}, "x")
    >>> write(outputs["t"]), write(parts["_row_0"])
    ('(x * _row_0)', '(mwh * 0.429)')
    """
    parts: dict[str, Symbol] = {}
    varies: dict[int, bool] = {}
    done: dict[int, Symbol] = {}

    def depends(node: Any) -> bool:
        if not isinstance(node, Symbol) or not node.arguments:
            return isinstance(node, Symbol) and node.operation == symbol
        if id(node) not in varies:
            varies[id(node)] = any([depends(argument) for argument in node.arguments])
        return varies[id(node)]

    def without(node: Any) -> Any:
        if not isinstance(node, Symbol) or not node.arguments:
            return node
        if id(node) not in done:
            if depends(node):
                done[id(node)] = Symbol(node.operation, [without(a) for a in node.arguments])
            else:
                name = f"_row_{len(parts)}"
                parts[name], done[id(node)] = node, Symbol(name)
        return done[id(node)]

    merged = _merge_equals(outputs)
    return {name: without(value) for name, value in merged.items()}, parts


def compile_outputs(outputs: Mapping[str, Any], scope: str = "") -> dict[str, str]:
    """Write outputs as named expressions, each of which may refer to those before it.

    What several outputs share, or one does twice, is written once, under a name of its own
    (`_0`, `_1` …), so that the text stays as long as the model.

    Parameters
    ----------
    outputs
        Name (an identifier) to symbol or number.
    scope
        What stands before the name of a shared part where it is used: nothing for signals,
        "datum." for fields of a data set.

    Returns
    -------
    dict
        Name to Vega expression, in the order of evaluation.

    Examples
    --------
    >>> site = Symbol("it") * Symbol("pue")
    >>> compile_outputs({"site": site, "tonnes": site * 0.429})
    {'_0': '(it * pue)', 'site': '_0', 'tonnes': '(_0 * 0.429)'}
    """
    outputs = _merge_equals(outputs)
    order: list[Symbol] = []
    uses: dict[int, int] = {}

    def visit(node: Any) -> None:
        if not isinstance(node, Symbol):
            return
        uses[id(node)] = uses.get(id(node), 0) + 1
        if uses[id(node)] == 1:
            for position, argument in enumerate(node.arguments):
                for _ in range(_mentions(node, position)):
                    visit(argument)
            order.append(node)

    for value in outputs.values():
        visit(value)

    names: dict[int, str] = {}
    program: dict[str, str] = {}
    for node in order:
        if uses[id(node)] > 1 and node.arguments:
            name = f"_{len(names)}"
            program[name] = write(node, names)
            names[id(node)] = scope + name
    return program | {name: write(value, names) for name, value in outputs.items()}
