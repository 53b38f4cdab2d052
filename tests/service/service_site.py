"""A service in this process, and its client."""

import asyncio
import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx2

from harness.evaluate.commands.serving import parts_of
from harness.service.database import migrate

REPOSITORY = Path(__file__).resolve().parents[2]
API = "/api/career-ark"
CV = REPOSITORY / "fixtures/corpus/cvs/a01.pdf"


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
        for _ in range(3000):
            status = self.get(f"{API}/cv/status/{task_id}").json()
            if status["status"] not in ("pending", "metadata_extracted"):
                return status
            threading.Event().wait(0.02)
        raise AssertionError(f"the task hangs: {status}")


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
        thread.join(30)
        assert not thread.is_alive(), "the service did not stop"


@contextmanager
def service_process(folder, simulator, entries, *options, workers=1, database=None):
    """`cv-harness serve` as a process of its own; yields it, its address and a function that names its workers."""
    port = _free_port()
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
        process.wait(60)


def until_ready(url, process=None):
    """Wait until a service answers that it is ready."""
    for _ in range(600):
        assert process is None or process.poll() is None, "the service ended"
        with contextlib.suppress(httpx2.HTTPError):
            if httpx2.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        threading.Event().wait(0.1)
    raise AssertionError("the service is not ready after a minute")


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
