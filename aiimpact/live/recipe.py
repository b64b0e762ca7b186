"""What an author said of an explorer, and what the front end and a reader are given for it."""

from __future__ import annotations

import difflib
import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from aiimpact import words
from aiimpact.live import charts, draw, markup
from aiimpact.live.charts.drawing import names_of
from aiimpact.live.controls import Input
from aiimpact.live.model import Model, Output
from aiimpact.live.notation import at_number, seen
from aiimpact.live.words import page_words
from aiimpact.words import say

Named = TypeVar("Named", Input, Output)
_SLACK = 8
# So many are all in view; of more, the first of them.
_FEW = {"main": (6, 5), "results": (4, 3)}


def title_of(model: Callable[..., Any]) -> str:
    """Give the first line of a model's docstring; what wraps a function has one of its own kind."""
    while isinstance(model, functools.partial):
        model = model.func
    return (inspect.getdoc(model) or "").split("\n")[0]


@dataclass(frozen=True)
class Recipe:
    """All that an author said of an explorer, to make it of, and to make it again with other options."""

    function: Callable[..., Any]
    name: str
    title: str
    inputs: Sequence[Input]
    chart: Any
    sentence: str | None
    presets: Mapping[str, Mapping[str, Any]]
    main: str | Sequence[str] | None
    results: str | Sequence[str] | None
    after: str
    digits: int
    stamp: str | None = None

    def trace(self) -> Model:
        """Run the model with symbols."""
        return Model(self.function, self.name, self.title, self.inputs)

    def draw(self, traced: Model) -> tuple[dict[str, Any], str]:
        """Give what the front end must know, and what a reader sees before it comes."""
        chart = charts.chart_for(traced) if self.chart is None else self.chart
        if isinstance(chart, charts.Chart):
            drawing, title = chart.draw(traced, self.digits), chart.title
        else:
            drawing, title = charts.author_chart(chart, traced), ""
        spec = draw.to_vega(
            drawing.chart,
            signals=[*traced.vega_signals(), *drawing.signals],
            data={**drawing.data, "explorer_table": drawing.table.data},
        )
        svg, height = draw.to_svg(spec)
        if not isinstance(chart, charts.Chart):
            # Slanted labels are a few pixels longer in one font than in another.
            height += _SLACK
        page = {
            "outputs": [_facts(output) for output in traced.outputs],
            "title": _parts(title, traced, "title"),
            "sentence": _sentence(self.sentence, traced),
            "stamp": _stamp(self.stamp, traced),
            "presets": _presets(self.presets, traced),
            "description": drawing.description,
            "ends": list(drawing.ends),
            "table": [_column(*column) for column in drawing.table.columns],
            "digits": self.digits,
            "spec": spec,
        }
        if said := page_words():
            page["words"] = said
        html = markup.explorer_html(
            traced,
            page,
            controls=in_view(self.main, traced.inputs, "main"),
            readouts=in_view(self.results, traced.readouts(), "results"),
            chart=markup.Picture(svg, height, drawing.table.rows(traced.settings())),
            after=self.after,
            digits=self.digits,
        )
        return page, html


def in_view(
    names: str | Sequence[str] | None, all_of_them: Sequence[Named], argument: str
) -> tuple[list[Named], list[Named]]:
    """Part what is always in view from what is folded away: as the author says, or by their number."""
    if names is None:
        most, few = _FEW[argument]
        cut = len(all_of_them) if len(all_of_them) <= most else few
        return list(all_of_them[:cut]), list(all_of_them[cut:])
    by_name = {one.name: one for one in all_of_them}
    chosen = names_of(names)
    for name in chosen:
        if name not in by_name:
            close = difflib.get_close_matches(str(name), by_name, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            kind = "the name of an input" if argument == "main" else "an output with one number"
            msg = f"{argument} lists {name!r}, which is not {kind}.{hint} There are: {', '.join(by_name) or 'none'}."
            raise ValueError(msg)
        if chosen.count(name) > 1:
            msg = f"{argument} lists {name!r} twice. Name it once."
            raise ValueError(msg)
    if argument == "main" and not chosen:
        msg = 'main lists no input, so nothing could be moved. Name one, such as main=["{}"], or leave it out.'
        raise ValueError(msg.format(next(iter(by_name))))
    return [by_name[name] for name in chosen], [
        one for one in all_of_them if one.name not in chosen
    ]


def _sentence(template: str | None, model: Model) -> list[Any]:
    if template is not None:
        return _parts(template, model, "sentence")
    parts: list[Any] = []
    end = ""
    for output in model.readouts() or model.series():
        # A number and its unit stay on one line.
        label = words.name(output.label)
        if output.is_series:
            label = say("{name} at the end", name=label)
        before = end + (f"{seen(label)} " if label else "")
        parts += [before, {"output": output.last}] if before else [{"output": output.last}]
        _, unit = words.counted_in(output.unit)
        # A number and its unit stay on one line.
        unit = re.sub("^ ", "\N{NO-BREAK SPACE}", at_number(unit))
        end = f"{unit}{say('; ')}"
    return [*parts, end.removesuffix(say("; ")) + say(".")]


def _facts(output: Output) -> dict[str, Any]:
    """Say of an output what the page has to know."""
    times, _ = words.counted_in(output.unit)
    return {"name": output.name, "id": output.id} | ({"times": times} if times != 1 else {})


def _column(field: str, heading: str) -> list[Any]:
    """Say of a column what the page has to know."""
    times, _ = words.counted_in(heading)
    return [field, heading] + ([times] if times != 1 else [])


def _parts(template: str, model: Model, what: str) -> list[Any]:
    """Cut a text at the names in it; of a series it says the last number."""
    parts: list[Any] = []
    inputs = {given.name for given in model.inputs}
    for place, part in enumerate(re.split(r"\{([^{}]*)\}", template)):
        if place % 2:
            parts.append({"input": part} if part in inputs else {"output": model.output(part).last})
        elif re.search("[{}]", part):
            msg = f"The {what} has a brace without its other half: {part!r}. Write {{name}} around a name."
            raise ValueError(msg)
        elif part:
            # A number and its unit stay on one line.
            part = seen(part)
            parts.append(re.sub(r"^ ", "\N{NO-BREAK SPACE}", part) if parts else part)
    return parts


def _stamp(name: str | None, model: Model) -> list[str]:
    """Name low end, middle and high end of the ratio that a stamp judges."""
    if name is None:
        return []
    output = model.output(name)
    if not (output.low and output.high):
        msg = f"stamp needs an output with a range, and {name!r} has none. Write interval(low, mid, high) around a ratio that is one where it is right."
        raise ValueError(msg)
    return [output.low, output.id, output.high]


def _presets(presets: Mapping[str, Mapping[str, Any]], model: Model) -> list[dict[str, Any]]:
    for settings in presets.values():
        for name, value in settings.items():
            model.input(name).require(value)
    return [{"label": label, "settings": dict(settings)} for label, settings in presets.items()]
