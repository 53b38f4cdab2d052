"""What blame measures: the figure of the gate that did not pass, on the CVs behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from harness.gates.catalogue import COUNTED, GATES
from harness.gates.looked import looked
from harness.gates.types import Case, Gate, Verdict
from harness.review.blame import ANSWERS, POINTS, TOKENS, Scale
from harness.scoring.layout import FIELDS
from harness.scoring.metrics import f1_on

Figure: TypeAlias = Callable[[Case], float | None]
"""A case's figure, higher is better; None where it cannot be judged."""

NAMED_FIELDS = 3
OWN, TOGETHER = "", "*"


@dataclass(frozen=True, slots=True)
class Measure:
    """gate: the name of the gate that is explained, "" for F1 as such. what: the figure in words. fields: those that
    the gate names; of a figure of F1, whose F1 it is, () for all. documents: those that the gate names."""

    gate: str
    what: str
    scale: Scale
    figure: Figure
    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def figures(self) -> Mapping[str, Figure]:
        """What is worked out of each answer, by name: the figure itself (""), F1 of each field, and of all of them
        together, which tells more from few CVs than a harm that is there or not."""
        return {OWN: self.figure, TOGETHER: _f1(self.fields), **{name: _f1((name,)) for name in self.fields}}

    @property
    def in_f1(self) -> Measure:
        """F1 of its fields in place of its own figure."""
        return Measure(self.gate, f"F1 of {', '.join(self.fields)}", POINTS, _f1(self.fields), self.fields)


def measure_of(verdict: Verdict) -> Measure:
    """The figure of the gate against the baseline whose sentence stands first among the reasons; F1 of all fields
    where none is named."""
    gate = _leading(verdict)
    if gate is None:
        return Measure("", "F1 of all fields", POINTS, _f1(()))
    if gate.name in COUNTED:
        what = f"answers {COUNTED[gate.name].what}"
        fields = tuple(name for name in gate.fields if name in FIELDS)[:NAMED_FIELDS]
        return Measure(gate.name, what, ANSWERS, _counted(gate.name), fields, gate.documents)
    if gate.scope in ("tokens", "cost"):
        return Measure(gate.name, "tokens of an answer", TOKENS, _tokens)
    fields = gate.fields[:NAMED_FIELDS]
    return Measure(gate.name, f"F1 of {', '.join(fields) or 'all fields'}", POINTS, _f1(fields), fields)


def _leading(verdict: Verdict) -> Gate | None:
    """FAIL before INCONCLUSIVE, then as the reasons have it: the cause before its consequences."""
    gates = [
        gate
        for comparison in verdict.comparisons
        if comparison.against == "baseline"
        for gate in comparison.gates
        if gate.level == "deciding" and gate.status in ("FAIL", "INCONCLUSIVE") and gate.scope != "latency"
    ]
    said = {reason: place for place, reason in enumerate(verdict.reasons)}
    return min(
        gates,
        key=lambda gate: (gate.status != "FAIL", said.get(gate.reason, len(said)), GATES[gate.name].severity),
        default=None,
    )


def _f1(fields: tuple[str, ...]) -> Figure:
    def figure(case: Case) -> float | None:
        if case.score is None or case.score.f1 is None:
            return None
        return f1_on(case.score, frozenset(fields)) if fields else case.score.f1

    return figure


def _counted(name: str) -> Figure:
    """−1 for an answer that shows the harm, 0 for one that does not."""

    def figure(case: Case) -> float | None:
        seen = looked(case, None)
        found = COUNTED[name].find(seen) if seen is not None else None
        return None if found is None else -float(bool(found))

    return figure


def _tokens(case: Case) -> float | None:
    """Minus the tokens, in thousands."""
    return -case.record.usage.total / 1000 if case.record.usage_known else None


def drops(cases: Sequence[Case], measure: Measure) -> Mapping[str, float]:
    """By document, by how much its figure is worse in the candidate than in the baseline; twins stay out."""
    figures: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        value = measure.figure(case)
        if value is not None and case.document.twin_of is None:
            figures[case.document.id][case.record.arm].append(value)
    return {
        document: mean(arms["baseline"]) - mean(arms["candidate"])
        for document, arms in figures.items()
        if arms["baseline"] and arms["candidate"]
    }


def affected(found: Mapping[str, float], measure: Measure) -> tuple[str, ...]:
    """Documents that got worse, the largest drop first, and all that the gate names."""
    chosen = [document for document, drop in found.items() if drop > 1e-9 or document in measure.documents]
    return tuple(sorted(chosen, key=lambda document: -found[document]))


def per_persona(cases: Sequence[Case], figure: Figure) -> dict[str, float]:
    """The figure of each person, draws and files averaged."""
    found: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        value = figure(case)
        if value is not None:
            found[case.document.persona].append(value)
    return {persona: mean(values) for persona, values in found.items()}


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


Measured: TypeAlias = Mapping[str, Mapping[str, float]]
"""`Measure.figures`, by name, then by persona."""
