"""What a question about an explorer says of its values, where there is no explorer."""

from __future__ import annotations

from aiimpact.live.explorer import Explorer
from aiimpact.numbers import number


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
    heading = f"{model.title.rstrip('.')}: these values are set, and this comes of them."
    controls = [f"{_title(x.title)}: {x.written(x.state)}{_unit(x.title)}" for x in model.inputs]
    readouts = [
        f"{output.label or 'Result'}: {number(numbers[output.id], digits)} {output.unit}".strip()
        for output in model.readouts()
    ]
    return (heading, *controls, *readouts)


def _title(title: str) -> str:
    return title.split("[")[0].strip()


def _unit(title: str) -> str:
    return f" {title.split('[')[1].rstrip(']')}" if "[" in title else ""
