"""The library explains itself: docstrings that say all, and pages that show all of them."""

from __future__ import annotations

import inspect
import pkgutil
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import built
import pytest

import aiimpact
from aiimpact import tables, uncertainty
from aiimpact.live import number

HOW_TO_USE = Path(__file__).parents[1] / "book" / "how_to_use.md"
# Tools of the exercises, explained where they are used, and what `live` offers.
ELSEWHERE = {"classroom", "numbers"}
# A module within a room that has an entry of its own.
WITHIN = {"ask.slips"}
# What travels alone and so carries a unit; a Range or a row brings its own.
NUMERIC = re.compile(r"\b(numbers?|floats?|arrays?|path)\b")
# Modules that look up or show and compute nothing: no formula, hence no source.
WITHOUT_FORMULAS = {"ask", "cite", "claims", "live", "tables", "words"}
# Arithmetic that needs no source: the four operations, and how a number is printed.
PLAIN = {"add", "subtract", "multiply", "divide", "decimals", "show"}


def offered() -> dict[str, Any]:
    """Every public function and class of the library, by its full name."""
    found: dict[str, Any] = {}
    top = {info.name for info in pkgutil.iter_modules(aiimpact.__path__)} - ELSEWHERE
    for place in sorted(name for name in top | WITHIN if not name.startswith("_")):
        module = import_module(f"aiimpact.{place}")
        own = [name for name, value in vars(module).items() if is_own(value, module.__name__)]
        for name in getattr(module, "__all__", own):
            # What is neither a function nor a class is data, which the pages show as such.
            if not name.startswith("_") and callable(getattr(module, name)):
                found[f"{module.__name__}.{name}"] = getattr(module, name)
    return found


def is_own(value: Any, module: str) -> bool:
    return (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__ == module


def functions() -> dict[str, Any]:
    return {name: value for name, value in offered().items() if inspect.isfunction(value)}


def sections(text: str) -> dict[str, str]:
    """Split a docstring at its underlined headings; what stands first is the summary."""
    parts = re.split(r"^(\w+)\n-{3,}$\n", f"\n{text}", flags=re.M)
    return {"Summary": parts[0].strip()} | dict(zip(parts[1::2], parts[2::2], strict=True))


def described(section: str) -> dict[str, tuple[str, str]]:
    """Name of an argument to its type and description."""
    entries = re.findall(r"^(\S[^\n]*)\n((?:[ ]{4}[^\n]*\n?|\n)+)", section + "\n", flags=re.M)
    found = {}
    for head, body in entries:
        names, _, kind = head.partition(" : ")
        for name in names.replace("*", "").split(", "):
            found[name] = (kind, " ".join(body.split()))
    return found


def complaints(name: str, function: Any) -> list[str]:
    """What a reader of the reference would miss in the docstring of a function."""
    parts = sections(inspect.getdoc(function) or "")
    module, wrong = name.split(".")[1], []
    arguments = described(parts.get("Parameters", ""))
    for argument in inspect.signature(function).parameters:
        if argument not in arguments:
            wrong.append(f"{name}: {argument} is not described")
    values = [(argument, *about) for argument, about in arguments.items()]
    values += [
        ("the result", kind, text)
        for kind, (_, text) in described(parts.get("Returns", "")).items()
    ]
    for argument, kind, text in values:
        if NUMERIC.search(kind) and not re.search(r"\[[^\]]+\]", text):
            wrong.append(f"{name}: {argument} ({kind}) has no unit")
    gives = inspect.signature(function).return_annotation not in {None, "None"}
    result = "Yields" if inspect.isgeneratorfunction(inspect.unwrap(function)) else "Returns"
    wanted = (result, "Examples") if gives else ("Examples",)
    wrong += [f"{name}: no {part}" for part in wanted if part not in parts]
    if ">>> " not in parts.get("Examples", ""):
        wrong.append(f"{name}: no example that runs")
    needs_source = module not in WITHOUT_FORMULAS and name.split(".")[-1] not in PLAIN
    if needs_source and not re.search(r"https://|ISO/IEC", parts.get("References", "")):
        wrong.append(f"{name}: no source")
    return wrong


def test_every_function_says_what_goes_in_what_comes_out_and_where_it_is_from():
    assert [
        wrong for name, function in functions().items() for wrong in complaints(name, function)
    ] == []


def test_every_class_is_described():
    classes = {name: value for name, value in offered().items() if inspect.isclass(value)}
    assert classes
    assert [name for name, value in classes.items() if not inspect.getdoc(value)] == []


# The pages


def reference_pages() -> list[str]:
    return [page for page in built.pages() if re.match(r"book/reference[./]", page)]


@cache
def entries() -> dict[str, list[Any]]:
    """The elements that hold the entry of a function or class, by its full name."""
    found: dict[str, list[Any]] = {}
    for page in reference_pages():
        for term in built.soup(page).select("dt[id]"):
            found.setdefault(term["id"], []).append(term.find_parent("dl"))
    return found


def entry(name: str) -> Any:
    found = entries().get(name, [])
    assert len(found) == 1, (
        f"{name} has {len(found)} entries: book/reference/ shows each module once"
    )
    return found[0]


def text_of(element: Any) -> str:
    return " ".join(element.get_text().split())


@pytest.mark.site
def test_every_function_and_class_has_an_entry_with_its_signature_text_and_example(html):
    for name, value in offered().items():
        shown = entry(name)
        signature = text_of(shown.select_one("dt")).split("#")[0]
        if inspect.isfunction(value):
            for argument in inspect.signature(value).parameters:
                assert re.search(rf"\b{argument}\b", signature), f"{name}: {signature}"
        assert not re.search(r"Values|guarded|->|<factory>|\*args", signature), signature
        words = text_of(shown)
        parts = sections(inspect.getdoc(value) or "")
        for part in ("Parameters", "Returns", "References", "Examples"):
            assert part not in parts or part in words, f"{name}: {part}"
        for argument in described(parts.get("Parameters", "")):
            assert argument in words, f"{name}: {argument}"
        for line in re.findall(r"^>>> .*", parts.get("Examples", ""), re.M):
            assert " ".join(line.split()) in words, f"{name}: {line}"


@pytest.mark.site
def test_the_index_leads_to_every_entry(html):
    links = {
        link["href"].split("#")[-1] for link in built.soup("book/reference.html").select("a[href]")
    }
    assert [name for name in offered() if name not in links] == []


@pytest.mark.site
def test_nothing_private_has_an_entry(html):
    assert len(entries()) > len(offered()) / 2
    assert [name for name in entries() if re.search(r"(^|\.)_", name)] == []


@pytest.mark.site
def test_no_page_of_the_reference_is_too_heavy(html):
    # The style sheet stands in every page; what it weighs is tested with all pages.
    sizes = {
        page: (html / page).stat().st_size - len(built.soup(page).select_one("#book-style").string)
        for page in reference_pages()
    }
    assert {page: size for page, size in sizes.items() if size > 160_000} == {}


# How to use the book


def test_the_code_that_a_reader_is_given_runs():
    blocks = re.findall(r"```python\n(.*?)```", HOW_TO_USE.read_text(encoding="utf-8"), flags=re.S)
    assert blocks
    for block in blocks:
        exec(block, {})


@pytest.mark.site
def test_the_explorer_of_the_example_for_teachers_takes_its_input(html):
    text = HOW_TO_USE.read_text(encoding="utf-8")
    calls = re.findall(r"window\.explorers\.([a-z-]+)\.set\(\{ (\w+): ", text)
    assert calls
    for name, argument in calls:
        (address,) = [address for address in built.book_explorers() if address.name == name]
        (root,) = built.soup(address.page.removeprefix("book/")).select(f"[data-explorer={name}]")
        assert root.select(f"[data-input={argument}]")


@pytest.mark.site
def test_the_worked_example_shows_what_the_library_gives(html):
    question, gas = tables.request_energy("oviedo-2026"), tables.constant("gas-grid")
    product = uncertainty.multiply(question, gas)
    page = built.soup("book/how_to_use.html")
    (row,) = [
        row for row in page.select("tr") if "Product" in row.get_text() and row.find("strong")
    ]
    assert [cell.get_text() for cell in row.select("td")[1:]] == [number(x) for x in product]
    assert uncertainty.show(*product) in text_of(page.main)
