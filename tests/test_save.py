"""An explorer or a question in one file: from disk, without a network, in a frame, whatever its texts say."""

from __future__ import annotations

import gzip
import json
import math
import re
from html import escape
from typing import Any

import ipywidgets
import pytest
import sample
from bs4 import BeautifulSoup
from test_page import agree, shown_values

from aiimpact.live import Bars, Curve, embed_html, explore, wake

# What HTML, JSON and scripts might take for their own.
HOSTILE = [
    sample.HOSTILE,
    "</script><script>window.broken = true</script>",
    "<!--<script>",
    "]]></style>",
    '" onload="window.broken = true',
    "&lt;b&gt; \u2028 \u2029 \\u003c",
]


def walk(x: float = 3.0, y: float = 2.0) -> dict[str, Any]:
    """Walk."""
    return {"Way [m]": x * y, "Twice [m]": 2 * x * y}


def made(**options: Any) -> Any:
    given = {"name": "walk", "x": (0.0, 10.0), "y": (1.0, 3.0), "chart": Curve("x", "Way [m]")}
    return explore(walk, **(given | options))


@pytest.mark.browser
def test_a_saved_explorer_lives_from_disk_without_a_network(open_file):
    explorer = made()
    tab = open_file(explorer.html())
    tab.wake("walk")
    assert [url for url in tab.requested if not url.startswith("data:")] == [tab.page.url]
    for settings in ({"x": 7.5}, {"x": 0, "y": 3}, {"y": 1.3}):
        assert agree(tab.set("walk", settings), explorer.evaluate(**tab.inputs("walk")))
        assert agree(shown_values(tab.root("walk")), explorer.evaluate(**tab.inputs("walk")))
    rail = tab.root("walk").get_by_role("slider").first
    rail.focus()
    before = tab.inputs("walk")["x"]
    tab.page.keyboard.press("ArrowRight")
    assert tab.inputs("walk")["x"] == pytest.approx(before + 0.1)


@pytest.mark.browser
def test_settings_come_from_the_address_and_go_back_into_it(open_file):
    tab = open_file(made().html(), "#walk?x=4.5&y=1.2")
    tab.page.wait_for_function("async () => (await explorers.walk.inputs()).x === 4.5")
    assert tab.inputs("walk") == {"x": 4.5, "y": 1.2}
    tab.set("walk", {"x": 2.5})
    tab.root("walk").get_by_role("button", name="Link to this").click()
    assert tab.page.url.endswith("#walk?x=2.5&y=1.2")


@pytest.mark.browser
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(open_file, text):
    explorer = made(
        title=f"Title {text}",
        labels={"x": f"Label {text}"},
        presets={f"Preset {text}": {"x": 1}},
        sentence=f"{text.replace('{', '')} {{x}}",
        y={f"One {text}": 1.0, "Two": 2.0},
    )
    tab = open_file(explorer.html())
    tab.wake("walk")
    assert tab.page.evaluate("document.querySelector('title').textContent") == f"Title {text}"
    assert agree(tab.set("walk", {"x": 5}), explorer.evaluate(x=5))
    assert tab.page.locator("script").count() == 3
    assert text.strip() in tab.page.locator(".explorer-sentence").text_content()


@pytest.mark.browser
def test_a_frame_is_told_the_height(open_file, tmp_path):
    (tmp_path / "walk.html").write_text(made().html(), encoding="utf-8")
    host = """<!DOCTYPE html><title>Host</title><link rel="icon" href="data:,">
    <iframe src="walk.html" width="500" height="50" title="Walk"></iframe>
    <script>addEventListener("message", ({ source, data }) => {
      for (const frame of document.querySelectorAll("iframe"))
        if (frame.contentWindow === source && data?.type === "explorer-height") frame.height = data.height;
    });</script>"""
    path = tmp_path / "host.html"
    path.write_text(host, encoding="utf-8")
    tab = open_file(host)
    tab.page.wait_for_function("() => document.querySelector('iframe').height > 300")
    inner = tab.page.frames[1]
    inner.wait_for_selector(".explorer-awake")
    tab.settle()
    fits = "document.documentElement.scrollHeight <= innerHeight"
    tab.page.wait_for_timeout(300)
    assert inner.evaluate(fits)
    inner.locator("summary").click()
    tab.page.wait_for_timeout(300)
    assert inner.evaluate(fits), "the table unfolded, and the frame did not follow"


@pytest.mark.browser
def test_in_a_frame_that_may_do_nothing_it_lives_all_the_same(open_file):
    """As some learning platforms frame what others wrote: no address, no storage, no clipboard."""
    inner = escape(made().html(), quote=True)
    tab = open_file(
        f'<!DOCTYPE html><title>Host</title><link rel="icon" href="data:,">'
        f'<iframe sandbox="allow-scripts" title="Walk" width="700" height="600" srcdoc="{inner}"></iframe>'
    )
    frame = tab.page.frames[1]
    frame.wait_for_selector(".explorer-awake")
    assert frame.evaluate("() => explorers.walk.set({ x: 5, y: 2 })") == {
        "Way [m]": 10,
        "Twice [m]": 20,
    }
    frame.get_by_role("button", name="Link to this").click()
    assert "no address of its own" in frame.locator(".explorer-word").inner_text()
    frame.get_by_role("button", name="Reset").click()
    assert frame.evaluate("() => explorers.walk.inputs()") == {"x": 3, "y": 2}


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_saved_file_follows_the_readers_colours(open_file, theme):
    tab = open_file(made().html(), color_scheme=theme)
    tab.wake("walk")
    colours = """() => {
      const of = (selector, what) => getComputedStyle(document.querySelector(selector))[what];
      const light = (colour) => colour.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
      return [light(of(".explorer", "color")), light(of(".explorer", "backgroundColor"))];
    }"""
    ink, ground = tab.evaluate(colours)
    assert (ink > ground) == (theme == "dark")
    assert abs(ink - ground) > 300


@pytest.mark.browser
@pytest.mark.parametrize("name", sample.QUESTION_NAMES)
def test_a_question_can_be_saved_too(open_file, name):
    question = sample.questions()[name]
    tab = open_file(question.html())
    root = tab.page.locator(f'[data-question="{name}"].ask-awake')
    root.wait_for()
    if question.kind == "number":
        found = tab.evaluate("([name]) => questions[name].check('1')", [name])
        assert found["tone"] in {"keep-working", "got-it"}
        if question._explorer:
            tab.set("site", {"it_mwh": 1000, "pue": 2})
            found = tab.evaluate("([name]) => questions[name].check('2000')", [name])
            assert found["tone"] == "got-it"


@pytest.mark.browser
def test_axes_are_drawn_anew_only_when_their_ends_change(open_file):
    tab = open_file(made(chart=Bars(["Way [m]"])).html())
    tab.wake("walk")
    texts = (
        "root => [...root.querySelectorAll('.role-axis-label text')].map(t => t.textContent).sort()"
    )
    root = tab.root("walk").element_handle()
    tab.set("walk", {"x": 4.0, "y": 1.0})
    before = root.evaluate(texts)
    root.evaluate("root => root.querySelector('.role-axis-label text').marked = true")
    marked = "root => [...root.querySelectorAll('.role-axis-label text')].some(t => t.marked)"
    changes = """root => {
        window.seen = 0;
        const look = new MutationObserver((found) => (window.seen += found.length));
        const all = { subtree: true, childList: true, attributes: true, characterData: true };
        for (const axis of root.querySelectorAll('.role-axis-label')) look.observe(axis, all);
    }"""
    root.evaluate(changes)
    tab.set("walk", {"x": 4.1})
    assert root.evaluate(texts) == before
    assert root.evaluate(marked)
    assert tab.evaluate("() => window.seen") == 0
    tab.set("walk", {"x": 10.0, "y": 3.0})
    assert root.evaluate(texts) != before
    tab.set("walk", {"x": 4.0, "y": 1.0})
    assert root.evaluate(texts) == before


def test_what_is_embedded_asks_nobody_and_is_written_alike_twice(tmp_path):
    texts = []
    for name in ("one.html", "two.html"):
        box = ipywidgets.VBox([ipywidgets.IntSlider(value=3), made(name="boxed")])
        path = embed_html(tmp_path / name, [made(), box], title="A & B", language="de")
        # Vega counts the clips of a process.
        texts.append(re.sub(r"clip-\w+-\d+", "clip", path.read_text(encoding="utf-8")))
    assert texts[0] == texts[1]
    soup = BeautifulSoup(texts[0], "html.parser")
    assert (soup.html["lang"], soup.title.get_text()) == ("de", "A & B")
    assert not soup.select("script[src], link[href]:not([href^='data:'])")
    # It stands there before any script, by itself; what is in a box does not.
    assert [root["data-explorer"] for root in soup.select("[data-explorer]")] == ["walk"]
    views = soup.select('script[type="application/vnd.jupyter.widget-view+json"]')
    (state,) = soup.select('script[type="application/vnd.jupyter.widget-state+json"]')
    models = json.loads(state.string)["state"]
    assert [json.loads(v.string)["model_id"] in models for v in views] == [True, True]


def test_what_needs_a_kernel_or_has_the_name_of_another_is_not_embedded(tmp_path):
    path = tmp_path / "page.html"
    with pytest.raises(TypeError, match=r"cannot show the widget OutputModel\. Take it out"):
        embed_html(path, ipywidgets.VBox([ipywidgets.Output(), ipywidgets.IntSlider()]))
    with pytest.raises(TypeError, match=r"views are widgets, got 'walk'"):
        embed_html(path, ["walk"])
    with pytest.raises(ValueError, match=r"called 'walk'\. Give each a name= of its own"):
        embed_html(path, [made(), made()])
    with pytest.raises(ValueError, match=r"must end in \.html"):
        embed_html(tmp_path / "page.txt", made())
    assert not path.exists()


def test_what_wakes_a_page_is_an_output_that_no_text_of_it_ends():
    bundle = wake()._repr_mimebundle_()
    soup = BeautifulSoup(bundle["text/html"], "html.parser")
    assert [tag.name for tag in soup.find_all(True)] == ["style", "script", "script"]
    assert not re.sub(r"<(style|script).*?</\1>|<!--.*?-->", "", bundle["text/html"], flags=re.S)
    assert "nbconvert" in bundle["text/plain"]


def test_the_document_says_its_language_and_title():
    soup = BeautifulSoup(made().html(title="Ein Weg", language="de"), "html.parser")
    assert soup.html["lang"] == "de"
    assert soup.title.get_text() == "Ein Weg"
    assert BeautifulSoup(made().html(), "html.parser").title.get_text() == "Walk."


def test_save_writes_the_document_and_gives_its_path(tmp_path):
    explorer = made()
    path = explorer.save(tmp_path / "walk.html", language="fr")
    assert path == tmp_path / "walk.html"
    assert path.read_text(encoding="utf-8") == explorer.html(language="fr")
    with pytest.raises(ValueError, match=r"must end in \.html.*Write walk\.html"):
        explorer.save(tmp_path / "walk.htm5")


def test_a_saved_explorer_with_a_curve_weighs_little():
    assert len(gzip.compress(made().html().encode(), 9)) < 160_000


def test_no_address_stands_in_a_saved_file():
    text = made().html()
    named = set(re.findall(r"https?://[^\s\"'`<>)]+", text))
    # Names of languages of mark-up, Vega's own advice in an error, and a licence: nobody fetches them.
    known = ("w3.org", "vega.github.io", "apache.org/licenses")
    assert {address for address in named if not any(part in address for part in known)} == set()


def test_the_licences_of_vega_travel_with_it():
    explorer = made()
    for text in (explorer.html(), sample.questions()["moved"].html()):
        assert "University of Washington Interactive Data Lab" in text
        assert "Mike Bostock" in text
    assert "Mike Bostock" not in sample.questions()["open"].html(), "it holds no Vega"


def test_the_directive_holds_a_model_and_its_module(tmp_path):
    explorer = made(labels={"x": sample.HOSTILE})
    text = explorer.myst(tmp_path)
    first, model, last, _ = text.split("\n")
    assert first == ":::{anywidget} ./aiimpact-explorer.mjs"
    assert last == ":::"
    told = json.loads(model)
    assert told["name"] == "walk"
    assert told["markup"] == explorer._markup
    assert told["state"]["i0"] == 3.0
    assert math.isfinite(len((tmp_path / "aiimpact-explorer.mjs").read_text(encoding="utf-8")))


# What Jupyter Book 2 does with a directive: it imports the module and renders into a shadow root.
BOOK_2 = """<!DOCTYPE html><html lang="en" style="color-scheme: {scheme}"><title>Book 2</title>
<link rel="icon" href="data:,"><article></article><script type="module">
  const models = {models};
  window.ends = [];
  for (const model of models) {{
    const {{ default: widget }} = await import("./aiimpact-explorer.mjs");
    const host = document.createElement("div");
    document.querySelector("article").append(host);
    const el = document.createElement("div");
    host.attachShadow({{ mode: "open" }}).append(el);
    const get = (key) => model[key];
    window.ends.push(await widget.render({{ model: {{ get }}, el }}));
  }}
</script>"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_explorers_live_in_the_shadow_roots_of_jupyter_book_2(open_tab, site, scheme):
    folder = site.root / f"book-2-{scheme}"
    folder.mkdir()
    one, other = made(), made(name="other", y={"Slow": 1.0, "Fast": 2.0})
    models = [json.loads(explorer.myst(folder).split("\n")[1]) for explorer in (one, other)]
    page = BOOK_2.format(scheme=scheme, models=json.dumps(models).replace("<", "\\u003c"))
    (folder / "index.html").write_text(page, encoding="utf-8")
    tab = open_tab()
    tab.page.goto(f"{site.url}{folder.name}/index.html")
    tab.page.wait_for_function("() => window.explorers?.walk && window.explorers?.other")
    assert [url for url in tab.requested if url.endswith(".mjs")] == [
        f"{site.url}{folder.name}/aiimpact-explorer.mjs"
    ]
    root = tab.page.locator('[data-explorer="walk"]')
    rail = root.get_by_role("slider").first
    box = rail.bounding_box()
    assert box["width"] > 100
    before = tab.inputs("walk")["x"]
    tab.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=5)
    tab.page.mouse.up()
    assert tab.inputs("walk")["x"] > before + 3
    assert agree(shown_values(root), one.evaluate(**tab.inputs("walk")))
    typed = root.locator(".explorer-box").first
    typed.fill("99")
    typed.press("Enter")
    assert "outside the range" in root.locator(".explorer-word").inner_text()
    light = """(e, what) => getComputedStyle(e)[what].match(/\\d+/g).slice(0, 3)
      .reduce((sum, part) => sum + Number(part), 0)"""
    ink, ground = root.evaluate(light, "color"), root.evaluate(light, "backgroundColor")
    assert (ink > ground) == (scheme == "dark")
    assert agree(tab.set("other", {"y": "Fast"}), other.evaluate(y=2.0))
    tab.evaluate("() => window.ends.forEach((end) => end())")
