"""Several things to put into a few boxes: what one measures, which scope it is, who pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiimpact.ask.boxes import Boxes, Thing
from aiimpact.ask.question import Question, labels
from aiimpact.ask.sheet import Sheet


def into_boxes(
    sheet: Callable[..., Sheet],
    boxes: Sequence[str],
    things: Mapping[str, tuple[str, str]],
    slips: Mapping[str, tuple[str, str, str]],
) -> Question:
    """Ask which box each thing belongs in."""
    _require_texts(boxes, things)
    named = _named(boxes, things, slips)
    sorting = Boxes(
        boxes,
        [
            Thing(
                text,
                right,
                {box: named.get((text, box), (words, None)) for box in boxes if box != right},
            )
            for text, (right, words) in things.items()
        ],
    )
    return Question(
        sheet(kind="sort", answer=sorting.answer, page=sorting.page(labels())), boxes=sorting
    )


def _named(
    boxes: Sequence[str],
    things: Mapping[str, tuple[str, str]],
    slips: Mapping[str, tuple[str, str, str]],
) -> dict[tuple[str, str], tuple[str, str]]:
    found = {}
    for key, slip in slips.items():
        if not (isinstance(slip, tuple) and len(slip) == 3 and all(map(_is_text, slip))):
            msg = f"slips[{key!r}] must be a thing, a wrong box and words, got {slip!r}."
            raise TypeError(msg)
        thing, box, words = slip
        if thing not in things or box not in boxes:
            msg = f"slips[{key!r}] must name a thing and a box of the question, got {thing!r} and {box!r}."
            raise ValueError(msg)
        if things[thing][0] == box:
            msg = f"slips[{key!r}] must come out wrong, but {thing!r} belongs in {box!r}."
            raise ValueError(msg)
        found[thing, box] = (words, key)
    return found


def _require_texts(boxes: Sequence[str], things: Mapping[str, tuple[str, str]]) -> None:
    several = not isinstance(boxes, str) and len(boxes) > 1 and len(set(boxes)) == len(boxes)
    if not several or not all(map(_is_text, boxes)):
        msg = f"boxes must be two or more texts, each once, got {boxes!r}."
        raise ValueError(msg)
    if len(things) < 2 or not all(map(_is_text, things)):
        msg = f"things must be a dict of two or more texts, got {things!r}."
        raise ValueError(msg)
    for text, pair in things.items():
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(map(_is_text, pair))):
            msg = (
                f"things[{text!r}] must be its box and what every other box is told, got {pair!r}. "
                'Write ("the box", "Why it belongs there.").'
            )
            raise TypeError(msg)
        if pair[0] not in boxes:
            msg = f"things[{text!r}] must lie in one of the boxes {', '.join(map(repr, boxes))}, got {pair[0]!r}."
            raise ValueError(msg)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
