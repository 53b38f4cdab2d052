"""Answers written otherwise than their CVs hold the candidate, with the kind and the field in the first reason."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from gates_worlds import manifest, world

from harness.base.types import Json
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.types import Gate, Verdict


def each_string(change: Callable[[str], str]) -> Callable[[Json, random.Random], None]:
    """A change of employers, titles and bullets."""

    def harm(answer: Json, _: random.Random) -> None:
        for role in answer["work_experience"]:
            role["company"], role["title"] = change(role["company"]), change(role["title"])
            role["description"] = [change(each) for each in role["description"]]

    return harm


def skills_twice(answer: Json, _: random.Random) -> None:
    answer["skills"] = [skill for skill in answer["skills"] for _ in range(2)]


def not_available(answer: Json, _: random.Random) -> None:
    for name, value in answer["personal_info"].items():
        answer["personal_info"][name] = value or "N/A"


def spaced(answer: Json, _: random.Random) -> None:
    answer["personal_info"]["email"] = answer["personal_info"]["email"].replace("@", " @ ")


def form(verdict: Verdict) -> Gate:
    return next(gate for gate in verdict.comparisons[0].gates if gate.name == "form")


@pytest.mark.fast_cases(3)
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (each_string(str.upper), "in capitals, where the CV is not"),
        (each_string(str.lower), "in small letters, where the CV is not"),
        (each_string(lambda text: f"**{text}**"), "Markdown, HTML or escapes around the value"),
        (each_string(lambda text: f" {text}"), "white space"),
        (skills_twice, "skills: the same item twice in a list"),
        (not_available, "personal_info.portfolio: a placeholder instead of an empty value"),
        (spaced, "personal_info.email: white space"),
    ],
)
def test_six_people_hold_and_the_gate_says_what_and_where(harm: Callable[..., None], said: str) -> None:
    verdict = decide(Evidence.of(world(60, 3, harm, hit=lambda number: number % 10 == 3), manifest()))
    assert verdict.verdict == "HOLD"
    assert form(verdict).status == "FAIL"
    assert said in form(verdict).reason
    assert "6 of 60 CVs" in form(verdict).reason
    assert all(": " not in name for name in form(verdict).fields)


def test_the_same_in_both_arms_and_nothing_at_all_pass() -> None:
    assert form(decide(Evidence.of(world(60), manifest()))).status == "PASS"
    both = world(60, 3, each_string(str.upper))
    loud = [case for case in both if case.record.arm == "candidate"]
    other = [replace(case, record=replace(case.record, arm="baseline")) for case in loud]
    assert form(decide(Evidence.of([*loud, *other], manifest()))).status == "PASS"
