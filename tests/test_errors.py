"""Whatever a function is given, it answers or says what is wrong: argument, value, rule, fix."""

import contextlib
import inspect
import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from formulas import ARGUMENTS, FUNCTIONS, VALID, name_of

from aiimpact import _checks, datacentre, grid, solutions, tables, training


def impossible(name, value):
    """A number outside the range: levers may cost several times what they act on."""
    return value * 100 if name == "saving" else value


LARGEST = np.finfo(float).max
WAY = r"negative|not positive|-1 or less|outside [\[(]-?\d+, \d+[\])]"
each_argument = pytest.mark.parametrize(("function", "name"), ARGUMENTS, ids=name_of)


def test_every_formula_has_a_rule_for_each_argument():
    assert len(FUNCTIONS) > 80
    for function in FUNCTIONS:
        assert list(inspect.signature(function).parameters) == list(function.rules), function
        assert list(VALID[function]) == list(function.rules), function


def refused(function, name, value, error):
    with pytest.raises(error) as caught:
        function(**(VALID[function] | {name: value}))
    text = str(caught.value)
    assert text.startswith(f"{name} must "), text
    assert text.endswith("."), text
    assert text.count(". ") >= 1, f"no fix after the rule: {text}"
    return text


class ResultTooLargeError(Exception):
    """What a formula gives is no number, although each argument is in its range."""


def run(function, name, value):
    try:
        return function(**(VALID[function] | {name: value}))
    except ValueError as error:
        if "must be a finite number, but for these arguments" in str(error):
            raise ResultTooLargeError from None
        raise


@each_argument
def test_impossible_number(function, name):
    for value in (float("nan"), float("inf"), -float("inf"), impossible(name, -1.5), 10**400):
        text = refused(function, name, value, ValueError)
        if isinstance(value, float):
            assert f"got {value:.15g}" in text


def way_of(rule):
    """A rule in the words of the docstrings."""
    if rule.high < LARGEST:
        low, high = round(rule.low, 9), round(rule.high, 9)
        opens = "[" if rule.low == low else "("
        return f"outside {opens}{low:g}, {high:g}{']' if rule.high == high else ')'}"
    return {0.0: "negative", _checks.POSITIVE.low: "not positive", _checks.RATE.low: "-1 or less"}[
        rule.low
    ]


@each_argument
def test_the_rule_is_that_of_the_docstring(function, name):
    """Said twice, by hand, so that neither can lose an end of its range unseen."""
    raises = inspect.getdoc(function).split("\nRaises\n")[1].split("\nTypeError")[0]
    said = {}
    for names, way in re.findall(rf"((?:`\w+`(?:, | or )?)+) is ({WAY})", " ".join(raises.split())):
        said |= dict.fromkeys(re.findall(r"`(\w+)`", names), way)
    assert said[name] == way_of(function.rules[name])
    assert said.keys() == VALID[function].keys()


@each_argument
def test_both_ends_of_the_range(function, name):
    """The last value allowed is taken and the next one is not, as a number and in arrays."""
    rule = function.rules[name]
    for end, beyond in ((rule.low, -math.inf), (rule.high, math.inf)):
        outside = math.nextafter(end, beyond)
        for shape in ((), 3, (1, 2), 250_000):
            taken = np.full(shape, VALID[function][name])
            taken[(-1,) * taken.ndim] = end
            # The result may be too large for a number; the argument is not.
            with contextlib.suppress(ResultTooLargeError):
                run(function, name, taken[()])
            taken[(-1,) * taken.ndim] = outside
            text = refused(function, name, taken[()], ValueError)
            assert f"{rule.must}, got " in text
            got = float(re.search(r"got (\S+?)\.? ", text)[1])
            assert not rule.low <= got <= rule.high


@each_argument
def test_zero(function, name):
    """Zero as a whole number, and with a sign, which carries no meaning here."""
    for zero in (0, -0.0, np.array([-0.0, 0.0])):
        if function.rules[name].low <= 0:
            assert np.isfinite(function(**(VALID[function] | {name: zero}))).all()
        else:
            assert "got 0 at" in (text := refused(function, name, zero, ValueError)) or (
                "got 0." in text or "got -0" in text
            )


NO_NUMBERS = [
    "1.2",
    b"1.2",
    None,
    True,
    np.True_,
    1j,
    [1.0, 2.0],
    (1.0,),
    {"a": 1.0},
    Decimal("1.2"),
    Fraction(6, 5),
    np.datetime64("2024"),
    np.array(["1.2"]),
    np.array([1.0, None]),
    np.array([1 + 0j]),
    np.array([True]),
    np.ma.array([1.0, 2.0], mask=[False, True]),
    np.rec.array([1.0]),
    pd.DataFrame({"a": [1.0]}),
    pd.Index([1.0]),
    pd.array([1.0, 2.0]),
    pd.Series(["1.2"]),
    pd.Series([True]),
    pd.Series([1j]),
    pd.Series([1.0, "x"]),
    pd.Series(pd.to_datetime(["2024-01-01"])),
    object(),
]


@each_argument
def test_wrong_type(function, name):
    for value in NO_NUMBERS:
        refused(function, name, value, TypeError)


@each_argument
def test_empty(function, name):
    for value in (np.array([]), np.empty((0, 3)), pd.Series([], dtype=float)):
        assert "at least one value" in refused(function, name, value, ValueError)


@each_argument
def test_position_in_an_array(function, name):
    for bad in (float("nan"), float("inf"), impossible(name, -2.0)):
        array = np.full(7, VALID[function][name])
        array[4:] = bad
        assert f"got {bad:.15g} at position 4." in refused(function, name, array, ValueError)


@each_argument
def test_position_in_a_series(function, name):
    series = pd.Series(VALID[function][name], index=list("abc"))
    series["b"] = np.nan
    assert "got nan at position 1 (index 'b')." in refused(function, name, series, ValueError)


@each_argument
def test_missing_value_of_pandas(function, name):
    refused(function, name, pd.Series([VALID[function][name], None], dtype="Float64"), ValueError)


@each_argument
def test_position_in_a_long_array(function, name):
    """Long arrays take another way, which must see the last value too."""
    array = np.full(1_200_001, VALID[function][name])
    array[-1] = np.nan
    assert "at position 1200000." in refused(function, name, array, ValueError)


def test_position_in_a_table_of_numbers():
    with pytest.raises(
        ValueError, match=r"pue must be at least 1\.0 and at most 10, got 0\.5 at position \(1, 0\)"
    ):
        datacentre.overhead_share(np.array([[1.0, 2.0], [0.5, 1.0]]))


def test_the_text_of_the_design():
    text = "pue must be at least 1.0 and at most 10, got 0.9. A percentage overhead is pue = 1 + overhead / 100."
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        datacentre.site_energy_mwh(100, 0.9)


def test_a_percentage_for_a_pue():
    text = "got 110. A PUE is a ratio: write 110 per cent as 1.1, and an overhead of 10 per cent as"
    with pytest.raises(ValueError, match=re.escape(text)):
        datacentre.site_energy_mwh(100, 110)
    with pytest.raises(ValueError, match=r"got 15 at position 1\. A PUE is a ratio"):
        datacentre.overhead_share(np.array([1.5, 15.0]))


def test_every_pue_of_the_tables_is_one():
    rows = tables.pue_wue()
    pues = rows[rows.unit == "1"][["low", "mid", "high"]].to_numpy()
    constants = tables.constants()
    more = constants[constants.index.str.contains("pue")][["low", "mid", "high"]].to_numpy()
    for known in (pues.ravel(), more.ravel(), tables.training_runs().pue.dropna().to_numpy()):
        assert len(known)
        assert (datacentre.it_share(known) <= 1).all()
        assert known.max() < _checks.PUE.high / 2  # ample room


def test_grams_for_a_grid_at_home():
    with pytest.raises(ValueError, match=r"home_kg_per_kwh .* got 505\. Divide grams"):
        solutions.shifting_saving(505, 0.1, 0.5)


def test_per_cent_for_a_share():
    with pytest.raises(
        ValueError, match="utilisation must be greater than 0 and at most 1, got 40"
    ):
        training.accelerator_hours(1e20, 1e14, 40)
    with pytest.raises(ValueError, match="development_share must be at least 0 and less than 1"):
        training.programme_emissions_t(100, 1)


def test_shapes_that_do_not_go_together():
    with pytest.raises(ValueError, match="must have the same shape"):
        datacentre.site_energy_mwh(np.ones(3), np.ones(2))


def test_tables_that_were_not_joined():
    with pytest.raises(ValueError, match="pue must have the same index as it_energy_mwh"):
        datacentre.site_energy_mwh(
            pd.Series([1.0, 2.0], index=["a", "b"]), pd.Series([1.1, 1.2], index=["b", "a"])
        )
    with pytest.raises(ValueError, match="one value for each row of it_energy_mwh"):
        datacentre.site_energy_mwh(pd.Series([1.0, 2.0]), np.ones(3))


def test_result_too_large():
    with pytest.raises(ValueError, match="site_energy_mwh must be a finite number"):
        datacentre.site_energy_mwh(1e308, 10)
    with pytest.raises(ValueError, match="Check the units of it_energy_mwh and pue"):
        datacentre.site_energy_mwh(np.array([1e308]), 10)


def test_wrong_number_of_arguments_is_pythons_own_error():
    with pytest.raises(TypeError, match="missing a required argument: 'pue'"):
        datacentre.site_energy_mwh(1)
    with pytest.raises(TypeError, match="too many positional arguments"):
        datacentre.site_energy_mwh(1, 2, 3)
    with pytest.raises(TypeError, match="multiple values for argument 'it_energy_mwh'"):
        datacentre.site_energy_mwh(1, 2, it_energy_mwh=1)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("grid_kg", "Did you mean grid_kg_per_kwh?"),
        ("grid_kg_per_kWh", "Did you mean grid_kg_per_kwh?"),
        ("site_energy", "Did you mean site_energy_mwh?"),
        ("cooling", "It takes site_energy_mwh and grid_kg_per_kwh."),
    ],
)
def test_a_misspelt_name_is_answered_with_the_right_one(wrong, right):
    for others in ({}, {"site_energy_mwh": 1}):
        with pytest.raises(TypeError) as caught:
            grid.emissions_t(**others, **{wrong: 0.4})
        assert (
            str(caught.value)
            == f"emissions_t got an unexpected keyword argument {wrong!r}. {right}"
        )


def test_names_in_any_order():
    assert grid.emissions_t(grid_kg_per_kwh=0.5, site_energy_mwh=2) == 1.0
    assert grid.emissions_t(2, grid_kg_per_kwh=0.5) == 1.0
