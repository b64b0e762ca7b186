"""Numbers live in tables, with their source; formulas hold none but 1 and named conversions."""

import ast
import inspect
import re
from importlib import resources
from typing import get_args

import pytest
from formulas import MODULES

from aiimpact import (
    growth,
    inference,
    policy,
    tables,
    training,
    units,
)

# What may stand in a formula: 0 and 1 (as in max(0, x), 1 - share, 1 + rate), the 2 of doubling,
# and the series of the logarithmic mean.
IN_FORMULAS = {
    ("doubling_years", 2),
    ("halved", 2),
    ("logarithmic_mean", 2),
    ("logarithmic_mean", 3),
}
# Numbers with a name of their own: counts of operations by definition, exact conversions, and
# the bounds of checks.
NAMED = {
    inference: {"FLOP_PER_PARAMETER_TOKEN": 2},
    growth: {"_CLOSE": 1e-4},
    training: {"FORWARD_FLOP_PER_PARAMETER_TOKEN": 2, "BACKWARD_FLOP_PER_PARAMETER_TOKEN": 4},
    units: {
        "SECONDS_PER_HOUR": 3600,
        "HOURS_PER_DAY": 24,
        "DAYS_PER_YEAR": 365,
        "HOURS_PER_YEAR": 8760,
        "KG_PER_T": 1000,
        "KWH_PER_MWH": 1000,
        "WH_PER_KWH": 1000,
        "WH_PER_MWH": 1e6,
        "PJ_PER_J": 1e12,
        "W_PER_MW": 1e6,
        "MWH_PER_TWH": 1e6,
        "LITRES_PER_M3": 1000,
        "ML_PER_LITRE": 1000,
        "G_PER_T": 1e6,
        "T_PER_MT": 1e6,
        "T_PER_GT": 1e9,
        "KG_PER_LB": 0.45359237,
        "LITRES_PER_US_GALLON": 3.785411784,
    },
}
BOUNDS = {policy: {1, 1e-12}}

TABLES = {name: tables._table(name) for name in (*get_args(tables.TableName), "rules")}
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
each_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def numbers(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex):
            yield node.value


def tree_of(module):
    return ast.parse(inspect.getsource(module))


@each_module
def test_no_numbers_in_formulas(module):
    for function in (n for n in ast.walk(tree_of(module)) if isinstance(n, ast.FunctionDef)):
        body = [number for statement in function.body for number in numbers(statement)]
        found = {(function.name, number) for number in body if number not in (0, 1)}
        assert found <= IN_FORMULAS, f"{module.__name__} needs a row or a name for {found}"


@each_module
def test_numbers_outside_formulas_have_a_name(module):
    named, bounds = {}, set()
    for statement in tree_of(module).body:
        if isinstance(statement, ast.FunctionDef):
            for decorator in statement.decorator_list:
                assert not list(numbers(decorator)), f"give the rule of {statement.name} a name"
        elif isinstance(statement, ast.Assign):
            found = list(numbers(statement.value))
            if isinstance(statement.value, ast.Constant) and found:
                named[statement.targets[0].id] = found[0]
            else:
                bounds.update(found)
        else:
            assert not list(numbers(statement))
    assert named == NAMED.get(module, {})
    assert named == {name: getattr(module, name) for name in named}
    assert bounds == BOUNDS.get(module, set())


def test_the_walk_finds_a_number():
    tree = ast.parse("def f(a):\n    '''2 apples'''\n    return a * 0.429 + True")
    assert list(numbers(tree)) == [0.429]


@each_module
def test_formulas_read_no_file_and_draw_nothing(module):
    imported = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert imported <= {"__future__", "numpy", "aiimpact._checks", "aiimpact.units"}


@each_module
def test_formulas_do_not_branch(module):
    """A branch on a value cannot be traced, and does not work on arrays."""
    for node in ast.walk(tree_of(module)):
        assert not isinstance(node, ast.If | ast.IfExp | ast.While | ast.BoolOp | ast.Compare)


@each_module
def test_docstrings_are_whole(module):
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("_") or function.__module__ != module.__name__:
            continue
        text = inspect.getdoc(function)
        for part in ("Parameters", "Returns", "Raises", "References", "Examples", ">>> "):
            assert f"\n{part}" in text, f"{name}: {part}"
        assert text.count(".. math::") == 1, name
        arguments = list(inspect.signature(function).parameters)
        for argument in arguments:
            assert re.search(rf"^{argument} : number or array$", text, re.M), f"{name}: {argument}"
        described = text.split("\nParameters\n")[1].split("\nRaises\n")[0]
        assert len(re.findall(r"\[[^\]]+\]$", described, re.M)) == len(arguments) + 1, name
        assert re.search(r"https://|ISO/IEC", text.split("\nReferences\n")[1]), name


@each_table
def test_rows_are_complete(table):
    assert table.index.is_unique
    assert table.index.str.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*").all()
    for column in ("boundary", "source", "licence", *(["unit"] if "unit" in table else [])):
        empty = table.index[table[column].str.strip() == ""]
        assert empty.empty, f"{column} is empty in {list(empty)}"
    assert table["year"].between(2004, 2050).all()
    assert table["verified"].dtype == bool
    strings = table.select_dtypes(exclude=["number", "bool"])
    assert (strings == strings.apply(lambda column: column.str.strip())).all(axis=None)


@each_table
def test_ranges_are_in_order(table):
    if "mid" in table:
        assert (table.low <= table.mid).all()
        assert (table.mid <= table.high).all()
    else:
        for low in [column for column in table if column.endswith("_low")]:
            stem = low.removesuffix("_low")
            triple = table[[low, stem, f"{stem}_high"]].dropna(how="all")
            assert triple.notna().all(axis=None)
            assert (triple.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


@each_table
def test_sources_are_first_hand_and_identified(table):
    """A source names a year and where to find it; a page that quotes another is none."""
    for key, source in table.source.items():
        if source.startswith(("arithmetic:", "mid:")):
            continue
        assert re.search(r"\b(19|20)\d\d\b|https://", source), f"{key}: {source}"
        assert not re.search(r"\bvia\b|baobab|quoted in|public program", source), f"{key}: {source}"


@each_table
def test_what_is_remembered_says_so(table):
    for key, row in table[~table.verified].iterrows():
        assert row.note, f"{key} must say why it is not verified"


def test_unverified_columns_exist():
    runs = tables.training_runs()
    for key, names in runs.unverified_columns.items():
        assert set(names.split()) <= set(runs.attrs["units"]), key
        for name in names.split():
            assert runs.loc[key, name] == runs.loc[key, name], f"{key}: {name} is empty"


@pytest.mark.parametrize("name", TABLES)
def test_files_say_yes_or_no_and_are_plain(name):
    """A typing error in `verified` must not read as yes or no."""
    text = (resources.files("aiimpact") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    header, *lines = text.splitlines()
    assert header.startswith("key,")
    for line in lines:
        assert len(re.findall(r",(?:yes|no),", line)) == 1, line
    assert not re.search(r"/(work|home|tmp)/|file://", text)


def test_operations_per_parameter_and_token():
    """Kaplan et al. 2020, arXiv:2001.08361, section 2.1."""
    assert training.TRAINING_FLOP_PER_PARAMETER_TOKEN == 6


def test_the_same_number_is_not_in_two_places():
    """Where a constant and a row of another table mean the same, they agree."""
    runs, pounds = tables.training_runs(), units.KG_PER_LB
    same = [
        (tables.constant("strubell-nas-lb").mid * pounds / 1000, runs.emissions_t["strubell-nas"]),
        (
            tables.constant("strubell-car-lb").mid * pounds,
            tables.quantity("equivalences", "car-lifetime").mid,
        ),
        (tables.constant("strubell-nas-hours").mid * 8, runs.accelerator_hours["strubell-nas"]),
        (tables.constant("strubell-job-power").mid / 8, runs.power_w["strubell-nas"]),
        (
            tables.constant("strubell-lb-per-kwh").mid * pounds,
            tables.quantity("grids", "strubell-us").mid,
        ),
        (tables.constant("pue-strubell").mid, runs.pue["strubell-nas"]),
        (tables.constant("et-search-t").mid, runs.emissions_t["evolved-transformer-nas"]),
        (tables.constant("gpt3-flop").mid, runs.flop["gpt3-175b"]),
        (tables.constant("gpt3-flop-per-s").mid, runs.flop_per_s["gpt3-175b"]),
        (tables.constant("gpt4-servers").mid * 8, runs.accelerators["gpt4-blog"]),
        (tables.constant("gpt4-server-power").mid / 8, runs.power_w["gpt4-blog"]),
        (tables.quantity("grids", "azure-west-us").mid, runs.grid_kg_per_kwh["gpt4-blog"]),
        (tables.quantity("grids", "patterson-us").mid, runs.grid_kg_per_kwh["gpt3-175b"]),
        (tables.constant("olmo-development-share").mid, 159 / (159 + 312)),
    ]
    for one, other in same:
        assert one == pytest.approx(other, rel=1e-6)
