"""Explorers and questions in a page: their scripts where needed, and widget state without the code."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
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


def slim(state: dict[str, Any]) -> str:
    """Write the state as a script, with what the runtime needs: no code, no questions (their markup holds all).

    Names of models are drawn by chance in every run; here they are numbers, in the order of the
    notebook, so that two builds give the same bytes.
    """
    kept = {
        key: model
        for key, model in state["state"].items()
        if model["state"].get("_model_module") != "anywidget" or "_page" in model["state"]
    }
    models = {key: model | {"state": _told(model["state"])} for key, model in kept.items()}
    body = json.dumps(state | {"state": models}, separators=(",", ":"))
    for number, key in enumerate(models):
        body = body.replace(key, str(number))
    return f"globalThis.aiimpactState = {body};"


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Give what a model cannot know by itself: not its own kind, nor that nothing was said."""
    return {
        name: value
        for name, value in values.items()
        if value is not None
        and name not in IN_THE_RUNTIME
        and not name.startswith(("_model_", "_view_"))
    }


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
    # In a file of its own, so that a page of text and first charts comes without it.
    file = Path(app.outdir, "_static", "state", f"{pagename}.js")
    file.parent.mkdir(parents=True, exist_ok=True)
    script = slim(json.loads(state["body"]))
    file.write_text(script, encoding="utf-8")
    digest = hashlib.sha256(script.encode()).hexdigest()[:8]
    attributes = {"data-state": f"../state/{pagename}.js?v={digest}"}
    app.add_js_file("runtime/wake.js", loading_method="defer", **attributes)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", depend_on_library)
    # Before MyST-NB's own handler, which would put the state in the head of the page.
    app.connect("html-page-context", add_runtime, priority=400)
    app.add_css_file("explorer.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
