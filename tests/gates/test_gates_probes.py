"""The gates about probes: quiet beside themselves, loud about seeded harms, and honest about few people."""

import numpy as np
import pytest

from bench.probe_calibration import CASES, judged, world
from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.constants import Constants
from harness.gates.definition import ProbesSeen

BY_NAME = {case.name: case for case in CASES}


def statuses(name, gate, runs=5, people=60):
    made = (judged(world(BY_NAME[name], people, np.random.default_rng((run, 1))), run)[gate] for run in range(runs))
    return [one.status for one in made]


def test_the_same_assistant_twice_fails_neither_gate():
    for gate in ("probe_invariance", "fairness_gap"):
        assert "FAIL" not in statuses("the same assistant twice", gate)


@pytest.mark.parametrize(
    "name",
    [
        "names of one group cut for a third of its people",
        "one script lost",
        "older graduates' studies dropped for half of them",
    ],
)
def test_a_harm_to_one_group_is_found(name):
    assert statuses(name, "fairness_gap").count("FAIL") >= 4


def test_a_relation_that_got_worse_is_found_and_named():
    case = BY_NAME["one relation 8 points worse"]
    gate = judged(world(case, 60, np.random.default_rng(4)), 4)["probe_invariance"]
    assert gate.status == "FAIL"
    assert "sections reordered, beside the baseline" in gate.reason
    assert gate.delta.upper < 0


def test_few_people_are_open_and_a_candidate_alone_is_judged_by_itself():
    probed = world(BY_NAME["one script lost"], 5, np.random.default_rng(1))
    gate = judged(probed, 1)["fairness_gap"]
    assert gate.status == "INCONCLUSIVE"
    assert "too few" in gate.reason
    alone = world(BY_NAME["one script lost"], 40, np.random.default_rng(1))
    del alone.gaps["baseline"], alone.invariance["baseline"]
    fairness = GATES["fairness_gap"]
    made = fairness.of_probes(fairness, ProbesSeen(alone, "live", "candidate"), GateConfig())
    assert made.status == "FAIL"
    assert "by itself" in made.reason


def test_they_advise_in_ci_and_decide_in_release_and_a_setting_moves_the_threshold():
    for profile, level in (("ci", "advisory"), ("release", "deciding")):
        rules: Constants = GateConfig.for_profile(profile)
        assert {rules.rule(name).level for name in ("probe_invariance", "fairness_gap")} == {level}
    given = GateConfig.from_mapping({"fairness_gap": {"margin": 0.9, "level": "deciding"}})
    assert given.rule("fairness_gap").threshold == 0.9
    probed = world(BY_NAME["older graduates' studies dropped for half of them"], 60, np.random.default_rng(2))
    gate = GATES["fairness_gap"]
    assert gate.of_probes(gate, ProbesSeen(probed, "live", "candidate"), given).status == "PASS"
