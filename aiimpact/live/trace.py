"""Tracing: run a Python model once and get it back as expressions for the page.

A model is a plain function on numbers. Called with a :class:`Symbol` for each input it
records what it does, and :func:`compile_outputs` writes that record in Vega's expression
language, which the page evaluates. Python stays the only place where a formula is written.

A record may be as long as a year has hours, so every pass over one is a loop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from aiimpact.live import functions as _functions  # noqa: F401, for it fills FUNCTIONS
from aiimpact.live.arithmetic import STEPS
from aiimpact.live.symbols import FUNCTIONS, AskedError, Symbol, TraceError, literal, plain

__all__ = [
    "FUNCTIONS",
    "AskedError",
    "Symbol",
    "TraceError",
    "as_list",
    "compile_outputs",
    "evaluate",
    "evaluate_all",
    "hoist",
    "in_order",
    "write",
]

# What makes a list of numbers of its arguments, in the page only: models have no such step.
_LIST = "[]"
# Vega reads an expression by recursion, so none nests deeper than this.
DEEPEST = 40


def in_order(values: Iterable[Any]) -> list[Symbol]:
    """List all that values are made of, what was made first first."""
    found: dict[int, Symbol] = {}
    open_ends = [value for value in values if isinstance(value, Symbol)]
    while open_ends:
        node = open_ends.pop()
        if node.order not in found:
            found[node.order] = node
            open_ends += [a for a in node.arguments if isinstance(a, Symbol)]
    return [found[order] for order in sorted(found)]


def as_list(items: Sequence[Any]) -> Symbol:
    """Make one symbol of a series, for the page."""
    return Symbol(_LIST, items, "any")


def write(value: Any) -> str:
    """Write a symbol as one Vega expression."""
    texts: dict[int, str] = {}
    for node in in_order([value]):
        texts[id(node)] = _write(node, texts)
    return _text(value, texts)


def _text(value: Any, texts: Mapping[int, str]) -> str:
    return texts[id(value)] if isinstance(value, Symbol) else literal(value)


def _write(node: Symbol, texts: Mapping[int, str]) -> str:
    if not node.arguments:
        return node.operation
    if node.operation == _LIST:
        return f"[{', '.join(_text(a, texts) for a in node.arguments)}]"
    return STEPS[node.operation].text.format(*(_text(a, texts) for a in node.arguments))


def evaluate(value: Any, inputs: Mapping[str, Any]) -> Any:
    """Run a record as the page does: the check that a trace does what the model does.

    Parameters
    ----------
    value
        A symbol, or a number.
    inputs
        Signal to value, or to an array of values of one length.

    Examples
    --------
    >>> float(evaluate(Symbol("x") ** 2, {"x": 3}))
    9.0
    """
    (result,) = evaluate_all([value], inputs)
    return result


def evaluate_all(values: Iterable[Any], inputs: Mapping[str, Any]) -> list[Any]:
    """Run a record as the page does, for several values that share parts."""
    values = list(values)
    done: dict[int, Any] = {}

    def of(value: Any) -> Any:
        return done[id(value)] if isinstance(value, Symbol) else plain(value)

    with np.errstate(all="ignore"):
        for node in in_order(values):
            if node.arguments:
                arguments = [of(argument) for argument in node.arguments]
                done[id(node)] = STEPS[node.operation].run(*arguments)
            else:
                given = inputs[node.operation]
                done[id(node)] = (
                    _in_doubles(given) if isinstance(given, np.ndarray) else plain(given)
                )
    return [result[()] if isinstance(result, np.ndarray) else result for result in map(of, values)]


def _in_doubles(values: Any) -> Any:
    return values.astype(np.float64) if values.dtype.kind in "iu" else values


def _merge_equals(values: Iterable[Any]) -> dict[int, Any]:
    """Make parts of a record that do the same to the same one part, wherever they came from."""
    known: dict[tuple[Any, ...], Symbol] = {}
    done: dict[int, Any] = {}
    for node in in_order(values):
        arguments = [done[id(a)] if isinstance(a, Symbol) else a for a in node.arguments]
        marks = [id(a) if isinstance(a, Symbol) else literal(a) for a in arguments]
        if node.operation == "?" and marks[1] == marks[2]:
            done[id(node)] = arguments[1]
            continue
        key = (node.operation, *marks)
        if key not in known:
            known[key] = Symbol(node.operation, arguments, node.kind, node.label)
        done[id(node)] = known[key]
    return done


def _merged(outputs: Mapping[str, Any]) -> dict[str, Any]:
    done = _merge_equals(outputs.values())
    return {name: done.get(id(value), value) for name, value in outputs.items()}


def hoist(
    outputs: Mapping[str, Any], symbols: Collection[str], first: int = 0
) -> tuple[dict[str, Any], dict[str, Symbol]]:
    """Take out of outputs what does not depend on some of their symbols.

    Parameters
    ----------
    outputs
        Name to symbol or number.
    symbols
        Such as the fields of a data set that differ from row to row.
    first
        The number of the first part.

    Returns
    -------
    outputs, parts
        The outputs with a name where a part was, and the parts by name (`r0`, `r1` …).

    Examples
    --------
    >>> outputs, parts = hoist({"t": Symbol("x") * (Symbol("mwh") * 0.429)}, {"x"})
    >>> write(outputs["t"]), write(parts["r0"])
    ('(x * r0)', '(mwh * 0.429)')
    """
    outputs = _merged(outputs)
    varies: set[int] = set()
    nodes = in_order(outputs.values())
    for node in nodes:
        if node.arguments:
            if any(id(argument) in varies for argument in node.arguments):
                varies.add(id(node))
        elif node.operation in symbols:
            varies.add(id(node))

    parts: dict[str, Symbol] = {}
    done: dict[int, Symbol] = {}

    def without(value: Any) -> Any:
        if not isinstance(value, Symbol) or not value.arguments:
            return value
        if id(value) not in done:
            # Only ever what is the same in every row: the rest was made before.
            name = f"r{first + len(parts)}"
            parts[name], done[id(value)] = value, Symbol(name, kind=value.kind)
        return done[id(value)]

    for node in nodes:
        if node.arguments and id(node) in varies:
            arguments = [without(argument) for argument in node.arguments]
            done[id(node)] = Symbol(node.operation, arguments, node.kind)
    return {name: without(value) for name, value in outputs.items()}, parts


def compile_outputs(outputs: Mapping[str, Any], scope: str = "") -> dict[str, str]:
    """Write outputs as named expressions, each of which may refer to those before it.

    What several outputs share, or one does twice, is written once, under a name of its own
    (`p0`, `p1` …), so that the text stays as long as the model; and so is what would nest too deep.

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
    {'p0': '(it * pue)', 'site': 'p0', 'tonnes': '(p0 * 0.429)'}
    """
    outputs = _merged(outputs)
    nodes = in_order(outputs.values())
    uses: dict[int, int] = {}
    for value in (*outputs.values(), *(a for node in nodes for a in node.arguments)):
        uses[id(value)] = uses.get(id(value), 0) + 1

    texts: dict[int, str] = {}
    depths: dict[int, int] = {}
    program: dict[str, str] = {}
    for node in nodes:
        texts[id(node)] = _write(node, texts)
        depth = 1 + max((depths.get(id(a), 0) for a in node.arguments), default=0)
        depths[id(node)] = depth
        if node.arguments and (uses[id(node)] > 1 or depth >= DEEPEST):
            name = f"p{len(program)}"
            program[name] = texts[id(node)]
            texts[id(node)], depths[id(node)] = scope + name, 0
    return program | {name: _text(value, texts) for name, value in outputs.items()}
