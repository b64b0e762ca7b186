"""From Altair's charts to Vega, and to SVG: one specification, one look."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from aiimpact.live import fonts
from aiimpact.live.arithmetic import STEPS
from aiimpact.live.converter import converter
from aiimpact.live.in_words import entitle, show_names
from aiimpact.live.notation import INK, MUTED, PLAIN, RULE, SERIES

WIDTH = 640
# A figure that nothing can widen is drawn twice: for a page, and for a phone.
FIGURE_WIDTHS = {"wide": 640, "narrow": 310}
_VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])

# In what an axis and its grid must agree to be one.
_OF_BOTH = ("scale", "orient", "zindex", "tickCount", "values", "format", "offset", "encode")
# Of Vega's many functions, beside those that models use, what a chart calls most.
_MORE_FUNCTIONS = (
    "clamp",
    "format",
    "if",
    "isNaN",
    "isValid",
    "length",
    "round",
    "toNumber",
    "toString",
)
# An outline that is drawn so often is written once.
_OFTEN = 4
_FONT = "system-ui, sans-serif"
_CONFIG: dict[str, Any] = {
    # The drawing is hidden from readers who listen: they have its sentence and its table.
    "aria": False,
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "domainColor": RULE,
        "gridColor": RULE,
        "gridOpacity": 0.6,
        "labelColor": MUTED,
        "labelFontSize": 12,
        "labelSeparation": 10,
        "tickColor": RULE,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    },
    "legend": {"labelColor": INK, "labelFontSize": 12, "titleColor": MUTED, "orient": "top"},
    "text": {"color": INK, "fontSize": 12},
    "range": {"category": SERIES},
    "bar": {"color": PLAIN},
    "line": {"color": PLAIN, "strokeWidth": 2.5},
    "point": {"color": PLAIN, "filled": True, "size": 80},
    "title": {"color": INK, "anchor": "start", "fontSize": 14},
}


def to_vega(
    chart: alt.TopLevelMixin,
    *,
    signals: Sequence[Mapping[str, Any]] = (),
    data: Mapping[str, Mapping[str, Any]] | None = None,
    width: int = WIDTH,
) -> dict[str, Any]:
    """Compile a chart to Vega.

    `signals` and the data sets of `data` are put in afterwards: Vega-Lite would read every
    expression, and has nothing to say of one. Without vl-convert all three come back apart, the
    chart as "lite": whoever compiles that gives it to :func:`finish`.
    """
    spec = chart.to_dict()
    spec.pop("description", None)
    spec["config"] = _CONFIG
    if not {"hconcat", "vconcat", "concat", "facet", "repeat"} & set(spec):
        spec.setdefault("width", width)
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    apart = {"lite": spec, "signals": [*signals], "data": dict(data or {})}
    if vlc := converter():
        return finish(apart, _said(vlc.vegalite_to_vega, spec, vl_version=_VEGA_LITE))
    return json.loads(json.dumps(apart))  # type: ignore[no-any-return]


def finish(apart: Mapping[str, Any], vega: dict[str, Any]) -> dict[str, Any]:
    """Put signals and data into a chart that Vega-Lite compiled, and give it our look."""
    # Above, half a line: a label at the end of an axis that moved there is cut off otherwise.
    vega["padding"] = {"top": 7, "bottom": 2, "left": 2, "right": 2}
    vega["signals"] = [*apart["signals"], *vega.get("signals", [])]
    if "axes" in vega:
        vega["axes"] = _one_each(vega["axes"])
        for axis in vega["axes"]:
            entitle(axis)
    # Ours come first, for Vega-Lite makes others of them.
    sets = {name: {"name": name, **content} for name, content in apart["data"].items()}
    vega["data"] = [*sets.values(), *(d for d in vega.get("data", []) if d["name"] not in sets)]
    show_names(vega)
    return json.loads(json.dumps(vega))  # type: ignore[no-any-return]


def _one_each(axes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Let an axis draw its own grid, where Vega-Lite makes a second axis for it: that is half the work of a step."""
    made: list[dict[str, Any]] = []
    grids = [axis for axis in axes if axis.get("grid")]
    for axis in (dict(axis) for axis in axes if not axis.get("grid")):
        for grid in [g for g in grids if all(g.get(k) == axis.get(k) for k in _OF_BOTH)]:
            axis |= {key: value for key, value in grid.items() if key.startswith("grid")}
            grids.remove(grid)
        made.append(axis)
    # What has a grid comes first, behind what has none.
    return [*map(dict, grids), *sorted(made, key=lambda axis: not axis["grid"])]


def _said(convert: Callable[..., Any], spec: Any, **options: Any) -> Any:
    """Let Vega work, and say in a line what it has against a chart."""
    try:
        return convert(spec, **options)
    except ValueError as error:
        found = re.search(r"Error: (.*)", str(error))
        reason = found[1].rstrip(".") if found else str(error)
        name = reason.removeprefix("Unrecognized function: ")
        near = difflib.get_close_matches(name, [*STEPS, *_MORE_FUNCTIONS], n=1)
        hint = f" Did you mean {near[0]!r}?" if near and name != reason else ""
        fix = "Check its expressions."
        if reason == "Operator not defined: undefined":
            # Vega 6 looks texts up in an object, and finds what every object has.
            fix = (
                "A text in it may be a word that Vega takes for its own, such as 'constructor' or 'toString': "
                'write another, for an axis with labels={"constructor": "Constructor"}.'
            )
        msg = f"Vega cannot draw the chart: {reason}.{hint} {fix}"
        raise ValueError(msg) from None


def to_svg(vega: Mapping[str, Any]) -> tuple[str, int]:
    """Draw a Vega specification; the SVG is decoration beside its description. Returns its height too.

    Without vl-convert nothing is drawn.
    """
    if not (vlc := converter()):
        return "", 0
    fonts.choose(vlc)
    svg = _said(vlc.vega_to_svg, dict(vega))
    # Vega numbers its clip paths from one in every drawing, and a page holds several.
    mark = hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r"\b(clip|gradient)(\d+)\b", rf"\1-{mark}-\2", svg)
    svg = _once(svg, mark)
    height = re.search(r'height="(\d+(?:\.\d+)?)"', svg)
    assert height is not None
    svg = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return svg, round(float(height[1]))


def _once(svg: str, mark: str) -> str:
    """Write an outline that is drawn many times once, and refer to it."""
    outlines = Counter(re.findall(r'<path [^>]*?d="([^"]{100,})"', svg))
    made = []
    for place, (outline, times) in enumerate(outlines.items()):
        if times < _OFTEN:
            continue
        name = f"icon-{mark}-{place}"
        made.append(f'<path id="{name}" d="{outline}"/>')
        svg = re.sub(rf'<path ([^>]*?)d="{re.escape(outline)}"', rf'<use \1href="#{name}"', svg)
    return (
        re.sub(r"(<svg [^>]*>)", rf"\1<defs>{''.join(made)}</defs>", svg, count=1) if made else svg
    )
