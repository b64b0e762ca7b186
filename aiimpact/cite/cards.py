"""An entry of the claims register as a card: what is claimed, who says so, what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from aiimpact import words
from aiimpact.cite.digits import digits_of
from aiimpact.cite.ruler import in_words, ruler
from aiimpact.live.notation import close, typeset
from aiimpact.live.stamp import stamp_html
from aiimpact.numbers import number
from aiimpact.words import say

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
        lines = [f"{self.claim.id}{say(': ')}{self.claim.judged}"]
        lines += [f"  {name}{say(': ')}{text}" for name, text in facts_of(self.claim)]
        for step in self.claim.recompute().to_dict("records"):
            lines.append(
                f"  {step['what']}{say(': ')}{step['computed']:.6g} {_unit(step)}".rstrip()
            )
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        claim = self.claim
        steps = "".join(
            f"<li>{escape(step['what'])}{say(': ')}<strong>{escape(outcome(step))}</strong>"
            f"<br><code>{escape(step['call'])}</code></li>"
            for step in claim.recompute().to_dict("records")
        )
        html = (
            f'<div class="explorer claim" id="claim-{escape(claim.id)}">'
            f'<p class="claim-text">{escape(claim.claim)}</p>'
            f"{judged_html(claim)}{facts_html(claim)}"
            f"<p>{escape(claim.why)}</p>"
            f"<details><summary>{say('How it was checked')}</summary><ol>{steps}</ol></details>"
            f'<p class="claim-register"><a href="../book/claims.html#{escape(claim.id)}">'
            f"{say('In the register')}</a></p></div>"
        )
        return {"text/html": html, "text/plain": repr(self)}


class Verdicts:
    """List claims with what became of them and what to say instead, as a table.

    Parameters
    ----------
    claims
        Entries of the register.
    """

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.claims = list(claims)

    def __repr__(self) -> str:
        """Write the table as Markdown."""
        found = {bool(claim.advice) for claim in self.claims}
        head = (
            say("Verdict or effect")
            if len(found) > 1
            else say("Effect")
            if found == {True}
            else say("Verdict")
        )
        rows = [
            f"| {claim.claim} | {_in_a_cell(claim)} | {claim.teach_today.text} |"
            for claim in self.claims
        ]
        first = f"| {say('The claim')} | {head} | {say('Say instead')} |"
        return "\n".join([first, "|---|---|---|", *rows])

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
        summary = f"<summary>{say('Answers to check yourself against')}</summary>"
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
    times, unit = words.counted_in(_unit(step))
    digits = max(_DIGITS, digits_of(float(step["expected"])))
    return f"{number(times * step['computed'], digits)} {typeset(unit)}".rstrip()


def _unit(step: Mapping[Any, Any]) -> str:
    return "" if step["unit"] == "1" else str(step["unit"])


def stamp(claim: Claim) -> str:
    """Write the verdict or the effect of a claim as a mark, in HTML.

    Parameters
    ----------
    claim
        An entry of the register.

    Returns
    -------
    str
        The words, with what they mean as a title.
    """
    text = claim.word.label if claim.advice else claim.judged
    kind = f"claim-{claim.word.outcome} claim-{claim.kind}"
    return stamp_html(
        text, f"claim-verdict {kind}", title=say("{sentence}.", sentence=claim.word.means)
    )


def judged_html(claim: Claim) -> str:
    """Draw the ruler of a claim with its stamp beside it.

    Parameters
    ----------
    claim
        An entry of the register.

    Returns
    -------
    str
        HTML; the stamp alone where there is no ruler.
    """
    return f'<div class="claim-judged">{ruler(claim)}{stamp(claim)}</div>'


def facts_of(claim: Claim) -> list[tuple[str, str]]:
    """Say under which condition, how much and how sure, or what is claimed and what holds.

    Parameters
    ----------
    claim
        An entry of the register.

    Returns
    -------
    list of tuple of str
        Names and texts; none for a number without a size.
    """
    found = []
    if claim.advice and claim.advice.condition:
        found.append((say("If"), say("{sentence}.", sentence=claim.advice.condition)))
    if claim.size:
        size = claim.size.compute()
        if size.claimed_low is None or size.claimed_high is None:
            found.append((say("How much"), how_much(claim)))
        else:
            more = any(value.comparator == ">" for value in claim.article_values)
            times, unit = words.counted_in(size.unit)
            ends = times * size.claimed_low, times * size.claimed_high
            measure = words.counted_in(claim.size.measure)[1]
            claimed = f"{_span(*ends, digits=_DIGITS)} {measure}"
            digits = _DIGITS if claim.kind == "reproduced" else 3
            holds = f"{_span(times * size.low, times * size.high, digits=digits)} {unit}"
            claimed = say("more than {number}", number=claimed) if more else claimed
            found.append((say("Claimed"), _printed(claimed)))
            found.append((say("Holds"), _printed(holds)))
            found.append((say("Claimed is"), in_words(size)))
    if claim.advice:
        sure = claim.advice.sure
        found.append(
            (say("How sure"), say("{label}. {sentence}.", label=sure.label, sentence=sure.means))
        )
    return found


def facts_html(claim: Claim) -> str:
    """Write what :func:`facts_of` says, as a list in HTML.

    Parameters
    ----------
    claim
        An entry of the register.

    Returns
    -------
    str
        The list, or nothing if there is none.
    """
    items = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>"
        for name, text in facts_of(claim)
    )
    return f'<dl class="claim-facts simple">{items}</dl>' if items else ""


def how_much(claim: Claim) -> str:
    """Write the size of an effect.

    Parameters
    ----------
    claim
        An entry of the register.

    Returns
    -------
    str
        Its range with its unit; nothing if it has none.
    """
    if claim.size is None:
        return ""
    size = claim.size.compute()
    return _printed(f"{_span(size.low, size.high, digits=2)} {words.name(size.unit)}")


def _span(low: float, high: float, *, digits: int) -> str:
    ends = dict.fromkeys((number(low, digits), number(high, digits)))
    return say(" to ").join(ends)


def _printed(text: str) -> str:
    return close(text.replace("CO2", "CO₂").replace(" m3", " m³"))


def _in_a_cell(claim: Claim) -> str:
    if claim.advice is None or claim.size is None or claim.kind == "not-known":
        return claim.judged
    return say(
        "{judged}. {size} ({evidence})",
        judged=claim.judged,
        size=how_much(claim),
        evidence=claim.advice.sure.label.lower(),
    )
