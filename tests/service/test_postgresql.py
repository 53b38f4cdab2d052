"""The same on PostgreSQL: Debian's server, started by the test on loopback as a user of its own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from service_site import API, Client, service_process

from harness.service.database import migrate, open_engine
from harness.service.flags import write_stage
from harness.service.settings import ShadowRules

SERVER = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(SERVER is None, reason="PostgreSQL is not here: apt-get install postgresql"),
]


@pytest.fixture(scope="module")
def cluster():
    """The address of an empty database; the server and its files go with the module."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="cv-pg-", dir="/tmp"))
    root = os.geteuid() == 0
    user = pwd.getpwnam("postgres") if root else pwd.getpwuid(os.geteuid())
    if root:
        os.chown(folder, user.pw_uid, user.pw_gid)
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if root else {}
    data, tools = folder / "data", SERVER.parent
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    def run(*command):
        subprocess.run(
            command, check=True, capture_output=True, cwd=folder, env={"PATH": os.environ["PATH"]}, **as_user
        )

    run(tools / "initdb", "-D", data, "-U", "cv", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    server = subprocess.Popen(
        [tools / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", folder],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user,
    )  # fmt: skip
    try:
        for _ in range(300):
            if (
                subprocess.run(
                    [tools / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], capture_output=True
                ).returncode
                == 0
            ):
                break
            threading.Event().wait(0.1)
        run(tools / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "cv", "cv")
        yield f"postgresql://cv@127.0.0.1:{port}/cv"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


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


def test_both_ways_shadow_limit_feedback_and_deletion(on_postgresql, serve):
    with serve(stage="shadow", shadow=ShadowRules(control=0.0)) as site:
        kept = site.ann.upload("/assistant", consent="true").json()
        task_id = site.ann.upload().json()["taskId"]
        assert site.ann.done(task_id)["status"] == "completed"
        for _ in range(400):
            from sqlalchemy import func, select

            from harness.service.tables import Pair

            with site.running.store.session() as session:
                settled = session.scalar(select(func.count()).select_from(Pair).where(Pair.agreement.is_not(None)))
            if settled == 2:
                break
            threading.Event().wait(0.05)
        assert settled == 2
        said = {"path": "/work_experience/0/company", "verdict": "wrong", "value": "X"}
        assert site.ann.post(f"{API}/cv/{kept['cv_id']}/feedback", json=said).status_code == 201
        for each in (kept["cv_id"], task_id):
            assert site.ann.delete(f"{API}/cv/{each}").status_code == 204
        assert site.ann.get(f"{API}/cv/tasks").json() == []
        with site.running.store.session() as session:
            assert session.scalar(select(func.count()).select_from(Pair)) == 0


def test_the_limit_is_one_for_all_processes(on_postgresql):
    from concurrent.futures import ThreadPoolExecutor

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
    (tmp_path / "further.json").write_text('{"dead_after_s": 1}')
    write_stage(tmp_path / "flags.json", "25")
    options = ("--tokens", str(tmp_path / "tokens"), "--guard", "--settings", str(tmp_path / "further.json"))
    with (
        service_process(tmp_path, simulator, [], *options, workers=2, database=on_postgresql.value.database) as site,
        Client(base_url=site.url, headers={"Authorization": f"Bearer {secret}"}, timeout=60) as client,
    ):
        task_ids = [client.upload().json()["taskId"] for _ in range(4)]
        os.kill(site.children()[0], signal.SIGKILL)
        for task_id in task_ids:
            for _ in range(400):
                try:
                    state = client.get(f"{API}/cv/status/{task_id}").json()["status"]
                except httpx2.HTTPError:  # the worker that is being replaced
                    threading.Event().wait(0.1)
                    continue
                if state not in ("pending", "metadata_extracted"):
                    break
                threading.Event().wait(0.1)
            assert state == "completed"
        text = client.get("/metrics").text
        assert "cv_requests_total" in text
