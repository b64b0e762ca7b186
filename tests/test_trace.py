"""Tracing: a model of symbols is the model of numbers, and what cannot be traced says what to write."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
import pandas as pd
import pytest
import sample
from hypothesis import example, given
from hypothesis import strategies as st

from aiimpact.live.trace import (
    DEEPEST,
    FUNCTIONS,
    Symbol,
    TraceError,
    compile_outputs,
    evaluate,
    evaluate_all,
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


EVERY_OPERATION = sample.every_operation(*x_and_y())


@given(x=anything, y=above_zero)
@example(x=0.0, y=1.0)
@example(x=-7.5, y=2.5)
@example(x=1.0, y=0.1)
def test_every_known_function_is_recorded_as_numpy_runs_it(x, y):
    inputs = {"x": np.float64(x), "y": np.float64(y)}
    with np.errstate(all="ignore"):
        wanted = sample.every_operation(**inputs)
    found = evaluate_all(EVERY_OPERATION.values(), inputs)
    assert EVERY_OPERATION.keys() == wanted.keys() > FUNCTIONS.keys()
    for name, value in zip(wanted, found, strict=True):
        assert same(float(value), float(wanted[name])), name


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
        (lambda x, y: Symbol("x", kind="text") == "hydro", '(x === "hydro")'),
        (lambda x, y: x == "hydro", "false"),
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
    assert write(Symbol("x", kind="text") == 'a" + evil() + "') == '(x === "a\\" + evil() + \\"")'


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
    assert inner["tonnes"] == "(datum.p0 * 0.4)"


def test_what_a_model_does_twice_is_written_once():
    x, y = x_and_y()
    low, high = (share * np.exp(x / 100) * y for share in (0.9, 1.1))
    program = compile_outputs({"low": low, "high": high})
    assert "".join(program.values()).count("exp") == 1
    assert evaluate(high, {"x": 3.0, "y": 2.0}) == 1.1 * math.exp(0.03) * 2


def test_numbers_that_only_compare_equal_stay_apart():
    x, _ = x_and_y()
    program = compile_outputs({"a": x / 0.0, "b": x / -0.0, "c": x * True, "d": x * 1})
    assert program == {"a": "(x / 0)", "b": "(x / (-0))", "c": "(x * true)", "d": "(x * 1)"}


def test_what_all_rows_share_is_taken_out_of_them():
    x, y = x_and_y()
    yearly = [np.exp(-y) * (1 + y) ** year for year in range(5)]
    total = sum(np.where(x > year, tonnes, 0) for year, tonnes in enumerate(yearly))
    rows, parts = hoist({"total": total, "fixed": y * 2, "field": x, "one": 1.0}, {"x"})
    assert not [text for text in map(write, rows.values()) if "y" in text or "exp" in text]
    assert not [text for text in map(write, parts.values()) if "x" in text.replace("exp", "")]
    for settings in ({"x": 2.5, "y": 0.1}, {"x": 0.0, "y": 3.0}):
        known = settings | {name: evaluate(part, settings) for name, part in parts.items()}
        for name, value in {"total": total, "fixed": y * 2}.items():
            assert evaluate(rows[name], known) == evaluate(value, settings)
    assert rows["one"] == 1.0
    assert write(rows["field"]) == "x"


def depth(text: str) -> int:
    """Count how deep the brackets of an expression nest."""
    steps = [(c == "(") - (c == ")") for c in text]
    return max(accumulate(steps), default=0)


@pytest.mark.parametrize("steps", [1, 320, 8_760, 20_000])
def test_a_loop_of_any_length_is_traced_written_and_run(steps):
    x, y = x_and_y()
    for _ in range(steps):
        x = x * (1 + y)
    assert evaluate(x, {"x": 1.0, "y": 1e-4}) == pytest.approx(1.0001**steps)
    program = compile_outputs({"x": x})
    assert max(map(depth, program.values())) <= DEEPEST
    assert sum(map(len, program.values())) < 30 * steps + 100
    rows, parts = hoist({"x": x}, {"x"})
    assert len(parts) == 1
    assert max(map(depth, compile_outputs(rows).values())) <= DEEPEST
    assert len(str(x)) < 100


def test_a_long_sum_and_a_long_choice_nest_no_deeper():
    x, y = x_and_y()
    total = sum(np.exp(-x * i) for i in range(1000))
    chosen = y
    for i in range(1000):
        chosen = np.where(x > i, i, chosen)
    program = compile_outputs({"total": total, "chosen": chosen})
    assert max(map(depth, program.values())) <= DEEPEST
    assert evaluate(chosen, {"x": 31.5, "y": -1.0}) == 31


def test_one_pass_serves_many_settings():
    x, y = x_and_y()
    found = evaluate(np.where(x > y, x, -y), {"x": np.array([1.0, 5.0]), "y": np.array([2.0, 2.0])})
    assert found.tolist() == [-2.0, 5.0]


def test_operators_in_place_make_a_new_number():
    def model(x, y):
        total = first = x
        total += y
        total *= 3
        total -= 1
        total /= y
        total //= 0.5
        total %= 7
        total **= 2
        holds = x > 1
        holds &= y > 1
        holds |= x < -1
        holds ^= y > 5
        return [total, first, holds]

    for symbol, wanted in zip(model(*x_and_y()), model(4.0, 2.5), strict=True):
        assert evaluate(symbol, {"x": 4.0, "y": 2.5}) == wanted


def test_a_list_of_symbols_is_summed():
    x, y = x_and_y()
    inputs = {"x": 2.0, "y": 5.0}
    for total in (np.sum([x, y, 1]), sum([x, y, 1]), np.add.reduce([x, y, 1])):
        assert evaluate(total, inputs) == 8
    assert evaluate(np.mean([x, y]), inputs) == 3.5
    assert evaluate(np.prod([x, y]), inputs) == 10
    assert evaluate(np.dot([x, y], [1, 10]), inputs) == 52
    assert [evaluate(value, inputs) for value in np.cumsum([x, y])] == [2, 7]
    assert evaluate(sum([x > 1, y > 1, x > y]), inputs) == 2


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
    "math.sqrt": (lambda x: math.sqrt(x), "np.sqrt for math.sqrt"),
    "math.floor": (lambda x: math.floor(x), "np.floor(x)"),
    "math.ceil": (lambda x: math.ceil(x), "np.ceil(x)"),
    "math.trunc": (lambda x: math.trunc(x), "np.trunc(x)"),
    "float": (lambda x: float(x), "Leave out float()"),
    "int": (lambda x: int(x), "np.trunc(x)"),
    "complex": (lambda x: complex(x), "no complex numbers"),
    "index": (lambda x: [1, 2, 3][x], "np.where(i < n, step, 0)"),
    "range": (lambda x: list(range(x)), "np.where(i < n, step, 0)"),
    "f-string with format": (lambda x: f"{x:.2f}", "format outside the model"),
    "f-string": (lambda x: f"{x}", "format outside the model"),
    "dict lookup": (lambda x: {1: 2}[x], "dict of label to value"),
    "set": (lambda x: {x}, "dict of label to value"),
    "iteration": (lambda x: list(x), "Loop over a fixed range"),
    "attribute": (lambda x: x.astype(float), "asks for .astype"),
    "constant that is none": (lambda x: x + None, "no number that a page can hold"),
    "complex constant": (lambda x: x * 1j, "no number that a page can hold"),
    "unknown ufunc": (lambda x: np.spacing(x), "Known: absolute, add"),
    "a function with a substitute": (lambda x: np.nan_to_num(x), "np.where(np.isnan(x), 0, x)"),
    "ufunc.reduce": (lambda x: np.add.reduce(x), "np.add.reduce"),
    "ufunc with where": (lambda x: np.add(x, 1, where=True), "with where"),
    "sum into an array of numbers": (lambda x: np.add(x, 1, out=np.zeros(1)), "total = total + x"),
    "array += symbol": (lambda x: np.zeros(3).__iadd__(x), "total = total + x"),
    "np.sum of one": (lambda x: np.sum(x), "x itself"),
    "np.cumsum": (lambda x: np.cumsum(x), "np.cumsum has no counterpart"),
    "np.linspace": (lambda x: np.linspace(0, x), "np.linspace(0, 1, 5)"),
    "np.where of one": (lambda x: np.where(x), "Write np.where(condition, x, y)"),
    "np.clip with out": (lambda x: np.clip(x, 0, 1, out=None, casting="no"), "Write np.clip(a"),
    "np.interp between moving knots": (lambda x: np.interp(x, [0, x], [2, 3]), "fixed knots"),
    "np.interp of falling knots": (lambda x: np.interp(x, [1, 0], [2, 3]), "knots that rise"),
    "np.select of numbers": (lambda x: np.select([x], [1]), "np.select needs conditions"),
    "bits of a number": (lambda x: x & 3, "comparisons"),
    "bits of a number, or": (lambda x: x | 4, "comparisons"),
    "bits of a number, not": (lambda x: ~x, "comparisons"),
    "sum of conditions": (lambda x: (x > 1) + (x > 2), "1.0 * (a > b)"),
    "difference of conditions": (lambda x: (x > 3) - (x > 5), "np.logical_xor"),
    "minus a condition": (lambda x: -(x > 3), "1.0 * (a > b)"),
    "half precision": (lambda x: np.exp(x > 3), "1.0 * (a > b)"),
    "text or number": (lambda x: np.where(x > 1, "a", 2), "two of a kind"),
}


@pytest.mark.parametrize("what", FIXES)
def test_what_cannot_be_traced_names_the_fix(what):
    model, fix = FIXES[what]
    with pytest.raises(TraceError) as caught:
        model(Symbol("x"))
    assert fix in str(caught.value)


@pytest.mark.parametrize("constant", [math.nan, math.inf, -math.inf, np.nan])
def test_a_constant_may_be_what_arises_when_one_divides_by_nought(constant):
    symbol = np.where(Symbol("x") > 1, 2, constant)
    assert same(evaluate(symbol, {"x": 0.0}), constant)
    assert compile_outputs({"y": symbol})["y"].count("/ 0)") == 1


def test_errors_call_an_input_by_its_name():
    with pytest.raises(TraceError, match=r"\(growth > 2\)"):
        bool(Symbol("i0", label="growth") > 2)


def test_errors_show_the_part_of_the_model_and_stay_short():
    value = doubled(30)
    with pytest.raises(TraceError) as caught:
        bool(value > 3)
    assert len(str(caught.value)) < 2000
    assert "> 3" in str(caught.value)
