"""The table of fields: what each arm reads of each, and how the candidate's F1 of it differs, person by person."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.contract.schema import LEAVES, SECTIONS
from harness.reports.prepare import Prepared, interval, mean, rounded
from harness.reports.summary_types import Cell, Delta, Field
from harness.scoring.types import Counts


def section(field_path: str) -> str:
    """`work_experience[].company` → `work_experience`."""
    return field_path.split(".")[0].split("[")[0]


def fields(ready: Prepared) -> list[Field]:
    """One row a field path: per arm counts over all draws, P, R, F1; candidate − baseline with its interval."""
    totals: dict[str, dict[str, _Total]] = defaultdict(lambda: defaultdict(_Total))
    kinds: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    against = {old: _differences() for old in (ready.baseline, ready.legacy) if old}
    for _, names in sorted(_by_persona(ready).items()):
        means = {arm: _persona_f1(ready, arm, names, totals, kinds) for arm in ready.arms}
        for old, differences in against.items():
            new, before = means.get(ready.candidate, {}), means.get(old, {})
            for path in new.keys() & before.keys():
                differences[path].append(new[path] - before[path])
    rows: list[Field] = []
    for path in sorted(totals, key=field_order):
        arms = {arm: _field_cell(totals[path][arm], kinds[path][arm], ready.asked(arm, path)) for arm in ready.arms}
        rows.append(
            {
                "field": path,
                "section": section(path),
                "arms": arms,
                "delta": _delta(against, path, ready.candidate, ready.baseline),
                "delta_legacy": _delta(against, path, ready.candidate, ready.legacy)
                if ready.legacy and ready.asked(ready.legacy, path)
                else None,
            }
        )
    return rows


def field_order(path: str) -> tuple[int, int, str]:
    """Contract order; paths that the contract does not have come last in their section."""
    name = section(path)
    return (
        SECTIONS.index(name) if name in SECTIONS else len(SECTIONS),
        LEAVES.index(path) if path in LEAVES else len(LEAVES),
        path,
    )


def _differences() -> defaultdict[str, array[float]]:
    return defaultdict(lambda: array("d"))


@dataclass(slots=True)
class _Total:
    """One field in one arm. counts: summed over all draws; documents: that have the field."""

    counts: list[int] = field(default_factory=lambda: [0] * 6)
    documents: int = 0

    def add(self, of: Counts) -> None:
        so_far = self.counts
        so_far[0] += of.correct
        so_far[1] += of.near
        so_far[2] += of.golden
        so_far[3] += of.answer
        so_far[4] += of.more_correct
        so_far[5] += of.more_near


def _by_persona(ready: Prepared) -> dict[str, list[str]]:
    """The main documents of each person, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in ready.main_documents:
        found[ready.documents[name].persona].append(name)
    return found


def _persona_f1(
    ready: Prepared,
    arm: str,
    names: Sequence[str],
    totals: Mapping[str, Mapping[str, _Total]],
    kinds: Mapping[str, Mapping[str, Counter[str]]],
) -> dict[str, float]:
    """One person's mean F1 by field in an arm, over all draws; adds to `totals` and `kinds`."""
    f1: dict[str, list[float]] = defaultdict(list)
    for name in names:
        held: set[str] = set()
        for case in ready.by_document[name].get(arm, ()):
            if case.score is None or not case.score.has_golden:
                continue
            for path, count in case.score.counts.items():
                if not count.golden and not count.answer:
                    continue
                totals[path][arm].add(count)
                held.add(path)
                f1[path].append(count.f1)
            for outcome in case.score.odd():
                if outcome.kind in ("missing", "invented", "wrong", "duplicate"):
                    kinds[outcome.field][arm][outcome.kind] += 1
        for path in held:
            totals[path][arm].documents += 1
    return {path: sum(values) / len(values) for path, values in f1.items()}


def _field_cell(of: _Total, kinds: Counter[str], asked: bool) -> Cell:
    total = Counts(*of.counts)
    return {
        "asked": asked,
        "precision": rounded(total.precision) if total.answer else None,
        "recall": rounded(total.recall) if total.golden else None,
        "f1": rounded(total.f1) if total.golden + total.answer else None,
        "correct": total.correct,
        "near": total.near,
        "wrong": kinds["wrong"],
        "missing": kinds["missing"],
        "invented": kinds["invented"],
        "duplicate": kinds["duplicate"],
        "golden": total.golden,
        "answer": total.answer,
        "n": of.documents,
    }


def _delta(against: Mapping[str, Mapping[str, array[float]]], path: str, new: str, old: str) -> Delta | None:
    """Mean paired difference in F1 over the personas that have the field in both arms. against: these, by arm and
    field, in the order of the personas."""
    if not new or not old:
        return None
    differences = against[old].get(path)
    if not differences:
        return None
    low, high = interval(differences)
    return {
        "value": rounded(mean(differences)),
        "lower": rounded(low),
        "upper": rounded(high),
        "n": len(differences),
        "changed": sum(1 for value in differences if value),
    }
