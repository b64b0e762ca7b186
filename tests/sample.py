"""Explorers and questions of every kind, so that the browser tests do not hang on what the book uses."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import ipywidgets
import numpy as np

from aiimpact.ask import ask, guess, sort
from aiimpact.live import Bars, Curve, explore, interval, trace

HOSTILE = "<script>window.broken = true</script>"
NAMES = ["every-control", "curve", "own-chart", "hostile", "plain-number", "every-operation"]
QUESTION_NAMES = [
    "box", "per-cent", "negative", "share", "nought", "exact", "choices", "slider", "moved",
    "moved-range", "hostile-question", "open", "guess", "guess-row", "sort",
]  # fmt: skip


def _every_control(days, accelerators, power_w, grid, cooling, recycled, base, share):
    """A model with a control of every kind."""
    energy = accelerators * days * 24 * power_w / 1e6
    water = np.where(cooling == "tower", 1.8, 0.2) * energy * np.where(recycled, 0.5, 1)
    emissions = energy * grid * share + base
    return {
        "Energy [MWh]": energy,
        "Water [m3]": water,
        "Emissions [t CO2e]": interval(emissions * 0.8, emissions, emissions * 1.3),
    }


def _curve(tokens, parameters, utilisation=0.4):
    """Hours over tokens."""
    hours = 6 * tokens * parameters * 1e9 / (312e12 * 3600 * utilisation)
    return {"Hours": interval(hours / 2, hours, hours * 2), "log of hours": np.log10(hours)}


def _own_chart(first, rate):
    """A share that grows, and stops at all there is."""
    later = np.minimum(first * (1 + rate / 100) ** 10, 100)
    return {"Now [%]": first, "Later [%]": later}


def _hostile(x):
    return {f"Output {HOSTILE} [t]": x * 2, 'Another "one" & more [t]': x / 2}


def _plain(x):
    """The number itself."""
    return {"Number": x}


def every_operation(x, y):
    """Every function that a model may use, on one number of any sign and one above zero."""
    special = {
        "where": np.where(x > y, x, -y),
        "clip": np.clip(x, -5, y),
        "power": np.power(y, x / 10),
        "float_power": np.float_power(y, x / 10),
        "bitwise_and": (x > 0) & (y > 10),
        "bitwise_or": (x > 0) | (y > 10),
        "bitwise_xor": (x > 0) ^ (y > 10),
        "invert": ~np.greater(x, 0),
        "round": np.round(x, 1),
        "around": np.around(x * 100, -2),
        "select": np.select([x > 5, x > 0], [y, -y], x),
        "polyval": np.polyval([1, -2, 0.5], x),
        "arccosh": np.arccosh(1 + np.absolute(x)),
        "interp": np.interp(x, [-10, 0, 5, 12], [3, -1, 7, 7]),
    }
    half = {"arcsin", "arccos", "arctanh"}
    outputs = {}
    for name in trace.FUNCTIONS:
        function = getattr(np, name)
        if name in special:
            outputs[name] = special[name]
        elif name == "divmod":
            outputs["divmod"], outputs["divmod, rest"] = np.divmod(x, y)
        elif function.nin == 2:
            outputs[name] = function(x, y)
        else:
            outputs[name] = function(x / 21 if name in half else x)
    return outputs


@cache
def explorers() -> dict[str, Any]:
    own_chart = (
        alt.Chart(alt.Data(values=[{"label": "first"}, {"label": "later"}]))
        .transform_calculate(share="datum.label === 'first' ? first : later")
        .mark_bar()
        .encode(x=alt.X("share:Q", title="Share [%]"), y=alt.Y("label:N", title=None))
        .properties(description="Bars of the share first and later.")
    )
    made = [
        explore(
            _every_control,
            name="every-control",
            days=(1, 100, 0.5),
            accelerators=(8, 30_000, 8),
            power_w=ipywidgets.BoundedFloatText(value=330, min=50, max=2000, step=10),
            grid={"Coal": 0.9, "Hydro": 0.02, "World": 0.48},
            cooling=["tower", "dry"],
            recycled=True,
            base=ipywidgets.FloatText(value=5),
            share=ipywidgets.FloatLogSlider(value=0.1, min=-3, max=0, step=0.1),
            labels={"grid": "Grid [kg/kWh]", "base": "Base [t]"},
            presets={
                "Small": {"accelerators": 64, "days": 10.0, "grid": 0.02},
                "Large": {
                    "accelerators": 16_000,
                    "days": 54.0,
                    "cooling": "dry",
                    "recycled": False,
                },
            },
            chart=Bars(references={"A car's lifetime": 57.0}),
        ),
        explore(
            _curve,
            name="curve",
            tokens=ipywidgets.FloatLogSlider(value=3e11, min=9, max=14, step=0.1),
            parameters=(1, 500),
            utilisation=(0.05, 0.65, 0.01),
            chart=Curve(x="tokens", y="Hours", log=True, references={"A year": 8760}),
            sentence="{tokens} tokens at {utilisation} take {Hours} hours.",
            presets={"GPT-3": {"tokens": 3e11, "parameters": 175}},
        ),
        explore(
            _own_chart,
            name="own-chart",
            first=(0.5, 10.0, 0.5),
            rate=(-20, 60),
            chart=own_chart,
        ),
        explore(
            _hostile,
            name="hostile",
            title=f"Title {HOSTILE}",
            x=(0, 10),
            labels={"x": f'Label "x" {HOSTILE}'},
            presets={f"Preset {HOSTILE}": {"x": 3}},
            sentence=f"Sentence {HOSTILE} {{x}}.",
            chart=Bars(references={f"Reference {HOSTILE}": 4}),
        ),
        explore(_plain, name="plain-number", x=ipywidgets.FloatText(value=1234.5), digits=4),
        explore(every_operation, name="every-operation", x=(-20.0, 20.0, 0.1), y=(0.1, 20.0, 0.1)),
    ]
    assert [explorer.name for explorer in made] == NAMES
    return {explorer.name: explorer for explorer in made}


def _site(it_mwh=1170.0, pue=1.1):
    """What a site uses."""
    return {"Site [MWh]": it_mwh * pue}


@cache
def questions() -> dict[str, Any]:
    """Make a question of every kind, and an explorer that one of them is about."""
    explorer = explore(_site, name="site", it_mwh=(1.0, 5000.0, 1.0), pue=(1.0, 2.5, 0.01))
    made = [
        explorer,
        ask(
            "What does the site use?",
            name="box",
            answer=lambda pue, it_mwh: pue * it_mwh,
            unit="MWh",
            quantities={"pue": 1.58, "it_mwh": 1170, "utilisation": 0.37, "runs": 17},
            slips={"own-slip": (950.0, "You left out the cooling.")},
            hints=["The building adds something.", "Multiply by the PUE."],
            why="Computers times PUE.\n\nA second paragraph.",
        ),
        ask(
            "How fast does it grow?",
            name="per-cent",
            answer=31.07,
            unit="%",
            within=(31.0, 31.2),
            hints=["Take a root."],
        ),
        ask("How much lower?", name="negative", answer=-12.5, unit="t CO2e", tolerance=0.05),
        ask("What is left?", name="share", answer=0.3, tolerance=0.01),
        ask("What is the sum?", name="nought", answer=0.0, unit="%"),
        ask("How many letters?", name="exact", answer=26, tolerance=0, unit="letters"),
        ask(
            "Which?",
            name="choices",
            answer="10",
            choices={
                "2": "Too few.",
                "10": "Ten it is.",
                "constructor": "That is a word of another language.",
                HOSTILE: f"Not {HOSTILE}.",
            },
            hints=["Count."],
            why="Because.",
        ),
        ask("About how many?", name="slider", answer=700, slider=(1, 1e5), tolerance=0.5, unit="t"),
        ask(
            "What does it use now?",
            name="moved",
            answer=lambda it_mwh, pue: it_mwh * pue,
            unit="MWh",
            explorer=explorer,
            slips={"without-building": (lambda it_mwh: it_mwh, "The building is left out.")},
        ),
        ask(
            "What could it use?",
            name="moved-range",
            answer=lambda it_mwh, pue: interval(it_mwh, it_mwh * pue, it_mwh * pue * 2),
            unit="MWh",
            explorer=explorer,
            hints=["At least what the computers use."],
        ),
        ask(
            f"Question {HOSTILE}",
            name="hostile-question",
            answer=5.0,
            unit=f"t {HOSTILE}",
            hints=[f"Hint {HOSTILE}"],
            why=f"Why </script> {HOSTILE}",
        ),
        ask("Why is it so?", name="open", answer=f"A model answer.\n\nWith {HOSTILE}."),
        guess(
            "How heavy?", name="guess", answer=552.1, unit="t", slider=(1, 1e6), within=(500, 600)
        ),
        guess("How often?", name="guess-row", answer=3, slider=(0.5, 20), why="It is so."),
        sort(
            "How far does each reach?",
            name="sort",
            boxes=["chip", "building", "constructor", f"box {HOSTILE}"],
            things={
                "A reading of the card": ("chip", "A card knows of nothing but itself."),
                "A bill": ("building", "A bill counts all that is behind the meter."),
                f"Thing {HOSTILE}": ("chip", f"Not {HOSTILE}."),
            },
            slips={"bill-for-chips": ("A bill", "chip", "The meter hangs at the wall.")},
            hints=["Where does the meter hang?", "What stands behind it?"],
            why="A boundary is where the meter hangs.",
        ),
    ]
    assert [question.name for question in made[1:]] == QUESTION_NAMES
    return {question.name: question for question in made}
