"""What a reader sees before reading: kinds, colours, letters, digits, with and without code, on paper and when shared."""

from __future__ import annotations

import doctest
import itertools
import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import built
import pytest
from bs4 import BeautifulSoup
from conftest import find_chromium

from aiimpact import words
from aiimpact.live.notation import shades

EXPLORERS_STYLE = built.ROOT / "aiimpact" / "live" / "page" / "src" / "explorer.css"
PLAIN_BARS = "chapters/03_energy_drivers.html"
CHAPTER = "book/chapters/01_training_footprint.html"
WITHOUT_CODE = "book/book/glossary.html"


def extension(name: str) -> Any:
    return built._load(built.ROOT / "book" / "_ext" / f"{name}.py")


# Colours

GROUNDS = {"light": ("#ffffff", "#f3f4f5", "#fbf5e6", "#eaf5f7", "#fdf0f3"), "dark": ("#121212", "#14181e", "#2a261c", "#15262c", "#2d1f27")}  # fmt: skip
# How eyes that lack one kind of cone see red, green and blue (Machado and others 2009, at full severity).
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no long": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no middle": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no short": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}  # fmt: skip
NAMES = ("electricity", "carbon", "water", "money", "you")


def colours() -> dict[str, dict[str, str]]:
    css = EXPLORERS_STYLE.read_text(encoding="utf-8")
    pairs = dict(re.findall(r"--explorer-([\w-]+): light-dark\((#\w{6}, #\w{6})\)", css))
    return {
        theme: {name: pair.split(", ")[i] for name, pair in pairs.items()}
        for i, theme in enumerate(("light", "dark"))
    }


def linear(colour: str) -> list[float]:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def contrast(one: str, other: str) -> float:
    light = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))
        for colour in (one, other)
    )
    return (light[1] + 0.05) / (light[0] + 0.05)


def oklab(rgb: list[float]) -> list[float]:
    to_cones = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566), (0.0883024619, 0.2817188376, 0.6299787005))  # fmt: skip
    to_lab = ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099), (0.0259040371, 0.7827717662, -0.8086757660))  # fmt: skip
    cones = [max(0, value) ** (1 / 3) for value in seen_by(to_cones, rgb)]
    return seen_by(to_lab, cones)


def seen_by(matrix: Any, values: list[float]) -> list[float]:
    return [sum(m * v for m, v in zip(row, values, strict=True)) for row in matrix]


@pytest.mark.parametrize("theme", GROUNDS)
def test_a_colour_is_seen_on_every_ground(theme):
    found = colours()[theme]
    assert set(NAMES) <= set(found)
    for ground in GROUNDS[theme]:
        for name in NAMES:
            least = 3 if name == "electricity" and theme == "light" else 4.5
            assert contrast(found[name], ground) >= least, (name, ground)
        assert contrast(found["electricity-text"], ground) >= 4.5


@pytest.mark.parametrize("theme", GROUNDS)
@pytest.mark.parametrize("eyes", EYES)
def test_no_two_meanings_are_confused(theme, eyes):
    found = colours()[theme]
    seen = {
        name: oklab([min(1, max(0, v)) for v in seen_by(EYES[eyes], linear(found[name]))])
        for name in NAMES
    }
    for one, other in itertools.combinations(NAMES, 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        assert distance > 0.1, (one, other)


@pytest.mark.parametrize("theme", GROUNDS)
def test_what_has_no_meaning_looks_like_no_meaning(theme):
    plain = colours()[theme]["plain"]
    light, *hue = oklab(linear(plain))
    assert sum(part**2 for part in hue) ** 0.5 < 0.03, "It is a grey."
    for ground in GROUNDS[theme]:
        assert contrast(plain, ground) >= 4.5
    for name in NAMES:
        other, *their = oklab(linear(colours()[theme][name]))
        parts = zip((light, *hue), (other, *their), strict=True)
        assert sum((a - b) ** 2 for a, b in parts) ** 0.5 > 0.1, name


@pytest.mark.site
def test_one_quantity_without_a_meaning_is_plain(html):
    bars = built.soup(PLAIN_BARS).select('[data-explorer="bill"] .mark-rect path')
    assert bars
    assert all("explorer-plain" in bar["fill"] for bar in bars if "fill" in bar.attrs)


def mixed(colour: str, ground: str, share: float) -> str:
    """Mix two colours as a page does, in OKLab, which is its cones to the third power and back."""
    one, other = (oklab(linear(each)) for each in (colour, ground))
    lab = [share * a + (1 - share) * b for a, b in zip(one, other, strict=True)]
    to_roots = ((1, 0.3963377774, 0.2158037573), (1, -0.1055613458, -0.0638541728), (1, -0.0894841775, -1.2914855480))  # fmt: skip
    to_light = ((4.0767416621, -3.3077115913, 0.2309699292), (-1.2684380046, 2.6097574011, -0.3413193965), (-0.0041960863, -0.7034186147, 1.7076147010))  # fmt: skip
    light = seen_by(to_light, [root**3 for root in seen_by(to_roots, lab)])
    encoded = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in light)
    return "#" + "".join(f"{round(255 * min(1, max(0, c))):02x}" for c in encoded)


def test_colours_are_mixed_as_a_page_mixes_them():
    assert mixed("#30343a", "#ffffff", 1) == "#30343a"
    assert mixed("#000000", "#ffffff", 0.5) == "#636363"


@pytest.mark.parametrize("theme", GROUNDS)
def test_parts_of_carbon_are_told_apart_without_colour(theme):
    base, ground = colours()[theme]["carbon"], GROUNDS[theme][0]
    painted = shades("t CO2e", 6)
    found = []
    for paint in painted:
        share = re.search(r" (\d+)%", paint.mark)
        found.append(mixed(base, ground, int(share[1]) / 100 if share else 1))
    # A part that vanishes leaves its neighbours beside each other.
    for apart in (1, 2):
        for one, other in zip(found, found[apart:], strict=False):
            assert contrast(one, other) >= 3
    # Where two of one shade meet, their edges part them.
    for shade, paint in zip(found, painted, strict=True):
        edge = ground if "ground" in paint.edge else base
        assert contrast(shade, edge) >= 3


# Tables


def test_a_column_is_written_for_readers():
    shown = extension("shown")
    assert not doctest.testmod(shown).failed
    assert shown.as_shown(["38647.00000", "2.80000"]) == ["38,647", "2.8"]
    assert shown.as_shown(["1e+06", "2.5"]) == ["1,000,000", "2.5"]
    assert shown.as_shown(["NaN"]) is None
    assert shown.as_shown(["1.5 to 2", "3"]) is None
    assert shown.as_shown(["0.261", "0.196"]) == ["0.261", "0.196"]
    counted = "<table><thead><tr><td></td><th>Claim</th></tr></thead><tbody><tr><td>1</td><td>One</td></tr></tbody></table>"
    assert '<th class="number">No.</th>' in shown.set_table(counted), "Each cell has a head."
    rows = "<table><thead><tr><th>Table</th><th>Rows</th><th>Seen [MWh]</th></tr></thead><tbody><tr><th>One</th><td>1,386</td><td>15</td></tr></tbody></table>"
    made = shown.set_table(rows)
    assert "stacks" not in made, "Names and numbers have room on a phone."
    assert '<th class="number">Seen <span class="unit">[MWh]</span></th>' in made
    with words.speaking("zh-Hans"):
        listed = "<table><tbody><tr><td>{}</td><td><code>a</code>, <code>b</code></td></tr></tbody></table>"
        assert "</code>, <code>" in shown.set_table(listed.format("A page that stays English"))
        assert "</code>、<code>" in shown.set_table(listed.format("中文的一页"))


@pytest.mark.site
def test_digits_stand_under_digits(html):
    numbers = 0
    for page in filter(lambda page: "dataframe" in built.text(page), built.pages()):
        for cell in built.soup(page).select("table.dataframe tbody td"):
            text = cell.get_text(strip=True)
            assert not re.fullmatch(r"-.*|\d{4,}\.\d+|NaN", text), f"{page}: {text}"
            if re.fullmatch(r"[\d,.]+", text):
                assert "number" in cell["class"], f"{page}: {text}"
                numbers += 1
    assert numbers > 50


# Heads


@pytest.mark.site
def test_a_head_says_each_thing_once(html, content_name):
    soup = built.soup(content_name)
    assert len(soup.select('meta[name="viewport"]')) == 1
    said = {meta["property"]: meta["content"] for meta in soup.select("meta[property]")}
    assert len(said) == len(soup.select("meta[property]"))
    assert not soup.select("#pst-back-to-top")
    assert bool(soup.select("[data-act=code]")) == bool(soup.select(".cell_input"))


@pytest.mark.site
def test_a_shared_link_says_what_it_leads_to_and_names_no_address(html):
    if os.environ.get("BOOK_ADDRESS"):
        pytest.skip("this build has an address to name")
    for page in (CHAPTER.removeprefix("book/"), "book/intro.html"):
        soup = built.soup(page)
        said = {meta["property"]: meta["content"] for meta in soup.select("meta[property]")}
        assert said.keys() == {"og:type", "og:site_name", "og:title", "og:description"}
        assert said["og:description"] == soup.select_one("meta[name=description]")["content"]
    assert not (html / "sitemap.xml").exists()
    assert not soup.select("link[rel=canonical], link[hreflang]")


@pytest.mark.parametrize(
    "named",
    ["book.example.org", "javascript:alert(1)", "https://", "https://a.example/?x", "//a.example"],
)
def test_an_address_that_is_none_is_refused(monkeypatch, named):
    monkeypatch.setenv("BOOK_ADDRESS", named)
    with pytest.raises(ValueError, match="BOOK_ADDRESS must be"):
        extension("sharing").name_address(None, SimpleNamespace(html_baseurl=""))


def test_a_book_with_an_address_has_pictures_and_a_map(tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    chart = '<div class="explorer-chart" role="img" aria-label="c"><svg viewBox="0 0 64 20" xmlns="http://www.w3.org/2000/svg"><rect width="64" height="20" fill="var(--a, var(--b, #102030))"/></svg></div>'
    (source / "index.md").write_text("# A book & more\n\n```{toctree}\none\n```\n")
    (source / "one.md").write_text(f"# One \\<two>\n\n{'Words that say what it is about. ' * 4}\n\n{chart}\n")  # fmt: skip
    settings = ["extensions=myst_parser,sphinx_book_theme,light,sharing", "html_theme=sphinx_book_theme", "html_title=A book & more"]  # fmt: skip
    command = [sys.executable, "-m", "sphinx", "-q", "-C", str(source), str(out)]
    subprocess.run(
        [*command, *(f"-D{setting}" for setting in settings)],
        env=os.environ
        | {
            "BOOK_ADDRESS": "https://a.example/book",
            "PYTHONPATH": f"{built.ROOT / 'book' / '_ext'}:{built.ROOT}",
        },
        check=True,
    )
    base = "https://a.example/book/"
    places = re.findall("<loc>(.*?)</loc>", (out / "sitemap.xml").read_text())
    assert places == [base + "index.html", base + "one.html"]
    assert f"Sitemap: {base}sitemap.xml\n" in (out / "robots.txt").read_text()
    for page in ("index", "one"):
        soup = BeautifulSoup((out / f"{page}.html").read_text(), "html.parser")
        said = {meta["property"]: meta["content"] for meta in soup.select("meta[property]")}
        assert said["og:url"] == base + f"{page}.html" == soup.select_one("link[rel=canonical]")["href"]  # fmt: skip
        picture = (out / said["og:image"].removeprefix(base)).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert int.from_bytes(picture[16:20]) == int(said["og:image:width"]) == 1200
        assert int.from_bytes(picture[20:24]) == int(said["og:image:height"]) == 630
    assert said["og:title"] == "One <two>"


@pytest.mark.parametrize("base", ["", "https://a.example/book/"])
def test_search_engines_are_told_of_other_editions_by_whole_addresses(base):
    config = SimpleNamespace(html_baseurl=base, editions_together=["en", "zh-Hans", "zh-Hant-HK"])
    app = SimpleNamespace(config=config, builder=SimpleNamespace(get_target_uri="{}.html".format))
    context: dict[str, Any] = {}
    extension("edition").introduce(app, "book/intro", "", context, None)
    told = [edition["address"] for edition in context["editions"]]
    places = ["", "zh-Hans/", "zh-Hant-HK/"]
    assert told == [base and f"{base}{place}book/intro.html" for place in places]


# In the browser


@pytest.fixture
def page(open_tab, site):
    tab = open_tab()
    tab.page.goto(site.url + CHAPTER)
    return tab.page


@pytest.mark.browser
@pytest.mark.parametrize("scheme", GROUNDS)
def test_four_kinds_are_told_apart_without_reading(open_tab, site, scheme):
    page = open_tab(color_scheme=scheme).page
    page.goto(site.url + CHAPTER)
    look = """(e) => { const s = getComputedStyle(e);
      return [s.backgroundColor, s.borderLeftWidth, s.borderLeftStyle, s.borderTopWidth].join(" "); }"""
    kinds = [
        "[data-explorer]",
        ".explorer-figure",
        ".ask[data-kind=guess]",
        ".ask:not([data-kind=guess])",
        ".claim",
    ]
    looks = [page.locator(kind).first.evaluate(look) for kind in kinds]
    assert len(set(looks)) == len(kinds), looks
    quote, prose = (
        page.locator(selector).first.evaluate("(e) => getComputedStyle(e).fontFamily")
        for selector in (".claim-text", "h2 + p")
    )
    assert quote == prose
    assert quote.endswith("serif")
    assert "sans" not in quote


LINES = """() => {
  const counts = [], range = document.createRange();
  for (const p of [...document.querySelectorAll(".bd-article section > p")].slice(0, 12)) {
    let letters = 0, last = -1;
    const walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    for (let text; (text = walk.nextNode());) {
      if (text.parentElement.closest(".fact-card")) continue;
      for (let i = 0; i < text.length; i++) {
        range.setStart(text, i); range.setEnd(text, i + 1);
        const box = range.getClientRects()[0];
        if (box?.width) {
          if (box.left < last - 50) { counts.push(letters); letters = 0; }
          last = box.left;
        }
        letters++;
      }
    }
  }
  return counts.sort((a, b) => a - b)[counts.length >> 1];
}"""


@pytest.mark.browser
def test_a_line_has_as_many_letters_as_an_eye_takes_in(page):
    for width in (1920, 1280, 820):
        page.set_viewport_size({"width": width, "height": 900})
        assert 66 <= page.evaluate(LINES) <= 72, width
    sizes = [page.locator(h).first.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") for h in ("h1", "h2", "h3", "h2 + p")]  # fmt: skip
    assert sizes == sorted(sizes, reverse=True)


CODE_SEEN = """() => [...document.querySelectorAll(".cell_input pre, details.above-input > summary")]
  .filter((e) => e.checkVisibility({ contentVisibilityAuto: false, visibilityProperty: true })).length"""


@pytest.mark.browser
def test_readers_see_no_code_and_coders_all(open_tab, site):
    page = open_tab(tolerant=True).page
    page.goto(site.url + CHAPTER)
    code = page.get_by_role("switch", name="Code")
    assert page.evaluate(CODE_SEEN) == 0
    assert code.get_attribute("aria-checked") == "false"
    read = page.get_by_role("heading", name="Where it runs")
    read.evaluate("(h) => scrollTo(0, h.getBoundingClientRect().top + scrollY - 100)")
    code.focus()
    code.press("Space")
    assert code.get_attribute("aria-checked") == "true"
    everything = page.locator(".cell_input pre").count()
    assert page.evaluate(CODE_SEEN) == everything > 10
    assert 80 < read.evaluate("(h) => h.getBoundingClientRect().top") < 120
    # It is remembered, and there before the scripts are.
    page.route("**/*.js*", lambda route: route.abort())
    page.add_init_script(
        """window.shift = 0; new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    page.reload()
    assert page.evaluate(CODE_SEEN) == everything
    assert page.evaluate("window.shift") < 0.02
    page.unroute_all()
    page.reload()
    assert code.get_attribute("aria-checked") == "true"
    code.click()
    assert page.evaluate(CODE_SEEN) == 0


@pytest.mark.browser
def test_code_is_shown_to_whom_a_link_or_the_search_leads_there(page):
    page.evaluate(
        """() => {
          const [shown, folded] = [...document.querySelectorAll(".cell_input")].filter((e, i, all) =>
            i === all.findIndex((other) => !other.closest("details")) || i === all.findIndex((other) => other.closest("details")));
          shown.querySelector("pre > span").id = "led-to";
          folded.querySelector("pre > span").classList.add("highlighted");
          location.hash = "#led-to";
        }"""
    )
    page.wait_for_function("() => document.querySelector('#led-to').checkVisibility()")
    assert page.locator("#led-to").evaluate("(e) => e.matches(':target')")
    assert page.locator("details.above-input:has(.highlighted) > summary, .cell_input:has(.highlighted)").first.is_visible()  # fmt: skip
    assert page.evaluate(CODE_SEEN) < 5


@pytest.mark.browser
def test_the_switch_works_where_nothing_is_kept_and_from_disk(open_tab, site, html):
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    for address, own in ((site.url + CHAPTER, site.url), ((html / CHAPTER.removeprefix("book/")).as_uri(), html.as_uri())):  # fmt: skip
        tab = open_tab(own=own, tolerant=True)
        if address.startswith("http"):
            tab.page.add_init_script(refuse)
        tab.page.goto(address)
        assert tab.page.evaluate(CODE_SEEN) == 0
        tab.page.get_by_role("switch", name="Code").click()
        assert tab.page.evaluate(CODE_SEEN) > 10
        if address.startswith("file"):
            tab.page.reload()
            assert tab.page.evaluate(CODE_SEEN) > 10


@pytest.mark.browser
def test_without_scripts_code_is_folded(open_tab, site):
    page = open_tab(java_script_enabled=False).page
    page.goto(site.url + CHAPTER)
    assert page.locator("details.above-input > summary").first.is_visible()
    assert not page.locator("details.above-input pre").first.is_visible()
    assert not page.locator("[data-act=code]").is_visible()


@pytest.mark.browser
def test_a_source_fits_also_when_its_number_stands_in_a_table(open_tab, site):
    page = open_tab(viewport={"width": 390, "height": 844}).page
    page.goto(site.url + CHAPTER)
    page.evaluate(
        "document.querySelectorAll('main details').forEach((fold) => { fold.open = true })"
    )
    fact = page.locator("td .fact").first
    fact.focus()
    card = fact.locator(".fact-card")
    assert card.is_visible()
    assert card.bounding_box()["width"] > 300
    assert card.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_nothing_shows_through_an_explorer_that_lies_over_the_contents(page):
    """It covers the list before the list makes way."""
    page.set_viewport_size({"width": 1366, "height": 640})
    through = page.evaluate(
        """async () => {
          const contents = document.querySelector("#pst-secondary-sidebar");
          const found = [];
          for (const explorer of document.querySelectorAll("main .explorer.full-width")) {
            scrollTo(0, explorer.getBoundingClientRect().top + scrollY - innerHeight * 0.75);
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            const { left, top, right } = explorer.getBoundingClientRect();
            const x = (Math.max(left, contents.getBoundingClientRect().left) + right) / 2;
            for (const y of [top + 8, top + 60].filter((y) => y < innerHeight)) {
              const ground = document.elementsFromPoint(x, y).find((e) => getComputedStyle(e).backgroundColor !== "rgba(0, 0, 0, 0)");
              if (!explorer.contains(ground)) found.push([explorer.dataset.explorer, ground.className]);
            }
          }
          return found;
        }"""
    )
    assert through == []


@pytest.mark.browser
def test_a_low_screen_is_left_to_the_text(page):
    header = page.locator(".bd-header-article")
    assert header.evaluate("(e) => getComputedStyle(e).position") == "sticky"
    page.set_viewport_size({"width": 320, "height": 256})
    assert header.evaluate("(e) => getComputedStyle(e).position") == "static"


# Paper


@pytest.mark.browser
def test_a_chapter_is_printed_on_few_sheets(html, tmp_path):
    if not find_chromium():
        pytest.skip("No Chromium found: install it, or set CHROMIUM to its path.")
    command = [sys.executable, str(built.ROOT / "book" / "pdf.py"), str(html), str(tmp_path), "01"]
    environment = os.environ | {"CHROMIUM": find_chromium() or ""}
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    (path,) = tmp_path.glob("*.pdf")
    assert done.stdout.strip() == str(path)
    pdf = path.read_bytes()
    assert 5 < len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 20
    assert b"/StructTreeRoot" in pdf
    assert b"/Outlines" in pdf
    assert b"The training footprint | AI and the Environment" in pdf
    # A4, in points.
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12]", pdf)
    assert not list((html / "chapters").glob(".*"))


def test_a_chapter_that_is_not_there_is_named(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "00_one.html").write_text("")
    command = [sys.executable, str(built.ROOT / "book" / "pdf.py"), str(tmp_path), str(tmp_path)]
    done = subprocess.run([*command, "07"], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode
    assert "There is no chapter '07'. There are 00_one." in done.stderr
    shutil.rmtree(tmp_path / "chapters")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert "make book" in done.stderr
