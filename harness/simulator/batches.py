"""Files and batches, as OpenAI's Batch API has them: lines of requests that are answered one after the other while
nobody waits. What goes wrong there goes wrong on demand (`BatchPlan`)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from time import time
from typing import Any

from harness.base.canonical import digest, sha256
from harness.base.types import Json
from harness.simulator.apierror import ApiError, bad
from harness.simulator.chance import uniform
from harness.simulator.edge import limited
from harness.simulator.http import Reply, Request

MOST_LINES = 50_000
WINDOW_S = 24 * 3600
ENDPOINTS = ("/v1/responses", "/v1/chat/completions")
OVER = frozenset({"completed", "failed", "expired", "cancelled"})
_VOLATILE = ("prompt_cache_key", "metadata", "safety_identifier", "user")


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """How batches go. expire: the share of lines that are not answered in time, drawn anew for each batch; fail: how
    many of the first batches are refused as a whole; pace: real seconds of each line; lines: most in one batch;
    lose: answers to so many of the first requests for a batch are cut, although it was made; hold: so many of the first
    do not begin until they are cancelled."""

    expire: float = 0.0
    fail: int = 0
    pace: float = 0.0
    lines: int = MOST_LINES
    lose: int = 0
    hold: int = 0


def read_plan(text: str) -> BatchPlan:
    """A plan from text (`expire=0.05; pace=0.01`). Raises ApiError."""
    known = {each.name: float if "float" in str(each.type) else int for each in fields(BatchPlan)}
    given: dict[str, Any] = {}
    for pair in filter(None, (part.strip() for part in text.split(";"))):
        name, _, value = (part.strip() for part in pair.partition("="))
        if name not in known:
            raise bad(f"Unknown option of batches: {name[:40]}. Known: {', '.join(known)}.")
        try:
            given[name] = known[name](value)
        except ValueError:
            raise bad(f"Invalid option of batches: {name}={value[:40]}.") from None
    return BatchPlan(**given)


@dataclass(slots=True)
class _File:
    id: str
    name: str
    purpose: str
    content: bytes
    created: int

    def as_json(self) -> dict[str, Json]:
        return {
            "id": self.id, "object": "file", "bytes": len(self.content), "created_at": self.created,
            "filename": self.name, "purpose": self.purpose, "status": "processed",
        }  # fmt: skip


@dataclass(slots=True)
class _Batch:
    id: str
    endpoint: str
    input_file: str
    metadata: dict[str, Json]
    created: int
    status: str = "validating"
    counts: Counter[str] = field(default_factory=Counter)
    output_file: str | None = None
    error_file: str | None = None
    errors: list[dict[str, Json]] = field(default_factory=list)
    ended: int | None = None
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def as_json(self) -> dict[str, Json]:
        return {
            "id": self.id, "object": "batch", "endpoint": self.endpoint, "input_file_id": self.input_file,
            "completion_window": "24h", "status": self.status, "output_file_id": self.output_file,
            "error_file_id": self.error_file, "created_at": self.created, "expires_at": self.created + WINDOW_S,
            f"{self.status}_at": self.ended, "metadata": self.metadata,
            "errors": {"object": "list", "data": list(self.errors)} if self.errors else None,
            "request_counts": {name: self.counts[name] for name in ("total", "completed", "failed")},
        }  # fmt: skip


class Batches:
    """What was uploaded and asked for. answer: one request as the server answers it; raises ApiError."""

    def __init__(
        self,
        answer: Callable[[Request], Reply],
        plan: BatchPlan = BatchPlan(),
        seed: int = 7,
        clock: Callable[[], float] = time,
    ) -> None:
        self.plan = plan
        self._answer = answer
        self._seed = seed
        self._clock = clock
        self._files: dict[str, _File] = {}
        self._batches: dict[str, _Batch] = {}
        self._seen: Counter[str] = Counter()
        self._lost = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def route(self, path: str, request: Request) -> Reply | Json:
        """The answer to a request under /files or /batches: a reply, or the JSON of one. Raises ApiError."""
        match path.strip("/").split("/"), request.method:
            case ["files"], "POST":
                return self._upload(request)
            case ["files"], "GET":
                return _listed([file.as_json() for file in self._files.values()])
            case ["files", name], "GET":
                return self._file(name).as_json()
            case ["files", name], "DELETE":
                del self._files[self._file(name).id]
                return {"id": name, "object": "file", "deleted": True}
            case ["files", name, "content"], "GET":
                return Reply(200, self._file(name).content, content_type="application/octet-stream")
            case ["batches"], "POST":
                return self._create(request)
            case ["batches"], "GET":
                return _listed([batch.as_json() for batch in reversed(self._batches.values())])
            case ["batches", name], "GET":
                return self._batch(name).as_json()
            case ["batches", name, "cancel"], "POST":
                batch = self._batch(name)
                if batch.status not in OVER:
                    batch.status = "cancelling"
                    batch.stopped.set()
                return batch.as_json()
        raise ApiError(404, f"Invalid URL ({request.method} /v1/{path[:200]})", code="unknown_url")

    def _file(self, name: str) -> _File:
        if name not in self._files:
            raise ApiError(404, f"No such File object: {name[:80]}", param="id")
        return self._files[name]

    def _batch(self, name: str) -> _Batch:
        if name not in self._batches:
            raise ApiError(404, f"No batch found with id '{name[:80]}'.", param="id")
        return self._batches[name]

    def _keep(self, name: str, purpose: str, content: bytes) -> _File:
        identity = sha256(f"{self._seed}:{len(self._files)}:{self._clock()}:{name}")[:24]
        file = _File(f"file-{identity}", name, purpose, content, int(self._clock()))
        self._files[file.id] = file
        return file

    def _upload(self, request: Request) -> Json:
        parts = dict(_form(request))
        name, content = parts.get("file", ("", b""))
        purpose = parts.get("purpose", ("", b""))[1].decode("utf-8", "replace")
        if not content or purpose != "batch":
            raise bad("A file with purpose 'batch' is expected.", "purpose" if content else "file")
        return self._keep(name, purpose, content).as_json()

    def _create(self, request: Request) -> Reply | Json:
        try:
            given = json.loads(request.body)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict) or given.get("endpoint") not in ENDPOINTS:
            raise bad(f"Invalid 'endpoint': expected one of {', '.join(ENDPOINTS)}.", "endpoint", "invalid_value")
        if given.get("completion_window") != "24h":
            raise bad("Invalid value: 'completion_window' must be '24h'.", "completion_window", "invalid_value")
        file = self._file(str(given.get("input_file_id")))
        identity = sha256(f"{self._seed}:{len(self._batches)}:{self._clock()}")[:24]
        metadata = given.get("metadata")
        batch = _Batch(
            f"batch_{identity}", given["endpoint"], file.id, metadata if isinstance(metadata, dict) else {},
            int(self._clock()),
        )  # fmt: skip
        self._batches[batch.id] = batch
        task = asyncio.get_running_loop().create_task(self._work(batch, file.content))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._lost < self.plan.lose:
            self._lost += 1
            return Reply(500, b"", send=-1)
        return batch.as_json()

    async def _work(self, batch: _Batch, content: bytes) -> None:
        """Answer a batch's lines in turn."""
        await asyncio.sleep(self.plan.pace)
        lines, batch.errors = _lines(content, batch.endpoint, self.plan.lines)
        place = list(self._batches).index(batch.id)
        if place < self.plan.hold:
            await batch.stopped.wait()
        if place < self.plan.fail:
            batch.errors = [_error("token_limit_exceeded", "Enqueued token limit reached. Please try again later.")]
        if batch.errors:
            self._end(batch, "failed")
            return
        batch.status = "in_progress" if batch.status == "validating" else batch.status
        batch.counts["total"] = len(lines)
        good: list[Json] = []
        failed: list[Json] = []
        expired = False
        for line in lines:
            await asyncio.sleep(self.plan.pace)
            key = digest([{k: v for k, v in line["body"].items() if k not in _VOLATILE}, _draw(line["custom_id"])])
            self._seen[key] += 1
            if batch.status == "cancelling":
                failed.append(_not_run(line, "batch_cancelled", "This request was cancelled with its batch."))
            elif uniform(self._seed, "expire", key, self._seen[key]) < self.plan.expire:
                expired = True
                words = "This request could not be executed before the completion window expired."
                failed.append(_not_run(line, "batch_expired", words))
            else:
                answer = self._line(line)
                (good if answer["response"]["status_code"] == 200 else failed).append(answer)
                batch.counts["completed" if answer["response"]["status_code"] == 200 else "failed"] += 1
        if good:
            batch.output_file = self._keep(f"{batch.id}_output.jsonl", "batch_output", _jsonl(good)).id
        if failed:
            batch.error_file = self._keep(f"{batch.id}_error.jsonl", "batch_output", _jsonl(failed)).id
        self._end(batch, "cancelled" if batch.status == "cancelling" else "expired" if expired else "completed")

    def _end(self, batch: _Batch, status: str) -> None:
        batch.status, batch.ended = status, int(self._clock())

    def _line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"x-sim-draw": str(_draw(line["custom_id"]))}
        request = Request("POST", line["url"], headers, json.dumps(line["body"]).encode())
        try:
            with limited():
                reply = self._answer(request)
            status, body = reply.status, json.loads(reply.body)
        except ApiError as error:
            status, body = error.status, error.body()
        except ValueError:  # a fault's web page or broken JSON: no line of a file can hold it
            status, body = 500, ApiError(500, "The server had an error.", kind="server_error").body()
        identity = sha256(f"{self._seed}:{line['custom_id']}")[:24]
        response = {"status_code": status, "request_id": f"req_{identity}", "body": body}
        return {"id": f"batch_req_{identity}", "custom_id": line["custom_id"], "response": response, "error": None}


def _draw(custom_id: str) -> int:
    """Which independent answer is wanted: the end of a custom id, "-d2"."""
    _, mark, draw = custom_id.rpartition("-d")
    return int(draw) if mark and draw.isascii() and draw.isdigit() and len(draw) < 6 else 0


def _not_run(line: Mapping[str, Any], code: str, message: str) -> Json:
    identity = sha256(line["custom_id"])[:24]
    error = {"code": code, "message": message}
    return {"id": f"batch_req_{identity}", "custom_id": line["custom_id"], "response": None, "error": error}


def _error(code: str, message: str, line: int | None = None) -> dict[str, Json]:
    return {"code": code, "message": message, "param": None, "line": line}


def _lines(content: bytes, endpoint: str, most: int) -> tuple[list[dict[str, Any]], list[dict[str, Json]]]:
    """The lines of an input file, and what is wrong with them."""
    found: list[dict[str, Any]] = []
    errors: list[dict[str, Json]] = []
    seen: set[str] = set()
    models: set[str] = set()
    for number, raw in enumerate(filter(None, content.split(b"\n")), 1):
        try:
            line = json.loads(raw)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict) or not isinstance(line.get("body"), dict):
            errors.append(_error("invalid_json_line", "This line is not parseable as valid JSON.", number))
            continue
        name = line.get("custom_id")
        if not isinstance(name, str) or not 0 < len(name) <= 64:
            errors.append(_error("missing_required_parameter", "Missing required parameter: 'custom_id'.", number))
        elif name in seen:
            errors.append(_error("duplicate_custom_id", "The custom_id is already used.", number))
        elif line.get("url") != endpoint or line.get("method") != "POST":
            errors.append(_error("invalid_url", "The URL of the line is not the batch's endpoint.", number))
        else:
            found.append(line)
        seen.add(str(name))
        models.add(str(line["body"].get("model")))
    if len(models) > 1:
        errors.append(_error("mismatched_model", "All requests of a batch must be for the same model."))
    if len(found) > most:
        errors.append(_error("too_many_requests", f"The batch has more than {most} requests."))
    return found, errors[:20] if found or errors else [_error("empty_file", "The batch input file is empty.")]


def _jsonl(lines: list[Json]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n" for line in lines)


def _listed(objects: list[dict[str, Json]]) -> Json:
    return {"object": "list", "data": list(objects), "has_more": False}


def _form(request: Request) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Of each part of a multipart form its name, with file name and content."""
    _, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    if not boundary:
        raise bad("A multipart form is expected.", "file")
    for part in request.body.split(b"--" + boundary.strip('"').encode("latin-1"))[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        line = next((each for each in head.split(b"\r\n") if each.lower().startswith(b"content-disposition")), b"")
        words = dict(
            word.strip().partition("=")[::2] for word in line.decode("utf-8", "replace").split(";") if "=" in word
        )
        yield words.get("name", "").strip('"'), (words.get("filename", "").strip('"')[:200], content[:-2])
