"""Scripts and styles, as a notebook's front end takes them: in one piece."""

from __future__ import annotations

import re
from pathlib import Path

_HERE = Path(__file__).parent
_IMPORT = re.compile(r'^import .* from "\.{1,2}/.*";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async )?function)", re.MULTILINE)


def joined(*names: str | Path) -> str:
    """Join files into one: what a script imports from its neighbours stands before it.

    Parameters
    ----------
    *names
        File names in this folder, or paths of others; the last script alone keeps what it exports by default.
    """
    text = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)
    return _EXPORT.sub("", _IMPORT.sub("", text))
