"""From one edition to another: to the same place, with what one has set and answered. `make test-editions`."""

from __future__ import annotations

import itertools
import sys
from typing import Any
from xml.etree import ElementTree

import built
import pytest
from conftest import visit

sys.path.insert(0, str(built.ROOT / "book"))

from editions import pages

pytestmark = pytest.mark.editions

CHAPTER = "chapters/02_data_centres.html"
LANGUAGES = {"en": "EN", "zh-Hans": "简", "zh-Hant-HK": "繁"}
PAIRS = [(a, b) for a in LANGUAGES for b in LANGUAGES if a != b]


def path_of(language: str, page: str) -> str:
    return page if language == "en" else f"{language}/{page}"


@pytest.fixture(params=built.EDITIONS)
def edition(request: pytest.FixtureRequest, html: Any) -> str:
    if not (html / request.param / "index.html").exists():
        pytest.fail(f"No edition {request.param} in {html}: run `make book` without EDITIONS=en.")
    return str(request.param)


def go(tab: Any, language: str) -> None:
    tab.page.locator(f'.book-languages a[hreflang="{language}"]').click()
    tab.page.wait_for_selector(f"html[lang={language}]")
    tab.page.wait_for_load_state()


# As files


def test_every_page_names_all_editions(html, content_name):
    for here in LANGUAGES:
        page = path_of(here, content_name)
        soup = built.soup(page)
        assert soup.html["lang"] == here
        shown = {e["hreflang"]: e["href"] for e in soup.select(".book-languages a")}
        assert list(shown) == list(LANGUAGES)
        for language, address in shown.items():
            leads = (html / page).parent / address
            assert leads.resolve() == (html / path_of(language, content_name)).resolve()
        assert [e["hreflang"] for e in soup.select("[aria-current=true][hreflang]")] == [here]


def test_what_is_the_same_is_there_once(html, edition):
    english = {p.name: p.read_bytes() for p in (html / "_static").rglob("*") if p.is_file()}
    twice = [
        p.relative_to(html).as_posix()
        for p in (html / edition / "_static").rglob("*")
        if p.is_file() and english.get(p.name) == p.read_bytes()
    ]
    assert twice == []


def test_what_a_page_asks_for_is_there(html, edition, content_name):
    page = html / edition / content_name
    soup = built.soup(f"{edition}/{content_name}")
    asked = [e.get("src") or e["href"] for e in soup.select("script[src], img[src], link[href]")]
    asked += [
        f"{script['src'].partition('?')[0].rpartition('/')[0]}/{script['data-state']}"
        for script in soup.select("script[data-state]")
    ]
    lost = [
        a
        for a in asked
        if not a.startswith(("data:", "#")) and not (page.parent / a.partition("?")[0]).exists()
    ]
    assert lost == []


def test_hong_kong_has_its_own_signs_and_quotation_marks(html, edition):
    if edition != "zh-Hant-HK":
        return
    texts = " ".join(built.soup(f"{edition}/{CHAPTER}").select_one("article").stripped_strings)
    assert "數據中心" in texts
    assert "数据中心" not in texts
    notebook = (html / edition / "_sources" / CHAPTER).with_suffix(".ipynb")
    said = notebook.read_text(encoding="utf-8")
    assert 'words.use(\\"zh-Hant-HK\\")' in said
    assert "数据" not in said


def test_an_address_and_a_picture_are_its_own(tmp_path):
    html = '<link rel="canonical" href="https://a.org/zh-Hans/b.html"><meta property="og:image" content="https://a.org/zh-Hans/_static/shared/b.png">'
    assert pages.page(html) == html.replace("zh-Hans", "zh-Hant-HK")
    drawing = tmp_path / f"b{pages.DRAWN}"
    drawings = []
    for text in ("数据", "數據"):
        drawing.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><text y="30">{text}</text></svg>',
            encoding="utf-8",
        )
        drawings.append(pages.picture(drawing))
    assert drawings[0] == drawings[1]


def test_its_own_language_is_as_in_its_name():
    html = '<html lang="zh-Hans"><p title="“软件”">“Google’s服务器”‘网络’ <code>“数据”</code></p><p lang="en">“Data”</p></html>'
    assert pages.page(html) == (
        '<html lang="zh-Hant-HK"><p title="「軟件」">「Google’s伺服器」『網絡』 <code>“數據”</code></p>'
        '<p lang="en">“Data”</p></html>'
    )


def test_the_map_of_the_site_names_every_edition(tmp_path):
    places = "".join(f"<url><loc>https://a.org/b/{p}.html</loc></url>" for p in ("book/c", "d/e"))
    (tmp_path / "sitemap.xml").write_text(f"<urlset>{places}</urlset>", encoding="utf-8")
    pages._map(tmp_path)
    urls = ElementTree.parse(tmp_path / "sitemap.xml").getroot()
    assert [url[0].text for url in urls] == [
        f"https://a.org/b/{path_of(language, page)}"
        for page in ("book/c.html", "d/e.html")
        for language in LANGUAGES
    ]
    assert [link.attrib["hreflang"] for link in urls[3][1:]] == list(LANGUAGES)


# In the browser


def test_a_click_keeps_the_section(site, open_tab):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{CHAPTER}")
    sections = tab.evaluate(
        "() => [...document.querySelectorAll('.bd-article h2')].map((h) => h.parentElement.id).filter(Boolean)"
    )
    wanted = sections[2]
    tab.evaluate(
        "(id) => document.getElementById(id).scrollIntoView({behavior: 'instant'})", wanted
    )
    for language in ("zh-Hans", "zh-Hant-HK", "en"):
        go(tab, language)
        assert tab.page.url == f"{site.url}book/{path_of(language, CHAPTER)}#{wanted}"
        top = tab.evaluate(
            "(id) => document.getElementById(id).getBoundingClientRect().top", wanted
        )
        assert -5 < top < 300


def test_at_the_top_one_stays_at_the_top(site, open_tab):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{CHAPTER}")
    go(tab, "zh-Hans")
    assert tab.page.url == f"{site.url}book/zh-Hans/{CHAPTER}"


IN_VIEW = """(name) => document.querySelector(`[data-explorer="${name}"]`)
  .scrollIntoView({block: "center", behavior: "instant"})"""
CHOOSE = """(name) => {
  const root = document.querySelector(`[data-question="${name}"]`);
  root.querySelectorAll("input")[1].click();
  root.querySelector("form").requestSubmit();
}"""
CHOSEN = """(name) => [...document.querySelectorAll(`[data-question="${name}"] input`)]
  .findIndex((input) => input.checked)"""
SETTABLE = """async (name) => {
  const given = await explorers[name].inputs();
  const root = document.querySelector(`[data-explorer="${name}"]`);
  for (const select of root.querySelectorAll("[data-input] select"))
    if (select.options.length > 1) {
      select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
      select.dispatchEvent(new Event("input", {bubbles: true}));
      select.dispatchEvent(new Event("change", {bubbles: true}));
    }
  for (const [input, value] of Object.entries(given))
    if (typeof value === "number")
      for (const other of [value * 1.1, value * 0.9, value + 1, value - 1])
        try { await explorers[name].set({[input]: other}); break; } catch {}
  return explorers[name].inputs();
}"""


def is_set(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """An address has twelve digits."""
    near = {k: pytest.approx(v, rel=1e-9) if isinstance(v, float) else v for k, v in wanted.items()}
    return bool(found == near)


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_what_is_set_comes_along(site, open_tab, here, there):
    """The explorer in view goes by the address, the others by the session."""
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{path_of(here, CHAPTER)}")
    names = tab.evaluate("() => Object.keys(window.explorers)")[:2]
    for name in names:
        tab.wake(name)
    wanted = {name: tab.evaluate(SETTABLE, name) for name in names}
    tab.settle()
    tab.evaluate(IN_VIEW, names[0])
    go(tab, there)
    assert f"#{names[0]}?" in tab.page.url
    for name in names:
        tab.wake(name)
    tab.settle()
    for name in names:
        assert is_set(tab.inputs(name), wanted[name])


@pytest.mark.parametrize("there", built.EDITIONS)
def test_what_is_answered_comes_along(site, open_tab, there):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{CHAPTER}")
    tab.page.wait_for_selector(".ask-awake")
    names = [
        question.name
        for question in built.book_questions()
        if question.page == f"book/{CHAPTER}" and built.question(question).kind == "choices"
    ]
    for name in names:
        tab.evaluate(CHOOSE, name)
    assert names
    go(tab, there)
    tab.page.wait_for_selector(".ask-awake")
    assert [tab.evaluate(CHOSEN, name) for name in names] == [1] * len(names)


def test_claims_that_were_read_are_read_in_every_language(site, open_tab):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{CHAPTER}")
    tab.evaluate(
        "() => document.querySelector('.claim .claim-verdict').scrollIntoView({block: 'center'})"
    )
    tab.page.wait_for_selector(".where a.read", state="attached")
    go(tab, "zh-Hans")
    assert tab.page.locator(".where a.read").count() > 0


def test_the_links_work_without_scripts(site, open_tab):
    tab = open_tab(java_script_enabled=False)
    tab.page.goto(f"{site.url}book/{CHAPTER}")
    tab.page.locator('.book-languages a[hreflang="zh-Hans"]').click()
    assert tab.page.url == f"{site.url}book/zh-Hans/{CHAPTER}"


def test_from_disk(html, chromium):
    tab = visit(chromium, f"{html.as_uri()}/", offline=True)
    tab.page.goto((html / CHAPTER).as_uri())
    name = tab.evaluate("() => Object.keys(window.explorers)[0]")
    tab.wake(name)
    wanted = tab.evaluate(SETTABLE, name)
    tab.evaluate(IN_VIEW, name)
    tab.settle()
    for language in built.EDITIONS:
        go(tab, language)
        assert tab.page.url.startswith((html / path_of(language, CHAPTER)).as_uri() + f"#{name}?")
        tab.wake(name)
        tab.settle()
        assert is_set(tab.inputs(name), wanted)
    tab.page.context.close()
    assert tab.problems == []


@pytest.mark.parametrize("width", [320, 360, 412])
def test_the_header_fits_a_phone(site, open_tab, width):
    tab = open_tab(viewport={"width": width, "height": 800})
    for language in LANGUAGES:
        tab.page.goto(f"{site.url}book/{path_of(language, CHAPTER)}")
        boxes = tab.evaluate(
            """() => [...document.querySelectorAll(".bd-header-article :is(a, button)")]
              .filter((e) => e.checkVisibility() && !e.closest(".dropdown-menu"))
              .map((e) => { const {left, right, top, bottom} = e.getBoundingClientRect(); return [left, right, top, bottom]; })"""
        )
        boxes.sort()
        assert all(left >= 0 and right <= width for left, right, _, _ in boxes), boxes
        assert all(a[1] <= b[0] + 1 for a, b in itertools.pairwise(boxes)), boxes
        assert max(b[3] for b in boxes) - min(b[2] for b in boxes) < 60
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= width


OFFERS = [
    ("zh-CN", "en", "zh-Hans"),
    ("zh-SG", "en", "zh-Hans"),
    ("zh-HK", "en", "zh-Hant-HK"),
    ("zh-TW", "zh-Hans", "zh-Hant-HK"),
    ("zh-CN", "zh-Hans", None),
    ("zh-CN", "zh-Hant-HK", None),
    ("en-GB", "en", None),
    ("en-GB", "zh-Hans", None),
    ("de-DE", "en", None),
    ("zh", "en", "zh-Hans"),
    ("zh-MO", "en", "zh-Hant-HK"),
    ("zh-Hans-HK", "en", "zh-Hans"),
    ("zh-Hans-HK", "zh-Hans", None),
    ("zh-Hant-SG", "en", "zh-Hant-HK"),
    ("yue", "en", "zh-Hant-HK"),
    ("yue-CN", "en", "zh-Hans"),
    ("cmn-Hans-CN", "en", "zh-Hans"),
    ("en-HK", "en", None),
    ("fr-FR", "en", None),
]


@pytest.mark.parametrize(("asks", "reads", "offered"), OFFERS)
def test_an_edition_is_offered_once_and_never_led_to(site, open_tab, asks, reads, offered):
    tab = open_tab()
    tab.page.add_init_script(
        f"Object.defineProperty(navigator, 'languages', {{get: () => ['{asks}']}})"
    )
    tab.page.goto(f"{site.url}book/{path_of(reads, CHAPTER)}")
    tab.settle()
    assert tab.page.url == f"{site.url}book/{path_of(reads, CHAPTER)}"
    line = tab.page.locator(".book-offer")
    assert line.count() == (1 if offered else 0)
    if offered:
        assert line.get_attribute("lang") == offered
        line.locator("button").click()
        assert line.count() == 0
        tab.page.reload()
        tab.settle()
        assert line.count() == 0


def test_who_takes_the_offer_is_there(site, open_tab):
    tab = open_tab(locale="zh-HK")
    tab.page.goto(f"{site.url}book/{CHAPTER}")
    tab.page.locator(".book-offer a").click()
    tab.page.wait_for_url(f"**/zh-Hant-HK/{CHAPTER}")
    tab.page.goto(f"{site.url}book/{CHAPTER}")
    tab.settle()
    assert tab.page.locator(".book-offer").count() == 0


@pytest.mark.parametrize("typed", ["数据中心", "數據中心", "GPT-3", "伺服器", "服务器"])
def test_a_search_finds_what_either_script_calls_it(site, open_tab, edition, typed):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{edition}/search.html?q={typed}")
    tab.page.wait_for_selector(".search-summary:not(:empty)")
    found = tab.page.locator("#search-results li a")
    assert found.count() > 2
    tab.settle()


SPOILT = [
    "null",
    "3",
    "{",
    "[]",
    '{"page": PAGE}',
    '{"page": PAGE, "settings": 3}',
    '{"page": PAGE, "settings": [3]}',
    '{"page": PAGE, "settings": [["toString", "x=1"], ["race", 5]]}',
]


@pytest.mark.parametrize("carried", SPOILT)
def test_settings_that_are_spoilt_are_left_out(site, open_tab, carried):
    tab = open_tab()
    text = carried.replace("PAGE", f'"/book/{CHAPTER}"')
    tab.page.add_init_script(f"sessionStorage.setItem('aiimpact.carried.1', {text!r})")
    tab.page.goto(f"{site.url}book/{CHAPTER}")
    tab.settle()


@pytest.mark.parametrize("typed", ["碳", "數", "ＰＵＥ"])
def test_one_sign_and_wide_letters_are_found(site, open_tab, edition, typed):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{edition}/search.html?q={typed}")
    tab.page.wait_for_selector(".search-summary:not(:empty)")
    assert tab.page.locator("#search-results li a").count() > 10
    tab.settle()


@pytest.mark.parametrize("typed", ["碳强度", "碳強度"])
def test_an_excerpt_is_of_the_text_around_the_word(site, open_tab, edition, typed):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{edition}/search.html?q={typed}")
    tab.page.wait_for_selector(".search-summary:not(:empty)")
    tab.settle()
    excerpts = tab.page.locator("#search-results .context").all_inner_texts()
    assert len(excerpts) > 5
    assert [text for text in excerpts if "EN 简 繁" in text] == []
    assert sum("碳" in text for text in excerpts) > len(excerpts) / 2


@pytest.mark.parametrize("typed", ["数据中心", "數據中心"])
def test_what_was_searched_for_is_marked(site, open_tab, edition, typed):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{edition}/search.html?q={typed}")
    tab.page.wait_for_selector(".search-summary:not(:empty)")
    tab.page.goto(f"{site.url}book/{edition}/{CHAPTER}")
    tab.page.wait_for_function("() => CSS.highlights.get('searched')?.size")
    marked = tab.evaluate("() => [...CSS.highlights.get('searched')].map(String)")
    assert {"数据", "據中", "据中", "數據"} & set(marked)


def test_chinese_is_set_as_chinese(site, open_tab, edition):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{edition}/{CHAPTER}")
    paragraph, heading = tab.evaluate(
        """() => [".bd-article section > p", ".bd-article h1"].map((s) => {
          const {fontFamily, letterSpacing, lineBreak, textAutospace} = getComputedStyle(document.querySelector(s));
          return {fontFamily, letterSpacing, lineBreak, textAutospace};
        })"""
    )
    names = {"zh-Hans": "PingFang SC", "zh-Hant-HK": "PingFang HK"}
    assert names[edition] in paragraph["fontFamily"]
    assert heading["letterSpacing"] == "normal"
    assert paragraph["lineBreak"] == "strict"
    assert paragraph["textAutospace"] == "normal"


def test_a_page_asks_nobody_else_for_anything(site, open_tab, edition, content_name):
    tab = open_tab()
    tab.page.goto(f"{site.url}book/{edition}/{content_name}")
    tab.settle()
    assert [
        a for a in tab.requested if not a.startswith(site.url) and not a.startswith("data:")
    ] == []
    policy = built.soup(f"{edition}/{content_name}").select_one(
        "meta[http-equiv=Content-Security-Policy]"
    )
    english = built.soup(content_name).select_one("meta[http-equiv=Content-Security-Policy]")
    assert policy["content"] == english["content"]
