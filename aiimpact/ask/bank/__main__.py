"""`python -m aiimpact.ask.bank`: write the questions of notebooks for a learning platform."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from aiimpact import words
from aiimpact.ask.bank.collect import collect
from aiimpact.ask.bank.item import Item, kind_said
from aiimpact.ask.bank.write import write
from aiimpact.words import say

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
    try:
        language = words.edition(given.language) if given.language else ""
        with words.speaking(language or words.language()):
            return _run(given, language)
    except FileNotFoundError as error:
        print(say("There is no {file}.", file=error.filename or error), file=sys.stderr)
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
    return 1


def _run(given: argparse.Namespace, language: str) -> int:
    items: list[Item] = []
    for path in given.notebooks:
        found = collect(path, language=language)
        items += found
        print(say("{path}: {count} questions", path=path, count=len(found)), flush=True)
    # Of a book in several languages, each but English lies in a folder that is called like it.
    edition = f"/{language}" if given.address and language not in ("", "en") else ""
    address = given.address.rstrip("/") + edition
    files = write(items, given.out, title=say(given.title), address=address)
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
        A line a kind, and the names of the files.
    """
    kinds = Counter(_kind(item) for item in items)
    lines = [
        say(
            "{kind}: {count} ({moodle}; in QTI {qti})",
            kind=kind,
            count=count,
            moodle=moodle,
            qti=qti,
        )
        for (kind, (moodle, qti)), count in kinds.items()
    ]
    slips = sum(answer.slip is not None for item in items for answer in item.answers)
    lines.append(
        say(
            "{count} questions in all, with {slips} named wrong answers",
            count=len(items),
            slips=slips,
        )
    )
    return "\n".join([*lines, *map(str, files)])


def _kind(item: Item) -> tuple[str, tuple[str, str]]:
    kind = say("number of an explorer") if item.setting else kind_said(item.kind)
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
    parser.add_argument(
        "--language",
        default="",
        help=f"which edition the notebooks are of, {', '.join(words.LANGUAGES)}: for links, and to have "
        "Hong Kong's written from Simplified Chinese [that of each notebook]",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
