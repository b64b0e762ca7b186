"""What became of what was handed in: written by the grading, read by the reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiimpact.classroom.grading.editions import Task


@dataclass(frozen=True, slots=True)
class Mark:
    """What one task of one submission got.

    Parameters
    ----------
    task : aiimpact.classroom.grading.editions.Task
        The task.
    points : float
        Points so far.
    by_hand : float
        Points that are marked by hand, and have not been yet.
    words : str
        What the checks said.
    slip : str
        Name of the slip, if the answer was wrong in a way that has a name.
    """

    task: Task
    points: float
    by_hand: float
    words: str
    slip: str

    @property
    def solved(self) -> bool:
        """Say whether there is nothing left to get.

        Returns
        -------
        bool
            True if there is nothing.
        """
        return self.points + self.by_hand >= self.task.points


@dataclass(slots=True)
class Entry:
    """What became of one thing that was handed in.

    Parameters
    ----------
    student : str
        Whose it is; empty if that is not known.
    file : str
        Where it lies in the folder of submissions.
    exercise : str
        Which exercise it is; empty if that is not known.
    set_aside : str
        Why it was not graded, to be said later; empty if it was.
    notes : list of str
        What else a teacher should know, to be said later.
    marks : list of Mark
        One for each task.
    language : str
        In which the student is told.
    titles : dict of int to str
        Titles of the tasks in that language, by number.
    """

    student: str
    file: str
    exercise: str = ""
    set_aside: str = ""
    notes: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    language: str = "en"
    titles: dict[int, str] = field(default_factory=dict)
