"""What a sentence may claim: no superlative without a count, no cap where there is none."""

import re
from pathlib import Path

import nbformat
import pytest
import test_prose

from aiimpact import claims, tables

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "chapters").rglob("*.ipynb"))
PAGES = [*sorted((ROOT / "book" / "teaching").glob("*.md")), ROOT / "book" / "glossary.md"]
# To call a mistake the most common one takes a count of mistakes.
UNCOUNTED = re.compile(r"\b(?:commonest|most common) (?:slip|mistake|error|bug)", re.IGNORECASE)
# In August 2025 China announced absolute caps for some sectors from 2027 on (ICAP).
CAPPED = re.compile(r"\bChina(?:'s)?\b[^.]*\bcap(?:s|ped)?\b|\bcap(?:s|ped)?\b[^.]*\bChina\b")
NOT_YET = re.compile(
    r"\b(?:so far|no such|until|begin|yet|from 2027|without|as long as|to absolute cap)\b"
)


def shown(path):
    """Give the text that a reader sees of a notebook or page."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    texts = [cell.source for cell in cells]
    for cell in cells:
        texts += [
            "".join(output.get("data", {}).get("text/markdown", ""))
            for output in cell.get("outputs", [])
        ]
    return "\n\n".join(texts)


@pytest.mark.parametrize("path", CHAPTERS + PAGES, ids=lambda path: path.stem)
def test_nothing_is_called_commonest_that_nobody_counted(path):
    assert UNCOUNTED.findall(shown(path)) == []


@pytest.mark.parametrize("path", CHAPTERS + PAGES, ids=lambda path: path.stem)
def test_chinas_trading_is_not_called_a_cap(path):
    sentences = [s for s in test_prose.sentences(shown(path)) if CAPPED.search(s)]
    assert [s for s in sentences if not NOT_YET.search(s)] == []


def test_the_register_says_what_china_trades():
    entry = claims.get("policy-emissions-trading")
    assert "allowances so far follow production" in entry.why


def test_no_verdict_rests_on_what_a_sentence_of_the_column_leaves_out():
    """None of the pieces of advice brings evidence. What counts is what others have found."""
    for claim in claims.load().values():
        assert "offers no evidence" not in claim.why, claim.id


def test_both_halves_of_public_money_have_a_source():
    said = " ".join(s.text for s in claims.get("policy-tax-relief-subsidy").source_says if s.read)
    assert "Feed-in tariffs" in said
    assert "Singapore ties grants" in said


def test_both_halves_of_liquid_cooling_have_a_source():
    said = " ".join(s.text for s in claims.get("lever-liquid-cooling").source_says if s.read)
    assert "less energy" in said
    assert "costs as much" in said


def test_the_price_that_targets_need_is_the_commissions_after_inflation():
    """High-Level Commission 2017: 50 to 100. One inflation for both ends, some 27 per cent."""
    need = tables.quantity("carbon_prices", "wb-need-2030")
    assert (need.low, need.high) == (63, 127)
    assert need.low / 50 == pytest.approx(need.high / 100, rel=0.01)
