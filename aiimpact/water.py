"""Water: what evaporates at the data centre and what at the power stations behind it.

Both functions count consumption, water that does not come back, not withdrawal. They start
from different energies: on-site water from IT energy, off-site water from site energy. One
litre for each kWh is one cubic metre for each MWh, so no conversion stands in the formulas.
"""

# mypy: disable-error-code="return-value"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

from aiimpact._checks import NOT_NEGATIVE, POSITIVE, PUE, Values, checked


@checked(it_energy_mwh=NOT_NEGATIVE, wue_l_per_kwh=NOT_NEGATIVE)
def onsite_water_m3(it_energy_mwh: Values | float, wue_l_per_kwh: Values | float) -> Values:
    r"""Multiply the energy of the computers by the site's water usage effectiveness.

    .. math:: W_{\mathrm{on}} = E_{\mathrm{IT}} \cdot \mathrm{WUE}

    Parameters
    ----------
    it_energy_mwh : number or array
        Energy at the plug of the computers. [MWh]
    wue_l_per_kwh : number or array
        Water usage effectiveness, litres for each kWh of IT energy. [L/kWh]

    Returns
    -------
    number or array
        Water consumed at the data centre. [m3]

    Raises
    ------
    ValueError
        If `it_energy_mwh` or `wue_l_per_kwh` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Li, Yang, Islam and Ren 2025, Making AI Less "Thirsty", Communications of the ACM 68(7).
    https://doi.org/10.1145/3724499

    Examples
    --------
    The paper takes 1,287 MWh for GPT-3's IT energy and 0.55 L/kWh, and prints 0.708 million
    litres (its Table 1):

    >>> round(onsite_water_m3(1287, 0.55))
    708
    """
    return it_energy_mwh * wue_l_per_kwh


@checked(site_energy_mwh=NOT_NEGATIVE, water_l_per_kwh=NOT_NEGATIVE)
def offsite_water_m3(site_energy_mwh: Values | float, water_l_per_kwh: Values | float) -> Values:
    r"""Multiply a site's energy by the water that generating a kWh consumes.

    .. math:: W_{\mathrm{off}} = E_{\mathrm{site}} \cdot w

    Parameters
    ----------
    site_energy_mwh : number or array
        Energy of the site. [MWh]
    water_l_per_kwh : number or array
        Water consumed in generation, litres for each kWh. [L/kWh]

    Returns
    -------
    number or array
        Water consumed at power stations. [m3]

    Raises
    ------
    ValueError
        If `site_energy_mwh` or `water_l_per_kwh` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Li, Yang, Islam and Ren 2025, Making AI Less "Thirsty", Communications of the ACM 68(7).
    https://doi.org/10.1145/3724499

    Examples
    --------
    The paper's US average: PUE 1.17, 3.142 L/kWh, printed as 4.731 million litres (its Table 1):

    >>> round(offsite_water_m3(1287 * 1.17, 3.142))
    4731
    """
    return site_energy_mwh * water_l_per_kwh


@checked(
    it_energy_mwh=NOT_NEGATIVE, wue_l_per_kwh=NOT_NEGATIVE, pue=PUE, water_l_per_kwh=NOT_NEGATIVE
)
def total_water_m3(
    it_energy_mwh: Values | float,
    wue_l_per_kwh: Values | float,
    pue: Values | float,
    water_l_per_kwh: Values | float,
) -> Values:
    r"""Add on-site and off-site water, with PUE where it belongs: once, off site.

    .. math:: W = E_{\mathrm{IT}} \, (\mathrm{WUE} + \mathrm{PUE} \cdot w)

    Whoever passes site energy for `it_energy_mwh` counts the building twice, and the result is
    too large by just that PUE.

    Parameters
    ----------
    it_energy_mwh : number or array
        Energy at the plug of the computers. [MWh]
    wue_l_per_kwh : number or array
        Water usage effectiveness, litres for each kWh of IT energy. [L/kWh]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]
    water_l_per_kwh : number or array
        Water consumed in generation, litres for each kWh. [L/kWh]

    Returns
    -------
    number or array
        Water consumed in both places. [m3]

    Raises
    ------
    ValueError
        If `it_energy_mwh`, `wue_l_per_kwh` or `water_l_per_kwh` is negative, `pue` is outside
        [1, 10], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Li, Yang, Islam and Ren 2025, Making AI Less "Thirsty", Communications of the ACM 68(7).
    https://doi.org/10.1145/3724499

    Examples
    --------
    The paper prints 5.439 million litres for GPT-3. It starts from 1,287 MWh, which already
    hold a PUE of 1.10 (Patterson et al. 2021, Table 4); without that slip it is 4.945:

    >>> round(total_water_m3(1287, 0.55, 1.17, 3.142))
    5439
    >>> round(total_water_m3(1287 / 1.10, 0.55, 1.17, 3.142))
    4945
    """
    return it_energy_mwh * (wue_l_per_kwh + pue * water_l_per_kwh)


@checked(
    it_request_wh=NOT_NEGATIVE, wue_l_per_kwh=NOT_NEGATIVE, pue=PUE, water_l_per_kwh=NOT_NEGATIVE
)
def request_water_ml(
    it_request_wh: Values | float,
    wue_l_per_kwh: Values | float,
    pue: Values | float,
    water_l_per_kwh: Values | float,
) -> Values:
    r"""Give the water of one request, on site and off site.

    .. math:: w_1 = e_{\mathrm{IT}} \, (\mathrm{WUE} + \mathrm{PUE} \cdot w)

    One litre for each kWh is one millilitre for each Wh. For on-site water alone, pass 0 for
    `water_l_per_kwh`.

    Parameters
    ----------
    it_request_wh : number or array
        Energy of one request at the plug of the computers. [Wh]
    wue_l_per_kwh : number or array
        Water usage effectiveness, litres for each kWh of IT energy. [L/kWh]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]
    water_l_per_kwh : number or array
        Water consumed in generation, litres for each kWh. [L/kWh]

    Returns
    -------
    number or array
        Water consumed for one request. [mL]

    Raises
    ------
    ValueError
        If `it_request_wh`, `wue_l_per_kwh` or `water_l_per_kwh` is negative, `pue` is outside
        [1, 10], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Li, Yang, Islam and Ren 2025, Making AI Less "Thirsty", Communications of the ACM 68(7).
    https://doi.org/10.1145/3724499

    Examples
    --------
    The paper's 4 Wh for a page of text on the US average: 2.2 mL on site, 16.9 mL in all, 29.6
    requests for half a litre (its Table 1).

    >>> round(request_water_ml(4, 0.55, 1.17, 3.142), 1)
    16.9
    >>> round(500 / request_water_ml(4, 0.55, 1.17, 3.142), 1)
    29.6
    """
    return it_request_wh * (wue_l_per_kwh + pue * water_l_per_kwh)


@checked(onsite_water_m3=NOT_NEGATIVE, it_energy_mwh=POSITIVE)
def implied_wue_l_per_kwh(onsite_water_m3: Values | float, it_energy_mwh: Values | float) -> Values:
    r"""Divide an operator's water by its energy, to see whether the pair is believable.

    .. math:: \mathrm{WUE} = W_{\mathrm{on}} / E_{\mathrm{IT}}

    Parameters
    ----------
    onsite_water_m3 : number or array
        Water consumed at the data centres. [m3]
    it_energy_mwh : number or array
        Energy at the plug of the computers. [MWh]

    Returns
    -------
    number or array
        Water usage effectiveness that the pair implies. [L/kWh]

    Raises
    ------
    ValueError
        If `onsite_water_m3` is negative, `it_energy_mwh` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Meta 2023, 2023 Sustainability Report. https://sustainability.atmeta.com

    Examples
    --------
    Meta in 2022: 2.6 million cubic metres, 14.975 TWh in 2023 after a rise of 34 per cent, PUE
    1.08. Its own figure for 2021 is 0.26.

    >>> round(implied_wue_l_per_kwh(2.6e6, 14.975e6 / 1.34 / 1.08), 2)
    0.25
    """
    return onsite_water_m3 / it_energy_mwh
