"""Which arrays a formula takes, and what it says to the others.

The libraries themselves are met in test_scale.py; here stand-ins of their names are refused.
"""

import gc
import subprocess
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from aiimpact import datacentre, grid, growth, solutions, training


def stand_in(module, name, bases=(), **members):
    """An object whose class says that it comes from another library."""
    return type(name, bases, {"__module__": module, **members})()


class Ufunc(np.lib.mixins.NDArrayOperatorsMixin):
    """What follows NumPy's protocol, as the arrays of many libraries do."""

    def __array_ufunc__(self, *_, **__):
        pytest.fail("a formula must not compute with it")


REFUSED = [
    (stand_in("pint.registry", "Quantity", (Ufunc,)), "got a pint Quantity", '.to("MWh").magnitude'),
    (stand_in("xarray.core.dataset", "Dataset", (Ufunc,)), "got an xarray Dataset", 'table["name"]'),
    (stand_in("dask.dataframe.core", "DataFrame"), "got a dask DataFrame", 'table["name"]'),
    (stand_in("dask.delayed", "Delayed"), "got a dask Delayed", "it_energy_mwh.compute()"),
    (stand_in("polars.expr.expr", "Expr"), "got a polars Expr", 'table.collect()["name"]'),
    (stand_in("jaxlib._jax", "ArrayImpl", __array__=None), "got a jaxlib ArrayImpl", "np.asarray("),
    (stand_in("torch", "Tensor", __array__=None), "got a torch Tensor", "np.asarray("),
    (stand_in("sparse", "COO", (Ufunc,)), "got a sparse COO", "np.asarray(it_energy_mwh)"),
    (Ufunc(), f"got a {__name__} Ufunc", "np.asarray(it_energy_mwh)"),
    (pd.DataFrame({"it": [1.0]}), "got a pandas DataFrame", 'table["name"]'),
    (stand_in("lib", "Unknown"), "got a lib Unknown", "float(it_energy_mwh)"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "got", "fix"), REFUSED, ids=[got for _, got, _ in REFUSED])
def test_arrays_that_nothing_would_check_are_refused(value, got, fix):
    for arguments in ((value, 1.2), (value, np.array([1.2])), (value, pd.Series([1.2]))):
        with pytest.raises(TypeError, match=r"^it_energy_mwh must be a number, ") as caught:
            datacentre.site_energy_mwh(*arguments)
        assert got in str(caught.value)
        assert fix in str(caught.value)


@pytest.mark.parametrize(
    ("function", "name", "unit"),
    [
        (training.it_energy_mwh, "power_w", '"W"'),
        (training.it_energy_mwh, "accelerator_hours", '"hours"'),
        (grid.emissions_t, "grid_kg_per_kwh", '"kg/kWh"'),
        (grid.implied_grid_kg_per_kwh, "emissions_t", '"t"'),
        (growth.project, "first", "unit"),
        (solutions.abatement_cost_per_t, "price_per_kwh", "unit"),
    ],
)
def test_a_quantity_is_told_the_unit_of_the_argument(function, name, unit):
    quantity = stand_in("pint", "Quantity", (Ufunc,))
    given = dict.fromkeys(function.rules, 1.0) | {name: quantity}
    with pytest.raises(TypeError, match="Pass its number, in the unit of this argument") as caught:
        function(**given)
    assert str(caught.value).endswith(f"{name}.to({unit}).magnitude.")


def test_a_symbol_passes_whatever_its_library():
    symbol = stand_in("torch", "Symbol", __symbolic__=True, __mul__=lambda self, x: ("mul", x))
    assert datacentre.site_energy_mwh(symbol, 1.5) == ("mul", 1.5)


def test_no_library_is_imported_before_one_of_its_objects_has_come():
    code = (
        "import sys, numpy as np, pandas as pd; from aiimpact import datacentre; "
        "datacentre.site_energy_mwh(pd.Series([1, 2]), np.float32(1.5)); "
        "print({'dask', 'xarray', 'polars', 'pint'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "set()"


def test_an_array_on_disk_is_read_piece_by_piece(tmp_path):
    size = 300_000
    written = np.memmap(tmp_path / "energy", dtype=np.float64, mode="w+", shape=size)
    written[:] = 2
    read = np.memmap(tmp_path / "energy", dtype=np.float64, mode="r", shape=size)
    for rows in (5, size):
        result = datacentre.site_energy_mwh(read[:rows], 1.5)
        assert type(result) is np.ndarray
        assert (result == 3).all()
    written[-1] = -1
    with pytest.raises(ValueError, match="got -1 at position 299999"):
        datacentre.site_energy_mwh(read, 1.5)
    small = np.memmap(tmp_path / "pue", dtype=np.float32, mode="w+", shape=2)
    with pytest.raises(ValueError, match=r"pue must be .*, got 0 at position 0\."):
        datacentre.overhead_share(small)


# The short way and the long one


@pytest.mark.parametrize("size", [1, 7, 70_000])
def test_a_negative_zero_is_zero(size):
    """Bit by bit it would come after all that is above 0."""
    energy = np.full(size, 2.0)
    energy[size // 2] = -0.0
    result = datacentre.site_energy_mwh(energy, 1.5)
    np.testing.assert_array_equal(result, energy * 1.5)
    assert np.signbit(result[size // 2])


@pytest.mark.parametrize("size", [1, 7, 65_535, 65_536, 65_537, 262_145])
def test_short_and_long_ways_agree(size):
    energy, pue = np.linspace(0, 9, size), np.linspace(1, 2, size)
    table = pd.DataFrame({"energy": energy, "pue": pue}, index=np.arange(size)[::-1])
    expected = energy * pue
    ways = [
        datacentre.site_energy_mwh(energy, pue),
        datacentre.site_energy_mwh(pue=pue, it_energy_mwh=energy),
        datacentre.site_energy_mwh(energy.astype(">f8"), pue),
        datacentre.site_energy_mwh(np.repeat(energy, 2)[::2], pue),
        datacentre.site_energy_mwh(energy.reshape(1, -1), pue)[0],
    ]
    for result in ways:
        np.testing.assert_array_equal(result, expected)
        assert result.dtype == np.float64
    columns = datacentre.site_energy_mwh(table.energy, table.pue)
    pd.testing.assert_series_equal(
        columns, pd.Series(expected, index=table.index, name="site_energy_mwh")
    )
    copied = table.pue.set_axis(table.index.copy(deep=True))
    pd.testing.assert_series_equal(datacentre.site_energy_mwh(table.energy, copied), columns)
    pd.testing.assert_series_equal(datacentre.site_energy_mwh(table.energy, pue), columns)


def test_a_result_is_nobody_elses_memory():
    energy = pd.Series([1.0, 2.0])
    result = datacentre.site_energy_mwh(energy, 1)
    result[0] = 9
    assert energy[0] == 1
    energy[1] = 7
    assert result[1] == 2


def test_numpys_own_way_with_errors_is_left_alone():
    before = np.geterr()
    with pytest.raises(ValueError, match="must be a finite number"):
        datacentre.site_energy_mwh(np.array([1e308]), 10)
    assert np.geterr() == before
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="must be a finite number"):
        growth.project(2, 4, 1e6)


@pytest.fixture
def no_collection():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
def test_memory_that_is_kept_is_given_back():
    ones = np.ones(300_000)
    first = grid.emissions_t(ones, 0.1)
    place = first.ctypes.data
    del first
    second = grid.emissions_t(ones, 0.2)
    assert second.ctypes.data == place
    tracemalloc.start()
    for result in [grid.emissions_t(ones, i / 10) for i in range(9)]:
        assert not np.shares_memory(result, second)
    del result
    kept, _ = tracemalloc.get_traced_memory()
    gc.collect()
    given_back = kept - tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert 0.9 * ones.nbytes < given_back < 3.1 * ones.nbytes
