"""Lighthouse, mobile, on every page of the built book: ``make lighthouse [PAGES="intro 01"]``.

Prints the median of three runs, and beside the times how fast Lighthouse found the machine to be (its
benchmark index). Speed belongs to the machine that prints it; the other three scores do not, and where one is
below 100 the command fails. ``AGAINST=folder`` runs the pages of another build in turn with these, on one machine
in one state, and prints what one is of the other; ``LANGUAGE=zh-Hans`` does so with an edition and the English book.
"""

from __future__ import annotations

import argparse
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

SCORES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("mainthread-work-breakdown", "total-blocking-time", "first-contentful-paint")
SHIFT = "cumulative-layout-shift"


def run(address: str) -> dict[str, Any]:
    """Run Lighthouse once on one page."""
    command = [str(HERE / "node_modules" / ".bin" / "lighthouse"), address, "--quiet"]
    command += ["--output=json", f"--chrome-flags={' '.join(['--headless', *FLAGS])}"]
    environment = os.environ | {"CHROME_PATH": find_chromium(whole=True) or ""}
    found = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    report: dict[str, Any] = json.loads(found.stdout)
    return report


def summary(reports: list[dict[str, Any]]) -> dict[str, float]:
    """Give the medians of some runs on one page."""
    found = {s: median(100 * r["categories"][s]["score"] for r in reports) for s in SCORES}
    for name in (*TIMES, SHIFT):
        found[name] = median(r["audits"][name]["numericValue"] for r in reports)
    found["benchmark"] = median(r["environment"]["benchmarkIndex"] for r in reports)
    return found


def line(name: str, found: dict[str, float]) -> str:
    """Write a line of the table."""
    scores = " ".join(f"{found[score]:14.0f}" for score in SCORES)
    times = " ".join(f"{found[time]:6.0f} ms" for time in TIMES)
    return f"{name:45} {scores} {times} {found[SHIFT]:6.3f} {found['benchmark']:9.0f}"


def serve_folder(folder: Path) -> tuple[Any, str]:
    """Serve a folder of pages; give the server and its address."""
    server = serve.server(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def main() -> int:
    """Print a line for each page, or two and what one is of the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="words in the names of the pages that are wanted")
    parser.add_argument(
        "--against", type=Path, help="pages of another build, run in turn with these"
    )
    parser.add_argument(
        "--edition", help="an edition below the English pages, run in turn with them"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--html", type=Path, default=built.HTML)
    options = parser.parse_args()
    other = options.against or (options.edition and options.html)
    other_name = "before" if options.against else "English"
    servers = [serve_folder(folder) for folder in (other, options.html) if folder]
    addresses = [address for _, address in servers]
    if options.edition:
        addresses[-1] += f"{options.edition}/"
    pages = [page for page in built.pages() if not built.redirects(page)]
    if options.pages:
        pages = [page for page in pages if any(word in page for word in options.pages)]
    failed = False
    heads = " ".join(f"{head:>9}" for head in ("work", "blocked", "paint"))
    print(f"{'':45} {' '.join(f'{s:>14}' for s in SCORES)} {heads}  shift benchmark")
    for page in pages:
        reports: list[list[dict[str, Any]]] = [[] for _ in addresses]
        for _ in range(options.runs):
            for found, address in zip(reports, addresses, strict=True):
                found.append(run(address + page))
        *before, now = map(summary, reports)
        for found_there in before:
            print(line(f"{page}, {other_name}", found_there))
        print(line(page, now), flush=True)
        for found_there in before:
            work, blocked, _ = (now[time] / max(found_there[time], 1) for time in TIMES)
            print(
                f"{'':45} work {work:.2f}, blocked time {blocked:.2f} of {other_name}", flush=True
            )
        failed |= min(now[score] for score in SCORES[1:]) < 100
    for server, _ in servers:
        server.shutdown()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
