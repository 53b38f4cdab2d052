"""The desk where calls wait to become batches.

A record's call waits here until every record that is still to be made waits too: nobody else will bring one. Then all
of them go out, one batch for each wire and model (or more, by the server's limits), and each call gets its attempt when
its batch is over. So a pipeline of two passes makes two batches.
"""

from __future__ import annotations

import asyncio
import contextvars
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from harness.base.clock import Clock, SystemClock
from harness.models.batch import LINE, BatchJob, BatchLine, line_bytes, line_id
from harness.models.batch_jobs import BatchJobs, DeskSettings, Tells, to_the_end
from harness.models.budget import Budget, BudgetSpentError, Reservation
from harness.models.prices import way_factor
from harness.models.types import Attempt, Call


@dataclass(slots=True, eq=False)
class _Waiting:
    """A call at the desk. who: its record."""

    who: object
    call: Call
    number: int
    cache_key: str
    answer: asyncio.Future[Attempt]
    held: Reservation = field(default_factory=Reservation)

    def fail(self, error: BaseException) -> None:
        if self.answer.done():
            return
        if isinstance(error, Exception):
            self.answer.set_exception(error)
        else:
            self.answer.cancel()


@dataclass(slots=True)
class _Parcel:
    """A job to be made, with the calls in it by line."""

    job: BatchJob
    budget: Budget | None
    lines: list[BatchLine] = field(default_factory=list)
    content: list[bytes] = field(default_factory=list)
    calls: dict[str, _Waiting] = field(default_factory=dict)
    size: int = 0

    def add(self, waiting: _Waiting, line: bytes) -> None:
        call = waiting.call
        name = line_id(self.job, len(self.lines), call.draw)
        self.lines.append(BatchLine(name, call.key, call.draw, waiting.number, waiting.held.dollars, call))
        self.content.append(line)
        self.calls[name] = waiting
        self.size += len(line)

    def priced(self, line: BatchLine, attempt: Attempt) -> tuple[Attempt, Decimal] | None:
        if self.budget is None:
            return None
        waiting = self.calls[line.id]
        attempt = self.budget.believed(attempt, waiting.held)
        return attempt, self.budget.price(waiting.call, attempt, waiting.held)

    def take(self, line: BatchLine, attempt: Attempt, spent: Decimal) -> None:
        waiting = self.calls[line.id]
        if self.budget is not None:
            self.budget.settle(waiting.held, spent)
        if not waiting.answer.done():
            waiting.answer.set_result(attempt)


class BatchDesk:
    """One replay's desk. who: says which record the running task works on."""

    def __init__(
        self,
        jobs: BatchJobs,
        settings: DeskSettings,
        tells: Tells,
        *,
        who: Callable[[], object],
        budget: Budget | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.jobs = jobs
        self.waits = False
        self._settings = settings
        self._tells = tells
        self._who = who
        self._budget = budget
        self._clock = clock or SystemClock()
        self._factor = way_factor("batch") or Decimal(1)
        self._waiting: dict[_Waiting, None] = {}
        self._to_come = 0
        self._looking = False
        self._driver: asyncio.Task[None] | None = None
        self._most = settings.lines
        self._in_turn = False

    def takes(self, call: Call) -> bool:
        """Every call may go out in a batch."""
        return bool(call.body)

    def expect(self, records: int) -> None:
        """So many records are to be made; `over` is said of each of them."""
        self._to_come = records

    def over(self) -> None:
        """A record is made, or is not going to be."""
        self._to_come -= 1
        self._look_soon()

    async def ask(self, call: Call, number: int, cache_key: str) -> Attempt:
        """The attempt of a call once its batch is over; it is durable then. Raises BudgetSpentError and
        ProviderUnavailableError."""
        waiting = _Waiting(self._who(), call, number, cache_key, asyncio.get_running_loop().create_future())
        self._waiting[waiting] = None
        self._look_soon()
        try:
            return await waiting.answer
        finally:
            self._waiting.pop(waiting, None)

    async def aclose(self) -> None:
        """Let go. A batch that is just being made becomes known first, one that is over is taken in; those that run go
        on at the server."""
        await self.jobs.settled()
        if self._driver is not None:
            self._driver.cancel()
            await asyncio.gather(self._driver, return_exceptions=True)

    # -- inside -------------------------------------------------------------------------------------------------

    def _look_soon(self) -> None:
        """After tasks that are about to run: a pipeline that brings several calls at once is given the time to."""
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._looking = False
        if self._driver is not None or not self._waiting or len(self._waiting) < self._to_come:
            return
        if len({waiting.who for waiting in self._waiting}) < self._to_come:
            return
        # In a context of its own: not one record is being worked on here, but all of them.
        task = asyncio.get_running_loop().create_task(self._drive(), context=contextvars.Context())
        self._driver = task
        task.add_done_callback(self._driven)

    def _driven(self, task: asyncio.Task[None]) -> None:
        self._driver = None
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        for waiting in list(self._waiting) if error is not None else ():
            waiting.fail(error)  # type: ignore[arg-type]
        self._look_soon()

    async def _drive(self) -> None:
        """Everything that waits, to its end. Raises BudgetSpentError and ProviderUnavailableError."""
        parcels = self._parcels()
        if not self._in_turn:
            await to_the_end(*map(self._send, parcels))
            return
        for place, parcel in enumerate(parcels):
            try:
                await self._send(parcel)
            except BaseException as error:
                for waiting in (each for later in parcels[place:] for each in later.calls.values()):
                    waiting.fail(error)
                raise

    async def _send(self, parcel: _Parcel) -> None:
        try:
            lines = [(parcel.calls[line.id].who, line) for line in parcel.lines]
            job = await self.jobs.make(parcel.job, lines, b"".join(parcel.content))
            parcel.content.clear()
            state = await self.jobs.collect(job, parcel.lines, parcel)
            if state.status == "failed":  # an account takes so many tokens at a time
                self._in_turn, self._most = True, max(1, min(self._most, len(parcel.lines)) // 2)
        except BaseException as error:
            for waiting in parcel.calls.values():
                waiting.fail(error)
            raise

    def _parcels(self) -> list[_Parcel]:
        """What waits, as far as there is money for it, in batches. Raises BudgetSpentError."""
        parcels: list[_Parcel] = []
        open_ones: dict[tuple[str, str], _Parcel] = {}
        for waiting in self._taken():
            kind = waiting.call.wire, str(waiting.call.body.get("model", ""))
            parcel = open_ones.get(kind)
            line = b"" if parcel is None else self._line(parcel, waiting)
            full = parcel is None or len(parcel.lines) >= self._most
            if parcel is None or full or (parcel.lines and parcel.size + len(line) > self._settings.size):
                job = BatchJob(f"{LINE}{uuid.uuid4().hex[:24]}", *kind, self._clock.now())
                parcel = open_ones[kind] = _Parcel(job, self._budget)
                parcels.append(parcel)
                line = self._line(parcel, waiting)
            parcel.add(waiting, line)
        return parcels

    def _line(self, parcel: _Parcel, waiting: _Waiting) -> bytes:
        name = line_id(parcel.job, len(parcel.lines), waiting.call.draw)
        return line_bytes(name, waiting.call, self.jobs.endpoint, waiting.cache_key)

    def _taken(self) -> list[_Waiting]:
        everything = [waiting for waiting in self._waiting if not waiting.answer.done()]
        taken: list[_Waiting] = []
        for waiting in everything:
            if self._budget is not None:
                try:
                    room = self._budget.room(waiting.call, self._factor)
                except BudgetSpentError:
                    if not taken:
                        raise
                    room = None
                if room is None:
                    self._tells.note(
                        f"--max-cost has room for {len(taken)} of {len(everything)} calls at the most that each may "
                        "cost: the rest goes out in a next batch"
                    )
                    break
                waiting.held = room
            taken.append(waiting)
        self._waiting = dict.fromkeys(everything[len(taken) :])
        return taken
