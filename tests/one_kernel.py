"""Let nbval run notebooks one after another in a single kernel, for to start one takes seconds.

``pytest -c tests/nbval.ini -p one_kernel chapters``: every notebook begins without names and in its
own folder, but with what earlier ones have imported, so this is for notebooks that are known to run.
"""

from __future__ import annotations

from typing import Any

from nbval.plugin import IPyNbFile

run = IPyNbFile.setup
kernels: list[Any] = []


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
