"""`cv-harness run --service` and `--from-service`: runs of what a service answers, and of what it answered."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.setup.plan import Plan

if TYPE_CHECKING:
    from harness.evaluate.commands.probe import ProbedRun

TOKEN_VARIABLE = "CV_HARNESS_SERVICE_TOKEN"


def of_service(plan: Plan, url: str, users: int) -> Plan:
    """The plan of a run that measures a running service. Raises UsageError without a token."""
    from harness.models.endpoints import clean_url
    from harness.pipelines.http import Service

    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise UsageError(f"no token: {TOKEN_VARIABLE} is not set", hint=f"export {TOKEN_VARIABLE}=…")
    return replace(plan, service=Service(clean_url(url).rstrip("/"), token), concurrency=users)


def from_production(project: Project, plan: Plan, database: str, since: str) -> tuple[Project, Plan]:
    """The private project with production's pairs, and the plan of a run of them."""
    from harness.cli.service import database_url, evidence_folder, require_extra

    require_extra()
    from harness.evaluate.commands.from_service import evidence

    found = evidence(database_url(project, database), evidence_folder(project), moment_of(since))
    for note in found.notes:
        typer.echo(note)
    return found.project, replace(plan, arms=("legacy", "candidate"), answers=found.answers)


def probed_production(project: Project, plan: Plan, database: str, since: str) -> tuple[Project, Plan]:
    """The private project with production's CVs, and the plan that probes a sample of them within the day's budget."""
    from harness.cli.service import database_url, evidence_folder, require_extra

    require_extra()
    from harness.evaluate.commands.probe_service import sampled

    found = sampled(plan, database_url(project, database), evidence_folder(project), moment_of(since))
    for note in found.notes:
        typer.echo(note, err=True)
    return found.project, found.plan


def within_the_day(plan: Plan, ask: Callable[[Plan], ProbedRun]) -> ProbedRun:
    """What `ask` makes of the sampled uploads, or of fewer where the money is not for all of them."""
    from harness.evaluate.commands.probe_service import fitting

    return fitting(plan, ask, str(plan.seed))


def moment_of(since: str) -> datetime | None:
    """`--since` as a moment in UTC, None for "". Raises UsageError for what is no date."""
    try:
        moment = datetime.fromisoformat(since) if since else None
    except ValueError:
        raise UsageError(f"--since {since}: not a date", hint="like 2026-12-01 or 2026-12-01T08:00:00") from None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment
