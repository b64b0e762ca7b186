"""Policy against interest tables, simple integrals and what has to cancel out."""

import numpy as np
import pytest

from aiimpact import grid, policy


@pytest.mark.parametrize(("cap", "best", "excess"), [(1.3, 1.1, 0.26), (1.5, 1.05, 0.5)])
def test_a_cap_on_sites_whose_excess_is_exponential(cap, best, excess):
    """Count them: a million sites in steps of equal chance."""
    chances = (np.arange(1_000_000) + 0.5) / 1_000_000
    sites = best - excess * np.log(1 - chances)
    assert policy.share_above_cap(cap, best, excess) == pytest.approx(
        (sites > cap).mean(), abs=1e-5
    )
    capped = np.minimum(sites, cap).mean()
    assert policy.capped_pue(cap, best, excess) == pytest.approx(capped, abs=1e-5)


def test_a_cap_below_the_best_site_leaves_every_site_above_it():
    assert policy.share_above_cap(1.05, 1.1, 0.3) == 1
    assert policy.capped_pue(1.05, 1.1, 0.3) == 1.1


def test_a_grant_comes_before_tax():
    assert policy.net_cost(100, 0, 0) == 100
    assert policy.net_cost(100, 1, 0.2) == policy.net_cost(100, 0.2, 1) == 0
    assert policy.net_cost(100, 0.3, 0.2) == pytest.approx(56)


@pytest.mark.parametrize(
    ("rate", "years", "factor"),
    [(0.05, 20, 0.08024), (0.08, 10, 0.14903), (0.10, 5, 0.26380), (0.12, 30, 0.12414)],
)
def test_capital_recovery_factors_of_the_interest_tables(rate, years, factor):
    """Blank and Tarquin, Engineering Economy, compound interest factor tables, column A/P."""
    paid = policy.annual_cost(1, rate, years)
    assert round(paid, 5) == factor
    worth = sum(paid / (1 + rate) ** year for year in range(1, years + 1))
    assert worth == pytest.approx(1)
    assert policy.discounted_payback_years(1, paid, rate) == pytest.approx(years)


def test_payback_with_hardly_any_interest_is_the_simple_one():
    assert policy.payback_years(100, 25) == 4
    assert policy.discounted_payback_years(100, 25, 1e-9) == pytest.approx(4, rel=1e-6)
    assert policy.discounted_payback_years(100, 25, 0.08) > 4


def test_a_saving_below_the_interest_never_pays_back():
    assert policy.discounted_payback_years(100, 7.9, 0.08) > 300
    assert np.isfinite(policy.discounted_payback_years(100, 1e-9, 0.08))


def test_one_tonne_costs_its_price_by_whichever_way():
    """A tonne is 2,500 kWh at 0.4 kg, or 2.5 million requests of one Wh."""
    assert policy.carbon_cost(1, 70, 0) == 70
    assert policy.carbon_cost_per_kwh(70, 0.4, 1) * 2500 == pytest.approx(70)
    assert policy.carbon_cost_per_request(1, 0.4, 70) * 2_500_000 == pytest.approx(70)
    assert policy.carbon_cost(grid.emissions_t(2.5, 0.4), 70, 0.4) == pytest.approx(42)
    assert policy.carbon_cost(552, 67, 1) == 0


@pytest.mark.parametrize("elasticity", [0, 0.2, 1, 1.5])
def test_elasticity_is_the_slope_between_logarithms(elasticity):
    response = policy.price_response(0.15, 0.18, elasticity)
    assert np.log(response) / np.log(0.18 / 0.15) == pytest.approx(-elasticity)


def test_at_elasticity_one_the_bill_stays_the_same():
    assert policy.price_response(0.15, 0.30, 1) * 0.30 == pytest.approx(0.15)


def test_less_than_a_sixth_of_credits_are_real():
    """Probst et al. 2024 find 16 per cent: 6.25 credits for a tonne."""
    assert policy.credits_needed(1, 0.16, 1) == pytest.approx(6.25)
    assert policy.credits_needed(1, 0.16, 0.5) == pytest.approx(12.5)


def test_as_many_credits_as_are_needed_leave_nothing():
    bought = policy.credits_needed(552, 0.16, 0.9)
    assert policy.offset_emissions_t(552, bought, 0.16, 0.9) == pytest.approx(0, abs=1e-9)
    assert policy.offset_emissions_t(552, bought, 0, 0.9) == 552


def test_what_nobody_covers_finds_or_mends_saves_nothing():
    assert policy.supervised_saving(1, 1, 1, 0.2) == 0.2
    for shares in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        assert policy.supervised_saving(*shares, 0.2) == 0
    assert policy.information_saving(0.5, 0.2, 0.5) == pytest.approx(0.05)
