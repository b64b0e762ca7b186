"""What a reader sees of a question before any script runs; `ask.js` then brings it to life."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from aiimpact.live.notation import seen
from aiimpact.live.words import page_words
from aiimpact.numbers import number
from aiimpact.words import listed, say

# Ticks and ends of a strip keep this far from its edges. [%]
_EDGE = 3.0


@dataclass(frozen=True)
class Sheet:
    """All that is written on a question: plain text, and the data that the script looks up."""

    name: str
    kind: str
    text: str
    unit: str
    hints: Sequence[str]
    answer: str
    why: str
    page: Mapping[str, Any]
    strip: str = ""

    def html(self) -> str:
        """Write the question."""
        name = escape(self.name)
        described = f' aria-describedby="{name}--text"' if self.kind in {"choices", "sort"} else ""
        data = json.dumps(
            dict(self.page) | _said(), ensure_ascii=False, separators=(",", ":")
        ).replace("<", "\\u003c")
        said = _words(self.kind)
        asleep = say("Checking needs JavaScript, or a running notebook. The answer is in the fold.")
        return (
            f'<div class="explorer ask" data-question="{name}" data-kind="{self.kind}" role="group" '
            f'aria-labelledby="{name}--kind">'
            f'<p class="ask-kind" id="{name}--kind">{said.kind}</p>'
            f'<div class="ask-text" id="{name}--text">{_paragraphs(self.text)}</div>'
            f'<form class="ask-form"><fieldset class="ask-field" disabled{described}>'
            f'<legend id="{name}--legend">{said.yours}</legend>'
            f"{self._field(name)}"
            f'<div class="ask-buttons"><button class="ask-check">{said.button}</button>'
            f'<button type="button" class="ask-clear" disabled>{say("Clear")}</button></div></fieldset></form>'
            '<p class="ask-word" role="status"></p>'
            f"{self._folds()}"
            f'<p class="explorer-asleep">{asleep}</p>'
            f'<script type="application/json">{data}</script></div>'
        )

    def _field(self, name: str) -> str:
        named = f'aria-labelledby="{name}--legend" aria-describedby="{name}--text"'
        options = self.page.get("options", [])
        if self.kind == "choices":
            return "".join(
                f'<label class="ask-choice"><input type="radio" name="{name}" value="{escape(label)}">'
                f" <span>{escape(label)}</span></label>"
                for label, *_ in options
            )
        if self.kind == "sort":
            boxes = "".join(f"<option>{escape(box)}</option>" for box in self.page["boxes"])
            things = "".join(
                f'<div class="ask-thing"><label for="{name}--{i}">{escape(thing)}</label>'
                f'<select class="ask-box" id="{name}--{i}" autocomplete="off">'
                f'<option value="">–</option>{boxes}</select></div>'
                for i, (thing, *_) in enumerate(self.page["things"], 1)
            )
            boxes = say("The boxes: {boxes}.", boxes=listed(self.page["boxes"]))
            return f'{things}<p class="ask-boxes">{escape(boxes)}</p>'
        if self.kind in {"slider", "guess"}:
            last = len(options) - 1
            ends = f"<span>{escape(options[0][0])}</span><span>{escape(options[-1][0])}</span>"
            return (
                # The slider says its own value; nobody needs to hear it twice.
                f'<output class="ask-shown" for="{name}--box" aria-live="off">–</output>'
                f'<input class="ask-box" type="range" id="{name}--box" min="0" max="{last}" '
                f'value="{last // 2}" autocomplete="off" aria-valuetext="{say("not set")}" {named}>'
                f'<div class="ask-ends" aria-hidden="true">{ends}</div>'
            )
        if self.kind == "open":
            return f'<textarea class="ask-box" rows="3" {named}></textarea>'
        named = f'aria-labelledby="{name}--legend {name}--unit" aria-describedby="{name}--text"'
        return (
            f'<input class="ask-box" type="text" inputmode="decimal" autocomplete="off" size="12" {named}>'
            f' <span class="ask-unit" id="{name}--unit">{escape(seen(self.unit))}</span>'
        )

    def _folds(self) -> str:
        hints = "".join(
            f'<details class="ask-hint"><summary>{say("Hint {number} of {count}", number=i, count=len(self.hints))}</summary>'
            f"{_paragraphs(hint)}</details>"
            for i, hint in enumerate(self.hints, 1)
        )
        answer = f'<p class="ask-right">{escape(self.answer)}</p>' if self.answer else ""
        return (
            f'{hints}<details class="ask-answer"><summary>{_words(self.kind).answer}</summary>'
            f"{answer}{self.strip}{_paragraphs(self.why)}</details>"
        )


def _said() -> dict[str, Any]:
    """Give what the script says, where that is not English."""
    said = page_words()
    return {"words": said} if said else {}


class _Words(NamedTuple):
    """The words around a question of some kind."""

    kind: str
    yours: str
    button: str
    answer: str


def _words(kind: str) -> _Words:
    if kind == "guess":
        return _Words(
            say("Guess first"), say("Your guess"), say("Show the value"), say("The value")
        )
    if kind == "open":
        return _Words(
            say("Think it through"), say("Your answer"), say("Compare"), say("A model answer")
        )
    return _Words(say("Check yourself"), say("Your answer"), say("Check"), say("The answer"))


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in text.split("\n\n"))
    return "".join(f"<p>{escape(part)}</p>" for part in parts if part)


def places(values: Sequence[float], low: float, high: float) -> list[float]:
    """Place values on a logarithmic strip from `low` to `high`, in per cent of its width."""
    inside = 100 - 2 * _EDGE
    return [
        round(_EDGE + inside * math.log(value / low) / math.log(high / low), 2) for value in values
    ]


def strip_svg(mid: float, known: tuple[float, float], ends: tuple[float, float], value: str) -> str:
    """Draw the value and its range on a logarithmic strip; a guess is put beside it later.

    Places are per cents of the width, so that text stays as large as it is on any screen.
    """
    first, last = math.ceil(math.log10(ends[0])), math.floor(math.log10(ends[1]))
    step = max(1, math.ceil((last - first) / 4))
    decades = [10.0**power for power in range(first, last + 1, step)]
    ticks = "".join(
        f'<line class="ask-tick" x1="{x}%" x2="{x}%" y1="34" y2="46"/>'
        f'<text class="ask-scale" x="{x}%" y="92" text-anchor="{_anchor(x)}">{number(decade, 1)}</text>'
        for decade, x in zip(decades, places(decades, *ends), strict=True)
    )
    inside = (max(known[0], ends[0]), mid, min(known[1], ends[1]))
    low, at, high = places(inside, *ends)
    return (
        '<svg class="ask-strip" aria-hidden="true" focusable="false" height="98" width="100%">'
        f'<line class="ask-axis" x1="{_EDGE}%" x2="{100 - _EDGE}%" y1="40" y2="40"/>{ticks}'
        f'<rect class="ask-known" x="{low}%" width="{round(high - low, 2)}%" y="33" height="14" rx="3"/>'
        f'<circle class="ask-value" cx="{at}%" cy="40" r="6"/>'
        f'<text x="{at}%" y="20" text-anchor="{_anchor(at)}">{escape(value)}</text>'
        '<svg class="ask-you" overflow="visible" style="display:none">'
        '<path d="M0 50l6 10h-12z"/><text y="74"></text></svg></svg>'
    )


def _anchor(place: float) -> str:
    return "start" if place < 20 else "end" if place > 80 else "middle"
