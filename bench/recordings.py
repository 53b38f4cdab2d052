"""How many answers a second a run scores where it asks nobody: all of them are there already.

`python -m bench.recordings [people …]` (1000 5000 where none are named). The first row is the shipped corpus, legacy
and baseline from their recordings, seven calls to a CV in legacy, without a verdict. The others are two arms' declared
answers to as many people, each with a golden and a text of its own, decided and shown (`bench.growth` has their memory
and pages). Whole processes are timed at their second run, when texts are read and modules compiled. "Without start-up"
is less the wall time of the same run of one CV. Beside it stands what scoring the same answers costs bare, in one
process: a ratio to that says the same on a slow machine as on a fast one.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.grown import ANSWERS, ROOT, grow
from bench.waiting import Took, timed
from harness.base.project import Project
from harness.base.types import Failure
from harness.corpus.goldens import golden_path, load_golden
from harness.replay.store import RunStore
from harness.scoring.score import score

SAMPLE = 400
"""Answers that are scored bare."""
BAR = 400.0
"""Records a second, start-up included, in the last row, on two cores."""
RUN = [sys.executable, "-m", "harness", "run", "-q"]
HEAD = (
    "| | records | wall s | CPU s | records/s | without start-up | CPU ms a record | ÷ bare scoring | peak MB |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A run that asked nobody. start_s: wall seconds of the same run of one CV; bare_s: CPU seconds that scoring alone
    takes of one of its answers."""

    name: str
    records: int
    took: Took
    start_s: float
    bare_s: float

    @property
    def a_second(self) -> float:
        return self.records / self.took.wall_s

    def line(self) -> str:
        took, each = self.took, self.took.cpu_s / self.records
        return (
            f"| {self.name} | {self.records:,} | {took.wall_s:.2f} | {took.cpu_s:.2f} | {self.a_second:.0f} "
            f"| {self.records / max(took.wall_s - self.start_s, 0.01):.0f} | {1000 * each:.2f} "
            f"| {each / self.bare_s:.1f} | {took.peak_mb:.0f} |"
        )


def bare(store: RunStore, project: Project) -> float:
    """CPU seconds an answer, of scoring alone: golden and text at hand."""
    texts = {name: found.text for name, found in store.extractions()}
    answers = (record for record in store.records() if not isinstance(record.answer, Failure))
    given = []
    for record in islice(answers, SAMPLE):
        path = golden_path(project, record.document_id)
        given.append((record.answer, load_golden(path) if path.is_file() else None, texts[record.document_id]))
    begun = time.process_time()
    for answer, golden, text in given:
        score(answer, golden, text)
    return (time.process_time() - begun) / len(given)


def measured(name: str, folder: Path, command: list[str], one_cv: tuple[list[str], Path]) -> Rate:
    """The run in `folder`, and beside it a run of one CV: its command, and its folder."""
    timed(*one_cv)
    start_s = timed(*one_cv).wall_s
    timed(command, folder)
    shutil.rmtree(folder / "reports/runs")
    took = timed(command, folder)
    with RunStore.open(next((folder / "reports/runs").glob("2*"))) as store:
        return Rate(name, sum(store.many().values()), took, start_s, bare(store, Project(folder)))


def shipped(there: Path) -> Rate:
    """The corpus of this project from its recordings, in a copy."""
    source = Project(ROOT)
    for place in (source.corpus, source.recordings, source.goldens, source.baseline):
        shutil.copytree(place, there / place.relative_to(ROOT))
    shutil.copytree(source.assistants, there / "assistants", ignore=shutil.ignore_patterns("*.py", "__*"))
    command = [*RUN, "--arms", "legacy,baseline"]
    first = min(path.stem for path in source.goldens.glob("*.json") if path.name != source.contract.name)
    return measured("shipped corpus, recorded", there, command, ([*command, "--only", first], there))


def declared(people: int, there: Path) -> Rate:
    """As many people's answers of two arms, from a file."""
    folder, one = grow(there / "project", people), grow(there / "one", 1)
    command, of_one = ([*RUN, "--answers", str(each / ANSWERS)] for each in (folder, one))
    return measured(f"{people:,} CVs × 2, declared", folder, command, (of_one, one))


def main(sizes: list[int]) -> int:
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before\n\n{HEAD}", flush=True)
    rates = []
    for people in (0, *sizes):
        with tempfile.TemporaryDirectory(prefix="cv-harness-recordings-") as there:
            rates.append(declared(people, Path(there)) if people else shipped(Path(there)))
        print(rates[-1].line(), flush=True)
    missed = rates[-1].a_second < BAR
    said = f"; under the bar of {BAR:.0f} a second in the last row" if missed else ""
    print(f"\nload average {os.getloadavg()[0]:.1f} after{said}")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main([int(word) for word in sys.argv[1:]] or [1000, 5000]))
