"""A service in this process, and its client."""

import asyncio
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


class Client(httpx2.Client):
    """A client with a token, and the uploads."""

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
