import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiimpact import scheduling, tables

days = st.lists(st.floats(0.01, 1), min_size=24, max_size=24)


@settings(deadline=None, max_examples=60)
@given(day=days, hours=st.floats(1, 24), slack=st.floats(0, 30))
def test_more_freedom_is_never_dirtier(day, hours, slack):
    at_once = scheduling.best_start_kg_per_kwh(day, hours, 0)
    waits = scheduling.best_start_kg_per_kwh(day, hours, slack)
    stops = scheduling.cleanest_hours_kg_per_kwh(day, hours)
    assert min(day) - 1e-12 <= stops <= waits + 1e-12
    assert waits <= at_once + 1e-12
    assert stops <= scheduling.mean_kg_per_kwh(day) + 1e-12


@settings(deadline=None, max_examples=60)
@given(day=days)
def test_work_round_the_clock_gets_the_mean(day):
    mean = pytest.approx(np.mean(day))
    assert scheduling.mean_kg_per_kwh(day) == mean
    assert scheduling.cleanest_hours_kg_per_kwh(day, 24) == mean
    assert scheduling.best_start_kg_per_kwh(day, 24, 12) == mean
    # To the last digit: an explorer shows what is saved, and nothing is.
    assert scheduling.cleanest_hours_kg_per_kwh(day, 24) == scheduling.mean_kg_per_kwh(day)


def test_best_start_against_every_start():
    day = tables.daily_profile("us-cal-ciso-2023-april")
    for slack in (0, 4, 9, 23):
        by_hand = min(np.roll(day, -wait)[:5].mean() for wait in range(slack + 1))
        assert scheduling.best_start_kg_per_kwh(day, 5, slack) == pytest.approx(by_hand)


def test_hong_kong_is_honestly_flat():
    day = tables.daily_profile("hk-flat")
    assert scheduling.cleanest_hours_kg_per_kwh(day, 1) == pytest.approx(
        scheduling.mean_kg_per_kwh(day)
    )


@settings(deadline=None, max_examples=60)
@given(load=days, supply=days)
def test_hourly_matching_never_beats_annual(load, supply):
    share = scheduling.hourly_matched_share(load, supply)
    assert 0 <= share <= min(1, sum(supply) / sum(load)) + 1e-12


def test_wrong_input_says_so():
    with pytest.raises(ValueError, match="profile must have one value for each of 24 hours"):
        scheduling.mean_kg_per_kwh([0.1] * 23)
    with pytest.raises(ValueError, match="profile must hold numbers of at least 0, got -1"):
        scheduling.mean_kg_per_kwh([-1.0] * 24)
    with pytest.raises(ValueError, match="hours must be at least 1 and at most 24, got 25"):
        scheduling.cleanest_hours_kg_per_kwh([0.1] * 24, 25)
    with pytest.raises(ValueError, match="slack_hours must be at least 0, got -1"):
        scheduling.best_start_kg_per_kwh([0.1] * 24, 2, -1)
    with pytest.raises(ValueError, match="load must be above 0 in some hour"):
        scheduling.hourly_matched_share([0.0] * 24, [1.0] * 24)
    with pytest.raises(KeyError, match="Nearest: hk-flat"):
        tables.daily_profile("hk-flatt")
