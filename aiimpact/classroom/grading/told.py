"""What a student is told of a test, and what not: a hidden test must stay one.

A student's function sees the hidden inputs it is called with, and may raise them, return them or
make a name of them. So what is told after such a call is chosen here, word by word, and nothing
that the function has given is in it.
"""

from __future__ import annotations

import builtins
import re
import sys
import traceback
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from aiimpact.classroom import checks
from aiimpact.classroom.speech import Later, here, later
from aiimpact.words import listed, say

LONGEST_REPLY = 2_000

_HIDDEN = re.compile(
    r"^[^\n]*BEGIN HIDDEN TESTS[^\n]*\n(.*?)^[^\n]*END HIDDEN TESTS[^\n]*$\n?",
    flags=re.MULTILINE | re.DOTALL,
)
_BUILT_IN = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, Exception)
)
_HINTS: dict[type[checks.Reply], Later] = {
    checks.Missing: later("there is no result yet."),
    checks.KeepWorking: later("the result is not right yet."),
}
_SHARED = frozenset(map(Path, ("/", "/usr", "/usr/local", "/home", "/tmp")))


def legible(text: Any, most: int) -> str:
    r"""Take a text of which nothing is known so that any file and any page can hold it.

    Parameters
    ----------
    text : str or anything
        As it came.
    most : int
        How much of it is kept. [characters]

    Returns
    -------
    str
        Its beginning, with control characters and halves of characters as escapes; empty if it
        is no text.

    Examples
    --------
    >>> legible("a\x00\ud800", 10), legible("abc", 2), legible(None, 1)
    ('a\\x00\\ud800', 'ab … (cut here)', '')
    """
    if not isinstance(text, str):
        return ""
    kept = "".join(
        c.encode("unicode_escape").decode()
        if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"
        else c
        for c in text[:most].replace("\r", "\n")
    )
    return say("{text} … (cut here)", text=kept) if len(text) > most else kept


def parts(source: str) -> tuple[str, str]:
    r"""Take a test apart.

    Parameters
    ----------
    source : str
        The source of its cell.

    Returns
    -------
    shown : str
        What students have been given.
    hidden : str
        What they have not.

    Examples
    --------
    >>> parts("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\n")
    ('a\n', 'b\n')
    """
    return _HIDDEN.sub("", source), "".join(_HIDDEN.findall(source))


def of(
    error: Exception,
    name: str,
    absent: Sequence[str] = (),
    *,
    hidden: bool,
    vague: bool,
    lost: str = "",
) -> tuple[str, str, str]:
    """Say what is told of an error that ended a test.

    Parameters
    ----------
    error : Exception
        What was raised.
    name : str
        Name of the test.
    absent : sequence of str
        Names of answers that the test needs and that are not there.
    hidden : bool
        Whether students have not been given what raised it.
    vague : bool
        Whether a student's function has seen a hidden input before.
    lost : str
        Why its Python was lost there, in words that follow "your function" and are said later; empty
        if it was not.

    Returns
    -------
    words : str
        For the student.
    slip : str
        Name of the slip, if it has one.
    note : str
        What a teacher should know beside that, to be said later; a student may read it too.
    """
    if isinstance(error, checks.Reply):
        words = _vaguely(error, lost) if vague else str(error)
        return legible(words, LONGEST_REPLY), error.slip, ""
    # A check should not get here. If an answer is missing, nobody need look; all else may be a
    # mistake of the check.
    if absent:
        missing = say(
            "this check needs {names}, which you have not given yet.", names=listed(absent)
        )
        return str(checks.Missing(missing)), "", ""
    words = say("The check stops at this answer. Your teacher is told to look at it.")
    if not hidden and isinstance(error, ValueError) and _is_rule(error):
        words = legible(str(checks.KeepWorking(str(error))), LONGEST_REPLY)
    if hidden:
        return (
            words,
            "",
            later(
                "The check {name} cannot cope with the answer, look at it yourself. It was a hidden case.",
                name=name,
            ),
        )
    shown = legible(f"{type(error).__name__}: {error}", LONGEST_REPLY)
    return (
        words,
        "",
        later(
            "The check {name} cannot cope with the answer, look at it yourself: {error}",
            name=name,
            error=shown,
        ),
    )


def _is_rule(error: Exception) -> bool:
    """Say whether the library has refused a number, in its own words."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    module = frame.f_globals.get("__name__", "")
    ours = ("aiimpact.classroom", "aiimpact.ask", "aiimpact.live")
    return module.startswith("aiimpact.") and not module.startswith(ours)


def _vaguely(reply: checks.Reply, lost: str) -> str:
    if lost:
        hint = say("your function {why}.", why=here(lost))
    elif reply.raised in _BUILT_IN:
        hint = say("your function raises {error}.", error=reply.raised)
    else:
        hint = (reply.slip and reply.hint) or here(_HINTS[type(reply)])
    return reply.toned(say("in a hidden case: {hint}", hint=hint))


def without_paths(text: str) -> str:
    """Take out of a text where things lie on this machine.

    Parameters
    ----------
    text : str
        What a student's cell has printed.

    Returns
    -------
    str
        With `<kit>`, `<python>` and `~` for the folders of the kit, of Python and of the user.

    Examples
    --------
    >>> without_paths(f"File {__file__}")
    'File <kit>/aiimpact/classroom/grading/told.py'
    """
    for path, name in _places().items():
        text = text.replace(path, name)
    return text


@cache
def _places() -> dict[str, str]:
    named = {
        Path.home(): "~",
        Path(sys.base_prefix): "<python>",
        Path(sys.prefix): "<python>",
        Path(__file__).parents[3]: "<kit>",
    }
    longest_first = sorted(named, key=lambda path: -len(str(path)))
    return {str(path): named[path] for path in longest_first if path not in _SHARED}
