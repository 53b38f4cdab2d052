"""The client against a real server on loopback: every kind of response, every kind of fault."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from client_calls import PATIENT, SHORT, sent
from loopback_server import Play, Server, completion, error, http, raw, response, serving, silence, trickle
from model_doubles import CV, KEY, bundle, call, chat

from harness.base.errors import ProviderUnavailableError, UsageError
from harness.models.calls import assistant_call
from harness.models.client import ModelClient
from harness.models.endpoints import Endpoint, Timeouts, other_endpoint, simulator_endpoint
from harness.models.types import Attempt, Call, Usage


def test_an_answer_comes_with_text_usage_headers_and_time() -> None:
    headers = {
        "x-request-id": "req_7",
        "openai-processing-ms": "812",
        "x-ratelimit-remaining-tokens": "29000",
        "set-cookie": "session=secret",
    }
    attempt, server = sent(http(200, response(), headers), call(draw=3), number=2, cache_key="assistant-run1")
    assert (attempt.outcome, attempt.error, attempt.text) == ("answered", "", '{"ok": true}')
    assert attempt.usage == Usage(1200, 1024, 7, 300, 11)
    assert (attempt.status, attempt.request_id, attempt.snapshot) == (200, "req_7", "gpt-4o-2024-08-06")
    assert (attempt.number, attempt.draw, attempt.source, attempt.model_ms) == (2, 3, "live", 812.0)
    assert attempt.total_ms is not None
    assert attempt.headers_ms is not None
    assert 0 < attempt.headers_ms <= attempt.total_ms
    assert attempt.headers["x-ratelimit-remaining-tokens"] == "29000"
    assert "set-cookie" not in attempt.headers
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/v1/responses")
    assert request.headers["x-sim-draw"] == "3"
    assert request.body["prompt_cache_key"] == "assistant-run1"
    assert request.body["store"] is False
    assert request.body["input"] == CV


def test_a_chat_answer_is_read_with_its_own_names() -> None:
    attempt, server = sent(http(200, completion()), chat())
    assert (attempt.outcome, attempt.text) == ("answered", '{"ok": true}')
    assert attempt.usage == Usage(900, 128, 0, 80, 0)
    assert server.requests[0].path == "/v1/chat/completions"
    assert server.requests[0].body["response_format"] == {"type": "json_object"}


def _refusal() -> dict[str, object]:
    content = [{"type": "refusal", "refusal": "I cannot."}]
    return response(output=[{"type": "message", "content": content}])


@pytest.mark.parametrize(
    ("body", "outcome", "code", "text"),
    [
        (_refusal(), "refused", "refusal", None),
        (
            response('{"cut', status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
            "incomplete",
            "max_output_tokens",
            '{"cut',
        ),
        (
            response(status="incomplete", incomplete_details={"reason": "content_filter"}, output=[]),
            "incomplete",
            "content_filter",
            None,
        ),
        (response(status="incomplete", incomplete_details=None, output=[]), "incomplete", "incomplete", None),
        (
            response(status="failed", output=[], error={"code": "server_error", "message": "broke"}),
            "failed",
            "server_error",
            None,
        ),
        (response(status="cancelled", output=[]), "failed", "status_cancelled", None),
        (response(output=[]), "answered", "", ""),
        (response(output=None), "answered", "", ""),
        (response(output=[None, {"type": "message", "content": [None, {"type": "new"}]}]), "answered", "", ""),
    ],
)
def test_what_a_response_with_status_200_can_be(
    body: dict[str, object], outcome: str, code: str, text: str | None
) -> None:
    attempt, _ = sent(http(200, body))
    assert (attempt.outcome, attempt.error, attempt.text) == (outcome, code, text)
    assert attempt.usage == Usage(1200, 1024, 7, 300, 11), "tokens that were paid for are always kept"


@pytest.mark.parametrize(
    ("body", "outcome", "code"),
    [
        (completion('{"cut', finish="length"), "incomplete", "max_output_tokens"),
        (completion(None, finish="content_filter"), "incomplete", "content_filter"),
        (completion(None, refusal="I cannot."), "refused", "refusal"),
        (completion(None), "answered", ""),
        ({"object": "chat.completion", "choices": []}, "failed", "no_choice"),
        ({"object": "chat.completion", "choices": [{}]}, "failed", "no_choice"),
    ],
)
def test_what_a_chat_completion_can_be(body: dict[str, object], outcome: str, code: str) -> None:
    attempt, _ = sent(http(200, body), chat())
    assert (attempt.outcome, attempt.error) == (outcome, code)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, None),
        ("many", None),
        ({"input_tokens": -1, "output_tokens": 2}, None),
        ({"input_tokens": 10**30, "output_tokens": 2}, None),
        ({"input_tokens": 0, "output_tokens": 0}, None),
        ({"input_tokens": True, "output_tokens": 2}, None),
        (
            {"input_tokens": 5, "input_tokens_details": None, "output_tokens": 2, "output_tokens_details": None},
            Usage(5, 0, 0, 2, 0),
        ),
    ],
)
def test_usage_may_be_missing_or_strange(usage: object, expected: Usage | None) -> None:
    attempt, _ = sent(http(200, response(usage=usage)))
    assert (attempt.outcome, attempt.usage) == ("answered", expected)


@pytest.mark.parametrize(
    ("data", "headers", "code"),
    [
        (b'{"status": "compl', {}, "broken_json"),
        (b"", {}, "broken_json"),
        (b"\xff\xfe{}", {}, "broken_json"),
        (b"[" * 100_000, {}, "broken_json"),
        (b"<html>sign in</html>", {"content-type": "text/html"}, "html_body"),
        (b"<html>sign in</html>", {}, "html_body"),
        (b"[1]", {}, "unexpected_body"),
        (b"null", {}, "unexpected_body"),
        (b'"ok"', {"content-type": "text/plain; charset=nonsense"}, "unexpected_body"),
    ],
)
def test_a_body_that_is_no_answer(data: bytes, headers: dict[str, str], code: str) -> None:
    attempt, _ = sent(http(200, data, headers))
    assert (attempt.outcome, attempt.error, attempt.status) == ("failed", code, 200)
    assert attempt.body == data


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, error("invalid_request_error", "invalid_json_schema"), "invalid_json_schema"),
        (400, error("invalid_request_error", None), "invalid_request_error"),
        (401, error("invalid_request_error", "invalid_api_key"), "invalid_api_key"),
        (403, error(None, "unsupported_country"), "unsupported_country"),
        (404, error("invalid_request_error", "model_not_found"), "model_not_found"),
        (408, {}, "http_408"),
        (409, error("conflict", None), "conflict"),
        (413, b"too large", "http_413"),
        (429, error("requests", "rate_limit_exceeded"), "rate_limit_exceeded"),
        (429, error("slow_down", None), "slow_down"),
        (429, error("insufficient_quota", "insufficient_quota"), "insufficient_quota"),
        (429, error("insufficient_quota", "billing"), "insufficient_quota"),
        (500, error("server_error", None), "server_error"),
        (502, b"<html>bad gateway</html>", "http_502"),
        (503, {"error": "overloaded"}, "http_503"),
        (503, [], "http_503"),
        (307, b"", "http_307"),
        (529, error(None, "free text is no code!\n"), "http_529"),
    ],
)
def test_a_status_that_is_no_success(status: int, body: object, code: str) -> None:
    attempt, server = sent(http(status, body, {"location": "http://127.0.0.1:1/elsewhere"}))
    assert (attempt.outcome, attempt.error, attempt.status) == ("failed", code, status)
    assert len(server.requests) == 1, "the SDK must not retry and not follow a redirect"
    assert "\n" not in attempt.detail


_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize(
    ("play", "code", "timeouts"),
    [
        (raw(b""), "connection", PATIENT),
        (raw(b"", reset=True), "connection", PATIENT),
        (raw(b"not http at all\r\n\r\n"), "connection", PATIENT),
        (raw(_HEAD + b'content-length: 500\r\n\r\n{"status'), "connection", PATIENT),
        (raw(_HEAD + b'content-length: 500\r\n\r\n{"status', reset=True), "connection", PATIENT),
        (raw(_HEAD + b'transfer-encoding: chunked\r\n\r\n5\r\n{"sta'), "connection", PATIENT),
        (raw(_HEAD + b"content-encoding: gzip\r\nconnection: close\r\n\r\nnot gzip"), "connection", PATIENT),
        (silence(), "timeout", SHORT),
    ],
)
def test_no_response_is_a_failure_with_its_own_time(play: Play, code: str, timeouts: Timeouts) -> None:
    attempt, _ = sent(play, timeouts=timeouts)
    assert (attempt.outcome, attempt.error, attempt.status, attempt.body) == ("failed", code, None, None)
    assert attempt.usage is None
    assert attempt.total_ms is not None
    assert attempt.detail


def test_a_server_that_trickles_bytes_cannot_hold_an_attempt() -> None:
    async def run() -> Attempt:
        async with serving(trickle()) as server:
            endpoint = other_endpoint(server.url, {"OPENAI_API_KEY": KEY})
            async with ModelClient(endpoint, timeouts=Timeouts(read=60.0, total=0.3)) as client:
                return await client.send(call(), attempt_id="a1")

    assert asyncio.run(run()).error == "timeout"


@contextmanager
def nobody() -> Iterator[str]:
    """Where nobody listens. The port is held, so that the system gives it to nobody else meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/v1"


def test_a_server_that_is_not_there() -> None:
    async def run() -> Attempt:
        with nobody() as url:
            async with ModelClient(Endpoint("x", url, KEY)) as client:
                return await client.send(call(), attempt_id="a1")

    attempt = asyncio.run(run())
    assert (attempt.outcome, attempt.error) == ("failed", "unreachable")  # so nothing was sent, and nothing is owed


def test_the_simulators_virtual_time_is_read() -> None:
    async def run() -> tuple[Attempt, Server]:
        headers = {"openai-processing-ms": "7000.5", "x-sim-slept-ms": "70"}
        async with serving(http(200, response(), headers)) as server:
            endpoint = simulator_endpoint(server.url.removesuffix("/v1"), "simulator@1+seed7")
            async with ModelClient(endpoint) as client:
                return await client.send(call(), attempt_id="a1"), server

    attempt, server = asyncio.run(run())
    assert (attempt.source, attempt.model_ms, attempt.slept_ms) == ("simulated", 7000.5, 70.0)
    assert server.requests[0].headers["authorization"] == "Bearer simulator"


def test_a_text_with_lone_surrogates_is_sent() -> None:
    attempt, server = sent(http(200, response()), assistant_call(bundle(), "a\ud800b", 0))
    assert attempt.outcome == "answered"
    assert server.requests[0].body["input"] == "a?b"


@pytest.mark.parametrize("status", [200, 401])
def test_the_key_is_nowhere_even_if_the_server_sends_it_back(
    status: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    echo = response(f"your key is {KEY}") if status == 200 else error("x", "y", f"Incorrect key: {KEY[:12]}***6789")
    with caplog.at_level(logging.DEBUG):
        attempt, server = sent(http(status, echo))
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}", "the server did get it"
    assert b"[key]" in (attempt.body or b"")
    for shown in (repr(attempt), caplog.text):
        assert KEY[:12] not in shown


def test_the_key_is_not_kept_from_headers_that_repeat_it() -> None:
    attempt, _ = sent(http(200, response(), {"x-request-id": f"Bearer {KEY}", "x-ratelimit-echo": KEY}))
    assert attempt.request_id == "Bearer [key]"
    assert KEY not in repr(attempt)


def test_a_placeholder_for_a_key_is_left_in_answers() -> None:
    attempt, _ = sent(http(200, response("a test of ollama")), key="ollama")
    assert attempt.text == "a test of ollama"


@pytest.mark.parametrize(
    ("body", "of"),
    [
        (json.dumps(response("half \ud83d, whole \ud83d\ude00 ü")).encode(), call()),
        (json.dumps(completion("half \ud83d, whole \ud83d\ude00 ü")).encode(), chat()),
    ],
)
def test_half_a_surrogate_pair_in_an_answer_can_still_be_written(body: bytes, of: Call) -> None:
    attempt, _ = sent(http(200, body), of)
    assert attempt.text == "half �, whole 😀 ü"


def test_a_model_name_is_one_short_line() -> None:
    attempt, _ = sent(http(200, response(model="gpt\n\x1b[31m" + "x" * 5000)))
    assert attempt.snapshot.startswith("gpt [31mxxx")
    assert len(attempt.snapshot) == 100


def test_the_key_is_not_shown_by_client_or_endpoint() -> None:
    endpoint = other_endpoint("http://127.0.0.1:9/v1", {"OPENAI_API_KEY": KEY})
    shown = repr(endpoint) + str(endpoint) + repr(ModelClient(endpoint))
    assert KEY not in shown


def test_account_settings_of_the_environment_stay_at_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/wrong")
    _, server = sent(http(200, response()))
    assert not {"openai-organization", "openai-project"} & set(server.requests[0].headers)


def _checked(play: Play | None) -> None:
    async def run() -> None:
        async with serving(play or silence()) as server:
            with nobody() as nowhere:
                endpoint = other_endpoint(server.url if play else nowhere, {"OPENAI_API_KEY": KEY})
                async with ModelClient(endpoint, timeouts=Timeouts(connect=60.0)) as client:
                    await client.check("gpt-4o")

    asyncio.run(run())


def test_check_passes_where_the_server_answers_or_lists_no_models() -> None:
    _checked(http(200, {"id": "gpt-4o", "object": "model", "created": 1, "owned_by": "x"}))
    _checked(http(404, {"detail": "Not Found"}))
    _checked(http(500, error("server_error", None)))


@pytest.mark.parametrize(
    ("play", "kind", "words"),
    [
        (None, ProviderUnavailableError, "no answer from"),
        (http(401, error("invalid_request_error", "invalid_api_key")), ProviderUnavailableError, "refuses the key"),
        (http(404, error("invalid_request_error", "model_not_found")), UsageError, "knows no model `gpt-4o`"),
    ],
)
def test_check_says_what_is_wrong(play: Play | None, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        _checked(play)
    assert KEY not in str(caught.value)
