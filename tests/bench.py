"""How fast and how heavy the book is, as ratios: ``make bench``.

Nothing here passes or fails; the figures belong to the machine that prints them.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bench_library
import bench_peers
import built
import long_models
from conftest import FLAGS, _Quiet, find_chromium
from playwright.sync_api import sync_playwright

STEPS = 300
FEWER = 60
SLOWED = 4
HYDRATE = """async (name) => {
  const start = performance.now();
  await window.explorers[name].set({});
  return performance.now() - start;
}"""
STEP = """async ([name, input, values]) => {
  const times = [];
  for (const value of values) {
    const start = performance.now();
    await window.explorers[name].set({[input]: value});
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return times;
}"""


def sliders(explorer: Any, steps: int) -> Iterator[tuple[str, list[float]]]:
    """List an explorer's sliders, each with values that move it back and forth."""
    for name, control in explorer.controls.items():
        if not hasattr(control, "min"):
            continue
        low, high = float(control.min), float(control.max)
        values = [low + (high - low) * (i % 50) / 50 for i in range(steps)]
        if hasattr(control, "base"):
            values = [control.base**value for value in values]
        yield name, [round(v) for v in values] if isinstance(control.value, int) else values


def every_slider(tab: Any, root: str) -> tuple[list[float], float, str]:
    """Move every slider of the book; give all times, the longest of 95 in a hundred, and whose it is.

    What seems slowest is moved twice more, for a busy machine makes any slider seem so once.
    """
    steps: list[float] = []

    def late(address: built.Address, control: str, values: list[float]) -> float:
        page = root + str(Path(address.page).relative_to("book"))
        if tab.url != page:
            tab.goto(page)
        tab.evaluate(HYDRATE, address.name)
        times = tab.evaluate(STEP, [address.name, control, values])[10:]
        steps.extend(times)
        return summary(times)[1]

    every = [(a, *s) for a in built.book_explorers() for s in sliders(built.python(a), FEWER)]
    first = sorted(((late(*slider), slider) for slider in every), key=lambda timed: -timed[0])
    again = [
        (statistics.median([once, late(*slider), late(*slider)]), f"{slider[0].name}, {slider[1]}")
        for once, slider in first[:10]
    ]
    return steps, *max(again)


def summary(milliseconds: list[float]) -> tuple[float, float]:
    return statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]


def seconds_to_build(days: int) -> float:
    """Time the making of an explorer: what an author waits for at every run of a cell."""
    start = time.perf_counter()
    long_models.explorer(days)
    return time.perf_counter() - start


def kilobytes(paths: list[Path]) -> float:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths) / 1000


def main() -> None:
    address = built.book_explorers()[0]
    control, values = next(sliders(built.python(address), STEPS))
    handler = functools.partial(_Quiet, directory=str(built.HTML.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}/{built.HTML.name}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        tab = browser.new_page()
        first: list[Path] = []
        tab.on(
            "response", lambda r: first.append(built.HTML / r.url.removeprefix(root).split("?")[0])
        )
        tab.goto(root + str(Path(address.page).relative_to("book")))
        tab.wait_for_load_state("networkidle")
        before = [path for path in first if path.is_file()]
        hydration = tab.evaluate(HYDRATE, address.name)
        page = tab.evaluate(STEP, [address.name, control, values])[20:]
        slow = tab.context.new_cdp_session(tab)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        slowed = tab.evaluate(STEP, [address.name, control, values])[20:]
        steps, slowest, whose = every_slider(tab, root)
        browser.close()
    server.shutdown()

    middle, late = summary(page)
    front_end = built.HTML / "_static" / "aiimpact"
    runtime = [front_end / name for name in ("runtime.js", "vega.js")]
    print(f"{address.name}, one slider step, from the value set to readouts and chart drawn:")
    print(f"  in the page       median {middle:6.2f} ms   95th percentile {late:6.2f} ms")
    slow_middle, slow_late = summary(slowed)
    print(
        f"  processor slowed {SLOWED}x median {slow_middle:5.2f} ms   95th percentile {slow_late:6.2f} ms"
    )
    every_middle, every_late = summary(steps)
    print(
        f"  any slider of the book    {every_middle:5.2f} ms   95th percentile {every_late:6.2f} ms"
    )
    print(f"  the slowest of them                  95th percentile {slowest:6.2f} ms ({whose})")
    print(f"first explorer alive after {hydration:.0f} ms, its script included")
    print(f"page before that: {kilobytes(before):.0f} kB gzipped in {len(before)} files")
    print(f"runtime and Vega: {kilobytes(runtime):.0f} kB gzipped")
    bench_peers.main()
    long_models.explorer(1)
    year = seconds_to_build(365)
    print(f"an epidemic of 365 days with a curve, from the function to the explorer: {year:.2f} s")
    bench_library.main()


if __name__ == "__main__":
    main()
