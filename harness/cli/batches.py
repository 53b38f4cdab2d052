"""`cv-harness batches`: what a run left at a server's Batch API."""

from __future__ import annotations

import typer

from harness.base.errors import ExitCode


def register(app: typer.Typer) -> None:
    app.command("batches")(batches)


def batches(
    run_id: str = typer.Argument("", metavar="[RUN]", help="A run's id (default: the newest)."),
    cancel: bool = typer.Option(False, "--cancel", help="End those that are still under way."),
) -> int:
    """The batches of a run made with --batch: how far each is, and how long it has. `run --resume` collects them."""
    from harness.base.terminal import safe
    from harness.cli.plans import stored
    from harness.evaluate.commands.batches import batches as told

    run = stored(run_id)
    for line in told(run.project, run.info, run.plan, cancel=cancel):
        typer.echo(safe(line))
    return ExitCode.SHIP
