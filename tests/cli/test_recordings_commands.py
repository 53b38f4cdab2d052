"""The recordings as files: listed, looked through, tidied, and made again from the runs."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from typer.testing import CliRunner

from harness.base.errors import InvalidFileError
from harness.cli.main import app
from harness.models.packs import pack_bytes, pack_text, read_pack
from harness.models.recordings import RecordingStore


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
    pack = next(project.recordings.glob("*/*.jsonl"))
    pack.write_bytes(pack.read_bytes()[:-9])
    code, told = run("verify")
    assert code == 3
    assert pack.name in told
    assert "damaged" in run("ls")[1]


def test_lost_recordings_are_made_again_from_the_runs_and_needless_ones_go(project):
    before = {path.name: path.read_bytes() for path in project.recordings.glob("*/*.jsonl")}
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


def git(project, *arguments, check=True):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=project.root, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


@pytest.mark.long
def test_git_joins_packs_that_two_branches_changed_and_keeps_away_who_was_forgotten(project):
    """As a colleague would: two branches write the same file; git merges it by the driver, and shows it as lines."""
    shutil.rmtree(project.reports / "recordings", ignore_errors=True)
    git(project, "init", "-q", "-b", "main")
    assert run("merge-driver", "--install")[0] == 0
    assert "merge=cv-harness" in (project.root / ".gitattributes").read_text("utf-8")
    path = sorted(project.recordings.glob("*/*.jsonl"))[0]
    whole = read_pack(path)
    every = [whole.recording(entry) for entry in whole.entries]
    assert len(every) >= 3

    def commit(kept):
        path.write_bytes(pack_text(whole.origin, kept))
        git(project, "add", ".")
        git(project, "commit", "-qm", "recordings")

    commit(every[:2])
    git(project, "checkout", "-q", "-b", "theirs")
    commit(every)
    git(project, "checkout", "-q", "main")
    commit(every[1:2])
    assert "recordings" in git(project, "diff", "theirs", "main", "--", str(path)).stdout, "shown by answers"
    git(project, "merge", "-q", "theirs")
    merged = [(entry.key, entry.draw) for entry in read_pack(path).entries]
    wanted = [(each.key, each.draw) for each in every if each != every[0]]
    assert merged == sorted(wanted), "the first was forgotten on main; what theirs added is there"
    assert run("verify")[0] == 0


@pytest.mark.long
def test_packed_packs_of_older_versions_become_text_and_answer_as_before(project):
    (origin,) = RecordingStore.of(project).origins()
    before = RecordingStore(project.recordings).count(origin)
    for path in list(project.recordings.glob("*/*.jsonl")):
        pack = read_pack(path)
        path.with_suffix(".jsonl.gz").write_bytes(pack_bytes(origin, [pack.recording(each) for each in pack.entries]))
        path.unlink()
    assert RecordingStore(project.recordings).count(origin) == before, "packed ones are read as ever"
    code, told = run("as-text")
    assert (code, "packs converted" in told) == (0, True)
    assert not list(project.recordings.glob("*/*.gz"))
    assert RecordingStore(project.recordings).count(origin) == before
    assert "every committed pack is text" in run("as-text")[1]


def test_a_merge_of_what_is_no_pack_is_left_to_a_person(project, tmp_path):
    path = sorted(project.recordings.glob("*/*.jsonl"))[0]
    (tmp_path / "theirs").write_text("<<<<<<< HEAD\n", encoding="utf-8")
    before = path.read_bytes()
    done = CliRunner().invoke(
        app,
        ["recordings", "merge-driver", str(tmp_path / "none"), str(path), str(tmp_path / "theirs"), "x.jsonl"],
        standalone_mode=False,
    )
    assert isinstance(done.exception, InvalidFileError), "git is told that it is not merged"
    assert path.read_bytes() == before
