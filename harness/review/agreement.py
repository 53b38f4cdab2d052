"""How far arms agree where there are no goldens: each answer scored against the other arm's as if that were right.

Agreement is no accuracy: two arms can be wrong together. It shows where to look, and it is never gated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from harness.base.types import Failure, Json
from harness.gates.types import Case
from harness.scoring.score import score
from harness.scoring.types import Counts


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two arms on CVs without goldens. f1: mean over CVs of the F1 between their answers, on the field paths that
    both are asked for; fields: F1 per field path, the least agreed first; n: CVs; documents: least agreed first."""

    one: str
    two: str
    f1: float | None
    n: int
    fields: tuple[tuple[str, float, int], ...]
    documents: tuple[tuple[str, float], ...]

    def to_dict(self) -> dict[str, Json]:
        return {
            "arms": [self.one, self.two],
            "f1": self.f1,
            "n": self.n,
            "fields": [{"field": name, "f1": f1, "leaves": leaves} for name, f1, leaves in self.fields],
            "documents": [{"document": name, "f1": f1} for name, f1 in self.documents],
        }


def agreements(cases: Iterable[Case], fills: Mapping[str, frozenset[str]]) -> tuple[Agreement, ...]:
    """Every pair of arms, on documents without goldens that both answered. fills: paths each arm is asked for."""
    answers: dict[str, dict[tuple[str, int], Json]] = defaultdict(dict)
    for case in cases:
        judged = case.score is not None and not case.score.has_golden
        if judged and not isinstance(case.record.answer, Failure):
            answers[case.record.arm][case.document.id, case.record.draw] = case.record.answer
    return tuple(_agreement(one, two, answers, fills) for one, two in combinations(answers, 2))


def _agreement(
    one: str, two: str, answers: Mapping[str, Mapping[tuple[str, int], Json]], fills: Mapping[str, frozenset[str]]
) -> Agreement:
    shared = fills.get(one, frozenset()) & fills.get(two, frozenset())
    by_document: dict[str, list[float]] = defaultdict(list)
    by_field: dict[str, Counts] = defaultdict(Counts)
    for key in sorted(answers[one].keys() & answers[two].keys()):
        kept = _between(answers[one][key], answers[two][key], shared)
        total = sum(kept.values(), Counts())
        by_document[key[0]].append(total.f1)
        for path, found in kept.items():
            by_field[path] += found
    means = {name: sum(values) / len(values) for name, values in by_document.items()}
    fields = [(path, counts.f1, counts.golden + counts.answer) for path, counts in by_field.items()]
    return Agreement(
        one,
        two,
        sum(means.values()) / len(means) if means else None,
        len(means),
        tuple(sorted((row for row in fields if row[2]), key=lambda row: (row[1], row[0]))),
        tuple(sorted(means.items(), key=lambda item: (item[1], item[0]))),
    )


def agreement_of(one: Json, two: Json, shared: frozenset[str]) -> float:
    """F1 between two answers to one CV, on the field paths that both are asked for (none named: on all)."""
    return sum(_between(one, two, shared).values(), Counts()).f1


def _between(one: Json, two: Json, shared: frozenset[str]) -> dict[str, Counts]:
    return {path: found for path, found in score(one, two).counts.items() if not shared or path in shared}
