"""The library's reference: autodoc writes the entries, this its index and what autodoc words badly."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class _OfOne(NamedTuple):
    field: int


# What a named tuple has for each of its fields, which Python has no public name for.
FIELD = type(_OfOne.field)


def public(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Name what a module offers, each with the role that links to its entry."""
    own = (
        name
        for name, value in vars(module).items()
        if name[0] != "_" and getattr(value, "__module__", "") == module.__name__
    )
    for name in getattr(module, "__all__", own):
        value = getattr(module, name)
        if inspect.isclass(value):
            yield name, "exc" if issubclass(value, Exception) else "class"
        elif inspect.isfunction(value):
            yield name, "func"


class LibraryIndex(SphinxDirective):
    """``{library-index} training grid``: what each module is for, and links to all it offers."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Write the index as Markdown, so that Sphinx checks its links."""
        lines = []
        for name in self.arguments[0].split():
            module = import_module(f"aiimpact.{name}")
            self.env.note_dependency(str(module.__file__))
            # A class with its module: `Start` alone tells nobody where a link leads.
            links = [
                f"{{py:{role}}}`~{module.__name__}.{item}`"
                if role == "func"
                else f"{{py:{role}}}`{name}.{item} <{module.__name__}.{item}>`"
                for item, role in public(module)
            ]
            lines += [f"{{py:mod}}`{module.__name__}`"]
            lines += [
                f": {(inspect.getdoc(module) or '').splitlines()[0]}",
                "",
                f"  {' · '.join(links)}",
                "",
            ]
        index = nodes.container(classes=["library-index"])
        self.state.nested_parse(StringList(lines, source=self.env.docname), 0, index)
        return list(index)


def word_signature(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, result: Any
) -> tuple[str | None, Any]:
    """Leave out what only Python's machinery says: how a default is made, that a class takes anything."""
    if signature == "(*args, **kwargs)":
        return "", result
    return signature and signature.replace("<factory>", "{}"), result


def skip_member(
    app: Sphinx, what: str, name: str, obj: Any, skip: bool, options: Any
) -> bool | None:
    """Leave out the fields of a named tuple: its entry describes them."""
    return True if isinstance(obj, FIELD) else None


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("library-index", LibraryIndex)
    app.connect("autodoc-process-signature", word_signature)
    app.connect("autodoc-skip-member", skip_member)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
