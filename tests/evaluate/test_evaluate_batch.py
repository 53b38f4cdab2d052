"""A run in batches comes to what a live run comes to, for half the price, wherever it was killed; nothing is paid
twice, and no latency is made up."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing

import pytest
from made_project import make_project

from harness.simulator.process import start

IDS = ["a01", "a02", "b01"]
LIVE = """
[project]
name = "x"
[tool.cv-harness.endpoints.there]
base_url = "{url}"
key = ""
batch_lines = 9
"""


def command(project, *more, cmd="run"):
    arguments = [cmd, "--provider", "there", "--repeat", "2", "--pair-live", "--first-draw", "0", "--quiet", *more]
    if cmd == "record" or "--resume" in more:
        arguments = [each for each in arguments if each not in ("--pair-live", "--quiet")]
    return [sys.executable, "-m", "harness", "--project", str(project.root), *arguments]


def ran(project, *more, **options):
    return subprocess.run(command(project, *more, **options), capture_output=True, text=True, check=False)


def there(project, simulator):
    project.settings.write_text(LIVE.format(url=simulator.url), encoding="utf-8")


def newest(project):
    return sorted(project.runs.iterdir())[-1]


def rows(folder, query):
    try:
        with closing(sqlite3.connect(f"file:{folder / 'run.db'}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []


def stats(simulator):
    with urllib.request.urlopen(f"{simulator.control_url}/stats") as answer:
        return json.load(answer)


def asked(simulator, path):
    with urllib.request.urlopen(f"{simulator.url}{path}") as answer:
        return json.load(answer)["data"]


def summary(folder):
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def verdict(folder):
    return json.loads((folder / "verdict.json").read_text(encoding="utf-8"))


def killed_when(project, true):
    """Start a run in batches and kill it as soon as `true` of its folder."""
    run = subprocess.Popen(command(project, "--batch"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not (project.runs.is_dir() and any(project.runs.glob("2*")) and true(newest(project))):
            assert run.poll() is None, "the run ended before it could be killed"
            time.sleep(0.005)  # the processor is the run's
        os.kill(run.pid, signal.SIGKILL)
    finally:
        run.kill()
        run.wait()
    return newest(project)


WHERE = {
    "before its file is up": lambda folder: rows(folder, "SELECT 1 FROM batches"),
    "while it runs": lambda folder: rows(folder, "SELECT 1 FROM batches WHERE batch != ''"),
    "while it is collected": lambda folder: rows(folder, "SELECT 1 FROM attempts"),
    "in its second pass": lambda folder: rows(folder, "SELECT 1 FROM batches WHERE batch != '' AND wire = 'chat'")[3:],
}


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """The summary of the same run, call by call."""
    project = make_project(tmp_path_factory.mktemp("live") / "project", IDS)
    with start(seed=7) as simulator:
        there(project, simulator)
        whole = ran(project)
    assert whole.returncode in (0, 10, 20), whole.stderr
    return summary(newest(project))


@pytest.mark.long
@pytest.mark.parametrize("where", WHERE)
def test_a_killed_run_in_batches_is_resumed_to_the_scores_of_a_live_one(small_project, live, where):
    project = small_project(IDS)
    with start(seed=7, batches="expire=0.15; pace=0.005; fail=1; lose=1") as simulator:
        there(project, simulator)
        folder = killed_when(project, WHERE[where])
        resumed = ran(project, "--resume")
        assert resumed.returncode in (0, 10, 20), resumed.stderr
        counted, batches, files = stats(simulator), asked(simulator, "/batches"), asked(simulator, "/files")
    assert counted["billed_twice"] == 0
    assert not files, "what was uploaded stays at the server"
    assert {batch["status"] for batch in batches} >= {"expired", "completed", "failed"}
    assert max(batch["request_counts"]["total"] for batch in batches) <= 9
    batch = summary(folder)
    assert batch["fields"] == live["fields"]
    for arm, cost in live["cost"]["arms"].items():  # the server's cache is read a little less in another order
        assert batch["cost"]["arms"][arm]["per_1000"] == pytest.approx(cost["per_1000"] / 2, rel=0.02)
    gates = [gate for each in verdict(folder)["comparisons"] for gate in each["gates"] if "latency" in gate["name"]]
    assert gates
    assert {gate["status"] for gate in gates} == {"NOT_MEASURED"}
    assert not rows(folder, "SELECT 1 FROM batches WHERE over = 0")


@pytest.mark.long
def test_ctrl_c_leaves_the_batch_running_and_says_how_to_go_on_and_how_to_cancel(small_project):
    project = small_project(IDS[:1])
    with start(seed=7, batches="hold=1") as simulator:
        there(project, simulator)
        run = subprocess.Popen(
            command(project, "--batch", "--arms", "candidate"),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        while not (project.runs.is_dir() and any(project.runs.glob("2*")) and WHERE["while it runs"](newest(project))):
            assert run.poll() is None
            time.sleep(0.005)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=600)
        name = newest(project).name
        assert f"`cv-harness run --resume --run {name}` collects" in said
        assert f"`cv-harness batches {name} --cancel` ends it" in said
        assert "end is not known" not in said

        batches = [sys.executable, "-m", "harness", "--project", str(project.root), "batches", name]
        told = subprocess.run([*batches, "--cancel"], capture_output=True, text=True, check=True)
        assert "cancelled" in told.stdout
        while asked(simulator, "/batches")[0]["status"] != "cancelled":
            time.sleep(0.005)
        resumed = ran(project, "--resume")
        assert resumed.returncode in (0, 10, 20), resumed.stderr
        assert "was cancelled after" in resumed.stderr
        assert stats(simulator)["billed_twice"] == 0
        assert "collected" in subprocess.run(batches, capture_output=True, text=True, check=True).stdout


@pytest.mark.long
def test_a_new_run_in_batches_names_the_one_that_is_under_way(small_project):
    project = small_project(IDS[:1])
    with start(seed=7, batches="hold=1") as simulator:
        there(project, simulator)
        left = killed_when(project, WHERE["while it runs"])
        other = ran(project, "--batch", "--arms", "candidate")
        assert other.returncode in (0, 10, 20), other.stderr
        assert f"run {left.name} has a batch under way (" in other.stderr
        assert all(batch in other.stderr for (batch,) in rows(left, "SELECT batch FROM batches WHERE batch != ''"))
        assert f"`cv-harness run --resume --run {left.name}` collects that one" in other.stderr
        again = ran(project, "--batch", "--arms", "candidate", "--first-draw", "2")
        assert again.stderr.count("has a batch under way") == 1, "one that is over is not named"


@pytest.mark.long
def test_the_background_is_refused_where_it_would_need_stored_answers_and_costs_its_window_elsewhere(small_project):
    project = small_project(IDS[:1])
    with start(seed=7) as simulator:
        there(project, simulator)
        live = ran(project, "--arms", "candidate")
        refused = ran(project, "--arms", "candidate", "--background", "8h")
        assert refused.returncode == 2
        assert "store: false" in refused.stderr
        assert "--batch" in refused.stderr
        cost = rows(newest(project), "SELECT sum(spent) FROM spending")[0][0]
        with project.settings.open("a", encoding="utf-8") as file:
            file.write("background = true\n")
        found = ran(project, "--arms", "candidate", "--background", "8h")
        assert found.returncode in (0, 10, 20), found.stderr
        assert live.returncode == found.returncode
        assert rows(newest(project), "SELECT sum(spent) FROM spending")[0][0] == pytest.approx(cost * 0.6, rel=0.01)
        latency = summary(newest(project))["latency"]["arms"]["candidate"]
        assert (latency["n"], latency["not_measured"]) == (0, 2)
