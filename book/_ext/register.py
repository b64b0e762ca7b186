"""The claims register as a page: every claim with what became of it, its sources and recomputation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole
from spoken import in_english, left_english

from aiimpact import claims, words
from aiimpact.cite.cards import facts_html, how_much, judged_html, outcome, stamp
from aiimpact.cite.ruler import ratios, ruler, scale
from aiimpact.live import number
from aiimpact.words import joined, say, sentences

ROOT = Path(__file__).parents[2]
CHAPTERS = {
    0: "The boom",
    1: "The training footprint",
    2: "Data centres",
    3: "Energy drivers",
    4: "Solutions",
    5: "Policy",
    6: "Outlook",
}
SCALES: dict[str, Mapping[str, claims.Word]] = {
    "verdicts": claims.VERDICTS,
    "effects": claims.EFFECTS,
    "evidence": claims.EVIDENCE,
}
# What each scale is for.
OF = {"verdicts": "A number", "effects": "Advice, a cause or a wish", "evidence": "How sure"}

RANKS = [*claims.VERDICTS, *claims.EFFECTS]


def chapter_page(chapter: int) -> Path | None:
    return next((ROOT / "chapters").glob(f"{chapter:02d}_*.ipynb"), None)


def chapter_link(claim: claims.Claim) -> str:
    """Name the chapter of a claim, as a link to its card if the chapter is written."""
    title = escape(say(CHAPTERS[claim.chapter]))
    name = say("Chapter {number}, {name}", number=claim.chapter, name=title)
    path = chapter_page(claim.chapter)
    if path and claim.id in path.read_text(encoding="utf-8"):
        return f'<a href="../chapters/{path.stem}.html#claim-{escape(claim.id)}">{name}</a>'
    return name


def entry_html(place: int, claim: claims.Claim) -> str:
    """One claim: a line with its mark, and behind it the card with its proof."""
    source = claim.primary_source
    unread = f"<em>{say('Not looked up by us.')}</em>"
    said = "".join(
        f"<li>{sentences(escape(item.text), '' if item.read else unread)}</li>"
        for item in claim.source_says
    )
    steps = "".join(
        f"<tr><td>{escape(step['what'])}<br><code>{escape(step['call'])}</code></td>"
        f"<td>{escape(outcome(step))}</td></tr>"
        for step in claim.recompute().to_dict("records")
    )
    today = f"<strong>{say('Say today:')}</strong>"
    credited = say(
        "Credited by the column to: {source}", source=escape(claim.credited_to) or say("nobody")
    )
    work = (
        f"{escape(source.authors)} {source.year or ''}, <cite>{escape(source.title)}</cite>. "
        f"{escape(source.id or '')}"
    )
    primary = say("Primary source: {work}", work=left_english(work))
    again = say("To be looked at again by {date}.", date=claim.review_by.isoformat())
    sure = say("Confidence: {confidence}.", confidence=escape(claim.confidence))
    return (
        f'<details class="claim-entry explorer" id="{escape(claim.id)}" data-place="{place}" '
        f'data-rank="{RANKS.index(claim.kind)}" data-off="{off(claim):.4g}" '
        f'data-chapter="{claim.chapter}" data-judged="{claim.kind}">'
        f'<summary><span class="claim-short">{escape(claim.short)}</span>'
        f'<span class="claim-mark">{mark_html(claim)}</span>{stamp(claim)}</summary>'
        f'<p class="claim-text">{escape(claim.claim)}</p>'
        f'<p class="claim-chapter">{chapter_link(claim)}</p>'
        f"{judged_html(claim)}{facts_html(claim)}<p>{escape(claim.why)}</p>"
        f"<p>{sentences(today, escape(claim.teach_today.text))}</p>"
        f'<p class="claim-proof">{say("Sources and recomputation")}</p>'
        f"<p>{credited}</p>"
        f"<p>{primary}</p><ul>{said}</ul>"
        f"<table><thead><tr><th scope='col'>{say('Step')}</th><th scope='col'>{say('Result')}</th></tr></thead>"
        f"<tbody>{steps}</tbody></table>"
        f"<p>{sentences(again, sure)}</p>"
        "</details>"
    )


def mark_html(claim: claims.Claim) -> str:
    """Write what stands between name and stamp: the ruler of a number, the size of an effect."""
    if claim.advice is None:
        return ruler(claim, labels=False) or say("a date has no size")
    # What it is a share of, and the like, stands on the card.
    size = how_much(claim).partition("," if in_english() else "，")[0]
    if not size:
        return say("no size")
    sure = claim.advice.sure.label.lower()
    return escape(say("{size} ({evidence})", size=size, evidence=sure))


def off(claim: claims.Claim) -> float:
    """Say how far off a number is, in powers of ten, or how unsure an effect is."""
    if claim.advice:
        return list(claims.EVIDENCE).index(claim.advice.evidence)
    found = ratios(claim.size.compute()) if claim.size else None
    return abs(math.log10(found[1])) if found else 0.0


def options(words: Mapping[str, claims.Word], used: Counter[str]) -> str:
    return "".join(
        f'<option value="{name}">{escape(word.said().label)}</option>'
        for name, word in words.items()
        if used[name]
    )


def filter_html(register: list[claims.Claim]) -> str:
    """Choose by chapter, and by verdict or effect; each with the words of its own scale."""
    used = Counter(claim.kind for claim in register)
    chapters = "".join(
        f'<option value="{number_}">{number_} {escape(say(CHAPTERS[number_]))}</option>'
        for number_ in sorted({claim.chapter for claim in register})
    )
    judged = "".join(
        f'<optgroup label="{say(OF[scale])}">{options(SCALES[scale], used)}</optgroup>'
        for scale in ("verdicts", "effects")
    )
    every = f'<option value="">{say("all")}</option>'
    order = (
        f'<option value="place">{say("as in the book")}</option>'
        f'<option value="rank">{say("by what became of it")}</option>'
        f'<option value="off">{say("the furthest off, or the least sure, first")}</option>'
    )
    # The script counts anew.
    count = "{shown} of {all} claims"
    said = "" if in_english() else f' data-said="{escape(say(count))}"'
    shown = say(count, shown=len(register), all=len(register))
    return (
        '<form class="claim-filter" hidden>'
        f'<label>{say("Chapter")} <select name="chapter">{every}{chapters}</select></label>'
        f'<label>{say("What became of it")} <select name="judged">{every}{judged}</select></label>'
        f'<label>{say("Order")} <select name="order">{order}</select></label>'
        f'<output aria-live="polite"{said}>{shown}</output></form>'
    )


def table_html(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table; what stands in its cells is HTML."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="table"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


class Filter(Directive):
    """``{claims-filter}``: which claims are shown, and in which order."""

    def run(self) -> list[nodes.Node]:
        """Write the form, which a script brings to life."""
        return [nodes.raw("", filter_html(list(claims.load().values())), format="html")]


class Register(Directive):
    """``{claims-register} numbers``: the claims that are numbers; or ``advice``, all others."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write a line for each claim, with its card behind it."""
        numbers = self.arguments[0] == "numbers"
        chosen = [
            (place, claim)
            for place, claim in enumerate(claims.load().values())
            if (claim.advice is None) == numbers
        ]
        head = (
            '<div class="claim-head" aria-hidden="true"><span></span><svg class="claim-ruler" '
            f'width="100%" height="40">{scale()}</svg><span></span></div>'
        )
        html = (head if numbers else "") + "".join(entry_html(*found) for found in chosen)
        return [nodes.raw("", f'<div class="claim-list">{html}</div>', format="html")]


class Scale(Directive):
    """``{scale} verdicts``: the words of a scale, what they mean, and how many claims have each."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the table."""
        scale = self.arguments[0]
        register = claims.load().values()
        used = Counter(claim.kind for claim in register)
        used.update(claim.advice.evidence for claim in register if claim.advice)
        words = {name: word.said() for name, word in SCALES[scale].items()}
        rows = [(escape(w.label), escape(w.means), str(used[name])) for name, w in words.items()]
        head = (say(OF[scale]), say("It means"), say("Claims"))
        return [nodes.raw("", table_html(head, rows), format="html")]


class Known(Directive):
    """``{what-is-known} 5``: the advice of a chapter, with its effect, its size and how sure it is."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the table."""
        rows = []
        for claim in claims.of_chapter(int(self.arguments[0])):
            if claim.advice:
                size = how_much(claim) or "–"
                cells = (claim.claim, claim.judged, size, claim.advice.sure.label)
                rows.append(map(escape, cells))
        head = (say("The column says"), say("Effect"), say("How much"), say("How sure"))
        return [nodes.raw("", table_html(head, rows), format="html")]


class AlsoSays(Directive):
    """``{column-also-says}``: what the column says beside the claims, and what becomes of it."""

    def run(self) -> list[nodes.Node]:
        """Write the list."""
        items = "".join(map(remark_html, claims.column().also_says))
        return [nodes.raw("", f'<dl class="also-says simple">{items}</dl>', format="html")]


def remark_html(remark: claims.Remark) -> str:
    """One remark: what it says, what became of it, why, and where to read on."""
    note = remark.note.format(*(number(value, 2) for value in remark.values()))
    on = []
    if remark.claim:
        on.append(f'<a href="#{escape(remark.claim)}">{say("the nearest claim")}</a>')
    path = None if remark.chapter is None else chapter_page(remark.chapter)
    if path:
        chapter = say("chapter {number}", number=remark.chapter)
        on.append(f'<a href="../chapters/{path.stem}.html">{chapter}</a>')
    decision = say("{sentence}.", sentence=say(claims.DECISIONS[remark.decision]))
    named = left_english(escape(remark.source))
    source = say("Source: {source}.", source=named) if named else ""
    see = say("See {places}.", places=joined(on)) if on else ""
    told = sentences(f"<strong>{escape(decision)}</strong>", escape(note), source, see)
    return f"<dt>{escape(remark.says)}</dt><dd>{told}</dd>"


class ColumnName(SphinxRole):
    """``{the-column}`long```: the article that the book checks, as one cites it; or `short`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write it."""
        column = claims.column()
        author = escape(f"{column.given_name} {column.family_name}")
        title = f'<a href="{escape(column.url)}"><cite lang="{column.language}">{escape(column.title)}</cite></a>'
        if self.text == "long":
            at, meaning = escape(column.affiliation), escape(column.in_english)
            author = say("{author} ({affiliation})", author=author, affiliation=at)
            title = say("{title} (in our words: {meaning})", title=title, meaning=meaning)
        html = say(
            "{author}, {title}, {newspaper}, {date}",
            author=author,
            title=title,
            newspaper=escape(column.newspaper),
            date=words.date(column.date),
        )
        return [nodes.raw("", html, format="html")], []


def add_filter(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if doctree is not None and "claim-filter" in context["body"]:
        app.add_js_file("register.js", loading_method="defer")


def depend_on(app: Sphinx) -> None:
    for path in (ROOT / "aiimpact").rglob("*.[pcy]*"):
        app.env.note_dependency(str(path))


def depend_on_register(app: Sphinx, docname: str, source: list[str]) -> None:
    if any(f"{{{name}}}" in source[0] for name in (*DIRECTIVES, "the-column")):
        depend_on(app)


DIRECTIVES = {
    "claims-filter": Filter,
    "claims-register": Register,
    "scale": Scale,
    "what-is-known": Known,
    "column-also-says": AlsoSays,
}


def setup(app: Sphinx) -> dict[str, Any]:
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.add_role("the-column", ColumnName())
    app.connect("source-read", depend_on_register)
    app.connect("html-page-context", add_filter)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
