"""The whole way from scored answers to a verdict, with a little independent noise in both arms."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import pytest
from gates_harms import (
    break_json,
    bundle,
    drop_role,
    failing,
    gate,
    invent_certificate,
    javascript,
    swap_bullets,
    years_minus_one,
)
from gates_worlds import Harm, manifest, world

from harness.base.types import Json
from harness.gates.config import GateConfig
from harness.gates.debts import debts_of
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.known import Reservations, Standing
from harness.gates.types import Case
from harness.replay.types import Arm


def test_the_same_system_twice_ships_and_says_what_it_cannot_exclude() -> None:
    verdict = decide(Evidence.of(world(60), manifest()))
    assert verdict.verdict == "SHIP"
    assert verdict.scope == {"quality", "tokens", "cost"}
    assert verdict.not_measured == {}
    assert verdict.reasons[0].startswith("field accuracy: F1 ")
    assert (
        "lost entries: 0 of 60 CVs newly with a whole role, study or other entry lost, or a section; in truth it may "
        "be up to 4.9 %"
    ) in verdict.reasons


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("seed", [2, 3])
def test_the_same_system_twice_ships_whatever_the_noise_seed(seed: int) -> None:
    assert decide(Evidence.of(world(60, seed=seed), manifest())).verdict == "SHIP"


@pytest.mark.fast_cases(6)
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
    verdict = decide(Evidence.of(world(60, draws, harm, hit=hit), manifest(draws=draws)))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0] == gate(verdict, first).reason
    assert verdict.reasons[0].startswith(field)


def test_thirty_percent_more_tokens_hold() -> None:
    verdict = decide(Evidence.of(world(60, tokens=1.3), manifest()))
    assert verdict.verdict == "HOLD"
    assert failing(verdict) == ["tokens", "cost"]
    assert verdict.reasons[0].startswith("tokens: 1.30 × the baseline's [")


@pytest.mark.long
def test_slower_answers_hold_a_release_and_are_only_shown_in_ci() -> None:
    cases = world(60, latency=1.35)
    verdict = decide(Evidence.of(cases, manifest()), config=GateConfig.for_profile("release"))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("latency p50: 1.3")
    in_ci = decide(Evidence.of(cases, manifest()))
    assert in_ci.verdict == "SHIP"
    assert gate(in_ci, "latency_p50").status == "FAIL"
    assert gate(in_ci, "latency_p50").level == "advisory"


def test_eight_people_can_hold() -> None:
    verdict = decide(Evidence.of(world(8, 3, drop_role), manifest()))
    assert verdict.verdict == "HOLD"


@pytest.mark.fast_cases(2)
@pytest.mark.parametrize("people", [8, 15, 39])
def test_few_people_never_ship_and_say_how_many_more(people: int) -> None:
    verdict = decide(Evidence.of(world(people), manifest()))
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons == (f"{people} people are too few to ship: {40 - people} more CVs (of 40 people at least)",)
    assert gate(verdict, "accuracy").more_cvs == 40 - people


def test_forty_people_may_ship_in_ci_but_not_in_a_release() -> None:
    assert decide(Evidence.of(world(40), manifest())).verdict == "SHIP"
    released = decide(Evidence.of(world(40), manifest()), config=GateConfig.for_profile("release"))
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
    assert gate(decide(Evidence.of(both, manifest())), "accuracy").delta.clusters == 20


def test_the_accepted_assistant_ships_without_new_evidence() -> None:
    arms = tuple(Arm(name, "assistant", bundle("same"), "m", "openai", range(3)) for name in ("baseline", "candidate"))
    verdict = decide(Evidence.of(world(3), manifest(arms=())), config=GateConfig())
    assert verdict.verdict == "INCONCLUSIVE"
    verdict = decide(Evidence.of(world(3), dataclasses.replace(manifest(), arms=arms)))
    assert verdict.verdict == "SHIP"
    assert verdict.identical
    assert verdict.reasons == ("this is the accepted assistant; no new evidence needed",)


def test_a_release_of_the_accepted_assistant_still_owes_what_was_not_measured() -> None:
    arms = tuple(Arm(name, "assistant", bundle("same"), "m", "openai", range(3)) for name in ("baseline", "candidate"))
    verdict = decide(
        Evidence.of(world(3), dataclasses.replace(manifest(), arms=arms)),
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
    verdict = decide(Evidence.of(world(3), dataclasses.replace(manifest(), arms=arms)))
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
    verdict = decide(Evidence.of(world(60), manifest(**changes)))
    assert verdict.verdict == "INCONCLUSIVE"
    assert said in verdict.reasons[0]


def test_a_part_of_a_run_can_hold() -> None:
    verdict = decide(Evidence.of(world(40, 3, drop_role), manifest(selection={"split": "gate", "partial": True})))
    assert verdict.verdict == "HOLD"


def test_a_sentence_that_the_simulator_cannot_judge_is_named() -> None:
    verdict = decide(
        Evidence.of(world(60), manifest()), reservations=Reservations(unjudged=("Be kind to the reader.",))
    )
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons == ("the simulator cannot judge this sentence: “Be kind to the reader.”",)


def test_without_a_baseline_nothing_ships_and_the_next_step_is_named() -> None:
    declared = decide(Evidence.of(world(40, arms=("candidate",)), manifest()))
    assert declared.verdict == "INCONCLUSIVE"
    assert declared.reasons[0].endswith("add answers of the pipeline “baseline”")
    assert declared.scope == frozenset()
    arms = (Arm("candidate", "assistant", bundle("one"), "m", "openai", range(3)),)
    verdict = decide(Evidence.of(world(40, arms=("candidate",)), dataclasses.replace(manifest(), arms=arms)))
    assert "accept one first (cv-harness accept RUN)" in verdict.reasons[0]


THREE_ACCEPTED = ("baseline", "candidate", "anchor")


def test_the_anchor_is_asked_about_accuracy_and_what_adds_up() -> None:
    verdict = decide(Evidence.of(world(40, arms=THREE_ACCEPTED), manifest(THREE_ACCEPTED)))
    anchor = next(one for one in verdict.comparisons if one.against == "anchor")
    assert {"accuracy", "catastrophes", "lost_entries", "critical", "hallucinations", "contract"} <= {
        one.name for one in anchor.gates
    }
    assert not {"tokens", "cost", "group_contact", "latency_p50"} & {one.name for one in anchor.gates}


def drop_email(answer: Json, rng: random.Random) -> None:
    answer["personal_info"]["email"] = ""


def drop_certificates(answer: Json, rng: random.Random) -> None:
    answer["certifications"] = []


@pytest.mark.long
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
        verdict = decide(Evidence.of(cases, manifest(THREE_ACCEPTED)), standing=Standing(debts={}))
        verdicts.append(verdict)
        if verdict.verdict != "SHIP":
            break
    assert 2 <= len(verdicts) <= 3
    assert "against anchor" in verdicts[-1].reasons[0]
    owed = debts_of(verdicts[0].comparisons)
    assert owed == {name: (verdicts[0].comparisons[0].comparable.documents[0],)}
    said = decide(Evidence.of(cases, manifest(THREE_ACCEPTED)), standing=Standing(debts=owed)).reasons[-1]
    assert said.startswith("open debts, accepted with the baseline and counted against this edit: ")
    assert f"{told} in cv-000" in said
    mended = decide(
        Evidence.of(world(60, arms=THREE_ACCEPTED), manifest(THREE_ACCEPTED)), standing=Standing(debts=owed)
    )
    assert not any("open debts" in reason for reason in mended.reasons)


def _as(case: Case, arm: str) -> Case:
    return dataclasses.replace(case, record=dataclasses.replace(case.record, arm=arm))


def test_a_later_look_at_one_baseline_passes_at_a_smaller_level() -> None:
    cases = world(60, 3, drop_role, hit=lambda number: number < 1)
    first, fifth = (decide(Evidence.of(cases, manifest()), standing=Standing(look=look)) for look in (1, 5))
    assert first.verdict == "SHIP"
    assert fifth.verdict == "INCONCLUSIVE"
    assert fifth.reasons[0].startswith("look 5 at this baseline: lost entries")
    assert decide(Evidence.of(world(60), manifest()), standing=Standing(look=20)).verdict == "SHIP"


def test_in_sequential_mode_a_ship_waits_for_a_planned_look_and_a_hold_does_not() -> None:
    config = GateConfig.from_mapping({"looks": [20, 40, 60]})
    between = decide(Evidence.of(world(50), manifest()), config=config)
    assert between.reasons == ("50 CVs are no planned look at which it may ship: 10 more CVs",)
    early = decide(Evidence.of(world(40), manifest()), config=config)  # counts spend their level as means do
    assert early.reasons == ("40 CVs are too early a look for counts to pass: 20 more CVs",)
    assert {between.verdict, early.verdict} == {"INCONCLUSIVE"}
    assert decide(Evidence.of(world(60), manifest()), config=config).verdict == "SHIP"
    assert decide(Evidence.of(world(30, 3, drop_role), manifest()), config=config).verdict == "HOLD"


@pytest.mark.long
def test_pooled_draws_count_together() -> None:
    first = world(20, 3)
    later = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, draw=case.record.draw + 3))
        for case in world(20, 3, seed=9)
    ]
    verdict = decide(Evidence.of([*first, *later], manifest(draws=6)))
    assert "20 CVs × 6 answers" in gate(verdict, "accuracy").reason


def test_a_verdict_is_the_same_twice() -> None:
    cases = world(20, 3, swap_bullets, hit=lambda n: n % 4 == 0)
    assert decide(Evidence.of(cases, manifest())) == decide(Evidence.of(list(reversed(cases)), manifest()))


def test_a_release_wants_fresh_draws_and_the_sealed_split() -> None:
    cases = [
        dataclasses.replace(case, record=dataclasses.replace(case.record, source="recorded")) for case in world(60)
    ]
    verdict = decide(Evidence.of(cases, manifest(origin="openai")), config=GateConfig.for_profile("release"))
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
    verdict = decide(Evidence.of(world(40, 3, lose_title_once, hit=lambda n: n == 4), manifest()))
    assert verdict.verdict == "SHIP"
    assert gate(verdict, "critical").documents == ("cv-004",)
    assert "in some answers only in 1 more (cv-004)" in gate(verdict, "critical").reason
