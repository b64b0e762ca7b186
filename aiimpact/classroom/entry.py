"""An entry in the format of the register of claims, as a student writes one."""

from __future__ import annotations

import ast
import dataclasses
import math
import operator
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import yaml

from aiimpact import claims
from aiimpact.ask.judge import TOLERANCE
from aiimpact.classroom.given import number_in, require_anything
from aiimpact.classroom.replies import KeepWorking, Missing, Reply
from aiimpact.words import listed, say

_OPEN = "..."
_LONGEST_ENTRY = 10_000
_DEEPEST_ENTRY = 10
_OPTIONAL = {"advice", "factor", "short", "size"}


def claim(
    entry: Any,
    *,
    gives: float | None = None,
    verdict: str | None = None,
    source: str | Sequence[str] = (),
    tolerance: float = TOLERANCE,
) -> None:
    """Check an entry in the format of the register of claims.

    Parameters
    ----------
    entry : str
        The entry as YAML.
    gives : float, optional
        What one of its steps must give. Without it, each step must give what the entry says.
    verdict : str, optional
        The right verdict; a factor in it may be off by two per cent.
    source : str or sequence of str, optional
        What the id or address of its primary source must hold, such as a DOI; one of several.
    tolerance : float
        How far off counts as right, as a share.

    Raises
    ------
    Missing
        If the entry, or a part of it, is not there yet.
    KeepWorking
        If it cannot be read, breaks a rule of the register, or does not hold.
    """
    found = _read_claim(entry)
    for step in [*found.steps, *([found.factor] if found.factor else [])]:
        computed = evaluate(step.call)
        for field in ("gives", "tolerance"):
            named = say("{field} of the step {step}", field=field, step=repr(step.what))
            number_in(getattr(step, field), named)
        if not abs(computed - step.gives) <= step.tolerance:
            msg = say(
                "the step {step} gives {computed} {unit}, you say {given}.",
                step=repr(step.what),
                computed=f"{computed:.6g}",
                unit=step.unit,
                given=f"{step.gives:.6g}",
            )
            raise KeepWorking(msg)
    names = [source] if isinstance(source, str) else source
    given_source = f"{found.primary_source.id} {found.primary_source.url}".casefold()
    if names and not any(name.casefold() in given_source for name in names):
        msg = say("that is not the primary source: follow the credit to whoever printed it first.")
        raise KeepWorking(msg)
    if gives is not None and not any(
        math.isclose(evaluate(step.call), gives, rel_tol=tolerance) for step in found.steps
    ):
        msg = say("no step recomputes the figure of the claim from what its source gives.")
        raise KeepWorking(msg)
    if verdict is not None and not _same_verdict(str(found.verdict), verdict):
        msg = say(
            "the verdict {verdict} does not follow from your recomputation.", verdict=found.verdict
        )
        raise KeepWorking(msg)
    if gives is None and verdict is None:
        told = say(
            "The entry can be read and its steps hold. Whether the verdict is right, the grading says."
        )
    else:
        told = say("Got it: {words}.", words=found.verdict)
    print(told)


def _require_simple(events: Iterable[yaml.Event]) -> None:
    """Stop at what would take long to read, or more memory than there is."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            # A few lines of them can stand for more than a memory holds.
            msg = say("the register has no anchors and aliases (& and *). Put such text in quotes.")
            raise KeepWorking(msg)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST_ENTRY:
            raise KeepWorking(say("the entry is nested too deeply."))


def _read_claim(entry: Any) -> claims.Claim:
    require_anything(entry, say("the entry"))
    if not isinstance(entry, str):
        raise KeepWorking(say("the entry must be text between triple quotes."))
    if len(entry) > _LONGEST_ENTRY:
        msg = say(
            "the entry must have at most {most} characters, got {count}.",
            most=f"{_LONGEST_ENTRY:,}",
            count=f"{len(entry):,}",
        )
        raise KeepWorking(msg)
    try:
        _require_simple(yaml.parse(entry))
        data = yaml.safe_load(entry)
    except (yaml.YAMLError, ValueError) as error:
        why = " ".join(str(error).split())[:300]
        raise KeepWorking(say("the entry is no YAML: {why}", why=why)) from None
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        msg = say("the entry must be one block of `name: value` lines, as the register has them.")
        raise KeepWorking(msg)
    _require_complete(data)
    try:
        return claims.read_entry(data)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise KeepWorking(say("the register does not take the entry: {why}", why=error)) from None


def _require_complete(data: dict[str, Any]) -> None:
    fields = {field.name for field in dataclasses.fields(claims.Claim)} - {"steps"} | {"recompute"}
    if missing := sorted(fields - _OPTIONAL - data.keys()):
        raise Missing(say("the entry lacks {fields}.", fields=listed(missing)))
    if unknown := sorted(map(str, data.keys() - fields)):
        msg = say("the register has no {fields}. Mind the spelling.", fields=listed(unknown))
        raise KeepWorking(msg)
    open_ends = sorted(key for key, value in data.items() if _has_open_end(value))
    if open_ends:
        raise Missing(say("{fields} still to be filled in.", fields=listed(open_ends)))
    if not data["recompute"]:
        raise Missing(say("recompute has no step yet."))


def _has_open_end(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_open_end, value.values()))
    if isinstance(value, list):
        return any(map(_has_open_end, value))
    return value is None or value == _OPEN


def _same_verdict(given: str, right: str) -> bool:
    (kind, factor), (right_kind, right_factor) = (
        claims.parse_verdict("The entry", verdict) for verdict in (given, right)
    )
    same_factor = math.isnan(right_factor) or math.isclose(factor, right_factor, rel_tol=0.02)
    return kind == right_kind and same_factor


# The calls of an entry are a student's code: they are read, never handed to eval.

_LARGEST_EXPONENT = 100
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def evaluate(call: Any) -> float:
    """Compute a step of an entry: calls into this library, numbers and + - * / **.

    Parameters
    ----------
    call : str
        The expression.

    Returns
    -------
    float
        What it gives.

    Raises
    ------
    KeepWorking
        If it is more than that, or an error comes out.

    Examples
    --------
    >>> round(evaluate('grid.emissions_t(1287, 0.429)'), 3)
    552.123
    """
    try:
        return float(_evaluate(ast.parse(str(call).strip(), mode="eval").body))
    except Reply:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        msg = say("the call {call} cannot be computed: {why}", call=repr(call), why=why)
        raise KeepWorking(msg) from None


def _evaluate(node: ast.AST) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        return node.value if isinstance(node.value, str) else float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = float(_evaluate(node.left)), float(_evaluate(node.right))
        if isinstance(node.op, ast.Pow) and abs(right) > _LARGEST_EXPONENT:
            msg = say(
                "an exponent must be at most {most}, got {exponent}",
                most=_LARGEST_EXPONENT,
                exponent=f"{right:g}",
            )
            raise ValueError(msg)
        return _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.operand))
    if isinstance(node, ast.Attribute) and not node.attr.startswith("_"):
        if isinstance(node.value, ast.Name) and node.value.id in claims.NAMESPACE:
            return _of_library(claims.NAMESPACE[node.value.id], node.attr)
        if isinstance(node.value, ast.Call) and node.attr in ("low", "mid", "high", "year"):
            return getattr(_evaluate(node.value), node.attr)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        arguments = [_evaluate(argument) for argument in node.args]
        named = {word.arg: _evaluate(word.value) for word in node.keywords if word.arg}
        return _evaluate(node.func)(*arguments, **named)
    msg = say(
        "a call may hold functions of aiimpact, rows of its tables, numbers and + - * / **, got {code}",
        code=ast.unparse(node),
    )
    raise ValueError(msg)


def _of_library(module: Any, name: str) -> Any:
    """Give a function or constant that a module defines itself, not what it imports."""
    found = getattr(module, name)
    if isinstance(found, int | float) or (
        isinstance(found, types.FunctionType) and found.__module__ == module.__name__
    ):
        return found
    msg = say("{module} has no function {name}", module=module.__name__, name=name)
    raise AttributeError(msg)
