"""The caller: what is asked in which order, what is durable when, and what a replay says of a miss."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from loopback_server import Play, Server, error, http, response, serving, silence
from model_doubles import KEY, MemoryJournal, attempt, call, failed

from harness.base.errors import HarnessError
from harness.models.caller import RECORDING_MISSING, Terms, Timer, build_caller, recording_missing
from harness.models.client import ModelClient
from harness.models.endpoints import other_endpoint
from harness.models.flight import FLIGHT, Flight
from harness.models.limiter import Limiter
from harness.models.recordings import RecordingStore, record
from harness.models.retry import RetryPolicy
from harness.models.types import Attempt, Call, Caller

CALL = call()
RETRY = RetryPolicy(attempts=3, first=0.5, jitter=lambda: 0.0)


class Waits:
    """Stands for sleeping: remembers how long, and takes no time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def _client(url: str) -> ModelClient:
    return ModelClient(other_endpoint(url, {"OPENAI_API_KEY": KEY}))


def asked(
    plays: tuple[Play, ...],
    use: Callable[[Caller], Any] | None = None,
    journal: MemoryJournal | None = None,
    *,
    limiter: Limiter | None = None,
    sleep: Callable[[float], Any] | None = None,
    **how: Any,
) -> tuple[Any, Server, MemoryJournal, Waits]:
    """What comes of `use` with a caller whose server answers so."""
    kept, waits = journal or MemoryJournal(), Waits()

    async def run() -> tuple[Any, Server]:
        async with serving(*plays) as server, _client(server.url) as client:
            terms = Terms(limiter or Limiter(8), RETRY)
            given = {"policy": "call", "origin": client.origin, "terms": terms, "timer": Timer(sleep or waits), **how}
            caller = build_caller(journal=kept, client=client, **given)
            return await (use(caller) if use else caller(CALL)), server

    result, server = asyncio.run(run())
    return result, server, kept, waits


OK = http(200, response())
BUSY = http(429, error("requests", "rate_limit_exceeded"), {"retry-after": "7"})
BROKEN = http(500, error("server_error", None))
NO_MONEY = http(429, error("insufficient_quota", "insufficient_quota"))


def test_each_attempt_is_intended_before_and_committed_after_it_is_sent() -> None:
    attempts, server, journal, waits = asked((BROKEN, BUSY, OK))
    assert [each.outcome for each in attempts] == ["failed", "failed", "answered"]
    assert [each.number for each in attempts] == [1, 2, 3]
    assert [kind for kind, _ in journal.events] == ["intend", "commit"] * 3
    assert [each.id for each in attempts] == [name for kind, name in journal.events if kind == "intend"]
    assert tuple(journal.attempts) == attempts
    assert waits.seconds == [0.5, 7.0], "the server's own wait wins"
    assert len(server.requests) == 3


def test_whoever_takes_a_place_finds_the_attempt_before_it_handed_to_the_journal() -> None:
    """So that no more calls than there are places are ever without an end in the store."""
    _, _, journal, _ = asked(
        (OK, OK, OK), lambda caller: asyncio.gather(*(caller(CALL) for _ in range(3))), limiter=Limiter(1)
    )
    assert [kind for kind, _ in journal.events] == ["intend", "commit"] * 3


def test_a_used_up_quota_is_asked_once() -> None:
    attempts, server, _, waits = asked((NO_MONEY,))
    assert [each.error for each in attempts] == ["insufficient_quota"]
    assert (len(server.requests), waits.seconds) == (1, [])


def test_retries_end() -> None:
    attempts, server, _, _ = asked((BROKEN,))
    assert [each.error for each in attempts] == ["server_error"] * 3
    assert len(server.requests) == 3


def test_the_wait_before_a_retry_is_measured_and_holds_no_slot() -> None:
    limiter = Limiter(1)
    seen: list[int] = []

    async def wait(_: float) -> None:
        seen.append(limiter.active)

    attempts, _, _, _ = asked((BROKEN, OK), limiter=limiter, sleep=wait)
    assert seen == [0]
    assert attempts[0].retry_wait_ms == 0.0
    assert attempts[1].retry_wait_ms > 0.0


def test_what_a_call_is_doing_can_be_seen() -> None:
    """While it waits for a server that asked for a pause, and while it waits for the answer after that."""
    states: list[str] = []
    flight = Flight("a01", 0.0)

    class Watching(Waits):
        async def __call__(self, seconds: float) -> None:
            states.append(flight.doing)

    async def use(caller: Caller) -> Any:
        FLIGHT.set(flight)
        return await caller(CALL)

    asked((BUSY, OK), use, sleep=Watching())
    assert states == ["waits 7 s to be asked again after 429"]
    assert flight.doing == "waits for the answer, attempt 2"


def test_calls_at_once_are_bounded_and_a_429_makes_them_fewer() -> None:
    limiter = Limiter(4)

    async def many(caller: Caller) -> list[Any]:
        return await asyncio.gather(*(caller(call(f"cv {number}")) for number in range(12)))

    results, server, _, _ = asked((BUSY, OK), many, limiter=limiter)
    assert all(attempts[-1].outcome == "answered" for attempts in results)
    assert server.most_at_once <= 4
    assert sum(len(attempts) for attempts in results) == 13


def test_a_throttled_account_is_used_less() -> None:
    limiter = Limiter(8)
    asked((BUSY,), limiter=limiter)
    assert limiter.limit < 8


def _store(tmp_path: Path, of: Call, *attempts: Attempt, origin: str = "recorded-origin") -> RecordingStore:
    store = RecordingStore(tmp_path)
    store.add([record(origin, of, attempts)])
    return store


def test_a_recording_is_used_and_nothing_is_journaled_because_nothing_was_sent(tmp_path: Path) -> None:
    store = _store(tmp_path, CALL, failed(CALL, 1), attempt(CALL, 2))
    journal = MemoryJournal()
    caller = build_caller(origin="recorded-origin", policy="replay_only", recordings=store, journal=journal)
    attempts = asyncio.run(_now(caller, CALL))
    assert [(each.source, each.outcome) for each in attempts] == [("recorded", "failed"), ("recorded", "answered")]
    assert journal.events == []


async def _now(caller: Caller, of: Call) -> tuple[Attempt, ...]:
    return await caller(of)


def test_a_replay_never_calls_and_says_what_differs(tmp_path: Path) -> None:
    older = call(instructions="Older JSON.")
    journal = MemoryJournal()
    caller = build_caller(
        origin="recorded-origin",
        policy="replay_only",
        recordings=_store(tmp_path, older, attempt(older)),
        journal=journal,
    )
    attempts = asyncio.run(_now(caller, CALL))
    assert recording_missing(attempts)
    (missing,) = attempts
    assert (missing.outcome, missing.error, missing.total_ms) == ("failed", RECORDING_MISSING, None)
    assert "other instructions" in missing.detail
    assert journal.events == []


def test_a_frozen_recording_is_used_to_the_end_and_nobody_is_asked(tmp_path: Path) -> None:
    store = _store(tmp_path, CALL, failed(CALL))
    caller = build_caller(
        origin="recorded-origin", policy="as_recorded", recordings=store, journal=(journal := MemoryJournal())
    )
    (kept,) = asyncio.run(_now(caller, CALL))
    assert (kept.source, kept.error) == ("recorded", "server_error")
    assert recording_missing(asyncio.run(_now(caller, call("another"))))
    assert journal.events == []


def test_record_first_calls_only_for_what_is_not_recorded(tmp_path: Path) -> None:
    store = RecordingStore(tmp_path)

    async def both(caller: Caller) -> list[tuple[Attempt, ...]]:
        origin = caller.origin  # type: ignore[attr-defined]
        store.add([record(origin, CALL, (attempt(CALL),))])
        return [await caller(CALL), await caller(call("another"))]

    (first, second), server, _, _ = asked((OK,), both, policy="record_first", recordings=store)
    assert (first[-1].source, second[-1].source) == ("recorded", "live")
    assert len(server.requests) == 1


def test_record_first_asks_again_where_the_recorded_call_failed(tmp_path: Path) -> None:
    store = RecordingStore(tmp_path)

    async def use(caller: Caller) -> tuple[Attempt, ...]:
        store.add([record(caller.origin, CALL, (failed(CALL),))])  # type: ignore[attr-defined]
        return await caller(CALL)

    attempts, server, _, _ = asked((OK,), use, policy="record_first", recordings=store)
    assert attempts[-1].source == "live"
    assert len(server.requests) == 1


def test_policy_call_leaves_recordings_alone(tmp_path: Path) -> None:
    store = RecordingStore(tmp_path)

    async def use(caller: Caller) -> tuple[Attempt, ...]:
        store.add([record(caller.origin, CALL, (attempt(CALL),))])  # type: ignore[attr-defined]
        return await caller(CALL)

    attempts, _, _, _ = asked((OK,), use, recordings=store)
    assert attempts[-1].source == "live"


def test_a_cancelled_call_leaves_its_intent_and_gives_its_slot_back() -> None:
    limiter, journal = Limiter(1), MemoryJournal()

    async def cancelled(caller: Caller) -> None:
        task = asyncio.ensure_future(caller(CALL))
        while not journal.events:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asked((silence(),), cancelled, journal, limiter=limiter)
    assert [kind for kind, _ in journal.events] == ["intend"], "its outcome is unknown, and that can be said"
    assert limiter.active == 0


def test_the_cache_key_goes_along() -> None:
    _, server, _, _ = asked((OK,), cache_key="assistant-run9")
    assert server.requests[0].body["prompt_cache_key"] == "assistant-run9"


def test_a_caller_without_what_its_policy_needs_is_refused(tmp_path: Path) -> None:
    journal = MemoryJournal()
    with pytest.raises(HarnessError, match="needs a client"):
        build_caller(origin="x", policy="call", journal=journal)
    with pytest.raises(HarnessError, match="needs recordings"):
        build_caller(origin="x", policy="replay_only", journal=journal)
    client = _client("http://127.0.0.1:9/v1")
    with pytest.raises(HarnessError, match="cannot answer for x"):
        build_caller(origin="x", policy="call", journal=journal, client=client)
