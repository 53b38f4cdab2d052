"""What the tests of a bad day share: a server that counts what it served, and children that are killed, or meet a full
disk, at their n-th durable step, so that every window between two of them is met and not those that luck finds."""

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
from typing import Any

from loopback import LoopbackServer, QuietHandler

from harness.base.errors import HarnessError
from harness.base.project import Project
from harness.corpus.text import Extractor
from harness.evaluate.setup.plan import Plan
from harness.models.budget import Budget
from harness.models.prices import cost
from harness.models.types import Call, Usage
from harness.replay.writer import Writer

IDS = ["a01", "a02", "a09", "a10", "a11", "b01"]
IN_FLIGHT = 3
ANSWER = json.dumps({"personal_info": {"name": "A"}})


class Server(LoopbackServer):
    """Answers every call the same, and counts them by what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.served = Decimal(0)
        self.output_tokens = 300
        self.count = threading.Lock()
        self.begin()


class Handler(QuietHandler):
    server: Server

    def do_GET(self) -> None:
        self._say(404, {"error": {"message": "no list of models", "code": "unknown_url"}})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["content-length"]))
        if len(data) < int(self.headers["content-length"]):
            return  # its client was killed
        body = json.loads(data)
        body.pop("prompt_cache_key", None)
        read = Budget(Decimal(1), on=date.today()).most(Call({}, 0, "", "responses", body)).input_tokens - 200
        usage = Usage(read, output_tokens=self.server.output_tokens)
        probe = body.get("input") == "Say hello."  # whether strict schemas are kept: no answer of the run
        with self.server.count:
            if not probe:
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
        self.send(status, [("content-type", "application/json")], json.dumps(value).encode())


def plan_of(server: Server, **changes: Any) -> Plan:
    given: dict[str, Any] = {"repeat": 1, "arms": ("candidate",), "concurrency": IN_FLIGHT, "max_cost": 50.0}
    return Plan(base_url=server.url, **{**given, **changes})


class At:
    """Lets a step pass, until the n-th."""

    def __init__(self, number: int, act: Any) -> None:
        self.left, self._act, self._lock = number, act, threading.Lock()

    def step(self) -> None:
        with self._lock:
            self.left -= 1
            hit = self.left == 0
        if hit:
            self._act()


def faulty(at: At, files: bool = True) -> None:
    """Puts `at` before and after each durable step: a commit of a run store, a file in its place or removed."""
    commit = Writer._commit

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

    def stepping(done: Any) -> Any:
        def between(*given: Any, **named: Any) -> None:
            at.step()
            done(*given, **named)
            at.step()

        return between

    Writer._commit = faulty_commit  # type: ignore[method-assign]
    for name in ("replace", "unlink", "rmdir") if files else ():
        setattr(os, name, stepping(getattr(os, name)))


def _full(writer: Writer) -> Exception:
    from harness.replay.writer import unwritable

    return unwritable(writer._path, sqlite3.OperationalError("database or disk is full"))


def in_child(work: Any, at: At, *, files: bool = True) -> int:
    """`work` in a forked child with faults (files: False counts commits of the store alone); its exit
    status: 0 when it ended well, 9 killed, 3 an error."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, 1)
            os.dup2(devnull, 2)
            faulty(at, files)
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
    """A project whose texts are cached, so that no child needs a reader; and what a run imports in a thread beside it
    is there, so that no child is forked in the middle of that: it would wait for a thread that it does not have."""
    import openai.resources.responses  # noqa: F401
    import scipy.special  # noqa: F401

    from harness.corpus.manifest import document_path, load_manifest
    from harness.reports.filters import environment
    from harness.reports.svg import ticks_module

    environment().get_template("page.html.j2")
    ticks_module()
    project = small_project(ids)
    with Extractor() as extractor:
        extractor.extract_many([document_path(project, each) for each in load_manifest(project)])
    return project


def cleared(project: Project) -> None:
    import shutil

    for folder in (project.runs, project.recordings, project.local_recordings):
        shutil.rmtree(folder, ignore_errors=True)
