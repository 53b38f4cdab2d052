"""Metrics, explanations, the JSON form and the terminal."""

import io
import json

import jsonschema
import pytest
from rich.console import Console

from harness.base.errors import HarnessError
from harness.base.types import Failure
from harness.contract.schema import LEAVES
from harness.scoring.explain import explain, explain_lost, structure
from harness.scoring.layout import FIELDS
from harness.scoring.metrics import (
    CRITICAL,
    GROUPS,
    correction_cost,
    counts_on,
    f1_on,
    invented,
    micro,
)
from harness.scoring.score import score
from harness.scoring.serial import from_dict, score_schema, to_dict
from harness.scoring.show import render
from harness.scoring.types import Counts, FieldOutcome


@pytest.fixture
def disturbed(answer):
    first, second = answer["work_experience"]
    first["end_date"] = "Dec 2023"
    first["start_date"] = "2019"
    first["description"][0] = "Led a team of"
    first["description"][1] = first["description"][1].replace("40%", "400%")
    first["job_title"] = first.pop("title")
    answer["work_experience"].remove(second)
    answer["skills"] = ["Python", "Python", "C", "Falconry"]
    answer["personal_info"]["linkedin"] = ""
    return answer


def test_every_field_of_the_contract_is_scored_but_the_ids():
    assert set(FIELDS) == {leaf for leaf in LEAVES if not leaf.endswith(".id")}


def test_every_field_is_in_one_group():
    assert sorted(field for fields in GROUPS.values() for field in fields) == sorted(FIELDS)
    assert set(FIELDS) > CRITICAL


def test_figures_on_some_paths_divide_by_the_leaves_of_those_paths(cv, disturbed):
    found = score(disturbed, cv)
    assert counts_on(found, GROUPS["contact"]) == Counts(correct=4, golden=5, answer=4)
    assert f1_on(found, GROUPS["contact"]) == pytest.approx(2 * 1.0 * 0.8 / 1.8)
    assert f1_on(found) == found.f1
    assert f1_on(found, {"projects[].name"}) == 1.0
    assert found.lenient_f1 > found.f1


def test_many_scores_are_added_up_by_field(cv, answer, disturbed):
    scores = [score(disturbed, cv), score(cv, cv), score(Failure("provider", "timeout"), cv)]
    assert micro(scores)["personal_info.linkedin"] == Counts(correct=1, golden=3, answer=1)


def test_a_failed_answer_stays_in_every_denominator(cv):
    found = score(Failure("provider", "timeout"), cv)
    assert f1_on(found) == 0.0
    assert correction_cost(found) == counts_on(found).golden


def test_invented_values_leave_out_what_was_misplaced(cv, disturbed):
    found = score(disturbed, cv)
    assert [one.answer for one in invented(found)] == ["Falconry"]


def test_without_a_golden_there_are_no_figures(answer):
    found = score(answer, None)
    assert f1_on(found) is None


def test_sentences(cv, disturbed, text):
    found = score(disturbed, cv, text)
    said = {explain(one) for one in found.outcomes}
    assert {
        "end date Dec 2023 instead of Present",
        "start date 2019 lacks the month (Jan 2019)",
        "bullet cut after 4 of 9 words: Led a team of 12 engineers across 3 countries",
        "bullet says 400 instead of 40: Cut cost by 400% in 2 years with better tooling and fewer m…",
        "title Senior Engineer missing here: it stands under work_experience[0].job_title",
        "skill C instead of C++",
        "skill invented: Falconry (nowhere in the CV)",
        "skill given again: Python",
        "LinkedIn address missing: linkedin.com/in/anna",
        "Senior Engineer stands under work_experience[0].job_title, which the contract does not know",
    } <= said
    assert explain_lost(found) == ("role at Globex GmbH missing, 5 values with it",)


@pytest.mark.parametrize("kind", ["correct", "near", "wrong", "missing", "invented", "absent", "duplicate", "unscored"])
@pytest.mark.parametrize("field", [*FIELDS, "", "unheard[].of"])
def test_every_outcome_has_a_sentence(kind, field):
    sentence = explain(FieldOutcome(field, "a[0].b", "a[1].b", "golden\n\x1b[31mvalue", ["x", "y"], kind))
    assert sentence
    assert "\x1b" not in sentence
    assert "\n" not in sentence


def test_the_json_form_is_described_and_read_back(cv, disturbed, text):
    for found in (
        score(disturbed, cv, text),
        score(disturbed, None, text),
        score(None, cv),
        score({"skills": None}, cv),
    ):
        written = json.loads(json.dumps(to_dict(found)))
        jsonschema.Draft202012Validator(score_schema()).validate(written)
        assert from_dict(written) == found


@pytest.mark.parametrize(
    "change", [{"form": 99}, {"outcomes": [{}]}, {"contract": {}}, {"hallucinations": [10**6]}, {"order": None}]
)
def test_a_damaged_score_is_refused(cv, change):
    with pytest.raises(HarnessError):
        from_dict(to_dict(score(cv, cv)) | change)


def test_structure_ignores_order_and_ids(cv, answer):
    answer["work_experience"].reverse()
    answer["work_experience"][0]["id"] = "other"
    assert structure(cv, answer) == ""
    answer["skills"] = None
    assert "skills" in structure(cv, answer)


def shown(*arguments):
    stream = io.StringIO()
    Console(file=stream, width=160, no_color=True).print(render(*arguments))
    return stream.getvalue()


def test_the_terminal_reads_without_colour(cv, disturbed, text):
    page = shown(score(disturbed, cv, text), cv, disturbed)
    assert "golden values right" in page
    assert "− role at Globex GmbH missing, 5 values with it" in page
    assert "✗ end date Dec 2023 instead of Present" in page
    assert "+ skill invented: Falconry (nowhere in the CV)" in page
    assert "contract: json" in page
    assert "Globex" in shown(score(disturbed, cv, text))
    assert page.count("Wrote C++ code for robots") <= 1  # a lost role is one line
    assert "\x1b" not in page


def test_the_terminal_takes_markup_and_escapes_as_text(cv, answer):
    answer["skills"].append("[red]evil[/red]\x1b]0;title\x07")
    page = shown(score(answer, cv))
    assert "[red]evil[/red]" in page
    assert "\x1b" not in page


def test_the_terminal_without_golden_and_without_answer(cv, answer, text):
    answer["skills"].append("Falconry")
    assert "Falconry is nowhere in the CV" in shown(score(answer, None, text))
    assert "No answer" in shown(score(None, cv))
