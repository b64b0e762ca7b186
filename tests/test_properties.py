"""What must be true of every function, for any input in its range."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_errors import VALID

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

# A slow machine is no failure.
settings.register_profile("library", deadline=None, max_examples=40)
settings.load_profile("library")

# Exponent with which each argument enters; None where it is no power.
EXPONENTS = {
    training.training_flop: {"parameters": 1, "tokens": 1},
    training.accelerator_hours: {"flop": 1, "peak_flop_per_s": -1, "utilisation": -1},
    training.accelerator_hours_from_count: {"accelerators": 1, "days": 1},
    training.it_energy_mwh: {"accelerator_hours": 1, "power_w": 1},
    training.programme_emissions_t: {"final_t": 1, "development_share": None},
    datacentre.site_energy_mwh: {"it_energy_mwh": 1, "pue": 1},
    datacentre.it_energy_from_site_mwh: {"site_energy_mwh": 1, "pue": -1},
    datacentre.pue_from_it_share: {"it_share": -1},
    datacentre.overhead_share: {"pue": None},
    grid.emissions_t: {"site_energy_mwh": 1, "grid_kg_per_kwh": 1},
    grid.implied_grid_kg_per_kwh: {"emissions_t": 1, "site_energy_mwh": -1},
    water.onsite_water_m3: {"it_energy_mwh": 1, "wue_l_per_kwh": 1},
    water.offsite_water_m3: {"site_energy_mwh": 1, "water_l_per_kwh": 1},
    growth.cagr: {"first": None, "last": None, "years": None},
    growth.project: {"first": 1, "rate": None, "years": None},
    growth.doubling_years: {"rate": None},
    growth.years_to_reach: {"first": None, "target": None, "rate": None},
    equivalents.count: {"total": 1, "per_one": -1},
    units.lb_to_t: {"mass_lb": 1},
    units.t_to_lb: {"mass_t": 1},
    units.us_gallons_to_m3: {"volume_gal": 1},
    inference.request_energy_wh: {"servers": 1, "server_power_w": 1, "hours": 1, "requests": -1},
    inference.answer_flop: {"active_parameters": 1, "output_tokens": 1},
    inference.prompt_flop: {
        "active_parameters": None,
        "layers": None,
        "width": None,
        "input_tokens": None,
    },
    inference.request_energy_from_flop_wh: {
        "flop": 1,
        "peak_flop_per_s": -1,
        "utilisation": -1,
        "power_w": 1,
    },
    inference.tokens_energy_wh: {"output_tokens": 1, "token_energy_wh": 1},
    inference.served_energy_wh: {
        "chip_energy_wh": 1,
        "host_ratio": None,
        "idle_ratio": None,
        "pue": 1,
    },
    inference.days_to_overtake: {"training_mwh": 1, "requests_per_day": -1, "request_wh": -1},
    inference.yearly_energy_kwh: {"requests_per_day": 1, "request_wh": 1},
    inference.request_emissions_g: {"request_wh": 1, "grid_kg_per_kwh": 1},
    datacentre.pue_saving: {"pue_before": None, "pue_after": None},
    datacentre.pue_from_cooling_share: {"cooling_share": None, "loss_ratio": None},
    datacentre.loss_share: {"pue": None, "loss_ratio": None},
    datacentre.cooling_share: {"pue": None, "loss_ratio": None},
    datacentre.it_share: {"pue": -1},
    datacentre.share_of_total: {"part": None, "rest": None},
    datacentre.cost_per_it_kwh: {"price_per_kwh": 1, "pue": 1},
    datacentre.yearly_energy_mwh: {"power_mw": 1, "load": 1},
    datacentre.fleet_power_mw: {"chips": 1, "chip_power_w": 1, "pue": 1},
    datacentre.operation_energy_pj: {"power_w": 1, "peak_flop_per_s": -1, "utilisation": -1},
    datacentre.lifetime_emissions_t: {
        "power_w": 1,
        "load": 1,
        "years": 1,
        "pue": 1,
        "grid_kg_per_kwh": 1,
    },
    datacentre.transfer_energy_wh: {"data_mb": 1, "kwh_per_gb": 1},
    datacentre.storage_energy_kwh: {"data_tb": 1, "power_w_per_tb": 1, "years": 1, "pue": 1},
    grid.mixed_kg_per_kwh: {
        "first_kg_per_kwh": None,
        "second_kg_per_kwh": None,
        "second_share": None,
    },
    grid.contracted_share: {"carbon_free_share": None, "grid_carbon_free_share": None},
    grid.market_based_t: {"site_energy_mwh": None, "bought_mwh": None, "grid_kg_per_kwh": 1},
    water.total_water_m3: {
        "it_energy_mwh": 1,
        "wue_l_per_kwh": None,
        "pue": None,
        "water_l_per_kwh": None,
    },
    water.request_water_ml: {
        "it_request_wh": 1,
        "wue_l_per_kwh": None,
        "pue": None,
        "water_l_per_kwh": None,
    },
    water.implied_wue_l_per_kwh: {"onsite_water_m3": 1, "it_energy_mwh": -1},
    growth.halved: {"first": 1, "halving_years": None, "years": None},
    growth.years_until_eaten: {"saving": None, "rate": None},
    growth.logarithmic_mean: {"first": None, "last": None},
    growth.factor_effect: {
        "total_first": None,
        "total_last": None,
        "factor_first": None,
        "factor_last": None,
    },
    solutions.smaller_model_saving: {
        "small_parameters": None,
        "large_parameters": None,
        "exponent": None,
    },
    solutions.quantisation_saving: {
        "bits_before": None,
        "bits_after": None,
        "affected_share": None,
        "conversion_overhead": None,
    },
    solutions.sparsity_saving: {"active_share": None, "dense_share": None},
    solutions.early_stopping_saving: {
        "development_share": 1,
        "stopped_share": 1,
        "spent_share": None,
    },
    solutions.liquid_cooling_saving: {"pue_air": None, "pue_liquid": None, "fan_share": None},
    solutions.shifting_saving: {
        "home_kg_per_kwh": None,
        "away_kg_per_kwh": None,
        "movable_share": None,
    },
    solutions.server_power_w: {"peak_power_w": 1, "idle_share": None, "load": None},
    solutions.idle_energy_share: {"idle_share": None, "load": None},
    solutions.consolidation_saving: {"load_before": None, "load_after": None, "idle_share": None},
    solutions.part_load_pue: {"fixed_overhead": None, "variable_overhead": None, "load": None},
    solutions.modular_load: {"load": None, "modules": None},
    solutions.compression_saving: {
        "transfer_share": None,
        "ratio": None,
        "compression_overhead": None,
    },
    solutions.remaining_share: {"share_before": 1, "saving": None},
    solutions.marginal_saving: {"share_before": 1, "saving": 1},
    solutions.net_saving: {"saving": 1, "rebound": None},
    solutions.abatement_cost_per_t: {
        "yearly_cost": None,
        "energy_saved_mwh": None,
        "price_per_kwh": None,
        "avoided_t": None,
    },
    policy.share_above_cap: {"pue_cap": None, "pue_best": None, "mean_excess": None},
    policy.capped_pue: {"pue_cap": None, "pue_best": None, "mean_excess": None},
    policy.net_cost: {"cost": 1, "grant_share": None, "tax_relief_share": None},
    policy.payback_years: {"cost": 1, "yearly_saving": -1},
    policy.discounted_payback_years: {"cost": None, "yearly_saving": None, "discount_rate": None},
    policy.annual_cost: {"cost": 1, "discount_rate": None, "years": None},
    policy.supervised_saving: {
        "covered_share": 1,
        "found_share": 1,
        "mended_share": 1,
        "saving": 1,
    },
    policy.carbon_cost: {"emissions_t": 1, "price_per_t": 1, "free_share": None},
    policy.carbon_cost_per_kwh: {"price_per_t": 1, "grid_kg_per_kwh": 1, "passed_on_share": 1},
    policy.carbon_cost_per_request: {"request_wh": 1, "grid_kg_per_kwh": 1, "price_per_t": 1},
    policy.price_response: {"price_before": None, "price_after": None, "elasticity": None},
    policy.credits_needed: {"emissions_t": 1, "real_share": -1, "lasting_share": -1},
    policy.offset_emissions_t: {
        "emissions_t": None,
        "credits": None,
        "real_share": None,
        "lasting_share": None,
    },
    policy.information_saving: {"uptake_share": 1, "saving": 1, "lasting_share": 1},
}
# Direction in which the result moves when an argument that is no power grows.
DIRECTIONS = {
    (training.programme_emissions_t, "development_share"): 1,
    (datacentre.overhead_share, "pue"): 1,
    (growth.cagr, "first"): -1,
    (growth.cagr, "last"): 1,
    (growth.project, "rate"): 1,
    (growth.project, "years"): 1,
    (growth.doubling_years, "rate"): -1,
    (growth.years_to_reach, "first"): -1,
    (growth.years_to_reach, "target"): 1,
    (growth.years_to_reach, "rate"): -1,
    (inference.prompt_flop, "active_parameters"): 1,
    (inference.prompt_flop, "layers"): 1,
    (inference.prompt_flop, "width"): 1,
    (inference.prompt_flop, "input_tokens"): 1,
    (inference.served_energy_wh, "host_ratio"): 1,
    (inference.served_energy_wh, "idle_ratio"): 1,
    (datacentre.pue_saving, "pue_before"): 1,
    (datacentre.pue_saving, "pue_after"): -1,
    (datacentre.pue_from_cooling_share, "cooling_share"): 1,
    (datacentre.pue_from_cooling_share, "loss_ratio"): 1,
    (datacentre.loss_share, "loss_ratio"): 1,
    (datacentre.cooling_share, "pue"): 1,
    (datacentre.cooling_share, "loss_ratio"): -1,
    (datacentre.share_of_total, "part"): 1,
    (datacentre.share_of_total, "rest"): -1,
    (grid.contracted_share, "carbon_free_share"): 1,
    (grid.contracted_share, "grid_carbon_free_share"): -1,
    (grid.mixed_kg_per_kwh, "first_kg_per_kwh"): 1,
    (grid.mixed_kg_per_kwh, "second_kg_per_kwh"): 1,
    (grid.market_based_t, "site_energy_mwh"): 1,
    (grid.market_based_t, "bought_mwh"): -1,
    (water.total_water_m3, "wue_l_per_kwh"): 1,
    (water.total_water_m3, "pue"): 1,
    (water.total_water_m3, "water_l_per_kwh"): 1,
    (water.request_water_ml, "wue_l_per_kwh"): 1,
    (water.request_water_ml, "pue"): 1,
    (water.request_water_ml, "water_l_per_kwh"): 1,
    (growth.halved, "halving_years"): 1,
    (growth.halved, "years"): -1,
    (growth.years_until_eaten, "saving"): 1,
    (growth.years_until_eaten, "rate"): -1,
    (growth.logarithmic_mean, "first"): 1,
    (growth.logarithmic_mean, "last"): 1,
    (growth.factor_effect, "factor_first"): -1,
    (growth.factor_effect, "factor_last"): 1,
    (solutions.smaller_model_saving, "small_parameters"): -1,
    (solutions.smaller_model_saving, "large_parameters"): 1,
    (solutions.quantisation_saving, "bits_before"): 1,
    (solutions.quantisation_saving, "bits_after"): -1,
    (solutions.quantisation_saving, "conversion_overhead"): -1,
    (solutions.sparsity_saving, "active_share"): -1,
    (solutions.sparsity_saving, "dense_share"): -1,
    (solutions.early_stopping_saving, "spent_share"): -1,
    (solutions.liquid_cooling_saving, "pue_air"): 1,
    (solutions.liquid_cooling_saving, "pue_liquid"): -1,
    (solutions.liquid_cooling_saving, "fan_share"): 1,
    (solutions.shifting_saving, "home_kg_per_kwh"): 1,
    (solutions.shifting_saving, "away_kg_per_kwh"): -1,
    (solutions.server_power_w, "idle_share"): 1,
    (solutions.server_power_w, "load"): 1,
    (solutions.idle_energy_share, "idle_share"): 1,
    (solutions.idle_energy_share, "load"): -1,
    (solutions.consolidation_saving, "load_before"): -1,
    (solutions.consolidation_saving, "load_after"): 1,
    (solutions.part_load_pue, "fixed_overhead"): 1,
    (solutions.part_load_pue, "variable_overhead"): 1,
    (solutions.part_load_pue, "load"): -1,
    (solutions.compression_saving, "ratio"): 1,
    (solutions.compression_saving, "compression_overhead"): -1,
    (solutions.remaining_share, "saving"): -1,
    (solutions.net_saving, "rebound"): -1,
    (solutions.abatement_cost_per_t, "yearly_cost"): 1,
    (solutions.abatement_cost_per_t, "energy_saved_mwh"): -1,
    (solutions.abatement_cost_per_t, "price_per_kwh"): -1,
    (policy.share_above_cap, "pue_cap"): -1,
    (policy.share_above_cap, "pue_best"): 1,
    (policy.share_above_cap, "mean_excess"): 1,
    (policy.capped_pue, "pue_cap"): 1,
    (policy.capped_pue, "pue_best"): 1,
    (policy.capped_pue, "mean_excess"): 1,
    (policy.net_cost, "grant_share"): -1,
    (policy.net_cost, "tax_relief_share"): -1,
    (policy.discounted_payback_years, "cost"): 1,
    (policy.discounted_payback_years, "yearly_saving"): -1,
    (policy.annual_cost, "discount_rate"): 1,
    (policy.annual_cost, "years"): -1,
    (policy.carbon_cost, "free_share"): -1,
    (policy.price_response, "price_before"): 1,
    (policy.price_response, "price_after"): -1,
    (policy.offset_emissions_t, "emissions_t"): 1,
    (policy.offset_emissions_t, "credits"): -1,
    (policy.offset_emissions_t, "real_share"): -1,
    (policy.offset_emissions_t, "lasting_share"): -1,
}
# Which way the result moves depends on the other arguments.
EITHER_WAY = {
    (policy.discounted_payback_years, "discount_rate"),
    (growth.cagr, "years"),
    (datacentre.loss_share, "pue"),
    (grid.mixed_kg_per_kwh, "second_share"),
    (growth.factor_effect, "total_first"),
    (growth.factor_effect, "total_last"),
    (solutions.smaller_model_saving, "exponent"),
    (solutions.quantisation_saving, "affected_share"),
    (solutions.shifting_saving, "movable_share"),
    (solutions.consolidation_saving, "idle_share"),
    (solutions.modular_load, "load"),
    (solutions.modular_load, "modules"),
    (solutions.compression_saving, "transfer_share"),
    (solutions.abatement_cost_per_t, "avoided_t"),
    (policy.price_response, "elasticity"),
}
# Where an argument has no upper end of its own, but the result would be too large for a number,
# or its last digits all that is left of it.
SENSIBLE = {
    "rate": (1e-3, 5.0),
    "discount_rate": (1e-3, 1.0),
    "years": (0.5, 30.0),
    "halving_years": (0.5, 50.0),
    "mean_excess": (1e-3, 5.0),
    "exponent": (0.0, 2.0),
    "elasticity": (0.0, 2.0),
    "bits_before": (1.0, 64.0),
    "bits_after": (1.0, 64.0),
    "conversion_overhead": (0.0, 5.0),
    "compression_overhead": (0.0, 5.0),
    "fixed_overhead": (0.0, 5.0),
    "variable_overhead": (0.0, 5.0),
    "loss_ratio": (0.0, 2.0),
    "host_ratio": (0.0, 5.0),
    "idle_ratio": (0.0, 5.0),
    "modules": (1.0, 100.0),
    "ratio": (0.1, 100.0),
    "rebound": (0.0, 1.0),
}
FUNCTIONS = list(EXPONENTS)
ARGUMENTS = [(function, name) for function in FUNCTIONS for name in EXPONENTS[function]]


def name_of(value):
    return getattr(value, "__name__", None)


each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=name_of)
each_argument = pytest.mark.parametrize(("function", "name"), ARGUMENTS, ids=name_of)


def numbers(function, name):
    rule = function.rules[name]
    low, high = SENSIBLE.get(name, (1e-3, 1e12))
    if rule.high < 1e12:
        # Nearer than a hundredth to an end that is not allowed, the digits run out.
        low = rule.low if rule.low in (0.0, 1.0) else 1e-2
        high = rule.high if rule.high in (1.0, 10.0) and name != "saving" else 0.99
    # The target of a race lies ahead, so that a faster one ends sooner.
    if (function, name) == (growth.years_to_reach, "first"):
        high = 1.0
    if (function, name) == (growth.years_to_reach, "target"):
        low = 1.0
    return st.floats(low, high)


def inputs(function):
    names = EXPONENTS[function]
    return st.fixed_dictionaries({name: numbers(function, name) for name in names})


def test_every_function_is_here():
    assert set(EXPONENTS) == set(VALID)
    free = {(function, name) for function, name in ARGUMENTS if EXPONENTS[function][name] is None}
    assert free == {*DIRECTIONS, *EITHER_WAY}


@each_argument
@given(data=st.data(), factor=st.floats(0.1, 10))
def test_scaling(function, name, data, factor):
    exponent = EXPONENTS[function][name]
    values = data.draw(inputs(function))
    scaled = values[name] * factor
    if exponent is None or not function.rules[name].holds(scaled):
        return
    expected = function(**values) * factor**exponent
    assert function(**(values | {name: scaled})) == pytest.approx(expected, rel=1e-12)


@each_argument
@given(data=st.data())
def test_monotony_keeps_low_mid_and_high_in_order(function, name, data):
    exponent = EXPONENTS[function][name]
    direction = DIRECTIONS.get((function, name)) if exponent is None else np.sign(exponent)
    if direction is None:
        return
    values = data.draw(inputs(function))
    triple = np.sort([data.draw(numbers(function, name)) for _ in range(3)])
    results = function(**(values | {name: triple}))
    slack = 1e-12 * np.abs(results).max() + 1e-15
    assert (np.diff(direction * results) >= -slack).all()


@each_function
@given(data=st.data())
def test_number_array_and_series_agree(function, data):
    rows = data.draw(st.lists(inputs(function), min_size=1, max_size=5))
    one_by_one = [function(**row) for row in rows]
    assert all(type(result) is float for result in one_by_one)

    table = pd.DataFrame(rows, index=[f"row {i}" for i in range(len(rows))])
    arrays = {name: table[name].to_numpy() for name in table}
    before = {name: array.copy() for name, array in arrays.items()}
    array = function(**arrays)
    assert type(array) is np.ndarray
    # NumPy's power and logarithm of an array may differ from those of a number in the last bit,
    # and 1 - power carries that bit up.
    np.testing.assert_allclose(array, one_by_one, rtol=1e-11, atol=1e-14)
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], before[name])

    series = function(**{name: table[name] for name in table})
    pd.testing.assert_series_equal(
        series, pd.Series(array, index=table.index, name=function.__name__), check_exact=True
    )


@each_function
def test_long_array_agrees_with_short(function):
    size = 1_000_003
    long = {name: np.full(size, value) for name, value in VALID[function].items()}
    for array in long.values():
        array *= np.linspace(1, 1 - 1e-3, size) if array[0] < 1 else np.linspace(1, 1.001, size)
    result = function(**long)
    edges = np.r_[0:5, 131_070:131_075, size - 5 : size]
    short = function(**{name: array[edges] for name, array in long.items()})
    np.testing.assert_allclose(result[edges], short, rtol=1e-13, atol=1e-14)
    assert np.isfinite(result).all()


def test_long_results_do_not_share_memory():
    """The memory of a dropped result is used again, that of a held one never."""
    ones = np.ones(1_000_001)
    first = grid.emissions_t(ones, 0.1)
    kept = first[10:20]
    del first
    others = [grid.emissions_t(ones, i / 10) for i in range(2, 8)]
    np.testing.assert_array_equal(kept, 0.1)
    for i, other in enumerate(others, start=2):
        np.testing.assert_array_equal(other[[0, -1]], i / 10)
        assert not np.shares_memory(kept, other)


@each_function
def test_arrays_broadcast(function):
    valid = VALID[function]
    column = {name: np.full((3, 1), value) for name, value in list(valid.items())[:1]}
    row = {name: np.full(4, value) for name, value in list(valid.items())[1:]}
    result = function(**column, **row)
    assert result.shape == ((3, 4) if row else (3, 1))
    np.testing.assert_allclose(result, function(**valid), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("kind", [int, np.int32, np.float32, np.float64, np.uint8])
def test_any_kind_of_number(kind):
    result = datacentre.site_energy_mwh(kind(100), kind(2))
    assert result == 200.0
    assert type(result) is (float if kind is int else np.float64)


def test_any_kind_of_array():
    for kind in ("int64", "int8", "uint16", "float32", "float16"):
        result = datacentre.site_energy_mwh(np.array([100], dtype=kind), 1.5)
        assert result.dtype == np.float64
        assert result[0] == 150.0
    for kind in ("Int64", "Float64"):
        assert datacentre.site_energy_mwh(pd.Series([100], dtype=kind), 1.5)[0] == 150.0


@settings(max_examples=50)
@given(
    hours=st.floats(1, 1e9),
    kw=st.floats(0.05, 5),
    pue=st.floats(1, 3),
    g=st.floats(1, 1500),
)
def test_dimensions_of_the_whole_chain(hours, kw, pue, g):
    """By hand in kWh and grams, through the library in MWh and tonnes."""
    grams = hours * kw * pue * g
    it = training.it_energy_mwh(hours, kw * 1000)
    site = datacentre.site_energy_mwh(it, pue)
    assert grid.emissions_t(site, g / 1000) * 1e6 == pytest.approx(grams, rel=1e-12)


@given(
    parameters=st.floats(1e6, 1e13),
    tokens=st.floats(1e6, 1e14),
    peak=st.floats(1e12, 1e16),
    utilisation=st.floats(0.01, 1),
)
def test_operations_and_hours_agree(parameters, tokens, peak, utilisation):
    flop = training.training_flop(parameters, tokens)
    hours = training.accelerator_hours(flop, peak, utilisation)
    assert hours * 3600 * peak * utilisation == pytest.approx(6 * parameters * tokens, rel=1e-12)


@given(first=st.floats(1e-3, 1e6), rate=st.floats(1e-3, 3), years=st.floats(0.1, 40))
def test_growth_functions_undo_each_other(first, rate, years):
    last = growth.project(first, rate, years)
    assert growth.cagr(first, last, years) == pytest.approx(rate, rel=1e-6)
    assert growth.years_to_reach(first, last, rate) == pytest.approx(years, rel=1e-6)
    doubled = growth.project(first, rate, growth.doubling_years(rate))
    assert doubled == pytest.approx(2 * first, rel=1e-9)


@given(mass=st.floats(0, 1e12))
def test_pounds_and_tonnes_undo_each_other(mass):
    assert units.t_to_lb(units.lb_to_t(mass)) == pytest.approx(mass, rel=1e-12)


@given(pue=st.floats(1, 10))
def test_pue_and_share_undo_each_other(pue):
    assert datacentre.pue_from_it_share(1 - datacentre.overhead_share(pue)) == pytest.approx(pue)


class Unknown(np.lib.mixins.NDArrayOperatorsMixin):
    """A symbol that writes down what is done to it."""

    __symbolic__ = True

    def __init__(self, text):
        self.text = text

    def __array_ufunc__(self, ufunc, method, *arguments, **_):
        texts = [getattr(x, "text", None) or f"{float(x):g}" for x in arguments]
        return Unknown(f"{ufunc.__name__}({', '.join(texts)})")

    def __array_function__(self, function, types, arguments, _):
        texts = [getattr(x, "text", None) or f"{float(x):g}" for x in arguments]
        return Unknown(f"{function.__name__}({', '.join(texts)})")


@each_function
def test_symbols_pass_through(function):
    result = function(**{name: Unknown(name) for name in EXPONENTS[function]})
    assert isinstance(result, Unknown)
    for name in EXPONENTS[function]:
        assert name in result.text


def test_numbers_beside_a_symbol_are_checked():
    assert datacentre.site_energy_mwh(Unknown("it"), 1.5).text == "multiply(it, 1.5)"
    with pytest.raises(ValueError, match=r"pue must be at least 1\.0 and at most 10, got 0\.9"):
        datacentre.site_energy_mwh(Unknown("it"), 0.9)
