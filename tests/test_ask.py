"""ask() and guess(): what counts as right, what comes back, errors that name the fix, text that stays text."""

from __future__ import annotations

import dataclasses
import decimal
import json
import math
from html.parser import HTMLParser

import numpy as np
import pytest
import sample
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from aiimpact import tables
from aiimpact.ask import ask, guess, sort
from aiimpact.live import TraceError, explore, interval, number

NOT_NUMBERS = [True, False, "5", "", None, math.nan, math.inf, -math.inf, [5], np.array([5.0, 6.0])]


def asked(answer=100.0, **options):
    given = {"name": "asked", "answer": answer, "tolerance": 0.02} | options
    return ask("How much?", **given)


def guessed(answer=552.1, **options):
    return guess(
        "How much?", **({"name": "guessed", "answer": answer, "slider": (1, 1e6)} | options)
    )


def a_site():
    return explore(
        lambda it_mwh=1170.0, pue=1.1: {"Site [MWh]": it_mwh * pue},
        name="a-site",
        it_mwh=(0.0, 5000.0, 1.0),
        pue=(1.0, 2.5, 0.01),
    )


def soup(question):
    return BeautifulSoup(question._markup, "html.parser").div


def page(question):
    """Give what the script of a question finds; no word in it may be outside of JSON."""

    def refuse(word):
        raise AssertionError(word)

    return json.loads(soup(question).find("script").string, parse_constant=refuse)


# What counts as right


@pytest.mark.parametrize(
    ("options", "right", "wrong"),
    [
        ({}, [98, 100, 102], [97.9999, 102.0001]),
        ({"tolerance": 0.1}, [90, 110], [89.99, 110.01]),
        ({"tolerance": 0}, [100], [100.0000001, 99.9999999]),
        ({"answer": 0.1 + 0.2, "tolerance": 0}, [0.3], [0.3000001]),
        ({"answer": -12.5, "tolerance": 0.04}, [-12, -12.5, -13], [-11.99, -13.01, 12.5, 0]),
        ({"answer": 0.0}, [0, -0.0], [1e-9, -1e-9]),
        ({"answer": 0.0, "within": (-1, 2)}, [-1, 0, 2], [-1.001, 2.001]),
        ({"within": (50, 101)}, [50, 101], [49.9, 101.1]),
        ({"answer": interval(50, 100, 101)}, [50, 100, 101], [49.9, 101.1]),
        ({"answer": interval(50, 100, 101), "within": (99, 100)}, [99, 100], [98, 101]),
        ({"answer": interval(100, 100, 100)}, [98, 102], [97, 103]),
        ({"answer": np.float64(100)}, [98, 102], [97, 103]),
        ({"answer": np.int64(100)}, [98, 102], [97, 103]),
        ({"answer": lambda: 100}, [98, 102], [97, 103]),
        ({"answer": lambda: interval(90, 100, 120)}, [90, 120], [89, 121]),
        ({"answer": lambda pue: 100 * pue, "quantities": {"pue": 2}}, [200], [100]),
        ({"answer": lambda pue=3: 100 * pue}, [300], [100]),
        ({"answer": lambda pue=3: 100 * pue, "quantities": {"pue": 2}}, [200], [300]),
    ],
)  # fmt: skip
def test_what_counts_as_right(options, right, wrong):
    question = asked(**options)
    assert [question.check(value).tone for value in right] == ["got-it"] * len(right)
    assert [question.check(value).tone for value in wrong] == ["keep-working"] * len(wrong)
    assert page(question)["rows"][0][:2] == [float(end) for end in question._rows()[0][:2]]


def test_the_range_of_a_row_counts_as_right():
    row = tables.constant("training-power-growth")
    question = asked(row, unit="doublings a year")
    for value in (row.low, row.mid, row.high):
        assert question.check(value).tone == "got-it"
    assert question.check(row.high * 1.01).tone == "keep-working"
    shown = soup(question).select_one(".ask-right").text
    assert shown == f"{number(row.mid)} doublings a year ({number(row.low)} to {number(row.high)})"


def test_a_row_may_be_a_quantity():
    row = tables.constant("training-power-growth")
    question = asked(lambda rate: 10 * rate, quantities={"rate": row})
    assert question.check(10 * row.mid).tone == "got-it"


# Of the smallest numbers, those below 1e-307, there are too few to tell a share from another.
@given(
    answer=st.floats(-1e9, 1e9, allow_subnormal=False).filter(bool),
    tolerance=st.floats(1e-6, 0.99),
)
def test_the_tolerance_is_a_share_of_the_answer(answer, tolerance):
    question = asked(answer, tolerance=tolerance)
    for sign in (-1, 1):
        inside, outside = (answer * (1 + sign * (tolerance + d)) for d in (-1e-9, 1e-9))
        assert question.check(inside).tone == "got-it"
        assert question.check(outside).tone == "keep-working"


# What comes back


@pytest.mark.parametrize(
    ("options", "value", "words"),
    [
        ({"unit": "MWh"}, 101, "It is 100 MWh."),
        ({"answer": 1287.123, "digits": 5}, 1287, "It is 1,287.1."),
        ({"unit": "MWh"}, 103, "Close, but not close enough. Check the rounding."),
        ({"unit": "MWh"}, 80, "Too low."),
        ({"unit": "MWh"}, 123, "Too high."),
        ({"unit": "MWh"}, 7, "Far too low, by more than ten times."),
        ({"unit": "MWh"}, -7, "Far too low, by more than ten times."),
        ({"unit": "MWh"}, 7e4, "Far too high, by more than ten times."),
        ({"unit": "MWh"}, 100_000, "1,000 times too large: kWh or MWh?"),
        ({"unit": "MWh"}, 0.1, "1,000 times too small: MWh or GWh?"),
        ({"unit": "MWh"}, -100, "The size is right, the sign is not."),
        ({"unit": "t"}, 220_462, "2,205 times too large: pounds or tonnes?"),
        ({"answer": 30.0, "unit": "%"}, 70, "That is the rest: the two make 100 %."),
        ({"answer": 30.0, "unit": "%"}, 0.3, "100 times too small: a fraction, or per cent?"),
        ({"answer": 30.0, "unit": "%"}, 130, "That is where it ends, in per cent of the start. The rise alone is 100 less."),
        ({"answer": 0.3}, 30, "100 times too large: per cent, or a fraction?"),
        ({"answer": 0.0}, 3, "Too high."),
        ({"answer": 0.0}, -3, "Too low."),
        ({"answer": 0.0, "unit": "%"}, 100, "That is the rest: the two make 100 %."),
        ({"answer": -50.0}, -20, "Too high."),
        ({"answer": -50.0}, -90, "Too low."),
        ({"answer": -50.0}, -52, "Close, but not close enough. Check the rounding."),
        # A wide range has no rounding far away from it.
        ({"within": (10, 400)}, 500, "Too high."),
        ({"within": (10, 400)}, 403, "Close, but not close enough. Check the rounding."),
        ({"within": (10, 400)}, -3, "Far too low, by more than ten times."),
        ({"tolerance": 0.6}, 170, "Too high."),
    ],
)  # fmt: skip
def test_words(options, value, words):
    assert asked(**options).check(value).words == words


def test_slips_of_a_question_come_first():
    question = asked(
        unit="MWh",
        quantities={"pue": 2},
        slips={
            "half": (50.0, "You halved it."),
            "function": (lambda pue: 100 + pue * 10, "You added the PUE."),
        },
    )
    assert question.check(50) == ("keep-working", "You halved it.", "half")
    assert question.check(120).slip == "function"
    assert question.check(200).slip == "pue-twice"


def test_choices_come_back_with_their_words():
    question = asked("b", choices={"a": "Not a.", "b": "Yes, b.", "c": "Not c."}, why="Because.")
    assert question.check("b") == ("got-it", "Yes, b.", None)
    assert question.check("c") == ("keep-working", "Not c.", None)
    assert [label for label, *_ in page(question)["options"]] == ["a", "b", "c"]
    assert soup(question).select_one(".ask-answer").text == "The answerbBecause."


def test_an_open_question_shows_its_model_answer_and_why():
    question = asked("One line.\n\nAnother.", why="Because.")
    assert question.kind == "open"
    texts = [p.text for p in soup(question).select(".ask-answer p")]
    assert texts == ["One line.", "Another.", "Because."]


# Boxes

THINGS = {"a": ("one", "An a is one."), "b": ("two", "A b is two."), "c": ("two", "A c is two.")}


def sorted_into(**options):
    given = {"name": "sorted", "boxes": ["one", "two", "three"], "things": THINGS}
    return sort("Which is which?", **(given | options))


@pytest.mark.parametrize(
    ("a", "b", "c", "told"),
    [
        ("one", "two", "two", ("got-it", "All 3 are right.", None)),
        ("two", "two", "two", ("keep-working", "2 of 3 are right. An a is one.", None)),
        ("one", "one", "three", ("keep-working", "1 of 3 is right. A b is two.", None)),
        ("one", "three", "one", ("keep-working", "1 of 3 is right. Far off.", "far")),
        ("three", "one", "one", ("keep-working", "None of 3 is right. An a is one.", None)),
    ],
)
def test_a_sorting_is_told_how_many_are_right_and_why_the_first_of_the_others_is_not(a, b, c, told):
    question = sorted_into(slips={"far": ("b", "three", "Far off.")})
    assert question.check({"c": c, "a": a, "b": b}) == told
    assert question.check({"a": a, "c": c}) == (
        "missing",
        "Put each of them into a box first.",
        None,
    )


@pytest.mark.parametrize("value", ["a", None, 5, [["a", "one"]], {"d": "one"}, {"a": "four"}, {"a": ["one"]}], ids=repr)  # fmt: skip
def test_a_sorting_names_things_and_boxes_there_are(value):
    with pytest.raises(ValueError, match="value must be a dict from 'a', 'b', 'c' to one of the boxes 'one'"):  # fmt: skip
        sorted_into().check(value)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"name": "Sorted"}, ValueError, "Try 'sorted'"),
        ({"hints": "One."}, TypeError, "hints must be a list of texts"),
        ({"boxes": ["one"]}, ValueError, "boxes must be two or more texts, each once, got ['one']"),
        ({"boxes": "one two"}, ValueError, "boxes must be two or more texts"),
        ({"boxes": ["one", "two", "one"]}, ValueError, "each once"),
        ({"boxes": ["one", "two", " "]}, ValueError, "boxes must be two or more texts"),
        ({"things": {"a": THINGS["a"]}}, ValueError, "things must be a dict of two or more texts"),
        ({"things": THINGS | {"d": "one"}}, TypeError, "things['d'] must be its box and what every other box is told, got 'one'."),
        ({"things": THINGS | {"d": ("one", "")}}, TypeError, "Write (\"the box\", \"Why it belongs there.\")."),
        ({"things": THINGS | {"d": ("four", "It is.")}}, ValueError, "things['d'] must lie in one of the boxes 'one', 'two', 'three', got 'four'."),
        ({"slips": {"x": ("a", "two")}}, TypeError, "slips['x'] must be a thing, a wrong box and words"),
        ({"slips": {"x": ("a", "four", "No.")}}, ValueError, "slips['x'] must name a thing and a box of the question, got 'a' and 'four'."),
        ({"slips": {"x": ("a", "one", "No.")}}, ValueError, "slips['x'] must come out wrong, but 'a' belongs in 'one'."),
    ],
)  # fmt: skip
def test_what_does_not_fit_a_sorting_is_refused_with_the_fix(options, error, text):
    with pytest.raises(error) as caught:
        sorted_into(**options)
    assert text in str(caught.value)


# Sliders


def test_stops_are_round_numbers_ten_to_a_power_of_ten():
    options = list(asked(unit="t", slider=(1, 1000), tolerance=0.2)._options)
    assert options[:11] == [
        "1 t",
        "1.2 t",
        "1.5 t",
        "2 t",
        "2.5 t",
        "3 t",
        "4 t",
        "5 t",
        "6 t",
        "8 t",
        "10 t",
    ]
    assert len(options) == 31
    assert options[-1] == "1,000 t"


@pytest.mark.parametrize(
    ("slider", "first", "last"),
    [((0.9, 1100), "1", "1,000"), ((1.01, 999), "1.2", "800"), ((2e-6, 1e12), "0.000002", f"{10**12:,}")],
)  # fmt: skip
def test_stops_lie_within_the_ends(slider, first, last):
    options = list(asked(slider=slider, tolerance=0.2)._options)
    assert (options[0], options[-1]) == (first, last)
    values = [float(option.replace(",", "")) for option in options]
    assert values == sorted(set(values))


def test_a_slider_is_checked_like_a_box():
    box, slider = asked(unit="t", tolerance=0.2), asked(unit="t", tolerance=0.2, slider=(1e-4, 1e6))
    for stop in slider._options:
        assert slider.check(stop) == box.check(float(stop.removesuffix(" t").replace(",", "")))


# Guesses


@pytest.mark.parametrize(
    ("options", "stop", "tone", "words"),
    [
        ({}, "300 t", "got-it", "You guessed 300 t. It is 552 t: 1.8 times your guess."),
        ({}, "1,000 t", "got-it", "You guessed 1,000 t. It is 552 t: your guess is 1.8 times that."),
        ({}, "250 t", "keep-working", "You guessed 250 t. It is 552 t: 2.2 times your guess."),
        ({}, "1,200 t", "keep-working", "You guessed 1,200 t. It is 552 t: your guess is 2.2 times that."),
        ({}, "1 t", "keep-working", "You guessed 1 t. It is 552 t: 550 times your guess."),
        ({}, "500 t", "got-it", "You guessed 500 t. It is 552 t: 1.1 times your guess."),
        ({"answer": 550}, "500 t", "got-it", "You guessed 500 t, and it is 550 t."),
        ({"within": (400, 700)}, "400 t", "got-it", "You guessed 400 t, and it is 552 t (400 to 700)."),
        ({"within": (400, 700)}, "800 t", "got-it", "You guessed 800 t. It is 552 t (400 to 700): your guess is 1.4 times that."),
        ({"digits": 4}, "1 t", "keep-working", "You guessed 1 t. It is 552.1 t: 550 times your guess."),
    ],
)  # fmt: skip
def test_a_guess_is_put_beside_the_value(options, stop, tone, words):
    verdict = guessed(unit="t", **options).check(stop)
    assert verdict.words == words
    assert verdict.tone == tone
    assert verdict.slip is None


@pytest.mark.parametrize(
    ("unit", "one", "two"),
    [
        ("years", "1 year", "2 years"),
        ("US cents", "1 US cent", "2 US cents"),
        ("times", "1 times", "2 times"),
        ("cars", "1 car", "2 cars"),
        ("litres of water", "1 litre of water", "2 litres of water"),
        ("boxes", "1 boxes", "2 boxes"),
        ("cities", "1 cities", "2 cities"),
        ("glass", "1 glass", "2 glass"),
        ("lb CO2e", "1 lb CO₂e", "2 lb CO₂e"),
        ("", "1", "2"),
    ],
)
def test_a_stop_is_written_as_a_reader_knows_it(unit, one, two):
    stops = [stop for stop, *_ in page(guessed(unit=unit))["options"]]
    assert {one, two} <= set(stops)


def test_a_stop_is_found_by_plain_letters_too():
    question = guessed(unit="t CO2e")
    assert question.check("500 t CO2e") == question.check("500 t CO₂e")
    for wrong in ("501 t CO2e", "500 t", "", 500.0, None):
        with pytest.raises(ValueError, match="must be one of the answers"):
            question.check(wrong)


def test_every_guess_has_a_place_on_the_strip():
    question = guessed(unit="t", within=(0, 1e9))
    shown = page(question)
    places = [shown["places"][stop] for stop, *_ in shown["options"]]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 100
    known = soup(question).select_one(".ask-known")
    assert float(known["x"][:-1]) + float(known["width"][:-1]) <= 100
    assert "(0 to 1,000,000,000)" in soup(question).select_one(".ask-right").text


def test_a_guess_may_be_a_row():
    row = tables.constant("training-power-growth")
    verdict = guessed(row, slider=(0.01, 100)).check("1")
    assert (
        verdict.words
        == f"You guessed 1, and it is {number(row.mid)} ({number(row.low)} to {number(row.high)})."
    )


# About an explorer


def test_the_answer_follows_the_explorer():
    explorer = a_site()
    question = asked(
        lambda it_mwh, pue: it_mwh * pue,
        unit="MWh",
        explorer=explorer,
        slips={"without-building": (lambda it_mwh: it_mwh, "The building is left out.")},
    )
    assert question.check(1287) == ("got-it", "That is right for the values set above.", None)
    explorer.controls["pue"].value = 2.0
    assert question.check(2340).tone == "got-it"
    assert question.check(1170).slip == "without-building"
    assert question.check(4680).slip == "pue-twice"
    assert question.check(1287).words == "Too low."
    # Where a slip comes out right, it is right.
    explorer.controls["pue"].value = 1.0
    assert question.check(1170).tone == "got-it"
    # Where the answer is nought, nothing breaks.
    explorer.controls["it_mwh"].value = 0
    assert question.check(0).tone == "got-it"
    assert question.check(1).words == "Too high."
    assert (
        "It depends on the values above. At the first ones it is 1,290 MWh." in soup(question).text
    )


def test_an_explorer_may_have_a_range_and_a_value_without_an_answer():
    explorer = explore(
        lambda share=0.5, cooling="tower": {"Left": np.sqrt(share), "x": np.where(cooling == "dry", 1, 2)},
        name="shares",
        share=(-1.0, 1.0, 0.1),
        cooling=["tower", "dry"],
    )  # fmt: skip
    question = asked(
        lambda share, cooling: interval(
            np.sqrt(share) * 0.5, np.sqrt(share), np.sqrt(share) * np.where(cooling == "dry", 4, 2)
        ),
        explorer=explorer,
    )
    explorer.controls["share"].value = 1.0
    assert [question.check(x).tone for x in (0.5, 2, 3)] == ["got-it", "got-it", "keep-working"]
    explorer.controls["cooling"].value = "dry"
    assert question.check(3).tone == "got-it"
    explorer.controls["share"].value = -1.0
    assert question.check(3) == (
        "missing",
        "At the values set above there is no such number. Change one.",
        None,
    )


def test_the_answer_must_be_one_the_page_can_work_out():
    with pytest.raises(TraceError, match=r"np\.where"):
        asked(lambda pue: pue if pue > 2 else 1, explorer=a_site())
    with pytest.raises(TraceError, match=r"np\.log"):
        asked(lambda pue: math.log(pue), explorer=a_site())


# What does not fit

CHOICES = {"a": "Not a.", "b": "Yes, b."}
LOOK = "answer must be a number, an interval or a row of a table, got "


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"name": "Two Words"}, ValueError, "Try 'two-words'"),
        ({"name": ""}, ValueError, "name must be lower-case"),
        ({"name": 'a"b'}, ValueError, "name must be lower-case"),
        ({"answer": True}, TypeError, LOOK + "True"),
        ({"answer": None}, TypeError, LOOK + "None"),
        ({"answer": [1, 2]}, TypeError, LOOK + "[1, 2]"),
        ({"answer": 1j}, TypeError, LOOK + "1j"),
        ({"answer": decimal.Decimal(1)}, TypeError, LOOK + "Decimal('1')"),
        ({"answer": np.array([1.0, 2.0])}, TypeError, LOOK + "array"),
        ({"answer": lambda: "a"}, TypeError, LOOK + "'a'"),
        ({"answer": lambda: True}, TypeError, LOOK + "True"),
        ({"answer": interval(None, 1, 2)}, TypeError, LOOK + "Interval(low=None"),
        ({"answer": math.nan}, ValueError, "must be finite and within its range, got nan"),
        ({"answer": math.inf}, ValueError, "must be finite and within its range, got inf"),
        ({"answer": interval(3, 2, 1)}, ValueError, "got 2 in 3 to 1. Sort the ends"),
        ({"within": (101, 200)}, ValueError, "got 100 in 101 to 200"),
        ({"within": (0, math.inf)}, ValueError, "must be finite and within its range"),
        ({"within": (math.nan, 200)}, ValueError, "must be finite and within its range"),
        ({"within": "12"}, TypeError, "within must be two numbers, (low, high), got '12'"),
        ({"within": (1, 2, 3)}, TypeError, "within must be two numbers"),
        ({"within": 5}, TypeError, "within must be two numbers, (low, high), got 5"),
        ({"within": ()}, TypeError, "within must be two numbers"),
        ({"within": ("a", 2)}, TypeError, "within must be two numbers"),
        ({"tolerance": 2}, ValueError, "tolerance must be at least 0 and less than 1, got 2. It is a share of the answer: write 2 % as 0.02."),
        ({"tolerance": -0.1}, ValueError, "got -0.1"),
        ({"tolerance": math.nan}, ValueError, "got nan"),
        ({"tolerance": "2 %"}, ValueError, "got '2 %'"),
        ({"tolerance": True}, ValueError, "got True"),
        ({"digits": 0}, ValueError, "digits must be a whole number of at least 1, got 0"),
        ({"digits": 2.5}, ValueError, "got 2.5"),
        ({"digits": True}, ValueError, "got True"),
        ({"hints": "Take a root."}, TypeError, "hints must be a list of texts, got 'Take a root.'. Write [\"…\"] also for one."),
        ({"hints": [1]}, TypeError, "hints must be a list of texts, got [1]"),
        ({"quantities": {"peu": 1.1}}, ValueError, "Neither the answer nor a slip uses 'peu'. Did you mean 'pue'?"),
        ({"quantities": {"pue": "1.1"}}, TypeError, "quantities['pue'] must be a finite number or a row of a table, got '1.1'"),
        ({"quantities": {"pue": math.nan}}, TypeError, "got nan"),
        ({"quantities": {"pue": True}}, TypeError, "got True"),
        ({"answer": lambda pue: pue}, ValueError, "The answer needs 'pue', which is not given. Write quantities={'pue': …}."),
        ({"answer": lambda peu: peu, "quantities": {"pue": 1}}, ValueError, "Did you mean 'pue'?"),
        ({"slips": {"own": (100, "Wrong.")}}, ValueError, "The slip 'own' must come out wrong, got 100, which counts as right (98 to 102)."),
        ({"slips": {"own": 90}}, TypeError, "slips['own'] must be a wrong answer and words, got 90. Write (950, \"…\")."),
        ({"slips": {"own": (90, 80)}}, TypeError, "slips['own'] must be a wrong answer and words"),
        ({"slips": {"own": "ab"}}, TypeError, "slips['own'] must be a wrong answer and words"),
        ({"slips": {"own": (math.nan, "Wrong.")}}, TypeError, "slips['own'] must come out as a finite number, got nan"),
        ({"slips": {"own": ("90", "Wrong.")}}, TypeError, "slips['own'] must come out as a finite number, got '90'"),
        ({"slips": {"own": (lambda pue: pue, "Wrong.")}}, ValueError, "needs 'pue', which is not given"),
        ({"choices": CHOICES}, ValueError, "answer must be one of the choices 'a', 'b', got 100"),
        ({"answer": "c", "choices": CHOICES}, ValueError, "answer must be one of two or more choices, got 'c' and 'a', 'b'"),
        ({"answer": "a", "choices": {"a": "Alone."}}, ValueError, "two or more choices"),
        ({"answer": "a", "choices": {}}, ValueError, "two or more choices"),
        ({"answer": "a", "choices": {"a": "Yes.", " ": "No."}}, TypeError, "choices must be a dict of text to words, got ' '"),
        ({"answer": "a", "choices": {"a": "Yes.", 2: "No."}}, TypeError, "got 2: 'No.'. Write numbers as texts, too."),
        ({"answer": "a", "choices": {"a": "Yes.", "b": None}}, TypeError, "got 'b': None"),
        ({"answer": " "}, ValueError, "answer must be the model answer to an open question, got ' '"),
        ({"answer": "100", "unit": "t"}, ValueError, "unit= is for an answer that is a number, got the text '100' for an answer. Leave out unit=, or write the number without quotes."),
        ({"answer": "100", "within": (1, 2)}, ValueError, "within= is for"),
        ({"answer": "100", "slider": (1, 1000)}, ValueError, "slider= is for"),
        ({"answer": "100", "slips": {"x": (1, "y")}}, ValueError, "slips= is for"),
        ({"answer": "a", "choices": CHOICES, "quantities": {"pue": 1}}, ValueError, "quantities= is for"),
        ({"slider": (200, 1000)}, ValueError, "slider must have finite ends above 0 with stops on both sides of the answer 100, got 200 and 1000. Move the ends apart; the stops are 1, 1.2"),
        ({"slider": (1000, 1)}, ValueError, "got 1000 and 1"),
        ({"slider": (0, 1000)}, ValueError, "got 0 and 1000"),
        ({"slider": (-5, 1000)}, ValueError, "got -5 and 1000"),
        ({"slider": (1, math.inf)}, ValueError, "got 1 and inf"),
        ({"slider": (math.nan, 1)}, ValueError, "got nan and 1"),
        ({"slider": (99, 101)}, ValueError, "stops on both sides"),
        ({"slider": (91, 119)}, ValueError, "stops on both sides"),
        ({"slider": (1, 2, 3)}, TypeError, "slider must be two numbers"),
        ({"slider": "19"}, TypeError, "slider must be two numbers, (low, high), got '19'"),
        ({"answer": -5, "slider": (1, 10)}, ValueError, "both sides of the answer -5"),
        ({"answer": 700, "slider": (1, 1000)}, ValueError, "none lies within 686 to 714. Widen tolerance= or within=; the stops are"),
        ({"explorer": a_site()}, TypeError, "With an explorer the answer must be a function of its inputs, got 100"),
        ({"answer": lambda pue: pue, "explorer": a_site(), "slider": (1, 1000)}, ValueError, "has a box, no slider"),
        ({"answer": lambda peu: peu, "explorer": a_site()}, ValueError, "The answer needs 'peu'"),
        ({"answer": "a", "choices": CHOICES, "explorer": a_site()}, ValueError, "explorer= is for"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_fix(options, error, text):
    with pytest.raises(error) as caught:
        asked(**options)
    assert text in str(caught.value)
    assert type(caught.value) in (error, TraceError)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"name": "Guess"}, ValueError, "Try 'guess'"),
        ({"answer": "552"}, TypeError, LOOK + "'552'"),
        ({"answer": lambda: 5}, TypeError, LOOK),
        ({"answer": -5}, ValueError, "both sides of the answer -5"),
        ({"answer": 0}, ValueError, "both sides of the answer 0"),
        ({"answer": 9, "slider": (1.1, 9.9)}, ValueError, "both sides of the answer 9"),
        ({"answer": 3.5, "slider": (3.1, 3.9)}, ValueError, "both sides of the answer 3.5"),
        ({"within": (600, 700)}, ValueError, "got 552.1 in 600 to 700"),
        ({"within": 600}, TypeError, "within must be two numbers"),
        ({"digits": -1}, ValueError, "digits must be"),
    ],
)
def test_what_does_not_fit_a_guess_is_refused_with_the_fix(options, error, text):
    with pytest.raises(error) as caught:
        guessed(**options)
    assert text in str(caught.value)


@pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
def test_check_takes_a_finite_number(value):
    with pytest.raises(TypeError, match="value must be a finite number, got "):
        asked().check(value)


@pytest.mark.parametrize("value", [98, np.float64(98), np.int64(98), np.float32(98)], ids=repr)
def test_check_takes_numbers_of_every_kind(value):
    assert asked().check(value).tone == "got-it"


@pytest.mark.parametrize("value", [*NOT_NUMBERS, 700, "700", "700  t", "constructor"], ids=repr)
def test_check_takes_one_of_the_answers_there_are(value):
    for question in (
        asked(700, slider=(1, 1e5), unit="t", tolerance=0.5),
        asked("b", choices=CHOICES),
        guessed(),
    ):
        if question._options and isinstance(value, str) and value in question._options:
            continue
        with pytest.raises(ValueError, match="value must be one of the answers "):
            question.check(value)


@pytest.mark.parametrize("value", [5, "text", None], ids=repr)
def test_nothing_checks_an_open_question(value):
    with pytest.raises(TypeError, match="nothing checks the answer to an open question"):
        asked("A model answer.").check(value)


def test_extreme_numbers_can_be_asked_for():
    for answer in (1e305, -1e305, 1e-300, 5e-324, 1.7e308):
        for unit in ("t CO2e", "%", "", "kWh"):
            question = asked(answer, unit=unit, quantities={"pue": 1.5, "utilisation": 1e-9})
            assert question.check(answer).tone == "got-it"
            assert page(question)["rows"]


def test_quantities_of_nought_leave_out_what_divides_by_them():
    question = asked(unit="MWh", quantities={"pue": 0, "share": 0})
    assert question.check(0) == (
        "keep-working",
        "Too large by the PUE: the building is counted once too often.",
        "pue-twice",
    )
    page(question)


# What a page and a notebook hold


@pytest.mark.parametrize("name", [name for name in sample.questions() if name != "site"])
def test_the_markup_is_complete_before_any_script(name):
    question = sample.questions()[name]
    root = soup(question)
    assert root["data-question"] == name
    assert root["data-kind"] == question.kind == page(question)["kind"]
    ids = [element["id"] for element in root.select("[id]")]
    assert len(ids) == len(set(ids))
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        for element in root.select(f"[{attribute}]"):
            assert set(" ".join(element.get_attribute_list(attribute)).split()) <= set(ids), element
    assert root.select_one("fieldset[disabled] legend").text
    assert root.select_one(".ask-answer summary").text
    assert root.select_one(".ask-answer").text != root.select_one(".ask-answer summary").text
    assert "needs JavaScript" in root.select_one(".explorer-asleep").text
    hints = question._sheet.hints
    assert [h.summary.text for h in root.select(".ask-hint")] == [
        f"Hint {i} of {len(hints)}" for i in range(1, len(hints) + 1)
    ]
    assert [h.p.text for h in root.select(".ask-hint")] == list(hints)
    assert root.select("details[open]") == []


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, sorted(name for name, _ in attributes)))


@pytest.mark.parametrize(
    "hostile", [sample.HOSTILE, '" onfocus="x', "' a='b", "</script><!--", "&lt;b&gt;", "]]>"]
)
def test_hostile_text_stays_text(hostile):
    """The tags are those of a question with harmless texts, and the texts come back as they were."""

    def tags(text):
        made = [
            asked(unit=text, text=text, hints=[text], why=text),
            asked(text, choices={text: text, "b": text}, hints=[text], why=text),
            asked(text, why=text),
            asked(700, unit=text, slider=(1, 1e5), tolerance=0.5),
            guessed(unit=text, why=text),
            sort(
                text,
                name="hostile",
                boxes=[text, "b"],
                things={text: ("b", text), "c": (text, text)},
                slips={"one": (text, text, text)},
            ),
        ]
        for question in made:
            root = soup(question)
            page(question)
            assert text in root.text
            script = root.find("script").string
            assert "<" not in script
        parser = Tags()
        parser.feed("".join(question._markup for question in made))
        return parser.seen

    def asked(answer=5.0, text="How much?", **options):
        return ask(text, name="hostile", answer=answer, **options)

    assert tags(hostile) == tags("harmless")


def test_repr_lists_what_counts_as_right_and_the_slips_of_this_question():
    box = sample.questions()["box"]
    lines = repr(box).splitlines()
    assert lines[:3] == ["Question 'box': number", "  1,850 MWh", "  right: 1839.36 to 1857.84"]
    named = [line.split(":")[0].strip() for line in lines[3:]]
    assert named[0] == "own-slip"
    assert {"pue-twice", "utilisation-twice", "runs-twice"} <= set(named)
    assert "unit-below" not in named
    assert repr(sample.questions()["open"]) == "Question 'open': open"
    assert repr(sample.questions()["choices"]) == "Question 'choices': choices\n  10"
    assert repr(sample.questions()["sort"]).splitlines()[1:3] == [
        "  A reading of the card: chip",
        "  A bill: building",
    ]
    assert repr(sample.questions()["guess"]) == "Question 'guess': guess\n  552 t (500 to 600)"


def test_a_notebook_shows_the_question_and_a_page_its_markup():
    question = asked()
    data, _ = question._repr_mimebundle_()
    assert data["text/html"] == question._markup
    assert data["text/plain"] == repr(question)
    assert "application/vnd.jupyter.widget-view+json" in data
    assert question.given == ""
    assert "export" in question._esm


def test_paragraphs_are_parted_by_an_empty_line():
    question = ask("One.\n\n\nTwo.\nStill two.", name="paragraphs", answer=1)
    assert [p.text for p in soup(question).select(".ask-text p")] == ["One.", "Two.\nStill two."]


def test_a_row_without_a_range_has_a_tolerance():
    row = dataclasses.replace(tables.constant("training-power-growth"), low=1.0, mid=1.0, high=1.0)
    assert asked(row).check(1.01).tone == "got-it"
