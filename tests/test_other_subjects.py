"""Explorers that are not about AI: those of the page for authors, held against textbooks and against Vega."""

from __future__ import annotations

import ast
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import in_vega
import numpy as np
import pytest
import yaml

from aiimpact.live import Explorer, number

PAGE = (Path(__file__).parents[1] / "book" / "authors.md").read_text(encoding="utf-8")
NAMES = ["pendulum", "market", "epidemic", "savings", "heating", "ball",
         "showers", "boiler", "gas", "can", "gravity"]  # fmt: skip


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.S)


@cache
def examples() -> dict[str, Any]:
    """Run each example as a notebook would: what its last line gives is shown."""
    names: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    for block in blocks("python"):
        cell = ast.parse(block)
        last = cell.body.pop() if isinstance(cell.body[-1], ast.Expr) else None
        exec(compile(cell, "authors.md", "exec"), names)
        if isinstance(last, ast.Expr):
            found = eval(compile(ast.Expression(last.value), "authors.md", "eval"), names)
            shown[found.name] = found
    return shown


def explorers() -> dict[str, Explorer]:
    return {name: made for name, made in examples().items() if isinstance(made, Explorer)}


def values(name: str, **settings: Any) -> dict[str, Any]:
    return explorers()[name].evaluate(**settings)


def places(explorer: Explorer) -> list[dict[str, Any]]:
    """The defaults, all low and all high, and one between."""
    sliders = {k: c for k, c in explorer.controls.items() if hasattr(c, "min")}
    between = {
        k: c.min + round((c.max - c.min) / c.step * 0.3) * c.step for k, c in sliders.items()
    }
    return [
        {},
        {k: c.min for k, c in sliders.items()},
        {k: c.max for k, c in sliders.items()},
        between,
    ]


def test_the_question_of_the_page_names_what_went_wrong():
    question = examples()["speed-or-way"]
    speeds = {"50 km/h": "a speed", "a light-year": "a speed", "a knot": "a speed"}
    assert question.check(speeds).slip == "year"
    assert question.check(speeds | {"a light-year": "a way"}).tone == "got-it"


def test_the_page_makes_every_explorer_it_shows():
    assert list(explorers()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_computes_what_python_computes(name):
    explorer = explorers()[name]
    for settings in places(explorer):
        wanted, found = explorer.evaluate(**settings), in_vega.page(explorer, settings)
        assert found.keys() == wanted.keys()
        for output, value in wanted.items():
            # A year of days adds up what the two exponentials differ by.
            np.testing.assert_allclose(found[output], value, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_the_table_that_python_writes(name):
    explorer = explorers()[name]
    drawing = explorer._recipe.chart.draw(explorer._recipe.trace())
    for settings in places(explorer):
        wanted = drawing.table.rows(explorer._model.settings() | settings)
        found = in_vega.rows(explorer, settings)
        assert 1 <= len(wanted) <= 12
        assert [list(row) for row in found] == [list(row) for row in wanted]
        for row, other in zip(found, wanted, strict=True):
            for field, value in other.items():
                same = value if isinstance(value, str) else pytest.approx(value, rel=1e-9, abs=1e-9)
                assert row[field] == same


# What textbooks say


@pytest.mark.parametrize(
    ("angle", "ratio"), [(10, 1.00191), (30, 1.01741), (60, 1.07318), (90, 1.18034), (120, 1.37288)]
)
def test_a_pendulum_swings_slower_from_a_large_angle(angle, ratio):
    found = values("pendulum", angle_deg=angle, length_m=1.0)
    assert found["Small angles [s]"] == pytest.approx(2.00607, abs=1e-5)
    assert found["Exact [s]"] / found["Small angles [s]"] == pytest.approx(ratio, abs=6e-6)


def test_supply_meets_demand_and_a_tax_is_borne_by_both():
    free = values("market", tax=0.0)["Price where they meet [EUR/kg]"]
    assert free == pytest.approx(4.4)
    for tax in (0.0, 1.0, 3.0):
        meeting = values("market", tax=tax)["Price where they meet [EUR/kg]"]
        found = values("market", tax=tax, price=meeting)
        assert found["Demand [t]"] == pytest.approx(found["Supply [t]"])
        # The steeper side pays less: slopes of 15 and 10 give three parts of five to the buyer.
        assert meeting - free == pytest.approx(tax * 15 / 25)


@pytest.mark.parametrize(("contacts", "recovery"), [(0.3, 0.1), (0.2, 0.05), (0.5, 0.2)])
def test_an_epidemic_keeps_its_people_and_turns_where_one_infects_one(contacts, recovery):
    found = values("epidemic", contacts=contacts, recovery=recovery)
    s, i, r = (np.array(found[name]) for name in ("Susceptible", "Infected", "Recovered"))
    assert len(s) == 366
    np.testing.assert_allclose(s + i + r, 1e6)
    peak = int(np.argmax(i))
    assert i[peak] == found["Infected at the peak"]
    threshold = 1e6 / found["One infects"]
    assert s[peak] <= threshold <= s[peak - 1]
    # Kermack and McKendrick: ln(s0 / s) = R0 (1 - s) in the end; a day's step is coarse.
    share = s[-1] / 1e6
    assert -math.log(share) == pytest.approx(found["One infects"] * (1 - share), rel=0.12)


def test_an_epidemic_that_infects_too_few_dies_out():
    infected = values("epidemic", contacts=0.05, recovery=0.1)["Infected"]
    assert infected == sorted(infected, reverse=True)


@pytest.mark.parametrize("rate", [0.1, 3.0, 10.0])
def test_savings_are_an_annuity(rate):
    found = values("savings", monthly=100.0, rate_percent=rate)
    factor = ((1 + rate / 100) ** 40 - 1) / (rate / 100)
    assert found["In all [EUR]"] == pytest.approx(1200 * factor)
    assert found["Paid in [EUR]"][-1] == 48_000


def test_without_interest_nothing_is_added():
    assert set(values("savings", rate_percent=0.0)["Interest [EUR]"]) == {0.0}


@pytest.mark.parametrize("bounce", [0.5, 0.8, 1.0])
def test_a_ball_falls_as_galileo_says_and_comes_back_as_high_as_it_may(bounce):
    found = values("ball", height_m=2.0, speed=1.0, bounce=bounce)
    x, y = np.array(found["Distance [m]"]), np.array(found["Height [m]"])
    np.testing.assert_allclose(y[:60], 2 - 9.81 * x[:60] ** 2 / 2, atol=1e-9)
    fall = math.sqrt(2 * 2 / 9.81)
    hit = 1 + int(np.argmax(np.diff(y) > 0))
    assert x[hit] == pytest.approx(fall, abs=0.02)
    assert y[hit : hit + 130].max() == pytest.approx(bounce**2 * 2, rel=0.03)


def test_a_draw_is_a_row_and_their_middle_is_the_true_value():
    explorer = explorers()["gravity"]
    sets = {given["name"]: given for given in explorer._page["spec"]["data"]}
    assert len(sets["explorer_draws"]["values"]) == 1000
    # The model's text is there once, and not a thousand times.
    assert len(str(explorer._page["spec"]["signals"])) < 1000
    table = {row["label"]: row["value"] for row in in_vega.rows(explorer, {})}
    assert table["median"] == pytest.approx(9.81, abs=0.05)
    once = {row["label"]: row["value"] for row in in_vega.rows(explorer, {"swings": 1})}
    spread, wide = (t["95 % lie below"] - t["5 % lie below"] for t in (table, once))
    assert wide / spread == pytest.approx(explorer.controls["swings"].value, rel=0.1)


# What else the page tells


def test_the_listener_is_short_and_the_line_for_books_is_an_extension():
    (frame,) = blocks("html")
    script = re.search(r"<script>\n(.*?)</script>", frame, flags=re.S)
    assert script is not None
    assert len(script[1].splitlines()) <= 6
    assert "explorer-height" in script[1]
    (config,) = blocks("yaml")
    (name,) = yaml.safe_load(config)["sphinx"]["extra_extensions"]
    assert callable(__import__(name, fromlist=["setup"]).setup)


# In the page


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_it_lives_in_a_page(open_file, name):
    explorer = explorers()[name]
    tab = open_file(explorer.html(), viewport={"width": 900, "height": 800})
    tab.wake(name)
    for settings in places(explorer):
        tab.handle(name, "reset")
        found, wanted = tab.set(name, settings), explorer.evaluate(**settings)
        assert found.keys() == wanted.keys()
        for output, value in wanted.items():
            np.testing.assert_allclose(found[output], value, rtol=1e-9, atol=1e-9)
        drawing = tab.root(name).locator(".explorer-chart svg").first
        assert drawing.bounding_box()["width"] > 300
    tab.root(name).locator(".explorer-data > summary").click()
    cells = tab.root(name).locator("tbody td").all_inner_texts()
    assert cells
    assert not [cell for cell in cells if "NaN" in cell]
    with tab.window(320, 700):
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.browser
def test_a_title_has_the_numbers_of_the_moment(open_file):
    explorer = explorers()["epidemic"]
    tab = open_file(explorer.html())
    tab.wake("epidemic")
    title = tab.root("epidemic").locator(".explorer-title")
    before = title.inner_text()
    settings = {next(iter(explorer.controls)): next(iter(explorer.controls.values())).max}
    tab.set("epidemic", settings)
    assert title.inner_text() != before
    peak = next(v for k, v in explorer.evaluate(**settings).items() if "peak" in k)
    assert number(peak) in title.inner_text()
