"""The page of what probes found: figures of relations and groups, a slope plot, and the worst pairs.

It renders the figures that it is given and computes none. The part that names nobody stands on the run's own page too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from harness.reports.filters import asset, environment, markup
from harness.reports.labels import of_people

MEASURES = {
    "f1": "F1",
    "entries": "no role or study lost",
    "grounded": "nothing made up",
    "contract": "valid answer",
    "name": "name read right",
}
_ARMS = {
    "candidate": "the assistant that is tried",
    "baseline": "the accepted one",
    "legacy": "the old pipeline of two calls",
}
_UNREAD = {
    "no_text_layer": "without text, only pictures",
    "encrypted": "protected by a password",
    "corrupt": "damaged",
    "unsupported": "no CV file that is known",
    "too_large": "too large",
    "timeout": "not read in time",
    "garbled": "with text that is no language",
}
_NAMED = 3
"""Groups that are named beside the lowest, where they have its figure."""
_WIDTH, _HEIGHT, _LEFT, _RIGHT = 700, 300, 110, 370


def render_probes(figures: Mapping[str, Any], worst: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> bytes:
    """A page of its own, static and offline. texts: of the unchanged CVs, by document id."""
    made = environment().get_template("probes.html.j2").render(
        css=markup(asset("page.css")), worst=worst, texts=texts, **context(figures)
    )  # fmt: skip
    return made.encode("utf-8", "replace")


def folded(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures with arms whose every figure is the same under one name: "baseline and candidate"."""

    def of(arm: str) -> list[Any]:
        tables = (*figures["relations"], *figures["axes"])
        return [figures["estimate"].get(arm), *(row["arms"].get(arm) for row in tables)]

    together: list[list[str]] = []
    for arm in figures["arms"]:
        same = next((names for names in together if of(names[0]) == of(arm)), None)
        same.append(arm) if same is not None else together.append([arm])
    named = {names[0]: " and ".join(names) for names in together}

    def under(found: Mapping[str, Any]) -> dict[str, Any]:
        return {name: found[arm] for arm, name in named.items() if arm in found}

    return {
        **figures,
        "arms": list(named.values()),
        "estimate": under(figures["estimate"]),
        **{key: [{**row, "arms": under(row["arms"])} for row in figures[key]] for key in ("relations", "axes")},
    }


def context(found: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the templates need of the figures, where there are any."""
    if not found:
        return {"p": None}
    figures = folded(found)
    return {
        "p": figures,
        "measures": MEASURES,
        "short": short(found),
        "whom": of_people(figures["documents"], figures["people"]),
        "honesty": json.loads(asset("honesty.json")),
        "slopes": {axis["name"]: markup(slope(axis, figures["arms"])) for axis in figures["axes"]},
        "lowest": lowest,
        "fields": sorted({one["field"] for arm in figures["arms"] for one in figures["estimate"][arm]["fields"]}),
        "drawn": {axis["name"]: MEASURES[worst_measure(axis)] for axis in figures["axes"]},
        "arm_words": [f"“{arm}” is {_ARMS[arm]}" for arm in found["arms"] if arm in _ARMS],
        "rows": {axis["name"]: group_rows(axis) for axis in figures["axes"]},
    }


def short(figures: Mapping[str, Any]) -> list[str]:
    """Findings in sentences, what is shown first; what is the same of several arms is said once."""
    told: dict[str, list[str]] = {}
    for find in (_gaps, _moved, _estimated):
        for arm in figures["arms"]:
            for sentence in find(figures, arm):
                told.setdefault(sentence, []).append(arm)
    alike = [f"{' and '.join(arms)} are asked in the very same words: nothing is compared by setting them side by side."
             for arms in figures.get("alike", [])]  # fmt: skip
    return unread(figures) + alike + [f"{' and '.join(arms)}: {sentence}" for sentence, arms in told.items()]


def _gaps(figures: Mapping[str, Any], arm: str) -> list[str]:
    """In how many ways groups were compared, and each gap that is shown."""
    of = [(axis, axis["arms"][arm]) for axis in figures["axes"] if arm in axis["arms"]]
    worst = [(axis, found["worst"]) for axis, found in of if found["shown"] and found["worst"] is not None]
    bounded = [axis for axis, found in of if found["worst"] is not None]
    if not bounded:
        return ["whether groups of people are read alike cannot be said of so few people."] if of else []
    told = [
        f"groups of people were compared in {len(bounded)} way{'s' * (len(bounded) != 1)} (names, years, family …), "
        f"and a gap is shown in {len(worst)} of them."
    ]
    told += [
        f"{axis['told']}: {lowest(axis, arm)}: {one['value']:.1%} in “{MEASURES[one['measure']]}”, the best group "
        f"{best(axis, arm):.1%}; {-100 * one['gap']:.1f} points under the mean of all groups (at least "
        f"{-100 * one['upper']:.1f}; n = {one['n']})."
        for axis, one in worst
    ]
    if unshown := [found["figures"] for _, found in of if found["worst"] is not None and not found["shown"]]:
        unseen = max(-one["lower"] for each in unshown for one in each if one["lower"] is not None)
        told.append(f"that no gap is shown in {len(unshown)} of them does not mean that there is none: with so few "
                    f"people gaps of up to {100 * unseen:.0f} points are not excluded.")  # fmt: skip
    return told


def _estimated(figures: Mapping[str, Any], arm: str) -> list[str]:
    whole = figures["estimate"][arm]["whole"]
    if whole is None:
        return []
    return [
        f"accuracy (F1) estimated without goldens: {whole:.1%} on {probed_cvs(figures)}; where goldens were looked up, "
        f"such estimates were {_beyond('least')} to {_beyond('most')} points too high."
    ]


def _beyond(which: str) -> str:
    return f"{100 * json.loads(asset('honesty.json'))[which]:.1f}"


def probed_cvs(figures: Mapping[str, Any]) -> str:
    """How many CVs had copies."""
    count = figures["documents"] - figures["unguided"]
    return f"{count} CV{'s' * (count != 1)}"


def unread(figures: Mapping[str, Any]) -> list[str]:
    """Which CVs are not in the figures, and why; [] where all are."""
    documents, without = figures["documents"], figures["unguided"]
    reasons = [f"{count} {_UNREAD.get(outcome, outcome)}" for outcome, count in figures.get("unread", {}).items()]
    unanswered = without - sum(figures.get("unread", {}).values())
    reasons += [f"{unanswered} without an answer"] if unanswered else []
    told = []
    if not figures["answers"]:
        told.append(f"Nothing was tested: {'none' if documents > 1 else 'not one'} of {documents} CV"
                    f"{'s' * (documents != 1)} gave an answer to a changed copy of it.")  # fmt: skip
    if without:
        told.append(f"Not in the figures: {without} of {documents} ({', '.join(reasons)}).")
    if figures.get("remedy"):
        told.append(f"{figures['remedy'][0].upper()}{figures['remedy'][1:]}.")
    same = figures.get("same_text", 0)
    if same:
        told.append(f"CVs with the very text of another one: {same}. Each counts as a person of its own, so bounds are "
                    "narrower than they should be.")  # fmt: skip
    return told


def _moved(figures: Mapping[str, Any], arm: str) -> list[str]:
    """Which changes moved an arm's answers by more than asking again does."""
    rows = [(row["name"].replace("_", " "), row["arms"][arm]["beside_control"]) for row in figures["relations"]
            if not row["control"] and arm in row["arms"]]  # fmt: skip
    bounded = [(name, of) for name, of in rows if of["upper"] is not None]
    worse = sorted((of["value"], name) for name, of in bounded if of["upper"] < 0)
    told = "changes with which answers come out worse, by F1, than by asking again alone"
    if not bounded:
        return [f"{told}: cannot be said of so few people."]
    names = ", ".join(f"{name} ({100 * value:+.1f} points of F1)" for value, name in worse)
    return [f"{told}: {names or f'none of {len(bounded)}'}."]


def lowest(axis: Mapping[str, Any], arm: str) -> str:
    """The group with the largest gap, and which others have the very same figure."""
    of, labels = axis["arms"][arm], {group["key"]: group["label"] for group in axis["groups"]}
    worst = of["worst"]
    values = {one["group"]: one["value"] for one in of["figures"] if one["measure"] == worst["measure"]}
    same = [group for group, value in values.items() if value == values[worst["group"]] and group != worst["group"]]
    named = [labels.get(group, group) for group in (worst["group"], *same[:_NAMED])]
    return "; ".join(named) + (f" and {len(same) - _NAMED} more with the same figure" if len(same) > _NAMED else "")


def best(axis: Mapping[str, Any], arm: str) -> float:
    """The best group's figure, of what the largest gap is in."""
    of = axis["arms"][arm]
    return max(float(one["value"]) for one in of["figures"] if one["measure"] == of["worst"]["measure"])


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
        arm: {
            one["group"]: one["value"]
            for one in of["figures"]
            if one["measure"] == measure and one["value"] is not None
        }
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
    for group in reversed(ranked):  # the lowest on top of what has the same figure
        points = [(x, y(values[arm][group])) for x, arm in zip(places, shown, strict=True) if group in values[arm]]
        marked = "line candidate" if group == ranked[0] else "line baseline"
        if len(points) > 1:
            parts.append(f'<path class="{marked}" d="M{" L".join(f"{x:.1f} {v:.1f}" for x, v in points)}"/>')
        dot = "dot candidate" if group == ranked[0] else "dot baseline"
        parts += [f'<circle class="{dot}" cx="{x:.1f}" cy="{v:.1f}" r="3"/>' for x, v in points]
        if group in named and points:
            x, v = points[-1]
            parts.append(
                f'<text x="{x + 9:.0f}" y="{v + 4:.1f}" style="text-anchor:start">'
                f"{escape(labels[group])} {last[group]:.1%}</text>"
            )
    parts += [f'<text x="{places[0] - 9:.0f}" y="{y(value) + 4:.1f}" style="text-anchor:end">{value:.1%}</text>'
              for value in (low, high)]  # fmt: skip
    parts.append(f'<text x="0" y="{_HEIGHT - 3}" style="text-anchor:start">{MEASURES[measure]}, %</text>')
    title = f"{MEASURES[measure]} by group: {axis['told']}"
    spoken = "; ".join(f"{labels[group]} {last[group]:.1%}" for group in ranked)
    name = f"slope-{axis['name']}"
    return (
        f'<svg class="plot" id="{name}" role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(spoken)}</desc>{"".join(parts)}</svg>'
    )
