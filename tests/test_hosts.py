"""Explorers in Voila and marimo, in `embed_minimal_html` and nbconvert's HTML: `make test-hosts`.

JupyterLab and Notebook 7 are in test_lab.py, Jupyter Book 2 is in test_save.py. Two hosts cannot be run
here, and nothing here stands for them: VS Code draws notebooks in a window of its own that no test
can open, and Colab is a service of others behind an account.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import Visit, visit
from playwright.sync_api import Locator, expect
from servers import free_port, running

from aiimpact.live import Curve, Explorer, explore

pytestmark = pytest.mark.hosts
expect.set_options(timeout=20_000)

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


# Voila's page takes the icons of its buttons from a server of others. No explorer has one.
ICONS_OF_VOILA = r"/font-awesome/"
# marimo asks for pictures of its own frame before it knows that it is a reader's page.
PICTURES_OF_MARIMO = r"/assets/(gradient|noise)-[^/]+\.png was preloaded using link preload but not"


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
    foreign = [u for u in tab.requested if not u.startswith((address, "data:", "blob:"))]
    expected = request.param == "voila"
    assert [url for url in foreign if not (expected and re.search(ICONS_OF_VOILA, url))] == []
    expected = request.param == "marimo"
    assert [p for p in tab.problems if not (expected and re.search(PICTURES_OF_MARIMO, p))] == []


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
