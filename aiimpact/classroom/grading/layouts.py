"""Layouts: how platforms name the files of a download. What is known stands in `platforms.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

import yaml

GROUPS = {"student_id", "file_id", "timestamp", "first_name", "last_name", "email"}
"""Names of groups in patterns, as nbgrader's `zip_collect` has them."""

_WHOSE = {"student_id", "email", "full_name", "first_name", "tail"}
_MORE = {"full_name", "late", "number", "folder", "receipt", "tail", "assignment", "before"}


@dataclass(frozen=True, slots=True)
class Platform:
    """How one platform names what it hands out.

    Parameters
    ----------
    name : str
        To call it by.
    title : str
        To show.
    patterns : tuple of re.Pattern
        For the whole path of a file.
    keys : tuple of str
        Which columns of a roster hold its `student_id`.
    says : str
        What its `student_id` is, in words.
    copy : re.Pattern, optional
        Finds the number of a copy in a name.
    separator : str
        Stands before the id in the group `tail`.
    beside : str
        What must lie in a student's folder.
    ignored : tuple of str
        Files that are nobody's work.
    """

    name: str
    title: str
    patterns: tuple[re.Pattern[str], ...]
    keys: tuple[str, ...] = ()
    says: str = "what stands in the names"
    copy: re.Pattern[str] | None = None
    separator: str = ""
    beside: str = ""
    ignored: tuple[str, ...] = ()

    def read(self, path: str, repositories: Iterable[str] = ()) -> dict[str, str]:
        """Read the path of a file.

        Parameters
        ----------
        path : str
            Its path in the download.
        repositories : iterable of str
            Folders that hold what :attr:`beside` names.

        Returns
        -------
        dict
            What the groups hold; empty if the path is none of this platform's.

        Examples
        --------
        >>> moodle = known().platforms[0]
        >>> moodle.read("Student One_123456_assignsubmission_file/x.ipynb")["student_id"]
        '123456'
        """
        if self.beside:
            return self._read_beside(path, repositories)
        for pattern in self.patterns:
            if found := pattern.fullmatch(path):
                return {name: text for name, text in found.groupdict().items() if text}
        return {}

    def _read_beside(self, path: str, repositories: Iterable[str]) -> dict[str, str]:
        for folder in repositories:
            if folder and path.startswith(f"{folder}/"):
                inner = f"{folder.rpartition('/')[2]}{path.removeprefix(folder)}"
                found = self.patterns[0].fullmatch(inner)
                return {k: v for k, v in found.groupdict().items() if v} if found else {}
        return {}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of platforms and their tables.

    Parameters
    ----------
    platforms : tuple of Platform
        The most particular first, the plainest last.
    tables : tuple of dict
        Tables that platforms export.
    nobody : frozenset of str
        Names that are on no list, in lower case.
    """

    platforms: tuple[Platform, ...]
    tables: tuple[dict[str, Any], ...]
    nobody: frozenset[str] = field(default_factory=frozenset)

    def is_nobody(self, path: str) -> bool:
        """Say whether a path leads to what a system or a platform has left behind.

        Parameters
        ----------
        path : str
            With slashes.

        Returns
        -------
        bool
            True if it is nobody's work.

        Examples
        --------
        >>> known().is_nobody("s001/.git/HEAD"), known().is_nobody("s001/x.ipynb")
        (True, False)
        """
        parts = path.casefold().split("/")
        return any(part in self.nobody or part.startswith("._") for part in parts)

    def platform(self, name: str) -> Platform:
        """Give a platform by its name.

        Parameters
        ----------
        name : str
            Such as "moodle".

        Returns
        -------
        Platform
            What is known of it.

        Raises
        ------
        ValueError
            If it is not known.
        """
        for platform in self.platforms:
            if platform.name == name:
                return platform
        names = ", ".join(platform.name for platform in self.platforms)
        msg = f"LAYOUT must be one of {names}, got {name!r}."
        raise ValueError(msg)


@cache
def known(added: Path | None = None) -> Known:
    """Read what is known of platforms.

    Parameters
    ----------
    added : pathlib.Path, optional
        A file of one's own like `platforms.yaml`; what it holds comes first.

    Returns
    -------
    Known
        Platforms, tables and names of nobody.

    Raises
    ------
    ValueError
        If a pattern cannot be used; the text says which.
    """
    ours = (resources.files(__package__) / "platforms.yaml").read_text(encoding="utf-8")
    read = [yaml.safe_load(ours)]
    if added:
        try:
            read.insert(0, yaml.safe_load(added.read_text(encoding="utf-8")) or {})
        except yaml.YAMLError as error:
            msg = f"{added} cannot be read as YAML: {error}"
            raise ValueError(msg) from None
    try:
        return Known(
            tuple(_platform(each) for part in read for each in part.get("platforms", ())),
            tuple(each for part in read for each in part.get("tables", ())),
            frozenset(name.casefold() for part in read for name in part.get("nobody", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        msg = f"{added} must be like platforms.yaml of this library, and is not: {error}"
        raise ValueError(msg) from None


def _platform(given: dict[str, Any]) -> Platform:
    return Platform(
        given["name"],
        given.get("title", given["name"]),
        tuple(compiled(each["pattern"]) for each in given["patterns"]),
        tuple(given.get("keys", ("id", "login", "email", "full_name", "platform_id"))),
        given.get("says", "what stands in the names"),
        re.compile(given["copy"]) if given.get("copy") else None,
        given.get("separator", ""),
        given.get("beside", ""),
        tuple(given.get("ignored", ())),
    )


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, and see whether it can be used.

    Parameters
    ----------
    pattern : str
        A regular expression with named groups, for the whole path of a file.

    Returns
    -------
    re.Pattern
        To be matched.

    Raises
    ------
    ValueError
        If it is no regular expression, or has not the groups that are needed.

    Examples
    --------
    >>> compiled("(?P<student>.*)")
    Traceback (most recent call last):
    ...
    ValueError: A pattern must have the group file_id, and whose it is: student_id, email, full_name or first_name and last_name; got (?P<student>.*)
    """
    try:
        result = re.compile(pattern)
    except re.error as error:
        msg = f"A pattern must be a regular expression, got {pattern} ({error})."
        raise ValueError(msg) from None
    groups = set(result.groupindex)
    if "file_id" not in groups or groups - GROUPS - _MORE:
        _refuse(pattern)
    return result


def _refuse(pattern: str) -> NoReturn:
    msg = (
        "A pattern must have the group file_id, and whose it is: student_id, email, full_name "
        f"or first_name and last_name; got {pattern}"
    )
    raise ValueError(msg)


def own_pattern(pattern: str) -> Platform:
    """Make a platform of one pattern, given on the command line.

    Parameters
    ----------
    pattern : str
        A regular expression with the groups of :data:`GROUPS`.

    Returns
    -------
    Platform
        Its `student_id` may be anything that a roster holds.
    """
    keys = ("id", "login", "email", "full_name", "platform_id")
    result = compiled(pattern)
    if not _WHOSE & set(result.groupindex):
        _refuse(pattern)
    return Platform("own", "your own pattern", (result,), keys)


def recognise(
    paths: Sequence[str], repositories: Sequence[str], platforms: Sequence[Platform]
) -> Platform:
    """Find out which platform a download comes from.

    Parameters
    ----------
    paths : sequence of str
        Of all files that may be somebody's.
    repositories : sequence of str
        Folders that are clones.
    platforms : sequence of Platform
        The plainest last.

    Returns
    -------
    Platform
        The first of those that most paths fit; the plainest, if none fits half of them.
    """
    counts = [sum(bool(each.read(path, repositories)) for path in paths) for each in platforms[:-1]]
    most = max(counts, default=0)
    if most * 2 <= len(paths):
        return platforms[-1]
    return platforms[counts.index(most)]
