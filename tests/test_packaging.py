"""One version, one set of packages, no registry's address, and a wheel with all that it needs."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import aiimpact

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def pins(lock: Path) -> dict[str, list[Requirement]]:
    """Give the pins of a lock by name; a name has several where platforms differ."""
    found: dict[str, list[Requirement]] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            pin = Requirement(line.rstrip(" \\"))
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def version(pin: Requirement) -> str:
    return str(pin.specifier).removeprefix("==")


def test_the_version_is_the_same_everywhere():
    assert aiimpact.__version__ == PROJECT["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == PROJECT["version"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_is_exact_and_hashed(lock):
    text = lock.read_text(encoding="utf-8")
    for name, found in pins(lock).items():
        for pin in found:
            assert re.fullmatch(r"==[^,*]+", str(pin.specifier)), name
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.M))
    assert [b.split("\n")[0] for b in blocks if b.strip() and "--hash=sha256:" not in b] == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("book.txt", ["live", "book", "build"]),
        ("test.txt", [extra for extra in EXTRAS if extra != "scale"]),
        ("scale.txt", ["scale"]),
    ],
)
def test_a_lock_holds_what_the_project_asks_for(lock, extras):
    found = pins(ROOT / "requirements" / lock)
    asked = PROJECT["dependencies"] + [text for extra in extras for text in EXTRAS[extra]]
    asked += GROUPS["scale"] if lock == "scale.txt" else []
    for text in asked:
        requirement = Requirement(text)
        pinned = found.get(canonicalize_name(requirement.name), [])
        assert pinned, f"{text} is not in {lock}: run `make lock`"
        for pin in pinned:
            assert requirement.specifier.contains(version(pin)), f"{lock}: {pin} for {text}"


def test_the_locks_agree():
    book, test = (pins(ROOT / "requirements" / name) for name in ("book.txt", "test.txt"))
    differ = {n for n in book if set(map(version, book[n])) != set(map(version, test[n]))}
    assert differ == set()
    scale = pins(ROOT / "requirements" / "scale.txt")
    differ = {
        n for n in scale.keys() & test if not {*map(version, scale[n])} <= {*map(version, test[n])}
    }
    assert differ == set()


def test_binder_installs_what_a_chapter_needs_at_the_locked_versions():
    (pip,) = (entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    assert pip[-1] == "-e ."
    given = {canonicalize_name(r.name): version(r) for r in map(Requirement, pip[:-1])}
    assert set(given) == names(PROJECT["dependencies"] + EXTRAS["live"])
    (python,) = (d for d in ENVIRONMENT["dependencies"] if str(d).startswith("python="))
    number = python.split("=")[1]
    binder = {
        "python_version": number,
        "python_full_version": f"{number}.0",
        "sys_platform": "linux",
    }
    locked = pins(ROOT / "requirements" / "book.txt")
    for name, number in given.items():
        fitting = [
            version(pin)
            for pin in locked[name]
            if pin.marker is None or pin.marker.evaluate(binder)
        ]
        assert number in fitting, name


def imported(source: str) -> set[str]:
    """Give the names of the top packages that a piece of Python imports."""
    lines = (line for line in source.splitlines() if not line.startswith(("%", "!")))
    found = set()
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names


def test_binder_installs_what_notebooks_import_and_nothing_that_nobody_does():
    """A notebook may import what environment.yml names; what it names is imported somewhere."""
    notebooks = [
        "".join(cell["source"])
        for path in (ROOT / "chapters").rglob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code" and ".ipynb_checkpoints" not in path.parts
    ]
    library = [p.read_text(encoding="utf-8") for p in (ROOT / "aiimpact").rglob("*.py")]
    of_notebooks, of_library = (set().union(*map(imported, s)) for s in (notebooks, library))
    distributions = importlib.metadata.packages_distributions()
    (pip,) = (entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))
    given = names(pip[:-1])

    def packages(modules: set[str]) -> set[str]:
        return {canonicalize_name(distributions.get(m, [m])[0]) for m in modules - {"aiimpact"}}

    # IPython is the kernel's own.
    assert packages(of_notebooks) - given <= {"ipython"}
    assert given <= packages(of_notebooks | of_library)


def test_what_a_chapter_needs_has_a_lowest_version_and_no_highest():
    """The lowest is tried by `make test-versions`, and a newer one is nobody's to forbid."""
    for text in PROJECT["dependencies"] + EXTRAS["live"]:
        assert [s.operator for s in Requirement(text).specifier] == [">="], text


@pytest.mark.parametrize(
    "path",
    [*LOCKS, ROOT / "environment.yml", ROOT / "pyproject.toml"],
    ids=lambda path: path.name,
)
def test_no_host_of_a_registry_is_named(path):
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"https?://[^\s\"']+", text)
    assert not re.findall(r"--(?:extra-)?index-url|--find-links|--trusted-host", text)


def test_npm_leaves_addresses_out_of_its_lock():
    lock = json.loads((ROOT / "book/frontend/package-lock.json").read_text(encoding="utf-8"))
    for name, package in lock["packages"].items():
        fetched = {key: value for key, value in package.items() if key != "funding"}
        assert "://" not in json.dumps(fetched), name
        assert name == "" or package["integrity"]
    settings = (ROOT / "book/frontend/.npmrc").read_text(encoding="utf-8").split()
    assert "omit-lockfile-registry-resolved=true" in settings
    assert not [line for line in settings if line.startswith("registry")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = target.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_the_whole_package(wheel):
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "aiimpact").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    held = set(wheel.namelist())
    assert wanted <= held
    assert {Path(name).suffix for name in wanted} >= {".py", ".csv", ".yaml", ".js", ".css"}
    strangers = {name for name in held - wanted if ".dist-info/" not in name}
    assert strangers == set()


def test_the_wheel_works_away_from_the_sources(wheel, tmp_path):
    wheel.extractall(tmp_path)
    code = (
        "import aiimpact, pathlib; from aiimpact import tables, claims, live; "
        "assert pathlib.Path(aiimpact.__file__).is_relative_to(pathlib.Path.cwd()); "
        "assert len(tables.grids()) and len(tables.training_runs()); "
        "e = live.explore(lambda x: {'y': 2 * x}, name='e', title='E', x=(0, 4)); "
        "assert e.evaluate(x=3) == {'y': 6.0}"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
