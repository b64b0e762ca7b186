"""Numbers and units in the pages: as a reader knows them, and on one line."""

from __future__ import annotations

import re

import built
import pytest

LINES = built._load(built.ROOT / "book" / "_ext" / "lines.py")
BLANK = "\N{NO-BREAK SPACE}"


def keep(html: str) -> str:
    return LINES.keep(html).replace(BLANK, "_")


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>It is 5 % of 3 t in 2024 and 7 thin.</p>", "<p>It is 5_% of 3_t in 2024 and 7 thin.</p>"),
        ("<p><em>5</em> % and <b>3</b> million</p>", "<p><em>5</em>_% and <b>3</b>_million</p>"),
        (
            '<p><span class="fact">5<span class="fact-card">of 2024. A book, 3 kg</span></span> MWh</p>',
            '<p><span class="fact">5<span class="fact-card">of 2024. A book, 3_kg</span></span>_MWh</p>',
        ),
        ("<td>m</td><td>3 </td><td>% of</td>", "<td>m</td><td>3 </td><td>% of</td>"),
        ('<img alt="5 %"><br>5 %', '<img alt="5 %"><br>5_%'),
        ("<svg><text>5 %</text><path/></svg>5 %", "<svg><text>5 %</text><path/></svg>5_%"),
        ("<pre>5 % CO2</pre><!-- 5 % -->CO2", "<pre>5 % CO2</pre><!-- 5 % -->CO₂"),
    ],
)  # fmt: skip
def test_a_number_keeps_its_unit(html, kept):
    assert keep(html) == kept


@pytest.mark.site
@pytest.mark.parametrize("page", built.pages() or [None])
def test_no_line_of_a_page_ends_between_a_number_and_its_unit(html, page):
    article = built.soup(page).select_one("article") or built.soup(page)
    texts = [
        text
        for text in article.find_all(string=True)
        if not text.find_parent(["code", "math", "option", "pre", "script", "style", "svg"])
    ]
    parted = re.compile(r"\d\s(?:%|[kMGT]?Wh\b|[kMG]?t\b|mL\b|million\b)")
    assert [text for text in texts if parted.search(text.replace(BLANK, "_"))] == []
    assert [text for text in texts if re.search(r"\bCO2", text)] == []
