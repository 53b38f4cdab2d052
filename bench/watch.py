"""From save to answer: seconds until `cv-harness watch` has said what a save of the instructions did, and beside it
what else a prompt engineer and a CI wait for: `run --repeat 1`, `run`, `pytest evals/`, first and warm.

Everything of watch is warm but the first time: the simulator, the readers, the imports. Bar: 3 s for the dev split on
an idle machine of two cores; the load average stands beside the figures, because a busy machine says nothing. The
others are whole processes; first means without a cache of texts read.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from harness.assistants.bundle import find_bundle
from harness.base.project import Project
from harness.evaluate.commands.watch import saves
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent

SAVES = 6
BAR_S = 3.0
WAITED = {
    "run --repeat 1": ("-m", "harness", "run", "-q", "--repeat", "1"),
    "run": ("-m", "harness", "run", "-q"),
    "pytest evals/": ("-m", "pytest", "evals/", "-q"),
}
BEFORE_S = {"save → watch": 8, "run --repeat 1": 11, "run": 19, "pytest evals/": 42}
"""Seconds before the loop was made shorter, on a busy machine, as they were taken then."""


def main() -> int:
    project = Project(Path(__file__).resolve().parents[1])
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        shutil.copytree(find_bundle(project).path, bundle)
        instructions = bundle / "instructions.md"
        plan = replace(Plan(), arms=("baseline", "candidate"), assistants=(str(bundle),), splits=("dev",), repeat=1)
        made = 0

        def save(_seconds: float) -> None:
            nonlocal made
            made += 1
            text = instructions.read_text(encoding="utf-8")
            instructions.write_text(f"{text.rstrip()}\nBe careful, for the {made}th time.\n", encoding="utf-8")

        watched = saves(project, plan, bundle, Silent(), wait=save)
        seconds = [next(watched).seconds]
        begun = time.process_time()
        seconds += [next(watched).seconds for _ in range(SAVES - 1)]
        own = (time.process_time() - begun) / (SAVES - 1)
        watched.close()
    warm = seconds[1:]
    median = statistics.median(warm)
    spread = f"{min(warm):.2f} to {max(warm):.2f}"
    print(f"first {seconds[0]:.2f} s; warm saves: median {median:.2f} s, {spread} (n = {len(warm)})")
    print(f"CPU of a warm save: {own:.2f} s of watch itself, beside what its simulator and readers take")
    print(f"load average of the last minute {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; bar {BAR_S:g} s")
    print(f"\n{'':20}{'first':>8}{'warm':>8}{'before':>8}  seconds")
    print(f"{'save → watch':20}{seconds[0]:8.1f}{median:8.1f}{BEFORE_S['save → watch']:8}")
    for name, command in WAITED.items():
        first, warm = _waited(command, project.root)
        print(f"{name:20}{first:8.1f}{warm:8.1f}{BEFORE_S[name]:8}", flush=True)
    print(f"load average of the last minute {os.getloadavg()[0]:.1f}; “before” was taken on a busy machine")
    return int(median > BAR_S)


def _waited(command: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """Seconds of the command without a cache, and with what that left; a verdict's exit code is no failure."""
    found = []
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "CV_HARNESS_CACHE": cache}
        for _ in range(2):
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, *command], cwd=folder, env=environment, capture_output=True, check=False
            )
            found.append(time.perf_counter() - start)
            if done.returncode not in (0, 1, 10, 20):
                raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode()[-500:]}")
    return found[0], found[1]


if __name__ == "__main__":
    raise SystemExit(main())
