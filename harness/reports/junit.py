"""JUnit properties: name → value, for a test's `user_properties` (suite properties are lost under xdist)."""

from __future__ import annotations

import re

from harness.gates.types import Gate, Verdict
from harness.reports import labels
from harness.reports.summary_types import Summary

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def properties(verdict: Verdict, summary: Summary) -> dict[str, str]:
    """What a test-results page should carry of the whole decision."""
    run = summary["run"]
    found = {
        "verdict": verdict.verdict,
        "scope": ",".join(sorted(verdict.scope)),
        "origin": verdict.origin,
        "source": verdict.source,
        "label": run["label"]["mark"],
        "profile": verdict.profile,
        "look": str(verdict.look),
        "run": run["run_id"],
        "documents": str(run["documents"]),
        "personas": str(run["personas"]),
        "reason": verdict.reasons[0] if verdict.reasons else "",
    }
    for arm, row in summary["headline"].items():
        if row["f1"] is not None:
            found[f"f1.{arm}"] = f"{row['f1']:.4f}"
            found[f"n.{arm}"] = str(row["n"])
    return {name: clean(value) for name, value in found.items() if value}


def gate_properties(gate: Gate, against: str) -> dict[str, str]:
    """One gate, for the test that stands for it."""
    found = {
        "gate": gate.name,
        "against": against,
        "metric": gate.metric,
        "level": gate.level,
        "status": gate.status,
        "baseline": labels.gate_value(gate, gate.baseline),
        "candidate": labels.gate_value(gate, gate.candidate),
        "delta": labels.gate_delta(gate, gate.delta.value),
        "bounds": labels.bounds(gate),
        "threshold": labels.gate_threshold(gate),
        "n": str(gate.delta.n),
        "clusters": str(gate.delta.clusters),
        "more_cvs": str(gate.more_cvs) if gate.more_cvs else "",
        "unconfirmed": ",".join(gate.unconfirmed),
        "reason": gate.reason,
    }
    return {name: clean(value) for name, value in found.items() if value}


def clean(value: str) -> str:
    """Without characters that XML 1.0 does not have."""
    return _NOT_XML.sub("�", value)
