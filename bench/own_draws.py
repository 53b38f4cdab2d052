"""How often an unchanged assistant ships on the embedded simulator's own draws: `python -m bench.own_draws`.

Calibration simulates arrays; here are answers to the corpus, scored and decided as a run does it. The assistant is
asked `POOL` times about each CV of the gate split; each decision sets some of these draws beside others, all disjoint,
and asks again with further ones where the decision asks for it. Decisions share a pool, so that they are not
independent of one another. The stored noise floor, where there is one, is made of draws that no decision uses.
"""

from __future__ import annotations

import argparse
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from multiprocessing import get_context

import numpy as np

from bench.harms.run import workspace
from harness.base.clock import SystemClock
from harness.base.project import Project
from harness.base.types import Json
from harness.cli.plans import plan_of
from harness.cli.settings import resolve
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.evaluate.stages.opened import open_session
from harness.evaluate.stages.replaying import all_arms, replay_part
from harness.evaluate.stages.scoring import Scored
from harness.evaluate.stages.scoring import score as score_run
from harness.gates.config import GateConfig
from harness.gates.decide import decide, unconfirmed
from harness.gates.evidence import Evidence
from harness.gates.known import Standing
from harness.gates.noise import TWIN, noise_floor
from harness.gates.types import AGAIN, AGAIN_DRAWS, Case, Verdict

FLOOR = 3
"""Draws of each side that the stored noise floor is made of."""
POOL = 2 * FLOOR + 2 * (5 + AGAIN_DRAWS) + 4
"""Draws: those of the floor, what the largest decision takes, and a few to choose from."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The assistant's scored answers, by draw, and what decisions about them need."""

    draws: Mapping[int, Sequence[Case]]
    scored: Scored
    config: GateConfig
    floor: Mapping[str, Json]


def asked(project: Project, plan: Plan, pool: int) -> Drawn:
    """Ask the simulator for every draw, and score them. The run's folder is removed."""
    with workspace(project) as place:
        (place.root / "assistants").symlink_to(project.assistants)
        one = replace(plan, arms=("candidate",), repeat=pool, first_draw=0, legacy="retired")
        with open_session(place, one, listener=Silent(), clock=SystemClock()) as session:
            replay_part(session, all_arms(session, session.run.inputs, Decimal(0)))
            scored = score_run(session.run)
            cases = list(scored.cases)
        shutil.rmtree(session.run.folder)
    draws = defaultdict(list)
    for case in cases:
        draws[case.record.draw].append(case)
    sides = (("baseline", range(FLOOR)), (f"baseline{TWIN}", range(FLOOR, 2 * FLOOR)))
    floor = noise_floor(case for arm, numbers in sides for case in _as(arm, draws, numbers))
    return Drawn(draws, scored, gate_config(plan), floor)


def _as(arm: str, draws: Mapping[int, Sequence[Case]], numbers: Iterable[int]) -> Iterable[Case]:
    """These draws as an arm's."""
    for number in numbers:
        for case in draws[number]:
            yield replace(case, record=replace(case.record, arm=arm))


def decided(drawn: Drawn, draws: int, seed: int, *, stored: bool) -> Verdict:
    """One decision about draws chosen by the seed, asked again where it asks for it."""
    usable = [number for number in drawn.draws if number >= 2 * FLOOR]
    chosen = [int(number) for number in np.random.default_rng((seed, draws)).permutation(usable)]
    sides = {arm: chosen[at * draws : (at + 1) * draws] for at, arm in enumerate(("baseline", "candidate"))}
    rest = chosen[2 * draws :]
    further = {arm: rest[at * AGAIN_DRAWS : (at + 1) * AGAIN_DRAWS] for at, arm in enumerate(sides)}
    (asked_arm,) = drawn.scored.manifest.arms
    arms = tuple(replace(asked_arm, id=arm, bundle=None, draws=range(draws)) for arm in sides)
    manifest = replace(drawn.scored.manifest, arms=arms)
    cases = [case for arm, numbers in sides.items() for case in _as(arm, drawn.draws, numbers)]

    def verdict(given: list[Case]) -> Verdict:
        return decide(
            Evidence.of(given, manifest, drawn.scored.texts),
            config=drawn.config,
            standing=Standing(noise=drawn.floor if stored else None),
        )

    found = verdict(cases)
    again, documents = unconfirmed(found)
    more = [
        case
        for arm in again
        for case in _as(arm + AGAIN, drawn.draws, further[arm])
        if case.document.id in set(documents)
    ]
    return verdict([*cases, *more]) if more else found


_DRAWN: dict[str, Drawn] = {}
"""The one of this process, made before it is divided."""


def _one(task: tuple[int, int, bool]) -> tuple[str, tuple[str, ...]]:
    draws, seed, stored = task
    found = decided(_DRAWN["one"], draws, seed, stored=stored)
    gates = (gate for one in found.comparisons for gate in one.gates if gate.level == "deciding")
    return found.verdict, tuple(gate.name for gate in gates if gate.status in ("FAIL", "INCONCLUSIVE"))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.own_draws", description=__doc__)
    parser.add_argument("--runs", type=int, default=40, help="decisions for each row")
    parser.add_argument("--pool", type=int, default=POOL, help="draws that are asked for")
    parser.add_argument("--limit", type=int, help="at most so many CVs")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args(arguments)
    project = Project.find()
    plan = replace(plan_of(resolve(project, {}).settings), limit=given.limit)
    _DRAWN["one"] = drawn = asked(project, plan, max(given.pool, POOL))
    people = len({case.document.persona for case in drawn.draws[0] if case.document.twin_of is None})
    print("| noise floor | CVs | draws | SHIP | INCONCLUSIVE | HOLD | runs | not passed |")
    print("|---|---|---|---|---|---|---|---|")
    with get_context("fork").Pool(given.processes) as pool:
        for stored in (False, True):
            for draws in (1, 3, 5):
                found = pool.map(_one, [(draws, seed, stored) for seed in range(given.runs)], chunksize=4)
                counts, gates = Counter(word for word, _ in found), Counter(name for _, of in found for name in of)
                shares = (f"{counts[word] / given.runs:.3f}" for word in ("SHIP", "INCONCLUSIVE", "HOLD"))
                blamed = ", ".join(f"{name} {many}" for name, many in gates.most_common(4)) or "–"
                name = "stored" if stored else "none"
                print(f"| {name} | {people} | {draws} | {' | '.join(shares)} | {given.runs} | {blamed} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
