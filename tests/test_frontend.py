"""What the page computes in its own way, against the library that it saves the time of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import built
import numpy as np
import pytest
import vl_convert
from test_page import random_settings

from aiimpact.live import Curve, Explorer, assets, explore

pytestmark = pytest.mark.site

FRONTEND = assets.DIST.parent
# Drawn without a browser, so that one way of measuring text serves both.
DRAW = """
import { readFileSync } from "node:fs";
import { expressionInterpreter as expr } from "vega-interpreter";
import { parse } from "vega-parser";
import { Marks } from "vega-scenegraph";
import { View } from "vega-view";

const theirs = Marks.symbol;
const { draw } = await import("./src/vega.page.js");
const ours = Marks.symbol;

async function drawing(view, symbol) {
  Marks.symbol = symbol;
  await view.runAsync();
  return (await view.toSVG()).replace(/clip\\d+/g, "clip");
}

const differ = [];
let different = 0;
for (const [name, spec, settings] of JSON.parse(readFileSync(0))) {
  const library = new View(parse(spec, null, { ast: true }), { expr, renderer: "none" });
  const { view, run } = draw(structuredClone(spec), null);
  const seen = new Set();
  for (const inputs of settings) {
    for (const [id, value] of Object.entries(inputs)) library.signal(id, value);
    run(inputs);
    const [wanted, drawn] = [await drawing(library, theirs), await drawing(view, ours)];
    if (drawn !== wanted) differ.push(`${name}, ${JSON.stringify(inputs)}`);
    seen.add(drawn);
  }
  different += seen.size;
}
console.log(JSON.stringify({ differ, different }));
"""


def ran(script: str, given: Any) -> Any:
    """Give what a script of Node's says to what it is given."""
    ran = subprocess.run(
        ["node", "--input-type=module", "--eval", script],
        cwd=FRONTEND,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def of_authors() -> Iterator[Explorer]:
    """Give curves of which a part is no number, of a model and of what an author gave, and symbols of all kinds."""

    def root(x: Any = 4.0) -> dict[str, Any]:
        return {"Root": np.sqrt(x)}

    with np.errstate(invalid="ignore"):
        curve = explore(root, name="root", x=(-9.0, 9.0, 0.1), chart=Curve("x", "Root"))
    yield curve
    rows = [{"a": a, "b": b} for a, b in enumerate([1, 2, None, 4, 0, 3])]
    chart = alt.Chart(alt.InlineData(rows)).mark_line(point=True).encode(x="a:Q", y="up:Q")
    chart = chart.transform_calculate(up="datum.b === null ? null : 1 / datum.b + x")
    yield explore(root, name="gap", x=(0.0, 9.0), chart=chart.properties(description="A gap."))
    turned = alt.Chart(alt.InlineData(rows)).mark_point(shape="wedge", strokeWidth=3)
    turned = turned.transform_calculate(size="40 * datum.a * x").encode(
        x="a:Q", y="a:Q", size=alt.Size("size:Q", scale=None), angle="a:Q", shape="b:N"
    )
    yield explore(root, name="turned", x=(0.0, 9.0), chart=turned.properties(description="Turned."))


def test_the_page_draws_what_the_library_draws(html):
    explorers = [*map(built.python, built.explorers()), *of_authors()]
    given = [
        [
            e.name,
            e._page["spec"],
            [e._model.signals(s) for s in [e._model.settings(), *random_settings(e, 3)]],
        ]
        for e in explorers
    ]
    found = ran(DRAW, given)
    assert found["differ"] == []
    assert found["different"] > 2 * len(given), "the drawings hardly moved"


COMPILE = """
import { readFileSync } from "node:fs";
await import("./dist/vega-lite.js");
console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(globalThis.aiimpact.compile)));
"""


def test_the_page_compiles_what_vl_convert_compiles(html, monkeypatch):
    """Where Python has no vl-convert, every chart is the same."""
    explorers = [built.python(address) for address in built.explorers()]
    convert, charts, wanted = vl_convert.vegalite_to_vega, [], []

    def noted(spec: Any, **options: Any) -> Any:
        charts.append(json.loads(json.dumps(spec)))
        compiled = convert(spec, **options)
        # As JSON has it, and before it is finished.
        wanted.append(json.loads(json.dumps(compiled)))
        return compiled

    monkeypatch.setattr(vl_convert, "vegalite_to_vega", noted)
    for explorer in explorers:
        explorer._recipe.draw(explorer._model)
    assert len(charts) == len(explorers)
    assert ran(COMPILE, charts) == wanted
