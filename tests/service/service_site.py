"""A service in this process, and its client."""

import asyncio
import contextlib
import itertools
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx2

from harness.evaluate.commands.serving import parts_of
from harness.service.database import migrate

REPOSITORY = Path(__file__).resolve().parents[2]
API = "/api/career-ark"
CV = REPOSITORY / "fixtures/corpus/cvs/a01.pdf"
LIMIT_S = 300.0


_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Everything is on loopback: a context that trusts nobody is made in no time."""


class Client(httpx2.Client):
    """A client with a token, and the uploads."""

    def __init__(self, **options):
        super().__init__(verify=_NO_TLS, **options)

    def upload(self, way="", file=CV, **fields):
        data = file if isinstance(file, bytes) else file.read_bytes()
        return self.post(f"{API}/cv{way}", files={"file": ("cv.pdf", data)}, data=fields)

    def done(self, task_id):
        """The task's status, once it is done."""

        def known():
            status = self.get(f"{API}/cv/status/{task_id}").json()
            return status if status["status"] not in ("pending", "metadata_extracted") else None

        return wait_for(known, f"the end of task {task_id}")


def wait_for(condition, what="it"):
    """What the condition says, once it is true. The limit is for what never comes, whatever else the machine does."""
    until = time.monotonic() + LIMIT_S
    while not (found := condition()):
        assert time.monotonic() < until, f"{what} did not come"
        threading.Event().wait(0.05)
    return found


@contextmanager
def running_service(settings, parts=None):
    """The service in a thread of this process; yields its application and where it listens."""
    import uvicorn

    from harness.service.app import create_app

    migrate(settings.database)
    app = create_app(settings, parts or parts_of(settings))
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=10)
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield SimpleNamespace(app=app, running=app.state.running, url=f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(LIMIT_S)
        assert not thread.is_alive(), "the service did not stop"


@contextmanager
def service_process(folder, simulator, entries, *options, workers=1, database=None):
    """`cv-harness serve` as a process of its own; yields it, its address and a function that names its workers."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CV_HARNESS_")}
    environment |= {"CV_HARNESS_SERVICE_TOKENS": ";".join(entries), "CV_HARNESS_CACHE": str(folder / "cache")}
    command = [
        sys.executable, "-m", "harness", "serve", "--port", str(port), "--workers", str(workers),
        "--database", database or f"sqlite:///{folder}/service.db", "--flags", str(folder / "flags.json"),
        "--base-url", simulator.url, "--uploads-a-minute", "10000", *options,
    ]  # fmt: skip
    with (folder / "service.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"

    def children():
        """Ids of the worker processes."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, parent = stat.read_text().rpartition(")")[2].split()[:2]
                if (
                    int(parent) == process.pid
                    and state != "Z"
                    and b"spawn_main" in (stat.parent / "cmdline").read_bytes()
                ):
                    found.append(int(stat.parent.name))
        return found

    try:
        until_ready(url, process)
        yield SimpleNamespace(process=process, url=url, children=children, log=folder / "service.log")
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(LIMIT_S)


def until_ready(url, process=None):
    """Wait until a service answers that it is ready."""

    def ready():
        assert process is None or process.poll() is None, "the service ended"
        with contextlib.suppress(httpx2.HTTPError):
            return httpx2.get(f"{url}/readyz", timeout=30).status_code == 200

    wait_for(ready, "readiness")


_KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from harness.service.database import migrate
url, at, seen = sys.argv[1], int(sys.argv[2]), 0
@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global seen
    seen += 1
    if seen == at:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
migrate(url)
"""


def killed_migrations(url, clean, step=1):
    """End a start before a statement of the first migration, each `step`th in turn, and start again: the next one must
    find its way, to the tables that the models say. How many statements there were. clean: empties the database."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from harness.service.database import open_engine
    from harness.service.tables import Base

    for at in itertools.count(1, step):
        clean()
        code = subprocess.run([sys.executable, "-c", _KILLED, url, str(at)], cwd=REPOSITORY).returncode
        migrate(url)
        engine = open_engine(url)
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == [], at
        engine.dispose()
        if code == 0:
            return at
        assert code == -signal.SIGTERM
    raise AssertionError


def migrations_at_once(url, count=4):
    """Exit codes of so many starts that prepare one database at the same time."""
    command = [
        sys.executable,
        "-c",
        "import sys; from harness.service.database import migrate; migrate(sys.argv[1])",
        url,
    ]
    starts = [subprocess.Popen(command, cwd=REPOSITORY) for _ in range(count)]
    return [each.wait(LIMIT_S) for each in starts]


def free_port():
    """A port that nobody listens at, below those that the system gives to connections: one of these may be given to
    somebody before the service that is told it has started."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as taken, contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
