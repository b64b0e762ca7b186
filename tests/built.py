"""The built book as the tests see it: its pages, explorers and questions, and the Python behind them."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import sample
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[1]
HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html")).resolve()
# Editions in other languages stand in folders of their own, at the same paths below them.
EDITIONS = ("zh-Hans", "zh-Hant-HK")
SAMPLE = "sample/index.html"
QUESTIONS = "questions/index.html"
# The code of a page of prose, and whether it is shown, hidden or live.
WORKED = re.compile(r"^```\{worked\}\n(?:(:\w+:)\n)?(.*?)^```", re.DOTALL | re.MULTILINE)


class Address(NamedTuple):
    """Where an explorer or a question lives: a page (below the test server's root) and a name."""

    page: str
    name: str


@cache
def pages() -> list[str]:
    """List the pages of the book in English, below its root; templates of the theme are none."""
    found = (path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))
    others = tuple(f"{folder}/" for folder in ("_static", *EDITIONS))
    return sorted(page for page in found if not page.startswith(others))


@cache
def text(page: str) -> str:
    return (HTML / page).read_text(encoding="utf-8")


@cache
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(text(page), "html.parser")


def redirects(page: str) -> bool:
    return 'http-equiv="Refresh"' in text(page)


def _marked(attribute: str) -> list[Address]:
    # Every process that runs tests lists them first, and a parser takes seconds for all pages.
    return [
        Address(f"book/{page}", name)
        for page in pages()
        for name in re.findall(rf'<div [^>]*\b{attribute}="([^"]+)"', text(page))
    ]


@cache
def book_explorers() -> list[Address]:
    return _marked("data-explorer")


def explorers() -> list[Address]:
    """List every explorer of the book, and those of the sample page."""
    return book_explorers() + [Address(SAMPLE, name) for name in sample.NAMES]


def some_explorers() -> list[Address]:
    """List the first explorer of every page, and those of the sample page, which have every control."""
    first = {address.page: address for address in reversed(explorers())}
    return [*first.values(), *(Address(SAMPLE, name) for name in sample.NAMES[1:])]


@cache
def book_questions() -> list[Address]:
    return _marked("data-question")


def questions() -> list[Address]:
    """List every question of the book, and those of the sample page."""
    return book_questions() + [Address(QUESTIONS, name) for name in sample.QUESTION_NAMES]


def pages_with_questions() -> list[str]:
    return sorted({address.page for address in questions()})


def pages_with_content() -> list[str]:
    """List the pages of the book that do not only lead to another."""
    return [page for page in pages() if not redirects(page)]


def pages_of_the_site() -> list[str]:
    """List every page of the test server that has content: those of the book, and the samples."""
    return [f"book/{page}" for page in pages_with_content()] + [SAMPLE, QUESTIONS]


def pages_with_explorers() -> list[str]:
    return sorted({address.page for address in explorers()})


def pages_of_the_book_with_explorers() -> list[str]:
    return sorted({address.page for address in book_explorers()})


def of_page(page: str) -> dict[str, Any]:
    """Give the Python objects behind the explorers of a page."""
    return _made_for(page)[0]


def python(address: Address) -> Any:
    return of_page(address.page)[address.name]


def question(address: Address) -> Any:
    """Give the Python object behind a question."""
    return _made_for(address.page)[1][address.name]


@cache
def _made_for(page: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if page == SAMPLE:
        return sample.explorers(), {}
    if page == QUESTIONS:
        made = sample.questions()
        return {"site": made["site"]}, {name: made[name] for name in sample.QUESTION_NAMES}
    notebook = ROOT / Path(page).relative_to("book").with_suffix(".ipynb")
    if notebook.exists():
        return _run(notebook)
    prose = notebook.with_suffix(".md")
    # Only where something is live; what stands beside it in the extension may need Sphinx.
    code = WORKED.findall(prose.read_text(encoding="utf-8")) if prose.exists() else []
    live = max((i for i, (option, _) in enumerate(code) if option == ":live:"), default=-1)
    with mock.patch.object(sys, "path", [*sys.path, str(ROOT / "book" / "_ext")]):
        return _collect([source for _, source in code[: live + 1]], prose)


def run(notebook: Path) -> dict[str, Any]:
    """Run the code of a notebook in this process and collect the explorers it makes, by name."""
    return _run(notebook)[0]


def _run(notebook: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return _collect(
        ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"], notebook
    )


def _collect(code: list[str], page: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    from aiimpact.ask import Question
    from aiimpact.live import Explorer

    explorers: dict[str, Any] = {}
    questions: dict[str, Any] = {}

    def remembering(create: Any, made: dict[str, Any]) -> Any:
        def remember(self: Any, *args: Any, **kwargs: Any) -> None:
            create(self, *args, **kwargs)
            made[self.name] = self

        return remember

    namespace: dict[str, Any] = {"__name__": "__main__"}
    with (
        mock.patch.object(Explorer, "__init__", remembering(Explorer.__init__, explorers)),
        mock.patch.object(Question, "__init__", remembering(Question.__init__, questions)),
        mock.patch("IPython.display.display"),
        contextlib.chdir(page.parent),
    ):
        for number, source in enumerate(code, 1):
            lines = [line for line in source.splitlines() if not line.startswith("%")]
            exec(compile("\n".join(lines), f"{page.name}, code cell {number}", "exec"), namespace)
    return explorers, questions


def write_samples(root: Path) -> None:
    """Write the sample pages, one of explorers and one of questions."""
    for page, made in ((SAMPLE, sample.explorers()), (QUESTIONS, sample.questions())):
        _write_sample(root / page, made)


def _write_sample(path: Path, made: dict[str, Any]) -> None:
    """Write a page the way Sphinx and our extensions write a page of the book."""
    from aiimpact.ask.sphinx import clear_all
    from aiimpact.live.sphinx import of_explorers, state_script

    explorers = [widget for widget in made.values() if hasattr(widget, "controls")]
    state = of_explorers({"state": widget.get_state()} for widget in explorers)
    markup = "\n".join(widget._markup for widget in made.values())
    page = f"""<!DOCTYPE html>
<html lang="en" data-theme="light">
<head><meta charset="utf-8"><title>Sample</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/styles/pydata-sphinx-theme.css">
<link rel="stylesheet" href="_static/aiimpact/explorer.css">
<link rel="stylesheet" href="_static/aiimpact/ask.css">
<script defer src="_static/aiimpact/wake.js" data-state="../../state.js"></script>
<script defer src="_static/aiimpact/ask.js"></script></head>
<body style="display: block"><main><h1>Sample</h1>{markup}{clear_all()}</main>
</body></html>"""
    path.parent.mkdir()
    (path.parent / "state.js").write_text(state_script(state), encoding="utf-8")
    path.write_text(page, encoding="utf-8")
    (path.parent / "_static").symlink_to(HTML / "_static")


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # What stands beside it may be what it asks for.
    with mock.patch.object(sys, "path", [*sys.path, str(path.parent)]):
        spec.loader.exec_module(module)
    return module
