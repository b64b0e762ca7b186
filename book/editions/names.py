"""The names that code looks things up by and a reader sees: outputs, presets, options.

They are found by running: ``python book/editions names`` runs the English chapters and notes each that is shown.
Between such runs the catalogue keeps those, with what stands in the code of chapters and pages.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import nbclient
import nbformat

from aiimpact import words
from editions import catalogue, checks, code, places
from editions.plain import is_text
from editions.sources import ROOT, sources

# Text to where it stands.
Texts = dict[str, list[str]]

# A name is short; what is longer and has a colon is a sentence.
_LONG = 80
_IN_A_YEAR = re.compile(r"[^.:]+, \d{4}")
_LIVE = re.compile(r"^```\{worked\}\n:live:\n(.*?)^```", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"[A-Z][a-z]|[a-z]+ [a-z]")
# Keys of rows, which stand in the table of a frame: they are code.
_KEY = re.compile(r"[a-z]+(?:-[a-z]+)*-\d[\w-]*")


def note(found: Texts, text: str, place: str) -> None:
    """Note where a text stands; a chapter and its exercises are one place."""
    where = found.setdefault(text, [])
    if place not in where:
        where.append(place)


def known() -> Texts:
    """List the names of the catalogue."""
    return {
        str(message.id): [place.removeprefix("in ") for place in message.auto_comments]
        for message in catalogue.read(checks.KEYS)
        if message.id
    }


def wanted(found: Texts, elsewhere: Collection[str]) -> Texts:
    """Add the names that stand in code to those that were found, and leave out what another catalogue has."""
    names = {text: [*where] for text, where in found.items()}
    for source in sources():
        for text in _in_code(source, names):
            note(names, text, source.stem)
    return {
        text: where
        for text, where in names.items()
        if text not in elsewhere and not _KEY.fullmatch(text)
    }


def _in_code(source: Path, names: Texts) -> list[str]:
    if source.suffix == ".ipynb":
        return [text for text in checks.unlisted(source, names) if "…" not in text]
    return _of_page(source) if source.suffix == ".md" else []


def _of_page(source: Path) -> list[str]:
    """List the names of a page's own explorers: what is written with a capital or a blank."""
    blocks = _LIVE.findall((ROOT / source).read_text(encoding="utf-8"))
    return [
        text
        for block in blocks
        for text in sorted(_typed(block))
        if _NAME.match(text) and not any(sign in text for sign in "[]{}:")
    ]


def shown() -> Texts:
    """Run the English chapters, and list the names that readers are shown there."""
    found: Texts = {}
    for source in sources():
        if source.suffix == ".ipynb":
            typed = {text for cell in checks.code_cells(ROOT / source) for text in _typed(cell)}
            for text in _named(_run(source), typed):
                note(found, text, source.stem)
    return found


def _named(said: list[str], typed: Collection[str]) -> Iterator[str]:
    for whole in said:
        # What is a sentence was translated where it stands; a name is typed in the code.
        for text in [whole] if whole in typed else words.parts(whole):
            if is_text(text) and (text in typed or _IN_A_YEAR.fullmatch(whole)):
                yield text


def _typed(source: str) -> set[str]:
    """List the strings of a cell that are no texts, with the parts of names."""
    tree = ast.parse(code.without_magic(source))
    texts = {id(node) for node in places.texts(tree)}
    strings = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts
    }
    return strings | {part for text in strings for part in words.parts(text) if len(text) < _LONG}


def _run(source: Path) -> list[str]:
    with TemporaryDirectory() as folder:
        notebook = nbformat.read(ROOT / source, as_version=4)
        where = {"metadata": {"path": str((ROOT / source).parent)}}
        with mock.patch.dict(os.environ, {"AIIMPACT_WORDS_LOG": folder}):
            nbclient.NotebookClient(
                notebook, timeout=300, kernel_name="python3", resources=where
            ).execute()
        logs = [
            json.loads(path.read_text(encoding="utf-8")) for path in Path(folder).glob("*.json")
        ]
    return sorted({text for log in logs for text in log if is_text(text)})
