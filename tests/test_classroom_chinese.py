"""What a teacher in China or Hong Kong meets on the command line: words in their language, their tables, their names."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable

import pytest
from test_leaks import HAN, KNOWN, WORD

from aiimpact import words
from aiimpact.classroom import __main__, numbers
from aiimpact.classroom.grading import class_tables, editions, layouts
from aiimpact.classroom.grading.sandbox import LEVELS
from aiimpact.classroom.speech import here

MARKED = "s\u200f004"
TABLE = f"姓名,学号,电邮\n陈大文,s001,a@example.org\nمحمد علي,s002,b@example.org\n李四,{MARKED},c@example.org\n"
# Names of programs, formats, options and files, which stay as they are typed, and what Python says of an archive.
NAMES = KNOWN | {
    *("FROM", "ROSTER", "OUT", "SUBMISSIONS", "make", "collect", "grade", "zip", "csv", "id"),
    *("File", "is", "not", "file"),
}


@pytest.fixture(params=["zh-Hans", "zh-Hant-HK"])
def language(request):
    with words.speaking(request.param):
        yield request.param


@pytest.fixture
def said(language, tmp_path, monkeypatch, capsys) -> Callable[..., str]:
    """Give a command in the language, and read what it says; it must not succeed."""
    monkeypatch.chdir(tmp_path)

    def run(*command: str) -> str:
        assert __main__.main([command[0], "--language", language, *command[1:]]) == 1
        out, error = capsys.readouterr()
        return out + error

    return run


def english_in(text: str) -> list[str]:
    lines = [re.sub(r"[\w-]+\.(?:zip|csv|yaml|html|jpg)|`[^`]*`", "", x) for x in text.splitlines()]
    return [x for x in lines if not HAN.search(x) and set(WORD.findall(x)) - NAMES]


def test_every_answer_to_odd_input_is_in_the_language(said, tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    (tmp_path / "nobody.csv").write_text("")
    (tmp_path / "odd.csv").write_bytes(b"\xff\x80,\x81\n\xfe,\xff\n")
    (tmp_path / "empty").mkdir()
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as packed:
        packed.writestr("a/b.ipynb", "{}")
    for command in (
        ("collect", "broken.zip"),
        ("collect", "nothere.zip"),
        ("collect", "empty", "--yes"),
        ("collect", "class.zip", "--roster", "nobody.csv"),
        ("collect", "class.zip", "--roster", "odd.csv"),
        ("collect", "class.zip", "--roster", "nothere.csv"),
        ("mark", "--out", "nothere"),
        ("give-back", "nothere.csv"),
        ("numbers", "--class", "nobody.csv"),
        ("numbers", "--class", "nothere.csv"),
        ("numbers", "99", "s001"),
        ("numbers",),
    ):
        told = said(*command)
        assert HAN.search(told), command
        assert english_in(told) == [], command


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("zh_CN", "zh-Hans"), ("cn", "zh-Hans"), ("ZH", "zh-Hans"), ("简体", "zh-Hans"), ("zh_TW", "zh-Hant-HK"), ("hk", "zh-Hant-HK"), ("zh-Hant", "zh-Hant-HK")],
)  # fmt: skip
def test_a_misspelt_language_is_answered_in_it(typed, meant, capsys):
    assert __main__.main(["student", "--language", typed]) == 1
    told = capsys.readouterr().err
    assert f"你要的是不是{meant}？" in told
    assert words.language() == "en"


def test_capitals_and_underscores_of_a_language_do_not_count():
    assert [words.edition(x) for x in ("zh-hans", "ZH_HANT_hk", " en ")] == list(
        ("zh-Hans", "zh-Hant-HK", "en")
    )
    with pytest.raises(ValueError, match=r"^There is no edition in 'de'\. Choose one of en, "):
        words.edition("de")


@pytest.mark.parametrize(
    ("encoding", "language"),
    [
        ("gb18030", "zh-Hans"),
        ("big5hkscs", "zh-Hant-HK"),
        ("utf-8-sig", "zh-Hans"),
        ("utf-8", "en"),
    ],
)
def test_a_roster_is_read_as_spreadsheets_of_the_place_write_it(tmp_path, encoding, language):
    text = "姓名,學號\n陳大文,s001\n" if language == "zh-Hant-HK" else "姓名,学号\n陈大文,s001\n"
    path = tmp_path / "class.csv"
    path.write_bytes(text.encode(encoding))
    with words.speaking(language):
        (person,) = class_tables.read_roster(path, layouts.known(), "").people
        assert editions.roster(path) == [(person.id, person.full_name)] == [("s001", text[6:9])]


def test_ids_of_a_class_are_found_by_the_title_of_their_column(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert editions.roster(path) == [
        ("s001", "陈大文"),
        ("s002", "محمد علي"),
        ("s004", "李四"),
    ]


def test_what_nobody_sees_in_an_id_does_not_count():
    assert numbers.normal(MARKED) == numbers.normal("\u2067s004\u2069\ufeff") == "s004"
    assert repr(numbers.own("01", MARKED)) == repr(numbers.own("01", "s004"))


def test_what_is_said_later_is_translated_too(language):
    assert all(HAN.search(here(text)) and not english_in(here(text)) for text in LEVELS.values())
    for platform in layouts.known().platforms:
        assert HAN.search(words.say(platform.title)) or not re.search(" [a-z]", platform.title)
