"""Catalogues of texts: PO files, one a source, which Poedit and Weblate open."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

LOCALE = "zh_Hans"
_PLACE = re.compile(r"(?<!\{)\{(\w+)\}(?![}`])")

Texts = Iterable[tuple[str, tuple[str, ...]]]


def read(path: Path) -> Catalog:
    """Read a catalogue; one that is not there is empty."""
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def translations(path: Path) -> dict[str, str]:
    """Give what is translated: no text that is missing or stale."""
    return {m.id: str(m.string) for m in read(path) if m.id and m.string and not m.fuzzy}


def write(path: Path, catalog: Catalog) -> bool:
    """Write a catalogue, without dates; says whether it changed."""
    buffer = io.BytesIO()
    write_po(
        buffer, catalog, width=0, omit_header=True, ignore_obsolete=True, include_previous=True
    )
    text = HEAD + buffer.getvalue().decode()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


HEAD = """msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def refresh(old: Catalog, texts: Texts) -> Catalog:
    """Bring a catalogue up to date: what is the same keeps its translation, what is like it keeps it as stale.

    A text in which only the names of places changed is the same; its translation takes the new names.
    """
    template = Catalog(locale=LOCALE)
    for text, computed in texts:
        template.add(text, auto_comments=list(computed))
    known = {message.id: message for message in old if message.id}
    alike = {_nameless(message.id): message for message in known.values()}
    renamed = Catalog(locale=LOCALE)
    for message in template:
        if not message.id:
            continue
        before = known.get(message.id)
        if before is None and (twin := alike.get(_nameless(message.id))):
            before = twin
        if before is not None and before.string:
            string = _renamed(str(before.string), before.id, message.id)
            flags = ["fuzzy"] if before.fuzzy else []
            renamed.add(message.id, string, flags=flags, previous_id=before.previous_id)
            alike.pop(_nameless(before.id), None)
    for key, message in known.items():
        if key not in renamed and message.string and _nameless(key) in alike:
            renamed.add(key, message.string, flags=list(message.flags & {"fuzzy"}))
    renamed.update(template, keep_user_comments=True)
    for message in renamed:
        _flag(message)
    return renamed


def _nameless(text: str) -> str:
    return _PLACE.sub("{}", text)


def _renamed(translation: str, before: str, now: str) -> str:
    names = dict(zip(_PLACE.findall(before), _PLACE.findall(now), strict=False))
    return _PLACE.sub(lambda place: "{" + names.get(place[1], place[1]) + "}", translation)


def _flag(message: Message) -> None:
    """`40 % load` is no format of Python's; `{name}` is one, which editors of catalogues then check."""
    message.flags.discard("python-format")
    message.flags.discard("python-brace-format")
    if message.id and message.auto_comments:
        message.flags.add("python-brace-format")
