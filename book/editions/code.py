"""The texts of a code cell, and the cell again with others in their place.

An f-string is a text with named places: what is computed stays code, and no translation can change it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from editions import places
from editions.plain import is_text

Translate = Callable[[str, tuple[str, ...]], str]

# Words of an expression that say little of what it computes.
_DULL = {
    *("fact", "n", "number", "amount", "bare", "True", "show", "f", "q", "c", "tables", "constant"),
    *("mid", "value", "str"),
}


class Names:
    """Gives each expression of a text a name, from what it computes."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def of(self, expression: str) -> str:
        """Name an expression; the same one has the same name."""
        for name, known in self._given.items():
            if known == expression:
                return name
        words = [
            word
            for word in re.findall(r"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9]+)*", expression)
            if word not in _DULL
        ]
        stem = re.sub(r"\W+", "_", "_".join(words[:2])).strip("_").lower() or "value"
        name, number = stem, 1
        while name in self._given:
            number += 1
            name = f"{stem}_{number}"
        self._given[name] = expression
        return name


def rebuild(source: str, translate: Translate, *, docstrings: bool = True) -> str:
    """Write a cell with each text as `translate` gives it.

    Parameters
    ----------
    source : str
        Python.
    translate : callable
        Takes a text and what is computed in it; gives the text that shall stand instead.
    docstrings : bool
        Whether those of functions are texts.

    Returns
    -------
    str
        The source; where every text stays, it is what it was, letter for letter.

    Raises
    ------
    ValueError
        If a translation names a place that the text has not, or leaves one out.
    """
    try:
        tree = ast.parse(without_magic(source))
    except SyntaxError:
        return source
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    raw = source.encode()
    nodes = places.texts(tree, docstrings=docstrings)
    told = [(node, _written(node, translate)) for node in nodes]
    for node, written in reversed(told):
        if written is None:
            continue
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        raw = raw[:start] + written.encode() + raw[end:]
    return raw.decode()


def without_magic(source: str) -> str:
    """Hide lines that only IPython reads, and keep all positions."""
    return re.sub(r"^[%!]", "#", source, flags=re.MULTILINE)


def _written(node: ast.expr, translate: Translate) -> str | None:
    """Write a text as code; None where it stays."""
    if isinstance(node, ast.Constant):
        text = str(node.value)
        said = _say_lines(text, translate)
        return None if said == text else _literal(said)
    assert isinstance(node, ast.JoinedStr)
    changed = _joined(node, translate)
    return None if changed is None else ast.unparse(changed)


def _say_lines(text: str, translate: Translate) -> str:
    """Translate paragraph by paragraph."""
    return "\n\n".join(
        translate(part, ()) if is_text(part) else part for part in text.split("\n\n")
    )


def _literal(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'


def _joined(node: ast.JoinedStr, translate: Translate) -> ast.JoinedStr | None:
    """Translate an f-string; the texts in what it computes are texts of their own."""
    names, parts = Names(), []
    expressions: dict[str, ast.FormattedValue] = {}
    changed = False
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value).replace("{", "{{").replace("}", "}}"))
            continue
        assert isinstance(value, ast.FormattedValue)
        name = names.of(ast.unparse(ast.JoinedStr([value])))
        inner = _Inner(translate)
        expressions[name] = inner.visit(value)
        changed |= inner.changed
        parts.append(f"{{{name}}}")
    message = "".join(parts)
    said = "\n\n".join(_paragraph(part, expressions, translate) for part in message.split("\n\n"))
    if said == message and not changed:
        return None
    return ast.fix_missing_locations(ast.JoinedStr(_values(said, expressions)))


def _paragraph(
    message: str, expressions: dict[str, ast.FormattedValue], translate: Translate
) -> str:
    if not is_text(message):
        return message
    used = re.findall(r"(?<!\{)\{(\w+)\}(?!\})", message)
    computed = tuple(
        f"{{{name}}} = {ast.unparse(expressions[name].value)}" for name in dict.fromkeys(used)
    )
    said = translate(message, computed)
    wanted = set(used)
    found = set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", said))
    if found != wanted:
        msg = f"The places of {message!r} are {sorted(wanted)}, those of its translation {sorted(found)}."
        raise ValueError(msg)
    return said


def _values(message: str, expressions: dict[str, ast.FormattedValue]) -> list[ast.expr]:
    values: list[ast.expr] = []
    for part in re.split(r"((?<!\{)\{\w+\}(?!\}))", message):
        if part[1:-1] in expressions and part.startswith("{"):
            values.append(expressions[part[1:-1]])
        elif part:
            values.append(ast.Constant(part.replace("{{", "{").replace("}}", "}")))
    return values


class _Inner(ast.NodeTransformer):
    """Translates the texts inside an expression: f-strings with words, and words to choose between."""

    def __init__(self, translate: Translate) -> None:
        self.translate, self.changed = translate, False

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        found = _joined(node, self.translate)
        self.changed |= found is not None
        return found or node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        # A word, not a number, with a source below it.
        if (
            node.args
            and ast.unparse(node.func) == "fact"
            and isinstance(node.args[0], ast.Constant)
        ):
            word = node.args[0].value
            if isinstance(word, str):
                said = _say_lines(word, self.translate)
                self.changed |= said != word
                node.args[0] = ast.Constant(said)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.FormattedValue:
        # The format is no text.
        node.value = self.visit(node.value)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        for field in ("body", "orelse"):
            branch = getattr(node, field)
            if isinstance(branch, ast.Constant) and isinstance(branch.value, str):
                said = _say_lines(branch.value, self.translate)
                if said != branch.value:
                    self.changed = True
                    setattr(node, field, ast.Constant(said))
            else:
                setattr(node, field, self.visit(branch))
        return node
