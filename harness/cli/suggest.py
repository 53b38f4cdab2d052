"""`cv-harness suggest`: edits worth trying, tried; nothing is written without a yes."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.files import write_whole
from harness.base.project import Project
from harness.base.terminal import safe

if TYPE_CHECKING:
    from pathlib import Path

    from harness.evaluate.commands.suggest import Suggested, Tried


def register(app: typer.Typer) -> None:
    app.command("suggest")(suggest)


def suggest(
    assistant: str = typer.Option("cv-parser-pro", "--assistant", help="Bundle to improve, by name or folder."),
    most: int = typer.Option(6, "--most", min=1, max=20, help="Edits that are tried at most; each is a look at dev."),
    repeat: int | None = typer.Option(None, "--repeat", help="How often each edit is asked about each CV (default 3)."),
    provider: str | None = typer.Option(None, "--provider", help="simulator (its repertoire) | openai (its model)."),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server that speaks OpenAI's wire format."),
    max_cost: float | None = typer.Option(None, "--max-cost", help="US dollars that all of it may cost."),
    write: int | None = typer.Option(None, "--write", metavar="N", min=1, help="Write edit N without asking."),
    verbose: bool = typer.Option(False, "--verbose", help="What was tried and is not shown to help, too."),
) -> int:
    """Edits of the instructions for what the dev split loses, each tried there; the gate split is left unlooked at."""
    from harness.assistants.bundle import find_bundle, instructions_file
    from harness.cli.plans import plan_of
    from harness.cli.progress import TerminalListener
    from harness.cli.settings import resolve
    from harness.evaluate.commands.suggest import suggest_edits

    given = {"provider": provider, "base_url": base_url, "repeat": repeat, "max_cost": max_cost}
    project = Project.find()
    folder = find_bundle(project, assistant).path
    settings = resolve(project, {name: value for name, value in given.items() if value is not None}).settings
    plan = replace(plan_of(settings), assistants=(str(folder),), command=("cv-harness", "suggest"))
    with TerminalListener() as listener:
        found = suggest_edits(project, plan, most=most, listener=listener)
    for line in lines(found, verbose=verbose):
        typer.echo(safe(line))
    return _offer(found, instructions_file(folder), write)


def lines(found: Suggested, *, verbose: bool) -> list[str]:
    """What was lost, and the edits that are shown to help, as diffs with their effect."""
    told = [f"what the dev split loses ({found.people} people, {found.draws} answer{'s' * (found.draws != 1)} each):"]
    told += [f"  {lost.field}: {lost.how} in {len(lost.documents)} of {lost.n} CVs" for lost in found.losses]
    n = len(found.tried)
    told += [
        "",
        f"{n} edit{'s' * (n != 1)} tried on the dev split, as many looks at it and none at the gate split; bounds hold "
        f"for all of them together (run {found.run}, {found.paid})",
    ]
    for number, each in enumerate(found.helping, 1):
        told += ["", f"{number}. {_did(each)}", *(f"   {line}" for line in each.lines), f"   why: {each.proposal.why}"]
    others = [each for each in found.tried if not each.helps]
    if others:
        told += ["", f"{len(others)} not shown to help{'' if verbose else '; --verbose shows them'}"]
    for each in others if verbose else ():
        told += [f"   {_did(each)}", *(f"      {line}" for line in each.lines)]
    return told


def _did(each: Tried) -> str:
    did = each.effect
    if did is None:
        return "no two people to compare"
    points = f"F1 {100 * did.f1.value:+.1f} points [{100 * did.f1.lower:+.1f}, {100 * did.f1.upper:+.1f}]"
    fields = ", ".join(f"{field} {100 * change:+.1f}" for field, change in did.fields.items())
    people = f"{did.better} of {did.f1.n} people better, {did.worse} worse"
    held = f" · still held against the accepted assistant: {each.reason}" if each.verdict == "HOLD" else ""
    held = f" · against the accepted assistant: {each.harm}" if each.harm else held
    return " · ".join(part for part in (points, people, fields) if part) + held


def _offer(found: Suggested, path: Path, write: int | None) -> int:
    """Write one of the edits into the instructions: the one that was named, or, at a terminal, after a yes."""
    helping = found.helping
    if write is None and helping and sys.stdin.isatty():
        write = 1 if typer.confirm(f"\nwrite edit 1 into {path}?", default=False) else None
    if write is None:
        typer.echo(
            "\nnothing was written" + ("; --write N writes edit N, and then more can be tried" if helping else "")
        )
        return ExitCode.SHIP
    if write > len(helping):
        raise UsageError(f"--write {write}: {len(helping)} edits are shown to help", hint="nothing was written")
    write_whole(path, helping[write - 1].instructions.rstrip() + "\n")
    typer.echo(f"\nedit {write} is written into {path}; next, on CVs it was not chosen by: cv-harness run")
    return ExitCode.SHIP
