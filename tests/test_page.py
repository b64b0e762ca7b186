"""Every explorer of every page, in Chromium: the same numbers as Python, for everyone, offline."""

from __future__ import annotations

import copy
import json
import math
import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import built
import pytest
import sample
import vl_convert
from axe_playwright_python.base import AXE_SCRIPT
from conftest import by_lot

from aiimpact.live import number
from aiimpact.live.controls import options_of

pytestmark = pytest.mark.browser

RUNTIME = "**/aiimpact/runtime.js*"
TEXTS = """(root) => {
  const text = (selector) => [...root.querySelectorAll(selector)].map((e) => e.textContent.trim());
  return {
    readouts: text("[data-output]"),
    values: [...root.querySelectorAll("[data-output]")].map((e) => Number(e.dataset.value)),
    sentence: text(".explorer-sentence"),
    table: text("table tr > *"),
  };
}"""
FOCUSABLE = "select, input"


def option_values(widget: Any) -> list[Any]:
    """List the values of a control's options; none if it has no options."""
    return [value for _, value in options_of(getattr(widget, "options", ()))]


def within_control(widget: Any, rng: random.Random) -> Any:
    """Draw a value that a control can be set to."""
    if values := option_values(widget):
        return rng.choice(values)
    if isinstance(widget.value, bool):
        return rng.random() < 0.5
    if not hasattr(widget, "min"):
        return (widget.value or 1.0) * 10 ** rng.uniform(-3, 3) * rng.choice([1, 1, -1])
    if hasattr(widget, "base"):
        return widget.base ** rng.uniform(widget.min, widget.max)
    if isinstance(widget.value, int):
        return rng.randint(widget.min, widget.max)
    return rng.uniform(widget.min, widget.max)


def end_of_control(widget: Any, top: bool) -> Any:
    """Give the lowest or highest value of a control; where there is none, the present one."""
    if values := option_values(widget):
        return values[-1 if top else 0]
    if isinstance(widget.value, bool):
        return top
    end = getattr(widget, "max" if top else "min", widget.value)
    return widget.base**end if hasattr(widget, "base") else end


def random_settings(explorer: Any, count: int) -> list[dict[str, Any]]:
    rng = random.Random(explorer.name)
    controls = explorer.controls.items()
    drawn = [{name: within_control(w, rng) for name, w in controls} for _ in range(count - 2)]
    ends = [{name: end_of_control(w, top) for name, w in controls} for top in (False, True)]
    return [json.loads(json.dumps(settings, default=float)) for settings in ends + drawn]


def agree(found: dict[str, Any], wanted: dict[str, Any], tolerance: float = 1e-9) -> bool:
    """Compare outputs. What is no finite number in Python has no digits in the page either."""

    def same(one: Any, other: Any) -> bool:
        if isinstance(other, list):
            return len(one) == len(other) and all(map(same, one, other))
        if math.isfinite(other):
            return math.isclose(one or 0, other, rel_tol=tolerance, abs_tol=1e-300)
        return not math.isfinite(one if one is not None else math.nan)

    return found.keys() == wanted.keys() and all(same(found[k], wanted[k]) for k in wanted)


def shows(root: Any, wanted: dict[str, Any]) -> bool:
    """Compare the readouts of an explorer, which a series does not have."""
    return agree(shown_values(root), numbers_of(wanted))


def numbers_of(values: dict[str, Any]) -> dict[str, float]:
    """Leave out series, which have no readout."""
    return {name: value for name, value in values.items() if not isinstance(value, list)}


# Before scripts, and waking


def test_numbers_and_chart_are_there_without_scripts(open_tab, site, explorer_page):
    tab = open_tab(java_script_enabled=False)
    tab.page.goto(site.url + explorer_page)
    shown = tab.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-explorer]")].map((root) => {
          const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().height > 0;
          return [root.dataset.explorer, {
            chart: seen(root.querySelector(".explorer-chart > svg")),
            sentence: root.querySelector(".explorer-sentence").innerText.trim(),
            asleep: root.querySelector(".explorer-asleep").innerText,
            values: [...root.querySelectorAll("[data-output]")].filter(
              (e) => seen(e) || e.closest(".explorer-more").checkVisibility()).map(
              (e) => [e.dataset.output, Number(e.dataset.value)]),
          }];
        }))"""
    )
    explorers = built.of_page(explorer_page)
    assert shown.keys() == {a.name for a in built.explorers() if a.page == explorer_page}
    for name, found in shown.items():
        assert found["chart"]
        assert found["sentence"]
        assert "need JavaScript" in found["asleep"]
        assert agree(dict(found["values"]), numbers_of(explorers[name].evaluate()), 1e-12)


def test_waking_changes_nothing_a_reader_sees(open_tab, site, explorer_page):
    # As on a phone, where text is close to the edges of its boxes.
    tab = open_tab(viewport={"width": 360, "height": 900})
    tab.page.add_init_script(
        """window.shifted = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((shift) => {
          if (!shift.hadRecentInput) window.shifted += shift.value;
        })).observe({type: "layout-shift", buffered: true});"""
    )
    release = tab.hold(RUNTIME)
    # Not until all is loaded: an explorer at the top waits for what is held back here.
    tab.page.goto(site.url + explorer_page, wait_until="domcontentloaded")
    roots = [tab.root(name) for name in built.of_page(explorer_page) if tab.root(name).count()]
    roots[0].scroll_into_view_if_needed()
    tab.page.wait_for_function("() => document.querySelector('script[src*=\"runtime.js\"]')")
    tab.settle()
    before = [(root.evaluate(TEXTS), root.bounding_box()["height"]) for root in roots]
    release()
    for root, (_, height) in zip(roots, before, strict=True):
        tab.page.evaluate("window.shifted = 0")
        root.scroll_into_view_if_needed()
        root.and_(tab.page.locator(".explorer-awake")).wait_for()
        tab.settle()
        assert tab.page.evaluate("window.shifted") < 0.02
        # Whatever stands below an explorer stays where it is, also where no shift is counted.
        # (A slanted label of a chart is a few pixels longer in one font than in another.)
        assert root.bounding_box()["height"] == pytest.approx(height, abs=10)
    # Tables are written when they are opened.
    tab.page.locator("details.explorer-data").evaluate_all(
        "(all) => all.forEach((details) => { details.open = true })"
    )
    tab.settle()
    for root, (texts, _) in zip(roots, before, strict=True):
        after = root.evaluate(TEXTS)
        assert after.pop("values") == pytest.approx(texts.pop("values"), rel=1e-12, nan_ok=True)
        assert after == texts


def test_the_runtime_comes_when_an_explorer_is_near(open_tab, site, explorer_page):
    tab = open_tab(viewport={"width": 1280, "height": 600})

    def push_down(route):
        style = "<style>[data-explorer] { margin-top: 4000px !important }</style></head>"
        body = route.fetch().text().replace("</head>", style, 1)
        route.fulfill(body=body, content_type="text/html")

    tab.page.route(site.url + explorer_page, push_down)
    tab.page.goto(site.url + explorer_page)
    tab.settle()
    assert not [url for url in tab.requested if "runtime.js" in url or "vega.js" in url]
    with tab.page.expect_request(RUNTIME):
        tab.page.locator("[data-explorer]").first.scroll_into_view_if_needed()
    tab.page.wait_for_selector("[data-explorer].explorer-awake")


# Two lives, one formula


# The model without its chart: what the page's runtime makes of the page's own formulas.
COMPUTED = """async ([name, settings]) => {
  const { _page: { spec, outputs }, _facts: facts } = aiimpactState[name];
  const ids = Object.fromEntries(facts.map(({ name, id }) => [name, id]));
  const model = spec.signals.filter(({ name, update }) => update && /^[opr][0-9]/.test(name));
  const compute = aiimpact.program(model);
  return settings.map((inputs) => {
    const values = compute(Object.fromEntries(Object.entries(inputs).map(([name, value]) => [ids[name], value])));
    return Object.fromEntries(outputs.map(({ name, id }) => [name, ((value) => Array.isArray(value) ? value.map(Number) : Number(value))(values.get(id))]));
  });
}"""
MOVED = """async ([name, settings]) => {
  const results = [];
  for (const inputs of settings) results.push(await window.explorers[name].set(inputs));
  return results;
}"""


def test_page_and_python_agree_offline(awake, address):
    """A tenth of the settings with chart and all: drawing takes far longer than the numbers."""
    tab = awake(address)
    explorer = built.python(address)
    settings = random_settings(explorer, 200 if address.page == built.SAMPLE else 300)
    drawn = len(settings) // 10
    tab.page.context.set_offline(True)
    try:
        results = tab.in_json(COMPUTED, [address.name, settings[drawn:]], seconds=120)
        results = tab.in_json(MOVED, [address.name, settings[:drawn]], seconds=120) + results
    finally:
        tab.page.context.set_offline(False)
    wanted = [explorer.evaluate(**inputs) for inputs in settings]
    differ = [case for case in zip(settings, results, wanted, strict=True) if not agree(*case[1:])]
    assert differ[:3] == []
    shown = (
        tab.root(address.name)
        .locator("[data-output]")
        .evaluate_all("(all) => all.map((e) => [e.dataset.output, e.dataset.value])")
    )
    assert agree({name: float(value) for name, value in shown}, numbers_of(wanted[drawn - 1]))
    texts = tab.root(address.name).locator("[data-output]").all_text_contents()
    digits = explorer._page["digits"]
    assert texts == [number(float(value), digits) for _, value in shown]


def test_page_writes_numbers_as_python_does(awake):
    tab = awake(built.Address(built.SAMPLE, "plain-number"))
    rng = random.Random(0)
    values = [rng.choice([-1, 1]) * 10 ** rng.uniform(-12, 18) for _ in range(500)]
    values += [round(rng.uniform(-100, 100), 1) for _ in range(100)]
    values += [0.0, -0.0, 1.0, 0.5, 999.95, 9999.5, 99995.0, 0.00012345, 1e15, 2.5, 1234.5, 12345.0]
    texts = tab.evaluate(
        """async (values) => {
          const readout = document.querySelector('[data-explorer="plain-number"] [data-output]');
          const texts = [];
          for (const x of values) {
            await window.explorers["plain-number"].set({ x });
            texts.push(readout.textContent);
          }
          return texts;
        }""",
        values,
    )
    pairs = zip(values, texts, strict=True)
    assert [(v, text, number(v, 4)) for v, text in pairs if text != number(v, 4)] == []


# Every control, by keyboard and by typing


def drawn_in_python(explorer: Any, inputs: dict[str, Any]) -> str:
    spec = copy.deepcopy(explorer._page["spec"])
    settings = explorer._model.signals(explorer._model.settings() | inputs)
    for signal in spec["signals"]:
        if signal["name"] in settings:
            signal["value"] = settings[signal["name"]]
    return without_numbering(vl_convert.vega_to_svg(spec))


def without_numbering(svg: str) -> str:
    """Leave out the running numbers that Vega gives to clip paths at every drawing."""
    return re.sub(r"clip\d+", "clip", svg)


# All that an explorer shows at this moment.
PRESENT = """async (name) => {
  const root = document.querySelector(`[data-explorer="${name}"]`);
  return {
    outputs: await window.explorers[name].set({}),
    inputs: await window.explorers[name].inputs(),
    values: [...root.querySelectorAll("[data-output]")].map((e) => Number(e.dataset.value)),
    drawing: root.querySelector(".explorer-chart svg").outerHTML,
  };
}"""


def press(field: Any, widget: Any, value: Any, back: bool = False) -> None:
    """Move a focused control by keyboard away from `value`, where it stood; `back` towards it again."""
    keyboard = field.page.keyboard
    if option_values(widget):
        last = value == end_of_control(widget, True)
        # Forward and back in a list, and on a rail.
        keyboard.press("ArrowRight" if back == last else "ArrowLeft")
    elif isinstance(widget.value, bool):
        keyboard.press("Space")
    else:
        low, high = end_of_control(widget, False), end_of_control(widget, True)
        full = low != high and value > low + 0.9 * (high - low)
        for _ in range(3):
            keyboard.press("ArrowUp" if back == full else "ArrowDown")


def test_every_control_moves_by_keyboard(awake, address):
    explorer = built.python(address)
    drawn_at_first = cache(lambda: drawn_in_python(explorer, {}))
    first, values_at_first = None, explorer.evaluate()
    for name, widget in explorer.controls.items():
        tab = awake(address)
        row = f'[data-explorer="{address.name}"] [data-input="{name}"]'
        field = tab.page.locator(row).locator(FOCUSABLE).first
        field.focus()
        first = first or tab.evaluate(PRESENT, address.name)

        press(field, widget, first["inputs"][name])
        moved = tab.evaluate(PRESENT, address.name)
        inputs = moved["inputs"]
        assert {key for key in inputs if inputs[key] != first["inputs"][key]} == {name}
        wanted = explorer.evaluate(**inputs)
        assert agree(moved["outputs"], wanted)
        changed = numbers_of(wanted) != numbers_of(values_at_first)
        assert (moved["values"] != first["values"]) == changed, name
        # A drawing may stay as it is only where it does in Python too.
        assert (
            without_numbering(moved["drawing"]) != without_numbering(first["drawing"])
            or drawn_in_python(explorer, inputs) == drawn_at_first()
        ), name

        press(field, widget, first["inputs"][name], back=True)
        again = tab.evaluate(PRESENT, address.name)
        assert again["inputs"][name] != inputs[name]
        assert agree(again["outputs"], explorer.evaluate(**again["inputs"]))


def shown_values(root: Any) -> dict[str, float]:
    pairs = root.locator("[data-output]").evaluate_all(
        "(all) => all.map((e) => [e.dataset.output, Number(e.dataset.value)])"
    )
    return dict(pairs)


def test_tab_visits_every_control_once_in_order(awake, address):
    tab = awake(address)
    root = tab.root(address.name)
    wanted = root.locator("[data-input]").evaluate_all("(all) => all.map((e) => e.dataset.input)")
    assert sorted(wanted) == sorted(built.python(address).controls)
    tab.set(address.name, random_settings(built.python(address), 3)[-1])
    before = tab.inputs(address.name)
    root.locator("summary").last.focus()
    root.evaluate(
        """(root) => {
          window.visited = [];
          root.addEventListener("focusin", ({ target }) => {
            const row = target.closest("[data-input]");
            if (row) visited.push(row.dataset.input);
          });
        }"""
    )
    # Beside the rows there are a few buttons and folds.
    for _ in range(len(wanted) + 5):
        tab.page.keyboard.press("Shift+Tab")
    # A handle and its box are one stop.
    assert tab.page.evaluate("visited") == wanted[::-1]
    assert tab.inputs(address.name) == before
    assert root.locator(".explorer-word").inner_text() == ""


def test_who_types_on_a_slider_is_in_its_box(awake):
    tab = awake(built.Address(built.SAMPLE, "every-control"))
    row = tab.root("every-control").locator('[data-input="days"]')
    rail, box = row.locator(".explorer-rail"), row.locator(".explorer-box")
    keyboard = tab.page.keyboard

    def focused(field: Any) -> bool:
        return field.evaluate("(e) => e === document.activeElement")

    rail.focus()
    keyboard.type("12")
    assert focused(box)
    assert box.input_value() == "12"
    keyboard.press("Enter")
    assert focused(rail)
    assert tab.inputs("every-control")["days"] == 12
    keyboard.press("Enter")
    keyboard.type("7")
    keyboard.press("Escape")
    assert focused(rail)
    assert tab.inputs("every-control")["days"] == 12
    assert float(box.input_value()) == 12


def number_boxes(tab: Any, address: built.Address) -> dict[str, Any]:
    """Find the fields of an explorer in which a reader can type a number, by input."""
    boxes = {}
    for name in built.python(address).controls:
        row = tab.root(address.name).locator(f'[data-input="{name}"]')
        box = row.locator(".explorer-box")
        if box.count():
            boxes[name] = box.first
    return boxes


def type_into(tab: Any, box: Any, text: str) -> None:
    box.click()
    tab.page.keyboard.press("Control+a")
    tab.page.keyboard.type(text)
    tab.page.keyboard.press("Enter")


def test_letters_are_refused_with_a_word(awake, some_address):
    tab = awake(some_address)
    before = tab.inputs(some_address.name)
    word = tab.root(some_address.name).locator(".explorer-word")
    texts = ["abc", "1.2.3", "12abc", "", "-", "1e", "+-3"]
    for name, box in number_boxes(tab, some_address).items():
        label = tab.root(some_address.name).locator(f'[data-input="{name}"] .explorer-label')
        title = label.inner_text().replace("\xa0", " ")
        rail = box.locator("xpath=ancestor::*[@data-input]").get_by_role("slider")
        for text in texts:
            type_into(tab, box, text)
            said = word.inner_text()
            assert title in said
            assert "no number" in said
            shown = box.input_value()
            assert float(shown.replace("−", "-").replace(",", "")) == pytest.approx(before[name])
            if rail.count():
                assert rail.get_attribute("aria-valuetext").split(" ")[0] == shown
        assert tab.inputs(some_address.name) == before
        texts = texts[:1] + texts[3:4]  # One box reads as another does.


def test_numbers_outside_the_range_stop_at_its_end(awake, some_address):
    for name, widget in built.python(some_address).controls.items():
        tab = awake(some_address)
        boxes = number_boxes(tab, some_address)
        if name not in boxes or not hasattr(widget, "min"):
            continue
        word = tab.root(some_address.name).locator(".explorer-word")
        low, high = end_of_control(widget, False), end_of_control(widget, True)
        for text, end in ((f"{high * 10 + 1:.0f}", high), (f"{low - abs(low) - 1:.0f}", low)):
            type_into(tab, boxes[name], text)
            assert tab.inputs(some_address.name)[name] == pytest.approx(end)
            assert "outside the range" in word.inner_text()


def test_thousands_may_be_set_apart(awake, some_address):
    for name, widget in built.python(some_address).controls.items():
        tab = awake(some_address)
        boxes = number_boxes(tab, some_address)
        low, high = end_of_control(widget, False), end_of_control(widget, True)
        if name not in boxes or (hasattr(widget, "min") and high < 1000):
            continue
        value = max(math.floor(low), math.floor(high) // 2) if hasattr(widget, "min") else 12_000
        for text in (f"{value:,}", f"{value:_}".replace("_", " ")):
            type_into(tab, boxes[name], text)
            assert tab.inputs(some_address.name)[name] == pytest.approx(value, rel=1e-3)
            assert tab.root(some_address.name).locator(".explorer-word").inner_text() == ""
            tab.handle(some_address.name, "reset")


def test_boxes_write_numbers_out_and_sliders_keep_their_length(awake, address):
    tab = awake(address)
    found = tab.in_json(
        """async ([name, settings]) => {
          const root = document.querySelector(`[data-explorer="${name}"]`);
          const found = [];
          for (const inputs of settings) {
            await window.explorers[name].set(inputs);
            found.push([
              [...root.querySelectorAll(".explorer-box")].map((box) => box.value),
              [...root.querySelectorAll(".explorer-rail")].map((rail) => rail.offsetWidth)]);
          }
          return found;
        }""",
        [address.name, random_settings(built.python(address), 6)],
    )
    texts = [text for boxes, _ in found for text in boxes]
    assert [text for text in texts if not re.fullmatch(r"−?[\d,]+(\.\d+)?", text)] == []
    assert [lengths for _, lengths in found] == [found[0][1]] * 6


# Teachers and tests: window.explorers


def refusal(tab: Any, name: str, inputs: dict[str, Any]) -> str:
    return tab.evaluate(
        """([name, inputs]) => window.explorers[name].set(inputs).then(
          () => "nothing was refused", (error) => `${error.name}: ${error.message}`)""",
        [name, inputs],
    )


def test_set_refuses_what_the_controls_cannot_show(awake, address):
    tab = awake(address)
    before = tab.inputs(address.name)
    assert "nonsense" in refusal(tab, address.name, {"nonsense": 1})
    for name, widget in built.python(address).controls.items():
        wrong: list[Any] = ["a word", None]
        if hasattr(widget, "min"):
            wrong += [end_of_control(widget, True) * 2 + 1, end_of_control(widget, False) - 1e6]
        for value in wrong:
            message = refusal(tab, address.name, {name: value})
            assert message.startswith("RangeError"), (name, value, message)
            assert name in message
    assert tab.inputs(address.name) == before


def test_a_refused_set_changes_nothing(awake, address):
    tab = awake(address)
    before = tab.inputs(address.name)
    other = random_settings(built.python(address), 3)[-1]
    assert "nonsense" in refusal(tab, address.name, other | {"nonsense": 1})
    assert tab.inputs(address.name) == before


def test_reset_button_restores_the_defaults(awake, address):
    tab = awake(address)
    root = tab.root(address.name)
    before, texts = tab.inputs(address.name), root.evaluate(TEXTS)
    tab.set(address.name, random_settings(built.python(address), 3)[-1])
    root.locator(".explorer-reset").click()
    assert tab.inputs(address.name) == before
    tab.set(address.name, {})
    assert root.evaluate(TEXTS)["values"] == texts["values"]
    assert root.evaluate(TEXTS)["sentence"] == texts["sentence"]


def test_presets_set_their_values(awake, address):
    explorer = built.python(address)
    for position, preset in enumerate(explorer._page["presets"], 1):
        tab = awake(address)
        picker = tab.root(address.name).locator(".explorer-presets select")
        assert tab.root(address.name).get_by_label("Start from").count() == 1
        defaults = tab.inputs(address.name)
        picker.select_option(index=position)
        wanted = defaults | preset["settings"]
        assert tab.inputs(address.name) == wanted
        assert agree(tab.set(address.name, {}), explorer.evaluate(**wanted))
        assert picker.evaluate("(select) => select.selectedIndex") == position
        if position > 1:
            continue
        # Moved away from it by hand, it is no longer that preset.
        name = next(iter(explorer.controls))
        field = tab.root(address.name).locator(f'[data-input="{name}"]').locator(FOCUSABLE).first
        field.focus()
        press(field, explorer.controls[name], wanted[name])
        assert picker.evaluate("(select) => select.selectedIndex") == 0


def test_many_moves_at_once_end_at_the_last(awake, address):
    tab = awake(address)
    explorer = built.python(address)
    settings = random_settings(explorer, 300)
    tab.evaluate(
        """async ([name, settings]) => {
          await Promise.all(settings.map((inputs) => window.explorers[name].set(inputs)));
        }""",
        [address.name, settings],
    )
    assert tab.inputs(address.name) == settings[-1]
    wanted = explorer.evaluate(**settings[-1])
    assert shows(tab.root(address.name), wanted)


def test_the_table_follows(awake, address):
    tab = awake(address)
    explorer = built.python(address)
    root = tab.root(address.name)
    root.locator("details.explorer-data").evaluate("(details) => { details.open = true }")
    before, tables = tab.in_json(
        """async ([name, settings]) => {
          const root = document.querySelector(`[data-explorer="${name}"]`);
          const table = () => [...root.querySelectorAll("tbody td")].map((td) => td.textContent);
          const [before, tables] = [table(), []];
          for (const inputs of settings) {
            await window.explorers[name].set(inputs);
            tables.push(table());
          }
          return [before, tables];
        }""",
        [address.name, random_settings(explorer, 10)],
    )
    assert {len(table) for table in tables} == {len(before)}
    # Some charts stay as they are for some inputs.
    assert [table for table in tables if table != before]
    root.locator("details.explorer-data").evaluate("(details) => { details.open = false }")


def test_the_result_is_spoken_after_a_move(awake, some_address):
    tab = awake(some_address)
    explorer = built.python(some_address)
    root = tab.root(some_address.name)
    assert root.locator("[aria-live=polite]").count() == 1
    name, widget = next(iter(explorer.controls.items()))
    field = root.locator(f'[data-input="{name}"]').locator(FOCUSABLE).first
    field.focus()
    press(field, widget, tab.inputs(some_address.name)[name])
    tab.page.wait_for_function(
        """(root) => [".explorer-seen > .stamp", ".explorer-sentence"].every((said) =>
          root.querySelector("[aria-live=polite]").textContent.includes(root.querySelector(said)?.textContent ?? ""))
          && root.querySelector("[aria-live=polite]").textContent""",
        arg=root.element_handle(),
    )


def test_hostile_text_stays_text(awake):
    tab = awake(built.Address(built.SAMPLE, "hostile"))
    tab.root("hostile").locator("details").evaluate("(details) => { details.open = true }")
    tab.set("hostile", {"x": 7})
    assert tab.page.evaluate("window.broken") is None
    assert tab.root("hostile").locator("script").count() == 0
    assert sample.HOSTILE in tab.root("hostile").locator(".explorer-sentence").inner_text()


# Where things go wrong


def test_without_the_runtime_the_page_says_so(open_tab, site, explorer_page):
    tab = open_tab(tolerant=True)
    tab.page.route(RUNTIME, lambda route: route.abort())
    tab.page.goto(site.url + explorer_page)
    root = tab.page.locator("[data-explorer]").first
    root.scroll_into_view_if_needed()
    note = root.locator(".explorer-asleep")
    tab.page.wait_for_function(
        "(e) => /did not load/.test(e.textContent)", arg=note.element_handle()
    )
    assert note.is_visible()
    assert root.locator(".explorer-sentence").is_visible()
    assert root.locator(".explorer-chart > svg").is_visible()
    name = root.get_attribute("data-explorer")
    assert "runtime" in refusal(tab, name, {})


# For everyone


# The rules of axe-core whose verdict hangs on colours, and so on the theme.
COLOURS = ["color-contrast", "link-in-text-block"]
# They look only at what is marked, for they take a while over each element.
ONLY_MARKED = [
    {"id": "color-contrast", "selector": "[data-look]"},
    {"id": "link-in-text-block", "selector": "a[href][data-look]"},
]
# Mark one element for each look that was not judged before: colour of its text, whether that is large
# (24 px, or 18.66 px and bold) and what lies behind it; for a link, what it stands among.
MARK_LOOKS = """([within, before]) => {
  const judged = new Set(before);
  const looks = [];
  const behind = new Map([[null, ""]]);
  const back = (e) => {
    if (!behind.has(e)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(e);
      const own = `${backgroundColor} ${backgroundImage} ${opacity};`;
      const plain = own === "rgba(0, 0, 0, 0) none 1;";
      behind.set(e, back(e.parentElement) + (plain ? "" : own));
    }
    return behind.get(e);
  };
  for (const e of document.querySelectorAll("[data-look]")) delete e.dataset.look;
  for (const e of document.querySelectorAll(`${within} *`)) {
    const text = [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text && !e.matches("input, select, textarea, button")) continue;
    if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const { color, fontSize, fontWeight, textDecorationLine, fill } = getComputedStyle(e);
    const size = parseFloat(fontSize);
    const look = [back(e), color, fill, size >= 24 || (size >= 18.66 && fontWeight >= 700)];
    if (e.matches("a")) look.push("link", textDecorationLine, fontWeight, getComputedStyle(e.parentElement).color);
    if (e.matches("input, select, textarea, button")) look.push(e.localName);
    if (judged.has(look.join())) continue;
    judged.add(look.join());
    looks.push(look.join());
    e.dataset.look = "";
  }
  return looks;
}"""


# Pages of each kind on which colours are judged element by element, in case a look says too little.
EVERY_ELEMENT = {
    built.SAMPLE,
    built.QUESTIONS,
    "book/chapters/00_the_boom.html",
    "book/book/claims.html",
    "book/book/reference/emissions.html",
    "book/book/teaching/lesson.html",
    "book/search.html",
}
PAGE, EXPLORERS = "html", "[data-explorer]"
WIDTHS = (320, 768, 1280)


def axe(page: Any, within: str = PAGE, **options: Any) -> list[str]:
    """List what axe-core finds wrong in what a selector finds, one line an element."""
    found = page.evaluate(
        """async ([within, given]) => {
          // Without preload, or axe asks for style sheets by addresses relative to the page.
          const options = { resultTypes: ["violations"], preload: false, ...given };
          const { violations } = await axe.run([...document.querySelectorAll(within)], options);
          return violations.flatMap(({ id, help, nodes }) =>
            nodes.map(({ target, html }) => `${id} (${help}): ${target} ${html.slice(0, 160)}`));
        }""",
        [within, options],
    )
    return sorted(found)


@pytest.fixture(scope="session")
def judged() -> set[str]:
    """The looks that were judged, on whatever page."""
    return set()


def faults_in_every_dress(
    tab: Any, state: str, judged: set[str], within: str = PAGE, widths: Sequence[int] = WIDTHS
) -> Iterator[tuple[str, list[str]]]:
    """Judge form, which no colour changes, at each width, and each new look in both themes."""
    tab.page.evaluate("(rules) => axe.configure({ rules })", ONLY_MARKED)

    def mark_new_looks() -> bool:
        new = tab.page.evaluate(MARK_LOOKS, [within, list(judged)])
        judged.update(new)
        return bool(new)

    for width in widths:
        tab.page.set_viewport_size({"width": width, "height": 900})
        # The theme lets the keyboard into wide tables and code a moment after the window has its size.
        tab.page.wait_for_function(
            """() => [...document.querySelectorAll("pre, .cell_output > .output, .pst-scrollable-table-container")].every(
              (e) => !e.checkVisibility() || e.scrollWidth <= e.clientWidth || e.tabIndex === 0)"""
        )
        mark_new_looks()
        yield f"{state}, light, {width} px", axe(tab.page, within)
        tab.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        if mark_new_looks():
            yield f"{state}, dark, {width} px", axe(tab.page, within, runOnly=COLOURS)
        tab.page.evaluate("document.documentElement.dataset.theme = 'light'")


def test_axe_finds_nothing(open_tab, all_awake, site, judged, any_page):
    explorers = any_page in built.pages_with_explorers()
    widths = by_lot(WIDTHS, any_page, of=3)
    if explorers:
        tab = open_tab()
        release = tab.hold(RUNTIME)
        tab.page.goto(site.url + any_page, wait_until="domcontentloaded")
    else:
        tab = all_awake(any_page)
    tab.page.add_style_tag(content="* { transition: none !important; animation: none !important }")
    tab.page.evaluate(AXE_SCRIPT)
    found = {}
    if explorers:
        found |= dict(faults_in_every_dress(tab, "asleep", judged, EXPLORERS, widths))
        tab.page.locator(EXPLORERS).first.scroll_into_view_if_needed()
        tab.page.wait_for_function("() => document.querySelector('script[src*=\"runtime.js\"]')")
        tab.settle()
        release()
        for name, explorer in built.of_page(any_page).items():
            if tab.root(name).count():
                tab.set(name, random_settings(explorer, 3)[-1])
        tab.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    found |= dict(faults_in_every_dress(tab, "awake", judged, widths=widths))
    if any_page in EVERY_ELEMENT:
        tab.page.evaluate(
            "document.body.querySelectorAll('*').forEach((e) => { e.dataset.look = '' })"
        )
        found["every element"] = axe(tab.page, runOnly=COLOURS)
    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("state", "fault", "rule"),
    [
        ("awake", ".explorer-sentence { color: #999 }", "color-contrast"),
        ("awake", "[data-theme=dark] .explorer-sentence { color: #555 }", "color-contrast"),
        ("awake", "[data-theme=dark] .explorer { background: #888 }", "color-contrast"),
        ("awake", "@media (max-width: 320px) { .explorer { opacity: 0.3 } }", "color-contrast"),
        ("awake", "@media (width: 320px) { .explorer-sentence { height: 9px; overflow: auto } }", "scrollable-region-focusable"),
        ("awake", "main { font-size: 4px } main h1, main p { opacity: 0.4 }", "color-contrast"),
        ("asleep", "[data-theme=dark] .explorer-sentence { color: #555 }", "color-contrast"),
        ("asleep", "@media (width: 768px) { .explorer-sentence { height: 9px; overflow: auto } }", "scrollable-region-focusable"),
    ],
)  # fmt: skip
def test_axe_sees_a_fault(open_tab, site, state, fault, rule):
    tab = open_tab()
    if state == "asleep":
        tab.page.route(RUNTIME, lambda route: None)
    tab.page.goto(site.url + built.SAMPLE, wait_until="domcontentloaded")
    if state == "awake":
        tab.wake("every-control")
    tab.page.add_style_tag(content=fault)
    tab.page.evaluate(AXE_SCRIPT)
    found = faults_in_every_dress(tab, state, set(), EXPLORERS if state == "asleep" else PAGE)
    assert any(text.startswith(rule) for _, faults in found for text in faults)


STICKS_OUT = """() => [...document.querySelectorAll("[data-explorer]")].flatMap((root) => {
  const right = root.getBoundingClientRect().right;
  return [...root.querySelectorAll(".explorer-control *, .explorer-chart > *, .explorer-readouts *")]
    .filter((e) => e.getBoundingClientRect().right > right + 1)
    .map((e) => `${root.dataset.explorer}: ${e.outerHTML.slice(0, 80)}`);
})"""


def test_nothing_sticks_out_of_a_narrow_screen(all_awake, any_page):
    tab = all_awake(any_page)
    with tab.window(320, 700):
        assert tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        # A chart takes its new width a moment after its box.
        tab.page.wait_for_timeout(200 if tab.page.evaluate(STICKS_OUT) else 0)
        assert tab.page.evaluate(STICKS_OUT) == []


def test_every_control_has_a_name_and_says_its_value(awake, address):
    tab = awake(address)
    root = tab.root(address.name)
    selectors = [f'[data-input="{name}"]' for name in built.python(address).controls]
    rows = root.evaluate(
        """(root, [selectors, focusable]) => selectors.map((selector) => {
          const row = root.querySelector(selector);
          const field = row.querySelector(focusable);
          const attributes = [...field.attributes].map(({ name, value }) => [name, value]);
          return [row.querySelector(".explorer-label").innerText, Object.fromEntries(attributes)];
        })""",
        [selectors, FOCUSABLE],
    )
    for title, field in rows:
        name, unit = re.fullmatch(r"(.*?)\s*(?:\[(.*)\])?", title, re.DOTALL).groups()
        # The unit is said with the value, once.
        assert " ".join(field["aria-label"].split()) == " ".join(name.split())
        if field.get("type") == "range":
            for attribute in ("min", "max", "step"):
                assert field[attribute], attribute
            assert re.fullmatch(rf"\S+ ?{re.escape(unit or '')}".strip(), field["aria-valuetext"])
    chart = root.locator(".explorer-chart")
    assert chart.get_attribute("aria-label").strip()
    assert chart.locator("svg").first.get_attribute("aria-hidden") == "true"
