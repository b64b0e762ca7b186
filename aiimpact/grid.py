"""The grid: what a site's electricity emits where it is generated.

One kilogram for each kWh is one tonne for each MWh, so no conversion stands in the formulas.
"""

# mypy: disable-error-code="return-value, no-any-return"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

import numpy as np

from aiimpact._checks import (
    CARBON_INTENSITY,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    SHARE_BELOW_ONE,
    Values,
    checked,
)


@checked(site_energy_mwh=NOT_NEGATIVE, grid_kg_per_kwh=CARBON_INTENSITY)
def emissions_t(site_energy_mwh: Values | float, grid_kg_per_kwh: Values | float) -> Values:
    r"""Multiply a site's energy by the carbon intensity of its electricity.

    .. math:: m = E_{\mathrm{site}} \cdot I

    A location-based intensity is that of the grid the site hangs on, a market-based one that
    of the contracts its operator holds. The tonnes are of the same kind as the intensity.

    Parameters
    ----------
    site_energy_mwh : number or array
        Energy of the site. [MWh]
    grid_kg_per_kwh : number or array
        Carbon intensity of the electricity, 0 to 10. [kg CO2e/kWh]

    Returns
    -------
    number or array
        Emissions. [t CO2e]

    Raises
    ------
    ValueError
        If `site_energy_mwh` is negative or `grid_kg_per_kwh` is outside [0, 10].
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Patterson et al. 2021, Carbon Emissions and Large Neural Network Training, section 2.
    https://doi.org/10.48550/arXiv.2104.10350

    Examples
    --------
    GPT-3's 1,287 MWh on the average US grid of its time (Patterson et al. 2021, Table 4):

    >>> round(emissions_t(1287, 0.429), 1)
    552.1
    """
    return site_energy_mwh * grid_kg_per_kwh


@checked(emissions_t=NOT_NEGATIVE, site_energy_mwh=POSITIVE)
def implied_grid_kg_per_kwh(emissions_t: Values | float, site_energy_mwh: Values | float) -> Values:
    r"""Divide tonnes by energy, to see which grid would make both true.

    .. math:: I = m / E_{\mathrm{site}}

    Parameters
    ----------
    emissions_t : number or array
        Emissions. [t CO2e]
    site_energy_mwh : number or array
        Energy of the site. [MWh]

    Returns
    -------
    number or array
        Carbon intensity that the pair implies. [kg CO2e/kWh]

    Raises
    ------
    ValueError
        If `emissions_t` is negative, `site_energy_mwh` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Luccioni and Hernandez-Garcia 2023, Counting Carbon. https://doi.org/10.48550/arXiv.2302.08476

    Examples
    --------
    Llama 3.1 (Meta, model card): 11,390 t from 39.3 million hours at 700 W.

    >>> round(implied_grid_kg_per_kwh(11_390, 39.3e6 * 700 / 1e6), 3)
    0.414
    """
    return emissions_t / site_energy_mwh


@checked(first_kg_per_kwh=CARBON_INTENSITY, second_kg_per_kwh=CARBON_INTENSITY, second_share=SHARE)
def mixed_kg_per_kwh(
    first_kg_per_kwh: Values | float,
    second_kg_per_kwh: Values | float,
    second_share: Values | float,
) -> Values:
    r"""Mix two sources of electricity by their shares.

    .. math:: I = (1 - s) \, I_1 + s \, I_2

    One formula for many questions: a grid that replaces coal, a contract that covers part of
    the use (market-based), a purchase matched hour by hour, a load of which a share is moved to
    another place.

    Parameters
    ----------
    first_kg_per_kwh : number or array
        Carbon intensity of the first source, 0 to 10. [kg CO2e/kWh]
    second_kg_per_kwh : number or array
        Carbon intensity of the second source, 0 to 10. [kg CO2e/kWh]
    second_share : number or array
        Share of the second source. [1]

    Returns
    -------
    number or array
        Carbon intensity of the mixture. [kg CO2e/kWh]

    Raises
    ------
    ValueError
        If `first_kg_per_kwh` or `second_kg_per_kwh` is outside [0, 10], `second_share` is
        outside [0, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    World Resources Institute 2015, GHG Protocol Scope 2 Guidance.
    https://ghgprotocol.org/scope-2-guidance

    Examples
    --------
    Hong Kong in 2035, if 60 to 70 per cent is free of carbon and the rest is gas at 0.40 (HKSAR
    Government 2021, Climate Action Plan 2050):

    >>> round(mixed_kg_per_kwh(0.40, 0, 0.60), 2), round(mixed_kg_per_kwh(0.40, 0, 0.70), 2)
    (0.16, 0.12)
    """
    return first_kg_per_kwh * (1 - second_share) + second_kg_per_kwh * second_share


@checked(carbon_free_share=SHARE, grid_carbon_free_share=SHARE_BELOW_ONE)
def contracted_share(
    carbon_free_share: Values | float, grid_carbon_free_share: Values | float
) -> Values:
    r"""Take the grid's own clean part out of a carbon-free share that counts it.

    .. math:: c = a + (1 - a) \, g \quad\Rightarrow\quad a = \frac{c - g}{1 - g}

    Google's carbon-free energy share counts what its contracts supply in the hour, and of the
    rest the part that the grid supplies clean. A grid's average intensity holds that part too:
    to multiply it by :math:`1 - c` counts the clean part twice. By :math:`1 - a` it is counted
    once, and what is left is the grid's fossil power, :math:`(1 - c) \, I / (1 - g)`.

    The relation holds in every hour. With means of a year it is an estimate.

    Parameters
    ----------
    carbon_free_share : number or array
        Share of the use that is free of carbon, contracts and grid together. [1]
    grid_carbon_free_share : number or array
        Share of the grid's own supply that is free of carbon, below 1. [1]

    Returns
    -------
    number or array
        Share of the use that contracts supply; negative where the use is less clean than the
        mean of the grid. [1]

    Raises
    ------
    ValueError
        If `carbon_free_share` is outside [0, 1], `grid_carbon_free_share` is outside [0, 1), or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Google 2025, Carbon free energy for Google Cloud regions, Understanding the data.
    https://github.com/GoogleCloudPlatform/region-carbon-info

    Examples
    --------
    66 per cent by the hour (Google 2025) on a grid of which 40.9 per cent is clean, as the world's
    was in 2024 (Ember 2025): contracts supply 42 per cent of the use, and of 0.445 kg/kWh on
    average 0.256 are left.

    >>> added = contracted_share(0.66, 0.409)
    >>> round(added, 2), round(mixed_kg_per_kwh(0.445, 0, added), 3)
    (0.42, 0.256)
    """
    return (carbon_free_share - grid_carbon_free_share) / (1 - grid_carbon_free_share)


@checked(site_energy_mwh=NOT_NEGATIVE, bought_mwh=NOT_NEGATIVE, grid_kg_per_kwh=CARBON_INTENSITY)
def market_based_t(
    site_energy_mwh: Values | float, bought_mwh: Values | float, grid_kg_per_kwh: Values | float
) -> Values:
    r"""Count a year's purchase of certificates or contracts against a year's use.

    .. math:: m = E \cdot I \cdot \max(0, 1 - b / E)

    Annual matching: the hour does not matter, and a purchase as large as the use gives zero.
    The location-based figure is :func:`emissions_t`.

    Parameters
    ----------
    site_energy_mwh : number or array
        Energy of the site in a year. [MWh]
    bought_mwh : number or array
        Carbon-free energy bought in the same year, anywhere it may be counted. [MWh]
    grid_kg_per_kwh : number or array
        Carbon intensity of what is not covered, 0 to 10. [kg CO2e/kWh]

    Returns
    -------
    number or array
        Emissions, market-based. [t CO2e]

    Raises
    ------
    ValueError
        If `site_energy_mwh` or `bought_mwh` is negative, `grid_kg_per_kwh` is outside [0, 10],
        or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    World Resources Institute 2015, GHG Protocol Scope 2 Guidance.
    https://ghgprotocol.org/scope-2-guidance

    Examples
    --------
    Llama 3.1 (Meta 2024, model card): 11,390 t by location, 0 t by market, for the same 27,510
    MWh.

    >>> market_based_t(27_510, 27_510, 0.414), round(market_based_t(27_510, 0, 0.414), -1)
    (0.0, 11390.0)
    """
    return np.maximum(site_energy_mwh - bought_mwh, 0) * grid_kg_per_kwh
