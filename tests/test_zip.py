"""The archive of the book: unpacked somewhere, opened by double click, with the network off."""

from __future__ import annotations

import importlib.util
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import built
import pytest
from conftest import visit
from test_page import agree, random_settings
from test_questions import CHECK_ALL, right_answers

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
LIMIT_MB = 6
COMPARED = ("chapters/01_training_footprint.html", "chapters/04_solutions.html")
# Wakes every explorer and answers every question, with the first option or some number.
USE_ALL = """async () => {
  const used = {};
  for (const root of document.querySelectorAll("[data-explorer]")) {
    const name = root.dataset.explorer;
    const values = await globalThis.explorers[name].set({});
    used[name] = Object.values(values).some(Number.isFinite);
  }
  for (const root of document.querySelectorAll("[data-question]")) {
    const name = root.dataset.question;
    const { kind, options, things } = JSON.parse(root.querySelector("script").textContent);
    const answer = things ? Object.fromEntries(things) : options ? options[0][0] : kind === "open" ? "My own words." : 1;
    used[name] = Boolean((await globalThis.questions[name].check(answer)).words);
  }
  return used;
}"""


@pytest.fixture(scope="session")
def packer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pack", ROOT / "book" / "pack.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def archive(html: Path, packer: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "book.zip"
    packer.pack(html, path)
    return path


@pytest.fixture(scope="session")
def stick(archive: Path, packer: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as a school has it: a path with spaces and Chinese characters."""
    place = tmp_path_factory.mktemp("stick") / "環境 與 AI (2026)" / "week 1 #2"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(place)
    assert [path.name for path in place.iterdir()] == [packer.NAME]
    return place / packer.NAME


@pytest.fixture(scope="session")
def reader(stick: Path, chromium: Any) -> Iterator[Any]:
    """A tab that reaches what is on the stick, and nothing else."""
    tab = visit(chromium, f"{stick.as_uri()}/", offline=True)
    tab.page.on("requestfailed", lambda r: tab.problems.append(f"{r.failure}: {r.url}"))
    yield tab
    tab.page.context.close()


@pytest.fixture
def open_file(stick: Path, reader: Any) -> Iterator[Callable[[str], Any]]:
    """Open a page of the stick; nothing may go wrong there."""

    def open_one(page: str) -> Any:
        tab = reader
        name, _, query = page.partition("?")
        tab.page.goto((stick / name).as_uri() + (query and f"?{query}"))
        return tab

    before = len(reader.problems)
    yield open_one
    reader.page.goto("about:blank")
    assert reader.problems[before:] == []


def test_it_is_small_and_says_what_to_open(archive, stick):
    assert archive.stat().st_size < LIMIT_MB * 1e6
    text = (stick / "README.txt").read_text(encoding="utf-8-sig")
    there = [edition for edition in built.EDITIONS if (stick / edition).is_dir()]
    said = {"zh-Hans": "用浏览器打开", "zh-Hant-HK": "用瀏覽器打開"}
    assert "open index.html" in text
    assert (stick / "index.html").is_file()
    for edition in there:
        assert f"{said[edition]}{edition}/index.html" in text
        assert (stick / edition / "index.html").is_file()
    assert text.count("CC BY 4.0") == 1 + len(there)


def test_it_holds_every_page_and_file_of_the_book(html, stick, packer):
    wanted = {p.relative_to(html) for p in html.rglob("*") if p.is_file()}
    held = {p.relative_to(stick) for p in stick.rglob("*") if p.is_file()}
    assert held - wanted == {Path("README.txt")}
    assert {path.name for path in wanted - held} <= packer.LEFT_OUT


def test_the_same_pages_give_the_same_bytes(html, archive, packer, tmp_path):
    copy = shutil.copytree(html, tmp_path / "copy", copy_function=shutil.copyfile)
    packer.pack(copy, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_a_double_click_opens_the_introduction(open_file):
    tab = open_file("index.html")
    tab.page.wait_for_url("**/book/intro.html")
    assert tab.page.locator("h1").inner_text().startswith("AI and the Environment")
    # Its explorer is in view; who leaves before it has come breaks off what it fetches.
    tab.wake("balance")
    tab.settle()


def test_every_page_works_from_disk_with_the_network_off(open_file, content_name):
    tab = open_file(content_name)
    assert tab.page.locator("h1").is_visible()
    used = tab.evaluate(USE_ALL)
    soup = built.soup(content_name)
    roots = [*soup.select("[data-explorer]"), *soup.select("[data-question]")]
    assert len(used) == len(roots)
    assert [name for name, alive in used.items() if not alive] == []
    tab.settle()


@pytest.mark.parametrize("page", COMPARED)
def test_explorers_and_questions_answer_as_python_does(open_file, page):
    tab = open_file(page)
    explorers = [a for a in built.book_explorers() if a.page == f"book/{page}"]
    questions = [a for a in built.book_questions() if a.page == f"book/{page}"]
    assert explorers
    assert questions
    for address in questions:
        question = built.question(address)
        if question.kind != "open" and "explorer" not in json.loads(_data(question)):
            right = right_answers(question)[0]
            (found,) = tab.evaluate(CHECK_ALL, [address.name, [right]])
            assert found == list(question.check(right))
    for address in explorers:
        explorer = built.python(address)
        settings = random_settings(explorer, 3)[-1]
        assert agree(tab.set(address.name, settings), explorer.evaluate(**settings))


def _data(question: Any) -> str:
    return str(question._markup).split('<script type="application/json">')[1].split("</script>")[0]


def test_search_finds_pages_from_disk(open_file):
    tab = open_file("search.html?q=electricity")
    results = tab.page.locator("#search-results li a")
    tab.page.get_by_text("Search finished, found").wait_for()
    assert results.count() > 3
    results.first.click()
    tab.page.wait_for_url(lambda address: "search.html" not in address)
    assert tab.page.locator("h1").is_visible()
