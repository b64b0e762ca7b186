"""What a question about an explorer says of its values, where there is no explorer."""

from __future__ import annotations

from aiimpact import words
from aiimpact.live.explorer import Explorer
from aiimpact.numbers import number
from aiimpact.words import say


def setting_of(explorer: Explorer) -> tuple[str, ...]:
    """Say the values of an explorer and what it makes of them.

    Parameters
    ----------
    explorer
        The explorer, as it is set now.

    Returns
    -------
    tuple of str
        A heading, then a line for each control and each single number.
    """
    model, digits = explorer._model, explorer._recipe.digits
    numbers = model.numbers(model.settings())
    heading = say(
        "{title}: these values are set, and this comes of them.",
        title=words.name(model.title).rstrip(".。"),
    )
    controls = [_line(x.title, x.written(x.state)) for x in model.inputs]
    readouts = [
        _line(output.name or "Result", number(numbers[output.id], digits))
        for output in model.readouts()
    ]
    return (heading, *controls, *readouts)


def _line(name: str, value: str) -> str:
    """Write a value behind its name, and its unit behind it."""
    label, _, unit = words.name(name).partition("[")
    return say("{name}: {value}", name=label.strip(), value=f"{value} {unit.rstrip(']')}".strip())
