"""Whether notebooks and folders agree on whose they are: the id that a student has written decides the numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from aiimpact.classroom import numbers
from aiimpact.classroom.grading import layouts
from aiimpact.words import say

FEWEST = 2
"""One who disagrees may have copied; so many of a class are a wrong layout."""


class DisagreeError(ValueError):
    """Most notebooks are of somebody else than their folders say; the text says what to do."""


def written_id(cells: Iterable[Any]) -> str:
    """Read the id that a student has written, without running anything.

    Parameters
    ----------
    cells : iterable of nbformat.NotebookNode
        The notebook.

    Returns
    -------
    str
        The last text that is given to `STUDENT`; empty if there is none.
    """
    found = ""
    for cell in cells:
        if cell.cell_type != "code" or "STUDENT" not in cell.source:
            continue
        try:
            body = ast.parse(cell.source[:100_000]).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for line in body:
            if (
                isinstance(line, ast.Assign)
                and any(isinstance(x, ast.Name) and x.id == "STUDENT" for x in line.targets)
                and isinstance(line.value, ast.Constant)
                and isinstance(line.value.value, str)
            ):
                found = numbers.visible(line.value.value).strip()
    return found


def disagreeing(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give those pairs of ids that are not of one student, if they are most of them.

    Parameters
    ----------
    pairs : iterable of tuple of str
        Whose it is said to be, and the id that is written in it; pairs without that do not count.

    Returns
    -------
    list of tuple of str
        Empty if most agree.

    Examples
    --------
    >>> disagreeing([("s1", "S1"), ("s2", "s2"), ("s3", "s4")])
    []
    >>> len(disagreeing([("123", "s1"), ("124", "s2")]))
    2
    """
    told = [(said, written) for said, written in pairs if written]
    wrong = [pair for pair in told if numbers.normal(pair[0]) != numbers.normal(pair[1])]
    return wrong if len(wrong) >= FEWEST and len(wrong) * 2 > len(told) else []


def check(pairs: Sequence[tuple[str, str]], submissions: Path, paths: Sequence[str]) -> None:
    """Stop before a class is graded with the numbers of others.

    Parameters
    ----------
    pairs : sequence of tuple of str
        Folder and written id of each notebook.
    submissions : pathlib.Path
        Where they lie.
    paths : sequence of str
        Of the notebooks, in that folder.

    Raises
    ------
    DisagreeError
        If most notebooks are not of those after whom their folders are named.
    """
    wrong = disagreeing(pairs)
    if not wrong:
        return
    folder, written = wrong[0]
    known = layouts.known()
    # What `collect` would make of it; of clones, `.git` is the sign.
    clones = [path.name for path in submissions.iterdir() if (path / ".git").exists()]
    platform = layouts.recognise(paths, clones, known.platforms)
    looks = (
        say("The names of the folders are none that I know.")
        if platform is known.platforms[-1]
        else say(
            "The folder looks like {platform}: its names hold {says}.",
            platform=say(platform.title),
            says=say(platform.says),
        )
    )
    msg = say(
        "Nothing was graded: in {count} of {of} notebooks the student's id is not the name of the folder. In "
        "{folder}, for example, it is {written}. The numbers of a student are drawn from the id, so nearly all "
        "answers would be wrong. {looks} Type one of these:\n"
        "  make collect FROM='{submissions}' ROSTER=class.csv    with a table that maps names or logins to ids\n"
        "  make collect FROM='{submissions}' IDS=notebook        if you trust the ids that students wrote\n"
        "and grade the folder `submissions` that it writes. If the folders are right all the same, grade with "
        "--as-named (with make: AS_NAMED=1).",
        count=len(wrong),
        of=len(pairs),
        folder=repr(folder),
        written=repr(written),
        looks=looks,
        submissions=submissions,
    )
    raise DisagreeError(msg)
