"""An exercise on paper, and the strips with everybody's own numbers."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import nbformat
import pytest

from aiimpact.classroom import __main__ as classroom
from aiimpact.classroom import numbers
from aiimpact.classroom.grading import editions


@pytest.fixture(scope="module")
def student(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    editions.make_student(folder)
    return folder


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("teacher")
    editions.make_teacher(folder)
    return folder


def test_a_students_handout_has_room_to_write_and_needs_no_keyboard(student):
    for page in sorted(student.glob("*.html")):
        text = page.read_text(encoding="utf-8")
        plain = re.sub(r"<[^>]+>", " ", text)
        assert "Hint" not in plain
        assert not re.search(r"YOUR (CODE|ANSWER)|Run the cells|\bTab\b|\bpress [A-Z]", plain)
        assert not re.search(r"&lt;/?div|\{\w+\}", text.partition("</style>")[2])
        for part in re.split(r"<h2", text)[1:]:
            assert part.count('class="line"') >= 3, part[:60]
        exercise = page.name[:2]
        own = [p for p in numbers.parameters() if p.exercise == exercise]
        table = text.partition('<table class="own">')[2].partition("</table>")[0]
        assert table.count('class="blank"') == len(own)
        assert all(f"own.{p.name}<" in table for p in own)
        # The source is worked with these numbers; nobody else's stand on the paper.
        assert "645000" not in text


def test_the_teachers_handout_keeps_all_hints(teacher, student):
    for page in sorted(teacher.glob("*.html")):
        notebook = nbformat.read(student / page.with_suffix(".ipynb").name, as_version=4)
        hints = sum(cell.source.count("<details>") for cell in notebook.cells)
        assert page.read_text(encoding="utf-8").count("<details open") == hints > 0


# Strips of own numbers

CLASS = [(f"s{i:03d}", "") for i in range(24)] + [
    ("s100", "<script>alert(1)</script> & Co"),
    ("学生一", "一二三"),
    ("طالب-١", "طالب"),
    ("Ñandú.Ξένος", "x" * 60),
    ("a-very-long-id@students.example", "y"),
    ("s101", "\u202ereversed"),
]


def write_class(path: Path) -> Path:
    lines = [f'"{student}","{name}"' for student, name in CLASS]
    path.write_text("id,name\n" + "\n".join(lines), encoding="utf-8-sig")
    return path


@pytest.fixture(scope="module")
def strips(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("strips")
    return editions.make_numbers(folder / "out", write_class(folder / "ids.csv"))


def test_everybody_gets_a_strip_with_the_numbers_of_the_notebook(strips):
    assert [path.name[:2] for path in strips] == sorted({p.exercise for p in numbers.parameters()})
    for path in strips:
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "default-src 'none'" in text
        found = re.findall(r'<div class="strip [\w ]+">(.*?)</div></div>', text)
        assert len(found) == len(CLASS)
        for (student, name), strip in zip(CLASS, found, strict=True):
            # A mark of direction would turn what stands behind it.
            seen = escape(numbers.visible(name))
            assert f"<strong>{escape(student)}</strong><span>{seen}</span>" in strip
            own = numbers.own(path.name[:2], student)
            for p in numbers.parameters():
                if p.exercise == path.name[:2]:
                    assert f"<b>{p.name}</b> {escape(str(getattr(own, p.name)))} " in strip


@pytest.mark.browser
def test_thirty_strips_fit_on_two_sheets_and_are_not_cut(strips, chromium):
    assert len(CLASS) == 30
    tab = chromium.new_page()
    for path in strips:
        tab.goto(path.as_uri())
        pdf = tab.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2, path.name
        size = "getComputedStyle(document.querySelector('.who strong')).fontSize"
        assert float(tab.evaluate(size).removesuffix("px")) >= 16
    tab.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("s1\ns2\n", [("s1", ""), ("s2", "")]),
        ("s1;One\n\ns2;Two\n", [("s1", "One"), ("s2", "Two")]),
        ("\ufeffName,Mail,ID\nOne,x,s1\nTwo,y, s2 \n", [("s1", "One"), ("s2", "Two")]),
        ('id\tname\r\ns1\t"One, or two"\r\n', [("s1", "One, or two")]),
    ],
)
def test_a_class_is_read_from_any_csv(tmp_path, text, found):
    path = tmp_path / "ids.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert editions.roster(path) == found


@pytest.mark.parametrize(
    ("text", "words"), [("", "got none"), ("id,name\n", "got none"), ("S1\ns1", "got s1 more than")]
)
def test_a_class_without_students_or_with_one_twice_is_refused(tmp_path, text, words):
    path = tmp_path / "ids.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        editions.roster(path)


def test_strips_are_a_command(tmp_path, capsys):
    given = ["numbers", "--class", str(write_class(tmp_path / "ids.csv")), "--out"]
    assert classroom.main([*given, str(tmp_path / "one"), "--exercise", "01"]) == 0
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["01_training_footprint.html"]
    assert classroom.main([*given, str(tmp_path / "none"), "--exercise", "77"]) == 1
    assert "exercise must be the number of one" in capsys.readouterr().err
    assert classroom.main(["numbers", "01", "s001"]) == 0
    assert "own.pounds = " in capsys.readouterr().out
