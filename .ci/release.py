"""What a release is held against, and the files that go with it; `make release` calls it.

To release: raise `__version__` in aiimpact/__init__.py, give "Unreleased" in CHANGELOG.md its number and day, run
`make record` on that day, commit, and push the tag: `v` and the version. The workflow does the rest.

``python .ci/release.py check [TAG]`` says what is not ready; with a tag that is an error.
``python .ci/release.py files FOLDER`` writes the citation file, the notes, the book's archive under its version, and the sums.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = ROOT / "_build" / "ai-and-the-environment.zip"
# As Keep a Changelog has them: ## [0.2.0] - 2026-12-24
_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


class Entry(NamedTuple):
    """What the changelog says of one version; of what is not out yet, without a date."""

    version: str
    date: str
    text: str


def version(root: Path = ROOT) -> str:
    """Read the version where it stands."""
    source = (root / "aiimpact" / "__init__.py").read_text(encoding="utf-8")
    return re.findall(r'^__version__ = "(.+)"$', source, re.MULTILINE)[0]


def changelog(root: Path = ROOT) -> list[Entry]:
    """Read the entries of the changelog, the newest first."""
    _, *parts = _HEADING.split((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    return [
        Entry(name, date or "", text.strip())
        for name, date, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]


def recorded(root: Path = ROOT) -> dict[str, str]:
    """Give the versions whose numbers are recorded, with the day of the record."""
    path = root / "book" / "numbers" / "released.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["release"]: row["date"] for row in csv.DictReader(file)}


def problems(tag: str = "", root: Path = ROOT) -> list[str]:
    """Say what keeps the sources from being a release, each in a sentence with what to do."""
    number = version(root)
    found = []
    if tag and tag != f"v{number}":
        found.append(
            f"The tag is {tag}, and aiimpact/__init__.py has {number}. Tag v{number}, or raise it there."
        )
    entries = {entry.version: entry for entry in changelog(root)}
    if number not in entries:
        found.append(
            f"CHANGELOG.md has nothing of {number}. Give “Unreleased” that number and the day."
        )
    elif not entries[number].date or not entries[number].text:
        found.append(f"What CHANGELOG.md says of {number} needs its day and what is new in it.")
    if entries.get("Unreleased", Entry("", "", "")).text:
        found.append(
            f"CHANGELOG.md has changes that are in no version. If they are in this one, raise {number} and put them there."
        )
    days = recorded(root)
    if number not in days:
        found.append(f"The numbers of {number} are not recorded. Run `make record`, and commit it.")
    elif number in entries and entries[number].date not in ("", days[number]):
        found.append(
            f"The numbers of {number} were recorded on {days[number]}, and CHANGELOG.md says {entries[number].date}. One day for both."
        )
    told = yaml.safe_load((root / "book/numbers/changes.yaml").read_text(encoding="utf-8")) or []
    if any(entry["since"] == number for entry in told):
        found.append(
            f"By book/numbers/changes.yaml numbers have moved since {number}. Raise the version, and run `make record`."
        )
    return found


def citation(number: str, date: str, urls: dict[str, str], root: Path = ROOT) -> dict[str, Any]:
    """Give the citation of a version: that of the project, with what only a release has."""
    found: dict[str, Any] = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    of_release = {"version": number} | ({"date-released": date} if date else {})
    if "Source" in urls:
        of_release["repository-code"] = urls["Source"]
    if "Documentation" in urls:
        of_release["url"] = urls["Documentation"]
    references = found.pop("references")
    return found | of_release | {"references": references}


def write(folder: Path, root: Path = ROOT, archive: Path = ARCHIVE) -> list[Path]:
    """Write what goes with wheel and source archive, and the sums of all."""
    number = version(root)
    entry = next((e for e in changelog(root) if e.version == number), Entry(number, "", ""))
    cited = citation(number, entry.date, _metadata().urls(os.environ), root)
    (folder / "CITATION.cff").write_text(
        yaml.safe_dump(cited, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    (folder / "NOTES.md").write_text(f"{entry.text}\n", encoding="utf-8")
    shutil.copyfile(archive, folder / f"{archive.stem}-{number}{archive.suffix}")
    attached = sorted(p for p in folder.iterdir() if p.name not in ("NOTES.md", "SHA256SUMS"))
    sums = "".join(f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in attached)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return attached


def _metadata() -> Any:
    path = Path(__file__).with_name("metadata.py")
    spec = importlib.util.spec_from_file_location("metadata", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="release")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check")
    check.add_argument("tag", nargs="?", default="")
    files = commands.add_parser("files")
    files.add_argument("folder", type=Path)
    given = parser.parse_args()
    if given.command == "files":
        for path in write(given.folder):
            print(f"{path.stat().st_size / 1e6:8.2f} MB  {path.name}")
        return 0
    found = problems(given.tag)
    if found and not given.tag:
        print("A rehearsal. Before a tag is given:")
    print(
        "\n".join(found) or f"{version()} is ready.", file=sys.stderr if given.tag else sys.stdout
    )
    return bool(found and given.tag)


if __name__ == "__main__":
    sys.exit(main())
