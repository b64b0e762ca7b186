"""Where one is in a chapter: its key picture and thirty seconds of it, its claims as dots, folds that open for a link."""

from __future__ import annotations

import built
import pytest

pytestmark = pytest.mark.site

CHAPTER = "chapters/03_energy_drivers.html"
PAGES = [page for page in built.pages() if page.startswith("chapters/")] or [None]


@pytest.mark.parametrize("page", PAGES)
def test_every_claim_of_a_chapter_has_its_dot(html, page):
    soup = built.soup(page)
    cards = soup.select(".claim[id]")
    dots = soup.select(".where a")
    assert [dot["href"] for dot in dots] == [f"#{card['id']}" for card in cards]
    for dot, card in zip(dots, cards, strict=True):
        assert dot.get_text(strip=True) == card.select_one(".claim-text").get_text(strip=True)
        assert dot["data-verdict"] == card.select_one(".claim-verdict").get_text(strip=True)
        assert set(dot["class"]) < set(card.select_one(".claim-verdict")["class"])


@pytest.mark.parametrize("page", PAGES)
def test_a_chapter_begins_with_thirty_seconds_of_its_claims(html, page):
    soup = built.soup(page)
    (box,) = soup.select(".seconds")
    assert box.find_previous("h1")
    assert not box.find_previous("h2")
    claimed = {card.get_text(strip=True).rstrip(".") for card in soup.select(".claim .claim-text")}
    assert {quote.get_text(strip=True) for quote in box.select("q")} <= claimed
    assert 40 <= len(box.get_text(" ").split()) <= 190


@pytest.mark.parametrize("page", PAGES)
def test_a_chapter_begins_with_its_key_picture(html, page):
    soup = built.soup(page)
    (opening,) = soup.select(".opening")
    assert not opening.find_previous("h2")
    (figure,) = opening.select(".explorer-figure")
    assert figure.select_one("[role=img]")["aria-label"]
    assert figure.select_one(".explorer-title").get_text(strip=True)
    assert not figure.find_previous(class_="explorer-figure")
    # Once: the section that it belongs to sends a reader up to it.
    described = [each["aria-label"] for each in soup.select(".explorer-figure [role=img]")]
    assert len(described) == len(set(described))
    body = soup.select_one("article").get_text(" ")
    assert "head of this chapter" in body


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_key_picture_is_on_the_first_screen(open_tab, site, width):
    page = open_tab(viewport={"width": width, "height": 844}).page
    for name in PAGES:
        page.goto(f"{site.url}book/{name}")
        picture, said = (
            page.locator(f".opening {each}").bounding_box()
            for each in (".explorer-figure .explorer-chart", ".seconds")
        )
        assert picture["y"] + picture["height"] <= 844, name
        beside = said["x"] >= picture["x"] + picture["width"]
        assert beside == (width > 390), name


@pytest.mark.parametrize("page", PAGES)
def test_nothing_to_answer_or_to_move_is_folded_away(html, page):
    soup = built.soup(page)
    folds = soup.select("section > details.fold")
    assert {"exercises", "sources"} <= {fold.parent["id"] for fold in folds}
    for fold in folds:
        assert fold.summary.h2
        assert fold.select("[data-question], [data-explorer]") == []


@pytest.mark.browser
def test_a_dot_takes_its_colour_when_its_claim_was_read_and_keeps_it(open_tab, site):
    page = open_tab().page
    page.goto(f"{site.url}book/{CHAPTER}")
    dot = page.locator(".where a").nth(1)
    assert page.locator(".where .read").count() == 0
    dot.click()
    page.locator(".where li:nth-child(2) .read").wait_for()
    verdict = dot.get_attribute("data-verdict")
    assert dot.text_content().endswith(verdict)
    page.goto(f"{site.url}book/{CHAPTER}")
    assert verdict in page.locator(".where .read").all_text_contents()[0]
    page.locator(".ask-all button").click()
    assert page.locator(".where .read").count() == 0
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('.read.'))") == []


@pytest.mark.browser
def test_a_link_into_a_fold_opens_it(open_tab, site):
    page = open_tab().page
    page.goto(f"{site.url}book/{CHAPTER}#exercises")
    page.locator("#exercises details[open]").first.wait_for()
    assert page.locator("#exercises li").first.is_visible()
    assert not page.locator("#sources li").first.is_visible()
    page.evaluate("location.hash = '#sources'")
    page.locator("#sources li").first.wait_for()
    assert page.locator("#sources").evaluate("(e) => e.getBoundingClientRect().top") < 200


@pytest.mark.browser
def test_without_scripts_the_dots_are_a_list(open_tab, site):
    page = open_tab(java_script_enabled=False).page
    page.goto(f"{site.url}book/{CHAPTER}")
    first = page.locator(".where a").first
    assert first.is_visible()
    assert first.bounding_box()["width"] > 100
