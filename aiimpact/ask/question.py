"""The widget of a question: what stands in the page, and what it tells an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets

from aiimpact.ask import slips
from aiimpact.ask.answer import is_finite
from aiimpact.ask.judge import Row, Verdict, look_up
from aiimpact.ask.sheet import Sheet
from aiimpact.live import assets, save
from aiimpact.live.explorer import Explorer
from aiimpact.live.widget import PageWidget

LABELS = {"missing": "Not yet an answer.", "keep-working": "Keep working.", "got-it": "Got it."}
DIST = Path(__file__).parent / "page" / "dist"


class Question(PageWidget):
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

    given = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        sheet: Sheet,
        rows: Callable[[], Sequence[Row]] = list,
        options: Mapping[str, Verdict] | None = None,
        explorer: Explorer | None = None,
    ) -> None:
        self._explorer = explorer
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
        if not is_finite(value) or self.kind == "open":
            msg = (
                f"value must be a finite number, got {value!r}. Only the page reads what was typed, "
                "and nothing checks the answer to an open question."
            )
            raise TypeError(msg)
        return look_up(self._rows(), float(value))

    def html(self, *, title: str | None = None, language: str = "en") -> str:
        """Write the question as one HTML document with everything inside; its explorer comes before it.

        Parameters
        ----------
        title
            Title of the document; by default the question's text.
        language
            Language of its texts, such as "en" or "de".

        Returns
        -------
        str
            The document: see :meth:`aiimpact.live.Explorer.html`.
        """
        explorer = self._explorer
        scripts = [assets.text("vega.js"), assets.text("alone.js")] if explorer else []
        return save.document(
            title=title or self._sheet.text.split("\n\n")[0],
            language=language,
            markup=(explorer._markup if explorer else "") + self._markup,
            styles=[self._css],
            scripts=[*scripts, assets.text("alone.js", DIST)],
            states={explorer.name: explorer.state()} if explorer else None,
            notices=assets.text("VEGA-LICENSES.txt") if explorer else "",
        )

    def __repr__(self) -> str:
        """List what counts as right and the slips of this question, so that a test compares them."""
        common = {None, *(slip.key for slip in slips.load() if not slip.needs)}
        lines = [f"Question {self.name!r}: {self.kind}", self._sheet.answer]
        for row in self._rows():
            tone, _, slip = row.verdict
            if tone == "got-it" or slip not in common:
                lines.append(f"{slip or 'right'}: {row.low:.6g} to {row.high:.6g}")
        return "\n  ".join(filter(None, lines))


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
