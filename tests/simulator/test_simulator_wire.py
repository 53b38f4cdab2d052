"""The wire, through the official SDK and plain HTTP, against a simulator in its own process."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest

from harness.simulator import VERSION
from harness.simulator.process import Running, start

CV = (
    "Nell Osgood\nnell.osgood@example.com\n\nExperience\nBaker | Crumb & Daughters | Bath | Mar 2019 – "
    "Present\n• Bake 300 loaves a night\n\nLanguages\nEnglish (native)\n"
)
STRICT: dict[str, Any] = {
    "type": "object",
    "properties": {"languages": {"type": "array", "items": {"type": "string"}}, "summary": {"type": "string"}},
    "required": ["languages", "summary"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("capture") / "requests.jsonl"


@pytest.fixture(scope="module")
def simulator(capture: Path) -> Iterator[Running]:
    with start(seed=3, capture=capture) as running:
        yield running


@pytest.fixture(scope="module")
def client(simulator: Running) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=simulator.url, api_key="sk-test-never-seen", max_retries=0, timeout=120) as made:
        yield made


def _http(
    url: str, body: Any = None, *, headers: dict[str, str] | None = None, method: str | None = None
) -> tuple[int, Any, dict[str, str]]:
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as reply:
            return reply.status, json.loads(reply.read() or b"null"), {k.lower(): v for k, v in reply.headers.items()}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read()), {k.lower(): v for k, v in error.headers.items()}


def _responses(client: openai.OpenAI, **more: Any) -> Any:
    given: dict[str, Any] = {"model": "gpt-4o", "instructions": "You read CVs.", "input": CV, "store": False, **more}
    return client.responses.create(**given)


def test_responses_through_the_sdk(client: openai.OpenAI) -> None:
    got = _responses(
        client, text={"format": {"type": "json_schema", "name": "cv", "schema": STRICT, "strict": True}}, temperature=0
    )
    assert got.status == "completed"
    assert set(json.loads(got.output_text)) == {"languages", "summary"}
    assert got.usage.total_tokens == got.usage.input_tokens + got.usage.output_tokens
    assert got.model == "gpt-4o-2024-08-06"


def test_chat_through_the_sdk(client: openai.OpenAI) -> None:
    got = client.chat.completions.create(
        model="gpt-4o-2024-08-06",
        messages=[{"role": "user", "content": f'Return JSON like {{"jobs": [{{"job_title": ""}}]}}.\n\nCV:\n{CV}'}],
        response_format={"type": "json_object"},
        temperature=0.2,
        max_tokens=500,
    )
    assert json.loads(got.choices[0].message.content or "") == {"jobs": [{"job_title": "Baker"}]}
    assert got.choices[0].finish_reason == "stop"
    assert got.usage is not None
    assert got.usage.prompt_tokens > 40


def test_models_carry_their_shutdown_date(client: openai.OpenAI) -> None:
    listed = {model.id: model for model in client.models.list()}
    assert listed["gpt-4o"].model_dump()["shutdown_date"] == "2027-01-14"
    assert client.models.retrieve("gpt-6-luna").model_dump()["shutdown_date"] is None


def test_headers_tell_virtual_time_and_limits(client: openai.OpenAI) -> None:
    raw = client.responses.with_raw_response.create(model="gpt-4o", input=CV, store=False)
    assert int(raw.headers["openai-processing-ms"]) > 100
    assert raw.headers["x-sim-slept-ms"] == "0"
    assert raw.headers["x-request-id"].startswith("req_")
    assert raw.headers["x-ratelimit-limit-requests"]


def test_truncation_is_incomplete_or_length(client: openai.OpenAI) -> None:
    cut = _responses(client, max_output_tokens=16)
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert cut.usage.output_tokens == 16
    short = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": CV}], max_tokens=5)
    assert short.choices[0].finish_reason == "length"


def test_reasoning_tokens_count_as_output(client: openai.OpenAI) -> None:
    got = _responses(client, model="gpt-6-sol", reasoning={"effort": "medium"})
    assert got.usage.output_tokens_details.reasoning_tokens >= 64
    assert got.usage.output_tokens > got.usage.output_tokens_details.reasoning_tokens


def test_draws_are_independent_and_repeatable(client: openai.OpenAI) -> None:
    def text(draw: int) -> str:
        answer: str = _responses(client, temperature=1.5, extra_headers={"x-sim-draw": str(draw)}).output_text
        return answer

    first = [text(draw) for draw in range(12)]
    assert len(set(first)) > 1
    assert [text(draw) for draw in range(12)] == first


def test_long_prefix_is_cached(client: openai.OpenAI) -> None:
    long = "Write dates like Jan 2021. " * 400
    first = _responses(client, instructions=long, prompt_cache_key="arm-a")
    second = _responses(client, instructions=long, prompt_cache_key="arm-a")
    assert first.usage.input_tokens_details.cached_tokens == 0
    assert second.usage.input_tokens_details.cached_tokens >= 1024
    assert second.usage.input_tokens_details.cached_tokens % 128 == 0
    assert second.usage.input_tokens == first.usage.input_tokens


BAD = [
    ("responses", {"model": "gpt-9", "input": CV}, 404, "model_not_found"),
    ("responses", {"input": CV}, 400, "missing_required_parameter"),
    ("responses", {"model": "gpt-4o"}, 400, "missing_required_parameter"),
    ("responses", {"model": "gpt-4o", "input": CV, "max_tokens": 5}, 400, "unknown_parameter"),
    ("responses", {"model": "gpt-4o", "input": CV, "temperature": 3}, 400, "decimal_above_max_value"),
    ("responses", {"model": "gpt-4o", "input": CV, "temperature": "warm"}, 400, "invalid_type"),
    ("responses", {"model": "gpt-6-luna", "input": CV, "temperature": 0}, 400, "unsupported_parameter"),
    ("responses", {"model": "gpt-6.1-sol", "input": CV, "reasoning": {"effort": "none"}}, 400, "unsupported_value"),
    ("responses", {"model": "gpt-4o", "input": CV, "max_output_tokens": 99999}, 400, "invalid_value"),
    ("responses", {"model": "gpt-4o", "input": "no such word", "text": {"format": {"type": "json_object"}}}, 400, None),
    (
        "responses",
        {
            "model": "gpt-4o",
            "input": CV,
            "text": {
                "format": {
                    "type": "json_schema",
                    "name": "cv",
                    "strict": True,
                    "schema": {"type": "object", "properties": {}},
                }
            },
        },
        400,
        "invalid_json_schema",
    ),
    ("responses", {"model": "gpt-4o", "input": CV, "stream": True}, 400, "unsupported_value"),
    ("chat/completions", {"model": "gpt-4o", "messages": [], "n": 1}, 400, "empty_array"),
    ("chat/completions", {"messages": [{"role": "user", "content": CV}]}, 400, None),
    ("chat/completions", {"model": "gpt-4o", "messages": [{"role": "user", "content": CV}], "colour": 1}, 400, None),
    (
        "chat/completions",
        {"model": "gpt-6-sol", "messages": [{"role": "user", "content": CV}], "max_tokens": 9},
        400,
        "unsupported_parameter",
    ),
    (
        "chat/completions",
        {"model": "gpt-6-sol", "messages": [{"role": "user", "content": CV}], "temperature": 0.2},
        400,
        "unsupported_value",
    ),
    (
        "chat/completions",
        {"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}], "response_format": {"type": "json_object"}},
        400,
        None,
    ),
    ("chat/completions", b"{not json", 400, None),
]


@pytest.mark.parametrize(("path", "body", "status", "code"), BAD, ids=[str(row[3] or row[1])[:40] for row in BAD])
def test_wrong_requests_are_refused_as_openai_would(
    simulator: Running, path: str, body: Any, status: int, code: str | None
) -> None:
    got, payload, _ = _http(f"{simulator.url}/{path}", body)
    assert got == status
    assert set(payload["error"]) == {"message", "type", "param", "code"}
    assert payload["error"]["type"] == "invalid_request_error"
    assert payload["error"]["code"] == code


def test_temperature_is_legal_with_effort_none(client: openai.OpenAI) -> None:
    assert _responses(client, model="gpt-6-luna", reasoning={"effort": "none"}, temperature=0).status == "completed"


FAULTS = [
    ("429; retry_after=0.5", openai.RateLimitError),
    ("insufficient_quota", openai.RateLimitError),
    ("500", openai.InternalServerError),
    ("503", openai.InternalServerError),
    ("reset", openai.APIConnectionError),
    ("truncated_body", openai.APIConnectionError),
    ("broken_json", json.JSONDecodeError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=[row[0] for row in FAULTS])
def test_faults_reach_the_client(client: openai.OpenAI, fault: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        _responses(client, extra_headers={"x-sim-fault": fault})
    if isinstance(caught.value, openai.RateLimitError):
        assert caught.value.code == ("insufficient_quota" if "quota" in fault else "rate_limit_exceeded")
        assert (caught.value.response.headers.get("retry-after") == "0.5") is fault.startswith("429")


def test_answers_that_are_no_answers(client: openai.OpenAI) -> None:
    refused = _responses(client, extra_headers={"x-sim-fault": "refusal"})
    assert refused.output[0].content[0].type == "refusal"
    assert refused.output_text == ""
    assert (
        _responses(client, extra_headers={"x-sim-fault": "content_filter"}).incomplete_details.reason
        == "content_filter"
    )
    assert _responses(client, extra_headers={"x-sim-fault": "failed"}).status == "failed"
    assert isinstance(_responses(client, extra_headers={"x-sim-fault": "html"}), str)
    with pytest.raises(openai.APITimeoutError):
        _responses(client, extra_headers={"x-sim-fault": "timeout; seconds=5"}, timeout=0.3)


def test_fault_plans_break_first_attempts_only(simulator: Running) -> None:
    control = f"{simulator.control_url}/faults"
    assert _http(control, {"kind": "500", "times": 1})[0] == 200
    body = {"model": "gpt-4o", "input": f"{CV} and a line of its own"}
    statuses = [_http(f"{simulator.url}/responses", body)[0] for _ in range(3)]
    assert _http(control, method="DELETE")[1] == {"faults": []}
    assert statuses == [500, 200, 200]
    assert _http(control, {"kind": "earthquake"})[0] == 400


def test_stats_count_calls_billed_twice(simulator: Running) -> None:
    _http(f"{simulator.control_url}/stats", method="DELETE")
    body = {"model": "gpt-4o", "input": CV}
    for draw in ("0", "0", "1"):
        _http(f"{simulator.url}/responses", {**body, "prompt_cache_key": f"k{draw}"}, headers={"x-sim-draw": draw})
    stats = _http(f"{simulator.control_url}/stats")[1]
    assert (stats["billed_calls"], stats["distinct_calls"], stats["billed_twice"]) == (3, 2, 1)


def test_captured_requests_hold_no_key(simulator: Running, client: openai.OpenAI, capture: Path) -> None:
    _responses(client)
    written = capture.read_text(encoding="utf-8")
    assert "sk-test" not in written
    last = json.loads(written.splitlines()[-1])
    assert (last["path"], last["body"]["model"]) == ("/v1/responses", "gpt-4o")
    assert _http(f"{simulator.control_url}/requests")[1]["requests"][-1] == last


def test_directives_endpoint_says_what_cannot_be_judged(simulator: Running) -> None:
    status, payload, _ = _http(f"{simulator.control_url}/directives", {"instructions": "Include languages. Good luck!"})
    assert status == 200
    assert [(item["sentence"], item["recognised"]) for item in payload["sentences"]] == [
        ("Include languages.", True),
        ("Good luck!", False),
    ]
    assert payload["version"] == VERSION
    assert _http(f"{simulator.control_url}/directives", {})[0] == 400
    assert _http(f"{simulator.control_url}/repertoire")[1]["slots"]


def test_unknown_urls_and_methods(simulator: Running) -> None:
    assert _http(f"{simulator.url}/threads", {})[0] == 404
    assert _http(f"{simulator.url}/responses")[0] == 405
    assert _http(f"{simulator.control_url}/version")[1] == {"version": VERSION, "seed": 3, "weaknesses": []}


@pytest.mark.parametrize(
    ("line", "head", "status"),
    [
        ("GET /sim/requests", "Host: 127.0.0.1", 200),
        ("GET /sim/requests", "Host: 127.0.0.1.nip.io", 403),
        ("GET /sim/requests?x=1", "Host: evil.example", 403),
        ("GET /sim/requests/", "Host: evil.example", 403),
        ("GET http://127.0.0.1/sim/requests", "Host: evil.example", 404),
        ("GET //sim/requests", "Host: evil.example", 404),
        ("GET /%73im/requests", "Host: evil.example", 404),
        ("GET /v1/../sim/requests", "Host: evil.example", 404),
        ("GET /sim/requests", "Host: 127.0.0.1\r\nHost: evil.example", 400),
        ("GET /sim/requests", "X: y", 400),
        ("GET /sim/requests", "Host: 127.0.0.1\r\nOrigin: http://localhost\r\nOrigin: https://evil.example", 403),
        ("POST /sim/faults", "Host: 127.0.0.1\r\nOrigin: null\r\nContent-Length: 0", 403),
    ],
)
def test_control_paths_cannot_be_reached_by_a_detour(simulator: Running, line: str, head: str, status: int) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(simulator.url).port or 0), timeout=60) as connection:
        connection.sendall(f"{line} HTTP/1.1\r\n{head}\r\n\r\n".encode())
        assert int(connection.recv(100).split()[1]) == status
