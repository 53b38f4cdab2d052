"""What gates know of one answer: figures, and named harms that are there or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.scoring.types import Counts

Substitution: TypeAlias = tuple[str, str, str]
"""(field, golden value, answer value), both casefolded; "" where a side has nothing."""

UNUSABLE = ("provider:", "unparseable:")
"""How an observation's failure begins where there is nothing to score."""
UNREAD = "extraction:"
"""How it begins where the document itself could not be read."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One document × arm × draw.

    bad: items of harm by event, an item being a path, a field or a broken rule. judged: events that could be
    judged at all. kinds: outcomes that are not correct, by (field, kind). failure: "" or kind:code.
    """

    document: str
    f1: float | None
    groups: Mapping[str, float]
    fields: Mapping[str, Counts]
    bad: Mapping[str, frozenset[str]]
    judged: frozenset[str]
    kinds: Mapping[tuple[str, str], int]
    substitutions: frozenset[Substitution]
    failure: str
    scorer: str
    source: str
    snapshot: str
    text: str | None
    tokens: int | None
    cost: float | None
    latency_ms: float | None
    calls: int
    attempts: int
    notes: Mapping[str, str] = field(default_factory=dict)


Seen: TypeAlias = Mapping[str, Mapping[int, Observation]]
"""Document → draw → observation."""
