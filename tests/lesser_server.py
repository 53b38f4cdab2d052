"""A proxy that takes abilities away, one by one: the simulator behind it can do everything, and each test says what
the server in front lacks, refuses, or does wrongly. Nothing here knows the harness but by what it sends."""

from __future__ import annotations

import gzip
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from loopback import LoopbackServer, QuietHandler


@dataclass(slots=True)
class Reply:
    """What goes back to the client. body: an object as JSON, or bytes as they are."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: Any
    headers: dict[str, str]

    @property
    def asks(self) -> bool:
        return self.method == "POST"

    @property
    def over_responses(self) -> bool:
        return self.path.endswith("/responses")


Server: TypeAlias = Callable[[Request], Reply]
Ability: TypeAlias = Callable[[Request, Server], Reply]
"""Answers a request, with whatever stands behind."""

NOT_FOUND: dict[str, Reply] = {
    "OpenAI": Reply(404, {"error": {"message": "Unknown request URL", "type": "invalid_request_error", "code": None}}),
    "text": Reply(404, b"404 page not found\n", {"content-type": "text/plain"}),
    "HTML": Reply(
        404, b"<html><head><title>404</title></head><body>nginx</body></html>", {"content-type": "text/html"}
    ),
    "FastAPI": Reply(404, {"detail": "Not Found"}),
    "LiteLLM": Reply(404, {"error": {"message": "no route", "type": None, "param": None, "code": "404"}}),
}
REFUSED: dict[str, Reply] = {
    "OpenAI": Reply(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}),
    "Azure": Reply(401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key"}}),
    "FastAPI": Reply(403, {"detail": "Not authenticated"}),
    "text": Reply(403, b"Forbidden", {"content-type": "text/plain"}),
    "HTML": Reply(401, b"<html>Authorization Required</html>", {"content-type": "text/html"}),
}


def lacks(path: str, reply: Reply) -> Ability:
    """Has no such path."""
    return lambda request, behind: reply if path in request.path else behind(request)


def refuses_every_key(reply: Reply) -> Ability:
    return lambda request, behind: reply


def refuses_keys_when_asked(reply: Reply) -> Ability:
    """Lists its models to everybody, and lets nobody ask."""
    return lambda request, behind: reply if request.asks else behind(request)


def refuses_schemas(request: Request, behind: Server) -> Reply:
    """Has no `json_schema`, as an old server."""
    if request.asks and "json_schema" in json.dumps(request.body):
        said = "Input should be 'text' or 'json_object'"
        return Reply(400, {"error": {"message": said, "type": "invalid_request_error", "param": "response_format"}})
    return behind(request)


def ignores_schemas(request: Request, behind: Server) -> Reply:
    """Takes a schema and lets the model write what it likes."""
    if request.asks and (asked := request.body.get("text" if request.over_responses else "response_format")):
        asked.clear()
        asked.update({"format": {"type": "text"}} if request.over_responses else {"type": "text"})
    return behind(request)


def counts_nothing(request: Request, behind: Server) -> Reply:
    reply = behind(request)
    if isinstance(reply.body, dict):
        reply.body.pop("usage", None)
    return reply


def names_deployments(names: dict[str, str]) -> Ability:
    """Knows its own names alone (name: model)."""

    def named(request: Request, behind: Server) -> Reply:
        if request.method == "GET" and request.path.endswith("/models"):
            return Reply(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in names]})
        asked = request.body["model"] if request.asks else request.path.rpartition("/")[2]
        if asked not in names:
            said = f"The API deployment {asked} does not exist."
            return Reply(404, {"error": {"code": "DeploymentNotFound", "message": said}})
        if request.asks:
            request.body["model"] = names[asked]
            return behind(request)
        return Reply(200, {"id": asked, "object": "model"})

    return named


def slow_first_byte(seconds: float) -> Ability:
    def waits(request: Request, behind: Server) -> Reply:
        if request.asks:
            time.sleep(seconds)  # the fault itself
        return behind(request)

    return waits


def cuts_and_calls_it_completed(request: Request, behind: Server) -> Reply:
    """Stops at a few tokens, all that it was allowed to write, and says that all is well."""
    reply = behind(request)
    if not request.asks or not isinstance(reply.body, dict):
        return reply
    limit = request.body.get("max_output_tokens") or request.body.get("max_completion_tokens") or 800
    if request.over_responses:
        (part,) = reply.body["output"][-1]["content"]
        part["text"] = part["text"][: len(part["text"]) // 2]
        reply.body["usage"]["output_tokens"] = limit
    else:
        message = reply.body["choices"][0]["message"]
        message["content"] = message["content"][: len(message["content"]) // 2]
        reply.body["usage"]["completion_tokens"] = limit
    return reply


def too_many_at_first(times: int) -> Ability:
    """The first so many questions are one too many, and for how long is not said."""
    left = threading.Semaphore(times)

    def limited(request: Request, behind: Server) -> Reply:
        if request.asks and left.acquire(blocking=False):
            return Reply(429, {"error": {"message": "slow down", "type": "rate_limit_error", "code": "429"}})
        return behind(request)

    return limited


def fails_with_status_200(request: Request, behind: Server) -> Reply:
    if not request.asks:
        return behind(request)
    return Reply(200, {"error": {"message": "upstream is overloaded", "type": "server_error", "code": "server_error"}})


def redirects(request: Request, behind: Server) -> Reply:
    return Reply(307, b"", {"location": "http://127.0.0.1:9/v1" + request.path}) if request.asks else behind(request)


def breaks_its_encoding(request: Request, behind: Server) -> Reply:
    reply = behind(request)
    if not request.asks:
        return reply
    return Reply(reply.status, gzip.compress(reply.data())[:-20], {"content-encoding": "gzip"})


def says_no_limits(request: Request, behind: Server) -> Reply:
    reply = behind(request)
    reply.headers = {name: value for name, value in reply.headers.items() if not name.startswith("x-ratelimit")}
    return reply


class LesserServer(LoopbackServer):
    """The simulator at `behind`, less some abilities. asked: how many questions (POST) came."""

    def __init__(self, behind: str, *abilities: Ability) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._behind, self._abilities, self._lock = behind.rstrip("/").removesuffix("/v1"), abilities, threading.Lock()
        self.asked = 0
        self.begin()

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self.asked += request.asks
        server: Server = self._forward
        for ability in self._abilities:
            server = _over(ability, server)
        return server(request)

    def _forward(self, request: Request) -> Reply:
        if request.path.startswith("/sim"):
            return NOT_FOUND["text"]  # nobody's simulator: a server among others
        kept = {name: value for name, value in request.headers.items() if name in ("content-type", "x-sim-draw")}
        data = json.dumps(request.body).encode() if request.asks else None
        sent = urllib.request.Request(self._behind + request.path, data, kept, method=request.method)
        try:
            with urllib.request.urlopen(sent) as answer:
                return Reply(answer.status, json.load(answer), _headers(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, json.load(error), _headers(error.headers))


def _over(ability: Ability, server: Server) -> Server:
    return lambda request: ability(request, server)


def _headers(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if name.lower().startswith("x-ratelimit")}


class _Handler(QuietHandler):
    server: LesserServer

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def _answer(self, body: Any) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(Request(self.command, self.path, body, headers))
        self.send(reply.status, ({"content-type": "application/json"} | reply.headers).items(), reply.data())

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the client, or the simulator, has gone
            return
