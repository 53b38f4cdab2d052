"""What may be compared at all: origins, models, texts that differ, our own failures; without goldens; beside legacy."""

from __future__ import annotations

import dataclasses
import random

import pytest
from gates_harms import (
    THREE,
    failing,
    gate,
)
from gates_worlds import make_case, manifest, person, world

from harness.base.types import Failure, Json
from harness.gates.config import GateConfig
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.types import Case
from harness.replay.types import Arm


def without_goldens(people: int, broken: bool = False) -> list[Case]:
    cases = []
    for number in range(people):
        for arm in ("baseline", "candidate"):
            for draw in range(3):
                answer: Json = person(number)
                if broken and arm == "candidate":
                    answer = {**answer, "skills": None}
                cases.append(make_case(arm, number, draw, answer, random.Random(draw), goldens=False))
    return cases


def test_a_folder_without_goldens_makes_no_accuracy_claim() -> None:
    verdict = decide(Evidence.of(without_goldens(40), manifest()))
    assert verdict.verdict == "INCONCLUSIVE"
    assert "quality" not in verdict.scope
    assert gate(verdict, "accuracy").status == "NOT_APPLICABLE"
    assert gate(verdict, "contract").status == "PASS"
    assert "no CV here has a golden" in verdict.reasons[0]


@pytest.mark.long
def test_a_folder_without_goldens_can_still_hold_on_the_contract() -> None:
    verdict = decide(Evidence.of(without_goldens(30, broken=True), manifest()))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("/skills: expected array, got null in 30 of 30 CVs")


def test_simulated_time_is_not_measured_however_it_was_stored() -> None:
    cases = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, source="recorded")) for case in world(40)
    ]
    verdict = decide(Evidence.of(cases, manifest(origin="simulator@1+seed7")))
    assert verdict.source == "simulated"
    assert gate(verdict, "latency_p50").status == "NOT_MEASURED"
    assert "simulated figures do not count" in verdict.not_measured["latency"]
    assert verdict.verdict == "SHIP"
    accepted = GateConfig.from_mapping({"latency_p50": {"sources": ["simulated"]}})
    judged = decide(Evidence.of(cases, manifest(origin="simulator@1+seed7")), config=accepted)
    assert gate(judged, "latency_p50").status == "PASS"


def test_an_unpriced_call_leaves_cost_unmeasured_and_ci_waits_for_it() -> None:
    cases = world(40)
    cases[5] = dataclasses.replace(cases[5], record=dataclasses.replace(cases[5].record, cost=None))
    verdict = decide(Evidence.of(cases, manifest()))
    assert gate(verdict, "cost").status == "NOT_MEASURED"
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons[0].startswith("cost not measured: no price is known for 1 of 120 answers")
    relaxed = GateConfig.from_mapping({"requires": ["quality", "tokens"]})
    assert decide(Evidence.of(cases, manifest()), config=relaxed).verdict == "SHIP"


def test_answers_of_different_origins_are_never_compared() -> None:
    arms = (
        Arm("baseline", "assistant", None, "m", "openai", range(3)),
        Arm("candidate", "assistant", None, "m", "simulator@1+seed7", range(3)),
    )
    verdict = decide(Evidence.of(world(40), dataclasses.replace(manifest(), arms=arms)))
    assert verdict.verdict == "INCONCLUSIVE"
    assert gate(verdict, "accuracy").status == "NOT_MEASURED"
    assert "never stand in for one another" in verdict.reasons[0]


def test_a_model_that_changed_behind_its_name_refuses_the_old_recording() -> None:
    cases = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, snapshot="m-2"))
        if case.record.arm == "candidate"
        else case
        for case in world(40)
    ]
    verdict = decide(Evidence.of(cases, manifest()))
    assert verdict.verdict == "INCONCLUSIVE"
    assert "the model behind m has changed; ask both of it (--pair-live)" in verdict.reasons[0]


def test_a_model_changed_on_purpose_is_compared_and_said() -> None:
    cases = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, snapshot="n-1"))
        if case.record.arm == "candidate"
        else case
        for case in world(40)
    ]
    arms = (
        Arm("baseline", "assistant", None, "m", "openai", range(3)),
        Arm("candidate", "assistant", None, "n", "openai", range(3)),
    )
    verdict = decide(Evidence.of(cases, dataclasses.replace(manifest(), arms=arms)))
    assert verdict.verdict == "SHIP"
    assert verdict.comparisons[0].comparable.notes == (
        "model changed too: candidate was answered by n-1, baseline by m-1",
    )


def test_documents_read_differently_are_left_out_and_counted() -> None:
    cases = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, text_sha256="other"))
        if case.record.arm == "candidate" and case.document.id == "cv-004"
        else case
        for case in world(40)
    ]
    comparable = decide(Evidence.of(cases, manifest())).comparisons[0].comparable
    assert comparable.excluded == {"cv-004": "the two arms were given different texts"}
    assert len(comparable.documents) == 39


def test_our_own_failure_is_nobodys_regression_but_forbids_a_ship() -> None:
    cases = world(40)
    for place, case in enumerate(cases):
        if case.record.arm == "candidate" and case.document.id in ("cv-001", "cv-002", "cv-003"):
            broken = dataclasses.replace(case.record, answer=Failure("harness", "bug"))
            cases[place] = dataclasses.replace(case, record=broken)
    verdict = decide(Evidence.of(cases, manifest()))
    assert verdict.verdict == "INCONCLUSIVE"
    assert failing(verdict) == []
    assert "the harness itself failed on 3 CVs (cv-001, cv-002, cv-003)" in verdict.reasons[0]


def test_legacy_is_compared_only_on_what_it_is_asked_for() -> None:
    cases = world(40, arms=THREE)
    bare = [
        make_case("legacy", int(case.document.id[3:]), case.record.draw, _only_work(case), random.Random(1))
        if case.record.arm == "legacy"
        else case
        for case in cases
    ]
    verdict = decide(Evidence.of(bare, manifest(THREE)))
    assert gate(verdict, "accuracy", "legacy").delta.value == pytest.approx(0, abs=0.01)
    assert gate(verdict, "group_contact", "legacy").status == "NOT_APPLICABLE"
    retired = decide(Evidence.of(bare, manifest(THREE)), config=GateConfig.from_mapping({"legacy": "retired"}))
    assert gate(retired, "accuracy", "legacy").delta == gate(verdict, "accuracy", "legacy").delta
    assert {one.level for comparison in retired.comparisons[1:] for one in comparison.gates} == {"advisory"}


def _only_work(case: Case) -> Json:
    answer = case.record.answer
    return {
        **answer,
        "personal_info": dict.fromkeys(answer["personal_info"], ""),
        "skills": [],
        "languages": [],
        "training": [],
    }
