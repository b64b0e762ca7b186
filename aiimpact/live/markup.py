"""What a reader sees before any script runs: the HTML that `explorer.js` then brings to life."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from aiimpact.live.controls import Input
from aiimpact.live.model import Model, Output
from aiimpact.live.numbers import number


def explorer_html(
    model: Model,
    page: Mapping[str, Any],
    svg: str,
    height: int,
    rows: Iterable[Mapping[str, Any]],
    digits: int,
) -> str:
    """Write an explorer at its present values: controls as text, readouts, chart and table."""
    name = escape(model.name)
    by_id = model.numbers(model.settings())
    parts = [
        f'<div class="explorer" data-explorer="{name}" role="group" aria-label="{escape(model.title)}" '
        f'style="--explorer-room:{_room(model.inputs)}ch">',
        '<div class="explorer-controls">',
        *_presets(name, page["presets"]),
        *map(_control, model.inputs),
        '<div class="explorer-buttons">'
        '<button type="button" class="explorer-reset" disabled>Reset</button></div>',
        '<p class="explorer-word" role="alert"></p>',
        "</div>",
        '<dl class="explorer-readouts">',
        *(_readout(output, by_id, digits) for output in model.readouts()),
        "</dl>",
        f'<p class="explorer-sentence">{escape(_sentence(page["sentence"], by_id, model, digits))}</p>',
        '<p class="explorer-aloud" role="status" aria-live="polite"></p>',
        *_title(page["title"], by_id, model, digits),
        f'<div class="explorer-chart" role="img" aria-label="{escape(page["description"])}" '
        f'style="--explorer-height:{height}px">{svg}</div>',
        table_html(page["table"], rows, digits),
        '<p class="explorer-asleep">The values shown are the defaults. '
        "The controls need JavaScript, or a running notebook.</p>",
        "</div>",
    ]
    return "".join(parts)


def table_html(
    columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, Any]], digits: int
) -> str:
    """Write the numbers behind a chart as a table, one click away."""
    head = "".join(f'<th scope="col" data-field="{escape(f)}">{escape(h)}</th>' for f, h in columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{_cell(heading, row[field], digits)}</td>" for field, heading in columns)
        + "</tr>"
        for row in rows
    )
    return (
        '<details class="explorer-data"><summary>The numbers behind this chart</summary>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def _cell(heading: str, value: Any, digits: int) -> str:
    if isinstance(value, str):
        return escape(value)
    # A year is a name: 2025 must not become 2,030.
    return f"{value:g}" if heading == "Year" else number(float(value), digits)


def _control(given: Input) -> str:
    # A unit does not stand on a line by itself.
    title = given.title.replace(" [", "\N{NO-BREAK SPACE}[")
    return (
        f'<div class="explorer-control" data-input="{escape(given.name)}" data-kind="{given.kind}">'
        f'<span class="explorer-label">{escape(title)}</span>'
        f'<span class="explorer-widget">{escape(given.written(given.state))}</span></div>'
    )


def _room(inputs: Iterable[Input]) -> int:
    """Say how wide the boxes are: alike, so that sliders are, too, and wide enough for every number."""
    texts = [""]
    for given in inputs:
        if given.kind == "stops":
            texts += [label for label, _ in given.options]
        elif given.kind in {"range", "box"}:
            ends = (given.low, given.high, given.state)
            texts += [given.written(end) for end in ends if end is not None]
    return max(5, *map(len, texts)) + 1


def _presets(explorer: str, presets: Sequence[Mapping[str, Any]]) -> list[str]:
    if not presets:
        return []
    options = "".join(f"<option>{escape(preset['label'])}</option>" for preset in presets)
    return [
        '<div class="explorer-control explorer-presets">'
        f'<label class="explorer-label" for="{explorer}--preset">Start from</label>'
        f'<span class="explorer-widget"><select id="{explorer}--preset" disabled>'
        f"<option selected>the values below</option>{options}</select></span></div>"
    ]


def _readout(output: Output, values: Mapping[str, float], digits: int) -> str:
    def cell(identifier: str, name: str) -> str:
        value = values[identifier]
        return f'<span data-output="{escape(name)}" data-value="{_in_script(value)}">{number(value, digits)}</span>'

    spread = ""
    if output.low and output.high:
        low, high = (
            cell(output.low, f"{output.name}, low"),
            cell(output.high, f"{output.name}, high"),
        )
        spread = f'<span class="explorer-range">{low} to {high}</span>'
    unit = f' <span class="explorer-unit">{escape(output.unit)}</span>' if output.unit else ""
    return f"<div><dt>{escape(output.label)}</dt><dd>{cell(output.id, output.name)}{unit}{spread}</dd></div>"


def _title(
    parts: Sequence[Any], values: Mapping[str, float], model: Model, digits: int
) -> list[str]:
    text = escape(_sentence(parts, values, model, digits))
    return [f'<p class="explorer-title">{text}</p>'] if parts else []


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
    words = []
    for part in parts:
        if isinstance(part, str):
            words.append(part)
        elif "output" in part:
            words.append(number(values[part["output"]], digits))
        else:
            given = model.input(part["input"])
            words.append(given.spoken(given.state, digits))
    return "".join(words)
