"""Answering: what one request takes, from the chip up to the meter and from the meter down.

A figure for a request means nothing without its boundary. :func:`served_energy_wh` climbs the
ladder from the chip to the building; top-down and bottom-up estimates meet somewhere on it.
"""

# mypy: disable-error-code="return-value"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

from aiimpact._checks import (
    CARBON_INTENSITY,
    NOT_NEGATIVE,
    POSITIVE,
    POSITIVE_SHARE,
    PUE,
    Values,
    checked,
)
from aiimpact.units import DAYS_PER_YEAR, SECONDS_PER_HOUR, WH_PER_KWH, WH_PER_MWH

# One token costs each parameter a multiplication and an addition: Kaplan et al. 2020,
# arXiv:2001.08361, section 2.1.
FLOP_PER_PARAMETER_TOKEN = 2


@checked(servers=NOT_NEGATIVE, server_power_w=POSITIVE, hours=NOT_NEGATIVE, requests=POSITIVE)
def request_energy_wh(
    servers: Values | float,
    server_power_w: Values | float,
    hours: Values | float,
    requests: Values | float,
) -> Values:
    r"""Divide what a fleet of servers draws by the requests that it answers (top-down).

    .. math:: e = n \, p \, t / R

    Parameters
    ----------
    servers : number or array
        Servers kept on for the service. [1]
    server_power_w : number or array
        Mean power of one server. [W]
    hours : number or array
        Time. [h]
    requests : number or array
        Requests answered in that time. [1]

    Returns
    -------
    number or array
        Energy of one request, at the boundary of `server_power_w`. [Wh]

    Raises
    ------
    ValueError
        If `servers` or `hours` is negative, `server_power_w` or `requests` is not positive, or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    de Vries 2023, The growing energy footprint of artificial intelligence, Joule 7(10).
    https://doi.org/10.1016/j.joule.2023.09.004

    Examples
    --------
    ChatGPT in early 2023: 3,617 servers of 6.5 kW and 195 million requests a day.

    >>> round(request_energy_wh(3617, 6500, 24, 195e6), 2)
    2.89
    """
    return servers * server_power_w * hours / requests


@checked(active_parameters=POSITIVE, output_tokens=NOT_NEGATIVE)
def answer_flop(active_parameters: Values | float, output_tokens: Values | float) -> Values:
    r"""Count the operations that writing an answer takes.

    .. math:: C_{\mathrm{out}} = 2 \, N \, T

    Two operations per parameter and token. For a sparse model, `active_parameters` are those
    that one token uses.

    Parameters
    ----------
    active_parameters : number or array
        Parameters active for one token. [1]
    output_tokens : number or array
        Tokens of the answer, hidden reasoning included. [1]

    Returns
    -------
    number or array
        Operations. [FLOP]

    Raises
    ------
    ValueError
        If `active_parameters` is not positive, `output_tokens` is negative, or one is not
        finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Kaplan et al. 2020, Scaling Laws for Neural Language Models, equation 2.2.
    https://doi.org/10.48550/arXiv.2001.08361

    Examples
    --------
    An answer of 500 tokens from a model with 100 billion active parameters (You 2025):

    >>> answer_flop(100e9, 500)
    100000000000000.0
    """
    return FLOP_PER_PARAMETER_TOKEN * active_parameters * output_tokens


@checked(
    active_parameters=POSITIVE, layers=NOT_NEGATIVE, width=NOT_NEGATIVE, input_tokens=NOT_NEGATIVE
)
def prompt_flop(
    active_parameters: Values | float,
    layers: Values | float,
    width: Values | float,
    input_tokens: Values | float,
) -> Values:
    r"""Count the operations that reading a prompt takes: the reason why long contexts cost.

    .. math:: C_{\mathrm{in}} = 2 \, N \, n + 2 \, L \, d \, n^2

    Each token passes through the parameters, and through each of `layers` it looks back at
    those before it, so that this part grows with the square of the length.

    Parameters
    ----------
    active_parameters : number or array
        Parameters active for one token. [1]
    layers : number or array
        Layers with attention. [1]
    width : number or array
        Width of the attention of one layer. [1]
    input_tokens : number or array
        Tokens of the prompt. [1]

    Returns
    -------
    number or array
        Operations. [FLOP]

    Raises
    ------
    ValueError
        If `active_parameters` is not positive, `layers`, `width` or `input_tokens` is negative,
        or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Kaplan et al. 2020, Scaling Laws for Neural Language Models, equation 2.2.
    https://doi.org/10.48550/arXiv.2001.08361

    Examples
    --------
    GPT-3 (96 layers, width 12,288) at its full context of 2,048 tokens: attention adds 1.4 per
    cent.

    >>> round(prompt_flop(175e9, 96, 12_288, 2048) / prompt_flop(175e9, 0, 0, 2048), 3)
    1.014
    """
    look_back = FLOP_PER_PARAMETER_TOKEN * layers * width * input_tokens * input_tokens
    return FLOP_PER_PARAMETER_TOKEN * active_parameters * input_tokens + look_back


@checked(flop=NOT_NEGATIVE, peak_flop_per_s=POSITIVE, utilisation=POSITIVE_SHARE, power_w=POSITIVE)
def request_energy_from_flop_wh(
    flop: Values | float,
    peak_flop_per_s: Values | float,
    utilisation: Values | float,
    power_w: Values | float,
) -> Values:
    r"""Turn the operations of a request into energy (bottom-up).

    .. math:: e = \frac{C}{3600 \, u \, P} \, p

    Parameters
    ----------
    flop : number or array
        Operations of the request. [FLOP]
    peak_flop_per_s : number or array
        Peak speed of one accelerator. [FLOP/s]
    utilisation : number or array
        Share of the peak that serving achieves, above 0 and at most 1. [1]
    power_w : number or array
        Mean power for each accelerator. [W]

    Returns
    -------
    number or array
        Energy of the request, at the boundary of `power_w`. [Wh]

    Raises
    ------
    ValueError
        If `flop` is negative, `peak_flop_per_s` or `power_w` is not positive, `utilisation` is
        outside (0, 1], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    You 2025, How much energy does ChatGPT use?, Epoch AI.
    https://epoch.ai/gradient-updates/how-much-energy-does-chatgpt-use

    Examples
    --------
    GPT-4o on H100 at a tenth of its peak, at 70 per cent of the 1,275 W that the server has
    for each chip, and at PUE 1.2:

    >>> round(request_energy_from_flop_wh(1e14, 989e12, 0.1, 0.7 * 1275 * 1.2), 1)
    0.3
    """
    return flop / (peak_flop_per_s * utilisation) * power_w / SECONDS_PER_HOUR


@checked(output_tokens=NOT_NEGATIVE, token_energy_wh=NOT_NEGATIVE)
def tokens_energy_wh(output_tokens: Values | float, token_energy_wh: Values | float) -> Values:
    r"""Multiply the tokens of an answer by the energy of one.

    .. math:: e = T \, e_1

    Parameters
    ----------
    output_tokens : number or array
        Tokens of the answer. [1]
    token_energy_wh : number or array
        Energy of one token, at any boundary. [Wh]

    Returns
    -------
    number or array
        Energy of the answer, at that boundary. [Wh]

    Raises
    ------
    ValueError
        If `output_tokens` or `token_energy_wh` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Oviedo et al. 2026, Joule. https://doi.org/10.48550/arXiv.2509.20241

    Examples
    --------
    The paper's median of 0.31 Wh for 300 tokens, stretched to 5,000 tokens of reasoning, is
    above its modelled 3.91 Wh: long answers fill the machines better.

    >>> round(tokens_energy_wh(5000, 0.31 / 300), 1)
    5.2
    """
    return output_tokens * token_energy_wh


@checked(chip_energy_wh=NOT_NEGATIVE, host_ratio=NOT_NEGATIVE, idle_ratio=NOT_NEGATIVE, pue=PUE)
def served_energy_wh(
    chip_energy_wh: Values | float,
    host_ratio: Values | float,
    idle_ratio: Values | float,
    pue: Values | float,
) -> Values:
    r"""Climb from the chip to the meter of the building: host, idle machines, PUE.

    .. math:: e = e_{\mathrm{chip}} \, (1 + h) \, (1 + i) \cdot \mathrm{PUE}

    Each boundary that a published figure may stop at is one factor.

    Parameters
    ----------
    chip_energy_wh : number or array
        Energy of the busy accelerators. [Wh]
    host_ratio : number or array
        Energy of processors and memory over that of the accelerators. [1]
    idle_ratio : number or array
        Energy of machines kept ready over that of busy ones. [1]
    pue : number or array
        Power usage effectiveness, from 1 to 10. [1]

    Returns
    -------
    number or array
        Energy of the request at the meter of the building. [Wh]

    Raises
    ------
    ValueError
        If `chip_energy_wh`, `host_ratio` or `idle_ratio` is negative, `pue` is outside [1, 10], or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Elsworth et al. 2025, Measuring the environmental impact of delivering AI at Google Scale.
    https://doi.org/10.48550/arXiv.2508.15734

    Examples
    --------
    The median text prompt: 0.14 Wh in the accelerators, 0.06 in the host, 0.02 idle, PUE 1.09.

    >>> round(served_energy_wh(0.14, 0.06 / 0.14, 0.02 / 0.20, 1.09), 2)
    0.24
    """
    return chip_energy_wh * (1 + host_ratio) * (1 + idle_ratio) * pue


@checked(training_mwh=NOT_NEGATIVE, requests_per_day=POSITIVE, request_wh=POSITIVE)
def days_to_overtake(
    training_mwh: Values | float, requests_per_day: Values | float, request_wh: Values | float
) -> Values:
    r"""Find when the requests have used as much as the training.

    .. math:: d = 10^6 \, E / (r \, e)

    Both energies must have the same boundary.

    Parameters
    ----------
    training_mwh : number or array
        Energy of the training run. [MWh]
    requests_per_day : number or array
        Requests a day. [1/d]
    request_wh : number or array
        Energy of one request. [Wh]

    Returns
    -------
    number or array
        Days of service until both are equal. [d]

    Raises
    ------
    ValueError
        If `training_mwh` is negative, `requests_per_day` or `request_wh` is not positive, or
        one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    de Vries 2023, The growing energy footprint of artificial intelligence, Joule 7(10).
    https://doi.org/10.1016/j.joule.2023.09.004

    Examples
    --------
    GPT-3's 1,287 MWh against the paper's ChatGPT of early 2023:

    >>> round(days_to_overtake(1287, 195e6, 2.89), 1)
    2.3
    """
    return training_mwh * WH_PER_MWH / (requests_per_day * request_wh)


@checked(requests_per_day=NOT_NEGATIVE, request_wh=NOT_NEGATIVE)
def yearly_energy_kwh(requests_per_day: Values | float, request_wh: Values | float) -> Values:
    r"""Add up the requests of a year.

    .. math:: E = 365 \, r \, e / 1000

    Parameters
    ----------
    requests_per_day : number or array
        Requests a day. [1/d]
    request_wh : number or array
        Energy of one request. [Wh]

    Returns
    -------
    number or array
        Energy of a year. [kWh]

    Raises
    ------
    ValueError
        If `requests_per_day` or `request_wh` is negative, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    de Vries 2023, The growing energy footprint of artificial intelligence, Joule 7(10).
    https://doi.org/10.1016/j.joule.2023.09.004

    Examples
    --------
    An AI answer to each of 9 billion searches a day, at 8.9 Wh: the paper's 29.2 TWh a year.

    >>> round(yearly_energy_kwh(9e9, 8.9) / 1e9, 1)
    29.2
    """
    return requests_per_day * request_wh * DAYS_PER_YEAR / WH_PER_KWH


@checked(request_wh=NOT_NEGATIVE, grid_kg_per_kwh=CARBON_INTENSITY)
def request_emissions_g(request_wh: Values | float, grid_kg_per_kwh: Values | float) -> Values:
    r"""Multiply a request's energy by the carbon intensity of its electricity.

    .. math:: m = e \cdot I

    One kilogram for each kWh is one gram for each Wh, so no conversion stands in the formula.

    Parameters
    ----------
    request_wh : number or array
        Energy of one request at the meter of the building. [Wh]
    grid_kg_per_kwh : number or array
        Carbon intensity of the electricity, 0 to 10. [kg CO2e/kWh]

    Returns
    -------
    number or array
        Emissions of one request. [g CO2e]

    Raises
    ------
    ValueError
        If `request_wh` is negative, `grid_kg_per_kwh` is outside [0, 10], or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Hoelzle 2009, Powering a Google search, Official Google Blog.
    https://googleblog.blogspot.com/2009/01/powering-google-search.html

    Examples
    --------
    A search of 2009 is printed with 0.3 Wh and 0.2 g, hence on electricity of 0.667 kg/kWh:

    >>> round(request_emissions_g(0.3, 0.667), 2)
    0.2
    """
    return request_wh * grid_kg_per_kwh
