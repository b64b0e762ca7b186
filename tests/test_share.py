"""A link to an explorer as it is set: every setting comes back, and a bad address breaks nothing."""

from __future__ import annotations

import math
import re
from typing import Any

import built
import pytest
import sample
from test_page import RUNTIME, agree, random_settings, refusal, shows

from aiimpact.live import Explorer

pytestmark = pytest.mark.browser

HOW_TO_USE = built.ROOT / "book" / "how_to_use.md"
EVERY = built.Address(built.SAMPLE, "every-control")
NAVIGATED = """(hash) => new Promise((done) => {
  if (location.hash === hash) location.hash = "";
  setTimeout(() => {
    addEventListener("hashchange", async () => {
      const name = hash.slice(1).split("?")[0];
      if (Object.hasOwn(window.explorers ?? {}, name)) await window.explorers[name].inputs();
      setTimeout(done, 50);
    }, { once: true });
    location.hash = hash;
  });
})"""


def follow(tab: Any, fragment: str) -> None:
    """Follow a link to a place on the page that is open."""
    tab.evaluate(NAVIGATED, "#" + fragment)


def word(tab: Any, name: str) -> Any:
    return tab.root(name).locator(".explorer-word")


def link(tab: Any, name: str) -> str:
    """Press the button, and give what it wrote behind the page's address."""
    tab.root(name).get_by_role("button", name="Link to this", exact=True).click()
    word(tab, name).filter(has_text="now leads to these settings").wait_for()
    return tab.page.url.partition("#")[2]


def wait_until_set(tab: Any, name: str, key: str, value: Any) -> None:
    tab.page.wait_for_function(
        """async ([name, key, value]) => (await window.explorers[name].inputs())[key] === value""",
        arg=[name, key, value],
    )


def same(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Compare settings; a number has twelve digits in an address."""
    return found.keys() == wanted.keys() and all(
        math.isclose(found[name], value, rel_tol=1e-11)
        if isinstance(value, float)
        else found[name] == value
        for name, value in wanted.items()
    )


def test_a_link_brings_every_setting_back(awake, some_address):
    tab = awake(some_address)
    explorer = built.python(some_address)
    for settings in random_settings(explorer, 4):
        tab.set(some_address.name, settings)
        fragment = link(tab, some_address.name)
        assert fragment.startswith(f"{some_address.name}?")
        tab.handle(some_address.name, "reset")
        follow(tab, fragment)
        assert same(tab.inputs(some_address.name), settings), fragment
        wanted = explorer.evaluate(**tab.inputs(some_address.name))
        assert agree(tab.set(some_address.name, {}), wanted)
        assert shows(tab.root(some_address.name), wanted)


def test_an_address_reads_as_what_stands_beside_the_controls(awake):
    tab = awake(EVERY)
    tab.set(EVERY.name, {"days": 0.1 + 0.2 + 9.7, "grid": 0.02, "cooling": "dry", "share": 0.1})
    assert link(tab, EVERY.name) == (
        "every-control?days=10&accelerators=15000&power_w=330&grid=Hydro&cooling=dry&recycled=yes&base=5&share=0.1"
    )


def test_what_is_left_out_is_at_its_first_value(awake):
    tab = awake(EVERY)
    first = tab.inputs(EVERY.name)
    tab.root(EVERY.name).locator(".explorer-presets select").select_option(index=2)
    follow(tab, "every-control?days=1e1&accelerators=1,200&recycled=no&grid=Coal")
    wanted = {"days": 10, "accelerators": 1200, "recycled": False, "grid": 0.9}
    assert tab.inputs(EVERY.name) == first | wanted
    picked = tab.root(EVERY.name).locator(".explorer-presets select")
    assert picked.evaluate("(select) => select.selectedIndex") == 0
    assert word(tab, EVERY.name).inner_text() == ""
    follow(tab, "every-control?")
    assert tab.inputs(EVERY.name) == first


@pytest.mark.parametrize("page", [built.SAMPLE, "book/chapters/02_data_centres.html"])
@pytest.mark.parametrize("from_disk", [False, True], ids=["served", "from disk"])
def test_a_link_opens_the_explorer_it_names(open_tab, site, page, from_disk):
    *_, address = [found for found in built.explorers() if found.page == page]
    explorer = built.python(address)
    name, settings = next(iter(explorer.controls)), random_settings(explorer, 3)[-1]
    tab = open_tab(own="file://" if from_disk else site.url)
    where = (site.root / page).as_uri() if from_disk else site.url + page
    tab.page.goto(f"{where}#{address.name}?{name}={settings[name]!r}")
    tab.page.wait_for_selector(f'[data-explorer="{address.name}"].explorer-awake')
    wait_until_set(tab, address.name, name, settings[name])
    tab.set(address.name, {})
    root = tab.root(address.name)
    assert shows(root, explorer.evaluate(**tab.inputs(address.name)))
    assert root.evaluate("(root) => root === document.activeElement")
    tab.settle()
    top = root.evaluate("(root) => root.getBoundingClientRect().top")
    assert 0 <= top < 900
    fragment = link(tab, address.name)
    assert tab.page.url.partition("#")[0] == where
    assert fragment.startswith(f"{address.name}?")


def test_a_link_on_the_page_works_again_and_again(awake):
    tab = awake(EVERY)
    tab.page.evaluate(
        """() => document.querySelector("main").insertAdjacentHTML("afterbegin",
          '<a id="there" href="#every-control?days=20">Twenty days</a>')"""
    )
    for _ in range(2):
        tab.set(EVERY.name, {"days": 30})
        tab.page.locator("#there").click()
        wait_until_set(tab, EVERY.name, "days", 20)
        assert tab.root(EVERY.name).evaluate("(e) => e.getBoundingClientRect().top") < 900
    tab.page.evaluate("document.querySelector('#there').remove()")


def test_the_address_is_copied_where_the_browser_allows(open_tab, site):
    tab = open_tab()
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.page.goto(site.url + built.SAMPLE)
    tab.wake(EVERY.name)
    link(tab, EVERY.name)
    assert "copied" in word(tab, EVERY.name).inner_text()
    assert tab.evaluate("() => navigator.clipboard.readText()") == tab.page.url


@pytest.mark.parametrize(
    "clipboard", ["undefined", "{ writeText: () => Promise.reject(new Error('not allowed')) }"]
)
def test_where_nothing_can_be_copied_the_address_is_still_there(open_tab, site, clipboard):
    tab = open_tab()
    tab.page.add_init_script(
        f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})"
    )
    tab.page.goto(site.url + built.SAMPLE)
    tab.wake(EVERY.name)
    assert link(tab, EVERY.name).startswith("every-control?days=")
    assert "copied" not in word(tab, EVERY.name).inner_text()


def test_what_was_said_goes_when_the_explorer_moves(awake):
    tab = awake(EVERY)
    link(tab, EVERY.name)
    tab.set(EVERY.name, {"days": 7})
    assert word(tab, EVERY.name).inner_text() == ""


# Bad addresses

LONG = "x" * 100_000
BAD = {
    "unknown=1": "no control “unknown”",
    "__proto__=1": "no control “__proto__”",
    "constructor=1": "no control “constructor”",
    "days=101": "outside the range of “days”, 1 to 100",
    "days=-1": "outside the range",
    "power_w=49": "outside the range",
    "share=1.1": "outside the range",
    "days=many": "“many” is no number",
    "days=": "“” is no number",
    "days=NaN": "is no number",
    "days=Infinity": "is no number",
    "days=1e999": "is no number",
    "days=%": "is no number",
    "accelerators=8.5": "no whole number",
    "grid=Mars": "“Mars” is no choice of “Grid [kg/kWh]”",
    "grid=constructor": "is no choice",
    "grid=0.9": "is no choice",
    "recycled=maybe": "neither yes nor no",
    "days=20&days=many": "is no number",
    "days=20&unknown=1": "no control",
    "%E0%A4%A=1": "no control",
    f"days={sample.HOSTILE}": "“<script>window.broken = true</…” is no number",
    f"{sample.HOSTILE}=1": "no control",
    f"days={LONG}": "is no number",
    f"{LONG}=1": "no control",
    "&".join(["days=20"] * 14_000) + "&no=1": "no control",
}


@pytest.mark.parametrize("query", BAD, ids=lambda query: query[:24])
def test_a_bad_address_is_left_out_with_a_word(awake, query):
    tab = awake(EVERY)
    tab.set(EVERY.name, {"days": 33})
    before = tab.inputs(EVERY.name)
    elements = tab.root(EVERY.name).locator("*").count()
    follow(tab, f"every-control?{query}")
    said = word(tab, EVERY.name)
    said.filter(has_text="settings are left out").wait_for()
    assert BAD[query] in said.inner_text()
    assert len(said.inner_text()) < 150
    assert tab.inputs(EVERY.name) == before
    assert tab.root(EVERY.name).locator("*").count() == elements
    assert tab.page.evaluate("window.broken") is None
    # It still works.
    tab.set(EVERY.name, {"days": 7})
    assert tab.inputs(EVERY.name)["days"] == 7


NOBODYS = ["nobody?x=1", "?", "?x=1", "%E0%A4%A?x=1", "main-content", "every-control", '"]?x=1', LONG, f"{LONG}?{LONG}"]  # fmt: skip


@pytest.mark.parametrize("page", [built.SAMPLE, "book/chapters/02_data_centres.html", "book/book/claims.html"])  # fmt: skip
def test_an_address_of_no_explorer_changes_nothing(open_tab, site, page):
    tab = open_tab()
    tab.page.goto(f"{site.url}{page}#{NOBODYS[0]}")
    for fragment in NOBODYS:
        follow(tab, fragment)
        assert tab.page.locator(".explorer-word").all_inner_texts() == [""] * tab.page.locator(".explorer-word").count()  # fmt: skip
    assert tab.page.locator("h1").is_visible()


def test_a_link_waits_for_the_runtime(open_tab, site):
    tab = open_tab()
    release = tab.hold(RUNTIME)
    where = f"{site.url}{built.SAMPLE}#every-control?days=20"
    tab.page.goto(where, wait_until="domcontentloaded")
    tab.page.wait_for_function("() => document.querySelector('script[src*=\"runtime.js\"]')")
    tab.page.evaluate("location.hash = '#every-control?days=40'")
    assert tab.root(EVERY.name).evaluate("(root) => root === document.activeElement")
    release()
    wait_until_set(tab, EVERY.name, "days", 40)


def test_set_takes_whole_numbers_where_a_control_does(awake):
    tab = awake(EVERY)
    assert "whole number" in refusal(tab, EVERY.name, {"accelerators": 8.5})


def test_the_link_of_the_book_does_what_the_book_says(open_tab, site):
    written = re.findall(r"^chapters/\S+\?.*$", HOW_TO_USE.read_text("utf-8"), re.MULTILINE)
    (shown,) = written
    tab = open_tab()
    tab.page.goto(f"{site.url}book/book/how_to_use.html")
    tab.page.locator('a[href*="#"][href*="?"]').click()
    assert tab.page.url == f"{site.url}book/{shown}"
    address, _, query = shown.partition("?")
    page, _, name = address.partition("#")
    tab.wake(name)
    wanted = {key: float(value) for key, value in (part.split("=") for part in query.split("&"))}
    wait_until_set(tab, name, *next(iter(wanted.items())))
    inputs = tab.inputs(name)
    assert {key: inputs[key] for key in wanted} == wanted
    first = {
        key: control.value
        for key, control in built.python(built.Address(f"book/{page}", name)).controls.items()
    }
    assert inputs == first | wanted != first


def test_a_notebook_has_no_address_of_ours():
    assert "explorer-reset" in Explorer._esm
    assert "explorer-link" not in Explorer._esm
    assert "location" not in Explorer._esm
