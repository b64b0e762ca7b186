import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiimpact import datacentre, growth, inference, policy, solutions, water

share = st.floats(0.01, 1)


@settings(deadline=None)
@given(pue=st.floats(1, 3), losses=st.floats(0, 1))
def test_three_shares_make_a_kilowatt_hour(pue, losses):
    parts = (
        datacentre.it_share(pue),
        datacentre.cooling_share(pue, losses),
        datacentre.loss_share(pue, losses),
    )
    assert sum(parts) == pytest.approx(1)
    assert all(part >= 0 for part in parts)


@settings(deadline=None)
@given(cooling=st.floats(0, 0.8), losses=st.floats(0, 0.5))
def test_cooling_share_and_pue_undo_each_other(cooling, losses):
    pue = datacentre.pue_from_cooling_share(cooling, losses)
    assert datacentre.cooling_share(pue, losses) == pytest.approx(cooling, abs=1e-12)


@settings(deadline=None)
@given(before=share, after=share, idle=st.floats(0, 1))
def test_consolidation_is_the_server_line_twice(before, after, idle):
    by_hand = 1 - (
        solutions.server_power_w(1, idle, after)
        * before
        / after
        / solutions.server_power_w(1, idle, before)
    )
    assert solutions.consolidation_saving(before, after, idle) == pytest.approx(by_hand, abs=1e-12)


def test_modules_follow_the_demand():
    assert solutions.modular_load(0.5, 1) == 0.5
    assert solutions.modular_load(0.5, 2) == 1.0
    assert solutions.modular_load(0.51, 2) == pytest.approx(0.51)


def test_cap_on_a_fleet():
    """A cap at the best site brings the fleet there; one far above changes nothing."""
    assert policy.capped_pue(1.1, 1.1, 0.26) == pytest.approx(1.1)
    assert policy.share_above_cap(1.1, 1.1, 0.26) == 1.0
    assert policy.capped_pue(10, 1.1, 0.26) == pytest.approx(1.36)


def test_discounted_payback_is_where_the_payments_cross():
    years = policy.discounted_payback_years(1e6, 288_000, 0.08)
    assert policy.annual_cost(1e6, 0.08, years) == pytest.approx(288_000)
    assert policy.discounted_payback_years(1e6, 70_000, 0.08) > 300


def test_growth_eats_a_saving():
    years = growth.years_until_eaten(0.28, 0.15)
    assert solutions.remaining_share(growth.project(1, 0.15, years), 0.28) == pytest.approx(1)


def test_credits_make_up_for_what_they_are_needed_for():
    n = policy.credits_needed(552, 0.16, 0.8)
    assert policy.offset_emissions_t(552, n, 0.16, 0.8) == pytest.approx(0, abs=1e-9)


def test_overtaking_is_when_both_energies_are_equal():
    days = inference.days_to_overtake(1287, 1e6, 3)
    assert inference.yearly_energy_kwh(1e6, 3) / 365 * days == pytest.approx(1_287_000)


def test_pue_counted_twice_is_too_much_by_just_that_pue():
    once = water.total_water_m3(1170, 0.55, 1.17, 3.142)
    assert water.total_water_m3(1287, 0.55, 1.17, 3.142) / once == pytest.approx(1.10)
