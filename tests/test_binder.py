"""The Binder button: it leads to the repository whose workflow builds the book, and else is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from sphinx.config import Config

ROOT = Path(__file__).parents[1]
FORK = {"GITHUB_REPOSITORY": "ada/a-fork.of_it", "GITHUB_REF_NAME": "teach/2026"}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one notebook, in a folder as the chapters are."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "index.md").write_text("# A book\n\n```{toctree}\nchapters/one\n```\n")
    (folder / "chapters").mkdir()
    cells = [nbformat.v4.new_markdown_cell("# One"), nbformat.v4.new_code_cell("1 + 1")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["language_info"] = {"name": "ipython", "pygments_lexer": "ipython3"}
    nbformat.write(notebook, folder / "chapters" / "one.ipynb")
    return folder


def buttons(sources: Path, out: Path, variables: dict[str, str]) -> dict[str, list[str]]:
    """Build the small book as GitHub would with these variables; give the links to Binder by page."""
    settings = ["extensions=myst_nb,sphinx_book_theme,binder", "html_theme=sphinx_book_theme"]
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-C", str(sources), str(out)]
    command += [f"-D{setting}" for setting in [*settings, "nb_execution_mode=off"]]
    own = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    path = os.pathsep.join([str(ROOT / "book" / "_ext"), str(ROOT)])
    subprocess.run(command, env=own | {"PYTHONPATH": path} | variables, check=True)
    found = {}
    for page in ("index", "chapters/one"):
        soup = BeautifulSoup((out / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        found[page] = [a["href"] for a in soup.select("a[href]") if "binder" in a["href"]]
    return found


def test_a_notebook_opens_the_repository_that_builds_it(sources, tmp_path):
    found = buttons(sources, tmp_path, FORK)
    assert found["index"] == []
    (address,) = found["chapters/one"]
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == "https://mybinder.org"
    assert parts.path == "/v2/gh/ada/a-fork.of_it/teach/2026"
    assert parse_qs(parts.query) == {"urlpath": ["lab/tree/chapters/one.ipynb"]}


def test_without_a_name_for_the_branch_it_is_main(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    import binder

    monkeypatch.setenv("GITHUB_REPOSITORY", FORK["GITHUB_REPOSITORY"])
    monkeypatch.delenv("GITHUB_REF_NAME", raising=False)
    config = Config(overrides={"html_theme_options": {"launch_buttons": {"thebe": False}}})
    config.add("html_theme_options", {}, "html", dict)
    binder.offer_binder(None, config)
    assert config.html_theme_options["repository_branch"] == "main"
    assert config.html_theme_options["launch_buttons"]["thebe"] is False


def test_a_build_elsewhere_has_no_button(sources, tmp_path):
    found = buttons(sources, tmp_path, {})
    assert found == {"index": [], "chapters/one": []}


def test_who_opens_a_chapter_on_binder_gets_no_solutions_along(tmp_path):
    """The hub clones the repository, installs environment.yml and runs postBuild in the clone."""
    listed = ["git", "-C", ROOT, "ls-files", "-z", "*.ipynb", "tests/*.py", "postBuild"]
    tracked = subprocess.run(listed, check=True, capture_output=True, encoding="utf-8").stdout
    for name in filter(None, tracked.split("\0")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    refused = subprocess.run(["./postBuild"], cwd=tmp_path, capture_output=True)
    assert refused.returncode == 1, "It would delete a clone in which it is run by mistake."
    assert (tmp_path / ".git").exists()
    repo2docker = os.environ | {"REPO_DIR": str(tmp_path)}
    subprocess.run(["./postBuild"], cwd=tmp_path, env=repo2docker, check=True)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(list(tmp_path.glob("chapters/*.ipynb"))) == 7
    assert [path for path in left if b"BEGIN SOLUTION" in path.read_bytes()] == []
    assert not (tmp_path / ".git").exists()
    assert not (ROOT / "binder").exists(), "Binder would read that folder instead."
    assert not (ROOT / ".binder").exists(), "Binder would read that folder instead."
