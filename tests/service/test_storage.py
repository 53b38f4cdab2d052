"""Tables and migrations; the service's place among the rooms; and what a start without the extra says."""

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_site import (
    LIMIT_S,
    REPOSITORY,
    Client,
    killed_migrations,
    migrations_at_once,
    service_process,
    wait_for,
)
from sqlalchemy import text

from harness.base.errors import HarnessError, UsageError
from harness.cli.main import main
from harness.evaluate.commands.from_service import evidence
from harness.evaluate.commands.serving import forget_person, retain_now
from harness.service.database import migrate, open_engine
from harness.service.flags import write_stage
from harness.service.tables import Base
from harness.service.tokens import new_token


def test_the_migrations_make_the_tables_and_can_be_run_again(tmp_path):
    url = f"sqlite:///{tmp_path}/a/service.db"
    migrate(url)
    migrate(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0, "nobody else looks into the folder"


@pytest.mark.long
def test_a_start_killed_within_the_migration_is_mended_by_the_next(tmp_path):
    path = tmp_path / "service.db"

    def clean():
        for each in tmp_path.iterdir():
            each.unlink()

    assert killed_migrations(f"sqlite:///{path}", clean) > 15


@pytest.mark.long
def test_starts_at_the_same_time_migrate_once(tmp_path):
    assert set(migrations_at_once(f"sqlite:///{tmp_path}/service.db")) == {0}


def public(*places):
    """What others than its owner may read or write, with its mode."""
    paths = [path for place in places for path in (place, *place.rglob("*")) if path.exists()]
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in paths}
    return {str(path): f"{mode:o}" for path, mode in modes.items() if mode & 0o077}


def until_settled(database):
    """Wait until the shadow's pair has its agreement."""

    def settled():
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return connection.execute("SELECT count(*) FROM pairs WHERE agreement IS NOT NULL").fetchone()[0]

    wait_for(settled, "the shadow's pair")


@pytest.fixture
def lax():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_database_is_its_owners_alone_with_the_files_beside_it(tmp_path, lax):
    folder = tmp_path / "a"
    migrate(f"sqlite:///{folder}/s.db")
    engine = open_engine(f"sqlite:///{folder}/s.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE tasks SET user = user"))
        assert {path.name for path in folder.iterdir()} >= {"s.db", "s.db-wal", "s.db-shm"}
        assert public(folder) == {}
    engine.dispose()


@pytest.mark.long
def test_what_a_service_and_the_commands_on_it_write_is_their_owners_alone(
    simulator, finished_project, tmp_path, monkeypatch, lax
):
    """The service as it runs, a run that measures it, and what is exported of it."""
    folder = tmp_path / "site"
    folder.mkdir(mode=0o700)
    secret, entry = new_token("ann")
    write_stage(folder / "flags.json", "shadow")
    (folder / "flags.json").chmod(0o640)  # as for a group that runs the service
    before = public(finished_project.root) | public(folder)
    project = ["--project", str(finished_project.root)]
    database = ["--database", f"sqlite:///{folder}/service.db"]
    monkeypatch.setenv("CV_HARNESS_SERVICE_TOKEN", secret)

    def run(*command, codes=(0, 10, 20)):
        with pytest.raises(SystemExit) as ended:
            main([*project, *command])
        assert ended.value.code in codes, command
        assert {path: mode for path, mode in (public(folder) | public(finished_project.root)).items()
                if path not in before} == {}, command  # fmt: skip

    with service_process(folder, simulator, [entry.entry()]) as site:
        with Client(base_url=site.url, headers={"Authorization": f"Bearer {secret}"}, timeout=LIMIT_S) as client:
            assert client.done(client.upload(consent="true").json()["taskId"])["status"] == "completed"
        assert {path.name for path in folder.iterdir()} >= {"service.db-wal", "service.durable.db"}
        until_settled(folder / "service.db")
        site.log.chmod(0o600)  # the test's own
        assert {path: mode for path, mode in public(folder).items() if path not in before} == {}
        run("run", "--arms", "legacy-http,candidate-http", "--service", site.url, "--repeat", "1", "--load", "2", "-q")
        run("service", "stage", "off", "--flags", str(folder / "flags.json"))
        assert stat.S_IMODE((folder / "flags.json").stat().st_mode) == 0o640, "the service can still read it"
    pairs = f"sqlite:///{folder}/service.db"
    run("run", "--from-service", pairs, "-q")
    run("probe", "--from-service", pairs, "--limit", "1", "-q")
    run("rollout", *database, "--flags", str(folder / "flags.json"), codes=(0, 2, 10, 20))
    run("service", "retain", *database)
    run("service", "forget", "ann", *database)


@pytest.mark.parametrize(
    "url", ["", "x", "mysql://h/d", "sqlite://", "sqlite:///", "postgresql://[::1", "postgresql://u:hunter2@h:x/d"]
)
def test_another_database_is_refused(url):
    with pytest.raises(UsageError) as refused:
        open_engine(url)
    assert "hunter2" not in str(refused.value)


def test_a_mistyped_database_is_said_so_and_neither_made_nor_changed(tmp_path):
    """Else "0 tasks erased" of a database that nobody ever wrote to would pass for an erasure."""
    absent, other, text = tmp_path / "new" / "s.db", tmp_path / "other.db", tmp_path / "text.db"
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE somebody (name TEXT)")
    text.write_text("no database at all " * 300)
    before = {path: path.read_bytes() for path in (other, text)}
    for path, kind in ((absent, UsageError), (other, UsageError), (text, HarnessError)):
        url = f"sqlite:///{path}"
        for work in (
            lambda url=url: forget_person(url, "ann"),
            lambda url=url: retain_now(url, 1, 1),
            lambda url=url: evidence(url, tmp_path / "evidence", None),
        ):
            with pytest.raises(kind, match=path.name):
                work()
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.db", "text.db"]


def test_a_database_that_is_not_there_is_one_clear_error():
    with pytest.raises(HarnessError) as refused:
        migrate("postgresql://cv:hunter2@127.0.0.1:9/cv")
    assert "hunter2" not in str(refused.value)


@pytest.mark.long
def test_the_harness_works_without_the_service(finished_project):
    """A run imports no module of the service and none of its libraries; `serve` names the command that installs it."""
    probe = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"fastapi", "uvicorn", "dbos", "sqlalchemy", "alembic", "openfeature", "limits",
                                  "prometheus_client", "starlette"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
from harness.cli.main import main
try:
    main(sys.argv[1:])
finally:
    assert not [name for name in sys.modules if name.startswith("harness.service")]
"""
    run = [sys.executable, "-c", probe, "--project", str(finished_project.root)]
    done = subprocess.run([*run, "run", "-q", "--repeat", "1"], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode in (0, 10, 20), done.stderr
    refused = subprocess.run([*run, "serve"], cwd=REPOSITORY, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "pip install '.[service]'" in refused.stderr


def test_what_is_wrong_before_the_start_is_one_clear_line(tmp_path, monkeypatch):
    import socket

    from typer.testing import CliRunner

    from harness.cli.main import app

    monkeypatch.setenv("CV_HARNESS_SERVICE_TOKENS", "a" * 64 + " ann default")
    command = ["serve", "--base-url", "http://127.0.0.1:9", "--database", f"sqlite:///{tmp_path}/s.db"]
    monkeypatch.setenv("OPENAI_API_KEY", "none-needed")
    flags = tmp_path / "flags.json"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = CliRunner().invoke(app, [*command, "--flags", str(flags), "--port", port])
        assert isinstance(refused.exception, UsageError)
        assert port in refused.exception.message
    flags.write_text("{")
    refused = CliRunner().invoke(app, [*command, "--flags", str(flags), "--port", "0"])
    assert isinstance(refused.exception, UsageError)
    assert "flags.json" in refused.exception.message
    refused = CliRunner().invoke(app, [*command, "--tokens", str(tmp_path / "nothing")])
    assert isinstance(refused.exception, UsageError)


def test_tasks_that_nobody_finished_end_and_their_pairs_keep_only_what_was_consented_to(tmp_path):
    from datetime import timedelta

    from harness.base.clock import SystemClock
    from harness.service.store import Store
    from harness.service.tables import Pair, Task

    url = f"sqlite:///{tmp_path}/s.db"
    migrate(url)
    engine = open_engine(url)
    store = Store(engine, SystemClock())
    for task_id, late, consent in (("late", True, False), ("agreed", True, True), ("young", False, False)):
        deadline = store.clock.now() + timedelta(seconds=-1 if late else 60)
        store.add_task(
            Task(
                id=task_id, user="ann", tenant="t", request_id="r", way="legacy", decision="shadow", reason="r",
                state="pending", kind="pdf", text="Jane Doe", consent=consent, deadline_at=deadline,
            )
        )  # fmt: skip
        with store.session() as session:
            session.add(
                Pair(
                    id=task_id, task_id=task_id, kind="assistant", consent=consent, sampling=1.0, bundle="b",
                    text="Jane Doe", answer="{}", created_at=store.clock.now(),
                )
            )  # fmt: skip
    assert store.fail_overdue() == 2
    assert store.fail_overdue() == 0
    with store.session() as session:
        texts = {pair.id: pair.text for pair in session.query(Pair)}
        states = {task.id: (task.state, task.error, task.text) for task in session.query(Task)}
    engine.dispose()
    assert texts == {"late": None, "agreed": "Jane Doe", "young": "Jane Doe"}
    assert states["late"] == states["agreed"] == ("failed", "interrupted", None)
    assert states["young"][0] == "pending"


def test_gauges_of_killed_processes_do_not_count(tmp_path, monkeypatch):
    from harness.service.metrics import MULTIPROCESS, bury_dead

    monkeypatch.setenv(MULTIPROCESS, str(tmp_path))
    for pid in (1, 4_194_300):
        (tmp_path / f"gauge_livesum_{pid}.db").touch()
    bury_dead()
    assert [path.name for path in tmp_path.iterdir()] == ["gauge_livesum_1.db"]
