"""The texts of the register: no figure is typed but by the rule at the head of `claims.yaml`."""

from __future__ import annotations

import copy
import math
import re
from string import Formatter

import pytest
from test_prose import figures, sentences

from aiimpact import claims, tables, words
from aiimpact.claims import register
from aiimpact.claims.register import messages, raw_entries
from aiimpact.claims.texts import said, templates, value_of, written
from aiimpact.numbers import number

ENTRIES = raw_entries()
IDS = [entry["id"] for entry in ENTRIES]
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
ROW = re.compile(r'tables\.(?:constant|quantity)\((?:"[^"]*", ?){0,2}"[^"]*"\)\.(?:low|mid|high)')
# A figure in words rounds what it stands for.
ROUNDED = 0.25
# Words that the finder of figures does not read.
SAID = {"half of": 1 / 2, "four fifths": 4 / 5, "an eleventh": 1 / 11, "one in six": 1 / 6}
SAID |= {"one data centre in fifteen": 1 / 15, "six of them": 6, "two to three times": 3}
SAID |= {"twelve times": 12, "thirteen times": 13, "twelve miles": 12}


def typed_in_entry(entry):
    """Give the figures that an entry types and may not, and why."""
    values = claims.get(entry["id"]).article_values
    written = (f"{value.value:,.10g} {value.unit}".replace("percent", "%") for value in values)
    own = {(figure.unit, figure.value) for text in written for figure in figures(text)}
    own |= {("", value.value) for value in values}
    sources = {statement["text"] for statement in entry["source_says"]}
    in_words = entry.get("in_words", {})
    names = " ".join(
        [str(entry.get("numbers", {})), *(step["call"] for step in entry["recompute"])]
    )
    rows = {value_of(call, entry) for call in ROW.findall(re.sub(r"\s+", " ", names))}
    for text in templates(entry):
        for figure in (figure for sentence in sentences(text) for figure in figures(sentence)):
            if (figure.unit, figure.value) in own:
                continue
            in_digits = re.match(r"[\d,.]*\d", figure.text)
            if text not in sources:
                bound = not in_digits and any(figure.text in words_ for words_ in in_words)
                if not bound:
                    yield f"{figure.text!r} in: {text}"
            elif in_digits and len(in_digits[0].strip("0.").replace(",", "")) > 1:
                bare = value_of(in_digits[0].replace(",", ""), entry)
                if any(math.isclose(bare, k * row) for row in rows for k in (1, 100)):
                    yield f"{figure.text!r} is a row of a table, in: {text}"


@each_entry
def test_no_text_types_a_figure(entry):
    assert list(typed_in_entry(entry)) == []


@each_entry
def test_a_figure_in_words_rounds_what_it_stands_for(entry):
    told = " ".join(templates(entry)).casefold()
    for phrase, call in entry.get("in_words", {}).items():
        assert phrase in told
        found = [SAID[phrase]] if phrase in SAID else [f.value for f in figures(f"{phrase} of")]
        assert found == [pytest.approx(float(value_of(call, entry)), rel=ROUNDED)], phrase


@each_entry
def test_each_number_has_a_place_and_each_place_a_number(entry):
    places = {
        name for text in templates(entry) for _, name, _, _ in Formatter().parse(text) if name
    }
    assert places == set(entry.get("numbers", {}))


def test_a_typed_figure_is_found():
    entry = copy.deepcopy(ENTRIES[IDS.index("gpt3-552-t")])
    entry["why"] = "It is 552 t, or three quarters of 700 t."
    entry["source_says"][0]["text"] = "The source prints 14.8 days, 330 W and 12 kg."
    found = [line.partition("'")[2].partition("'")[0] for line in typed_in_entry(entry)]
    assert sorted(found) == ["14.8", "330 W", "700 t", "three quarters"]


@each_entry
def test_numbers_are_written_as_on_every_page(entry):
    for call in entry.get("numbers", {}).values():
        first, _, form = call.partition(" | ")
        if " .. " not in call and (form or "3").isdigit():
            assert written(call, entry) == number(value_of(first, entry), int(form or 3))


def test_a_text_follows_the_table(monkeypatch):
    read = tables._read

    def changed(name):
        rows = read(name).copy()
        if name == "constants":
            rows.loc["idc-2022-old", ["low", "mid", "high"]] = 130.0
        return rows

    monkeypatch.setattr(tables, "_read", changed)
    assert "has 130 billion for 2022" in said(ENTRIES[0])["source_says"][1]["text"]


@pytest.fixture
def reads_in(monkeypatch):
    """Read the register in another language, with some texts translated."""

    def choose(language, **texts):
        monkeypatch.setattr(words, "_language", language)
        monkeypatch.setattr(words, "_added", {language: texts})
        register._read.cache_clear()

    yield choose
    register._read.cache_clear()


def test_large_numbers_are_counted_as_the_language_counts(reads_in):
    reads_in("zh-Hans")
    assert written("132.4 | 4 billion", {}) == "1,324亿"
    assert written("2.788 | 4 million", {}) == "278.8万"
    reads_in("zh-Hant-HK")
    assert written("776 | 3 million", {}) == "7.76億"


def test_the_register_is_said_in_the_language_in_use(reads_in):
    entry = ENTRIES[0]
    translated = {
        entry["teach_today"]["text"]: "{rate_before}%和{rate_short}%。",
        "Reproduced, with caveats": "可重现，但有保留",
        "Has an effect, if {condition}": "若{condition}，则有效果",
    }
    reads_in("zh-Hans", **translated)
    claim = claims.get(entry["id"])
    assert (claim.teach_today.text, claim.judged) == ("27%和31%。", "可重现，但有保留")
    assert claim.verdict == "reproduced-with-caveats"
    assert claims.get("policy-carbon-offsets").judged.startswith("若碳信用")


def test_messages_hold_every_text():
    told = messages()
    assert {word.label for word in claims.VERDICTS.values()} <= set(told)
    assert claims.column().also_says[0].says in told
    assert ENTRIES[0]["why"] in told
