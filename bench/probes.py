"""How fast relations are, and what probing costs beside a plain run of as many calls: `python -m bench.probes`."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

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
    made = sum(len(probes_of(text, cv, relations, 7).probes) for text, cv in pairs)
    return made, made / (time.perf_counter() - begun)


def overhead(limit: int) -> tuple[int, float, float]:
    """(calls, seconds of a probed run, seconds of a plain run of the same texts), form and content, one arm."""
    project = Project(ROOT)
    plan = Plan(arms=("candidate",), repeat=1, limit=limit, probes=("form", "content"))
    begun = time.perf_counter()
    found = probe(project, plan, listener=Silent())
    probed = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(found.result.made.probes):
            (Path(folder) / f"{number}.txt").write_text(one.probe.text, encoding="utf-8")
        begun = time.perf_counter()
        evaluate(project, Plan(arms=("candidate",), repeat=1, cvs=Path(folder)), listener=Silent())
        plain = time.perf_counter() - begun
    return limit + len(found.result.made.probes), probed, plain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=12, help="CVs")
    limit = parser.parse_args().limit
    made, rate = relations_a_second(limit)
    print(f"{made} changed copies of {limit} CVs: {rate:.0f} a second")
    calls, probed, plain = overhead(limit)
    print(f"{calls} calls: {probed:.1f} s probed, {plain:.1f} s plain, ratio {probed / plain:.2f}")


if __name__ == "__main__":
    main()
