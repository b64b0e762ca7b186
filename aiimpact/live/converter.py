"""vl-convert, which compiles and draws charts: native code, of which Python in a page has no wheel.

Nothing else asks whether it is there. Where it is not, an explorer's page compiles its chart.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Any


@cache
def converter() -> ModuleType | None:
    """Give vl-convert, or None where it is not installed."""
    try:
        import vl_convert
    except ModuleNotFoundError:
        return None
    return vl_convert


def require_compiled(name: str, page: Mapping[str, Any]) -> None:
    """Raise if what a page must know of an explorer holds a chart that nobody has compiled."""
    if "lite" in page["spec"]:
        msg = (
            f"A file of {name!r} needs its chart compiled, and this Python has no vl-convert to do it. Show the "
            "explorer first, in a cell before this one: the page compiles it. Or install vl-convert-python."
        )
        raise ModuleNotFoundError(msg, name="vl_convert")
