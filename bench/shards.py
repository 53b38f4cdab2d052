"""Shards on a cluster of nodes in processes: what a second worker brings, and a run whose worker, node and driver are
killed at random. `python -m bench.shards --people 1000`, with `--kill` for the second (`--nodes 3` where not two)."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from bench.grown import ANSWERS, grow
from bench.nodes import add_node, nodes, workers
from harness.base.project import Project
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent


class Replayed(Exception):
    """What is measured is over."""


class Stopwatch(Silent):
    """Seconds of each stage, in turn, up to where a run in shards has no shards any more."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, float]] = []

    def stage(self, name: str) -> None:
        self.stages.append((name.split(" ")[0], time.monotonic()))
        if name == "deciding":
            raise Replayed

    def told(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for (name, began), (_, end) in pairwise(self.stages):
            found[name] = round(found.get(name, 0.0) + end - began, 1)
        return found


def speed(folder: Path, people: int, turns: int) -> None:
    """Reading, keeping and scoring two arms by this process, by one worker and by two, in turns, nothing cached."""
    project = Project(folder / "project")
    taken: dict[int, list[float]] = {0: [], 1: [], 2: []}
    with nodes(2) as cluster:
        for turn in range(turns):
            for count in taken:
                os.environ["CV_HARNESS_CACHE"] = str(folder / f"cache-{turn}-{count}")
                plan, watch = Plan(answers=project.root / ANSWERS), Stopwatch()
                if count:  # as many shards as workers: each worker makes one
                    plan = replace(plan, engine="ray", ray_address=cluster.address, shards=count)
                with suppress(Replayed):
                    evaluate(project, plan, listener=watch)
                told = watch.told()
                taken[count].append(round(told["replaying"] + told["scoring"], 1))
                name = f"{count} workers" if count else "no Ray"
                print(f"{name}: {taken[count][-1]} s, {json.dumps(told)}; load {load()}", flush=True)
    for count in (1, 2):
        ratios = [alone / with_ray for alone, with_ray in zip(taken[0], taken[count], strict=True)]
        print(f"no Ray ÷ {count} workers, by turn: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    ratios = [one / two for one, two in zip(taken[1], taken[2], strict=True)]
    print(f"one worker ÷ two, by turn: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


DEEDS = ("worker", "node", "driver", "worker", "node", "driver")


def kills(folder: Path, people: int, seed: int, count: int) -> None:
    """One run of all people: workers, nodes and drivers are killed at random moments, in a random order."""
    chance = random.Random(seed)
    project = Project(folder / "project")
    os.environ["CV_HARNESS_CACHE"] = str(folder / "cache-kill")
    began, resumed = time.monotonic(), 0
    with nodes(count) as cluster:
        more: list[str] = []
        deeds = chance.sample(DEEDS, len(DEEDS))
        due = _due(people, deeds, chance)
        while True:
            run = subprocess.Popen(_command(project, cluster.address, people, more), stderr=subprocess.PIPE, text=True)
            while deeds and run.poll() is None:
                if _records(project) // 2 < due:
                    time.sleep(0.5)
                    continue
                if not (working := workers(cluster)):
                    time.sleep(0.1)
                    continue
                deed, (worker, node) = deeds.pop(0), chance.choice(list(working.items()))
                due = _due(people, deeds, chance)
                print(f"{time.monotonic() - began:.0f} s, {_records(project)} records: a {deed} is killed", flush=True)
                if deed == "driver":
                    run.kill()
                    run.wait()
                elif deed == "node":
                    cluster.remove_node(node, allow_graceful=False)
                    add_node(cluster)
                else:
                    os.kill(worker, signal.SIGKILL)
            _, said = run.communicate()
            if run.returncode >= 0:
                break
            more, resumed = ["--resume"], resumed + 1
    took = f"{time.monotonic() - began:.0f} s with Ray's starts, resumed {resumed} times, exit {run.returncode}"
    print(f"{people} people on {count} nodes: {took}; load {os.getloadavg()[0]:.1f}", flush=True)
    print("\n".join(line for line in said.splitlines() if "died" in line or "error" in line.lower()))
    print(f"records: {_records(project)} of {2 * people}; {len(deeds)} deaths were left when it ended")
    killed_in, again = sorted(project.runs.iterdir())[-1], time.monotonic()
    folders = killed_in, evaluate(project, Plan(answers=project.root / ANSWERS)).folder
    print(f"the same on one machine, its texts read already: {time.monotonic() - again:.0f} s")
    killed, whole = (json.loads((each / "summary.json").read_text(encoding="utf-8")) for each in folders)
    for each in (killed, whole):
        del each["brief"]["sign_off"]  # which run it is, and the digest of its verdict
    different = [name for name in whole if name not in ("run", "provenance") and killed[name] != whole[name]]
    print(f"figures that differ from those of one machine: {', '.join(different) or 'none'}")


def _due(people: int, deeds: list[str], chance: random.Random) -> float:
    """CVs that are done when the next deed is: spread over the run, the last with a fifth of it left."""
    return people * (len(DEEDS) - len(deeds) + chance.uniform(0.4, 1.2)) / (len(DEEDS) + 1)


def _command(project: Project, address: str, people: int, more: list[str]) -> list[str]:
    arguments = ["run", "--answers", str(project.root / ANSWERS), "--quiet", "--engine", "ray"]
    arguments += ["--ray-address", address, "--shards", str(max(4, people // 500)), *more]
    return [sys.executable, "-m", "harness", "--project", str(project.root), *arguments]


def _records(project: Project) -> int:
    """Of the newest run, in its store and in its shards."""
    folders = sorted(project.runs.iterdir()) if project.runs.is_dir() else []
    count = 0
    for path in [*folders[-1].glob("run.db"), *folders[-1].glob("shards/*/run.db")] if folders else ():
        try:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
                count += connection.execute("SELECT count(*) FROM records").fetchone()[0]
        except sqlite3.OperationalError:
            continue  # being made, or merged
    return count


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--people", type=int, default=1000)
    given.add_argument("--kill", action="store_true")
    given.add_argument("--turns", type=int, default=3)
    given.add_argument("--nodes", type=int, default=2)
    given.add_argument("--seed", type=int, default=1)
    options = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="cvh-") as made:
        began = time.monotonic()
        grow(Path(made) / "project", options.people)
        print(
            f"{options.people} people made in {time.monotonic() - began:.0f} s; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        if options.kill:
            kills(Path(made), options.people, options.seed, options.nodes)
        else:
            speed(Path(made), options.people, options.turns)
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
