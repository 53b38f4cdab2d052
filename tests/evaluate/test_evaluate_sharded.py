"""A run in shards on a cluster of several nodes is the run of one machine, to the last digit, whoever is killed."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from held_server import HeldServer
from other_server import OtherServer, works

from bench.nodes import PATIENCE, add_node, nodes, workers
from harness.base.errors import ProviderUnavailableError, UsageError
from harness.base.project import Project
from harness.corpus.goldens import load_golden
from harness.corpus.manifest import load_manifest
from harness.corpus.text import Extractor
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.evaluate.stages.sharding import sizes
from harness.replay.shards import shards_of
from harness.replay.store import RunStore
from harness.simulator.process import start
from tests.made_project import REPOSITORY, make_project

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None and "CI" not in os.environ, reason="Ray is not installed (extra: ray)"
)
IDS = ["a01", "a02", "a09", "a10", "a11", "b01", "b02", "b23"]
KEY = "sk-a-key-that-nobody-may-find-0123456789"
_TIMES = re.compile(r"run_id|started|finished|command|commit|sha256|sign_off")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Where workers keep what they read: their environment is their node's."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def whole_cluster(cache):
    """A head without processors, on which the driver is, and two nodes of one processor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CV_HARNESS_CACHE", str(cache))
        patch.setenv("OPENAI_API_KEY", KEY)
        for limit, value in PATIENCE.items():
            patch.setenv(limit, value)
        with nodes(2) as made:
            yield made


@pytest.fixture
def cluster(whole_cluster, cache, monkeypatch):
    """The same for all tests here: a node that a test before killed is put in its place again."""
    monkeypatch.setenv("CV_HARNESS_CACHE", str(cache))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    while len(whole_cluster.worker_nodes) < 2:
        add_node(whole_cluster)
    return whole_cluster


def figures(folder):
    """Every figure of a run's summary and verdict that is not when, where or by which command it was made."""

    def leaves(value, path):
        if isinstance(value, dict):
            for name, each in value.items():
                yield from leaves(each, f"{path}.{name}")
        elif isinstance(value, list):
            for number, each in enumerate(value):
                yield from leaves(each, f"{path}[{number}]")
        elif not _TIMES.search(path):
            yield path, value

    files = ("summary.json", "verdict.json")
    return {name: dict(leaves(json.loads((folder / name).read_text(encoding="utf-8")), "")) for name in files}


def declared(project, path, slips):
    """Answers of two arms about every CV: the goldens, every `slips`th one of the candidate with a role lost."""
    with path.open("w", encoding="utf-8") as file:
        for number, document in enumerate(load_manifest(project, verify=False)):
            cv = load_golden(project.goldens / f"{document.id}.json").cv
            for arm in ("baseline", "candidate"):
                for draw in range(2):
                    answer = dict(cv)
                    if arm == "candidate" and number % slips == draw:
                        answer["work_experience"] = cv["work_experience"][1:]
                    line = {
                        "document": document.id,
                        "pipeline": arm,
                        "answer": answer,
                        "repeat": draw,
                        "latency_ms": 1000.0 + 7.3 * number + draw,
                        "usage": {"input_tokens": 900 + number, "output_tokens": 80 + draw},
                        "model": "gpt-5-mini",
                    }
                    file.write(json.dumps(line) + "\n")
    return path


@needs_ray
@pytest.mark.long
def test_sixty_cvs_in_three_shards_have_the_figures_of_one_machine(cluster, tmp_path):
    ids = [each.id for each in load_manifest(Project(REPOSITORY), verify=False) if each.split == "gate"][:60]
    project = make_project(tmp_path / "project", ids)
    plan = Plan(answers=declared(project, tmp_path / "answers.jsonl", 4))
    here = evaluate(project, plan)
    there = evaluate(project, replace(plan, engine="ray", ray_address=cluster.address, shards=3))
    assert there.replay.complete
    assert figures(there.folder) == figures(here.folder)
    with RunStore.open(here.folder) as one, RunStore.open(there.folder) as other:
        assert list(one.records()) == list(other.records())
        assert list(one.extractions()) == list(other.extractions())
    assert not list(shards_of(there.folder))
    again = judge(project, there.folder, plan)  # it is a run like any other
    assert again.verdicts == there.verdicts


class Saboteur(Silent):
    """Does one deed after the other, each once, when it is time. notes: what was told."""

    def __init__(self, *deeds):
        self.deeds, self.notes = list(deeds), []

    def note(self, text):
        self.notes.append(text)

    def progress(self, progress):
        if self.deeds and self.deeds[0][0]():
            self.deeds.pop(0)[1]()


def billed(simulator):
    """How many calls the simulator was asked more than once."""
    with urllib.request.urlopen(f"{simulator.control_url}/stats") as answer:
        return sum(count - 1 for count in json.load(answer)["billed"].values())


def fields(folder):
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))["fields"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A project, and the fields of its run on one machine."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch, start(seed=7) as simulator:
        patch.setenv("CV_HARNESS_CACHE", str(folder / "cache"))
        project = make_project(folder / "project", IDS)
        yield project, fields(evaluate(project, Plan(base_url=simulator.url, repeat=2, concurrency=2)).folder)


@needs_ray
@pytest.mark.long
def test_the_shards_of_a_dead_worker_and_of_a_dead_node_are_gone_on_with(cluster, whole):
    project, expected = whole

    def goes_on():
        return sum("goes on from where it was" in note for note in listener.notes)

    def kill_worker():
        os.kill(next(iter(workers(cluster))), signal.SIGKILL)

    def kill_node():
        worker, node = next(iter(workers(cluster).items()))
        cluster.remove_node(node, allow_graceful=False)
        with contextlib.suppress(ProcessLookupError):  # a machine that goes takes its processes with it;
            os.kill(worker, signal.SIGKILL)  # here one outlives its raylet by long enough to end its shard
        held.open()

    with start(seed=7) as simulator, HeldServer(simulator.url, 4) as held:
        plan = Plan(base_url=held.url, repeat=2, concurrency=2, engine="ray", ray_address=cluster.address, shards=2)
        listener = Saboteur((held.waits, kill_worker), (lambda: goes_on() and workers(cluster), kill_node))
        evaluation = evaluate(project, plan, listener=listener)
        twice = billed(simulator)
    assert not listener.deeds
    assert goes_on() == 2, listener.notes
    assert evaluation.replay.complete
    assert fields(evaluation.folder) == expected
    assert twice <= 2 * plan.concurrency  # what was in flight in those that died


def command(project, *more):
    arguments = ["run", "--repeat", "2", "--concurrency", "2", "--quiet", *more]
    return [sys.executable, "-m", "harness", "--project", str(project.root), *arguments]


@needs_ray
@pytest.mark.long
def test_a_run_whose_driver_is_killed_and_then_interrupted_is_gone_on_with_by_either_engine(cluster, whole):
    project, expected = whole
    on_ray = ["--engine", "ray", "--ray-address", cluster.address, "--shards", "2"]
    before = set(project.runs.iterdir())

    def ended_at_work(how, *more):
        run = subprocess.Popen(
            command(project, "--base-url", held.url, *on_ray, *more),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        while not held.waits():
            assert run.poll() is None, "the run ended before it could be ended"
            time.sleep(0.05)
        os.kill(run.pid, how)
        if how == signal.SIGINT:
            held.open()
        return run.wait()

    with start(seed=7, clock_scale=0.02) as simulator, HeldServer(simulator.url, 4) as held:
        assert ended_at_work(signal.SIGKILL) == -signal.SIGKILL
        (folder,) = set(project.runs.iterdir()) - before
        assert list(shards_of(folder))
        held.let_by(4)  # at least eight are left
        assert ended_at_work(signal.SIGINT, "--resume") != -signal.SIGKILL
        assert not list(shards_of(folder))
        with RunStore.open(folder) as store:
            assert store.manifest().status == "interrupted"
            unknown = len(store.unknown_calls())
        resumed = command(project, "--base-url", held.url, "--resume")
        ended = subprocess.run(resumed, capture_output=True, text=True, check=False)
        assert ended.returncode in (0, 10, 20), ended.stderr
        twice = billed(simulator)
    assert set(project.runs.iterdir()) - before == {folder}
    assert fields(folder) == expected
    assert twice <= 2 * 2 + unknown  # what was in flight in each of two shards when their driver was killed
    assert not list(shards_of(folder))


class Counting:
    """Answers as `works` does, once two calls have been under way, and after a while in which a third would come;
    and counts how many calls are under way."""

    def __init__(self):
        self.lock, self.now, self.most, self.two = threading.Lock(), 0, 0, threading.Event()

    def __call__(self, path, body):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now == 2:
                self.two.set()
        assert self.two.wait(300)
        time.sleep(0.05)
        with self.lock:
            self.now -= 1
        return works(path, body)


@needs_ray
@pytest.mark.long
def test_shards_share_one_account_and_its_key_is_nowhere_on_a_disk(cluster, tmp_path, monkeypatch):
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    project, calls = make_project(tmp_path / "project", IDS), Counting()
    with OtherServer(calls) as server:
        # eight calls at a time may be made, but there is money for two that end at the longest answer
        plan = Plan(base_url=server.url, arms=("candidate",), repeat=2, concurrency=8, max_cost=0.40, shards=2)
        evaluation = evaluate(project, replace(plan, engine="ray", ray_address=cluster.address))
        asked = list(server.requests)
    assert evaluation.replay.complete
    assert len(asked) == len(IDS) * 2 + 1  # and once whether the server keeps to schemas, which its answers break
    assert calls.most == 2
    with RunStore.open(evaluation.folder) as store:
        spent = store.spending()
        prices = sum(record.cost for record in store.records())
    assert 0 < prices < spent.known_dollars == evaluation.replay.cost < plan.max_cost
    assert spent.unknown_dollars == 0
    assert {headers["authorization"] for _, _, headers in asked} == {f"Bearer {KEY}"}
    written = [contents(folder) for folder in (cluster.head_node.get_session_dir_path(), tmp_path)]
    assert all(each and not any(KEY.encode() in data for data in each) for each in written)


def contents(folder):
    """Of all files below it, but those that go while they are looked at."""
    found = []
    for place, _, names in os.walk(folder):  # which passes over a folder that is gone
        for path in (Path(place) / name for name in names):
            with contextlib.suppress(FileNotFoundError):
                if path.is_file():
                    found.append(path.read_bytes())
    return found


@needs_ray
@pytest.mark.long
def test_a_refused_key_ends_all_shards_and_is_said(cluster, tmp_path, monkeypatch):
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    project = make_project(tmp_path / "project", IDS)
    refused = 401, {"error": {"message": "bad key", "code": "invalid_api_key"}}
    plan = Plan(arms=("candidate",), repeat=2, max_cost=50.0, engine="ray", ray_address=cluster.address, shards=2)
    with OtherServer(lambda path, body: refused) as server:
        with pytest.raises(ProviderUnavailableError, match="bad key") as caught:
            evaluate(project, replace(plan, base_url=server.url))
        asked = len(server.requests)
    assert "API key" in caught.value.hint
    assert asked <= 2 * 8  # in each of two shards, no more in a row than end a run


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"way": "batch"}, "call by call"),
        ({"shards": 0}, "--shards must be at least 1"),
        ({}, r"needs Ray \(python -m pip install 'cv-harness\[ray\]'\)"),
    ],
)
def test_what_cannot_be_made_in_shards_is_said_before_anything_is_begun(small_project, monkeypatch, changes, said):
    project = small_project(IDS[:2])
    monkeypatch.setattr("harness.evaluate.stages.ray_cluster.find_spec", lambda _: None)
    with pytest.raises(UsageError, match=said):
        evaluate(project, Plan(engine="ray", **changes))
    assert not project.runs.exists()


@pytest.mark.parametrize(
    ("documents", "processors", "shards", "expected"),
    [
        (60, 2, 3, [20, 20, 20]),
        (7, 2, 3, [3, 2, 2]),
        (2, 8, 5, [1, 1]),
        (12, 2, None, [12]),
        (100, 2, None, [13, 13, 13, 13, 12, 12, 12, 12]),
        (1, 64, None, [1]),
    ],
)
def test_shards_are_as_equal_as_can_be(documents, processors, shards, expected):
    assert sizes(documents, processors, shards) == expected


def test_no_shard_is_too_large_to_be_merged_at_a_time():
    assert max(sizes(1_000_000, 4, None)) == 1_000


@needs_ray
@pytest.mark.long
def test_cvs_elsewhere_are_read_by_workers_from_a_list(cluster, tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (extra: parquet)")
    import pyarrow

    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    project = make_project(tmp_path / "project", IDS)
    documents = load_manifest(project, verify=False)
    rows = [
        {"path": (project.corpus / each.path).as_uri(), "sha256": each.sha256, "id": f"x-{each.id}"}
        for each in documents
    ]
    rows[0]["sha256"] = "00" * 32  # another file than the one that was listed
    listed = project.corpus / "list.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(rows), listed)
    plan = Plan(cvs=str(listed), arms=("candidate",), repeat=1)
    evaluation = evaluate(project, replace(plan, engine="ray", ray_address=cluster.address, shards=2))
    with RunStore.open(evaluation.folder) as store:
        texts = {name.removeprefix("x-"): found for name, found in store.extractions()}
        failed = {key.document_id for key, failure in store.done().items() if failure == "harness"}
        said = [entry.message + entry.detail for entry in store.logs()]
    assert failed == {rows[0]["id"]}
    assert any("not the file that it was" in each for each in said)
    with Extractor() as extractor:
        for document in documents[1:]:
            assert texts[document.id].text == extractor.extract(project.corpus / document.path).text
