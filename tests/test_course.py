"""What a hub needs, as far as it can be tried without one; with one: test_hub.py."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from traitlets.config import Config

from aiimpact.classroom import __main__ as command_line
from aiimpact.classroom.grading import (
    course,
    editions,
    exam,
    exchange,
    grade,
    publish,
    receipts,
    recognition,
    reports,
)
from aiimpact.classroom.grading.entries import Entry

ROOT = Path(__file__).parents[1]
STEM = "01_training_footprint"
SOLUTION = "### BEGIN SOLUTION"
SECRET = "0f" * 64
TIME = "2026-11-20 10:11:12.000000 UTC"


def loaded(text: str) -> Config:
    """Give what nbgrader understands of a file of settings."""
    found = Config()
    exec(text, {"get_config": lambda: found})
    return found


# Where the exercises are


def test_the_exercises_are_where_one_says_or_the_variable_or_in_the_clone(tmp_path, monkeypatch):
    monkeypatch.delenv("AIIMPACT_EXERCISES", raising=False)
    assert editions.folder() == ROOT / "chapters" / "exercises"
    monkeypatch.setenv("AIIMPACT_EXERCISES", str(tmp_path))
    assert editions.folder() == tmp_path
    assert editions.folder(tmp_path / "here") == tmp_path / "here"


@pytest.mark.parametrize(
    "words", [["student"], ["teacher"], ["course"], ["publish"], ["grade", "class"]]
)
def test_without_exercises_every_command_says_how_to_name_them(
    words, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class" / "s001").mkdir(parents=True)
    for more, variable in ((["--exercises", "none"], ""), ([], "none")):
        monkeypatch.setenv("AIIMPACT_EXERCISES", variable)
        assert command_line.main([*words, "--out", "out", *more]) == 1
        said = capsys.readouterr().err
        assert "There is no exercise in none." in said
        assert "--exercises DIR, or AIIMPACT_EXERCISES=DIR" in said
    assert not (tmp_path / "out").exists()


# The course


def test_the_teachers_folder_has_the_sources_as_nbgrader_wants_them(tmp_path):
    made = course.make(tmp_path / "c", course="ai-2026", exchange=Path("/srv/x"))
    assert [path.name for path in made] == [path.name for path in editions.sources()]
    assert (tmp_path / "c" / "source" / STEM / f"{STEM}.ipynb").read_bytes() == (
        editions.SOURCE / f"{STEM}.ipynb"
    ).read_bytes()
    assert (tmp_path / "c").stat().st_mode & 0o077 == 0
    settings = loaded((tmp_path / "c" / "nbgrader_config.py").read_text())
    assert settings.CourseDirectory.course_id == "ai-2026"
    assert settings.Exchange.root == "/srv/x"
    assert settings.ClearSolutions.code_stub == {"python": "# YOUR CODE HERE"}


def test_students_hand_in_under_the_name_of_their_login(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "s101")
    shared = loaded(course.settings("ai-2026", Path("/srv/x")))
    assert shared.CourseDirectory.student_id == "s101"
    assert (shared.CourseDirectory.course_id, shared.Exchange.root) == ("ai-2026", "/srv/x")
    monkeypatch.delenv("JUPYTERHUB_USER")
    assert loaded(course.settings()).CourseDirectory.student_id == "*"


@pytest.mark.parametrize("wrong", ["", " ", "a+b", "a/b", "..", "*", " x"])
def test_a_course_that_nbgrader_cannot_name_is_refused(wrong, tmp_path):
    with pytest.raises(ValueError, match="A course cannot be called"):
        course.make(tmp_path / "c", course=wrong)
    with pytest.raises(ValueError, match="'footprint'"):
        course.settings(wrong)


def test_what_a_name_holds_stays_a_text_in_the_settings():
    assert loaded(course.settings("a'b\"c{d}", Path("/srv/{x}"))).Exchange.root == "/srv/{x}"


def test_nbgrader_itself_makes_the_students_edition(tmp_path):
    course.make(tmp_path / "c")
    nbgrader = [sys.executable, "-m", "nbgrader", "generate_assignment", STEM, "--create"]
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(
        nbgrader, cwd=tmp_path / "c", env=os.environ | {"PATH": beside}, check=True, timeout=300
    )
    made = nbformat.read(tmp_path / "c" / "release" / STEM / f"{STEM}.ipynb", as_version=4)
    ours = editions.released(editions.read(editions.SOURCE / f"{STEM}.ipynb"))
    assert [cell.source for cell in made.cells] == [cell.source for cell in ours.cells]
    assert "NotImplementedError" not in str(made)


# The receipts


def handed_in(folder: Path, student: str, secret: str = SECRET, time: str = TIME) -> Entry:
    place = folder / student / STEM
    place.mkdir(parents=True)
    (place / receipts.TIME).write_text(time)
    (place / receipts.SECRET).write_text(secret)
    return Entry(student, f"{student}/{STEM}/{STEM}.ipynb", STEM)


def kept(out: Path, student: str) -> tuple[str, str]:
    folder = out / "feedback" / student / STEM
    return (folder / receipts.TIME).read_text(), (folder / receipts.SECRET).read_text()


def report(entries: list[Entry], out: Path) -> None:
    for entry in entries:
        if not entry.set_aside:
            reports.write_feedback(entry, [], out)
    reports.write(entries, out, "none", len(entries))


def test_a_receipt_lies_beside_the_page(tmp_path):
    entries = [handed_in(tmp_path / "in", "s101"), handed_in(tmp_path / "in", "s102", "ab" * 64)]
    entries.append(Entry("s103", "s103/x.zip", set_aside="an archive"))
    report(entries, tmp_path)
    receipts.keep(entries, tmp_path / "in", tmp_path)
    assert kept(tmp_path, "s101") == (TIME, SECRET)
    assert kept(tmp_path, "s102") == (TIME, "ab" * 64)
    assert (tmp_path / "feedback" / "s101" / STEM / f"{STEM}.html").exists()
    assert not (tmp_path / "feedback" / "s103").exists()


def test_a_class_without_an_exchange_gets_no_receipts(tmp_path):
    entries = [Entry("s101", f"s101/{STEM}.ipynb", STEM)]
    report(entries, tmp_path)
    receipts.keep(entries, tmp_path / "in", tmp_path)
    assert not list(tmp_path.rglob("*.txt"))


@pytest.mark.parametrize("secret", ["", "short", "x" * 999, "../" * 20, f"{SECRET}\n/etc/passwd"])
def test_a_receipt_that_nbgrader_did_not_write_opens_nothing_and_stops_nobody(secret, tmp_path):
    entries = [handed_in(tmp_path / "in", "s101"), handed_in(tmp_path / "in", "s102", secret)]
    report(entries, tmp_path)
    receipts.keep(entries, tmp_path / "in", tmp_path)
    assert kept(tmp_path, "s101") == (TIME, SECRET)
    first = kept(tmp_path, "s102")
    assert re.fullmatch(r"[0-9a-f]{128}", first[1])
    receipts.keep(entries, tmp_path / "in", tmp_path)
    assert kept(tmp_path, "s102") == first, "A second run is not the same."


def test_a_link_or_a_pipe_for_a_receipt_is_not_followed(tmp_path):
    entries = [handed_in(tmp_path / "in", name) for name in ("s101", "s102", "s103")]
    secret = tmp_path / "the-teachers"
    secret.write_text("cd" * 64)
    for student, make in (("s102", lambda p: p.symlink_to(secret)), ("s103", os.mkfifo)):
        path = tmp_path / "in" / student / STEM / receipts.SECRET
        path.unlink()
        make(path)
    report(entries, tmp_path)
    receipts.keep(entries, tmp_path / "in", tmp_path)
    assert len({kept(tmp_path, e.student)[1] for e in entries} - {"cd" * 64}) == 3


def test_pages_of_an_earlier_version_are_not_left_behind(tmp_path):
    old = tmp_path / "feedback" / "s101" / f"{STEM}.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    reports.write([], tmp_path, "none", 0)
    assert not old.exists()


# Collecting


def submission(folder: Path, name: str = "s101") -> Path:
    place = folder / f"{name}+{STEM}+{TIME}+abc"
    place.mkdir(parents=True)
    (place / f"{STEM}.ipynb").write_text("{}")
    return place


@pytest.mark.parametrize("owner", ["s101", "jupyter-s101", "jovyan", ""])
def test_a_submission_of_the_students_own_is_taken(owner, tmp_path, monkeypatch):
    monkeypatch.setattr(exchange, "_name", lambda number: owner)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert exchange.refused(submission(tmp_path), "s101") == ""


def test_a_submission_in_anothers_name_is_not(tmp_path, monkeypatch):
    place = submission(tmp_path)
    assert exchange.refused(place, "s101") == "", "A teacher may hand in for a student."
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    monkeypatch.setattr(exchange, "_name", lambda number: "jupyter-s102")
    said = exchange.refused(place, "s101")
    assert said == "it claims to be from s101, but jupyter-s102 has written it"


def test_one_number_that_hands_in_for_two_is_told_in_a_pod(tmp_path, monkeypatch):
    mine, forged = submission(tmp_path, "s102"), submission(tmp_path, "s101")
    assert [exchange.refused(x, "any") for x in (mine, forged)] == ["", ""], "All are user 1000."
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    monkeypatch.setattr(exchange, "_name", lambda number: "jovyan")
    for place, student in ((mine, "s102"), (forged, "s101")):
        assert "has handed in for s101 and for s102" in exchange.refused(place, student)


def test_a_submission_with_a_link_in_it_is_not_taken(tmp_path):
    place = submission(tmp_path)
    (place / "deep").mkdir()
    (place / "deep" / "mine.ipynb").symlink_to("/home/teacher/solution.ipynb")
    assert "mine.ipynb is a link" in exchange.refused(place, "s101")
    (tmp_path / "linked").symlink_to(place)
    assert "linked is a link" in exchange.refused(tmp_path / "linked", "s101")


# What students clone


def history(folder: Path) -> str:
    log = ["git", "-C", folder, "log", "--all", "--patch", "--unified=100000"]
    return subprocess.run(log, capture_output=True, encoding="utf-8", check=True).stdout


def test_the_students_repository_never_held_a_solution(tmp_path):
    out = tmp_path / "class"
    assert publish.publish(out)
    assert not publish.publish(out), "Nothing was new."
    (out / "00_the_boom.ipynb").write_text("spoilt")
    assert publish.publish(out, wheel=wheel(tmp_path))
    names = sorted(path.name for path in out.iterdir() if path.name != ".git")
    assert names == sorted(
        ["README.md", "environment.yml", "library-1-py3-none-any.whl"]
        + [path.name for path in editions.sources()]
    )
    assert "./library-1-py3-none-any.whl[live]" in (out / "environment.yml").read_text()
    everything = history(out)
    assert "YOUR CODE HERE" in everything
    assert SOLUTION not in everything
    assert "HIDDEN TESTS" not in everything
    assert all(
        nbformat.read(out / path.name, as_version=4) == editions.released(editions.read(path))
        for path in editions.sources()
    )


def wheel(folder: Path) -> Path:
    path = folder / "library-1-py3-none-any.whl"
    path.write_bytes(b"PK")
    return path


def test_a_folder_that_is_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ValueError, match="is no repository, and there is something in it"):
        publish.publish(tmp_path)


def test_a_repository_that_holds_solutions_is_refused(tmp_path):
    out = tmp_path / "class"
    publish.publish(out)
    git = ["git", "-C", str(out), "-c", "user.name=a", "-c", "user.email=a@b"]
    (out / "solved.ipynb").write_text(SOLUTION)
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=oops"], check=True)
    subprocess.run([*git, "rm", "--quiet", "solved.ipynb"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=gone"], check=True)
    with pytest.raises(ValueError, match=r"The history of .* holds solutions"):
        publish.publish(out)


def test_the_links_open_a_notebook_of_the_repository(tmp_path, capsys):
    words = ["publish", "--out", str(tmp_path / "class"), "--hub", "https://hub.example.org"]
    assert command_line.main([*words, "--repository", "https://git.example.org/a b?c&d"]) == 0
    links = re.findall(r"^https://\S+$", capsys.readouterr().out, flags=re.MULTILINE)
    assert len(links) == len(editions.sources())
    asked = [parse_qs(urlsplit(link).query) for link in links]
    assert {query["repo"][0] for query in asked} == {"https://git.example.org/a b?c&d"}
    for query, source in zip(asked, editions.sources(), strict=True):
        assert query["urlpath"] == [f"lab/tree/{query['targetpath'][0]}/{source.name}"]


# What the page and the files for a hub say


@pytest.mark.parametrize("path", ["teaching/hub.md", "hub/Dockerfile"])
def test_every_command_that_is_shown_is_one(path):
    shown = (ROOT / "book" / path).read_text(encoding="utf-8").replace("\\\n", " ")
    commands = re.findall(
        r"^.*?python -m aiimpact\.classroom ([^|>\n`]+)", shown, flags=re.MULTILINE
    )
    assert commands
    for words in commands:
        given = command_line._parser().parse_args(shlex.split(words, comments=True))
        assert callable(given.run)


def test_the_chart_gives_each_user_a_number_that_the_image_has_a_name_for():
    values = yaml.safe_load((ROOT / "book" / "hub" / "values.yaml").read_text(encoding="utf-8"))
    (code,) = values["hub"]["extraConfig"].values()
    settings = Config()
    exec(code, {"c": settings})
    first, last = map(
        int, re.findall(r"seq (\d+) (\d+)", (ROOT / "book/hub/Dockerfile").read_text())[0]
    )
    users = [Config({"user": Config({"id": number})}) for number in (1, 2000)]
    assert [settings.KubeSpawner.uid(user) for user in users] == [first, last]
    (mount,) = values["singleuser"]["storage"]["extraVolumeMounts"]
    assert mount["mountPath"] == str(course.EXCHANGE)
    assert mount["name"] == values["singleuser"]["storage"]["extraVolumes"][0]["name"]


# Grading what was left open


def test_who_left_the_id_open_on_a_hub_is_graded_by_the_folder(tmp_path):
    notebook: Any = editions.read(editions.SOURCE / f"{STEM}.ipynb")
    for cell in notebook.cells:
        if recognition.grade_id(cell) == "01-student":
            cell.source = "STUDENT = ..."
    place = tmp_path / "in" / "s101" / STEM
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{STEM}.ipynb")
    (entry,) = grade.grade(tmp_path / "in", tmp_path / "out", jobs=1, not_isolated=True)
    assert sum(mark.points for mark in entry.marks) == 20
    assert not [note for note in entry.notes if "numbers of" in note]
    assert [*exam._notes("", "s101")] == []
