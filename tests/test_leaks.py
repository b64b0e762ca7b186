"""No English on a Chinese page but what is meant to be: `make test-editions`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import built
import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

pytestmark = pytest.mark.editions

HAN = re.compile(r"[\u3400-\u9fff]")
# A word, written as words are: what has a digit, a second capital or an underscore is a name or a unit.
WORD = re.compile(r"(?<![\w./-])[A-Z]?[a-z]+(?![\w/-])")
ADDRESS = re.compile(r"https?://\S+|^\.\w+$")
# What is read aloud or shown when pointed at.
SPOKEN = ("aria-label", "aria-description", "aria-valuetext", "title", "alt", "placeholder")
# Code, names of works and what says of itself that it is English.
MEANT = (
    "code, pre, kbd, samp, cite, script, style, math, [lang=en], .bibliography, .reference.external"
)
# Names of makers, models and programs, and units, as Chinese readers know them.
KNOWN = set(
    """
    Gemini Google Llama Meta Amazon Microsoft Mistral Mixtral Gemma Qwen Tesla Blackwell Ultra Instinct Green Grace
    Python Jupyter Binder Moodle Canvas Blackboard Classroom Docker Kubernetes Landlock Linux Windows Ubuntu Colab
    Actions Littlest Zero to nbgrader systemd identifier
    bit bits cm g gal kg km kt lb lm m mg mi mile min s t
    """.split()
)
# The language's own name for itself, and the pages that stay English by name.
KNOWN |= {"Axios", "Strubell", "Patterson", "Yifei", "Zhang"}


@pytest.fixture(params=built.EDITIONS)
def edition(request: pytest.FixtureRequest, html: object) -> str:
    return str(request.param)


def said(page: Tag) -> Iterator[tuple[str, str]]:
    """Each text that a reader of the page meets, with where it stands."""
    for text in page.find_all(string=True):
        if type(text) is NavigableString and text.strip() and not inside(text.parent):
            yield text.strip(), text.parent.name
    for name in SPOKEN:
        for element in page.find_all(attrs={name: True}):
            if not inside(element):
                yield element[name], f"{element.name}[{name}]"


def inside(element: Tag | None) -> bool:
    return element is not None and (
        element.css.match(MEANT) or element.css.closest(MEANT) is not None
    )


def leaks(page: BeautifulSoup) -> list[tuple[str, str]]:
    body = page.body or page
    found = []
    for text, place in said(body):
        bare = ADDRESS.sub("", text)
        words = [word for word in WORD.findall(bare) if word not in KNOWN]
        if words and not HAN.search(text):
            found.append((place, text[:120]))
    return found


def test_no_english_is_left(edition, content_name):
    found = leaks(built.soup(f"{edition}/{content_name}"))
    assert found == []


def test_a_leak_is_found():
    page = BeautifulSoup(
        "<body><p>能源 <code>pue</code></p><p aria-label='Reset it'>重置</p><p>Reset</p></body>",
        "html.parser",
    )
    assert leaks(page) == [("p", "Reset"), ("p[aria-label]", "Reset it")]
