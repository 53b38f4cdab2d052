"""Single fields, fields never filled any more, slices, and whom a CV is of: what a mean over everything hides."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from statistics import mean

import pytest
from gates_worlds import manifest, world

from harness.base.types import Json
from harness.gates.config import GateConfig
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.parts import too_few
from harness.gates.types import Case, Gate, Verdict
from harness.reports.prepare import interval


def gate(verdict: Verdict, name: str) -> Gate:
    return next(one for one in verdict.comparisons[0].gates if one.name == name)


def emptied(section: str, field: str) -> Callable[[Json, random.Random], None]:
    def harm(answer: Json, _: random.Random) -> None:
        for entry in answer[section]:
            entry[field] = ""

    return harm


def tagged(cases: list[Case], tags: Callable[[int], dict[str, str]]) -> list[Case]:
    """The cases with tags of each person, by number."""
    made = []
    for case in cases:
        found = tags(int(case.document.id[3:]))
        made.append(replace(case, document=replace(case.document, tags=found)))
    return made


def test_a_field_that_is_never_filled_any_more_holds_in_those_words() -> None:
    verdict = decide(Evidence.of(world(60, 3, emptied("training", "provider")), manifest()))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith(
        "training[].provider: never filled any more, in 0 of 20 CVs that have it (baseline: in 20)"
    )
    assert gate(verdict, "unfilled").fields == ("training[].provider",)
    assert set(gate(verdict, "unfilled").documents) == {f"cv-{number:03}" for number in range(2, 60, 3)}


@pytest.mark.fast_cases(2)
@pytest.mark.parametrize(("people", "status"), [(9, "FAIL"), (8, "INCONCLUSIVE"), (5, "PASS")])
def test_three_who_had_the_field_hold_two_wait_and_of_one_nothing_is_said(people: int, status: str) -> None:
    """Every third of so many people has a course, from the third on; the others fill up the comparison."""
    harm = emptied("training", "date")
    others = [case for case in world(60, 3) if int(case.document.id[3:]) % 3 != 2]
    having = [case for case in world(people, 3, harm) if int(case.document.id[3:]) % 3 == 2]
    found = gate(decide(Evidence.of([*others, *having], manifest())), "unfilled")
    assert found.status == status
    assert found.reason.startswith("training[].date: never filled any more, in 0 of ") == (status != "PASS")
    if status == "PASS":
        assert "too few have" in found.reason


def test_a_field_that_both_arms_leave_empty_is_no_harm() -> None:
    harmed = [case for case in world(60, 3, emptied("training", "provider")) if case.record.arm == "candidate"]
    both = [*harmed, *(replace(case, record=replace(case.record, arm="baseline")) for case in harmed)]
    assert gate(decide(Evidence.of(both, manifest())), "unfilled").status == "PASS"


def test_a_field_lost_in_a_few_people_holds_where_nobody_got_it_back() -> None:
    verdict = decide(
        Evidence.of(world(60, 3, emptied("education", "field"), hit=lambda number: number % 10 == 0), manifest())
    )
    found = gate(verdict, "fields")
    assert found.status == "FAIL"
    assert found.fields[0] == "education[].field"
    assert "worse in every answer in 6, better in 0" in found.reason
    assert found.affected == 6
    assert set(found.documents) == {f"cv-{number:03}" for number in range(0, 60, 10)}


def test_as_many_who_got_the_field_back_make_it_no_harm() -> None:
    lost = emptied("education", "field")
    cases = world(60, 3, lost, hit=lambda number: number % 10 == 0)
    swapped = [
        replace(case, record=replace(case.record, arm="baseline" if case.record.arm == "candidate" else "candidate"))
        for case in world(60, 3, lost, hit=lambda number: number % 10 == 5)
        if int(case.document.id[3:]) % 10 == 5
    ]
    rest = [case for case in cases if int(case.document.id[3:]) % 10 != 5]
    assert gate(decide(Evidence.of([*rest, *swapped], manifest())), "fields").status == "PASS"


def test_the_smallest_effect_of_a_field_is_configured() -> None:
    cases = world(60, 3, emptied("education", "field"), hit=lambda number: number % 10 == 0)
    config = GateConfig.from_mapping({"fields": {"margin": 0.2}})
    assert gate(decide(Evidence.of(cases, manifest()), config=config), "fields").status == "PASS"


def a_third_of_the_bullets(answer: Json, _: random.Random) -> None:
    for role in answer["work_experience"]:
        role["description"] = role["description"][:3]


def language(number: int) -> dict[str, str]:
    return {"language": ("de", "fr")[number % 2] if number < 8 else "en", "block": "ABC"[number % 3]}


@pytest.mark.long
def test_a_slice_that_gets_worse_holds_and_says_how_the_others_are() -> None:
    cases = tagged(world(60, 3, a_third_of_the_bullets, hit=lambda number: number < 8), language)
    found = gate(decide(Evidence.of(cases, manifest())), "slices")
    assert found.status == "FAIL"
    assert found.reason.startswith("language: de, fr together: ")
    assert "in its 8 CVs" in found.reason
    assert "in the 52 others" in found.reason
    assert found.delta.lower is not None
    assert found.delta.upper is not None
    assert set(found.documents) == {f"cv-{number:03}" for number in range(8)}


def test_the_same_harm_in_people_who_share_nothing_is_no_slices() -> None:
    cases = tagged(world(60, 3, a_third_of_the_bullets, hit=lambda number: number % 8 == 3), language)
    assert gate(decide(Evidence.of(cases, manifest())), "slices").status == "PASS"


def test_slices_with_too_few_people_say_so() -> None:
    cases = tagged(world(60, 3), lambda number: {"language": "de" if number < 3 else "en"})
    found = gate(decide(Evidence.of(cases, manifest())), "slices")
    assert found.status == "PASS"
    assert "fewer than 5 people" in found.reason
    assert "language: de (3)" in found.reason


def test_a_teams_own_tag_is_a_slice() -> None:
    cases = tagged(
        world(60, 3, a_third_of_the_bullets, hit=lambda number: number < 9),
        lambda number: {"customer": "north" if number < 9 else "south"},
    )
    assert gate(decide(Evidence.of(cases, manifest())), "slices").reason.startswith("customer: north: ")


@pytest.mark.long
def test_harm_only_where_the_answer_was_good_shows_in_the_better_half() -> None:
    """A third of the bullets of those who are answered best: people without noise of their own."""
    from gates_worlds import make_case, person

    rng = random.Random("good")
    cases = []
    for case in world(60, 3, noise=6.0):
        number = int(case.document.id[3:])
        if number % 2:
            cases.append(case)
            continue
        answer = person(number) if case.record.arm == "baseline" else {**person(number), "languages": []}
        if case.record.arm == "candidate":
            answer = {**answer, "skills": answer["skills"][:-2]}
        cases.append(make_case(case.record.arm, number, case.record.draw, answer, rng))
    found = gate(decide(Evidence.of(cases, manifest())), "slices")
    assert found.status == "FAIL"
    assert found.reason.startswith("CVs that are answered well: ")


def nameless(answer: Json, _: random.Random) -> None:
    answer["personal_info"]["name"] = ""


def unreachable(answer: Json, _: random.Random) -> None:
    answer["personal_info"]["email"] = answer["personal_info"]["phone"] = ""


def without_phone(answer: Json, _: random.Random) -> None:
    answer["personal_info"]["phone"] = ""


@pytest.mark.parametrize(
    ("harm", "many", "verdict", "said"),
    [
        (nameless, 1, "INCONCLUSIVE", "personal_info.name: the name is not right in 1 of 60 CVs"),
        (unreachable, 1, "INCONCLUSIVE", "personal_info.email: neither e-mail nor telephone is right in 1 of 60 CVs"),
        (unreachable, 2, "HOLD", "personal_info.email: neither e-mail nor telephone is right in 2 of 60 CVs"),
        (without_phone, 1, "SHIP", ""),
    ],
)
def test_one_who_is_not_named_or_reached_any_more_is_read_by_somebody(
    harm: Callable[[Json, random.Random], None], many: int, verdict: str, said: str
) -> None:
    found = decide(Evidence.of(world(60, 3, harm, hit=lambda number: number in (7, 8)[:many]), manifest()))
    assert found.verdict == verdict
    assert gate(found, "identity").reason.startswith(said)
    assert found.reasons[0].startswith(said or "field accuracy")


@pytest.mark.long
def test_an_unchanged_assistant_passes_all_of_them() -> None:
    for seed in range(2):
        cases = tagged(world(60, 3, seed=seed, noise=2.0), language)
        verdict = decide(Evidence.of(cases, manifest()))
        assert {gate(verdict, name).status for name in ("fields", "unfilled", "slices", "identity")} == {"PASS"}, seed


def test_a_plan_names_the_slices_that_need_more_people() -> None:
    cases = tagged(world(12, 1), lambda number: {"language": "de" if number < 4 else "en", "twin": "x"})
    documents = {case.document.id: case.document for case in cases}
    twin = replace(documents["cv-000"], id="cv-000-txt", twin_of="cv-000")
    assert too_few([*documents.values(), twin]) == {"language: de": 4}


def test_a_loss_that_does_not_hold_says_what_would_have() -> None:
    def two_bullets(answer: Json, _: random.Random) -> None:
        for role in answer["work_experience"][:1]:
            role["description"] = role["description"][:-2]

    cases = world(60, 3, two_bullets, hit=lambda number: number % 8 == 3)
    verdict = decide(Evidence.of(cases, manifest()))
    found = gate(verdict, "fields")
    assert verdict.verdict == "SHIP"
    assert found.status == "PASS"
    assert found.reason in verdict.reasons[:3], "told where the losses are told"
    assert "; loss in work_experience[].description[]: " in found.reason
    assert re.search(
        r", but (one field holds at a loss of 1 or more: this is 0\.\d+|chance alone does as much|worse in every)",
        found.reason,
    )
    lower, upper = interval(_bullet_shifts(cases))
    assert lower is not None
    assert upper is not None
    assert upper < 0
    shown = f"[{100 * lower:+.1f}, {100 * upper:+.1f}]".replace("-", "−")
    assert shown in found.reason, "the same bounds as in the table of fields"


def _bullet_shifts(cases: list[Case]) -> list[float]:
    """Each person's difference in F1 of bullets, worked out from the scores alone."""
    figures: dict[str, dict[str, list[float]]] = {}
    for case in cases:
        assert case.score is not None
        count = case.score.counts.get("work_experience[].description[]")
        if count is not None and (count.golden or count.answer):
            figures.setdefault(case.document.persona, {}).setdefault(case.record.arm, []).append(count.f1)
    return [mean(sides["candidate"]) - mean(sides["baseline"]) for sides in figures.values()]
