"""Time: what a day of 24 hours offers to work that can wait, and what it takes from supply.

A profile is the carbon intensity (or the load, or the supply) of each hour of a mean day, as
:func:`aiimpact.tables.daily_profile` gives it. The number of hours may be a symbol; a profile
is known, except in :func:`hourly_matched_share`, where it may hold symbols too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aiimpact._checks import NOT_NEGATIVE, Rule, checked
from aiimpact.units import HOURS_PER_DAY

Profile = Sequence[float] | NDArray[Any] | pd.Series
_DAY = range(int(HOURS_PER_DAY))
_RUN = Rule(
    "at least 1 and at most 24",
    1.0,
    HOURS_PER_DAY,
    fix="A profile holds one day: give the hours of work for each day.",
)


@checked(hours=_RUN)
def _hours(hours: Any) -> Any:
    return hours * 1


@checked(slack_hours=NOT_NEGATIVE)
def _slack(slack_hours: Any) -> Any:
    return slack_hours * 1


def _day(name: str, profile: Profile) -> NDArray[Any]:
    values = np.asarray(profile)
    if values.shape != (len(_DAY),):
        msg = (
            f"{name} must have one value for each of 24 hours, got shape {values.shape}. "
            "Take it from tables.daily_profile()."
        )
        raise ValueError(msg)
    if values.dtype == object:
        return values
    values = values.astype(float)
    if not (np.isfinite(values).all() and (values >= 0).all()):
        msg = (
            f"{name} must hold numbers of at least 0, got {values.min():g} as the smallest. "
            "Fill in missing hours first."
        )
        raise ValueError(msg)
    return values


def _weights(hours: Any) -> list[Any]:
    """Give the part of each hour from the start that work of this length takes up."""
    return [np.minimum(np.maximum(hours - i, 0), 1) for i in _DAY]


def mean_kg_per_kwh(profile: Profile) -> Any:
    r"""Give the mean of the day, what work at a steady pace gets.

    .. math:: \bar I = \frac{1}{24} \sum_h I_h

    Parameters
    ----------
    profile : 24 numbers
        Carbon intensity of each hour. [kg CO2e/kWh]

    Returns
    -------
    number
        Mean intensity. [kg CO2e/kWh]

    Raises
    ------
    ValueError
        If there are not 24 values, or one is negative or no number.

    References
    ----------
    Wiesner et al. 2021, Let's Wait Awhile, Middleware. https://doi.org/10.1145/3464298.3493399

    Examples
    --------
    >>> round(float(mean_kg_per_kwh([0.1] * 12 + [0.3] * 12)), 3)
    0.2
    """
    # In the order of the cleanest hours: that all 24 of them save exactly nothing.
    return sum(np.sort(_day("profile", profile))) / HOURS_PER_DAY


def cleanest_hours_kg_per_kwh(profile: Profile, hours: Any) -> Any:
    r"""Give the intensity of work that stops and goes on at will, in the cleanest hours.

    .. math:: I = \frac{1}{t} \sum_{i=1}^{t} I_{(i)}, \quad I_{(1)} \le I_{(2)} \le \dots

    Parameters
    ----------
    profile : 24 numbers
        Carbon intensity of each hour. [kg CO2e/kWh]
    hours : number
        Hours of work a day, 1 to 24; a part of an hour counts in part. [h]

    Returns
    -------
    number
        Mean intensity of the hours used. [kg CO2e/kWh]

    Raises
    ------
    ValueError
        If there are not 24 values, one is negative, or `hours` is outside [1, 24].

    References
    ----------
    Wiesner et al. 2021, Let's Wait Awhile, Middleware. https://doi.org/10.1145/3464298.3493399

    Examples
    --------
    >>> round(float(cleanest_hours_kg_per_kwh([0.3, 0.1] * 12, 12)), 3)
    0.1
    """
    hours = _hours(hours)
    ordered = np.sort(_day("profile", profile))
    return sum(w * i for w, i in zip(_weights(hours), ordered, strict=True)) / hours


def best_start_kg_per_kwh(profile: Profile, hours: Any, slack_hours: Any) -> Any:
    r"""Give the intensity of work in one piece that may wait for a better hour to start.

    .. math:: I = \min_{0 \le d \le s} \frac{1}{t} \sum_{i=0}^{t-1} I_{d + i}

    The profile begins with the hour in which the work arrives (``numpy.roll`` turns it there)
    and goes round; work starts on the hour.

    Parameters
    ----------
    profile : 24 numbers
        Carbon intensity of each hour. [kg CO2e/kWh]
    hours : number
        Length of the work, 1 to 24. [h]
    slack_hours : number
        Longest wait before it starts; 0 starts at once. [h]

    Returns
    -------
    number
        Mean intensity from the best start on. [kg CO2e/kWh]

    Raises
    ------
    ValueError
        If there are not 24 values, one is negative, `hours` is outside [1, 24] or
        `slack_hours` is negative.

    References
    ----------
    Dodge et al. 2022, Measuring the Carbon Intensity of AI in Cloud Instances, FAccT.
    https://doi.org/10.1145/3531146.3533234

    Examples
    --------
    A clean afternoon, reached by waiting for at least 12 hours:

    >>> day = [0.4] * 12 + [0.2] * 4 + [0.4] * 8
    >>> [round(float(best_start_kg_per_kwh(day, 4, wait)), 2) for wait in (0, 10, 12)]
    [0.4, 0.3, 0.2]
    """
    hours, slack_hours = _hours(hours), _slack(slack_hours)
    day, weights = _day("profile", profile), _weights(hours)
    best: Any = None
    for delay in _DAY:
        rolled = np.roll(day, -delay)
        total = sum(w * i for w, i in zip(weights, rolled, strict=True))
        if best is None:
            best = total
        else:
            best = np.where(slack_hours >= delay, np.minimum(best, total), best)
    return best / hours


def hourly_matched_share(load: Profile, supply: Profile) -> Any:
    r"""Give the share of a load that carbon-free supply meets in the same hour.

    .. math:: s = \frac{\sum_h \min(L_h, S_h)}{\sum_h L_h}

    What is left over in one hour is of no use to another: annual matching adds it up all the
    same.

    `supply` is what an operator's own contracts bring. A share as Google prints it counts the
    grid's clean part as well: :func:`aiimpact.grid.contracted_share` takes that out.

    Parameters
    ----------
    load : 24 numbers
        Load of each hour. [any unit]
    supply : 24 numbers
        Carbon-free supply of each hour. [unit of `load`]

    Returns
    -------
    number
        Share of the load, 0 to 1. [1]

    Raises
    ------
    ValueError
        If there are not 24 values, one is negative, or the load is zero all day.

    References
    ----------
    Google 2025, Environmental Report. https://blog.google/outreach-initiatives/sustainability/environmental-report-2025

    Examples
    --------
    Solar power that makes as much in a day as a steady load uses, in eight hours:

    >>> sun = [0] * 8 + [3] * 8 + [0] * 8
    >>> round(float(hourly_matched_share([1] * 24, sun)), 2)
    0.33
    """
    loads, supplies = _day("load", load), _day("supply", supply)
    total = sum(loads)
    if loads.dtype != object and total == 0:
        msg = "load must be above 0 in some hour, got 0 in all. A share of nothing has no value."
        raise ValueError(msg)
    return sum(np.minimum(a, b) for a, b in zip(loads, supplies, strict=True)) / total
