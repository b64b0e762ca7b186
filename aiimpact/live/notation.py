"""How quantities are written and coloured for a reader: what a unit is a unit of decides."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from aiimpact import words

# Colours are CSS variables, so that a chart follows the page into dark mode without being drawn
# again. The fall-backs of the series are the Okabe-Ito colours, which colour-blind eyes tell apart.
INK = "var(--explorer-ink, #24292f)"
MUTED = "var(--explorer-muted, #57606a)"
RULE = "var(--explorer-rule, #d0d7de)"
GROUND = "var(--explorer-ground, #f6f8fa)"
REFERENCE = "var(--explorer-reference, #8c959f)"
# The reader: a guess, and what stands where the controls are.
YOU = "var(--explorer-you, #bf3d6d)"
# What is measured in nothing that has a colour of its own.
PLAIN = "var(--explorer-plain, #545d68)"
SERIES = [
    "var(--explorer-1, #0072b2)",
    "var(--explorer-2, #d55e00)",
    "var(--explorer-3, #009e73)",
    "var(--explorer-4, #cc79a7)",
]
# Where more parts than that lie on one another, each under its name.
WEDGES = [*SERIES, "var(--explorer-5, #7d5a00)", "var(--explorer-6, #5a5fa8)"]
_MEANINGS = {
    "electricity": "var(--explorer-electricity, #ba8100)",
    "carbon": "var(--explorer-carbon, #30343a)",
    "water": "var(--explorer-water, #296dc5)",
    "money": "var(--explorer-money, #28610f)",
}
# Of parts beside one another: any two have 3:1 where the colour is that of carbon. [%]
_SHADES = (100, 10, 58)
_DASHES = ((1, 0), (7, 3), (2, 2), (8, 2, 2, 2))
_WORDS = {"electricity": "var(--explorer-electricity-text, #7d5b00)"}

# Formulas of gases and powers of lengths, where they are not part of a word.
# To these edges, a Han character is no letter.
_FORMULAS = re.compile(r"\b(?:CO2(?=e?\b)|N2O\b|CH4\b|SF6\b|H2O\b|[kcm]?m[23]\b)", re.ASCII)

# What a number is not parted from at the end of a line.
_UNITS = (
    r"(?:%|‰|°[CF]|[pnuµmkMGTPE]?(?:Wh|W|J|B)|[mkMG]?t|[mk]?g|lb|[mkMG]?[Ll]|[kcm]?m[²³]?|h|min|s|pp[mb]"
    r"|T?FLOP|USD|EUR|thousand|million|billion|trillion)"
)
_PARTED = re.compile(rf"(?<=\d)[ \n](?={_UNITS}(?!\w))", re.ASCII)
# What Chinese writes at its number without a blank; 亿 and 万 begin a unit.
_CLOSE = re.compile(r"(?<=\d)[ \n\N{NO-BREAK SPACE}](?=[%‰倍亿万億萬])")

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWERS = str.maketrans("23", "²³")


def seen(text: str) -> str:
    """Write a name as a reader knows it: in the reader's language, and :func:`typeset`.

    Parameters
    ----------
    text
        A name or a unit.

    Returns
    -------
    str
        What is shown.

    Examples
    --------
    >>> seen("Carbon intensity [kg CO2e/kWh]"), seen("Water [million m3]"), seen("CO2-free, m30")
    ('Carbon intensity [kg CO₂e/kWh]', 'Water [million m³]', 'CO₂-free, m30')
    """
    return typeset(words.name(text))


def typeset(text: str) -> str:
    r"""Write units as a reader knows them, where code has plain letters and digits.

    Parameters
    ----------
    text
        A name, a unit or a sentence.

    Returns
    -------
    str
        The same with subscripts and powers, and with blanks that keep a unit on its number's line.

    Examples
    --------
    >>> typeset("From 27 to 31 t CO2")
    'From 27 to 31\xa0t CO₂'
    """

    def write(found: re.Match[str]) -> str:
        formula = found[0]
        return formula.translate(_POWERS if formula[-2] == "m" else _SUBSCRIPTS)

    return together(_FORMULAS.sub(write, text))


def together(text: str) -> str:
    r"""Keep numbers and their units on one line.

    Parameters
    ----------
    text
        A sentence, or a part of one.

    Returns
    -------
    str
        The same with a blank that does not break between each number and the unit after it.

    Examples
    --------
    >>> together("415 TWh are 1.5 % in 2024")
    '415\xa0TWh are 1.5\xa0% in 2024'
    """
    return _PARTED.sub("\N{NO-BREAK SPACE}", close(text))


def close(text: str) -> str:
    """Write % and 倍 without a blank at their number, where the language does so.

    Parameters
    ----------
    text
        A sentence, or a part of one.

    Returns
    -------
    str
        The same; in English nothing changes.

    Examples
    --------
    >>> close("15 to 49 % of it")
    '15 to 49 % of it'
    """
    return text if words.language() == "en" else _CLOSE.sub("", text)


def at_number(unit: str) -> str:
    """Write a unit, in the reader's words, with the blank before it that belongs there.

    Parameters
    ----------
    unit
        A unit, as :func:`aiimpact.words.counted_in` gives it.

    Returns
    -------
    str
        What follows a number; nothing for no unit.

    Examples
    --------
    >>> at_number("t CO2e"), at_number("")
    (' t CO₂e', '')
    """
    return close(f"1 {typeset(unit)}").removeprefix("1") if unit else ""


_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]")


def letters(text: str) -> int:
    """Say how many letters wide a text is: a Han character is as wide as two.

    Examples
    --------
    >>> letters("PUE"), letters("能源 [MWh]")
    (3, 10)
    """
    return len(text) + len(_WIDE.findall(text))


def wrapped(text: str, width: int) -> list[str]:
    """Cut a text into lines of so many letters: at blanks, and between Han characters.

    Examples
    --------
    >>> wrapped("the way of a watt", 12), wrapped("一千瓦时的去向，还有", 12)
    (['the way of a', 'watt'], ['一千瓦时的去', '向，还有'])
    """
    if not _WIDE.search(text):
        return textwrap.wrap(text, width)
    lines = [""]
    for piece in re.findall(
        rf"{_WIDE.pattern}[，。；：、？！）”]*|[^\s\u2e80-\u9fff\uff00-\uff60]+|\s+", text
    ):
        if letters((lines[-1] + piece).rstrip()) > width and lines[-1].strip():
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines if line.strip()]


_NUMBER_WORDS = re.compile(r"^(?:(?:bn|thousand|million|billion|trillion)\s+)+")
_ENERGY = re.compile(r"[pnuµmkMGTPE]?(?:Wh|J|W)\b")
_MASS = re.compile(r"(?:[mk]?g|[kMG]?t|lb)\b")
_VOLUME = re.compile(r"(?:[mkMG]?[Ll]|litres?|gallons?|[kcd]?m[3³])(?=$|\W)")
_MONEY = re.compile(
    r"(?:US )?(?:cents|dollars|euros?)\b|\b(?:USD|EUR|GBP|HKD|CNY|JPY|CHF)\b|(?:HK)?\$|€|£|¥"
)


def meaning(unit: str) -> str:
    """Say what a unit is a unit of, if that has a colour of its own.

    Parameters
    ----------
    unit
        A unit, as it stands in brackets behind a name, or at the beginning of a title of an axis.

    Returns
    -------
    str
        "electricity", "carbon", "water" or "money"; nothing for all else.

    Examples
    --------
    >>> [meaning(unit) for unit in ("MWh", "kg CO2e/kWh", "million m3", "USD/t CO2e", "hours")]
    ['electricity', 'carbon', 'water', 'money', '']
    """
    above, _, below = _NUMBER_WORDS.sub("", unit.strip()).partition("/")
    if _MONEY.match(above.strip()):
        return "money"
    if re.search(r"CO[2₂]", above) or (_MASS.match(above) and _ENERGY.match(below)):
        return "carbon"
    if _ENERGY.match(above):
        return "electricity"
    return "water" if _VOLUME.match(above) else ""


@dataclass(frozen=True)
class Paint:
    """The colours of one quantity: of areas, of their edges and of lines, and of words; and how its line is dashed."""

    mark: str
    edge: str
    word: str
    dash: tuple[int, ...] = (1, 0)


def paints(unit: str, count: int = 1) -> list[Paint]:
    """Choose colours for quantities of one unit: those of its meaning, else a plain one, or a series for several.

    Several quantities of one meaning are areas in steps of its colour, with an edge of the full one, or
    lines that are told apart by their dashes; each has its name beside it.

    Parameters
    ----------
    unit
        Their unit.
    count
        How many there are.

    Returns
    -------
    list of Paint
        One for each.
    """
    means = meaning(unit)
    if not means:
        several = [WEDGES[k % len(WEDGES)] for k in range(count)] if count > 1 else [PLAIN]
        return [Paint(mark=each, edge=each, word=each) for each in several]
    base = _MEANINGS[means]
    word = _WORDS.get(means, base)
    return [
        Paint(_step(base, k, count), base, word, _DASHES[k % len(_DASHES)]) for k in range(count)
    ]


def paints_of(units: Sequence[str]) -> list[Paint]:
    """Choose colours for quantities of several units: each its own, in steps where some share a meaning."""
    means = [meaning(unit) or "" for unit in units]
    made = {each: iter(paints(units[means.index(each)], means.count(each))) for each in means}
    return [next(made[each]) for each in means]


def shades(unit: str, count: int) -> list[Paint]:
    """Choose colours for parts of a whole that lie on or beside one another, each with its name.

    Parameters
    ----------
    unit
        Their unit.
    count
        How many there are.

    Returns
    -------
    list of Paint
        Shades of the colour of the unit, or a series of colours where it has none; the edges part
        neighbours of one shade.
    """
    means = meaning(unit)
    if not means:
        return [Paint(paint.mark, GROUND, paint.word) for paint in paints(unit, count)]
    base = _MEANINGS[means]
    made = []
    for k in range(count):
        share = _SHADES[k % len(_SHADES)]
        edge = base if share == min(_SHADES) else GROUND
        made.append(Paint(_mixed(base, share), edge, INK))
    return made


def colour(unit: str, part: int = 0) -> str:
    """Give the colour of what a unit measures, for a chart of an author's own.

    Parameters
    ----------
    unit
        The unit, as in the name of an output.
    part
        Which of the parts beside one another, from 0.

    Returns
    -------
    str
        A CSS colour that follows the page's scheme.

    Examples
    --------
    >>> colour("GWh"), colour("people")
    ('var(--explorer-electricity, #ba8100)', 'var(--explorer-plain, #545d68)')
    """
    return shades(unit, part + 1)[part].mark


def _step(base: str, k: int, count: int) -> str:
    return _mixed(base, round(100 - 75 * k / max(count - 1, 2)))


def _mixed(base: str, share: int) -> str:
    if share == 100:
        return base
    return f"color-mix(in oklab, {base} {share}%, {GROUND})"


_PREFIXES = ("p", "n", "µ", "m", "", "k", "M", "G", "T")
_MASSES = ("g", "kg", "t", "kt", "Mt", "Gt")


def steps(unit: str) -> list[tuple[float, str]]:
    """List the units of a quantity a thousandfold apart, each with how many of `unit` it is.

    Parameters
    ----------
    unit
        A unit of energy, power, or mass of a greenhouse gas.

    Returns
    -------
    list of tuple
        Largest first; only `unit` itself where prefixes are not in use.

    Examples
    --------
    >>> steps("GWh")[:3]
    [(1000.0, 'TWh'), (1.0, 'GWh'), (0.001, 'MWh')]
    >>> steps("homes")
    [(1.0, 'homes')]
    """
    found = re.fullmatch(r"([pnµmkMGT]?)(Wh|W|J)", unit)
    if found:
        ladder: Sequence[str] = [prefix + found[2] for prefix in _PREFIXES]
        # Nobody says milliwatt-hours where a tenth of a watt-hour will do.
        least = _PREFIXES.index("")
    else:
        found = re.fullmatch(r"(k?g|[kMG]?t)( CO[2₂]e?)", unit)
        if not found:
            return [(1.0, unit)]
        ladder, least = [mass + found[2] for mass in _MASSES], 0
    here = ladder.index(unit)
    near = range(max(here - 3, least if here >= least else 0), min(here + 4, len(ladder)))
    return [(float(f"1e{3 * (place - here)}"), ladder[place]) for place in reversed(near)]


def stepped(unit: str, value: str) -> str:
    """Write the expression that says a value in the unit of its size, for an axis over many decades.

    Parameters
    ----------
    unit
        The unit of the value.
    value
        The expression that gives it.

    Returns
    -------
    str
        A Vega expression whose result is a text.
    """
    parts = steps(unit)
    text = said = ""
    for factor, name in parts:
        divided = f"{value} / {factor!r}" if factor != 1 else value
        said = f"format({divided}, ',.12~r') + ' {seen(name)}'"
        # With room: a power of ten is a double, too.
        text += f"abs({value}) > {0.99 * factor:.3g} ? {said} : "
    return f"{text}{said}"
