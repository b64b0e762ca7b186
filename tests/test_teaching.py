"""The teaching pages: plans whose minutes add up, that name what exists, and that fit on paper."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import built
import nbformat
import pytest

from aiimpact.ask import slips

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
EXERCISES = sorted((ROOT / "chapters" / "exercises").glob("*.ipynb"))
PAGES = [ROOT / "book" / "teaching.md", *sorted((ROOT / "book" / "teaching").glob("*.md"))]
PLANS = ("lesson", "seminar", "module", "debate")
ROLE = re.compile(r"\{(?P<role>[a-z]+)\}`(?:[^`<]*<)?(?P<target>[^`>]*)>?`")
TARGETS = sorted(
    {
        (match["role"], match["target"])
        for path in PAGES
        for match in ROLE.finditer(path.read_text(encoding="utf-8"))
        if match["role"] != "value"
    }
)


def source(name: str) -> str:
    return (ROOT / "book" / "teaching" / f"{name}.md").read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Give what stands under a heading, up to the next of the same level."""
    level = heading.split()[0]
    (found,) = re.findall(rf"^{heading}\b.*\n([\s\S]*?)(?=^#{{2,{len(level)}}} |\Z)", text, re.M)
    return found


def timetable(text: str) -> list[tuple[int, list[str]]]:
    """Give the rows of a timetable: minutes, and the other cells."""
    lines = text.splitlines()
    (head,) = (i for i, line in enumerate(lines) if line.startswith("| Minutes |"))
    rows = itertools.takewhile(lambda line: line.startswith("|"), lines[head + 2 :])
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [(int(first), rest) for first, *rest in cells]


@cache
def notebook(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def html_of(cell: Any) -> str:
    return "".join(o.get("data", {}).get("text/html", "") for o in cell.get("outputs", []))


def objectives(path: Path) -> dict[int, str]:
    """Read the list at the head of a chapter."""
    head = notebook(path).cells[0].source.split("\n## ")[0]
    return {int(n): text for n, text in re.findall(r"^(\d+)\. (.*)[;.]$", head, re.M)}


def questions(path: Path) -> dict[str, Any]:
    """Give the objective that each question of a chapter names, or None."""
    return {
        name: cell.metadata.get("objective")
        for cell in notebook(path).cells
        for name in re.findall(r'data-question="([^"]+)"', html_of(cell))
    }


def tasks(path: Path) -> dict[int, tuple[str, int]]:
    """Give title and objective of each task in the exercise notebook of a chapter."""
    text = "\n".join(c.source for c in notebook(path).cells if c.cell_type == "markdown")
    found = re.findall(r"^## Task (\d+) · (.+)\n\n\*Objective (\d+) · ", text, re.M)
    assert len(found) == text.count("## Task ")
    return {int(n): (title, int(objective)) for n, title, objective in found}


def exercise_of(chapter: Path) -> Path:
    return chapter.parent / "exercises" / chapter.name


# Minutes


@pytest.mark.parametrize("name", ["lesson", "seminar", "debate"])
def test_the_minutes_add_up_to_those_in_the_title(name):
    stated = re.match(r"# .* of (\d+) minutes", source(name))
    assert stated
    assert sum(minutes for minutes, _ in timetable(source(name))) == int(stated[1])


WEEKS = re.findall(r"^## (Week \d)", source("module"), re.M)


@pytest.mark.parametrize("week", WEEKS)
def test_the_minutes_of_a_week_add_up_to_its_hours(week):
    text = section(source("module"), f"## {week}")
    stated = re.search(r"^In class (\d+) hours, at home (\d+) hours\.$", text, re.M)
    assert stated
    rows = timetable(text)
    for where, hours in zip(("class", "home"), stated.groups(), strict=True):
        assert sum(m for m, cells in rows if cells[0] == where) == 60 * int(hours)
    assert {cells[0] for _, cells in rows} == {"class", "home"}
    # Two sessions a week: no item is cut by the break between them.
    in_class = list(itertools.accumulate(m for m, cells in rows if cells[0] == "class"))
    assert in_class[-1] / 2 in in_class


def test_the_module_has_the_weeks_of_its_title():
    assert source("module").startswith("# A module of four weeks")
    assert [f"Week {n}" for n in range(1, 5)] == WEEKS


def hours_stated(exercise: Path) -> float:
    words = {"two": 2.0, "three": 3.0, "four": 4.0}
    head = notebook(exercise).cells[0].source
    word, half = re.search(r"about (\w+)( and a half)? hours", head).groups()
    return words[word] + (0.5 if half else 0)


@pytest.mark.parametrize("week", WEEKS)
def test_time_at_home_is_what_chapters_and_exercises_say_they_take(week):
    rows = timetable(section(source("module"), f"## {week}"))
    reading = [(m, cells[1]) for m, cells in rows if cells[1].startswith("Read chapter")]
    ((minutes, text),) = reading
    for number in re.findall(r"\d", text):
        head = notebook(CHAPTERS[int(number)]).cells[0].source
        minutes -= int(re.search(r"Takes about (\d+) minutes", head)[1])
    assert 0 <= minutes <= 10, "the time is not that of the chapters"
    ((minutes, text),) = [(m, c[1]) for m, c in rows if ", handed in" in c[1]]
    stem = re.match(r"Exercise (\d\d)", text)[1]
    (path,) = (path for path in EXERCISES if path.name.startswith(stem))
    assert minutes == 60 * hours_stated(path)


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_has_all_its_parts(name):
    text = source(name)
    assert "```{objectives} " in text
    for part in (
        "## What students get wrong",
        "## How to assess",
        "## What to print",
        "## Without internet, or with one projector",
    ):
        assert section(text, part).strip(), part
    assert len(re.findall(r"\{slip\}`", section(text, "## What students get wrong"))) >= 5


# What a plan names


def known(role: str) -> set[str]:
    markup = "".join(html_of(cell) for path in CHAPTERS for cell in notebook(path).cells)
    if role == "explorer":
        return set(re.findall(r'data-explorer="([^"]+)"', markup))
    if role == "question":
        return set(re.findall(r'data-question="([^"]+)"', markup))
    if role == "slip":
        return {slip.key for slip in slips.load()}
    assert role == "task"
    return {f"{path.name[:2]} {number}" for path in EXERCISES for number in tasks(path)}


@pytest.mark.parametrize(("role", "target"), TARGETS)
def test_what_a_plan_names_exists(role, target):
    assert (target.split()[0] if role == "slip" else target) in known(role)


@pytest.mark.parametrize("target", [target for role, target in TARGETS if role == "slip"])
def test_a_slip_is_quoted_in_a_unit_that_it_can_have(target):
    key, _, unit = target.partition(" ")
    (slip,) = (slip for slip in slips.load() if slip.key == key)
    assert "None" not in slip.say(unit)
    assert bool(unit) == bool(slip.rungs)
    if unit:
        assert slip.fits(unit, {})


def test_what_is_typed_into_the_console_exists():
    typed = re.findall(
        r"window\.explorers\.(\w+)\.set\(\{ (\w+):", "".join(p.read_text("utf-8") for p in PAGES)
    )
    assert typed
    markup = "".join(html_of(cell) for path in CHAPTERS for cell in notebook(path).cells)
    for name, control in typed:
        assert f'data-explorer="{name}"' in markup
        assert (
            f'data-input="{control}"'
            in markup.split(f'data-explorer="{name}"')[1].split("</dl>")[0]
        )


def test_the_commands_are_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {
        name for line in re.findall(r"^([a-z -]+):", makefile, re.M) for name in line.split()
    }
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M))
    assert named
    assert named - targets == set()


# Objectives, questions, tasks


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_asks_for_a_guess_three_answers_and_a_thought(path):
    text = "".join(map(html_of, notebook(path).cells))
    kinds = Counter(re.findall(r'data-question="[^"]+" data-kind="([a-z]+)"', text))
    answers = kinds["number"] + kinds["choices"] + kinds["slider"]
    lacks = [
        *(["a guess (`guess`)"] if kinds["guess"] < 1 else []),
        *([f"{3 - answers} more `ask` with a number or choices"] if answers < 3 else []),
        *(["an open question (`ask` with a text as its answer)"] if kinds["open"] < 1 else []),
    ]
    assert not lacks, f"{path.name} lacks {'; '.join(lacks)}."


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_question_names_an_objective_of_its_chapter(path):
    assert questions(path), (
        f"{path.name} asks nothing: put an `ask` into a cell, and run the notebook."
    )
    wrong = {name: o for name, o in questions(path).items() if o not in objectives(path)}
    assert wrong == {}, (
        'Put "objective": <number at the head of the chapter> into the metadata of the cell.'
    )


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_objective_has_a_question_or_a_task(path):
    exercise = exercise_of(path)
    assert exercise.is_file(), (
        f"{path.name} has no exercise: copy a notebook of chapters/exercises to the same name and change it."
    )
    trained = set(questions(path).values())
    trained |= {objective for _, objective in tasks(exercise_of(path)).values()}
    assert set(objectives(path)) - trained == set()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_only_a_question_names_an_objective(path):
    for cell in notebook(path).cells:
        if "objective" in cell.metadata:
            assert html_of(cell).count("data-question=") == 1, cell.id


def test_the_objective_of_a_question_survives_normalising(tmp_path):
    cell = nbformat.v4.new_code_cell("1", metadata={"objective": 2, "tags": ["remove-input"]})
    path = tmp_path / "x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    built._load(ROOT / "book" / "normalise.py").normalise(path)
    kept = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    assert kept["metadata"] == {"objective": 2, "tags": ["remove-input"]}
    assert kept["execution_count"] == 1


# The debate and the rubric


def cards() -> dict[str, str]:
    text = section(source("debate"), "## Role cards")
    parts = re.split(r"^### \d+ · (.+)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_there_are_enough_roles_and_the_score_sheet_has_a_row_for_each():
    assert len(cards()) >= 6
    rows = re.findall(r"^\| \d+ ", section(source("debate"), "## Score sheet"), re.M)
    assert len(rows) == len(cards())


@pytest.mark.parametrize("role", cards())
def test_a_role_has_an_interest_three_numbers_and_a_hard_question(role):
    card = cards()[role]
    assert "**You want** " in card
    assert "**You plead for** " in card
    assert "**Against** " in card
    arguments = re.findall(r"^\d\. \*.+?\* (.+)$", card, re.M)
    assert len(arguments) == 3
    assert all("{value}`" in argument for argument in arguments)
    (hard,) = re.findall(r"^\*\*Hard for you:\*\* (.+)$", card, re.M)
    assert "?" in hard
    assert "{explorer}`" in card


def test_the_worked_example_is_added_up_rightly():
    text = source("rubric")
    lines = re.findall(r"^\| \*\*(\w+)\*\*", section(text, "## The levels"), re.M)
    given = dict(re.findall(r"^\| (\w+) \| (\d) \|", section(text, "## A worked example"), re.M))
    assert list(given) == lines
    total, of = re.search(r"\*\*(\d+) of (\d+), ", text).groups()
    assert (int(total), int(of)) == (sum(map(int, given.values())), 3 * len(lines))


# The built pages

BUILT = [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in PAGES]


@pytest.fixture(params=BUILT)
def teaching_page(html, request):
    return built.soup(request.param)


@pytest.mark.site
def test_the_book_has_the_teaching_pages(html):
    # Their links and anchors are followed with those of all pages, in test_site.py.
    assert set(BUILT) <= set(built.pages())


@pytest.mark.site
def test_an_objective_is_shown_as_its_chapter_has_it(teaching_page):
    for block in teaching_page.select(".objectives"):
        page = (
            (Path("book/teaching") / block.a["href"]).as_posix().replace("book/teaching/../../", "")
        )
        chapter = built.soup(page).select_one("main ol")
        wanted = [item.get_text(" ", strip=True).rstrip(";.") for item in chapter.select("li")]
        shown = [item.get_text(" ", strip=True) for item in block.select("li")]
        assert shown
        for text in shown:
            number, words = re.fullmatch(r"Objective (\d+): (.*)\.", text).groups()
            assert words == wanted[int(number) - 1]


@pytest.mark.site
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_alignment_lists_every_question_and_task_at_its_objective(html, path):
    number = int(path.name[:2])
    table = built.soup("book/teaching/alignment.html").select_one("table.alignment")
    rows = table.select_one(f"#chapter-{number}").find_parent("tbody").select("tr")[1:]
    heads = [row.th.get_text(" ", strip=True) for row in rows]
    assert heads == [f"{n} {text}" for n, text in objectives(path).items()]
    for objective, row in zip(objectives(path), rows, strict=True):
        asked, ends, graded = row.select("td")
        linked = [a["href"].split("#")[1].removesuffix("--kind") for a in asked.select("a")]
        assert linked == [name for name, o in questions(path).items() if o == objective]
        shown = [
            re.match(r"(\d+) (.+), \d+ points?$", li.text).groups() for li in graded.select("li")
        ]
        known_tasks = tasks(exercise_of(path)).items()
        assert shown == [(str(n), title) for n, (title, o) in known_tasks if o == objective]
        assert ends.select("li"), "no exercise at the chapter's end"


@pytest.mark.site
def test_every_plan_can_be_stacked_on_a_phone(teaching_page):
    for cell in teaching_page.select("main table:not(.alignment) tbody td"):
        assert cell.has_attr("data-label") or cell is cell.parent.find("td")


# On paper

A4_MM, MARGIN_MM = (210, 297), 14
MM = 96 / 25.4
SHEETS = {
    "lesson.html": None,
    "seminar.html": None,
    "module.html": None,
    "debate.html": None,
    "rubric.html": None,
    "alignment.html": None,
    "safe.html": None,
    "lesson.html#handout": 1,
    "seminar.html#handout": 1,
    "debate.html#role-cards": math.ceil(len(cards()) / 2),
    "debate.html#score-sheet": 1,
    "rubric.html#the-levels": 1,
}


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.browser
@pytest.mark.parametrize("name", SHEETS)
def test_a_page_fits_on_a4(open_tab, site, name):
    tab = open_tab()
    width = round((A4_MM[0] - 2 * MARGIN_MM) * MM)
    tab.page.set_viewport_size({"width": width, "height": round(A4_MM[1] * MM)})
    tab.page.goto(f"{site.url}book/book/teaching/{name}")
    tab.page.emulate_media(media="print")
    wide = tab.evaluate(
        """(width) => [...document.querySelectorAll("main *")].filter((e) => {
          const box = e.getBoundingClientRect();
          const shown = box.width && e.checkVisibility({ visibilityProperty: true });
          return shown && !e.closest(".fact-card") && box.right > width + 1;
        }).map((e) => e.outerHTML.slice(0, 120))""",
        width,
    )
    assert wide == []
    navigation = ".bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .prev-next-footer, .bd-footer-content"
    assert tab.page.locator(navigation).count()
    assert [e for e in tab.page.locator(navigation).all() if e.is_visible()] == []
    title = tab.page.locator("h1")
    assert title.is_visible() == ("#" not in name)
    found = sheets(tab.page.pdf(format="A4"))
    assert found == SHEETS[name] if SHEETS[name] else found > 1


@pytest.mark.browser
def test_two_role_cards_fill_a_page_and_nothing_on_them_is_cut_off(open_tab, site):
    tab = open_tab()
    tab.page.set_viewport_size({"width": round((A4_MM[0] - 2 * MARGIN_MM) * MM), "height": 1000})
    tab.page.goto(f"{site.url}book/book/teaching/debate.html#role-cards")
    tab.page.emulate_media(media="print")
    found = tab.page.locator("#role-cards > section").evaluate_all(
        "(all) => all.map((e) => [e.offsetHeight, e.scrollHeight - e.clientHeight])"
    )
    assert len(found) == len(cards())
    for height, cut in found:
        assert cut <= 0
        assert 0.8 <= 2 * height / MM / (A4_MM[1] - 2 * MARGIN_MM) <= 1


@pytest.mark.site
def test_a_chapter_does_not_get_the_style_of_the_teaching_pages(html):
    # As a link, or among the sheets that the last step of the build has written into the page.
    marks = 'link[href*="teaching.css"], style[data-sheets*="teaching.css"]'
    assert [page for page in built.pages() if built.soup(page).select(marks)] == sorted(BUILT)
