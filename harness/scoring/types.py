"""What a comparison of an answer with its golden comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from harness.base.types import Json
from harness.contract.types import Contract

OutcomeKind: TypeAlias = Literal[
    "correct", "near", "wrong", "missing", "invented", "absent", "duplicate", "unscored"
]


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
    """Leaves of one field path. precision = correct / answer, recall = correct / golden."""

    correct: int = 0
    near: int = 0
    golden: int = 0
    answer: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.correct + other.correct,
            self.near + other.near,
            self.golden + other.golden,
            self.answer + other.answer,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """Reverse-chronological order, apart from content. `share`: adjacent matched pairs not inverted, None if < 2."""

    reverse_chronological: bool | None
    share: float | None


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

    def to_dict(self) -> dict[str, Any]:
        """The JSON that `cv-harness score --json` prints and the run store keeps."""
        from harness.scoring.serial import to_dict

        return to_dict(self)
