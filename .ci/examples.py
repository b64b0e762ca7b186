"""Run the examples of the library that is installed: those of its docstrings, and those of a page in Markdown.

``python -I .ci/examples.py README.md`` needs the library and what its explorers need, and nothing else. It ends
with an error where an example gives something else, and where the library is not an installed one.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import sys
from pathlib import Path
from types import ModuleType

import aiimpact

HERE = Path(__file__).resolve().parents[1]
# What these need is for authors of books, for teachers and for clusters: extras of their own.
FURTHER = {
    "aiimpact.ask.sphinx",
    "aiimpact.classroom.grading",
    "aiimpact.live.sphinx",
}
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
# A line that says in its comment what comes out, to as many digits as it writes.
_FIGURE = re.compile(r"^(\S.*?)  # ([\d,]+(?:\.\d+)?) (?:t|kg|MWh)\b", re.MULTILINE)


def modules() -> list[ModuleType]:
    """Import every module of the library, but those for whose packages nobody asked."""
    found = [aiimpact]
    for module in pkgutil.walk_packages(aiimpact.__path__, "aiimpact."):
        is_further = any(f"{module.name}.".startswith(f"{name}.") for name in FURTHER)
        if not is_further and not module.name.endswith("__main__"):
            found.append(importlib.import_module(module.name))
    return found


def of_docstrings() -> doctest.TestResults:
    """Try the examples of all docstrings."""
    results = [doctest.testmod(module) for module in modules()]
    return doctest.TestResults(
        failed=sum(result.failed for result in results),
        attempted=sum(result.attempted for result in results),
    )


def of_page(text: str) -> int:
    """Run the Python of a page, a block after the other, and give how many figures it was held against."""
    names: dict[str, object] = {}
    figures = 0
    for block in _PYTHON.findall(text):
        exec(block, names)
        for expression, written in _FIGURE.findall(block):
            result = float(eval(expression, names))
            digits = len(written.partition(".")[2])
            if round(result, digits) != float(written.replace(",", "")):
                msg = (
                    f"{expression} gives {result!r}, and the page says {written}. Correct the page."
                )
                raise ValueError(msg)
            figures += 1
    return figures


def main() -> int:
    """Run the examples of the library and of the pages that are named."""
    place = Path(aiimpact.__file__).resolve()
    if place.is_relative_to(HERE / "aiimpact"):
        print(f"{place} belongs to the sources. Install the wheel, and call Python with -I.")
        return 1
    tried = of_docstrings()
    figures = sum(of_page(Path(page).read_text(encoding="utf-8")) for page in sys.argv[1:])
    print(
        f"{aiimpact.__version__}: {tried.attempted} examples, {tried.failed} fail; figures of pages that hold: {figures}."
    )
    return bool(tried.failed) or not tried.attempted


if __name__ == "__main__":
    sys.exit(main())
