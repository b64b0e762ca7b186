"""What must be true of every function, for any input in its range."""

import os

import numpy as np
import pandas as pd
import pytest
from formulas import ARGUMENTS, FUNCTIONS, VALID, name_of
from hypothesis import given, settings
from hypothesis import strategies as st

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
settings.load_profile(os.environ.get("HYPOTHESIS", "library"))

# What is not proportional to an argument: it grows with it (+), falls (-), is inversely proportional
# to it (/), or goes either way, depending on the others (~); on a straight line (=), or not.
SHAPES = {
    training.accelerator_hours: "/peak_flop_per_s /utilisation",
    training.programme_emissions_t: "+development_share",
    datacentre.it_energy_from_site_mwh: "/pue",
    datacentre.pue_from_it_share: "/it_share",
    datacentre.overhead_share: "+pue",
    grid.implied_grid_kg_per_kwh: "/site_energy_mwh",
    growth.cagr: "-first +last ~years",
    growth.project: "+rate +years",
    growth.doubling_years: "-rate",
    growth.years_to_reach: "-first +target -rate",
    equivalents.count: "/per_one",
    inference.request_energy_wh: "/requests",
    inference.prompt_flop: "+=active_parameters +=layers +=width +input_tokens",
    inference.request_energy_from_flop_wh: "/peak_flop_per_s /utilisation",
    inference.served_energy_wh: "+=host_ratio +=idle_ratio",
    inference.days_to_overtake: "/requests_per_day /request_wh",
    datacentre.pue_saving: "+pue_before -=pue_after",
    datacentre.pue_from_cooling_share: "+cooling_share +=loss_ratio",
    datacentre.loss_share: "~pue +loss_ratio",
    datacentre.cooling_share: "+pue -loss_ratio",
    datacentre.it_share: "/pue",
    datacentre.share_of_total: "+part -rest",
    datacentre.operation_energy_pj: "/peak_flop_per_s /utilisation",
    grid.mixed_kg_per_kwh: "+=first_kg_per_kwh +=second_kg_per_kwh ~=second_share",
    grid.contracted_share: "+=carbon_free_share -grid_carbon_free_share",
    grid.market_based_t: "+site_energy_mwh -bought_mwh",
    water.total_water_m3: "+=wue_l_per_kwh +=pue +=water_l_per_kwh",
    water.request_water_ml: "+=wue_l_per_kwh +=pue +=water_l_per_kwh",
    water.implied_wue_l_per_kwh: "/it_energy_mwh",
    growth.halved: "+halving_years -years",
    growth.years_until_eaten: "+saving -rate",
    growth.logarithmic_mean: "+first +last",
    growth.factor_effect: "~total_first ~total_last -factor_first +factor_last",
    solutions.smaller_model_saving: "-small_parameters +large_parameters ~exponent",
    solutions.quantisation_saving: "+bits_before -=bits_after ~=affected_share -=conversion_overhead",
    solutions.sparsity_saving: "-=active_share -=dense_share",
    solutions.early_stopping_saving: "-=spent_share",
    solutions.liquid_cooling_saving: "+pue_air -=pue_liquid +=fan_share",
    solutions.shifting_saving: "+home_kg_per_kwh -=away_kg_per_kwh ~=movable_share",
    solutions.server_power_w: "+=idle_share +=load",
    solutions.idle_energy_share: "+idle_share -load",
    solutions.consolidation_saving: "-load_before +load_after ~idle_share",
    solutions.part_load_pue: "+=fixed_overhead +=variable_overhead -load",
    solutions.modular_load: "~load ~modules",
    solutions.compression_saving: "~=transfer_share +ratio -=compression_overhead",
    solutions.remaining_share: "-=saving",
    solutions.net_saving: "-=rebound",
    solutions.abatement_cost_per_t: "+=yearly_cost -=energy_saved_mwh -=price_per_kwh ~avoided_t",
    policy.share_above_cap: "-pue_cap +pue_best +mean_excess",
    policy.capped_pue: "+pue_cap +pue_best +mean_excess",
    policy.net_cost: "-=grant_share -=tax_relief_share",
    policy.payback_years: "/yearly_saving",
    policy.discounted_payback_years: "+cost -yearly_saving ~discount_rate",
    policy.annual_cost: "+discount_rate -years",
    policy.carbon_cost: "-=free_share",
    policy.price_response: "+price_before -price_after ~elasticity",
    policy.credits_needed: "/real_share /lasting_share",
    policy.offset_emissions_t: "+=emissions_t -=credits -=real_share -=lasting_share",
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
SHAPE = {
    (function, word.lstrip("+-/~=")): word[0]
    for function, text in SHAPES.items()
    for word in text.split()
}
STRAIGHT = [(f, name) for f, name in ARGUMENTS if f"={name} " in f"{SHAPES.get(f, '')} "]
EXPONENT, DIRECTION = {"*": 1, "/": -1}, {"*": 1, "+": 1, "-": -1, "/": -1}


def shape(function, name):
    return SHAPE.get((function, name), "*")


each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=name_of)


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
    return st.fixed_dictionaries({name: numbers(function, name) for name in function.rules})


def those(kinds):
    arguments = [(f, name) for f, name in ARGUMENTS if shape(f, name) in kinds]
    return pytest.mark.parametrize(("function", "name"), arguments, ids=name_of)


def test_every_shape_is_that_of_an_argument():
    assert set(SHAPE) <= set(ARGUMENTS)
    assert set(SHAPE.values()) == set("+-/~")


@those("*/")
@given(data=st.data(), factor=st.floats(0.1, 10))
def test_scaling(function, name, data, factor):
    values = data.draw(inputs(function))
    scaled = values[name] * factor
    if not function.rules[name].holds(scaled):
        return
    expected = function(**values) * factor ** EXPONENT[shape(function, name)]
    assert function(**(values | {name: scaled})) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("function", "name"), STRAIGHT, ids=name_of)
@given(data=st.data())
def test_a_straight_line_is_one(function, name, data):
    values = data.draw(inputs(function))
    low, high = data.draw(numbers(function, name)), data.draw(numbers(function, name))
    at = [function(**(values | {name: x})) for x in (low, (low + high) / 2, high)]
    slack = 1e-9 * max(map(abs, at)) + 1e-15
    assert at[1] == pytest.approx((at[0] + at[2]) / 2, rel=1e-9, abs=slack)


@those("*+-/")
@given(data=st.data())
def test_monotony_keeps_low_mid_and_high_in_order(function, name, data):
    direction = DIRECTION[shape(function, name)]
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
    result = function(**{name: Unknown(name) for name in function.rules})
    assert isinstance(result, Unknown)
    for name in function.rules:
        assert name in result.text


def test_numbers_beside_a_symbol_are_checked():
    assert datacentre.site_energy_mwh(Unknown("it"), 1.5).text == "multiply(it, 1.5)"
    with pytest.raises(ValueError, match=r"pue must be at least 1\.0 and at most 10, got 0\.9"):
        datacentre.site_energy_mwh(Unknown("it"), 0.9)
