"""A case condensed to what gates ask for: numbers, and named harms that are there or not.

One pass over the outcomes that are not correct; everything later works on these few values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.gates.catalogue import COUNTED
from harness.gates.looked import looked
from harness.gates.observation import Observation
from harness.gates.paths import GROUPS
from harness.gates.types import Case
from harness.scoring.types import Counts


def condense(case: Case, source: str, only: frozenset[str] | None = None) -> Observation | None:
    """What the gates need of a case; None where our own harness failed, which says nothing about an arm.

    only: field paths that both arms are asked for; None for all. source: of the figures, the simulator named.
    """
    seen = looked(case, only)
    if seen is None:
        return None
    record, score, failed, content = case.record, seen.score, seen.failed, seen.content
    found = {name: counted.find(seen) for name, counted in COUNTED.items()}
    f1 = None
    if score is not None and score.has_golden:
        f1 = score.f1 if only is None else _total(seen.counts.values()).f1
    return Observation(
        document=case.document.id,
        f1=f1,
        groups=_group_f1(seen.counts),
        fields=seen.counts if failed is None else {},
        bad={name: items for name, items in found.items() if items is not None},
        judged=frozenset(name for name, items in found.items() if items is not None),
        kinds=content.kinds if content is not None else {},
        substitutions=content.substitutions if content is not None else frozenset(),
        failure=f"{failed.kind}:{failed.code}" if failed else "",
        scorer=case.score.scorer if case.score else "",
        source=source,
        snapshot=record.snapshot,
        text=record.text_sha256,
        tokens=record.usage.total if record.usage_known else None,
        cost=float(record.cost) if record.cost is not None else None,
        latency_ms=record.latency_ms,
        calls=record.calls,
        attempts=record.attempts,
        notes=seen.contract.notes if seen.contract is not None else {},
    )


def _group_f1(counts: Mapping[str, Counts]) -> dict[str, float]:
    found = {}
    for group, names in GROUPS.items():
        total = _total(counts[name] for name in names if name in counts)
        if total.golden or total.answer:
            found[group] = total.f1
    return found


def _total(counts: Iterable[Counts]) -> Counts:
    """Counts added up (as one object: this runs seven times a case)."""
    correct = near = golden = answer = more_correct = more_near = 0
    for of in counts:
        correct += of.correct
        near += of.near
        golden += of.golden
        answer += of.answer
        more_correct += of.more_correct
        more_near += of.more_near
    return Counts(correct, near, golden, answer, more_correct, more_near)
