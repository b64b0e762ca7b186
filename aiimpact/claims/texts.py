"""What the register says, in the language in use, with its numbers put in.

A text of `claims.yaml` is a template, `{rate} % a year`, and its entry says under `numbers` what
`{rate}` is. So a text is translated once and holds no figure of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

from aiimpact.claims.parts import evaluate
from aiimpact.numbers import number
from aiimpact.words import counted, language, say

_TEXTS = {
    "source_says": ("text",),
    "recompute": ("what",),
    "factor": ("what",),
    "advice": ("condition",),
    "size": ("unit",),
    "teach_today": ("text", "unit"),
    "also_says": ("says", "note"),
}
_OWN_TEXTS = {
    *("short", "claim", "credited_to", "why", "confidence"),
    *("in_english", "affiliation", "newspaper"),
}
_SCALES = {"million": 1e6, "billion": 1e9}
_ENDS = ("low", "high")


def templates(entry: Mapping[str, Any]) -> list[str]:
    """List what a translator of an entry translates.

    Parameters
    ----------
    entry : dict
        An entry as `claims.yaml` has it.

    Returns
    -------
    list of str
        Its texts, with named places for their numbers.

    Examples
    --------
    >>> templates({"why": "It is {share} %.", "factor": {"what": "Run over run"}})
    ['It is {share} %.', 'Run over run']
    """
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    with_texts(entry, note)
    return found


def said(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Say the texts of an entry, and put its numbers in.

    Parameters
    ----------
    entry : dict
        An entry as `claims.yaml` has it.

    Returns
    -------
    dict
        The entry in the language in use, without `numbers` and `in_words`; the ends of
        `teach_today` are numbers.

    Examples
    --------
    >>> said({"why": "It is {share} %.", "numbers": {"share": "100 / 3 | 2"}})
    {'why': 'It is 33 %.'}
    """

    def fill(text: str) -> str:
        places = {name for _, name, _, _ in Formatter().parse(text) if name}
        return say(text, **{name: written(entry["numbers"][name], entry) for name in places})

    found = with_texts(entry, fill)
    if "teach_today" in found:
        ends = {end: value_of(end, entry) for end in _ENDS}
        found["teach_today"] = found["teach_today"] | ends
    return {name: part for name, part in found.items() if name not in {"numbers", "in_words"}}


def written(number: str, entry: Mapping[str, Any]) -> str:
    """Write a number of an entry.

    Parameters
    ----------
    number : str
        A call, or two with `..` between for a range; then, if it is not printed in three
        significant digits, `|` with how many, or with a format of Python, and perhaps `million`
        or `billion`.
    entry : dict
        The entry, whose steps the call may name.

    Returns
    -------
    str
        The number in the language in use, thousands set apart.

    Examples
    --------
    >>> written("1287.1 | 3", {}), written("1.1 | .2f", {}), written("2.6 .. 2.94 | 2 million", {})
    ('1,290', '1.10', '2.6 to 2.9 million')
    """
    calls, _, printed = number.partition(" | ")
    form, _, scale = (printed or "3").partition(" ")
    values = [value_of(call, entry) for call in calls.split(" .. ")]
    told = [counted(value, _SCALES[scale]) if scale else (value, "") for value in values]
    if language() == "en":
        # "2.6 to 2.9 million"; Chinese says its word with each.
        told[:-1] = [(value, "") for value, _ in told[:-1]]
    ends = [_printed(value, form) + word for value, word in told]
    return say("{low} to {high}", low=ends[0], high=ends[1]) if ends[1:] else ends[0]


def value_of(call: str, entry: Mapping[str, Any]) -> float:
    """Evaluate a call of an entry.

    Parameters
    ----------
    call : str
        As in a step; `step("…")` and `factor` stand for what the steps of the entry give, `low`
        and `high` for the ends of `teach_today`.
    entry : dict
        The entry.

    Returns
    -------
    float
        What the call gives, in the unit that the text names. [`unit`]

    Examples
    --------
    >>> value_of('2 * step("Half")', {"recompute": [{"what": "Half", "call": "1 / 2"}]})
    1.0
    """
    steps = {step["what"]: step["call"] for step in entry.get("recompute", ())}
    names: dict[str, Any] = {"step": lambda what: evaluate(steps[what])}
    if "factor" in entry:
        names["factor"] = evaluate(entry["factor"]["call"])
    for end in _ENDS:
        if re.search(rf"(?<!\.)\b{end}\b", call):
            names[end] = evaluate(str(entry["teach_today"][end]), **names)
    return evaluate(call, **names)


def with_texts(entry: Mapping[str, Any], do: Callable[[str], str]) -> dict[str, Any]:
    """Copy an entry, or the article, with something done to each text that people read.

    Parameters
    ----------
    entry : dict
        As `claims.yaml` or `column.yaml` has it.
    do : callable
        Takes a text and gives another.

    Returns
    -------
    dict
        The copy.

    Examples
    --------
    >>> with_texts({"id": "x", "why": "so"}, str.upper)
    {'id': 'x', 'why': 'SO'}
    """
    copy: dict[str, Any] = {
        name: do(part) if name in _OWN_TEXTS else part for name, part in entry.items()
    }
    for name, fields in _TEXTS.items():
        part = copy.get(name)
        if isinstance(part, list):
            copy[name] = [_done(item, fields, do) for item in part]
        elif part:
            copy[name] = _done(part, fields, do)
    return copy


def _done(
    part: Mapping[str, Any], fields: tuple[str, ...], do: Callable[[str], str]
) -> dict[str, Any]:
    return {name: do(value) if name in fields else value for name, value in part.items()}


def _printed(value: float, form: str) -> str:
    return number(value, int(form)) if form.isdigit() else f"{value:,{form}}".replace("-", "−")
