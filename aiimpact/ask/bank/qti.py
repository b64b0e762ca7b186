"""IMS QTI 2.1: a package with an item for each question and a test with a section for each chapter."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from aiimpact.ask.bank.item import Answer, Item, clean, html

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
# The same file comes out of the same questions on any day.
_DAY = (1980, 1, 1, 0, 0, 0)


def qti_package(items: Sequence[Item], title: str, address: str = "") -> bytes:
    """Write questions as one QTI 2.1 package.

    Parameters
    ----------
    items
        The questions, those of a chapter together.
    title
        What the test is called.
    address
        Where the book is published; without it, no question has a link.

    Returns
    -------
    bytes
        A zip with ``imsmanifest.xml``, ``test.xml`` and ``items/<identifier>.xml``.
    """
    files = {"imsmanifest.xml": _manifest(items), "test.xml": _test(items, title)}
    files |= {_file(item): item_xml(item, address) for item in items}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, root in files.items():
            info = zipfile.ZipInfo(name, _DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, _document(root))
    return packed.getvalue()


def item_xml(item: Item, address: str = "") -> Element:
    """Write one question as an assessment item.

    Rows become conditions in their own order with their own ends, so nothing of them is lost. What an
    answer is told is feedback that shows up afterwards; hints are for the tutor, and the model answer to
    an open question is for the scorer.

    Parameters
    ----------
    item
        The question.
    address
        Where the book is published.

    Returns
    -------
    Element
        The root of the document.
    """
    kind = _kind(item)
    base = {
        "choices": "identifier",
        "number": "float",
        "sort": "directedPair",
        "open": "string",
    }[kind]
    root = Element("assessmentItem", xmlns=QTI, identifier=_name(item), title=clean(item.name))
    root.attrib |= {"xml:lang": item.language, "adaptive": "false", "timeDependent": "false"}
    given = SubElement(root, "responseDeclaration", _variable("RESPONSE", base))
    if kind == "sort":
        given.set("cardinality", "multiple")
    right = _right(item)
    if right:
        correct = SubElement(given, "correctResponse")
        for value in right:
            _value(correct, value)
    score = SubElement(root, "outcomeDeclaration", _variable("SCORE", "float"), normalMaximum="1")
    _value(SubElement(score, "defaultValue"), "0")
    if kind != "open":
        for name in ("FEEDBACK", "SOLUTION"):
            SubElement(root, "outcomeDeclaration", _variable(name, "identifier"))
    body = SubElement(root, "itemBody")
    body.extend(_xhtml(item.question_html(address)))
    {"choices": _choices, "number": _number, "sort": _sort, "open": _open}[kind](body, item)
    if kind == "open":
        _rubric(body, "scorer", item.solution_html())
    _rubric(body, "tutor", item.hints_html())
    if kind == "choices":
        _judge_choice(root)
        _feedback(
            root,
            "FEEDBACK",
            ((f"choice-{i}", html(c.words)) for i, c in enumerate(item.choices, 1)),
        )
    elif kind == "number":
        _judge_number(root, item.answers)
        _feedback(
            root,
            "FEEDBACK",
            ((f"answer-{i}", html(a.words)) for i, a in enumerate(item.answers, 1)),
        )
    elif kind == "sort":
        _judge_sorting(root, item)
        _feedback(root, "FEEDBACK", ((key, html(words)) for key, _, words in _misplaced(item)))
    if kind != "open":
        _feedback(root, "SOLUTION", [("solution", item.solution_html())])
    return root


def _kind(item: Item) -> str:
    if item.choices:
        return "choices"
    return "number" if item.answers else "sort" if item.things else "open"


def _right(item: Item) -> list[str]:
    if item.choices:
        return [f"choice-{i}" for i, choice in enumerate(item.choices, 1) if choice.right]
    if item.things:
        return [
            f"thing-{i} box-{item.boxes.index(thing.box) + 1}"
            for i, thing in enumerate(item.things, 1)
        ]
    return [] if item.right is None else [repr(item.right)]


def _choices(body: Element, item: Item) -> None:
    shown = SubElement(
        body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="true", maxChoices="1"
    )
    for i, choice in enumerate(item.choices, 1):
        SubElement(shown, "simpleChoice", identifier=f"choice-{i}").text = clean(choice.text)


def _number(body: Element, item: Item) -> None:
    box = SubElement(SubElement(body, "p"), "textEntryInteraction", responseIdentifier="RESPONSE")
    box.set("expectedLength", "15")
    box.tail = f" {clean(item.units()[0])}" if item.unit else None


def _sort(body: Element, item: Item) -> None:
    shown = SubElement(body, "matchInteraction", responseIdentifier="RESPONSE", shuffle="true")
    shown.set("maxAssociations", str(len(item.things)))
    things = [thing.text for thing in item.things]
    for name, texts, most in (("thing", things, 1), ("box", item.boxes, len(things))):
        set_ = SubElement(shown, "simpleMatchSet")
        for i, words in enumerate(texts, 1):
            choice = SubElement(set_, "simpleAssociableChoice", identifier=f"{name}-{i}")
            choice.set("matchMax", str(most))
            choice.text = clean(words)


def _misplaced(item: Item) -> Iterator[tuple[str, str, str]]:
    """Give each thing in each wrong box: a name, the pair, and what it is told."""
    for i, thing in enumerate(item.things, 1):
        for j, words in enumerate(thing.told, 1):
            if words:
                yield f"thing-{i}-box-{j}", f"thing-{i} box-{j}", words


def _open(body: Element, _: Item) -> None:
    SubElement(body, "extendedTextInteraction", responseIdentifier="RESPONSE", expectedLines="6")


def _judge_choice(root: Element) -> None:
    processing = SubElement(root, "responseProcessing")
    answered = _if_answered(processing)
    condition = SubElement(answered, "responseCondition")
    right = SubElement(condition, "responseIf")
    match = SubElement(right, "match")
    SubElement(match, "variable", identifier="RESPONSE")
    SubElement(match, "correct", identifier="RESPONSE")
    _set(right, "SCORE", "float", "1")
    told = SubElement(answered, "setOutcomeValue", identifier="FEEDBACK")
    SubElement(told, "variable", identifier="RESPONSE")


def _judge_sorting(root: Element, item: Item) -> None:
    """Give a point if all are right; or else say what the first in a wrong box is told."""
    answered = _if_answered(SubElement(root, "responseProcessing"))
    condition = SubElement(answered, "responseCondition")
    right = SubElement(condition, "responseIf")
    match = SubElement(right, "match")
    SubElement(match, "variable", identifier="RESPONSE")
    SubElement(match, "correct", identifier="RESPONSE")
    _set(right, "SCORE", "float", "1")
    for key, pair, _ in _misplaced(item):
        branch = SubElement(condition, "responseElseIf")
        member = SubElement(branch, "member")
        SubElement(member, "baseValue", baseType="directedPair").text = pair
        SubElement(member, "variable", identifier="RESPONSE")
        _set(branch, "FEEDBACK", "identifier", key)


def _judge_number(root: Element, answers: Sequence[Answer]) -> None:
    answered = _if_answered(SubElement(root, "responseProcessing"))
    condition = SubElement(answered, "responseCondition")
    for i, answer in enumerate(answers, 1):
        branch = SubElement(condition, "responseIf" if i == 1 else "responseElseIf")
        both = SubElement(branch, "and")
        for sign, end in (("gte", answer.low), ("lte", answer.high)):
            if end is not None:
                compared = SubElement(both, sign)
                SubElement(compared, "variable", identifier="RESPONSE")
                SubElement(compared, "baseValue", baseType="float").text = repr(end)
        if answer.right:
            _set(branch, "SCORE", "float", "1")
        _set(branch, "FEEDBACK", "identifier", f"answer-{i}")


def _if_answered(processing: Element) -> Element:
    """Judge what was answered, and show the solution then."""
    branch = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    empty = SubElement(SubElement(branch, "not"), "isNull")
    SubElement(empty, "variable", identifier="RESPONSE")
    _set(branch, "SOLUTION", "identifier", "solution")
    return branch


def _set(branch: Element, name: str, base: str, value: str) -> None:
    setting = SubElement(branch, "setOutcomeValue", identifier=name)
    SubElement(setting, "baseValue", baseType=base).text = value


def _feedback(root: Element, outcome: str, told: Iterable[tuple[str, str]]) -> None:
    for identifier, words in told:
        shown = SubElement(root, "modalFeedback", outcomeIdentifier=outcome, identifier=identifier)
        shown.set("showHide", "show")
        shown.extend(_xhtml(words))


def _rubric(body: Element, view: str, words: str) -> None:
    if words:
        SubElement(body, "rubricBlock", view=view).extend(_xhtml(words))


def _test(items: Sequence[Item], title: str) -> Element:
    root = Element("assessmentTest", xmlns=QTI, identifier="test", title=clean(title))
    part = SubElement(
        root, "testPart", identifier="part", navigationMode="nonlinear", submissionMode="individual"
    )
    for i, (chapter, group) in enumerate(groupby(items, lambda item: item.chapter), 1):
        section = SubElement(
            part, "assessmentSection", identifier=f"section-{i}", title=clean(chapter or title)
        )
        section.set("visible", "true")
        for item in group:
            SubElement(section, "assessmentItemRef", identifier=_name(item), href=_file(item))
    return root


def _manifest(items: Sequence[Item]) -> Element:
    root = Element("manifest", xmlns=PACKAGE, identifier="manifest")
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "QTIv2.1 Package"
    SubElement(metadata, "schemaversion").text = "1.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    test = _resource(resources, "resource-test", "imsqti_test_xmlv2p1", "test.xml")
    for item in items:
        SubElement(test, "dependency", identifierref=f"resource-{_name(item)}")
        _resource(resources, f"resource-{_name(item)}", "imsqti_item_xmlv2p1", _file(item))
    return root


def _resource(resources: Element, identifier: str, kind: str, href: str) -> Element:
    resource = SubElement(resources, "resource", identifier=identifier, type=kind, href=href)
    SubElement(resource, "file", href=href)
    return resource


def _name(item: Item) -> str:
    # An identifier begins with a letter, and a notebook's name may begin with its number.
    return f"q-{item.id}"


def _file(item: Item) -> str:
    return f"items/{_name(item)}.xml"


def _variable(identifier: str, base: str) -> dict[str, str]:
    return {"identifier": identifier, "cardinality": "single", "baseType": base}


def _value(parent: Element, value: str) -> None:
    SubElement(parent, "value").text = value


def _xhtml(words: str) -> Iterator[Element]:
    yield from ElementTree.fromstring(f"<div>{words}</div>")


def _document(root: Element) -> str:
    ElementTree.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}\n{ElementTree.tostring(root, encoding='unicode')}\n"
