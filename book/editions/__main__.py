"""``python book/editions COMMAND``: see the package's docstring."""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[n]) for n in (1, 2)]

from editions import catalogue, checks, library, names, tree  # noqa: E402
from editions.sources import ROOT, catalogue_of, messages, sources  # noqa: E402


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="editions")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("messages", help="bring the catalogues up to date with the sources")
    commands.add_parser("names", help="run the chapters and note each name that readers are shown")
    commands.add_parser("tree", help="write the sources of the edition in Simplified Chinese")
    todo = commands.add_parser("todo", help="print what a catalogue lacks, as JSON")
    todo.add_argument("file", type=Path)
    fill = commands.add_parser("fill", help="fill a catalogue from JSON: English to Chinese")
    fill.add_argument("file", type=Path)
    fill.add_argument("translations", type=Path)
    check = commands.add_parser("check", help="say what is wrong with catalogues")
    check.add_argument("files", type=Path, nargs="*")
    check.add_argument(
        "--complete", action="store_true", help="a text without translation is wrong"
    )
    given = parser.parse_args()
    # Texts are UTF-8 also in a pipe of Windows, which another command then reads.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    if given.command == "messages":
        return _messages()
    if given.command == "names":
        print(*library.refresh(names.shown()), sep="\n")
        return 0
    if given.command == "tree":
        missing = tree.write_tree()
        for source, count in missing.items():
            print(f"{source}: {count} texts are still English.")
        return 0
    if given.command == "todo":
        lacking = [m for m in catalogue.read(given.file) if m.id and (not m.string or m.fuzzy)]
        told = [
            {"text": m.id, "computed": m.auto_comments, "stale": m.string or ""} for m in lacking
        ]
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        return 0
    if given.command == "fill":
        return _fill(given.file, json.loads(given.translations.read_text(encoding="utf-8")))
    problems = checks.of_catalogues(given.files or None, complete=given.complete)
    if given.complete and not given.files:
        problems += [f"aiimpact/data: still English\n    {text}" for text in library.lacking()]
    print("\n".join(problems) or "Nothing is wrong.")
    return bool(problems)


def _messages() -> int:
    kept = set()
    for source in sources():
        path = catalogue_of(source)
        kept.add(path)
        if catalogue.write(path, catalogue.refresh(catalogue.read(path), messages(source))):
            print(path.relative_to(ROOT))
    for path in set((ROOT / "book" / "locale" / "zh-Hans").rglob("*.po")) - kept:
        path.unlink()
    for path in library.refresh():
        print(path.relative_to(ROOT))
    return 0


def _fill(path: Path, given: dict[str, str]) -> int:
    found = catalogue.read(path)
    unknown = set(given)
    for message in found:
        if message.id in given:
            message.string = given[message.id]
            message.flags.discard("fuzzy")
            message.previous_id = []
            unknown.discard(message.id)
    catalogue.write(path, found)
    for text in sorted(unknown):
        print(f"not in the catalogue: {text!r}")
    return bool(unknown)


if __name__ == "__main__":
    sys.exit(main())
