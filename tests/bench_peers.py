"""One explorer three times, in one run: saved by us, by Altair with bound params, and through a kernel.

``make bench`` prints it. The kernel's part of a step is from the slider's message until the kernel is idle
again: what it prints is the numbers alone, and no browser draws them, so a reader waits for longer. First life is measured with a driver of the browser and without one, for a
driver makes some things slower that no reader pays for.
"""

from __future__ import annotations

import gzip
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import altair as alt
from conftest import FLAGS, find_chromium
from jupyter_client.manager import start_new_kernel
from playwright.sync_api import Browser, sync_playwright

from aiimpact import datacentre, grid, training
from aiimpact.live import Curve, Explorer, explore

ROUNDS = 7
OUR_NAME = "ours, saved"
STEPS = 60
GRIDS = {"France": 0.044, "United States": 0.384, "India": 0.708}
# In the title of the document: when something could be moved, in milliseconds after navigation.
LIFE = "<script>(function look() { {alive} ? document.title = performance.now() : requestAnimationFrame(look); })();</script>"
OURS = "document.querySelector('.explorer-awake')"
THEIRS = "document.querySelector('#vis input') && document.querySelector('#vis svg, #vis canvas')"
OUR_STEP = """async (values) => {
  const times = [];
  for (const pue of values) {
    const start = performance.now();
    await explorers.run.set({ pue });
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return times;
}"""
THEIR_STEP = """async (values) => {
  const view = window.view;
  const times = [];
  for (const pue of values) {
    const start = performance.now();
    await view.signal("pue", pue).runAsync();
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return times;
}"""

# The same model as `interact` shows it; the last line tells which slider to move.
INTERACTIVE = """
import sys
sys.path.insert(0, {tests!r})
import bench_peers, ipywidgets
from IPython.display import display
made = bench_peers.ours()
display(ipywidgets.interactive(bench_peers.footprint, **made.controls))
made.controls["pue"].comm.comm_id
"""


def footprint(
    accelerator_hours: float = 3_550_000,
    power_w: float = 330,
    pue: float = 1.1,
    grid_kg_per_kwh: float = 0.384,
    doubt: float = 0.1,
) -> dict[str, Any]:
    """Give the footprint of a training run."""
    it_mwh = training.it_energy_mwh(accelerator_hours, power_w)
    site_mwh = datacentre.site_energy_mwh(it_mwh, pue) * (1 + doubt)
    return {
        "Energy [MWh]": site_mwh,
        "Emissions [t CO2e]": grid.emissions_t(site_mwh, grid_kg_per_kwh),
    }


def ours() -> Explorer:
    return explore(
        footprint,
        name="run",
        accelerator_hours=(1e5, 1e7, 1e4),
        power_w=(100, 1000, 10),
        pue=(1.0, 2.5, 0.01),
        doubt=(0.0, 1.0, 0.01),
        grid_kg_per_kwh=GRIDS,
        chart=Curve("pue", "Emissions [t CO2e]"),
    )


def theirs() -> str:
    """Write the same with Altair: the formula is a text, once for the curve and once for the mark."""

    def slider(name: str, value: float, low: float, high: float, step: float) -> alt.Parameter:
        return alt.param(
            name=name, value=value, bind=alt.binding_range(min=low, max=high, step=step, name=name)
        )

    params = [
        slider("hours", 3_550_000, 1e5, 1e7, 1e4),
        slider("power", 330, 100, 1000, 10),
        slider("pue", 1.1, 1.0, 2.5, 0.01),
        slider("doubt", 0.1, 0.0, 1.0, 0.01),
        alt.param(
            name="kg",
            value=0.384,
            bind=alt.binding_select(options=list(GRIDS.values()), labels=list(GRIDS), name="grid"),
        ),
    ]
    formula = "hours * power / 1e6 * {pue} * (1 + doubt) * kg"
    curve = (
        alt.Chart(alt.sequence(1.0, 2.5001, 1.5 / 120, as_="x"))
        .transform_calculate(y=formula.format(pue="datum.x"))
        .mark_line()
        .encode(x="x:Q", y=alt.Y("y:Q", title="Emissions [t CO2e]"))
    )
    now = (
        alt.Chart(alt.InlineData(values=[{}]))
        .transform_calculate(x="pue", y=formula.format(pue="pue"))
        .mark_point(size=110, filled=True)
        .encode(x="x:Q", y="y:Q")
    )
    chart = alt.layer(curve, now).add_params(*params).properties(width=600, height=260)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "altair.html")
        chart.save(path, inline=True, embed_options={"renderer": "svg", "actions": False})
        text = path.read_text(encoding="utf-8")
    shown = re.sub(
        r"(vegaEmbed\([^;]*?\))\s*(?=[;.\n])",
        r"\1.then((made) => (window.view = made.view))",
        text,
        count=1,
    )
    return shown if "window.view" in shown else text


def with_life(document: str, alive: str) -> str:
    # Their policy would let no script of ours run.
    document = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", document)
    return document.replace("<head>", "<head>" + LIFE.replace("{alive}", alive), 1)


def life_with_driver(browser: Browser, path: Path) -> float:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_function("() => Number(document.title) > 0")
    found = float(page.title())
    context.close()
    return found


def life_without_driver(chromium: str, path: Path) -> float | None:
    command = [chromium, "--headless", *FLAGS, "--timeout=4000", "--dump-dom", path.as_uri()]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
    found = re.search(r"<title>([\d.]+)</title>", ran.stdout)
    return float(found[1]) if found else None


def kernel_steps(values: list[float]) -> list[float]:
    """Time steps through a kernel [ms]."""
    manager, client = start_new_kernel()
    try:
        told: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            if message["msg_type"] == "execute_result":
                told.append(message["content"]["data"]["text/plain"].strip("'"))

        source = INTERACTIVE.format(tests=str(Path(__file__).parent))
        client.execute_interactive(source, output_hook=keep)
        (slider,) = told
        times = []
        for value in values:
            data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
            message = client.session.msg("comm_msg", {"comm_id": slider, "data": data})
            start = time.perf_counter()
            client.shell_channel.send(message)
            while True:
                reply = client.get_iopub_msg(timeout=30)
                idle = reply["content"].get("execution_state") == "idle"
                if idle and reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                    break
            times.append((time.perf_counter() - start) * 1000)
        return times
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def weights(text: str) -> tuple[float, float]:
    """Give the size of a document [kB], and gzipped."""
    data = text.encode()
    return len(data) / 1000, len(gzip.compress(data, 9)) / 1000


def main() -> None:
    chromium = find_chromium()
    assert chromium
    values = [1 + 1.5 * (i % 50) / 50 for i in range(STEPS)]
    documents = {
        OUR_NAME: (ours().html(), OURS, OUR_STEP),
        "Altair, bound": (theirs(), THEIRS, THEIR_STEP),
    }
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        driven: dict[str, list[float]] = {name: [] for name in documents}
        alone: dict[str, list[float]] = {name: [] for name in documents}
        steps: dict[str, list[float]] = {}
        paths = {name: Path(folder, f"{i}.html") for i, name in enumerate(documents)}
        for name, (text, alive, _) in documents.items():
            paths[name].write_text(with_life(text, alive), encoding="utf-8")
        # In turn, so that a busy moment meets both.
        for _ in range(ROUNDS):
            for name, path in paths.items():
                driven[name].append(life_with_driver(browser, path))
                if (found := life_without_driver(chromium, path)) is not None:
                    alone[name].append(found)
        pages = {name: browser.new_page() for name in documents}
        for name, page in pages.items():
            page.goto(paths[name].as_uri())
            page.wait_for_function("() => Number(document.title) > 0")
        for _ in range(ROUNDS):
            for name, (_, _, step) in documents.items():
                pages[name].bring_to_front()
                steps.setdefault(name, []).extend(pages[name].evaluate(step, values)[10:])
        browser.close()
    kernel = "interactive, kernel"
    steps[kernel] = kernel_steps(values)[10:]
    own = weights(documents[OUR_NAME][0])[1]
    own_step = statistics.median(steps[OUR_NAME])
    print("The same explorer (5 controls, a curve): from disk and offline, and through a kernel")
    print(
        f"  {'':<20} {'kB':>5} {'gzip':>5} {'ratio':>6}   {'step: median, 90 %':>18} {'ratio':>6}   first life"
    )
    for name, times in steps.items():
        size, life = f"{'a server':>18}", ""
        if name in documents:
            whole, zipped = weights(documents[name][0])
            size = f"{whole:5.0f} {zipped:5.0f} {zipped / own:6.2f}"
            life = f"{statistics.median(driven[name]):4.0f} ms"
            if alone[name]:
                life += f" (without a driver {statistics.median(alone[name]):.0f})"
        middle, late = statistics.median(times), statistics.quantiles(times, n=10)[-1]
        print(
            f"  {name:<20} {size}   {middle:6.1f} {late:8.1f} ms {middle / own_step:6.2f}   {life}"
        )
    print(
        "  (our drawing and numbers stand there before any script runs, Altair's do not; of the kernel's"
    )
    print(
        "  step only the way to it and back is counted, with the numbers printed, no chart and no browser)"
    )


if __name__ == "__main__":
    main()
