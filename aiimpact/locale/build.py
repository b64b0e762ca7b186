"""Compiles the catalogues beside it into what :mod:`aiimpact.words` reads, and writes Hong Kong's Chinese from Simplified.

A build step: it needs Babel and OpenCC, which the installed library does not.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from opencc import OpenCC

HERE = Path(__file__).resolve().parent
BUILT = HERE / "dist"
LANGUAGES = ("zh-Hans", "zh-Hant-HK")


def sources() -> list[Path]:
    """List what the texts are compiled from."""
    return [*sorted(HERE.glob("zh-Hans/*.po")), HERE / "hk.txt", Path(__file__).resolve()]


def build() -> None:
    """Compile the texts of every language if a source is newer than they are."""
    built = [BUILT / f"{language}.json" for language in LANGUAGES]
    newest = max(path.stat().st_mtime for path in sources())
    if all(path.exists() and path.stat().st_mtime >= newest for path in built):
        return
    BUILT.mkdir(exist_ok=True)
    simplified = json.dumps(texts(), ensure_ascii=False, indent=0, sort_keys=True)
    for path, text in zip(built, (simplified, hong_kong(simplified)), strict=True):
        path.write_text(text + "\n", encoding="utf-8")


def texts() -> dict[str, str]:
    """Read every translation in use; one that is stale (fuzzy) or missing is left out."""
    found = {}
    for path in HERE.glob("zh-Hans/*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id and message.string and not message.fuzzy:
                    key = f"{message.context}\x04{message.id}" if message.context else message.id
                    found[key] = message.string
    return found


def hong_kong(text: str) -> str:
    """Write Simplified Chinese as Hong Kong writes it; what is not Chinese stays as it is.

    OpenCC loses what follows a NUL, so there must be none.
    """
    if "\0" in text:
        msg = "The text holds a NUL, at which OpenCC would stop. Leave it out."
        raise ValueError(msg)
    pattern, own = _own()
    return pattern.sub(lambda found: own[found[0]], _opencc().convert(text))


@cache
def _opencc() -> OpenCC:
    return OpenCC("s2hkp")


@cache
def _own() -> tuple[re.Pattern[str], dict[str, str]]:
    """Read hk.txt: what OpenCC writes, and what Hong Kong's newspapers write instead."""
    lines = (HERE / "hk.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split() for line in lines if line and not line.startswith("#")]
    own = {written: instead for written, instead in pairs}
    longest_first = sorted(own, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), own


if __name__ == "__main__":
    build()
