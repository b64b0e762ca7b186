"""A Sphinx extension for the questions of a book's notebooks; it brings that of explorers with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from aiimpact.ask.question import DIST
from aiimpact.live.sphinx import FOLDER, copy
from aiimpact.words import say

logger = logging.getLogger(__name__)

QUESTION = "aiimpact.ask.question.Question"
_BOXED = "questions_in_boxes"
_NAMED = re.compile(r'<div [^>]*\bdata-question="([^"]+)"')


def clear_all() -> str:
    """Write the button that clears all answers of a page."""
    return (
        f'<p class="ask-all"><button type="button" disabled>{say("Clear my answers on this page")}</button> '
        f"{say('They are kept in this browser only, and sent nowhere.')}</p>"
    )


def copy_front_end(app: Sphinx) -> None:
    """Put the front end beside the pages."""
    if app.builder.format == "html":
        copy(app, DIST, ("ask.css", "ask.js"))


def note_boxed(
    app: Sphinx, context: dict[str, Any], models: Iterable[Mapping[str, Any]]
) -> set[str]:
    """Remember the questions that stand in a page's boxes, and say that they live there."""
    states = [model["state"] for model in models]
    context[_BOXED] = [s["name"] for s in states if s.get("_anywidget_id") == QUESTION]
    return {QUESTION}


def add_front_end(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Ask for script and style where there are questions."""
    named = _NAMED.findall(context.get("body", "")) if doctree is not None else []
    named += context.pop(_BOXED, [])
    for name in sorted({name for name in named if named.count(name) > 1}):
        logger.warning(
            "Two questions are called %r. Give each a name= of its own.", name, location=pagename
        )
    if named:
        context["body"] += clear_all()
        app.add_css_file(f"{FOLDER}/ask.css")
        # Before the plain widgets, which ask it for the questions in their boxes.
        app.add_js_file(f"{FOLDER}/ask.js", loading_method="defer", priority=400)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.setup_extension("aiimpact.live.sphinx")
    app.connect("builder-inited", copy_front_end)
    app.connect("explorers-boxed", note_boxed)
    app.connect("html-page-context", add_front_end, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
