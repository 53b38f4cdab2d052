"""A bad day: killed between any two durable steps, the disk full at any of them, money at the limit.

The run is a forked child that kills itself (or meets a full disk) at its n-th durable step, so that every window is
met, not those that luck finds. The server counts what it served; nothing that was durable is asked for again.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import threading
from collections import Counter
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from harness.base.errors import HarnessError
from harness.base.project import Project
from harness.corpus.text import Extractor
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.record import record
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.models.budget import Budget
from harness.models.prices import cost
from harness.models.recordings import RecordingStore
from harness.models.types import Call, Usage
from harness.replay.runs import find_run, runs
from harness.replay.store import RunStore
from harness.replay.writer import Writer

pytestmark = [pytest.mark.long, pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")]
IDS = ["a01", "a02", "a09", "a10", "a11", "b01"]
IN_FLIGHT = 3
ANSWER = json.dumps({"personal_info": {"name": "A"}})


class _Server(ThreadingHTTPServer):
    """Answers every call the same, and counts them by what was asked."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: Counter[str] = Counter()
        self.served = Decimal(0)
        self.output_tokens = 300
        self.count = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._say(404, {"error": {"message": "no list of models", "code": "unknown_url"}})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["content-length"]))
        body = json.loads(data)
        body.pop("prompt_cache_key", None)
        read = Budget(Decimal(1), on=date.today()).most(Call({}, 0, "", "responses", body)).input_tokens - 200
        usage = Usage(read, output_tokens=self.server.output_tokens)
        with self.server.count:
            self.server.asked[json.dumps(body, sort_keys=True) + self.headers.get("x-sim-draw", "")] += 1
            self.server.served += cost("gpt-4o", usage, date.today()) or 0
        content = [{"type": "output_text", "text": ANSWER}]
        self._say(
            200,
            {
                "status": "completed",
                "output": [{"type": "message", "content": content}],
                "usage": {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens},
            },
        )

    def _say(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None: ...

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:  # its client was killed
            return


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    found = _Server()
    yield found
    found.shutdown()
    found.server_close()


def plan_of(server: _Server, **changes: Any) -> Plan:
    given: dict[str, Any] = {"repeat": 1, "arms": ("candidate",), "concurrency": IN_FLIGHT, "max_cost": 50.0}
    return Plan(base_url=server.url, **{**given, **changes})


class _At:
    """Lets a step pass, until the n-th."""

    def __init__(self, number: int, act: Any) -> None:
        self.left, self._act, self._lock = number, act, threading.Lock()

    def step(self) -> None:
        with self._lock:
            self.left -= 1
            hit = self.left == 0
        if hit:
            self._act()


def _faulty(at: _At) -> None:
    """Puts `at` before and after each durable step: a commit of a run store, a file in its place."""
    commit, replace = Writer._commit, os.replace

    def faulty_commit(self: Writer, batch: Any) -> Any:
        try:
            at.step()
        except OSError:
            return _full(self)
        done = commit(self, batch)
        try:
            at.step()
        except OSError:
            return done
        return done

    def faulty_replace(*given: Any) -> None:
        at.step()
        replace(*given)
        at.step()

    Writer._commit = faulty_commit  # type: ignore[method-assign]
    os.replace = faulty_replace  # type: ignore[assignment]


def _full(writer: Writer) -> Exception:
    from harness.replay.writer import unwritable

    return unwritable(writer._path, sqlite3.OperationalError("database or disk is full"))


def in_child(work: Any, at: _At) -> int:
    """`work` in a forked child with faults; its exit status: 0 when it ended well, 9 killed, 3 an error."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, 1)
            os.dup2(devnull, 2)
            _faulty(at)
            work()
            code = 0
        except (HarnessError, OSError):
            code = 3
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def disk_full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def warmed(small_project: Any, ids: list[str] = IDS) -> Project:
    """A project whose texts are cached, so that no child needs a reader."""
    import openai.resources.responses  # noqa: F401

    from harness.corpus.manifest import document_path, load_manifest

    project = small_project(ids)
    with Extractor() as extractor:
        extractor.extract_many([document_path(project, each) for each in load_manifest(project)])
    return project


def cleared(project: Project) -> None:
    import shutil

    for folder in (project.runs, project.recordings, project.local_recordings):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("fault", [kill_itself, disk_full])
def test_nothing_answered_is_lost_in_any_window(small_project, server, fault) -> None:
    project = warmed(small_project)
    plan = plan_of(server)
    hit, most_extra, faults = 0, 0, 0
    for number in range(1, 90 if fault is kill_itself else 44):
        cleared(project)
        server.asked.clear()
        status = in_child(lambda: record(project, plan, listener=Silent()), _At(number, fault))
        if status == 0 and fault is kill_itself:
            break  # there are no more steps than that
        if status == 0:
            continue  # a step that needs no more room
        assert status == (9 if fault is kill_itself else 3)
        faults += 1
        hit += bool(server.asked)
        if number % 2 and runs(project) and runs(project)[0].records:
            judge(project, runs(project)[0].folder, plan)  # whichever command comes next
        record(project, plan, listener=Silent())
        extra = sum(server.asked.values()) - len(IDS)
        most_extra = max(most_extra, extra)
        assert len(server.asked) == len(IDS)
        assert extra <= IN_FLIGHT, f"step {number}: {extra} calls were paid for again"
        store = RecordingStore.of(project)
        assert store.count(server.url) == len(IDS)
        record(project, plan, listener=Silent())
        assert sum(server.asked.values()) == len(IDS) + extra, "all of it is recorded: nothing is left to ask"
        assert all(info.manifest is not None for info in runs(project)), "no run is broken"
    assert faults >= 15
    assert hit > 5, "some of them after something was paid for"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("at_once", [1, 8, 32])
def test_what_is_spent_stays_within_the_limit_over_three_resumes(small_project, server, at_once) -> None:
    project = warmed(small_project, IDS)
    plan = plan_of(server, concurrency=at_once, repeat=4, max_cost=0.35)
    server.output_tokens = 400
    for session, killed_at in enumerate((9, 7, 11, 0)):
        resume = None if session == 0 else ""
        work = lambda resume=resume: evaluate(project, plan, resume=resume)  # noqa: E731
        try:
            status = in_child(work, _At(killed_at or 10**9, kill_itself))
        finally:
            info = find_run(project)
        assert status in (0, 3, 9)
        with RunStore.open(info.folder) as store:
            spent, unknown = store.spent(), len(store.unknown_calls())
            most = max(
                (Decimal(row[0]) for row in store._reader.execute("SELECT reserved FROM spending")), default=Decimal(0)
            )
        assert server.served <= Decimal("0.35")
        assert server.served <= spent <= server.served + unknown * most
        if status == 0 and info.status == "complete":
            break
    assert server.served > 0


@pytest.mark.parametrize("status", [401, 403, 503, 429])
def test_a_server_that_lets_nothing_through_leaves_a_run_to_be_resumed(
    small_project, server, monkeypatch, status
) -> None:
    project = warmed(small_project, IDS[:3])
    plan = plan_of(server)
    monkeypatch.setattr("harness.models.retry.RetryPolicy.wait_s", lambda *_: None)
    answer = _Handler.do_POST

    def refuse(self: _Handler) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._say(status, {"error": {"message": "no", "code": "no"}})

    with monkeypatch.context() as down:
        down.setattr(_Handler, "do_POST", refuse)
        try:
            assert evaluate(project, plan).manifest.status == "interrupted"
        except HarnessError:
            assert status in (401, 403)
    assert _Handler.do_POST is answer
    done = evaluate(project, plan, resume="")
    assert done.replay is not None
    assert done.replay.complete
    assert sum(server.asked.values()) == 3
