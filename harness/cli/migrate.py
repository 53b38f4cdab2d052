"""`cv-harness migrate-model`: an accepted assistant from one model to another, as one job."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from harness.base.errors import ExitCode
from harness.base.project import Project

if TYPE_CHECKING:
    from harness.evaluate.commands.migrate import Migrated


def register(app: typer.Typer) -> None:
    app.command("migrate-model")(migrate_model)


def migrate_model(
    source: str = typer.Argument(..., metavar="FROM", help="The model that the accepted assistant is on."),
    targets: list[str] = typer.Argument(..., metavar="TO...", help="The model to go to; several are compared."),
    provider: str | None = typer.Option(None, "--provider", help="simulator, openai, or another endpoint by name."),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server that speaks OpenAI's wire format."),
    only: list[str] = typer.Option([], "--only", help="Document id or pattern, to try it out; a part never ships."),
    limit: int | None = typer.Option(None, "--limit", help="At most so many CVs, to try it out; a part never ships."),
    profile: str | None = typer.Option(None, "--profile", help="ci | release (latency decides, and the sealed split)."),
    concurrency: int | None = typer.Option(None, "--concurrency", help="Calls in flight at most."),
    max_cost: float | None = typer.Option(None, "--max-cost", help="US dollars that all of it may cost."),
    yes: bool = typer.Option(False, "--yes", help="Ask nothing, whatever it costs (up to --max-cost)."),
    anew: bool = typer.Option(False, "--anew", help="Begin again, with new answers, what was begun or made before."),
    as_json: bool = typer.Option(False, "--json", help="Print table, A/A and verdicts as JSON."),
    verbose: bool = typer.Option(False, "--verbose", help="Every gate, the claims and all reasons."),
) -> int:
    """Leave FROM for TO: mend what TO refuses and show it, say the cost and ask, put each model beside itself, then
    beside the other on new answers. Ended by whatever, the same command goes on; `accept` does the rest."""
    from harness.cli.plans import plan_of
    from harness.cli.progress import TerminalListener
    from harness.cli.settings import resolve
    from harness.evaluate.commands.migrate import migrate

    project = Project.find()
    flags = {
        "provider": provider, "base_url": base_url, "profile": profile, "concurrency": concurrency,
        "max_cost": max_cost,
    }  # fmt: skip
    base = plan_of(resolve(project, flags).settings)
    plan = replace(
        base,
        only=tuple(only),
        limit=limit,
        confirm_above=math.inf if yes else base.confirm_above,
        command=_typed(sys.argv[1:]),
    )
    with TerminalListener() as listener:
        migrated = migrate(project, plan, source, tuple(targets), anew=anew, listener=listener)
    return _told(migrated, as_json=as_json, verbose=verbose)


def _typed(words: Sequence[str]) -> tuple[str, ...]:
    """What was typed, with the command first and the project's folder last."""
    rest = [word for word in words if word != "migrate-model"]
    if rest[:1] == ["--project"]:
        rest = [*rest[2:], *rest[:2]]
    return "cv-harness", "migrate-model", *rest


def _told(migrated: Migrated, *, as_json: bool, verbose: bool) -> int:
    from harness.cli.replay import show
    from harness.gates.decide import exit_code
    from harness.gates.serial import verdict_to_dict

    evaluation = migrated.evaluation
    if evaluation is None or not evaluation.verdicts:
        typer.echo("ended before the models were compared: what was answered is kept, the same command goes on")
        return ExitCode.INCONCLUSIVE
    page = next(iter(evaluation.pages.values()))
    summary: dict[str, Any] = json.loads((page.parent / "summary.json").read_text(encoding="utf-8"))
    if as_json:
        told = {
            "run": evaluation.manifest.run_id,
            "contenders": summary.get("contenders"),
            "migration": summary.get("migration"),
            "verdicts": {arm: verdict_to_dict(verdict) for arm, verdict in evaluation.verdicts.items()},
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return exit_code(evaluation.verdict)
    code = show(evaluation, verbose=verbose)
    kept = summary.get("migration")
    if kept and kept["estimate"] is not None and kept["spent"]:
        most = f", with {kept['unknown']} calls of which nobody knows the end at the most" if kept["unknown"] else ""
        typer.echo(f"estimated ${kept['estimate']:.2f}, spent ${kept['spent']:.2f}{most}")
    for arm, verdict in evaluation.verdicts.items():
        if verdict.verdict == "SHIP":
            which = "" if arm == "candidate" else f" --candidate {arm}"
            typer.echo(f'to accept {arm}: cv-harness accept {evaluation.manifest.run_id}{which} --reason "WHY"')
    return code
