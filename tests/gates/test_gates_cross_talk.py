"""Another person's data in an answer holds where it shows twice, is read where it shows once, and is never silent."""

from __future__ import annotations

import dataclasses
import random

import pytest
from gates_worlds import answer_of, make_case, manifest, person, text_of, world

from harness.base.types import Json
from harness.gates.decide import decide, unconfirmed
from harness.gates.evidence import Evidence
from harness.gates.types import AGAIN, Case, Gate, Verdict
from harness.reports.redaction import Redactor

TEXTS = {f"cv-{number:03}": text_of(number) for number in range(60)}
OTHER = person(41)


def leak(answer: Json, _: random.Random) -> None:
    answer["personal_info"]["phone"] = OTHER["personal_info"]["phone"]


def leaking(where: dict[int, tuple[int, ...]], arm: str = "candidate") -> list[Case]:
    """A world in which an arm's answers to some people, in some draws, have the telephone of person 41."""
    cases = []
    for case in world(60):
        number, draw = int(case.document.id[3:]), case.record.draw
        if case.record.arm == arm and draw in where.get(number, ()):
            rng = random.Random(number)
            answer = answer_of(number, rng)
            leak(answer, rng)
            case = make_case(arm, number, draw, answer, rng)
        cases.append(case)
    return cases


def again(number: int, shown: bool) -> list[Case]:
    cases = []
    for draw in (500, 501):
        rng = random.Random(draw)
        answer = answer_of(number, rng)
        if shown:
            leak(answer, rng)
        cases.append(make_case("candidate" + AGAIN, number, draw, answer, rng))
    return cases


def decided(cases: list[Case]) -> Verdict:
    return decide(Evidence.of(cases, manifest(), TEXTS))


def cross_talk(verdict: Verdict) -> Gate:
    return next(gate for one in verdict.comparisons for gate in one.gates if gate.name == "cross_talk")


def test_nobody_elses_data_passes_and_says_on_how_many() -> None:
    found = cross_talk(decided(world(60)))
    assert (found.status, found.level) == ("PASS", "deciding")
    assert found.reason == "cross-talk: no answer to 60 people's CVs has another person's data"


def test_one_answer_is_asked_again_and_is_read_whatever_comes_of_it() -> None:
    cases = leaking({7: (1,)})
    first = decided(cases)
    assert first.verdict == "INCONCLUSIVE"
    assert first.reasons[0].startswith(
        "cross-talk: another person's data in answers to 1 of 60 people's CVs: cv-007 is given personal_info.phone"
        f" “{OTHER['personal_info']['phone']}” of cv-041 (telephone, in 1 of 3 answers); read this answer"
    )
    assert cross_talk(first).documents == ("cv-007", "cv-041")
    assert cross_talk(first).unconfirmed == ("cv-007",)
    assert unconfirmed(first)[1] == ("cv-007",)

    silent = decided([*cases, *again(7, shown=False)])
    assert silent.verdict == "INCONCLUSIVE"
    assert "in 1 of 5 answers" in silent.reasons[0]
    assert cross_talk(silent).unconfirmed == ()
    shown = decided([*cases, *again(7, shown=True)])
    assert shown.verdict == "HOLD"
    assert "in 3 of 5 answers" in shown.reasons[0]


def test_a_cv_with_data_of_two_others_is_asked_again_once() -> None:
    cases = leaking({7: (1,)})
    (place,) = (
        place
        for place, case in enumerate(cases)
        if (case.record.arm, case.document.id, case.record.draw) == ("candidate", "cv-007", 1)
    )
    rng = random.Random(7)
    answer = answer_of(7, rng)
    leak(answer, rng)
    answer["personal_info"]["email"] = person(42)["personal_info"]["email"]
    cases[place] = make_case("candidate", 7, 1, answer, rng)
    found = cross_talk(decided(cases))
    assert found.documents == ("cv-007", "cv-041", "cv-042")
    assert found.unconfirmed == ("cv-007",)


@pytest.mark.parametrize("where", [{7: (0, 2)}, {7: (0,), 12: (1,)}, {7: (0, 1, 2)}])
def test_two_answers_hold_with_the_reason_first(where: dict[int, tuple[int, ...]]) -> None:
    verdict = decided(leaking(where))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("cross-talk: another person's data")


def test_what_the_baseline_says_too_is_told_and_not_held() -> None:
    cases = [case for case in leaking({7: (0,)}, "baseline") if case.record.arm == "baseline"]
    cases += [case for case in leaking({7: (0, 1, 2)}) if case.record.arm == "candidate"]
    found = cross_talk(decided(cases))
    assert found.status == "PASS"
    assert found.reason.endswith("but what the baseline has too (cv-007)")


def test_without_goldens_and_without_a_baseline() -> None:
    cases = [
        dataclasses.replace(case, score=None) for case in leaking({7: (0,), 12: (1,)}) if case.record.arm == "candidate"
    ]
    assert cross_talk(decided(cases)).status == "FAIL"


def test_an_answer_to_a_twin_counts_too() -> None:
    rng = random.Random(1)
    answer = answer_of(3, rng)
    leak(answer, rng)
    case = make_case("candidate", 3, 0, answer, rng)
    twin = dataclasses.replace(case.document, id="cv-003-txt", twin_of="cv-003")
    record = dataclasses.replace(case.record, document_id=twin.id)
    verdict = decide(
        Evidence.of(
            [*world(60), dataclasses.replace(case, document=twin, record=record)],
            manifest(),
            {**TEXTS, "cv-003-txt": TEXTS["cv-003"]},
        )
    )
    assert cross_talk(verdict).documents == ("cv-003-txt", "cv-041")


def test_without_texts_nothing_is_claimed() -> None:
    verdict = decide(Evidence.of(leaking({7: (0,)}), manifest()))
    assert all(gate.name != "cross_talk" for one in verdict.comparisons for gate in one.gates)


def test_no_value_and_no_name_of_a_cv_is_in_the_redacted_reason() -> None:
    cases = leaking({7: (0,), 12: (1,)})
    redacted = Redactor.of(cases).verdict(decided(cases))
    said = " ".join((*redacted.reasons, cross_talk(redacted).reason, *cross_talk(redacted).documents))
    assert "personal_info.phone" in said
    for hidden in ("7946", "cv-007", "cv-012", "cv-041", "person-041"):
        assert hidden not in said
