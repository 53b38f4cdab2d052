"""The table of several candidates, or of a change of model: today's assistant beside each of them, in the figures that
a choice is made by. What is not worse is the gates' word; Pareto is said of the figures as they are, without bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.gates.types import Comparison, Gate, Verdict
from harness.reports import labels
from harness.reports.summary_types import Arm, Contenders, ContendersRow, Delta, Summary

_WORDS: Mapping[str, str] = {"SHIP": "yes", "HOLD": "no", "INCONCLUSIVE": "not shown"}
_BETTER: Mapping[str, int] = {"f1": 1, "per_1000": -1, "p95": -1}
"""Figures that Pareto goes by, and whether more of each is better."""
_TOLD: Mapping[str, str] = {"f1": "strict F1", "per_1000": "cost", "p95": "p95"}


def contenders(verdicts: Mapping[str, Verdict], summaries: Mapping[str, Summary]) -> Contenders | None:
    """A row for the baseline and for each candidate, by arm; None where a single candidate is on the baseline's own
    model."""
    if not summaries or (len(summaries) < 2 and not any(each["brief"].get("heading") for each in summaries.values())):
        return None
    some = next(iter(summaries.values()))
    own = [(some["roles"]["baseline"], some)] if some["roles"]["baseline"] else []
    placed = own + list(summaries.items())
    rows = [_row(name, verdicts.get(name), summary) for name, summary in placed]
    live = all(_arm(name, summary)["label"]["mark"] == "" for name, summary in placed)
    compared = [name for name in _BETTER if name != "p95" or (live and all(row["p95"] is not None for row in rows))]
    for row in rows:
        row["pareto"] = _pareto(row, rows, compared)
    return {"rows": rows, "compared": compared}


def note(table: Contenders) -> str:
    """What the mark of the last column means."""
    by = ", ".join(_TOLD[name] for name in table["compared"])
    absent = "" if "p95" in table["compared"] else "; time is left out: it was not measured live in every row"
    return f"★ no other row is at least as good in every figure and better in one ({by}; without their bounds{absent})"


def told(row: ContendersRow, most: int = 3) -> str:
    """ "no: accuracy, lost entries": whether a row is not worse than today's, and the gates behind that."""
    named = labels.few(row["gates"], most)
    return f"{row['not_worse']}: {named}" if named else row["not_worse"]


def _row(name: str, verdict: Verdict | None, summary: Summary) -> ContendersRow:
    arm = _arm(name, summary)
    head, late, cost = summary["headline"][name], summary["latency"]["arms"][name], summary["cost"]["arms"][name]
    return {
        "arm": name,
        "model": arm["model"],
        "name": arm["bundle"]["name"] if arm["bundle"] else arm["pipeline"],
        "verdict": verdict.verdict if verdict else "",
        "look": verdict.look if verdict else None,
        "f1": head["f1"],
        "n": head["documents"],
        "difference": _difference(verdict),
        "valid": head["valid"],
        "records": head["records"],
        "p95": late["p95"],
        "timed": late["n"],
        "per_1000": cost["per_1000"],
        "not_worse": _not_worse(verdict),  # type: ignore[typeddict-item]
        "gates": _gates(verdict) if verdict else [],
        "pareto": None,
    }


def _arm(name: str, summary: Summary) -> Arm:
    return next(each for each in summary["arms"] if each["id"] == name)


def _difference(verdict: Verdict | None) -> Delta | None:
    """What the accuracy gate found against the baseline."""
    for comparison in verdict.comparisons if verdict else ():
        for gate in comparison.gates:
            if (comparison.against, gate.name) == ("baseline", "accuracy") and gate.delta.value is not None:
                delta = gate.delta
                return {"value": delta.value, "lower": delta.lower, "upper": delta.upper, "n": delta.n}
    return None


def _not_worse(verdict: Verdict | None) -> str:
    if verdict is None:
        return "today's"
    if not any(comparison.against == "baseline" for comparison in verdict.comparisons):
        return "no baseline"
    return _WORDS[verdict.verdict]


def _gates(verdict: Verdict) -> list[str]:
    """The deciding gates that failed; of a verdict that is open, those that keep it so, and what the simulator cannot
    judge."""
    blind = [labels.BLIND] if labels.blind(verdict) else []
    return blind + [
        labels.gate_name(gate) + _beside(comparison)
        for comparison in verdict.comparisons
        for gate in comparison.gates
        if gate.level == "deciding" and (gate.status == "FAIL" or _open(gate, verdict))
    ]


def _open(gate: Gate, verdict: Verdict) -> bool:
    """Whether an open gate is among the reasons: one that the accepted assistant leaves open, too, keeps nobody."""
    named = any(reason == gate.reason or reason.startswith(f"{gate.reason} (against ") for reason in verdict.reasons)
    return verdict.verdict == "INCONCLUSIVE" and gate.status == "INCONCLUSIVE" and named


def _beside(comparison: Comparison) -> str:
    return "" if comparison.against == "baseline" else f" ({comparison.against})"


def _pareto(row: ContendersRow, rows: Sequence[ContendersRow], compared: Sequence[str]) -> bool | None:
    """Whether no other row is at least as good in every figure and better in one; None where a figure is missing."""
    mine = _figures(row, compared)
    if mine is None:
        return None
    others = [found for other in rows if other is not row and (found := _figures(other, compared)) is not None]
    return not any(
        all(theirs >= ours for theirs, ours in zip(other, mine, strict=True)) and other != mine for other in others
    )


def _figures(row: ContendersRow, compared: Sequence[str]) -> list[float] | None:
    """The row's figures, each so that more is better; None where one is not known."""
    found = [row[name] for name in compared]  # type: ignore[literal-required]
    return None if None in found else [_BETTER[name] * value for name, value in zip(compared, found, strict=True)]
