"""Every function a model may call gives NumPy's number at every edge, in Python's replay and in Vega."""

from __future__ import annotations

import itertools
import math

import in_vega
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiimpact.live.trace import FUNCTIONS, Symbol, TraceError, compile_outputs, evaluate

EDGES = [
    *(0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 3.0, 7.0, -7.0, 10.0, math.inf, -math.inf, math.nan),
    *(0.5, -0.5, 1.5, 2.5, -2.5, 3.5, 1e15 + 0.5, 2.0**52 + 1, -(2.0**53) - 2),
    *(1e-17, -1e-17, 1e-10, -1e-10, 1e-5, -1e-3, 0.3, -0.7, 0.9999, -0.9999, 1.0001, 0.1, -0.45),
    *(8.0, 27.0, 64.0, 1000.0, 0.001, 1e22, 2.0**29, 0.125, 19.9, -21.0, 0.99, 1.01, 0.5001),
    *(709.0, 710.4, -710.4, 800.0, 5e-324, 1e-300, -1e300, 1e300, 1e308, math.pi, math.pi / 2),
]
ONE, TWO = (
    sorted(
        name
        for name in FUNCTIONS
        if isinstance(getattr(np, name), np.ufunc)
        and getattr(np, name).nin == count
        and not name.startswith("bitwise")
        and name != "invert"
    )
    for count in (1, 2)
)
# NumPy's own answers differ there: the root of -inf is NaN for one number, and inf in an array.
OWN_WAY = {("power", -math.inf, 0.5), ("float_power", -math.inf, 0.5)}
X, Y = Symbol("datum.x"), Symbol("datum.y")


def same(found, wanted, rtol=1e-12):
    return np.isclose(np.asarray(found, float), np.asarray(wanted, float), rtol, 0, equal_nan=True)


def compare(results, wanted, places):
    """Compare what a model of symbols gives with NumPy, replayed and in Vega."""
    names = [f"v{i}" for i in range(len(results))]
    inputs = {f"datum.{key}": np.array([row[key] for row in places]) for key in places[0]}
    drawn = in_vega.run(dict(zip(names, results, strict=True)), places)
    wrong = []
    for name, result, right in zip(names, results, wanted, strict=True):
        replayed = np.broadcast_to(evaluate(result, inputs), len(places))
        for how, found in (("replayed", replayed), ("in Vega", [row[name] for row in drawn])):
            wrong += [
                (how, *places[i].values(), found[i], right[i])
                for i in np.flatnonzero(~same(found, right))
            ]
    return wrong


@pytest.mark.parametrize("name", ONE)
def test_a_function_of_one_number(name):
    function = getattr(np, name)
    with np.errstate(all="ignore"):
        wanted = [float(function(np.float64(x))) for x in EDGES]
    assert compare([function(X)], [wanted], [{"x": x} for x in EDGES]) == []


@pytest.mark.parametrize("name", TWO)
def test_a_function_of_two_numbers(name):
    function = getattr(np, name)
    places = [
        {"x": x, "y": y}
        for x, y in itertools.product(EDGES[::2] + EDGES[1:13:2], repeat=2)
        if (name, x, y) not in OWN_WAY
    ]
    with np.errstate(all="ignore"):
        wanted = [function(np.float64(p["x"]), np.float64(p["y"])) for p in places]
    results = function(X, Y)
    if isinstance(results, tuple):
        assert compare(results, list(zip(*wanted, strict=True)), places) == []
    else:
        assert compare([results], [wanted], places) == []


@pytest.mark.parametrize("name", TWO)
@pytest.mark.parametrize(
    "fixed", [0.0, -0.0, 1.0, -1.0, 3.0, -0.5, 10.0, math.inf, -math.inf, math.nan]
)
def test_a_function_of_a_number_and_a_constant(name, fixed):
    function = getattr(np, name)
    results = np.ravel([function(X, fixed), function(fixed, X)])
    with np.errstate(all="ignore"):
        pairs = [(function(np.float64(x), fixed), function(fixed, np.float64(x))) for x in EDGES]
    for x, pair in zip(EDGES, pairs, strict=True):
        wanted = np.ravel(pair)
        found = [evaluate(result, {"datum.x": x}) for result in results]
        if {(name, x, fixed), (name, fixed, x)} & OWN_WAY:
            continue
        assert same(found, wanted).all(), (name, x, fixed, found, wanted)


TABLES = {
    "clip": lambda x: np.clip(x, -1, 2.5),
    "clip below": lambda x: np.clip(x, 1, None),
    "clip by keyword": lambda x: np.clip(x, min=-1, max=2),
    "clip by old keyword": lambda x: np.clip(x, a_min=-1, a_max=2),
    "clip to nan": lambda x: np.clip(x, math.nan, 2),
    "x.clip": lambda x: x.clip(0, 1),
    "round": lambda x: np.round(x),
    "round to hundredths": lambda x: np.round(x, 2),
    "round to hundreds": lambda x: np.round(x, -2),
    "around": lambda x: np.around(x, decimals=1),
    "x.round": lambda x: x.round(1),
    "built-in round": lambda x: round(x, 2),
    "where": lambda x: np.where(x, 1, 2),
    "where of conditions": lambda x: 2 * np.where(x > 1, x > 2, 7),
    "select": lambda x: np.select([x > 5, x > 0, x == 0], [1, x, -1], default=-x),
    "polyval": lambda x: np.polyval([2, 0, -1, 0.5], x),
    "polyval of a number": lambda x: np.polyval([3], x),
    "interp": lambda x: np.interp(x, [-2, 0, 0.5, 3, 10], [1, 2, -1, 7, 7]),
    "interp to the left": lambda x: np.interp(x, [0, 1], [5, 6], left=-1, right=math.nan),
    "interp of one": lambda x: np.interp(x, [1], [5]),
    "interp of many": lambda x: np.interp(x, np.arange(200), np.sin(np.arange(200))),
    "interp to what moves": lambda x: np.interp(x, [0, 10], [x, 2 * x]),
    "divmod": lambda x: sum(divmod(x, 3)),
    "divmod by": lambda x: divmod(7, x)[1],
    "sum of a list": lambda x: np.sum([x, 2 * x, 1]),
    "condition as a number": lambda x: (x > 1) * 3 + (x < 5) ** 2 - 1 / (1 + (x == 2)),
    "condition and number": lambda x: (x > 1) == (x > 0.5),
    "condition is one": lambda x: 1.0 * ((x > 1) == 1),
    "conditions times": lambda x: 5.0 * ((x > 1) * (x > 2)),
    "larger condition": lambda x: 5.0 * np.maximum(x > 1, x < 0),
    "either": lambda x: np.where((x > 1) ^ (x > 5), 1, 2),
    "not a number": lambda x: np.where(np.logical_not(x), 1, 2),
    "not a condition": lambda x: np.where(~(x > 5), 1, 2),
    "half a power": lambda x: np.where(x > 0, x, 0) ** 0.5,
    "two to the minus": lambda x: 2 ** -np.clip(x, -30, 30),
    "truth of nan": lambda x: np.logical_and(x, x != 1),
    "quotient where there is one": lambda x: np.where(x > 0, np.log1p(x) / x, 1),
}


@pytest.mark.parametrize("what", TABLES)
def test_what_models_are_written_with(what):
    model = TABLES[what]
    places = [{"x": x} for x in EDGES]
    with np.errstate(all="ignore"):
        wanted = [float(model(np.float64(x))) for x in EDGES]
    assert compare([model(X)], [wanted], places) == []


@pytest.mark.parametrize(
    "name", ["log1p", "expm1", "sinh", "tanh", "cbrt", "arctan", "rint", "arcsinh", "arctanh"]
)
@given(x=st.floats(-1, 1))
def test_digits_near_nought_are_kept(name, x):
    with np.errstate(all="ignore"):
        wanted = getattr(np, name)(x)
    assert same(evaluate(getattr(np, name)(X), {"datum.x": x}), wanted)


@given(x=st.floats(allow_nan=False, allow_infinity=False), y=st.floats(allow_nan=False))
def test_division_rounds_as_numpy_does(x, y):
    with np.errstate(all="ignore"):
        wanted = np.divmod(np.float64(x), np.float64(y))
    found = [evaluate(part, {"datum.x": x, "datum.y": y}) for part in np.divmod(X, Y)]
    assert same(found, wanted, 0).all()


@pytest.mark.parametrize("power", range(-22, 23))
def test_the_size_of_a_number_is_a_whole_number(power):
    """The floor of log10(1000) is 3 and not 2."""
    assert evaluate(np.log10(X), {"datum.x": float(f"1e{power}")}) == power
    assert evaluate(np.log2(X), {"datum.x": 2.0 ** (10 * power)}) == 10 * power
    assert evaluate(np.cbrt(X), {"datum.x": float(power) ** 3}) == power


def test_a_table_of_many_knots_nests_no_deeper_than_it_must():
    program = compile_outputs({"y": np.interp(X, range(1000), range(1000))})
    assert max(text.count("?") for text in program.values()) < 2500
    assert len(program) < 10


def test_every_function_of_numpy_is_known_or_the_error_says_what_to_write():
    functions = {
        getattr(np, name)
        for name in dir(np)
        if isinstance(getattr(np, name), np.ufunc) and getattr(np, name).__name__ not in FUNCTIONS
    }
    for function in functions:
        with pytest.raises(TraceError, match=f"np.{function.__name__} "):
            function(*[X] * function.nin)
