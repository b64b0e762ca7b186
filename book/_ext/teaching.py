"""What the teaching pages take from the notebooks: objectives, questions, explorers, tasks, slips.

An objective stands once, in the list at the head of its chapter. A question says which one it
trains in the metadata of its cell, ``"objective": 2``; a task and an exercise say it in their text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import reading
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import ReferenceRole, SphinxDirective, SphinxRole

from aiimpact.ask import slips

CHAPTERS = Path(__file__).parents[2] / "chapters"
KINDS = {
    "guess": "guess",
    "open": "open question",
    "slider": "estimate",
    "choices": "choice",
    "sort": "sorting",
}
TASK = re.compile(
    r"^## Task (?P<number>\d+) · (?P<title>.+)\n\n\*Objective (?P<objective>\d+) · (?P<points>\d+) points?\*"
)
EXERCISE = re.compile(r"^(\d+)\. \*\*(.+?)\.?\*\*.* \(objectives? ([\d, and]+)\)$", re.MULTILINE)


class Question(NamedTuple):
    """An `ask` or a `guess` of a chapter."""

    name: str
    kind: str
    text: str
    objective: int | None


class Task(NamedTuple):
    """A task of the exercise notebook, or an exercise at a chapter's end (no points)."""

    number: int
    title: str
    objectives: tuple[int, ...]
    points: int = 0


class Chapter(NamedTuple):
    """What a chapter and its exercise notebook hold for a teacher."""

    stem: str
    title: str
    minutes: tuple[int, ...]
    objectives: dict[int, str]
    questions: tuple[Question, ...]
    explorers: dict[str, str]
    exercises: tuple[Task, ...]
    tasks: tuple[Task, ...]

    @property
    def number(self) -> int:
        """Number of the chapter."""
        return int(self.stem[:2])


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


def shown(cell: Any) -> BeautifulSoup:
    """Give the HTML that a cell has left behind."""
    html = (output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))
    return BeautifulSoup("".join(html), "html.parser")


def tasks_of(path: Path) -> Iterator[Task]:
    """List the tasks of an exercise notebook, from their headings."""
    if path.is_file():
        for cell in nbformat.read(path, as_version=4).cells:
            if found := TASK.match(cell.source):
                yield Task(
                    int(found["number"]),
                    found["title"],
                    numbers(found["objective"]),
                    int(found["points"]),
                )


def read(path: Path) -> Chapter:
    """Read a chapter and the exercise notebook of the same name."""
    cells = nbformat.read(path, as_version=4).cells
    head = cells[0].source
    questions: list[Question] = []
    explorers: dict[str, str] = {}
    for cell in cells:
        page = shown(cell)
        for root in page.select("[data-question]"):
            (shown_text,) = root.select(".ask-text")
            text = shown_text.get_text(" ", strip=True)
            objective = cell.metadata.get("objective")
            name, kind = str(root["data-question"]), str(root["data-kind"])
            questions.append(Question(name, kind, text, objective))
        found = page.select("[data-explorer]")
        explorers |= {str(e["data-explorer"]): str(e["aria-label"]) for e in found}
    asked = next((c.source for c in cells if c.source.startswith("## Exercises\n")), "")
    return Chapter(
        path.stem,
        head.splitlines()[0].removeprefix("# "),
        tuple(reading.minutes_of(cells)),
        {int(n): text for n, text in re.findall(r"^(\d+)\. (.*?)[;.]$", head, re.MULTILINE)},
        tuple(questions),
        explorers,
        tuple(Task(int(n), title, numbers(o)) for n, title, o in EXERCISE.findall(asked)),
        tuple(tasks_of(path.parent / "exercises" / path.name)),
    )


@cache
def _chapters(state: tuple[tuple[str, int], ...]) -> dict[str, Chapter]:
    return {Path(name).stem: read(Path(name)) for name, _ in state}


def chapters(env: BuildEnvironment | None = None) -> dict[str, Chapter]:
    """Give the chapters in order; a page that asks is read again when a notebook changes."""
    notebooks = sorted(CHAPTERS.rglob("[0-9][0-9]_*.ipynb"))
    if env:
        for path in notebooks:
            env.note_dependency(str(path))
    own = [path for path in notebooks if path.parent == CHAPTERS]
    # An exercise belongs to what is read, so its time is part of the key.
    latest = max(path.stat().st_mtime_ns for path in notebooks)
    return _chapters(tuple((str(path), latest) for path in own))


def address(env: BuildEnvironment, stem: str, anchor: str = "") -> str:
    page = env.app.builder.get_relative_uri(env.docname, f"chapters/{stem}")
    return f"{page}#{anchor}" if anchor else page


class Objectives(SphinxDirective):
    """``{objectives} 01_training_footprint``: the list at the head of a chapter, or part of it."""

    required_arguments = 1
    option_spec = {"only": directives.unchanged}  # noqa: RUF012 (docutils wants it so)

    def run(self) -> list[nodes.Node]:
        """Write the objectives under their own numbers."""
        chapter = chapters(self.env)[self.arguments[0]]
        wanted = numbers(self.options.get("only", "")) or tuple(chapter.objectives)
        lines = [f"From [{chapter.title}](/chapters/{chapter.stem}.ipynb):", ""]
        lines += [f"- **Objective {number}:** {chapter.objectives[number]}." for number in wanted]
        block = nodes.container(classes=["objectives"])
        self.state.nested_parse(StringList(lines, source=self.env.docname), 0, block)
        return [block]


class Questions(SphinxDirective):
    """``{questions} 01_training_footprint``: what the page itself asks, each with its objective."""

    required_arguments = 1
    option_spec = {"only": directives.unchanged}  # noqa: RUF012 (docutils wants it so)

    def run(self) -> list[nodes.Node]:
        """Write the questions as links to where they stand."""
        chapter = chapters(self.env)[self.arguments[0]]
        wanted = numbers(self.options.get("only", "")) or tuple(chapter.objectives)
        items = "".join(
            f"<li>{escape(question.text)} <span class='aside'>"
            f"{question_link(self.env, chapter, question, kind(question))}, "
            f"objective {question.objective}</span></li>"
            for question in chapter.questions
            if question.objective in wanted
        )
        return [nodes.raw("", f"<ul class='questions'>{items}</ul>", format="html")]


def kind(question: Question) -> str:
    return KINDS.get(question.kind, question.kind)


def question_link(env: BuildEnvironment, chapter: Chapter, question: Question, text: str) -> str:
    there = address(env, chapter.stem, f"{question.name}--kind")
    return f'<a href="{there}">{text}</a>'


class Lines(SphinxDirective):
    """``{lines} 3``: empty lines to write on."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write them; a screen reader has no use for them."""
        lines = "<span></span>" * int(self.arguments[0])
        return [
            nodes.raw("", f'<div class="lines" aria-hidden="true">{lines}</div>', format="html")
        ]


class Alignment(SphinxDirective):
    """``{alignment}``: each objective, and all that trains it."""

    columns = ("Objective", "Questions in the page", "Exercises at its end", "Tasks to hand in")

    def run(self) -> list[nodes.Node]:
        """Write the table."""
        head = "".join(f'<th scope="col">{column}</th>' for column in self.columns)
        body = "".join(map(self.chapter_html, chapters(self.env).values()))
        html = f'<table class="alignment stacks"><thead><tr>{head}</tr></thead>{body}</table>'
        return [nodes.raw("", html, format="html")]

    def chapter_html(self, chapter: Chapter) -> str:
        """Write the rows of a chapter under its name."""
        worth = sum(task.points for task in chapter.tasks)
        total = f", {len(chapter.tasks)} tasks, {worth} points" if worth else ""
        rows = "".join(self.rows(chapter))
        return (
            f'<tbody><tr><th scope="rowgroup" colspan="{len(self.columns)}" class="chapter" '
            f'id="chapter-{chapter.number}">Chapter {chapter.number}: '
            f'<a href="{address(self.env, chapter.stem)}">{escape(chapter.title)}</a>'
            f"<span class='aside'>{total}</span></th></tr>{rows}</tbody>"
        )

    def rows(self, chapter: Chapter) -> Iterator[str]:
        """Write a row for each objective."""
        end = address(self.env, chapter.stem, "exercises")
        for number, text in chapter.objectives.items():
            questions = (
                f"{question_link(self.env, chapter, question, question.name.replace('-', ' '))}, {kind(question)}"
                for question in chapter.questions
                if question.objective == number
            )
            exercises = (
                f'<a href="{end}">{task.number} {escape(task.title)}</a>'
                for task in chapter.exercises
                if number in task.objectives
            )
            tasks = (
                f"{task.number} {escape(task.title)}, {points(task)}"
                for task in chapter.tasks
                if number in task.objectives
            )
            cells = zip(self.columns[1:], (questions, exercises, tasks), strict=True)
            yield (
                f'<tr><th scope="row">{number} {escape(text)}</th>'
                + "".join(f'<td data-label="{label}">{listed(cell)}</td>' for label, cell in cells)
                + "</tr>"
            )


class Sittings(SphinxDirective):
    """``{sittings}``: the chapters, with the minutes of each sitting."""

    def run(self) -> list[nodes.Node]:
        """Write the table."""
        rows = "".join(
            f'<tr><th scope="row"><a href="{address(self.env, chapter.stem)}">{escape(chapter.title)}</a></th>'
            f"<td>{' and '.join(map(str, chapter.minutes))}</td></tr>"
            for chapter in chapters(self.env).values()
        )
        head = '<tr><th scope="col">Chapter</th><th scope="col">Minutes of each sitting</th></tr>'
        html = f'<table class="table"><thead>{head}</thead><tbody>{rows}</tbody></table>'
        return [nodes.raw("", html, format="html")]


def points(task: Task) -> str:
    return f"{task.points} point{'s' if task.points > 1 else ''}"


def listed(items: Iterable[str]) -> str:
    found = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{found}</ul>" if found else "–"


Parsed = tuple[list[nodes.Node], list[nodes.system_message]]


class Linked(ReferenceRole):
    """A link to something in a chapter, by its name; the build fails if there is no such name."""

    def missing(self, what: str, known: Iterable[str]) -> Parsed:
        """Complain, with what there is."""
        message = self.inliner.reporter.error(
            f"There is no {what} {self.target!r}. There are: {', '.join(known)}.", line=self.lineno
        )
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]

    def link(self, stem: str, anchor: str, text: str) -> Parsed:
        """Write the link."""
        title = self.title if self.has_explicit_title else text
        uri = address(self.env, stem, anchor)
        return [nodes.reference("", title, internal=True, refuri=uri)], []


class ToExplorer(Linked):
    """``{explorer}`name```: a link to an explorer, by its title."""

    def run(self) -> Parsed:
        """Look it up in all chapters."""
        where = {name: c for c in chapters(self.env).values() for name in c.explorers}
        if self.target not in where:
            return self.missing("explorer", where)
        chapter = where[self.target]
        title = chapter.explorers[self.target].rstrip(".")
        return self.link(chapter.stem, f"explorer-{self.target}", title)


class ToQuestion(Linked):
    """``{question}`name```: a link to a question."""

    def run(self) -> Parsed:
        """Look it up in all chapters."""
        where = {q.name: c for c in chapters(self.env).values() for q in c.questions}
        if self.target not in where:
            return self.missing("question", where)
        return self.link(
            where[self.target].stem, f"{self.target}--kind", self.target.replace("-", " ")
        )


class TaskName(Linked):
    """``{task}`01 6```: a task of an exercise notebook, with its title."""

    def run(self) -> Parsed:
        """Look it up; notebooks are no pages of the book, so there is no link."""
        where = {
            f"{c.stem[:2]} {t.number}": t for c in chapters(self.env).values() for t in c.tasks
        }
        if self.target not in where:
            return self.missing("task", where)
        task = where[self.target]
        text = f"task {task.number} of exercise {self.target[:2]}, {task.title} ({points(task)})"
        return [nodes.inline("", text, classes=["task"])], []


class SlipWords(SphinxRole):
    """``{slip}`pue-twice```: what a reader is told who made this slip; a unit may follow the name."""

    def run(self) -> Parsed:
        """Look the words up."""
        name, _, unit = self.text.partition(" ")
        self.env.note_dependency(str(CHAPTERS.parent / "aiimpact" / "data" / "slips.yaml"))
        known = {slip.key: slip for slip in slips.load()}
        if name not in known:
            message = self.inliner.reporter.error(f"There is no slip {name!r}.", line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [nodes.inline("", f"“{known[name].say(unit)}”", classes=["slip"])], []


def add_style(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the teaching pages, and no other, their style."""
    if doctree is not None and pagename.startswith("book/teaching"):
        app.add_css_file("teaching.css")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("lines", Lines)
    app.add_directive("objectives", Objectives)
    app.add_directive("questions", Questions)
    app.add_directive("alignment", Alignment)
    app.add_directive("sittings", Sittings)
    app.add_role("explorer", ToExplorer())
    app.add_role("question", ToQuestion())
    app.add_role("task", TaskName())
    app.add_role("slip", SlipWords())
    app.connect("html-page-context", add_style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
