"""Outputs that are series: many numbers in an order, as a loop makes them."""

from __future__ import annotations

import altair as alt
import in_vega
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from aiimpact.live import Bars, Lines, TraceError, explore, interval


def grown(rate=2.0):
    """A sum that grows."""
    path = [1.0]
    for _ in range(3):
        path.append(path[-1] * rate)
    return {"Sum [EUR]": path, "Double [EUR]": 2 * path[-1]}


def made(model=grown, **options):
    return explore(model, **({"name": "made", "rate": (1.0, 3.0)} | options))


def test_a_series_is_a_list_of_numbers():
    found = made().evaluate(rate=3.0)
    assert found == {"Sum [EUR]": [1, 3, 9, 27], "Double [EUR]": 54}
    assert {type(item) for item in found["Sum [EUR]"]} == {float}


@pytest.mark.parametrize(
    "many",
    [
        lambda x: [x, 2 * x],
        lambda x: (x, 2 * x),
        lambda x: x * np.array([1, 2]),
        lambda x: x * pd.Series([1, 2]),
        lambda x: np.array([x, 2 * x], dtype=object),
        lambda x: np.cumsum([x, x]),
        lambda x: [x, x + x * (x > 0)],
    ],
)
def test_lists_tuples_and_arrays_are_series(many):
    explorer = made(lambda rate: {"y": many(rate)})
    assert explorer.evaluate(rate=2.0) == {"y": [2, 4]}
    assert in_vega.page(explorer, {"rate": 2.0}) == {"y": [2, 4]}


def test_conditions_count_and_constants_stay():
    explorer = made(lambda rate: {"y": [rate > 2, 7, True, np.float64(0.5)]})
    assert explorer.evaluate(rate=3.0) == {"y": [1, 7, 1, 0.5]}
    assert in_vega.page(explorer, {"rate": 3.0}) == {"y": [1, 7, 1, 0.5]}


def test_a_series_is_listed_by_its_ends_so_that_a_test_compares_it():
    assert repr(made()).splitlines()[-2:] == [
        "    Sum [EUR]     4 items, first 1, last 8, least 1, most 8",
        "    Double [EUR]  16",
    ]


def test_a_series_has_no_readout_and_says_its_last_number_in_a_sentence():
    explorer = made(sentence="From {rate} it comes to {Sum [EUR]} EUR.")
    root = BeautifulSoup(explorer._markup, "html.parser")
    assert [r["data-output"] for r in root.select("[data-output]")] == ["Double [EUR]"]
    assert root.select_one(".explorer-sentence").get_text() == "From 2\xa0it comes to 8\xa0EUR."
    assert explorer._page["sentence"][3] == {"output": "o0_last"}
    names = [signal["name"] for signal in explorer._page["spec"]["signals"]]
    assert {"o0", "o0_last", "o1"} <= set(names)


def test_a_model_of_series_alone_is_drawn_as_lines():
    explorer = made(lambda rate: {"A [t]": [rate, 1], "B [t]": [1, rate]})
    assert "Lines of A in t and B in t over Step." in explorer._markup
    root = BeautifulSoup(explorer._markup, "html.parser")
    said = root.select_one(".explorer-sentence").get_text()
    assert said == "A at the end 1\xa0t; B at the end 2\xa0t."


def test_an_interval_may_have_three_series():
    explorer = made(
        lambda rate: {"Mass [t]": interval([rate, 1], [2 * rate, 2], np.array([3, 3]) * rate)},
        chart=Lines(ys="Mass [t]"),
    )
    assert explorer.evaluate(rate=2.0) == {
        "Mass [t]": [4, 2],
        "Mass [t], low": [2, 1],
        "Mass [t], high": [6, 6],
    }
    rows = in_vega.rows(explorer, {"rate": 2.0}, "explorer_rows", ["x", "o0", "o1", "o2"])
    assert rows == [{"x": 0, "o0": 4, "o1": 2, "o2": 6}, {"x": 1, "o0": 2, "o1": 1, "o2": 6}]


def test_a_list_of_options_may_choose_among_series():
    explorer = made(
        lambda rate, place: {"y": [rate, 1] if place == "a" else [1, rate]}, place=["a", "b"]
    )
    for place in "ab":
        settings = {"rate": 3.0, "place": place}
        wanted = [3, 1] if place == "a" else [1, 3]
        assert explorer.evaluate(**settings)["y"] == wanted
        chosen = {"rate": 3.0, "place": place}
        assert in_vega.page(explorer, chosen)["y"] == wanted


SEEN: list[object] = []


def calls(rate):
    SEEN.append(rate)
    return {"y": [rate, rate, rate * min(len(SEEN), 5)]}


@pytest.mark.parametrize(
    ("model", "error", "text"),
    [
        (lambda rate: {"y": []}, ValueError, "The series 'y' is empty. Append a number"),
        (lambda rate: {"y": np.array([])}, ValueError, "The series 'y' is empty"),
        (lambda rate: {"y": rate * np.ones((2, 3))}, TypeError, "array of shape (2, 3)"),
        (lambda rate: {"y": [[rate, 1], [2, 3]]}, TypeError, "has series in it. For a range write"),
        (lambda rate: {"y": [rate, "much"]}, TypeError, "'y, item 1' must be a number, got much"),
        (lambda rate: {"y": [rate, None]}, TypeError, "'y, item 1' must be a number, got None"),
        (lambda rate: {"y": interval([1], [rate, 1], [2])}, ValueError, "three series of one length"),
        (lambda rate: {"y": interval(0, [rate, 1], [2, 2])}, ValueError, "three series of one length"),
        (lambda rate: {"y": [interval(1, rate, 3)]}, TypeError, "has series in it"),
        (calls, TraceError, "'y'[2] comes out as"),
        (
            lambda rate: {"y": [rate] * (2 if isinstance(rate, float) else 3)},
            TraceError,
            "series of the same length",
        ),
        (
            lambda rate: {"y": [rate] if isinstance(rate, float) else rate},
            TraceError,
            "Return the same outputs each time",
        ),
    ],
)  # fmt: skip
def test_what_is_no_series_is_refused_with_the_fix(model, error, text):
    with pytest.raises(error) as caught:
        made(model)
    assert text in str(caught.value)


def test_the_length_of_a_series_may_not_hang_on_an_option():
    with pytest.raises(
        TraceError, match=r"the same lengths, got 'y' of length 1 .*'y' of length 2"
    ):
        made(lambda rate, place: {"y": [rate] if place == "a" else [rate, 1]}, place=["a", "b"])


def test_a_wrong_item_deep_in_a_series_is_found():
    def model(rate):
        path = [rate * k for k in range(100)]
        path[70] = 1.0 if isinstance(rate, float) else 2.0
        return {"y": path}

    with pytest.raises(TraceError, match=r"'y'\[70\] comes out as 1 from numbers and as 2"):
        made(model)


def test_a_chart_that_wants_one_number_says_so():
    with pytest.raises(ValueError, match="Bars needs an output that is one number, and 'Sum"):
        made(chart=Bars(["Sum [EUR]"]))
    with pytest.raises(ValueError, match=r"is one number\. Let the model return the list"):
        made(chart=Lines(ys="Double [EUR]"))


def test_an_authors_chart_may_read_a_series():
    chart = (
        alt.Chart(alt.Data(values=[{"k": k} for k in range(4)]))
        .mark_bar()
        .transform_calculate(y="sum_eur[datum.k]")
        .encode(x="k:O", y="y:Q")
        .properties(description="Four sums.")
    )
    explorer = made(chart=chart)
    assert {"name": "sum_eur", "update": "o0"} in explorer._page["spec"]["signals"]
    only = made(lambda rate: {"Sum [EUR]": grown(rate)["Sum [EUR]"]}, chart=chart)
    table = BeautifulSoup(only._markup, "html.parser").select(".explorer-data tbody tr")
    assert len(table) == 4


def test_a_step_of_a_long_series_is_written_once():
    def walk(rate):
        x = [0.0]
        for _ in range(2000):
            x.append(x[-1] * 0.5 + rate)
        return {"x": x, "y": [2 * value for value in x]}

    explorer = made(walk)
    spec = explorer._page["spec"]
    assert len(str(spec)) < 400_000
    assert in_vega.page(explorer, {"rate": 3.0})["x"][-1] == pytest.approx(6)
