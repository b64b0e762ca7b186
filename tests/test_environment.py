"""What Binder installs is enough: every notebook runs where environment.yml and nothing else is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from nbclient import NotebookClient
from packaging.requirements import Requirement
from test_notebooks import NOTEBOOKS
from test_packaging import pins, version

pytestmark = [pytest.mark.environment, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[1]
# Binder's own base brings the servers and this kernel, whatever environment.yml says.
OF_BINDER = ("ipykernel",)
NO_PART = ("nbgrader", "jupyter_book", "sphinx", "pytest", "nbclient")


def declared() -> tuple[str, list[str]]:
    """Give the number of the Python and the lines for pip."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text)["dependencies"]
    (python,) = (e.split("=")[1] for e in entries if str(e).startswith("python="))
    (lines,) = (entry["pip"] for entry in entries if isinstance(entry, dict))
    return python, lines


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is checked out, so that nothing is written beside the sources."""
    target = tmp_path_factory.mktemp("binder") / "project"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


@pytest.fixture(scope="module")
def clean(copy: Path) -> Path:
    """A Python in which the lines of environment.yml are installed, and Binder's kernel."""
    number, lines = declared()
    base = shutil.which(f"python{number}")
    # What stands on the path may be a stand-in for a Python that is not chosen.
    if not base or subprocess.run([base, "--version"], check=False, capture_output=True).returncode:
        pytest.fail(
            f"environment.yml asks for Python {number}, and there is no python{number} on the path that runs."
        )
    python = copy.parent / "venv" / "bin" / "python"
    locked = pins(ROOT / "requirements" / "book.txt")
    kernel = [f"{name}=={version(locked[name][0])}" for name in OF_BINDER]
    listing = copy / "of-environment.txt"
    listing.write_text("\n".join([*lines, *kernel]), encoding="utf-8")
    started = time.monotonic()
    subprocess.run([base, "-m", "venv", python.parents[1]], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "-r", listing.name]
    subprocess.run(install, cwd=copy, env=alone(), check=True)
    print(f"\n{number}: installed in {time.monotonic() - started:.0f} s")
    return python


def alone() -> dict[str, str]:
    """Give the variables without those that would show the sources, or another Python."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JUPYTER_PATH"}
    return {name: value for name, value in os.environ.items() if name not in hidden}


@pytest.fixture(scope="module")
def kernel(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A kernel of the clean Python; this one only sends it the cells."""
    specs = tmp_path_factory.mktemp("jupyter")
    folder = specs / "kernels" / "of-binder"
    folder.mkdir(parents=True)
    command = [str(clean), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "Binder", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(specs))
        patch.delenv("PYTHONPATH", raising=False)
        yield folder.name


def asked(python: Path, code: str, folder: Path) -> str:
    command = [python, "-I", "-c", code]
    return subprocess.run(
        command, cwd=folder, env=alone(), check=True, capture_output=True, encoding="utf-8"
    ).stdout.strip()


def test_it_installs_what_it_names_and_no_tool_of_ours(clean, tmp_path):
    _, lines = declared()
    code = "import importlib.metadata as m, sys; print(*(m.version(n) for n in sys.argv[1:]))"
    named = [Requirement(line) for line in lines if not line.startswith("-e")]
    command = [clean, "-I", "-c", code, *(requirement.name for requirement in named)]
    out = subprocess.run(
        command, env=alone(), check=True, capture_output=True, encoding="utf-8"
    ).stdout
    assert out.split() == [version(requirement) for requirement in named]
    code = f"import importlib.util as u; print(*filter(u.find_spec, {NO_PART}))"
    assert asked(clean, code, tmp_path) == ""


def test_the_library_is_that_of_the_copy(clean, copy, tmp_path):
    found = asked(clean, "import aiimpact; print(aiimpact.__file__)", tmp_path)
    assert Path(found).is_relative_to(copy)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_notebook_runs_there(kernel, copy, path):
    here = copy / path.relative_to(ROOT)
    notebook = nbformat.read(here, as_version=4)
    started = time.monotonic()
    NotebookClient(
        notebook, kernel_name=kernel, timeout=120, resources={"metadata": {"path": here.parent}}
    ).execute()
    print(f" {time.monotonic() - started:.0f} s", end="", file=sys.stderr)
    assert words(notebook) == words(nbformat.read(path, as_version=4))


def words(notebook: Any) -> list[str]:
    """Give what each cell prints and shows as text: it must be what is stored, in however many pieces."""
    return [
        "".join(
            o.text
            if o.output_type == "stream"
            else o.get("data", {}).get("text/plain", o.output_type)
            for o in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
