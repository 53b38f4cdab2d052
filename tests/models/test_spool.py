"""Recordings that wait to be written: in several packs where one may not hold them, and none of their answers held."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from model_doubles import attempt, call

from harness.models import packs, spool
from harness.models.packs import pack_bytes
from harness.models.recordings import RecordingStore, record
from harness.models.types import Attempt, Call, Recording

OPENAI = "openai"


@pytest.fixture
def store(tmp_path: Path) -> RecordingStore:
    return RecordingStore(tmp_path / "committed", tmp_path / "local")


def recorded(of: Call, *attempts: Attempt) -> Recording:
    return record(OPENAI, of, attempts or (attempt(of),))


def test_more_than_a_pack_may_hold_goes_into_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST_BYTES", 100_000)
    monkeypatch.setattr(spool, "MOST_BYTES", 100_000)
    kept = [recorded(call(f"cv {number}"), attempt(call(), body=b"x" * 9_000)) for number in range(20)]
    paths = RecordingStore(tmp_path).add(kept)
    assert len(paths) > 1
    assert RecordingStore(tmp_path).count(OPENAI) == 20


def test_answers_that_are_being_recorded_are_not_held(store: RecordingStore, tmp_path: Path) -> None:
    calls = [call(f"cv {number}") for number in range(200)]
    tracemalloc.start()
    try:
        (path,) = store.add((recorded(of, attempt(of, body=_long(of))) for of in calls), local=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * 2**20, f"{peak >> 20} MB of 20"
    assert path.read_bytes() == pack_bytes(OPENAI, [recorded(of, attempt(of, body=_long(of))) for of in calls])
    assert [path] == [each for each in (tmp_path / "local").rglob("*") if each.is_file()]
    found = store.lookup(OPENAI, calls[7].key, 0)
    assert found is not None
    assert found.attempts[0].body == _long(calls[7])


def _long(of: Call) -> bytes:
    return of.key.encode() * 1600
