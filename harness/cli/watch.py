"""`cv-harness watch`: save the instructions, see in seconds what moved."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project


def register(app: typer.Typer) -> None:
    app.command("watch")(watch)


def watch(
    assistant: str = typer.Option("cv-parser-pro", "--assistant", help="Bundle to watch, by name or folder."),
    split: str = typer.Option("dev", "--split", help="What is replayed: dev leaves the gate split unlooked at."),
    repeat: int = typer.Option(1, "--repeat", help="How often each CV is asked; more is steadier and slower."),
    provider: str | None = typer.Option(None, "--provider", help="simulator (free) | openai: a save costs money."),
    max_cost: float | None = typer.Option(None, "--max-cost", help="US dollars that one save may cost."),
    serve: bool = typer.Option(False, "--serve", help="Show the page on loopback, too; it refreshes itself."),
    port: int = typer.Option(0, "--port", help="With --serve: which port (default: any that is free)."),
    once: bool = typer.Option(False, "--once", help="Replay once and stop."),
) -> int:
    """Replay the dev split whenever the bundle is saved: the verdict's word and why, which fields of which CVs moved.
    Ctrl-C ends it."""
    from harness.assistants.bundle import find_bundle
    from harness.cli.plans import plan_of
    from harness.cli.progress import TerminalListener
    from harness.cli.settings import resolve
    from harness.corpus.manifest import load_manifest
    from harness.evaluate.commands.live import LivePage
    from harness.evaluate.commands.watch import saves

    project = Project.find()
    folder = find_bundle(project, assistant).path
    if not any(document.split == split for document in load_manifest(project, verify=False)):
        raise UsageError(
            f"no CV of this project is in split {split}",
            hint=f"bring some in: cv-harness corpus add FOLDER --split {split}; or watch another one: --split gate",
        )
    flags = {name: value for name, value in (("provider", provider), ("max_cost", max_cost)) if value is not None}
    plan = replace(
        plan_of(resolve(project, flags).settings),
        arms=("baseline", "candidate"),
        assistants=(str(folder),),
        splits=(split,),
        repeat=repeat,
        fresh=False,
        command=("cv-harness", "watch"),
    )
    with contextlib.ExitStack() as stack:
        if serve:
            try:
                typer.echo(f"page: {stack.enter_context(LivePage(project.reports, port)).url}")
            except OSError as error:
                raise UsageError(f"--port {port}: {error.strerror}", hint="leave it out for any that is free") from None
        # a paid save says what it costs before it does; a free one only what it came to
        listener = stack.enter_context(TerminalListener(quiet=plan.provider == "simulator"))
        for saved in saves(project, plan, folder, listener):
            if saved.error is not None:
                if once:
                    raise saved.error
                typer.echo(f"✕ {saved.error}")
            for line in saved.lines:
                typer.echo(line)
            if saved.page is not None:
                typer.echo(f"  {saved.seconds:.1f} s · page: {saved.page}")
            if once:
                break
            typer.echo(f"watching {folder} …")
    return ExitCode.SHIP
