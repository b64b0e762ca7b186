"""`ask`, `guess` and `sort`: what an author writes, and which question comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from aiimpact.ask import answer as answers
from aiimpact.ask.choice import in_words, one_of
from aiimpact.ask.judge import DIGITS, TOLERANCE, rows_of
from aiimpact.ask.number import about_explorer, typed
from aiimpact.ask.question import Question
from aiimpact.ask.sheet import Sheet
from aiimpact.ask.slider import guessed, slid
from aiimpact.ask.sorting import into_boxes
from aiimpact.live.explorer import Explorer
from aiimpact.live.model import require_name


def ask(
    text: str,
    *,
    name: str,
    answer: Any,
    unit: str = "",
    tolerance: float = TOLERANCE,
    within: tuple[float, float] | None = None,
    choices: Mapping[str, str] | None = None,
    slider: tuple[float, float] | None = None,
    quantities: Mapping[str, Any] | None = None,
    slips: Mapping[str, tuple[Any, str]] | None = None,
    explorer: Explorer | None = None,
    hints: Sequence[str] = (),
    why: str = "",
    digits: int = DIGITS,
) -> Question:
    """Ask a question that the page checks without a kernel.

    A wrong number that a known slip explains (see :mod:`aiimpact.ask.slips`) is told that slip. All
    texts are plain; an empty line parts paragraphs.

    Parameters
    ----------
    text
        The question.
    name
        What the page calls it. Lower-case letters, digits and hyphens.
    answer
        A number, a :func:`~aiimpact.live.interval`, a row of a table (its range counts as right),
        or a function of `quantities` and of inputs of `explorer` that gives one of them; one of
        `choices`; or, for an open question, the model answer.
    unit
        Unit of the answer; it stands beside the box.
    tolerance
        How far off counts as right, as a share of the answer: half a per cent, so that three digits
        do. For a question that is solved in the head, write 0.02 or more. Not used where there is a
        range.
    within
        Lowest and highest number that count as right. [`unit`]
    choices
        What to choose from, each with the words that come back when it is chosen.
    slider
        Ends of a logarithmic slider to answer with, instead of a box. [`unit`]
    quantities
        What goes into the answer, by name: arguments of `answer`, and what slips need, such as
        ``{"pue": 1.1}``.
    slips
        Slips of this question alone: name to wrong answer [`unit`] (or a function, like
        `answer`) and words.
    explorer
        An explorer of the same page; the answer is a function of its inputs, at the values that
        the reader has set.
    hints
        From the gentle to the plain. A wrong answer without a name opens the next.
    why
        What stands under the answer, when it is shown.
    digits
        Significant digits of the answer as it is shown.

    Returns
    -------
    Question
        An ipywidget with ``.name`` and ``.check(value)``.

    Raises
    ------
    ValueError, TypeError
        If the arguments do not make a question; the text names the fix.

    Examples
    --------
    >>> from aiimpact import datacentre
    >>> question = ask(
    ...     "Computers use 1,170 MWh at a PUE of 1.1. What does the site use?",
    ...     name="site",
    ...     answer=lambda pue: datacentre.site_energy_mwh(1170, pue),
    ...     unit="MWh",
    ...     quantities={"pue": 1.1},
    ... )
    >>> question.check(1287)
    Verdict(tone='got-it', words='It is 1,290 MWh.', slip=None)
    >>> question.check(1170).words, question.check(1_287_000).words
    ('Too small by the PUE: the building is left out.', '1,000 times too large: kWh or MWh?')
    """
    require_name(name)
    _require_hints(hints)
    sheet = partial(Sheet, name=name, text=text, unit=unit, hints=hints, why=why)
    if isinstance(answer, str):
        of_numbers = {
            "unit": unit,
            "within": within,
            "slider": slider,
            "quantities": quantities,
            "slips": slips,
            "explorer": explorer,
        }
        _require_absent(answer, of_numbers)
        return in_words(sheet, answer, why) if choices is None else one_of(sheet, answer, choices)
    if choices is not None:
        msg = f"answer must be one of the choices {', '.join(map(repr, choices))}, got {answer!r}."
        raise ValueError(msg)
    if explorer and slider:
        msg = "A question about an explorer has a box, no slider. Leave out slider=, or explorer=."
        raise ValueError(msg)
    answers.require_digits(digits)
    answers.require_pairs(slips or {})
    given: dict[str, Any] = dict(answers.given_numbers(quantities or {}))
    answers.require_used(given, answer, slips or {})
    if explorer:
        given |= answers.symbols(answer, given, explorer)
    known = answers.known(answers.call(answer, given), within)
    right = answers.right_of(known, tolerance)
    own = answers.own_slips(slips or {}, given, right, unit)
    rows = rows_of(right, unit, given, own, digits)
    if explorer:
        return about_explorer(sheet, right, rows, explorer, unit, digits)
    if slider:
        return slid(sheet, known, right, rows, slider, unit, digits)
    return typed(sheet, known, rows, unit, digits)


def guess(
    text: str,
    *,
    name: str,
    answer: Any,
    slider: tuple[float, float],
    unit: str = "",
    within: tuple[float, float] | None = None,
    why: str = "",
    digits: int = DIGITS,
) -> Question:
    """Let a reader guess a number before it is shown, and put the guess beside it.

    Parameters
    ----------
    text
        What is to be guessed.
    name
        What the page calls it. Lower-case letters, digits and hyphens.
    answer
        A number above zero, or a row of a table, whose range is then shown with it. [`unit`]
    slider
        Ends of the logarithmic slider. [`unit`]
    unit
        Unit of the number.
    within
        The range of what is known. [`unit`]
    why
        What stands under the value, when it is shown.
    digits
        Significant digits of the value.

    Returns
    -------
    Question
        An ipywidget with ``.name`` and ``.check(value)``.

    Raises
    ------
    ValueError, TypeError
        If the arguments do not make a question; the text names the fix.

    Examples
    --------
    >>> question = guess("How much?", name="run", answer=552.1, unit="t", slider=(1, 100_000))
    >>> question.check("300 t").words
    'You guessed 300 t. It is 552 t: 1.8 times your guess.'
    """
    require_name(name)
    answers.require_digits(digits)
    sheet = partial(Sheet, name=name, text=text, unit=unit, hints=(), why=why)
    return guessed(sheet, answers.known(answer, within), slider, unit, digits)


def sort(
    text: str,
    *,
    name: str,
    boxes: Sequence[str],
    things: Mapping[str, tuple[str, str]],
    slips: Mapping[str, tuple[str, str, str]] | None = None,
    hints: Sequence[str] = (),
    why: str = "",
) -> Question:
    """Ask which of a few boxes each of several things belongs in.

    A sorting is told how many lie where they belong, and the words of the first that does not.

    Parameters
    ----------
    text
        The question.
    name
        What the page calls it. Lower-case letters, digits and hyphens.
    boxes
        The boxes, in the order in which they are offered.
    things
        What is to be sorted: a text, with its box and the words that come back from any other. The
        words say which thing they are about, and why it belongs elsewhere.
    slips
        Mistakes with a name: to the thing, the wrong box, and words that fit this mistake alone.
    hints
        From the gentle to the plain. A wrong answer without a name opens the next.
    why
        What stands under the answer, when it is shown.

    Returns
    -------
    Question
        An ipywidget with ``.name`` and ``.check(value)``, which takes a dict of things to boxes.

    Raises
    ------
    ValueError, TypeError
        If the arguments do not make a question; the text names the fix.

    Examples
    --------
    >>> question = sort(
    ...     "Power or energy?",
    ...     name="power-or-energy",
    ...     boxes=["power", "energy"],
    ...     things={
    ...         "50 MW": ("power", "A megawatt says how fast."),
    ...         "3 GWh": ("energy", "A gigawatt-hour says how much, however long it took."),
    ...     },
    ... )
    >>> question.check({"50 MW": "power", "3 GWh": "power"}).words
    '1 of 2 is right. A gigawatt-hour says how much, however long it took.'
    """
    require_name(name)
    _require_hints(hints)
    sheet = partial(Sheet, name=name, text=text, unit="", hints=hints, why=why)
    return into_boxes(sheet, boxes, things, slips or {})


def _require_hints(hints: Any) -> None:
    if isinstance(hints, str) or not all(isinstance(hint, str) for hint in hints):
        msg = f'hints must be a list of texts, got {hints!r}. Write ["…"] also for one.'
        raise TypeError(msg)


def _require_absent(answer: str, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if value:
            msg = (
                f"{name}= is for an answer that is a number, got the text {answer!r} for an answer. "
                f"Leave out {name}=, or write the number without quotes."
            )
            raise ValueError(msg)
