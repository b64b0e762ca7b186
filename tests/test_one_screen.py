"""The hand and the picture on one screen, for every explorer; and one explorer alone on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import built
import pytest

from aiimpact.ask import ask, guess
from aiimpact.ask.question import DIST
from aiimpact.live import Curve, assets, explore, save

pytestmark = pytest.mark.browser

WIDE = [(1280, 720), (1366, 640), (820, 1180)]
PHONES = [(390, 844), (360, 740)]

COMMON = """
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const top = () => document.querySelector(".bd-header-article")?.getBoundingClientRect().bottom ?? 0;
  const ends = (elements) => {
    const boxes = elements.map((e) => e.getBoundingClientRect()).filter(({ height }) => height);
    return [Math.min(...boxes.map((b) => b.top)), Math.max(...boxes.map((b) => b.bottom))];
  };
  const isInView = ([first, last]) => first >= top() - 1 && last <= innerHeight + 1;
  async function each(look) {
    const bad = [];
    for (const root of document.querySelectorAll("[data-explorer]")) {
      await window.explorers[root.dataset.explorer].reset();
      while (!root.matches(".explorer-awake")) await frame();
      root.querySelector(".explorer-veil button")?.click();
      scrollBy(0, root.getBoundingClientRect().top - top());
      await frame();
      for (const said of await look(root)) bad.push(`${root.dataset.explorer}: ${said}`);
    }
    return bad;
  }
"""
# All that matters, in one window.
AT_ONCE = f"""async () => {{ {COMMON}
  return each((root) => {{
    const [first, last] = ends([...root.querySelectorAll(
      ".explorer-presets, .explorer-controls > [data-input], .explorer-seen > *")]);
    return isInView([first, last]) ? [] : [`${{last - first}} px in ${{innerHeight - top()}}`];
  }});
}}"""
# The whole chart, and the control that has the focus, which does not lie under it.
WITH_EACH = f"""async () => {{ {COMMON}
  return each(async (root) => {{
    const bad = [];
    for (const row of root.querySelectorAll(".explorer-controls > [data-input]")) {{
      row.querySelector("input, select").focus();
      await frame();
      const [chart, seen] = [".explorer-chart", ".explorer-seen"].map((s) => ends([root.querySelector(s)]));
      const hand = ends([...row.querySelectorAll("input, select")]);
      if (!isInView(chart)) bad.push(`${{row.dataset.input}}, chart at ${{chart}}`);
      if (!isInView(hand) || hand[0] < seen[1] - 1) bad.push(`${{row.dataset.input}} at ${{hand}}, under ${{seen}}`);
    }}
    return bad;
  }});
}}"""


def test_controls_results_and_chart_are_in_view_at_once(open_tab, site, chapter_page):
    tab = open_tab()
    tab.page.goto(site.url + chapter_page)
    for width, height in WIDE:
        with tab.window(width, height):
            assert tab.evaluate(AT_ONCE) == [], (width, height)


def test_on_a_phone_the_chart_is_in_view_with_each_control(open_tab, site, chapter_page):
    tab = open_tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    tab.page.goto(site.url + chapter_page)
    for width, height in PHONES:
        with tab.window(width, height):
            assert tab.evaluate(WITH_EACH) == [], (width, height)


def test_a_taller_explorer_would_be_seen(open_tab, site):
    tab = open_tab(viewport={"width": 1280, "height": 720})
    tab.page.goto(site.url + built.SAMPLE)
    tab.page.add_style_tag(content=".explorer-chart { min-height: 800px }")
    assert tab.evaluate(AT_ONCE) != []


# Folds


def walk(**given: Any) -> Any:
    def walk(x=4.0, y=1.0, z=2.0):
        return {"Way [m]": x * y, "Height [m]": z, "Rest [m]": x - z, "More [m]": x + z}

    controls = dict.fromkeys("xyz", (0.0, 10.0, 0.5))
    return explore(walk, name="walk", chart=Curve("x", "Way [m]"), **controls, **given)


def folds(tab: Any) -> dict[str, bool]:
    return tab.root("walk").evaluate(
        """(root) => Object.fromEntries([...root.querySelectorAll(".explorer-more")].map(
          (fold) => [fold.querySelector("summary").textContent, fold.open]))"""
    )


def test_an_author_says_what_is_always_in_view(open_file):
    tab = open_file(walk(main=["z", "x"], results=["Rest [m]"]).html())
    tab.wake("walk")
    shown = tab.root("walk").evaluate(
        """(root) => ["data-input", "data-output"].map((name) => [...root.querySelectorAll(`[${name}]`)]
          .filter((e) => e.checkVisibility()).map((e) => e.getAttribute(name)))"""
    )
    assert shown == [["z", "x"], ["Rest [m]"]]
    assert folds(tab) == {"More settings": False, "More results": False}
    tab.page.get_by_text("More settings").click()
    tab.root("walk").get_by_role("slider", name="y").press("ArrowRight")
    assert tab.inputs("walk")["y"] == 1.5


def test_what_a_link_or_a_preset_sets_is_not_left_in_a_fold(open_file):
    explorer = walk(main="x", presets={"far": {"y": 9}, "near": {"x": 1}})
    tab = open_file(explorer.html(), "#walk?y=3")
    tab.page.wait_for_function("() => document.querySelector('.explorer-more[open]')")
    assert tab.inputs("walk")["y"] == 3
    tab = open_file(explorer.html())
    tab.wake("walk")
    picker = tab.root("walk").get_by_label("Start from")
    picker.select_option(label="near")
    tab.settle()
    assert not folds(tab)["More settings"]
    picker.select_option(label="far")
    tab.settle()
    assert folds(tab)["More settings"]


@pytest.mark.parametrize(("depends_on", "opens"), [("y", True), ("x", False)])
def test_a_question_opens_the_fold_that_its_answer_depends_on(open_file, depends_on, opens):
    answer = {"x": lambda x: 2 * x, "y": lambda y: 2 * y}[depends_on]
    question = ask("Twice?", name="twice", answer=answer, explorer=walk(main=["x", "z"]))
    tab = open_file(question.html())
    tab.wake("walk")
    assert folds(tab)["More settings"] == opens


# First the question


def guess_first() -> str:
    question = guess("How far?", name="far", answer=4, unit="m", slider=(1, 100))
    explorer = walk(after=question)
    return save.document(
        title="Guess first",
        language="en",
        markup=question._markup + explorer._markup,
        styles=[question._css],
        scripts=[
            *(assets.text(name) for name in ("vega.js", "alone.js")),
            assets.text("alone.js", DIST),
        ],
        states={"walk": explorer.state()},
    )


@pytest.mark.parametrize("fragment", ["", "#only=walk&x=3"])
def test_an_explorer_waits_for_its_question(open_file, fragment):
    tab = open_file(guess_first(), fragment)
    tab.wake("walk")
    seen = tab.root("walk").locator(".explorer-chart, .explorer-readouts, .explorer-sentence")
    high = tab.root("walk").bounding_box()["height"]
    assert [part.is_visible() for part in seen.all()] == [False] * 3
    tab.evaluate("() => window.questions.far.check('10 m')")
    seen.first.wait_for()
    assert [part.is_visible() for part in seen.all()] == [True] * 3
    # Nothing below it moves.
    assert tab.root("walk").bounding_box()["height"] == high
    if not fragment:
        tab.page.reload()
        seen.first.wait_for()


def test_nobody_is_kept_from_looking(open_file):
    tab = open_file(guess_first())
    tab.wake("walk")
    tab.page.get_by_role("button", name="Show it now").click()
    assert tab.root("walk").locator(".explorer-chart").is_visible()
    # Alone in a file there is no question to wait for; without scripts none can be answered.
    alone = open_file(walk(after="far").html())
    alone.wake("walk")
    assert alone.root("walk").locator(".explorer-chart").is_visible()
    silent = open_file(guess_first(), java_script_enabled=False)
    assert silent.root("walk").locator(".explorer-chart").is_visible()


# One explorer alone

IN_VIEW = """(root) => {
  const zoom = (e) => (e ? Number(getComputedStyle(e).zoom) * zoom(e.parentElement) : 1);
  const sizes = [...root.querySelectorAll(".explorer-label, dd, .explorer-sentence, .explorer-chart text")]
    .filter((e) => e.checkVisibility())
    .map((e) => parseFloat(getComputedStyle(e).fontSize) * zoom(e));
  const { left, top, right, bottom } = root.getBoundingClientRect();
  return { least: Math.min(...sizes), box: [left, top, right, bottom].map(Math.round), over: root.scrollHeight - root.clientHeight };
}"""


def press_full(tab: Any) -> None:
    button = tab.root("walk").get_by_role("button", name="Full screen")
    button.focus()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(".explorer-full")
    tab.settle()
    assert button.evaluate("(e) => e === document.activeElement")


@pytest.mark.parametrize("offers", [True, False])
@pytest.mark.parametrize(("size", "least"), [((1920, 1080), 22), ((1280, 720), 14)])
def test_an_explorer_fills_the_screen(open_file, size, least, offers):
    tab = open_file("", viewport=dict(zip(("width", "height"), size, strict=True)))
    if not offers:
        tab.page.add_init_script("Element.prototype.requestFullscreen = undefined")
    document = walk(main=["x", "y"]).html()
    tab = reopen(tab, document)
    tab.wake("walk")
    before = tab.root("walk").evaluate(IN_VIEW)
    press_full(tab)
    found = tab.root("walk").evaluate(IN_VIEW)
    assert found["box"] == [0, 0, *size]
    assert found["over"] <= 1
    assert found["least"] >= least
    tab.root("walk").get_by_role("slider", name="x").press("ArrowRight")
    assert tab.inputs("walk")["x"] == 4.5
    if offers:
        # What Escape does in a window is the browser's; here its own way out is asked for.
        tab.evaluate("() => document.exitFullscreen()")
    else:
        tab.page.keyboard.press("Escape")
    tab.page.wait_for_selector(".explorer:not(.explorer-full)")
    tab.settle()
    assert tab.root("walk").evaluate(IN_VIEW)["box"] == before["box"]


def reopen(tab: Any, document: str) -> Any:
    """Write a document into the place of the one that a tab shows."""
    path = Path(tab.page.url.removeprefix("file://"))
    path.write_text(document, encoding="utf-8")
    tab.page.reload()
    return tab


def test_an_address_shows_only_one_explorer(open_tab, site):
    tab = open_tab(viewport={"width": 1280, "height": 720})
    tab.page.goto(site.url + "book/chapters/00_the_boom.html#only=teslas&cars=10")
    tab.wake("teslas")
    tab.page.wait_for_function(
        "() => window.explorers.teslas.inputs().then(({ cars }) => cars === 10)"
    )
    tab.settle()
    shown = tab.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height
          && e.childNodes.length && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
          && !e.closest("[data-explorer]")).map((e) => e.outerHTML.slice(0, 99))"""
    )
    assert shown == []
    found = tab.root("teslas").evaluate(IN_VIEW)
    assert found["box"][:3] == [0, 0, 1280]
    assert found["box"][3] <= 720
    assert found["least"] >= 14
    tab.page.get_by_role("button", name="Link to this").click()
    assert "#only=teslas&cars=10&" in tab.page.url


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing",
        "<img src=x onerror=broken=1>",
        "[data-explorer]",
        "%E0%A4%A",
        "__proto__",
        "*",
    ],
)
def test_the_name_in_an_address_is_no_more_than_a_name(open_file, name):
    tab = open_file(walk().html(), f"#only={name}&x=3")
    tab.wake("walk")
    assert tab.inputs("walk")["x"] == 4
    assert tab.page.locator("html.explorer-only, img").count() == 0


def test_a_frame_of_one_explorer_is_told_its_height(open_tab, site):
    address = f"{site.url}book/chapters/00_the_boom.html#only=teslas"
    page = f"""<!DOCTYPE html><html lang="en"><title>A course</title><body>
      <iframe title="teslas" src="{address}" style="width: 700px; height: 300px; border: 0"></iframe></body></html>"""
    (site.root / "course.html").write_text(page, encoding="utf-8")
    tab = open_tab()
    tab.page.add_init_script(
        """window.heights = [];
        if (parent === window) addEventListener("message", ({ data }) => data.type === "explorer-height" && heights.push(data.height))"""
    )
    tab.page.goto(site.url + "course.html")
    frame = tab.page.frame_locator("iframe")
    frame.locator(".explorer-awake").wait_for()
    tab.settle()
    box = frame.locator('[data-explorer="teslas"]').bounding_box()
    told = tab.page.evaluate("heights.at(-1)")
    assert told == pytest.approx(box["height"], abs=3)
    assert 200 < told < 700


# For a finger


def test_what_a_finger_needs_is_large(open_file):
    tab = open_file(
        walk(main="x").html(),
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    tab.wake("walk")
    sizes = tab.root("walk").evaluate(
        """(root) => [...root.querySelectorAll("input, select, button, summary")].filter((e) => e.checkVisibility())
          .map((e) => [e.className || e.textContent, e.getBoundingClientRect()]).map(([k, b]) => [k, b.width, b.height])"""
    )
    assert [found for found in sizes if min(found[1:]) < 24] == []
    assert [high for kind, _, high in sizes if kind == "explorer-rail" and high < 44] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"main": ["speed"]}, r"main lists 'speed', which is not the name of an input.* x, y, z"),
        ({"main": []}, r"main lists no input.*Name one, such as main=\["),
        ({"main": ["x", "x"]}, "main lists 'x' twice"),
        ({"results": ["Hight [m]"]}, r"not an output with one number. Did you mean 'Height \[m\]'"),
        ({"after": "No name"}, "No name"),
    ],
)
def test_what_is_no_name_is_refused_with_those_that_are(given, words):
    with pytest.raises(ValueError, match=words):
        walk(**given)


def test_what_waits_for_something_waits_for_a_question():
    with pytest.raises(TypeError, match="after must be a question or its name, got 3"):
        walk(after=3)


def test_few_are_all_in_view():
    markup = walk()._markup
    assert "More settings" not in markup
    assert "More results" not in markup
    assert "explorer-veil" not in markup
