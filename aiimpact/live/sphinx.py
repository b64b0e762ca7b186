"""A Sphinx extension that brings the explorers of a book's notebooks to life.

``extensions = ["aiimpact.live.sphinx"]`` beside MyST-NB is all that a book needs; in Jupyter Book 1 it
stands under ``sphinx: extra_extensions:``. Pages ask no other host for anything.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset

from aiimpact.live.assets import DIST

logger = logging.getLogger(__name__)

# Where the files lie below `_static`: a folder of its own, for Jupyter Book asks for all that lies above.
FOLDER = "aiimpact"
EXPLORER = "aiimpact.live.explorer.Explorer"
# What a page without a kernel can show beside explorers.
PLAIN = {"@jupyter-widgets/base", "@jupyter-widgets/controls"}
_NAMED = re.compile(r'<div [^>]*\bdata-explorer="([^"]+)"')
_VIEW = re.compile(
    r'(<script type="application/vnd\.jupyter\.widget-view\+json">)(.*?)(</script>)', re.DOTALL
)


def configure(app: Sphinx, config: Config) -> None:
    """Let MyST-NB write an explorer's own markup, and fetch no scripts of other hosts."""
    if "nb_mime_priority_overrides" in config:
        config.nb_mime_priority_overrides = [
            *config.nb_mime_priority_overrides,
            ("*", "text/html", 5),
        ]
        config.nb_ipywidgets_js = {}


def copy_front_end(app: Sphinx) -> None:
    """Put the front end beside the pages."""
    if app.builder.format == "html":
        copy_asset(DIST, Path(app.outdir, "_static", FOLDER))


def watch(app: Sphinx, docname: str, source: list[str]) -> None:
    """Read a notebook again when a file has changed that the author names in `explorers_watch`."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        for pattern in app.config.explorers_watch:
            for path in Path(app.srcdir).glob(pattern):
                app.env.note_dependency(str(path))


def of_explorers(models: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give what the front end must know of each explorer, by its name."""
    found: dict[str, Any] = {}
    for model in models:
        state = model["state"]
        if state.get("_anywidget_id") != EXPLORER:
            continue
        keys = ["_page", "_facts", *(facts["id"] for facts in state["_facts"])]
        found[state["name"]] = {key: state[key] for key in keys}
    return found


def state_script(explorers: Mapping[str, Any]) -> str:
    """Write the state of a page's explorers as a script."""
    return f"globalThis.aiimpactState = {_json(explorers)};"


def add_front_end(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Ask for scripts where there is something to run, and keep the state in a file of its own."""
    scripts = getattr(app.env, "nb_metadata", {}).get(pagename, {}).get("js_files", {})
    # MyST-NB would write it into the head of the page.
    _, state = scripts.pop("ipywidgets_state", (None, None))
    if doctree is None or state is None:
        return
    models: dict[str, Any] = json.loads(state["body"])["state"]
    named = _NAMED.findall(context["body"])
    for name in sorted({name for name in named if named.count(name) > 1}):
        logger.warning(
            "Two explorers are called %r. Give each a name= of its own.", name, location=pagename
        )
    plain = [json.loads(view[2])["model_id"] for view in _VIEW.finditer(context["body"])]
    if plain:
        shown = dict(_with_parts(models, plain))
        for reason in _cannot_be_shown(shown):
            logger.warning("%s", reason, location=pagename)
        names = {key: str(number) for number, key in enumerate(shown)}
        context["body"] = _VIEW.sub(lambda view: _renamed(view, names), context["body"])
        body = json.dumps({"version_major": 2, "version_minor": 0, "state": _slim(shown)})
        for key, name in names.items():
            body = body.replace(key, name)
        _ask_for(app, pagename, "widgets", f"globalThis.aiimpactWidgets = {body};")
        app.add_css_file(f"{FOLDER}/widgets.css")
        app.add_js_file(f"{FOLDER}/vega.js", loading_method="defer")
        app.add_js_file(f"{FOLDER}/widgets.js", loading_method="defer")
    if named:
        kept = {
            name: state for name, state in of_explorers(models.values()).items() if name in named
        }
        address = _write(app, f"{pagename}.js", state_script(kept))
        attributes: dict[str, Any] = {"data-state": f"../{address}"}
        app.add_js_file(f"{FOLDER}/wake.js", loading_method="defer", **attributes)


def _ask_for(app: Sphinx, pagename: str, kind: str, script: str) -> None:
    address = _write(app, f"{pagename}.{kind}.js", script)
    app.add_js_file(address.split("?")[0], loading_method="defer")


def _write(app: Sphinx, name: str, script: str) -> str:
    """Write a file of state, and give its address below `_static`, which changes with its text."""
    file = Path(app.outdir, "_static", "state", name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(script, encoding="utf-8")
    return f"state/{name}?v={hashlib.sha256(script.encode()).hexdigest()[:8]}"


def _with_parts(models: Mapping[str, Any], keys: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Give models with all that they refer to, in the order in which they were made."""
    wanted: set[str] = set()
    rest = list(keys)
    while rest:
        key = rest.pop()
        if key in models and key not in wanted:
            wanted.add(key)
            rest += re.findall(r"IPY_MODEL_(\w+)", json.dumps(models[key]["state"]))
    return ((key, model) for key, model in models.items() if key in wanted)


def _cannot_be_shown(models: Mapping[str, Any]) -> Iterator[str]:
    for model in models.values():
        known = model["model_module"] in PLAIN or model["state"].get("_anywidget_id") == EXPLORER
        if not known:
            kind = model["state"].get("_anywidget_id", model["model_name"])
            yield (
                f"A page without a kernel cannot show the widget {kind}. Take it out of the cell's "
                "output; a question of aiimpact.ask is displayed by itself, not in a box."
            )


def _slim(models: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the code that every widget of a kind carries; the page has it once."""
    return {
        key: model
        | {"state": {k: v for k, v in model["state"].items() if k not in {"_esm", "_css"}}}
        for key, model in models.items()
    }


def _renamed(view: re.Match[str], names: Mapping[str, str]) -> str:
    # Names of models are drawn by chance in every run; two builds give the same bytes.
    told = json.loads(view[2])
    return view[1] + _json(told | {"model_id": names.get(told["model_id"], "")}) + view[3]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_config_value("explorers_watch", [], "env", [list])
    # After MyST-NB has read its own settings, which it does without a thought of order.
    app.connect("config-inited", configure, priority=100)
    app.connect("builder-inited", copy_front_end)
    app.connect("source-read", watch)
    # Before MyST-NB's own handler, which would put the state in the head of the page.
    app.connect("html-page-context", add_front_end, priority=400)
    app.add_css_file(f"{FOLDER}/explorer.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
