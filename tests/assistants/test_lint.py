"""What lint finds, and that it finds nothing where nothing is."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.assistants.bundle import make_bundle
from harness.assistants.lint import lint, lint_folder
from harness.assistants.strict_subset import outside_subset
from harness.base.known_models import known_model
from harness.contract.schema import strict_schema

HERE = Path(__file__).resolve().parents[2] / "harness" / "assistants" / "cv-parser-pro"
TODAY = date(2026, 11, 22)


def _codes(today: date = TODAY, **changes: Any) -> list[str]:
    given: dict[str, Any] = {
        "name": "x",
        "description": "",
        "model": "gpt-6-luna",
        "parameters": {"max_output_tokens": 16384},
        "instructions": "Return JSON.",
        "output": "json_schema",
        "schema": strict_schema(),
    }
    return [finding.code for finding in lint(make_bundle(**{**given, **changes}), today)]


def test_a_good_bundle_has_no_findings() -> None:
    assert _codes() == []


def test_the_products_model_is_near_its_end() -> None:
    findings = lint_folder(HERE, TODAY)
    assert [(finding.severity, finding.code) for finding in findings] == [("warning", "model-shuts-down-soon")]
    assert "2027-01-14, in 53 days" in findings[0].message
    assert "gpt-6-luna" in findings[0].hint
    assert lint_folder(HERE, date(2026, 11, 15)) == ()
    assert [finding.severity for finding in lint_folder(HERE, date(2027, 1, 14))] == ["error"]


def test_a_dated_snapshot_shares_its_models_fate() -> None:
    assert _codes(model="gpt-4o-2024-08-06") == ["model-shuts-down-soon"]
    assert known_model("gpt-6-luna-2026-09-22") == known_model("gpt-6-luna")
    assert known_model("gpt-4o-audio") is None


@pytest.mark.parametrize(
    ("model", "parameters", "codes"),
    [
        ("gpt-6-luna", {"temperature": 0}, ["sampling"]),
        ("gpt-6-luna", {"temperature": 0, "reasoning": {"effort": "low"}}, ["sampling"]),
        ("gpt-6-luna", {"temperature": 0, "reasoning": {"effort": "none"}}, []),
        ("gpt-6.1-sol", {"reasoning": {"effort": "none"}}, ["effort"]),
        ("gpt-6.1-sol", {"temperature": 0}, ["sampling"]),
        ("gpt-6-sol", {"max_output_tokens": 200_000}, ["too-many-tokens"]),
        ("gpt-6-sol", {"max_output_tokens": None}, ["unbounded"]),
        ("gpt-6-sol", {"seed": 7}, ["unknown-parameter"]),
        ("gpt-6-sol", {"prompt": {"id": "pmpt_1"}}, ["hosted-prompt"]),
        ("our-own", {"temperature": 0}, ["unknown-model"]),
        ("gpt-4o", {"reasoning": {"effort": "low"}}, ["no-reasoning", "model-shuts-down-soon"]),
        ("gpt-5", {"top_p": 0.5}, ["sampling", "model-shuts-down-soon"]),
    ],
)
def test_what_a_model_refuses(model: str, parameters: dict[str, Any], codes: list[str]) -> None:
    given = {"max_output_tokens": 16000, **parameters}
    given = {name: value for name, value in given.items() if value is not None}
    assert _codes(model=model, parameters=given) == codes


def test_output_modes() -> None:
    assert _codes(output="json_object", instructions="Return an object.") == ["json-word"]
    assert _codes(output="json_object", instructions="Return json.") == []
    assert _codes(output="text") == ["no-format"]
    assert _codes(schema={"type": "object"}) == ["strict-subset"]


def test_a_sentence_said_twice_is_found() -> None:
    assert _codes(instructions="Never guess. Return JSON. Never guess.") == ["repeated"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('name = "x"\nmodel = "m"\nwhat = 1\n', "file"),
        ('name = "x"\nmodel = "m"\n[parameters]\nprompt = { id = "pmpt_1" }\n', "hosted-prompt"),
        ('name = "x"\nmodel = "m"\nprompt_id = "pmpt_1"\n', "hosted-prompt"),
    ],
)
def test_a_file_that_does_not_load_is_a_finding(tmp_path: Path, text: str, code: str) -> None:
    copy = tmp_path / "mine"
    shutil.copytree(HERE, copy)
    (copy / "assistant.toml").write_text(text, encoding="utf-8")
    assert [(finding.severity, finding.code) for finding in lint_folder(copy, TODAY)] == [("error", code)]


def test_the_contract_is_inside_the_strict_subset() -> None:
    assert outside_subset(strict_schema()) == ()


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _nested(levels: int) -> dict[str, Any]:
    return _object(a={"type": "string"}) if levels == 1 else _object(a=_nested(levels - 1))


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        (_object(a={"type": ["string", "null"]}, b={"type": "array", "items": {"type": "number"}}), []),
        (_object(a={"anyOf": [{"type": "string"}, {"type": "null"}]}), []),
        (_object(title={"type": "string"}, allOf={"type": "string"}), []),
        ({**_object(a={"type": "string"}), "required": []}, [""]),
        ({**_object(a={"type": "string"}), "additionalProperties": True}, [""]),
        ({**_object(a={"type": "string"}), "required": ["a", "b"]}, [""]),
        (_object(a={"allOf": [{"type": "string"}], "type": "string"}), ["/properties/a/allOf"]),
        (_object(a={}), ["/properties/a"]),
        (_object(a={"type": "array"}), ["/properties/a"]),
        (_object(a={"type": "array", "items": {"type": "object"}}), ["/properties/a/items"]),
        (_object(**{"x/y": {"not": {}, "type": "string"}}), ["/properties/x~1y/not"]),
        ({**_object(a={"$ref": "#/$defs/x"}), "$defs": {"x": _object(b={})}}, ["/$defs/x/properties/b"]),
        (
            _object(a={"anyOf": [{"type": "string"}, {"oneOf": []}]}),
            ["/properties/a/anyOf/1/oneOf", "/properties/a/anyOf/1"],
        ),
        (_object(a={"type": "string", "examples": []}), ["/properties/a/examples"]),
        (_object(a=True), ["/properties/a"]),
        ({"anyOf": [_object()]}, ["", ""]),
        ({"type": "array", "items": {"type": "string"}}, [""]),
        (_nested(9), []),
        (_nested(12), ["/properties/a" * 10]),
        (_object(a={"enum": list(range(1001))}), [""]),
        (_object(**{f"p{n}": {"type": "string"} for n in range(5001)}), [""]),
        ([], [""]),
    ],
)
def test_where_a_schema_leaves_the_subset(schema: Any, places: list[str]) -> None:
    assert [place for place, _ in outside_subset(schema)] == places


def test_what_is_not_known_of_a_model_is_said_and_nothing_is_made_up() -> None:
    parameters = {"temperature": 0, "reasoning": {"effort": "max"}, "max_output_tokens": 16384}
    bundle = make_bundle(
        name="x", description="", model="gpt-5.6-sol", parameters=parameters, instructions="Return JSON.",
        output="json_schema", schema=strict_schema(),
    )  # fmt: skip
    (found,) = lint(bundle, TODAY)
    assert (found.severity, found.code) == ("warning", "little-known")
    assert "reasoning efforts" in found.message
    assert "temperature" in found.message


def test_a_family_rule_counts_for_a_model_of_which_little_else_is_known() -> None:
    assert sorted(_codes(model="gpt-6.2-sol", parameters={"temperature": 0, "max_output_tokens": 9})) == [
        "little-known",
        "sampling",
    ]
