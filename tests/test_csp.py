"""Pages run under a strict policy: what is not ours does not run, and all that is ours does."""

from __future__ import annotations

import re
from typing import Any

import built
import pytest

THEME = built._load(built.ROOT / "book" / "_ext" / "light.py").THEME
CHAPTER = "book/chapters/02_data_centres.html"
DATA = {"application/json", "application/ld+json"}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def directives(page: str) -> dict[str, list[str]]:
    found = built.soup(page).select("meta[http-equiv=Content-Security-Policy]")
    assert len(found) == 1
    parts = [part.split() for part in found[0]["content"].split(";")]
    return {name: values for name, *values in parts}


# As files


@pytest.mark.site
def test_every_page_has_the_policy_before_anything_else_can_load(html, content_name):
    soup = built.soup(content_name)
    policy = soup.select_one("meta[http-equiv=Content-Security-Policy]")
    assert policy.find_parent("head")
    assert policy.find_all_previous(["script", "link", "style", "img"]) == []
    rules = directives(content_name)
    assert rules["default-src"] == ["'none'"]
    assert [source for source in rules["script-src"] if not source.startswith("'sha256-")] == ["'self'"]  # fmt: skip
    assert rules["connect-src"] == ["'self'"]
    assert rules["base-uri"] == ["'none'"]
    assert not rules.keys() & {"script-src-attr", "script-src-elem", "worker-src", "object-src", "frame-src"}  # fmt: skip


@pytest.mark.site
def test_no_script_stands_in_a_page_but_the_one_named(html, page_name):
    soup = built.soup(page_name)
    inline = [
        script.string
        for script in soup.find_all("script", src=False)
        if script.get("type") not in DATA
    ]
    assert inline == ([] if built.redirects(page_name) else [THEME])
    handlers = [
        (element.name, name)
        for element in soup.find_all(True)
        for name, value in element.attrs.items()
        if name.startswith("on") or re.match(r"\s*javascript:", str(value), re.IGNORECASE)
    ]
    assert handlers == []


# In the browser

SEEN = """addEventListener("securitypolicyviolation", (event) => {
  (window.violations ??= []).push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile}`);
});"""
INJECTED = """
<script>window.ran = [...(window.ran ?? []), "inline"]</script>
<button id="handler" onclick="window.ran = [...(window.ran ?? []), 'handler']">Handler</button>
<img src="data:image/png;base64,AA" alt="" onerror="window.ran = [...(window.ran ?? []), 'image']">
<a id="address" href="javascript:window.ran = [...(window.ran ?? []), 'address']; void 0">Address</a>
<script src="https://elsewhere.example/foreign.js"></script>
<script src="data:text/javascript,window.ran = [...(window.ran ?? []), 'data']"></script>
<script src="injected.js"></script>
</body>"""
# A script of our own that does what it must not.
MAKING = """
const ran = (what) => { window.ran = [...(window.ran ?? []), what]; };
window.ran_at_all = true;
const attempt = (act) => { try { act(); } catch {} };
attempt(() => eval("ran('eval')"));
attempt(() => new Function("ran('function')").call());
globalThis.ran = Array.isArray(window.ran) ? window.ran : undefined;
setTimeout("window.ran = [...(window.ran ?? []), 'timeout']");
const made = document.createElement("script");
made.textContent = "window.ran = [...(window.ran ?? []), 'made']";
document.body.append(made);
const blob = document.createElement("script");
blob.src = URL.createObjectURL(new Blob(["window.ran = [...(window.ran ?? []), 'blob']"]));
document.body.append(blob);
const frame = document.createElement("iframe");
frame.srcdoc = "<script>parent.ran = [...(parent.ran ?? []), 'frame']</" + "script>";
document.body.append(frame);
"""
ALL = {"inline", "handler", "image", "address", "foreign", "data", "eval", "function", "timeout", "made", "blob", "frame"}  # fmt: skip


def ran(open_tab: Any, site: Any, *, policy: bool) -> tuple[set[str], list[str]]:
    """Open a page into which scripts were smuggled; give what ran, and what the page asked for."""
    tab = open_tab(tolerant=True, own=re.match(r".*", site.url)[0])
    tab.page.context.unroute_all()

    def smuggle(route: Any) -> None:
        body = route.fetch().text().replace("</body>", INJECTED, 1)
        route.fulfill(body=body if policy else POLICY.sub("", body), content_type="text/html")

    foreign: list[str] = []

    def serve_foreign(route: Any) -> None:
        foreign.append(route.request.url)
        script = "window.ran = [...(window.ran ?? []), 'foreign']"
        route.fulfill(body=script, content_type="text/javascript")

    tab.page.route(site.url + CHAPTER, smuggle)
    tab.page.route("https://elsewhere.example/**", serve_foreign)
    tab.page.route(
        "**/injected.js", lambda route: route.fulfill(body=MAKING, content_type="text/javascript")
    )
    tab.page.add_init_script(SEEN)
    tab.page.goto(site.url + CHAPTER)
    assert tab.page.evaluate("window.ran_at_all"), "our own script did not run"
    for name in ("handler", "address"):
        tab.page.locator(f"#{name}").dispatch_event("click")
    tab.page.wait_for_timeout(300)
    if policy:
        assert len(tab.page.evaluate("window.violations")) >= len(ALL) - 1
    return set(tab.page.evaluate("window.ran ?? []")), foreign


@pytest.mark.browser
def test_what_is_smuggled_into_a_page_does_not_run(open_tab, site):
    assert ran(open_tab, site, policy=True) == (set(), [])


@pytest.mark.browser
def test_without_the_policy_it_would_run(open_tab, site):
    found, foreign = ran(open_tab, site, policy=False)
    assert found == ALL
    assert foreign


@pytest.fixture
def chapter(open_tab, site):
    """A chapter, with a tally of what its policy stopped."""
    tab = open_tab()
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.page.add_init_script(SEEN)
    tab.page.add_init_script(
        """window.print = () => { window.printed = (window.printed ?? 0) + 1; };
        Element.prototype.requestFullscreen = async function () { window.filled = (window.filled ?? 0) + 1; };"""
    )
    tab.page.goto(site.url + CHAPTER)
    yield tab
    assert tab.page.evaluate("window.violations ?? []") == []


def press(button: Any, by: str) -> None:
    if by == "mouse":
        button.click()
    else:
        button.focus()
        button.press("Enter")


by_mouse_and_keyboard = pytest.mark.parametrize("by", ["mouse", "keyboard"])


@pytest.mark.browser
@by_mouse_and_keyboard
def test_the_buttons_of_the_theme_work(chapter, by):
    page = chapter.page
    html = page.locator("html")

    colours = page.get_by_role("button", name="Color mode")
    modes = []
    for _ in range(3):
        press(colours, by)
        modes.append(html.get_attribute("data-mode"))
    assert sorted(modes) == ["auto", "dark", "light"]

    sidebar = page.locator(".bd-sidebar-primary")
    toggle = page.locator(".primary-toggle")
    shown = []
    for _ in range(2):
        press(toggle, by)
        page.wait_for_timeout(400)
        shown.append(sidebar.evaluate("(e) => e.getBoundingClientRect().right > 0 && e.checkVisibility({ visibilityProperty: true })"))  # fmt: skip
    assert shown == [False, True]

    press(page.locator("[data-act=fullscreen]"), by)
    assert page.evaluate("window.filled") == 1

    menu = page.get_by_role("button", name="Download this page")
    press(menu, by)
    source = page.locator(".btn-download-source-button")
    source.wait_for()
    assert menu.get_attribute("aria-expanded") == "true"
    address = source.evaluate("(a) => a.href")
    assert page.request.get(address).json()["cells"]
    press(page.locator(".btn-download-pdf-button"), by)
    assert page.evaluate("window.printed") == 1
    page.keyboard.press("Escape")

    press(page.get_by_role("switch", name="Code"), by)
    copy = page.locator("button.copybtn").first
    code = copy.locator("xpath=..").locator("pre")
    fold = copy.locator("xpath=ancestor::details")
    if fold.count():
        fold.evaluate("(details) => { details.open = true }")
    copy.scroll_into_view_if_needed()
    copy.hover(force=True)
    press(copy, by)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip()
    assert copied.strip() == code.inner_text().strip()


@pytest.mark.browser
@by_mouse_and_keyboard
def test_search_finds_a_page(chapter, by):
    page = chapter.page
    if by == "mouse":
        page.locator(".search-button-field").click()
    else:
        page.keyboard.press("Control+k")
    field = page.locator("dialog input[type=search], .bd-search input[type=search]").locator("visible=true").first  # fmt: skip
    field.fill("evaporative")
    field.press("Enter")
    page.wait_for_url("**/search.html?q=evaporative")
    page.locator("#search-results li a").first.wait_for()
    addresses = page.locator("#search-results li a").evaluate_all("(all) => all.map((a) => a.href)")
    assert any("chapters/" in address for address in addresses)


@pytest.mark.browser
def test_what_is_searched_for_stays_text(chapter, site):
    page = chapter.page
    page.goto(
        f"{site.url}book/search.html?q=%3Cimg%20src%3Dx%20onerror%3D%22window.broken%3D1%22%3E"
    )
    page.locator("#search-results p").first.wait_for()
    assert page.locator("#search-results img").count() == 0
    assert page.evaluate("window.broken ?? null") is None


@pytest.mark.browser
@pytest.mark.parametrize("typed", ["constructor", "__proto__", "%F0%9F%8C%8D", "%25", "("])
def test_what_is_no_word_of_the_book_is_not_found(open_tab, site, typed):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/search.html?q={typed}")
    tab.page.wait_for_selector(".search-summary:not(:empty)")
    assert tab.page.locator("#search-results li").count() == 0
    tab.settle()


@pytest.mark.browser
def test_a_browser_that_is_full_still_searches(open_tab, site):
    tab = open_tab()
    tab.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"
    )
    tab.page.goto(f"{site.url}book/search.html?q=evaporative")
    tab.page.locator("#search-results li a").first.wait_for()
    tab.page.locator(".theme-switch-button").first.click()
    assert tab.evaluate("() => document.documentElement.dataset.mode") != "auto"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("kept", "wanted"),
    [("", "dark"), ("auto", "dark"), ("light", "light"), ("dark", "dark"), ("junk", "dark")],
)
def test_the_readers_colours_are_there_before_the_scripts(open_tab, site, kept, wanted):
    tab = open_tab(tolerant=True, color_scheme="dark")
    tab.page.route("**/*.js*", lambda route: route.abort())
    tab.page.add_init_script(f"if ('{kept}') localStorage.setItem('mode', '{kept}')")
    tab.page.goto(f"{site.url}book/book/glossary.html")
    found = tab.page.evaluate("({ ...document.documentElement.dataset })")
    assert found["theme"] == wanted
    assert found["mode"] == (kept if kept in ("light", "dark") else "auto")
