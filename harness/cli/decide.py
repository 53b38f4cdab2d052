"""Commands about decisions: accept, anchor, trend, looks, compare, blame, plan, config."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.base.errors import ExitCode, UsageError
from harness.base.project import Project

if TYPE_CHECKING:
    from harness.review.looks import Counted


def register(app: typer.Typer) -> None:
    app.command("accept")(accept)
    app.command("anchor")(anchor)
    app.command("trend")(trend)
    app.command("looks")(looks)
    app.command("compare")(compare)
    app.command("blame")(blame)
    app.command("shrink")(shrink)
    app.command("plan")(plan)
    app.command("config")(config)


def accept(
    run_id: str = typer.Argument("", metavar="[RUN]", help="The run that was looked at (default: the newest)."),
    reason: str = typer.Option("", "--reason", help="Why it may become the baseline; stays on record."),
    by: str = typer.Option("", "--by", help="Who accepts; stays on record (default: git's user.name)."),
    candidate: str = typer.Option("candidate", "--candidate", help="Which, of several candidates: candidate:2 …"),
    override: bool = typer.Option(False, "--override", help="Accept without a SHIP; stays on record."),
) -> int:
    """Make a run's candidate the accepted assistant: the baseline of every later run."""
    from harness.cli.plans import chosen
    from harness.cli.settings import resolve
    from harness.evaluate.commands.accept import accept_notes, accept_run

    project = Project.find()
    accepted, paths = accept_run(
        project, chosen(project, run_id), reason=reason, by=by or user_name(), override=override,
        environment=os.environ, candidate=candidate,
    )  # fmt: skip
    typer.echo(f"accepted: {accepted.name}, wire {accepted.wire[:12]}, on {accepted.verdict} of run {accepted.run_id}")
    for note in accept_notes(Project.find(), accepted):
        typer.echo(f"note: {note}", err=True)
    place = Path.cwd()
    named = [path.relative_to(place) if path.is_relative_to(place) else path for path in paths]
    typer.echo(f"commit them: git add {shlex.join(map(str, named))}")
    if not accepted.legacy_recorded and resolve(Project.find()).settings.legacy != "retired":
        typer.echo(
            f"note: legacy was not in this run, so it is not recorded on draws {accepted.first_draw} to "
            f"{accepted.first_draw + accepted.draws - 1}, which later runs replay: record it (cv-harness record), or "
            'set legacy = "retired"'
        )
    return ExitCode.SHIP


def anchor(
    provider: str = typer.Option("simulator", "--provider", help="simulator, openai, or another endpoint by name."),
) -> int:
    """Start a new series: today's accepted assistant becomes the anchor that small losses are summed against."""
    from harness.review.acceptance import set_anchor

    accepted = set_anchor(Project.find(), provider)
    typer.echo(f"anchor: {accepted.name}, wire {accepted.wire[:12]}, accepted {accepted.accepted[:10]}")
    return ExitCode.SHIP


def trend(
    provider: str = typer.Option("simulator", "--provider", help="simulator, openai, or another endpoint by name."),
    as_json: bool = typer.Option(False, "--json", help="As JSON lines."),
) -> int:
    """Accepted assistants over time, with what each of them scored when it was accepted."""
    from harness.review.acceptance import history

    rows = history(Project.find(), provider)
    for row in rows:
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
            continue
        f1, cvs = row["summary"].get("f1"), row["summary"].get("documents", "?")
        of = f"{cvs} CVs, {row['draws']} answer{'s' if row['draws'] != 1 else ''} each"
        shown = f"F1 {f1:.3f} ({of})" if isinstance(f1, float) else "F1 not measured"
        mark = " · override" if row["override"] else ""
        typer.echo(f"{row['accepted'][:10]}  {row['wire'][:12]}  {row['model']:20} {row['verdict']:13} {shown}{mark}")
    if not rows:
        typer.echo(f"nothing is accepted for {provider} yet")
    return ExitCode.SHIP


def looks(as_json: bool = typer.Option(False, "--json", help="As JSON lines.")) -> int:
    """Every decision about a new candidate, by the baseline it was compared with: its number, verdict and cost."""
    from itertools import groupby

    from harness.review.acceptance import slot
    from harness.review.looks import counted

    found = counted(Project.find())
    if as_json:
        for each in found:
            row = {**asdict(each.look), "number": each.number, "so_far": str(each.so_far)}
            typer.echo(json.dumps(row, ensure_ascii=False))
        return ExitCode.SHIP

    def series(each: Counted) -> tuple[str, str]:
        return slot(each.look.origin), each.look.baseline

    order = list(dict.fromkeys(map(series, found)))
    for (origin, baseline), rows in groupby(sorted(found, key=lambda each: order.index(series(each))), series):
        dollars = " (dollars as a model would take)" if origin == "simulator" else ""
        typer.echo(f"against baseline {baseline[:12] or 'none'}, {origin}{dollars}:")
        for each in rows:
            number = f"look {each.number}" if each.number else "sealed" if each.look.sealed else each.look.splits
            cost = "unpriced" if each.cost is None else f"${each.cost:.2f}"
            if each.unknown:
                cost += f" and up to ${each.unknown:.2f} by calls of unknown end"
            so_far = f"{'' if each.known else 'at least '}${each.so_far:.2f} so far"
            said = f"{each.look.at[:10]}  {each.look.candidate[:12]}  {each.look.verdict:13}"
            typer.echo(f"  {number:8} {said} {cost:>9}  {so_far}")
    if not found:
        typer.echo("no looks yet; a run beside an accepted assistant is one")
    return ExitCode.SHIP


def compare(
    older: str = typer.Argument(..., metavar="RUN", help="The older run."),
    newer: str = typer.Argument(..., metavar="RUN", help="The newer run."),
    as_json: bool = typer.Option(False, "--json", help="Print verdict.json instead of the table."),
) -> int:
    """The newer run's candidate against the older run's candidate, on the CVs that both replayed."""
    from harness.cli.plans import stored
    from harness.evaluate.commands.compare import compare_runs
    from harness.gates.decide import exit_code
    from harness.gates.serial import verdict_to_dict
    from harness.replay.runs import find_run

    new = stored(newer)
    verdict = compare_runs(new.project, find_run(new.project, older), new.info, new.plan)
    if as_json:
        typer.echo(json.dumps(verdict_to_dict(verdict), ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{verdict.verdict}: candidate of {newer} against candidate of {older}")
        for reason in verdict.reasons:
            typer.echo(f"  {reason}")
    return exit_code(verdict)


def blame(
    run_id: str = typer.Argument("", metavar="[RUN]", help="The run to explain (default: the newest)."),
    repeat: int = typer.Option(3, "--repeat", help="How often each variant is asked about each CV, anew."),
    max_cost: float = typer.Option(5.0, "--max-cost", help="US dollars that this may cost."),
) -> int:
    """Which edit of the assistant did it: leave one out at a time and replay the CVs that moved."""
    from harness.cli.plans import stored
    from harness.cli.progress import TerminalListener
    from harness.evaluate.commands.blame import blame_run

    run = stored(run_id)
    with TerminalListener() as listener:
        found = blame_run(run.project, run.info, run.plan, repeat=repeat, max_cost=max_cost, listener=listener)
    typer.echo(found.sentence)
    for effect in found.effects:
        typer.echo(f"  {effect.sentence}")
    return ExitCode.SHIP


def shrink(
    document: str = typer.Argument(..., metavar="CV", help="The CV's id, as the page names it."),
    field: str = typer.Option("", "--field", help="Field path, or a path of its golden (default: the first loss)."),
    run_id: str = typer.Option("", "--run", metavar="ID", help="The run that shows the loss (default: the newest)."),
    repeat: int = typer.Option(
        3, "--repeat", help="How often each arm is asked about each text; the loss must show in most answers."
    ),
    most: int = typer.Option(150, "--most", help="Smaller texts that are asked about at most."),
    max_cost: float = typer.Option(5.0, "--max-cost", help="US dollars that this may cost."),
    out: Path | None = typer.Option(None, "--out", metavar="FILE", help="Write the text there, too."),
) -> int:
    """The smallest text of a CV in which the loss still shows: the example for a bug report or the prompt."""
    from harness.base.files import write_whole
    from harness.base.terminal import safe
    from harness.cli.plans import stored
    from harness.cli.progress import TerminalListener
    from harness.evaluate.commands.shrink import Allowance, shrink_run

    run = stored(run_id)
    typer.echo(f"run {run.info.run_id}", err=True)
    with TerminalListener() as listener:
        found = shrink_run(
            run.project, run.info, run.plan, document,
            path=field, allowed=Allowance(repeat, most, max_cost), listener=listener,
        )  # fmt: skip
    shrunk = found.shrunk
    typer.echo(
        f"{found.target.path}: {safe(json.dumps(found.target.value, ensure_ascii=False))} is lost in this text:\n"
    )
    for line in shrunk.text.strip("\n").splitlines():
        typer.echo(f"    {safe(line)}")
    small = "no word of it can be left out" if shrunk.minimal else f"ended after {shrunk.tested} texts (--most)"
    typer.echo(f"\n{len(shrunk.text)} of {found.before} characters; {small}")
    typer.echo(f"{shrunk.tested} texts, {found.calls} calls, ${found.cost:.2f}")
    if out is not None:
        write_whole(out, shrunk.text, private=True)
        typer.echo(f"written: {out}")
    return ExitCode.SHIP


def plan(
    run_id: str = typer.Argument("", metavar="[RUN]", help="The run whose spread is taken (default: the newest)."),
    margin: float = typer.Option(0.02, "--margin", help="Drop of mean F1 that must be excluded."),
) -> int:
    """How many CVs and answers accuracy alone needs at the measured spread, and what they cost."""
    from harness.cli.plans import stored
    from harness.evaluate.commands.planning import planned

    run = stored(run_id)
    for line in planned(run.project, run.info, run.plan, margin=margin):
        typer.echo(line)
    return ExitCode.SHIP


def config(as_json: bool = typer.Option(False, "--json", help="As JSON.")) -> int:
    """Every setting in force and where it comes from; the servers that are known by name; the gates' constants."""
    from dataclasses import fields

    from harness.cli.plans import gate_origins, plan_of
    from harness.cli.settings import Settings, resolve
    from harness.evaluate.setup.gates import gate_config
    from harness.models.profiles import described

    project = Project.find()
    found, servers = resolve(project), described(project)
    gates = gate_config(plan_of(found.settings)).describe()
    rows = [
        (spec.name, getattr(found.settings, spec.name), found.origins[spec.name], spec.metadata["help"])
        for spec in fields(Settings)
        if spec.name != "gates"
    ]
    origins = gate_origins(found)
    if as_json:
        settings = {name: {"value": value, "origin": origin} for name, value, origin, _ in rows}
        constants = {key: {"value": value, "origin": origins[key]} for key, value, _ in gates}
        typer.echo(json.dumps({"settings": settings, "endpoints": servers, "gates": constants}, indent=2))
        return ExitCode.SHIP
    for name, value, origin, meaning in rows:
        typer.echo(f"{name:16} {value!s:16} {origin:24} {meaning}")
    typer.echo("\nendpoints (--provider NAME; docs/models.md):")
    for name, said in servers.items():
        key = f"{said['key']} ({'set' if said['key_set'] else 'not set'})" if said["key"] else "no key"
        typer.echo(f"{name:16} {said['base_url']:54} {said['wire']:10} {key:32} {said['origin']}")
    typer.echo("\ngates ([tool.cv-harness.gates]; docs/gating.md):")
    for key, value, meaning in gates:
        typer.echo(f"{key:30} {value:16} {origins[key]:20} {meaning}")
    return ExitCode.SHIP


def user_name() -> str:
    """Who this is by git's settings. Raises UsageError where git does not say."""
    import subprocess

    try:
        found = subprocess.run(
            ["git", "config", "user.name"], capture_output=True, text=True, check=False, cwd=Path.cwd()
        ).stdout.strip()
    except OSError:  # no git here
        found = ""
    if not found:
        raise UsageError("who you are is not known", hint="give --by NAME")
    return found
