"""What a reader sees before any script runs: the HTML that `explorer.js` then brings to life."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from aiimpact import words
from aiimpact.live.controls import Input
from aiimpact.live.model import Model, Output
from aiimpact.live.notation import at_number, letters, seen, typeset
from aiimpact.live.stamp import judged, stamp_html
from aiimpact.numbers import number
from aiimpact.words import say


def _veil() -> str:
    return (
        f'<div class="explorer-veil"><p>{say("First the question: what do you expect? Then look.")}</p>'
        f'<button type="button" disabled>{say("Show it now")}</button></div>'
    )


@dataclass(frozen=True)
class Picture:
    """A chart as it is drawn before any script: the drawing, its height in pixels, the rows of its table."""

    svg: str
    height: int
    rows: Iterable[Mapping[str, Any]]


def explorer_html(
    model: Model,
    page: Mapping[str, Any],
    *,
    controls: tuple[Sequence[Input], Sequence[Input]],
    readouts: tuple[Sequence[Output], Sequence[Output]],
    chart: Picture,
    after: str,
    digits: int,
) -> str:
    """Write an explorer at its present values: controls as text, readouts, chart and table.

    `controls` and `readouts` are those always in view and those folded away, `after` the question that it waits for.
    """
    name = escape(model.name)
    by_id = model.numbers(model.settings())
    shown, more = (_readouts(some, by_id, digits) for some in readouts)
    asleep = say(
        "The values shown are the defaults. The controls need JavaScript, or a running notebook."
    )
    parts = [
        f'<div class="explorer" data-explorer="{name}" role="group" aria-label="{escape(words.name(model.title))}"'
        + (f' data-after="{escape(after)}">{_veil()}' if after else ">"),
        '<div class="explorer-stage"><div class="explorer-controls">',
        *_presets(name, page["presets"]),
        *map(_control, controls[0]),
        _fold(say("More settings"), "".join(map(_control, controls[1]))),
        '<div class="explorer-buttons">'
        f'<button type="button" class="explorer-reset" disabled>{say("Reset")}</button></div>',
        '<p class="explorer-word" role="alert"></p>',
        '</div><div class="explorer-told"><div class="explorer-seen">',
        shown,
        *_title(page["title"], by_id, model, digits),
        *_stamp(page["stamp"], by_id, digits),
        f'<div class="explorer-chart" role="img" aria-label="{escape(_spoken(seen(page["description"])))}" '
        f'style="--explorer-height:{chart.height}px">{chart.svg}</div>',
        "</div>",
        f'<p class="explorer-sentence">{escape(_sentence(page["sentence"], by_id, model, digits))}</p>',
        "</div></div>",
        '<p class="explorer-aloud" role="status" aria-live="polite"></p>',
        _fold(say("More results"), more),
        table_html(page["table"], chart.rows, digits),
        f'<p class="explorer-asleep">{asleep}</p>',
        "</div>",
    ]
    return "".join(parts)


def _spoken(text: str) -> str:
    """Write what is read aloud: nobody says brackets."""
    return re.sub(r" \[([^\]]+)\]", lambda unit: say(" in {unit}", unit=unit[1]), text)


def _fold(summary: str, content: str) -> str:
    if not content:
        return ""
    return (
        f'<details class="explorer-more"><summary>{summary}</summary><div>{content}</div></details>'
    )


def _readouts(outputs: Iterable[Output], values: Mapping[str, float], digits: int) -> str:
    cells = "".join(_readout(output, values, digits) for output in outputs)
    return f'<dl class="explorer-readouts">{cells}</dl>' if cells else ""


def table_html(
    columns: Sequence[Sequence[Any]], rows: Iterable[Mapping[str, Any]], digits: int
) -> str:
    """Write the numbers behind a chart as a table, one click away; names to the left, numbers to the right."""
    rows = list(rows)
    named = any(isinstance(row[columns[0][0]], str) for row in rows)
    table = '<table class="explorer-named">' if named else "<table>"
    head = "".join(
        f'<th scope="col" data-field="{escape(f)}">{escape(typeset(words.counted_in(h)[1]))}</th>'
        for f, h, *_ in columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{_cell(heading, row[field], digits)}</td>" for field, heading, *_ in columns
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<details class="explorer-data"><summary>{say("The numbers behind this chart")}</summary>'
        f"{table}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def _cell(heading: str, value: Any, digits: int) -> str:
    if isinstance(value, str):
        return escape(seen(value))
    # A year is a name: 2025 must not become 2,030.
    if heading == "Year":
        return f"{value:g}"
    return number(words.counted_in(heading)[0] * float(value), digits)


def _control(given: Input) -> str:
    # A unit does not stand on a line by itself.
    title = given.shown.replace(" [", "\N{NO-BREAK SPACE}[")
    boxed = given.kind in {"range", "box", "stops"}
    style = f' style="--explorer-room:{_room(given)}ch"' if boxed else ""
    return (
        f'<div class="explorer-control" data-input="{escape(given.name)}" data-kind="{given.kind}"{style}>'
        f'<span class="explorer-label">{escape(title)}</span>'
        f'<span class="explorer-widget">{escape(given.written(given.state))}</span></div>'
    )


def _room(given: Input) -> int:
    """Say how wide a box is, in letters: wide enough for every number, so that it stays as it is."""
    texts = [words.name(label) for label, _ in given.options]
    if given.kind != "stops":
        ends = (given.low, given.high, given.state)
        texts = [given.written(end) for end in ends if end is not None]
    return max(4, *map(letters, texts))


def _presets(explorer: str, presets: Sequence[Mapping[str, Any]]) -> list[str]:
    if not presets:
        return []
    options = "".join(
        f"<option>{escape(words.name(preset['label']))}</option>" for preset in presets
    )
    return [
        '<div class="explorer-control explorer-presets">'
        f'<label class="explorer-label" for="{explorer}--preset">{say("Start from")}</label>'
        f'<span class="explorer-widget"><select id="{explorer}--preset" disabled>'
        f"<option selected>{say('the values below')}</option>{options}</select></span></div>"
    ]


def _readout(output: Output, values: Mapping[str, float], digits: int) -> str:
    times, name_of_unit = words.counted_in(output.unit)

    def cell(identifier: str, name: str) -> str:
        value = values[identifier]
        return f'<span data-output="{escape(name)}" data-value="{_in_script(value)}">{number(times * value, digits)}</span>'

    spread = ""
    if output.low and output.high:
        low, high = (
            cell(output.low, f"{output.name}, low"),
            cell(output.high, f"{output.name}, high"),
        )
        spread = f'<span class="explorer-range">{say("{low} to {high}", low=low, high=high)}</span>'
    beside = at_number(name_of_unit)
    unit = beside.lstrip()
    if unit:
        gap = " " if unit != beside else ""
        unit = f'{gap}<span class="explorer-unit">{escape(unit)}</span>'
    return f"<div><dt>{escape(seen(output.label))}</dt><dd>{cell(output.id, output.name)}{unit}{spread}</dd></div>"


def _title(
    parts: Sequence[Any], values: Mapping[str, float], model: Model, digits: int
) -> list[str]:
    text = escape(_sentence(parts, values, model, digits))
    return [f'<p class="explorer-title">{text}</p>'] if parts else []


def _stamp(ratio: Sequence[str], values: Mapping[str, float], digits: int) -> list[str]:
    if not ratio:
        return []
    low, mid, high = (values[end] for end in ratio)
    return [stamp_html(*judged(low, mid, high, digits), tag="p")]


def _in_script(value: float) -> str:
    """Write a number as a script writes it, in full."""
    if math.isnan(value):
        return "NaN"
    return repr(value).replace("inf", "Infinity")


def _sentence(
    parts: Sequence[Any],
    values: Mapping[str, float],
    model: Model,
    digits: int,
) -> str:
    units = {output.id: output.unit for output in model.outputs}
    written = []
    for part in parts:
        if isinstance(part, str):
            written.append(part)
        elif "output" in part:
            times, _ = words.counted_in(units.get(part["output"], ""))
            written.append(number(times * values[part["output"]], digits))
        else:
            given = model.input(part["input"])
            written.append(given.spoken(given.state, digits))
    return "".join(written)
