"""`ask` and `guess`: questions that answer back, in a page without a kernel."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from numbers import Real
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from aiimpact.ask import judge
from aiimpact.ask import slips as known_slips
from aiimpact.ask.judge import Row, Verdict, with_unit
from aiimpact.ask.sheet import Sheet, places, strip_svg
from aiimpact.live import assets
from aiimpact.live.explorer import Explorer
from aiimpact.live.model import Interval, Model, require_name
from aiimpact.live.numbers import number
from aiimpact.live.trace import Symbol, compile_outputs, evaluate
from aiimpact.tables import Quantity

DIST = Path(__file__).parent / "page" / "dist"
_LABELS = {"missing": "Not yet an answer.", "keep-working": "Keep working.", "got-it": "Got it."}
_GUESS_LABELS = {"missing": "", "keep-working": "", "got-it": "A good guess."}
# The stops of a logarithmic slider in each power of ten: numbers that people guess.
_STOPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_STOPS_IN_WORDS = f"the stops are {', '.join(map(str, _STOPS))} in each power of ten"
# What floating point may lose on the way to an answer that must be exact.
_ROUNDING = 1e-12
# A guess within a factor of two is a good one.
_GOOD_GUESS = 2.0
_SAME = 1.1


class Question(anywidget.AnyWidget):  # type: ignore[misc]
    """A question with hints, a check and a model answer. Made by :func:`ask` or :func:`guess`.

    Attributes
    ----------
    name : str
        What the page calls it: ``window.questions[name]``.
    given : str
        What the reader answered, as text; empty before. Only a running notebook sees it.
    """

    _esm = assets.text("question.js", DIST)
    _css = assets.text("explorer.css") + assets.text("ask.css", DIST)

    name = traitlets.Unicode().tag(sync=True)
    given = traitlets.Unicode().tag(sync=True)
    _markup = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        sheet: Sheet,
        rows: Callable[[], Sequence[Row]] = list,
        options: Mapping[str, Verdict] | None = None,
    ) -> None:
        self.kind = sheet.kind
        self._sheet = sheet
        self._rows = rows
        self._options = options
        super().__init__(name=sheet.name, _markup=sheet.html())

    def check(self, value: float | str) -> Verdict:
        """Say what an answer is told, as the page does.

        Parameters
        ----------
        value
            A number; where there are choices or stops of a slider, one of their texts.

        Returns
        -------
        Verdict
            Tone ("missing", "keep-working" or "got-it"), words, and the name of the slip or None.

        Raises
        ------
        ValueError
            If it is none of the choices or stops.
        TypeError
            If it is no number where one is asked for.
        """
        if self._options is not None:
            if not isinstance(value, str) or value not in self._options:
                msg = f"value must be one of the answers {', '.join(map(repr, self._options))}, got {value!r}."
                raise ValueError(msg)
            return self._options[value]
        if not _is_finite(value) or self.kind == "open":
            msg = (
                f"value must be a finite number, got {value!r}. Only the page reads what was typed, "
                "and nothing checks the answer to an open question."
            )
            raise TypeError(msg)
        return judge.look_up(self._rows(), float(value))

    def __repr__(self) -> str:
        """List what counts as right and the slips of this question, so that a test compares them."""
        common = {None, *(slip.key for slip in known_slips.load() if not slip.needs)}
        lines = [f"Question {self.name!r}: {self.kind}", self._sheet.answer]
        for row in self._rows():
            tone, _, slip = row.verdict
            if tone == "got-it" or slip not in common:
                lines.append(f"{slip or 'right'}: {row.low:.6g} to {row.high:.6g}")
        return "\n  ".join(filter(None, lines))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return data | {"text/html": self._markup}, metadata


def ask(
    text: str,
    *,
    name: str,
    answer: Any,
    unit: str = "",
    tolerance: float = 0.02,
    within: tuple[float, float] | None = None,
    choices: Mapping[str, str] | None = None,
    slider: tuple[float, float] | None = None,
    quantities: Mapping[str, float | Quantity] | None = None,
    slips: Mapping[str, tuple[Any, str]] | None = None,
    explorer: Explorer | None = None,
    hints: Sequence[str] = (),
    why: str = "",
    digits: int = 3,
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
        How far off counts as right, as a share of the answer. Not used where there is a range.
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
        if choices is None:
            return _open(text, name, answer, hints, why)
        return _choices(text, name, answer, choices, hints, why)
    if choices is not None:
        msg = f"answer must be one of the choices {', '.join(map(repr, choices))}, got {answer!r}."
        raise ValueError(msg)
    _require_digits(digits)
    given = {key: _mid(key, value) for key, value in (quantities or {}).items()}
    own_slips = {key: _pair(key, pair) for key, pair in (slips or {}).items()}
    _require_used(given, answer, own_slips)
    symbols = _symbols(answer, given, explorer) if explorer else {}
    known = _known(_call(answer, given | symbols), within)
    right = _accepted(known, tolerance)
    own = {key: (_call(x, given | symbols), words) for key, (x, words) in own_slips.items()}
    for key, (wrong, _) in own.items():
        _require_wrong(key, wrong)
    rows = judge.diagnose(right, unit, given | symbols, own, digits)
    sheet = partial(Sheet, name=name, text=text, unit=unit, hints=hints, why=why)
    if explorer and slider:
        msg = "A question about an explorer has a box, no slider. Leave out slider=, or explorer=."
        raise ValueError(msg)
    if explorer:
        return _about_explorer(sheet, right, rows, explorer._model, unit, digits)
    shown = _with_range(known, unit, digits)
    if slider:
        stops = _stops(slider, right.mid)
        options = {with_unit(number(x), unit): judge.look_up(rows, x) for x in stops}
        if not any(verdict.tone == "got-it" for verdict in options.values()):
            msg = (
                f"A stop of the slider must count as right, but none lies within {right.low:g} to "
                f"{right.high:g}. Widen tolerance= or within=; {_STOPS_IN_WORDS}."
            )
            raise ValueError(msg)
        page = _page("slider", _LABELS, "Move the slider first.", options)
        return Question(sheet(kind="slider", answer=shown, page=page), options=options)
    page = _number_page(unit) | {"rows": [_row_for_page(row) for row in rows]}
    return Question(sheet(kind="number", answer=shown, page=page), lambda: rows)


def guess(
    text: str,
    *,
    name: str,
    answer: Any,
    slider: tuple[float, float],
    unit: str = "",
    within: tuple[float, float] | None = None,
    why: str = "",
    digits: int = 3,
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
    _require_digits(digits)
    right = _known(answer, within)
    stops = _stops(slider, right.mid)
    texts = [with_unit(number(stop), unit) for stop in stops]
    options = {
        shown: _compare(stop, shown, right, unit, digits)
        for stop, shown in zip(stops, texts, strict=True)
    }
    known = with_unit(number(right.mid, digits), unit)
    page = _page("guess", _GUESS_LABELS, "Move the slider to your guess first.", options)
    page["places"] = dict(zip(texts, places(stops, stops[0], stops[-1]), strict=True))
    sheet = Sheet(
        name=name,
        kind="guess",
        text=text,
        unit=unit,
        hints=(),
        answer=_with_range(right, unit, digits),
        why=why,
        page=page,
        strip=strip_svg(right.mid, (right.low, right.high), (stops[0], stops[-1]), known),
    )
    return Question(sheet, options=options)


def _open(text: str, name: str, answer: str, hints: Sequence[str], why: str) -> Question:
    if not answer.strip():
        msg = f"answer must be the model answer to an open question, got {answer!r}. Write a line or two."
        raise ValueError(msg)
    page = {
        "kind": "open",
        "labels": _LABELS,
        "missing": {"empty": "Write a line first, then compare."},
        "compare": "Now compare it with the model answer below.",
    }
    return Question(Sheet(name, "open", text, "", hints, "", f"{answer}\n\n{why}", page))


def _choices(
    text: str, name: str, answer: str, choices: Mapping[str, str], hints: Sequence[str], why: str
) -> Question:
    if len(choices) < 2 or answer not in choices:
        msg = (
            f"answer must be one of two or more choices, got {answer!r} and "
            f"{', '.join(map(repr, choices))}. Write it as the choice is written."
        )
        raise ValueError(msg)
    for label, words in choices.items():
        if not (isinstance(label, str) and label.strip() and isinstance(words, str)):
            msg = (
                f"choices must be a dict of text to words, got {label!r}: {words!r}. "
                "Write numbers as texts, too."
            )
            raise TypeError(msg)
    options = {
        label: Verdict("got-it" if label == answer else "keep-working", words)
        for label, words in choices.items()
    }
    page = _page("choices", _LABELS, "Choose one first.", options)
    return Question(Sheet(name, "choices", text, "", hints, answer, why, page), options=options)


def _page(kind: str, labels: Mapping[str, str], empty: str, options: Mapping[str, Verdict]) -> Any:
    return {
        "kind": kind,
        "labels": labels,
        "missing": {"empty": empty},
        "options": [[given, *verdict] for given, verdict in options.items()],
    }


def _number_page(unit: str) -> dict[str, Any]:
    beside = f" The unit, {unit}, stands beside the box." if unit else ""
    return {
        "kind": "number",
        "labels": _LABELS,
        "unit": unit,
        "missing": {
            "empty": "Type a number first: 1200, 1,200 or 1.2e3.",
            "asleep": "The values above did not load, so nothing can be checked. Reload the page to try again.",
            "unreadable": f"“{{given}}” is no number I can read. Write digits, with a point for decimals: 0.5.{beside}",
        },
    }


def _row_for_page(row: Row) -> list[Any]:
    ends = [None if end is None else float(end) for end in (row.low, row.high)]
    return [*ends, *row.verdict]


def _about_explorer(
    sheet: partial[Sheet],
    right: Interval,
    rows: Sequence[Row],
    model: Model,
    unit: str,
    digits: int,
) -> Question:
    """Ask about an explorer's inputs: the page works out the ends of the rows as signals."""
    ends = {
        f"{side}_{i}": end
        for i, row in enumerate(rows)
        for side, end in (("low", row.low), ("high", row.high))
        if end is not None
    }
    settings = model.settings()
    signals = [{"name": x.id, "input": x.name, "value": settings[x.name]} for x in model.inputs]
    signals += [{"name": key, "update": text} for key, text in compile_outputs(ends).items()]
    page = _number_page(unit) | {
        "explorer": model.name,
        "signals": signals,
        "rows": [
            [*(name if name in ends else None for name in (f"low_{i}", f"high_{i}")), *row.verdict]
            for i, row in enumerate(rows)
        ],
    }

    def present(end: Any) -> float | None:
        # Where a slip divides by nought, nothing comes of it, here as in the page.
        return None if end is None else float(evaluate(end, model.signals(model.settings())))

    first = with_unit(number(present(right.mid) or 0, digits), unit)
    shown = f"It depends on the values above. At the first ones it is {first}."
    return Question(
        sheet(kind="number", answer=shown, page=page),
        lambda: [Row(present(row.low), present(row.high), row.verdict) for row in rows],
    )


def _symbols(answer: Any, given: dict[str, float], explorer: Explorer) -> dict[str, Symbol]:
    """Give a symbol for each input of an explorer, once the answer is known to trace."""
    if not callable(answer):
        msg = (
            f"With an explorer the answer must be a function of its inputs, got {answer!r}. "
            "Write lambda pue: …, or leave out explorer=."
        )
        raise TypeError(msg)
    model = explorer._model
    Model(lambda **x: {"The answer": _call(answer, given | x)}, explorer.name, "", model.inputs)
    return model.symbols()


def _is_finite(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _mid(name: str, value: float | Quantity) -> float:
    mid = value.mid if isinstance(value, Quantity) else value
    if not _is_finite(mid):
        msg = f"quantities[{name!r}] must be a finite number or a row of a table, got {value!r}."
        raise TypeError(msg)
    return float(mid)


def _pair(key: str, pair: Any) -> tuple[Any, str]:
    if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(pair[1], str):
        msg = f'slips[{key!r}] must be a wrong answer and words, got {pair!r}. Write (950, "…").'
        raise TypeError(msg)
    return pair


def _require_wrong(key: str, wrong: Any) -> None:
    if not isinstance(wrong, Symbol) and not _is_finite(wrong):
        msg = f"slips[{key!r}] must come out as a finite number, got {wrong!r}."
        raise TypeError(msg)


def _require_hints(hints: Any) -> None:
    if isinstance(hints, str) or not all(isinstance(hint, str) for hint in hints):
        msg = f'hints must be a list of texts, got {hints!r}. Write ["…"] also for one.'
        raise TypeError(msg)


def _require_digits(digits: Any) -> None:
    if isinstance(digits, bool) or not isinstance(digits, int) or digits < 1:
        msg = f"digits must be a whole number of at least 1, got {digits!r}."
        raise ValueError(msg)


def _require_absent(answer: str, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if value:
            msg = (
                f"{name}= is for an answer that is a number, got the text {answer!r} for an answer. "
                f"Leave out {name}=, or write the number without quotes."
            )
            raise ValueError(msg)


def _ends(name: str, ends: Any) -> tuple[float, float]:
    try:
        low, high = map(float, () if isinstance(ends, str) else ends)
    except (TypeError, ValueError):
        msg = f"{name} must be two numbers, (low, high), got {ends!r}."
        raise TypeError(msg) from None
    return low, high


def _call(value: Any, given: Mapping[str, Any]) -> Any:
    """Give a value, or what a function makes of the quantities that it names."""
    if not callable(value):
        return value
    parameters = inspect.signature(value).parameters.values()
    arguments = {}
    for parameter in parameters:
        if parameter.name in given:
            arguments[parameter.name] = given[parameter.name]
        elif parameter.default is parameter.empty:
            near = difflib.get_close_matches(parameter.name, given, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            msg = (
                f"The answer needs {parameter.name!r}, which is not given.{hint} "
                f"Write quantities={{{parameter.name!r}: …}}."
            )
            raise ValueError(msg)
    return value(**arguments)


def _require_used(
    given: Mapping[str, float], answer: Any, own: Mapping[str, tuple[Any, str]]
) -> None:
    """Refuse a quantity that neither the answer nor a slip uses: its name is misspelt."""
    functions = [f for f in (answer, *(wrong for wrong, _ in own.values())) if callable(f)]
    known = {name for f in functions for name in inspect.signature(f).parameters}
    known |= {name for slip in known_slips.load() for name in slip.needs}
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            msg = f"Neither the answer nor a slip uses {name!r}.{hint} Known: {', '.join(sorted(known))}."
            raise ValueError(msg)


def _known(answer: Any, within: tuple[float, float] | None) -> Interval:
    """Give the right answer with the range of what is known; both ends are it if nothing is said."""
    has_range = isinstance(answer, Quantity | Interval)
    low, mid, high = (answer.low, answer.mid, answer.high) if has_range else [answer] * 3
    if within is not None:
        low, high = _ends("within", within)
    if isinstance(mid, Symbol):
        return Interval(low, mid, high)
    for end in (low, mid, high):
        if isinstance(end, bool) or not isinstance(end, Real):
            msg = f"answer must be a number, an interval or a row of a table, got {answer!r}."
            raise TypeError(msg)
    known = Interval(float(low), float(mid), float(high))
    if not (all(map(math.isfinite, known)) and known.low <= known.mid <= known.high):
        msg = (
            f"The right answer must be finite and within its range, got {mid:g} in {low:g} to "
            f"{high:g}. Sort the ends, or correct the answer."
        )
        raise ValueError(msg)
    return known


def _accepted(known: Interval, tolerance: float) -> Interval:
    """Give the range that counts as right: what is known, or else what the tolerance lets pass."""
    if not _is_finite(tolerance) or not 0 <= tolerance < 1:
        msg = (
            f"tolerance must be at least 0 and less than 1, got {tolerance!r}. "
            "It is a share of the answer: write 2 % as 0.02."
        )
        raise ValueError(msg)
    low, mid, high = known
    if not (low is high or (isinstance(low, Real) and low == high)):
        return known
    share = tolerance + _ROUNDING
    ends = mid * (1 - share), mid * (1 + share)
    if isinstance(mid, Symbol):
        return Interval(np.minimum(*ends), mid, np.maximum(*ends))
    return Interval(min(ends), mid, max(ends))


def _with_range(known: Interval, unit: str, digits: int) -> str:
    shown = with_unit(number(known.mid, digits), unit)
    if known.low == known.high:
        return shown
    return f"{shown} ({number(known.low, digits)} to {number(known.high, digits)})"


def _stops(slider: tuple[float, float], answer: float) -> list[float]:
    """List the stops of a slider: round numbers, ten to a power of ten."""
    low, high = _ends("slider", slider)
    stops: list[float] = []
    if 0 < low < high < math.inf:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        all_of_them = [float(f"{stop}e{power}") for power in powers for stop in _STOPS]
        stops = [stop for stop in all_of_them if low <= stop <= high]
    if not stops or not stops[0] < answer < stops[-1]:
        msg = (
            f"slider must have finite ends above 0 with stops on both sides of the answer {answer:g}, got "
            f"{low:g} and {high:g}. Move the ends apart; {_STOPS_IN_WORDS}."
        )
        raise ValueError(msg)
    return stops


def _compare(stop: float, shown: str, right: Interval, unit: str, digits: int) -> Verdict:
    value = _with_range(right, unit, digits)
    ratio = max(right.mid / stop, stop / right.mid)
    if right.low <= stop <= right.high or ratio <= _SAME:
        return Verdict("got-it", f"You guessed {shown}, and it is {value}.")
    times = f"{number(ratio, 2)} times"
    compared = f"{times} your guess" if stop < right.mid else f"your guess is {times} that"
    tone: judge.Tone = "got-it" if ratio <= _GOOD_GUESS else "keep-working"
    return Verdict(tone, f"You guessed {shown}. It is {value}: {compared}.")
