"""``{rooms}``: the rooms of the library and who leans on whom, drawn from the imports when the page is built."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html import escape
from typing import Any

from chain import DASHED, LANES, Layout, arrow, framed, line
from docutils import nodes
from imports import House
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from spoken import english

from aiimpact.live.notation import INK, MUTED

# What a room is called, and what it is for.
ABOUT = {
    "ground": ("ground", "words, checks, arrays"),
    "physics": ("the subject", "formulas, as plain functions"),
    "data": ("data", "tables and claims, as rows"),
    "live": ("live", "makes a model move"),
    "ask": ("ask", "questions that answer back"),
    "cite": ("cite", "a number with its source"),
    "classroom": ("classroom", "own numbers and checks"),
    "grading": ("grading", "the teacher's half"),
    "chapters": ("chapters/", "notebooks, exercises"),
    "book": ("book/", "Sphinx, the editions"),
}
# They stand on the library, and are not in the package.
OUTSIDE = {"chapters", "book"}
LAYOUTS = (
    Layout("wide", 214, (196, 58), 40, 28, functions=True, size=14),
    Layout("narrow", 101, (95, 44), 40, 13, functions=False, size=12),
)
Places = dict[str, dict[str, int]]


def places(house: House) -> Places:
    """Give each room its step from the top and its lane: the way in which arrows are shortest and cross no room."""
    floors = house.floors()[::-1]
    if (most := max(map(len, floors))) > LANES:
        msg = f"A floor of the house has {most} rooms, and the picture {LANES} lanes. Raise chain.LANES."
        raise ValueError(msg)
    arrows = house.arrows()
    return min(_ways(floors), key=lambda way: _cost(way, arrows))


def _ways(floors: list[list[str]]) -> Iterator[Places]:
    lanes = [list(itertools.permutations(range(LANES), len(floor))) for floor in floors]
    for chosen in itertools.product(*lanes):
        yield {
            room: {"step": step, "lane": lane}
            for step, (floor, taken) in enumerate(zip(floors, chosen, strict=True))
            for room, lane in zip(floor, taken, strict=True)
        }


def _cost(way: Places, arrows: list[tuple[str, str]]) -> float:
    taken = {(place["step"], place["lane"]) for place in way.values()}
    cost = float(sum(abs(place["lane"] - 1) for place in way.values())) / 10
    for one, other in arrows:
        a, b = way[one], way[other]
        cost += abs(a["lane"] - b["lane"]) ** 2
        for step in range(a["step"] + 1, b["step"]):
            part = (step - a["step"]) / (b["step"] - a["step"])
            lane = a["lane"] + part * (b["lane"] - a["lane"])
            cost += 100 * any(abs(lane - at) < 0.6 for row, at in taken if row == step)
    for (one, other), (third, fourth) in itertools.combinations(arrows, 2):
        if way[one]["step"] == way[third]["step"] and way[other]["step"] == way[fourth]["step"]:
            left = way[one]["lane"] - way[third]["lane"]
            cost += 5 * (left * (way[other]["lane"] - way[fourth]["lane"]) < 0)
    return cost


def drawing(layout: Layout, house: House) -> str:
    """Draw the rooms, each above those that it imports."""
    way = places(house)
    wide, high = layout.box
    parts = [_arrow(layout, way, one, other) for one, other in house.arrows()]
    for room, place in way.items():
        x, y = layout.place(place)
        name, what = ABOUT[room]
        said = (
            f'<text x="{x}" y="{y + 14}" font-size="12" class="chain-said-of">{escape(what)}</text>'
            if layout.functions
            else ""
        )
        parts.append(
            f'<rect x="{x - wide / 2}" y="{y - high / 2}" width="{wide}" height="{high}" rx="6" '
            f'stroke="{MUTED}" stroke-width="1.5"{DASHED if room in OUTSIDE else ""}/>'
            f'<text x="{x}" y="{y - 5 if said else y + 4}" font-size="{layout.size}" font-weight="600">{escape(name)}</text>{said}'
        )
    return framed(layout, len(house.floors()), parts)


def _arrow(layout: Layout, way: Places, one: str, other: str) -> str:
    """Draw an arrow; one of more than a step goes between the rooms of the steps that it passes."""
    a, b = way[one], way[other]
    if b["step"] - a["step"] == 1:
        return arrow(layout, a, b)
    taken = {(place["step"], place["lane"]) for place in way.values()}
    half = layout.box[1] / 2
    right = 1 if b["lane"] > a["lane"] else -1
    x, y = layout.place(a)
    x, y = x + 20 * right, y + half
    path = f"M{x},{y}"
    for step in range(a["step"] + 1, b["step"]):
        free = [lane for lane in range(LANES) if (step, lane) not in taken]
        lane = min(free or [a["lane"]], key=lambda at: abs(at - (a["lane"] + b["lane"]) / 2))
        to, level = layout.place({"step": step, "lane": lane})
        path += f"C{x},{y + layout.gap / 2} {to},{y + layout.gap / 2} {to},{level - half + 8}V{level + half - 8}"
        x, y = to, level + half - 8
    to, level = layout.place(b)
    to, level = to - 28 * right, level - half
    path += f"C{x},{level - layout.gap / 2} {to},{level - layout.gap / 2} {to},{level}"
    return line(layout, path)


def table_html(house: House) -> str:
    """Say in a table what the picture shows, and the arrows that it leaves out."""
    rows = "".join(
        f"<tr><th scope=row>{escape(ABOUT[room][0])}</th><td>{escape(ABOUT[room][1])}</td><td>{house.files[room]}</td>"
        f"<td>{_used(house, room)}</td></tr>"
        for floor in house.floors()[::-1]
        for room in floor
    )
    heads = "".join(
        f"<th scope=col>{head}</th>" for head in ("Room", "What for", "Files", "Imports, how often")
    )
    return (
        '<div class="pst-scrollable-table-container"><table class="table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _used(house: House, room: str) -> str:
    used = sorted(house.below(room), key=lambda other: -house.uses[room, other])
    return escape(", ".join(f"{ABOUT[o][0]} {house.uses[room, o]}" for o in used) or "nothing")


class Rooms(SphinxDirective):
    """``{rooms}``."""

    def run(self) -> list[nodes.Node]:
        """Read the imports of the English sources: those of an edition are the same."""
        self.env.note_reread()
        house = House(english())
        svgs = "".join(drawing(layout, house) for layout in LAYOUTS)
        html = (
            f'<div class="explorer explorer-figure chain"><div class="chain-drawing" style="color:{INK}">{svgs}</div></div>'
            f"{table_html(house)}"
        )
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("rooms", Rooms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
