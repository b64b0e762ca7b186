"""Published inputs through the library give the published outputs, within the source's rounding.

Numbers are texts as printed: "14.8" stands for 14.75 to 14.85, and what comes out of that range
must meet the range of the printed result. Integers are exact. Where a table is named without a
page, no page was seen.
"""

import pytest

from aiimpact import (
    datacentre,
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

STRUBELL = "Strubell et al. 2019, Table 3"
PATTERSON = "Patterson et al. 2021, Table 4"
TOUVRON = "Touvron et al. 2023, Table 2"
LUCCIONI = "Luccioni et al. 2023, Table 1"
PALM = "Chowdhery et al. 2022, App. B, p. 66"
OLMO = "Morrison et al. 2025, Table 2"
OLMO2 = "OLMo 2 report, arXiv 2501.00656, Table 19"
OLMO3 = "Morrison et al. 2026, Table 2"
LI = "Li, P. et al. 2025, Table 1"
STARCODER = "Li, R. et al. 2023, section 5.7"
LUDVIGSEN = "Ludvigsen 2023"
LLAMA31 = "Meta 2024, Llama 3.1 model card"
GROK = "Epoch AI 2026, Grok 4"
DE_VRIES = "de Vries 2023, Joule 7(10)"
EED = "DG ENER 2025, first technical report"
LBNL26 = "Smith et al. 2026, LBNL-2001758"
MASANET = "Masanet et al. 2020, Science 367:984"

# How far a result from the printed inputs themselves may be from the printed result.
CLOSE = 0.01


def cases(*rows):
    return [pytest.param(*row[2:], id=f"{row[0]}: {row[1]}") for row in rows]


def bounds(printed):
    if isinstance(printed, int):
        return float(printed), float(printed)
    half_of_last_digit = 0.5 / 10 ** len(printed.partition(".")[2])
    return float(printed) - half_of_last_digit, float(printed) + half_of_last_digit


def meets(formula, inputs, printed):
    """Compare a formula that rises with every input, at the ends of their ranges."""
    lows, highs = zip(*map(bounds, inputs), strict=True)
    low, high = bounds(printed)
    middle = formula(*map(float, inputs))
    assert formula(*lows) <= high, f"{middle:.6g} is above the printed {printed}"
    assert formula(*highs) >= low, f"{middle:.6g} is below the printed {printed}"
    assert middle == pytest.approx(float(printed), rel=CLOSE, abs=(high - low) / 2)


def site_mwh(hours, power_w, pue):
    return datacentre.site_energy_mwh(training.it_energy_mwh(hours, power_w), pue)


def site_mwh_from_days(accelerators, days, power_w, pue):
    return site_mwh(training.accelerator_hours_from_count(accelerators, days), power_w, pue)


@pytest.mark.parametrize(
    ("job_w", "hours", "kwh", "lb"),
    cases(
        (STRUBELL, "Transformer base", "1415.78", "12", "27", "26"),
        (STRUBELL, "Transformer big", "1515.43", "84", "201", "192"),
        (STRUBELL, "ELMo", "517.66", "336", "275", "262"),
        (STRUBELL, "BERT base", "12041.51", "79", "1507", "1438"),
        (STRUBELL, "architecture search", "1515.43", "274120", "656347", "626155"),
    ),
)
def test_energy_and_pounds_of_2019(job_w, hours, kwh, lb):
    def kilowatt_hours(hours, power_w):
        return site_mwh(hours, power_w, 1.58) * units.KWH_PER_MWH

    def pounds(hours, power_w):
        kg_per_kwh = units.lb_to_t(0.954) * units.KG_PER_T
        return units.t_to_lb(grid.emissions_t(site_mwh(hours, power_w, 1.58), kg_per_kwh))

    meets(kilowatt_hours, (hours, job_w), kwh)
    meets(pounds, (hours, job_w), lb)


@pytest.mark.parametrize(
    ("accelerators", "days", "power_w", "pue", "intensity", "mwh", "tonnes"),
    cases(
        (PATTERSON, "T5", 512, "20", "310", "1.12", "0.545", "85.7", "46.7"),
        (PATTERSON, "Meena", 1024, "30", "289", "1.09", "0.415", "232", "96.4"),
        (PATTERSON, "GShard", 1024, "3.1", "288", "1.09", "0.201", "24.1", "4.8"),
        (PATTERSON, "Switch", 1024, "27", "245", "1.10", "0.403", "179", "72.2"),
        (PATTERSON, "GPT-3", 10_000, "14.8", "330", "1.10", "0.429", "1287", "552.1"),
        (PATTERSON, "Evolved Transformer", 200, "6.8", "208", "1.10", "0.431", "7.5", "3.2"),
    ),
)
def test_energy_and_tonnes_from_days(accelerators, days, power_w, pue, intensity, mwh, tonnes):
    def emissions(*run, intensity=float(intensity)):
        return grid.emissions_t(site_mwh_from_days(*run), intensity)

    inputs = (accelerators, days, power_w, pue)
    meets(site_mwh_from_days, inputs, mwh)
    meets(emissions, inputs, tonnes)
    meets(grid.emissions_t, (mwh, intensity), tonnes)


def test_gpt3_from_operations():
    hours = training.accelerator_hours(3.14e23, 125e12, 24.6 / 125)
    assert round(site_mwh(hours, 330, 1.10)) == 1287, PATTERSON
    assert round(hours / 10_000 / units.HOURS_PER_DAY, 1) == 14.8, PATTERSON


@pytest.mark.parametrize(
    ("hours", "power_w", "pue", "mwh"),
    cases(
        (LUCCIONI, "BLOOM", 1_082_990, 400, 1, "433.196"),
        (PALM, "PaLM", 6144 * 1200 + 3072 * 336, "378.5", "1.08", "3436"),
        (STARCODER, "StarCoderBase", 320_256, 280, 1, "89.67168"),
        (LUDVIGSEN, "GPT-4, 90 days", 25_000 * 90 * 24, "812.5", "1.18", "51772.5"),
        (LUDVIGSEN, "GPT-4, 2,600 hours", 25_000 * 2600, "812.5", "1.18", "62318.75"),
    ),
)
def test_energy_from_hours(hours, power_w, pue, mwh):
    meets(site_mwh, (hours, power_w, pue), mwh)


@pytest.mark.parametrize(
    ("mwh", "intensity", "tonnes"),
    cases(
        (LUCCIONI, "BLOOM", "433.196", "0.057", "24.7"),
        (PALM, "PaLM", "3436", "0.079", "271.43"),
        (OLMO, "OLMo 1B", "30", "0.332", "10"),
        (OLMO, "OLMoE", "54", "0.332", "18"),
        (OLMO2, "OLMo 2 13B", "288", "0.352", "101"),
        (OLMO3, "Olmo 3, final runs", "1947.33", "0.332", "646.5"),
        (OLMO3, "Olmo 3 32B Think, post-training", "98.464", "0.332", "32.69"),
        (LUDVIGSEN, "GPT-4, West US", "51772.5", "0.2406", "12456"),
        (LUDVIGSEN, "GPT-4, Canada East", "51772.5", "0.020", "1035"),
    ),
)
def test_tonnes_from_energy(mwh, intensity, tonnes):
    meets(grid.emissions_t, (mwh, intensity), tonnes)


@pytest.mark.parametrize(
    ("mwh", "litres_per_kwh", "m3"),
    cases(
        (OLMO, "OLMo 1B", "30", "1.29", "39"),
        (OLMO, "OLMoE", "54", "1.29", "70"),
        (OLMO2, "OLMo 2 13B", "288", "3.10", "892"),
        (OLMO3, "Olmo 3, final runs", "1947.33", "1.29", "2512"),
        (OLMO3, "Olmo 3 32B Think, post-training", "98.464", "1.29", "127"),
    ),
)
def test_water_from_energy(mwh, litres_per_kwh, m3):
    meets(water.offsite_water_m3, (mwh, litres_per_kwh), m3)


def test_water_of_gpt3():
    onsite = water.onsite_water_m3(1287, 0.55)
    offsite = water.offsite_water_m3(datacentre.site_energy_mwh(1287, 1.17), 3.142)
    assert (round(onsite), round(offsite), round(onsite + offsite)) == (708, 4731, 5439), LI


def test_grok_4_from_hours():
    tonnes = grid.emissions_t(site_mwh(246e6, 700 * 0.75 * 2.03, 1.2), 0.49)
    assert round(tonnes, -3) == 154_000, GROK


@pytest.mark.parametrize(
    ("hours", "power_w", "tonnes"),
    cases(
        (TOUVRON, "Llama 2 13B", 368_640, 400, "62.44"),
        (TOUVRON, "Llama 2 34B", 1_038_336, 350, "153.90"),
        (TOUVRON, "Llama 2 70B", 1_720_320, 400, "291.42"),
    ),
)
def test_one_grid_behind_the_llama_2_family(hours, power_w, tonnes):
    smallest = training.it_energy_mwh(184_320, 400)
    intensity = grid.implied_grid_kg_per_kwh(31.22, smallest)
    computed = grid.emissions_t(training.it_energy_mwh(hours, power_w), intensity)
    assert computed == pytest.approx(float(tonnes), rel=0.005 / 31.22)


def test_one_grid_behind_the_llama_31_family():
    runs = tables.training_runs()
    largest, family = runs.loc["llama31-405b"], runs.loc["llama31-family"]
    energy = training.it_energy_mwh(largest.accelerator_hours, largest.power_w)
    intensity = grid.implied_grid_kg_per_kwh(largest.emissions_t, energy)
    whole = training.it_energy_mwh(family.accelerator_hours, family.power_w)
    assert grid.emissions_t(whole, intensity) == pytest.approx(11_390, rel=0.05 / 39.3), LLAMA31


def test_growth_of_data_centres():
    assert round(growth.cagr(415, 945, 6), 2) == 0.15, "IEA 2025, Energy and AI"


@pytest.mark.parametrize(
    ("key", "printed", "place"),
    [
        ("datacentre-mt-2024", (180, 180, 180), "IEA 2025, p. 18 and p. 246"),
        ("datacentre-mt-2030", (320, 320, 320), "IEA 2025, p. 87: a peak by 2030"),
        ("datacentre-mt-2035", (300, 300, 500), "IEA 2025, p. 18: 300 Mt, up to 500 Mt"),
        ("datacentre-mt-2035-edition-2026", (350, 350, 350), "IEA 2026, p. 13: they double"),
        ("datacentre-twh-2035", (700, 1200, 1700), "IEA 2025, executive summary"),
        ("accelerated-server-growth", (0.3, 0.3, 0.3), "IEA 2025, p. 63"),
        ("ai-share-2024", (0.15, 0.15, 0.15), "IEA 2025, p. 56: accelerated servers"),
    ],
)
def test_the_international_energy_agency_on_data_centres(key, printed, place):
    row = tables.constant(key)
    assert (row.low, row.mid, row.high) == printed, place
    assert row.verified, place


def test_emissions_of_data_centres_grow_twice_as_fast_as_five_per_cent_and_then_fall():
    mt = {year: tables.constant(f"datacentre-mt-{year}") for year in (2024, 2030, 2035)}
    assert growth.cagr(mt[2024].mid, mt[2030].mid, 6) == pytest.approx(0.101, abs=0.0005)
    assert growth.cagr(mt[2030].mid, mt[2035].mid, 5) == pytest.approx(-0.013, abs=0.0005)
    newer = tables.constant("datacentre-mt-2035-edition-2026").mid
    assert newer / mt[2024].mid == pytest.approx(2, abs=0.1), "IEA 2026, p. 13: emissions double"


def test_carbon_intensity_of_data_centres_is_their_emissions_over_their_electricity():
    row = tables.constant("datacentre-grid-2030")
    for year, value in ((2024, row.high), (2030, row.mid)):
        t = tables.constant(f"datacentre-mt-{year}").mid * units.T_PER_MT
        mwh = tables.constant(f"datacentre-twh-{year}").mid * units.MWH_PER_TWH
        assert grid.implied_grid_kg_per_kwh(t, mwh) == pytest.approx(value, abs=0.0005)


def test_data_centres_of_2024_as_shares_of_the_world():
    mt, world = tables.constant("datacentre-mt-2024"), tables.constant("world-co2-2024")
    share = mt.mid * units.T_PER_MT / (world.mid * units.T_PER_GT)
    assert round(100 * share, 1) == 0.5, "Carbon Brief, 15 September 2025, from the same agency"
    assert tables.constant("datacentre-share-2024").mid == 0.015, "IEA 2025, p. 63"
    # Of what is generated a little less than of what is used: networks lose some.
    twh = tables.constant("datacentre-twh-2024").mid / tables.constant("world-twh-2024").mid
    assert 0.012 < twh < 0.015


def test_what_changed_between_the_estimated_search_and_the_one_that_ran():
    """The 88 of Patterson et al. 2021, section 4.1, is 18.7 by what was counted and the rest by how."""
    runs, proxy = tables.training_runs(), tables.constant("et-proxy-factor").mid
    estimated, ran = runs.loc["strubell-nas"], runs.loc["evolved-transformer-nas"]
    hours, *others = (
        estimated[name] / ran[name]
        for name in ("accelerator_hours", "power_w", "pue", "grid_kg_per_kwh")
    )
    assert hours == pytest.approx(proxy * 3.6, rel=0.01), "stand-ins, and faster chips"
    total = hours
    for other in others:
        total *= other
    assert total == pytest.approx(88, rel=0.005)
    assert total / proxy == pytest.approx(4.7, abs=0.05)


def test_share_of_ai_is_of_one_agency_and_says_what_it_counts():
    row, servers = tables.constant("ai-share-2030"), tables.constant("ai-share-2024")
    assert round(465 / 950, 3) == row.high == row.mid, "IEA 2026, p. 26, AI-focused data centres"
    rate = tables.constant("accelerated-server-growth").mid
    first, last = (tables.constant(f"datacentre-twh-{year}").mid for year in (2024, 2030))
    grown = growth.project(servers.mid * first, rate, 6) / last
    assert grown == pytest.approx(row.low, abs=0.0005), "IEA 2025, p. 56 and p. 63"


def test_uptime_survey_of_2025_in_shares():
    assert round(datacentre.overhead_share(1.54), 2) == 0.35
    assert datacentre.pue_from_it_share(1 - 0.35) == pytest.approx(1.54, abs=0.005)


def test_table_agrees_with_itself():
    """Rows that have hours, power, PUE and energy give their own energy and tonnes."""
    runs = tables.training_runs()
    rows = runs.dropna(subset=["accelerator_hours", "power_w", "pue", "energy_mwh"])
    rows = rows[rows.boundary.str.startswith("energy of the site")]
    assert len(rows) >= 12
    energy = site_mwh(rows.accelerator_hours, rows.power_w, rows.pue)
    assert (energy / rows.energy_mwh).between(0.98, 1.02).all()
    rows = rows.dropna(subset=["grid_kg_per_kwh", "emissions_t"])
    tonnes = grid.emissions_t(rows.energy_mwh, rows.grid_kg_per_kwh)
    assert (tonnes / rows.emissions_t).between(0.98, 1.02).all()


@pytest.mark.parametrize(
    ("wue", "pue", "litres_per_kwh", "onsite_ml", "total_ml", "per_half_litre"),
    cases((LI, "US average", "0.550", "1.170", "3.142", "2.200", "16.904", "29.6")),
)
def test_water_of_a_request(wue, pue, litres_per_kwh, onsite_ml, total_ml, per_half_litre):
    meets(lambda w: water.request_water_ml(4.0, w, 1.0, 0.0), (wue,), onsite_ml)
    meets(lambda *x: water.request_water_ml(4.0, *x), (wue, pue, litres_per_kwh), total_ml)
    total = water.request_water_ml(4.0, float(wue), float(pue), float(litres_per_kwh))
    assert round(500 / total, 1) == float(per_half_litre)


def test_all_water_of_gpt3_with_the_papers_inputs():
    assert round(water.total_water_m3(1287, 0.55, 1.17, 3.142)) == 5439, LI


def test_water_of_meta_agrees_with_its_own_wue():
    it = datacentre.it_energy_from_site_mwh(14_975_435 / 1.34, 1.08)
    assert water.implied_wue_l_per_kwh(2.6e6, it) == pytest.approx(0.26, abs=0.02)


@pytest.mark.parametrize(
    ("pue", "overhead"),
    cases(
        (LBNL26, "US, 2024", "1.45", "0.31"),
        ("Uptime 2025", "survey average", "1.54", "0.35"),
    ),
)
def test_overhead_in_print(pue, overhead):
    meets(datacentre.overhead_share, (pue,), overhead)


@pytest.mark.parametrize(
    ("before", "after", "saving"),
    [(1.8, 1.3, 0.28), (1.5, 1.1, 0.27), (1.55, 1.15, 0.26), (1.15, 1.10, 0.04)],
)
def test_savings_of_a_better_pue(before, after, saving):
    assert round(datacentre.pue_saving(before, after), 2) == saving
    assert solutions.liquid_cooling_saving(before, after, 0) == pytest.approx(
        datacentre.pue_saving(before, after)
    )


def test_mean_load_of_the_eu_sites():
    load = 14_088_000 / datacentre.yearly_energy_mwh(3738.86, 1)
    assert round(load, 2) == 0.43, EED


def test_requests_of_2023():
    assert round(inference.request_energy_wh(3617, 6500, 24, 195e6), 2) == 2.89, DE_VRIES
    search = inference.request_energy_wh(512_821, 6500, 24, 9e9)
    assert round(search, 1) == 8.9, DE_VRIES
    assert round(inference.yearly_energy_kwh(9e9, search) / 1e9, 1) == 29.2, DE_VRIES


def test_ladder_of_the_median_prompt():
    chip, host, idle = 0.14, 0.06, 0.02
    served = inference.served_energy_wh(chip, host / chip, idle / (chip + host), 0.24 / 0.22)
    assert served == pytest.approx(0.24)
    shares = [round(part / served, 2) for part in (chip, host, idle)]
    assert shares == [0.58, 0.25, 0.08]


@pytest.mark.parametrize(
    ("what", "first", "last"),
    [
        (MASANET, (194, [1.0, 194.0]), (205, [6.5, 205 / 6.5])),
        (
            "tenfold, as claimed, by demand, compute per task, efficiency and PUE",
            (1.0, [1.0, 1.0, 1.0, 1.0]),
            (30 * 2.5 / 20 * (1.54 / 1.65), [30.0, 2.5, 1 / 20, 1.54 / 1.65]),
        ),
        (
            "United States, 2014 to 2023, LBNL 2024: IT energy and PUE",
            (58.0, [58 / 1.6, 1.6]),
            (176.0, [176 / 1.4, 1.4]),
        ),
        ("nothing changes", (5.0, [2.0, 2.5]), (5.0, [2.0, 2.5])),
        ("one factor stands still", (6.0, [2.0, 3.0]), (8.0, [2.0, 4.0])),
        ("factors cancel", (6.0, [2.0, 3.0]), (6.0, [3.0, 2.0])),
    ],
)
def test_decompositions_sum_exactly(what, first, last):
    effects = [
        growth.factor_effect(first[0], last[0], a, b)
        for a, b in zip(first[1], last[1], strict=True)
    ]
    assert sum(effects) == pytest.approx(last[0] - first[0], abs=1e-12 * last[0] * 100), what


def test_carbon_price_by_hand():
    """0.4 kg/kWh at 70 a tonne is 0.028 a kWh; 0.3 Wh is 0.0003 of that; 552.1 t is 38,647."""
    assert policy.carbon_cost_per_kwh(70, 0.4, 1) == pytest.approx(0.028)
    assert policy.carbon_cost_per_request(0.3, 0.4, 70) == pytest.approx(0.028 * 0.0003)
    assert policy.carbon_cost(552.1, 70, 0) == pytest.approx(38_647)
    assert policy.carbon_cost(552.1, 70, 0.25) == pytest.approx(28_985.25)


def test_payback_by_hand():
    """0.24 x 10,000 MWh at 120 is 288,000 a year; at 8 per cent the fifth year pays the rest."""
    saving = (1.54 - 1.30) * 10_000 * 120
    assert policy.payback_years(1e6, saving) == pytest.approx(1e6 / 288_000)
    owed = 1e6
    for _ in range(4):
        owed = owed * 1.08 - saving
    assert owed > 0
    assert owed * 1.08 - saving < 0
    assert 4 < policy.discounted_payback_years(1e6, saving, 0.08) < 5
    assert policy.net_cost(1e6, 0.30, 0.165) == pytest.approx(584_500)


def test_parts_of_a_data_centre_make_a_whole():
    """IEA 2024, Electricity 2024: 40 % for computing, 40 % for cooling, 20 % for the rest."""
    cooling = tables.constant("iea-cooling-share-2024").mid
    rest = tables.constant("other-it-share-2024").mid
    assert 0.40 + cooling + rest == pytest.approx(1)


LEI = {1: 8.1, 2: 5.2, 3: 6.6, 4: 5.9, 5: 2.5, 6: 22.5, 7: 19.8, 8: 3.9, 9: 21.2, 10: 7.3}


@pytest.mark.parametrize("case", LEI)
def test_climate_alone(case):
    """Lei and Masanet 2022: one kind of cooling in the climates 1A and 6A, worked out by hand."""
    hot, cold = (tables.effectiveness(f"lei22-case{case}-pue-{zone}").mid for zone in ("1a", "6a"))
    assert round(100 * datacentre.pue_saving(hot, cold), 1) == LEI[case]


def test_a_median_is_not_a_mean():
    """Oviedo et al. 2026, version 2, abstract: a billion queries a day take 0.7 GWh."""
    median = tables.request_energy("oviedo-2026")
    assert (median.low, median.mid, median.high) == (0.16, 0.31, 0.60)
    assert "v2" in median.source
    mean_wh = tables.constant("oviedo-billion-gwh").mid  # a gigawatt-hour is a billion watt-hours
    assert mean_wh > 2 * median.mid


def test_forty_per_cent_for_cooling_fits_two_years_of_the_survey():
    pue = datacentre.pue_from_cooling_share(0.40, 0)
    years = range(2007, 2026)
    survey = {y: f"uptime-{y}" for y in years if f"uptime-{y}" in tables.pue_wue().index}
    near = {y for y, key in survey.items() if abs(tables.effectiveness(key).mid - pue) < 0.05}
    assert near == {2013, 2019}


def test_waiting_takes_more_than_answering_where_few_ask():
    """The hospital of chapter 2: eight H100 at 120 W for five years are 42 MWh, by hand."""
    idle_w = tables.quantity("levers", "h100-idle").mid * 700
    idle_mwh = training.it_energy_mwh(8 * 5 * units.HOURS_PER_YEAR, idle_w)
    asked_mwh = 5 * inference.yearly_energy_kwh(200.0, 0.3) / units.KWH_PER_MWH
    assert round(idle_w, -1) == 120
    assert round(idle_mwh) == 42
    assert round(asked_mwh, 2) == 0.11


@pytest.mark.parametrize(
    ("part", "whole", "key"),
    [
        pytest.param(
            "1698", "7657", "microsoft-stressed-2021", id="Microsoft 2022, Table 8, note 14"
        ),
        pytest.param("1.8", "6.8", "openai-inference-share-2024", id="Epoch AI 2025: press"),
        pytest.param("2", "7", "openai-inference-share-2024", id="Epoch AI 2025: rounded"),
        pytest.param(
            "1.238", "24.54", "ireland-share-2015", id="CSO 2025: 31.9 TWh in 2024, 30 % above 2015"
        ),
    ],
)
def test_a_share_is_that_of_its_own_parts(part, whole, key):
    row = tables.constant(key)
    share = float(part) / float(whole)
    assert row.low * 0.99 <= share <= row.high * 1.01


@pytest.mark.parametrize(
    ("key", "pounds"),
    [
        ("us-all-2023", 770.9),
        ("us-erct-2023", 736.6),
        ("us-nyup-2023", 242.8),
        ("us-all-2023-following", 1379.2),
        ("us-srvc-2023-following", 1286.8),
        ("us-erct-2023-following", 1242.7),
        ("us-nyup-2023-following", 911.8),
    ],
)
def test_a_pound_for_a_megawatt_hour(key, pounds):
    """US EPA 2025, eGRID2023 summary tables, revision 2, Table 1."""
    row = tables.grid(key)
    assert row.mid == pytest.approx(units.lb_to_t(pounds), abs=5e-5)  # t/MWh is kg/kWh
    assert f"{pounds:g} lb" in tables.grids("all").note[key]


def test_one_more_kilowatt_hour_emits_more_than_the_mean_one():
    following = tables.grids("egrid-following")
    for key in following.index:
        assert following.mid[key] > tables.grid(key.removesuffix("-following")).mid


def test_scopes_make_the_printed_total():
    """Microsoft 2022, appendix D, Table 1: 14,073,000 t in fiscal year 2021, Scope 2 by market."""
    parts = ("scope1", "scope2-market", "scope3")
    total = sum(tables.constant(f"microsoft-{part}-mt-2021").mid for part in parts)
    assert round(total, 3) == 14.073


def test_short_tons_of_the_permit():
    """Shelby County Health Department 2025: 87 tons of 2,000 lb."""
    assert tables.constant("memphis-nox-t").mid == pytest.approx(units.lb_to_t(87 * 2000), abs=0.05)
