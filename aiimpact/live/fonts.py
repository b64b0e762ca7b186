"""By which fonts Vega measures texts: in English by those of the machine, else by the same on every Linux."""

from __future__ import annotations

import os
from types import ModuleType

from aiimpact import words

_VARIABLE = "FONTCONFIG_FILE"
_of_the_machine = True


def choose(vlc: ModuleType) -> None:
    """Let Vega measure by the fonts of the language in use.

    A machine may have fonts for Han or none: a square as wide as high stands for each character.
    """
    global _of_the_machine
    if _of_the_machine == (words.language() == "en"):
        return
    _of_the_machine = not _of_the_machine
    before = os.environ.get(_VARIABLE)
    if not _of_the_machine:
        os.environ[_VARIABLE] = str(words.BUILT.parent / "fonts.conf")
    try:
        # Reads the fonts of the machine again, too.
        vlc.register_font_directory(str(words.BUILT))
    finally:
        os.environ.pop(_VARIABLE, None)
        if before is not None:
            os.environ[_VARIABLE] = before
