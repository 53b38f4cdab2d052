"""The endpoints of the product's API, each a short way through the service."""

from __future__ import annotations

import asyncio
import json
import pathlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer

from harness.base.types import Json
from harness.contract.schema import SECTIONS
from harness.service import probed
from harness.service.durable import answer_text, draw_of
from harness.service.feedback import Correction, check_correction, keep_correction
from harness.service.flags import Decision
from harness.service.logs import log, pseudonym
from harness.service.problems import Problem, of_outcome
from harness.service.running import Running
from harness.service.schemas import (
    UPLOAD_BODY,
    AssistantAnswer,
    FeatureFlags,
    FeedbackKept,
    TaskStarted,
    TaskStatus,
    links,
    problems,
)
from harness.service.store import DONE, Finished, TaskGoneError
from harness.service.tables import Task
from harness.service.tokens import Identity
from harness.service.upload import receive
from harness.service.ways import Answered

router = APIRouter(
    prefix="/api/career-ark",
    dependencies=[Depends(HTTPBearer(auto_error=False))],
    generate_unique_id_function=lambda route: route.name,
)
_TaskId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As the upload's answer names it.")]
_UPLOAD_PROBLEMS = (
    "upload_missing", "upload_too_large", "upload_unsupported", "upload_encrypted", "upload_damaged",
    "upload_without_text", "upload_too_long", "upload_unreadable", "too_many_uploads", "stopping",
)  # fmt: skip


def running(request: Request) -> Running:
    found: Running = request.app.state.running
    return found


def identity(request: Request) -> Identity:
    """Whose request it is. Raises Problem (401)."""
    service = running(request)
    who = service.tokens.identify(request.headers.get("authorization"), service.clock.now())
    request.state.user = pseudonym(who.user)
    return who


Service = Annotated[Running, Depends(running)]
Who = Annotated[Identity, Depends(identity)]


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was let in and read: what is known when the ways part. begin_ms: monotonic."""

    task: Task
    text: str
    decision: Decision
    begin_ms: float
    read_ms: float


@dataclass(frozen=True, slots=True)
class OwnTime:
    """Of an answered upload, for the time that the service itself took: milliseconds that the model was waited for
    (our queue before it and the waits before retries included), and that reading the file took."""

    way: str
    model_ms: float
    read_ms: float


@router.post(
    "/cv",
    responses=problems(*_UPLOAD_PROBLEMS, "model_failed", "legacy_retired") | links("taskId"),
    openapi_extra=UPLOAD_BODY,
)
async def upload_cv(request: Request, service: Service, who: Who) -> TaskStarted:
    """Upload a CV to the two-pass pipeline; answers when the first pass is done. Ask for the task's status then."""
    if service.settings.legacy_retired:
        raise Problem("legacy_retired")
    async with _admitted(request, service, who, "legacy") as upload:
        task = upload.task
        await service.tasks.start(task.id)
        if upload.decision.way == "shadow":
            service.shadow.offer(task.id, upload.text, draw_of(task.id), consent=task.consent)
        try:
            async with asyncio.timeout(service.settings.deadlines.request):
                model_ms = await service.tasks.metadata(task.id)
            request.state.own = OwnTime("legacy", model_ms, upload.read_ms)
        except TimeoutError:
            pass  # the task goes on and has its own deadline; the caller polls it
        now = await asyncio.to_thread(service.store.task, task.id)
        if now is not None and now.state == "failed":
            raise Problem("model_failed", more={"taskId": task.id, "cause": now.cause})
        return TaskStarted(taskId=task.id)


@router.get("/cv/status/{task_id}", responses=problems("not_found"))
async def cv_status(task_id: _TaskId, service: Service, who: Who) -> TaskStatus:
    """Where a task is."""
    return _status(await _task(service, task_id, who))


@router.get("/cv/tasks", responses=problems())
async def cv_tasks(service: Service, who: Who) -> list[TaskStatus]:
    """The caller's tasks, newest first."""
    return [_status(task) for task in await asyncio.to_thread(service.store.tasks_of, who.user)]


@router.get("/cv/{task_id}", responses=problems("not_found", "not_done", "task_failed") | {
    200: {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/CV"}}}}
})  # fmt: skip
async def cv_sections(task_id: _TaskId, service: Service, who: Who) -> Response:
    """The sections of a CV, as the pipeline gave them."""
    task = await _task(service, task_id, who)
    if task.state not in DONE:
        raise Problem("not_done")
    if task.answer is None:
        raise Problem("task_failed", more={"cause": task.cause})
    return Response(task.answer, media_type="application/json")


@router.delete("/cv/{task_id}", status_code=204, responses=problems("not_found"))
async def delete_cv(task_id: _TaskId, service: Service, who: Who) -> None:
    """Delete a task with everything that is known of it."""
    await _task(service, task_id, who)
    await service.erase([task_id])


@router.post(
    "/cv/assistant",
    responses=problems(
        *_UPLOAD_PROBLEMS, "model_failed", "deadline", "fallbacks_exhausted",
        "assistant_failed", "assistant_refused", "assistant_filtered", "assistant_truncated",
        "assistant_unparseable", "assistant_contract", "assistant_rate_limited", "assistant_breaker_open",
        "assistant_timeout",
    )
    | links("cv_id"),
    openapi_extra=UPLOAD_BODY,
    response_model=AssistantAnswer,
)  # fmt: skip
async def upload_cv_to_assistant(request: Request, service: Service, who: Who) -> Response:
    """Upload a CV and get its sections in the answer. Legacy answers where the assistant cannot or may not."""
    async with _admitted(request, service, who, "assistant") as upload:
        task, way = upload.task, upload.decision.way
        until_ms = upload.begin_ms + service.settings.deadlines.request * 1000.0
        if way == "shadow":
            service.shadow.offer(task.id, upload.text, draw_of(task.id), consent=task.consent)
        try:
            if way == "assistant":
                answered = await service.ways.assistant(upload.text, draw_of(task.id), until_ms)
            else:
                answered = await service.ways.legacy(upload.text, draw_of(task.id), until_ms, cause="flag")
        except Problem as problem:
            cause = str(problem.more.get("cause", problem.code))
            took_ms = _now(service) - upload.begin_ms
            await _finish(service, task.id, Finished("failed", None, None, problem.code, cause, latency_ms=took_ms))
            problem.more["cv_id"] = task.id
            raise
        answer = answer_text(answered.answer)
        await _finish(service, task.id, _finished(service, answered, answer, _now(service) - upload.begin_ms))
        if way == "shadow":
            await service.shadow.settle(task.id)
        took_ms = _now(service) - upload.begin_ms
        service.metrics.latency.labels(answered.method).observe(took_ms / 1000.0)
        request.state.own = OwnTime("assistant", answered.model_wall_ms, upload.read_ms)
        head = json.dumps({"success": True, "cv_id": task.id}, separators=(",", ":"))[:-1]
        return Response(f'{head},"data":{answer},"method":"{answered.method}"}}', media_type="application/json")


@router.post(
    "/cv/{task_id}/feedback",
    status_code=201,
    responses=problems("not_found", "not_done", "task_failed", "invalid_request"),
)
async def give_feedback(task_id: _TaskId, correction: Correction, service: Service, who: Who) -> FeedbackKept:
    """Say of one field whether it is right, and what would be."""
    task = await _task(service, task_id, who)
    if task.state not in DONE:
        raise Problem("not_done")
    if task.answer is None:
        raise Problem("task_failed")
    check_correction(json.loads(task.answer), correction)
    try:
        kept = await asyncio.to_thread(keep_correction, service.store, task_id, correction)
    except TaskGoneError:
        raise Problem("not_found") from None
    return FeedbackKept(feedback_id=kept)


@router.get("/feature-flags", responses=problems())
async def feature_flags(service: Service, who: Who) -> FeatureFlags:
    """Whether this user's page should use the assistant's endpoint."""
    return FeatureFlags(use_assistant_processing=service.flags.decide(who).way == "assistant")


@asynccontextmanager
async def _admitted(request: Request, service: Running, who: Identity, way: str) -> AsyncIterator[Upload]:
    """The way of every upload up to the decision. Raises Problem."""
    if service.stopping:
        raise Problem("stopping", headers={"Retry-After": "5"})
    begin_ms = _now(service)
    wait = await asyncio.to_thread(service.uploads.take, who.user)
    if wait is not None:
        raise Problem("too_many_uploads", headers={"Retry-After": str(int(wait) + 1)})
    settings = service.settings
    received = await receive(request, settings.upload_bytes, settings.kinds, service.limits)
    read_from = _now(service)
    extraction = await service.read(received.data)
    read_ms = _now(service) - read_from
    if not extraction.readable:
        service.metrics.failures.labels("reading", extraction.outcome).inc()
        raise of_outcome(extraction.outcome)
    decision = service.flags.decide(who)
    if settings.legacy_retired:
        decision = replace(decision, way="assistant", reason="legacy_retired")
    service.metrics.decisions.labels(decision.way, decision.reason).inc()
    task = Task(
        id=uuid.uuid4().hex,
        user=who.user,
        tenant=who.tenant,
        request_id=request.state.request_id,
        way=way,
        decision=decision.way,
        reason=f"{decision.reason} {decision.flags}",
        state="pending",
        consent=received.consent,
        kind=received.kind,
        text=extraction.text if way == "legacy" or received.consent else None,
        upload=received.data if settings.keep_uploads else None,
        bundle=service.parts.bundle.wire,
        deadline_at=service.clock.now() + timedelta(seconds=settings.deadlines.request + settings.deadlines.drain),
        calls=0,
        input_tokens=0,
        output_tokens=0,
    )
    await asyncio.to_thread(service.store.add_task, task)
    try:
        yield Upload(task, extraction.text, decision, begin_ms, read_ms)
    finally:
        log("upload", task=task.id, request=task.request_id, user=request.state.user, way=way,
            decision=decision.way, reason=decision.reason, flags=decision.flags, kind=received.kind)  # fmt: skip


async def _task(service: Running, task_id: str, who: Identity) -> Task:
    """The caller's own task. Raises Problem (404), for another user's as for none."""
    task = await asyncio.to_thread(service.store.task, task_id, who.user)
    if task is None:
        raise Problem("not_found")
    return task


async def _finish(service: Running, task_id: str, finished: Finished) -> None:
    try:
        await asyncio.to_thread(service.store.finish, task_id, finished)
    except TaskGoneError:
        raise Problem("not_found", "The CV was deleted while it was being read.") from None


def _finished(service: Running, answered: Answered, answer: str, took_ms: float) -> Finished:
    sums = answered.spent
    return Finished(
        state="completed_with_errors" if answered.method == "legacy" and answered.notes else "completed",
        method=answered.method,
        answer=answer,
        error="; ".join(answered.notes) or None,
        cause=answered.cause or None,
        latency_ms=took_ms,
        model_ms=sums.model_ms,
        calls=sums.calls,
        input_tokens=sums.input_tokens,
        output_tokens=sums.output_tokens,
        cost=sums.cost,
        bundle=service.parts.bundle.wire,
    )


def _status(task: Task) -> TaskStatus:
    return TaskStatus(
        taskId=task.id,
        status=task.state,  # type: ignore[arg-type]
        error=task.error,
        created_at=_stamp(task.created_at),
        updated_at=_stamp(task.updated_at),
        extractedDataSummary=None if task.answer is None else summary(json.loads(task.answer)),
    )


def summary(cv: Json) -> dict[str, int]:
    """How many entries each section has; of `personal_info`, how many fields are filled."""
    return {
        section: sum(bool(value) for value in cv[section].values())
        if isinstance(cv.get(section), dict)
        else len(cv[section])
        if isinstance(cv.get(section), list)
        else 0
        for section in SECTIONS
    }


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _now(service: Running) -> float:
    return service.clock.monotonic_ms()


def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


async def readyz(request: Request) -> Response:
    """Whether this process may get requests: 503 while it starts or stops, or without its database. A broken flag
    file leaves it ready, with the last good state, and says so."""
    service: Running | None = getattr(request.app.state, "running", None)
    if service is None:
        return JSONResponse({"status": "starting"}, 503)
    found: dict[str, Any] = dict(service.problems())
    try:
        await asyncio.to_thread(service.uploads.check)
    except Exception as error:  # noqa: BLE001  (whatever it is, this process cannot serve)
        found["database"] = type(error).__name__
    ready = not {"stopping", "database"} & set(found)
    body = {
        "status": "ready" if ready else "not ready",
        "problems": found,
        "flags": service.flags.digest,
        "breaker": service.breaker.state,
        "assistant": service.parts.bundle.wire,
        "accepted": service.parts.accepted,
        "origin": service.parts.endpoint.origin,
        "models": {"legacy": service.parts.prompts.model, "assistant": service.parts.bundle.model},
    }
    return JSONResponse(body, 200 if ready else 503)


async def metrics(request: Request) -> Response:
    """The figures, in Prometheus' text form."""
    service = running(request)
    service.metrics.running.set(service.tasks.running)
    figures = service.settings.probes.figures
    if figures:
        service.metrics.show(
            await asyncio.to_thread(probed.load, pathlib.Path(figures)), service.clock.now().date().isoformat()
        )
    content, media_type = await asyncio.to_thread(service.metrics.render)
    return Response(content, headers={"Content-Type": media_type})
