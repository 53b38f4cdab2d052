"""Commands about a project as a whole: init, forget, prune."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer

from harness.base.errors import ExitCode
from harness.base.project import Project


def register(app: typer.Typer) -> None:
    app.command("init")(init)
    app.command("forget")(forget)
    app.command("prune")(prune)


def init(
    folder: Path = typer.Argument(..., metavar="DIR", help="Where; it may exist, but hold no project."),
    install_from: str = typer.Option(
        "",
        "--install-from",
        metavar="SOURCE",
        help="Where CI gets cv-harness: git+https://HOST/REPO@COMMIT or a wheel's address with #sha256=… "
        "(default: the repository variable CV_HARNESS).",
    ),
    drift: bool = typer.Option(False, "--drift", help="With the weekly workflow that asks whether the model moved."),
) -> int:
    """Make a project root for private CVs: manifest, goldens, recordings, baseline, bundle, evals, workflow."""
    from harness.evaluate.commands.init import init as make
    from harness.evaluate.commands.init import write_drift_workflow

    project = make(folder, install_from)
    if drift:
        write_drift_workflow(project, install_from)
    typer.echo(f"project made in {project.root}")
    there = "" if project.root == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    typer.echo(f"next: {there}cv-harness corpus add FOLDER-OF-CVS")
    return ExitCode.SHIP


def forget(
    document: str = typer.Argument(..., help="Any document of the person."),
    yes: bool = typer.Option(False, "--yes", help="Do it; without this it only says what it would do."),
) -> int:
    """Remove a person everywhere: files, goldens, recordings, runs, caches; then prove that nothing is left."""
    from harness.review.forget import forget as remove
    from harness.review.forget import person_of

    project = Project.find()
    if not yes:
        ids = ", ".join(each.id for each in person_of(project, document))
        typer.echo(f"would remove {ids}: files, goldens, recordings, cached texts, and every run that holds them")
        typer.echo("nothing was done; give --yes to do it")
        return ExitCode.SHIP
    done = remove(project, document)
    typer.echo(
        f"removed {', '.join(done.documents)}: {done.files} files, {done.recordings} recordings, "
        f"{len(done.runs)} runs, {done.cached} cached texts"
    )
    for place in done.left:
        typer.echo(f"still there: {place}", err=True)
    if not done.left:
        typer.echo("nothing of the person is left in the project")
    typer.echo(
        "not looked at: the history of version control, and copies outside the project (--out, uploads, backups)"
    )
    return ExitCode.HARNESS if done.left else ExitCode.SHIP


def prune(
    keep: int | None = typer.Option(
        None, "--keep", min=0, help="Newest runs that stay (default: the setting keep_runs)."
    ),
) -> int:
    """Remove old runs: they hold CV texts, and need not be kept longer than they are looked at."""
    from harness.cli.settings import resolve
    from harness.replay.prune import prune as remove

    project = Project.find()
    done = remove(project, keep=resolve(project).settings.keep_runs if keep is None else keep)
    for path in done.recorded:
        typer.echo(f"recorded what a run had paid for: {path}")
    for name in done.kept:
        typer.echo(f"kept: {name} (of a newer version, so nobody knows here what it has not recorded yet)", err=True)
    typer.echo(f"{len(done.removed)} runs removed")
    return ExitCode.SHIP
