"""Two editions of every exercise: nothing to copy in the one, everything right in the other."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import linecache
import re
from collections import Counter
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import CheckCellMetadata

from aiimpact.classroom import checks
from aiimpact.classroom.grading import editions, exam, grade, sandbox

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "chapters" / "exercises").glob("*.ipynb"))
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
STUDENTS = [f"s{i:03d}" for i in range(1, 21)]
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SECRET = re.compile(
    r"^[ ]*### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)^[ ]*### END (?:SOLUTION|HIDDEN TESTS)",
    flags=re.MULTILINE | re.DOTALL,
)


@pytest.fixture(params=SOURCES, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture
def source(path) -> Any:
    return editions.read(path)


def given(cell: Any) -> Any:
    return cell.metadata.get("nbgrader", {})


def is_answer(cell: Any) -> bool:
    return bool(given(cell).get("solution"))


def is_check(cell: Any) -> bool:
    return bool(given(cell).get("grade")) and not is_answer(cell)


def by_hand(cell: Any) -> bool:
    return is_answer(cell) and bool(given(cell).get("grade"))


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# One exercise for every chapter, made as it is promised


def test_every_chapter_has_its_exercise():
    assert [path.name for path in SOURCES] == [path.name for path in CHAPTERS]
    assert editions.sources() == SOURCES


def test_there_are_five_to_eight_tasks_numbered_in_order(source):
    tasks = editions.tasks(source)
    assert 5 <= len(tasks) <= 8
    assert [task.number for task in tasks] == list(range(1, len(tasks) + 1))
    headings = [cell for cell in source.cells if cell.source.startswith("## ")]
    assert len(headings) == len(tasks), "A heading does not have the form of a task's."


def test_the_head_says_how_many_tasks_and_points_there_are(source):
    tasks = editions.tasks(source)
    said = re.search(r"(\w+) tasks, (\d+) points, about \w+", source.cells[0].source)
    assert said, source.cells[0].source
    assert (said[1].lower(), int(said[2])) == (
        WORDS[len(tasks) - 1],
        sum(task.points for task in tasks),
    )


def test_the_points_in_a_heading_are_those_of_its_cells(source):
    points = {given(c).grade_id: given(c).points for c in source.cells if given(c).get("grade")}
    for task in editions.tasks(source):
        assert task.cells, f"Nothing is graded for task {task.number}."
        assert sum(points.pop(name) for name in task.cells) == task.points
    assert not points, "Points outside of any task."


def test_tasks_and_objectives_belong_to_each_other(path, source):
    head = editions.read(ROOT / "chapters" / path.name).cells[0].source
    objectives = {int(number) for number in re.findall(r"^(\d+)\. ", head, flags=re.MULTILINE)}
    assert {task.objective for task in editions.tasks(source)} == objectives


def test_there_is_a_bug_to_find_a_claim_to_check_and_an_open_end(source):
    text = "\n".join(cell.source for cell in source.cells if is_check(cell))
    assert "checks.finds(" in text
    assert "checks.claim(" in text
    (open_end,) = [cell for cell in source.cells if by_hand(cell)]
    assert open_end is source.cells[-1]
    rubric = re.search(r"^Points: (.+)$", open_end.source, flags=re.MULTILINE)
    assert rubric, "The model answer ends in no rubric."
    assert sum(map(int, re.findall(r"(?:^|; )(\d+) ", rubric[1]))) == given(open_end).points


def test_every_task_has_hints_that_a_page_can_show(source):
    for cell in source.cells:
        if cell.source.startswith("## Task"):
            hints = re.findall(r"<details><summary>(Hint \d)</summary>(.+?)</details>", cell.source)
            assert [number for number, _ in hints] == [f"Hint {i + 1}" for i in range(len(hints))]
            assert hints, cell.source
            # Markdown in a block of HTML stays as it is written.
            texts = [re.sub(r"<(code|a)\b.*?</\1>", "", text) for _, text in hints]
            assert not [text for text in texts if re.search(r"[`*]|\b_|_\b|\]\(", text)], texts


def test_the_metadata_are_nbgraders_and_no_name_is_used_twice():
    names = Counter(
        given(cell).grade_id
        for path in SOURCES
        for cell in editions.read(path).cells
        if given(cell)
    )
    assert [name for name, times in names.items() if times > 1] == []
    for path in SOURCES:
        notebook = editions.read(path)
        CheckCellMetadata().preprocess(copy.deepcopy(notebook), {})
        for cell in notebook.cells:
            if given(cell):
                assert given(cell).grade_id.startswith(f"{path.stem[:2]}-")
                assert given(cell).schema_version == 3
                assert given(cell).locked is not is_answer(cell)
        assert all(map(given, code(notebook))), "A cell of code that nbgrader does not know."


def test_every_answer_has_a_check_behind_it(source):
    waiting = ""
    for cell in source.cells:
        if is_answer(cell) and not by_hand(cell) and not given(cell).grade_id.endswith("-student"):
            assert not waiting, f"Nothing checks {waiting}."
            waiting = given(cell).grade_id
        elif is_check(cell):
            waiting = ""
            assert "### BEGIN HIDDEN TESTS" in cell.source, given(cell).grade_id
    assert not waiting, f"Nothing checks {waiting}."


# The student's edition has nothing to copy


def secrets(source: Any) -> set[str]:
    """Give the lines of solutions, hidden tests and model answers that stand nowhere else."""
    hidden, shown = set(), set()
    for cell in source.cells:
        text = cell.source
        if by_hand(cell):
            hidden |= set(text.splitlines())
            continue
        for part in SECRET.findall(text):
            hidden |= {line.strip() for line in part.splitlines()}
        shown |= {line.strip() for line in SECRET.sub("", text).splitlines()}
    return {line for line in hidden - shown if len(line) > 5}


def computed(source: Any) -> set[str]:
    """Give what the solutions compute, to four digits and to all; and the words they choose."""
    names = Run(source).names
    found = set()
    for cell in code(source):
        if is_answer(cell):
            for name in re.findall(r"^(\w+) =", cell.source, flags=re.MULTILINE):
                value = names.get(name)
                if isinstance(value, float) and len(f"{value:.4g}".replace(".", "")) >= 4:
                    found |= {f"{value:.4g}", repr(value)[:8]}
    return {text for text in found if "e" not in text}


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).strip('"')


def leaks(source: Any, edition: Any) -> list[str]:
    """Give what a student could copy from an edition."""
    sources = "\n".join(cell.source for cell in edition.cells)
    text = as_json(edition)
    lines = {line.strip() for line in sources.splitlines()}
    # A short line may be a part of one that everybody may see.
    found = [x for x in secrets(source) if x in lines or (len(x) > 40 and as_json(x) in text)]
    found += [number for number in computed(source) if re.search(rf"\b{re.escape(number)}", text)]
    found += [word for word in ("### ", "HIDDEN", "SOLUTION") if word in text]
    found += [f"output of {c.id}" for c in code(edition) if c.outputs or c.execution_count]
    return found


def test_nothing_to_copy_reaches_the_students_edition(source):
    assert len(secrets(source)) > 20
    assert len(computed(source)) > 2
    assert leaks(source, editions.released(source)) == []


@pytest.fixture(scope="module")
def student(tmp_path_factory) -> Path:
    """The folder that `make student` writes."""
    folder = tmp_path_factory.mktemp("student")
    assert len(editions.make_student(folder)) == 2 * len(SOURCES)
    return folder


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> Path:
    """The folder that `make teacher` writes."""
    folder = tmp_path_factory.mktemp("teacher")
    assert len(editions.make_teacher(folder)) == 2 * len(SOURCES)
    return folder


def test_nothing_to_copy_reaches_the_students_files(path, source, student):
    text = (student / path.with_suffix(".html").name).read_text(encoding="utf-8")
    assert leaks(source, nbformat.read(student / path.name, as_version=4)) == []
    assert [line for line in secrets(source) if len(line) > 40 and escape(line) in text] == []


def planted_output(source, edition):
    code(edition)[0].outputs = [new_output("stream", text="x")]


def planted_line(source, edition):
    edition.cells[0].source += "\n" + min(secrets(source), key=len)


def planted_number(source, edition):
    edition.cells[0].source += f" about {min(computed(source))} in all"


def planted_metadata(source, edition):
    edition.cells[1].metadata["note"] = max(secrets(source), key=len)


def planted_marker(source, edition):
    edition.cells.append(new_markdown_cell("### BEGIN SOLUTION"))


@pytest.mark.parametrize(
    "plant",
    [planted_output, planted_line, planted_number, planted_metadata, planted_marker],
    ids=lambda plant: plant.__name__,
)
def test_what_could_be_copied_is_found(plant):
    source = editions.read(SOURCES[1])
    edition = editions.released(source)
    assert not leaks(source, edition)
    plant(source, edition)
    assert leaks(source, edition)


def test_the_students_edition_keeps_only_what_it_needs(source):
    edition = editions.released(source)
    assert set(edition.metadata) <= {"kernelspec", "language_info", "celltoolbar"}
    assert len(edition.cells) == len(source.cells)
    for cell in edition.cells:
        assert set(cell.metadata) <= {"nbgrader", "deletable", "editable"}
        assert is_answer(cell) or cell.metadata.get("editable") is not True
        if is_check(cell):
            assert cell.source.strip(), "A check of which nothing is left."
    assert editions.read(SOURCES[0]) == editions.read(SOURCES[0])


def test_making_an_edition_leaves_the_source_as_it_is(source):
    before = copy.deepcopy(source)
    editions.released(source)
    editions.taught(source)
    assert source == before


# Every task is solvable, and not solved


@dataclass
class Run:
    """An exercise run in this Python, cell by cell."""

    source: Any
    student: str = "s000"
    stubs: Any = None
    answers: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.failed: dict[str, BaseException] = {}
        self.printed = io.StringIO()
        notebook = self.stubs or self.source
        with contextlib.redirect_stdout(self.printed):
            for cell in code(notebook):
                self._cell(cell)

    def _cell(self, cell: Any) -> None:
        name = given(cell).grade_id
        source = re.sub(r'(?<=STUDENT = )"s000"', repr(self.student), cell.source)
        if self.stubs and name.endswith("-student"):
            source = f"STUDENT = {self.student!r}"
        # As IPython does, so that inspect finds the source of a function.
        file = f"<{name} {id(self)}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        try:
            exec(compile(source, file, "exec"), self.names)
        except Exception as error:
            self.failed[name] = error
        if self.answers and is_answer(cell) and not name.endswith("-student"):
            for key in re.findall(r"^(?:def )?(\w+)(?: =|\()", source, flags=re.MULTILINE):
                if key in self.answers and not callable(self.answers[key]):
                    self.names[key] = self.answers[key]


def test_the_solution_passes_for_everybody(source):
    for student in STUDENTS:
        run = Run(editions.taught(source), student)
        assert run.failed == {}, student
        assert run.names["STUDENT"] == student


def test_the_students_edition_passes_nothing_and_says_what_is_missing(source):
    edition = editions.released(source)
    graded = {given(cell).grade_id for cell in code(edition) if is_check(cell)}
    for stubs in (edition, editions.with_tests(source)):
        failed = Run(source, stubs=stubs).failed
        assert failed.keys() == graded
        assert {name: e for name, e in failed.items() if not isinstance(e, checks.Missing)} == {}


def test_a_neighbours_answers_fail(source):
    """Whatever depends on a student's numbers fails with another's; few pairs share a number."""
    total = Counter()
    for one, two in zip(STUDENTS, [*STUDENTS[1:], STUDENTS[0]], strict=True):
        neighbour = Run(source, two).names
        total.update(Run(source, one, answers=neighbour).failed.keys())
    own = [given(c).grade_id for c in code(source) if is_check(c) and "own." in c.source]
    assert len(own) >= 2, "Hardly a task has numbers of its own."
    assert {name: total[name] for name in own if total[name] < 0.7 * len(STUDENTS)} == {}


def test_an_exam_gives_the_solution_all_points_and_the_stubs_none(source):
    """The exam has its own way of asking: values are sent, functions are called from outside."""
    for notebook, right in ((source, True), (editions.with_tests(source), False)):
        answer = '"s001"' if right else "..."
        cells = [
            {
                "role": grade._role(cell),
                "source": cell.source.replace('"s000"', answer),
                "name": given(cell).grade_id,
            }
            for cell in code(editions.taught(notebook))
        ]
        limits = sandbox.Limits(cell_seconds=60)
        ran = exam.sit(cells, "s001", limits, sandbox.strongest())
        results = [r for c, r in zip(cells, ran["cells"], strict=True) if c["role"] == "test"]
        if right:
            assert [r["failed"] for r in results if r["failed"]] == []
            assert ran["notes"] == []
        else:
            assert [r["failed"] for r in results if not r["failed"].startswith("Missing: ")] == []


# Handouts


@pytest.fixture(params=["student", "teacher"])
def pages(request) -> list[Path]:
    return sorted(request.getfixturevalue(request.param).glob("*.html"))


def test_the_teachers_files_have_solutions_points_and_rubrics(source, path, teacher):
    page = (teacher / path.with_suffix(".html").name).read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", "", page)
    assert "Points: " in plain
    assert "### BEGIN" not in plain
    for task in editions.tasks(source):
        assert f"Task {task.number} · " in plain
    teachers = nbformat.read(teacher / path.name, as_version=4)
    assert [cell.source for cell in teachers.cells] == [cell.source for cell in source.cells]


def test_a_handout_asks_no_host_for_anything(pages):
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        assert not re.findall(r"<(?:script|iframe|link|object|embed)\b", text)
        assert not re.findall(r"\b(?:src|srcset|data|action)=\"(?!data:)", text)
        assert not re.findall(r"@import|url\((?!data:)", text)


@pytest.mark.browser
def test_a_handout_fits_the_width_of_a_printed_page(pages, chromium):
    between_margins = round((210 - 2 * 18) / 25.4 * 96)
    context = chromium.new_context(viewport={"width": between_margins, "height": 1000})
    tab = context.new_page()
    tab.emulate_media(media="print")
    for page in pages:
        tab.goto(page.as_uri())
        width = tab.evaluate("document.documentElement.scrollWidth")
        assert width <= between_margins, page.name
        assert tab.locator("details[open]").count() == tab.locator("details").count()
    context.close()
