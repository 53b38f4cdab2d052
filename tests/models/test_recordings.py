"""Recordings: what is written is read back, bytes are deterministic, origins stay apart, packs are append-only."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_doubles import CV, KEY, STARTED, attempt, call, chat, failed

from harness.base.canonical import sha256
from harness.base.errors import InvalidFileError, UsageError
from harness.base.project import Project
from harness.models.packs import pack_bytes, read_pack
from harness.models.recordings import RecordingStore, origin_slug, record, recorded_attempts
from harness.models.types import Attempt, Call, Recording, Usage

OPENAI, SIMULATOR = "openai", "simulator@0.1.0+seed7"


@pytest.fixture
def store(tmp_path: Path) -> RecordingStore:
    return RecordingStore(tmp_path / "committed", tmp_path / "local")


def _reopened(tmp_path: Path) -> RecordingStore:
    return RecordingStore(tmp_path / "committed", tmp_path / "local")


def _recorded(of: Call, *attempts: Attempt, origin: str = OPENAI) -> Recording:
    return record(origin, of, attempts or (attempt(of),))


def test_a_recording_comes_back_as_it_was_with_its_source_named(store: RecordingStore, tmp_path: Path) -> None:
    of = call(draw=2)
    kept = (failed(of, 1, headers={"retry-after": "1"}), attempt(of, 2, retry_wait_ms=1000.0))
    store.add([_recorded(of, *kept)])
    found = _reopened(tmp_path).lookup(OPENAI, of.key, 2)
    assert found is not None
    assert found.attempts == tuple(replace(each, source="recorded") for each in kept)
    assert (found.origin, found.key, found.draw, dict(found.parts)) == (OPENAI, of.key, 2, dict(of.parts))
    assert (found.recorded, found.snapshot) == (date(2026, 11, 22), "gpt-4o-2024-08-06")


_ATTEMPTS = st.builds(
    Attempt,
    id=st.text(max_size=20),
    call_key=st.just(call().key),
    number=st.integers(1, 9),
    started=st.just(STARTED),
    queue_ms=st.floats(0, 1e6).map(lambda ms: round(ms, 3)),
    retry_wait_ms=st.floats(0, 1e6).map(lambda ms: round(ms, 3)),
    headers_ms=st.none() | st.floats(0, 1e6).map(lambda ms: round(ms, 3)),
    total_ms=st.none() | st.floats(0, 1e6).map(lambda ms: round(ms, 3)),
    model_ms=st.none() | st.floats(0, 1e6).map(lambda ms: round(ms, 3)),
    status=st.none() | st.integers(100, 599),
    usage=st.none() | st.builds(Usage, *[st.integers(0, 10**6)] * 5),
    request_id=st.none() | st.text(max_size=20),
    source=st.just("recorded"),
    outcome=st.sampled_from(["answered", "refused", "incomplete", "failed"]),
    body=st.none() | st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8")),
    slept_ms=st.floats(0, 1e6).map(lambda ms: round(ms, 3)),
    error=st.text(max_size=10),
    text=st.none() | st.text(max_size=60),
    snapshot=st.text(max_size=10),
    draw=st.just(4),
    detail=st.text(max_size=30),
    headers=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
)


@given(st.lists(_ATTEMPTS, min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_every_attempt_survives_the_file_format(tmp_path_factory: pytest.TempPathFactory, kept: list[Attempt]) -> None:
    path = tmp_path_factory.mktemp("pack") / "x.jsonl.gz"
    of = call(draw=4)
    given = Recording(OPENAI, of.key, of.parts, 4, tuple(kept), date(2026, 11, 22), "snap", {"a": "b"})
    path.write_bytes(pack_bytes(OPENAI, [given]))
    pack = read_pack(path)
    assert [pack.recording(entry) for entry in pack.entries] == [given]


def test_equal_recordings_are_equal_bytes_in_any_order(tmp_path: Path) -> None:
    kept = [_recorded(call(f"cv {number}", draw)) for number in range(5) for draw in (1, 0)]
    assert pack_bytes(OPENAI, kept) == pack_bytes(OPENAI, reversed(kept))
    (one,) = RecordingStore(tmp_path / "a").add(kept)
    (two,) = RecordingStore(tmp_path / "b").add(reversed(kept))
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


def test_origins_never_stand_in_for_one_another(store: RecordingStore) -> None:
    of = call()
    store.add([_recorded(of, origin=SIMULATOR)])
    assert store.lookup(OPENAI, of.key, 0) is None
    assert store.lookup("simulator@0.1.0+seed8", of.key, 0) is None
    assert store.lookup(SIMULATOR, of.key, 0) is not None
    assert store.origins() == (SIMULATOR,)


@pytest.mark.parametrize("other", ["openaI", "openai/", "open ai", "http://a/b", "http://a-b", "http:/a/b", "x" * 200])
def test_different_origins_have_different_folders(other: str) -> None:
    assert origin_slug(other) != origin_slug(OPENAI)
    assert "/" not in origin_slug(other)
    assert len(origin_slug(other)) <= 80


def test_a_pack_in_the_wrong_folder_is_refused(store: RecordingStore, tmp_path: Path) -> None:
    (path,) = store.add([_recorded(call(), origin=SIMULATOR)])
    wrong = tmp_path / "committed" / "openai"
    wrong.mkdir()
    path.rename(wrong / path.name)
    with pytest.raises(InvalidFileError, match="recorded from simulator"):
        _reopened(tmp_path).lookup(OPENAI, call().key, 0)


def test_a_recorded_draw_is_never_replaced(store: RecordingStore) -> None:
    of = call()
    store.add([_recorded(of, attempt(of, text="first"))])
    assert store.add([_recorded(of, attempt(of, text="second"))]) == ()
    assert store.add([_recorded(of, failed(of))]) == ()
    found = store.lookup(OPENAI, of.key, 0)
    assert found is not None
    assert found.attempts[-1].text == "first"
    store.add([_recorded(call(draw=1))])
    assert store.draws(OPENAI, of.key) == (0, 1)
    assert store.count(OPENAI) == 2


def test_an_answer_takes_the_place_of_a_final_failure(store: RecordingStore, tmp_path: Path) -> None:
    of = call()
    store.add([_recorded(of, failed(of))], name="a")
    assert store.lookup(OPENAI, of.key, 0) is not None
    assert store.lookup(OPENAI, of.key, 0, failed=False) is None
    store.add([_recorded(of)], name="z", local=True)
    for each in (store, _reopened(tmp_path)):
        found = each.lookup(OPENAI, of.key, 0, failed=False)
        assert found is not None
        assert found.attempts[-1].outcome == "answered"
        assert each.draws(OPENAI, of.key) == (0,)


def test_the_next_draw_is_the_first_that_nothing_has_reached(store: RecordingStore, tmp_path: Path) -> None:
    assert store.next_draw(OPENAI) == 0
    store.add([_recorded(call(draw=2))])
    store.add([_recorded(call("another", draw=4))], local=True)
    store.add([_recorded(call(draw=500)), _recorded(call(draw=1000))])  # asked again, and asked by blame
    assert [each.next_draw(OPENAI) for each in (store, _reopened(tmp_path))] == [5, 5]
    assert store.next_draw(SIMULATOR) == 0


def test_the_draws_of_a_prompt_are_counted_in_what_everybody_has(store: RecordingStore, tmp_path: Path) -> None:
    of = chat()
    prompt = {name: of.parts[name] for name in ("model", "instructions")}
    assert store.draws_with(OPENAI, prompt) == {}
    store.add([_recorded(chat(draw=draw)) for draw in (3, 4)], local=True)
    store.add([_recorded(call(draw=7))])
    assert store.draws_with(OPENAI, prompt) == {3: 1, 4: 1}
    store.add([_recorded(chat(text, draw)) for text, draw in ((CV, 0), ("other", 0), (CV, 1), (CV, 500))])
    assert _reopened(tmp_path).draws_with(OPENAI, prompt) == {0: 2, 1: 1}
    assert store.draws_with(SIMULATOR, prompt) == {}


def test_a_pack_is_not_overwritten(store: RecordingStore) -> None:
    store.add([_recorded(call("one"))], name="pack")
    with pytest.raises(UsageError, match="append-only"):
        store.add([_recorded(call("two"))], name="pack")


def test_local_and_committed_are_told_apart(tmp_path: Path) -> None:
    project = Project(tmp_path)
    store = RecordingStore.of(project)
    (shared,) = store.add([_recorded(call("one"))])
    (own,) = store.add([_recorded(call("two"))], name="run-1", local=True)
    assert shared.is_relative_to(project.recordings)
    assert own == project.local_recordings / "openai" / "run-1.jsonl.gz"
    assert RecordingStore.of(project).count(OPENAI) == 2


def test_what_is_recorded_locally_can_be_committed(store: RecordingStore, tmp_path: Path) -> None:
    kept, other = _recorded(call()), _recorded(call("another"))
    store.add([kept, other], name="run-1", local=True)
    assert store.add([kept], name="run-2", local=True) == ()
    (again,) = store.add([kept])
    assert again.is_relative_to(tmp_path / "committed")
    wanted = [(kept.key, 0), (other.key, 0), (other.key, 9)]
    (promoted,) = store.promote(OPENAI, wanted)
    assert len(read_pack(promoted).entries) == 1, "what is committed already is left alone"
    assert store.promote(OPENAI, wanted) == ()
    alone = RecordingStore(tmp_path / "committed")
    for each in (kept, other):
        found = alone.lookup(OPENAI, each.key, 0)
        assert found is not None
        assert found.attempts == tuple(replace(attempt, source="recorded") for attempt in each.attempts)


def test_no_input_text_and_no_key_is_stored(store: RecordingStore) -> None:
    of = chat(f"{CV} {KEY}")
    (path,) = store.add([_recorded(of)])
    data = path.read_text("utf-8")
    assert "Beispiel" not in data
    assert KEY not in data
    assert "authorization" not in data.lower()


def test_a_pack_is_json_lines_that_other_tools_read(store: RecordingStore) -> None:
    (path,) = store.add([_recorded(call(draw=draw)) for draw in range(3)])
    (own,) = store.add([_recorded(call("other", draw=draw)) for draw in range(3)], local=True)
    assert gzip.decompress(own.read_bytes()).count(b"\n") == path.read_bytes().count(b"\n") == 4
    head, *rest = map(json.loads, path.read_text("utf-8").splitlines())
    body = path.read_bytes().partition(b"\n")[2]
    assert head == {"pack": 1, "origin": OPENAI, "recordings": 3, "sha256": sha256(body)}
    assert [line["draw"] for line in rest] == [0, 1, 2]
    assert rest[0]["attempts"][0]["body"] == '{"status": "completed"}'


def _without_digest(pack: bytes) -> bytes:
    head, _, body = (gzip.decompress(pack) if pack.startswith(b"\x1f\x8b") else pack).partition(b"\n")
    old = {name: value for name, value in json.loads(head).items() if name != "sha256"}
    return json.dumps(old, separators=(",", ":")).encode() + b"\n" + body


_EMPTY_HEAD = b'{"pack":1,"origin":"openai","recordings":9}\n'


def test_a_pack_from_before_packs_had_a_digest_is_read(store: RecordingStore, tmp_path: Path) -> None:
    (path,) = store.add([_recorded(call())])
    path.write_bytes(gzip.compress(_without_digest(path.read_bytes())))
    assert _reopened(tmp_path).lookup(OPENAI, call().key, 0) is not None


@pytest.mark.fast_cases("members")
@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: gzip.compress(bytes(300 * 2**20), 1), id="zeros"),
        pytest.param(lambda: gzip.compress(_EMPTY_HEAD + b"\n" * 100 * 2**20, 1), id="lines"),
        pytest.param(lambda: gzip.compress(b"") * 100_000, id="members"),
    ],
)
def test_a_pack_is_not_unpacked_beyond_its_limit(tmp_path: Path, bomb: Callable[[], bytes]) -> None:
    path = tmp_path / "openai" / "bomb.jsonl.gz"
    path.parent.mkdir()
    path.write_bytes(bomb())
    begin = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(InvalidFileError) as caught:
            read_pack(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(path) in str(caught.value)
    assert peak < 300 * 2**20, f"{peak >> 20} MB"
    assert time.process_time() - begin < 10


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[:-20], "cannot be unpacked"),
        (lambda data: b"not gzip", "cannot be unpacked"),
        (lambda data: gzip.compress(b"{}\n"), "not a pack"),
        (lambda data: gzip.compress(b""), "not a pack"),
        (lambda data: gzip.compress(gzip.decompress(data).replace(b'{"pack":1', b'{"pack":2')), "update cv-harness"),
        (lambda data: gzip.compress(gzip.decompress(data) + b"{}\n"), "says 1 recordings, has 2"),
        (lambda data: gzip.compress(gzip.decompress(data).replace(b'"attempts"', b'"attempt"')), "not a recording"),
        (lambda data: gzip.compress(gzip.decompress(data)[:-9] + b"\n"), "not a recording"),
        (lambda data: b"", "the file is empty"),
        (lambda data: data[:1], "cannot be unpacked"),
        (lambda data: b"<<<<<<< HEAD\n" + data, "a merge left its marks"),
        (lambda data: b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n", "git lfs pull"),
        (lambda data: gzip.compress(gzip.decompress(data).replace(b"completed", b"completes")), "not those that were"),
        (lambda data: gzip.compress(b"[" * 9_000), "not a pack"),
        (lambda data: gzip.compress(b"[" * 9_000 + b"\n"), "not a pack"),
        (lambda data: gzip.compress(b'{"pack":1,"origin":7,"recordings":0}\n'), "not a pack"),
        (lambda data: gzip.compress(b'{"pack":1,"origin":"openai","recordings":0,"x":"' + b"y" * 20_000), "not a pack"),
        (lambda data: gzip.compress(_without_digest(data).replace(b'"attempts"', b'"attempt"')), "not a recording"),
    ],
)
def test_a_damaged_pack_is_named(store: RecordingStore, tmp_path: Path, damage: object, words: str) -> None:
    (path,) = store.add([_recorded(call())], local=True)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(InvalidFileError, match=words) as caught:
        _reopened(tmp_path).lookup(OPENAI, call().key, 0)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[:-20], "not a recording"),
        (lambda data: data[: data.find(b"\n") - 2], "not a pack"),
        (lambda data: data[:1], "not a pack"),
        (lambda data: data.replace(b'{"pack":1', b'{"pack":2'), "update cv-harness"),
        (lambda data: data + b"{}\n", "says 1 recordings, has 2"),
        (lambda data: data.replace(b"\n", b"\r\n"), "not those that were"),
        (lambda data: data.replace(b"completed", b"completes"), "not those that were"),
        (lambda data: data.replace(b"\n", b"\n<<<<<<< HEAD\n"), "says 1 recordings, has"),
        (lambda data: b"<<<<<<< HEAD\n" + data, "a merge left its marks"),
    ],
)
def test_a_damaged_pack_of_text_is_named(store: RecordingStore, tmp_path: Path, damage: object, words: str) -> None:
    (path,) = store.add([_recorded(call())])
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(InvalidFileError, match=words) as caught:
        _reopened(tmp_path).lookup(OPENAI, call().key, 0)
    assert str(path) in str(caught.value)


def test_each_prompt_of_an_assistant_has_a_file_of_its_own(store: RecordingStore) -> None:
    mine = [_recorded(call(text)) for text in ("one cv", "another")]
    paths = store.add([*mine, _recorded(call("one cv", instructions="Other JSON."))])
    assert sorted(len(read_pack(path).entries) for path in paths) == [1, 2]
    (again,) = store.add([_recorded(call("a third cv"))])
    versions = {path.name.split("-")[0] for path in paths}
    assert len(versions) == 2
    assert again.name.split("-")[0] in versions, "of the same version, whatever the document"


@pytest.mark.parametrize(
    ("wanted", "differs", "words"),
    [
        (call(instructions="Other JSON."), ("instructions",), "other instructions"),
        (call(model="gpt-6-luna", instructions="x"), ("instructions", "model"), "other instructions and model"),
        (call("another cv"), ("input",), "other input"),
        (call("another cv", instructions="x"), ("input", "instructions"), "other input and instructions"),
        (call(draw=5), ("draw",), "draw 5 is not recorded, only 0, 1"),
        (chat("another cv"), ("input",), "other input"),
    ],
)
def test_a_miss_says_what_differs_at_the_nearest_recording(
    store: RecordingStore, wanted: Call, differs: tuple[str, ...], words: str
) -> None:
    store.add([_recorded(call()), _recorded(call(draw=1)), _recorded(call("third cv")), _recorded(chat())])
    missing = store.missing(OPENAI, wanted)
    assert missing.differs == differs
    assert words in missing.message
    assert missing.nearest is not None


def test_a_miss_at_another_origin_says_so(store: RecordingStore) -> None:
    assert store.missing(OPENAI, call()).message == "nothing is recorded from openai"
    store.add([_recorded(call(), origin=SIMULATOR)])
    missing = store.missing(OPENAI, call())
    assert missing.differs == ("origin",)
    assert missing.message == f"recorded from {SIMULATOR}, not from openai"


def test_forgetting_a_text_removes_its_recordings_everywhere(store: RecordingStore, tmp_path: Path) -> None:
    store.add([_recorded(call()), _recorded(call(draw=1)), _recorded(call("kept"))])
    (alone,) = store.add([_recorded(chat(), origin=SIMULATOR)], local=True)
    keys = store.keys_of_input(CV)
    assert keys == {call().key, chat().key}
    assert store.remove(keys) == 3
    assert not alone.exists()
    again = _reopened(tmp_path)
    assert again.keys_of_input(CV) == frozenset()
    assert again.lookup(OPENAI, call().key, 0) is None
    assert again.lookup(OPENAI, call("kept").key, 0) is not None
    assert store.remove(keys) == 0


def test_recorded_attempts_carry_no_queue() -> None:
    of = call()
    (used,) = recorded_attempts(_recorded(of))
    assert (used.source, used.queue_ms, used.total_ms) == ("recorded", 0.0, 100.0)


def test_two_thousand_recordings_are_there_at_once(tmp_path: Path) -> None:
    body = json.dumps({"status": "completed", "instructions": "Keep it. " * 600, "output": ["word " * 1000]}).encode()
    calls = [call(f"cv {number}") for number in range(2000)]
    RecordingStore(tmp_path).add([_recorded(of, attempt(of, body=body)) for of in calls])
    times = []
    for _ in range(3):  # the least of them: no time is less than it takes, and some are more
        begin = time.process_time()
        store = RecordingStore(tmp_path)
        assert store.count(OPENAI) == 2000
        times.append(time.process_time() - begin)
    assert all(store.lookup(OPENAI, of.key, 0) is not None for of in calls[::20])
    assert store.missing(OPENAI, call("another")).differs == ("input",)
    assert min(times) < 0.5
