"""Judges what was put into a few boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aiimpact.ask.judge import Verdict
from aiimpact.words import say


class Thing(NamedTuple):
    """One thing to sort: its text, the box it belongs in, and what every other box is told."""

    text: str
    box: str
    told: Mapping[str, tuple[str, str | None]]


class Boxes:
    """Judges a sorting: how many lie where they belong, and why the first of the others does not."""

    def __init__(self, boxes: Sequence[str], things: Sequence[Thing]) -> None:
        self.boxes = tuple(boxes)
        self.things = tuple(things)

    @property
    def counts(self) -> list[str]:
        """Say for each number of right ones how many that is."""
        of = len(self.things)
        some = [
            say("{number} of {count} is right.", number=n, count=of)
            if n == 1
            else say("{number} of {count} are right.", number=n, count=of)
            for n in range(1, of)
        ]
        return [
            say("None of {count} is right.", count=of),
            *some,
            say("All {count} are right.", count=of),
        ]

    @property
    def empty(self) -> str:
        """Say what is missing before there is an answer."""
        return say("Put each of them into a box first.")

    @property
    def answer(self) -> str:
        """Say what belongs where, a line each."""
        return "\n".join(f"{thing.text}{say(': ')}{thing.box}" for thing in self.things)

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

    def page(self, labels: Mapping[str, str]) -> dict[str, Any]:
        """Write what the script of a question looks up."""
        return {
            "kind": "sort",
            "labels": labels,
            "missing": {"empty": self.empty},
            "boxes": self.boxes,
            "counts": self.counts,
            "things": [[thing.text, thing.box, dict(thing.told)] for thing in self.things],
        }
