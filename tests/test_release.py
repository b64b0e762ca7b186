"""A release is what its tag says, is tried before it is published, and names its version and day wherever it is cited."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import built
import pytest
import yaml
from test_packaging import ROOT, pack

import aiimpact

release = built._load(ROOT / ".ci" / "release.py")
metadata = built._load(ROOT / ".ci" / "metadata.py")
examples = built._load(ROOT / ".ci" / "examples.py")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z -]*?):(?!=)", MAKEFILE, re.MULTILINE))
TARGETS = {target for line in TARGETS for target in line.split()}


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """The sources of a version that may be tagged."""
    files = {
        "aiimpact/__init__.py": '"""A library."""\n\n__version__ = "0.2.0"\n',
        "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-24\n\n### Added\n\n- A sledge.\n\n## [0.1.0] - 2026-11-25\n\n- All.\n",
        "book/numbers/released.csv": "release,date,scenario,output,value\n0.1.0,2026-11-25,a,b,1.0\n0.2.0,2026-12-24,a,b,2.0\n",
        "book/numbers/changes.yaml": "- since: 0.1.0\n  why: A test.\n  moved: {a: {b: 2.0}}\n",
        "CITATION.cff": (ROOT / "CITATION.cff").read_text(encoding="utf-8"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_is_ready_has_no_problem(ready):
    assert release.problems("v0.2.0", ready) == []
    assert release.problems("", ready) == []


@pytest.mark.parametrize(
    ("tag", "file", "old", "new", "told"),
    [
        ("v0.3.0", "CHANGELOG.md", "", "", "Tag v0.2.0, or raise it there"),
        ("0.2.0", "CHANGELOG.md", "", "", "The tag is 0.2.0"),
        ("v0.2.0", "CHANGELOG.md", "[0.2.0]", "[0.2.1]", "has nothing of 0.2.0"),
        ("v0.2.0", "CHANGELOG.md", " - 2026-12-24", "", "needs its day"),
        ("v0.2.0", "CHANGELOG.md", "### Added\n\n- A sledge.\n", "", "what is new in it"),
        ("v0.2.0", "CHANGELOG.md", "2026-12-24", "2026-12-25", "One day for both"),
        (
            "v0.2.0",
            "CHANGELOG.md",
            "[Unreleased]\n",
            "[Unreleased]\n\n- A reindeer.\n",
            "in no version",
        ),
        ("v0.2.0", "book/numbers/released.csv", "0.2.0", "0.1.9", "Run `make record`"),
        ("v0.2.0", "book/numbers/changes.yaml", "0.1.0", "0.2.0", "numbers have moved since 0.2.0"),
        ("v0.2.0", "aiimpact/__init__.py", "0.2.0", "0.2.1", "Tag v0.2.1"),
    ],
)
def test_what_is_not_ready_is_told_with_what_to_do(ready, tag, file, old, new, told):
    path = ready / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert told in "\n".join(release.problems(tag, ready))


def test_a_tag_that_is_not_the_version_ends_the_build():
    command = [sys.executable, str(ROOT / ".ci" / "release.py"), "check", "v99.0"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 1
    assert f"aiimpact/__init__.py has {aiimpact.__version__}" in done.stderr


def test_the_changelog_has_every_version_with_its_day_and_the_newest_first():
    entries = release.changelog()
    assert entries[0].version == "Unreleased"
    days = {entry.version: entry.date for entry in entries[1:]}
    assert days == release.recorded()
    assert list(days.values()) == sorted(days.values(), reverse=True)
    assert all(entry.text for entry in entries[1:])
    assert release.version() == aiimpact.__version__
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= kinds


def test_the_citation_of_a_release_has_its_version_and_day_and_that_of_the_sources_none(ready, tmp_path, monkeypatch):  # fmt: skip
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/a-fork.of_it")
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
    monkeypatch.setenv("BOOK_ADDRESS", "https://a.example/book")
    folder, archive = tmp_path / "made", tmp_path / "book.zip"
    folder.mkdir()
    archive.write_bytes(b"pages")
    (folder / "aiimpact-0.2.0-py3-none-any.whl").write_bytes(b"a wheel")
    release.write(folder, ready, archive)
    cited = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    ours = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {name: cited[name] for name in set(cited) - set(ours)} == {
        "version": "0.2.0",
        "date-released": "2026-12-24",
        "repository-code": "https://github.com/ada/a-fork.of_it",
        "url": "https://a.example/book",
    }
    assert {name: cited[name] for name in ours} == ours
    assert (folder / "NOTES.md").read_text(encoding="utf-8") == "### Added\n\n- A sledge.\n"
    sums = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert [line.split()[1] for line in sums] == [
        *("CITATION.cff", "aiimpact-0.2.0-py3-none-any.whl", "book-0.2.0.zip")
    ]
    assert sums[1].split()[0] == hashlib.sha256(b"a wheel").hexdigest()


def test_whoever_publishes_is_named_and_nobody_else():
    assert metadata.urls({}) == {}
    fork = {"GITHUB_REPOSITORY": "ada/book", "GITHUB_SERVER_URL": "https://git.example"}
    assert metadata.urls(fork | {"BOOK_ADDRESS": " https://a.example/ "}) == {
        "Source": "https://git.example/ada/book",
        "Issues": "https://git.example/ada/book/issues",
        "Changelog": "https://git.example/ada/book/blob/HEAD/CHANGELOG.md",
        "Documentation": "https://a.example/",
    }


# The examples


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A wheel from a workflow, as it lies where it is installed."""
    folder = tmp_path_factory.mktemp("installed")
    named = {"GITHUB_REPOSITORY": "ada/book", "BOOK_ADDRESS": "https://a.example/book"}
    with zipfile.ZipFile(pack("wheel", ROOT, folder, **named)) as wheel:
        wheel.extractall(folder / "packages")
    return folder / "packages"


def run_examples(installed: Path, *pages: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".ci" / "examples.py"), *pages]
    variables = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run(
        command, cwd=installed, env=variables, capture_output=True, encoding="utf-8"
    )


def test_a_wheel_from_a_workflow_names_its_addresses(installed):
    (path,) = installed.glob("*.dist-info/METADATA")
    text = path.read_text(encoding="utf-8")
    assert "Project-URL: Source, https://github.com/ada/book" in text
    assert "Project-URL: Documentation, https://a.example/book" in text
    assert "Classifier: Typing :: Typed" in text


def test_the_examples_of_the_wheel_run(installed):
    done = run_examples(installed, str(ROOT / "README.md"))
    assert done.returncode == 0, done.stdout + done.stderr
    tried, figures = re.search(r"(\d+) examples, 0 fail; .* hold: (\d+)", done.stdout).groups()
    assert int(tried) > 300
    assert int(figures) == 1


def test_an_example_that_fails_is_told(monkeypatch, capsys):
    wrong = ModuleType("wrong", "Fail.\n\n>>> 2 + 2\n5\n>>> 2 + 3\n5\n")
    monkeypatch.setattr(examples, "modules", lambda: [wrong])
    assert tuple(examples.of_docstrings())[:2] == (1, 2)
    assert "Got:\n    4" in capsys.readouterr().out
    page = "```python\nx = 2\n2 * x  # {} t of snow\n```\n"
    assert examples.of_page(page.format("4.0")) == 1
    with pytest.raises(ValueError, match=r"gives 4\.0, and the page says 5"):
        examples.of_page(page.format("5"))


def test_the_sources_are_no_wheel():
    done = run_examples(ROOT)
    assert done.returncode == 1
    assert "Install the wheel" in done.stdout


# The workflows


def steps(path: Path) -> list[dict]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_calls_targets_and_scripts_that_exist(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    called = []
    for job in workflow["jobs"].values():
        matrix = job.get("strategy", {}).get("matrix", {})
        for step in job["steps"]:
            command = step.get("run", "")
            for target in re.findall(r"\bmake ((?:\$\{\{.*?\}\}|[\w-]+))", command):
                if name := re.fullmatch(r"\$\{\{ matrix\.(\w+) \}\}", target):
                    included = [one.get(name[1]) for one in matrix.get("include", [])]
                    called += [*matrix.get(name[1], []), *filter(None, included)]
                else:
                    called.append(target)
            for script in re.findall(r"\.ci/[\w.]+", command):
                assert (ROOT / script).is_file(), script
    assert set(called) <= TARGETS


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_takes_actions_by_version_and_puts_nothing_from_outside_into_a_shell(path):
    for step in steps(path):
        if "uses" in step:
            version = r"@(v\d+|release/v\d+|[0-9a-f]{40})$"
            assert re.search(version, step["uses"]), step["uses"]
        # A branch may be called anything, so its name comes as a variable, quoted.
        assert not re.search(r"\$\{\{\s*(github|inputs|needs)\.", step.get("run", ""))


def test_nothing_is_published_before_it_is_tried():
    path = ROOT / ".github" / "workflows" / "release.yml"
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    jobs = workflow["jobs"]
    # YAML takes the word `on` for a truth.
    assert workflow[True] == {"push": {"tags": ["v*"]}}
    assert workflow["permissions"] == {"contents": "read"}
    ran = [step["run"] for step in jobs["build"]["steps"] if "run" in step]
    order = [
        next(i for i, command in enumerate(ran) if wanted in command)
        for wanted in ("make check-release TAG=", ".ci/run", "make release TAG=")
    ]
    assert order == sorted(order)
    assert "permissions" not in jobs["build"]
    for name, right in (("index", {"id-token": "write"}), ("release", {"contents": "write"})):
        assert "build" in [*jobs[name]["needs"], jobs[name]["needs"]]
        assert jobs[name]["permissions"] == right
        assert not [s for s in jobs[name]["steps"] if "checkout" in s.get("uses", "")]
    assert "vars.PUBLISH_TO_INDEX" in jobs["index"]["if"]
    assert jobs["index"]["environment"] == "pypi"


def test_make_builds_and_tries_a_release_in_order():
    wanted = ["TAG=v1"]
    command = ["make", "--dry-run", "--always-make", "release", *wanted]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    said = done.stdout
    order = [
        *("editions check --complete", 'release.py check "$TAG"', "book/build.py", "book/pack.py"),
        *("hatchling build -t sdist -t wheel", "-m venv _build/tried", "[live]"),
        *("-I .ci/examples.py README.md", "release.py files _build/release"),
    ]
    places = [said.find(part) for part in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    # What is recorded is complete in each language.
    recording = subprocess.run(
        ["make", "--dry-run", "record"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert recording.find("editions check --complete") < recording.find("tests/results.py")
