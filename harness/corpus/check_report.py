"""What a corpus check says: findings with a place and a measure of each document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from harness.base.types import Json

Check: TypeAlias = Literal[
    "manifest", "golden", "readable", "round-trip", "uncovered", "matrix", "contact", "overlap", "unused"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. An error makes the check fail, a note does not."""

    level: Literal["error", "note"]
    check: Check
    document: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One document's round trip: how many golden values there are, and how many its text or link targets hold."""

    document: str
    outcome: str
    values: int
    found: int
    lines: int
    uncovered: int


@dataclass(frozen=True, slots=True)
class Report:
    """`ok` where no finding is an error. `counts` holds what was looked at, by name."""

    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]
    counts: Mapping[str, int]

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "error")

    def to_dict(self) -> dict[str, Json]:
        """The report as JSON, for `cv-harness corpus check --json`."""
        return {
            "ok": self.ok,
            "counts": dict(self.counts),
            "findings": [asdict(finding) for finding in self.findings],
            "documents": [asdict(measure) for measure in self.measures],
        }
