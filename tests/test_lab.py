"""The chapters in JupyterLab with a kernel: the same explorers, and Python sees what the reader moves."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import built
import pytest
from conftest import Visit, visit
from test_notebooks import NOTEBOOKS
from test_page import FOCUSABLE, agree, press, shown_values

pytestmark = pytest.mark.browser

# What JupyterLab itself complains about, on any notebook.
OF_JUPYTERLAB: tuple[str, ...] = ()
ASK_KERNEL = """async (code) => {
  const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
  const future = kernel.requestExecute({code, store_history: false});
  let text = "";
  future.onIOPub = ({content}) => (text += content.text ?? content.evalue ?? "");
  await future.done;
  return text;
}"""
STATE_IN_PYTHON = """
import gc, json
from aiimpact.live import Explorer
print(json.dumps({
    explorer.name: [{name: control.value for name, control in explorer.controls.items()},
                    explorer.evaluate()]
    for explorer in gc.get_objects() if issubclass(type(explorer), Explorer)}, default=float))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    """A JupyterLab on this machine: its address, its token and its folder."""
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
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.workspaces_dir": str(home / "workspaces"),
        "LabApp.user_settings_dir": str(home / "settings"),
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())]
    private = {
        f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=os.environ | private, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_for(address, token, server, home / "log")
            yield address, token, folder
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(address: str, token: str, server: subprocess.Popen[bytes], log: Path) -> None:
    request = urllib.request.Request(
        address + "api/status", headers={"Authorization": f"token {token}"}
    )
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


# Every chapter uses the same front end, and a chapter takes a minute here: one stands for all.
@pytest.fixture(params=[path for path in NOTEBOOKS if "training_footprint" in path.stem])
def opened(request, chromium: Any, lab: tuple[str, str, Path]) -> Iterator[tuple[Visit, Path]]:
    address, token, folder = lab
    path = Path(shutil.copy(request.param, folder))
    tab = visit(chromium, address, viewport={"width": 1280, "height": 1000})
    tab.page.set_default_timeout(60_000)
    tab.page.goto(f"{address}lab/tree/{path.name}?token={token}")
    tab.page.wait_for_function("() => globalThis.jupyterapp?.shell?.currentWidget?.sessionContext")
    tab.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.ready")
    yield tab, request.param
    tab.page.context.close()


def in_python(tab: Visit) -> dict[str, Any]:
    answer = tab.evaluate(ASK_KERNEL, STATE_IN_PYTHON)
    assert answer.startswith("{"), answer
    return json.loads(answer)


def test_explorers_live_in_jupyterlab(opened):
    tab, path = opened
    expected = built.run(path)
    if not expected:
        pytest.skip(f"{path.name} has no explorer")
    tab.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')", seconds=180)
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
        assert root.locator(".explorer-chart svg").first.is_visible()
        control, widget = next(iter(explorer.controls.items()))
        field = root.locator(f'[data-input="{control}"]').locator(FOCUSABLE).first
        field.focus()
        press(field, widget, inputs[control])
        moved = tab.inputs(name)
        assert moved[control] != inputs[control]
        assert agree(shown_values(root), explorer.evaluate(**moved))
        wait_until_python_sees(tab, name, moved)
        assert agree(in_python(tab)[name][1], explorer.evaluate(**moved))
    assert [p for p in tab.problems if not any(known in p for known in OF_JUPYTERLAB)] == []


def wait_until_python_sees(tab: Visit, name: str, inputs: dict[str, Any]) -> None:
    """The kernel answers after what was sent to it before, but the front end may hold back a message."""
    deadline = time.monotonic() + 10
    while in_python(tab)[name][0] != inputs and time.monotonic() < deadline:
        tab.settle()
    assert in_python(tab)[name][0] == pytest.approx(inputs)
