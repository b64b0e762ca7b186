"""`python -m aiimpact.ask.bank`: write the questions of notebooks for a learning platform."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from aiimpact.ask.bank.collect import collect
from aiimpact.ask.bank.item import Item
from aiimpact.ask.bank.write import write

# What a question becomes, in Moodle's words and in those of QTI.
_BECOMES = {
    "choices": ("multichoice", "choice"),
    "sort": ("matching", "match"),
    "open": ("essay", "extended text"),
}
_NUMBER = ("numerical", "text entry")


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for.

    Parameters
    ----------
    arguments
        The words after the command; those of this process, if left out.

    Returns
    -------
    int
        0 if all is well, 1 if it could not be done.
    """
    given = _parser().parse_args(arguments)
    items: list[Item] = []
    try:
        for path in given.notebooks:
            items += collect(path)
            print(f"{path}: {sum(item.stem == path.stem for item in items)} questions", flush=True)
        files = write(items, given.out, title=given.title, address=given.address)
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(items, files))
    return 0


def summary(items: Sequence[Item], files: Sequence[Path]) -> str:
    """Say how many questions of which kind became what.

    Parameters
    ----------
    items
        The questions.
    files
        What was written.

    Returns
    -------
    str
        A table and the names of the files.
    """
    kinds = Counter(_kind(item) for item in items)
    lines = [f"{'kind':<24}{'questions':>10}  {'Moodle XML, GIFT':<20}{'QTI 2.1'}"]
    for (kind, (moodle, qti)), count in kinds.items():
        lines.append(f"{kind:<24}{count:>10}  {moodle:<20}{qti}")
    slips = sum(answer.slip is not None for item in items for answer in item.answers)
    lines += [f"{'all':<24}{len(items):>10}  with {slips} named wrong answers"]
    return "\n".join([*lines, *(f"{path}: {len(items)} questions" for path in files)])


def _kind(item: Item) -> tuple[str, tuple[str, str]]:
    kind = "number of an explorer" if item.setting else item.kind
    return kind, _BECOMES.get(item.kind, _NUMBER)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aiimpact.ask.bank", description=__doc__)
    parser.add_argument(
        "notebooks", nargs="+", type=Path, help="in the order of the book, from its folder"
    )
    parser.add_argument("--out", type=Path, default=Path("_build", "questions"))
    parser.add_argument("--title", default="Questions", help="what the bank is called")
    parser.add_argument(
        "--address", default="", help="where the book is published, for links [no links]"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
