"""What can be wrong with one translation: what it loses of the English, and how it is written."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

from editions import numerals

TERMS = Path(__file__).resolve().parents[1] / "locale" / "terms.csv"
# What a word to avoid means where it is right: the pattern stands in the English then.
RIGHT_FOR = {
    "浏览器": r"browser",
    "标记": r"\bmark",
    "模块": r"modul",
    "资助": r"grant|aid",
    "方案": r"solution",
    "询问": r"\bask",
    "出处": r"credit",
    "零碳": r"zero.carbon",
}
# Too short: they stand in many other words (系列, 温度).
_SHORT = 2

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WIDE = "，。：；？！、“”‘’（）《》…—"
# Stand-ins in a text that is looked at: for what is no text, and for a computed value.
_THING, _VALUE = "\ue000", "\ue001"

_CODE = re.compile(r"<code>.*?</code>|(`+)(?:.+?)\1", re.DOTALL)
_MATH = re.compile(r"\$\$.+?\$\$|(?<![A-Za-z\d$])\$[^$\n]+?\$(?!\d)", re.DOTALL)
_ROLE = re.compile(r"\{[a-z][\w:-]*\}(`+)(.+?)\1")
_TO = r"\(([^)\s]*(?:\([^)]*\)[^)\s]*)?)\)"
_TARGET = re.compile(rf"\]{_TO}")
_LINK = re.compile(rf"\[([^\[\]]*)\]{_TO}")
_ADDRESS = re.compile(r"https?://[^\s)>\"“”，。]+")
_WITH_UNIT = re.compile(r"[^\[\]]+ \[[^\[\]]+\]")
# As HTML reads them: in capitals, as comments, and those that nothing closes.
_TAG = re.compile(r"<[/!?]?[A-Za-z!?-][^<>]*>?")
_ENTITY = re.compile(r"&#?\w+;")
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdifr]\b")
# What a reader does not see, and a browser, an editor or a screen reader obeys.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_ATTRIBUTES = re.compile(r"\{[.#][^{}]*\}")
_PLACE = re.compile(r"\{+[^{}`\n]+\}+(?!`)")
_BLOCK = re.compile(r"#{1,6} |[-*+] |\d+[.)] |>|:::|```|\|")
_UNITS = r"(?:[kMGT]?Wh?|[kmM]?g|km|[kMG]?t CO2e?|mL|L|Mt|Gt|pJ|TFLOP/s|°C|USD|EUR)"

# What is looked for in a translation without code and marks, and what to say.
_STYLE = [
    (rf"[{_HAN}][,;:?!](?![A-Za-z0-9/])|[{_HAN}]\.(?![A-Za-z0-9.])|[,;:?!](?=[{_HAN}])", "Half-width punctuation beside Han"),
    (rf"[\d%{_VALUE}], (?=[\d{_VALUE}])", "Half-width comma in a list"),
    (rf"[{_HAN}{_WIDE}] ?[()]|[()] ?(?=[{_HAN}{_WIDE}])", "Half-width bracket beside Han"),
    (rf"[{_HAN}{_WIDE}][\"']|[\"'](?=[{_HAN}{_WIDE}])", "Straight quotation mark beside Han"),
    (rf"[{_HAN}{_WIDE}] +(?=[\w{_VALUE}{_WIDE}])|[\w%{_VALUE}{_WIDE}] +(?=[{_HAN}{_WIDE}])", "Blank beside Han"),
    (rf"[\d{_VALUE}] %", "Blank before %"),
    (rf"[\d{_VALUE}]{_UNITS}(?![A-Za-z\d-])", "No blank between number and unit"),
    (r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff05]", "Full-width letter or digit"),
    (r"[「」『』]", "Quotation mark of the edition of Hong Kong"),
    (rf"[{_HAN}]\.\.\.|\.\.\.[{_HAN}]|[{_HAN}] ?--? ?[{_HAN}]", "Latin dots or dash beside Han"),
]  # fmt: skip


def problems(english: str, chinese: str, computed: Iterable[str] = ()) -> list[str]:
    """Say what is wrong with a translation.

    Parameters
    ----------
    english, chinese : str
        A text and its translation.
    computed : iterable of str
        What is computed in its places: ``{name} = expression``.

    Returns
    -------
    list of str
        Each a sentence; none if nothing is wrong.
    """
    return [
        *_marks(english, chinese),
        *_blocks(english, chinese),
        *numerals.differences(_prose(english), _prose(chinese)),
        *_emphasis(english, chinese, " ".join(computed)),
        *_style(english, chinese),
        *_terms(english, chinese),
    ]


def _marks(english: str, chinese: str) -> Iterator[str]:
    """Compare what code reads: places, code, formulas, addresses, roles, tags."""
    kinds: dict[str, Callable[[str], list[str]]] = {
        "places": _places,
        "code": lambda text: [found[0] for found in _CODE.finditer(_ROLE.sub("", text))],
        "formulas": lambda text: [re.sub(r"\\text\{[^}]*\}", r"\\text{}", m) for m in _MATH.findall(_no_code(text))],
        "links": lambda text: _TARGET.findall(_no_code(text)),
        "addresses": lambda text: _ADDRESS.findall(_no_code(text)),
        "roles": _roles,
        "tags": lambda text: _TAG.findall(_no_code(text)),
        "entities": lambda text: _ENTITY.findall(_no_code(text)),
        "percent places": _PERCENT.findall,
        "open marks": lambda text: re.findall(r"`|\$|\[\[|\]:", _MATH.sub("", _no_code(text))),
        "unseen signs": lambda text: [f"U+{ord(sign):04X}" for sign in _UNSEEN.findall(text)],
        "attributes": lambda text: _ATTRIBUTES.findall(_no_code(text)),
    }  # fmt: skip
    for kind, of in kinds.items():
        wanted, found = Counter(of(english)), Counter(of(chinese))
        # Chinese may name a value or a piece of code again, or once less.
        if kind in ("places", "code"):
            wanted, found = Counter(set(wanted)), Counter(set(found))
        if lost := wanted - found:
            yield f"Lost {kind}: {', '.join(lost)}"
        if added := found - wanted:
            yield f"Added {kind}: {', '.join(added)}"


def _no_code(text: str) -> str:
    return _CODE.sub(_THING, _ROLE.sub(_THING, text))


def _places(text: str) -> list[str]:
    return _PLACE.findall(_ATTRIBUTES.sub("", _MATH.sub("", _no_code(text))))


def _roles(text: str) -> list[str]:
    """Roles with what they lead to; the words before an address in angle brackets are text."""
    found = []
    for role in _ROLE.finditer(text):
        address = re.search(r"<([^<>]+)>$", role[2])
        name = role[0][: role[0].index("}") + 1]
        found.append(name + (address[1] if address else role[2]))
    return found


def _blocks(english: str, chinese: str) -> Iterator[str]:
    """Compare lines and cells; a translation begins no list and no heading of its own."""
    if chinese != chinese.strip() and english == english.strip():
        yield "Blank at the beginning or the end"
    if _BLOCK.match(chinese) and not _BLOCK.match(english):
        yield "Begins with a mark of Markdown"
    if english.count("\n") != chinese.count("\n"):
        yield f"Has {chinese.count(chr(10)) + 1} lines instead of {english.count(chr(10)) + 1}"
    if _no_code(english).count("|") != _no_code(chinese).count("|"):
        yield "Has other bars, which divide cells"


def _prose(text: str) -> str:
    """Take out of a text what is no prose; places stay."""
    bare = _MATH.sub(" ", _no_code(text))
    bare = _ADDRESS.sub(" ", _ATTRIBUTES.sub(" ", _TARGET.sub("]", bare)))
    return _TAG.sub(" ", bare).replace("*", "")


def _emphasis(english: str, chinese: str, computed: str) -> Iterator[str]:
    """Find emphasis that is left open: CommonMark closes none after punctuation with a letter behind it, as in **来源。**最早."""
    left = _literal_marks(chinese, computed) - _literal_marks(english, computed)
    if left > 0:
        yield "Emphasis does not open or close: keep punctuation outside of the stars"


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark")


def _literal_marks(text: str, computed: str) -> int:
    def shown(place: re.Match[str]) -> str:
        name = re.escape(place[0].strip("{}"))
        if re.search(rf"\{{{name}\}} = (?:fact\(|Card|\{{value\}})", computed):
            return "<b>1</b>"
        return "1"

    tokens = _markdown().parseInline(_PLACE.sub(shown, _MATH.sub("1", text)))
    inner = [child for token in tokens for child in token.children or []]
    return sum(len(re.findall("[*_]", token.content)) for token in inner if token.type == "text")


def _style(english: str, chinese: str) -> Iterator[str]:
    if _is_bilingual(english):
        return
    if not re.search(f"[{_HAN}]", chinese):
        if chinese == english and len(re.findall(r"\b[a-z]{3,}\b", _prose(english))) > 1:
            yield "Is still English"
        return
    text = _looked_at(chinese)
    for pattern, wrong in _STYLE:
        for found in re.finditer(pattern, text):
            around = text[max(0, found.start() - 6) : found.end() + 6]
            yield f"{wrong}: {around.replace(_THING, '□').replace(_VALUE, '{}')}"


def _is_bilingual(english: str) -> bool:
    """Say whether a text has both languages in the source, as the terms of the glossary."""
    return bool(re.search(f"[{_HAN}]", english))


def _looked_at(text: str) -> str:
    """Give a text as a reader sees it, with stand-ins for code and values."""
    bare = _MATH.sub(_THING, _no_code(text))
    bare = _PLACE.sub(_VALUE, _ATTRIBUTES.sub("", bare))
    # Behind a bold beginning that ends with its own full stop there is a blank, as in English.
    bare = re.sub(rf"(?<=[{_WIDE}])\*\* (?=\S)", f"**{_THING}", bare)
    bare = _LINK.sub(r"\1", _TAG.sub(_THING, bare))
    return _ADDRESS.sub(_THING, bare).replace("*", "")


def tidied(english: str, chinese: str) -> str:
    """Take the blanks beside Han out of a translation, as style sheets make the gap; a term keeps that before its English."""
    if _is_bilingual(english):
        return chinese
    if _WITH_UNIT.fullmatch(english):
        return re.sub(r" *(\[[^\[\]]+\])$", r" \1", chinese)
    before = re.sub(rf"(?<=[{_HAN}{_WIDE}]) +(?=(?:\[|\*+)*[A-Za-z0-9{{]|[{_HAN}])", "", chinese)
    return re.sub(rf"(?<=[A-Za-z0-9%}}])((?:\*+|\]{_TO})*) +(?=(?:\[|\*+)*[{_HAN}])", r"\1", before)


@cache
def _avoided() -> tuple[tuple[str, str, str], ...]:
    with TERMS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        (word, row["zh"], row["en"])
        for row in rows
        for word in row["avoid"].split("|")
        if len(word) >= _SHORT
    )


def _terms(english: str, chinese: str) -> Iterator[str]:
    for word, right, term in _avoided():
        if word not in chinese.replace(right, ""):
            continue
        meant = RIGHT_FOR.get(word)
        if meant is None or not re.search(meant, english, re.IGNORECASE):
            yield f"{word} is not our word for {term}: {right}"
