"""Print what grading a class costs: time, memory, and what that makes of larger ones.

A few real exams are held and measured. Then a large class is graded with exams whose outcome is
that of a real one: what is left is the part that grows with the class and cannot be shared out.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import corpus
from corpus import FILE

from aiimpact.classroom.grading import exams, grade, sandbox

REAL = int(os.environ.get("REAL", "8"))
STUDENTS = int(os.environ.get("STUDENTS", "3000"))


class Replay(Executor):
    """Gives every exam the outcome of one that was held."""

    def __init__(self, outcome: dict[str, Any]) -> None:
        self._outcome = outcome

    def submit(self, fn: Any, /, *_: Any, **__: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(self._outcome)
        return future


def hand_in(folder: Path, count: int) -> None:
    kit = corpus.Kit(corpus.Place(folder, Path("/canary"), Path("/secret"), 9))
    for i in range(count):
        student = folder / f"s{i:06}"
        student.mkdir(parents=True)
        (student / FILE).write_bytes(corpus.written(kit.solved(student.name)))


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Measure the block: seconds of the clock, of this process and of those it has started."""
    found: dict[str, float] = {}
    clock, before = time.monotonic(), os.times()
    yield found
    after = os.times()
    found["clock"] = time.monotonic() - clock
    found["ours"] = after.user + after.system - before.user - before.system
    found["theirs"] = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / (1 << 10)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"level {sandbox.strongest()}, {len(os.sched_getaffinity(0))} cores")
        hand_in(folder / "few", REAL)
        with measured() as few:
            grade.grade(folder / "few", folder / "out-few", not_isolated=True)
        exam = few["theirs"] / REAL
        print(f"{REAL} real exams: {few['clock']:.1f} s of the clock")
        print(
            f"  an exam          {exam:6.2f} s CPU, {peak_mb(resource.RUSAGE_CHILDREN):,.0f} MB at most"
        )

        # Outcomes of real exams: a class of the same answers gets the same words.
        outcome = next(iter(kept(folder / "out-few" / "exams")))
        hand_in(folder / "many", STUDENTS)
        before = peak_mb(resource.RUSAGE_SELF)
        with measured() as many:
            entries = grade.grade(
                folder / "many",
                folder / "out",
                executor=Replay(outcome),
                not_isolated=True,
                progress=shown,
            )
        assert not any(entry.set_aside for entry in entries)
        each = many["ours"] / STUDENTS
        print(
            f"{STUDENTS:,} submissions in one run, exams replayed: {many['clock']:.0f} s of the clock"
        )
        print(f"  a submission     {1e3 * each:6.1f} ms CPU beside its exam, one after the other")
        print(
            f"  memory           {peak_mb(resource.RUSAGE_SELF):6.0f} MB at most, {before:.0f} before"
        )
        print("Projected, in hours (exams shared out, the rest not):")
        for students in (3_000, 30_000, 100_000):
            shown_hours = ", ".join(
                f"{cores} cores {students * max(exam / cores, each) / 3600:.1f}"
                for cores in (2, 16, 64)
            )
            print(f"  {students:>7,}: {shown_hours}")


def kept(folder: Path) -> Iterator[dict[str, Any]]:
    store = exams.Kept(folder)
    for path in sorted(folder.glob("*.json")):
        if outcome := store.find(path.stem):
            yield outcome


def shown(done: int, of: int) -> None:
    if done % 500 == 0:
        now = peak_mb(resource.RUSAGE_SELF)
        print(f"    {done:,} of {of:,}: {now:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
