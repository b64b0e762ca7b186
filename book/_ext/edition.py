"""Editions in other languages: what a page says of its own, where the others are, and anchors that all share.

The language is :func:`aiimpact.words.language`; the variable `EDITIONS` lists those that stand together
below one address (English at its root), and without it there is one alone. The sources of a translated
edition stand in a tree of their own, written by ``book/editions``.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer, make_document
from myst_parser.parsers.mdit import create_md_parser
from opencc import OpenCC
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search.zh import SearchChinese
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from aiimpact import words
from aiimpact.locale.build import hong_kong

# What a reader sees of each in the header, and is told.
EDITIONS = {"en": ("EN", "English"), "zh-Hans": ("简", "简体中文"), "zh-Hant-HK": ("繁", "繁體中文")}  # fmt: skip
CHOICE = {"en": "Language", "zh-Hans": "语言"}
LOCALES = {"zh-Hans": "zh_CN"}
# Their entries are names of works, in the language of the work.
SOURCES = "sources"
HERE = Path(__file__).resolve().parents[2]
HAN = r"\u3400-\u9fff"


def together() -> list[str]:
    """List the editions that stand together; an edition by itself has no others."""
    found = [
        language for language in EDITIONS if language in os.environ.get("EDITIONS", "").split()
    ]
    return found if len(found) > 1 else []


def place_of(language: str) -> str:
    """Give the folder of an edition, below that of English."""
    return "" if language == "en" else f"{language}/"


def name_address(app: Sphinx, config: Config) -> None:
    if config.html_baseurl:
        config.html_baseurl += place_of(words.language())


def introduce(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    own = words.language()
    if own != "en":
        context["language"] = own
        app.add_css_file("chinese.css", priority=850)
    page = app.builder.get_target_uri(pagename)
    up = "../" * (pagename.count("/") + place_of(own).count("/"))
    # Search engines take whole addresses only, so a book that does not know its own names none.
    base = app.config.html_baseurl.removesuffix(place_of(own))
    context["choice_of_language"] = CHOICE[own]
    context["editions"] = [
        {
            "language": language,
            "short": EDITIONS[language][0],
            "name": EDITIONS[language][1],
            "href": up + place_of(language) + page,
            "address": base and base + place_of(language) + page,
            "here": language == own,
        }
        for language in app.config.editions_together
    ]


def say_locale(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if doctree is not None and (name := LOCALES.get(words.language())):
        context["metatags"] += f'\n<meta property="og:locale" content="{name}" />'


# Anchors


class Headings(DocutilsRenderer):
    """Reads a source for its sections, whose names and anchors are as in a build; no directive runs."""

    def render_directive(self, *args: Any, **kwargs: Any) -> None:
        """Leave a directive out."""

    def render_myst_role(self, token: Any) -> None:
        """Take the text of a role for what it shows."""
        self.current_node.append(nodes.Text(token.content))


def english_sections(source: Path, extensions: list[str], anchors: int) -> list[tuple[str, str]]:
    """List the identifier and the slug of each section of an English source."""
    text = source.read_text(encoding="utf-8")
    if source.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    config = MdParserConfig(enable_extensions=set(extensions), heading_anchors=anchors)
    reader = create_md_parser(config, Headings)
    document = reader.options["document"] = make_document(str(source))
    # What only Sphinx knows is no matter here.
    document.settings.auto_id_prefix = "id"
    document.reporter.report_level = document.reporter.SEVERE_LEVEL + 1
    reader.render(text)
    return [(section["ids"][0], section.get("slug", "")) for section in written(document)]


def written(document: nodes.document) -> list[nodes.section]:
    """List the sections that the source has, in its order, and not those that a directive makes."""
    found = document.findall(nodes.section)
    return [section for section in found if section["names"] or section["dupnames"]]


class EnglishAnchors(SphinxTransform):
    """Gives the sections of a translated page the anchors of the English ones: one address for all editions."""

    # Before docutils moves explicit targets to what they stand above.
    default_priority = 200

    def apply(self, **kwargs: Any) -> None:
        """Rename the sections."""
        if words.language() == "en":
            return
        document, config = self.document, self.config
        translated = Path(self.env.doc2path(self.env.docname))
        source = HERE / translated.relative_to(self.env.srcdir)
        if translated.read_bytes() == source.read_bytes():
            return
        english = english_sections(
            source, list(config.myst_enable_extensions), config.myst_heading_anchors
        )
        sections = written(document)
        if len(sections) != len(english):
            msg = f"{self.env.docname} has {len(sections)} sections, and {len(english)} in English."
            raise ValueError(msg)
        slugs = getattr(document, "myst_slugs", {})
        lines = {identifier: (line, text) for line, identifier, text in slugs.values()}
        slugs.clear()
        names = {
            # What has a target of its own above it has a number, which nobody links to.
            (old := section["ids"][0]): old if re.fullmatch(r"id\d+", new) else new
            for section, (new, _) in zip(sections, english, strict=True)
        }
        for old in names:
            del document.ids[old]
        for section, (_, slug) in zip(sections, english, strict=True):
            old = section["ids"][0]
            new = section["ids"][0] = names[old]
            document.ids[new] = section
            if "slug" in section:
                section["slug"] = slug
                line, text = lines[old]
                slugs[slug] = (line, new, text)
        for name, identifier in document.nameids.items():
            if identifier in names:
                document.nameids[name] = names[identifier]
        for section in sections:
            if SOURCES in section["ids"]:
                for entries in section.findall(nodes.bullet_list):
                    entries["classes"].append("language-en")


class LatinEmphasis(SphinxPostTransform):
    """Tells emphasis without a Han sign apart: dots stand under signs, and letters lean."""

    default_priority = 800

    def run(self, **kwargs: Any) -> None:
        """Mark it."""
        if words.language() == "en":
            return
        for node in self.document.findall(nodes.emphasis):
            if not re.search(f"[{HAN}]", node.astext()):
                node["classes"].append("latin")


# Search


@cache
def simplified() -> dict[int, str]:
    """Give the Simplified sign of each Traditional one, where the Simplified one is in common use."""
    convert = OpenCC("t2s").convert
    pairs = ((sign, convert(chr(sign))) for sign in range(0x4E00, 0xA000))
    return {sign: plain for sign, plain in pairs if plain != chr(sign) and _is_common(plain)}


def _is_common(sign: str) -> bool:
    try:
        return len(sign.encode("gb2312")) > 0
    except UnicodeEncodeError:
        return False


def windows(text: str) -> list[str]:
    """Cut a text into words: pairs of neighbours where signs stand without blanks.

    Examples
    --------
    >>> windows("数据中心用电 AI, 水")
    ['数据', '据中', '中心', '心用', '用电', '水', 'AI']
    """
    found = [
        run[i : i + 2] for run in re.findall(f"[{HAN}]+", text) for i in range(max(1, len(run) - 1))
    ]
    return found + re.findall(f"[^\\W{HAN}]+", text)


class SearchByPairs(SearchChinese):
    """Finds Chinese by pairs of signs, as the mainland writes it and as Hong Kong does, whoever asks."""

    # A query comes in either script. It is brought to one here as the words of the pages are.
    js_splitter_code = ""

    def init(self, options: dict[str, str]) -> None:
        """Write the script that cuts a query as :func:`windows` cuts a text."""
        super().init(options)
        table = simplified()
        self.js_splitter_code = f"""var splitQuery = (() => {{
  const from = "{"".join(map(chr, table))}", to = "{"".join(table.values())}";
  const plain = new Map([...from].map((sign, i) => [sign, to[i]]));
  const split = (query) => {{
    const text = [...query].map((sign) => plain.get(sign) ?? sign).join("");
    const pairs = (text.match(/[{HAN}]+/g) ?? []).flatMap((run) =>
      run.length < 2 ? [run] : [...run].slice(1).map((sign, i) => run[i] + sign));
    return [...pairs, ...(text.match(/(?:(?![{HAN}])[\\p{{L}}\\p{{N}}_])+/gu) ?? [])];
  }};
  return Object.assign(split, {{ plain }});
}})();"""

    def split(self, input: str) -> list[str]:
        """Cut a text, and what Hong Kong writes instead."""
        both = dict.fromkeys(windows(input) + windows(hong_kong(input).translate(simplified())))
        self.latin_terms.extend(term for term in both if term.isascii())
        return list(both)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("editions_together", together(), "html", [list])
    # Words of another language are other pages.
    app.add_config_value("edition", words.language(), "env", [str])
    app.add_search_language(SearchByPairs)
    app.add_transform(EnglishAnchors)
    app.add_post_transform(LatinEmphasis)
    # After `sharing`, which knows where the book will be.
    app.connect("config-inited", name_address, priority=600)
    app.connect("html-page-context", introduce, priority=200)
    app.connect("html-page-context", say_locale, priority=996)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
