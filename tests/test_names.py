"""Whatever Python takes for the name of a parameter, and any text for an output, works in the page."""

from __future__ import annotations

import altair as alt
import in_vega
import pytest

from aiimpact.live import Curve, explore, interval
from aiimpact.live.aliases import names_in

KEYWORDS = ["chart", "controls", "digits", "labels", "name", "presets", "sentence", "title"]
HARD = [
    *("E", "PI", "LN2", "NaN", "true", "false", "null", "undefined", "datum", "event", "item", "parent"),
    *("width", "height", "padding", "autosize", "background", "model", "self", "x", "i", "o0", "i0", "p0"),
    *("abs", "log", "data", "scale", "range", "this", "new", "function", "var", "const", "constructor"),
    *("__proto__", "toString", "_", "_0", "r0", "at_o0", "能耗", "größe", "π", "explorer_table"),
]  # fmt: skip
TEXTS = [
    *("2030 demand [TWh]", "New", "能耗", "排放量", "x", "", " ", "a.b", "a-b", 'say "yes"', "it's", "{brace}"),
    *("Width", "true", "1", "__proto__", "constructor", "a\\nb", "o1", "E", "A low", "A, b", "%", "😀", "<b>"),
]  # fmt: skip


def model_of(name):
    namespace = {}
    exec(f"def model({name}): return {{'Twice [t]': 2 * {name} + 1}}", namespace)
    return namespace["model"]


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("chart", [None, "curve"])
def test_a_parameter_may_be_called_anything(name, chart):
    options = {"name": "made", "controls": {name: (0, 10)}}
    if chart:
        options["chart"] = Curve(name, "Twice [t]")
        if name in {"constructor", "toString"}:
            # Vega 6 cannot read a title that is a method of every object: the author is told the fix.
            with pytest.raises(ValueError, match=r"labels=\{\"constructor\": \"Constructor\"\}"):
                explore(model_of(name), **options)
            options["labels"] = {name: name.title()}
    explorer = explore(model_of(name), **options)
    assert explorer.evaluate(**{name: 3}) == {"Twice [t]": 7}
    assert in_vega.page(explorer, {name: 3}) == {"Twice [t]": 7}


@pytest.mark.parametrize("name", KEYWORDS)
def test_a_parameter_called_as_a_word_of_explore_gets_its_control_in_a_dict(name):
    model = model_of(name)
    explorer = explore(model, **({"name": "made"} | {"controls": {name: (0, 10)}}))
    assert in_vega.page(explorer, {name: 4}) == {"Twice [t]": 9}
    with pytest.raises(ValueError, match=f'controls={{"{name}": '):
        explore(model, **({"name": "made"} | {name: (0, 10)}))


def test_a_default_makes_a_control_of_a_parameter_called_as_a_word_of_explore():
    def model(title=3, digits=2):
        """A title."""
        return {"Sum": title + digits}

    explorer = explore(model, name="made", title="Mine", digits=4)
    assert explorer.evaluate() == {"Sum": 5}
    assert list(explorer.controls) == ["title", "digits"]


def test_outputs_may_be_called_anything_all_at_once():
    def model(x):
        return {name: x + i for i, name in enumerate(TEXTS)}

    explorer = explore(model, name="made", x=(0, 10))
    wanted = {name: 3 + i for i, name in enumerate(TEXTS)}
    assert explorer.evaluate(x=3) == wanted
    assert in_vega.page(explorer, {"x": 3}) == wanted


def test_ends_of_an_interval_have_names_of_their_own():
    explorer = explore(
        lambda low: {"A": interval(low, 2 * low, 3 * low), "A low": -low, "a_low": 0},
        name="made",
        low=(1, 9),
    )
    assert in_vega.page(explorer, {"low": 2}) == explorer.evaluate(low=2)
    assert [output["id"] for output in explorer._page["outputs"]] == ["o0", "o1", "o2", "o3", "o4"]


# An author's own chart


def drawn(expression, model=lambda first, E: {"Now [%]": first, "Later": E}, **controls):  # noqa: N803
    chart = (
        alt.Chart(alt.InlineData(values=[{"a": 1}]))
        .transform_calculate(v=expression)
        .mark_bar()
        .encode(x="v:Q")
        .properties(description="One bar.")
    )
    controls = controls or {"first": (0, 10), "E": (0, 10)}
    return explore(model, name="made", chart=chart, controls=controls)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("first + now", {"first", "now"}),
        ("datum.a * later", {"later"}),
        ("i0 + o1", set()),
        ("'first' + \"now\"", set()),
        ("log(first)", {"first"}),
        ("datum.now ? datum['later'] : 1e3", set()),
        ("{now: 1}.now + PI", set()),
        ("first ? now : later", {"first", "now", "later"}),
    ],
)
def test_a_chart_gets_the_names_that_it_mentions_and_no_others(expression, names):
    signals = drawn(expression)._page["spec"]["signals"]
    own = {
        s["name"] for s in signals if s["name"][1:].isdigit() or s["name"] in {"width", "height"}
    }
    assert {s["name"] for s in signals} - own == names


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("frist + 1", r"'frist', which is no input and no output. Did you mean 'first'\?"),
        ("nown", "Did you mean 'now'"),
        ("a + 1", "a field of the data is datum.a"),
        ("E * 2", "'E' is a word of Vega's. Write i1 for the input 'E'"),
        ("o7", "'o7', which is no input"),
        ("flor(first)", r"Unrecognized function: flor. Did you mean 'floor'\?"),
        ("first +", "Unexpected end of input. Check its expressions"),
        ("first ? 1", "Check its expressions"),
    ],
)
def test_a_name_that_means_nothing_or_something_else_is_an_error(expression, text):
    with pytest.raises(ValueError, match=text):
        drawn(expression)


def test_a_name_of_two_is_an_error_that_gives_both():
    def model(energy):
        return {"Energy": 2 * energy, "排放量": energy, "能耗": energy}

    for expression, text in {
        "energy": "i0 for the input 'energy' or o0 for the output 'Energy'",
        "output": "o1 for the output '排放量' or o2 for the output '能耗'",
    }.items():
        with pytest.raises(ValueError, match=text):
            drawn(expression, model, energy=(0, 9))
    assert drawn("o0 + i0", model, energy=(0, 9))


def test_a_chart_may_have_parameters_of_its_own():
    share = alt.param(name="share", value=3)
    brush = alt.selection_interval(name="brush")
    chart = (
        alt.Chart(alt.InlineData(values=[{"a": 1, "filter": "nonsense + 1", "b": 2}]))
        .transform_calculate(v="share * first")
        .transform_filter("datum.a > share - width || isValid(first)")
        .mark_point(size=alt.expr("share * now"))
        .encode(x="v:Q", y="b:Q", color=alt.condition(brush, alt.value("red"), alt.value("blue")))
        .add_params(share, brush)
        .properties(description="Points.")
    )
    explorer = explore(lambda first: {"Now": first}, name="made", first=(0, 9), chart=chart)
    assert {"share", "first", "now"} <= {s["name"] for s in explorer._page["spec"]["signals"]}


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("a.b.c + d[e]", {"a", "d", "e"}),
        ("f(g, h)", {"g", "h"}),
        ("'it\\'s' + \"x \\\" y\" + z", {"z"}),
        ("1e5 + 0x1F + .5 + 2.", set()),
        ("a ? b : c", {"a", "b", "c"}),
        ("{a: b, c: d}", {"b", "d"}),
        ("能耗 + größe", {"能耗", "größe"}),
    ],
)
def test_names_in_an_expression(expression, names):
    assert names_in(expression) == names
