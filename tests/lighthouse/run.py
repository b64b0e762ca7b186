"""Lighthouse, mobile, on every page of the built book: ``make lighthouse [PAGES="intro 01"]``.

Prints the median of three runs. Speed belongs to the machine that prints it; the other three scores
do not, and where one is below 100 the command fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "book"), str(ROOT / "tests")]

import built  # noqa: E402 - found through the line above
import serve  # noqa: E402
from conftest import FLAGS, find_chromium  # noqa: E402

RUNS = 3
SCORES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("first-contentful-paint", "total-blocking-time", "cumulative-layout-shift")


def run(address: str) -> dict[str, Any]:
    """Run Lighthouse once on one page."""
    command = [str(HERE / "node_modules" / ".bin" / "lighthouse"), address, "--quiet"]
    command += ["--output=json", f"--chrome-flags={' '.join(['--headless', *FLAGS])}"]
    environment = os.environ | {"CHROME_PATH": find_chromium(whole=True) or ""}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(found.stdout)
    return report


def main(wanted: list[str]) -> int:
    """Print a line for each page."""
    server = serve.server(built.HTML)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages = [page for page in built.pages() if not built.redirects(page)]
    if wanted:
        pages = [page for page in pages if any(word in page for word in wanted)]
    failed = False
    print(f"{'':45} {' '.join(f'{score:>14}' for score in SCORES)}   paint  blocked  shift")
    for page in pages:
        reports = [run(f"http://127.0.0.1:{server.server_port}/{page}") for _ in range(RUNS)]
        scores = [median(100 * r["categories"][s]["score"] for r in reports) for s in SCORES]
        paint, blocked, shift = (
            median(r["audits"][time]["numericValue"] for r in reports) for time in TIMES
        )
        line = " ".join(f"{score:14.0f}" for score in scores)
        print(
            f"{page:45} {line} {paint / 1000:6.1f} s {blocked:4.0f} ms {shift:6.3f}",
            flush=True,
        )
        failed |= min(scores[1:]) < 100
    server.shutdown()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
