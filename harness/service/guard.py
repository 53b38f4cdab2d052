"""The guard: looks at what the assistant did for users in the last minutes, and switches the flag off by itself where
a limit is broken. What it saw is on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from harness.service.flags import write_stage
from harness.service.settings import GuardRules
from harness.service.store import SWITCHED_OFF, Store
from harness.service.tables import Event, Task

ROLLBACK = "guard_rollback"
"""The event that a rollback leaves."""


@dataclass(frozen=True, slots=True)
class Window:
    """Assistant requests that began in the window and ended. p95_ms: of answered ones, None where none was."""

    n: int
    errors: int
    broken: int
    fallbacks: int
    p95_ms: float | None


def look(store: Store, rules: GuardRules, wire: str) -> Window:
    """What happened to the uploads that the flag gave to the assistant `wire`, after the last rollback: what led to
    that one says nothing about what came after it."""
    since = store.clock.now() - timedelta(seconds=rules.window_s)
    with store.session() as session:
        last = session.scalar(select(func.max(Event.at)).where(Event.kind == ROLLBACK))
        since = since if last is None else max(since, last)
        rows = session.execute(
            select(Task.state, Task.method, Task.cause, Task.latency_ms).where(
                Task.created_at >= since, Task.bundle == wire, Task.way == "assistant", Task.decision == "assistant",
                Task.state.not_in(("pending", "metadata_extracted")),
            )
        ).all()  # fmt: skip
    rows = [row for row in rows if row.cause != SWITCHED_OFF]
    times = sorted(row.latency_ms for row in rows if row.latency_ms is not None and row.state != "failed")
    return Window(
        n=len(rows),
        errors=sum(row.state == "failed" for row in rows),
        broken=sum(row.cause == "assistant_contract" for row in rows),
        fallbacks=sum(row.method == "legacy" for row in rows),
        p95_ms=times[min(len(times) - 1, int(0.95 * len(times)))] if times else None,
    )


def broken_limits(window: Window, rules: GuardRules) -> Sequence[str]:
    """The limits that the window breaks, none where it holds too little."""
    if window.n < rules.least:
        return ()
    found = []
    for name, count, limit in (
        ("error_rate", window.errors, rules.error_rate),
        ("broken_rate", window.broken, rules.broken_rate),
        ("fallback_rate", window.fallbacks, rules.fallback_rate),
    ):
        if count / window.n > limit:
            found.append(name)
    if window.p95_ms is not None and window.p95_ms > rules.p95_ms:
        found.append("p95_ms")
    return found


def roll_back(store: Store, flags: Path, window: Window, limits: Sequence[str], rules: GuardRules) -> None:
    """Switch the flag off, and keep why."""
    write_stage(flags, "off")
    record(store, ROLLBACK, {"limits": list(limits), "window": asdict(window), "rules": asdict(rules)})


def record(store: Store, kind: str, detail: dict[str, object]) -> None:
    """Put what was done to the rollout on record."""
    with store.session() as session:
        session.add(Event(at=store.clock.now(), kind=kind, detail=detail))
