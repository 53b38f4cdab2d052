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


def group_of(field: str) -> str:
    """The group of a field path; "rest" for one that is not scored."""
    return next((name for name, fields in GROUPS.items() if field in fields), "rest")


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
    return _f1(score, paths, lenient=False)


def lenient_f1_on(score: Score, paths: Collection[str] | None = None) -> float | None:
    """The same with half a point for near."""
    return _f1(score, paths, lenient=True)


def _f1(score: Score, paths: Collection[str] | None, *, lenient: bool) -> float | None:
    if not score.has_golden:
        return None
    if score.failed and paths is None:
        return 0.0
    total = counts_on(score, paths)
    return total.lenient_f1 if lenient else total.f1


def grouped_f1(
    score: Score, paths: Collection[str] | None = None, weights: Mapping[str, float] | None = None
) -> float | None:
    """Weighted mean of the groups' strict F1, over the groups in which either side has a leaf; so that a hundred
    bullets do not outweigh a name. weights: by group, equal where not given. 1.0 where no group has a leaf."""
    if not score.has_golden:
        return None
    if score.failed:
        return 0.0
    total = weight_sum = 0.0
    for name, fields in GROUPS.items():
        counts = counts_on(score, fields if paths is None else fields & frozenset(paths))
        weight = 1.0 if weights is None else weights.get(name, 0.0)
        if counts.golden or counts.answer:
            total += weight * counts.f1
            weight_sum += weight
    return total / weight_sum if weight_sum else 1.0


def micro(scores: Iterable[Score]) -> dict[str, Counts]:
    """Counts per field path over many CVs: micro precision, recall and F1 are properties of each, n its `golden`."""
    totals: dict[str, Counts] = {}
    for score in scores:
        for field, counts in score.counts.items():
            totals[field] = totals.get(field, Counts()) + counts
    return totals


def micro_total(scores: Iterable[Score], paths: Collection[str] | None = None) -> Counts:
    """Counts over many CVs and all (or the given) field paths."""
    total = Counts()
    for score in scores:
        total = total + counts_on(score, paths)
    return total


def exact_match(score: Score, paths: Collection[str] | None = None) -> bool | None:
    """Whether every value (on the given paths) is right and none is too many; None without a golden."""
    if not score.has_golden:
        return None
    if score.failed:
        return False
    return not any(
        outcome.kind in ("near", "wrong", "missing", "invented", "duplicate")
        for outcome in score.outcomes
        if paths is None or outcome.field in paths
    )


def correction_cost(score: Score, paths: Collection[str] | None = None) -> int:
    """Edits that make the answer right: one for each value to change, add or remove; a misplaced one is moved once."""
    return sum(
        outcome.kind in ("near", "wrong", "missing", "invented", "duplicate") and "misplaced ←" not in outcome.note
        for outcome in score.outcomes
        if paths is None or outcome.field in paths
    )


def omitted(score: Score) -> tuple[FieldOutcome, ...]:
    """Golden values that the answer has nowhere."""
    return tuple(one for one in score.outcomes if one.kind == "missing" and "misplaced →" not in one.note)


def invented(score: Score) -> tuple[FieldOutcome, ...]:
    """Values of the answer that the golden has nowhere."""
    return tuple(one for one in score.outcomes if one.kind == "invented")


def golden_review(score: Score) -> tuple[FieldOutcome, ...]:
    """Values that only the answer has although the CV's text has them too: the golden may lack them."""
    return tuple(one for one in score.outcomes if one.kind == "invented" and one.grounded)


def golden_defects(score: Score) -> tuple[FieldOutcome, ...]:
    """Outcomes whose golden value is not in the CV's text: a mistake of the golden or of the reader."""
    return tuple(
        one
        for one in score.outcomes
        if "golden not in the text" in one.note or (one.kind == "correct" and one.golden_path and one.grounded is False)
    )


def is_ambiguous(outcome: FieldOutcome) -> bool:
    """Whether the golden marks this value as having more than one right reading: it stays out of critical rules."""
    return "ambiguous" in outcome.note.split("; ")
