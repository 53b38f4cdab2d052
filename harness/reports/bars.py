"""A gate's interval as a small inline SVG: bar, point, threshold tick, shaded harm zone."""

from __future__ import annotations

import math
from html import escape

from harness.gates.types import Gate
from harness.reports.labels import gate_delta, gate_name, gate_threshold, kind

WIDTH, AXIS, TOP = 190.0, 15.0, 4.0
_SHAPES = {"PASS": "circle", "FAIL": "square"}


def bar(gate: Gate) -> str:
    """The SVG, or a dash where there is no estimate. Ratios are drawn on a log axis around 1."""
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
    harm_right = limit > 0
    zone = (at, WIDTH - at) if harm_right else (0.0, at)
    parts = [
        f'<rect class="zone" x="{zone[0]:g}" y="{TOP:g}" width="{zone[1]:g}" height="22"/>',
        f'<line class="axis" x1="0" x2="{WIDTH:g}" y1="{AXIS:g}" y2="{AXIS:g}"/>',
        f'<line class="zero" x1="{x(0):g}" x2="{x(0):g}" y1="8" y2="22"/>',
        f'<line class="lim" x1="{at:g}" x2="{at:g}" y1="{TOP:g}" y2="26"/>',
    ]
    low = known[0] if gate.delta.lower is None else scale(gate.delta.lower)
    high = known[0] if gate.delta.upper is None else scale(gate.delta.upper)
    if high > low:
        ends = "".join(f'<line class="int" x1="{e:g}" x2="{e:g}" y1="11" y2="19"/>' for e in (x(low), x(high)))
        parts.append(f'<line class="int" x1="{x(low):g}" x2="{x(high):g}" y1="{AXIS:g}" y2="{AXIS:g}"/>{ends}')
    parts.append(_point(gate, x(known[0])))
    side, anchor, better = (0, "start", "← better") if harm_right else (WIDTH, "end", "better →")
    parts.append(f'<text x="{side:g}" y="34" text-anchor="{anchor}">{better}</text>')
    place = "end" if at > WIDTH * 0.8 else "start" if at < WIDTH * 0.2 else "middle"
    parts.append(f'<text x="{at:g}" y="34" text-anchor="{place}">{escape(gate_threshold(gate))}</text>')
    spoken = f"{gate_name(gate)}: {gate_delta(gate, gate.delta.value)}, threshold {gate_threshold(gate)}, {gate.status}"
    return (
        f'<svg class="bar {gate.status}" viewBox="0 0 {WIDTH:g} 36" role="img" aria-label="{escape(spoken)}">'
        f"{''.join(parts)}</svg>"
    )


def _limit(gate: Gate) -> float:
    """Where harm begins on the axis: at the ratio, below −M for differences, above the allowance for counts."""
    match kind(gate):
        case "ratio":
            return math.log(gate.threshold)
        case "share":
            return -abs(gate.threshold)
        case _:
            return gate.threshold


def _point(gate: Gate, at: float) -> str:
    """Shape says the status too: a disc passes, a square fails, a diamond is open."""
    shape = _SHAPES.get(gate.status)
    if shape == "circle":
        return f'<circle class="pt" cx="{at:g}" cy="{AXIS:g}" r="5"/>'
    if shape == "square":
        return f'<rect class="pt" x="{at - 4.5:g}" y="{AXIS - 4.5:g}" width="9" height="9"/>'
    return f'<path class="pt" d="M{at:g} {AXIS - 6:g}l6 6-6 6-6-6z"/>'
