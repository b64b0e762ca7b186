"""What the tests of the built book share: the pages, a server, and Chromium with one host to talk to."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import random
import re
import shutil
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import built
import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Grading in a sandbox and the exchange of a hub are Linux's: book/teaching/safe.md says what others have.
if sys.platform != "linux":
    collect_ignore = [
        f"test_{name}.py"
        for name in (
            "classroom_languages",
            "cluster",
            "collect",
            "course",
            "exams",
            "grading",
            "hidden",
            "hub",
            "marking",
            "sandbox",
            "stock_formgrader",
            "wrong_answers",
        )
    ]


def _unavailable(reason: str) -> None:
    # Whoever changes prose need not have a browser; CI must.
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def html() -> Path:
    """The built book."""
    if not built.pages():
        _unavailable(f"No built book in {built.HTML}: run `make book`, or set BOOK_HTML.")
    return built.HTML


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test for every page, explorer or question there is; with none, once, so that the fixture says why."""
    found: dict[str, Callable[[], list[Any]]] = {
        "page_name": built.pages,
        "content_name": built.pages_with_content,
        "any_page": built.pages_of_the_site,
        "explorer_page": built.pages_with_explorers,
        "chapter_page": built.pages_of_the_book_with_explorers,
        "address": built.explorers,
        "some_address": built.some_explorers,
        "question_page": built.pages_with_questions,
        "question": built.questions,
    }
    for argument, find in found.items():
        if argument in metafunc.fixturenames:
            values = find() if built.pages() else [None]
            metafunc.parametrize(argument, values, ids=_label, scope="session")


SAMPLES = (built.SAMPLE, built.QUESTIONS)
# What takes longest, longest first: whoever begins with it does not end last and alone.
SLOW = ("test_grading", "test_notebooks", "test_lab", "test_properties", "test_editions")
# Where `make test` takes one test of eight: each starts processes, or is one of many alike.
BY_LOT = {
    f"test_{name}"
    for name in (
        "bank",
        "bank_editions",
        "contributing",
        "course",
        "csp",
        "editions",
        "exams",
        "faults",
        "give_back",
        "hidden",
        "lab",
        "leaves_nothing",
        "look",
        "marking",
        "names",
        "native",
        "notebooks",
        "one_row",
        "other_subjects",
        "packaging",
        "portable",
        "recognition",
        "save",
        "share",
        "sphinx",
        "words",
        "wrong_answers",
    )
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Draw lots; keep the tests of a page together, so that one worker opens it; begin with the longest."""
    pages = {item: page for item in items if (page := _page_of(item))}
    for item, page in pages.items():
        item.add_marker(pytest.mark.xdist_group(page))
    lots = {item: lot for item in items if (lot := _lot_of(item, pages.get(item)))}
    alike = defaultdict(set)
    for about, thing in lots.values():
        alike[about].add(thing)
    drawn = {about: by_lot(sorted(things), about) for about, things in alike.items()}
    left_out = {item for item, (about, thing) in lots.items() if thing not in drawn[about]}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]
    sizes = Counter(pages.get(item) for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        name = item.path.stem
        slow = SLOW.index(name) if name in SLOW else len(SLOW)
        return slow, -sizes[pages.get(item)], pages.get(item, "")

    items.sort(key=place)


def by_lot(things: Sequence[Any], about: str, of: int = 8) -> list[Any]:
    """Give one of so many where `make test` draws lots by its SEED, or else all."""
    seed = os.environ.get("SEED")
    if not seed:
        return list(things)
    return random.Random(f"{seed} {about}").sample(things, -(-len(things) // of))


def pytest_report_header() -> str:
    seed = os.environ.get("SEED")
    return f"by lot, SEED={seed}" if seed else "no lots are drawn: all is tested"


def _page_of(item: pytest.Item) -> str | None:
    for value in getattr(getattr(item, "callspec", None), "params", {}).values():
        page = value.page if isinstance(value, built.Address) else value
        if isinstance(page, str) and page.endswith(".html"):
            return page.removeprefix("book/")
    return None


def _lot_of(item: pytest.Item, page: str | None) -> tuple[str, str] | None:
    """Say of what a test is one, and which: pages that a browser opens, or tests of a module."""
    # The samples have every control and every kind of question: they are opened each time.
    if page and page not in SAMPLES and "chromium" in getattr(item, "fixturenames", ()):
        params = getattr(getattr(item, "callspec", None), "params", {})
        return f"pages {params.get('edition', '')}", page
    return (item.path.stem, item.nodeid) if item.path.stem in BY_LOT else None


def _label(value: Any) -> str:
    return "/".join(value) if isinstance(value, tuple) else str(value)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@dataclass
class Site:
    """The test server: the book under /book/, the sample pages under /sample/ and /questions/."""

    url: str
    root: Path


@pytest.fixture(scope="session")
def site(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("site")
    (root / "book").symlink_to(html)
    built.write_samples(root)
    handler = functools.partial(_Quiet, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}/", root)
    server.shutdown()
    server.server_close()
    thread.join()


WITH_WINDOWS = ("chromium", "chromium-browser", "google-chrome")
# The same engine without what a window needs takes two thirds of the time.
WITHOUT = "chromium-headless-shell"


def find_chromium(*, whole: bool = False) -> str | None:
    """Find the browser; the `whole` one also keeps pages for the way back."""
    names = WITH_WINDOWS if whole else (WITHOUT, *WITH_WINDOWS)
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    found = find_chromium()
    if not found:
        _unavailable(
            "No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM to its path."
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Other tests want the other core.
        flags = [*FLAGS, "--num-raster-threads=1"]
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@dataclass
class Visit:
    """An open page, with all that it asked for and complained about."""

    page: Any
    problems: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def evaluate(self, function: str, argument: Any = None, seconds: int = 60) -> Any:
        """Call a JavaScript function in the page. A promise that is never kept is an error."""
        late = f"setTimeout(() => no(new Error('no answer in {seconds} s')), {seconds * 1000})"
        return self.page.evaluate(
            f"(a) => Promise.race([({function})(a), new Promise((_, no) => {late})])", argument
        )

    def in_json(self, function: str, argument: Any, seconds: int = 60) -> Any:
        """Call a function with thousands of values, which go there and back much faster as text."""
        call = f"async (text) => JSON.stringify(await ({function})(JSON.parse(text)))"
        return json.loads(self.evaluate(call, json.dumps(argument), seconds))

    def handle(self, name: str, call: str, argument: Any = None) -> Any:
        """Call a method of `window.explorers[name]`."""
        return self.evaluate(
            "([name, call, argument]) => window.explorers[name][call](argument)",
            [name, call, argument],
        )

    def set(self, name: str, inputs: dict[str, Any]) -> dict[str, float]:
        return self.handle(name, "set", inputs)

    def inputs(self, name: str) -> dict[str, Any]:
        return self.handle(name, "inputs")

    def root(self, name: str) -> Any:
        return self.page.locator(f'[data-explorer="{name}"]')

    def settle(self) -> None:
        """Wait until the page has drawn a frame and has nothing left to do."""
        self.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame("
            "() => requestIdleCallback(done, {timeout: 3000}))))"
        )

    @contextlib.contextmanager
    def window(self, width: int, height: int = 900) -> Iterator[None]:
        """Give the page a window of another size for a while."""
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": height})
        self.settle()
        try:
            yield
        finally:
            self.page.set_viewport_size(before)
            self.settle()

    def hold(self, address: str) -> Callable[[], None]:
        """Let requests for an address wait until the function that this gives is called."""
        waiting: list[Any] | None = []

        def answer(route: Any) -> None:
            if waiting is None:
                route.continue_()
            else:
                waiting.append(route)

        def release() -> None:
            nonlocal waiting
            routes, waiting = waiting or [], None
            for route in routes:
                route.continue_()

        self.page.route(address, answer)
        return release

    def wake(self, name: str) -> None:
        # A link may have led to a page that is still on its way.
        self.page.wait_for_function("() => window.explorers")
        self.inputs(name)
        self.page.wait_for_selector(f'[data-explorer="{name}"].explorer-awake')


def visit(browser: Any, own: str, **context_options: Any) -> Visit:
    """Open a tab that reaches addresses beginning with `own` and no other; it records the rest."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | context_options)
    context.set_default_timeout(15_000)
    tab = Visit(context.new_page())

    def refuse(route: Any) -> None:
        tab.problems.append(f"request to another host: {route.request.url}")
        route.abort()

    context.route(re.compile(rf"^(?!{re.escape(own)}|data:|blob:|about:)"), refuse)
    page = tab.page
    page.on("request", lambda request: tab.requested.append(request.url))
    page.on("response", lambda r: r.status >= 400 and tab.problems.append(f"{r.status} {r.url}"))
    page.on("pageerror", lambda error: tab.problems.append(f"uncaught: {error}"))
    page.on(
        "console",
        lambda m: m.type in ("error", "warning") and tab.problems.append(f"{m.type}: {m.text}"),
    )
    return tab


@pytest.fixture
def open_tab(chromium: Any, site: Site) -> Iterator[Callable[..., Visit]]:
    """Open tabs of one's own; at the end none of them may have complained."""
    tabs: list[tuple[Visit, bool]] = []

    def open_one(*, tolerant: bool = False, own: str = site.url, **options: Any) -> Visit:
        tab = visit(chromium, own, **options)
        tabs.append((tab, tolerant))
        return tab

    yield open_one
    for tab, _ in tabs:
        tab.page.context.close()
    assert [problem for tab, tolerant in tabs if not tolerant for problem in tab.problems] == []


@pytest.fixture
def open_file(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Open a document from disk with the network off; at the end nothing may have gone wrong."""
    tabs: list[Visit] = []

    def open_one(document: str, fragment: str = "", **options: Any) -> Visit:
        path = tmp_path / f"{len(tabs)}.html"
        path.write_text(document, encoding="utf-8")
        tab = visit(chromium, tmp_path.as_uri(), offline=True, **options)
        tabs.append(tab)
        tab.page.goto(path.as_uri() + fragment)
        return tab

    yield open_one
    for tab in tabs:
        assert tab.problems == []
        assert tab.page.evaluate("window.broken") is None
        tab.page.context.close()


@dataclass
class Tabs:
    """Tabs that several tests use, one a page."""

    browser: Any
    url: str
    opened: dict[str, Visit] = field(default_factory=dict)
    used: list[tuple[Visit, int]] = field(default_factory=list)

    def take(self, page: str) -> Visit:
        if page in self.opened:
            tab = self.opened[page]
            self.used.append((tab, len(tab.problems)))
            return tab
        tab = self.opened[page] = visit(self.browser, self.url)
        self.used.append((tab, 0))
        tab.page.goto(self.url + page)
        return tab

    def complaints(self) -> list[str]:
        """Give what went wrong in the tabs that were taken since the last time."""
        used, self.used = self.used, []
        return [problem for tab, before in used for problem in tab.problems[before:]]


@pytest.fixture(scope="session")
def _tabs(chromium: Any, site: Site) -> Iterator[Tabs]:
    tabs = Tabs(chromium, site.url)
    yield tabs
    for tab in tabs.opened.values():
        tab.page.context.close()


AWAKE = """
  await window.explorers[name].reset();
  const root = document.querySelector(`[data-explorer="${name}"]`);
  while (!root.matches(".explorer-awake")) await new Promise(requestAnimationFrame);
  // What is folded away or waits for a question is tested like the rest.
  root.querySelector(".explorer-veil button")?.click();
  for (const fold of root.querySelectorAll(".explorer-more")) fold.open = true;
"""


@pytest.fixture
def awake(_tabs: Tabs) -> Iterator[Callable[[built.Address], Visit]]:
    """Give the tab in which an explorer is awake and at its defaults. Tabs are opened once a page."""

    def take(address: built.Address) -> Visit:
        tab = _tabs.take(address.page)
        tab.evaluate(f"async (name) => {{ {AWAKE} root.scrollIntoView(); }}", address.name)
        return tab

    yield take
    assert _tabs.complaints() == []


@pytest.fixture
def all_awake(_tabs: Tabs) -> Iterator[Callable[[str], Visit]]:
    """Give the tab of a page in which all explorers are awake, and all are as at first."""

    def take(page: str) -> Visit:
        tab = _tabs.take(page)
        tab.evaluate(
            f"""async () => {{
              for (const name of Object.keys(globalThis.explorers ?? {{}})) {{ {AWAKE} }}
              for (const question of Object.values(globalThis.questions ?? {{}})) await question.reset();
              localStorage.clear();
            }}"""
        )
        return tab

    yield take
    assert _tabs.complaints() == []
