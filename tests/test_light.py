"""A page is light: one style sheet, what it needs and no more, and it says truly what it weighs."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import built
import pytest
from engines import REFUSE
from pygments.token import string_to_tokentype

from aiimpact.uncertainty import show

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[1]
# What a page may weigh, compressed. [kB]
AT_FIRST, IN_ALL = 150, 600


def load(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    module = importlib.util.module_from_spec(spec)
    # Python's own pickling of names needs it; the book's extensions are not installed.
    sys.modules[spec.name] = module
    with mock.patch.object(sys, "path", [*sys.path, str((ROOT / path).parent)]):
        spec.loader.exec_module(module)
    return module


@pytest.fixture
def page(html, content_name):
    return built.soup(content_name)


def weights(page: Any) -> list[int]:
    """Give what a page says of its weight: at first, and with its explorers. [kB]"""
    words = page.select_one(".book-weight").get_text(" ", strip=True)
    return [int(found) for found in re.findall(r"(\d+) kB", words)]


def test_one_style_sheet_stands_in_the_page(page):
    assert len(page.select("style#book-style")) == 1
    assert page.select('link[rel="stylesheet"]') == []
    # A file that it named would be missed: the sheet has moved into the page.
    assert re.findall(r'url\((?!"?(?:data:|#))[^)]*', page.select_one("#book-style").string) == []


def test_every_script_waits_for_the_text(page):
    scripts = page.select("script[src]")
    assert scripts
    assert [script["src"] for script in scripts if not script.has_attr("defer")] == []


def test_nobody_loads_what_only_some_pages_need(page, content_name):
    asked = {Path(script["src"].split("?")[0]).name for script in page.select("script[src]")}
    assert "fontawesome.js" not in asked
    assert ("searchindex.js" in asked) == (content_name == "search.html")
    assert ("search.js" in asked) == (content_name == "search.html")
    assert ("ask.js" in asked) == bool(page.select("[data-question]"))
    theirs = {"documentation_options.js", "doctools.js", "sphinx_highlight.js"}
    assert asked & theirs == (theirs if content_name == "search.html" else set())


def test_no_script_of_the_theme_is_in_the_book(html):
    names = {path.name for path in html.rglob("*.js")}
    assert "site.js" in names
    assert [name for name in names if re.search("bootstrap|theme|clipboard|copybutton", name)] == []


def test_icons_are_drawings(page):
    assert page.select("main svg.svg-inline--fa, header svg.svg-inline--fa")
    assert page.select("i[class*=fa-], span[class*=fa-]") == []


def test_code_has_no_more_tags_than_colours(page):
    tags = page.select(".highlight pre > span[class]")
    assert [tag for tag in tags if tag["class"] in (["n"], ["p"], ["w"])] == []
    assert [tag for tag in tags if getattr(tag.next_sibling, "attrs", {}) == tag.attrs] == []


def test_tags_of_a_lexer_s_own_stay():
    light = load("book/_ext/light.py")
    red, name = string_to_tokentype("Token.Color.Red"), string_to_tokentype("Name")
    written = io.StringIO()
    light.FewTags(nowrap=True).format([(red, "a"), (name, "b")], written)
    assert written.getvalue() == '<span class=" -Color -Color-Red">a</span>b\n'


def test_tags_are_left_out_by_the_colours_of_the_theme(html):
    light = load("book/_ext/light.py")
    colours = (html / "_static" / "pygments.css").read_text(encoding="utf-8")
    for theme, style in zip(("light", "dark"), light.CODE_STYLES, strict=True):
        for token, name in light.STANDARD_TYPES.items():
            colour = style.style_for_token(token)["color"]
            rule = rf'"{theme}"\] \.highlight \.{name} {{ color: #{colour}'
            assert not name or not colour or re.search(rule, colours, re.IGNORECASE), rule


def test_a_page_is_described_for_those_who_find_it_in_a_list(page):
    (description,) = page.select('meta[name="description"]')
    assert 20 <= len(description["content"]) <= 160


def test_no_two_pages_have_one_title(html):
    titles = [built.soup(p).title.get_text() for p in built.pages_with_content()]
    assert len(set(titles)) == len(titles)


def test_a_page_keeps_to_its_weight(page):
    first, *all_of_it = weights(page)
    assert 20 < first <= AT_FIRST
    assert len(all_of_it) == bool(page.select("[data-explorer]"))
    assert all(first < weight <= IN_ALL for weight in all_of_it)


def test_the_foot_says_what_building_takes_as_the_book_shows_it(page):
    wanted = f"{show(*load('book/_ext/light.py').build_energy_wh())} Wh"
    assert wanted in page.select_one(".book-weight").get_text()
    assert wanted in built.soup("book/how_to_use.html").main.get_text()


@pytest.mark.browser
@pytest.mark.parametrize(
    "name", ["book/intro.html", "book/data.html", "chapters/04_solutions.html", "search.html"]
)
def test_the_weight_shown_is_the_weight_served(open_tab, html, name):
    server = load("book/serve.py").server(html)
    address = f"http://127.0.0.1:{server.server_port}/"
    import threading

    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        tab = open_tab(own=address)
        client = tab.page.context.new_cdp_session(tab.page)
        client.send("Network.enable")
        bodies: dict[str, float] = {}
        heads: dict[str, float] = {}

        def head(event: dict[str, Any]) -> None:
            heads[event["requestId"]] = event["response"]["encodedDataLength"]

        def body(event: dict[str, Any]) -> None:
            bodies[event["requestId"]] = event["encodedDataLength"]

        client.on("Network.responseReceived", head)
        client.on("Network.loadingFinished", body)

        def served() -> float:
            tab.settle()
            return sum(size - heads[key] for key, size in bodies.items()) / 1000

        tab.page.set_viewport_size({"width": 400, "height": 700})
        tab.page.goto(address + name, wait_until="networkidle")
        first, *all_of_it = weights(built.soup(name))
        # What is near the screen when the page opens wakes at once.
        wakes = "(e) => e.getBoundingClientRect().top < innerHeight + 400"
        if not any(root.evaluate(wakes) for root in tab.page.locator("[data-explorer]").all()):
            assert served() == pytest.approx(first, rel=0.01, abs=0.5)
        if all_of_it:
            explorer = tab.page.locator("[data-explorer]").first.get_attribute("data-explorer")
            tab.set(explorer, {})
            tab.page.wait_for_load_state("networkidle")
            assert served() == pytest.approx(all_of_it[0], rel=0.01, abs=0.5)
    finally:
        server.shutdown()
        server.server_close()


def test_the_last_step_of_a_build_changes_a_finished_book_no_more(html, tmp_path):
    copy = tmp_path / "html"
    shutil.copytree(html, copy)
    node = Path(sys.executable).with_name("node")
    subprocess.run([node, ROOT / "book" / "frontend" / "finish.js", copy], check=True)
    names = {path.relative_to(html) for path in html.rglob("*") if path.is_file()}
    assert {path.relative_to(copy) for path in copy.rglob("*") if path.is_file()} == names
    assert [n for n in names if (html / n).read_bytes() != (copy / n).read_bytes()] == []


def test_the_state_of_the_explorers_is_the_same_in_every_build(html):
    """Names of models are drawn by chance; in the built book explorers go by their own."""
    files = list((html / "_static" / "state").rglob("*.js"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        state = json.loads(text.split(" = ", 1)[1].rstrip(";"))
        page = path.relative_to(html / "_static" / "state").with_suffix(".html").as_posix()
        named = {a.name for a in built.book_explorers() if a.page == f"book/{page}"}
        assert set(state) == named
        assert "IPY_MODEL_" not in text


def test_no_page_is_fetched_before_anybody_asks_for_it(page):
    # Firefox fetches what is "next" too.
    assert page.select('link:is([rel~="next"], [rel~="prefetch"], [rel~="prerender"])') == []


@pytest.mark.browser
def test_a_browser_that_keeps_nothing_runs_every_script(open_tab, site):
    tab = open_tab()
    tab.page.add_init_script(REFUSE)
    tab.page.goto(f"{site.url}book/chapters/04_solutions.html")
    tab.settle()
    assert tab.page.evaluate("() => { localStorage.setItem('a', 1); return localStorage.getItem('a'); }") == "1"  # fmt: skip
