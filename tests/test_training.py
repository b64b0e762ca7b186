import numpy as np
import pandas as pd
import pytest

from aiimpact import training


def test_flop_of_one_parameter_and_one_token():
    assert training.training_flop(1, 1) == 6.0


def test_flop_of_large_integers_does_not_overflow():
    parameters = np.array([175_000_000_000, 405_000_000_000])
    flop = training.training_flop(parameters, 15_000_000_000_000)
    np.testing.assert_allclose(flop, [1.575e25, 3.645e25])


def test_accelerator_hours_of_one_hour_of_work():
    assert training.accelerator_hours(3600e12, 2e12, 0.5) == 1.0


def test_hours_from_count():
    np.testing.assert_array_equal(
        training.accelerator_hours_from_count(np.array([1, 2]), np.array([1, 0.5])), [24, 24]
    )


def test_energy_of_a_megawatt_for_an_hour():
    assert training.it_energy_mwh(1_000, 1_000) == 1.0


def test_energy_keeps_index_and_takes_the_name_of_the_function():
    hours = pd.Series([1000.0, 2000.0], index=["a", "b"], name="hours")
    expected = pd.Series([0.3, 0.6], index=["a", "b"], name="it_energy_mwh")
    pd.testing.assert_series_equal(training.it_energy_mwh(hours, 300), expected)


def test_programme_doubles_at_half():
    assert training.programme_emissions_t(100, 0.5) == 200.0
    assert training.programme_emissions_t(100, 0) == 100.0


def test_programme_of_olmo_3():
    assert training.programme_emissions_t(1, 0.822) == pytest.approx(5.618, abs=0.0005)
