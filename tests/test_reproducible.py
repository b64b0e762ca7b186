"""The same commit gives the same book, byte for byte, wherever and whenever it is built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import built
import pytest

ROOT = Path(__file__).parents[1]
TEXTS = {".html", ".js", ".css", ".svg", ".ipynb", ".md", ".json", ".txt", ".yaml", ".csv"}
# What a build may know and must not tell.
TELLTALES = {
    "a path of a machine": r"(?<![\w.:/-])/(?:root|home|Users|work|tmp|private|var)/\w",
    "a name drawn by chance": r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b",
    "a name of a widget": r"IPY_MODEL_[0-9a-f]{32}\b",
    "the moment of the build": r"\b(?:Last updated|Generated|Built) on\b|\b20\d\d-\d\d-\d\dT\d\d:\d\d",
    "an address in memory": r"\bat 0x[0-9a-f]{6,}\b",
}
# What another machine has otherwise: where it is, when it is, and how its Python orders sets.
BUILDS = {
    "one": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    "a longer path/two": {"PYTHONHASHSEED": "2", "TZ": "Asia/Hong_Kong", "LC_ALL": "C.UTF-8"},
}
BUILT_FILES = (
    "book/frontend/dist",
    "aiimpact/live/page/dist",
    "aiimpact/ask/page/dist",
    "aiimpact/locale/dist",
)
EDITIONS = "en zh-Hans zh-Hant-HK"
ANOTHER_DAY = "+40d"


@pytest.mark.site
@pytest.mark.parametrize("telltale", TELLTALES)
def test_no_file_tells_where_or_when_it_was_built(html, telltale):
    pattern = re.compile(TELLTALES[telltale])
    found = {
        path.relative_to(html).as_posix(): match[0]
        for path in sorted(html.rglob("*"))
        if path.suffix in TEXTS
        # Packages' own code, fixed by the lock, with their own dates in it.
        and path.parent != html / "_static" / "aiimpact"
        # The theme's words in another language, among them "Last updated on".
        and path.name != "translations.js"
        and (match := pattern.search(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.site
def test_no_file_names_this_folder(html):
    named = str(ROOT).encode()
    assert [p for p in html.rglob("*") if p.is_file() and named in p.read_bytes()] == []


@pytest.mark.parametrize(
    ("telltale", "text"),
    [
        ("a path of a machine", 'href="/home/ada/book/x.html"'),
        ("a name drawn by chance", 'id="9f1c2b7e-3d54-4c1a-9b0e-6a1f0c9d8e77"'),
        ("a name of a widget", f"IPY_MODEL_{'0a' * 16}"),
        ("the moment of the build", "on 2026-03-01T12:00:00"),
        ("an address in memory", "<function f at 0x7f8ce9129290>"),
    ],
)
def test_a_telltale_is_seen(telltale, text):
    assert re.search(TELLTALES[telltale], text)


def build(place: Path, own: dict[str, str], faketime: list[str]) -> Path:
    """Check the last commit out at a place and build the book there."""
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, place], check=True)
    frontend = Path("book", "frontend")
    for built_files in BUILT_FILES:
        shutil.copytree(ROOT / built_files, place / built_files)
    (place / frontend / "node_modules").symlink_to(ROOT / frontend / "node_modules")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = os.environ | own | {"PATH": path, "PYTHONPATH": str(place)}
    variables.pop("GITHUB_REPOSITORY", None)
    variables["EDITIONS"] = EDITIONS
    command = [*faketime, sys.executable, "book/build.py"]
    subprocess.run(command, cwd=place, env=variables, check=True)
    return place / "_build" / "html"


def files(html: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(html.rglob("*")):
        if path.is_file():
            yield path.relative_to(html).as_posix(), path.read_bytes()


@pytest.mark.reproducible
@pytest.mark.timeout(1800)
def test_two_builds_in_two_places_on_two_days_are_the_same(tmp_path):
    faketime = shutil.which("faketime")
    if not faketime:
        print("No faketime here (Debian: apt-get install faketime): both are built today.")
    days = [[], [faketime, "-f", ANOTHER_DAY] if faketime else []]
    one, two = (
        dict(files(build(tmp_path / place, own, day)))
        for (place, own), day in zip(BUILDS.items(), days, strict=True)
    )
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []
    assert len(one) > 3 * len(built.pages())
