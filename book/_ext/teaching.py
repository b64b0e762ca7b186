"""What the teaching pages take from the notebooks: objectives, questions, explorers, tasks, slips.

An objective stands once, in the list at the head of its chapter. A question says which one it
trains in the metadata of its cell, ``"objective": 2``; a task and an exercise say it in their text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape, unescape
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
from spoken import cut, english, in_english, tree

from aiimpact.ask import slips
from aiimpact.ask.bank.item import kind_said
from aiimpact.words import joined, say

TASK = re.compile(
    r"^## Task (?P<number>\d+) · (?P<title>.+)\n\n\*Objective (?P<objective>\d+) · (?P<points>\d+) points?\*"
)
EXERCISE = re.compile(r"^(\d+)\. \*\*(.+?)\.?\*\*.* \(objectives? ([\d, and]+)\)$", re.MULTILINE)
EXERCISES = "## Exercises\n"
# The same in any language, without what only structure needs.
OBJECTIVE_SAID = re.compile(r"^(\d+)\. (.*?)[;.；。]$", re.MULTILINE)
EXERCISE_SAID = re.compile(r"^(\d+)\. \*\*(.+?)[.。]?\*\*", re.MULTILINE)
TASK_SAID = re.compile(r"^## (?:[^\n]*?· ?)?(.+)")
# Of a question that is shown as a link.
LETTERS = 40


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
    asked = next((c.source for c in cells if c.source.startswith(EXERCISES)), "")
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


def said(chapter: Chapter, source: Path, own: Path, ran: Path) -> Chapter:
    """Put the words of a translated chapter in the place of the English ones.

    Parameters
    ----------
    chapter
        What the English notebooks hold.
    source, own
        The English chapter and the translated one, cell by cell the same.
    ran
        The translated one as the build has run it; without it questions and explorers stay English.
    """
    cells, english_cells = (nbformat.read(path, as_version=4).cells for path in (own, source))
    head = cells[0].source
    objectives = {int(n): text for n, text in OBJECTIVE_SAID.findall(head)}
    asked = next(
        (
            cell.source
            for cell, twin in zip(cells, english_cells, strict=True)
            if twin.source.startswith(EXERCISES)
        ),
        "",
    )
    exercises = {int(n): title for n, title in EXERCISE_SAID.findall(asked)}
    tasks = dict(task_titles(source, own))
    questions: dict[str, str] = {}
    explorers: dict[str, str] = {}
    for cell in nbformat.read(ran, as_version=4).cells if ran.is_file() else []:
        page = shown(cell)
        for root in page.select("[data-question]"):
            (text,) = root.select(".ask-text")
            questions[str(root["data-question"])] = text.get_text(" ", strip=True)
        for explorer in page.select("[data-explorer]"):
            explorers[str(explorer["data-explorer"])] = str(explorer["aria-label"])
    return chapter._replace(
        title=head.splitlines()[0].removeprefix("# "),
        objectives={n: objectives[n] for n in chapter.objectives},
        questions=tuple(q._replace(text=questions.get(q.name, q.text)) for q in chapter.questions),
        explorers={name: explorers.get(name, text) for name, text in chapter.explorers.items()},
        exercises=tuple(t._replace(title=exercises[t.number]) for t in chapter.exercises),
        tasks=tuple(t._replace(title=tasks[t.number]) for t in chapter.tasks),
    )


def task_titles(source: Path, own: Path) -> Iterator[tuple[int, str]]:
    """Give the tasks of a translated exercise notebook, by the numbers of the English one."""
    pair = [path.parent / "exercises" / path.name for path in (source, own)]
    if pair[0].is_file():
        english_cells, cells = (nbformat.read(path, as_version=4).cells for path in pair)
        for twin, cell in zip(english_cells, cells, strict=True):
            if number := TASK.match(twin.source):
                title = TASK_SAID.match(cell.source)
                assert title, cell.source
                yield int(number["number"]), title[1]


@cache
def _chapters(state: tuple[tuple[str, int], ...], ran: Path | None) -> dict[str, Chapter]:
    found = {Path(name).stem: read(Path(name)) for name, _ in state}
    if ran is None:
        return found
    return {
        Path(name).stem: said(
            found[Path(name).stem],
            Path(name),
            tree() / "chapters" / Path(name).name,
            ran / Path(name).name,
        )
        for name, _ in state
    }


def chapters(env: BuildEnvironment | None = None) -> dict[str, Chapter]:
    """Give the chapters in order; a page that asks is read again when a notebook changes.

    What a chapter holds is read from the English notebooks, in every edition.
    """
    folder = english() / "chapters"
    notebooks = sorted(folder.rglob("[0-9][0-9]_*.ipynb"))
    own = [path for path in notebooks if path.parent == folder]
    ran = None
    if env and not in_english():
        ran = Path(env.app.outdir).parent / "jupyter_execute" / "chapters"
        notebooks += [
            *sorted((tree() / "chapters").rglob("[0-9][0-9]_*.ipynb")),
            *sorted(ran.glob("*.ipynb")),
        ]
    if env:
        for path in notebooks:
            env.note_dependency(str(path))
    # An exercise belongs to what is read, so its time is part of the key.
    latest = max(path.stat().st_mtime_ns for path in notebooks)
    return _chapters(tuple((str(path), latest) for path in own), ran)


def run_chapters_first(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Let the chapters of a translated edition run before the pages that quote their questions are read."""
    if not in_english():
        docnames.sort(key=lambda name: not name.startswith("chapters/"))


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
        link = f"[{chapter.title}](/chapters/{chapter.stem}.ipynb)"
        lines = [say("From {chapter}:", chapter=link), ""]
        for number in wanted:
            text = chapter.objectives[number]
            lines.append("- " + say("**Objective {number}:** {text}.", number=number, text=text))
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
            f"{question_link(self.env, chapter, question, kind(question))}{say(', ')}"
            f"{say('objective {number}', number=question.objective)}</span></li>"
            for question in chapter.questions
            if question.objective in wanted
        )
        return [nodes.raw("", f"<ul class='questions'>{items}</ul>", format="html")]


def kind(question: Question) -> str:
    return kind_said(question.kind)


def called(question: Question) -> str:
    """Give a question's name in words: in another language than English the first of its own."""
    return question.name.replace("-", " ") if in_english() else escape(cut(question.text, LETTERS))


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

    def run(self) -> list[nodes.Node]:
        """Write the table."""
        self.columns = (
            say("Objective"),
            say("Questions in the page"),
            say("Exercises at its end"),
            say("Tasks to hand in"),
        )
        head = "".join(f'<th scope="col">{column}</th>' for column in self.columns)
        body = "".join(map(self.chapter_html, chapters(self.env).values()))
        html = f'<table class="alignment stacks"><thead><tr>{head}</tr></thead>{body}</table>'
        return [nodes.raw("", html, format="html")]

    def chapter_html(self, chapter: Chapter) -> str:
        """Write the rows of a chapter under its name."""
        worth = sum(task.points for task in chapter.tasks)
        total = (
            say(", {tasks} tasks, {points} points", tasks=len(chapter.tasks), points=worth)
            if worth
            else ""
        )
        link = f'<a href="{address(self.env, chapter.stem)}">{escape(chapter.title)}</a>'
        title = say("Chapter {number}: {chapter}", number=chapter.number, chapter=link)
        rows = "".join(self.rows(chapter))
        return (
            f'<tbody><tr><th scope="rowgroup" colspan="{len(self.columns)}" class="chapter" '
            f'id="chapter-{chapter.number}">{title}'
            f"<span class='aside'>{total}</span></th></tr>{rows}</tbody>"
        )

    def rows(self, chapter: Chapter) -> Iterator[str]:
        """Write a row for each objective."""
        end = address(self.env, chapter.stem, "exercises")
        for number, text in chapter.objectives.items():
            questions = (
                f"{question_link(self.env, chapter, question, called(question))}{say(', ')}{kind(question)}"
                for question in chapter.questions
                if question.objective == number
            )
            exercises = (
                f'<a href="{end}">{task.number} {escape(task.title)}</a>'
                for task in chapter.exercises
                if number in task.objectives
            )
            tasks = (
                f"{task.number} {escape(task.title)}{say(', ')}{points(task)}"
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
            f"<td>{joined(map(str, chapter.minutes))}</td></tr>"
            for chapter in chapters(self.env).values()
        )
        columns = (say("Chapter"), say("Minutes of each sitting"))
        head = "<tr>" + "".join(f'<th scope="col">{column}</th>' for column in columns) + "</tr>"
        html = f'<table class="table"><thead>{head}</thead><tbody>{rows}</tbody></table>'
        return [nodes.raw("", html, format="html")]


def points(task: Task) -> str:
    return say("{points} points", points=task.points) if task.points > 1 else say("1 point")


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
        title = chapter.explorers[self.target].rstrip(".。")
        return self.link(chapter.stem, f"explorer-{self.target}", title)


class ToQuestion(Linked):
    """``{question}`name```: a link to a question."""

    def run(self) -> Parsed:
        """Look it up in all chapters."""
        where = {q.name: c for c in chapters(self.env).values() for q in c.questions}
        if self.target not in where:
            return self.missing("question", where)
        chapter = where[self.target]
        (question,) = (q for q in chapter.questions if q.name == self.target)
        return self.link(chapter.stem, f"{self.target}--kind", unescape(called(question)))


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
        text = say(
            "task {number} of exercise {exercise}, {title} ({points})",
            number=task.number,
            exercise=self.target[:2],
            title=task.title,
            points=points(task),
        )
        return [nodes.inline("", text, classes=["task"])], []


class SlipWords(SphinxRole):
    """``{slip}`pue-twice```: what a reader is told who made this slip; a unit may follow the name."""

    def run(self) -> Parsed:
        """Look the words up."""
        name, _, unit = self.text.partition(" ")
        self.env.note_dependency(str(english() / "aiimpact" / "data" / "slips.yaml"))
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
    app.connect("env-before-read-docs", run_chapters_first)
    app.connect("html-page-context", add_style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
