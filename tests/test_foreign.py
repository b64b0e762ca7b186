"""Books of other people: what `pip install "aiimpact[live]"` and one line of settings give them.

A Jupyter Book 1 and a plain Sphinx project, built from the wheel in a clean environment, are opened
from disk with the network off.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import Visit, visit
from test_packaging import ROOT, pins

pytestmark = [pytest.mark.foreign, pytest.mark.xdist_group("foreign")]

PENDULUM = """
import numpy as np
from aiimpact.live import Curve, explore

def pendulum(length=1.0, gravity=9.81):
    "A pendulum's period."
    return {"Period [s]": 2 * np.pi * np.sqrt(length / gravity)}
"""
EXPLORER = f"""{PENDULUM}
explore(pendulum, name="pendulum", length=(0.1, 4.0, 0.1), gravity=(1.6, 25.0, 0.01),
        chart=Curve("length", "Period [s]"))
"""
SLIDERS = """
import ipywidgets
first, second = ipywidgets.IntSlider(value=3), ipywidgets.IntSlider(value=4)
ipywidgets.jslink((first, "value"), (second, "value"))
display(first)
"""
BOXED = f"""{PENDULUM}
boxed = explore(pendulum, name="boxed", length=(0.1, 4.0, 0.1), gravity=(1.6, 25.0, 0.01))
length = ipywidgets.FloatSlider(value=1.0, min=0.1, max=4.0)
ipywidgets.jslink((length, "value"), (boxed, "i0"))
ipywidgets.VBox([ipywidgets.HTML("<b>In a box</b>"), length, boxed])
"""
OUTPUT = """
printed = ipywidgets.Output()
ipywidgets.HBox([ipywidgets.IntSlider(value=7, description="beside"), printed])
"""
QUESTION = """
from aiimpact.ask import ask
ask("How long does a pendulum of one metre take?", name="period", answer=2.006, unit="s")
"""
QUESTION_IN_BOX = """
import ipywidgets
ipywidgets.VBox([ask("And of one metre again?", name="in-a-box", answer=2.006, unit="s")])
"""
MARKDOWN = f"""---
file_format: mystnb
kernelspec: {{name: python3}}
---
# In Markdown

```{{code-cell}} ipython3
{EXPLORER}
```
"""
FIX = "Take it out of the cell's output"


def write_notebook(path: Path, title: str, *cells: str) -> None:
    """Write a notebook that has not been run."""
    made = [nbformat.v4.new_markdown_cell(f"# {title}"), *map(nbformat.v4.new_code_cell, cells)]
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    notebook = nbformat.v4.new_notebook(cells=made)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def write_jupyter_book(folder: Path) -> None:
    write_notebook(folder / "pendulum.ipynb", "Pendulum", EXPLORER)
    write_notebook(folder / "widgets.ipynb", "Widgets", SLIDERS, "second", BOXED, OUTPUT)
    (folder / "intro.md").write_text("# A book of somebody else\n")
    (folder / "_config.yml").write_text(
        "title: A book\nsphinx:\n  extra_extensions: [aiimpact.live.sphinx]\n"
    )
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nchapters:\n  - file: pendulum\n  - file: widgets\n"
    )


def write_sphinx(folder: Path) -> None:
    write_notebook(
        folder / "part" / "questions.ipynb", "Questions", EXPLORER, QUESTION, QUESTION_IN_BOX
    )
    (folder / "markdown.md").write_text(MARKDOWN)
    (folder / "conf.py").write_text('extensions = ["myst_nb", "aiimpact.ask.sphinx"]\n')
    (folder / "index.md").write_text("# Notes\n\n```{toctree}\npart/questions\nmarkdown\n```\n")


def alone() -> dict[str, str]:
    """Give the variables without those that would show the sources, or another Python."""
    hidden = re.compile("PYTHON|VIRTUAL_ENV|JUPYTER|GITHUB|COLUMNS")
    return {name: value for name, value in os.environ.items() if not hidden.match(name)}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("foreign")


@pytest.fixture(scope="module")
def clean(place: Path) -> Path:
    """A Python with the wheel and Jupyter Book, at the versions that this book is built with."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    locked = pins(ROOT / "requirements" / "book.txt")
    constraints = place / "constraints.txt"
    constraints.write_text("\n".join(str(pin) for found in locked.values() for pin in found))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "venv"], check=True)
    python = place / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    options = ["--quiet", "--no-compile", "--constraint", constraints]
    asked = [f"{wheel}[live]", str(locked["jupyter-book"][0])]
    subprocess.run([*pip, "install", *options, *asked], env=alone(), check=True)
    return python


@pytest.fixture(scope="module")
def built_books(place: Path, clean: Path) -> dict[str, tuple[Path, list[str]]]:
    """Both books, built at the same time: folder of pages, and warnings."""
    book, sphinx = place / "a book", place / "notes"
    write_jupyter_book(book)
    write_sphinx(sphinx)
    tools = clean.parent
    commands = {
        "book": ([tools / "jupyter-book", "build", book], book / "_build" / "html"),
        "sphinx": ([tools / "sphinx-build", sphinx, place / "html"], place / "html"),
    }
    running = {
        name: subprocess.Popen(
            list(map(str, command)),
            cwd=place,
            env=alone(),
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for name, (command, _) in commands.items()
    }
    done = {}
    for name, process in running.items():
        said, _ = process.communicate()
        assert process.returncode == 0, said
        warnings = [line for line in said.splitlines() if re.search(r": (WARNING|ERROR)", line)]
        done[name] = (commands[name][1], warnings)
    return done


@pytest.fixture
def open_page(built_books: Any, chromium: Any) -> Iterator[Callable[[str, str], Visit]]:
    """Open a page of a book from disk; nothing may go wrong that does not in a page without us."""
    tabs: list[tuple[Visit, list[str]]] = []

    def open_one(book: str, page: str) -> Visit:
        root, _ = built_books[book]
        tab = visit(chromium, f"{root.as_uri()}/", offline=True)
        tab.page.goto((root / {"book": "intro", "sphinx": "index"}[book]).as_uri() + ".html")
        tab.settle()
        tabs.append((tab, list(tab.problems)))
        tab.problems.clear()
        tab.requested.clear()
        tab.page.goto((root / page).as_uri())
        return tab

    yield open_one
    for tab, known in tabs:
        tab.settle()
        tab.page.context.close()
        assert [problem for problem in tab.problems if problem not in known] == []


def wait_for(tab: Visit, element: Any, text: str) -> None:
    tab.page.wait_for_function(
        "([element, text]) => element.textContent.startsWith(text)",
        arg=[element.element_handle(), text],
    )


def period(root: Any) -> str:
    return root.locator("dd").first.inner_text()


def test_the_library_is_that_of_the_wheel(clean):
    code = "import aiimpact; print(aiimpact.__file__)"
    command = [clean, "-I", "-c", code]
    said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    assert Path(said.strip()).is_relative_to(clean.parents[1])


def test_a_build_warns_of_what_a_page_cannot_show_and_of_nothing_else(built_books):
    (warning,) = built_books["book"][1]
    assert "widgets" in warning
    assert "cannot show the widget OutputModel" in warning
    assert FIX in warning
    assert built_books["sphinx"][1] == []


@pytest.mark.parametrize(
    ("book", "page"),
    [
        ("book", "pendulum.html"),
        ("sphinx", "part/questions.html"),
        ("sphinx", "markdown.html"),
    ],
)
def test_an_explorer_lives(open_page, book, page):
    tab = open_page(book, page)
    tab.wake("pendulum")
    root = tab.root("pendulum")
    assert period(root).startswith("2.01")
    before = root.locator(".explorer-chart svg").inner_html()
    slider = root.locator('input[type="range"]').first
    slider.focus()
    slider.press("End")
    wait_for(tab, root.locator("dd").first, "4.01")
    tab.settle()
    assert root.locator(".explorer-chart svg").inner_html() != before
    assert tab.set("pendulum", {"length": 1.0, "gravity": 1.6})["Period [s]"] == pytest.approx(
        4.967, abs=1e-3
    )


def test_a_page_without_explorers_asks_for_nothing_of_ours(built_books):
    for book, page in (("book", "intro.html"), ("sphinx", "index.html"), ("sphinx", "search.html")):
        text = (built_books[book][0] / page).read_text(encoding="utf-8")
        assert "_static/aiimpact" not in text, page


def test_plain_widgets_beside_an_explorer_live(open_page):
    tab = open_page("book", "widgets.html")
    readouts = tab.page.locator(".widget-readout")
    readouts.nth(3).wait_for()
    # Linked by jslink: the second is what the first was.
    assert readouts.all_inner_texts() == ["3", "3", "1.00", "7"]
    assert tab.page.locator("b", has_text="In a box").is_visible()
    plain = tab.page.locator(".noUi-handle")
    plain.first.focus()
    plain.first.press("ArrowRight")
    assert readouts.all_inner_texts() == ["4", "4", "1.00", "7"]
    plain.nth(1).focus()
    plain.nth(1).press("ArrowLeft")
    assert readouts.all_inner_texts() == ["3", "3", "1.00", "7"]


def test_an_explorer_in_a_box_lives_and_is_linked_with_its_neighbour(open_page):
    tab = open_page("book", "widgets.html")
    tab.page.wait_for_function("() => window.explorers?.boxed")
    root, beside = tab.root("boxed"), tab.page.locator(".widget-readout").nth(2)
    assert period(root).startswith("2.01")
    handle = tab.page.locator(".noUi-handle").nth(2)
    handle.focus()
    handle.press("End")
    wait_for(tab, root.locator("dd").first, "4.01")
    slider = root.locator('input[type="range"]').first
    slider.focus()
    slider.press("Home")
    wait_for(tab, root.locator("dd").first, "0.634")
    wait_for(tab, beside, "0.10")
    assert root.locator(".explorer-chart svg").is_visible()


def test_a_widget_that_cannot_be_shown_says_so_and_takes_no_other_with_it(open_page):
    tab = open_page("book", "widgets.html")
    note = tab.page.get_by_text("a widget here that a page without a kernel cannot show")
    note.wait_for()
    assert note.count() == 1
    assert tab.page.locator(".widget-label", has_text="beside").is_visible()


@pytest.mark.parametrize("name", ["period", "in-a-box"])
def test_a_question_answers(open_page, name):
    tab = open_page("sphinx", "part/questions.html")
    tab.page.wait_for_function("(name) => window.questions?.[name]", arg=name)
    box = tab.page.locator(f'[data-question="{name}"] input')
    box.fill("2.01")
    box.press("Enter")
    tab.page.locator(f'[data-question="{name}"]').get_by_text("Got it.").wait_for()
    told = tab.page.evaluate("(name) => window.questions[name].check(12)", name)
    assert told["words"]
    assert tab.page.get_by_text("Clear my answers on this page").count() == 1
