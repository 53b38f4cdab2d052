"""Requests and tokens a minute, as an endpoint's profile gives them or its headers tell: who waits, and how long.

A bucket that fills evenly: what is taken beyond it is owed, and waited for by whoever takes it, first come, first
served.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping

from harness.base.clock import Clock, SystemClock

_AT_ONCE_S = 10.0
"""Seconds of a minute's allowance that may go out at once."""
_LONGEST_HOLD_S = 120.0
_RESET = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


class _Bucket:
    def __init__(self, per_minute: int, now_ms: float) -> None:
        self._per_ms = per_minute / 60_000.0
        self._most = max(1.0, self._per_ms * _AT_ONCE_S * 1000.0)
        self._level = self._most
        self._at_ms = now_ms

    def take(self, amount: float, now_ms: float) -> float:
        """Milliseconds until so much may be used."""
        self._level = min(self._most, self._level + (now_ms - self._at_ms) * self._per_ms)
        self._at_ms = now_ms
        self._level -= amount
        return max(0.0, -self._level / self._per_ms)


class Rates:
    """Share one among all arms that use the same account. None: no limit of ours."""

    def __init__(
        self,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        *,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock or SystemClock()
        self._sleep = sleep
        now = self._clock.monotonic_ms()
        self._requests = _Bucket(requests_per_minute, now) if requests_per_minute else None
        self._tokens = _Bucket(tokens_per_minute, now) if tokens_per_minute else None
        self._held_until_ms = now

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

    def note(self, headers: Mapping[str, str]) -> None:
        """Hold everybody where the server says that nothing is left, until it says there will be."""
        for kind in ("requests", "tokens"):
            if headers.get(f"x-ratelimit-remaining-{kind}", "").strip() == "0":
                wait = min(_LONGEST_HOLD_S, reset_s(headers.get(f"x-ratelimit-reset-{kind}", "")))
                self._held_until_ms = max(self._held_until_ms, self._clock.monotonic_ms() + wait * 1000.0)


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
