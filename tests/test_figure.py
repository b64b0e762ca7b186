import pandas as pd
import pytest
from bs4 import BeautifulSoup

from aiimpact import claims
from aiimpact.cite import Answers, Verdicts
from aiimpact.live import Figure

TABLE = pd.DataFrame(
    {
        "Lever": ["Smaller", "Liquid"],
        "low": [10.0, 2.0],
        "saved [%]": [60.0, 15.0],
        "high": [70, 20],
    }
)


def drawn(**options):
    return Figure.rows(TABLE, "saved [%]", **({"description": "Two rows."} | options))


def test_a_figure_prints_its_description_and_its_numbers():
    assert repr(drawn()).splitlines() == [
        "Two rows.",
        "  Lever  low  saved [%]  high",
        "Smaller   10         60    70",
        " Liquid    2         15    20",
    ]


def test_a_figure_shows_its_names_and_has_its_table():
    html = drawn(labels=["Smaller, 2024", "Liquid, 2025"])._repr_mimebundle_()["text/html"]
    assert 'aria-label="Two rows."' in html
    wide, narrow, table = html.split("</svg>")
    svg = wide
    assert "Smaller, 2024" in narrow
    assert "Smaller, 2024" in svg
    assert "saved [%]" in svg
    assert "Smaller, 2024" not in table
    assert "<td>Smaller</td>" in table


@pytest.mark.parametrize(
    ("options", "bars", "lines"),
    [
        ({}, 2, 0),
        ({"mark": "point", "log": True}, 0, 0),
        ({"mark": "point", "ends": ("low", "high")}, 0, 2),
        ({"mark": "range", "ends": ("low", "high"), "level": 0}, 0, 3),
        (
            {"mark": "bar", "level": 50, "title": "percent", "domain": (0, 100), "ticks": (0, 100)},
            2,
            1,
        ),
    ],
)
def test_a_row_has_the_marks_it_asks_for(options, bars, lines):
    drawing = BeautifulSoup(drawn(**options)._repr_mimebundle_()["text/html"], "html.parser")
    for svg in drawing.select("svg"):
        assert len(svg.select(".mark-rect.role-mark path")) == bars
        assert len(svg.select(".mark-rule.role-mark line")) == lines


def test_a_figure_without_a_description_is_refused():
    with pytest.raises(ValueError, match="description"):
        drawn(description="")


def test_verdicts_are_a_row_a_claim():
    lines = repr(Verdicts(claims.of_chapter(6))).splitlines()
    assert len(lines) == 2 + 2
    assert lines[2].startswith("| With active measures")


def test_answers_are_numbered_and_folded_away():
    assert repr(Answers("Forty.", "A tonne.")) == (
        "<details><summary>Answers to check yourself against</summary>\n\n"
        "1. Forty.\n2. A tonne.\n\n</details>"
    )


def test_a_year_in_a_table_is_not_rounded():
    table = pd.DataFrame({"Run": ["a", "b"], "Year": [2025, 2019.5], "MWh": [2025.0, 1]})
    figure = Figure.rows(table, "MWh", description="Two rows.")
    html = figure._repr_mimebundle_()["text/html"]
    assert "<td>2025</td><td>2,030</td>" in html
    assert "<td>2019.5</td><td>1</td>" in html
