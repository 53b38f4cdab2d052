"""The whole way from scored answers to a verdict, with a little independent noise in both arms."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable

import pytest
from gates_worlds import Harm, make_case, manifest, person, world

from harness.assistants.types import AssistantBundle
from harness.base.types import Failure, Json
from harness.gates.config import GateConfig
from harness.gates.debts import debts_of
from harness.gates.decide import decide
from harness.gates.types import Case, Gate, Verdict
from harness.replay.types import Arm

THREE = ("baseline", "candidate", "legacy")


def gate(verdict: Verdict, name: str, against: str = "baseline") -> Gate:
    comparison = next(one for one in verdict.comparisons if one.against == against)
    return next(one for one in comparison.gates if one.name == name)


def failing(verdict: Verdict) -> list[str]:
    return [one.name for comparison in verdict.comparisons for one in comparison.gates if one.status == "FAIL"]


def drop_role(answer: Json, rng: random.Random) -> None:
    answer["work_experience"].pop(1)


def years_minus_one(answer: Json, rng: random.Random) -> None:
    for place, role in enumerate(answer["work_experience"]):
        for key in ("start_date", "end_date"):
            month, _, year = role[key].rpartition(" ")
            if place % 3 == 0 and year.isdigit():
                role[key] = f"{month} {int(year) - 1}".strip()


def javascript(answer: Json, rng: random.Random) -> None:
    answer["skills"] = ["JavaScript" if skill == "Java" else skill for skill in answer["skills"]]


def invent_certificate(answer: Json, rng: random.Random) -> None:
    answer["certifications"].append(
        {"id": "c9", "name": "Certified Scrum Master", "issuer": "Scrum Alliance", "year": "2015", "expiry": ""}
    )


def swap_bullets(answer: Json, rng: random.Random) -> None:
    one, two = answer["work_experience"][:2]
    one["description"], two["description"] = two["description"], one["description"]


def break_json(answer: Json, rng: random.Random) -> str:
    return json.dumps(answer)[:-60]


def test_the_same_system_twice_ships_and_says_what_it_cannot_exclude() -> None:
    verdict = decide(world(60), manifest=manifest())
    assert verdict.verdict == "SHIP"
    assert verdict.scope == {"quality", "tokens", "cost"}
    assert verdict.not_measured == {}
    assert verdict.reasons[0].startswith("field accuracy: F1 ")
    assert (
        "lost entries: 0 of 60 CVs newly with a whole role, study or other entry lost, or a section; in truth it may "
        "be up to 4.9 %"
    ) in verdict.reasons


@pytest.mark.parametrize("seed", [2, 3])
def test_the_same_system_twice_ships_whatever_the_noise_seed(seed: int) -> None:
    assert decide(world(60, seed=seed), manifest=manifest()).verdict == "SHIP"


@pytest.mark.parametrize(
    ("harm", "hit", "first", "field"),
    [
        (drop_role, lambda n: n % 10 == 3, "lost_entries", "work_experience[].company"),
        (years_minus_one, lambda n: True, "critical", "work_experience[].start_date"),
        (javascript, lambda n: True, "substitutions", "skills[]"),
        (invent_certificate, lambda n: n % 10 == 3, "hallucinations", "certifications[].name"),
        (swap_bullets, lambda n: n % 2 == 0, "group_work_bullets", "work_experience[].description[]"),
        (break_json, lambda n: n in (7, 27, 47), "contract", "cut off, so no valid JSON"),
    ],
)
@pytest.mark.parametrize("draws", [1, 3])
def test_each_harm_holds_with_the_right_gate_first(
    harm: Harm, hit: Callable[[int], bool], first: str, field: str, draws: int
) -> None:
    verdict = decide(world(60, draws, harm, hit=hit), manifest=manifest(draws=draws))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0] == gate(verdict, first).reason
    assert verdict.reasons[0].startswith(field)


def test_thirty_percent_more_tokens_hold() -> None:
    verdict = decide(world(60, tokens=1.3), manifest=manifest())
    assert verdict.verdict == "HOLD"
    assert failing(verdict) == ["tokens", "cost"]
    assert verdict.reasons[0].startswith("tokens: 1.30 × the baseline's [")


def test_slower_answers_hold_a_release_and_are_only_shown_in_ci() -> None:
    cases = world(60, latency=1.35)
    verdict = decide(cases, manifest=manifest(), config=GateConfig.for_profile("release"))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("latency p50: 1.3")
    in_ci = decide(cases, manifest=manifest())
    assert in_ci.verdict == "SHIP"
    assert gate(in_ci, "latency_p50").status == "FAIL"
    assert gate(in_ci, "latency_p50").level == "advisory"


def test_eight_people_can_hold() -> None:
    verdict = decide(world(8, 3, drop_role), manifest=manifest())
    assert verdict.verdict == "HOLD"


@pytest.mark.parametrize("people", [8, 15, 39])
def test_few_people_never_ship_and_say_how_many_more(people: int) -> None:
    verdict = decide(world(people), manifest=manifest())
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons == (f"{people} people are too few to ship: {40 - people} more CVs (of 40 people at least)",)
    assert gate(verdict, "accuracy").more_cvs == 40 - people


def test_forty_people_may_ship_in_ci_but_not_in_a_release() -> None:
    assert decide(world(40), manifest=manifest()).verdict == "SHIP"
    released = decide(world(40), manifest=manifest(), config=GateConfig.for_profile("release"))
    assert released.verdict == "INCONCLUSIVE"
    assert any("40 people are too few to ship: 19 more CVs" in reason for reason in released.reasons)


def test_two_files_of_one_person_are_one_observation() -> None:
    cases = world(20)
    twice = [
        dataclasses.replace(case, document=dataclasses.replace(case.document, id=f"{case.document.id}-b"))
        for case in cases
    ]
    both = [
        *cases,
        *(
            dataclasses.replace(case, record=dataclasses.replace(case.record, document_id=case.document.id))
            for case in twice
        ),
    ]
    assert gate(decide(both, manifest=manifest()), "accuracy").delta.clusters == 20


def bundle(wire: str) -> AssistantBundle:
    return AssistantBundle("CV Parser Pro", "", "m", {}, "", "json_schema", {}, f"v-{wire}", wire)


def test_the_accepted_assistant_ships_without_new_evidence() -> None:
    arms = tuple(Arm(name, "assistant", bundle("same"), "m", "openai", range(3)) for name in ("baseline", "candidate"))
    verdict = decide(world(3), manifest=manifest(arms=()), config=GateConfig())
    assert verdict.verdict == "INCONCLUSIVE"
    verdict = decide(world(3), manifest=dataclasses.replace(manifest(), arms=arms))
    assert verdict.verdict == "SHIP"
    assert verdict.identical
    assert verdict.reasons == ("this is the accepted assistant; no new evidence needed",)


def test_a_release_of_the_accepted_assistant_still_owes_what_was_not_measured() -> None:
    arms = tuple(Arm(name, "assistant", bundle("same"), "m", "openai", range(3)) for name in ("baseline", "candidate"))
    verdict = decide(
        world(3),
        manifest=dataclasses.replace(manifest(), arms=arms),
        config=GateConfig.from_mapping({"profile": "release"}),
    )
    assert verdict.verdict == "INCONCLUSIVE"
    assert not verdict.identical
    assert verdict.reasons


def test_another_wire_is_judged_on_evidence() -> None:
    arms = (
        Arm("baseline", "assistant", bundle("one"), "m", "openai", range(3)),
        Arm("candidate", "assistant", bundle("two"), "m", "openai", range(3)),
    )
    verdict = decide(world(3), manifest=dataclasses.replace(manifest(), arms=arms))
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.provenance["candidate"]["wire"] == "two"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"selection": {"split": "gate", "partial": True}}, "only a part of the files was run"),
        ({"status": "interrupted"}, "the run is interrupted: resume it"),
    ],
)
def test_a_part_of_a_run_never_ships(changes: dict[str, Json], said: str) -> None:
    verdict = decide(world(60), manifest=manifest(**changes))
    assert verdict.verdict == "INCONCLUSIVE"
    assert said in verdict.reasons[0]


def test_a_part_of_a_run_can_hold() -> None:
    verdict = decide(world(40, 3, drop_role), manifest=manifest(selection={"split": "gate", "partial": True}))
    assert verdict.verdict == "HOLD"


def test_a_sentence_that_the_simulator_cannot_judge_is_named() -> None:
    verdict = decide(world(60), manifest=manifest(), unjudged=("Be kind to the reader.",))
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons == ("the simulator cannot judge this sentence: “Be kind to the reader.”",)


def test_without_a_baseline_nothing_ships_and_the_next_step_is_named() -> None:
    declared = decide(world(40, arms=("candidate",)), manifest=manifest())
    assert declared.verdict == "INCONCLUSIVE"
    assert declared.reasons[0].endswith("add answers of the pipeline “baseline”")
    assert declared.scope == frozenset()
    arms = (Arm("candidate", "assistant", bundle("one"), "m", "openai", range(3)),)
    verdict = decide(world(40, arms=("candidate",)), manifest=dataclasses.replace(manifest(), arms=arms))
    assert "accept one first (cv-harness accept RUN)" in verdict.reasons[0]


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
    verdict = decide(without_goldens(40), manifest=manifest())
    assert verdict.verdict == "INCONCLUSIVE"
    assert "quality" not in verdict.scope
    assert gate(verdict, "accuracy").status == "NOT_APPLICABLE"
    assert gate(verdict, "contract").status == "PASS"
    assert "no CV here has a golden" in verdict.reasons[0]


def test_a_folder_without_goldens_can_still_hold_on_the_contract() -> None:
    verdict = decide(without_goldens(30, broken=True), manifest=manifest())
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("/skills: expected array, got null in 30 of 30 CVs")


def test_simulated_time_is_not_measured_however_it_was_stored() -> None:
    cases = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, source="recorded")) for case in world(40)
    ]
    verdict = decide(cases, manifest=manifest(origin="simulator@1+seed7"))
    assert verdict.source == "simulated"
    assert gate(verdict, "latency_p50").status == "NOT_MEASURED"
    assert "simulated figures do not count" in verdict.not_measured["latency"]
    assert verdict.verdict == "SHIP"
    accepted = GateConfig.from_mapping({"latency_p50": {"sources": ["simulated"]}})
    judged = decide(cases, manifest=manifest(origin="simulator@1+seed7"), config=accepted)
    assert gate(judged, "latency_p50").status == "PASS"


def test_an_unpriced_call_leaves_cost_unmeasured_and_ci_waits_for_it() -> None:
    cases = world(40)
    cases[5] = dataclasses.replace(cases[5], record=dataclasses.replace(cases[5].record, cost=None))
    verdict = decide(cases, manifest=manifest())
    assert gate(verdict, "cost").status == "NOT_MEASURED"
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons[0].startswith("cost not measured: no price is known for 1 of 120 answers")
    relaxed = GateConfig.from_mapping({"requires": ["quality", "tokens"]})
    assert decide(cases, manifest=manifest(), config=relaxed).verdict == "SHIP"


def test_answers_of_different_origins_are_never_compared() -> None:
    arms = (
        Arm("baseline", "assistant", None, "m", "openai", range(3)),
        Arm("candidate", "assistant", None, "m", "simulator@1+seed7", range(3)),
    )
    verdict = decide(world(40), manifest=dataclasses.replace(manifest(), arms=arms))
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
    verdict = decide(cases, manifest=manifest())
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
    verdict = decide(cases, manifest=dataclasses.replace(manifest(), arms=arms))
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
    comparable = decide(cases, manifest=manifest()).comparisons[0].comparable
    assert comparable.excluded == {"cv-004": "the two arms were given different texts"}
    assert len(comparable.documents) == 39


def test_our_own_failure_is_nobodys_regression_but_forbids_a_ship() -> None:
    cases = world(40)
    for place, case in enumerate(cases):
        if case.record.arm == "candidate" and case.document.id in ("cv-001", "cv-002", "cv-003"):
            broken = dataclasses.replace(case.record, answer=Failure("harness", "bug"))
            cases[place] = dataclasses.replace(case, record=broken)
    verdict = decide(cases, manifest=manifest())
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
    verdict = decide(bare, manifest=manifest(THREE))
    assert gate(verdict, "accuracy", "legacy").delta.value == pytest.approx(0, abs=0.01)
    assert gate(verdict, "group_contact", "legacy").status == "NOT_APPLICABLE"
    retired = decide(
        bare,
        manifest=manifest(THREE),
        config=GateConfig.from_mapping({"legacy": "retired"}),
    )
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


THREE_ACCEPTED = ("baseline", "candidate", "anchor")


def test_the_anchor_is_asked_about_accuracy_and_what_adds_up() -> None:
    verdict = decide(world(40, arms=THREE_ACCEPTED), manifest=manifest(THREE_ACCEPTED))
    anchor = next(one for one in verdict.comparisons if one.against == "anchor")
    assert {"accuracy", "catastrophes", "lost_entries", "critical", "hallucinations", "contract"} <= {
        one.name for one in anchor.gates
    }
    assert not {"tokens", "cost", "group_contact", "latency_p50"} & {one.name for one in anchor.gates}


def drop_email(answer: Json, rng: random.Random) -> None:
    answer["personal_info"]["email"] = ""


def drop_certificates(answer: Json, rng: random.Random) -> None:
    answer["certifications"] = []


@pytest.mark.parametrize(
    ("harm", "name", "told"),
    [
        (drop_role, "lost_entries", "lost entries"),
        pytest.param(drop_certificates, "lost_entries", "lost entries", marks=pytest.mark.long),
        pytest.param(drop_email, "critical", "critical values", marks=pytest.mark.long),
    ],
)
def test_edits_that_each_lose_one_more_do_not_all_pass(harm: Harm, name: str, told: str) -> None:
    """Beside the baseline each loses one person's; since the anchor they are two, three, four."""
    verdicts = []
    for step in range(1, 9):
        now, before = (
            world(60, 3, harm, hit=lambda number, k=k: number in range(0, 3 * k, 3)) for k in (step, step - 1)
        )
        arms = {
            "candidate": [case for case in now if case.record.arm == "candidate"],
            "baseline": [_as(case, "baseline") for case in before if case.record.arm == "candidate"],
            "anchor": [_as(case, "anchor") for case in now if case.record.arm == "baseline"],
        }
        cases = [case for of in arms.values() for case in of]
        verdict = decide(cases, manifest=manifest(THREE_ACCEPTED), debts={})
        verdicts.append(verdict)
        if verdict.verdict != "SHIP":
            break
    assert 2 <= len(verdicts) <= 3
    assert "against anchor" in verdicts[-1].reasons[0]
    owed = debts_of(verdicts[0].comparisons)
    assert owed == {name: (verdicts[0].comparisons[0].comparable.documents[0],)}
    said = decide(cases, manifest=manifest(THREE_ACCEPTED), debts=owed).reasons[-1]
    assert said.startswith("open debts, accepted with the baseline and counted against this edit: ")
    assert f"{told} in cv-000" in said
    mended = decide(world(60, arms=THREE_ACCEPTED), manifest=manifest(THREE_ACCEPTED), debts=owed)
    assert not any("open debts" in reason for reason in mended.reasons)


def _as(case: Case, arm: str) -> Case:
    return dataclasses.replace(case, record=dataclasses.replace(case.record, arm=arm))


def test_a_later_look_at_one_baseline_passes_at_a_smaller_level() -> None:
    cases = world(60, 3, drop_role, hit=lambda number: number < 1)
    first, fifth = (decide(cases, manifest=manifest(), look=look) for look in (1, 5))
    assert first.verdict == "SHIP"
    assert fifth.verdict == "INCONCLUSIVE"
    assert fifth.reasons[0].startswith("look 5 at this baseline: lost entries")
    assert decide(world(60), manifest=manifest(), look=20).verdict == "SHIP"


def test_in_sequential_mode_a_ship_waits_for_a_planned_look_and_a_hold_does_not() -> None:
    config = GateConfig.from_mapping({"looks": [20, 40, 60]})
    between = decide(world(50), manifest=manifest(), config=config)
    assert between.reasons == ("50 CVs are no planned look at which it may ship: 10 more CVs",)
    early = decide(world(40), manifest=manifest(), config=config)  # counts spend their level as means do
    assert early.reasons == ("40 CVs are too early a look for counts to pass: 20 more CVs",)
    assert {between.verdict, early.verdict} == {"INCONCLUSIVE"}
    assert decide(world(60), manifest=manifest(), config=config).verdict == "SHIP"
    assert decide(world(30, 3, drop_role), manifest=manifest(), config=config).verdict == "HOLD"


def test_pooled_draws_count_together() -> None:
    first = world(20, 3)
    later = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, draw=case.record.draw + 3))
        for case in world(20, 3, seed=9)
    ]
    verdict = decide([*first, *later], manifest=manifest(draws=6))
    assert "20 CVs × 6 answers" in gate(verdict, "accuracy").reason


def test_a_verdict_is_the_same_twice() -> None:
    cases = world(20, 3, swap_bullets, hit=lambda n: n % 4 == 0)
    assert decide(cases, manifest=manifest()) == decide(list(reversed(cases)), manifest=manifest())


def test_a_release_wants_fresh_draws_and_the_sealed_split() -> None:
    cases = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, source="recorded")) for case in world(60)
    ]
    verdict = decide(cases, manifest=manifest(origin="openai"), config=GateConfig.for_profile("release"))
    assert verdict.verdict == "INCONCLUSIVE"
    assert "a release is decided on fresh answers, and these are recorded (--pair-live)" in verdict.reasons
    assert "a release is decided on the gate and the sealed split together (--sealed)" in verdict.reasons


def test_what_shows_in_single_draws_is_named_and_no_loss() -> None:
    def lose_title_once(answer: Json, rng: random.Random) -> None:
        once = not done
        done.append(1)
        if once:
            answer["work_experience"][0]["title"] = ""

    done: list[int] = []
    verdict = decide(world(40, 3, lose_title_once, hit=lambda n: n == 4), manifest=manifest())
    assert verdict.verdict == "SHIP"
    assert gate(verdict, "critical").documents == ("cv-004",)
    assert "in some answers only in 1 more (cv-004)" in gate(verdict, "critical").reason
