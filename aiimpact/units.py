"""Exact conversions between units. Nothing here is measured, so nothing here has a range."""

# mypy: disable-error-code="return-value"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

from aiimpact._checks import NOT_NEGATIVE, Values, checked

SECONDS_PER_HOUR = 3600.0
HOURS_PER_DAY = 24.0
# Of a common year: yearly figures are printed for 8,760 hours.
DAYS_PER_YEAR = 365.0
HOURS_PER_YEAR = 8760.0
KG_PER_T = 1000.0
KWH_PER_MWH = 1000.0
WH_PER_KWH = 1000.0
WH_PER_MWH = 1e6
PJ_PER_J = 1e12
W_PER_MW = 1e6
MWH_PER_TWH = 1e6
LITRES_PER_M3 = 1000.0
ML_PER_LITRE = 1000.0
G_PER_T = 1e6
T_PER_MT = 1e6
T_PER_GT = 1e9
# International avoirdupois pound and US liquid gallon, exact by definition (NIST Handbook 44,
# Appendix C).
KG_PER_LB = 0.45359237
LITRES_PER_US_GALLON = 3.785411784


@checked(mass_lb=NOT_NEGATIVE)
def lb_to_t(mass_lb: Values | float) -> Values:
    r"""Convert pounds to tonnes.

    .. math:: m_t = m_{\mathrm{lb}} \cdot 0.45359237 / 1000

    Parameters
    ----------
    mass_lb : number or array
        Mass. [lb]

    Returns
    -------
    number or array
        Mass. [t]

    Raises
    ------
    ValueError
        If `mass_lb` is negative, NaN or infinite.
    TypeError
        If `mass_lb` is no number, array or Series.

    References
    ----------
    NIST Handbook 44, Appendix C. https://doi.org/10.6028/NIST.HB.44-2023

    Examples
    --------
    The pounds that Strubell et al. (2019, Table 3) print for an architecture search:

    >>> round(lb_to_t(626_155), 1)
    284.0
    """
    return mass_lb * KG_PER_LB / KG_PER_T


@checked(mass_t=NOT_NEGATIVE)
def t_to_lb(mass_t: Values | float) -> Values:
    r"""Convert tonnes to pounds.

    .. math:: m_{\mathrm{lb}} = m_t \cdot 1000 / 0.45359237

    Parameters
    ----------
    mass_t : number or array
        Mass. [t]

    Returns
    -------
    number or array
        Mass. [lb]

    Raises
    ------
    ValueError
        If `mass_t` is negative, NaN or infinite.
    TypeError
        If `mass_t` is no number, array or Series.

    References
    ----------
    NIST Handbook 44, Appendix C. https://doi.org/10.6028/NIST.HB.44-2023

    Examples
    --------
    GPT-3's tonnes (Patterson et al. 2021, Table 4) as an American column would print them:

    >>> round(t_to_lb(552.1), -3)
    1217000.0
    """
    return mass_t * KG_PER_T / KG_PER_LB


@checked(volume_gal=NOT_NEGATIVE)
def us_gallons_to_m3(volume_gal: Values | float) -> Values:
    r"""Convert US liquid gallons to cubic metres.

    .. math:: V_{\mathrm{m}^3} = V_{\mathrm{gal}} \cdot 3.785411784 / 1000

    Parameters
    ----------
    volume_gal : number or array
        Volume. [US gal]

    Returns
    -------
    number or array
        Volume. [m3]

    Raises
    ------
    ValueError
        If `volume_gal` is negative, NaN or infinite.
    TypeError
        If `volume_gal` is no number, array or Series.

    References
    ----------
    NIST Handbook 44, Appendix C. https://doi.org/10.6028/NIST.HB.44-2023

    Examples
    --------
    Meta's data centres in 2023 took 776 million gallons (Meta, 2024 Sustainability Report),
    in million cubic metres:

    >>> round(us_gallons_to_m3(776), 2)
    2.94
    """
    return volume_gal * LITRES_PER_US_GALLON / LITRES_PER_M3
