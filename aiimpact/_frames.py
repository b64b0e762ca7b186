"""How IPython shows tables of pandas in another language than English.

A frame keeps its own names, for code looks things up by them: what is shown is a copy.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

_SIZE = re.compile(r"<p>(\d+) rows × (\d+) columns</p>")
# Where they say that they are from: pandas 3, and before it.
_TYPES = (
    *(("pandas", "DataFrame"), ("pandas", "Series")),
    *(("pandas.core.frame", "DataFrame"), ("pandas.core.series", "Series")),
)

Say = Callable[[str], str]


def show(name: Say | None) -> None:
    """Let IPython show frames through `name`, or as pandas does; where there is no IPython, do nothing."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    formatter = getattr(shell, "display_formatter", None)
    if formatter is None:
        return
    html = formatter.formatters["text/html"]
    for module, kind in _TYPES:
        if name:
            # By name: nobody need have imported pandas.
            html.for_type_by_name(module, kind, lambda frame: html_of(frame, name))
        else:
            html.pop(f"{module}.{kind}", None)


def html_of(frame: Any, name: Say) -> str | None:
    """Write a DataFrame or a Series as pandas writes a frame, with its names and texts said."""
    if not hasattr(frame, "columns"):
        frame = frame.to_frame("" if frame.name is None else frame.name)
    html: str | None = _said(frame, name)._repr_html_()
    return html and _SIZE.sub(lambda found: f"<p>{found[1]} × {found[2]}</p>", html)


def _said(frame: Any, name: Say) -> Any:
    def say(value: Any) -> Any:
        return name(value) if isinstance(value, str) else value

    shown = frame.copy(deep=False)
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if column.dtype.kind == "O":
            texts = type(column)([*map(say, column)], index=column.index, dtype=object)
            shown.isetitem(place, texts)
    for axis in ("index", "columns"):
        labels = getattr(shown, axis)
        if labels.nlevels > 1 or labels.dtype.kind == "O":
            shown = shown.rename(say, axis=axis)
        shown = shown.rename_axis([say(label) for label in labels.names], axis=axis)
    return shown
