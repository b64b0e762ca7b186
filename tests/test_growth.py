from decimal import Decimal, localcontext

import numpy as np
import pandas as pd
import pytest

from aiimpact import growth


def test_tenfold_in_ten_years():
    assert growth.cagr(1, 10, 10) == pytest.approx(0.2589, abs=5e-5)


def test_a_halving_is_a_negative_rate():
    assert growth.cagr(2, 1, 1) == -0.5


def test_project_a_curve():
    np.testing.assert_allclose(growth.project(100, 1, np.arange(4)), [100, 200, 400, 800])


def test_project_a_fall():
    assert growth.project(8, -0.5, 3) == 1.0


def test_project_keeps_the_years_as_index():
    years = pd.Series([0.0, 1.0], index=[2024, 2025])
    expected = pd.Series([415.0, 456.5], index=[2024, 2025], name="project")
    pd.testing.assert_series_equal(growth.project(415, 0.1, years), expected)


def test_doubling_at_a_hundred_per_cent():
    assert growth.doubling_years(1) == 1.0


def test_target_in_the_past():
    assert growth.years_to_reach(2, 1, 1) == -1.0


def test_too_far_ahead_for_a_number():
    with pytest.raises(ValueError, match="project must be a finite number"):
        growth.project(1, 3.5, 1000)


@pytest.mark.parametrize("gap", [0, 1e-9, 1e-6, 1e-5, 1e-4, 1.9e-4, 2.1e-4, 1e-3, 0.1, 9])
def test_the_logarithmic_mean_is_whole_where_its_formula_divides_nothing_by_nothing(gap):
    """Against its definition in fifty digits, on both sides of where the series takes over."""
    first, last = 7.0, 7.0 * (1 + gap)
    with localcontext(prec=50):
        a, b = Decimal(first), Decimal(last)
        wanted = (b - a) / (b / a).ln() if gap else a
    assert growth.logarithmic_mean(first, last) == pytest.approx(float(wanted), rel=2e-12)
    assert growth.logarithmic_mean(last, first) == pytest.approx(float(wanted), rel=2e-12)
