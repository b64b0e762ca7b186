"""Numbers as things: what is drawn is as many, as large or as wide as it says, in the colour of its unit."""

from __future__ import annotations

import importlib.util
import re
import sys
from itertools import pairwise
from pathlib import Path
from unittest import mock

import built
import in_vega
import ipywidgets as widgets
import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from aiimpact.live import (
    Areas,
    Bars,
    Bottle,
    Curve,
    Figure,
    Flow,
    Lines,
    Nested,
    Units,
    colour,
    explore,
)
from aiimpact.live.charts.icons import ICONS
from aiimpact.live.notation import PLAIN, meaning, paints, paints_of, seen, stepped, steps

ROOT = Path(__file__).parents[1]


def soup(made):
    html = made._markup if hasattr(made, "_markup") else made._repr_mimebundle_()["text/html"]
    return BeautifulSoup(html, "html.parser")


def numbers(text):
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


# Units of a reader


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("t CO2e", "t CO₂e"),
        ("kg CO2e/kWh", "kg CO₂e/kWh"),
        ("Mt CO2", "Mt CO₂"),
        ("million m3", "million m³"),
        ("kWh/m2", "kWh/m²"),
        ("N2O and CH4", "N₂O and CH₄"),
        ("H200, B200, m30, CO20", "H200, B200, m30, CO20"),
        ("the CO2e of 2025", "the CO₂e of 2025"),
    ],
)
def test_formulas_and_powers_are_written_as_one_reads_them(written, read):
    assert seen(written) == read
    assert seen(read) == read


def test_a_reader_meets_no_plain_formula_but_code_does():
    made = explore(
        lambda x: {"Emitted [t CO2e]": x, "Saved [t CO2e]": -x},
        name="gas",
        x=(1.0, 9.0),
        labels={"x": "Gas [m3]"},
        chart=Bars(references={"A CO2 tax": 4}, title="{Emitted [t CO2e]} t CO2e"),
        sentence="It is {Emitted [t CO2e]} t CO2e.",
    )
    page = soup(made)
    assert not re.search(r"CO2|m3", page.get_text())
    assert "CO2" not in page.select_one("[aria-label*=Bars]")["aria-label"]
    assert made.evaluate(x=2.0) == {"Emitted [t CO2e]": 2.0, "Saved [t CO2e]": -2.0}
    assert [out["name"] for out in made._page["outputs"]] == ["Emitted [t CO2e]", "Saved [t CO2e]"]


@pytest.mark.parametrize(
    ("unit", "means"),
    [
        *((unit, "electricity") for unit in ("Wh", "kWh/GB", "TWh a year", "pJ for one operation", "MW", "W", "kJ")),
        *((unit, "carbon") for unit in ("t CO2e", "g CO₂e", "kg CO2e/kWh", "kg/kWh", "Mt CO2 a year", "lb CO2e")),
        *((unit, "water") for unit in ("mL", "L", "L/kWh", "m3", "million m3", "m³")),
        *((unit, "money") for unit in ("USD", "bn USD", "USD/t CO2e", "US cents", "€", "HK$", "EUR a year")),
        *((unit, "") for unit in ("", "%", "homes", "t", "m", "times", "years", "Level", "points", "PUE", "Lanes")),
    ],
)  # fmt: skip
def test_a_unit_says_what_it_is_a_unit_of(unit, means):
    assert meaning(unit) == means


def test_quantities_of_one_meaning_are_steps_of_its_colour():
    first, second = paints("kWh", 2)
    assert first.mark == colour("MWh") == second.edge
    assert second.mark.startswith("color-mix(in oklab, var(--explorer-electricity")
    assert first.dash != second.dash
    assert paints("people", 2) == paints("", 2)
    assert colour("years") == paints("people")[0].mark == PLAIN
    one, other, third = paints_of(["kWh", "L", "MWh"])
    assert (one.mark, other.mark) == (colour("kWh"), colour("L"))
    assert third.mark != one.mark
    assert third.edge == one.edge


@pytest.mark.parametrize(
    "chart",
    [Bars(), Curve("x", "A [L]"), Curve("x", ["A [L]", "B [L]"]), Nested(), Flow(), Units()],
    ids=lambda chart: type(chart).__name__,
)
def test_a_chart_has_the_colour_of_what_it_draws(chart):
    made = explore(lambda x: {"A [L]": x, "B [L]": 2 * x}, name="wet", x=(1.0, 9.0), chart=chart)
    drawing = str(soup(made).select_one(".explorer-chart > svg"))
    assert "--explorer-water" in drawing
    assert not re.search(r"--explorer-(electricity|carbon|money|[1-6])\b", drawing)


def test_series_and_figures_have_it_too():
    for chart in (Lines(), Areas()):
        made = explore(lambda x: {"A [kWh]": [x, 2 * x]}, name="s", x=(1.0, 2.0), chart=chart)
        assert "--explorer-electricity" in str(soup(made).svg)
    mixed = Areas(stands_for=["kWh", "kg CO2e"])
    made = explore(lambda x: {"A": [x, x], "B": [x, x]}, name="m", x=(1.0, 2.0), chart=mixed)
    assert {"electricity", "carbon"} <= set(re.findall(r"--explorer-(\w+)", str(soup(made).svg)))
    with pytest.raises(ValueError, match="a unit for each of 2 series, got 1"):
        explore(
            lambda x: {"A": [x], "B": [x]}, name="m", x=(1.0, 2.0), chart=Areas(stands_for=["kWh"])
        )


@pytest.mark.parametrize("unit", ["GWh", "t CO2e", "Wh", "g CO2e", "TWh", "kW"])
def test_units_a_thousandfold_apart(unit):
    ladder = steps(unit)
    assert (1.0, unit) in ladder
    assert all(high / low == pytest.approx(1000) for (high, _), (low, _) in pairwise(ladder))


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1 GWh"), (1000.0, "1 TWh"), (1e5, "100 TWh"), (0.01, "10 MWh")]
)
def test_an_axis_over_many_decades_steps_from_unit_to_unit(value, text):
    spec = {
        "data": [{"name": "one", "values": [{"value": value}]}],
        "marks": [
            {
                "type": "text",
                "from": {"data": "one"},
                "encode": {"update": {"text": {"signal": stepped("GWh", "datum.value")}}},
            }
        ],
    }
    assert in_vega._texts(in_vega._scene(spec)) == [[text]]


# Straight lines stay straight


def curve_of(model, *, log, low=0, high=3):
    slider = widgets.FloatLogSlider(value=10, min=low, max=high)
    return explore(model, name="c", x=slider, chart=Curve("x", "y", log=log))


def test_what_is_proportional_is_straight_on_both_axes():
    scale = next(
        s for s in curve_of(lambda x: {"y": 3 * x}, log=None)._page["spec"]["scales"]
        if s["name"] == "y"
    )  # fmt: skip
    assert scale["type"] == "log"
    with pytest.raises(ValueError, match="'y' is proportional to 'x', whose slider is logarithmic"):
        curve_of(lambda x: {"y": 3 * x}, log=False)


@pytest.mark.parametrize(
    "model", [lambda x: {"y": 3 * x + 1}, lambda x: {"y": -x}, lambda x: {"y": 0 * x}]
)
def test_what_is_not_proportional_may_have_one_logarithmic_axis(model):  # fmt: skip
    for log in (None, False):
        scales = curve_of(model, log=log)._page["spec"]["scales"]
        assert {s["name"]: s["type"] for s in scales}["y"] == "linear"


# So many things


def icons(made, **given_settings):
    """Rows of the pictures, which need the room that Vega works out for them."""
    spec = made._page["spec"]
    rows = [data for data in spec["data"] if data["name"] == "explorer_icons"]
    signals = in_vega.signals(made, given_settings)
    size = {"name": "units_size", "value": [5, 20]}
    mark = {
        "type": "text", "from": {"data": "explorer_icons"},
        "encode": {"update": {"text": {"signal": "'' + datum.share + '|' + units_each + '|' + (datum.row || 0)"}}},
    }  # fmt: skip
    scene = in_vega._scene(
        {"width": 640, "signals": [size, *signals], "data": rows, "marks": [mark]}
    )
    (found,) = in_vega._texts(scene) or [[]]
    return [tuple(map(float, text.split("|"))) for text in found]


COUNTED = explore(
    lambda x: {"A [cars]": x, "B [cars]": x / 125},
    name="counted",
    x=(0.0, 1e7),
    chart=Units(icon="car"),
)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.001, 1e7))
def test_there_are_as_many_as_the_number_says(x):
    drawn = icons(COUNTED, x=x)
    for row, number in enumerate((x, x / 125)):
        mine = [(share, each) for share, each, which in drawn if which == row]
        assert len(mine) <= 160
        assert sum(share * each for share, each in mine) == pytest.approx(number, abs=1e-6 * x)
    each = {each for _, each, _ in drawn}.pop()
    assert each == 1 or x / each > 160 / 2.5
    assert f"{each:g}".strip("0").replace("e+0", "e").split("e")[0] in {"1", "2", "5"}


def test_nothing_and_nonsense_are_drawn_as_nothing():
    made = explore(
        lambda x: {"A": x / 0.0, "B": -x, "C": 0 * x}, name="none", x=(1.0, 2.0), chart=Units()
    )
    assert icons(made) == []
    assert [text.get_text() for text in soup(made).select("svg text")][:3] == [
        "A: –",
        "B: −1.5",
        "C: 0",
    ]


@pytest.mark.parametrize("icon", ICONS)
def test_an_icon_lies_in_its_square(icon):
    made = Figure.of(Units(icon=icon), {"So many": 3})
    (square,) = [s for s in soup(made).select("svg")[:1]]
    drawn = [*square.select("defs path"), *square.select(".mark-symbol path")]
    side = max(abs(number) for path in drawn for number in numbers(path["d"]))
    assert 0 < side <= 52


@pytest.mark.parametrize("icon", ICONS)
def test_an_icon_has_no_arc_for_vega_to_work_out_at_every_step(icon):
    assert not set("Aa") & set(ICONS[icon].path)


def test_an_icon_of_ones_own_and_one_that_is_none():
    assert (
        "as many as So many" in Figure.of(Units(icon="M-1,-1H1V1H-1Z"), {"So many": 3}).description
    )
    for icon in ("cat", "M0,0<script>", "url(x)"):
        with pytest.raises(ValueError, match="There is no icon"):
            Figure.of(Units(icon=icon), {"So many": 3})


def test_an_outline_that_is_drawn_often_is_written_once():
    (wide, _) = soup(Figure.of(Units(icon="car"), {"Cars": 150})).select("svg")
    assert len(wide.select("use")) == 150
    assert len(wide.select("defs path")) == 1
    names = [
        path["id"]
        for svg in soup(Figure.of(Units(icon="car"), {"Cars": 150})).select("svg")
        for path in svg.select("defs [id]")
    ]
    assert len(names) == len(set(names))


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 400))
def test_drops_fill_their_bottle(amount):
    drawn = icons(BOTTLE, x=amount)
    assert sum(share * each for share, each, _ in drawn) * amount == pytest.approx(500)
    assert len(drawn) <= 120


BOTTLE = explore(
    lambda x: {"One [mL]": x},
    name="bottle",
    x=(0.01, 400.0),
    chart=Bottle("One [mL]", holds=500, things="sips"),
)


def test_a_bottle_holds_something():
    with pytest.raises(ValueError, match="A bottle holds something, got holds=0"):
        explore(
            lambda x: {"One [mL]": x}, name="b", x=(1.0, 2.0), chart=Bottle("One [mL]", 0, "sips")
        )


# Boxes and streams


def test_boxes_are_as_large_as_their_numbers():
    made = Figure.of(Nested(), {"Chip [Wh]": 1, "Server [Wh]": 4, "Hall [Wh]": 9})
    wide, narrow = soup(made).select("svg")
    for svg in (wide, narrow):
        boxes = svg.select(".mark-rect")[0].select("path")
        # From the outermost.
        sides = [float(re.search(r"h([\d.]+)", box["d"])[1]) for box in boxes]
        assert sides[0] / sides[2] == pytest.approx(3, rel=0.02)
        assert sides[1] / sides[2] == pytest.approx(2, rel=0.02)
        assert "Server" in svg.get_text()
        assert "4 Wh" in svg.get_text()


def test_a_stream_is_as_wide_as_what_flows_and_its_parts_are_all_of_it():
    made = explore(
        lambda x: {"Lost [kWh]": x, "Cooling [kWh]": 30 + 0 * x, "Chips [kWh]": 70 - x},
        name="flow",
        x=(0.0, 70.0),
        chart=Flow(stations=["Grid", "Building"]),
    )
    rows = in_vega.rows(made, {"x": 10.0}, "explorer_flow", ["row", "x", "y", "y2"])
    first = [row for row in rows if row["x"] == 0]
    widths = {row["row"]: row["y2"] - row["y"] for row in first}
    assert [widths[k] / sum(widths.values()) for k in range(3)] == pytest.approx([0.1, 0.3, 0.6])
    for row in rows:
        assert row["y2"] - row["y"] == pytest.approx(widths[row["row"]])
    # At the left the last lies highest, and they touch.
    assert first[2]["y2"] == pytest.approx(first[1]["y"])
    assert first[1]["y2"] == pytest.approx(first[0]["y"])
    table = in_vega.rows(made, {"x": 10.0})
    assert [row["value"] for row in table] == [10, 30, 60]
    assert "from which Lost and Cooling leave and Chips is left" in made._page["description"]


@pytest.mark.parametrize(
    ("chart", "text"),
    [
        (Flow(["A [kWh]"]), "two parts or more"),
        (Flow(["A [kWh]", "B [kWh]"], stations=["One", "Two"]), "got 2 parts and 2 stations"),
        (
            Flow(["A [kWh]", "C [L]"]),
            "Choose some with Flow(parts=[…])",
        ),
        (Nested(["A [kWh]", "C [L]"]), "Nested needs outputs of one unit"),
        (Nested(["A [kWh]"] * 7), "up to 6 outputs, got 7"),
        (Units(["A [kWh]", "C [L]"]), "Units needs outputs of one unit"),
        (Units(["D [L]"]), "'D [L]' is a series"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused_with_the_fix(chart, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        explore(
            lambda x: {"A [kWh]": x, "B [kWh]": x, "C [L]": x, "D [L]": [x]},
            name="p",
            x=(1.0, 2.0),
            chart=chart,
        )


# Figures


def test_a_figure_of_numbers_has_its_table_and_its_headline():
    made = Figure.of(
        Units(["Homes [homes]"], icon="house", references={"Village": 40}),
        {"Homes [homes]": 121},
        headline="It is three villages of CO2e",
    )
    assert repr(made).splitlines()[1:] == ["Quantity  homes", "   Homes    121", " Village     40"]
    page = soup(made)
    assert page.select_one(".explorer-title").get_text() == "It is three villages of CO₂e"
    assert len(page.select(".explorer-chart > svg")) == 2


def test_numbers_of_a_figure_stand_at_the_ends_of_its_bars_and_nought_is_said():
    table = pd.DataFrame({"Where": ["Here", "There"], "USD/t": [80.0, 0.0]})
    made = Figure.rows(table, "USD/t", description="Two prices.")
    for svg in soup(made).select("svg"):
        said = [
            text.get_text() for text in svg.select(".mark-text text") if text.get("opacity") != "0"
        ]
        assert {"80", "0", "Here", "There"} <= set(said)
    assert "--explorer-money" in str(soup(made).svg)


# The chain


def chain():
    extensions = ROOT / "book" / "_ext"
    spec = importlib.util.spec_from_file_location("chain", extensions / "chain.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["chain"] = module
    with mock.patch.object(sys, "path", [*sys.path, str(extensions)]):
        spec.loader.exec_module(module)
    return module


def test_the_chain_is_connected_and_its_boxes_do_not_lie_on_one_another():
    data = yaml.safe_load((ROOT / "book" / "chain.yml").read_text(encoding="utf-8"))
    things = data["things"]
    places = [(thing["step"], thing["lane"]) for thing in things.values()]
    assert len(set(places)) == len(places)
    named = {key for arrow in data["arrows"] for key in arrow[:2]}
    assert named == things.keys()
    assert all(things[a]["step"] <= things[b]["step"] for a, b, _ in data["arrows"])
    assert all((ROOT / f"{thing['page']}.ipynb").exists() for thing in things.values())
    assert len({thing["page"] for thing in things.values()}) == 7
    told = chain().sentences(data)
    assert len(told) == len(data["arrows"]) + len(data["returns"])
    assert "Demand calls for training." in told


# In the page


LEAST_PX = 11
SIZES = """() => [...document.querySelectorAll(".explorer-figure svg")].flatMap((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return scale ? [...svg.querySelectorAll("text")]
    .filter((text) => text.textContent && text.getAttribute("opacity") !== "0")
    .map((text) => [scale * parseFloat(getComputedStyle(text).fontSize), text.textContent]) : [];
})"""
OUTSIDE = """() => [...document.querySelectorAll(".explorer-figure svg")].flatMap((svg) => {
  const { left, right } = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((text) => text.getAttribute("opacity") !== "0")
    .filter((text) => { const box = text.getBoundingClientRect(); return box.width && (box.left < left - 1 || box.right > right + 1); })
    .map((text) => text.textContent);
})"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_text_in_figures_is_large_enough_and_whole(open_tab, site, width):
    tab = open_tab(viewport={"width": width, "height": 740})
    tab.page.route("**/*.js", lambda route: route.fulfill(body=""))
    for name in [page for page in built.pages() if re.match(r"chapters/0\d_|book/chain", page)]:
        tab.page.goto(f"{site.url}book/{name}", wait_until="domcontentloaded")
        sizes = tab.page.evaluate(SIZES)
        assert sizes, name
        assert [(round(size, 1), text) for size, text in sizes if size < LEAST_PX] == [], name
        assert tab.page.evaluate(OUTSIDE) == [], name
