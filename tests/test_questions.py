"""Every question of every page, in Chromium: the same words as Python, by keyboard, kept by the reader alone."""

from __future__ import annotations

import base64
import json
import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import built
import pytest
import sample
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect
from test_page import RUNTIME, axe, random_settings

from aiimpact.ask.judge import Row, look_up
from aiimpact.live import number
from aiimpact.live.notation import seen

pytestmark = pytest.mark.browser

HOSTILE = '<img src="broken.png" onerror="window.broken = true">'
KEY = "aiimpact.answers.1:"
# The verdict on an answer about an explorer takes a moment.
FOUND = """async (root) => {
  const word = root.querySelector(".ask-word");
  for (let i = 0; !word.textContent && i < 300; i++) await new Promise(requestAnimationFrame);
  root.querySelector("input.ask-box")?.select();
  return {
    tone: root.dataset.tone ?? null,
    words: word.textContent,
    hints: [...root.querySelectorAll(".ask-hint")].filter((hint) => hint.open).length,
    answer: root.querySelector(".ask-answer").open,
    spoken: root.querySelector(".ask-box")?.getAttribute("aria-valuetext"),
    shown: root.querySelector("output")?.textContent,
    place: root.querySelector(".ask-you")?.getAttribute("x"),
    you: root.querySelector(".ask-you:not([style*=none])")?.textContent,
  };
}"""
CHECK_ALL = """async ([name, values]) => {
  const found = [];
  for (const value of values) {
    const { tone, words, slip } = await window.questions[name].check(value);
    found.push([tone, words, slip]);
  }
  return found;
}"""


def kept(tab: Any) -> dict[str, str]:
    """Give what the page keeps; the theme keeps which colours the reader likes."""
    return tab.evaluate(
        """() => Object.fromEntries(
          Object.entries(localStorage).filter(([key]) => !["mode", "theme"].includes(key)))"""
    )


def data_of(question: Any) -> Any:
    markup = question._markup
    start = markup.index('<script type="application/json">') + len(
        '<script type="application/json">'
    )
    return json.loads(markup[start : markup.index("</script>", start)])


def root_of(tab: Any, name: str) -> Any:
    return tab.page.locator(f'[data-question="{name}"]')


def explorer_of(address: built.Address) -> Any:
    """Give the explorer that a question is about, if there is one."""
    name = data_of(built.question(address)).get("explorer")
    return built.of_page(address.page)[name] if name else None


def right_answers(question: Any) -> list[Any]:
    """List what counts as right: texts of options, or ends and middle of the range."""
    if question._options:
        return [text for text, verdict in question._options.items() if verdict.tone == "got-it"]
    if question._boxes:
        return [{thing.text: thing.box for thing in question._boxes.things}]
    low, high, _ = question._rows()[0]
    return [(low + high) / 2, low, high]


def sortings(question: Any) -> list[dict[str, str]]:
    """Give sortings in which each thing lies in each box, the others right or left out, and some by lot."""
    boxes, (right,) = question._boxes.boxes, right_answers(question)
    found = [right | {thing: box} for thing in right for box in boxes]
    found += [{thing: box} for thing in right for box in boxes] + [{}]
    lot = random.Random(question.name)
    return found + [{thing: lot.choice(boxes) for thing in right} for _ in range(40)]


def an_answer_told(rows: Sequence[Row], row: Row) -> float | None:
    """Find a number that is told what a row says; None if rows before it hide it."""
    low, high, _ = rows[0]
    middle = (low + high) / 2
    ends = [end for end in (row.low, row.high) if end is not None]
    tried = [sum(ends) / len(ends), *ends] if ends else []
    # Short numbers first: a reader types few digits.
    tried = [float(f"{x:.{digits}g}") for digits in (4, 7, 17) for x in tried if math.isfinite(x)]
    steps = [1.0 + 0.0137 * k for k in range(-60, 61)] + [-3.3, -0.7, 0.073, 0.0071, 43.0, 777.0]
    tried += [float(f"{(middle or 1.0) * step:.3g}") for step in steps] + [-0.77, 0.77]
    return next((x for x in tried if look_up(rows, x) == row.verdict), None)


def plain(value: float) -> str:
    return repr(value).removesuffix(".0")


# By keyboard alone


class Keyboard:
    """Answer a question as somebody without a mouse does, and say what Python expects."""

    def __init__(self, tab: Any, address: built.Address) -> None:
        self.tab, self.question = tab, built.question(address)
        self.root = root_of(tab, address.name)
        # Looking an element up once is a good deal faster than at every key.
        self.element = self.root.element_handle()
        self.data = data_of(self.question)
        self.hints = 0
        self.press = tab.page.keyboard.press
        self.type = tab.page.keyboard.type
        # All letters at once, as from the clipboard: a key each takes most of a test's time.
        self.paste = tab.page.keyboard.insert_text

    def go_to_the_field(self) -> None:
        self.root.locator(".ask-text").evaluate("(e) => { e.tabIndex = -1; e.focus(); }")
        self.press("Tab")
        assert self.focused() == self.root.locator(".ask-box, [type=radio]").first.evaluate(
            "(e) => e.outerHTML"
        )

    def focused(self) -> str:
        return self.tab.page.evaluate("document.activeElement.outerHTML")

    def found(self) -> dict[str, Any]:
        return self.element.evaluate(FOUND)

    def go_on(self, text: str) -> None:
        """Answer anew, over what `found` has selected: the keys for it take a third of a test's time."""
        self.paste(text)
        self.press("Enter")

    def expect(self, tone: str | None, words: str, slip: str | None = None) -> dict[str, Any]:
        label = self.data["labels"].get(tone, "")
        wanted = f"{label} {words}" if label else words
        if tone == "keep-working" and not slip and self.hints < len(self.question._sheet.hints):
            self.hints += 1
            wanted += " There is a hint below."
        found = self.found()
        assert (found["tone"], found["words"]) == (tone, wanted)
        assert found["hints"] == self.hints
        opens = tone == "got-it" or (self.question.kind == "guess" and tone == "keep-working")
        assert found["answer"] or not opens
        return found

    def fill(self, text: str, *, paste: bool = False) -> None:
        self.press("Control+a")
        if text:
            (self.paste if paste else self.type)(text)
        else:
            self.press("Delete")
        self.press("Enter")

    def clear(self) -> None:
        """Go on to the button that clears, and press it."""
        for _ in range(2):
            self.press("Tab")
        assert "ask-clear" in self.focused()
        self.press("Enter")
        assert self.root.get_attribute("data-tone") is None
        assert self.root.locator(".ask-word").text_content() == ""
        assert self.root.locator("details[open]").count() == 0
        assert self.focused() == self.root.locator(".ask-box, [type=radio]").first.evaluate(
            "(e) => e.outerHTML"
        )
        assert self.root.locator(".ask-clear").is_disabled()


def answer_number(reader: Keyboard) -> None:
    question, unit = reader.question, reader.data["unit"]
    missing = reader.data["missing"]
    reader.press("Enter")
    reader.expect("missing", missing["empty"])
    for text in ("a lot", "0,5", HOSTILE):
        reader.fill(text, paste=text == HOSTILE)
        reader.expect("missing", missing["unreadable"].replace("{given}", text))
    reader.fill("")
    reader.expect("missing", missing["empty"])
    rows = question._rows()
    answers = [(row, an_answer_told(rows, row)) for row in rows[1:]]
    typed = {0, len(answers) // 2, len(answers) - 1}
    for place, (row, value) in enumerate(answers):
        # In the page an explorer stands where it stands, and may make two slips the same.
        assert value is not None or not row.verdict.slip or "explorer" in reader.data, row
        # What all the others are told is compared below, without a key for each digit.
        if value is not None and place in typed:
            reader.go_on(plain(value))
            reader.expect(*row.verdict)
    assert {"Too low.", "Too high."} <= {
        row.verdict.words for row, value in answers if value is not None
    }
    right = right_answers(question)[0]
    reader.fill(f"{plain(right)} {unit}", paste=True)
    reader.expect(*question.check(right))


def answer_choices(reader: Keyboard) -> None:
    question = reader.question
    reader.press("Enter")
    reader.expect("missing", reader.data["missing"]["empty"])
    for position, label in enumerate(question._options):
        reader.press("ArrowDown" if position else "Space")
        reader.press("Enter")
        reader.expect(*question.check(label))
    (right,) = right_answers(question)
    for _ in range(list(question._options).index(right) + 1):
        reader.press("ArrowDown")  # From the last to the first.
    reader.press("Enter")
    reader.expect(*question.check(right))


def answer_slider(reader: Keyboard) -> None:
    question = reader.question
    stops = list(question._options)
    reader.press("Enter")
    reader.expect("missing", reader.data["missing"]["empty"])
    for position, stop in enumerate(stops):
        reader.press("ArrowRight" if position else "Home")
        reader.press("Enter")
        found = reader.expect(*question.check(stop))
        assert found["spoken"] == found["shown"] == stop
        if question.kind == "guess":
            assert found["place"] == f"{reader.data['places'][stop]:g}%"
            assert found["you"] == f"You: {stop}"
    reader.press("End")
    reader.press("Home")
    right = right_answers(question)[0]
    for _ in range(stops.index(right)):
        reader.press("ArrowRight")
    reader.press("Enter")
    reader.expect(*question.check(right))


def answer_open(reader: Keyboard) -> None:
    reader.press("Tab")
    reader.press("Enter")
    reader.expect("missing", reader.data["missing"]["empty"])
    reader.press("Shift+Tab")
    reader.type("Because ")
    reader.paste(HOSTILE)
    reader.press("Enter")
    reader.type("of a second line.")
    assert reader.root.locator(".ask-word").text_content() == ""
    reader.press("Tab")
    reader.press("Enter")
    reader.expect(None, reader.data["compare"])
    assert reader.found()["answer"]
    reader.press("Shift+Tab")


def answer_sort(reader: Keyboard) -> None:
    question = reader.question
    boxes, things = question._boxes.boxes, question._boxes.things
    (right,) = right_answers(question)
    selects = reader.root.locator("select").all()

    def put(select: Any, box: str) -> None:
        select.focus()
        reader.press("Home")
        for _ in range(boxes.index(box) + 1):
            reader.press("ArrowDown")
        assert select.input_value() == box

    def check(placed: dict[str, str]) -> None:
        reader.root.locator(".ask-check").focus()
        reader.press("Enter")
        reader.expect(*question.check(placed))

    check({})
    for select, thing in zip(selects, things, strict=True):
        put(select, thing.box)
    for select, thing in zip(selects, things, strict=True):
        for box in thing.told:
            put(select, box)
            check(right | {thing.text: box})
        put(select, thing.box)
    check(right)
    reader.press("Shift+Tab")
    assert reader.focused() == selects[-1].evaluate("(e) => e.outerHTML")


ANSWER = {
    "sort": answer_sort,
    "number": answer_number,
    "choices": answer_choices,
    "slider": answer_slider,
    "guess": answer_slider,
    "open": answer_open,
}


def test_wrong_in_each_named_way_and_then_right_by_keyboard(all_awake, question):
    tab = all_awake(question.page)
    reader = Keyboard(tab, question)
    reader.root.scroll_into_view_if_needed()
    tab.settle()
    requested = len(tab.requested)
    reader.go_to_the_field()
    ANSWER[reader.question.kind](reader)
    # What was answered is kept here, under one key, and nowhere else.
    ((key, answer),) = kept(tab).items()
    assert key == f"{KEY}/{question.page}#{question.name}"
    assert json.loads(answer).keys() == {"given", "checked"}
    elsewhere = tab.evaluate(
        "() => [{ ...sessionStorage }, document.cookie, window.broken ?? null]"
    )
    assert elsewhere == [{}, "", None]
    reader.clear()
    assert kept(tab) == {}
    assert tab.requested[requested:] == []


# Two lives, one list of rows


def some_numbers(question: Any, count: int, exact: bool) -> list[float]:
    """Draw numbers around the rows of a question and far away, and take the edges of the rows."""
    rng = random.Random(question.name)
    low, high, _ = question._rows()[0]
    middle = (low + high) / 2 or 1.0
    drawn = [middle * 10 ** rng.gauss(0, 2) * rng.choice([1, 1, 1, -1]) for _ in range(count // 2)]
    drawn += [middle * rng.uniform(0.5, 1.5) for _ in range(count - len(drawn))]
    ends = [end for row in question._rows() for end in row[:2] if end is not None]
    edges = [end * (1 + step) for end in ends if math.isfinite(end) for step in (-1e-9, 1e-9)]
    special = [0.0, 1.0, -1.0, 1e-300, 1e300, 1e21, 1e-7] + (ends if exact else [])
    return [x for x in drawn + edges + special if math.isfinite(x)]


def test_page_and_python_agree(all_awake, question):
    made = built.question(question)
    tab = all_awake(question.page)
    if made.kind == "open":
        found = tab.evaluate(CHECK_ALL, [question.name, ["An answer.", " "]])
        missing = data_of(made)["missing"]["empty"]
        assert found == [[None, data_of(made)["compare"], None], ["missing", missing, None]]
        return
    if made._options:
        answers = list(made._options)
        found = tab.evaluate(CHECK_ALL, [question.name, answers])
        assert found == [list(made.check(answer)) for answer in answers]
        for wrong in ("", "none of them", 5.55, None):
            refused = tab.evaluate(
                "([name, value]) => window.questions[name].check(value).catch((e) => e.name)",
                [question.name, wrong],
            )
            assert refused == "RangeError"
        return
    if made._boxes:
        answers = sortings(made)
        found = tab.evaluate(CHECK_ALL, [question.name, answers])
        assert found == [list(made.check(answer)) for answer in answers]
        (thing, *_) = right_answers(made)[0]
        for wrong in (None, 5, "chip", {thing: "none of them"}, {"none": made._boxes.boxes[0]}):
            refused = tab.evaluate(
                "([name, value]) => window.questions[name].check(value).catch((e) => e.name)",
                [question.name, wrong],
            )
            assert refused == "RangeError"
        return
    explorer = explorer_of(question)
    settings = random_settings(explorer, 7)[2:] if explorer else [{}]
    first = {name: control.value for name, control in explorer.controls.items()} if explorer else {}
    try:
        for inputs in settings:
            if explorer:
                tab.set(explorer.name, inputs)
                for name, value in inputs.items():
                    explorer.controls[name].value = value
            numbers = some_numbers(made, 300 // len(settings), exact=not explorer)
            found = tab.evaluate(CHECK_ALL, [question.name, numbers])
            rows = made._rows()
            wanted = [list(look_up(rows, x)) for x in numbers]
            assert [list(made.check(x)) for x in numbers[:10]] == wanted[:10]
            triples = zip(numbers, found, wanted, strict=True)
            assert [triple for triple in triples if triple[1] != triple[2]][:3] == [], inputs
    finally:
        for name, value in first.items():
            explorer.controls[name].value = value


def test_the_answer_follows_the_explorer(all_awake, question):
    explorer = explorer_of(question)
    if explorer is None:
        return  # It is about no explorer.
    made = built.question(question)
    tab = all_awake(question.page)
    root = root_of(tab, question.name)
    box = root.locator(".ask-box")
    changed = "The values above have changed. Check again."
    first = {name: control.value for name, control in explorer.controls.items()}

    def answer(value: float) -> list[Any]:
        box.fill(plain(value))
        box.press("Enter")
        found = root.evaluate(FOUND)
        return [found["tone"], found["words"]]

    try:
        followed = 0
        for inputs in random_settings(explorer, 8)[2:]:
            before = right_answers(made)[0]
            label = data_of(made)["labels"][made.check(before).tone]
            assert answer(before) == ["got-it", f"{label} {made.check(before).words}"]
            # What was drawn anew has not moved.
            tab.set(explorer.name, {})
            tab.settle()
            assert root.get_attribute("data-tone") == "got-it"
            tab.set(explorer.name, inputs)
            expect(root.locator(".ask-word")).to_have_text(changed)
            assert root.get_attribute("data-tone") is None
            for name, value in inputs.items():
                explorer.controls[name].value = value
            verdict = made.check(before)
            found = answer(before)
            assert found[0] == verdict.tone
            assert verdict.words in found[1]
            followed += verdict.tone != "got-it"
        assert followed, "The right answer stayed right wherever the explorer went."
    finally:
        for name, value in first.items():
            explorer.controls[name].value = value


# What a reader types


TYPED = {
    "1200": 1200, " 1200 ": 1200, "+1200": 1200, "1,200": 1200, "1 200": 1200, "1\u00a0200": 1200,
    "1\u202f200": 1200, "1\u2009200": 1200, "1_200": 1200, "1'200": 1200, "1’200": 1200, "12,345,678.9": 12345678.9,
    "1,20,000": 120_000, "-1,200": -1200, "−1200": -1200, "–1200": -1200, "- 5": -5,
    "1.2e3": 1200, "1.2E3": 1200, "1.2e+3": 1200, "1.2e-3": 0.0012, "1,200e3": 1_200_000,
    "1.2×10³": 1200, "1.2 × 10^3": 1200, "1.2x10^3": 1200, "1.2X10^3": 1200, "1.2*10^3": 1200,
    "1.2·10⁻³": 0.0012, "1.2⋅10^-3": 0.0012, "1.2 × 10^−3": 0.0012, "1.2×10¹²": 1.2e12,
    "10³": 1000, "10^3": 1000, "-10^3": -1000, "10⁻³": 0.001,
    "0.5": 0.5, ".5": 0.5, "5.": 5, "-.5": -0.5, "0.000 001": 1e-6, "0.123456": 0.123456,
    "００": 0, "０.５": 0.5, "１，２００": 1200, "－５": -5, "１．２ｅ３": 1200, "007": 7,
    "0": 0, "-0": 0, "1e21": 1e21, "1e-7": 1e-7, "9007199254740993": 9007199254740992,
    # None, or it could be two.
    "": None, " ": None, "abc": None, "0,5": None, "0,500": None, "-0,500": None, "00,500": None,
    "1,5": None, "12,34": None, "1,2000": None, "1,200,5": None, "1.200,5": None, "1.2.3": None,
    "1,,200": None, ",200": None, "12 14": None, "1 2": None, "1 2000": None, "10-20": None,
    "10 – 20": None, "5%": None, "5 MWh": None, "1/2": None, "½": None, "5×10": None, "2³": None,
    "×10³": None, "e3": None, "1e": None, "1e3.5": None, "1.2e3e3": None, "--5": None, "+-5": None,
    ".": None, "-": None, "0x10": None, "0b1": None, "1n": None, "Infinity": None, "-Infinity": None,
    "NaN": None, "1e400": None, "null": None, "true": None, "[5]": None, "10⁺³": None, "⁵": None,
    # As Chinese keyboards and readers write.
    "１，２００．５": 1200.5, "1、200": 1200, "0。5": 0.5, "负5": -5, "負5": -5, "1.2万": 12_000, "1.1 万": 11_000,
    "1.2萬": 12_000, "3亿": 3e8, "３．５億": 3.5e8, "2百": 200, "5千": 5000, "1.2百万": 1.2e6, "5十万": 500_000,
    "1.2千万": 12_000_000, "1,200万": 12_000_000, "2万亿": 2e12, "3万5千": 35_000, "1亿2000万": 1.2e8, "-2万": -20_000,
    "1、2": None, "一千": 1000, "十万": 100_000, "万": None, "1万2": None, "1万2000": None, "1万5万": None, "1万1万": None,
    "1.5亿2000万": None, "1亿20000万": None, "1e3万": None, "1..2万": None, "1.2.3万": None, "3 5万": None, "5兆": None,
    "5％": None, "5度": None, "约5": 5,
}  # fmt: skip


def numbers_js() -> str:
    """The module as an address can hold it, with the words that it imports."""
    live = built.ROOT / "aiimpact" / "live"
    text = (live / "page" / "src" / "numbers.js").read_text(encoding="utf-8")
    words = (live / "numerals.json").read_text(encoding="utf-8")
    text, count = re.subn(
        r"^import WORDS from .*$", lambda _: f"const WORDS = {words};", text, flags=re.M
    )
    assert count == 1
    return base64.b64encode(text.encode()).decode()


@pytest.fixture(scope="module")
def parsed(chromium):
    """What numbers.js makes of each typed text."""
    source = numbers_js()
    context = chromium.new_context()
    found = context.new_page().evaluate(
        """async ([source, typed]) => {
          const { parse } = await import(`data:text/javascript;base64,${source}`);
          return typed.map(parse).map((value) => (Number.isFinite(value) ? value : String(value)));
        }""",
        [source, list(TYPED)],
    )
    context.close()
    return dict(zip(TYPED, found, strict=True))


@pytest.mark.parametrize("typed", TYPED, ids=ascii)
def test_what_is_typed_is_read_as_one_number_or_not_at_all(parsed, typed):
    wanted = TYPED[typed]
    assert parsed[typed] == ("NaN" if wanted is None else wanted)


def test_what_python_writes_can_be_typed_again(chromium):
    rng = random.Random(1)
    values = [rng.choice([-1, 1]) * 10 ** rng.uniform(-9, 15) for _ in range(300)]
    texts = [number(value, digits) for value in values for digits in (1, 3, 15)]
    texts += [repr(value) for value in values]
    source = numbers_js()
    context = chromium.new_context()
    found = context.new_page().evaluate(
        """async ([source, texts]) => {
          const { parse } = await import(`data:text/javascript;base64,${source}`);
          return texts.map(parse);
        }""",
        [source, texts],
    )
    context.close()
    assert found == [float(text.replace(",", "").replace("−", "-")) for text in texts]


def test_a_unit_behind_the_number_is_read(all_awake):
    tab = all_awake(built.QUESTIONS)
    for text in (
        "1848.6MWh",
        "1,848.6 MWh",
        " 1848.6  MWh ",
        "１，８４８．６兆瓦时",
        "1848.6兆瓦時",
    ):
        (found,) = tab.evaluate(CHECK_ALL, ["box", [text]])
        assert found[0] == "got-it"
    for text in ("1848.6 GWh", "MWh", "1848.6 MWh MWh", "1848.6吉瓦时", "184万度"):
        (found,) = tab.evaluate(CHECK_ALL, ["box", [text]])
        assert found[0] == "missing"
        assert f"“{text}” is no number" in found[1]
        assert "The unit, MWh, stands beside the box." in found[1]


# Kept by the reader alone


def states(tab: Any) -> dict[str, Any]:
    return tab.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-question]")].map((root) => [
          root.dataset.question,
          {
            given: root.querySelector("input:checked, .ask-box")?.value ?? "",
            placed: [...root.querySelectorAll("select")].map((select) => select.value),
            chosen: root.querySelectorAll("input:checked").length,
            shown: root.querySelector("output")?.textContent ?? "",
            tone: root.dataset.tone ?? "",
            words: root.querySelector(".ask-word").textContent,
            you: root.querySelector(".ask-you:not([style*=none]) text")?.textContent ?? "",
            clear: !root.querySelector(".ask-clear").disabled,
          },
        ]))"""
    )


def answer_all(tab: Any, page: str) -> None:
    """Answer every question of a page, every second one wrongly."""
    for position, address in enumerate(a for a in built.questions() if a.page == page):
        question = built.question(address)
        if question.kind == "open":
            value: Any = "My own words."
        elif question._options and position % 2:
            value = next(x for x in question._options if x not in right_answers(question))
        elif question._boxes:
            (value,) = right_answers(question)
            wrong = next(iter(question._boxes.things[0].told))
            value = value | {question._boxes.things[0].text: wrong} if position % 2 else value
        else:
            value = right_answers(question)[0]
            value = value if question._options else value * (1 + position % 2)
        tab.evaluate(CHECK_ALL, [address.name, [value]])


def test_answers_survive_a_reload_until_they_are_cleared(all_awake, question_page):
    tab = all_awake(question_page)
    empty = states(tab)
    answer_all(tab, question_page)
    before = states(tab)
    assert all(state["clear"] for state in before.values())

    def reload() -> dict[str, Any]:
        tab.page.reload()
        tab.settle()
        return states(tab)

    after = reload()
    addresses = [a for a in built.questions() if a.page == question_page]
    assert list(after) == [address.name for address in addresses]
    for address in addresses:
        wanted, found = before[address.name], after[address.name]
        words = wanted["words"].removesuffix(" There is a hint below.")
        # The explorer starts anew, so an answer about it is kept, and not judged.
        about = explorer_of(address) is not None
        assert found == wanted | ({"words": "", "tone": ""} if about else {"words": words}), address
    first = addresses[0].name
    root_of(tab, first).locator(".ask-clear").click()
    after = reload()
    assert after[first] == empty[first]
    assert [name for name, state in after.items() if not state["clear"]] == [first]

    tab.page.get_by_role("button", name="Clear my answers on this page").click()
    assert states(tab) == empty
    assert kept(tab) == {}
    assert tab.page.locator("[data-question] details[open]").count() == 0
    assert reload() == empty


def test_an_answer_that_was_not_checked_is_kept_unjudged(all_awake):
    tab = all_awake(built.QUESTIONS)
    root_of(tab, "box").locator(".ask-box").fill("17")
    root_of(tab, "choices").get_by_label("10", exact=True).check()
    root_of(tab, "slider").locator(".ask-box").press("End")
    tab.page.reload()
    found = states(tab)
    assert [found[name]["given"] for name in ("box", "choices")] == ["17", "10"]
    assert found["slider"]["shown"] == "100,000 t"
    assert {state["tone"] for state in found.values()} == {""}
    assert {name for name, state in found.items() if state["clear"]} == {"box", "choices", "slider"}


def test_another_page_has_answers_of_its_own(all_awake):
    tab = all_awake(built.QUESTIONS)
    elsewhere = f"{KEY}/elsewhere.html#box"
    tab.evaluate('(key) => localStorage.setItem(key, \'{"given": "5"}\')', elsewhere)
    tab.page.reload()
    assert states(tab)["box"]["given"] == ""
    tab.page.get_by_role("button", name="Clear my answers on this page").click()
    assert list(kept(tab)) == [elsewhere]


BLOCKED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
});"""
FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
};"""
JUNK = [
    "", "null", "5", "[]", "{}", "{", "undefined", '"text"', '{"given": 5}', '{"given": null, "checked": true}',
    '{"given": ["a"], "checked": true}', '{"given": "none of them", "checked": true}', '{"given": "", "checked": true}',
    '{"given": "constructor", "checked": 1}', '{"given": "__proto__", "checked": true}',
    json.dumps({"given": HOSTILE, "checked": True}), json.dumps({"given": "[1]", "checked": True}),
    json.dumps({"given": '{"A bill": 5, "__proto__": "chip", "A": ["chip"]}', "checked": True}),
]  # fmt: skip


@pytest.mark.parametrize("script", [BLOCKED, FULL], ids=["blocked", "full"])
def test_questions_work_where_nothing_can_be_kept(open_tab, site, script):
    tab = open_tab()
    tab.page.add_init_script(script)
    tab.page.goto(site.url + built.QUESTIONS)
    for name, question in sample.questions().items():
        if name in sample.QUESTION_NAMES and question.kind != "open" and name[:5] != "moved":
            right = right_answers(question)[0]
            (found,) = tab.evaluate(CHECK_ALL, [name, [right]])
            assert found == list(question.check(right))
    root_of(tab, "box").locator(".ask-clear").click()
    tab.page.get_by_role("button", name="Clear my answers on this page").click()
    assert not [state for state in states(tab).values() if state["clear"]]


def test_questions_work_on_spoilt_answers(all_awake):
    tab = all_awake(built.QUESTIONS)
    for junk in JUNK:
        tab.evaluate(
            "([keys, junk]) => keys.forEach((key) => localStorage.setItem(key, junk))",
            [[f"{KEY}/{built.QUESTIONS}#{name}" for name in sample.QUESTION_NAMES], junk],
        )
        tab.page.reload()
        tab.settle()
        assert tab.page.locator(".ask-awake").count() == len(sample.QUESTION_NAMES), junk
        found = states(tab)
        assert {state["tone"] for state in found.values()} <= {"", "missing", "keep-working"}, junk
        assert found["guess"]["shown"] == "–"
        assert tab.page.evaluate("window.broken ?? null") is None
        for name in ("box", "choices", "guess", "sort"):
            right = right_answers(sample.questions()[name])[0]
            (told,) = tab.evaluate(CHECK_ALL, [name, [right]])
            assert told[0] == "got-it"


# Where things go wrong


def test_without_the_explorer_nothing_is_judged(open_tab, site):
    tab = open_tab(tolerant=True)
    tab.page.route(RUNTIME, lambda route: route.abort())
    tab.page.goto(site.url + built.QUESTIONS)
    box = root_of(tab, "moved").locator(".ask-box")
    box.fill("1287")
    box.press("Enter")
    word = root_of(tab, "moved").locator(".ask-word")
    expect(word).to_have_text(
        "Not yet an answer. The values above did not load, so nothing can be checked. Reload the page to try again."
    )
    right = right_answers(sample.questions()["box"])[0]
    assert tab.evaluate(CHECK_ALL, ["box", [right]])[0][0] == "got-it"


def test_only_the_last_of_many_answers_is_told(all_awake):
    tab = all_awake(built.QUESTIONS)
    tab.evaluate(
        """async () => {
          const { moved } = window.questions;
          await Promise.all([1, 2, 3, 1287].map((value) => moved.check(value)));
        }"""
    )
    found = root_of(tab, "moved").evaluate(FOUND)
    assert found["tone"] == "got-it"
    # Cleared while the explorer is still asked, it stays clear.
    tab.evaluate(
        """async () => {
          const late = window.questions.moved.check(5);
          await window.questions.moved.reset();
          await late;
        }"""
    )
    assert states(tab)["moved"]["words"] == ""


def test_names_are_given_once(html):
    """A name stands for one thing in the whole book, so that a teacher can say which."""
    names = Counter(a.name for a in built.book_questions() + built.book_explorers())
    assert [name for name, count in names.items() if count > 1] == []


def test_the_notebooks_make_the_questions_of_the_pages(question_page):
    wanted = [a.name for a in built.questions() if a.page == question_page]
    assert sorted(built._made_for(question_page)[1]) == sorted(wanted)


# Hints


def test_hints_open_step_by_step(all_awake):
    tab = all_awake(built.QUESTIONS)
    root = root_of(tab, "box")
    first, second = root.locator(".ask-hint").all()
    assert (first.is_visible(), second.is_visible()) == (True, False)
    first.locator("summary").focus()
    tab.page.keyboard.press("Enter")
    assert first.locator("p").is_visible()
    assert (first.is_visible(), second.is_visible()) == (True, True)
    assert not second.locator("p").is_visible()
    # A slip says enough; what has no name opens the next hint.
    for answer, opened in ((1848.6 / 1000, 1), (1500, 2), (1500, 2)):
        tab.evaluate(CHECK_ALL, ["box", [answer]])
        assert root.locator(".ask-hint[open]").count() == opened
    assert not root.locator(".ask-answer p").first.is_visible()


# For everyone

ROLES = {
    "number": "textbox",
    "open": "textbox",
    "choices": "radio",
    "slider": "slider",
    "guess": "slider",
    "sort": "combobox",
}


def test_every_question_has_a_name_and_speaks_once(all_awake, question_page):
    tab = all_awake(question_page)
    for address in (a for a in built.questions() if a.page == question_page):
        question, root = built.question(address), root_of(tab, address.name)
        expect(root).to_have_accessible_name(root.locator(".ask-kind").inner_text())
        text = " ".join(root.locator(".ask-text").inner_text().split())
        fields = root.get_by_role(ROLES[question.kind])
        if question.kind in {"choices", "sort"}:
            group = root.get_by_role("group", name="Your answer")
            expect(group).to_have_accessible_description(text)
            things = [thing.text for thing in question._boxes.things] if question._boxes else []
            assert fields.count() == len(things or question._options)
            for field, thing in zip(fields.all(), things, strict=False):
                expect(field).to_have_accessible_name(" ".join(thing.split()))
        else:
            yours = "Your guess" if question.kind == "guess" else "Your answer"
            unit = question._sheet.unit if question.kind == "number" else ""
            expect(fields).to_have_accessible_name(
                f"{yours} {seen(' '.join(unit.split()))}".strip()
            )
            expect(fields).to_have_accessible_description(text)
        assert (
            root.locator('[role=status], [role=alert], [aria-live]:not([aria-live="off"])').count()
            == 1
        )
        value = "My own words." if question.kind == "open" else right_answers(question)[0]
        batches = tab.evaluate(
            """async ([name, value]) => {
              let batches = 0;
              const word = document.querySelector(`[data-question="${name}"] .ask-word`);
              new MutationObserver(() => batches++).observe(
                word, { childList: true, characterData: true, subtree: true });
              await window.questions[name].check(value);
              await new Promise(requestAnimationFrame);
              return batches;
            }""",
            [address.name, value],
        )
        assert batches == 1, address


def test_axe_finds_nothing_before_and_after_answers(all_awake):
    tab = all_awake(built.QUESTIONS)
    tab.page.add_style_tag(content="* { transition: none !important; animation: none !important }")
    tab.page.evaluate(AXE_SCRIPT)
    wrong = {
        "box": 5, "per-cent": "not a number", "negative": 12.5, "share": 30, "choices": "2",
        "slider": "1 t", "guess": "1 t", "guess-row": "20", "open": "Mine.", "moved": 3,
        "sort": sortings(sample.questions()["sort"])[2],
    }  # fmt: skip
    found = {}
    for state in ("before", "wrong", "right"):
        for name, value in wrong.items():
            if state == "wrong":
                tab.evaluate(CHECK_ALL, [name, [value]])
            elif state == "right" and name != "open":
                right = right_answers(sample.questions()[name])[0]
                tab.evaluate(CHECK_ALL, [name, [right]])
        for theme in ("light", "dark"):
            tab.page.evaluate("(t) => { document.documentElement.dataset.theme = t }", theme)
            tab.settle()
            if faults := axe(tab.page):
                found[state, theme] = faults
    tab.page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert found == {}


def test_focus_is_seen_and_goes_through_every_part(all_awake):
    tab = all_awake(built.QUESTIONS)
    for name in sample.QUESTION_NAMES:
        root = root_of(tab, name)
        right = "Mine." if name == "open" else right_answers(sample.questions()[name])[0]
        tab.evaluate(CHECK_ALL, [name, [right]])
        root.locator(".ask-text").evaluate("(e) => { e.tabIndex = -1; e.focus(); }")
        seen = []
        while True:
            tab.page.keyboard.press("Tab")
            outline = root.evaluate(
                """(root) => {
                  const e = document.activeElement;
                  if (!root.contains(e)) return null;
                  const { outlineStyle, outlineWidth } = getComputedStyle(e);
                  return [e.className || e.tagName.toLowerCase(), outlineStyle, parseFloat(outlineWidth)];
                }"""
            )
            if outline is None:
                break
            seen.append(outline[0])
            assert outline[1] != "none", (name, outline)
            assert outline[2] >= 2, (name, outline)
        assert seen[0] == ("input" if sample.questions()[name].kind == "choices" else "ask-box")
        fields = len(sample.questions()[name]._boxes.things) if name == "sort" else 1
        assert seen[fields : fields + 2] == ["ask-check", "ask-clear"]
        assert seen[-1] == "summary"


def test_without_scripts_the_question_and_its_answer_can_be_read(open_tab, site, question_page):
    tab = open_tab(java_script_enabled=False)
    tab.page.goto(site.url + question_page)
    for address in (a for a in built.questions() if a.page == question_page):
        question, root = built.question(address), root_of(tab, address.name)
        assert root.locator(".ask-text p").first.is_visible()
        assert "The answer is in the fold." in root.locator(".explorer-asleep").inner_text()
        fold = root.locator(".ask-answer")
        assert not fold.locator("p").first.is_visible()
        fold.locator("summary").click()
        texts = fold.locator("p").all_inner_texts()
        assert all(p.is_visible() for p in fold.locator("p").all())
        said = question._sheet.answer or question._sheet.why.split("\n\n")[0].strip()
        assert seen(said) == seen(texts[0])
        # Nothing invites to an answer that nobody would check.
        assert not root.locator(".ask-check").is_visible()
        if question.kind == "choices":
            options = [seen(x.inner_text()) for x in root.locator("label").all()]
            assert options == list(map(seen, question._options))
        elif question.kind == "sort":
            things = [seen(thing.text) for thing in question._boxes.things]
            assert [seen(x.inner_text()) for x in root.locator("label").all()] == things
            assert all(
                box in root.locator(".ask-boxes").inner_text() for box in question._boxes.boxes
            )
            assert not root.locator("select").first.is_visible()
        else:
            assert not root.locator(".ask-box").is_visible()
    assert not tab.page.locator(".ask-all").is_visible()


def test_questions_fit_a_narrow_screen(all_awake, question_page):
    tab = all_awake(question_page)
    answer_all(tab, question_page)
    tab.page.set_viewport_size({"width": 320, "height": 900})
    tab.page.evaluate("document.querySelectorAll('.ask details').forEach((d) => { d.open = true })")
    tab.settle()
    out = tab.page.evaluate(
        """() => [...document.querySelectorAll("[data-question]")].flatMap((root) => {
          const { left, right } = root.getBoundingClientRect();
          return [...root.querySelectorAll("*")]
            .map((e) => [root.dataset.question, e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, , box]) => box.width && (box.right > right + 1 || box.left < left - 1))
            .map(([name, html]) => [name, html]);
        })"""
    )
    wide = tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    tab.page.set_viewport_size({"width": 1280, "height": 900})
    assert out == []
    assert wide <= 0


def test_paper_shows_questions_and_keeps_folded_answers(all_awake):
    tab = all_awake(built.QUESTIONS)
    tab.page.emulate_media(media="print")
    try:
        for name in sample.QUESTION_NAMES:
            root = root_of(tab, name)
            assert root.locator(".ask-text").is_visible()
            assert not root.locator(".ask-check").is_visible()
            assert not root.locator(".ask-answer p").first.is_visible()
        root_of(tab, "box").locator(".ask-answer").evaluate("(fold) => { fold.open = true }")
        assert root_of(tab, "box").locator(".ask-answer p").first.is_visible()
        assert root_of(tab, "sort").locator(".ask-boxes").is_visible()
        assert not tab.page.locator(".ask-all").is_visible()
    finally:
        tab.page.emulate_media(media="screen")


def test_hostile_text_stays_text(all_awake):
    tab = all_awake(built.QUESTIONS)
    tab.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    for name, text in (("hostile-question", HOSTILE), ("box", sample.HOSTILE), ("open", HOSTILE)):
        tab.evaluate(CHECK_ALL, [name, [text]])
    tab.evaluate(CHECK_ALL, ["choices", [sample.HOSTILE]])
    box, thing = f"box {sample.HOSTILE}", f"Thing {sample.HOSTILE}"
    right = right_answers(sample.questions()["sort"])[0]
    tab.evaluate(CHECK_ALL, ["sort", [right | {thing: box}]])
    assert root_of(tab, "sort").locator(".ask-word").inner_text().endswith(f"Not {sample.HOSTILE}.")
    tab.evaluate(CHECK_ALL, ["hostile-question", ["$&", "$1", "{given}", "5"]])
    tab.settle()
    assert tab.page.evaluate("window.broken ?? null") is None
    assert (
        root_of(tab, "choices").locator(".ask-word").inner_text().endswith(f"Not {sample.HOSTILE}.")
    )
    assert tab.page.locator(".ask img, .ask script:not([type])").count() == 0
    assert sample.HOSTILE in root_of(tab, "hostile-question").locator(".ask-text").inner_text()
    assert sample.HOSTILE in root_of(tab, "hostile-question").locator(".ask-answer").inner_text()


def test_it_works_from_disk_with_the_network_off(open_tab, site, html):
    tab = open_tab(own="file://", offline=True)
    tab.page.goto((site.root / built.QUESTIONS).as_uri())
    for name in sample.QUESTION_NAMES:
        question = sample.questions()[name]
        if question.kind != "open":
            right = right_answers(question)[0]
            assert tab.evaluate(CHECK_ALL, [name, [right]]) == [list(question.check(right))]
