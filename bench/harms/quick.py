"""The same verdicts without the runs: answers are made, read and scored in memory, each different one once.

What a whole run adds (files, stores, pages) is the same for every change; it is made once, for its manifest and texts.
`tests/harms` holds both ways to one verdict.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from multiprocessing import get_context
from typing import Any

from bench.harms.catalogue import CHANGES
from bench.harms.change import Change, Line
from bench.harms.make import MODEL, affected, lines, make
from bench.harms.people import choose
from bench.harms.run import Result, result_of, whole, workspace
from bench.harms.worlds import WORLDS, World
from harness.base.project import Project
from harness.base.types import Failure, Json
from harness.contract.read import read
from harness.contract.types import Reading
from harness.corpus.goldens import golden_path, load_golden
from harness.corpus.types import Golden
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.plan import Plan
from harness.gates.config import GateConfig
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.types import Case, Verdict
from harness.models.prices import cost
from harness.models.types import Usage
from harness.replay.types import Manifest
from harness.scoring.score import score
from harness.scoring.types import Score


@dataclass(frozen=True, slots=True)
class Task:
    """One change in one world."""

    change: str
    world: str
    seed: int


@dataclass(slots=True)
class Quick:
    """What all changes share. cases: of a whole run, by document, arm and draw. texts: by document. scored: by document
    and answer."""

    project: Project
    people: int
    draws: int
    config: GateConfig
    manifest: Manifest
    texts: Mapping[str, str]
    goldens: Mapping[str, Golden]
    cases: Mapping[tuple[str, str, int], Case]
    scored: dict[tuple[str, str], tuple[Json | Failure, tuple[Reading, ...], Score]] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, plan: Plan, people: int, draws: int) -> Quick:
        """After one whole run of the gate split's people (of all, where more are asked for)."""
        everyone = choose(project, 60 if people <= 60 else 100, 1)
        with workspace(project) as place:
            text = make(WORLDS["still"], CHANGES["nothing changes"], everyone, draws, 1)
            scored, _ = whole(place, plan, text, draws, 1)
        cases = {(one.document.id, one.record.arm, one.record.draw): one for one in scored.cases}
        goldens = {one.document: load_golden(golden_path(project, one.document)) for one in everyone}
        return cls(project, people, draws, gate_config(plan), scored.manifest, scored.texts, goldens, cases)

    def judge(self, world: World, change: Change, seed: int) -> Result | None:
        """One run; of a change in several steps, the first that does not ship, or the last. None where it touches
        nobody."""
        began = time.perf_counter()
        people = choose(self.project, self.people, seed)
        touched = affected(change, people, seed)
        if not touched:
            return None
        for step in range(change.steps):
            verdict = self.decide(lines(world, change, people, self.draws, seed, touched, step), anchored=step > 0)
            if verdict.verdict != "SHIP":
                break
        return result_of(change, world, seed, verdict, len(touched), time.perf_counter() - began)

    def decide(self, given: Iterable[Line], *, anchored: bool = False) -> Verdict:
        """anchored: whether the lines are of an anchor, too, which the whole run had none of."""
        manifest = self.manifest
        if anchored:
            accepted = next(arm for arm in manifest.arms if arm.id == "baseline")
            manifest = replace(manifest, arms=(*manifest.arms, replace(accepted, id="anchor")))
        return decide(Evidence.of(map(self._case, given), manifest, self.texts), config=self.config)

    def _case(self, line: Line) -> Case:
        arm = line["pipeline"]
        known = self.cases[line["document"], "baseline" if arm == "anchor" else arm, line["repeat"]]
        answer, readings, scored = self._scored(line["document"], line["answer"], line.get("error", ""))
        usage = Usage(input_tokens=line["usage"]["input_tokens"], output_tokens=line["usage"]["output_tokens"])
        record = replace(
            known.record,
            arm=arm,
            answer=answer,
            readings=readings,
            state="failed" if line["answer"] is None else "completed",
            latency_ms=line["latency_ms"],
            usage=usage,
            cost=_cost(usage, self.manifest.started[:10]),
        )
        return Case(known.document, record, scored)

    def _scored(self, document: str, answer: Json, error: str) -> tuple[Json | Failure, tuple[Reading, ...], Score]:
        key = document, answer if isinstance(answer, str) else json.dumps(answer)
        if key not in self.scored:
            reading = None if answer is None else read(key[1])
            value = Failure("provider", "declared_error", error) if reading is None else reading.value
            found = score(value, self.goldens[document], self.texts[document])
            self.scored[key] = value, () if reading is None else (reading,), found
        return self.scored[key]


@lru_cache(maxsize=4096)
def _cost(usage: Usage, day: str) -> Decimal | None:
    return cost(MODEL, usage, date.fromisoformat(day))


_QUICK: dict[str, Quick] = {}
"""The one of this process, made before it is divided."""


def results(
    project: Project, plan: Plan, tasks: Sequence[Task], *, people: int, draws: int, processes: int = 2
) -> Iterator[Result]:
    """Each task's, as they are done. Tasks of one world and seed share what was scored."""
    _QUICK["one"] = Quick.of(project, plan, people, draws)
    with get_context("fork").Pool(processes) as pool:
        for task, kept in zip(tasks, pool.imap(_judged, tasks, chunksize=4), strict=True):
            if kept is not None:
                yield Result(CHANGES[task.change], *kept)


def _judged(task: Task) -> tuple[Any, ...] | None:
    """A `Result` without its change, which cannot be sent to another process."""
    found = _QUICK["one"].judge(WORLDS[task.world], CHANGES[task.change], task.seed)
    return None if found is None else tuple(getattr(found, each.name) for each in fields(found))[1:]
