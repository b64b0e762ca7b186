"""What other packages promise nobody and is used here: one list, which is complete and still holds."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import built
import pytest
import yaml

import aiimpact
from aiimpact.live import assets

ROOT = built.ROOT
BORROWED: dict[str, Any] = yaml.safe_load(
    (ROOT / "tests" / "borrowed.yaml").read_text(encoding="utf-8")
)
# They look private, and are documented: for named tuples and for leaving a fork.
DOCUMENTED = {"_replace", "_asdict", "_fields", "_make", "_exit"}
PRIVATE = re.compile(r"_[A-Za-z]\w*")
BY_NAME = ("getattr", "setattr", "hasattr", "delattr")
# How the classes and ids begin that the packages of a built page give it.
OF_A_PAGE = re.compile(
    r"(?:bd|pst|sbt|sd|btn|prev-next|search-button|theme-switch|kbd-shortcut|header-article|dropdown"
    r"|sidebar-scroll|o-tooltip)[-_]+\w[\w-]*|(?:header-article|toc-entry|cell_(?:in|out)put|copybtn"
    r"|headerlink|togglebutton|sphinx_highlight\w*|data-lm-[\w-]+)"
)


def sources(*endings: str) -> list[Path]:
    """List what is written by hand, leaving out what is built, fetched or somebody's example."""
    built_or_fetched = {"node_modules", "dist", "__pycache__", "_build"}
    return [
        path
        for folder in ("aiimpact", "book", "tests")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in endings and not built_or_fetched & set(path.parts)
    ]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Python


@cache
def trees() -> dict[str, ast.Module]:
    return {named(p): ast.parse(p.read_text(encoding="utf-8")) for p in sources(".py")}


def defined(tree: ast.AST) -> Iterator[str]:
    """Give the names that a module makes: those on somebody else's object it only changes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.arg():
                yield node.arg
            case ast.alias(asname=str()):
                yield node.asname
            case ast.Attribute(value=ast.Name(id="self" | "cls"), ctx=ast.Store()):
                yield node.attr


def used(tree: ast.AST) -> Iterator[str]:
    """Give the private names that a module takes from anything, as far as its text tells."""
    for node in ast.walk(tree):
        match node:
            # A class of ours may define the same name, and this is not that.
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
                yield f"super().{node.attr}"
            case ast.Attribute():
                yield node.attr
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in BY_NAME:
                for argument in node.args[1:2]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value
            case ast.ImportFrom(level=0) if (node.module or "").partition(".")[0] != "aiimpact":
                yield from (node.module or "").split(".")
                yield from (alias.name for alias in node.names)


def taken(tree: ast.AST, ours: set[str]) -> set[str]:
    """Give the private names of others that a module uses."""
    found = set()
    for name in used(tree):
        above, _, last = name.rpartition("super().")
        if PRIVATE.fullmatch(last) and (name.startswith("super()") or last not in ours):
            found.add(last)
        assert not above
    return found - DOCUMENTED


def test_python_uses_no_private_name_of_others_that_is_not_in_the_list():
    ours = {name for tree in trees().values() for name in defined(tree)}
    found: dict[str, set[str]] = {}
    for path, tree in trees().items():
        for name in taken(tree, ours):
            found.setdefault(name, set()).add(path)
    listed = {name: set(entry["by"]) for name, entry in BORROWED["python"].items()}
    for name, files in found.items():
        assert files <= listed.get(name, set()), (
            f"{name} in {', '.join(sorted(files))} is private to another package. Take a public name, "
            "or say in tests/borrowed.yaml what it is for and what to do when it goes."
        )


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import altair as alt\nalt.Chart()._get_name()", {"_get_name"}),
        ("from vega import _private", {"_private"}),
        ("from vega._private import x", {"_private"}),
        ("getattr(widget, '_options_full')", {"_options_full"}),
        ("monkeypatch.setattr(widget, '_send', print)", {"_send"}),
        ("widget._send = print", {"_send"}),
        ("def _mine(): ...\nmodule._mine", set()),
        ("class A:\n def _mine(self): return super()._mine()", {"_mine"}),
        ("self._mine = 1\nother._mine", set()),
        ("row._replace(x=1).__dict__", set()),
    ],
)
def test_the_check_sees_what_a_module_takes(source, found):
    tree = ast.parse(source)
    assert taken(tree, set(defined(tree))) == found


def classes() -> Iterator[type]:
    """Give every class of the library."""
    for module in pkgutil.walk_packages(aiimpact.__path__, "aiimpact."):
        # A program is no library; Dask and the exchange's system are not everywhere.
        if module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(value) and value.__module__ == module.name:
                yield value


def test_no_class_of_ours_takes_the_place_of_a_private_name_of_its_base():
    """Also not by chance: a base may have got a name that was ours alone."""
    listed = set(BORROWED["python"])
    for kind in classes():
        for base in kind.__mro__[1:]:
            if base.__module__.partition(".")[0] in (
                "aiimpact",
                "builtins",
                "typing",
                "abc",
                "enum",
            ):
                continue
            both = {n for n in vars(kind).keys() & vars(base).keys() if PRIVATE.fullmatch(n)}
            # What Python and its own tools write into every class.
            both -= {n for n in both if n.startswith(("_abc_", "_trait", "_all_trait", "_static_"))}
            both -= {"_descriptors", "_instance_inits", "_fields", "_is_protocol"}
            assert both <= listed, (
                f"{kind.__module__}.{kind.__qualname__} has {sorted(both - listed)}, and so has its "
                f"base {base.__qualname__}. Rename ours, or say in tests/borrowed.yaml why it is meant."
            )


@pytest.mark.parametrize("name", BORROWED["python"])
def test_a_private_name_of_python_is_still_there(name):
    entry = BORROWED["python"][name]
    module, _, path = entry["is"].partition(":")
    thing: Any = importlib.import_module(module)
    for part in path.split("."):
        thing = getattr(thing, part, None)
    if entry.get("state"):
        thing = name in type("Own", (thing,), {"_esm": "", "_css": ""})().get_state()
    assert thing, gone(name, entry)


def gone(name: str, entry: dict[str, Any]) -> str:
    return (
        f"{name} is gone from {entry['is']}. {', '.join(entry['by'])} used it: {entry['for']}. "
        f"What to do: {entry['else']}."
    )


def test_every_entry_says_who_uses_it_and_is_used():
    for entries in (BORROWED["python"], BORROWED["javascript"]):
        for name, entry in entries.items():
            for path in entry["by"]:
                # A prefix of Vega's stands in the list as Vega's own line.
                text = name.rpartition(" = ")[2].strip("'")
                assert text in (ROOT / path).read_text(encoding="utf-8"), (
                    f"{path} does not use {name}: take it out of tests/borrowed.yaml."
                )


# JavaScript


def test_javascript_uses_no_private_name_of_others_that_is_not_in_the_list():
    traits = {"_markup", "_facts", "_page"}
    listed = {**BORROWED["python"], **BORROWED["javascript"]}
    for path in sources(".js"):
        if path.parts[-2] in ("hosts", "hub", "javascript", "lighthouse"):
            continue
        text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        ours = set(re.findall(r"(?:const|let|function|#)\s*(_\w+)", text)) | traits
        # A folder of a built book is called so by Sphinx's documentation.
        found = set(re.findall(r"(?:\.|^\s*(?:async )?|[\"'])(_[a-z]\w+)\b", text, re.MULTILINE))
        for name in found - ours - {"_static", "_sources", "_images", "_build"}:
            assert named(path) in listed.get(name, {"by": []})["by"], (
                f"{name} in {named(path)} is private to another package. Take a public name, or say "
                "in tests/borrowed.yaml what it is for and what to do when it goes."
            )


PACKAGES = assets.DIST.parent / "node_modules"


@pytest.mark.parametrize("name", BORROWED["javascript"])
def test_a_private_name_of_javascript_is_still_there(name):
    assert PACKAGES.is_dir(), "npm's packages are not here: run `make front-end` in a clone."
    entry = BORROWED["javascript"][name]
    path = PACKAGES / entry["is"]
    assert path.is_file(), gone(name, entry)
    assert re.sub(r"\s+", " ", name) in re.sub(r"\s+", " ", path.read_text("utf-8")), gone(
        name, entry
    )


# The pages of the theme


def names_of_a_page(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        text = " ".join(re.findall(r"[.#]([A-Za-z_][\w-]*)", text))
    elif path.suffix != ".html":
        text = " ".join(re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`|dataset\.\w+", text))
    # What JavaScript calls `dataset.lmX` is `data-lm-x` in the page.
    text = re.sub(
        r"dataset\.(\w+)", lambda m: "data" + re.sub(r"^|(?=[A-Z])", "-", m[1]).lower(), text
    )
    return {word for word in re.findall(r"[A-Za-z_][\w-]*", text) if OF_A_PAGE.fullmatch(word)}


@cache
def used_of_a_page() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sources(".css", ".js", ".html", ".py"):
        if path.is_relative_to(ROOT / "tests"):
            continue
        for name in names_of_a_page(path):
            found.setdefault(name, set()).add(named(path))
    return found


def test_the_list_has_the_classes_and_ids_that_the_book_takes_hold_of():
    listed = {name for names in BORROWED["page"].values() for name in names}
    found = used_of_a_page()
    new = {name: sorted(files) for name, files in found.items() if name not in listed}
    assert not new, f"Add to `page` in tests/borrowed.yaml, with the package that has it: {new}"
    assert not listed - set(found), "Nobody uses them: take them out of tests/borrowed.yaml."


@pytest.mark.parametrize("package", BORROWED["page"])
def test_a_package_still_has_the_classes_and_ids_of_a_page(package):
    spec = importlib.util.find_spec(package)
    assert spec, f"{package} is not installed, and the book's pages are made with it."
    assert spec.origin
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in Path(spec.origin).parent.rglob("*")
        if path.suffix in {".html", ".css", ".js", ".py"} and path.is_file()
    ]
    for name in BORROWED["page"][package]:
        # The theme puts "btn-" before what a button is called.
        there = re.compile(rf"(?<![\w-]){name.removeprefix('btn-')}(?![\w-])")
        assert any(map(there.search, texts)), (
            f"{name} is gone from the pages of {package}. {', '.join(sorted(used_of_a_page()[name]))} "
            "took hold of it: look in its templates for what took its place, then `make test-book`."
        )
