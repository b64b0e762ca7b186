"""The time that a chapter states is measured, and its stops stand between two sections."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import built
import nbformat
import pytest

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
reading = built._load(ROOT / "book" / "_ext" / "reading.py")
LONGEST = 50
told = nbformat.v4.new_markdown_cell


@cache
def chapter(path: Path) -> tuple[Any, list[int]]:
    cells = nbformat.read(path, as_version=4).cells
    return cells, reading.minutes_of(cells)


def shown(html: str, *, code: str = "n = 1", tags: tuple[str, ...] = ("hide-input",)) -> Any:
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    return nbformat.v4.new_code_cell(code, outputs=[output], metadata={"tags": list(tags)})


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_states_what_was_measured(path):
    cells, minutes = chapter(path)
    stated = reading.STATED.search(cells[0].source)
    assert stated, "The line below the title states no time."
    assert stated[0] == f"*{reading.stated(minutes)}", (
        f"Write it with: python book/normalise.py {path.relative_to(ROOT)}"
    )


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_sitting_is_longer_than_a_lesson(path):
    assert max(chapter(path)[1]) <= LONGEST


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_stop_stands_before_a_section(path):
    for cell, following in pairwise(chapter(path)[0]):
        if "A good place to stop" in cell.source:
            assert cell.source.startswith(reading.STOP)
            assert following.source.startswith("## ")


def test_only_what_is_read_counts_as_words():
    cells = [
        told("one [two](https://three.example/four) $$x = 1$$ " + "five " * 996),
        shown(
            "<p>told too</p><details>not this</details><table><tr><td>nor this</td></tr></table>"
        ),
        told("## Exercises\n\n1. Not these words."),
        shown("<p>Nor these.</p>" * 1000),
        told("## More\n\n" + "and these " * 500),
    ]
    # A thousand words, one table, a thousand and one words.
    assert reading.minutes_of(cells) == [10]
    assert sum(map(reading._minutes, reading._read(cells))) == pytest.approx(10.5, abs=0.03)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        (shown('<div class="explorer" data-explorer="x">1 2 3<table></table></div>'), 3),
        (shown('<div class="explorer explorer-figure"><table></table></div>'), 0.5),
        (shown("<table></table><details><table></table></details>"), 0.5),
        (shown('<div class="explorer ask" data-question="q" data-kind="guess"></div>'), 1),
        (shown('<div class="explorer ask" data-question="q" data-kind="sort"></div>'), 3),
        (shown("", code="a = 1\n\nb = 2\n" * 10, tags=()), 2),
        (shown("", code="a = 1\n" * 20), 0),
        (told("word " * 300), 1.5),
    ],
)
def test_each_thing_takes_its_time(cell, minutes):
    assert reading._minutes(cell) == minutes


def test_every_kind_of_question_takes_time():
    import sample

    kinds = {question.kind for name, question in sample.questions().items() if name != "site"}
    assert kinds <= set(reading.MINUTES)


def test_a_stop_begins_a_sitting_and_the_head_says_so():
    cells = [
        told("# X\n\n*Reading time about 3 minutes, without the exercises. Bring a pen.*"),
        told("word " * 4000),
        told(f"{reading.STOP} You have it."),
        told("## Two\n\n" + "word " * 3000),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    for _ in range(2):
        reading.write(notebook)
        assert notebook.cells[0].source == (
            "# X\n\n*Takes about 35 minutes in two sittings, of 20 and 15, exercises not counted. Bring a pen.*"
        )
    alone = nbformat.v4.new_notebook(cells=[told("# X\n\n*Takes about 3 minutes.*")])
    reading.write(alone)
    assert alone.cells[0].source == "# X\n\n*Takes about 5 minutes, exercises not counted.*"
