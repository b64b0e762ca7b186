"""Moodle XML, which Moodle's question bank imports with hints, feedback and identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

from aiimpact.ask.bank.item import Item, clean, html, text, within
from aiimpact.ask.bank.numerical import centred

# What a wrong attempt costs, where a quiz lets students try again: Moodle's own default.
_PENALTY = "0.3333333"
_KINDS = {"choices": "multichoice", "open": "essay", "sort": "matching"}


def moodle_xml(items: Sequence[Item], title: str, address: str = "") -> str:
    """Write questions as one Moodle XML file, with a category for each chapter.

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
        The file.
    """
    quiz = ElementTree.Element("quiz")
    for chapter, group in groupby(items, lambda item: item.chapter):
        category = ElementTree.SubElement(quiz, "question", type="category")
        _text(category, "category", category_path(title, chapter), form="")
        for item in group:
            _question(quiz, item, address)
    ElementTree.indent(quiz)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{head}{ElementTree.tostring(quiz, encoding='unicode')}\n"


def category_path(title: str, chapter: str) -> str:
    """Write the path of a category; a slash in a name is doubled.

    Parameters
    ----------
    title, chapter
        Names of the category above, and of the one in it.

    Returns
    -------
    str
        The path, within the course into which a teacher imports.

    Examples
    --------
    >>> category_path("Energy", "Watts/hours")
    '$course$/top/Energy/Watts//hours'
    """
    names = (clean(name).replace("/", "//") for name in (title, chapter))
    return "/".join(["$course$", "top", *filter(None, names)])


def _question(quiz: ElementTree.Element, item: Item, address: str) -> None:
    kind = _KINDS.get(item.kind, "numerical")
    root = ElementTree.SubElement(quiz, "question", type=kind)
    _text(root, "name", item.name, form="")
    _text(root, "questiontext", within(item.language, item.question_html(address)))
    said = "" if kind == "essay" else item.solution_html() + item.reasons_html()
    _text(root, "generalfeedback", within(item.language, said))
    _value(root, "defaultgrade", "1.0000000")
    _value(root, "penalty", "0" if kind == "essay" else _PENALTY)
    _value(root, "hidden", "0")
    _value(root, "idnumber", item.id)
    {
        "multichoice": _multichoice,
        "essay": _essay,
        "matching": _matching,
        "numerical": _numerical,
    }[kind](root, item)
    if kind != "essay":
        for hint in item.hints:
            _text(root, "hint", within(item.language, html(hint)))
    tags = ElementTree.SubElement(root, "tags")
    for tag in item.tags:
        _text(tags, "tag", tag, form="")


def _multichoice(root: ElementTree.Element, item: Item) -> None:
    for name, value in (
        ("single", "true"),
        ("shuffleanswers", "true"),
        ("answernumbering", "none"),
    ):
        _value(root, name, value)
    for choice in item.choices:
        answer = _text(root, "answer", one_line(item, choice.text), fraction=choice.right)
        _text(answer, "feedback", within(item.language, html(choice.words)))


def _matching(root: ElementTree.Element, item: Item) -> None:
    _value(root, "shuffleanswers", "true")
    ElementTree.SubElement(root, "shownumcorrect")
    for thing, box in matches(item):
        question = _text(root, "subquestion", one_line(item, thing))
        _value(ElementTree.SubElement(question, "answer"), "text", box)


def one_line(item: Item, words: str) -> str:
    """Write a choice or a thing: Moodle takes the paragraph around it away, and no other block."""
    return f'<p><span lang="{item.language}">{text(words)}</span></p>' if words else ""


def matches(item: Item) -> list[tuple[str, str]]:
    """Give each thing with its box, and each box that stays empty with no thing: a wrong answer to offer."""
    filled = [thing.box for thing in item.things]
    pairs = [(thing.text, thing.box) for thing in item.things]
    return pairs + [("", box) for box in item.boxes if box not in filled]


def _numerical(root: ElementTree.Element, item: Item) -> None:
    assert item.right is not None
    for row in centred(item.answers, item.right):
        answer = _text(root, "answer", row.centre, form="plain_text", fraction=row.right)
        _text(answer, "feedback", within(item.language, html(row.words)))
        _value(answer, "tolerance", row.reach)
    if item.unit:
        units = ElementTree.SubElement(root, "units")
        for name in item.units():
            unit = ElementTree.SubElement(units, "unit")
            _value(unit, "multiplier", "1")
            _value(unit, "unit_name", name)
    # The unit may be typed or left out, and is not graded: Moodle's "optional" is 0, its "none" 3.
    for name, value in (
        ("unitgradingtype", "0"),
        ("unitpenalty", "0.1000000"),
        ("showunits", "0" if item.unit else "3"),
        ("unitsleft", "0"),
    ):
        _value(root, name, value)


def _essay(root: ElementTree.Element, item: Item) -> None:
    for name, value in (
        ("responseformat", "editor"),
        ("responserequired", "1"),
        ("responsefieldlines", "10"),
        ("attachments", "0"),
        ("attachmentsrequired", "0"),
    ):
        _value(root, name, value)
    _text(root, "graderinfo", within(item.language, item.solution_html() + item.hints_html()))
    _text(root, "responsetemplate", "")


def _text(
    parent: ElementTree.Element,
    tag: str,
    content: str,
    *,
    form: str = "html",
    fraction: bool | None = None,
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag)
    if fraction is not None:
        element.set("fraction", "100" if fraction else "0")
    if form:
        element.set("format", form)
    _value(element, "text", content)
    return element


def _value(parent: ElementTree.Element, tag: str, content: str) -> None:
    ElementTree.SubElement(parent, tag).text = clean(content)
