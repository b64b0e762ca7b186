"""What is shown is said in the language of the edition, and is English where nobody asked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import Any

import altair as alt
import pandas as pd
import pytest
import sample
from bs4 import BeautifulSoup
from ipywidgets import FloatSlider

from aiimpact import _frames, tables, words
from aiimpact.ask import ask, guess, sort
from aiimpact.cite import fact
from aiimpact.live import (
    Areas,
    Balance,
    Bars,
    Bottle,
    Curve,
    Figure,
    Flow,
    Histogram,
    Lines,
    Nested,
    Path,
    Steps,
    Units,
    Wedges,
    amount,
    assets,
    explore,
    interval,
)
from aiimpact.live.notation import typeset
from aiimpact.uncertainty import show

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2}")


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """Leave no language behind, and none of the texts of a test."""
    monkeypatch.setattr(words, "_added", {})
    monkeypatch.setattr(words, "_missing", set())
    yield
    words.use("en")


@pytest.fixture
def in_chinese(monkeypatch):
    """Make something again, in Chinese of no meaning: each text that is said becomes another one of its own."""
    monkeypatch.setattr(words, "_compiled", lambda _: {})

    def make(build):
        words.use("zh-Hans")
        for _ in range(9):
            made = build()
            lacking = words.untranslated()
            if not lacking:
                return made
            words.add({text: meaningless(text) for text in lacking}, "zh-Hans")
            words._missing.clear()
        raise AssertionError(lacking)

    return make


def meaningless(text: str) -> str:
    number = "".join("零一二三四五六七八九"[int(digit)] for digit in str(hash(text) % 10**6))
    return f"译{number}{'，'.join(re.findall(r'{.*?}', text))}"


# Words


def test_english_is_said_as_it_is():
    assert words.language() == "en"
    assert words.say("Take {x}.", x=3) == "Take 3."
    assert words.say("A {brace}") == "A {brace}"
    assert words.name("Site energy [MWh]") == "Site energy [MWh]"
    assert words.untranslated() == ()


def test_billions_are_counted_as_the_language_counts():
    assert words.counted_in("bn USD") == (1, "bn USD")
    words.use("zh-Hans")
    assert words.counted_in("bn USD") == (10, "亿美元")
    assert words.counted_in("If it goes on [bn USD]") == (10, "如果持续下去 [亿美元]")
    assert words.counted_in("kWh")[0] == 1


def test_signs_stand_at_their_number_and_formulas_between_han():
    assert typeset("15 % of CO2") == "15\xa0% of CO₂"
    words.use("zh-Hans")
    assert typeset("占CO2的0.5 %，3 倍，5 t的CO2e") == "占CO₂的0.5%，3倍，5\xa0t的CO₂e"
    assert show(1, 2, 3) == "2.0（1.0到3.0）"


def test_an_explorer_writes_billions_as_the_language_counts():
    def model(x=198.0):
        return {"Later [bn USD]": 10 * x}

    words.use("zh-Hans")
    words.add({"Later": "以后"}, "zh-Hans")
    made = explore(model, name="later", x=(0.0, 1000.0, 1.0), sentence="{Later [bn USD]}亿")
    page = BeautifulSoup(made._markup, "html.parser")
    readout = page.select_one(".explorer-readouts dd")
    assert readout.get_text(" ", strip=True) == "19,800 亿美元"
    assert readout.span["data-value"] == "1980.0"
    assert page.select_one(".explorer-sentence").get_text() == "19,800亿"
    assert [output["times"] for output in made._page["outputs"]] == [10]


def test_controls_charts_tables_and_sources_count_in_the_same_unit():
    def boom(first_bn=132.49, years=10):
        return {"If it goes on [bn USD]": first_bn * 1.3**years}

    words.use("zh-Hans")
    words.add({"First": "第一个"}, "zh-Hans")
    made = explore(
        boom,
        name="boom",
        first_bn=FloatSlider(min=50, max=600, step=0.1, value=132.49, readout_format=".1f"),
        years=(0, 20, 1),
        labels={"first_bn": "First [bn USD]"},
        chart=Curve("years", "If it goes on [bn USD]"),
    )
    control = made._facts[0]
    assert (control["title"], control["times"]) == ("第一个 [亿美元]", 10)
    assert (control["low"], control["high"]) == (50, 600), "What the model is given stays."
    page = BeautifulSoup(made._markup, "html.parser")
    assert page.select_one("[data-input=first_bn] .explorer-widget").text == "1,324.9"
    (axis,) = [axis for axis in made._page["spec"]["axes"] if "[亿美元]" in axis["title"]]
    assert "250,000" in [text.text for text in page.select("svg text")]
    assert "format(10 * datum.value" in axis["encode"]["labels"]["update"]["text"]["signal"]
    assert [cell.text for cell in page.select("tbody tr:first-child td")] == ["0", "1,320"]
    assert made._page["table"][1][2] == 10
    assert page.select_one(".explorer-sentence").text == "如果持续下去 18,300亿美元。"
    assert "十亿" not in str(page)
    card = fact("约1,325亿", tables.constant("idc-2022"))
    assert "1,324.9亿美元" in card
    frame = pd.DataFrame({"A": ["B", "C"], "bn USD": [118, 432.8]})
    figure = Figure.rows(frame, "bn USD", description="两条")._repr_mimebundle_()["text/html"]
    shown = BeautifulSoup(figure, "html.parser")
    assert "十亿" not in figure
    assert {"1,180", "4,330"} <= {text.text for text in shown.select("svg text")}
    assert [cell.text for cell in shown.select("td")] == ["B", "1,180", "C", "4,330"]
    bars = Figure.of(Bars(), {"Cost [bn USD]": 118, "As usual [bn USD]": 432.8})
    assert "1,180" in bars._svg


def test_a_sign_stands_at_its_number_in_readouts_and_charts():
    words.use("zh-Hans")
    made = explore(lambda x=3.0: {"Part [%]": x}, name="part", x=(0.0, 9.0, 0.5))
    assert '</span><span class="explorer-unit">%</span>' in made._markup
    words.use("en")
    made = explore(lambda x=3.0: {"Part [%]": x}, name="part", x=(0.0, 9.0, 0.5))
    assert '</span> <span class="explorer-unit">%</span>' in made._markup


def test_another_language_is_said_where_it_has_the_text(monkeypatch):
    monkeypatch.setattr(words, "_compiled", lambda _: {})
    words.use("zh-Hans")
    words.add({"Take {x}.": "取{x}。", "Site": "场地", "hours": "小时"}, "zh-Hans")
    assert words.say("Take {x}.", x=3) == "取3。"
    assert words.name("Site [hours]") == "场地 [小时]"
    assert words.name("Site [MWh]") == "场地 [MWh]"
    assert words.say("Not there: {x}", x=1) == "Not there: 1"
    assert words.name("场地") == "场地"
    # What no reader would miss is not listed: a number, a letter, what is Chinese already.
    assert words.say("3.5") + words.say("x") + words.say("取 MWh") == "3.5x取 MWh"
    assert words.untranslated() == ("MWh", "Not there: {x}")
    words.use("en")
    assert words.say("Take {x}.", x=3) == "Take 3."


def test_a_whole_name_goes_before_its_parts():
    words.use("zh-Hans")
    words.add({"Rate [%]": "增长率（%）", "Rate": "费率", "%": "百分比"}, "zh-Hans")
    assert words.name("Rate [%]") == "增长率（%）"
    assert words.name("Rate [USD]") == "费率 [USD]"


def test_one_word_may_have_two_translations(monkeypatch):
    monkeypatch.setattr(words, "_compiled", lambda _: {"unit\x04times": "倍", "times": "次数"})
    words.use("zh-Hans")
    assert words.say("times") == "次数"
    assert words.say("times", context="unit") == "倍"


@pytest.mark.parametrize("call", [words.use, lambda tongue: words.add({}, tongue)])
def test_a_language_that_is_not_there_is_refused(call):
    with pytest.raises(
        ValueError, match=r"no edition in 'fr'\. Choose one of en, zh-Hans, zh-Hant"
    ):
        call("fr")
    assert words.language() == "en"


def test_the_environment_may_choose_the_language():
    code = "from aiimpact import words; print(words.language())"
    for chosen, language in {"zh-Hant-HK": "zh-Hant-HK", "": "en"}.items():
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={"AIIMPACT_LANGUAGE": chosen},
        )
        assert done.stdout.strip() == language


@pytest.mark.parametrize("language", words.LANGUAGES[1:])
def test_each_language_is_compiled(language):
    texts = json.loads((words.BUILT / f"{language}.json").read_text(encoding="utf-8"))
    assert texts
    assert all(
        # Chinese may name a value again, where English has a pronoun.
        set(re.findall(r"{\w*}", text)) == set(re.findall(r"{\w*}", said))
        for text, said in texts.items()
    )


def test_a_clone_without_them_is_told_how_to_make_them(monkeypatch, tmp_path):
    monkeypatch.setattr(words, "BUILT", tmp_path)
    words._compiled.cache_clear()
    words.use("zh-Hans")
    with pytest.raises(FileNotFoundError, match=r"zh-Hans are not built\. In a clone, run: make"):
        words.say("Reset")


def test_amounts_are_counted_as_the_language_counts():
    for language, spoken in {
        "en": ["132 billion", "2.6 million", "26", "380 thousand", "5 thousand", "0 million"],
        "zh-Hans": ["1,320亿", "260万", "260亿", "38万", "5,000", "0"],
        "zh-Hant-HK": ["1,320億", "260萬", "260億", "38萬", "5,000", "0"],
    }.items():
        words.use(language)
        assert [
            amount(132.4, 1e9),
            amount(2.6, 1e6),
            amount(26, 1e9, bare=True),
            amount(380, 1e3, 2),
            amount(5, 1e3),
            amount(0, 1e6),
        ] == spoken
    words.use("zh-Hans")
    assert amount(132.4, 1e9, 4) == "1,324亿"
    assert amount(180, 1e6) == "1.8亿"
    assert amount(-180, 1e6) == "−1.8亿"
    # Rounded first: it is no 10,000万.
    assert amount(99.996, 1e6) == "1亿"


def test_a_scale_without_a_word_is_refused():
    with pytest.raises(ValueError, match="1e3, 1e6 and 1e9, got 100"):
        amount(1, 100)


# Frames of pandas


def test_a_frame_is_shown_with_its_names_said():
    words.use("zh-Hans")
    words.add({"Site": "场地", "Energy": "能源", "Paris": "巴黎", "Year": "年份"}, "zh-Hans")
    frame = pd.DataFrame(
        {"Site": ["Paris", "Lyon", None], "Energy [MWh]": [1.5, 2.0, 3.0]},
        index=pd.Index(["Paris", 2, "x"], name="Year"),
    )
    before = frame.copy()
    shown = BeautifulSoup(_frames.html_of(frame, words.name) or "", "html.parser")
    assert [cell.text for cell in shown.select("thead th")] == [
        "",
        "场地",
        "能源 [MWh]",
        "年份",
        "",
        "",
    ]
    assert [cell.text for cell in shown.select("tbody th")] == ["巴黎", "2", "x"]
    assert [cell.text for cell in shown.select("tbody td")] == ["巴黎", "1.5", "Lyon", "2.0", "NaN", "3.0"]  # fmt: skip
    pd.testing.assert_frame_equal(frame, before)
    series = BeautifulSoup(_frames.html_of(frame["Site"], words.name) or "", "html.parser")
    assert [cell.text for cell in series.select("thead th")] == ["", "场地", "年份", ""]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": range(200), "b": 1.0}),
        pd.DataFrame({"a": [1]}, index=pd.date_range("2024-01-01", periods=1)),
        pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
        pd.DataFrame({"a": pd.Categorical(["x", "y"])}, index=pd.CategoricalIndex(["x", "y"])),
        pd.DataFrame({"a": pd.array(["x", None], dtype="string")}),
        pd.DataFrame([["x", "y"]], columns=["a", "a"]),
        pd.DataFrame(),
    ],
    ids=["long", "dates", "levels", "categories", "strings", "twice", "empty"],
)
def test_a_frame_without_a_known_name_is_shown_as_ever(frame):
    shown = _frames.html_of(frame, str)
    wanted = frame._repr_html_().replace(" rows ×", " ×").replace(" columns</p>", "</p>")
    assert shown.replace("<NA>", "None") == wanted.replace("<NA>", "None")


def test_ipython_shows_frames_so_in_chinese_only():
    code = """
from IPython.core.interactiveshell import InteractiveShell
from aiimpact import words
shell = InteractiveShell.instance()
def html(): return shell.display_formatter.format(frame)[0]["text/html"]
words.use("zh-Hans")
words.add({"Site": "场地"}, "zh-Hans")
import sys; assert "pandas" not in sys.modules
import pandas as pd
frame = pd.DataFrame({"Site": [1]})
assert "场地" in html(), html()
assert "场地" in shell.display_formatter.format(frame["Site"])[0]["text/html"]
assert "Site" in shell.display_formatter.format(frame)[0]["text/plain"]
words.use("en")
assert html() == frame._repr_html_()
assert "text/html" not in shell.display_formatter.format(frame["Site"])[0]
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


# Explorers and figures


def _model(x: float = 3.0, place: float = 0.5) -> dict[str, Any]:
    """A model of all kinds of outputs."""
    years = [x * place * (1 + year / 10) for year in range(6)]
    return {
        "Low [t]": x * place,
        "High [t]": interval(x, 2 * x, 3 * x),
        "Sum [t]": 3 * x + x * place,
        "Cars [cars]": 10 * x,
        "Paid [EUR]": years,
        "Owed [EUR]": [2 * year for year in years],
        "Gone [EUR]": [year / 2 for year in years],
    }


KINDS = {
    "bars": lambda: Bars(["Low [t]", "High [t]"], references={"Published": 4.0}),
    "curve": lambda: Curve("x", ["Low [t]", "High [t]"], references={"Published": 4.0}),
    "histogram": lambda: Histogram("Low [t]", draws={"x": [1.0, 2.0, 3.0, 4.0, 7.0] * 5}),
    "lines": lambda: Lines(
        Steps("Year", 2025), ["Paid [EUR]", "Owed [EUR]"], references={"Published": 4.0}
    ),
    "areas": lambda: Areas(Steps("Year", 2025), ["Paid [EUR]", "Owed [EUR]"]),
    "wedges": lambda: Wedges(
        Steps("Year", 2025),
        top="Owed [EUR]",
        bottom="Gone [EUR]",
        parts=["Paid [EUR]", "Gone [EUR]"],
    ),
    "path": lambda: Path("Paid [EUR]", "Owed [EUR]"),
    "units": lambda: Units(["Cars [cars]"], icon="car", references={"Published": 40}),
    "nested": lambda: Nested(["Low [t]", "Sum [t]"]),
    "flow": lambda: Flow(["Low [t]", "High [t]"], stations=["Grid"]),
    "bottle": lambda: Bottle("Low [t]", holds=500, things="questions"),
    "balance": lambda: Balance(
        "Sum [t]", against={"Published": 12.0}, count="Cars [cars]", icon="car"
    ),
    "own": lambda: (
        alt.Chart(pd.DataFrame({"Where": ["France", "Chile"], "t": [1, 2]}))
        .mark_bar()
        .encode(x=alt.X("t:Q", title="Published [t]"), y="Where:N", color="Where:N")
        .properties(description="Two bars.")
    ),
}


def _explorer(kind: str) -> Any:
    return explore(
        _model,
        name="model",
        x=(1.0, 10.0),
        place={"France": 0.5, "Chile": 0.25},
        labels={"x": "Runs [runs]"},
        presets={"Small": {"x": 2.0}},
        sentence="{x} runs take {Low [t]}.",
        main=["x"],
        chart=KINDS[kind](),
    )


def require_equal_but_for_texts(english: Any, other: Any, where: str = "") -> None:
    assert type(english) is type(other), where
    if isinstance(english, dict):
        for key, another in zip(english, other, strict=True):
            assert key == another or HAN.search(another), where
        pairs = list(zip(english, english.values(), other.values(), strict=True))
    elif isinstance(english, list):
        assert len(english) == len(other), where
        pairs = list(zip(range(len(english)), english, other, strict=True))
    else:
        assert english == other or (isinstance(other, str) and HAN.search(other)), where
        return
    for key, one, another in pairs:
        require_equal_but_for_texts(one, another, f"{where}/{key}")


def shown_in(markup: str) -> list[str]:
    """What a reader sees or hears of markup."""
    soup = BeautifulSoup(markup, "html.parser")
    for hidden in soup.select("script, style"):
        hidden.decompose()
    told = [element[name] for name in ("aria-label", "title", "placeholder") for element in soup.select(f"[{name}]")]  # fmt: skip
    return [text.strip() for text in [*soup.find_all(string=True), *told] if text.strip()]


@pytest.mark.parametrize("kind", KINDS)
def test_an_explorer_computes_the_same_in_every_language(kind, in_chinese):
    one = _explorer(kind)
    other = in_chinese(lambda: _explorer(kind))
    assert repr(one) == repr(other)
    assert one.evaluate(x=7) == other.evaluate(x=7)
    english, chinese = one.state(), other.state()
    # An option has what is shown beside its name and value.
    options = [made["_facts"][1].pop("options") for made in (english, chinese)]
    assert [option[:2] for option in options[1]] == options[0]
    pages = english.pop("_page"), chinese.pop("_page")
    require_equal_but_for_texts(english, chinese)
    assert set(pages[1].pop("words")) == set(json.loads(assets.text("words.json")))
    specs = [page.pop("spec") for page in pages]
    require_equal_but_for_texts(*pages)
    assert pages[0]["outputs"] == pages[1]["outputs"]
    # What the page computes: each signal and each data set, but for the widths of texts and names to be shown.
    of_model = [
        {signal["name"]: signal for signal in spec["signals"] if re.match(r"[iop]\d", signal["name"])}
        for spec in specs
    ]  # fmt: skip
    assert of_model[0]
    assert of_model[0] == of_model[1]
    names = [[re.sub("data-.*", "data", data["name"]) for data in spec["data"]] for spec in specs]
    assert names[0] == names[1]
    for attribute in ("id", "data-input", "data-output"):
        # Within a drawing they go by its bytes.
        both = [
            re.findall(rf'{attribute}="([^"]*)"', re.sub("(?s)<svg.*?</svg>", "", made._markup))
            for made in (one, other)
        ]
        assert both[0] == both[1]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_an_explorer_stays_english(kind, in_chinese):
    other = in_chinese(lambda: _explorer(kind))
    assert [text for text in shown_in(other._markup) if LATIN.search(text)] == []
    assert [text for text in shown_in(other._markup) if HAN.search(text)]
    assert re.search("<title>译", other.html())
    assert 'lang="zh-Hans"' in other.html()


def test_nothing_of_a_control_stays_english(in_chinese):
    for name, made in in_chinese(sample.explorers.__wrapped__).items():
        if name != "every-operation":
            shown = [text for text in shown_in(made._markup) if not HAN.search(text)]
            assert [text for text in shown if LATIN.search(text)] == [], name


def test_an_altair_chart_shows_names_of_its_data_and_compares_them_as_they_are():
    rows = pd.DataFrame({"Where": ["France", "Chile", "Peru"], "t": [1, 2, 3]})

    def figure():
        bars = alt.Chart(rows).mark_bar().encode(x=alt.X("t:Q", title="Weight"), y="Where:N", color="Where:N")  # fmt: skip
        names = alt.Chart(rows).transform_filter("datum.Where === 'France'").mark_text()
        said = names.encode(x="t:Q", y="Where:N", text="Where:N")
        parted = alt.Chart(rows).mark_point().encode(x="t:Q", row="Where:N")
        return [
            Figure((bars + said).properties(description="Bars."), rows),
            Figure(parted.properties(description="Points."), rows),
        ]

    english = [made._svg for made in figure()]
    words.use("zh-Hans")
    words.add({"France": "法国", "Chile": "智利", "Weight": "重量", "Where": "地点"}, "zh-Hans")
    chinese = figure()
    for made, before in zip(chinese, english, strict=True):
        texts = re.findall(r"<text[^>]*>([^<]+)", made._svg)
        assert {"法国", "智利", "Peru"} <= set(texts)
        assert not {"France", "Chile", "Where", "Weight"} & set(texts)
        assert len(texts) == len(re.findall(r"<text[^>]*>([^<]+)", before))
    # The row's axis, the legend, and the text of the one that the filter leaves, at both widths.
    assert chinese[0]._svg.count("法国") == 6
    words.use("en")
    assert [made._svg for made in figure()] == english


# In a process of its own, for a font that is read once stays: a chart whose axis is as wide as its names.
MEASURED = """
import sys
from aiimpact import words
words.use("zh-Hans")
import altair as alt
from aiimpact.live import Figure
import pandas as pd
rows = pd.DataFrame({"地点": ["数据中心（全年）", "A国、B国", "“电”——水"], "t": [1, 2, 3]})
marks = alt.Chart(rows).mark_bar().encode(x="t:Q", y="地点:N", color="地点:N")
sys.stdout.write(Figure(marks.properties(description="条。"), rows)._svg)
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="Only Linux can hide its fonts.")
def test_a_chart_is_the_same_on_a_machine_without_chinese_fonts():
    hide = "mount -t tmpfs none /usr/share/fonts && exec"
    script = [sys.executable, "-c", MEASURED]
    here = subprocess.run(script, capture_output=True, check=True).stdout
    bare = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f'{hide} "$@"', "sh", *script], capture_output=True
    )
    if b"unshare" in bare.stderr or b"mount" in bare.stderr:
        pytest.skip("This machine lets nobody hide its fonts.")
    assert bare.stdout == here


def test_han_is_as_wide_as_high():
    """Whatever fonts there are: eight characters more are eight more ems of room."""
    words.use("zh-Hans")

    def left(name):
        rows = pd.DataFrame({"a": [name], "t": [1]})
        chart = alt.Chart(rows).mark_bar().encode(x="t:Q", y="a:N")
        svg = Figure(chart.properties(description="条。"), rows)._svg
        return float(re.findall(r"translate\(([\d.]+),", svg)[0])

    assert left("电" * 12) - left("电" * 4) == pytest.approx(8 * 12, abs=1)


# Questions


PROSE = ["How much?", "Twice.", "So it is.", "Which?", "Gas", "Coal", "How often?", "Where?", "A bill", "A card", "Site", "Chip"]  # fmt: skip


def _questions() -> list[Any]:
    return [
        ask(
            "How much?",
            name="much",
            answer=552.0,
            unit="hours",
            slips={"half": (276.0, "That is half.")},
            hints=["Twice."],
            why="So it is.",
        ),
        ask("Which?", name="which", answer="Gas", choices={"Gas": "Yes.", "Coal": "No."}),
        guess("How often?", name="often", answer=30, slider=(1, 1000), unit="times"),
        sort(
            "Where?",
            name="where",
            boxes=["Site", "Chip"],
            things={"A bill": ("Site", "It counts all."), "A card": ("Chip", "It counts itself.")},
        ),
    ]


def test_questions_judge_the_same_in_every_language(in_chinese):
    english = _questions()
    chinese = in_chinese(_questions)
    for one, other in zip(english, chinese, strict=True):
        states = [
            json.loads(BeautifulSoup(made._markup, "html.parser").select_one("script").string)
            for made in (one, other)
        ]
        assert states[1].pop("words")
        # The unit as it is shown, where that is not its name.
        states[1].pop("beside", None)
        require_equal_but_for_texts(*states)
        # Its own prose is translated where it is written.
        text = " ".join(shown_in(other._markup))
        assert not LATIN.search(re.sub("|".join(map(re.escape, PROSE)), "", text))
    for given in (552, 276, 5.52, 552_000, -552, 3, 550):
        one, other = english[0].check(given), chinese[0].check(given)
        assert (one.tone, one.slip) == (other.tone, other.slip)
        assert HAN.search(other.words) or other.words == "That is half."


# In a browser


@pytest.mark.browser
def test_a_saved_chinese_explorer_opens_a_link_that_was_written_in_english(open_file, in_chinese):
    explorer = in_chinese(lambda: _explorer("bars"))
    tab = open_file(explorer.html(), "#model?x=4.5&place=Chile")
    tab.page.wait_for_function("async () => (await explorers.model.inputs()).x === 4.5")
    assert tab.inputs("model")["place"] == 0.25
    root = tab.root("model")
    assert root.locator("[data-input=place] option:checked").inner_text() == words.name("Chile")
    # What scripts write is said too, and a link is the same in each language.
    assert root.get_by_role("button", name=words.say("Full screen")).count() == 1
    root.get_by_role("button", name=words.say("Link to this")).click()
    assert tab.page.url.endswith("#model?x=4.5&place=Chile")
    assert not LATIN.search(root.inner_text())
