"""`cv-harness golden`: review, audit, add. Goldens change only here, by a person, with a reason."""

from __future__ import annotations

import json
import os

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project

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
    from harness.base.terminal import safe
    from harness.cli.decide import _user
    from harness.corpus.goldens import write_golden
    from harness.evaluate.doubts import doubts
    from harness.review.golden_care import change, finish, refuse_in_ci, reload

    refuse_in_ci(dict(os.environ))
    project, clock, who = Project.find(), SystemClock(), by or _user()
    found = [each for each in doubts(project, run_id or None) if document in ("", each.document_id)]
    shown = [each for each in found if every or each.unanimous]
    typer.echo(f"{len(shown)} places to look at ({len(found)} disagreements in all)")
    for place in shown:
        typer.echo(f"\n{place.document_id}  {place.path or place.field}")
        typer.echo(f"  golden:    {safe(json.dumps(place.golden, ensure_ascii=False))}")
        for answer in place.answers:
            value = safe(json.dumps(answer.value, ensure_ascii=False))
            typer.echo(f"  {answer.arm + ':':10} {value} ({answer.draws} of {answer.of} draws)")
        typer.echo(f"  in the CV: {safe(place.evidence) or '–'}")
        choice = typer.prompt("  [k]eep, [a]ccept answer, a[l]ternative, a[m]biguous, [s]kip, [q]uit", default="s")
        actions = {"k": "keep", "a": "accept", "l": "alternative", "m": "ambiguous"}
        if choice == "q":
            break
        if choice not in actions or not place.path:
            continue
        reason = typer.prompt("  reason")
        changed = change(
            reload(project, place.document_id), place.path, actions[choice], place.answers[0].value,  # type: ignore[arg-type]
            reason=reason, by=who, at=clock.now(),
        )  # fmt: skip
        typer.echo(f"  written: {write_golden(project, changed)}")
    if document and not reload(project, document).reviewed and typer.confirm("reviewed: may this golden gate now?"):
        write_golden(project, finish(reload(project, document), by=who, at=clock.now()))
    return ExitCode.SHIP


@golden.command()
def audit(
    run_id: str = typer.Argument("", metavar="[RUN]", help="The run whose answers are held against the goldens."),
    as_json: bool = typer.Option(False, "--json", help="As JSON."),
) -> int:
    """Goldens that all arms and the CV's own text contradict."""
    from dataclasses import asdict

    from harness.base.terminal import safe
    from harness.evaluate.doubts import doubts

    suspects = [each for each in doubts(Project.find(), run_id or None) if each.suspect]
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
    from harness.base.types import Failure
    from harness.replay.runs import find_run
    from harness.replay.store import RunStore
    from harness.review.golden_care import refuse_in_ci, start

    refuse_in_ci(dict(os.environ))
    project = Project.find()
    info = find_run(project, run_id or None)
    with RunStore.open(info.folder) as store:
        records = list(store.records(arm=arm, document_id=document))
    answers = [record.answer for record in records if not isinstance(record.answer, Failure)]
    if not answers:
        raise UsageError(f"run {info.run_id} has no answer of {arm} for {document}")
    start(project, document, answers[0], arm=arm, at=SystemClock().now())
    typer.echo(
        f"goldens/{document}.json begun from {arm}: correct it, then `cv-harness golden review --document {document}`"
    )
    return ExitCode.SHIP
