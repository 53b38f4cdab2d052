"""What a comparison of an answer with its golden comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.base.types import Json
from harness.contract.types import Contract

OutcomeKind: TypeAlias = Literal["correct", "near", "wrong", "missing", "invented", "absent", "duplicate", "unscored"]


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """One field's comparison.

    field: path without indices (`work_experience[].company`); golden_path / answer_path with them
    (`work_experience[2].company`), None on the side that has nothing. note: why, in a few words
    ("accent-only", "coarser", "boundary", "misplaced → projects[0].name", …). evidence: character offsets in the
    CV text. grounded: whether the answer's value is in the text; None where not looked up.
    """

    field: str
    golden_path: str | None
    answer_path: str | None
    golden: Json
    answer: Json
    kind: OutcomeKind
    note: str = ""
    evidence: tuple[int, int] | None = None
    grounded: bool | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Leaves of one field path, counted on both sides.

    golden / answer: how many leaves each side has. correct / near: golden leaves that are right / nearly right in
    the answer. more_correct / more_near: by how many the same count on the answer's side differs; it does only
    where one golden leaf stands as several in the answer or the other way round (bullets split or merged, a
    degree with its field in one value). So recall = correct / golden, precision = (correct + more_correct) /
    answer: use the properties.
    """

    correct: int = 0
    near: int = 0
    golden: int = 0
    answer: int = 0
    more_correct: int = 0
    more_near: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.correct + other.correct,
            self.near + other.near,
            self.golden + other.golden,
            self.answer + other.answer,
            self.more_correct + other.more_correct,
            self.more_near + other.more_near,
        )

    @property
    def recall(self) -> float:
        """Share of golden leaves that are right; 1.0 where neither side has any."""
        return _share(self.correct, self.golden, self.answer)

    @property
    def precision(self) -> float:
        """Share of answer leaves that are right; 1.0 where neither side has any."""
        return _share(self.correct + self.more_correct, self.answer, self.golden)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, strict: near counts as not right."""
        return _harmonic(self.precision, self.recall)

    @property
    def lenient_f1(self) -> float:
        """The same with half a point for near."""
        return _harmonic(
            _share(self.correct + self.more_correct + (self.near + self.more_near) / 2, self.answer, self.golden),
            _share(self.correct + self.near / 2, self.golden, self.answer),
        )


def _share(right: float, of: int, other: int) -> float:
    if of:
        return right / of
    return 0.0 if other else 1.0


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True, slots=True)
class Order:
    """Reverse-chronological order, apart from content. `share`: adjacent matched pairs not inverted, None if < 2."""

    reverse_chronological: bool | None
    share: float | None


LEAF_KINDS = frozenset({"correct", "near", "wrong", "missing"})
"""Outcomes of a golden leaf; `invented` ones have no golden path."""


@dataclass(frozen=True, slots=True)
class AllRight:
    """An answer in which every golden leaf is right. paths: a digest of all their paths; fields: that they are of."""

    paths: bytes
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """f1, precision, recall: strict, over all leaves of the CV (1.0 where neither side has any).

    lenient_f1 credits near with 0.5. counts: per field path. hallucinations: invented and ungrounded outcomes.
    lost_entries: golden paths of work and education entries that the answer does not have at all.
    failed: the answer was a Failure (then everything in the golden is missing and f1 is 0).
    has_golden: False where only contract and grounding were judged (then f1 … are None).
    """

    f1: float | None
    precision: float | None
    recall: float | None
    lenient_f1: float | None
    counts: Mapping[str, Counts]
    outcomes: tuple[FieldOutcome, ...]
    contract: Contract
    order: Order
    hallucinations: tuple[FieldOutcome, ...]
    lost_entries: tuple[str, ...]
    scorer: str
    failed: bool = False
    has_golden: bool = True

    def odd(self) -> Iterable[FieldOutcome]:
        """Outcomes that are not correct, in their order."""
        return (outcome for outcome in self.outcomes if outcome.kind != "correct")

    def all_right(self) -> AllRight | None:
        """None where something in the golden is not right, and where nobody worked it out beforehand."""
        return None

    def kinds(self) -> Iterable[tuple[str | None, str, OutcomeKind]]:
        """Golden path, field and kind of each outcome."""
        return ((outcome.golden_path, outcome.field, outcome.kind) for outcome in self.outcomes)
