"""Plots as small inline SVG: latency curves and ratio histogram (matplotlib), the trend (by hand).

Reproducible bytes (fixed hash salt, no date), text as text, colours as the page's custom properties so that dark
mode and print work, title and desc for screen readers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

ARM_STYLES = {"legacy": ("#a10001", (4, 2.2)), "baseline": ("#a10002", (1.2, 1.6)), "candidate": ("#a10003", None)}
_OTHER = ("#a10004", (6, 2, 1.2, 2))
_INK, _FAINT = "#a10009", "#a10008"
_COLOURS = {
    "#a10001": "var(--legacy)",
    "#a10002": "var(--baseline)",
    "#a10003": "var(--candidate)",
    "#a10004": "var(--other)",
    _INK: "currentColor",
    _FAINT: "var(--line)",
}
DRAWN = 101
"""Points drawn a line; the eye sees no more, and a plot stays small."""


def ecdf(latency: Mapping[str, Any], roles: Mapping[str, str], label: str) -> str:
    """Share of CVs read within a time, a line per arm, log axis; "" where no arm was measured."""
    arms = {arm: row for arm, row in latency["arms"].items() if row["n"] >= 2}
    if not arms:
        return ""
    figure, axes = _figure(5.6, 2.9)
    for arm, row in arms.items():
        colour, dashes = _style(arm, roles)
        points = row["ecdf"]
        if len(points) > DRAWN:
            points = [points[round(i * (len(points) - 1) / (DRAWN - 1))] for i in range(DRAWN)]
        times, shares = [p[0] / 1000 for p in points], [p[1] for p in points]
        line = axes.step(times, shares, where="post", color=colour, linewidth=1.6)[0]
        if dashes:
            line.set_dashes(dashes)
        axes.plot([times[_first(shares, 0.5)]], [0.5], marker="o", markersize=4.5, color=colour)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 0.95, 1.0], labels=["0", "25 %", "50 %", "75 %", "95 %", ""])
    axes.set_xlabel("seconds per CV (log scale)", color=_INK, fontsize=8)
    axes.grid(True, which="major", color=_FAINT, linewidth=0.6)
    _seconds(axes)
    spoken = "; ".join(f"{arm}: median {row['p50'] / 1000:.2f} s, n = {row['n']}" for arm, row in arms.items())
    return _svg(figure, "ecdf", f"Latency of all arms {label}".strip(), f"Share of CVs by seconds. {spoken}.")


def ratios(pair: Mapping[str, Any], prefix: str, label: str) -> str:
    """Histogram of candidate ÷ other per CV on a log axis, with a line at 1."""
    from matplotlib.ticker import MaxNLocator

    figure, axes = _figure(3.6, 2.9)
    edges, counts = pair["histogram"]["edges"], pair["histogram"]["counts"]
    axes.stairs(counts, edges, fill=True, color="#a10003", alpha=0.35, linewidth=0)
    axes.stairs(counts, edges, color="#a10003", linewidth=1.2)
    axes.axvline(1.0, color=_INK, linewidth=1)
    axes.axvline(pair["p50"], color="#a10003", linewidth=1.4, dashes=(3, 2))
    axes.set_xscale("log")
    low, high = min(edges[0], 0.9), max(edges[-1], 1.1)
    axes.set_xlim(low / 1.03, high * 1.03)
    _plain_ticks(axes, low, high)
    axes.set_xlabel(f"candidate ÷ {pair['against']}, per CV", color=_INK, fontsize=8)
    axes.set_ylabel("CVs", color=_INK, fontsize=8)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return _svg(
        figure,
        prefix,
        f"Latency ratio to {pair['against']} {label}".strip(),
        f"Median ratio {pair['p50']:.2f}; faster in {pair['faster']} of {pair['n']} CVs.",
    )


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


def _first(shares: Sequence[float], level: float) -> int:
    return next((i for i, share in enumerate(shares) if share >= level), len(shares) - 1)


def _style(arm: str, roles: Mapping[str, str]) -> tuple[str, tuple[float, ...] | None]:
    for role, name in roles.items():
        if name == arm:
            return ARM_STYLES[role]
    return _OTHER


def _figure(width: float, height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.add_subplot()
    axes.patch.set_alpha(0)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(_FAINT)
    axes.tick_params(colors=_INK, labelsize=8, which="both", color=_FAINT)
    return figure, axes


def _seconds(axes: Any) -> None:
    low, high = axes.get_xlim()
    _plain_ticks(axes, low, high)


def _plain_ticks(axes: Any, low: float, high: float) -> None:
    """Round ticks as plain numbers; matplotlib's own log ticks vanish on short axes."""
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    steps: tuple[float, ...] = (1, 1.5, 2, 3, 5, 7) if high / low < 12 else (1, 2, 5) if high / low < 300 else (1,)
    if high / low < 2.2:
        steps = (1, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)
    ticks = [s * 10.0**p for p in range(-6, 7) for s in steps if low <= s * 10.0**p <= high]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())


def _svg(figure: Any, prefix: str, title: str, description: str) -> str:
    """The figure as an inline element: own ids, the page's colours, no prolog, metadata or style sheet."""
    import matplotlib

    out = io.StringIO()
    options: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "cv-harness", "font.family": "sans-serif"}
    with matplotlib.rc_context(options):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", text)
    text = re.sub(r"font-family: [^;\"]+;? ?", "", text)
    text = re.sub(r"(<text [^>]*?style=\")(?![^\"]*fill:)", r"\1fill: currentColor; ", text)
    for sentinel, colour in _COLOURS.items():
        text = text.replace(sentinel, colour)
    text = re.sub(r' transform="rotate\(-0 [^"]*"', "", text)
    text = re.sub(r' (d|x|y)="[^"]+"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), text)
    box = re.search(r'viewBox="[^"]+"', text)
    head = (
        f'<svg class="plot" {box[0] if box else ""} role="img" aria-labelledby="{prefix}-t {prefix}-d">'
        f'<title id="{prefix}-t">{escape(title)}</title><desc id="{prefix}-d">{escape(description)}</desc>'
    )
    return re.sub(r"\s*\n\s*", " ", head + text[text.index(">") + 1 :].rstrip())
