"""The first page and its kind: a stamp that follows the slider, all claims as squares, doors with their minutes."""

from __future__ import annotations

import doctest
import re
import sys
from collections import Counter

import built
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from aiimpact import claims
from aiimpact.cite import Card
from aiimpact.live import Balance, explore, interval, stamp

PAGE = "book/intro.html"
HERO = built.Address(f"book/{PAGE}", "balance")
REGISTER = claims.load()


def weigh(**given):
    def weigh(n=40.0):
        return {"So many [balls]": n, "They weigh [kg]": n / 2, "Over": interval(n / 12, n / 10, n / 8)}  # fmt: skip

    return explore(weigh, name="weigh", n=(0.0, 60.0, 1.0), **given)


# Stamps


@given(st.floats(1e-9, 1e9), st.floats(1, 10))
def test_a_stamp_is_right_within_the_range_and_else_says_the_factor(mid, room):
    words, outcome = stamp.judged(mid / room, mid, mid * room)
    inside = mid / room <= 1 <= mid * room
    assert (words == "Right") == inside == (outcome == stamp.RIGHT)
    if not inside:
        assert words == stamp.judged(1 / mid / room, 1 / mid, room / mid)[0] or mid == 1
        factor = float(words.removeprefix("Wrong by a factor of ").replace(",", ""))
        assert factor == pytest.approx(max(mid, 1 / mid), rel=0.006)


@pytest.mark.parametrize("ratio", [(0.0, 0.0, 0.0), (-2.0, -1.0, -0.5), (float("nan"),) * 3])
def test_what_has_no_factor_is_wrong_without_one(ratio):
    assert stamp.judged(*ratio) == ("Wrong", stamp.WRONG)


def test_a_stamp_needs_a_range_and_is_written_before_any_script():
    with pytest.raises(ValueError, match="stamp needs an output with a range, and 'They weigh"):
        weigh(stamp="They weigh [kg]")
    made = BeautifulSoup(weigh(stamp="Over")._markup, "html.parser")
    assert made.select_one(".explorer-seen > p.stamp.claim-falls").text == "Wrong by a factor of 4"
    assert not BeautifulSoup(weigh()._markup, "html.parser").select(".stamp")
    assert ".explorer-seen>.stamp{" in weigh(stamp="Over").html().partition("<script")[0]


def test_each_card_of_a_number_has_its_stamp_beside_its_ruler():
    for claim in REGISTER.values():
        card = BeautifulSoup(Card(claim)._repr_mimebundle_()["text/html"], "html.parser")
        (mark,) = card.select(".claim-judged > .stamp")
        assert mark.text == (claim.word.label if claim.advice else claim.judged)
        assert f"claim-{claim.word.outcome}" in mark["class"]
        assert bool(card.select(".claim-judged > .claim-ruler")) == bool(
            claim.size and claim.verdict
        )


# The balance


def test_the_balance_tips_to_the_heavier_side_and_its_heap_grows():
    chart = Balance("They weigh [kg]", against={"A stone": 10}, count="So many [balls]", each=2)
    drawn = {}
    for n in (5.0, 20.0, 40.0):
        made = weigh(chart=chart)
        made.controls["n"].value = n
        svg = BeautifulSoup(made._recipe.draw(made._model)[1], "html.parser").svg
        heights = {
            text.text: float(re.search(r"translate\([^,]+,([^)]+)", text["transform"])[1])
            for text in svg.select("text")
        }
        drawn[n] = heights["They weigh"] - heights["A stone"]
        assert heights["10 kg"] > heights["A stone"]
    assert drawn[5.0] < drawn[20.0] == 0 < drawn[40.0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"against": {}}, "weighs against one value"),
        ({"against": {"A": 1, "B": 2}}, "weighs against one value"),
        ({"against": {"A": 0}}, "above zero"),
        ({"against": {"A": 1}, "each": 0}, "each must be above zero"),
    ],
)
def test_a_balance_that_cannot_be_says_so(wrong, said):
    with pytest.raises(ValueError, match=said):
        weigh(chart=Balance("They weigh [kg]", count="So many [balls]", **wrong))


# The pages


@pytest.mark.site
def test_the_strip_has_every_claim_once_and_counts_them(html):
    page = built.soup(PAGE)
    links = page.select(".claim-squares a")
    assert sorted(link["href"] for link in links) == sorted(
        f"claims.html#{key}" for key in REGISTER
    )
    for link in links:
        claim = REGISTER[link["href"].partition("#")[2]]
        assert link["title"] == link["aria-label"] == f"{claim.short}: {claim.judged}"
    count = claims.tally()
    assert len(links) == count.claims
    for group in page.select(".claim-group"):
        signs = Counter(sign.text for sign in group.select(".claim-squares .claim-sign"))
        legend = {(b := item.b).text: b for item in group.select(".claim-legend li")}
        assert sum(map(int, legend)) <= len(group.select(".claim-squares li")) == signs.total()
        told = sum(int(item.b.text) for item in group.select(".claim-legend li"))
        assert told == signs.total() == int(group.p.b.text)
    numbers, advice = (
        Counter(sign["class"][1].removeprefix("claim-sign-") for sign in group.select("a .claim-sign"))
        for group in page.select(".claim-group")
    )  # fmt: skip
    assert (numbers["falls"], numbers["open"]) == (count.fall, count.open)
    assert numbers["stands"] + numbers["caveat"] == count.stand
    assert (advice["caveat"], advice["stands"]) == (count.conditional, count.effect - count.conditional)  # fmt: skip


@pytest.mark.site
def test_the_first_page_begins_with_the_verdict_of_the_register(html):
    page = built.soup(PAGE)
    claim = REGISTER["tesla-3000-x-200k-miles"]
    assert page.select_one(".hero .explorer-seen > .stamp").text == claim.judged
    quote = page.select_one(".hero blockquote").text
    for value in claim.article_values:
        assert f"{value.value:,.0f}" in quote
    assert "in our words" in page.select_one(".hero figcaption").text
    assert page.select_one("a.way-on")["href"].endswith("chapters/00_the_boom.html")


@pytest.mark.site
def test_doors_say_the_minutes_of_their_plans(html):
    sys.path.append(str(built.ROOT / "book" / "_ext"))
    try:
        front = built._load(built.ROOT / "book" / "_ext" / "front.py")
    finally:
        sys.path.pop()
    assert not doctest.testmod(front).failed
    doors = built.soup("book/teaching.html").select(".doors a")
    assert [door.select_one(".door-minutes").text for door in doors][:2] == ["45 minutes", "90 minutes"]  # fmt: skip
    assert all((built.HTML / "book" / door["href"]).exists() for door in doors)


@pytest.mark.browser
def test_the_stamp_follows_the_slider_as_python_judges(awake):
    tab, made = awake(HERO), built.python(HERO)
    seen = set()
    for _, cars in made.controls["cars"].options:
        tab.set("balance", {"cars": cars})
        values = made.evaluate(cars=cars)
        name = "The Teslas over the run [times]"
        words, outcome = stamp.judged(values[f"{name}, low"], values[name], values[f"{name}, high"])
        pressed = tab.root("balance").locator(".explorer-seen > .stamp")
        assert pressed.text_content() == words
        assert outcome in pressed.get_attribute("class")
        seen.add(words)
    assert "Right" in seen
    assert len(seen) > 10
    spoken = tab.root("balance").locator("[role=status]")
    tab.page.wait_for_function(
        "(e) => e.textContent.startsWith('Wrong by a factor of')", arg=spoken.element_handle()
    )


@pytest.mark.browser
@pytest.mark.parametrize("page", [PAGE, "book/how_to_use.html", "book/teaching.html"])
def test_nothing_is_wider_than_the_screen_and_nothing_jumps(open_tab, site, page):
    tab = open_tab(viewport={"width": 390, "height": 844})
    tab.page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const e of list.getEntries())"
        " if (!e.hadRecentInput) shift += e.value; }).observe({ type: 'layout-shift', buffered: true });"
    )
    tab.page.goto(f"{site.url}book/{page}")
    if tab.page.locator("[data-explorer]").count():
        tab.page.wait_for_selector(".explorer-awake")
    tab.settle()
    assert tab.page.evaluate("shift") < 0.02
    for width in (360, 820, 1280):
        with tab.window(width):
            assert tab.page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_without_scripts_the_picture_and_the_squares_are_there(open_tab, site):
    page = open_tab(java_script_enabled=False).page
    page.goto(f"{site.url}book/{PAGE}")
    assert page.locator(".hero .explorer-chart svg").is_visible()
    assert page.locator(".hero .stamp").is_visible()
    page.locator(".claim-squares a").first.click()
    assert page.url.partition("#")[2] in REGISTER
