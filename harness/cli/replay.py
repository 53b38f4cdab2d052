"""`cv-harness run` and what looks at runs: report, rescore, runs, record."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from harness.base.collector import collected_seldom
from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project

if TYPE_CHECKING:
    from harness.cli.settings import Settings
    from harness.evaluate.setup.plan import Plan
    from harness.evaluate.stages.evaluation import Evaluation
    from harness.replay.runs import RunInfo
    from harness.replay.settings import Way


def register(app: typer.Typer) -> None:
    app.command("run")(run)
    app.command("record")(record)
    app.command("report")(report)
    app.command("rescore")(rescore)
    app.command("runs")(runs)
    app.command("export")(export)


@collected_seldom()
def run(
    assistant: list[str] = typer.Option(
        [], "--assistant", help="Candidate bundle, by name or folder; again for several candidates in one run."
    ),
    arms: str = typer.Option("legacy,baseline,candidate", "--arms", help="Which arms to replay."),
    provider: str | None = typer.Option(
        None, "--provider", help="simulator (free, offline), openai, or another endpoint by name."
    ),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server that speaks OpenAI's wire format."),
    model: list[str] = typer.Option(
        [], "--model", help="Model in place of the candidate bundle's own; again for several in one table."
    ),
    split: list[str] = typer.Option([], "--split", help="gate (default) | dev | sealed | none; again for several."),
    sealed: bool = typer.Option(False, "--sealed", help="The gate and the sealed split together; each use is counted."),
    only: list[str] = typer.Option([], "--only", help="Document id or pattern; again for several."),
    tag: list[str] = typer.Option([], "--tag", help="key=value, for example language=de; again for several."),
    limit: int | None = typer.Option(None, "--limit", help="At most so many CVs."),
    repeat: int | None = typer.Option(
        None, "--repeat", help="How often each CV is asked, in each arm (default 3; 1 is a quick look)."
    ),
    concurrency: int | None = typer.Option(None, "--concurrency", help="Calls in flight at most."),
    seed: int | None = typer.Option(None, "--seed", help="Seeds simulator, order and statistics."),
    profile: str | None = typer.Option(
        None, "--profile", help="ci | release (latency and 59 people required, gate and sealed split, new answers)."
    ),
    cvs: str = typer.Option(
        "", "--cvs", metavar="DIR", help="CVs without goldens: a folder, an address (s3://…), or a list in Parquet."
    ),
    answers: Path | None = typer.Option(
        None, "--answers", metavar="FILE", help="Judge answers made elsewhere (JSONL, or the file of another runner)."
    ),
    reader: str = typer.Option("common", "--reader", help="common | product (as the service reads files today)."),
    require_baseline: str = typer.Option("", "--require-baseline", metavar="REV", help="Baseline must be REV's."),
    pair_live: bool = typer.Option(False, "--pair-live", help="Ask the model for every arm anew."),
    batch: bool = typer.Option(
        False, "--batch", help="Ask in batches: half the price, within 24 hours, no latency; may be left and resumed."
    ),
    background: str = typer.Option(
        "", "--background", metavar="WINDOW", help="Ask in the background: soonest | 2h | 8h, where a server has it."
    ),
    first_draw: int | None = typer.Option(
        None,
        "--first-draw",
        metavar="N",
        min=0,
        help="Answers (draws) are counted from N: to make a run again on the same ones (default: the accepted "
        "assistant's; with --pair-live or --profile release the next unseen).",
    ),
    aa: bool = typer.Option(False, "--aa", help="Replay other answers of the baseline too: what noise alone does."),
    sequential: str = typer.Option("", "--sequential", metavar="N,N,N", help="May end early after so many people."),
    resume: bool = typer.Option(False, "--resume", help="Go on with the newest interrupted run (or --run ID)."),
    run_id: str = typer.Option("", "--run", metavar="ID", help="With --resume: which run."),
    max_cost: float | None = typer.Option(None, "--max-cost", help="US dollars that this run may cost."),
    service_url: str = typer.Option(
        "", "--service", metavar="URL", help="With --arms legacy-http,candidate-http: measure a running service."
    ),
    load: int = typer.Option(1, "--load", min=1, max=500, help="With --service: users at a time."),
    from_service: str = typer.Option("", "--from-service", metavar="DB", help="A run of what production answered."),
    since: str = typer.Option("", "--since", metavar="DATE", help="With --from-service: pairs from then on."),
    engine: str = typer.Option("local", "--engine", help="local | ray (extra: ray): shards side by side on a cluster."),
    ray_address: str = typer.Option(
        "", "--ray-address", metavar="ADDR", help="With --engine ray: a running cluster, auto | HOST:PORT | ray://…"
    ),
    shards: int | None = typer.Option(
        None, "--shards", metavar="N", min=1, help="With --engine ray: in how many parts (default: as suits it)."
    ),
    yes: bool = typer.Option(False, "--yes", help="Ask nothing, whatever it costs (up to --max-cost)."),
    force: bool = typer.Option(False, "--force", help="Run an assistant in which lint finds an error."),
    out: Path | None = typer.Option(None, "--out", metavar="DIR", help="Copy the report there, too."),
    as_json: bool = typer.Option(
        False, "--json", help="Print verdict.json instead of the table (of several candidates a list)."
    ),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Only the result, in one line."),
    verbose: bool = typer.Option(False, "--verbose", help="Every gate, the claims and all reasons."),
) -> int:
    """Replay CVs through legacy, baseline and candidate; score, decide, render. Free and offline by default."""
    from harness.cli.plans import WHOLE, plan_of
    from harness.cli.production import from_production, of_service
    from harness.cli.progress import TerminalListener
    from harness.evaluate.commands.run import evaluate

    project = Project.find()
    settings = _settings(
        project, provider=provider, base_url=base_url, repeat=repeat, concurrency=concurrency,
        seed=seed, profile=profile, max_cost=max_cost,
    )  # fmt: skip
    base = plan_of(settings)
    plan = replace(
        base,
        arms=tuple(name.strip() for name in arms.split(",") if name.strip()),
        assistants=tuple(assistant) or (settings.assistant,),
        models=tuple(model) or base.models,
        splits=tuple(split) or (WHOLE if sealed else base.splits),
        only=tuple(only),
        tags=tuple(tag),
        limit=limit,
        fresh=pair_live or base.fresh,
        way=_way(batch, background),
        first_draw=first_draw,
        sequential=_numbers(sequential),
        reader="product" if reader == "product" else "common",
        require_baseline=require_baseline,
        aa=aa,
        cvs=_cvs(cvs),
        answers=answers,
        confirm_above=math.inf if yes else base.confirm_above,
        force=force,
        out=out,
        command=("cv-harness", *sys.argv[1:]),
    )
    if reader not in ("common", "product"):
        raise UsageError(f"--reader {reader}: is none of common, product")
    if run_id and not resume:
        raise UsageError("--run ID goes with --resume")
    if plan.way and (answers or service_url or from_service):
        raise UsageError("--batch and --background ask a model, and here none is asked", hint="leave them out")
    if resume:
        plan = _as_begun(plan, run_id)
    if engine not in ("local", "ray"):
        raise UsageError(f"--engine {engine}: is none of local, ray")
    if engine == "local" and (ray_address or shards):
        raise UsageError("--ray-address and --shards go with --engine ray")
    if engine == "ray":
        plan = replace(plan, engine="ray", ray_address=ray_address, shards=shards)
    if service_url:
        plan = of_service(plan, service_url, load)
    if from_service:
        project, plan = from_production(project, plan, from_service, since)
    with TerminalListener(quiet=quiet) as listener:
        evaluation = evaluate(project, plan, listener=listener, resume=run_id if resume else None)
    return show(evaluation, as_json=as_json, quiet=quiet, verbose=verbose)


@collected_seldom()
def record(
    assistant: list[str] = typer.Option([], "--assistant", help="Candidate bundle to record with the other arms."),
    arms: str = typer.Option("legacy,baseline,candidate", "--arms", help="Which arms to record."),
    provider: str | None = typer.Option(None, "--provider", help="simulator, openai, or another endpoint by name."),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server that speaks OpenAI's wire format."),
    model: list[str] = typer.Option(
        [], "--model", help="Model in place of the candidate bundle's own; again for several in one table."
    ),
    split: list[str] = typer.Option([], "--split", help="gate (default) | dev | sealed; again for several."),
    only: list[str] = typer.Option([], "--only", help="Document id or pattern; again for several."),
    tag: list[str] = typer.Option([], "--tag", help="key=value, for example language=de; again for several."),
    limit: int | None = typer.Option(None, "--limit", help="At most so many CVs."),
    repeat: int | None = typer.Option(None, "--repeat", help="How often each CV is asked, in each arm."),
    first_draw: int | None = typer.Option(
        None,
        "--first-draw",
        metavar="N",
        min=0,
        help="Answers (draws) are counted from N (default: the accepted assistant's).",
    ),
    aa: bool = typer.Option(False, "--aa", help="Other answers of the baseline too."),
    concurrency: int | None = typer.Option(None, "--concurrency", help="Calls in flight at most."),
    batch: bool = typer.Option(False, "--batch", help="Ask in batches: half the price, within 24 hours, no latency."),
    background: str = typer.Option(
        "", "--background", metavar="WINDOW", help="Ask in the background: soonest | 2h | 8h, where a server has it."
    ),
    resume: bool = typer.Option(False, "--resume", help="Go on with the newest recording that was left (or --run ID)."),
    run_id: str = typer.Option("", "--run", metavar="ID", help="With --resume: which run."),
    max_cost: float | None = typer.Option(None, "--max-cost", help="US dollars that this may cost."),
    yes: bool = typer.Option(False, "--yes", help="Ask nothing, whatever it costs (up to --max-cost)."),
) -> int:
    """Ask the model for what is not recorded yet, and add it to fixtures/recordings (append-only).

    Exit codes: 0 all of it is recorded, 20 not all, because it was interrupted or would have cost too much.
    """
    from harness.cli.plans import plan_of
    from harness.cli.progress import TerminalListener
    from harness.evaluate.commands.record import record as ask

    project = Project.find()
    settings = _settings(
        project, provider=provider, base_url=base_url, repeat=repeat, concurrency=concurrency,
        max_cost=max_cost,
    )  # fmt: skip
    base = plan_of(settings)
    plan = replace(
        base,
        arms=tuple(name.strip() for name in arms.split(",") if name.strip()),
        assistants=tuple(assistant) or (settings.assistant,),
        models=tuple(model) or base.models,
        splits=tuple(split) or ("gate",),
        only=tuple(only),
        tags=tuple(tag),
        limit=limit,
        fresh=False,
        way=_way(batch, background),
        first_draw=first_draw,
        aa=aa,
        confirm_above=math.inf if yes else settings.confirm_above,
        command=("cv-harness", *sys.argv[1:]),
    )
    if run_id and not resume:
        raise UsageError("--run ID goes with --resume")
    if resume:
        plan = _as_begun(plan, run_id)
    with TerminalListener() as listener:
        recorded = ask(project, plan, listener=listener, resume=run_id if resume else None)
    typer.echo(recorded.told)
    return ExitCode.SHIP if recorded.summary.complete else ExitCode.INCONCLUSIVE


@collected_seldom()
def report(
    run_id: str = typer.Argument("", metavar="[RUN]", help="A run's id (default: the newest)."),
    verbose: bool = typer.Option(False, "--verbose", help="Every gate, the claims and all reasons."),
) -> int:
    """Decide and render a run again, without a call; print where its pages are."""
    return _again(run_id, verbose)


@collected_seldom()
def rescore(
    run_id: str = typer.Argument("", metavar="[RUN]", help="A run's id (default: the newest)."),
    verbose: bool = typer.Option(False, "--verbose", help="Every gate, the claims and all reasons."),
) -> int:
    """Judge a run's stored answers by today's scorer, goldens and gates, without a call."""
    return _again(run_id, verbose)


def export(
    run_id: str = typer.Argument("", metavar="[RUN]", help="A run's id (default: the newest)."),
    out: Path = typer.Option(Path("cv-harness-export"), "--out", metavar="DIR", help="Where the tables go."),
    parquet: bool = typer.Option(False, "--parquet", help="Parquet with types instead of CSV (extra: parquet)."),
    redacted: bool = typer.Option(False, "--redacted", help="Neither values nor document ids."),
) -> int:
    """A run as tables: cases, leaves, gates, fields. CSV cells are guarded against formulas."""
    from harness.cli.plans import stored
    from harness.evaluate.commands.export import export_run

    run = stored(run_id)
    for path in export_run(run.project, run.info, run.plan, out, parquet=parquet, redacted=redacted):
        typer.echo(str(path))
    return ExitCode.SHIP


def runs(
    limit: int = typer.Option(20, "--limit", help="At most so many, newest first."),
    html: bool = typer.Option(False, "--html", help="Write them as a page, too: reports/runs.html."),
) -> int:
    """The runs of this project, newest first: status, verdict, what was edited, on which CVs, and how many."""
    from harness.replay.runs import run_folders, run_info
    from harness.reports.runs_page import line, render, rows

    project = Project.find()
    found = [run_info(folder, whole=True) for folder in run_folders(project)[:limit]]
    for info in found:
        part = _ended_early(project, info)
        for row in rows([info], project.reports):
            typer.echo(line(row, part))
    if not found:
        typer.echo("no runs yet; `cv-harness run` makes one")
    if html:
        page = project.reports / "runs.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(render(rows(found, project.reports)))
        typer.echo(f"page: {page}")
    return ExitCode.SHIP


def _ended_early(project: Project, info: RunInfo) -> str:
    """What a sequential run that had seen enough says of itself: " · 20 of 60 people (sequential)"."""
    from harness.corpus.manifest import load_manifest

    if info.manifest is None or info.status != "complete" or len(info.replayed) == len(info.manifest.documents):
        return ""
    people = {document.id: document.persona for document in load_manifest(project, verify=False)}
    replayed, every = (
        len({people.get(name, name) for name in names}) for names in (info.replayed, info.manifest.documents)
    )
    return f" · {replayed} of {every} people" + (" (sequential)" if info.manifest.settings.sequential else "")


def show(evaluation: Evaluation, *, as_json: bool = False, quiet: bool = False, verbose: bool = False) -> int:
    """Print what an evaluation came to; the exit code that says the same."""
    import json

    from harness.evaluate.stages.pages import candidates_told
    from harness.gates.decide import exit_code
    from harness.gates.serial import verdict_to_dict
    from harness.reports.terminal import contenders as side_by_side
    from harness.reports.terminal import one_line, renderable

    if not evaluation.verdicts:
        typer.echo(f"no verdict: no candidate was replayed. Records and scores: {evaluation.folder}")
        return ExitCode.SHIP
    if as_json:
        told = [verdict_to_dict(verdict) for verdict in evaluation.verdicts.values()]
        typer.echo(json.dumps(told if len(told) > 1 else told[0], ensure_ascii=False, indent=2))
        return exit_code(evaluation.verdict)
    for arm, verdict in evaluation.verdicts.items():
        summary = json.loads((evaluation.pages[arm].parent / "summary.json").read_text(encoding="utf-8"))
        if quiet:
            typer.echo(f"{one_line(verdict, summary)}  {evaluation.pages[arm]}")
            continue
        _console().print(renderable(verdict, summary, verbose=verbose))
        typer.echo(f"  page: {evaluation.pages[arm]}")
    if not quiet and "contenders" in summary:
        _console().print(side_by_side(summary["contenders"]))
    if len(evaluation.verdicts) > 1 and not quiet:
        typer.echo(candidates_told(evaluation.verdicts))
    return exit_code(evaluation.verdict)


def _console() -> Any:
    """As wide as the terminal; a pipe gets 120 columns."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def _again(run_id: str, verbose: bool) -> int:
    from harness.cli.plans import stored
    from harness.cli.progress import TerminalListener
    from harness.evaluate.commands.judge import judge

    run = stored(run_id)
    with TerminalListener() as listener:
        return show(judge(run.project, run.info.folder, run.plan, listener=listener), verbose=verbose)


def _as_begun(plan: Plan, run_id: str) -> Plan:
    """What a resumed run was begun with stands; only how fast and where to is today's."""
    from harness.cli.plans import stored

    return replace(stored(run_id).plan, concurrency=plan.concurrency, out=plan.out, max_cost=plan.max_cost)


def _way(batch: bool, background: str) -> Way:
    ways: dict[str, Way] = {"": "", "soonest": "background", "2h": "background-2h", "8h": "background-8h"}
    if background not in ways:
        raise UsageError(f"--background {background}: is none of soonest, 2h, 8h")
    if batch and background:
        raise UsageError("--batch and --background are two ways of asking: give one")
    return "batch" if batch else ways[background]


def _settings(project: Project, **flags: Any) -> Settings:
    from harness.cli.settings import resolve

    return resolve(project, flags).settings


def _numbers(text: str) -> tuple[int, ...]:
    """Planned looks: "20,40,60". The gates check that they are equally spaced."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isdigit() for word in words):
        raise UsageError(f"--sequential {text}: not a list of numbers", hint="for example --sequential 20,40,60")
    return tuple(int(word) for word in words)


def _cvs(named: str) -> Path | str | None:
    from harness.corpus.remote import is_remote

    if is_remote(named):
        return named if "://" in named else str(Path(named).resolve())
    if named and not Path(named).is_dir():
        raise UsageError(f"--cvs {named} is not a folder")
    return Path(named) if named else None
