"""`cv-harness golden`: review, audit, add. Goldens change only here, by a person, with a reason."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.base.types import Json
    from harness.review.disagreements import Disagreement
    from harness.review.golden_care import Action

golden = typer.Typer(no_args_is_help=True, help="The goldens: review, audit, add.", rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    app.add_typer(golden, name="golden")


@golden.command()
def review(
    run_id: str = typer.Argument("", metavar="[RUN]", help="The run whose answers are held against the goldens."),
    document: str = typer.Option("", "--document", help="Only this document."),
    by: str = typer.Option("", "--by", help="Who reviews (default: git's user.name)."),
    every: bool = typer.Option(False, "--all", help="Every disagreement, not only those where all arms agree."),
) -> int:
    """Walk through disagreements: accept the answer, keep the golden, add an alternative, or mark ambiguous."""
    from harness.base.clock import SystemClock
    from harness.cli.decide import user_name
    from harness.cli.plans import chosen
    from harness.corpus.goldens import golden_path, write_golden
    from harness.corpus.manifest import document_path, load_manifest
    from harness.evaluate.commands.doubts import doubts, uncovered
    from harness.review.golden_care import change, finish, moved, refuse_in_ci, reload, removes

    refuse_in_ci(os.environ)
    project, clock, who = Project.find(), SystemClock(), by or user_name()
    run = chosen(project, run_id)
    unfinished = bool(document) and not reload(project, document).reviewed
    found = [each for each in doubts(project, run) if document in ("", each.document_id)]
    shown = [each for each in found if every or unfinished or each.unanimous]
    one = f"{len(found)} disagreement{'s' * (len(found) != 1)} in all"
    typer.echo(f"{len(shown)} place{'s' * (len(shown) != 1)} to look at ({one})")
    gone: list[tuple[str, str]] = []
    for place in shown:
        path: str | None = place.path
        for removed in (item for document_id, item in gone if document_id == place.document_id):
            path = moved(path, removed) if path else path
        if path is None:
            continue
        _show(place, path)
        taken = _decision(place)
        if taken is None:
            continue
        if not path:
            typer.echo(f"  a new value has no place yet: add it in {golden_path(project, place.document_id)}")
            continue
        action, value = taken
        reason = typer.prompt("  reason")
        try:
            changed = change(
                reload(project, place.document_id), path, action, value, reason=reason, by=who, at=clock.now()
            )
            typer.echo(f"  written: {write_golden(project, changed)}")
        except UsageError as error:
            typer.echo(f"  not changed: {error}", err=True)
            continue
        if action == "accept" and removes(path, value):
            gone.append((place.document_id, path))
    if unfinished:
        _show_rest(uncovered(project, run, document), found)
        cv = next(document_path(project, each) for each in load_manifest(project) if each.id == document)
        typer.echo(f"\nread the whole golden beside its CV:\n  {golden_path(project, document)}\n  {cv}")
        if typer.confirm("reviewed: may this golden gate now?"):
            write_golden(project, finish(reload(project, document), by=who, at=clock.now()))
            typer.echo(f"{document} gates from now on")
    return ExitCode.SHIP


def _show_rest(lines: Sequence[str], found: Sequence[Disagreement]) -> None:
    """What a person should know before saying that a golden may gate: lines that no value of it covers, and places
    where draws of one arm differ."""
    from harness.base.terminal import safe

    if lines:
        typer.echo(f"\nno value of the golden covers {len(lines)} {'line' if len(lines) == 1 else 'lines'} of the CV:")
        for line in lines:
            typer.echo(f"  {safe(line)}")
    else:
        typer.echo("\nevery line of the CV is covered by a value of the golden")
    split = [(place, arm) for place in found for arm in place.answers if arm.draws < arm.of]
    if split:
        typer.echo("\nanswers differ here:")
        for place, arm in split:
            value = safe(json.dumps(arm.value, ensure_ascii=False))
            typer.echo(f"  {place.path or place.field}: {arm.arm} says {value} in {arm.draws} of {arm.of} answers")


def _show(place: Disagreement, path: str) -> None:
    from harness.base.terminal import safe

    typer.echo(f"\n{place.document_id}  {path or place.field}")
    typer.echo(f"  golden:    {safe(json.dumps(place.golden, ensure_ascii=False))}")
    for answer in place.answers:
        value = safe(json.dumps(answer.value, ensure_ascii=False))
        typer.echo(f"  {answer.arm + ':':10} {value} ({answer.draws} of {answer.of} draws)")
    typer.echo(f"  in the CV: {safe(place.evidence) or '–'}")


def _decision(place: Disagreement) -> tuple[Action, Json] | None:
    """What the person wants: an action with the value it is about, or None to go on. Quitting ends the command."""
    actions: dict[str, Action] = {"k": "keep", "a": "accept", "l": "alternative", "m": "ambiguous"}
    choice = typer.prompt("  [k]eep, [a]ccept answer, a[l]ternative, a[m]biguous, [s]kip, [q]uit", default="s")
    choice = choice.strip().casefold()
    if choice == "q":
        raise typer.Exit
    if choice not in actions:
        if choice != "s":
            typer.echo(f"  {choice!r} is none of these: skipped")
        return None
    if choice in ("k", "m"):
        return actions[choice], None
    return actions[choice], _answer(place)


def _answer(place: Disagreement) -> Json:
    """The answer that is meant: the only one that differs from the golden, or the one that the person names."""
    from harness.base.canonical import canonical

    others = {canonical(each.value): each for each in place.answers if canonical(each.value) != canonical(place.golden)}
    if len(others) == 1:
        return next(iter(others.values())).value
    arms = {each.arm: each for each in place.answers}
    named = typer.prompt(f"  whose answer ({', '.join(arms)})", default=next(iter(arms)))
    while named not in arms:
        named = typer.prompt(f"  one of {', '.join(arms)}", default=next(iter(arms)))
    return arms[named].value


@golden.command()
def audit(
    run_id: str = typer.Argument("", metavar="[RUN]", help="The run whose answers are held against the goldens."),
    as_json: bool = typer.Option(False, "--json", help="As JSON."),
) -> int:
    """Goldens that all arms and the CV's own text contradict."""
    from dataclasses import asdict

    from harness.base.terminal import safe
    from harness.cli.plans import chosen
    from harness.evaluate.commands.doubts import doubts

    project = Project.find()
    suspects = [each for each in doubts(project, chosen(project, run_id)) if each.suspect]
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in suspects], ensure_ascii=False, indent=2))
        return ExitCode.SHIP
    for each in suspects:
        golden, value = (json.dumps(said, ensure_ascii=False) for said in (each.golden, each.answers[0].value))
        typer.echo(safe(f"{each.document_id} {each.path}: golden {golden}, all say {value}"))
    typer.echo(f"{len(suspects)} goldens contradicted by all arms and the text")
    return ExitCode.SHIP


@golden.command()
def add(
    document: str = typer.Argument(..., help="The document's id in the manifest."),
    run_id: str = typer.Option("", "--run", metavar="ID", help="The run whose answer it starts from."),
    arm: str = typer.Option("candidate", "--arm", help="Whose answer."),
) -> int:
    """Start a golden for a new CV from an answer: unreviewed, so it does not gate until it is reviewed."""
    from harness.base.clock import SystemClock
    from harness.cli.plans import chosen
    from harness.evaluate.commands.doubts import begin_golden
    from harness.review.golden_care import refuse_in_ci

    refuse_in_ci(os.environ)
    project = Project.find()
    path = begin_golden(project, document, chosen(project, run_id), arm=arm, at=SystemClock().now())
    typer.echo(f"{path} begun from {arm}: correct it, then `cv-harness golden review --document {document}`")
    return ExitCode.SHIP
