"""Controls on both sides: what Python sets reaches the page, what the page sets reaches Python, or goes back."""

from __future__ import annotations

import functools
import gc
import json
import os
import random
import subprocess
import sys
import weakref
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pandas as pd
import pytest

from aiimpact.live import explore
from aiimpact.live.controls import KINDS
from aiimpact.numbers import number, written

PAGE = Path(__file__).parents[1] / "aiimpact" / "live" / "page"


def double(x):
    """Twice a number."""
    return {"Twice": 2 * x}


def total(a, b, c=True):
    return {"Total": a + b * c}


def made(model=double, **options):
    return explore(model, **({"name": "made"} | options))


def of_page(explorer, **told):
    """Let the page tell what a reader set, by name of the input; give what Python sends back."""
    ids = {given.name: given.id for given in explorer._model.inputs}
    sent = []
    explorer.comm.send = lambda data, buffers=None: sent.append(data)
    explorer.set_state({ids[name]: state for name, state in told.items()})
    del explorer.comm.send
    return [m["state"] for m in sent if m["method"] == "update"]


# From the page to Python


def test_what_the_page_sets_reaches_the_controls_together():
    explorer = made(total, a=(0, 10), b=(0.0, 1.0), c=True)
    seen = []
    explorer.observe(lambda change: seen.append(dict(change.new)), "values")
    assert of_page(explorer, a=3, b=0.25, c=False) == []
    assert {name: control.value for name, control in explorer.controls.items()} == {
        "a": 3,
        "b": 0.25,
        "c": False,
    }
    assert seen == [{"a": 3, "b": 0.25, "c": False}] == [explorer.values]


@pytest.mark.parametrize(
    ("control", "told"),
    [
        ((0, 10), 2.5),
        ((0, 10), 11),
        ((0, 10), None),
        ((0, 10), True),
        ((0, 10), "3"),
        ((0.0, 1.0), -0.1),
        ((0.0, 1.0), None),
        ((0.0, 1.0), [0.5]),
        (True, 0),
        (True, None),
        (["a", "b"], 2),
        (["a", "b"], -1),
        (["a", "b"], "a"),
        (["a", "b"], None),
        (["a", "b"], True),
    ],
)
def test_what_the_control_cannot_show_goes_back(control, told):
    def model(x):
        return {"y": np.where(x == "b", 1, 2)} if isinstance(control, list) else {"y": x + 0}

    explorer = made(model, x=control)
    before = explorer.controls["x"].value
    (sent,) = of_page(explorer, x=told)
    assert explorer.controls["x"].value == before
    assert sent == {"i0": explorer._model.inputs[0].state}


def test_a_late_answer_of_python_is_not_lost():
    """A message of the page holds what was moved there, and nothing of the other inputs."""
    explorer = made(total, a=(0, 10), b=(0.0, 5.0), c=True)
    explorer.controls["b"].value = 1.0
    of_page(explorer, a=7)
    assert explorer.values == {"a": 7, "b": 1.0, "c": True}


def test_an_observer_of_one_control_may_set_another():
    explorer = made(total, a=(0, 10), b=(0, 10), c=True)
    explorer.controls["a"].observe(
        lambda change: setattr(explorer.controls["b"], "value", 10 - change.new), "value"
    )
    (sent,) = of_page(explorer, a=9)
    assert sent == {"i1": 1}
    assert explorer.values == {"a": 9, "b": 1, "c": True}


def test_an_observer_that_raises_leaves_the_other_inputs_set():
    explorer = made(total, a=(0, 10), b=(0, 10), c=True)

    def broken(_):
        msg = "of the author"
        raise ZeroDivisionError(msg)

    explorer.controls["a"].observe(broken, "value")
    with pytest.raises(ZeroDivisionError, match="of the author"):
        of_page(explorer, a=1, b=2)
    assert explorer.values == {"a": 1, "b": 2, "c": True}


# From Python to the page


def test_no_message_leaves_the_page_with_a_value_that_its_control_cannot_show():
    """Limits, options and values change at random in Python; a page that follows is never torn."""
    rng = random.Random(0)
    explorer = made(
        lambda x, y, z: {"All": x + y + np.where(z == "a", 1, 2)},
        x=(0.0, 5.0),
        y=(0, 10),
        z=["a", "b", "c"],
    )
    page = {
        "_facts": explorer._facts,
        **{key: getattr(explorer, key) for key in ("i0", "i1", "i2")},
    }

    def whole() -> bool:
        x, y, z = page["_facts"]
        return (
            x["low"] <= page["i0"] <= x["high"]
            and y["low"] <= page["i1"] <= y["high"]
            and 0 <= page["i2"] < len(z["options"])
        )

    def hear(data, buffers=None):
        page.update(data["state"])
        assert whole(), data["state"]

    explorer.comm.send = hear
    controls = explorer.controls
    for _ in range(60):
        which = rng.randrange(6)
        if which == 0:
            controls["x"].max = controls["x"].min + rng.uniform(0.1, 9)
        elif which == 1:
            controls["x"].min = controls["x"].max - rng.uniform(0.1, 9)
        elif which == 2:
            controls["y"].max = controls["y"].min + rng.randint(1, 20)
        elif which == 3:
            controls["z"].options = rng.sample("abcdefg", rng.randint(1, 5))
        else:
            controls["x"].value = rng.uniform(-9, 9)
            controls["z"].index = rng.randrange(len(controls["z"].options))
    assert page["i0"] == controls["x"].value
    assert page["_facts"] == explorer._facts


@pytest.mark.parametrize(
    ("trait", "value", "fact"),
    [
        ("min", -5.0, "low"),
        ("max", 50.0, "high"),
        ("step", 0.5, "step"),
        ("disabled", True, "disabled"),
        ("continuous_update", False, "continuous"),
    ],
)
def test_every_trait_that_the_page_draws_is_followed(trait, value, fact):
    explorer = made(x=(0.0, 5.0))
    setattr(explorer.controls["x"], trait, value)
    assert explorer._facts[0][fact] == value


def test_other_options_make_another_model_of_it():
    explorer = made(lambda x: {"y": {"a": 1.0, "b": 2.0, "c": 30.0}[x]}, x=["a", "b"])
    page = explorer._page
    explorer.controls["x"].options = ["b", "c"]
    assert explorer._facts[0]["options"] == [["b", "b"], ["c", "c"]]
    assert explorer._page != page
    assert explorer.evaluate() == {"y": 2.0}
    of_page(explorer, x=1)
    assert explorer.evaluate() == {"y": 30.0}


def test_no_choice_is_refused_and_the_first_is_chosen():
    explorer = made(x={"a": 1, "b": 2})
    explorer.controls["x"].value = 2
    with pytest.raises(ValueError, match="needs one of its options"):
        explorer.controls["x"].value = None
    assert explorer.values == {"x": 1}


def test_a_closed_explorer_leaves_its_controls_alone():
    slider = widgets.IntSlider()
    explorer = made(x=slider)
    explorer.close()
    slider.value = 3
    assert explorer.i0 == 0
    assert slider.comm is not None


def test_a_control_can_be_shared_by_two_explorers():
    slider = widgets.IntSlider(max=10)
    one, other = made(x=slider), explore(double, name="other", x=slider)
    of_page(one, x=4)
    assert slider.value == other.i0 == 4


# What an author may give


@pytest.mark.parametrize(
    "control",
    [
        widgets.Play,
        widgets.HTML,
        widgets.Text,
        widgets.Textarea,
        widgets.IntProgress,
        widgets.FloatProgress,
        widgets.ColorPicker,
        widgets.Valid,
        widgets.DatePicker,
        widgets.IntRangeSlider,
        widgets.Label,
        widgets.Button,
        widgets.Password,
        widgets.VBox,
    ],
)
def test_a_control_that_the_page_cannot_draw_is_refused_with_the_fix(control):
    with pytest.raises(TypeError, match=rf"{control.__name__}.* cannot draw.*FloatSlider") as error:
        made(x=control())
    assert all(cls.__name__ in str(error.value) for cls in KINDS)


@pytest.mark.parametrize("readout", [".2e", "$,.0f", ".0%", "s"])
def test_a_readout_that_the_page_cannot_write_is_refused(readout):
    with pytest.raises(ValueError, match=r"which the page cannot write"):
        made(x=widgets.FloatSlider(readout_format=readout))


@pytest.mark.parametrize(
    ("control", "default"), [((0, 10), 20), ((0.0, 1.0), -2.0), (["a", "b"], "c")]
)
def test_a_default_that_the_control_cannot_show_is_refused(control, default):
    def model(x=default):
        return {"y": np.where(x == "b", 1, 2)}

    with pytest.raises(ValueError, match="is not a value of its control"):
        made(model, x=control)


@pytest.mark.parametrize(
    "options",
    [
        list(np.array([1, 2, 3])),
        np.array([1, 2, 3]),
        [np.int64(1), np.int64(2)],
        dict(pd.Series({"one": 1, "two": 2})),
        {"one": np.float64(1), "two": np.float32(2)},
        [("one", 1), ("two", 2)],
    ],
    ids=repr,
)
def test_options_may_come_from_a_table(options):
    explorer = made(x=options)
    assert explorer.evaluate(x=2) == {"Twice": 4}
    json.dumps(explorer._facts)


def test_options_of_one_value_are_told_apart():
    explorer = made(x={"France": 0.05, "Sweden": 0.05, "Poland": 0.6}, sentence="{x}: {Twice}")
    of_page(explorer, x=1)
    assert explorer.controls["x"].label == "Sweden"
    explorer.controls["x"].index = 2
    explorer.controls["x"].label = "Sweden"
    assert explorer.i0 == 1
    again = made(
        x=widgets.Dropdown(options=[("France", 0.05), ("Sweden", 0.05)], index=1), sentence="{x}."
    )
    assert "Sweden." in again._markup


def test_a_preset_may_name_an_option_by_its_label():
    explorer = made(x={"France": 0.05, "Sweden": 0.05}, presets={"North": {"x": "Sweden"}})
    assert explorer._page["presets"] == [{"label": "North", "settings": {"x": "Sweden"}}]


def test_a_preset_of_half_a_step_of_a_whole_number_is_refused():
    with pytest.raises(ValueError, match=r"x must be a whole number, got 2\.5"):
        made(x=(0, 9), presets={"p": {"x": 2.5}})


@pytest.mark.parametrize("digits", [0, -1, 2.5, True, "3", 16])
def test_digits_are_a_few(digits):
    with pytest.raises(ValueError, match="digits must be a whole number from 1 to 15"):
        made(x=(0, 9), digits=digits)


@pytest.mark.parametrize("sentence", ["cost {}", "cost {Twice", "cost Twice}", "{{Twice}}"])
def test_braces_of_a_sentence_do_not_vanish(sentence):
    with pytest.raises(ValueError, match=r"brace|no output named ''"):
        made(x=(0, 9), sentence=sentence)


def test_what_wraps_a_function_is_not_read_aloud():
    explorer = made(functools.partial(total, b=2.0), a=(0, 9))
    assert 'aria-label="made"' in explorer._markup
    assert 'aria-label="Twice a number."' in made(functools.partial(double), x=(0, 9))._markup


# The value that counts is the value that is read


@pytest.mark.parametrize(
    ("control", "value", "text"),
    [
        ((0.25, 2.25, 0.5), 1.25, "1.25"),
        ((0.0, 2.0, 0.1), 1.123, "1.123"),
        ((1.0, 2.5, 0.01), 1.1, "1.10"),
        ((0, 10_000_000, 10_000), 3_552_000, "3,552,000"),
        ((1e-9, 1e-6, 1e-9), 3e-7, "0.000000300"),
        ((2020, 2040), 2030, "2030"),
        ((-300.0, 300.0, 10.0), -150.0, "−150"),
        (widgets.FloatLogSlider(value=189.42875, min=0, max=4), None, "189.42875"),
        (widgets.FloatLogSlider(value=2.5e9, min=6, max=12), None, "2,500,000,000"),
        (widgets.FloatText(1234.5), None, "1,234.5"),
        (widgets.IntText(2030), None, "2,030"),
        (widgets.BoundedIntText(2030, max=2100), None, "2030"),
        (widgets.FloatSlider(0.3, readout_format="d"), None, "0.3"),
    ],
)
def test_a_control_reads_the_value_that_counts(control, value, text):
    def model(x=value):
        return {"y": x + 0}

    explorer = made(model if value is not None else double, x=control)
    (given,) = explorer._model.inputs
    assert given.written(given.state) == text
    assert f'<span class="explorer-widget">{text}</span>' in explorer._markup


def test_page_and_python_write_numbers_alike():
    rng = random.Random(0)
    values = [rng.choice([-1, 1]) * 10 ** rng.uniform(-12, 15) for _ in range(2000)]
    values += [round(rng.uniform(-1000, 1000), n) for n in range(5) for _ in range(200)]
    # Halves, which computers hold as less or more than a half.
    values += [1.005, 0.045, 1.45, 2.675, 0.5, 1.5, 2.5, 999.5, 9.995, 0.0, -0.0, 1e21, 1 / 3]
    formats = [{"decimals": n} for n in (0, 1, 2, 5)] + [{"digits": n} for n in (1, 3, 10)]
    formats += [{"decimals": 0, "commas": False}, {"digits": 3, "commas": False}]
    script = f"""
      import {{ readFileSync }} from "node:fs";
      import {{ format, written }} from "{PAGE.as_uri()}/src/numbers.js";
      const [values, formats] = JSON.parse(readFileSync(0));
      console.log(JSON.stringify(values.map((value) =>
        [format(value, 3), ...formats.map((one) => written(value, one))])));
    """
    ran = subprocess.run(
        ["node", "--input-type=module", "--eval", script],
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        input=json.dumps([values, formats]),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    wanted = [[number(v, 3), *(written(v, **f) for f in formats)] for v in values]
    pairs = zip(values, json.loads(ran.stdout), wanted, strict=True)
    assert [pair for pair in pairs if pair[1] != pair[2]][:3] == []


def test_nothing_of_an_explorer_is_left_in_memory_when_it_is_closed():
    explorer = made(x=(0, 9))
    explorer.close()
    explorer.controls["x"].close()
    gone = weakref.ref(explorer)
    del explorer
    gc.collect()
    assert gone() is None
