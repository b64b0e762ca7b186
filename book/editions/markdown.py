"""The texts of a Markdown source: paragraphs, headings, items, cells of tables; and the source again with others in their place.

What holds no text of its own (code, comments, targets, options of directives) stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from editions import code
from editions.plain import is_text

Translate = Callable[[str, tuple[str, ...]], str]

# Below this heading a page lists what it rests on; works keep their names.
SOURCES = "Sources"
# What stands over a paragraph that has no translation yet, so that languages never mix silently.
NOT_YET = "此段译文尚未更新"

# Directives whose content is text; that of all others is code or settings.
TEXTUAL = {"clipping", "div", "note", "tip", "warning", "admonition", "dropdown", "epigraph"}
# Directives whose content runs as Python, with texts in listed places.
RUNS = {"worked"}

_FENCE = re.compile(
    r"^(?P<indent>\s*)(?P<fence>`{3,}|:{3,}|~{3,})(?:\{(?P<name>[^}]+)\})?\s*(?P<rest>.*)$"
)
_HEADING = re.compile(r"^(#{1,6}\s+)(.*?)(\s*\{[#.][^}]*\})?$")
_ITEM = re.compile(r"^(\s*(?:[-*+]|\d+[.)]|\[\^[^\]]+\]:)\s+)(.*)$")
_TARGET = re.compile(r"^\s*(\([^)]+\)=|\{[#.][^}]*\}|:[\w-]+:.*|%.*|\*{3,}|-{3,})\s*$")
_OPTION = re.compile(r"^:[\w-]+:")
_RULE = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_QUOTE = re.compile(r"^(\s*>\s?)(.*)$")
_HARD_BREAK = re.compile(r"(?: {2}|\\)$")
_FORMULA = re.compile(r"\$\$[^$]+\$\$\s*(?:\([\w-]+\))?")
_IN_FORMULA = re.compile(r"(?<=\\text\{)[^{}]+(?=\})")
_VALUE = re.compile(r"\{value\}(`+)(.+?)\1")


@dataclass
class _Paragraph:
    """Lines that belong together, with what stands before the first."""

    prefix: str
    lines: list[str]

    def text(self) -> str:
        joined = ""
        for line in self.lines:
            joined += line.strip() + ("\n" if _HARD_BREAK.search(line) else " ")
        return joined.strip()


class Untranslated(str):
    """An English text that stands in for a translation which is missing or stale."""


def rebuild(source: str, translate: Translate) -> str:
    """Write a Markdown source with each text as `translate` gives it.

    Parameters
    ----------
    source : str
        Markdown, as MyST reads it.
    translate : callable
        Takes a text, with a named place for each computed value, and what is computed there; gives
        the text that shall stand instead.

    Returns
    -------
    str
        The source; where every text stays, it is what it was.
    """
    lines = source.split("\n")
    return "\n".join(_blocks(lines, translate))


def _blocks(lines: list[str], translate: Translate) -> Iterator[str]:
    position = _after_front_matter(lines)
    yield from lines[:position]
    sources = False
    while position < len(lines):
        line = lines[position]
        fence = _FENCE.match(line)
        if fence:
            end = _end_of_fence(lines, position, fence)
            yield from _fenced(lines[position : end + 1], fence, translate)
            position = end + 1
        elif line.lstrip().startswith("<!--"):
            end = position
            while "-->" not in lines[end] and end < len(lines) - 1:
                end += 1
            yield from lines[position : end + 1]
            position = end + 1
        elif not line.strip() or _TARGET.match(line):
            yield line
            position += 1
        elif line.lstrip().startswith("|"):
            yield line if _RULE.match(line) else _row(line, translate)
            position += 1
        elif heading := _HEADING.match(line):
            mark, text, attributes = heading.groups()
            sources = text == SOURCES
            yield mark + _said(text, translate) + (attributes or "")
            position += 1
        else:
            paragraph = _paragraph(lines, position)
            position += len(paragraph.lines)
            listed = bool(_ITEM.match(paragraph.prefix + "."))
            yield from _written(paragraph, _same if sources and listed else translate)


def _same(text: str, computed: tuple[str, ...]) -> str:
    return text


def _after_front_matter(lines: list[str]) -> int:
    if lines and lines[0] == "---" and "---" in lines[1:]:
        return lines.index("---", 1) + 1
    return 0


def _end_of_fence(lines: list[str], start: int, opened: re.Match[str]) -> int:
    fence = opened["fence"]
    closing = re.compile(rf"^\s*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    for position in range(start + 1, len(lines)):
        if closing.match(lines[position]):
            return position
    return len(lines) - 1


def _fenced(block: list[str], fence: re.Match[str], translate: Translate) -> Iterator[str]:
    name, content = fence["name"] or "", block[1:-1]
    head = block[0]
    if name in TEXTUAL - {"div"} and fence["rest"]:
        head = head[: fence.start("rest")] + _said(fence["rest"], translate)
    yield head
    if name == "glossary":
        yield from _glossary(content, translate)
    elif name in TEXTUAL:
        yield from _blocks(content, translate)
    elif name in RUNS:
        options = next((i for i, line in enumerate(content) if not _OPTION.match(line)), 0)
        yield from content[:options]
        yield from code.rebuild("\n".join(content[options:]), translate).split("\n")
    else:
        yield from content
    if len(block) > 1:
        yield block[-1]


def _glossary(lines: list[str], translate: Translate) -> Iterator[str]:
    """Translate terms and, indented below them, what they mean."""
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        yield indent + _said(line.strip(), translate) if line.strip() else line


def _paragraph(lines: list[str], start: int) -> _Paragraph:
    first = lines[start]
    prefix, text = "", first
    for pattern in (_QUOTE, _ITEM):
        if found := pattern.match(text):
            prefix += found[1]
            text = found[2]
    if not prefix:
        prefix = first[: len(first) - len(first.lstrip())]
        text = first.lstrip()
    found_lines = [text]
    for line in lines[start + 1 :]:
        if _ends(line, lines[start]):
            break
        found_lines.append(line)
    return _Paragraph(prefix, found_lines)


def _ends(line: str, first: str) -> bool:
    others = (
        (_FENCE, _HEADING, _TARGET)
        if _QUOTE.match(first)
        else (_FENCE, _HEADING, _ITEM, _TARGET, _QUOTE)
    )
    begins = any(pattern.match(line) for pattern in others)
    return not line.strip() or begins or line.lstrip().startswith(("|", "<!--"))


def _written(paragraph: _Paragraph, translate: Translate) -> Iterator[str]:
    text = paragraph.text()
    said = _formula(text, translate) if _FORMULA.fullmatch(text) else _said(text, translate)
    if isinstance(said, Untranslated) and not paragraph.prefix:
        yield from (
            '<div lang="en" class="untranslated">',
            "",
            f'<p lang="zh-Hans">{NOT_YET}</p>',
            "",
        )
        yield from (*text.split("\n"), "", "</div>")
    elif isinstance(said, Untranslated):
        yield f'{paragraph.prefix}<span lang="en">{text}</span>'
    elif said == text:
        yield paragraph.prefix + paragraph.lines[0]
        yield from paragraph.lines[1:]
    else:
        lines = said.split("\n")
        yield paragraph.prefix + lines[0]
        yield from (" " * len(paragraph.prefix) + line for line in lines[1:])


def _formula(text: str, translate: Translate) -> str:
    """Translate the words in a formula that stands alone, each as a text of its own: nobody can change what is between."""
    told = (f"in {text}",)
    said = {words: translate(words, told) for words in _IN_FORMULA.findall(text) if is_text(words)}
    if any(isinstance(words, Untranslated) for words in said.values()):
        return Untranslated(text)
    return _IN_FORMULA.sub(lambda words: said.get(words[0], words[0]), text)


def _row(line: str, translate: Translate) -> str:
    parts = _cells(line)
    return "|".join(
        part if not part.strip() else part.replace(part.strip(), _said(part.strip(), translate))
        for part in parts
    )


def _cells(line: str) -> list[str]:
    """Split at bars that divide cells: not those in code or behind a backslash."""
    parts, inside = [""], False
    for index, letter in enumerate(line):
        if letter == "`":
            inside = not inside
        if letter == "|" and not inside and line[index - 1 : index] != "\\":
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _said(text: str, translate: Translate) -> str:
    """Translate a text, in which computed values have names."""
    names = code.Names()
    computed: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = names.of(found[2])
        computed[name] = found[0]
        return f"{{{name}}}"

    message = _VALUE.sub(named, text)
    if not is_text(_VALUE.sub("", text)):
        return text
    said = translate(
        message, tuple(f"{{{name}}} = {written}" for name, written in computed.items())
    )
    if isinstance(said, Untranslated):
        return Untranslated(text)
    if said == message:
        return text
    found = set(re.findall(r"\{(\w+)\}(?!`)", said)) & computed.keys()
    if found != computed.keys():
        msg = f"A translation of {message!r} leaves out {sorted(computed.keys() - found)}."
        raise ValueError(msg)
    return re.sub(r"\{(\w+)\}(?!`)", lambda place: computed.get(place[1], place[0]), said)
