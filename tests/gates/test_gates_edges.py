"""Odd evidence gives a verdict all the same: few people, failures everywhere, gaps in the draws."""

from __future__ import annotations

import dataclasses
import json
import random

import pytest
from gates_worlds import make_case, manifest, person, world
from hypothesis import given, settings
from hypothesis import strategies as some

from harness.base.types import Failure, Json
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.serial import verdict_from_dict, verdict_to_dict
from harness.gates.types import Case, Verdict

FAILURES = (
    Failure("provider", "timeout"),
    Failure("harness", "bug"),
    Failure("unparseable", "truncated"),
    Failure("extraction", "corrupt"),
)
ODD: tuple[Json, ...] = ({}, {"skills": None}, {"work_experience": [None, 3, {"company": []}]}, {"personal_info": "x"})


@pytest.mark.long
@settings(max_examples=15, deadline=None)
@given(
    some.lists(
        some.tuples(
            some.integers(0, 4),
            some.sampled_from(["baseline", "candidate", "legacy"]),
            some.integers(0, 2),
            some.sampled_from([*FAILURES, *ODD, None]),
        ),
        max_size=16,
    )
)
def test_any_mix_of_answers_and_failures_gives_a_verdict_that_survives_json(
    rows: list[tuple[int, str, int, Failure | Json | None]],
) -> None:
    cases = [
        make_case(arm, number, draw, person(number) if answer is None else answer, random.Random(1))
        for number, arm, draw, answer in rows
    ]
    verdict = decide(Evidence.of(cases, manifest(("baseline", "candidate", "legacy"))))
    assert verdict.verdict in ("HOLD", "INCONCLUSIVE")
    assert verdict.reasons
    assert verdict_from_dict(json.loads(json.dumps(verdict_to_dict(verdict), allow_nan=False))) == verdict


def test_no_cases_at_all_is_inconclusive() -> None:
    verdict = decide(Evidence.of([], manifest()))
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons[0] == "the run has no answers of candidate"


@pytest.mark.parametrize("failure", [FAILURES[0], FAILURES[2]])
def test_a_candidate_that_always_fails_is_held(failure: Failure) -> None:
    def fail(case: Case) -> Case:
        if case.record.arm != "candidate":
            return case
        return make_case("candidate", int(case.document.id[3:]), case.record.draw, failure, random.Random(1))

    verdict = decide(Evidence.of([fail(case) for case in world(20)], manifest()))
    assert verdict.verdict == "HOLD"


def failing_alike(every: int) -> Verdict:
    """The verdict where both arms time out on every so many of 60 people."""
    cases = [
        make_case(case.record.arm, int(case.document.id[3:]), case.record.draw, FAILURES[0], random.Random(1))
        if int(case.document.id[3:]) % every == 0
        else case
        for case in world(60)
    ]
    return decide(Evidence.of(cases, manifest()))


def test_both_arms_failing_alike_on_a_few_is_no_regression_and_no_evidence() -> None:
    verdict = failing_alike(20)
    assert verdict.verdict == "SHIP"
    assert "57 CVs × 3 answers" in verdict.reasons[0]


@pytest.mark.parametrize("every", [5, 1])
def test_a_run_in_which_most_failed_alike_shows_nothing(every: int) -> None:
    verdict = failing_alike(every)
    assert verdict.verdict == "INCONCLUSIVE"
    assert f"{60 // every} of 60 people have no usable answer of candidate" in verdict.reasons[0]
    if every == 1:
        assert "quality" in verdict.not_measured


def test_a_missing_draw_is_a_gap_and_no_zero() -> None:
    cases = [case for case in world(40) if not (case.record.arm == "candidate" and case.record.draw == 2)]
    assert decide(Evidence.of(cases, manifest())).verdict == "SHIP"


def test_unmeasured_latency_is_said_once_and_not_guessed() -> None:
    cases = [dataclasses.replace(case, record=dataclasses.replace(case.record, latency_ms=None)) for case in world(40)]
    verdict = decide(Evidence.of(cases, manifest()))
    assert verdict.verdict == "SHIP"
    assert verdict.not_measured == {"latency": "no time was measured for 120 of 120 answers of the candidate"}


def test_a_timeout_of_unknown_use_does_not_make_all_tokens_unknown() -> None:
    cases = world(40)
    for place, case in enumerate(cases):
        if case.document.id == "cv-003" and case.record.arm == "candidate" and case.record.draw == 1:
            record = dataclasses.replace(case.record, answer=FAILURES[0], usage_known=False, cost=None)
            cases[place] = dataclasses.replace(case, record=record)
    verdict = decide(Evidence.of(cases, manifest()))
    assert {"tokens", "cost"} <= verdict.scope
