"""The run store: what is in it is durable, and one process writes it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from replay_fakes import a_call, a_record, an_attempt, arm, documents, make_store

from harness.base.errors import UsageError
from harness.base.types import Failure
from harness.corpus.types import Extraction
from harness.replay.journal import WORKING_ON
from harness.replay.lock import being_written
from harness.replay.store import RunStore
from harness.replay.types import RecordKey
from harness.replay.writer import StoreError, Writer


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
