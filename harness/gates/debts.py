"""What an acceptance leaves lost, in few people, and later edits owe: open until they have it right again.

Many losses of one person each pass one by one. Against the anchor, the first accepted assistant of a series, they add
up, and the same gates decide on the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from harness.gates.catalogue import GATES
from harness.gates.types import Comparison, Gate

Debts: TypeAlias = Mapping[str, tuple[str, ...]]
"""By gate that counts people: ids of documents in which something is lost."""


def debts_of(comparisons: Sequence[Comparison]) -> dict[str, tuple[str, ...]]:
    """What these comparisons say is lost since the anchor (where there is none yet, since the baseline)."""
    by_arm = {comparison.against: comparison.gates for comparison in comparisons}
    gates = by_arm.get("anchor", by_arm.get("baseline", ()))
    return {gate.name: lost for gate in gates if (lost := _lost(gate))}


def still_open(owed: Debts, comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """A sentence about what was lost when the baseline was accepted and is lost still, since the anchor."""
    now = {gate.name: _lost(gate) for one in comparisons if one.against == "anchor" for gate in one.gates}
    found = [
        f"{GATES[name].label} in {', '.join(left)}"
        for name, documents in owed.items()
        if name in GATES and (left := [each for each in documents if each in now.get(name, ())])
    ]
    return (
        (f"open debts, accepted with the baseline and counted against this edit: {'; '.join(found)}",) if found else ()
    )


def _lost(gate: Gate) -> tuple[str, ...]:
    """A document of each person who lost something."""
    counts = gate.name in GATES and GATES[gate.name].adds_up and gate.level == "deciding"
    return gate.documents[: gate.affected] if counts else ()
