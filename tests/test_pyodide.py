"""The library in Pyodide, Python in a page: as far as NumPy is to be had there."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import wasm

from aiimpact.live import draw

pytestmark = pytest.mark.pyodide

FOLDER = Path(__file__).parent / "pyodide"
PROJECT = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
WANTED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["live"]]
# What Pyodide compiles itself, or what has a wheel for every Python. Nothing else may keep the library out of a page.
TO_BE_HAD = {"numpy", "pandas", "yaml", "altair", "anywidget", "ipywidgets", "traitlets"}
# These import nothing of it.
AT_ONCE = {"aiimpact", "aiimpact.live", "aiimpact.ask", "aiimpact.cite", "aiimpact.classroom"}
# Formulas in these modules do with Python's own arithmetic.
PLAIN = {f"aiimpact.{name}" for name in ("equivalents", "inference", "training", "units", "water")}
WHOLE = os.environ.get("WHOLE", "")


def in_pyodide(*packages: str) -> dict[str, Any]:
    ran = subprocess.run(
        ["node", "run.mjs", *packages],
        cwd=FOLDER,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    # Node shows the line that failed, a megabyte of it.
    assert ran.returncode == 0, "\n".join(line[:300] for line in ran.stderr.splitlines()[-30:])
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return in_pyodide()


def test_nothing_keeps_the_library_out_but_what_is_to_be_had(found):
    assert found["platform"] == "emscripten"
    stopped = {name: by for name, by in found["needed"].items() if by}
    assert {name: by for name, by in stopped.items() if by not in TO_BE_HAD} == {}
    assert (AT_ONCE - {"aiimpact"}) & stopped.keys() == set()
    print(
        f"{len(found['needed']) - len(stopped)} of {len(found['needed'])} modules import with nothing but Python."
    )
    for by in sorted(TO_BE_HAD):
        print(f"{by} stops {sum(1 for other in stopped.values() if other == by)} more.")


def test_what_the_ordinary_tests_hide_is_what_pyodide_lacks(found):
    assert set(found["lacking"]) == wasm.PACKAGES | wasm.OF_PYTHON


def test_formulas_give_what_their_examples_say(found):
    """Without their checks, which are NumPy's; those that themselves call NumPy are left out."""
    ran = {name: tries for name, (tries, _) in found["examples"].items() if tries}
    assert ran.keys() >= PLAIN
    assert "".join(wrong for _, wrong in found["examples"].values()) == ""


@pytest.mark.skipif(
    not WHOLE,
    reason="NumPy for Pyodide is on no package index, only on a host of Pyodide's own: WHOLE=1 fetches it from there.",
)
def test_an_explorer_moves_in_pyodide():
    found = in_pyodide(*WANTED)
    assert [by for by in found["needed"].values() if by] == []
    assert "".join(wrong for _, wrong in found["examples"].values()) == ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "converter", lambda: None)
        assert found["moved"] == json.loads(json.dumps(wasm.moved()))
