"""The forms for issues and pull requests, as GitHub wants them: it shows none that it cannot read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / ".github"
FORMS = sorted(set(FOLDER.glob("ISSUE_TEMPLATE/*.yml")) - {FOLDER / "ISSUE_TEMPLATE/config.yml"})
TOP = {"name", "description", "title", "labels", "assignees", "projects", "type", "body"}
ATTRIBUTES = {
    "markdown": {"value"},
    "input": {"label", "description", "placeholder", "value"},
    "textarea": {"label", "description", "placeholder", "value", "render"},
    "dropdown": {"label", "description", "multiple", "options", "default"},
    "checkboxes": {"label", "description", "options"},
}


def faults(form: Any) -> list[str]:
    """Say what GitHub would refuse in a form."""
    found = [f"unknown: {key}" for key in form.keys() - TOP]
    found += [f"missing: {key}" for key in ("name", "description", "body") if not form.get(key)]
    parts = form.get("body") or []
    if all(part["type"] == "markdown" for part in parts):
        found.append("body asks nothing")
    ids = [part["id"] for part in parts if "id" in part]
    if len(set(ids)) < len(ids):
        found.append("two parts have one id")
    labels = [part["attributes"].get("label") for part in parts if part["type"] != "markdown"]
    if len(set(labels)) < len(labels) or not all(labels):
        found.append("each part needs a label of its own")
    for part in parts:
        known = ATTRIBUTES.get(part["type"])
        if known is None:
            found.append(f"unknown type: {part['type']}")
            continue
        found += [f"unknown attribute: {key}" for key in part["attributes"].keys() - known]
        if part.keys() - {"type", "id", "attributes", "validations"}:
            found.append("unknown key in a part")
        if "options" in known and not part["attributes"].get("options"):
            found.append("a choice without options")
        if not isinstance(part.get("validations", {}).get("required", False), bool):
            found.append("required is true or false")
    return found


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_there_are_three_forms():
    assert [path.stem for path in FORMS] == ["number", "page", "wish"]
    assert len({read(path)["name"] for path in FORMS}) == 3
    assert read(FOLDER / "ISSUE_TEMPLATE" / "config.yml") == {"blank_issues_enabled": True}
    assert "CONTRIBUTING.md" in (FOLDER / "pull_request_template.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_github_can_read_the_form(path):
    assert faults(read(path)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda form: form.pop("description"), "missing: description"),
        (lambda form: form.update(boddy=[]), "unknown: boddy"),
        (lambda form: form["body"].append(form["body"][0]), "two parts have one id"),
        (lambda form: form["body"][0].update(type="text"), "unknown type: text"),
        (lambda form: form["body"][0]["attributes"].pop("label"), "each part needs a label of its own"),
        (lambda form: form["body"][0]["validations"].update(required="yes"), "required is true or false"),
    ],
)  # fmt: skip
def test_a_fault_is_found(change, fault):
    form = read(FORMS[0])
    change(form)
    assert fault in faults(form)
