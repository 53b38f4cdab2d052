"""The twins' gates as one comparison."""

from __future__ import annotations

from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.definition import Twins
from harness.gates.evidence import Evidence
from harness.gates.types import AGAIN, Comparability, Comparison

TWINS = "twins"


def twins_of(evidence: Evidence, candidate: str, config: GateConfig) -> tuple[Comparison, ...]:
    """None where the run has no twins."""
    documents = {name: document for name, document in evidence.documents.items() if document.twin_of is not None}
    if not documents:
        return ()
    seen, _ = evidence.observations(candidate, twins=True)
    first, _ = evidence.observations(candidate)
    twins = Twins(
        documents,
        seen,
        first,
        evidence.source(candidate),
        candidate,
        evidence.cases,
        evidence.texts,
        evidence.observations(candidate + AGAIN, twins=True)[0],
        evidence.observations("baseline", twins=True)[0],
    )
    judged = (gate.of_twins(gate, twins, config) for gate in GATES.values() if gate.of_twins is not None)
    gates = tuple(gate for gate in judged if gate is not None)
    return (Comparison(TWINS, candidate, Comparability(True, tuple(sorted(documents))), gates),) if gates else ()
