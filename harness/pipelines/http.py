"""The same pipelines behind a deployed CV-import service: upload a file, get the sections back, over HTTP.

What is measured is what a user of the service waits for. What the service spends on models is not to be seen from
here: tokens and cost stay unknown.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from harness.base.clock import Clock, SystemClock
from harness.base.types import Failure, Json
from harness.contract.read import read
from harness.corpus.types import Document
from harness.models.bounded import ACCEPTED_ENCODINGS, TooLargeError, UndecodableError, bound
from harness.models.types import Attempt, Caller
from harness.pipelines.assistant import CONTENT_FIELDS
from harness.pipelines.legacy import LEGACY_FIELDS
from harness.pipelines.types import Phase, Pipeline, PipelineInput, PipelineResult

if TYPE_CHECKING:
    import httpx2

Flavour: TypeAlias = Literal["legacy", "assistant"]
FELL_BACK = "answered by the service's fallback, the legacy pipeline"
"""The note of a visit to the assistant that legacy answered."""

_DONE = ("completed", "completed_with_errors", "failed")


@dataclass(frozen=True, slots=True)
class Service:
    """Where the service is. token: sent as a bearer token, shown nowhere. poll_s: seconds between two questions
    for a task's status; patience_s: how long a task or a response is waited for.
    """

    base_url: str
    token: str = field(default="", repr=False)
    upload_path: str = "/api/career-ark/cv"
    status_path: str = "/api/career-ark/cv/status/{task_id}"
    result_path: str = "/api/career-ark/cv/{task_id}"
    assistant_path: str = "/api/career-ark/cv/assistant"
    poll_s: float = 2.0
    patience_s: float = 300.0


class HttpPipeline:
    """One of the service's two ways. `legacy` uploads, polls the task and fetches its sections; `assistant` gets
    them in the response to the upload. The file is sent as it is: the service reads its text by itself."""

    def __init__(
        self,
        service: Service,
        flavour: Flavour,
        file_of: Callable[[Document], Path],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Clock | None = None,
    ) -> None:
        self.service = service
        self.flavour = flavour
        self.sleep = sleep
        self.clock = clock or SystemClock()
        self._file_of = file_of

    @property
    def name(self) -> str:
        return "http"

    @property
    def fills(self) -> frozenset[str]:
        return LEGACY_FIELDS if self.flavour == "legacy" else CONTENT_FIELDS

    def for_document(self, document: Document) -> Pipeline:
        return _HttpFor(self, document, self._file_of(document))


class _ServiceError(Exception):
    """The service did not do its part. code, detail: of the failure; status: of the response, None without one."""

    def __init__(self, code: str, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.failure = Failure("provider", code, detail)
        self.status = status


class _HttpFor:
    """One document's upload."""

    def __init__(self, pipeline: HttpPipeline, document: Document, file: Path) -> None:
        self._pipeline = pipeline
        self._document = document
        self._file = file

    @property
    def name(self) -> str:
        return self._pipeline.name

    @property
    def fills(self) -> frozenset[str]:
        return self._pipeline.fills

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        import httpx2

        del given, call  # the service reads the file and asks the models itself
        pipeline, service = self._pipeline, self._pipeline.service
        headers = {"Authorization": f"Bearer {service.token}"} if service.token else {}
        visit = _Visit(pipeline.clock)
        headers["accept-encoding"] = ACCEPTED_ENCODINGS

        async def bounded(response: httpx2.Response) -> None:
            bound(response)

        async with httpx2.AsyncClient(
            base_url=service.base_url,
            headers=headers,
            timeout=service.patience_s,
            follow_redirects=False,
            event_hooks={"response": [bounded]},
        ) as client:
            try:
                answer = await self._visit(client, visit)
            except _ServiceError as error:
                visit.state = "failed"
                return visit.result(error.failure, draw, status=error.status)
            except httpx2.TimeoutException:
                visit.state = "failed"
                return visit.result(Failure("provider", "timeout", "no response in time"), draw)
            except (httpx2.HTTPError, TooLargeError, UndecodableError) as error:
                visit.state = "failed"
                code = "too_large" if isinstance(error, TooLargeError) else "connection"
                return visit.result(Failure("provider", code, type(error).__name__), draw)
        reading = read(json.dumps(answer))
        return visit.result(reading.value, draw, readings=(reading,), status=200)

    async def _visit(self, client: httpx2.AsyncClient, visit: _Visit) -> Json:
        if self._pipeline.flavour == "assistant":
            body = await self._upload(client, self._pipeline.service.assistant_path)
            visit.phase_ends("upload")
            if body.get("success") is not True:
                raise _ServiceError("not_successful", "the service says that it did not succeed", 200)
            if body.get("method") == "legacy":
                visit.notes.append(FELL_BACK)
            visit.state = "completed"
            return body.get("data")
        body = await self._upload(client, self._pipeline.service.upload_path)
        visit.phase_ends("upload and pass 1")
        return await self._wait_for(client, visit, str(body.get("taskId", "")))

    async def _wait_for(self, client: httpx2.AsyncClient, visit: _Visit, task_id: str) -> Json:
        """Poll the task until it is done, then fetch its sections."""
        pipeline, service = self._pipeline, self._pipeline.service
        if not task_id or not task_id.replace("-", "").replace("_", "").isalnum():
            raise _ServiceError("no_task", "the response to the upload names no task", 200)
        until = pipeline.clock.monotonic_ms() + service.patience_s * 1000.0
        while True:
            task = _object(await client.get(service.status_path.format(task_id=task_id)))
            visit.state = str(task.get("status", ""))
            if visit.state in _DONE:
                break
            if pipeline.clock.monotonic_ms() > until:
                raise _ServiceError("poll_timeout", f"the task was not done after {service.patience_s:g} seconds")
            await pipeline.sleep(service.poll_s)
        visit.phase_ends("pass 2 and polling")
        if visit.state == "failed":
            raise _ServiceError("task_failed", "the task failed", 200)
        if visit.state == "completed_with_errors":
            visit.notes.append("the task completed with errors")
        sections = _object(await client.get(service.result_path.format(task_id=task_id)))
        visit.phase_ends("sections")
        return sections

    async def _upload(self, client: httpx2.AsyncClient, path: str) -> Mapping[str, Any]:
        """The file under a name that says nothing about the person."""
        data = await asyncio.to_thread(self._file.read_bytes)
        name = f"cv{self._file.suffix.lower()}"
        return _object(await client.post(path, files={"file": (name, data, self._document.media_type)}))


def _object(response: httpx2.Response) -> Mapping[str, Any]:
    if not response.is_success:
        raise _ServiceError(f"http_{response.status_code}", f"status {response.status_code}", response.status_code)
    try:
        value = response.json()
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _ServiceError("unexpected_body", "the response is no JSON object", response.status_code)
    return value


class _Visit:
    """What one document's visit to the service comes to, stretch by stretch."""

    def __init__(self, clock: Clock) -> None:
        self.state = "pending"
        self.notes: list[str] = []
        self._clock = clock
        self._started = clock.now()
        self._begin = self._last = clock.monotonic_ms()
        self._phases: list[Phase] = []

    def phase_ends(self, name: str) -> None:
        now = self._clock.monotonic_ms()
        self._phases.append(Phase(name, 1, now - self._last))
        self._last = now

    def result(
        self, answer: Json | Failure, draw: int, *, readings: tuple[Any, ...] = (), status: int | None = None
    ) -> PipelineResult:
        """With the whole visit as one attempt."""
        failure = answer if isinstance(answer, Failure) and answer.kind == "provider" else None
        if failure is not None:
            self.phase_ends("until it failed")
        attempt = Attempt(
            id=f"visit-{uuid.uuid4().hex}",
            call_key="",
            number=1,
            started=self._started,
            queue_ms=0.0,
            retry_wait_ms=0.0,
            headers_ms=None,
            total_ms=self._clock.monotonic_ms() - self._begin,
            model_ms=None,
            status=status,
            usage=None,
            request_id=None,
            source="live",
            outcome="answered" if failure is None else "failed",
            body=None,
            error="" if failure is None else failure.code,
            detail="" if failure is None else failure.detail,
            draw=draw,
        )
        return PipelineResult(answer, readings, (attempt,), tuple(self._phases), self.state, tuple(self.notes))
