"""How time, memory and the page grow with the number of CVs: two arms' declared answers, from the file to the verdict.

`python -m bench.growth [people …]` (100 1000 10000 where none are named; 100000 takes some 6 GB of disk). Each run is
`cv-harness run --answers` as a person starts it. Beside it stands what scoring the same answers costs bare, in one
process: a ratio to that says the same on a slow machine as on a fast one. Memory is that of the largest process; each
of the helpers, one for a core, takes 90 to 100 MB beside it, and the second process that works while a run is decided
and shown about as much as the largest.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.grown import ANSWERS, grow
from bench.waiting import Took, timed
from harness.base.project import Project
from harness.corpus.goldens import golden_path, load_golden
from harness.scoring.score import score

SAMPLE = 400
"""Answers that are scored bare."""
BARS = {100_000: (600.0, 600.0)}
"""Wall seconds and MB, by people, on two cores."""


@dataclass(frozen=True, slots=True)
class Grown:
    """One run. bare_s: CPU seconds that scoring alone takes, of all its answers."""

    people: int
    took: Took
    bare_s: float
    page_mb: float
    beside_mb: float

    def line(self) -> str:
        took, each = self.took, 1000 * self.took.cpu_s / self.people
        return (
            f"| {self.people:,} | {took.wall_s:.0f} | {took.cpu_s:.0f} | {each:.1f} | {took.cpu_s / self.bare_s:.1f} "
            f"| {took.peak_mb:.0f} | {self.page_mb:.1f} | {self.beside_mb:.1f} |"
        )


HEAD = (
    "| CVs | wall s | CPU s | CPU ms a CV | ÷ bare scoring | peak MB | page MB | cvs.csv MB |\n"
    "|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def bare(folder: Path) -> float:
    """CPU seconds an answer, of scoring alone: golden and text at hand."""
    project = Project(folder)
    given = []
    with (folder / ANSWERS).open(encoding="utf-8") as lines:
        for line, _ in zip(lines, range(SAMPLE), strict=False):
            answer = json.loads(line)
            name = answer["document"]
            text = (folder / f"fixtures/corpus/{name}.txt").read_text(encoding="utf-8")
            given.append((answer["answer"], load_golden(golden_path(project, name)), text))
    begun = time.process_time()
    for answer, golden, text in given:
        score(answer, golden, text)
    return (time.process_time() - begun) / len(given)


def measure(people: int) -> Grown:
    with tempfile.TemporaryDirectory(prefix="cv-harness-growth-") as there:
        folder = grow(Path(there) / "project", people)
        each = bare(folder)
        took = timed([sys.executable, "-m", "harness", "run", "-q", "--answers", str(folder / ANSWERS)], folder)
        run = next(path for path in (folder / "reports/runs").iterdir() if (path / "index.html").is_file())
        beside = run / "cvs.csv"
        return Grown(
            people,
            took,
            2 * people * each,
            (run / "index.html").stat().st_size / 1e6,
            beside.stat().st_size / 1e6 if beside.is_file() else 0.0,
        )


def main(sizes: list[int]) -> int:
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before\n\n{HEAD}", flush=True)
    missed = []
    for people in sizes:
        found = measure(people)
        print(found.line(), flush=True)
        seconds, most_mb = BARS.get(people, (float("inf"), float("inf")))
        if found.took.wall_s > seconds or found.took.peak_mb > most_mb:
            missed.append(people)
    print(f"\nload average {os.getloadavg()[0]:.1f} after" + (f"; over the bar: {missed}" if missed else ""))
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main([int(word) for word in sys.argv[1:]] or [100, 1000, 10_000]))
