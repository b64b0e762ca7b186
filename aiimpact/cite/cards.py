"""An entry of the claims register as a card: what is claimed, who says so, what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from aiimpact.cite.digits import digits_of
from aiimpact.live.notation import seen
from aiimpact.live.numbers import number

if TYPE_CHECKING:
    from aiimpact.claims import Claim

_DIGITS = 4


class Card:
    """Show a claim beside its recomputation and verdict.

    Parameters
    ----------
    claim
        An entry of the register, from ``claims.get``.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim

    def __repr__(self) -> str:
        """Print the verdict and what each step gives, so that a test compares them."""
        lines = [f"{self.claim.id}: {self.claim.verdict}"]
        for step in self.claim.recompute().to_dict("records"):
            lines.append(f"  {step['what']}: {step['computed']:.6g} {_unit(step)}".rstrip())
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        claim = self.claim
        steps = "".join(
            f"<li>{escape(step['what'])}: <strong>{escape(outcome(step))}</strong>"
            f"<br><code>{escape(step['call'])}</code></li>"
            for step in claim.recompute().to_dict("records")
        )
        kind = claim.verdict.split("(")[0]
        html = (
            f'<div class="explorer claim" id="claim-{escape(claim.id)}">'
            f'<p class="claim-text">{escape(claim.claim)}</p>'
            f'<p class="claim-verdict claim-{escape(kind)}">{escape(spell(claim.verdict))}</p>'
            f"<p>{escape(claim.why)}</p>"
            f"<details><summary>How it was checked</summary><ol>{steps}</ol></details>"
            f'<p class="claim-register"><a href="../book/claims.html#{escape(claim.id)}">'
            "In the register</a></p></div>"
        )
        return {"text/html": html, "text/plain": repr(self)}


class Verdicts:
    """List claims with their verdicts and what to say instead, as a table.

    Parameters
    ----------
    claims
        Entries of the register.
    """

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.claims = list(claims)

    def __repr__(self) -> str:
        """Write the table as Markdown."""
        rows = [
            f"| {claim.claim} | {spell(claim.verdict)} | {claim.teach_today.text} |"
            for claim in self.claims
        ]
        return "\n".join(["| The claim | Verdict | Say instead |", "|---|---|---|", *rows])

    def _repr_markdown_(self) -> str:
        return repr(self)


class Answers:
    """Fold away the answers to a chapter's exercises, numbered as the exercises are.

    Parameters
    ----------
    *answers
        Markdown, one text an exercise.

    Examples
    --------
    >>> Answers("Forty.", "A tonne.")
    <details><summary>Answers to check yourself against</summary>
    <BLANKLINE>
    1. Forty.
    2. A tonne.
    <BLANKLINE>
    </details>
    """

    def __init__(self, *answers: str) -> None:
        self.answers = answers

    def __repr__(self) -> str:
        """Write the answers as Markdown."""
        numbered = "\n".join(f"{i}. {answer}" for i, answer in enumerate(self.answers, start=1))
        summary = "<summary>Answers to check yourself against</summary>"
        return f"<details>{summary}\n\n{numbered}\n\n</details>"

    def _repr_markdown_(self) -> str:
        return repr(self)


def outcome(step: Mapping[Any, Any]) -> str:
    """Write what a step gives: in four digits, or in as many as the register has of it.

    Parameters
    ----------
    step
        A row of ``Claim.recompute()``.

    Returns
    -------
    str
        The number and its unit.

    Examples
    --------
    >>> outcome({"computed": 626_155.3, "expected": 626_155.0, "unit": "lb CO2e"})
    '626,155 lb CO₂e'
    """
    digits = max(_DIGITS, digits_of(float(step["expected"])))
    return f"{number(step['computed'], digits)} {seen(_unit(step))}".rstrip()


def _unit(step: Mapping[Any, Any]) -> str:
    return "" if step["unit"] == "1" else str(step["unit"])


def spell(verdict: str) -> str:
    """Write a verdict as words.

    Parameters
    ----------
    verdict
        One of ``claims.VERDICTS``, with its factor where it has one.

    Returns
    -------
    str
        The words, beginning with a capital.

    Examples
    --------
    >>> spell("wrong-by-factor(88)"), spell("reproduced-with-caveats")
    ('Wrong by a factor of 88', 'Reproduced, with caveats')
    """
    if "(" in verdict:
        return f"Wrong by a factor of {verdict.split('(')[1].rstrip(')')}"
    return verdict.replace("-with", ", with").replace("-", " ").capitalize()
