"""The building: what cooling, power supply and light add to the energy of the computers.

IT energy is what the computers draw, site energy what the meter of the building reads. Power
usage effectiveness (PUE) is the ratio of the two, and it is applied once.
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
    SHARE,
    SHARE_BELOW_ONE,
    Values,
    checked,
)
from aiimpact.units import HOURS_PER_YEAR, PJ_PER_J, W_PER_MW, WH_PER_KWH, WH_PER_MWH


@checked(it_energy_mwh=NOT_NEGATIVE, pue=PUE)
def site_energy_mwh(it_energy_mwh: Values | float, pue: Values | float) -> Values:
    r"""Scale the energy of the computers to that of the whole site.

    .. math:: E_{\mathrm{site}} = E_{\mathrm{IT}} \cdot \mathrm{PUE}

    Parameters
    ----------
    it_energy_mwh : number or array
        Energy at the plug of the computers. [MWh]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]

    Returns
    -------
    number or array
        Energy of the site. [MWh]

    Raises
    ------
    ValueError
        If `it_energy_mwh` is negative, `pue` is outside [1, 10], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    ISO/IEC 30134-2:2016, Data centres, key performance indicators, part 2.
    Patterson et al. 2021, Table 4. https://doi.org/10.48550/arXiv.2104.10350

    Examples
    --------
    GPT-3 in a data centre of PUE 1.10 (Patterson et al. 2021, Table 4):

    >>> it_mwh = 3.14e23 / 24.6e12 / 3600 * 330 / 1e6
    >>> round(site_energy_mwh(it_mwh, 1.10))
    1287
    """
    return it_energy_mwh * pue


@checked(site_energy_mwh=NOT_NEGATIVE, pue=PUE)
def it_energy_from_site_mwh(site_energy_mwh: Values | float, pue: Values | float) -> Values:
    r"""Take the building out of a site's energy.

    .. math:: E_{\mathrm{IT}} = E_{\mathrm{site}} / \mathrm{PUE}

    Parameters
    ----------
    site_energy_mwh : number or array
        Energy of the site. [MWh]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]

    Returns
    -------
    number or array
        Energy at the plug of the computers. [MWh]

    Raises
    ------
    ValueError
        If `site_energy_mwh` is negative, `pue` is outside [1, 10], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    ISO/IEC 30134-2:2016, Data centres, key performance indicators, part 2.
    Patterson et al. 2021, Table 4. https://doi.org/10.48550/arXiv.2104.10350

    Examples
    --------
    GPT-3's 1,287 MWh are site energy; its computers drew

    >>> it_energy_from_site_mwh(1287, 1.10)
    1170.0
    """
    return site_energy_mwh / pue


@checked(it_share=POSITIVE_SHARE)
def pue_from_it_share(it_share: Values | float) -> Values:
    r"""Turn the share of a site's energy that reaches the computers into a PUE.

    .. math:: \mathrm{PUE} = 1 / s_{\mathrm{IT}}

    Parameters
    ----------
    it_share : number or array
        Share of the site's energy that the computers draw, above 0 and at most 1. [1]

    Returns
    -------
    number or array
        Power usage effectiveness. [1]

    Raises
    ------
    ValueError
        If `it_share` is outside (0, 1].
    TypeError
        If `it_share` is no number, array or Series.

    References
    ----------
    ISO/IEC 30134-2:2016, Data centres, key performance indicators, part 2.

    Examples
    --------
    A site that spends 60 per cent on cooling is as wasteful as the average of 2007 (Uptime
    Institute, Global Data Center Survey):

    >>> pue_from_it_share(0.40)
    2.5
    """
    return 1 / it_share


@checked(pue=PUE)
def overhead_share(pue: Values | float) -> Values:
    r"""Give the share of a site's energy that never reaches the computers.

    .. math:: s = 1 - 1 / \mathrm{PUE}

    Parameters
    ----------
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]

    Returns
    -------
    number or array
        Share of the site's energy for cooling, power losses and light. [1]

    Raises
    ------
    ValueError
        If `pue` is outside [1, 10], NaN or infinite.
    TypeError
        If `pue` is no number, array or Series.

    References
    ----------
    ISO/IEC 30134-2:2016, Data centres, key performance indicators, part 2.

    Examples
    --------
    The average of the Uptime Institute's survey of 2025 is 1.54:

    >>> round(overhead_share(1.54), 2)
    0.35
    """
    return 1 - 1 / pue


@checked(pue_before=PUE, pue_after=PUE)
def pue_saving(pue_before: Values | float, pue_after: Values | float) -> Values:
    r"""Give the share of a site's energy that a better PUE saves.

    .. math:: s = 1 - \mathrm{PUE}_1 / \mathrm{PUE}_0

    Negative where the PUE gets worse.

    Parameters
    ----------
    pue_before : number or array
        Power usage effectiveness before, from 1 to 10. [1]
    pue_after : number or array
        Power usage effectiveness after, from 1 to 10. [1]

    Returns
    -------
    number or array
        Saving, a share of the site's energy before. [1]

    Raises
    ------
    ValueError
        If `pue_before` or `pue_after` is outside [1, 10], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    ISO/IEC 30134-2:2016, Data centres, key performance indicators, part 2. Uptime Institute
    2025, Global Data Center Survey.

    Examples
    --------
    From 1.8 to the 1.3 that Singapore asks for (IMDA 2024, Green Data Centre Roadmap):

    >>> round(pue_saving(1.8, 1.3), 2)
    0.28
    """
    return 1 - pue_after / pue_before


@checked(cooling_share=SHARE_BELOW_ONE, loss_ratio=NOT_NEGATIVE)
def pue_from_cooling_share(cooling_share: Values | float, loss_ratio: Values | float) -> Values:
    r"""Turn the share of a site's electricity that cools into a PUE.

    .. math:: \mathrm{PUE} = \frac{1 + l}{1 - c}

    Parameters
    ----------
    cooling_share : number or array
        Share of the site's energy that cools, at least 0 and below 1. [1]
    loss_ratio : number or array
        Losses of the power chain and light over IT energy. [1]

    Returns
    -------
    number or array
        Power usage effectiveness. [1]

    Raises
    ------
    ValueError
        If `cooling_share` is outside [0, 1), `loss_ratio` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    ISO/IEC 30134-2:2016, Data centres, key performance indicators, part 2.

    Examples
    --------
    Forty per cent for cooling and nothing else is a PUE of 1.67, which the world's average site
    left behind around 2013 (Uptime Institute, Global Data Center Survey):

    >>> round(pue_from_cooling_share(0.40, 0), 2)
    1.67
    """
    return (1 + loss_ratio) / (1 - cooling_share)


@checked(pue=PUE, loss_ratio=NOT_NEGATIVE)
def loss_share(pue: Values | float, loss_ratio: Values | float) -> Values:
    r"""Give the share of a site's energy that is lost in the power chain.

    .. math:: s_l = \min(l, \mathrm{PUE} - 1) / \mathrm{PUE}

    Losses cannot exceed what the PUE leaves for them.

    Parameters
    ----------
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]
    loss_ratio : number or array
        Losses of the power chain and light over IT energy. [1]

    Returns
    -------
    number or array
        Share of the site's energy. [1]

    Raises
    ------
    ValueError
        If `pue` is outside [1, 10], `loss_ratio` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Smith et al. 2026, United States Data Center Energy Usage Report: 2025 Update, LBNL-2001758.
    https://doi.org/10.71468/P1RP4F

    Examples
    --------
    A US site for AI (PUE 1.145) with losses of 5 per cent of IT energy:

    >>> round(loss_share(1.145, 0.05), 3)
    0.044
    """
    return np.minimum(loss_ratio, pue - 1) / pue


@checked(pue=PUE, loss_ratio=NOT_NEGATIVE)
def cooling_share(pue: Values | float, loss_ratio: Values | float) -> Values:
    r"""Give the share of a site's energy that is left for cooling.

    .. math:: s_c = 1 - \frac{1 + \min(l, \mathrm{PUE} - 1)}{\mathrm{PUE}}

    With :func:`it_share` and :func:`loss_share` it makes one whole.

    Parameters
    ----------
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]
    loss_ratio : number or array
        Losses of the power chain and light over IT energy. [1]

    Returns
    -------
    number or array
        Share of the site's energy. [1]

    Raises
    ------
    ValueError
        If `pue` is outside [1, 10], `loss_ratio` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Smith et al. 2026, United States Data Center Energy Usage Report: 2025 Update, LBNL-2001758.
    https://doi.org/10.71468/P1RP4F

    Examples
    --------
    A US site for AI (PUE 1.145) can spend 12.7 per cent on cooling at most, less with losses of
    5 per cent of IT energy:

    >>> round(cooling_share(1.145, 0), 3)
    0.127
    >>> round(cooling_share(1.145, 0.05), 3)
    0.083
    """
    return np.maximum(pue - 1 - loss_ratio, 0) / pue


@checked(pue=PUE)
def it_share(pue: Values | float) -> Values:
    r"""Give the share of a site's energy that reaches the computers.

    .. math:: s_{\mathrm{IT}} = 1 / \mathrm{PUE}

    Parameters
    ----------
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]

    Returns
    -------
    number or array
        Share of the site's energy. [1]

    Raises
    ------
    ValueError
        If `pue` is outside [1, 10], NaN or infinite.
    TypeError
        If `pue` is no number, array or Series.

    References
    ----------
    ISO/IEC 30134-2:2016, Data centres, key performance indicators, part 2.

    Examples
    --------
    At the survey average of 1.54 (Uptime Institute 2025) it is two thirds:

    >>> round(it_share(1.54), 2)
    0.65
    """
    return 1 / pue


@checked(part=NOT_NEGATIVE, rest=POSITIVE)
def share_of_total(part: Values | float, rest: Values | float) -> Values:
    r"""Give the share of one part in a total of two: electricity in cost, manufacture in a life cycle.

    .. math:: s = a / (a + b)

    What the rest holds is the boundary of the share, and has to be said with it.

    Parameters
    ----------
    part : number or array
        The part. [any unit]
    rest : number or array
        All the rest inside the boundary, above 0. [unit of `part`]

    Returns
    -------
    number or array
        Share of the total. [1]

    Raises
    ------
    ValueError
        If `part` is negative, `rest` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    IDC 2024, Datacenter electricity spending. https://www.idc.com/

    Examples
    --------
    Electricity of 60 in 100 is the boundary of facility operation. Add servers that cost twice
    as much as all of it, and it is 20 per cent:

    >>> share_of_total(60, 40)
    0.6
    >>> share_of_total(60, 40 + 200)
    0.2
    """
    return part / (part + rest)


@checked(price_per_kwh=NOT_NEGATIVE, pue=PUE)
def cost_per_it_kwh(price_per_kwh: Values | float, pue: Values | float) -> Values:
    r"""Give what a kilowatt-hour costs by the time it reaches a computer.

    .. math:: k_{\mathrm{IT}} = k \cdot \mathrm{PUE}

    Parameters
    ----------
    price_per_kwh : number or array
        Price of electricity at the meter. [money/kWh]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]

    Returns
    -------
    number or array
        Cost of one kWh of IT energy. [money/kWh]

    Raises
    ------
    ValueError
        If `price_per_kwh` is negative, `pue` is outside [1, 10], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    ISO/IEC 30134-2:2016, Data centres, key performance indicators, part 2.

    Examples
    --------
    At 0.10 for a kWh, the survey average of 2007 (PUE 2.5) against that of 2025 (1.54; Uptime
    Institute):

    >>> round(cost_per_it_kwh(0.10, 2.5), 3), round(cost_per_it_kwh(0.10, 1.54), 3)
    (0.25, 0.154)
    """
    return price_per_kwh * pue


@checked(power_mw=NOT_NEGATIVE, load=SHARE)
def yearly_energy_mwh(power_mw: Values | float, load: Values | float) -> Values:
    r"""Keep a power going for a year.

    .. math:: E = 8760 \, p \, u

    Parameters
    ----------
    power_mw : number or array
        Power when fully used. [MW]
    load : number or array
        Mean load, a share of it, at least 0 and at most 1. [1]

    Returns
    -------
    number or array
        Energy of a year. [MWh]

    Raises
    ------
    ValueError
        If `power_mw` is negative, `load` is outside [0, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    European Commission, DG ENER 2025, first technical report on data centres.
    https://doi.org/10.2833/3168794

    Examples
    --------
    The EU's first reporting round: 3,738.86 MW of computers and 14,088 GWh, a mean load of 43
    per cent with the building in it.

    >>> round(yearly_energy_mwh(3738.86, 0.43) / 1000, -2)
    14100.0
    """
    return power_mw * load * HOURS_PER_YEAR


@checked(chips=NOT_NEGATIVE, chip_power_w=POSITIVE, pue=PUE)
def fleet_power_mw(
    chips: Values | float, chip_power_w: Values | float, pue: Values | float
) -> Values:
    r"""Give the power of a fleet of chips at the meter of the building.

    .. math:: P = n \, p \cdot \mathrm{PUE} / 10^6

    Parameters
    ----------
    chips : number or array
        Chips at work. [1]
    chip_power_w : number or array
        Power of a chip with its share of the machine. [W]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]

    Returns
    -------
    number or array
        Power of the site. [MW]

    Raises
    ------
    ValueError
        If `chips` is negative, `chip_power_w` is not positive, `pue` is outside [1, 10], or one is
        not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Patterson et al. 2021, Carbon Emissions and Large Neural Network Training.
    https://doi.org/10.48550/arXiv.2104.10350

    Examples
    --------
    GPT-3's 10,000 chips of 330 W at PUE 1.10 (Table 4):

    >>> round(fleet_power_mw(10_000, 330, 1.10), 2)
    3.63
    """
    return chips * chip_power_w * pue / W_PER_MW


@checked(power_w=POSITIVE, peak_flop_per_s=POSITIVE, utilisation=POSITIVE_SHARE)
def operation_energy_pj(
    power_w: Values | float, peak_flop_per_s: Values | float, utilisation: Values | float
) -> Values:
    r"""Give the energy of one operation, the measure that falls from one chip to the next.

    .. math:: e = 10^{12} \, \frac{p}{u \, P}

    Parameters
    ----------
    power_w : number or array
        Power of a chip, at the boundary of interest. [W]
    peak_flop_per_s : number or array
        Peak speed. [FLOP/s]
    utilisation : number or array
        Share of the peak achieved, above 0 and at most 1. [1]

    Returns
    -------
    number or array
        Energy of one operation. [pJ/FLOP]

    Raises
    ------
    ValueError
        If `power_w` or `peak_flop_per_s` is not positive, `utilisation` is outside (0, 1], or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Patterson et al. 2021, Carbon Emissions and Large Neural Network Training.
    https://doi.org/10.48550/arXiv.2104.10350

    Examples
    --------
    GPT-3's V100 at 330 W and 24.6 of 125 TFLOP/s (Table 4), against the best case of an H100 at
    its rating:

    >>> round(operation_energy_pj(330, 125e12, 24.6 / 125), 1)
    13.4
    >>> round(operation_energy_pj(700, 989e12, 1), 1)
    0.7
    """
    return power_w / (peak_flop_per_s * utilisation) * PJ_PER_J


@checked(
    power_w=POSITIVE, load=SHARE, years=NOT_NEGATIVE, pue=PUE, grid_kg_per_kwh=CARBON_INTENSITY
)
def lifetime_emissions_t(
    power_w: Values | float,
    load: Values | float,
    years: Values | float,
    pue: Values | float,
    grid_kg_per_kwh: Values | float,
) -> Values:
    r"""Give what a chip emits by being used, to hold against what making it emitted.

    .. math:: m = 8760 \, p \, u \, T \cdot \mathrm{PUE} \cdot I / 10^6

    Parameters
    ----------
    power_w : number or array
        Power of the chip when fully used. [W]
    load : number or array
        Mean load, a share of it. [1]
    years : number or array
        Years in service. [a]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]
    grid_kg_per_kwh : number or array
        Carbon intensity of the electricity, 0 to 10. [kg CO2e/kWh]

    Returns
    -------
    number or array
        Emissions of operation. [t CO2e]

    Raises
    ------
    ValueError
        If `power_w` is not positive, `load` is outside [0, 1], `years` is negative, `pue` is
        outside [1, 10], `grid_kg_per_kwh` is outside [0, 10], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    NVIDIA 2025, Product Carbon Footprint Summary for NVIDIA HGX H100.
    https://www.nvidia.com/en-us/sustainability/

    Examples
    --------
    An H100 of 700 W over five years; making it took 0.164 t (1,312 kg for a board of eight):

    >>> round(lifetime_emissions_t(700, 0.7, 5, 1.2, 0.4), 1)
    10.3
    """
    return power_w * load * years * HOURS_PER_YEAR * pue * grid_kg_per_kwh / WH_PER_MWH


@checked(data_mb=NOT_NEGATIVE, kwh_per_gb=NOT_NEGATIVE)
def transfer_energy_wh(data_mb: Values | float, kwh_per_gb: Values | float) -> Values:
    r"""Multiply data sent by the mean energy of sending a gigabyte.

    .. math:: e = D \cdot k

    One kWh for each gigabyte is one Wh for each megabyte. The mean is no marginal cost: a
    network draws nearly the same when idle.

    Parameters
    ----------
    data_mb : number or array
        Data sent. [MB]
    kwh_per_gb : number or array
        Electricity of the network. [kWh/GB]

    Returns
    -------
    number or array
        Energy. [Wh]

    Raises
    ------
    ValueError
        If `data_mb` or `kwh_per_gb` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Aslan, Mayers, Koomey and France 2018, Electricity Intensity of Internet Data Transmission,
    Journal of Industrial Ecology 22(4). https://doi.org/10.1111/jiec.12630

    Examples
    --------
    An answer of 2 kB on the network of 2015, for which the paper has 0.06 kWh/GB:

    >>> round(transfer_energy_wh(0.002, 0.06), 5)
    0.00012
    """
    return data_mb * kwh_per_gb


@checked(data_tb=NOT_NEGATIVE, power_w_per_tb=NOT_NEGATIVE, years=NOT_NEGATIVE, pue=PUE)
def storage_energy_kwh(
    data_tb: Values | float,
    power_w_per_tb: Values | float,
    years: Values | float,
    pue: Values | float,
) -> Values:
    r"""Keep data for years.

    .. math:: E = 8.76 \, D \, p \, T \cdot \mathrm{PUE}

    Parameters
    ----------
    data_tb : number or array
        Data stored, copies included. [TB]
    power_w_per_tb : number or array
        Power of storing a terabyte. [W/TB]
    years : number or array
        Years. [a]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]

    Returns
    -------
    number or array
        Energy of the site. [kWh]

    Raises
    ------
    ValueError
        If `data_tb`, `power_w_per_tb` or `years` is negative, `pue` is outside [1, 10], or one is
        not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Cloud Carbon Footprint, Methodology, storage.
    https://www.cloudcarbonfootprint.org/docs/methodology

    Examples
    --------
    Training text of 60 TB on disks that draw 0.65 W for each terabyte, for a year at PUE 1.2:

    >>> round(storage_energy_kwh(60, 0.65, 1, 1.2))
    410
    """
    return data_tb * power_w_per_tb * years * HOURS_PER_YEAR * pue / WH_PER_KWH
