"""Requests: valid against OpenAI's own description as the SDK sends them, and digests that say what differs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback_server import completion, http, response, serving
from model_doubles import CV, KEY, bundle, call, chat

from harness.assistants.bundle import load_bundle
from harness.assistants.legacy import load_legacy_prompts
from harness.models.calls import MESSAGE, assistant_call, chat_call
from harness.models.client import ModelClient
from harness.models.endpoints import other_endpoint
from harness.models.types import Call

HERE = Path(__file__).parent
DESCRIPTION = json.loads((HERE / "openai_requests.schema.json").read_text(encoding="utf-8"))
PRODUCT = load_bundle(HERE.parents[1] / "harness" / "assistants" / "cv-parser-pro")


REASONING = {"reasoning": {"effort": "none", "summary": "auto"}, "verbosity": "low", "max_output_tokens": 99}


def _validator(root: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{root}", "$defs": DESCRIPTION["$defs"]})


VALID = {
    "/v1/responses": _validator("CreateResponse"),
    "/v1/chat/completions": _validator("CreateChatCompletionRequest"),
}


def _sent(of: Call) -> tuple[str, Any]:
    async def run() -> tuple[str, Any]:
        async with serving(http(200, completion() if of.wire == "chat" else response())) as server:
            async with ModelClient(other_endpoint(server.url, {"OPENAI_API_KEY": KEY})) as client:
                attempt = await client.send(of, attempt_id="a", cache_key="legacy-20261122")
            assert attempt.outcome == "answered"
            return server.requests[0].path, server.requests[0].body

    return asyncio.run(run())


def _legacy(prompt: str, name: str) -> Call:
    prompts = load_legacy_prompts()
    return chat_call(prompts.model, prompts.parameters[name], prompt, 0, {"instructions": prompt, "input": CV})


@pytest.mark.parametrize(
    "of",
    [
        assistant_call(PRODUCT, CV),
        call(output="json_object"),
        call(output="text"),
        call(parameters={"reasoning": {"effort": "none"}, "verbosity": "low", "top_p": 0.5}, model="gpt-6-luna"),
        assistant_call(PRODUCT, CV, wire="chat"),
        assistant_call(bundle(output="json_object"), CV, wire="chat"),
        assistant_call(bundle(output="text"), CV, wire="chat"),
        assistant_call(bundle(parameters=REASONING, model="gpt-6-luna"), CV, wire="chat"),
        _legacy(load_legacy_prompts().metadata_prompt(CV), "metadata"),
        _legacy(load_legacy_prompts().description_prompt({"company": "Acme"}, CV), "description"),
    ],
)
def test_what_the_sdk_sends_is_valid_against_the_api_description(of: Call) -> None:
    path, body = _sent(of)
    errors = [f"{error.json_path}: {error.message}" for error in VALID[path].iter_errors(body)]
    assert errors == []
    assert body["store"] is False
    assert body["prompt_cache_key"] == "legacy-20261122"
    assert {name: body[name] for name in of.body} == dict(of.body), "what was built is what is sent"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/v1/responses", {"seed": 1}),
        ("/v1/responses", {"temperature": 3}),
        ("/v1/responses", {"text": {"format": {"type": "json_schema", "schema": {}}}}),
        ("/v1/responses", {"input": [{"content": "x"}]}),
        ("/v1/chat/completions", {"messages": []}),
        ("/v1/chat/completions", {"messages": [{"role": "boss", "content": "x"}]}),
        ("/v1/chat/completions", {"response_format": {"type": "xml"}}),
    ],
)
def test_the_description_refuses_what_the_api_refuses(path: str, change: dict[str, Any]) -> None:
    body = dict((call() if path == "/v1/responses" else chat()).body)
    assert VALID[path].is_valid(body)
    assert not VALID[path].is_valid({**body, **change})


def test_the_schema_goes_out_strict_under_a_name_without_meaning() -> None:
    form = assistant_call(PRODUCT, CV).body["text"]["format"]
    assert (form["type"], form["strict"], form["name"]) == ("json_schema", True, "structured_record")
    assert form["schema"] == PRODUCT.schema


def test_in_json_mode_the_input_says_json() -> None:
    body = call(output="json_object").body
    assert "json" in body["input"][0]["content"].lower()
    assert body["input"][1] == {"role": "user", "content": CV}
    assert "instructions" not in body


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"instructions": "Return other JSON."}, "instructions"),
        ({"model": "gpt-6-luna"}, "model"),
        ({"parameters": {"temperature": 0.1, "max_output_tokens": 1000}}, "parameters"),
        ({"schema": {"type": "object"}}, "format"),
        ({"output": "text"}, "format"),
    ],
)
def test_each_part_has_its_own_digest(change: dict[str, Any], part: str) -> None:
    ours, theirs = call(), call(**change)
    assert {name for name in ours.parts if ours.parts[name] != theirs.parts[name]} == {part}
    assert ours.key != theirs.key


def test_name_and_draw_are_no_part_of_a_call() -> None:
    assert call(name="Other", description="x", draw=3).key == call().key
    assert call("another CV").parts["input"] != call().parts["input"]


def test_the_wires_never_share_a_key() -> None:
    assert call().key != chat().key
    assert MESSAGE in chat().parts


@given(st.text(), st.text())
@settings(max_examples=50, deadline=None)
def test_no_text_of_the_cv_is_in_the_parts(before: str, name: str) -> None:
    text = f"{before}Zebediah Quartermaine{name}"
    for made in (assistant_call(bundle(), text), chat(text)):
        assert "Quartermaine" not in json.dumps([dict(made.parts), made.key])
        assert all(len(value) == 64 for value in made.parts.values())


def test_a_bundle_that_asks_for_a_wire_gets_it_and_is_another_assistant() -> None:
    over_chat = bundle(asked_over="chat")
    assert over_chat.wire != bundle().wire
    assert bundle().wire == bundle(asked_over="").wire, "what said nothing stays what it was"
    assert assistant_call(over_chat, CV).wire == "chat"
    assert assistant_call(bundle(asked_over="responses"), CV, wire="chat").wire == "responses"
    assert assistant_call(bundle(), CV, wire="chat").wire == "chat"
    assert assistant_call(bundle(), CV).key != assistant_call(bundle(), CV, wire="chat").key
