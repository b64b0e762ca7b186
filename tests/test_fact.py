import re

import pytest

from aiimpact import tables
from aiimpact.cite import fact


def test_a_fact_says_range_year_boundary_and_source():
    quantity = tables.constant("training-power-growth")
    html = fact(1 + quantity.mid, quantity)
    assert html.startswith('<span class="fact" tabindex="0"')
    for part in ("0.9 to 1.2", "2024", quantity.boundary.split(":")[0], "Epoch AI 2024"):
        assert part in html


def test_each_fact_is_described_by_its_own_card():
    quantity = tables.constant("world-co2-2024")
    pages = fact(37.8, quantity) + fact("37.8 Gt", quantity)
    described = re.findall(r'aria-describedby="([^"]+)"', pages)
    assert described == re.findall(r'id="([^"]+)"', pages)
    assert len(set(described)) == 2


def test_what_nobody_looked_up_is_called_so():
    unverified = next(tables.constant(key) for key in tables.constants().query("~verified").index)
    assert "Not verified by us." in fact(1.0, unverified)


def test_text_is_escaped():
    assert "&lt;b&gt;" in fact("<b>", tables.constant("world-co2-2024"))


def test_a_figure_without_a_source_is_refused():
    with pytest.raises(ValueError, match="at least one quantity behind '552'"):
        fact(552)
