"""The rooms of the library: who may import whom, read from the imports themselves."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import aiimpact

LIBRARY = Path(aiimpact.__file__).parent
# The floors of the house, from the ground up. What is no room of its own is a module of the subject.
GROUND = {"_arrays", "_checks", "_frames", "_lazy", "words", "locale"}
DATA = {"tables", "claims"}
ROOMS = {"live", "ask", "cite", "classroom", "grading"}
# Never: a room to what stands behind it. "physics" is each module of the subject; data is read by them.
FORBIDDEN = {
    "ground": {"physics", "data", *ROOMS},
    "physics": ROOMS,
    "data": ROOMS,
    "live": {"physics", "data", "ask", "cite", "classroom", "grading"},
    "ask": {"physics", "data", "cite", "classroom", "grading"},
    "cite": {"physics", "ask", "classroom", "grading"},
    "classroom": {"cite", "grading"},
    "grading": {"cite"},
}
# Slips know the constants of conversion.
ALLOWED = {("aiimpact.ask.slips", "aiimpact.units")}


def module_of(path: Path, root: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(root: Path) -> dict[str, set[str]]:
    """Each module of the library to those that it imports, under TYPE_CHECKING or in a function too.

    A package counts when it is named itself, not when a module of it is.
    """
    files = {module_of(path, root): path for path in root.rglob("*.py")}
    return {name: set(_imported(path, name, files.keys())) - {name} for name, path in files.items()}


@cache
def _parsed(text: str) -> ast.Module:
    """Read a module once, in however many copies of the library it stands."""
    return ast.parse(text)


def _imported(path: Path, name: str, known: set[str]) -> Iterator[str]:
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    for node in ast.walk(_parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join([*above, *filter(None, [node.module])]) if node.level else node.module
            for alias in node.names:
                full = f"{base}.{alias.name}"
                if full in known:
                    yield full
                elif base in known:
                    yield base


def room_of(module: str) -> str:
    # The command belongs to the teacher's half, too.
    if re.match(r"aiimpact\.classroom\.(grading|__main__)\b", module):
        return "grading"
    part = module.split(".")[1] if "." in module else "ground"
    if part in GROUND:
        return "ground"
    return part if part in ROOMS else "data" if part in DATA else "physics"


def broken(imports: dict[str, set[str]]) -> list[str]:
    """The imports that go where none may."""
    return sorted(
        f"{module} imports {imported}"
        for module, others in imports.items()
        for imported in others
        if module != "aiimpact" and imported != "aiimpact"
        if room_of(imported) in FORBIDDEN[room_of(module)] and (module, imported) not in ALLOWED
    )


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring, or none."""
    try:
        list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_arrows_point_one_way():
    found = imports_of(LIBRARY)
    assert len(found) > 40
    assert sum(map(len, found.values())) > 80
    assert broken(found) == []


def test_no_modules_import_each_other():
    assert circle(imports_of(LIBRARY)) == []


PLANTED = [
    ("grid.py", "from aiimpact.live import interval", "aiimpact.grid imports aiimpact.live"),
    ("grid.py", "import aiimpact.ask.judge", "aiimpact.grid imports aiimpact.ask.judge"),
    ("live/numbers.py", "from aiimpact import tables", "aiimpact.live.numbers imports aiimpact.tables"),
    ("live/draw.py", "from aiimpact.units import KG_PER_T", "aiimpact.live.draw imports aiimpact.units"),
    ("live/draw.py", "from ..cite import fact", "aiimpact.live.draw imports aiimpact.cite"),
    ("live/draw.py", "from .. import ask", "aiimpact.live.draw imports aiimpact.ask"),
    (
        "live/model.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from aiimpact.tables import Quantity",
        "aiimpact.live.model imports aiimpact.tables",
    ),
    ("cite/facts.py", "def late():\n    from aiimpact import ask", "aiimpact.cite.facts imports aiimpact.ask"),
    ("ask/judge.py", "from aiimpact.classroom import checks", "aiimpact.ask.judge imports aiimpact.classroom.checks"),
    (
        "classroom/checks.py",
        "from aiimpact.classroom.grading import pages",
        "aiimpact.classroom.checks imports aiimpact.classroom.grading.pages",
    ),
    ("ask/slips.py", "from aiimpact import grid", "aiimpact.ask.slips imports aiimpact.grid"),
    ("_checks.py", "from aiimpact import units", "aiimpact._checks imports aiimpact.units"),
]  # fmt: skip


@pytest.fixture
def copy(tmp_path):
    leave = shutil.ignore_patterns("__pycache__", "node_modules", "dist", "data")
    return Path(shutil.copytree(LIBRARY, tmp_path / "aiimpact", ignore=leave))


@pytest.mark.parametrize(("file", "line", "complaint"), PLANTED, ids=[x[2] for x in PLANTED])
def test_a_forbidden_import_is_found(copy, file, line, complaint):
    path = copy / file
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    assert broken(imports_of(copy)) == [complaint]


def test_a_circle_is_found(copy):
    path = copy / "live" / "numbers.py"
    path.write_text(
        path.read_text(encoding="utf-8") + "\nfrom aiimpact.live.markup import table_html\n",
        encoding="utf-8",
    )
    assert {"aiimpact.live.numbers", "aiimpact.live.markup"} <= set(circle(imports_of(copy)))


def test_what_a_docstring_says_is_no_import(copy):
    path = copy / "live" / "numbers.py"
    path.write_text('"""\n>>> from aiimpact import tables\n"""\n', encoding="utf-8")
    assert broken(imports_of(copy)) == []


# What a process has read once it has imported a room.
HEAVY = ["altair", "anywidget", "ipywidgets", "yaml", "aiimpact.tables", "aiimpact.claims"]
BRINGS = [
    ("import aiimpact.grid", set()),
    ("import aiimpact.live", set()),
    ("from aiimpact.live import *", {"altair", "anywidget", "ipywidgets"}),
    ("from aiimpact.cite import fact", set()),
    ("from aiimpact.ask import ask", {"altair", "anywidget", "ipywidgets", "yaml"}),
    ("from aiimpact.ask import judge", {"yaml"}),
    ("from aiimpact.classroom import checks", {"yaml", "aiimpact.tables", "aiimpact.claims"}),
]


@pytest.mark.parametrize(("line", "brings"), BRINGS, ids=[line for line, _ in BRINGS])
def test_a_room_brings_what_it_needs_and_no_more(line, brings):
    code = f"{line}\nimport sys\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    environment = {"PYTHONPATH": str(LIBRARY.parent), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert set(done.stdout.split()) == brings


def test_a_room_says_what_it_has_not():
    with pytest.raises(ImportError, match="cannot import name 'fact'"):
        exec("from aiimpact.live import fact")
