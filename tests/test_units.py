import pytest

from aiimpact import units


def test_the_pound_of_1959():
    """International yard and pound agreement: 0.45359237 kg exactly; a short ton is 2,000 of them."""
    assert units.lb_to_t(1000) == 0.45359237
    assert units.lb_to_t(2000) == pytest.approx(0.90718474)
    assert units.t_to_lb(units.lb_to_t(626_155)) == pytest.approx(626_155)


def test_the_gallon_is_231_cubic_inches():
    """NIST Handbook 44, appendix C; a barrel of oil is 42, an acre-foot 325,851 of them."""
    assert units.us_gallons_to_m3(1) == pytest.approx(231 * 0.0254**3)
    assert units.us_gallons_to_m3(42) == pytest.approx(0.158987, abs=5e-7)
    assert units.us_gallons_to_m3(325_851) == pytest.approx(1233.48, abs=0.01)


def test_a_year_has_8760_hours():
    assert units.HOURS_PER_YEAR == units.HOURS_PER_DAY * units.DAYS_PER_YEAR
    assert units.SECONDS_PER_HOUR == 60 * 60
    assert units.WH_PER_MWH == units.WH_PER_KWH * units.KWH_PER_MWH
