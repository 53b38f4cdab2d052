"""Makes calls: a recording where the policy allows one, else the model, with limiter, retries and journal.

Order of what is durable: an intent before each send, the attempt before its result is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from harness.base.clock import Clock, SystemClock
from harness.base.errors import HarnessError
from harness.models.budget import Budget, Reservation
from harness.models.client import ModelClient
from harness.models.flight import doing
from harness.models.limiter import Limiter, Slot
from harness.models.rates import Rates
from harness.models.recordings import RecordingStore, recorded_attempts
from harness.models.retry import RetryPolicy, retry_after_s, throttled
from harness.models.types import ASKING, Attempt, Call, Caller, Journal, Policy

RECORDING_MISSING = "recording_missing"
"""The error of an attempt that stands for a recording that is not there; nothing was sent."""


class Desk(Protocol):
    """Another way of asking than one request at a time. waits: whether a next try comes after a wait of ours."""

    waits: bool

    def takes(self, call: Call) -> bool: ...

    async def ask(self, call: Call, number: int, cache_key: str) -> Attempt: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """How an account may be asked; all arms that ask it share one.

    budget, rates: what may be spent, and how much asked a minute; None: without a limit. desk: where calls that it
    takes are asked, in place of being sent one by one; its budget is its own. last: nobody waits for the answers: of
    those who share `rates` everybody else goes first.
    """

    limiter: Limiter = field(default_factory=lambda: Limiter(8))
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    budget: Budget | None = None
    rates: Rates | None = None
    desk: Desk | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """How a caller waits (seconds), and what time it is."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Clock = field(default_factory=SystemClock)


def build_caller(
    *,
    origin: str,
    policy: Policy,
    journal: Journal,
    client: ModelClient | None = None,
    recordings: RecordingStore | None = None,
    terms: Terms | None = None,
    cache_key: str = "",
    timer: Timer | None = None,
) -> Caller:
    """A caller for one arm.

    cache_key: for the provider's prompt cache; name pipeline and run in it, nothing else.
    Raises HarnessError where the policy needs a client or recordings and there are none, InvalidFileError where a
    recording that may be needed is in a file that is no sound pack: before any call.
    """
    if policy in ASKING and client is None:
        raise HarnessError(f"policy {policy} needs a client")
    if policy != "call" and recordings is None:
        raise HarnessError(f"policy {policy} needs recordings")
    if client is not None and client.origin != origin:
        raise HarnessError(f"a client of {client.origin} cannot answer for {origin}")
    if policy != "call" and recordings is not None:
        recordings.check(origin)
    return _Caller(origin, policy, journal, client, recordings, terms or Terms(), cache_key, timer or Timer())


@dataclass(frozen=True, slots=True)
class _Caller:
    origin: str
    policy: Policy
    journal: Journal
    client: ModelClient | None
    recordings: RecordingStore | None
    terms: Terms
    cache_key: str
    timer: Timer

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        """All attempts of the call, in order; the last one carries the outcome."""
        if self.policy != "call" and self.recordings is not None:
            # Where the model may be asked again, a call that finally failed is asked again.
            recording = self.recordings.lookup(self.origin, call.key, call.draw, failed=self.policy not in ASKING)
            if recording is not None:
                return recorded_attempts(recording)
        if self.policy not in ASKING or self.client is None:
            return (self._missing(call),)
        if self.terms.desk is not None and self.terms.desk.takes(call):
            return await self._send_by(self.terms.desk, call)
        return await self._send(self.client, call)

    async def _send_by(self, desk: Desk, call: Call) -> tuple[Attempt, ...]:
        """Over a desk until an attempt is the last one. A next batch is wait enough."""
        attempts: list[Attempt] = []
        wait_s: float | None = 0.0
        while wait_s is not None:
            if wait_s and desk.waits:
                await self.timer.sleep(wait_s)
            doing("waits for its batch" if not desk.waits else "waits in the background")
            attempts.append(await desk.ask(call, len(attempts) + 1, self.cache_key))
            wait_s = self.terms.retry.wait_s(attempts[-1])
        return tuple(attempts)

    async def _send(self, client: ModelClient, call: Call) -> tuple[Attempt, ...]:
        """Send until an attempt is the last one. The waits for a retry and for the budget hold no slot."""
        attempts: list[Attempt] = []
        wait_s: float | None = 0.0
        while wait_s is not None:
            waited_ms = 0.0
            if wait_s > 0:
                begin = self.timer.clock.monotonic_ms()
                doing(f"waits {wait_s:.0f} s to be asked again after {attempts[-1].status or attempts[-1].error}")
                await self.timer.sleep(wait_s)
                waited_ms = self.timer.clock.monotonic_ms() - begin
            attempt = await self._attempt(client, call, len(attempts) + 1, waited_ms)
            attempts.append(attempt)
            wait_s = self.terms.retry.wait_s(attempt)
        return tuple(attempts)

    async def _attempt(self, client: ModelClient, call: Call, number: int, waited_ms: float) -> Attempt:
        """Send once, within the budget. However it ends, what was reserved for it is settled."""
        budget = self.terms.budget
        doing("waits for what is spent to be settled", queued=True)
        held = await budget.reserve(call) if budget is not None else Reservation()
        spent = Decimal(0)
        try:
            async with AsyncExitStack() as place:
                held_ms, slot = await self._turn(call, place)
                doing("waits for the answer" if number == 1 else f"waits for the answer, attempt {number}")
                attempt_id = await self.journal.intend(call, held.dollars)
                spent = held.dollars  # until it is known better
                attempt = await client.send(
                    call,
                    attempt_id=attempt_id,
                    number=number,
                    queue_ms=held_ms + slot.queue_ms,
                    retry_wait_ms=waited_ms,
                    cache_key=self.cache_key,
                )
                self._learn(attempt, slot)
            # Nothing is awaited from here to the journal: whoever takes the place finds the attempt on its way to the
            # store before its own intent, so that no more calls than places are ever of unknown end.
            if budget is not None:
                attempt = budget.believed(attempt, held)
                spent = budget.price(call, attempt, held)
            await self.journal.commit(attempt, spent)
        finally:
            if budget is not None:
                budget.settle(held, spent)
        return attempt

    async def _turn(self, call: Call, place: AsyncExitStack) -> tuple[float, Slot]:
        """Wait for the account's leave and for a place, which `place` gives back; the milliseconds for the leave."""
        if self.terms.rates is None:
            doing("waits for its turn", queued=True)
            return 0.0, await place.enter_async_context(self.terms.limiter.slot())
        doing("waits for the account's limits a minute", queued=True)
        if self.terms.last:
            slot = await place.enter_async_context(self.terms.limiter.slot())
            return await self.terms.rates.leave_last(self._asked_tokens(call)), slot
        with self.terms.rates.waiting():
            held_ms = await self.terms.rates.leave(self._asked_tokens(call))
            doing("waits for its turn", queued=True)
            return held_ms, await place.enter_async_context(self.terms.limiter.slot())

    def _asked_tokens(self, call: Call) -> int:
        """What a request counts for in an account's tokens a minute, as OpenAI reckons: its text by four characters a
        token, or the tokens that it may write where those are more. 1 where nobody counts them."""
        if self.terms.rates is None or not self.terms.rates.of_tokens:
            return 1
        most = [value for name in _LIMITS if isinstance(value := call.body.get(name), int)]
        return max(len(str(call.body)) // 4, *most, 1)

    def _learn(self, attempt: Attempt, slot: Slot) -> None:
        """What an attempt says of how much may be asked."""
        if throttled(attempt):
            self.terms.limiter.throttled(slot)
            if self.terms.rates is not None:
                self.terms.rates.throttled(retry_after_s(attempt) or 0.0)
        elif attempt.outcome != "failed":
            self.terms.limiter.succeeded(slot)
        if self.terms.rates is not None:
            self.terms.rates.note(attempt.headers)

    def _missing(self, call: Call) -> Attempt:
        """Stands for the answer that nobody recorded; it was never sent and is not journaled."""
        detail = self.recordings.missing(self.origin, call).message if self.recordings else "no recordings"
        return Attempt(
            id=f"missing-{call.key[:16]}-{call.draw}",
            call_key=call.key,
            number=1,
            started=self.timer.clock.now(),
            queue_ms=0.0,
            retry_wait_ms=0.0,
            headers_ms=None,
            total_ms=None,
            model_ms=None,
            status=None,
            usage=None,
            request_id=None,
            source="recorded",
            outcome="failed",
            body=None,
            error=RECORDING_MISSING,
            draw=call.draw,
            detail=detail,
        )


_LIMITS = ("max_output_tokens", "max_completion_tokens", "max_tokens")


def recording_missing(attempts: tuple[Attempt, ...]) -> bool:
    """Whether a call has no answer because nobody recorded one."""
    return bool(attempts) and attempts[-1].error == RECORDING_MISSING
