"""A deployed service, measured from outside: what a user waits for, split into its stretches, at N users at a time.

Each visit is one upload through the harness's own HTTP pipeline. The answers become a run of declared answers, so
that speed, quality and claims are judged as everywhere else.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.base.errors import ProviderUnavailableError, UsageError
from harness.base.files import write_whole
from harness.base.project import Project
from harness.base.types import Failure, Json
from harness.corpus.types import Document
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.plan import Plan
from harness.models.types import Attempt, Call
from harness.pipelines.http import Flavour, HttpPipeline, Service
from harness.pipelines.types import PipelineInput, PipelineResult

ARMS: Mapping[str, tuple[str, Flavour]] = {
    "legacy-http": ("legacy", "legacy"),
    "candidate-http": ("candidate", "assistant"),
}
"""What `--arms` may name: the run's arm, and the service's way behind it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One upload. total_ms: all of it, as a user waits for it. by: who the service says answered, where it says."""

    document_id: str
    arm: str
    repeat: int
    result: PipelineResult
    total_ms: float
    by: str


@dataclass(frozen=True, slots=True)
class Load:
    """What N users at a time got. stretches: milliseconds of each by name. a_minute: answers a minute of all users."""

    arm: str
    users: int
    n: int
    failed: Mapping[str, int]
    fell_back: int
    seconds: float
    total_ms: Sequence[float]
    stretches: Mapping[str, Sequence[float]]

    @property
    def a_minute(self) -> float:
        return 60.0 * (self.n - sum(self.failed.values())) / self.seconds

    def to_dict(self) -> dict[str, Json]:
        return {
            "arm": self.arm, "users": self.users, "n": self.n, "failed": dict(self.failed),
            "fell_back": self.fell_back, "seconds": self.seconds, "answers_a_minute": self.a_minute,
            "total_ms": quantiles(self.total_ms),
            "stretches_ms": {name: quantiles(values) for name, values in self.stretches.items()},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class OverHttp:
    """The answers' file, the loads beside it, and what the service says of itself."""

    answers: Path
    loads: tuple[Load, ...]
    about: Mapping[str, Any]


def over_http(project: Project, plan: Plan, arms: Sequence[str], service: Service, users: int) -> OverHttp:
    """Visit the service with every chosen CV, way by way, `users` at a time.

    Raises UsageError for an arm that is none, ProviderUnavailableError where the service is not ready.
    """
    unknown = [arm for arm in arms if arm not in ARMS]
    if unknown or not arms:
        raise UsageError(f"--arms {unknown[0] if unknown else ''}: with --service, {' and '.join(ARMS)}")
    about = _about(service)
    inputs = load_inputs(project, plan)
    visits: list[Visit] = []
    loads: list[Load] = []
    for name in arms:
        arm, flavour = ARMS[name]
        pipeline = HttpPipeline(service, flavour, lambda document: inputs.paths[document.id])
        begin = time.perf_counter()
        made = asyncio.run(_visit_all(pipeline, arm, inputs.documents, plan.repeat, users))
        loads.append(_load(name, users, made, time.perf_counter() - begin))
        visits += made
    folder = project.reports / "http" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    answers = folder / "answers.jsonl"
    write_whole(answers, "".join(_line(visit) + "\n" for visit in visits), private=True)
    write_whole(folder / "load.json", json.dumps({"service": about, "loads": [load.to_dict() for load in loads]}))
    return OverHttp(answers, tuple(loads), about)


def quantiles(values: Sequence[float]) -> dict[str, Json]:
    """n, median and p95 (nearest rank) of some milliseconds; nothing is said of none."""
    ordered = sorted(values)
    if not ordered:
        return {"n": 0, "p50": None, "p95": None}
    place = [min(len(ordered) - 1, int(share * len(ordered))) for share in (0.5, 0.95)]
    return {"n": len(ordered), "p50": ordered[place[0]], "p95": ordered[place[1]]}


async def _visit_all(
    pipeline: HttpPipeline, arm: str, documents: Sequence[Document], repeat: int, users: int
) -> list[Visit]:
    """All visits, by so many users who take one after the other from one list."""
    waiting = iter([(document, number) for number in range(repeat) for document in documents])
    visits: list[Visit] = []

    async def user() -> None:
        for document, number in waiting:
            begin = time.perf_counter()
            result = await pipeline.for_document(document).run(PipelineInput(""), _nobody, number)
            total_ms = (time.perf_counter() - begin) * 1000.0
            fell_back = any("fallback" in note for note in result.notes)
            by = "legacy" if arm == "legacy" or fell_back else "assistant"
            visits.append(Visit(document.id, arm, number, result, total_ms, by))

    await asyncio.gather(*(user() for _ in range(users)))
    return visits


async def _nobody(call: Call) -> tuple[Attempt, ...]:
    raise AssertionError(f"the service asks the model itself, but {call.wire} was called")


def _load(name: str, users: int, visits: Sequence[Visit], seconds: float) -> Load:
    failed: dict[str, int] = {}
    stretches: dict[str, list[float]] = {}
    for visit in visits:
        if isinstance(visit.result.answer, Failure):
            failed[visit.result.answer.code] = failed.get(visit.result.answer.code, 0) + 1
            continue
        for phase in visit.result.phases:
            if phase.ms is not None:
                stretches.setdefault(phase.name, []).append(phase.ms)
    answered = [visit.total_ms for visit in visits if not isinstance(visit.result.answer, Failure)]
    fell_back = sum(visit.by == "legacy" for visit in visits) if name == "candidate-http" else 0
    return Load(name, users, len(visits), failed, fell_back, seconds, answered, stretches)


def _line(visit: Visit) -> str:
    answer = visit.result.answer
    line: dict[str, Json] = {"document": visit.document_id, "pipeline": visit.arm, "repeat": visit.repeat}
    if isinstance(answer, Failure):
        line |= {"answer": None, "error": f"{answer.kind}: {answer.code}"}
    else:
        line |= {"answer": answer, "latency_ms": visit.total_ms}
    return json.dumps(line, ensure_ascii=False)


def _about(service: Service) -> Mapping[str, Any]:
    """What `/readyz` says: origin, assistant, flags."""
    import httpx2

    try:
        answer = httpx2.get(f"{service.base_url}/readyz", timeout=10)
        about = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderUnavailableError(
            f"no service answers at {service.base_url}: {type(error).__name__}", hint="start it with `cv-harness serve`"
        ) from None
    if answer.status_code != 200 or not isinstance(about, dict):
        raise ProviderUnavailableError(f"the service at {service.base_url} is not ready (status {answer.status_code})")
    return about
