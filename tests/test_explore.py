"""explore(): controls as in ipywidgets, one set of numbers, errors that name the fix, text that stays text."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser

import altair as alt
import ipywidgets as widgets
import numpy as np
import pytest
import sample
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from aiimpact.live import Bars, Curve, TraceError, explore, interval, number


def double(x):
    """Twice a number."""
    return {"Twice [t]": 2 * x}


def made(model=double, **options):
    return explore(model, **({"name": "made"} | options))


# Controls


@pytest.mark.parametrize(
    ("abbreviation", "kind", "value"),
    [
        ((0, 10), widgets.IntSlider, 5),
        ((0, 10, 2), widgets.IntSlider, 4),
        ((0.0, 1.0), widgets.FloatSlider, 0.5),
        ((0.0, 1.0, 0.25), widgets.FloatSlider, 0.5),
        (7, widgets.IntSlider, 7),
        (2.5, widgets.FloatSlider, 2.5),
        ([1, 2, 3], widgets.Dropdown, 1),
        ({"low": 0.1, "high": 0.9}, widgets.Dropdown, 0.1),
        ([("low", 0.1), ("high", 0.9)], widgets.Dropdown, 0.1),
        (True, widgets.Checkbox, True),
        (widgets.FloatLogSlider(value=100, min=0, max=4), widgets.FloatLogSlider, 100),
        (widgets.FloatText(value=3), widgets.FloatText, 3),
        (widgets.BoundedFloatText(value=3, max=9), widgets.BoundedFloatText, 3),
        (widgets.Dropdown(options=[4, 5], value=5), widgets.Dropdown, 5),
        (widgets.RadioButtons(options={"a": 1, "b": 2}), widgets.RadioButtons, 1),
        (widgets.SelectionSlider(options=[1, 10, 100], value=10), widgets.SelectionSlider, 10),
        (widgets.Checkbox(value=False), widgets.Checkbox, False),
        (widgets.ToggleButton(value=True), widgets.ToggleButton, True),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_controls_are_those_of_ipywidgets(abbreviation, kind, value):
    explorer = made(x=abbreviation)
    assert type(explorer.controls["x"]) is kind
    assert explorer.controls["x"].value == value
    assert explorer.evaluate() == {"Twice [t]": 2.0 * value}


def test_text_options_choose_a_branch():
    def model(cooling, heat=(0, 10)):
        return {"Water [m3]": np.where(cooling == "tower", 1.8, 0.2)}

    explorer = made(model, cooling=["tower", "dry"], heat=3)
    assert explorer.evaluate() == {"Water [m3]": 1.8}
    assert explorer.evaluate(cooling="dry") == {"Water [m3]": 0.2}


def test_defaults_of_the_signature_are_the_first_values():
    def model(x=3, share=0.25, on=True, place="b", *, y):
        return {"All": x + share + y}

    explorer = made(model, x=(0, 10), y=(1, 5), place=["a", "b"])
    values = {name: control.value for name, control in explorer.controls.items()}
    assert values == {"x": 3, "share": 0.25, "on": True, "place": "b", "y": 3}


def test_a_fixed_parameter_is_no_control():
    explorer = made(lambda x, y: {"Sum": x + y}, x=(0, 10), y=widgets.fixed(100))
    assert list(explorer.controls) == ["x"]
    assert explorer.evaluate(x=1) == {"Sum": 101}
    with pytest.raises(ValueError, match="no input named 'y'"):
        explorer.evaluate(y=1)


def test_labels_name_the_controls():
    explorer = made(x=(0, 10), labels={"x": "Power [W]"})
    assert explorer.controls["x"].description == "Power [W]"
    assert "Power\xa0[W]" in explorer._markup


@pytest.mark.parametrize(
    ("abbreviation", "text"),
    [
        ((0, 500_000), "250,000"),
        ((2020, 2040), "2030"),
        ((0.0, 500_000.0, 0.5), "250,000.0"),
        (widgets.IntSlider(250_000, max=500_000), "250000"),
    ],
)
def test_sliders_set_thousands_apart_but_not_in_years_and_not_in_what_an_author_made(
    abbreviation, text
):
    slider = made(x=abbreviation).controls["x"]
    assert format(slider.value, slider.readout_format) == text


@pytest.mark.parametrize(
    "abbreviation",
    [widgets.FloatRangeSlider(), widgets.HTML, object(), widgets.SelectMultiple(options=[1, 2])],
    ids=lambda value: type(value).__name__,
)
def test_a_control_without_one_number_is_refused(abbreviation):
    with pytest.raises(TypeError, match=r"The control of x is .*Use \(low, high, step\)"):
        made(x=abbreviation)


# evaluate, repr


def test_evaluate_takes_what_is_left_out_from_the_controls():
    explorer = made(lambda x, y: {"Sum": x + y}, x=(0, 10), y=(0, 100))
    explorer.controls["x"].value = 1
    assert explorer.evaluate(y=2) == {"Sum": 3}
    explorer.controls["y"].value = 4
    assert explorer.evaluate() == {"Sum": 5}
    assert all(type(value) is float for value in explorer.evaluate().values())


def test_evaluate_refuses_a_wrong_name_and_offers_the_right_one():
    explorer = made(lambda power_w: {"P": power_w}, power_w=(0, 10))
    with pytest.raises(ValueError, match="Did you mean 'power_w'"):
        explorer.evaluate(power=3)


def test_an_interval_has_three_outputs():
    explorer = made(lambda x: {"Mass [t]": interval(x, 2 * x, 3 * x)}, x=(0, 10))
    assert explorer.evaluate(x=2) == {"Mass [t]": 4, "Mass [t], low": 2, "Mass [t], high": 6}
    readouts = BeautifulSoup(explorer._markup, "html.parser").select("[data-output]")
    assert {r["data-output"] for r in readouts} == set(explorer.evaluate())


def test_repr_lists_inputs_and_outputs_and_is_stable():
    def shown():
        return repr(made(lambda x, y: {"Third [t]": x / 3 + y}, x=(0, 10), y=(0, 4)))

    assert shown() == shown()
    assert shown() == (
        "Explorer 'made'\n  inputs\n    x          5\n    y          2\n"
        "  outputs\n    Third [t]  3.6666667"
    )


def test_the_output_of_a_cell_holds_text_html_and_view():
    data, _ = made(x=(0, 10))._repr_mimebundle_()
    assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} <= set(data)
    assert data["text/plain"] == repr(made(x=(0, 10)))


# What does not fit


def array_model(x):
    return {"Many": x * np.ones((2, 2))}


def keeps_state(x, seen=[]):  # noqa: B006
    seen.append(x)
    return {"Calls": x * len(seen)}


def asks_for_the_type(x):
    return {"Twice": 2 * x if isinstance(x, int | float) else 3 * x}


@pytest.mark.parametrize(
    ("model", "options", "error", "text"),
    [
        (double, {"name": "Two Words"}, ValueError, "Try 'two-words'"),
        (double, {"name": "1st"}, ValueError, "name must be lower-case"),
        (double, {"name": ""}, ValueError, "name must be lower-case"),
        (double, {"name": "a\"b"}, ValueError, "name must be lower-case"),
        (double, {"x": (0, 9), "z": (0, 1)}, ValueError, "no parameter 'z'"),
        (double, {"x": (0, 9), "labels": {"xx": "X"}}, ValueError, "Did you mean 'x'"),
        (double, {}, ValueError, "x has neither a control nor a default"),
        (double, {"x": widgets.fixed(3)}, ValueError, "no inputs to control"),
        (lambda *x: {"y": 1}, {}, TypeError, "Name each parameter"),
        (lambda **x: {"y": 1}, {}, TypeError, "Name each parameter"),
        (lambda x: 2 * x, {"x": (0, 9)}, TypeError, "must return a dict"),
        (lambda x: {}, {"x": (0, 9)}, TypeError, "must return a dict"),
        (lambda x: None, {"x": (0, 9)}, TypeError, "got NoneType"),
        (lambda x: [x], {"x": (0, 9)}, TypeError, "got list"),
        (array_model, {"x": (0, 9)}, TypeError, "array of shape"),
        (lambda x: {"A": interval(x, x, x), "A, low": x}, {"x": (0, 9)}, ValueError, "'A, low'"),
        (lambda x: {3: x}, {"x": (0, 9)}, TypeError, "must be a text, got 3"),
        (lambda x: {"y": None}, {"x": (0, 9)}, TypeError, "must be a number, got None"),
        (lambda x: {"y": "much"}, {"x": (0, 9)}, TypeError, "must be a number, got much"),
        (keeps_state, {"x": (1, 9), "seen": widgets.fixed([])}, TraceError, "keeps state"),
        (asks_for_the_type, {"x": (1, 9)}, TraceError, "type of its arguments"),
        (lambda x: {"y": math.log(x)}, {"x": (1, 9)}, TraceError, "np.log"),
        (lambda x: {"y": x if x > 2 else 0}, {"x": (1, 9)}, TraceError, "np.where"),
        (double, {"x": (0, 9), "presets": {"p": {"z": 1}}}, ValueError, "no input named 'z'"),
        (double, {"x": (0, 9), "presets": {"p": {"x": 10}}}, ValueError, "within its control, 0 to 9"),
        (double, {"x": (0, 9), "presets": {"p": {"x": math.nan}}}, ValueError, "whole number, got nan"),
        (double, {"x": [1, 2], "presets": {"p": {"x": 3}}}, ValueError, "options '1', '2'"),
        (double, {"x": (0, 9), "sentence": "{Nothing}"}, ValueError, "no output named 'Nothing'"),
        (double, {"x": (0, 9), "chart": Bars(outputs=["Thrice"])}, ValueError, "no output named"),
        (double, {"x": (0, 9), "chart": Curve(x="z", y="Twice [t]")}, ValueError, "no input named"),
        (double, {"x": [1, 2], "chart": Curve(x="x", y="Twice [t]")}, ValueError, "numeric range"),
        (double, {"x": True, "chart": Curve(x="x", y="Twice [t]")}, ValueError, "numeric range"),
        (double, {"x": (0, 9), "chart": Curve("x", "Twice [t]", pieces=0)}, ValueError, "got pieces=0"),
        (
            double,
            {"x": widgets.FloatText(value=1), "chart": Curve(x="x", y="Twice [t]")},
            ValueError,
            "Give it a slider",
        ),
        (
            lambda x: {"A [t]": x, "B [kg]": x},
            {"x": (0, 9), "chart": Bars(outputs=["A [t]", "B [kg]"])},
            ValueError,
            "outputs of one unit, got kg, t",
        ),
        (
            double,
            {"x": (0, 9), "chart": alt.Chart(alt.InlineData(values=[{}])).mark_bar()},
            ValueError,
            "no description",
        ),
        (double, {"x": (9, 0)}, ValueError, "The control of x must have its lower end first, got (9, 0). Swap"),
        (double, {"x": (0, 9, 0)}, ValueError, "The control of x must have a step above 0, got (0, 9, 0). Leave"),
        (double, {"x": (0, math.nan)}, ValueError, "The control of x must be of finite numbers, got (0, nan)"),
        (double, {"x": (0, math.inf)}, ValueError, "finite numbers, got (0, inf)"),
        (lambda x=math.nan: {"y": x}, {}, ValueError, "finite numbers, got nan"),
        (double, {"x": []}, ValueError, "The control of x has no options. Give it one"),
        (double, {"x": {}}, ValueError, "The control of x has no options"),
        (double, {"x": [math.nan, 1.0]}, TypeError, "An option of x must be a number, a text or a boolean, got nan"),
        (double, {"x": {"A": {"b": 1}}}, TypeError, "got {'b': 1} for 'A'"),
        (double, {"x": (0, 9), "labels": {"x": 3}}, TypeError, "The label of x must be a text, got 3. Write '3'"),
        (double, {"x": (0, 9), "labels": "x"}, TypeError, "labels must be a dict of parameter name to text, got 'x'"),
        (double, {"x": (0, 9), "name": None}, ValueError, "lower-case letters, digits and hyphens, got None"),
        (lambda x: {}, {"x": (0, 9)}, TypeError, "got an empty dict. Write return"),
        (lambda x: {"y": 10**400}, {"x": (0, 9)}, ValueError, "that a page can hold, got one above 1.8e+308"),
        (max, {}, TypeError, "whose parameters have names, got <built-in function max>"),
        (3, {}, TypeError, "whose parameters have names, got 3"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_fix(model, options, error, text):
    with pytest.raises(error) as caught:
        made(model, **options)
    assert text in str(caught.value)


def test_a_preset_of_the_wrong_kind_is_refused():
    for wrong in ("abc", None, [1]):
        with pytest.raises((ValueError, TypeError)):
            made(x=(0, 9), presets={"p": {"x": wrong}})
        with pytest.raises((ValueError, TypeError)):
            made(x=widgets.FloatText(value=1), presets={"p": {"x": wrong}})


# Charts


def test_a_chart_of_the_author_may_name_inputs_and_outputs():
    explorer = sample.explorers()["own-chart"]
    signals = {signal["name"] for signal in explorer._page["spec"]["signals"]}
    assert {"i0", "i1", "o0", "o1", "first", "later"} <= signals
    assert "Bars of the share first and later." in explorer._markup


@pytest.mark.parametrize("name", sample.NAMES)
def test_the_markup_is_complete_before_any_script(name):
    explorer = sample.explorers()[name]
    root = BeautifulSoup(explorer._markup, "html.parser").div
    assert root["data-explorer"] == name
    values = {r["data-output"]: float(r["data-value"]) for r in root.select("[data-output]")}
    assert values == explorer.evaluate()
    assert [c["data-input"] for c in root.select("[data-input]")] == list(explorer.controls)
    assert root.select_one("[role=img]")["aria-label"]
    assert root.select_one("[role=img] > svg")["aria-hidden"] == "true"
    assert root.select("tbody tr")
    ids = [element["id"] for element in root.select("[id]")]
    assert len(ids) == len(set(ids))


def test_the_table_holds_the_numbers_of_the_chart():
    explorer = sample.explorers()["curve"]
    cells = BeautifulSoup(explorer._markup, "html.parser").select("tbody tr")
    assert len(cells) == 11
    first, last = (row.get_text("|").split("|") for row in (cells[0], cells[-1]))
    assert (first[0], last[0]) == ("1,000,000,000", "100,000,000,000,000")
    for row, tokens in ((first, 1e9), (last, 1e14)):
        assert row[1] == number(explorer.evaluate(tokens=tokens)["Hours"], 3)


# Text stays text


class Balanced(HTMLParser):
    """Collect tags, and fail where one is closed that is not open."""

    VOID = {"br", "input", "img", "hr", "meta", "link"}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_hostile_text_stays_text():
    markup = sample.explorers()["hostile"]._markup
    parser = Balanced()
    parser.feed(markup)
    assert parser.open == []
    assert "script" not in parser.seen
    text = BeautifulSoup(markup, "html.parser").div
    assert text["aria-label"] == f"Title {sample.HOSTILE}"
    assert sample.HOSTILE in text.select_one(".explorer-sentence").get_text()
    assert sample.HOSTILE in text.select_one("[data-input] .explorer-label").get_text()
    assert sample.HOSTILE in text.select("option")[1].get_text()


@pytest.mark.parametrize(
    ("control", "places"),
    [
        ((0, 11), range(12)),
        ((5, 100), range(5, 101, 5)),
        ((2020, 2060, 2), range(2020, 2061, 4)),
        ((0, 20), range(0, 21, 2)),
        ((0, 3), range(4)),
        ((0, 500_000, 1000), range(0, 500_001, 50_000)),
        # Where nothing fits, as for numbers that are not whole.
        ((0, 97), [9.7 * i for i in range(11)]),
        ((0, 10, 4), range(11)),
        ((0.0, 11.0, 1.0), [1.1 * i for i in range(11)]),
    ],
)
def test_a_table_has_the_values_that_a_control_of_whole_numbers_can_take(control, places):
    explorer = made(x=control, chart=Curve("x", "Twice [t]"))
    table = BeautifulSoup(explorer._markup, "html.parser").select(".explorer-data tbody tr")
    shown = [[cell.get_text() for cell in row.select("td")] for row in table]
    assert shown == [[number(x), number(2 * x)] for x in places]


# Numbers as a reader sees them


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 3, "0"),
        (-0.0, 3, "0"),
        (1, 3, "1"),
        (999.5, 3, "1,000"),
        (999.4, 3, "999"),
        (1234.5, 3, "1,230"),
        (1235, 3, "1,240"),
        (1e6, 3, "1,000,000"),
        (123456789, 3, "123,000,000"),
        (0.000123456, 3, "0.000123"),
        (0.00012345, 4, "0.0001235"),
        (2.5, 1, "3"),
        (-2.5, 1, "−3"),
        (0.1 + 0.2, 3, "0.3"),
        (1e21, 3, "1,000,000,000,000,000,000,000"),
        (math.nan, 3, "–"),
        (math.inf, 3, "–"),
        (-math.inf, 3, "–"),
        (np.float64(12.345), 4, "12.35"),
        (np.int64(12345), 2, "12,000"),
    ],
)  # fmt: skip
def test_number(value, digits, text):
    assert number(value, digits) == text


@given(
    value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30),
    digits=st.integers(1, 12),
)
def test_number_keeps_sign_size_and_digits(value, digits):
    text = number(value, digits)
    assert re.fullmatch(r"−?\d{1,3}(,\d{3})*(\.\d*[1-9])?", text)
    back = float(text.replace(",", "").replace("−", "-"))
    assert back == pytest.approx(value, rel=0.51 * 10 ** (1 - digits), abs=0)
    significant = text.replace(",", "").replace("−", "").replace(".", "").strip("0")
    assert len(significant) <= digits
