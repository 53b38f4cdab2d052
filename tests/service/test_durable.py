"""Legacy tasks survive their process: killed between any two calls, they go on, and nothing is asked twice."""

import json
import os
import random
import signal
import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx2
import pytest
from service_site import API, CV, LIMIT_S, Client, service_process, until_ready, wait_for

from harness.service.flags import write_stage
from harness.service.tokens import new_token
from harness.simulator.process import start


@pytest.fixture
def slow_simulator(tmp_path, request):
    """A model that takes a tenth of a second and more a call, and keeps what it was asked."""
    with start(seed=7, clock_scale=getattr(request, "param", 0.05), capture=tmp_path / "asked.jsonl") as running:
        yield running


@pytest.fixture
def ann(tmp_path):
    secret, token = new_token("ann")
    write_stage(tmp_path / "flags.json", "off")
    return secret, token.entry()


def client_of(site, secret):
    return Client(base_url=site.url, headers={"Authorization": f"Bearer {secret}"}, timeout=LIMIT_S)


def asked(folder):
    """How often the model was asked each question of each draw."""
    return Counter((folder / "asked.jsonl").read_text(encoding="utf-8").splitlines())


def settle(client):
    """The caller's tasks, once none is running."""

    def tasks():
        return client.get(f"{API}/cv/tasks").json()

    wait_for(lambda: not any(task["status"] in ("pending", "metadata_extracted") for task in tasks()), "every end")
    return tasks()


def begun(folder):
    """How many tasks were ever stored."""
    with closing(sqlite3.connect(folder / "service.db")) as database:
        return database.execute("select count(*) from tasks").fetchone()[0]


@pytest.mark.long
@pytest.mark.parametrize("slow_simulator", [0.3], indirect=True)  # pass 2 is to take seconds, so that the kill meets it
def test_a_task_whose_whole_service_was_killed_goes_on_in_the_next_one(tmp_path, slow_simulator, ann):
    settings = tmp_path / "further.json"
    settings.write_text('{"dead_after_s": 1}')
    options = ("--settings", str(settings))
    with service_process(tmp_path, slow_simulator, [ann[1]], *options) as site:
        with client_of(site, ann[0]) as client:
            task_id = client.upload().json()["taskId"]  # pass 1 is done, pass 2 under way
        os.kill(site.process.pid, signal.SIGKILL)
        site.process.wait()
    before = sum(asked(tmp_path).values())
    with service_process(tmp_path, slow_simulator, [ann[1]], *options) as site, client_of(site, ann[0]) as client:
        assert client.done(task_id)["status"] == "completed"
        roles = client.get(f"{API}/cv/{task_id}").json()["work_experience"]
        assert all(role["description"] for role in roles)
    counts = asked(tmp_path)
    assert sum(counts.values()) > before, "the task was finished before the kill: the test shows nothing"
    assert sum(counts.values()) - len(counts) <= 1, "more was asked again than the one call that was under way"
    assert holds_nothing_of(tmp_path / "service.durable.db", roles)


@pytest.mark.long
def test_kills_at_random_moments_with_two_workers_and_every_task_ends(tmp_path, slow_simulator, ann):
    settings = tmp_path / "further.json"
    settings.write_text('{"dead_after_s": 5}')  # shorter, and one that only waits for its turn passes for dead
    moments, kills, at_once = random.Random(11), int(os.environ.get("KILLS", "5")), 6
    over = threading.Event()
    with service_process(tmp_path, slow_simulator, [ann[1]], "--settings", str(settings), workers=2) as site:

        def keep_uploading(_):
            statuses = Counter()
            with client_of(site, ann[0]) as client:
                while not over.is_set():
                    try:
                        statuses[client.upload().status_code] += 1
                    except httpx2.HTTPError:
                        statuses["its worker was killed"] += 1  # the task, if it was begun, is in the list
                        over.wait(0.1)
            return statuses

        with ThreadPoolExecutor(at_once) as threads:
            pending = [threads.submit(keep_uploading, number) for number in range(at_once)]
            for _ in range(kills):
                until_ready(site.url)
                before = begun(tmp_path)
                wait_for(lambda before=before: begun(tmp_path) > before, "a task that a kill can meet")
                over.wait(moments.uniform(0.0, 0.8))
                os.kill(moments.choice(wait_for(site.children, "a worker")), signal.SIGKILL)
            over.set()
            seen = sum((each.result() for each in pending), Counter())
        assert set(seen) <= {200, "its worker was killed"}
        with client_of(site, ann[0]) as client:
            tasks = settle(client)
        assert Counter(task["error"] for task in tasks if task["status"] == "failed") == {}
    with closing(sqlite3.connect(tmp_path / "service.db")) as database:
        assert database.execute("select count(*) from calls").fetchone() == (0,)
    counts = asked(tmp_path)
    again = sum(counts.values()) - len(counts)
    print(f"{len(tasks)} tasks, {sum(counts.values())} calls, {again} asked again after {kills} kills; {dict(seen)}")
    assert seen["its worker was killed"] > 0, "no kill hit anything: the test shows nothing"
    # Pass 1 and pass 2 of as many uploads as there are clients, and tasks whose pass 2 goes on by itself.
    assert again <= kills * 3 * at_once, "a kill costs at most the calls that were under way"


@pytest.mark.long
def test_sigterm_finishes_what_is_under_way(tmp_path, slow_simulator, ann):
    with service_process(tmp_path, slow_simulator, [ann[1]]) as site:
        with client_of(site, ann[0]) as client:
            task_id = client.upload().json()["taskId"]
            site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(LIMIT_S) in (0, -signal.SIGTERM)
    lines = [line for line in site.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    events = [json.loads(line)["event"] for line in lines]
    assert events[-1] == "the service has stopped"
    assert not any(word in line for line in lines for word in ("Quillmark", "Holloway", '"ann"', "cv.pdf", ann[0]))
    with closing(sqlite3.connect(tmp_path / "service.db")) as database:
        assert database.execute("select state from tasks where id = ?", (task_id,)).fetchone() == ("completed",)


def holds_nothing_of(path, roles):
    """Whether a database file has none of the CV's words: only ids go into the durable library's tables."""
    content = b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
    words = [role["company"].encode() for role in roles] + [role["description"][0][:30].encode() for role in roles]
    return CV.exists() and not any(word in content for word in words)
