"""The catalogues of the library: what its code says, what its data say, and the names that code looks things up by.

The names are found by running: `python book/editions names` runs the English chapters and writes down
each name that a reader is shown. The rest is read from the sources.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import nbclient
import nbformat
import yaml

from aiimpact import words
from editions import catalogue, checks, code, places
from editions.plain import is_text
from editions.sources import ROOT, sources

LIBRARY = ROOT / "aiimpact" / "locale" / "zh-Hans"
DATA = ROOT / "aiimpact" / "data"
# Where texts in `say("…")` go: the first folder that fits.
SAID = {
    "classroom": ("aiimpact/classroom",),
    "library": ("aiimpact", "book/_ext", "book/editions", "book/pack.py"),
}
SCRIPTS = ("aiimpact/live/page/src", "aiimpact/ask/page/src", "book/static", "book/frontend")
TEMPLATES = "book/templates"
PLATFORMS = "aiimpact/classroom/grading/platforms.yaml"
# Columns of the tables that a reader is shown.
COLUMNS = (
    *("name", "short", "region", "kind", "boundary", "convention", "cooling", "climate"),
    *("asks", "status", "what", "hardware", "power_boundary"),
)
# Hours of a day are named by a rule, and no page shows their rows.
NOT_SHOWN = ("daily_profiles.csv", "daily_profiles_odbl.csv")
_IN_SCRIPT = re.compile(r"\b(?:say|inWords)\(\s*(\"(?:[^\"\\]|\\.)*\")")
_IN_TEMPLATE = re.compile(r"\b(?:say|_)\(\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)')")
# A name is short; what is longer and has a colon is a sentence.
_LONG = 80
_IN_A_YEAR = re.compile(r"[^.:]+, \d{4}")
_WORD = re.compile(r"[A-Za-z]{2}")
_UNIT_IN_WORDS = re.compile(r"[a-z]{4,}(?: [a-z]{4,})?")
_DOORS = re.compile(r"^```\{doors\}\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LIVE = re.compile(r"^```\{worked\}\n:live:\n(.*?)^```", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"[A-Z][a-z]|[a-z]+ [a-z]")
# Keys of rows, which stand in the table of a frame: they are code.
_KEY = re.compile(r"[a-z]+(?:-[a-z]+)*-\d[\w-]*")
Texts = dict[str, list[str]]


def refresh(names: Texts | None = None) -> list[Path]:
    """Bring the library's catalogues up to date, and list those that changed.

    Parameters
    ----------
    names : dict of str to list of str, optional
        Name to the chapters that show it, as :func:`names_shown` finds them; by default those that are known.
    """
    wanted = {
        "library": said("library"),
        "classroom": said("classroom"),
        "data": data(),
    }
    known = {text for texts in wanted.values() for text in texts}
    if names is None:
        names = {
            str(m.id): [c.removeprefix("in ") for c in m.auto_comments]
            for m in catalogue.read(LIBRARY / "keys.po")
            if m.id
        }
    for source in sources():
        for text in checks.unlisted(source, names) if source.suffix == ".ipynb" else ():
            if "…" not in text:
                names.setdefault(text, []).append(source.stem)
    names = {
        text: where
        for text, where in names.items()
        if text not in known and not _KEY.fullmatch(text)
    }
    for source in sources():
        for text in _names_of_page(source) if source.suffix == ".md" else ():
            if text not in known:
                names.setdefault(text, []).append(source.stem)
    changed = []
    for name, texts in {**wanted, "keys": names}.items():
        path = LIBRARY / f"{name}.po"
        told = ((text, tuple(f"in {place}" for place in where)) for text, where in texts.items())
        if catalogue.write(path, catalogue.refresh(catalogue.read(path), told)):
            changed.append(path)
    return changed


def said(name: str) -> Texts:
    """List the literal texts that code, scripts and templates say."""
    others = SAID["classroom"] if name == "library" else ()
    found: Texts = {}
    for folder in SAID[name]:
        files = [ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("*.py")
        for path in sorted(files):
            where = path.relative_to(ROOT).as_posix()
            if not where.startswith(others or ("\0",)) and "node_modules" not in where:
                _note(found, where, _in_python(path))
    if name == "classroom":
        platforms = yaml.safe_load((ROOT / PLATFORMS).read_text("utf-8"))["platforms"]
        _note(found, PLATFORMS, [entry["title"] for entry in platforms])
    if name == "library":
        for folder in SCRIPTS:
            for path in sorted((ROOT / folder).glob("*.js")):
                texts = [json.loads(text) for text in _IN_SCRIPT.findall(path.read_text("utf-8"))]
                _note(found, path.relative_to(ROOT).as_posix(), texts)
        for path in sorted((ROOT / TEMPLATES).glob("*.html")):
            pairs = _IN_TEMPLATE.findall(path.read_text("utf-8"))
            _note(found, path.relative_to(ROOT).as_posix(), [one or other for one, other in pairs])
        config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
        _note(found, "_config.yml", [config["title"], config["author"]])
    return found


def _in_python(path: Path) -> Iterator[str]:
    """Find the texts in `say("…")` and `later("…")`, also where one of two is said."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _is_say(node.func):
            yield from _texts(node.args[0], constants)


def _is_say(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("say", "later")


def _texts(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, constants)
        yield from _texts(node.orelse, constants)
    elif isinstance(node, ast.Name) and isinstance(
        constants.get(node.id), ast.IfExp | ast.Constant
    ):
        yield from _texts(constants[node.id], constants)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        whole = constants.get(node.value.id)
        parts = whole.values if isinstance(whole, ast.Dict) else getattr(whole, "elts", [])
        for part in parts:
            yield from _texts(part, constants)


def _note(found: Texts, where: str, texts: Iterable[str]) -> None:
    for text in texts:
        if _WORD.search(re.sub(r"\{\w+\}", "", text)) or re.search(r"[,;:.(]", text):
            places = found.setdefault(text, [])
            if where not in places:
                places.append(where)


def data() -> Texts:
    """List the texts of the data: the register, the article, slips, tables, the chain and what moved."""
    from aiimpact.claims import DECISIONS, scales, texts

    found: Texts = {}
    folder = DATA
    for entry in yaml.safe_load((folder / "claims.yaml").read_text("utf-8")):
        _note(found, "aiimpact/data/claims.yaml", texts.templates(entry))
    column = yaml.safe_load((folder / "column.yaml").read_text("utf-8"))
    _note(found, "aiimpact/data/column.yaml", texts.templates(column))
    slips = yaml.safe_load((folder / "slips.yaml").read_text("utf-8"))
    _note(found, "aiimpact/data/slips.yaml", [slip["words"] for slip in slips["slips"]])
    for scale in (scales.VERDICTS, scales.EFFECTS, scales.EVIDENCE):
        _note(
            found,
            "aiimpact/claims/scales.py",
            [t for w in scale.values() for t in (w.label, w.means)],
        )
    _note(found, "aiimpact/claims/article.py", DECISIONS.values())
    for path in sorted(folder.glob("*.csv")):
        if path.name in NOT_SHOWN:
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                shown = [row[column] for column in COLUMNS if row.get(column)]
                if _UNIT_IN_WORDS.fullmatch(unit := row.get("unit") or ""):
                    shown.append(unit)
                _note(found, f"aiimpact/data/{path.name}", filter(is_text, shown))
    chain = yaml.safe_load((ROOT / "book" / "chain.yml").read_text("utf-8"))
    named = [thing["name"] for thing in chain["things"].values()]
    _note(found, "book/chain.yml", [*named, *(how for _, _, how in chain["arrows"])])
    _note(found, "book/chain.yml", [text for _, _, *said in chain["returns"] for text in said])
    teaching = (ROOT / "book" / "teaching.md").read_text("utf-8")
    rows = [line.split(" | ")[1:] for line in _DOORS.findall(teaching)[0].splitlines()]
    _note(found, "book/teaching.md", [cell for row in rows for cell in row])
    moved = yaml.safe_load((ROOT / "book" / "numbers" / "changes.yaml").read_text("utf-8"))
    _note(found, "book/numbers/changes.yaml", [entry["why"] for entry in moved])
    return found


def lacking() -> list[str]:
    """List the texts of the data that readers of Chinese see in English, as those of a new row."""
    known: set[str] = set()
    for path in LIBRARY.glob("*.po"):
        known |= catalogue.translations(path).keys()
    return [text for text in data() if text not in known]


def names_shown() -> Texts:
    """Run the English chapters and pages, and list the names that readers are shown there."""
    found: Texts = {}
    for source in sources():
        if source.suffix == ".ipynb":
            cells = json.loads((ROOT / source).read_text(encoding="utf-8"))["cells"]
            code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
            typed = {text for cell in code for text in names_typed(cell)}
            for whole in _run(source):
                # What is a sentence was translated where it stands; a name is typed in the code.
                for text in [whole] if whole in typed else words.parts(whole):
                    if is_text(text) and (text in typed or _IN_A_YEAR.fullmatch(whole)):
                        shown_in = found.setdefault(text, [])
                        shown_in += [] if source.stem in shown_in else [source.stem]
    return found


def names_typed(source: str) -> set[str]:
    """List the strings of a cell that are no texts, with the parts of names."""
    tree = ast.parse(code.without_magic(source))
    texts = {id(node) for node in places.texts(tree)}
    strings = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts
    }
    return strings | {part for text in strings for part in words.parts(text) if len(text) < _LONG}


def _names_of_page(source: Path) -> Iterator[str]:
    """List the names of a page's own explorers: what is written with a capital or a blank."""
    page = (ROOT / source).read_text(encoding="utf-8")
    for block in _LIVE.findall(page):
        yield from sorted(
            text
            for text in names_typed(block)
            if _NAME.match(text) and not any(sign in text for sign in "[]{}:")
        )


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
