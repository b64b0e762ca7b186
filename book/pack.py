"""Pack the built book into one archive for a USB stick: unpack it, open index.html, no network.

``python book/pack.py [folder of pages] [archive]``; the same pages give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from aiimpact import words  # noqa: E402
from aiimpact.words import say  # noqa: E402

BUILD = ROOT / "_build"
NAME = "ai-and-the-environment"
# Sphinx's own notes: what it compares at its next build, and what other projects link by.
LEFT_OUT = {".buildinfo", ".nojekyll", "objects.inv"}
# The first moment that an archive can name; a real one would differ in each.
DATE = (1980, 1, 1, 0, 0, 0)
STYLE = re.compile(r'<style id="book-style" data-sheets="([^"]*)">.*?</style>', re.DOTALL)


def readme(html: Path) -> str:
    """Say how to open the book, in each language that it is there in."""
    return "\n\n".join(
        _said(language, page)
        for language in words.LANGUAGES
        if (
            html / (page := "index.html" if language == "en" else f"{language}/index.html")
        ).is_file()
    )


def _said(language: str, page: str) -> str:
    with words.speaking(language):
        lines = (
            say("AI and the Environment: every number, checked"),
            "",
            say(
                "Unpack this archive, then open {page} in a browser: a double click does it.",
                page=page,
            ),
            say("You need no network, no server and nothing installed."),
            say("Every explorer and every question works from this folder, also on a USB stick."),
            "",
            say("Text and figures: CC BY 4.0. Code: MIT."),
            say("Each row of the data names its source and licence."),
        )
        return "\n".join(lines) + "\n"


def with_sheet(html: Path, page: Path) -> bytes:
    """Give a page with a link for its style: on a stick it costs room, and nobody waits for a file."""
    edition = html / page.relative_to(html).parts[0]
    root = edition if (edition / "_static" / "sheets").is_dir() else html

    def link(style: re.Match[str]) -> str:
        name = hashlib.sha256(style[1].encode()).hexdigest()[:8]
        sheet = root / "_static" / "sheets" / f"{name}.css"
        return f'<link rel="stylesheet" href="{os.path.relpath(sheet, page.parent).replace(os.sep, "/")}"/>'

    return STYLE.sub(link, page.read_text(encoding="utf-8")).encode()


def pack(html: Path, archive: Path) -> None:
    """Write the archive: one folder with the pages and a README.txt."""
    files = {
        path.relative_to(html).as_posix(): with_sheet(html, path)
        if path.suffix == ".html"
        else path.read_bytes()
        for path in html.rglob("*")
        if path.is_file() and path.name not in LEFT_OUT
    }
    # Notepad shows a text from this side of 2018 on one line without the returns.
    # It also takes a text for one in the letters of the place where no mark says otherwise.
    files["README.txt"] = readme(html).replace("\n", "\r\n").encode("utf-8-sig")
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w") as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, files[name], compresslevel=9)


if __name__ == "__main__":
    html = Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "html"
    archive = Path(sys.argv[2]) if len(sys.argv) > 2 else BUILD / f"{NAME}.zip"
    if not (html / "index.html").is_file():
        sys.exit(f"There is no book in {html}. Run `make book` first.")
    pack(html, archive)
    print(f"{archive}: {archive.stat().st_size / 1e6:.1f} MB")
