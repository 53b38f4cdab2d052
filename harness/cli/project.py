"""Commands about a project as a whole: init, forget, prune."""

from __future__ import annotations

from pathlib import Path

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project


def register(app: typer.Typer) -> None:
    app.command("init")(init)
    app.command("forget")(forget)
    app.command("prune")(prune)


def init(folder: Path = typer.Argument(..., metavar="DIR", help="Where; it may exist, but hold no project.")) -> int:
    """Make a project root for private CVs: manifest, goldens, recordings, baseline, bundle, evals, workflow."""
    from harness.evaluate.templates import init as make

    project = make(folder)
    typer.echo(f"project made in {project.root}")
    typer.echo(f"next: cd {folder} && cv-harness corpus add FOLDER-OF-CVS")
    return ExitCode.SHIP


def forget(
    document: str = typer.Argument(..., help="Any document of the person."),
    yes: bool = typer.Option(False, "--yes", help="Do it; without this it only says what it would do."),
) -> int:
    """Remove a person everywhere: files, goldens, recordings, runs, caches; then prove that nothing is left."""
    from harness.corpus.manifest import load_manifest
    from harness.review.forget import forget as remove

    project = Project.find()
    if not yes:
        documents = load_manifest(project, verify=False)
        persona = next((each.persona for each in documents if each.id == document), None)
        if persona is None:
            raise UsageError(f"no document {document!r}", hint="`cv-harness corpus list` names them")
        ids = ", ".join(each.id for each in documents if each.persona == persona)
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
    typer.echo("version control keeps its history: rewrite it there if the person must be gone from it too")
    return ExitCode.HARNESS if done.left else ExitCode.SHIP


def prune(
    keep: int = typer.Option(0, "--keep", help="Newest runs that stay (default: the setting keep_runs)."),
) -> int:
    """Remove old runs: they hold CV texts, and need not be kept longer than they are looked at."""
    from harness.cli.settings import resolve
    from harness.replay.runs import prune as remove

    project = Project.find()
    removed = remove(project, keep=keep or resolve(project).settings.keep_runs)
    typer.echo(f"{len(removed)} runs removed")
    return ExitCode.SHIP
