"""What needs no translation: numbers, formulas, and the units and short forms that Chinese readers know as they are."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z]{2}")
_SAME = re.compile(
    r"[\d.,%±()×÷+-]*(?:[pnumkMGTPE]?(?:Wh|W|J|g|t|m|L|B)|CO2e?|CO₂e?|m[23]|m[²³]|FLOPs?|USD|EUR|GBP|HKD|CNY|JPY|"
    r"[A-Z0-9][A-Z0-9.-]*|h|s|a)?[\d.,%±()×÷+-]*"
)
_MATHS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
# A role says its text, and in angle brackets what it is about; without those the text is a name.
_ROLE = re.compile(r"\{[\w:-]+\}`([^`<]*)<[^>`]*>`")
_ASIDE = re.compile(r"`[^`]*`|\]\([^)]*\)|<[^>]*>|\{[^}]*\}")


def is_text(text: str) -> bool:
    """Say whether there is something to translate in a text.

    Examples
    --------
    >>> is_text("Mean load [%]"), is_text("{twh} TWh"), is_text("kg CO2e/kWh"), is_text("$$ E = mc^2 $$")
    (True, False, False, False)
    >>> is_text("What"), is_text("a sum"), is_text("1.5 MW")  # W, h, a and t are units, "What" is none
    (True, True, False)
    """
    bare = _ASIDE.sub(" ", _ROLE.sub(r"\1", _MATHS.sub(" ", text))).strip()
    if not _WORD.search(bare):
        return False
    return not all(_SAME.fullmatch(part) for part in re.split(r"[ /·]+", bare) if part)
