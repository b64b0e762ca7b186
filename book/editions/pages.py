"""Puts the finished pages of the other editions below the English book: what is the same stands there once.

Hong Kong's Chinese is written from the finished pages in Simplified Chinese, so that it needs no build.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import vl_convert

from aiimpact.locale import build
from aiimpact.locale.build import said
from editions.sources import ROOT
from editions.tree import LANGUAGE, TREE

HTML = ROOT / "_build" / "html"
BUILT = TREE / "_build" / "html"
HONG_KONG = "zh-Hant-HK"
EDITIONS = ("en", LANGUAGE, HONG_KONG)
# Each edition has its own; a host reads but one map and one file for robots.
_LEFT = {".buildinfo", ".nojekyll", "objects.inv", "sitemap.xml", "robots.txt"}
# What a picture of a page was made of (`_ext/sharing.py`).
DRAWN = ".drawn.svg"
_REFERENCE = re.compile(r'\b(src|href)="((?:\.\./)*)(_(?:static|images|downloads)/[^"?#]+)')
_STATE = re.compile(r'\bdata-state="\.\./')


def place(english: Path = HTML, built: Path = BUILT) -> None:
    """Put the pages in Simplified Chinese, and those for Hong Kong, below the English ones."""
    simplified, hong_kong = english / LANGUAGE, english / HONG_KONG
    own = dict(_own(built, english))
    for name, text in own.items():
        _write(simplified / name, text if isinstance(text, bytes) else text.encode())
    _only(simplified, set(own))
    newest = max(path.stat().st_mtime for path in (*build.sources(), Path(__file__)))
    for name in own:
        source, target = simplified / name, hong_kong / name
        if target.exists() and target.stat().st_mtime > max(newest, source.stat().st_mtime):
            continue
        drawing = built / f"{name.removesuffix('.png')}{DRAWN}"
        _write(target, picture(drawing) if drawing.is_file() else converted(source))
        target.touch()
    _only(hong_kong, set(own))
    _map(english)


def _own(built: Path, english: Path) -> Iterator[tuple[str, str | bytes]]:
    """Give the files that an edition has of its own, with references to those that all share."""
    files = sorted(
        path
        for path in built.rglob("*")
        if path.is_file() and path.name not in _LEFT and not path.name.endswith(DRAWN)
    )
    names = {path: path.relative_to(built).as_posix() for path in files}
    shared = {
        name
        for path, name in names.items()
        if name.startswith(("_static/", "_images/", "_downloads/"))
        and (twin := english / name).is_file()
        and twin.read_bytes() == path.read_bytes()
    }
    for path, name in names.items():
        if name in shared:
            continue
        if name == "searchindex.js":
            # Sphinx writes each sign in six letters.
            yield name, search_index(path.read_text(encoding="utf-8"), str)
            continue
        if path.suffix != ".html":
            yield name, path.read_bytes()
            continue

        def found(match: re.Match[str], here: str = posixpath.dirname(name)) -> str:
            kind, up, file = match.groups()
            below = posixpath.normpath(posixpath.join(here, up, file))
            return f'{kind}="{up}{"../" if below in shared else ""}{file}'

        text = _REFERENCE.sub(found, path.read_text(encoding="utf-8"))
        # It is found from the script's place, which is that of all editions.
        yield name, _STATE.sub(f'data-state="../../{LANGUAGE}/_static/', text)


# Hong Kong

_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
_VOID = {"meta", "link", "br", "hr", "img", "input", "wbr", "col", "source", "area", "base"}
_CODE = {"code", "pre", "kbd", "samp", "style"}
# What a name, an address or a drawing is in, and no text.
_NO_TEXT = {"id", "class", "href", "src", "style", "d", "for", "lang", "hreflang", "data-sheets", "data-state"}  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff]")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_HERE = ' aria-current="true"'
_SPEAKS = f'words.use("{LANGUAGE}")'


def converted(path: Path) -> bytes:
    """Give a file of the edition in Simplified Chinese as Hong Kong's edition has it."""
    kinds: dict[str, Callable[[str], str]] = {".html": page, ".js": script, ".ipynb": notebook, ".md": said}  # fmt: skip
    convert = kinds.get(path.suffix)
    if not convert or path.name == "language_data.js":
        return path.read_bytes()
    text = path.read_text(encoding="utf-8")
    if path.name == "searchindex.js":
        return search_index(text, convert).encode()
    return convert(text).encode()


def picture(drawing: Path) -> bytes:
    """Draw the picture of a page with the words of Hong Kong."""
    made: bytes = vl_convert.svg_to_png(said(drawing.read_text(encoding="utf-8")))
    return made


def script(text: str) -> str:
    """Convert the texts in a script or in data; Sphinx and JSON may have escaped them."""

    def plain(match: re.Match[str]) -> str:
        sign = chr(int(match[1], 16))
        return sign if _HAN.match(sign) or sign in "，。：；？！“”‘’《》（）、" else match[0]

    def converted(match: re.Match[str]) -> str:
        return said(match[0]) if _HAN.search(match[0]) else match[0]

    return _STRING.sub(converted, _ESCAPED.sub(plain, text))


def search_index(text: str, say: Callable[[str], str]) -> str:
    """Say what a search shows; what it looks for is the same in both editions (``_ext/edition.py``)."""
    head, tail = "Search.setIndex(", ")"
    found = json.loads(text.removeprefix(head).removesuffix(tail))
    for key in ("titles", "alltitles", "indexentries", "objnames", "objtypes"):
        found[key] = json.loads(say(json.dumps(found[key], ensure_ascii=False)))
    return head + json.dumps(found, ensure_ascii=False, separators=(",", ":")) + tail


def notebook(text: str) -> str:
    """Convert a notebook for download, which then speaks as Hong Kong does."""
    found = json.loads(text)
    for cell in found["cells"]:
        source = "".join(cell["source"])
        if _HAN.search(source) or _SPEAKS in source:
            source = said(source).replace(_SPEAKS, f'words.use("{HONG_KONG}")')
            cell["source"] = source.splitlines(keepends=True)
    if "language" in found["metadata"]:
        found["metadata"]["language"] = HONG_KONG
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def page(text: str) -> str:
    """Convert a page; what says that it is English, or code, keeps its quotation marks."""
    parts, position = [], 0
    # Elements around the place, and what holds in each: a text, one in English, code.
    around: list[tuple[str, str]] = [("", "text")]
    while tag := _TAG.search(text, position):
        parts.append(_text(text[position : tag.start()], around[-1][1]))
        position = tag.end()
        closes, name, attributes = tag.groups()
        if name is None:
            parts.append(tag[0])
        elif closes:
            while len(around) > 1 and around.pop()[0] != name:
                pass
            parts.append(tag[0])
        else:
            kind = _kind(name, attributes, around[-1][1])
            parts.append(f"<{name}{_attributes(name, attributes, kind)}>")
            if name == "script":
                end = text.index("</script>", position)
                content = text[position:end]
                parts.append(script(content) if "json" in attributes else content)
                position = end
            elif name in _VOID or attributes.endswith("/"):
                continue
            else:
                around.append((name, kind))
                continue
            around.append((name, kind))
    return "".join([*parts, _text(text[position:], around[-1][1])])


def _kind(name: str, attributes: str, outside: str) -> str:
    if name in _CODE:
        return "code"
    language = re.search(r'\slang="([^"]*)"', attributes)
    if "hreflang=" in attributes:
        return "kept"
    if language and outside != "code":
        return "english" if language[1] == "en" else "text"
    return outside


def _text(text: str, kind: str) -> str:
    if not text.strip() or kind == "kept":
        return text
    return said(text) if kind == "text" else build.hong_kong(text)


def _attributes(name: str, attributes: str, kind: str) -> str:
    if "hreflang=" in attributes:
        # Which edition one reads.
        here = f'hreflang="{HONG_KONG}"' in attributes and name == "a"
        return attributes.replace(_HERE, "") + (_HERE if here else "")

    def converted(match: re.Match[str]) -> str:
        key, value = match.groups()
        if key == "lang" and value == LANGUAGE:
            return f'lang="{HONG_KONG}"'
        if key == "data-state":
            return match[0].replace(f"/{LANGUAGE}/", f"/{HONG_KONG}/")
        if name in {"meta", "link"} and value == "zh_CN":
            return f'{key}="zh_HK"'
        if name in {"meta", "link"} and value.startswith(("https://", "http://")):
            # Where the page is, and its picture.
            return match[0].replace(f"/{LANGUAGE}/", f"/{HONG_KONG}/", 1)
        if key in _NO_TEXT or not _HAN.search(value):
            return match[0]
        return f'{key}="{said(value)}"'

    return _ATTRIBUTE.sub(converted, attributes)


# Around the pages


def _map(english: Path) -> None:
    """Let the map of the site name each page in each language."""
    path = english / "sitemap.xml"
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    addresses = re.findall(r"<loc>([^<]*)</loc>", text)
    addresses = [address for address in addresses if "/zh-Han" not in address]
    base = posixpath.commonprefix(addresses).rpartition("/")[0] + "/"
    places = []
    for address in addresses:
        page = address.removeprefix(base)
        others = {
            language: base + ("" if language == "en" else f"{language}/") + page
            for language in EDITIONS
        }
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(other)}"/>'
            for language, other in others.items()
        )
        places += [f"<url><loc>{other}</loc>{links}</url>\n" for other in others.values()]
    _write(
        path,
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{"".join(places)}</urlset>\n'
        ).encode(),
    )


def _write(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _only(folder: Path, names: set[str]) -> None:
    """Remove what an earlier build left."""
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in names:
            path.unlink()


def remove(english: Path = HTML) -> None:
    """Remove the editions in other languages."""
    for language in EDITIONS[1:]:
        shutil.rmtree(english / language, ignore_errors=True)
