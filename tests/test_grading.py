"""Grading survives what students hand in, and does no harm to anybody's files."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import html.parser
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus
import nbformat
import pytest
from corpus import FILE, LEAKED, STEM, Aside, Graded
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from aiimpact.classroom.grading import (
    assembly,
    editions,
    exam,
    exams,
    grade,
    intake,
    processes,
    recognition,
    reports,
    sandbox,
    seat,
)
from aiimpact.classroom.grading.entries import Entry
from aiimpact.classroom.grading.sandbox import Limits

LEVEL = sandbox.strongest()
# What a machine cannot isolate is left out of the corpus; the rest may be graded there.
TRUSTED = LEVEL not in sandbox.ISOLATED
LIMITS = Limits(cell_seconds=4, seconds=90, memory_mb=1024)
TABLES = ("gradebook.csv", "students.csv", "tasks.csv")


def snapshot(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Write down a folder: kinds, rights, times and what is in the files."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = b""
        if path.is_symlink():
            content = os.fsencode(path.readlink())
        elif path.is_file() and os.access(path, os.R_OK):
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, content)
    return found


@contextlib.contextmanager
def listening() -> Iterator[tuple[int, list[Any]]]:
    """Listen on a port; give it, and who has called."""
    called: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, who = server.accept()
                    connection.close()
                    called.append(who)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1], called
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def surroundings(folder: Path, port: int = 9) -> corpus.Place:
    (folder / "outside").mkdir(parents=True)
    (folder / "submissions").mkdir()
    (folder / "outside" / "canary").write_text("untouched")
    (folder / "secret").write_text("the answer to task 4")
    return corpus.Place(
        folder / "submissions", folder / "outside" / "canary", folder / "secret", port
    )


def by_title(*titles: str) -> list[corpus.Case]:
    known = {case.title: case for case in corpus.CASES}
    return [known[title] for title in titles]


@dataclass
class Class:
    """A class that has been graded."""

    place: corpus.Place
    out: Path
    expected: dict[str, tuple[corpus.Case, corpus.Outcome]]
    entries: list[Entry]
    before: dict[str, Any]
    surroundings_before: dict[str, Any]
    called: list[Any]
    progress: list[tuple[int, int]]

    @property
    def pages(self) -> list[Path]:
        return [self.out / "overview.html", *sorted(self.out.glob("feedback/*/*/*.html"))]

    def tables(self) -> dict[str, bytes]:
        return {name: (self.out / name).read_bytes() for name in TABLES}


def grade_class(folder: Path, cases: list[corpus.Case]) -> Class:
    with listening() as (port, called):
        place = surroundings(folder, port)
        expected = corpus.build(place, cases)
        before = snapshot(place.submissions)
        around = snapshot(place.canary.parent)
        progress: list[tuple[int, int]] = []
        entries = grade.grade(
            place.submissions,
            folder / "out",
            limits=LIMITS,
            not_isolated=TRUSTED,
            progress=lambda done, of: progress.append((done, of)),
        )
    return Class(place, folder / "out", expected, entries, before, around, called, progress)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("quick"),
        pytest.param("whole", marks=[pytest.mark.grading, pytest.mark.timeout(3600)]),
    ],
)
def graded(request, tmp_path_factory) -> Class:
    """The corpus, or the part of it that always runs, graded with the strongest level there is."""
    cases = corpus.chosen(quick=request.param == "quick", level=LEVEL)
    result = grade_class(tmp_path_factory.mktemp(request.param), cases)
    if left_out := len(corpus.chosen(quick=request.param == "quick")) - len(cases):
        print(f"\nAt level {LEVEL}, {left_out} cases are left out that need more.")
    return result


# The corpus


def test_the_corpus_is_large_and_says_what_must_become_of_everything():
    titles = [case.title for case in corpus.CASES]
    assert len(set(titles)) == len(titles) >= 60
    outcomes = [o for case in corpus.CASES for o in (case.outcome, *case.others.values())]
    assert sum(isinstance(outcome, Graded) for outcome in outcomes) > 60
    assert sum(isinstance(outcome, Aside) for outcome in outcomes) > 20


def test_the_corpus_is_the_same_every_time(tmp_path):
    place = corpus.Place(tmp_path / "class", Path("/canary"), Path("/secret"), 9)
    found = []
    for _ in range(2):
        place.submissions.mkdir()
        corpus.build(place, corpus.chosen())
        whole = snapshot(place.submissions)
        found.append({name: (mode, content) for name, (mode, _, content) in whole.items()})
        shutil.rmtree(place.submissions)
    assert found[0] == found[1]


# What becomes of a class


def differences(entry: Entry, outcome: corpus.Outcome) -> Iterator[str]:
    """Say where an entry is not what it must be."""
    if isinstance(outcome, Aside):
        if not entry.set_aside or outcome.why not in entry.set_aside:
            yield f"set aside: {entry.set_aside!r}, not {outcome.why!r}"
        return
    if entry.set_aside:
        yield f"set aside: {entry.set_aside}"
        return
    points = {m.task.number: m.points for m in entry.marks if m.task.number in corpus.BY_CHECKS}
    words = {m.task.number: m.words for m in entry.marks}
    wrong = {n: words[n] for n, most in outcome.points().items() if points[n] != most}
    if wrong:
        yield f"marks {points}, not {outcome.points()}: {wrong}"
    notes = " ".join(entry.notes)
    if outcome.note not in notes or bool(outcome.note) != bool(notes):
        yield f"notes {notes!r}, not {outcome.note!r}"
    if outcome.lost and outcome.says not in words[outcome.lost[0]]:
        yield f"says {words[outcome.lost[0]]!r}, not {outcome.says!r}"
    if sum(mark.by_hand for mark in entry.marks) != outcome.by_hand:
        yield f"not {outcome.by_hand} points to mark by hand"


def test_everything_becomes_what_it_must(graded):
    found = {entry.file: entry for entry in graded.entries}
    assert found.keys() == graded.expected.keys()
    wrong = {
        f"{case.title} ({file})": problems
        for file, (case, outcome) in graded.expected.items()
        if (problems := list(differences(found[file], outcome)))
    }
    assert wrong == {}


def test_every_file_is_graded_or_set_aside_and_none_is_lost(graded, capsys):
    handed_in = len(intake.survey(graded.place.submissions))
    aside = sum(isinstance(outcome, Aside) for _, outcome in graded.expected.values())
    figures = reports.figures(graded.entries, handed_in)
    with capsys.disabled():
        print(f"\n{figures}")
    assert figures == (
        f"{handed_in} handed in: {handed_in - aside} graded, {aside} set aside, 0 lost."
    )
    assert f"<p>{figures}</p>" in (graded.out / "overview.html").read_text(encoding="utf-8")


def test_the_bar_gets_to_its_end(graded):
    last = graded.progress[-1][1]
    assert graded.progress == [(i, last) for i in range(1, last + 1)]


def test_nothing_that_was_handed_in_has_changed(graded):
    assert snapshot(graded.place.submissions) == graded.before


def test_nothing_outside_was_touched_read_or_called(graded):
    assert snapshot(graded.place.canary.parent) == graded.surroundings_before
    assert graded.called == []
    notebooks = sorted(graded.out.glob("autograded/*/*/*.ipynb"))
    assert len(notebooks) == sum(not entry.set_aside for entry in graded.entries)
    printed = [
        (notebook, text)
        for notebook in notebooks
        for cell in nbformat.read(notebook, as_version=4).cells
        for output in cell.get("outputs", [])
        if LEAKED in (text := output.get("text", "") + "".join(output.get("traceback", [])))
    ]
    assert printed == []


def test_nothing_is_left_running(graded):
    deadline = time.monotonic() + 10
    while left := [p for p in _commands() if "aiimpact.classroom" in p and "desk" in p]:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    assert processes.Meter(os.getpid()).read(0.0).tasks < 60


def _commands() -> Iterator[str]:
    for process in processes.family_of(os.getpid())[1:]:
        with contextlib.suppress(OSError):
            yield Path(f"/proc/{process.number}/cmdline").read_text(
                encoding="utf-8", errors="replace"
            )


class Tags(html.parser.HTMLParser):
    """Lists the tags of a page and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, name) for name, _ in attrs} or {(tag, "")}


def test_pages_hold_what_students_wrote_as_text_only(graded):
    harmless = {
        *((tag, "") for tag in ("head", "title", "style", "body", "main", "h1", "h2", "h3")),
        *(
            (tag, "")
            for tag in ("p", "pre", "code", "strong", "table", "thead", "tbody", "tr", "th", "td")
        ),
        *((tag, "class") for tag in ("p", "td", "th")),
        *{("html", "lang"), ("meta", "charset"), ("meta", "http-equiv"), ("meta", "content")},
        ("meta", "name"),
    }
    assert len(graded.pages) > 5
    for page in graded.pages:
        text = page.read_text(encoding="utf-8")
        tags = Tags()
        tags.feed(text)
        assert tags.found <= harmless, page
        assert "default-src 'none'" in text
    assert any("&lt;script&gt;alert(1)" in p.read_text(encoding="utf-8") for p in graded.pages)


def hidden_lines() -> set[str]:
    """Give the lines of hidden tests that a student sees nowhere."""
    source = editions.read(editions.SOURCE / FILE)
    tests = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", flags=re.DOTALL)
    hidden = "\n".join(part for cell in source.cells for part in tests.findall(cell.source))
    shown = "\n".join(tests.sub("", cell.source) for cell in source.cells)
    lines = {line.strip() for line in hidden.splitlines()}
    return {line for line in lines if line not in shown and len(line) > 40}


def test_hidden_tests_do_not_show_up_in_feedback(graded):
    hidden = hidden_lines()
    assert len(hidden) > 5
    for page in graded.pages:
        text = page.read_text(encoding="utf-8")
        assert [line for line in hidden if reports.escape(line) in text] == []
        assert "HIDDEN" not in text
    notebooks = list(graded.out.glob("autograded/*/*/*.ipynb"))
    assert len(notebooks) >= sum(not entry.set_aside for entry in graded.entries)
    for path in notebooks:
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        assert [line for line in hidden if line in text] == []
        assert "HIDDEN" not in text


def test_no_cell_of_a_table_is_taken_for_a_formula(graded):
    for name, content in graded.tables().items():
        assert content.startswith(b"\xef\xbb\xbf"), name
        rows = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True)))
        assert len({len(row) for row in rows}) == 1, name
        # As a spreadsheet splits it, with commas or, in other countries, with semicolons.
        for part in (x for row in rows for cell in row for x in re.split("[;\t\n]", cell)):
            assert not part.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), part


def test_every_student_has_a_line_and_the_totals_agree(graded):
    rows = {
        name: list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
        for name, content in graded.tables().items()
    }
    folders = [p for p in graded.place.submissions.iterdir() if p.is_dir() and not p.is_symlink()]
    assert len(rows["students.csv"]) == len(folders)
    for column in ("points", "still to mark", "out of"):
        sums = {name: sum(float(row[column] or 0) for row in table) for name, table in rows.items()}
        assert len(set(sums.values())) == 1, (column, sums)


def test_grading_again_gives_the_same_to_the_byte(graded):
    first, pages = graded.tables(), {p: p.read_bytes() for p in graded.pages}
    again = grade.grade(graded.place.submissions, graded.out, limits=LIMITS, not_isolated=TRUSTED)
    assert graded.tables() == first
    assert {page: page.read_bytes() for page in graded.pages} == pages
    assert [entry.set_aside for entry in again] == [entry.set_aside for entry in graded.entries]


# A small class, for what takes more than one run


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Class:
    titles = ("perfect", "half done", "a slip with a name", "zero bytes", "code with os._exit")
    return grade_class(tmp_path_factory.mktemp("small"), by_title(*titles))


def command(submissions: Path, out: Path, *more: str) -> list[str]:
    given = ["--cell-seconds", "4", "--seconds", "90", "--memory-mb", "1024", *more]
    given += ["--not-isolated"] if TRUSTED else []
    return [
        *(sys.executable, "-u", "-m", "aiimpact.classroom", "grade"),
        *(str(submissions), "--out", str(out), *given),
    ]


@pytest.mark.grading
def test_an_interrupted_run_goes_on_where_it_was_and_gives_the_same(small, tmp_path):
    out = tmp_path / "out"
    run = command(small.place.submissions, out, "--jobs", "1")
    process = subprocess.Popen(
        run,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        # A test in the background of a shell hears no Ctrl-C, nor would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    shown = ""
    while "] 1/4" not in shown:
        shown += process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130, rest
    assert "give the same command again" in rest
    done = {path: path.read_bytes() for path in (out / "exams").glob("*.json")}
    assert 1 <= len(done) < 4
    rows = list(csv.DictReader((out / "gradebook.csv").read_text("utf-8-sig").splitlines()))
    waiting = [row for row in rows if grade.NOT_YET in row["notes"]]
    assert len(rows) == 5
    assert 0 < len(waiting) == 4 - sum(row["status"] == "graded" for row in rows)

    result = subprocess.run(run, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    assert "] 4/4\n" in result.stdout
    assert "5 handed in: 4 graded, 1 set aside, 0 lost." in result.stdout
    assert "Commonest slip: pue-twice, 1 times." in result.stdout
    assert sandbox.LEVELS[LEVEL] in result.stdout
    for path, before in done.items():
        assert path.read_bytes() == before
    assert {name: (out / name).read_bytes() for name in TABLES} == small.tables()
    assert snapshot(small.place.submissions) == small.before


@pytest.mark.grading
def test_a_class_whose_exams_were_held_in_shares_comes_out_the_same(small, tmp_path, monkeypatch):
    out = tmp_path / "out"
    shares = [exams.Share(i, 2) for i in (1, 2)]
    held = [
        grade.hold_share(small.place.submissions, out, x, limits=LIMITS, not_isolated=TRUSTED)
        for x in shares
    ]
    assert sum(held) == len(list((out / "exams").glob("*.json"))) == 4
    assert not list(out.glob("*.csv"))
    assert not (out / "gradebook.db").exists()

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(exams, "hold", never)
    grade.grade(small.place.submissions, out, limits=LIMITS, not_isolated=TRUSTED)
    assert {name: (out / name).read_bytes() for name in TABLES} == small.tables()


def test_a_notebook_that_changes_while_the_class_is_graded_is_not_graded_as_another(
    small, tmp_path
):
    submissions = tmp_path / "submissions"
    shutil.copytree(small.place.submissions, submissions)
    (found,) = [f for f in intake.survey(submissions) if f.name.startswith("s001/")]
    source = {"en": {STEM: editions.read(editions.SOURCE / FILE)}}
    (paper,) = grade.choose([found], source, LIMITS, LEVEL)[0]
    found.path.write_bytes(found.path.read_bytes() + b"\n")
    assert list(grade._read([paper])) == []
    assert "it has changed while the class was graded" in paper.entry.set_aside


def test_marks_given_by_hand_survive_a_second_run(small):
    student = next(e.student for e in small.entries if not e.set_aside)
    with Gradebook(f"sqlite:///{small.out / 'gradebook.db'}", "exercises") as book:
        book.find_grade("01-editor", STEM, STEM, student).manual_score = 3
        book.find_grade("01-pounds-check", STEM, STEM, student).extra_credit = 0.5
        book.db.commit()
    before = {e.student: e for e in small.entries}[student]
    entries = grade.grade(small.place.submissions, small.out, limits=LIMITS, not_isolated=TRUSTED)
    after = {e.student: e for e in entries}[student]
    assert sum(m.by_hand for m in before.marks) == 4
    assert sum(m.by_hand for m in after.marks) == 0
    assert sum(m.points for m in after.marks) == sum(m.points for m in before.marks) + 3.5
    others = [e for e in entries if e.student != student and not e.set_aside]
    assert all(sum(m.by_hand for m in e.marks) == 4 for e in others)
    (row,) = [
        row
        for row in csv.DictReader(small.tables()["gradebook.csv"].decode("utf-8-sig").splitlines())
        if row["student"] == student
    ]
    assert (row["points"], row["still to mark"], row["out of"]) == ("23.5", "0", "24")


@pytest.mark.grading
def test_a_better_version_counts_and_an_unchanged_one_is_not_run_again(small, tmp_path):
    submissions = tmp_path / "submissions"
    shutil.copytree(small.place.submissions, submissions)
    shutil.copytree(small.out / "exams", tmp_path / "out" / "exams")
    half = next(f for f, (case, _) in small.expected.items() if case.title == "half done")
    student = half.split("/")[0]
    kit = corpus.Kit(small.place)
    (submissions / half).write_bytes(corpus.written(kit.solved(student)))
    before = set((tmp_path / "out" / "exams").iterdir())
    entries = grade.grade(submissions, tmp_path / "out", limits=LIMITS, not_isolated=TRUSTED)
    assert sum(m.points for e in entries for m in e.marks if e.student == student) == 20
    assert len(set((tmp_path / "out" / "exams").iterdir()) - before) == 1

    (submissions / half).write_bytes(b"")
    page = tmp_path / "out" / "feedback" / student / STEM / f"{STEM}.html"
    assert page.exists()
    grade.grade(submissions, tmp_path / "out", limits=LIMITS, not_isolated=TRUSTED)
    assert not page.exists(), "A page is left of what does not count any more."


def test_an_outcome_that_is_no_fault_of_the_submission_is_not_kept(small, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    (paper,) = grade.choose(
        [f for f in intake.survey(small.place.submissions) if f.name.startswith("s001/")],
        {"en": {STEM: editions.read(editions.SOURCE / FILE)}},
        LIMITS,
        LEVEL,
    )[0]
    with exams.Here(1) as pool:
        ((_, result),) = exams.held([paper], exams.Kept(tmp_path), pool)
    assert "broke off" in result["set_aside"]
    assert not list(tmp_path.iterdir())


def test_a_submission_that_the_gradebook_cannot_take_is_set_aside(small, tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        msg = "no"
        raise ValueError(msg)

    shutil.copytree(small.out / "exams", tmp_path / "exams")
    monkeypatch.setattr(grade.Book, "record", refuse)
    entries = grade.grade(small.place.submissions, tmp_path, limits=LIMITS, not_isolated=TRUSTED)
    assert all(entry.set_aside for entry in entries)
    assert {"the gradebook cannot take it: ValueError: no"} < {e.set_aside for e in entries}


# What a teacher may get wrong


def test_folders_that_do_not_fit_are_refused_in_words(small, tmp_path, capsys):
    from aiimpact.classroom.__main__ import main

    inside = small.place.submissions / "out"
    (tmp_path / "empty").mkdir()
    for submissions, out, words in [
        (small.place.submissions, inside, "OUT must lie outside of SUBMISSIONS"),
        (small.place.submissions, small.place.submissions, "OUT must lie outside of SUBMISSIONS"),
        (small.place.submissions, small.place.submissions.parent, "and not around it"),
        (tmp_path / "nowhere", tmp_path / "out", "SUBMISSIONS must be a folder"),
        (small.place.canary, tmp_path / "out", "sorted into one by make collect"),
        (tmp_path / "empty", tmp_path / "out", "There is nothing in"),
    ]:
        assert main(["grade", str(submissions), "--out", str(out), "--not-isolated"]) == 1
        assert words in capsys.readouterr().err
    assert snapshot(small.place.submissions) == small.before


def test_exercises_with_other_cells_ask_for_another_folder(small, tmp_path):
    (tmp_path / "source").mkdir()
    notebook = editions.read(editions.SOURCE / FILE)
    for cell in notebook.cells:
        if corpus.name(cell) == "01-pounds-check":
            cell.metadata.nbgrader.grade_id = "01-pounds-again"
    nbformat.write(notebook, tmp_path / "source" / FILE)
    with pytest.raises(RuntimeError, match="Give another OUT"):
        grade.grade(
            small.place.submissions,
            small.out,
            source=tmp_path / "source",
            not_isolated=TRUSTED,
        )


def test_make_grade_says_what_is_missing():
    root = Path(__file__).parents[1]
    result = subprocess.run(
        ["make", "--dry-run", "grade"], cwd=root, capture_output=True, encoding="utf-8"
    )
    assert "make grade SUBMISSIONS=dir" in result.stdout


# The sandbox


def desk(level: sandbox.Level = LEVEL, **limits: Any) -> seat.Desk:
    given = Limits(**{"cell_seconds": 10, "seconds": 120, "memory_mb": 1024, **limits})
    return seat.Desk(given, level)


@pytest.fixture
def open_desk() -> Iterator[Callable[..., seat.Desk]]:
    desks: list[seat.Desk] = []

    def start(*args: Any, **kwargs: Any) -> seat.Desk:
        desks.append(desk(*args, **kwargs))
        return desks[-1]

    yield start
    for one in desks:
        one.close()


# A machine that lets nobody make namespaces cannot try them; the next test sees that CI's does.
isolated = pytest.mark.skipif(LEVEL != "namespaces", reason=f"this machine only has level {LEVEL}")


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux can always isolate"
)
def test_root_on_linux_has_the_strongest_level():
    assert LEVEL == "namespaces"


@pytest.mark.grading
def test_every_level_that_works_here_runs_cells_and_stops_them(open_desk):
    levels = [level for level in sandbox.LEVELS if sandbox.works(level)]
    assert "none" in levels
    for level in levels:
        one = open_desk(level, cell_seconds=2)
        assert one.run("x = 6 * 7\nprint(x)").printed == "42\n"
        assert one.value("x") == 42
        assert one.run("while True: pass").failed == "Left out: the cell ran longer than 2 s."
        assert one.value("x") == 42
        refused = one.run("import socket\nsocket.create_connection(('127.0.0.1', 9), 1)")
        assert refused.failed.startswith("OSError: ")
        assert "refused" not in refused.failed
        if level != "none":
            assert "of memory" in one.run("y = bytearray(4 << 30)").failed


def test_memory_is_counted_over_all_processes(open_desk):
    one = open_desk()
    ran = one.run(
        "import os, time\n"
        "for _ in range(6):\n"
        "    if os.fork() == 0:\n"
        "        x = b'x' * (250 << 20)\n"
        "        time.sleep(20)\n"
        "        os._exit(0)\n"
        "time.sleep(20)"
    )
    assert ran.failed == "Left out: the cell used more than 1,024 MB of memory."


@isolated
def test_a_submission_sees_python_and_the_library_and_nothing_else(open_desk):
    one = open_desk()
    ran = one.run("import os\nprint(sorted(os.listdir('/')), os.listdir('.'), os.getcwd())")
    root, own, where = re.fullmatch(r"(\[.*?\]) (\[.*?\]) (.*)\n", ran.printed).groups()
    # The first part of the way to Python and to the library may be anything.
    ways = {Path(p).parts[1] for p in (sys.prefix, sys.base_prefix, grade.__file__)}
    assert (
        set(eval(root))
        <= {"bin", "dev", "etc", "home", "lib", "lib64", "sbin", "tmp", "usr"} | ways
    )
    assert (own, where) == ("['.ipython']", "/home")
    seen = one.run(
        "import aiimpact\nfrom pathlib import Path\n"
        "print(sorted(p.name for p in Path(aiimpact.__file__).parents[1].iterdir()))"
    )
    python, root_of_library = Path(sys.prefix), Path(grade.__file__).parents[3]
    inside = python.is_relative_to(root_of_library)
    way = {python.relative_to(root_of_library).parts[0]} if inside else set()
    assert set(eval(seen.printed)) <= {"aiimpact"} | way
    etc = one.run("print(os.listdir('/etc'), os.listdir('/dev'))").printed
    assert etc == "['ld.so.cache'] ['urandom', 'null']\n" or "passwd" not in etc


@isolated
def test_submissions_at_the_same_time_do_not_meet(open_desk):
    one, two = open_desk(), open_desk()
    write = (
        "import os, socket\n"
        "for folder in ('/tmp', '/home', '/dev/shm', '/var/tmp'):\n"
        "    try: open(f'{folder}/mark', 'w').write('x')\n"
        "    except OSError: pass\n"
        "s = socket.socket(socket.AF_UNIX); s.bind('\\0mark'); s.listen()\n"
        "print(os.path.exists('/tmp/mark'), os.getpid())"
    )
    assert one.run(write).printed == "True 1\n"
    look = (
        "import os, socket\n"
        "print([f for f in ('/tmp', '/home') if os.path.exists(f'{f}/mark')])\n"
        "s = socket.socket(socket.AF_UNIX); s.connect('\\0mark')"
    )
    ran = two.run(look)
    assert ran.printed.startswith("[]\n")
    assert "Connection refused" in ran.failed
    users = {d.run("print(os.getuid(), os.getgroups())").printed for d in (one, two)}
    assert not any(user.startswith("0 ") for user in users) or os.geteuid() != 0


@isolated
def test_the_files_of_the_grader_cannot_be_changed_or_reached(open_desk, tmp_path):
    (tmp_path / "here").write_text("secret")
    one = open_desk()
    for code in (
        f"open({str(tmp_path / 'here')!r})",
        "open(checks.__file__, 'a')",
        "open('/usr/bin/x', 'w')",
        "open('/proc/1/environ')",
        "os.mkdir('/x')",
        "os.setuid(0)",
        "os.chroot('/tmp')",
    ):
        failed = one.run(f"import os\nfrom aiimpact.classroom import checks\n{code}").failed
        assert failed.startswith(("FileNotFound", "Permission", "OSError")), (code, failed)


@pytest.mark.grading
@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("while True: pass", "it ran longer than 4 s"),
        ("import time\ntime.sleep(600)", "it was not done after 12 s"),
    ],
)
def test_a_whole_submission_has_a_limit_too(last, words):
    cells = [{"role": "theirs", "name": "", "source": source} for source in ("1", last, "1")]
    with pytest.raises(seat.ExamError, match=words):
        exam.sit(cells, "s001", Limits(cell_seconds=600, seconds=4), LEVEL)


def test_a_desk_that_is_lost_again_and_again_is_given_up(monkeypatch):
    monkeypatch.setattr(seat, "MOST_STRIKES", 2)
    cells = [{"role": "theirs", "name": "", "source": "import os\nos._exit(0)"}] * 12
    words = "lost 3 times; the last time a cell ended its Python"
    with pytest.raises(seat.ExamError, match=words):
        exam.sit(cells, "s001", Limits(), LEVEL)


def test_a_check_that_cannot_cope_costs_one_task_and_is_noted():
    cells = [
        {"role": "theirs", "name": "", "source": "x = [1]\ny = 2"},
        {"role": "test", "name": "fragile", "source": "assert x['a'] == 1"},
        {"role": "test", "name": "sound", "source": "print(y)"},
    ]
    result = exam.sit(cells, "s001", Limits(), LEVEL)
    assert [bool(r["failed"]) for r in result["cells"]] == [False, True, False]
    assert "The check fragile cannot cope with the answer" in result["notes"][0]


def test_a_module_that_is_missing_here_is_noted():
    cells = [{"role": "theirs", "name": "", "source": "import not_here_at_all.sub"}] * 2
    (note,) = exam.sit(cells, "s001", Limits(), LEVEL)["notes"]
    assert "imports not_here_at_all, which is not installed here" in note


# What is read, whatever it is

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_file_is_more_than_set_aside(raw):
    with contextlib.suppress(intake.SetAsideError):
        intake.parse(raw)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "nbformat": st.sampled_from([3, 4, 5, "4", None]),
            "nbformat_minor": st.sampled_from([0, 4, 5, 99, None]),
            "metadata": st.just({}) | JSON,
            "cells": st.lists(
                st.fixed_dictionaries(
                    {"cell_type": st.sampled_from(["code", "markdown", "raw", "x"])},
                    optional={
                        "source": JSON | st.just("x = 1"),
                        "metadata": JSON | st.just({"nbgrader": {"grade_id": "01-own"}}),
                        "outputs": JSON | st.just([]),
                        "id": JSON,
                    },
                ),
                max_size=4,
            ),
        }
    )
)
@pytest.mark.filterwarnings("ignore")
def test_no_notebook_is_more_than_set_aside(notebook):
    with contextlib.suppress(intake.SetAsideError):
        cells = intake.parse(json.dumps(notebook).encode())
        kit = corpus.Kit(corpus.Place(Path(), Path(), Path(), 9))
        recognition.name_again(cells, kit.released)
        assembly.assemble(cells, kit.source, kit.released)


KIT = corpus.Kit(corpus.Place(Path(), Path(), Path(), 9))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_whatever_happens_to_cells_the_paper_is_whole(data):
    """Every check is there once, behind its answer; everything that was written is there."""
    cells = intake.parse(corpus.written(KIT.solved("s001")))
    shuffled = data.draw(st.permutations(cells))
    kept = data.draw(st.lists(st.sampled_from(shuffled), max_size=len(shuffled)))
    written = [cell.source for cell in kept if cell.metadata.grade_id.endswith(("-run", "-pounds"))]
    ours = {corpus.name(c): c for c in KIT.source.cells if corpus.name(c)}
    paper, _ = assembly.assemble(kept, KIT.source, KIT.released)
    names = [corpus.name(cell) for cell in paper if corpus.name(cell)]
    assert sorted(names) == sorted(ours)
    for check in (name for name in names if name.endswith("-check")):
        before = list(ours)[list(ours).index(check) - 1]
        assert names.index(before) < names.index(check)
    locked = [n for n in names if ours[n].metadata.nbgrader.locked and not n.endswith("-check")]
    assert locked == [n for n in ours if n in locked]
    for cell in paper:
        if corpus.name(cell) and not corpus.is_answer(cell):
            assert cell.source == ours[corpus.name(cell)].source
    assert set(written) <= {cell.source for cell in paper}


@given(st.lists(st.binary(min_size=1, max_size=20), unique=True, min_size=2, max_size=5))
def test_different_names_stay_different_and_printable(names):
    given_names = [os.fsdecode(name) for name in names]
    shown = [intake.printable(name) for name in given_names]
    files = [intake.file_name(name) for name in shown]
    assert all(name.isprintable() for name in shown)
    assert len(set(shown)) == len(set(files)) == len(names)
    assert all(re.fullmatch(r"[\w.-]+", file) and len(file.encode()) < 250 for file in files)


def test_a_table_that_is_not_there_is_named(small, tmp_path, capsys):
    from aiimpact.classroom.__main__ import main

    sheet = tmp_path / "nowhere.csv"
    assert main(["give-back", str(sheet), "--out", str(small.out)]) == 1
    assert f"There is no {sheet}. Look at the name" in capsys.readouterr().err


def test_a_folder_in_the_place_of_a_table_is_named(tmp_path, capsys):
    from aiimpact.classroom.__main__ import main

    assert main(["numbers", "--class", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert f"{tmp_path} is a folder. Name a file in it." in capsys.readouterr().err
