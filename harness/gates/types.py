"""What is decided, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from harness.base.types import Json
from harness.corpus.types import Document
from harness.replay.types import Record
from harness.scoring.types import Score

Status: TypeAlias = Literal["PASS", "FAIL", "INCONCLUSIVE", "NOT_MEASURED", "NOT_APPLICABLE"]
Decision: TypeAlias = Literal["SHIP", "HOLD", "INCONCLUSIVE"]
Level: TypeAlias = Literal["deciding", "advisory"]

AGAIN = "@again"
"""Suffix of an arm's id: the same arm on further draws, on the CVs whose rare harm has to show again."""
AGAIN_DRAWS = 2
"""How many further draws; a CV of which fewer came back was not asked again."""


@dataclass(frozen=True, slots=True)
class Case:
    """One document × arm × draw: what happened and what it was worth. score is None where nothing was scored
    (the document could not be read)."""

    document: Document
    record: Record
    score: Score | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its denominator. n: what was counted; clusters: independent personas in it; 95 % bounds."""

    value: float | None
    lower: float | None
    upper: float | None
    n: int
    clusters: int
    method: str
    failed: int = 0
    excluded: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """One decision rule, applied. delta = candidate − other (a ratio for tokens, cost, latency; then harm is > 1).

    fields: field paths behind a FAIL or INCONCLUSIVE, worst first. documents: ids behind it, worst first.
    affected: CVs behind it. scope: which of quality | tokens | cost | latency it belongs to. unconfirmed: ids of
    CVs on which two further draws would tell whether a counted harm shows again.
    """

    name: str
    metric: str
    level: Level
    baseline: Estimate
    candidate: Estimate
    delta: Estimate
    threshold: float
    status: Status
    reason: str
    more_cvs: int | None = None
    scope: str = "quality"
    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    affected: int = 0
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparability:
    """Whether two arms may be compared, and on which documents. refused: gate scopes that may not be judged."""

    ok: bool
    documents: tuple[str, ...]
    excluded: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidate against one other arm: "baseline", "legacy" or "anchor"."""

    against: str
    arm: str
    comparable: Comparability
    gates: tuple[Gate, ...]


ClaimVerdict: TypeAlias = Literal["KEPT", "BROKEN", "NOT SHOWN"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One promise of the migration. value … upper in the definition's unit (a share: 0.62 = 62 % faster).

    n: CVs in the figure; of: CVs that were read and asked about, of both arms (contract: of the candidate); unanswered:
    of those, by arm, without a usable answer in any draw.
    """

    name: str
    promise: str
    definition: str
    value: float | None
    lower: float | None
    upper: float | None
    n: int
    source: str
    verdict: ClaimVerdict
    note: str = ""
    of: int = 0
    unanswered: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision about one candidate. scope: e.g. {"quality", "tokens", "cost"}; not_measured: the rest, with
    the reason. identical: the candidate sends what the accepted assistant sends (a path of its own)."""

    verdict: Decision
    candidate: str
    scope: frozenset[str]
    not_measured: Mapping[str, str]
    origin: str
    source: str
    profile: str
    look: int
    reasons: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    claims: tuple[Claim, ...]
    identical: bool = False
    noise_floor: Mapping[str, Json] = field(default_factory=dict)
    provenance: Mapping[str, Json] = field(default_factory=dict)
