"""The bibliography holds what the pages cite, and nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import built
import nbformat
import pytest

from aiimpact import claims

ROOT = Path(__file__).parents[1]
works = built._load(ROOT / "book" / "_ext" / "works.py")

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
TITLE = re.compile(r"\*([^*]+)\*")


def listed(path: Path) -> list[str]:
    """Give the items under a chapter's "Sources"."""
    (cell,) = (
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.source.startswith("## Sources")
    )
    return re.findall(r"^- (.*)$", cell, re.MULTILINE)


def unknown(item: str) -> list[str]:
    """Give the titles and identifiers of an item that no work of the bibliography has.

    Italics are for titles as they are printed: a work that we describe is named without them.
    """
    known = works.works()
    titles = [
        title
        for title in TITLE.findall(item)
        if not any(
            w.title.startswith(words) and not w.in_our_words
            for words in [works.words(title.split(": ")[0])]
            for w in known
        )
    ]
    lost = works.identifiers(item) - {work.doi for work in known}
    return [*titles, *lost] if works.named(item) or TITLE.search(item) else [f"no work: {item}"]


def test_a_description_is_no_title():
    assert unknown("Dominion Energy 2024, *Letter to customers on large connections*") != []
    assert unknown("Dominion Energy 2024, letter to customers on large connections") == []
    assert unknown("Dominion Energy 2024, another letter") != []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_sources_of_a_chapter_are_in_the_bibliography(path):
    items = listed(path)
    assert len(items) >= 4
    assert [lost for item in items for lost in unknown(item)] == []


@pytest.mark.parametrize("claim", claims.load().values(), ids=lambda claim: claim.id)
def test_the_primary_source_of_a_claim_is_in_the_bibliography(claim):
    source = claim.primary_source
    assert works.named(f"{source.authors} {source.year}, {source.title}, {source.id}, {source.url}")


def test_what_a_claim_or_a_docstring_cites_by_identifier_is_in_the_bibliography():
    cited = {
        text
        for claim in claims.load().values()
        for said in claim.source_says
        for text in [said.text]
    }
    cited |= set(docstrings())
    known = {work.doi for work in works.works()}
    assert set().union(*map(works.identifiers, cited)) <= known


def docstrings() -> list[str]:
    """Give what the pages of the reference say, each function's text."""
    nodes = [
        node
        for path in sorted((ROOT / "aiimpact").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    ]
    return [ast.get_docstring(node) or "" for node in nodes if isinstance(node, ast.FunctionDef)]


def test_every_work_is_named_by_a_page():
    said = [item for path in CHAPTERS for item in listed(path)]
    for claim in claims.load().values():
        source = claim.primary_source
        said += [f"{source.authors} {source.year}, {source.title}, {source.id}, {source.url}"]
        said += [statement.text for statement in claim.source_says]
    said += docstrings()
    said += works.row_sources()
    column = claims.column()
    said += [f"{column.given_name} {column.family_name} {column.date.year}, {column.title}"]
    # An item may name a work by the beginning of its title alone.
    short = {works.words(title.split(": ")[0]) for text in said for title in TITLE.findall(text)}
    cited = {key for text in said for key in works.named(text)}
    cited |= {
        work.key for work in works.works() if any(work.title.startswith(s) for s in short if s)
    }
    assert [work.key for work in works.works() if work.key not in cited] == []


def test_the_other_sources_are_those_of_rows_that_name_no_work():
    others = works.other_sources()
    assert "Dutta et al. 2026" in others
    assert not any(
        "arXiv:2104.10350" in source or "iea.org/reports/energy-and-ai" in source
        for source in others
    )


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Patterson et al. 2021, section 2.4", ["patterson2021"]),
        ("See https://doi.org/10.1016/j.joule.2023.09.004.", ["devries2023"]),
        ("Hoelzle 2009, Powering a Google search", ["hoelzle2009"]),
        ("IEA 2025, https://www.iea.org/reports/energy-and-ai/executive-summary", ["iea2025"]),
        ("https://www.iea.org/reports/energy-and-ai-2", []),
        ("Meta 2024 sustainability report", []),
        ("Patterson 2023, a talk", []),
    ],
)
def test_which_work_a_text_names(text, keys):
    assert works.named(text) == keys


def test_a_source_that_is_not_there_is_noticed():
    assert unknown(
        "Doe 2020, *A new paper*. [arXiv:2001.00001](https://doi.org/10.48550/arXiv.2001.00001)"
    ) == [
        "A new paper",
        "10.48550/arxiv.2001.00001",
    ]
    assert unknown("Doe 2020, a new paper") == ["no work: Doe 2020, a new paper"]
    assert unknown("Touvron and others 2023, *Llama 2*. arXiv:2307.09288") == []
