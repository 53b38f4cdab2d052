"""`cv-harness run --service` and `--from-service`: runs of what a service answers, and of what it answered."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime

import typer

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.setup.plan import Plan

TOKEN_VARIABLE = "CV_HARNESS_SERVICE_TOKEN"


def measured_over_http(project: Project, plan: Plan, url: str, users: int) -> Plan:
    """Visit the service; the plan of a run of its answers."""
    from harness.evaluate.commands.over_http import over_http, quantiles
    from harness.pipelines.http import Service

    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise UsageError(f"no token: {TOKEN_VARIABLE} is not set", hint=f"export {TOKEN_VARIABLE}=…")
    measured = over_http(project, plan, plan.arms, Service(url.rstrip("/"), token), users)
    typer.echo(f"service: {url} · model: {measured.about.get('origin')} · {users} users at a time")
    for load in measured.loads:
        total = quantiles(load.total_ms)
        failed = "".join(f" · {count} × {code}" for code, count in load.failed.items())
        typer.echo(
            f"{load.arm}: n {load.n}{failed} · {load.a_minute:.1f} answers a minute · "
            f"median {_seconds(total['p50'])} · p95 {_seconds(total['p95'])} · fallbacks {load.fell_back}"
        )
        for name, values in load.stretches.items():
            stretch = quantiles(values)
            typer.echo(f"    {name}: median {_seconds(stretch['p50'])} · p95 {_seconds(stretch['p95'])}")
    typer.echo(f"answers and figures: {measured.answers.parent}")
    return replace(plan, arms=("legacy", "candidate"), answers=measured.answers)


def from_production(project: Project, plan: Plan, database: str, since: str) -> tuple[Project, Plan]:
    """The private project with production's pairs, and the plan of a run of them."""
    from harness.cli.service import database_url, evidence_folder, require_extra

    require_extra()
    from harness.evaluate.commands.from_service import evidence

    try:
        moment = datetime.fromisoformat(since) if since else None
    except ValueError:
        raise UsageError(f"--since {since}: not a date", hint="like 2026-12-01 or 2026-12-01T08:00:00") from None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    found = evidence(database_url(project, database), evidence_folder(project), moment)
    for note in found.notes:
        typer.echo(note)
    return found.project, replace(plan, arms=("legacy", "candidate"), answers=found.answers)


def _seconds(milliseconds: float | None) -> str:
    return "–" if milliseconds is None else f"{milliseconds / 1000.0:.2f} s"
