"""A number as somebody typed it, in digits or in Chinese words: what ``numbers.js`` reads in a page, read in Python."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from importlib import resources

_WORDS = json.loads((resources.files("aiimpact.live") / "numerals.json").read_text("utf-8"))
# What JavaScript takes for a blank.
_BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?", re.IGNORECASE)
_GROUPED = re.compile(r"^([-+]?[1-9][0-9]{0,2}(?:,[0-9]{2,3})*,[0-9]{3})(?![0-9,])")
_APART = re.compile(rf"[0-9][{_BLANKS}_'’]+(?![0-9]{{3}}(?![0-9]))[0-9]")
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_POWER = re.compile(f"[{_SUPERSCRIPTS}]+")
_UNSEEN = re.compile(f"[{_WORDS['unseen']}]")
_SIGN = re.compile(f"[{''.join(_WORDS['signs'])}]")
_ALIKE = re.compile(f"[{''.join(_WORDS['alike'])}]")
_NOUGHTS: dict[str, int] = _WORDS["noughts"]
_COUNT = r"([0-9.]+)([十百千]?(?:万亿|[万亿])|[百千])"
_COUNTED = re.compile(rf"([-+]?)((?:{_COUNT})+)")
_ABOUT = re.compile(rf"^(?:{'|'.join(map(re.escape, _WORDS['about']))})[{_BLANKS}]*", re.IGNORECASE)
_OR_SO = re.compile(rf"[{_BLANKS}]*(?:{'|'.join(_WORDS['or so'])})\Z")
_DIGITS: str = _WORDS["digits"]
_ONE = f"[{_DIGITS[1:]}]"
_SECTION = re.compile(rf"(?:({_ONE})千)?(?:零?({_ONE})百)?(?:零?(({_ONE}?)十))?(?:(零)?({_ONE}))?")
_POINT = re.compile(rf"(.+)点([{_DIGITS}]+)([十百千]?(?:万亿|[万亿])|[百千])?")
_SAID = re.compile(rf"[{_DIGITS}]{{3,}}|[{_DIGITS}]+零[{_DIGITS}]*|零")
# Hong Kong leaves 之 out, between words.
_PART = re.compile(rf"(-?)(?:(.+)分之|([{_DIGITS}十百]+)分(?!之))(.+)")
_LONGEST = 40


def read(typed: str) -> float:
    """Read a number that somebody typed.

    Parameters
    ----------
    typed
        The text, without a unit.

    Returns
    -------
    float
        The number; NaN where it is none, or could be two.

    Examples
    --------
    >>> read("1.2万"), read("一百二十万"), read("１，２００"), read("三分之二"), read("1,2")
    (12000.0, 1200000.0, 1200.0, 0.6666666666666666, nan)
    """
    plain = _POWER.sub(
        lambda found: "^" + "".join("0123456789-"[_SUPERSCRIPTS.index(x)] for x in found[0]),
        _UNSEEN.sub("", typed),
    )
    plain = unicodedata.normalize("NFKC", plain)
    seen = re.sub(rf"^[{_BLANKS}]+|[{_BLANKS}]+\Z", "", _SIGN.sub(_sign, plain))
    seen = _OR_SO.sub("", _ABOUT.sub("", seen, count=1))
    if _APART.search(seen):
        return math.nan
    joined = re.sub(rf"[{_BLANKS}_'’]", "", seen)
    joined = re.sub(r"[×xX*·⋅]10\^", "e", joined)
    joined = re.sub(r"^([-+]?)10\^", r"\g<1>1e", joined)
    joined = _GROUPED.sub(lambda grouped: grouped[0].replace(",", ""), joined)
    value = _one(joined)
    return value if math.isfinite(value) else math.nan


def _sign(found: re.Match[str]) -> str:
    return str(_WORDS["signs"][found[0]])


def _one(text: str) -> float:
    if _NUMBER.fullmatch(text):
        return float(text)
    value = _counted(text)
    return _in_words(text) if math.isnan(value) else value


def _counted(text: str) -> float:
    found = _COUNTED.fullmatch(text)
    if not found:
        return math.nan
    parts = [
        (digits, sum(_NOUGHTS[word] for word in words))
        for digits, words in re.findall(_COUNT, found[2])
    ]
    whole = all(digits.isdigit() for digits, _ in parts)
    fits = all(
        float(digits) * 10**noughts < 10 ** parts[i][1]
        for i, (digits, noughts) in enumerate(parts[1:])
        if whole
    )
    if not _NUMBER.fullmatch(parts[0][0]) or (len(parts) > 1 and not (whole and fits)):
        return math.nan
    value = sum(float(f"{digits}e{noughts}") for digits, noughts in parts)
    return -value if found[1] == "-" else value


def _in_words(text: str) -> float:
    if len(text) > _LONGEST:
        return math.nan
    if part := _PART.fullmatch(text):
        below = _one(part[2] or part[3])
        share = _one(part[4]) / below if below else math.nan
        return -share if part[1] else share
    plain = _ALIKE.sub(lambda found: _WORDS["alike"][found[0]], text)
    if plain.startswith("-"):
        return -_in_words(plain[1:])
    if plain in ("半", "一半"):
        return 0.5
    found = _POINT.fullmatch(plain)
    if not found:
        return _whole(plain)
    before = _whole(found[1], short=False)
    if math.isnan(before):
        return math.nan
    power = sum(_NOUGHTS[word] for word in found[3] or "")
    return float(f"{before:.0f}.{_in_digits(found[2])}e{power}")


def _whole(text: str, *, short: bool = True) -> float:
    for word, size in (("亿", 1e8), ("万", 1e4)):
        high_text, found, rest = text.rpartition(word)
        if not found:
            continue
        high = _whole(high_text, short=False)
        clear = size == 1e4 or rest[:1] == "零"
        low = 0.0
        if len(rest) > 1:
            low = _whole(rest, short=short)
        elif rest:
            last = _DIGITS.find(rest)
            low = last * size / 10 if short and last > 0 else math.nan
        fits = 1 <= high < size and low < size and (clear or not low or low >= size / 10)
        return high * size + low if fits else math.nan
    return float(_in_digits(text)) if _SAID.fullmatch(text) else _section(text, short=short)


def _section(text: str, *, short: bool) -> float:
    found = _SECTION.fullmatch(text) if text else None
    if not found:
        return math.nan
    thousands, hundreds, ten, tens, nought, ones = found.groups()
    k, h, t, o = (_DIGITS.index(word) if word else 0 for word in (thousands, hundreds, tens, ones))
    above = 1000 * k + 100 * h + (10 * (t or 1) if ten else 0)
    if not ones or nought or ten or not above:
        return float(above + o)
    return float(above + o * (10 if hundreds else 100)) if short else math.nan


def _in_digits(text: str) -> str:
    return "".join(str(_DIGITS.index(word)) for word in text)
