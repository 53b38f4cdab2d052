"""`cv-harness probe --from-service`: a sample of consented uploads, probed within what shadows may spend in a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from harness.base.clock import Clock, SystemClock
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.corpus.manifest import load_manifest
from harness.evaluate.commands.from_service import evidence
from harness.evaluate.commands.probe import ProbedRun
from harness.evaluate.setup.estimate import TooExpensiveError
from harness.evaluate.setup.plan import Plan
from harness.replay.runs import runs
from harness.replay.store import RunStore
from harness.service.database import existing
from harness.service.pairs import spent_today
from harness.service.settings import ShadowRules
from harness.service.store import Store

SAMPLE = 20
"""Uploads, where nobody says how many."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """The private project with production's CVs, the plan that probes some of them, and what to say of it."""

    project: Project
    plan: Plan
    notes: tuple[str, ...]


class NothingToProbeError(UsageError):
    """There is no upload whose user consented."""


class BudgetSpentError(UsageError):
    """What shadow and probes may spend in a day is spent."""


def sampled(
    plan: Plan,
    database: str,
    folder: Path,
    since: datetime | None,
    *,
    clock: Clock | None = None,
    dollars_a_day: float | None = None,
) -> Sampled:
    """The plan of a probed run of at most `plan.limit` uploads whose users consented. Shadow requests of today and
    probed runs of today share one budget. Raises NothingToProbeError where there is no such upload, BudgetSpentError
    where nothing is left to spend on a model that costs money."""
    clock = clock or SystemClock()
    try:
        found = evidence(database, folder, since)
    except UsageError as error:
        raise NothingToProbeError(str(error), hint=error.hint) from None
    names = [document.id for document in load_manifest(found.project, verify=False)]
    count = min(plan.limit or SAMPLE, len(names))
    chosen = Random(f"{plan.seed}:{clock.now().date()}").sample(sorted(names), count)
    whole = Decimal(str(ShadowRules().dollars_a_day if dollars_a_day is None else dollars_a_day))
    spent = _shadow_spent(database, clock) + probes_spent(found.project, clock)
    left = max(Decimal(0), whole - spent)
    if not left and (plan.provider != "simulator" or plan.base_url):
        raise BudgetSpentError(
            f"today's ${whole:.2f} for shadow and probes are spent", hint="it is another day after midnight UTC"
        )
    said = f"{count} of {len(names)} uploads with consent; ${left:.2f} of ${whole:.2f} a day left for shadow and probes"
    asked = replace(
        plan, only=tuple(sorted(chosen)), limit=None, splits=("gate",), max_cost=min(plan.max_cost, float(left))
    )
    return Sampled(found.project, asked, (said,))


def fitting(plan: Plan, ask: Callable[[Plan], ProbedRun], seed: str) -> ProbedRun:
    """What `ask` makes of the plan, or of fewer of its uploads, drawn by `seed`, where all of them would cost more than
    `plan.max_cost`. Raises TooExpensiveError where one alone does."""
    while True:
        try:
            return ask(plan)
        except TooExpensiveError as error:
            if len(plan.only) < 2:
                raise
            count = min(len(plan.only) - 1, max(1, int(len(plan.only) * error.share)))
            plan = replace(plan, only=tuple(sorted(Random(seed).sample(plan.only, count))))


def _shadow_spent(database: str, clock: Clock) -> Decimal:
    with existing(database) as engine:
        return Decimal(str(spent_today(Store(engine, clock))))


def probes_spent(project: Project, clock: Clock) -> Decimal:
    """US dollars of the project's probed runs that began today."""
    today = clock.now().date().isoformat()
    return sum((_spent(folder) for folder in _begun(project, today)), Decimal(0))


def _begun(project: Project, day: str) -> Sequence[Path]:
    return [
        info.folder
        for info in runs(project)
        if info.manifest is not None and info.manifest.settings.probes and info.manifest.started.startswith(day)
    ]


def _spent(folder: Path) -> Decimal:
    with RunStore.open(folder) as store:
        return store.spent()
