"""The gates about probes as one comparison."""

from __future__ import annotations

from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.definition import ProbesSeen
from harness.gates.evidence import Evidence
from harness.gates.probed import Probed
from harness.gates.types import Comparability, Comparison

PROBES = "probes"


def probes_of(evidence: Evidence, candidate: str, config: GateConfig, probed: Probed | None) -> tuple[Comparison, ...]:
    """None where the run was not probed."""
    if probed is None:
        return ()
    seen = ProbesSeen(probed, evidence.source(candidate), candidate)
    judged = (gate.of_probes(gate, seen, config) for gate in GATES.values() if gate.of_probes is not None)
    gates = tuple(gate for gate in judged if gate is not None)
    return (Comparison(PROBES, candidate, Comparability(True, ()), gates),) if gates else ()
