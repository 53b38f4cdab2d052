"""`cv-harness recordings`: the stored answers of models, as files."""

from __future__ import annotations

import typer

from harness.base.errors import ExitCode
from harness.base.project import Project

recordings = typer.Typer(
    no_args_is_help=True, help="The recorded answers: ls, verify, prune, rebuild.", rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    app.add_typer(recordings, name="recordings")


@recordings.command("ls")
def ls() -> int:
    """Every pack: committed or of this machine, its origin, how many recordings, from which days, how large."""
    from harness.base.terminal import safe
    from harness.models.stored_packs import stored_packs

    project = Project.find()
    packs = list(stored_packs(project))
    for pack in packs:
        where = "committed" if pack.committed else "local"
        name = pack.path.relative_to(project.root)
        if pack.problem:
            typer.echo(safe(f"{where:9} {name}  damaged: {pack.problem}"))
            continue
        days = pack.days[0] if pack.days[0] == pack.days[1] else f"{pack.days[0]} to {pack.days[1]}"
        failed = pack.recordings - pack.answered
        typer.echo(
            safe(
                f"{where:9} {pack.origin}  {pack.recordings} recordings{f' ({failed} failures)' if failed else ''}  "
                f"{days}  {pack.size / 1024:.0f} KB  {name}"
            )
        )
    if not packs:
        typer.echo("nothing is recorded yet; `cv-harness record` does it")
    return ExitCode.SHIP


@recordings.command("verify")
def verify() -> int:
    """Read every recording of every pack; exit code 3 where one is damaged, edited or half merged."""
    from harness.base.terminal import safe
    from harness.models.stored_packs import stored_packs

    packs = list(stored_packs(Project.find()))
    broken = [pack for pack in packs if pack.problem]
    for pack in broken:
        typer.echo(safe(pack.problem), err=True)
    typer.echo(
        f"{len(packs) - len(broken)} of {len(packs)} packs are sound, {sum(p.recordings for p in packs)} recordings"
    )
    return ExitCode.HARNESS if broken else ExitCode.SHIP


@recordings.command("prune")
def prune(yes: bool = typer.Option(False, "--yes", help="Do it; without this it only says what it would do.")) -> int:
    """Remove this machine's packs of which every recording is committed as well."""
    from harness.models.stored_packs import needless

    found = list(needless(Project.find()))
    for path in found:
        typer.echo(f"{'removed' if yes else 'would remove'} {path}")
        if yes:
            path.unlink()
    if not found:
        typer.echo("nothing to remove: every local pack holds something that is not committed")
    return ExitCode.SHIP


@recordings.command("rebuild")
def rebuild() -> int:
    """Make this machine's recordings anew from the runs that are here; what is recorded already stays."""
    from harness.models.recordings import RecordingStore
    from harness.replay.recorded import derive

    project = Project.find()
    written = derive(project, RecordingStore.of(project), everything=True)
    for path in written:
        typer.echo(f"recorded {path}")
    if not written:
        typer.echo("nothing to add: what the runs here have paid for is recorded")
    return ExitCode.SHIP
