"""The application of one process: routes, problems, request ids, start and end."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.base.clock import Clock
from harness.service import page, routes
from harness.service.database import is_away
from harness.service.logs import failed, log
from harness.service.problems import MEDIA_TYPE, Problem
from harness.service.running import Parts, Running
from harness.service.schemas import complete
from harness.service.settings import ServiceSettings
from harness.service.upload import ENVELOPE

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


def create_app(settings: ServiceSettings, parts: Parts, clock: Clock | None = None) -> FastAPI:
    """The service as an ASGI application; everything it holds is made at its start and closed at its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        running = Running(settings, parts, clock)
        await running.start()
        app.state.running = running
        try:
            yield
        finally:
            await running.stop()

    app = FastAPI(
        title="CV import",
        version="1",
        description="Reads CVs in two ways: the two-pass pipeline, and the assistant.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # nothing is sent on to an address with a Host that the caller names
    )
    app.include_router(routes.router)
    app.include_router(page.router)
    app.add_api_route("/healthz", routes.healthz, include_in_schema=False)
    app.add_api_route("/readyz", routes.readyz, include_in_schema=False)
    app.add_api_route("/metrics", routes.metrics, include_in_schema=False)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(_Edge, most=settings.upload_bytes + ENVELOPE)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(
                get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


class _Edge:
    """Around every request: its id, its log line, its count, and a 500 in the one shape."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        state = scope.setdefault("state", {})
        state |= {"request_id": request_id, "code": "", "own": None, "times": {}}
        status, begin, received, client_s = 0, time.perf_counter(), 0, 0.0

        async def receiving() -> Message:
            """The body, but no more of it than the largest upload: every route is bounded."""
            nonlocal received, client_s
            asked = time.perf_counter()
            message = await receive()
            client_s += time.perf_counter() - asked
            received += len(message.get("body", b""))
            if received > self._most:
                raise Problem("upload_too_large")
            return message

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if state["own"] is not None:
                    state["times"] = _observe(scope, state["own"], time.perf_counter() - begin - client_s)
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode()), *_HEADERS]
            await send(message)

        try:
            if scope["http_version"] in ("1.0", "1.1"):
                await self._app(scope, receiving, sending)
            else:  # the server below takes any that is written as two digits
                state["code"] = "http_version"
                await _response(Problem("http_version"), request_id)(scope, receive, sending)
        except Exception as error:
            failed("a request failed unexpectedly", request=request_id)
            if status:
                raise
            problem = Problem("storage", headers={"Retry-After": "5"}) if is_away(error) else Problem("internal")
            state["code"] = problem.code
            await _response(problem, request_id)(scope, receive, sending)
        finally:
            self._note(scope, state, status, begin)

    def _note(self, scope: Scope, state: dict[str, Any], status: int, begin: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        running = getattr(scope["app"].state, "running", None)
        if running is not None:
            running.metrics.requests.labels(route, str(status)).inc()
        if route not in ("/healthz", "/readyz", "/metrics"):
            took_ms = round((time.perf_counter() - begin) * 1000.0, 1)
            log("request", request=state["request_id"], method=scope["method"], route=route, status=status,
                code=state["code"], user=state.get("user", ""), ms=took_ms, **state["times"])  # fmt: skip


def _observe(scope: Scope, own: routes.OwnTime, seconds: float) -> dict[str, float]:
    """The service's own part of an answered upload: until the answer begins, without the waits for the client's
    bytes and for the model. Milliseconds, for the log line."""
    all_ms = max(0.0, seconds * 1000.0 - own.model_ms)
    found = {"all": all_ms, "without_reading": max(0.0, all_ms - own.read_ms)}
    for stretch, ms in found.items():
        scope["app"].state.running.metrics.own.labels(own.way, stretch).observe(ms / 1000.0)
    return {"own_ms": round(all_ms, 1), "read_ms": round(own.read_ms, 1), "model_ms": round(own.model_ms, 1)}


def _response(problem: Problem, request_id: str) -> JSONResponse:
    return JSONResponse(problem.body(request_id), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    request.state.code = error.code
    return _response(error, request.state.request_id)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """What does not fit, by place; never the value that was sent."""
    assert isinstance(error, RequestValidationError)
    places = [{"at": "/".join(map(str, each["loc"])), "problem": each["type"]} for each in error.errors()[:20]]
    return await _problem(request, Problem("invalid_request", more={"errors": places}))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
    return await _problem(request, Problem(code, headers=error.headers))
