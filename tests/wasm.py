"""The library in a Python as poor as one in a page: `said` looks what it can do there, in Pyodide or after `hide`."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import importlib.util
import json
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import aiimpact

# Extensions of other packages that have no wheel for it; of Jupyter's it has others of that name.
PACKAGES = {"vl_convert", "psutil", "zmq", "tornado", "jupyter_client", "ipykernel"}
# What its Python lacks: tests/test_pyodide.py asks the real one.
OF_PYTHON = {
    *("_curses", "_dbm", "_multiprocessing", "_posixshmem", "_tkinter", "curses", "dbm"),
    *("ensurepip", "grp", "msvcrt", "pwd", "readline", "resource", "syslog", "tkinter", "venv"),
}
# A teacher's machine grades, and a computer builds books: neither is a page.
ELSEWHERE = ("aiimpact.classroom.grading", "aiimpact.classroom.__main__")


class _Missing:
    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> None:
        if name.partition(".")[0] in PACKAGES | OF_PYTHON:
            msg = f"No module named {name!r}"
            raise ModuleNotFoundError(msg, name=name)


def hide() -> None:
    """Let imports of all that fail, also of what Python imported on its way."""
    for name in PACKAGES | OF_PYTHON:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, _Missing())


def missing(names: Iterator[str]) -> dict[str, str]:
    """Import modules; give each with what it misses, or with nothing."""
    found = dict.fromkeys(names, "")
    for name in found:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            found[name] = str(error.name)
    return found


def modules() -> Iterator[str]:
    """List the library's modules that a page may want."""
    for module in pkgutil.walk_packages(aiimpact.__path__, "aiimpact.", onerror=lambda _: None):
        if not module.name.startswith(ELSEWHERE) and not module.name.endswith(".sphinx"):
            yield module.name


class _Nothing:
    """What stands for a rule where nothing is checked."""

    def __call__(self, *_: Any, **__: Any) -> _Nothing:
        return self

    def __getattr__(self, _: str) -> _Nothing:
        return self


def bare() -> None:
    """Let formulas run without their checks, which NumPy does."""
    checks: Any = ModuleType("aiimpact._checks")
    checks.__getattr__ = lambda _: _Nothing()
    checks.checked = lambda **_: lambda formula: formula
    sys.modules["aiimpact._checks"] = checks


def examples() -> dict[str, tuple[int, str]]:
    """Run the examples of the formulas' docstrings: how many of each module, and what went wrong."""
    found = {}
    for module in pkgutil.iter_modules(aiimpact.__path__, "aiimpact."):
        if module.ispkg or module.name.startswith("aiimpact._"):
            continue
        with contextlib.suppress(ModuleNotFoundError):
            told: list[str] = []
            runner = doctest.DocTestRunner(verbose=False)
            for test in doctest.DocTestFinder().find(importlib.import_module(module.name)):
                runner.run(test, out=told.append)
            found[module.name] = (runner.tries, "".join(told))
    return found


def explorer() -> Any:
    """Make an explorer as an author does."""
    from aiimpact import datacentre, grid
    from aiimpact.live import Curve, explore

    def footprint(it_mwh: Any = 1172.16, pue: Any = 1.1, kg_per_kwh: Any = 0.429) -> Any:
        site_mwh = datacentre.site_energy_mwh(it_mwh, pue)
        return {"Emissions [t CO2e]": grid.emissions_t(site_mwh, kg_per_kwh)}

    return explore(
        footprint,
        name="footprint",
        it_mwh=(0.0, 2000.0),
        pue=(1.0, 2.5, 0.01),
        kg_per_kwh={"Here": 0.429, "There": 0.044},
        chart=Curve("pue", "Emissions [t CO2e]"),
    )


def moved() -> dict[str, Any]:
    """Move its slider, and give what it holds before and after."""
    made = explorer()
    before = made.values
    made.controls["pue"].value = 2.0
    return {
        "before": before,
        "after": made.values,
        "evaluated": made.evaluate(),
        "spec": made._page["spec"],
    }


def said() -> str:
    """Say what works here, as JSON."""
    lacking = [name for name in sorted(PACKAGES | OF_PYTHON) if not _is_there(name)]
    needed = missing(modules())
    is_whole = not any(needed.values())
    if not is_whole:
        bare()
    return json.dumps(
        {
            "platform": sys.platform,
            "lacking": lacking,
            "needed": needed,
            "examples": examples(),
            "moved": moved() if is_whole else None,
        }
    )


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
