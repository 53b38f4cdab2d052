"""Harm for calibration: what is wrong with a simulated candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Harm:
    """What is wrong with the candidate. share: of personas hit, each with this probability (`exactly`: a number of
    personas). per_draw: the harm strikes each draw of each persona anew instead of all draws of the hit ones.
    f1, groups: change of F1 where it strikes; event: the counted gate whose harm shows there, item: in which item,
    where they have names (else the first employer, or the only one); tokens, cost, latency: ratios; replaced: personas
    with the same wrong value.
    """

    name: str
    share: float = 0.0
    exactly: int = 0
    per_draw: bool = False
    f1: float = 0.0
    groups: Mapping[str, float] = field(default_factory=dict)
    event: str = ""
    item: str = ""
    tokens: float = 1.0
    cost: float = 1.0
    latency: float = 1.0
    replaced: int = 0
    profile: str = "ci"
