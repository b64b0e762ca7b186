"""A Python without native code of other packages, as in a page: it imports, traces and hands its charts to the page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest
import vl_convert
import wasm

from aiimpact import grid
from aiimpact.live import (
    Explorer,
    Figure,
    Units,
    assets,
    converter,
    draw,
    embed_html,
)

TESTS = Path(__file__).parent
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
POOR = "import wasm; wasm.hide(); print(wasm.said())"


@pytest.fixture
def without(monkeypatch) -> None:
    """Let this Python have no vl-convert."""
    monkeypatch.setattr(draw, "converter", lambda: None)


def test_a_python_without_native_packages_imports_traces_and_computes():
    ran = subprocess.run(
        [sys.executable, "-c", POOR],
        env=os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert {name: by for name, by in found["needed"].items() if by} == {}
    assert set(found["lacking"]) == wasm.PACKAGES | wasm.OF_PYTHON
    assert "".join(wrong for _, wrong in found["examples"].values()) == ""
    moved = found["moved"]
    assert moved["before"] == {"it_mwh": 1172.16, "pue": 1.1, "kg_per_kwh": 0.429}
    assert moved["after"]["pue"] == 2.0
    assert moved["evaluated"] == {"Emissions [t CO2e]": grid.emissions_t(2344.32, 0.429)}
    spec = moved["spec"]
    assert set(spec) == {"lite", "signals", "data"}
    compiled = vl_convert.vegalite_to_vega(spec["lite"], vl_version=VEGA_LITE)
    assert draw.finish(spec, compiled) == wasm.moved()["spec"]


def test_the_page_compiles_and_python_finishes(without):
    made = wasm.explorer()
    sent: list[Any] = []
    made.send = sent.append
    spec = made._page["spec"]
    made._answer(None, {"want": "vega-lite"}, [])
    made._answer(None, {"want": "passwords"}, [])
    assert sent == [{"vega-lite": assets.text("vega-lite.js")}]
    compiled = vl_convert.vegalite_to_vega(spec["lite"], vl_version=VEGA_LITE)
    # What was compiled for other options comes too late.
    made._answer(None, {"compiled": compiled, "of": spec["lite"] | {"height": 1}}, [])
    assert made._page["spec"] == spec
    made._answer(None, {"compiled": compiled, "of": spec["lite"]}, [])
    wanted = made._page["spec"]
    assert "lite" not in wanted
    made._answer(None, {"compiled": {}, "of": spec["lite"]}, [])
    assert made._page["spec"] == wanted
    assert "footprint" in made.html()


def test_a_file_needs_a_chart_that_somebody_compiled(without, tmp_path):
    made = wasm.explorer()
    for write in (made.html, made.myst, lambda: embed_html(tmp_path / "one.html", made)):
        with pytest.raises(
            ModuleNotFoundError, match=r"'footprint'.*no vl-convert.*Show the explorer first"
        ):
            write()
    assert not list(tmp_path.iterdir())


def test_a_figure_that_nobody_can_draw_says_so_and_has_its_numbers(without):
    rows = pd.DataFrame({"Fuel": ["Gas", "<b>Coal"], "kg CO2e/kWh": [0.4, 0.82]})
    for figure in (
        Figure.rows(rows, "kg CO2e/kWh", description="Coal, <b>twice."),
        Figure.of(Units(["Homes [homes]"], icon="house"), {"Homes [homes]": 120}),
    ):
        html = figure._repr_mimebundle_()["text/html"]
        # Beside scripts that run, a note is seen only as a failure.
        assert re.search(r"explorer-failed.>[^<]*no vl-convert", html)
        assert "<svg" not in html
        assert "<b>" not in html
        assert "<table" in html


def test_only_one_place_asks_for_vl_convert():
    package = Path(converter.__file__).parents[1]
    asking = [
        path.name
        for path in package.rglob("*.py")
        if "import vl_convert" in path.read_text("utf-8")
    ]
    assert asking == ["converter.py"]


HOST = """<!DOCTYPE html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><main></main>
<script type="module">
  import explorer from "./explorer.js";
  window.show = (state) => {
    const heard = [];
    const tell = (name, ...given) => heard.filter((one) => one.name === name).forEach(({ hear }) => hear(...given));
    const model = {
      get: (name) => state[name],
      set: (name, value) => { state[name] = value; },
      save_changes() {},
      on: (name, hear) => heard.push({ name, hear }),
      off: (name, hear) => heard.splice(heard.findIndex((one) => one.name === name && one.hear === hear), 1),
      async send(content) {
        const { sent, page } = await python(content);
        sent.forEach((message) => tell("msg:custom", message));
        if (page) { state._page = page; tell("change:_page"); }
      },
    };
    explorer.render({ model, el: document.querySelector("main") });
  };
</script></html>"""


@pytest.fixture
def show(open_tab, site):
    """Show an explorer in a page that has this Python behind it, as a notebook has a kernel."""

    def open_one(made: Explorer, **options: Any) -> Any:
        folder = site.root / "wasm"
        folder.mkdir(exist_ok=True)
        (folder / "index.html").write_text(HOST, encoding="utf-8")
        (folder / "explorer.js").write_text(assets.text("explorer.js"), encoding="utf-8")
        sent: list[Any] = []
        made.send = sent.append

        def python(content: Any) -> Any:
            before = made._page
            made._answer(None, content, [])
            answer = {"sent": [*sent], "page": made._page if made._page != before else None}
            sent.clear()
            return answer

        tab = open_tab(**options)
        tab.page.expose_function("python", python)
        tab.page.goto(f"{site.url}wasm/index.html")
        tab.page.wait_for_function("() => window.show")
        state = {key: getattr(made, key) for key in ("name", "_markup", "_page", "_facts")}
        tab.evaluate(
            "(state) => show(state)",
            state | made.get_state([given.id for given in made._model.inputs]),
        )
        return tab

    return open_one


@pytest.mark.browser
def test_an_explorer_whose_python_cannot_compile_lives_in_the_page(without, show):
    made = wasm.explorer()
    tab = show(made)
    tab.wake("footprint")
    wanted = made.evaluate(pue=2.0)
    assert tab.set("footprint", {"pue": 2.0}) == pytest.approx(wanted, rel=1e-12)
    assert tab.root("footprint").locator(".explorer-chart svg path").count() > 3


@pytest.mark.browser
def test_a_chart_that_vega_lite_refuses_says_why(without, show):
    made = wasm.explorer()
    page = made._page
    made._page = page | {"spec": page["spec"] | {"lite": page["spec"]["lite"] | {"layer": "none"}}}
    tab = show(made, tolerant=True)
    note = tab.page.locator(".explorer-asleep.explorer-failed")
    note.wait_for()
    assert "Vega cannot draw the chart: " in note.inner_text()
