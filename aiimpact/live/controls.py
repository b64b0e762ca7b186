"""Controls of an explorer: real ipywidgets, and what each of them means to a model and to the page."""

from __future__ import annotations

import difflib
import inspect
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import ipywidgets
import numpy as np

from aiimpact import words
from aiimpact.live.notation import typeset
from aiimpact.numbers import number, written
from aiimpact.words import say

# What the page draws for each kind of ipywidgets; the first that fits counts.
KINDS: dict[type, str] = {
    ipywidgets.FloatLogSlider: "range",
    ipywidgets.FloatSlider: "range",
    ipywidgets.IntSlider: "range",
    ipywidgets.BoundedFloatText: "box",
    ipywidgets.BoundedIntText: "box",
    ipywidgets.FloatText: "box",
    ipywidgets.IntText: "box",
    ipywidgets.RadioButtons: "radio",
    ipywidgets.ToggleButtons: "radio",
    ipywidgets.SelectionSlider: "stops",
    ipywidgets.Dropdown: "select",
    ipywidgets.Select: "select",
    ipywidgets.ToggleButton: "check",
    ipywidgets.Checkbox: "check",
}
# What `explore` itself is told, so that a parameter of that name gets its control another way.
KEYWORDS = {
    "after", "chart", "controls", "digits", "labels", "main", "name", "presets", "results", "sentence", "title",
}  # fmt: skip
_WHOLE = (ipywidgets.IntSlider, ipywidgets.BoundedIntText, ipywidgets.IntText)
_LOG = ipywidgets.FloatLogSlider
# What the page follows when it is changed from Python.
FOLLOWED = (
    "value", "index", "min", "max", "step", "base", "options", "disabled", "readout_format",
    "continuous_update",
)  # fmt: skip
# The digits of a box of its own: enough for what people type, and short of what doubles lose.
_BOX = {"digits": 10, "commas": True}
_READOUT = re.compile(r"(?P<commas>,?)(?:\.(?P<precision>\d+))?(?P<kind>[frgd]?)")


class Refused(Exception):  # noqa: N818 - nothing went wrong: a page asked for what is not allowed.
    """A page says something that the control cannot show."""


def same(one: Any, other: Any) -> bool:
    """Compare states; true is not one."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


@dataclass(frozen=True)
class Input:
    """An input of a model and the control that sets it, as the control is at this moment.

    Parameters
    ----------
    name
        The parameter of the model.
    title
        What stands beside the control.
    widget
        The ipywidgets control.
    id
        What the page calls it.
    """

    name: str
    title: str
    widget: Any
    id: str

    @property
    def kind(self) -> str:
        """What the page draws."""
        return next(kind for cls, kind in KINDS.items() if isinstance(self.widget, cls))

    @property
    def whole(self) -> bool:
        """Whether it takes whole numbers only."""
        return isinstance(self.widget, _WHOLE)

    @property
    def times(self) -> int:
        """How many of the unit that a reader counts in make one of the model's."""
        return words.counted_in(self.title)[0]

    @property
    def shown(self) -> str:
        """The title as a reader knows it."""
        return typeset(words.counted_in(self.title)[1])

    @property
    def log(self) -> bool:
        """Whether its steps are equal factors."""
        return isinstance(self.widget, _LOG)

    @property
    def low(self) -> float | None:
        """The lowest value, if there is one."""
        return self._end("min")

    @property
    def high(self) -> float | None:
        """The highest value, if there is one."""
        return self._end("max")

    def _end(self, side: str) -> float | None:
        end = getattr(self.widget, side, None)
        return None if end is None else self.widget.base**end if self.log else end

    @property
    def options(self) -> tuple[tuple[str, Any], ...]:
        """Label and value of each option; empty where there are none."""
        return options_of(getattr(self.widget, "options", ()))

    @property
    def value(self) -> Any:
        """What the model is given now: a number, a text or a boolean."""
        return self.value_of(self.state)

    @property
    def state(self) -> Any:
        """What the page is told: the value, or which of the options is chosen."""
        return self.widget.index if self.options else _plain(self.widget.value)

    def value_of(self, state: Any) -> Any:
        """Give the value that a state stands for."""
        return self.options[state][1] if self.options else state

    def put(self, state: Any) -> None:
        """Set the control to a state."""
        setattr(self.widget, "index" if self.options else "value", state)

    def state_of(self, value: Any) -> Any:
        """Give the state that shows a value (or an option's label), or raise.

        Raises
        ------
        ValueError, TypeError
            If the control cannot be set to it.
        """
        if self.options:
            for text in (False, True):
                for index, option in enumerate(self.options):
                    if type(value) is not bool and option[not text] == value:
                        return index
            labels = ", ".join(repr(label) for label, _ in self.options)
            msg = f"{self.name} must be the value of one of the options {labels}, got {value!r}."
            raise ValueError(msg)
        value = _plain(value)
        wanted = (
            "a boolean" if self.kind == "check" else "a whole number" if self.whole else "a number"
        )
        if (self.kind == "check") != isinstance(value, bool) or not isinstance(value, int | float):
            msg = f"{self.name} must be {wanted}, got {value!r}."
            raise TypeError(msg)
        if isinstance(value, bool):
            return value
        if not math.isfinite(value) or (self.whole and value != int(value)):
            msg = f"{self.name} must be {wanted}, got {value!r}."
            raise ValueError(msg)
        if self.low is not None and self.high is not None and not self.low <= value <= self.high:
            msg = (
                f"{self.name} must lie within its control, {self.low:g} to {self.high:g}, got {value!r}. "
                "Widen the control, or change the value."
            )
            raise ValueError(msg)
        return int(value) if self.whole else value

    def allowed(self, state: Any) -> Any:
        """Give back a state that a page tells, or raise :class:`Refused`."""
        if self.options:
            if type(state) is int and 0 <= state < len(self.options):
                return state
            raise Refused
        try:
            return self.state_of(state)
        except (ValueError, TypeError):
            raise Refused from None

    def spoken(self, state: Any, digits: int) -> str:
        """Say a state of this input: an option by its label, a number in a few digits."""
        if self.options:
            return words.name(str(self.options[state][0]))
        if isinstance(state, bool):
            return say("yes") if state else say("no")
        return number(state * self.times, max(digits, 4))

    def written(self, state: Any) -> str:
        """Write a state as the control does: the value that counts, in as many digits as it takes."""
        if self.options or isinstance(state, bool):
            return self.spoken(state, 4)
        return written(state * self.times, **self._format())

    def cuts(self, about: int) -> int:
        """Say in how many steps to cut the range, so that whole numbers stay whole: not 3.3 years."""
        assert self.low is not None
        assert self.high is not None
        stops, rest = divmod(self.high - self.low, getattr(self.widget, "step", None) or math.inf)
        if rest or not self.whole:
            return about
        fitting = (n for n in range(1, 2 * about + 1) if not stops % n)
        best = min(fitting, key=lambda n: abs(math.log(n / about)))
        return best if best >= min(stops, about / 2) else about

    def places(self, pieces: int) -> list[float]:
        """List the ends of so many equal pieces of the range (equal factors, where the control has them)."""
        assert self.low is not None
        assert self.high is not None
        low, high = float(self.low), float(self.high)
        shares = [i / pieces for i in range(pieces + 1)]
        if self.log:
            return [low * (high / low) ** share for share in shares]
        return [low + (high - low) * share for share in shares]

    def require(self, value: Any) -> None:
        """Raise unless the control can be set to `value`."""
        self.state_of(value)

    def facts(self) -> dict[str, Any]:
        """Say all that the page must know to draw the control."""
        facts: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "title": self.shown,
            "kind": self.kind,
            "disabled": bool(self.widget.disabled),
        }
        if self.options:
            return facts | {"options": [_option(*option) for option in self.options]}
        if self.kind == "check":
            return facts
        step = getattr(self.widget, "step", None) or 1
        facts |= {"whole": self.whole, "format": self._format(), "step": step}
        if self.times != 1:
            facts["times"] = self.times
        if self.low is not None:
            facts |= {"low": self.low, "high": self.high}
        if self.kind == "range":
            facts["continuous"] = bool(self.widget.continuous_update)
        if self.log:
            powers = (self.widget.base, self.widget.min, self.widget.step)
            # Steps of a few per cent end at round numbers: what is read is what counts.
            fine = math.ceil(-math.log10(self.widget.base**self.widget.step - 1)) + 1
            exact = all(float(number).is_integer() for number in powers)
            facts |= {
                "base": self.widget.base,
                "from": self.widget.min,
                "to": self.widget.max,
                "snap": None if exact else max(fine, self._format().get("digits", 3)),
            }
        return facts

    def _format(self) -> dict[str, Any]:
        """Read how the control writes numbers."""
        if self.kind == "box":
            small = self.whole and self.high is not None and self.high < 10_000
            return _BOX | {"commas": False} if small else _BOX
        found = _READOUT.fullmatch(self.widget.readout_format)
        assert found is not None, "looked at when the control was made"
        commas = bool(found["commas"]) or self.times != 1
        if found["kind"] == "d":
            return {"decimals": 0, "commas": commas}
        precision = int(found["precision"] or 6)
        if found["kind"] == "f":
            fewer = len(str(self.times)) - 1
            return {"decimals": max(precision - fewer, 0), "commas": commas}
        return {"digits": precision, "commas": commas}


def _option(label: str, value: Any) -> list[Any]:
    """Give label and value of an option, and how it is shown where that is not the label: addresses go by labels."""
    shown = words.name(label)
    return [label, value] if shown == label else [label, value, shown]


def require_controls(model: Callable[..., Any], controls: Mapping[str, Any]) -> None:
    """Raise where a parameter of a model that has no control is called as one of `explore`."""
    try:
        parameters = inspect.signature(model).parameters
    except (TypeError, ValueError):
        msg = (
            f"A model must be a function whose parameters have names, got {model!r}. "
            'Write def model(pue=1.1): return {"Energy [MWh]": 10 * pue}'
        )
        raise TypeError(msg) from None
    for name in KEYWORDS & parameters.keys() - controls.keys():
        if parameters[name].default is inspect.Parameter.empty:
            msg = (
                f"The model has a parameter {name!r}, and so has explore. "
                f'Pass its control as controls={{"{name}": (low, high, step)}}.'
            )
            raise ValueError(msg)


def inputs_of(
    model: Callable[..., Any], controls: Mapping[str, Any], labels: Mapping[str, str]
) -> tuple[list[Input], dict[str, Any]]:
    """Make a control for each parameter of a model, as `interactive` does; what is fixed comes apart."""
    _require_labels(labels)
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
        name = parameter.name
        if name in controls:
            abbreviation = _plain_options(controls[name])
        elif parameter.default is not parameter.empty:
            abbreviation = _plain(parameter.default)
        else:
            msg = (
                f"{name} has neither a control nor a default. "
                f"Pass {name}=(low, high, step), a list, a dict or a widget."
            )
            raise ValueError(msg)
        default = _plain(parameter.default)
        _require_possible(name, abbreviation)
        widget = ipywidgets.interactive.widget_from_abbrev(abbreviation, default)
        if isinstance(widget, ipywidgets.fixed):
            constants[name] = widget.value
            continue
        made_here = widget is not abbreviation
        bare = Input(name, labels.get(name, "").strip(), widget, f"i{len(inputs)}")
        _require_drawable(name, abbreviation if widget is None else widget)
        inputs.append(_dressed(bare, made_here))
        if made_here and isinstance(default, Real | str) and inputs[-1].value != default:
            msg = (
                f"The default of {name}, {default!r}, is not a value of its control, which takes "
                f"{_range(inputs[-1])}. Widen the control, or change the default."
            )
            raise ValueError(msg)
    if not inputs:
        msg = "The model has no inputs to control. Show its result instead."
        raise ValueError(msg)
    return inputs, constants


def _require_labels(labels: Any) -> None:
    if not isinstance(labels, Mapping):
        msg = f'labels must be a dict of parameter name to text, got {labels!r}. Write labels={{"pue": "PUE"}}.'
        raise TypeError(msg)
    for name, label in labels.items():
        if not isinstance(label, str):
            msg = f"The label of {name} must be a text, got {label!r}. Write {str(label)!r}."
            raise TypeError(msg)


def _require_possible(name: str, abbreviation: Any) -> None:
    """Raise where ipywidgets would, by the name of the parameter; a widget has seen to itself."""
    if isinstance(abbreviation, list | Mapping):
        _require_options(name, options_of(abbreviation))
    parts = abbreviation if isinstance(abbreviation, tuple) else (abbreviation,)
    if len(parts) > 3 or not all(isinstance(part, Real) for part in parts):
        return
    if not all(map(math.isfinite, parts)):
        msg = f"The control of {name} must be of finite numbers, got {abbreviation!r}. Name the lowest and the highest value."
        raise ValueError(msg)
    if len(parts) > 1 and parts[0] > parts[1]:
        msg = f"The control of {name} must have its lower end first, got {abbreviation!r}. Swap the two."
        raise ValueError(msg)
    if len(parts) > 2 and parts[2] <= 0:
        msg = f"The control of {name} must have a step above 0, got {abbreviation!r}. Leave it out, or name one."
        raise ValueError(msg)


def _require_drawable(name: str, control: Any) -> None:
    if not isinstance(control, tuple(KINDS)):
        shown = control.__name__ if isinstance(control, type) else type(control).__name__
        msg = (
            f"The control of {name} is a {shown}, which the page cannot draw. Use (low, high, step), "
            "a list or dict of numbers, a boolean, or one of "
            f"{', '.join(cls.__name__ for cls in KINDS)}."
        )
        raise TypeError(msg)


def _require_options(name: str, options: Sequence[tuple[str, Any]]) -> None:
    if not options:
        msg = (
            f"The control of {name} has no options. Give it one at least, or leave the control out."
        )
        raise ValueError(msg)
    for label, value in options:
        if not isinstance(value, Real | str) or value in (math.inf, -math.inf) or value != value:
            msg = (
                f"An option of {name} must be a number, a text or a boolean, got {value!r} for {label!r}. "
                "Give each option a value that a page can hold."
            )
            raise TypeError(msg)


def _dressed(given: Input, made_here: bool) -> Input:
    """Check what a control is told to show, and let it write numbers as readers want them."""
    widget = given.widget
    if given.options and widget.index is None:
        msg = (
            f"Nothing is chosen in the control of {given.name}, and a model needs a value. "
            f"Give it one of its options: value={given.options[0][1]!r}."
        )
        raise ValueError(msg)
    if hasattr(widget, "options"):
        _require_options(given.name, given.options)
    title = given.title or getattr(widget, "description", "") or given.name.replace("_", " ")
    widget.description = title
    if made_here and isinstance(widget, ipywidgets.FloatSlider):
        places = max(map(_decimals, (widget.step, widget.min)))
        widget.readout_format = f",.{places}f"
    # Not below: a year has no comma.
    if made_here and isinstance(widget, ipywidgets.IntSlider) and widget.max >= 10_000:
        widget.readout_format = ",d"
    # The default, which writes 2.5e+9 for 2,500,000,000.
    if given.log and widget.readout_format == ".3g":
        widget.readout_format = ",.3r"
    readout = getattr(widget, "readout_format", "")
    if given.kind == "range" and not _READOUT.fullmatch(readout):
        msg = (
            f"The control of {given.name} has readout_format={readout!r}, which the page cannot write. "
            'Use a number of decimals (".2f"), of digits (".3r"), or "d", with a comma before it for thousands.'
        )
        raise ValueError(msg)
    return Input(given.name, title, widget, given.id)


def _range(given: Input) -> str:
    if given.options:
        return ", ".join(repr(value) for _, value in given.options)
    return f"{given.low!r} to {given.high!r}"


def _plain(value: Any) -> Any:
    """Give Python's own number for one of NumPy's, as tables hold them."""
    return value.item() if isinstance(value, np.generic) else value


def _plain_options(abbreviation: Any) -> Any:
    """Take options from a table, where numbers are NumPy's, which ipywidgets does not know."""
    if isinstance(abbreviation, np.ndarray):
        abbreviation = abbreviation.tolist()
    if isinstance(abbreviation, Mapping):
        return {label: _plain(value) for label, value in abbreviation.items()}
    if isinstance(abbreviation, list | tuple):
        return type(abbreviation)(map(_plain, abbreviation))
    return _plain(abbreviation)


def options_of(given: Any) -> tuple[tuple[str, Any], ...]:
    """Give label and value of each option, in whatever way they were written."""
    pairs = list(given.items() if isinstance(given, Mapping) else given)
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        pairs = [(value, value) for value in pairs]
    return tuple((str(_plain(label)), _plain(value)) for label, value in pairs)


def _decimals(value: float) -> int:
    text = f"{value:.10f}".rstrip("0")
    return len(text.split(".")[1])
