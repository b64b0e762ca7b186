"""Controls of an explorer: ipywidgets, and what each of them means to a model."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import ipywidgets
import numpy as np

from aiimpact.live.numbers import number

# Names that Vega gives a meaning of its own.
RESERVED = {
    "width",
    "height",
    "padding",
    "autosize",
    "background",
    "datum",
    "event",
    "parent",
    "item",
}


@dataclass(frozen=True)
class Input:
    """An input of a model and the control that sets it."""

    name: str
    title: str
    widget: Any
    low: float | None = None
    high: float | None = None
    log: bool = False
    options: tuple[tuple[str, Any], ...] = ()

    def spoken(self, value: Any, digits: int) -> str:
        """Say a value of this input: an option by its label, a number in a few digits."""
        for label, option in self.options:
            if option == value:
                return label
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value) if isinstance(value, str) else number(value, max(digits, 4))

    def sequence(self, steps: int) -> dict[str, float]:
        """Cut the range in equal steps (of the logarithm, where the control has one)."""
        assert self.low is not None
        assert self.high is not None
        low, high = (
            (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
        )
        step = (high - low) / steps
        return {"start": low, "stop": high + step / 2, "step": step}

    def cuts(self, about: int) -> int:
        """Say in how many steps to cut the range, so that whole numbers stay whole: not 3.3 years."""
        assert self.low is not None
        assert self.high is not None
        stops, rest = divmod(self.high - self.low, getattr(self.widget, "step", None) or math.inf)
        if rest or not isinstance(self.widget.value, int):
            return about
        fitting = (n for n in range(1, 2 * about + 1) if not stops % n)
        best = min(fitting, key=lambda n: abs(math.log(n / about)))
        return best if best >= min(stops, about / 2) else about

    def require(self, value: Any) -> None:
        """Raise unless the control can be set to `value`."""
        if self.options:
            if not any(option == value for _, option in self.options):
                labels = ", ".join(repr(label) for label, _ in self.options)
                msg = (
                    f"{self.name} must be the value of one of the options {labels}, got {value!r}."
                )
                raise ValueError(msg)
        elif isinstance(self.widget.value, Real) and not isinstance(value, Real):
            msg = f"{self.name} must be a {type(self.widget.value).__name__}, got {value!r}."
            raise TypeError(msg)
        elif self.low is not None and self.high is not None and not self.low <= value <= self.high:
            msg = (
                f"{self.name} must lie within its control, {self.low:g} to {self.high:g}, got {value!r}. "
                "Widen the control, or change the value."
            )
            raise ValueError(msg)


def inputs_of(
    model: Callable[..., Any], controls: Mapping[str, Any], labels: Mapping[str, str]
) -> tuple[list[Input], dict[str, Any]]:
    """Make a control for each parameter of a model, as `interactive` does; what is fixed comes apart."""
    parameters = inspect.signature(model).parameters
    for given in [*controls, *labels]:
        if given not in parameters:
            close = difflib.get_close_matches(given, parameters, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            msg = f"The model has no parameter {given!r}.{hint} Its parameters: {', '.join(parameters)}."
            raise ValueError(msg)
    inputs: list[Input] = []
    constants: dict[str, Any] = {}
    for parameter in parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            msg = f"The model takes *{parameter.name}, so its inputs have no names. Name each parameter."
            raise TypeError(msg)
        if parameter.name in controls:
            abbreviation = controls[parameter.name]
        elif parameter.default is not parameter.empty:
            abbreviation = parameter.default
        else:
            msg = (
                f"{parameter.name} has neither a control nor a default. "
                f"Pass {parameter.name}=(low, high, step), a list, a dict or a widget."
            )
            raise ValueError(msg)
        widget = ipywidgets.interactive.widget_from_abbrev(abbreviation, parameter.default)
        if isinstance(widget, ipywidgets.fixed):
            constants[parameter.name] = widget.value
            continue
        if parameter.name in RESERVED:
            msg = f"{parameter.name} is a word of Vega's and cannot name an input. Choose another name."
            raise ValueError(msg)
        made_here = widget is not abbreviation
        inputs.append(_input(parameter.name, widget, labels.get(parameter.name), made_here))
    if not inputs:
        msg = "The model has no inputs to control. Show its result instead."
        raise ValueError(msg)
    return inputs, constants


def _input(name: str, widget: Any, label: str | None, made_here: bool) -> Input:
    if widget is None or not isinstance(getattr(widget, "value", None), Real | str | np.bool_):
        shown = "nothing ipywidgets knows" if widget is None else type(widget).__name__
        msg = (
            f"The control of {name} is {shown}, which has no single number as its value. Use (low, high, step), "
            "a list or dict of numbers, a boolean, or a widget with one value."
        )
        raise TypeError(msg)
    title = label or getattr(widget, "description", "") or name.replace("_", " ")
    widget.description = title
    if made_here and isinstance(widget, ipywidgets.FloatSlider):
        widget.readout_format = f",.{_decimals(widget.step)}f"
    # Not below: a year has no comma.
    if made_here and isinstance(widget, ipywidgets.IntSlider) and widget.max >= 10_000:
        widget.readout_format = ",d"
    if hasattr(widget, "_options_full"):
        return Input(
            name, title, widget, options=tuple((str(k), v) for k, v in widget._options_full)
        )
    if isinstance(widget, ipywidgets.FloatLogSlider):
        if widget.readout_format == ".3g":  # The default, which writes 2.5e+9 for 2,500,000,000.
            widget.readout_format = ",.3r"
        return Input(
            name, title, widget, widget.base**widget.min, widget.base**widget.max, log=True
        )
    if hasattr(widget, "min"):
        return Input(name, title, widget, widget.min, widget.max)
    return Input(name, title, widget)


def _decimals(step: float) -> int:
    text = f"{step:.10f}".rstrip("0")
    return len(text.split(".")[1])
