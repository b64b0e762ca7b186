"""Growth: compound rates, what they lead to, and when.

Rates are fractions for each year: 0.25 is 25 per cent a year.
"""

# mypy: disable-error-code="return-value, no-any-return"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

import numpy as np

from aiimpact._checks import NOT_NEGATIVE, POSITIVE, RATE, SHARE_BELOW_ONE, Values, checked

_POSITIVE_RATE = POSITIVE.but("A rate is a fraction: write 25 per cent as 0.25.")
# Below this relative half difference the next term of the series is under 1e-17 of the first.
_CLOSE = 1e-4


@checked(first=POSITIVE, last=POSITIVE, years=POSITIVE)
def cagr(first: Values | float, last: Values | float, years: Values | float) -> Values:
    r"""Find the yearly rate that leads from one value to another (compound annual growth rate).

    .. math:: r = (x_1 / x_0)^{1/T} - 1

    Parameters
    ----------
    first : number or array
        Value at the start. [any unit]
    last : number or array
        Value at the end. [unit of `first`]
    years : number or array
        Years between the two, above 0. [a]

    Returns
    -------
    number or array
        Growth rate, a fraction. [1/a]

    Raises
    ------
    ValueError
        If `first`, `last` or `years` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    The agency expects data centres to go from 415 TWh in 2024 to 945 TWh in 2030, which it
    words as about 15 per cent a year:

    >>> round(cagr(415, 945, 6), 2)
    0.15
    """
    return (last / first) ** (1 / years) - 1


@checked(first=NOT_NEGATIVE, rate=RATE, years=NOT_NEGATIVE)
def project(first: Values | float, rate: Values | float, years: Values | float) -> Values:
    r"""Let a value grow at one rate.

    .. math:: x(T) = x_0 \, (1 + r)^T

    Parameters
    ----------
    first : number or array
        Value at the start. [any unit]
    rate : number or array
        Growth rate, a fraction above -1. [1/a]
    years : number or array
        Years from the start, at least 0. [a]

    Returns
    -------
    number or array
        Value after `years`. [unit of `first`]

    Raises
    ------
    ValueError
        If `first` or `years` is negative, `rate` is -1 or less, or the result is too large
        for a number.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    Twelve per cent a year, the agency's rate for data centres to 2024, over ten years:

    >>> round(project(1, 0.12, 10), 1)
    3.1
    """
    return first * (1 + rate) ** years


@checked(rate=_POSITIVE_RATE)
def doubling_years(rate: Values | float) -> Values:
    r"""Find how long a growing value takes to double.

    .. math:: T_2 = \ln 2 / \ln(1 + r)

    Parameters
    ----------
    rate : number or array
        Growth rate, a fraction above 0. [1/a]

    Returns
    -------
    number or array
        Time to double. [a]

    Raises
    ------
    ValueError
        If `rate` is not positive or not finite.
    TypeError
        If `rate` is no number, array or Series.

    References
    ----------
    Epoch AI 2024, The power required to train frontier AI models is doubling annually.
    https://epoch.ai/data-insights/power-usage-trend

    Examples
    --------
    Power for training grew 2.1-fold a year, hence the "doubling annually" of the title:

    >>> round(doubling_years(1.1), 1)
    0.9
    """
    return np.log(2) / np.log(1 + rate)


@checked(first=POSITIVE, target=POSITIVE, rate=_POSITIVE_RATE)
def years_to_reach(first: Values | float, target: Values | float, rate: Values | float) -> Values:
    r"""Find when a growing value arrives at a target.

    .. math:: T = \frac{\ln(x / x_0)}{\ln(1 + r)}

    Parameters
    ----------
    first : number or array
        Value at the start. [any unit]
    target : number or array
        Value to reach. [unit of `first`]
    rate : number or array
        Growth rate, a fraction above 0. [1/a]

    Returns
    -------
    number or array
        Years from the start; negative where the target lies in the past. [a]

    Raises
    ------
    ValueError
        If `first`, `target` or `rate` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    From 415 TWh to the agency's 945 TWh, at 14.7 per cent a year:

    >>> round(years_to_reach(415, 945, 0.147), 1)
    6.0
    """
    return np.log(target / first) / np.log(1 + rate)


@checked(first=NOT_NEGATIVE, halving_years=POSITIVE, years=NOT_NEGATIVE)
def halved(first: Values | float, halving_years: Values | float, years: Values | float) -> Values:
    r"""Let a value halve again and again.

    .. math:: x(T) = x_0 \, 2^{-T / h}

    Parameters
    ----------
    first : number or array
        Value at the start. [any unit]
    halving_years : number or array
        Time in which it halves. [a]
    years : number or array
        Years from the start. [a]

    Returns
    -------
    number or array
        Value after `years`. [unit of `first`]

    Raises
    ------
    ValueError
        If `first` or `years` is negative, `halving_years` is not positive, or one is not
        finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Aslan, Mayers, Koomey and France 2018, Electricity Intensity of Internet Data Transmission,
    Journal of Industrial Ecology 22(4). https://doi.org/10.1111/jiec.12630

    Examples
    --------
    The network's 0.06 kWh/GB of 2015, halving every two years, in 2025:

    >>> round(halved(0.06, 2, 10), 4)
    0.0019
    """
    return first / 2 ** (years / halving_years)


@checked(saving=SHARE_BELOW_ONE, rate=_POSITIVE_RATE)
def years_until_eaten(saving: Values | float, rate: Values | float) -> Values:
    r"""Find when growth has eaten a saving that is made once.

    .. math:: T = \frac{-\ln(1 - s)}{\ln(1 + r)}

    Parameters
    ----------
    saving : number or array
        Saving, a share, at least 0 and below 1. [1]
    rate : number or array
        Growth rate of the rest, a fraction above 0. [1/a]

    Returns
    -------
    number or array
        Years until the total is what it was. [a]

    Raises
    ------
    ValueError
        If `saving` is outside [0, 1), `rate` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    International Energy Agency 2025, Energy and AI. https://www.iea.org/reports/energy-and-ai

    Examples
    --------
    A fleet goes from PUE 1.8 to 1.3 and demand grows by 15 per cent a year:

    >>> round(years_until_eaten(1 - 1.3 / 1.8, 0.15), 1)
    2.3
    """
    return -np.log(1 - saving) / np.log(1 + rate)


@checked(first=POSITIVE, last=POSITIVE)
def logarithmic_mean(first: Values | float, last: Values | float) -> Values:
    r"""Give the mean that lies between two values as their difference over their log ratio.

    .. math:: L(a, b) = \frac{a - b}{\ln a - \ln b}, \quad L(a, a) = a

    Near equality, where the fraction is 0 / 0, its series takes over.

    Parameters
    ----------
    first : number or array
        One value, above 0. [any unit]
    last : number or array
        The other, above 0. [unit of `first`]

    Returns
    -------
    number or array
        Logarithmic mean. [unit of `first`]

    Raises
    ------
    ValueError
        If `first` or `last` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Ang 2015, LMDI decomposition approach: A guide for implementation, Energy Policy 86.
    https://doi.org/10.1016/j.enpol.2015.07.007

    Examples
    --------
    Between the geometric and the arithmetic mean of 1 and 10, which are 3.16 and 5.5:

    >>> round(logarithmic_mean(1, 10), 2)
    3.91
    """
    half_gap = (last - first) / (last + first)
    close = np.less(np.abs(half_gap), _CLOSE)
    series = (first + last) / 2 * (1 - half_gap * half_gap / 3)
    ratio = np.where(close, 2, last / first)
    return np.where(close, series, (last - first) / np.log(ratio))


@checked(total_first=POSITIVE, total_last=POSITIVE, factor_first=POSITIVE, factor_last=POSITIVE)
def factor_effect(
    total_first: Values | float,
    total_last: Values | float,
    factor_first: Values | float,
    factor_last: Values | float,
) -> Values:
    r"""Say how much of a change in a total one of its factors made (log-mean Divisia index).

    .. math:: \Delta_k = L(x_1, x_0) \, \ln(f_{k,1} / f_{k,0})

    Where the total is a product of factors, the effects of all of them add up to the change
    exactly, in whatever order they are taken. For a factor that divides, such as efficiency,
    exchange its two values.

    Parameters
    ----------
    total_first : number or array
        Total at the start. [any unit]
    total_last : number or array
        Total at the end. [unit of `total_first`]
    factor_first : number or array
        The factor at the start. [any unit]
    factor_last : number or array
        The factor at the end. [unit of `factor_first`]

    Returns
    -------
    number or array
        Part of the change that the factor made. [unit of `total_first`]

    Raises
    ------
    ValueError
        If `total_first`, `total_last`, `factor_first` or `factor_last` is not positive, or one
        is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Ang 2015, LMDI decomposition approach: A guide for implementation, Energy Policy 86.
    https://doi.org/10.1016/j.enpol.2015.07.007

    Examples
    --------
    Data centres went from 194 TWh in 2010 to 205 TWh in 2018 while computing grew 6.5-fold
    (Masanet et al. 2020, doi:10.1126/science.aba3758): demand added 373 TWh, and energy per
    computation took 362 away.

    >>> demand = factor_effect(194, 205, 1, 6.5)
    >>> intensity = factor_effect(194, 205, 194 / 1, 205 / 6.5)
    >>> round(demand), round(intensity), round(demand + intensity, 9)
    (373, -362, 11.0)
    """
    return logarithmic_mean(total_first, total_last) * np.log(factor_last / factor_first)
