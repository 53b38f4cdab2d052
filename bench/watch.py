"""From save to answer: seconds until `cv-harness watch` has said what a save of the instructions did.

Everything is warm but the first time: the simulator, the readers, the imports. Bar: 3 s for the dev split on an idle
machine of two cores; the load average stands beside the figures, because a busy machine says nothing.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

from harness.assistants.bundle import find_bundle
from harness.base.project import Project
from harness.evaluate.commands.watch import saves
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent

SAVES = 6
BAR_S = 3.0


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
        seconds = [next(watched).seconds for _ in range(SAVES)]
        watched.close()
    warm = seconds[1:]
    median = statistics.median(warm)
    spread = f"{min(warm):.2f} to {max(warm):.2f}"
    print(f"first {seconds[0]:.2f} s; warm saves: median {median:.2f} s, {spread} (n = {len(warm)})")
    print(f"load average of the last minute {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; bar {BAR_S:g} s")
    return int(median > BAR_S)


if __name__ == "__main__":
    raise SystemExit(main())
