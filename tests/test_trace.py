"""Tracing: a model of symbols is the model of numbers, and what cannot be traced says what to write."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import sample
from hypothesis import example, given
from hypothesis import strategies as st

from aiimpact.live.trace import (
    _EXPRESSIONS,
    Symbol,
    TraceError,
    compile_outputs,
    evaluate,
    hoist,
    write,
)

anything = st.floats(-1e6, 1e6)
above_zero = st.floats(1e-3, 1e6)


def x_and_y() -> tuple[Symbol, Symbol]:
    return Symbol("x"), Symbol("y")


def same(found, wanted) -> bool:
    return math.isclose(found, wanted, rel_tol=1e-12, abs_tol=1e-300) or (
        math.isnan(found) and math.isnan(wanted)
    )


@given(x=anything, y=above_zero)
@example(x=0.0, y=1.0)
@example(x=-7.5, y=2.5)
@example(x=1.0, y=0.1)
def test_every_known_function_is_recorded_as_numpy_runs_it(x, y):
    with np.errstate(all="ignore"):
        wanted = sample.every_operation(np.float64(x), np.float64(y))
        recorded = sample.every_operation(*x_and_y())
        assert recorded.keys() == wanted.keys() == _EXPRESSIONS.keys()
        for name, symbol in recorded.items():
            found = evaluate(symbol, {"x": np.float64(x), "y": np.float64(y)})
            assert same(float(found), float(wanted[name])), name


@given(x=anything, y=above_zero)
def test_python_operators_are_recorded(x, y):
    def model(a, b):
        return [
            a + b, a - b, a * b, a / b, -a, +a, abs(a), b**2, 2**(a / 1e6), 1 - a, 2 / b,
            a // b, a % b, a > b, a >= b, a < b, a <= b, a == b, a != b,
        ]  # fmt: skip

    for symbol, wanted in zip(model(*x_and_y()), model(x, y), strict=True):
        assert same(float(evaluate(symbol, {"x": x, "y": y})), float(wanted)), str(symbol)


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (lambda x, y: x * 2, "(x * 2)"),
        (lambda x, y: np.log(x) / -3, "(log(x) / (-3))"),
        (lambda x, y: np.where(x > y, 1, 0.5), "((x > y) ? 1 : 0.5)"),
        (lambda x, y: x == "hydro", '(x === "hydro")'),
        (lambda x, y: np.clip(x, None, 3), "min(x, 3)"),
        (lambda x, y: np.clip(x, 2, None), "max(x, 2)"),
        (lambda x, y: np.clip(x, a_min=2, a_max=y), "min(max(x, 2), y)"),
        (
            lambda x, y: x.clip(1, 2) if hasattr(x, "clip") else np.clip(x, 1, 2),
            "min(max(x, 1), 2)",
        ),
        (lambda x, y: x * np.float64(1e21), "(x * 1e+21)"),
        (lambda x, y: x * (3 * 4), "(x * 12)"),
    ],
)
def test_expressions_are_written_for_vega(model, text):
    assert write(model(*x_and_y())) == text


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_constants_keep_every_digit(number):
    text = write(number)
    assert float(text.strip("()")) == number


def test_text_in_a_model_cannot_leave_its_quotes():
    assert write(Symbol("x") == 'a" + evil() + "') == '(x === "a\\" + evil() + \\"")'


def test_arrays_and_series_of_constants_work_elementwise():
    x, _ = x_and_y()
    shares = np.array([0.2, 0.3, 0.5])
    assert evaluate(np.sum(x * shares), {"x": 10.0}) == pytest.approx(10)
    assert evaluate(sum(shares * x), {"x": 10.0}) == pytest.approx(10)
    assert evaluate(sum(x * pd.Series(shares)), {"x": 10.0}) == pytest.approx(10)
    assert evaluate(np.sum(np.exp(x * shares)), {"x": 1.0}) == pytest.approx(np.exp(shares).sum())
    assert evaluate(sum([x, x, 1]), {"x": 2.0}) == 5


def length(outputs) -> int:
    return sum(map(len, compile_outputs(outputs).values()))


def doubled(steps: int) -> Symbol:
    value = Symbol("x")
    for _ in range(steps):
        value = value + value
    return value


def wrapped(steps: int) -> Symbol:
    value = Symbol("x")
    for _ in range(steps):
        value = np.sign(value % 7) * value
    return value


def nested(steps: int) -> Symbol:
    value = Symbol("x")
    for _ in range(steps):
        value = np.sign(np.remainder(value, 7))
    return value


@pytest.mark.parametrize("model", [doubled, wrapped, nested])
def test_the_text_grows_with_the_model_and_no_faster(model):
    short, long = length({"y": model(10)}), length({"y": model(40)})
    assert long < 5 * short


def test_what_outputs_share_is_written_once():
    x, y = x_and_y()
    site = np.exp(x) * y
    program = compile_outputs({"site": site, "tonnes": site * 0.4})
    assert "".join(program.values()).count("exp") == 1
    inner = compile_outputs({"site": site, "tonnes": site * 0.4}, scope="datum.")
    assert inner["tonnes"] == "(datum._0 * 0.4)"


def test_what_a_model_does_twice_is_written_once():
    x, y = x_and_y()
    low, high = (share * np.exp(x / 100) * y for share in (0.9, 1.1))
    program = compile_outputs({"low": low, "high": high})
    assert "".join(program.values()).count("exp") == 1
    assert evaluate(high, {"x": 3.0, "y": 2.0}) == 1.1 * math.exp(0.03) * 2


def test_numbers_that_only_compare_equal_stay_apart():
    x, _ = x_and_y()
    program = compile_outputs({"a": x / 0.0, "b": x / -0.0, "c": x * True, "d": x * 1})
    assert program == {"a": "(x / 0)", "b": "(x / -0)", "c": "(x * true)", "d": "(x * 1)"}


def test_what_all_rows_share_is_taken_out_of_them():
    x, y = x_and_y()
    yearly = [np.exp(-y) * (1 + y) ** year for year in range(5)]
    total = sum(np.where(x > year, tonnes, 0) for year, tonnes in enumerate(yearly))
    rows, parts = hoist({"total": total, "fixed": y * 2, "field": x, "one": 1.0}, "x")
    assert not [text for text in map(write, rows.values()) if "y" in text or "exp" in text]
    assert not [text for text in map(write, parts.values()) if "x" in text.replace("exp", "")]
    for settings in ({"x": 2.5, "y": 0.1}, {"x": 0.0, "y": 3.0}):
        known = settings | {name: evaluate(part, settings) for name, part in parts.items()}
        for name, value in {"total": total, "fixed": y * 2}.items():
            assert evaluate(rows[name], known) == evaluate(value, settings)
    assert rows["one"] == 1.0
    assert write(rows["field"]) == "x"


def test_a_loop_of_many_years_can_be_traced():
    x, y = x_and_y()
    for _ in range(200):
        x = x * (1 + y)
    assert evaluate(x, {"x": 1.0, "y": 0.01}) == pytest.approx(1.01**200)
    assert compile_outputs({"x": x})


FIXES = {
    "if": (lambda x: 1 if x > 2 else 0, "np.where(condition, a, b)"),
    "and": (lambda x: (x > 2) and (x < 4), "& and |"),
    "or": (lambda x: (x > 2) or (x < 4), "& and |"),
    "chained comparison": (lambda x: 1 < x < 3, "& and |"),
    "not": (lambda x: not x, "np.where"),
    "max": (lambda x: max(x, 3), "np.maximum"),
    "min": (lambda x: min(3, x), "np.minimum"),
    "bool": (lambda x: bool(x), "np.where"),
    "in": (lambda x: x in [1, 2], "np.where"),
    "math.log": (lambda x: math.log(x), "np.log for math.log"),
    "math.exp": (lambda x: math.exp(x), "NumPy's function"),
    "math.floor": (lambda x: math.floor(x), "NumPy's function"),
    "float": (lambda x: float(x), "finished number"),
    "int": (lambda x: int(x), "finished number"),
    "complex": (lambda x: complex(x), "finished number"),
    "round": (lambda x: round(x), "finished number"),
    "round with digits": (lambda x: round(x, 2), "finished number"),
    "index": (lambda x: [1, 2, 3][x], "finished number"),
    "range": (lambda x: list(range(x)), "finished number"),
    "f-string with format": (lambda x: f"{x:.2f}", "format outside the model"),
    "f-string": (lambda x: f"{x}", "format outside the model"),
    "dict lookup": (lambda x: {1: 2}[x], "dict of label to value"),
    "set": (lambda x: {x}, "dict of label to value"),
    "iteration": (lambda x: list(x), "Loop over a fixed range"),
    "unknown ufunc": (lambda x: np.arctan(x), "Known functions: absolute, add"),
    "ufunc with a substitute": (lambda x: np.log1p(x), "np.log(1 + x)"),
    "ufunc.reduce": (lambda x: np.add.reduce(x), "np.add.reduce"),
    "ufunc with out": (lambda x: np.add(x, 1, out=np.zeros(1)), "with out"),
    "ufunc with where": (lambda x: np.add(x, 1, where=True), "with where"),
    "np.round": (lambda x: np.round(x), "np.floor(x + 0.5)"),
    "np.rint": (lambda x: np.rint(x), "np.floor(x + 0.5)"),
    "np.trunc": (lambda x: np.trunc(x), "np.where(x < 0"),
    "np.interp": (lambda x: np.interp(x, [0, 1], [2, 3]), "nested np.where"),
    "np.cumsum": (lambda x: np.cumsum(x), "np.cumsum has no counterpart"),
    "np.where of one": (lambda x: np.where(x), "np.where(condition, a, b)"),
    "np.clip with out": (
        lambda x: np.clip(x, 0, 1, out=None, casting="no"),
        "np.clip(x, low, high)",
    ),
    "bits of a number": (lambda x: x & 3, "comparisons"),
    "bits of a number, or": (lambda x: x | 4, "comparisons"),
    "bits of a number, not": (lambda x: ~x, "comparisons"),
}


@pytest.mark.parametrize("what", FIXES)
def test_what_cannot_be_traced_names_the_fix(what):
    model, fix = FIXES[what]
    with pytest.raises(TraceError) as caught:
        model(Symbol("x"))
    assert fix in str(caught.value)


@pytest.mark.parametrize("constant", [math.nan, math.inf, -math.inf, np.nan])
def test_a_constant_that_is_no_finite_number_is_refused(constant):
    with pytest.raises(TraceError, match="finite"):
        compile_outputs({"y": Symbol("x") + constant})


def test_errors_show_the_part_of_the_model_and_stay_short():
    value = doubled(30)
    with pytest.raises(TraceError) as caught:
        bool(value > 3)
    assert len(str(caught.value)) < 2000
    assert "> 3" in str(caught.value)
