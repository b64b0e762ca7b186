"""What drifts apart: catalogues and sources, texts and translations, code before and after translation."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from editions import catalogue, code, places, wording
from editions.sources import CATALOGUES, ROOT, catalogue_of, messages, sources

LIBRARY = ROOT / "aiimpact" / "locale" / "zh-Hans"
# Strings with words that no reader sees: filters of charts, entries of the register, parts of sources' names.
NO_PROSE = re.compile(
    r"datum\.|[\s…-]*\w+:.*\n|our world in data|climate change secretariat|hk electric", re.DOTALL
)
KEYS = LIBRARY / "keys.po"
_WORDS = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
_UNIT = re.compile(r"(.+?) \[([^\[\]]+)\].*")


def of_catalogues(files: Iterable[Path] | None = None, *, complete: bool = False) -> list[str]:
    """Say what is wrong with catalogues.

    Parameters
    ----------
    files : iterable of pathlib.Path, optional
        Catalogues of the book or of the library; all of them if none is given.
    complete : bool
        Whether a text that lacks its translation, or has a stale one, is wrong too, as in a release.

    Returns
    -------
    list of str
        Each problem with catalogue, English and Chinese.
    """
    by_catalogue = {catalogue_of(source): source for source in sources()}
    if files is None:
        given = sorted({*by_catalogue, *CATALOGUES.rglob("*.po"), *LIBRARY.glob("*.po")})
    else:
        given = [Path(file).resolve() for file in files]
    found = []
    for path in given:
        told = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        source = by_catalogue.get(path)
        if source is None and path.is_relative_to(CATALOGUES):
            found.append(f"{told}: belongs to no source of the book")
        elif source is not None:
            found += [f"{told}: {line}" for line in of_source(path, source)]
        found += [f"{told}: {line}" for line in of_texts(path, complete=complete)]
        if source is not None and source.suffix == ".ipynb" and KEYS.exists():
            names = {
                str(message.id) for file in LIBRARY.glob("*.po") for message in catalogue.read(file)
            }
            found += [
                _told(f"{source}: neither a text in a listed place nor a name of {KEYS.name}", text)
                for text in unlisted(source, names)
            ]
    return found


def of_texts(path: Path, *, complete: bool = False) -> Iterator[str]:
    """Say what is wrong with the translations in a catalogue, whatever they belong to."""
    for message in catalogue.read(path):
        if not message.id:
            continue
        english, chinese = str(message.id), str(message.string or "")
        if not chinese or message.fuzzy:
            if complete:
                yield _told("stale" if chinese else "missing", english, chinese)
            continue
        if found := wording.problems(english, chinese, message.auto_comments):
            yield _told("\n  ".join(found), english, chinese)


def of_source(path: Path, source: Path, root: Path = ROOT) -> Iterator[str]:
    """Say where a catalogue and its source differ, and where translating would change code."""
    catalog = catalogue.read(path)
    known = {str(message.id) for message in catalog if message.id}
    now = dict(messages(source, root))
    for text in now.keys() - known:
        yield _told("not in the catalogue", text)
    for text in known - now.keys():
        yield _told("no longer in the book", text)
    if source.suffix == ".ipynb":
        translated = catalogue.translations(path)
        for cell in code_cells(root / source):
            yield from of_code(cell, translated)


def of_code(cell: str, translations: dict[str, str]) -> Iterator[str]:
    """Say where a translated cell differs from the cell in anything but texts."""
    try:
        said = code.rebuild(cell, lambda text, _: translations.get(text, text))
        ours, theirs = _tree(cell), _tree(said)
    except (ValueError, SyntaxError) as error:
        yield f"cannot be put into its cell: {error}"
        return
    if _twice(theirs) > _twice(ours):
        yield _told("two texts of one dict have the same translation", cell)
    if _blanked(ours) != _blanked(theirs):
        yield _told("the translated code differs in more than texts", cell, said)


def unlisted(source: Path, known: Collection[str], root: Path = ROOT) -> Iterator[str]:
    """Say which strings of a notebook's code look like prose, but are neither in a place for texts nor known as names.

    Parameters
    ----------
    source : pathlib.Path
        A notebook, below the root.
    known : collection of str
        The names that the library says: outputs, presets, options and the like.
    root : pathlib.Path
        Where the book is.

    Yields
    ------
    str
        A string; what is computed in it is `…`.
    """
    trees = [_tree(cell) for cell in code_cells(root / source)]
    typed = {text for tree in trees for text in _options(tree)}
    for tree in trees:
        for text in _beside_places(tree):
            is_prose = _WORDS.search(text) and not NO_PROSE.match(text) and text not in typed
            if is_prose and not _is_known(text, known):
                yield text


def _options(tree: ast.Module) -> Iterator[str]:
    """Give the answers that a student types as they stand in the task."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "checks.choice":
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def _beside_places(tree: ast.Module) -> Iterator[str]:
    """Give the strings of some code that no place for texts holds."""
    seen = {id(inner) for text in places.texts(tree) for inner in ast.walk(text)}
    for node in ast.walk(tree):
        if id(node) in seen:
            continue
        if isinstance(node, ast.JoinedStr):
            seen |= {id(part) for part in node.values}
            constants = (
                part.value if isinstance(part, ast.Constant) else "…" for part in node.values
            )
            yield "".join(map(str, constants))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is_known(text: str, known: Collection[str]) -> bool:
    """Say whether a name is known: as a whole, or its words and its unit, each by itself."""
    parts = _UNIT.fullmatch(text)
    bare, unit = parts.groups() if parts else (text, "")
    if text in known or (bare in known and (unit in known or not _WORDS.search(unit))):
        return True
    # A name with a unit that is put together is an output's: where it is shown, running has noted it.
    return "…" in bare and bool(unit)


def _told(problem: str, english: str, chinese: str = "") -> str:
    return "\n    ".join(filter(None, (problem, english, chinese)))


def code_cells(path: Path) -> Iterator[str]:
    """Give the code of a notebook, cell by cell."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(cell["source"])


def _tree(cell: str) -> ast.Module:
    return ast.parse(code.without_magic(cell))


def _twice(tree: ast.Module) -> int:
    """Count the keys of dicts that stand there a second time."""
    count = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            keys = [ast.dump(key) for key in node.keys if key is not None]
            count += len(keys) - len(set(keys))
    return count


def _blanked(tree: ast.Module) -> str:
    """Write code without its texts; of an f-string what it computes stays, each once and in no order."""
    texts = {id(text) for text in places.texts(tree)}
    return ast.dump(_Blank(texts).visit(tree))


class _Blank(ast.NodeTransformer):
    def __init__(self, texts: set[int]) -> None:
        self.texts, self.inside = texts, False

    def visit(self, node: ast.AST) -> ast.AST:
        if id(node) in self.texts or (self.inside and isinstance(node, ast.JoinedStr)):
            return self._without_words(node)
        visited: ast.AST = super().visit(node)
        return visited

    def _without_words(self, node: ast.AST) -> ast.expr:
        if not isinstance(node, ast.JoinedStr):
            return ast.Constant("")
        before, self.inside = self.inside, True
        computed = [
            self.visit(part) for part in node.values if isinstance(part, ast.FormattedValue)
        ]
        self.inside = before
        once = {ast.dump(part): part for part in computed}
        # As a place takes a name from each expression, a translation may use a value twice.
        return ast.Set([ast.Constant(written) for written in sorted(once)])

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        if self.inside:
            node.body, node.orelse = map(_without_string, (node.body, node.orelse))
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if self.inside and node.args and ast.unparse(node.func) == "fact":
            node.args[0] = _without_string(node.args[0])
        return node


def _without_string(node: ast.expr) -> ast.expr:
    is_string = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return ast.Constant("") if is_string else node
