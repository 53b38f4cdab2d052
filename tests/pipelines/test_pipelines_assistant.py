"""The assistant pipeline: one call, its answer read, every way to fail typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pipeline_fakes import CUT_OFF, FAILED, FILTERED, REFUSED, Script, attempt, run, says

from harness.assistants.bundle import load_bundle
from harness.base.project import Project
from harness.base.types import Failure
from harness.contract.schema import LEAVES, empty_cv
from harness.contract.types import Rung
from harness.models.types import Attempt
from harness.pipelines.assistant import AssistantPipeline

BUNDLE = load_bundle(Project(Path(__file__).parents[2]).assistants / "cv-parser-pro")
PIPELINE = AssistantPipeline(BUNDLE)


def test_one_call_with_the_bundle_answers_the_whole_object() -> None:
    script = Script([says(empty_cv())])
    result = run(PIPELINE, script, text="a CV's text", draw=3)
    (call,) = script.calls
    assert (call.wire, call.draw, call.body["input"]) == ("responses", 3, "a CV's text")
    assert call.body["instructions"] == BUNDLE.instructions
    assert call.body["store"] is False
    assert result.answer == empty_cv()
    assert (result.state, [(phase.name, phase.calls, phase.ms) for phase in result.phases]) == (
        "completed",
        [("assistant", 1, 100.0)],
    )
    assert [reading.rung for reading in result.readings] == [Rung.STRICT]


@pytest.mark.parametrize(
    ("answer", "failure", "readings"),
    [
        (FAILED, Failure("provider", "server_error", "status 500"), 0),
        (REFUSED, Failure("provider", "refused", "I cannot help with that."), 0),
        (FILTERED, Failure("provider", "content_filter"), 0),
        (CUT_OFF, Failure("unparseable", "truncated", "cut off at the token limit after 20 output tokens"), 1),
        ((attempt(None, outcome="unknown"),), Failure("provider", "unknown"), 0),
        ((attempt("sorry"),), Failure("unparseable", "no_json"), 1),
        ((attempt(""),), Failure("unparseable", "empty"), 1),
    ],
)
def test_every_way_to_fail_is_typed(answer: tuple[Attempt, ...], failure: Failure, readings: int) -> None:
    result = run(PIPELINE, Script([answer]))
    assert result.answer == failure
    assert result.state == "failed"
    assert len(result.readings) == readings
    assert all(reading.value == failure for reading in result.readings)
    assert result.attempts == answer


def test_an_answer_that_is_whole_at_the_limit_is_kept_with_a_note() -> None:
    result = run(PIPELINE, Script([(attempt('{"a": 1}', outcome="incomplete", error="max_output_tokens"),)]))
    assert result.answer == {"a": 1}
    assert result.notes == ("stopped at the token limit, yet the answer is whole",)


def test_an_answer_is_read_against_the_schema_that_was_asked_for() -> None:
    small = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    asked = AssistantPipeline(replace(BUNDLE, output="json_schema", schema=small))
    assert run(asked, Script([says({"a": "x"})])).readings[0].rung == Rung.SCHEMA
    assert run(asked, Script([says({"b": "x"})])).readings[0].rung == Rung.JSON
    free = AssistantPipeline(replace(BUNDLE, output="text", schema=None))
    assert run(free, Script([says({"a": "x"})])).readings[0].rung == Rung.JSON


def test_fills_are_all_content_fields_of_the_contract() -> None:
    assert PIPELINE.fills == {path for path in LEAVES if not path.endswith(".id")}
