"""Figures made of scores: restricted to field paths, by group, over many CVs. Every one says what it divides by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from harness.scoring.layout import FIELDS
from harness.scoring.types import Counts, FieldOutcome, Score


def _fields_of(*starts: str) -> frozenset[str]:
    return frozenset(field for field in FIELDS if field.startswith(starts))


_WORK_BULLETS = frozenset({"work_experience[].description[]"})
_SKILLS = frozenset({"skills[]", "work_experience[].skills[]", "projects[].technologies[]"})
_CONTACT = _fields_of("personal_info.") - {"personal_info.summary"}
_WORK_CORE = _fields_of("work_experience[].") - _WORK_BULLETS - _SKILLS
_EDUCATION = _fields_of("education[].")

GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "contact": _CONTACT,
        "work_core": _WORK_CORE,
        "work_bullets": _WORK_BULLETS,
        "education": _EDUCATION,
        "skills": _SKILLS,
        "rest": frozenset(FIELDS) - _CONTACT - _WORK_CORE - _WORK_BULLETS - _EDUCATION - _SKILLS,
    }
)
"""Field paths by group; every scored field path is in exactly one."""

CRITICAL: frozenset[str] = frozenset(
    {
        "personal_info.name",
        "personal_info.email",
        "personal_info.phone",
        "work_experience[].company",
        "work_experience[].title",
        "work_experience[].start_date",
        "work_experience[].end_date",
    }
)
"""Field paths where a single wrong value does harm."""


def counts_on(score: Score, paths: Collection[str] | None = None) -> Counts:
    """Counts of a score, all or those of the given field paths, added up."""
    total = Counts()
    for field, counts in score.counts.items():
        if paths is None or field in paths:
            total = total + counts
    return total


def f1_on(score: Score, paths: Collection[str] | None = None) -> float | None:
    """Strict F1 restricted to field paths: 1.0 where neither side has any leaf there, 0.0 for a failed answer (unless
    the golden has nothing there), None without a golden."""
    if not score.has_golden:
        return None
    return 0.0 if score.failed and paths is None else counts_on(score, paths).f1


def micro(scores: Iterable[Score]) -> dict[str, Counts]:
    """Counts per field path over many CVs: micro precision, recall and F1 are properties of each, n its `golden`."""
    totals: dict[str, Counts] = {}
    for score in scores:
        for field, counts in score.counts.items():
            totals[field] = totals.get(field, Counts()) + counts
    return totals


def correction_cost(score: Score, paths: Collection[str] | None = None) -> int:
    """Edits that make the answer right: one for each value to change, add or remove; a misplaced one is moved once."""
    return sum(
        outcome.kind in ("near", "wrong", "missing", "invented", "duplicate") and "misplaced ←" not in outcome.note
        for outcome in score.outcomes
        if paths is None or outcome.field in paths
    )


def invented(score: Score) -> tuple[FieldOutcome, ...]:
    """Values of the answer that the golden has nowhere."""
    return tuple(one for one in score.outcomes if one.kind == "invented")


def golden_review(score: Score) -> tuple[FieldOutcome, ...]:
    """Values that only the answer has although the CV's text has them too: the golden may lack them."""
    return tuple(one for one in score.outcomes if one.kind == "invented" and one.grounded)
