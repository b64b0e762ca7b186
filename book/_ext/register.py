"""The claims register as a page: every claim with its verdict, sources and recomputation."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from aiimpact import claims
from aiimpact.cite import spell
from aiimpact.cite.cards import outcome

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


def kind(claim: claims.Claim) -> str:
    return claim.verdict.split("(")[0]


def chapter_link(claim: claims.Claim) -> str:
    """Name the chapter of a claim, as a link to its card if the chapter is written."""
    name = f"Chapter {claim.chapter}, {escape(CHAPTERS[claim.chapter])}"
    for path in (ROOT / "chapters").glob(f"{claim.chapter:02d}_*.ipynb"):
        if claim.id in path.read_text(encoding="utf-8"):
            return f'<a href="../chapters/{path.stem}.html#claim-{escape(claim.id)}">{name}</a>'
    return name


def entry_html(claim: claims.Claim) -> str:
    """One claim; the text a reader needs first, the proof behind a fold."""
    source = claim.primary_source
    said = "".join(
        f"<li>{escape(item.text)}{'' if item.read else ' <em>Not looked up by us.</em>'}</li>"
        for item in claim.source_says
    )
    steps = "".join(
        f"<tr><td>{escape(step['what'])}<br><code>{escape(step['call'])}</code></td>"
        f"<td>{escape(outcome(step))}</td></tr>"
        for step in claim.recompute().to_dict("records")
    )
    teach = claim.teach_today
    return (
        f'<article class="claim-entry explorer" id="{escape(claim.id)}" '
        f'data-chapter="{claim.chapter}" data-verdict="{kind(claim)}">'
        f'<p class="claim-text">{escape(claim.claim)}</p>'
        f'<p><span class="claim-verdict claim-{kind(claim)}">{escape(spell(claim.verdict))}</span> '
        f'<span class="claim-chapter">{chapter_link(claim)}</span></p>'
        f"<p>{escape(claim.why)}</p>"
        f"<p><strong>Say today:</strong> {escape(teach.text)}</p>"
        f"<details><summary>Sources and recomputation</summary>"
        f"<p>Credited by the column to: {escape(claim.credited_to or 'nobody')}</p>"
        f"<p>Primary source: {escape(source.authors)} {source.year or ''}, <cite>{escape(source.title)}</cite>. "
        f"{escape(source.id or '')}</p><ul>{said}</ul>"
        f"<table><thead><tr><th scope='col'>Step</th><th scope='col'>Result</th></tr></thead>"
        f"<tbody>{steps}</tbody></table>"
        f"<p>To be looked at again by {claim.review_by.isoformat()}. Confidence: {escape(claim.confidence)}.</p>"
        "</details></article>"
    )


def filter_html(register: list[claims.Claim]) -> str:
    chapters = sorted({claim.chapter for claim in register})
    verdicts = [verdict for verdict in claims.VERDICTS if verdict in map(kind, register)]
    chapter_options = "".join(
        f'<option value="{number_}">{number_} {escape(CHAPTERS[number_])}</option>'
        for number_ in chapters
    )
    verdict_options = "".join(
        f'<option value="{verdict}">{escape(spell(verdict))}</option>' for verdict in verdicts
    )
    return (
        '<form class="claim-filter" hidden>'
        f'<label>Chapter <select name="chapter"><option value="">all</option>{chapter_options}</select></label>'
        f'<label>Verdict <select name="verdict"><option value="">all</option>{verdict_options}</select></label>'
        f'<output aria-live="polite">{len(register)} of {len(register)} claims</output></form>'
    )


class Register(Directive):
    """``{claims-register}``: all claims, with a filter."""

    def run(self) -> list[nodes.Node]:
        """Write the register."""
        register = list(claims.load().values())
        html = filter_html(register) + "".join(map(entry_html, register))
        return [nodes.raw("", html, format="html")]


def add_filter(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if doctree is not None and "claim-filter" in context["body"]:
        app.add_js_file("register.js", loading_method="defer")


def depend_on_register(app: Sphinx, docname: str, source: list[str]) -> None:
    if "{claims-register}" in source[0]:
        for path in (ROOT / "aiimpact").rglob("*.[pcy]*"):
            app.env.note_dependency(str(path))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("claims-register", Register)
    app.connect("source-read", depend_on_register)
    app.connect("html-page-context", add_filter)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
