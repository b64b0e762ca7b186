"""Charts: what is drawn is what is said and listed, and everybody can see it."""

from __future__ import annotations

import dataclasses
import itertools
import re
from decimal import Decimal

import altair as alt
import in_vega
import ipywidgets as widgets
import numpy as np
import pandas as pd
import pytest
import vl_convert
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from sample import HOSTILE

from aiimpact.live import (
    Areas,
    Bars,
    Curve,
    Figure,
    Histogram,
    Lines,
    Path,
    Steps,
    TraceError,
    Wedges,
    charts,
    explore,
    interval,
    number,
)  # fmt: skip
from aiimpact.live.assets import DIST
from aiimpact.live.charts.lines import every_so_many

STYLE = (DIST.parent / "src" / "explorer.css").read_text(encoding="utf-8")
LEAST = 3


def made(model, **options):
    return explore(model, **({"name": "made", "x": (1.0, 9.0, 0.5)} | options))


def drawn(explorer):
    return BeautifulSoup(explorer._markup, "html.parser").select_one(".explorer-chart > svg")


def texts(explorer):
    """Texts of a drawing, each with its place."""
    found = []
    for element in drawn(explorer).select("text"):
        x, y = map(float, re.findall(r"-?[\d.]+", element["transform"])[:2])
        found.append((element.get_text(), x, y))
    return found


def three(x):
    """Three series."""
    return {
        "Low [t]": [x, x, x],
        "Mid [t]": [x + 1, x + 0.1, x + 0.01],
        "High [t]": interval([x, 1, 1], [x, 2, x + 9], [x, 3, 20]),
    }


# Everybody can see it


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def colours():
    """Name to its colour in light and in dark, as the style sheet has them."""
    pairs = re.findall(r"--explorer-([\w-]+):.*light-dark\((#\w{6}), (#\w{6})\)", STYLE)
    return {name: (light, dark) for name, light, dark in pairs}


def test_contrast_is_what_is_meant():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    "name", ["1", "2", "3", "4", "5", "6", "plain", "reference", "ink", "muted"]
)
def test_what_is_drawn_stands_out_from_the_ground(name, side):
    assert contrast(colours()[name][side], colours()["ground"][side]) >= LEAST


BANDS = {
    "curve": lambda: made(
        lambda x: {"y": interval(x, 2 * x, 3 * x)}, name="band", chart=Curve("x", "y")
    ),
    "lines": lambda: made(three, chart=Lines(ys=["High [t]", "Low [t]"])),
}


COLOUR = {"curve": "explorer-plain", "lines": "explorer-1"}


@pytest.mark.parametrize("kind", BANDS)
def test_a_band_has_edges_in_full_colour(kind):
    bands = [
        path for path in drawn(BANDS[kind]()).select("path[fill-opacity]")
        if COLOUR[kind] in path["fill"]
    ]  # fmt: skip
    assert len(bands) == 1
    assert COLOUR[kind] in bands[0]["stroke"]
    assert float(bands[0].get("stroke-opacity", 1)) * float(bands[0].get("opacity", 1)) == 1
    assert float(bands[0]["stroke-width"]) >= 1


def test_a_range_has_a_rim_where_it_lies_on_its_bar():
    explorer = made(lambda x: {"y": interval(x / 2, x, 2 * x)})
    rules = [line["stroke"] for line in drawn(explorer).select(".mark-rule.role-mark line")]
    assert ["ground" in stroke or "ink" in stroke for stroke in rules] == [True, True]
    assert "ground" in rules[0]


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("mark", ["bar", "point", "range"])
def test_a_range_of_a_plain_figure_stands_out(mark, side):
    table = pd.DataFrame({"Lever": ["a"], "low": [1.0], "saved": [2.0], "high": [3.0]})
    ends = ("low", "high")
    figure = Figure.rows(table, "saved", mark=mark, ends=ends, description="One.")
    rule, _ = BeautifulSoup(figure._svg, "html.parser").select(".mark-rule.role-mark line")
    assert "explorer-plain" in rule["stroke"]
    seen = mixed(colours()["plain"][side], colours()["ground"][side], float(rule["opacity"]))
    assert contrast(seen, colours()["ground"][side]) >= LEAST


def mixed(colour, ground, share):
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


# Bars carry their values


@given(
    value=st.one_of(
        st.integers(-10_000_000, 10_000_000),
        st.decimals(-1000, 1000, places=2).map(float),
        st.floats(1e-6, 1e12),
    ),
    digits=st.integers(2, 6),
)
def test_a_bar_writes_its_value_as_the_readout_does(value, digits):
    # Halves may go either way: a drawing rounds the double, a readout the decimals that are written.
    assert written(value, digits) == number(value, digits) or is_half(value, digits)


def is_half(value, digits):
    shown = Decimal(repr(float(value))).normalize().as_tuple().digits
    return len(shown) == digits + 1 and shown[-1] == 5


def written(value, digits):
    explorer = EXPLORERS[digits]
    spec = explorer._page["spec"]
    expression = next(
        step["expr"] for data in spec["data"] for step in data.get("transform", [])
        if step.get("as") == "text"
    )  # fmt: skip
    mark = {
        "type": "text",
        "from": {"data": "one"},
        "encode": {"update": {"text": {"signal": expression}}},
    }
    data = [{"name": "one", "values": [{"value": float(value)}]}]
    scene = vl_convert.vega_to_scenegraph({"data": data, "marks": [mark]})
    ((text,),) = in_vega._texts(scene)
    return text


EXPLORERS = {digits: made(lambda x: {"y": x}, digits=digits) for digits in range(2, 7)}


@pytest.mark.parametrize(
    ("value", "text"),
    [(1287.12, "1,290"), (0.08709, "0.0871"), (26.0, "26"), (-1234567, "−1,230,000"), (0, "0"),
     (999.6, "1,000"), (1e-7, "0.0000001"), (5e15, "5,000,000,000,000,000"), (-0.0, "0")],
)  # fmt: skip
def test_ordinary_values_of_bars(value, text):
    assert written(value, 3) == text == number(value)


def test_a_number_stands_behind_its_bar_and_on_the_chart():
    explorer = made(
        lambda x: {"A [t]": x, "B [t]": interval(x, 2 * x, 4 * x), "C [t]": -x},
        chart=Bars(references={"Fixed": 30}),
    )
    shown = {text: x for text, x, _ in texts(explorer)}
    assert {"5", "10", "−5", "30"} <= shown.keys()
    width = float(drawn(explorer)["width"])
    assert all(0 <= x < width - 10 for text, x in shown.items() if text in {"10", "30", "−5"})
    assert shown["30"] > shown["10"]


def test_what_is_no_number_is_a_dash():
    explorer = made(lambda x: {"A": x / 0.0, "B": x})
    assert "–" in {text for text, _, _ in texts(explorer)}


# Titles


def test_a_title_says_what_is_seen_with_its_numbers():
    explorer = made(
        lambda x: {"Mass [t]": 2 * x}, chart=Bars(title="At {x} it weighs {Mass [t]} t")
    )
    assert explorer._page["title"] == [
        "At ", {"input": "x"}, "\xa0it weighs ", {"output": "o0"}, "\xa0t",
    ]  # fmt: skip
    title = BeautifulSoup(explorer._markup, "html.parser").select_one(".explorer-title")
    assert title.get_text() == "At 5\xa0it weighs 10\xa0t"
    assert title.find_next_sibling()["class"] == ["explorer-chart"]


def test_without_a_title_there_is_none():
    explorer = made(lambda x: {"y": x})
    assert explorer._page["title"] == []
    assert "explorer-title" not in explorer._markup


@pytest.mark.parametrize(
    ("title", "text"),
    [("{Nothing}", "no output named 'Nothing'"), ("Half {y", "The title has a brace")],
)
def test_a_title_that_names_nothing_is_refused(title, text):
    with pytest.raises(ValueError, match=text):
        made(lambda x: {"y": x}, chart=Bars(title=title))


# Curves follow their control


@pytest.mark.parametrize("log", [False, True])
def test_a_curve_follows_limits_that_change(log):
    control = (
        widgets.FloatLogSlider(value=10, min=0, max=2) if log else widgets.FloatSlider(min=1, max=5)
    )
    explorer = made(lambda x: {"y": x * x}, x=control, chart=Curve("x", "y"))
    page = explorer._page
    assert page["ends"] == ["i0_low", "i0_high"]
    signals = {signal["name"]: signal for signal in page["spec"]["signals"]}
    assert [signals[name]["value"] for name in page["ends"]] == [
        explorer._facts[0]["low"],
        explorer._facts[0]["high"],
    ]
    across = next(scale for scale in page["spec"]["scales"] if scale["name"] == "x")
    assert across["domain"] == [{"signal": name} for name in page["ends"]]
    signals["i0_low"]["value"], signals["i0_high"]["value"] = 2, 32
    rows = in_vega.rows(explorer, {}, "explorer_curve", ["x", "at_o0"])
    assert len(rows) == 121
    assert (rows[0]["x"], rows[-1]["x"]) == (2, pytest.approx(32))
    assert rows[60]["x"] == pytest.approx(8 if log else 17)
    assert all(row["at_o0"] == pytest.approx(row["x"] ** 2) for row in rows)


def test_python_and_page_cut_a_range_alike():
    for control in ((0.1, 0.7, 0.1), widgets.FloatLogSlider(value=1e6, min=3, max=9)):
        explorer = made(lambda x: {"y": x}, x=control, chart=Curve("x", "y"))
        python = explorer._model.inputs[0].places(10)
        assert [row["x"] for row in in_vega.rows(explorer, {})] == pytest.approx(python, rel=1e-15)


def test_curves_that_cross_are_named_at_their_ends():
    explorer = made(
        lambda x: {"Up [t]": x, "Down [t]": interval(9 - x, 10 - x, 11 - x), "Far [kg]": x},
        chart=Curve("x", ["Up [t]", "Down [t]"]),
    )
    assert "Curves of Up in t and Down in t with its range over x" in explorer._markup
    places = {text: (x, y) for text, x, y in texts(explorer) if text in {"Up", "Down"}}
    assert places["Up"][0] == places["Down"][0] > 400
    assert places["Up"][1] < places["Down"][1]
    with pytest.raises(ValueError, match="Curve needs outputs of one unit, got kg, t"):
        made(lambda x: {"Up [t]": x, "Far [kg]": x}, chart=Curve("x", ["Up [t]", "Far [kg]"]))


# Series


def test_labels_of_lines_that_end_close_together_do_not_lie_on_one_another():
    for chart in (Lines(), Areas(), Areas(ys=["Mid [t]", "Low [t]"])):
        explorer = made(three, x=(0.0, 1e-3, 1e-4), chart=chart)
        names = {"Low", "Mid", "High"}
        places = sorted(y for text, _, y in texts(explorer) if text in names)
        assert len(places) >= 2
        assert all(b - a >= 14 for a, b in itertools.pairwise(places))
        assert places[0] >= 0
        assert places[-1] <= 270
        width = float(drawn(explorer)["width"])
        assert width == 640


def test_lines_stand_where_their_steps_say():
    explorer = made(three, chart=Lines(Steps("Year", 2020, 2030), at="x", references={"Limit": 12}))
    assert explorer._page["description"] == (
        "Lines of Low [t], Mid [t] and High [t] over Year, with ranges around them, "
        "a mark at the present x and level lines at Limit."
    )
    cells = BeautifulSoup(explorer._markup, "html.parser").select("tbody tr td:first-child")
    assert [cell.get_text() for cell in cells] == ["2020", "2025", "2030"]
    over = made(three, chart=Lines("Mid [t]", "Low [t]"))
    assert [row["x"] for row in in_vega.rows(over, {"x": 2.0})] == [3, 2.1, 2.01]


@given(st.integers(1, 100_000))
def test_a_table_has_few_rows_evenly_spaced_and_both_ends(length):
    shown = every_so_many(length)
    assert len(shown) <= 12
    assert (shown[0], shown[-1]) == (0, length - 1)
    steps = {b - a for a, b in itertools.pairwise(shown[:-1])}
    assert len(steps) <= 1
    assert len(shown) >= min(length, 5)


def test_areas_are_stacked():
    explorer = made(three, chart=Areas(ys=["Low [t]", "Mid [t]"]))
    rows = in_vega.rows(explorer, {"x": 2.0}, "explorer_rows", ["top0", "top1"])
    assert rows == [{"top0": 2, "top1": 5}, {"top0": 2, "top1": 4.1}, {"top0": 2, "top1": 4.01}]


def apart(less=2.0, better=3.0):
    """Two paths that part, and two reasons."""
    rises = range(4)
    top = [20.0 + k for k in rises]
    first, second = [less * k for k in rises], [better * k for k in rises]
    low = [t - a - b for t, a, b in zip(top, first, second, strict=True)]
    return {
        "As now [t]": top,
        "Mine [t]": interval([y - 1 for y in low], low, [y + 1 for y in low]),
        "Less [t]": first,
        "Better [t]": second,
        "Short [t]": first[:-1],
        "Other [kg]": first,
    }


WEDGES = Wedges(Steps("Year", 2024, 2027), "As now [t]", "Mine [t]", ["Less [t]", "Better [t]"])


def parted(**options):
    return explore(
        apart,
        **(
            {"name": "parted", "less": (-4.0, 4.0), "better": (0.0, 4.0), "chart": WEDGES} | options
        ),
    )


@pytest.mark.parametrize(("length", "rows"), [(4, "explorer_rows"), (400, None)])
def test_a_table_of_all_that_is_drawn_is_computed_once(length, rows):
    def line(x=2.0):
        return {"A [t]": [x * i for i in range(length)]}

    def table(chart):
        made = explore(line, name="line", x=(0.0, 4.0), chart=chart)
        return {data["name"]: data for data in made._page["spec"]["data"]}

    assert table(Lines())["explorer_table"].get("source") == rows
    # An author's chart draws rows of its own.
    own = alt.Chart(alt.InlineData([{}])).mark_point().properties(description="Own.")
    assert "explorer_rows" not in table(own)
    assert "source" not in table(own)["explorer_table"]


def test_a_level_through_wedges_is_named_above_them():
    chart = Wedges(**WEDGES.__dict__ | {"references": {"Limit": 2}})
    (name,) = [t for t in drawn(parted(chart=chart)).select("text") if t.get_text() == "Limit: 2"]
    assert float(re.search(r",(-?[\d.]+)\)", name["transform"])[1]) < 0, "The plot begins at 0."


@pytest.mark.parametrize(("less", "better"), [(2.0, 3.0), (-2.0, 3.0), (-4.0, 1.0), (0.0, 0.0)])
def test_wedges_fill_the_gap_between_two_paths(less, better):
    fields = ["x", "o0", "o1", "edge0", "edge1", "edge2", "most"]
    settings = {"less": less, "better": better}
    for row in in_vega.rows(parted(), settings, "explorer_rows", fields):
        assert row["edge2"] == pytest.approx(row["o1"])
        added = row["most"] - row["o0"]
        assert row["edge0"] == pytest.approx(row["o0"] + added)
        assert added == pytest.approx(max(-less, 0) * (row["x"] - 2024))
        assert row["edge0"] >= row["edge1"] >= row["edge2"]


def test_wedges_are_named_at_their_ends_with_what_they_do():
    names = [text for text, _, _ in texts(parted())]
    for text in ("As now 23.0", "Mine 8.00", "Less −6.00", "Better −9.00"):
        assert text in names
    worse = parted(less=widgets.FloatSlider(min=-4.0, max=4.0, value=-3.0))
    assert "Less +9.00" in {text for text, _, _ in texts(worse)}
    # A wedge that nobody sees has no name, and its place is free.
    nothing = parted(less=widgets.FloatSlider(min=-4.0, max=4.0, value=0.0))
    assert not [text for text, _, _ in texts(nothing) if text.startswith("Less ")]
    close = parted(less=(-4.0, 4.0), better=widgets.FloatSlider(min=0.0, max=4.0, value=0.1))
    names = [found for found in texts(close) if re.search(r" [+\N{MINUS SIGN}]?\d", found[0])]
    places = sorted(y for _, _, y in names)
    assert len(places) == 4
    assert all(b - a >= 14 for a, b in itertools.pairwise(places))


def test_wedges_have_a_table_and_say_what_they_are():
    explorer = parted()
    assert explorer._page["description"] == (
        "As now and Mine over Year, with a range around Mine; the area between them in wedges of Less and "
        "Better, each named at its end with what it takes off or adds."
    )
    rows = in_vega.rows(explorer, {"less": -1.0, "better": 2.0})
    assert [row["x"] for row in rows] == [2024, 2025, 2026, 2027]
    assert list(rows[-1].values())[1:] == [23, 20, -3, 6]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"parts": ["Less [t]"]}, "must add up to 'As now [t]' less 'Mine [t]': item 1 gives 2 instead of 5"),
        ({"parts": ["Less [t]"] * 7}, "up to 6 outputs, got 7"),
        ({"parts": ["Less [t]", "Other [kg]"]}, "Wedges needs outputs of one unit, got kg, t"),
        ({"parts": ["Short [t]"]}, "must have one length"),
        ({"bottom": "Mime [t]"}, "Did you mean 'Mine [t]'"),
    ],
)  # fmt: skip
def test_wedges_that_do_not_fit_are_refused_with_the_fix(changed, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        parted(chart=dataclasses.replace(WEDGES, **changed))


def test_a_path_goes_as_its_steps_do_and_a_circle_is_round():
    def circle(x):
        turn = np.linspace(0, 2 * np.pi, 73)
        return {"Right [m]": x * np.cos(turn), "Up [m]": x * np.sin(turn)}

    explorer = made(circle, chart=Path("Right [m]", "Up [m]", equal=True))
    (line,) = drawn(explorer).select(".mark-line path")
    points = np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", line["d"]), dtype=float)
    assert len(points) == 73
    across, up = np.ptp(points, axis=0)
    assert across == pytest.approx(up, rel=0.01)
    # It starts at the right and goes up, where a line from left to right would start at the left.
    assert points[0][0] == points[:, 0].max()
    assert points[1][1] < points[0][1]
    assert "Path of Up in m over Right in m" in explorer._markup


@pytest.mark.parametrize(
    ("chart", "text"),
    [
        (Lines(ys=["Low [t]", "Other [kg]"]), "Lines needs outputs of one unit, got kg, t"),
        (Lines(ys=["Low [t]", "Long [t]"]), "'Low [t]' has 3, 'Long [t]' has 4"),
        (Lines("Long [t]", "Low [t]"), "'Long [t]' has 4 items, and the series over it have 3"),
        (Lines(ys=["Low [t]"] * 5), "up to 4 outputs, got 5"),
        (Lines(ys="Lov [t]"), "Did you mean 'Low [t]'"),
        (Lines(ys="Low [t]", at="y"), "no input named 'y'"),
        (Areas(ys="One [t]"), "'One [t]' is one number"),
        (Path("One [t]", "Low [t]"), "'One [t]' is one number"),
        (Path("Long [t]", "Low [t]"), "must have one length"),
        (Curve("x", "Low [t]"), "Curve needs an output that is one number"),
        (Histogram("Low [t]", {"x": np.ones(50)}), "Histogram needs an output that is one number"),
    ],
)  # fmt: skip
def test_a_chart_that_does_not_fit_is_refused_with_the_fix(chart, text):
    def model(x):
        return {"Low [t]": [x] * 3, "Long [t]": [x] * 4, "Other [kg]": [x] * 3, "One [t]": x}

    with pytest.raises(ValueError, match=re.escape(text)):
        made(model, chart=chart)


@pytest.mark.parametrize("ends", [(np.nan, 1), (0, np.inf), (3, 3)])
def test_steps_lead_from_one_number_to_another(ends):
    with pytest.raises(ValueError, match="Steps go from one number to another"):
        Steps("Day", *ends)


def test_steps_take_numbers_of_numpy():
    years = np.arange(2020, 2023)
    explorer = made(three, chart=Lines(Steps("Year", years[0], years[-1]), "Low [t]"))
    assert [row["x"] for row in in_vega.rows(explorer, {})] == [2020, 2021, 2022]


def test_a_histogram_has_bars():
    with pytest.raises(ValueError, match="got bins=0"):
        made(product, y=(1.0, 9.0), chart=Histogram("Product [t]", {"x": DRAWS}, bins=0))


def test_lines_need_a_series():
    with pytest.raises(ValueError, match=r"the model returns none\. Return the list"):
        made(lambda x: {"y": x}, chart=Lines())


# Histograms


DRAWS = np.random.default_rng(3).lognormal(1.0, 0.5, 400)


def product(x, y):
    return {"Product [t]": x * y}


@pytest.mark.parametrize("log", [False, True])
def test_a_histogram_counts_every_draw_and_its_table_is_numpys(log):
    explorer = made(product, y=(1.0, 9.0), chart=Histogram("Product [t]", {"x": DRAWS}, log=log))
    for y in (1.0, 7.3):
        rows = in_vega.rows(explorer, {"y": y}, "explorer_bins", ["first", "last", "count"])
        assert sum(row["count"] for row in rows) == 400
        assert 10 <= len(rows) <= 30
        results = DRAWS * y
        first, last = min(r["first"] for r in rows), max(r["last"] for r in rows)
        assert first <= results.min()
        assert last >= results.max()
        for row in rows:
            wanted = np.sum((results >= row["first"]) & (results < row["last"]))
            assert row["count"] == pytest.approx(wanted, abs=1)
        table = {row["label"]: row["value"] for row in in_vega.rows(explorer, {"y": y})}
        for label, share in (("5 % lie below", 0.05), ("median", 0.5), ("largest", 1.0)):
            assert table[label] == pytest.approx(np.quantile(results, share))
    assert "over 400 draws of x, with lines at the median" in explorer._markup


def test_draws_of_several_inputs_go_together():
    other = DRAWS[::-1]
    chart = Histogram("Product [t]", {"x": DRAWS, "y": other})
    explorer = made(product, y=(1.0, 9.0), chart=chart)
    table = {row["label"]: row["value"] for row in in_vega.rows(explorer, {})}
    assert table["median"] == pytest.approx(np.median(DRAWS * other))


def test_draws_without_a_result_are_left_out():
    explorer = made(
        lambda x: {"y": np.log(x)}, chart=Histogram("y", {"x": np.linspace(-2, 8, 101)})
    )
    rows = in_vega.rows(explorer, {}, "explorer_bins", ["count"])
    assert sum(row["count"] for row in rows) == 80
    assert number(np.log(8.0)) in explorer._markup


def kinked(x):
    return {"y": (x if isinstance(x, float) and x > 9 else 2 * x)}


@pytest.mark.parametrize(
    ("model", "draws", "error", "text"),
    [
        (product, {}, ValueError, "equally many draws of each input that is drawn, got none"),
        (product, {"x": DRAWS, "y": DRAWS[:50]}, ValueError, "'x': 400, 'y': 50"),
        (product, {"x": [1.0, 2.0]}, ValueError, "20 to 5,000 finite numbers"),
        (product, {"x": np.ones((30, 2))}, ValueError, "got shape (30, 2)"),
        (product, {"x": [np.nan] * 30}, ValueError, "finite numbers"),
        (product, {"z": DRAWS}, ValueError, "no input named 'z'"),
        (lambda x, y: {"Product [t]": x * y}, {"y": DRAWS}, ValueError, "'y' has options"),
    ],
)
def test_draws_that_do_not_fit_are_refused_with_the_fix(model, draws, error, text):
    y = {"one": 1.0, "two": 2.0} if model is not product else (1.0, 9.0)
    with pytest.raises(error, match=re.escape(text)):
        made(model, y=y, chart=Histogram("Product [t]", draws))


def test_draws_beyond_the_control_are_compared_too():
    with pytest.raises(TraceError, match=r"comes out as .* at the draw"):
        made(kinked, chart=Histogram("y", {"x": np.linspace(1, 20, 50)}))


# Text stays text


@pytest.mark.parametrize(
    "chart",
    [Lines(title=f"{HOSTILE} {{x}}"), Areas(), Curve("x", ["o', datum [t]", f"{HOSTILE} [t]"])],
)
def test_hostile_names_stay_names(chart):
    def model(x):
        names = [f"{HOSTILE} [t]", "o', datum [t]", 'a "b" \\ c [t]']
        return {n: x for n in names} if isinstance(chart, Curve) else {n: [x, 2] for n in names}

    explorer = made(model, chart=chart)
    assert "<script" not in explorer._markup
    shown = {text for text, _, _ in texts(explorer)}
    assert {HOSTILE, "o', datum"} <= shown


def test_a_chart_of_altair_is_none_of_ours():
    chart = alt.Chart(alt.Data(values=[{}])).mark_bar().properties(description="Nothing.")
    assert made(lambda x: {"y": x}, chart=chart)._page["ends"] == []


@pytest.mark.parametrize(
    "kind",
    [
        charts.Areas,
        charts.Bars,
        charts.Curve,
        charts.Flow,
        charts.Lines,
        charts.Nested,
        charts.Units,
    ],
)
def test_the_fix_for_two_units_is_a_call_that_one_can_write(kind):
    names = ["Low [t]", "Other [kg]"]
    places = {charts.Curve: "x", charts.Areas: None, charts.Lines: None}
    chosen = [places[kind], names] if kind in places else [names]
    series = kind in {charts.Areas, charts.Lines}
    with pytest.raises(ValueError, match="needs outputs of one unit") as refused:
        made(lambda x: dict.fromkeys(names, [x, x] if series else x), chart=kind(*chosen))
    name, argument = re.search(r"Choose some with (\w+)\((\w+)=", str(refused.value)).groups()
    assert kind is getattr(charts, name)
    assert argument in {field.name for field in dataclasses.fields(kind)}
