"""Less to load: the scripts that a page needs, after its text, and none of them written into it.

A page runs under a strict Content-Security-Policy: scripts come from its own folder, and the one
that is written into the page (it sets the theme before the first paint) is named by its hash.
Icons stand in the page as drawings. What needs all pages, the style sheet, is left to
`book/frontend/finish.js`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.highlighting import PygmentsBridge
from sphinx.jinja2glue import BuiltinTemplateLoader
from spoken import build_from, cut, in_english, width, with_theme_said

from aiimpact import tables, units
from aiimpact.uncertainty import Range, multiply, show
from aiimpact.words import say

# What a script is for, by the mark in a page that needs it; none for those whose work `site.js` does.
NEEDED = {
    "clipboard.min.js": None,
    "copybutton.js": None,
    "sphinx-book-theme.js": None,
    "documentation_options.js": "search-results",
    "doctools.js": "search-results",
    "sphinx_highlight.js": "search-results",
    "translations.js": "search-results",
    "design-tabs.js": "sd-tab-set",
    "togglebutton.js": None,
}
# Written into every page by the theme and by togglebutton, for scripts that no page has.
KNOWN = re.compile(r"toggle(Hint|Open|button)|DOCUMENTATION_OPTIONS\.(pagename|search_as_you_type)")
SITE = "site.js"
# As the theme has it, but the reader's own colours are there at the first paint (the theme's script
# finds out later, and moves text by it), also in a browser that keeps nothing. So is the code, or not.
THEME = (
    'var d=document.documentElement.dataset,m="auto";d.code="off";'
    'try{const k=localStorage.getItem("mode");if(k=="light"||k=="dark")m=k;if(localStorage.getItem("code")=="on")d.code="on"}catch(e){}'
    'd.mode=m;d.theme=m!="auto"?m:matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"'
    # The scripts of the theme and of Sphinx stop where a browser refuses to keep anything: it keeps it for the page.
    # One that is full keeps no more.
    ';for(const s of["localStorage","sessionStorage"])try{window[s].length}catch(e){const k=new Map;'
    "Object.defineProperty(window,s,{value:{getItem:n=>k.get(n)??null,setItem:(n,v)=>k.set(n,`${v}`),removeItem:n=>k.delete(n)}})}"
    "const put=Storage.prototype.setItem;Storage.prototype.setItem=function(n,v){try{put.call(this,n,v)}catch(e){}}"
)
VIEWPORT = re.compile(r'<meta\b[^>]*name="viewport"[^>]*>\s*')
DESCRIPTION = 160
SAID_BY_SCRIPT = re.compile(r'\binWords\("([^"]+)"')
BUILD = (
    "book-build-processor-seconds",
    "virtual-processor-power",
    "pue-eu-2024",
    "pue-uptime-2025",
)
STATIC = Path(__file__).parents[1] / "static"
ICONS = Path(__file__).parents[1] / "frontend" / "dist" / "icons.json"
ICON = re.compile(
    r'<(?P<tag>i|span) class="(?P<classes>[^"]*\bfa-[^"]*)"(?P<rest>[^>]*)></(?P=tag)>'
)
# What Bootstrap would make of a title; the browser's own needs nothing.
TOOLTIP = re.compile(r'\s*data-bs-(?:title="([^"]*)"|toggle="tooltip"|placement="[^"]*")')
CODE_STYLES = [get_style_by_name(f"a11y-high-contrast-{theme}") for theme in ("light", "dark")]
HANDLERS = {
    'onclick="toggleFullScreen()"': 'data-act="fullscreen"',
    'onclick="window.print()"': 'data-act="print"',
}


def policy() -> str:
    """Give what a page may load. Styles may stand in it: charts and the theme have many."""
    digest = base64.b64encode(hashlib.sha256(THEME.encode()).digest()).decode()
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
        ]
    )


def build_energy_wh() -> Range:
    """Give the electricity of building the book, by the book's own method: time, power, PUE. [Wh]."""
    seconds, watts, middle, usual = (
        Range(row.low, row.mid, row.high) for row in map(tables.constant, BUILD)
    )
    best = tables.effectiveness("microsoft-pue-2024")
    pue = Range(best.mid, middle.mid, usual.mid)
    joules = multiply(multiply(seconds, watts), pue)
    return Range(*(joule / units.SECONDS_PER_HOUR for joule in joules))


def lighten(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    context |= {
        "content_security_policy": policy(),
        "theme_script": THEME,
        "build_wh": show(*build_energy_wh()),
        "book_words": words_of_site(),
    }
    # The page of the search is made by its template alone.
    body = "search-results" if pagename == "search" else context.get("body", "")
    kept = []
    for script in context["script_files"]:
        filename = getattr(script, "filename", script)
        if not filename:
            if not KNOWN.search(script.attributes.get("body", "")):
                msg = f"{pagename}: a script in the page itself is blocked: {script.attributes}. Put it in book/static/{SITE}."
                raise ValueError(msg)
            continue
        mark = NEEDED.get(str(filename).split("/")[-1], "")
        if mark is not None and mark in body:
            kept.append(script)
            if hasattr(script, "attributes"):
                script.attributes.setdefault("defer", "defer")
    context["script_files"] = kept
    text = (
        describe(doctree)
        if doctree
        else say(
            "{page} of {book}", page=context.get("title", pagename), book=app.config.html_title
        )
    )
    description = f'\n<meta name="description" content="{escape(text)}" />'
    # Sphinx and docutils both say how wide a page is.
    others = VIEWPORT.sub("", context.get("metatags") or "")
    context["metatags"] = others + description


def describe(doctree: nodes.document) -> str:
    """Give the first sentences of a page, for those who find it in a list."""
    # What is set apart by emphasis is about the page, such as its reading time.
    paragraphs = (
        p
        for p in doctree.findall(nodes.paragraph)
        if p.children and not isinstance(p[0], nodes.emphasis)
    )
    texts = (" ".join(paragraph.astext().split()) for paragraph in paragraphs)
    long_enough = (text for text in texts if width(text) > DESCRIPTION // 3)
    text = next(long_enough, "") or next(doctree.findall(nodes.title)).astext()
    return cut(text, DESCRIPTION)


def words_of_site() -> str:
    """Give what `site.js` says in place of English, as JSON that can stand in a page; nothing in English."""
    if in_english():
        return ""
    texts = SAID_BY_SCRIPT.findall((STATIC / SITE).read_text(encoding="utf-8"))
    return json.dumps({text: say(text) for text in texts}, ensure_ascii=False).replace(
        "<", "\\u003c"
    )


def name_code(app: Sphinx, config: Config) -> None:
    config.nb_code_prompt_show = say("Show the code")
    config.nb_code_prompt_hide = say("Hide the code")


@cache
def icons() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = json.loads(ICONS.read_text(encoding="utf-8"))
    return found


def draw_icon(match: re.Match[str]) -> str:
    """Write the drawing that `fontawesome.js` (530 kB gzipped) would put in the place of an icon."""
    classes = match["classes"].split()
    name = next(c for c in classes if c.startswith("fa-") and c not in {"fa-solid", "fa-lg"})
    width, height, path = icons()[name.removeprefix("fa-")]
    rest = re.sub(r'\s*title="[^"]*"', "", match["rest"])
    return (
        f'<svg class="svg-inline--fa {" ".join(classes)}"{rest} aria-hidden="true" focusable="false" '
        f'viewBox="0 0 {width} {height}"><path fill="currentColor" d="{path}"></path></svg>'
    )


def look(token: Any) -> str:
    """Give how a piece of code is drawn, in the theme's light and in its dark style."""
    return repr([style.style_for_token(token) for style in CODE_STYLES])


@cache
def alike(token: Any) -> Any:
    """Give the first of Pygments' tokens that looks like this one; text, which needs no tag, if it can be."""
    if token not in STANDARD_TYPES:
        return token  # A lexer's own, such as the colours of a terminal.
    return next(known for known in STANDARD_TYPES if look(known) == look(token))


class FewTags(HtmlFormatter):
    """Code in which neighbours of one colour share a tag: a chapter has a third fewer elements."""

    def format_unencoded(self, tokensource: Any, outfile: Any) -> None:
        """Write tokens that look alike as one."""
        super().format_unencoded(((alike(token), text) for token, text in tokensource), outfile)


class Bridge(BuiltinTemplateLoader):
    """Sphinx's templates, with what the theme writes into a page put right."""

    def init(self, *args: Any, **kwargs: Any) -> None:
        """Let every template say its texts in the language of the edition."""
        super().init(*args, **kwargs)
        self.environment.globals["say"] = say

    def render(self, template: str, context: dict[str, Any]) -> str:  # type: ignore[override]
        """Render a page; draw its icons, and give its buttons no scripts of their own."""
        page = ICON.sub(draw_icon, super().render(template, context))
        for handler, act in HANDLERS.items():
            page = page.replace(handler, act)
        page = TOOLTIP.sub(lambda match: f' title="{match[1]}"' if match[1] else "", page)
        return with_theme_said(page)


def digest(*patterns: str) -> str:
    """Give a name to files of the book: with another, pages are made anew."""
    here = Path(__file__).parents[1]
    files = [path for part in patterns for path in sorted(here.glob(part)) if path.is_file()]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def setup(app: Sphinx) -> dict[str, Any]:
    # What reads the pages, and what writes them.
    app.add_config_value("digest_of_extensions", digest("_ext/*.py"), "env")
    looks = digest("templates/*.html", "static/*", "frontend/dist/**/*")
    app.add_config_value("digest_of_looks", looks, "html")
    app.add_js_file(SITE, priority=400)
    PygmentsBridge.html_formatter = FewTags
    app.connect("builder-inited", build_from)
    # Before MyST-NB reads it.
    app.connect("config-inited", name_code, priority=400)
    # After everybody who adds a script.
    app.connect("html-page-context", lighten, priority=990)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
