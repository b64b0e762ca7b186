"""Downloads of platforms become a folder for each student, and nobody is taken for somebody else."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import unicodedata
import zipfile
from pathlib import Path

import nbformat
import platforms
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook
from platforms import CLASS, LAYOUTS, OWN, ROSTERS, Student

from aiimpact.classroom import __main__ as command
from aiimpact.classroom.grading import (
    class_tables,
    collect,
    collection,
    download,
    editions,
    grade,
    identity,
    intake,
    layouts,
    recognition,
    roster,
)

KNOWN = layouts.known()
PATTERNS = [
    (platform["name"], example)
    for platform in yaml.safe_load(Path(layouts.__file__).with_name("platforms.yaml").read_text("utf-8"))["platforms"]
    for pattern in platform["patterns"]
    for example in pattern["examples"]
]  # fmt: skip


@pytest.fixture(scope="session")
def released():
    first = editions.sources()[:2]
    return {"en": {path.stem: editions.released(editions.read(path)) for path in first}}


@pytest.fixture(scope="session")
def blank(released):
    """A short notebook that is recognised as exercise 01."""
    return [
        cell for cell in released["en"]["01_training_footprint"].cells if recognition.grade_id(cell)
    ][:3]


@pytest.fixture(scope="session")
def work(blank):
    def make(student: Student, more: str = "") -> bytes:
        cells = [*blank, new_code_cell(f"STUDENT = {student.id!r}  # {more}", id="mine")]
        return nbformat.writes(new_notebook(cells=cells)).encode()

    return make


@pytest.fixture
def sort(released, tmp_path):
    """Plan, and write if it may be."""

    def run(files, people=None, *, out=None, yes=True, **options):
        source = tmp_path / f"download{len(list(tmp_path.iterdir()))}.zip"
        if isinstance(files, Path):
            source = files
        else:
            source.write_bytes(files if isinstance(files, bytes) else platforms.zipped(files))
        out = out or tmp_path / "submissions"
        with download.opened(source, KNOWN) as opened:
            plan = collect.plan(opened, KNOWN, out, released=released, roster=people, **options)
            if yes and not plan.stop:
                collect.write(plan, out)
        return plan

    return run


@pytest.fixture
def people(tmp_path):
    return lambda name="class list", students=CLASS, **options: read(
        tmp_path, ROSTERS[name](students), **options
    )


def read(folder: Path, raw: bytes, **options):
    path = folder / "roster.csv"
    path.write_bytes(raw)
    return class_tables.read_roster(path, KNOWN, **options)


def written(folder: Path) -> dict[str, set[str]]:
    """Whose notebook lies in whose folder, by the id that is written in it."""
    found = {}
    for path in folder.rglob("*.ipynb"):
        owner = path.relative_to(folder).parts[0]
        cells = intake.parse(path.read_bytes())
        found.setdefault(owner, set()).add(identity.written_id(cells))
    return found


def left(plan) -> dict[str, str]:
    return {piece.item.path: piece.left for piece in plan.pieces if piece.left}


# Patterns


@pytest.mark.parametrize(("name", "example"), PATTERNS, ids=[e["path"] for _, e in PATTERNS])
def test_each_pattern_reads_its_example(name, example):
    path = example["path"]
    claims = KNOWN.platform(name).read(path, [path.split("/")[0]])
    claims.pop("assignment", None)
    assert claims == example["gives"]


def test_every_pattern_has_an_example():
    assert len(PATTERNS) >= sum(len(platform.patterns) for platform in KNOWN.platforms)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(", "must be a regular expression"),
        ("(?P<file_id>.*)(?P<who>x)", "whose it is"),
        ("x", "file_id"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern, complaint):
    with pytest.raises(ValueError, match=complaint):
        layouts.own_pattern(pattern)


def test_a_teacher_adds_a_pattern(sort, people, work, tmp_path):
    files = [(f"week1_{s.mail}_{s.first}.ipynb", work(s)) for s in CLASS]
    own = layouts.own_pattern(r"week1_(?P<email>[^_]+)_(?P<file_id>.+)")
    assert left(sort(files, people(), platform=own)) == {}
    assert written(tmp_path / "submissions") == {s.id: {s.id} for s in CLASS}


def test_a_teacher_adds_a_platform(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "platforms: [{name: ours, patterns: [{pattern: '(?P<student_id>.)=(?P<file_id>.+)'}]}]"
    )
    known = layouts.known(path)
    assert layouts.recognise(["a=x", "b=y"], [], known.platforms).name == "ours"


# A perfect class


@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
@pytest.mark.parametrize("title", LAYOUTS)
def test_a_class_of_each_platform(title, packed, sort, people, work, tmp_path):
    name, make = LAYOUTS[title]
    files = make(CLASS, work)
    plan = sort(
        files if packed else platforms.unpacked(files, tmp_path / "download"), people(OWN[name])
    )
    assert plan.platform.name == name
    assert not plan.stop
    assert left(plan) == {}
    assert written(tmp_path / "submissions") == {s.id: {s.id} for s in CLASS}


def test_what_platforms_leave_behind_is_counted_and_not_listed(sort, people, work):
    plan = sort(platforms.github(CLASS, work), people("github"))
    # HEAD, config, .gitignore and the README of the template.
    assert plan.nobody == 4 * len(CLASS)
    assert len(plan.pieces) == len(CLASS)


@pytest.mark.parametrize("table", ["two columns", "class list"])
@pytest.mark.parametrize("title", ["moodle", "canvas", "google", "by name"])
def test_names_alone_will_do(title, table, sort, people, work, tmp_path):
    sort(LAYOUTS[title][1](CLASS, work), people(table))
    assert written(tmp_path / "submissions") == {s.id: {s.id} for s in CLASS}


@pytest.mark.parametrize("title", LAYOUTS)
def test_without_a_roster_nobody_is_guessed(title, sort, work):
    """Either the platform's names are the ids that students wrote, or it stops and says what to type."""
    plan = sort(LAYOUTS[title][1](CLASS, work))
    if title in ("nbgrader", "flat", "by id"):
        assert not plan.stop
    else:
        assert "ROSTER=class.csv" in plan.stop
        assert "IDS=notebook" in plan.stop


@pytest.mark.parametrize("title", LAYOUTS)
def test_the_ids_in_notebooks_are_taken_if_asked(title, sort, work, tmp_path):
    plan = sort(LAYOUTS[title][1](CLASS, work), by_notebook=True)
    assert not plan.stop
    assert written(tmp_path / "submissions") == {s.id: {s.id} for s in CLASS}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("mark", [True, False])
def test_names_in_any_form_and_encoding_of_zip(form, mark, sort, people, work, tmp_path):
    """With UTF-8 that is not declared as such, as many programs write it."""
    files = [
        (unicodedata.normalize(form, path), raw) for path, raw in platforms.moodle(CLASS, work)
    ]
    raw = platforms.zipped(files)
    if not mark:
        raw = bytearray(raw)
        for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = raw.find(sign)
            while place >= 0:
                raw[place + at + 1] &= ~0x08
                place = raw.find(sign, place + 4)
        raw = bytes(raw)
    sort(raw, people("two columns"))
    assert written(tmp_path / "submissions") == {s.id: {s.id} for s in CLASS}


# Who is who


def test_two_of_one_name_are_left_over(sort, people, work, tmp_path):
    twin = Student("s199", *platforms.NAMES[0], 5099)
    plan = sort(platforms.moodle([*CLASS, twin], work), people("two columns", [*CLASS, twin]))
    notes = {why for path, why in left(plan).items() if path.startswith("Student One_")}
    assert notes == {"'Student One' may be any of 2: s101 and s199"}
    assert set(written(tmp_path / "submissions")) == {s.id for s in CLASS[1:]}


def test_two_whom_the_platform_tells_apart_are_not_one(sort, people, work, tmp_path):
    twin = Student("s199", *platforms.NAMES[0], 5099)
    plan = sort(platforms.moodle([*CLASS, twin], work), people("two columns"))
    assert {why for why in left(plan).values()} == {
        "'s101' would be several students at once: 5000, 5099"
    }
    assert "s101" not in written(tmp_path / "submissions")


def test_a_number_and_a_name_that_disagree(sort, people, work):
    moved = [
        Student(s.id, *CLASS[(i + 1) % 9].name.split(" ", 1), s.number) for i, s in enumerate(CLASS)
    ]
    plan = sort(platforms.moodle(CLASS, work), people("moodle worksheet", moved))
    assert all("do not agree" in why for why in left(plan).values())
    assert len(left(plan)) == len(plan.pieces)


def test_a_number_of_the_platform_is_no_id(sort, people, work, tmp_path):
    """Somebody's student number is somebody else's number in Moodle."""
    class_ = [Student("5001", "Student", "One", 5000), Student("5000", "Student", "Two", 5001)]
    sort(platforms.moodle(class_, work), people("two columns", class_))
    assert written(tmp_path / "submissions") == {"5000": {"5000"}, "5001": {"5001"}}


def test_somebody_who_is_on_no_roster(sort, people, work):
    plan = sort(platforms.moodle(CLASS, work), people("two columns", CLASS[1:]))
    assert set(left(plan).values()) == {"nobody on the roster is '5000', 'Student One'"}


@pytest.mark.parametrize("name", ROSTERS)
def test_each_roster_is_read(name, people):
    read_ = people(name)
    assert [person.id for person in read_.people] == [s.id for s in CLASS]
    assert all(person.full_name for person in read_.people)


@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_rosters_of_other_programs(encode, between, tmp_path):
    text = (
        f"Name{between} E-Mail {between}id\r\n"
        + f'"甲{between}x"{between}a@b{between}s1\r\n'
        + "\r\n"
    )
    (person,) = read(tmp_path, text.encode(encode)).people
    assert person == roster.Person("s1", f"甲{between}x", "a@b")


def test_a_roster_with_one_id_twice_is_refused(people):
    with pytest.raises(ValueError, match="'s101' stands twice"):
        people(students=[*CLASS, CLASS[0]])


@pytest.mark.parametrize(
    ("raw", "complaint"), [(b"", "empty"), (b"a,b\n1,2\n", "line of titles"), (b"\0", "titles")]
)
def test_what_is_no_roster_is_refused(raw, complaint, tmp_path):
    with pytest.raises(ValueError, match=complaint):
        read(tmp_path, raw)


def test_a_wrong_column_of_ids_is_named_with_the_right_one(sort, work, tmp_path):
    class_ = platforms.class_list(CLASS).replace(b"ID number", b"Matrikel")
    # Their names to log in are no ids; the notebooks show which column has them.
    plan = sort(platforms.moodle(CLASS, work), read(tmp_path, class_, id_column="Username"))
    assert "ID_COLUMN='Matrikel'" in plan.stop
    plan = sort(platforms.moodle(CLASS, work), read(tmp_path, class_))
    assert "ID_COLUMN='Matrikel'" in plan.stop
    assert not sort(
        platforms.moodle(CLASS, work), read(tmp_path, class_, id_column="matrikel")
    ).stop


def test_one_who_writes_a_neighbours_id_stops_nobody(sort, people, work, tmp_path):
    plan = sort(
        platforms.moodle(CLASS, lambda s: work(CLASS[1] if s.id == "s101" else s)), people()
    )
    assert not plan.stop
    assert written(tmp_path / "submissions")["s101"] == {"s102"}


@pytest.mark.parametrize("bad", ["a/b", "..", "con", "x.", "a\nb", "", "长" * 90])
def test_ids_that_are_no_names_of_folders(bad, sort, work, tmp_path):
    class_ = [Student(bad, "Student", "One", 1), *CLASS[1:]]
    people_ = roster.Roster(
        [roster.Person(s.id, s.name) for s in class_], id_column="id", header=["id"]
    )
    plan = sort(platforms.moodle(class_, work), people_)
    assert len(left(plan)) == 2
    assert set(written(tmp_path / "submissions")) == {s.id for s in CLASS[1:]}


# Several files


def _twice(*names: str, work, dates=None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for i, name in enumerate(names):
            when = (2026, 11, 20 + (dates or [0] * len(names))[i], 0, 0, 0)
            archive.writestr(zipfile.ZipInfo(name, when), work(CLASS[0], f"attempt {i}"))
        archive.writestr("other", "x")
    return made.getvalue()


MOODLE = "Student One_5000_assignsubmission_file/"
BLACKBOARD = "Ex_login-5000_attempt_2026-11-"
INBOUND = "in/login-5000+01+2026-11-"
SEVERAL = {
    # The first is the newest.
    "number of the upload": (["onestudent_5000_98009_01.ipynb", "onestudent_5000_98001_01.ipynb"], {}),
    "number of the copy": (["onestudent_5000_98_01-10.ipynb", "onestudent_5000_98_01-9.ipynb"], {}),
    "time": ([f"{BLACKBOARD}20-10-11-12_x.ipynb", f"{BLACKBOARD}09-23-11-12_a.ipynb"], {}),
    "time ": ([f"{INBOUND}20 10:11:12 UTC/x.ipynb", f"{INBOUND}20 09:11:12 UTC/x.ipynb"], {}),
    "date in the archive": ([f"{MOODLE}a.ipynb", f"{MOODLE}b.ipynb"], {"dates": [2, 1]}),
}  # fmt: skip


@pytest.mark.parametrize("evidence", SEVERAL)
def test_the_newest_counts_and_that_is_told(evidence, sort, people, work, tmp_path, blank):
    names, options = SEVERAL[evidence]
    both = people()
    both.people[0] = roster.Person("s101", "Student One", "", "login-5000", "5000")
    plan = sort(_twice(*names, work=work, **options), both)
    out = tmp_path / "submissions"
    (path,) = out.rglob("*.ipynb")
    assert b"attempt 0" in path.read_bytes()
    told = {piece.item.path: piece.what for piece in plan.pieces}
    assert f"the newest of 2 by the {evidence.strip()}" in told[names[0]]
    assert f"by the {evidence.strip()}" in told[names[1]]
    (origin,) = collection.read(out / collection.NAME).origins
    assert "the newest of 2" in origin.note


def test_of_two_that_are_the_same_one_is_taken(sort, people, work, tmp_path):
    raw = work(CLASS[0])
    plan = sort([(f"{MOODLE}a.ipynb", raw), (f"{MOODLE}b.ipynb", raw), ("x", b"")], people())
    assert sorted(p.what for p in plan.pieces if p.exercise) == ["taken", "the same as a.ipynb"]


def test_a_file_like_platforms_that_is_not_is_refused(tmp_path):
    path = tmp_path / "own.yaml"
    for text in ("platforms: [{x: 1}]", "[1]", "a: [", "platforms: 3"):
        path.write_text(text)
        layouts.known.cache_clear()
        with pytest.raises(ValueError, match=r"own\.yaml"):
            layouts.known(path)


def test_where_nothing_says_which_is_newer_both_are_kept(sort, people, work, tmp_path):
    sort(_twice(f"{MOODLE}a.ipynb", f"{MOODLE}b.ipynb", work=work), people())
    assert len(list((tmp_path / "submissions").rglob("*.ipynb"))) == 2


def test_late_and_time_are_kept(sort, people, work, tmp_path):
    sort(platforms.canvas(CLASS, work, late=["s103"]), people("canvas gradebook"))
    origins = collection.read(tmp_path / "submissions" / collection.NAME).origins
    assert {o.student for o in origins if o.late} == {"s103"}
    sort(platforms.nbgrader(CLASS, work), people(), out=tmp_path / "other")
    origins = collection.read(tmp_path / "other" / collection.NAME).origins
    assert {o.handed_in for o in origins} == {"2026-11-20 10:11:12.123456"}


def test_the_next_download_adds_and_replaces(sort, people, work, tmp_path):
    out = tmp_path / "submissions"
    sort([*platforms.canvas(CLASS[:3], work)], people("canvas gradebook"))
    again = sort([*platforms.canvas(CLASS[:3], work)], people("canvas gradebook"))
    assert {piece.what for piece in again.pieces} == {"is there already"}
    newer = [("onestudent_5000_99000_new.ipynb", work(CLASS[0], "newer"))]
    older = [("twoonestudent_5001_10_old.ipynb", work(CLASS[1], "older"))]
    plan = sort([*newer, *older], people("canvas gradebook"))
    told = {piece.student: piece.what for piece in plan.pieces}
    assert "instead of" in told["s101"]
    assert "older than what was collected before" in told["s102"]
    assert len(list(out.rglob("*.ipynb"))) == 3
    assert b"newer" in b"".join(path.read_bytes() for path in (out / "s101").iterdir())


def test_the_same_download_twice_changes_nothing(sort, people, work, tmp_path):
    sort(platforms.moodle(CLASS, work), people())
    before = digest(tmp_path / "submissions")
    plan = sort(platforms.moodle(CLASS, work), people())
    assert {piece.what for piece in plan.pieces} == {"is there already"}
    after = digest(tmp_path / "submissions")
    record = str(tmp_path / "submissions" / collection.NAME)
    assert after.pop(record)[0] == before.pop(record)[0]
    assert after == before


def test_what_a_teacher_has_put_there_is_never_overwritten(sort, people, work, tmp_path):
    mine = tmp_path / "submissions" / "s101" / "01.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    sort(platforms.moodle(CLASS, work), people())
    assert mine.read_bytes() == b"mine"
    assert (mine.parent / "01 (2).ipynb").exists()


# Hostile downloads


def digest(folder: Path) -> dict[str, tuple[str, float]]:
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def test_nothing_of_a_download_is_changed(sort, people, work, tmp_path):
    folder = platforms.unpacked(platforms.zip_in_zip(CLASS, work), tmp_path / "download")
    before = digest(folder)
    sort(folder, people())
    assert digest(folder) == before


def _entry(name: str, content: bytes = b"x", mode: int = stat.S_IFREG, **more):
    info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    info.external_attr = (mode | 0o644) << 16
    for key, value in more.items():
        setattr(info, key, value)
    return info, content


def _zip_of(*entries) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in entries:
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


HOSTILE = {
    "up": (_entry("s101/../../up.ipynb"), "out of the download"),
    "absolute": (_entry("/etc/x.ipynb"), "out of the download"),
    "drive": (_entry("C:/x.ipynb"), "out of the download"),
    "backslash": (_entry("s101\\..\\..\\x.ipynb", create_system=0), "out of the download"),
    "link": (_entry("s101/x.ipynb", b"/etc/passwd", stat.S_IFLNK), "link"),
    "device": (_entry("s101/x.ipynb", b"", stat.S_IFCHR), "no plain file"),
    "pipe": (_entry("s101/x.ipynb", b"", stat.S_IFIFO), "no plain file"),
    "bomb": (_entry("s101/x.ipynb", b"\0" * 60_000_000), "larger than 20 MB"),
    "zip that is none": (_entry("s101/x.zip", b"PK\x03\x04 no"), "no zip"),
    "long path": (_entry("s101/" + "x/" * 800 + "x.ipynb"), "longer than"),
    "no name": (_entry("s101/ /x.ipynb"), "without a name"),
}


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_entries_are_left_over_and_harm_nobody(title, sort, people, work, tmp_path):
    entry, why = HOSTILE[title]
    good = [_entry(f"{s.id}/01.ipynb", work(s)) for s in CLASS]
    plan = sort(_zip_of(entry, *good), people())
    assert [reason for reason in left(plan).values() if why in reason], left(plan)
    assert len(left(plan)) == 1
    assert set(written(tmp_path / "submissions")) == {s.id for s in CLASS}
    outside = {path.name for path in tmp_path.iterdir()}
    assert outside <= {"submissions", "roster.csv", "download0.zip", "download1.zip"}


def test_an_encrypted_entry_is_left_over(sort, people, work):
    raw = bytearray(_zip_of(*(_entry(f"{s.id}/01.ipynb", work(s)) for s in CLASS)))
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    plan = sort(bytes(raw), people())
    assert list(left(plan).values()) == ["it is encrypted: ask for it without a password"]


def test_a_damaged_entry_is_left_over(sort, people, work):
    raw = bytearray(_zip_of(*(_entry(f"{s.id}/01.ipynb", work(s)) for s in CLASS)))
    raw[100:140] = b"\xff" * 40
    plan = sort(bytes(raw), people())
    (why,) = left(plan).values()
    assert why.startswith("it cannot be read: ")


def test_a_zip_that_cannot_be_read_is_refused(sort):
    with pytest.raises(ValueError, match="Download it again"):
        sort(b"PK\x03\x04 no zip")


def test_zips_within_zips_end_somewhere(sort, people, work):
    raw = _zip_of(_entry("x.ipynb", work(CLASS[0])))
    for _ in range(30):
        raw = _zip_of(_entry("in.zip", raw))
    plan = sort(
        _zip_of(_entry("s101/in.zip", raw), _entry("s102/01.ipynb", work(CLASS[1]))), people()
    )
    assert len(plan.pieces) == 2


def test_more_than_a_class_hands_in_is_refused(sort, monkeypatch):
    monkeypatch.setattr(download, "MOST_FILES", 100)
    with pytest.raises(ValueError, match="more than 100 files"):
        sort(_zip_of(*(_entry(f"s{i}/x") for i in range(101))))
    monkeypatch.setattr(download, "MOST_BYTES", 1_000)
    with pytest.raises(ValueError, match="in this download"):
        sort(_zip_of(*(_entry(f"s{i}/x", b"0" * 100) for i in range(11))))


def test_names_that_clash_where_capitals_do_not_count(sort, people, work, tmp_path):
    files = [("s101/A.ipynb", work(CLASS[0])), ("s101/b/x.txt", b"1"), ("s101/a.txt", b"1")]
    files += [
        ("s101/A.TXT", b"2"),
        ("s101/é.txt", b"3"),
        (unicodedata.normalize("NFD", "s101/é.txt"), b"4"),
    ]
    sort([*files, ("s102/01.ipynb", work(CLASS[1]))], people())
    paths = [
        p.relative_to(tmp_path / "submissions").as_posix()
        for p in (tmp_path / "submissions").rglob("*")
    ]
    folded = [unicodedata.normalize("NFC", path).casefold() for path in paths]
    assert len(set(folded)) == len(folded)
    assert sum(path.startswith("s101/") and "." in path for path in folded) == 6


def test_names_that_are_too_long_or_strange(sort, people, work, tmp_path):
    names = [
        "x" * 240 + ".ipynb",
        "長" * 80 + ".ipynb",
        "con.ipynb",
        "a:b*?.ipynb",
        "  .ipynb",
        "a\nb.ipynb",
    ]
    for name in names:
        sort([(f"s101/{name}", work(CLASS[0], name)), ("s102/x.ipynb", work(CLASS[1]))], people())
    for path in (tmp_path / "submissions").rglob("*"):
        assert len(path.name.encode()) < 140
        assert not set(path.name) & set(':*?"<>|\\\n')


def test_links_and_pipes_in_a_folder(sort, people, work, tmp_path):
    folder = platforms.unpacked(platforms.by_id(CLASS, work), tmp_path / "download")
    (folder / "s101" / "link.ipynb").symlink_to("/etc/passwd")
    (folder / "s102" / "all").symlink_to("/etc")
    os.mkfifo(folder / "s103" / "pipe.ipynb")
    plan = sort(folder, people())
    assert sorted(left(plan).values()) == ["it is a link, not a file"] * 2 + ["it is no plain file"]


def test_nothing_is_written_through_a_link(sort, people, work, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "submissions").mkdir()
    (tmp_path / "submissions" / "s101").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match="is a link"):
        sort(platforms.moodle(CLASS, work), people())
    assert list((tmp_path / "elsewhere").iterdir()) == []


# The command


@pytest.fixture
def here(tmp_path, monkeypatch, released):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        editions, "sources", lambda *_: [Path(f"{name}.ipynb") for name in released["en"]]
    )
    monkeypatch.setattr(editions, "read", lambda path: released["en"][path.stem])
    monkeypatch.setattr(editions, "released", lambda notebook: notebook)
    return tmp_path


def test_the_plan_is_shown_and_nothing_written_without_a_yes(here, work, capsys):
    Path("moodle.zip").write_bytes(platforms.zipped(platforms.moodle(CLASS[:8], work)))
    Path("class.csv").write_bytes(platforms.two_columns(CLASS))
    given = ["collect", "moodle.zip", "--roster", "class.csv"]
    assert command.main(given) == 1
    told = capsys.readouterr()
    assert "Recognised as Moodle: 16 of 16 files." in told.out
    assert "s106     學生 甲" in told.out
    assert "Nothing from 1 of 9 on the roster: s109" in told.out
    assert "Give --yes" in told.err
    assert not Path("submissions").exists()
    assert command.main([*given, "--yes"]) == 0
    assert "make grade SUBMISSIONS='submissions'" in capsys.readouterr().out
    assert len(list(Path("submissions").rglob("*.ipynb"))) == 8


def test_a_download_that_stops_is_not_written(here, work, capsys):
    Path("moodle.zip").write_bytes(platforms.zipped(platforms.moodle(CLASS, work)))
    assert command.main(["collect", "moodle.zip", "--yes"]) == 1
    assert (
        "Moodle has the numbers that Moodle gives its participants, such as '500"
        in capsys.readouterr().err
    )
    assert not Path("submissions").exists()
    assert command.main(["collect", "moodle.zip", "--yes", "--ids", "notebook"]) == 0


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (["none.zip"], "there is no none.zip"),
        (["a", "--out", "a/b"], "OUT must lie outside"),
        (["a", "--layout", "paper"], "LAYOUT must be one of moodle, canvas"),
        (["a", "--roster", "none.csv"], "none.csv"),
        (["a"], "there is nothing to take"),
    ],
)
def test_what_cannot_be_done_is_told(given, complaint, here, capsys):
    Path("a").mkdir()
    assert command.main(["collect", *given]) == 1
    assert complaint in capsys.readouterr().err


# Grading


@pytest.mark.parametrize("title", ["moodle", "github", "exchange", "canvas"])
def test_a_download_that_was_not_collected_is_not_graded(title, work, tmp_path, released):
    folder = platforms.unpacked(LAYOUTS[title][1](CLASS, work), tmp_path / "download")
    while len(list(folder.iterdir())) == 1:
        (folder,) = folder.iterdir()
    if title == "canvas":
        # As somebody would do it by hand: a folder for each file.
        for path in list(folder.iterdir()):
            inside = folder / path.stem
            inside.mkdir()
            path.rename(inside / path.name)
    with pytest.raises(identity.DisagreeError) as told:
        grade.grade(folder, tmp_path / "out", level="limits", not_isolated=True)
    text = str(told.value)
    assert f"in {len(CLASS)} of {len(CLASS)} notebooks" in text
    assert f"make collect FROM='{folder}' ROSTER=class.csv" in text
    assert "--as-named" in text
    assert {"moodle": "Moodle", "github": "GitHub", "exchange": "exchange", "canvas": "Canvas"}[
        title
    ] in text
    assert not (tmp_path / "out").exists()


def test_what_platforms_leave_behind_is_nobody(tmp_path, work):
    folder = platforms.unpacked(platforms.by_id(CLASS, work), tmp_path / "submissions")
    platforms.unpacked(platforms.nbgrader(CLASS, work), folder / "..")
    for path in (tmp_path / "submitted").iterdir():
        shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
    (folder / ".collected.json").write_text("{}")
    (folder / "s101" / ".git").mkdir()
    (folder / "s101" / ".git" / "HEAD").write_text("x")
    assert len(intake.survey(folder)) == 2 * len(CLASS)


def test_a_record_that_is_none_of_ours_is_refused(tmp_path):
    path = tmp_path / collection.NAME
    for text in ("no", "[]", json.dumps({"people": [{"x": 1}], "origins": []})):
        path.write_text(text)
        with pytest.raises(ValueError, match="collect again"):
            collection.read(path)


def test_titles_of_ones_own_are_read_from_ones_own_file(tmp_path):
    table, own = tmp_path / "classe.csv", tmp_path / "own.yaml"
    table.write_text("Nom complet;Numéro\nطالب أول;s107\n", encoding="utf-8")
    with pytest.raises(ValueError, match="PLATFORMS=file"):
        class_tables.read_roster(table, KNOWN)
    own.write_text(
        "tables: [{name: ours, needs: [Numéro], columns: {id: [Numéro], full_name: [Nom complet]}}]",
        encoding="utf-8",
    )
    (person,) = class_tables.read_roster(table, layouts.known(own)).people
    assert (person.id, person.full_name) == ("s107", "طالب أول")
