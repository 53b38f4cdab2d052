"""The engine: every record made once, at its pace and told of."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from replay_fakes import (
    EchoPipeline,
    arm,
    by_key,
    document,
    documents,
    extract,
    make_store,
    run,
    text_of,
    yield_to_others,
)

from harness.base.canonical import sha256
from harness.corpus.types import Document, Extraction
from harness.models.flight import doing
from harness.models.types import Call
from harness.replay.order import arm_orders
from harness.replay.progress import Progress
from harness.replay.types import Record, RecordKey


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
