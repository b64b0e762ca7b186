"""A share that counts the grid's clean part never meets the grid's mean intensity again."""

import ast
import json
from pathlib import Path

import pytest

from aiimpact import claims, grid, tables

ROOT = Path(__file__).parents[1]
# Rows whose share holds what the grid supplies clean. Their boundary says so.
WITH_THE_GRID = {"ppa-hourly-google"}
FORMULAS = {"grid", "solutions", "portfolio", "scheduling", "pathway"}
# What a reader sees of the row itself: its value and its source.
SHOWN = {"fact", "n"}


def names_of(tree):
    """Names that hold such a row, in a notebook whose cells share them."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=True)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                found |= {
                    name.id
                    for name, value in pairs
                    if isinstance(name, ast.Name) and calls_row(value)
                }
    return found


def calls_row(node):
    return isinstance(node, ast.Call) and any(
        isinstance(argument, ast.Constant) and argument.value in WITH_THE_GRID
        for argument in node.args
    )


def misused(source, names=frozenset()):
    """Lines in which such a share goes into a formula, or into a default, with the grid in it."""
    tree = ast.parse(source)
    names = names | names_of(tree)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if not (calls_row(node) or (isinstance(node, ast.Name) and node.id in names)):
            continue
        step = node
        while step in above:
            step = above[step]
            if isinstance(step, ast.arguments):
                found.append(node.lineno)
            if not isinstance(step, ast.Call):
                continue
            function = step.func
            if isinstance(function, ast.Name) and function.id in SHOWN:
                break
            if isinstance(function, ast.Attribute) and function.attr == "contracted_share":
                break
            if (
                isinstance(function, ast.Attribute)
                and isinstance(function.value, ast.Name)
                and function.value.id in FORMULAS
            ):
                found.append(node.lineno)
                break
    return found


def code(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.mark.parametrize(
    "source",
    [
        'left = grid.mixed_kg_per_kwh(0.445, 0.0, lever("ppa-hourly-google").mid)',
        'hourly, mean = lever("ppa-hourly-google"), 0.4\ngrid.mixed_kg_per_kwh(mean, 0, hourly.mid)',
        'hourly = lever("ppa-hourly-google")\ndef stack(supply_percent=100 * hourly.mid): ...',
    ],
)
def test_the_check_finds_what_was_wrong(source):
    assert misused(source)


@pytest.mark.parametrize(
    "source",
    [
        'kg = grid.mixed_kg_per_kwh(0.4, 0, grid.contracted_share(lever("ppa-hourly-google").mid, 0.4))',
        'hourly = lever("ppa-hourly-google")\ntext = f"{fact(100 * hourly.mid, hourly)} %"',
    ],
)
def test_the_check_lets_pass_what_is_right(source):
    assert not misused(source)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "chapters").rglob("*.ipynb")), ids=lambda path: path.stem
)
def test_no_notebook_counts_the_grids_clean_part_twice(path):
    assert not misused(code(path))


def test_no_claim_counts_the_grids_clean_part_twice():
    steps = [step for claim in claims.load().values() for step in claim.steps]
    assert not [step.what for step in steps if misused(step.call)]
    assert any("contracted_share" in step.call for step in steps)


@pytest.mark.parametrize("key", WITH_THE_GRID)
def test_the_row_says_what_it_counts(key):
    assert "the grid's own clean part counted in" in tables.quantity("levers", key).boundary


@pytest.mark.parametrize("clean", [0.0, 0.1, 0.409, 0.9])
@pytest.mark.parametrize("contracts", [0.0, 0.25, 1.0])
def test_contracts_and_the_grid_make_up_the_share(contracts, clean):
    """Google's own sum: contracts, and of the rest the clean part of the grid."""
    share = contracts + (1 - contracts) * clean
    assert grid.contracted_share(share, clean) == pytest.approx(contracts)


def test_without_contracts_a_site_emits_the_mean_of_its_grid():
    """The mistake of an earlier edition gave 0.263 here: a lower figure for no act at all."""
    added = grid.contracted_share(0.409, 0.409)
    assert grid.mixed_kg_per_kwh(0.445, 0, added) == pytest.approx(0.445)


def test_what_is_left_is_fossil_power():
    left = grid.mixed_kg_per_kwh(0.445, 0, grid.contracted_share(0.66, 0.409))
    assert left == pytest.approx((1 - 0.66) * 0.445 / (1 - 0.409))


def test_a_grid_without_fossil_power_has_nothing_to_take_out():
    with pytest.raises(ValueError, match=r"grid_carbon_free_share must be .* less than 1"):
        grid.contracted_share(1.0, 1.0)
