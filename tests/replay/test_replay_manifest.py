"""The manifest, the list of runs, and removing old ones."""

from __future__ import annotations

import json
import subprocess
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from replay_fakes import NOW, arm, documents, make_store

from harness.assistants.types import AssistantBundle
from harness.base.errors import InvalidFileError, UsageError
from harness.base.project import Project
from harness.replay.manifest import (
    RUN_ID,
    as_stored,
    from_json,
    git_state,
    manifest_schema,
    new_manifest,
    new_run_id,
    to_json,
    with_status,
)
from harness.replay.prune import prune
from harness.replay.runs import find_run, latest, runs
from harness.replay.settings import RunSettings
from harness.replay.store import RunStore
from harness.replay.types import Arm, DocHashes, Manifest, NewRun

texts = st.text(max_size=10)
maybe = st.none() | texts
json_values = st.none() | st.booleans() | st.integers() | texts | st.lists(texts, max_size=2)
objects = st.dictionaries(texts, json_values, max_size=3)
bundles = st.builds(
    AssistantBundle,
    texts,
    texts,
    texts,
    objects,
    texts,
    st.sampled_from(["json_schema", "json_object", "text"]),
    json_values,
    texts,
    texts,
)
arms = st.builds(
    Arm,
    texts.filter(bool),
    texts,
    st.none() | bundles,
    texts,
    texts,
    st.tuples(st.integers(0, 5), st.integers(0, 9)).map(lambda ends: range(*ends)),
    st.sampled_from(["call", "record_first", "replay_only", "as_recorded"]),
)
manifests = st.builds(
    Manifest,
    run_id=texts.filter(bool),
    started=texts,
    finished=maybe,
    status=st.sampled_from(["running", "complete", "interrupted"]),
    arms=st.lists(arms, max_size=3).map(tuple),
    documents=st.dictionaries(texts, st.builds(DocHashes, texts, maybe, texts, maybe, texts), max_size=3),
    selection=objects,
    contract=texts,
    scorer=texts,
    prices=texts,
    seed=st.integers(),
    commit=texts,
    dirty=st.booleans(),
    packages=st.dictionaries(texts, texts, max_size=3),
    command=st.lists(texts, max_size=3).map(tuple),
    harness=texts,
    concurrency=st.integers(0, 500),
    settings=st.builds(
        RunSettings,
        texts,
        st.sampled_from(["simulator", "openai"]),
        texts,
        texts,
        st.sampled_from(["common", "product"]),
        st.booleans(),
        st.lists(st.integers(), max_size=3).map(tuple),
        st.none() | st.integers(),
        maybe,
        maybe,
        st.lists(texts, max_size=3).map(tuple),
        maybe,
        maybe,
    ),
)


@given(manifests)
def test_a_manifest_comes_back_as_it_was_and_keeps_to_its_schema(manifest: Manifest) -> None:
    text = to_json(manifest)
    Draft202012Validator(manifest_schema()).validate(json.loads(text))
    assert from_json(text, Path("run.db")) == as_stored(manifest) == manifest


@given(manifests, st.sampled_from(["running", "complete", "interrupted"]), maybe)
def test_another_status_in_its_text_is_what_it_would_be_written_as(
    manifest: Manifest, status: Literal["running", "complete", "interrupted"], finished: str | None
) -> None:
    now = replace(manifest, status=status, finished=finished)
    assert with_status(to_json(manifest), now) == to_json(now)


def test_the_schema_describes_every_field_of_the_manifest() -> None:
    Draft202012Validator.check_schema(manifest_schema())
    described = set(manifest_schema()["properties"]) - {"format", "version"}
    assert described == {field.name for field in fields(Manifest)}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": 2}, "version 2"),
        ({"status": "done"}, "status"),
        ({"extra": 1}, "extra"),
        ({"arms": [{}]}, "arms"),
        ({"documents": {"cv-1": {"file": "x"}}}, "cv-1"),
        ({"documents": {"cv-1": {"file": None, "text": None, "outcome": "", "golden": None, "reader": ""}}}, "file"),
    ],
)
def test_a_manifest_that_breaks_its_schema_is_refused_by_place(
    tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        value = json.loads(to_json(store.manifest())) | change
    with pytest.raises(InvalidFileError, match=problem):
        from_json(json.dumps(value), Path("run.db"))


def test_a_new_manifest_says_with_what_the_run_is_made(tmp_path: Path) -> None:
    new = NewRun(
        arms=(arm("candidate"),),
        documents=tuple(documents(2)),
        goldens={"cv-0000": "golden"},
        command=("cv-harness", "run", "--key=sk-abcdefghij0123456789"),
    )
    manifest = new_manifest(Project(tmp_path), new, NOW)
    assert RUN_ID.fullmatch(manifest.run_id)
    assert manifest.run_id.startswith("20261122-130501-")
    assert (manifest.status, manifest.finished, manifest.commit, manifest.dirty) == ("running", None, "", False)
    assert manifest.documents["cv-0000"] == DocHashes(documents(1)[0].sha256, None, "pending", "golden")
    assert manifest.documents["cv-0001"].golden is None
    assert manifest.packages["openai"].split(".")[0].isdigit()
    assert len(manifest.contract) == 64
    assert manifest.command == ("cv-harness", "run", "--key=***")


def test_git_state_is_commit_and_whether_tracked_files_differ(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True, capture_output=True)

    git("init")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-m", "one")
    (tmp_path / "untracked").write_text("x")
    commit, dirty = git_state(tmp_path)
    assert (len(commit), dirty) == (40, False)
    (tmp_path / "a").write_text("2")
    assert git_state(tmp_path) == (commit, True)


def test_runs_are_listed_newest_first_and_broken_ones_are_named(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert runs(project) == ()
    assert latest(project) is None
    with pytest.raises(UsageError, match="no runs"):
        find_run(project)
    ids = []
    for status in ("complete", "interrupted"):
        with make_store(tmp_path, documents(2), [arm("candidate", draws=3)]) as store:
            store.set_status("complete" if status == "complete" else "interrupted", NOW)
            ids.append(store.folder.name)
    broken = project.runs / "29990101-000000-ffff"
    broken.mkdir()
    (broken / "run.db").write_bytes(b"")

    found = {run.run_id: run for run in runs(project)}
    assert next(iter(found)) == broken.name
    assert found[broken.name].status == "unreadable"
    assert "not a run store" in found[broken.name].problem
    assert [found[name].status for name in ids] == ["complete", "interrupted"]
    assert (found[ids[0]].records, found[ids[0]].expected) == (0, 6)
    newest = latest(project)
    assert newest is not None
    assert newest.run_id == max(ids)  # begun in the same second: by name


def test_a_run_whose_process_died_is_interrupted_and_one_that_lives_is_running(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        assert find_run(Project(tmp_path)).status == "running"
        folder = store.folder
    assert find_run(Project(tmp_path)).status == "interrupted"
    assert find_run(Project(tmp_path), str(folder)).run_id == folder.name
    assert find_run(Project(tmp_path), folder.name[:16]).run_id == folder.name
    with pytest.raises(UsageError, match="no run 'x'"):
        find_run(Project(tmp_path), "x")


def test_an_ambiguous_run_is_refused(tmp_path: Path) -> None:
    for _ in range(2):
        make_store(tmp_path, documents(1), [arm("candidate")]).close()
    with pytest.raises(UsageError, match="could be"):
        find_run(Project(tmp_path), "20261122")


def test_pruning_keeps_the_newest_the_living_and_what_is_no_run(tmp_path: Path) -> None:
    project = Project(tmp_path)
    stores = [make_store(tmp_path, documents(1), [arm("candidate")]) for _ in range(4)]
    by_age = sorted(stores, key=lambda store: store.folder.name)
    for store in by_age[1:]:
        store.close()
    (project.runs / "notes").mkdir()
    removed = prune(project, keep=2)
    assert removed.removed == (by_age[1].folder.name,)
    assert by_age[0].folder.is_dir()
    assert (project.runs / "notes").is_dir()
    by_age[0].close()
    assert prune(project, keep=0).removed == tuple(store.folder.name for store in (*by_age[:1:-1], by_age[0]))
    assert (project.runs / "notes").is_dir()


def test_ids_of_runs_sort_by_when_they_began() -> None:
    assert len({new_run_id(NOW) for _ in range(20)}) > 15
    milliseconds = [NOW + timedelta(milliseconds=each) for each in range(0, 3_000, 7)]
    ids = [new_run_id(each) for each in milliseconds]
    assert ids == sorted(ids)


def test_runs_that_begin_in_one_moment_sort_in_the_order_of_their_beginning(tmp_path: Path) -> None:
    stores = [make_store(tmp_path, documents(1), [arm("candidate")]) for _ in range(4)]
    for store in stores:
        store.close()
    project = Project(tmp_path)
    assert [info.run_id for info in runs(project)] == [store.folder.name for store in reversed(stores)]


@pytest.mark.parametrize("newest", ["20261122-120000-ffff", "20261122-120000-999-0000", "20261122-120000-ab12"])
def test_a_run_sorts_after_one_of_its_second_with_an_older_id(newest: str) -> None:
    assert new_run_id(datetime(2026, 11, 22, 12, 0, 0, 5_000, tzinfo=UTC), newest) > newest


def test_a_store_made_by_another_manifest_version_is_refused(tmp_path: Path) -> None:
    import sqlite3

    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        path = store.path
    connection = sqlite3.connect(path)
    connection.execute("UPDATE manifest SET data = replace(data, '\"version\": 1', '\"version\": 9')")
    connection.commit()
    connection.close()
    with RunStore.open(path) as store, pytest.raises(InvalidFileError, match="version 9"):
        store.manifest()


def test_settings_of_an_older_and_of_a_newer_version_can_be_read(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        value = json.loads(to_json(store.manifest()))
    older = from_json(json.dumps(value | {"settings": {"profile": "release"}}), Path("run.db")).settings
    newer = from_json(json.dumps(value | {"settings": {"sequential": [5, 10], "weather": 1}}), Path("run.db")).settings
    assert older == RunSettings(profile="release")
    assert newer == RunSettings(sequential=(5, 10))
    with pytest.raises(InvalidFileError, match=r"settings\.reader"):
        from_json(json.dumps(value | {"settings": {"reader": "none"}}), Path("run.db"))
