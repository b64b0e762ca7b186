import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiimpact import pathway

WORLD = pathway.Start(
    it_energy_twh=415 / 1.45,
    pue=1.45,
    grid_kg_per_kwh=0.434,
    wue_l_per_kwh=0.36,
    water_l_per_kwh=3.9,
    price_per_kwh=0.10,
)
choices = st.builds(
    pathway.Choices,
    demand_growth=st.floats(-0.1, 0.4),
    efficiency_gain=st.floats(0, 0.4),
    pue_last=st.floats(1, 2),
    grid_decline=st.floats(0, 0.3),
    matched_share_last=st.floats(0, 1),
    wue_last=st.floats(0, 2),
    carbon_price_last=st.floats(0, 300),
    elasticity=st.floats(0, 1),
    levers=st.dictionaries(
        st.sampled_from(["a", "b", "c"]), st.builds(pathway.Lever, st.floats(-0.5, 1))
    ),
    rebound=st.floats(0, 1),
)


@settings(deadline=None, max_examples=40)
@given(mine=choices, usual=choices)
def test_effects_add_up_exactly_in_every_year(mine, usual):
    result = pathway.compare(WORLD, mine, usual)
    sums = np.sum([path for path in result.effects_mt.values()], axis=0)
    change = np.subtract(result.chosen.emissions_mt, result.reference.emissions_mt)
    scale = np.abs(list(result.effects_mt.values())).max() + 1
    np.testing.assert_allclose(sums, change, atol=1e-9 * scale)
    # Summed over the years they still do.
    assert sum(pathway.total(path, 2035) for path in result.effects_mt.values()) == pytest.approx(
        change.sum(), abs=1e-8 * scale
    )


def test_nothing_chosen_changes_nothing():
    same = pathway.Choices(demand_growth=0.15)
    result = pathway.compare(WORLD, same, same)
    for path in result.effects_mt.values():
        np.testing.assert_allclose(path, 0, atol=1e-9)


def test_what_is_left_out_stays_as_it_is():
    np.testing.assert_allclose(pathway.follow(WORLD, pathway.Choices()).emissions_mt, 415 * 0.434)
    dearer = pathway.follow(WORLD, pathway.Choices(carbon_price_last=100))
    np.testing.assert_allclose(dearer.energy_twh, 415)


def test_first_year_is_the_start():
    outlook = pathway.follow(WORLD, pathway.Choices(demand_growth=0.3, pue_last=1.1))
    assert outlook.energy_twh[0] == pytest.approx(415)
    assert outlook.emissions_mt[0] == pytest.approx(415 * 0.434)
    # By hand: on site 415 / 1.45 x 0.36, off site 415 x 3.9 million cubic metres.
    assert outlook.water_million_m3[0] == pytest.approx(415 / 1.45 * 0.36 + 415 * 3.9)
    assert outlook.cost_bn[0] == pytest.approx(41.5)


def test_last_year_by_hand():
    levers = {"half": pathway.Lever(0.5, cost_per_mwh=20)}
    mine = pathway.Choices(0.1, 0.05, 1.2, 0.04, 0.25, 0.1, 100, 0, levers)
    outlook = pathway.follow(WORLD, mine)
    it = WORLD.it_energy_twh * 1.1**11 * 0.95**11 * 0.5
    grid = 0.434 * 0.96**11
    emissions = it * 1.2 * grid * 0.75
    assert outlook.energy_twh[-1] == pytest.approx(it * 1.2)
    assert outlook.emissions_mt[-1] == pytest.approx(emissions)
    assert outlook.water_million_m3[-1] == pytest.approx(it * 0.1 + it * 1.2 * 3.9)
    saved = it * 1.2
    bill = it * 1.2 * 0.10 + emissions * 100 / 1000 + saved * 20 / 1000
    assert outlook.cost_bn[-1] == pytest.approx(bill)


def test_a_full_rebound_leaves_nothing_of_a_lever():
    with_lever = pathway.Choices(levers={"a": pathway.Lever(0.5)}, rebound=1.0)
    np.testing.assert_allclose(
        pathway.follow(WORLD, with_lever).energy_twh,
        pathway.follow(WORLD, pathway.Choices()).energy_twh,
    )


def test_order_of_levers_does_not_matter():
    savings = {"a": 0.3, "b": 0.1, "c": -0.2}
    usual = pathway.Choices(demand_growth=0.1)
    results = []
    for names in ("abc", "cba"):
        levers = {name: pathway.Lever(savings[name]) for name in names}
        mine = pathway.Choices(demand_growth=0.1, levers=levers)
        results.append(pathway.compare(WORLD, mine, usual).effects_mt)
    for name in savings:
        np.testing.assert_allclose(results[0][name], results[1][name])


def test_reading_between_the_years():
    path = pathway.linear_path(0.0, 11.0)
    assert pathway.at(path, 2024.25) == pytest.approx(0.25)
    assert pathway.total(path, 2026) == pytest.approx(3.0)
    with pytest.raises(ValueError, match="year must be between 2024 and 2035, got 2036"):
        pathway.at(path, 2036)


def test_what_factors_save_together_is_less_their_effects():
    mine = pathway.Choices(pue_last=1.2, grid_decline=0.05, demand_growth=0.2)
    result = pathway.compare(WORLD, mine, pathway.Choices(demand_growth=0.1))
    whole = pathway.saved_by(result, list(result.effects_mt))
    gap = np.subtract(result.reference.emissions_mt, result.chosen.emissions_mt)
    np.testing.assert_allclose(whole, gap, atol=1e-9)
    assert pathway.saved_by(result, ["Demand"])[-1] < 0 < pathway.saved_by(result, ["PUE"])[-1]
    with pytest.raises(KeyError, match="no factor 'Pue'"):
        pathway.saved_by(result, ["Pue"])


def test_a_bend_and_its_rate_make_the_path():
    demand = pathway.path_through({2024: 415, 2030: 945, 2035: 1200})
    grid = pathway.path_through({2024: 0.434, 2027: 0.4, 2035: 0.2})
    start = dataclasses.replace(
        WORLD, demand_bend=pathway.bend(demand, 0.1), grid_bend=pathway.bend(grid, -0.05)
    )
    outlook = pathway.follow(start, pathway.Choices(demand_growth=0.1, grid_decline=0.05))
    np.testing.assert_allclose(outlook.energy_twh, demand)
    np.testing.assert_allclose(outlook.factors["Grid"], grid)


def test_a_carbon_price_lowers_demand_and_is_paid():
    mine = pathway.Choices(matched_share_last=0.5, carbon_price_last=100, elasticity=0.2)
    outlook = pathway.follow(WORLD, mine)
    # By hand: half of 0.434 kg at 0.1 a kilogram on top of 0.10 a kilowatt-hour.
    price = 0.10 + 0.434 * 0.1 / 2
    energy = 415 * (price / 0.10) ** -0.2
    assert outlook.energy_twh[-1] == pytest.approx(energy)
    assert outlook.cost_bn[-1] == pytest.approx(energy * price)


@pytest.mark.parametrize("saving", [-0.5, 0.0, 0.001, 0.5, 0.9])
def test_a_lever_costs_what_it_saves(saving):
    free, dear = (
        pathway.follow(WORLD, pathway.Choices(levers={"a": pathway.Lever(saving, cost)}))
        for cost in (0, 20)
    )
    saved = np.maximum(np.subtract(415, free.energy_twh), 0)
    np.testing.assert_allclose(np.subtract(dear.cost_bn, free.cost_bn), saved * 20 / 1000)


def test_what_was_chosen_cannot_be_changed_afterwards():
    kinds = (pathway.Start, pathway.Lever, pathway.Choices, pathway.Outlook, pathway.Comparison)
    for kind in kinds:
        one = kind(**dict.fromkeys((part.name for part in dataclasses.fields(kind)), 0.5))
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, dataclasses.fields(kind)[0].name, 1)
