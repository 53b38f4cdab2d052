"""How many requests are under way at once for one account; fewer when the server says so, more when it does not.

Slow start, additive increase, multiplicative decrease: the limit begins at `start` and grows by one with each success
until the first 429; a 429 halves it, and from then on as many successes as the limit add one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from harness.base.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Slot:
    """Leave to send one request. queue_ms: how long it was waited for."""

    queue_ms: float
    epoch: int


class Limiter:
    """Share one among all arms that use the same account. First come, first served."""

    def __init__(self, maximum: int, *, start: int | None = None, clock: Clock | None = None) -> None:
        """start: what to begin with; None for the maximum."""
        if maximum < 1:
            raise ValueError("at least one request must be allowed at a time")
        self.maximum = maximum
        self.limit = max(1, min(maximum, start if start is not None else maximum))
        self.active = 0
        self._clock = clock or SystemClock()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._successes = 0
        self._epoch = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Wait for leave, and give it back at the end of the block."""
        begin = self._clock.monotonic_ms()
        await self._enter()
        try:
            yield Slot(self._clock.monotonic_ms() - begin, self._epoch)
        finally:
            self.active -= 1
            self._wake()

    def succeeded(self, slot: Slot) -> None:
        """The slot's request was served. One that began before the last decrease says nothing of what is allowed
        since."""
        if slot.epoch != self._epoch:
            return
        self._successes += 1
        enough = 1 if self._epoch == 0 else self.limit
        if self._successes >= enough and self.limit < self.maximum:
            self._successes = 0
            self.limit += 1
            self._wake()

    def throttled(self, slot: Slot) -> None:
        """The server refused the slot's request as one too many. Requests that were under way at the last
        decrease say nothing new and do not count."""
        if slot.epoch == self._epoch:
            self._epoch += 1
            self._successes = 0
            self.limit = max(1, self.limit // 2)

    async def _enter(self) -> None:
        if self.active < self.limit and not self._waiting:
            self.active += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.active -= 1
                self._wake()
            raise

    def _wake(self) -> None:
        while self._waiting and self.active < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self.active += 1
                turn.set_result(None)
