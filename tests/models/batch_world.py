"""A server with batches, a clock of its own and a journal: what tests of batches work in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial

from loopback import answering

from harness.models.batch_desk import BatchDesk
from harness.models.batch_jobs import BatchJobs, DeskSettings, Tells
from harness.models.batch_server import BatchServer
from harness.models.budget import Budget
from harness.models.caller import Terms, build_caller
from harness.models.client import ModelClient
from harness.models.endpoints import Endpoint, simulator_endpoint
from harness.simulator.batches import BatchPlan
from harness.simulator.http import serve_connection
from harness.simulator.server import Server, Settings

DAY = date(2026, 11, 28)
AS_IT_SHOULD = BatchPlan()


@dataclass
class Journal:
    """jobs: as they stand; lines: those without an attempt."""

    jobs: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)
    attempts: list = field(default_factory=list)
    spent: Decimal = Decimal(0)
    over: set = field(default_factory=set)

    async def intend(self, call, reserved=Decimal(0)):
        raise AssertionError("a call went out by itself")

    async def open_job(self, job, lines):
        self.jobs[job.id] = job
        self.lines[job.id] = {line.id: replace(line, call=None) for _, line in lines}

    async def note_job(self, job):
        self.jobs[job.id] = job

    async def close_job(self, job):
        assert not self.lines[job.id]
        self.over.add(job.id)

    def open_jobs(self):
        return tuple(job for name, job in self.jobs.items() if name not in self.over)

    def lines_of(self, job):
        return tuple(self.lines[job.id].values())

    async def commit(self, attempt, spent=Decimal(0)):
        job = next(name for name in self.lines if attempt.id in self.lines[name])
        del self.lines[job][attempt.id]
        self.attempts.append(attempt)
        self.spent += spent


class World:
    """A simulator, a journal, and a desk in front of them."""

    def __init__(self, plan=AS_IT_SHOULD, *, lines=50_000, size=200_000_000, most=None, live=False):
        self.server = Server(Settings(seed=7, batches=plan))
        self.journal, self.notes, self.seen = Journal(), [], []
        self.settings = DeskSettings(DAY, lines, size, 0.01, 0.02)
        self.most, self.live = most, live

    async def __aenter__(self):
        self.listening = answering(partial(serve_connection, self.server.handle))
        port = await self.listening.__aenter__()
        url = f"http://127.0.0.1:{port}/v1"
        self.client = ModelClient(Endpoint("there", url, "x") if self.live else simulator_endpoint(url, "simulator@x"))
        self.who = 0
        self.open()
        return self

    def open(self):
        tells = Tells(self.notes.append, lambda state, since: self.seen.append(state))
        budget = None if self.most is None else Budget(Decimal(self.most), on=DAY)
        server = BatchServer(self.client, sleep=lambda _: asyncio.sleep(0))
        jobs = BatchJobs(server, self.journal, self.settings, tells)
        self.desk = BatchDesk(jobs, self.settings, tells, who=asyncio.current_task, budget=budget)
        self.caller = build_caller(
            origin=self.client.origin,
            policy="call",
            journal=self.journal,
            client=self.client,
            terms=Terms(desk=self.desk),
        )

    async def __aexit__(self, *_):
        await self.desk.aclose()
        await self.client.aclose()
        await self.listening.__aexit__(None, None, None)

    async def ask(self, *calls):
        """Each call as a record of its own."""

        async def record(call):
            try:
                return await self.caller(call)
            finally:
                self.desk.over()

        self.desk.expect(len(calls))
        return await asyncio.gather(*map(record, calls), return_exceptions=True)

    @property
    def batches(self):
        return list(self.server.batches._batches.values())


def run(work):
    return asyncio.run(asyncio.wait_for(work, 60))
