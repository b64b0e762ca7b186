"""What pages say around their text, in the language of the edition: dates, lines that break, the words of the theme.

Another edition is built from a tree of its own, whose texts are translated. What is read from a source for
its structure (which question trains which objective, how many minutes) is read from the English one.
"""

from __future__ import annotations

import os
import re
import textwrap
import unicodedata
from html import escape, unescape
from pathlib import Path

from sphinx.application import Sphinx

from aiimpact.words import language, say

# In every edition these pages are the library's own words, or code.
ENGLISH_PAGES = ("book/reference", "book/authors", "book/architecture")
# What the theme and MyST-NB write in English, whatever the language.
THEME = (
    "Toggle primary sidebar",
    "Toggle secondary sidebar",
    "Toggle hidden content",
    "Toggle navigation menu",
    "Fullscreen mode",
    "Color mode",
    "Main",
    "Page",
    "Contents",
    "Search",
    "Search...",
    "Skip to main content",
    "Back to top",
    "Version warning",
    "Download this page",
    "Download source file",
    "Print to PDF",
    "Launch interactive content",
    "Launch on Binder",
    "Source repository",
    "next",
    "next page",
    "previous",
    "previous page",
    "Index",
    "Link to this heading",
    "Link to this definition",
    "Link to this term",
    "Link to this image",
    "Link to this table",
    "Permalink to this heading",
    "Glossary",
    "Note",
    "Warning",
    "Tip",
)
_NAMED = re.compile(
    r'(?P<before>\b(?:aria-label|title|placeholder|data-tooltip)=")(?P<text>[A-Z][^"<>]*)(?P<after>")'
)
_SHOWN = re.compile(r"(?P<before>>\s*)(?P<text>[A-Za-z][A-Za-z ]*?)(?P<after>\s*<)")
_tree: Path | None = None
# The names of pages that stay English, in lists of pages.
_NAMES = "|".join(page.removeprefix("book/") for page in ENGLISH_PAGES)
_ENGLISH = rf'(?:[^"#]*/)?(?:{_NAMES})(?:/\w+)?\.html'
_TO_ENGLISH = re.compile(rf'<a(?= class="reference internal" href="{_ENGLISH}[#"])')
_NEXT_ENGLISH = re.compile(
    rf'(<a class="(?:left-prev|right-next)"\s+href="{_ENGLISH}"(?:(?!</a>).)*?<p)(?= class="prev-next-title")',
    re.DOTALL,
)
# A line may end behind a Han character, but not before what closes.
_PIECE = re.compile(r"(?:[^\s\u2e80-\uffef]+|\S)[，。：；？！、”’）》】]*\s*")


def in_english() -> bool:
    """Say whether this is the English edition."""
    return language() == "en"


def english() -> Path:
    """Give the root of the English sources. A tree that has this file as a copy, not by a link, names it."""
    return Path(os.environ.get("AIIMPACT_SOURCES") or Path(__file__).resolve().parents[2])


def tree() -> Path:
    """Give the root of the sources that are built: of English, or of a translation."""
    return _tree or english()


def build_from(app: Sphinx) -> None:
    """Remember where the sources of this build stand."""
    global _tree
    _tree = Path(app.srcdir)


def left_english(html: str) -> str:
    """Mark what stays English in every edition, such as the title of a source.

    Examples
    --------
    >>> left_english("A report")
    'A report'
    """
    return html if in_english() or not html else f'<span lang="en">{html}</span>'


def is_english_page(page: str) -> bool:
    """Say whether a page stays English in every edition."""
    return any(page == name or page.startswith(f"{name}/") for name in ENGLISH_PAGES)


def width(text: str) -> int:
    """Say how many letters wide a text is: a Han character is as wide as two.

    Examples
    --------
    >>> width("Energy"), width("能源")
    (6, 4)
    """
    return len(text) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)


def wrapped(text: str, letters: int) -> list[str]:
    """Break a text into lines of so many letters.

    Examples
    --------
    >>> wrapped("Energy of the computers", 10)
    ['Energy of', 'the', 'computers']
    >>> wrapped("计算机的能耗，两行", 12)
    ['计算机的能', '耗，两行']
    """
    if width(text) == len(text):
        return textwrap.wrap(text, letters)
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and width((lines[-1] + piece).rstrip()) > letters:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def cut(text: str, letters: int) -> str:
    """Leave out what goes beyond so many letters, at the end of a word.

    Examples
    --------
    >>> cut("What one question takes", 20), cut("一个问题要用多少电", 9)
    ('What one question…', '一个问题…')
    """
    if width(text) <= letters:
        return text
    if width(text) == len(text):
        return f"{text[: letters - 1].rsplit(' ', 1)[0]}…"
    return f"{wrapped(text, letters - 1)[0].rstrip('，。：；、')}…"


def with_theme_said(page: str) -> str:
    """Say what the theme has written in English into a finished page."""
    if in_english():
        return page
    said = {THEME[place]: say(THEME[place]) for place in range(len(THEME))}

    def put(match: re.Match[str]) -> str:
        text = said.get(unescape(match["text"]))
        return match[0] if text is None else f"{match['before']}{escape(text)}{match['after']}"

    page = _TO_ENGLISH.sub('<a lang="en"', _NAMED.sub(put, page))
    page = _NEXT_ENGLISH.sub(r'\1 lang="en"', page)
    # The text of the page itself is translated in its source.
    parts = re.split(r"(<article\b.*?</article>)", page, flags=re.DOTALL)
    return "".join(_SHOWN.sub(put, part) if i % 2 == 0 else part for i, part in enumerate(parts))


def marked(page: str, body: str) -> str:
    """Say at the head of a page that stays English that it does, and say so to those who listen."""
    if in_english():
        return body
    if not is_english_page(page):
        return body.replace('class="citation-list"', 'class="citation-list" lang="en"')
    line = f'<p class="in-english" lang="{language()}">{say("This page is in English in every edition.")}</p>'
    body = re.sub(r"<section\b", '<section lang="en"', body, count=1)
    return re.sub(r"</h1>", lambda match: f"{match[0]}\n{line}", body, count=1)
