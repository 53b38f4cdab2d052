"""The same on PostgreSQL: Debian's server, started by the test on loopback as a user of its own."""

import contextlib
import itertools
import json
import os
import pwd
import shutil
import signal
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from priced import Priced
from service_site import (
    API,
    CV,
    LIMIT_S,
    Client,
    free_port,
    killed_migrations,
    migrations_at_once,
    service_process,
    wait_for,
)

from harness.service.database import migrate, open_engine
from harness.service.flags import write_stage
from harness.service.probed import load
from harness.service.settings import ShadowRules
from harness.service.store import DONE

SERVER = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(SERVER is None, reason="PostgreSQL is not here: apt-get install postgresql"),
]


@pytest.fixture(scope="module")
def server():
    """A server with an empty database; it and its files go with the module."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="cv-pg-", dir="/tmp"))
    root = os.geteuid() == 0
    user = pwd.getpwnam("postgres") if root else pwd.getpwuid(os.geteuid())
    if root:
        os.chown(folder, user.pw_uid, user.pw_gid)
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if root else {}
    data, tools = folder / "data", SERVER.parent
    port = free_port()

    def run(*command):
        subprocess.run(
            command, check=True, capture_output=True, cwd=folder, env={"PATH": os.environ["PATH"]}, **as_user
        )

    run(tools / "initdb", "-D", data, "-U", "cv", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    servers = []

    def start():
        servers.append(
            subprocess.Popen(
                [tools / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", folder],
                cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user,
            )
        )  # fmt: skip
        asked = [tools / "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
        wait_for(lambda: subprocess.run(asked, capture_output=True).returncode == 0, "the server")

    def stop():
        """As an operator restarts it: connections are cut off, transactions rolled back."""
        servers[-1].send_signal(signal.SIGINT)
        servers[-1].wait(LIMIT_S)

    start()
    try:
        run(tools / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "cv", "cv")
        yield SimpleNamespace(url=f"postgresql://cv@127.0.0.1:{port}/cv", start=start, stop=stop, run=run, port=port)
    finally:
        stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(server):
    """The address of its database."""
    return server.url


@pytest.fixture
def on_postgresql(cluster, settings):
    settings.value = replace(settings.value, database=cluster, durable=cluster)
    return settings


def test_migrations_and_models_agree(cluster):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from harness.service.tables import Base

    migrate(cluster)
    engine = open_engine(cluster)
    with engine.connect() as connection:
        ours = [
            change
            for change in compare_metadata(MigrationContext.configure(connection), Base.metadata)
            if change[0] != "remove_table" or not change[1].name.startswith("dbos")
        ]
    engine.dispose()
    assert ours == []


def test_starts_that_are_killed_within_the_migration_or_come_together_find_their_way(server):
    def fresh():
        for tool in ("dropdb", "createdb"):
            options = ("--if-exists", "--force") if tool == "dropdb" else ()
            server.run(SERVER.parent / tool, *options, "-h", "127.0.0.1", "-p", str(server.port), "-U", "cv", "moved")

    moved = server.url.removesuffix("/cv") + "/moved"
    assert killed_migrations(moved, fresh, 4) > 15
    fresh()
    assert set(migrations_at_once(moved)) == {0}


def test_both_ways_shadow_limit_feedback_and_deletion(on_postgresql, serve):
    with serve(stage="shadow", shadow=ShadowRules(control=0.0)) as site:
        kept = site.ann.upload("/assistant", consent="true").json()
        task_id = site.ann.upload().json()["taskId"]
        assert site.ann.done(task_id)["status"] == "completed"
        from sqlalchemy import func, select

        from harness.service.tables import Pair

        def settled():
            with site.running.store.session() as session:
                return session.scalar(select(func.count()).select_from(Pair).where(Pair.agreement.is_not(None)))

        wait_for(lambda: settled() == 2, "both pairs")
        said = {"path": "/work_experience/0/company", "verdict": "wrong", "value": "X"}
        assert site.ann.post(f"{API}/cv/{kept['cv_id']}/feedback", json=said).status_code == 201
        for each in (kept["cv_id"], task_id):
            assert site.ann.delete(f"{API}/cv/{each}").status_code == 204
        assert site.ann.get(f"{API}/cv/tasks").json() == []
        with site.running.store.session() as session:
            assert session.scalar(select(func.count()).select_from(Pair)) == 0


def test_the_limit_is_one_for_all_processes(on_postgresql):
    from harness.base.clock import SystemClock
    from harness.service.limits import Allowance
    from harness.service.store import Store

    migrate(on_postgresql.value.database)
    engines = [open_engine(on_postgresql.value.database) for _ in range(2)]
    allowances = [Allowance(Store(engine, SystemClock()), "upload", 5) for engine in engines]
    with ThreadPoolExecutor(8) as threads:
        granted = list(threads.map(lambda number: allowances[number % 2].take("racer") is None, range(40)))
    assert sum(granted) == 5
    for engine in engines:
        engine.dispose()


def test_two_workers_as_the_compose_file_starts_them_and_a_kill(on_postgresql, tmp_path, simulator):
    secret, entry = on_postgresql.secrets["ann"], on_postgresql.value.tokens[0]
    (tmp_path / "tokens").write_text(entry + "\n")
    (tmp_path / "further.json").write_text('{"dead_after_s": 5}')
    write_stage(tmp_path / "flags.json", "25")
    options = ("--tokens", str(tmp_path / "tokens"), "--guard", "--settings", str(tmp_path / "further.json"))
    with (
        service_process(tmp_path, simulator, [], *options, workers=2, database=on_postgresql.value.database) as site,
        Client(base_url=site.url, headers={"Authorization": f"Bearer {secret}"}, timeout=LIMIT_S) as client,
    ):
        task_ids = [client.upload().json()["taskId"] for _ in range(4)]
        os.kill(site.children()[0], signal.SIGKILL)

        def from_whoever_is_left(path):
            with contextlib.suppress(httpx2.HTTPError):  # the worker that is being replaced
                return client.get(path)

        def ended(task_id):
            answer = from_whoever_is_left(f"{API}/cv/status/{task_id}")
            return answer is not None and answer.json()["status"] not in ("pending", "metadata_extracted") and answer

        for task_id in task_ids:
            assert wait_for(lambda task_id=task_id: ended(task_id), "its end").json()["status"] == "completed"
        assert "cv_requests_total" in wait_for(lambda: from_whoever_is_left("/metrics"), "the figures").text


def test_two_services_of_two_workers_each_probe_once_and_within_the_money(
    on_postgresql, serve, tmp_path, simulator, monkeypatch
):
    """A model that costs money; the money of a time is for two of the three uploads (0.62 and 0.45
    dollars are expected), and for the room that their last call asks for (0.17)."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")

    def metric(site, name):
        lines = httpx2.get(f"{site.url}/metrics", timeout=60).text.splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), None)

    with serve(stage="shadow", shadow=ShadowRules(control=0.0)) as site:
        for name in ("a01", "a05", "a06"):
            assert site.ann.upload("/assistant", CV.with_name(f"{name}.pdf"), consent="true").status_code == 200
        wait_for(lambda: metric(site.service, 'cv_shadow_total{outcome="assistant"}') == 3, "no pairs")
    figures, money = tmp_path / "probes" / "probes.json", 0.61
    rules = {"figures": str(figures), "relations": ["form"], "dollars_a_run": money}
    (tmp_path / "further.json").write_text(json.dumps({"probes": {"every_s": 3600, **rules}}))
    options = ("--settings", str(tmp_path / "further.json"))
    entry = on_postgresql.value.tokens[0]

    def probing():
        return service_process(tmp_path, model, [entry], *options, workers=2, database=on_postgresql.value.database)

    with Priced(simulator) as model, probing() as one, probing() as two:
        wait_for(lambda: dict(load(figures).times), "nothing was probed")
        found = load(figures)
        assert (dict(found.times), found.cvs) == ({"probed": 1}, 2), found
        for site in (one, two, one, two):
            assert metric(site, 'cv_probe_times{outcome="probed"}') == 1
            assert metric(site, "cv_probe_cvs") == 2
            assert metric(site, "cv_probe_dollars") == pytest.approx(found.dollars)
            assert metric(site, "cv_probe_estimated_f1") == pytest.approx(found.estimate)
    assert dict(load(figures).times) == {"probed": 1}
    assert found.probes >= 4
    assert 0 < found.dollars <= money
    assert found.dollars == pytest.approx(float(model.dollars), abs=1e-5)
    assert len(list((figures.parent / "evidence" / "reports" / "runs").glob("*/run.db"))) == 1


def test_a_restart_of_the_database_under_load_costs_no_task(server, on_postgresql, tmp_path, simulator):
    """While it is away `/readyz` says so and uploads get 503, which may come again; then everything goes on, and every
    task that was begun ends."""
    secret, entry = on_postgresql.secrets["ann"], on_postgresql.value.tokens[0]
    (tmp_path / "further.json").write_text('{"dead_after_s": 5, "deadlines": {"request": 60, "drain": 5}}')
    write_stage(tmp_path / "flags.json", "50")
    over, began, states = threading.Event(), [], Counter()

    def client():
        return Client(base_url=site.url, headers={"Authorization": f"Bearer {secret}"}, timeout=LIMIT_S)

    def user(number):
        """One upload after the other, in turns on both endpoints; the ids that were promised."""
        with client() as mine:
            for turn in itertools.count(number):
                if over.is_set():
                    return
                answer = mine.upload("" if turn % 2 else "/assistant")
                states[answer.status_code] += 1
                if answer.status_code == 200:
                    began.append(answer.json().get("taskId") or answer.json()["cv_id"])
                else:
                    assert answer.json()["code"] == "storage", answer.text
                    assert answer.headers["retry-after"]
                    over.wait(0.2)

    def answered():
        return states[200]

    def ready():
        answer = httpx2.get(f"{site.url}/readyz", timeout=60)
        return answer.status_code == 200, answer.json()["problems"].get("database")

    options = ("--settings", str(tmp_path / "further.json"))
    with (
        service_process(tmp_path, simulator, [entry], *options, workers=2, database=server.url) as site,
        ThreadPoolExecutor(4) as threads,
    ):
        try:
            users = [threads.submit(user, number) for number in range(4)]
            wait_for(lambda: answered() >= 8, "nothing is answered")
            server.stop()
            wait_for(lambda: ready()[0] is False, "readyz does not notice")
            assert ready()[1] == "OperationalError"
            wait_for(lambda: states[503] >= 4, "uploads are not refused with a sentence")
            server.start()
            wait_for(lambda: ready()[0], "it is not ready again")
            before = answered()
            wait_for(lambda: answered() >= before + 12, "nothing is answered after the restart")
        finally:
            over.set()
        for each in users:
            each.result()
        with client() as mine:
            ends = Counter(mine.done(task_id)["status"] for task_id in began)
            assert mine.done(mine.upload().json()["taskId"])["status"] == "completed"

            def nothing_runs():
                return all(task["status"] in DONE for task in mine.get(f"{API}/cv/tasks").json())

            wait_for(nothing_runs, "the end of every task")
        assert site.process.poll() is None
    print(f"restart: {dict(states)}, ends {dict(ends)}")
    assert set(states) <= {200, 503}
    assert set(ends) <= set(DONE)
