"""For readers who listen, who need large text or a still page, and who print."""

from __future__ import annotations

from typing import Any

import built
import pytest
from test_page import random_settings

pytestmark = pytest.mark.browser

CHAPTER = "book/chapters/02_data_centres.html"
EVERY = built.Address(built.SAMPLE, "every-control")
KINDS = [CHAPTER, "book/book/changes.html", "book/book/claims.html", "book/book/teaching/lesson.html", "book/search.html"]  # fmt: skip
A4_WIDTH = round((210 - 2 * 14) * 96 / 25.4)


def wake_all(tab: Any, page: str) -> list[str]:
    names = [name for name in built.of_page(page) if tab.root(name).count()]
    for name in names:
        tab.wake(name)
    return names


# Listening


def test_a_moving_slider_is_announced_once(awake):
    tab = awake(EVERY)
    root = tab.root(EVERY.name)
    live = root.locator("[aria-live]:not([aria-live=off]), [role=status], [role=alert], output:not([aria-live=off])")  # fmt: skip
    assert live.evaluate_all("(all) => all.map((e) => e.className)") == [
        "explorer-word",
        "explorer-aloud",
    ]
    # What an earlier test may have left to say is said first.
    tab.page.wait_for_timeout(1000)
    root.evaluate(
        """(root) => {
          window.spoken = [];
          const hear = () => window.spoken.push(root.querySelector(".explorer-aloud").textContent);
          new MutationObserver(hear).observe(root.querySelector(".explorer-aloud"), {
            childList: true, characterData: true, subtree: true });
          const rail = root.querySelector('[data-input="days"] .explorer-rail');
          for (let step = 0; step < 40; step++) {
            rail.stepDown();
            rail.dispatchEvent(new Event("input"));
          }
        }"""
    )
    moved = tab.inputs(EVERY.name)["days"]
    assert moved == pytest.approx(built.python(EVERY).controls["days"].value - 40 * 0.5)
    tab.page.wait_for_function("() => window.spoken.length")
    tab.page.wait_for_timeout(1000)
    sentence = root.locator(".explorer-sentence").text_content()
    assert tab.page.evaluate("window.spoken") == [sentence]


# By keyboard


def test_what_scrolls_can_be_reached_also_when_it_was_folded_away(open_tab, site):
    tab = open_tab(viewport={"width": 360, "height": 800})
    tab.page.goto(site.url + CHAPTER)
    # As it is where scripts came late: folded, and not gone.
    tab.page.evaluate("delete document.documentElement.dataset.code")
    fold = tab.page.locator("main details:has(pre):not(.opening *)").first
    code = fold.locator("pre")
    # The size of what is folded away is not asked for: a phone takes 20 ms to find it.
    assert code.get_attribute("tabindex") is None
    fold.locator("summary").click()
    assert code.evaluate("(pre) => pre.scrollWidth > pre.clientWidth")
    tab.page.wait_for_function("(pre) => pre.tabIndex === 0", arg=code.element_handle())
    tab.page.set_viewport_size({"width": 2000, "height": 800})
    tab.page.wait_for_function("(pre) => pre.tabIndex === -1", arg=code.element_handle())


# A still page


@pytest.mark.parametrize("page", KINDS)
def test_nothing_moves_for_those_who_asked_for_it(open_tab, site, page):
    moving = """() => [...document.querySelectorAll("*")].filter((e) =>
      [null, "::before", "::after"].some((part) => {
        const style = getComputedStyle(e, part);
        return style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0.001)
          || style.animationName !== "none" || style.scrollBehavior === "smooth";
      })).map((e) => e.outerHTML.slice(0, 90))"""
    tab = open_tab(reduced_motion="reduce")
    tab.page.goto(site.url + page)
    wake_all(tab, page)
    assert tab.page.evaluate(moving) == []
    tab.page.emulate_media(reduced_motion="no-preference")
    assert tab.page.evaluate(moving), "nothing ever moves: the test sees nothing"


# Large text, and signs


CUT_OFF = """() => [...document.querySelectorAll("[data-explorer], [data-question]")].flatMap((root) => {
  const right = root.getBoundingClientRect().right;
  return [...root.querySelectorAll("*")].filter((e) => {
    if (e.closest("svg, .explorer-aloud, table") || !e.checkVisibility({ visibilityProperty: true })) return false;
    const style = getComputedStyle(e);
    const out = e.getBoundingClientRect().right > right + 1;
    const hides = style.overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1;
    const shortens = style.overflowY === "hidden" && e.scrollHeight > e.clientHeight + 2;
    return out || hides || (shortens && !e.matches(".explorer-chart"));
  }).map((e) => `${root.dataset.explorer ?? root.dataset.question}: ${e.outerHTML.slice(0, 120)}`);
})"""


def test_text_of_twice_the_size_loses_nothing(all_awake, any_page):
    tab = all_awake(any_page)
    style = tab.page.add_style_tag(content="html { font-size: 200% !important }")
    try:
        tab.settle()
        assert tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert tab.page.evaluate(CUT_OFF) == []
    finally:
        style.evaluate("(style) => style.remove()")


@pytest.mark.parametrize("page", KINDS)
@pytest.mark.parametrize("width", [1280, 400])
def test_no_sign_hangs_on_a_font_that_is_not_there(open_tab, site, page, width):
    tab = open_tab(viewport={"width": width, "height": 900})
    tab.page.goto(site.url + page)
    found = tab.page.evaluate(
        """() => [...document.querySelectorAll("body *:not(svg, svg *)")].filter((e) =>
          e.checkVisibility({ visibilityProperty: true }) && [
            [...e.childNodes].map((node) => (node.nodeType === 3 ? node.data : "")).join(""),
            getComputedStyle(e, "::before").content,
            getComputedStyle(e, "::after").content,
          ].some((text) => /[\\ue000-\\uf8ff]/.test(text))).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert found == []
    # A phone has no room for the button that fills the screen.
    for name in ("Toggle primary sidebar", "Color mode"):
        button = tab.page.get_by_role("button", name=name)
        assert button.locator("svg:visible").bounding_box()["width"] > 5


# Paper


def test_a_page_prints(all_awake, any_page):
    # The samples have neither the book's style nor its scripts.
    if not any_page.startswith("book/"):
        return
    tab = all_awake(any_page)
    closed = tab.page.locator("main details:not([open])").count()
    screen = tab.page.viewport_size
    tab.page.set_viewport_size({"width": A4_WIDTH, "height": 1000})
    tab.page.emulate_media(media="print")
    tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    try:
        tab.settle()
        look_at_paper(tab)
    finally:
        tab.page.evaluate("dispatchEvent(new Event('afterprint'))")
        tab.page.emulate_media(media="screen")
        tab.page.set_viewport_size(screen)
        tab.settle()
    assert tab.page.locator("main details:not([open])").count() == closed


def look_at_paper(tab: Any) -> None:
    assert tab.page.locator("h1").is_visible()
    seen = tab.page.evaluate(
        """() => [...document.querySelectorAll("nav, header, footer, button, input[type=search], .headerlink")]
          .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().height > 1)
          .filter((e) => !e.closest("section header"))
          .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert seen == []
    wide = tab.evaluate(
        """(width) => [...document.querySelectorAll("main *")].filter((e) => {
          const box = e.getBoundingClientRect();
          const shown = box.width && e.checkVisibility({ visibilityProperty: true });
          return shown && !e.closest(".fact-card, svg, math") && box.right > width + 1;
        }).map((e) => e.outerHTML.slice(0, 120))""",
        A4_WIDTH,
    )
    assert wide == []
    folded = "main details:not([open], .hide, .explorer *)"
    assert tab.page.locator(folded).count() == 0


def test_paper_has_dark_ink_and_present_values(open_tab, site):
    tab = open_tab()
    tab.page.goto(site.url + CHAPTER)
    tab.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    *_, name = wake_all(tab, CHAPTER)
    explorer = built.of_page(CHAPTER)[name]
    root = tab.root(name)
    first = root.locator(".explorer-readouts").first.text_content()
    tab.set(name, random_settings(explorer, 5)[-1])
    tab.page.evaluate(
        """(name) => addEventListener("beforeprint", () => {
          const root = document.querySelector(`[data-explorer="${name}"]`);
          const light = (element, property) => {
            const [r, g, b] = getComputedStyle(element)[property].match(/[\\d.]+/g).map(Number);
            return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
          };
          window.paper = {
            theme: document.documentElement.dataset.theme,
            readouts: root.querySelector(".explorer-readouts").textContent,
            ink: ["main h1", "main p", "main pre", ".explorer-sentence", ".explorer dd", ".ask-text"].map(
              (selector) => light(document.querySelector(selector), "color")),
            chart: [...root.querySelectorAll(".explorer-chart text")].map((text) => light(text, "fill")),
          };
        })""",
        name,
    )
    assert len(tab.page.pdf(format="A4")) > 10_000
    paper = tab.page.evaluate("window.paper")
    assert paper["theme"] == "light"
    assert max(paper["ink"] + paper["chart"]) < 0.45
    assert tab.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert paper["readouts"] == root.locator(".explorer-readouts").first.text_content() != first
