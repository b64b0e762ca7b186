"""Several levers at once: what each leaves for the next, and what a tonne costs along the way.

Lists of numbers or symbols go in, lists come out in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from aiimpact import solutions


def remaining_shares(savings: Sequence[Any]) -> list[Any]:
    r"""Give what is left after each of several levers, one after the other.

    .. math:: r_k = \prod_{j \le k} (1 - s_j)

    The last entry does not depend on the order.

    Parameters
    ----------
    savings : sequence of numbers
        Saving of each lever on its own, at most 1; negative where it costs. [1]

    Returns
    -------
    list of numbers
        Share left after each lever. [1]

    Raises
    ------
    ValueError
        If a saving is outside [-10, 1].

    References
    ----------
    Patterson et al. 2022, The Carbon Footprint of Machine Learning Training Will Plateau, Then
    Shrink. https://doi.org/10.48550/arXiv.2204.05149

    Examples
    --------
    >>> remaining_shares([0.5, 0.5, 0.2])
    [0.5, 0.25, 0.2]
    """
    shares: list[Any] = []
    left: Any = 1.0
    for saving in savings:
        left = solutions.remaining_share(left, saving)
        shares.append(left)
    return shares


def marginal_savings(savings: Sequence[Any]) -> list[Any]:
    r"""Give what each of several levers adds to those before it.

    .. math:: \Delta_k = s_k \prod_{j < k} (1 - s_j)

    They add up to the saving of all together; each depends on its place in the order.

    Parameters
    ----------
    savings : sequence of numbers
        Saving of each lever on its own, at most 1; negative where it costs. [1]

    Returns
    -------
    list of numbers
        What each adds, a share of the very beginning. [1]

    Raises
    ------
    ValueError
        If a saving is outside [-10, 1].

    References
    ----------
    Patterson et al. 2022, The Carbon Footprint of Machine Learning Training Will Plateau, Then
    Shrink. https://doi.org/10.48550/arXiv.2204.05149

    Examples
    --------
    >>> marginal_savings([0.5, 0.5, 0.2])
    [0.5, 0.25, 0.05]
    """
    before = [1.0, *remaining_shares(savings)]
    return [
        solutions.marginal_saving(left, saving)
        for left, saving in zip(before, savings, strict=False)
    ]


def abatement_starts_t(costs_per_t: Sequence[Any], avoided_t: Sequence[Any]) -> list[Any]:
    r"""Give where on an abatement curve each lever begins, the cheapest first.

    .. math:: x_k = \sum_{j:\, c_j < c_k} m_j

    A lever's bar reaches from its start to its start plus what it avoids, as high as its cost.
    Levers of equal cost stand in the order given.

    Parameters
    ----------
    costs_per_t : sequence of numbers
        Cost of each lever; negative where it pays for itself. [money/t CO2e]
    avoided_t : sequence of numbers
        Emissions that each avoids. [t CO2e]

    Returns
    -------
    list of numbers
        Emissions avoided by all cheaper levers. [t CO2e]

    Raises
    ------
    ValueError
        If there are not as many costs as tonnes.

    References
    ----------
    Kesicki and Strachan 2011, Marginal abatement cost (MAC) curves, Environmental Science and
    Policy 14(8). https://doi.org/10.1016/j.envsci.2011.08.004

    Examples
    --------
    >>> abatement_starts_t([50, -20, 10], [100, 300, 200])
    [500.0, 0.0, 300.0]
    """
    if len(costs_per_t) != len(avoided_t):
        msg = (
            f"avoided_t must have one value for each cost, got {len(avoided_t)} for "
            f"{len(costs_per_t)}. Give each lever both."
        )
        raise ValueError(msg)
    starts = []
    for k, cost in enumerate(costs_per_t):
        start: Any = 0.0
        for j, (other, tonnes) in enumerate(zip(costs_per_t, avoided_t, strict=True)):
            if j != k:
                cheaper = other <= cost if j < k else other < cost
                start = start + np.where(cheaper, tonnes, 0.0)
        starts.append(start if getattr(start, "__symbolic__", False) else float(start))
    return starts
