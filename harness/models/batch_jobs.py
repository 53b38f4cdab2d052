"""Making a batch and collecting it, so that nothing is lost or paid twice wherever the process ends.

A job and its lines are durable before anything is sent, the server's names as soon as they are known, and each attempt
before it is used. A batch whose name never came back is looked for by what it was named.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from harness.base.clock import Clock, SystemClock
from harness.base.errors import ProviderUnavailableError
from harness.base.types import Source
from harness.models.answers import one_line
from harness.models.batch import BACKGROUND, BatchJob, BatchJournal, BatchLine, BatchState, LineResult, attempt_of
from harness.models.batch_server import BatchServer, LostBatchError
from harness.models.prices import cost, price_factor
from harness.models.types import Attempt

_AT_ONCE = 200
"""Attempts that are written together."""
_GRACE_S = 30.0
"""That what must not be broken off has, once the run ends."""
_SILENT = 3
"""Looks in a row that a server may leave without an answer, each of several tries."""


class CancelledBatchError(ProviderUnavailableError):
    """Somebody cancelled the batch at the server."""


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """lines, size: most of one batch, in lines and bytes. first, cap: seconds between two looks at a batch, growing.
    on: the day whose prices count."""

    on: date
    lines: int = 50_000
    size: int = 200_000_000
    first: float = 5.0
    cap: float = 60.0


@dataclass(frozen=True, slots=True)
class Tells:
    """Who is told: of what a person must know, and how far each batch is (seconds since it was begun)."""

    note: Callable[[str], None]
    progress: Callable[[BatchState, float], None]


class Takers(Protocol):
    """Whoever waits for the attempts of a job."""

    def priced(self, line: BatchLine, attempt: Attempt) -> tuple[Attempt, Decimal] | None:
        """The attempt as it is believed, and what it cost in US dollars; None for what its counts say."""

    def take(self, line: BatchLine, attempt: Attempt, spent: Decimal) -> None:
        """It is durable now."""


class BatchJobs:
    """The jobs of one replay. running: ids of batches that are under way at the server."""

    def __init__(
        self,
        server: BatchServer,
        journal: BatchJournal,
        settings: DeskSettings,
        tells: Tells,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Clock | None = None,
    ) -> None:
        self.running: set[str] = set()
        self.endpoint = server.endpoint
        self._server = server
        self._journal = journal
        self._settings = settings
        self._tells = tells
        self._sleep = sleep
        self._clock = clock or SystemClock()
        self._source: Source = "simulated" if server.endpoint.simulated else "live"
        self._busy = 0
        self._idle = asyncio.Condition()

    async def settled(self) -> None:
        """Wait until every batch that is just being made is known by its id, and every one that is over is taken in:
        for half a minute at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_S), self._idle:
                await self._idle.wait_for(lambda: not self._busy)

    async def make(self, job: BatchJob, lines: Sequence[tuple[object, BatchLine]], content: bytes) -> BatchJob:
        """The job with its batch, which runs now. lines: each with its record."""
        async with self._undisturbed():
            await self._journal.open_job(job, lines)
            try:
                job = replace(job, file=await self._server.upload(job, content))
                await self._journal.note_job(job)
                job = replace(job, batch=await self._server.create(job))
            except ProviderUnavailableError:
                with contextlib.suppress(ProviderUnavailableError):  # nobody can tell now: --resume looks again
                    if not (job.file and await self._server.find(job)):
                        told = [line for _, line in lines]
                        await self._not_run(job, told, ("batch_unsent", "no batch was made"), None)
                        await self._close(job, (job.file,))
                raise
            await self._journal.note_job(job)
            self.running.add(job.batch)
            return job

    async def collect_open(self) -> int:
        """Wait for what earlier sessions left running, and keep what it brought; how many batches that were."""
        jobs = [job for job in self._journal.open_jobs() if not job.id.startswith(BACKGROUND)]
        await to_the_end(*(self._collect_open(job) for job in jobs))
        return len(jobs)

    async def collect(self, job: BatchJob, lines: Sequence[BatchLine], takers: Takers | None) -> BatchState:
        """Wait for a batch, then keep each line's attempt and hand it out; takers: None where it is for a session to
        come. Raises ProviderUnavailableError."""
        try:
            state = await self._ended(job)
        except LostBatchError:
            return await self._lost(job, lines, takers)
        async with self._undisturbed():  # who got the last answer ends the run, and there is more to do
            await self._take_in(job, lines, state, takers)
        self._tells.progress(state, self._since(job))
        if state.status == "cancelled":
            raise CancelledBatchError(
                f"{job.batch} was cancelled after {state.completed + state.failed} of {state.total} calls",
                hint="`cv-harness run --resume` asks for the rest in a next batch",
            )
        if state.status == "failed":
            said = f"{job.batch} was refused as a whole, and cost nothing: {state.problem or 'no reason given'}"
            if not state.may_pass:
                raise ProviderUnavailableError(said, hint="mend what it says, then continue with --resume")
            self._tells.note(f"{said}; its calls go out again in smaller batches")
        return state

    # -- inside -------------------------------------------------------------------------------------------------

    async def _take_in(
        self, job: BatchJob, lines: Sequence[BatchLine], state: BatchState, takers: Takers | None
    ) -> None:
        """What a batch that is over brought: each line's attempt is kept and handed out, and the job closed."""
        left = {line.id: line for line in lines}
        some: list[tuple[BatchLine, LineResult]] = []
        for file in state.files if left else ():  # else it is all there, and only its files were left behind
            async for result in self._server.results(file):
                line = left.pop(result.id, None)
                if line is not None:
                    some.append((line, result))
                if len(some) >= _AT_ONCE:
                    await self._keep(job, some, takers)
                    some = []
        await self._keep(job, some, takers)
        await self._not_run(job, list(left.values()), _why_not(state), takers)
        await self._close(job, (job.file, *state.files))

    @contextlib.asynccontextmanager
    async def _undisturbed(self) -> AsyncIterator[None]:
        self._busy += 1
        try:
            yield
        finally:
            async with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    async def _collect_open(self, job: BatchJob) -> None:
        """What an earlier session left: found where its id is not known, waited for, and kept."""
        lines = self._journal.lines_of(job)
        if not job.batch:
            job = replace(job, batch=await self._server.find(job))
            if not job.batch:
                await self._not_run(job, lines, ("batch_unsent", "its process ended before it was made"), None)
                await self._close(job, (job.file,))
                return
            await self._journal.note_job(job)
        self.running.add(job.batch)
        try:
            await self.collect(job, lines, None)
        except CancelledBatchError as error:
            self._tells.note(f"{error.message}; the rest is asked again")

    async def _ended(self, job: BatchJob) -> BatchState:
        """The batch once it is over. A server that does not answer for a while is no end: it goes on there."""
        wait, silent = self._settings.first, 0
        while True:
            try:
                state = await self._server.state(job.batch)
            except ProviderUnavailableError:
                silent += 1
                if silent > _SILENT:
                    raise
            else:
                silent = 0
                if state.over:
                    return state
                if not state.known:
                    raise ProviderUnavailableError(
                        f"{job.batch} has a status that is none of OpenAI's: {one_line(state.status, 40) or 'nothing'}",
                        hint="see what became of it there; `cv-harness run --resume` looks again",
                    )
                self._tells.progress(state, self._since(job))
            await self._sleep(wait)
            wait = min(self._settings.cap, wait * 1.5)

    async def _lost(self, job: BatchJob, lines: Sequence[BatchLine], takers: Takers | None) -> BatchState:
        """A simulator that is gone took its batches with it, for nothing; a real server's answers are paid for."""
        if not self.endpoint.simulated:
            raise ProviderUnavailableError(
                f"{self.endpoint.base_url} does not know {job.batch} any more",
                hint="use the key and project that it was made with; a run without --resume pays again",
            )
        self._tells.note(f"{job.batch} is gone with the simulator that ran it: its calls go out again")
        await self._not_run(job, lines, ("batch_lost", "the simulator that ran its batch is gone"), takers)
        await self._close(job, ())
        return BatchState(job.batch, "expired")

    async def _keep(
        self, job: BatchJob, results: Sequence[tuple[BatchLine, LineResult]], takers: Takers | None
    ) -> None:
        """Each result durable, then handed to whoever waits for it."""
        made: list[tuple[BatchLine, Attempt, Decimal]] = []
        for line, result in results:
            attempt = attempt_of(job, line, result, self._source)
            priced = takers.priced(line, attempt) if takers is not None else None
            made.append((line, *(priced or (attempt, spent_by_counts(job, line, attempt, self._settings.on)))))
        await to_the_end(*(self._journal.commit(attempt, spent) for _, attempt, spent in made))
        if takers is not None:
            for line, attempt, spent in made:
                takers.take(line, attempt, spent)

    async def _not_run(
        self, job: BatchJob, lines: Sequence[BatchLine], why: tuple[str, str], takers: Takers | None
    ) -> None:
        """Lines without a result cost nothing, and are asked again in a next batch."""
        for start in range(0, len(lines), _AT_ONCE):
            some = lines[start : start + _AT_ONCE]
            await self._keep(job, [(line, LineResult(line.id, None, None, None, *why)) for line in some], takers)

    async def _close(self, job: BatchJob, files: Sequence[str]) -> None:
        """Its files, which hold CVs, are deleted, with those whose upload was never confirmed; then the job is over, so
        that a process that ends between is no reason for them to stay."""
        try:
            unconfirmed = await self._server.uploaded(job)
        except ProviderUnavailableError as error:
            unconfirmed = []
            if not job.file:
                self._tells.note(f"whether a file {job.id}.jsonl stays at the server is not known: {error.message}")
        for name in dict.fromkeys(filter(None, (*files, *unconfirmed))):
            if problem := await self._server.delete(name):
                self._tells.note(f"file {name} of a batch stays at the server: {problem}")
        await self._journal.close_job(job)
        self.running.discard(job.batch)

    def _since(self, job: BatchJob) -> float:
        return (self._clock.now() - job.begun).total_seconds()


def _why_not(state: BatchState) -> tuple[str, str]:
    """Why a line of a batch that is over has no result."""
    match state.status:
        case "expired":
            return "batch_expired", "its batch expired before it was run"
        case "cancelled":
            return "batch_cancelled", "its batch was cancelled before it was run"
        case "failed":
            return "batch_failed", state.problem or "its batch was refused as a whole"
        case _:
            return "batch_silent", "its batch is over without a word about it"


def spent_by_counts(job: BatchJob, line: BatchLine, attempt: Attempt, on: date) -> Decimal:
    """US dollars of a line whose call nobody holds any more: by the server's counts, else all that was reserved."""
    if not line.reserved or (attempt.outcome == "failed" and (attempt.status or 500) >= 300):
        return Decimal(0)
    factor = price_factor(attempt)
    if attempt.usage is None or factor is None:
        return line.reserved
    price = cost(attempt.snapshot or job.model, attempt.usage, on)
    price = cost(job.model, attempt.usage, on) if price is None else price
    return line.reserved if price is None else price * factor


async def to_the_end(*work: Awaitable[None]) -> None:
    """All of it, to its end; then raises the first error."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
