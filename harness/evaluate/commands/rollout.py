"""Advance, hold or roll back: what production shows about the accepted assistant, with bounds that are valid at every
look, because it is looked at every day.

Every check has a limit. One that is shown to be beyond its limit means: roll back. All shown to be within, enough
seen for long enough: advance. Anything else: hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeAlias

from harness.base.canonical import pretty
from harness.base.clock import Clock, SystemClock
from harness.base.errors import ExitCode, UsageError
from harness.base.files import write_whole
from harness.base.project import Project
from harness.gates.anytime import Bounds, mean_bounds, rate_bounds
from harness.review.acceptance import load_accepted
from harness.service.database import existing, migrate
from harness.service.evidence import Evidence, gather, newest_bundle
from harness.service.flags import STAGES, Stage, checked, stage_of, write_stage
from harness.service.guard import record
from harness.service.store import Store

Advice: TypeAlias = Literal["advance", "hold", "roll back"]
Status: TypeAlias = Literal["within", "beyond", "open"]

EXIT: Mapping[Advice, ExitCode] = {
    "advance": ExitCode.SHIP,
    "hold": ExitCode.INCONCLUSIVE,
    "roll back": ExitCode.HOLD,
}


@dataclass(frozen=True, slots=True)
class RolloutRules:
    """Limits of the checks. slow_ms: what counts as slow; rates are shares; corrected: how much oftener the assistant
    may be corrected than legacy. agreement: the least mean agreement with legacy on the fields both read. alpha: of
    all checks of a stage together. hours: the least time a stage lasts."""

    failed: float = 0.05
    broken: float = 0.05
    fallbacks: float = 0.1
    slow: float = 0.05
    slow_ms: float = 30_000.0
    corrected: float = 0.05
    agreement: float = 0.5
    alpha: float = 0.05
    hours: float = 24.0


@dataclass(frozen=True, slots=True)
class Check:
    """One figure against its limit. at_least: the limit is a floor. n: what it rests on."""

    name: str
    bounds: Bounds
    limit: float
    at_least: bool = False

    @property
    def status(self) -> Status:
        within = self.bounds.lower >= self.limit if self.at_least else self.bounds.upper <= self.limit
        beyond = self.bounds.upper < self.limit if self.at_least else self.bounds.lower > self.limit
        return "within" if within else "beyond" if beyond else "open"


@dataclass(frozen=True, slots=True)
class Advised:
    """The advice with all that it rests on, so that it can be read again. target: the stage it leads to."""

    advice: Advice
    stage: str
    target: Stage | None
    reasons: tuple[str, ...]
    checks: tuple[Check, ...]
    figures: Mapping[str, Any]
    wire: str
    origin: str
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        return {
            "advice": self.advice, "stage": self.stage, "target": self.target, "reasons": list(self.reasons),
            "checks": [
                {"name": c.name, "status": c.status, "limit": c.limit, "at_least": c.at_least, **asdict(c.bounds)}
                for c in self.checks
            ],
            "figures": dict(self.figures), "assistant": self.wire, "origin": self.origin, "at": self.at.isoformat(),
        }  # fmt: skip


def rollout(
    project: Project,
    database: str,
    flags: Path,
    origin: str,
    *,
    rules: RolloutRules,
    apply: bool,
    clock: Clock | None = None,
) -> tuple[Advised, Path]:
    """The advice for the stage that the flag file is at, and the page that shows it. apply: write the flag file.

    Raises UsageError where the service does not run the accepted assistant of `origin`, or nothing was uploaded.
    """
    clock = clock or SystemClock()
    accepted = load_accepted(project, origin)
    if accepted is None:
        raise UsageError(f"no assistant is accepted for {origin}", hint="accept one first: `cv-harness accept`")
    wire = accepted[0].wire
    with existing(database) as engine:
        migrate(database)
        store = Store(engine, clock)
        running = newest_bundle(store)
        if running is None:
            raise UsageError("this database holds no upload: there is nothing to advise on")
        if running != wire:
            raise UsageError(
                f"the service runs assistant {running[:12]}, but {wire[:12]} is the accepted one",
                hint="restart it without --assistant, which is with the accepted one, or accept this one",
            )
        try:
            stage = stage_of(checked(flags.read_bytes()))
        except (OSError, ValueError) as error:
            raise UsageError(f"{flags}: {error}", hint="name the service's file with --flags") from None
        since = datetime.fromtimestamp(flags.stat().st_mtime, UTC)
        evidence = gather(store, wire, since)
        advised = advise(evidence, stage, origin, rules, clock.now())
        if apply and advised.target is not None and advised.target != stage:
            write_stage(flags, advised.target)
            record(store, f"rollout_{advised.advice.replace(' ', '_')}", advised.to_dict())
    folder = project.reports / "rollout" / f"{clock.now():%Y%m%d-%H%M%S}"
    write_whole(folder / "advice.json", pretty(advised.to_dict()))
    write_whole(folder / "index.html", page(advised))
    return advised, folder / "index.html"


def advise(evidence: Evidence, stage: str, origin: str, rules: RolloutRules, now: datetime) -> Advised:
    """What to do next. Pure."""
    checks = tuple(_checks(evidence, stage, rules))
    beyond = [check for check in checks if check.status == "beyond"]
    undecided = [check for check in checks if check.status == "open"]
    left = evidence.since + timedelta(hours=rules.hours) - now
    advice: Advice = "hold"
    target: Stage | None = None
    if stage == "off":
        reasons = ["the flag is off: nothing is seen of the assistant; go to shadow by hand when you are ready"]
    elif stage == "other":
        reasons = ["the share in the flag file was written by hand: bring it to a stage first"]
    elif beyond:
        advice, target = "roll back", "off"
        reasons = [f"{check.name}: {_told(check)}, which is beyond its limit" for check in beyond]
    elif undecided or left > timedelta(0):
        reasons = [f"{check.name}: {_told(check)}: not enough seen yet" for check in undecided]
        if left > timedelta(0):
            reasons.append(
                f"this stage lasts {rules.hours:g} hours at least, {left.total_seconds() / 3600:.1f} are left"
            )
    elif stage == "100":
        reasons = ["everybody has the assistant, and every check is within its limit: legacy may be retired"]
    else:
        advice, target = "advance", STAGES[STAGES.index(stage) + 1]
        reasons = [f"every check is within its limit for {rules.hours:g} hours and more"]
    return Advised(advice, stage, target, tuple(reasons), checks, _figures(evidence), evidence.wire, origin, now)


def _checks(evidence: Evidence, stage: str, rules: RolloutRules) -> Sequence[Check]:
    """The checks of a stage; alpha is split among them, so that all their bounds hold together."""
    if stage in ("off", "other"):
        return ()
    if stage == "shadow":
        alpha, n = rules.alpha / 4, evidence.pairs
        slow = sum(ms > rules.slow_ms for ms in evidence.pair_ms)
        return (
            Check("the assistant failed", rate_bounds(evidence.pair_failures, n, alpha), rules.failed),
            Check("the contract was broken", rate_bounds(evidence.pair_broken, n, alpha), rules.broken),
            Check("slow", rate_bounds(slow, len(evidence.pair_ms), alpha), rules.slow),
            Check("agreement with legacy", mean_bounds(evidence.agreement, alpha), rules.agreement, at_least=True),
        )
    alpha, n = rules.alpha / 5, evidence.requests
    slow = sum(ms > rules.slow_ms for ms in evidence.request_ms)
    return (
        Check("nobody answered", rate_bounds(evidence.failed, n, alpha), rules.failed),
        Check("the contract was broken", rate_bounds(evidence.broken, n, alpha), rules.broken),
        Check("legacy had to answer", rate_bounds(evidence.fallbacks, n, alpha), rules.fallbacks),
        Check("slow", rate_bounds(slow, len(evidence.request_ms), alpha), rules.slow),
        Check("corrected oftener than legacy", _oftener(evidence, alpha), rules.corrected),
    )


def _oftener(evidence: Evidence, alpha: float) -> Bounds:
    """How much oftener users correct the assistant than legacy: the difference of two rates, each with half of alpha.
    Where legacy answered nobody, the assistant's own rate (which is no smaller than the difference)."""
    ours, theirs = evidence.assistant, evidence.legacy
    mine = rate_bounds(ours.corrected, ours.n, alpha / 2)
    if not theirs.n:
        return mine
    other = rate_bounds(theirs.corrected, theirs.n, alpha / 2)
    value = None if mine.value is None or other.value is None else mine.value - other.value
    return Bounds(value, mine.lower - other.upper, mine.upper - other.lower, ours.n)


def _figures(evidence: Evidence) -> dict[str, Any]:
    """What is shown beside the checks and decides nothing."""

    def mean(values: Sequence[float]) -> float | None:
        return sum(values) / len(values) if values else None

    return {
        "since": evidence.since.isoformat(),
        "pairs": evidence.pairs,
        "agreement_of_pairs": mean(evidence.agreement),
        "agreement_of_legacy_with_itself": mean(evidence.control),
        "legacy_pairs_with_itself": len(evidence.control),
        "requests": evidence.requests,
        "corrections": {"assistant": asdict(evidence.assistant), "legacy": asdict(evidence.legacy)},
        "dollars_an_answer": {"assistant": evidence.assistant_cost, "legacy": evidence.legacy_cost},
        "of_other_assistants_not_counted": evidence.others,
    }


def _told(check: Check) -> str:
    bounds = check.bounds
    value = "nothing" if bounds.value is None else f"{100 * bounds.value:.1f} %"
    least = "at least" if check.at_least else "at most"
    return (
        f"{value} [{100 * bounds.lower:.1f}, {100 * bounds.upper:.1f}] of n {bounds.n}, "
        f"{least} {100 * check.limit:g} % wanted"
    )


def page(advised: Advised) -> str:
    """The advice as a page of its own."""
    from jinja2 import Environment, PackageLoader

    from harness.reports.filters import shown

    environment = Environment(loader=PackageLoader("harness.evaluate.commands", "."), autoescape=True, finalize=shown)
    return environment.get_template("rollout.html.j2").render(
        advised=advised, told=_told, simulated=advised.origin.startswith("simulator@"), figures=pretty(advised.figures)
    )
