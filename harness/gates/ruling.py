"""What a rule says about one gate, before its sentence is written."""

from __future__ import annotations

from dataclasses import dataclass

from harness.gates.constants import Rule
from harness.gates.events import Events
from harness.gates.pairs import Pair
from harness.gates.parts import Weighed
from harness.gates.statistics import Floats
from harness.gates.types import Estimate, Status


@dataclass(frozen=True, slots=True)
class Ruling:
    """A gate's figures and status before its sentence is written.

    why: there are no figures, because …; events: what a count gate counted; affected: personas behind it; test:
    differences for the exact test, one per persona, and `least`: the smallest mean harm by which it may fail;
    unconfirmed: documents that further draws would settle; noise: how often two runs of one assistant show as much;
    early: passes, but not yet at the level of this look. parts: fields or slices as they were judged, worst first.
    """

    name: str
    rule: Rule
    status: Status
    baseline: Estimate
    candidate: Estimate
    delta: Estimate
    threshold: float
    more: int | None = None
    affected: int = 0
    test: Floats | None = None
    least: float = 0.0
    events: Events | None = None
    why: str = ""
    unconfirmed: tuple[str, ...] = ()
    noise: float = 1.0
    early: bool = False
    parts: tuple[Weighed, ...] = ()


@dataclass(frozen=True, slots=True)
class Levels:
    """Confidence of the bounds at this look, and whether passing is allowed at all here."""

    confidence: float
    may_pass: bool = True


def absent(pair: Pair) -> Estimate:
    """No figure."""
    return Estimate(None, None, None, 0, 0, "", source=pair.source)


def nothing(name: str, rule: Rule, pair: Pair, why: str) -> Ruling:
    none = absent(pair)
    return Ruling(name, rule, "NOT_APPLICABLE", none, none, none, rule.threshold, why=why)


def unmeasured(name: str, rule: Rule, pair: Pair, why: str) -> Ruling:
    """A gate without figures that it accepts, and why."""
    none = absent(pair)
    return Ruling(name, rule, "NOT_MEASURED", none, none, none, rule.threshold, why=why)
