"""The pipelines behind a service, against a real server on loopback."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness.base.types import Failure
from harness.contract.schema import empty_cv
from harness.corpus.types import Document
from harness.models.types import Attempt, Call
from harness.pipelines.http import Flavour, HttpPipeline, Service
from harness.pipelines.types import PerDocument, PipelineInput, PipelineResult

DOCUMENT = Document("cv-1", "secret-name.pdf", "application/pdf", "", "", "none")


class FakeService(ThreadingHTTPServer):
    """Answers (method, path) from `replies`, the last reply again for all further requests; keeps the requests."""

    def __init__(self) -> None:
        self.replies: dict[tuple[str, str], list[tuple[int, Any]]] = {}
        self.requests: list[tuple[str, str, bytes, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeService

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.requests.append((self.command, self.path, body, dict(self.headers)))
        replies = self.server.replies[self.command, self.path]
        status, value = replies.pop(0) if len(replies) > 1 else replies[0]
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def no_call(call: Call) -> tuple[Attempt, ...]:
    raise AssertionError("the service calls the models, not we")


class StillClock:
    """Moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.ms = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)

    def monotonic_ms(self) -> float:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ms += seconds * 1000.0


def visit(url: str, flavour: Flavour, folder: Path, **options: Any) -> tuple[PipelineResult, list[float]]:
    file = folder / DOCUMENT.path
    file.write_bytes(b"%PDF the file")
    clock = StillClock()
    service = Service(url, token="t0ken", **options)
    pipeline = HttpPipeline(service, flavour, lambda document: file, sleep=clock.sleep, clock=clock)
    assert isinstance(pipeline, PerDocument)
    return asyncio.run(pipeline.for_document(DOCUMENT).run(PipelineInput(""), no_call, 0)), clock.slept


def test_the_assistant_way_answers_the_upload(service: FakeService, tmp_path: Path) -> None:
    data = empty_cv() | {"skills": ["x"]}
    service.replies["POST", "/api/career-ark/cv/assistant"] = [
        (200, {"success": True, "cv_id": "1", "data": data, "method": "assistant"})
    ]
    result, _ = visit(service.url, "assistant", tmp_path)
    assert (result.answer, result.state, result.notes) == (data, "completed", ())
    assert [phase.name for phase in result.phases] == ["upload"]
    ((_, _, body, headers),) = service.requests
    assert b"%PDF the file" in body
    assert b"secret-name" not in body
    assert headers["Authorization"] == "Bearer t0ken"


def test_an_answer_of_the_fallback_says_so(service: FakeService, tmp_path: Path) -> None:
    service.replies["POST", "/api/career-ark/cv/assistant"] = [
        (200, {"success": True, "data": empty_cv(), "method": "legacy"})
    ]
    result, _ = visit(service.url, "assistant", tmp_path)
    assert result.notes == ("answered by the service's fallback, the legacy pipeline",)


def test_the_legacy_way_polls_until_the_task_is_done(service: FakeService, tmp_path: Path) -> None:
    service.replies["POST", "/api/career-ark/cv"] = [(200, {"taskId": "t-1"})]
    service.replies["GET", "/api/career-ark/cv/status/t-1"] = [
        (200, {"status": "metadata_extracted"}),
        (200, {"status": "metadata_extracted"}),
        (200, {"status": "completed_with_errors", "error": "role 2"}),
    ]
    service.replies["GET", "/api/career-ark/cv/t-1"] = [(200, empty_cv())]
    result, slept = visit(service.url, "legacy", tmp_path)
    assert (result.answer, result.state) == (empty_cv(), "completed_with_errors")
    assert slept == [2.0, 2.0]
    assert [(phase.name, phase.ms) for phase in result.phases] == [
        ("upload and pass 1", 0.0),
        ("pass 2 and polling", 4000.0),
        ("sections", 0.0),
    ]
    assert result.attempts[0].total_ms == 4000.0


@pytest.mark.parametrize(
    ("replies", "failure"),
    [
        ({("POST", "/api/career-ark/cv"): (413, {})}, Failure("provider", "http_413", "status 413")),
        (
            {("POST", "/api/career-ark/cv"): (200, b"<html>")},
            Failure("provider", "unexpected_body", "the response is no JSON object"),
        ),
        (
            {("POST", "/api/career-ark/cv"): (200, {"taskId": "../x"})},
            Failure("provider", "no_task", "the response to the upload names no task"),
        ),
        (
            {
                ("POST", "/api/career-ark/cv"): (200, {"taskId": "t"}),
                ("GET", "/api/career-ark/cv/status/t"): (200, {"status": "failed", "error": "x"}),
            },
            Failure("provider", "task_failed", "the task failed"),
        ),
        (
            {
                ("POST", "/api/career-ark/cv"): (200, {"taskId": "t"}),
                ("GET", "/api/career-ark/cv/status/t"): (200, {"status": "pending"}),
            },
            Failure("provider", "poll_timeout", "the task was not done after 30 seconds"),
        ),
    ],
)
def test_what_the_service_does_not_do_is_a_typed_failure(
    service: FakeService, tmp_path: Path, replies: dict[tuple[str, str], tuple[int, Any]], failure: Failure
) -> None:
    service.replies = {route: [reply] for route, reply in replies.items()}
    result, _ = visit(service.url, "legacy", tmp_path, patience_s=30.0)
    assert result.answer == failure
    assert result.state == "failed"
    assert result.attempts[-1].error == failure.code


def test_a_service_that_is_not_there_is_a_connection_failure(tmp_path: Path) -> None:
    with FakeService() as gone:
        url = gone.url
    result, _ = visit(url, "assistant", tmp_path)
    assert isinstance(result.answer, Failure)
    assert (result.answer.kind, result.answer.code) == ("provider", "connection")


def test_data_that_is_no_object_is_unparseable_not_a_crash(service: FakeService, tmp_path: Path) -> None:
    service.replies["POST", "/api/career-ark/cv/assistant"] = [(200, {"success": True, "data": None})]
    result, _ = visit(service.url, "assistant", tmp_path)
    assert result.answer == Failure("unparseable", "not_an_object:null")
