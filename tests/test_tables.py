import datetime
import math
import re
from typing import get_args

import built
import pandas as pd
import pytest

from aiimpact import tables

ALL = {name: tables._table(name) for name in get_args(tables.TableName)}


def test_what_the_chapters_need_is_there():
    assert {
        "p100-sxm2",
        "v100-sxm2",
        "a100-sxm-80",
        "h100-sxm",
        "h800-sxm",
        "mi250x",
        "b200",
        "tpu-v2",
        "tpu-v3",
        "tpu-v4",
    } <= set(tables.accelerators().index)
    assert {
        "gpt3-175b",
        "bloom-176b",
        "llama2-family",
        "llama31-405b",
        "strubell-nas",
        "evolved-transformer-nas",
        "t5-11b",
        "deepseek-v3",
    } <= set(tables.training_runs().index)
    assert len(tables.grids()) >= 25
    suppliers = tables.grids("supplier").region
    assert suppliers.str.contains("CLP Power").any()
    assert suppliers.str.contains("HK Electric").any()
    assert {"car-lifetime", "ev-mile", "home-us", "flight-nysf"} <= set(tables.equivalences().index)


def test_a_rule_has_a_date_and_takes_its_numbers_from_their_rows():
    rules = tables.rules()
    for key, rule in rules.iterrows():
        assert datetime.date.fromisoformat(rule.in_force).year <= 2026, key
        assert rule.year == int(rule.in_force[:4]), key
        assert not re.search(r"\d", rule.asks), f"{key} types a number: name its row"
        for number in rule.number.split():
            assert tables.quantity(*number.split("/")).verified, key


def test_series_of_grids_are_never_mixed_unasked():
    assert set(tables.grids().series) == {"ember"}
    assert set(tables.grids("supplier").series) == {"supplier"}
    whole = tables.grids("all")
    assert len(whole) == sum(len(tables.grids(name)) for name in whole.series.unique())
    # Within a series that compares places, all rows count the same.
    for name in ("ember", "egrid", "google-cloud"):
        assert len(set(tables.grids(name).boundary)) == 1


def test_a_table_is_a_copy():
    first = tables.constants()
    first.loc["datacentre-twh-2024", "mid"] = 0.0
    first.attrs["units"]["mid"] = "TWh"
    assert tables.constant("datacentre-twh-2024").mid == 415.0
    assert tables.constants().attrs["units"] == {}


def test_units_of_wide_tables():
    for name in ("accelerators", "training_runs"):
        table = ALL[name]
        numeric = set(table.select_dtypes("float").columns)
        named = set(table.attrs["units"])
        assert {c.removesuffix("_low").removesuffix("_high") for c in numeric} == named


@pytest.mark.parametrize("name", ALL)
def test_every_value_is_a_quantity(name):
    table = ALL[name]
    columns = table.attrs["units"] or [None]
    count = 0
    for key in table.index:
        for column in columns:
            if column and math.isnan(table.loc[key, column]):
                continue
            quantity = tables.quantity(name, key, column)
            assert quantity.key == key
            assert quantity.unit
            assert quantity.source == table.loc[key, "source"]
            count += 1
    assert count >= len(table)


def test_a_column_that_was_not_seen_is_not_verified():
    assert tables.quantity("training_runs", "strubell-nas", "emissions_t").verified
    assert not tables.quantity("training_runs", "strubell-nas", "energy_mwh").verified
    assert not tables.constant("idc-2022").verified


@pytest.mark.parametrize("name", ALL)
def test_a_row_says_when_it_was_looked_up(name):
    days = ALL[name]["looked_up"].map(datetime.date.fromisoformat)
    assert days.between(datetime.date(2026, 11, 1), datetime.date.today()).all()
    key = days.index[0]
    column = next(iter(ALL[name].attrs["units"]), None)
    if column is None or not math.isnan(ALL[name].loc[key, column]):
        assert tables.quantity(name, key, column).looked_up == days[key].isoformat()


def test_a_range_comes_with_its_value():
    power = tables.quantity("accelerators", "v100-sxm2", "mean_power_w")
    assert (power.low, power.mid, power.high, power.unit) == (325, 325, 330, "W")


def test_numbers_are_read_to_the_last_bit():
    assert tables.quantity("grids", "strubell-us").mid == 0.432727121


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: tables.constant("datacenter-twh-2024"), "Nearest: datacentre-twh-2024"),
        (lambda: tables.constant("qqqq"), r"^\"There is no row 'qqqq'\. All names: tables\.const"),
        (lambda: tables.grids("embers"), r"series 'embers'\. Nearest: ember\."),
        (lambda: tables.quantity("grids", "fr"), r"All names: tables\.grids\(\"all\"\)"),
        (
            lambda: tables.quantity("training_run", "x"),
            r"table 'training_run'\. Nearest: training_runs",
        ),
        (lambda: tables.quantity("training_runs", "meena", "energy"), "Nearest: energy_mwh"),
        (lambda: tables.quantity("accelerators", "p100-pcie"), "column 'None'"),
    ],
)
def test_unknown_names_list_the_nearest(call, text):
    with pytest.raises(KeyError, match=text):
        call()


def quantity(low, mid, high):
    return tables.Quantity("x", low, mid, high, "W", 2024, "b", "s", "facts", True)


def test_order_of_a_quantity():
    assert quantity(1, 1, 1).mid == 1
    text = r"x must have low <= mid <= high, got low=2, mid=1, high=3\. Sort the three"
    with pytest.raises(ValueError, match=text):
        quantity(2, 1, 3)
    with pytest.raises(ValueError, match="low <= mid <= high"):
        quantity(1, 4, 3)


def test_a_missing_value_is_no_quantity():
    with pytest.raises(ValueError, match="x must have finite numbers, got low=nan"):
        quantity(math.nan, 1, 2)
    with pytest.raises(ValueError, match="h100-pcie must have finite numbers"):
        tables.quantity("accelerators", "h100-pcie", "mean_power_w")


def test_accelerators_of_runs_are_in_the_table():
    named = tables.training_runs().accelerator
    assert set(named[named != ""]) <= set(tables.accelerators().index)


def test_count_times_days_is_hours():
    runs = tables.training_runs().dropna(subset=["accelerators", "days", "accelerator_hours"])
    # PaLM used two numbers of chips in turn, and StarCoder's days are not from its paper.
    runs = runs.drop(["palm-540b", "starcoderbase-15b"])
    assert len(runs) >= 10
    ratio = runs.accelerators * runs.days * 24 / runs.accelerator_hours
    assert isinstance(ratio, pd.Series)
    assert ratio.between(0.97, 1.03).all()


def test_operations_over_speed_is_hours():
    runs = tables.training_runs().dropna(subset=["flop", "flop_per_s"])
    hours = runs.flop / runs.flop_per_s / 3600
    assert (hours / runs.accelerator_hours).between(0.98, 1.02).all()


def test_the_page_of_data_counts_every_table():
    page = built._load(built.ROOT / "book" / "_ext" / "tables_page.py")
    text = (built.ROOT / "book" / "data.md").read_text("utf-8")
    names = page.named_tables(text)
    assert set(names) - {"daily_profiles"} == set(re.findall(r"\{data-table\} (.*)", text))
    assert {*names, "daily_profiles_odbl"} >= set(get_args(tables.TableName))
    counts = re.findall(r"<td>([\d,]+)</td>" * 3, page.counts_html(names))
    *each, total = [[int(n.replace(",", "")) for n in row] for row in counts]
    assert total == [sum(column) for column in zip(*each, strict=True)]
    files = [p.read_text("utf-8") for p in (built.ROOT / "aiimpact" / "data").glob("*.csv")]
    yes, no = (sum(text.count(f",{word},") for text in files) for word in ("yes", "no"))
    assert total == [yes + no, yes, no]


def test_few_rows_are_not_verified():
    """They were 90 of 1,425 when each was looked up again, in November 2026."""
    unverified = [key for table in ALL.values() for key in table.query("~verified").index]
    assert len(unverified) <= 30


HEAD = "key,low,mid,high,unit,year,boundary,source,licence,verified,note"
ROW = "a,1,2,3,t,2024,site,S,facts,yes,"


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        (HEAD, "a,1,2", "t.csv, line 3: a row must have 11 cells, as the first line has, got 3"),
        (HEAD, ROW.replace("site", "site, gross"), "line 3: a row must have 11 cells, as the first line has, got 12"),
        (HEAD.replace("mid", "middle"), ROW, "mid is not in its first line"),
        (HEAD.replace("source", "sorce"), ROW, "source is not in its first line"),
        (HEAD, ROW.replace(",2,", ",two,"), "t.csv, row 'a': mid must be a number, or empty, got 'two'"),
        (HEAD, ROW.replace("2024", ""), "row 'a': year must be a whole number, got ''"),
        (HEAD, ROW.replace("yes", "Yes"), "row 'a': verified must be yes or no, got 'Yes'"),
        (HEAD, ROW.replace("yes", ""), "row 'a': verified must be yes or no, got ''"),
    ],
)  # fmt: skip
def test_a_row_that_is_mistyped_is_told_by_its_place(head, row, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        tables._parsed([f"{head}\n", f"{ROW.replace('a,', 'b,', 1)}\n", f"{row}\n"], "t.csv")


def test_an_empty_line_is_no_row():
    assert list(tables._parsed([f"{HEAD}\n", "\n", f"{ROW}\n"], "t.csv")["key"]) == ["a"]
