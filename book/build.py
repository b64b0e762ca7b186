"""Build the book into ``_build/html``: English, and the editions that the variable `EDITIONS` lists below it.

``python book/build.py``: the notebooks of English and of Simplified Chinese run side by side; Hong
Kong's edition is written from the latter's pages (``editions/pages.py``). What was built from which sources is noted beside
the pages: while they are those of the sources, nothing is built.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "book"), str(ROOT)]

from editions import library, pages, tree  # noqa: E402

from aiimpact import words  # noqa: E402

# What a page can come from, and what is made from it.
SOURCES = (
    "aiimpact",
    "book",
    "chapters",
    "requirements",
    "_config.yml",
    "_toc.yml",
    "CITATION.cff",
)
# What is told from outside: where the book will stand, and where its sources do.
VARIABLES = ("BOOK_ADDRESS", "GITHUB_REPOSITORY", "GITHUB_REF_NAME")
MADE = {"dist", "node_modules", "__pycache__"}
NOTE = ROOT / "_build" / "built.json"
# What IPython is told, in place of what the builder's own home says. A kernel warns that it talks unencrypted; it does so
# within this machine, and MyST-NB has no way to ask for keys.
PROFILE = ROOT / "_build" / "ipython"
SETTINGS = "c = get_config()\nc.IPKernelApp.log_level = 'ERROR'\n"


def wanted() -> list[str]:
    """List the editions that the variable `EDITIONS` names, with those that come with them."""
    try:
        named = {words.edition(name) for name in os.environ.get("EDITIONS", "").split()}
    except ValueError as error:
        msg = f"EDITIONS={os.environ['EDITIONS']!r}: {error}"
        raise SystemExit(msg) from None
    # Links lead from each to each, and Hong Kong's is made of the other's pages.
    return list(words.LANGUAGES) if named - {"en"} else ["en"]


def fingerprint(root: Path = ROOT) -> str:
    """Give a number for all sources: another one when a file is changed, comes or goes."""
    told = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
    found = hashlib.sha256(json.dumps(told).encode())
    for name in SOURCES:
        for folder, inside, files in os.walk(root / name):
            inside[:] = sorted(part for part in inside if part not in MADE and part[0] != ".")
            for path in sorted(Path(folder, file) for file in files):
                found.update(f"{path.relative_to(root).as_posix()}\0".encode())
                found.update(hashlib.sha256(path.read_bytes()).digest())
        if (root / name).is_file():
            found.update(hashlib.sha256((root / name).read_bytes()).digest())
    return found.hexdigest()


def missing(root: Path = ROOT) -> str:
    """Say why the pages have to be built; nothing if they are those of the sources."""
    note, html = root / NOTE.relative_to(ROOT), root / "_build" / "html"
    # The notebooks as they ran are compared with the sources by a test.
    needed = (html / "index.html", note, root / "_build" / "jupyter_execute")
    if not all(path.exists() for path in needed):
        return "There is no book yet."
    built = json.loads(note.read_text(encoding="utf-8"))
    there = [e for e in built["editions"] if e == "en" or (html / e / "index.html").is_file()]
    if lacking := [edition for edition in wanted() if edition not in there]:
        return f"The book has no edition {', '.join(lacking)} yet."
    return "" if built["sources"] == fingerprint(root) else "The book's sources have changed."


def write_profile(folder: Path = PROFILE) -> None:
    """Write the settings of the kernels that run the notebooks."""
    path = folder / "profile_default" / "ipython_kernel_config.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SETTINGS, encoding="utf-8")


def build(folder: Path, language: str = "en") -> None:
    """Run the notebooks of a tree of sources, write its pages and finish them."""
    variables = os.environ | {
        "AIIMPACT_LANGUAGE": language,
        "IPYTHONDIR": str(PROFILE),
        "EDITIONS": " ".join(wanted()),
    }
    sphinx = ["jupyter-book", "build", ".", "--builder", "html", "-n", "-W", "--keep-going"]
    finish = ["node", str(ROOT / "book" / "frontend" / "finish.js"), "_build/html"]
    for command in (sphinx if language == "en" else [*sphinx, "-q"], finish):
        subprocess.run(command, cwd=folder, env=variables, check=True)


def main() -> int:
    """Build every edition that is wanted, and note of which sources; nothing where that is built already."""
    editions = wanted()
    if not missing():
        print("_build/html is what these sources give. Delete that folder to build it again.")
        return 0
    NOTE.unlink(missing_ok=True)
    write_profile()
    sources = fingerprint()
    if failed := write(editions):
        return failed
    NOTE.write_text(json.dumps({"editions": editions, "sources": sources}), encoding="utf-8")
    return 0


def write(editions: list[str]) -> int:
    """Write the pages of the editions."""
    if editions == ["en"]:
        pages.remove()
        try:
            build(ROOT)
        except subprocess.CalledProcessError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    count = len(library.lacking())
    if count:
        print(f"{count} texts of the data are still English; make check-editions lists them.")
    tree.write_tree()
    with ThreadPoolExecutor(2) as both:
        done = [both.submit(build, ROOT), both.submit(build, tree.TREE, tree.LANGUAGE)]
    failed = [str(error) for future in done if (error := future.exception())]
    if failed:
        print(*failed, sep="\n", file=sys.stderr)
        return 1
    pages.place()
    return 0


if __name__ == "__main__":
    sys.exit(main())
