"""A class as each platform lets a teacher download it: names as the platform writes them, and its tables.

What the platforms do to names was read in their sources: Moodle's `mod/assign/classes/downloader.php`, Canvas's
`lib/content_zipper.rb` and `lib/gradebook_exporter.rb`, nbgrader's `exchange/default/submit.py`, GitHub's `gh-classroom`.
Blackboard's and Google's are closed; theirs are as people describe them.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TIME = "2026-11-20 10:11:12"


@dataclass(frozen=True)
class Student:
    id: str
    first: str
    last: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def login(self) -> str:
        return f"login-{self.number}"

    @property
    def mail(self) -> str:
        return f"mail{self.number}@example.org"


NAMES = [
    ("Student", "One"),
    ("Student", "Two-One"),
    ("Student", "O'Three"),
    ("Studént", "Föür"),
    (unicodedata.normalize("NFD", "Studént"), unicodedata.normalize("NFD", "Fïve")),
    ("學生", "甲"),
    ("طالب", "أول"),
    ("Student van", "der Eight"),
    ("Студент", "Девять"),
]
"""Placeholders in the scripts of real classes; nobody's names."""

CLASS = [Student(f"s{101 + i}", *name, 5000 + i) for i, name in enumerate(NAMES)]

Work = Callable[[Student], bytes]
"""Gives the notebook of a student."""
Files = Iterator[tuple[str, bytes]]


def moodle_clean(name: str) -> str:
    """As Moodle cleans the name of a file."""
    return re.sub(r"[\x00-\x1f&<>\"`|':\\/]", "", name.replace("_", " "))


def moodle(
    students: Sequence[Student], work: Work, *, ending: str = "", flat: bool = False
) -> Files:
    for student in students:
        prefix = f"{moodle_clean(student.name)}_{student.number}_assignsubmission_"
        between = "_" if flat else f"{ending}/"
        yield f"{prefix}file{between}01.ipynb", work(student)
        yield f"{prefix}onlinetext{between}onlinetext.html", b"<p>I have handed in a file.</p>"


def canvas(students: Sequence[Student], work: Work, *, late: Sequence[str] = ()) -> Files:
    for i, student in enumerate(students):
        name = f"{student.last}, {student.first}".lower()
        mark = "_LATE" if student.id in late else ""
        # Ruby's [[:word:]]: letters, marks, digits and connectors.
        prefix = "".join(
            c
            for c in f"{name}{mark}_{student.number}"
            if unicodedata.category(c)[0] in "LM" or unicodedata.category(c) in ("Nd", "Pc")
        )
        yield (
            f"{prefix}_{98000 + i}_01-{i}.ipynb" if i else f"{prefix}_98000_01.ipynb",
            work(student),
        )


def blackboard(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        attempt = f"Exercise 1_{student.login}_attempt_{re.sub('[ :]', '-', TIME)}"
        yield f"{attempt}_01.ipynb", work(student)
        yield (
            f"{attempt}.txt",
            f"Name: {student.name} ({student.login})\nAssignment: Exercise 1".encode(),
        )


def google(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        yield f"Exercise 1/{student.name} - 01.ipynb", work(student)


def github(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        folder = f"exercise-01-submissions/exercise-01-{student.login}"
        yield f"{folder}/01.ipynb", work(student)
        yield f"{folder}/README.md", b"# Exercise 1"
        yield f"{folder}/.git/HEAD", b"ref: refs/heads/main"
        yield f"{folder}/.git/config", b"[core]"
        yield f"{folder}/.gitignore", b".venv"


def nbgrader(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        folder = f"submitted/{student.id}/01_training_footprint"
        yield f"{folder}/01_training_footprint.ipynb", work(student)
        yield f"{folder}/timestamp.txt", f"{TIME}.123456 UTC".encode()
        yield f"{folder}/submission_secret.txt", b"secret"


def exchange(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        folder = f"inbound/{student.login}+01_training_footprint+{TIME}.123456 UTC+c0ffee"
        yield f"{folder}/01_training_footprint.ipynb", work(student)
        yield f"{folder}/timestamp.txt", f"{TIME}.123456 UTC".encode()


def flat(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        yield f"01_training_footprint_{student.id}.ipynb", work(student)


def by_id(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        yield f"{student.id}/01.ipynb", work(student)
        yield f"{student.id}/.DS_Store", b"\0"
        yield f"__MACOSX/{student.id}/._01.ipynb", b"\0"


def by_name(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        yield f"Exercise 1/{student.last}, {student.first}/01.ipynb", work(student)


def zip_in_zip(students: Sequence[Student], work: Work) -> Files:
    for student in students:
        own = zipped([("my work/01.ipynb", work(student)), ("__MACOSX/._01.ipynb", b"\0")])
        yield f"{moodle_clean(student.name)}_{student.number}_assignsubmission_file/work.zip", own


LAYOUTS: dict[str, tuple[str, Callable[[Sequence[Student], Work], Files]]] = {
    "moodle": ("moodle", moodle),
    "moodle before 4.1": ("moodle", lambda s, w: moodle(s, w, ending="_")),
    "moodle without folders": ("moodle", lambda s, w: moodle(s, w, flat=True)),
    "canvas": ("canvas", lambda s, w: canvas(s, w, late=["s102"])),
    "blackboard": ("blackboard", blackboard),
    "google": ("google", google),
    "github": ("github", github),
    "nbgrader": ("nbgrader", nbgrader),
    "exchange": ("nbgrader-exchange", exchange),
    "flat": ("plain", flat),
    "by id": ("plain", by_id),
    "by name": ("plain", by_name),
    "zip in zip": ("moodle", zip_in_zip),
}
"""By a title: the name of the platform that has to be recognised, and what makes the files."""


def zipped(files: Iterator[tuple[str, bytes]] | Sequence[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 10, 11, 12)), content)
    return made.getvalue()


def unpacked(files: Files, folder: Path) -> Path:
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _table(
    rows: Sequence[Sequence[object]], *, bom: bool = False, quote_all: bool = False
) -> bytes:
    made = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(made, lineterminator="\r\n" if bom else "\n", quoting=quoting).writerows(rows)
    return made.getvalue().encode("utf-8-sig" if bom else "utf-8")


def two_columns(students: Sequence[Student]) -> bytes:
    return _table([["name", "id"], *([s.name, s.id] for s in students)])


def class_list(students: Sequence[Student]) -> bytes:
    rows = [[s.first, s.last, s.mail, s.login, s.id] for s in students]
    return _table([["First name", "Last name", "Email address", "Username", "ID number"], *rows])


def moodle_worksheet(students: Sequence[Student], most: str = "24.00") -> bytes:
    head = ["Identifier", "Full name", "ID number", "Email address", "Status", "Grade"]
    head += ["Maximum Grade", "Grade can be changed", "Last modified (submission)"]
    head += ["Last modified (grade)", "Feedback comments"]
    rest = ["Yes", "Friday, 20 November 2026, 10:11 AM", "-", ""]
    rows = [
        [f"Participant {s.number}", s.name, s.id, s.mail, "Submitted for grading", "", most, *rest]
        for s in students
    ]
    return _table([head, *rows], bom=True)


def canvas_gradebook(students: Sequence[Student], most: str = "24.00") -> bytes:
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Exercise 1 (4711)"]
    head += ["Essay (4712)", "Assignments Current Score", "Final Grade"]
    rows: list[list[object]] = [
        ["    Points Possible", "", "", "", "", most, "10.00", "(read only)", "(read only)"]
    ]
    for s in students:
        name = f"{s.last}, {s.first}"
        rows.append([name, s.number, s.id, s.login, "Section A", "", "7.50", "75.00", "C"])
    return _table([head, ["", "", "", "", "", "Manual Posting", "", "", ""], *rows])


def blackboard_centre(students: Sequence[Student], most: str = "24") -> bytes:
    head = ["Last Name", "First Name", "Username", "Student ID", "Availability"]
    head += [f"Exercise 1 [Total Pts: {most} Score] |526963"]
    rows = [[s.last, s.first, s.login, s.id, "Yes", ""] for s in students]
    # As it comes out of Blackboard: tabs, quotes, UTF-16 with its mark.
    lines = ["\t".join(f'"{cell}"' for cell in row) for row in [head, *rows]]
    return "\r\n".join([*lines, ""]).encode("utf-16")


def github_roster(students: Sequence[Student]) -> bytes:
    rows = [[s.id, s.login, s.number, s.name] for s in students]
    return _table([["identifier", "github_username", "github_id", "name"], *rows], quote_all=True)


ROSTERS: dict[str, Callable[[Sequence[Student]], bytes]] = {
    "two columns": two_columns,
    "class list": class_list,
    "moodle worksheet": moodle_worksheet,
    "canvas gradebook": canvas_gradebook,
    "blackboard": blackboard_centre,
    "github": github_roster,
}

OWN = {
    "moodle": "moodle worksheet",
    "canvas": "canvas gradebook",
    "blackboard": "blackboard",
    "google": "two columns",
    "github": "github",
    "nbgrader": "class list",
    "nbgrader-exchange": "class list",
    "plain": "class list",
}
"""The table that a teacher has at hand, by platform."""
