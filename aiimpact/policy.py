"""Policy: what a rule, a price or a subsidy changes in the model, and who pays.

Every effect here is made once or holds at a level. How long demand takes to grow over it says
:func:`aiimpact.growth.years_until_eaten`.
"""

# mypy: disable-error-code="return-value, no-any-return"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

import numpy as np

from aiimpact._checks import (
    CARBON_INTENSITY,
    NOT_NEGATIVE,
    POSITIVE,
    POSITIVE_SHARE,
    PUE,
    SAVING,
    SHARE,
    Values,
    checked,
)
from aiimpact.units import G_PER_T, KG_PER_T

_POSITIVE_RATE = POSITIVE.but("A rate is a fraction: write 8 per cent as 0.08.")
# Where interest eats the whole saving there is no payback; this keeps the logarithm finite.
_NEARLY_ONE = 1 - 1e-12


@checked(pue_cap=PUE, pue_best=PUE, mean_excess=POSITIVE)
def share_above_cap(
    pue_cap: Values | float, pue_best: Values | float, mean_excess: Values | float
) -> Values:
    r"""Give the share of a fleet's IT load in sites above a PUE cap.

    .. math:: q = e^{-\max(0, c - b) / x}

    Sites are spread above the best one as many small and few large excesses (exponentially),
    weighted by IT load.

    Parameters
    ----------
    pue_cap : number or array
        Highest PUE allowed. [1]
    pue_best : number or array
        PUE of the best site. [1]
    mean_excess : number or array
        Mean PUE of the fleet less that of the best site, above 0. [1]

    Returns
    -------
    number or array
        Share of the fleet's IT load. [1]

    Raises
    ------
    ValueError
        If `pue_cap` or `pue_best` is outside [1, 10], `mean_excess` is not positive, or one is not
        finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    European Commission, DG ENER 2025, first technical report on data centres.
    https://doi.org/10.2833/3168794

    Examples
    --------
    A fleet with the EU's mean of 1.36 and a best site of 1.10, under the 1.3 that Singapore
    asks for (IMDA 2024):

    >>> round(share_above_cap(1.3, 1.10, 0.26), 2)
    0.46
    """
    return np.exp(-np.maximum(pue_cap - pue_best, 0) / mean_excess)


@checked(pue_cap=PUE, pue_best=PUE, mean_excess=POSITIVE)
def capped_pue(
    pue_cap: Values | float, pue_best: Values | float, mean_excess: Values | float
) -> Values:
    r"""Give a fleet's mean PUE once every site meets the cap.

    .. math:: \mathrm{PUE} = b + x \, (1 - q), \quad q = e^{-\max(0, c - b) / x}

    Sites above the cap come down to it, the rest stay as they are. A cap below the best site is
    met only as far as that site goes.

    Parameters
    ----------
    pue_cap : number or array
        Highest PUE allowed. [1]
    pue_best : number or array
        PUE of the best site. [1]
    mean_excess : number or array
        Mean PUE of the fleet less that of the best site, above 0. [1]

    Returns
    -------
    number or array
        Mean PUE after. [1]

    Raises
    ------
    ValueError
        If `pue_cap` or `pue_best` is outside [1, 10], `mean_excess` is not positive, or one is not
        finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    European Commission, DG ENER 2025, first technical report on data centres.
    https://doi.org/10.2833/3168794

    Examples
    --------
    The same fleet goes from 1.36 to 1.24, which saves 9 per cent
    (:func:`aiimpact.datacentre.pue_saving`):

    >>> round(capped_pue(1.3, 1.10, 0.26), 2)
    1.24
    """
    return pue_best + mean_excess * (1 - np.exp(-np.maximum(pue_cap - pue_best, 0) / mean_excess))


@checked(cost=NOT_NEGATIVE, grant_share=SHARE, tax_relief_share=SHARE)
def net_cost(
    cost: Values | float, grant_share: Values | float, tax_relief_share: Values | float
) -> Values:
    r"""Take grants and tax relief off a price.

    .. math:: K = K_0 \, (1 - g) \, (1 - t)

    The state pays the difference.

    Parameters
    ----------
    cost : number or array
        Price of the retrofit. [money]
    grant_share : number or array
        Share of the price that a grant pays. [1]
    tax_relief_share : number or array
        Share of the rest that comes back as lower tax. [1]

    Returns
    -------
    number or array
        Cost that is left for the owner. [money]

    Raises
    ------
    ValueError
        If `cost` is negative, `grant_share` or `tax_relief_share` is outside [0, 1], or one is
        not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    IMDA 2024, Green Data Centre Roadmap. https://www.imda.gov.sg

    Examples
    --------
    A retrofit of 1,000,000 with a grant of 30 per cent and relief at a tax rate of 16.5 per
    cent, that of Hong Kong's companies:

    >>> round(net_cost(1e6, 0.30, 0.165))
    584500
    """
    return cost * (1 - grant_share) * (1 - tax_relief_share)


@checked(cost=NOT_NEGATIVE, yearly_saving=POSITIVE)
def payback_years(cost: Values | float, yearly_saving: Values | float) -> Values:
    r"""Divide a cost by what it saves in a year.

    .. math:: T = K / S

    Parameters
    ----------
    cost : number or array
        Cost to the owner. [money]
    yearly_saving : number or array
        Money saved in a year, above 0. [money/a]

    Returns
    -------
    number or array
        Years until the saving has paid the cost, without interest. [a]

    Raises
    ------
    ValueError
        If `cost` is negative, `yearly_saving` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    A site of 10,000 MWh of IT energy goes from PUE 1.54 to 1.3 at 0.12 for a kWh; the retrofit
    costs 1,000,000:

    >>> saved = (1.54 - 1.3) * 10_000 * 1000 * 0.12
    >>> round(payback_years(1e6, saved), 1)
    3.5
    """
    return cost / yearly_saving


@checked(cost=NOT_NEGATIVE, yearly_saving=POSITIVE, discount_rate=_POSITIVE_RATE)
def discounted_payback_years(
    cost: Values | float, yearly_saving: Values | float, discount_rate: Values | float
) -> Values:
    r"""Find when a saving has paid a cost with interest.

    .. math:: T = \frac{-\ln(1 - r K / S)}{\ln(1 + r)}

    Where the interest alone is more than the saving, the cost is never paid; the result is then
    a time of several centuries.

    Parameters
    ----------
    cost : number or array
        Cost to the owner. [money]
    yearly_saving : number or array
        Money saved in a year, above 0. [money/a]
    discount_rate : number or array
        Interest, a fraction above 0. [1/a]

    Returns
    -------
    number or array
        Years until the saving has paid the cost. [a]

    Raises
    ------
    ValueError
        If `cost` is negative, `yearly_saving` is not positive, `discount_rate` is not positive,
        or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Blank and Tarquin 2018, Engineering Economy, chapter 13. https://www.mheducation.com

    Examples
    --------
    The retrofit of :func:`payback_years` at 8 per cent, and with the aid of :func:`net_cost`:

    >>> round(discounted_payback_years(1e6, 288_000, 0.08), 1)
    4.2
    >>> round(discounted_payback_years(584_500, 288_000, 0.08), 1)
    2.3
    """
    interest_share = np.minimum(discount_rate * cost / yearly_saving, _NEARLY_ONE)
    return -np.log(1 - interest_share) / np.log(1 + discount_rate)


@checked(cost=NOT_NEGATIVE, discount_rate=_POSITIVE_RATE, years=POSITIVE)
def annual_cost(
    cost: Values | float, discount_rate: Values | float, years: Values | float
) -> Values:
    r"""Spread an investment over its life in equal yearly payments.

    .. math:: A = \frac{K \, r}{1 - (1 + r)^{-T}}

    Parameters
    ----------
    cost : number or array
        Investment. [money]
    discount_rate : number or array
        Interest, a fraction above 0. [1/a]
    years : number or array
        Life, above 0. [a]

    Returns
    -------
    number or array
        Payment of each year. [money/a]

    Raises
    ------
    ValueError
        If `cost` is negative, `discount_rate` is not positive, `years` is not positive, or one
        is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Blank and Tarquin 2018, Engineering Economy, chapter 2. https://www.mheducation.com

    Examples
    --------
    One million over ten years at 8 per cent; the factor is 0.1490 in every table of annuities:

    >>> round(annual_cost(1e6, 0.08, 10))
    149029
    """
    return cost * discount_rate / (1 - (1 + discount_rate) ** -years)


@checked(covered_share=SHARE, found_share=SHARE, mended_share=SHARE, saving=SAVING)
def supervised_saving(
    covered_share: Values | float,
    found_share: Values | float,
    mended_share: Values | float,
    saving: Values | float,
) -> Values:
    r"""Follow a rule from the books to the meter: covered, found, mended.

    .. math:: s = c \, f \, m \, s_1

    Parameters
    ----------
    covered_share : number or array
        Share of the energy in sites that must report. [1]
    found_share : number or array
        Share of the faults there that an inspection or a rating finds. [1]
    mended_share : number or array
        Share of those that are mended. [1]
    saving : number or array
        Saving where it is mended, at most 1. [1]

    Returns
    -------
    number or array
        Saving, a share of all energy. [1]

    Raises
    ------
    ValueError
        If `covered_share`, `found_share` or `mended_share` is outside [0, 1], `saving` is
        outside [-10, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    European Commission, DG ENER 2025, first technical report on data centres.
    https://doi.org/10.2833/3168794

    Examples
    --------
    The EU's first round covered 36 per cent of sites. If half the faults there are found, half
    of them mended, and each saves a fifth:

    >>> round(supervised_saving(0.36, 0.5, 0.5, 0.2), 3)
    0.018
    """
    return covered_share * found_share * mended_share * saving


@checked(emissions_t=NOT_NEGATIVE, price_per_t=NOT_NEGATIVE, free_share=SHARE)
def carbon_cost(
    emissions_t: Values | float, price_per_t: Values | float, free_share: Values | float
) -> Values:
    r"""Put a price on emissions.

    .. math:: K = m \, p \, (1 - a)

    Free allowances lower the bill, not the price of the last tonne.

    Parameters
    ----------
    emissions_t : number or array
        Emissions under the price. [t CO2e]
    price_per_t : number or array
        Price of a tonne. [money/t CO2e]
    free_share : number or array
        Share of the allowances that is given away. [1]

    Returns
    -------
    number or array
        What is paid. [money]

    Raises
    ------
    ValueError
        If `emissions_t` or `price_per_t` is negative, `free_share` is outside [0, 1], or one is
        not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    World Bank 2025, State and Trends of Carbon Pricing.
    https://openknowledge.worldbank.org/handle/10986/43277

    Examples
    --------
    GPT-3's 552 t at the EU's mean of 67 euros in 2024:

    >>> carbon_cost(552, 67, 0)
    36984.0
    """
    return emissions_t * price_per_t * (1 - free_share)


@checked(price_per_t=NOT_NEGATIVE, grid_kg_per_kwh=CARBON_INTENSITY, passed_on_share=SHARE)
def carbon_cost_per_kwh(
    price_per_t: Values | float, grid_kg_per_kwh: Values | float, passed_on_share: Values | float
) -> Values:
    r"""Give what a carbon price adds to a kilowatt-hour.

    .. math:: \Delta k = q \, p \, I / 1000

    Parameters
    ----------
    price_per_t : number or array
        Price of a tonne. [money/t CO2e]
    grid_kg_per_kwh : number or array
        Carbon intensity of the electricity that sets the price, 0 to 10. [kg CO2e/kWh]
    passed_on_share : number or array
        Share that power stations pass on. [1]

    Returns
    -------
    number or array
        Rise of the price of electricity. [money/kWh]

    Raises
    ------
    ValueError
        If `price_per_t` is negative, `grid_kg_per_kwh` is outside [0, 10], `passed_on_share` is
        outside [0, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    World Bank 2025, State and Trends of Carbon Pricing.
    https://openknowledge.worldbank.org/handle/10986/43277

    Examples
    --------
    Seventy euros on a grid of 0.4 kg/kWh, all passed on:

    >>> round(carbon_cost_per_kwh(70, 0.4, 1), 3)
    0.028
    """
    return price_per_t * grid_kg_per_kwh * passed_on_share / KG_PER_T


@checked(request_wh=NOT_NEGATIVE, grid_kg_per_kwh=CARBON_INTENSITY, price_per_t=NOT_NEGATIVE)
def carbon_cost_per_request(
    request_wh: Values | float, grid_kg_per_kwh: Values | float, price_per_t: Values | float
) -> Values:
    r"""Give what a carbon price adds to one request.

    .. math:: \Delta k = e \, I \, p / 10^6

    Parameters
    ----------
    request_wh : number or array
        Energy of one request at the meter of the building. [Wh]
    grid_kg_per_kwh : number or array
        Carbon intensity of the electricity, 0 to 10. [kg CO2e/kWh]
    price_per_t : number or array
        Price of a tonne. [money/t CO2e]

    Returns
    -------
    number or array
        Cost of one request's emissions. [money]

    Raises
    ------
    ValueError
        If `request_wh` or `price_per_t` is negative, `grid_kg_per_kwh` is outside [0, 10], or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    World Bank 2025, State and Trends of Carbon Pricing.
    https://openknowledge.worldbank.org/handle/10986/43277

    Examples
    --------
    A request of 0.3 Wh at 0.4 kg/kWh and 70 euros: a hundred thousand of them make 84 cents.

    >>> round(carbon_cost_per_request(0.3, 0.4, 70) * 1e5, 2)
    0.84
    """
    return request_wh * grid_kg_per_kwh * price_per_t / G_PER_T


@checked(price_before=POSITIVE, price_after=POSITIVE, elasticity=NOT_NEGATIVE)
def price_response(
    price_before: Values | float, price_after: Values | float, elasticity: Values | float
) -> Values:
    r"""Let demand answer to a price.

    .. math:: x = (p_1 / p_0)^{-\epsilon}

    Parameters
    ----------
    price_before : number or array
        Price before, above 0. [money]
    price_after : number or array
        Price after, above 0. [money]
    elasticity : number or array
        Per cent by which demand falls for each per cent of price. [1]

    Returns
    -------
    number or array
        Demand after, a share of that before. [1]

    Raises
    ------
    ValueError
        If `price_before` or `price_after` is not positive, `elasticity` is negative, or one is
        not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Labandeira, Labeaga and Lopez-Otero 2017, A meta-analysis on the price elasticity of energy
    demand, Energy Policy 102. https://doi.org/10.1016/j.enpol.2017.01.002

    Examples
    --------
    Electricity at 0.15 rises by the 0.028 of :func:`carbon_cost_per_kwh`; at an elasticity of
    0.2, use falls by 3 per cent:

    >>> round(price_response(0.15, 0.178, 0.2), 2)
    0.97
    """
    return (price_after / price_before) ** -elasticity


@checked(emissions_t=NOT_NEGATIVE, real_share=POSITIVE_SHARE, lasting_share=POSITIVE_SHARE)
def credits_needed(
    emissions_t: Values | float, real_share: Values | float, lasting_share: Values | float
) -> Values:
    r"""Give the carbon credits that it takes to make up for emissions in fact.

    .. math:: n = \frac{m}{q \, d}

    Parameters
    ----------
    emissions_t : number or array
        Emissions to make up for. [t CO2e]
    real_share : number or array
        Share of a credit that is a real reduction, above 0. [1]
    lasting_share : number or array
        Share of the reduction that lasts, above 0. [1]

    Returns
    -------
    number or array
        Credits of one tonne each. [1]

    Raises
    ------
    ValueError
        If `emissions_t` is negative, `real_share` or `lasting_share` is outside (0, 1], or one
        is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Probst et al. 2024, Systematic assessment of the achieved emission reductions of carbon
    crediting projects, Nature Communications 15. https://doi.org/10.1038/s41467-024-53645-z

    Examples
    --------
    GPT-3's 552 t at the study's 16 per cent:

    >>> round(credits_needed(552, 0.16, 1))
    3450
    """
    return emissions_t / (real_share * lasting_share)


@checked(emissions_t=NOT_NEGATIVE, credits=NOT_NEGATIVE, real_share=SHARE, lasting_share=SHARE)
def offset_emissions_t(
    emissions_t: Values | float,
    credits: Values | float,
    real_share: Values | float,
    lasting_share: Values | float,
) -> Values:
    r"""Give what is left of emissions after credits that are partly real.

    .. math:: m_1 = m - n \, q \, d

    Negative where the credits make up for more.

    Parameters
    ----------
    emissions_t : number or array
        Emissions. [t CO2e]
    credits : number or array
        Credits of one tonne each. [1]
    real_share : number or array
        Share of a credit that is a real reduction. [1]
    lasting_share : number or array
        Share of the reduction that lasts. [1]

    Returns
    -------
    number or array
        Emissions that remain. [t CO2e]

    Raises
    ------
    ValueError
        If `emissions_t` or `credits` is negative, `real_share` or `lasting_share` is outside
        [0, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Probst et al. 2024, Systematic assessment of the achieved emission reductions of carbon
    crediting projects, Nature Communications 15. https://doi.org/10.1038/s41467-024-53645-z

    Examples
    --------
    552 credits for 552 t, which is neutral on paper:

    >>> round(offset_emissions_t(552, 552, 0.16, 1))
    464
    """
    return emissions_t - credits * real_share * lasting_share


@checked(uptake_share=SHARE, saving=SAVING, lasting_share=SHARE)
def information_saving(
    uptake_share: Values | float, saving: Values | float, lasting_share: Values | float
) -> Values:
    r"""Give what telling people saves: those who act, times what they save.

    .. math:: s = u \, s_1 \, d

    Parameters
    ----------
    uptake_share : number or array
        Share of use by people who change what they do. [1]
    saving : number or array
        Saving of those who do, at most 1. [1]
    lasting_share : number or array
        Share of them who keep it up. [1]

    Returns
    -------
    number or array
        Saving, a share of all use. [1]

    Raises
    ------
    ValueError
        If `uptake_share` or `lasting_share` is outside [0, 1], `saving` is outside [-10, 1], or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Allcott 2011, Social norms and energy conservation, Journal of Public Economics 95.
    https://doi.org/10.1016/j.jpubeco.2011.03.003

    Examples
    --------
    If a tenth choose a model that takes three quarters less, and half of them stay with it:

    >>> round(information_saving(0.10, 0.75, 0.5), 4)
    0.0375
    """
    return uptake_share * saving * lasting_share
