"""The claims register: what the article says, where it comes from, and whether it holds.

Each :class:`Claim` carries its own proof, a list of calls into this library with what they
must give. :meth:`Claim.recompute` runs them.
"""

from __future__ import annotations

import datetime
import difflib
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd
import yaml

from aiimpact import (
    datacentre,
    equivalents,
    grid,
    growth,
    inference,
    policy,
    scheduling,
    solutions,
    tables,
    training,
    units,
    water,
)

VERDICTS = (
    "reproduced",
    "reproduced-with-caveats",
    "misattributed",
    "wrong-by-factor",
    "contested",
    "projection",
    "unsupported",
)
"""Every verdict; `wrong-by-factor` is followed by its factor in parentheses."""

_NAMESPACE = {
    "datacentre": datacentre,
    "equivalents": equivalents,
    "grid": grid,
    "growth": growth,
    "inference": inference,
    "policy": policy,
    "scheduling": scheduling,
    "solutions": solutions,
    "tables": tables,
    "training": training,
    "units": units,
    "water": water,
}


_CONSTANT = re.compile(r'tables\.constant\(\s*"([^"]+)"')
_QUANTITY = re.compile(r'tables\.quantity\(\s*"([^"]+)",\s*"([^"]+)"(?:,\s*"([^"]+)")?')


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a recomputation.

    Parameters
    ----------
    what : str
        What is computed, in words.
    call : str
        Python expression on the modules of this library.
    gives : float
        What it must give. [`unit`]
    unit : str
        Unit of the result.
    tolerance : float
        Largest allowed difference from `gives`, mostly half of its last digit. [`unit`]
    """

    what: str
    call: str
    gives: float
    unit: str
    tolerance: float

    def run(self) -> float:
        """Evaluate the call.

        Returns
        -------
        float
            Its result. [`unit`]
        """
        # The register ships with the library and is code of its own.
        return float(eval(self.call, {"__builtins__": {}}, _NAMESPACE))

    def holds(self) -> bool:
        """Say whether the result is within the tolerance.

        Returns
        -------
        bool
            True if it is.
        """
        return abs(self.run() - self.gives) <= self.tolerance


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says, in our words, and whether that was read in print.

    Parameters
    ----------
    text : str
        What it says.
    read : bool
        Whether it was seen; if not, it is as remembered.
    """

    text: str
    read: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A number as the article prints it.

    Parameters
    ----------
    value : float
        The number. [`unit`]
    unit : str
        Its unit.
    comparator : str
        "=", or ">" for "more than".
    year : int, optional
        The year it is about, if the article says so.
    """

    value: float
    unit: str
    comparator: str = "="
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The first publication of a claim.

    Parameters
    ----------
    authors : str
        Who wrote it.
    year : int
        When.
    title : str
        Its title.
    id : str
        DOI, arXiv number, or what else identifies it.
    url : str
        Where it is found.
    """

    authors: str
    year: int
    title: str
    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Teaching:
    """What a careful person would say today.

    Parameters
    ----------
    text : str
        In words.
    low, high : float
        The range to show. [`unit`]
    unit : str
        Unit of the range.
    """

    text: str
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the article with its source, recomputation and verdict.

    Parameters
    ----------
    id : str
        Name of the entry.
    chapter : int
        Chapter of the book that discusses it.
    claim : str
        What the article says, in our words.
    article_values : tuple of Value
        Its numbers, as the article prints them.
    credited_to : str
        Whom the article credits.
    primary_source : Source
        Where it was first published.
    source_says : tuple of Statement
        What that source and those it led to say.
    steps : tuple of Step
        The recomputation.
    verdict : str
        One of :data:`VERDICTS`; `wrong-by-factor` carries its factor.
    factor : Step or None
        How the factor of `wrong-by-factor` comes out.
    why : str
        The reason for the verdict, in two sentences.
    teach_today : Teaching
        What to say instead.
    review_by : datetime.date
        When the entry must be looked at again.
    confidence : str
        How sure we are of the verdict.
    """

    id: str
    chapter: int
    claim: str
    article_values: tuple[Value, ...]
    credited_to: str
    primary_source: Source
    source_says: tuple[Statement, ...]
    steps: tuple[Step, ...]
    verdict: str
    factor: Step | None
    why: str
    teach_today: Teaching
    review_by: datetime.date
    confidence: str

    def __post_init__(self) -> None:
        kind, number = _parse_verdict(self.id, self.verdict)
        if (kind == "wrong-by-factor") != (self.factor is not None):
            msg = (
                f"{self.id} must have a factor exactly when its verdict is wrong-by-factor, got "
                f"{self.verdict}. Add the step that computes it, or leave it out."
            )
            raise ValueError(msg)
        if self.factor is not None and self.factor.gives != number:
            msg = (
                f"{self.id} must give the factor of its verdict {self.verdict}, got "
                f"{self.factor.gives:g}. Write the same number in both places."
            )
            raise ValueError(msg)
        if not self.teach_today.low <= self.teach_today.high:
            msg = (
                f"{self.id} must have low <= high in teach_today, got {self.teach_today.low:g} "
                f"and {self.teach_today.high:g}. Swap them."
            )
            raise ValueError(msg)

    def recompute(self) -> pd.DataFrame:
        """Run every step of the recomputation.

        Returns
        -------
        pandas.DataFrame
            One row a step: `what`, `call`, `expected`, `computed`, `unit`, `tolerance`, `ok`.
            The factor of a `wrong-by-factor` verdict is the last row.

        Examples
        --------
        >>> steps = get("gpt3-552-t").recompute()
        >>> [(row.what, row.expected, row.ok) for row in steps.itertuples()][2]
        ('Emissions', 552.1, True)
        """
        steps = [*self.steps, *([self.factor] if self.factor else [])]
        return pd.DataFrame(
            {
                "what": [step.what for step in steps],
                "call": [step.call for step in steps],
                "expected": [step.gives for step in steps],
                "computed": [step.run() for step in steps],
                "unit": [step.unit for step in steps],
                "tolerance": [step.tolerance for step in steps],
                "ok": [step.holds() for step in steps],
            }
        )

    @property
    def unverified(self) -> tuple[str, ...]:
        """Name what the entry rests on without its having been looked up.

        Returns
        -------
        tuple of str
            Statements as remembered, then the names of values as remembered. Empty if all of
            it was seen in print.

        Examples
        --------
        >>> get("gpt3-1287-mwh").unverified
        ("Stanford's AI Index of 2023 prints the energy third-hand, beside 502 t instead of 552 t.",)
        """
        steps = [*self.steps, *([self.factor] if self.factor else [])]
        rows: dict[str, tables.Quantity] = {}
        for step in steps:
            for key in _CONSTANT.findall(step.call):
                rows[key] = tables.constant(key)
            for table, key, column in _QUANTITY.findall(step.call):
                rows[f"{table} {key}"] = tables.quantity(table, key, column or None)
        remembered = [statement.text for statement in self.source_says if not statement.read]
        return (*remembered, *(name for name, row in rows.items() if not row.verified))

    def holds(self) -> bool:
        """Say whether the entry is right: every step and the factor come out as it says.

        An entry that calls a claim wrong holds when the claim comes out wrong by just that
        factor.

        Returns
        -------
        bool
            True if it is.
        """
        return bool(self.recompute()["ok"].all())


def load() -> dict[str, Claim]:
    """Give the whole register.

    Returns
    -------
    dict of str to Claim
        By id, in the order of the article.

    Examples
    --------
    >>> [claim.verdict for claim in load().values() if claim.id == "gpt3-552-t"]
    ['reproduced']
    """
    return dict(_read())


def get(claim_id: str) -> Claim:
    """Give one entry of the register.

    Parameters
    ----------
    claim_id : str
        Name of the entry.

    Returns
    -------
    Claim
        The entry.

    Raises
    ------
    KeyError
        If there is no such entry; the text lists the nearest names.

    Examples
    --------
    >>> get("strubell-626k-lb-five-cars").verdict
    'wrong-by-factor(88)'
    """
    known = _read()
    if claim_id not in known:
        near = difflib.get_close_matches(claim_id, known, n=5, cutoff=0.3)
        hint = f"Nearest: {', '.join(near)}. " if near else ""
        msg = f"There is no claim {claim_id!r}. {hint}All names: list(claims.load())."
        raise KeyError(msg)
    return known[claim_id]


def of_chapter(chapter: int) -> list[Claim]:
    """Give the entries that one chapter of the book discusses.

    Parameters
    ----------
    chapter : int
        Number of the chapter.

    Returns
    -------
    list of Claim
        In the order of the article; empty if there is no such chapter.

    Examples
    --------
    >>> [claim.id for claim in of_chapter(6)]
    ['irena-5pct-growth-2030', 'hk-ai-carbon-neutral-2035']
    """
    return [claim for claim in _read().values() if claim.chapter == chapter]


@cache
def _read() -> dict[str, Claim]:
    text = (resources.files("aiimpact") / "data" / "claims.yaml").read_text(encoding="utf-8")
    entries = [_claim(entry) for entry in yaml.safe_load(text)]
    claims = {claim.id: claim for claim in entries}
    if len(claims) != len(entries):
        ids = [claim.id for claim in entries]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        msg = f"claims.yaml must name each entry once, got {', '.join(twice)} twice. Rename one."
        raise ValueError(msg)
    return claims


def _claim(entry: dict[str, Any]) -> Claim:
    factor = entry.pop("factor", None)
    return Claim(
        **(
            entry
            | {
                "article_values": tuple(Value(**value) for value in entry["article_values"]),
                "primary_source": Source(**entry["primary_source"]),
                "source_says": tuple(Statement(**statement) for statement in entry["source_says"]),
                "factor": Step(**factor) if factor else None,
                "teach_today": Teaching(**entry["teach_today"]),
                "steps": tuple(Step(**step) for step in entry.pop("recompute")),
            }
        )
    )


def _parse_verdict(claim_id: str, verdict: str) -> tuple[str, float]:
    match = re.fullmatch(r"(wrong-by-factor)\(([\d.]+)\)|([a-z-]+)", verdict)
    kind = (match[1] or match[3]) if match else ""
    if kind not in VERDICTS or (kind == "wrong-by-factor" and match and not match[1]):
        msg = (
            f"{claim_id} must have one of the verdicts {', '.join(VERDICTS)}, got {verdict}. "
            "A factor goes in parentheses: wrong-by-factor(88)."
        )
        raise ValueError(msg)
    return kind, float(match[2]) if match and match[2] else math.nan
