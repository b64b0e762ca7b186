"""One quantity has the same digits wherever it is printed: on all pages, in all chapters and answers.

What stands behind a figure is its card (see ``cite.fact``). Two figures with the same card disagree
if one is the other in fewer digits, unless the card has it so, as the end of a range.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations
from pathlib import Path

import nbformat
import pytest
import test_answers
from bs4 import BeautifulSoup

import aiimpact
from aiimpact import tables
from aiimpact.cite import exact, fact

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
EXTENSIONS = str(ROOT / "book" / "_ext")
PAGES = sorted(p for p in (ROOT / "book").rglob("*.md") if "node_modules" not in p.parts)
WORKED = re.compile(r"```\{worked\}\n(?::\w+:\n)?(.*?)```|\{value\}`([^`]+)`", re.DOTALL)
SEEN = re.compile(r" (?:Looked up on|Not verified by us)[^.]*\.")
ROW = re.compile(r"(?:q|tables\.\w+)\([^()]*\)\.mid")


def cards(markup: str) -> Iterator[tuple[str, str]]:
    """Give what stands behind each figure of a text, and the figure."""
    for figure in BeautifulSoup(markup, "html.parser").select("span.fact"):
        behind = SEEN.sub("", str(figure["aria-description"]))
        for card in figure.select(".fact-card"):
            card.decompose()
        yield behind, figure.get_text()


def printed_in_notebook(path: Path) -> Iterator[tuple[str, str]]:
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            yield from cards(data.get("text/markdown", "") + data.get("text/html", ""))


def printed_on_page(path: Path) -> Iterator[tuple[str, str]]:
    """Run a page's own lines, as the book does, and give what its figures rest on."""
    names: dict[str, object] = {"fact": fact}
    if EXTENSIONS not in sys.path:
        sys.path.append(EXTENSIONS)
    for lines, expression in WORKED.findall(path.read_text("utf-8")):
        if lines:
            exec(lines, names)
        elif isinstance(value := eval(expression, names), str):
            yield from cards(value)


def printed_in_answers(path: Path) -> Iterator[tuple[str, str]]:
    known = {name: getattr(aiimpact, name) for name in dir(aiimpact) if not name.startswith("_")}
    for answer in test_answers.answers(path):
        for line in test_answers.bound(answer):
            if ROW.fullmatch(line.expression):
                row = eval(line.expression.removesuffix(".mid"), known | {"q": tables.constant})
                yield from cards(fact(line.text, row))


def significand(numeral: str) -> Decimal:
    number = Decimal(numeral.replace(",", "")).normalize()
    return number.scaleb(-number.adjusted())


def rounded_from(few: Decimal, many: Decimal) -> bool:
    """Say whether a number is another in fewer digits, whatever the unit's prefix."""
    if not few or not many:
        return False
    many = many.scaleb(few.adjusted() - many.adjusted())
    digits = Decimal(1).scaleb(few.as_tuple().exponent)
    return few != many and many.quantize(digits, ROUND_HALF_UP) == few


def conflicts(printed: list[tuple[str, str, str]]) -> list[str]:
    """Give pairs of places with one quantity in two roundings: place, what is behind, figure."""
    places: dict[str, dict[Decimal, str]] = defaultdict(dict)
    for place, behind, figure in printed:
        for numeral in test_answers.NUMERAL.findall(figure):
            places[behind].setdefault(Decimal(numeral.replace(",", "")), f"{figure} ({place})")
    found = []
    for behind, numbers in places.items():
        own = {significand(numeral) for numeral in test_answers.NUMERAL.findall(behind)}
        for few, many in permutations(numbers, 2):
            if rounded_from(few, many) and significand(str(few)) not in own:
                found.append(f"{numbers[few]} and {numbers[many]}: {behind}")
    return found


def test_no_quantity_is_printed_in_two_roundings():
    printed = [(path.stem, *pair) for path in CHAPTERS for pair in printed_in_notebook(path)]
    printed += [(path.stem, *pair) for path in PAGES for pair in printed_on_page(path)]
    printed += [
        (f"exercise {path.stem}", *pair)
        for path in test_answers.EXERCISES
        for pair in printed_in_answers(path)
    ]
    assert len(printed) > 250
    assert {"debate", "how_to_use", "02_data_centres", "exercise 00_the_boom"} <= {
        p for p, *_ in printed
    }
    assert conflicts(printed) == []


def values_on_page(path: Path) -> list[str]:
    """Give what a page computes and prints without a card."""
    names: dict[str, object] = {"fact": fact}
    found = []
    for lines, expression in WORKED.findall(path.read_text("utf-8")):
        if lines:
            exec(lines, names)
        else:
            found.append(str(eval(expression, names)))
    return found


@pytest.mark.parametrize(
    ("page", "as_elsewhere", "near"),
    [
        ("lesson", ["126"], ["130"]),
        ("seminar", ["88", "1,287", "552", "502"], ["89", "1,290", "553", "503"]),
        ("debate", ["464", "3,450", "812", "39,000", "3.75"], ["460", "810", "38,600", "3.8"]),
    ],
)
def test_a_plan_has_the_digits_of_its_chapter(page, as_elsewhere, near):
    """What a plan works out anew comes out as in the chapter and the register, not beside it."""
    found = values_on_page(ROOT / "book" / "teaching" / f"{page}.md")
    assert set(as_elsewhere) <= set(found)
    assert set(near).isdisjoint(found)


CARD = "2.89 (0.3 to 2.96) Wh, 2023, server. de Vries 2023."


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("2.89 Wh", "2.9 Wh", True),
        ("29 %", "28.9 %", True),
        ("2,890 kWh", "2.9 MWh", True),
        ("2.89 Wh", "2.89", False),
        ("2.9 Wh", "0.3 Wh", False),
        ("2.89", "2.96", False),
        ("4 times", "29 times", False),
    ],
)
def test_two_roundings_are_noticed(one, other, found):
    assert bool(conflicts([("a", CARD, one), ("b", CARD, other)])) is found
    assert conflicts([("a", CARD, one), ("b", CARD.replace("server", "chip"), other)]) == []


def test_a_card_gives_its_number_in_full():
    """Or else the digits of a card could not be told from those of a rounding."""
    row = tables.constant("gpt3-flop")
    ((behind, figure),) = cards(fact("3.1e23", row))
    assert behind.startswith(exact(row.mid))
    assert figure == "3.1e23"
