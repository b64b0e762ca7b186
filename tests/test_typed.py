"""What a reader types into the box of a question: a number with its unit, in English or in Chinese."""

from __future__ import annotations

import ast
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import built
import pytest

from aiimpact import words
from aiimpact.ask import ask
from aiimpact.ask.question import Question
from aiimpact.live import typed as in_python

PAGE = built.ROOT / "aiimpact" / "ask" / "page"
# How Chinese readers write the units of the book's questions: mainland first, then Hong Kong.
CHINESE = {
    "%": ["%", "％"],
    "times": ["倍"],
    "years": ["年"],
    "hours": ["小时", "個小時"],
    "questions": ["个问题", "次"],
    "answers": ["个回答", "次回答", "條回覆", "次"],
    "chips": ["块芯片", "枚芯片", "個晶片"],
    "credits": ["个碳信用", "份額度"],
    "USD": ["美元", "美金"],
    "US cents": ["美分"],
    "W": ["瓦", "瓦特"],
    "MW": ["兆瓦", "百萬瓦"],
    "MWh": ["兆瓦时", "兆瓦時"],
    "GWh": ["吉瓦时", "吉瓦時", "十億瓦時"],
    "pJ": ["皮焦耳", "皮焦"],
    "m3": ["立方米", "m³", "立方"],
    "t CO2e": ["吨", "吨二氧化碳当量", "吨CO2e", "公噸二氧化碳當量", "t CO₂e"],
    "Mt CO2e": ["百万吨", "兆吨二氧化碳当量", "百萬公噸"],
    "lb CO2e": ["磅", "磅二氧化碳当量"],
    "kg CO2/kWh": ["千克二氧化碳/千瓦时", "公斤/度", "千克CO2每千瓦時"],
    "kg CO2e/kWh": ["千克二氧化碳当量/千瓦时", "公斤CO₂e/度", "公斤／千瓦時"],
}
FURTHER = {
    "kWh": ["千瓦时", "度", "ｋＷｈ"],
    "Wh": ["瓦时", "瓦小時"],
    "TWh": ["太瓦时"],
    "kW": ["千瓦"],
    "GW": ["吉瓦"],
    "kg": ["公斤", "千克"],
    "g": ["克"],
    "µg": ["微克"],
    "t": ["吨", "公噸"],
    "L": ["升", "公升"],
    "mL": ["毫升"],
    "km": ["公里", "千米"],
    "L/kWh": ["升/千瓦时", "升每度"],
    "HKD": ["港元", "港幣"],
    "bn USD": ["十亿美元", "十億美元"],
    "million m3": ["百万立方米"],
}
COUNTS = (("千", 3), ("万", 4), ("萬", 4), ("百万", 6), ("亿", 8), ("億", 8))
READ = f"""
  import {{ readFileSync }} from "node:fs";
  import {{ amount }} from "{PAGE.as_uri()}/src/units.js";
  console.log(JSON.stringify(JSON.parse(readFileSync(0)).map((typed) => amount(...typed))));
"""


def read(typed: Sequence[tuple[str, ...]]) -> list[float | None]:
    """Give what the page makes of a text, a unit and perhaps the unit as it is shown; None is no number."""
    ran = subprocess.run(
        ["node", "--input-type=module", "--eval", READ],
        env=os.environ | {"PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"},
        input=json.dumps(typed),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(ran.stdout)


def english(value: float, unit: str) -> list[str]:
    plain = f"{value:.12f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else repr(value)
    return [plain, f"{plain} {unit}", f"{plain}{unit}"]


def chinese(value: float, unit: str) -> list[str]:
    """Write a number as Chinese readers may: in wide digits, in ten thousands, with the unit or without."""
    plain = english(value, unit)[0]
    wide = plain.translate({ord(a): chr(ord(a) + 0xFEE0) for a in "0123456789.-"})
    numbers = [plain, wide]
    # A unit such as "bn USD" counts by itself; see the test of its thousands.
    counts = () if unit.startswith(("bn ", "million ")) else COUNTS
    for word, noughts in counts:
        short = f"{value / 10**noughts:.17g}"
        if "e" not in short and float(f"{short}e{noughts}") == value:
            numbers.append(short + word)
    units = ["", *({**CHINESE, **FURTHER}[unit])]
    return [number + blank + one for number in numbers for one in units for blank in ("", " ")]


def units_asked() -> set[str]:
    """List the units of what the book asks for in numbers."""
    found = set()
    for path in built.ROOT.glob("chapters/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] != "code" or "ask(" not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "ask":
                    found |= {k.value.value for k in node.keywords if k.arg == "unit"}
    return found


def test_every_unit_that_the_book_asks_for_can_be_typed_in_chinese():
    assert len(units_asked()) > 10
    assert units_asked() - CHINESE.keys() == set()


def test_a_number_is_the_same_in_both_languages():
    typed = []
    for unit in CHINESE | FURTHER:
        lot = random.Random(unit)
        values = [5.0, 0.5, 12_000.0, 1287.0, 3e8, -12.5]
        values += [float(f"{10 ** lot.uniform(-3, 11):.4g}") for _ in range(10)]
        for value in values:
            texts = english(value, unit) + chinese(value, unit)
            typed += [(text, unit, value) for text in texts]
    found = read([one[:2] for one in typed])
    wrong = [(*one, got) for one, got in zip(typed, found, strict=True) if got != one[2]]
    assert wrong == []
    assert len(typed) > 10_000


def test_thousands_of_a_unit_are_counted_once():
    typed = {
        ("12亿美元", "bn USD"): 1.2,
        ("12億", "bn USD"): 1.2,
        ("1.2", "bn USD"): 1.2,
        ("5千万美元", "million USD"): 50,
        ("500万立方米", "million m3"): 5,
        ("5千美元", "thousand USD"): 5,
        ("5万", "thousand"): 50,
        ("12美元", "bn USD"): None,
        ("12 USD", "bn USD"): None,
    }
    assert read(list(typed)) == list(typed.values())


def test_a_share_may_be_typed_as_it_is_said():
    typed = ["百分之31.1", "百分之 31.1", "负百分之31.1", "百分之31.1%", "百分之"]
    assert read([(text, "%") for text in typed]) == [31.1, 31.1, -31.1, None, None]
    assert read([("百分之5", "times"), ("百分之5", "")]) == [None, None]


IN_WORDS = {
    "一百二十万": 1_200_000, "十二": 12, "二十": 20, "一百零五": 105, "一千零五十": 1050, "一万二千": 12_000, "三亿": 3e8,
    "一亿两千万": 1.2e8, "两万五": 25_000, "一萬二": 12_000, "三千六": 3600, "一百一": 110, "一万亿": 1e12, "三万零五": 30_005,
    "零点五": 0.5, "三点一四": 3.14, "一點二萬": 12_000, "十二点五万": 125_000, "二〇三〇": 2030, "负五": -5, "負三點五": -3.5,
    "廿五": 25, "壹佰": 100, "半": 0.5, "一半": 0.5, "三分之一": 1 / 3, "三分一": 1 / 3, "十分一": 0.1, "負三分二": -2 / 3, "三分": None, "三分鐘": None, "3分1": None, "十分之三": 0.3, "3分之2": 2 / 3, "约500": 500,
    "大约 500": 500, "約五百": 500, "五百左右": 500, "≈500": 500, "～５００": 500, "about 500": 500, "零": 0, "-一百": -100,
    # Two numbers, or none that all would read alike.
    "三四百": None, "五六": None, "几十": None, "三到五": None, "3~5": None, "500多": None, "三亿五千": None, "一万万": None,
    "万": None, "百": None, "百分之三": None, "一兆": None, "三百千": None, "一二百": None, "点五": None, "三点": None, "零分之一": None,
    "约": None, "左右": None, "分之": None, "三分之一分之二分之": None, "一1": None,
}  # fmt: skip


def test_a_number_may_be_typed_in_chinese_words():
    found = read([(text, "t") for text in IN_WORDS])
    assert dict(zip(IN_WORDS, found, strict=True)) == IN_WORDS


def spoken(value: int) -> str:
    """Write a whole number as Chinese says it."""
    digits = "零一二三四五六七八九"
    for size, word in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if value >= size:
            above, rest = divmod(value, size)
            between = "零" if 0 < rest < size // 10 else ""
            return spoken(above) + word + (between + spoken(rest) if rest else "")
    return digits[value]


def test_every_whole_number_is_read_as_it_is_said():
    lot = random.Random("spoken")
    values = [*range(1, 1200), *(int(10 ** lot.uniform(3, 12)) for _ in range(3000))]
    texts = [spoken(value) for value in values]
    found = read([(text, "") for text in texts])
    assert [x for x in zip(texts, values, found, strict=True) if x[1] != x[2]] == []
    assert [in_python.read(text) for text in texts] == values


def test_python_reads_what_the_page_reads():
    lot = random.Random("both")
    pieces = [
        *"零一二三五九两十百千万亿点分之半负约",
        *"0123459.,- −–。、e+",
        "分之",
        "左右",
        "12",
        "000",
        "1.5",
        "×10^",
        *"\u00ad\u200b\u200f\u202c\u202e\u2066\ufeff",
    ]
    texts = ["".join(lot.choices(pieces, k=lot.randint(1, 7))) for _ in range(20_000)]
    texts += [
        *IN_WORDS,
        " 5 ",
        "5\n",
        "\ufeff5",
        "1 000",
        "１２，０００",
        "10³",
        "٣",
        "²",
        "5\x1c",
        "\0",
        "一" * 50,
    ]
    found = read([(text, "") for text in texts])
    mine = [in_python.read(text) for text in texts]
    pairs = zip(texts, found, mine, strict=True)
    assert [x for x in pairs if x[1] != (None if math.isnan(x[2]) else x[2])] == []
    assert sum(value is not None for value in found) > 2000


def test_a_share_may_be_typed_as_chinese_says_it():
    shares = {
        "三成": 30, "七成五": 75, "七成半": 75, "3.5成": 35, "约三成": 30, "三成左右": 30, "百分之三": 3, "百分之三点五": 3.5,
        "百分之百": 100, "百分之五十": 50, "负百分之三": -3, "千分之五": 0.5, "万分之五": 0.05, "0.5‰": 0.05, "５‰": 0.5,
        "三分之一": 100 / 3, "三分一": 100 / 3, "三分二": 200 / 3, "一半": 50, "三成到五成": None, "成": None, "三四成": None, "九五折": None,
    }  # fmt: skip
    found = read([(text, "%") for text in shares])
    assert found == [None if x is None else pytest.approx(x, rel=1e-12) for x in shares.values()]
    assert read([("三成", "times"), ("三成", "t"), ("两倍", "times"), ("一半", "times")]) == [
        None,
        None,
        2,
        0.5,
    ]


def test_noughts_in_words_belong_to_the_number():
    typed = {
        ("三百万吨", "Mt CO2e"): 3, ("一千五百万吨", "Mt CO2e"): 15, ("一百五十亿美元", "bn USD"): 15, ("五十亿美元", "bn USD"): 5,
        ("十亿美元", "bn USD"): 1, ("一百五十万立方米", "million m3"): 1.5, ("五千瓦时", "kWh"): 5, ("一万五千瓦时", "kWh"): 15,
        ("五百二十亿瓦时", "GWh"): 52, ("一千二百八十七兆瓦时", "MWh"): 1287, ("一百二十万吨", "t CO2e"): 1.2e6, ("五万", "thousand"): 50,
        ("约五百吨左右", "t CO2e"): 500, ("五百二十公斤", "kg"): 520, ("五度", "kWh"): 5, ("五度", "MWh"): None,
    }  # fmt: skip
    assert read(list(typed)) == list(typed.values())


def test_another_unit_is_no_answer():
    """Whoever has kWh for MWh is told which unit stands beside the box, in both languages."""
    others = [
        ("1848.6 GWh", "MWh"), ("1848.6 吉瓦时", "MWh"), ("1848600千瓦时", "MWh"), ("184万度", "MWh"),
        ("5 kg", "t CO2e"), ("5千克", "t CO2e"), ("5毫升", "L"), ("5 kW", "W"), ("5兆瓦", "W"), ("5平方米", "m"),
        ("5 kt", "t"), ("5 USD", "US cents"), ("5港元", "USD"), ("5年", "hours"), ("5吨", "kg CO2e/kWh"),
        ("5 MWh", ""), ("兆瓦时", "MWh"), ("5 兆瓦时兆瓦时", "MWh"), ("5倍", "%"),
    ]  # fmt: skip
    assert read(others) == [None] * len(others)
    # Words for noughts go with any measure: five thousand grams.
    assert read([("5千克", "g"), ("5千瓦时", "Wh"), ("5百万瓦", "W")]) == [5000, 5000, 5e6]


def test_the_unit_that_stands_beside_the_box_may_be_typed():
    typed = [
        ("7 个样品", "samples", "个样品"),
        ("7個樣品", "samples", "個樣品"),
        ("7 samples", "samples", "个样品"),
    ]
    typed += [("7 吨CO2e", "t CO2e", "吨 CO2e"), ("7 (甲)", "a", "(甲)"), ("7甲", "a", "(甲)")]
    assert read(typed) == [7, 7, 7, 7, 7, None]


def test_what_nobody_sees_is_no_part_of_a_number():
    """Who copies a number from a chat or a table copies marks of direction and soft hyphens with it."""
    seen = [
        "\u200e12 MWh",
        "12\u200f MWh",
        "\u202a12\u202c MWh",
        "\u206612\u2069 MWh",
        "1\u200b2 MWh",
        "12\u2060MWh",
        "12\u00ad兆瓦时",
    ]
    assert read([(text, "MWh") for text in seen]) == [12] * len(seen)
    bare = ["\u200e12", "12\u200f", "\ufeff12\u200b", "十\u200b二"]
    assert [in_python.read(text) for text in bare] == [12] * len(bare)
    # These turn digits round: what is seen is not what is there.
    assert read([("\u202e12", ""), ("12\u202d", ""), ("\u200b", "")]) == [None] * 3


def test_what_is_no_number_is_refused_whatever_it_is():
    texts = [
        "千" * 10**5, "1万" * 10**4, "1 " * 10**4, " " * 10**5 + "度", "1," * 10**4, "kg CO2e/" * 10**4,
        "5\0度", "\ud800度", "5度<img src=x onerror=alert(1)>", "（5）度", "$&度", "__proto__", "百分之" * 10**4,
    ]  # fmt: skip
    units = ["kWh", "kg CO2e/kWh", "%", "bn USD", "__proto__", "constructor", "(", "\\", ""]
    typed = [(text, unit) for text in texts for unit in units]
    assert read(typed) == [None] * len(typed)


@pytest.fixture(scope="module")
def asked() -> dict[str, Question]:
    """Give the questions of two chapters that ask for a number."""
    found: dict[str, Any] = {}
    for name in ("01_training_footprint", "04_solutions"):
        found |= built._run(built.ROOT / "chapters" / f"{name}.ipynb")[1]
    return {name: question for name, question in found.items() if question.kind == "number"}


def test_an_answer_is_told_the_same_in_both_languages(asked):
    assert len(asked) >= 8
    typed = []
    for name, question in asked.items():
        unit = question._sheet.unit
        ends = [end for row in question._rows() for end in row[:2] if end is not None]
        for value in (float(f"{end:.3g}") for end in ends):
            typed += [
                (text, unit, value, name) for text in english(value, unit) + chinese(value, unit)
            ]
    found = read([one[:2] for one in typed])
    assert None not in found
    # A text that is read as another number than it was written from may still be told the same.
    pairs = {(name, value, got) for (_, _, value, name), got in zip(typed, found, strict=True)}
    told = [(asked[name].check(value), asked[name].check(got)) for name, value, got in pairs]
    assert [pair for pair in told if pair[0] != pair[1]] == []
    assert len({verdict.slip for verdict, _ in told}) > 5


def test_a_question_in_chinese_has_the_slips_of_english():
    def made() -> Question:
        return ask("?", name="made", answer=1287.0, unit="MWh", quantities={"pue": 1.1})

    try:
        words.add({"MWh": "兆瓦时"}, "zh-Hans")
        rows = [[*row[:2], row.verdict.tone, row.verdict.slip] for row in made()._rows()]
        assert "beside" not in made()._sheet.page
        words.use("zh-Hans")
        question = made()
        assert [[*row[:2], row.verdict.tone, row.verdict.slip] for row in question._rows()] == rows
        assert question._sheet.page["unit"] == "MWh"
        assert question._sheet.page["beside"] == "兆瓦时"
    finally:
        words.use("en")
        words._added.clear()
