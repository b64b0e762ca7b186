"""What Python in a page lacks, to be hidden here: ``python -c "import wasm; wasm.hide()"`` is as poor as that."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

# Extensions of other packages that have no wheel for it; of Jupyter's it has others of that name.
PACKAGES = {"vl_convert", "psutil", "zmq", "tornado", "jupyter_client", "ipykernel"}
# What its system lacks: tests/test_pyodide.py asks the real one.
OF_PYTHON = {
    *("_curses", "_dbm", "_multiprocessing", "_posixshmem", "_tkinter", "curses", "dbm"),
    *("ensurepip", "grp", "msvcrt", "pwd", "readline", "resource", "syslog", "tkinter", "venv"),
}


class _Missing:
    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> None:
        if name.partition(".")[0] in PACKAGES | OF_PYTHON:
            msg = f"No module named {name!r}"
            raise ModuleNotFoundError(msg, name=name)


def hide() -> None:
    """Let imports of them fail, also of those that Python imported on its way."""
    for name in PACKAGES | OF_PYTHON:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, _Missing())  # type: ignore[arg-type]
