"""Explorers and questions in a page: their scripts where needed, and widget state without the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
STATE = "application/vnd.jupyter.widget-state+json"
# The runtime has these once, for all explorers; the markup stands in the page already.
IN_THE_RUNTIME = {"_esm", "_css", "_markup"}
CLEAR_ALL = (
    '<p class="ask-all"><button type="button" disabled>Clear my answers on this page</button> '
    "They are kept in this browser only, and sent nowhere.</p>"
)


def depend_on_library(app: Sphinx, docname: str, source: list[str]) -> None:
    """Read a notebook again when the library it imports has changed."""
    if docname.startswith("chapters/"):
        for path in (ROOT / "aiimpact").rglob("*"):
            if path.suffix in {".py", ".csv", ".yaml", ".js", ".css"}:
                app.env.note_dependency(str(path))


def slim(state: dict[str, Any]) -> dict[str, Any]:
    """Leave out code, questions (their markup holds all), and what carries Vega to a notebook."""
    models = {}
    for key, model in state["state"].items():
        values = model["state"]
        if values.get("_model_module") == "anywidget" and "_page" not in values:
            continue
        kept = {name: value for name, value in values.items() if name not in IN_THE_RUNTIME}
        models[key] = model | {"state": kept}
    return state | {"state": models}


def add_runtime(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the state at the end of the body, and ask for scripts where there is something to run."""
    if doctree is None:
        return
    if "data-question=" in context["body"]:
        context["body"] += CLEAR_ALL
        app.add_css_file("ask.css")
        app.add_js_file("runtime/ask.js", loading_method="defer")
    scripts = app.env.nb_metadata.get(pagename, {}).get("js_files", {})  # type: ignore[attr-defined]
    _, state = scripts.pop("ipywidgets_state", (None, None))
    if state is None or "data-explorer=" not in context["body"]:
        return
    body = json.dumps(slim(json.loads(state["body"])), sort_keys=True, separators=(",", ":"))
    body = body.replace("</", "<\\/")
    context["body"] += f'<script type="{STATE}">{body}</script>'
    app.add_js_file("runtime/wake.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", depend_on_library)
    # Before MyST-NB's own handler, which would put the state in the head of the page.
    app.connect("html-page-context", add_runtime, priority=400)
    app.add_css_file("explorer.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
