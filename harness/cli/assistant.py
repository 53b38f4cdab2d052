"""`cv-harness assistant`: the bundles, looked at, compared and checked."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from harness.base.errors import ExitCode
from harness.base.project import Project
from harness.base.terminal import safe

assistants = typer.Typer(
    no_args_is_help=True, help="The assistant bundles: list, show, diff, lint.", rich_markup_mode=None
)


def say(text: str) -> None:
    """Bundles come from anywhere: what would move the cursor is taken out."""
    typer.echo(safe(text))


def register(app: typer.Typer) -> None:
    app.add_typer(assistants, name="assistant")


@assistants.command("list")
def list_() -> int:
    """Every bundle of the project, and which one is accepted for each kind of origin."""
    from harness.assistants.bundle import list_bundles
    from harness.review.acceptance import all_accepted

    project = Project.find()
    for entry in list_bundles(project):
        bundle = entry.bundle
        say(f"{entry.slug:24} {bundle.model:22} {bundle.output:12} wire {bundle.wire[:12]}  {bundle.name}")
    for name, accepted in all_accepted(project).items():
        say(
            f"accepted for {name}: {accepted.name}, wire {accepted.wire[:12]}, "
            f"{accepted.accepted[:10]}, by {accepted.by}"
        )
    return ExitCode.SHIP


@assistants.command()
def show(
    name: str = typer.Argument("cv-parser-pro", help="A bundle's name, or the path of its folder."),
    as_json: bool = typer.Option(False, "--json", help="The whole bundle as JSON."),
) -> int:
    """One bundle: model, parameters, hashes, instructions."""
    from dataclasses import asdict

    from harness.assistants.bundle import find_bundle

    bundle = find_bundle(Project.find(), name).bundle
    if as_json:
        say(json.dumps(asdict(bundle), ensure_ascii=False, indent=2))
        return ExitCode.SHIP
    say(f"{bundle.name}: {bundle.description}")
    say(f"model {bundle.model} · output {bundle.output} · parameters {json.dumps(dict(bundle.parameters))}")
    say(f"version {bundle.version[:12]} · wire {bundle.wire[:12]} (what is really sent)\n")
    say(bundle.instructions)
    return ExitCode.SHIP


@assistants.command()
def diff(
    new: str = typer.Argument("cv-parser-pro", help="The changed bundle."),
    old: str = typer.Argument("", help="What to compare with (default: the accepted one)."),
    provider: str = typer.Option("simulator", help="Whose accepted bundle: simulator | openai."),
) -> int:
    """What changed between two bundles: sentences, parameters, tokens."""
    from harness.assistants.bundle import find_bundle
    from harness.assistants.difference import diff as compare
    from harness.base.clock import SystemClock
    from harness.models.sections import dollars
    from harness.models.tokens import count
    from harness.review.acceptance import accepted_bundle

    project = Project.find()
    before = find_bundle(project, old).bundle if old else accepted_bundle(project, provider)
    found = compare(before, find_bundle(project, new).bundle, count=count)
    if found.identical:
        say("no difference")
        return ExitCode.SHIP
    for setting in found.settings:
        say(f"{setting.name}: {json.dumps(setting.before)} → {json.dumps(setting.after)}")
    for hunk in found.hunks:
        for mark, text in (("-", hunk.before), ("+", hunk.after)):
            for line in text.strip().splitlines():
                say(f"{mark} {line}")
    say(f"instructions: {found.tokens_before} → {found.tokens_after} tokens")
    after = find_bundle(project, new).bundle
    more = dollars(after.model, (found.tokens_after or 0) - (found.tokens_before or 0), SystemClock().now().date())
    if more:
        say(f"{'+' if more > 0 else '-'}${abs(more):.2f} per 1,000 CVs at {after.model}'s full price of input")
    say("what is sent " + ("stays the same" if found.same_wire else "changes"))
    return ExitCode.SHIP


@assistants.command()
def read(
    name: str = typer.Argument("cv-parser-pro", help="A bundle's name, or the path of its folder."),
    text: str = typer.Option("", help="Read this text instead of a bundle's instructions."),
    as_json: bool = typer.Option(False, "--json", help="Every sentence with its directives as JSON."),
) -> int:
    """How the simulator reads each sentence of the instructions: "dates → MMM YYYY", or no directive recognised."""
    from dataclasses import asdict

    from harness.assistants.bundle import find_bundle
    from harness.base.terminal import safe
    from harness.simulator.directives import read_sentences

    sentences = read_sentences(text or find_bundle(Project.find(), name).bundle.instructions)
    if as_json:
        rows = [{**asdict(one), "recognised": one.judged, "read_as": one.read_as} for one in sentences]
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return ExitCode.SHIP
    for one in sentences:
        plain = " ".join(one.text.split())
        say(safe(plain if not one.speaks else f"{plain}\n  read as: {one.read_as}"))
    unread = sum(not one.judged for one in sentences)
    asked = sum(one.speaks for one in sentences)
    say(f"{asked - unread} of {asked} sentences and examples recognised; a real model reads them all")
    return ExitCode.SHIP


@assistants.command()
def lint(name: str = typer.Argument("cv-parser-pro", help="A bundle's name, or the path of its folder.")) -> int:
    """Check a bundle before anything is spent on it: keys, schema subset, model's shutdown date, parameters."""
    from harness.assistants.bundle import bundle_folder, find_bundle
    from harness.assistants.lint import lint_folder
    from harness.base.clock import SystemClock

    project = Project.find()
    folder = bundle_folder(project, name) or find_bundle(project, name).path
    findings = lint_folder(folder, SystemClock().now().date())
    for finding in findings:
        place = f"{finding.place}: " if finding.place else ""
        say(f"{finding.severity}: {place}{finding.message}" + (f"\n  → {finding.hint}" if finding.hint else ""))
    if not findings:
        say("nothing to complain about")
    if not any(finding.code in ("file", "hosted-prompt") for finding in findings):
        _say_costs(folder)
    return ExitCode.USAGE if any(finding.severity == "error" for finding in findings) else ExitCode.SHIP


def _say_costs(folder: Path) -> None:
    """Each section's tokens, and what they cost per 1,000 CVs with and without the provider's cache."""
    from harness.assistants.bundle import load_bundle
    from harness.base.clock import SystemClock
    from harness.models.sections import sections

    bundle = load_bundle(folder)
    say(f"\n{'section':40} {'tokens':>7}   $ per 1,000 CVs ({bundle.model}; cached)")
    for each in sections(bundle, SystemClock().now().date()):
        priced = each.dollars is not None and each.cached is not None
        price = f"{each.dollars:7.3f} ({each.cached:.3f})" if priced else "unpriced"
        say(f"{each.name[:40]:40} {each.tokens:7}   {price}")
