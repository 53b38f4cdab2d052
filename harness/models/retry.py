"""The one owner of retries: what is tried again, how often, and after how long.

A pure policy over attempts; the caller does the waiting. Every attempt is kept, whatever becomes of the call.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime

from harness.models.answers import QUOTA, milliseconds
from harness.models.batch import GONE, NOT_RUN
from harness.models.types import Attempt

_STATUS = frozenset({408, 409})
_NO_RESPONSE = frozenset({"timeout", "connection", "unreachable"})
_IN_A_RESPONSE = frozenset(
    {"server_error", "rate_limit_exceeded", "slow_down", "broken_json", "html_body", "unexpected_body"}
)
"""Error codes of a response with status 200: it says that it failed, or a proxy on the way spoilt it."""


@dataclass(slots=True)
class Retries:
    """How many retries a run has left; None for as many as it takes."""

    left: int | None = None

    def take(self) -> bool:
        if self.left is None:
            return True
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """attempts: at most so many, the first included. Waits in seconds: `first` doubles each time up to `cap`,
    less up to a quarter by `jitter` (a number from 0 to 1). A server's own longer wait wins; one longer than
    `patience` ends the call instead. What it asks for is never less than our own: a server that says "at once" to
    everybody is asked by everybody at once. left: retries of the whole run."""

    attempts: int = 4
    first: float = 0.5
    cap: float = 20.0
    patience: float = 120.0
    left: Retries = field(default_factory=lambda: Retries())
    jitter: Callable[[], float] = field(default=random.random)

    def wait_s(self, attempt: Attempt) -> float | None:
        """Seconds to wait before trying again; None where the attempt is the call's last."""
        if attempt.number >= self.attempts or not retryable(attempt):
            return None
        wait = min(self.cap, self.first * 2.0 ** min(attempt.number - 1, 30)) * (1.0 - 0.25 * self.jitter())
        asked = retry_after_s(attempt) or 0.0
        return max(asked, wait) if asked <= self.patience and self.left.take() else None


def retryable(attempt: Attempt) -> bool:
    """Whether the failure may pass: 408, 409, 5xx, 429 that is no used-up quota, a 200 without an answer in it, no
    response at all. A server that says so itself (`x-should-retry`) knows better."""
    if attempt.outcome != "failed" or attempt.error == QUOTA:
        return False
    said = attempt.headers.get("x-should-retry", "").casefold()
    if said in ("true", "false"):
        return said == "true"
    if attempt.status is None:
        return attempt.error in _NO_RESPONSE or attempt.error in (*NOT_RUN, GONE)
    if 200 <= attempt.status < 300:
        return attempt.error in _IN_A_RESPONSE
    return attempt.status in _STATUS or attempt.status >= 500 or attempt.status == 429


def throttled(attempt: Attempt) -> bool:
    """Whether the server asks for fewer requests at a time."""
    return (
        attempt.outcome == "failed"
        and attempt.error != QUOTA
        and (attempt.status == 429 or attempt.error in ("rate_limit_exceeded", "slow_down"))
    )


def retry_after_s(attempt: Attempt) -> float | None:
    """The wait that the server asked for: `retry-after-ms`, else `retry-after` as seconds or as a date, counted from
    when the response came."""
    exact = milliseconds(attempt.headers, "retry-after-ms")
    if exact is not None:
        return exact / 1000.0
    seconds = milliseconds(attempt.headers, "retry-after")
    if seconds is not None:
        return seconds
    try:
        until = parsedate_to_datetime(attempt.headers.get("retry-after", ""))
        came = attempt.started + timedelta(milliseconds=attempt.headers_ms or attempt.total_ms or 0.0)
        return max(0.0, (until - came).total_seconds())
    except (ValueError, TypeError):
        return None
