"""Models by lot: arithmetic, conditions, loops, branches and controls of every kind, as text of Python.

What jumps (a floor, a comparison) is only made of what every machine computes to the last digit:
another library's exponential may differ there, and a jump would make much of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np

from aiimpact.live import Explorer, explore, interval

CONSTANTS = [f"c({x})" for x in (0, 1, 2, 3, 0.5, -1, 10, 7.25, 1e3, -0.1, 100)]
EXACT = ["np.floor", "np.ceil", "np.trunc", "np.rint", "np.sign", "np.absolute", "np.negative", "np.square", "np.sqrt"]  # fmt: skip
SMOOTH = [
    *("np.exp", "np.log", "np.log10", "np.log2", "np.log1p", "np.expm1"),
    *("waves", "np.arctan", "np.arcsin", "np.arccos", "np.sinh", "np.cosh", "np.tanh", "np.cbrt", "np.exp2"),
    *("np.deg2rad", "np.reciprocal"),
]  # fmt: skip
PAIRS = ["np.minimum", "np.maximum", "np.fmin", "np.fmax", "np.copysign", "np.fmod", "np.remainder", "np.floor_divide"]  # fmt: skip
SMOOTH_PAIRS = ["np.hypot", "np.arctan2", "np.power"]
TEXTS = ["coal", "hydro", "wind", "北風", 'a "quoted" one']
Model = Callable[..., Any]


class Writer:
    """Writes one model from a seed."""

    def __init__(self, seed: int) -> None:
        self.lots = random.Random(seed)
        self.controls: dict[str, Any] = {}
        self.exact: list[str] = []
        self.smooth: list[str] = []
        self.conditions: list[str] = []
        self.lines: list[str] = []
        self.count = 0

    def model(self) -> tuple[str, dict[str, Any]]:
        self.make_controls()
        for _ in range(self.lots.randint(1, 5)):
            self.lots.choice([self.assign, self.assign, self.add_to, self.loop, self.branch])()
        outputs = [f"'Out {i} [u]': {self.number()}" for i in range(self.lots.randint(1, 3))]
        if self.lots.random() < 0.3:
            parts = ", ".join(self.number() for _ in range(3))
            outputs.append(f"'Range [u]': interval({parts})")
        if self.lots.random() < 0.3:
            outputs.append(f"'Holds [u]': {self.condition()}")
        head = f"def model({', '.join(self.controls)}):"
        body = [*self.lines, f"return {{{', '.join(outputs)}}}"]
        return "\n    ".join([head, *body]), self.controls

    def make_controls(self) -> None:
        for i in range(self.lots.randint(1, 4)):
            kind = self.lots.choice(["whole", "real", "log", "box", "texts", "numbers"])
            name = self.lots.choice(["x", "E", "datum", "力", "width"]) + str(i)
            if kind == "whole":
                low = self.lots.choice([-5, 0, 1, 1000])
                self.controls[name] = (low, low + self.lots.choice([3, 10, 10**6]))
            elif kind == "real":
                low = self.lots.choice([-2.0, 0.0, 0.5])
                self.controls[name] = (low, low + self.lots.choice([1.0, 12.5, 1e5]), 0.25)
            elif kind == "log":
                self.controls[name] = ipywidgets.FloatLogSlider(value=10, min=-3, max=6, step=0.1)
            elif kind == "box":
                self.controls[name] = self.lots.random() < 0.5
                self.conditions.append(name)
            elif kind == "texts":
                chosen = self.lots.sample(TEXTS, self.lots.randint(2, 4))
                self.controls[name] = chosen
                self.conditions.append(f"({name} == {self.lots.choice(chosen)!r})")
            else:
                values = self.lots.sample([0.5, 0.05, 1, 2, -3, 40], 3)
                self.controls[name] = {f"Option {v}": v for v in values}
            if kind in {"whole", "real", "log", "numbers"}:
                self.exact.append(name)

    def number(self, depth: int = 3) -> str:
        """Write a number of any kind."""
        lots = self.lots
        if depth == 0 or lots.random() < 0.15:
            return lots.choice([*self.smooth, *self.exact, *self.exact, lots.choice(CONSTANTS)])
        a, b = self.number(depth - 1), self.number(depth - 1)
        return lots.choice(
            [
                lambda: f"({a} {lots.choice('+-*/')} {b})",
                lambda: f"({a} {lots.choice('+-*/')} {b})",
                lambda: f"{lots.choice(SMOOTH)}({a})",
                lambda: f"{lots.choice(SMOOTH_PAIRS)}(1.0 * {a}, {b})",
                lambda: f"np.where({self.condition()}, {a}, {b})",
                lambda: f"np.select([{self.condition()}, {self.condition()}], [{a}, {b}], 1)",
                lambda: f"(1.5 * {self.condition()} + {a})",
                lambda: f"np.sum([{a}, {b}, 1])",
                lambda: f"np.interp({a}, [-1, 0, 5, 20], [3, 1, 4, -1])",
                lambda: f"np.polyval([1, -2, 0.5], {a})",
                lambda: f"(abs({a}) ** {lots.choice(['2', '0.5', '-1', '1.5'])})",
                lambda: self.exact_number(depth - 1),
            ]
        )()

    def exact_number(self, depth: int = 2) -> str:
        """Write a number of what is computed to the last digit everywhere."""
        lots = self.lots
        if depth <= 0 or lots.random() < 0.2:
            return lots.choice([*self.exact, lots.choice(CONSTANTS)])
        a, b = self.exact_number(depth - 1), self.exact_number(depth - 1)
        return lots.choice(
            [
                lambda: f"({a} {lots.choice('+-*/')} {b})",
                lambda: f"(1.0 * {a} {lots.choice(['%', '//'])} {b})",
                lambda: f"{lots.choice(EXACT)}(1.0 * {a})",
                lambda: f"{lots.choice(PAIRS)}(1.0 * {a}, {b})",
                lambda: f"np.clip({a}, -3, 50)",
                lambda: f"np.round({a}, 1)",
                lambda: f"np.heaviside(1.0 * {a}, 0.5)",
                lambda: f"np.where({self.condition(depth - 1)}, {a}, {b})",
            ]
        )()

    def condition(self, depth: int = 2) -> str:
        lots = self.lots
        if self.conditions and lots.random() < 0.4:
            return lots.choice(self.conditions)
        compare = f"({self.exact_number(1)} * 1.0 {lots.choice(['<', '<=', '>', '>=', '==', '!='])} {self.exact_number(1)})"
        if depth <= 0 or lots.random() < 0.4:
            return compare
        a, b = self.condition(depth - 1), self.condition(depth - 1)
        return lots.choice(
            [
                f"({a} {lots.choice('&|^')} {b})",
                f"(~{a})",
                f"np.logical_{lots.choice(['and', 'or', 'xor'])}({a}, {self.exact_number(1)})",
                f"np.isnan(1.0 * {self.exact_number(1)})",
                f"np.isfinite(1.0 * {self.exact_number(1)})",
            ]
        )

    def named(self, expression: str, known: list[str]) -> None:
        self.lines.append(f"v{self.count} = {expression}")
        known.append(f"v{self.count}")
        self.count += 1

    def assign(self) -> None:
        kind = self.lots.random()
        if kind < 0.2:
            self.named(self.condition(), self.conditions)
        elif kind < 0.5:
            self.named(f"1.0 * {self.exact_number()}", self.exact)
        else:
            self.named(f"1.0 * {self.number()}", self.smooth)

    def add_to(self) -> None:
        self.named(f"1.0 * {self.number(1)}", self.smooth)
        self.lines.append(f"{self.smooth[-1]} {self.lots.choice('+-*/')}= {self.number()}")

    def loop(self) -> None:
        name = f"v{self.count}"
        self.named(f"1.0 * {self.number(1)}", self.smooth)
        self.lines.append(f"for k in range({self.lots.choice([2, 5, 60])}):")
        self.lines.append(f"    {name} = {name} * 0.5 + k * {self.number(1)}")

    def branch(self) -> None:
        asked = [name for name, c in self.controls.items() if isinstance(c, bool | list | dict)]
        if not asked:
            return
        name = self.lots.choice(asked)
        control = self.controls[name]
        values = list(control.values()) if isinstance(control, dict) else control
        test = name if isinstance(control, bool) else f"{name} == {self.lots.choice(values)!r}"
        self.lines += [f"if {test}:", f"    v{self.count} = 1.0 * {self.number(2)}", "else:"]
        self.lines.append(f"    v{self.count} = 1.0 * {self.number(2)}")
        self.smooth.append(f"v{self.count}")
        self.count += 1


def waves(x: Any) -> Any:
    """Give a sine of what is small enough: of 1e20, the last digit of another machine decides."""
    x = np.clip(x, -50, 50)
    return np.sin(x) + np.cos(x) + np.tan(x / 50)


def model(seed: int) -> tuple[Model, dict[str, Any], str]:
    """Give a model with its controls and its text."""
    text, controls = Writer(seed).model()
    namespace: dict[str, Any] = {"np": np, "interval": interval, "c": np.float64, "waves": waves}
    exec(compile(text, f"<model {seed}>", "exec"), namespace)
    return namespace["model"], controls, text


def explorer(seed: int) -> Explorer:
    """Make an explorer of the model of a seed."""
    function, controls, _ = model(seed)
    return explore(function, name=f"random-{seed}", title=f"Model {seed}", controls=controls)


def settings(inputs: Any, seed: int, count: int) -> list[dict[str, Any]]:
    """Draw settings for the inputs of a model (``explorer._model.inputs``), plain as JSON has them."""
    lots = random.Random(f"settings {seed}")

    def value(given: Any) -> Any:
        if given.options:
            return lots.choice(given.options)[1]
        if isinstance(given.widget.value, bool):
            return lots.random() < 0.5
        if given.low is None:
            return given.widget.value
        if isinstance(given.widget.value, int):
            return lots.randint(given.low, given.high)
        if given.log:
            return min(
                max(given.low * (given.high / given.low) ** lots.random(), given.low), given.high
            )
        return lots.choice([lots.uniform(given.low, given.high), given.low, given.high])

    return [{given.name: value(given) for given in inputs} for _ in range(count)]
