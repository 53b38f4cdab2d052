"""How fast relations are, and what probing costs beside a plain run of as many calls: `python -m bench.probes`."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from harness.base.project import Project
from harness.corpus.goldens import golden_path, load_golden
from harness.corpus.manifest import document_path, load_manifest
from harness.corpus.text import Extractor
from harness.evaluate.commands.probe import probe
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.probes.catalogue import chosen, probes_of

ROOT = Path(__file__).resolve().parents[1]


def relations_a_second(limit: int) -> tuple[int, float]:
    """(changed copies made, of these a second) with all relations, on texts that are read already."""
    project = Project(ROOT)
    documents = [one for one in load_manifest(project, verify=False) if one.twin_of is None and one.split == "gate"]
    documents = documents[:limit]
    with Extractor() as extractor:
        texts = extractor.extract_many([document_path(project, one) for one in documents])
    pairs = [
        (text.text, load_golden(golden_path(project, one.id)).cv) for one, text in zip(documents, texts, strict=True)
    ]
    relations = chosen(())
    begun = time.perf_counter()
    made = sum(len(probes_of(text, cv, relations, 7, cv).probes) for text, cv in pairs)
    return made, made / (time.perf_counter() - begun)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds: of the clock, and of this process's processor (the simulator is another one)."""

    wall: float
    processor: float


def overhead(limit: int, rounds: int) -> tuple[int, list[Took], list[Took]]:
    """(calls, what probed runs took, what plain runs of the same texts took), form and content, one arm, in turns. A
    first probed run that warms up is not counted."""
    project = Project(ROOT)
    plan = Plan(arms=("candidate",), repeat=1, limit=limit, probes=("form", "content"))
    found = probe(project, plan, listener=Silent())
    probed, plain = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(found.result.made.probes):
            (Path(folder) / f"{number}.txt").write_text(one.probe.text, encoding="utf-8")
        again = Plan(arms=("candidate",), repeat=1, cvs=Path(folder))
        for _ in range(rounds):
            probed.append(_timed(lambda: probe(project, plan, listener=Silent())))
            plain.append(_timed(lambda: evaluate(project, again, listener=Silent())))
    return limit + len(found.result.made.probes), probed, plain


def _timed(work: Callable[[], object]) -> Took:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=12, help="CVs")
    parser.add_argument("--rounds", type=int, default=3, help="runs of either kind")
    options = parser.parse_args()
    limit = options.limit
    made, rate = relations_a_second(limit)
    print(f"{made} changed copies of {limit} CVs: {rate:.0f} a second")
    calls, probed, plain = overhead(limit, options.rounds)
    for what in ("wall", "processor"):
        one, other = (median(getattr(each, what) for each in took) for took in (probed, plain))
        print(f"{calls} calls, {what}, median of {options.rounds}: {one:.1f} s probed, {other:.1f} s plain, "
              f"ratio {one / other:.2f}")  # fmt: skip
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
