"""Every formula, traced with symbols, gives the numbers of the direct call."""

import numpy as np
import pytest
from formulas import VALID

from aiimpact import pathway, portfolio, scheduling, uncertainty
from aiimpact.live.trace import Symbol, compile_outputs, evaluate

DAY = np.array([0.4, 0.35, 0.3, 0.3, 0.32, 0.36, 0.4, 0.38, 0.3, 0.2, 0.12, 0.1] * 2)


def symbols(values):
    return {name: Symbol(name) for name in values}


@pytest.mark.parametrize("function", VALID, ids=lambda f: f.__name__)
@pytest.mark.parametrize("factor", [1.0, 0.93])
def test_formula(function, factor):
    values = {n: v if n.startswith("pue") else v * factor for n, v in VALID[function].items()}
    traced = function(**symbols(values))
    assert isinstance(traced, Symbol)
    assert evaluate(traced, values) == pytest.approx(function(**values), rel=1e-12)
    assert compile_outputs({"y": traced})["y"]


@pytest.mark.parametrize("values", [(3.0, 3.0), (3.0, 3.0 + 1e-9), (3.0, 3.1), (1.0, 50.0)])
def test_logarithmic_mean_at_and_near_equality(values):
    from aiimpact import growth

    inputs = {"a": values[0], "b": values[1]}
    traced = growth.logarithmic_mean(Symbol("a"), Symbol("b"))
    assert evaluate(traced, inputs) == pytest.approx(growth.logarithmic_mean(*values), rel=1e-14)


@pytest.mark.parametrize("hours", [1.0, 3.5, 24.0])
@pytest.mark.parametrize("slack", [0.0, 5.0, 23.0])
def test_scheduling(hours, slack):
    inputs = {"hours": hours, "slack": slack}
    for traced, direct in (
        (
            scheduling.cleanest_hours_kg_per_kwh(DAY, Symbol("hours")),
            scheduling.cleanest_hours_kg_per_kwh(DAY, hours),
        ),
        (
            scheduling.best_start_kg_per_kwh(DAY, Symbol("hours"), Symbol("slack")),
            scheduling.best_start_kg_per_kwh(DAY, hours, slack),
        ),
    ):
        assert evaluate(traced, inputs) == pytest.approx(direct, rel=1e-12)
        assert compile_outputs({"y": traced})


def test_hourly_matching_with_a_scaled_supply():
    traced = scheduling.hourly_matched_share(np.ones(24), Symbol("size") * DAY)
    direct = scheduling.hourly_matched_share(np.ones(24), 3.0 * DAY)
    assert evaluate(traced, {"size": 3.0}) == pytest.approx(direct)


def test_portfolio():
    costs, tonnes, savings = [50.0, -20.0, 10.0], [100.0, 300.0, 200.0], [0.5, 0.2, -0.1]
    names = [Symbol(name) for name in "abc"]
    for function in (portfolio.remaining_shares, portfolio.marginal_savings):
        traced = function(names)
        values = dict(zip("abc", savings, strict=True))
        assert [evaluate(x, values) for x in traced] == pytest.approx(function(savings))
    traced = portfolio.abatement_starts_t(names, tonnes)
    values = dict(zip("abc", costs, strict=True))
    assert [evaluate(x, values) for x in traced] == [500.0, 0.0, 300.0]


CHOICES = {
    "demand": 0.2,
    "gain": 0.06,
    "pue": 1.2,
    "decline": 0.04,
    "matched": 1.0,
    "wue": 0.2,
    "carbon": 90.0,
    "elasticity": 0.3,
    "saving": 0.25,
    "lever_cost": 12.0,
    "rebound": 0.2,
    "year": 2031.5,
}


def outlook_model(
    demand,
    gain,
    pue,
    decline,
    matched,
    wue,
    carbon,
    elasticity,
    saving,
    lever_cost,
    rebound,
    year,
):
    start = pathway.Start(286.0, 1.45, 0.434, 0.36, 3.9, 0.10)
    levers = {"Smaller models": pathway.Lever(saving, lever_cost)}
    mine = pathway.Choices(
        demand, gain, pue, decline, matched, wue, carbon, elasticity, levers, rebound
    )
    result = pathway.compare(start, mine, pathway.Choices(demand_growth=0.15))
    chosen = result.chosen
    return {
        "energy": pathway.at(chosen.energy_twh, year),
        "emissions": pathway.total(chosen.emissions_mt, year),
        "water": pathway.at(chosen.water_million_m3, year),
        "cost": pathway.total(chosen.cost_bn, year),
        **{name: pathway.at(path, year) for name, path in result.effects_mt.items()},
    }


def test_pathway():
    traced, direct = outlook_model(**symbols(CHOICES)), outlook_model(**CHOICES)
    for name in direct:
        # A matched share of 1 leaves next to nothing, which rounding may move.
        expected = pytest.approx(direct[name], rel=1e-9, abs=1e-9)
        assert evaluate(traced[name], CHOICES) == expected, name
    program = compile_outputs({f"y{i}": value for i, value in enumerate(traced.values())})
    assert sum(map(len, program.values())) < 150_000


def test_intervals():
    a = uncertainty.Range(Symbol("l"), Symbol("m"), Symbol("h"))
    b = uncertainty.Range(2.0, 3.0, 5.0)
    values = {"l": -2.0, "m": 1.0, "h": 4.0}
    known = uncertainty.Range(-2.0, 1.0, 4.0)
    for operation in (
        uncertainty.add,
        uncertainty.subtract,
        uncertainty.multiply,
        uncertainty.divide,
    ):
        traced = operation(a, b)
        assert [evaluate(x, values) for x in traced] == pytest.approx(list(operation(known, b)))
    by_a_symbol = uncertainty.divide(b, uncertainty.Range(Symbol("h"), 5.0, 8.0))
    direct = uncertainty.divide(b, uncertainty.Range(4.0, 5.0, 8.0))
    assert [evaluate(x, values) for x in by_a_symbol] == pytest.approx(list(direct))
