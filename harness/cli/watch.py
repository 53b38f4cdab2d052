"""`cv-harness watch`: save the instructions, see in seconds what moved."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.base.errors import ExitCode, HarnessError
from harness.base.project import Project

if TYPE_CHECKING:
    from harness.evaluate.stages.evaluation import Evaluation

_POLL_S = 0.4


def register(app: typer.Typer) -> None:
    app.command("watch")(watch)


def watch(
    assistant: str = typer.Option("cv-parser-pro", "--assistant", help="Bundle to watch, by name or folder."),
    split: str = typer.Option("dev", "--split", help="What is replayed: dev leaves the gate split unlooked at."),
    repeat: int = typer.Option(1, "--repeat", help="Draws per CV; more are steadier and slower."),
    once: bool = typer.Option(False, "--once", help="Replay once and stop."),
) -> int:
    """Replay the dev split whenever the bundle is saved, and say which fields of which CVs moved. Ctrl-C ends it."""
    from harness.assistants.bundle import find_bundle
    from harness.cli.plans import plan_of
    from harness.cli.progress import TerminalListener
    from harness.cli.settings import resolve
    from harness.evaluate.commands.run import evaluate

    project = Project.find()
    folder = find_bundle(project, assistant).path
    plan = replace(
        plan_of(resolve(project).settings),
        arms=("baseline", "candidate"),
        assistants=(str(folder),),
        splits=(split,),
        repeat=repeat,
        fresh=False,
        command=("cv-harness", "watch"),
    )
    seen: object = None
    while True:
        now = _stamp(folder)
        if now == seen:
            time.sleep(_POLL_S)
            continue
        seen = now
        try:
            with TerminalListener(quiet=True) as listener:
                _show(evaluate(project, plan, listener=listener))
        except HarnessError as error:
            if once:
                raise
            typer.echo(f"{error}")
        if once:
            return ExitCode.SHIP
        typer.echo(f"watching {folder} …")


def _stamp(folder: Path) -> object:
    return sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir() if path.is_file())


def _show(evaluation: Evaluation) -> None:
    """The fields whose F1 moved, worst first, then the CVs that flipped."""
    import json

    from harness.base.terminal import safe

    if not evaluation.pages:
        return
    page = next(iter(evaluation.pages.values()))
    summary = json.loads((page.parent / "summary.json").read_text(encoding="utf-8"))
    candidate, baseline = summary["roles"]["candidate"], summary["roles"]["baseline"]
    head = summary["headline"]
    typer.echo(f"\n{_f1(head, candidate)} candidate, {_f1(head, baseline)} baseline · {evaluation.verdict.source}")
    moved = []
    for row in summary["fields"]:
        mine, theirs = row["arms"].get(candidate), row["arms"].get(baseline)
        if mine and theirs and mine["f1"] is not None and theirs["f1"] is not None:
            delta = mine["f1"] - theirs["f1"]
            if abs(delta) >= 0.0005:
                moved.append((delta, row["field"], mine))
    for delta, name, mine in sorted(moved, key=lambda each: each[0])[:12]:
        counts = f"missing {mine['missing']}, wrong {mine['wrong']}, invented {mine['invented']}"
        typer.echo(f"  {100 * delta:+6.1f} pts  {name}  ({counts})")
    if not moved:
        typer.echo("  no field moved")
    for word in ("broken", "fixed"):
        rows = (summary["flips"]["baseline"] or {"documents": []})["documents"]
        names = [row["document"] for row in rows if row["class"] == word]
        if names:
            typer.echo(safe(f"  {word}: {', '.join(names[:12])}" + (" …" if len(names) > 12 else "")))
    typer.echo(f"  page: {page}")


def _f1(headline: dict[str, dict[str, float | None]], arm: str) -> str:
    value = headline.get(arm, {}).get("f1")
    return "F1 –" if value is None else f"F1 {value:.3f} (n = {headline[arm].get('n')})"
