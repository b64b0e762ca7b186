"""Questions for a question bank: what was written says to every answer what the page says to it."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import bank_readers
import nbformat
import pytest
import sample
from bank_readers import QTI, plain
from bs4 import BeautifulSoup

from aiimpact.ask import ask, guess, sort
from aiimpact.ask.bank import Answer, Item, write
from aiimpact.ask.bank.__main__ import main
from aiimpact.ask.bank.collect import collect
from aiimpact.ask.bank.item import html
from aiimpact.ask.judge import Row, Verdict, look_up
from aiimpact.live import explore

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
FORMATS = ["moodle", "gift", "qti"]
# What Moodle and GIFT may lose at an end of a range, as a share of the end.
LOST = 2e-8
HOSTILE = "~%50%= a # b {c} : d \\ e \\n ]]> <b>&amp;</b> \"'`$$x$$ \\(y\\) // 中文 العربية \x00\x0b\ud800 $CATEGORY: x\n:: y"


def written(items, folder, **options):
    """Write items and read each format with its own reader."""
    moodle, gift, qti = write(items, folder, **({"title": "A book"} | options))
    return {
        "moodle": bank_readers.moodle(moodle.read_text(encoding="utf-8")),
        "gift": bank_readers.gift(gift.read_text(encoding="utf-8")),
        "qti": bank_readers.qti(qti.read_bytes()),
    }


def rows_of(item):
    """Turn an item back into what the judge of the page looks up."""
    tones = {True: "got-it", False: "keep-working"}
    return [Row(a.low, a.high, Verdict(tones[a.right], a.words, a.slip)) for a in item.answers]


def values_of(rows, right, count=300):
    """Draw answers: any, near the right one, and all around the ends of the ranges."""
    lot = random.Random(f"{right}")
    size = abs(right) or 1.0
    ends = {end for row in rows for end in row[:2] if end is not None}
    mids = {(row.low + row.high) / 2 for row in rows if None not in row[:2]}
    around = {end * (1 + off) for end in ends for off in (0, 1e-6, -1e-6, 1e-7, -1e-7, 1e-9, -1e-9)}
    any_size = {lot.choice((1, 1, 1, -1)) * size * 10 ** lot.uniform(-5, 5) for _ in range(count)}
    near = {right + size * lot.uniform(-0.2, 0.2) for _ in range(count)}
    far = {0.0, 1e-300, size * 1e12, 1e300, -size * 1e3}
    return sorted(ends | mids | around | any_size | near | far)


@cache
def told_words(words):
    return plain(html(words))


def expected(rows, value, lost):
    """Give what a format may say: what the judge says, and at an end what any row says that is there."""
    reach = lost * abs(value)
    told = [look_up(rows, value)]
    if any(end is not None and abs(end - value) <= reach for row in rows for end in row[:2]):
        told += [
            verdict
            for low, high, verdict in rows
            if (low is None or low <= value + reach) and (high is None or value - reach <= high)
        ]
    return {(float(verdict.tone == "got-it"), told_words(verdict.words)) for verdict in told}


def require_same(read, rows, right, lost):
    values = values_of(rows, right)
    if lost:
        # What no format but QTI can hold has tests of its own: far on the other side, and next to nought.
        size = abs(right) or 1.0
        values = [
            x for x in values if (x * right >= 0 or abs(x) < 1e4 * size) and not 0 < abs(x) < 1e-20
        ]
    assert len(values) > 500
    for value in values:
        assert read.told(value) in expected(rows, value, lost), (read.id, value)
    assert read.told(read.shown)[0] == 1, "what is shown as right is right"


def require_same_sorting(found, question, format):
    sorting = question._boxes
    right = {thing.text: thing.box for thing in sorting.things}
    empty = [box for box in sorting.boxes if box not in right.values()]
    offered = [] if format == "qti" else [("", box) for box in empty]
    assert found.kind == "matching"
    assert found.matches == [*right.items(), *offered]
    if format != "qti":
        assert all(
            words in found.general for thing in sorting.things for words, _ in thing.told.values()
        )
        return
    assert found.sorts(right) == (1, "")
    for thing in sorting.things:
        for box, (words, _) in thing.told.items():
            assert found.sorts(right | {thing.text: box}) == (0, words)
            assert question.check(right | {thing.text: box}).words.endswith(words)


# The round trip


def of_samples():
    made = sample.questions()
    return {name: made[name] for name in sample.QUESTION_NAMES}


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    questions = of_samples()
    items = [
        question.item().at(page="x.html", chapter="One", stem="one")
        for question in questions.values()
    ]
    return questions, written(items, tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", sample.QUESTION_NAMES)
def test_every_answer_is_told_what_the_page_tells_it(samples, name, format):
    questions, read = samples
    question, (found,) = questions[name], [x for x in read[format] if x.name == name]
    if question.kind == "choices":
        told = {" ".join(text.split()): question.check(text) for text in question._options}
        assert found.choices == {
            plain(html(text)): (float(v.tone == "got-it"), plain(html(v.words)))
            for text, v in told.items()
        }
    elif question.kind == "sort":
        require_same_sorting(found, question, format)
    elif question.kind == "open":
        assert found.kind == "essay"
        assert "A model answer." in (found.general if format == "gift" else found.marker)
    else:
        rows = [row for row in question._rows() if row.verdict.tone != "missing"]
        require_same(found, rows, question.item().right, 0 if format == "qti" else LOST)


@pytest.mark.parametrize("name", ["slider", "guess", "guess-row"])
def test_a_number_that_a_slider_offers_is_as_good_as_on_the_page(name):
    question = of_samples()[name]
    rows = rows_of(question.item())
    for text, verdict in question._options.items():
        value = float(text.split()[0].replace(",", ""))
        assert look_up(rows, value).tone == verdict.tone, text
        if name == "slider":
            assert look_up(rows, value) == verdict


def rows_on_the_page(path):
    """Read the rows of a chapter's questions as they stand in its stored output."""
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            page = BeautifulSoup(output.get("data", {}).get("text/html", ""), "html.parser")
            for root in page.select("[data-question]"):
                data = json.loads(root.find("script").string)
                if data["kind"] == "number" and "explorer" not in data:
                    rows = [Row(low, high, Verdict(*told)) for low, high, *told in data["rows"]]
                    yield root["data-question"], root.select_one(".ask-text").text, rows


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem[:2])
def test_the_numbers_of_the_book_are_judged_as_on_the_page(path, tmp_path):
    asked = list(rows_on_the_page(path))
    items = [
        Item(
            name,
            "number",
            text,
            right=(rows[0].low + rows[0].high) / 2,
            answers=tuple(
                Answer(r.low, r.high, r.verdict.tone == "got-it", *r.verdict[1:]) for r in rows
            ),
            stem=path.stem,
        )
        for name, text, rows in asked
    ]
    read = written(items, tmp_path)
    for format in FORMATS:
        assert [x.name for x in read[format]] == [name for name, _, _ in asked]
        for found, item, (_, text, rows) in zip(read[format], items, asked, strict=True):
            assert plain(html(text)) in found.text
            require_same(found, rows, item.right, 0 if format == "qti" else LOST)


# On a busy machine the chapters alone take minutes.
@pytest.mark.timeout(1800)
@pytest.mark.bank
def test_all_questions_of_the_book_make_the_round_trip(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    items = [item for path in CHAPTERS for item in collect(path.relative_to(ROOT))]
    assert [item.name for item in items] == [
        root["data-question"]
        for path in CHAPTERS
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        for root in BeautifulSoup(
            output.get("data", {}).get("text/html", ""), "html.parser"
        ).select("[data-question]")
    ]
    of_page = {
        (path.stem, name): rows for path in CHAPTERS for name, _, rows in rows_on_the_page(path)
    }
    plain_numbers = {
        (i.stem, i.name): rows_of(i) for i in items if i.kind == "number" and not i.setting
    }
    assert plain_numbers == of_page
    read = written(items, tmp_path, address="https://example.org/book")
    for format in FORMATS:
        for found, item in zip(read[format], items, strict=True):
            assert found.id == item.id
            assert plain(html(item.text)) in found.text
            assert f"in the book: {plain(html(item.chapter))}" in found.text
            if item.answers:
                require_same(found, rows_of(item), item.right, 0 if format == "qti" else LOST)
            elif item.things:
                assert found.matches[: len(item.things)] == [(t.text, t.box) for t in item.things]
            elif item.choices:
                assert list(found.choices.values()) == [
                    (c.right, plain(html(c.words))) for c in item.choices
                ]
            else:
                assert found.kind == "essay"


# Texts


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    clean = dict.fromkeys(["text", "unit", "answer", "why", "chapter"], HOSTILE)
    number = Item(
        "number",
        "number",
        right=5.0,
        answers=(
            Answer(4.9, 5.1, True, HOSTILE),
            Answer(None, 5, False, HOSTILE),
            Answer(5, None, False, HOSTILE),
        ),
        hints=(HOSTILE, "Two."),
        setting=(HOSTILE, HOSTILE),
        stem="\u4e2d \u6587",
        tags=(HOSTILE,),
        **clean,
    )
    choice = ask(
        "?", name="choices", answer=HOSTILE, choices={HOSTILE: HOSTILE, "[html] b": "%100%"}
    ).item()
    choice = replace(choice, **{**clean, "stem": "a"})
    essay = Item("open", "open", hints=(HOSTILE,), stem="a", **clean)
    sorting = sort(
        "?",
        name="sort",
        boxes=[HOSTILE, "->", "#"],
        things={HOSTILE: ("->", HOSTILE), "a -> b = c": (HOSTILE, "So.")},
    ).item()
    sorting = replace(sorting, **{**clean, "stem": "a"})
    items = [number, choice, essay, sorting]
    return items, written(items, tmp_path_factory.mktemp("hostile"), title=HOSTILE)


@pytest.mark.parametrize("format", FORMATS)
def test_texts_come_back_as_they_went(hostile, format):
    said = " ".join(re.sub("[\x00\x0b\ud800]", "", HOSTILE).split())
    number, choice, essay, sorting = hostile[1][format]
    pairs = [(said, "->"), ("a -> b = c", said)]
    assert sorting.matches == (pairs if format == "qti" else [*pairs, ("", "#")])
    assert (number.kind, choice.kind, essay.kind) == ("numerical", "multichoice", "essay")
    assert number.text.count(said) >= 4, "question, unit, heading and value"
    assert said in choice.text
    assert said in essay.text
    assert {number.told(x)[1] for x in (5, 1, 9)} == {said}
    assert choice.choices == {said: (1, said), "[html] b": (0, "%100%")}
    assert number.general.count(said) >= 2
    assert (said in essay.general) if format == "gift" else (said in essay.marker)
    if format == "gift":
        assert number.general.endswith(f"Hints: {said} Two.")
    else:
        assert number.hints == [said, "Two."]
    if format == "gift":
        assert "\\" not in number.category
        assert number.category.count(said.replace("/", "//").replace("\\", "")) == 2
    if format == "moodle":
        assert number.tags == [said]
        assert number.category.count(said.replace("/", "//")) == 2
    if format == "qti":
        assert number.category == said


def test_a_page_of_the_book_is_linked_where_it_is_known(tmp_path):
    item = ask("Why?", name="why", answer="So.").item()
    placed = item.at(
        page="part/one.html#why--kind", chapter="A & B", stem="one", tags=["objective 2"]
    )
    assert 'id="why--kind"' in ask("Why?", name="why", answer="So.")._markup
    assert "href" not in placed.question_html()
    assert "href" not in item.question_html("https://example.org")
    assert placed.question_html("https://example.org/book/") == (
        '<p>Why?</p><p><a href="https://example.org/book/part/one.html#why--kind">'
        "This question in the book: A &amp; B</a></p>"
    )
    for format, (found,) in written([placed], tmp_path, address="https://example.org").items():
        assert "This question in the book: A & B" in found.text
        assert format == "qti" or found.tags == ["open question", "objective 2"]
    with pytest.raises(
        ValueError, match=r"address must begin with https:// or http://, got 'javascript:x'\."
    ):
        write([placed], tmp_path, title="x", address="javascript:x")


@pytest.fixture
def about():
    site = explore(
        lambda it_mwh=1170.0, pue=1.1: {"Site [MWh]": it_mwh * pue},
        name="a-site",
        it_mwh=(0.0, 5000.0, 1.0),
        pue=(1.0, 2.5, 0.01),
        labels={"pue": "PUE", "it_mwh": "Computers [MWh]"},
    )
    return ask(
        "For one?", name="for-one", answer=lambda it_mwh, pue: pue / it_mwh, explorer=site
    ), site


def test_an_explorer_is_frozen_and_says_its_values(about):
    question, site = about
    item = question.item()
    assert item.setting == (
        "a site: these values are set, and this comes of them.",
        "Computers: 1,170 MWh",
        "PUE: 1.10",
        "Site: 1,290 MWh",
    )
    assert item.answers[0].words == "That is right for the values set above."
    site.controls["pue"].value = 2.34
    assert question.item().right == 2.34 / 1170
    assert "PUE: 2.34" in question.item().setting


def test_an_explorer_without_an_answer_is_refused(about):
    question, site = about
    assert Item.read(json.loads(json.dumps(asdict(question.item())))) == question.item()
    site.controls["it_mwh"].value = 0.0
    with pytest.raises(
        ValueError,
        match=r"'for-one' has no answer at the values that its explorer is set to\. Change one\.",
    ):
        question.item()


# The numbers of Moodle and GIFT


def test_what_moodle_shows_as_right_is_the_answer_in_few_digits(tmp_path):
    lopsided = ask("?", name="a", answer=1 / 3, within=(0.3, 0.9)).item()
    for format, (found,) in written([lopsided], tmp_path).items():
        assert found.shown == (1 / 3 if format == "qti" else 0.333333)


def test_a_number_far_below_all_is_told_the_last_words_and_no_more_points(tmp_path):
    item = ask("?", name="a", answer=5.0).item()
    read = written([item], tmp_path)
    for format in ("moodle", "gift"):
        (found,) = read[format]
        assert found.told(-1e5) == (0, "Far too low, by more than ten times.")
        assert found.told(-1e9) == (0, "Far too high, by more than ten times.")
    assert read["qti"][0].told(-1e9) == (0, "Far too low, by more than ten times.")


def test_a_guess_within_a_factor_of_two_is_good():
    item = guess("?", name="g", answer=100, slider=(1, 1e4), unit="t").item()
    assert [(a.low, a.high, a.right) for a in item.answers] == [
        (50, 200, True),
        (None, 100, False),
        (100, None, False),
    ]
    assert item.answers[1].words == "It is 100 t: more than twice your guess."
    assert "within a factor of two is good" in item.question_html()


# The rules of the formats


def test_identifiers_are_the_same_the_next_time_and_one_each(tmp_path):
    items = [q.item().at(page="", chapter="c", stem="01_one two") for q in of_samples().values()]
    first = [path.read_bytes() for path in write(items, tmp_path / "a", title="t")]
    assert first == [path.read_bytes() for path in write(items, tmp_path / "b", title="t")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", item.id) for item in items)
    with pytest.raises(
        ValueError, match=r"2 questions have the identifier '01_one-two-box'\. Give each a name="
    ):
        write([items[0], items[0]], tmp_path, title="t")


XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CHILDREN = [
    "responseDeclaration",
    "outcomeDeclaration",
    "itemBody",
    "responseProcessing",
    "modalFeedback",
]
BLOCKS = {
    "p",
    "ul",
    "ol",
    "choiceInteraction",
    "matchInteraction",
    "extendedTextInteraction",
    "rubricBlock",
}
INLINE = {"a", "strong", "textEntryInteraction"}


@pytest.fixture
def files(tmp_path):
    items = [q.item().at(page="x.html", chapter="One", stem="1") for q in of_samples().values()]
    return bank_readers.package(
        write(items, tmp_path, title="t", address="https://example.org")[2].read_bytes()
    )


def test_an_item_of_qti_has_its_parts_in_order(files):
    require_rules_of_qti(files)


def require_rules_of_qti(files):
    for name, root in files.items():
        if not name.startswith("items/"):
            continue
        tags = [part.tag.removeprefix(QTI) for part in root]
        assert tags == sorted(tags, key=CHILDREN.index)
        assert set(root.attrib) == {"identifier", "title", XML_LANG, "adaptive", "timeDependent"}
        assert {part.tag.removeprefix(QTI) for part in root.find(f"{QTI}itemBody")} <= BLOCKS
        for paragraph in root.iter(f"{QTI}p"):
            assert {part.tag.removeprefix(QTI) for part in paragraph} <= INLINE
        for both in root.iter(f"{QTI}and"):
            assert len(both) in (1, 2), "the schema wants one at least"
        named = [element.get("identifier") for element in root.iter(f"{QTI}modalFeedback")]
        assert len(named) == len(set(named))
        of_choices = [c.get("identifier") for c in root.iter(f"{QTI}simpleChoice")]
        told = {
            rule[0].text if rule[0].tag == f"{QTI}baseValue" else choice
            for rule in root.iter(f"{QTI}setOutcomeValue")
            if rule.get("identifier") != "SCORE"
            for choice in (of_choices or [None])
        }
        assert told == set(named), "each feedback is reached, and is there"
        everything = [e.get("identifier") for e in root.iter() if e.get("identifier")]
        assert all(
            re.fullmatch(r"[A-Za-z_][\w.-]*", identifier, re.ASCII) for identifier in everything
        )


def test_the_manifest_names_every_file_and_no_other(files):
    inside = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
    root = files["imsmanifest.xml"]
    assert [part.tag.removeprefix(inside) for part in root] == [
        "metadata",
        "organizations",
        "resources",
    ]
    resources = list(root.iter(f"{inside}resource"))
    assert {r.get("href") for r in resources} | {"imsmanifest.xml"} == set(files)
    assert all(r.find(f"{inside}file").get("href") == r.get("href") for r in resources)
    identifiers = [r.get("identifier") for r in resources]
    assert len(set(identifiers)) == len(identifiers)
    needed = {d.get("identifierref") for d in root.iter(f"{inside}dependency")}
    assert needed == {
        r.get("identifier") for r in resources if r.get("type") == "imsqti_item_xmlv2p1"
    }


def test_nobody_is_told_anything_who_has_answered_nothing(files):
    for name, root in files.items():
        if name.startswith("items/") and root.find(f"{QTI}responseProcessing") is not None:
            assert bank_readers._outcome(root, None) == (0, "", "")


# The command

NOTEBOOK = [
    ("markdown", "# Of numbers\n\nText."),
    (
        "code",
        "from aiimpact.ask import ask, guess\n\nhidden = ask('Not shown?', name='hidden', answer=1)",
    ),
    ("code", "ask('How many?', name='many', answer=40, unit='t', hints=['More than 39.'])"),
    ("code", "guess('How much?', name='much', answer=40, slider=(1, 1000))"),
]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    cells = [getattr(nbformat.v4, f"new_{kind}_cell")(source) for kind, source in NOTEBOOK]
    cells[2].metadata["objective"] = 3
    path = tmp_path / "notes" / "one.ipynb"
    path.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    monkeypatch.chdir(tmp_path)
    return Path("notes/one.ipynb")


def test_the_questions_that_a_notebook_shows_are_collected(notebook):
    before = notebook.read_bytes()
    many, much = collect(notebook)
    assert (many.id, many.chapter, many.page) == (
        "one-many",
        "Of numbers",
        "notes/one.html#many--kind",
    )
    assert (many.tags, much.tags) == (("number", "objective 3"), ("guess",))
    assert many == ask(
        "How many?", name="many", answer=40, unit="t", hints=["More than 39."]
    ).item().at(
        page="notes/one.html#many--kind", chapter="Of numbers", stem="one", tags=["objective 3"]
    )
    assert notebook.read_bytes() == before


def test_the_command_says_what_it_wrote(notebook, capsys):
    assert main([str(notebook), "--out", "bank", "--title", "Notes"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{notebook}: 2 questions"
    assert said[1:3] == [
        "number: 1 (numerical; in QTI text entry)",
        "guess: 1 (numerical; in QTI text entry)",
    ]
    assert re.fullmatch(r"2 questions in all, with \d+ named wrong answers", said[3])
    assert said[4:] == [str(Path("bank", name)) for name in ("moodle.xml", "gift.txt", "qti21.zip")]
    assert [
        x.name for x in bank_readers.moodle(Path("bank/moodle.xml").read_text(encoding="utf-8"))
    ] == ["many", "much"]


def test_the_command_says_what_is_wrong(tmp_path):
    command = [sys.executable, "-m", "aiimpact.ask.bank", str(tmp_path / "no.ipynb")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr.strip()) == (
        1,
        f"There is no {tmp_path / 'no.ipynb'}.",
    )
