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
    texts = ((name, evidence.texts.get(name)) for name in evidence.documents)
    known = {name: bool(text.strip()) for name, text in texts if text}
    answers = Answers(
        documents=evidence.documents,
        texts=evidence.texts,
        speaking=frozenset(name for name, speaks in known.items() if speaks),
        cases=evidence.cases,
        source=evidence.source(candidate),
        candidate=candidate,
        looked=evidence.looked,
    )
    judged = (gate.of_answers(gate, answers, config) for gate in GATES.values() if gate.of_answers is not None)
    gates = tuple(gate for gate in judged if gate is not None)
    return (Comparison(PEOPLE, candidate, Comparability(True, tuple(sorted(known))), gates),) if gates else ()
