"""Where one is in a chapter: its key picture beside thirty seconds of it, its claims as dots, and folds for what not everyone reads.

The dots are links in a list with names, and nothing more before `site.js` knows what has been read.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from bs4 import BeautifulSoup
from sphinx.application import Sphinx

from aiimpact import claims
from aiimpact.words import say

# What a chapter is about, in up to three of its claims; none that its first question asks a guess at.
SECONDS = {
    "00_the_boom": ("idc-ai-market-2022-2027",),
    "01_training_footprint": ("gpt3-552-t", "gpt4-over-1000-t", "ai-3-5-percent-of-emissions-2030"),
    "02_data_centres": ("gpt3-1287-mwh", "google-search-0-3-wh", "gpt3-training-700-t-water"),
    "03_energy_drivers": ("dc-electricity-10x-in-decade", "chips-drive-power-demand", "siting-hot-cheap-power"),
    "04_solutions": ("lever-renewables", "lever-scheduling-load-balancing", "lever-virtualisation"),
    "05_policy": ("policy-efficiency-standards", "policy-tax-relief-subsidy", "policy-carbon-offsets"),
    "06_outlook": ("irena-5pct-growth-2030", "hk-ai-carbon-neutral-2035"),
}  # fmt: skip
# The only list at the head of a chapter, under its sentence.
AIMS = re.compile(r"<p>([^<]*)</p>\s*(<ol.*?</ol>)", re.DOTALL)
PICTURE = re.compile(r'<div class="cell tag_hide-input tag_key-picture[^"]*">')
CLAIM = re.compile(r'<div class="explorer claim" id="claim-.*?</div>', re.DOTALL)
HEAD_ENDS = re.compile(r"<section\b")
FOLDED = ("how-sure-are-we", "exercises", "sources")


def seconds(chapter: str) -> str:
    """Say in thirty seconds what a chapter finds: what the column says, and what one can say instead.

    Parameters
    ----------
    chapter
        The name of its notebook.

    Returns
    -------
    str
        A box, or nothing for another page.
    """
    if chapter not in SECONDS:
        return ""
    found = map(claims.get, SECONDS[chapter])
    items = "".join(
        f"<p><q>{escape(claim.claim.rstrip('.。'))}</q> {escape(claim.teach_today.text)}</p>"
        for claim in found
    )
    return (
        f'<aside class="seconds" aria-label="{say("In thirty seconds")}"><p class="seconds-head">'
        f"{say('In thirty seconds: what the column says, and what to say instead')}</p>{items}</aside>\n"
    )


def dots(body: str) -> str:
    """List the claims of a page, in its order.

    Parameters
    ----------
    body
        The page, with the cards of claims.

    Returns
    -------
    str
        A list of links, or nothing where there are no cards.
    """
    items = []
    for card in CLAIM.finditer(body):
        claim = BeautifulSoup(card[0], "html.parser")
        (root,), (said,), (verdict,) = map(
            claim.select, (".claim", ".claim-text", ".claim-verdict")
        )
        text = said.get_text(" ", strip=True)
        outcome = " ".join(map(str, verdict.get_attribute_list("class")[1:]))
        items.append(
            f'<li><a class="{escape(outcome)}" href="#{escape(str(root["id"]))}" title="{escape(text)}" '
            f'data-verdict="{escape(verdict.get_text(strip=True))}"><span>{escape(text)}</span></a></li>'
        )
    if not items:
        return ""
    return f'<nav class="where" aria-label="{say("Claims of this chapter")}"><ol>{"".join(items)}</ol></nav>\n'


def end_of(body: str, start: int, tag: str) -> int:
    """Say where an element ends.

    Parameters
    ----------
    body
        The page.
    start
        Where the element begins.
    tag
        Its name.

    Returns
    -------
    int
        The place of what follows it.
    """
    depth = 0
    for found in re.compile(rf"<(/?){tag}\b[^>]*>").finditer(body, start):
        depth += -1 if found[1] else 1
        if not depth:
            return found.end()
    return len(body)


def fold(body: str, name: str) -> str:
    """Fold a section away under its heading; one that holds a question or an explorer stays open.

    Parameters
    ----------
    body
        The page.
    name
        The section's identifier.

    Returns
    -------
    str
        The page, with the section folded if it has one.
    """
    begin = re.search(rf'<section id="{name}">\s*(<h2>.*?</h2>)', body, re.DOTALL)
    if not begin:
        return body
    last = end_of(body, begin.start(), "section") - len("</section>")
    inner = body[begin.end() : last]
    if "data-question" in inner or "data-explorer" in inner:
        return body
    return (
        f'{body[: begin.start()]}<section id="{name}"><details class="fold"><summary>{begin[1]}</summary>'
        f"{inner}</details>{body[last:]}"
    )


def opening(body: str, chapter: str) -> str:
    """Put the key picture of a chapter beside its thirty seconds, and its aims below them.

    Parameters
    ----------
    body
        The page.
    chapter
        The name of its notebook.

    Returns
    -------
    str
        The page; one without aims is left as it is.
    """
    picture = ""
    if found := PICTURE.search(body):
        end = end_of(body, found.start(), "div")
        picture, body = body[found.start() : end], body[: found.start()] + body[end:]
    return AIMS.sub(
        lambda match: (
            f'<div class="opening">{picture}{seconds(chapter)}<details class="aims">'
            f"<summary>{match[1]}</summary>{match[2]}</details></div>\n"
        ),
        body,
        count=1,
    )


def show_where(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    body = context.get("body", "")
    if not pagename.startswith("chapters/"):
        return
    body = opening(body, pagename.removeprefix("chapters/"))
    listed = dots(body)
    for name in FOLDED:
        body = fold(body, name)
    first = [found.start() for found in HEAD_ENDS.finditer(body)][1]
    context["body"] = body[:first] + listed + body[first:]


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", show_where, priority=500)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
