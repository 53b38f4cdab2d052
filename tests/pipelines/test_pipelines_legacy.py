"""The two-pass pipeline: what it sends, what it puts together, and what it does when a model does not play along."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_fakes import CUT_OFF, FAILED, FILTERED, REFUSED, Script, attempt, run, says

from harness.assistants.legacy import load_legacy_prompts
from harness.base.types import Failure
from harness.contract.check import check
from harness.contract.schema import LEAVES
from harness.contract.types import Rung
from harness.models.types import Attempt, Call
from harness.pipelines.legacy import LegacyPipeline

PIPELINE = LegacyPipeline(load_legacy_prompts())


def role(title: str, company: str, start: str = "Jan 2019", end: str = "Mar 2021") -> dict[str, str]:
    return {"job_title": title, "company": company, "start_date": start, "end_date": end, "location": "Leeds"}


METADATA = {
    "work_experiences": [role("Cook", "The Blue Boar", "Apr 2021", "Present"), role("Waiter", "Alder & Sons")],
    "education": [{"degree": "BA", "institution": "Keele", "start_date": "2015", "end_date": "2018"}],
    "certifications": [{"name": "Food Safety Level 2", "issuer": "CIEH", "date": "2020"}],
}
DESCRIBED = {"description": ["Ran the grill."], "skills": ["Grill"]}


def test_one_metadata_call_then_one_call_per_role_in_sequence_with_the_whole_text() -> None:
    script = Script([says(METADATA), says(DESCRIBED), says({"description": ["Served."], "skills": []})])
    result = run(PIPELINE, script, text="the whole text of the CV", draw=2)
    assert [phase.name for phase in result.phases] == ["pass1", "pass2[1]", "pass2[2]"]
    assert [call.body["max_tokens"] for call in script.calls] == [2000, 800, 800]
    for call in script.calls:
        (message,) = call.body["messages"]
        assert "the whole text of the CV" in message["content"]
        assert (call.wire, call.draw, call.body["model"]) == ("chat", 2, "gpt-4o-2024-08-06")
        assert (call.body["temperature"], call.body["store"]) == (0.2, False)
        assert call.body["response_format"] == {"type": "json_object"}
    assert "The Blue Boar" in script.calls[1].body["messages"][0]["content"]
    assert "Alder & Sons" in script.calls[2].body["messages"][0]["content"]
    assert len({call.key for call in script.calls}) == 3


def test_the_answer_is_a_contract_object_with_names_mapped_and_unfilled_sections_empty() -> None:
    result = run(PIPELINE, Script([says(METADATA), says(DESCRIBED)]))
    answer: Any = result.answer
    assert check(answer).rung == Rung.STRICT
    cook = dict(answer["work_experience"][0])
    cook.pop("id")
    assert cook == {
        "company": "The Blue Boar",
        "title": "Cook",
        "start_date": "Apr 2021",
        "end_date": "Present",
        "location": "Leeds",
        "description": ["Ran the grill."],
        "skills": ["Grill"],
    }
    assert answer["certifications"][0]["year"] == "2020"
    assert answer["education"][0]["institution"] == "Keele"
    assert [answer[section] for section in ("skills", "projects", "languages", "training")] == [[], [], [], []]
    assert set(answer["personal_info"].values()) == {""}
    assert (result.state, result.notes) == ("completed", ())
    assert [reading.rung for reading in result.readings] == [Rung.SCHEMA] * 3


def test_phases_add_up_to_the_critical_path_with_retry_waits() -> None:
    retried = (attempt(None, outcome="failed", error="server_error"), attempt(json.dumps(METADATA), retry_wait_ms=50.0))
    result = run(PIPELINE, Script([retried, says(DESCRIBED)]))
    assert [phase.ms for phase in result.phases] == [250.0, 100.0, 100.0]
    assert len(result.attempts) == 4


def test_a_role_whose_call_fails_is_skipped_and_named() -> None:
    result = run(PIPELINE, Script([says(METADATA), FAILED, says(DESCRIBED)]))
    answer: Any = result.answer
    assert [entry["description"] for entry in answer["work_experience"]] == [[], ["Ran the grill."]]
    assert result.state == "completed_with_errors"
    assert result.notes == ("role 1 of 2 skipped: provider: server_error",)
    assert len(result.readings) == 2


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (FAILED, ("provider", "server_error")),
        (REFUSED, ("provider", "refused")),
        (FILTERED, ("provider", "content_filter")),
        (CUT_OFF, ("unparseable", "truncated")),
        ((attempt("no JSON at all"),), ("unparseable", "no_json")),
        ((attempt("[1, 2]"),), ("unparseable", "not_an_object:array")),
        ((), ("harness", "no_attempt")),
    ],
)
def test_without_metadata_the_task_fails_with_the_reason(answer: tuple[Attempt, ...], failure: tuple[str, str]) -> None:
    script = Script([answer])
    result = run(PIPELINE, script)
    assert isinstance(result.answer, Failure)
    assert (result.answer.kind, result.answer.code) == failure
    assert result.state == "failed"
    assert len(script.calls) == 1


def test_the_same_role_twice_is_one_whatever_case_and_spaces_say() -> None:
    twice = METADATA | {"work_experiences": [role("Cook", "The Blue Boar"), role(" cook ", "the  blue boar")]}
    script = Script([says(twice), says(DESCRIBED), says({"description": ["Other."], "skills": []})])
    result = run(PIPELINE, script)
    answer: Any = result.answer
    assert len(script.calls) == 3  # each is paid for, as in the service
    assert [entry["description"] for entry in answer["work_experience"]] == [["Ran the grill."]]


def test_of_a_doubled_role_the_description_that_was_found_counts() -> None:
    twice = METADATA | {"work_experiences": [role("Cook", "The Blue Boar"), role("Cook", "The Blue Boar")]}
    result = run(PIPELINE, Script([says(twice), FAILED, says(DESCRIBED)]))
    answer: Any = result.answer
    assert [entry["description"] for entry in answer["work_experience"]] == [["Ran the grill."]]


def test_roles_that_differ_in_a_date_stay_apart_and_ids_are_unique_and_stable() -> None:
    some = METADATA | {"work_experiences": [role("Cook", "Boar", "2019"), role("Cook", "Boar", "2020")]}
    first: Any = run(PIPELINE, Script([says(some), says(DESCRIBED)])).answer
    second: Any = run(PIPELINE, Script([says(some), says({"description": [], "skills": []})])).answer
    ids = [entry["id"] for entry in first["work_experience"]]
    assert len(set(ids)) == 2
    assert ids == [entry["id"] for entry in second["work_experience"]]


def test_wrong_values_go_through_for_the_contract_to_show() -> None:
    odd = METADATA | {"work_experiences": [role("Cook", "Boar") | {"location": None}], "certifications": None}
    result = run(PIPELINE, Script([says(odd), says({"description": "one string\nof two", "skills": None})]))
    answer: Any = result.answer
    (entry,) = answer["work_experience"]
    assert (entry["location"], entry["description"], entry["skills"]) == (None, "one string\nof two", None)
    assert answer["certifications"] == []
    assert check(answer).rung == Rung.JSON


def test_a_section_that_is_no_list_and_an_entry_that_is_no_object_are_named() -> None:
    odd = {"work_experiences": [role("Cook", "Boar"), "Waiter", 7], "education": {"degree": "BA"}}
    result = run(PIPELINE, Script([says(odd), says(DESCRIBED)]))
    answer: Any = result.answer
    assert len(answer["work_experience"]) == 1
    assert result.state == "completed_with_errors"
    assert result.notes == (
        "work_experiences: entry 2 is no object but string: left out",
        "work_experiences: entry 3 is no object but number: left out",
        "education is no list but object: left out",
    )


def test_notes_hold_nothing_that_the_cv_says() -> None:
    secret = [role("Agent", "Zyxwv Ltd"), "Zyxwv Ltd"]
    result = run(PIPELINE, Script([says({"work_experiences": secret}), REFUSED]))
    assert "Zyxwv" not in " ".join(result.notes)


def test_fills_are_paths_of_the_contract_and_leave_out_what_no_pass_asks_for() -> None:
    assert set(LEAVES) > PIPELINE.fills
    sections = {path.partition("[")[0].partition(".")[0] for path in PIPELINE.fills}
    assert sections == {"work_experience", "education", "certifications"}


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
entries = st.lists(
    json_values | st.fixed_dictionaries({}, optional=dict.fromkeys(role("", ""), json_values)), max_size=4
)
metadata_like = json_values | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("work_experiences", "education", "certifications"), json_values | entries)
)
described_like = json_values | st.fixed_dictionaries({}, optional={"description": json_values, "skills": json_values})


@given(metadata_like, described_like)
def test_whatever_a_model_answers_the_result_is_an_object_or_a_typed_failure(first: Any, second: Any) -> None:
    def answers(call: Call) -> tuple[Attempt, ...]:
        return says(first if call.body["max_tokens"] == 2000 else second)

    result = run(PIPELINE, Script(answers))
    if isinstance(result.answer, Failure):
        assert result.state == "failed"
    else:
        assert set(result.answer) == {path.partition("[")[0].partition(".")[0] for path in LEAVES}
        assert result.state in ("completed", "completed_with_errors")
