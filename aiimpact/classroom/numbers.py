"""A student's own numbers: drawn from the student's id, the same on every machine.

`own_numbers.csv` has the ranges and steps. Two students rarely have the same numbers, so a
neighbour's answer is of no use; the grader draws them again from the id. On a JupyterHub an id that
is left open is the name by which one has logged in.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from aiimpact.words import say

HUB_USER = "JUPYTERHUB_USER"
"""Variable in which a JupyterHub tells a user's server whose it is."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number, or one name of a row, that each student has of their own.

    Parameters
    ----------
    exercise : str
        The exercise it belongs to, such as "01".
    name : str
        What the exercise calls it.
    values : tuple
        What it can be.
    unit : str
        Unit of the values; empty for names.
    what : str
        What it is, in a few words.
    """

    exercise: str
    name: str
    values: tuple[Any, ...]
    unit: str
    what: str

    def of(self, student: str) -> Any:
        """Draw the value of one student.

        Parameters
        ----------
        student : str
            The student's id.

        Returns
        -------
        number or str
            One of :attr:`values`. [:attr:`unit`]
        """
        seed = f"{self.exercise}/{self.name}/{normal(student)}".encode("utf-8", "surrogatepass")
        drawn = int.from_bytes(hashlib.sha256(seed).digest(), "big")
        return self.values[drawn % len(self.values)]


class Own:
    """The numbers of one student as attributes; shows itself as a list with units."""

    def __init__(self, exercise: str, student: Any) -> None:
        self._said = ""
        logged_in = os.environ.get(HUB_USER, "")
        if is_open(student) and normal(logged_in):
            student = logged_in
            self._said = say("# The numbers of {name}, as you have logged in here.", name=logged_in)
        if not isinstance(student, str) or not normal(student):
            msg = say(
                "STUDENT must be your id, got {given}. Write it between the quotes.",
                given=repr(student),
            )
            raise ValueError(msg)
        self._parameters = [p for p in parameters() if p.exercise == exercise]
        if not self._parameters:
            known = ", ".join(sorted({p.exercise for p in parameters()}))
            msg = say(
                "exercise must be one of {known}, got {given}.", known=known, given=repr(exercise)
            )
            raise ValueError(msg)
        vars(self).update({p.name: p.of(student) for p in self._parameters})

    def __getattr__(self, name: str) -> Any:
        msg = say("There is no number {name} among your own. See the list above.", name=repr(name))
        raise AttributeError(msg)

    def __repr__(self) -> str:
        lines = [self._said] if self._said else []
        for parameter in self._parameters:
            unit = f" [{say(parameter.unit, context='unit')}]" if parameter.unit else ""
            value = getattr(self, parameter.name)
            lines.append(f"own.{parameter.name} = {value!r}  # {say(parameter.what)}{unit}")
        return "\n".join(lines)


# Marks of direction, of width nought and of the order of bytes; not those that join letters of a name.
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def own(exercise: str, student: Any) -> Own:
    """Draw the numbers of one student for one exercise.

    Parameters
    ----------
    exercise : str
        Number of the exercise, such as "01".
    student : str
        The student's id. Capitals, blanks around it and the width of characters do not count. If it
        is left open (`...`, or nothing between the quotes), a JupyterHub says who it is.

    Returns
    -------
    Own
        With an attribute for each row of the exercise in `own_numbers.csv`.

    Raises
    ------
    ValueError
        If the id is open, and this is no JupyterHub; or if there is no such exercise.

    Examples
    --------
    >>> own("01", "s001").days == own("01", " S001 ").days
    True
    """
    return Own(exercise, student)


def is_open(student: Any) -> bool:
    """Say whether an id is left open, as a notebook has it before anybody has typed.

    Parameters
    ----------
    student : str or anything
        What stands for the id.

    Returns
    -------
    bool
        True for `...` and for a text of nothing but blanks.

    Examples
    --------
    >>> is_open(...), is_open("  "), is_open("s001"), is_open(None)
    (True, True, False, False)
    """
    return student is ... or (isinstance(student, str) and not normal(student))


def normal(student: str) -> str:
    """Write an id the way in which it counts.

    Parameters
    ----------
    student : str
        As somebody has typed it.

    Returns
    -------
    str
        In lower case, without blanks around it and marks that nobody sees, in the usual width.

    Examples
    --------
    >>> normal(" Ｓ００１ ")
    's001'
    """
    return unicodedata.normalize("NFKC", visible(student)).strip().casefold()


def visible(text: str) -> str:
    r"""Take out of an id or a name what nobody sees and copying brings along, such as marks of direction.

    Parameters
    ----------
    text : str
        As it stands in a table or a notebook.

    Returns
    -------
    str
        The rest.

    Examples
    --------
    >>> visible("s\u200f004\ufeff")
    's004'
    """
    return _UNSEEN.sub("", text)


@cache
def parameters() -> tuple[Parameter, ...]:
    """Give what can be drawn.

    Returns
    -------
    tuple of Parameter
        One for each row of `own_numbers.csv`.

    Examples
    --------
    >>> {len(p.values) > 1 for p in parameters()}
    {True}
    """
    path = resources.files("aiimpact") / "data" / "own_numbers.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return tuple(
        Parameter(row["exercise"], row["name"], _values(row), row["unit"], row["what"])
        for row in rows
    )


def _values(row: dict[str, str]) -> tuple[Any, ...]:
    if row["choices"]:
        words = row["choices"].split("|")
        return tuple(int(word) if word.isdecimal() else word for word in words)
    low, high, step = (Decimal(row[end]) for end in ("low", "high", "step"))
    kind = int if step == step.to_integral_value() and low == low.to_integral_value() else float
    return tuple(kind(low + i * step) for i in range(int((high - low) / step) + 1))
