"""The gate that gives a verdict's first reason, and the CVs to look at because of it."""

from __future__ import annotations

from harness.gates.types import Gate, Verdict
from harness.reports.summary_types import BriefWorst, Flips, FlipsDocument

WORST = 3
"""CVs that the first screen names."""


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


def worst_cvs(verdict: Verdict, flips: Flips | None) -> list[BriefWorst]:
    """CVs to look at: those behind the first reason, then others; of each those first in which most broke, unless the
    reason is led by one that breaks no value (a copy)."""
    rows = {row["document"]: row for row in (flips["documents"] if flips else ())}
    behind = behind_of(verdict)
    if behind and behind[0] in rows:
        behind = tuple(sorted(behind, key=lambda name: -rows[name]["broken"] if name in rows else 0))
    others = [name for name, row in rows.items() if row["broken"] and name not in behind]
    return [_worst_cv(name, rows.get(name)) for name in (*behind, *others)]


def behind_of(verdict: Verdict) -> tuple[str, ...]:
    """The documents of the gate that gives the first reason, worst first; of a verdict that ships none."""
    gate = leading_gate(verdict) if verdict.verdict != "SHIP" else None
    return tuple(dict.fromkeys(gate.documents)) if gate is not None else ()


def _worst_cv(name: str, row: FlipsDocument | None) -> BriefWorst:
    """A CV of which no leaf changed sides (a copy, an answer with somebody else's data) has none broken."""
    if row is None:
        return {"document": name, "broken": 0, "fixed": 0, "fields": []}
    return {"document": name, "broken": row["broken"], "fixed": row["fixed"], "fields": row["fields"]}
