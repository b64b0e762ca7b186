import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiimpact import portfolio

savings = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@settings(deadline=None)
@given(values=savings, order=st.randoms())
def test_levers_in_any_order_leave_the_same(values, order):
    shuffled = values.copy()
    order.shuffle(shuffled)
    left = portfolio.remaining_shares(values)
    assert portfolio.remaining_shares(shuffled)[-1] == pytest.approx(left[-1], abs=1e-12)
    assert all(0 <= share <= 1 for share in left)
    assert sorted(left, reverse=True) == left


@settings(deadline=None)
@given(values=savings)
def test_marginal_savings_add_up(values):
    total = 1 - portfolio.remaining_shares(values)[-1]
    assert sum(portfolio.marginal_savings(values)) == pytest.approx(total, abs=1e-12)


@settings(deadline=None)
@given(levers=st.lists(st.tuples(st.integers(-5, 5), st.floats(0.1, 100)), max_size=6))
def test_an_abatement_curve_has_no_gaps(levers):
    costs, tonnes = [c for c, _ in levers], [t for _, t in levers]
    starts = portfolio.abatement_starts_t(costs, tonnes)
    bars = sorted(zip(starts, tonnes, costs, strict=True))
    end = 0.0
    for start, width, _ in bars:
        assert start == pytest.approx(end)
        end = start + width
    assert [cost for *_, cost in bars] == sorted(costs)


def test_of_those_that_cost_the_same_the_first_comes_first():
    assert portfolio.abatement_starts_t([5, 1, 5, 5], [10, 1, 20, 30]) == [1, 0, 11, 31]


def test_costs_without_tonnes():
    with pytest.raises(ValueError, match="avoided_t must have one value for each cost, got 1"):
        portfolio.abatement_starts_t([1, 2], [1])
