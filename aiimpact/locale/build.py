"""Compiles the catalogues beside it into what :mod:`aiimpact.words` reads, and writes Hong Kong's Chinese from Simplified.

Beside them it writes a font of one blank square, by which the width of Han is the same on every machine.

A build step: it needs Babel and OpenCC, which the installed library does not.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from opencc import OpenCC

HERE = Path(__file__).resolve().parent
BUILT = HERE / "dist"
LANGUAGES = ("zh-Hans", "zh-Hant-HK")
# Characters as wide as high, which fonts for Latin lack: Han, its strokes and punctuation, full-width forms.
SQUARE = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x20000, 0x3FFFF))  # fmt: skip
_QUOTES = str.maketrans("“”‘", "「」『")


def sources() -> list[Path]:
    """List what the texts are compiled from."""
    return [*sorted(HERE.glob("zh-Hans/*.po")), HERE / "hk.txt", Path(__file__).resolve()]


def build() -> None:
    """Compile the texts of every language if a source is newer than they are."""
    built = [BUILT / f"{language}.json" for language in LANGUAGES]
    squares = BUILT / "squares.ttf"
    newest = max(path.stat().st_mtime for path in sources())
    if all(path.exists() and path.stat().st_mtime >= newest for path in [*built, squares]):
        return
    BUILT.mkdir(exist_ok=True)
    squares.write_bytes(font())
    simplified = texts()
    # A key may hold Han, as the source of a page then does.
    keys, values = (
        json.dumps(list(x), ensure_ascii=False) for x in zip(*simplified.items(), strict=True)
    )
    converted = dict(zip(json.loads(hong_kong(keys)), json.loads(said(values)), strict=True))
    for path, found in zip(built, (simplified, converted), strict=True):
        text = json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8")


def texts() -> dict[str, str]:
    """Read every translation in use; one that is stale (fuzzy) or missing is left out."""
    found = {}
    for path in HERE.glob("zh-Hans/*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id and message.string and not message.fuzzy:
                    key = f"{message.context}\x04{message.id}" if message.context else message.id
                    found[str(key)] = str(message.string)
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


def said(text: str) -> str:
    """Write a Chinese text as Hong Kong does, with its quotation marks; an apostrophe stays."""
    converted = hong_kong(text).translate(_QUOTES)
    return re.sub(r"(?<![A-Za-z])’|’(?![A-Za-z])", "』", converted)


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


def font() -> bytes:
    """Write a TrueType font that has one blank square for all of SQUARE."""
    em, up, down = 1000, 880, -120
    square = struct.pack(">5h", 1, 0, down, em, up) + struct.pack(">2H4B", 3, 0, 1, 1, 1, 1)
    square += struct.pack(">8h", 0, em, 0, -em, down, 0, em, 0)
    ranges = b"".join(struct.pack(">3I", first, last, 1) for first, last in SQUARE)
    names = {1: "Squares", 2: "Regular", 4: "Squares", 6: "Squares"}
    texts, records = b"", b""
    for number, name in names.items():
        written = name.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, number, len(written), len(texts))
        texts += written
    return _tables(
        {
            "OS/2": struct.pack(">HhHHH", 4, em, 400, 5, 0)
            + bytes(22 + 10 + 16)
            + struct.pack(">4s3H", b"NONE", 0x40, SQUARE[0][0], 0xFFFF)
            + struct.pack(">3h2H", up, down, 0, up, -down)
            + struct.pack(">2I2h3H", 0, 0, 500, 700, 0, 32, 1),
            # Format 13: many characters to one glyph.
            "cmap": struct.pack(">4HI", 0, 1, 3, 10, 12)
            + struct.pack(">2H3I", 13, 0, 16 + len(ranges), 0, len(SQUARE))
            + ranges,
            "glyf": square * 2,
            "head": struct.pack(">4I2H2q", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, em, 0, 0)
            + struct.pack(">4h2H3h", 0, down, em, up, 0, 8, 2, 1, 0),
            "hhea": struct.pack(">I3hH", 0x10000, up, down, 0, em)
            + struct.pack(">11hH", 0, 0, em, 1, 0, 0, 0, 0, 0, 0, 0, 1),
            "hmtx": struct.pack(">H2h", em, 0, 0),
            "loca": struct.pack(">3I", 0, len(square), 2 * len(square)),
            "maxp": struct.pack(">I14H", 0x10000, 2, 4, 1, 0, 0, 1, *[0] * 8),
            "name": struct.pack(">3H", 0, len(names), 6 + len(records)) + records + texts,
            "post": struct.pack(">8I", 0x30000, *[0] * 7),
        }
    )


def _tables(tables: Mapping[str, bytes]) -> bytes:
    power = len(tables).bit_length() - 1
    whole = 16 << power
    head = struct.pack(">I4H", 0x10000, len(tables), whole, power, 16 * len(tables) - whole)
    body, start = b"", len(head) + 16 * len(tables)
    for tag, table in sorted(tables.items()):
        padded = table + bytes(-len(table) % 4)
        check = sum(struct.unpack(f">{len(padded) // 4}I", padded)) % 2**32
        head += tag.encode() + struct.pack(">3I", check, start + len(body), len(table))
        body += padded
    return head + body


if __name__ == "__main__":
    build()
