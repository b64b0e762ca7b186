"""No impact figure is typed by hand: prose takes it from a table, through a cell that prints it.

What may stand in prose: what the column claims (the register has it), what a reader is asked to
guess, and the version in a name. A question or a task may also say what it gives: a number that
its own code works with, or what follows from one in a step. Units change by powers of ten.
The figures of model answers are in test_answers, the factors of slips in test_slips.
"""

from __future__ import annotations

import ast
import csv
import math
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest

from aiimpact import claims, units

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
EXERCISES = sorted((ROOT / "chapters" / "exercises").glob("*.ipynb"))
PAGES = sorted(p for p in (ROOT / "book").rglob("*.md") if "node_modules" not in p.parts)

# How a figure is written

WORDS = dict(
    zip(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
        range(2, 11),
        strict=True,
    )
)
WORDS |= dict(zip(["twenty", "thirty", "forty", "fifty", "sixty"], range(20, 70, 10), strict=True))
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9}
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
PARTS |= {"twentieth": 20, "hundredth": 100, "thousandth": 1000}
PREFIXES = {"p": 1e-12, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
PREFIXES |= {"pico": 1e-12, "milli": 1e-3, "kilo": 1e3, "mega": 1e6, "giga": 1e9, "tera": 1e12}
# A unit as it is written, and the name under which it is compared.
UNITS = {
    "%|per cent|percent": "%",
    "Wh|watt-hours?": "Wh",
    "J|joules?": "J",
    "W|watts?": "W",
    "g|grams?": "g",
    "t|tonnes?|tons?": "t",
    "L|litres?": "L",
    "m3|m³|cubic metres?": "m3",
    "lb|pounds?": "lb",
    "USD|dollars?|EUR|euros?|(?:US )?cents?": "money",
    "times|-?fold": "times",
}

_scale = "|".join(SCALES)
_number = (
    rf"(?i:(?:\d[\d,]*(?:\.\d+)?|{'|'.join(WORDS)})(?: (?:{_scale})\b)?"
    rf"|(?:half )?an? ?(?:{_scale})|half an?)"
)
MEASURED = re.compile(
    rf"(?<![\w.,-])(?P<number>{_number})"
    r"(?: (?:to|or|and) [\d,.]+| ?– ?[\d,.]+)?"  # the number may be the first of a range
    rf"[ -]?(?P<prefix>{'|'.join(PREFIXES)})?(?P<unit>{'|'.join(UNITS)})(?![\w³])"
)
EFFECTIVENESS = re.compile(rf"\b[PW]UE (?:of |is |at |near |above |below )*(?P<number>{_number})")
FACTOR = re.compile(rf"\bfactor of (?:about |nearly )?(?P<number>{_number})\b")
SHARE = re.compile(
    rf"\b(?P<many>(?i:an?|one|two|three)) (?P<part>{'|'.join(PARTS)})s?\b(?= (?:of|less|more|off)\b)"
)
# No unit, but so many digits that somebody has measured.
EXACT = re.compile(r"(?<![\w.,/:-])(?P<number>\d{1,3}(?:,\d{3})+|\d+\.\d+)(?![\w-]|\.\d)")
VERSION = re.compile(r"\b(?!PUE|WUE)[A-Z][\w-]* (?:[\d.]+(?:,| and| or) )*$")


class Figure(NamedTuple):
    """A number in prose: as it is written, its unit, and its value in that unit."""

    text: str
    unit: str
    value: float


def value_of(number: str) -> float:
    """Say what a number is in digits or in words."""
    known = WORDS | SCALES | {"half": 0.5, "a": 1, "an": 1, "one": 1}
    value = 1.0
    for word in re.findall(r"[a-z]+|[\d.]+", number.lower().replace(",", "")):
        value *= known[word] if word in known else float(word.rstrip("."))
    return value


def figures(text: str) -> Iterator[Figure]:
    """Find the impact figures of a sentence, each once."""
    taken: list[tuple[int, int]] = []
    for pattern in (MEASURED, EFFECTIVENESS, FACTOR, SHARE, EXACT):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            if pattern is EXACT and VERSION.search(text[:start]):
                continue
            taken.append((start, end))
            named = match.groupdict()
            number, unit, scale = (
                named.get("number"),
                "",
                PREFIXES.get(named.get("prefix") or "", 1),
            )
            if "unit" in named:
                unit = next(
                    name for known, name in UNITS.items() if re.fullmatch(known, named["unit"])
                )
            if pattern is SHARE:
                value = value_of(named["many"]) / PARTS[named["part"]]
            else:
                value = scale * value_of(number) if number else 0.0
            yield Figure(match[0], unit, value)


@cache
def claimed(chapter: int | None) -> set[tuple[str, float]]:
    """Give the column's own figures in a chapter (or in all), with their unit and bare."""
    found = set()
    for claim in claims.load().values():
        for value in claim.article_values if chapter in (None, claim.chapter) else ():
            written = f"{value.value:,.10g} {value.unit}".replace("percent", "%")
            found |= {(figure.unit, figure.value) for figure in figures(written)}
            found.add(("", value.value))
    return found


# What counts as prose


def sentences(markdown: str) -> Iterator[str]:
    """Give the sentences of a text that a reader is told, without code, formulas and addresses."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$", "", markdown, flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`|\$[^$\n]+\$|\]\([^)]*\)|https?://\S+|<[^<>]+>", " ", text)
    for block in re.split(r"\n\s*\n", text):
        if not block.lstrip().startswith("**Guess first.**"):
            for line in block.splitlines():
                yield from re.split(r"(?<=[.?!])\s+", line.replace("**", "").replace("\xa0", " "))


def spoken(code: str) -> Iterator[str]:
    """Give the texts that a code cell shows, with □ in place of what it computes."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in {"Markdown", "Answers"}:
                shown = list(node.args)
            elif name == "fact":
                shown = node.args[:1]
            else:
                shown = [k.value for k in node.keywords if k.arg == "description"]
            for argument in shown:
                yield from _texts(argument)


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "□" for part in node.values)
        yield "".join(map(str, parts))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _texts(part.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.BinOp):
        yield from [*_texts(node.left), *_texts(node.right)]
    elif isinstance(node, ast.IfExp):
        yield from [*_texts(node.body), *_texts(node.orelse)]


def typed(markdown: str, chapter: int | None = None) -> list[str]:
    """Give each sentence with a figure that is not the column's, and the figure."""
    return [
        f"{figure.text!r} in: {sentence.strip()}"
        for sentence in sentences(markdown)
        for figure in figures(sentence)
        if (figure.unit, figure.value) not in claimed(chapter)
    ]


def typed_in_notebook(path: Path) -> list[str]:
    """Give the figures that a chapter types; what an exercise gives is the exercise's own."""
    found, section, chapter = [], "", int(path.name[:2])
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            section = next(iter(re.findall(r"^## (.*)", cell.source, re.M)), section)
            texts = [] if section == "Exercises" else [cell.source]
        else:
            texts = list(spoken(cell.source))
        found += [
            f"{path.name}, {cell.id}: {line}" for text in texts for line in typed(text, chapter)
        ]
    return found


# What a question or a task gives

ASKING = {"ask", "guess", "explore"}
CONVERSIONS = [v for name, v in vars(units).items() if name.isupper() and isinstance(v, float)]


def given(code: str) -> set[float]:
    """Give the numbers that stand in some code, or in a choice of it."""
    nodes = (node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant))
    return {abs(float(n)) for n in nodes if isinstance(n, int | float) and n}


def steps(numbers: set[float]) -> set[float]:
    """Give what follows from numbers in one step, such as the per cent that a PUE adds."""
    return {y for x in numbers for y in (x, x - 1, x + 1, 1 - x, 1 / x, 1 - 1 / x)}


def follows(figure: Figure, reach: set[float]) -> bool:
    """Say whether a figure is one of some numbers, whatever the unit."""
    powers = (math.log10(figure.value / y) for y in (1.0, *CONVERSIONS, *reach) if y > 0)
    return figure.value > 0 and any(abs(power - round(power)) < 1e-6 for power in powers)


def asked(code: str) -> Iterator[str]:
    """Give the texts of the questions and explorers in a cell."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ASKING:
            for argument in [*node.args, *(k.value for k in node.keywords)]:
                for part in ast.walk(argument):
                    yield from (
                        _texts(part) if isinstance(part, ast.JoinedStr | ast.Constant) else ()
                    )


def not_given(text: str, numbers: set[float], chapter: int) -> list[str]:
    """Give each sentence with a figure that the code beside it does not work with."""
    quoted = {figure.value for said in re.findall("“[^”]*”", text) for figure in figures(said)}
    return [
        f"{figure.text!r} in: {sentence.strip()}"
        for sentence in sentences(text)
        for figure in figures(sentence)
        if (figure.unit, figure.value) not in claimed(chapter)
        and not follows(figure, numbers)
        and figure.value not in quoted
    ]


def typed_in_questions(path: Path) -> list[str]:
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            texts = dict.fromkeys(text for text in asked(cell.source) if " " in text)
            numbers = steps(given(cell.source))
            quoted = " ".join(re.findall("“[^”]*”", " ".join(texts)))
            for text in texts:
                lines = not_given(f"{text} {quoted}", numbers, int(path.name[:2]))
                found += [f"{path.name}, {cell.id}: {line}" for line in lines]
    return found


def typed_in_exercise(path: Path) -> list[str]:
    """Give the figures of tasks that their code does not work with; answers are bound elsewhere."""
    tasks: list[list[Any]] = [[]]
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            tasks.append([])
        tasks[-1].append(cell)
    found = []
    for cells in tasks:
        codes = [cell.source for cell in cells if cell.cell_type == "code"]
        numbers = set().union(*map(given, codes))
        told = [
            cell.source
            for cell in cells
            if cell.cell_type == "markdown"
            and not cell.metadata.get("nbgrader", {}).get("solution")
        ]
        # In an entry of the register a number behind its key is what the code has put there.
        said = [
            re.sub(r"(?m)^ *\w+: [\d.]+$", "", text)
            for code in codes
            for node in ast.walk(ast.parse(code))
            for text in (_texts(node) if isinstance(node, ast.JoinedStr | ast.Constant) else ())
            if " " in text
        ]
        for text in dict.fromkeys([*told, *said]):
            found += [f"{path.name}: {x}" for x in not_given(text, numbers, int(path.name[:2]))]
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_question_types_no_figure_but_what_it_gives(path):
    assert typed_in_questions(path) == []


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_an_exercise_types_no_figure_but_what_it_gives(path):
    assert typed_in_exercise(path) == []


def test_own_numbers_type_no_figure():
    with (ROOT / "aiimpact" / "data" / "own_numbers.csv").open(encoding="utf-8") as file:
        assert [line for row in csv.DictReader(file) for line in typed(row["what"])] == []


def test_a_figure_of_no_code_is_noticed_in_a_question():
    code = 'ask("Of 415 TWh, 20 % and 1,000 MWh?", answer=lambda: 0.8 * x, why="It is 3 Wh.")'
    found = [x for text in asked(code) for x in not_given(text, steps(given(code)), 1)]
    assert [line.split(" in: ")[0] for line in found] == ["'415 TWh'", "'3 Wh'"]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_types_no_figure(path):
    found = typed_in_notebook(path)
    assert not found, "\n".join(
        [f"{len(found)} figures are typed by hand. Take each from a table or a function:", *found]
    )


def test_no_page_types_a_figure():
    found = [f"{path.name}: {line}" for path in PAGES for line in typed(path.read_text("utf-8"))]
    assert not found, "\n".join(
        [
            "Figures are typed by hand. Compute each from its row, as book/intro.md does with `{worked}` and `{value}`:",
            *found,
        ]
    )


CAUGHT = {
    "It emits 553 t.": ("t", 553),
    "about 4.3 GWh of electricity": ("Wh", 4.3e9),
    "61 % of the cost": ("%", 61),
    "twenty per cent more": ("%", 20),
    "eleven or 12 percent": ("%", 12),
    "five times as much": ("times", 5),
    "a hundredfold": ("times", 100),
    "grew sixfold": ("times", 6),
    "a thousand times": ("times", 1000),
    "3 litres": ("L", 3),
    "half a megawatt": ("W", 5e5),
    "0.33 kg/kWh": ("g", 330),
    "450 m³": ("m3", 450),
    "20 to 30 kWh": ("Wh", 20000),
    "85 dollars a tonne": ("money", 85),
    "3 billion euros": ("money", 3e9),
    "at a PUE of 1.5": ("", 1.5),
    "a factor of seven": ("", 7),
    "two thirds of the energy": ("", 2 / 3),
    "2,346 projects": ("", 2346),
    "between 0.1 and a bit": ("", 0.1),
    "| Hours | 12 MWh |": ("Wh", 12e6),
}


@pytest.mark.parametrize("sentence", CAUGHT)
def test_a_typed_figure_is_caught(sentence):
    (figure,) = figures(sentence)
    assert (figure.unit, pytest.approx(figure.value)) == CAUGHT[sentence]
    assert typed(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "in 2024, chapter 3, step 2 of 7, claims 36",
        "*Takes about 25 minutes.*",
        "The 3rd of 11 tables; see Figure 4.",
        "Llama 3.1 and CC BY 4.0, Python 3.11, 3.12 or 3.13, a 100-word answer",
        "[A paper](https://doi.org/10.1038/s41586-024-1.5) of 2,024",
        "`units.lb_to_t(626_155)` and $E = 2.5$ and `40 %`",
        "the third line, for the first time, many times, in times of 5",
        "The column's 552 tonnes, 626,000 pounds and 3.5 %.",
        "Half a litre for 3,000 Teslas, ten times a search",
        "**Guess first.** Is it 40 %, 65 % or 3 kWh?",
        "one kilowatt-hour of 24 hours",
    ],
)
def test_what_is_no_impact_figure_passes(sentence):
    assert typed(sentence.replace(" of 2,024", "")) == []


SHOWN = """
Markdown(
    f"It took {fact(f'{n(x)} times', q('row'))} and 44 t, "
    f"which is {n(100 * y)} %, not {fact('62 %', q('gpt4-days'))}."
)
chart.properties(description="From 3 to 5 Wh.", height=40)
explore(model, power_w=(0, 7, 1), labels={"power_w": "7 W"})
"""


def test_a_cell_is_read_as_its_reader_reads_it():
    found = [figure.text for text in spoken(SHOWN) for figure in figures(text)]
    assert sorted(found) == ["3 to 5 Wh", "44 t", "62 %"]


def test_a_find_names_notebook_cell_sentence_and_figure(tmp_path):
    cells = [
        nbformat.v4.new_markdown_cell("A column says 552 tonnes. We say 553 tonnes.", id="told"),
        nbformat.v4.new_code_cell('Markdown("Or 61 %.")', id="shown"),
        nbformat.v4.new_markdown_cell("## Exercises\n\n1. Given 7 MWh, what next?", id="asked"),
    ]
    path = tmp_path / "01_made_up.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert typed_in_notebook(path) == [
        "01_made_up.ipynb, told: '553 tonnes' in: We say 553 tonnes.",
        "01_made_up.ipynb, shown: '61 %' in: Or 61 %.",
    ]


# Objectives, exercises


class Chapter(NamedTuple):
    """What the head of a chapter promises and what its end asks."""

    objectives: dict[int, str]
    exercises: dict[int, str]

    def wrong(self) -> list[str]:
        """Say where objectives and exercises do not fit together."""
        found = []
        if list(self.objectives) != list(range(1, len(self.objectives) + 1)) or not self.objectives:
            found.append(f"objectives are numbered {list(self.objectives)}")
        trained = set()
        for number, text in self.exercises.items():
            named = re.search(r" \(objectives? (\d+(?:(?:, | and )\d+)*)\)$", text)
            if named is None:
                found.append(f"exercise {number} does not end with the objective it trains")
                continue
            these = set(map(int, re.findall(r"\d+", named[1])))
            trained |= these
            if unknown := these - set(self.objectives):
                found.append(f"exercise {number} trains objective {unknown}, which there is not")
        if untrained := set(self.objectives) - trained:
            found.append(f"no exercise trains objective {untrained}")
        return found


def numbered(markdown: str) -> dict[int, str]:
    """Give the items of the numbered list in a text."""
    return {int(n): item for n, item in re.findall(r"^(\d+)\. (.*)$", markdown, re.MULTILINE)}


def chapter_of(cells: Sequence[Any]) -> Chapter:
    head = cells[0].source
    assert "After this chapter you can" in head, "The head states no objectives."
    ends = [cell.source for cell in cells if cell.source.startswith("## Exercises\n")]
    return Chapter(numbered(head), numbered("\n".join(ends)))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_keeps_what_its_head_promises(path):
    cells = nbformat.read(path, as_version=4).cells
    assert chapter_of(cells).wrong() == []


HEAD = "# X\n\n*Takes about 20 minutes.*\n\nAfter this chapter you can\n\n"


@pytest.mark.parametrize(
    ("objectives", "exercises", "wrong"),
    [
        ("1. a;\n2. b.", "1. A? (objectives 1 and 2)", []),
        ("1. a;\n3. b.", "1. A? (objectives 1 and 3)", ["objectives are numbered [1, 3]"]),
        ("1. a;\n2. b.", "1. A? (objective 2)", ["no exercise trains objective {1}"]),
        (
            "1. a.",
            "1. A?\n2. B? (objective 1)",
            ["exercise 1 does not end with the objective it trains"],
        ),
        (
            "1. a.",
            "1. A? (objectives 1, 2)",
            ["exercise 1 trains objective {2}, which there is not"],
        ),
        (
            "",
            "1. A? (objective 1)",
            ["objectives are numbered []", "exercise 1 trains objective {1}, which there is not"],
        ),
    ],
)
def test_a_broken_promise_is_noticed(objectives, exercises, wrong):
    cells = [
        nbformat.v4.new_markdown_cell(HEAD + objectives),
        nbformat.v4.new_markdown_cell("## Exercises\n\n" + exercises),
    ]
    assert chapter_of(cells).wrong() == wrong


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_what_a_chapter_says_it_could_not_see_is_marked_in_the_data(path):
    """A row that was found since takes the sentence with it."""
    doubt = re.compile(r"as (?:far as )?we remember|could not verify")
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            for line in output.get("data", {}).get("text/markdown", "").splitlines():
                if doubt.search(re.sub(r"<[^>]*>", "", line)):
                    assert "Not verified by us" in line, line[:200]


def negatives() -> Iterator[str]:
    """Give the sentences of chapters and register that say what nobody has done."""
    texts = [text for text in claims.register.messages()]
    for path in CHAPTERS:
        for cell in nbformat.read(path, as_version=4).cells:
            texts.append(cell.source)
    for text in texts:
        for sentence in re.split(r"(?<=[.:;])\s", text):
            if re.search(
                r"\bno ?body (?:has |has yet )?(?:measured|counted|meters|pulled)", sentence, re.I
            ):
                yield sentence


def test_nobody_is_nobody_that_we_found():
    """That a thing has not been measured cannot be known; that we did not find it can."""
    sure = [said for said in negatives() if not re.search(r"\bwe\b", said)]
    assert [said for said in sure if "a third thing" not in said] == []
