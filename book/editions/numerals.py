"""The numbers of a text, in English and in Chinese: 132.4 billion is 1,324亿, and 40% is not 40."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
_HAN_SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}

_TOKEN = re.compile(
    r"\{+(?P<place>[^{}\n]+)\}+"
    r"|(?<![A-Za-z\d])(?P<name>[A-Za-z]+[-‑]?\d[A-Za-z\d.‑-]*)"
    r"|(?P<number>\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?)"
)
_ENGLISH_SCALE = re.compile(rf"(?:[ -]?(?:{'|'.join(_SCALES)})s?\b)+")
# A scale before a unit's name is a prefix of the unit, and 百分 a way to say per cent.
_HAN_SCALE = re.compile(r"[多余几]?(?:[十万亿]|千(?![瓦克米升卡焦])|百(?!分))+")
_ENGLISH_PERCENT = re.compile(r"\s?(?:%|per cent\b|percent\b)")
_HAN_PERCENT = re.compile(r"\s?%")
# What may stand between numbers that share what is behind the last: 3 to 5, 3 instead of 5, 从3减到5.
_JOINED = re.compile(r",?\s?%?(?: [a-z]+){1,2} |\s?%?\s?(?:[–~,、]|[减增升降]?[至到]|[和与或])\s?")

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
)
_ONES += " sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_MONTHS = "january february march april may june july august september october november december"
_WORDS: dict[str, tuple[float, ...]] = {
    "a": (1,), "an": (1,), "once": (1,), "single": (1,), "first": (1,), "alone": (1,),
    "second": (2,), "twice": (2,), "double": (2,), "doubles": (2,), "doubled": (2,), "both": (2,), "pair": (2,),
    "half": (0.5, 2, 50), "halves": (0.5, 2, 50), "halved": (0.5, 2, 50), "halving": (0.5, 2, 50),
    "third": (3,), "quarter": (4, 0.25, 25), "fifth": (5, 20), "eighth": (8,), "ninth": (9,), "twelfth": (12,),
    "tenth": (10, 0.1), "twentieth": (20, 5), "none": (0,), "dozen": (12,), "decade": (10,), "century": (100,),
    "noon": (12,), "midnight": (0, 24),
}  # fmt: skip
_WORDS |= {word: (float(value),) for value, word in enumerate(_ONES.split())}
_WORDS |= {word: (float(10 * value),) for value, word in enumerate(_TENS.split(), start=2)}
_WORDS |= {month: (float(value),) for value, month in enumerate(_MONTHS.split(), start=1)}
# Names with digits that Chinese may write as a word.
_WRITTEN_OUT = {"CO2", "CO2e", "m3"}


@dataclass
class _Number:
    """A number as it stands, or a place for one, and all that it can mean where it stands."""

    written: str
    value: float
    percent: bool
    scales: set[float] = field(default_factory=set)

    def can_be(self, other: _Number) -> bool:
        """Say whether both can be the same number."""
        if self.is_place != other.is_place or (self.is_place and self.written != other.written):
            return False
        return any(
            _close(self.value * mine, other.value * theirs)
            for mine in self.scales
            for theirs in other.scales
        )

    @property
    def is_place(self) -> bool:
        return self.written.startswith("{")


def differences(english: str, chinese: str) -> list[str]:
    """Say which numbers one text has and the other has not.

    Parameters
    ----------
    english, chinese : str
        Without code, formulas and addresses; `{name}` stands for a number.

    Returns
    -------
    list of str
        What is wrong, nothing if the numbers agree. Number words of English may be digits in Chinese
        (`fortyfold`, 40倍), but digits stay digits.
    """
    names, numbers = _read(english, _ENGLISH_SCALE, _english_scale, _ENGLISH_PERCENT)
    said_names, said = _read(chinese, _HAN_SCALE, _han_scale, _HAN_PERCENT)
    spelled = set(_spelled(english))
    found = []
    for number in numbers:
        alike = [other for other in said if number.can_be(other)]
        if not alike:
            found.append(f"The number {_shown(number)} is not in the translation.")
        elif number.percent and not any(other.percent for other in alike):
            found.append(f"{number.written} is per cent, and is not in the translation.")
    shared = _with_shared_percent(numbers, english)
    for number in said:
        alike = [other for other in numbers if number.can_be(other)]
        in_words = not number.is_place and any(
            _close(number.value * scale, value) for scale in number.scales for value in spelled
        )
        if not alike and not in_words:
            found.append(f"The translation has the number {_shown(number)}, the English has not.")
        elif number.percent and not in_words and not any(id(other) in shared for other in alike):
            found.append(f"{number.written} is per cent in the translation only.")
    for name in sorted(names - said_names - _WRITTEN_OUT):
        found.append(f"{name} is not in the translation.")
    for name in sorted(said_names - names - _WRITTEN_OUT):
        found.append(f"The translation has {name}, the English has not.")
    return list(dict.fromkeys(found))


def _shown(number: _Number) -> str:
    scale = max(number.scales)
    return number.written if scale == 1 else f"{number.written} × {scale:,.0f}"


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other))


def _read(
    text: str, scale: re.Pattern[str], worth: Callable[[str], float], percent: re.Pattern[str]
) -> tuple[set[str], list[_Number]]:
    """Give the names with digits in a text, and its numbers."""
    plain = text.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉²³", "012345678923"))
    names, numbers, ends = set(), [], []
    for token in _TOKEN.finditer(plain):
        if token["name"]:
            names.add(token["name"].replace("‑", "-").rstrip(".-").removesuffix("s"))
            continue
        scaled = scale.match(plain, token.end())
        end = scaled.end() if scaled else token.end()
        is_percent = bool(percent.match(plain, end)) or plain[: token.start()].endswith("百分之")
        written = f"{{{token['place']}}}" if token["place"] else token["number"]
        value = 1.0 if token["place"] else float(token["number"].replace(",", ""))
        many = worth(scaled[0]) if scaled else 1.0
        if worth is _han_scale and "[bn " in written:
            # The page writes it in 亿 (`words.counted_in`).
            many *= 10
        numbers.append(_Number(written, value, is_percent, {many}))
        ends.append((token.start(), end))
    # What stands behind the last of several numbers may hold for all: 3 to 5 million.
    for index in range(len(numbers) - 2, -1, -1):
        if _JOINED.fullmatch(plain, ends[index][1], ends[index + 1][0]):
            numbers[index].scales |= numbers[index + 1].scales
    return names, numbers


def _with_shared_percent(numbers: list[_Number], text: str) -> set[int]:
    """Give those numbers that are per cent, or stand before one that is."""
    last = max((i for i, number in enumerate(numbers) if number.percent), default=-1)
    if re.search(r"per ?cent", text):
        last = len(numbers) - 1
    return {id(number) for number in numbers[: last + 1]}


def _english_scale(words: str) -> float:
    worth = 1.0
    for word in re.findall(r"[a-z]+", words):
        worth *= _SCALES[word if word in _SCALES else word.removesuffix("s")]
    return worth


def _han_scale(words: str) -> float:
    worth = 1.0
    for letter in words:
        worth *= _HAN_SCALES.get(letter, 1.0)
    return worth


def _spelled(text: str) -> Iterator[float]:
    """Give what the number words of an English text can mean, with the scale behind them or without."""
    words = [word.removesuffix("fold") for word in re.findall(r"[a-z]+", text.lower())]
    for index, word in enumerate(words):
        if word in _SCALES or word.removesuffix("s").removesuffix("th") in _SCALES:
            yield _scale_of(word)
        for value in _values(word):
            yield value
            before = value
            for follower in words[index + 1 :]:
                if follower in ("a", "an", "of"):
                    continue
                if _scale_of(follower):
                    before *= _scale_of(follower)
                elif value >= 20 and value % 10 == 0 and 0 < max(_values(follower), default=0) < 10:
                    before += _values(follower)[0]
                else:
                    break
                yield before


def _values(word: str) -> tuple[float, ...]:
    for form in (word, word.removesuffix("s"), word.removesuffix("th")):
        if form in _WORDS:
            return _WORDS[form]
    return ()


def _scale_of(word: str) -> float:
    return _SCALES.get(word.removesuffix("s").removesuffix("th"), 0.0)
