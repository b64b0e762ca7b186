"""Names in the data of a chart, which Vega shows in the language in use.

The data stay as they are, for expressions and scales compare them: only what is drawn of them is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aiimpact import words
from aiimpact.live.notation import seen, typeset

_SAID = "explorer_said"
_FIELD = re.compile(r"\b(?:datum|parent)(?:\.(\w+)|\[[\"']([^\"']+)[\"']\])")
_BY_NAME = {"band", "point", "ordinal"}

Rule = dict[str, Any]


def show_names(vega: dict[str, Any]) -> None:
    """Let texts, axes and legends of a Vega specification show names as the reader knows them."""
    groups = list(_groups(vega))
    rules = [rule for group in groups for rule in _texts(group)]
    scales = [scale for group in groups for scale in group.get("scales", [])]
    by_name = [scale for scale in scales if scale["type"] in _BY_NAME]
    fields = {field for rule in rules for field in _fields_of(rule)}
    fields |= {field for scale in by_name for field in _fields_in(scale.get("domain"))}
    known = _known(vega, fields)
    if words.language() == "en":
        return
    for rule in rules:
        if isinstance(rule.get("value"), str):
            rule["value"] = seen(rule["value"])
    for group in groups:
        for guide in [*group.get("axes", []), *group.get("legends", [])]:
            entitle(guide)
        title = group.get("title")
        if isinstance(title, dict) and isinstance(title.get("text"), str):
            title["text"] = seen(title["text"])
    if not known:
        return
    vega["signals"].append({"name": _SAID, "value": known})
    for rule in rules:
        if "field" in rule:
            rule["signal"] = _looked_up(f"datum[{rule.pop('field')!r}]")
        elif _fields_of(rule):
            rule["signal"] = _looked_up(rule["signal"])
    names = {scale["name"] for scale in by_name}
    for group in groups:
        for guide in [*group.get("axes", []), *group.get("legends", [])]:
            if names & {
                guide.get(key) for key in ("scale", "fill", "stroke", "shape", "strokeDash")
            }:
                _label(guide)


def entitle(guide: dict[str, Any]) -> None:
    """Write the title of an axis or a legend, and its numbers in the unit that the language counts in."""
    if not isinstance(guide.get("title"), str):
        return
    times, title = words.counted_in(guide["title"])
    guide["title"] = typeset(title)
    if times != 1:
        # Where decades lie close, Vega leaves labels out.
        text = f"datum.label === '' ? '' : format({times} * datum.value, ',.12~r')"
        _labels(guide)["text"] = {"signal": text}


def _groups(group: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield group
    for mark in group.get("marks", []):
        if mark["type"] == "group":
            yield from _groups(mark)


def _texts(group: dict[str, Any]) -> Iterator[Rule]:
    """Give what writes a text: each rule of a mark, and the title of a group, as of a facet."""
    for mark in group.get("marks", []):
        if mark["type"] == "text":
            for step in mark.get("encode", {}).values():
                rules = step.get("text", [])
                yield from rules if isinstance(rules, list) else [rules]
    title = group.get("title")
    if isinstance(title, dict) and isinstance(title.get("text"), dict):
        yield title["text"]


def _fields_of(rule: Rule) -> set[str]:
    if isinstance(rule.get("field"), str):
        return {rule["field"]}
    # A number is formatted, and no name.
    expression = str(rule.get("signal", ""))
    found = [] if expression.startswith("format(") else _FIELD.findall(expression)
    return {plain or quoted for plain, quoted in found}


def _fields_in(domain: Any) -> Iterator[str]:
    if isinstance(domain, dict):
        if isinstance(domain.get("field"), str):
            yield domain["field"]
        for part in domain.get("fields", []):
            yield from [part] if isinstance(part, str) else _fields_in(part)


def _known(vega: dict[str, Any], fields: set[str]) -> dict[str, str]:
    """Give the names that these fields hold, each with what is shown instead."""
    rows = [row for data in vega["data"] for row in data.get("values", []) if isinstance(row, dict)]
    held = {row[field] for row in rows for field in fields if isinstance(row.get(field), str)}
    # With a mark before it, for every object has a "constructor".
    return {f"={name}": seen(name) for name in sorted(held) if words.name(name) != name}


def _looked_up(expression: str) -> str:
    return f"{_SAID}['=' + ({expression})] || ({expression})"


def _label(guide: dict[str, Any]) -> None:
    step = _labels(guide)
    text = step.get("text", {})
    step["text"] = {"signal": _looked_up(text.get("signal", "datum.label"))}


def _labels(guide: dict[str, Any]) -> Rule:
    step: Rule = guide.setdefault("encode", {}).setdefault("labels", {}).setdefault("update", {})
    return step
