"""Markup of others put right for readers who listen: what axe finds in tables and citations."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

# pandas and Markdown leave the corner of a table as a heading that says nothing.
EMPTY_HEADING = re.compile(r"<th([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>")


def mend(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if "body" in context:
        body = EMPTY_HEADING.sub(r"<td\1></td>", context["body"])
        # The role that docutils gives a citation is deprecated, and its list wants items.
        context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", mend, priority=300)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
