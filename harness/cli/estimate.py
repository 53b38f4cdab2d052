"""`cv-harness estimate`: what a run or a recording would take, before anything is asked."""

from __future__ import annotations

from dataclasses import replace

import typer

from harness.base.errors import ExitCode
from harness.base.project import Project


def register(app: typer.Typer) -> None:
    app.command("estimate")(estimate)


def estimate(
    assistant: list[str] = typer.Option([], "--assistant", help="Candidate bundle; again for several."),
    arms: str = typer.Option("legacy,baseline,candidate", "--arms", help="Which arms."),
    provider: str | None = typer.Option(None, "--provider", help="Whose recordings and prices; no key is needed."),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server that speaks OpenAI's wire format."),
    model: list[str] = typer.Option(
        [], "--model", help="Model in place of the candidate bundle's own; again for several."
    ),
    split: list[str] = typer.Option([], "--split", help="gate (default) | dev | sealed; again for several."),
    only: list[str] = typer.Option([], "--only", help="Document id or pattern; again for several."),
    tag: list[str] = typer.Option([], "--tag", help="key=value, for example language=de; again for several."),
    limit: int | None = typer.Option(None, "--limit", help="At most so many CVs."),
    repeat: int | None = typer.Option(None, "--repeat", help="How often each CV is asked, in each arm."),
    pair_live: bool = typer.Option(False, "--pair-live", help="Every arm is asked anew."),
    aa: bool = typer.Option(False, "--aa", help="Other answers of the baseline too."),
    missing: bool = typer.Option(False, "--missing", help="As `record` would ask: every arm for what is not recorded."),
) -> int:
    """CVs, calls, tokens and dollars of a run: with and without the provider's cache, as a batch, in the background."""
    from harness.cli.plans import plan_of
    from harness.cli.settings import resolve
    from harness.evaluate.commands.estimate import estimated

    project = Project.find()
    flags = {"provider": provider, "base_url": base_url, "repeat": repeat}
    settings = resolve(project, flags).settings
    base = plan_of(settings)
    plan = replace(
        base,
        arms=tuple(name.strip() for name in arms.split(",") if name.strip()),
        assistants=tuple(assistant) or (settings.assistant,),
        models=tuple(model) or base.models,
        splits=tuple(split) or base.splits,
        only=tuple(only),
        tags=tuple(tag),
        limit=limit,
        fresh=pair_live or base.fresh,
        aa=aa,
    )
    for line in estimated(project, plan, missing=missing).lines:
        typer.echo(line)
    return ExitCode.SHIP
