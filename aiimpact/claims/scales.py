"""The words in which the register judges: verdicts for numbers, effects for advice, kinds of evidence.

Each word is defined here and nowhere else. Pages, cards and filters take it from here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from aiimpact.words import say


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a scale.

    Parameters
    ----------
    label : str
        How a reader sees it.
    means : str
        What it means, in a sentence without its full stop.
    outcome : str
        What becomes of the claim: "stands", "open", "falls", or "value" for what is none.
    """

    label: str
    means: str
    outcome: str = ""

    def said(self) -> Word:
        """Say the word in the language in use.

        Returns
        -------
        Word
            The same with its label and meaning said.

        Examples
        --------
        >>> EVIDENCE["measured"].said() == EVIDENCE["measured"]
        True
        """
        return Word(say(self.label), say(self.means), self.outcome)


VERDICTS = {
    "reproduced": Word(
        "Reproduced", "The published inputs give the published number", outcome="stands"
    ),
    "reproduced-with-caveats": Word(
        "Reproduced, with caveats",
        "They do, and something important is left unsaid",
        outcome="stands",
    ),
    "contested": Word(
        "Contested",
        "Published figures differ, and nothing that is published settles which is right",
        outcome="open",
    ),
    "projection": Word(
        "Projection",
        "It says what may come, and is neither right nor wrong yet",
        outcome="open",
    ),
    "wrong-by-factor": Word(
        "Wrong by a factor of …",
        "The number is that many times too large or too small",
        outcome="falls",
    ),
    "wrong-unit": Word(
        "Wrong unit",
        "The number was published for something else, and changed its unit on the way",
        outcome="falls",
    ),
    "misattributed": Word(
        "Misattributed", "A source is named, and it says something else", outcome="falls"
    ),
    "unsupported": Word("Unsupported", "No source that we found says it", outcome="falls"),
}
"""Verdicts on a claim that is a number. `wrong-by-factor` is followed by its factor in parentheses."""

EFFECTS = {
    "effect": Word(
        "Has an effect",
        "What is known points the way that the sentence says, wherever it was looked for",
        outcome="stands",
    ),
    "effect-if": Word(
        "Has an effect, if …",
        "It does under the condition that the entry names, and little or nothing without it",
        outcome="stands",
    ),
    "little-effect": Word(
        "Has little effect",
        "The direction is right, and the size is small beside what else can be done",
        outcome="open",
    ),
    "not-known": Word(
        "Too little is known",
        "It may well help, and nobody that we found has measured whether it does",
        outcome="open",
    ),
    "value": Word(
        "A value, not a fact",
        "It says what ought to be. No measurement can decide that",
        outcome="value",
    ),
}
"""What is known of the effect of a piece of advice, or of a cause that the article names."""

EVIDENCE = {
    "measured": Word(
        "Measured", "On machines in use, or by comparing places and years with it and without it"
    ),
    "reported": Word("Reported", "By those who run the machines, or counted in what they report"),
    "modelled": Word("Modelled", "A published model or forecast with real inputs"),
    "example": Word(
        "Worked example", "Our arithmetic on stated inputs. Nobody that we found has measured it"
    ),
    "none": Word("No evidence", "None that we found, or none that could exist"),
}
"""How sure the size of an effect is: the kind of evidence behind it, the best first."""


def spell(verdict: str) -> str:
    """Write a verdict or an effect as words, in the language in use.

    Parameters
    ----------
    verdict : str
        A name from `VERDICTS`, with its factor where it has one, or from `EFFECTS`.

    Returns
    -------
    str
        The words, beginning with a capital.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> spell("wrong-by-factor(88)"), spell("reproduced-with-caveats"), spell("effect-if")
    ('Wrong by a factor of 88', 'Reproduced, with caveats', 'Has an effect, if …')
    """
    if verdict in EFFECTS:
        return EFFECTS[verdict].said().label
    kind, factor = parse_verdict("The claim", verdict)
    if math.isnan(factor):
        return VERDICTS[kind].said().label
    return say("Wrong by a factor of {factor}", factor=f"{factor:g}")


def parse_verdict(claim_id: str, verdict: str) -> tuple[str, float]:
    """Take a verdict apart.

    Parameters
    ----------
    claim_id : str
        Whose verdict it is, for the text of an error.
    verdict : str
        A name from `VERDICTS`, with its factor where it has one.

    Returns
    -------
    tuple of str and float
        The name, and the factor or not a number. [1]

    Raises
    ------
    ValueError
        If there is no such verdict, or its factor is missing.

    Examples
    --------
    >>> parse_verdict("strubell", "wrong-by-factor(88)")
    ('wrong-by-factor', 88.0)
    """
    match = re.fullmatch(r"(wrong-by-factor)\(([\d.]+)\)|([a-z-]+)", str(verdict))
    kind = (match[1] or match[3]) if match else ""
    if kind not in VERDICTS or (kind == "wrong-by-factor" and match and not match[1]):
        msg = (
            f"{claim_id} must have one of the verdicts {', '.join(VERDICTS)}, got {verdict}. "
            "A factor goes in parentheses: wrong-by-factor(88)."
        )
        raise ValueError(msg)
    return kind, float(match[2]) if match and match[2] else math.nan
