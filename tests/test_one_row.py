"""A country, a chip or a training run that is added to its table is offered wherever its like are, without any other change."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import built
import pytest

from aiimpact import tables, words
from aiimpact.live import explore

sys.path.insert(0, str(built.ROOT / "book"))

from editions import library

DATA = Path(tables.__file__).parent / "data"
# Table, the row that the new one is made of, and what differs. No two values are those of another row.
ADDED = {
    "country": (
        "grids",
        "fra",
        {"key": "atl", "region": "Atlantis", "low": "0.12347", "mid": "0.12347", "high": "0.12347"},
    ),
    "cloud region": (
        "grids",
        "us-central1-2024-gcp",
        {
            "key": "atlantic1-2024-gcp",
            "region": "Atlantis (Google Cloud atlantic1)",
            "short": "Atlantis",
            **{"low": "0.12346", "mid": "0.12346", "high": "0.12346"},
        },
    ),
    "run": (
        "training_runs",
        "gpt3-175b",
        {
            "key": "atlas-1",
            "model": "Atlas 1 700B",
            "short": "Atlas",
            "year": "2025",
            "energy_mwh": "4321",
        },
    ),
    "chip": (
        "accelerators",
        "b200",
        {"key": "trident", "name": "Poseidon Trident", "short": "Trident", "tdp_w": "1230"},
    ),
}


def with_rows(folder: Path, *added: str) -> None:
    """Write a copy of the data with further rows."""
    shutil.copytree(DATA, folder / "data")
    for table, like, fields in (ADDED[name] for name in added):
        path = folder / "data" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = {row["key"]: row for row in csv.DictReader(file)}
        new = rows[like] | fields
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, list(new), lineterminator="\n").writerow(new)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Tables that have one more row of each kind."""
    folder = tmp_path_factory.mktemp("data")
    with_rows(folder, *ADDED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "resources", SimpleNamespace(files=lambda _: folder))
        tables._read.cache_clear()
        yield folder
    tables._read.cache_clear()


@pytest.fixture(scope="module")
def explorers(data):
    return {
        name: explorer
        for notebook in sorted((built.ROOT / "chapters").glob("*.ipynb"))
        for name, explorer in built.run(notebook).items()
    }


def options(explorer, name):
    given = explorer.controls[name].options
    return dict(given.items() if isinstance(given, dict) else given)


def presets(explorer):
    return {preset["label"]: preset["settings"] for preset in explorer._page["presets"]}


def test_each_list_offers_the_new_row(explorers):
    assert options(explorers["where"], "grid_kg_per_kwh")["Atlantis, 2024"] == 0.12347
    for end in ("home_kg", "away_kg"):
        assert options(explorers["move"], end)["Atlantis"] == 0.12346
    assert options(explorers["where"], "site_energy_mwh")["Atlas"] == 4321
    assert options(explorers["overtake"], "training_mwh")["Atlas"] == 4321
    run = presets(explorers["footprint"])["Atlas"]
    assert run == presets(explorers["footprint"])["GPT-3 (2020)"]
    assert explorers["fleet"].evaluate(**presets(explorers["fleet"])["Trident"])
    assert presets(explorers["fleet"])["Trident"]["chip_power_w"] == 1230


def test_links_that_readers_have_still_find_their_options(explorers):
    """A link says an option by its label."""
    known = {
        ("where", "site_energy_mwh"): {"GPT-3", "T5", "BLOOM, chips only"},
        ("where", "grid_kg_per_kwh"): {"World, 2024", "United States, 2024", "Hong Kong, 2023"},
        ("overtake", "training_mwh"): {
            *("GPT-3, 2020", "GPT-4, from leaks", "Grok 4, outside estimate")
        },
        ("move", "home_kg"): {
            *("Hong Kong", "Taiwan", "Singapore", "Iowa", "Northern Virginia", "Oregon", "Finland")
        },
    }
    for (name, control), labels in known.items():
        assert labels <= options(explorers[name], control).keys(), name


def test_no_explorer_has_a_list_of_its_own(explorers):
    """Where all that a control offers are rows of one list, the new row of that list is there too."""
    lists = {
        "country": set(tables.grids().mid),
        "cloud region": set(tables.grids("google-cloud").mid),
        "US region": set(tables.grids("egrid").mid),
        "run": set(tables.training_runs().energy_mwh.dropna()),
        "emissions of a run": set(tables.training_runs().emissions_t.dropna()),
        "chip": set(tables.accelerators().tdp_w.dropna()),
    }
    new = {"country": 0.12347, "cloud region": 0.12346, "run": 4321, "chip": 1230}
    found = set()
    for name, explorer in explorers.items():
        for control, widget in explorer.controls.items():
            if not getattr(widget, "options", ()):
                continue
            values = set(options(explorer, control).values())
            for kind, known in lists.items():
                # The two companies of Hong Kong stand beside the countries.
                if len(values & known) > len(values) / 2:
                    found.add(kind)
                    assert new.get(kind) in values, f"{name}: {control} types its list of {kind}s"
    assert found == {"country", "cloud region", "run"}


def test_a_row_without_a_value_is_not_offered_and_one_that_is_asked_for_says_so():
    assert "Olmo 3 whole development" not in tables.options("training_runs", "power_w")
    with pytest.raises(ValueError, match="The source gives no value here"):
        tables.options("training_runs", "power_w", keys=["olmo3-all"])


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: tables.options("countries"), KeyError, "There is no table 'countries'"),
        (lambda: tables.options("grids", keys=["fr"]), KeyError, "Nearest: fra"),
        (lambda: tables.options("grids", series="embers"), KeyError, "Nearest: ember"),
        (lambda: tables.options("levers", series="ember"), KeyError, "There is no series 'ember'"),
        (lambda: tables.options("training_runs"), KeyError, "There is no column 'None'"),
        (lambda: tables.options("training_runs", "energy"), KeyError, "Nearest: energy_mwh"),
        (lambda: tables.options("levers"), ValueError, "Say which rows"),
        (
            lambda: tables.options("training_runs", "pue", names={"gpt3": "GPT-3, 2020"}),
            KeyError,
            "Nearest: gpt3-175b",
        ),
        (
            lambda: tables.options("grids", keys=["us-all-2023", "us-all-2023-following"]),
            ValueError,
            "the second is 'us-all-2023-following'",
        ),
    ],
)
def test_what_cannot_be_offered_says_what_is_known(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_a_list_keeps_its_order_and_its_names():
    assert list(tables.options("grids", keys=["pol", "nor"])) == ["Poland", "Norway"]
    renamed = tables.options("training_runs", "energy_mwh", names={"t5-11b": "T5, 2019"})
    assert "T5, 2019" in renamed
    assert "T5" not in renamed
    assert list(renamed.values()) == list(tables.options("training_runs", "energy_mwh").values())


def test_a_name_that_the_chinese_lack_is_shown_in_english_and_counted(data, monkeypatch):
    monkeypatch.setattr(words, "_missing", set())
    words.use("zh-Hans")
    try:
        offered = tables.options("grids", keys=["fra", "atl"], in_year=True)
        assert list(offered) == ["France, 2024", "Atlantis, 2024"], "what is computed is the same"
        explorer = explore(lambda kg: {"Carbon intensity": kg}, name="there", kg=offered)
        shown = [option[-1] for option in explorer._facts[0]["options"]]
    finally:
        words.use("en")
    assert shown == ["法国，2024年", "Atlantis，2024年"]
    assert "Atlantis" in words.untranslated()
    assert "France" not in words.untranslated()
    monkeypatch.setattr(library, "DATA", data / "data")
    assert set(library.lacking()) == {
        *("Atlantis", "Atlantis (Google Cloud atlantic1)", "Atlas", "Poseidon Trident", "Trident")
    }
