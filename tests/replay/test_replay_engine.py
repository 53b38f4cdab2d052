"""The engine: every record made once, whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay_fakes import (
    FAILED,
    NO_SERVER,
    REFUSED_KEY,
    EchoPipeline,
    FakeCaller,
    a_call,
    an_attempt,
    arm,
    document,
    documents,
    extract,
    make_store,
    text_of,
    unreadable,
    yield_to_others,
)

from harness.base.canonical import sha256
from harness.base.errors import ProviderUnavailableError, UsageError
from harness.base.types import Failure
from harness.corpus.types import Document, Extraction
from harness.models.flight import doing
from harness.models.types import Attempt, Call, Caller
from harness.pipelines.types import PerDocument, Phase, Pipeline, PipelineInput, PipelineResult
from harness.replay.engine import Pace, Work, replay
from harness.replay.order import arm_orders
from harness.replay.progress import Progress, ReplaySummary
from harness.replay.runs import run_info
from harness.replay.store import RunStore
from harness.replay.types import Record, RecordKey
from harness.replay.writer import StoreError

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


def test_every_document_gets_every_arm_at_every_draw(tmp_path: Path) -> None:
    given_documents, arms = documents(5), [arm("legacy"), arm("candidate", draws=3)]
    with make_store(tmp_path, given_documents, arms) as store:
        summary = run(store, given_documents, arms)
        records = by_key(store)
        assert set(records) == {
            RecordKey(document.id, of.id, draw) for document in given_documents for of in arms for draw in of.draws
        }
        assert store.manifest().status == "complete"
    assert (summary.written, summary.kept, summary.complete, summary.interrupted) == (20, 0, True, False)
    assert summary.calls == 20
    for key, record in records.items():
        text = text_of(document(key.document_id))
        assert record.answer == {"said": [{"said": text, "part": "part 0", "draw": key.draw}]}
        assert record.text_sha256 == sha256(text)


def test_a_record_carries_latency_tokens_cost_and_source(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(1), arms) as store:
        summary = run(store, documents(1), arms, pipeline=EchoPipeline(calls=2))
        (record,) = store.records()
        attempts = store.attempts_of(record.key)
    assert (record.latency_ms, record.queue_ms, record.retry_ms) == (200.0, 6.0, 0.0)
    assert (record.usage.input_tokens, record.usage.output_tokens, record.usage_known) == (20, 10, True)
    assert record.cost == Decimal("0.00015")  # 20 tokens in at 2.50 and 10 out at 10.00 a million
    assert (record.calls, record.attempts, record.source, record.snapshot) == (2, 2, "live", "gpt-4o")
    assert record.attempt_ids == tuple(attempt.id for attempt in attempts)
    assert (summary.usage, summary.cost) == (record.usage, record.cost)


def test_an_unknown_price_is_unpriced_not_free(tmp_path: Path) -> None:
    arms = [arm("candidate", model="house-model")]
    with make_store(tmp_path, documents(1), arms) as store:
        summary = run(store, documents(1), arms, fault=lambda call: {"snapshot": "house-model-7"})
        (record,) = store.records()
    assert record.cost is None
    assert summary.unpriced == 1


def test_an_unreadable_document_fails_in_every_arm_and_is_never_sent(tmp_path: Path) -> None:
    arms = [arm("legacy"), arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, extractions=unreadable("cv-0001"))
        records = by_key(store)
        assert store.manifest().documents["cv-0001"].outcome == "encrypted"
    assert summary.calls == 4
    for of in ("legacy", "candidate"):
        record = records[RecordKey("cv-0001", of, 0)]
        assert record.answer == Failure("extraction", "encrypted", "needs a password")
        assert record.text_sha256 is None
        assert record.latency_ms is None


def test_a_reader_that_breaks_is_our_failure_and_stops_nothing(tmp_path: Path) -> None:
    async def breaks(document: Document) -> Extraction:
        if document.id == "cv-0000":
            raise ValueError("reader bug")
        return await extract(document)

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, extractions=breaks)
        failed = store.record(RecordKey("cv-0000", "candidate", 0))
        logged = [entry for entry in store.logs() if "reading cv-0000" in entry.message]
    assert failed is not None
    assert failed.answer == Failure("harness", "ValueError", "our reader broke: reader bug")
    assert summary.failures == {"harness": 1}
    assert "Traceback" in logged[0].detail


class AsksItself:
    """Like a service over HTTP: reads the document by itself and calls nobody through us."""

    name = "http"
    fills = frozenset({"said"})

    def __init__(self, **changed: Any) -> None:
        self._changed = changed

    def for_document(self, document: Document) -> Pipeline:
        return _Asks(document.id, an_attempt(**self._changed))


class _Asks(EchoPipeline):
    def __init__(self, document_id: str, attempt: Attempt) -> None:
        super().__init__()
        self._document_id, self._attempt = document_id, attempt

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        failed = self._attempt.outcome == "failed"
        answer = Failure("provider", self._attempt.error) if failed else {"said": self._document_id}
        return PipelineResult(answer, (), (self._attempt,), (Phase("upload", 1, 100.0),), "completed")


def test_a_pipeline_that_works_from_the_document_does_not_need_our_text(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(2), arms) as store:
        summary = run(store, documents(2), arms, pipeline=AsksItself(), extractions=unreadable("cv-0001"))
        records = list(store.records())
    assert [record.answer for record in records] == [{"said": "cv-0000"}, {"said": "cv-0001"}]
    assert (summary.calls, summary.usage.total) == (2, 30)


def test_a_service_that_is_not_there_ends_the_run_early_too(tmp_path: Path) -> None:
    arms = [arm("candidate", origin="http://service")]
    with make_store(tmp_path, documents(50), arms) as store:
        with pytest.raises(ProviderUnavailableError, match="4 calls in a row to http://service did not get through"):
            run(store, documents(50), arms, pipeline=AsksItself(**NO_SERVER), concurrency=1, shut_out_limit=4)
        assert list(store.records()) == []


class BreaksOn(EchoPipeline):
    """Breaks after its call for one text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        result = await super().run(given, call, draw)
        if given.text == self._text:
            raise ZeroDivisionError("a bug in a pipeline")
        return result


def test_a_pipeline_that_breaks_is_recorded_with_its_calls_and_its_traceback(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, pipeline=BreaksOn("text of cv-0001"))
        failed = store.record(RecordKey("cv-0001", "candidate", 0))
        (logged,) = store.logs()
    assert failed is not None
    assert failed.answer == Failure("harness", "ZeroDivisionError", "a bug in a pipeline")
    assert failed.usage.total == 15
    assert (summary.written, summary.complete) == (3, True)
    assert logged.key == failed.key
    assert "ZeroDivisionError" in logged.detail


def test_what_failed_in_the_harness_is_made_again_without_paying_again(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(2), arms) as store:
        run(store, documents(2), arms, pipeline=BreaksOn("text of cv-0001"))
        callers: dict[str, FakeCaller] = {}
        summary = run(store, documents(2), arms, callers=callers)
        assert all(not isinstance(record.answer, Failure) for record in store.records())
    assert callers["candidate"].calls == []
    assert (summary.reused, summary.kept, summary.written) == (1, 1, 1)


class Unstorable(EchoPipeline):
    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        result = await super().run(given, call, draw)
        return replace(result, answer={"bad": object()})


def test_an_answer_that_cannot_be_stored_is_a_harness_failure(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(1), arms) as store:
        run(store, documents(1), arms, pipeline=Unstorable())
        (record,) = store.records()
    assert isinstance(record.answer, Failure)
    assert (record.answer.kind, record.answer.code) == ("harness", "TypeError")


def test_a_failed_call_is_the_providers_and_stops_nothing(tmp_path: Path) -> None:
    def fault(call: Call) -> dict[str, Any] | None:
        wrong = FAILED | {"status": 400, "error": "invalid_prompt", "detail": "no"}
        return wrong if call.body["input"] == "text of cv-0001" else None

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, fault=fault)
        record = store.record(RecordKey("cv-0001", "candidate", 0))
    assert record is not None
    assert record.answer == Failure("provider", "invalid_prompt", "no")
    assert record.cost == 0
    assert record.usage_known
    assert summary.failures == {"provider": 1}


def test_a_timeout_leaves_usage_unknown(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(1), arms) as store:
        run(store, documents(1), arms, fault=lambda call: FAILED | {"status": None, "error": "timeout"})
        (record,) = store.records()
    assert not record.usage_known


@pytest.mark.parametrize("fault", [REFUSED_KEY, NO_SERVER, FAILED | {"status": 429, "error": "insufficient_quota"}])
def test_a_provider_that_lets_nothing_through_ends_the_run_early(tmp_path: Path, fault: dict[str, Any]) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(100), arms) as store:
        callers: dict[str, FakeCaller] = {}
        with pytest.raises(ProviderUnavailableError) as raised:
            run(store, documents(100), arms, fault=lambda call: fault, callers=callers, concurrency=2, shut_out_limit=4)
        assert len(callers["candidate"].calls) <= 6
        assert list(store.records()) == []  # no document failed: the run did
        assert store.manifest().status == "interrupted"
        assert "--resume" in raised.value.hint

        summary = run(store, documents(100), arms)
        assert (summary.written, summary.complete) == (100, True)


def test_a_short_run_that_never_got_through_says_so_too(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(2), arms) as store, pytest.raises(ProviderUnavailableError):
        run(store, documents(2), arms, fault=lambda call: NO_SERVER)


def test_a_passing_outage_is_a_failure_of_those_calls_only(tmp_path: Path) -> None:
    def fault(call: Call) -> dict[str, Any] | None:
        return NO_SERVER if call.body["input"] in ("text of cv-0003", "text of cv-0004") else None

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(9), arms) as store:
        summary = run(store, documents(9), arms, fault=fault, concurrency=1, shut_out_limit=3)
        assert len(list(store.records())) == 9
    assert (summary.failures, summary.complete) == ({"provider": 2}, True)


def test_recorded_failures_are_results_and_say_nothing_about_today(tmp_path: Path) -> None:
    arms = [arm("baseline")]
    with make_store(tmp_path, documents(20), arms) as store:
        summary = run(store, documents(20), arms, fault=lambda call: NO_SERVER | {"source": "recorded"})
    assert (summary.failures, summary.complete, summary.cost) == ({"provider": 20}, True, 0)


def test_a_missing_recording_leaves_no_record_and_is_named(tmp_path: Path) -> None:
    def fault(call: Call) -> dict[str, Any] | None:
        missing = FAILED | {"source": "recorded", "error": "recording_missing", "detail": "nearest: none"}
        return missing if call.body["input"] == "text of cv-0001" else None

    arms = [arm("baseline"), arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, fault=fault)
        assert len(list(store.records())) == 4
        assert store.manifest().status == "interrupted"
    assert [missing.key for missing in summary.missing] == [
        RecordKey("cv-0001", "baseline", 0),
        RecordKey("cv-0001", "candidate", 0),
    ]
    assert summary.missing[0].detail == "nearest: none"


def test_an_arm_that_goes_as_far_as_it_is_recorded_keeps_no_run_from_its_end(tmp_path: Path) -> None:
    def fault(call: Call) -> dict[str, Any] | None:
        missing = FAILED | {"source": "recorded", "error": "recording_missing", "detail": "nearest: none"}
        return missing if call.body["input"] == "text of cv-0001" else None

    seen: list[Progress] = []
    frozen = replace(arm("legacy", draws=2), policy="as_recorded")
    with make_store(tmp_path, documents(3), [frozen]) as store:
        summary = run(store, documents(3), [frozen], fault=fault, on_event=seen.append)
        assert {record.document_id for record in store.records()} == {"cv-0000", "cv-0002"}
        folder = store.folder
    assert (summary.complete, summary.missing, summary.written) == (True, (), 4)
    assert (seen[-1].records_done, seen[-1].records, seen[-1].documents_done) == (6, 6, 3)
    there = run_info(folder)
    assert (there.status, there.records, there.expected) == ("complete", 4, 4)


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


def test_progress_counts_up_to_the_end(tmp_path: Path) -> None:
    seen: list[Progress] = []
    arms = [arm("legacy"), arm("candidate")]
    with make_store(tmp_path, documents(6), arms) as store:
        run(store, documents(6), arms, on_event=seen.append, concurrency=3)
    last = seen[-1]
    assert (last.documents, last.documents_done, last.records, last.records_done) == (6, 6, 12, 12)
    assert (last.calls, last.in_flight, last.failures, last.eta_s) == (12, 0, 0, 0.0)
    assert last.usage.total == 12 * 15
    assert max(progress.in_flight for progress in seen) <= 3
    done = [progress.records_done for progress in seen]
    assert done == sorted(done)


def test_a_display_that_breaks_spoils_no_record(tmp_path: Path) -> None:
    def broken(progress: Progress) -> None:
        raise RuntimeError("no terminal")

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, on_event=broken)
        logged = [entry.message for entry in store.logs()]
    assert (summary.complete, summary.failures) == (True, {})
    assert logged == ["the progress display broke: RuntimeError"]


def test_while_nothing_ends_the_slowest_call_and_what_it_does_is_told(tmp_path: Path) -> None:
    """The first call goes on until somebody was told of it twice, in both of its states."""
    seen: list[Progress] = []
    told = {"waits for the answer": asyncio.Event(), "waits 9 s": asyncio.Event()}

    def hear(progress: Progress) -> None:
        seen.append(progress)
        for words, event in told.items():
            if words in progress.slowest:
                event.set()

    async def before(call: Call) -> None:
        for words, event in told.items():
            doing(words)
            async with asyncio.timeout(120):
                await event.wait()

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        run(store, documents(1), [arm("candidate")], on_event=hear, before=before, beat_s=0.01)
    assert any("cv-0000 candidate draw 0 waits 9 s" in progress.slowest for progress in seen)
    assert any(progress.slowest_s > 0 for progress in seen)
    assert (seen[-1].slowest, seen[-1].in_flight) == ("", 0), "nothing is under way at the end"


def test_concurrency_bounds_the_calls_in_flight(tmp_path: Path) -> None:
    flying, most = Counter[str](), Counter[str]()
    four = asyncio.Event()

    async def before(call: Call) -> None:
        flying["now"] += 1
        most["ever"] = max(most["ever"], flying["now"])
        if flying["now"] == 4:
            four.set()
        async with asyncio.timeout(120):  # the first ones hold on until there are four, later ones pass
            await four.wait()
        await yield_to_others()
        flying["now"] -= 1

    arms = [arm("legacy"), arm("candidate")]
    with make_store(tmp_path, documents(20), arms) as store:
        run(store, documents(20), arms, before=before, concurrency=4)
    assert most["ever"] == 4


def test_the_first_call_does_not_wait_for_all_texts(tmp_path: Path) -> None:
    read: list[str] = []
    read_at_first_call: list[int] = []

    async def reader(document: Document) -> Extraction:
        read.append(document.id)
        return await extract(document)

    async def before(call: Call) -> None:
        read_at_first_call.append(len(read))

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(100), arms) as store:
        run(store, documents(100), arms, extractions=reader, before=before, concurrency=2)
    assert read_at_first_call[0] <= 8
    assert len(read) == 100


def test_a_slow_document_holds_up_nobody(tmp_path: Path) -> None:
    calls: list[str] = []
    others_done = asyncio.Event()

    async def reader(document: Document) -> Extraction:
        if document.id == "cv-0000":
            await others_done.wait()
        return await extract(document)

    async def before(call: Call) -> None:
        calls.append(call.body["input"])
        if len(calls) == 19:
            others_done.set()

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(20), arms) as store:
        run(store, documents(20), arms, extractions=reader, before=before)
    assert calls[-1] == "text of cv-0000"


@given(st.integers(1, 5), st.integers(0, 40), st.integers(0, 10))
def test_each_arm_takes_each_turn_equally_often(count: int, seed: int, blocks: int) -> None:
    arms = [arm(f"arm {number}") for number in range(count)]
    orders = [order for order, _ in zip(arm_orders(arms, seed), range(blocks * count), strict=False)]
    for place in range(count):
        assert set(Counter(order[place].id for order in orders).values()) <= {blocks}
    again = [order for order, _ in zip(arm_orders(arms, seed), range(blocks * count), strict=False)]
    assert orders == again


def test_a_record_is_told_of_once_it_is_durable_with_the_text_it_was_made_from(tmp_path: Path) -> None:
    arms = [arm("legacy"), arm("candidate", draws=2)]
    told: list[tuple[RecordKey, str, bool]] = []

    def tell(record: Record, text: Extraction | None) -> None:
        told.append((record.key, text.text if text else "", store.record(record.key) == record))

    with make_store(tmp_path, documents(3), arms) as store:
        run(store, documents(3), arms, on_record=tell)
        assert sorted(told) == [(key, f"text of {key.document_id}", True) for key in sorted(store.done())]
        told.clear()
        run(store, documents(3), arms, on_record=tell)
        assert not told
