"""Checks that answer a student in one of three tones: missing, keep working, got it.

A number is told what a question of the book would tell it (:mod:`aiimpact.ask.judge`): the slip it
comes from, where that has a name, or on which side of the right one it lies. A check raises what a student should read; if it raises nothing, all is
well. In an exam the grader runs the same checks on its own side.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import itertools
import math
import operator
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import yaml

from aiimpact import claims
from aiimpact.ask import slips
from aiimpact.ask.judge import TOLERANCE, Right, accepted, counts_as_right, judge, with_unit
from aiimpact.live import numbers as written

# What is left of nought where both sides were computed.
_NOISE = 1e-12
# One digit more than an answer is shown in, so that one that is close is seen to differ.
_DIGITS = 4
# Of a wrong answer that is shown again. [characters]
_LONGEST_SHOWN = 80


class Reply(AssertionError):  # noqa: N818 - a student reads these names
    """What a check has to say; a notebook shows the words without the way to them."""

    tone: ClassVar[str]

    def __init__(self, words: str, slip: str = "") -> None:
        super().__init__(f"{self.tone}: {words}")
        self.words = words
        self.slip = slip

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Missing(Reply):
    """Nothing there yet."""

    tone = "Missing"


class KeepWorking(Reply):
    """Something is there, and it is not right."""

    tone = "Keep working"


class Unsendable:
    """Stands for a value that an exam cannot look at."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


def number(
    given: Any,
    expected: Any,
    unit: str = "",
    *,
    tolerance: float = TOLERANCE,
    mistakes: Mapping[str, float] | None = None,
    **quantities: float,
) -> None:
    """Check a number, and name the slip if it is wrong.

    Parameters
    ----------
    given : number
        The student's. [`unit`]
    expected : number
        The right one. [`unit`]
    unit : str
        Unit of both.
    tolerance : float
        How far off counts as right, as a share of the right answer.
    mistakes : dict of str to float, optional
        What comes out of mistakes that belong to this task alone, by what to say of them. [`unit`]
    **quantities : float
        What went into it, by the names that slips know: `pue`, `utilisation`, `load`, …

    Raises
    ------
    Missing
        If there is nothing, or what to compare with is not there yet.
    KeepWorking
        If it is no number or a wrong one.

    Examples
    --------
    >>> number(1287.0, 1290.0, "MWh")
    Got it. It is 1,290 MWh.
    >>> number(1170.0, 1287.0, "MWh", pue=1.1)
    Traceback (most recent call last):
    aiimpact.classroom.checks.KeepWorking: Keep working: 1,170 MWh? Too small by the PUE: the building is left out.
    >>> number(9.0, 12.0, "a", mistakes={"That leaves the last year out.": 9.0})
    Traceback (most recent call last):
    aiimpact.classroom.checks.KeepWorking: Keep working: 9 a? That leaves the last year out.
    """
    right = _number(expected, "what this is compared with")
    # What comes out of an answer that is far off may be no number; nobody can have given it.
    wrongs = {words: _bare(wrong) for words, wrong in (mistakes or {}).items()}
    own = {words: (float(wrong), words) for words, wrong in wrongs.items() if _is_finite(wrong)}
    value = _number(given, "the answer")
    print(f"Got it. {_praise(value, right, unit, tolerance, quantities, own)}")


def taken_back(
    given: Any,
    back: Callable[..., float],
    expected: float,
    unit: str = "",
    *,
    of: str,
    tolerance: float = TOLERANCE,
    mistakes: Mapping[str, float] | None = None,
    **quantities: float,
) -> None:
    """Check a number by what it leads back to, and name a slip in the number itself.

    Parameters
    ----------
    given : number or list of numbers
        The student's. [`of`]
    back : callable
        Takes them, and gives what the task gave. [`unit`]
    expected : number
        What the task gave. [`unit`]
    unit : str
        Unit of what they lead back to.
    of : str
        Unit of the student's.
    tolerance : float
        How far off counts as right, as a share of `expected`.
    mistakes : dict of str to float, optional
        What mistakes that belong to this task alone lead back to, by what to say of them. [`unit`]
    **quantities : float
        What went into it, by the names that slips know.

    Raises
    ------
    Missing
        If there is nothing.
    KeepWorking
        If it is no number or a wrong one.

    Examples
    --------
    >>> taken_back(800.0, lambda t: 100 * (t - 200) / t, 75.0, "% before it", of="t")
    Got it. It is 75 % before it.
    >>> taken_back(0.8, lambda t: 100 * (t - 200) / t, 75.0, "% before it", of="t")
    Traceback (most recent call last):
    aiimpact.classroom.checks.KeepWorking: Keep working: 0.8 t? 1,000 times too small: t or kt?
    """
    answers = [_number(x, "the answer") for x in (given if isinstance(given, list) else [given])]
    try:
        number(back(*answers), expected, unit, tolerance=tolerance, mistakes=mistakes, **quantities)
    except KeepWorking as reply:
        if reply.slip in (mistakes or {}):
            raise
        right = accepted(_number(expected, "what this leads to"), tolerance, noise=_NOISE)
        powers = [slip for slip in slips.load() if slip.wide and slip.fits(of, {})]
        for (i, answer), slip in itertools.product(enumerate(answers), powers):
            meant = [*answers[:i], answer / slip.result(1.0, {}), *answers[i + 1 :]]
            if _leads_to(right, back, meant):
                msg = f"{_written(answer, of)}? {slip.say(of)}"
                raise KeepWorking(msg, slip.key) from None
        raise


def _leads_to(right: Right, back: Callable[..., float], answers: Sequence[float]) -> bool:
    """Say whether answers that nobody has given lead to the right thing."""
    with contextlib.suppress(ArithmeticError, ValueError):
        value = back(*answers)
        return _is_finite(value) and counts_as_right(right, value)
    return False


def between(given: Any, low: float, high: float, unit: str = "") -> float:
    """Check that a number is in a range in which it can be.

    What a check computes with is taken from here: whatever kind of number a student has, an array
    of one, a series of one, what comes back is a plain one, and nothing else gets past.

    Parameters
    ----------
    given : number
        The student's. [`unit`]
    low, high : float
        The range. [`unit`]
    unit : str
        Unit of all three.

    Returns
    -------
    float
        The student's. [`unit`]

    Raises
    ------
    Missing
        If there is nothing.
    KeepWorking
        If it is no number or lies outside.

    Examples
    --------
    >>> answer = between(12.5, 1, 100, "t")
    12.5 t is a possible size.
    >>> between(12500, 1, 100, "t")
    Traceback (most recent call last):
    aiimpact.classroom.checks.KeepWorking: Keep working: 12,500 t is outside anything that your numbers can give. Look at the units.
    """
    value = _number(given, "the answer")
    if not low <= value <= high:
        where = "sign" if value < 0 <= low else "units"
        msg = (
            f"{_written(value, unit)} is outside anything that your numbers can give. "
            f"Look at the {where}."
        )
        raise KeepWorking(msg)
    print(f"{_written(value, unit)} is a possible size.")
    return value


def result(given: Any, needed: str, **inputs: Any) -> float:
    """Call a student's function whose result a check of something else needs.

    Parameters
    ----------
    given : callable
        The student's.
    needed : str
        What it is to a reader: its name and task.
    **inputs
        What it is called with.

    Returns
    -------
    float
        What it gives.

    Raises
    ------
    Missing
        If there is no function, or it returns nothing.
    KeepWorking
        If it raises an error or gives no number.

    Examples
    --------
    >>> result(lambda hours: 3 * hours, "cost_usd of task 2", hours=2)
    6.0
    >>> result(lambda hours: None, "cost_usd of task 2", hours=2)
    Traceback (most recent call last):
    aiimpact.classroom.checks.Missing: Missing: this check needs cost_usd of task 2: the result (did you `return` it?) is not there yet.
    """
    try:
        _require_function(given, "the function")
        [(value, _)] = _results(given, inputs, 0.0)
        return value
    except Reply as reply:
        msg = f"this check needs {needed}: {reply.words}"
        raise type(reply)(msg, reply.slip) from None


def function(
    given: Any,
    cases: Iterable[tuple[Mapping[str, Any], float | Sequence[float]]],
    unit: str = "",
    *,
    tolerance: float = TOLERANCE,
) -> None:
    """Check a function at several inputs.

    Parameters
    ----------
    given : callable
        The student's.
    cases : iterable of (dict, float or list of float)
        Inputs by name, and what must come out: a number, or several in a list. [`unit`]
    unit : str
        Unit of the result.
    tolerance : float
        How far off counts as right, as a share of the right answer.

    Raises
    ------
    Missing
        If there is no function, or it returns nothing.
    KeepWorking
        If it raises an error or gives a wrong number; the text has the inputs.

    Examples
    --------
    >>> function(lambda it_mwh, pue: it_mwh, [({"it_mwh": 100, "pue": 1.5}, 150)], "MWh")
    Traceback (most recent call last):
    aiimpact.classroom.checks.KeepWorking: Keep working: for it_mwh=100, pue=1.5: 100 MWh? Too small by the PUE: the building is left out.
    """
    _require_function(given, "a function")
    count = 0
    for inputs, expected in cases:
        numeric = {key: x for key, x in inputs.items() if isinstance(x, int | float)}
        try:
            for value, right in _results(given, inputs, expected):
                _praise(value, right, unit, tolerance, numeric)
        except Reply as reply:
            raise _for(inputs, reply) from None
        count += 1
    print(f"Got it: your function gives the right number in {_times(count)}.")


def _for(inputs: Mapping[str, Any], reply: Reply) -> Reply:
    """Put the inputs before what is said of a result."""
    shown = ", ".join(f"{name}={_shown(value)}" for name, value in inputs.items())
    return type(reply)(f"for {shown}: {reply.words}", reply.slip)


def _results(
    function: Any, inputs: Mapping[str, Any], expected: float | Sequence[float]
) -> Iterable[tuple[float, float]]:
    """Call a function, and put what it gives beside what must come out."""
    try:
        given = _call(function, **inputs)
    except Reply:
        raise
    except AssertionError as error:
        msg = f"your function raises AssertionError{_says(error)}"
        raise KeepWorking(msg) from None
    what = "the result (did you `return` it?)"
    if isinstance(expected, int | float):
        return [(_number(given, what), float(expected))]
    if _is_nothing(given):
        msg = f"{what} is not there yet."
        raise Missing(msg)
    given = given.tolist() if getattr(given, "ndim", 0) == 1 else given
    if not isinstance(given, list | tuple) or len(given) != len(expected):
        msg = f"{what} must be a list of {len(expected)} numbers, got {_kind(given)}."
        raise KeepWorking(msg)
    numbered = enumerate(zip(given, expected, strict=True), start=1)
    return [(_number(x, f"number {i} of the result"), float(right)) for i, (x, right) in numbered]


def choice(given: Any, options: Sequence[str], right: str | Sequence[str] | None = None) -> None:
    """Check an answer that is one of several words, or all of them in some order.

    Parameters
    ----------
    given : str or list of str
        The student's.
    options : sequence of str
        The words there are.
    right : str or list of str, optional
        The right answer. Without it, only the spelling is checked.

    Raises
    ------
    Missing
        If there is nothing.
    KeepWorking
        If a word is none of the options, or the answer is wrong.

    Examples
    --------
    >>> choice("pue", ["hours", "pue"])
    'pue' is one of the options.
    >>> choice(["pue"], ["hours", "pue"], ["hours", "pue"])
    Traceback (most recent call last):
    aiimpact.classroom.checks.KeepWorking: Keep working: ['pue'] is not it. Read the task again with the numbers beside it.
    """
    answer = _bare(given)
    several = isinstance(answer, list | tuple)
    if _is_nothing(answer) or (isinstance(answer, str | list | tuple) and not answer):
        msg = "the answer is not there yet."
        raise Missing(msg)
    words = list(map(_bare, answer)) if several else [answer]
    for word in words:
        if isinstance(word, bool) or not isinstance(word, str | int | float):
            made_of = ", ".join(map(repr, options))
            msg = f"the answer must be made of {made_of}, got {_kind(word)}."
            raise KeepWorking(msg)
        if word not in options:
            msg = f"{_quoted(word)} is none of {', '.join(map(repr, options))}. Mind the spelling."
            raise KeepWorking(msg)
    told = _quoted(words if several else answer)
    if right is None:
        print(f"{told} is one of the options.")
    elif (words if several else answer) != right:
        msg = f"{told} is not it. Read the task again with the numbers beside it."
        raise KeepWorking(msg)
    else:
        print("Got it.")


def _quoted(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def finds(test: Any, bug: Any, fix: Any, example: Mapping[str, Any] | None = None) -> None:
    """Check a student's test: it must fail on the bug and pass on the fix.

    Parameters
    ----------
    test : callable
        Takes a function and asserts something about it.
    bug : callable
        The function with the bug.
    fix : callable
        A right one.
    example : dict, optional
        Inputs for which a student's fix must give what the bug gives too, by kind: a number, or
        so many of them in a list.

    Raises
    ------
    Missing
        If there is no test or no fix, or the fix gives nothing, or the test does not call the
        function it is given.
    KeepWorking
        If the test passes on the bug, or fails on the fix.

    Examples
    --------
    >>> def my_test(double):
    ...     assert double(3) == 6
    >>> finds(my_test, bug=lambda x: x, fix=lambda x: 2 * x)
    Got it: your test fails on the bug and passes on the fix.
    >>> finds(my_test, bug=lambda x: 6, fix=lambda x: 2 * x)
    Traceback (most recent call last):
    aiimpact.classroom.checks.KeepWorking: Keep working: your test passes on the function with the bug. Choose inputs for which the bug matters.
    """
    _require_function(test, "a test")
    _require_function(fix, "a fixed function")
    if example is not None:
        try:
            _results(fix, example, bug(**example))
        except Reply as reply:
            raise _for(example, reply) from None
    try:
        _call(test, _never)
    except AssertionError:
        pass
    else:
        msg = "the test does not call the function that it is given yet."
        raise Missing(msg)
    try:
        _call(test, fix)
    except Reply as reply:
        msg = f"on a repaired function, {reply.words}"
        raise type(reply)(msg) from None
    except AssertionError as error:
        detail = f" It says: {error}" if str(error) else ""
        msg = (
            f"your test fails on a function that is right, or your repair is not right yet.{detail}"
        )
        raise KeepWorking(msg) from None
    # A test that fails every second time, whatever it is given, is none.
    for _ in range(2):
        try:
            _call(test, bug)
        except Reply:
            raise
        except AssertionError:
            continue
        msg = "your test passes on the function with the bug. Choose inputs for which the bug matters."
        raise KeepWorking(msg)
    print("Got it: your test fails on the bug and passes on the fix.")


def _never(*_: object, **__: object) -> None:
    """Stand for a function that a test must call; sent to an exam as source."""
    raise AssertionError


# A claim in the register's format

_OPEN = "..."
_LONGEST_ENTRY = 10_000
_DEEPEST_ENTRY = 10
_OPTIONAL = {"advice", "factor", "short", "size"}


def claim(
    entry: Any,
    *,
    gives: float | None = None,
    verdict: str | None = None,
    source: str | Sequence[str] = (),
    tolerance: float = TOLERANCE,
) -> None:
    """Check an entry in the format of the register of claims.

    Parameters
    ----------
    entry : str
        The entry as YAML.
    gives : float, optional
        What one of its steps must give. Without it, each step must give what the entry says.
    verdict : str, optional
        The right verdict; a factor in it may be off by two per cent.
    source : str or sequence of str, optional
        What the id or address of its primary source must hold, such as a DOI; one of several.
    tolerance : float
        How far off counts as right, as a share.

    Raises
    ------
    Missing
        If the entry, or a part of it, is not there yet.
    KeepWorking
        If it cannot be read, breaks a rule of the register, or does not hold.
    """
    found = _read_claim(entry)
    for step in [*found.steps, *([found.factor] if found.factor else [])]:
        computed = evaluate(step.call)
        for field in ("gives", "tolerance"):
            _number(getattr(step, field), f"{field} of the step {step.what!r}")
        if not abs(computed - step.gives) <= step.tolerance:
            msg = f"the step {step.what!r} gives {computed:.6g} {step.unit}, you say {step.gives:.6g}."
            raise KeepWorking(msg)
    names = [source] if isinstance(source, str) else source
    given_source = f"{found.primary_source.id} {found.primary_source.url}".casefold()
    if names and not any(name.casefold() in given_source for name in names):
        msg = "that is not the primary source: follow the credit to whoever printed it first."
        raise KeepWorking(msg)
    if gives is not None and not any(
        math.isclose(evaluate(step.call), gives, rel_tol=tolerance) for step in found.steps
    ):
        msg = "no step recomputes the figure of the claim from what its source gives."
        raise KeepWorking(msg)
    if verdict is not None and not _same_verdict(str(found.verdict), verdict):
        msg = f"the verdict {found.verdict} does not follow from your recomputation."
        raise KeepWorking(msg)
    if gives is None and verdict is None:
        print(
            "The entry can be read and its steps hold. Whether the verdict is right, the grading says."
        )
    else:
        print(f"Got it: {found.verdict}.")


def _require_simple(events: Iterable[yaml.Event]) -> None:
    """Stop at what would take long to read, or more memory than there is."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            # A few lines of them can stand for more than a memory holds.
            msg = "the register has no anchors and aliases (& and *). Put such text in quotes."
            raise KeepWorking(msg)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST_ENTRY:
            msg = "the entry is nested too deeply."
            raise KeepWorking(msg)


def _read_claim(entry: Any) -> claims.Claim:
    if _is_nothing(entry):
        msg = "the entry is not there yet."
        raise Missing(msg)
    if not isinstance(entry, str):
        msg = "the entry must be text between triple quotes."
        raise KeepWorking(msg)
    if len(entry) > _LONGEST_ENTRY:
        msg = f"the entry must have at most {_LONGEST_ENTRY:,} characters, got {len(entry):,}."
        raise KeepWorking(msg)
    try:
        _require_simple(yaml.parse(entry))
        data = yaml.safe_load(entry)
    except (yaml.YAMLError, ValueError) as error:
        msg = f"the entry is no YAML: {' '.join(str(error).split())[:300]}"
        raise KeepWorking(msg) from None
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        msg = "the entry must be one block of `name: value` lines, as the register has them."
        raise KeepWorking(msg)
    _require_complete(data)
    try:
        return claims.read_entry(data)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        msg = f"the register does not take the entry: {error}"
        raise KeepWorking(msg) from None


def _require_complete(data: dict[str, Any]) -> None:
    fields = {field.name for field in dataclasses.fields(claims.Claim)} - {"steps"} | {"recompute"}
    if missing := sorted(fields - _OPTIONAL - data.keys()):
        msg = f"the entry lacks {', '.join(missing)}."
        raise Missing(msg)
    if unknown := sorted(map(str, data.keys() - fields)):
        msg = f"the register has no {', '.join(unknown)}. Mind the spelling."
        raise KeepWorking(msg)
    open_ends = sorted(key for key, value in data.items() if _has_open_end(value))
    if open_ends:
        msg = f"{', '.join(open_ends)} still to be filled in."
        raise Missing(msg)
    if not data["recompute"]:
        msg = "recompute has no step yet."
        raise Missing(msg)


def _has_open_end(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_open_end, value.values()))
    if isinstance(value, list):
        return any(map(_has_open_end, value))
    return value is None or value == _OPEN


def _same_verdict(given: str, right: str) -> bool:
    (kind, factor), (right_kind, right_factor) = (
        claims.parse_verdict("The entry", verdict) for verdict in (given, right)
    )
    same_factor = math.isnan(right_factor) or math.isclose(factor, right_factor, rel_tol=0.02)
    return kind == right_kind and same_factor


# The calls of an entry are a student's code: they are read, never handed to eval.

_LARGEST_EXPONENT = 100
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def evaluate(call: Any) -> float:
    """Compute a step of an entry: calls into this library, numbers and + - * / **.

    Parameters
    ----------
    call : str
        The expression.

    Returns
    -------
    float
        What it gives.

    Raises
    ------
    KeepWorking
        If it is more than that, or an error comes out.

    Examples
    --------
    >>> round(evaluate('grid.emissions_t(1287, 0.429)'), 3)
    552.123
    """
    try:
        return float(_evaluate(ast.parse(str(call).strip(), mode="eval").body))
    except Reply:
        raise
    except Exception as error:
        msg = f"the call {call!r} cannot be computed: {type(error).__name__}: {error}"
        raise KeepWorking(msg) from None


def _evaluate(node: ast.AST) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        return node.value if isinstance(node.value, str) else float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = float(_evaluate(node.left)), float(_evaluate(node.right))
        if isinstance(node.op, ast.Pow) and abs(right) > _LARGEST_EXPONENT:
            msg = f"an exponent must be at most {_LARGEST_EXPONENT}, got {right:g}"
            raise ValueError(msg)
        return _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.operand))
    if isinstance(node, ast.Attribute) and not node.attr.startswith("_"):
        if isinstance(node.value, ast.Name) and node.value.id in claims.NAMESPACE:
            return _of_library(claims.NAMESPACE[node.value.id], node.attr)
        if isinstance(node.value, ast.Call) and node.attr in ("low", "mid", "high", "year"):
            return getattr(_evaluate(node.value), node.attr)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        arguments = [_evaluate(argument) for argument in node.args]
        named = {word.arg: _evaluate(word.value) for word in node.keywords if word.arg}
        return _evaluate(node.func)(*arguments, **named)
    msg = (
        "a call may hold functions of aiimpact, rows of its tables, numbers and + - * / **, got "
        f"{ast.unparse(node)}"
    )
    raise ValueError(msg)


def _of_library(module: Any, name: str) -> Any:
    """Give a function or constant that a module defines itself, not what it imports."""
    found = getattr(module, name)
    if isinstance(found, int | float) or (
        isinstance(found, types.FunctionType) and found.__module__ == module.__name__
    ):
        return found
    msg = f"{module.__name__} has no function {name}"
    raise AttributeError(msg)


# What all of them share


def _praise(
    value: float,
    right: float,
    unit: str,
    tolerance: float,
    quantities: Mapping[str, float],
    own: Mapping[str, tuple[float, str]] | None = None,
) -> str:
    """Give the words for a number that is right, and raise those for one that is not."""
    verdict = judge(value, accepted(right, tolerance, noise=_NOISE), unit, quantities, own)
    if verdict.tone == "got-it":
        return verdict.words
    msg = f"{_written(value, unit)}? {verdict.words}"
    raise KeepWorking(msg, verdict.slip or "")


def _number(given: Any, what: str) -> float:
    if _is_nothing(given):
        msg = f"{what} is not there yet."
        raise Missing(msg)
    given = _bare(given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        msg = f"{what} must be a number, got {_kind(given)}."
        raise KeepWorking(msg)
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        msg = f"{what} must be a finite number, got {value}. Look for a division by zero."
        raise KeepWorking(msg)
    return value


def _bare(given: Any) -> Any:
    """Take a single value out of an array or a series of one, as an exam does that sends it."""
    single = getattr(given, "size", 0)
    return given.item() if isinstance(single, int) and single == 1 and _has_item(given) else given


def _is_finite(given: Any) -> bool:
    return isinstance(given, int | float) and math.isfinite(given)


def _has_item(given: Any) -> bool:
    return callable(getattr(given, "item", None))


_KINDS = {
    "ndarray": "an array of several values",
    "Series": "a Series of several values",
    "DataFrame": "a whole table",
    "NAType": "a gap in a table (NA)",
    "complex": "a complex number. It comes out of a root or a power of a negative number",
    "set": "a set",
    "dict": "a dict. Take one value out of it",
    "Own": "all your numbers. Take one: own.…",
}


def _kind(given: Any) -> str:
    if isinstance(given, str):
        return f"the text {given[:40]!r}. Write it without quotes"
    if isinstance(given, bool):
        return f"{given}, which says yes or no"
    if isinstance(given, list | tuple):
        return f"a list of {len(given)}"
    name = given.kind if isinstance(given, Unsendable) else type(given).__name__
    if name in _KINDS:
        return _KINDS[name]
    if callable(given):
        return "a function. Call it"
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def _require_function(given: Any, what: str) -> None:
    if _is_nothing(given):
        msg = f"{what} is not there yet."
        raise Missing(msg)
    if not callable(given):
        kind, *_ = _kind(given).split(". ")
        msg = f"this must be {what}, got {kind}."
        raise KeepWorking(msg)


def _call(given: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a student's function: an error in it is theirs, and they are told of it."""
    try:
        return given(*args, **kwargs)
    except AssertionError:
        raise
    except (Exception, SystemExit) as error:
        msg = f"your function raises {type(error).__name__}{_says(error)}"
        raise KeepWorking(msg) from None


def _says(error: BaseException) -> str:
    return f": {error}" if str(error) else ""


def _is_nothing(given: Any) -> bool:
    return given is None or given is ...


def _written(value: float, unit: str) -> str:
    return with_unit(written.number(value, _DIGITS), unit)


def _shown(value: Any) -> str:
    return f"{float(value):.10g}" if isinstance(value, int | float) else repr(value)


def _times(count: int) -> str:
    return "the one case tried" if count == 1 else f"all {count} cases tried"
