"""`python -m bench.harms`: harms and harmless changes through the whole tool; prints Markdown tables.

For one answers' file: `python -m bench.harms --write FILE --only NAME --worlds live`, and then
`cv-harness run --answers FILE`.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
from pathlib import Path

from bench.harms.catalogue import CHANGES
from bench.harms.change import Change
from bench.harms.make import make
from bench.harms.people import choose
from bench.harms.quick import Task
from bench.harms.quick import results as judged
from bench.harms.run import Result, listing, mistakes, side_by_side, table, totals
from bench.harms.worlds import WORLDS
from harness.base.project import Project
from harness.cli.plans import plan_of
from harness.cli.settings import resolve


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    changes = [
        change
        for change in CHANGES.values()
        if (not options.only or any(fnmatch.fnmatchcase(change.name, each) for each in options.only))
        and (not options.kind or change.kind in options.kind)
        and (not options.severity or change.severity in options.severity)
    ]
    project = Project.find()
    if options.list:
        print(listing(changes), end="")
        return 0
    if options.write:
        people = choose(project, options.people, options.seed)
        text = make(WORLDS[options.worlds.split(",")[0]], changes[0], people, options.draws, options.seed)
        Path(options.write).write_text(text, encoding="utf-8")
        return 0
    results = list(_results(project, changes, options))
    if not results:
        print("nothing to run: no change is meant, or it can touch nobody", file=sys.stderr)
        return 2
    seconds = sum(each.seconds for each in results)
    print(f"{options.people} people, {options.draws} draws, {options.runs} seeds from {options.seed}; ", end="")
    print(f"{len(results)} runs, {seconds / len(results):.2f} s each\n")
    print(totals(results))
    print(mistakes(results) or "no run shipped what must not ship or held what is harmless\n")
    print(side_by_side(results) if options.side_by_side else table(results))
    return 0


def _results(project: Project, changes: list[Change], options: argparse.Namespace) -> list[Result]:
    tasks = [
        Task(change.name, world, seed)
        for world in options.worlds.split(",")
        for seed in range(options.seed, options.seed + options.runs)
        for change in changes
    ]
    plan = plan_of(resolve(project, {}).settings)
    results: list[Result] = []
    for made in judged(project, plan, tasks, people=options.people, draws=options.draws, processes=options.processes):
        print(
            f"{made.verdict:12} {made.change.severity:11} {made.world:8} {made.change.name} · {', '.join(made.gates)}",
            file=sys.stderr,
            flush=True,
        )
        results.append(made)
    return results


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.harms", description=__doc__)
    parser.add_argument("--worlds", default="stuck,live", help=f"of {', '.join(WORLDS)}")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--runs", type=int, default=1, help="seeds per change and world")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="change by name or pattern; again for several")
    parser.add_argument("--kind", action="append", default=[])
    parser.add_argument("--severity", action="append", default=[])
    parser.add_argument("--side-by-side", action="store_true", help="a row a change, a column a world, as in docs")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="say what the changes are and stop")
    parser.add_argument("--write", metavar="FILE", help="write the first change's answers there and stop")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
