"""The catalogues of the library: what its code says, what its data say, and the names (``names.py``)."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from editions import catalogue, names
from editions.checks import LIBRARY
from editions.names import Texts
from editions.plain import is_text
from editions.sources import ROOT

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
_WORD = re.compile(r"[A-Za-z]{2}")
_UNIT_IN_WORDS = re.compile(r"[a-z]{4,}(?: [a-z]{4,})?")
_DOORS = re.compile(r"^```\{doors\}\n(.*?)^```", re.MULTILINE | re.DOTALL)


def refresh(found: Texts | None = None) -> list[Path]:
    """Bring the library's catalogues up to date, and list those that changed.

    Parameters
    ----------
    found : dict of str to list of str, optional
        Names, as :func:`names.shown` finds them; by default those that are known.
    """
    texts = {"library": said("library"), "classroom": said("classroom"), "data": data()}
    elsewhere = {text for told in texts.values() for text in told}
    texts["keys"] = names.wanted(names.known() if found is None else found, elsewhere)
    changed = []
    for name, wanted in texts.items():
        path = LIBRARY / f"{name}.po"
        told = ((text, tuple(f"in {place}" for place in where)) for text, where in wanted.items())
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
            names.note(found, text, where)


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
