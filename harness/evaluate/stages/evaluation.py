"""What an evaluation came to, and which of several verdicts counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.gates.types import Verdict
from harness.replay.progress import ReplaySummary
from harness.replay.types import Manifest


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation came to. verdicts: by candidate arm; pages: the dashboard of each."""

    folder: Path
    manifest: Manifest
    verdicts: Mapping[str, Verdict]
    pages: Mapping[str, Path]
    replay: ReplaySummary | None
    notes: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """The one that counts: the worst of all candidates'."""
        return worst(self.verdicts)

    @property
    def decides(self) -> bool:
        """Whether there is a verdict about every candidate that more evidence is not needed for."""
        return bool(self.verdicts) and all(each.verdict != "INCONCLUSIVE" for each in self.verdicts.values())


def worst(verdicts: Mapping[str, Verdict]) -> Verdict:
    """Of several candidates' verdicts the one that counts: HOLD before INCONCLUSIVE before SHIP."""
    order = ("HOLD", "INCONCLUSIVE", "SHIP")
    return min(verdicts.values(), key=lambda verdict: order.index(verdict.verdict))
