"""Batches of calls: what a job is, how its lines look on the wire, and what came back for each of them.

The Batch API bills half, answers within a day, and measures no latency. `batch_desk.py` gathers calls and drives jobs,
`batch_server.py` talks to the server; a journal (the run store) keeps what must survive the process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from harness.base.types import Source
from harness.models.answers import completed_in_name_only, interpret, one_line
from harness.models.endpoints import Endpoint
from harness.models.prices import BILLED_AS
from harness.models.types import Attempt, Call, Wire

PATHS: Mapping[Wire, str] = {"responses": "/v1/responses", "chat": "/v1/chat/completions"}
LINE = "batch-"
"""What the id of a job begins with, so those of its lines, which are the ids of the attempts to come."""
BACKGROUND = f"{LINE}background-"
"""What the id of a job begins with that is one response made in the background."""
GONE = "background_gone"
"""The error of a response that was begun, is maybe paid for, and can be read no more."""
NOT_RUN = frozenset({"batch_expired", "batch_cancelled", "batch_failed", "batch_unsent", "batch_lost", "batch_silent"})
"""Errors of lines that were not run: they cost nothing, and are asked again in a next batch."""


@dataclass(frozen=True, slots=True)
class BatchJob:
    """One batch as this run knows it. file, batch: the server's names, "" until they are known. At most 40 characters
    of id, because a custom id has 64."""

    id: str
    wire: Wire
    model: str
    begun: datetime
    file: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A call in a job. id: its custom id and that of its attempt; says job, place and draw, and nothing of a CV.
    reserved: US dollars that it may cost at most."""

    id: str
    call_key: str
    draw: int
    number: int = 1
    reserved: Decimal = Decimal(0)
    call: Call | None = None


class BatchJournal(Protocol):
    """Where jobs are made durable, as `Journal` does it for calls: a job and an intent for each of its lines before
    anything of it is sent, the server's names as soon as they are known, the attempts before they are used."""

    async def open_job(self, job: BatchJob, lines: Sequence[tuple[object, BatchLine]]) -> None:
        """Each line with the record that it is for, as `BatchDesk`'s `who` said it."""

    async def note_job(self, job: BatchJob) -> None: ...

    async def close_job(self, job: BatchJob) -> None: ...

    def open_jobs(self) -> tuple[BatchJob, ...]: ...

    def lines_of(self, job: BatchJob) -> tuple[BatchLine, ...]:
        """Those without an attempt."""

    async def commit(self, attempt: Attempt, spent: Decimal = ...) -> None: ...


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch as the server says it. status: validating, in_progress, finalizing, completed, expired, failed,
    cancelling or cancelled. files: of outputs and of errors. problem: of one that failed as a whole. expires: Unix
    time; None where it is not said."""

    id: str
    status: str
    total: int = 0
    completed: int = 0
    failed: int = 0
    expires: float | None = None
    files: tuple[str, ...] = ()
    problem: str = ""

    @property
    def over(self) -> bool:
        return self.status in ("completed", "failed", "expired", "cancelled")

    @property
    def known(self) -> bool:
        """Whether the status is one that OpenAI's batches have."""
        return self.over or self.status in ("validating", "in_progress", "finalizing", "cancelling")

    @property
    def may_pass(self) -> bool:
        """Whether a batch that failed as a whole may go through another time: the account had too much waiting."""
        return any(word in self.problem for word in ("token_limit", "rate_limit", "server_error", "internal"))


@dataclass(frozen=True, slots=True)
class LineResult:
    """What came of a line: a response, or an error of the batch."""

    id: str
    status: int | None
    body: bytes | None
    request_id: str | None
    error: str = ""
    detail: str = ""


def line_id(job: BatchJob, place: int, draw: int) -> str:
    """The custom id of a line. A simulator reads the draw from its end; a real server ignores it."""
    return f"{job.id}-{place}-d{draw}"


def line_bytes(line_id: str, call: Call, endpoint: Endpoint, cache_key: str) -> bytes:
    """The line of an input file."""
    body = endpoint.body({**call.body, "prompt_cache_key": cache_key} if cache_key else call.body)
    told = {"custom_id": line_id, "method": "POST", "url": PATHS[call.wire], "body": body}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def read_result(line: bytes, endpoint: Endpoint) -> LineResult | None:
    """A line of an output or error file; None where it names no call. Never raises."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return None
    name = given.get("custom_id") if isinstance(given, dict) else None
    if not isinstance(name, str):
        return None
    response, error = given.get("response"), given.get("error")
    if isinstance(response, dict) and isinstance(response.get("status_code"), int):
        status = response["status_code"]
        body = json.dumps(response.get("body"), ensure_ascii=False).encode("utf-8", "replace")
        request_id = response.get("request_id")
        return LineResult(
            name,
            status,
            endpoint.scrub(body, failed=not 200 <= status < 300),
            one_line(request_id, 100) if isinstance(request_id, str) else None,
        )
    told: dict[str, Any] = error if isinstance(error, dict) else {}
    code = told.get("code")
    message = endpoint.scrub_text(one_line(str(told.get("message") or "no response in the batch's line")))
    return LineResult(name, None, None, None, code if code in NOT_RUN else "batch_failed", message)


def attempt_of(job: BatchJob, line: BatchLine, result: LineResult, source: Source, billed_as: str = "batch") -> Attempt:
    """The attempt that a line was, without any time: nobody waited for it."""
    answer = None
    if result.status is not None and result.body is not None:
        answer = interpret(job.wire, result.status, result.body)
        if line.call is not None:
            answer = completed_in_name_only(answer, line.call.body)
    return Attempt(
        id=line.id,
        call_key=line.call_key,
        number=line.number,
        started=job.begun,
        queue_ms=0.0,
        retry_wait_ms=0.0,
        headers_ms=None,
        total_ms=None,
        model_ms=None,
        status=result.status,
        usage=answer.usage if answer else None,
        request_id=result.request_id,
        source=source,
        outcome=answer.outcome if answer else "failed",
        body=result.body,
        error=answer.error if answer else result.error,
        text=answer.text if answer else None,
        snapshot=answer.snapshot if answer else "",
        draw=line.draw,
        detail=answer.detail if answer else result.detail,
        headers={BILLED_AS: billed_as},
    )
