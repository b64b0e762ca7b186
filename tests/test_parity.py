"""The same book in each language: names, numbers, verdicts, sources. `make test-editions`."""

from __future__ import annotations

import json
import re
from typing import Any

import built
import pytest
from bs4 import BeautifulSoup
from test_page import COMPUTED, agree, random_settings
from test_questions import CHECK_ALL, an_answer_told, right_answers

pytestmark = pytest.mark.editions

FULL_WIDTH = str.maketrans("0123456789.-+", "０１２３４５６７８９．－＋")
# What marks a place for readers, scripts and links: the same in every language.
MARKS = (
    "data-explorer",
    "data-input",
    "data-kind",
    "data-output",
    "data-value",
    "data-question",
    "data-claim",
    "data-source",
)


@pytest.fixture(params=built.EDITIONS)
def edition(request: pytest.FixtureRequest, html: Any) -> str:
    if not (html / request.param / "index.html").exists():
        pytest.fail(f"No edition {request.param} in {html}: run `make book` without EDITIONS=en.")
    return str(request.param)


def soup_of(edition: str, page: str) -> BeautifulSoup:
    return built.soup(f"{edition}/{page}")


def below(address: str, edition: str) -> str:
    """The address of a page in an edition, below the test server's root."""
    return address.replace("book/", f"book/{edition}/", 1)


def marks_of(soup: BeautifulSoup) -> dict[str, list[str]]:
    return {mark: [e[mark] for e in soup.find_all(attrs={mark: True})] for mark in MARKS}


def links_of(soup: BeautifulSoup) -> list[str]:
    """Links out of the book: sources, and nothing that an edition words."""
    found = (a["href"] for a in soup.select("main a[href]"))
    return [link for link in found if re.match(r"https?:", link)]


def test_every_page_is_in_every_edition(edition):
    here = {page for page in built.pages() if not built.redirects(page)}
    there = {
        path.relative_to(built.HTML / edition).as_posix()
        for path in (built.HTML / edition).rglob("*.html")
        if "_static" not in path.parts
    }
    assert here - there == set()
    assert there - set(built.pages()) == set()


def test_a_page_has_the_same_parts_numbers_and_sources(edition, content_name):
    english, other = built.soup(content_name), soup_of(edition, content_name)
    assert marks_of(other) == marks_of(english)
    assert sorted(links_of(other)) == sorted(links_of(english))


def test_a_page_has_the_same_anchors(edition, content_name):
    """What English links to is there; words that are no part of an address may differ."""
    english, other = built.soup(content_name), soup_of(edition, content_name)
    wanted = [section.get("id") for section in english.select("main section[id]")]
    assert [section.get("id") for section in other.select("main section[id]")] == wanted


def test_an_explorer_gives_the_same_numbers(edition, awake, address):
    """The page of the edition against the model in Python, which the English page is held against too."""
    if not address.page.startswith("book/"):
        return
    explorer = built.python(address)
    settings = random_settings(explorer, 60)
    there = built.Address(below(address.page, edition), address.name)
    results = awake(there).in_json(COMPUTED, [address.name, settings], seconds=120)
    for given, found in zip(settings, results, strict=True):
        assert agree(found, explorer.evaluate(**given)), given


def table_of(edition: str, question: built.Address) -> Any:
    """What a question of the page knows, without its words: each text by its place among the others."""
    page = question.page.removeprefix("book/")
    soup = built.soup(f"{edition}/{page}" if edition else page)
    root = soup.find(attrs={"data-question": question.name})
    data = json.loads(root.find("script").string)
    options = [(tone, slip) for _, tone, _, slip in data.get("options", [])]
    boxes = data.get("boxes", [])
    things = [
        (boxes.index(box), [told[other][1] if other in told else None for other in boxes])
        for _, box, told in data.get("things", [])
    ]
    rows = [[low, high, tone, slip] for low, high, tone, _, slip in data.get("rows", [])]
    return {
        "kind": data["kind"],
        "unit": data.get("unit"),
        "options": options,
        "things": things,
        "rows": rows,
    }


def test_a_question_knows_the_same(edition, question):
    if question.page.startswith("book/"):
        assert table_of(edition, question) == table_of("", question)


def test_a_number_is_judged_alike(edition, all_awake, question):
    """Right answers, and one for every mistake that has a name, also as Chinese readers type."""
    if not question.page.startswith("book/"):
        return
    made = built.question(question)
    if made.kind != "number":
        return
    rows = made._rows()
    numbers = [*right_answers(made), *(an_answer_told(rows, row) for row in rows)]
    typed = [f"{x:.15g}" for x in numbers if x is not None]
    full = [text.translate(FULL_WIDTH) for text in typed]
    found = {}
    for name, page in (("", question.page), (edition, below(question.page, edition))):
        told = all_awake(page).evaluate(CHECK_ALL, [question.name, typed + full])
        found[name] = [(tone, slip) for tone, _, slip in told]
    assert found[edition] == found[""]
    assert found[""][: len(typed)] == found[""][len(typed) :]
