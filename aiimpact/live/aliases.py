"""Names of inputs and outputs in the expressions of an author's own chart.

In a page every signal has a name of its own, `i0` or `o3`, which collides with nothing. An author
writes words; those that a chart mentions become signals that stand for the others.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiimpact.live.model import Model

# Where Vega-Lite has expressions.
_EXPRESSIONS = {"calculate", "expr", "filter", "labelExpr", "test"}
_LOGIC = {"and", "or", "not"}
_CONSTANTS = {
    *("E", "LN10", "LN2", "LOG10E", "LOG2E", "MAX_VALUE", "MIN_VALUE", "NaN", "PI", "SQRT1_2"),
    *("SQRT2", "false", "null", "true", "undefined"),
}
_SIGNALS = {"autosize", "background", "cursor", "height", "padding", "width"}
# Nobody means an input by these, whatever it is called.
_ITEMS = {"datum", "event", "item", "parent"}
_JAVASCRIPT = {
    *(
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
    ),
    *("else", "enum", "export", "extends", "finally", "for", "function", "if", "import", "in"),
    *("instanceof", "let", "new", "return", "static", "super", "switch", "this", "throw", "try"),
    *("typeof", "var", "void", "while", "with", "yield"),
}
_WORDS = _CONSTANTS | _SIGNALS | _JAVASCRIPT
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"|(?P<number>\d[\w.]*)|(?P<name>[^\W\d][\w$]*|[$_][\w$]*)|(?P<mark>\S)"
)


def identifier(name: str) -> str:
    """Turn an output's name into what a chart's expression calls it.

    Examples
    --------
    >>> identifier("Emissions [t CO2e]")
    'emissions_t_co2e'
    """
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_") or "output"


def names_in(expression: str) -> set[str]:
    """List the signals that an expression of Vega's mentions.

    Examples
    --------
    >>> sorted(names_in("datum.label === 'a b' ? first : log(later) + {key: 2}.key"))
    ['datum', 'first', 'later']
    """
    tokens = [(found.lastgroup, found[0]) for found in _TOKEN.finditer(expression)]
    marks = ["", *(text for _, text in tokens), ""]
    return {
        text
        for (group, text), before, after in zip(tokens, marks, marks[2:], strict=False)
        if group == "name"
        and before != "."
        and after != "("
        and not (after == ":" and before in {"{", ","})
    }


def aliases(spec: Mapping[str, Any], model: Model) -> list[dict[str, Any]]:
    """Give signals for the words by which a chart calls inputs and outputs.

    Parameters
    ----------
    spec
        A chart in Vega-Lite.
    model
        The model whose inputs and outputs it may name.

    Raises
    ------
    ValueError
        If an expression names something that there is not, or that a word does not name alone.
    """
    own: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    for given in model.inputs:
        own.setdefault(given.name, []).append(given.id)
        said[given.id] = f"the input {given.name!r}"
    for output in model.outputs:
        own.setdefault(identifier(output.name), []).append(output.id)
        said[output.id] = f"the output {output.name!r}"
    of_chart = {*said, *_ITEMS, *_params(spec)}
    made: dict[str, str] = {}
    for expression in _expressions(spec):
        for word in sorted(names_in(expression) - of_chart):
            ids = own.get(word, [])
            if len(ids) == 1 and word not in _WORDS:
                made[word] = ids[0]
            elif ids:
                why = "is a word of Vega's" if word in _WORDS else "means more than one"
                choice = " or ".join(f"{key} for {said[key]}" for key in ids)
                msg = f"In the chart's expression {expression!r} the name {word!r} {why}. Write {choice}."
                raise ValueError(msg)
            elif word not in _WORDS:
                near = difflib.get_close_matches(
                    word, [*own, *of_chart - _ITEMS - said.keys()], n=1
                )
                hint = f" Did you mean {near[0]!r}?" if near else ""
                msg = (
                    f"The chart's expression {expression!r} names {word!r}, which is no input and no output.{hint} "
                    f"They are called {', '.join(own)}; a field of the data is datum.{word}."
                )
                raise ValueError(msg)
    return [{"name": word, "update": key} for word, key in made.items()]


def _expressions(spec: Any, *, inside: bool = False) -> Iterator[str]:
    """List the expressions of a chart; `inside` is what stands under a key that holds one."""
    if isinstance(spec, str) and inside:
        yield spec
    elif isinstance(spec, list | tuple):
        for part in spec:
            yield from _expressions(part, inside=inside)
    elif isinstance(spec, Mapping):
        for key, part in spec.items():
            if key not in {"data", "datasets"}:
                yield from _expressions(
                    part, inside=key in _EXPRESSIONS or (inside and key in _LOGIC)
                )


def _params(spec: Any) -> Iterator[str]:
    """List the parameters that a chart has of its own."""
    if isinstance(spec, list | tuple):
        for part in spec:
            yield from _params(part)
    elif isinstance(spec, Mapping):
        for param in spec.get("params", []):
            if isinstance(param, Mapping):
                yield str(param["name"])
        for key, part in spec.items():
            if key not in {"data", "datasets"}:
                yield from _params(part)
