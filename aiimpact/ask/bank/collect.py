"""Take the questions out of notebooks: a kernel runs them, and then tells what was asked."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from aiimpact.ask.bank.item import Item
from aiimpact.ask.question import asked
from aiimpact.words import say, speaking

_MIME = "application/json"
_TELL = "from aiimpact.ask.bank import collect\n\ncollect.tell()"
_SHOWN = re.compile(r'<div [^>]*\bdata-question="([^"]+)"')
_HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)


def collect(path: str | Path, *, language: str = "", timeout: float = 300) -> list[Item]:
    """Run a notebook and give its questions, in the order in which it shows them.

    Needs ``nbclient``, which whoever builds a book has. The notebook is run in its own folder, and not
    written back.

    Parameters
    ----------
    path
        The notebook. As it is given, relative to the book, its page is called the same with ``.html``.
    language
        Which edition the notebook must be of. Hong Kong's is written from the one in Simplified Chinese, as
        its pages are. Without it, the questions are in whatever language the notebook speaks.
    timeout
        How long a cell may take. [s]

    Returns
    -------
    list of Item
        Those that a cell shows. What a cell's metadata calls its ``objective`` becomes a tag.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises an error.
    ValueError
        If the notebook speaks another language.
    """
    import nbclient
    import nbformat

    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(_TELL))
    where = {"metadata": {"path": str(path.parent)}}
    client = nbclient.NotebookClient(
        notebook, timeout=timeout, resources=where, store_widget_state=False
    )
    # A kernel of this machine alone warns that its channel to us is not encrypted.
    client.extra_arguments = ["--log-level=ERROR"]
    client.execute()
    *cells, last = notebook.cells
    told = last.outputs[-1]["data"][_MIME]
    known = {data["name"]: Item.read(data) for data in told}
    page = "" if path.is_absolute() else path.with_suffix(".html").as_posix()
    found = {}
    for cell in cells:
        objective = cell.metadata.get("objective")
        for name in _shown(cell):
            with speaking(known[name].language):
                told = say("objective {number}", number=objective)
            tags = [told] if objective is not None else []
            found[name] = known[name].at(
                page=f"{page}#{name}--kind" if page else "",
                chapter=_title(cells, path),
                stem=path.stem,
                tags=tags,
            )
    return [_in_language(item, language, path) for item in found.values()]


def _in_language(item: Item, language: str, path: Path) -> Item:
    if language in ("", item.language):
        return item
    if (item.language, language) != ("zh-Hans", "zh-Hant-HK"):
        msg = say(
            "{path} speaks {its}, not {language}. Write the translated notebooks with "
            "`python book/editions tree`, and give those in _build/editions/zh-Hans (make does both by itself).",
            path=path,
            its=item.language,
            language=language,
        )
        raise ValueError(msg)
    from aiimpact.locale.build import said  # Of a clone: it needs OpenCC.

    written = json.dumps(asdict(item), ensure_ascii=False)
    return replace(Item.read(json.loads(said(written))), language=language)


def tell() -> None:
    """Show the questions of this process as JSON: the last cell of a notebook that is collected."""
    from IPython.display import display

    told = [asdict(question.item()) for question in asked.values()]
    display({_MIME: json.loads(json.dumps(told))}, raw=True)


def _shown(cell: Any) -> list[str]:
    outputs = cell.get("outputs", [])
    return [
        name
        for output in outputs
        for name in _SHOWN.findall(output.get("data", {}).get("text/html", ""))
    ]


def _title(cells: list[Any], path: Path) -> str:
    texts = (cell.source for cell in cells if cell.cell_type == "markdown")
    found = next(filter(None, map(_HEADING.search, texts)), None)
    return found[1].strip() if found else path.stem
