"""The brief: what a reader must know first, on every face. The verdict's title, one plain sentence, CVs broken and
fixed, every field with a loss that its bounds show, four figures, the worst CVs, and what to do next as commands.

It is made once, as a table of summary.json; faces render it and compute nothing.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from harness.base.canonical import digest
from harness.gates.catalogue import COUNTED
from harness.gates.serial import verdict_to_dict
from harness.gates.types import Comparison, Gate, Verdict
from harness.reports import labels
from harness.reports.prepare import Prepared
from harness.reports.stories import Story, plural, stories, told
from harness.reports.summary_types import (
    Brief,
    BriefAction,
    BriefField,
    BriefFlips,
    BriefMoved,
    BriefSignOff,
    BriefTile,
    BriefWorst,
    Field,
    Flips,
    FlipsDocument,
    Headline,
    Roles,
    Summary,
)

WORST = 3
SHOWN_LOSSES = 4
"""Losses that a title names before it counts the rest."""

_SELECTING = frozenset(
    {"--only", "--tag", "--limit", "--split", "--run", "--out", "--sequential", "--first-draw", "--max-cost"}
)
"""Options with a value that a replay of one CV does without."""
_SELECTING_FLAGS = frozenset({"--resume", "--sealed", "--json", "--quiet", "-q", "--verbose", "--aa", "--pair-live"})


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
        "headline": headline(verdict, found, losses),
        "against": against,
        "flips": _flips(flips, leading_gate(verdict)),
        "worst_field": worst if worst is not None and worst["value"] < 0 else None,
        "losses": losses,
        "moved": _moved(found, fields),
        "tiles": _tiles(verdict, summary),
        "worst": _worst(verdict, flips)[:WORST],
        "actions": actions(verdict, summary),
        "sign_off": sign_off(verdict, summary),
    }


def title(verdict: Verdict, losses: Sequence[BriefField]) -> str:
    """The verdict's word; a SHIP in spite of a shown loss says so in the same breath."""
    if verdict.verdict != "SHIP" or not losses or verdict.identical:
        return verdict.verdict
    return f"SHIP, with a loss in {labels.few([row['name'] for row in losses], SHOWN_LOSSES)}"


def headline(verdict: Verdict, found: Mapping[str, Story], losses: Sequence[BriefField]) -> str:
    """One plain sentence: what the candidate does to whom, before any gate is named."""
    if verdict.identical:
        return "this is the accepted assistant: it sends what was accepted, and nothing new is decided"
    gate = leading_gate(verdict)
    if gate is not None and gate.scope == "quality":
        story = next((found[name] for name in gate.fields if name in found and found[name].net > 0), None)
        if story is not None and 2 * len(story.broken) >= gate.affected:  # else values are not what the gate is about
            return told(_widest(verdict, found, story))
        aside = all(gate not in one.gates for one in verdict.comparisons if one.against in ("baseline", "legacy"))
        if aside and (shown := next((one for one in found.values() if _one_sided_story(one)), None)) is not None:
            return told(shown)  # copies of CVs lost it, too; the CVs themselves say it plainer
        return _plain(gate)
    if gate is not None:
        return f"{labels.gate_name(gate)}: {labels.gate_reason(gate)}"
    if verdict.verdict == "SHIP" and losses:
        story = found.get(losses[0]["field"])
        return (told(story) if story is not None else "") or f"{losses[0]['name']} got worse, within what may ship"
    if verdict.verdict == "SHIP":
        broken = sum(1 for story in found.values() if story.net > 0)
        return f"no field got worse beyond what the evidence can tell ({broken} of {len(found)} with a CV net worse)"
    return verdict.reasons[0] if verdict.reasons else "there is nothing to compare the candidate with"


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
    for path in gate.fields[:1]:
        if clause.startswith(f"{path}: "):
            return plural(path) + clause.removeprefix(path)
    return f"{labels.gate_name(gate)}: {clause}"


def leading_gate(verdict: Verdict) -> Gate | None:
    """The deciding gate whose sentence is the first reason; None where the first reason is another."""
    for reason in verdict.reasons[:1]:
        for comparison in verdict.comparisons:
            for gate in comparison.gates:
                if gate.level == "deciding" and gate.status in ("FAIL", "INCONCLUSIVE") and _says(reason, gate):
                    return gate
    return None


def _says(reason: str, gate: Gate) -> bool:
    return reason == gate.reason or reason.startswith(f"{gate.reason} (against ")


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
    """CVs in which a leaf broke, in which one was fixed (one CV can be in both), and that only stayed wrong; beside
    them those of the first reason where it counts what breaks no leaf (the form of a date, an invented value)."""
    if not flips:
        return None
    broken = sum(1 for row in flips["documents"] if row["broken"])
    counted = COUNTED.get(gate.name) if gate is not None and gate.status == "FAIL" else None
    beside = f"{gate.affected} CVs {counted.what}" if gate and counted and gate.affected > broken else ""
    return {
        "against": flips["against"],
        "broken": broken,
        "fixed": sum(1 for row in flips["documents"] if row["fixed"]),
        "both_wrong": sum(1 for row in flips["documents"] if row["both_wrong"]),
        "n": flips["n"],
        "beside": beside,
    }


def _worst(verdict: Verdict, flips: Flips | None) -> list[BriefWorst]:
    """CVs to look at: those behind the first reason, as its gate ranks them, then those in which most broke."""
    rows = {row["document"]: row for row in (flips["documents"] if flips else ())}
    behind = _behind(verdict)
    others = [name for name, row in rows.items() if row["broken"] and name not in behind]
    return [_worst_cv(name, rows.get(name)) for name in (*behind, *others)]


def _behind(verdict: Verdict) -> tuple[str, ...]:
    """The documents of the gate that gives the first reason, worst first; of a verdict that ships none."""
    gate = leading_gate(verdict) if verdict.verdict != "SHIP" else None
    return tuple(dict.fromkeys(gate.documents)) if gate is not None else ()


def _worst_cv(name: str, row: FlipsDocument | None) -> BriefWorst:
    """A CV of which no leaf changed sides (a copy, an answer with somebody else's data) has none broken."""
    if row is None:
        return {"document": name, "broken": 0, "fixed": 0, "fields": []}
    return {"document": name, "broken": row["broken"], "fixed": row["fixed"], "fields": row["fields"]}


def _tiles(verdict: Verdict, summary: Summary) -> list[BriefTile]:
    """Field accuracy, schema validity, latency and cost: each arm's level, and the difference with its bounds."""
    roles = summary["roles"]
    comparison = next((one for one in verdict.comparisons if one.against in ("baseline", "legacy")), None)
    return [
        _tile("field accuracy", "share", "accuracy", comparison, _levels(roles, summary["headline"], "f1")),
        _tile("schema validity", "share", "contract", comparison, _valid(roles, summary["headline"])),
        _tile("latency p50", "ms", "latency_p50", comparison, _levels(roles, summary["latency"]["arms"], "p50")),
        _tile("cost of 1,000 CVs", "usd", "cost", comparison, _levels(roles, summary["cost"]["arms"], "per_1000")),
    ]


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
        "bounds": labels.bounds(gate) if gate and judged else "",
        "n": gate.delta.n if gate else 0,
    }


def actions(verdict: Verdict, summary: Summary) -> list[BriefAction]:
    """What to do next, as commands: at most four, the likeliest first."""
    run = summary["run"]["run_id"]
    accept = _action("make it the baseline", f'cv-harness accept {run} --reason "…"')
    if verdict.identical:
        return [_action("try an edit: change harness/assistants/…/instructions.md, then", "cv-harness run")]
    behind = _behind(verdict)
    why = "the first behind the reason" if behind else "the CV that lost most"
    one_cv = [
        _action(f"replay {row['document']}, {why}", replay(summary["provenance"]["command"], row["document"]))
        for row in _worst(verdict, summary["flips"]["baseline"])[:1]
    ]
    changed = summary["changes"] is not None and not summary["changes"]["identical"]
    blame = [_action("which edit did it", f"cv-harness blame {run}")] if changed and not summary["blame"] else []
    match verdict.verdict:
        case "SHIP":
            return [accept]
        case "HOLD":
            return [*blame, *one_cv]
        case "INCONCLUSIVE" if not summary["roles"]["baseline"] and summary["run"]["with_golden"]:
            if any(arm["pipeline"] in ("declared", "http") for arm in summary["arms"]):  # no bundle that can be accepted
                return [_action("judge the assistant itself, on the corpus", "cv-harness run")]
            return [_action("look at the page, then make it the first baseline", accept['command'])]
        case "INCONCLUSIVE" if not summary["run"]["with_golden"] and "folder" not in summary["run"]["selection"]:
            return [_action("begin a golden from an answer", "cv-harness golden add DOCUMENT")]
        case "INCONCLUSIVE":
            more = any(gate.more_cvs for comparison in verdict.comparisons for gate in comparison.gates)
            plan = [_action("how many CVs would settle it", "cv-harness plan")] if more else []
            return [*_asked(verdict, summary), *plan, *blame]


def _asked(verdict: Verdict, summary: Summary) -> list[BriefAction]:
    """Whom to ask where this origin cannot tell: a real model in place of the simulator, or further draws."""
    command = summary["provenance"]["command"]
    if verdict.origin.startswith("simulator") and any("simulat" in reason for reason in verdict.reasons):
        return [_action("ask a real model, which costs money", replay(command, "", "--provider", "openai"))]
    if any(gate.unconfirmed for comparison in verdict.comparisons for gate in comparison.gates):
        return [_action("look again on new draws", replay(command, "", "--pair-live"))]
    return []


def sign_off(verdict: Verdict, summary: Summary) -> BriefSignOff:
    """What a release manager signs: one line that names the evidence by its hashes, who may accept it, and the
    acceptance where it was made."""
    arms = {arm["id"]: arm["bundle"] for arm in summary["arms"]}
    named = [
        f"{role} wire {labels.short(bundle['wire'])}"
        for role, arm in (("candidate", summary["roles"]["candidate"]), ("baseline", summary["roles"]["baseline"]))
        if (bundle := arms.get(arm))
    ]
    sha = digest(verdict_to_dict(verdict))
    candidate = arms.get(summary["roles"]["candidate"])
    version = candidate["version"] if candidate else None
    accepted = next((row for row in reversed(summary["trend"]) if row["version"] == version), None)
    may = {
        "SHIP": "whoever may merge a change of reports/baseline; never CI",
        "HOLD": "nobody without --override and a reason, which stay on record",
        "INCONCLUSIVE": "nobody without --override and a reason, which stay on record",
    }
    return {
        "line": " · ".join(
            [verdict.verdict, *named, f"run {summary['run']['run_id']}", f"look {verdict.look}", f"verdict {sha}"]
        ),
        "verdict_sha256": sha,
        "may": may[verdict.verdict],
        "accepted": f"{accepted['accepted'][:10]} by {accepted['by'] or 'somebody unnamed'}: {accepted['reason']}"
        if accepted
        else "",
    }


def _action(what: str, command: str) -> BriefAction:
    return {"what": what, "command": command}


def replay(command: Sequence[str], document: str, *more: str) -> str:
    """The command that made a run, for one CV ("": for all that it replayed), with further options."""
    kept: list[str] = []
    words = iter(command)
    for word in words:
        name, inline, _ = word.partition("=")
        if document and name in _SELECTING:
            if not inline:
                next(words, None)
        elif not (document and name in _SELECTING_FLAGS) and word not in more:
            kept.append(word)
    if kept[:2] != ["cv-harness", "run"]:
        kept = ["cv-harness", "run"]
    return shlex.join([*kept, *(("--only", document) if document else ()), *more])
