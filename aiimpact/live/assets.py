"""Built front ends: what `page/build.js` makes and the wheel carries."""

from __future__ import annotations

from functools import cache
from pathlib import Path

DIST = Path(__file__).parent / "page" / "dist"


@cache
def text(name: str, folder: Path = DIST) -> str:
    """Read a built file.

    Parameters
    ----------
    name
        Such as "explorer.js".
    folder
        Where it is; by default among those of the explorers.

    Raises
    ------
    FileNotFoundError
        If the front end was not built; the text says how to.
    """
    path = folder / name
    if not path.exists():
        msg = (
            f"{name} is not built, so an explorer has no front end. Install the package "
            "(pip install -e .), which builds it, or run `make front-end` in a clone."
        )
        raise FileNotFoundError(msg)
    return path.read_text(encoding="utf-8")
