"""Points go back into the tables that platforms exported, and nothing else in them changes."""

from __future__ import annotations

import csv
import os
import zipfile
from pathlib import Path

import nbformat
import platforms
import pytest
from platforms import CLASS, LAYOUTS, OWN, ROSTERS, Student

from aiimpact.classroom import __main__ as command
from aiimpact.classroom.grading import editions, giveback, layouts, reports
from aiimpact.classroom.grading.collection import Collection, Origin
from aiimpact.classroom.grading.entries import Entry, Mark
from aiimpact.classroom.grading.roster import Person
from aiimpact.classroom.grading.sheet import Sheet

KNOWN = layouts.known()
EXERCISE = "01_training_footprint"
TASK = editions.Task(1, "a task", 1, 24, ("a",))
SHEETS = {
    "moodle": platforms.moodle_worksheet,
    "canvas": platforms.canvas_gradebook,
    "blackboard": platforms.blackboard_centre,
}


@pytest.fixture
def graded(tmp_path):
    """Write what `grade` writes, for the points of some students."""

    def make(points, *, waiting=(), exercise=EXERCISE, people=CLASS, folders=False, more=()):
        entries = [
            Entry(
                student,
                f"{student}/x.ipynb",
                exercise,
                marks=[Mark(TASK, value, 4.0 if student in waiting else 0.0, "", "")],
            )
            for student, value in points.items()
        ]
        origins = [
            Origin(s.id, f"{s.id}/x.ipynb", exercise, key=str(s.number), platform="moodle",
                   folder=f"{s.name}_{s.number}_assignsubmission_file")
            for s in CLASS if folders
        ]  # fmt: skip
        class_ = [Person(s.id, s.name, s.mail, s.login, str(s.number)) for s in people]
        out = tmp_path / "grading"
        out.mkdir(exist_ok=True)
        for entry in entries:
            reports.write_feedback(entry, [], out)
        reports.write([*entries, *more], out, "limits", len(entries), Collection(class_, origins))
        return out

    return make


def back(path: Path, out: Path, **options) -> str:
    return "\n".join(giveback.give_back(path, out, KNOWN, **options))


def sheet(folder: Path, raw: bytes) -> Path:
    path = folder / "export.csv"
    path.write_bytes(raw)
    return path


def cells(raw: bytes) -> list[list[str]]:
    return [[cell.text for cell in row] for row in Sheet(raw).rows]


FULL = {s.id: 10.0 + i for i, s in enumerate(CLASS)}


@pytest.mark.parametrize("name", SHEETS)
def test_only_the_cells_of_points_change(name, graded, tmp_path):
    raw = SHEETS[name](CLASS)
    path = sheet(tmp_path, raw)
    told = back(path, graded(FULL), exercise="1")
    assert "9 filled" in told
    assert path.read_bytes() == raw
    filled = (tmp_path / "export-filled.csv").read_bytes()
    changed = [
        (before, after)
        for row, other in zip(cells(raw), cells(filled), strict=True)
        for before, after in zip(row, other, strict=True)
        if before != after
    ]
    assert changed == [("", f"{value:g}") for value in FULL.values()]
    # Taking them out again gives the bytes that came.
    again = Sheet(filled)
    place = next(i for i, cell in enumerate(again.rows[0]) if cell.text in ("Grade",) or "4711" in cell.text or "Total" in cell.text)  # fmt: skip
    for row in again.rows[1:]:
        if row[place].text in {f"{value:g}" for value in FULL.values()}:
            again.fill(row[place], "")
    assert again.written() == raw


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("last", [True, False])
def test_every_byte_of_a_table_stays(ends, between, encode, last):
    lines = ['a{0}"b ""c"" {0} d"{0}é', '{0}{0}', '"x' + ends + 'y"{0} z {0}""', "", "= 1 {0}'2{0}"]  # fmt: skip
    raw = (ends.join(line.format(between) for line in lines) + ends * last).encode(encode)
    sheet = Sheet(raw)
    assert sheet.written() == raw
    assert [cell.text for cell in sheet.rows[0]] == ["a", f'b "c" {between} d', "é"]
    assert len(sheet.rows) == 3
    sheet.fill(sheet.rows[1][2], "7")
    assert Sheet(sheet.written()).rows[1][2].text == "7"
    assert Sheet(sheet.written()).rows[2][0].text == "= 1 "


def test_where_answers_wait_nothing_is_written_unless_asked(graded, tmp_path):
    path = sheet(tmp_path, platforms.canvas_gradebook(CLASS))
    out = graded(FULL, waiting=["s102", "s103"])
    told = back(path, out)
    assert "2 wait to be marked by hand and were left out" in told
    assert "s102, s103" in told
    rows = {row[2]: row[5] for row in cells((tmp_path / "export-filled.csv").read_bytes())}
    assert rows["s102"] == ""
    assert rows["s104"] == "13"
    assert "9 filled" in back(path, out, waiting=True)


def test_who_is_missing_on_either_side_is_told(graded, tmp_path):
    path = sheet(
        tmp_path, platforms.canvas_gradebook([*CLASS[1:], Student("x", "Nobody", "Known", 1)])
    )
    told = back(path, graded({k: v for k, v in FULL.items() if k != "s105"}))
    assert "1 of the table handed in nothing that could be graded: s105" in told
    assert "1 of the table are nobody whom the roster tells apart: Known, Nobody" in told
    assert "1 are in the gradebook and not in the table: s101" in told


def test_two_of_one_name_get_nothing(graded, tmp_path):
    raw = platforms.canvas_gradebook(CLASS)
    for s in CLASS:
        raw = raw.replace(f",{s.number},{s.id},{s.login}".encode(), b",,,")
    twin = Student("s199", *platforms.NAMES[0], 1)
    told = back(sheet(tmp_path, raw), graded(FULL, people=[*CLASS, twin]))
    assert "1 of the table are nobody whom the roster tells apart: One, Student" in told
    assert "8 filled" in told


def test_what_is_closed_in_the_platform_stays(graded, tmp_path):
    raw = platforms.canvas_gradebook(CLASS).replace(
        b"s101,login-5000,Section A,", b"s101,login-5000,Section A,EX"
    )
    raw = raw.replace(b"s102,login-5001,Section A,", b"s102,login-5001,Section A,N/A")
    assert "2 are closed in the platform and were left as they are: s101, s102" in back(
        sheet(tmp_path, raw), graded(FULL)
    )
    raw = platforms.moodle_worksheet(CLASS).replace(b",Yes,", b",No,", 1)
    assert "1 are closed in the platform" in back(sheet(tmp_path, raw), graded(FULL))


def test_an_equal_number_in_other_digits_stays(graded, tmp_path):
    raw = platforms.moodle_worksheet(CLASS).replace(b"grading,,24.00", b"grading,10.00,24.00", 1)
    raw = raw.replace(b'"Submitted for grading",,24.00', b'"Submitted for grading",10.00,24.00', 1)
    back(sheet(tmp_path, raw), graded(FULL))
    assert cells((tmp_path / "export-filled.csv").read_bytes())[1][5] == "10.00"


def test_a_decimal_comma_where_the_platform_has_one(graded, tmp_path):
    raw = platforms.moodle_worksheet(CLASS, most="24,00")
    back(sheet(tmp_path, raw), graded({"s101": 12.5}))
    assert cells((tmp_path / "export-filled.csv").read_bytes())[1][5] == "12,5"


def test_another_maximum_is_refused_or_converted(graded, tmp_path):
    path = sheet(tmp_path, platforms.moodle_worksheet(CLASS, most="100.00"))
    out = graded({"s101": 12.0})
    with pytest.raises(ValueError, match="there are 100 points to get, in the exercise 24"):
        back(path, out)
    assert not (tmp_path / "export-filled.csv").exists()
    back(path, out, convert=True)
    assert cells((tmp_path / "export-filled.csv").read_bytes())[1][5] == "50"


def test_several_exercises_go_where_their_titles_say(graded, tmp_path):
    two = [Entry("s101", "s101/y.ipynb", "02_data_centres", marks=[Mark(TASK, 3.0, 0.0, "", "")])]
    out = graded({"s101": 12.0}, more=two)
    raw = platforms.canvas_gradebook(CLASS).replace(b"Essay (4712)", b"Data centres (4712)")
    raw = raw.replace(b",10.00,", b",24.00,")
    told = back(sheet(tmp_path, raw), out)
    assert "01_training_footprint into 'Exercise 1 (4711)'" in told
    assert "02_data_centres into 'Data centres (4712)'" in told
    path = sheet(
        tmp_path, platforms.canvas_gradebook(CLASS).replace(b"Exercise 1 (", b"Homework (")
    )
    with pytest.raises(
        ValueError, match=r"not certain which exercise goes where.*Homework \(4711\)"
    ):
        back(path, out)
    assert "1 filled" in back(path, out, exercise="01", column="Homework (4711)")


def test_the_numbers_of_moodle_say_which_exercise_it_is(graded, tmp_path):
    two = [Entry("s101", "s101/y.ipynb", "02_data_centres", marks=[Mark(TASK, 3.0, 0.0, "", "")])]
    out = graded({"s101": 12.0}, more=two, folders=True)
    assert EXERCISE in back(sheet(tmp_path, platforms.moodle_worksheet(CLASS)), out)


def test_feedback_is_packed_as_moodle_wants_it(graded, tmp_path):
    out = graded(FULL, folders=True, waiting=["s102"])
    told = back(sheet(tmp_path, platforms.moodle_worksheet(CLASS)), out)
    with zipfile.ZipFile(tmp_path / f"export-feedback-{EXERCISE}.zip") as archive:
        names = archive.namelist()
        assert b"s101" in archive.read(f"Student One_5000_assignsubmission_file/{EXERCISE}.html")
    assert sorted(names) == sorted(
        f"{s.name}_{s.number}_assignsubmission_file/{EXERCISE}.html"
        for s in CLASS
        if s.id != "s102"
    )
    assert "8 pages of feedback" in told


def test_an_id_that_looks_like_a_formula(graded, tmp_path):
    odd = [Student("=1+1", "Student", "One", 1), Student("-2", "Student", "Two", 2)]
    out = graded({"=1+1": 5.0, "-2": 6.0}, people=odd)
    back(sheet(tmp_path, platforms.canvas_gradebook(odd)), out)
    rows = cells((tmp_path / "export-filled.csv").read_bytes())
    assert [(row[2], row[5]) for row in rows[3:]] == [("=1+1", "5"), ("-2", "6")]


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"name,id\nx,s101\n", "Moodle grading worksheet: Identifier, Grade"),
        (b"", "a table that a platform exports"),
        (b"\0\xff" * 100, "a table that a platform exports"),
    ],
)
def test_a_table_that_is_not_known_is_refused_with_what_it_needs(raw, complaint, graded, tmp_path):
    with pytest.raises(ValueError, match=complaint):
        back(sheet(tmp_path, raw), graded(FULL))


def test_what_was_marked_after_the_tables_is_asked_for(graded, tmp_path):
    out = graded(FULL)
    (out / "gradebook.db").touch()
    os.utime(out / "gradebook.csv", (1, 1))
    with pytest.raises(ValueError, match="Grade once more"):
        back(sheet(tmp_path, platforms.canvas_gradebook(CLASS)), out)


def test_without_grading_there_is_nothing_to_give_back(tmp_path):
    with pytest.raises(ValueError, match="must be what `grade` wrote"):
        back(sheet(tmp_path, platforms.canvas_gradebook(CLASS)), tmp_path)


def test_without_a_roster_the_ids_of_the_table_will_do(graded, tmp_path):
    assert "9 filled" in back(
        sheet(tmp_path, platforms.canvas_gradebook(CLASS)), graded(FULL, people=[])
    )


# Tables of the class


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_those_who_handed_in_nothing_are_in_the_tables(graded):
    out = graded({"s101": 3.0, "s103": 4.0})
    students = rows(out / "students.csv")
    assert [row["student"] for row in students] == [s.id for s in CLASS]
    assert [row["points"] for row in students][:3] == ["3", "0", "4"]
    assert students[1][EXERCISE] == ""
    assert {row["mail"] for row in students} == {s.mail for s in CLASS}


# From download to grades


@pytest.fixture(scope="session")
def perfect():
    source = editions.read(editions.SOURCE / f"{EXERCISE}.ipynb")
    answers = {
        c.metadata.nbgrader.grade_id: c.source for c in source.cells if "nbgrader" in c.metadata
    }
    released = editions.released(source)

    def make(student: Student) -> bytes:
        solved = nbformat.from_dict(released)
        for cell in solved.cells:
            given = cell.metadata.get("nbgrader", {})
            if given.get("solution"):
                lines = answers[given["grade_id"]].splitlines()
                cell.source = "\n".join(line for line in lines if " SOLUTION" not in line).replace(
                    "s000", student.id
                )
        return nbformat.writes(solved).encode()

    return make


@pytest.fixture(scope="session")
def out(tmp_path_factory):
    """One folder for all layouts: an exam that is over is not held again."""
    return tmp_path_factory.mktemp("out") / "grading"


QUICK = {"moodle", "canvas", "github"}


@pytest.mark.parametrize(
    "title",
    [pytest.param(x, marks=[] if x in QUICK else pytest.mark.grading) for x in LAYOUTS],
)
def test_from_download_to_grades(title, perfect, out, tmp_path, monkeypatch, capsys):
    """Three commands, on a class that is perfect: all points of the checks, in the platform's own table."""
    monkeypatch.chdir(tmp_path)
    # In Latin with a hyphen, Chinese, Arabic; and one who hands in nothing.
    absent, *class_ = (CLASS[i] for i in (0, 1, 5, 6))
    name, make = LAYOUTS[title]
    Path("download.zip").write_bytes(platforms.zipped(make(class_, perfect)))
    Path("class.csv").write_bytes(ROSTERS[OWN[name]]([absent, *class_]))
    assert command.main(["collect", "download.zip", "--roster", "class.csv", "--yes"]) == 0
    assert command.main(["grade", "submissions", "--out", str(out)]) == 0
    assert ", 0 lost." in capsys.readouterr().out
    graded = {row["student"]: row for row in rows(out / "students.csv")}
    assert {key: row["points"] for key, row in graded.items()} == {
        "s101": "0", "s102": "20", "s106": "20", "s107": "20"
    }  # fmt: skip
    assert {row["notes"] for row in rows(out / "gradebook.csv") if row["exercise"]} == {""}
    assert graded["s106"]["name"].replace(",", "").split() in (["學生", "甲"], ["甲", "學生"])
    late = {row["student"] for row in rows(out / "gradebook.csv") if row["late"]}
    assert late == ({"s102"} if title == "canvas" else set())
    if name not in SHEETS:
        return
    assert command.main(["give-back", "class.csv", "--out", str(out), "--waiting"]) == 0
    told = capsys.readouterr().out
    assert "1 of the table handed in nothing that could be graded: s101" in told
    assert ("class-feedback-01_training_footprint.zip" in told) == (name == "moodle")
    filled = cells(Path("class-filled.csv").read_bytes())
    assert [row[5] for row in filled if row[5].isdecimal()] == ["20"] * 3
