"""What an entry of the register is made of: steps, sources, sizes, advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

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
from aiimpact.claims.scales import EVIDENCE, Word

NAMESPACE = {
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
"""What a call of the register may use."""


def evaluate(call: str, **names: Any) -> float:
    """Run a call of the register, which ships with the library and is code of its own.

    Parameters
    ----------
    call : str
        Python expression on `NAMESPACE`.
    **names
        What else it may use.

    Returns
    -------
    float
        What it gives, in the unit that stands beside the call. [`unit`]
    """
    return float(eval(call, {"__builtins__": {}}, NAMESPACE | names))


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
        return evaluate(self.call)

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


class Compared(NamedTuple):
    """What the article has of a quantity, and what holds of it.

    Parameters
    ----------
    claimed_low, claimed_high : float or None
        What the article prints, the same twice if it is one number. [`unit`]
    low, mid, high : float
        What holds. [`unit`]
    unit : str
        Unit of all five.
    """

    claimed_low: float | None
    claimed_high: float | None
    low: float
    mid: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Size:
    """How large something is: what holds of a claimed number, or the effect of advice.

    Parameters
    ----------
    unit : str
        Unit, and what is counted.
    low, mid, high : str
        Calls that give the range that holds, as in :class:`Step`.
    claimed : tuple of str
        One call for what the article prints, or two for the ends of its range; none for advice.
    measure : str
        The unit alone, which what is claimed has too; none for advice.
    """

    unit: str
    low: str
    mid: str
    high: str
    claimed: tuple[str, ...] = ()
    measure: str = ""

    def compute(self) -> Compared:
        """Evaluate the calls.

        Returns
        -------
        Compared
            What is claimed and what holds. [`unit`]

        Raises
        ------
        ValueError
            If the numbers are out of order.

        Examples
        --------
        >>> Size("t", low="1", mid="2", high="3", claimed=("4",)).compute()
        Compared(claimed_low=4.0, claimed_high=4.0, low=1.0, mid=2.0, high=3.0, unit='t')
        """
        low, mid, high = map(evaluate, (self.low, self.mid, self.high))
        claimed = [evaluate(call) for call in self.claimed]
        if not low <= mid <= high or claimed != sorted(claimed):
            msg = (
                f"A size must be in order, got {low:g}, {mid:g}, {high:g} for what holds and "
                f"{claimed} for what is claimed. Put the smaller first."
            )
            raise ValueError(msg)
        first, last = (claimed[0], claimed[-1]) if claimed else (None, None)
        return Compared(first, last, low, mid, high, self.unit)


@dataclass(frozen=True, slots=True)
class Advice:
    """What is known of a piece of advice, of a cause, or of a wish.

    Parameters
    ----------
    effect : str
        One of `EFFECTS`.
    evidence : str
        One of `EVIDENCE`.
    condition : str
        For `effect-if`: the condition, to be read after an "if". Empty for all others.
    """

    effect: str
    evidence: str
    condition: str = ""

    @property
    def sure(self) -> Word:
        """Give what the kind of evidence means, in the language in use.

        Returns
        -------
        Word
            Its definition.
        """
        return EVIDENCE[self.evidence].said()
