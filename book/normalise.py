"""Run the notebooks again and write them back so that a diff shows only what a reader would see.

``python book/normalise.py [notebook …]``, by default every notebook below chapters/.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbclient
import nbformat

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
import reading  # noqa: E402

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def normalise(path: Path) -> None:
    """Execute one notebook and write it back without times, widget state and machine details."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources=where,
        store_widget_state=False,
        coalesce_streams=True,  # or what is printed comes in as many pieces as the machine is busy
    ).execute()
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            # A stored view names a model that died with its kernel; the HTML beside it stays.
            output.get("data", {}).pop(WIDGET_VIEW, None)
    reading.write(notebook)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    for notebook_path in given or sorted((ROOT / "chapters").rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in notebook_path.parts:
            normalise(notebook_path)
            print(notebook_path)
