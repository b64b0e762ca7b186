"""Build the book into ``_build/html``: English, and the editions that the variable `EDITIONS` lists below it.

``python book/build.py``: the notebooks of English and of Simplified Chinese run side by side; Hong
Kong's edition is written from the latter's pages (``editions/pages.py``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "book"), str(ROOT)]

from editions import library, pages, tree  # noqa: E402


def build(folder: Path, language: str = "en") -> None:
    """Run the notebooks of a tree of sources, write its pages and finish them."""
    variables = os.environ | {"AIIMPACT_LANGUAGE": language}
    sphinx = ["jupyter-book", "build", ".", "--builder", "html", "-n", "-W", "--keep-going"]
    finish = ["node", str(ROOT / "book" / "frontend" / "finish.js"), "_build/html"]
    for command in (sphinx if language == "en" else [*sphinx, "-q"], finish):
        subprocess.run(command, cwd=folder, env=variables, check=True)


def main() -> int:
    """Build every edition that is wanted."""
    wanted = os.environ.get("EDITIONS", "en").split()
    if not set(wanted) > {"en"}:
        pages.remove()
        build(ROOT)
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
