"""The notebooks as committed: executed, compared, clean; and a proof that the comparison sees the numbers."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(
    path for path in (ROOT / "chapters").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(root|home|Users|work|tmp|private|var)/|\b[A-Z]:\\\\?\w")
# What nbval leaves out when it compares.
UNCOMPARED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture
def notebook(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


@pytest.fixture
def code(notebook) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_every_cell_has_run_in_order(code, path):
    counts = [cell.execution_count for cell in code]
    assert counts == list(range(1, len(code) + 1)), (
        f"The cells of {path.name} have not all run, in order. Run it: "
        f".venv/bin/python book/normalise.py {path.relative_to(ROOT).as_posix()}"
    )


def test_something_is_compared(code):
    compared = [
        output
        for cell in code
        if not {"nbval-ignore-output", "nbval-skip"} & set(cell.metadata.get("tags", []))
        for output in cell.outputs
        if output.output_type == "stream" or set(output.get("data", {})) - UNCOMPARED
    ]
    assert compared


def test_no_cell_hides_from_the_comparison(code):
    tags = {tag for cell in code for tag in cell.metadata.get("tags", [])}
    assert not {tag for tag in tags if tag.startswith("nbval-") or tag == "raises-exception"}


def test_no_output_is_an_error(code):
    kinds = [(o.output_type, o.get("name")) for cell in code for o in cell.outputs]
    assert not [kind for kind in kinds if kind[0] == "error" or kind == ("stream", "stderr")]


def test_no_output_names_a_path_of_a_machine(code):
    found = [MACHINE_PATH.search(json.dumps(output)) for cell in code for output in cell.outputs]
    assert not [match for match in found if match]


@pytest.mark.parametrize("text", ["/home/user/x.py", "'/tmp/a'", r"C:\Users\user", "(/var/x)"])
def test_a_path_of_a_machine_is_seen(text):
    assert MACHINE_PATH.search(json.dumps(text))


@pytest.mark.parametrize("text", ["https://example.org/home/x", "a/home/b", "t/tmp/", "n: 1"])
def test_an_address_is_no_path_of_a_machine(text):
    assert not MACHINE_PATH.search(json.dumps(text))


def test_the_metadata_hold_nothing_of_the_run(notebook):
    assert "widgets" not in notebook.metadata
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata.language_info) == {"name"}
    assert not [cell for cell in notebook.cells if "execution" in cell.metadata]


def test_the_file_is_as_the_normaliser_writes_it(notebook, path):
    text = nbformat.writes(notebook)
    assert path.read_text(encoding="utf-8") == text.removesuffix("\n") + "\n"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


# A proof that the comparison sees the numbers


def nbval(copy: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Compare the notebooks of a copy of the project, against the package in that copy."""
    command = [sys.executable, "-m", "pytest", "-c", "tests/nbval.ini", "-q", *options, "chapters"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(copy), str(copy / "tests")])}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, encoding="utf-8")


def copied(paths: list[Path], place: Path) -> Path:
    """The package, some notebooks and nbval's settings, in a folder of their own."""
    leave = shutil.ignore_patterns("__pycache__", "node_modules")
    shutil.copytree(ROOT / "aiimpact", place / "aiimpact", ignore=leave)
    (place / "tests").mkdir()
    for name in ("nbval.ini", "nbval.cfg", "replay.py", "one_kernel.py"):
        shutil.copy(ROOT / "tests" / name, place / "tests")
    for path in paths:
        target = place / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return place


def change_one_constant(copy: Path, path: Path, changed: set[str]) -> None:
    """Enlarge by a tenth the first row of a table that the notebook names, and its range with it."""
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    tables = sorted((copy / "aiimpact" / "data").glob("*.csv"))
    for word in re.findall(r"[\"']([\w.-]+)[\"']", code):
        for table in tables:
            with table.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            row = next((row for row in rows if row.get("key") == word), {})
            if not row.get("mid"):
                continue
            if word not in changed:
                changed.add(word)
                ends = (end for end in ("low", "mid", "high") if row[end])
                row |= {end: str(float(row[end]) * 1.1) for end in ends}
                with table.open("w", encoding="utf-8", newline="") as file:
                    writer = csv.DictWriter(file, rows[0])
                    writer.writeheader()
                    writer.writerows(rows)
            return
    pytest.fail(f"{path} names no row of a table, so there is no constant to change.")


def test_one_constant_changed_is_noticed(tmp_path):
    """In every notebook one that it names."""
    copy = copied(NOTEBOOKS, tmp_path)
    changed: set[str] = set()
    for path in NOTEBOOKS:
        change_one_constant(copy, path, changed)
    # Without the differences of long outputs, which take minutes to spell out.
    result = nbval(copy, "-p", "no:assertion", "-p", "one_kernel")
    failed = re.findall(r"^FAILED \S*?((?:exercises/)?\w+\.ipynb)::", result.stdout, re.MULTILINE)
    wanted = {path.relative_to(ROOT / "chapters").as_posix() for path in NOTEBOOKS}
    assert set(failed) == wanted, result.stdout[-3000:]
    assert result.stdout.count("Cell outputs differ") >= len(NOTEBOOKS)


def test_an_untouched_copy_passes(tmp_path):
    result = nbval(copied(NOTEBOOKS[-1:], tmp_path))
    assert result.returncode == 0, result.stdout[-3000:]


# Judging the run of the build


@pytest.fixture
def replay(tmp_path):
    """Compare a notebook with a run of it, which `change` may have changed."""

    def judge(change) -> subprocess.CompletedProcess[str]:
        path, *_ = NOTEBOOKS
        copy = copied([path], tmp_path)
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        run = copy / "runs" / path.relative_to(ROOT)
        run.parent.mkdir(parents=True)
        nbformat.write(notebook, run)
        # The outputs have to come from the run, so the package is not there.
        shutil.rmtree(copy / "aiimpact")
        (copy / "aiimpact.py").write_text("1 / 0", encoding="utf-8")
        return nbval(copy, "-x", "-p", "replay", "--replay", "runs")

    return judge


def first_output(notebook: Any) -> Any:
    return next(o for cell in notebook.cells for o in cell.get("outputs", []) if "data" in o)


def test_the_run_of_a_build_is_judged_without_running_again(replay):
    result = replay(lambda notebook: None)
    assert result.returncode == 0, result.stdout[-3000:]


def test_a_run_with_another_number_fails(replay):
    result = replay(lambda notebook: first_output(notebook).data.update({"text/html": "<p>17</p>"}))
    assert result.returncode == 1
    assert "Cell outputs differ" in result.stdout
    assert "1 failed" in result.stdout


def test_a_run_of_other_cells_says_what_to_do(replay):
    result = replay(lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell("1")))
    assert result.returncode == 1
    assert "Run `make book`" in result.stdout


# The normaliser


def small_notebook() -> Any:
    cells = [
        nbformat.v4.new_markdown_cell("# Small"),
        nbformat.v4.new_code_cell(
            "import altair, ipywidgets\nipywidgets.IntSlider(description='x')"
        ),
        nbformat.v4.new_code_cell(
            "from aiimpact.live import explore\n"
            "explore(lambda x: {'Twice [t]': 2 * x}, name='twice', title='Twice', x=(0, 10))"
        ),
        nbformat.v4.new_code_cell("print('a'); 1 / 3"),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"widgets": {"stale": 1}, "author": "x"})


def test_normalising_twice_changes_nothing(tmp_path):
    path = tmp_path / "small.ipynb"
    nbformat.write(small_notebook(), path)
    command = [sys.executable, ROOT / "book" / "normalise.py", path]
    subprocess.run(command, check=True, capture_output=True)
    first = path.read_bytes()
    subprocess.run(command, check=True, capture_output=True)
    assert path.read_bytes() == first
    assert first.endswith(b"}\n")
    assert b"model_id" not in first or b'"model_id": ""' in first
    written = nbformat.read(path, as_version=4)
    assert set(written.metadata) == {"kernelspec", "language_info"}
    outputs = [cell.outputs for cell in written.cells if cell.cell_type == "code"]
    assert all(outputs)
    assert outputs[-1][-1].data["text/plain"] == "0.3333333333333333"


def test_a_notebook_that_fails_is_left_as_it_was(tmp_path):
    path = tmp_path / "broken.ipynb"
    cells = [nbformat.v4.new_code_cell("1 / 0")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    before = path.read_bytes()
    command = [sys.executable, ROOT / "book" / "normalise.py", path]
    result = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert result.returncode != 0
    assert "ZeroDivisionError" in result.stderr
    assert path.read_bytes() == before
