"""What may be changed in a formula: operators, numbers, comparisons, arguments and rules."""

from __future__ import annotations

import ast
import importlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiimpact import _checks

LIBRARY = Path(__file__).parents[1] / "aiimpact"
OTHER: dict[type, list[type]] = {
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult], ast.FloorDiv: [ast.Div], ast.Mod: [ast.Mult], ast.USub: [ast.UAdd],
    ast.And: [ast.Or], ast.Or: [ast.And], ast.BitAnd: [ast.BitOr], ast.BitOr: [ast.BitAnd],
    ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt], ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt], ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot], ast.IsNot: [ast.Is], ast.In: [ast.NotIn], ast.NotIn: [ast.In],
}  # fmt: skip
PAIRS = ["min max", "minimum maximum", "floor ceil", "any all", "log exp", "log1p expm1"]
NAMES = {a: b for pair in PAIRS for a, b in (pair.split(), reversed(pair.split()))}
# Neither is computed with: a check of our own that no argument reaches, and what saves memory.
LEFT_ALONE = {"strict", "slots"}
Change = tuple[Any, str, Any]


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, the number of the node and of the change to it, and both in words."""

    module: str
    name: str
    node: int
    change: int
    line: int
    words: str


def changes(node: ast.AST, parameters: list[str], module: dict[str, Any]) -> Iterator[Change]:
    """Give each change to a node, as an object, its attribute and the new value."""
    match node:
        case ast.BinOp() | ast.BoolOp() | ast.UnaryOp(op=ast.USub()):
            yield from ((node, "op", other()) for other in OTHER.get(type(node.op), []))
        case ast.Compare():
            for i, op in enumerate(node.ops):
                for other in OTHER[type(op)]:
                    yield node, "ops", [*node.ops[:i], other(), *node.ops[i + 1 :]]
        case ast.Constant(value=bool()):
            yield node, "value", not node.value
        case ast.Constant(value=int() | float()):
            yield node, "value", node.value + 1
            # A number of nature may be wrong by little.
            if isinstance(node.value, float) and node.value:
                yield node, "value", node.value * 1.01
        case ast.Attribute(attr=name) if name in NAMES:
            yield node, "attr", NAMES[name]
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            yield node, "id", NAMES[name]
        case ast.Name(id=name, ctx=ast.Load()) if name in parameters[1:] + parameters[:-1]:
            yield node, "id", parameters[parameters.index(name) - 1]
        case ast.keyword(value=ast.Name(id=name)) if isinstance(module.get(name), _checks.Rule):
            same = module[name].but("") == _checks.NOT_NEGATIVE.but("")
            yield node.value, "id", "POSITIVE" if same else "NOT_NEGATIVE"
        case ast.If() | ast.IfExp() | ast.While():
            yield node, "test", ast.UnaryOp(ast.Not(), node.test)
        case ast.Expr(value=ast.Call()):
            yield node, "value", ast.Constant(None)


def walk(path: list[ast.AST]) -> Iterator[list[ast.AST]]:
    """Give the way to each node that is computed with: no types, and no text of messages."""
    yield path
    for field, value in ast.iter_fields(path[-1]):
        for child in value if isinstance(value, list) else [value]:
            alone = isinstance(child, ast.JoinedStr) or getattr(child, "arg", None) in LEFT_ALONE
            if isinstance(child, ast.AST) and not alone and field not in {"annotation", "returns"}:
                yield from walk([*path, child])


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def changeable(module: str) -> Iterator[tuple[list[ast.AST], list[Change]]]:
    """Give the way to each node, and what may change there."""
    known = vars(importlib.import_module(f"aiimpact.{module}"))
    for path in walk([tree_of(LIBRARY / f"{module}.py")]):
        function = next((p for p in reversed(path) if isinstance(p, ast.FunctionDef)), None)
        # A decorator knows nothing of the parameters.
        inside = function and any(part in function.body for part in path)
        yield (
            path,
            [*changes(path[-1], [a.arg for a in function.args.args] if inside else [], known)],
        )


def names_of(statement: ast.AST) -> set[str]:
    """Give what a statement of a module defines."""
    targets = getattr(statement, "targets", [getattr(statement, "target", statement)])
    return {name for t in targets if (name := getattr(t, "id", getattr(t, "name", None)))}


def mutants_of(module: str) -> Iterator[Mutant]:
    seen = Counter[str]()
    for i, (path, possible) in enumerate(changeable(module)):
        shown = path[-1]
        for part in reversed(path[:-1]):
            if (getattr(part, "body", None) and len(ast.unparse(part)) > 90) or isinstance(
                part, ast.Module
            ):
                break
            shown = part if len(ast.unparse(part)) <= 90 else shown
        for j, (owner, field, value) in enumerate(possible):
            before, old = ast.unparse(shown).split("\n")[0], getattr(owner, field)
            setattr(owner, field, value)
            words = f"{module}: {before} -> {ast.unparse(shown).split(chr(10))[0]}"
            setattr(owner, field, old)
            seen[words] += 1
            words += f" ({seen[words]})" if seen[words] > 1 else ""
            line = next(part.lineno for part in reversed(path) if hasattr(part, "lineno"))
            yield Mutant(module, min(names_of(path[1])), i, j, line, words)
