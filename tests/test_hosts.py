"""Explorers in Voila and marimo, in `embed_minimal_html` and nbconvert's HTML: `make test-hosts`.

JupyterLab and Notebook 7 are in test_lab.py, Jupyter Book 2 is in test_save.py. Two hosts cannot be run
here, and nothing here stands for them: VS Code draws notebooks in a window of its own that no test
can open, and Colab is a service of others behind an account.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import Visit, visit
from ipywidgets.embed import embed_minimal_html
from playwright.sync_api import Locator, expect
from servers import free_port, running

from aiimpact.live import Explorer, embed_html

pytestmark = pytest.mark.hosts

ROOT = Path(__file__).parents[1]
FROM_NPM = Path(__file__).parent / "hosts" / "node_modules"
# What the pages ask a server of others for, and the package that holds it.
COPIES = {
    r"/require(\.min)?\.js$": "requirejs/require.js",
    r"/@jupyter-widgets/html-manager@[^/]+/dist/embed-amd\.js$": "@jupyter-widgets/html-manager/dist/embed-amd.js",
    r"/anywidget@[^/]+/dist/index\.js$": "anywidget/dist/index.js",
}

SITE = """
from aiimpact.ask import ask
from aiimpact.live import Curve, explore

def site(it_mwh=1170, pue=1.1):
    return {"Site [MWh]": it_mwh * pue}

explorer = explore(
    site, name="site", it_mwh=(0, 5000), pue=(1.0, 2.5, 0.1), chart=Curve("pue", "Site [MWh]")
)
question = ask("How much?", name="box", answer=1287, unit="MWh")
"""
# The kernel sets one input after it was busy; the test sees that, and moves the other meanwhile.
HANDLERS = """
HERE = Path(FOLDER)

def slow():
    (HERE / "busy").touch()
    time.sleep(1.5)
    explorer.controls["pue"].value = 2.0

def widen():
    explorer.controls["it_mwh"].max = 9000
    explorer.controls["it_mwh"].value = 8000
"""
IN_VOILA = (
    "import json, time\nfrom pathlib import Path\nimport ipywidgets\n"
    + SITE
    + HANDLERS
    + """
def button(word, act):
    made = ipywidgets.Button(description=word)
    made.on_click(lambda _: act())
    return made

heard = ipywidgets.Label("nothing")
explorer.observe(lambda change: setattr(heard, "value", "Python: " + json.dumps(change.new)), "values")
display(explorer, heard, button("Slow", slow), button("Widen", widen), question)
"""
)


def indented(source: str) -> str:
    return "".join(f"    {line}" for line in source.splitlines(keepends=True))


IN_MARIMO = f"""
import marimo
app = marimo.App()

@app.cell
def _():
    import json, time
    from pathlib import Path
    import marimo as mo
{indented(SITE)}
{indented(HANDLERS)}
    shown = mo.ui.anywidget(explorer)
    shown
    return

@app.cell
def _(shown, mo, json, explorer):
    shown.value
    mo.md("Python: " + json.dumps(explorer.values))
    return

@app.cell
def _(mo, slow, widen):
    slower = mo.ui.button(label="Slow", on_click=lambda _: slow())
    wider = mo.ui.button(label="Widen", on_click=lambda _: widen())
    mo.hstack([slower, wider])
    return

@app.cell
def _(question):
    question
    return

if __name__ == "__main__":
    app.run()
"""


def notebook_of(source: str, path: Path) -> Path:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)
    return path


def site() -> Explorer:
    made: dict[str, Any] = {}
    exec(SITE, made)
    return made["explorer"]


@pytest.fixture(autouse=True)
def patience() -> None:
    """A kernel that others keep busy answers late."""
    expect.set_options(timeout=20_000)


@pytest.fixture
def tree(monkeypatch):
    """A kernel has a folder of its own, and finds this library all the same."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def voila(tmp_path: Path, tree: None) -> Iterator[str]:
    notebook = notebook_of(IN_VOILA.replace("FOLDER", repr(str(tmp_path))), tmp_path / "site.ipynb")
    port = free_port()
    options = {"port": port, "Voila.ip": "127.0.0.1", "port_retries": 0}
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser"]
    command += [f"--{name}={value}" for name, value in options.items()]
    address = f"http://127.0.0.1:{port}/"
    with running(command, f"{address}voila/static/", tmp_path):
        yield address


@pytest.fixture
def marimo(tmp_path: Path, tree: None) -> Iterator[str]:
    app = tmp_path / "site.py"
    app.write_text(IN_MARIMO.replace("FOLDER", repr(str(tmp_path))), encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "marimo", "run", str(app), "--headless", "--no-token"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    private = {f"XDG_{kind}_HOME": str(tmp_path) for kind in ("CONFIG", "CACHE", "STATE", "DATA")}
    address = f"http://127.0.0.1:{port}/"
    with running(
        command,
        f"{address}health",
        tmp_path,
        environment=private | {"MARIMO_SKIP_UPDATE_CHECK": "1"},
    ):
        yield address


# What the hosts' own pages do, with or without an explorer. Voila takes the icons of buttons from a
# server of others, and is built for other versions of JupyterLab's modules than its extensions are;
# marimo asks for two pictures that it shows to authors.
ICONS_OF_VOILA = r"/fontawesome-free@"
OF_THE_HOST = {
    "voila": r"^warning: (Unsatisfied|No satisfying) version .* of shared (singleton )?module @jupyterlab/",
    "marimo": r"/assets/(gradient|noise)-[^/]+\.png was preloaded using link preload but not",
}


@pytest.fixture(params=["voila", "marimo"])
def opened(request, chromium: Any) -> Iterator[Visit]:
    """A page with a kernel of its own behind it, in which explorer and question are awake."""
    address = request.getfixturevalue(request.param)
    tab = visit(chromium, address)
    tab.page.set_default_timeout(60_000)
    if request.param == "voila":
        tab.page.route(re.compile(ICONS_OF_VOILA), lambda route: route.fulfill(body=""))
    tab.page.goto(address)
    tab.wake("site")
    tab.page.wait_for_selector(".ask-awake")
    yield tab
    tab.page.context.close()
    own = (address, "data:", "blob:")
    foreign = [url for url in tab.requested if not url.startswith(own)]
    if request.param == "voila":
        foreign = [url for url in foreign if not re.search(ICONS_OF_VOILA, url)]
    assert foreign == []
    assert [p for p in tab.problems if not re.search(OF_THE_HOST[request.param], p)] == []


def heard(tab: Visit, **inputs: float) -> None:
    """Python has these values, all of them."""
    expect(tab.page.get_by_text(f"Python: {json.dumps(inputs)}")).to_be_visible()


def row(tab: Visit, name: str) -> Locator:
    return tab.root("site").locator(f'[data-input="{name}"]')


def shown(tab: Visit) -> float:
    return float(tab.root("site").locator("[data-output]").first.get_attribute("data-value"))


def chart(tab: Visit) -> str:
    return tab.root("site").locator(".explorer-chart svg").inner_html()


def test_a_slider_moves_by_keyboard_and_python_hears(opened: Visit):
    before = chart(opened)
    rail = row(opened, "it_mwh").get_by_role("slider")
    rail.focus()
    opened.page.keyboard.press("ArrowRight")
    heard(opened, it_mwh=1171, pue=1.1)
    assert shown(opened) == pytest.approx(1171 * 1.1)
    assert chart(opened) != before
    box = row(opened, "pue").locator(".explorer-box")
    box.fill("2.4")
    box.press("Enter")
    heard(opened, it_mwh=1171, pue=2.4)
    assert shown(opened) == pytest.approx(1171 * 2.4)


def test_what_both_sides_set_at_once_holds_on_both(opened: Visit, tmp_path: Path):
    opened.page.get_by_role("button", name="Slow").click()
    while not (tmp_path / "busy").exists():
        opened.settle()
    opened.set("site", {"it_mwh": 4321})
    heard(opened, it_mwh=4321, pue=2.0)
    expect(row(opened, "pue").locator(".explorer-box")).to_have_value("2.0")
    assert opened.inputs("site") == {"it_mwh": 4321, "pue": 2}
    assert opened.set("site", {}) == {"Site [MWh]": pytest.approx(4321 * 2.0)}


def test_limits_that_python_changes_after_display_are_followed(opened: Visit):
    opened.page.get_by_role("button", name="Widen").click()
    rail = row(opened, "it_mwh").get_by_role("slider")
    expect(rail).to_have_attribute("max", "9000")
    expect(rail).to_have_value("8000")
    opened.set("site", {"it_mwh": 8765})
    heard(opened, it_mwh=8765, pue=1.1)


def test_a_question_answers(opened: Visit):
    question = opened.page.locator('[data-question="box"]')
    for text, tone in (("1170", "keep-working"), ("1,287 MWh", "got-it")):
        question.locator(".ask-box").fill(text)
        question.locator(".ask-box").press("Enter")
        expect(question).to_have_attribute("data-tone", tone)


# Pages without a kernel: `embed_minimal_html` and nbconvert

# An explorer by itself, one in a box with what is linked to it, and a question.
SEVERAL = """
import ipywidgets

def cost(kwh=100):
    return {"Cost [EUR]": kwh * 0.3}

second = explore(cost, name="cost", kwh=(0, 1000), chart=Curve("kwh", "Cost [EUR]"))
rail = ipywidgets.IntSlider(value=100, max=1000, description="kWh")
ipywidgets.jslink((rail, "value"), (second, "i0"))
views = [explorer, ipywidgets.VBox([rail, second, question])]
"""
WOKEN = """
from IPython.display import display
from aiimpact.live import wake
display(wake(), *views)
"""
FRAMED = """
from IPython.display import IFrame
IFrame(explorer.save("saved.html"), "100%", 700)
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Documents of others that hold the explorer of SITE, by what made them."""
    folder = tmp_path_factory.mktemp("pages")
    embedded = folder / "embedded.html"
    # What equals a default is left out else, and with it the module that shows an explorer.
    embed_minimal_html(embedded, views=[site()], title="Site")
    notebook = notebook_of(SITE + "explorer", folder / "site.ipynb")
    framed = notebook_of(SITE + FRAMED, folder / "framed.ipynb")
    woken = notebook_of(SITE + SEVERAL + WOKEN, folder / "woken.ipynb")
    made: dict[str, Any] = {}
    exec(SITE + SEVERAL, made)
    embed_html(folder / "alone.html", made["views"], title="Two explorers")
    for name, source, stored in (
        ("woken", woken, True),
        ("converted", notebook, True),
        ("plain", notebook, False),
        ("framed", framed, True),
    ):
        command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", str(source)]
        command += [f"--ExecutePreprocessor.store_widget_state={stored}", "--output", name]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        subprocess.run(command, env=environment, check=True, capture_output=True)
    found = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    # The digest is that of a shortened require.js, which no package holds.
    return {name: re.sub(r' integrity="[^"]*"', "", text) for name, text in found.items()}


@pytest.fixture
def open_page(
    chromium: Any, pages: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., Visit]]:
    """Open one of them from disk without a network; what it asks others for comes from copies, or not."""
    for page, text in pages.items():
        (tmp_path / f"{page}.html").write_text(text, encoding="utf-8")
    tabs: list[Visit] = []

    def open_one(name: str, *, copies: bool) -> Visit:
        tab = visit(chromium, tmp_path.as_uri(), offline=True)
        tabs.append(tab)
        if copies:
            for address, file in COPIES.items():
                serve(tab, address, FROM_NPM / file)
        tab.page.goto((tmp_path / f"{name}.html").as_uri())
        return tab

    yield open_one
    for tab in tabs:
        assert not [problem for problem in tab.problems if problem.startswith("uncaught")]
        tab.page.context.close()


def serve(tab: Visit, address: str, file: Path) -> None:
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
    tab.page.route(re.compile(address), lambda route: route.fulfill(path=file, headers=headers))


@pytest.mark.parametrize("name", ["embedded", "converted"])
def test_without_a_kernel_numbers_and_chart_stand_there_and_a_sentence_says_why(open_page, name):
    tab = open_page(name, copies=True)
    root = tab.root("site")
    # Before anybody waits: the text of an explorer asleep.
    expect(root.locator(".explorer-asleep")).to_contain_text("The values shown are the defaults.")
    assert shown(tab) == float(1170 * 1.1)
    assert root.locator(".explorer-chart svg").is_visible()
    assert root.locator("[data-input]").all_inner_texts() == ["it mwh\n1170", "pue\n1.1"]
    expect(root.locator(".explorer-failed")).to_contain_text("no kernel has answered")
    assert root.locator(".explorer-failed").is_visible()
    assert tab.page.locator(".explorer-awake").count() == 0
    assert root.locator("input, select, .explorer-reset:enabled").count() == 0


def marks(tab: Visit, name: str) -> str:
    return tab.root(name).locator(".explorer-chart svg").inner_html()


@pytest.mark.parametrize(("name", "copies"), [("woken", False), ("woken", True), ("alone", False)])
def test_what_holds_vega_moves_without_a_kernel_or_a_network(open_page, name, copies):
    """Also where nbconvert's own scripts come: they find nothing left to show."""
    tab = open_page(name, copies=copies)
    tab.page.set_default_timeout(60_000)
    tab.page.wait_for_selector("[data-explorer='site'].explorer-awake")
    tab.page.wait_for_selector("[data-explorer='cost'].explorer-awake")
    assert tab.root("site").count() == tab.root("cost").count() == 1
    before = marks(tab, "site")
    row(tab, "it_mwh").get_by_role("slider").press("ArrowRight")
    expect(tab.root("site").locator("[data-output]")).to_have_attribute(
        "data-value", str(1171 * 1.1)
    )
    assert marks(tab, "site") != before
    # A plain slider beside the other, linked with it by `jslink`.
    before = marks(tab, "cost")
    tab.page.locator(".widget-slider [role=slider]").press("ArrowRight")
    expect(tab.root("cost").locator("[data-output]")).to_have_attribute(
        "data-value", str(101 * 0.3)
    )
    expect(tab.root("cost").locator("[data-input] .explorer-rail")).to_have_value("101")
    assert marks(tab, "cost") != before
    question = tab.page.locator('[data-question="box"]')
    question.locator(".ask-box").fill("1,287 MWh")
    question.locator(".ask-box").press("Enter")
    expect(question).to_have_attribute("data-tone", "got-it")
    tab.page.wait_for_timeout(5500)
    assert tab.page.locator(".explorer-failed:visible").count() == 0
    asked = [url for url in tab.requested if not url.startswith(("file:", "data:", "blob:"))]
    if name == "alone":
        assert asked == []
        assert tab.problems == []
    assert not [url for url in asked if "anywidget" in url]


def test_what_holds_vega_opens_at_the_settings_of_its_address(open_page, tmp_path):
    tab = open_page("alone", copies=False)
    tab.page.goto((tmp_path / "alone.html").as_uri() + "#cost?kwh=500")
    tab.page.reload()
    expect(tab.root("cost").locator("[data-output]")).to_have_attribute("data-value", "150")


@pytest.mark.parametrize("copies", [True, False], ids=["reachable", "unreachable"])
def test_without_widget_state_nbconvert_writes_the_markup_itself(open_page, pages, copies):
    """No server of others is needed for it, only for nbconvert's own mathematics."""
    assert "widget-view+json" not in pages["plain"]
    tab = open_page("plain", copies=copies)
    root = tab.root("site")
    assert shown(tab) == float(1170 * 1.1)
    assert root.locator(".explorer-chart svg").is_visible()
    assert "need JavaScript, or a running notebook" in root.locator(".explorer-asleep").inner_text()


@pytest.mark.parametrize("name", ["embedded", "converted"])
def test_what_a_page_shows_whose_servers_are_out_of_reach(open_page, name):
    """Nothing of the explorer: its markup is data there until a script of others reads it.

    No sentence can stand there, since nothing of ours runs: book/reference/explorers.md says it instead.
    """
    tab = open_page(name, copies=False)
    tab.settle()
    assert [p for p in tab.problems if p.startswith("request to another host")]
    assert tab.root("site").count() == 0
    assert "1,290 MWh" not in tab.page.locator("body").inner_text()


def test_a_saved_explorer_lives_in_a_frame_of_such_a_page(open_page):
    frame = open_page("framed", copies=False).page.frame_locator("iframe")
    rail = frame.locator(".explorer-awake .explorer-rail").first
    rail.press("ArrowRight")
    expect(frame.locator("[data-output]").first).to_have_attribute("data-value", str(1171 * 1.1))


# What an author reads of all this

PAGE = ROOT / "book/reference/explorers.md"
HOSTS = {
    *("JupyterLab", "Notebook 7", "Voila", "marimo", "Jupyter Book 2", "nbconvert's HTML"),
    *("embed_minimal_html", "VS Code", "Colab"),
}


def test_every_host_has_a_row_and_the_way_out_stands_beside_the_sentence():
    (section,) = re.findall(
        r"^## Where an explorer lives\n(.*?)^## ", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
    (paragraph,) = (p for p in section.split("\n\n") if "no kernel has answered" in p)
    assert "explorer.save()" in paragraph
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    for host in HOSTS:
        assert any(host in row[0] for row in rows), host
    assert [row for row in rows if len(row) != 3 or not all(map(str.strip, row))] == []
