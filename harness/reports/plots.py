"""Plots as small inline SVG: latency curves, ratio histograms, the trend.

The same bytes each time, text as text, colours and strokes by the page's style sheet so that dark mode and print work,
title and desc for screen readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from harness.reports.summary_types import Latency, LatencyPair, Roles, Trend
from harness.reports.svg import Axes

DRAWN = 101
"""Points drawn a line; the eye sees no more, and a plot stays small."""

_SHARES: dict[float, str] = {0: "0", 0.25: "25 %", 0.5: "50 %", 0.75: "75 %", 0.95: "95 %", 1: ""}
_DATES = 7
"""Dates that can be read beside each other."""


def ecdf(latency: Latency, roles: Roles, label: str) -> str:
    """Share of CVs read within a time, a line per arm, log axis; "" where no arm was measured."""
    arms = {arm: row for arm, row in latency["arms"].items() if row["n"] >= 2}
    if not arms:
        return ""
    axes = Axes(420, 58, _reach(time / 1000 for row in arms.values() for time, _ in row["ecdf"]), 1)
    axes.scales(_log_ticks(*axes.reach), _SHARES, "seconds per CV (log scale)", "share of CVs")
    for arm, row in arms.items():
        points = row["ecdf"]
        if len(points) > DRAWN:
            points = [points[round(i * (len(points) - 1) / (DRAWN - 1))] for i in range(DRAWN)]
        role = next((role for role, name in roles.items() if name == arm), "arm")
        axes.steps(f"line {role}", [(time / 1000, share) for time, share in points])
        median = next((time for time, share in points if share >= 0.5), points[-1][0])
        axes.dot(f"dot {role}", median / 1000, 0.5)
    spoken = "; ".join(f"{arm}: median {(row['p50'] or 0) / 1000:.2f} s, n = {row['n']}" for arm, row in arms.items())
    title = f"Latency of all arms {label}".strip()
    return axes.svg("ecdf", title, f"Share of CVs by seconds. {spoken}.")


def ratios(pair: LatencyPair, prefix: str, label: str, beside: Sequence[LatencyPair] = ()) -> str:
    """Histogram of candidate ÷ other per CV on a log axis, with a line at 1 and a dashed one at the median. beside: all
    pairs that are drawn beside one another, on one scale."""
    edges, counts = pair["histogram"]["edges"], pair["histogram"]["counts"]
    drawn = [one["histogram"] for one in (*beside, pair)]
    reach = _reach(edge for one in drawn for edge in (*one["edges"], 0.9, 1.1))
    axes = Axes(270, 44, reach, max(1, *(count for one in drawn for count in one["counts"])) * 1.04)
    axes.scales(_log_ticks(*reach), axes.counts(5), f"candidate ÷ {pair['against']} (log scale)", "CVs")
    bars = zip(counts, pairwise(edges), strict=True)
    outline = [(edge, count) for count, ends in bars for edge in ends]
    axes.line("hist candidate", [(edges[0], 0), *outline, (edges[-1], 0)])
    for name, ratio in (("one", 1.0), ("mid candidate", pair["p50"])):
        if ratio is not None:
            axes.line(name, [(ratio, 0), (ratio, axes.top)])
    title = f"Latency ratio to {pair['against']} {label}".strip()
    told = f"Median ratio {pair['p50']:.2f}; faster in {pair['faster']} of {pair['n']} CVs."
    return axes.svg(prefix, title, told)


def trend(rows: Sequence[Trend]) -> str:
    """Strict F1 of accepted versions with interval ribbon; marks where goldens, corpus or model changed."""
    known = [(row, f1) for row in rows if (f1 := row["f1"]) is not None]
    if len(known) < 2:
        return ""
    width, height, left, top, bottom = 640.0, 162.0, 44.0, 24.0, 26.0
    step = -(-len(known) // _DATES)
    lows: list[float] = [f1 if row["lower"] is None else row["lower"] for row, f1 in known]
    highs: list[float] = [f1 if row["upper"] is None else row["upper"] for row, f1 in known]
    floor, ceiling = min(lows) - 0.01, min(1.0, max(highs) + 0.01)

    def x(i: int) -> float:
        return left + i * (width - left - 20) / (len(known) - 1)

    def y(value: float) -> float:
        return top + (ceiling - value) / (ceiling - floor) * (height - top - bottom)

    ribbon = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(highs))
    ribbon += " " + " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in reversed(list(enumerate(lows))))
    line = " ".join(f"{x(i):.1f},{y(f1):.1f}" for i, (_, f1) in enumerate(known))
    parts = [
        f'<polygon points="{ribbon}" fill="var(--candidate)" opacity=".15"/>',
        f'<polyline points="{line}" fill="none" stroke="var(--candidate)" stroke-width="1.6"/>',
    ]
    parts.append('<text x="0" y="10" class="tick">strict F1, %, by day of acceptance</text>')
    parts += [
        f'<text x="{left - 6}" y="{y(value) + 3:.1f}" text-anchor="end" class="tick">{100 * value:.1f}</text>'
        for value in (floor, (floor + ceiling) / 2, ceiling)
    ]
    for i, (row, f1) in enumerate(known):
        parts.append(f'<circle cx="{x(i):.1f}" cy="{y(f1):.1f}" r="3" fill="var(--candidate)"/>')
        if (len(known) - 1 - i) % step == 0:
            parts.append(
                f'<text x="{x(i):.1f}" y="{height - 8}" text-anchor="{"middle" if i else "start"}" class="tick">'
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
