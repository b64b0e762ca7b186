"""Let nbval run notebooks one after another in a single kernel, each up to its first difference.

``pytest -c tests/nbval.ini -p one_kernel chapters``: to start a kernel takes seconds. Every notebook
begins without names and in its own folder, but with what earlier ones have imported, so this is for
notebooks that are known to run.
"""

from __future__ import annotations

from typing import Any

import pytest
from nbval.plugin import IPyNbFile

run = IPyNbFile.setup
kernels: list[Any] = []
differ: set[IPyNbFile] = set()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a notebook that differs."""
    if item.parent in differ:
        pytest.skip("A cell before it differs.")


def pytest_exception_interact(node: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    """Note that a notebook differs."""
    if "differ" in str(call.excinfo):
        differ.add(node.parent)


def setup(self: IPyNbFile) -> None:
    """Start the kernel, or clear it."""
    if not kernels:
        run(self)
        kernels.append(self.kernel)
    self.kernel = kernels[0]
    self.setup_sanitize_files()
    for cell in ("%reset -f", f"import os; os.chdir({str(self.path.parent)!r})"):
        message = self.kernel.execute_cell_input(cell)
        self.kernel.await_reply(message, timeout=30)
        self.kernel.await_idle(message, timeout=30)


def pytest_unconfigure() -> None:
    """End the kernel."""
    for kernel in kernels:
        kernel.stop()


IPyNbFile.setup = setup
# nbval would end it with the first notebook.
IPyNbFile.teardown = lambda self: None
