"""How right an arm is where no golden says so: from how its answers keep to known changes, and to the text.

Three things are seen without a golden. *Steadiness*: where nothing that matters was changed, two answers agree as far
as each is right by chance alone; each is right about half way between that agreement and 1 (to first order, whether
values come and go or are misread). *Planted values*: what was put into a CV is known to be in it. *Grounding*: a value
that the text does not have is wrong. What no change moves and the text does have (a value always put into the wrong
field, a section that is never read) is seen by none of them: an estimate is an upper bound in all but chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.probes.judge import Judged
from harness.probes.types import CONTROL
from harness.scoring.types import Counts

STEADY = (CONTROL, "sections_reordered", "headings_reworded", "bullets_marked", "page_furniture", "dates_respelt")
"""Relations whose changes no reader should mind: what moves here, moves by chance."""
TELLING = (*STEADY, "role_added", "study_added", "bullet_added", "skill_added", "employer_changed", "title_changed",
           "number_changed", "date_changed")  # fmt: skip
"""Relations that an estimate is made of: the steady ones, and those that put values in."""
PLANTED_LEAST = 12
"""Fewer planted values of a field say nothing."""


@dataclass(frozen=True, slots=True)
class FieldEstimate:
    """The estimated F1 of a field and what it is made of. leaves: of the first answers that were looked at again.
    planted: share found of so many values put in, None for too few; grounded: share of values that the text has."""

    field: str
    estimate: float
    steady: float
    leaves: int
    planted: float | None
    planted_n: int
    grounded: float


def estimates(
    judged: Sequence[Judged], grounded: Mapping[str, tuple[int, int]]
) -> tuple[tuple[FieldEstimate, ...], float | None]:
    """Each field's estimate, and the whole's, by how many leaves a field has. judged: of one arm. grounded: of its
    answers to the unchanged CVs, by field (values looked up, of these in the text)."""
    agreed: dict[str, Counts] = {}
    planted: dict[str, tuple[int, int]] = {}
    for one in judged:
        if one.relation in STEADY:
            for field, counts in one.counts.items():
                agreed[field] = agreed.get(field, Counts()) + counts
        for field, (put, found) in one.planted.items():
            all_put, all_found = planted.get(field, (0, 0))
            planted[field] = (all_put + put, all_found + found)
    made = tuple(_field(field, counts, planted, grounded) for field, counts in sorted(agreed.items()) if counts.golden)
    return made, _whole(made)


def beside(
    fields: Sequence[FieldEstimate], others: Iterable[Sequence[FieldEstimate]]
) -> tuple[tuple[FieldEstimate, ...], float | None]:
    """An arm's estimates beside those of other arms on the same probes: what it never gives and another one does, most
    of it as the text has it, was not found. Alone, nobody knows of it, and what leaves fields out looks right."""
    given = {one.field for one in fields}
    lacking: dict[str, int] = {}
    for other in others:
        for one in other:
            if one.field not in given and one.grounded > 0.5:
                lacking[one.field] = max(lacking.get(one.field, 0), one.leaves)
    missed = (FieldEstimate(field, 0.0, 0.0, leaves, None, 0, 0.0) for field, leaves in lacking.items())
    made = tuple(sorted((*fields, *missed), key=lambda one: one.field))
    return made, _whole(made)


def _whole(fields: Sequence[FieldEstimate]) -> float | None:
    leaves = sum(one.leaves for one in fields)
    return sum(one.estimate * one.leaves for one in fields) / leaves if leaves else None


def _field(
    field: str,
    counts: Counts,
    planted: Mapping[str, tuple[int, int]],
    grounded: Mapping[str, tuple[int, int]],
) -> FieldEstimate:
    looked, there = grounded.get(field, (0, 0))
    share = there / looked if looked else 1.0
    put, got = planted.get(field, (0, 0))
    recall = got / put if put >= PLANTED_LEAST else None
    steady = (1 + counts.f1) / 2
    estimate = min(steady, share)
    if recall is not None:
        estimate = min(estimate, 2 * recall / (1 + recall) if recall else 0.0)
    return FieldEstimate(field, estimate, counts.f1, counts.golden, recall, put, share)
