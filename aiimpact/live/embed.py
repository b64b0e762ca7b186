"""Explorers in documents of Jupyter's that no kernel stands behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
from ipywidgets.embed import dependency_state

from aiimpact import words
from aiimpact.live import assets, save
from aiimpact.live.converter import require_compiled
from aiimpact.live.widget import PageWidget
from aiimpact.words import say

# Modules of widgets that a page without a kernel can show beside explorers.
PLAIN = {"@jupyter-widgets/base", "@jupyter-widgets/controls"}
_JUPYTER = "application/vnd.jupyter.widget"


def embed_html(
    path: str | Path,
    views: ipywidgets.Widget | Sequence[ipywidgets.Widget],
    *,
    title: str = "",
    language: str | None = None,
) -> Path:
    """Write explorers, questions and plain widgets into one file that works alone.

    It takes the place of ``ipywidgets.embed.embed_minimal_html``: what moves in a page moves in the file,
    from disk and with the network off, boxes and what ``jslink`` links included. For one explorer
    :meth:`Explorer.save` writes a file half as large.

    Parameters
    ----------
    path
        A file that ends in ``.html``.
    views
        What is shown, one below the other.
    title
        Title of the document; by default "Explorers", in the language in use.
    language
        Language of its texts, such as "de"; by default the one in use.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError
        If one of them, or of what stands in their boxes, needs a kernel.
    ModuleNotFoundError
        If the chart of one is not compiled yet, and there is no vl-convert to do it here.
    ValueError
        If two explorers have one name, or the file's name ends otherwise.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> folder = mkdtemp()
    >>> from aiimpact.live import embed_html, explore
    >>> double = explore(lambda x: {"Twice": 2 * x}, name="double", x=(0, 10))
    >>> half = explore(lambda x: {"Half": x / 2}, name="half", x=(0, 10))
    >>> embed_html(f"{folder}/both.html", [double, half], title="Twice and half").name
    'both.html'
    """
    shown = [views] if isinstance(views, ipywidgets.Widget) else list(views)
    for view in shown:
        if not isinstance(view, ipywidgets.Widget):
            msg = f"views are widgets, got {view!r}. Give a list such as [explorer, slider]."
            raise TypeError(msg)
    models = dependency_state(shown, drop_defaults=False)
    _require_shown(models)
    states = _text({"version_major": 2, "version_minor": 0, "state": models}, models)
    document = save.document(
        title=title or say("Explorers"),
        language=language or words.language(),
        markup=f"<main>{''.join(_view(view, models) for view in shown)}</main>{_data('state', states)}",
        styles=[assets.text("explorer.css"), assets.text("widgets.css")],
        scripts=[assets.text("vega.js"), assets.text("widgets.js")],
        notices=assets.text("LICENSES.txt"),
        modules=True,
    )
    return save.write(path, document)


def wake() -> Awake:
    """Bring the explorers of a notebook to life in the HTML that nbconvert makes of it.

    Show it in any cell of the notebook: the page then holds what explorers, questions and plain widgets
    need, a megabyte, and asks no other host for it. In a notebook that runs it changes nothing.

    Returns
    -------
    Awake
        What a notebook shows.

    Examples
    --------
    >>> wake()
    Explorers live in the HTML that nbconvert makes of this notebook.
    """
    return Awake()


class Awake:
    """Scripts for a page without a kernel, as the output of a cell. Made by :func:`wake`."""

    def __repr__(self) -> str:
        """Say what it is for."""
        return "Explorers live in the HTML that nbconvert makes of this notebook."

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        notices = assets.text("LICENSES.txt")
        styles = assets.text("explorer.css") + assets.text("widgets.css")
        scripts = [assets.text("vega.js"), assets.text("widgets.js")]
        # The sheet waits until there is something to style: a notebook that runs has its own.
        parts = [
            f'<!--\n{notices}\n--><style id="aiimpact-widgets" media="not all">{styles}</style>',
            *(f"<script>{script}</script>" for script in scripts),
        ]
        return {"text/html": "".join(parts), "text/plain": repr(self)}


def _require_shown(models: Mapping[str, Any]) -> None:
    """Raise if a widget needs a kernel, a chart is not compiled, or two explorers have one name."""
    ours = [model["state"] for model in models.values() if "_markup" in model["state"]]
    for state in ours:
        if "_page" in state:
            require_compiled(state["name"], state["_page"])
    for model in models.values():
        if model["model_module"] not in PLAIN and "_markup" not in model["state"]:
            kind = model["state"].get("_anywidget_id", model["model_name"])
            msg = f"A page without a kernel cannot show the widget {kind}. Take it out of what is embedded."
            raise TypeError(msg)
    named = Counter((state["_anywidget_id"], state["name"]) for state in ours)
    for (_, name), times in named.items():
        if times > 1:
            msg = f"Two explorers or questions are called {name!r}. Give each a name= of its own."
            raise ValueError(msg)


def _view(widget: ipywidgets.Widget, models: Mapping[str, Any]) -> str:
    """Write where a widget stands; before any script runs, one of ours is there already."""
    markup = widget._markup if isinstance(widget, PageWidget) else ""
    spec = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    still = f'<div class="explorer-still">{markup}</div>' if markup else ""
    return f"<div>{still}{_data('view', _text(spec, models))}</div>"


def _text(value: Any, models: Mapping[str, Any]) -> str:
    # Names of models are drawn by chance; two documents of the same views have the same bytes.
    text = save.data_block(value)
    for number, key in enumerate(models):
        text = text.replace(key, str(number))
    return text


def _data(kind: str, text: str) -> str:
    return f'<script type="{_JUPYTER}-{kind}+json">{text}</script>\n'
