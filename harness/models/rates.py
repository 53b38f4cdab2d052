"""Requests and tokens a minute, as an endpoint's profile gives them or its headers tell: who waits, and how long.

A bucket that fills evenly: what is taken beyond it is owed, and waited for by whoever takes it, first come, first
served. What nobody waits for (a shadow) goes after: while no one else waits, from what overflows, and never where the
server says that little is left.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from harness.base.clock import Clock, SystemClock

_AT_ONCE_S = 10.0
"""Seconds of a minute's allowance that may go out at once."""
_SPARE_S = 20.0
"""Seconds of a minute's allowance that are saved, while others leave it, for what comes after them."""
_LONGEST_HOLD_S = 120.0
_LITTLE = 0.2
"""Share of a minute's allowance that is left to those who do not come after others."""
_THROTTLED_S = 10.0
"""Seconds for which a 429 of anybody's keeps back what comes after others, at least."""
_NOTHING = 1e-6
_RESET = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


class _Bucket:
    def __init__(self, per_minute: int, now_ms: float) -> None:
        self._per_ms = per_minute / 60_000.0
        self._most = max(1.0, self._per_ms * _AT_ONCE_S * 1000.0)
        self._level = self._most
        self._most_spare = max(1.0, self._per_ms * _SPARE_S * 1000.0)
        self._spare = 0.0
        self._at_ms = now_ms

    def take(self, amount: float, now_ms: float) -> float:
        """Milliseconds until so much may be used."""
        self._fill(now_ms)
        self._level -= amount
        return max(0.0, -self._level / self._per_ms)

    def until_spare(self, amount: float, now_ms: float) -> float:
        """Milliseconds until so much is to spare, should nobody else take anything meanwhile."""
        self._fill(now_ms)
        missing = min(amount, self._most_spare) - self._spare
        return max(0.0, (missing + self._most - self._level) / self._per_ms) if missing > _NOTHING else 0.0

    def take_spare(self, amount: float) -> None:
        """What is more than can be saved is owed to it alone."""
        self._spare -= amount

    def _fill(self, now_ms: float) -> None:
        level = self._level + (now_ms - self._at_ms) * self._per_ms
        self._at_ms = now_ms
        self._level = min(self._most, level)
        self._spare = min(self._most_spare, self._spare + max(0.0, level - self._most))


class Rates:
    """Share one among all that use the same account. None: no limit of ours. longest_hold_s: for which a server that
    says it has nothing left holds a request that somebody waits for."""

    def __init__(
        self,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        *,
        longest_hold_s: float = _LONGEST_HOLD_S,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._longest_hold_ms = longest_hold_s * 1000.0
        now = self._clock.monotonic_ms()
        self._requests = _Bucket(requests_per_minute, now) if requests_per_minute else None
        self._tokens = _Bucket(tokens_per_minute, now) if tokens_per_minute else None
        self._held_until_ms = now
        self._kept_back_until_ms = now
        self._waiting = 0
        self._nobody_waits = asyncio.Event()
        self._nobody_waits.set()

    @property
    def of_tokens(self) -> bool:
        """Whether it matters how many tokens a request has."""
        return self._tokens is not None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While the block runs, somebody waits for leave or for a place, before whom `leave_last` lets nobody out."""
        self._waiting += 1
        self._nobody_waits.clear()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._nobody_waits.set()

    async def leave(self, tokens: int) -> float:
        """Wait until a request of so many tokens may go out; the milliseconds that it took."""
        begin = self._clock.monotonic_ms()
        waits = [self._held_until_ms - begin]
        waits += [self._requests.take(1, begin)] if self._requests else []
        waits += [self._tokens.take(tokens, begin)] if self._tokens else []
        if max(waits) <= 0:
            return 0.0
        await self._sleep(max(waits) / 1000.0)
        return self._clock.monotonic_ms() - begin

    async def leave_last(self, tokens: int) -> float:
        """The same for a request that nobody waits for."""
        begin = self._clock.monotonic_ms()
        await self.room(tokens)
        for bucket, amount in ((self._requests, 1), (self._tokens, tokens)):
            if bucket is not None:
                bucket.take_spare(amount)
        return self._clock.monotonic_ms() - begin

    async def room(self, tokens: int) -> None:
        """Wait until `leave_last` would let such a request out at once."""
        while True:
            await self._nobody_waits.wait()
            now = self._clock.monotonic_ms()
            waits = [self._held_until_ms - now, self._kept_back_until_ms - now]
            waits += [self._requests.until_spare(1, now)] if self._requests else []
            waits += [self._tokens.until_spare(tokens, now)] if self._tokens else []
            if max(waits) <= 0:
                return
            await self._sleep(max(waits) / 1000.0)

    def note(self, headers: Mapping[str, str]) -> None:
        """Hold everybody where the server says that nothing is left, until it says there will be; where little is, who
        comes after others."""
        for kind in ("requests", "tokens"):
            left = _count(headers.get(f"x-ratelimit-remaining-{kind}", ""))
            limit = _count(headers.get(f"x-ratelimit-limit-{kind}", ""))
            wait = min(_LONGEST_HOLD_S, reset_s(headers.get(f"x-ratelimit-reset-{kind}", "")))
            now, wait_ms = self._clock.monotonic_ms(), wait * 1000.0
            if left == 0:
                self._held_until_ms = max(self._held_until_ms, now + min(wait_ms, self._longest_hold_ms))
            if left is not None and left <= _LITTLE * (limit or 0):
                self._kept_back_until_ms = max(self._kept_back_until_ms, now + wait_ms)

    def throttled(self, wait_s: float) -> None:
        """Somebody was refused as one too many, and will try again in `wait_s` seconds: first."""
        until = self._clock.monotonic_ms() + max(_THROTTLED_S, wait_s) * 1000.0
        self._kept_back_until_ms = max(self._kept_back_until_ms, until)


def reset_s(text: str) -> float:
    """Seconds of a duration as servers write it ("6m0s", "1.5s", "20ms", "7"); 0 for what is none."""
    text = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    found = _RESET.fullmatch(text)
    if not text or found is None:
        return 0.0
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _count(text: str) -> int | None:
    """A number as a header says it; None where it says none."""
    return int(text) if re.fullmatch(r"\s*[0-9]{1,15}\s*", text) else None
