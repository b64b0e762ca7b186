"""Writes the whole book in another language as a tree of sources, which Jupyter Book then builds."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import yaml

from editions import catalogue
from editions.markdown import Untranslated
from editions.sources import ROOT, catalogue_of, rebuild, sources

LANGUAGE = "zh-Hans"
TREE = ROOT / "_build" / "editions" / LANGUAGE
# What has no texts, or says its texts in the language of the build, is the same in every edition.
SAME = (
    "aiimpact",
    "book/_ext",
    "book/editions",
    "book/extra",
    "book/frontend",
    "book/hub",
    "book/numbers",
    "book/pictures",
    "book/static",
    "book/templates",
    "book/chain.yml",
    "book/references.bib",
    "CHANGELOG.md",
    "CITATION.cff",
)
SPEAKS = f'from aiimpact import words\n\nwords.use("{LANGUAGE}")'


def write_tree(root: Path = ROOT, target: Path = TREE) -> Counter[str]:
    """Write the tree; files that stay as they are keep their dates, so that a build sees what changed.

    Returns
    -------
    Counter
        Source to how many of its texts are still English.
    """
    missing: Counter[str] = Counter()
    written = set()
    for source in sources(root):
        known = catalogue.translations(catalogue_of(source))

        def translate(text: str, computed: tuple[str, ...], source: Path = source) -> str:
            if text in known:  # noqa: B023
                return known[text]  # noqa: B023
            missing[source.as_posix()] += 1
            return Untranslated(text)

        text = rebuild(source, (root / source).read_text(encoding="utf-8"), translate)
        _write(target / source, _speaking(text) if source.suffix == ".ipynb" else text)
        written.add(source)
    others = {path.relative_to(root) for path in (root / "book").rglob("*.md")} - written
    for page in sorted(others):
        if not any(page.is_relative_to(folder) for folder in SAME):
            _write(target / page, (root / page).read_text(encoding="utf-8"))
    for name in SAME:
        _link(root / name, target / name)
    _write(target / "_config.yml", _config(root))
    return missing


def _speaking(text: str) -> str:
    """Let the first cell of a notebook choose the language, and take away what it had computed."""
    notebook = json.loads(text)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in cells:
        cell["outputs"], cell["execution_count"] = [], None
    if cells:
        source = "".join(cells[0]["source"])
        cells[0]["source"] = f"{SPEAKS}\n\n{source}".splitlines(keepends=True)
    notebook["metadata"]["language"] = LANGUAGE
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _config(root: Path) -> str:
    from aiimpact import words

    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    before = words.language()
    words.use(LANGUAGE)
    config["title"] = words.say(config["title"])
    config["author"] = words.say(config["author"])
    words.use(before)
    config["sphinx"]["config"]["language"] = "zh_CN"
    return yaml.safe_dump(config, allow_unicode=True, sort_keys=False)


def _write(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _link(source: Path, target: Path) -> None:
    if target.is_symlink():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.symlink_to(os.path.relpath(source, target.parent), source.is_dir())
    except OSError:  # Windows lets not everybody make links: there it is copied, each time anew.
        if source.is_dir():
            others = shutil.ignore_patterns("node_modules", "__pycache__")
            shutil.copytree(source, target, ignore=others, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)
