"""`explore`: an `interact` that needs no kernel."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import altair as alt
import anywidget
import ipywidgets
import traitlets

from aiimpact.live import charts, markup, vega
from aiimpact.live.assets import joined
from aiimpact.live.controls import Input, inputs_of
from aiimpact.live.model import Model, require_name


class Explorer(anywidget.AnyWidget):  # type: ignore[misc]
    """A model with controls, readouts, a chart and a table. Made by :func:`explore`.

    Attributes
    ----------
    name : str
        What the page calls it: ``window.explorers[name]``.
    controls : dict
        Input name to ipywidgets control.
    """

    _esm = joined("numbers.js", "explorer.js")
    _css = joined("explorer.css")

    name = traitlets.Unicode().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True, **ipywidgets.widget_serialization)
    _page = traitlets.Dict().tag(sync=True)
    _markup = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Model, page: Mapping[str, Any], html: str) -> None:
        self._model = model
        super().__init__(
            name=model.name,
            controls={given.name: given.widget for given in model.inputs},
            _page=dict(page),
            _markup=html,
        )

    def evaluate(self, **inputs: Any) -> dict[str, float]:
        """Run the model in Python.

        Parameters
        ----------
        **inputs
            Inputs by name. Those left out are taken at the present value of their control.

        Returns
        -------
        dict
            Output name to number.
        """
        for name in inputs:
            self._model.input(name)
        return self._model.evaluate(self._model.settings() | inputs)

    def __repr__(self) -> str:
        """List inputs and outputs at the present values, so that a test compares the numbers."""
        settings, values = self._model.settings(), self.evaluate()
        wide = max(map(len, [*settings, *values]))
        lines = [f"Explorer {self.name!r}"]
        for kind, numbers in (("inputs", settings), ("outputs", values)):
            lines.append(f"  {kind}")
            lines += [f"    {name:<{wide}}  {_plain(value)}" for name, value in numbers.items()]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        vega.shared()
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return data | {"text/html": self._markup}, metadata


def _plain(value: Any) -> str:
    return f"{value:.8g}" if isinstance(value, Real) and not isinstance(value, bool) else str(value)


def explore(
    model: Callable[..., Any],
    *,
    name: str,
    title: str | None = None,
    chart: charts.Bars | charts.Curve | alt.TopLevelMixin | None = None,
    labels: Mapping[str, str] | None = None,
    sentence: str | None = None,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
    digits: int = 3,
    **controls: Any,
) -> Explorer:
    """Give a model controls, readouts and a chart that work without a kernel.

    The model is called once with symbols in place of numbers. What it does with them becomes
    expressions that the page evaluates; in a notebook Python sees every value too.

    Parameters
    ----------
    model
        A function of numbers that returns a dict of output name to number. A unit in brackets
        ends the name: ``"Energy [MWh]"``. An output with a range is an :func:`interval`.
    name
        What the page calls the explorer. Lower-case letters, digits and hyphens.
    title
        What a screen reader calls it. By default the model's docstring, first line.
    chart
        :class:`Bars` (the default), :class:`Curve`, or any Altair chart with a description. Its
        expressions may name inputs, and outputs in lower case with underscores: ``energy_mwh``.
    labels
        Input name to what stands beside the control, with the unit in brackets.
    sentence
        The result in words; ``{…}`` around the name of an output or an input puts its value in.
    presets
        Label to settings: a dict of input name to value.
    digits
        Significant digits of the readouts.
    **controls
        As in ``ipywidgets.interactive``: parameter name to an abbreviation (``(low, high)``,
        ``(low, high, step)``, a list, a dict of label to value, a boolean) or a widget. A default
        of the model's parameter is the control's first value.

    Returns
    -------
    Explorer
        An ipywidget with ``.name``, ``.controls`` and ``.evaluate(**inputs)``.

    Raises
    ------
    TraceError
        If the model does something that the page cannot do; the text names the fix.
    ValueError, TypeError
        If a control, a preset, a name or the chart does not fit the model.

    Examples
    --------
    >>> from aiimpact import datacentre
    >>> def site(it_energy_mwh=1170, pue=1.1):
    ...     return {"Site energy [MWh]": datacentre.site_energy_mwh(it_energy_mwh, pue)}
    >>> explorer = explore(site, name="site", it_energy_mwh=(0, 2000, 10), pue=(1.0, 2.5, 0.05))
    >>> explorer.evaluate(pue=2.0)
    {'Site energy [MWh]': 2340.0}
    """
    require_name(name)
    inputs, constants = inputs_of(model, controls, labels or {})
    function = (lambda **given: model(**given, **constants)) if constants else model
    title = title or (inspect.getdoc(model) or name.replace("-", " ")).splitlines()[0]
    traced = Model(function, name, title, inputs)
    chart = charts.Bars() if chart is None else chart
    if isinstance(chart, charts.Bars | charts.Curve):
        drawing = chart.draw(traced)
    else:
        drawing = charts.author_chart(chart, traced)

    params = [{"name": key, "value": value} for key, value in traced.settings().items()]
    params += [{"name": key, "expr": expression} for key, expression in traced.program().items()]
    spec = charts.to_vega(drawing.chart, params=params, table=drawing.table)
    svg, height = charts.to_svg(spec)
    page = {
        "inputs": [_input_for_page(given) for given in inputs],
        "outputs": [{"name": output.name, "id": output.id} for output in traced.outputs],
        "sentence": _sentence(sentence, traced),
        "presets": _presets(presets or {}, traced),
        "description": drawing.description,
        "table": [list(column) for column in drawing.table.columns],
        "digits": digits,
        "spec": spec,
    }
    rows = drawing.table.rows(traced.settings())
    return Explorer(traced, page, markup.explorer_html(traced, page, svg, height, rows, digits))


def _input_for_page(given: Input) -> dict[str, Any]:
    page: dict[str, Any] = {"name": given.name, "title": given.title}
    if given.options:
        page["options"] = [list(option) for option in given.options]
    elif given.low is not None:
        page |= {"low": given.low, "high": given.high}
    return page


def _sentence(template: str | None, model: Model) -> list[Any]:
    if template is None:
        template = (
            "; ".join(f"{o.label} {{{o.name}}} {o.unit}".strip() for o in model.readouts()) + "."
        )
    parts: list[Any] = []
    for text, name in re.findall(r"([^{}]*)(?:\{([^{}]*)\})?", template):
        # A number and its unit stay on one line.
        parts += [re.sub(r"^ ", "\N{NO-BREAK SPACE}", text) if parts else text] if text else []
        if name in {given.name for given in model.inputs}:
            parts.append({"input": name})
        elif name:
            parts.append({"output": model.output(name).id})
    return parts


def _presets(presets: Mapping[str, Mapping[str, Any]], model: Model) -> list[dict[str, Any]]:
    for settings in presets.values():
        for name, value in settings.items():
            model.input(name).require(value)
    return [{"label": label, "settings": dict(settings)} for label, settings in presets.items()]
