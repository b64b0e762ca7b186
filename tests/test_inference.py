import pytest

from aiimpact import datacentre, inference


def test_a_token_of_gpt3():
    """Brown et al. 2020, arXiv:2005.14165, Table D.1: 2 operations for each active parameter."""
    assert inference.answer_flop(174.6e9, 1) == pytest.approx(3.492e11)


def test_a_prompt_of_gpt3():
    """Kaplan et al. 2020, arXiv:2001.08361, Table 1: 2 N + 2 n_layer n_ctx d_attn for each token."""
    for_token = 2 * 175e9 + 2 * 96 * 2048 * 12288
    assert inference.prompt_flop(175e9, 96, 12288, 2048) == pytest.approx(2048 * for_token)
    assert inference.prompt_flop(175e9, 96, 12288, 0) == 0


def test_a_fleet_of_servers_over_its_requests():
    """Patel 2023: 3,617 servers of 6.5 kW use 564 MWh a day, 2.9 Wh for each of 195 million."""
    day_mwh = inference.request_energy_wh(3617, 6500, 24, 1) / 1e6
    assert day_mwh == pytest.approx(564, abs=0.5)
    assert inference.request_energy_wh(3617, 6500, 24, 195e6) == pytest.approx(2.9, abs=0.05)


def test_from_operations_to_energy():
    """A chip at full speed for an hour uses its power for an hour."""
    hour = inference.request_energy_from_flop_wh(3600e15, 1e15, 1, 700)
    assert hour == pytest.approx(700)
    assert inference.request_energy_from_flop_wh(3600e15, 1e15, 0.1, 700) == pytest.approx(7000)
    operation_pj = datacentre.operation_energy_pj(700, 1e15, 0.1)
    assert operation_pj * 1e-12 * 3600e15 / 3600 == pytest.approx(7000)


def test_the_meter_of_the_median_prompt():
    """Elsworth et al. 2025, arXiv:2508.15734: 0.24 Wh, of which the building takes 0.02."""
    it = inference.served_energy_wh(0.14, 0.06 / 0.14, 0.02 / 0.20, 1)
    whole = inference.served_energy_wh(0.14, 0.06 / 0.14, 0.02 / 0.20, 1.09)
    assert it == pytest.approx(0.22)
    assert (round(whole, 2), round(whole - it, 2)) == (0.24, 0.02)


def test_requests_overtake_training_when_they_have_used_as_much():
    days = inference.days_to_overtake(1287, 195e6, 2.89)
    used_mwh = inference.yearly_energy_kwh(195e6, 2.89) / 1000 * days / 365
    assert used_mwh == pytest.approx(1287)


def test_a_kilowatt_hour_of_requests_emits_what_the_grid_does():
    assert 1000 * inference.request_emissions_g(1, 0.429) == pytest.approx(429)
    assert inference.request_emissions_g(0.3, 0) == 0


def test_tokens_add_up():
    assert inference.tokens_energy_wh(300, 0.001) == pytest.approx(0.3)
    assert inference.tokens_energy_wh(0, 0.001) == 0
