"""Let nbval judge the run that the build of the book has just made, so that nothing runs twice.

``pytest -c tests/nbval.ini -p replay --replay _build/jupyter_execute chapters``: a notebook that the
book holds is compared with its run in that folder, any other is run by nbval as usual.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbval.plugin import IPyNbFile

ROOT = Path(__file__).parents[1]
CONTENTS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}


class Recording:
    """A kernel as nbval sees one; it answers with what the cells have put out already."""

    def __init__(self, cells: list[Any]) -> None:
        self.cells = iter(cells)
        self.messages: deque[dict[str, Any]] = deque()

    def execute_cell_input(self, source: str, allow_stdin: bool | None = None) -> str:
        cell = next(cell for cell in self.cells if cell.source == source)
        self._say("status", {"execution_state": "busy"}, cell.id)
        for output in cell.outputs:
            kind = output.output_type
            self._say(kind, {name: output[name] for name in CONTENTS[kind]}, cell.id)
        self._say("status", {"execution_state": "idle"}, cell.id)
        return cell.id

    def _say(self, kind: str, content: dict[str, Any], parent: str) -> None:
        message = {"msg_type": kind, "content": content, "parent_header": {"msg_id": parent}}
        self.messages.append(message)

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        return self.messages.popleft()

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        pass

    def await_idle(self, msg_id: str, timeout: float) -> None:
        self.messages.clear()

    def is_alive(self) -> bool:
        return True

    def stop(self) -> None:
        pass


def code_of(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def recording_for(path: Path, folder: Path, notebook: Any) -> Recording | None:
    """Find the run of a notebook, if there is one; it must be a run of these very cells."""
    run = folder / path.relative_to(ROOT)
    if not run.exists():
        return None
    cells = code_of(nbformat.read(run, as_version=4))
    if [cell.source for cell in cells] != [cell.source for cell in code_of(notebook)]:
        msg = f"{run} is the run of another {path.name}. Run `make book`."
        raise ValueError(msg)
    return Recording(cells)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--replay", type=Path, help="folder with the runs of a build, to judge those")


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("replay")
    if folder is None:
        return
    run = IPyNbFile.setup

    def setup(self: IPyNbFile) -> None:
        self.kernel = recording_for(self.path, folder.resolve(), self.nb)
        if self.kernel:
            self.setup_sanitize_files()
        else:
            run(self)

    IPyNbFile.setup = setup
