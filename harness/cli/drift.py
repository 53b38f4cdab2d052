"""`cv-harness drift`: whether the model moved under the accepted assistant."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project


def register(app: typer.Typer) -> None:
    app.command("drift")(drift)


def drift(
    provider: str | None = typer.Option(None, "--provider", help="Whose model: openai, or another endpoint by name."),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server that speaks OpenAI's wire format."),
    split: list[str] = typer.Option([], "--split", help="gate (default) | dev | sealed; again for several."),
    only: list[str] = typer.Option([], "--only", help="Document id or pattern; again for several."),
    tag: list[str] = typer.Option([], "--tag", help="key=value, for example language=de; again for several."),
    limit: int | None = typer.Option(None, "--limit", help="At most so many CVs: fewer are cheaper and see less."),
    repeat: int = typer.Option(1, "--repeat", min=1, help="How often each CV is asked anew."),
    concurrency: int | None = typer.Option(None, "--concurrency", help="Calls in flight at most."),
    alpha: float = typer.Option(
        0.05, "--alpha", help="How many of all series in which nothing ever moves may ever be called moved."
    ),
    max_cost: float | None = typer.Option(None, "--max-cost", help="US dollars that this look may cost."),
    yes: bool = typer.Option(False, "--yes", help="Ask nothing, whatever it costs (up to --max-cost)."),
    resume: bool = typer.Option(False, "--resume", help="Go on with a look that was interrupted."),
    show: bool = typer.Option(False, "--show", help="Ask nothing: say what the looks so far come to."),
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
    out: Path | None = typer.Option(None, "--out", metavar="FILE", help="Write it as Markdown, too, for an issue."),
    write_workflow: bool = typer.Option(
        False, "--write-workflow", help="Write .github/workflows/drift.yml: a look every week, an issue where it moved."
    ),
) -> int:
    """Ask the accepted assistant anew, and say whether its answers are still like those that were recorded.

    Each look asks for draws that nobody has seen and ranks them among the earlier answers of the same CV; the looks of
    all weeks count together, and the error rate holds however often one looks (docs/runbook.md). Exit code 10 where
    the model moved, 0 where nothing shows that it did.
    """
    import json

    from harness.cli.plans import plan_of
    from harness.cli.progress import TerminalListener
    from harness.cli.settings import resolve
    from harness.evaluate.commands import drift as looks
    from harness.evaluate.commands.init import write_drift_workflow
    from harness.reports.drift import drift_lines, drift_markdown, drift_summary

    project = Project.find()
    if write_workflow:
        typer.echo(f"written: {write_drift_workflow(project)}")
        return ExitCode.SHIP
    if not 0 < alpha < 1:
        raise UsageError(f"--alpha {alpha}: between 0 and 1", hint="0.05 is usual")
    flags = {"provider": provider, "base_url": base_url, "concurrency": concurrency, "max_cost": max_cost}
    settings = resolve(project, flags).settings
    plan = replace(
        plan_of(settings),
        splits=tuple(split) or ("gate",),
        only=tuple(only),
        tags=tuple(tag),
        limit=limit,
        repeat=repeat,
        confirm_above=math.inf if yes else settings.confirm_above,
        command=("cv-harness", *sys.argv[1:]),
    )
    if show:
        series = looks.series(project, plan)
    else:
        with TerminalListener(quiet=as_json) as listener:
            series = looks.drift(project, plan, listener=listener, resume=resume)
    summary = drift_summary(series, alpha)
    typer.echo(json.dumps(summary, indent=2, allow_nan=False) if as_json else "\n".join(drift_lines(summary)))
    if out is not None:
        out.write_text(drift_markdown(summary), encoding="utf-8")
    return ExitCode.HOLD if summary["moved"] else ExitCode.SHIP
