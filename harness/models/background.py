"""Calls in the background: asked for now, looked for until they are over, cheaper where they may wait for hours.

Each call is a job of one line in the journal of batches, so that `--resume` finds it again by the server's name. OpenAI
keeps such a response only with `store: true`, which no call here has: an endpoint's profile must say that its server
takes both together.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal

from harness.base.clock import Clock, SystemClock
from harness.base.types import Json
from harness.models.batch import BACKGROUND, GONE, BatchJob, BatchJournal, BatchLine, LineResult, attempt_of, line_id
from harness.models.batch_jobs import DeskSettings, spent_by_counts, to_the_end
from harness.models.budget import Budget, Reservation
from harness.models.client import ModelClient, Received
from harness.models.prices import way_factor
from harness.models.types import Attempt, Call

_UNDER_WAY = frozenset({"queued", "in_progress"})
_AT_ONCE = 64
"""Requests that go out or are looked at together."""
_SILENT = 10
"""Looks in a row without an answer, after which a response is given up: it is kept for some minutes only."""


class BackgroundDesk:
    """Where a replay's calls are asked in the background. way: "background", "background-2h" or "background-8h"; who:
    says which record the running task works on."""

    def __init__(
        self,
        client: ModelClient,
        journal: BatchJournal,
        settings: DeskSettings,
        way: str,
        *,
        who: Callable[[], object],
        budget: Budget | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Clock | None = None,
    ) -> None:
        self.waits = True  # between two tries of a call
        self._client = client
        self._journal = journal
        self._settings = settings
        self._way = way
        self._who = who
        self._budget = budget
        self._sleep = sleep
        self._clock = clock or SystemClock()
        self._factor = way_factor(way) or Decimal(1)
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def takes(self, call: Call) -> bool:
        """Chat completions know no background."""
        return call.wire == "responses"

    def expect(self, records: int) -> None:
        """Nothing is gathered here."""

    def over(self) -> None:
        """Nothing is gathered here."""

    async def aclose(self) -> None:
        """What is under way goes on at the server, for as long as it keeps it."""

    async def ask(self, call: Call, number: int, cache_key: str) -> Attempt:
        """The attempt of a call once its response is over; it is durable then. Raises BudgetSpentError."""
        held = await self._budget.reserve(call, self._factor) if self._budget is not None else Reservation()
        spent = Decimal(0)
        try:
            job = BatchJob(
                f"{BACKGROUND}{uuid.uuid4().hex[:16]}", call.wire, str(call.body.get("model", "")), self._clock.now()
            )
            line = BatchLine(line_id(job, 0, call.draw), call.key, call.draw, number, held.dollars, call)
            await self._journal.open_job(job, [(self._who(), line)])
            spent = held.dollars  # until it is known better
            told: dict[str, Json] = {**call.body, "background": True, **self._window()}
            async with self._slots:
                begun = await self._client.exchange(replace(call, body=told, frame=None), cache_key)
            name, status = _named(begun)
            later = bool(name) and status in _UNDER_WAY
            if later:
                job = replace(job, batch=name)
                await self._journal.note_job(job)
                begun = await self._ended(job)
            attempt = attempt_of(job, line, _result(line, begun, later), self._client.source, self._way)
            attempt = replace(attempt, headers={**(begun.headers or {}), **attempt.headers})
            if self._budget is not None:
                attempt = self._budget.believed(attempt, held)
                spent = self._budget.price(call, attempt, held)
            await self._journal.commit(attempt, spent)
            await self._journal.close_job(job)
            return attempt
        finally:
            if self._budget is not None:
                self._budget.settle(held, spent)

    async def collect_open(self) -> int:
        """Look for what earlier sessions left, and keep what is still readable; how many responses that were."""
        jobs = [job for job in self._journal.open_jobs() if job.id.startswith(BACKGROUND)]
        await to_the_end(*(self._collect(job) for job in jobs))
        return len(jobs)

    # -- inside -------------------------------------------------------------------------------------------------

    def _window(self) -> dict[str, Json]:
        window = self._way.removeprefix("background").removeprefix("-")
        return {"background_options": {"completion_window": window}} if window else {}

    async def _collect(self, job: BatchJob) -> None:
        for line in self._journal.lines_of(job):
            if job.batch:
                attempt = attempt_of(job, line, _result(line, await self._ended(job)), self._client.source, self._way)
                spent = spent_by_counts(job, line, attempt, self._settings.on)
            else:
                spent = line.reserved  # whether it was asked for and billed, nobody can know
                gone = LineResult(line.id, None, None, None, "connection", "its process ended before it had a name")
                attempt = attempt_of(job, line, gone, self._client.source, self._way)
            if attempt.outcome == "failed":
                spent = line.reserved
            await self._journal.commit(attempt, spent)
        await self._journal.close_job(job)

    async def _ended(self, job: BatchJob) -> Received:
        """The response once it is over, or is not to be had any more."""
        wait, silent = self._settings.first, 0
        while True:
            await self._sleep(wait)
            async with self._slots:
                found = await self._client.look(job.batch)
            silent = silent + 1 if found.status is None or found.status >= 500 or found.status == 429 else 0
            over = not silent and _named(found)[1] not in _UNDER_WAY
            if over or silent > _SILENT:
                return found
            wait = min(self._settings.cap, wait * 1.5)


def _named(found: Received) -> tuple[str, str]:
    """Id and status of the response in it; "" where it says none."""
    try:
        value = json.loads(found.body or b"")
    except (ValueError, RecursionError):
        value = None
    if found.status is None or not 200 <= found.status < 300 or not isinstance(value, dict):
        return "", ""
    name, status = value.get("id"), value.get("status")
    sound = isinstance(name, str) and 0 < len(name) <= 200 and name.isprintable() and "/" not in name
    return str(name) if sound else "", status if isinstance(status, str) else ""


def _result(line: BatchLine, found: Received, begun: bool = True) -> LineResult:
    """What came back, as a line's result. begun: a response that was begun and is not there any more is gone."""
    request_id = (found.headers or {}).get("x-request-id")
    if found.status is None or (begun and found.status == 404):
        code = GONE if found.status == 404 else found.answer.error
        return LineResult(line.id, None, None, request_id, code, found.answer.detail)
    return LineResult(line.id, found.status, found.body, request_id)
