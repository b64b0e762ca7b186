"""A Sphinx extension for the questions of a book's notebooks; it brings that of explorers with it."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from aiimpact.ask.question import DIST
from aiimpact.live.sphinx import FOLDER, copy

logger = logging.getLogger(__name__)

CLEAR_ALL = (
    '<p class="ask-all"><button type="button" disabled>Clear my answers on this page</button> '
    "They are kept in this browser only, and sent nowhere.</p>"
)
_NAMED = re.compile(r'<div [^>]*\bdata-question="([^"]+)"')


def copy_front_end(app: Sphinx) -> None:
    """Put the front end beside the pages."""
    if app.builder.format == "html":
        copy(app, DIST, ("ask.css", "ask.js"))


def add_front_end(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Ask for script and style where there are questions."""
    named = _NAMED.findall(context.get("body", "")) if doctree is not None else []
    for name in sorted({name for name in named if named.count(name) > 1}):
        logger.warning(
            "Two questions are called %r. Give each a name= of its own.", name, location=pagename
        )
    if named:
        context["body"] += CLEAR_ALL
        app.add_css_file(f"{FOLDER}/ask.css")
        app.add_js_file(f"{FOLDER}/ask.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.setup_extension("aiimpact.live.sphinx")
    app.connect("builder-inited", copy_front_end)
    app.connect("html-page-context", add_front_end, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
