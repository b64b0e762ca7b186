"""Who imports whom, read from the sources: for the picture of the rooms, and for the test of what may lean on what."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

# What is no room of its own is a module of the subject.
GROUND = {"_arrays", "_checks", "_frames", "_lazy", "numbers", "words", "locale"}
DATA = {"tables", "claims"}
ROOMS = {"live", "ask", "cite", "classroom", "grading"}

Imports = dict[str, set[str]]


def module_of(path: Path, root: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(root: Path) -> Imports:
    """List for each module of a package those that it imports, under TYPE_CHECKING or in a function too.

    A package counts when it is named itself, not when a module of it is.
    """
    files = {module_of(path, root): path for path in root.rglob("*.py")}
    return {
        name: set(imported(path.read_text(encoding="utf-8"), _package(name, path), files.keys()))
        - {name}
        for name, path in files.items()
    }


def _package(name: str, path: Path) -> str:
    return name if path.stem == "__init__" else name.rpartition(".")[0]


@cache
def _parsed(text: str) -> ast.Module:
    """Read a module once, in however many copies of the library it stands."""
    return ast.parse(text)


def imported(text: str, package: str, known: Collection[str]) -> Iterator[str]:
    """List which of the known modules a text imports that stands in a package."""
    for node in ast.walk(_parsed(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join([*above, *filter(None, [node.module])]) if node.level else node.module
            for alias in node.names:
                full = f"{base}.{alias.name}"
                if full in known:
                    yield full
                elif base in known:
                    yield base or ""


def code_of(path: Path) -> str:
    """Give the Python of a file: that of a notebook is what stands in its cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    lines = [
        line.rstrip("\n")
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "code"
        for line in cell["source"]
    ]
    return "\n".join(line for line in lines if not line.startswith("%"))


def room_of(module: str) -> str:
    """Say in which room of the house a module of the library stands."""
    # The command belongs to the teacher's half, too.
    if re.match(r"aiimpact\.classroom\.(grading|__main__)\b", module):
        return "grading"
    part = module.split(".")[1] if "." in module else "ground"
    if part in GROUND:
        return "ground"
    return part if part in ROOMS else "data" if part in DATA else "physics"


class House:
    """The rooms of the library and what is built of them: how many files each has, and what it imports."""

    def __init__(self, root: Path) -> None:
        library = imports_of(root / "aiimpact")
        library.pop("aiimpact")
        self.files: Counter[str] = Counter(map(room_of, library))
        # From a room to another: how many imports.
        self.uses: Counter[tuple[str, str]] = Counter()
        for module, others in library.items():
            self._count(room_of(module), others)
        outside = {
            "chapters": root.glob("chapters/**/[!.]*.ipynb"),
            "book": root.glob("book/*/*.py"),
        }
        known = {*library, "aiimpact"}
        for room, paths in outside.items():
            for path in sorted(paths):
                self.files[room] += 1
                self._count(room, set(imported(code_of(path), "", known)))

    def _count(self, room: str, modules: set[str]) -> None:
        for module in modules - {"aiimpact"}:
            if room_of(module) != room:
                self.uses[room, room_of(module)] += 1

    def below(self, room: str) -> set[str]:
        """List what a room imports."""
        return {other for one, other in self.uses if one == room}

    def reached(self, room: str) -> set[str]:
        """List what a room imports, and what that imports."""
        found = set(self.below(room))
        for other in self.below(room):
            found |= self.reached(other)
        return found

    def arrows(self) -> list[tuple[str, str]]:
        """List who imports whom, without what another arrow already leads to."""
        return sorted(
            (room, other)
            for room, other in self.uses
            if not any(other in self.reached(between) for between in self.below(room) - {other})
        )

    def floors(self) -> list[list[str]]:
        """Put each room above all that it imports; the first floor imports nothing."""
        order = TopologicalSorter({room: self.below(room) for room in self.files})
        floor: dict[str, int] = {}
        # A ring of rooms has no floor: the sorter names it, and there is no picture.
        for room in order.static_order():
            floor[room] = 1 + max((floor[other] for other in self.below(room)), default=-1)
        return [
            sorted(r for r in floor if floor[r] == level)
            for level in range(max(floor.values()) + 1)
        ]
