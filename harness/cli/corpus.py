"""`cv-harness corpus`: list, check, build, sheet, add."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project
from harness.cli.assistant import say

if TYPE_CHECKING:
    from harness.corpus.types import Document

corpus = typer.Typer(no_args_is_help=True, help="The corpus: list, check, build, sheet, add.", rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    app.add_typer(corpus, name="corpus")


@corpus.command("list")
def list_(
    split: str = typer.Option("", "--split", help="Only this split."),
    as_json: bool = typer.Option(False, "--json", help="As JSON."),
) -> int:
    """The documents with their split, person and tags."""
    from dataclasses import asdict

    from harness.corpus.manifest import load_manifest

    documents = [each for each in load_manifest(Project.find(), verify=False) if split in ("", each.split)]
    if as_json:
        say(json.dumps([asdict(document) for document in documents], ensure_ascii=False, indent=2))
        return ExitCode.SHIP
    for document in documents:
        tags = " ".join(f"{key}={value}" for key, value in document.tags.items())
        twin = f" twin of {document.twin_of}" if document.twin_of else ""
        say(f"{document.id:12} {document.split:7} {document.path:28} {tags}{twin}")
    say(f"{len(documents)} documents of {len({document.persona for document in documents})} people")
    return ExitCode.SHIP


@corpus.command()
def check(as_json: bool = typer.Option(False, "--json", help="The findings as JSON.")) -> int:
    """Prove the corpus: contract, round trip, ids, splits, hashes, no real-looking contacts. Exit code 2 if not."""
    from harness.corpus.corpus_check import check as prove

    report = prove(Project.find())
    if as_json:
        typer.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        for finding in report.findings:
            where = " ".join(word for word in (finding.document, finding.place) if word)
            typer.echo(f"{finding.level}: {where}: {finding.message}")
        typer.echo(", ".join(f"{count} {name}" for name, count in report.counts.items()))
        if not report.counts["documents"]:
            typer.echo("there is no CV in it yet; next: `cv-harness corpus add FOLDER-OF-CVS`")
        else:
            typer.echo("the corpus is sound" if report.ok else f"{len(report.errors)} errors")
    return ExitCode.SHIP if report.ok else ExitCode.USAGE


@corpus.command()
def build(
    only: list[str] = typer.Option([], "--only", help="Ids to build; again for several (default: all)."),
    force: bool = typer.Option(False, "--force", help="Build what has not changed, too."),
) -> int:
    """Build the CV files and goldens from their content, where it has changed (needs the `build` extra)."""
    try:
        from harness.corpus.builder.build import build as make
    except ImportError as error:
        raise UsageError(
            f"the corpus builder needs {error.name}",
            hint="install cv-harness again, from where it came, with its `build` extra",
        ) from error

    built = make(Project.find(), only=only, force=force, progress=lambda each: typer.echo(each.id, err=True))
    changed = sum(each.changed for each in built)
    typer.echo(f"{changed} documents built, {len(built) - changed} as they were")
    return ExitCode.SHIP


@corpus.command()
def sheet(
    only: list[str] = typer.Option([], "--only", help="Ids to draw; again for several (default: all)."),
    pages: int = typer.Option(1, "--pages", min=1, help="How many first pages of each document."),
) -> int:
    """Draw thumbnails of the CVs into reports/corpus-sheets, eight to a sheet, to look at them."""
    from harness.corpus.builder.sheet import contact_sheet
    from harness.corpus.manifest import load_manifest

    project = Project.find()
    unknown = sorted(set(only) - {document.id for document in load_manifest(project, verify=False)})
    if unknown:
        raise UsageError(f"no such document: {', '.join(unknown)}", hint="`cv-harness corpus list` shows the ids")
    folder = project.reports / "corpus-sheets"
    sheets = contact_sheet(project, folder, only=only, pages=pages)
    typer.echo(f"{len(sheets)} sheets in {folder}")
    return ExitCode.SHIP


_USES = {
    "gate": "decides: cv-harness run",
    "dev": "to try edits on: cv-harness watch, suggest",
    "sealed": "kept unseen for releases",
    "none": "in no decision",
}
"""What each split is for."""


def _where_they_went(documents: Sequence[Document]) -> str:
    counts = {split: sum(each.split == split for each in documents) for split in _USES}
    return "; ".join(f"{many} in {split} ({_USES[split]})" for split, many in counts.items() if many)


@corpus.command()
def add(
    folder: Path = typer.Argument(..., metavar="DIR", help="A folder of CV files."),
    split: str = typer.Option("", "--split", help="gate | dev | sealed | none (default: 60/20/20, by chance)."),
    pseudonymise: bool = typer.Option(False, "--pseudonymise", help="Keep the text with names and contacts replaced."),
    secret: str = typer.Option("", "--secret", help="The same secret gives the same pseudonyms."),
) -> int:
    """Bring CV files into the project under neutral names, with the goldens beside them (x.json with x.pdf).

    Nothing is sent anywhere. A file that cannot come in is named and the others come in; the exit code is 2 then, but
    for files that are in the project already.
    """
    from harness.base.terminal import safe
    from harness.review.intake import ALREADY_THERE, add_folder

    added = add_folder(Project.find(), folder, split=split, pseudonymise=pseudonymise, secret=secret)
    values = dict(added.replaced)
    for document in added.documents:
        facts = [document.split, document.tags["language"], document.media_type]
        facts += ["with its golden"] if document.id in added.goldens else []
        facts += [f"{values[document.id]} values replaced"] if document.id in values else []
        typer.echo(f"added {document.id}: {', '.join(facts)}")
    for name, why in added.refused:
        typer.echo(f"not added: {safe(name)}: {safe(why)}", err=True)
    if pseudonymise and added.documents:
        typer.echo(
            "read these files before you commit them: what no pattern finds (a street, a nickname) is still there"
        )
    if added.documents:
        typer.echo(_where_they_went(added.documents))
        first = next((each.id for each in added.documents if each.split == "gate"), added.documents[0].id)
        only = "" if any(each.split == "gate" for each in added.documents) else f" --split {added.documents[0].split}"
        typer.echo(f"next: `cv-harness run{only}`, then a golden for each: `cv-harness golden add {first}`")
    failed = any(why != ALREADY_THERE for _, why in added.refused)
    return ExitCode.USAGE if failed else ExitCode.SHIP
