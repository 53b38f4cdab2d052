"""Where answers and golden disagree, who says what, and when the golden itself is to be doubted."""

from dataclasses import replace

import pytest

from harness.contract.schema import empty_cv
from harness.corpus.types import Golden, Provenance
from harness.review.disagreements import disagreements
from harness.scoring.score import score

TEXT = "Jane Doe\njane@doe.example\nLanguages: German, French\nSkills: Rust, Kotlin\n"


def cv(**info):
    whole = empty_cv()
    whole["personal_info"] = {**whole["personal_info"], "name": "Jane Doe", "email": "jane@doe.example", **info}
    whole["skills"] = ["Rust", "Kotlin"]
    return whole


def golden(**info):
    return Golden("x", cv(**info), Provenance("person", "2026-01-01"))


def found(expected, answers, **more):
    scores = {arm: [score(answer, expected, TEXT) for answer in several] for arm, several in answers.items()}
    return disagreements("x", expected, scores, TEXT, **more)


def test_agreement_is_silent():
    assert found(golden(), {"legacy": [cv()], "candidate": [cv(), cv()]}) == ()


def test_a_golden_that_all_arms_and_the_text_contradict_is_suspect():
    (place,) = found(golden(email="jan@doe.example"), {"legacy": [cv()], "candidate": [cv(), cv()]})
    assert (place.path, place.golden) == ("personal_info.email", "jan@doe.example")
    assert (place.unanimous, place.suspect, place.golden_in_text) == (True, True, False)
    assert place.evidence == "jane@doe.example"
    assert [(answer.arm, answer.value, answer.draws, answer.of) for answer in place.answers] == [
        ("candidate", "jane@doe.example", 2, 2),
        ("legacy", "jane@doe.example", 1, 1),
    ]


def test_one_arm_that_confirms_the_golden_is_a_witness_for_it():
    (place,) = found(golden(), {"legacy": [cv(email="x@y.example")], "candidate": [cv()]})
    assert not place.unanimous
    assert {answer.arm: answer.value for answer in place.answers} == {
        "legacy": "x@y.example",
        "candidate": "jane@doe.example",
    }


def test_a_majority_of_draws_speaks_for_an_arm():
    (place,) = found(golden(), {"candidate": [cv(email="x@y.example"), cv(), cv()]})
    assert (place.answers[0].value, place.answers[0].draws) == ("jane@doe.example", 2)
    assert not place.unanimous


def test_an_arm_that_is_not_asked_for_a_field_is_no_witness():
    answers = {"legacy": [cv(email="")], "candidate": [cv()]}
    wrong = golden(email="jan@doe.example")
    assert not any(place.suspect for place in found(wrong, answers))
    (place,) = found(wrong, answers, fills={"legacy": frozenset({"skills[]"})})
    assert place.suspect
    assert [answer.arm for answer in place.answers] == ["candidate"]


def test_what_is_marked_ambiguous_or_made_up_is_no_doubt():
    wrong = replace(golden(email="jan@doe.example"), ambiguous=frozenset({"personal_info.email"}))
    assert found(wrong, {"candidate": [cv()]}) == ()
    invented = {**cv(), "skills": ["Rust", "Kotlin", "Basket weaving"]}
    assert found(golden(), {"candidate": [invented]}) == ()


@pytest.mark.parametrize("arms", [1, 2])
def test_what_only_answers_have_and_the_text_too_is_shown_without_a_place(arms):
    short = replace(golden(), cv={**cv(), "skills": ["Rust"]})
    answers = {name: [cv()] for name in ("candidate", "legacy")[:arms]}
    (place,) = found(short, answers)
    assert (place.path, place.field, place.answers[0].value) == ("", "skills[]", "Kotlin")
    assert place.unanimous
    assert place.evidence == "Skills: Rust, Kotlin"


def test_where_only_one_arm_lacks_the_value_the_line_that_has_it_is_shown():
    (place,) = found(golden(), {"candidate": [cv()], "legacy": [cv(email="")]})
    assert place.evidence == "jane@doe.example"
