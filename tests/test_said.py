"""Every word of questions, cards and figures is said: in a language of brackets, none stands without them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from aiimpact import claims, tables, words
from aiimpact.ask import ask, guess, sort
from aiimpact.cite import Answers, Card, Published, Verdicts, fact
from aiimpact.claims import register

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book"))

from editions import catalogue, library  # noqa: E402


class Brackets(dict):
    """Texts of a language in which each is itself, between brackets."""

    def get(self, key, default=None):
        return f"【{key.split(chr(4))[-1]}】"


@pytest.fixture
def brackets(monkeypatch):
    monkeypatch.setattr(words, "_compiled", lambda _: Brackets())
    register._read.cache_clear()
    words.use("zh-Hans")
    yield
    words.use("en")
    register._read.cache_clear()


def unsaid(text: str) -> str:
    """Take away what stands between brackets, and what is left if it has no words."""
    before = ""
    while before != text:
        before, text = text, re.sub(r"【[^【】]*】", "", text)
    return text if re.search(r"[A-Za-z]{2}", text) else ""


def unsaid_in(markup: str) -> list[str]:
    soup = BeautifulSoup(markup, "html.parser")
    for other in soup.select("script, style, code, [lang=en]"):
        other.decompose()
    attributes = ("title", "aria-label", "aria-valuetext", "alt", "placeholder")
    texts = [
        *soup.strings,
        *(e[a] for e in soup.find_all(True) for a in attributes if e.has_attr(a)),
    ]
    return [text for text in map(unsaid, texts) if text]


def questions():
    typed = {"answer": 1287.0, "unit": "MWh", "quantities": {"pue": 1.1}}
    slider = {"answer": 700, "slider": (1, 1e5), "tolerance": 0.5, "unit": "t"}
    things = {"一": ("甲", "因"), "二": ("乙", "因")}
    return [
        ask("问", name="number", hints=["甲"], why="乙", **typed),
        ask("问", name="choices", answer="甲", choices={"甲": "对", "乙": "错"}),
        ask("问", name="slider", **slider),
        guess("问", name="guess", answer=700, unit="t CO2e", slider=(1, 1e5)),
        ask("问", name="open", answer="甲乙"),
        sort("问", name="sort", boxes=["甲", "乙"], things=things),
    ]


@pytest.mark.usefixtures("brackets")
@pytest.mark.parametrize("number", range(6))
def test_every_word_of_a_question_is_said(number):
    question = questions()[number]
    assert unsaid_in(question._markup) == []
    page = json.loads(BeautifulSoup(question._markup, "html.parser").find("script").string)
    assert all(said == f"【{text}】" for text, said in page.pop("words").items())
    slips = {told[-1] for told in [*page.get("rows", []), *page.get("options", [])]} - {None}
    keys = {
        "number",
        "choices",
        "slider",
        "guess",
        "open",
        "sort",
        "MWh",
        "missing",
        "keep-working",
        "got-it",
    }

    def strings(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | dict):
            for part in value.values() if isinstance(value, dict) else value:
                yield from strings(part)

    # What is told is said; what is looked up by is not.
    assert {unsaid(text) for text in strings(page)} - slips - keys == {""}


@pytest.mark.usefixtures("brackets")
def test_every_word_of_a_card_is_said():
    cards = [Card(claim)._repr_mimebundle_()["text/html"] for claim in claims.load().values()]
    assert len(cards) > 30
    # A claim's measure is cut out of what is said of its size.
    cut = re.compile(r"(?<=<dt>【Claimed】</dt>)<dd>[^<]*</dd>")
    assert [text for card in cards for text in unsaid_in(cut.sub("", card))] == []
    table = Verdicts(claims.load().values())._repr_markdown_()
    assert [line for line in map(unsaid, re.split(r"[|\n]", table)) if line] == []
    assert unsaid_in(Answers("甲")._repr_markdown_()) == []


@pytest.mark.usefixtures("brackets")
def test_every_word_behind_a_figure_is_said_but_for_its_source():
    run = tables.training_run("gpt3-175b", "energy_mwh")
    markup = fact("1,287", run)
    assert unsaid_in(markup) == []
    (source,) = BeautifulSoup(markup, "html.parser").select(".fact-card [lang=en]")
    assert source.text == run.source.rstrip(".")
    hostile = Published(3, "km", "A <b> & a $1.", looked_up="2026-11-30")
    (source,) = BeautifulSoup(fact("3", hostile), "html.parser").select("[lang=en]")
    assert source.text == "A <b> & a $1"


def test_english_marks_nothing_as_english():
    assert "lang=" not in fact("1,287", tables.training_run("gpt3-175b", "energy_mwh"))


# The catalogues of the library


@pytest.mark.parametrize("name", ["library", "classroom", "data"])
def test_a_catalogue_has_what_is_said(name):
    wanted = library.data() if name == "data" else library.said(name)
    known = {str(m.id) for m in catalogue.read(library.LIBRARY / f"{name}.po") if m.id}
    hint = "Bring them up to date: python book/editions messages"
    assert sorted(wanted.keys() - known) == [], hint
    assert sorted(known - wanted.keys()) == [], hint


def test_texts_are_found_wherever_they_are_said(tmp_path, monkeypatch):
    written = {
        "aiimpact/one.py": 'KIND = {"a": "First kind", "b": "Second kind"}\nTEXT = "Of a name"\n'
        'words.say("By itself, {n}", n=1); say("Either" if x else "Or"); say(KIND[x]); say(TEXT)\n'
        'say(name); other("Not said"); say("3 × {n}", n=1)\n',
        "aiimpact/classroom/two.py": 'say("In class")\n',
        "aiimpact/live/page/src/three.js": 'say("In a script"); inWords("Under another \\"name\\"", { x });',
        "book/templates/four.html": "{{ _('In a template') }}",
        "_config.yml": "title: A book\nauthor: Somebody\n",
        "book/pack.py": 'say("In an archive")\n',
        library.PLATFORMS: "platforms: [{name: one, title: A platform}]\n",
    }
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(library, "ROOT", tmp_path)
    found = library.said("library")
    assert set(found) == {
        "First kind", "Second kind", "Of a name", "By itself, {n}", "Either", "Or", "In a script",
        'Under another "name"', "In a template", "A book", "Somebody",
        "In an archive",
    }  # fmt: skip
    assert found["Either"] == ["aiimpact/one.py"]
    assert library.said("classroom") == {
        "In class": ["aiimpact/classroom/two.py"],
        "A platform": [library.PLATFORMS],
    }
