"""The page of what probes found: figures of relations and groups, a slope plot, and the worst pairs.

It renders the figures that it is given and computes none. The part that names nobody stands on the run's own page too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from harness.reports.filters import asset, environment, markup

MEASURES = {
    "f1": "F1",
    "entries": "no role or study lost",
    "grounded": "nothing made up",
    "contract": "valid answer",
    "name": "name read right",
}
_WIDTH, _HEIGHT, _LEFT, _RIGHT = 560, 300, 150, 410


def render_probes(figures: Mapping[str, Any], worst: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> bytes:
    """A page of its own, static and offline. texts: of the unchanged CVs, by document id."""
    made = environment().get_template("probes.html.j2").render(
        css=markup(asset("page.css")), worst=worst, texts=texts, **context(figures)
    )  # fmt: skip
    return made.encode("utf-8", "replace")


def context(figures: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the templates need of the figures, where there are any."""
    if not figures:
        return {"p": None}
    return {
        "p": figures,
        "measures": MEASURES,
        "slopes": {axis["name"]: markup(slope(axis, figures["arms"])) for axis in figures["axes"]},
        "rows": {axis["name"]: group_rows(axis) for axis in figures["axes"]},
    }


def group_rows(axis: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a group: by arm and measure the figure."""
    found = []
    for group in axis["groups"]:
        by_arm = {
            arm: {one["measure"]: one for one in of["figures"] if one["group"] == group["key"]}
            for arm, of in axis["arms"].items()
        }
        found.append({"group": group, "arms": by_arm})
    return found


def worst_measure(axis: Mapping[str, Any]) -> str:
    """The measure that the slope plot draws: that of the worst gap of the last arm."""
    last = list(axis["arms"].values())[-1:]
    return str(last[0]["worst"]["measure"]) if last and last[0]["worst"] else "f1"


def slope(axis: Mapping[str, Any], arms: Sequence[str]) -> str:
    """Each group's figure as a line from one arm to the next (one arm: a row of dots); the lowest group is named."""
    measure = worst_measure(axis)
    values = {
        arm: {one["group"]: one["value"] for one in of["figures"] if one["measure"] == measure and one["value"] is not None}
        for arm, of in axis["arms"].items()
    }  # fmt: skip
    shown = [arm for arm in arms if values.get(arm)]
    if not shown:
        return ""
    labels = {group["key"]: group["label"] for group in axis["groups"]}
    every = [value for of in values.values() for value in of.values()]
    low, high = float(min(every)), float(max(every))
    low, high = (low, high) if high - low > 0.02 else (high - 0.02, high)

    def y(value: float) -> float:
        return float(24 + (_HEIGHT - 48) * (high - value) / (high - low))

    places = [_LEFT] if len(shown) == 1 else [
        _LEFT + (_RIGHT - _LEFT) * number / (len(shown) - 1) for number in range(len(shown))
    ]  # fmt: skip
    last = values[shown[-1]]
    ranked = sorted(last, key=lambda group: last[group])
    named = {ranked[0], ranked[-1]}
    parts = [
        f'<text x="{x:.0f}" y="14" style="text-anchor:middle">{escape(arm)}</text>'
        for x, arm in zip(places, shown, strict=True)
    ]
    for group in ranked:
        points = [(x, y(values[arm][group])) for x, arm in zip(places, shown, strict=True) if group in values[arm]]
        marked = "line candidate" if group == ranked[0] else "line baseline"
        if len(points) > 1:
            parts.append(f'<path class="{marked}" d="M{" L".join(f"{x:.1f} {v:.1f}" for x, v in points)}"/>')
        dot = "dot candidate" if group == ranked[0] else "dot baseline"
        parts += [f'<circle class="{dot}" cx="{x:.1f}" cy="{v:.1f}" r="3"/>' for x, v in points]
        if group in named and points:
            x, v = points[-1]
            parts.append(
                f'<text x="{x + 9:.0f}" y="{v + 4:.1f}" style="text-anchor:start">{escape(labels[group])} {last[group]:.1%}</text>'
            )
    parts += [f'<text x="{places[0] - 9:.0f}" y="{y(value) + 4:.1f}" style="text-anchor:end">{value:.1%}</text>'
              for value in (low, high)]  # fmt: skip
    title = f"{MEASURES[measure]} by group: {axis['told']}"
    spoken = "; ".join(f"{labels[group]} {last[group]:.1%}" for group in ranked)
    name = f"slope-{axis['name']}"
    return (
        f'<svg class="plot" id="{name}" role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(spoken)}</desc>{"".join(parts)}</svg>'
    )
