"""The brief: what a reader must know first, on every face. The verdict's title, one plain sentence, CVs broken and
fixed, every field with a loss that its bounds show, four figures, the worst CVs, and what to do next as commands.

It is made once, as a table of summary.json; faces render it and compute nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from harness.gates.catalogue import COUNTED
from harness.gates.types import Comparison, Gate, Verdict
from harness.reports import labels
from harness.reports.actions import actions
from harness.reports.leading import WORST, leading_gate, worst_cvs
from harness.reports.prepare import Prepared
from harness.reports.sign_off import sign_off
from harness.reports.stories import Story, plural, stories, told
from harness.reports.summary_types import (
    Brief,
    BriefField,
    BriefFlips,
    BriefMoved,
    BriefTile,
    Field,
    Flips,
    Headline,
    Roles,
    Summary,
)

SHOWN_LOSSES = 4
"""Losses that a title names before it counts the rest."""


def brief(ready: Prepared, verdict: Verdict, summary: Summary) -> Brief:
    """The table `brief` of summary.json, from the run and the tables that stand in `summary` already."""
    against = ready.baseline or ready.legacy
    found = stories(ready, against) if against and ready.candidate else {}
    flips = summary["flips"]["baseline" if ready.baseline else "legacy"]
    changes = [_field(row, found.get(row["field"]), bool(ready.baseline)) for row in summary["fields"]]
    fields = [row for row in changes if row is not None]
    losses = sorted((row for row in fields if (row["upper"] or 0) < 0), key=lambda row: row["value"])
    worst = min(fields, key=lambda row: (row["value"], -row["broken"]), default=None)
    return {
        "title": title(verdict, losses),
        "heading": model_change(summary),
        "headline": headline(verdict, found, losses),
        "against": against,
        "flips": _flips(flips, leading_gate(verdict)),
        "worst_field": worst if worst is not None and worst["value"] < 0 else None,
        "losses": losses,
        "may_ship": may_ship(verdict, losses),
        "moved": _moved(found, fields),
        "tiles": _tiles(verdict, summary),
        "worst": worst_cvs(verdict, flips)[:WORST],
        "actions": actions(verdict, summary),
        "sign_off": sign_off(verdict, summary),
    }


def title(verdict: Verdict, losses: Sequence[BriefField]) -> str:
    """The verdict's word; a SHIP in spite of a shown loss says so in the same breath."""
    if verdict.verdict != "SHIP" or not losses or verdict.identical:
        return verdict.verdict
    return f"SHIP, with a loss in {labels.few([row['name'] for row in losses], SHOWN_LOSSES)}"


def may_ship(verdict: Verdict, losses: Sequence[BriefField]) -> str:
    """Why a shown loss does not hold: which gate looked at it, with its bounds and its limit; "" without one."""
    if verdict.verdict != "SHIP" or not losses or verdict.identical:
        return ""
    gates = [gate for one in verdict.comparisons if one.against == "baseline" for gate in one.gates]
    gate = next((one for one in gates if one.name == "fields" and one.status == "PASS"), None)
    return gate.reason.partition("; too few CVs have ")[0] if gate is not None else ""


def model_change(summary: Summary) -> str:
    """ "gpt-4o → gpt-6-luna" where the candidate is on another model than the baseline; "" otherwise."""
    models = {arm["id"]: arm["model"] for arm in summary["arms"]}
    old, new = models.get(summary["roles"]["baseline"]), models.get(summary["roles"]["candidate"])
    return f"{old} → {new}" if old and new and old != new else ""


def headline(verdict: Verdict, found: Mapping[str, Story], losses: Sequence[BriefField]) -> str:
    """One plain sentence: what the candidate does to whom, before any gate is named."""
    if verdict.identical:
        return "this is the accepted assistant: it sends what was accepted, and nothing new is decided"
    gate = leading_gate(verdict)
    if gate is not None and gate.name == "cross_talk":
        return _plain(gate)  # that it is somebody else's matters, not that it is wrong
    if gate is not None and gate.scope == "quality":
        story = next((found[name] for name in gate.fields if name in found and found[name].net > 0), None)
        if story is not None and 2 * len(story.broken) >= gate.affected:  # else values are not what the gate is about
            return told(_widest(verdict, found, story))
        of_copies = any(gate in one.gates for one in verdict.comparisons if one.against == "twins")
        if of_copies and (shown := next((one for one in found.values() if _one_sided_story(one)), None)) is not None:
            return told(shown)  # copies of CVs lost it, too; the CVs themselves say it plainer
        return _plain(gate)
    if gate is not None:
        return f"{labels.gate_name(gate)}: {labels.gate_reason(gate)}"
    if verdict.verdict == "SHIP" and losses:
        story = found.get(losses[0]["field"])
        return (told(story) if story is not None else "") or f"{losses[0]['name']} got worse, within what may ship"
    if verdict.verdict == "SHIP":
        lost = sum(1 for story in found.values() if story.net > 0)
        return f"no field got worse beyond chance{_lost_in(lost, len(found))}"
    return verdict.reasons[0] if verdict.reasons else "there is nothing to compare the candidate with"


def _lost_in(lost: int, fields: int) -> str:
    """In how many fields single CVs lost something all the same."""
    return f"; more CVs lost a value than gained one in {lost or 'none'} of {fields} fields" if fields else ""


def _widest(verdict: Verdict, found: Mapping[str, Story], story: Story) -> Story:
    """The story of the most CVs among the fields of all gates that failed, where it is of more than twice as many."""
    named = {
        name
        for comparison in verdict.comparisons
        if comparison.against == "baseline"
        for gate in comparison.gates
        if gate.level == "deciding" and gate.status == "FAIL"
        for name in gate.fields
    }
    top = max((found[name] for name in named if name in found), key=lambda one: one.net, default=story)
    return top if top.net > 2 * story.net else story


def _one_sided_story(story: Story) -> bool:
    return story.net > 0 and _one_sided(len(story.broken), len(story.fixed))


def _plain(gate: Gate) -> str:
    """The gate's first clause, its field in words: "start dates of roles: a date that the page cannot read in …"."""
    clause = labels.gate_reason(gate).partition(" · ")[0]
    if gate.name == "cross_talk":
        return clause.partition(": ")[0]  # whose, and what, stands in the reason
    for path in gate.fields[:1]:
        if clause.startswith(f"{path}: "):
            return plural(path) + clause.removeprefix(path)
    return f"{labels.gate_name(gate)}: {clause}"


def _field(row: Field, story: Story | None, baseline: bool) -> BriefField | None:
    """A field's paired difference beside its CVs broken and fixed; None where there is no difference to give."""
    delta = row["delta"] if baseline else row["delta_legacy"]
    if not delta or delta["value"] is None:
        return None
    return {
        "field": row["field"],
        "name": plural(row["field"]),
        "value": delta["value"],
        "lower": delta["lower"],
        "upper": delta["upper"],
        "n": delta["n"],
        "broken": len(story.broken) if story else 0,
        "fixed": len(story.fixed) if story else 0,
        "told": told(story) if story else "",
    }


def _moved(found: Mapping[str, Story], fields: Sequence[BriefField]) -> list[BriefMoved]:
    """Every field of which a CV changed sides, the largest net loss first. beyond_noise: its bounds exclude zero, or so
    many CVs went one way that chance alone (a fair coin a CV) does so less than once in twenty."""
    deltas = {row["field"]: row for row in fields}
    rows: list[BriefMoved] = []
    for story in found.values():
        if not story.broken and not story.fixed:
            continue
        row = deltas.get(story.field)
        shown = row is not None and ((row["upper"] or 0) < 0 or (row["lower"] or 0) > 0)
        rows.append(
            {
                "field": story.field,
                "name": plural(story.field),
                "value": row["value"] if row is not None else None,
                "broken": list(story.broken),
                "fixed": list(story.fixed),
                "having": story.having,
                "beyond_noise": shown or _one_sided(len(story.broken), len(story.fixed)),
            }
        )
    return rows


def _one_sided(broken: int, fixed: int) -> bool:
    """Whether an exact two-sided sign test of CVs broken against fixed is below .05."""
    n, k = broken + fixed, max(broken, fixed)
    tail = sum(math.comb(n, i) for i in range(k, n + 1)) / 2**n
    return n > 0 and 2 * tail < 0.05


def _flips(flips: Flips | None, gate: Gate | None) -> BriefFlips | None:
    """CVs in which a value broke, in which one was fixed, both, and in which one stayed wrong; beside
    them those of the first reason where it counts what breaks no leaf (the form of a date, an invented value)."""
    if not flips:
        return None
    broken = sum(1 for row in flips["documents"] if row["broken"])
    counted = COUNTED.get(gate.name) if gate is not None and gate.status == "FAIL" else None
    beside = f"{labels.cvs(gate.affected)} {counted.what}" if gate and counted and gate.affected > broken else ""
    return {
        "against": flips["against"],
        "broken": broken,
        "fixed": sum(1 for row in flips["documents"] if row["fixed"]),
        "both": sum(1 for row in flips["documents"] if row["broken"] and row["fixed"]),
        "both_wrong": sum(1 for row in flips["documents"] if row["both_wrong"]),
        "wrong": [
            sum(1 for row in flips["documents"] if row["both_wrong"] or row[changed]) for changed in ("fixed", "broken")
        ],
        "n": flips["n"],
        "beside": beside,
    }


def _tiles(verdict: Verdict, summary: Summary) -> list[BriefTile]:
    """Field accuracy, schema validity, latency and cost: each arm's level, and the difference with its bounds; those
    that failed or are open first."""
    roles, mark = summary["roles"], summary["run"]["label"]["mark"]
    comparison = next((one for one in verdict.comparisons if one.against in ("baseline", "legacy")), None)
    times = _levels(roles, summary["latency"]["arms"], "p50")
    tiles = [
        _tile("field accuracy", "share", "accuracy", comparison, _levels(roles, summary["headline"], "f1")),
        _tile("schema validity", "share", "contract", comparison, _valid(roles, summary["headline"])),
        _tile("median latency", "ms", "latency_p50", comparison, times),
        _tile("cost of 1,000 CVs", "usd", "cost", comparison, _levels(roles, summary["cost"]["arms"], "per_1000")),
    ]
    if labels.blind(verdict):  # the simulator's figures under another model's name
        models = {arm["id"]: arm["model"] for arm in summary["arms"]}
        said = f"not {models.get(verdict.candidate, 'the model')}'s"
        return [
            {**tile, "status": "NOT_MEASURED", "difference": labels.DASH, "bounds": "", "n": 0, "why": said}
            for tile in tiles
        ]
    for tile in tiles:
        tile["why"] = _why(tile, verdict, mark)
        if tile["gate"] == "contract" and tile["n"]:
            look = f" at look {verdict.look}" if verdict.look > 1 else ""
            tile["difference"] += " CVs newly broken"
            tile["bounds"] = f"in truth {tile['bounds']}{look}"
    return sorted(tiles, key=lambda tile: {"FAIL": 0, "INCONCLUSIVE": 1}.get(tile["status"], 2))


def _why(tile: BriefTile, verdict: Verdict, mark: str) -> str:
    """Why a figure is not judged, or waits although its bounds stay clear of the limit."""
    if tile["status"] == "INCONCLUSIVE":
        return next((reason for reason in verdict.reasons if "too few to ship" in reason), "")
    if tile["unit"] == "ms" and not tile["n"]:
        made_up = "a simulator's time is made up; its tokens are counted"
        return made_up if mark == "SIMULATED" else verdict.not_measured.get("latency", "")
    return ""


def _named(roles: Roles) -> Iterable[tuple[str, str]]:
    """Each role with its arm."""
    return (("candidate", roles["candidate"]), ("baseline", roles["baseline"]), ("legacy", roles["legacy"]))


def _levels(roles: Roles, table: Mapping[str, Any], figure: str) -> dict[str, float | None]:
    return {role: table[arm][figure] if arm in table else None for role, arm in _named(roles)}


def _valid(roles: Roles, table: Mapping[str, Headline]) -> dict[str, float | None]:
    return {
        role: table[arm]["valid"] / table[arm]["records"] if arm in table and table[arm]["records"] else None
        for role, arm in _named(roles)
    }


def _tile(
    name: str,
    unit: Literal["share", "ms", "usd"],
    gate_name: str,
    comparison: Comparison | None,
    values: Mapping[str, float | None],
) -> BriefTile:
    gate = next((one for one in comparison.gates if one.name == gate_name), None) if comparison else None
    judged = gate is not None and gate.delta.value is not None
    return {
        "name": name,
        "unit": unit,
        "gate": gate_name,
        "against": comparison.against if comparison else "",
        "values": dict(values),
        "status": gate.status if gate else "NOT_APPLICABLE",
        "difference": labels.gate_delta(gate, gate.delta.value) if gate and judged else labels.DASH,
        "bounds": _bounds(gate) if gate and judged else "",
        "n": gate.delta.n if gate else 0,
    }


def _bounds(gate: Gate) -> str:
    """The gate's bounds; where not one CV differs, that instead."""
    delta = gate.delta
    if labels.kind(gate) == "ratio" and delta.value == delta.lower == delta.upper == 1:
        return "the same in every CV" + (": handed in twice?" if delta.source == "declared" else "")
    return labels.bounds(gate)
