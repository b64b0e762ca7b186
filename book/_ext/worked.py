"""Numbers in a prose page: Python lines that run when the book is built, and what comes of them."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from aiimpact.cite import fact
from aiimpact.live import number

LIBRARY = Path(__file__).parents[2] / "aiimpact"


def names(env: BuildEnvironment) -> dict[str, Any]:
    """Give what the page has defined so far. It is read again when the library changes."""
    for path in LIBRARY.rglob("*.[pcy]*"):
        env.note_dependency(str(path))
    defined: dict[str, Any] = env.temp_data.setdefault("worked", {"fact": fact})
    return defined


class Worked(SphinxDirective):
    """``{worked}``: run some lines and show them; ``:hidden:`` only runs them, ``:live:`` shows the explorer they end with."""

    has_content = True
    option_spec = {"hidden": directives.flag, "live": directives.flag}  # noqa: RUF012 (docutils wants it so)

    def run(self) -> list[nodes.Node]:
        """Run the lines in the page's own namespace."""
        code = "\n".join(self.content)
        if "live" in self.options:
            return [nodes.raw("", self.explorer(code), format="html")]
        exec(code, names(self.env))
        return (
            [] if "hidden" in self.options else [nodes.literal_block(code, code, language="python")]
        )

    def explorer(self, code: str) -> str:
        """Run the lines, keep the state of what they end with where MyST-NB keeps that of notebooks, and give its markup."""
        tree = ast.parse(code)
        last = tree.body.pop()
        assert isinstance(last, ast.Expr), "The last line of what is live is an explorer."
        defined = names(self.env)
        exec(compile(tree, self.env.docname, "exec"), defined)
        explorer = eval(compile(ast.Expression(last.value), self.env.docname, "eval"), defined)
        kept = self.env.temp_data.setdefault("worked_state", {})
        kept[explorer.name] = {
            "model_name": "AnyModel",
            "model_module": "anywidget",
            "state": explorer.get_state(),
        }
        body = json.dumps({"state": kept})
        NbMetadataCollector.add_js_file(
            self.env, self.env.docname, "ipywidgets_state", None, {"body": body}
        )
        return str(explorer._repr_mimebundle_()[0]["text/html"])


class Value(SphinxRole):
    """``{value}``: what an expression gives; a number in three digits, a `fact` with its card."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Evaluate the expression in the page's own namespace."""
        value = eval(self.text, names(self.env))
        text = value if isinstance(value, str) else number(value)
        return [nodes.raw("", text, format="html")], []


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("worked", Worked)
    app.add_role("value", Value())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
