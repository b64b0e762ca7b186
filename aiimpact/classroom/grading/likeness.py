"""Texts that have been through other editors: whether two of them were one.

Editors and formatters change white space, line ends, quotes and hyphens, and break lines of code
elsewhere. None of that counts here; what is left may still differ a little.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache

CLOSE = 0.75
"""From which likeness on two texts count as one. Two cells of one exercise have less than 0.6. [1]"""
MOST = 500
"""How many texts are looked at."""

_SHORTEST = 24
_PIECE = 5
_QUOTES_AND_HYPHENS = str.maketrans(
    dict.fromkeys("'‘’‚‛“”„‟«»`´′″", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")


def normal(text: str) -> str:
    r"""Leave out of a text what editors change: white space, kinds of quotes, the last comma.

    Parameters
    ----------
    text : str
        A text or code.

    Returns
    -------
    str
        What is left; equal for texts that differ in nothing else.

    Examples
    --------
    >>> normal("f(‘a’,\r\n\t2,\r\n)") == normal('f("a", 2)')
    True
    """
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES_AND_HYPHENS)
    return re.sub(r",(?=[)\]}])", "", _INVISIBLE.sub("", plain))


def pieces(text: str) -> frozenset[str]:
    """Give what a text is made of, to compare it.

    Parameters
    ----------
    text : str
        As :func:`normal` gives it.

    Returns
    -------
    frozenset of str
        All its pieces of a few characters.
    """
    return frozenset(text[i : i + _PIECE] for i in range(len(text) - _PIECE + 1))


def likeness(one: str, other: str, cut: Callable[[str], frozenset[str]] | None = None) -> float:
    """Say how much of two texts is the same, whatever its order.

    Parameters
    ----------
    one, other : str
        As :func:`normal` gives them.
    cut : callable, optional
        :func:`pieces`, or what remembers them.

    Returns
    -------
    float
        From 0 to 1; short texts, and those of quite different lengths, are the same or not. [1]

    Examples
    --------
    >>> likeness("a" * 30, "a" * 30), likeness("short", "shore")
    (1.0, 0.0)
    >>> round(likeness("The quick brown fox jumps over it.", "The quick brown fox jumped over it."), 2)
    0.82
    """
    if one == other:
        return 1.0
    shorter, longer = sorted((len(one), len(other)))
    # So however long a text is that somebody hands in, comparing it costs no more than ours.
    if shorter < _SHORTEST or 2 * shorter < CLOSE * (shorter + longer):
        return 0.0
    cut = cut or pieces
    of_one, of_other = cut(one), cut(other)
    return 2 * len(of_one & of_other) / (len(of_one) + len(of_other))


def pair(texts: Sequence[str], known: Mapping[str, str]) -> dict[int, tuple[str, float]]:
    """Find known texts among others: the most alike first, and never two for one.

    Parameters
    ----------
    texts : sequence of str
        As :func:`normal` gives them.
    known : mapping of str to str
        What is looked for, by name; as :func:`normal` gives it.

    Returns
    -------
    dict of int to (str, float)
        Places in `texts`, the name of what stands there, and how alike it is.

    Examples
    --------
    >>> pair(["b", "a", "a"], {"first": "a", "second": "b", "third": "c"})
    {0: ('second', 1.0), 1: ('first', 1.0)}
    """
    cut = cache(pieces)  # for as long as this takes
    alike = [
        (-how, i, name)
        for name, wanted in known.items()
        for i, text in enumerate(texts[:MOST])
        if (how := likeness(text, wanted, cut)) >= CLOSE
    ]
    found: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for less, i, name in sorted(alike):
        if i not in found and name not in taken:
            found[i] = name, -less
            taken.add(name)
    return found
