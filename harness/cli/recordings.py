"""`cv-harness recordings`: the stored answers of models, as files."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project

recordings = typer.Typer(
    no_args_is_help=True,
    help="The recorded answers: ls, show, verify, prune, rebuild, as-text, merge-driver.",
    rich_markup_mode=None,
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


@recordings.command("show")
def show(pack: Path = typer.Argument(..., metavar="PACK", help="A pack, text or packed.")) -> int:
    """A pack as a person reads it, one line an answer. `git diff` shows packs so after `merge-driver --install`."""
    from harness.base.terminal import safe
    from harness.models.stored_packs import shown

    for line in shown(pack):
        typer.echo(safe(line))
    return ExitCode.SHIP


@recordings.command("as-text")
def as_text() -> int:
    """Committed packs of older versions, which are packed by gzip, as text: one file for each assistant's prompt."""
    from harness.models.stored_packs import as_text as convert

    project = Project.find()
    count = 0
    for old, new in convert(project):
        count += 1
        typer.echo(f"{old.relative_to(project.root)} is {', '.join(path.name for path in new)} now")
    typer.echo(f"{count} packs converted; `git add` their folder" if count else "every committed pack is text")
    return ExitCode.SHIP


@recordings.command("merge-driver")
def merge_driver(
    files: list[Path] = typer.Argument(None, metavar="[BASE OURS THEIRS PATH]", help="As git gives them: %O %A %B %P."),
    install: bool = typer.Option(False, "--install", help="Tell this clone's git to merge and show packs so."),
) -> int:
    """What git calls to merge two versions of a pack: the recordings of both; what a side has forgotten stays away."""
    from harness.base.files import write_whole
    from harness.base.terminal import safe
    from harness.models.stored_packs import joined

    if install:
        return _install()
    if len(files or ()) != 4:
        raise UsageError("give BASE OURS THEIRS PATH, as git does", hint="`--install` tells git to")
    base, ours, theirs, path = files
    data, differ = joined(path, base, ours, theirs)
    write_whole(ours, data)
    if differ:
        typer.echo(safe(f"{path}: {differ} draws were recorded on both sides; ours stay"), err=True)
    return ExitCode.SHIP


def _install() -> int:
    """Git's settings of this clone; `.gitattributes` says which files they are for."""
    import subprocess

    from harness.models.stored_packs import ATTRIBUTES

    project = Project.find()
    program = f"{sys.executable} -m harness recordings"
    for key, value in (
        ("merge.cv-harness.name", "recordings of both sides"),
        ("merge.cv-harness.driver", f"{program} merge-driver %O %A %B %P"),
        ("diff.cv-harness.textconv", f"{program} show"),
    ):
        done = subprocess.run(
            ["git", "-C", str(project.root), "config", "--local", key, value],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise UsageError(f"git says: {done.stderr.strip()[:300]}", hint="go into a clone")
    there = project.root / ".gitattributes"
    if not there.is_file() or "merge=cv-harness" not in there.read_text(encoding="utf-8", errors="replace"):
        with there.open("a", encoding="utf-8") as attributes:
            attributes.write(ATTRIBUTES)
        typer.echo(f"written: {there} (commit it)")
    typer.echo("git merges and shows packs of this clone now")
    return ExitCode.SHIP
