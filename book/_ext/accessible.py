"""Markup of others put right for readers who listen: what axe finds in tables, citations and navigation."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx
from spoken import marked

from aiimpact.words import say

# pandas and Markdown leave the corner of a table as a heading that says nothing.
EMPTY_HEADING = re.compile(r"<th([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>")
# The theme's arrow that unfolds the pages below a page has no name.
ARROW = re.compile(r">([^<]*)</a>(<details[^>]*>)<summary>")


def mend(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if "body" in context:
        body = EMPTY_HEADING.sub(r"<td\1></td>", context["body"])
        # The role that docutils gives a citation is deprecated, and its list wants items.
        body = body.replace('role="doc-biblioentry"', 'role="listitem"')
        context["body"] = marked(pagename, body)


def name_arrows(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if draw := context.get("generate_toctree_html"):
        context["generate_toctree_html"] = lambda *args, **kwargs: ARROW.sub(
            name_arrow, str(draw(*args, **kwargs))
        )


def name_arrow(arrow: re.Match[str]) -> str:
    page, details = arrow.groups()
    return f'>{page}</a>{details}<summary aria-label="{say("Pages of {page}", page=page)}">'


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", mend, priority=300)
    # After the theme, which brings the function.
    app.connect("html-page-context", name_arrows, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
