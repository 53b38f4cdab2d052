"""What production shows about an assistant: counts and figures for the rollout's advice. No content of a CV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harness.service.store import DONE, SWITCHED_OFF, Store
from harness.service.tables import Feedback, Pair, Task


@dataclass(frozen=True, slots=True)
class Answered:
    """Uploads that were answered by one method, and how many of them a user called wrong somewhere."""

    n: int
    corrected: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One assistant (by its wire digest) since a moment. Figures are in the order they came.

    pairs: with shadow answers; pair_failures, pair_broken: of those. pair_ms, request_ms: of answered ones.
    requests: uploads that the flag gave to the assistant; failed: nobody answered; broken: the contract was;
    fallbacks: legacy answered. others: uploads and pairs of other assistants, which are not counted.
    """

    wire: str
    since: datetime
    pairs: int
    pair_failures: int
    pair_broken: int
    pair_ms: Sequence[float]
    agreement: Sequence[float]
    control: Sequence[float]
    requests: int
    failed: int
    broken: int
    fallbacks: int
    request_ms: Sequence[float]
    assistant: Answered
    legacy: Answered
    others: int
    assistant_cost: float | None
    legacy_cost: float | None


def gather(store: Store, wire: str, since: datetime) -> Evidence:
    """All evidence about the assistant `wire` since then."""
    with store.session() as session:
        pairs = session.scalars(select(Pair).where(Pair.created_at >= since).order_by(Pair.created_at)).all()
        ours = [pair for pair in pairs if pair.kind == "assistant" and pair.bundle == wire]
        control = [pair for pair in pairs if pair.kind == "control"]
        rows = session.execute(
            select(
                Task.id, Task.way, Task.decision, Task.state, Task.method, Task.cause, Task.bundle, Task.latency_ms,
                Task.cost,
            ).where(Task.created_at >= since, Task.state.in_(DONE)).order_by(Task.created_at)
        ).all()  # fmt: skip
        said = session.execute(
            select(Feedback.task_id, Feedback.path, Feedback.verdict).order_by(Feedback.created_at)
        ).all()
    last = {(task_id, path): verdict for task_id, path, verdict in said}  # a correction may have been taken back
    wrong = {task_id for (task_id, _), verdict in last.items() if verdict == "wrong"}
    given = [
        row for row in rows if row.way == "assistant" and row.decision == "assistant" and row.cause != SWITCHED_OFF
    ]
    mine = [row for row in given if row.bundle == wire]
    by_assistant = [row for row in mine if row.method == "assistant"]
    by_legacy = [row for row in rows if row.method == "legacy"]
    return Evidence(
        wire=wire,
        since=since,
        pairs=len(ours),
        pair_failures=sum(pair.failure is not None and pair.valid is not False for pair in ours),
        pair_broken=sum(pair.valid is False for pair in ours),
        pair_ms=[pair.latency_ms for pair in ours if pair.latency_ms is not None and pair.failure is None],
        agreement=[pair.agreement for pair in ours if pair.agreement is not None],
        control=[pair.agreement for pair in control if pair.agreement is not None],
        requests=len(mine),
        failed=sum(row.state == "failed" for row in mine),
        broken=sum(row.cause == "assistant_contract" for row in mine),
        fallbacks=sum(row.method == "legacy" for row in mine),
        request_ms=[row.latency_ms for row in by_assistant if row.latency_ms is not None],
        assistant=Answered(len(by_assistant), sum(row.id in wrong for row in by_assistant)),
        legacy=Answered(len(by_legacy), sum(row.id in wrong for row in by_legacy)),
        others=len(given) - len(mine) + sum(pair.kind == "assistant" and pair.bundle != wire for pair in pairs),
        assistant_cost=_mean([row.cost for row in by_assistant] + [pair.cost for pair in ours]),
        legacy_cost=_mean([row.cost for row in by_legacy]),
    )


def newest_bundle(store: Store) -> str | None:
    """The assistant that the newest upload met; None where there is no upload."""
    with store.session() as session:
        return session.scalar(select(Task.bundle).order_by(Task.created_at.desc()).limit(1))


def _mean(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) / len(known) if known and len(known) == len(costs) else None
