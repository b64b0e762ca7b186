"""Python and the page agree over all of a control, or the author is told when the explorer is made."""

from __future__ import annotations

import json
import math

import in_vega
import ipywidgets as widgets
import long_models
import numpy as np
import pandas as pd
import pytest

from aiimpact.live import Curve, TraceError, explore, interval
from aiimpact.live.trace import Symbol


def made(model, **controls):
    return explore(model, name="made", controls=controls)


def agree(found, wanted):
    return found.keys() == wanted.keys() and all(
        math.isclose(found[k], wanted[k], rel_tol=1e-12)
        or (math.isnan(found[k]) and math.isnan(wanted[k]))
        for k in wanted
    )


# A model is given NumPy's numbers


ALIKE = {
    "quotient where there is one": (
        lambda x: {"y": np.where(x > 0, np.sin(x) / x, 1)}, {"x": (0.0, 12.0)}, {"x": 0.0},
    ),
    "one over nought": (lambda x: {"y": 1 / x, "z": -1 / x}, {"x": (0, 10)}, {"x": 0}),
    "nought over nought": (lambda x: {"y": x / x}, {"x": (0, 10)}, {"x": 0}),
    "root of less than nought": (lambda x: {"y": x**0.5}, {"x": (-4, 4)}, {"x": -4}),
    "cube root by power": (lambda x: {"y": x ** (1 / 3)}, {"x": (-8, 8)}, {"x": -8}),
    "logarithm of nought": (lambda x: {"y": np.log(x)}, {"x": (0, 10)}, {"x": 0}),
    "large whole numbers": (
        lambda n, d: {"FLOP": n * d}, {"n": (1, 10**10), "d": (1, 10**10)}, {"n": 10**10, "d": 10**10},
    ),
    "very large whole numbers": (
        lambda n, d: {"FLOP": 6 * n * d}, {"n": (1, 10**12), "d": (1, 10**15)}, {"n": 3, "d": 10**15},
    ),
    "two to the minus whole": (lambda n: {"y": 2**-n}, {"n": (0, 40)}, {"n": 40}),
    "whole division": (lambda n: {"y": n // 7, "z": n % 7, "w": -n // 7}, {"n": (-20, 20)}, {"n": -20}),
    "by nought": (lambda n: {"y": 7 // n, "z": 7 % n}, {"n": (-2, 2)}, {"n": 0}),
    "not": (lambda x: {"y": np.where(~(x > 5), 1, 2)}, {"x": (0, 10)}, {"x": 8}),
    "a condition": (lambda x: {"y": x > 5}, {"x": (0, 10)}, {"x": 8}),
    "a checkbox": (lambda on, x: {"y": x * on + (1 - on)}, {"on": True, "x": (0, 9)}, {"on": False}),
    "not a checkbox": (
        lambda on, x: {"y": np.where(~on & (x > 2), 1, 2)}, {"on": True, "x": (0, 9)}, {"on": False, "x": 3},
    ),
    "not a text": (
        lambda x, place: {"y": np.where(~(place == "a"), x, -x), "z": np.select([place != "a"], [x], 0)},
        {"x": (0, 9), "place": ["a", "b"]}, {"place": "b"},
    ),
    "even": (lambda n: {"y": np.where(n % 2 == 0, n / 2, 3 * n + 1)}, {"n": (1, 20)}, {"n": 7}),
    "digits": (lambda x: {"y": np.floor(np.log10(x))}, {"x": (1, 1000)}, {"x": 1000}),
    "no value": (lambda x: {"y": np.where(x > 3, x, np.nan)}, {"x": (0, 9)}, {"x": 2}),
    "the least of none": (
        lambda x: {"y": np.minimum(np.inf, x)}, {"x": (0, 9)}, {"x": 2},
    ),
    "nothing depends": (lambda x: {"y": 3, "z": x}, {"x": (0, 9)}, {"x": 2}),
    "nought": (lambda x: {"y": x - x, "z": x * 1e-300 * 1e-300}, {"x": (0, 9)}, {"x": 2}),
    "a range": (lambda x: {"y": interval(x, x + 1, 1 / x)}, {"x": (0, 9)}, {"x": 0}),
}  # fmt: skip


@pytest.mark.parametrize("what", ALIKE)
def test_python_and_page_agree_at_the_edges(what):
    model, controls, settings = ALIKE[what]
    explorer = made(model, **controls)
    wanted = explorer.evaluate(**settings)
    assert agree(in_vega.page(explorer, settings), wanted)
    assert all(type(value) is float for value in wanted.values())


def test_a_curve_may_begin_where_one_divides_by_nought():
    explorer = explore(lambda x: {"y": 1 / x}, name="made", x=(0.0, 10.0), chart=Curve("x", "y"))
    assert explorer.evaluate(x=0) == {"y": math.inf}


def test_a_model_is_given_doubles_booleans_and_texts():
    seen = set()

    def model(x, n, on, place, grid):
        seen.update((name, type(v)) for name, v in locals().items() if name != "seen")
        return {"y": x}

    made(model, x=(0.0, 1.0), n=(0, 9), on=True, place=["a", "b"], grid={"A": 1, "B": np.int64(2)})
    kinds = {name: kind for name, kind in seen if kind is not Symbol}
    assert issubclass(kinds.pop("place"), str)
    assert kinds == {"x": np.float64, "n": np.float64, "on": np.bool_, "grid": np.float64}


# What differs somewhere is refused, with the place


def state(x, seen=[]):  # noqa: B006
    seen.append(x)
    return {"y": x + len(seen)}


REFUSED = {
    "the type of an argument": (
        lambda x: {"y": 2 * x if isinstance(x, float) else 3 * x}, {"x": (1, 9)}, "from symbols",
    ),
    "only at one end": (
        lambda x: {"y": x * (2 if isinstance(x, float) and x == 9 else 1)}, {"x": (1, 9)}, "x=9",
    ),
    "only at one option": (
        lambda x, place: {"y": x * (2 if isinstance(place, str) and place == "c" else 1)},
        {"x": (1, 9), "place": list("abcd")}, "place=c",
    ),
    "only with a box unticked": (
        lambda x, on: {"y": x * (2 if on is np.False_ else 1)}, {"x": (1, 9), "on": True}, "on=False",
    ),
    "only between the ends": (
        lambda x: {"y": x * (2 if isinstance(x, float) and 2 < x < 8 else 1)}, {"x": (0.0, 10.0)}, "y",
    ),
    "state": (state, {"x": (1, 9), "seen": widgets.fixed([])}, "keeps state"),
    "whole numbers of NumPy": (
        lambda x: {"y": 7 // np.where(x > 3, 0, 1)}, {"x": (1, 9)}, "counts in whole numbers",
    ),
    "more digits than a double has": (
        lambda x: {"y": np.where(x > 3, 10**10, 1) * np.where(x > 2, 10**10, 1)}, {"x": (1, 9)},
        "more digits than a double has",
    ),
    "other outputs at times": (
        lambda x: {"y": x} | ({"z": x} if isinstance(x, float) and x > 5 else {}), {"x": (1, 9)},
        "Return the same outputs",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_differs_somewhere_is_refused(what):
    model, controls, text = REFUSED[what]
    with pytest.raises(TraceError, match=text):
        made(model, **controls)


def test_the_error_shows_both_numbers_and_all_settings():
    with pytest.raises(TraceError) as caught:
        made(lambda x, b: {"y": x * (b if isinstance(x, float) else 2)}, x=(1, 9), b=(2, 3))
    assert "'y' comes out as 15 from numbers and as 10 from symbols" in str(caught.value)
    assert "at x=5, b=3" in str(caught.value)


def test_an_error_of_the_model_keeps_its_own_traceback():
    def inner(x):
        if not isinstance(x, float) or x < 9:
            return x
        return {}["no such row"]

    with pytest.raises(KeyError, match="no such row") as caught:
        made(lambda x: {"y": inner(x)}, x=(1, 9))
    assert caught.traceback[-1].name == "inner"
    assert caught.value.__notes__ == ["The model was run with x=9."]


def test_an_error_while_tracing_keeps_its_own_traceback():
    def inner(x):
        return {"a": 1}["b"] * x

    with pytest.raises(KeyError) as caught:
        made(lambda x, y: {"y": inner(x)}, x=(1, 9), y=(1, 2))
    assert caught.traceback[-1].name == "inner"
    assert caught.value.__notes__ == ["The model was run with any x, any y."]


# What asks a checkbox or a list of options


GRIDS = {"coal": 0.9, "hydro": 0.02}
TABLE = pd.DataFrame({"kg": [0.9, 0.02]}, index=["coal", "hydro"])


def if_on(x, on):
    if on:
        return {"y": x * 2}
    return {"y": -x}


def chain(x, place):
    if place == "a":
        y = x
    elif place in {"b", "c"}:
        y = x**2
    else:
        y = np.where(x > 2, 7, x)
    return {"y": y}


def matched(x, place):
    match place:
        case "a":
            return {"y": x}
        case _:
            return {"y": 2 * x}


def both(x, on, place):
    return {"y": x if on and place == "a" else 1, "z": len(place) * x, "w": place.upper() == "B"}


ASKED = {
    "if": (if_on, {"x": (0, 9), "on": True}),
    "not": (lambda x, on: {"y": x if not on else 1}, {"x": (0, 9), "on": False}),
    "and": (lambda x, on, off: {"y": x * (on and not off)}, {"x": (0, 9), "on": True, "off": False}),
    "dict": (lambda x, grid: {"y": x * GRIDS[grid]}, {"x": (0, 9), "grid": ["coal", "hydro"]}),
    "dict of numbers": (lambda x, n: {"y": x * {1: 5, 2: 7, 3.5: 8}[n]}, {"x": (0, 9), "n": [1, 2, 3.5]}),
    "dict of booleans": (lambda x, on: {"y": x * {True: 5, False: 7}[on]}, {"x": (0, 9), "on": True}),
    "table": (lambda x, grid: {"y": x * TABLE.loc[grid, "kg"]}, {"x": (0, 9), "grid": list(TABLE.index)}),
    "series": (lambda x, grid: {"y": x * TABLE["kg"][grid]}, {"x": (0, 9), "grid": list(TABLE.index)}),
    "rows": (lambda x, grid: {"y": x * TABLE[TABLE.index == grid]["kg"].sum()}, {"x": (0, 9), "grid": list(TABLE.index)}),
    "elif": (chain, {"x": (0, 9), "place": list("abcd")}),
    "match": (matched, {"x": (0, 9), "place": list("abc")}),
    "two inputs": (both, {"x": (0, 9), "on": True, "place": ["a", "b", "cd"]}),
    "loop": (lambda x, n: {"y": sum(x**i for i in range(int(n)))}, {"x": (0, 9), "n": [1, 2, 5]}),
    "options of one value": (
        lambda x, kg: {"y": x * (1 if kg > 0.04 else 2)},
        {"x": (0, 9), "kg": {"France": 0.05, "Sweden": 0.05, "Norway": 0.01}},
    ),
    "options of rows of a table": (
        lambda x, kg: {"y": x if kg > 1 else -x}, {"x": (0, 9), "kg": dict(zip("ab", np.array([1, 2]), strict=True))},
    ),
    "boolean options": (lambda x, how: {"y": x if how else 1}, {"x": (0, 9), "how": {"yes": True, "no": False}}),
    "options of numbers and texts": (
        lambda x, how: {"y": x * (how if how != "none" else 0)}, {"x": (0, 9), "how": [1, 2, "none"]},
    ),
    "a format": (lambda x, place: {"y": x * int(f"{place}"[1:])}, {"x": (0, 9), "place": ["a1", "b22"]}),
    "an interval": (
        lambda x, on: {"y": interval(x, x, x + 1) if on else interval(0, x, 9)}, {"x": (0, 9), "on": True},
    ),
    "a comparison of a choice": (
        lambda x, a, b: {"y": x if a == b else 0}, {"x": (0, 9), "a": ["p", "q"], "b": ["q", "p"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_a_model_may_ask_what_has_few_values(what):
    model, controls = ASKED[what]
    explorer = made(model, **controls)
    inputs = explorer._model.inputs
    choices = {
        given.name: [value for _, value in given.options] for given in inputs if given.options
    }
    for name, control in explorer.controls.items():
        values = (
            [getattr(value, "item", lambda v=value: v)() for value in choices[name]]
            if name in choices
            else [True, False]
            if isinstance(control.value, bool)
            else [0, 1, 7]
        )
        for value in values:
            settings = {name: value}
            assert agree(in_vega.page(explorer, settings), explorer.evaluate(**settings)), settings


def test_a_curve_of_what_asks_its_options():
    chart = Curve("x", "y")
    explorer = explore(if_on, name="made", x=(0, 9), on=True, chart=chart)
    program = [t for t in explorer._page["spec"]["data"] if t["name"] == "explorer_table"]
    assert "i1" in str(program)


def test_what_all_options_share_is_written_once():
    def model(x, place):
        return {"y": np.exp(x) * GRIDS[place], "z": np.exp(x)}

    explorer = made(model, x=(0, 9), place=["coal", "hydro"])
    assert str(explorer._page["spec"]["signals"]).count("exp(") == 1


def test_more_combinations_than_can_be_run_are_refused_with_their_number():
    def model(a, b, c, x):
        return {"y": x if a == "1" and b == "1" and c == "1" else 0}

    numbers = list("12345")
    with pytest.raises(TraceError, match=r"a, b.*are 125, more than 64") as caught:
        made(model, a=numbers, b=numbers, c=numbers, x=(0, 9))
    assert "np.where(condition, a, b)" in str(caught.value)
    assert made(model, a=numbers[:4], b=numbers[:4], c=numbers[:4], x=(0, 9))


@pytest.mark.parametrize(
    "model",
    [
        lambda x, on: {"y": 1 if x > 2 else 0},
        lambda x, on: {"y": 1 if on and x > 2 else 0},
        lambda x, on: {"y": 1 if x * on > 2 else 0},
    ],
)
def test_what_asks_a_number_is_refused_with_the_fix(model):
    with pytest.raises(TraceError, match=r"np\.where\(condition, a, b\)"):
        made(model, x=(0, 9), on=True)


@pytest.mark.parametrize("option", [None, (1, 2), 1j, np.array([1, 2])], ids=str)
def test_an_option_that_no_page_can_hold_is_refused(option):
    with pytest.raises(TypeError, match="An option of x must be a number, a text or a boolean"):
        made(lambda x: {"y": x}, x=[("one", 1), ("other", option)])


def test_outputs_have_the_same_names_whatever_is_chosen():
    with pytest.raises(TraceError, match="same names whatever is chosen"):
        made(lambda x, place: {f"In {place}": x}, x=(0, 9), place=["a", "b"])


# Long models


def test_a_year_of_days_with_a_curve():
    explorer = long_models.explorer(365)
    for settings in ({}, {"beta": 0.0}, {"beta": 1.0, "gamma": 0.01, "first": 1000}):
        wanted = explorer.evaluate(**settings)
        assert agree(in_vega.page(explorer, settings), wanted)
    spec = explorer._page["spec"]
    assert len(json.dumps(spec)) < 400_000
    copies = [d for d in spec["data"] if d.get("source") == "explorer_curve"]
    assert copies == [], "rows are copied"


@pytest.mark.parametrize("hours", [8_760, 20_000])
def test_a_year_of_hours(hours):
    def model(x, y):
        for _ in range(hours):
            x = x * (1 - y) + y
        return {"x": x}

    explorer = made(model, x=(0.0, 10.0), y=(0.0, 1e-3, 1e-5))
    settings = {"x": 7.0, "y": 2e-4}
    assert agree(in_vega.page(explorer, settings), explorer.evaluate(**settings))
    assert explorer.evaluate(**settings)["x"] == pytest.approx(1 + 6 * (1 - 2e-4) ** hours)
