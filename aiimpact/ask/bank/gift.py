"""GIFT, the text format that Moodle and many others import and a teacher can read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from aiimpact.ask.bank.item import Item, clean, html, within
from aiimpact.ask.bank.moodle import category_path, matches, one_line
from aiimpact.ask.bank.numerical import centred

# A backslash first, or it would be put before its own.
_RESERVED = "\\~=#{}:"


def gift(items: Sequence[Item], title: str, address: str = "") -> str:
    """Write questions as one GIFT file, with a category for each chapter.

    GIFT has no place for hints, nor for a model answer that only the marker sees: both stand in the
    feedback that students see afterwards.

    Parameters
    ----------
    items
        The questions, those of a chapter together.
    title
        Name of the category that holds those of the chapters.
    address
        Where the book is published; without it, no question has a link.

    Returns
    -------
    str
        The file. An empty line parts questions, and there is none within one.
    """
    parts = []
    for chapter, group in groupby(items, lambda item: item.chapter):
        # Moodle takes the name of a category as it stands, without escapes,
        # and a backslash in it as the start of one.
        path = category_path(title, chapter).replace("\\", "")
        parts.append(f"$CATEGORY: {path}")
        parts += [_question(item, address) for item in group]
    return "\n\n".join(parts) + "\n"


def escaped(words: str) -> str:
    r"""Put a backslash before what GIFT would take for its own.

    Parameters
    ----------
    words
        One line of text or HTML.

    Returns
    -------
    str
        The same for a GIFT file.

    Examples
    --------
    >>> print(escaped("1:2 {a} = b # ~c\\d"))
    1\:2 \{a\} \= b \# \~c\\d
    """
    for sign in _RESERVED:
        words = words.replace(sign, f"\\{sign}")
    return clean(words)


def _question(item: Item, address: str) -> str:
    said = item.solution_html() + item.reasons_html() + item.hints_html()
    asked = within(item.language, item.question_html(address))
    tags = "".join(f" [tag:{_in_comment(tag)}]" for tag in item.tags)
    return "\n".join(
        [
            f"// [id:{_in_comment(item.id)}]{tags}",
            f"::{escaped(item.name)}::[html]{escaped(asked)}{{{'#' if item.answers else ''}",
            *_answers(item),
            f"\t####{escaped(within(item.language, said))}",
            "}",
        ]
    )


def _answers(item: Item) -> list[str]:
    def told(words: str) -> str:
        return escaped(within(item.language, html(words)))

    if item.choices:
        return [
            f"\t{'=' if choice.right else '~'}{escaped(one_line(item, choice.text))}#{told(choice.words)}"
            for choice in item.choices
        ]
    if item.things:
        return [
            f"\t={escaped(one_line(item, thing))} -> {escaped(box)}" for thing, box in matches(item)
        ]
    if not item.answers:
        return []
    assert item.right is not None
    *rows, rest = centred(item.answers, item.right)
    lines = [
        f"\t=%{100 if row.right else 0}%{row.centre}:{row.reach}#{told(row.words)}" for row in rows
    ]
    # A tilde, once and last, is what every other number is told.
    return [*lines, f"\t~#{told(rest.words)}"]


def _in_comment(words: str) -> str:
    return clean(words).replace("]", "\\]")
