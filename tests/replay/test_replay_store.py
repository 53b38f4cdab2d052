"""The run store: what goes in comes back, is durable when it says so, and old readers refuse new stores."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replay_fakes import a_call, an_attempt, arm, documents, make_store

from harness.base.errors import InvalidFileError, UsageError
from harness.base.types import Failure
from harness.contract.types import Reading, Rung, Violation
from harness.corpus.types import Extraction
from harness.models.types import Attempt, Usage
from harness.pipelines.types import Phase
from harness.replay import schema
from harness.replay.journal import WORKING_ON
from harness.replay.lock import being_written
from harness.replay.schema import SCHEMA_VERSION, create_tables
from harness.replay.serial import dump_attempt, dump_record, load_attempt, load_record
from harness.replay.store import RunStore
from harness.replay.types import Record, RecordKey
from harness.replay.writer import StoreError, Writer

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


def a_record(name: str = "cv-0000", of: str = "candidate", draw: int = 0, **changed: Any) -> Record:
    base = Record(
        document_id=name,
        arm=of,
        draw=draw,
        answer={"skills": ["x"]},
        state="completed",
        readings=(),
        phases=(Phase("assistant", 1, 100.0),),
        notes=(),
        text_sha256="t",
        latency_ms=100.0,
        queue_ms=0.0,
        retry_ms=0.0,
        source="live",
        usage=Usage(10, 0, 0, 5, 0),
        usage_known=True,
        cost=Decimal("0.001"),
        calls=1,
        attempts=1,
    )
    return replace(base, **changed)


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


def test_an_intent_without_an_attempt_is_a_call_of_unknown_outcome(tmp_path: Path) -> None:
    async def work(store: RunStore) -> str:
        WORKING_ON.set(RecordKey("cv-0000", "candidate", 2))
        journal = store.journal()
        answered, unanswered = a_call("one", 2), a_call("two", 2)
        first = await journal.intend(answered)
        await journal.intend(unanswered)
        await journal.commit(an_attempt(id=first, call_key=answered.key, draw=2))
        return unanswered.key

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        key = asyncio.run(work(store))
        (unknown,) = store.unknown_calls()
        assert (unknown.call_key, unknown.key) == (key, RecordKey("cv-0000", "candidate", 2))
        assert len(store.attempts_of(unknown.key)) == 1


def test_an_intent_is_on_the_disk_before_its_call_is_sent(tmp_path: Path) -> None:
    async def work(store: RunStore) -> int:
        name = await store.journal().intend(a_call("one"))
        with contextlib.closing(sqlite3.connect(store.path)) as other:
            return other.execute("SELECT count(*) FROM intents WHERE id = ?", (name,)).fetchone()[0]

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        assert asyncio.run(work(store)) == 1


def test_a_call_outside_any_record_is_journaled_too(tmp_path: Path) -> None:
    async def work(store: RunStore) -> None:
        journal = store.journal()
        name = await journal.intend(a_call("warm-up"))
        await journal.commit(an_attempt(id=name))

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        asyncio.run(work(store))
        assert store.unknown_calls() == ()
        assert store.done() == {}


def test_calls_are_given_back_with_their_parts_and_attempts_for_recordings(tmp_path: Path) -> None:
    call = a_call("one", 1)

    async def work(store: RunStore) -> None:
        WORKING_ON.set(RecordKey("cv-0000", "candidate", 1))
        journal = store.journal()
        for number, outcome in ((1, "failed"), (2, "answered")):
            name = await journal.intend(call)
            await journal.commit(an_attempt(id=name, call_key=call.key, draw=1, number=number, outcome=outcome))
        await journal.commit(an_attempt(id="replayed", source="recorded", call_key="other"))

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        asyncio.run(work(store))
        (stored,) = store.calls()
        assert (stored.call_key, stored.draw, stored.wire, dict(stored.parts)) == (
            call.key,
            1,
            "responses",
            dict(call.parts),
        )
        assert [attempt.outcome for attempt in stored.attempts] == ["failed", "answered"]
        assert stored.attempts[1].body == b'{"raw": true}'
        assert list(store.calls("candidate")) == [stored]
        assert list(store.calls("legacy")) == []


def test_extractions_and_their_hashes_join_the_manifest(tmp_path: Path) -> None:
    extraction = Extraction("ok_with_warnings", "text \ud800 €", "digest", "pypdf 7", ("two columns",), 3)
    with make_store(tmp_path, documents(2), [arm("candidate")]) as store:
        assert store.manifest().documents["cv-0000"].outcome == "pending"
        asyncio.run(store.save_extraction("cv-0000", documents(1)[0].sha256, extraction))
        assert store.extraction("cv-0000") == extraction
        assert store.extraction("cv-0001") is None
        assert list(store.extractions()) == [("cv-0000", extraction)]
        hashes = store.manifest().documents["cv-0000"]
        assert (hashes.text, hashes.outcome, hashes.reader) == ("digest", "ok_with_warnings", "pypdf 7")
        assert store.file_hashes() == {"cv-0000": documents(1)[0].sha256}


def test_scores_are_kept_by_scorer_version(tmp_path: Path) -> None:
    first, second = RecordKey("cv-0000", "candidate", 0), RecordKey("cv-0000", "legacy", 0)
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        store.put_scores("1", [(second, {"f1": 0.5}), (first, {"f1": 0.9})])
        store.put_scores("2", [(first, {"f1": 0.8})])
        store.put_scores("1", [(first, {"f1": 1.0})])
        assert list(store.scores("1")) == [(first, {"f1": 1.0}), (second, {"f1": 0.5})]
        assert list(store.scores("3")) == []
        assert store.scorers() == ("1", "2")


def test_a_record_in_anothers_place_has_none_of_its_scores(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(2), [arm("candidate")]) as store:
        first, other = (RecordKey(name, "candidate", 0) for name in ("cv-0000", "cv-0001"))
        for key in (first, other):
            asyncio.run(store.put_record(a_record(key.document_id)))
        for scorer in ("1", "2", "10"):
            store.put_scores(scorer, [(first, {"f1": 0.5}), (other, {"f1": 0.9})])
        asyncio.run(store.put_record(a_record("cv-0000")))
        assert store.scorers() == ("1", "10", "2")
        assert [list(store.scores(scorer)) for scorer in store.scorers()] == [[(other, {"f1": 0.9})]] * 3


def test_records_can_be_asked_for_by_arm_and_document(tmp_path: Path) -> None:
    async def put(store: RunStore) -> None:
        for name in ("b", "a"):
            for of in ("legacy", "candidate"):
                await store.put_record(a_record(name, of))
        await store.put_record(a_record("a", "legacy", answer=Failure("harness", "bug")))

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        asyncio.run(put(store))
        assert [record.key for record in store.records(arm="legacy")] == [
            RecordKey("a", "legacy", 0),
            RecordKey("b", "legacy", 0),
        ]
        assert [record.arm for record in store.records(document_id="a")] == ["candidate", "legacy"]
        assert store.done()[RecordKey("a", "legacy", 0)] == "harness"
        assert store.record(RecordKey("c", "legacy", 0)) is None


def test_a_closed_store_is_one_file_and_is_read_without_writing(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        asyncio.run(store.put_record(a_record()))
        store.set_status("complete", datetime(2026, 11, 22, 14, 0, tzinfo=UTC))
        folder = store.folder
    assert sorted(path.name for path in folder.iterdir()) == ["run.db", "run.lock"]
    with RunStore.open(folder) as store:
        manifest = store.manifest()
        assert (manifest.status, manifest.finished) == ("complete", "2026-11-22T14:00:00+00:00")
        with pytest.raises(StoreError, match="reading only"):
            asyncio.run(store.put_record(a_record()))
    store.close()


def test_a_store_that_was_closed_takes_nothing_more(tmp_path: Path) -> None:
    store = make_store(tmp_path, documents(1), [arm("candidate")])
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        asyncio.run(store.put_record(a_record()))


def test_readers_see_what_is_durable_while_it_is_written(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        asyncio.run(store.put_record(a_record()))
        with RunStore.open(store.folder) as reader:
            assert [record.key for record in reader.records()] == [a_record().key]


def test_what_waits_while_a_commit_is_under_way_shares_the_next_one(tmp_path: Path) -> None:
    writer, said = Writer(tmp_path / "run.db"), list[str]()
    under_way, go_on = threading.Event(), threading.Event()

    def hold(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE t (n)")
        connection.set_trace_callback(said.append)
        under_way.set()
        assert go_on.wait(120)

    async def twenty() -> None:
        waiting = [
            asyncio.ensure_future(writer.awrite(lambda to, n=n: to.execute("INSERT INTO t VALUES (?)", (n,))))
            for n in range(20)
        ]
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*waiting)

    first = threading.Thread(target=writer.write, args=(hold,))
    first.start()
    assert under_way.wait(120)
    asyncio.run(twenty())
    first.join()
    writer.close()
    assert said.count("BEGIN IMMEDIATE") == 1
    assert sum(each.startswith("INSERT") for each in said) == 20


def test_many_writers_at_once_are_all_durable(tmp_path: Path) -> None:
    async def put(store: RunStore) -> None:
        await asyncio.gather(*(store.put_record(a_record(f"cv-{n}")) for n in range(300)))

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        asyncio.run(put(store))
        assert len(store.done()) == 300


def test_a_write_that_fails_is_told_to_its_writer_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        broken = [(RecordKey("a", "candidate", 0), {"f1": 1}), (RecordKey("b", None, 0), {"f1": 1})]
        with pytest.raises(StoreError, match="NOT NULL"):
            store.put_scores("1", broken)
        assert store.scorers() == ()
        asyncio.run(store.put_record(a_record()))
        assert len(store.done()) == 1


def test_only_one_process_writes_a_run(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        assert being_written(store.folder)
        with pytest.raises(UsageError, match="written by another"):
            RunStore.open(store.folder, write=True)
        folder = store.folder
    assert not being_written(folder)
    with RunStore.open(folder, write=True) as again:
        assert being_written(again.folder)


def test_another_process_may_read_a_run_but_not_write_it(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom harness.base.errors import UsageError\n"
        "from harness.replay.store import RunStore\n"
        "with RunStore.open(Path(sys.argv[1])) as store: print(store.manifest().status)\n"
        "try: RunStore.open(Path(sys.argv[1]), write=True)\n"
        "except UsageError as error: print(error.hint)\n"
    )
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        command = [sys.executable, "-c", code, str(store.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "running"
    assert "--resume" in done.stdout.splitlines()[1]


def test_the_same_run_is_not_created_twice(tmp_path: Path) -> None:
    from harness.base.project import Project

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        manifest = store.manifest()
        with pytest.raises(UsageError, match="there already"):
            RunStore.create(Project(tmp_path), manifest)


def test_a_store_of_a_newer_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        path = store.path
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    connection.close()
    for write in (False, True):
        with pytest.raises(InvalidFileError, match="schema version 99") as raised:
            RunStore.open(path, write=write)
        assert "newer" in raised.value.hint
    assert not being_written(path.parent)


def _of_version_1(folder: Path) -> Path:
    """A run that version 1 of the store holds, as the harness wrote it then; without the table that came later."""
    folder.mkdir()
    path = folder / "run.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("run_of_version_1.sql").read_text("utf-8"))
        connection.execute("DROP TABLE spending")
    return path


def test_a_store_of_an_older_version_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = _of_version_1(tmp_path / "run")
    before = path.read_bytes()
    with RunStore.open(path) as store:
        assert [record.document_id for record in store.records()] == ["a02"]
        assert store.manifest().status == "complete"
        assert store.spent() == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [1, 2])
def test_a_store_of_an_older_version_becomes_one_of_this_where_it_is_written(tmp_path: Path, version: int) -> None:
    path = _of_version_1(tmp_path / "run")
    if version == 2:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(schema.SPENDING)
            connection.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")
            connection.commit()
    with RunStore.open(path, write=True) as store:
        assert [record.document_id for record in store.records()] == ["a02"]
        store.set_status("interrupted")
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        assert int(version) == SCHEMA_VERSION
        fresh = sqlite3.connect(":memory:", isolation_level=None)
        create_tables(fresh)
        tables = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        plain = [
            [(name, " ".join(said.replace(" IF NOT EXISTS", "").split())) for name, said in each.execute(tables)]
            for each in (connection, fresh)
        ]
        assert plain[0] == plain[1], "its tables are those of a new store"
    with RunStore.open(path) as store:
        assert store.manifest().status == "interrupted"


def test_a_migration_that_breaks_off_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch) -> None:
    path = _of_version_1(tmp_path / "run")
    monkeypatch.setattr(schema, "MIGRATIONS", {1: (schema.SPENDING, "CREATE TABLE nonsense (")})
    with pytest.raises(InvalidFileError, match="damaged"):
        RunStore.open(path, write=True)
    assert not being_written(path.parent)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone() == ("1",)
        assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'spending'").fetchone() is None


@pytest.mark.parametrize("version", ["0", "-1", "1.5", "", "³"])
def test_a_version_that_never_was_is_not_opened(tmp_path: Path, version: str) -> None:
    path = _of_version_1(tmp_path / "run")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (version,))
        connection.commit()
    for write in (False, True):
        with pytest.raises(InvalidFileError, match=r"never was|no schema version"):
            RunStore.open(path, write=write)


def test_every_version_has_a_way_to_the_next() -> None:
    assert sorted(schema.MIGRATIONS) == list(range(1, SCHEMA_VERSION))


def test_what_is_no_run_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run in"):
        RunStore.open(tmp_path)
    (tmp_path / "run.db").write_bytes(b"not a database, but long enough to be read as one" * 40)
    with pytest.raises(InvalidFileError, match="not a run store"):
        RunStore.open(tmp_path)
    (tmp_path / "run.db").write_bytes(b"")
    with pytest.raises(InvalidFileError, match="not a run store"):
        RunStore.open(tmp_path)


def test_log_entries_keep_order_level_and_place(tmp_path: Path) -> None:
    key = RecordKey("cv-0000", "candidate", 0)

    async def log(store: RunStore) -> None:
        await store.log("error", "broke \ud800", "Traceback …", key)
        await store.log("info", "reused")

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        asyncio.run(log(store))
        first, second = store.logs()
    assert (first.level, first.message, first.detail, first.key) == ("error", "broke ?", "Traceback …", key)
    assert (second.level, second.message, second.key) == ("info", "reused", None)
