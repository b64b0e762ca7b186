"""What a reader reads, in the language of the edition.

English is source and key: code says ``say("Reset")``, and a reader of Simplified Chinese sees 重置. Names
that code looks things up by (outputs, units, options, places) stay English too, and are translated
only where they are shown, so that no edition computes anything of its own.

The texts of a language are compiled from the catalogues in ``aiimpact/locale`` when the package is built.
"""

from __future__ import annotations

import atexit
import datetime
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from aiimpact import _frames

LANGUAGES = ("en", "zh-Hans", "zh-Hant-HK")
# What is made when the package is built: the texts, and the font that they are measured in.
BUILT = Path(str(resources.files("aiimpact"))) / "locale" / "dist"

# Between what a word is (a unit, say) and the word itself, as in gettext's compiled catalogues.
_IS = "\x04"
_LATIN = re.compile(r"[A-Za-z]{2}")
_HAN = re.compile(r"[\u3400-\u9fff]")
# Names are made of names: with a unit, of a case, in a year.
_PARTS = (
    (re.compile(r"(.+?) \[([^\[\]]+)\]"), "{} [{}]"),
    (re.compile(r"(.+?): (.+)"), "{}：{}"),
    (re.compile(r"(.+?), (\d{4})"), "{}，{}年"),
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
# What else people call the editions: by country, by script, by name.
_MEANT = {
    "zh-Hant-HK": re.compile(r"^(zh-)?(hk|tw|mo|hant|tc|cht)\b|^yue|繁|正體|香港"),
    "zh-Hans": re.compile(r"^(zh|cn|hans?|chs|sc|chinese)\b|中文|简|簡"),
    "en": re.compile(r"^en"),
}
_SCALES = {1e3: "thousand", 1e6: "million", 1e9: "billion"}
# What Chinese counts large numbers in: a hundred million, and ten thousand.
_MYRIADS = {"zh-Hans": ((1e8, "亿"), (1e4, "万")), "zh-Hant-HK": ((1e8, "億"), (1e4, "萬"))}


def use(language: str) -> None:
    """Choose the language of everything that is shown from now on.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.

    Raises
    ------
    ValueError
        If there is no such edition.

    Examples
    --------
    >>> use("en")
    >>> language()
    'en'
    """
    global _language
    _language = _known(language)
    _frames.show(None if language == "en" else name)


def language() -> str:
    """Give the language in use: the last that :func:`use` chose, or ``AIIMPACT_LANGUAGE``, or English.

    Returns
    -------
    str
        One of `LANGUAGES`.

    Examples
    --------
    >>> language() in LANGUAGES
    True
    """
    return _language


def edition(typed: str) -> str:
    """Give the language that somebody names on a command line.

    Parameters
    ----------
    typed : str
        One of `LANGUAGES`, in capitals or not, with a hyphen or an underscore.

    Returns
    -------
    str
        As `LANGUAGES` has it.

    Raises
    ------
    ValueError
        If there is no such edition. The text is in the language that was meant, where that is known, and
        names the edition.

    Examples
    --------
    >>> edition("zh_hans")
    'zh-Hans'
    >>> edition("de")
    Traceback (most recent call last):
    ValueError: There is no edition in 'de'. Choose one of en, zh-Hans, zh-Hant-HK.
    """
    plain = typed.strip().casefold().replace("_", "-")
    for one in LANGUAGES:
        if plain == one.casefold():
            return one
    meant = next((one for one, names in _MEANT.items() if names.search(plain)), "")
    with speaking(meant or _language):
        msg = say(
            "There is no edition in {typed}. Choose one of {languages}.",
            typed=repr(typed),
            languages=listed(LANGUAGES),
        )
        if meant:
            msg += say(" Did you mean {language}?", language=meant)
    raise ValueError(msg)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for a while.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.

    Yields
    ------
    None
        Nothing.

    Examples
    --------
    >>> with speaking("en"):
    ...     say("Reset")
    'Reset'
    """
    before = _language
    use(language)
    try:
        yield
    finally:
        use(before)


def say(text: str, /, context: str = "", **values: object) -> str:
    """Say a text in the language in use.

    Parameters
    ----------
    text : str
        The English text; `{name}` in it is a place for a value.
    context : str
        What the word is, where one English word has two translations: ``say("times", context="unit")``.
    **values
        What stands in the places. Without any, braces are left as they are.

    Returns
    -------
    str
        The text; a text that the language lacks stays English, and :func:`untranslated` lists it.

    Examples
    --------
    >>> say("It is {value}.", value="3 t")
    'It is 3 t.'
    """
    found = text
    if _language != "en":
        own, texts = _added.get(_language, {}), _compiled(_language)
        found = own.get(text) or texts.get(context + _IS + text) or texts.get(text) or ""
        if not found:
            if _LATIN.search(text) and not _HAN.search(text):
                _missing.add(text)
            found = text
    return found.format(**values) if values else found


def name(text: str) -> str:
    """Say the name of a quantity, with its unit in brackets or without.

    Parameters
    ----------
    text : str
        A name as code has it, such as "Site energy [MWh]".

    Returns
    -------
    str
        The whole as the catalogue has it, or else each part said by itself.

    Examples
    --------
    >>> name("Site energy [MWh]")
    'Site energy [MWh]'
    """
    if _language == "en" or not text or _HAN.search(text):
        _shown.add(text)
        return text
    own, texts = _added.get(_language, {}), _compiled(_language)
    if found := own.get(text) or texts.get(text):
        return found
    for pattern, written in _PARTS:
        if parts := pattern.fullmatch(text):
            return written.format(*map(name, parts.groups()))
    return say(text)


def sentences(*texts: str) -> str:
    """Put whole sentences behind each other; Chinese has no blank between them.

    Parameters
    ----------
    *texts : str
        Sentences; empty ones are left out.

    Returns
    -------
    str
        All of them.

    Examples
    --------
    >>> sentences("It is so.", "", "Why?")
    'It is so. Why?'
    """
    return (" " if _language == "en" else "").join(filter(None, texts))


def listed(texts: Iterable[Any]) -> str:
    """List names in a sentence.

    Parameters
    ----------
    texts : iterable
        Names, or what is written like one.

    Returns
    -------
    str
        With what the language puts between them.

    Examples
    --------
    >>> listed(["a", "b"])
    'a, b'
    """
    return say(", ").join(map(str, texts))


def joined(texts: Iterable[str]) -> str:
    """List one, two or more in a sentence.

    Parameters
    ----------
    texts : iterable of str
        At least one.

    Returns
    -------
    str
        With what the language puts between them, and before the last.

    Examples
    --------
    >>> joined(["35", "40"]), joined(["a", "b", "c"])
    ('35 and 40', 'a, b and c')
    """
    *first, last = texts
    return say("{others} and {last}", others=listed(first), last=last) if first else last


def counted(value: float, scale: float) -> tuple[float, str]:
    """Give a large number as the language counts.

    Parameters
    ----------
    value : float
        The number, in thousands, millions or billions. [`scale`]
    scale : float
        1e3, 1e6 or 1e9. [1]

    Returns
    -------
    tuple
        What is to be written, and the word that follows it: " billion", or 亿 without a blank.

    Raises
    ------
    ValueError
        If English has no word for the scale.

    Examples
    --------
    >>> counted(132.4, 1e9)
    (132.4, ' billion')
    """
    if scale not in _SCALES:
        msg = f"The scale is one of 1e3, 1e6 and 1e9, got {scale!r}."
        raise ValueError(msg)
    if _language == "en":
        return value, f" {_SCALES[scale]}"
    whole = value * scale
    for unit, word in _MYRIADS[_language]:
        if abs(whole) >= unit:
            return whole / unit, word
    return whole, ""


def counted_in(unit: str) -> tuple[int, str]:
    """Give the unit that the language counts in, where English has billions, and how many of it make one of the other.

    Parameters
    ----------
    unit : str
        A unit as code has it, or a name with a unit in brackets.

    Returns
    -------
    tuple
        The factor, and the text in the language: 10 and 亿美元 for "bn USD", 1 for most.

    Examples
    --------
    >>> counted_in("bn USD"), counted_in("kWh")
    ((1, 'bn USD'), (1, 'kWh'))
    """
    said = name(unit)
    if _language != "en":
        (many, word), _ = _MYRIADS[_language]
        if found := re.fullmatch(rf"(.*\[|)十({word}.*)", said):
            return round(1e9 / many), found[1] + found[2]
    return 1, said


def month(day: datetime.date) -> str:
    """Write the month of a date.

    Parameters
    ----------
    day : datetime.date
        Any day of it.

    Returns
    -------
    str
        The month and its year.

    Examples
    --------
    >>> month(datetime.date(2024, 9, 15))
    'September 2024'
    """
    return (
        f"{_MONTHS[day.month - 1]} {day.year}"
        if _language == "en"
        else f"{day.year}年{day.month}月"
    )


def date(day: datetime.date, language: str = "") -> str:
    """Write a date.

    Parameters
    ----------
    day : datetime.date
        The day.
    language : str
        One of `LANGUAGES`; the one in use if it is left out.

    Returns
    -------
    str
        The day with its month and year.

    Examples
    --------
    >>> date(datetime.date(2026, 11, 30), "en"), date(datetime.date(2026, 11, 30), "zh-Hans")
    ('30 November 2026', '2026年11月30日')
    """
    if (language or _language) == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def add(texts: Mapping[str, str], language: str) -> None:
    """Bring translations of your own, of an explorer's outputs for instance.

    Parameters
    ----------
    texts : dict of str to str
        English text to translation.
    language : str
        One of `LANGUAGES`.

    Raises
    ------
    ValueError
        If there is no such edition.

    Examples
    --------
    >>> add({"Period": "周期"}, "zh-Hans")
    """
    _added.setdefault(_known(language), {}).update(texts)


def parts(text: str) -> tuple[str, ...]:
    """Take a name apart, as :func:`name` says it where the whole is in no catalogue.

    Parameters
    ----------
    text : str
        A name as code has it.

    Returns
    -------
    tuple of str
        Its parts; a name of one part is its own.

    Examples
    --------
    >>> parts("Hong Kong, 2023"), parts("Emissions [t CO2e]"), parts("Cars")
    (('Hong Kong', '2023'), ('Emissions', 't CO2e'), ('Cars',))
    """
    for pattern, _ in _PARTS:
        if found := pattern.fullmatch(text):
            return tuple(part for group in found.groups() for part in parts(group))
    return (text,)


def untranslated() -> tuple[str, ...]:
    """List what was said in English because the language lacked it.

    Returns
    -------
    tuple of str
        In the order of the alphabet.

    Examples
    --------
    >>> "Reset" in untranslated()
    False
    """
    return tuple(sorted(_missing))


def _known(language: str) -> str:
    if language not in LANGUAGES:
        msg = f"There is no edition in {language!r}. Choose one of {', '.join(LANGUAGES)}."
        raise ValueError(msg)
    return language


@cache
def _compiled(language: str) -> Mapping[str, str]:
    path = BUILT / f"{language}.json"
    if not path.is_file():
        msg = f"The texts in {language} are not built. In a clone, run: make front-end"
        raise FileNotFoundError(msg)
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return texts


_added: dict[str, dict[str, str]] = {}
_missing: set[str] = set()
# The names that were said in English, for whoever keeps the catalogues.
_shown: set[str] = set()


def _write_shown(folder: str) -> None:
    path = Path(folder, f"{os.getpid()}.json")
    path.write_text(json.dumps(sorted(_shown), ensure_ascii=False), encoding="utf-8")


_language = _known(os.environ.get("AIIMPACT_LANGUAGE") or "en")
_folder = os.environ.get("AIIMPACT_WORDS_LOG")
if _folder:
    atexit.register(_write_shown, _folder)
if _folder or _language != "en":
    _frames.show(name)
