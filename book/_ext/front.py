"""What a reader sees first: a clipping of the column, all claims as a strip of squares, doors to what follows."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from typing import Any

from docutils import nodes
from register import RANKS, depend_on
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from spoken import english

from aiimpact import claims, words
from aiimpact.words import say

# The sign of a square.
SIGNS = {"falls": "×", "open": "?", "caveat": "✓", "stands": "✓", "value": "–"}
# How many of the numbers and of the advice have it, in words.
OF_NUMBERS = {
    "falls": "fall",
    "open": "open",
    "caveat": "stand, with caveats",
    "stands": "stand",
}
OF_ADVICE = {
    "open": "little effect, or too little known",
    "caveat": "an effect, under a condition",
    "stands": "an effect",
    "value": "a wish, which no number decides",
}


def sign_of(claim: claims.Claim) -> str:
    """Say which sign a claim has: that of its outcome, with caveats where it has any."""
    limited = claim.kind in {"reproduced-with-caveats", "effect-if"}
    return "caveat" if limited else claim.word.outcome


def square(sign: str) -> str:
    return f'<span class="claim-sign claim-sign-{sign}" aria-hidden="true">{SIGNS[sign]}</span>'


def square_html(claim: claims.Claim, page: str) -> str:
    """Write a claim as a square that leads to its entry."""
    told = escape(f"{claim.short}{say(': ')}{claim.judged}")
    return (
        f'<li><a href="{page}#{escape(claim.id)}" title="{told}" aria-label="{told}">'
        f"{square(sign_of(claim))}</a></li>"
    )


def strip_html(register: list[claims.Claim], page: str) -> str:
    """Write the claims as squares that lead to their entries, the numbers apart from the advice."""
    groups = ""
    for numbers in (True, False):
        chosen = [claim for claim in register if (claim.advice is None) == numbers]
        order = list(SIGNS)
        chosen.sort(key=lambda c: (order.index(sign_of(c)), RANKS.index(c.kind)))
        counts = Counter(map(sign_of, chosen))
        squares = "".join(square_html(claim, page) for claim in chosen)
        legend = "".join(
            f"<li>{square(sign)} <b>{counts[sign]}</b> "
            f"{say(OF_NUMBERS[sign]) if numbers else say(OF_ADVICE[sign])}</li>"
            for sign in SIGNS
            if counts[sign]
        )
        title = say("are numbers") if numbers else say("are advice, causes and wishes")
        groups += (
            f'<div class="claim-group" style="--claims:{len(chosen)}"><p><b>{len(chosen)}</b> {title}</p>'
            f'<ul class="claim-squares">{squares}</ul><ul class="claim-legend">{legend}</ul></div>'
        )
    return f'<div class="claim-strip explorer">{groups}</div>'


class Strip(SphinxDirective):
    """``{claims-strip}``: every claim as a square."""

    def run(self) -> list[nodes.Node]:
        """Write the squares."""
        return [
            nodes.raw("", strip_html(list(claims.load().values()), "claims.html"), format="html")
        ]


class Clipping(SphinxDirective):
    """``{clipping}``: what the column says, in our words, as a newspaper clipping."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Put the text between the newspaper's head and its foot."""
        column = claims.column()
        head = (
            f'<figure class="clipping"><p class="clipping-head"><b>{escape(column.newspaper)}</b>'
            f"<span>{words.date(column.date)}</span></p><blockquote>"
        )
        title = f'<cite lang="{column.language}">{escape(column.title)}</cite>'
        foot = (
            f"</blockquote><figcaption>{say('From {title}, in our words', title=title)}"
            "</figcaption></figure>"
        )
        return [
            nodes.raw("", head, format="html"),
            *self.parse_content_to_nodes(),
            nodes.raw("", foot, format="html"),
        ]


class Doors(SphinxDirective):
    """``{doors}``: plans side by side, with their minutes; a line is ``page | what you have | what it is | what is needed``."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Write a door for each line."""
        doors = ""
        for line in self.content:
            page, have, what, needs = map(str.strip, line.split("|"))
            path = english() / "book" / "teaching" / f"{page}.md"
            self.env.note_dependency(str(path))
            doors += (
                f'<li><a href="teaching/{page}.html"><b>{escape(say(have))}</b>'
                f'<span class="door-minutes">{duration(path.read_text(encoding="utf-8"))}</span>'
                f"<span>{escape(say(what))}</span>"
                f"<small>{escape(say('Students need {needs}', needs=say(needs)))}</small></a></li>"
            )
        return [nodes.raw("", f'<ul class="doors">{doors}</ul>', format="html")]


def duration(plan: str) -> str:
    r"""Add up the minutes of a plan's tables, in class and at home.

    Examples
    --------
    >>> duration("| 5 | Vote. |\n| 40 | Compute. |")
    '45 minutes'
    >>> duration("| 90 | class | Vote. |\n| 30 | class | Go on. |\n| 240 | home | Read. |")
    '2 hours in class, 4 at home'
    """
    found: Counter[str] = Counter()
    for minutes, where in re.findall(r"^\| (\d+) \| (class|home)?", plan, re.MULTILINE):
        found[where] += int(minutes)
    if not found["home"]:
        return say("{minutes} minutes", minutes=found[""])
    hours, more = (f"{found[where] / 60:.3g}" for where in ("class", "home"))
    return say("{hours} hours in class, {more} at home", hours=hours, more=more)


def depend(app: Sphinx, docname: str, source: list[str]) -> None:
    if any(f"{{{name}}}" in source[0] for name in DIRECTIVES):
        depend_on(app)


DIRECTIVES = {"claims-strip": Strip, "clipping": Clipping, "doors": Doors}


def setup(app: Sphinx) -> dict[str, Any]:
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.connect("source-read", depend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
