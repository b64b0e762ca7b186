"""Take the README's pictures of the book at work, light and dark: ``python book/picture.py [folder of pages]``.

The first page of the built book is opened in Chromium, and what is seen is kept, small.
"""

from __future__ import annotations

import base64
import functools
import http.server
import os
import sys
import threading
from pathlib import Path
from typing import Any

from pdf import BUILD, browser
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures"
PAGE = "book/intro.html"
WIDTH, HEIGHT = 1280, 780
# From good to bad, until a picture is small enough.
QUALITIES = (90, 80, 70, 60, 50, 40, 35)
LARGEST = 60_000


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, without a word."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def small(tab: Any) -> bytes:
    """Take what is seen, at the best quality that is small enough."""
    session = tab.context.new_cdp_session(tab)
    for quality in QUALITIES:
        seen = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        picture = base64.b64decode(seen["data"])
        if len(picture) <= LARGEST:
            return picture
    sys.exit(f"The picture has {len(picture):,} bytes; at most {LARGEST:,} are wanted.")


def take(address: str) -> dict[str, bytes]:
    """Open the page in both colours, wait until it is alive, and keep what is seen."""
    taken = {}
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser(), args=["--no-sandbox"] if root else []
        )
        for colours in ("light", "dark"):
            tab = chromium.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=colours
            )
            tab.goto(address + PAGE)
            tab.wait_for_selector(".explorer-awake")
            tab.wait_for_timeout(1000)
            taken[colours] = small(tab)
        chromium.close()
    return taken


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    html = Path(arguments[0]) if arguments else BUILD / "html"
    handler = functools.partial(Quiet, directory=str(html))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    PICTURES.mkdir(exist_ok=True)
    for colours, picture in take(f"http://127.0.0.1:{server.server_port}/").items():
        path = PICTURES / f"book-{colours}.webp"
        path.write_bytes(picture)
        print(f"{path}: {len(picture):,} bytes")
    server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
