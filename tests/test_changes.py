"""No number moves without a reason: what the book computes, against what the last release recorded."""

from __future__ import annotations

import itertools
import json
import math
import re

import pytest
import results
import yaml
from bs4 import BeautifulSoup
from results import changes, claims, problems

RUN = "01_run > footprint > defaults"
FRANCE = "01_run > footprint > France"
BEFORE = {
    (RUN, "Energy [MWh]"): 1287.0,
    (RUN, "Emissions [t CO2e]"): 552.0,
    (FRANCE, "Energy [MWh]"): 1287.0,
    (FRANCE, "Emissions [t CO2e]"): 57.0,
    ("claims > gpt3", "Emissions [t CO2e]"): 552.0,
}


def entry(**fields):
    return {"since": "1.0.0", "why": "The source was revised."} | fields


def found(before, after, *entries):
    return "\n".join(problems("1.0.0", before, after, list(entries)))


def pasted(text):
    """Read the lines of a message that are meant for changes.yaml."""
    return yaml.safe_load(text.split("\n\n", 1)[1])


@pytest.fixture(scope="module")
def computed():
    return results.computed()


def test_every_number_that_moved_since_a_release_has_its_entry(computed):
    releases = changes.released()
    assert releases
    wrong = results.problems_of_history(releases, computed, changes.entries())
    if wrong:
        # Without the traceback, so that the lines can be pasted as they are printed.
        pytest.fail("\n\n".join(wrong), pytrace=False)


def test_every_explorer_preset_and_claim_is_computed(computed):
    wanted = {f"claims > {claim.id}" for claim in claims.load().values() if claim.steps}
    for path in (results.ROOT / "chapters").glob("*.ipynb"):
        shown = [
            BeautifulSoup("".join(output["data"].get("text/html", "")), "html.parser")
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            for output in cell.get("outputs", [])
            if "data" in output
        ]
        for root in itertools.chain.from_iterable(page.select("[data-explorer]") for page in shown):
            presets = [option.get_text() for option in root.select(".explorer-presets option")[1:]]
            wanted |= {
                f"{path.stem} > {root['data-explorer']} > {preset}"
                for preset in ["defaults", *presets]
            }
    assert {scenario for scenario, _ in computed} == wanted


# Comparing


def test_nothing_moved_needs_no_entry():
    assert found(BEFORE, BEFORE) == ""


@pytest.mark.parametrize(
    ("old", "new", "moves"),
    [
        (1.0, 1.0 + 1e-10, False),
        (1.0, 1.0 + 1e-8, True),
        (1e-30, 1.1e-30, True),
        (-5.0, 5.0, True),
        (0.0, 0.0, False),
        (0.0, -0.0, False),
        (0.0, 1e-300, True),
        (1e-300, 0.0, True),
        (math.nan, math.nan, False),
        (math.nan, 1.0, True),
        (1.0, math.nan, True),
        (math.inf, math.inf, False),
        (math.inf, -math.inf, True),
        (math.inf, 1e308, True),
        (1.0, math.inf, True),
        (math.nan, math.inf, True),
    ],
)
def test_what_counts_as_moved(old, new, moves):
    where = (RUN, "Energy [MWh]")
    text = found({where: old}, {where: new})
    assert bool(text) == moves
    if moves:
        told = entry(moved={RUN: {"Energy [MWh]": new}})
        assert found({where: old}, {where: new}, told) == ""
        assert pasted(text)[0]["moved"][RUN]["Energy [MWh]"] == pytest.approx(new, nan_ok=True)


def test_the_lines_to_paste_are_the_whole_entry_but_its_reason():
    after = BEFORE | {
        (RUN, "Emissions [t CO2e]"): 540.123456789012,
        (FRANCE, "Water [m3]"): 3.0,
        ("01_run > footprint > Norway", "Energy [MWh]"): 1287.0,
        ("01_run > race > defaults", "Year"): 2030.0,
        ("01_run > race > faster", "Year"): 2028.0,
        ("02_new > share > defaults", "Share [%]"): 1.5,
    }
    del after["claims > gpt3", "Emissions [t CO2e]"]
    (lines,) = pasted(found(BEFORE, after))
    assert lines == {
        "since": "1.0.0",
        "why": "",
        "moved": {RUN: {"Emissions [t CO2e]": 540.123456789012}},
        "appeared": [
            f"{FRANCE} > Water [m3]",
            "01_run > footprint > Norway",
            "01_run > race",
            "02_new",
        ],
        "vanished": ["claims"],
    }
    assert found(BEFORE, after, lines) == ""
    assert "must be a sentence, got ''" in "".join(results.faults(lines, ["1.0.0"]))
    assert results.faults(lines | {"why": "A test needs it."}, ["1.0.0"]) == []


def test_an_entry_answers_only_for_what_it_names():
    after = {where: 2 * value for where, value in BEFORE.items()}
    told = entry(moved={RUN: {"Energy [MWh]": 2574, "Emissions [t CO2e]": "1.104e3"}})
    (lines,) = pasted(found(BEFORE, after, told))
    assert set(lines["moved"]) == {FRANCE, "claims > gpt3"}
    assert found(BEFORE, after, told, lines) == ""


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([entry(moved={RUN: {"Energy [MWh]": 1300.0}})], "Energy [MWh] did not move since 1.0.0"),
        ([entry(moved={RUN: {"Energy [GWh]": 1.0}})], "Energy [GWh] did not move"),
        ([entry(moved={FRANCE: {"Emissions [t CO2e]": 61.0}})], "to 60.0, and changes.yaml says 61.0"),
        ([entry(moved={FRANCE: {"Emissions [t CO2e]": 60}})] * 2, "stands in changes.yaml twice"),
        ([entry(appeared=["01_run > footprint"])], "or not all of it"),
        ([entry(appeared=[RUN])], f"{RUN} has not appeared since 1.0.0"),
        ([entry(appeared=["01_run > foot"])], "01_run > foot has not appeared"),
        ([entry(vanished=[FRANCE])], f"{FRANCE} has not vanished since 1.0.0"),
        ([entry(vanished=["claims > gpt4"])], "claims > gpt4 has not vanished"),
    ],
)  # fmt: skip
def test_an_entry_that_is_not_true_is_named(entries, text):
    after = BEFORE | {(FRANCE, "Emissions [t CO2e]"): 60.0, ("03_new > x > defaults", "y"): 1.0}
    assert text in found(BEFORE, after, *entries)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("text", "has the fields since, why"),
        (entry(moved={}, becaus="x"), "has the fields since, why"),
        (entry(since="0.9.0", appeared=["a"]), "recorded release, 1.0.0, got '0.9.0'"),
        (entry(since=1.0, appeared=["a"]), "recorded release, 1.0.0, got 1.0"),
        (entry(why=None, appeared=["a"]), "must be a sentence, got None"),
        (entry(why="todo", appeared=["a"]), "must be a sentence, got 'todo'"),
        (entry(), "An entry needs moved"),
        (entry(moved={RUN: 3.0}), "An entry needs moved"),
        (entry(moved={RUN: {"Energy [MWh]": "many"}}), "An entry needs moved"),
        (entry(appeared="01_run"), "An entry needs moved"),
    ],
)
def test_an_entry_of_the_wrong_form_is_refused_with_the_fix(given, text):
    assert text in "".join(results.faults(given, ["1.0.0"]))
    release = changes.Release("1.0.0", "2026-01-01", BEFORE)
    assert results.problems_of_history([release], BEFORE, [given])


def test_each_release_is_held_against_the_one_before():
    later = BEFORE | {(RUN, "Energy [MWh]"): 1300.0}
    releases = [
        changes.Release("1.0.0", "2026-01-01", BEFORE),
        changes.Release("1.1.0", "2026-06-01", later),
    ]
    told = entry(moved={RUN: {"Energy [MWh]": 1300.0}})
    assert results.problems_of_history(releases, later, [told]) == []
    assert "not those of 1.0.0" in results.problems_of_history(releases, later, [])[0]
    back = results.problems_of_history(releases, BEFORE, [told])
    assert len(back) == 1
    assert pasted(back[0])[0]["moved"] == {RUN: {"Energy [MWh]": 1287.0}}


# Recording


def test_what_is_recorded_is_read_back_to_the_last_digit(tmp_path):
    path = tmp_path / "released.csv"
    odd = {
        ("00_a > b > with, comma", 'of "x" [%]'): 0.1 + 0.2,
        ("00_a > b > NA", "nan"): math.nan,
        ("00_a > b > NA", "infinity"): -math.inf,
        ("00_a > b > NA", "small"): 5e-324,
    }
    results.record("1.0.0", "2026-01-01", odd, [], path)
    results.record("1.1.0", "2026-06-01", BEFORE, [entry(appeared=["x"])], path)
    first, second = changes.released(path)
    assert (first.version, first.date) == ("1.0.0", "2026-01-01")
    assert repr(first.results) == repr(odd)
    assert second.results == BEFORE


def test_recording_a_release_again_replaces_it_unless_something_moved_since(tmp_path):
    path = tmp_path / "released.csv"
    for value in (1.0, 2.0):
        results.record("1.0.0", "2026-01-01", {("00_a > b > defaults", "y"): value}, [], path)
    (release,) = changes.released(path)
    assert list(release.results.values()) == [2.0]
    with pytest.raises(SystemExit, match=r"Raise the version in aiimpact/__init__\.py"):
        results.record("1.0.0", "2026-01-01", {}, [entry(appeared=["x"])], path)
    assert changes.released(path) == [release]


# The page


def page(releases, entries=()):
    html = "".join(
        f"<h2>{made[0].astext()}</h2>{made[1].astext()}"
        for made in changes.history(releases, list(entries))
    )
    return BeautifulSoup(html, "html.parser")


def test_a_first_release_says_that_nothing_has_moved():
    text = page([changes.Release("1.0.0", "2026-01-09", BEFORE)])
    assert text.h2.get_text() == "Since 1.0.0, 9 January 2026"
    assert "No number has moved." in text.p.get_text()
    assert not text.table


def test_what_moved_stands_under_its_release():
    releases = [
        changes.Release("1.0.0", "2026-01-09", BEFORE),
        changes.Release("1.1.0", "2026-06-01", BEFORE),
    ]
    told = entry(
        source="https://example.org/7",
        moved={
            RUN: {"Energy [MWh]": 1300.87, "Emissions [t CO2e]": 541},
            "claims > gpt3-552-t": {"<b>": 3.0},
        },
        appeared=["01_training_footprint > footprint > <i>"],
    )
    text = page(releases, [told])
    headings = [heading.get_text() for heading in text.select("h2")]
    assert headings == ["Since 1.1.0, 1 June 2026", "From 1.0.0 to 1.1.0, 1 June 2026"]
    assert text.summary.get_text() == "3 numbers moved, by −1.99 % to +1.08 %"
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in text.select("tr")]
    assert rows == [
        ["Result", "From", "To", "By"],
        ["Chapter 1, footprint, defaults"],
        ["Energy [MWh]", "1,287", "1,300.87", "+1.08 %"],
        ["Emissions [t CO2e]", "552", "541", "−1.99 %"],
        ["Claim gpt3-552-t"],
        ["<b>", "–", "3", "–"],
    ]
    links = [link["href"] for link in text.select("a")]
    assert links == [
        "https://example.org/7",
        "claims.html#gpt3-552-t",
        "../chapters/01_training_footprint.html#explorer-footprint",
    ]
    assert "The source was revised." in text.get_text()
    assert "<i>" in text.li.get_text()


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (2.0, 3.0, "+50 %"),
        (-2.0, -3.0, "−50 %"),
        (-2.0, 2.0, "+200 %"),
        (4.0, 0.0, "−100 %"),
        (0.0, 1.0, "–"),
        (math.nan, 1.0, "–"),
        (1.0, math.inf, "–"),
        (1e12, 1e12 + 10, "+0.000000001 %"),
    ],
)
def test_by_how_much(old, new, text):
    assert changes.signed(changes.percent(old, new)) == text


def test_what_is_recorded_is_counted():
    release = changes.Release("1.0.0", "2026-01-09", BEFORE)
    text = BeautifulSoup(changes.recorded_html(release), "html.parser")
    sentence = text.p.get_text()
    assert sentence.startswith("Release 1.0.0 recorded 5 numbers on 9 January 2026: 4 results of 1")
    assert re.findall(r"(\d+) (?:explorers|presets|steps|claims)", sentence) == ["1"] * 4
    (row,) = text.select("tbody tr")
    assert [c.get_text() for c in row.select("th, td")] == ["01_run", "footprint", "1", "4"]


def test_many_results_are_folded_below_what_has_them():
    few = changes.places_html(["02_data_centres > sip > defaults"], "New:", "1")
    assert "<details" not in few
    many = [f"02_data_centres > sip > defaults > Water {i} [mL]" for i in range(9)]
    folded = BeautifulSoup(changes.places_html(many, "New:", "9 new results"), "html.parser")
    assert folded.summary.get_text() == "9 new results"
    assert len(folded.select("details > ul > li")) == 1
    assert len(folded.select("li li")) == 9
