"""A running service, measured from outside: what a user waits for, split into its stretches, at N users at a time.

Each visit is one upload through the harness's own HTTP pipeline, and a record like every other: speed, quality and
claims are judged from it.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from harness.base.files import write_whole
from harness.base.types import Failure, Json
from harness.corpus.types import Extraction
from harness.evaluate.setup.deployed import about
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.stages.opened import Session
from harness.evaluate.stages.replaying import Part, replay_part
from harness.pipelines.http import FELL_BACK
from harness.replay.maker import OnRecord
from harness.replay.progress import ReplaySummary
from harness.replay.types import Record

LOADS = "load.json"
"""In the run's folder: what N users at a time got."""


@dataclass(frozen=True, slots=True)
class Load:
    """What N users at a time got of one way. failed: visits without an answer, by code. fell_back: answers of legacy in
    the assistant's place. total_ms, stretches: milliseconds of answered visits, whole and by stretch."""

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
        """Answers a minute of all users together."""
        return 60.0 * (self.n - sum(self.failed.values())) / self.seconds

    def lines(self) -> list[str]:
        """For a person."""
        failed = "".join(f" · {count} × {code}" for code, count in self.failed.items())
        fell_back = f" · {self.fell_back} by the fallback" if self.fell_back else ""
        hint = " (a service for a measurement needs a higher --uploads-a-minute)" if "http_429" in self.failed else ""
        return [
            f"{self.arm}, {self.users} users at a time: n {self.n}{failed}{hint} · {self.a_minute:.1f} answers a minute"
            f" · {_told(self.total_ms)}{fell_back}",
            *(f"    {name}: {_told(values)}" for name, values in self.stretches.items()),
        ]

    def to_dict(self) -> dict[str, Json]:
        return {
            "arm": self.arm, "users": self.users, "n": self.n, "failed": dict(self.failed),
            "fell_back": self.fell_back, "seconds": self.seconds, "answers_a_minute": self.a_minute,
            "total_ms": _quantiles(self.total_ms),
            "stretches_ms": {name: _quantiles(values) for name, values in self.stretches.items()},
        }  # fmt: skip


def visit(session: Session, inputs: Inputs, on_record: OnRecord) -> ReplaySummary:
    """Visit the plan's service with every document, one way after the other, `concurrency` users at a time, so that
    each way has the service for itself. What the users got is told, and kept in the run's folder."""
    run, service = session.run, session.run.plan.service
    assert service is not None
    loads: list[Load] = []
    for arm in session.arms.arms:
        made: list[Record] = []

        def keep(record: Record, extraction: Extraction | None, made: list[Record] = made) -> None:
            made.append(record)
            on_record(record, extraction)

        users = run.plan.concurrency
        told = f"visiting {service.base_url}: {arm.id}, {len(inputs.documents)} CVs, {users} users at a time"
        begin = time.perf_counter()
        part = Part(replace(session.arms, arms=(arm,)), inputs, Decimal(0), told)
        summary = replay_part(session, part, keep)
        if made:
            loads.append(load_of(arm.id, users, made, time.perf_counter() - begin))
            for line in loads[-1].lines():
                run.listener.note(line)
        if summary.interrupted or not summary.complete:
            break
        if arm is not session.arms.arms[-1]:  # what is complete so far is no complete run
            run.store.set_status("interrupted", run.clock.now())
    path = run.folder / LOADS
    before = json.loads(path.read_bytes())["loads"] if path.exists() else []  # of the session that is gone on with
    measured = [*before, *(load.to_dict() for load in loads)]
    write_whole(path, json.dumps({"service": dict(about(service)), "loads": measured}, indent=1))
    return summary


def load_of(arm: str, users: int, records: Sequence[Record], seconds: float) -> Load:
    """What the visits of one way came to."""
    answered = [record for record in records if not isinstance(record.answer, Failure)]
    failed = Counter(record.answer.code for record in records if isinstance(record.answer, Failure))
    stretches: dict[str, list[float]] = {}
    for record in answered:
        for phase in record.phases:
            stretches.setdefault(phase.name, []).append(phase.ms or 0.0)
    return Load(
        arm=arm,
        users=users,
        n=len(records),
        failed=dict(failed.most_common()),
        fell_back=sum(FELL_BACK in record.notes for record in answered),
        seconds=seconds,
        total_ms=[record.latency_ms for record in answered if record.latency_ms is not None],
        stretches=stretches,
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Nearest rank, of at least one value."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _quantiles(values: Sequence[float]) -> dict[str, Json]:
    """n, median and p95 of some milliseconds; nothing is said of none."""
    found = {name: quantile(values, share) if values else None for name, share in (("p50", 0.5), ("p95", 0.95))}
    return {"n": len(values), **found}


def _told(values: Sequence[float]) -> str:
    if not values:
        return "nothing measured"
    p50, p95 = (quantile(values, share) / 1000.0 for share in (0.5, 0.95))
    return f"median {p50:.2f} s, p95 {p95:.2f} s"
