import numpy as np

from aiimpact import datacentre, water


def test_one_litre_a_kilowatt_hour_is_one_cubic_metre_a_megawatt_hour():
    assert water.onsite_water_m3(1, 1) == 1.0
    assert water.offsite_water_m3(1, 1) == 1.0


def test_dry_cooling_uses_none():
    np.testing.assert_array_equal(water.onsite_water_m3(np.array([1.0, 2.0]), 0), [0.0, 0.0])


def test_counting_pue_twice_shows():
    """1,287 MWh is site energy: taking it for IT energy adds the PUE of 1.10 to both waters."""
    it = datacentre.it_energy_from_site_mwh(1287, 1.10)
    once = water.onsite_water_m3(it, 0.55)
    twice = water.onsite_water_m3(1287, 0.55)
    assert round(once, 1) == 643.5
    assert round(twice / once, 2) == 1.10
