"""What the book's own extensions say, they say in the language of the edition; what they look for is no prose."""

from __future__ import annotations

import datetime
import doctest
import importlib
import json
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from docutils import nodes

from aiimpact import claims, words
from aiimpact.claims import register

ROOT = Path(__file__).parents[1]
GLOSSARY = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def found_beside(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))


@pytest.fixture
def chinese(monkeypatch):
    """Let all be said in Chinese; what a test adds is its alone."""
    monkeypatch.setattr(words, "_added", {})
    monkeypatch.setattr(words, "_compiled", lambda language: {})
    before = words.language()
    words.use("zh-Hans")
    yield
    words.use(before)


def extension(name):
    return importlib.import_module(name)


@pytest.mark.parametrize("name", ["spoken", "reading", "front", "shown"])
def test_examples_hold(name):
    assert not doctest.testmod(extension(name)).failed


def test_examples_in_chinese(chinese):
    words.add({"{others} and {last}": "{others}和{last}", ", ": "、"}, "zh-Hans")
    spoken = extension("spoken")
    assert words.date(datetime.date(2026, 11, 30)) == "2026年11月30日"
    assert words.joined(["甲", "乙", "丙"]) == "甲、乙和丙"
    assert words.sentences("一。", "", "二。") == "一。二。"
    assert spoken.left_english("A report") == '<span lang="en">A report</span>'
    assert spoken.cut("数据中心的用电，三年里翻了一倍", 17) == "数据中心的用电…"


@pytest.mark.parametrize(
    ("text", "letters"),
    [("训练GPT-3用了1287 MWh电，这是真的吗？", 12), ("一二三四五，六七八九十。", 10)],
)
def test_a_line_in_chinese_is_no_wider_and_begins_with_no_sign_that_closes(text, letters):
    spoken = extension("spoken")
    lines = spoken.wrapped(text, letters)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(spoken.width(line) <= letters for line in lines)
    assert not [line for line in lines if line[0] in "，。？！"]


def document(*texts):
    made = nodes.section()
    made += nodes.title(text="标题")
    made += [nodes.paragraph("", nodes.Text(text)) for text in texts]
    return made


def test_a_description_in_chinese_is_cut_at_its_own_length(chinese):
    light = extension("light")
    long = "AI的用电有多少是真的，又有多少是印错的？" * 10
    told = light.describe(document("太短。", long))
    assert told.startswith("AI的用电有多少是真的")
    assert told.endswith("…")
    assert 100 < extension("spoken").width(told) <= light.DESCRIPTION


def test_what_the_theme_writes_is_said_outside_the_text_of_a_page(chinese):
    words.add(
        {"Toggle hidden content": "显示或隐藏内容", "Search": "搜索", "next": "下一页"}, "zh-Hans"
    )
    spoken = extension("spoken")
    page = (
        '<button aria-label="Search" title="Search"><span> Search </span></button><p>next</p>'
        '<article aria-label="Search"><summary aria-label="Toggle hidden content"></summary><p>next</p>'
        '<input value="Search"/></article>'
    )
    said = spoken.with_theme_said(page)
    assert said == (
        '<button aria-label="搜索" title="搜索"><span> 搜索 </span></button><p>下一页</p>'
        '<article aria-label="搜索"><summary aria-label="显示或隐藏内容"></summary><p>next</p>'
        '<input value="Search"/></article>'
    )
    words.use("en")
    assert spoken.with_theme_said(page) == page


def test_links_to_pages_that_stay_english_are_named_in_english(chinese):
    spoken = extension("spoken")
    link = '<a class="reference internal" href="{}">'
    for page in ("reference/energy.html", "book/reference.html", "../authors.html#explore"):
        assert spoken.with_theme_said(link.format(page)).startswith('<a lang="en" class')
    last = '<a class="left-prev"\n href="{}" title="x"><p>x</p><p class="prev-next-title">'
    assert '<p lang="en" class="prev-next' in spoken.with_theme_said(last.format("reference.html"))
    assert "lang" not in spoken.with_theme_said(last.format("claims.html"))
    for page in ("claims.html", "preference.html", "#reference"):
        assert spoken.with_theme_said(link.format(page)) == link.format(page)


def test_a_page_that_stays_english_says_so_once_and_only_elsewhere(chinese):
    words.add({"This page is in English in every edition.": "本页为英文。"}, "zh-Hans")
    spoken = extension("spoken")
    body = '<section id="x"><h1>Data</h1><p>Text</p><section id="y"></section></section>'
    said = spoken.marked("book/reference/data", body)
    assert said.count("本页为英文。") == 1
    assert said.startswith(
        '<section lang="en" id="x"><h1>Data</h1>\n<p class="in-english" lang="zh-Hans">'
    )
    assert spoken.marked("book/references", body) == body
    works = '<div role="list" class="citation-list">'
    assert 'lang="en"' in spoken.marked("book/bibliography", works)
    words.use("en")
    assert spoken.marked("book/reference/data", body) == body


# What an extension says


def test_the_frame_of_the_register_is_said(chinese):
    texts = {
        "Chapter": "章节", "all": "全部", "{shown} of {all} claims": "{all}条说法中的{shown}条", "Say today:": "今天可以说：",
        "The boom": "热潮", "Chapter {number}, {name}": "第{number}章，{name}",
    }  # fmt: skip
    words.add(texts, "zh-Hans")
    register = extension("register")
    every = list(claims.load().values())
    form = register.filter_html(every)
    assert 'data-said="{all}条说法中的{shown}条"' in form
    assert f"{len(every)}条说法中的{len(every)}条" in form
    assert '<option value="">全部</option>' in form
    entry = register.entry_html(0, claims.get("idc-ai-market-2022-2027"))
    assert "<strong>今天可以说：</strong>" in entry
    assert "第0章，热潮" in entry
    assert '<span lang="en">' in entry.split("Primary source")[1]
    words.use("en")
    assert "data-said" not in register.filter_html(every)


def test_the_chain_is_said_and_its_boxes_hold_chinese(chinese):
    names = {"Training": "训练", "Computing": "计算", "takes": "需要", "{one} {leads} {other}.": "{one}{leads}{other}。"}  # fmt: skip
    words.add(names, "zh-Hans")
    chain = extension("chain")
    data = chain.yaml.safe_load(chain.DATA.read_text(encoding="utf-8"))
    assert "训练需要计算。" in chain.sentences(data)
    links = dict.fromkeys(data["things"], ("a.html", "b.html"))
    assert ">训练</text>" in chain.drawing(chain.LAYOUTS[1], data, links)


def test_rows_are_said_and_their_sources_stay_english(chinese):
    words.add({"world": "全球", "region": "地区", "no": "否", "source": "来源"}, "zh-Hans")
    page = extension("tables_page")
    frame = page.frame_of("datacentre_electricity")
    html = page.table_html(
        "datacentre_electricity", frame, ["region", "year", "source", "verified"]
    )
    assert "<td>全球</td>" in html
    assert '<th scope="col">地区</th>' in html
    assert f'<td><span lang="en">{page.escape(frame["source"].iloc[0])}</span></td>' in html


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_column_of_the_page_of_data_has_a_heading(language, chinese):
    words.use(language)
    page = extension("tables_page")
    text = (ROOT / "book" / "data.md").read_text(encoding="utf-8")
    for name in re.findall(r"\{data-table\} (\w+)", text):
        assert page.name_of(name)
        assert all(map(page.head_of, set(page.frame_of(name).columns) - page.LEFT_OUT))


def test_what_moved_keeps_its_anchors(chinese):
    words.add(
        {"Since {version}, {date}": "自{version}（{date}）以来", "x is y": "甲是乙"}, "zh-Hans"
    )
    changes = extension("changes")
    release = changes.Release("0.1.0", "2026-11-30", {})
    (section,) = changes.history([release], [{"since": "0.1.0", "why": "x is y"}])
    assert section["ids"] == ["since-0-1-0-30-november-2026"]
    assert section[0].astext() == "自0.1.0（2026年11月30日）以来"
    assert "甲是乙" in section[1].astext()


def test_what_moved_is_named_as_the_book_shows_it(chinese):
    words.add({"Cost": "成本", "{output}, low": "{output}，低", "defaults": "默认值"}, "zh-Hans")
    changes = extension("changes")
    assert changes.named("Cost [bn USD], low") == "成本 [bn USD]，低"
    assert changes.named("defaults") == "默认值"
    assert changes.named("gone & past") == '<span lang="en">gone &amp; past</span>'
    words.use("en")
    assert changes.named("Cost [bn USD], low") == "Cost [bn USD], low"


def test_a_step_with_numbers_in_it_that_moved_is_named_in_chinese():
    changes = extension("changes")
    # Another test may have read the register without its Chinese.
    register._read.cache_clear()
    with words.speaking("zh-Hans"):
        said = changes.steps_said()
        assert len(said) > 100
        text = next(step for step in said if step.startswith("What contracts add"))
        assert changes.named(text) == said[text] != text
        assert "lang" not in changes.named(text)


def test_the_aims_of_a_chapter_are_found_whatever_their_sentence_says():
    where = extension("where")
    head = "<section><h1>标题</h1><p>约需35分钟。</p><p>读完这一章，你能够</p>\n<ol><li>算</li></ol></section>"
    said = where.opening(head, "none")
    assert '<details class="aims"><summary>读完这一章，你能够</summary><ol>' in said
    assert "<p>约需35分钟。</p>" in said


def test_the_script_of_the_site_brings_its_words_only_to_other_editions(chinese):
    words.add({"Copy": "复制", "Copied!": "已复制"}, "zh-Hans")
    light = extension("light")
    assert json.loads(light.words_of_site()) == {"Copy": "复制", "Copied!": "已复制"}
    words.use("en")
    assert light.words_of_site() == ""


# Structure comes from English


def translated_glossary():
    """Turn the terms round, as the translation does, and give each a Chinese meaning."""
    turned = re.sub(r"^([ -~₂]+?) ([\u4e00-\u9fffA-Z]+)$", r"\2 \1", GLOSSARY, flags=re.M)
    return re.sub(r"^  .*$", "  意思。", turned, flags=re.M)


def test_terms_are_found_in_chinese_text(chinese):
    terms = extension("terms")
    known = terms.translated(translated_glossary(), GLOSSARY)
    assert list(known) == list(terms.definitions(GLOSSARY))
    texts = {0: "取一个范围，看PUE的批处理。", 1: "范围2的排放按市场计，电网的碳强度也在批处理里。"}
    uses = {term: (key, texts[key][a:b]) for key, term, a, b in terms.first_uses(texts, terms.patterns(known))}  # fmt: skip
    assert uses == {
        "PUE": (0, "PUE"), "batching": (0, "批处理"), "Scope": (1, "范围2"), "market-based": (1, "按市场"),
        "carbon intensity": (1, "碳强度"),
    }  # fmt: skip


CHAPTER = "01_training_footprint"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Write a tree in which no word of chapter and exercise is English, and what its run has shown."""
    for folder, ran in (("chapters", False), ("chapters/exercises", False), ("ran/chapters", True)):
        source = ROOT / folder.removeprefix("ran/") / f"{CHAPTER}.ipynb"
        notebook = nbformat.read(source, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                kept = re.sub(r"\(objectives? [\d, and]+\)", "（学习目标）", cell.source)
                kept = re.sub(r"^## Task (\d+) · .+", r"## 任务\1 · 做题", kept)
                cell.source = re.sub(r"[A-Za-z]+", "字", kept)
            elif not ran:
                cell.outputs = []
            for output in cell.get("outputs", []):
                if html := output.get("data", {}).get("text/html"):
                    said = re.sub(
                        r'(class="ask-text"[^>]*>).*?(</div>|</p></)',
                        r"\1问题？\2",
                        html,
                        flags=re.S,
                    )
                    output.data["text/html"] = re.sub(
                        r'aria-label="[^"]*"', 'aria-label="图"', said
                    )
        path = tmp_path / folder / f"{CHAPTER}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
    return tmp_path


def test_a_translated_chapter_holds_what_the_english_one_holds(tree, chinese):
    teaching = extension("teaching")
    source = ROOT / "chapters" / f"{CHAPTER}.ipynb"
    own, ran = (tree / f / f"{CHAPTER}.ipynb" for f in ("chapters", "ran/chapters"))
    english = teaching.read(source)
    found = teaching.said(english, source, own, ran)
    assert found.minutes == english.minutes
    assert [q[:2] + q[3:] for q in found.questions] == [q[:2] + q[3:] for q in english.questions]
    assert {q.text for q in found.questions} == {"问题？"}
    assert set(found.explorers.values()) == {"图"}
    for own_tasks, others in ((found.exercises, english.exercises), (found.tasks, english.tasks)):
        assert others
        assert [t._replace(title="") for t in own_tasks] == [t._replace(title="") for t in others]
        assert not any(re.search("[A-Za-z]", task.title) for task in own_tasks)
    assert {task.title for task in found.tasks} == {"做题"}
    assert found.objectives.keys() == english.objectives.keys()
    assert not any(re.search("[A-Za-z]", text) for text in found.objectives.values())
    # Before it ran there is nothing else to show.
    before = teaching.said(english, source, own, tree / "none.ipynb")
    assert before.questions == english.questions


def test_the_chapters_run_before_pages_quote_them(chinese):
    teaching = extension("teaching")
    names = ["book/data", "book/teaching/lesson", "chapters/00_the_boom", "chapters/06_outlook"]
    app = SimpleNamespace()
    order = [*names]
    teaching.run_chapters_first(app, app, order)
    assert order == names[2:] + names[:2]
    words.use("en")
    order = [*names]
    teaching.run_chapters_first(app, app, order)
    assert order == names


def test_the_english_root_can_be_named(monkeypatch, tmp_path):
    spoken = extension("spoken")
    assert spoken.english() == ROOT
    monkeypatch.setenv("AIIMPACT_SOURCES", str(tmp_path))
    assert spoken.english() == tmp_path


def test_minutes_of_a_plan_are_read_in_english(chinese):
    words.add(
        {"{hours} hours in class, {more} at home": "课上{hours}小时，在家{more}小时"}, "zh-Hans"
    )
    front = extension("front")
    plan = front.english() / "book" / "teaching" / "module.md"
    assert re.fullmatch(r"课上[\d.]+小时，在家[\d.]+小时", front.duration(plan.read_text("utf-8")))
