"""A Sphinx extension that brings the explorers of a book's notebooks to life.

``extensions = ["aiimpact.live.sphinx"]`` beside MyST-NB is all that a book needs; in Jupyter Book 1 it
stands under ``sphinx: extra_extensions:``. Pages ask no other host for anything.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset

from aiimpact.live import assets
from aiimpact.live.embed import PLAIN
from aiimpact.live.words import page_words

logger = logging.getLogger(__name__)

# Where the files lie below `_static`: a folder of its own, for Jupyter Book asks for all that lies above.
FOLDER = "aiimpact"
# What pages ask for, and the licences of it.
FILES = (
    *("explorer.css", "runtime.js", "vega.js", "wake.js", "widgets.css", "widgets.js"),
    "LICENSES.txt",
)
EXPLORER = "aiimpact.live.explorer.Explorer"
VIEW = "application/vnd.jupyter.widget-view+json"
# Those of which MyST-NB ranks the view of a widget before its markup. Last but text it is only taken
# where a widget has nothing else. What an author says of the ranks comes after this, and wins.
RANKED = (
    "html", "dirhtml", "singlehtml", "epub",
    "readthedocs", "readthedocsdirhtml", "readthedocssinglehtml", "readthedocssinglehtmllocalmedia",
)  # fmt: skip
RANK = 95
LINKS = {"LinkModel", "DirectionalLinkModel"}
# What the style sheet is about: explorers, figures, and what this book's text has beside them.
_STYLED = re.compile(r'class="[^"]*\b(?:explorer|claim|fact)\b')
_NAMED = re.compile(r'<div [^>]*\bdata-explorer="([^"]+)"')
_VIEW = re.compile(rf'(<script type="{re.escape(VIEW)}">)(.*?)(</script>)', re.DOTALL)


def configure(app: Sphinx, config: Config) -> None:
    """Let MyST-NB write an explorer's own markup, and fetch no scripts of other hosts."""
    if "nb_mime_priority_overrides" not in config:
        logger.warning(
            "aiimpact.live.sphinx needs MyST-NB to read notebooks: add 'myst_nb' to extensions."
        )
        return
    config.nb_mime_priority_overrides = [
        *((builder, VIEW, RANK) for builder in RANKED),
        *config.nb_mime_priority_overrides,
    ]
    # Only now, for the line above is for those who have no MyST-NB.
    from myst_nb.core.config import NbParserConfig

    if config.nb_ipywidgets_js == NbParserConfig().ipywidgets_js:
        config.nb_ipywidgets_js = {}
    elif config.nb_ipywidgets_js:
        logger.info(
            "aiimpact.live.sphinx: nb_ipywidgets_js is set, so its scripts show plain widgets and boxes; "
            "explorers by themselves stay ours."
        )


def copy(app: Sphinx, folder: Path, names: Iterable[str]) -> None:
    """Copy built files to where the pages find them."""
    for name in names:
        # Sphinx would say nothing of a file that is not there.
        assets.text(name, folder)
        copy_asset(folder / name, Path(app.outdir, "_static", FOLDER))


def copy_front_end(app: Sphinx) -> None:
    """Put the front end beside the pages."""
    if app.builder.format == "html":
        copy(app, assets.DIST, FILES)


def look_for_watched(app: Sphinx) -> None:
    """Say which pattern of `explorers_watch` is about no file."""
    for pattern in app.config.explorers_watch:
        if not any(Path(app.srcdir).glob(pattern)):
            logger.warning(
                "explorers_watch has %r, and there is no such file below %s.", pattern, app.srcdir
            )


def watch(app: Sphinx, docname: str, source: list[str]) -> None:
    """Read a notebook again when a file has changed that the author names in `explorers_watch`."""
    if app.env.doc2path(docname).endswith(".ipynb") or "{code-cell}" in source[0]:
        for pattern in app.config.explorers_watch:
            for path in Path(app.srcdir).glob(pattern):
                app.env.note_dependency(str(path))


def of_explorers(models: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give what the front end must know of each explorer, by its name."""
    found: dict[str, Any] = {}
    for model in models:
        # Without vl-convert a chart is compiled when a page shows it: nobody may have looked.
        if not _is_explorer(model) or "lite" in model["state"]["_page"].get("spec", ()):
            continue
        state = model["state"]
        keys = ["_page", "_facts", *(facts["id"] for facts in state["_facts"])]
        found[state["name"]] = {key: state[key] for key in keys}
    return found


def state_script(explorers: Mapping[str, Any]) -> str:
    """Write the state of a page's explorers as a script; what all of them say stands there once."""
    said: dict[str, str] = {}
    states = {}
    for name, told in explorers.items():
        page = dict(told["_page"])
        said |= page.pop("words", {})
        states[name] = told | {"_page": page}
    spoken = f"globalThis.aiimpactWords = {_json(said)};" if said else ""
    return f"globalThis.aiimpactState = {_json(states)};{spoken}"


def add_front_end(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Ask for scripts where there is something to run, and keep the state in a file of its own."""
    models = _models(app, pagename)
    body = context.get("body", "")
    named = _NAMED.findall(body)
    viewed = [json.loads(view[2])["model_id"] for view in _VIEW.finditer(body)]
    if _STYLED.search(body) or viewed:
        app.add_css_file(f"{FOLDER}/explorer.css")
    if doctree is None:
        return
    kept = {name: told for name, told in of_explorers(models.values()).items() if name in named}
    shown = _with_parts(models, viewed)
    # Who listens says which widgets that are not ours it shows, and adds what they need.
    kinds = {EXPLORER}.union(*app.emit("explorers-boxed", context, shown.values()))
    if _others(app):
        # The author's own manager finds views and state where MyST-NB writes them.
        if of_explorers(shown.values()):
            app.add_js_file(f"{FOLDER}/vega.js", loading_method="defer")
        viewed, shown = [], {}
    for warning in _complaints(named, kept, viewed, shown, models, kinds):
        logger.warning("%s", warning, location=pagename)
    if named:
        address = _write(app, f"{pagename}.js", state_script(kept))
        attributes: dict[str, Any] = {"data-state": f"../{address}"}
        if said := _said_by("wake.js"):
            attributes["data-words"] = json.dumps(said, ensure_ascii=False)
        app.add_js_file(f"{FOLDER}/wake.js", loading_method="defer", **attributes)
    if viewed:
        names = {key: str(number) for number, key in enumerate(shown)}
        context["body"] = _VIEW.sub(lambda view: _renamed(view, names), body)
    if shown:
        text = json.dumps({"version_major": 2, "version_minor": 0, "state": _slim(shown)})
        for key, name in names.items():
            text = text.replace(key, name)
        # After `wake.js`, which makes the list of explorers that this adds to.
        address = _write(app, f"{pagename}.widgets.js", f"globalThis.aiimpactWidgets = {text};")
        app.add_js_file(address.split("?")[0], loading_method="defer")
        if of_explorers(shown.values()):
            app.add_js_file(f"{FOLDER}/vega.js", loading_method="defer")
        app.add_css_file(f"{FOLDER}/widgets.css")
        app.add_js_file(f"{FOLDER}/widgets.js", loading_method="defer")


def _said_by(script: str) -> dict[str, str]:
    """Give what one of the scripts must say instead of English."""
    whole = assets.text(script)
    return {text: said for text, said in page_words().items() if text in whole}


def _others(app: Sphinx) -> bool:
    """Say whether the author has a manager of widgets beside ours; without MyST-NB there is no setting."""
    return bool(getattr(app.config, "nb_ipywidgets_js", None))


def _models(app: Sphinx, pagename: str) -> dict[str, Any]:
    """Take the state of a page's widgets; MyST-NB writes it into the head of the page for others only."""
    others = _others(app)
    metadata = getattr(app.env, "nb_metadata", {})
    models: dict[str, Any] = {}
    for document in metadata if "singlehtml" in app.builder.name else [pagename]:
        scripts = metadata.get(document, {}).get("js_files", {})
        find = scripts.get if others else scripts.pop
        _, state = find("ipywidgets_state", (None, None))
        if state:
            models |= json.loads(state["body"])["state"]
    return models


def _complaints(
    named: list[str],
    kept: Mapping[str, Any],
    viewed: list[str],
    shown: Mapping[str, Any],
    models: Mapping[str, Any],
    kinds: set[str],
) -> Iterator[str]:
    """Say what of a page cannot come to life."""
    rerun = (
        "Let the build run the notebook: nb_execution_mode = 'force', in Jupyter Book "
        "execute_notebooks: force. Or save it with the state of its widgets."
    )
    boxed = [m["state"]["name"] for m in shown.values() if _is_explorer(m)]
    for name, times in Counter([*named, *boxed]).items():
        if times > 1:
            yield f"Two explorers are called {name!r}. Give each a name= of its own."
    for name in named:
        if name not in kept:
            yield f"The explorer {name!r} cannot wake: its state is not in the notebook. {rerun}"
    if set(viewed) - set(shown):
        yield f"A widget cannot be shown: its state is not in the notebook. {rerun}"
    if not all(whole for _, whole in _links(models, shown)):
        yield (
            "A widget is linked with one that the page does not show, so nothing follows it. Show both; "
            "with an explorer, in one box: jslink((slider, 'value'), (explorer, 'i0')) is its first input."
        )
    for model in shown.values():
        kind = model["state"].get("_anywidget_id", model["model_name"])
        if model["model_module"] not in PLAIN and kind not in kinds:
            yield (
                f"A page without a kernel cannot show the widget {kind}. Take it out of the cell's "
                "output; for a question of aiimpact.ask, add 'aiimpact.ask.sphinx' to extensions."
            )


def _is_explorer(model: Mapping[str, Any]) -> bool:
    return bool(model["state"].get("_anywidget_id") == EXPLORER)


def _write(app: Sphinx, name: str, script: str) -> str:
    """Write a file of state, and give its address below `_static`, which changes with its text."""
    # A page may be called "week #1", which is an address of something else.
    name = re.sub(r"[^\w./-]", lambda sign: f"_{ord(sign[0]):x}_", name)
    file = Path(app.outdir, "_static", "state", name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(script, encoding="utf-8")
    return f"state/{name}?v={hashlib.sha256(script.encode()).hexdigest()[:8]}"


def _parts(model: Mapping[str, Any]) -> set[str]:
    """Give the models that a model refers to."""
    return set(re.findall(r"IPY_MODEL_(\w+)", json.dumps(model["state"])))


def _links(models: Mapping[str, Any], shown: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Give the links of jslink, to which no model refers, that end in one shown; and whether both ends are."""
    for key, model in models.items():
        ends = _parts(model) if model["model_name"] in LINKS else set()
        if ends & set(shown):
            yield key, ends <= set(shown)


def _with_parts(models: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Give models with all that they refer to or are linked by, in the order in which they were made."""
    wanted: set[str] = set()
    rest = list(keys)
    while rest:
        key = rest.pop()
        if key in models and key not in wanted:
            wanted.add(key)
            rest += _parts(models[key])
    wanted |= {key for key, whole in _links(models, wanted) if whole}
    return {key: model for key, model in models.items() if key in wanted}


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
    name = names.get(told["model_id"])
    return view[1] + _json(told | {"model_id": name}) + view[3] if name else ""


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_event("explorers-boxed")
    app.add_config_value("explorers_watch", [], "env", [list])
    # After MyST-NB has read its own settings, which it does without a thought of order.
    app.connect("config-inited", configure, priority=100)
    app.connect("builder-inited", copy_front_end)
    app.connect("builder-inited", look_for_watched)
    app.connect("source-read", watch)
    # Before MyST-NB's own handler, which would put the state in the head of the page.
    app.connect("html-page-context", add_front_end, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
