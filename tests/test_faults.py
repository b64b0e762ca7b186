"""Whatever goes wrong on the way or happens meanwhile: no error, no wrong number, and a word where something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import built
import pytest
from conftest import FLAGS, Visit, find_chromium
from test_page import RUNTIME, agree, random_settings, shows

pytestmark = pytest.mark.browser

CHAPTER = "book/chapters/02_data_centres.html"
EVERY = built.Address(built.SAMPLE, "every-control")
STATE = "**/state/**/*.js*"
VEGA = "**/aiimpact/vega.js*"


def explorers_of(tab: Visit, page: str) -> dict[str, Any]:
    return {name: made for name, made in built.of_page(page).items() if tab.root(name).count()}


def question_without_explorer(page: str) -> tuple[str, Any]:
    """Choose a question of a page that has one number as its answer."""
    made = ((a.name, built.question(a)) for a in built.questions() if a.page == page)
    return next((n, q) for n, q in made if q.kind == "number" and not getattr(q, "explorer", None))


def assert_readable(tab: Visit, page: str) -> None:
    """See the text, the first charts and numbers."""
    assert tab.page.locator("h1").is_visible()
    for name, explorer in explorers_of(tab, page).items():
        root = tab.root(name)
        assert shows(root, explorer.evaluate())
        assert root.locator(".explorer-chart > svg").bounding_box()["height"] > 50


def assert_answers(tab: Visit, page: str) -> None:
    """Answer a question by keyboard, and be told something."""
    name, _ = question_without_explorer(page)
    root = tab.page.locator(f'[data-question="{name}"]')
    root.locator(".ask-box").fill("12345678")
    root.locator(".ask-box").press("Enter")
    root.locator(".ask-word strong").wait_for()


# On the way


def not_found(route: Any) -> None:
    route.fulfill(status=404, body="Not found", content_type="text/html")


def truncated(route: Any) -> None:
    body = route.fetch().text()
    route.fulfill(body=body[: len(body) // 2], content_type="text/javascript")


@pytest.mark.parametrize(
    ("what", "fault"),
    [(RUNTIME, not_found), (RUNTIME, truncated), (STATE, not_found), (STATE, truncated), (VEGA, not_found), (VEGA, truncated)],
    ids=["runtime 404", "runtime truncated", "state 404", "state truncated", "vega 404", "vega truncated"],
)  # fmt: skip
def test_without_its_machinery_a_page_still_teaches(open_tab, site, what, fault):
    tab = open_tab(tolerant=True)
    broken: list[str] = []

    def break_it(route: Any) -> None:
        broken.append(route.request.url)
        fault(route)

    tab.page.route(what, break_it)
    tab.page.goto(site.url + CHAPTER)
    first = tab.page.locator("[data-explorer]").first
    first.scroll_into_view_if_needed()
    note = first.locator(".explorer-asleep")
    note.filter(has_text="did not load").wait_for()
    assert broken
    assert note.is_visible()
    assert first.get_by_role("button", name="Link to this").count() == 0
    assert_readable(tab, CHAPTER)
    assert_answers(tab, CHAPTER)


def test_offline_before_the_machinery_came(open_tab, site):
    tab = open_tab(tolerant=True, viewport={"width": 1280, "height": 300})
    tab.page.goto(f"{site.url}{CHAPTER}")
    tab.settle()
    assert not [url for url in tab.requested if "runtime.js" in url], "it came too early to tell"
    tab.page.context.set_offline(True)
    first = tab.page.locator("[data-explorer]").first
    first.scroll_into_view_if_needed()
    first.locator(".explorer-asleep").filter(has_text="did not load").wait_for()
    assert_readable(tab, CHAPTER)
    assert_answers(tab, CHAPTER)


def test_offline_after_the_first_explorer_the_others_wake(open_tab, site):
    tab = open_tab(viewport={"width": 1280, "height": 300})
    tab.page.goto(f"{site.url}{CHAPTER}")
    explorers = explorers_of(tab, CHAPTER)
    tab.wake(next(iter(explorers)))
    tab.page.context.set_offline(True)
    for name, explorer in explorers.items():
        settings = random_settings(explorer, 3)[-1]
        tab.root(name).scroll_into_view_if_needed()
        assert agree(tab.set(name, settings), explorer.evaluate(**settings))
    assert_answers(tab, CHAPTER)


def test_a_slow_network_only_makes_the_controls_late(open_tab, site):
    tab = open_tab()
    connection = tab.page.context.new_cdp_session(tab.page)
    connection.send("Network.enable")
    slow = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 50_000}  # fmt: skip
    connection.send("Network.emulateNetworkConditions", slow)
    tab.page.goto(site.url + CHAPTER, wait_until="domcontentloaded")
    (name, explorer), *_ = explorers_of(tab, CHAPTER).items()
    tab.root(name).scroll_into_view_if_needed()
    assert "explorer-awake" not in tab.root(name).get_attribute("class")
    assert_readable(tab, CHAPTER)
    assert_answers(tab, CHAPTER)
    settings = random_settings(explorer, 3)[-1]
    assert agree(tab.set(name, settings), explorer.evaluate(**settings))
    assert shows(tab.root(name), explorer.evaluate(**settings))


# Tabs, and back and forth


def test_two_tabs_of_a_page_do_not_disturb_each_other(open_tab, site):
    one = open_tab()
    other = Visit(one.page.context.new_page())
    other.page.on("pageerror", lambda error: one.problems.append(f"uncaught: {error}"))
    for tab in (one, other):
        tab.page.goto(site.url + built.QUESTIONS)
    one.page.locator('[data-question="box"] .ask-box').fill("1000")
    other.page.locator('[data-question="exact"] .ask-box').fill("26")
    one.page.locator('[data-question="box"] .ask-box').press("Enter")
    other.page.locator('[data-question="exact"] .ask-box').press("Enter")
    one.set("site", {"pue": 2.0})
    other.set("site", {"pue": 1.5})
    assert one.inputs("site")["pue"] == 2.0
    for tab in (one, other):
        tab.page.reload()
        assert tab.page.locator('[data-question="box"] .ask-box').input_value() == "1000"
        assert tab.page.locator('[data-question="exact"] .ask-box').input_value() == "26"
    other.page.locator('[data-question="box"] .ask-clear').click()
    assert one.page.locator('[data-question="box"] .ask-box').input_value() == "1000"
    one.page.reload()
    assert one.page.locator('[data-question="box"] .ask-box').input_value() == ""
    assert one.page.locator('[data-question="exact"] .ask-box').input_value() == "26"


@pytest.fixture
def remembering(chromium: Any, site: Any) -> Iterator[Visit]:
    """A tab of a Chromium that keeps pages for the way back; the one of the other tests does not."""
    browser = chromium.browser_type.launch(
        executable_path=find_chromium(whole=True),
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    tab = Visit(browser.new_page())
    tab.page.set_default_timeout(15_000)
    tab.page.on("pageerror", lambda error: tab.problems.append(f"uncaught: {error}"))
    tab.page.on(
        "console",
        lambda m: m.type in ("error", "warning") and tab.problems.append(f"{m.type}: {m.text}"),
    )
    yield tab
    browser.close()


def test_the_way_back_finds_everything_as_it_was(remembering, site):
    tab = remembering
    tab.page.goto(site.url + CHAPTER)
    (name, explorer), *_ = explorers_of(tab, CHAPTER).items()
    settings, later = random_settings(explorer, 4)[-2:]
    tab.set(name, settings)
    tab.page.evaluate("addEventListener('pageshow', (event) => { window.kept = event.persisted })")
    tab.page.goto(f"{site.url}book/book/glossary.html")
    tab.page.go_back(wait_until="commit")
    tab.page.wait_for_function("() => window.kept !== undefined")
    assert tab.page.evaluate("window.kept"), "the browser did not keep the page"
    assert tab.inputs(name) == settings
    assert shows(tab.root(name), explorer.evaluate(**settings))
    assert agree(tab.set(name, later), explorer.evaluate(**later))
    assert_answers(tab, CHAPTER)
    assert tab.problems == []


# Meanwhile


# Ten moves in each frame: waiting for each, as a driver of browsers does, they would not be fast.
TO_AND_FRO = """async (rail, moves) => {
  const [low, high] = [Number(rail.min), Number(rail.max)];
  for (let i = 0; i < moves; i++) {
    rail.valueAsNumber = low + (high - low) * (0.5 + 0.4 * Math.sin(i / 7));
    rail.dispatchEvent(new Event("input"));
    if (i % 10 === 9) await new Promise(requestAnimationFrame);
  }
}"""


def drag(tab: Visit, rail: Any, moves: int) -> None:
    """Move a slider's handle to and fro, and leave it with the mouse a little left of the middle."""
    rail.evaluate(TO_AND_FRO, moves)
    box = rail.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.move(x, y)
    tab.page.mouse.down()
    tab.page.mouse.move(x - 30, y)
    tab.page.mouse.up()


def test_a_thousand_fast_moves_of_a_slider_end_at_the_right_numbers(awake):
    tab = awake(EVERY)
    explorer = built.python(EVERY)
    root = tab.root(EVERY.name)
    before = tab.inputs(EVERY.name)
    root.evaluate(
        """(root) => {
          const readout = root.querySelector('[data-input="days"] .explorer-box');
          window.seen = new Set();
          const look = () => {
            window.seen.add(readout.value);
            window.looking = requestAnimationFrame(look);
          };
          look();
        }"""
    )
    drag(tab, root.locator('[data-input="days"] .explorer-rail'), 1000)
    assert tab.page.evaluate("cancelAnimationFrame(window.looking); window.seen.size") > 20
    tab.settle()
    after = tab.inputs(EVERY.name)
    assert after["days"] < before["days"]
    assert shows(root, explorer.evaluate(**after))
    shown = root.locator('[data-input="days"] .explorer-box').input_value()
    assert float(shown) == pytest.approx(after["days"])


def test_resizing_and_a_change_of_colours_while_moving(open_tab, site):
    tab = open_tab()
    tab.page.goto(site.url + CHAPTER)
    (name, explorer), *_ = explorers_of(tab, CHAPTER).items()
    tab.wake(name)
    root = tab.root(name)
    settings = random_settings(explorer, 400)
    tab.page.evaluate(
        """([name, settings]) => {
          window.over = (async () => {
            for (const inputs of settings) {
              await window.explorers[name].set(inputs);
              await new Promise((next) => setTimeout(next, 5));
            }
          })();
        }""",
        [name, settings],
    )
    for width in (320, 1280, 768, 500, 1100):
        tab.page.set_viewport_size({"width": width, "height": 800})
        tab.page.get_by_role("button", name="Color mode").click()
    tab.evaluate("() => window.over")
    tab.settle()
    assert tab.inputs(name) == settings[-1]
    assert shows(root, explorer.evaluate(**settings[-1]))
    chart, drawing = root.evaluate(
        """(root) => [".explorer-chart", ".explorer-chart svg"].map(
          (selector) => root.querySelector(selector).getBoundingClientRect().width)"""
    )
    assert drawing == pytest.approx(chart, abs=2)
