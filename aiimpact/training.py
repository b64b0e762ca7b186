"""Training a model: from its size to accelerator hours to energy at the plug of the computers.

The chain is parameters and tokens → FLOP → accelerator hours → IT energy. What the building
adds is in :mod:`aiimpact.datacentre`, what the grid makes of it in :mod:`aiimpact.grid`.
"""

# mypy: disable-error-code="return-value"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

from aiimpact._checks import (
    NOT_NEGATIVE,
    POSITIVE,
    POSITIVE_SHARE,
    SHARE_BELOW_ONE,
    Values,
    checked,
)
from aiimpact.units import HOURS_PER_DAY, SECONDS_PER_HOUR, WH_PER_MWH

# One token costs each parameter a multiplication and an addition on the way forward and twice
# that on the way back: Kaplan et al. 2020, arXiv:2001.08361, section 2.1.
FORWARD_FLOP_PER_PARAMETER_TOKEN = 2
BACKWARD_FLOP_PER_PARAMETER_TOKEN = 4
TRAINING_FLOP_PER_PARAMETER_TOKEN = (
    FORWARD_FLOP_PER_PARAMETER_TOKEN + BACKWARD_FLOP_PER_PARAMETER_TOKEN
)

_PEAK = POSITIVE.but("Take it from tables.accelerators(), column peak_flop_per_s.")
_POWER = POSITIVE.but("Watts for one accelerator: write 0.33 kW as 330.")
_UTILISATION = POSITIVE_SHARE.but("A utilisation is a fraction: write 40 per cent as 0.4.")


@checked(parameters=POSITIVE, tokens=POSITIVE)
def training_flop(parameters: Values | float, tokens: Values | float) -> Values:
    r"""Count the operations that one pass over the training data takes.

    .. math:: C = 6 \, N \, D

    Two operations per parameter and token go forward, four go backward. For a sparse
    (mixture-of-experts) model, `parameters` are those active for one token.

    Parameters
    ----------
    parameters : number or array
        Parameters active for one token. [1]
    tokens : number or array
        Tokens seen in training. [1]

    Returns
    -------
    number or array
        Operations of the run. [FLOP]

    Raises
    ------
    ValueError
        If `parameters` or `tokens` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Kaplan et al. 2020, Scaling Laws for Neural Language Models, section 2.1.
    https://doi.org/10.48550/arXiv.2001.08361

    Examples
    --------
    GPT-3 has 175 billion parameters and saw 300 billion tokens; its authors print 3.14e23
    (Brown et al. 2020, arXiv:2005.14165, Table D.1):

    >>> f"{training_flop(175e9, 300e9):.2e}"
    '3.15e+23'
    """
    return TRAINING_FLOP_PER_PARAMETER_TOKEN * parameters * tokens


@checked(flop=POSITIVE, peak_flop_per_s=_PEAK, utilisation=_UTILISATION)
def accelerator_hours(
    flop: Values | float, peak_flop_per_s: Values | float, utilisation: Values | float
) -> Values:
    r"""Divide the work by the speed at which one accelerator does it.

    .. math:: h = \frac{C}{3600 \, u \, P}

    Parameters
    ----------
    flop : number or array
        Operations of the run. [FLOP]
    peak_flop_per_s : number or array
        Peak speed of one accelerator at the precision of the run. [FLOP/s]
    utilisation : number or array
        Share of the peak that the run achieves, above 0 and at most 1. [1]

    Returns
    -------
    number or array
        Hours summed over all accelerators. [h]

    Raises
    ------
    ValueError
        If `flop` or `peak_flop_per_s` is not positive, or `utilisation` is outside (0, 1].
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Patterson et al. 2021, Carbon Emissions and Large Neural Network Training, section 2.
    https://doi.org/10.48550/arXiv.2104.10350

    Examples
    --------
    GPT-3 ran at 24.6 of the 125 TFLOP/s of a V100 (Patterson et al. 2021, Table 4); on 10,000
    of them that is 14.8 days:

    >>> hours = accelerator_hours(3.14e23, 125e12, 24.6 / 125)
    >>> round(hours / 10_000 / 24, 1)
    14.8
    """
    return flop / (peak_flop_per_s * utilisation) / SECONDS_PER_HOUR


@checked(accelerators=NOT_NEGATIVE, days=NOT_NEGATIVE)
def accelerator_hours_from_count(accelerators: Values | float, days: Values | float) -> Values:
    r"""Multiply a number of accelerators by the time they were kept busy.

    .. math:: h = 24 \, n \, d

    Parameters
    ----------
    accelerators : number or array
        Accelerators working at once. [1]
    days : number or array
        Length of the run. [d]

    Returns
    -------
    number or array
        Hours summed over all accelerators. [h]

    Raises
    ------
    ValueError
        If `accelerators` or `days` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Patterson et al. 2021, Carbon Emissions and Large Neural Network Training, Table 4.
    https://doi.org/10.48550/arXiv.2104.10350

    Examples
    --------
    T5 took 20 days on 512 TPU v3 (Patterson et al. 2021, Table 4):

    >>> accelerator_hours_from_count(512, 20)
    245760.0
    """
    return accelerators * days * HOURS_PER_DAY


@checked(accelerator_hours=NOT_NEGATIVE, power_w=_POWER)
def it_energy_mwh(accelerator_hours: Values | float, power_w: Values | float) -> Values:
    r"""Multiply accelerator hours by the mean power that goes with one accelerator.

    .. math:: E_{\mathrm{IT}} = h \, p / 10^6

    What `power_w` covers decides what the energy covers: the chip alone, at its rated or its
    measured power, or the chip with its share of host, memory, network and fans.

    Parameters
    ----------
    accelerator_hours : number or array
        Hours summed over all accelerators. [h]
    power_w : number or array
        Mean power for each accelerator. [W]

    Returns
    -------
    number or array
        Energy at the plug of the computers, without cooling and power losses. [MWh]

    Raises
    ------
    ValueError
        If `accelerator_hours` is negative, `power_w` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Patterson et al. 2021, Carbon Emissions and Large Neural Network Training, section 2.
    https://doi.org/10.48550/arXiv.2104.10350

    Examples
    --------
    BLOOM's 1,082,990 hours on A100 at their rated 400 W (Luccioni et al. 2023, Table 1):

    >>> round(it_energy_mwh(1_082_990, 400), 1)
    433.2
    """
    return accelerator_hours * power_w / WH_PER_MWH


@checked(final_t=NOT_NEGATIVE, development_share=SHARE_BELOW_ONE)
def programme_emissions_t(final_t: Values | float, development_share: Values | float) -> Values:
    r"""Add to a final run the experiments and failed runs that led to it.

    .. math:: m = \frac{m_{\mathrm{final}}}{1 - s}

    Parameters
    ----------
    final_t : number or array
        Emissions of the final training run. [t CO2e]
    development_share : number or array
        Share of all computing that was not the final run, at least 0 and below 1. [1]

    Returns
    -------
    number or array
        Emissions of the whole programme, if all computing emits alike. [t CO2e]

    Raises
    ------
    ValueError
        If `final_t` is negative or `development_share` is outside [0, 1).
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Morrison et al. 2025, Holistically Evaluating the Environmental Impact of Creating Language
    Models, ICLR, section 4.1. https://doi.org/10.48550/arXiv.2503.05804

    Examples
    --------
    The OLMo models emitted 312 t in final training and 159 t in development, 471 t together:

    >>> round(programme_emissions_t(312, 159 / 471))
    471
    """
    return final_t / (1 - development_share)
