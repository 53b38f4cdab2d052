"""What the replay tests share: documents, arms, a caller without a network, and a store in a folder."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness.base.canonical import digest, sha256
from harness.base.project import Project
from harness.corpus.types import Document, Extraction
from harness.models.types import Attempt, Call, Caller, Journal, Usage
from harness.pipelines.reading import answer_of
from harness.pipelines.types import PerDocument, Phase, Pipeline, PipelineInput, PipelineResult
from harness.replay.engine import Pace, Work, replay
from harness.replay.manifest import new_manifest
from harness.replay.progress import ReplaySummary
from harness.replay.store import RunStore
from harness.replay.types import Arm, NewRun, Record, RecordKey

NOW = datetime(2026, 11, 22, 13, 5, 1, tzinfo=UTC)


_ids = itertools.count()


def document(name: str) -> Document:
    return Document(name, f"{name}.txt", "text/plain", sha256(f"file {name}"), name, "gate")


def documents(count: int) -> tuple[Document, ...]:
    return tuple(document(f"cv-{number:04}") for number in range(count))


def arm(name: str, *, draws: int = 1, origin: str = "simulator@1+seed1", model: str = "gpt-4o") -> Arm:
    return Arm(name, "assistant", None, model, origin, range(draws))


def text_of(document: Document) -> str:
    return f"text of {document.id}"


async def extract(document: Document) -> Extraction:
    text = text_of(document)
    return Extraction("ok", text, sha256(text), "fake 1")


def unreadable(*names: str) -> Callable[[Document], Awaitable[Extraction]]:
    """A reader that cannot read the documents of these ids."""

    async def read(document: Document) -> Extraction:
        if document.id in names:
            return Extraction("encrypted", "", sha256(""), "fake 1", ("needs a password",))
        return await extract(document)

    return read


def a_call(text: str, draw: int = 0, part: str = "one") -> Call:
    parts = {"input": sha256(text), "part": sha256(part)}
    return Call(parts, draw, digest(parts), "responses", {"input": text, "part": part})


def an_attempt(**changed: Any) -> Attempt:
    """An answered attempt of 100 ms and 10 + 5 tokens."""
    base = Attempt(
        id=f"attempt-{next(_ids)}",
        call_key="k",
        number=1,
        started=NOW,
        queue_ms=3.0,
        retry_wait_ms=0.0,
        headers_ms=20.0,
        total_ms=100.0,
        model_ms=None,
        status=200,
        usage=Usage(10, 0, 0, 5, 0),
        request_id=None,
        source="live",
        outcome="answered",
        body=b'{"raw": true}',
        text='{"said": 1}',
        snapshot="gpt-4o",
    )
    return replace(base, **changed)


class FakeCaller:
    """Answers every call with `{"said": <input>, "draw": …}`; journals like the real one. `fault` may give other
    changes to the attempt, `before` may wait or raise before it is answered. calls: what was sent."""

    def __init__(
        self,
        journal: Journal,
        *,
        fault: Callable[[Call], dict[str, Any] | None] = lambda call: None,
        before: Callable[[Call], Awaitable[None]] | None = None,
    ) -> None:
        self._journal = journal
        self._fault = fault
        self._before = before
        self.calls: list[Call] = []

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        name = await self._journal.intend(call)
        self.calls.append(call)
        if self._before is not None:
            await self._before(call)
        text = json.dumps({"said": call.body["input"], "part": call.body["part"], "draw": call.draw})
        answered = {"id": name, "call_key": call.key, "draw": call.draw, "text": text}
        attempt = an_attempt(**answered | (self._fault(call) or {}))
        await self._journal.commit(attempt)
        return (attempt,)


FAILED = {"outcome": "failed", "text": None, "usage": None, "body": None}


REFUSED_KEY = FAILED | {"status": 401, "error": "invalid_api_key", "detail": "status 401: bad key"}


NO_SERVER = FAILED | {"status": None, "error": "connection", "detail": "ConnectError: refused"}


class EchoPipeline:
    """Makes `calls` calls one after the other; the answer holds what each of them said."""

    def __init__(self, calls: int = 1) -> None:
        self._calls = calls

    name = "echo"
    fills = frozenset({"said"})

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        attempts: list[Attempt] = []
        readings = []
        said = []
        for number in range(self._calls):
            made = await call(a_call(given.text, draw, f"part {number}"))
            attempts.extend(made)
            found = answer_of(made, {"type": "object"})
            if found.reading:
                readings.append(found.reading)
            said.append(found.value)
        answer = {"said": said} if len(readings) == self._calls else said[-1]
        phases = tuple(Phase(f"part[{number}]", 1, 100.0) for number in range(self._calls))
        return PipelineResult(answer, tuple(readings), tuple(attempts), phases, "completed")


def make_store(root: Path, documents: Iterable[Document], arms: Iterable[Arm]) -> RunStore:
    project = Project(root)
    new = NewRun(
        arms=tuple(arms),
        documents=tuple(documents),
        selection={"split": "gate"},
        scorer="scorer 1",
        seed=1,
        concurrency=4,
        command=("cv-harness", "run"),
    )
    return RunStore.create(project, new_manifest(project, new, NOW))


async def yield_to_others(times: int = 5) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


Fault = Callable[[Call], dict[str, Any] | None]


def run(
    store: RunStore,
    documents: tuple[Document, ...],
    arms: list[Any],
    *,
    pipeline: Pipeline | PerDocument | None = None,
    fault: Fault = lambda call: None,
    before: Callable[[Call], Awaitable[None]] | None = None,
    callers: dict[str, FakeCaller] | None = None,
    **options: Any,
) -> ReplaySummary:
    def caller_of(arm: Any) -> Caller:
        caller = FakeCaller(store.journal(), fault=fault, before=before)
        if callers is not None:
            callers[arm.id] = caller
        return caller

    return asyncio.run(
        replay(
            store,
            Work(
                documents,
                arms,
                extractions=options.pop("extractions", extract),
                pipeline_of=lambda arm: pipeline or EchoPipeline(),
                caller_of=caller_of,
            ),
            Pace(**{field.name: options.pop(field.name) for field in fields(Pace) if field.name in options}),
            **options,
        )
    )


def by_key(store: RunStore) -> dict[RecordKey, Record]:
    return {record.key: record for record in store.records()}


def content(record: Record) -> Record:
    """A record without the ids that every session gives anew."""
    return replace(record, attempt_ids=())


def a_record(name: str = "cv-0000", of: str = "candidate", draw: int = 0, **changed: Any) -> Record:
    base = Record(
        document_id=name,
        arm=of,
        draw=draw,
        answer={"skills": ["x"]},
        state="completed",
        readings=(),
        phases=(Phase("assistant", 1, 100.0),),
        notes=(),
        text_sha256="t",
        latency_ms=100.0,
        queue_ms=0.0,
        retry_ms=0.0,
        source="live",
        usage=Usage(10, 0, 0, 5, 0),
        usage_known=True,
        cost=Decimal("0.001"),
        calls=1,
        attempts=1,
    )
    return replace(base, **changed)
