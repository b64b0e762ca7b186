"""Arrays of Dask, xarray, polars and pint themselves, and a cluster: `make test-scale`.

Each library is a fixture, so that this file can be read where none of them is installed.
"""

import importlib
import inspect
import re
import textwrap

import numpy as np
import pandas as pd
import pytest
from formulas import VALID

from aiimpact import _checks, datacentre, grid, growth, training, uncertainty

pytestmark = pytest.mark.scale
FUNCTIONS = list(VALID)
each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)


@pytest.fixture
def da():
    return importlib.import_module("dask.array")


@pytest.fixture
def dd():
    return importlib.import_module("dask.dataframe")


@pytest.fixture
def xr():
    return importlib.import_module("xarray")


@pytest.fixture
def pl():
    return importlib.import_module("polars")


@pytest.fixture
def unit():
    return importlib.import_module("pint").UnitRegistry()


@pytest.fixture(scope="module")
def client():
    """A cluster of two processes of this machine, without a page to watch it on."""
    distributed = importlib.import_module("dask.distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


def columns(function, rows=12):
    """Arguments in their ranges, all different."""
    varied = {}
    for place, (name, value) in enumerate(VALID[function].items()):
        factors = np.linspace(1, 1.01 + place / 100, rows)
        values = value * factors
        varied[name] = values if function.rules[name].holds(values) else value / factors
    return varied


# Every formula, in every kind: the numbers of NumPy, and the kind that came in


@each_function
def test_dask_is_lazy_and_gives_the_numbers_of_numpy(da, function):
    arrays = columns(function)
    lazy = {name: da.from_array(x, chunks=5 - i % 2) for i, (name, x) in enumerate(arrays.items())}
    result = function(**lazy)
    assert isinstance(result, da.Array)
    assert result.shape == (12,)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result.compute(), function(**arrays))


@each_function
def test_dask_is_checked_when_it_is_computed(da, function):
    arrays = columns(function)
    for name, rule in function.rules.items():
        wrong = arrays[name].copy()
        wrong[7] = np.nan
        lazy = function(**(arrays | {name: da.from_array(wrong, chunks=5)}))
        with pytest.raises(ValueError, match=f"{name} must be a number .*got nan at") as caught:
            lazy.compute()
        assert f"{name} must be a number {rule.must}, got nan at position 2." in str(caught.value)
        assert caught.value.__notes__ == [
            "A position is that within a block of the Dask array: blocks[1]."
        ]


@each_function
def test_xarray_keeps_labels_and_lazy_ones_stay_lazy(xr, da, function):
    arrays = columns(function)
    labels = {"site": [f"s{i}" for i in range(12)], "year": ("site", np.arange(12))}
    given = {
        name: xr.DataArray(x, coords=labels, dims="site", name=name) for name, x in arrays.items()
    }
    result = function(**given)
    expected = xr.DataArray(function(**arrays), coords=labels, dims="site", name=function.__name__)
    xr.testing.assert_identical(result, expected)
    lazy = function(**{name: x.chunk(site=5) for name, x in given.items()})
    assert isinstance(lazy.data, da.Array)
    assert lazy.chunks == ((5, 5, 2),)
    xr.testing.assert_identical(lazy.compute(), expected)


@each_function
def test_polars_comes_back_as_polars(pl, function):
    arrays = columns(function)
    result = function(**{name: pl.Series(name, x) for name, x in arrays.items()})
    assert isinstance(result, pl.Series)
    assert result.name == function.__name__
    np.testing.assert_array_equal(result.to_numpy(), function(**arrays))


@each_function
def test_columns_of_dask(dd, function):
    table = pd.DataFrame(columns(function), index=range(100, 112))
    lazy = dd.from_pandas(table, npartitions=3)
    result = function(**{name: lazy[name] for name in table})
    assert isinstance(result, dd.Series)
    expected = function(**{name: table[name] for name in table})
    pd.testing.assert_series_equal(result.compute(), expected)


@pytest.mark.parametrize(("function", "name"), [(f, n) for f, v in VALID.items() for n in v])
def test_pint_is_refused_with_a_recipe_that_pint_understands(unit, function, name):
    quantity = unit.Quantity(VALID[function][name], "kg")
    with pytest.raises(TypeError, match=f"^{name} must be .*got a pint Quantity") as caught:
        function(**(VALID[function] | {name: quantity}))
    (recipe,) = re.findall(rf"{name}\.to\((\S+)\)\.magnitude\.$", str(caught.value))
    if recipe != "unit":
        unit.Unit(recipe.strip('"'))


def test_hours_and_kilowatts_in_pint(unit):
    hours, power = unit.Quantity(2, "hour"), unit.Quantity(300, "kW")
    with pytest.raises(TypeError, match=r'accelerator_hours\.to\("hours"\)\.magnitude'):
        training.it_energy_mwh(hours, power)
    with pytest.raises(TypeError, match=r'power_w\.to\("W"\)\.magnitude'):
        training.it_energy_mwh(2, power)
    right = training.it_energy_mwh(hours.to("hours").magnitude, power.to("W").magnitude)
    assert right == 0.6
    with pytest.raises(TypeError, match=r'grid_kg_per_kwh\.to\("kg/kWh"\)'):
        grid.emissions_t(1, unit.Quantity(400, "g/kWh"))


# Dask


def test_mixtures_with_dask(da):
    x = da.from_array(np.arange(12.0), chunks=5)
    np.testing.assert_array_equal(datacentre.site_energy_mwh(x, 1.5), np.arange(12.0) * 1.5)
    np.testing.assert_array_equal(datacentre.site_energy_mwh(2, x + 1)[:9], 2 * np.arange(1, 10.0))
    pues = np.linspace(1, 2, 12)
    np.testing.assert_array_equal(datacentre.site_energy_mwh(x, pues), np.arange(12) * pues)
    whole = da.arange(12, chunks=4)
    assert datacentre.site_energy_mwh(whole, 1.5).compute().dtype == np.float64
    assert datacentre.site_energy_mwh(x.sum(), 2).compute() == 132


def test_blocks_broadcast(da):
    column = da.from_array(np.arange(6.0).reshape(6, 1), chunks=(2, 1))
    row = da.from_array(np.linspace(1, 2, 4), chunks=3)
    result = datacentre.site_energy_mwh(column, row)
    assert result.shape == (6, 4)
    np.testing.assert_array_equal(result, np.arange(6.0)[:, None] * np.linspace(1, 2, 4))
    wrong = datacentre.site_energy_mwh(da.where(column == 5, -3, column), row[:3])
    with pytest.raises(ValueError, match=r"got -3 at position \(1, 0\)\.") as caught:
        wrong.compute()
    assert "blocks[2, 0]" in caught.value.__notes__[0]


def test_what_is_known_beside_dask_is_checked_at_once(da):
    x = da.ones(12, chunks=5)
    with pytest.raises(ValueError, match=r"pue must be .*, got 0\.9"):
        datacentre.site_energy_mwh(x, 0.9)
    with pytest.raises(ValueError, match=r"pue must be .*, got nan at position 3"):
        datacentre.site_energy_mwh(x, np.where(np.arange(12) == 3, np.nan, 1.5))
    with pytest.raises(ValueError, match=r"must have the same shape, got \(12,\) for"):
        datacentre.site_energy_mwh(x, np.ones(5))
    with pytest.raises(TypeError, match=r"it_energy_mwh must hold numbers, got dtype bool"):
        datacentre.site_energy_mwh(x > 0, 1.5)
    with pytest.raises(TypeError, match="pue must be a number or of the kind of it_energy_mwh"):
        datacentre.site_energy_mwh(x, pd.Series(np.ones(12)))


def test_blocks_of_unknown_length_and_empty_ones(da):
    x = da.from_array(np.arange(12.0), chunks=4)
    some = x[x > 4]
    result = datacentre.site_energy_mwh(some, some)
    np.testing.assert_array_equal(
        datacentre.site_energy_mwh(some, 2).compute(), 2 * np.arange(5, 12)
    )
    with pytest.raises(ValueError, match="pue must be at least 1"):
        datacentre.site_energy_mwh(1, x[x < 1]).compute()
    with pytest.raises(ValueError, match=r"pue must be .*got 11"):
        result.compute()
    with pytest.raises(ValueError, match=r"same number of blocks, .*compute_chunk_sizes\(\)"):
        datacentre.site_energy_mwh(some, x[:2][x[:2] > 0])


def test_a_result_too_large_in_a_block(da):
    with pytest.raises(ValueError, match="site_energy_mwh must be a finite number"):
        datacentre.site_energy_mwh(da.from_array(np.array([1.0, 1e308])), 9).compute()


def test_columns_of_dask_that_do_not_belong_together(dd):
    table = pd.DataFrame({"it": np.ones(12), "pue": np.linspace(1, 2, 12)})
    lazy = dd.from_pandas(table, npartitions=3)
    assert datacentre.site_energy_mwh(2, lazy.pue).compute().iloc[-1] == 4
    other = dd.from_pandas(table, npartitions=2)
    with pytest.raises(ValueError, match=r"same partitions, .*series\.repartition\(divisions="):
        datacentre.site_energy_mwh(lazy.it, other.pue)
    shifted = lazy.clear_divisions()
    moved = dd.from_pandas(table.set_index(table.index + 1), npartitions=3).clear_divisions()
    with pytest.raises(ValueError, match="must have the same index"):
        datacentre.site_energy_mwh(shifted.it, moved.pue).compute()
    with pytest.raises(
        ValueError, match=r"pue must be .*got 0 at position 0 \(index 4\)"
    ) as caught:
        datacentre.site_energy_mwh(1, lazy.pue.where(lazy.pue != table.pue[4], 0)).compute()
    assert "partition" in caught.value.__notes__[0]
    nothing = datacentre.site_energy_mwh(lazy.it, lazy.pue)[lazy.it > 5]
    assert len(datacentre.it_energy_from_site_mwh(nothing, 2).compute()) == 0


# xarray


def test_dataarrays_broadcast_by_name(xr):
    energy = xr.DataArray([1.0, 2, 3], dims="run", coords={"run": list("abc")})
    grids = xr.DataArray([0.1, 0.2], dims="country", coords={"country": ["fra", "usa"]})
    result = grid.emissions_t(energy, grids)
    assert result.dims == ("run", "country")
    assert float(result.sel(run="c", country="usa")) == pytest.approx(0.6)
    lazy = grid.emissions_t(energy.chunk(run=2), grids)
    assert lazy.chunks == ((2, 1), (2,))
    xr.testing.assert_identical(lazy.compute(), result)


def test_attributes_of_a_dataarray(xr):
    energy = xr.DataArray(
        [1.0], dims="run", attrs={"units": "MWh", "source": "log", "title": "one"}
    )
    energy = energy.assign_coords(run=("run", ["a"], {"long_name": "training run"}))
    other = xr.DataArray([0.1], dims="run", attrs={"source": "log", "title": "two"})
    result = grid.emissions_t(energy, other)
    assert result.attrs == {"source": "log"}  # neither a unit that is wrong nor two titles
    assert result.run.attrs == {"long_name": "training run"}


def test_wrong_values_in_a_dataarray(xr):
    bad = xr.DataArray([1.0, -2.0, np.nan], dims="run")
    with pytest.raises(ValueError, match=r"it_energy_mwh must be at least 0, got -2 at position 1"):
        datacentre.site_energy_mwh(bad, 1.2)
    lazy = datacentre.site_energy_mwh(bad[:2].chunk(run=2), 1.2)
    with pytest.raises(ValueError, match=r"it_energy_mwh must be at least 0, got -2 at position 1"):
        lazy.compute()
    with pytest.raises(ValueError, match=r"pue must be .*got 0\.5"):
        datacentre.site_energy_mwh(xr.DataArray(1.0), 0.5)


def test_dataarrays_that_are_not_aligned(xr):
    one = xr.DataArray([1.0, 2], dims="run", coords={"run": ["a", "b"]})
    two = xr.DataArray([1.0, 2], dims="run", coords={"run": ["b", "c"]})
    with pytest.raises(ValueError, match="must have the same labels along the dimensions"):
        datacentre.site_energy_mwh(one, two)
    with pytest.raises(TypeError, match="Turn one into the other's kind"):
        datacentre.site_energy_mwh(one, np.array([1.0, 2]))
    assert growth.logarithmic_mean(one, 2).dims == ("run",)
    assert float(growth.logarithmic_mean(xr.DataArray(2.0), 2)) == 2


def test_a_quantity_inside_a_dataarray_is_refused(xr, unit):
    energy = xr.DataArray(unit.Quantity([1.0, -5.0], "MWh"), dims="run")
    with pytest.raises(TypeError, match=r'it_energy_mwh\.to\("MWh"\)\.magnitude'):
        datacentre.site_energy_mwh(energy, 1.2)


# polars


def test_wrong_values_in_polars(pl):
    with pytest.raises(ValueError, match="it_energy_mwh must be at least 0, got -2 at position 1"):
        datacentre.site_energy_mwh(pl.Series([1, -2, None]), 1.2)
    with pytest.raises(ValueError, match="must be a number at least 0, got nan at position 2"):
        datacentre.site_energy_mwh(pl.Series([1, 2, None]), 1.2)
    with pytest.raises(TypeError, match="it_energy_mwh must hold numbers, got dtype String"):
        datacentre.site_energy_mwh(pl.Series(["1"]), 1.2)
    with pytest.raises(TypeError, match="it_energy_mwh must hold numbers, got dtype Boolean"):
        datacentre.site_energy_mwh(pl.Series([True]), 1.2)
    with pytest.raises(ValueError, match="at least one value"):
        datacentre.site_energy_mwh(pl.Series([], dtype=pl.Float64), 1.2)
    with pytest.raises(ValueError, match="must have the same length"):
        datacentre.site_energy_mwh(pl.Series([1.0, 2.0]), pl.Series([1.0]))


def test_mixtures_with_polars(pl):
    energy = pl.Series("it", [1, 2, 3])
    assert datacentre.site_energy_mwh(energy, 2).to_list() == [2.0, 4.0, 6.0]
    assert datacentre.site_energy_mwh(energy, np.ones(3)).to_list() == [1.0, 2.0, 3.0]
    table = pl.DataFrame({"it": energy}).with_columns(datacentre.site_energy_mwh(energy, 2))
    assert table.columns == ["it", "site_energy_mwh"]
    with pytest.raises(TypeError, match="got a pandas Series"):
        datacentre.site_energy_mwh(energy, pd.Series(np.ones(3)))


# What is refused


def test_tables_and_what_is_not_there_yet(da, dd, xr, pl):
    table = pd.DataFrame({"it": [1.0, 2.0]})
    lazy = dd.from_pandas(table, npartitions=1)
    frames = [table, lazy, xr.Dataset({"it": ("run", [1.0])}), pl.DataFrame({"it": [1.0]})]
    for frame in frames:
        with pytest.raises(TypeError, match=r"Pass one of its columns: table\[\"name\"\]\."):
            datacentre.site_energy_mwh(frame, 1.2)
    for value in (pl.col("it"), pl.LazyFrame({"it": [1.0]})):
        with pytest.raises(TypeError, match=r"Pass a column of a table that is collected"):
            datacentre.site_energy_mwh(value, 1.2)
    for value in (lazy.it.sum(), lazy.index):
        with pytest.raises(TypeError, match=r"Compute it first: it_energy_mwh\.compute\(\)\."):
            datacentre.site_energy_mwh(value, 1.2)
    with pytest.raises(TypeError, match=r"np\.asarray\(it_energy_mwh\)"):
        datacentre.site_energy_mwh(xr.Variable("run", [1.0]), 1.2)


def test_a_symbol_beside_dask_is_refused(da):
    class Symbol:
        __symbolic__ = True

    with pytest.raises(TypeError, match="pue must be a number or of the kind of it_energy_mwh"):
        datacentre.site_energy_mwh(da.ones(3), Symbol())


def test_a_formula_of_ones_own(da):
    @_checks.checked(x=_checks.SHARE)
    def twice(x):
        return 2 * x

    assert twice(da.ones(3)).compute().tolist() == [2, 2, 2]


# Many trials

RANGES = {"pue": (1.1, 1.2, 1.5), "grid_kg_per_kwh": (0.3, 0.4, 0.6)}


def tonnes(pue, grid_kg_per_kwh):
    return grid.emissions_t(datacentre.site_energy_mwh(100, pue), grid_kg_per_kwh)


# What an older Dask warns of is what this test is about.
@pytest.mark.filterwarnings("ignore:Running on a single-machine scheduler")
def test_many_trials_are_the_same_on_any_cluster(client):
    import dask

    given = {"size": 2_000_001, "chunks": 150_000}
    on_cluster = uncertainty.propagate(tonnes, RANGES, **given)
    with dask.config.set(scheduler="synchronous"):
        assert uncertainty.propagate(tonnes, RANGES, **given) == on_cluster
    with dask.config.set(scheduler="threads", num_workers=3):
        assert uncertainty.propagate(tonnes, RANGES, **given) == on_cluster
    assert uncertainty.propagate(tonnes, RANGES, **given, seed=1) != on_cluster
    at_once = uncertainty.propagate(tonnes, RANGES, size=2_000_001)
    assert tuple(on_cluster) == pytest.approx(tuple(at_once), rel=5e-4)


def test_a_chain_of_formulas_on_a_cluster(client, da):
    hours = da.random.default_rng(1).uniform(0, 1e6, 100_000, chunks=30_000)
    it = training.it_energy_mwh(hours, 330)
    tonnes = grid.emissions_t(datacentre.site_energy_mwh(it, 1.1), 0.429)
    np.testing.assert_allclose(
        client.compute(tonnes).result(), hours.compute() * 330 / 1e6 * 1.1 * 0.429
    )
    with pytest.raises(ValueError, match="it_energy_mwh must be at least 0, got -1 at position 5"):
        client.compute(datacentre.site_energy_mwh(da.where(da.arange(10) == 5, -1, 1), 2)).result()


def test_ten_million_trials_of_a_known_distribution(client):
    ends = {"x": (1.0, 4.0, 16.0)}
    found = uncertainty.propagate(
        lambda x: 2 * x, ends, size=1_000_000, chunks=250_000, shape="lognormal"
    )
    assert tuple(found) == pytest.approx((2, 8, 32), rel=1e-4)
    # A triangle from 0 to 1 with its tip at 1 has the square as its distribution.
    found = uncertainty.propagate(
        lambda x: x, {"x": (0.0, 1.0, 1.0)}, size=10_000_000, chunks=1_000_000
    )
    assert tuple(found) == pytest.approx(np.sqrt([0.05, 0.5, 0.95]), rel=1e-5)


def test_a_mistake_in_a_chunk_keeps_its_words(client):
    with pytest.raises(ValueError, match=r"pue must be at least 1\.0"):
        uncertainty.propagate(
            tonnes, RANGES | {"pue": (0.5, 0.7, 0.9)}, size=100_000, chunks=50_000
        )


def test_the_example_of_the_docstring_runs(client, capsys):
    notes = inspect.getdoc(uncertainty.propagate).split("``::\n")[1].split("\nReferences")[0]
    code = textwrap.dedent(notes).split("\nif __name__")[0]
    call = re.search(r"show\(\*propagate\(.*?\)\)", notes)[0].replace("1_000_000_000", "3_000_000")
    assert "LocalCluster(dashboard_address=None)" in notes
    names = {}
    exec(code, names)
    ranges = re.search(r"ranges = (.*)", notes)[1]
    assert eval(call, names | {"ranges": eval(ranges)}) == "54 (42 to 70)"
