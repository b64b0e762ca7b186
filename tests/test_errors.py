"""Whatever a function is given, it answers or says what is wrong: argument, value, rule, fix."""

import inspect
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from aiimpact import (
    datacentre,
    equivalents,
    grid,
    growth,
    inference,
    policy,
    solutions,
    training,
    units,
    water,
)

# One valid value for each argument of each function; a property test elsewhere varies them.
VALID = {
    training.training_flop: {"parameters": 175e9, "tokens": 300e9},
    training.accelerator_hours: {"flop": 3e23, "peak_flop_per_s": 125e12, "utilisation": 0.2},
    training.accelerator_hours_from_count: {"accelerators": 512.0, "days": 20.0},
    training.it_energy_mwh: {"accelerator_hours": 1e6, "power_w": 330.0},
    training.programme_emissions_t: {"final_t": 312.0, "development_share": 0.34},
    datacentre.site_energy_mwh: {"it_energy_mwh": 1170.0, "pue": 1.1},
    datacentre.it_energy_from_site_mwh: {"site_energy_mwh": 1287.0, "pue": 1.1},
    datacentre.pue_from_it_share: {"it_share": 0.9},
    datacentre.overhead_share: {"pue": 1.1},
    grid.emissions_t: {"site_energy_mwh": 1287.0, "grid_kg_per_kwh": 0.429},
    grid.implied_grid_kg_per_kwh: {"emissions_t": 552.0, "site_energy_mwh": 1287.0},
    water.onsite_water_m3: {"it_energy_mwh": 1170.0, "wue_l_per_kwh": 0.55},
    water.offsite_water_m3: {"site_energy_mwh": 1287.0, "water_l_per_kwh": 3.1},
    growth.cagr: {"first": 415.0, "last": 945.0, "years": 6.0},
    growth.project: {"first": 415.0, "rate": 0.15, "years": 6.0},
    growth.doubling_years: {"rate": 1.1},
    growth.years_to_reach: {"first": 415.0, "target": 945.0, "rate": 0.15},
    equivalents.count: {"total": 626155.0, "per_one": 126000.0},
    units.lb_to_t: {"mass_lb": 626155.0},
    units.t_to_lb: {"mass_t": 284.0},
    units.us_gallons_to_m3: {"volume_gal": 776e6},
    inference.request_energy_wh: {
        "servers": 3617.0,
        "server_power_w": 6500.0,
        "hours": 24.0,
        "requests": 195e6,
    },
    inference.answer_flop: {"active_parameters": 100e9, "output_tokens": 500.0},
    inference.prompt_flop: {
        "active_parameters": 175e9,
        "layers": 96.0,
        "width": 12288.0,
        "input_tokens": 2048.0,
    },
    inference.request_energy_from_flop_wh: {
        "flop": 1e14,
        "peak_flop_per_s": 989e12,
        "utilisation": 0.1,
        "power_w": 1050.0,
    },
    inference.tokens_energy_wh: {"output_tokens": 300.0, "token_energy_wh": 0.001},
    inference.served_energy_wh: {
        "chip_energy_wh": 0.14,
        "host_ratio": 0.43,
        "idle_ratio": 0.1,
        "pue": 1.09,
    },
    inference.days_to_overtake: {
        "training_mwh": 1287.0,
        "requests_per_day": 195e6,
        "request_wh": 2.89,
    },
    inference.yearly_energy_kwh: {"requests_per_day": 30.0, "request_wh": 0.3},
    inference.request_emissions_g: {"request_wh": 0.3, "grid_kg_per_kwh": 0.4},
    datacentre.pue_saving: {"pue_before": 1.8, "pue_after": 1.3},
    datacentre.pue_from_cooling_share: {"cooling_share": 0.4, "loss_ratio": 0.05},
    datacentre.loss_share: {"pue": 1.5, "loss_ratio": 0.1},
    datacentre.cooling_share: {"pue": 1.5, "loss_ratio": 0.1},
    datacentre.it_share: {"pue": 1.5},
    datacentre.share_of_total: {"part": 60.0, "rest": 40.0},
    datacentre.cost_per_it_kwh: {"price_per_kwh": 0.1, "pue": 1.5},
    datacentre.yearly_energy_mwh: {"power_mw": 100.0, "load": 0.5},
    datacentre.fleet_power_mw: {"chips": 1e4, "chip_power_w": 330.0, "pue": 1.1},
    datacentre.operation_energy_pj: {
        "power_w": 330.0,
        "peak_flop_per_s": 125e12,
        "utilisation": 0.2,
    },
    datacentre.lifetime_emissions_t: {
        "power_w": 700.0,
        "load": 0.7,
        "years": 5.0,
        "pue": 1.2,
        "grid_kg_per_kwh": 0.4,
    },
    datacentre.transfer_energy_wh: {"data_mb": 2.0, "kwh_per_gb": 0.06},
    datacentre.storage_energy_kwh: {
        "data_tb": 60.0,
        "power_w_per_tb": 0.65,
        "years": 1.0,
        "pue": 1.2,
    },
    grid.mixed_kg_per_kwh: {
        "first_kg_per_kwh": 0.4,
        "second_kg_per_kwh": 0.02,
        "second_share": 0.6,
    },
    grid.market_based_t: {"site_energy_mwh": 1287.0, "bought_mwh": 600.0, "grid_kg_per_kwh": 0.4},
    water.total_water_m3: {
        "it_energy_mwh": 1170.0,
        "wue_l_per_kwh": 0.55,
        "pue": 1.17,
        "water_l_per_kwh": 3.1,
    },
    water.request_water_ml: {
        "it_request_wh": 4.0,
        "wue_l_per_kwh": 0.55,
        "pue": 1.17,
        "water_l_per_kwh": 3.1,
    },
    water.implied_wue_l_per_kwh: {"onsite_water_m3": 2.6e6, "it_energy_mwh": 10e6},
    growth.halved: {"first": 0.06, "halving_years": 2.0, "years": 10.0},
    growth.years_until_eaten: {"saving": 0.28, "rate": 0.15},
    growth.logarithmic_mean: {"first": 1.0, "last": 10.0},
    growth.factor_effect: {
        "total_first": 194.0,
        "total_last": 205.0,
        "factor_first": 1.0,
        "factor_last": 6.5,
    },
    solutions.smaller_model_saving: {
        "small_parameters": 8e9,
        "large_parameters": 70e9,
        "exponent": 0.7,
    },
    solutions.quantisation_saving: {
        "bits_before": 16.0,
        "bits_after": 8.0,
        "affected_share": 0.5,
        "conversion_overhead": 0.1,
    },
    solutions.sparsity_saving: {"active_share": 0.1, "dense_share": 0.6},
    solutions.early_stopping_saving: {
        "development_share": 0.8,
        "stopped_share": 0.5,
        "spent_share": 0.2,
    },
    solutions.liquid_cooling_saving: {"pue_air": 1.4, "pue_liquid": 1.1, "fan_share": 0.05},
    solutions.shifting_saving: {
        "home_kg_per_kwh": 0.5,
        "away_kg_per_kwh": 0.1,
        "movable_share": 0.6,
    },
    solutions.server_power_w: {"peak_power_w": 700.0, "idle_share": 0.3, "load": 0.5},
    solutions.idle_energy_share: {"idle_share": 0.3, "load": 0.5},
    solutions.consolidation_saving: {"load_before": 0.1, "load_after": 0.6, "idle_share": 0.5},
    solutions.part_load_pue: {"fixed_overhead": 0.2, "variable_overhead": 0.15, "load": 0.5},
    solutions.modular_load: {"load": 0.35, "modules": 5.0},
    solutions.compression_saving: {
        "transfer_share": 0.1,
        "ratio": 2.0,
        "compression_overhead": 0.01,
    },
    solutions.remaining_share: {"share_before": 0.5, "saving": 0.2},
    solutions.marginal_saving: {"share_before": 0.5, "saving": 0.2},
    solutions.net_saving: {"saving": 0.3, "rebound": 0.1},
    solutions.abatement_cost_per_t: {
        "yearly_cost": 2e5,
        "energy_saved_mwh": 1000.0,
        "price_per_kwh": 0.1,
        "avoided_t": 400.0,
    },
    policy.share_above_cap: {"pue_cap": 1.3, "pue_best": 1.1, "mean_excess": 0.26},
    policy.capped_pue: {"pue_cap": 1.3, "pue_best": 1.1, "mean_excess": 0.26},
    policy.net_cost: {"cost": 1e6, "grant_share": 0.3, "tax_relief_share": 0.165},
    policy.payback_years: {"cost": 1e6, "yearly_saving": 288e3},
    policy.discounted_payback_years: {"cost": 1e6, "yearly_saving": 288e3, "discount_rate": 0.08},
    policy.annual_cost: {"cost": 1e6, "discount_rate": 0.08, "years": 10.0},
    policy.supervised_saving: {
        "covered_share": 0.36,
        "found_share": 0.5,
        "mended_share": 0.5,
        "saving": 0.2,
    },
    policy.carbon_cost: {"emissions_t": 552.0, "price_per_t": 67.0, "free_share": 0.5},
    policy.carbon_cost_per_kwh: {
        "price_per_t": 70.0,
        "grid_kg_per_kwh": 0.4,
        "passed_on_share": 0.9,
    },
    policy.carbon_cost_per_request: {
        "request_wh": 0.3,
        "grid_kg_per_kwh": 0.4,
        "price_per_t": 70.0,
    },
    policy.price_response: {"price_before": 0.15, "price_after": 0.178, "elasticity": 0.2},
    policy.credits_needed: {"emissions_t": 552.0, "real_share": 0.16, "lasting_share": 0.9},
    policy.offset_emissions_t: {
        "emissions_t": 552.0,
        "credits": 100.0,
        "real_share": 0.16,
        "lasting_share": 0.9,
    },
    policy.information_saving: {"uptake_share": 0.1, "saving": 0.75, "lasting_share": 0.5},
}
MODULES = (
    training,
    inference,
    datacentre,
    grid,
    water,
    growth,
    solutions,
    policy,
    equivalents,
    units,
)
ARGUMENTS = [(function, name) for function, valid in VALID.items() for name in valid]
MAY_BE_ZERO = {
    "accelerators",
    "days",
    "accelerator_hours",
    "final_t",
    "development_share",
    "it_energy_mwh",
    "grid_kg_per_kwh",
    "emissions_t",
    "wue_l_per_kwh",
    "water_l_per_kwh",
    "total",
    "mass_lb",
    "mass_t",
    "volume_gal",
}
ZERO_IS_FINE = {
    (datacentre.site_energy_mwh, "it_energy_mwh"),
    (water.onsite_water_m3, "it_energy_mwh"),
    (growth.project, "first"),
    (growth.project, "rate"),
    (growth.project, "years"),
    (water.offsite_water_m3, "site_energy_mwh"),
    (grid.emissions_t, "site_energy_mwh"),
    (datacentre.it_energy_from_site_mwh, "site_energy_mwh"),
    (inference.request_energy_wh, "servers"),
    (inference.request_energy_wh, "hours"),
    (inference.answer_flop, "output_tokens"),
    (inference.prompt_flop, "layers"),
    (inference.prompt_flop, "width"),
    (inference.prompt_flop, "input_tokens"),
    (inference.request_energy_from_flop_wh, "flop"),
    (inference.tokens_energy_wh, "output_tokens"),
    (inference.tokens_energy_wh, "token_energy_wh"),
    (inference.served_energy_wh, "chip_energy_wh"),
    (inference.served_energy_wh, "host_ratio"),
    (inference.served_energy_wh, "idle_ratio"),
    (inference.days_to_overtake, "training_mwh"),
    (inference.yearly_energy_kwh, "requests_per_day"),
    (inference.yearly_energy_kwh, "request_wh"),
    (inference.request_emissions_g, "request_wh"),
    (inference.request_emissions_g, "grid_kg_per_kwh"),
    (datacentre.pue_from_cooling_share, "cooling_share"),
    (datacentre.pue_from_cooling_share, "loss_ratio"),
    (datacentre.loss_share, "loss_ratio"),
    (datacentre.cooling_share, "loss_ratio"),
    (datacentre.share_of_total, "part"),
    (datacentre.cost_per_it_kwh, "price_per_kwh"),
    (datacentre.yearly_energy_mwh, "power_mw"),
    (datacentre.yearly_energy_mwh, "load"),
    (datacentre.fleet_power_mw, "chips"),
    (datacentre.lifetime_emissions_t, "load"),
    (datacentre.lifetime_emissions_t, "years"),
    (datacentre.lifetime_emissions_t, "grid_kg_per_kwh"),
    (datacentre.transfer_energy_wh, "data_mb"),
    (datacentre.transfer_energy_wh, "kwh_per_gb"),
    (datacentre.storage_energy_kwh, "data_tb"),
    (datacentre.storage_energy_kwh, "power_w_per_tb"),
    (datacentre.storage_energy_kwh, "years"),
    (grid.mixed_kg_per_kwh, "first_kg_per_kwh"),
    (grid.mixed_kg_per_kwh, "second_kg_per_kwh"),
    (grid.mixed_kg_per_kwh, "second_share"),
    (grid.market_based_t, "site_energy_mwh"),
    (grid.market_based_t, "bought_mwh"),
    (grid.market_based_t, "grid_kg_per_kwh"),
    (water.total_water_m3, "it_energy_mwh"),
    (water.total_water_m3, "wue_l_per_kwh"),
    (water.total_water_m3, "water_l_per_kwh"),
    (water.request_water_ml, "it_request_wh"),
    (water.request_water_ml, "wue_l_per_kwh"),
    (water.request_water_ml, "water_l_per_kwh"),
    (water.implied_wue_l_per_kwh, "onsite_water_m3"),
    (growth.halved, "first"),
    (growth.halved, "years"),
    (growth.years_until_eaten, "saving"),
    (solutions.smaller_model_saving, "exponent"),
    (solutions.quantisation_saving, "affected_share"),
    (solutions.quantisation_saving, "conversion_overhead"),
    (solutions.sparsity_saving, "active_share"),
    (solutions.sparsity_saving, "dense_share"),
    (solutions.early_stopping_saving, "development_share"),
    (solutions.early_stopping_saving, "stopped_share"),
    (solutions.early_stopping_saving, "spent_share"),
    (solutions.liquid_cooling_saving, "fan_share"),
    (solutions.shifting_saving, "away_kg_per_kwh"),
    (solutions.shifting_saving, "movable_share"),
    (solutions.server_power_w, "idle_share"),
    (solutions.server_power_w, "load"),
    (solutions.idle_energy_share, "idle_share"),
    (solutions.consolidation_saving, "idle_share"),
    (solutions.part_load_pue, "fixed_overhead"),
    (solutions.part_load_pue, "variable_overhead"),
    (solutions.compression_saving, "transfer_share"),
    (solutions.compression_saving, "compression_overhead"),
    (solutions.remaining_share, "share_before"),
    (solutions.remaining_share, "saving"),
    (solutions.marginal_saving, "share_before"),
    (solutions.marginal_saving, "saving"),
    (solutions.net_saving, "saving"),
    (solutions.net_saving, "rebound"),
    (solutions.abatement_cost_per_t, "yearly_cost"),
    (solutions.abatement_cost_per_t, "energy_saved_mwh"),
    (solutions.abatement_cost_per_t, "price_per_kwh"),
    (policy.net_cost, "cost"),
    (policy.net_cost, "grant_share"),
    (policy.net_cost, "tax_relief_share"),
    (policy.payback_years, "cost"),
    (policy.discounted_payback_years, "cost"),
    (policy.annual_cost, "cost"),
    (policy.supervised_saving, "covered_share"),
    (policy.supervised_saving, "found_share"),
    (policy.supervised_saving, "mended_share"),
    (policy.supervised_saving, "saving"),
    (policy.carbon_cost, "emissions_t"),
    (policy.carbon_cost, "price_per_t"),
    (policy.carbon_cost, "free_share"),
    (policy.carbon_cost_per_kwh, "price_per_t"),
    (policy.carbon_cost_per_kwh, "grid_kg_per_kwh"),
    (policy.carbon_cost_per_kwh, "passed_on_share"),
    (policy.carbon_cost_per_request, "request_wh"),
    (policy.carbon_cost_per_request, "grid_kg_per_kwh"),
    (policy.carbon_cost_per_request, "price_per_t"),
    (policy.price_response, "elasticity"),
    (policy.credits_needed, "emissions_t"),
    (policy.offset_emissions_t, "emissions_t"),
    (policy.offset_emissions_t, "credits"),
    (policy.offset_emissions_t, "real_share"),
    (policy.offset_emissions_t, "lasting_share"),
    (policy.information_saving, "uptake_share"),
    (policy.information_saving, "saving"),
    (policy.information_saving, "lasting_share"),
}
# Divided by in other formulas.
NOT_EVERYWHERE = {"it_energy_mwh"}


def impossible(name, value):
    """A number outside the range: levers may cost several times what they act on."""
    return value * 100 if name == "saving" else value


def name_of(value):
    return getattr(value, "__name__", None) if callable(value) else None


each_argument = pytest.mark.parametrize(("function", "name"), ARGUMENTS, ids=name_of)


def test_every_public_function_is_here():
    public = {
        value
        for module in MODULES
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
    }
    assert public == set(VALID)
    for function, valid in VALID.items():
        assert list(inspect.signature(function).parameters) == list(valid)


def refused(function, name, value, error):
    with pytest.raises(error) as caught:
        function(**(VALID[function] | {name: value}))
    text = str(caught.value)
    assert text.startswith(f"{name} must "), text
    assert text.endswith("."), text
    assert text.count(". ") >= 1, f"no fix after the rule: {text}"
    return text


@each_argument
def test_impossible_number(function, name):
    for value in (float("nan"), float("inf"), -float("inf"), impossible(name, -1.5), 10**400):
        text = refused(function, name, value, ValueError)
        if isinstance(value, float):
            assert f"got {value:.15g}" in text


@each_argument
def test_zero(function, name):
    if name in MAY_BE_ZERO - NOT_EVERYWHERE or (function, name) in ZERO_IS_FINE:
        assert np.isfinite(function(**(VALID[function] | {name: 0})))
        # The sign of a zero carries no meaning here.
        assert np.isfinite(function(**(VALID[function] | {name: -0.0})))
    else:
        assert "got 0." in refused(function, name, 0, ValueError)


NO_NUMBERS = [
    "1.2",
    b"1.2",
    None,
    True,
    np.True_,
    1j,
    [1.0, 2.0],
    (1.0,),
    {"a": 1.0},
    Decimal("1.2"),
    Fraction(6, 5),
    np.datetime64("2024"),
    np.array(["1.2"]),
    np.array([1.0, None]),
    np.array([1 + 0j]),
    np.array([True]),
    np.ma.array([1.0, 2.0], mask=[False, True]),
    np.rec.array([1.0]),
    pd.DataFrame({"a": [1.0]}),
    pd.Index([1.0]),
    pd.array([1.0, 2.0]),
    pd.Series(["1.2"]),
    pd.Series([True]),
    pd.Series([1j]),
    pd.Series([1.0, "x"]),
    pd.Series(pd.to_datetime(["2024-01-01"])),
    object(),
]


@each_argument
def test_wrong_type(function, name):
    for value in NO_NUMBERS:
        refused(function, name, value, TypeError)


@each_argument
def test_empty(function, name):
    for value in (np.array([]), np.empty((0, 3)), pd.Series([], dtype=float)):
        assert "at least one value" in refused(function, name, value, ValueError)


@each_argument
def test_position_in_an_array(function, name):
    for bad in (float("nan"), float("inf"), impossible(name, -2.0)):
        array = np.full(7, VALID[function][name])
        array[4:] = bad
        assert f"got {bad:.15g} at position 4." in refused(function, name, array, ValueError)


@each_argument
def test_position_in_a_series(function, name):
    series = pd.Series(VALID[function][name], index=list("abc"))
    series["b"] = np.nan
    assert "got nan at position 1 (index 'b')." in refused(function, name, series, ValueError)


@each_argument
def test_missing_value_of_pandas(function, name):
    refused(function, name, pd.Series([VALID[function][name], None], dtype="Float64"), ValueError)


@each_argument
def test_position_in_a_long_array(function, name):
    """Long arrays take another way, which must see the last value too."""
    array = np.full(1_200_001, VALID[function][name])
    array[-1] = np.nan
    assert "at position 1200000." in refused(function, name, array, ValueError)


def test_position_in_a_table_of_numbers():
    with pytest.raises(
        ValueError, match=r"pue must be at least 1\.0, got 0\.5 at position \(1, 0\)"
    ):
        datacentre.overhead_share(np.array([[1.0, 2.0], [0.5, 1.0]]))


def test_the_text_of_the_design():
    text = "pue must be at least 1.0, got 0.9. A percentage overhead is pue = 1 + overhead / 100."
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        datacentre.site_energy_mwh(100, 0.9)


def test_per_cent_for_a_share():
    with pytest.raises(
        ValueError, match="utilisation must be greater than 0 and at most 1, got 40"
    ):
        training.accelerator_hours(1e20, 1e14, 40)
    with pytest.raises(ValueError, match="development_share must be at least 0 and less than 1"):
        training.programme_emissions_t(100, 1)


def test_shapes_that_do_not_go_together():
    with pytest.raises(ValueError, match="must have the same shape"):
        datacentre.site_energy_mwh(np.ones(3), np.ones(2))


def test_tables_that_were_not_joined():
    with pytest.raises(ValueError, match="pue must have the same index as it_energy_mwh"):
        datacentre.site_energy_mwh(
            pd.Series([1.0, 2.0], index=["a", "b"]), pd.Series([1.1, 1.2], index=["b", "a"])
        )
    with pytest.raises(ValueError, match="one value for each row of it_energy_mwh"):
        datacentre.site_energy_mwh(pd.Series([1.0, 2.0]), np.ones(3))


def test_result_too_large():
    with pytest.raises(ValueError, match="site_energy_mwh must be a finite number"):
        datacentre.site_energy_mwh(1e308, 10)
    with pytest.raises(ValueError, match="Check the units of it_energy_mwh and pue"):
        datacentre.site_energy_mwh(np.array([1e308]), 10)


def test_wrong_number_of_arguments_is_pythons_own_error():
    with pytest.raises(TypeError, match="missing a required argument: 'pue'"):
        datacentre.site_energy_mwh(1)
    with pytest.raises(TypeError, match="too many positional arguments"):
        datacentre.site_energy_mwh(1, 2, 3)
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        datacentre.site_energy_mwh(1, pue=1.2, cooling=2)
