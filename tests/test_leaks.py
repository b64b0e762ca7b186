"""No English on a Chinese page but what is meant to be: `make test-editions`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import built
import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

pytestmark = pytest.mark.editions

HAN = re.compile(r"[\u3400-\u9fff]")
# A word, written as words are: what has a digit, a second capital or an underscore is a name or a unit.
WORD = re.compile(r"(?<![\w./-])[A-Z]?[a-z]+(?![\w/-])")
LIBRARY = ("book/reference", "book/authors", "book/architecture")
ADDRESS = re.compile(r"https?://\S+|^\.\w+$")
# What is read aloud or shown when pointed at.
SPOKEN = ("aria-label", "aria-description", "aria-valuetext", "title", "alt", "placeholder")
# Code, names of works and what says of itself that it is English.
MEANT = (
    # An English name of a button that a Chinese sentence leads to is emphasised.
    "code, pre, kbd, samp, cite, em, script, style, math, [lang=en], .bibliography, .reference.external, "
    ".chain-function"
)
# Names of makers, models and programs, and units, as Chinese readers know them.
NAMES = """
Gemini Google Llama Meta Amazon Microsoft Mistral Mixtral Gemma Qwen Tesla Blackwell Ultra Instinct
Python Jupyter Binder Moodle Canvas Blackboard Classroom Docker Kubernetes Landlock Linux Windows Ubuntu Colab
Actions The Littlest Zero to nbgrader systemd identifier Yifei Zhang
Wh a cm d g gal h kg km kt lb lm m mg mi mile min s t x CO Mt Gt
"""
KNOWN = set(NAMES.split())


@pytest.fixture(params=built.EDITIONS)
def edition(request: pytest.FixtureRequest, html: object) -> str:
    return str(request.param)


def said(page: Tag) -> Iterator[tuple[str, str]]:
    """Each text that a reader of the page meets, with where it stands."""
    meant = {id(part) for part in page.select(MEANT)}
    waiting = [page]
    while waiting:
        element = waiting.pop()
        for name in SPOKEN:
            if element.has_attr(name):
                yield element[name], f"{element.name}[{name}]"
        for child in element.children:
            if isinstance(child, Tag):
                waiting += [] if id(child) in meant else [child]
            elif type(child) is NavigableString and child.strip():
                yield child.strip(), element.name


def leaks(page: BeautifulSoup) -> list[tuple[str, str]]:
    body = page.body or page
    found = []
    for text, place in said(body):
        bare = ADDRESS.sub("", text)
        words = [word for word in WORD.findall(bare) if word not in KNOWN]
        if words and not HAN.search(text):
            found.append((place, text[:120]))
    return found


@cache
def english_titles(edition: str) -> set[str]:
    """The pages of the library are English in every edition, and so is what they are called."""
    pages = [name for name in built.pages() if name.startswith(LIBRARY)]
    headings = (built.soup(f"{edition}/{page}").select_one("h1") for page in pages)
    return {heading.find(string=True).strip() for heading in headings}


def test_no_english_is_left(edition, content_name):
    page = built.soup(f"{edition}/{content_name}")
    if content_name == "genindex.html":
        return  # Names of functions and terms alone.
    if content_name.startswith(LIBRARY):
        assert page.select_one("article[lang=en], article [lang=en]")
        return
    english = english_titles(edition)
    assert [leak for leak in leaks(page) if leak[1] not in english] == []


def test_a_leak_is_found():
    page = BeautifulSoup(
        "<body><p>能源 <code>pue</code></p><p aria-label='Reset it'>重置</p><p>Reset</p></body>",
        "html.parser",
    )
    assert sorted(leaks(page)) == [("p", "Reset"), ("p[aria-label]", "Reset it")]
