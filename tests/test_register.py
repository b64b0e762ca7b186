"""The register as a picture: a line a claim, with a mark, and the card behind it."""

from __future__ import annotations

import built
import pytest

from aiimpact import claims
from aiimpact.cite.ruler import in_words, ratios, ruler
from aiimpact.live.notation import seen

PAGE = "book/claims.html"
REGISTER = claims.load()
SIZED = [claim for claim in REGISTER.values() if claim.size and claim.verdict]


@pytest.mark.parametrize(
    ("claim_id", "words"),
    [
        ("strubell-626k-lb-five-cars", "88 times what holds"),
        ("tesla-3000-x-200k-miles", "1/140 to 1/110 of what holds"),
        ("gpt3-552-t", "what holds"),
        ("irena-5pct-growth-2030", "1/2 of what holds"),
        ("chatgpt-2-96-wh", "1/14 to 19 times what holds"),
    ],
)
def test_a_ruler_says_in_words_what_it_draws(claim_id, words):
    claim = REGISTER[claim_id]
    assert in_words(claim.size.compute()) == words
    assert f'aria-label="Claimed is {words}."' in ruler(claim)


def test_advice_has_no_ruler():
    assert ruler(REGISTER["lever-liquid-cooling"]) == ""
    assert ratios(REGISTER["lever-liquid-cooling"].size.compute()) is None


@pytest.mark.parametrize("claim", SIZED, ids=lambda claim: claim.id)
def test_every_mark_lies_within_the_ruler(claim):
    low, middle, high = ratios(claim.size.compute())
    assert 1 / 250 < low <= middle <= high < 250


@pytest.mark.site
def test_each_claim_has_a_line_with_its_name_and_its_stamp(html):
    page = built.soup(PAGE)
    lines = {line["id"]: line.summary for line in page.select("details.claim-entry")}
    assert list(lines) != []
    assert set(lines) == set(REGISTER)
    for claim in REGISTER.values():
        assert lines[claim.id].select_one(".claim-short").text == seen(claim.short) != ""
        stamp = lines[claim.id].select_one(".claim-verdict")
        assert stamp["title"] == f"{claim.word.means}."
        assert len(lines[claim.id].select("svg[role=img][aria-label]")) == (claim in SIZED)


@pytest.mark.site
def test_the_page_names_the_column_and_lists_what_else_it_says(html):
    page, column = built.soup(PAGE), claims.column()
    assert page.select_one(f'cite[lang="{column.language}"]').text == column.title
    assert [term.text for term in page.select(".also-says dt")] == [
        r.says for r in column.also_says
    ]
    assert "{}" not in page.select_one(".also-says").text


@pytest.mark.browser
def test_lines_are_filtered_sorted_and_opened_by_an_address(open_tab, site):
    page = open_tab().page
    page.goto(f"{site.url}book/{PAGE}#gpt3-552-t")
    page.wait_for_selector("#gpt3-552-t[open] .claim-text")
    shown = page.locator(".claim-entry:not([hidden])")
    page.locator("select[name=judged]").select_option("effect-if")
    assert shown.count() == claims.tally().conditional
    assert page.locator(".claim-filter output").inner_text().startswith(f"{shown.count()} of ")
    page.locator("select[name=judged]").select_option("")
    page.locator("select[name=order]").select_option("off")
    assert shown.first.get_attribute("id") == "tesla-3000-x-200k-miles"
    page.locator("select[name=order]").select_option("place")
    assert shown.first.get_attribute("id") == next(iter(REGISTER))
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
