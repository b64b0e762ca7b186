"""What moved since each release, and why, as a page.

`numbers/released.csv` is what `tests/results.py` recorded, `numbers/changes.yaml` gives the reasons,
and `tests/test_changes.py` holds both against what the book computes.
"""

from __future__ import annotations

import csv
import datetime
import itertools
import json
import math
import re
from collections.abc import Iterable, Iterator
from functools import cache, reduce
from html import escape
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from spoken import english, left_english, tree

from aiimpact import claims, words
from aiimpact.live import number
from aiimpact.live.notation import close
from aiimpact.words import listed, say, sentences

ROOT = Path(__file__).parents[2]
NUMBERS = ROOT / "book" / "numbers"
RELEASED = NUMBERS / "released.csv"
CHANGES = NUMBERS / "changes.yaml"
CLAIMS = "claims"
# Between the parts of a place: chapter, explorer, preset, output; or claims, claim, step.
JOINT = " > "
# So many places are read at once.
FEW = 6

Results = dict[tuple[str, str], float]


class Release(NamedTuple):
    """The numbers of a release: (scenario, output with its unit) to value."""

    version: str
    date: str
    results: Results


def released(path: Path = RELEASED) -> list[Release]:
    """Read the recorded releases, the oldest first."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Release(version, date, {(r["scenario"], r["output"]): float(r["value"]) for r in group})
        for (version, date), group in itertools.groupby(rows, itemgetter("release", "date"))
    ]


def entries(path: Path = CHANGES) -> list[dict[str, Any]]:
    """Read the reasons why numbers moved, appeared or vanished."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) or []


def told_moves(entry: dict[str, Any]) -> Iterator[tuple[tuple[str, str], float]]:
    """List what an entry says has moved, and to which value."""
    for scenario, outputs in entry.get("moved", {}).items():
        for output, value in outputs.items():
            yield (scenario, output), float(value)


def percent(old: float, new: float) -> float:
    return (new - old) / abs(old) * 100 if old else math.nan


def signed(value: float) -> str:
    """Write a change in per cent, with its sign."""
    if not math.isfinite(value):
        return "–"
    return close(f"{'−' if value < 0 else '+'}{number(abs(value))} %")


@cache
def notebook(stem: str, root: Path) -> str:
    path = root / "chapters" / f"{stem}.ipynb"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def link(address: str, text: str, exists: bool) -> str:
    """Write a link, or the text alone where what it led to is gone."""
    return f'<a href="{escape(address)}">{escape(text)}</a>' if exists else escape(text)


def chapter_link(stem: str) -> str:
    """Lead to a chapter, by its number and the heading of its notebook."""
    text = notebook(stem, tree())
    if not text:
        return escape(stem)
    heading = "".join(json.loads(text)["cells"][0]["source"]).splitlines()[0]
    return link(f"../chapters/{stem}.html", f"{int(stem[:2])} {heading.removeprefix('# ')}", True)


def explorer_link(stem: str, name: str, text: str) -> str:
    exists = f'data-explorer=\\"{name}\\"' in notebook(stem, english())
    return link(f"../chapters/{stem}.html#explorer-{name}", text, exists)


def named(text: str) -> str:
    """Name a preset, an output or a step; one that the book no longer has may be known in English alone."""
    if text == "defaults":
        return say("defaults")
    if end := re.fullmatch(r"(.+), (low|high)", text):
        output = named(end[1])
        return (
            say("{output}, low", output=output)
            if end[2] == "low"
            else say("{output}, high", output=output)
        )
    said = steps_said().get(text) or words.name(text)
    return left_english(escape(said)) if said == text else escape(said)


def steps_said() -> dict[str, str]:
    """Give the steps of all claims, as recorded and as said: with their numbers put in, no catalogue has them."""
    said = claims.load()
    with words.speaking("en"):
        english = claims.load()
    return {
        recorded.what: step.what
        for name, claim in said.items()
        for recorded, step in zip(english[name].steps, claim.steps, strict=True)
    }


def place_html(place: str) -> str:
    """Write a place as a link to its claim, explorer or page, and what follows as text."""
    match place.split(JOINT):
        case [room] if room == CLAIMS:
            return f'<a href="claims.html">{say("The claims register")}</a>'
        case [stem]:
            return chapter_link(stem)
        case [room, name, *rest] if room == CLAIMS:
            first = link(
                f"claims.html#{name}", say("Claim {name}", name=name), name in claims.load()
            )
        case [stem, name, *rest]:
            text = say("Chapter {number}, {name}", number=int(stem[:2]), name=name)
            first = explorer_link(stem, name, text)
    return within(first, *map(named, rest))


def within(*parts: str) -> str:
    """Name what is in something that is in something."""
    return reduce(lambda outer, inner: say("{outer}, {inner}", outer=outer, inner=inner), parts)


def table_html(label: str, columns: list[str], body: str, *, numbers: int) -> str:
    """Write a table whose last columns are of numbers."""
    words = len(columns) - numbers
    head = "".join(f'<th scope="col">{column}</th>' for column in columns[:words])
    head += "".join(f'<th scope="col" class="number">{column}</th>' for column in columns[words:])
    return (
        f'<div class="data-table" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<table style="width: 100%"><thead><tr>{head}</tr></thead>{body}</table></div>'
    )


def row_html(*cells: str, numbers: Iterable[str]) -> str:
    first, *others = cells
    row = f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others)
    row += "".join(f'<td class="number">{cell}</td>' for cell in numbers)
    return f"<tr>{row}</tr>"


def moves_html(entry: dict[str, Any], before: Results) -> str:
    """Write the numbers that an entry moves, behind a fold that says how many and how far."""
    moves = [(where, before.get(where, math.nan), new) for where, new in told_moves(entry)]
    if not moves:
        return ""
    body = ""
    for scenario, group in itertools.groupby(moves, lambda move: move[0][0]):
        rows = (
            row_html(
                named(output),
                numbers=(number(old, 6), number(new, 6), signed(percent(old, new))),
            )
            for (_, output), old, new in group
        )
        title = f'<tr><th scope="rowgroup" colspan="4">{place_html(scenario)}</th></tr>'
        body += f"<tbody>{title}{''.join(rows)}</tbody>"
    shifts = sorted(p for p in (percent(old, new) for _, old, new in moves) if math.isfinite(p))
    reach = say(" to ").join(dict.fromkeys(map(signed, shifts[:1] + shifts[-1:])))
    label = say("What moved: {why}", why=say(entry["why"]))
    table = table_html(label, [say("Result"), say("From"), say("To"), say("By")], body, numbers=3)
    many = (
        say("{count} numbers moved", count=len(moves)) if len(moves) > 1 else say("1 number moved")
    )
    by = say(", by {reach}", reach=reach) if reach else ""
    return f'<details class="data-fold"><summary>{many}{by}</summary>{table}</details>'


def places_html(places: list[str], word: str, many: str) -> str:
    """List what is new or gone: a few places at once, many behind a fold, below the explorer or claim that has them."""
    if len(places) <= FEW:
        items = "".join(f"<li>{place_html(place)}</li>" for place in places)
        return f"<p>{word}</p><ul>{items}</ul>" if places else ""
    body = ""
    for head, group in itertools.groupby(places, lambda place: place.split(JOINT)[:2]):
        inner = (place.split(JOINT)[2:] for place in group)
        items = "".join(f"<li>{within(*map(named, parts))}</li>" for parts in inner if parts)
        body += f"<li>{place_html(JOINT.join(head))}{f'<ul>{items}</ul>' if items else ''}</li>"
    return f'<details class="data-fold"><summary>{many}</summary><ul>{body}</ul></details>'


def source_html(source: str) -> str:
    return link(source, source, source.startswith("https://"))


def entry_html(entry: dict[str, Any], before: Results) -> str:
    """Write one reason and what it moved, brought and took away."""
    named = entry.get("source")
    source = say("Source: {source}.", source=source_html(named)) if named else ""
    appeared, vanished = (entry.get(kind, []) for kind in ("appeared", "vanished"))
    lists = places_html(appeared, say("New:"), say("{count} new results", count=len(appeared)))
    lists += places_html(vanished, say("Gone:"), say("{count} results gone", count=len(vanished)))
    why = f"<strong>{escape(say(entry['why']))}</strong>"
    return f"<p>{sentences(why, source)}</p>{moves_html(entry, before)}{lists}"


def section(name: str, heading: str, body: str) -> nodes.section:
    made = nodes.section(ids=[nodes.make_id(name)])
    made += nodes.title(text=heading)
    made += nodes.raw("", body, format="html")
    return made


def history(releases: list[Release], reasons: list[dict[str, Any]]) -> list[nodes.section]:
    """Write a section for each release, the newest first: what has moved since."""
    sections = []
    for release, following in zip(releases, [*releases[1:], None], strict=True):
        if following:
            day = datetime.date.fromisoformat(following.date)
            versions = {"old": release.version, "new": following.version}
            heading = say("From {old} to {new}, {date}", date=words.date(day), **versions)
            name = f"From {release.version} to {following.version}, {words.date(day, 'en')}"
            nothing = say("No number moved.")
        else:
            day = datetime.date.fromisoformat(release.date)
            heading = say("Since {version}, {date}", version=release.version, date=words.date(day))
            name = f"Since {release.version}, {words.date(day, 'en')}"
            nothing = say(
                "No number has moved. The next one that does will stand here: what it was, "
                "what it is, and why."
            )
        since = [entry for entry in reasons if entry["since"] == release.version]
        body = "".join(entry_html(entry, release.results) for entry in since)
        if following and len(since) > 1:
            many = say("{count} reasons", count=len(since))
            body = f'<details class="data-fold"><summary>{many}</summary>{body}</details>'
        sections.append(section(name, heading, body or f"<p>{nothing}</p>"))
    return sections[::-1]


def recorded_html(release: Release) -> str:
    """Say what a release recorded, with a way to every explorer."""
    recorded = [tuple(scenario.split(JOINT)) for scenario, _ in release.results]
    explored = [place for place in recorded if place[0] != CLAIMS]
    checked = [place for place in recorded if place[0] == CLAIMS]
    rows = ""
    for stem, group in itertools.groupby(explored, itemgetter(0)):
        places = list(group)
        links = (left_english(explorer_link(stem, name, name)) for _, name in explorers(places))
        rows += row_html(
            chapter_link(stem),
            listed(links),
            numbers=(str(presets(places)), str(len(places))),
        )
    told = say(
        "Release {version} recorded {numbers} numbers on {date}: {results} results of {explorers} explorers, "
        "at their defaults and at {presets} presets, and {steps} steps that recompute {claims} claims.",
        version=escape(release.version),
        numbers=number(len(recorded), 9),
        date=words.date(datetime.date.fromisoformat(release.date)),
        results=number(len(explored), 9),
        explorers=len(explorers(explored)),
        presets=presets(explored),
        steps=len(checked),
        claims=len(set(checked)),
    )
    columns = [say("Chapter"), say("Explorers"), say("Presets"), say("Numbers")]
    table = table_html(say("What is recorded"), columns, f"<tbody>{rows}</tbody>", numbers=2)
    return f"<p>{told}</p>{table}"


def explorers(places: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(place[:2] for place in places))


def presets(places: list[tuple[str, ...]]) -> int:
    """Count the presets; the defaults are none."""
    return len(set(places)) - len(explorers(places))


class WhatMoved(Directive):
    """``{what-moved}``: a section for each release."""

    def run(self) -> list[nodes.Node]:
        """Write the sections."""
        return list(history(released(), entries()))


class WhatIsRecorded(Directive):
    """``{what-is-recorded}``: how many numbers of which explorers are watched."""

    def run(self) -> list[nodes.Node]:
        """Write the counts."""
        return [nodes.raw("", recorded_html(released()[-1]), format="html")]


def name_explorers(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give every explorer of a page an anchor, so that a link can lead to it."""
    if "body" in context:
        context["body"] = re.sub(
            r'<div class="explorer" (data-explorer="([a-z0-9-]+)")',
            r'<div class="explorer full-width" id="explorer-\2" \1',
            context["body"],
        )


def depend_on_numbers(app: Sphinx, docname: str, source: list[str]) -> None:
    if "{what-moved}" in source[0]:
        notebook.cache_clear()
        for path in (*NUMBERS.iterdir(), *(ROOT / "chapters").glob("*.ipynb")):
            app.env.note_dependency(str(path))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("what-moved", WhatMoved)
    app.add_directive("what-is-recorded", WhatIsRecorded)
    app.connect("source-read", depend_on_numbers)
    app.connect("html-page-context", name_explorers)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
