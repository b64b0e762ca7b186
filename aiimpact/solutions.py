"""Levers: what each saves, as a share of the energy or emissions that it acts on.

A saving is a fraction; a negative one costs energy. Levers that act on the same energy multiply:
:func:`remaining_share` and :func:`marginal_saving` say what is left for the next one. Scheduling
over the hours of a day is in :mod:`aiimpact.scheduling`, several levers at once are in
:mod:`aiimpact.portfolio`.
"""

# mypy: disable-error-code="return-value, no-any-return"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

import numpy as np

from aiimpact._checks import (
    CARBON_INTENSITY,
    NOT_NEGATIVE,
    POSITIVE,
    POSITIVE_INTENSITY,
    POSITIVE_SHARE,
    PUE,
    SAVING,
    SHARE,
    Values,
    checked,
)
from aiimpact.units import KWH_PER_MWH


@checked(small_parameters=POSITIVE, large_parameters=POSITIVE, exponent=NOT_NEGATIVE)
def smaller_model_saving(
    small_parameters: Values | float, large_parameters: Values | float, exponent: Values | float
) -> Values:
    r"""Answer with a smaller or distilled model.

    .. math:: s = 1 - (N_1 / N_0)^k

    Energy grows with size, less than in proportion: the exponent is measured, not assumed.

    Parameters
    ----------
    small_parameters : number or array
        Parameters of the small model. [1]
    large_parameters : number or array
        Parameters of the large model. [1]
    exponent : number or array
        Power with which energy grows with parameters; 1 is in proportion. [1]

    Returns
    -------
    number or array
        Saving; negative where the small model is the larger. [1]

    Raises
    ------
    ValueError
        If `small_parameters` or `large_parameters` is not positive, `exponent` is negative, or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Luccioni, Jernite and Strubell 2024, Power Hungry Processing, FAccT.
    https://doi.org/10.1145/3630106.3658542

    Examples
    --------
    Flan-T5 with 222 million against 11 billion parameters, 0.026 against 0.083 Wh a request, an
    exponent of 0.3:

    >>> round(smaller_model_saving(222e6, 11e9, 0.297), 2), round(1 - 0.026 / 0.083, 2)
    (0.69, 0.69)
    """
    return 1 - (small_parameters / large_parameters) ** exponent


@checked(
    bits_before=POSITIVE,
    bits_after=POSITIVE,
    affected_share=SHARE,
    conversion_overhead=NOT_NEGATIVE,
)
def quantisation_saving(
    bits_before: Values | float,
    bits_after: Values | float,
    affected_share: Values | float,
    conversion_overhead: Values | float,
) -> Values:
    r"""Store and move numbers in fewer bits.

    .. math:: s = a \, (1 - b_1 / b_0) - o

    Only the part that moves with the bits shrinks, and conversion costs extra, so the saving
    may be negative.

    Parameters
    ----------
    bits_before : number or array
        Bits of a number before. [bit]
    bits_after : number or array
        Bits of a number after. [bit]
    affected_share : number or array
        Share of the energy that moves with the bits. [1]
    conversion_overhead : number or array
        Energy of conversion, a share of the energy before. [1]

    Returns
    -------
    number or array
        Saving, a share of the energy before. [1]

    Raises
    ------
    ValueError
        If `bits_before` or `bits_after` is not positive, `affected_share` is outside [0, 1],
        `conversion_overhead` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Delavande, Pierrard and Luccioni 2026. https://doi.org/10.48550/arXiv.2601.22362

    Examples
    --------
    FP8 in large batches saved a tenth on ML.ENERGY's data, as if a fifth of the energy moved
    with the bits. INT8 for FP32 took 2.5 times the energy in the paper's decoding: conversion
    ate more than all there was.

    >>> quantisation_saving(16, 8, 0.2, 0)
    0.1
    >>> quantisation_saving(32, 8, 0.6, 1.95)
    -1.5
    """
    return affected_share * (1 - bits_after / bits_before) - conversion_overhead


@checked(active_share=SHARE, dense_share=SHARE)
def sparsity_saving(active_share: Values | float, dense_share: Values | float) -> Values:
    r"""Use only a part of the model for each token (mixture of experts, pruning).

    .. math:: s = (1 - d) \, (1 - a)

    Parameters
    ----------
    active_share : number or array
        Share of the sparse part that one token uses. [1]
    dense_share : number or array
        Share of the energy that stays dense: attention, memory, communication. [1]

    Returns
    -------
    number or array
        Saving, a share of the energy of the dense model. [1]

    Raises
    ------
    ValueError
        If `active_share` or `dense_share` is outside [0, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Chung et al. 2025, The ML.ENERGY Benchmark, NeurIPS Datasets and Benchmarks.
    https://doi.org/10.48550/arXiv.2505.06371

    Examples
    --------
    Qwen3 30B uses a tenth of its parameters for a token and saves a third of the energy of the
    dense 32B, as if 62 per cent stayed dense:

    >>> round(sparsity_saving(0.1, 0.62), 2)
    0.34
    """
    return (1 - dense_share) * (1 - active_share)


@checked(development_share=SHARE, stopped_share=SHARE, spent_share=SHARE)
def early_stopping_saving(
    development_share: Values | float, stopped_share: Values | float, spent_share: Values | float
) -> Values:
    r"""Stop the runs that will not win.

    .. math:: s = d \, f \, (1 - c)

    Parameters
    ----------
    development_share : number or array
        Share of all computing that is experiments. [1]
    stopped_share : number or array
        Share of the experiments that are stopped. [1]
    spent_share : number or array
        Share of its length that a stopped run has had. [1]

    Returns
    -------
    number or array
        Saving, a share of all computing. [1]

    Raises
    ------
    ValueError
        If `development_share`, `stopped_share` or `spent_share` is outside [0, 1], or one is
        not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Li et al. 2018, Hyperband, Journal of Machine Learning Research 18.
    https://doi.org/10.48550/arXiv.1603.06560

    Examples
    --------
    Olmo 3 spent 82.2 per cent on development (Morrison, Smith and Strubell 2026,
    arXiv:2605.01158); half of it stopped after a fifth would save a third of everything:

    >>> round(early_stopping_saving(0.822, 0.5, 0.2), 2)
    0.33
    """
    return development_share * stopped_share * (1 - spent_share)


@checked(pue_air=PUE, pue_liquid=PUE, fan_share=SHARE)
def liquid_cooling_saving(
    pue_air: Values | float, pue_liquid: Values | float, fan_share: Values | float
) -> Values:
    r"""Cool with liquid instead of air: a lower PUE, and servers without fans.

    .. math:: s = 1 - (1 - f) \, \mathrm{PUE}_1 / \mathrm{PUE}_0

    Fans inside servers count as IT energy, so a PUE alone misses them.

    Parameters
    ----------
    pue_air : number or array
        Power usage effectiveness with air, from 1 to 10. [1]
    pue_liquid : number or array
        Power usage effectiveness with liquid, from 1 to 10. [1]
    fan_share : number or array
        Share of IT energy that the fans took. [1]

    Returns
    -------
    number or array
        Saving, a share of the site's energy. [1]

    Raises
    ------
    ValueError
        If `pue_air` or `pue_liquid` is outside [1, 10], `fan_share` is outside [0, 1], or one is
        not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Alissa et al. 2025, Using life cycle assessment to drive innovation for sustainable cool
    clouds, Nature 641. https://doi.org/10.1038/s41586-025-08832-3

    Examples
    --------
    The life-cycle study has 15 to 20 per cent less energy than good air cooling, as from PUE
    1.25 to 1.10 with fans of 5 per cent:

    >>> round(liquid_cooling_saving(1.25, 1.10, 0.05), 2)
    0.16
    >>> round(liquid_cooling_saving(1.55, 1.15, 0), 2), round(liquid_cooling_saving(1.15, 1.10, 0), 2)
    (0.26, 0.04)
    """
    return 1 - (1 - fan_share) * pue_liquid / pue_air


@checked(home_kg_per_kwh=POSITIVE_INTENSITY, away_kg_per_kwh=CARBON_INTENSITY, movable_share=SHARE)
def shifting_saving(
    home_kg_per_kwh: Values | float, away_kg_per_kwh: Values | float, movable_share: Values | float
) -> Values:
    r"""Move a part of the work to a cleaner hour or place.

    .. math:: s = q \, (1 - I_1 / I_0)

    Negative where it moves to a dirtier one.

    Parameters
    ----------
    home_kg_per_kwh : number or array
        Carbon intensity now, above 0. [kg CO2e/kWh]
    away_kg_per_kwh : number or array
        Carbon intensity there or then, 0 to 10. [kg CO2e/kWh]
    movable_share : number or array
        Share of the work that can move. [1]

    Returns
    -------
    number or array
        Saving, a share of the emissions. [1]

    Raises
    ------
    ValueError
        If `home_kg_per_kwh` is outside (0, 10], `away_kg_per_kwh` is outside [0, 10],
        `movable_share` is outside [0, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Dodge et al. 2022, Measuring the Carbon Intensity of AI in Cloud Instances, FAccT.
    https://doi.org/10.1145/3531146.3533234

    Examples
    --------
    Sixty per cent of the work goes from a grid of 0.5 to one of 0.1:

    >>> round(shifting_saving(0.5, 0.1, 0.6), 2)
    0.48
    """
    return movable_share * (1 - away_kg_per_kwh / home_kg_per_kwh)


@checked(peak_power_w=POSITIVE, idle_share=SHARE, load=SHARE)
def server_power_w(
    peak_power_w: Values | float, idle_share: Values | float, load: Values | float
) -> Values:
    r"""Give a server's power at a load: a line that does not start at zero.

    .. math:: p = p_{\mathrm{max}} \, (i + (1 - i) \, u)

    Parameters
    ----------
    peak_power_w : number or array
        Power at full load. [W]
    idle_share : number or array
        Power when idle, a share of that at full load. [1]
    load : number or array
        Load, a share of the full one. [1]

    Returns
    -------
    number or array
        Power. [W]

    Raises
    ------
    ValueError
        If `peak_power_w` is not positive, `idle_share` or `load` is outside [0, 1], or one is
        not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Barroso and Hoelzle 2007, The Case for Energy-Proportional Computing, IEEE Computer 40(12).
    https://doi.org/10.1109/MC.2007.443

    Examples
    --------
    A server that idles at half its peak, as in the paper, still draws 55 per cent at a tenth of
    the load:

    >>> round(server_power_w(100, 0.5, 0.1))
    55
    """
    return peak_power_w * (idle_share + (1 - idle_share) * load)


@checked(idle_share=SHARE, load=POSITIVE_SHARE)
def idle_energy_share(idle_share: Values | float, load: Values | float) -> Values:
    r"""Give the part of a server's energy that it would draw without doing anything.

    .. math:: s = \frac{i}{i + (1 - i) \, u}

    Parameters
    ----------
    idle_share : number or array
        Power when idle, a share of that at full load. [1]
    load : number or array
        Load, above 0 and at most 1. [1]

    Returns
    -------
    number or array
        Share of the energy. [1]

    Raises
    ------
    ValueError
        If `idle_share` is outside [0, 1], `load` is outside (0, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Barroso and Hoelzle 2007, The Case for Energy-Proportional Computing, IEEE Computer 40(12).
    https://doi.org/10.1109/MC.2007.443

    Examples
    --------
    At the 12 to 18 per cent of load that NRDC found in 2014, with idle power of a half:

    >>> round(idle_energy_share(0.5, 0.15), 2)
    0.87
    """
    return idle_share / (idle_share + (1 - idle_share) * load)


@checked(load_before=POSITIVE_SHARE, load_after=POSITIVE_SHARE, idle_share=SHARE)
def consolidation_saving(
    load_before: Values | float, load_after: Values | float, idle_share: Values | float
) -> Values:
    r"""Put the work of many idle servers on few busy ones and switch the rest off.

    .. math:: s = 1 - \frac{u_0}{u_1} \cdot \frac{i + (1 - i) \, u_1}{i + (1 - i) \, u_0}

    Virtualisation, load balancing and batching all do this. Negative where the load falls.

    Parameters
    ----------
    load_before : number or array
        Mean load before, above 0 and at most 1. [1]
    load_after : number or array
        Mean load of the servers left on, above 0 and at most 1. [1]
    idle_share : number or array
        Power when idle, a share of that at full load. [1]

    Returns
    -------
    number or array
        Saving, a share of the servers' energy. [1]

    Raises
    ------
    ValueError
        If `load_before` or `load_after` is outside (0, 1], `idle_share` is outside [0, 1], or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    US EPA, ENERGY STAR, Virtualize servers.
    https://www.energystar.gov/products/virtualize_servers

    Examples
    --------
    Six servers at a tenth of their load become one at six tenths, with idle power of a half:

    >>> round(consolidation_saving(0.1, 0.6, 0.5), 2)
    0.76
    """
    before = idle_share + (1 - idle_share) * load_before
    after = idle_share + (1 - idle_share) * load_after
    return 1 - load_before / load_after * after / before


@checked(fixed_overhead=NOT_NEGATIVE, variable_overhead=NOT_NEGATIVE, load=POSITIVE_SHARE)
def part_load_pue(
    fixed_overhead: Values | float, variable_overhead: Values | float, load: Values | float
) -> Values:
    r"""Give the PUE of a hall that is not full.

    .. math:: \mathrm{PUE} = 1 + v + F / u

    Part of the overhead runs whether or not there is work.

    Parameters
    ----------
    fixed_overhead : number or array
        Overhead that always runs, over IT energy at full load. [1]
    variable_overhead : number or array
        Overhead that follows the load, over IT energy. [1]
    load : number or array
        IT load, a share of the full one, above 0. [1]

    Returns
    -------
    number or array
        Power usage effectiveness. [1]

    Raises
    ------
    ValueError
        If `fixed_overhead` or `variable_overhead` is negative, `load` is outside (0, 1], or one
        is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    European Commission, DG ENER 2025, first technical report on data centres.
    https://doi.org/10.2833/3168794

    Examples
    --------
    A hall with a fixed overhead of 0.2 and a variable one of 0.15, full and half empty. The EU's
    sites report 1.21 above 10 MW and 1.64 between 0.5 and 1 MW.

    >>> round(part_load_pue(0.2, 0.15, 1), 2), round(part_load_pue(0.2, 0.15, 0.5), 2)
    (1.35, 1.55)
    """
    return 1 + variable_overhead + fixed_overhead / load


@checked(load=POSITIVE_SHARE, modules=POSITIVE)
def modular_load(load: Values | float, modules: Values | float) -> Values:
    r"""Give the load of the modules in service, when modules are opened as they are needed.

    .. math:: u_m = \frac{u \, n}{\lceil u \, n \rceil}

    Parameters
    ----------
    load : number or array
        Load of the whole site, a share of the full one, above 0. [1]
    modules : number or array
        Modules in the finished site. [1]

    Returns
    -------
    number or array
        Load of the modules that are open. [1]

    Raises
    ------
    ValueError
        If `load` is outside (0, 1], `modules` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    European Commission, DG ENER 2025, first technical report on data centres.
    https://doi.org/10.2833/3168794

    Examples
    --------
    A third of the demand in one hall, and in a site of five modules of which two are open;
    :func:`part_load_pue` turns that into PUE 1.75 and 1.39.

    >>> round(modular_load(1 / 3, 1), 2), round(modular_load(1 / 3, 5), 2)
    (0.33, 0.83)
    """
    return load * modules / np.ceil(load * modules)


@checked(transfer_share=SHARE, ratio=POSITIVE, compression_overhead=NOT_NEGATIVE)
def compression_saving(
    transfer_share: Values | float, ratio: Values | float, compression_overhead: Values | float
) -> Values:
    r"""Compress data before they are sent.

    .. math:: s = q \, (1 - 1 / c) - o

    Parameters
    ----------
    transfer_share : number or array
        Share of the energy that goes into sending. [1]
    ratio : number or array
        How many times smaller the data become. [1]
    compression_overhead : number or array
        Energy of compressing, a share of the energy before. [1]

    Returns
    -------
    number or array
        Saving; negative where compressing costs more. [1]

    Raises
    ------
    ValueError
        If `transfer_share` is outside [0, 1], `ratio` is not positive, `compression_overhead`
        is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Aslan, Mayers, Koomey and France 2018, Electricity Intensity of Internet Data Transmission,
    Journal of Industrial Ecology 22(4). https://doi.org/10.1111/jiec.12630

    Examples
    --------
    A chat answer of 0.3 Wh, of which 0.00012 Wh are sending it, in half the bytes saves 0.02
    per cent:

    >>> round(compression_saving(0.00012 / 0.3, 2, 0), 4)
    0.0002
    """
    return transfer_share * (1 - 1 / ratio) - compression_overhead


@checked(share_before=NOT_NEGATIVE, saving=SAVING)
def remaining_share(share_before: Values | float, saving: Values | float) -> Values:
    r"""Apply one more lever to what the levers before it have left.

    .. math:: r_1 = r_0 \, (1 - s)

    Parameters
    ----------
    share_before : number or array
        Share that is left before; 1 if it is the first lever. [1]
    saving : number or array
        Saving of this lever on its own, at most 1; negative where it costs. [1]

    Returns
    -------
    number or array
        Share that is left after. [1]

    Raises
    ------
    ValueError
        If `share_before` is negative, `saving` is outside [-10, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Patterson et al. 2022, The Carbon Footprint of Machine Learning Training Will Plateau, Then
    Shrink. https://doi.org/10.48550/arXiv.2204.05149

    Examples
    --------
    Two levers of 50 per cent leave a quarter, not nothing:

    >>> remaining_share(remaining_share(1, 0.5), 0.5)
    0.25
    """
    return share_before * (1 - saving)


@checked(share_before=NOT_NEGATIVE, saving=SAVING)
def marginal_saving(share_before: Values | float, saving: Values | float) -> Values:
    r"""Give what a lever adds to those before it.

    .. math:: \Delta = r_0 \, s

    Parameters
    ----------
    share_before : number or array
        Share that the levers before have left. [1]
    saving : number or array
        Saving of this lever on its own, at most 1; negative where it costs. [1]

    Returns
    -------
    number or array
        Saving, a share of the very beginning. [1]

    Raises
    ------
    ValueError
        If `share_before` is negative, `saving` is outside [-10, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Patterson et al. 2022, The Carbon Footprint of Machine Learning Training Will Plateau, Then
    Shrink. https://doi.org/10.48550/arXiv.2204.05149

    Examples
    --------
    The second lever of 50 per cent adds 25:

    >>> marginal_saving(0.5, 0.5)
    0.25
    """
    return share_before * saving


@checked(saving=SAVING, rebound=NOT_NEGATIVE)
def net_saving(saving: Values | float, rebound: Values | float) -> Values:
    r"""Take from a saving what cheaper use brings back (rebound).

    .. math:: s_{\mathrm{net}} = s - b \, \max(s, 0)

    At a rebound of 1 nothing is left of the saving; above it, efficiency raises the total. Where
    nothing is saved, nothing comes back: a loss stays as it is.

    Parameters
    ----------
    saving : number or array
        Saving at unchanged use, at most 1; negative where it costs. [1]
    rebound : number or array
        Share of the saving that more use takes back. [1]

    Returns
    -------
    number or array
        Saving that is left. [1]

    Raises
    ------
    ValueError
        If `saving` is outside [-10, 1], `rebound` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Sorrell 2007, The Rebound Effect, UK Energy Research Centre.
    https://ukerc.ac.uk/publications/the-rebound-effect-an-assessment-of-the-evidence-for-economy-wide-energy-savings-from-improved-energy-efficiency/

    Examples
    --------
    A third comes back:

    >>> net_saving(0.30, 1 / 3)
    0.2
    >>> net_saving(-0.20, 1 / 3)
    -0.2
    """
    return saving - rebound * np.maximum(saving, 0)


@checked(
    yearly_cost=NOT_NEGATIVE,
    energy_saved_mwh=NOT_NEGATIVE,
    price_per_kwh=NOT_NEGATIVE,
    avoided_t=POSITIVE,
)
def abatement_cost_per_t(
    yearly_cost: Values | float,
    energy_saved_mwh: Values | float,
    price_per_kwh: Values | float,
    avoided_t: Values | float,
) -> Values:
    r"""Divide what a lever costs in a year, less the electricity it saves, by the tonnes it avoids.

    .. math:: k = \frac{K - 1000 \, E \, p}{m}

    Negative where it pays for itself.

    Parameters
    ----------
    yearly_cost : number or array
        Cost of the lever in a year, its investment spread over its life. [money]
    energy_saved_mwh : number or array
        Electricity saved in a year. [MWh]
    price_per_kwh : number or array
        Price of electricity. [money/kWh]
    avoided_t : number or array
        Emissions avoided in a year, above 0. [t CO2e]

    Returns
    -------
    number or array
        Cost of one tonne avoided. [money/t CO2e]

    Raises
    ------
    ValueError
        If `yearly_cost`, `energy_saved_mwh` or `price_per_kwh` is negative, `avoided_t` is not
        positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    World Bank 2025, State and Trends of Carbon Pricing.
    https://openknowledge.worldbank.org/handle/10986/43277

    Examples
    --------
    A retrofit of 200,000 a year that saves 1,000 MWh at 0.10, on a grid of 0.4 kg/kWh:

    >>> abatement_cost_per_t(200_000, 1000, 0.10, 400)
    250.0
    """
    return (yearly_cost - energy_saved_mwh * KWH_PER_MWH * price_per_kwh) / avoided_t
