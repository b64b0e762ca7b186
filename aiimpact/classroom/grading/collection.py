"""What is known of a class and of where its files came from: kept beside the submissions, read by later commands."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aiimpact.classroom import numbers
from aiimpact.classroom.grading.roster import Person
from aiimpact.words import say

NAME = ".collected.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one file of the submissions came from.

    Parameters
    ----------
    student : str
        The student's id.
    path : str
        Where it lies in the folder of submissions.
    exercise : str
        Which exercise it is; empty if it is none.
    slot : str
        Of several files of a student for this, the newest counts: the exercise, or a name.
    original : str
        Where it lay in the download.
    platform : str
        Which platform named it.
    key : str
        What the platform calls the student.
    folder : str
        Under which name the platform takes feedback.
    handed_in : str
        When, as the platform says; empty if it does not.
    late : str
        "late" if the platform says so.
    order : list of str
        The larger, the newer, by the platform's evidence.
    digest : str
        Of what is in it.
    note : str
        What a teacher should know.
    """

    student: str
    path: str
    exercise: str = ""
    slot: str = ""
    original: str = ""
    platform: str = ""
    key: str = ""
    folder: str = ""
    handed_in: str = ""
    late: str = ""
    order: list[str] = field(default_factory=list)
    digest: str = ""
    note: str = ""


@dataclass
class Collection:
    """A class, and the files that it has handed in.

    Parameters
    ----------
    people : list of aiimpact.classroom.grading.roster.Person
        The class, if there is a roster.
    origins : list of Origin
        Where files came from, if they were collected.
    """

    people: list[Person] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)

    def person(self, student: str) -> Person:
        """Give what is known of a student.

        Parameters
        ----------
        student : str
            An id; capitals do not count.

        Returns
        -------
        aiimpact.classroom.grading.roster.Person
            With nothing but the id, if they are on no roster.
        """
        return self._people.get(numbers.normal(student)) or Person(student)

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {numbers.normal(person.id): person for person in self.people}

    @cached_property
    def _origins(self) -> dict[str, Origin]:
        return {origin.path: origin for origin in self.origins}

    def origin(self, path: str) -> Origin:
        """Give what is known of a file.

        Parameters
        ----------
        path : str
            Where it lies in the folder of submissions.

        Returns
        -------
        Origin
            With nothing but the path, if it was not collected.
        """
        return self._origins.get(path) or Origin("", path)

    def without_work(self, students: Iterable[str]) -> list[str]:
        """Give those who have handed in nothing.

        Parameters
        ----------
        students : iterable of str
            Ids of those who have.

        Returns
        -------
        list of str
            Ids, as the roster has them.
        """
        there = {numbers.normal(student) for student in students}
        return [p.id for p in self.people if p.id and numbers.normal(p.id) not in there]

    def write(self, path: Path) -> None:
        """Write it down, all or nothing.

        Parameters
        ----------
        path : pathlib.Path
            The file.
        """
        kept = {"version": _VERSION, **dataclasses.asdict(self)}
        beside = path.with_name(f"{path.name}.part")
        beside.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        beside.replace(path)


def read(path: Path) -> Collection:
    """Read what was written down.

    Parameters
    ----------
    path : pathlib.Path
        The file; it need not be there.

    Returns
    -------
    Collection
        Empty if there is no such file.

    Raises
    ------
    ValueError
        If the file is none of ours.
    """
    if not path.exists():
        return Collection()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Collection(
            [Person(**each) for each in kept["people"]],
            [Origin(**each) for each in kept["origins"]],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        msg = say(
            "{path} cannot be read ({why}). Remove it, and collect again.", path=path, why=error
        )
        raise ValueError(msg) from None
