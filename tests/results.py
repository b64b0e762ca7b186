"""What the book computes: every explorer at its defaults and presets, and every claim; now and as released.

``python tests/results.py`` records it under the version of the library (``make record``).
"""

from __future__ import annotations

import csv
import datetime
import math
import statistics
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import Any

import built
import yaml

import aiimpact
from aiimpact import claims

ROOT = Path(__file__).parents[1]
changes = built._load(ROOT / "book" / "_ext" / "changes.py")
JOINT = changes.JOINT

TOLERANCE = 1e-9
FIELDS = ("since", "why", "source", "moved", "appeared", "vanished")

Results = dict[tuple[str, str], float]


def computed() -> Results:
    """Compute every number that a release records: (scenario, output with its unit) to value."""
    return of_explorers() | of_claims()


def of_explorers() -> Results:
    found: Results = {}
    for notebook in sorted((ROOT / "chapters").glob("*.ipynb")):
        for name, explorer in built.run(notebook).items():
            presets = {p["label"]: p["settings"] for p in explorer._page["presets"]}
            for label, settings in ({"defaults": {}} | presets).items():
                scenario = JOINT.join((notebook.stem, name, label))
                for output, value in explorer.evaluate(**settings).items():
                    # Of a series the mean: it moves when any of its numbers does.
                    many = isinstance(value, list)
                    found[scenario, output] = statistics.fmean(value) if many else value
    return found


def of_claims() -> Results:
    return {
        (
            JOINT.join((changes.CLAIMS, claim.id)),
            step.what if step.unit == "1" else f"{step.what} [{step.unit}]",
        ): float(step.computed)
        for claim in claims.load().values()
        for step in claim.recompute().itertuples()
    }


# Comparing


def same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=TOLERANCE) or (math.isnan(one) and math.isnan(other))


def covers(place: str, result: tuple[str, str]) -> bool:
    """Say whether a place (a chapter, an explorer, a preset, an output …) holds a result."""
    return f"{JOINT.join(result)}{JOINT}".startswith(f"{place}{JOINT}")


def places(new: list[tuple[str, str]], known: Results) -> list[str]:
    """Name results by the widest places that hold nothing known: an explorer rather than its outputs."""

    def widest(result: tuple[str, str]) -> str:
        wider = accumulate(JOINT.join(result).split(JOINT), lambda a, b: f"{a}{JOINT}{b}")
        return next(place for place in wider if not any(covers(place, k) for k in known))

    return list(dict.fromkeys(map(widest, new)))


def problems(since: str, before: Results, after: Results, entries: list[dict[str, Any]]) -> list[str]:  # fmt: skip
    """List where the entries do not tell what happened between two sets of results; none if they do."""
    moved = {r: after[r] for r in before if r in after and not same(before[r], after[r])}
    told = [move for entry in entries for move in changes.told_moves(entry)]
    found = untrue_moves(since, moved, told)
    untold: dict[str, Any] = {"moved": {}}
    for scenario, output in [result for result in moved if result not in dict(told)]:
        untold["moved"].setdefault(scenario, {})[output] = moved[scenario, output]
    for kind, new, known in (("appeared", after, before), ("vanished", before, after)):
        given = [place for entry in entries for place in entry.get(kind, [])]
        found += untrue_places(since, kind, given, new, known)
        rest = [r for r in new if r not in known and not any(covers(place, r) for place in given)]
        untold[kind] = places(rest, known)
    if any(untold.values()):
        found.append(
            f"Numbers are not those of {since}, and book/numbers/changes.yaml does not say why. "
            "If they should have changed, add these lines and the reason, in a sentence:\n\n"
            + entry_to_paste(since, untold)
        )
    return found


def untrue_moves(since: str, moved: Results, told: list[tuple[tuple[str, str], float]]) -> list[str]:  # fmt: skip
    found = []
    for result, to in told:
        name = JOINT.join(result)
        if result not in moved:
            found.append(f"{name} did not move since {since}. Take it out of changes.yaml.")
        elif not same(to, moved[result]):
            found.append(
                f"{name} moved to {moved[result]!r}, and changes.yaml says {to!r}. "
                "Correct the value, and see whether the reason is still the whole reason."
            )
    for result, times in Counter(result for result, _ in told).items():
        if times > 1:
            name = JOINT.join(result)
            found.append(f"{name} stands in changes.yaml twice. Leave one, with both reasons.")
    return found


def untrue_places(since: str, kind: str, given: list[str], new: Results, known: Results) -> list[str]:  # fmt: skip
    found = []
    for place in given:
        if any(covers(place, result) for result in known):
            found.append(
                f"{place} has not {kind} since {since}, or not all of it. Name only what has."
            )
        elif not any(covers(place, result) for result in new):
            found.append(f"{place} has not {kind} since {since}. Take it out of changes.yaml.")
    return found


def entry_to_paste(since: str, what: dict[str, Any]) -> str:
    entry = {"since": since, "why": ""} | {kind: value for kind, value in what.items() if value}
    return yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=1000)


def faults(entry: Any, versions: list[str]) -> list[str]:
    """List what is wrong with the form of an entry."""
    if not isinstance(entry, dict) or set(entry) - set(FIELDS):
        return [f"An entry of changes.yaml has the fields {', '.join(FIELDS)}, got {entry!r}."]
    found = []
    if entry.get("since") not in versions:
        found.append(
            f"since must be a recorded release, {', '.join(versions)}, got {entry.get('since')!r}."
        )
    if not str(entry.get("why") or "").strip().endswith((".", "!", "?")):
        found.append(f"why must be a sentence, got {entry.get('why')!r}. Say why the number moved.")
    lists = [entry.get(kind, []) for kind in ("appeared", "vanished")]
    try:
        named = [*changes.told_moves(entry), *lists[0], *lists[1]]
    except (AttributeError, TypeError, ValueError):
        named = []
    if not named or not all(isinstance(given, list) for given in lists):
        found.append(
            f"An entry needs moved (scenario, output, value) or lists, appeared and vanished, got {entry!r}. "
            "Paste what the test prints."
        )
    return found


def problems_of_history(
    releases: list[Any], now: Results, entries: list[dict[str, Any]]
) -> list[str]:
    """Hold every release against the one before, and what is computed now against the last."""
    versions = [release.version for release in releases]
    found = [fault for entry in entries for fault in faults(entry, versions)]
    if found:
        return found
    later = [*(release.results for release in releases[1:]), now]
    for release, after in zip(releases, later, strict=True):
        since = [entry for entry in entries if entry["since"] == release.version]
        found += problems(release.version, release.results, after, since)
    return found


# Recording


def record(
    version: str,
    date: str,
    results: Results,
    entries: list[dict[str, Any]],
    path: Path = changes.RELEASED,
) -> None:
    """Write the numbers of a release; those of the releases before it stay."""
    if any(entry["since"] == version for entry in entries):
        msg = (
            f"{version} is recorded, and changes.yaml says what moved since. Raise the version in "
            f"aiimpact/__init__.py; or, if {version} is not out yet, take its entries out of changes.yaml."
        )
        raise SystemExit(msg)
    older = changes.released(path) if path.is_file() else []
    kept = [release for release in older if release.version != version]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("release", "date", "scenario", "output", "value"))
        for release in [*kept, changes.Release(version, date, results)]:
            writer.writerows(
                (release.version, release.date, *result, repr(value))
                for result, value in release.results.items()
            )


if __name__ == "__main__":
    now = computed()
    today = datetime.date.today().isoformat()
    record(aiimpact.__version__, today, now, changes.entries())
    print(f"{len(now)} numbers recorded as those of {aiimpact.__version__}")
