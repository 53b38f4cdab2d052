"""A run that is stopped, cancelled or cut off goes on where it stood."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from replay_fakes import (
    EchoPipeline,
    FakeCaller,
    a_call,
    arm,
    by_key,
    content,
    documents,
    extract,
    make_store,
    run,
    yield_to_others,
)

from harness.base.errors import UsageError
from harness.corpus.types import Document, Extraction
from harness.models.limiter import Limiter
from harness.models.types import Attempt, Call, Caller
from harness.pipelines.types import PipelineInput, PipelineResult
from harness.replay.engine import Pace, Work, replay
from harness.replay.store import RunStore
from harness.replay.types import RecordKey
from harness.replay.writer import StoreError


def test_stopping_keeps_what_is_there_and_lets_calls_in_flight_end(tmp_path: Path) -> None:
    stop = asyncio.Event()

    async def before(call: Call) -> None:
        if call.body["input"] == "text of cv-0002":
            stop.set()
            await yield_to_others()

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(50), arms) as store:
        callers: dict[str, FakeCaller] = {}
        pipeline = EchoPipeline(calls=2)
        summary = run(
            store, documents(50), arms, pipeline=pipeline, before=before, stop=stop, callers=callers, concurrency=1
        )
        assert summary.interrupted
        assert not summary.complete
        assert [record.document_id for record in store.records()] == ["cv-0000", "cv-0001"]
        # the call in flight ended and is durable, its second one was not begun
        assert len(callers["candidate"].calls) == 5
        assert len(store.attempts_of(RecordKey("cv-0002", "candidate", 0))) == 1
        assert store.unknown_calls() == ()

        again = run(store, documents(50), arms, pipeline=pipeline, callers=callers)
        assert len(callers["candidate"].calls) == 95
        assert (again.written, again.kept, again.reused, again.complete) == (48, 2, 1, True)


def test_a_call_that_outlives_the_grace_is_cancelled_and_of_unknown_outcome(tmp_path: Path) -> None:
    stop, begun = asyncio.Event(), list[str]()

    async def before(call: Call) -> None:
        begun.append(call.body["input"])
        if len(begun) == 2:  # both are on record as sent
            stop.set()
        await asyncio.Event().wait()

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, before=before, stop=stop, grace_s=0.01, concurrency=2)
        unknown = store.unknown_calls()
    assert (summary.interrupted, summary.written, summary.unknown_calls) == (True, 0, 2)
    assert {call.key.document_id for call in unknown} == {"cv-0000", "cv-0001"}


def test_a_call_that_waits_for_leave_when_the_run_is_stopped_is_not_sent(tmp_path: Path) -> None:
    """As many records are in work as wait for the limiter's one place."""
    stop, limiter, served = asyncio.Event(), Limiter(1), list[str]()

    async def before(call: Call) -> None:
        served.append(call.body["input"])
        stop.set()
        await yield_to_others(20)  # all others are waiting meanwhile

    class Limited(FakeCaller):
        async def __call__(self, call: Call) -> tuple[Attempt, ...]:
            async with limiter.slot():
                return await super().__call__(call)

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(9), arms) as store:
        work = Work(
            documents(9),
            arms,
            extractions=extract,
            pipeline_of=lambda arm: EchoPipeline(),
            caller_of=lambda arm: Limited(store.journal(), before=before),
        )
        summary = asyncio.run(replay(store, work, Pace(4), stop=stop))
        assert served == ["text of cv-0000"]
        assert (summary.interrupted, summary.written, store.unknown_calls()) == (True, 1, ())
        assert run(store, documents(9), arms).written == 8


def test_a_cancelled_run_is_interrupted_and_can_go_on(tmp_path: Path) -> None:
    async def cancelled(store: RunStore) -> None:
        begun = asyncio.Event()

        async def before(call: Call) -> None:
            if call.body["input"] == "text of cv-0005":
                begun.set()
                await asyncio.Event().wait()

        task = asyncio.ensure_future(
            replay(
                store,
                Work(
                    documents(9),
                    arms,
                    extractions=extract,
                    pipeline_of=lambda arm: EchoPipeline(),
                    caller_of=lambda arm: FakeCaller(store.journal(), before=before),
                ),
                Pace(1),
            )
        )
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(9), arms) as store:
        asyncio.run(cancelled(store))
        assert store.manifest().status == "interrupted"
        assert len(store.done()) == 5
        assert run(store, documents(9), arms).written == 4


def test_a_resumed_run_is_the_same_as_an_uninterrupted_one(tmp_path: Path) -> None:
    arms = [arm("legacy"), arm("candidate", draws=2)]
    with make_store(tmp_path / "whole", documents(12), arms) as store:
        run(store, documents(12), arms, pipeline=EchoPipeline(calls=3))
        whole = {key: content(record) for key, record in by_key(store).items()}

    stop, made = asyncio.Event(), Counter[str]()

    async def before(call: Call) -> None:
        made["calls"] += 1
        if made["calls"] == 40:
            stop.set()
            await asyncio.Event().wait()

    with make_store(tmp_path / "cut", documents(12), arms) as store:
        run(store, documents(12), arms, pipeline=EchoPipeline(calls=3), before=before, stop=stop, grace_s=0.01)
        sent = made["calls"]
        callers: dict[str, FakeCaller] = {}
        summary = run(store, documents(12), arms, pipeline=EchoPipeline(calls=3), callers=callers)
        resumed = {key: content(record) for key, record in by_key(store).items()}
        again = sum(len(caller.calls) for caller in callers.values())
        unknown = len(store.unknown_calls())
    assert resumed == whole
    assert summary.complete
    # Only what nobody knows the outcome of may have been sent twice; some of it was never sent at all.
    assert 12 * 3 * 3 <= sent + again <= 12 * 3 * 3 + unknown
    assert unknown >= 1


class SameCallThrice(EchoPipeline):
    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        attempts = [attempt for _ in range(3) for attempt in await call(a_call(given.text, draw))]
        return PipelineResult({"ids": len({attempt.id for attempt in attempts})}, (), tuple(attempts), (), "completed")


def test_a_call_that_a_pipeline_makes_again_and_again_is_reused_as_often_as_it_was_paid(tmp_path: Path) -> None:
    stop, made = asyncio.Event(), Counter[str]()

    async def before(call: Call) -> None:
        made["calls"] += 1
        if made["calls"] == 2:
            stop.set()
            await yield_to_others()

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(1), arms) as store:
        run(store, documents(1), arms, pipeline=SameCallThrice(), before=before, stop=stop)
        summary = run(store, documents(1), arms, pipeline=SameCallThrice())
        (record,) = store.records()
        assert len(list(store.calls())) == 3
    assert (summary.reused, summary.calls, made["calls"]) == (2, 1, 2)
    assert record.answer == {"ids": 3}


def test_extraction_is_not_repeated_on_resume_and_a_changed_file_is_refused(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(2), arms) as store:
        stop = asyncio.Event()

        async def before(call: Call) -> None:
            stop.set()

        run(store, documents(2), arms, before=before, stop=stop, concurrency=1)

        async def never(document: Document) -> Extraction:
            raise AssertionError("read a second time")

        assert run(store, documents(2), arms, extractions=never).failures == {}
        changed = (replace(documents(2)[0], sha256="other"), documents(2)[1])
        with pytest.raises(UsageError, match="not the file that this run began with"):
            run(store, changed, arms)


def test_a_store_that_cannot_be_written_ends_the_run(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(9), arms) as store:

        async def before(call: Call) -> None:
            store._open_writer().close()

        with pytest.raises(StoreError):
            run(store, documents(9), arms, before=before, concurrency=1)
