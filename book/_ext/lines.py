"""Units as a reader knows them, on the line of their number, in all that a page says, whoever wrote it."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

from aiimpact.live.notation import typeset

TOKEN = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)([^>]*)>|[^<]+", re.DOTALL)
# What is not prose, or breaks no line.
ASIDE = {"code", "math", "option", "pre", "script", "style", "svg", "textarea"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
CARD = "fact-card"


def keep(html: str) -> str:
    r"""Write the units in a page as :func:`aiimpact.live.notation.typeset` does, across the tags before them.

    Parameters
    ----------
    html
        Markup in which each element that is opened is closed.

    Returns
    -------
    str
        The same; code and drawings are as they were.

    Examples
    --------
    >>> keep('<p title="5 t"><b>5</b> t of CO2</p><code>5 t of CO2</code>')
    '<p title="5 t"><b>5</b>\xa0t of CO₂</p><code>5 t of CO2</code>'
    """
    # The open elements, and what stands before each card, which lies over the text.
    opened: list[tuple[str, str | None]] = []
    aside, before, out = 0, "", []
    for token in TOKEN.finditer(html):
        closes, name, rest = token.groups()
        text = token[0]
        if name is None:
            if not aside and not text.startswith("<"):
                head = before if text.startswith((" ", "\n")) else ""
                text = typeset(head + text)[len(head) :]
                before = text[-1]
        elif closes:
            while opened:
                last, kept = opened.pop()
                aside -= last in ASIDE
                before = before if kept is None else kept
                if last == name:
                    break
        elif name not in VOID and not rest.endswith("/"):
            opened.append((name, before if CARD in rest else None))
            aside += name in ASIDE
            before = "" if CARD in rest else before
        out.append(text)
    return "".join(out)


def keep_lines(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if "body" in context:
        context["body"] = keep(context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    # After all that writes into a page.
    app.connect("html-page-context", keep_lines, priority=980)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
