"""The recipes of CONTRIBUTING.md, followed by the words alone in a copy of the project.

A ``diff`` is made in the file that the sentence before it names, a row or a cell is put to its end, a file is written,
commands run, and what a ``text`` says is printed. What takes a minute, by the page's own word, runs with the editions.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import built
import nbformat
import pytest

ROOT = built.ROOT
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, flags=re.S | re.M))
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.S | re.M)
NEEDED = ("aiimpact", "book", "chapters", "tests", "requirements", "Makefile", "_config.yml", "_toc.yml",
          "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "README.md", "pyproject.toml", "environment.yml", "LICENSE")  # fmt: skip
LONG = "minute"
# What reads all catalogues takes a while, too.
LATER = {"Translate", "Make a release"}


class Block(NamedTuple):
    """A block of code, and the file that the words before it name."""

    kind: str
    text: str
    file: str
    said: str


def blocks(recipe: str) -> list[Block]:
    found, end = [], 0
    for match in BLOCK.finditer(recipe):
        said = recipe[end : match.start()]
        files = re.findall(r"`([\w./-]+\.(?:csv|ipynb|py|ya?ml|cff|toml|po|md))`", said)
        found.append(Block(match["kind"], match["text"], files[-1] if files else "", said))
        end = match.end()
    return found


def takes_long(block: Block) -> bool:
    """Say whether a command of a block does, by the comment behind it."""
    return any(LONG in line.rpartition("#")[2] for line in block.text.splitlines() if "#" in line)


def make_diff(path: Path, diff: str) -> None:
    text = path.read_text(encoding="utf-8")
    before, after = (
        "\n".join(line[1:] for line in diff.splitlines() if line.startswith(sign)) for sign in "-+"
    )
    assert text.count(before) == 1, f"{path.name} has {text.count(before)} times {before!r}"
    path.write_text(text.replace(before, after), encoding="utf-8")


def follow(recipe: str, copy: Path, *, long: bool) -> None:
    """Do what a recipe says."""
    printed: str | None = None
    for block in blocks(recipe):
        kind, text, file, said = block
        path = copy / file
        if kind == "diff":
            make_diff(path, text)
        elif kind == "csv" or (kind == "python" and file.endswith(".py")):
            path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        elif kind == "python" and file.endswith(".ipynb") and "Add a cell" in said:
            notebook = nbformat.read(path, as_version=4)
            notebook.cells.append(nbformat.v4.new_code_cell(text.rstrip("\n")))
            nbformat.write(notebook, path)
        elif kind == "python":
            run(copy, f"{sys.executable} - <<'END'\n{text}END")
        elif kind == "yaml":
            path.write_text(text, encoding="utf-8")
        elif kind == "sh":
            command = text.replace(".venv/bin/python", sys.executable)
            printed = run(copy, command) if long or not takes_long(block) else None
        elif kind == "text" and printed is not None:
            for line in text.splitlines():
                assert line in printed, f"{line!r} is not in what was printed:\n{printed[-4000:]}"


def run(copy: Path, command: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTEST_ADDOPTS": "-p no:cacheprovider"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=copy, env=environment, capture_output=True, encoding="utf-8"
    )
    return done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    leave = shutil.ignore_patterns("__pycache__", "node_modules", ".ipynb_checkpoints")
    for name in NEEDED:
        source, target = ROOT / name, tmp_path / "project" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=leave)
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    return tmp_path / "project"


def is_long(name: str) -> bool:
    found = blocks(RECIPES[name])
    return name in LATER or any(takes_long(block) for block in found if block.kind == "sh")


# What another system types is compared with the Makefile (`test_portable.py`).
TRIED = [
    name for name, text in RECIPES.items() if any(b.kind != "powershell" for b in blocks(text))
]


def test_there_is_a_recipe_for_what_people_come_for():
    assert TRIED == [
        "Correct a number",
        "Add a country",
        "Add a chip",
        "Add a training run",
        "Add an explorer",
        "Add a question",
        "Add a chapter",
        "Translate",
        "Add a platform to `collect`",
        "Make a release",
    ]


@pytest.mark.parametrize("name", [name for name in TRIED if name not in LATER])
def test_a_recipe_does_what_it_promises(name, copy):
    follow(RECIPES[name], copy, long=False)


@pytest.mark.editions
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", [name for name in TRIED if is_long(name)])
def test_a_recipe_and_its_minutes_do_what_they_promise(name, copy):
    follow(RECIPES[name], copy, long=True)


def test_a_recipe_that_promises_what_does_not_happen_fails(copy):
    wrong = "In `CITATION.cff`:\n\n```diff\n-version: 9\n+version: 10\n```\n"
    with pytest.raises(AssertionError, match=r"CITATION\.cff has 0 times 'version: 9'"):
        follow(wrong, copy, long=False)
    wrong = "```sh\n.venv/bin/python -c 'print(1)'\n```\n\n```text\n2\n```\n"
    with pytest.raises(AssertionError, match="'2' is not in what was printed"):
        follow(wrong, copy, long=False)
