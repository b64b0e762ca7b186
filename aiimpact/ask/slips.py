"""Slips: mistakes in a number that have a name, what comes out of them, and what to say.

They are rows of `slips.yaml`. A question finds out which of them fit it: see
:func:`aiimpact.ask.ask`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from aiimpact import units, words
from aiimpact.words import say

_CONSTANTS = {name: value for name, value in vars(units).items() if name.isupper()}


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake that has a name.

    Parameters
    ----------
    key : str
        Its name.
    wrong : str
        What comes out: a Python expression of `answer`, of constants of :mod:`aiimpact.units`
        and of quantities that a question gives by name.
    words : str
        What a reader is told.
    units : sequence of str
        Words of which a question's unit must hold one; empty if any unit will do.
    unless : sequence of str
        Words of which it must hold none.
    rungs : int
        Steps from the question's unit to the other unit of `words`, on a ladder of units.
    wide : bool
        Whether it fits anywhere in the range of the right answer, times the factor.
    """

    key: str
    wrong: str
    words: str
    units: Sequence[str] = ()
    unless: Sequence[str] = ()
    rungs: int = 0
    wide: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """Names of the quantities that a question must give.

        Returns
        -------
        frozenset of str
            Empty for most.

        Examples
        --------
        >>> [sorted(slip.needs) for slip in load() if slip.key == "pue-twice"]
        [['pue']]
        """
        return _names(self.wrong) - _CONSTANTS.keys() - {"answer"}

    def fits(self, unit: str, quantities: Mapping[str, Any]) -> bool:
        """Say whether a question in `unit` that gives `quantities` can have this slip.

        Parameters
        ----------
        unit : str
            Unit of the answer, such as "t CO2e"; empty if it has none.
        quantities : dict of str to number
            What the question gives by name.

        Returns
        -------
        bool
            True if it can.
        """
        words = set(re.findall(r"[A-Za-z]+\d?|[%/]", unit)) if unit else {""}
        right_unit = not self.units or words & set(self.units)
        on_ladder = not self.rungs or _neighbour(unit, self.rungs)
        return bool(
            right_unit
            and on_ladder
            and not words & set(self.unless)
            and self.needs <= quantities.keys()
        )

    def result(self, answer: Any, quantities: Mapping[str, Any]) -> Any:
        """Give the number that comes out of the slip.

        Parameters
        ----------
        answer : number or symbol
            The right answer.
        quantities : dict of str to number or symbol
            What the question gives by name.

        Returns
        -------
        number or symbol
            The wrong answer, in the unit of the right one.

        Examples
        --------
        >>> (twice,) = (slip for slip in load() if slip.key == "pue-twice")
        >>> twice.result(200.0, {"pue": 1.5})
        300.0
        """
        # The list ships with the library and is code of its own.
        names = {**_CONSTANTS, **quantities, "answer": answer}
        return eval(self.wrong, {"__builtins__": {}}, names)

    def say(self, unit: str) -> str:
        """Give the words for a question in `unit`.

        Parameters
        ----------
        unit : str
            Unit of the answer.

        Returns
        -------
        str
            A sentence or two.

        Examples
        --------
        >>> (slip,) = (slip for slip in load() if slip.key == "unit-below")
        >>> slip.say("MWh")
        '1,000 times too large: kWh or MWh?'
        """
        if not self.rungs:
            return say(self.words)
        return say(
            self.words,
            unit=words.name(_neighbour(unit, 0) or ""),
            other=words.name(_neighbour(unit, self.rungs) or ""),
        )


def load() -> tuple[Slip, ...]:
    """Give all slips, the special before the general.

    Returns
    -------
    tuple of Slip
        In the order in which they are sought.

    Examples
    --------
    >>> load()[0].key
    'pue-twice'
    """
    return _read()[0]


@cache
def _names(expression: str) -> frozenset[str]:
    nodes = ast.walk(ast.parse(expression))
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def _neighbour(unit: str, rungs: int) -> str | None:
    """Give the unit so many steps from the first of `unit` that stands on a ladder."""
    # What is counted, not what it is counted for: a step there turns the other way.
    counted = re.split(r"/|\bper\b", unit)[0].split()
    for word in counted:
        for ladder in _read()[1]:
            if word in ladder:
                rung = ladder.index(word) + rungs
                return ladder[rung] if 0 <= rung < len(ladder) else None
    return None


@cache
def _read() -> tuple[tuple[Slip, ...], tuple[tuple[str, ...], ...]]:
    text = (resources.files("aiimpact") / "data" / "slips.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    found = tuple(Slip(**entry) for entry in data["slips"])
    return found, tuple(map(tuple, data["ladders"]))
