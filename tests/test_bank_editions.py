"""The question bank in each language: the same questions, answers and ends, in the words of the edition. `make test-editions`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import bank_readers
import built
import nbformat
import pytest
from bank_readers import QTI, Read
from test_bank import CHAPTERS, FORMATS, require_rules_of_qti, written
from test_leaks import HAN, KNOWN, WORD

from aiimpact import words
from aiimpact.ask.bank import Item
from aiimpact.ask.bank.__main__ import main
from aiimpact.ask.bank.collect import _in_language

pytestmark = pytest.mark.editions

TREE = built.ROOT / "_build" / "editions" / "zh-Hans" / "chapters"
STEMS = [path.stem for path in CHAPTERS]
# What sets a word of another alphabet beside Han: a maker, a model, a unit.
SENTENCE = re.compile(r"(?:(?<![\w./-])[A-Za-z]?[a-z]+(?![\w/-])[ ,;]+){3}")


@cache
def items(stem: str, language: str) -> tuple[Item, ...]:
    """Give the questions of a chapter in a language, as `collect` does, without a kernel."""
    notebook = (built.ROOT / "chapters" if language == "en" else TREE) / f"{stem}.ipynb"
    if not notebook.exists():
        pytest.fail(f"There is no {notebook}: run `make book` without EDITIONS=en.")
    before = words.language()
    try:
        made = built._run(notebook)[1].values()
        title = (
            nbformat.read(notebook, as_version=4).cells[0].source.partition("\n")[0].lstrip("# ")
        )
        found = [q.item().at(page=f"{stem}.html", chapter=title, stem=stem) for q in made]
    finally:
        words.use(before)
    return tuple(_in_language(item, language, notebook) for item in found)


@pytest.fixture(params=built.EDITIONS)
def edition(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=STEMS, ids=lambda stem: stem[:2])
def stem(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def said(item: Item) -> Iterator[str]:
    """Each text of a question that somebody reads."""
    yield from (item.text, item.answer, item.why, item.chapter)
    yield from (*item.hints, *item.setting, *item.tags, *item.boxes)
    yield from (words for row in item.answers for words in [row.words])
    yield from (text for choice in item.choices for text in (choice.text, choice.words))
    yield from (text for thing in item.things for text in (thing.text, thing.box, *thing.told))


def ends(item: Item) -> list[float]:
    return [x for row in item.answers for x in (row.low, row.high) if x is not None]


def test_the_answers_are_those_of_english(stem, edition):
    english, other = items(stem, "en"), items(stem, edition)
    assert [(i.name, i.id, i.kind, i.unit) for i in other] == [
        (i.name, i.id, i.kind, i.unit) for i in english
    ]
    for one, here in zip(english, other, strict=True):
        assert here.language == edition
        assert here.right == one.right or math.isclose(here.right, one.right, rel_tol=1e-9)
        assert ends(here) == pytest.approx(ends(one), rel=1e-9, abs=0)
        assert [(a.right, a.slip) for a in here.answers] == [(a.right, a.slip) for a in one.answers]
        assert [c.right for c in here.choices] == [c.right for c in one.choices]
        assert [here.boxes.index(t.box) for t in here.things] == [
            one.boxes.index(t.box) for t in one.things
        ]
        assert [len(x) for x in (here.hints, here.setting, here.tags)] == [
            len(x) for x in (one.hints, one.setting, one.tags)
        ]


def test_no_english_is_left(stem, edition):
    for item in items(stem, edition):
        for text in filter(None, said(item)):
            rest = [word for word in WORD.findall(text) if word not in KNOWN]
            assert HAN.search(text) or not rest, (item.name, text)
            assert not SENTENCE.search(text), (item.name, text)


def read_in(stem: str, language: str, folder: Path) -> dict[str, list[Read]]:
    return written(
        items(stem, language), folder, title=words.language(), address="https://example.org"
    )


def test_each_format_judges_as_in_english(stem, edition, tmp_path):
    here, there = read_in(stem, edition, tmp_path / "a"), read_in(stem, "en", tmp_path / "b")
    for format in FORMATS:
        for item, found, one in zip(items(stem, "en"), here[format], there[format], strict=True):
            assert (found.id, found.kind, found.shown) == (one.id, one.kind, one.shown)
            assert [told[0] for told in found.choices.values()] == [
                told[0] for told in one.choices.values()
            ]
            for value in (x * by for x in ends(item) for by in (0.999, 1, 1.001)):
                assert found.told(value)[0] == one.told(value)[0]
                assert HAN.search(found.told(value)[1])


def test_what_a_platform_adds_is_in_the_language(stem, edition, tmp_path):
    link = {"zh-Hans": "书中的这道问题：", "zh-Hant-HK": "書中的這道問題："}[edition]
    digits = {"zh-Hans": "请只用半角数字作答", "zh-Hant-HK": "請只用半形數字作答"}[edition]
    for found in read_in(stem, edition, tmp_path).values():
        for item, read in zip(items(stem, edition), found, strict=True):
            assert f"{link}{item.chapter}" in read.text
            assert (digits in read.text) is bool(item.answers)
            assert not SENTENCE.search(" ".join([read.text, read.general, read.marker]))


def test_each_format_says_its_language(stem, edition, tmp_path):
    read_in(stem, edition, tmp_path)
    files = bank_readers.package((tmp_path / "qti21.zip").read_bytes())
    require_rules_of_qti(files)
    roots = [root for root in files.values() if root.tag == f"{QTI}assessmentItem"]
    assert {root.get("{http://www.w3.org/XML/1998/namespace}lang") for root in roots} == {edition}
    for name in ("moodle.xml", "gift.txt"):
        text = (tmp_path / name).read_text(encoding="utf-8").replace("\\=", "=")
        assert set(re.findall(r'lang="([^"]+)"', text)) == {edition}


def test_hong_kong_has_its_own_words_and_marks(stem):
    text = json.dumps([list(said(item)) for item in items(stem, "zh-Hant-HK")], ensure_ascii=False)
    assert not re.search("[“”‘]", text)
    assert not re.search("数据|服务器|芯片|电|问", text)


@pytest.mark.timeout(1800)
@pytest.mark.bank
def test_the_command_writes_an_edition(tmp_path, monkeypatch, capsys):
    """As `make questions LANGUAGE=zh-Hant-HK` does it."""
    monkeypatch.chdir(TREE.parent)
    notebooks = [f"chapters/{stem}.ipynb" for stem in STEMS[:2]]
    title = "AI and the Environment: every number, checked"
    options = ["--title", title, "--out", str(tmp_path), "--address", "https://example.org/"]
    assert main(["--language", "zh-hant-hk", *options, *notebooks]) == 0
    assert "道問題" in capsys.readouterr().out
    found = bank_readers.moodle((tmp_path / "moodle.xml").read_text(encoding="utf-8"))
    assert [read.name for read in found] == [i.name for s in STEMS[:2] for i in items(s, "en")]
    assert found[0].category.startswith("$course$/top/AI與環境：")
    text = (tmp_path / "moodle.xml").read_text(encoding="utf-8")
    assert "https://example.org/zh-Hant-HK/chapters/00_the_boom.html#" in text
    assert words.language() == "en"


@pytest.mark.bank
def test_a_notebook_in_another_language_is_refused(monkeypatch, capsys):
    monkeypatch.chdir(built.ROOT)
    assert main(["--language", "zh-Hans", "chapters/00_the_boom.ipynb"]) == 1
    assert "python book/editions tree" in capsys.readouterr().err
    assert main(["--language", "zh_CN", "chapters/00_the_boom.ipynb"]) == 1
    assert "你要的是不是zh-Hans？" in capsys.readouterr().err
