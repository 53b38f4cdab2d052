"""How a command ends: by a signal, at its very end, and what it leaves to others."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.base.project import Project
from harness.simulator.process import start


def _bound_by_modes() -> None:
    """Let the modes of files hold for root, too (Linux): it loses the right to override them before it begins."""
    drop, override, search = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    libc = ctypes.CDLL(None)
    for right in (override, search):
        libc.prctl(drop, right, 0, 0, 0)


def _run(
    project: Project, *more: str, bound: bool = False, limit: str = "", **environment: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            "bash",
            "-c",
            f'umask 022; {limit} exec "$0" -m harness "$@"',
            sys.executable,
            "--project",
            str(project.root),
            *more,
        ],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_bound_by_modes if bound and os.getuid() == 0 else None,
    )


def _children(pid: int) -> set[int]:
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.add(int(status.parent.name))
    return found


def _sent(project: Project) -> bool:
    """Whether the run has sent anything: before, a signal ends it at once."""
    for store in project.runs.glob("*/run.db"):
        with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(store)) as connection:
            return connection.execute("SELECT count(*) FROM intents").fetchone() > (0,)
    return False


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_a_run_with_its_readers_and_its_temporary_files(small_project, tmp_path, which) -> None:
    project = small_project(["a01", "a02", "a09", "a10"])
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with start(seed=7, clock_scale=0.2) as simulator:
        run = _run(project, "run", "--base-url", simulator.url, "--repeat", "2", TMPDIR=str(temporary))
        deadline = time.monotonic() + 300
        while not _sent(project) or not _children(run.pid):
            assert run.poll() is None
            assert time.monotonic() < deadline
            os.sched_yield()
        children = _children(run.pid)
        run.send_signal(which)
        _, errors = run.communicate(timeout=300)
    assert "Traceback" not in errors
    assert run.returncode in (2, 3, 10, 20), errors
    while [pid for pid in children if Path(f"/proc/{pid}").exists()]:  # whoever takes them over has to hear of it
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert list(temporary.iterdir()) == []


@pytest.mark.long
def test_what_a_command_writes_is_its_owners_alone_also_under_a_lax_umask(small_project, tmp_path) -> None:
    project = small_project(["a01"])
    for command in (
        ("run", "--repeat", "1", "--quiet", "--out", str(tmp_path / "copy")),
        ("export", "--out", str(tmp_path / "export")),
        ("export", "--redacted", "--out", str(tmp_path / "redacted")),
        ("watch", "--once", "--split", "gate"),
        ("runs", "--html"),
        ("record", "--first-draw", "7", "--repeat", "1"),
    ):
        _, errors = (done := _run(project, *command)).communicate(timeout=600)
        assert done.returncode in (0, 10, 20), errors
    info = min(project.runs.iterdir())
    assert list(project.recordings.rglob("*.jsonl"))
    for folder in (project.reports, project.recordings, *(tmp_path / name for name in ("copy", "export", "redacted"))):
        for path in (folder, *folder.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode & 0o077 == 0, f"{path.relative_to(tmp_path)} is {mode:o}"
    assert (info / "index.html").is_file()


WRITING = (
    ("run", "--repeat", "1", "-q"),
    ("report",),
    ("export",),
    ("runs", "--html"),
    ("accept", "--reason", "r", "--by", "b", "--override"),
    ("golden", "audit"),
    ("forget", "a01", "--yes"),
    ("prune", "--keep", "0"),
)


def _is_one_clear_line(done: subprocess.Popen[str]) -> None:
    _, errors = done.communicate(timeout=600)
    assert done.returncode == 3, errors
    assert "Traceback" not in errors
    assert "this is a defect" not in errors
    said = errors.splitlines()
    assert said[-2].startswith("cv-harness: ")
    assert said[-1].startswith("  → ")
    assert sum(line.startswith("cv-harness: ") for line in said) == 1


@pytest.mark.long
@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_a_project_that_may_only_be_read_is_one_clear_line(finished_project, command) -> None:
    for path in (finished_project.root, *finished_project.root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o500 if path.is_dir() else 0o400)
    _is_one_clear_line(_run(finished_project, *command, bound=True, CI=""))


@pytest.mark.long
@pytest.mark.parametrize("command", [each for each in WRITING if each[0] not in ("forget", "prune")], ids=" ".join)
def test_a_full_disk_is_one_clear_line(finished_project, command) -> None:
    """No file may grow beyond 1 kB; what removes needs no room."""
    _is_one_clear_line(_run(finished_project, *command, limit="ulimit -f 1;", CI=""))


def test_nobody_looks_for_circles_in_what_goes_with_the_process() -> None:
    code = (
        "import atexit, gc, sys\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 1000, gc.get_count()[0] < 1000))\n"
        "from harness.cli.main import end\n"
        "sys.argv = ['cv-harness', '--version']\n"
        "end()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True True"
