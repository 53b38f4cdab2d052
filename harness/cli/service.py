"""`cv-harness serve` and what belongs to a running service. Everything here needs the `service` extra."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project

DATABASE_VARIABLE = "CV_HARNESS_DATABASE"
_DATABASE_HELP = f"sqlite:///FILE or postgresql://… (default: ${DATABASE_VARIABLE}, else reports/service/service.db)."
_EXTRA = "service"

group = typer.Typer(no_args_is_help=True, help="Tokens, stages, retention and forgetting of the CV-import service.")


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)
    app.command("rollout")(rollout)
    app.add_typer(group, name="service")


def serve(
    database: str = typer.Option("", "--database", metavar="URL", help=_DATABASE_HELP),
    provider: str = typer.Option(
        "simulator", "--provider", help="simulator (free, offline), openai, or another endpoint by name."
    ),
    base_url: str = typer.Option("", "--base-url", help="Another server that speaks OpenAI's wire format."),
    assistant: str = typer.Option("", "--assistant", help="Bundle by name or folder (default: the accepted one)."),
    flags: Path | None = typer.Option(
        None, "--flags", metavar="FILE", help="flagd file (default: reports/service/flags.json)."
    ),
    tokens: Path | None = typer.Option(
        None, "--tokens", metavar="FILE", help="Token digests (default: one token for this start)."
    ),
    host: str = typer.Option("127.0.0.1", "--host", help="Address to listen on."),
    port: int = typer.Option(8000, "--port", min=0, max=65535),
    workers: int = typer.Option(1, "--workers", min=1, max=64, help="Processes over the one database."),
    uploads_a_minute: int = typer.Option(5, "--uploads-a-minute", min=1, help="Uploads a user may make in a minute."),
    guard: bool = typer.Option(False, "--guard", help="Switch the flag off by itself where a limit is broken."),
    keep_uploads: bool = typer.Option(False, "--keep-uploads", help="Keep the files (default: read and forgotten)."),
    fallback: bool = typer.Option(True, "--fallback/--no-fallback", help="Legacy answers where the assistant fails."),
    retire_legacy: bool = typer.Option(
        False, "--retire-legacy", help="The assistant answers everybody; the legacy endpoint is gone (410)."
    ),
    shadow_rate: float | None = typer.Option(
        None, "--shadow-rate", min=0.0, max=1.0, help="Share of shadow uploads that are shadowed (default: 1.0)."
    ),
    shadow_dollars: float | None = typer.Option(
        None, "--shadow-dollars", min=0.0, help="US dollars a day that shadow and probes may spend (default: 10)."
    ),
    probe_every: float | None = typer.Option(
        None,
        "--probe-every",
        min=0.0,
        metavar="HOURS",
        help="Probe a sample of consented uploads so often (default: 0, never).",
    ),
    probe_sample: int | None = typer.Option(
        None, "--probe-sample", min=1, help="Uploads that are probed at a time (default: 20)."
    ),
    seed: int = typer.Option(7, "--seed", help="Of the simulator."),
    clock_scale: float = typer.Option(0.0, "--clock-scale", min=0.0, help="Real seconds a simulated second takes."),
    otlp_endpoint: str = typer.Option("", "--otlp-endpoint", metavar="URL", help="Send OpenTelemetry spans there."),
    settings_file: Path | None = typer.Option(
        None, "--settings", metavar="FILE", help="JSON of further settings (docs/service.md)."
    ),
) -> int:
    """Run the CV-import service: both ways of reading a CV behind one API. Free and offline by default."""
    require_extra()
    from harness.evaluate.commands import serving
    from harness.service.settings import ServiceSettings, read_further
    from harness.service.tokens import read_tokens

    project = Project.find()
    url = database_url(project, database)
    flag_file = (flags or project.reports / "service" / "flags.json").absolute()
    written = serving.prepare_flags(flag_file)
    with serving.model_at(project, provider, base_url, seed, clock_scale) as endpoint:
        settings = ServiceSettings(
            database=url,
            durable=serving.durable_url(url),
            flags=str(flag_file),
            origin=endpoint.origin,
            base_url=endpoint.base_url,
            project=str(project.root),
            assistant=str(Path(assistant).absolute()) if assistant and Path(assistant).is_dir() else assistant,
            tokens=read_tokens(tokens, os.environ),
            uploads_a_minute=uploads_a_minute,
            workers=workers,
            keep_uploads=keep_uploads,
            legacy_retired=retire_legacy,
            otlp_endpoint=otlp_endpoint,
        )
        if settings_file is not None:
            settings = read_further(settings, settings_file)
        settings = replace(
            settings,
            fallback=replace(settings.fallback, enabled=fallback and settings.fallback.enabled),
            guard=replace(settings.guard, enabled=guard or settings.guard.enabled),
            shadow=replace(
                settings.shadow,
                rate=settings.shadow.rate if shadow_rate is None else shadow_rate,
                dollars_a_day=settings.shadow.dollars_a_day if shadow_dollars is None else shadow_dollars,
            ),
            probes=replace(
                settings.probes,
                every_s=settings.probes.every_s if probe_every is None else probe_every * 3600,
                sample=probe_sample or settings.probes.sample,
                figures=settings.probes.figures or str(evidence_folder(project).with_name("probes.json").absolute()),
            ),
        )
        settings, secret = serving.with_token(settings)
        simulated = " · SIMULATED" if endpoint.simulated else ""
        typer.echo(f"CV import on http://{host}:{port} · model: {endpoint.origin}{simulated}")
        typer.echo(f"flags: {flag_file}{' (written, off)' if written else ''}")
        if secret:
            typer.echo(f"token of this start (user demo): {secret}")
        serving.serve(settings, serving.Listening(host, port, workers))
    return ExitCode.SHIP


def rollout(
    database: str = typer.Option("", "--database", metavar="URL", help=_DATABASE_HELP),
    flags: Path | None = typer.Option(None, "--flags", metavar="FILE", help="The service's flagd file."),
    provider: str = typer.Option(
        "simulator", "--provider", help="Whose accepted assistant: simulator, openai, or another endpoint by name."
    ),
    origin: str = typer.Option("", "--origin", help="Of another server (`/readyz` names it)."),
    hours: float = typer.Option(24.0, "--hours", min=0.0, help="A stage lasts at least so long."),
    slow: float = typer.Option(30.0, "--slow", min=0.1, help="Seconds beyond which an answer is slow."),
    apply: bool = typer.Option(False, "--apply", help="Write the flag file as advised, and put it on record."),
    as_json: bool = typer.Option(False, "--json", help="Print the advice as JSON."),
) -> int:
    """Advance, hold or roll back: what production shows, with bounds that are valid at every look.

    Exit codes: 0 advance, 10 roll back, 20 hold.
    """
    require_extra()
    import json

    from harness.evaluate.commands.rollout import EXIT, RolloutRules
    from harness.evaluate.commands.rollout import rollout as advice_on

    project = Project.find()
    path = flags or project.reports / "service" / "flags.json"
    asked = origin or ("simulator@" if provider == "simulator" else provider)
    rules = RolloutRules(hours=hours, slow_ms=slow * 1000.0)
    advised, page = advice_on(project, database_url(project, database), path, asked, rules=rules, apply=apply)
    if as_json:
        typer.echo(json.dumps(advised.to_dict(), ensure_ascii=False, indent=2))
        return EXIT[advised.advice]
    typer.echo(f"{advised.advice.upper()}{f' to {advised.target}' if advised.target else ''} (stage: {advised.stage})")
    for reason in advised.reasons:
        typer.echo(f"  {reason}")
    typer.echo(f"page: {page}")
    return EXIT[advised.advice]


@group.command("token")
def token(
    user: str = typer.Argument(help="One word; the flag's percentage is by this."),
    tenant: str = typer.Option("default", "--tenant"),
    expires: str = typer.Option("", "--expires", help="2027-01-31T00:00:00Z; default: never."),
    file: Path | None = typer.Option(None, "--file", help="Append the entry there (default: print it)."),
) -> int:
    """Make a token: the token is shown once, only its digest is kept."""
    require_extra()
    from datetime import UTC, datetime

    from harness.service.tokens import new_token

    try:
        until = datetime.fromisoformat(expires) if expires else None
    except ValueError:
        raise UsageError(f"--expires {expires}: not a time", hint="like 2027-01-31T00:00:00Z") from None
    until = until.replace(tzinfo=UTC) if until is not None and until.tzinfo is None else until
    secret, entry = new_token(user, tenant, until)
    if file is not None:
        with file.open("a", encoding="utf-8") as opened:
            opened.write(entry.entry() + "\n")
        file.chmod(0o600)
    else:
        typer.echo(f"entry: {entry.entry()}")
    typer.echo(f"token: {secret}")
    return ExitCode.SHIP


@group.command("stage")
def stage(
    stage: str = typer.Argument("", help="off | shadow | 5 | 25 | 50 | 100; nothing: show where it is."),
    flags: Path | None = typer.Option(None, "--flags", metavar="FILE"),
) -> int:
    """Bring the flag file to a stage by hand; `off` is the instant rollback."""
    require_extra()
    from harness.service.flags import STAGES, checked, stage_of, write_stage

    path = flags or Project.find().reports / "service" / "flags.json"
    if stage:
        known = next((each for each in STAGES if each == stage), None)
        if known is None:
            raise UsageError(f"{stage}: no such stage", hint=", ".join(STAGES))
        write_stage(path, known)
    try:
        typer.echo(f"{path}: {stage_of(checked(path.read_bytes()))}")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}", hint="write it with `cv-harness service stage off`") from None
    return ExitCode.SHIP


@group.command("forget")
def forget(
    user: str = typer.Argument(help="The person as the tokens name them."),
    database: str = typer.Option("", "--database", metavar="URL", help=_DATABASE_HELP),
) -> int:
    """Erase everything the service knows of a person: tasks, answers, pairs, corrections."""
    require_extra()
    from harness.evaluate.commands.serving import forget_person

    typer.echo(f"{forget_person(database_url(Project.find(), database), user)} tasks erased")
    return ExitCode.SHIP


@group.command("retain")
def retain(
    database: str = typer.Option("", "--database", metavar="URL", help=_DATABASE_HELP),
    days: float = typer.Option(30.0, "--days", min=0.0, help="Tasks older than that go."),
    pair_days: float = typer.Option(30.0, "--pair-days", min=0.0, help="Contents of pairs older than that go."),
) -> int:
    """Erase what is too old now, as the running service does by its timer."""
    require_extra()
    from harness.evaluate.commands.serving import retain_now

    tasks, pairs = retain_now(database_url(Project.find(), database), days, pair_days)
    typer.echo(f"{tasks} tasks erased, contents of {pairs} pairs removed")
    return ExitCode.SHIP


def database_url(project: Project, given: str) -> str:
    """--database, else the variable, else a file in the project's reports."""
    named = given or os.environ.get(DATABASE_VARIABLE, "")
    if named.startswith("sqlite:///"):
        return f"sqlite:///{Path(named.removeprefix('sqlite:///')).absolute()}"
    return named or f"sqlite:///{project.reports / 'service' / 'service.db'}"


def evidence_folder(project: Project) -> Path:
    """Where copies of production's CVs lie as a project of their own: never in version control."""
    return project.reports / "service" / "evidence"


def require_extra() -> None:
    """Raises UsageError naming the command that installs what is missing."""
    needed = ("fastapi", "uvicorn", "dbos", "sqlalchemy", "alembic", "openfeature", "prometheus_client", "limits")
    missing = [name for name in needed if not _installed(name)]
    if missing:
        raise UsageError(
            f"the service needs {', '.join(missing)}",
            hint=f"install it again, from where it came, with this extra; in its folder: pip install '.[{_EXTRA}]'",
        )


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(name) is not None
    except ImportError:
        return False
