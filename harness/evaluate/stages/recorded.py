"""On which days the answers of a run's arm were made: those of a reference may be much older than the run."""

from __future__ import annotations

from harness.replay.store import RunStore
from harness.replay.types import RecordKey


def recorded_on(store: RunStore, arm: str) -> str:
    """The day on which an arm's answers were made (`2026-11-22`), or the first and the last (`2026-11-22/2026-11-25`);
    "" where that is not known. One draw of each document stands for the others, which were made with it."""
    keys: dict[str, RecordKey] = {}
    for key in store.done():
        if key.arm == arm:
            keys[key.document_id] = min(key, keys.get(key.document_id, key))
    attempts = (attempt for key in keys.values() for attempt in store.attempts_of(key))
    days = {attempt.started.date().isoformat() for attempt in attempts if attempt.source != "declared"}
    return "/".join(dict.fromkeys((min(days), max(days)))) if days else ""
