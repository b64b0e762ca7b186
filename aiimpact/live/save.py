"""Documents that work alone: an explorer in one file, or in a directive of Jupyter Book 2."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from aiimpact.live import assets

# Follows the reader's own colours: nobody else sets them here.
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 0 0.75rem; }
body > .explorer, main > div { max-width: 46rem; margin: 0.75rem auto; }
body > [data-explorer], main > div:has([data-explorer]) { max-width: 64rem; }
"""
_MODULE = "aiimpact-explorer.mjs"


def document(
    *,
    title: str,
    language: str,
    markup: str,
    styles: Sequence[str],
    scripts: Sequence[str],
    states: Mapping[str, Any] | None = None,
    notices: str = "",
    modules: bool = False,
) -> str:
    """Write one HTML document that asks nobody for anything.

    Parameters
    ----------
    title
        What the tab of the browser, and a frame, is called.
    language
        Language of the texts, such as "en" or "zh-Hant-HK".
    markup
        What stands in it before any script runs.
    styles, scripts
        Texts of style sheets and scripts.
    states
        What the scripts must know of each explorer, by name.
    notices
        Licences of what the scripts hold.
    modules
        Whether the scripts make modules of texts in the document, as the code of a widget is.

    Returns
    -------
    str
        The document.
    """
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join([*map(_digest, scripts), *(['blob:'] if modules else [])])}",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    data = f'<script type="application/json" id="explorers">{data_block(states)}</script>'
    parts = [
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">',
        f"<!--\n{notices}\n-->" if notices else "",
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<title>{escape(title)}</title>\n<link rel="icon" href="data:,">',
        f"<style>{''.join([*styles, _STYLE])}</style>\n</head>\n<body>",
        markup,
        data if states else "",
        *(f"<script>{script}</script>" for script in scripts),
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


def data_block(value: Any) -> str:
    """Write a value as JSON that may stand in a script element: no text of it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _digest(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def write(path: str | Path, text: str) -> Path:
    """Write a document into a file, and give its path."""
    file = Path(path)
    if file.suffix.lower() not in {".html", ".htm"}:
        msg = f"The file must end in .html, so that a browser opens it, got {file.name!r}. Write {file.stem}.html."
        raise ValueError(msg)
    file.write_text(text, encoding="utf-8")
    return file


def directive(name: str, markup: str, state: Mapping[str, Any], folder: str | Path) -> str:
    """Write the module of a MyST book into a folder, and give the directive that shows an explorer."""
    notices = assets.text("VEGA-LICENSES.txt")
    module = f"/*\n{notices}\n*/\n{assets.text('myst.js')}"
    (Path(folder) / _MODULE).write_text(module, encoding="utf-8")
    model = data_block({"name": name, "markup": markup, "state": state})
    return f":::{{anywidget}} ./{_MODULE}\n{model}\n:::\n"
