"""Things to count, drawn for this package: outlines in a square from -1 to 1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Icon:
    """An outline, and the part of the square that it takes across and up."""

    path: str
    across: float = 1
    up: float = 1


def _half(across: float, up: float) -> str:
    """Draw half a turn, to twice `across`, by way of `up`: as curves, for Vega works out an arc at every step."""
    k = 0.5523
    return (
        f"c0,{k * up:.3g} {(1 - k) * across:.3g},{up} {across},{up}"
        f"c{k * across:.3g},0 {across},{(k - 1) * up:.3g} {across},{-up}"
    )


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.3g},{y}{_half(r, r)}{_half(-r, -r)}Z"


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x},{y}h{width}v{height}h{-width}Z"


_PINS = "".join(
    _box(a, b, c, d)
    for at in (-0.45, -0.08, 0.29)
    for a, b, c, d in (
        (at, -0.9, 0.16, 0.25), (at, 0.65, 0.16, 0.25), (-0.9, at, 0.25, 0.16), (0.65, at, 0.25, 0.16),
    )
)  # fmt: skip

BOTTLE = (
    "M-.17,-.97H.17V-.63C.2,-.5 .42,-.42 .42,-.18V.85Q.42,.97 .3,.97H-.3Q-.42,.97 -.42,.85V-.18"
    "C-.42,-.42 -.2,-.5 -.17,-.63Z"
)
ICONS = {
    "car": Icon(
        "M-.97,.3V.06Q-.97,-.08 -.82,-.1L-.62,-.14L-.38,-.42Q-.32,-.48 -.22,-.48H.24Q.34,-.48 .41,-.41"
        "L.66,-.13L.84,-.08Q.97,-.04 .97,.1V.3H.77" + _half(-0.21, -0.21) + "H-.35" + _half(-0.21, -0.21) + "Z"
        + _circle(-0.56, 0.32, 0.15)
        + _circle(0.56, 0.32, 0.15),
        up=0.62,
    ),
    "house": Icon("M0,-.9L.95,-.05H.7V.85H.2V.3H-.2V.85H-.7V-.05H-.95Z"),
    "person": Icon(
        _circle(0, -0.66, 0.26) + "M-.3,-.32H.3Q.5,-.32 .5,-.1V.34H.3V.95H-.3V.34H-.5V-.1Q-.5,-.32 -.3,-.32Z",
        across=0.66,
    ),
    "bottle": Icon(BOTTLE, across=0.52),
    "drop": Icon("M0,-.95C.3,-.5 .66,-.1 .66,.28" + _half(-0.66, 0.66) + "C-.66,-.1 -.3,-.5 0,-.95Z", across=0.82),
    "leaf": Icon("M-.85,.9Q-.75,.35 -.6,.12C-1,-.9 .3,-.95 .9,-.85C.95,.3 .2,.85 -.5,.52Q-.66,.66 -.7,.95Z"),
    "page": Icon(
        "M-.62,-.9H.28L.62,-.56V.9H-.62Z" + "".join(f"M-.36,{y}v.14h.72v-.14Z" for y in (-0.3, 0.06, 0.42)),
        across=0.74,
    ),
    "bolt": Icon("M.2,-.95L-.6,.12H-.08L-.2,.95L.6,-.2H.08Z", across=0.8),
    "server": Icon(_box(-0.8, -0.8, 1.6, 0.45) + _box(-0.8, -0.22, 1.6, 0.44) + _box(-0.8, 0.35, 1.6, 0.45)),
    "chip": Icon(_box(-0.6, -0.6, 1.2, 1.2) + _PINS),
    "dot": Icon(_circle(0, 0, 0.8)),
    "square": Icon(_box(-0.8, -0.8, 1.6, 1.6)),
}  # fmt: skip


def icon_of(name: str) -> Icon:
    """Find an icon by name, or take an outline of an author's own.

    Parameters
    ----------
    name
        One of `ICONS`, or an SVG path in a square from -1 to 1.

    Returns
    -------
    Icon
        The outline.

    Raises
    ------
    ValueError
        If it is neither; the text lists the names.
    """
    if name in ICONS:
        return ICONS[name]
    if name[:1] not in {"M", "m"} or set(name) - set("MmLlHhVvCcSsQqTtAaZz0123456789.,+-eE \n"):
        msg = f"There is no icon {name!r}. Icons: {', '.join(ICONS)}; or an SVG path in a square from -1 to 1."
        raise ValueError(msg)
    return Icon(name)
