"""Which files of the book hold texts, and the catalogue of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from editions import code, markdown

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "book" / "locale" / "zh-Hans"
# Their texts are the library's, or code: they stay English and say so.
ENGLISH = ("book/reference", "book/authors", "book/architecture")

Translate = Callable[[str, tuple[str, ...]], str]


def sources(root: Path = ROOT) -> list[Path]:
    """List the files with texts, below the root."""
    patterns = ("chapters/*.ipynb", "chapters/exercises/*.ipynb", "book/*.md", "book/teaching/*.md")
    found = [path.relative_to(root) for pattern in patterns for path in root.glob(pattern)]
    return [
        *sorted(path for path in found if not path.as_posix().startswith(ENGLISH)),
        Path("_toc.yml"),
    ]


def catalogue_of(source: Path) -> Path:
    """Give the catalogue of a source."""
    folder = {
        "chapters": "chapters",
        "chapters/exercises": "exercises",
        "book/teaching": "teaching",
    }
    name = source.stem.lstrip("_")
    return CATALOGUES / folder.get(source.parent.as_posix(), "book") / f"{name}.po"


def rebuild(source: Path, text: str, translate: Translate) -> str:
    """Write a source, given as text, with each of its texts as `translate` gives it."""
    if source.suffix == ".ipynb":
        notebook = json.loads(text)
        translate_notebook(notebook, translate)
        return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    if source.suffix == ".yml":
        return _contents(text, translate)
    return markdown.rebuild(text, translate)


def translate_notebook(notebook: dict[str, Any], translate: Translate) -> None:
    """Translate the cells of a notebook, in place."""
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        rebuilt = code.rebuild if cell["cell_type"] == "code" else markdown.rebuild
        said = rebuilt(source, translate)
        if said != source:
            cell["source"] = said.splitlines(keepends=True)


def messages(source: Path, root: Path = ROOT) -> Iterator[tuple[str, tuple[str, ...]]]:
    """List the texts of a source, each once, with what is computed in them."""
    found: dict[str, tuple[str, ...]] = {}

    def take(text: str, computed: tuple[str, ...]) -> str:
        found.setdefault(text, computed)
        return text

    rebuild(source, (root / source).read_text(encoding="utf-8"), take)
    yield from found.items()


def _contents(text: str, translate: Translate) -> str:
    """Translate the captions of the table of contents."""
    lines = []
    for line in text.splitlines():
        head, mark, caption = line.partition("caption: ")
        lines.append(head + mark + translate(caption, ()) if mark else line)
    assert yaml.safe_load("\n".join(lines))
    return "\n".join(lines) + "\n"
