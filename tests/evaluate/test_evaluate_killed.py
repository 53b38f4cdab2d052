"""`kill -9` in the middle of the command, then `--resume`: the same scores, and nothing paid for twice but what was
in flight."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request

import pytest
from held_server import HeldServer

from harness.simulator.process import start

IDS = ["a01", "a02", "a09", "a10", "a11", "b01", "b02", "b23"]
IN_FLIGHT = 4


def command(project, url, *more):
    arguments = ["run", "--base-url", url, "--repeat", "2", "--concurrency", str(IN_FLIGHT), "--quiet", *more]
    return [sys.executable, "-m", "harness", "--project", str(project.root), *arguments]


def records_of(project):
    """Records of the newest run so far; 0 while there is no run."""
    runs = sorted(project.runs.glob("*/run.db"))
    if not runs:
        return 0
    try:
        with sqlite3.connect(f"file:{runs[-1]}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT count(*) FROM records").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def fields(folder):
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))["fields"]


@pytest.mark.long
def test_a_killed_run_is_resumed_to_the_same_scores(small_project):
    project = small_project(IDS)
    with start(seed=7, clock_scale=0.02) as simulator, HeldServer(simulator.url, 40) as held:
        run = subprocess.Popen(command(project, held.url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not held.waits() or records_of(project) < 5:
            assert run.poll() is None, "the run ended before it could be killed"
            time.sleep(0.01)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        held.open()
        killed = sorted(project.runs.iterdir())[-1]
        assert 5 <= records_of(project) < 2 * 2 * len(IDS)

        # somebody edits the bundle in between: the run goes on with what it was begun with
        instructions = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
        before = instructions.read_text(encoding="utf-8")
        instructions.write_text("Answer in JSON.\n", encoding="utf-8")
        resumed = subprocess.run(command(project, held.url, "--resume"), capture_output=True, text=True, check=False)
        assert resumed.returncode in (0, 10, 20), resumed.stderr
        instructions.write_text(before, encoding="utf-8")
        with urllib.request.urlopen(f"{simulator.control_url}/stats") as answer:
            stats = json.load(answer)
    assert sum(count - 1 for count in stats["billed"].values()) <= IN_FLIGHT

    with start(seed=7) as simulator:
        whole = subprocess.run(command(project, simulator.url), capture_output=True, text=True, check=False)
    assert whole.returncode in (0, 10, 20), whole.stderr
    uninterrupted = sorted(project.runs.iterdir())[-1]
    assert uninterrupted != killed
    assert fields(killed) == fields(uninterrupted)
