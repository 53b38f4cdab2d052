"""Killed between any two durable steps of what changes a project: accept, forget, a golden's review. Done again, each
comes to what it would have come to; nothing is half there."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from bad_day import At, in_child, kill_itself

from harness.base.project import Project
from harness.corpus.goldens import golden_path, load_golden, write_golden
from harness.corpus.manifest import load_manifest
from harness.evaluate.commands.accept import accept_run
from harness.models.recordings import RecordingStore
from harness.replay.runs import latest
from harness.review.acceptance import history, load_accepted
from harness.review.forget import forget

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # that forking beside threads is dangerous
]


def each_window(project: Project, work: Any, check: Any) -> int:
    """Kill `work` in each of its windows, do it again, and `check`; how many windows there were."""
    before = project.root.with_name("before")
    shutil.copytree(project.root, before, symlinks=True)
    for number in range(1, 200):
        shutil.rmtree(project.root)
        shutil.copytree(before, project.root, symlinks=True)
        status = in_child(work, At(number, kill_itself))
        if status == 0:
            return number - 1
        assert status == signal.SIGKILL, f"window {number}: {status}"
        check(number)
    raise AssertionError("it never ends")


def leftovers(root: Path) -> list[Path]:
    """Files that only a killed process leaves."""
    return [path for path in root.rglob(".*.new") if path.is_file()]


def test_accepting_is_done_again_whole(finished_project, capsys) -> None:
    project = finished_project
    run = latest(project)
    assert run is not None
    packs = RecordingStore.of(project).count("openai")

    def accept() -> None:
        accept_run(project, run.run_id, reason="again", by="A Person", environment={}, override=True)

    def check(number: int) -> None:
        accept()
        found = load_accepted(project, "simulator")
        assert found is not None, number
        assert found[0].reason == "again"
        lines = history(project, "simulator")
        assert [line["reason"] for line in lines].count("again") in (1, 2)
        assert RecordingStore.of(project).count("openai") == packs

    windows = each_window(project, accept, check)
    with capsys.disabled():
        print(f"accept: {windows} windows")
    assert windows > 5


def test_forgetting_is_done_again_whole(finished_project, capsys) -> None:
    project = finished_project

    def work() -> None:
        forget(project, "a01")

    def check(number: int) -> None:
        ids = [document.id for document in load_manifest(project, verify=False)]
        if "a01" in ids:
            there = bool(list((project.corpus / "cvs").glob("a01.*")))
            left = forget(project, "a01").left
            # Between the removal of the file and of its id nobody knows any more who it was: that is said.
            assert all("cannot be searched" in place and not there for place in left), (number, left)
        assert "a01" not in [document.id for document in load_manifest(project)]
        assert not golden_path(project, "a01").exists()

    windows = each_window(project, work, check)
    with capsys.disabled():
        print(f"forget: {windows} windows")
    assert windows > 10


def test_a_golden_is_the_old_or_the_new_one(finished_project) -> None:
    project = finished_project
    path = golden_path(project, "a01")
    old = load_golden(path)

    def work() -> None:
        cv = {**old.cv, "personal_info": {**old.cv["personal_info"], "name": "Somebody Else"}}
        write_golden(project, type(old)(old.document_id, cv, old.provenance, old.accept, old.ambiguous))

    def check(number: int) -> None:
        assert load_golden(path).cv["personal_info"]["name"] in (old.cv["personal_info"]["name"], "Somebody Else")

    assert each_window(project, work, check) >= 2
