"""`cv-harness probe`: known changes of CVs, no golden needed; `cv-harness evidence`: what an auditor is given."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project

if TYPE_CHECKING:
    from harness.evaluate.commands.probe import ProbedRun
    from harness.evaluate.setup.plan import Plan


def register(app: typer.Typer) -> None:
    app.command("probe")(probe)
    app.command("evidence")(evidence)


def probe(
    relation: list[str] = typer.Option(
        [], "--relation", help="form | content | twin, or a relation by name; again for several (default: all)."
    ),
    cvs: Path | None = typer.Option(None, "--cvs", metavar="DIR", help="A folder of CVs without goldens."),
    split: list[str] = typer.Option([], "--split", help="gate (default) | dev | sealed | none; again for several."),
    only: list[str] = typer.Option([], "--only", help="Document id or pattern; again for several."),
    tag: list[str] = typer.Option([], "--tag", help="key=value, for example language=de; again for several."),
    limit: int | None = typer.Option(None, "--limit", help="At most so many CVs."),
    assistant: list[str] = typer.Option([], "--assistant", help="Candidate bundle, by name or folder."),
    arms: str = typer.Option("baseline,candidate", "--arms", help="Which arms to probe."),
    provider: str | None = typer.Option(None, "--provider", help="simulator (free, offline) | openai (needs a key)."),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server that speaks OpenAI's wire format."),
    model: str | None = typer.Option(None, "--model", help="Model in place of the candidate bundle's own."),
    repeat: int = typer.Option(1, "--repeat", min=1, help="How often each CV and changed copy is asked, in each arm."),
    concurrency: int | None = typer.Option(None, "--concurrency", help="Calls in flight at most."),
    seed: int | None = typer.Option(None, "--seed", help="Seeds simulator, changes and statistics."),
    profile: str | None = typer.Option(None, "--profile", help="ci (gates advise) | release (gates decide)."),
    from_service: str = typer.Option(
        "", "--from-service", metavar="DB", help="A sample of production's consented uploads, in the day's budget."
    ),
    since: str = typer.Option("", "--since", metavar="DATE", help="With --from-service: uploads from then on."),
    max_cost: float | None = typer.Option(None, "--max-cost", help="US dollars that this run may cost."),
    yes: bool = typer.Option(False, "--yes", help="Ask nothing, whatever it costs (up to --max-cost)."),
    resume: bool = typer.Option(False, "--resume", help="Go on with the newest interrupted run (or --run ID)."),
    run_id: str = typer.Option("", "--run", metavar="ID", help="With --resume: which run."),
    as_json: bool = typer.Option(False, "--json", help="Print probes.json instead of the table."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Only where the pages are."),
) -> int:
    """Change CVs in known ways and see whether the answers change just so: no golden is needed.

    Exit codes: 0 probed to the end, 20 not to the end, or nothing could be probed.
    """
    from harness.cli.plans import plan_of, stored
    from harness.cli.production import probed_production, within_the_day
    from harness.cli.progress import TerminalListener
    from harness.cli.settings import resolve
    from harness.evaluate.commands.probe import probe as ask

    project = Project.find()
    flags = {"provider": provider, "base_url": base_url, "model": model, "concurrency": concurrency, "seed": seed,
             "profile": profile, "max_cost": max_cost}  # fmt: skip
    settings = resolve(project, flags).settings
    if cvs is not None and not cvs.is_dir():
        raise UsageError(f"--cvs {cvs} is not a folder")
    plan = replace(
        plan_of(settings),
        arms=tuple(name.strip() for name in arms.split(",") if name.strip()),
        assistants=tuple(assistant) or (settings.assistant,),
        splits=tuple(split) or ("gate",),
        only=tuple(only),
        tags=tuple(tag),
        limit=limit,
        repeat=repeat,
        fresh=False,
        cvs=cvs,
        probes=tuple(relation),
        command=("cv-harness", *sys.argv[1:]),
    )
    plan = replace(plan, confirm_above=math.inf) if yes else plan
    if run_id and not resume:
        raise UsageError("--run ID goes with --resume")
    if resume:
        begun = stored(run_id)
        if not begun.plan.probes:
            raise UsageError(
                f"run {begun.info.run_id} is no probed run", hint="`cv-harness run --resume` goes on with it"
            )
        plan = replace(begun.plan, concurrency=plan.concurrency, max_cost=plan.max_cost)
    if from_service:
        project, plan = probed_production(project, plan, from_service, since)
    with TerminalListener(quiet=quiet) as listener:

        def asked(plan: Plan) -> ProbedRun:
            return ask(project, plan, listener=listener, resume=run_id if resume else None)

        found = within_the_day(plan, asked) if from_service else asked(plan)
    _tell(found.evaluation.folder, as_json=as_json, quiet=quiet)
    for page in found.evaluation.pages.values():
        typer.echo(f"  run's page: {page}", err=as_json)
    replay = found.evaluation.replay
    whole = (replay is None or replay.complete) and found.result.pairs
    return ExitCode.SHIP if whole else ExitCode.INCONCLUSIVE


def evidence(
    run_id: str = typer.Argument("", metavar="[RUN]", help="A probed run's id (default: the newest)."),
    out: Path | None = typer.Option(None, "--out", metavar="DIR", help="Where it goes (default: the run's redacted/)."),
) -> int:
    """A probed run as one self-contained document for an auditor: HTML and PDF, without a value of any CV."""
    from harness.cli.plans import stored
    from harness.evaluate.commands.evidence import evidence as write
    from harness.evaluate.stages.pages import REDACTED

    info = stored(run_id).info
    written = write(info, out or info.folder / REDACTED)
    typer.echo(str(written.html))
    typer.echo(str(written.pdf) if written.pdf is not None else written.note)
    return ExitCode.SHIP


def _tell(folder: Path, *, as_json: bool, quiet: bool) -> None:
    import json

    from rich.console import Console

    from harness.evaluate.stages.probe_pages import DATA, PAGE
    from harness.reports.probes_terminal import tables

    text = (folder / DATA).read_text(encoding="utf-8")
    if as_json:
        typer.echo(text)
        return
    if not quiet:
        console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
        for part in tables(json.loads(text)):
            console.print(part)
    typer.echo(f"  probes: {folder / PAGE}")
