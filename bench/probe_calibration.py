"""Error rates of the gates about probes, by simulation: `python -m bench.probe_calibration [--runs 400]`.

Invented people are read twice by one law (A/A), or once with a seeded harm. Noise is as lively as real answers': a
person's difficulty is Gamma(.5, 2), F1 moves by .03 for an average person, and now and then, more often for difficult
ones, a name is misread, an entry is lost, a value made up, a contract broken.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.definition import ProbesSeen
from harness.gates.probed import Probed
from harness.gates.statistics import Floats
from harness.gates.types import Gate
from harness.probes.catalogue import RELATIONS
from harness.probes.gaps import MEASURES, gaps
from harness.probes.types import CONTROL

NAMES = [name for name in RELATIONS if name != CONTROL]
AXES = [name for name in NAMES if RELATIONS[name].variants]
RATES = {"entries": 0.03, "grounded": 0.06, "contract": 0.004, "name": 0.01}
"""Of an average person's answers those with this harm."""
F1_SD = 0.03
Change = Callable[[dict[tuple[str, str], Floats], np.random.Generator], None]
"""Harms the candidate's tables: (axis, measure) to person × group."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    harm: Change | None = None
    relation: str = ""
    drop: float = 0.0
    gate: str = ""


def _group(axis: str, measure: str, groups: tuple[str, ...], rate: float, drop: float = 1.0) -> Change:
    def harm(tables: dict[tuple[str, str], Floats], rng: np.random.Generator) -> None:
        table = tables[axis, measure]
        for group in groups:
            column = RELATIONS[axis].variants.index(group)
            hit = rng.random(len(table)) < rate
            table[hit, column] = np.maximum(0, table[hit, column] - drop)

    return harm


YORUBA = ("yoruba:women", "yoruba:men")
ARABIC = ("arabic:women", "arabic:men")
CASES = (
    Case("the same assistant twice"),
    Case(
        "names of one group cut for a third of its people",
        _group("names", "name", YORUBA, 0.35),
        gate="fairness_gap",
    ),
    Case("names of one group cut", _group("names", "name", YORUBA, 1.0), gate="fairness_gap"),
    Case("one script lost", _group("name_scripts", "name", ARABIC, 1.0), gate="fairness_gap"),
    Case(
        "older graduates' studies dropped for half of them",
        _group("older", "entries", ("30_years",), 0.5),
        gate="fairness_gap",
    ),
    Case("one group: an entry lost for 10 %", _group("leave", "entries", ("parental",), 0.125), gate="fairness_gap"),
    Case(
        "one group at the limit of a PASS: an entry lost for 30 %",
        _group("leave", "entries", ("parental",), 0.375),
        gate="fairness_gap",
    ),
    Case("one relation 5 points of F1 worse", relation="sections_reordered", drop=0.05, gate="probe_invariance"),
    Case("one relation 8 points worse", relation="sections_reordered", drop=0.08, gate="probe_invariance"),
    Case(
        "one relation at a PASS's limit: 15 points",
        relation="sections_reordered",
        drop=0.15,
        gate="probe_invariance",
    ),
)


def world(case: Case, people: int, rng: np.random.Generator) -> Probed:
    """Two arms' tables of one run."""
    difficulty = rng.gamma(0.5, 2.0, size=people)
    arms = {}
    for arm in ("candidate", "baseline"):
        noise = F1_SD * np.sqrt(difficulty)[:, None] * rng.standard_t(4, size=(people, len(NAMES) + 1)) / np.sqrt(2)
        f1s = np.minimum(0.0, noise - 0.02 * difficulty[:, None])
        if arm == "candidate" and case.relation:
            f1s[:, NAMES.index(case.relation)] -= case.drop
        tables = {}
        for axis in AXES:
            shape = (people, len(RELATIONS[axis].variants))
            spread = F1_SD * np.sqrt(difficulty)[:, None] * rng.standard_t(4, size=shape) / np.sqrt(2)
            tables[axis, "f1"] = np.clip(0.97 - 0.02 * difficulty[:, None] + spread, 0, 1)
            for measure, rate in RATES.items():
                tables[axis, measure] = (rng.random(shape) >= np.minimum(0.5, rate * difficulty)[:, None]).astype(float)
        if arm == "candidate" and case.harm is not None:
            case.harm(tables, rng)
        arms[arm] = (f1s[:, :-1] - f1s[:, [-1]], np.hstack([gaps(tables[axis, m]) for axis in AXES for m in MEASURES]))
    groups = tuple(f"{axis} · {g} · {m}" for axis in AXES for m in MEASURES for g in RELATIONS[axis].variants)
    weights = tuple(MEASURES[m] for axis in AXES for m in MEASURES for _ in RELATIONS[axis].variants)
    return Probed(
        tuple(map(str, range(people))), tuple(NAMES), {arm: of[0] for arm, of in arms.items()}, groups,
        {arm: of[1] for arm, of in arms.items()}, weights,
    )  # fmt: skip


def judged(probed: Probed, seed: int) -> dict[str, Gate]:
    config = GateConfig(seed=seed)
    seen = ProbesSeen(probed, "live", "candidate")
    found = {}
    for name in ("probe_invariance", "fairness_gap"):
        gate = GATES[name]
        assert gate.of_probes is not None
        made = gate.of_probes(gate, seen, config)
        assert made is not None
        found[name] = made
    return found


def rates(case: Case, people: int, runs: int) -> tuple[float, dict[str, tuple[float, float]]]:
    """Share of runs in which a gate fails; and of each gate (fails, passes)."""
    any_fail = 0
    counts = {name: [0, 0] for name in ("probe_invariance", "fairness_gap")}
    for run in range(runs):
        found = judged(world(case, people, np.random.default_rng((run, people, len(case.name)))), run)
        any_fail += any(gate.status == "FAIL" for gate in found.values())
        for name, gate in found.items():
            counts[name][0] += gate.status == "FAIL"
            counts[name][1] += gate.status == "PASS"
    return any_fail / runs, {name: (fails / runs, passes / runs) for name, (fails, passes) in counts.items()}


def table(sizes: tuple[int, ...], runs: int) -> str:
    columns = sum(len(RELATIONS[axis].variants) for axis in AXES) * len(MEASURES)
    lines = [
        f"{runs} simulated runs a cell; {len(NAMES)} relations and {columns} figures of groups at once, each by itself "
        "and beside the baseline, all relations and groups together.", "",
        f"| world | {' | '.join(f'n = {n}: fails' for n in sizes)} | {' | '.join(f'n = {n}: passes' for n in sizes)} |",
        "|---|" + "---|" * (2 * len(sizes)),
    ]  # fmt: skip
    for case in CASES:
        made = [rates(case, n, runs) for n in sizes]
        fails = [of[case.gate][0] if case.gate else any_fail for any_fail, of in made]
        passes = [of[case.gate][1] if case.gate else min(found[1] for found in of.values()) for _, of in made]
        lines.append(f"| {case.name} | " + " | ".join(f"{rate:.3f}" for rate in (*fails, *passes)) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--people", default="40,60,100")
    options = parser.parse_args()
    print(table(tuple(map(int, options.people.split(","))), options.runs))


if __name__ == "__main__":
    main()
