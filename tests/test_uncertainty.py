import sys
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiimpact import uncertainty
from aiimpact.uncertainty import Range

ranges = st.lists(st.floats(-100, 100), min_size=3, max_size=3).map(lambda x: Range(*sorted(x)))
share = st.floats(0, 1)


@settings(deadline=None)
@given(a=ranges, b=ranges, x=share, y=share)
def test_no_product_or_difference_lies_outside(a, b, x, y):
    one = a.low + x * (a.high - a.low)
    other = b.low + y * (b.high - b.low)
    for operation, value in (
        (uncertainty.add, one + other),
        (uncertainty.subtract, one - other),
        (uncertainty.multiply, one * other),
    ):
        result = operation(a, b)
        assert result.low - 1e-9 <= value <= result.high + 1e-9
        assert result.low - 1e-9 <= result.mid <= result.high + 1e-9


@settings(deadline=None)
@given(
    a=ranges, low=st.floats(0.1, 10), width=st.floats(0, 10), sign=st.sampled_from([1, -1]), x=share
)
def test_no_quotient_lies_outside(a, low, width, sign, x):
    b = Range(*sorted(sign * v for v in (low, low + width / 2, low + width)))
    result = uncertainty.divide(a, b)
    value = (a.low + x * (a.high - a.low)) / b.mid
    assert result.low - 1e-9 <= value <= result.high + 1e-9


def test_a_quotient_by_zero_has_no_bounds():
    with pytest.raises(ValueError, match="b must not have 0 within its range, got -1 to 1"):
        uncertainty.divide(Range(1, 2, 3), Range(-1, 0.5, 1))


def test_draws_keep_to_the_range_and_the_shape():
    draws = uncertainty.sample({"x": (1.0, 2.0, 6.0), "fixed": (3.0, 3.0, 3.0)}, size=4000)
    x = draws["x"]
    assert 1 <= x.min() < x.max() <= 6
    assert x.mean() == pytest.approx((1 + 2 + 6) / 3, abs=0.005)
    assert (draws["fixed"] == 3).all()
    log = uncertainty.sample({"x": (1.0, 4.0, 16.0)}, size=4000, shape="lognormal")["x"]
    np.testing.assert_allclose(np.quantile(log, [0.05, 0.5, 0.95]), [1, 4, 16], rtol=0.01)


@settings(deadline=None)
@given(low=st.floats(-10, 10), up=st.floats(0.01, 10), down=st.floats(0.01, 10))
def test_one_draw_lies_in_each_part_of_the_triangle(low, up, down):
    """By its distribution function: as many parts of equal chance as draws, and one in each."""
    mid, high, size = low + up, low + up + down, 500
    x = np.sort(uncertainty.sample({"x": (low, mid, high)}, size=size)["x"])
    rising, falling = (x - low) ** 2 / (high - low) / up, 1 - (high - x) ** 2 / (high - low) / down
    parts = np.where(x < mid, rising, falling) * size
    assert (np.abs(parts - np.arange(size) - 0.5) <= 0.5 + 1e-6).all()


def test_what_is_left_out_is_said_in_the_signature():
    ranges = {"x": (0.0, 1.0, 2.0)}
    given = {"size": 2000, "seed": 2024, "shape": "triangular"}
    left_out, named = uncertainty.sample(ranges), uncertainty.sample(ranges, **given)
    np.testing.assert_array_equal(left_out["x"], named["x"])
    several = [uncertainty.propagate(lambda x: x, ranges, **k) for k in ({}, given)]
    assert several[0] == several[1]


def test_draws_are_the_same_again():
    first, second = (uncertainty.sample({"x": (0.0, 1.0, 2.0)})["x"] for _ in range(2))
    np.testing.assert_array_equal(first, second)
    other = uncertainty.sample({"x": (0.0, 1.0, 2.0)}, seed=1)["x"]
    assert (first != other).any()


def test_many_trials_are_narrower_than_the_worst_together():
    a, b = Range(1.1, 1.2, 1.5), Range(0.3, 0.4, 0.6)
    trials = uncertainty.propagate(lambda a, b: a * b, {"a": a, "b": b})
    worst = uncertainty.multiply(a, b)
    assert worst.low < trials.low < trials.mid < trials.high < worst.high


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((0.16, 0.31, 0.6), "0.31 (0.16 to 0.60)"),
        ((1, 2, 3), "2.0 (1.0 to 3.0)"),
        ((32.6, 56.15, 79.7), "56 (33 to 80)"),
        ((700, 1200, 1700), "1,200 (700 to 1,700)"),
        ((0, 0, 0), "0"),
        ((-3, 1, 8), "1 (-3 to 8)"),
    ],
)
def test_digits_follow_the_uncertainty(ends, text):
    assert uncertainty.show(*ends) == text


@settings(deadline=None)
@given(mid=st.floats(-1e6, 1e6), half=st.floats(1e-6, 1e6))
def test_half_the_width_has_one_digit_or_two_if_it_begins_with_1_or_2(mid, half):
    ends = (mid - half, mid, mid + half)
    half = (ends[2] - ends[0]) / 2
    assert 2.999_999 <= half * 10.0 ** uncertainty.decimals(*ends) < 30


@given(mid=st.floats(1e-6, 1e6), sign=st.sampled_from([1, -1]))
def test_a_value_without_a_range_has_three_digits(mid, sign):
    places = uncertainty.decimals(*[sign * mid] * 3)
    assert 99.999_999 <= mid * 10.0**places < 1000


def test_wrong_ranges_say_so():
    with pytest.raises(ValueError, match="x must have finite low <= mid <= high, got 2, 1, 3"):
        uncertainty.sample({"x": (2, 1, 3)})
    with pytest.raises(ValueError, match="x must be greater than 0 for a lognormal shape"):
        uncertainty.sample({"x": (0, 1, 3)}, shape="lognormal")


def test_chunks_need_dask_and_many_draws(monkeypatch):
    ranges = {"x": (1.0, 2.0, 3.0)}
    with pytest.raises(ValueError, match="chunks must be at least 10000, got 100"):
        uncertainty.propagate(lambda x: x, ranges, chunks=100)
    with pytest.raises(ValueError, match="x must have finite low <= mid <= high"):
        uncertainty.propagate(lambda x: x, {"x": (2, 1, 3)}, chunks=20_000)
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'aiimpact\[scale\]'"):
        uncertainty.propagate(lambda x: x, ranges, chunks=20_000)


def test_chunks_share_out_the_draws(monkeypatch):
    """Dask in its simplest form, at once and in order; the real one is met in test_scale.py."""
    dask = types.SimpleNamespace(delayed=lambda task: task, compute=lambda *results: results)
    monkeypatch.setitem(sys.modules, "dask", dask)
    ranges, sizes = {"x": (1.0, 2.0, 6.0)}, []

    def model(x):
        sizes.append(len(x))
        return x

    found = uncertainty.propagate(model, ranges, size=25_000, chunks=10_000)
    assert sorted(sizes) == [8333, 8333, 8334]
    whole = uncertainty.propagate(lambda x: x, ranges, size=25_000)
    assert found == pytest.approx(whole, rel=1e-3)
    assert found != whole, "each chunk is drawn by itself"
    sizes.clear()
    uncertainty.propagate(model, ranges, size=10_000, chunks=10_000)
    assert sizes == [10_000]
    sizes.clear()
    uncertainty.propagate(model, ranges, size=5_000, chunks=10_000)
    assert sizes == [5_000]
