"""Run records in Vega itself, in the JavaScript engine of vl-convert: what a page will compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import vl_convert

from aiimpact.live.trace import compile_outputs


def run(outputs: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, float]]:
    """Compute outputs, made of symbols called datum.x, for each row of fields."""
    numbers = [key for key, value in rows[0].items() if isinstance(value, float)]
    program = {f"datum.{key}": f"toNumber(datum.{key})" for key in numbers}
    program |= {f"datum.{key}": text for key, text in compile_outputs(outputs, "datum.").items()}
    # JSON has no NaN and no infinity, so numbers travel as texts.
    values = [{k: _said(v) if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    formulas = [
        {"type": "formula", "as": key.removeprefix("datum."), "expr": text}
        for key, text in program.items()
    ]
    shown = " + '|' + ".join(f"(+datum.{key})" for key in outputs)
    spec = {
        "data": [{"name": "rows", "values": values, "transform": formulas}],
        "marks": [
            {
                "type": "text",
                "from": {"data": "rows"},
                "encode": {"update": {"text": {"signal": f"'' + {shown}"}}},
            }
        ],
    }
    (drawn,) = _texts(vl_convert.vega_to_scenegraph(spec))
    return [dict(zip(outputs, map(float, text.split("|")), strict=True)) for text in drawn]


def page(explorer: Any, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Compute an explorer's outputs as its page does: output name to number, or numbers of a series."""
    outputs = {output["id"]: output["name"] for output in explorer._page["outputs"]}
    shown = " + '|' + ".join(f"(isArray({key}) ? join({key}, ' ') : +{key})" for key in outputs)
    mark = {"type": "text", "encode": {"update": {"text": {"signal": f"'' + {shown}"}}}}
    ((text,),) = _texts(_scene({"signals": signals(explorer, settings), "marks": [mark]}))
    many = {output.name for output in explorer._model.outputs if output.is_series}
    return {
        name: list(map(float, part.split())) if name in many else float(part)
        for name, part in zip(outputs.values(), text.split("|"), strict=True)
    }


def rows(
    explorer: Any,
    settings: Mapping[str, Any],
    name: str = "explorer_table",
    fields: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Compute rows of one of our data sets as a page does; by default those of the table."""
    data = [
        given
        for given in explorer._page["spec"]["data"]
        if given["name"].startswith("explorer_") and "scale(" not in str(given)
    ]
    fields = fields or [field for field, *_ in explorer._page["table"]]
    shown = " + '|' + ".join(f"datum.{field}" for field in fields)
    mark = {
        "type": "text",
        "from": {"data": name},
        "encode": {"update": {"text": {"signal": f"'' + {shown}"}}},
    }
    (found,) = _texts(
        _scene({"signals": signals(explorer, settings), "data": data, "marks": [mark]})
    )
    return [dict(zip(fields, map(_read, text.split("|")), strict=True)) for text in found]


def _read(text: str) -> Any:
    if text in {"true", "false"}:
        return float(text == "true")
    try:
        return float(text)
    except ValueError:
        return text


def signals(explorer: Any, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the signals of a page where controls are set."""
    given = explorer._model.signals(explorer._model.settings() | settings)
    return [
        signal | ({"value": given[signal["name"]]} if signal["name"] in given else {})
        for signal in explorer._page["spec"]["signals"]
    ]


def _scene(spec: Mapping[str, Any]) -> Any:
    return vl_convert.vega_to_scenegraph(dict(spec))


def _said(value: float) -> str:
    if np.isfinite(value):
        return repr(float(value))
    return "NaN" if np.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _texts(mark: Any) -> list[list[str]]:
    """Find the items of the text marks of a scene."""
    if isinstance(mark, list):
        return [found for part in mark for found in _texts(part)]
    if not isinstance(mark, Mapping):
        return []
    if mark.get("marktype") == "text":
        return [[item["text"] for item in mark["items"]]]
    return [found for part in mark.values() for found in _texts(part)]
