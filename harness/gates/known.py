"""What a project knows about a candidate and its references beside the cases of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.base.types import Json
from harness.gates.debts import Debts
from harness.replay.types import Manifest


@dataclass(frozen=True, slots=True)
class Standing:
    """How the accepted assistant stands. look: the how-maniest decision about it this is. noise: its stored noise floor
    (`noise.noise_floor`), None where there is none. debts: what was lost already when it was accepted. moved: why it is
    not what was accepted any more, although it sends the same; "" where it is."""

    look: int = 1
    noise: Mapping[str, Json] | None = None
    debts: Debts = field(default_factory=dict)
    moved: str = ""


@dataclass(frozen=True, slots=True)
class Reservations:
    """What speaks against taking the answers for what they show. unjudged: sentences of the candidate's edit that the
    simulator cannot judge; they forbid SHIP. reworded: sentences that it understood before the edit and does not now;
    then harm that is shown may be the simulator's own, and nothing is held. unmet: further reasons that forbid SHIP;
    blind: those of them for which nothing is held either (another model)."""

    unjudged: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class References:
    """Where and when answers were made that the candidate is compared with. manifests: of arms from another run, by arm
    id. recorded: by arm id, the day on which its answers were made, or the first and the last
    ("2026-11-22/2026-11-25")."""

    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
