"""`cv-harness doctor`: what this machine and a server can do, line by line."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import typer

from harness.base.errors import ExitCode
from harness.base.project import Project


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    provider: str | None = typer.Option(None, "--provider", help="simulator, openai, or another endpoint by name."),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server that speaks OpenAI's wire format."),
    model: str | None = typer.Option(None, "--model", help="Model in place of the bundle's own."),
    assistant: str | None = typer.Option(None, "--assistant", help="The bundle to ask with."),
    update_catalogue: bool = typer.Option(
        False, "--update-catalogue", help="Keep what the server lists today in models.toml: ids and days, no prices."
    ),
    as_json: bool = typer.Option(False, "--json", help="The lines as JSON."),
) -> int:
    """Key, wires, models, strict schema, tokens, limits, slots, readers, disk; each with what to do. Asks a few short
    questions. Exit code 3 where something keeps a run from working."""
    from harness.base.terminal import safe
    from harness.cli.plans import plan_of
    from harness.cli.settings import resolve
    from harness.evaluate.commands.doctor import examined

    project = Project.find()
    flags = {"provider": provider, "base_url": base_url, "model": model, "assistant": assistant}
    settings = resolve(project, flags).settings
    plan = replace(plan_of(settings), assistants=(settings.assistant,))
    checks = []
    for check in examined(project, plan, update_catalogue=update_catalogue):
        checks.append(check)
        if not as_json:
            mark = {"ok": "ok", "warning": "look", "failed": "FAILS"}[check.status]
            typer.echo(safe(f"{mark:6}{check.name:10} {check.said}" + (f"\n       → {check.do}" if check.do else "")))
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=2))
    return ExitCode.HARNESS if any(check.status == "failed" for check in checks) else ExitCode.SHIP
