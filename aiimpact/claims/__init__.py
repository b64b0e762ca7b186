"""The claims register: what the article says, where it comes from, and whether it holds.

Each :class:`Claim` carries its own proof, a list of calls into this library with what they
must give. :meth:`Claim.recompute` runs them. A claim that is a number has a verdict
(`VERDICTS`), one that is advice, a cause or a wish says what is known of its effect
(`EFFECTS`). :func:`column` names the article and lists what else it says.
"""

from aiimpact.claims.article import DECISIONS, Column, Remark, column
from aiimpact.claims.entries import Claim
from aiimpact.claims.parts import (
    NAMESPACE,
    Advice,
    Compared,
    Size,
    Source,
    Statement,
    Step,
    Teaching,
    Value,
)
from aiimpact.claims.register import Tally, get, load, of_chapter, read_entry, tally
from aiimpact.claims.scales import EFFECTS, EVIDENCE, VERDICTS, Word, parse_verdict, spell

__all__ = [
    "DECISIONS",
    "EFFECTS",
    "EVIDENCE",
    "NAMESPACE",
    "VERDICTS",
    "Advice",
    "Claim",
    "Column",
    "Compared",
    "Remark",
    "Size",
    "Source",
    "Statement",
    "Step",
    "Tally",
    "Teaching",
    "Value",
    "Word",
    "column",
    "get",
    "load",
    "of_chapter",
    "parse_verdict",
    "read_entry",
    "spell",
    "tally",
]
