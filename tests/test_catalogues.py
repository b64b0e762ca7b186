"""Editions drift apart in no number, name, link or line of code without a test that says so."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from latex2mathml.converter import convert

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book"))

from editions import catalogue, checks, code, markdown, sources, wording  # noqa: E402

NOTEBOOKS = [source for source in sources.sources() if source.suffix == ".ipynb"]


# The book as it is


def test_catalogues_and_book_agree():
    found = checks.of_catalogues()
    assert found == [], "\n".join([*found, "Bring them up to date: python book/editions messages"])


@pytest.mark.parametrize("source", sources.sources(), ids=str)
def test_a_source_whose_texts_stay_is_the_same(source):
    text = (ROOT / source).read_text(encoding="utf-8")
    assert sources.rebuild(source, text, lambda said, _: said) == text


@pytest.mark.parametrize("source", NOTEBOOKS, ids=str)
def test_whatever_the_texts_become_the_code_stays(source):
    texts = {text: f"译“{text}”。" for text, _ in sources.messages(source)}
    cells = json.loads((ROOT / source).read_text(encoding="utf-8"))["cells"]
    written = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert [line for cell in written for line in checks.of_code(cell, texts)] == []
    translated = [code.rebuild(cell, lambda text, _: texts.get(text, text)) for cell in written]
    assert sum(map(str.__ne__, written, translated)) > 5


# Planted drift: a catalogue and its source


@pytest.fixture
def book(tmp_path):
    """A book of one chapter, with its catalogue."""
    cells = [
        {"cell_type": "markdown", "source": ["# Growth\n", "\n", "It grew by 5 % in 2024."]},
        {"cell_type": "code", "source": ["Markdown(f'It is {n(x)} **times** as much.')"]},
    ]
    path = tmp_path / "chapters" / "one.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    texts = catalogue.refresh(
        catalogue.read(tmp_path / "none.po"), sources.messages(Path("chapters/one.ipynb"), tmp_path)
    )
    chinese = {
        "Growth": "增长",
        "It grew by 5 % in 2024.": "2024年增长了5%。",
        "It is {x} **times** as much.": "是原来的{x}**倍**。",
    }
    for message in texts:
        message.string = chinese.get(message.id, "")
    catalogue.write(tmp_path / "one.po", texts)
    return tmp_path


def problems(book):
    lines = [
        *checks.of_source(book / "one.po", Path("chapters/one.ipynb"), book),
        *checks.of_texts(book / "one.po", complete=True),
    ]
    return [line.split("\n")[0] for line in lines]


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_translated_chapter_passes(book):
    assert problems(book) == []


def test_a_changed_sentence_is_told_twice(book):
    change(book / "chapters" / "one.ipynb", "It grew by", "It rose by")
    assert problems(book) == ["not in the catalogue", "no longer in the book"]


def test_a_changed_sentence_is_stale_and_keeps_its_translation(book):
    change(book / "chapters" / "one.ipynb", "It grew by", "It rose by")
    now = [*sources.messages(Path("chapters/one.ipynb"), book)]
    catalogue.write(book / "one.po", catalogue.refresh(catalogue.read(book / "one.po"), now))
    assert problems(book) == ["stale"]
    text = (book / "one.po").read_text(encoding="utf-8")
    assert '#| msgid "It grew by 5 % in 2024."' in text
    assert "2024年增长了5%。" in text
    assert list(checks.of_texts(book / "one.po")) == []
    # Read and written again it is the same, until it is translated.
    catalogue.write(book / "one.po", catalogue.refresh(catalogue.read(book / "one.po"), now))
    assert (book / "one.po").read_text(encoding="utf-8") == text
    change(book / "one.po", "#, fuzzy\n", "")
    catalogue.write(book / "one.po", catalogue.read(book / "one.po"))
    assert "It grew by" not in (book / "one.po").read_text(encoding="utf-8")


def test_a_missing_translation_stops_a_release_only(book):
    change(book / "one.po", "2024年增长了5%。", "")
    assert problems(book) == ["missing"]
    assert list(checks.of_texts(book / "one.po")) == []


def test_a_translation_that_loses_a_value_is_told(book):
    change(book / "one.po", "{x}**倍**", "{y}**倍**")
    assert problems(book) == [
        "cannot be put into its cell: The places of 'It is {x} **times** as much.' are ['x'], those of its translation ['y'].",
        "Lost places: {x}",
    ]


def test_a_catalogue_of_no_source_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "CATALOGUES", tmp_path)
    catalogue.write(tmp_path / "gone.po", catalogue.read(tmp_path / "none.po"))
    assert checks.of_catalogues([tmp_path / "gone.po"]) == [
        f"{tmp_path / 'gone.po'}: belongs to no source of the book"
    ]


# Planted drift: code

ASKED = """
ask(
    "Which?",
    choices={"Both fit.": "Yes.", "Neither fits.": f"No: {fact('three times', q('a'))}, {n(b)}."},
    answer="Both fit.",
)
"""


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda cell: cell.replace("q('a')", "q('b')"), "the translated code differs"),
        (lambda cell: cell.replace("n(b)", "n(b, 2)"), "the translated code differs"),
        (lambda cell: cell.replace("answer=", "unit="), "the translated code differs"),
        (lambda cell: cell + "x = 1\n", "the translated code differs"),
        (lambda cell: cell + "x = (\n", "cannot be put into its cell"),
        (lambda cell: cell.replace('"Neither fits."', '"Both fit."'), "two texts of one dict"),
    ],
)
def test_code_that_changes_is_told(monkeypatch, broken, told):
    assert list(checks.of_code(ASKED, {})) == []
    monkeypatch.setattr(code, "rebuild", lambda cell, _: broken(cell))
    assert [line[: len(told)] for line in checks.of_code(ASKED, {})] == [told]


def test_texts_that_change_are_no_change_of_code():
    texts = {
        "Which?": "哪个？",
        "Both fit.": "都对。",
        "Yes.": "对。",
        "three times": "三倍",
        "No: {three_times}, {b}.": "",
    }
    said = code.rebuild(ASKED, lambda text, _: texts.get(text) or text)
    assert said.count("都对。") == 2
    assert "三倍" in said
    assert list(checks.of_code(ASKED, {key: text for key, text in texts.items() if text})) == []


def test_prose_beside_the_listed_places_is_told(tmp_path):
    source = [
        "shown = f'Nobody has counted {n(x)} of them'\n",
        "Markdown('A listed text of ours.')\n",
        "why = 'Behind a name, too.'\n",
        "ask('Which of them?', why=why, unit='kg CO2e/kWh')\n",
        "pd.Series({'Energy of a year [GWh]': 1, 'a new name': 2}, name='key')\n",
        "checks.choice(my_choice, ['about right', 'too large'])\n",
        "my_choice = 'about right'\n",
    ]
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": source}]}))
    told = list(checks.unlisted(Path("one.ipynb"), {"Energy of a year"}, tmp_path))
    assert told == ["Nobody has counted … of them", "a new name"]


# Planted drift: one translation

RIGHT = {
    "It grew from 132.4 billion dollars in 2022 to 512.4 billion.": "从2022年的1,324亿美元增长到5,124亿。",
    "A city of 400,000 people, and 3.5 million more": "一座40万人的城市，另有350万",
    "About 626,000 pounds": "约62.6万磅",
    "It jumps tenfold, from 0.01 to 1; forty of them": "每次跳10倍，从0.01到1；40个",
    "Ten million people ask fifteen questions": "1,000万人问15个问题",
    "20 to 50 questions cost half a litre.": "20到50个问题要0.5升水。",
    "In December 2024, a dozen": "2024年12月，十几个",
    "3 to 5 million tonnes, 50, 30 and 20 %": "300万到500万吨，50%、30%和20%",
    "{x} million tonnes of CO₂ in 2030": "2030年{x}百万吨CO2",
    "20 million watts, 5 kilowatts": "2,000万瓦，5千瓦",
    "{x} instead of {y} billion": "{y}十亿减到{x}十亿",
    "{x} to {y} % a year": "每年{x}%到{y}%",
    "Under GPT‑3, at 16 bits, 1e-12 joules": "GPT-3以下，16位，1e-12焦耳",
    "A GPU takes 700 W of the 3 kilowatts.": "一块GPU用3千瓦里的700 W。",
    "**Repair it.** Complete it.": "**修好它。** 把它填完。",
    "See the *source*, `n(x)` and $c$ in [data](data.md).": "看*来源*、`n(x)` 和[数据](data.md)里的$c$。",
    "At {Growth a year [%]} % a year": "每年增长{Growth a year [%]}%",
    "{download}`released.csv <numbers/released.csv>` holds it.": "都在{download}`记录 <numbers/released.csv>`里。",
    "<details><summary>Hint 1</summary>Add <code>x y</code>.</details>": "<details><summary>提示1</summary>加上<code>x y</code>。</details>",
    "Open it in a browser.": "在浏览器里打开。",
}


@pytest.mark.parametrize("english", RIGHT)
def test_a_right_translation_passes(english):
    assert wording.problems(english, RIGHT[english]) == []


WRONG = {
    # Numbers
    ("132.4 billion dollars", "132.4亿美元"): "The number 132.4 × 1,000,000,000 is not in the translation.",
    ("A city of 400,000", "四十万人的城市"): "The number 400,000 is not in the translation.",
    ("A city of people", "40万人的城市"): "The translation has the number 40 × 10,000, the English has not.",
    ("In 2024", "2023年"): "The number 2024 is not in the translation.",
    ("5 % more", "多5"): "5 is per cent, and is not in the translation.",
    ("5 more", "多5%"): "5 is per cent in the translation only.",
    ("{x} billion", "{x}亿"): "The number {x} × 1,000,000,000 is not in the translation.",
    ("GPT-3 ran on H100s", "GPT-4在H100上跑"): "GPT-3 is not in the translation.",
    # What code reads
    ("{x} of {y}", "{x}里的"): "Lost places: {y}",
    ("At {Growth a year [%]} now", "现在是{增长率 [%]}"): "Lost places: {Growth a year [%]}",
    ("Use `n(x)`.", "用 `n(y)`。"): "Lost code: `n(x)`",
    ("See [it](a.md#b).", "看[它](a.md)。"): "Lost links: a.md#b",
    ("Where $c$ is", "$d$在哪里"): "Lost formulas: $c$",
    ("{download}`a <b.csv>`", "{download}`甲 <c.csv>`"): "Lost roles: {download}b.csv",
    ("<details>More</details>", "<details>更多"): "Lost tags: </details>",
    ("[Go](x){.way-on}", "[走](x)"): "Lost attributes: {.way-on}",
    ("At https://a.org/b", "在https://a.org/c"): "Lost addresses: https://a.org/b",
    ("A word", "一个<IMG src=x onerror=alert(1)>词"): "Added tags: <IMG src=x onerror=alert(1)>",
    ("A word", "一个词<script"): "Added tags: <script",
    ("A word", "一个词<!-- a -->"): "Added tags: <!-- a -->",
    ("A word", "一个词&lt;b&gt;"): "Added entities: &lt;, &gt;",
    ("A word", "[词](javascript:alert)"): "Added links: javascript:alert",
    ("A word", "[词]: javascript:alert"): "Added open marks: ]:",
    ("A word", "一个`词"): "Added open marks: `",
    ("A word", "一个$词"): "Added open marks: $",
    ("A word", "一个词{0}"): "Added places: {0}",
    ("A word", "一个词%s"): "Added percent places: %s",
    ("A word", "一个\u202e词"): "Added unseen signs: U+202E",
    # Lines
    ("One line", "一行\n两行"): "Has 2 lines instead of 1",
    ("A cell", "一|格"): "Has other bars, which divide cells",
    ("The first", "# 第一"): "Begins with a mark of Markdown",
    ("The end", "结尾 "): "Blank at the beginning or the end",
    # Writing
    ("**Trace it.** Who", "**追溯它。**最早"): "Emphasis does not open or close: keep punctuation outside of the stars",
    ("One, two", "一,二"): "Half-width punctuation beside Han: 一,二",
    ("The end.", "结尾."): "Half-width punctuation beside Han: 结尾.",
    ("So (here)", "这样(这里)"): "Half-width bracket beside Han: 这样(这里)",
    ('A "word"', '一个"词"'): 'Straight quotation mark beside Han: 一个"词"',
    ("In Python", "在 Python"): "Blank beside Han: 在 Python",
    ("{x} years", "{x} 年"): "Blank beside Han: {} 年",
    ("It is {x} %", "是{x} %"): "Blank before %: 是{} %",
    ("It is {x} MWh of it", "其中{x}MWh的"): "No blank between number and unit: 其中{}MWh的",
    ("The Ａ", "这个Ａ"): "Full-width letter or digit: 这个Ａ",
    ("A “word”", "一个「词」"): "Quotation mark of the edition of Hong Kong: 一个「词」",
    ("It stays as it was", "It stays as it was"): "Is still English",
    # Words
    ("An answer of a server", "伺服器的回答"): "伺服器 is not our word for server: 服务器",
    ("Open the explorer", "打开浏览器"): "浏览器 is not our word for explorer: 互动图",
}  # fmt: skip


@pytest.mark.parametrize(("english", "chinese"), WRONG)
def test_a_wrong_translation_is_told(english, chinese):
    assert WRONG[english, chinese] in wording.problems(english, chinese)


def test_emphasis_around_a_value_with_a_card_needs_room():
    english, card = "It was **{x}** then.", ["{x} = fact(n(x), x)"]
    assert wording.problems(english, "当时是**{x}**。", ["{x} = n(x)"]) == []
    assert wording.problems(english, "当时，**{x}**。", card) == []
    assert wording.problems(english, "当时是**{x}**。", card) == [
        "Emphasis does not open or close: keep punctuation outside of the stars"
    ]


def test_blanks_beside_han_are_taken_out():
    assert wording.tidied("", "在 Python 里， `n(x)` 是 {x} MWh") == "在Python里， `n(x)` 是{x} MWh"
    assert (
        wording.tidied("", "看 [PUE 页](a.md) 和 **GPT-3** 吧") == "看[PUE页](a.md) 和**GPT-3**吧"
    )
    assert wording.tidied("", "见 [PUE](a.md) 和它") == "见[PUE](a.md)和它"
    assert wording.tidied("", "**好。** 再来") == "**好。** 再来"
    assert wording.tidied("token 词元", "词元 token") == "词元 token"


# Words in formulas

FORMULA = "\n".join(
    (
        "Text before.",
        "",
        "$$",
        r"E = \text{tasks} \times \frac{\text{computing}}{\text{task}} \times x_\text{t} \times \mathrm{PUE}",
        "$$",
        "",
        "Text after.",
    )
)
SAID_IN_FORMULA = {"tasks": "任务数", "computing": "计算量", "task": "任务"}


def test_the_words_in_a_formula_are_texts_and_nothing_between_them_is():
    told = []

    def translate(text, computed):
        told.append((text, computed))
        return SAID_IN_FORMULA.get(text, text)

    rebuilt = markdown.rebuild(FORMULA, translate)
    assert [text for text, _ in told] == [
        "Text before.",
        "tasks",
        "computing",
        "task",
        "Text after.",
    ]
    assert told[1][1][0].startswith("in $$ E = ")
    wanted = FORMULA
    for english, chinese in SAID_IN_FORMULA.items():
        wanted = wanted.replace(rf"\text{{{english}}}", rf"\text{{{chinese}}}")
    assert rebuilt.split() == wanted.split()
    assert markdown.rebuild(FORMULA, lambda text, _: text) == FORMULA


def test_a_formula_that_lacks_a_word_is_shown_in_english_and_marked():
    def translate(text, _):
        return markdown.Untranslated(text) if text == "task" else SAID_IN_FORMULA.get(text, text)

    rebuilt = markdown.rebuild(FORMULA, translate)
    assert '<div lang="en" class="untranslated">' in rebuilt
    assert r"\text{tasks}" in rebuilt
    assert "任务数" not in rebuilt


@pytest.mark.parametrize(
    ("chapter", "words"),
    [
        ("03_energy_drivers", ["任务数", "计算量", "任务", "计算机的能耗", "计算量"]),
        ("06_outlook", ["需求", "软件", "规则", "价格", "电网", "未匹配占比"]),
    ],
)
def test_formulas_of_the_chapters_have_chinese_words_as_mathml(chapter, words):
    source = Path("chapters", f"{chapter}.ipynb")
    known = catalogue.translations(sources.catalogue_of(source))
    text = (sources.ROOT / source).read_text(encoding="utf-8")
    cells = json.loads(sources.rebuild(source, text, lambda x, _: known.get(x, x)))["cells"]
    found = [
        formula
        for cell in cells
        if cell["cell_type"] == "markdown"
        for formula in re.findall(r"\$\$(.+?)\$\$", "".join(cell["source"]), re.DOTALL)
        if r"\text" in formula
    ]
    drawn = [x for f in found for x in re.findall("<mtext>(.*?)</mtext>", convert(f.strip()))]
    assert drawn == words
