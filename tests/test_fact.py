"""A figure and what stands behind it: rows of our tables, or anybody's number with its source."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from aiimpact import claims, tables
from aiimpact.cite import Card, Published, exact, fact
from aiimpact.cite.digits import digits_of
from aiimpact.live import number

GRAVITY = Published(9.80665, "m/s²", "BIPM, The International System of Units, 9th edition")


def parts(html):
    """Give the figure, its card and its description."""
    root = BeautifulSoup(html, "html.parser").span
    card = root.select_one(".fact-card").extract()
    return root.get_text(), [row.get_text() for row in card], root["aria-description"]


def test_a_fact_says_range_year_boundary_and_source():
    quantity = tables.constant("training-power-growth")
    html = fact(1 + quantity.mid, quantity)
    assert html.startswith('<span class="fact" tabindex="0"')
    for part in ("0.9 to 1.2", "2024", quantity.boundary.split(":")[0], "Epoch AI 2024"):
        assert part in html


def test_each_fact_is_described_by_what_its_card_says():
    html = fact("40 %", tables.constant("world-co2-2024"), GRAVITY)
    _, rows, described = parts(html)
    assert len(rows) == 2
    assert described == " ".join(rows)


def test_a_fact_that_stands_twice_is_written_alike():
    # An id would collide within a page, and a count would change when a cell runs again.
    html = fact(37.8, tables.constant("world-co2-2024"))
    assert fact(37.8, tables.constant("world-co2-2024")) == html
    assert not re.search(r"\bid=|describedby|labelledby", html)


def test_what_nobody_looked_up_is_called_so():
    unverified = next(tables.constant(key) for key in tables.constants().query("~verified").index)
    assert "Not verified by us, last tried on " in fact(1.0, unverified)


@pytest.mark.parametrize(
    ("verified", "day", "said"),
    [
        (True, "2026-11-30", "A review. Looked up on 30 November 2026."),
        (False, "2026-03-05", "A review. Not verified by us, last tried on 5 March 2026."),
        (True, "", "A review."),
        (False, "", "A review. Not verified by us."),
    ],
)
def test_a_card_says_when_its_row_was_looked_up(verified, day, said):
    row = Published(70, "km", "A review.", verified=verified, looked_up=day)
    assert parts(fact("70 km", row))[1] == [f"70 km. {said}"]


@pytest.mark.parametrize("day", ["yesterday", "30 November 2026", "2026-02-30", 20261130])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(ValueError, match="looked_up must be a day such as 2026-11-30, got"):
        Published(70, "km", "A review.", looked_up=day)


def test_text_is_escaped():
    hostile = "<b>\"&'"
    html = fact(hostile, Published(1.0, hostile, hostile, boundary=hostile))
    text, (row,), described = parts(html)
    assert text == hostile
    assert row == described == f"1 {hostile}, {hostile}. {hostile}."


# The digits of a row


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (626_155.0, "626,155"),
        (15.149, "15.149"),
        (14_975_435, "14,975,435"),
        (0.0849, "0.0849"),
        (16_400.0857297, "16,400.0857297"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.3333"),
        (8_029_999_999.999999, "8,030,000,000"),
        (172.5533333333333, "172.6"),
        (-1.05, "−1.05"),
        (0.0, "0"),
        (-0.0, "0"),
    ],
)
def test_a_published_number_keeps_its_digits(value, shown):
    assert exact(value) == shown


@given(st.decimals(-(10**9), 10**9, places=3).filter(bool))
def test_what_is_published_in_few_digits_is_shown_as_it_is(value):
    shown = exact(float(value)).replace(",", "").replace("−", "-")
    assert float(shown) == float(value)


def test_a_card_says_the_number_that_the_text_says():
    html = fact("626,155 pounds", tables.constant("strubell-nas-lb"))
    assert "626,155 lb CO₂e, 2019" in html
    assert "626,200" not in html


@pytest.mark.parametrize("key", tables.constants().index)
def test_every_constant_is_shown_as_it_is_written(key):
    quantity = tables.constant(key)
    (row,) = parts(fact("x", quantity))[1]
    shown = re.match(r"−?[\d,.]*\d", row)[0]
    assert float(shown.replace(",", "").replace("−", "-")) == pytest.approx(quantity.mid, rel=1e-12)


@pytest.mark.parametrize("claim", claims.load().values(), ids=lambda claim: claim.id)
def test_a_claim_shows_what_its_steps_give_in_the_digits_of_the_register(claim):
    html = Card(claim)._repr_mimebundle_()["text/html"]
    for step in claim.recompute().to_dict("records"):
        digits = max(4, digits_of(float(step["expected"])))
        assert f"<strong>{number(step['computed'], digits)}" in html


# Numbers of other subjects


def test_a_number_of_another_subject_needs_no_table():
    text, (row,), _ = parts(fact("9.81 m/s²", GRAVITY))
    assert text == "9.81\N{NO-BREAK SPACE}m/s²"
    assert row == "9.80665 m/s². BIPM, The International System of Units, 9th edition."


def test_what_is_known_beside_the_number_is_shown():
    hubble = Published(
        70, "km/s/Mpc", "A review.", low=67, high=74, year=2021, boundary="late universe", verified=False
    )  # fmt: skip
    (row,) = parts(fact("about 70", hubble))[1]
    assert row == "70 (67 to 74) km/s/Mpc, 2021, late universe. A review. Not verified by us."


def test_any_object_with_a_number_a_unit_and_a_source_will_do():
    row = SimpleNamespace(mid=3.0, unit="1", source="A table")
    assert parts(fact("three", row))[1] == ["3. A table."]


@pytest.mark.parametrize(
    ("behind", "error", "words"),
    [
        ([], ValueError, r"at least one number with its source behind '552', got none\. Pass a row"),
        ([552.0], TypeError, r"must have mid, unit and source, got 552\.0\. Pass a row"),
        (["a book"], TypeError, r"must have mid, unit and source, got 'a book'\. Pass a row"),
        ([GRAVITY, None], TypeError, r"must have mid, unit and source, got None"),
        ([SimpleNamespace(mid="5 m", unit="m", source="x")], TypeError, r"must be a number, got '5 m'\. Put"),
        ([SimpleNamespace(mid=math.nan, unit="m", source="x")], ValueError, r"must be finite .* got nan in nan"),
        ([SimpleNamespace(mid=1.0, unit="m", source=" ")], ValueError, r"source must say who says so, got ' '\. Name"),
        ([SimpleNamespace(mid=1.0, unit=None, source="x")], TypeError, r"unit must be a text, got None\. Write"),
    ],
)  # fmt: skip
def test_a_figure_without_a_source_is_refused(behind, error, words):
    with pytest.raises(error, match=words):
        fact(552, *behind)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"mid": "9.81 m/s²"}, TypeError, r"must be a number, got '9\.81 m/s²'\. Put its unit into unit"),
        ({"mid": True}, TypeError, r"must be a number, got True"),
        ({"mid": math.inf}, ValueError, r"must be finite and low <= mid <= high, got inf"),
        ({"low": 10.0}, ValueError, r"got 9\.8 in 10 to 9\.8\. Sort the three"),
        ({"source": ""}, ValueError, r"source must say who says so, got ''"),
        ({"source": 5}, TypeError, r"source must be a text, got 5"),
    ],
)  # fmt: skip
def test_a_number_that_is_none_is_refused(given, error, words):
    with pytest.raises(error, match=words):
        Published(**({"mid": 9.8, "unit": "m/s²", "source": "x"} | given))
