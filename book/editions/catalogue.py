"""Catalogues of texts: PO files, one a source, which Poedit and Weblate open."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import denormalize, read_po, write_po

from editions.wording import tidied

LOCALE = "zh_Hans"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLACE = re.compile(r"(?<!\{)\{(\w+)\}(?![}`])")

# From here on a text that is new has taken the place of one that is gone.
_ALIKE = 0.6

Texts = Iterable[tuple[str, tuple[str, ...]]]


def read(path: Path) -> Catalog:
    """Read a catalogue; one that is not there is empty."""
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        catalog = read_po(file, locale=LOCALE)
    for message in catalog:
        _recall(message)
    return catalog


def _recall(message: Message) -> None:
    """Know again what a stale text was before, which Babel writes and then reads as a comment."""
    comments, bar = message.user_comments, "|"
    told = " ".join(line[1:].strip() for line in comments if line.startswith(bar))
    message.user_comments = [line for line in comments if not line.startswith(bar)]
    if message.fuzzy and told:
        message.previous_id = ["".join(map(denormalize, _QUOTED.findall(told)))]


def translations(path: Path) -> dict[str, str]:
    """Give what is translated: no text that is missing or stale."""
    return {str(m.id): str(m.string) for m in read(path) if m.id and m.string and not m.fuzzy}


def write(path: Path, catalog: Catalog) -> bool:
    """Write a catalogue, without dates and without blanks beside Han; says whether it changed."""
    for message in catalog:
        message.string = tidied(str(message.id), str(message.string or ""))
        # Babel takes a sign of per cent for a place.
        message.flags.discard("python-format")
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
    wanted = {text: list(computed) for text, computed in texts}
    known = {str(message.id): message for message in old if message.id}
    gone = {key: message for key, message in known.items() if message.string and key not in wanted}
    nameless = {_nameless(key): message for key, message in gone.items()}
    new = Catalog(locale=LOCALE)
    for text, computed in wanted.items():
        before, stale = known.get(text) or nameless.get(_nameless(text)), False
        if before is None and (alike := difflib.get_close_matches(text, gone, 1, _ALIKE)):
            before, stale = gone[alike[0]], True
        before = before or Message(text)
        string = _renamed(str(before.string or ""), str(before.id), text)
        flags = [*(["fuzzy"] if stale or before.fuzzy else []), *_format(text)]
        previous = [str(before.id)] if stale else before.previous_id if before.fuzzy else []
        comments = before.user_comments
        new.add(text, string, (), flags, computed, comments, previous)
    return new


def _nameless(text: str) -> str:
    return _PLACE.sub("{}", text)


def _renamed(translation: str, before: str, now: str) -> str:
    names = dict(zip(_PLACE.findall(before), _PLACE.findall(now), strict=False))
    return _PLACE.sub(lambda place: f"{{{names.get(place[1], place[1])}}}", translation)


def _format(text: str) -> list[str]:
    """Name the format of a text with places, which editors of catalogues then check."""
    return ["python-brace-format"] if _PLACE.search(text) else []
