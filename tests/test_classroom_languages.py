"""The classroom in another language: what checks say, editions, handouts, recognition, feedback."""

from __future__ import annotations

import ast
import copy
import csv
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from aiimpact import words
from aiimpact.classroom import __main__, checks, numbers, speech
from aiimpact.classroom.grading import editions, grade, intake, recognition, reports, sandbox
from aiimpact.classroom.grading.entries import Entry
from aiimpact.classroom.grading.sandbox import Limits

STEM = "01_training_footprint"
SPEAKS = 'from aiimpact import words\n\nwords.use("zh-Hans")\n\n'
SAID = {
    "Missing: {words}": "还缺：{words}",
    "Keep working: {words}": "再想想：{words}",
    "Got it. {words}": "对了。{words}",
    "{what} is not there yet.": "{what}还没有写。",
    "the answer": "答案",
    "in a hidden case: {hint}": "有一个隐藏的例子：{hint}",
    "the result is not right yet.": "结果还不对。",
    "your function raises {error}.": "你的函数报出{error}。",
    "Your notebook": "你的练习本",
    "{student}: {points}": "{student}：{points}",
    "{student}: {points}, {more} more to be marked by hand": "{student}：{points}，还有{more}分待批",
    "{points} of {most} points": "{most}分中得{points}分",
    "Cells that were missing: {names}.": "缺少的单元格：{names}。",
    "Overview of the class": "班级总览",
    "pounds": "磅",
    "emissions in the report": "报告里的排放",
    "lb CO2e": "磅 CO2e",
    "From your strip: {room}": "来自你的纸条：{room}",
    "{title}, student": "{title}（学生）",
    "Own numbers: {title}": "自己的数字：{title}",
}


@pytest.fixture(autouse=True)
def chinese(monkeypatch):
    monkeypatch.setattr(words, "_compiled", lambda language: {})
    monkeypatch.setattr(words, "_added", {})
    words.add(SAID, "zh-Hans")
    before = words.language()
    yield
    words.use(before)


def in_chinese(text: str) -> str:
    """Stand in for a translator: each line that is read becomes Chinese, what is code stays."""
    lines = []
    for line in text.split("\n"):
        if task := re.match(r"## Task (\d+) · (.*)", line):
            line = f"## 任务{task[1]} · 第{task[1]}题"
        elif points := re.match(r"\*Objective (\d+) · (\d+) points?\*", line):
            line = f"*目标{points[1]} · {points[2]}分*"
        elif line.startswith("They go with chapter"):
            line = (
                "这些练习属于本书的一章。从上到下运行单元格，在写着 `YOUR CODE HERE` 的地方作答。"
            )
        elif line.startswith("# Exercises: "):
            line = f"# 练习：{len(line)}"
        elif line and not line.startswith("<"):
            code = "".join(re.findall(r"`[^`]*`", line))
            line = f"这一段有{len(line)}个英文字母，问的是{code}。"
        lines.append(line)
    return "\n".join(lines)


def translated(notebook: Any) -> Any:
    """Stand in for the translation of a notebook: same cells, names and code, other texts."""
    new = copy.deepcopy(notebook)
    new.metadata["language"] = "zh-Hans"
    for cell in new.cells:
        if cell.cell_type == "markdown":
            cell.source = in_chinese(cell.source)
        else:
            cell.outputs = []
            for text in (x.value for x in ast.walk(ast.parse(cell.source)) if _is_read(x)):
                cell.source = cell.source.replace(text, f"差错{len(text)}。")
    code = next(cell for cell in new.cells if cell.cell_type == "code")
    code.source = SPEAKS + code.source
    return new


def _is_read(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.count(" ") > 2
        and node.value.endswith((".", "?"))
        and "\n" not in node.value
    )


@pytest.fixture
def exercises(tmp_path) -> Path:
    """Two exercises in two languages, in a folder of somebody's own."""
    folder = tmp_path / "exercises"
    (folder / "zh-Hans").mkdir(parents=True)
    for path in editions.sources()[:2]:
        notebook = editions.read(path)
        nbformat.write(notebook, folder / path.name)
        nbformat.write(translated(notebook), folder / "zh-Hans" / path.name)
    return folder


def answered(released: Any, source: Any, student: str, *, keep: bool = True) -> Any:
    """Give a notebook as it is handed in, solved; with `keep` left out, without metadata."""
    notebook = copy.deepcopy(released)
    solved = recognition.named(source)
    for cell in notebook.cells:
        name = recognition.grade_id(cell)
        if name and recognition.is_answer(cell):
            cell.source = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", solved[name].source)
            cell.source = cell.source.replace('"s000"', f'"{student}"')
        if not keep:
            cell.metadata = nbformat.from_dict({})
    return notebook


def cells_of(notebook: Any) -> list[Any]:
    return intake.parse(nbformat.writes(notebook).encode())


# What a student reads in a notebook


def test_a_check_speaks_the_language_in_use(capsys):
    words.use("zh-Hans")
    with pytest.raises(checks.Missing, match=r"^还缺：答案还没有写。$"):
        checks.number(..., 1.0)
    with pytest.raises(checks.KeepWorking, match=r"^再想想："):
        checks.number(7.0, 1287.0, "MWh")
    checks.number(1287.0, 1287.0, "MWh")
    assert capsys.readouterr().out.startswith("对了。")
    words.use("en")
    with pytest.raises(checks.Missing, match=r"^Missing: the answer is not there yet.$"):
        checks.number(..., 1.0)


def test_what_decides_is_no_text():
    """The slip, the part of a reply that is ours, and the kind of an error are found in any language."""
    words.use("zh-Hans")
    with pytest.raises(checks.KeepWorking) as caught:
        checks.number(1170.0, 1287.0, "MWh", pue=1.1)
    assert caught.value.slip == "pue-missing"
    assert caught.value.hint
    assert str(caught.value).endswith(caught.value.hint)
    with pytest.raises(checks.KeepWorking) as caught:
        checks.function(lambda x: 1 / 0, [({"x": 1}, 2)])
    assert caught.value.raised == "ZeroDivisionError"


def test_own_numbers_keep_their_names_and_say_what_they_are():
    words.use("zh-Hans")
    assert re.search(
        r"^own\.pounds = \d+  # 报告里的排放 \[磅 CO2e\]$", repr(numbers.own("01", "s1")), re.M
    )


def test_a_text_that_is_said_later_is_said_where_it_is_read():
    note = speech.of(speech.data(speech.later("Cells that were missing: {names}.", names="a, b")))
    assert note == "Cells that were missing: a, b."
    with words.speaking("zh-Hans"):
        assert speech.here(note) == "缺少的单元格：a, b。"
    assert words.language() == "en"
    assert speech.here("as it is") == "as it is"
    assert copy.deepcopy(note).values == {"names": "a, b"}


# Editions, handouts, strips


def test_editions_of_a_language_are_made_of_its_notebooks(exercises, tmp_path, capsys):
    out = tmp_path / "out"
    command = ["student", "--exercises", str(exercises), "--out", str(out), "--language", "zh-Hans"]
    assert __main__.main(command) == 0
    assert words.language() == "en", "A command leaves the language as it was."
    notebook = editions.read(out / f"{STEM}.ipynb")
    assert "words.use" in notebook.cells[1].source
    assert "SOLUTION" not in str(notebook)
    page = (out / f"{STEM}.html").read_text("utf-8")
    assert '<html lang="zh-Hans">' in page
    assert "（学生）</title>" in page
    assert "来自你的纸条：" in page
    assert "从上到下运行" not in page, "Nothing on paper is for the keyboard."


def test_a_handout_shows_what_an_english_one_shows(exercises, tmp_path):
    """A translated source has not been run, so what is the same for all is computed anew."""
    for language in ("en", "zh-Hans"):
        editions.make_student(tmp_path / language, exercises, language)
    shown = [
        re.findall(
            r"<pre>(.*?)</pre>", (tmp_path / x / "00_the_boom.html").read_text("utf-8"), re.S
        )
        for x in ("en", "zh-Hans")
    ]
    figures = [re.findall(r"\d+\.\d+", "".join(texts)) for texts in shown]
    assert len(figures[0]) > 3
    assert figures[0] == figures[1]


def test_the_tasks_are_the_same_in_every_language(exercises):
    for name, notebook in editions.exercises(exercises, "zh-Hans").items():
        english = editions.tasks(editions.exercises(exercises)[name])
        tasks = editions.tasks(notebook)
        told = [(t.number, t.objective, t.points, t.cells) for t in tasks]
        assert told == [(t.number, t.objective, t.points, t.cells) for t in english]
        assert [t.title for t in tasks] == [f"第{t.number}题" for t in tasks]


def test_a_task_is_known_before_it_is_translated():
    box = '## <span lang="en">Task 2 · The formula</span>\n\n<div lang="en">\n\n*Objective 1 · 3 points*'
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(box)])
    (task,) = editions.tasks(notebook)
    assert (task.number, task.title, task.objective, task.points) == (2, "The formula", 1, 3)


def test_hong_kongs_notebooks_are_written_from_simplified_ones(exercises):
    pytest.importorskip("opencc")
    assert editions.languages(exercises) == ["en", "zh-Hans", "zh-Hant-HK"]
    notebook = editions.exercises(exercises, "zh-Hant-HK")[STEM]
    assert 'words.use("zh-Hant-HK")' in notebook.cells[1].source
    assert "任務1 · 第1題" in str(notebook)


def test_strips_are_in_the_language(exercises, tmp_path):
    ids = tmp_path / "ids.csv"
    ids.write_text("s001\n", encoding="utf-8")
    (path,) = editions.make_numbers(tmp_path / "out", ids, "01", exercises, "zh-Hans")
    page = path.read_text("utf-8")
    assert "<title>自己的数字：" in page
    assert "磅 CO2e" in page
    assert "<b>pounds</b>" in page, "What a student types stays as it is typed."


def test_a_language_without_exercises_is_refused_in_words(tmp_path, capsys):
    command = [
        "student",
        "--exercises",
        str(tmp_path),
        "--language",
        "zh-Hans",
        "--out",
        str(tmp_path),
    ]
    assert __main__.main(command) == 1
    assert "python book/editions tree" in capsys.readouterr().err


# Recognition


@pytest.mark.parametrize("keep", [True, False], ids=["named", "nameless"])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_notebook_is_recognised_with_its_language(exercises, language, keep):
    sources = {x: editions.exercises(exercises, x) for x in ("en", "zh-Hans")}
    released = {
        x: {n: editions.released(s) for n, s in each.items()} for x, each in sources.items()
    }
    for name in sources["en"]:
        notebook = answered(released[language][name], sources[language][name], "s001", keep=keep)
        cells = cells_of(notebook)
        assert recognition.recognise_edition(cells, released) == (language, name)
        recognition.name_again(cells, released[language][name])
        wanted = [recognition.grade_id(cell) for cell in released[language][name].cells]
        assert [cell.metadata.grade_id for cell in cells] == wanted


def test_the_language_is_known_by_its_text_where_the_first_cell_is_gone(exercises):
    released = {
        x: {n: editions.released(s) for n, s in editions.exercises(exercises, x).items()}
        for x in ("en", "zh-Hans")
    }
    notebook = copy.deepcopy(released["zh-Hans"][STEM])
    del notebook.cells[1]
    assert recognition.recognise_edition(cells_of(notebook), released) == ("zh-Hans", STEM)
    # An answer in Chinese makes no Chinese notebook.
    notebook = copy.deepcopy(released["en"][STEM])
    notebook.cells[-1].source = "答案是用中文写的。" * 20
    assert recognition.recognise_edition(cells_of(notebook), released) == ("en", STEM)


def test_an_edition_that_is_not_here_is_graded_by_the_english_one(exercises):
    released = {"en": {n: editions.released(s) for n, s in editions.exercises(exercises).items()}}
    notebook = editions.released(editions.exercises(exercises, "zh-Hans")[STEM])
    assert recognition.recognise_edition(cells_of(notebook), released) == ("zh-Hans", STEM)


# Grading


def test_each_is_told_in_their_own_language(exercises, tmp_path):
    """Two students with the same mistakes, one in Chinese; the teacher reads English."""
    submissions, out = tmp_path / "submissions", tmp_path / "out"
    for student, language in (("s001", "en"), ("s002", "zh-Hans")):
        source = editions.exercises(exercises, language)[STEM]
        notebook = answered(editions.released(source), source, student)
        for cell in notebook.cells:
            name = recognition.grade_id(cell)
            if name == "01-share":
                cell.source = f"{cell.source}\nmy_needed_kg_per_kwh *= 1000"
        # A cell of ours that is taken out, of which a note tells both.
        notebook.cells = [x for x in notebook.cells if recognition.grade_id(x) != "01-run-check"]
        (submissions / student).mkdir(parents=True)
        nbformat.write(notebook, submissions / student / f"{STEM}.ipynb")
    limits = Limits(cell_seconds=60, seconds=300)
    level = sandbox.strongest()
    entries = grade.grade(
        submissions,
        out,
        limits=limits,
        level=level,
        jobs=1,
        source=exercises,
        not_isolated=level not in sandbox.ISOLATED,
    )
    assert [(e.student, e.language, str(e.set_aside)) for e in entries] == [
        ("s001", "en", ""),
        ("s002", "zh-Hans", ""),
    ]
    marks = [[(m.task.number, m.points, m.by_hand, m.slip) for m in e.marks] for e in entries]
    assert [m[:3] for m in marks[0]] == [m[:3] for m in marks[1]]
    pages = {e.student: reports.page_of(out, e.student, STEM).read_text("utf-8") for e in entries}
    assert '<html lang="en">' in pages["s001"]
    assert "grams or kilograms?" in pages["s001"]
    assert "Cells that were missing: 01-run-check." in pages["s001"]
    assert '<html lang="zh-Hans">' in pages["s002"]
    assert re.search(r"差错\d+。", pages["s002"])
    assert "grams or kilograms?" not in pages["s002"]
    assert "你的练习本" in pages["s002"]
    assert "缺少的单元格：01-run-check。" in pages["s002"]
    assert "第5题" in pages["s002"]
    overview = (out / "overview.html").read_text("utf-8")
    assert '<html lang="en">' in overview
    assert "Overview of the class" in overview
    assert "第5题" not in overview
    assert [row[2] for row in reports.hardest(entries)][:1] == [2], (
        "A task is one in all languages."
    )
    with words.speaking("zh-Hans"):
        again = reports.overview(entries, level, 2)
    assert "班级总览" in again
    assert "缺少的单元格：01-run-check。" in again


def test_the_gradebook_that_a_command_reads_is_the_same_in_every_language(tmp_path):
    entries = [Entry("s001", "s001/a.ipynb", STEM), Entry("", "b", set_aside="why")]
    found = []
    for language in ("en", "zh-Hans"):
        with words.speaking(language):
            reports.write(entries, tmp_path, "none", 2)
        with (tmp_path / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
            found.append(list(csv.reader(file)))
    assert found[0] == found[1]


def test_a_hidden_case_stays_one_in_every_language():
    """What is told after a hidden input is chosen by what happened, not by its words."""
    from aiimpact.classroom.grading import told

    words.use("zh-Hans")
    wrong = checks.KeepWorking("for x=4711: 3 MWh? 4711", hint="")
    assert (
        told.of(wrong, "t", hidden=True, vague=True)[0] == "再想想：有一个隐藏的例子：结果还不对。"
    )
    raised = checks.KeepWorking("your function raises ValueError: 4711", raised="ValueError")
    assert "4711" not in told.of(raised, "t", hidden=True, vague=True)[0]
    assert "ValueError" in told.of(raised, "t", hidden=True, vague=True)[0]
    own = checks.KeepWorking("your function raises X4711: 4711", raised="X4711")
    assert "4711" not in told.of(own, "t", hidden=True, vague=True)[0]
