"""A term of the trade leads to its entry in the glossary where a chapter uses it first."""

from __future__ import annotations

import re
from pathlib import Path

import built
import pytest

ROOT = Path(__file__).parents[1]
terms = built._load(ROOT / "book" / "_ext" / "terms.py")
KNOWN = terms.definitions((ROOT / "book" / "glossary.md").read_text(encoding="utf-8"))
CHAPTERS = sorted(f"chapters/{path.stem}.html" for path in (ROOT / "chapters").glob("*.ipynb"))
NEEDED = [
    "token", "FLOP", "batching", "quantisation", "marginal emissions", "median", "life cycle", "Scope", "elasticity",
    "payback", "carbon-free energy", "PUE", "mixture of experts", "interquartile range", "Monte Carlo",
    "location-based", "cradle to gate",
]  # fmt: skip


def test_the_glossary_has_the_terms_of_the_trade_in_order():
    assert set(NEEDED) <= set(KNOWN)
    assert set(terms.WRITTEN) <= set(KNOWN)
    names = [name.replace("₂", "2").lower() for name in KNOWN]
    assert names == sorted(names)
    assert all(words.endswith((".", "]")) for _, words in KNOWN.values())
    assert all(re.search(r"[\u4e00-\u9fff]", whole) for whole, _ in KNOWN.values())


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["No such.", "A token, and tokens."], [(1, "token", "token")]),
        (["The PUEs, then the PUE."], [(0, "PUE", "PUEs")]),
        (["3 EFLOP of a floppy", "FLOP"], [(0, "FLOP", "EFLOP")]),
        (["t CO2e, CO₂e"], [(0, "CO₂ equivalent", "CO2e")]),
        (["a betokened batch-size-token, embodiedness"], []),
    ],
)
def test_the_first_use_is_found(texts, found):
    uses = terms.first_uses(dict(enumerate(texts)), terms.patterns(KNOWN))
    assert [(key, term, texts[key][start:end]) for key, term, start, end in uses] == found


@pytest.mark.site
@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapter_links_each_term_once_and_first(html, page):
    main = built.soup(page).select_one("main article")
    linked = main.select("a.term")
    assert linked or "00_" in page
    assert main.select(".fact a.term, .explorer a.term, pre a.term") == []
    names = [link["href"].split("#")[1] for link in linked]
    assert len(set(names)) == len(names)
    for link in linked:
        assert link["href"].startswith("../book/glossary.html#term-")
        assert link["title"] in {words for _, words in KNOWN.values()}
