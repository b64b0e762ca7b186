"""Published values: each one a row with its range, unit, year, boundary and source.

Tables come as pandas DataFrames, indexed by `key`; a single value with everything that belongs
to it comes as a :class:`Quantity`. Every call gives a fresh copy. In `accelerators` and
`training_runs` a column's name carries its unit; the other tables have one value in each row,
as `low`, `mid`, `high` and `unit`. ``DataFrame.attrs["units"]`` maps columns to units. `verified`
says whether a number was seen in print, `looked_up` when that was last tried. `short` is what lists
call a row: chips and training runs that have it are offered in the chapters.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TableName = Literal[
    "accelerators",
    "training_runs",
    "grids",
    "equivalences",
    "constants",
    "inference_energy",
    "datacentre_electricity",
    "pue_wue",
    "water_intensity",
    "carbon_prices",
    "levers",
    "hong_kong",
    "daily_profiles",
    "daily_profiles_odbl",
]

_UNITS: dict[str, dict[str, str]] = {
    "accelerators": {
        "tdp_w": "W",
        "mean_power_w": "W",
        "peak_flop_per_s": "FLOP/s",
    },
    "training_runs": {
        "accelerators": "1",
        "days": "d",
        "accelerator_hours": "h",
        "power_w": "W",
        "pue": "1",
        "grid_kg_per_kwh": "kg CO2e/kWh",
        "energy_mwh": "MWh",
        "emissions_t": "t CO2e",
        "water_m3": "m3",
        "parameters": "1",
        "active_parameters": "1",
        "tokens": "1",
        "flop": "FLOP",
        "flop_per_s": "FLOP/s",
    },
    "grids": {},
    "equivalences": {},
    "constants": {},
    "inference_energy": {},
    "datacentre_electricity": {},
    "pue_wue": {},
    "water_intensity": {},
    "carbon_prices": {},
    "levers": {},
    "hong_kong": {},
    "daily_profiles": {},
    "daily_profiles_odbl": {},
}
# Columns with the whole name of a row.
_NAMES = ("region", "model", "name")
# What to call for every row, where the table does not come whole by itself.
_ALL = {"grids": '"all"'}
_IN_ALL = ("key", "year", "boundary", "source", "licence", "verified", "note")
_RANGE = ("low", "mid", "high")
_TEXT_COLUMNS = (
    "key",
    "name",
    "short",
    "hardware",
    "cooling",
    "climate",
    "convention",
    "currency",
    "profile",
    "model",
    "kind",
    "accelerator",
    "precision",
    "region",
    "iso",
    "series",
    "unit",
    "power_boundary",
    "boundary",
    "in_force",
    "asks",
    "number",
    "status",
    "source",
    "licence",
    "verified",
    "unverified_columns",
    "note",
    "looked_up",
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One published value with its range and where it comes from.

    Parameters
    ----------
    key : str
        Name of the row, unique in its table.
    low, mid, high : float
        Range and central value; all three are equal where the source gives no range. [`unit`]
    unit : str
        Unit of the three numbers.
    year : int
        Year that the value is about.
    boundary : str
        What is counted in it.
    source : str
        Authors, year, title and identifier.
    licence : str
        Terms of the source, or "facts" where none are needed.
    verified : bool
        Whether the number was seen in print; if not, it is as remembered.
    note : str
        What else a reader should know.
    looked_up : str
        Day on which the row was last looked at in its source, or for one, as 2026-11-30.

    Raises
    ------
    ValueError
        If the three numbers are not finite or out of order.
    """

    key: str
    low: float
    mid: float
    high: float
    unit: str
    year: int
    boundary: str
    source: str
    licence: str
    verified: bool
    note: str = ""
    looked_up: str = ""

    def __post_init__(self) -> None:
        if not np.isfinite((self.low, self.mid, self.high)).all():
            msg = (
                f"{self.key} must have finite numbers, got {self._range()}. "
                "The source gives no value here: choose another row or column."
            )
            raise ValueError(msg)
        if not self.low <= self.mid <= self.high:
            msg = (
                f"{self.key} must have low <= mid <= high, got {self._range()}. "
                "Sort the three numbers, or repeat mid where there is no range."
            )
            raise ValueError(msg)

    def _range(self) -> str:
        return f"low={self.low:g}, mid={self.mid:g}, high={self.high:g}"


def accelerators() -> pd.DataFrame:
    """Give the chips: rated power, measured mean power and peak speed.

    Returns
    -------
    pandas.DataFrame
        Indexed by key. `mean_power_w_low`, `mean_power_w` and `mean_power_w_high` [W] are empty
        where nobody published a measurement; `boundary` says what they include.
        `peak_flop_per_s` [FLOP/s] is dense, at 16 bits.

    Examples
    --------
    >>> chips = accelerators()
    >>> float(chips.loc["v100-sxm2", "tdp_w"]), float(chips.loc["v100-sxm2", "mean_power_w"])
    (300.0, 325.0)
    """
    return _table("accelerators")


def training_runs() -> pd.DataFrame:
    """Give the published training runs: inputs and outputs as their sources print them.

    Returns
    -------
    pandas.DataFrame
        Indexed by key. `boundary` says what energy and emissions include, `power_boundary` what
        power does; `unverified_columns` names those that were not seen in print.

    Examples
    --------
    >>> run = training_runs().loc["gpt3-175b"]
    >>> float(run.energy_mwh), float(run.pue), float(run.grid_kg_per_kwh)
    (1287.0, 1.1, 0.429)
    """
    return _table("training_runs")


def grids(series: str = "ember") -> pd.DataFrame:
    """Give the carbon intensity of electricity, one series at a time.

    Series count different things and must not be compared row by row: life cycle or combustion,
    generation or sales. Read `boundary`.

    Parameters
    ----------
    series : str
        "ember" (countries and regions, latest year), "supplier" (Hong Kong's two companies),
        "egrid" (US regions), "google-cloud", "official", "paper" (as published estimates used
        them), or "all".

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high. [kg CO2e/kWh]

    Raises
    ------
    KeyError
        If there is no such series.

    Examples
    --------
    >>> float(grids().loc["fra", "mid"])
    0.04418
    >>> grids(series="supplier").loc[["clp-2020", "hke-2020"], "mid"].tolist()
    [0.37, 0.71]
    """
    table = _table("grids")
    if series == "all":
        return table
    known = [*table["series"].unique(), "all"]
    if series not in known:
        raise KeyError(_unknown("series", series, known, "tables.grids()"))
    return table[table["series"] == series].copy()


def equivalences() -> pd.DataFrame:
    """Give everyday quantities to compare with.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high in the row's `unit`.

    Examples
    --------
    >>> round(float(equivalences().loc["car-lifetime", "mid"]))
    57153
    """
    return _table("equivalences")


def inference_energy() -> pd.DataFrame:
    """Give the energy of one request, prompt, image or video, as published.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high. [Wh] `boundary` says what is counted and how the
        middle came about: never compare rows across boundaries. `kind` is the task.

    Examples
    --------
    >>> prompt = inference_energy().loc["gemini-2025"]
    >>> float(prompt.mid), prompt.boundary.split(":")[0]
    (0.24, 'fleet')
    """
    return _table("inference_energy")


def datacentre_electricity() -> pd.DataFrame:
    """Give the electricity of data centres by region and year.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high. [TWh] Compare within one `series` only.

    Examples
    --------
    >>> table = datacentre_electricity()
    >>> table[table.series == "masanet-2020"].mid.tolist()
    [194.0, 205.0]
    """
    return _table("datacentre_electricity")


def pue_wue() -> pd.DataFrame:
    """Give power and water usage effectiveness by operator, region, cooling and climate.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high in the row's `unit`. `kind` is "PUE" [1] or "WUE"
        [L/kWh of IT energy].

    Examples
    --------
    >>> table = pue_wue()
    >>> table[table.kind == "PUE"].loc[["uptime-2007", "uptime-2025"], "mid"].tolist()
    [2.5, 1.54]
    """
    return _table("pue_wue")


def water_intensity() -> pd.DataFrame:
    """Give the water that generating a kWh consumes, by place and by technology.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high. [L/kWh] `convention` says whether the evaporation of
        reservoirs is charged to power, which decides everything where there is hydropower.

    Examples
    --------
    >>> float(water_intensity().loc["li25-us", "mid"])
    3.142
    """
    return _table("water_intensity")


def carbon_prices() -> pd.DataFrame:
    """Give prices and social costs of a tonne of carbon dioxide.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high. [USD/t CO2e] `local_price` is in `currency`.

    Examples
    --------
    >>> row = carbon_prices().loc["eu-2024"]
    >>> float(row.local_price), row.currency
    (67.0, 'EUR')
    """
    return _table("carbon_prices")


def levers() -> pd.DataFrame:
    """Give the measured effect of single levers.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high, as fractions. [1] Savings are positive, what costs
        energy is negative; rows of the kind "server idle power share" are shares, no savings.

    Examples
    --------
    >>> float(levers().loc["int8-decode", "mid"])
    -1.5
    """
    return _table("levers")


def hong_kong() -> pd.DataFrame:
    """Give what is known of Hong Kong: factors, mix, targets, load, data centres.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high in the row's `unit`. `kind` says what a row is about.

    Examples
    --------
    >>> row = hong_kong().loc["target-zero-carbon-2035"]
    >>> float(row.low), float(row.high)
    (0.6, 0.7)
    """
    return _table("hong_kong")


def rules() -> pd.DataFrame:
    """Give the rules that ask something of data centres or models: since when, what, and how they stand.

    Returns
    -------
    pandas.DataFrame
        Indexed by key. `in_force` is a date, `asks` says what for, and `number` names the rows that
        hold the numbers of the rule, as table/key, if it has any; `status` is as seen in 2026.

    Examples
    --------
    >>> rule = rules().loc["eu-reporting"]
    >>> rule.in_force, quantity(*rule.number.split("/")).mid
    ('2024-09-15', 0.5)
    """
    return _table("rules")


def daily_profiles() -> pd.DataFrame:
    """Give the carbon intensity of electricity hour by hour, for mean days of several grids.

    Rows from Electricity Maps come under the Open Database License, which asks that what is
    made of them is shared alike: they are in a file of their own, and `licence` says so.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high [kg CO2e/kWh], where low and high are the 10th and
        90th percentile of days. `profile` names the day, `hour` is local. [h]

    Examples
    --------
    >>> daily_profiles().groupby("profile").size().unique().tolist()
    [24]
    """
    both = pd.concat([_table("daily_profiles"), _table("daily_profiles_odbl")])
    both.attrs["units"] = {}
    return both


def daily_profile(profile: str) -> NDArray[np.float64]:
    """Give one mean day of :func:`daily_profiles`, from midnight on.

    Parameters
    ----------
    profile : str
        Name of the profile.

    Returns
    -------
    array of 24 numbers
        Carbon intensity of each hour. [kg CO2e/kWh]

    Raises
    ------
    KeyError
        If there is no such profile; the text lists the nearest names.

    Examples
    --------
    California's sun shows at noon in April:

    >>> day = daily_profile("us-cal-ciso-2023-april")
    >>> bool(day[12] < 0.7 * day[0])
    True
    """
    table = daily_profiles()
    known = list(table["profile"].unique())
    if profile not in known:
        raise KeyError(_unknown("profile", profile, known, "tables.daily_profiles()"))
    hours = table[table["profile"] == profile].sort_values("hour")
    return hours["mid"].to_numpy(dtype=np.float64)


def constants() -> pd.DataFrame:
    """Give all other numbers that chapters and claims use.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; low, mid and high in the row's `unit`.

    Examples
    --------
    >>> float(constants().loc["datacentre-twh-2024", "mid"])
    415.0
    """
    return _table("constants")


def constant(key: str) -> Quantity:
    """Give one row of :func:`constants`.

    Parameters
    ----------
    key : str
        Name of the row.

    Returns
    -------
    Quantity
        Its value, range, unit and source.

    Raises
    ------
    KeyError
        If there is no such row; the text lists the nearest names.

    Examples
    --------
    >>> share = constant("gartner-ai-share-2030")
    >>> share.mid, share.boundary
    (0.035, 'upper bound: up to 3.5 % of electricity, not of emissions')
    """
    return quantity("constants", key)


def training_run(key: str, column: str) -> Quantity:
    """Give one value of a row of :func:`training_runs`.

    Parameters
    ----------
    key : str
        Name of the row.
    column : str
        Which of its values.

    Returns
    -------
    Quantity
        The value with its source. Raises as :func:`quantity` does.

    Examples
    --------
    >>> energy = training_run("gpt3-175b", "energy_mwh")
    >>> energy.mid, energy.unit
    (1287.0, 'MWh')
    """
    return quantity("training_runs", key, column)


def request_energy(key: str) -> Quantity:
    """Give one row of :func:`inference_energy`.

    Parameters
    ----------
    key : str
        Name of the row.

    Returns
    -------
    Quantity
        The energy of one request [Wh] with its source. Raises as :func:`quantity` does.

    Examples
    --------
    >>> request_energy("gemini-2025").mid
    0.24
    """
    return quantity("inference_energy", key)


def effectiveness(key: str) -> Quantity:
    """Give one row of :func:`pue_wue`: power or water usage effectiveness.

    Parameters
    ----------
    key : str
        Name of the row.

    Returns
    -------
    Quantity
        The PUE [1] or WUE [L/kWh] with its source. Raises as :func:`quantity` does.

    Examples
    --------
    >>> effectiveness("sg-target").mid
    1.3
    """
    return quantity("pue_wue", key)


def grid(key: str) -> Quantity:
    """Give one row of :func:`grids`, of any series.

    Parameters
    ----------
    key : str
        Name of the row.

    Returns
    -------
    Quantity
        The carbon intensity [kg CO2e/kWh] with its source. Raises as :func:`quantity` does.

    Examples
    --------
    >>> grid("fra").mid, grid("clp-2020").mid
    (0.04418, 0.37)
    """
    return quantity("grids", key)


def equivalence(key: str) -> Quantity:
    """Give one row of :func:`equivalences`.

    Parameters
    ----------
    key : str
        Name of the row.

    Returns
    -------
    Quantity
        The everyday quantity in its `unit`, with its source. Raises as :func:`quantity` does.

    Examples
    --------
    >>> mile = equivalence("ev-mile")
    >>> mile.mid, mile.unit
    (0.27, 'kWh/mile')
    """
    return quantity("equivalences", key)


def options(
    table: TableName,
    column: str | None = None,
    *,
    series: str | None = None,
    keys: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    in_year: bool = False,
) -> dict[str, float]:
    """Give rows of a table as the options of an explorer: each one's name and its value.

    A row that is added to the table is offered in every explorer that asks for its list.

    Parameters
    ----------
    table : str
        Name of the table, as in :func:`quantity`.
    column : str, optional
        Column of a wide table; not needed for the others.
    series : str, optional
        All rows of this series, as in :func:`grids`.
    keys : sequence of str, optional
        These rows, in this order. Without `series` and `keys`, the rows that have a `short` name.
    names : dict of str to str, optional
        Key to the name it goes by here, instead of its `short` name, or of its whole one.
    in_year : bool
        Whether names end in the year of the value.

    Returns
    -------
    dict of str to float
        Name to value, in the order of the table; rows without a value there are left out.
        [`column` of `table`]

    Raises
    ------
    KeyError
        If there is no such table, series, row or column; the text lists the nearest names.
    ValueError
        If a row that was asked for has no value, or two rows have the same name.

    Examples
    --------
    >>> options("grids", series="google-cloud")["Finland"]
    0.03932
    >>> options("grids", keys=["nor", "pol"], in_year=True)
    {'Norway, 2024': 0.03075, 'Poland, 2024': 0.61498}
    >>> options("training_runs", "energy_mwh")["GPT-3"]
    1287.0
    """
    rows = _offered(table, series, keys)
    for renamed in names or {}:
        _require_row(table, renamed, rows)
    found: dict[str, float] = {}
    for key, row in rows.iterrows():
        if keys is None and not _has_value(row, column or "mid"):
            continue
        whole = next(row[title] for title in _NAMES if title in row)
        shown = (names or {}).get(str(key)) or row.get("short") or whole
        name = f"{shown}, {row['year']}" if in_year else str(shown)
        if name in found:
            msg = (
                f"Two rows of {table} would be called {name!r}, the second is {key!r}. "
                "Give one of them another name in its column `short`."
            )
            raise ValueError(msg)
        found[name] = quantity(table, str(key), column).mid
    return found


def quantity(table: TableName, key: str, column: str | None = None) -> Quantity:
    """Give one value of any table.

    Parameters
    ----------
    table : str
        Name of the table, which is that of the function: "grids", "pue_wue" and so on.
    key : str
        Name of the row.
    column : str, optional
        Column of a wide table (`accelerators`, `training_runs`); not needed for the others.

    Returns
    -------
    Quantity
        Its value, range, unit and source.

    Raises
    ------
    KeyError
        If there is no such table, row or column; the text lists the nearest names.
    ValueError
        If the row has no value in that column.

    Examples
    --------
    >>> quantity("training_runs", "gpt3-175b", "energy_mwh").mid
    1287.0
    >>> power = quantity("accelerators", "tpu-v3", "mean_power_w")
    >>> power.low, power.mid, power.high, power.unit
    (245.0, 283.0, 310.0, 'W')
    """
    rows = _known(table)
    _require_row(table, key, rows)
    row: dict[Any, Any] = rows.loc[key].to_dict()
    units = _UNITS[table]
    if not units:
        low, mid, high, unit = row["low"], row["mid"], row["high"], row["unit"]
    else:
        if column not in units:
            raise KeyError(_unknown("column", str(column), list(units), f"tables.{table}()"))
        mid, unit = row[column], units[column]
        low, high = row.get(f"{column}_low", mid), row.get(f"{column}_high", mid)
    unverified = str(row.get("unverified_columns", "")).split()
    return Quantity(
        key=key,
        low=float(low),
        mid=float(mid),
        high=float(high),
        unit=unit,
        year=int(row["year"]),
        boundary=row["boundary"],
        source=row["source"],
        licence=row["licence"],
        verified=bool(row["verified"]) and column not in unverified,
        note=row["note"],
        looked_up=row.get("looked_up", ""),
    )


def _known(table: str) -> pd.DataFrame:
    if table not in _UNITS:
        raise KeyError(_unknown("table", table, list(_UNITS), "aiimpact.tables"))
    return _table(table)


def _require_row(table: str, key: str, rows: pd.DataFrame) -> None:
    if key not in rows.index:
        where = f"tables.{table}({_ALL.get(table, '')})"
        raise KeyError(_unknown("row", key, list(rows.index), where))


def _offered(table: str, series: str | None, keys: Sequence[str] | None) -> pd.DataFrame:
    rows = _known(table)
    if keys is not None:
        for key in keys:
            _require_row(table, key, rows)
        return rows.loc[list(keys)]
    if series is not None:
        known = list(rows["series"].unique()) if "series" in rows else []
        if series not in known:
            raise KeyError(_unknown("series", series, known, f"tables.{table}()"))
        return rows[rows["series"] == series]
    if "short" not in rows:
        msg = f"No row of {table} has a short name. Say which rows: keys=[...]."
        raise ValueError(msg)
    return rows[rows["short"] != ""]


def _has_value(row: pd.Series, column: str) -> bool:
    # What is no column, `quantity` says.
    return not pd.isna(row.get(column, 0.0))


def _unknown(what: str, name: str, known: list[str], where: str) -> str:
    near = difflib.get_close_matches(name, known, n=5, cutoff=0.4)
    hint = f"Nearest: {', '.join(near)}. " if near else ""
    return f"There is no {what} {name!r}. {hint}All names: {where}."


def _table(name: str) -> pd.DataFrame:
    return _read(name).copy()


@cache
def _read(name: str) -> pd.DataFrame:
    with (resources.files("aiimpact") / "data" / f"{name}.csv").open(encoding="utf-8") as file:
        table = _parsed(file, f"{name}.csv")
    table = table.set_index("key")
    table.attrs["units"] = dict(_UNITS.get(name, {}))
    return table


def _parsed(lines: Iterable[str], name: str) -> pd.DataFrame:
    """Read a table; what somebody has mistyped is said by its row and column."""
    reader = csv.reader(lines)
    head = next(reader)
    needed = [*_IN_ALL, *(_RANGE if set(_RANGE) & set(head) else ())]
    if lost := [column for column in needed if column not in head]:
        msg = f"{name} must have the columns {', '.join(needed)}, and {', '.join(lost)} is not in its first line. Put it back."
        raise ValueError(msg)
    rows = []
    for row in filter(None, reader):
        if len(row) != len(head):
            msg = (
                f"{name}, line {reader.line_num}: a row must have {len(head)} cells, as the first line has, got {len(row)}. "
                "Write a comma for an empty cell, and quotation marks around a text with commas."
            )
            raise ValueError(msg)
        rows.append(row)
    table = pd.DataFrame(rows, columns=head, dtype=str)
    numbers = table.columns.difference([*_TEXT_COLUMNS, "year", "verified"])

    def cells(column: str, rule: str, of: Callable[[str], Any]) -> list[Any]:
        found = []
        for key, text in zip(table["key"], table[column], strict=True):
            try:
                found.append(of(text))
            except (KeyError, ValueError):
                msg = (
                    f"{name}, row {key!r}: {column} must be {rule}, got {text!r}. Correct the cell."
                )
                raise ValueError(msg) from None
        return found

    for column in numbers:
        table[column] = cells(column, "a number, or empty", lambda text: float(text or "nan"))
    table["year"] = cells("year", "a whole number", int)
    table["verified"] = cells("verified", "yes or no", {"yes": True, "no": False}.__getitem__)
    return table
