"""What is shown where a link to a page is shared, and what machines that search are told.

Whoever publishes the book says where in the variable `BOOK_ADDRESS`. Without it nothing names an
address: pages have a title and a description to be shared with, and no picture and no map.
"""

from __future__ import annotations

import os
import re
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import vl_convert
from sphinx.application import Sphinx
from sphinx.config import Config
from spoken import in_english, wrapped

from aiimpact.words import say

WIDTH, HEIGHT, EDGE = 1200, 630, 64
LETTERS, LINES = 46, 3
CHART = re.compile(r'class="explorer-chart[^"]*"[^>]*>\s*(<svg.*?</svg>)', re.DOTALL)
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
VARIABLE = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")
# Pages that nobody looks for by what they say.
UNLISTED = {"search", "book/search", "genindex"}
INK, MUTED, PAPER, ACCENT = "#222832", "#48566b", "#ffffff", "#c2410c"


def name_address(app: Sphinx, config: Config) -> None:
    address = os.environ.get("BOOK_ADDRESS", "").strip()
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        msg = f"BOOK_ADDRESS must be where the book will be, as https://example.org/book, got {address!r}."
        raise ValueError(msg)
    config.html_baseurl = address.rstrip("/") + "/"


def picture_of(title: str, book: str, body: str) -> str:
    """Draw a page's card: its title, its first chart, the name of the book."""
    lines = wrapped(title, LETTERS)[:LINES]
    y = EDGE + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        f'<rect width="{WIDTH}" height="14" fill="{ACCENT}"/>',
    ]
    for line in lines:
        parts.append(
            f'<text x="{EDGE}" y="{y}" font-size="42" font-weight="bold" fill="{INK}">{escape(line)}</text>'
        )
        y += 52
    foot = HEIGHT - 36
    if found := CHART.search(body):
        parts.append(placed(found[1], y - 16, foot - 40 - y))
    if book != title:
        parts.append(
            f'<text x="{EDGE}" y="{foot}" font-size="24" fill="{MUTED}">{escape(book)}</text>'
        )
    return "".join([*parts, "</svg>"])


def placed(chart: str, top: float, room: float) -> str:
    """Fit a chart of the page below the title; it is drawn with the colours of a light page."""
    size = SIZE.search(chart)
    if not size:
        return ""
    width, height = map(float, size.groups())
    scale = min((WIDTH - 2 * EDGE) / width, room / height)
    colours = chart
    while VARIABLE.search(colours):
        colours = VARIABLE.sub(lambda match: match[1].strip(), colours)
    inner = re.sub(r"^<svg[^>]*>|</svg>$", "", colours)
    # The root names what all letters in it look like.
    root = {
        name: value
        for name, value in re.findall(r'([\w-]+)="([^"]*)"', chart.partition(">")[0])
        if name.startswith(("font", "fill", "stroke"))
    }
    attributes = "".join(f' {name}="{value}"' for name, value in root.items())
    return f'<g transform="translate({EDGE} {top}) scale({scale:.4f})"{attributes}>{inner}</g>'


def share(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if doctree is None:
        return
    book = app.config.html_title
    title = unescape(re.sub(r"<[^>]+>", "", context.get("title", ""))) or book
    described = re.search(r'name="description" content="([^"]*)"', context.get("metatags", ""))
    said = {
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:site_name": book,
        "og:title": title,
        "og:description": unescape(described[1]) if described else title,
    }
    if base := app.config.html_baseurl:
        name = f"_static/shared/{pagename.replace('/', '-')}.png"
        picture = Path(app.outdir, name)
        picture.parent.mkdir(parents=True, exist_ok=True)
        drawing = picture_of(title, book, context["body"])
        picture.write_bytes(vl_convert.svg_to_png(drawing))
        if not in_english():
            # Another edition is written from this one.
            picture.with_suffix(".drawn.svg").write_text(drawing, encoding="utf-8")
        said |= {
            "og:url": f"{base}{app.builder.get_target_uri(pagename)}",
            "og:image": base + name,
            "og:image:width": str(WIDTH),
            "og:image:height": str(HEIGHT),
            "og:image:alt": say("{title}. {book}", title=title, book=book)
            if title != book
            else book,
            "twitter:card": "summary_large_image",
        }
    context["metatags"] += "".join(
        f'\n<meta {"name" if key.startswith("twitter") else "property"}="{key}" content="{escape(text)}" />'
        for key, text in said.items()
    )


def write_map(app: Sphinx, error: Exception | None) -> None:
    """Write `sitemap.xml` and name it in `robots.txt`."""
    base = app.config.html_baseurl
    if error or not base or app.builder.format != "html":
        return
    pages = sorted(set(app.env.found_docs) - UNLISTED)
    places = "".join(
        f"<url><loc>{escape(base + app.builder.get_target_uri(page))}</loc></url>\n"
        for page in pages
    )
    out = Path(app.outdir)
    (out / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n',
        encoding="utf-8",
    )
    robots = out / "robots.txt"
    known = robots.read_text(encoding="utf-8") if robots.exists() else "User-agent: *\nAllow: /\n"
    line = f"Sitemap: {base}sitemap.xml\n"
    if line not in known:
        robots.write_text(known + line, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("config-inited", name_address)
    # After `light`, which describes the page.
    app.connect("html-page-context", share, priority=995)
    app.connect("build-finished", write_map)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
