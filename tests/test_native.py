"""Native controls under hands: what browsers do to a range, and what is done about it."""

from __future__ import annotations

import re

import altair as alt
import ipywidgets as widgets
import numpy as np
import pandas as pd
import pytest

from aiimpact import words
from aiimpact.live import Bars, Curve, explore

pytestmark = pytest.mark.browser


def walk(x=3_552_000.0, steps=0.3, size=1.0, far=True, where="Here", how="Foot", most=2):
    """Walk."""
    way = np.where(far, 2, 1) * x * steps * size
    return {"Way [m]": way + np.where(where == "Here", 1, 2) + np.where(how == "Foot", 3, 4) + most}


def every_kind(**options):
    return explore(
        walk,
        name="walk",
        x=(0.0, 10_000_000.0, 10_000.0),
        steps=(0.0, 1.0, 0.3),
        size=widgets.FloatLogSlider(value=30_000, min=np.log10(3e4), max=np.log10(1e7), step=0.01),
        far=True,
        where=widgets.RadioButtons(options=["Here", "There", "Far away"]),
        how=widgets.SelectionSlider(options=["Foot", "Bicycle", "Train"]),
        most=widgets.BoundedIntText(2, min=0, max=9),
        main=["x", "steps", "size", "far", "where", "how", "most"],
        **options,
    )


@pytest.fixture
def tab(open_file):
    tab = open_file(every_kind().html())
    tab.wake("walk")
    return tab


def row(tab, name):
    return tab.root("walk").locator(f'[data-input="{name}"]')


def test_each_kind_is_drawn_and_moves_by_keyboard(tab):
    before = tab.inputs("walk")
    for name, field, key in [
        ("x", "input[type=range]", "ArrowRight"),
        ("steps", "input[type=range]", "ArrowLeft"),
        ("size", "input[type=range]", "ArrowRight"),
        ("far", "input[type=checkbox]", "Space"),
        ("where", "input[type=radio]:checked", "ArrowDown"),
        ("how", "input[type=range]", "ArrowRight"),
        ("most", "input[type=text]", "ArrowUp"),
    ]:
        row(tab, name).locator(field).focus()
        tab.page.keyboard.press(key)
        after = tab.inputs("walk")
        assert {key for key in after if after[key] != before[key]} == {name}
        before = after
    assert before["where"] == "There"
    assert before["how"] == "Bicycle"
    assert row(tab, "how").get_by_role("slider").get_attribute("aria-valuetext") == "Bicycle"
    assert row(tab, "how").locator(".explorer-stop").inner_text() == "Bicycle"


def test_a_value_between_the_steps_stays_until_a_hand_moves_it(tab):
    assert tab.inputs("walk")["x"] == 3_552_000
    box = row(tab, "x").locator(".explorer-box")
    assert box.input_value() == "3,552,000"
    box.focus()
    tab.page.keyboard.press("Tab")
    tab.set("walk", {"far": False})
    tab.root("walk").get_by_role("button", name="Link to this").click()
    assert "x=3552000&" in tab.page.url
    assert tab.inputs("walk")["x"] == 3_552_000


@pytest.mark.parametrize(
    ("name", "end"), [("x", 1e7), ("steps", 1.0), ("size", 10 ** np.log10(1e7)), ("how", "Train")]
)
def test_the_end_of_a_range_can_be_reached(tab, name, end):
    rail = row(tab, name).get_by_role("slider")
    rail.focus()
    tab.page.keyboard.press("End")
    assert tab.inputs("walk")[name] == end
    tab.page.keyboard.press("ArrowLeft")
    assert tab.inputs("walk")[name] != end
    tab.page.keyboard.press("Home")
    tab.page.keyboard.press("End")
    assert tab.inputs("walk")[name] == end


def test_steps_of_a_slider_are_exact_decimals(open_file):
    tab = open_file(explore(lambda x: {"Way": x + 0}, name="walk", x=(1.0, 2.0, 0.01)).html())
    tab.wake("walk")
    row(tab, "x").get_by_role("slider").focus()
    seen = []
    tab.page.keyboard.press("Home")
    for _ in range(100):
        seen.append(tab.inputs("walk")["x"])
        tab.page.keyboard.press("ArrowRight")
    assert seen == [round(1 + i / 100, 2) for i in range(100)]


def test_a_log_slider_stops_at_what_is_read(tab):
    rail = row(tab, "size").get_by_role("slider")
    box = row(tab, "size").locator(".explorer-box")
    rail.focus()
    for _ in range(20):
        tab.page.keyboard.press("ArrowRight")
        value = tab.inputs("walk")["size"]
        assert float(box.input_value().replace(",", "")) == value
        assert value == float(f"{value:.3g}")


def test_a_log_slider_of_whole_powers_takes_them_exactly_and_reaches_its_ends(open_file):
    explorer = explore(
        lambda x, y: {"Way": x + y},
        name="walk",
        x=widgets.FloatLogSlider(value=8, base=2, min=0, max=12, step=1),
        y=widgets.FloatLogSlider(value=3, min=0.1234, max=2.3456, step=0.1),
    )
    tab = open_file(explorer.html())
    tab.wake("walk")
    row(tab, "x").get_by_role("slider").focus()
    seen = []
    for _ in range(9):
        tab.page.keyboard.press("ArrowRight")
        seen.append(tab.inputs("walk")["x"])
    assert seen == [2**i for i in range(4, 13)]
    (_, y) = explorer._model.inputs
    row(tab, "y").get_by_role("slider").focus()
    for key, end in (("End", y.high), ("Home", y.low)):
        tab.page.keyboard.press(key)
        assert tab.inputs("walk")["y"] == end


def test_names_from_right_to_left_and_of_one_value(open_file):
    explorer = explore(
        lambda אורך, אחד: {"דרך [ק״מ]": אורך * אחד},  # noqa: N803 - Hebrew has no capitals.
        name="walk",
        אורך=(1.0, 3.0, 0.5),
        אחד=widgets.SelectionSlider(options=[("אחד", 1.0)]),
    )
    tab = open_file(explorer.html(), "#walk?%D7%90%D7%95%D7%A8%D7%9A=2.5")
    tab.page.wait_for_function("async () => (await explorers.walk.inputs())['אורך'] === 2.5")
    row(tab, "אחד").get_by_role("slider").focus()
    for key in ("ArrowRight", "End", "Home"):
        tab.page.keyboard.press(key)
    assert tab.set("walk", {}) == {"דרך [ק״מ]": 2.5}


def test_what_is_typed_is_not_taken_away(tab):
    box = row(tab, "x").locator(".explorer-box")
    box.click()
    tab.page.keyboard.type("12")
    tab.set("walk", {"x": 5_000_000, "far": False})
    assert box.input_value() == "12"
    tab.page.keyboard.type("3000")
    tab.page.keyboard.press("Enter")
    assert tab.inputs("walk")["x"] == 123_000
    assert box.input_value() == "123,000"


@pytest.mark.parametrize(
    ("typed", "value", "said"),
    [
        ("2.5", 2, "“2.5” is no whole number. most stays at 2."),
        ("11", 9, "11 is outside the range. most is set to 9."),
        ("-3", 0, "-3 is outside the range. most is set to 0."),
        ("", 2, "An empty box is no number. most stays at 2."),
        ("1,5", 2, "“1,5” is no number. most stays at 2."),
        ("７", 7, ""),
        ("5 ", 5, ""),
    ],
)
def test_a_box_answers_in_words(tab, typed, value, said):
    box = row(tab, "most").locator(".explorer-box")
    box.fill(typed)
    box.press("Enter")
    assert tab.root("walk").locator(".explorer-word").inner_text() == said
    assert tab.inputs("walk")["most"] == value
    assert box.input_value() == str(value)


def test_a_name_of_one_word_as_long_as_a_line_does_not_run_under_the_slider(open_file):
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    tab = open_file(
        explore(lambda x: {"Way": x + 0}, name="walk", x=(0, 9), labels={"x": word}).html()
    )
    tab.wake("walk")
    for width in (1280, 360):
        with tab.window(width):
            label = row(tab, "x").locator(".explorer-label").bounding_box()
            rail = row(tab, "x").locator(".explorer-rail").bounding_box()
            apart = (
                label["x"] + label["width"] <= rail["x"]
                or label["y"] + label["height"] <= rail["y"]
            )
            assert apart
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


# A finger


def touch(tab, kind, *points):
    """Send what a screen sends when it is touched."""
    session = tab.page.context.new_cdp_session(tab.page)
    for name, point in zip(kind, points, strict=True):
        points_now = [{"x": point[0], "y": point[1]}] if point else []
        session.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": points_now})


@pytest.fixture
def phone(open_file):
    tab = open_file(
        every_kind(chart=Curve("x", "Way [m]")).html(),
        viewport={"width": 390, "height": 600},
        has_touch=True,
        is_mobile=True,
    )
    tab.wake("walk")
    return tab


def swipe(tab, dx, dy):
    rail = row(tab, "x").locator(".explorer-rail")
    rail.scroll_into_view_if_needed()
    box = rail.bounding_box()
    x, y = box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2
    moves = [(x + dx * i / 10, y + dy * i / 10) for i in range(1, 11)]
    touch(tab, ["touchStart", *["touchMove"] * 10, "touchEnd"], (x, y), *moves, None)
    tab.settle()


def test_a_swipe_over_the_page_that_begins_on_a_rail_moves_no_value(phone):
    before = phone.inputs("walk")
    at = phone.page.evaluate("scrollY")
    swipe(phone, 3, -120)
    assert phone.page.evaluate("scrollY") > at
    assert phone.inputs("walk") == before
    rail = row(phone, "x").locator(".explorer-rail")
    assert float(rail.input_value()) == pytest.approx(before["x"], abs=10_000)


def test_a_finger_that_goes_sideways_moves_the_handle(phone):
    swipe(phone, -100, 4)
    moved = phone.inputs("walk")["x"]
    assert moved != 3_552_000
    assert moved < 6_500_000


def test_a_tap_on_a_rail_sets_its_value(phone):
    rail = row(phone, "x").locator(".explorer-rail")
    rail.scroll_into_view_if_needed()
    box = rail.bounding_box()
    phone.page.touchscreen.tap(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    assert phone.inputs("walk")["x"] == pytest.approx(7_500_000, rel=0.05)


def test_what_a_finger_hits_is_large_enough(phone):
    sizes = phone.page.evaluate(
        """() => [...document.querySelectorAll(".explorer input, .explorer select, .explorer button")]
          .map((e) => [e.type ?? e.localName, (e.closest("label") ?? e).getBoundingClientRect()])
          .map(([kind, { width, height }]) => [kind, width, height])"""
    )
    small = [found for found in sizes if found[1] < 24 or found[2] < 24]
    assert [found for found in small if found[0] != "checkbox"] == []


# Colours that the system forces


def test_forced_colours_reach_the_chart(open_file):
    tab = open_file(
        every_kind(chart=Bars(references={"A mile": 1609})).html(), forced_colors="active"
    )
    tab.wake("walk")
    colours = tab.evaluate(
        """() => {
          const probe = document.body.appendChild(document.createElement("i"));
          const of = (colour) => (probe.style.color = colour, getComputedStyle(probe).color);
          const fill = (selector) => getComputedStyle(document.querySelector(selector)).fill;
          return { text: fill(".explorer-chart text"), wanted: of("CanvasText"),
                   bar: fill(".explorer-chart .mark-rect path"), mark: of("CanvasText") };
        }"""
    )
    assert colours["text"] == colours["wanted"]
    assert colours["bar"] == colours["mark"]


# What Python says of a control


def test_a_disabled_control_cannot_be_moved(open_file):
    explorer = every_kind()
    explorer.controls["x"].disabled = True
    tab = open_file(explorer.html())
    tab.wake("walk")
    assert row(tab, "x").locator("input:disabled").count() == 2
    assert row(tab, "steps").locator("input:disabled").count() == 0


def test_a_control_that_waits_speaks_when_the_hand_leaves_it(open_file):
    slider = widgets.FloatSlider(2, max=10, continuous_update=False)
    tab = open_file(explore(lambda x: {"Way": x + 0}, name="walk", x=slider).html())
    tab.wake("walk")
    box = row(tab, "x").locator(".explorer-rail").bounding_box()
    y = box["y"] + box["height"] / 2
    tab.page.mouse.move(box["x"] + box["width"] / 2, y)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + box["width"] * 0.8, y, steps=5)
    assert tab.inputs("walk")["x"] == 2
    tab.page.mouse.up()
    assert tab.inputs("walk")["x"] == pytest.approx(8, abs=0.3)


def test_the_label_of_a_choice_is_known_where_values_are_equal(open_file):
    explorer = explore(
        lambda x: {"Way": 2 * x},
        name="walk",
        x={"France": 0.05, "Sweden": 0.05, "Poland": 0.6},
        sentence="{x}: {Way}",
        presets={"North": {"x": "Sweden"}},
    )
    tab = open_file(explorer.html(), "#walk?x=Sweden")
    sentence = tab.root("walk").locator(".explorer-sentence")
    sentence.filter(has_text="Sweden").wait_for()
    tab.set("walk", {"x": 0.05})
    assert sentence.inner_text().startswith("Sweden"), "what is chosen already stays"
    tab.set("walk", {"x": "France"})
    assert sentence.inner_text().startswith("France")
    row(tab, "x").locator("select").select_option(label="Sweden")
    tab.settle()
    assert sentence.inner_text().startswith("Sweden")
    tab.set("walk", {"x": "Poland"})
    tab.root("walk").locator(".explorer-presets select").select_option(label="North")
    tab.settle()
    assert sentence.inner_text().startswith("Sweden")


def test_a_reader_of_chinese_types_and_sees_the_unit_that_chinese_counts_in(open_file):
    def boom(first=132.49, years=10):
        return {"If it goes on [bn USD]": first * 2.0**years}

    with words.speaking("zh-Hans"):
        html = explore(
            boom,
            name="walk",
            first=widgets.FloatSlider(
                min=50, max=600, step=0.1, value=132.49, readout_format=".1f"
            ),
            years=(0, 20, 1),
            labels={"first": "If it goes on [bn USD]"},
            chart=Curve("years", "If it goes on [bn USD]"),
        ).html()
    tab = open_file(html)
    tab.wake("walk")
    box = row(tab, "first").locator(".explorer-box")
    assert box.input_value() == "1,324.9"
    box.fill("2000")
    box.press("Enter")
    assert tab.page.evaluate("explorers.walk.inputs()")["first"] == 200
    assert box.input_value() == "2,000"
    rail = row(tab, "first").locator(".explorer-rail")
    assert rail.get_attribute("aria-valuetext") == "2,000 亿美元"
    assert tab.root("walk").locator("[data-output]").first.inner_text() == "2,050,000"
    tab.root("walk").locator(".explorer-data summary").click()
    cells = tab.root("walk").locator(".explorer-data tbody tr:first-child td")
    # The policy of a saved file lets nobody evaluate a text, so no function is waited for.
    cells.last.filter(has_text=re.compile("^2,000$")).wait_for()
    assert cells.all_inner_texts() == ["0", "2,000"]
    assert "2,000,000,000" in tab.root("walk").locator("svg text").all_text_contents()


def test_names_of_an_authors_chart_stay_in_the_language_when_it_wakes(open_file):
    places = alt.Chart(pd.DataFrame({"at": [1, 5], "who": ["Norway", "India"]}))
    chart = places.mark_text().encode(x="at:Q", text="who:N").properties(description="两国")
    with words.speaking("zh-Hans"):
        html = explore(lambda x=1.0: {"Part [%]": x}, name="own", x=(0.0, 9.0), chart=chart).html()
    tab = open_file(html)
    tab.wake("own")
    assert {"挪威", "印度"} <= {*tab.root("own").locator("svg text").all_text_contents()}
