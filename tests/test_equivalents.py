import pandas as pd

from aiimpact import equivalents


def test_count():
    assert equivalents.count(10, 4) == 2.5


def test_several_things_at_once():
    things = pd.Series({"car": 50.0, "flight": 1.0})
    expected = pd.Series({"car": 2.0, "flight": 100.0}, name="count")
    pd.testing.assert_series_equal(equivalents.count(100, things), expected)
