"""The widget of a question: what stands in the page, and what it tells an answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize
from weakref import WeakValueDictionary

import traitlets

from aiimpact import words
from aiimpact.ask import slips
from aiimpact.ask.answer import is_finite
from aiimpact.ask.bank.frozen import setting_of
from aiimpact.ask.bank.item import Answer, Choice, Item, Thing, kind_said
from aiimpact.ask.boxes import Boxes
from aiimpact.ask.judge import Row, Verdict, look_up
from aiimpact.ask.sheet import Sheet
from aiimpact.live import assets, save
from aiimpact.live.explorer import Explorer
from aiimpact.live.widget import PageWidget
from aiimpact.words import say

# The questions of this process by name, so that a bank can be made of those of a notebook.
asked: WeakValueDictionary[str, Question] = WeakValueDictionary()
DIST = Path(__file__).parent / "page" / "dist"


class Question(PageWidget):
    """A question with hints, a check and a model answer. Made by :func:`ask`, :func:`guess` or :func:`sort`.

    Attributes
    ----------
    name : str
        What the page calls it: ``window.questions[name]``.
    given : str
        What the reader answered, as text; empty before. Only a running notebook sees it.
    """

    _esm = assets.text("question.js", DIST)
    _css = assets.text("explorer.css") + assets.text("ask.css", DIST)

    given = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        sheet: Sheet,
        rows: Callable[[], Sequence[Row]] = list,
        options: Mapping[str, Verdict] | None = None,
        explorer: Explorer | None = None,
        right: Callable[[], float] | None = None,
        boxes: Boxes | None = None,
    ) -> None:
        self._explorer = explorer
        self.kind = sheet.kind
        self._sheet = sheet
        self._rows = rows
        self._options = options
        self._right = right
        self._boxes = boxes
        super().__init__(name=sheet.name, _markup=sheet.html())
        asked[sheet.name] = self

    def check(self, value: float | str | Mapping[str, str]) -> Verdict:
        """Say what an answer is told, as the page does.

        Parameters
        ----------
        value
            A number; where there are choices or stops of a slider, one of their texts; where there
            are boxes, a dict of things to boxes.

        Returns
        -------
        Verdict
            Tone ("missing", "keep-working" or "got-it"), words, and the name of the slip or None.

        Raises
        ------
        ValueError
            If it is none of the choices or stops, or names what there is not.
        TypeError
            If it is no number where one is asked for.
        """
        if self._boxes is not None:
            return self._boxes.check(value)
        if self._options is not None:
            # As it is shown, or typed with plain digits: "20 lb CO2e".
            plain = {normalize("NFKC", text): text for text in self._options}
            given = value if isinstance(value, str) else ""
            text = given if given in self._options else plain.get(normalize("NFKC", given))
            if text is None:
                msg = f"value must be one of the answers {', '.join(map(repr, self._options))}, got {value!r}."
                raise ValueError(msg)
            return self._options[text]
        if not is_finite(value) or self.kind == "open":
            msg = (
                f"value must be a finite number, got {value!r}. Only the page reads what was typed, "
                "and nothing checks the answer to an open question."
            )
            raise TypeError(msg)
        return look_up(self._rows(), float(value))

    def html(self, *, title: str | None = None, language: str | None = None) -> str:
        """Write the question as one HTML document with everything inside; its explorer comes before it.

        Parameters
        ----------
        title
            Title of the document; by default the question's text.
        language
            Language of its texts, such as "de"; by default the one in use.

        Returns
        -------
        str
            The document: see :meth:`aiimpact.live.Explorer.html`.
        """
        explorer = self._explorer
        scripts = [assets.text("vega.js"), assets.text("alone.js")] if explorer else []
        return save.document(
            title=title or self._sheet.text.split("\n\n")[0],
            language=language or words.language(),
            markup=(explorer._markup if explorer else "") + self._markup,
            styles=[self._css],
            scripts=[*scripts, assets.text("alone.js", DIST)],
            states={explorer.name: explorer.state()} if explorer else None,
            notices=assets.text("VEGA-LICENSES.txt") if explorer else "",
        )

    def item(self) -> Item:
        """Give the question as plain data, for a question bank.

        A question about an explorer is asked at the explorer's present values, and says them.

        Returns
        -------
        Item
            See :mod:`aiimpact.ask.bank`, which writes it for learning platforms.

        Raises
        ------
        ValueError
            If the explorer is set to values at which there is no answer.

        Examples
        --------
        >>> from aiimpact.ask import ask
        >>> item = ask("How much is 6 times 7?", name="six-times-seven", answer=42).item()
        >>> item.right, item.answers[0].words
        (42.0, 'It is 42.')
        """
        sheet = self._sheet
        right = self._right() if self._right else None
        if right is not None and not math.isfinite(right):
            msg = f"{self.name!r} has no answer at the values that its explorer is set to. Change one."
            raise ValueError(msg)
        options = (self._options or {}) if self.kind == "choices" else {}
        return Item(
            sheet.name,
            self.kind,
            sheet.text,
            sheet.unit,
            right,
            tuple(_answers(self._rows())),
            tuple(
                Choice(text, told.tone == "got-it", told.words) for text, told in options.items()
            ),
            tuple(sheet.hints),
            sheet.answer,
            sheet.why,
            setting_of(self._explorer) if self._explorer else (),
            boxes=self._boxes.boxes if self._boxes else (),
            things=tuple(_things(self._boxes)) if self._boxes else (),
            tags=(kind_said(self.kind),),
            language=words.language(),
        )

    def __repr__(self) -> str:
        """List what counts as right and the slips of this question, so that a test compares them."""
        common = {None, *(slip.key for slip in slips.load() if not slip.needs)}
        lines = [f"Question {self.name!r}: {self.kind}", *self._sheet.answer.split("\n")]
        for row in self._rows() if self._options is None else []:
            tone, _, slip = row.verdict
            if tone == "got-it" or slip not in common:
                lines.append(f"{slip or 'right'}: {row.low:.6g} to {row.high:.6g}")
        return "\n  ".join(filter(None, lines))


def labels() -> dict[str, str]:
    """Give the word for each tone of a verdict."""
    return {
        "missing": say("Not yet an answer."),
        "keep-working": say("Keep working."),
        "got-it": say("Got it."),
    }


def options_page(
    kind: str, labels: Mapping[str, str], empty: str, options: Mapping[str, Verdict]
) -> dict[str, Any]:
    """Write what the script of a question looks up, where there are few answers to give."""
    return {
        "kind": kind,
        "labels": labels,
        "missing": {"empty": empty},
        "options": [[given, *verdict] for given, verdict in options.items()],
    }


def _answers(rows: Sequence[Row]) -> Iterator[Answer]:
    """Write rows as plain data, without those that no number comes to: a slip that divides by nought."""
    for row, (tone, told, slip) in ((row, row.verdict) for row in rows):
        low = -math.inf if row.low is None else float(row.low)
        high = math.inf if row.high is None else float(row.high)
        if tone != "missing" and low <= high and low < math.inf and high > -math.inf:
            yield Answer(_end(low), _end(high), tone == "got-it", told, slip)


def _things(sorting: Boxes) -> Iterator[Thing]:
    """Write what is sorted as plain data, with what each box is told."""
    for thing in sorting.things:
        told = (thing.told.get(box, ("", None))[0] for box in sorting.boxes)
        yield Thing(thing.text, thing.box, tuple(told))


def _end(value: float) -> float | None:
    return value if math.isfinite(value) else None
