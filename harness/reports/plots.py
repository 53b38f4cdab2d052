"""Plots as small inline SVG, drawn by hand: latency curves, ratio histograms, the trend.

Reproducible bytes, text as text, colours and strokes by the page's style sheet so that dark mode and print work,
title and desc for screen readers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

DRAWN = 101
"""Points drawn a line; the eye sees no more, and a plot stays small."""

_SHARES = ((0, "0"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (0.95, "95 %"), (1, ""))
_HEIGHT, _TOP, _RIGHT, _BOTTOM = 220.0, 8.0, 10.0, 40.0


@dataclass(frozen=True, slots=True)
class _Axes:
    """A logarithmic x axis from `low` to `high` and a linear y axis from 0 to `most`, in a box `width` wide."""

    width: float
    left: float
    low: float
    high: float
    most: float

    def x(self, value: float) -> str:
        inside = min(max(value, self.low), self.high)
        share = math.log(inside / self.low) / math.log(self.high / self.low)
        return _short(self.left + share * (self.width - self.left - _RIGHT))

    def y(self, value: float) -> str:
        return _short(_TOP + (1 - value / self.most) * (_HEIGHT - _TOP - _BOTTOM))

    def frame(self, rows: Sequence[tuple[float, str]], below: str) -> str:
        """Grid lines and their figures, and what the x axis shows."""
        ticks = _log_ticks(self.low, self.high)
        top, floor = self.y(self.most), self.y(0)
        grid = "".join(f"M{self.x(tick)} {top}V{floor}" for tick in ticks)
        grid += "".join(f"M{_short(self.left)} {self.y(row)}H{_short(self.width - _RIGHT)}" for row, _ in rows)
        under, last = _short(_HEIGHT - _BOTTOM + 15), _short(_HEIGHT - 5)
        middle = _short((self.left + self.width - _RIGHT) / 2)
        return (
            f'<path class="grid" d="{grid}"/>'
            + "".join(f'<text x="{self.x(tick)}" y="{under}">{tick:g}</text>' for tick in ticks)
            + "".join(
                f'<text class="end" x="{_short(self.left - 6)}" y="{_short(float(self.y(row)) + 4)}">{name}</text>'
                for row, name in rows
                if name
            )
            + f'<text x="{middle}" y="{last}">{escape(below)}</text>'
        )


def ecdf(latency: Mapping[str, Any], roles: Mapping[str, str], label: str) -> str:
    """Share of CVs read within a time, a line per arm, log axis; "" where no arm was measured."""
    arms = {arm: row for arm, row in latency["arms"].items() if row["n"] >= 2}
    if not arms:
        return ""
    low, high = _reach(time / 1000 for row in arms.values() for time, _ in row["ecdf"])
    axes = _Axes(420, 42, low, high, 1.0)
    parts = [axes.frame(_SHARES, "seconds per CV (log scale)")]
    for arm, row in arms.items():
        points = row["ecdf"]
        if len(points) > DRAWN:
            points = [points[round(i * (len(points) - 1) / (DRAWN - 1))] for i in range(DRAWN)]
        places = [(axes.x(time / 1000), axes.y(share)) for time, share in points]
        line = f"M{places[0][0]} {places[0][1]}" + "".join(f"H{x}V{y}" for x, y in places[1:])
        role = next((role for role, name in roles.items() if name == arm), "arm")
        parts.append(f'<path class="line {role}" d="{line}"/>')
        at = next((x for (x, _), (_, share) in zip(places, points, strict=True) if share >= 0.5), places[-1][0])
        parts.append(f'<circle class="dot {role}" cx="{at}" cy="{axes.y(0.5)}" r="4"/>')
    spoken = "; ".join(f"{arm}: median {row['p50'] / 1000:.2f} s, n = {row['n']}" for arm, row in arms.items())
    return _svg(axes, "ecdf", f"Latency of all arms {label}".strip(), f"Share of CVs by seconds. {spoken}.", parts)


def ratios(pair: Mapping[str, Any], prefix: str, label: str) -> str:
    """Histogram of candidate ÷ other per CV on a log axis, with a line at 1 and a dashed one at the median."""
    edges, counts = pair["histogram"]["edges"], [int(count) for count in pair["histogram"]["counts"]]
    low, high = _reach((*edges, 0.9, 1.1))
    axes = _Axes(270, 30, low, high, max([*counts, 1]) * 1.04)
    step = max(1, math.ceil(max(counts) / 5))
    rows = [(float(row), f"{row}") for row in range(0, max(counts) + 1, step)]
    outline = f"M{axes.x(edges[0])} {axes.y(0)}"
    outline += "".join(f"V{axes.y(count)}H{axes.x(edge)}" for count, edge in zip(counts, edges[1:], strict=True))
    top, floor = axes.y(axes.most), axes.y(0)
    parts = [
        axes.frame(rows, f"candidate ÷ {pair['against']}; bars: CVs"),
        f'<path class="hist candidate" d="{outline}V{floor}"/>',
        f'<path class="one" d="M{axes.x(1)} {top}V{floor}"/>',
        f'<path class="mid candidate" d="M{axes.x(pair["p50"])} {top}V{floor}"/>',
    ]
    told = f"Median ratio {pair['p50']:.2f}; faster in {pair['faster']} of {pair['n']} CVs."
    return _svg(axes, prefix, f"Latency ratio to {pair['against']} {label}".strip(), told, parts)


def trend(rows: Sequence[Mapping[str, Any]]) -> str:
    """Strict F1 of accepted versions with interval ribbon; marks where goldens, corpus or model changed."""
    known = [row for row in rows if row.get("f1") is not None]
    if len(known) < 2:
        return ""
    width, height, left, top, bottom = 640.0, 150.0, 44.0, 12.0, 26.0
    lows: list[float] = [row["lower"] if row.get("lower") is not None else row["f1"] for row in known]
    highs: list[float] = [row["upper"] if row.get("upper") is not None else row["f1"] for row in known]
    floor, ceiling = min(lows) - 0.01, min(1.0, max(highs) + 0.01)

    def x(i: int) -> float:
        return left + i * (width - left - 20) / (len(known) - 1)

    def y(value: float) -> float:
        return top + (ceiling - value) / (ceiling - floor) * (height - top - bottom)

    ribbon = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(highs))
    ribbon += " " + " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in reversed(list(enumerate(lows))))
    line = " ".join(f"{x(i):.1f},{y(row['f1']):.1f}" for i, row in enumerate(known))
    parts = [
        f'<polygon points="{ribbon}" fill="var(--candidate)" opacity=".15"/>',
        f'<polyline points="{line}" fill="none" stroke="var(--candidate)" stroke-width="1.6"/>',
    ]
    parts += [
        f'<text x="{left - 6}" y="{y(value) + 3:.1f}" text-anchor="end" class="tick">{100 * value:.1f}</text>'
        for value in (floor, (floor + ceiling) / 2, ceiling)
    ]
    for i, row in enumerate(known):
        parts.append(f'<circle cx="{x(i):.1f}" cy="{y(row["f1"]):.1f}" r="3" fill="var(--candidate)"/>')
        parts.append(
            f'<text x="{x(i):.1f}" y="{height - 8}" text-anchor="middle" class="tick">'
            f"{escape(str(row.get('accepted', ''))[:10])}</text>"
        )
        parts += [
            f'<line x1="{x(i):.1f}" x2="{x(i):.1f}" y1="{top}" y2="{height - bottom}" stroke="currentColor" '
            f'stroke-dasharray="2 3"><title>{escape(str(mark))}</title></line>'
            for mark in row.get("marks", ())[:3]
        ]
    return (
        f'<svg class="trend" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="Strict F1 of accepted versions">'
        f"<title>Strict F1 of accepted versions</title>{''.join(parts)}</svg>"
    )


def _reach(values: Iterable[float]) -> tuple[float, float]:
    """Ends of a log axis that holds the values, with a little room; never without width."""
    known = [value for value in values if value > 0] or [1.0]
    room = max((max(known) / min(known)) ** 0.04, 1.03)
    return min(known) / room, max(known) * room


def _log_ticks(low: float, high: float) -> list[float]:
    """Round figures for a log axis: as many as can be read beside each other."""
    reach = high / low
    steps: tuple[float, ...] = (1,) if reach >= 300 else (1, 2, 5) if reach >= 12 else (1, 1.5, 2, 3, 5, 7)
    if reach < 2.2:
        steps = (1, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)
    return [tick for power in range(-6, 7) for step in steps if low <= (tick := step * 10.0**power) <= high]


def _short(value: float) -> str:
    """A length in the picture with one digit after the point, as few characters as it needs."""
    return f"{value:.1f}".removesuffix(".0")


def _svg(axes: _Axes, prefix: str, title: str, description: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="plot" id="{prefix}" viewBox="0 0 {axes.width:g} {_HEIGHT:g}" role="img"'
        f' aria-labelledby="{prefix}-t {prefix}-d">'
        f'<title id="{prefix}-t">{escape(title)}</title><desc id="{prefix}-d">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )
