"""Formulas that a page may typeset: those that are made of known signs and nothing else.

LaTeX in a page can link, style, define and repeat. A formula that holds more than is listed here is
shown as it was typed.
"""

from __future__ import annotations

import re

LONGEST = 1_000

_COMMANDS = frozenset(
    re.findall(
        r"\w+",
        """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
    rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
    Psi Omega infty partial nabla ell hbar degree circ prime
    cdot times div pm mp ast star bullet cup cap oplus otimes setminus
    le leq ge geq lt gt ne neq approx sim simeq equiv propto ll gg in notin subset subseteq mid
    parallel to rightarrow leftarrow Rightarrow Leftarrow leftrightarrow Leftrightarrow mapsto implies
    iff uparrow downarrow forall exists neg land lor therefore because
    frac dfrac tfrac binom sqrt sum prod int iint oint lim limsup liminf min max sup inf log ln lg exp
    sin cos tan cot arcsin arccos arctan sinh cosh tanh det gcd Pr
    left right big Big bigg Bigg bigl bigr lfloor rfloor lceil rceil langle rangle lvert rvert vert
    hat bar vec dot ddot tilde overline underline widehat widetilde overbrace underbrace
    mathrm mathbf mathit mathsf mathcal mathbb mathfrac operatorname text textbf textit textrm
    quad qquad ldots cdots vdots ddots dots displaystyle textstyle limits nolimits
        """,
    )
)
_ENVIRONMENTS = frozenset(
    ("aligned", "align*", "cases", "matrix", "pmatrix", "bmatrix", "vmatrix", "gathered")
)
_PART = re.compile(
    r"\\begin\{(?P<begin>[a-z]+\*?)\}|\\end\{(?P<end>[a-z]+\*?)\}|\\(?P<command>[A-Za-z]+)"
    r"|\\[\\,;:! {}|%]|(?P<brace>[{}])|(?P<less>[<>])|(?P<tab>&)"
    r"|[A-Za-z0-9\s+\-*/=.,:;!?'()\[\]|^_~]|[^\W\d_]|[\u00b0-\u00b7\u2030-\u22ff]"
)


def simple(source: str) -> str:
    r"""Give a formula that only holds what is known to be harmless.

    Parameters
    ----------
    source : str
        LaTeX, without the dollars around it.

    Returns
    -------
    str
        The same formula on one line; empty if it holds more, or its braces do not match.

    Examples
    --------
    >>> simple(r"E = P \cdot t"), simple("a < b")
    ('E = P \\cdot t', 'a \\lt b')
    >>> simple(r"\href{javascript:alert(1)}{E}"), simple("{a")
    ('', '')
    """
    if len(source) > LONGEST:
        return ""
    at, open_braces, environments, parts = 0, 0, [], []
    while at < len(source):
        part = _PART.match(source, at)
        if part is None or not _is_known(part):
            return ""
        if part["begin"]:
            environments.append(part["begin"])
        elif part["end"] and (not environments or environments.pop() != part["end"]):
            return ""
        open_braces += {"{": 1, "}": -1}.get(part["brace"] or "", 0)
        if open_braces < 0:
            return ""
        parts.append(_written(part))
        at = part.end()
    return "" if open_braces or environments else " ".join("".join(parts).split())


def _is_known(part: re.Match[str]) -> bool:
    if environment := part["begin"] or part["end"]:
        return environment in _ENVIRONMENTS
    return part["command"] is None or part["command"] in _COMMANDS


def _written(part: re.Match[str]) -> str:
    if part["less"]:
        return r"\lt " if part["less"] == "<" else r"\gt "
    # With a blank behind it, no reader of HTML takes it for the beginning of `&lt;`.
    return "& " if part["tab"] else part[0]
