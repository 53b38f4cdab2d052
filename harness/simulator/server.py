"""The endpoints, and what the server remembers: billed calls, faults in force, captured requests."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import time
from typing import Any

from harness.base.canonical import canonical, digest, sha256
from harness.base.types import Json
from harness.simulator import VERSION, tokens
from harness.simulator.apierror import ApiError, bad
from harness.simulator.background import Background, tier_served, wanted
from harness.simulator.batches import Batches, BatchPlan
from harness.simulator.catalogue import MODELS, model_object, model_objects
from harness.simulator.directives import read_schema, read_sentences, repertoire
from harness.simulator.edge import from_this_machine, limited
from harness.simulator.envelopes import Completion, Finish, chat_completion, response
from harness.simulator.faults import Fault, FaultPlans, as_error, read_fault
from harness.simulator.http import Reply, Request
from harness.simulator.mind import think
from harness.simulator.prompt_cache import PromptCache
from harness.simulator.question import Question, Wire
from harness.simulator.timing import processing_ms, reasoning_tokens
from harness.simulator.validate import read_chat, read_responses

REFUSAL = "I'm sorry, but I can't help with that."
VOLATILE = ("prompt_cache_key", "metadata", "safety_identifier", "user")
ROUTES = {
    "/v1/chat/completions": "chat",
    "/v1/responses": "responses",
    "/chat/completions": "chat",
    "/responses": "responses",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server behaves. clock_scale: real seconds slept per virtual second. api_key: the only key that is let
    in, "" for any. capture: where request bodies are appended, one JSON line each, without headers."""

    seed: int = 7
    clock_scale: float = 0.0
    api_key: str = ""
    require_key: bool = False
    capture: Path | None = None
    faults: tuple[Fault, ...] = ()
    weaknesses: tuple[str, ...] = ()
    batches: BatchPlan = field(default_factory=BatchPlan)


@dataclass(slots=True)
class Stats:
    """What has been asked and billed since the start."""

    requests: int = 0
    billed: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    virtual_ms: float = 0.0

    def as_json(self) -> dict[str, Json]:
        return {
            "requests": self.requests,
            "billed_calls": sum(self.billed.values()),
            "distinct_calls": len(self.billed),
            "billed_twice": sum(count - 1 for count in self.billed.values()),
            "billed": dict(self.billed),
            "statuses": dict(self.statuses),
            "faults": dict(self.faults),
            "input_tokens": self.input_tokens,
            "cached_tokens": self.cached_tokens,
            "output_tokens": self.output_tokens,
            "virtual_ms": round(self.virtual_ms, 1),
        }


class Server:
    """One simulated provider. `handle` is all that the HTTP side needs."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time) -> None:
        self.settings = settings
        self.clock = clock
        self.stats = Stats()
        self.faults = FaultPlans(settings.seed, settings.faults)
        self.cache = PromptCache()
        self.captured: deque[dict[str, Json]] = deque(maxlen=2000)
        self.background = Background(clock)
        self.batches = Batches(self._answer_line, settings.batches, settings.seed, clock)

    async def handle(self, request: Request) -> Reply:
        """Answer one request; never raises."""
        try:
            with limited():
                reply = self._route(request)
        except ApiError as error:
            reply = self._json(error.status, error.body(), error.headers)
        self.stats.statuses[str(reply.status)] += 1
        return reply

    def _route(self, request: Request) -> Reply:
        path = request.path.rstrip("/") or "/"
        wire = ROUTES.get(path)
        if wire is not None:
            _need(request, "POST")
            self._authorize(request)
            return self._complete(request, "chat" if wire == "chat" else "responses")
        if request.method == "GET" and path.removeprefix("/v1").startswith("/responses/"):
            self._authorize(request)
            return self._json(200, self.background.look(path.rsplit("/", 1)[1]))
        if path in ("/v1/models", "/models"):
            self._authorize(request)
            return self._json(200, {"object": "list", "data": model_objects()})
        if path.startswith(("/v1/models/", "/models/")):
            self._authorize(request)
            name = path.rsplit("/", 1)[1]
            if name not in MODELS:
                raise ApiError(404, f"The model '{name[:100]}' does not exist", param="model", code="model_not_found")
            return self._json(200, model_object(MODELS[name]))
        if path.removeprefix("/v1").startswith(("/files", "/batches")):
            self._authorize(request)
            told = self.batches.route(path.removeprefix("/v1"), request)
            return told if isinstance(told, Reply) else self._json(200, told)
        if path.startswith("/sim/"):
            from_this_machine(request.headers)
            return self._control(path, request)
        raise ApiError(404, f"Invalid URL ({request.method} {path[:200]})", code="unknown_url")

    def _answer_line(self, request: Request) -> Reply:
        """One line of a batch."""
        return self._complete(request, "chat" if request.path.endswith("completions") else "responses")

    def _control(self, path: str, request: Request) -> Reply:
        match path, request.method:
            case "/sim/stats", "GET":
                return self._json(200, self.stats.as_json())
            case "/sim/stats", "DELETE":
                self.stats = Stats()
                return self._json(200, {"reset": True})
            case "/sim/requests", "GET":
                return self._json(200, {"requests": list(self.captured)})
            case "/sim/faults", "GET":
                return self._json(200, {"faults": [asdict(plan) for plan in self.faults.plans]})
            case "/sim/faults", "POST":
                given = _body(request)
                plans = given.get("faults", []) if isinstance(given, dict) and "faults" in given else given
                plans = plans if isinstance(plans, list) else [plans]
                self.faults = FaultPlans(self.settings.seed, tuple(read_fault(plan) for plan in plans))
                return self._json(200, {"faults": [asdict(plan) for plan in self.faults.plans]})
            case "/sim/faults", "DELETE":
                self.faults = FaultPlans(self.settings.seed)
                return self._json(200, {"faults": []})
            case "/sim/directives", "POST":
                given = _body(request)
                if not isinstance(given, dict) or not isinstance(given.get("instructions"), str):
                    raise bad("Missing required parameter: 'instructions'.", "instructions")
                return self._json(200, _directives(given["instructions"], given.get("schema")))
            case "/sim/repertoire", "GET":
                return self._json(200, repertoire())
            case "/sim/version", "GET":
                weak = list(self.settings.weaknesses)
                return self._json(200, {"version": VERSION, "seed": self.settings.seed, "weaknesses": weak})
            case _:
                raise ApiError(404, f"Invalid URL ({request.method} {path[:200]})", code="unknown_url")

    def _authorize(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        scheme, _, key = given.partition(" ")
        if not self.settings.require_key and not self.settings.api_key:
            return
        if scheme.lower() != "bearer" or not key:
            raise ApiError(
                401, "You didn't provide an API key. You need to provide your API key in an Authorization header."
            )
        if self.settings.api_key and key != self.settings.api_key:
            raise ApiError(401, "Incorrect API key provided.", code="invalid_api_key")

    def _complete(self, request: Request, wire: Wire) -> Reply:
        self.stats.requests += 1
        body = _body(request)
        draw = _draw(request.headers.get("x-sim-draw"))
        self._capture(request.path, draw, body)
        question = read_chat(body, draw) if wire == "chat" else read_responses(body, draw)
        tier, later = tier_served(body.get("service_tier")), wire == "responses" and wanted(body)
        stable = {name: value for name, value in body.items() if name not in VOLATILE}
        key = digest([wire, stable, draw])
        fault = self.faults.pick(request.headers.get("x-sim-fault"), key, wire, question.model.id)
        if fault is not None:
            self.stats.faults[fault.kind] += 1
            error = as_error(fault)
            if error is not None:
                raise error
            if fault.kind == "timeout":
                return Reply(504, b"", wait=fault.seconds, send=-1)
            if fault.kind == "reset":
                return Reply(500, b"", send=-1)
        reply = self._answer(question, key, body | {"service_tier": tier}, fault)
        if not later or fault is not None:
            return reply
        return replace(reply, body=json.dumps(self.background.begin(json.loads(reply.body))).encode())

    def _answer(self, question: Question, key: str, body: dict[str, Json], fault: Fault | None) -> Reply:
        completion = self._generate(question, fault)
        self.stats.billed[key] += 1
        self.stats.input_tokens += completion.input_tokens
        self.stats.cached_tokens += completion.cached_tokens
        self.stats.output_tokens += completion.output_tokens
        virtual = processing_ms(question, self.settings.seed, completion.input_tokens, completion.output_tokens)
        self.stats.virtual_ms += virtual
        slept = virtual * self.settings.clock_scale
        identity = sha256(f"{key}:{self.stats.billed[key]}")[:32]
        created = int(self.clock())
        if question.wire == "chat":
            if completion.finish == "failed":
                raise ApiError(500, "The server had an error while processing your request.", kind="server_error")
            payload = chat_completion(question, completion, identity, created)
            payload["service_tier"] = body["service_tier"]
        else:
            payload = response(question, completion, identity, created, body)
        headers = {
            "openai-processing-ms": f"{virtual:.0f}",
            "openai-version": "2020-10-01",
            "x-sim-slept-ms": f"{slept:.0f}",
            "x-sim-version": VERSION,
            "x-ratelimit-limit-requests": "10000",
            "x-ratelimit-limit-tokens": "30000000",
            "x-ratelimit-remaining-requests": "9999",
            "x-ratelimit-remaining-tokens": str(30_000_000 - completion.input_tokens - completion.output_tokens),
            "x-ratelimit-reset-requests": "6ms",
            "x-ratelimit-reset-tokens": "0s",
        }
        kind = fault.kind if fault else ""
        if kind == "html":
            page = b"<html><body><h1>Bad gateway</h1></body></html>"
            return Reply(200, page, self._with_id(headers), "text/html", wait=slept / 1000)
        data = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
        if kind == "broken_json":
            data = data[: len(data) * 2 // 3]
        send = len(data) // 2 if kind == "truncated_body" else None
        return Reply(200, data, self._with_id(headers), wait=slept / 1000, send=send)

    def _generate(self, question: Question, fault: Fault | None) -> Completion:
        """The model's answer, cut where the limit of tokens says so."""
        schema = canonical(question.schema).decode() if question.schema is not None else ""
        input_tokens = 8 + sum(
            tokens.count(part) + 4 for part in (schema, question.instructions, *question.messages) if part
        )
        if input_tokens > question.model.context:
            raise bad(
                f"This model's maximum context length is {question.model.context} tokens. However, your messages "
                f"resulted in {input_tokens} tokens. Please reduce the length of the messages.",
                "messages" if question.wire == "chat" else "input",
                "context_length_exceeded",
            )
        cached = self.cache.read(question, input_tokens)
        hidden = reasoning_tokens(question, self.settings.seed)
        limit = question.max_output or question.model.max_output
        finish: Finish = "stop"
        kind = fault.kind if fault else ""
        if kind == "failed":
            return Completion("", "failed", input_tokens, cached, 0, 0)
        text = REFUSAL if kind == "refusal" else think(question, self.settings.seed, self.settings.weaknesses)
        if kind == "refusal":
            finish = "refusal"
        if kind == "content_filter":
            text, finish = text[: len(text) // 3], "content_filter"
        if hidden >= limit:
            return Completion("", "length", input_tokens, cached, limit, limit)
        visible = tokens.count(text)
        if visible > limit - hidden:
            text, finish, visible = tokens.cut(text, limit - hidden), "length", limit - hidden
        return Completion(text, finish, input_tokens, cached, visible + hidden, hidden)

    def _capture(self, path: str, draw: int, body: Json) -> None:
        if self.settings.capture is None:
            return
        entry = {"path": path, "draw": draw, "body": body}
        self.captured.append(entry)
        with self.settings.capture.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _with_id(self, headers: dict[str, str]) -> dict[str, str]:
        return {
            "x-request-id": f"req_{sha256(f'{self.settings.seed}:{self.stats.requests}:{self.clock()}')[:32]}",
            **headers,
        }

    def _json(self, status: int, payload: Any, headers: dict[str, str] | None = None) -> Reply:
        return Reply(status, json.dumps(payload, ensure_ascii=False).encode("utf-8"), self._with_id(headers or {}))


def _need(request: Request, method: str) -> None:
    if request.method != method:
        raise ApiError(405, f"Not allowed to {request.method} on {request.path[:200]}.", code="method_not_supported")


def _body(request: Request) -> Json:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise bad(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
            "library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)"
        ) from None


def _draw(header: str | None) -> int:
    if header is None or header == "":
        return 0
    if not header.strip().lstrip("-").isdigit():
        raise bad(f"x-sim-draw must be an integer, not {header!r:.40}.")
    return int(header)


def _directives(instructions: str, schema: Json) -> dict[str, Json]:
    """What is recognised in each sentence of an instruction text."""
    return {
        "version": VERSION,
        "sentences": [
            {
                "sentence": sentence.text,
                "start": sentence.start,
                "end": sentence.end,
                "kind": sentence.kind,
                "recognised": sentence.judged,
                "directives": [asdict(directive) for directive in sentence.directives],
            }
            for sentence in read_sentences(instructions)
        ],
        "schema": [asdict(directive) for directive in read_schema(schema)] if schema is not None else [],
    }
