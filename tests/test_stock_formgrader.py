"""The notebooks alone, in other programs' hands: nbgrader's own Formgrader, JupyterLab, nbconvert's pages."""

from __future__ import annotations

import contextlib
import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import visit
from corpus import STEM
from hostile import CONTROLS
from nbconvert import HTMLExporter
from servers import free_port, running
from test_marking import Server, Watch, as_written, course, watch  # noqa: F401 - fixtures

pytestmark = [pytest.mark.grading, pytest.mark.timeout(900)]

EXTENSIONS = ("nbgrader.server_extensions.formgrader", "jupyterlab")


@contextlib.contextmanager
def stock(folder: Path, home: Path) -> Iterator[Server]:
    """A Jupyter server with nbgrader as it comes, and with kernels."""
    options = {
        "ServerApp.port": str(free_port()),
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.allow_root": "True",
        "ServerApp.open_browser": "False",
        "IdentityProvider.token": "secret",
    }
    start = "import os, sys; os.chdir(sys.argv.pop(1)); from jupyter_server.serverapp import main; main()"
    command = [
        sys.executable,
        "-c",
        start,
        str(folder),
        *(f"--{k}={v}" for k, v in options.items()),
        *(f"--ServerApp.jpserver_extensions={name}=True" for name in EXTENSIONS),
    ]
    url = f"http://127.0.0.1:{options['ServerApp.port']}"
    with running(command, f"{url}/api", home):
        # Who comes in by Formgrader is let in there alone; by the login, as people come, everywhere.
        yield Server(url, f"{url}/login?next=/formgrader/gradebook&token=secret")


def kernels(server: Server) -> int:
    with urllib.request.urlopen(f"{server.url}/api/kernels?token=secret", timeout=20) as answer:
        return len(json.load(answer))


def of_a_student(addresses: list[str]) -> list[str]:
    """What a student's text asks for; Formgrader as it comes asks a third host for MathJax.

    JupyterLab asks its own server of whatever looks like a path in an error whether there is such a file.
    """
    return [x for x in addresses if "fired" in x and "/api/resolvePath?" not in x]


def test_without_our_step_and_server_each_kind_is_seen(watch, tmp_path):  # noqa: F811
    """The other tests would see it: all of these work in Formgrader as it comes."""
    answers = {title: [text] for title, text in CONTROLS.items()}
    with stock(as_written(tmp_path / "course", answers).folder, tmp_path) as server:
        for student in CONTROLS:
            tab = watch(server)
            tab.open_submission(student)
            did = tab.did()
            if student == "kernel":
                deadline = time.monotonic() + 60
                while kernels(server) == 0 and time.monotonic() < deadline:
                    time.sleep(0.5)
                assert kernels(server) == 1
            elif student == "dialog":
                assert did["dialogs"] == ["dialog"]
            elif student in ("script", "svg"):
                assert did["fired"].strip() == student
            else:
                assert of_a_student(did["asked"]), student


def test_the_notebooks_alone_do_nothing_in_formgrader_as_it_comes(course, watch, tmp_path):  # noqa: F811
    with stock(course[0].folder, tmp_path) as server:
        tab = watch(server)
        tab.open_submission("s002")
        did = tab.did()
        assert set(did) <= {"asked"}
        assert of_a_student(did.get("asked", [])) == []
        assert kernels(server) == 0


def test_the_notebooks_do_nothing_in_jupyterlab(course, chromium, tmp_path):  # noqa: F811
    with stock(course[0].folder, tmp_path) as server:
        tab = Watch(visit(chromium, server.url), server.url)
        tab.page.set_default_timeout(120_000)
        notebook = f"autograded/s002/{STEM}/{STEM}.ipynb"
        tab.page.goto(f"{server.url}/lab/tree/{notebook}?token=secret&reset")
        tab.page.wait_for_selector(".jp-MarkdownOutput")
        # It draws cells as they come into view.
        for _ in range(30):
            tab.page.mouse.wheel(0, 3000)
            tab.page.wait_for_timeout(100)
        tab.settle()
        did = tab.did()
        assert set(did) <= {"asked"}
        assert of_a_student(did.get("asked", [])) == []
        assert tab.page.url.startswith(f"{server.url}/lab/")
        tab.page.context.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("template", ["lab", "classic"])
def test_the_notebooks_do_nothing_in_a_page_of_nbconvert(course, chromium, tmp_path, template):  # noqa: F811
    path = course[0].folder / "autograded" / "s002" / STEM / f"{STEM}.ipynb"
    notebook: Any = nbformat.read(path, as_version=4)
    page, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    shown = tmp_path / "page.html"
    shown.write_text(page, encoding="utf-8")
    tab = Watch(visit(chromium, tmp_path.as_uri()), tmp_path.as_uri())
    tab.page.goto(shown.as_uri())
    tab.settle()
    did = tab.did()
    assert set(did) <= {"asked"}
    assert of_a_student(did.get("asked", [])) == []
    tab.page.context.close()
