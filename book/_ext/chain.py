"""``{chain}``: what leads to what, as a drawing with links and as words, from ``book/chain.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator
from spoken import in_english, wrapped

from aiimpact.live.notation import INK, MUTED, colour
from aiimpact.words import say

DATA = Path(__file__).parents[1] / "chain.yml"
LANES = 3
# The unit by which a kind has its colour.
UNITS = {"electricity": "kWh", "carbon": "kg CO2e", "water": "L", "money": "USD"}
DASHED = ' stroke-dasharray="5 3"'
DIAMOND = "\N{BLACK DIAMOND}"


@dataclass(frozen=True)
class Layout:
    """How the drawing is set: for a page, or for a phone, where there is no room for names of functions."""

    name: str
    lane: int
    box: tuple[int, int]
    gap: int
    letters: int
    functions: bool
    size: int

    def place(self, thing: dict[str, Any]) -> tuple[float, float]:
        """Give the middle of a box."""
        x = 12 + self.lane * thing["lane"] + self.lane / 2
        return x, 6 + self.box[1] / 2 + (self.box[1] + self.gap) * thing["step"]


LAYOUTS = (
    Layout("wide", 214, (196, 60), 34, 22, functions=True, size=14),
    Layout("narrow", 101, (95, 58), 34, 13, functions=False, size=12),
)


class Chain(nodes.General, nodes.Element):  # type: ignore[misc]
    """The place of the drawing."""


class ChainDirective(SphinxDirective):
    """``{chain}``."""

    def run(self) -> list[nodes.Node]:
        """Leave a place: where functions are documented is known when all pages are read."""
        self.env.note_dependency(str(DATA))
        return [Chain()]


def drawing(layout: Layout, chain: dict[str, Any], links: dict[str, tuple[str, str]]) -> str:
    """Draw the chain; for the eye and the mouse, for its words follow."""
    things = chain["things"]
    wide, high = layout.box
    parts = [arrow(layout, things[a], things[b]) for a, b, _ in chain["arrows"]]
    for number, (a, b, _, _, said) in enumerate(chain["returns"]):
        parts.append(_return(layout, things[a], things[b], number, said))
    for key, thing in things.items():
        x, y = layout.place(thing)
        page, function = links[key]
        factor = thing.get("kind") == "factor"
        stroke = colour(UNITS[thing["kind"]]) if thing.get("kind") in UNITS else MUTED
        lines = wrapped(say(thing["name"]), layout.letters)
        rows = len(lines) + layout.functions
        top = y - 8 * (rows - 1) + 5
        words = "".join(
            f'<text x="{x}" y="{top + 16 * i}" font-size="{layout.size}" font-weight="600">{escape(line)}</text>'
            for i, line in enumerate(lines)
        )
        mark = (
            f'<text x="{x + wide / 2 - (16 if factor else 9)}" y="{y - high / 2 + 13}" font-size="12" class="chain-mark">{DIAMOND}</text>'
            if thing.get("acted")
            else ""
        )
        parts.append(
            f'<a href="{escape(page)}" tabindex="-1"><rect x="{x - wide / 2}" y="{y - high / 2}" width="{wide}" '
            f'height="{high}" rx="{24 if factor else 6}" stroke="{stroke}" '
            f'stroke-width="{1.5 if stroke == MUTED else 3}"{DASHED if factor else ""}/>{words}{mark}</a>'
        )
        if layout.functions:
            parts.append(
                f'<a href="{escape(function)}" tabindex="-1"><text x="{x}" y="{top + 16 * len(lines)}" font-size="11" '
                f'class="chain-function">{escape(thing["by"].split(".")[1])}</text></a>'
            )
    return framed(layout, 1 + max(thing["step"] for thing in things.values()), parts, right=34)


def framed(layout: Layout, steps: int, parts: list[str], right: int = 12) -> str:
    """Put what is drawn into a picture of so many steps, with room at the right."""
    width = 12 + layout.lane * LANES + right
    height = 14 + (layout.box[1] + layout.gap) * (steps - 1) + layout.box[1]
    return (
        f'<svg class="chain-{layout.name}" aria-hidden="true" focusable="false" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><defs><marker id="chain-{layout.name}" viewBox="0 0 8 8" refX="7" refY="4" '
        f'markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0L8,4L0,8Z" fill="{MUTED}"/></marker></defs>'
        f"{''.join(parts)}</svg>"
    )


def line(layout: Layout, path: str, dashed: bool = False) -> str:
    """Draw a line that ends in an arrow."""
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    return (
        f'<path d="{path}" fill="none" stroke="{MUTED}" stroke-width="1.5"{dash} '
        f'marker-end="url(#chain-{layout.name})"/>'
    )


def arrow(layout: Layout, one: dict[str, Any], other: dict[str, Any]) -> str:
    """Draw an arrow from a thing to another."""
    (x1, y1), (x2, y2) = layout.place(one), layout.place(other)
    wide, high = layout.box
    if y1 == y2:
        side = wide / 2 if x2 > x1 else -wide / 2
        return line(layout, f"M{x1 + side},{y1}L{x2 - side},{y2}")
    y1, y2 = y1 + high / 2, y2 - high / 2
    if x1 == x2 and other["step"] - one["step"] > 1:
        # Around what stands between.
        left = x1 - wide / 2
        y1, y2 = y1 - high / 2, y2 + high / 2
        return line(layout, f"M{left},{y1}C{left - 14},{y1 + 20} {left - 14},{y2 - 20} {left},{y2}")
    # Arrows that end at one box end beside one another.
    x2 += (x1 > x2) * 14 - (x1 < x2) * 14
    bend = (y2 - y1) / 2
    return line(layout, f"M{x1},{y1}C{x1},{y1 + bend} {x2},{y2 - bend} {x2},{y2}")


def _return(
    layout: Layout, one: dict[str, Any], other: dict[str, Any], number: int, said: str
) -> str:
    (x1, y1), (x2, y2) = layout.place(one), layout.place(other)
    wide, high = layout.box
    end = 24 + layout.lane * LANES + (4 if number else 14)
    level = y2 + (12 if number else -12)
    if one["lane"] == 1 and number == 0:
        below = y1 + high / 2 + layout.gap / 2
        path = f"M{x1 + wide / 3},{y1 + high / 2}V{below}H{end}V{level}H{x2 + wide / 2}"
    else:
        path = f"M{x1 + wide / 2},{y1}H{end}V{level}H{x2 + wide / 2}"
    label = f'<text x="{end - 8}" y="{level + (15 if number else -6)}" font-size="12" class="chain-said">{escape(say(said))}</text>'
    return line(layout, path, dashed=True) + label


def sentences(chain: dict[str, Any]) -> list[str]:
    """Say each arrow in a sentence."""
    names: dict[str, str] = {key: say(thing["name"]) for key, thing in chain["things"].items()}

    def inside(key: str) -> str:
        name = names[key]
        # A proper name keeps its capital.
        small = in_english() and not name.startswith("PUE")
        return name[0].lower() + name[1:] if small else name

    told = [
        say("{one} {leads} {other}.", one=names[a], leads=say(how), other=inside(b))
        for a, b, how in chain["arrows"]
    ]
    told += [
        say(
            "{one} {leads} {other}: {why}.",
            one=names[a],
            leads=say(how),
            other=inside(b),
            why=say(why),
        )
        for a, b, how, why, _ in chain["returns"]
    ]
    return told


def visit_chain(translator: HTML5Translator, node: Chain) -> None:
    """Write drawing and words."""
    builder = translator.builder
    chain = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    here = builder.current_docname
    known = builder.env.domaindata["py"]["objects"]
    links = {}
    for key, thing in chain["things"].items():
        full = f"aiimpact.{thing['by']}"
        if full not in known:
            msg = f"book/chain.yml: {key} names {full}, which the reference does not document."
            raise ValueError(msg)
        place = builder.get_relative_uri(here, known[full].docname)
        links[key] = (
            builder.get_relative_uri(here, thing["page"]),
            f"{place}#{known[full].node_id}",
        )
    svgs = "".join(drawing(layout, chain, links) for layout in LAYOUTS)
    items = "".join(
        f'<li><a href="{escape(links[key][0])}">{escape(say(thing["name"]))}</a>{say(": ")}'
        f'<a href="{escape(links[key][1])}"><code>{escape(thing["by"])}</code></a></li>'
        for key, thing in chain["things"].items()
    )
    told = "".join(f"<li>{escape(text)}</li>" for text in sentences(chain))
    translator.body.append(
        f'<div class="explorer explorer-figure chain"><div class="chain-drawing" style="color:{INK}">{svgs}</div></div>'
        f'<details class="chain-words"><summary>{say("The same in words")}</summary><ul>{told}</ul></details>'
        f'<details class="chain-words"><summary>{say("Where each is explained, and its function")}</summary><ul>{items}</ul></details>'
    )
    raise nodes.SkipNode


def add_style(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the page with the drawing its style."""
    if doctree is not None and 'class="chain-drawing"' in context.get("body", ""):
        app.add_css_file("chain.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_node(Chain, html=(visit_chain, None), text=(_nothing, None), latex=(_nothing, None))
    app.add_directive("chain", ChainDirective)
    app.connect("html-page-context", add_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _nothing(translator: Any, node: Chain) -> None:
    raise nodes.SkipNode
