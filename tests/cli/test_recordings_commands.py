"""The recordings as files: listed, looked through, tidied, and made again from the runs."""

from __future__ import annotations

import shutil

import pytest
from typer.testing import CliRunner

from harness.cli.main import app


@pytest.fixture
def project(finished_project, monkeypatch):
    monkeypatch.setenv("CV_HARNESS_PROJECT", str(finished_project.root))
    return finished_project


def run(*arguments):
    done = CliRunner().invoke(app, ["recordings", *arguments], standalone_mode=False)
    assert done.exception is None, done.exception
    return int(done.return_value), done.output


def test_packs_are_listed_and_sound_until_one_is_edited(project):
    code, told = run("ls")
    assert code == 0
    assert "committed simulator@" in told
    assert "recordings" in told
    assert run("verify")[0] == 0
    pack = next(project.recordings.glob("*/*.jsonl.gz"))
    pack.write_bytes(pack.read_bytes()[:-9])
    code, told = run("verify")
    assert code == 3
    assert pack.name in told
    assert "damaged" in run("ls")[1]


def test_lost_recordings_are_made_again_from_the_runs_and_needless_ones_go(project):
    before = {path.name: path.read_bytes() for path in project.recordings.glob("*/*.jsonl.gz")}
    shutil.rmtree(project.recordings)
    shutil.rmtree(project.local_recordings, ignore_errors=True)
    assert "recorded" in run("rebuild")[1]
    local = list(project.local_recordings.glob("*/*.jsonl.gz"))
    assert local
    assert "nothing to add" in run("rebuild")[1]
    assert "nothing to remove" in run("prune")[1]

    folder = project.recordings / local[0].parent.name
    folder.mkdir(parents=True)
    for name, data in before.items():
        (folder / name).write_bytes(data)
    assert "would remove" in run("prune")[1]
    assert all(path.exists() for path in local)
    assert "removed" in run("prune", "--yes")[1]
    assert not any(path.exists() for path in local)
