import numpy as np
import pandas as pd
import pytest

from aiimpact import datacentre


def test_site_energy():
    np.testing.assert_allclose(datacentre.site_energy_mwh(np.array([1.0, 10.0]), 1.5), [1.5, 15.0])


def test_site_energy_of_a_perfect_building_is_it_energy():
    assert datacentre.site_energy_mwh(7.0, 1) == 7.0


def test_two_columns_of_one_table():
    table = pd.DataFrame({"it": [1.0, 2.0], "pue": [1.1, 1.2]}, index=["x", "y"])
    expected = pd.Series([1.1, 2.4], index=["x", "y"], name="site_energy_mwh")
    pd.testing.assert_series_equal(datacentre.site_energy_mwh(table["it"], table["pue"]), expected)


def test_it_energy_is_the_way_back():
    there = datacentre.site_energy_mwh(3.0, 1.3)
    assert datacentre.it_energy_from_site_mwh(there, 1.3) == pytest.approx(3.0)


@pytest.mark.parametrize(("share", "pue"), [(1.0, 1.0), (0.5, 2.0), (0.4, 2.5)])
def test_share_and_pue_say_the_same(share, pue):
    assert datacentre.pue_from_it_share(share) == pue
    assert datacentre.overhead_share(pue) == pytest.approx(1 - share)
