"""What students hand in: more than a hundred submissions, and what must become of each.

They are made from the edition that students get and the solutions of the source, always the same.
The tests run none of it themselves: it is graded, and only in the sandbox. What a submission does to
the machine is meant to be stopped, and bearable where it is not.
"""

from __future__ import annotations

import copy
import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from aiimpact.classroom import numbers
from aiimpact.classroom.grading import editions, intake

STEM = "01_training_footprint"
FILE = f"{STEM}.ipynb"
BY_CHECKS = {1: 1, 2: 3, 3: 2, 4: 2, 5: 3, 6: 4, 7: 5}
"""Points of the tasks of the exercise that no teacher needs to look at."""
LEAKED = "LEAKED"
"""What a submission prints when it has got at something that is none of its business."""


@dataclass(frozen=True)
class Graded:
    """It is graded, with all points but for the tasks in `lost`; a note holds `note`.

    What the check of the first lost task says holds `says`.
    """

    lost: Sequence[int] = ()
    note: str = ""
    says: str = ""
    by_hand: int = 4
    """Points that wait for a teacher."""

    def points(self) -> dict[int, int]:
        return {task: 0 if task in self.lost else most for task, most in BY_CHECKS.items()}


@dataclass(frozen=True)
class Aside:
    """It is set aside, and the reason holds `why`."""

    why: str


Outcome = Graded | Aside


@dataclass(frozen=True)
class Place:
    """What is around the submissions, for those that look around."""

    submissions: Path
    canary: Path
    """A file that nobody may touch, alone in its folder."""
    secret: Path
    """A file that nobody may read."""
    port: int
    """Where a server listens."""


class Kit:
    """What submissions are made from."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def source(self) -> Any:
        return editions.read(editions.SOURCE / FILE)

    @cached_property
    def released(self) -> Any:
        return editions.released(self.source)

    def untouched(self) -> Any:
        return copy.deepcopy(self.released)

    def solved(self, student: str, /, **answers: str) -> Any:
        """Give a perfect notebook, but for `answers`, by the names of their cells without "01-".

        In an answer, `RIGHT` stands for the solution.
        """
        solutions = {name(cell): bare(cell.source) for cell in self.source.cells if name(cell)}
        notebook = self.untouched()
        answers = {"student": f"STUDENT = {student!r}", **answers}
        for cell in notebook.cells:
            if is_answer(cell):
                key = name(cell).removeprefix("01-").replace("-", "_")
                answer = answers.pop(key, "RIGHT")
                cell.source = answer.replace("RIGHT", solutions[name(cell)])
        assert not answers, f"no such cells: {answers}"
        return notebook

    def values(self, student: str) -> dict[str, Any]:
        """Give what the solution computes for a student."""
        names: dict[str, Any] = {}
        for cell in self.source.cells:
            if cell.cell_type == "code" and not cell.metadata.nbgrader.grade:
                exec(bare(cell.source).replace("s000", student), names)
        return names


def bare(source: str) -> str:
    return re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", source, flags=re.MULTILINE)


def name(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_answer(cell: Any) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_check(cell: Any) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade")) and not is_answer(cell)


def at(notebook: Any, wanted: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if name(cell) == wanted)


def neighbour(student: str) -> str:
    """Give somebody all of whose numbers are plainly different."""
    ours = numbers.own("01", student)
    for i in range(1000):
        theirs = numbers.own("01", f"n{i:03d}")
        if all(
            _differ(getattr(ours, p.name), getattr(theirs, p.name))
            for p in numbers.parameters()
            if p.exercise == "01"
        ):
            return f"n{i:03d}"
    raise AssertionError


def _differ(a: Any, b: Any) -> bool:
    return a != b if isinstance(a, str) else abs(a / b - 1) > 0.03


Made = Any  # a notebook, the bytes of a file, or a function that writes to the path of the file


@dataclass(frozen=True)
class Case:
    title: str
    make: Callable[[Kit, str], Made]
    outcome: Outcome
    file: str | bytes = FILE
    student: str | bytes = ""
    quick: bool = False
    """Whether it is in the part that always runs."""
    needs: str = ""
    """The level of the sandbox that it takes."""
    others: dict[str, Outcome] = field(default_factory=dict)
    """What becomes of other files in the student's folder."""


CASES: list[Case] = []


def case(title: str, outcome: Outcome, make: Callable[[Kit, str], Made], **options: Any) -> None:
    CASES.append(Case(title, make, outcome, **options))


def answers(title: str, outcome: Outcome, given: dict[str, str], **options: Any) -> None:
    """A notebook that is perfect but for some answers."""
    case(title, outcome, lambda kit, student: kit.solved(student, **given), **options)


def code(title: str, outcome: Outcome, given: str, **options: Any) -> None:
    """A perfect notebook that does something before the answer to task 4."""

    def make(kit: Kit, student: str) -> Any:
        place = {key: repr(str(value)) for key, value in vars(kit.place).items()}
        filled = re.sub(r"<(\w+)>", lambda match: place.get(match[1], match[0]), given)
        return kit.solved(student, programme=f"{filled.strip()}\nRIGHT")

    case(title, outcome, make, **options)


def cells(title: str, outcome: Outcome, change: Callable[[Any], object], **options: Any) -> None:
    """A perfect notebook to which something happens."""

    def make(kit: Kit, student: str) -> Any:
        notebook = kit.solved(student)
        change(notebook)
        return notebook

    case(title, outcome, make, **options)


def raw(title: str, outcome: Outcome, change: Callable[[bytes], bytes], **options: Any) -> None:
    """The file of a perfect notebook to which something happens."""
    case(title, outcome, lambda kit, student: change(written(kit.solved(student))), **options)


def written(notebook: Any) -> bytes:
    return json.dumps(notebook, indent=1).encode()


ALL = tuple(BY_CHECKS)
OWN = (1, 3, 4, 5, 7)
"""Tasks whose answers depend on the student's numbers."""

# What a class hands in

answers("perfect", Graded(), {}, quick=True)
case(
    "untouched",
    Graded(ALL, says="Missing", by_hand=0),
    lambda kit, student: kit.untouched(),
)
case(
    "id in capitals with blanks around it",
    Graded(),
    lambda kit, student: kit.solved(f" {student.upper()} "),
)
# The folder has it, as a hub has its users.
answers("no id written", Graded(), {"student": "STUDENT = ..."})
answers(
    "half done",
    Graded((4, 5, 6, 7), says="Missing"),
    dict.fromkeys(("programme", "share", "profiler_repair", "entry"), "pass"),
)
answers(
    "a slip with a name",
    Graded((3,), says="Too large by the PUE"),
    {"run": "RIGHT\nmy_run_t = my_run_t * own.pue"},
    quick=True,
)
answers("renamed", Graded(), {}, file="Copy of exercise 1 (2).ipynb")
answers("in a folder of its own", Graded(), {}, file=f"week 1/final/{FILE}")


def _attempts(kit: Kit, student: str) -> Made:
    def write(path: Path) -> None:
        path.write_bytes(written(kit.solved(student)))
        (path.parent / "old.ipynb").write_bytes(written(kit.untouched()))

    return write


case(
    "two attempts, one with the right name",
    Graded(),
    _attempts,
    others={"old.ipynb": Aside("counts")},
    quick=True,
)
case(
    "two attempts, none with the right name",
    Aside("which one counts?"),
    _attempts,
    file="new.ipynb",
    others={"old.ipynb": Aside("which one counts?")},
)
answers("open answer left out", Graded(by_hand=0), {"editor": "YOUR ANSWER HERE"})


def _below(notebook: Any) -> None:
    notebook.cells.append(new_markdown_cell(notebook.cells[-1].source, id="below"))
    notebook.cells[-2].source = "YOUR ANSWER HERE"


cells("open answer in a cell below", Graded(note="stood in a cell below"), _below, quick=True)
answers(
    "Chinese text",
    Graded(),
    {
        "editor": "六十二萬六千磅是一次架構搜尋的估計，不是訓練一個模型。",
        "pounds": "# 磅轉公噸\nRIGHT",
    },
    student="學生〇一",
    quick=True,
)

# Files that are no notebooks, or nearly

case("zero bytes", Aside("empty"), lambda kit, student: b"", quick=True)
case("blank lines", Aside("empty"), lambda kit, student: b"\n \n")
raw("truncated JSON", Aside("JSONDecodeError"), lambda b: b[: len(b) // 2], quick=True)
raw("corrupt JSON", Aside("JSONDecodeError"), lambda b: b.replace(b",", b";", 20))
raw("merge conflict", Aside("no notebook"), lambda b: b.replace(b"{", b"<<<<<<< HEAD\n{", 1))
raw("not in Unicode", Aside("not in Unicode"), lambda b: b.replace(b"1", b"\xe9\xff", 3))
raw("UTF-8 with a mark", Graded(), lambda b: b"\xef\xbb\xbf" + b)
raw("UTF-16", Graded(), lambda b: b.decode().encode("utf-16"))
raw("Windows line ends", Graded(), lambda b: b.replace(b"\n", b"\r\n"))
for kind, content in {
    "a list": b"[1, 2]",
    "a number": b"1e999",
    "other JSON": b'{"nbformat": 4}',
    "an unknown version": b'{"nbformat": 99, "cells": []}',
    "a version that is a list": b'{"nbformat": [4], "cells": []}',
    "cells that are text": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": "abc"}',
    "cells of nothing": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}, 1]}',
    "nested a million deep": b"[" * 1_000_000,
    "a number of a million digits": b"1" * 1_000_000,
}.items():
    case(f"JSON: {kind}", Aside("no notebook"), lambda kit, student, content=content: content)
case("Python source", Aside("no notebook"), lambda kit, student: b"my_tonnes = 1\n")
for kind, start in {
    "an archive": b"PK\x03\x04",
    "a picture": b"\x89PNG\r\n\x1a\n",
    "a PDF": b"%PDF-1.7\n",
    "a page": b"<!DOCTYPE html>",
}.items():
    case(kind, Aside(kind), lambda kit, student, start=start: start + bytes(range(256)) * 9)


def _office(kit: Kit, student: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), "<w:document/>")
    return file.getvalue()


case("a text document", Aside("Office"), _office, file="homework.docx", quick=True)
case(
    "a notebook without cells",
    Aside("none of its cells"),
    lambda kit, student: written(nbformat.v4.new_notebook()),
    quick=True,
)
case(
    "somebody else's notebook",
    Aside("none of its cells"),
    lambda kit, student: written(
        nbformat.v4.new_notebook(cells=[new_code_cell("1 + 1", id="only")])
    ),
)
case(
    "larger than anybody's",
    Aside("larger than 20 MB"),
    lambda kit, student: lambda path: (path.touch(), os.truncate(path, 200_000_000)),
)
case("a pipe", Aside("no plain file"), lambda kit, student: os.mkfifo, quick=True)


case(
    "a folder with a notebook's name",
    Aside("no notebook"),
    lambda kit, student: b"some notes",
    file=f"{FILE}/notes.txt",
)
case(
    "an empty folder",
    Aside("nothing in the folder"),
    lambda kit, student: lambda path: None,
    file="",
)
case(
    "links out of the folder",
    Aside("link"),
    lambda kit, student: (
        lambda path: (
            path.symlink_to("/etc/passwd"),
            (path.parent / "all").symlink_to(kit.place.submissions),
            (path.parent / "gone").symlink_to("nowhere"),
            (path.parent / "me").symlink_to("me"),
        )
    ),
    others={"all": Aside("link"), "gone": Aside("link"), "me": Aside("link")},
    quick=True,
)
case(
    "a link to another student's work",
    Aside("link"),
    lambda kit, student: lambda path: path.symlink_to(f"../s001/{FILE}"),
)
case(
    "a folder that is a link to a folder",
    Aside("link"),
    lambda kit, student: lambda path: path.symlink_to("s001"),
    file="/linked",
)
answers(
    "loose, in no student's folder", Aside("outside a student's folder"), {}, file="/loose.ipynb"
)
case(
    "a file that nobody may read",
    Graded() if os.geteuid() == 0 else Aside("Permission denied"),
    lambda kit, student: (
        lambda path: (
            path.write_bytes(written(kit.solved(student))),
            path.chmod(0),
        )
    ),
)
answers("a checkpoint", Aside("checkpoint"), {}, file=f".ipynb_checkpoints/{FILE}")

# Names

for title, student in {
    "bytes that are no text": b"s\xff\xfe1",
    "emoji": "s🙂🎓",
    "255 bytes": "長" * 85,
    "letters of four bytes": "𐌰" * 60 + "!",
    "a line end": "s\n1",
    "a formula": "=1+1",
    "an option": "--help",
    "markup": "<img src=x onerror=alert(1)>",
    "signs of a shell": "$(touch x);`id`|&\"'",
    "a backslash": "s\\xff\\xfe1",
    "wide letters": "ｓ７０１",
    "dots": "...",
}.items():
    answers(f"a student named with {title}", Graded(), {}, student=student, quick="markup" in title)
answers("a student named with nothing but a blank", Aside("must be your id"), {}, student=" ")
answers("a file named in Latin-1", Graded(), {}, file=b"\xfcbung.ipynb")
answers("a file with a long name", Graded(), {}, file="x" * 249 + ".ipynb")
answers("a file with another ending", Graded(), {}, file="homework.ipynb.txt")

# What becomes of a notebook's inside

cells(
    "the kernel of another language",
    Graded(),
    lambda nb: nb.metadata.update(kernelspec={"name": "ir", "display_name": "R", "language": "R"}),
)
cells("no metadata of the notebook", Graded(), lambda nb: nb.metadata.clear())
cells("no outputs", Graded(), lambda nb: [c.pop("outputs", None) for c in nb.cells])
cells(
    "outputs of ten megabytes",
    Graded(),
    lambda nb: nb.cells[3].update(
        outputs=[nbformat.v4.new_output("stream", text="x" * 10_000_000)]
    ),
)
cells(
    "cleared metadata",
    Graded(note="recognised"),
    lambda nb: [c.metadata.clear() for c in nb.cells],
    quick=True,
)
cells(
    "answers copied into new cells",
    Graded(note="recognised"),
    lambda nb: [c.metadata.clear() for c in nb.cells if is_answer(c)],
)
cells(
    "metadata that are no text",
    Graded(note="recognised"),
    lambda nb: [c.metadata.update(nbgrader={"grade_id": [1]}) for c in nb.cells if is_answer(c)],
)
cells("version 3 of the format", Graded(), lambda nb: _version_3(nb))
cells(
    "version 4.0 of the format",
    Graded(),
    lambda nb: [nb.update(nbformat_minor=0), *(c.pop("id") for c in nb.cells)],
)
cells("the same id on all cells", Graded(), lambda nb: [c.update(id="same") for c in nb.cells])
cells("no ids of cells", Graded(), lambda nb: [c.pop("id") for c in nb.cells])
cells(
    "deleted checks", Graded(note="were missing: "), lambda nb: _keep(nb, lambda c: not is_check(c))
)
cells(
    "a deleted answer",
    Graded((4,), note="missing: 01-programme"),
    lambda nb: _keep(nb, lambda c: name(c) != "01-programme"),
)
cells("deleted texts", Graded(), lambda nb: _keep(nb, lambda c: name(c)))
cells("all cells twice", Graded(note="more than once"), lambda nb: _twice(nb))
cells(
    "an answer twice, the second wrong",
    Graded((4,), note="more than once"),
    lambda nb: nb.cells.insert(
        at(nb, "01-programme") + 1,
        {**copy.deepcopy(nb.cells[at(nb, "01-programme")]), "source": "my_programme_t = 1"},
    ),
)
cells("all checks at the top", Graded(), lambda nb: nb.cells.sort(key=lambda c: not is_check(c)))
cells("checks before their answers", Graded(), lambda nb: _swap(nb))
cells(
    "task 2 at the end",
    Graded((3,)),
    lambda nb: nb.cells.append(nb.cells.pop(at(nb, "01-formula"))),
)
cells(
    "checks that pass whatever comes",
    Graded((4,), note="had been changed"),
    lambda nb: (
        # A student's trick, not a check of ours: grading has to notice it.
        [c.update(source="assert True") for c in nb.cells if is_check(c)]
        and nb.cells[at(nb, "01-programme")].update(source="my_programme_t = 1")
    ),
    quick=True,
)
cells(
    "checks worth a thousand points",
    Graded(),
    lambda nb: [c.metadata.nbgrader.update(points=1000) for c in nb.cells if is_check(c)],
)
cells(
    "own numbers changed in a locked cell",
    Graded(note="original counts: 01-own"),
    lambda nb: nb.cells[at(nb, "01-own")].update(
        source=nb.cells[at(nb, "01-own")].source + "\nown.days = 1"
    ),
)
cells(
    "five thousand cells more",
    Graded(),
    lambda nb: nb.cells.extend(new_code_cell(f"x{i} = {i}", id=f"x{i}") for i in range(5000)),
)
cells(
    "five hundred cells that print a lot",
    Graded(),
    lambda nb: nb.cells.extend(
        new_code_cell("print('x' * 30_000)", id=f"x{i}") for i in range(500)
    ),
)


def _keep(notebook: Any, wanted: Callable[[Any], Any]) -> None:
    notebook.cells = [cell for cell in notebook.cells if wanted(cell)]


def _twice(notebook: Any) -> None:
    notebook.cells = [copy.deepcopy(cell) for cell in notebook.cells for _ in range(2)]


def _swap(notebook: Any) -> None:
    for i, cell in enumerate(notebook.cells):
        if is_check(cell):
            notebook.cells[i - 1 : i + 1] = [cell, notebook.cells[i - 1]]


def _version_3(notebook: Any) -> None:
    old = nbformat.convert(copy.deepcopy(notebook), 3)
    notebook.clear()
    notebook.update(old)


# Somebody else's numbers

case(
    "a neighbour's notebook",
    Graded(OWN, note="worked with the numbers of"),
    lambda kit, student: kit.solved(neighbour(student)),
    quick=True,
)


def _copied(kit: Kit, student: str) -> Any:
    theirs = kit.values(neighbour(student))
    given = {
        "pounds": "my_tonnes",
        "run": "my_run_t",
        "programme": "my_programme_t",
        "share": "my_needed_kg_per_kwh",
        "entry": "ENTRY",
    }
    return kit.solved(
        student, **{cell: f"{name} = {theirs[name]!r}" for cell, name in given.items()}
    )


case("a neighbour's answers under one's own id", Graded(OWN), _copied)
cells(
    "another id at the end",
    Graded(note="worked with the numbers of"),
    lambda nb: nb.cells.append(new_code_cell("STUDENT = 's999'", id="last")),
)
answers("own numbers changed", Graded((4,)), {"programme": "own.final_t = 1\nRIGHT"})

# Answers of every kind

PROGRAMME = "RIGHT\nmy_programme_t = "
for kind, answer in {
    "a NumPy number": "__import__('numpy').float64(my_programme_t)",
    "an array of one": "__import__('numpy').array([my_programme_t])",
    "a Series of one": "__import__('pandas').Series([my_programme_t])",
}.items():
    answers(f"an answer that is {kind}", Graded(), {"programme": PROGRAMME + answer})
for kind, (answer, says) in {
    "text": ("str(my_programme_t)", "without quotes"),
    "a list": ("[my_programme_t]", "a list of 1"),
    "an array": ("__import__('numpy').arange(3.0)", "got an array of several values"),
    "complex": ("my_programme_t + 0j", "got a complex"),
    "a table": ("__import__('pandas').DataFrame({'a': [1]})", "must be a number"),
    "NaN": ("float('nan')", "finite"),
    "infinite": ("float('inf')", "finite"),
    "a number without end": ("10**5000", "finite"),
    "a function": ("lambda: 1", "a function. Call it"),
    "true": ("True", "must be a number"),
    "nothing": ("None", "not there yet"),
    "a generator without end": ("__import__('itertools').count()", "got a count"),
    "a list without end": ("[...]\nmy_programme_t.append(my_programme_t)", "must be a number"),
    "a text of a hundred megabytes": ("'x' * 100_000_000", "too much"),
}.items():
    answers(
        f"an answer that is {kind}",
        Graded((4,), says=says),
        {"programme": PROGRAMME + answer},
    )
EVIL = """
class Evil{base}:
    def refuse(self, *_):
        raise SystemExit
    __eq__ = __float__ = __repr__ = __str__ = __getattr__ = __lt__ = __le__ = refuse
my_programme_t = Evil({argument})
"""
answers(
    "an object that refuses everything",
    Graded((4,), says="got an Evil"),
    {"programme": EVIL.format(base="", argument="")},
    quick=True,
)
answers(
    "a number that refuses everything",
    Graded((4,)),
    {"programme": EVIL.format(base="(float)", argument="1.0")},
)
answers(
    "an object whose class is an error",
    Graded((4,)),
    {
        "programme": "class Evil:\n    __class__ = property(lambda self: 1 / 0)\nmy_programme_t = Evil()"
    },
    quick=True,
)
NAMELESS = "class Meta(type):\n    __name__ = property(lambda self: 1 / 0)\nclass Evil({base}metaclass=Meta): pass\n"
answers(
    "an object whose class will not say its name",
    Graded((4,), says="got an Evil"),
    {"programme": NAMELESS.format(base="") + "my_programme_t = Evil()"},
    quick=True,
)
answers(
    "an error whose class will not say its name",
    Graded((4,), says="stops: Evil"),
    {"programme": NAMELESS.format(base="Exception, ") + "raise Evil"},
)
answers(
    "an object that never answers",
    Graded((4,), says="ran longer than"),
    {
        "programme": "class Evil:\n    def __getattr__(self, name):\n        while True: pass\n"
        "my_programme_t = Evil()"
    },
)
RIGHT_T = "units.WH_PER_MWH ** -1 * hours * power_w * pue * grid_kg_per_kwh"
FORMULA = (
    "count = 0\ndef footprint_t(hours, power_w, pue, grid_kg_per_kwh):\n    global count\n"
    "    count += 1\n"
)
for kind, body, lost, says in [
    ("that never returns", "while count < 3: pass", (2, 3), "ran longer than"),
    ("that returns nothing", "pass", (2, 3), "did you `return` it?"),
    ("that prints without end", "while True: print('x' * 1000)", (2, 3), "ran longer than"),
    ("that ends Python", "__import__('os')._exit(0)", (2, 3), "ended its Python"),
    ("that leaves", "raise SystemExit", (2, 3), "SystemExit"),
    ("that is interrupted", "raise KeyboardInterrupt", (2, 3), "KeyboardInterrupt"),
    (
        "that calls itself",
        "return footprint_t(hours, power_w, pue, grid_kg_per_kwh)",
        (2, 3),
        "Recursion",
    ),
    ("that returns itself", "return footprint_t", (2, 3), "a function. Call it"),
    ("that yields", f"yield {RIGHT_T}", (2, 3), "got a generator"),
    ("that is right every other time", f"return count % 2 and {RIGHT_T}", (2, 3), "Keep working"),
    (
        "that raises a formula",
        "raise ValueError('=1+1;=cmd|calc!A0\\n=2')",
        (2, 3),
        "ValueError: =1+1",
    ),
    ("that raises markup", "raise ValueError('<script>alert(1)</script>')", (2, 3), "<script>"),
    ("that raises half a letter", "raise ValueError('\\ud800\\x00')", (2, 3), "ValueError"),
    ("that raises a novel", "raise ValueError('x' * 10_000_000)", (2, 3), "ValueError: xxx"),
    (
        "that raises what cannot be shown",
        "class E(Exception):\n        __str__ = None\n    raise E",
        (2, 3),
        "E: ",
    ),
]:
    answers(
        f"a function {kind}",
        Graded(lost, says=says),
        {"formula": f"{FORMULA}    {body}\n"},
        quick="markup" in kind,
    )
answers(
    "a function that is no function",
    Graded((2, 3), says="a function"),
    {"formula": "footprint_t = 3"},
)
answers(
    "a function with other names for its inputs",
    Graded((2,), says="TypeError"),
    {"formula": "def footprint_t(a, b, c, d):\n    return a * b * c * d / 1e6"},
)
REPAIRED = "\ndef repaired_t(it_mwh, pue=1.7, grid_kg_per_kwh=0.4):\n    return it_mwh * pue * grid_kg_per_kwh"
for kind, test, says in [
    ("that calls nothing", "pass", "does not call"),
    ("that always fails", "function(1)\n    assert False", "fails on a function that is right"),
    ("that always passes", "function(1)", "passes on the function with the bug"),
    ("that fails every other time", "global n\n    n += 1\n    function(1)\n    assert n % 2", ""),
    (
        "that goes by the name",
        "function(1)\n    assert function.__name__ != 'profiler_t'",
        "passes on",
    ),
]:
    answers(
        f"a test {kind}",
        Graded((6,), says=says),
        {"profiler_repair": f"n = 0\ndef test_profiler(function):\n    {test}\n{REPAIRED}"},
    )
for kind, entry, says in [
    ("that is no text", "ENTRY = {'id': 1}", "must be text"),
    ("that is a list of lists", "ENTRY = '[' * 100_000", "at most"),
    (
        "that grows",
        "ENTRY = 'a: &a [1]\\n' + ''.join(f'{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\\n'"
        " for a, b in zip('abcdefghijklmn', 'bcdefghijklmno'))",
        "anchors",
    ),
    ("that makes objects", "ENTRY = '!!python/object/apply:os.unlink [<canary>]'", "no YAML"),
    (
        "that calls the system",
        "RIGHT\nENTRY = ENTRY.replace('grid.emissions_t(', "
        '\'__import__("os").unlink("<canary>") + grid.emissions_t(\')',
        "may hold",
    ),
    (
        "that computes for ever",
        "RIGHT\nENTRY = ENTRY.replace('grid.emissions_t(', "
        "'9.0 ** 9.0 ** 9.0 ** 9.0 + grid.emissions_t(')",
        "exponent",
    ),
    ("with a verdict that is off", "RIGHT\nENTRY = ENTRY.replace('verdict: ', 'verdict: x')", ""),
]:
    case(
        f"an entry {kind}",
        Graded((7,), says=says),
        lambda kit, student, entry=entry: kit.solved(
            student, entry=entry.replace("<canary>", str(kit.place.canary))
        ),
    )

# Code that does not come to its end

for title, given, says in [
    ("a syntax error", "if True print('x')", "SyntaxError"),
    ("another language", "my_programme_t <- final %>% sum()", "SyntaxError"),
    ("an error", "1 / 0", "ZeroDivisionError"),
    ("a name that is not there", "value = nmupy.mean([1])", "NameError"),
    ("input", "x = input('Your number? ')", "EOFError"),
    ("sys.exit", "import sys\nsys.exit(0)", "SystemExit"),
    ("an interruption", "raise KeyboardInterrupt", "KeyboardInterrupt"),
    ("os._exit", "import os\nos._exit(0)", "ended its Python"),
    ("a crash", "import ctypes\nctypes.string_at(0)", "ended its Python"),
    ("a loop without end", "while True: pass", "ran longer than"),
    ("sleep without end", "import time\ntime.sleep(1e6)", "was not done after"),
    (
        "a loop that nothing stops",
        "import signal\nfor s in (2, 15, 24):\n    signal.signal(s, signal.SIG_IGN)\n"
        "while True: pass",
        "ran longer than",
    ),
    ("recursion", "def f(n): return f(n + 1)\nf(0)", "RecursionError"),
    (
        "recursion without limit",
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)",
        "",
    ),
    ("ten gigabytes at once", "x = bytearray(10 << 30)", "of memory"),
    (
        "ten gigabytes by and by",
        "x = []\nfor _ in range(10 << 10): x.append(bytearray(1 << 20))",
        "of memory",
    ),
    ("endless printing", "while True: print('x' * 1000)", "ran longer than"),
    (
        "ten gigabytes on disk",
        "with open('big', 'wb') as f:\n    for _ in range(10 << 10): f.write(bytes(1 << 20))",
        "OSError",
    ),
    (
        "thousands of threads",
        "import threading, time\nfor _ in range(3000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "thread",
    ),
    (
        "thousands of open files",
        "x = [open('/dev/null') for _ in range(5000)]",
        "Too many open files",
    ),
    (
        "the end of its channels",
        "import os\nfor i in range(3, 64):\n    try: os.close(i)\n    except OSError: pass",
        "ended its Python",
    ),
    (
        "answers of its own making",
        "import os\nfor i in range(3, 20):\n    try: os.write(i, b''.join(b'{\"number\": %d, \"value\": 1}\\n' % n for n in range(99)))\n    except OSError: pass",
        "out of turn",
    ),
    (
        "noise in its answers",
        "import os\nfor i in range(3, 20):\n    try: os.write(i, b'\\xff\\x00 noise\\n')\n    except OSError: pass",
        "garbled",
    ),
]:
    code(
        f"code with {title}",
        Graded((4,), says=says),
        given,
        quick=title in ("a loop without end", "os._exit"),
    )
for title, given, says in [
    (
        "a fork bomb",
        "import os, time\nstop = time.time() + 20\nwhile time.time() < stop:\n    try: os.fork()\n    except OSError: pass",
        "ran longer than",
    ),
    (
        "memory in many children",
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        x = b'x' * (300 << 20)\n        time.sleep(30)\n        os._exit(0)\ntime.sleep(30)",
        "of memory",
    ),
    (
        "a hundred thousand files",
        "for i in range(100_000): open(f'{i}', 'w').close()",
        "No space left",
    ),
    (
        "an end of its limits",
        "import resource\ntry: resource.setrlimit(resource.RLIMIT_AS, (-1, -1))\nexcept (ValueError, OSError): pass\nx = bytearray(10 << 30)",
        "of memory",
    ),
]:
    code(f"code with {title}", Graded((4,), says=says), given, needs="namespaces")

code(
    "code with a module that is not here",
    Graded((4,), note="which is not installed here", says="ModuleNotFoundError"),
    "import surely_not_installed",
)

# Code that must do no harm, and comes to its end

QUIETLY = "import os, shutil, socket, subprocess, sys\ntry:\n    {}\nexcept Exception as error:\n    print(type(error))\n"
for title, given in [
    ("a deleted file", "os.unlink(<canary>)"),
    ("a deleted folder", "shutil.rmtree(os.path.dirname(<canary>))"),
    ("a changed file", "open(<canary>, 'a').write('x')"),
    ("a changed library", "open(checks.__file__, 'a').write('#')"),
    ("a changed Python", "open(os.__file__, 'a').write('#')"),
    ("a look at what is secret", "print('LEAKED', open(<secret>).read())"),
    ("a look at the others", "print('LEAKED', os.listdir(<submissions>))"),
    (
        "a look at the solutions",
        "print([('LEAKED', root) for top in os.listdir('/') if top not in ('usr', 'lib', 'proc', 'sys')"
        " for root, _, files in os.walk('/' + top) if '01_training_footprint.ipynb' in files])",
    ),
    ("a look at the environment", "print('LEAKED' if 'LEAKED_SECRET' in os.environ else '')"),
    (
        "a look at other processes",
        "print([('LEAKED', p) for p in os.listdir('/proc') if p.isdigit()])",
    ),
    (
        "a connection by a program",
        "print(subprocess.run(['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/' + <port> + ' && echo LEAKED'], capture_output=True, text=True).stdout)",
    ),
    ("a kill of its parent", "os.kill(os.getppid(), 9)"),
    ("a kill of its group", "os.kill(0, 9)"),
    ("a kill of everything", "os.kill(-1, 9)"),
    (
        "a mount",
        "print(subprocess.run(['mount', '-t', 'proc', 'none', '/tmp'], capture_output=True))",
    ),
    ("a way up", "os.setuid(0); print('LEAKED')"),
    (
        "a namespace of its own",
        "print(subprocess.run(['unshare', '-Urm', 'echo', 'in'], capture_output=True))",
    ),
]:
    code(
        f"code with {title}",
        Graded(),
        QUIETLY.format(given),
        needs="namespaces",
        quick=title
        in (
            "a deleted file",
            "a look at what is secret",
        ),
    )
code(
    "code with a connection",
    Graded(),
    QUIETLY.format("socket.create_connection(('127.0.0.1', int(<port>)), 2); print('LEAKED')"),
    quick=True,
)
for title, given in [
    ("magics and a shell", "%timeit -n1 -r1 1 + 1\n!echo hello\n%time x = 1\nfiles = !ls"),
    (
        "a chart without its library",
        "try:\n    import matplotlib.pyplot as plt\nexcept ImportError:\n    pass",
    ),
    ("an output of a hundred megabytes", "print('x' * 100_000_000)"),
    ("half a letter", "print('\\ud800', '\\x1b[31m\\x00')"),
    ("markup", "print('<script>alert(1)</script><img src=\"http://127.0.0.1/x\">')"),
    ("no output any more", "import sys, os\nsys.stdout.close()\nos.close(1)"),
    (
        "a thread that goes on",
        "import threading\ndef on():\n    while True: print('x')\nthreading.Thread(target=on, daemon=True).start()",
    ),
    ("a child that goes on", "import subprocess\nsubprocess.Popen(['sleep', '600'])"),
    ("children that come back", "import os\nfor _ in range(3): os.fork()"),
    ("warnings as errors", "import warnings\nwarnings.simplefilter('error')"),
    ("another folder", "import os\nos.chdir('/')"),
    ("exit without brackets", "exit"),
    ("an event loop", "import asyncio\nawait asyncio.sleep(0)"),
    ("wonders at exit", "import atexit, os\natexit.register(os._exit, 3)"),
]:
    code(f"code with {title}", Graded(), given, quick=title == "half a letter")

# Code that would like other checks

for title, given in [
    ("other checks", "checks.number = checks.between = lambda *a, **k: None"),
    (
        "another module of checks",
        "import sys, types\nsys.modules['aiimpact.classroom.checks'] = types.ModuleType('x')",
    ),
    ("another library", "training.programme_emissions_t = lambda *a, **k: 1"),
    ("another closeness", "import math\nmath.isclose = lambda *a, **k: True"),
    ("another print", "import builtins\nbuiltins.print = lambda *a, **k: None"),
    ("another desk", "import __main__\n__main__.plain = lambda value: {'value': 1e3}"),
]:
    answers(f"code with {title}", Graded((4,)), {"programme": f"{given}\nmy_programme_t = 1"})


def chosen(*, quick: bool = False, level: str = "namespaces") -> list[Case]:
    """Give the cases that a level of the sandbox can stand."""
    able = [case for case in CASES if case.needs in ("", level)]
    return [case for case in able if case.quick] if quick else able


def build(place: Place, cases: Sequence[Case]) -> dict[str, tuple[Case, Outcome]]:
    """Write submissions; give what must become of each file."""
    kit = Kit(place)
    expected = {}
    for case in cases:
        given = case.student or f"s{CASES.index(case) + 1:03d}"
        student = os.fsdecode(given) if isinstance(given, bytes) else given
        loose = isinstance(case.file, str) and case.file.startswith("/")
        folder = place.submissions if loose else place.submissions / student
        path = folder / os.fsdecode(case.file).lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
        made = case.make(kit, intake.printable(student))
        if callable(made):
            made(path)
        else:
            path.write_bytes(made if isinstance(made, bytes) else written(made))
        for name, outcome in {case.file: case.outcome, **case.others}.items():
            found = folder / os.fsdecode(name).lstrip("/")
            relative = found.relative_to(place.submissions).as_posix()
            expected[intake.printable(relative)] = case, outcome
    return expected
