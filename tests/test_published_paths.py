"""What the book draws or models over the years passes through every value that was published for them."""

import itertools
import json
import random
from pathlib import Path

import built
import in_vega
import numpy as np
import pytest
from bs4 import BeautifulSoup

from aiimpact import growth, pathway, tables

ROOT = Path(__file__).parents[1]
TRAINING = ROOT / "chapters" / "01_training_footprint.ipynb"
OUTLOOK = ROOT / "chapters" / "06_outlook.ipynb"
TASKS = ROOT / "chapters" / "exercises" / "06_outlook.ipynb"

# International Energy Agency 2025, Energy and AI: p. 18, p. 63, p. 87 and the executive summary.
ENERGY_TWH = {2024: 415, 2030: 945, 2035: 1200}
EMISSIONS_MT = {2024: 180, 2030: 320, 2035: 300}


@pytest.fixture(scope="module")
def explorers():
    return built.run(OUTLOOK)


def drawn(notebook):
    """Give the rows of every table under a chart: a dict from its heading to its cell, each."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            page = BeautifulSoup(
                "".join(output.get("data", {}).get("text/html", "")), "html.parser"
            )
            for table in page.select(".explorer-figure table"):
                head = [cell.get_text() for cell in table.select("thead th")]
                for row in table.select("tbody tr"):
                    yield dict(zip(head, [c.get_text() for c in row.select("th, td")], strict=True))


def test_the_rows_are_the_published_values():
    for unit, values in (("twh", ENERGY_TWH), ("mt", EMISSIONS_MT)):
        for year, value in values.items():
            row = tables.constant(f"datacentre-{unit}-{year}")
            assert (row.mid, row.year, row.verified) == (value, year, True), row


@pytest.mark.parametrize("year", EMISSIONS_MT)
def test_business_as_usual_passes_through_every_published_year(explorers, year):
    settings = {p["label"]: p["settings"] for p in explorers["pathway"]._page["presets"]}
    found = explorers["pathway"].evaluate(
        **settings["business as usual"] | {"years_on": year - pathway.FIRST_YEAR}
    )
    for path in ("", " as usual"):
        assert found[f"Energy{path} [TWh]"] == pytest.approx(ENERGY_TWH[year])
        assert found[f"Emissions{path} [Mt CO2e]"] == pytest.approx(EMISSIONS_MT[year])


def test_the_band_of_business_as_usual_ends_at_the_outer_cases(explorers):
    settings = {p["label"]: p["settings"] for p in explorers["pathway"]._page["presets"]}
    found = explorers["pathway"].evaluate(**settings["business as usual"])
    assert found["Energy [TWh], low"] == pytest.approx(700)
    assert found["Energy [TWh], high"] == pytest.approx(1700)
    assert found["Emissions [Mt CO2e], high"] == pytest.approx(500)


WEDGES = ("Demand", "Software", "Buildings", "Grid", "Contracts", "Rules, price")
SETTINGS = {
    "demand_percent": (0.0, 20.0),
    "software_percent": (0, 90),
    "rules_percent": (0, 30),
    "rebound_percent": (0, 100),
    "pue_last": (1.05, 1.6),
    "grid_percent": (0.0, 15.0),
    "matched_percent": (0, 100),
    "usd_per_t": (0, 300),
    "elasticity": (0.0, 1.0),
}


@pytest.mark.parametrize("seed", range(6))
def test_the_wedges_fill_the_gap_exactly_in_every_year(explorers, seed):
    draw = random.Random(seed)
    settings = {
        key: draw.randint(low, high) if isinstance(low, int) else draw.uniform(low, high)
        for key, (low, high) in SETTINGS.items()
    }
    for found in (
        explorers["pathway"].evaluate(**settings),
        in_vega.page(explorers["pathway"], settings),
    ):
        gap = np.subtract(found["As usual [Mt CO2e]"], found["Your path [Mt CO2e]"])
        parts = np.sum([found[f"{wedge} [Mt CO2e]"] for wedge in WEDGES], axis=0)
        np.testing.assert_allclose(parts, gap, atol=1e-9 * max(found["As usual [Mt CO2e]"]))


def test_a_choice_that_is_made_alone_is_the_only_wedge(explorers):
    usual = {p["label"]: p["settings"] for p in explorers["pathway"]._page["presets"]}
    found = explorers["pathway"].evaluate(**usual["less growth only"])
    ends = {wedge: found[f"{wedge} [Mt CO2e]"][-1] for wedge in WEDGES}
    assert ends.pop("Demand") == pytest.approx(
        found["Emissions as usual [Mt CO2e]"] - found["Emissions [Mt CO2e]"]
    )
    assert all(abs(end) < 1e-9 for end in ends.values())


def test_the_chart_has_the_published_years_and_no_other():
    rows = [row for row in drawn(OUTLOOK) if row.get("Path") == "Edition of 2025"]
    found = {int(row["Year"]): float(row["Emissions [Mt CO₂]"]) for row in rows}
    assert found == EMISSIONS_MT


def test_a_path_leads_through_its_points_and_steadily_between_them():
    path = pathway.path_through(EMISSIONS_MT)
    for year, value in EMISSIONS_MT.items():
        assert pathway.at(path, year) == pytest.approx(value)
    rises = [later / earlier for earlier, later in itertools.pairwise(path)]
    assert rises[:6] == pytest.approx([rises[0]] * 6)
    assert rises[6:] == pytest.approx([rises[6]] * 5)


@pytest.mark.parametrize("points", [{2024: 1.0, 2030: 2.0}, {2020: 1.0, 2035: 2.0}])
def test_a_path_needs_its_ends(points):
    with pytest.raises(ValueError, match="points must begin in 2024 and end in 2035"):
        pathway.path_through(points)


def test_a_bend_with_its_own_rate_gives_the_path_back():
    path = pathway.path_through(ENERGY_TWH)
    bend = pathway.bend(path, 0.07)
    assert bend[0] == 1
    steady = pathway.compound_path(path[0], 0.07)
    assert [a * b for a, b in zip(steady, bend, strict=True)] == pytest.approx(path)


def test_the_model_answer_names_the_years_and_rates_of_the_source():
    answer = "".join(json.loads(TASKS.read_text(encoding="utf-8"))["cells"][28]["source"])
    first, peak, last = (f"{value} Mt in {year}" for year, value in EMISSIONS_MT.items())
    assert all(text in answer for text in (first, peak, last))
    assert f"{100 * ((320 / 180) ** (1 / 6) - 1):.1f} % a year until 2030" in answer


def test_speeds_of_the_past_are_drawn_as_speeds_and_not_run_into_the_future():
    found = {
        row["Quantity"]: float(row["Times a year"])
        for row in drawn(TRAINING)
        if "Times a year" in row
    }
    first, last = (
        tables.request_energy(f"{key}") for key in ("chatgpt-2023-devries", "altman-2025")
    )
    assert found == {
        "Computing in the largest runs": 4.5,
        "Power of the largest runs": 2.1,
        "Energy of one answer of ChatGPT": pytest.approx(
            1 + growth.cagr(first.mid, last.mid, 28 / 12), rel=0.005
        ),
        "Energy of one and the same task": 0.1,
    }
    headings = {heading for row in drawn(TRAINING) for heading in row}
    assert not [heading for heading in headings if "after" in heading.lower()], headings
