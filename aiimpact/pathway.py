r"""The outlook: year by year from 2024 to 2035, with and without what the reader chooses.

Emissions of a year are a product, and each choice moves one factor of it:

.. math:: m = E_0 \cdot \mathrm{demand} \cdot \mathrm{efficiency} \cdot \mathrm{price}
   \cdot \prod_k \mathrm{lever}_k \cdot \mathrm{PUE} \cdot \mathrm{grid} \cdot \mathrm{unmatched}

:func:`compare` follows two sets of choices and says which factor made how much of the
difference. It does so by the log-mean Divisia index (:func:`aiimpact.growth.factor_effect`):
the parts add up to the whole exactly in every year, and unlike switching choices on one after
the other they do not depend on an order that somebody has to choose.

A path is a list with one value for each of :data:`YEARS`; all values may be symbols.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from aiimpact import growth, policy, solutions
from aiimpact.units import KG_PER_T

FIRST_YEAR = 2024
LAST_YEAR = 2035
YEARS = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
"""The years of every path."""

# A factor of nothing has no logarithm; this is far below any digit shown (Ang 2015, section 4).
_ALMOST_NOTHING = 1e-9
_M_PER_BN = KG_PER_T

Path = list[Any]


@dataclass(frozen=True, slots=True)
class Start:
    """Where the paths begin, in 2024.

    Parameters
    ----------
    it_energy_twh : number
        Energy at the plug of the computers. [TWh]
    pue : number
        Power usage effectiveness. [1]
    grid_kg_per_kwh : number
        Carbon intensity of the electricity. [kg CO2e/kWh]
    wue_l_per_kwh : number
        On-site water for each kWh of IT energy. [L/kWh]
    water_l_per_kwh : number
        Water consumed in generation, for each kWh. [L/kWh]
    price_per_kwh : number
        Price of electricity, without a carbon price. [money/kWh]
    demand_bend, grid_bend : path, optional
        What one rate for all years leaves out of demand and of the grid, from :func:`bend`. [1]
    """

    it_energy_twh: Any
    pue: Any
    grid_kg_per_kwh: Any
    wue_l_per_kwh: Any
    water_l_per_kwh: Any
    price_per_kwh: Any
    demand_bend: Path | None = None
    grid_bend: Path | None = None


@dataclass(frozen=True, slots=True)
class Lever:
    """A lever that is phased in evenly and is complete in 2035.

    Parameters
    ----------
    saving : number
        Saving of energy when complete, at most 1. [1]
    cost_per_mwh : number
        What saving a MWh costs. [money/MWh]
    """

    saving: Any
    cost_per_mwh: Any = 0.0


@dataclass(frozen=True, slots=True)
class Choices:
    """What happens between 2024 and 2035. What is left out stays as it is in 2024.

    Parameters
    ----------
    demand_growth : number
        Growth of the demand for computing. [1/a]
    efficiency_gain : number
        Yearly fall of the energy for one unit of demand, below 1. [1/a]
    pue_last : number
        Power usage effectiveness in 2035, reached evenly; None keeps that of the start. [1]
    grid_decline : number
        Yearly fall of the grid's carbon intensity, below 1. [1/a]
    matched_share_last : number
        Share of the energy in 2035 that contracts for carbon-free supply meet in the same hour,
        beyond what the grid itself supplies clean. [1]
    wue_last : number
        On-site water in 2035; None keeps that of the start. [L/kWh]
    carbon_price_last : number
        Price of a tonne in 2035, rising evenly from nothing. [money/t CO2e]
    elasticity : number
        Per cent by which demand falls for each per cent of the electricity price. [1]
    levers : mapping of str to Lever
        Levers by name, those of policy among them.
    rebound : number
        Share of each lever's saving that more use takes back. [1]
    """

    demand_growth: Any = 0.0
    efficiency_gain: Any = 0.0
    pue_last: Any = None
    grid_decline: Any = 0.0
    matched_share_last: Any = 0.0
    wue_last: Any = None
    carbon_price_last: Any = 0.0
    elasticity: Any = 0.0
    levers: Mapping[str, Lever] = field(default_factory=dict)
    rebound: Any = 0.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes of a set of choices, as paths.

    Parameters
    ----------
    energy_twh : path
        Energy of the sites. [TWh]
    emissions_mt : path
        Emissions of that energy, less what is matched in the same hour. [Mt CO2e]
    water_million_m3 : path
        Water consumed on site and off site. [million m3]
    cost_bn : path
        Electricity, carbon and levers. [bn money]
    factors : dict of str to path
        The factors of emissions, by name.
    """

    energy_twh: Path
    emissions_mt: Path
    water_million_m3: Path
    cost_bn: Path
    factors: dict[str, Path]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two outlooks, and what made the difference.

    Parameters
    ----------
    chosen, reference : Outlook
        With the choices, and with business as usual.
    effects_mt : dict of str to path
        What each factor did to emissions; negative where it lowered them. They add up to the
        difference between the two. [Mt CO2e]
    """

    chosen: Outlook
    reference: Outlook
    effects_mt: dict[str, Path]


def compound_path(first: Any, rate: Any) -> Path:
    r"""Let a value grow, or fall, at one rate.

    .. math:: x_t = x_0 \, (1 + r)^t

    Parameters
    ----------
    first : number
        Value in 2024. [any unit]
    rate : number
        Growth rate, a fraction above -1. [1/a]

    Returns
    -------
    path
        Value in each year. [unit of `first`]

    Raises
    ------
    ValueError
        If `first` is negative or `rate` is -1 or less.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    >>> round(at(compound_path(415, 0.147), 2030))
    945
    """
    return [growth.project(first, rate, year - FIRST_YEAR) for year in YEARS]


def path_through(points: Mapping[int, float]) -> Path:
    r"""Lead through values that are known for some years, at one rate between each two.

    .. math:: x_t = x_a \, (x_b / x_a)^{(t - a) / (b - a)}

    Parameters
    ----------
    points : mapping of int to number
        Value by year, among them 2024 and 2035. [any unit]

    Returns
    -------
    path
        Value in each year. [unit of `points`]

    Raises
    ------
    ValueError
        If 2024 or 2035 is missing, a year lies outside, or a value is not positive.

    References
    ----------
    International Energy Agency 2025, Energy and AI, p. 18 and p. 87.
    https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    The emissions of all data centres in that agency's base case peak on the way:

    >>> path = path_through({2024: 180, 2030: 320, 2035: 300})
    >>> round(at(path, 2027)), round(at(path, 2030)), round(at(path, 2035))
    (240, 320, 300)
    """
    if min(points) != FIRST_YEAR or max(points) != LAST_YEAR:
        msg = (
            f"points must begin in {FIRST_YEAR} and end in {LAST_YEAR}, got {sorted(points)}. "
            "Give a value for the first year and one for the last."
        )
        raise ValueError(msg)
    known = sorted(points)
    rates = {
        end: growth.cagr(points[begin], points[end], end - begin) for begin, end in pairwise(known)
    }
    path = [points[FIRST_YEAR]]
    for year in YEARS[1:]:
        end = min(later for later in rates if later >= year)
        path.append(growth.project(path[-1], rates[end], 1.0))
    return path


def bend(path: Path, rate: Any) -> Path:
    r"""Say what one rate for all years leaves out of a path.

    .. math:: b_t = \frac{x_t}{x_0 \, (1 + r)^t}

    A path with this bend and that rate is the path itself; with another rate it is another path
    that bends in the same years.

    Parameters
    ----------
    path : path
        Value in each year, above 0. [any unit]
    rate : number
        The one rate, a fraction above -1. [1/a]

    Returns
    -------
    path
        Factor in each year, 1 in 2024. [1]

    Raises
    ------
    ValueError
        If `rate` is -1 or less.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    To 2030 data centres grow faster than their mean rate to 2035, so they are ahead of it then:

    >>> path = path_through({2024: 415, 2030: 945, 2035: 1200})
    >>> round(float(at(bend(path, growth.cagr(415, 1200, 11)), 2030)), 2)
    1.28
    """
    return [
        value / steady for value, steady in zip(path, compound_path(path[0], rate), strict=True)
    ]


def linear_path(first: Any, last: Any) -> Path:
    r"""Lead evenly from a value in 2024 to one in 2035.

    .. math:: x_t = x_0 + (x_{11} - x_0) \, t / 11

    Parameters
    ----------
    first : number
        Value in 2024. [any unit]
    last : number
        Value in 2035. [unit of `first`]

    Returns
    -------
    path
        Value in each year. [unit of `first`]

    Raises
    ------
    TypeError
        If an argument is no number.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    >>> linear_path(0.0, 11.0)[:3]
    [0.0, 1.0, 2.0]
    """
    span = LAST_YEAR - FIRST_YEAR
    return [first + (last - first) * ((year - FIRST_YEAR) / span) for year in YEARS]


def at(path: Path, year: Any) -> Any:
    r"""Read a path at a year, in between by straight lines.

    .. math:: x(y) = \sum_t x_t \, \max(0, 1 - |y - t|)

    Parameters
    ----------
    path : path
        Value in each year. [any unit]
    year : number
        Year from 2024 to 2035, which may be a symbol. [a]

    Returns
    -------
    number
        Value at that year. [unit of `path`]

    Raises
    ------
    ValueError
        If `year` is a number outside the path.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    >>> float(at(linear_path(0.0, 11.0), 2026.5))
    2.5
    """
    _require_year(year)
    return sum(
        value * np.maximum(1 - np.abs(year - t), 0) for t, value in zip(YEARS, path, strict=True)
    )


def total(path: Path, year: Any) -> Any:
    r"""Add up a path from 2024 to a year, that year included.

    .. math:: X(y) = \sum_t x_t \, \min(1, \max(0, y - t + 1))

    Parameters
    ----------
    path : path
        Value of each year. [any unit]
    year : number
        Last year counted, which may be a symbol. [a]

    Returns
    -------
    number
        Sum. [unit of `path`]

    Raises
    ------
    ValueError
        If `year` is a number outside the path.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    >>> float(total([1.0] * 12, 2030))
    7.0
    """
    _require_year(year)
    return sum(
        value * np.minimum(np.maximum(year - t + 1, 0), 1)
        for t, value in zip(YEARS, path, strict=True)
    )


def follow(start: Start, choices: Choices) -> Outlook:
    r"""Follow a set of choices from 2024 to 2035.

    .. math:: m_t = E_{\mathrm{IT},0} \prod_k f_{k,t}

    Parameters
    ----------
    start : Start
        Where it begins.
    choices : Choices
        What happens.

    Returns
    -------
    Outlook
        Energy, emissions, water and cost of each year.

    Raises
    ------
    ValueError
        If a number is outside its range.

    References
    ----------
    Ang 2015, LMDI decomposition approach: A guide for implementation, Energy Policy 86.
    https://doi.org/10.1016/j.enpol.2015.07.007

    Examples
    --------
    The International Energy Agency's base case to 2030, 415 to 945 TWh, in one rate:

    >>> world = Start(415 / 1.45, 1.45, 0.434, 0.36, 3.9, 0.10)
    >>> outlook = follow(world, Choices(demand_growth=0.147))
    >>> round(at(outlook.energy_twh, 2024)), round(at(outlook.energy_twh, 2030))
    (415, 945)
    >>> round(at(outlook.emissions_mt, 2024))
    180
    """
    pue = linear_path(start.pue, _or(choices.pue_last, start.pue))
    wue = linear_path(start.wue_l_per_kwh, _or(choices.wue_last, start.wue_l_per_kwh))
    grid = _bent(compound_path(start.grid_kg_per_kwh, -choices.grid_decline), start.grid_bend)
    carbon_price = linear_path(0.0, choices.carbon_price_last)
    unmatched = linear_path(1.0, 1 - choices.matched_share_last)
    carbon_per_kwh = [
        policy.carbon_cost_per_kwh(price, intensity, part)
        for price, intensity, part in zip(carbon_price, grid, map(_share, unmatched), strict=True)
    ]
    energy_factors = {
        "Demand": _bent(compound_path(1.0, choices.demand_growth), start.demand_bend),
        "Efficiency": compound_path(1.0, -choices.efficiency_gain),
        "Carbon price": [
            policy.price_response(
                start.price_per_kwh, start.price_per_kwh + extra, choices.elasticity
            )
            for extra in carbon_per_kwh
        ],
        **{
            name: linear_path(1.0, 1 - solutions.net_saving(lever.saving, choices.rebound))
            for name, lever in choices.levers.items()
        },
        "PUE": pue,
    }
    energy_factors = {name: _above_zero(path) for name, path in energy_factors.items()}
    factors = energy_factors | {"Grid": _above_zero(grid), "Matched supply": _above_zero(unmatched)}
    energy = _product(start.it_energy_twh, energy_factors)
    # A kilogram for each kWh is a million tonnes for each TWh, a litre a million cubic metres.
    emissions = _product(start.it_energy_twh, factors)
    water = [
        site * (on_site / ratio + start.water_l_per_kwh)
        for site, on_site, ratio in zip(energy, wue, pue, strict=True)
    ]
    cost = [
        site * (start.price_per_kwh + extra)
        for site, extra in zip(energy, carbon_per_kwh, strict=True)
    ]
    for name, lever in choices.levers.items():
        saved = [
            site / left - site for site, left in zip(energy, energy_factors[name], strict=True)
        ]
        cost = [
            paid + np.maximum(twh, 0) * lever.cost_per_mwh / _M_PER_BN
            for paid, twh in zip(cost, saved, strict=True)
        ]
    return Outlook(energy, emissions, water, cost, factors)


def compare(start: Start, choices: Choices, reference: Choices) -> Comparison:
    r"""Follow two sets of choices and share out the difference in emissions.

    .. math:: m - m_{\mathrm{ref}} = \sum_k L(m, m_{\mathrm{ref}}) \, \ln(f_k / f_{k,\mathrm{ref}})

    Parameters
    ----------
    start : Start
        Where both begin.
    choices : Choices
        What the reader chooses.
    reference : Choices
        Business as usual.

    Returns
    -------
    Comparison
        Both outlooks, and the effect of each factor. [Mt CO2e]

    Raises
    ------
    ValueError
        If a number is outside its range.

    References
    ----------
    Ang 2015, LMDI decomposition approach: A guide for implementation, Energy Policy 86.
    https://doi.org/10.1016/j.enpol.2015.07.007

    Examples
    --------
    >>> world = Start(286.0, 1.45, 0.434, 0.36, 3.9, 0.10)
    >>> usual = Choices(demand_growth=0.15)
    >>> mine = Choices(demand_growth=0.15, pue_last=1.2, grid_decline=0.05)
    >>> compared = compare(world, mine, usual)
    >>> effects = {name: float(at(path, 2035)) for name, path in compared.effects_mt.items()}
    >>> {name: round(mt) for name, mt in effects.items() if abs(mt) > 0.5}
    {'PUE': -111, 'Grid': -332}
    >>> chosen, usual = compared.chosen.emissions_mt, compared.reference.emissions_mt
    >>> round(float(sum(effects.values()) - (chosen[-1] - usual[-1])), 6)
    0.0
    """
    chosen, usual = follow(start, choices), follow(start, reference)
    ones: Path = [1.0] * len(YEARS)
    names = dict.fromkeys([*chosen.factors, *usual.factors])
    effects = {
        name: [
            growth.factor_effect(*values)
            for values in zip(
                usual.emissions_mt,
                chosen.emissions_mt,
                usual.factors.get(name, ones),
                chosen.factors.get(name, ones),
                strict=True,
            )
        ]
        for name in names
    }
    return Comparison(chosen, usual, effects)


def saved_by(compared: Comparison, names: Sequence[str]) -> Path:
    r"""Say how much lower some factors together have made the emissions of each year.

    .. math:: s_t = -\sum_{k \in \mathrm{names}} \Delta_{k,t}

    Parameters
    ----------
    compared : Comparison
        Two outlooks, from :func:`compare`.
    names : sequence of str
        Names of factors, as in ``compared.effects_mt``.

    Returns
    -------
    path
        What the factors keep out of the air; negative where they add. [Mt CO2e]

    Raises
    ------
    KeyError
        If there is no such factor.

    References
    ----------
    Ang 2015, LMDI decomposition approach: A guide for implementation, Energy Policy 86.
    https://doi.org/10.1016/j.enpol.2015.07.007

    Examples
    --------
    >>> world = Start(286.0, 1.45, 0.434, 0.36, 3.9, 0.10)
    >>> usual = Choices(demand_growth=0.15)
    >>> mine = Choices(demand_growth=0.15, pue_last=1.2, grid_decline=0.05)
    >>> saved = saved_by(compare(world, mine, usual), ["PUE", "Grid"])
    >>> round(float(at(saved, 2024))), round(float(at(saved, 2035)))
    (0, 443)
    """
    if unknown := [name for name in names if name not in compared.effects_mt]:
        msg = f"There is no factor {unknown[0]!r}. All names: {', '.join(compared.effects_mt)}."
        raise KeyError(msg)
    paths = [compared.effects_mt[name] for name in names]
    return [-sum(effects) for effects in zip(*paths, strict=True)]


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _bent(path: Path, factors: Path | None) -> Path:
    if factors is None:
        return path
    return [value * factor for value, factor in zip(path, factors, strict=True)]


def _share(value: Any) -> Any:
    return np.minimum(np.maximum(value, 0), 1)


def _above_zero(path: Path) -> Path:
    return [np.maximum(value, _ALMOST_NOTHING) for value in path]


def _product(first: Any, factors: Mapping[str, Path]) -> Path:
    result: Path = [first] * len(YEARS)
    for path in factors.values():
        result = [value * factor for value, factor in zip(result, path, strict=True)]
    return result


def _require_year(year: Any) -> None:
    if getattr(type(year), "__symbolic__", False):
        return
    if not np.all((np.asarray(year) >= FIRST_YEAR) & (np.asarray(year) <= LAST_YEAR)):
        msg = f"year must be between {FIRST_YEAR} and {LAST_YEAR}, got {year}. Paths end there."
        raise ValueError(msg)
