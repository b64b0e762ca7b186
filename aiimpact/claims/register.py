"""The entries of the register, read from `data/claims.yaml`."""

from __future__ import annotations

import difflib
from collections import Counter
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

from aiimpact.claims.article import DECISIONS, column_entry
from aiimpact.claims.entries import Claim
from aiimpact.claims.parts import Advice, Size, Source, Statement, Step, Teaching, Value
from aiimpact.claims.scales import EFFECTS, EVIDENCE, VERDICTS
from aiimpact.claims.texts import said, templates
from aiimpact.words import language


def load() -> dict[str, Claim]:
    """Give the whole register, in the language in use.

    Returns
    -------
    dict of str to Claim
        By id, in the order of the article.

    Examples
    --------
    >>> [claim.verdict for claim in load().values() if claim.id == "gpt3-552-t"]
    ['reproduced']
    """
    return dict(_read(language()))


def get(claim_id: str) -> Claim:
    """Give one entry of the register.

    Parameters
    ----------
    claim_id : str
        Name of the entry.

    Returns
    -------
    Claim
        The entry.

    Raises
    ------
    KeyError
        If there is no such entry; the text lists the nearest names.

    Examples
    --------
    >>> get("strubell-626k-lb-five-cars").verdict
    'wrong-by-factor(88)'
    """
    known = load()
    if claim_id not in known:
        near = difflib.get_close_matches(claim_id, known, n=5, cutoff=0.3)
        hint = f"Nearest: {', '.join(near)}. " if near else ""
        msg = f"There is no claim {claim_id!r}. {hint}All names: list(claims.load())."
        raise KeyError(msg)
    return known[claim_id]


def of_chapter(chapter: int) -> list[Claim]:
    """Give the entries that one chapter of the book discusses.

    Parameters
    ----------
    chapter : int
        Number of the chapter.

    Returns
    -------
    list of Claim
        In the order of the article; empty if there is no such chapter.

    Examples
    --------
    >>> [claim.id for claim in of_chapter(6)]
    ['irena-5pct-growth-2030', 'hk-ai-carbon-neutral-2035']
    """
    return [claim for claim in load().values() if claim.chapter == chapter]


class Tally(NamedTuple):
    """How many claims there are, and what became of them.

    Parameters
    ----------
    claims : int
        All.
    numbers : int
        Those that are numbers.
    stand, open, fall : int
        What became of the numbers.
    advice : int
        Those that are advice, causes or wishes.
    effect : int
        Those of them that have an effect.
    conditional : int
        Those that have one only under a condition.
    """

    claims: int
    numbers: int
    stand: int
    open: int
    fall: int
    advice: int
    effect: int
    conditional: int


def tally() -> Tally:
    """Count the claims of the register and what became of them.

    Returns
    -------
    Tally
        The counts. [1]

    Examples
    --------
    >>> counts = tally()
    >>> counts.numbers == counts.stand + counts.open + counts.fall
    True
    """
    register = load().values()
    numbers = Counter(claim.word.outcome for claim in register if claim.advice is None)
    effects = Counter(claim.kind for claim in register if claim.advice)
    return Tally(
        claims=len(register),
        numbers=numbers.total(),
        stand=numbers["stands"],
        open=numbers["open"],
        fall=numbers["falls"],
        advice=effects.total(),
        effect=effects["effect"] + effects["effect-if"],
        conditional=effects["effect-if"],
    )


def raw_entries() -> list[dict[str, Any]]:
    """Give the entries as `claims.yaml` has them: English, with named places for numbers.

    Returns
    -------
    list of dict
        In the order of the article.

    Examples
    --------
    >>> raw_entries()[0]["id"]
    'idc-ai-market-2022-2027'
    """
    text = (resources.files("aiimpact") / "data" / "claims.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


def messages() -> dict[str, str]:
    """List what a translator of the register translates.

    Returns
    -------
    dict of str to str
        Each text, with named places for its numbers, and where it stands; in the order of the
        register, then the words of its scales, then what else the article says.

    Examples
    --------
    >>> messages()["Unsupported"]
    'a verdict, an effect, a kind of evidence'
    """
    found = {text: entry["id"] for entry in raw_entries() for text in templates(entry)}
    for word in (*VERDICTS.values(), *EFFECTS.values(), *EVIDENCE.values()):
        found |= dict.fromkeys((word.label, word.means), "a verdict, an effect, a kind of evidence")
    found |= dict.fromkeys(DECISIONS.values(), "what becomes of a sentence of the article")
    return found | dict.fromkeys(templates(column_entry()), "the article")


@cache
def _read(_language: str) -> dict[str, Claim]:
    found = [read_entry(said(entry)) for entry in raw_entries()]
    claims = {claim.id: claim for claim in found}
    if len(claims) != len(found):
        ids = [claim.id for claim in found]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        msg = f"claims.yaml must name each entry once, got {', '.join(twice)} twice. Rename one."
        raise ValueError(msg)
    return claims


def read_entry(entry: dict[str, Any]) -> Claim:
    """Make a claim of an entry in the format of `claims.yaml`, its numbers put in.

    Parameters
    ----------
    entry : dict
        Its fields; `recompute` has the steps. `advice`, `factor`, `size` and `verdict` may be
        left out, where the rules of :class:`Claim` allow it.

    Returns
    -------
    Claim
        The claim, checked.

    Raises
    ------
    TypeError, KeyError, ValueError
        If a field is missing or unknown, or breaks a rule of the register.

    Examples
    --------
    >>> read_entry({"id": "x"})
    Traceback (most recent call last):
        ...
    KeyError: 'article_values'
    """
    own = dict(entry)
    factor, advice, size = (own.pop(name, None) for name in ("factor", "advice", "size"))
    parts = {
        "article_values": tuple(Value(**value) for value in own.pop("article_values")),
        "primary_source": Source(**own.pop("primary_source")),
        "source_says": tuple(Statement(**statement) for statement in own.pop("source_says")),
        "teach_today": Teaching(**own.pop("teach_today")),
        "steps": tuple(Step(**step) for step in own.pop("recompute")),
        "factor": Step(**factor) if factor else None,
        "advice": Advice(**advice) if advice else None,
        "size": _size(size) if size else None,
    }
    return Claim(**(own | parts))


def _size(given: dict[str, Any]) -> Size:
    claimed = given.get("claimed", ())
    return Size(**(given | {"claimed": (claimed,) if isinstance(claimed, str) else tuple(claimed)}))
