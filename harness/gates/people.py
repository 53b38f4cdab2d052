"""The gates about what shows only across documents, as one comparison."""

from __future__ import annotations

from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.definition import Answers
from harness.gates.evidence import Evidence
from harness.gates.types import Comparability, Comparison

PEOPLE = "people"


def people_of(evidence: Evidence, candidate: str, config: GateConfig) -> tuple[Comparison, ...]:
    """None where no text is known."""
    told = evidence.documents, evidence.texts, evidence.cases
    answers = Answers(*told, evidence.source(candidate), candidate, evidence.looked)
    judged = (gate.of_answers(gate, answers, config) for gate in GATES.values() if gate.of_answers is not None)
    gates = tuple(gate for gate in judged if gate is not None)
    known = tuple(sorted(name for name in evidence.documents if evidence.texts.get(name)))
    return (Comparison(PEOPLE, candidate, Comparability(True, known), gates),) if gates else ()
