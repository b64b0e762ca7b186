"""An entry of the register: a claim with its source, its proof and what became of it."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass

import pandas as pd

from aiimpact import tables
from aiimpact.claims.parts import Advice, Size, Source, Statement, Step, Teaching, Value
from aiimpact.claims.scales import EFFECTS, EVIDENCE, VERDICTS, Word, parse_verdict, spell
from aiimpact.words import say

_CONSTANT = re.compile(r'tables\.constant\(\s*"([^"]+)"')
_QUANTITY = re.compile(r'tables\.quantity\(\s*"([^"]+)",\s*"([^"]+)"(?:,\s*"([^"]+)")?')


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the article with its source, recomputation and verdict.

    Parameters
    ----------
    id : str
        Name of the entry.
    chapter : int
        Chapter of the book that discusses it.
    claim : str
        What the article says, in our words.
    article_values : tuple of Value
        Its numbers, as the article prints them.
    credited_to : str
        Whom the article credits.
    primary_source : Source
        Where it was first published.
    source_says : tuple of Statement
        What that source and those it led to say.
    steps : tuple of Step
        The recomputation.
    why : str
        The reason for the verdict or for what is said of the effect, in two sentences.
    teach_today : Teaching
        What to say instead.
    review_by : datetime.date
        When the entry must be looked at again.
    confidence : str
        How sure we are of the verdict, or of what is said of the effect.
    verdict : str or None
        For a claim that is a number: one of `VERDICTS`; `wrong-by-factor` carries its factor.
    factor : Step or None
        How the factor of `wrong-by-factor` comes out.
    advice : Advice or None
        For a claim without a number: what is known of its effect.
    short : str
        A few words to find it by; empty if it is shown alone.
    size : Size or None
        What holds beside what is claimed, or how large the effect is.

    Raises
    ------
    ValueError
        If the entry breaks a rule of the register; the text says what to write instead.
    """

    id: str
    chapter: int
    claim: str
    article_values: tuple[Value, ...]
    credited_to: str
    primary_source: Source
    source_says: tuple[Statement, ...]
    steps: tuple[Step, ...]
    why: str
    teach_today: Teaching
    review_by: datetime.date
    confidence: str
    verdict: str | None = None
    factor: Step | None = None
    advice: Advice | None = None
    size: Size | None = None
    short: str = ""

    def __post_init__(self) -> None:
        _require_one_scale(self)
        if self.advice is not None:
            _require_known_effect(self, self.advice)
        kind, number = parse_verdict(self.id, self.verdict) if self.verdict else ("", math.nan)
        if kind == "misattributed" and self.credited_to.casefold().startswith("nobody"):
            msg = (
                f"{self.id} must credit a source to be misattributed, got {self.credited_to} "
                "Name the source that does not say it, or take another verdict."
            )
            raise ValueError(msg)
        if (kind == "wrong-by-factor") != (self.factor is not None):
            msg = (
                f"{self.id} must have a factor exactly when its verdict is wrong-by-factor, got "
                f"{self.verdict}. Add the step that computes it, or leave it out."
            )
            raise ValueError(msg)
        if self.factor is not None and self.factor.gives != number:
            msg = (
                f"{self.id} must give the factor of its verdict {self.verdict}, got "
                f"{self.factor.gives:g}. Write the same number in both places."
            )
            raise ValueError(msg)
        if not self.teach_today.low <= self.teach_today.high:
            msg = (
                f"{self.id} must have low <= high in teach_today, got {self.teach_today.low:g} "
                f"and {self.teach_today.high:g}. Swap them."
            )
            raise ValueError(msg)

    @property
    def kind(self) -> str:
        """Name the verdict without its factor, or the effect.

        Returns
        -------
        str
            A name from `VERDICTS` or `EFFECTS`.
        """
        return self.advice.effect if self.advice else str(self.verdict).partition("(")[0]

    @property
    def word(self) -> Word:
        """Give what the verdict or the effect means, in the language in use.

        Returns
        -------
        Word
            Its definition.
        """
        return (EFFECTS if self.advice else VERDICTS)[self.kind].said()

    @property
    def judged(self) -> str:
        """Write what became of the claim, for a reader.

        Returns
        -------
        str
            The verdict with its factor, or the effect with its condition.
        """
        if self.advice is None:
            return spell(str(self.verdict))
        if self.advice.condition:
            return say("Has an effect, if {condition}", condition=self.advice.condition)
        return spell(self.advice.effect)

    def recompute(self) -> pd.DataFrame:
        """Run every step of the recomputation.

        Returns
        -------
        pandas.DataFrame
            One row a step: `what`, `call`, `expected`, `computed`, `unit`, `tolerance`, `ok`.
            The factor of a `wrong-by-factor` verdict is the last row.

        Examples
        --------
        >>> from aiimpact.claims import get
        >>> steps = get("gpt3-552-t").recompute()
        >>> [(row.what, row.expected, row.ok) for row in steps.itertuples()][2]
        ('Emissions', 552.1, True)
        """
        steps = [*self.steps, *([self.factor] if self.factor else [])]
        return pd.DataFrame(
            {
                "what": [step.what for step in steps],
                "call": [step.call for step in steps],
                "expected": [step.gives for step in steps],
                "computed": [step.run() for step in steps],
                "unit": [step.unit for step in steps],
                "tolerance": [step.tolerance for step in steps],
                "ok": [step.holds() for step in steps],
            }
        )

    @property
    def unverified(self) -> tuple[str, ...]:
        """Name what the entry rests on without its having been looked up.

        Returns
        -------
        tuple of str
            Statements as remembered, then the names of values as remembered. Empty if all of
            it was seen in print.

        Examples
        --------
        >>> from aiimpact.claims import get
        >>> get("gpt3-1287-mwh").unverified
        ("Stanford's AI Index of 2023 prints the energy third-hand, beside 502 t instead of 552 t.",)
        """
        calls = [step.call for step in (*self.steps, *([self.factor] if self.factor else []))]
        if self.size:
            calls += [*self.size.claimed, self.size.low, self.size.mid, self.size.high]
        rows: dict[str, tables.Quantity] = {}
        for call in calls:
            for key in _CONSTANT.findall(call):
                rows[key] = tables.constant(key)
            for table, key, column in _QUANTITY.findall(call):
                rows[f"{table} {key}"] = tables.quantity(table, key, column or None)
        remembered = [statement.text for statement in self.source_says if not statement.read]
        return (*remembered, *(name for name, row in rows.items() if not row.verified))

    def holds(self) -> bool:
        """Say whether the entry is right: every step and the factor come out as it says.

        An entry that calls a claim wrong holds when the claim comes out wrong by just that
        factor.

        Returns
        -------
        bool
            True if it is.
        """
        return bool(self.recompute()["ok"].all())


def _require_one_scale(claim: Claim) -> None:
    if (claim.verdict is None) == (claim.advice is None):
        has = "neither" if claim.verdict is None else "both"
        msg = (
            f"{claim.id} must have either a verdict or advice, got {has}. A claim that is a number "
            "has a verdict, one without a number says what is known of its effect under advice."
        )
        raise ValueError(msg)
    if (claim.verdict is None) == bool(claim.article_values):
        msg = (
            f"{claim.id} must have a verdict exactly when article_values holds a number, got "
            f"{len(claim.article_values)} values and "
            f"{'no verdict' if claim.verdict is None else claim.verdict}. Verdicts are for numbers: "
            "write the article's number into article_values, or replace the verdict by advice."
        )
        raise ValueError(msg)
    if claim.size is not None and bool(claim.size.claimed) != bool(claim.article_values):
        msg = (
            f"{claim.id} must say in size what is claimed exactly when the article has a number, "
            f"got {len(claim.size.claimed)} calls for {len(claim.article_values)} values. "
            "Write the article's number as a call, or leave claimed out."
        )
        raise ValueError(msg)


def _require_known_effect(claim: Claim, advice: Advice) -> None:
    for name, known in (("effect", EFFECTS), ("evidence", EVIDENCE)):
        if getattr(advice, name) not in known:
            msg = (
                f"{claim.id} must have one of {', '.join(known)} as {name} of its advice, got "
                f"{getattr(advice, name)}. Choose the word whose meaning in aiimpact.claims fits."
            )
            raise ValueError(msg)
    if (advice.effect == "effect-if") != bool(advice.condition):
        msg = (
            f"{claim.id} must name a condition exactly when its effect is effect-if, got "
            f"{advice.effect} and {advice.condition!r}. Complete the sentence “it has an effect, "
            "if …”, or choose another effect."
        )
        raise ValueError(msg)
    sized = {"effect", "effect-if", "little-effect"}
    if (advice.effect in sized) > (claim.size is not None and advice.evidence != "none"):
        msg = (
            f"{claim.id} must have a size and evidence for its effect {advice.effect}, got "
            f"{'a' if claim.size else 'no'} size and evidence {advice.evidence}. Add calls for low, "
            "mid and high, or say not-known."
        )
        raise ValueError(msg)
    if advice.effect == "value" and (claim.size is not None or advice.evidence != "none"):
        msg = (
            f"{claim.id} must have neither size nor evidence as a value, got evidence "
            f"{advice.evidence}. Leave both out (evidence: none), or say what its effect is."
        )
        raise ValueError(msg)
