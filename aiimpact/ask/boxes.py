"""Several things to put into a few boxes: what one measures, which scope it is, who pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from aiimpact.ask.judge import Verdict
from aiimpact.ask.question import LABELS, Question
from aiimpact.ask.sheet import Sheet


class Thing(NamedTuple):
    """One thing to sort: its text, the box it belongs in, and what every other box is told."""

    text: str
    box: str
    told: Mapping[str, tuple[str, str | None]]


class Boxes:
    """Judges a sorting: how many lie where they belong, and why the first of the others does not."""

    empty = "Put each of them into a box first."

    def __init__(self, boxes: Sequence[str], things: Sequence[Thing]) -> None:
        self.boxes = tuple(boxes)
        self.things = tuple(things)

    @property
    def counts(self) -> list[str]:
        """Say for each number of right ones how many that is."""
        of = len(self.things)
        some = [f"{n} of {of} {'is' if n == 1 else 'are'} right." for n in range(1, of)]
        return [f"None of {of} is right.", *some, f"All {of} are right."]

    @property
    def answer(self) -> str:
        """Say what belongs where, a line each."""
        return "\n".join(f"{thing.text}: {thing.box}" for thing in self.things)

    def check(self, given: Any) -> Verdict:
        """Say what a sorting is told; a thing that it leaves out lies in no box yet."""
        known = {thing.text for thing in self.things}
        if not isinstance(given, Mapping) or not (
            set(given) <= known and all(box in self.boxes for box in given.values())
        ):
            msg = (
                f"value must be a dict from {', '.join(map(repr, sorted(known)))} to one of the boxes "
                f"{', '.join(map(repr, self.boxes))}, got {given!r}."
            )
            raise ValueError(msg)
        if len(given) < len(known):
            return Verdict("missing", self.empty)
        wrong = [thing for thing in self.things if given[thing.text] != thing.box]
        count = self.counts[len(known) - len(wrong)]
        if not wrong:
            return Verdict("got-it", count)
        words, slip = wrong[0].told[given[wrong[0].text]]
        return Verdict("keep-working", f"{count} {words}", slip)

    def page(self) -> dict[str, Any]:
        """Write what the script of a question looks up."""
        return {
            "kind": "sort",
            "labels": LABELS,
            "missing": {"empty": self.empty},
            "boxes": self.boxes,
            "counts": self.counts,
            "things": [[thing.text, thing.box, dict(thing.told)] for thing in self.things],
        }


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
    return Question(sheet(kind="sort", answer=sorting.answer, page=sorting.page()), boxes=sorting)


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
