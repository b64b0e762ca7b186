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


def page(explorer: Any, settings: Mapping[str, Any]) -> dict[str, float]:
    """Compute an explorer's outputs as its page does: output name to number."""
    given = explorer._model.signals(explorer._model.settings() | settings)
    signals = [
        signal | ({"value": given[signal["name"]]} if signal["name"] in given else {})
        for signal in explorer._page["spec"]["signals"]
    ]
    outputs = {output["id"]: output["name"] for output in explorer._page["outputs"]}
    shown = " + '|' + ".join(f"(+{key})" for key in outputs)
    mark = {"type": "text", "encode": {"update": {"text": {"signal": f"'' + {shown}"}}}}
    ((text,),) = _texts(vl_convert.vega_to_scenegraph({"signals": signals, "marks": [mark]}))
    return dict(zip(outputs.values(), map(float, text.split("|")), strict=True))


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
