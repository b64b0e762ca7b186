"""Checks that answer a student in one of three tones: missing, keep working, got it.

A number is told what a question of the book would tell it (:mod:`aiimpact.ask.judge`): the slip it
comes from, where that has a name, or on which side of the right one it lies. A check raises what a student should read; if it raises nothing, all is
well. In an exam the grader runs the same checks on its own side.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aiimpact.ask import slips
from aiimpact.ask.judge import TOLERANCE, Right, accepted, counts_as_right
from aiimpact.classroom.entry import claim, evaluate
from aiimpact.classroom.given import (
    NOISE,
    bare,
    call,
    is_finite,
    is_nothing,
    kind_of,
    number_in,
    praise,
    raises,
    require_anything,
    require_function,
    written,
)
from aiimpact.classroom.replies import KeepWorking, Missing, Reply, Unsendable
from aiimpact.words import listed, say, sentences

__all__ = [
    "KeepWorking",
    "Missing",
    "Reply",
    "Unsendable",
    "between",
    "choice",
    "claim",
    "evaluate",
    "finds",
    "function",
    "number",
    "result",
    "taken_back",
]

# Of a wrong answer that is shown again. [characters]
_LONGEST_SHOWN = 80


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
    aiimpact.classroom.replies.KeepWorking: Keep working: 1,170 MWh? Too small by the PUE: the building is left out.
    >>> number(9.0, 12.0, "a", mistakes={"That leaves the last year out.": 9.0})
    Traceback (most recent call last):
    aiimpact.classroom.replies.KeepWorking: Keep working: 9 a? That leaves the last year out.
    """
    right = number_in(expected, say("what this is compared with"))
    # What comes out of an answer that is far off may be no number; nobody can have given it.
    wrongs = {words: bare(wrong) for words, wrong in (mistakes or {}).items()}
    own = {words: (float(wrong), words) for words, wrong in wrongs.items() if is_finite(wrong)}
    value = number_in(given, say("the answer"))
    words = praise(value, right, unit, tolerance, quantities, own)
    print(say("Got it. {words}", words=words))


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
    aiimpact.classroom.replies.KeepWorking: Keep working: 0.8 t? 1,000 times too small: t or kt?
    """
    several = given if isinstance(given, list) else [given]
    answers = [number_in(x, say("the answer")) for x in several]
    try:
        number(back(*answers), expected, unit, tolerance=tolerance, mistakes=mistakes, **quantities)
    except KeepWorking as reply:
        if reply.slip in (mistakes or {}):
            raise
        right = accepted(number_in(expected, say("what this leads to")), tolerance, noise=NOISE)
        powers = [slip for slip in slips.load() if slip.wide and slip.fits(of, {})]
        for (i, answer), slip in itertools.product(enumerate(answers), powers):
            meant = [*answers[:i], answer / slip.result(1.0, {}), *answers[i + 1 :]]
            if _leads_to(right, back, meant):
                words = slip.say(of)
                msg = say("{answer}? {words}", answer=written(answer, of), words=words)
                raise KeepWorking(msg, slip.key, hint=words) from None
        raise


def _leads_to(right: Right, back: Callable[..., float], answers: Sequence[float]) -> bool:
    """Say whether answers that nobody has given lead to the right thing."""
    with contextlib.suppress(ArithmeticError, ValueError):
        value = back(*answers)
        return is_finite(value) and counts_as_right(right, value)
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
    aiimpact.classroom.replies.KeepWorking: Keep working: 12,500 t is outside anything that your numbers can give. Look at the units.
    """
    value = number_in(given, say("the answer"))
    if not low <= value <= high:
        msg = say(
            "{answer} is outside anything that your numbers can give.", answer=written(value, unit)
        )
        look = say("Look at the sign.") if value < 0 <= low else say("Look at the units.")
        raise KeepWorking(sentences(msg, look))
    print(say("{answer} is a possible size.", answer=written(value, unit)))
    return value


def result(given: Any, needed: str, *values: Any, **inputs: Any) -> float:
    """Call a student's function whose result a check of something else needs.

    Parameters
    ----------
    given : callable
        The student's.
    needed : str
        What it is to a reader: its name and task.
    *values, **inputs
        What it is called with: in order, where the names are a task of their own.

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
    >>> result(lambda h: 3 * h, "cost_usd of task 2", 2)
    6.0
    >>> result(lambda hours: None, "cost_usd of task 2", hours=2)
    Traceback (most recent call last):
    aiimpact.classroom.replies.Missing: Missing: this check needs cost_usd of task 2: the result (did you `return` it?) is not there yet.
    """
    try:
        require_function(given, say("the function"))
        [(value, _)] = _results(given, inputs, 0.0, values)
        return value
    except Reply as reply:
        words = say("this check needs {needed}: {words}", needed=needed, words=reply.words)
        raise reply.within(words) from None


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
    aiimpact.classroom.replies.KeepWorking: Keep working: for it_mwh=100, pue=1.5: 100 MWh? Too small by the PUE: the building is left out.
    """
    require_function(given, say("a function"))
    count = 0
    for inputs, expected in cases:
        numeric = {key: x for key, x in inputs.items() if isinstance(x, int | float)}
        try:
            for value, right in _results(given, inputs, expected):
                praise(value, right, unit, tolerance, numeric)
        except Reply as reply:
            raise _for(inputs, reply) from None
        count += 1
    print(
        say("Got it: your function gives the right number in the one case tried.")
        if count == 1
        else say(
            "Got it: your function gives the right number in all {count} cases tried.", count=count
        )
    )


def _for(inputs: Mapping[str, Any], reply: Reply) -> Reply:
    """Put the inputs before what is said of a result."""
    shown = ", ".join(f"{name}={_shown(value)}" for name, value in inputs.items())
    return reply.within(say("for {inputs}: {words}", inputs=shown, words=reply.words))


def _results(
    function: Any,
    inputs: Mapping[str, Any],
    expected: float | Sequence[float],
    values: Sequence[Any] = (),
) -> Iterable[tuple[float, float]]:
    """Call a function, and put what it gives beside what must come out."""
    try:
        given = call(function, *values, **inputs)
    except Reply:
        raise
    except AssertionError as error:
        raise raises(error) from None
    what = say("the result (did you `return` it?)")
    if isinstance(expected, int | float):
        return [(number_in(given, what), float(expected))]
    require_anything(given, what)
    given = given.tolist() if getattr(given, "ndim", 0) == 1 else given
    if not isinstance(given, list | tuple) or len(given) != len(expected):
        kind, advice = kind_of(given)
        msg = say(
            "{what} must be a list of {count} numbers, got {kind}.",
            what=what,
            count=len(expected),
            kind=kind,
        )
        raise KeepWorking(sentences(msg, advice))
    numbered = enumerate(zip(given, expected, strict=True), start=1)
    return [
        (number_in(x, say("number {i} of the result", i=i)), float(right))
        for i, (x, right) in numbered
    ]


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
    aiimpact.classroom.replies.KeepWorking: Keep working: ['pue'] is not it. Read the task again with the numbers beside it.
    """
    answer = bare(given)
    several = isinstance(answer, list | tuple)
    if is_nothing(answer) or (isinstance(answer, str | list | tuple) and not answer):
        raise Missing(say("{what} is not there yet.", what=say("the answer")))
    words = list(map(bare, answer)) if several else [answer]
    for word in words:
        if isinstance(word, bool) or not isinstance(word, str | int | float):
            kind, advice = kind_of(word)
            made_of = listed(map(repr, options))
            msg = say(
                "the answer must be made of {options}, got {kind}.", options=made_of, kind=kind
            )
            raise KeepWorking(sentences(msg, advice))
        if word not in options:
            msg = say(
                "{answer} is none of {options}. Mind the spelling.",
                answer=_quoted(word),
                options=listed(map(repr, options)),
            )
            raise KeepWorking(msg)
    told = _quoted(words if several else answer)
    if right is None:
        print(say("{answer} is one of the options.", answer=told))
    elif (words if several else answer) != right:
        msg = say(
            "{answer} is not it. Read the task again with the numbers beside it.", answer=told
        )
        raise KeepWorking(msg)
    else:
        print(say("Got it."))


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
    aiimpact.classroom.replies.KeepWorking: Keep working: your test passes on the function with the bug. Choose inputs for which the bug matters.
    """
    require_function(test, say("a test"))
    require_function(fix, say("a fixed function"))
    if example is not None:
        try:
            _results(fix, example, bug(**example))
        except Reply as reply:
            raise _for(example, reply) from None
    try:
        call(test, _never)
    except AssertionError:
        pass
    else:
        raise Missing(say("the test does not call the function that it is given yet."))
    try:
        call(test, fix)
    except Reply as reply:
        words = say("on a repaired function, {words}", words=reply.words)
        raise type(reply)(words, raised=reply.raised) from None
    except AssertionError as error:
        msg = say("your test fails on a function that is right, or your repair is not right yet.")
        detail = say("It says: {words}", words=error) if str(error) else ""
        raise KeepWorking(sentences(msg, detail)) from None
    # A test that fails every second time, whatever it is given, is none.
    for _ in range(2):
        try:
            call(test, bug)
        except Reply:
            raise
        except AssertionError:
            continue
        msg = say(
            "your test passes on the function with the bug. Choose inputs for which the bug matters."
        )
        raise KeepWorking(msg)
    print(say("Got it: your test fails on the bug and passes on the fix."))


def _never(*_: object, **__: object) -> None:
    """Stand for a function that a test must call; sent to an exam as source."""
    raise AssertionError


def _shown(value: Any) -> str:
    return f"{float(value):.10g}" if isinstance(value, int | float) else repr(value)
