"""What the migration promised, and what the figures say: KEPT, BROKEN or NOT SHOWN."""

from __future__ import annotations

from harness.gates.config import GateConfig
from harness.gates.evidence import Evidence
from harness.gates.types import Claim


def claims_of(evidence: Evidence, candidate: str, config: GateConfig) -> tuple[Claim, ...]:
    """The ledger against legacy; empty where the run has no legacy arm."""
    return ()
