"""The hand and the picture on one screen, for every explorer; and one explorer alone on the screen."""

from __future__ import annotations

from typing import Any

import built
import pytest

from aiimpact.live import Curve, explore

pytestmark = pytest.mark.browser

WIDE = [(1280, 720), (1366, 640), (820, 1180)]
PHONES = [(390, 844), (360, 740)]

COMMON = """
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const top = () => document.querySelector(".bd-header-article")?.getBoundingClientRect().bottom ?? 0;
  const ends = (elements) => {
    const boxes = elements.map((e) => e.getBoundingClientRect()).filter(({ height }) => height);
    return [Math.min(...boxes.map((b) => b.top)), Math.max(...boxes.map((b) => b.bottom))];
  };
  const isInView = ([first, last]) => first >= top() - 1 && last <= innerHeight + 1;
  async function each(look) {
    const bad = [];
    for (const root of document.querySelectorAll("[data-explorer]")) {
      await window.explorers[root.dataset.explorer].reset();
      while (!root.matches(".explorer-awake")) await frame();
      scrollBy(0, root.getBoundingClientRect().top - top());
      await frame();
      for (const said of await look(root)) bad.push(`${root.dataset.explorer}: ${said}`);
    }
    return bad;
  }
"""
# All that matters, in one window.
AT_ONCE = f"""async () => {{ {COMMON}
  return each((root) => {{
    const [first, last] = ends([...root.querySelectorAll(
      ".explorer-presets, .explorer-controls > [data-input], .explorer-seen > *")]);
    return isInView([first, last]) ? [] : [`${{last - first}} px in ${{innerHeight - top()}}`];
  }});
}}"""
# The whole chart, and the control that has the focus, which does not lie under it.
WITH_EACH = f"""async () => {{ {COMMON}
  return each(async (root) => {{
    const bad = [];
    for (const row of root.querySelectorAll(".explorer-controls > [data-input]")) {{
      row.querySelector("input, select").focus();
      await frame();
      const [chart, seen] = [".explorer-chart", ".explorer-seen"].map((s) => ends([root.querySelector(s)]));
      const hand = ends([...row.querySelectorAll("input, select")]);
      if (!isInView(chart)) bad.push(`${{row.dataset.input}}, chart at ${{chart}}`);
      if (!isInView(hand) || hand[0] < seen[1] - 1) bad.push(`${{row.dataset.input}} at ${{hand}}, under ${{seen}}`);
    }}
    return bad;
  }});
}}"""


def test_controls_results_and_chart_are_in_view_at_once(open_tab, site, chapter_page):
    tab = open_tab()
    tab.page.goto(site.url + chapter_page)
    for width, height in WIDE:
        with tab.window(width, height):
            assert tab.evaluate(AT_ONCE) == [], (width, height)


def test_on_a_phone_the_chart_is_in_view_with_each_control(open_tab, site, chapter_page):
    tab = open_tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    tab.page.goto(site.url + chapter_page)
    for width, height in PHONES:
        with tab.window(width, height):
            assert tab.evaluate(WITH_EACH) == [], (width, height)


def test_a_taller_explorer_would_be_seen(open_tab, site):
    tab = open_tab(viewport={"width": 1280, "height": 720})
    tab.page.goto(site.url + built.SAMPLE)
    tab.page.add_style_tag(content=".explorer-chart { min-height: 800px }")
    assert tab.evaluate(AT_ONCE) != []
