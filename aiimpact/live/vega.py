"""Vega for the front end of a notebook, which may have no network to load it from."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import anywidget
import vl_convert as vlc
from IPython.paths import get_ipython_cache_dir

_MODULE = """
const draw = (spec, el) =>
  vegaEmbed(el, spec, {mode: "vega", renderer: "svg", actions: false, tooltip: false})
    .then((result) => result.view);
export default {
  initialize() {
    const shelf = (globalThis.aiimpact ??= {});
    shelf.draw = draw;
    (shelf.waiting ?? []).forEach((resolve) => resolve(draw));
  }
}
"""


@cache
def shared() -> anywidget.AnyWidget:
    """Send Vega to the front end once, for all explorers."""
    return anywidget.AnyWidget(_esm=bundle())


def bundle() -> str:
    """Bundle Vega, or read the bundle that an earlier kernel kept: making it takes over a second."""
    digest = sha256(f"{version('vl-convert-python')}{_MODULE}".encode()).hexdigest()[:16]
    kept = Path(get_ipython_cache_dir()) / f"aiimpact-vega-{digest}.js"
    with suppress(OSError):
        return kept.read_text(encoding="utf-8")
    text = vlc.javascript_bundle(_MODULE)
    with suppress(OSError):
        _keep(kept, text)
    return text


def _keep(path: Path, text: str) -> None:
    """Write a file that nobody sees half written."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
