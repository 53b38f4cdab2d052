"""A gate's interval as a small inline SVG: bar, point, threshold tick, shaded harm zone."""

from __future__ import annotations

import math
from html import escape

from harness.gates.types import Gate
from harness.reports.labels import gate_delta, gate_threshold, kind

WIDTH, AXIS = 190.0, 15.0
"""Pixels: the style sheet has the same ones, and draws the axis with its tick at no difference, in the middle."""

_SHAPES = {"PASS": "circle", "FAIL": "square"}


def bar(gate: Gate, drawn: dict[str, str] | None = None) -> str:
    """The SVG, or a dash where there is no estimate. Ratios are drawn on a log axis around 1.

    drawn: pictures that the page has already, with their ids; the same one again refers to it, a new one is added.
    """
    if gate.delta.value is None:
        return '<span class="soft">–</span>'
    what = kind(gate)
    if what == "budget":
        return '<span class="soft">–</span>'

    def scale(value: float) -> float:
        if what == "ratio":
            return math.log(max(value, 1e-6))
        return value * gate.delta.n if what == "count" else value

    limit = _limit(gate)
    known = [scale(v) for v in (gate.delta.value, gate.delta.lower, gate.delta.upper) if v is not None]
    reach = max([abs(v) for v in known] + [abs(limit) * 1.6, 1e-3]) * 1.12

    def x(value: float) -> float:
        return round((value + reach) / (2 * reach) * WIDTH, 1)

    at = x(limit)
    harm_right = what != "share"
    zone = (at, WIDTH - at) if harm_right else (0.0, at)
    parts = [
        f'<path class="zone" d="M{zone[0]:g} 4h{zone[1]:g}v22h-{zone[1]:g}z"/>',
        f'<path class="lim" d="M{at:g} 4v22"/>',
    ]
    low = known[0] if gate.delta.lower is None else scale(gate.delta.lower)
    high = known[0] if gate.delta.upper is None else scale(gate.delta.upper)
    if high > low:
        parts.append(f'<path class="int" d="M{x(low):g} 11v8m0-4H{x(high):g}m0-4v8"/>')
    parts.append(_point(gate, x(known[0])))
    less = "← fewer" if what == "count" else "← less"
    better = f'<text class="l" y="36">{less}' if harm_right else f'<text class="r" x="{WIDTH:g}" y="36">better →'
    parts.append(f"{better}</text>")
    place = ' class="r"' if at > WIDTH * 0.8 else ' class="l"' if at < WIDTH * 0.2 else ""
    parts.append(f'<text{place} x="{at:g}" y="36">{escape(_told(gate))}</text>')
    spoken = f"{gate_delta(gate, gate.delta.value)}, threshold {gate_threshold(gate)}, {gate.status}"
    picture = "".join(parts)
    if drawn is not None and picture in drawn:
        picture = f'<use href="#{drawn[picture]}"/>'
    elif drawn is not None:
        drawn[picture] = f"bar{len(drawn)}"
        picture = f'<g id="{drawn[picture]}">{picture}</g>'
    return f'<svg class="bar {gate.status}" role=img aria-label="{escape(spoken)}">{picture}</svg>'


def _told(gate: Gate) -> str:
    """The limit without its sign: the shaded side of it is harm."""
    return f"limit {gate_threshold(gate).lstrip('<>≤ ').partition(' at n')[0]}"


def _limit(gate: Gate) -> float:
    """Where harm begins on the axis: at the ratio, below −M for differences, above the allowance for counts (a rate of
    them is drawn as so many people)."""
    match kind(gate):
        case "ratio":
            return math.log(gate.threshold)
        case "share":
            return -abs(gate.threshold)
        case "count" if 0 < gate.threshold < 1:
            return gate.threshold * gate.delta.n
        case _:
            return gate.threshold


def _point(gate: Gate, at: float) -> str:
    """Shape says the status too: a disc passes, a square fails, a diamond is open."""
    shape = _SHAPES.get(gate.status)
    if shape == "circle":
        return f'<circle class="pt" cx="{at:g}" cy="{AXIS:g}" r="5"/>'
    if shape == "square":
        return f'<path class="pt" d="M{at - 4.5:g} {AXIS - 4.5:g}h9v9h-9z"/>'
    return f'<path class="pt" d="M{at:g} {AXIS - 6:g}l6 6-6 6-6-6z"/>'
