"""Tables and migrations; the service's place among the rooms; and what a start without the extra says."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_site import REPOSITORY

from harness.base.errors import HarnessError, UsageError
from harness.service.database import migrate, open_engine
from harness.service.tables import Base


def test_the_migrations_make_the_tables_and_can_be_run_again(tmp_path):
    url = f"sqlite:///{tmp_path}/a/service.db"
    migrate(url)
    migrate(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0, "nobody else looks into the folder"


@pytest.mark.parametrize("url", ["", "x", "mysql://h/d", "sqlite://", "sqlite:///"])
def test_another_database_is_refused(url):
    with pytest.raises(UsageError):
        open_engine(url)


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
