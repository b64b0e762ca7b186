"""The rooms of the library: who may import whom, read from the imports themselves."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import built
import pytest

import aiimpact
from aiimpact import claims

LIBRARY = Path(aiimpact.__file__).parent
reader = built._load(built.ROOT / "book" / "_ext" / "imports.py")
imports_of, room_of, ROOMS = reader.imports_of, reader.room_of, reader.ROOMS
# Never: a room to what stands behind it. "physics" is each module of the subject; data is read by them.
FORBIDDEN = {
    "ground": {"physics", "data", *ROOMS},
    "physics": ROOMS,
    "data": ROOMS,
    "live": {"physics", "data", "ask", "cite", "classroom", "grading"},
    "ask": {"physics", "data", "cite", "classroom", "grading"},
    "cite": {"physics", "ask", "classroom", "grading"},
    "classroom": {"cite", "grading"},
    "grading": {"cite"},
}
# Slips know the constants of conversion.
ALLOWED = {("aiimpact.ask.slips", "aiimpact.units")}


def broken(imports: dict[str, set[str]]) -> list[str]:
    """The imports that go where none may."""
    return sorted(
        f"{module} imports {imported}"
        for module, others in imports.items()
        for imported in others
        if module != "aiimpact" and imported != "aiimpact"
        if room_of(imported) in FORBIDDEN[room_of(module)] and (module, imported) not in ALLOWED
    )


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring, or none."""
    try:
        list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_arrows_point_one_way():
    found = imports_of(LIBRARY)
    assert len(found) > 40
    assert sum(map(len, found.values())) > 80
    assert broken(found) == []


def test_no_modules_import_each_other():
    assert circle(imports_of(LIBRARY)) == []


PLANTED = [
    ("grid.py", "from aiimpact.live import interval", "aiimpact.grid imports aiimpact.live"),
    ("grid.py", "import aiimpact.ask.judge", "aiimpact.grid imports aiimpact.ask.judge"),
    ("numbers.py", "from aiimpact import tables", "aiimpact.numbers imports aiimpact.tables"),
    ("live/draw.py", "from aiimpact.units import KG_PER_T", "aiimpact.live.draw imports aiimpact.units"),
    ("live/draw.py", "from ..cite import fact", "aiimpact.live.draw imports aiimpact.cite"),
    ("live/draw.py", "from .. import ask", "aiimpact.live.draw imports aiimpact.ask"),
    (
        "live/model.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from aiimpact.tables import Quantity",
        "aiimpact.live.model imports aiimpact.tables",
    ),
    ("cite/facts.py", "def late():\n    from aiimpact import ask", "aiimpact.cite.facts imports aiimpact.ask"),
    ("ask/judge.py", "from aiimpact.classroom import checks", "aiimpact.ask.judge imports aiimpact.classroom.checks"),
    (
        "classroom/checks.py",
        "from aiimpact.classroom.grading import pages",
        "aiimpact.classroom.checks imports aiimpact.classroom.grading.pages",
    ),
    ("ask/slips.py", "from aiimpact import grid", "aiimpact.ask.slips imports aiimpact.grid"),
    ("_checks.py", "from aiimpact import units", "aiimpact._checks imports aiimpact.units"),
]  # fmt: skip


@pytest.fixture
def copy(tmp_path):
    leave = shutil.ignore_patterns("__pycache__", "node_modules", "dist", "data")
    return Path(shutil.copytree(LIBRARY, tmp_path / "aiimpact", ignore=leave))


@pytest.mark.parametrize(("file", "line", "complaint"), PLANTED, ids=[x[2] for x in PLANTED])
def test_a_forbidden_import_is_found(copy, file, line, complaint):
    path = copy / file
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    assert broken(imports_of(copy)) == [complaint]


def test_a_circle_is_found(copy):
    path = copy / "numbers.py"
    path.write_text(
        path.read_text(encoding="utf-8") + "\nfrom aiimpact.live.markup import table_html\n",
        encoding="utf-8",
    )
    assert {"aiimpact.numbers", "aiimpact.live.markup"} <= set(circle(imports_of(copy)))


def test_what_a_docstring_says_is_no_import(copy):
    path = copy / "numbers.py"
    path.write_text('"""\n>>> from aiimpact import tables\n"""\n', encoding="utf-8")
    assert broken(imports_of(copy)) == []


# What a process has read once it has imported a room.
HEAVY = ["altair", "anywidget", "ipywidgets", "yaml", "aiimpact.tables", "aiimpact.claims"]
BRINGS = [
    ("import aiimpact.grid", set()),
    ("import aiimpact.live", set()),
    ("from aiimpact.live import *", {"altair", "anywidget", "ipywidgets"}),
    ("from aiimpact.cite import fact", set()),
    ("from aiimpact.ask import ask", {"altair", "anywidget", "ipywidgets", "yaml"}),
    ("from aiimpact.ask import judge", {"yaml"}),
    ("from aiimpact.classroom import checks", {"yaml", "aiimpact.tables", "aiimpact.claims"}),
]


@pytest.mark.parametrize(("line", "brings"), BRINGS, ids=[line for line, _ in BRINGS])
def test_a_room_brings_what_it_needs_and_no_more(line, brings):
    code = f"{line}\nimport sys\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    environment = {"PYTHONPATH": str(LIBRARY.parent), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert set(done.stdout.split()) == brings


def test_a_room_says_what_it_has_not():
    with pytest.raises(ImportError, match="cannot import name 'fact'"):
        exec("from aiimpact.live import fact")


# The picture of the rooms


@pytest.fixture(scope="module")
def picture():
    return built._load(built.ROOT / "book" / "_ext" / "architecture.py")


@pytest.fixture(scope="module")
def house(picture):
    return picture.House(built.ROOT)


def test_arrows_of_the_picture_point_down_and_say_all_that_is_imported(house, picture):
    assert set(house.files) == set(picture.ABOUT)
    way = picture.places(house)
    arrows = house.arrows()
    assert all(way[one]["step"] < way[other]["step"] for one, other in arrows)

    def led_to(room):
        below = {other for one, other in arrows if one == room}
        return below.union(*map(led_to, below))

    for room in house.files:
        assert house.below(room) <= led_to(room)


def test_rooms_do_not_lie_on_one_another(house, picture):
    way = picture.places(house)
    assert len({(place["step"], place["lane"]) for place in way.values()}) == len(way)
    for layout in picture.LAYOUTS:
        svg = picture.drawing(layout, house)
        assert svg.count("<rect") == len(way)
        assert svg.count("marker-end") == len(house.arrows())
        assert 'aria-hidden="true"' in svg


def test_the_table_has_every_import_between_rooms(house, picture):
    table = picture.table_html(house)
    for (one, other), count in house.uses.items():
        (row,) = re.findall(rf"<tr><th scope=row>{picture.ABOUT[one][0]}</th>.*?</tr>", table)
        assert f"{picture.ABOUT[other][0]} {count}" in row


def test_the_picture_shows_an_import_that_is_new(copy, picture):
    before = picture.House(copy.parent)
    assert "ask" not in before.reached("data")
    with (copy / "tables.py").open("a", encoding="utf-8") as file:
        file.write("\nfrom aiimpact.ask import judge\n")
    house = picture.House(copy.parent)
    # What was beside data stands below it now; a ring has no picture.
    assert ("data", "ask") in house.uses
    with (copy / "ask" / "judge.py").open("a", encoding="utf-8") as file:
        file.write("\nfrom aiimpact import tables\n")
    with pytest.raises(CycleError, match="cycle"):
        picture.House(copy.parent).floors()


def test_the_way_of_one_number_is_that_of_the_chapters():
    page = (built.ROOT / "book" / "architecture.md").read_text(encoding="utf-8")
    for name, code in (
        ("01_training_footprint", '"gpt3-175b": "GPT-3 (2020)"'),
        ("03_energy_drivers", 'tables.training_run("gpt3-175b", "power_w")'),
    ):
        chapter = reader.code_of(built.ROOT / "chapters" / f"{name}.ipynb")
        assert f"chapters/{name}.ipynb" in page
        assert code in page
        assert code in chapter
    (claim,) = re.findall(r"\(claims\.md\) the entry `([\w-]+)`", page)
    calls = " ".join(step.call for step in claims.get(claim).steps)
    assert re.search(r'"gpt3-175b",\s+"power_w"', calls)
