"""Write chapters as PDF, for paper: ``python book/pdf.py [folder of pages] [folder of PDFs] [chapter …]``.

Chromium prints the built pages, as anybody can from the page's own button. A chapter is named by how
it begins, ``01``; with none, all are written.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = Path(__file__).parents[1] / "_build"
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FLAGS = ("--headless", "--disable-gpu", "--no-pdf-header-footer", "--generate-pdf-document-outline")
PAPER = "@page { size: A4; }"
SECONDS = 120


def browser() -> str:
    """Find Chromium, or say how to get it."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        sys.exit(
            "No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM to its path."
        )
    return found


def pages(html: Path, wanted: list[str]) -> list[Path]:
    """Find the built chapters that begin as they are named."""
    built = sorted((html / "chapters").glob("[0-9]*.html"))
    if not built:
        sys.exit(f"No chapters in {html}: run `make book` first.")
    found = [page for page in built if not wanted or page.name.startswith(tuple(wanted))]
    for name in wanted:
        if not any(page.name.startswith(name) for page in built):
            known = ", ".join(page.stem for page in built)
            sys.exit(f"There is no chapter {name!r}. There are {known}.")
    return found


def write(page: Path, pdf: Path) -> None:
    """Print one page on A4, whatever paper the machine prefers."""
    pdf.parent.mkdir(parents=True, exist_ok=True)
    text = page.read_text(encoding="utf-8").replace("</head>", f"<style>{PAPER}</style></head>", 1)
    # Beside the page, for it asks for its scripts by where it is.
    sheet = page.with_name(f".{page.stem}.paper.html")
    sheet.write_text(text, encoding="utf-8")
    try:
        with tempfile.TemporaryDirectory() as profile:
            flags = [*FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}"]
            # As root, as in a container, Chromium cannot shut itself in; the pages are our own.
            if hasattr(os, "geteuid") and os.geteuid() == 0:
                flags.append("--no-sandbox")
            command = [browser(), *flags, sheet.resolve().as_uri()]
            done = subprocess.run(
                command, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False
            )
    finally:
        sheet.unlink()
    if done.returncode or not pdf.exists():
        sys.exit(f"{page.name} was not printed:\n{done.stderr[-2000:]}")


def main(arguments: list[str]) -> None:
    """Print what was asked for, and say where it is."""
    html = Path(arguments[0]) if arguments else BUILD / "html"
    out = Path(arguments[1]) if len(arguments) > 1 else BUILD / "pdf"
    for page in pages(html, arguments[2:]):
        pdf = out / f"{page.stem}.pdf"
        pdf.unlink(missing_ok=True)
        write(page, pdf)
        print(pdf)


if __name__ == "__main__":
    main(sys.argv[1:])
