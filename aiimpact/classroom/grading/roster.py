"""Who is who: a roster maps names, mails, logins and numbers of a platform to the id that a student writes."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce

from aiimpact.classroom import numbers
from aiimpact.classroom.grading.layouts import Platform
from aiimpact.words import listed, say

KINDS = ("id", "login", "email", "platform_id", "full_name")


@dataclass(frozen=True, slots=True)
class Person:
    """One student, as a roster knows them; what is not known is empty.

    Parameters
    ----------
    id : str
        What they write into their notebooks.
    full_name, email, login, platform_id : str
        What platforms call them.
    """

    id: str
    full_name: str = ""
    email: str = ""
    login: str = ""
    platform_id: str = ""

    def known_by(self) -> Iterable[tuple[str, str]]:
        """Give all by which they can be known.

        Yields
        ------
        tuple of str
            Kind of the key, and the key in the form in which it is compared.
        """
        for kind in KINDS[:-1]:
            if text := getattr(self, kind):
                yield kind, numbers.normal(text)
        for name in forms(self.full_name):
            yield "full_name", name


def forms(name: str) -> set[str]:
    """Give the forms of a name that are taken for the same.

    Capitals, blanks, hyphens, apostrophes, and which of the names comes first do not count.

    Parameters
    ----------
    name : str
        A full name, in any order.

    Returns
    -------
    set of str
        Letters and digits only.

    Examples
    --------
    >>> forms("Student Two-One") == forms("TWOONE, Student")
    True
    >>> sorted(forms("A b")), forms("…")
    (['ab', 'ba'], set())
    """
    words = [word for word in map(letters, re.split(r"[\s,_]+", name)) if word]
    return {"".join(words[i:] + words[:i]) for i in range(len(words))}


def letters(text: str) -> str:
    """Give the letters and digits of a text, in lower case.

    Parameters
    ----------
    text : str
        Any text, composed or not.

    Returns
    -------
    str
        Without blanks and signs.

    Examples
    --------
    >>> letters("O'Two-Three 4")
    'otwothree4'
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LMN")


@dataclass
class Roster:
    """The students of a class.

    Parameters
    ----------
    people : list of Person
        In the order of the table.
    title : str
        What kind of table they stood in.
    header : list of str
        Its columns.
    rows : list of list of str
        Its rows, one for each person.
    id_column : str
        The column that holds the ids; empty if none is known to.
    """

    people: list[Person]
    title: str = ""
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    id_column: str = ""

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], list[int]]:
        found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for i, person in enumerate(self.people):
            for key in set(person.known_by()):
                found[key].append(i)
        return found

    def find(self, kinds: Iterable[str], text: str) -> set[int]:
        """Find those whom a text may mean.

        Parameters
        ----------
        kinds : iterable of str
            Of :data:`KINDS`.
        text : str
            What a platform says.

        Returns
        -------
        set of int
            Their places in :attr:`people`.
        """
        found: set[int] = set()
        for kind in kinds:
            keys = forms(text) if kind == "full_name" else [numbers.normal(text)]
            for key in keys:
                found.update(self._by_key.get((kind, key), ()))
        return found

    def in_text(self, text: str) -> set[int]:
        """Find those whose id, login, mail or name stands in a text as words of its own.

        Parameters
        ----------
        text : str
            Such as the name of a file.

        Returns
        -------
        set of int
            Their places in :attr:`people`.
        """
        words = [letters(word) for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", text))]
        words = [word for word in words if word]
        found: set[int] = set()
        for first in range(len(words)):
            for last in range(first, min(first + 6, len(words))):
                found.update(self._by_letters.get("".join(words[first : last + 1]), ()))
        return found

    @cached_property
    def _by_letters(self) -> dict[str, set[int]]:
        found: defaultdict[str, set[int]] = defaultdict(set)
        for i, person in enumerate(self.people):
            for kind, key in person.known_by():
                if kind != "platform_id" and letters(key):
                    found[letters(key)].add(i)
        return found

    def column_of(self, written: Mapping[int, str]) -> str:
        """Find the column that holds what students have written into their notebooks.

        Parameters
        ----------
        written : mapping of int to str
            Ids by places in :attr:`people`.

        Returns
        -------
        str
            Its title; empty if no column holds most of them.
        """
        best, most = "", len(written) / 2
        for i, title in enumerate(self.header):
            hits = sum(
                numbers.normal(self.rows[who][i]) == numbers.normal(text)
                for who, text in written.items()
                if i < len(self.rows[who]) and self.rows[who][i].strip()
            )
            if hits > most:
                best, most = title, hits
        return best


def identify(
    claims: Mapping[str, str], platform: Platform, roster: Roster
) -> tuple[int | None, str]:
    """Find out who is meant by what a platform says.

    Parameters
    ----------
    claims : mapping of str to str
        Groups of the platform's pattern.
    platform : aiimpact.classroom.grading.layouts.Platform
        Which it is.
    roster : Roster
        The class.

    Returns
    -------
    person : int or None
        Place on the roster; None if that is not certain.
    why : str
        By what they are known, or why they are not.
    """
    named = claims.get("full_name") or " ".join(
        filter(None, (claims.get("first_name"), claims.get("last_name")))
    )
    evidence = [
        (_key(claims, platform, roster), claims.get("student_id") or claims.get("tail", "")),
        (roster.find(["email"], claims.get("email", "")), claims.get("email", "")),
        (roster.find(["full_name"], named), named),
    ]
    if not any(text for _, text in evidence):
        evidence = [(roster.in_text(claims["file_id"]), claims["file_id"])]
    told = [(found, text) for found, text in evidence if found]
    if not told:
        said = listed(repr(text) for _, text in evidence if text)
        return None, say("nobody on the roster is {names}", names=said)
    both = set.intersection(*(found for found, _ in told))
    if len(both) == 1:
        (who,) = both
        return who, next(text for found, text in told if who in found)
    if not both:
        each = [
            say("{name} is {ids}", name=repr(text), ids=_ids(roster, found)) for found, text in told
        ]
        said = reduce(lambda one, other: say("{one}, but {other}", one=one, other=other), each)
        return None, say("the names do not agree: {names}", names=said)
    return None, say(
        "{name} may be any of {count}: {ids}",
        name=repr(told[-1][1]),
        count=len(both),
        ids=_ids(roster, both),
    )


def _key(claims: Mapping[str, str], platform: Platform, roster: Roster) -> set[int]:
    if tail := claims.get("tail"):
        parts = tail.split(platform.separator)
        # "exercise-01-a-b" may be of "b" or of "a-b".
        ends = [platform.separator.join(parts[i:]) for i in range(len(parts))]
        return set().union(*(roster.find(platform.keys, end) for end in ends))
    if key := claims.get("student_id"):
        return roster.find(platform.keys, key)
    return set()


def _ids(roster: Roster, places: Iterable[int]) -> str:
    people = [roster.people[i] for i in sorted(places)][:5]
    names = [person.id or person.full_name or say("somebody") for person in people]
    return reduce(lambda one, other: say("{one} and {other}", one=one, other=other), names)
