"""What is to become of a download: a plan, with a piece for each file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aiimpact.classroom.grading.collection import Collection
from aiimpact.classroom.grading.download import Item
from aiimpact.classroom.grading.layouts import Platform
from aiimpact.classroom.grading.roster import Roster

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""Names that no file may have on Windows."""


@dataclass(slots=True)
class Piece:
    """One file of a download, and what is to become of it.

    Parameters
    ----------
    item : aiimpact.classroom.grading.download.Item
        The file.
    claims : dict of str to str
        What its path says.
    student : str
        Whose it is; empty if that is not certain.
    known_by : str
        By what they are known.
    who : int or None
        Place on the roster.
    exercise : str
        Which exercise it is; empty if it is none.
    written : str
        The id in the notebook.
    order : list of str
        The larger, the newer.
    digest : str
        Of what is in it.
    left : str
        Why it is left over; empty if it is not.
    what : str
        What becomes of it, in words.
    newest : str
        Of which it is the newest, in words that follow "it is"; empty if nothing says so.
    there : bool
        Whether it is there already.
    path : str
        Where it goes in the folder of submissions; empty if it goes nowhere.
    """

    item: Item
    claims: dict[str, str] = field(default_factory=dict)
    student: str = ""
    known_by: str = ""
    who: int | None = None
    exercise: str = ""
    written: str = ""
    order: list[str] = field(default_factory=list)
    digest: str = ""
    left: str = ""
    what: str = ""
    newest: str = ""
    there: bool = False
    path: str = ""

    @property
    def key(self) -> str:
        """What the platform calls the student."""
        return self.claims.get("student_id") or self.claims.get("tail", "")


@dataclass(slots=True)
class Plan:
    """What is to become of a download.

    Parameters
    ----------
    platform : aiimpact.classroom.grading.layouts.Platform
        Where it comes from.
    pieces : list of Piece
        All its files that may be somebody's.
    nobody : int
        How many files are not.
    before : aiimpact.classroom.grading.collection.Collection
        What was collected before.
    roster : aiimpact.classroom.grading.roster.Roster or None
        The class.
    stop : str
        Why it should not be carried out; empty if it may be.
    """

    platform: Platform
    pieces: list[Piece]
    nobody: int
    before: Collection
    roster: Roster | None
    stop: str = ""

    @property
    def taken(self) -> list[Piece]:
        """Those that are written."""
        return [piece for piece in self.pieces if piece.path]
