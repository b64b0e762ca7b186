"""The first time a chapter uses a term of the trade, the term leads to the glossary and says what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from spoken import english, in_english, tree

GLOSSARY = Path("book", "glossary.md")
_ENTRY = re.compile(r"^(?P<term>[^:\s`][^\n]*)\n  (?P<words>[^\n]+)$", re.MULTILINE)
# What a reader of seventeen may not know. Words of every day have their entry, and no link.
WRITTEN = {
    "batching": r"batch(?:es|ed|ing)?",
    "carbon intensity": r"carbon intensity",
    "carbon-free energy": r"carbon-free",
    "CO₂ equivalent": r"CO[2₂]e",
    "cradle to gate": r"cradle to gate",
    "elasticity": r"elasticity",
    "embodied emissions": r"embodied",
    "FLOP": r"[TGPE]?FLOPs?",
    "interquartile range": r"interquartile|IQR",
    "life cycle": r"life[- ]cycle",
    "location-based": r"location-based|by location",
    "marginal emissions": r"marginal",
    "market-based": r"market-based|by market",
    "median": r"medians?",
    "mixture of experts": r"mixture of experts",
    "Monte Carlo": r"Monte Carlo",
    "payback": r"payback|pays? back",
    "PUE": r"PUEs?",
    "quantisation": r"quanti[sz](?:ation|ed)",
    "rebound": r"rebound",
    "Scope": r"Scopes? [123]",
    "token": r"tokens?",
    "utilisation": r"utilisation",
    "virtualisation": r"virtualisation",
    "water stress": r"water stress|stressed",
    "WUE": r"WUE",
}
# In Chinese a term is written as the glossary has it, or so.
ALSO = {
    "carbon-free energy": r"无碳",
    "CO₂ equivalent": r"CO[2₂]e",
    "embodied emissions": r"隐含",
    "location-based": r"按位置",
    "marginal emissions": r"边际",
    "market-based": r"按市场",
    "mixture of experts": r"混合专家",
    "Monte Carlo": r"蒙特卡洛",
    "rebound": r"反弹",
    "water stress": r"用水压力|缺水压力",
}
# Its word is one of every day, unless a number follows.
NUMBERED = {"Scope": r"[ ]?[123一二三]"}
# The lists are objectives and exercises, which speak of what stands between them.
_CLOSED = (
    nodes.enumerated_list,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.raw,
    nodes.reference,
    nodes.title,
)


def definitions(text: str) -> dict[str, tuple[str, str]]:
    """Give each English term of the glossary with its whole name and what it means."""
    found = {}
    for entry in _ENTRY.finditer(_inside(text)):
        english = re.match(r"[ -~₂]+", entry["term"])
        assert english, entry["term"]
        found[english[0].strip()] = (entry["term"], entry["words"])
    return found


def _inside(text: str) -> str:
    return text.split(":::{glossary}\n")[1].rsplit(":::", 1)[0]


def translated(text: str, english_text: str) -> dict[str, tuple[str, str]]:
    """Give the entries of a translated glossary, which stand in the order of the English ones, by their English terms."""
    entries = [(entry["term"], entry["words"]) for entry in _ENTRY.finditer(_inside(text))]
    return dict(zip(definitions(english_text), entries, strict=True))


def patterns(known: Mapping[str, tuple[str, str]]) -> dict[str, re.Pattern[str]]:
    """Give how each term is written: in English also in the plural, in Chinese without a blank around it."""
    if in_english():
        return {
            term: re.compile(rf"(?<![\w-])(?:{written})(?![\w-])")
            for term, written in WRITTEN.items()
        }
    found = {}
    for term, written in WRITTEN.items():
        name = "|".join(re.findall(r"[\u3400-\u9fff]+", known[term][0]))
        chinese = "|".join(filter(None, (name, ALSO.get(term))))
        latin = rf"(?<![A-Za-z0-9_-])(?:{written})(?![A-Za-z0-9_-])"
        found[term] = re.compile(rf"(?:{chinese}){NUMBERED.get(term, '')}|{latin}")
    return found


def first_uses(
    texts: Mapping[Any, str], written: Mapping[str, re.Pattern[str]]
) -> Iterator[tuple[Any, str, int, int]]:
    """Give where each term is used first: the key of the text, the term, and the ends of its words."""
    for term, pattern in written.items():
        for key, text in texts.items():
            if found := pattern.search(text):
                yield key, term, *found.span()
                break


def link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the first use of each term in a chapter."""
    if not docname.startswith("chapters/"):
        return
    own, source = ((root / GLOSSARY).read_text(encoding="utf-8") for root in (tree(), english()))
    known = definitions(own) if in_english() else translated(own, source)
    places = app.env.domaindata["std"]["objects"]
    texts = {node: node.astext() for node in doctree.findall(nodes.Text) if _is_open(node)}
    uses: dict[nodes.Text, list[tuple[int, int, str]]] = {}
    for node, term, start, end in first_uses(texts, patterns(known)):
        uses.setdefault(node, []).append((start, end, term))
    for node, found in uses.items():
        text, at = texts[node], 0
        parts: list[nodes.Node] = []
        for start, end, term in sorted(found):
            if start < at:
                continue  # One term inside another.
            name, words = known[term]
            page, anchor = places["term", name]
            uri = f"{app.builder.get_relative_uri(docname, page)}#{anchor}"
            shown = nodes.reference("", text[start:end], refuri=uri, reftitle=words, internal=True)
            shown["classes"].append("term")
            parts += [nodes.Text(text[at:start]), shown]
            at = end
        node.parent.replace(node, [*parts, nodes.Text(text[at:])])


def _is_open(node: nodes.Node) -> bool:
    """Say whether a reader sees a text as prose: not in code or a link, nor between tags, as a figure's card is."""
    siblings = node.parent.children
    tags = "".join(x.astext() for x in siblings[: siblings.index(node)] if isinstance(x, nodes.raw))
    if len(re.findall(r"<\w", tags)) > tags.count("</") + tags.count("<br"):
        return False
    while node.parent is not None:
        node = node.parent
        if isinstance(node, _CLOSED):
            return False
    return True


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-resolved", link)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
