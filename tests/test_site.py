"""The built pages, read as files: self-contained, linked, and described."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import built
import pytest

pytestmark = pytest.mark.site

# What looks like an address in a script or a style sheet and is never fetched.
NAMESPACES = {
    "www.w3.org": "XML namespaces: SVG, XLink, XHTML",
    "vega.github.io/schema/": "the name of the language of a chart, in the state of explorers",
    "github.com/jupyter-widgets/ipywidgets.git": "package metadata in the widgets' bundle",
}
FETCHING = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
    "form": ("action",),
}
# Relations of <link> that name something and fetch nothing.
NAMING = {"canonical", "license", "author", "alternate"}
ADDRESS = r"(?:https?:|wss?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s\"'`)]*"
IN_QUOTES = re.compile(rf"[\"'`]\s*({ADDRESS})", re.IGNORECASE)
IN_STYLE = re.compile(rf"(?:url\(\s*|@import\s+)[\"']?({ADDRESS})", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def foreign(text: str, pattern: re.Pattern[str]) -> list[str]:
    found = (address.split("//", 1)[1] for address in pattern.findall(text))
    return [address for address in found if not address.startswith(tuple(NAMESPACES))]


def is_foreign(reference: str) -> bool:
    parts = urlsplit(reference.strip())
    return bool(parts.netloc) or parts.scheme not in ("", "data")


@pytest.fixture
def page(html: Path, page_name: str):
    return built.soup(page_name)


@pytest.fixture
def content_page(html: Path, content_name: str):
    """A page with content of its own."""
    return built.soup(content_name)


def test_nothing_is_fetched_from_another_host(page):
    fetched = [
        element[attribute]
        for element in page.find_all(list(FETCHING))
        for attribute in FETCHING[element.name]
        if element.get(attribute) and not NAMING & set(element.get("rel") or ())
    ]
    assert [reference for reference in fetched if is_foreign(reference)] == []
    scripts = [s.string or "" for s in page.find_all("script") if s.get("type") in (None, "module")]
    assert [found for script in scripts for found in foreign(script, IN_QUOTES)] == []
    styles = [s.string or "" for s in page.find_all("style")]
    styles += [element["style"] for element in page.select("[style]")]
    assert [found for style in styles for found in foreign(style, IN_STYLE)] == []
    assert [
        e["http-equiv"] for e in page.select("meta[http-equiv=refresh i]") if "//" in e["content"]
    ] == []


def test_scripts_and_styles_name_no_other_host(html):
    found = {}
    for path in sorted((html / "_static").rglob("*")):
        if path.suffix == ".js":
            found[path.name] = foreign(path.read_text(encoding="utf-8"), IN_QUOTES)
        elif path.suffix == ".css":
            text = COMMENT.sub("", path.read_text(encoding="utf-8"))
            found[path.name] = foreign(text, IN_STYLE)
    assert found, "no scripts or styles found: the test looks in the wrong place"
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ('import("https://cdn.example.org/x.js")', IN_QUOTES),
        ("fetch(`//cdn.example.org/x`)", IN_QUOTES),
        ("@import url(https://fonts.example.org/css)", IN_STYLE),
        ('@import "//fonts.example.org/css"', IN_STYLE),
        ("src: url('//fonts.example.org/f.woff2')", IN_STYLE),
    ],
)
def test_an_address_in_a_script_or_style_is_seen(text, pattern):
    assert foreign(text, pattern)


def test_the_allowed_namespaces_are_all_in_use(html):
    text = "".join(p.read_text(encoding="utf-8") for p in (html / "_static").rglob("*.js"))
    assert [name for name in NAMESPACES if f"//{name}" not in text] == []


def test_language_title_and_one_heading(content_page):
    assert content_page.html.get("lang")
    assert content_page.title.get_text(strip=True)
    headings = [heading.get_text(strip=True) for heading in content_page.find_all("h1")]
    assert len(headings) == 1, headings
    assert headings[0]


def test_headings_skip_no_level(content_page):
    levels = [int(h.name[1]) for h in content_page.select("main :is(h1, h2, h3, h4, h5, h6)")]
    jumps = [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1]
    assert jumps == [], levels


def test_every_image_is_described(page):
    for image in page.find_all("img"):
        # Decoration says so: an empty alt together with the role.
        if image.get("role") == "presentation":
            continue
        text = (image.get("alt") or "").strip()
        assert text, f"no alt text: {image}"
        assert not re.search(r"[/\\]|\.(png|svg|jpe?g|gif|webp)$", text, re.I), f"a path: {image}"
    for svg in page.find_all("svg"):
        hidden = svg.get("aria-hidden") == "true" or svg.find_parent(attrs={"aria-hidden": "true"})
        assert hidden or svg.get("aria-label") or svg.get("aria-labelledby") or svg.find("title"), (
            f"neither hidden nor named: {str(svg)[:200]}"
        )
    for element in page.select("[role=img]"):
        assert element.get("aria-label", "").strip(), f"no aria-label: {str(element)[:200]}"


def test_identifiers_are_unique(page):
    counts = Counter(element["id"] for element in page.select("[id]"))
    assert [name for name, count in counts.items() if count > 1] == []


def test_labels_and_descriptions_point_at_something(page):
    ids = identifiers(page)
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        for element in page.select(f"[{attribute}]"):
            # Some of these the parser has split at blanks already, as `for` of an output.
            missing = set(" ".join(element.get_attribute_list(attribute)).split()) - ids
            assert not missing, f"{attribute}={missing} of {str(element)[:200]}"


def identifiers(page) -> set[str]:
    return (
        {element["id"] for element in page.select("[id]")}
        | {element["name"] for element in page.select("a[name]")}
        | names_of_controls(page)
    )


def names_of_controls(page) -> set[str]:
    """What a link to an explorer's settings may name: the explorer, and each of its inputs."""
    explorers = page.select("[data-explorer]")
    return {root["data-explorer"] for root in explorers} | {
        f"{root['data-explorer']}--{row['data-input']}"
        for root in explorers
        for row in root.select("[data-input]")
    }


@cache
def identifiers_of(path: Path) -> set[str]:
    return identifiers(built.soup(path.relative_to(built.HTML).as_posix()))


def test_internal_links_and_anchors_resolve(page, page_name, html):
    broken = []
    for link in page.select("a[href], link[href], script[src], img[src]"):
        reference = link.get("href") or link.get("src")
        parts = urlsplit(reference)
        if parts.scheme or parts.netloc:
            continue
        here = html / page_name
        target = (here.parent / unquote(parts.path)).resolve() if parts.path else here
        if target.is_dir():
            target /= "index.html"
        anchor, _, settings = unquote(parts.fragment).partition("?")
        if settings:
            # Not a place but an explorer as it is to be set; its controls have identifiers.
            anchor += f"--{settings.split('=')[0]}"
        if not target.exists() or (
            anchor and target.suffix == ".html" and anchor not in identifiers_of(target)
        ):
            broken.append(reference)
    assert broken == []


def test_a_redirect_leads_to_a_page(html):
    for name in filter(built.redirects, built.pages()):
        content = built.soup(name).find("meta", {"http-equiv": "Refresh"})["content"]
        assert (html / Path(name).parent / content.split("url=", 1)[1]).is_file()


def test_explorers_show_their_numbers_before_any_script(page):
    roots = page.select("[data-explorer]")
    names = [root["data-explorer"] for root in roots]
    assert len(set(names)) == len(names), names
    for root in roots:
        assert root.select_one("[role=img] > svg"), "no chart"
        assert root.select("table tbody tr td"), "no table"
        assert root.select_one(".explorer-sentence").get_text(strip=True), "no sentence"
        readouts = root.select("[data-output]")
        assert readouts, "no readouts"
        for readout in readouts:
            assert readout["data-output"]
            assert re.search(r"\d|–", readout.get_text())
            float(readout["data-value"])


def test_the_runtime_is_asked_for_only_where_there_are_explorers(page):
    wake = [s for s in page.find_all("script", src=True) if "wake.js" in s["src"]]
    assert len(wake) == bool(page.select("[data-explorer]"))
    assert all(script.has_attr("defer") for script in wake)
    assert not [s for s in page.find_all("script", src=True) if "runtime.js" in s["src"]]


def test_the_book_has_explorers(html):
    assert built.book_explorers()


def test_markup_of_an_explorer_is_written_once(page, page_name, html):
    wake = page.find("script", attrs={"data-state": True})
    assert bool(wake) == bool(page.select("[data-explorer]"))
    if wake:
        state = (html / page_name).parent / Path(wake["src"]).parent / wake["data-state"]
        text = state.with_name(state.name.split("?")[0]).read_text(encoding="utf-8")
        assert "_page" in text
        assert "_esm" not in text
        assert "_markup" not in text
