"""Records and attempts come back from the store as they were."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from replay_fakes import arm, documents, make_store

from harness.base.types import Failure
from harness.contract.types import Reading, Rung, Violation
from harness.models.types import Attempt, Usage
from harness.pipelines.types import Phase
from harness.replay.serial import dump_attempt, dump_record, load_attempt, load_record
from harness.replay.store import RunStore
from harness.replay.types import Record, RecordKey

# Lone surrogates and NUL are in: a model's answer may hold them.
texts = st.text(max_size=12)
stored_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.none() | st.floats(0, 1e9, allow_nan=False)
counts = st.integers(0, 10**7)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
failures = st.builds(Failure, st.sampled_from(["provider", "harness", "unparseable", "extraction"]), texts, texts)
values = json_values | failures
usages = st.builds(Usage, counts, counts, counts, counts, counts)
violations = st.builds(Violation, texts, texts, texts)
readings = st.builds(
    Reading,
    values,
    st.sampled_from(Rung),
    st.lists(texts, max_size=2).map(tuple),
    st.lists(violations, max_size=2).map(tuple),
)
sources = st.sampled_from(["live", "recorded", "simulated", "declared"])
records = st.builds(
    Record,
    document_id=stored_texts.filter(bool),
    arm=stored_texts.filter(bool),
    draw=st.integers(0, 9),
    answer=values,
    state=texts,
    readings=st.lists(readings, max_size=3).map(tuple),
    phases=st.lists(st.builds(Phase, texts, counts, numbers), max_size=3).map(tuple),
    notes=st.lists(texts, max_size=3).map(tuple),
    text_sha256=st.none() | texts,
    latency_ms=numbers,
    queue_ms=st.floats(0, 1e6),
    retry_ms=st.floats(0, 1e6),
    source=sources,
    usage=usages,
    usage_known=st.booleans(),
    cost=st.none() | st.decimals(0, 1000, allow_nan=False, places=9),
    calls=counts,
    attempts=counts,
    attempt_ids=st.lists(texts, max_size=3).map(tuple),
    snapshot=texts,
)
attempts = st.builds(
    Attempt,
    id=stored_texts.filter(bool),
    call_key=stored_texts,
    number=st.integers(1, 9),
    started=st.datetimes(timezones=st.just(UTC)),
    queue_ms=st.floats(0, 1e6),
    retry_wait_ms=st.floats(0, 1e6),
    headers_ms=numbers,
    total_ms=numbers,
    model_ms=numbers,
    status=st.none() | st.integers(100, 599),
    usage=st.none() | usages,
    request_id=st.none() | texts,
    source=sources,
    outcome=st.sampled_from(["answered", "refused", "incomplete", "failed", "unknown"]),
    body=st.none() | st.binary(max_size=50),
    slept_ms=st.floats(0, 1e6),
    error=texts,
    text=st.none() | texts,
    snapshot=texts,
    draw=st.integers(0, 9),
    detail=texts,
    headers=st.dictionaries(texts, texts, max_size=3),
)


@given(records)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    assert load_record(dump_record(record)) == record


@given(attempts)
def test_an_attempt_comes_back_as_it_was(attempt: Attempt) -> None:
    assert load_attempt(dump_attempt(attempt), attempt.body) == attempt


@settings(max_examples=15, deadline=None)
@given(st.lists(records, max_size=5, unique_by=lambda record: record.key), st.lists(attempts, max_size=3))
def test_the_store_gives_back_what_it_was_given(given_records: list[Record], given_attempts: list[Attempt]) -> None:
    root = Path(tempfile.mkdtemp())
    try:
        with make_store(root, documents(1), [arm("candidate")]) as store:
            unique = {attempt.id: attempt for attempt in given_attempts}.values()

            async def put() -> None:
                for record in given_records:
                    await store.put_record(record, unique)

            asyncio.run(put())
            path = store.path
        with RunStore.open(path) as store:
            expected = sorted(given_records, key=lambda record: utf8(record.key))
            assert list(store.records()) == expected
            for record in given_records:
                kept = [replace(attempt, body=None) if attempt.source == "recorded" else attempt for attempt in unique]
                assert list(store.attempts_of(record.key)) == kept
    finally:
        shutil.rmtree(root)


def utf8(key: RecordKey) -> tuple[bytes, bytes, int]:
    return key.document_id.encode(), key.arm.encode(), key.draw
