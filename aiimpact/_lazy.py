"""Packages whose names are imported when somebody asks for them.

A student's checks need the judge of :mod:`aiimpact.ask` and neither widgets nor charts: those take
most of a second, and ``pip install aiimpact`` alone does not bring them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def importer(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Give the ``__getattr__`` and the ``__dir__`` of a package.

    Parameters
    ----------
    package
        Its full name.
    homes
        Name of each thing that it offers to the module that defines it, seen from the package.

    Returns
    -------
    tuple of callable
        The first imports the module of a name, the second lists the names.
    """

    def find(name: str) -> Any:
        if name not in homes:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg, name=name)
        # First: imported from deeper down, a part of it takes seconds longer on Python 3.11.
        importlib.import_module("altair")
        return getattr(importlib.import_module(f".{homes[name]}", package), name)

    return find, lambda: sorted(homes)
