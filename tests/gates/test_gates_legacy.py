"""What legacy may decide: all while it is active, nothing once its model is gone; and how old its answers are."""

from __future__ import annotations

import dataclasses
import random

import pytest
from gates_worlds import manifest, world

from harness.base.types import Failure, Json
from harness.gates.config import GateConfig
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.known import References
from harness.gates.serial import verdict_from_dict, verdict_to_dict
from harness.gates.types import Case, Comparison, Verdict

THREE = ("baseline", "candidate", "legacy")


def drop_role(answer: Json, rng: random.Random) -> None:
    answer["work_experience"].pop(1)


def decided(cases: list[Case], legacy: str, days: str = "") -> Verdict:
    config = GateConfig.from_mapping({"legacy": legacy})
    return decide(
        Evidence.of(cases, manifest(THREE)),
        config=config,
        references=References(recorded={"legacy": days} if days else {}),
    )


def against(verdict: Verdict, name: str) -> Comparison:
    return next(one for one in verdict.comparisons if one.against == name)


@pytest.fixture(scope="module")
def worse_than_legacy() -> list[Case]:
    """The candidate loses what neither the accepted assistant nor legacy loses."""
    return world(40, harm=drop_role, arms=THREE)


@pytest.fixture(scope="module")
def behind_as_accepted() -> list[Case]:
    """The candidate loses what the accepted assistant loses, and legacy does not."""
    accepted = world(40, harm=drop_role, seed=2, arms=("candidate",))
    renamed = [dataclasses.replace(each, record=dataclasses.replace(each.record, arm="baseline")) for each in accepted]
    return renamed + world(40, harm=drop_role, arms=("candidate", "legacy"))


@pytest.mark.parametrize("legacy", ["active", "advisory", "retired"])
def test_only_an_active_legacy_has_a_say(worse_than_legacy: list[Case], legacy: str) -> None:
    """Without a baseline's comparison, so that legacy alone decides."""
    cases = [case for case in worse_than_legacy if case.record.arm != "baseline"]
    found = decided(cases, legacy)
    gates = {gate.name: gate for gate in against(found, "legacy").gates}
    assert gates["lost_entries"].status == "FAIL"
    assert found.verdict == ("HOLD" if legacy == "active" else "INCONCLUSIVE")
    assert {gate.level for gate in gates.values()} == ({"advisory"} if legacy != "active" else {"advisory", "deciding"})
    assert found.claims


def test_an_edit_that_loses_more_than_accepted_and_legacy_is_held_by_both(worse_than_legacy: list[Case]) -> None:
    found = decided(worse_than_legacy, "active")
    assert found.verdict == "HOLD"
    for name in ("baseline", "legacy"):
        assert next(gate for gate in against(found, name).gates if gate.name == "lost_entries").status == "FAIL"


@pytest.mark.long
def test_an_edit_is_not_held_for_what_the_accepted_assistant_lacks_beside_legacy(
    behind_as_accepted: list[Case],
) -> None:
    found = decided(behind_as_accepted, "active")
    gate = next(gate for gate in against(found, "legacy").gates if gate.name == "lost_entries")
    assert gate.status == "INCONCLUSIVE"
    assert "the accepted assistant fails it too" in gate.reason
    assert found.verdict == "SHIP"
    assert any(
        reason.startswith("open against legacy, for a release to settle: lost entries") for reason in found.reasons
    )
    assert {decided(behind_as_accepted, legacy).verdict for legacy in ("advisory", "retired")} == {"SHIP"}


def test_a_release_answers_for_what_legacy_has_and_the_accepted_assistant_has_not(
    behind_as_accepted: list[Case],
) -> None:
    config = GateConfig.from_mapping({"profile": "release", "legacy": "active"})
    found = decide(Evidence.of(behind_as_accepted, manifest(THREE)), config=config)
    assert found.verdict == "HOLD"


def four_employers(answer: Json, rng: random.Random) -> None:
    answer["work_experience"][0]["company"] = "Another Company Ltd"


@pytest.mark.long
def test_an_unchanged_candidate_beside_a_legacy_that_is_better_in_four_employers_is_not_held() -> None:
    for seed in range(3):
        lacking = world(60, 3, four_employers, hit=lambda number: number % 15 == 0, arms=("candidate",), seed=seed)
        renamed = [dataclasses.replace(one, record=dataclasses.replace(one.record, arm="baseline")) for one in lacking]
        cases = [*lacking, *renamed, *world(60, 3, arms=("legacy",), seed=seed)]
        assert decided(cases, "active").verdict == "SHIP", seed


def test_a_frozen_legacy_that_covers_little_keeps_nobody_waiting() -> None:
    cases = [case for case in world(40, arms=THREE) if case.record.arm != "legacy" or case.document.id < "cv-005"]
    broken = next(case for case in cases if case.record.arm == "legacy")
    cases[cases.index(broken)] = dataclasses.replace(
        broken, record=dataclasses.replace(broken.record, answer=Failure("harness", "bug"))
    )
    assert decided(cases, "active").verdict == "INCONCLUSIVE"
    retired = decided(cases, "retired")
    assert (retired.verdict, retired.not_measured.get("quality")) == ("SHIP", None)
    assert "35 CVs are left out of the comparison; 5 are compared" in against(retired, "legacy").comparable.notes
    assert {claim.n for claim in retired.claims if claim.name in ("tokens", "quality")} == {5}


def test_a_frozen_legacy_that_covers_nothing_is_not_unmeasured_quality() -> None:
    cases = [case for case in world(40, arms=THREE) if case.record.arm != "legacy"]
    other = [case for case in world(41, arms=("legacy",)) if case.document.id == "cv-040"]
    retired = decided([*cases, *other], "retired")
    assert (retired.verdict, retired.not_measured.get("quality")) == ("SHIP", None)
    assert {gate.status for gate in against(retired, "legacy").gates} == {"NOT_MEASURED"}


def test_legacy_alone_is_nothing_to_compare_with_once_it_is_retired() -> None:
    cases = [case for case in world(40, arms=THREE) if case.record.arm != "baseline"]
    retired = decided(cases, "retired")
    assert retired.verdict == "INCONCLUSIVE"
    assert set(retired.not_measured.values()) == {"there is no arm to compare with"}


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("2026-11-22", "legacy's answers were recorded on 2026-11-22"),
        ("2026-11-22/2026-12-03", "legacy's answers were recorded between 2026-11-22 and 2026-12-03"),
    ],
)
def test_the_age_of_legacys_answers_is_said_in_every_mode(days: str, said: str) -> None:
    cases = world(20, arms=THREE)
    for legacy in ("active", "advisory", "retired"):
        found = decided(cases, legacy, days)
        assert said in against(found, "legacy").comparable.notes
        assert not any("recorded" in note for note in against(found, "baseline").comparable.notes)
        assert found.provenance["legacy_recorded"] == days
        assert all((said in claim.note) == (legacy == "retired") for claim in found.claims)
        assert verdict_from_dict(verdict_to_dict(found)) == found
    assert "legacy_recorded" not in decided(cases, "active").provenance


@pytest.mark.long
def test_roles_found_again_are_no_loss_where_a_few_of_them_lack_their_month() -> None:
    def without_month(answer: Json, rng: random.Random) -> None:
        role = answer["work_experience"][1]
        role["start_date"] = role["start_date"].split()[-1]

    for seed in range(3):
        lacking = world(60, 3, drop_role, hit=lambda number: number % 3 == 0, arms=("candidate",), seed=seed)
        renamed = [dataclasses.replace(one, record=dataclasses.replace(one.record, arm="baseline")) for one in lacking]
        found = world(60, 3, without_month, hit=lambda number: number % 15 == 0, arms=("candidate",), seed=seed)
        verdict = decide(Evidence.of([*renamed, *found], manifest()))
        assert verdict.verdict == "SHIP", (seed, verdict.reasons[0])
