"""Numbers have verdicts, advice has an effect: the two scales, and the article that they judge."""

import dataclasses
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from aiimpact import claims, words
from aiimpact.cite import Card, Verdicts
from aiimpact.cite.cards import facts_of
from aiimpact.words import say

ROOT = Path(__file__).parents[1]
REGISTER = claims.load()
NUMBERS = [claim for claim in REGISTER.values() if claim.article_values]
ADVICE = [claim for claim in REGISTER.values() if not claim.article_values]
each_number = pytest.mark.parametrize("claim", NUMBERS, ids=lambda claim: claim.id)
each_advice = pytest.mark.parametrize("claim", ADVICE, ids=lambda claim: claim.id)
# A date has no size.
WITHOUT_SIZE = {"hk-ai-carbon-neutral-2035"}
# How far a number that stands may be from what holds; the article rounds.
ROUNDED = 0.02


def test_verdicts_are_for_numbers_and_effects_for_the_rest():
    assert (len(NUMBERS), len(ADVICE)) == (19, 17)
    assert [claim.id for claim in NUMBERS if claim.verdict is None or claim.advice] == []
    assert [claim.id for claim in ADVICE if claim.verdict or claim.advice is None] == []


def test_a_tally_counts_each_claim_once():
    count = claims.tally()
    assert count.claims == count.numbers + count.advice == len(REGISTER)
    fallen = [claim.id for claim in NUMBERS if claim.word.outcome == "falls"]
    assert count.fall == len(fallen)
    assert "ai-3-5-percent-of-emissions-2030" in fallen
    assert count.conditional == sum(claim.judged.count(", if ") for claim in ADVICE)
    assert count.conditional <= count.effect <= count.advice


def test_nobody_is_misquoted_who_was_not_named():
    """The 3.5 % names nobody: what went wrong with it is its unit."""
    claim = REGISTER["ai-3-5-percent-of-emissions-2030"]
    assert claim.credited_to.startswith("Nobody")
    assert claim.verdict == "wrong-unit"


def test_a_wish_is_not_called_unsupported():
    assert REGISTER["policy-education"].advice.effect == "value"
    assert REGISTER["hk-ai-carbon-neutral-2035"].verdict == "projection"


@each_number
def test_a_number_stands_beside_what_holds_of_it(claim):
    assert (claim.size is None) == (claim.id in WITHOUT_SIZE)
    if claim.size is None:
        return
    size = claim.size.compute()
    assert 0 < size.low <= size.mid <= size.high
    assert 0 < size.claimed_low <= size.claimed_high
    inside = size.low * (1 - ROUNDED) <= size.claimed_high and size.claimed_low <= size.high * (
        1 + ROUNDED
    )
    if claim.word.outcome == "falls":
        assert not inside, f"claimed is within {size}"
    if claim.word.outcome == "stands":
        assert inside, f"claimed is outside of {size}"


@each_number
def test_a_factor_is_the_ratio_of_the_two(claim):
    if claim.factor:
        size = claim.size.compute()
        ratio = size.claimed_low / size.mid
        assert max(ratio, 1 / ratio) == pytest.approx(claim.factor.run(), rel=ROUNDED)


@pytest.mark.parametrize("claim", [c for c in REGISTER.values() if c.size], ids=lambda c: c.id)
def test_a_size_of_the_same_thing_as_the_range_to_teach_is_that_range(claim):
    size, teach = claim.size.compute(), claim.teach_today
    if size.unit.replace("%", "percent").startswith(teach.unit):
        assert size.low == pytest.approx(teach.low, rel=0.1)
        assert size.high == pytest.approx(teach.high, rel=0.04)


@each_advice
def test_advice_says_how_much_and_how_sure(claim):
    advice = claim.advice
    assert advice.effect in claims.EFFECTS
    assert advice.sure in claims.EVIDENCE.values()
    assert (advice.condition != "") == (advice.effect == "effect-if")
    if claim.size:
        size = claim.size.compute()
        assert size.claimed_low is None
        assert size.low <= size.mid <= size.high


def test_the_burden_of_proof_is_the_same_for_all():
    """What was measured counts as measured; what rests on our own example says so."""
    kinds = {claim.id: claim.advice.evidence for claim in ADVICE}
    for claim in ADVICE:
        example = "example, not a measurement"
        rows = " ".join([claim.size.low, claim.size.mid, claim.size.high]) if claim.size else ""
        keys = re.findall(r'tables\.constant\("([^"]+)"', rows)
        boundaries = [claims.NAMESPACE["tables"].constant(key).boundary for key in keys]
        if boundaries and all(example in boundary for boundary in boundaries):
            assert kinds[claim.id] in {"example", "modelled"}, claim.id
    assert kinds["policy-tax-relief-subsidy"] == kinds["policy-emissions-trading"] == "measured"


ADVISED = REGISTER["lever-liquid-cooling"]
COUNTED = REGISTER["gpt3-552-t"]
WRONG = [
    (COUNTED, {"verdict": None}, "either a verdict or advice, got neither"),
    (COUNTED, {"advice": ADVISED.advice}, "either a verdict or advice, got both"),
    (ADVISED, {"advice": None, "verdict": "reproduced"}, "Verdicts are for numbers: write"),
    (COUNTED, {"verdict": None, "advice": ADVISED.advice, "size": None}, "replace the verdict"),
    (COUNTED, {"size": ADVISED.size}, "Write the article's number as a call"),
    (ADVISED, {"size": COUNTED.size}, "or leave claimed out"),
    (ADVISED, {"advice": claims.Advice("helps", "measured")}, "one of effect, effect-if, .* as effect"),
    (ADVISED, {"advice": claims.Advice("effect", "sure")}, "one of measured, .* as evidence"),
    (ADVISED, {"advice": claims.Advice("effect-if", "measured")}, "Complete the sentence"),
    (ADVISED, {"advice": claims.Advice("effect", "measured", "it rains")}, "name a condition exactly"),
    (ADVISED, {"size": None}, "must have a size and evidence"),
    (ADVISED, {"advice": claims.Advice("effect", "none")}, "or say not-known"),
    (ADVISED, {"advice": claims.Advice("value", "none")}, "neither size nor evidence"),
    (COUNTED, {"verdict": "misattributed"}, "must credit a source"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "fields", "complaint"), WRONG, ids=[x[2] for x in WRONG])
def test_an_entry_on_the_wrong_scale_says_what_to_write(claim, fields, complaint):
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(claim, **fields)


def test_a_size_out_of_order_is_refused():
    with pytest.raises(ValueError, match="Put the smaller first"):
        claims.Size("t", low="2", mid="1", high="3").compute()
    with pytest.raises(ValueError, match="Put the smaller first"):
        claims.Size("t", low="1", mid="1", high="3", claimed=("3", "2")).compute()


# What a reader sees


def test_a_card_of_advice_has_no_verdict_and_says_if_how_much_and_how_sure():
    html = Card(ADVISED)._repr_mimebundle_()["text/html"]
    assert "Has an effect, if …" in html
    assert re.findall(r"<dt>(.*?)</dt>", html) == ["If", "How much", "How sure"]
    assert "Reproduced" not in html


def test_a_card_of_a_number_says_what_is_claimed_and_what_holds():
    html = Card(REGISTER["gpt4-over-1000-t"])._repr_mimebundle_()["text/html"]
    assert re.findall(r"<dd>(.*?)</dd>", html)[0] == "more than 1,000 t CO₂e"
    assert re.findall(r"<dt>(.*?)</dt>", html) == ["Claimed", "Holds", "Claimed is"]


def test_a_size_of_a_claimed_number_names_its_measure_at_the_head_of_its_unit():
    for claim in REGISTER.values():
        if (size := claim.size) and (size.claimed or size.measure):
            assert bool(size.claimed) == bool(size.measure), claim.id
            assert re.match(rf"{re.escape(size.measure)}(?!\w)", size.unit), claim.id


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_is_claimed_has_the_unit_of_what_holds(language):
    with words.speaking(language):
        for claim in claims.load().values():
            told = dict(facts_of(claim))
            if say("Claimed") not in told:
                continue
            unit = re.search(r"(?:\d[\d,.]*)(\D+)$", told[say("Claimed")])[1]
            assert re.search(rf"\d{re.escape(unit)}(?![A-Za-z])", told[say("Holds")])


@pytest.mark.parametrize(
    ("chapter", "head"), [(1, "Verdict or effect"), (2, "Verdict"), (4, "Effect")]
)
def test_a_table_is_headed_by_what_stands_in_it(chapter, head):
    assert f"| {head} |" in repr(Verdicts(claims.of_chapter(chapter)))


def test_every_word_has_a_meaning_of_its_own():
    words = [*claims.VERDICTS.values(), *claims.EFFECTS.values(), *claims.EVIDENCE.values()]
    for texts in ([word.label for word in words], [word.means for word in words]):
        assert [text for text, times in Counter(texts).items() if times > 1] == []
    assert {word.outcome for word in claims.VERDICTS.values()} == {"stands", "open", "falls"}


def test_no_page_defines_a_word_a_second_time():
    """Pages take the words and their meanings from the library."""
    words = [*claims.VERDICTS.values(), *claims.EFFECTS.values()]
    for path in (ROOT / "book").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert [word.means for word in words if word.means in text] == [], path.name


# The article


def test_the_column_is_cited_as_the_data_have_it():
    column = claims.column()
    (cited,) = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["references"]
    (author,) = cited["authors"]
    assert cited["title"] == column.title
    assert cited["journal"] == column.newspaper
    assert cited["date-published"] == column.date
    assert cited["url"] == column.url
    assert author == {
        "family-names": column.family_name,
        "given-names": column.given_name,
        "affiliation": column.affiliation,
    }


@pytest.mark.parametrize("page", ["intro", "claims", "how_to_use"])
def test_the_column_is_named_where_a_reader_begins(page):
    assert "{the-column}" in (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("remark", claims.column().also_says, ids=lambda remark: remark.says[:40])
def test_what_else_the_column_says_is_decided(remark):
    assert remark.decision in claims.DECISIONS
    assert all(value > 0 for value in remark.values())
    assert remark.claim in {"", *REGISTER}
    assert remark.chapter is None or 0 <= remark.chapter <= 6
    assert not re.search(r"\d+(?:\.\d+)? ?(?:%|kWh|Wh|t\b|Mt)", remark.note), "typed by hand"


def test_a_remark_that_does_not_fit_says_so():
    with pytest.raises(ValueError, match="one of the decisions no-claim"):
        claims.Remark("It rains", "perhaps", "No.")
    with pytest.raises(ValueError, match="got 0 for 1"):
        claims.Remark("It rains", "value", "{} mm.")


@pytest.mark.parametrize(("language", "told"), [("en", "512.4 bn USD"), ("zh-Hans", "5,124亿美元"), ("zh-Hant-HK", "5,124億美元")])  # fmt: skip
def test_an_amount_is_counted_as_the_language_does_without_a_gap(language, told):
    with words.speaking(language):
        claim = claims.load()["idc-ai-market-2022-2027"]
        assert dict(facts_of(claim))[say("Claimed")] == told
