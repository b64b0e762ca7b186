import numpy as np
import pandas as pd
import pytest

from aiimpact import grid


def test_one_kilogram_a_kilowatt_hour_is_one_tonne_a_megawatt_hour():
    assert grid.emissions_t(1, 1) == 1.0


def test_zero_carbon_power_emits_nothing():
    assert grid.emissions_t(1287, 0) == 0.0


def test_many_grids_for_one_run():
    grids = pd.Series({"fra": 0.04, "pol": 0.6})
    expected = pd.Series({"fra": 4.0, "pol": 60.0}, name="emissions_t")
    pd.testing.assert_series_equal(grid.emissions_t(100, grids), expected)


def test_implied_grid_is_the_way_back():
    energy = np.array([1.0, 50.0])
    np.testing.assert_allclose(
        grid.implied_grid_kg_per_kwh(grid.emissions_t(energy, 0.429), energy), 0.429
    )


def test_implied_grid_may_be_impossible():
    assert grid.implied_grid_kg_per_kwh(3.5e9, 1e6) == 3500.0


def test_grams_are_refused_with_advice():
    with pytest.raises(ValueError, match=r"got 429\. Divide grams per kWh by 1000"):
        grid.emissions_t(1287, 429)
