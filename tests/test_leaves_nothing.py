"""In a notebook a cell is run again and again: what it showed before leaves nothing behind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiimpact.ask import ask
from aiimpact.live import Curve, assets, explore
from aiimpact.live.model import require_name

pytestmark = pytest.mark.browser

# A front end as anywidget is one, that counts what is left.
HOST = """<!DOCTYPE html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><main></main>
<script type="module">
  import explorer from "./explorer.js";
  import question from "./question.js";
  const modules = { explorer, question };
  window.left = { heard: 0, observed: 0, views: 0, asked: 0 };
  const Observer = window.ResizeObserver;
  window.ResizeObserver = class extends Observer {
    observe(...given) { left.observed += 1; super.observe(...given); }
    disconnect() { left.observed -= 1; super.disconnect(); }
  };
  function modelOf(state, vega) {
    const listeners = [];
    const tell = (name, ...given) =>
      listeners.filter((one) => one.name === name).forEach(({ hear }) => hear(...given));
    return {
      get: (name) => state[name],
      set(name, value) { state[name] = value; tell(`change:${name}`); },
      save_changes() {},
      on(name, hear) { left.heard += 1; listeners.push({ name, hear }); },
      off(name, hear) {
        const index = listeners.findIndex((one) => one.name === name && one.hear === hear);
        if (index < 0) throw new Error(`nobody listens to ${name}`);
        left.heard -= 1;
        listeners.splice(index, 1);
      },
      send({ want }) {
        left.asked += 1;
        if (vega) setTimeout(async () => tell("msg:custom", { [want]: await (await fetch("./vega.js")).text() }));
      },
    };
  }
  // Views are counted where they are made.
  let draw;
  Object.defineProperty((window.aiimpact = {}), "draw", {
    get: () => draw,
    set(made) {
      draw = (...given) => {
        const drawn = made(...given);
        left.views += 1;
        const finalize = drawn.view.finalize.bind(drawn.view);
        drawn.view.finalize = () => { left.views -= 1; return finalize(); };
        return drawn;
      };
    },
  });
  window.show = async (kind, state, vega = true) => {
    const el = document.createElement("div");
    document.querySelector("main").append(el);
    const model = modelOf(structuredClone(state), vega);
    const end = await modules[kind].render({ model, el });
    return { model, el, end: () => { end(); el.remove(); } };
  };
</script></html>"""
TEN_TIMES = """async ([kind, state, name]) => {
  let shown;
  for (let i = 0; i < 10; i++) {
    shown?.end();
    delete window[`${kind}s`]?.[name];
    shown = await show(kind, state);
    while (!window[`${kind}s`]?.[name]) await new Promise((next) => setTimeout(next, 10));
    if (i === 0) window.after = { ...left };
  }
  window.shown = shown;
  return [window.after, { ...left }];
}"""


def walk(x=3.0, y=2.0):
    """Walk."""
    return {"Way [m]": x * y}


@pytest.fixture
def walking():
    return explore(walk, name="walk", x=(0.0, 10.0), y=(1.0, 3.0), chart=Curve("x", "Way [m]"))


@pytest.fixture
def host(open_tab, site):
    folder = site.root / "host"
    folder.mkdir(exist_ok=True)
    from aiimpact.ask.question import DIST

    for name, text in {
        "index.html": HOST,
        "explorer.js": assets.text("explorer.js"),
        "vega.js": assets.text("vega.js"),
        "question.js": assets.text("question.js", DIST),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    tab = open_tab()
    tab.page.goto(f"{site.url}host/index.html")
    tab.page.wait_for_function("() => window.show")
    return tab


def counters(tab: Any) -> dict[str, int]:
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    found = session.send("Memory.getDOMCounters")
    session.detach()
    return {key: found[key] for key in ("jsEventListeners", "nodes")}


def test_a_cell_that_runs_ten_times_leaves_as_much_as_after_the_first(host, walking):
    state = walking.state() | {"name": "walk", "_markup": walking._markup}
    first, tenth = host.evaluate(TEN_TIMES, ["explorer", state, "walk"])
    assert first == tenth
    assert tenth == {"heard": tenth["heard"], "observed": 1, "views": 1, "asked": 1}
    before = counters(host)
    host.evaluate(
        "async (given) => { shown.end(); const [first, tenth] = await ("
        + TEN_TIMES
        + ")(given); }",
        ["explorer", state, "walk"],
    )
    after = counters(host)
    assert after["jsEventListeners"] <= before["jsEventListeners"]
    assert after["nodes"] <= before["nodes"] * 1.2
    host.evaluate("() => shown.end()")
    assert host.evaluate("() => left") == {"heard": 0, "observed": 0, "views": 0, "asked": 1}
    assert host.evaluate("() => Object.keys(explorers)") == []


def test_a_question_that_is_shown_ten_times_listens_once(host, walking):
    question = ask("And now?", name="now", answer=lambda x, y: x * y, explorer=walking)
    state = {"name": "now", "_markup": question._markup, "given": ""}
    host.evaluate(TEN_TIMES, ["question", state, "now"])
    before = counters(host)
    host.evaluate(
        "async (given) => { shown.end(); await (" + TEN_TIMES + ")(given); }",
        ["question", state, "now"],
    )
    assert counters(host)["jsEventListeners"] <= before["jsEventListeners"]


def test_taken_away_before_it_is_alive_it_stays_away(host, walking):
    state = walking.state() | {"name": "walk", "_markup": walking._markup}
    host.evaluate("async (state) => { (await show('explorer', state, false)).end(); }", state)
    host.page.wait_for_timeout(300)
    assert host.evaluate("() => [left.heard, left.views, left.observed]") == [0, 0, 0]


def test_where_nobody_answers_a_reader_is_told(host, walking):
    """An embedded page without a kernel, say: the numbers and the chart are there, and a sentence."""
    state = walking.state() | {"name": "walk", "_markup": walking._markup}
    host.evaluate(
        "async (state) => { window.shown = await show('explorer', state, false); }", state
    )
    note = host.page.locator(".explorer-asleep.explorer-failed")
    note.wait_for()
    assert "no kernel has answered" in note.inner_text()
    assert host.page.locator(".explorer-chart svg").is_visible()
    # It keeps asking, so that a busy kernel brings it to life in the end.
    host.page.wait_for_function("() => left.asked > 1")
    host.evaluate("() => shown.end()")


def test_ten_explorers_ask_for_vega_once(host):
    def state(name: str) -> dict[str, Any]:
        require_name(name)
        explorer = explore(walk, name=name, x=(0.0, 10.0), y=(1.0, 3.0))
        return explorer.state() | {"name": name, "_markup": explorer._markup}

    states = [state(f"walk-{letter}") for letter in "abcdefghij"]
    host.evaluate("(states) => Promise.all(states.map((state) => show('explorer', state)))", states)
    host.page.wait_for_function("() => Object.keys(window.explorers ?? {}).length === 10")
    assert host.evaluate("() => left.asked") == 1


def test_what_python_changes_after_display_is_followed(host, walking):
    state = walking.state() | {"name": "walk", "_markup": walking._markup}
    host.evaluate("async (state) => { window.shown = await show('explorer', state); }", state)
    host.page.wait_for_function("() => window.explorers?.walk")
    facts = json.loads(json.dumps(walking._facts))
    facts[0] |= {"low": 2.0, "high": 20.0, "disabled": True}
    host.evaluate(
        "([facts]) => { shown.model.set('_facts', facts); shown.model.set('i0', 15); }", [facts]
    )
    host.settle()
    rail = host.page.locator('[data-input="x"] .explorer-rail')
    assert [rail.get_attribute(side) for side in ("min", "max")] == ["2", "20"]
    assert rail.input_value() == "15"
    assert rail.is_disabled()
    assert host.evaluate("() => explorers.walk.inputs()") == {"x": 15, "y": 2}
    assert host.evaluate("() => explorers.walk.outputs()") == {"Way [m]": 30}
    host.evaluate("() => shown.end()")


def test_a_curve_goes_as_far_as_its_control_does(host, walking):
    state = walking.state() | {"name": "walk", "_markup": walking._markup}
    last = """() => [...document.querySelectorAll(".explorer-chart .role-axis-label text")]
      .map((text) => text.textContent)"""

    # Before it is shown, and while it is.
    facts = json.loads(json.dumps(walking._facts))
    facts[0] |= {"low": 0.0, "high": 20.0}
    host.evaluate(
        "async (state) => { window.shown = await show('explorer', state); }",
        state | {"_facts": facts},
    )
    host.page.wait_for_function("() => window.explorers?.walk")
    assert "20" in host.evaluate(last)
    facts[0] |= {"high": 40.0}
    host.evaluate("([facts]) => shown.model.set('_facts', facts)", [facts])
    host.settle()
    assert "40" in host.evaluate(last)
    host.evaluate("() => shown.end()")


def test_a_change_made_while_it_is_drawn_is_not_lost(host, walking):
    state = walking.state() | {"name": "walk", "_markup": walking._markup}
    host.evaluate("async (state) => { window.shown = await show('explorer', state); }", state)
    host.page.wait_for_function("() => window.explorers?.walk")
    drawn = host.evaluate(
        """async () => {
          let once = true;
          shown.el.addEventListener("explorer-moved", () => {
            if (once) explorers.walk.set({ x: 9 });
            once = false;
          });
          await explorers.walk.set({ x: 4 });
          return [await explorers.walk.inputs(), explorers.walk.outputs()];
        }"""
    )
    assert drawn == [{"x": 9, "y": 2}, {"Way [m]": 18}]
    host.evaluate("() => shown.end()")
