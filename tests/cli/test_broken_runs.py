"""One broken run breaks nothing else: it is shown as broken, passed over by whatever takes the newest, and pruned."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from harness.base.errors import ExitCode
from harness.replay.runs import runs

BROKEN = "29990101-000000-ffff"


def _sql(statement):
    def damage(folder):
        with closing(sqlite3.connect(folder / "run.db")) as store:
            store.execute(statement)
            store.commit()

    return damage


def _cut(folder):
    path = folder / "run.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


DAMAGES = {
    "an answer": _sql("UPDATE records SET data = x'00'"),
    "an attempt": _sql("UPDATE attempts SET data = x'789c' WHERE rowid = 1"),
    "a text": _sql("UPDATE documents SET text = x'789c00'"),
    "no manifest": _sql("DELETE FROM manifest"),
    "the manifest": _sql("UPDATE manifest SET data = '{\"version\": 1'"),
    "a deep manifest": _sql("UPDATE manifest SET data = printf('%.*c', 100000, '[')"),
    "cut off": _cut,
    "no store": lambda folder: (folder / "run.db").unlink(),
    "no database": lambda folder: (folder / "run.db").write_bytes(b"\0" * 5000),
}


@pytest.fixture
def broken(finished_project):
    """A function that puts a newer, broken copy beside the finished run; its folder."""
    (whole,) = runs(finished_project)

    def make(damage):
        folder = whole.folder.with_name(BROKEN)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole.folder, folder)
        damage(folder)
        return folder

    return make


@pytest.mark.long
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_broken_run_is_shown_passed_over_and_pruned(cv, finished_project, broken, monkeypatch, tmp_path, damage):
    monkeypatch.delenv("CI", raising=False)
    project = finished_project
    (whole,) = runs(project)
    folder = broken(damage)
    code, out, _ = cv("runs", project=project)
    newest, older = out.splitlines()
    assert code == 0
    assert newest.startswith(f"{BROKEN}  broken: ")
    assert older.startswith(f"{whole.run_id}  complete")
    asked = {
        "report": (),
        "rescore": (),
        "export": ("--out", tmp_path / "out"),
        "golden": ("audit",),
        "accept": ("--reason", "again", "--by", "A Person", "--override"),
    }
    for command, options in asked.items():
        code, out, err = cv(command, *options, project=project)
        assert code in (0, ExitCode.HOLD, ExitCode.INCONCLUSIVE), (command, err)
        assert f"note: run {BROKEN} is broken and passed over: " in err
        assert "Traceback" not in out + err
        named = ("audit", BROKEN) if command == "golden" else (BROKEN, *options)
        code, out, err = cv(command, *named, project=project)
        assert code == ExitCode.USAGE, (command, out, err)
        assert BROKEN in err
        assert len(err.splitlines()) <= 2
    code, out, err = cv("forget", "a01", "--yes", project=project)
    assert code == 0, err
    assert "nothing of the person is left" in out
    if not folder.exists():
        broken_again = project.runs / BROKEN
        broken_again.mkdir(parents=True)
    assert "1 runs removed" in cv("prune", "--keep", "9", project=project)[1]
    assert not folder.exists()


@pytest.mark.fast_cases(3)
@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b"\xff\0", b'{"verdict": 5}', b"[" * 100_000])
def test_a_broken_verdict_is_shown_and_made_again(cv, finished_project, monkeypatch, content):
    monkeypatch.delenv("CI", raising=False)
    (whole,) = runs(finished_project)
    for name in ("verdict.json", "blame.json", "summary.json"):
        (whole.folder / name).write_bytes(content)
    code, out, _ = cv("runs", project=finished_project)
    assert code == 0
    assert "verdict.json" in out
    code, _, err = cv("accept", "--reason", "r", "--by", "b", project=finished_project)
    assert (code, "verdict.json" in err, "Traceback" in err) == (ExitCode.USAGE, True, False)
    assert cv("report", project=finished_project)[0] in (ExitCode.SHIP, ExitCode.INCONCLUSIVE)
    assert "verdict.json" not in cv("runs", project=finished_project)[1]


def test_a_run_that_is_a_link_is_no_run(cv, finished_project, tmp_path):
    (whole,) = runs(finished_project)
    outside = tmp_path / "outside"
    shutil.copytree(whole.folder, outside)
    link = whole.folder.with_name(BROKEN)
    link.symlink_to(outside)
    assert len(cv("runs", project=finished_project)[1].splitlines()) == 1
    assert cv("forget", "a01", "--yes", project=finished_project)[0] == ExitCode.SHIP
    assert cv("prune", "--keep", "0", project=finished_project)[1] == "0 runs removed\n"
    assert (outside / "run.db").is_file()


def test_a_name_that_is_too_long_is_no_run(cv, finished_project):
    code, _, err = cv("report", "a" * 5000, project=finished_project)
    assert code == ExitCode.USAGE
    assert len(err) < 500
