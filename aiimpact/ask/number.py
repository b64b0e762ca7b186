"""A number to type into a box; about an explorer, the right one follows its controls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from aiimpact import words
from aiimpact.ask.answer import with_range
from aiimpact.ask.judge import Right, Row, with_unit
from aiimpact.ask.question import Question, labels
from aiimpact.ask.sheet import Sheet
from aiimpact.live.explorer import Explorer
from aiimpact.live.trace import compile_outputs, evaluate
from aiimpact.numbers import number
from aiimpact.words import say


def typed(
    sheet: Callable[..., Sheet], known: Right, rows: Sequence[Row], unit: str, digits: int
) -> Question:
    """Ask for a number that stands fast."""
    page = _page(unit) | {"rows": [_row_for_page(row) for row in rows]}
    shown = with_range(known, unit, digits)
    asked = sheet(kind="number", answer=shown, page=page)
    return Question(asked, lambda: rows, right=lambda: known.mid)


def about_explorer(
    sheet: Callable[..., Sheet],
    right: Right,
    rows: Sequence[Row],
    explorer: Explorer,
    unit: str,
    digits: int,
) -> Question:
    """Ask about an explorer's inputs: the page works out the ends of the rows as signals."""
    model = explorer._model
    ends = {
        f"{side}_{i}": end
        for i, row in enumerate(rows)
        for side, end in (("low", row.low), ("high", row.high))
        if end is not None
    }
    settings = model.settings()
    signals = [{"name": x.id, "input": x.name, "value": settings[x.name]} for x in model.inputs]
    signals += [{"name": key, "update": text} for key, text in compile_outputs(ends).items()]
    page = _page(unit) | {
        "explorer": model.name,
        "signals": signals,
        "rows": [
            [*(name if name in ends else None for name in (f"low_{i}", f"high_{i}")), *row.verdict]
            for i, row in enumerate(rows)
        ],
    }

    def present(end: Any) -> float | None:
        # Where a slip divides by nought, nothing comes of it, here as in the page.
        with np.errstate(all="ignore"):
            return None if end is None else float(evaluate(end, model.signals(model.settings())))

    first = with_unit(number(present(right.mid) or 0, digits), unit)
    shown = say("It depends on the values above. At the first ones it is {first}.", first=first)
    return Question(
        sheet(kind="number", answer=shown, page=page),
        lambda: [Row(present(row.low), present(row.high), row.verdict) for row in rows],
        explorer=explorer,
        right=lambda: present(right.mid) or 0.0,
    )


def _page(unit: str) -> dict[str, Any]:
    shown = words.name(unit)
    beside = say(" The unit, {unit}, stands beside the box.", unit=shown) if unit else ""
    return {
        "kind": "number",
        "labels": labels(),
        "unit": unit,
        **({} if shown == unit else {"beside": shown}),
        "missing": {
            "empty": say("Type a number first: 1200, 1,200 or 1.2e3."),
            "asleep": say(
                "The values above did not load, so nothing can be checked. Reload the page to try again."
            ),
            "unreadable": say(
                "“{given}” is no number I can read. Write digits, with a point for decimals: 0.5."
            )
            + beside,
        },
    }


def _row_for_page(row: Row) -> list[Any]:
    ends = [None if end is None else float(end) for end in (row.low, row.high)]
    return [*ends, *row.verdict]
