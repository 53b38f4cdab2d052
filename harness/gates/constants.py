"""What a decision's constants are; `harness.gates.config` reads them from a settings table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, get_args

from harness.base.types import Source
from harness.gates.types import Level

Profile: TypeAlias = Literal["ci", "release"]
LegacyMode: TypeAlias = Literal["active", "advisory", "retired"]
SCOPES = ("quality", "tokens", "cost", "latency")
AGAINST = ("baseline", "legacy", "anchor")
ASIDE = frozenset({"people", "twins", "probes"})
"""Comparisons of the candidate's answers with one another, beside those with another arm."""
QUALITY_SOURCES: frozenset[Source] = frozenset(get_args(Source))
TIME_SOURCES: frozenset[Source] = frozenset({"live", "recorded", "declared"})


@dataclass(frozen=True, slots=True)
class Rule:
    """How one gate decides. threshold: its margin, rate, count, ratio or milliseconds (see `Definition.meaning`)."""

    level: Level
    threshold: float
    sources: frozenset[Source] = QUALITY_SOURCES


@dataclass(frozen=True, slots=True)
class Constants:
    """One decision's constants.

    requires: scopes without which nothing ships. ship_personas: fewer never ship. confidence: of each one-sided
    bound. alpha: family-wise level of the exact tests. effect: smallest share of CVs by which an exact test may
    fail. drop, drop_sds: a catastrophe is a drop of more than both. net_margin: net rate of people who got worse that a
    passing count excludes; where people change both ways, up to net_margin_most. lean: level at which people who
    changed both ways lean one way; surprise: level at which confirmed people are more than those who got better let
    expect. one_way: people worse in single draws, and nobody better, that are asked again. unconfirmed: level at which
    one assistant's own noise, or a rate, does not explain a count. parts: level, over all fields and over all slices,
    at which one of them holds; parts_doubt: at which it keeps waiting. unanswered: share of people without a usable
    answer of the candidate over which nothing ships. looks: planned numbers of CVs in sequential mode.
    bounds_told: whether figures that decide nothing get their bounds too (calibration has no reader of them).
    """

    profile: Profile = "ci"
    legacy: LegacyMode = "active"
    requires: frozenset[str] = frozenset({"quality", "tokens", "cost"})
    rules: Mapping[str, Rule] = field(default_factory=dict)
    ship_personas: int = 40
    confidence: float = 0.95
    alpha: float = 0.02
    effect: float = 0.02
    min_affected: int = 5
    confirm_draws: int = 3
    unconfirmed: float = 0.01
    parts: float = 0.005
    parts_doubt: float = 0.03
    net_margin: float = 0.085
    net_margin_most: float = 0.15
    lean: float = 0.02
    surprise: float = 0.025
    one_way: int = 4
    unanswered: float = 0.10
    drop: float = 0.10
    drop_sds: float = 4.0
    sd_floor: float = 0.005
    resamples: int = 9999
    seed: int = 20260
    looks: tuple[int, ...] = ()
    bounds_told: bool = True
    poll_ms: float = 2000.0
    upload_ms: float = 0.0

    def rule(self, name: str, against: str = "baseline") -> Rule:
        """How gate `name` decides in the comparison with `against`."""
        found = self.rules.get(f"{name}@{against}") or self.rules[name]
        return found if self.heard(against) else replace(found, level="advisory")

    def heard(self, against: str) -> bool:
        """Whether the comparison with `against` has a say: legacy has none where it is advisory or retired."""
        return against != "legacy" or self.legacy == "active"
