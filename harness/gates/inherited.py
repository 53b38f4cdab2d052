"""What is open against legacy because of the accepted assistant, and is no edit's doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.gates.config import GateConfig
from harness.gates.context import Context
from harness.gates.types import Comparison


def inherited(comparison: Comparison, comparisons: Sequence[Comparison], profile: str) -> bool:
    """Whether an open question of this comparison is the accepted assistant's, not the edit's: in `ci`, beside a
    baseline, legacy may hold an edit but not keep it waiting. A release answers for it in full."""
    beside = any(other.against == "baseline" for other in comparisons)
    return comparison.against == "legacy" and profile == "ci" and beside


def beside_accepted(
    comparison: Comparison, comparisons: Sequence[Comparison], config: GateConfig, context: Context
) -> Comparison:
    """What the accepted assistant fails against legacy too is open, and no edit's harm, where it would be inherited."""
    failing = [gate for gate in comparison.gates if gate.status == "FAIL" and gate.level == "deciding"]
    if not failing or not inherited(comparison, comparisons, config.profile):
        return comparison
    theirs = context.behind()
    said = "; the accepted assistant fails it too, so that this edit is not held for it"
    gates = tuple(
        replace(gate, status="INCONCLUSIVE", reason=gate.reason + said, unconfirmed=())
        if gate in failing and gate.name in theirs
        else gate
        for gate in comparison.gates
    )
    return replace(comparison, gates=gates)
