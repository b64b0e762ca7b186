"""The chapters in JupyterLab and Notebook 7 with a kernel: the same explorers, and Python sees what the reader moves."""

from __future__ import annotations

import ast
import json
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import built
import nbformat
import pytest
from conftest import Visit, visit
from playwright.sync_api import expect
from servers import free_port, running
from test_notebooks import NOTEBOOKS
from test_page import FOCUSABLE, agree, press, shows

# Together, for a JupyterLab takes seconds to start.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lab")]

CHAPTERS = [path for path in NOTEBOOKS if path.parent.name == "chapters"]

# Where a notebook opens in JupyterLab, and in Notebook 7.
LAB, NOTEBOOK = "lab/tree", "notebooks"

ASK_KERNEL = """async (code) => {
  const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
  const future = kernel.requestExecute({code, store_history: false});
  let text = "";
  future.onIOPub = ({content}) => (text += content.text ?? content.evalue ?? "");
  await future.done;
  return text;
}"""
RUN_ALL = "() => jupyterapp.commands.execute('notebook:run-all-cells')"
STATE_IN_PYTHON = """
import gc, json
from aiimpact.live import Explorer
print(json.dumps({
    explorer.name: [{name: control.value for name, control in explorer.controls.items()},
                    explorer.evaluate()]
    for explorer in gc.get_objects() if issubclass(type(explorer), Explorer)}, default=float))
"""


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    """A JupyterLab on this machine, which serves Notebook too: its address, its token and its folder."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "chapters"
    folder.mkdir()
    address, token = f"http://127.0.0.1:{free_port()}/", secrets.token_hex(16)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": address.rsplit(":", 1)[1].strip("/"),
        "ServerApp.port_retries": "0",
        "ServerApp.root_dir": str(folder),
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",
        "IdentityProvider.token": token,
        "LabApp.expose_app_in_browser": "True",
        "JupyterNotebookApp.expose_app_in_browser": "True",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.workspaces_dir": str(home / "workspaces"),
        "LabApp.user_settings_dir": str(home / "settings"),
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())]
    ready = address + "api/status"
    with running(command, ready, home, headers={"Authorization": f"token {token}"}):
        yield address, token, folder


@pytest.fixture
def open_lab(chromium: Any, lab: tuple[str, str, Path]) -> Iterator[Callable[..., Visit]]:
    """Open a notebook of the lab's folder in a tab of its own, with a kernel."""
    address, token, _ = lab
    tabs: list[Visit] = []

    def open_one(name: str, front_end: str = LAB) -> Visit:
        tab = visit(chromium, address, viewport={"width": 1280, "height": 1000})
        tabs.append(tab)
        tab.page.set_default_timeout(60_000)
        # A new workspace: JupyterLab would open what was open before, and run that.
        tab.page.goto(f"{address}{front_end}/{name}?token={token}&reset")
        tab.page.wait_for_function(
            "() => globalThis.jupyterapp?.shell?.currentWidget?.sessionContext"
        )
        tab.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.ready")
        return tab

    yield open_one
    for tab in tabs:
        tab.page.context.close()


# Every chapter uses the same front end, and a chapter takes a minute here: one stands for all.
@pytest.fixture(
    params=[(LAB, "01_training_footprint"), (NOTEBOOK, "00_the_boom")], ids=["lab", "notebook"]
)
def opened(
    request, lab: tuple[str, str, Path], open_lab: Callable[..., Visit]
) -> tuple[Visit, Path]:
    front_end, stem = request.param
    (path,) = (path for path in CHAPTERS if path.stem == stem)
    copy = Path(shutil.copy(path, lab[2]))
    return open_lab(copy.name, front_end), path


@pytest.fixture
def of_the_front_end(opened, lab, open_lab, request) -> set[str]:
    """What a front end complains about on a notebook that has nothing of ours. JupyterLab does not."""
    front_end, _ = request.node.callspec.params["opened"]
    if front_end == LAB:
        return set()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab[2] / "plain.ipynb")
    tab = open_lab("plain.ipynb", front_end)
    tab.evaluate(RUN_ALL)
    tab.settle()
    return set(tab.problems)


def in_python(tab: Visit) -> dict[str, Any]:
    answer = tab.evaluate(ASK_KERNEL, STATE_IN_PYTHON)
    assert answer.startswith("{"), answer
    return json.loads(answer)


def test_explorers_live_in_jupyterlab_and_notebook(opened, of_the_front_end):
    tab, path = opened
    expected = built.run(path)
    assert expected, f"{path.name} has no explorer: choose another chapter"
    tab.evaluate(RUN_ALL, seconds=180)
    tab.page.wait_for_function(
        "(names) => names.every((name) => globalThis.explorers?.[name])", arg=list(expected)
    )
    assert tab.page.locator(".jp-OutputArea-output [data-mime-type*=error]").count() == 0
    before = in_python(tab)
    assert set(before) == set(expected), before
    for name, explorer in expected.items():
        inputs, outputs = before[name]
        assert tab.inputs(name) == pytest.approx(inputs)
        assert agree(outputs, explorer.evaluate())
        assert agree(tab.set(name, {}), outputs)

        root = tab.page.locator(f'[data-explorer="{name}"].explorer-awake')
        root.scroll_into_view_if_needed()
        root.locator(".explorer-veil button").evaluate_all("(found) => found[0]?.click()")
        assert root.locator(".explorer-chart svg").first.is_visible()
        control, widget = next(iter(explorer.controls.items()))
        field = root.locator(f'[data-input="{control}"]').locator(FOCUSABLE).first
        field.focus()
        press(field, widget, inputs[control])
        moved = tab.inputs(name)
        assert moved[control] != inputs[control]
        assert shows(root, explorer.evaluate(**moved))
        wait_until_python_sees(tab, name, moved)
        assert agree(in_python(tab)[name][1], explorer.evaluate(**moved))
    assert [problem for problem in tab.problems if problem not in of_the_front_end] == []


def wait_until_python_sees(tab: Visit, name: str, inputs: dict[str, Any]) -> None:
    """The kernel answers after what was sent to it before, but the front end may hold back a message."""
    deadline = time.monotonic() + 10
    while in_python(tab)[name][0] != inputs and time.monotonic() < deadline:
        tab.settle()
    assert in_python(tab)[name][0] == pytest.approx(inputs)


WITH_QUESTIONS = """
from aiimpact.ask import ask, guess
from aiimpact.live import explore

site = explore(
    lambda it_mwh=1170, pue=1.1: {"Site [MWh]": it_mwh * pue},
    name="site",
    it_mwh=(0, 5000),
    pue=(1.0, 2.5, 0.1),
)
box = ask("How much?", name="box", answer=1287, unit="MWh", quantities={"pue": 1.1})
moved = ask(
    "And now?", name="moved", answer=lambda it_mwh, pue: it_mwh * pue, unit="MWh", explorer=site
)
weight = guess("How heavy?", name="weight", answer=552, unit="t", slider=(1, 1e6))
display(site, box, moved, weight)
"""


def test_questions_answer_back_in_jupyterlab_and_python_sees_the_answer(lab, open_lab):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(WITH_QUESTIONS)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab[2] / "questions.ipynb")
    tab = open_lab("questions.ipynb")
    tab.evaluate(RUN_ALL, seconds=120)
    tab.page.wait_for_function("() => globalThis.explorers?.site && globalThis.questions?.weight")
    tab.wake("site")

    def answer(name: str, text: str, tone: str, words: str) -> None:
        root = tab.page.locator(f'[data-question="{name}"].ask-awake')
        box = root.locator(".ask-box")
        box.focus()
        tab.page.keyboard.press("Control+a")
        tab.page.keyboard.type(text)
        tab.page.keyboard.press("Enter")
        expect(root.locator(".ask-word")).to_have_text(words)
        assert root.get_attribute("data-tone") == tone
        # The keys were the question's: JupyterLab neither ran the cell nor left it.
        assert box.evaluate("(e) => e === document.activeElement")

    def given() -> list[str]:
        code = "print([box.given, moved.given, weight.given])"
        return ast.literal_eval(tab.evaluate(ASK_KERNEL, code))

    def python_sees(wanted: list[str]) -> None:
        deadline = time.monotonic() + 10
        while given() != wanted and time.monotonic() < deadline:
            tab.settle()
        assert given() == wanted

    assert given() == ["", "", ""]
    answer(
        "box",
        "1170",
        "keep-working",
        "Keep working. Too small by the PUE: the building is left out.",
    )
    python_sees(["1170", "", ""])
    answer("box", "1,287 MWh", "got-it", "Got it. It is 1,290 MWh.")
    tab.set("site", {"it_mwh": 1000, "pue": 2.0})
    answer("moved", "2000", "got-it", "Got it. That is right for the values set above.")
    slider = tab.page.locator('[data-question="weight"] .ask-box')
    slider.focus()
    for key in ("Home", "ArrowRight", "Enter"):
        tab.page.keyboard.press(key)
    python_sees(["1,287 MWh", "2000", "1.2 t"])

    # Run again, what was answered comes back, and Python hears of it again.
    tab.evaluate(RUN_ALL, seconds=120)
    root = tab.page.locator('[data-question="box"].ask-awake')
    expect(root.locator(".ask-word")).to_have_text("Got it. It is 1,290 MWh.")
    python_sees(["1,287 MWh", "", "1.2 t"])
    root.locator(".ask-clear").click()
    python_sees(["", "", "1.2 t"])
    assert tab.problems == []


POORER = """
from aiimpact.live import Curve, draw, explore

# As in a page, where Python has no vl-convert.
draw.converter = lambda: None
site = explore(
    lambda it_mwh=1000, pue=1.1, share="all": {"Site [MWh]": it_mwh * pue},
    name="site",
    it_mwh=(0, 5000),
    pue=(1.0, 2.5, 0.1),
    share=["all", "half"],
    chart=Curve("pue", "Site [MWh]"),
)
display(site)
"""


def test_a_chart_that_python_cannot_compile_lives_in_jupyterlab(lab, open_lab):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(POORER)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab[2] / "poorer.ipynb")
    tab = open_lab("poorer.ipynb")
    tab.evaluate(RUN_ALL, seconds=120)
    tab.page.wait_for_function("() => globalThis.explorers?.site")
    chart = tab.page.locator('[data-explorer="site"].explorer-awake .explorer-chart svg')
    chart.wait_for()
    assert tab.set("site", {"pue": 2.0}) == {"Site [MWh]": 2000}
    wait_until_python_sees(tab, "site", {"it_mwh": 1000, "pue": 2.0, "share": "all"})
    # Other options make another chart, which the page has to compile again.
    tab.evaluate("() => { globalThis.explorers.site.old = true; }")
    tab.evaluate(ASK_KERNEL, "site.controls['share'].options = ['a', 'b']; print(len(site._page))")
    tab.page.wait_for_function("() => globalThis.explorers?.site && !explorers.site.old")
    chart.wait_for()
    assert tab.inputs("site") == {"it_mwh": 1000, "pue": 2.0, "share": "a"}
    # What the page compiled, Python keeps for a file.
    assert tab.evaluate(ASK_KERNEL, "print('lite' in site._page['spec'])").strip() == "False"
    assert tab.problems == []
