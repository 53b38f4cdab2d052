"""What compatible servers call the same thing: read by what it means, whatever the words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from loopback_server import completion, response

from harness.models.answers import completed_in_name_only, interpret, of_the_input

CUT = '{"personal_info": {"name": "A'
WHOLE = '{"personal_info": {"name": "A"}}'


def refused(status: int, error: Any) -> tuple[str, bool]:
    found = interpret("chat", status, json.dumps({"error": error}).encode())
    assert found.outcome == "failed"
    return found.error, of_the_input(status, found.error)


@pytest.mark.parametrize(
    ("status", "error", "code", "own"),
    [
        (400, {"message": "too long", "code": "context_length_exceeded"}, "context_length_exceeded", True),
        (
            400,
            {"message": "This model's maximum context length is 4096 tokens. However, you requested 9000", "code": 400},
            "context_length_exceeded",
            True,
        ),
        (
            400,
            {"type": "exceed_context_size_error", "message": "the request exceeds the available context size"},
            "context_length_exceeded",
            True,
        ),
        (400, {"message": "litellm.ContextWindowExceededError: …", "code": "400"}, "context_length_exceeded", True),
        (
            400,
            {"message": "'max_tokens' is too large: 9000. This model's maximum context length is 4096 tokens"},
            "http_400",
            False,
        ),
        (400, {"code": "content_filter", "message": "The response was filtered"}, "content_filter", True),
        (
            400,
            {"message": "triggering Azure OpenAI's content management policy", "code": None},
            "content_filter",
            True,
        ),
        (429, {"message": "litellm.RateLimitError: You exceeded your current quota"}, "insufficient_quota", False),
        (
            404,
            {"type": "NotFoundError", "message": "The model `x` does not exist.", "code": 404},
            "NotFoundError",
            False,
        ),
        (404, {"message": "litellm.NotFoundError", "type": None, "code": "404"}, "http_404", False),
        (404, {"code": "DeploymentNotFound", "message": "no deployment"}, "DeploymentNotFound", False),
        (413, {"message": "body too large"}, "http_413", True),
    ],
)
def test_a_refusal_is_known_by_what_it_says(status: int, error: Any, code: str, own: bool) -> None:
    assert refused(status, error) == (code, own)


@pytest.mark.parametrize("wire", ["responses", "chat"])
@pytest.mark.parametrize("counts", [True, False])
def test_an_answer_cut_at_its_limit_is_cut_off_whatever_the_server_calls_it(wire: Any, counts: bool) -> None:
    def read(text: str, limit: int) -> str:
        value = response(text) if wire == "responses" else completion(text)
        written = {"output_tokens": 14, "input_tokens": 9} if wire == "responses" else None
        value["usage"] = written or {"completion_tokens": 14, "prompt_tokens": 9}
        if not counts:
            del value["usage"]
        name = "max_output_tokens" if wire == "responses" else "max_completion_tokens"
        found = completed_in_name_only(interpret(wire, 200, json.dumps(value).encode()), {name: limit})
        return found.error or found.outcome

    assert read(CUT, 14) == "max_output_tokens"
    assert read(WHOLE, 14) == "answered", "whole in spite of its limit"
    assert read(CUT, 500) == "answered", "it stopped by itself: a bad answer"
    assert read("no JSON at all", 4) == "answered"
