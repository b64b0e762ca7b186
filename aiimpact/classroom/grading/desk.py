"""The student's side of an exam: runs cells, and answers questions about what they left behind.

A line of JSON comes in, a line goes out. Nothing here is trusted by the other side: a student's
code can change all of it.
"""

from __future__ import annotations

import io
import json
import math
import os
import random
import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np
from IPython.core.interactiveshell import InteractiveShell

import aiimpact.claims  # noqa: F401 - what every notebook needs is read before the first cell

PRINTED = 50_000
DEEPEST = 8
_LARGEST = int(sys.float_info.max)


class Sheet(io.TextIOBase):
    """What a cell prints, up to a length."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._parts: list[str] = []

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, text: str) -> int:
        """Keep the beginning."""
        if self._left:
            self._parts.append(text[: self._left])
            self._left -= len(self._parts[-1])
        return len(text)

    def text(self) -> str:
        """Give what was kept."""
        return "".join(self._parts)


class Shell(InteractiveShell):  # type: ignore[misc]
    """A shell without a terminal."""

    def system(self, cmd: str) -> None:
        """Run what stands behind an exclamation mark, and print what it prints."""
        ran = subprocess.run(
            self.var_expand(cmd, depth=1),
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        print(ran.stdout, end="")


class Desk:
    """An IPython without a kernel, so that magics and the last line of a cell work as usual."""

    def __init__(self) -> None:
        self._shell = Shell.instance(colors="nocolor")
        self._shell.history_manager.enabled = False
        self._names: dict[str, Any] = self._shell.user_ns
        self._held: dict[str, Any] = {}

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell: give what it printed and the error it ended in, if any."""
        sheet = Sheet(PRINTED)
        sys.stdout = sys.stderr = sheet
        try:
            result = self._shell.run_cell(source, store_history=False)
        finally:
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        error = result.error_before_exec or result.error_in_exec
        return {"printed": sheet.text(), "error": error and _described(error)}

    def value(self, name: str) -> dict[str, Any]:
        """Give the value of a name, as far as it can be told; a function is held as it is now."""
        answer = plain(value := self._names.get(name, ...))
        if answer.get("callable"):
            answer["held"] = f"{name}-{len(self._held)}"
            self._held[answer["held"]] = as_it_is(value, self._names)
        return answer

    def call(
        self, name: str, args: list[Any], kwargs: dict[str, Any], held: str = ""
    ) -> dict[str, Any]:
        """Call one of the student's functions, the one that was held if it is still here."""
        given = [self._argument(x) for x in args]
        named = {key: self._argument(x) for key, x in kwargs.items()}
        sys.stdout = sys.stderr = Sheet(PRINTED)
        try:
            return plain(self._function(name, held)(*given, **named))
        except BaseException as error:
            return {"raised": _described(error)}
        finally:
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__

    def _function(self, name: str, held: str) -> Any:
        return self._held[held] if held in self._held else self._names[name]

    def _argument(self, given: Any) -> Any:
        """Take an argument: a value, one of the student's names, or the source of a function."""
        if not isinstance(given, dict):
            return given
        if "own" in given:
            return self._function(given["own"], given.get("held", ""))
        if "source" in given:
            names = dict(self._names)
            exec(given["source"], names)
            function = names[given["name"]]
            function.__name__ = function.__qualname__ = "function"  # A test is not to go by names.
            return function
        return given["value"]


def as_it_is(function: Any, names: dict[str, Any]) -> Any:
    """Give a function that goes on as it is, whatever later cells do to the names it uses."""
    if not _is_of(function, names):
        return function
    now = dict(names)
    copies = {name: _with_names(x, now) for name, x in names.items() if _is_of(x, names)}
    now.update(copies)
    return _with_names(function, now)


def _is_of(value: Any, names: dict[str, Any]) -> bool:
    # Not `isinstance`: that asks an object what it is, and a student's may raise at that.
    return type(value) is types.FunctionType and value.__globals__ is names


def _with_names(function: types.FunctionType, names: dict[str, Any]) -> types.FunctionType:
    of_it = function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    copy = types.FunctionType(*of_it)
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__dict__.update(function.__dict__)
    return copy


def plain(value: Any) -> dict[str, Any]:
    """Describe a value so that it can be sent: as itself, as a function, or by its type."""
    if value is ...:
        return {"missing": True}
    try:
        if callable(value):
            return {"callable": True}
        sent = {"value": _plain(value, DEEPEST)}
        json.dumps(sent)
        return sent
    except BaseException:  # An object of a student's may raise anything when it is looked at.
        return {"other": _kind(value)}


def _plain(value: Any, depth: int) -> Any:
    if getattr(value, "size", 0) == 1 and hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST:
        return math.inf
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if depth and isinstance(value, list | tuple):
        return [_plain(x, depth - 1) for x in value]
    if depth and isinstance(value, dict):
        return {str(key): _plain(x, depth - 1) for key, x in value.items()}
    msg = "This cannot be sent."
    raise TypeError(msg)


def _described(error: BaseException) -> dict[str, str]:
    try:
        says = str(error)[:2000]
    except BaseException:
        says = "an error that cannot be shown"
    return {"name": _kind(error), "says": says}


def _kind(value: Any) -> str:
    """Give the name of a value's class, whatever the class of that class answers."""
    return str(type.__dict__["__name__"].__get__(type(value)))


def _refuse_connections(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"):
        msg = "There is no network here."
        raise OSError(msg)


def _serve(desk: Desk, ask: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, Callable[..., dict[str, Any]]] = {
        "run": desk.run,
        "value": desk.value,
        "call": desk.call,
    }
    return kinds[ask["kind"]](**ask["with"])


def main() -> None:
    """Answer until the other side hangs up."""
    asked = os.fdopen(os.dup(0), encoding="utf-8")
    answered = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    if os.environ.get("AIIMPACT_SANDBOX") != "namespaces":
        sys.addaudithook(_refuse_connections)
    desk = Desk()
    ourselves = os.getpid()
    # Grading twice must give the same marks.
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - a student may use the old generator
    answer: dict[str, Any] = {"number": 0, "ready": True}
    while True:
        answered.write(json.dumps(answer) + "\n")
        answered.flush()
        line = asked.readline()
        if not line:
            return
        ask = json.loads(line)
        answer = {"number": ask["number"], **_serve(desk, ask)}
        if os.getpid() != ourselves:
            os._exit(0)  # A fork of the student's has come back: there is one desk.


if __name__ == "__main__":
    main()
