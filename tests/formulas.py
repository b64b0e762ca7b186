"""Every formula of the library, with one valid value for each of its arguments: that of its docstring."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Callable
from typing import Any

from aiimpact import (
    datacentre,
    equivalents,
    grid,
    growth,
    inference,
    policy,
    solutions,
    training,
    units,
    water,
)

MODULES = (
    *(training, inference, datacentre, grid, water),
    *(growth, solutions, policy, equivalents, units),
)
FUNCTIONS = [
    function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
]


def of_the_example(function: Callable[..., Any]) -> dict[str, float]:
    """Run the examples of a docstring and give the numbers with which they first call their function."""
    calls: list[dict[str, Any]] = []

    def heard(*args: Any, **kwargs: Any) -> Any:
        calls.append(inspect.signature(function).bind(*args, **kwargs).arguments)
        return function(*args, **kwargs)

    names = vars(inspect.getmodule(function)) | {function.__name__: heard}
    for example in doctest.DocTestParser().get_examples(inspect.getdoc(function) or ""):
        exec(compile(example.source, function.__name__, "exec"), names)
    # An example may stand at an end of the range; what is tried around it needs room.
    ends = {end for rule in function.rules.values() for end in (rule.low, rule.high)}
    return {name: float(value) if value not in ends else 0.1 for name, value in calls[0].items()}


VALID = {function: of_the_example(function) for function in FUNCTIONS}
ARGUMENTS = [(function, name) for function, valid in VALID.items() for name in valid]


def name_of(value: Any) -> str | None:
    """Name a parameter of a test."""
    return getattr(value, "__name__", None)
