"""A run cut into shards and merged again is the same run: each row once, whatever was there before and however often
it was tried."""

import asyncio
import shutil
import sqlite3
from dataclasses import replace

import pytest

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.replay.engine import Pace, Work, replay
from harness.replay.runs import discard_unbegun
from harness.replay.shards import absorb, cut, shards_of
from harness.replay.store import RunStore
from harness.replay.types import RecordKey
from tests.replay.replay_fakes import EchoPipeline, FakeCaller, arm, documents, extract, make_store

DOCUMENTS = documents(6)
ARMS = (arm("baseline"), arm("candidate", draws=2))
OURS, THEIRS = "7/whole", "7/part"


def make_all(store, chosen=DOCUMENTS, stop_after=None):
    """Make every record that is missing; the number of calls sent. stop_after: calls until somebody ends it."""

    async def run():
        stop = asyncio.Event()

        async def before(call):
            if stop_after is not None and len(caller.calls) >= stop_after:
                stop.set()
                await asyncio.sleep(60)

        caller = FakeCaller(store.journal(), before=before)
        work = Work(chosen, ARMS, extract, lambda _: EchoPipeline(calls=2), lambda _: caller)
        await replay(store, work, Pace(concurrency=2, grace_s=0), stop=stop)
        return len(caller.calls)

    return asyncio.run(run())


def score_all(store, scorer):
    store.put_scores(scorer, [(key, {"of": f"{key.document_id} {key.arm} {key.draw}"}) for key in store.done()])


def rows(store):
    """What a run holds that does not differ between two of the same."""
    return {
        "records": [(each.key, each.answer, each.state) for each in store.records()],
        "texts": list(store.extractions()),
        "calls": [(call.key, call.call_key, [each.text for each in call.attempts]) for call in store.calls()],
        "scores": list(store.scores(OURS)),
    }


def part_of(store, number):
    """The shard of every second document."""
    names = [document.id for document in DOCUMENTS[number::2]]
    folder = cut(Project(store.folder.parents[2]), store, store.manifest(), f"ab-{number:04}", names)
    return folder, DOCUMENTS[number::2]


def in_shards(store):
    for number in range(2):
        folder, chosen = part_of(store, number)
        with RunStore.open(folder, write=True) as shard:
            make_all(shard, chosen)
            score_all(shard, THEIRS)
    for folder in list(shards_of(store.folder)):
        absorb(store, folder, {THEIRS: OURS})


def test_a_run_in_shards_is_the_run(tmp_path):
    with (
        make_store(tmp_path / "whole", DOCUMENTS, ARMS) as whole,
        make_store(tmp_path / "cut", DOCUMENTS, ARMS) as store,
    ):
        make_all(whole)
        score_all(whole, OURS)
        in_shards(store)
        assert rows(store) == rows(whole)
        assert len(store.done()) == len(DOCUMENTS) * 3
        assert store.manifest().documents == whole.manifest().documents
        assert not list(shards_of(store.folder))


def test_what_a_run_had_goes_along_and_is_not_asked_again(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        sent = make_all(store, stop_after=9)
        assert 9 <= sent < len(DOCUMENTS) * 3 * 2
        begun = {key: len(store.attempts_of(key)) for key in store.keys_with_attempts()}
        folder, chosen = part_of(store, 0)
        with RunStore.open(folder, write=True) as shard:
            theirs = {key: count for key, count in begun.items() if key.document_id in {each.id for each in chosen}}
            assert {key: len(shard.attempts_of(key)) for key in shard.keys_with_attempts()} == theirs
            asked = make_all(shard, chosen)
        assert asked == len(chosen) * 3 * 2 - sum(theirs.values())
        absorb(store, folder, {})
        assert len({(key, each.id) for key in store.keys_with_attempts() for each in store.attempts_of(key)}) == (
            asked + sum(begun.values())
        )


def test_a_merge_that_was_killed_before_its_shard_was_removed_changes_nothing_the_second_time(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        folder, chosen = part_of(store, 0)
        with RunStore.open(folder, write=True) as shard:
            make_all(shard, chosen)
            asyncio.run(shard.log("warning", "once"))
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        absorb(store, folder, {})
        before, logged = rows(store), list(store.logs())
        assert [each.message for each in logged] == ["once"]
        shutil.copytree(copy, folder)
        absorb(store, folder, {})
        assert (rows(store), list(store.logs())) == (before, logged)
        assert not folder.exists()


def test_a_merge_is_all_or_nothing(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        folder, chosen = part_of(store, 0)
        with RunStore.open(folder, write=True) as shard:
            make_all(shard, chosen)
        with sqlite3.connect(folder / "run.db") as damaged:
            damaged.execute("ALTER TABLE scores RENAME TO lost")
        with pytest.raises(Exception, match="scores"):
            absorb(store, folder, {THEIRS: OURS})
        assert not store.done()
        assert folder.exists()


def test_scores_of_another_scorer_stay_behind(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        folder, chosen = part_of(store, 0)
        with RunStore.open(folder, write=True) as shard:
            make_all(shard, chosen)
            score_all(shard, "6/old")
            score_all(shard, THEIRS)
        absorb(store, folder, {THEIRS: OURS})
        assert store.scorers() == (OURS,)
        assert len(list(store.scores(OURS))) == len(chosen) * 3


def test_a_score_that_the_run_had_of_what_a_shard_made_again_is_gone(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        make_all(store)
        score_all(store, OURS)
        folder, chosen = part_of(store, 0)
        with RunStore.open(folder, write=True) as shard:
            make_all(shard, chosen)  # and was killed before it had scored
        absorb(store, folder, {THEIRS: OURS})
        left = {key.document_id for key, _ in store.scores(OURS)}
        assert left == {document.id for document in DOCUMENTS} - {document.id for document in chosen}


def test_a_record_that_was_made_again_takes_the_place_of_the_old_one(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        make_all(store)
        key = RecordKey(DOCUMENTS[0].id, "candidate", 1)
        folder, _ = part_of(store, 0)
        with RunStore.open(folder, write=True) as shard:
            old = shard.record(key)
            asyncio.run(shard.put_record(replace(old, state="again")))
        absorb(store, folder, {})
        assert store.record(key).state == "again"
        assert len(store.done()) == len(DOCUMENTS) * 3


def test_a_shard_that_somebody_writes_is_not_merged(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        folder, _ = part_of(store, 0)
        with RunStore.open(folder, write=True), pytest.raises(UsageError, match="being written"):
            absorb(store, folder, {})


def test_a_run_whose_shards_hold_what_was_paid_for_is_not_discarded(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        part_of(store, 0)
        folder = store.folder
    assert not discard_unbegun(folder)
    assert list(shards_of(folder))


def test_half_a_shard_of_a_cut_that_was_killed_is_none(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        folder, _ = part_of(store, 0)
        folder.rename(folder.with_name(f".new-{folder.name}"))
        assert not list(shards_of(store.folder))


def test_shards_are_private(tmp_path):
    with make_store(tmp_path, DOCUMENTS, ARMS) as store:
        folder, _ = part_of(store, 0)
        assert (folder.stat().st_mode & 0o777, (folder / "run.db").stat().st_mode & 0o777) == (0o700, 0o600)
        assert folder.parent.stat().st_mode & 0o777 == 0o700
