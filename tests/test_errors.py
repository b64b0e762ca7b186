"""Whatever a function is given, it answers or says what is wrong: argument, value, rule, fix."""

import contextlib
import inspect
import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from aiimpact import (
    _checks,
    datacentre,
    equivalents,
    grid,
    growth,
    inference,
    policy,
    solutions,
    tables,
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
    grid.contracted_share: {"carbon_free_share": 0.66, "grid_carbon_free_share": 0.409},
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


def impossible(name, value):
    """A number outside the range: levers may cost several times what they act on."""
    return value * 100 if name == "saving" else value


def name_of(value):
    return getattr(value, "__name__", None) if callable(value) else None


LARGEST = np.finfo(float).max
WAY = r"negative|not positive|-1 or less|outside [\[(]-?\d+, \d+[\])]"
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


class ResultTooLargeError(Exception):
    """What a formula gives is no number, although each argument is in its range."""


def run(function, name, value):
    try:
        return function(**(VALID[function] | {name: value}))
    except ValueError as error:
        if "must be a finite number, but for these arguments" in str(error):
            raise ResultTooLargeError from None
        raise


@each_argument
def test_impossible_number(function, name):
    for value in (float("nan"), float("inf"), -float("inf"), impossible(name, -1.5), 10**400):
        text = refused(function, name, value, ValueError)
        if isinstance(value, float):
            assert f"got {value:.15g}" in text


def way_of(rule):
    """A rule in the words of the docstrings."""
    if rule.high < LARGEST:
        low, high = round(rule.low, 9), round(rule.high, 9)
        opens = "[" if rule.low == low else "("
        return f"outside {opens}{low:g}, {high:g}{']' if rule.high == high else ')'}"
    return {0.0: "negative", _checks.POSITIVE.low: "not positive", _checks.RATE.low: "-1 or less"}[
        rule.low
    ]


@each_argument
def test_the_rule_is_that_of_the_docstring(function, name):
    """Said twice, by hand, so that neither can lose an end of its range unseen."""
    raises = inspect.getdoc(function).split("\nRaises\n")[1].split("\nTypeError")[0]
    said = {}
    for names, way in re.findall(rf"((?:`\w+`(?:, | or )?)+) is ({WAY})", " ".join(raises.split())):
        said |= dict.fromkeys(re.findall(r"`(\w+)`", names), way)
    assert said[name] == way_of(function.rules[name])
    assert said.keys() == VALID[function].keys()


@each_argument
def test_both_ends_of_the_range(function, name):
    """The last value allowed is taken and the next one is not, as a number and in arrays."""
    rule = function.rules[name]
    for end, beyond in ((rule.low, -math.inf), (rule.high, math.inf)):
        outside = math.nextafter(end, beyond)
        for shape in ((), 3, (1, 2), 250_000):
            taken = np.full(shape, VALID[function][name])
            taken[(-1,) * taken.ndim] = end
            # The result may be too large for a number; the argument is not.
            with contextlib.suppress(ResultTooLargeError):
                run(function, name, taken[()])
            taken[(-1,) * taken.ndim] = outside
            text = refused(function, name, taken[()], ValueError)
            assert f"{rule.must}, got " in text
            got = float(re.search(r"got (\S+?)\.? ", text)[1])
            assert not rule.low <= got <= rule.high


@each_argument
def test_zero(function, name):
    """Zero as a whole number, and with a sign, which carries no meaning here."""
    for zero in (0, -0.0, np.array([-0.0, 0.0])):
        if function.rules[name].low <= 0:
            assert np.isfinite(function(**(VALID[function] | {name: zero}))).all()
        else:
            assert "got 0 at" in (text := refused(function, name, zero, ValueError)) or (
                "got 0." in text or "got -0" in text
            )


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
        ValueError, match=r"pue must be at least 1\.0 and at most 10, got 0\.5 at position \(1, 0\)"
    ):
        datacentre.overhead_share(np.array([[1.0, 2.0], [0.5, 1.0]]))


def test_the_text_of_the_design():
    text = "pue must be at least 1.0 and at most 10, got 0.9. A percentage overhead is pue = 1 + overhead / 100."
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        datacentre.site_energy_mwh(100, 0.9)


def test_a_percentage_for_a_pue():
    text = "got 110. A PUE is a ratio: write 110 per cent as 1.1, and an overhead of 10 per cent as"
    with pytest.raises(ValueError, match=re.escape(text)):
        datacentre.site_energy_mwh(100, 110)
    with pytest.raises(ValueError, match=r"got 15 at position 1\. A PUE is a ratio"):
        datacentre.overhead_share(np.array([1.5, 15.0]))


def test_every_pue_of_the_tables_is_one():
    rows = tables.pue_wue()
    pues = rows[rows.unit == "1"][["low", "mid", "high"]].to_numpy()
    constants = tables.constants()
    more = constants[constants.index.str.contains("pue")][["low", "mid", "high"]].to_numpy()
    for known in (pues.ravel(), more.ravel(), tables.training_runs().pue.dropna().to_numpy()):
        assert len(known)
        assert (datacentre.it_share(known) <= 1).all()
        assert known.max() < _checks.PUE.high / 2  # ample room


def test_grams_for_a_grid_at_home():
    with pytest.raises(ValueError, match=r"home_kg_per_kwh .* got 505\. Divide grams"):
        solutions.shifting_saving(505, 0.1, 0.5)


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
    with pytest.raises(TypeError, match="multiple values for argument 'it_energy_mwh'"):
        datacentre.site_energy_mwh(1, 2, it_energy_mwh=1)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("grid_kg", "Did you mean grid_kg_per_kwh?"),
        ("grid_kg_per_kWh", "Did you mean grid_kg_per_kwh?"),
        ("site_energy", "Did you mean site_energy_mwh?"),
        ("cooling", "It takes site_energy_mwh and grid_kg_per_kwh."),
    ],
)
def test_a_misspelt_name_is_answered_with_the_right_one(wrong, right):
    for others in ({}, {"site_energy_mwh": 1}):
        with pytest.raises(TypeError) as caught:
            grid.emissions_t(**others, **{wrong: 0.4})
        assert (
            str(caught.value)
            == f"emissions_t got an unexpected keyword argument {wrong!r}. {right}"
        )


def test_names_in_any_order():
    assert grid.emissions_t(grid_kg_per_kwh=0.5, site_energy_mwh=2) == 1.0
    assert grid.emissions_t(2, grid_kg_per_kwh=0.5) == 1.0
