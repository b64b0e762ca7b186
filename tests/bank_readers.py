"""Small readers of Moodle XML, GIFT and QTI 2.1, written from the formats' rules and not from our writers.

Each gives the questions of a file, and says of an answer which fraction and which words it gets.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.etree import ElementTree

from bs4 import BeautifulSoup

QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"


@dataclass
class Read:
    """What a platform knows of a question."""

    id: str
    name: str
    kind: str
    category: str
    text: str
    general: str = ""
    hints: list[str] = field(default_factory=list)
    marker: str = ""
    tags: list[str] = field(default_factory=list)
    choices: dict[str, tuple[float, str]] = field(default_factory=dict)
    told: Callable[[float], tuple[float, str] | None] | None = None
    shown: float | None = None
    matches: list[tuple[str, str]] = field(default_factory=list)
    sorts: Callable[[dict[str, str]], tuple[float, str]] | None = None


@cache
def plain(html: str) -> str:
    """Give what a reader sees of HTML."""
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def first_match(answers: list[tuple[str, float, float, str]]) -> Callable[[float], Any]:
    """Judge as Moodle does: the first answer within its tolerance, a little widened; `*` takes all."""

    def told(value: float) -> tuple[float, str] | None:
        for answer, tolerance, fraction, words in answers:
            if answer == "*":
                return fraction, words
            centre = float(f"{float(answer):.14g}")  # As PHP puts it into the database.
            wide = abs(tolerance) + 1e-14 * max(abs(tolerance), abs(centre), 1e-14)
            if centre - wide <= value <= centre + wide:
                return fraction, words
        return None

    return told


# Moodle XML


def said(root: ElementTree.Element, path: str) -> str:
    return (root.findtext(f"{path}/text") or "").strip()


def moodle(text: str) -> list[Read]:
    found, category = [], ""
    for root in ElementTree.fromstring(text):
        if root.get("type") == "category":
            category = root.findtext("category/text")
            continue
        answers = [
            (
                (answer.findtext("text") or "").strip(),
                float(answer.findtext("tolerance") or 0),
                float(answer.get("fraction")) / 100,
                plain(answer.findtext("feedback/text") or ""),
            )
            for answer in root.findall("answer")
        ]
        kind = root.get("type")
        right = [answer for answer, _, fraction, _ in answers if fraction == 1]
        found.append(
            Read(
                root.findtext("idnumber"),
                said(root, "name"),
                kind,
                category,
                plain(said(root, "questiontext")),
                plain(said(root, "generalfeedback")),
                [plain(hint.findtext("text")) for hint in root.findall("hint")],
                plain(said(root, "graderinfo")),
                [tag.findtext("text") for tag in root.findall("tags/tag")],
                {plain(a): (f, w) for a, _, f, w in answers} if kind == "multichoice" else {},
                first_match(answers) if kind == "numerical" else None,
                float(right[0]) if kind == "numerical" else None,
            )
        )
        found[-1].matches = [
            (plain(said(root, ".")), said(root, "answer")) for root in root.findall("subquestion")
        ]
    return found


# GIFT

_SIGNS = ":#={}~\\"


def gift(text: str) -> list[Read]:
    found, category = [], ""
    for block in re.split(r"\n[ \t]*\n", text):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        comments = " ".join(line for line in lines if line.startswith("//"))
        body = "\n".join(line for line in lines if not line.startswith("//"))
        if body.startswith("$CATEGORY:"):
            category = body.removeprefix("$CATEGORY:").strip()
        elif body:
            found.append(_gift_question(body, comments, category))
    return found


def _hide(text: str) -> str:
    """Put what a backslash protects where no sign is looked for."""
    return re.sub(r"\\([:#={}~\\])", lambda m: chr(0xE000 + _SIGNS.index(m[1])), text)


def _show(text: str) -> str:
    for i, sign in enumerate(_SIGNS):
        text = text.replace(chr(0xE000 + i), sign)
    return text.strip()


def _gift_question(body: str, comments: str, category: str) -> Read:
    _, name, rest = _hide(body).split("::", 2)
    text, inside = rest.split("{", 1)
    inside, after = inside.split("}", 1)
    assert not after.strip()
    assert text.startswith("[html]")
    inside, _, general = inside.rpartition("####")
    inside = inside.strip()
    read = Read(
        "".join(re.findall(r"\[id:((?:\\]|[^]])+)]", comments)),
        _show(name),
        "essay",
        category,
        plain(_show(text.removeprefix("[html]"))),
        plain(_show(general)),
        tags=[tag.replace("\\]", "]") for tag in re.findall(r"\[tag:((?:\\]|[^]])+)]", comments)],
    )
    if inside.startswith("#"):
        ranges, tilde, rest = inside[1:].partition("~")
        answers = [_gift_answer(part) for part in ranges.split("=") if part.strip()]
        read.shown = next(float(a) for a, _, fraction, _ in answers if fraction == 1)
        if tilde:
            answers.append(("*", 0.0, 0.0, plain(_show(rest.partition("#")[2]))))
        read.kind, read.told = "numerical", first_match(answers)
    elif "->" in inside:
        read.kind = "matching"
        pairs = (part.split("->", 1) for part in inside.split("=")[1:])
        read.matches = [(plain(_show(thing)), _show(box)) for thing, box in pairs]
    elif inside:
        read.kind = "multichoice"
        for sign, choice in re.findall(r"([=~])([^=~]*)", inside):
            label, _, words = choice.partition("#")
            read.choices[plain(_show(label))] = (float(sign == "="), plain(_show(words)))
    return read


def _gift_answer(part: str) -> tuple[str, float, float, str]:
    weight, answer = re.fullmatch(r"\s*%([\d.]+)%(.*)", part, re.DOTALL).groups()
    numbers, _, words = answer.partition("#")
    centre, _, tolerance = numbers.partition(":")
    return centre.strip(), float(tolerance), float(weight) / 100, plain(_show(words))


# QTI 2.1


def package(data: bytes) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: ElementTree.fromstring(packed.read(name)) for name in packed.namelist()}


def qti(data: bytes) -> list[Read]:
    files = package(data)
    return [
        _qti_item(files[ref.get("href")], section.get("title"))
        for section in files["test.xml"].iter(f"{QTI}assessmentSection")
        for ref in section.findall(f"{QTI}assessmentItemRef")
    ]


def of(element: ElementTree.Element | None) -> str:
    return "" if element is None else plain(ElementTree.tostring(element, "unicode"))


def _qti_item(root: ElementTree.Element, category: str) -> Read:
    body = root.find(f"{QTI}itemBody")
    rubrics = {rubric.get("view"): rubric for rubric in body.findall(f"{QTI}rubricBlock")}
    choices = {choice.get("identifier"): of(choice) for choice in body.iter(f"{QTI}simpleChoice")}
    kinds = {"textEntryInteraction": "numerical", "choiceInteraction": "multichoice"}
    kinds["matchInteraction"] = "matching"
    kind = next(
        (kinds[e.tag[len(QTI) :]] for e in body.iter() if e.tag[len(QTI) :] in kinds), "essay"
    )
    shown = ("p", "ul")
    read = Read(
        root.get("identifier").removeprefix("q-"),
        root.get("title"),
        kind,
        category,
        " ".join(of(part) for part in body if part.tag[len(QTI) :] in shown),
        hints=[of(hint) for hint in body.findall(f"{QTI}rubricBlock[@view='tutor']//{QTI}li")],
        marker=of(rubrics.get("scorer")),
    )
    right = root.findtext(f"{QTI}responseDeclaration/{QTI}correctResponse/{QTI}value")
    if kind == "numerical":
        read.shown = float(right)
        read.told = lambda value: _outcome(root, value)[:2]
        read.general = _outcome(root, read.shown)[2]
    elif kind == "matching":
        things, boxes = (
            {choice.get("identifier"): of(choice) for choice in half}
            for half in body.iter(f"{QTI}simpleMatchSet")
        )
        rights = root.findall(f"{QTI}responseDeclaration/{QTI}correctResponse/{QTI}value")
        pairs = [value.text.split() for value in rights]
        read.matches = [(things[thing], boxes[box]) for thing, box in pairs]
        key = {label: key for half in (things, boxes) for key, label in half.items()}
        read.sorts = lambda placed: _outcome(
            root, {f"{key[thing]} {key[box]}" for thing, box in placed.items()}
        )[:2]
        read.general = _outcome(root, {value.text for value in rights})[2]
    elif kind == "multichoice":
        read.choices = {label: _outcome(root, key)[:2] for key, label in choices.items()}
        read.general = _outcome(root, right)[2]
    return read


def _outcome(
    root: ElementTree.Element, response: float | str | set[str] | None
) -> tuple[float, str, str]:
    """Run the response processing of an item, and give score, feedback and solution."""
    values: dict[str, Any] = {
        declared.get("identifier"): float(declared.findtext(f"{QTI}defaultValue/{QTI}value") or 0)
        if declared.get("baseType") == "float"
        else None
        for declared in root.findall(f"{QTI}outcomeDeclaration")
    }
    values["RESPONSE"] = response
    declared = root.find(f"{QTI}responseDeclaration")
    rights = [value.text for value in declared.findall(f"{QTI}correctResponse/{QTI}value")]
    several = declared.get("cardinality") == "multiple"
    right = set(rights) if several else next(iter(rights), None)
    _run(root.find(f"{QTI}responseProcessing"), values, right)
    told = {"FEEDBACK": "", "SOLUTION": ""}
    for shown in root.findall(f"{QTI}modalFeedback"):
        if values[shown.get("outcomeIdentifier")] == shown.get("identifier"):
            told[shown.get("outcomeIdentifier")] = plain(ElementTree.tostring(shown, "unicode"))
    return values["SCORE"], told["FEEDBACK"], told["SOLUTION"]


def _run(rules: Any, values: dict[str, Any], right: Any) -> None:
    for rule in rules:
        tag = rule.tag[len(QTI) :]
        if tag == "setOutcomeValue":
            values[rule.get("identifier")] = _worth(rule[0], values, right)
        else:
            assert tag == "responseCondition"
            for branch in rule:
                guarded = branch.tag[len(QTI) :] != "responseElse"
                if not guarded or _worth(branch[0], values, right):
                    _run(branch[1:] if guarded else branch, values, right)
                    break


def _worth(expression: ElementTree.Element, values: dict[str, Any], right: Any) -> Any:
    parts = [_worth(part, values, right) for part in expression]
    match expression.tag[len(QTI) :]:
        case "variable":
            return values[expression.get("identifier")]
        case "correct":
            return right
        case "baseValue":
            return (
                float(expression.text) if expression.get("baseType") == "float" else expression.text
            )
        case "isNull":
            return parts[0] is None
        case "not":
            return not parts[0]
        case "and":
            return all(parts)
        case "gte":
            return parts[0] >= parts[1]
        case "lte":
            return parts[0] <= parts[1]
        case "match":
            return parts[0] == parts[1]
        case "member":
            return parts[0] in parts[1]
    raise AssertionError(expression.tag)
